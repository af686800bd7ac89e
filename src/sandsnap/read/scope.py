"""What a piece of a page speaks of: whether it is to be seen, when it holds, whose it is, which offer, how exact.

A `Scope` is merged from the outside in: page, headings, caption, lead-in sentence, column, row, cell, sentence. Each part
of it that is not the plain one keeps the words that decided. The words are data, `scope_words.toml`, with reasons.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.read.days import MONTHS
from sandsnap.read.likely import Likely
from sandsnap.read.literals import Part, folded, has_digit, needs
from sandsnap.read.memo import by_text
from sandsnap.read.restriction import Rules, named, restriction
from sandsnap.vendors import VENDORS, settings

_PLAIN = {
    "visible": True, "struck": False, "when": "now", "currency": "usd", "whose": "own", "offer": "list", "bound": "exact",
}  # fmt: skip
PARTS = tuple(_PLAIN)
"""The parts of a scope, by name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """visible, struck; when: now, past, from, until, deprecated, legacy; currency: usd, other; whose: own, other,
    example, total, some; offer: list, spot, reserved, promotional, annual, preview; bound: exact, max, min, about.

    `day` is the day of a `from` or `until`, where one is stated; `why` the words behind each part, by its name.
    """

    visible: bool = True
    struck: bool = False
    when: str = "now"
    currency: str = "usd"
    whose: str = "own"
    offer: str = "list"
    bound: str = "exact"
    day: date | None = None
    why: tuple[tuple[str, str], ...] = ()

    def inside(self, outer: "Scope") -> "Scope":
        """This scope within another: what it leaves plain is as around it."""
        if outer is PLAIN or outer == PLAIN:
            return self
        if self is PLAIN or self == PLAIN:
            return outer
        taken = {k: getattr(outer, k) for k, plain in _PLAIN.items() if getattr(self, k) == plain}
        if self.whose == "some" and outer.whose != "own":
            taken["whose"] = outer.whose  # what is another's is never the vendor's own, for whomever it is meant
        own = tuple(w for w in self.why if w[0] not in taken)
        theirs = tuple(w for w in outer.why if w[0] in taken)
        return replace(self, **taken, day=self.day or outer.day, why=(*own, *theirs))

    def words(self, part: str) -> str:
        """The words that decided a part; "" where it is plain."""
        return next((w for p, w in self.why if p == part), "")

    @property
    def off(self) -> bool:
        """Whether nobody reads it as what holds today of the vendor's own product."""
        return not self.visible or self.struck or self.when not in ("now", "until") or self.whose not in ("own", "some")


PLAIN = Scope()


@dataclass(frozen=True, slots=True)
class _Rule:
    part: str
    value: str
    places: frozenset[str]
    words: str
    needs: tuple[Part, ...]  # everything that a match holds

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled for the first text that may hold one: most rules meet none."""
        return _compiled(self.words)


@cache
def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = (
    rf"(?:\d{{4}}-\d\d-\d\d|(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? \d{{4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?(?!\d|,\d)|{_MONTH} \d{{4}}"
    r"|(?:the )?(?:Q[1-4]|early|mid|late|summer|spring|autumn|fall|winter|(?:end|start|beginning))(?: of|,)?[ -]?\d{4}"
    r"|(?:the )?(?:19|20)\d\d\b(?!-))"
)
_DATES = re.compile(_DAY, re.IGNORECASE)  # what a day means, the rules know
# Every day has a year or stands beside a month: cheaper to look for, and most figures are no days.
_MAY_DATE = re.compile(rf"\d{{4}}|\d(?:st|nd|rd|th)? (?:of )?{_MONTH}|{_MONTH} \d", re.IGNORECASE)


@cache
def data() -> dict[str, Any]:
    """The words, as scope_words.toml gives them."""
    return tomllib.loads((files("sandsnap") / "read" / "scope_words.toml").read_text("utf-8"))


@cache
def _rules(own: str) -> tuple[_Rule, ...]:
    """The words of every page, and those that a vendor's own file adds under [[scope]]."""
    more = settings(own).get("scope", []) if own in VENDORS else []
    out = []
    for entry in [*data()["words"], *more]:
        pattern = entry["words"].replace("{day}", rf"(?P<day>{_DAY})").replace("{vendors}", _vendors())
        pattern = pattern.replace("{others}", _others(own, "clouds")).replace("{rivals}", _others(own))
        out.append(
            _Rule(
                entry["part"],
                entry["value"],
                frozenset(entry["in"]),
                pattern,
                needs(pattern),
            )
        )
    return tuple(out)


@cache
def _vendors() -> str:
    """The vendors by the names that people give them, the longest first."""
    known = {n for v in VENDORS for n in own_names(v)}
    return "|".join(re.escape(n) for n in sorted(known, key=lambda n: (-len(n), n)))


@cache
def _others(own: str, *more: str) -> str:
    """Who else there is beside a vendor, as names are written: the case counts, for some are common words."""
    hosts = " ".join(settings(own).get("hosts", ())) if own in VENDORS else ""
    names = [n for kind in ("rivals", *more) for n in data()["others"][kind]]
    names += [n for v in VENDORS if v != own for n in own_names(v)]
    others = {n for n in names if n.replace(" ", "").lower() not in hosts}
    return "(?-i:" + "|".join(re.escape(n) for n in sorted(others, key=lambda n: (-len(n), n))) + ")"


def own_names(vendor: str) -> list[str]:
    """What a vendor is called."""
    names = settings(vendor).get("names", {})
    return [names.get("vendor", vendor), *names.get("also", ())]


@cache
def _turning() -> re.Pattern[str]:
    return re.compile("".join(data()["turning"]["words"].split("\n")), re.IGNORECASE)


def turning(word: str) -> bool:
    """Whether a word that a sentence gained may turn what it says."""
    return _turning().fullmatch(word) is not None


@cache
def neutral() -> frozenset[str]:
    """The words, in lower case, that a sentence may gain without saying something else."""
    return frozenset(data()["neutral"]["words"].split())


@cache
def known(own: str) -> frozenset[str]:
    """The words, in lower case, of which pages speak without keeping a figure to some cases, and a vendor's names."""
    return _restrictions().known | named(own)


@cache
def classes(kind: str) -> re.Pattern[str]:
    """The regular expression of class names that hide text from the eye, strike it out, or mark a footnote."""
    return re.compile(data()["classes"][kind], re.IGNORECASE)


def stated_day(text: str) -> date | None:
    """The day that words such as "1 January 2027" or "March 2026" state, its month's or year's first where it is no
    more exact; None without a year."""
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    if year is None:
        return None
    if iso := re.search(r"(\d{4})-(\d\d)-(\d\d)", text):
        parts = int(iso[1]), int(iso[2]), int(iso[3])
    else:
        month = re.search(_MONTH, text, re.IGNORECASE)
        number = re.search(r"(?<!\d)\d{1,2}(?!\d)", text)
        quarter = re.search(r"Q([1-4])", text, re.IGNORECASE)
        m = MONTHS.index(month[0][:3].lower()) + 1 if month else (int(quarter[1]) * 3 - 2 if quarter else 1)
        parts = int(year[0]), m, int(number[0]) if number and month else 1
    try:
        return date(*parts)
    except ValueError:
        return None


def _dated(value: str, m: re.Match[str], on: date | None) -> tuple[str, date | None]:
    """What "from" or "until" a day means for a page of a day: (when, the day)."""
    text = next((t for name, t in m.groupdict().items() if name.startswith("day") and t), None)
    day = stated_day(text) if text else None
    if value == "year":
        if day is None or on is None or day.year == on.year:
            return "now", None
        return ("past", None) if day.year < on.year else ("from", None)
    if value == "from" and day and on and day <= on:
        return "now", None
    if value == "until" and day and on:
        # "until March 2026" on a day of that month: it still holds.
        return ("past", day) if (day.year, day.month, day.day) < (on.year, on.month, on.day) else ("until", day)
    if value == "until":
        return "past", None
    return value, day


@by_text(4096)
def asked(pattern: str) -> Callable[[str], bool]:
    """Whether a reader's pattern names words itself, as whole words. The ">" of a group's name is none of its signs."""
    plain = (
        _CLASS.sub(" ", _GROUP.sub("(", pattern).replace(r"\s+", " ").replace(r"\s*", " ")).replace("\\", "").lower()
    )

    def named(words: str) -> bool:
        words = words.lower()
        ends = [(i - 1, i + len(words)) for i in _places(plain, words)] if words else []
        return any(
            not (_letters(plain, i) and words[0].isalnum()) and not (_letters(plain, k) and words[-1].isalnum())
            for i, k in ends
        )

    return named


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _letters(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum()


_GROUP = re.compile(r"\(\?(?:P<\w+>|<?[=!:]|:)")
_CLASS = re.compile(r"\\[bBdDwWsSAZ]")


@cache
def _by_words(own: str) -> Likely:
    return Likely(rule.needs for rule in _rules(own))


@by_text(16384)
def _likely(low: str, own: str) -> tuple[int, ...]:
    """The rules, in their order, that a text in lower case may hold words of: a few of hundreds."""
    return tuple(_by_words(own).of(low, digit=has_digit(low)))


def said(text: str, place: str, on: date | None, accepted: str = "", own: str = "") -> Scope:
    """The scope that a text states in a place: heading, caption, column, row, cell, lead or sentence.

    `on` is the page's day, to which "from" and "until" refer. `accepted` is the pattern by which a reader found the statement: the
    words that it names itself are what it wants. `own` is the vendor, whose name says nothing of others.
    """
    scope = _on_any_day(text, place, accepted, own)
    return _on_day(text, place, on, accepted, own) if scope is None else scope


@by_text(32768)
def _on_any_day(text: str, place: str, accepted: str, own: str) -> Scope | None:
    """What a text states whatever the page's day; None where it depends on that."""
    scope, dated = _stated(text, place, None, accepted, own)
    return None if dated else scope


@by_text(4096)
def _on_day(text: str, place: str, on: date | None, accepted: str, own: str) -> Scope:
    return _stated(text, place, on, accepted, own)[0]


def _stated(text: str, place: str, on: date | None, accepted: str, own: str) -> tuple[Scope, bool]:
    """The scope, and whether the page's day was asked for."""
    scope, dated = PLAIN, False
    named = asked(accepted)
    low = folded(text)
    rules = _rules(own)
    for number in _likely(low, own):
        rule = rules[number]
        # "Previous prices (until 2027)": what is called previous holds no more, whatever its last day.
        over = rule.part == "when" and rule.value == "past" and scope.when == "until"
        if place not in rule.places or (getattr(scope, rule.part) != _PLAIN[rule.part] and not over):
            continue
        for m in rule.pattern.finditer(text):
            if named(m[0].strip()):
                continue
            if own and rule.part == "whose" and m[0].lower().startswith(own):
                continue
            value, day = rule.value, None
            if rule.value in ("from", "until", "year"):
                dated = True
                value, day = _dated(rule.value, m, on)
                if value == "now":
                    continue
            fields: dict[str, object] = {rule.part: value}
            if day:
                fields["day"] = day
            scope = replace(scope, **fields, why=(*scope.why, (rule.part, m[0].strip())))  # type: ignore[arg-type]
            break
    if (
        scope.whose == "own"
        and (
            words := restriction(_DATES.sub("", text) if _MAY_DATE.search(text) else text, place, own, _restrictions())
        )
        and not named(words)
    ):
        scope = replace(scope, whose="some", why=(*scope.why, ("whose", words)))
    return scope, dated


@cache
def _restrictions() -> Rules:
    return Rules(data()["restriction"])


def headed(texts: Iterable[str], place: str, on: date | None, own: str = "") -> Scope:
    """The scope of texts that stand one inside the other, outermost first: a chain of headings."""
    scope = PLAIN
    for text in texts:
        scope = said(text, place, on, "", own).inside(scope)
    return scope
