"""The number phrases of a text, each as long as it goes, so that no part of one is ever read as an amount.

One pass finds atoms (a figure with its sign, currency, multiple, unit and "per"), a second joins neighbours into ranges,
choices, compounds and tiers. Both look at a bounded stretch per atom: time is linear in the text.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sandsnap.read.memo import by_text

# ruff: noqa: E501  (one rule, one line)
SPACES = " \u00a0\u2007\u2009\u202f"  # between thousands: a space, no-break, figure, thin, narrow no-break
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
APOSTROPHES = "'\u2019\u02bc"
VULGAR = {"\u00bd": "0.5", "\u00bc": "0.25", "\u00be": "0.75", "\u2155": "0.2", "\u2156": "0.4", "\u2157": "0.6", "\u2158": "0.8", "\u215b": "0.125", "\u215c": "0.375", "\u215d": "0.625", "\u215e": "0.875"}  # fmt: skip
SLASHES = "/\u2044\u2215"
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MULTIPLES = {"thousand": 10**3, "k": 10**3, "million": 10**6, "mn": 10**6, "m": 10**6, "billion": 10**9, "bn": 10**9, "b": 10**9}  # fmt: skip
TIMES = ("ms|milliseconds?|msecs?", "s|seconds?|secs?", "m|minutes?|mins?", "h|hours?|hrs?", "d|days?", "weeks?|wks?", "months?|mo", "years?|yrs?")  # fmt: skip
_TIME = "(?:" + "|".join(TIMES) + ")"
_THING = r"(?i:vCPUs?|CPUs?|GPUs?|cores?|requests?|sandbox(?:es)?|VMs?|machines?|instances?|seats?|users?|sessions?|credits?|creations?|invocations?)"
# Case tells bytes from bits, and M (million) from m (minute).
_UNIT = rf"(?:%|percent\b|x\b|[KMGT]i?[Bb](?:it|ps|yte)?s?\b|(?i:(?:kilo|mega|giga|tera|gibi|mebi|tebi)(?:bit|byte)s?)\b|(?i:{_TIME})\b|{_THING}\b)"
_FIGURE = (
    rf"\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d{{1,3}}(?:[{SPACES}{APOSTROPHES}]\d{{3}})+(?![\d,.]*\d)"
    rf"|(?:\d+[{SPACES}-])?\d+(?:[{SLASHES}]\d+|\s?[{SLASHES}]\s?\d+(?![\d.]*\s?[KMGT]i?[Bb]))(?![\d{SLASHES}])(?!\s?(?i:{_TIME})\b)|(?:\d+\s?)?[{''.join(VULGAR)}\u2150-\u215f]"
    rf"|\d+(?:[.,]\d+)*|\.\d+|\b(?i:{'|'.join(_WORDS)})(?=[\s-]{_UNIT}|\s(?:or|to|through)\s)"
)
_NOUN = re.compile(rf"[\s-]?{_THING}")  # what a count counts is its reader's
# Currencies, many of which share the dollar's sign; no code that is an English word, too.
_ABROAD = "(?:EUR|GBP|CAD|AUD|NZD|HKD|SGD|MXN|BRL|ARS|CLP|TWD|INR|JPY|CNY|KRW|CHF|SEK|NOK|DKK|PLN|ZAR)"
_CODES = f"USD|{_ABROAD}"
# What stands here is a label: the "4090" of "RTX 4090", the "2" of "Tier 2", every "h100" and "cpu-1x".
_LABEL = r"(?:RTX|GTX|Tesla|Python|Node(?:\.js)?|Ubuntu|Debian|CUDA|[Vv]ersion|Llama|Claude|GPT|Xeon|EPYC|[Tt]iers?|[Ll]evel|[Ss]tep|[Ss]ection|[Cc]hapter|RFC|ISO|SOC)"
_TOKEN = re.compile(
    rf"""(?P<label>\#[ ]?\d[\w.]*|\b{_LABEL}(?:[ ](?:PRO|Ada|Blackwell))?[ -]?\d[\w.]*|(?<![\w$])[A-Za-z_]+\d\w*(?:-\w+)*|(?<![\w$])(?!(?i:sub)-)[A-Za-z_]+(?:-[A-Za-z]+)*-\d\w*(?:-\w+)*)
    |(?P<lead>\b(?i:between|first|next|additional|another|extra|further|double|twice|triple|(?:half|a[ ]third|a[ ]quarter)[ ]of|every|as[ ]low[ ]as|as[ ]little[ ]as|starting[ ](?:at|from)|starts[ ]at|upwards?[ ]of|no[ ]less[ ]than|not[ ]less[ ]than|fewer[ ]than|almost|nearly)\s+)?
     (?P<sign>(?<![\w.)\]{DASHES}])[{DASHES}](?=[\d$.])|[\u00b1\u2213]\s?)?
     (?P<currency>(?:(?:US|CA|CAD|AU|A|C|NZ|HK|S|R)?\\?[$€£¥]\s?|\b(?:{_CODES})[ ]?))?
     (?P<figure>{_FIGURE})
     (?P<multiple>\s?(?:(?i:million|billion|thousand|mn|bn)\b|[kKMB]\b(?![- ]?i?B)))?
     (?P<plus>\s?\+)?
     (?P<unit>[\s-]?{_UNIT})?
     (?P<code>\s?(?:{_CODES})\b)?
     (?P<per>(?:(?:\s*/\s*|\s+per\s+)(?:\d[\d,.]*\s?(?i:{_TIME}|million|M|k|requests?)\b|[A-Za-z][\w-]*)|\s(?:a|an|each)\s(?i:second|minute|hour|day|week|month|year)\b){{1,3}})?
     (?P<after>\+|\s+(?i:or|and)\s(?i:more|less|fewer|longer|higher|above|over|up)\b)?""",
    re.VERBOSE,
)  # fmt: skip
_TILDES = "~\u301c\uff5e\u223c"  # between figures they are a range, before one "about"
_RANGE = re.compile(rf"\s*[{DASHES}{_TILDES}]\s*|\s+(?:to|through|up to)\s+", re.IGNORECASE)
_CHOICE = re.compile(r"\s+or\s+", re.IGNORECASE)
_PAIR = re.compile(r"[^.;\d]{0,20}\sand\s+", re.IGNORECASE)
# A bare figure that a sign or a small word ties to the next one: a sum, a product, a list, a score, a power.
_TIED = re.compile(
    r"\s*(?:\u2026|\.\.\.?|[+\u00d7x*:^&,;=|]|\u2192|[-=]>|vs\.?|versus|plus|minus|times|and|resp(?:\.|ectively)|,? ?or|,? and|out of|of)\s*"
    r"|\s*[\u00b1\u2213]\s*|[^\S\n]{1,3}|",
    re.IGNORECASE,
)
# An amount and another one of its unit, or how often it is meant: a sum, a product, a list.
_SUMMED = re.compile(r"\s*(?:[+\u00d7*]|x\b|plus|times|,)\s*", re.IGNORECASE)
_COMPOUND = re.compile(r"\s*,\s*|\s+and\s+|\s*", re.IGNORECASE)
_TIER = re.compile(r"\s?\w{0,12}\s?[:,\u2013-]?\s*(?:at |for |is )?", re.IGNORECASE)
_THEN = re.compile(r"[^.;|]{0,45}?\b(?:then|thereafter|after that)\s+(?:only )?", re.IGNORECASE)
_CONDITION = re.compile(r"[^.;]{0,20} (?:if|when)\b")
_UNITS = {u: re.compile(u, re.IGNORECASE) for u in TIMES}
GAP = 60
LABEL = "a label"


@dataclass(frozen=True, slots=True)
class Part:
    """A figure or a mark of a phrase: sign, currency, multiple, unit, per, bound."""

    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """text[start:end]: a figure or several that belong together, with everything that says what they are of.

    numbers: the figures in order, () where one has no exact value; form: one, range, choice, compound or tiers; unit,
    per: as written; currency: usd, other or ""; bound: "" or the words; tier: the words before a tier's figure.
    """

    start: int
    end: int
    text: str
    numbers: tuple[Decimal, ...]
    form: str
    unit: str
    per: str
    currency: str
    bound: str
    tier: str
    parts: tuple[Part, ...] = field(repr=False)


@by_text(8192)
def phrases(text: str) -> tuple[Phrase, ...]:
    """The number phrases of a text, in order; none overlaps another. Labels ("RTX 4090", "h100") are none."""
    return tuple(_joined(text, [m for m in _TOKEN.finditer(text) if m["label"] is None]))


def exact(figure: str) -> Decimal | None:
    """What a figure as pages write it is worth: grouped thousands, fractions with an exact decimal, words up to twelve."""
    figure = figure.strip()
    if figure.lower() in _WORDS:
        return Decimal(_WORDS.index(figure.lower()))
    if re.fullmatch(rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+|\d{{1,3}}(?:[{APOSTROPHES}]\d{{3}})+|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+", figure):  # fmt: skip
        return _held(re.sub(rf"[{SPACES}{APOSTROPHES},]", "", figure))
    if figure[-1:] in VULGAR and re.fullmatch(r"\d{0,9}\s?.", figure):
        return Decimal(figure[:-1].strip() or 0) + Decimal(VULGAR[figure[-1]])
    if m := re.fullmatch(rf"(\d{{1,9}})\s?[{SLASHES}]\s?(\d{{1,9}})", figure):
        below = int(m[2])
        # Of two figures with a stroke only 1/4 and its like are surely a fraction: 24/7 and 40/10 are not.
        return Decimal(m[1]) / below if below in (2, 4, 8, 16, 32, 64) and int(m[1]) < below else None
    return None


def _held(digits: str) -> Decimal | None:
    """A figure of at most eighteen digits before the point and after it: what is longer is no figure of the contract."""
    whole, _, rest = digits.partition(".")
    return Decimal(digits) if len(whole) <= 18 and len(rest) <= 18 else None


def part_of(
    text: str, start: int, end: int, own: tuple[int, int] | None = None, taken: tuple[int, ...] = ()
) -> str | None:
    """What larger phrase the amount text[start:end] is only a part of, or None where it is a whole one.

    `own`: the span that a pattern matched; marks in it are its author's, figures only where they stand in one of its
    other holes (`taken`: the positions of all figures in them).
    """
    first, last = own or (start, end)
    here = phrases(text)
    at = next((i for i in range(start, end) if text[i].isnumeric()), start)
    i = bisect_right(here, at, key=lambda p: p.start) - 1
    if i < 0 or at >= here[i].end:
        return LABEL if any(c.isnumeric() for c in text[start:end]) else None
    for part in here[i].parts:
        if start <= part.start and part.end <= end:
            continue
        if part.what == "figure":
            if part.start < end and start < part.end:
                return "a longer figure"
            if not any(k in taken for k in range(part.start, part.end)):
                return f"a {here[i].form}" if here[i].form != "one" else "a longer figure"
        elif not (first <= part.start and part.end <= last):
            return f"its {part.what}"
    several = sum(start <= p.start < end for p in here[i].parts if p.what == "figure") > 1
    return "a choice" if several and here[i].form == "choice" else None


# What stands right behind an amount and makes it another one: a footnote's mark, a bare figure, another amount in brackets or for
# others, a multiple, what is taken off, the number of things it is for.
_GOES_ON = re.compile(
    rf"\s?[*\u2020\u2021\u00a7\u00b9\u00b2\u00b3\u2074]|\s\d[\d.,]*(?=\s*(?:[.;,)]|$|{_NOUN.pattern}))|-(?:odd|ish)\b|\s(?:dozen|score|hundred|lakh|crore|Mi[ol]\b|Mrd\b)|\s?[\u00a2\u2030\u2031]|(?<=[A-Za-z])-(?:second|minute|hour|day|week|month|year)s?\b"
    rf"|\s(?:more|further|squared|cubed|additional|extra|no longer)\b|\s?[(\[]\s?(?:\d[\d.,]*\s(?:for|on|with|in|if|when|at|under)|was|previously|formerly|before|{_ABROAD})\b|\s?{_ABROAD}\b"
    rf"|\s?[(\[]\s?\d[\d.,]*\s?(?:[)\]]|(?P<unit>{_UNIT}))|,\s(?:(?:sometimes|rarely|seldom|often|otherwise|even|or|and|but|then)\s)?\d[\d.,]*(?=\s+(?:for|on|with|in|if|when|at|under)\b|\s*(?:[.;)]|$))"
    rf"|\s(?:less|minus)\s\d|\s(?:each|every|per|for (?:each|every))\s\d"
)
# … and behind a price: a bound, or what makes it a discount.
_PRICE_GOES_ON = re.compile(
    r"\s(?:max(?:imum)?|min(?:imum)?|at (?:most|least)|approx(?:imately)?|upwards?|onwards?|and up|tops|or so|and change|off|discount|rebate"
    r"|for the first|for (?:two|three|four|five|ten|\d+))\b"
)


def goes_on(text: str, start: int, end: int) -> str | None:
    """The words right behind the amount text[start:end] that make it another one; None without any. Another amount in another unit
    may be the same one ("24 hours (1 day)")."""
    if "$" in text[start:end] and (m := _PRICE_GOES_ON.match(text, end)):
        return m[0].strip()
    m = _GOES_ON.match(text, end)
    if m is None:
        return None
    unit = (m["unit"] or "").strip(" -").lower().rstrip("s")
    return m[0].strip() if not unit or unit in text[start:end].lower() else None


# -- from tokens to phrases -----------------------------------------------------------------------------------------


def _joined(text: str, atoms: list[re.Match[str]]) -> Iterator[Phrase]:
    group: list[re.Match[str]] = []
    form, before = "one", None
    for m in atoms:
        how = _link(text, group, m) if group else None
        if how == "otherwise":
            yield _phrase(text, group, form, before)
            group, form, before = [m], "choice", group[0]
        elif how:
            group.append(m)
            form = how if form == "one" else form
        else:
            if group:
                yield _phrase(text, group, form, before)
            group, form, before = [m], "one", None
    if group:
        yield _phrase(text, group, form, before)


def _link(text: str, group: list[re.Match[str]], b: re.Match[str]) -> str | None:
    """How an atom belongs to the group before it: range, choice, compound, tiers; "otherwise": "or 60 s if archived"."""
    a = group[-1]
    gap = text[a.end() : b.start()]
    if len(gap) > GAP:
        return None
    lead = (a["lead"] or "").strip().lower()
    if _RANGE.fullmatch(gap) or (not gap.strip() and b["sign"]):
        return "range"
    if gap.strip() in SLASHES and gap.strip() and not a["unit"]:
        return "choice"  # "10 / 20 GiB" is a list in a cell, for a pattern that takes all of it
    if _CHOICE.fullmatch(gap):
        return "otherwise" if _CONDITION.match(text, b.end(), b.end() + 40) else "choice"
    if (group[0]["lead"] or "").strip().lower() == "between" and len(group) == 1 and _PAIR.fullmatch(gap):
        return "range"
    if _COMPOUND.fullmatch(gap) and 0 <= _rank(b) < _rank(a):
        # "1 hour and 30 minutes respectively" are two.
        return "choice" if "respectively" in text[b.end() : b.end() + GAP] else "compound"
    if (
        not a["per"]
        and (a["unit"] or "").strip() in ("", "%")
        and (gap or b["sign"] or a["plus"])
        and _TIED.fullmatch(gap.strip() if a["plus"] else gap)
    ):
        return "choice"
    if (a["unit"] or "").strip().lower() == "x" and not gap.strip() and (not a["per"]):
        return "choice"  # "2x $5", "10 x 5"
    if a["unit"] and _unit(b) in ((_unit(a),) if "," in gap else (_unit(a), "")) and _SUMMED.fullmatch(gap):
        return "choice"
    if lead in ("first", "next", "additional") and b["currency"] and _TIER.fullmatch(gap):
        return "tiers"
    if b["currency"] and any(g["currency"] for g in group) and _THEN.fullmatch(gap):
        return "tiers"
    return None


def _unit(m: re.Match[str]) -> str:
    return str(m["unit"] or "").strip(" -\u00a0").lower()


def _rank(m: re.Match[str]) -> int:
    unit = (m["unit"] or "").strip(" -\u00a0")
    return next((i for i, u in enumerate(TIMES) if unit and _UNITS[u].fullmatch(unit)), -1)


def _phrase(text: str, group: list[re.Match[str]], form: str, before: re.Match[str] | None) -> Phrase:
    parts, numbers = [], []
    if before is not None:
        parts.append(Part(*before.span("figure"), "figure"))
    for m in group:
        parts.append(Part(*m.span("figure"), "figure"))
        plain = (m["currency"] or "").replace("\\", "").strip() in ("", "$", "US$", "USD")
        for what in ("sign", "multiple", "plus", "unit", "code", "per", "after"):
            if (
                m[what]
                and not (what == "code" and m["code"].strip() == "USD")
                and not (what == "unit" and _NOUN.fullmatch(m["unit"]))
            ):
                parts.append(Part(*_trimmed(m, what), {"after": "bound", "plus": "bound", "code": "currency"}.get(what, what)))  # fmt: skip
        if not plain:
            parts.append(Part(*m.span("currency"), "currency"))
        if m["lead"] and m["lead"].strip().lower() not in ("between", "first"):
            parts.append(Part(m.start("lead"), m.start("lead") + len(m["lead"].rstrip()), "bound"))
        value = exact(m["figure"])
        if value is not None:
            numbers.append(value * MULTIPLES[(m["multiple"] or "").strip().lower()] if m["multiple"] else value)
    first, last = group[0], group[-1]
    lead = (first["lead"] or "").strip()
    currency = next((m["currency"] for m in group if m["currency"]), "").replace("\\", "").strip()
    return Phrase(
        first.start(), last.end(), text[first.start() : last.end()], tuple(numbers) if len(numbers) == len(group) else (),
        form, (last["unit"] or "").strip(" -"), (last["per"] or "").strip(),
        "" if not currency else "usd" if currency in ("$", "US$", "USD") and not last["code"] else "other",
        (last["after"] or last["plus"] or "").strip() or (lead if lead.lower() not in ("first", "next", "additional", "between") else ""),
        lead if lead.lower() in ("first", "next", "additional") else "", tuple(parts),
    )  # fmt: skip


def _trimmed(m: re.Match[str], what: str) -> tuple[int, int]:
    start, end = m.span(what)
    return start + len(m[what]) - len(m[what].lstrip()), end
