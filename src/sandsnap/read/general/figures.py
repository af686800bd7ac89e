"""Every amount of a text, whole: where it stands, what it is, over which period it is given."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from sandsnap.read import amounts
from sandsnap.read.amounts import Amount
from sandsnap.read.bounds import bounded
from sandsnap.read.errors import Unreadable
from sandsnap.read.literals import folded
from sandsnap.read.memo import by_text
from sandsnap.read.phrases import part_of

_NOUN = r"(?:sandbox(?:es)?|VMs?|machines?|instances?|sessions?|containers?|creations?|starts?)"
_THING = r"(?P<thing>v?CPUs?|cores?|VMs?|machines?|GB|GiB)"
_OF = r"(?:(?:memory|RAM|storage|disk)[\s-]*)?"  # GiB-memory-hours
_KINDS = {
    "money": amounts.HOLES["money"],
    "hours": rf"(?P<hours_n>{amounts.HOLES['count']})[\s-]*{_THING}[\s-]*{_OF}(?:hours?|hrs?)\b"
    rf"|(?P<hours_m>{amounts.HOLES['count']}) (?:hours?|hrs?) of (?:active )?{_THING.replace('thing', 'thing3')} (?:run ?)?time\b",
    "rate": rf"(?P<rate_n>{amounts.HOLES['count']})\s+(?:new )?{_NOUN}\s*(?:/|per|a|each|every)\s*"
    r"(?P<rate_per>seconds?|secs?|minutes?|mins?)\b"
    rf"|(?P<rate_m>{amounts.HOLES['count']})\s*(?:/|per)\s*(?P<rate_per2>seconds?|secs?|s|minutes?|mins?)\b",
    "duration": amounts.HOLES["duration"],
    "size": amounts.HOLES["size"],
    "count": amounts.HOLES["count"],
}
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()), re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_NUMBER = re.compile(rf"\d|{_WORD.pattern}", re.IGNORECASE)
_LEADS = 80  # letters before an amount's first figure that may belong to it: "up to a maximum of about $"
_PERIOD = re.compile(r"\s*(?:/|per|a|an|each|every)\s*(?P<p>month|mo|day)\b|\s*,?\s*(?P<m>monthly)\b", re.IGNORECASE)
_HOURS = re.compile(
    rf"{_THING}[\s-]*{_OF}(?:time )?(?:\((?:in )?)?(?:hours|hrs)\b|\b(?:hours|hrs) of (?:active )?{_THING.replace('thing', 'thing2')}",
    re.IGNORECASE,
)
_PER_TIME = re.compile(rf"\b{_NOUN}\b[^|]*\b(?:per|a|each|every) (?P<per>sec|min)(?:ond|ute)?\b", re.IGNORECASE)
# A unit that runs into the next word: a row whose cells were run together, of which no amount has a label.
_RUN_TOGETHER = re.compile(
    r"\d\s?(?:(?:/|per )\s?)?(?:[KMGT]i?B|v?CPUs?|(?:second|minute|hour|day|month|year)s?)[A-Z][a-z]"
)
# What a count counts, and of what it holds once: words of the label, no part of the number.
_ITS_NOUN = re.compile(
    r"(?:[\s-]?(?:v?CPUs?|cores?|sandbox(?:es)?|VMs?|machines?|instances?|sessions?|creations?))?"
    r"(?:\s*(?:/|\bper\b|\beach\b)\s*(?:sandbox|VM|machine|instance|session|account|organization|plan))?",
    re.IGNORECASE,
)
_NOUN_OF = re.compile(r"\s+of (?:(?:the|free|your|its|active|provisioned|included|used) )*(?P<noun>[A-Za-z]+)")
_NOUN_BEHIND = re.compile(
    r"[ -](?:of )?(?:(?:the|free|your|its|concurrent|active|running|open|simultaneous|parallel) )*(?P<noun>[A-Za-z]+)"
)
# So much for each of something else is a ratio: "2 GB of memory for each vCPU", and where the page is cut off behind "each".
_RATIO = re.compile(
    r"(?:\s+of \w+)?\s+(?:(?:for (?:each|every)|per|each)\s+(?:\w+ )?(?:v?CPU|core|GPU|thread)|for (?:each|every)\s*$)",
    re.IGNORECASE,
)
_THINGS = {"v": "vcpu", "c": "vcpu"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount: text[start:end]; `amount` None where it is part of a larger phrase or cannot be read. `kind` is a unit
    family of the lexicon; `of` the thing whose hours they are; `period` month or day where one follows it."""

    start: int
    end: int
    kind: str
    amount: Amount | None
    of: str = ""
    period: str = ""


def figures(text: str) -> list[Figure]:
    """All amounts of a text in reading order, none within another."""
    return list(_all_figures(text))


@by_text(16384)
def _all_figures(text: str) -> tuple[Figure, ...]:
    return tuple(_figures(text)) if may_hold_one(text) else ()


def may_hold_one(text: str) -> bool:
    """Whether a text has a digit or a number's word: most texts have neither, and hold no amount."""
    if _DIGIT.search(text):
        return True
    low = folded(text)
    return any(word in low for word in _WORDS) and _WORD.search(text) is not None


def timed(figure: Figure, label: str) -> Figure:
    """A bare number under a label that says of what hours or per what time it is ("CPU hours | 5"), as those hours or rate."""
    if figure.kind != "count" or figure.of or figure.period or figure.amount is None:
        return figure
    if m := _HOURS.search(label):
        return replace(figure, kind="hours", of=_thing(m))
    if m := _PER_TIME.search(label):
        return replace(
            figure,
            kind="rate",
            amount=replace(figure.amount, per=({"s": "second", "m": "minute"}[m["per"][0].lower()],), each=Decimal(1)),
        )
    return figure


def noun(text: str, figure: Figure) -> str:
    """The word that says what an amount counts ("seats" of "3 seats", "logs" of "10 GB of logs"); "" where none does."""
    m = (_NOUN_OF if figure.kind in ("duration", "money", "hours", "rate") else _NOUN_BEHIND).match(text, figure.end)
    return m["noun"] if m else ""


def _figures(text: str) -> Iterator[Figure]:
    together = _RUN_TOGETHER.search(text) is not None
    for m in _matches(text):
        kind = str(m.lastgroup)  # the outer group, which closes last
        if m[0].lower() == "one":
            continue
        after = _PERIOD.match(text, m.end())
        period = "" if not after or kind == "money" else "day" if (after["p"] or "").lower() == "day" else "month"
        end = after.end() if period and after else m.end()
        yield Figure(m.start(), end, kind, None if together else _amount(text, m, kind, end), _thing(m), period)


def _matches(text: str) -> Iterator[re.Match[str]]:
    """What may be an amount, looked for around figures only."""
    at = 0
    while (first := _NUMBER.search(text, at)) and (m := _ANY.search(text, max(at, first.start() - _LEADS))):
        yield m
        at = m.end()


def _thing(m: re.Match[str]) -> str:
    said = m.groupdict()
    thing = (said.get("thing") or said.get("thing2") or said.get("thing3") or "").lower()
    if thing in ("gb", "gib"):
        return thing
    return "vm" if thing.startswith(("vm", "mach")) else _THINGS.get(thing[:1], "")


def _amount(text: str, m: re.Match[str], kind: str, end: int) -> Amount | None:
    """The amount, or None for a part of a larger phrase and for what the grammar refuses."""
    glued = m.start() > 0 and text[m.start() - 1] in ")]}" and m[0][:1].isdigit()  # cells of a flattened table
    own = m.start(), end
    if (after := _ITS_NOUN.match(text, end)) and kind in ("count", "size", "duration"):
        own = m.start(), after.end()
    whole = part_of(text, m.start(), m.end(), own)
    # "20 and 100, respectively" is no choice: a plan stands beside each.
    if kind in ("size", "count") and _RATIO.match(text, end):
        return None
    if glued or (whole and not (whole == "a choice" and "respectively" in text.lower())):
        return None
    try:
        if kind == "hours":
            amount = amounts.count(m["hours_n"] or m["hours_m"])
        elif kind == "rate":
            per = "minute" if (m["rate_per"] or m["rate_per2"]).lower().startswith("m") else "second"
            amount = replace(amounts.count(m["rate_n"] or m["rate_m"]), per=(per,), each=Decimal(1))
        else:
            amount = amounts.PARSERS[kind](m[0])
        return bounded(amount, text, m.start(), m.end())
    except Unreadable:
        return None
