"""The exact grammar of amounts as vendors write them. Decimal only; what it cannot read it refuses, with the text.

    money     $0.0504  \\$0.128  $0.60/1M  $0.15/GB per month  $20/mo  $0.0000045/GiB/s
    duration  45 min  1 hour 30 minutes (90 minutes)  24 hrs  15s  ~80ms  <90ms  under 25 milliseconds  ~2–4 seconds  one second
    size      10GiB  512 MB  8 GB RAM (the noun is the caller's)
    count     20  2,000  1 250  60'500  1/16  2 million  10k  100 - 1,100  1,100+
    rate      40/10 min  200/min  1/sec

A prefix (~, <, under, up to …) is part of the amount and kept as its `bound`: "under 25 ms" is not "25 ms".
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sandsnap.read.errors import Unreadable
from sandsnap.read.phrases import APOSTROPHES, MULTIPLES, SLASHES, SPACES, VULGAR, exact

# No digit, letter, separator or currency may touch a number: "102,0002,000" and "v2.1" are not amounts.
_GROUPED = rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+(?![\d.,]*\d)|\d{{1,3}}(?:[{APOSTROPHES}]\d{{3}})+(?![\d.,]*\d)"
NUMBER = rf"(?:{_GROUPED}|(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|\.\d+)"
_FRACTION = rf"\d+[{SLASHES}]\d+|(?:\d+\s?)?[{''.join(VULGAR)}]"
_TIMES = r"(?:\s?(?:thousand|million|billion)\b|k\b)"
_NAMES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_WORDS = {name: Decimal(i) for i, name in enumerate(_NAMES)}
_WORD = "|".join(_WORDS)
_START = r"(?<![\w.,$€£-])"
_END = r"(?![\w%])(?!,\d)(?!\.\d)"
_DASH = r"\s*(?:-|–|—|to)\s*"

_BOUNDS = {
    "max": r"<=?|≤|under|less than|below|sub[- ]|up to|at most|(?:no|not) (?:more|longer) than|not exceeding"
    r"|within|a maximum of|max(?:imum)?(?: of)?",
    "min": r">=?|≥|over|more than|at least|as (?:low|little) as|(?:no|not) less than|(?:a )?minimum(?: of)?|upwards? of|from"
    r"|starting (?:at|from)|starts at",
    "about": r"~|≈|∼|about|approximately|approx\.?|around|roughly|~ ?about|almost|nearly",
}

DURATIONS = {
    "millisecond": "ms|msecs?|milliseconds?",
    "second": "s|secs?|seconds?",
    "minute": "m|mins?|minutes?",
    "hour": "h|hrs?|hours?",
    "day": "d|days?",
    "week": "weeks?|wks?",
    "month": "mo|months?",
    "year": "yrs?|years?",
}
SIZES = {
    "mib": "MiB|mebibytes?",
    "mb": "MB|megabytes?",
    "gib": "GiB|gibibytes?",
    "gb": "GB|G|gigs?|gigabytes?",
    "tib": "TiB|tebibytes?",
    "tb": "TB|terabytes?",
}
_THINGS = {
    "vcpu": "vCPUs?|virtual CPUs?",
    "core": "(?:physical )?(?:CPU )?cores?",
    "cpu": "CPUs?",
    "gpu": "GPUs?(?: card)?|cards?",
    "million": r"1M|M|million|1,000,000|1 million|1m",
    "session": "sessions?",
    "instance": "instances?",
    "seat": "seats?|users?|members?",
    "credit": "credits?",
}
_MS = {
    "millisecond": Decimal(1),
    "second": Decimal(1000),
    "minute": Decimal(60_000),
    "hour": Decimal(3_600_000),
    "day": Decimal(86_400_000),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount or range. `low` is None for an upper bound, `high` for a lower bound.

    `unit` is a canonical word (second, gib, count, usd …), `per` the units it is divided by, in the page's order,
    `each` how many of the last of them (10 in "40/10 min"); `bound` is exact, about, max, min or range.
    """

    low: Decimal | None
    high: Decimal | None
    unit: str
    bound: str
    text: str
    per: tuple[str, ...] = ()
    each: Decimal = Decimal(1)

    @property
    def value(self) -> Decimal:
        """The single figure. Raises Unreadable for a range or a lower bound ("1,100+" is not 1,100)."""
        if self.bound in ("range", "min") or self.high is None:
            raise Unreadable(f"expected one figure, found {self.text!r}")
        return self.high

    @property
    def ms(self) -> tuple[Decimal | None, Decimal]:
        """(low, high) of a duration in milliseconds, exact; low is None for "under N"."""
        factor = _MS.get(self.unit)
        if factor is None or self.high is None:
            raise Unreadable(f"expected a duration of at most days, found {self.text!r}")
        return (None if self.low is None else self.low * factor), self.high * factor


def _any_of(table: dict[str, str]) -> str:
    # Longest spelling first, so that "m" never eats the start of "ms" or "mo".
    parts = sorted((p for alternatives in table.values() for p in _split(alternatives)), key=len, reverse=True)
    return "(?:" + "|".join(parts) + ")"


def _split(alternatives: str) -> list[str]:
    out, depth, part = [], 0, ""
    for ch in alternatives:
        depth += (ch == "(") - (ch == ")")
        if ch == "|" and depth == 0:
            out.append(part)
            part = ""
        else:
            part += ch
    return [*out, part]


@cache
def _any_case(alternatives: str) -> re.Pattern[str]:
    return re.compile(alternatives, re.IGNORECASE)


def _name(table: dict[str, str], word: str, *, text: str) -> str:
    if re.fullmatch("[KMGTkmgt]i?b", word):  # a small b is a bit
        raise Unreadable(f"{word!r} in {text!r}: bits or bytes?")
    for name, alts in table.items():
        if _any_case(alts).fullmatch(word):
            return name
    raise Unreadable(f"unknown unit {word!r} in {text!r}")


_BOUND_RE = "(?:" + "|".join(words for words in _BOUNDS.values()) + ")"
_NUM = rf"(?:{NUMBER})"
_DUR_UNIT = _any_of(DURATIONS)
_SIZE_UNIT = _any_of(SIZES)
_PER_TABLE = {**DURATIONS, **SIZES, **_THINGS}
_PER_UNIT = _any_of(_PER_TABLE)
_JOIN = r"(?:\s*/\s*|\s+per\s+|\s*[-·]\s*(?=(?:second|sec|hour|hr|month|mo|s|h)\b)|\s+(?:a|an|each)\s+)"
_PER = rf"(?:{_JOIN}(?:{NUMBER}\s*)?{_PER_UNIT}(?![A-Za-z0-9]))"
_LEADS = rf"(?:{_BOUND_RE}\s*){{0,3}}"  # "of no more than about 5"; a run of them is no amount's
_SPELT = rf"(?:{_NUM}|\b(?:{_WORD}))"

# Regexes of the holes of a phrase, without groups: {duration}, {size}, {money}, {count}, {rate}.
HOLES = {
    "duration": rf"{_START}{_LEADS}(?:{_SPELT}(?:\s*{_DUR_UNIT})?{_DASH})?{_SPELT}[\s-]*{_DUR_UNIT}"
    rf"(?:(?:\s+and\s+|\s*){_NUM}[\s-]?{_DUR_UNIT})*{_END}",
    "size": rf"{_START}{_LEADS}(?:{_NUM}(?:\s*{_SIZE_UNIT})?{_DASH})?{_NUM}\s*{_SIZE_UNIT}{_END}",
    "money": rf"(?<![\w.,-]){_LEADS}(?:US)?\\?\$\s?{_NUM}(?:\s*USD)?{_PER}*{_END}",
    "count": rf"{_START}{_LEADS}(?:{_NUM}{_DASH})?(?:{_FRACTION}|{_NUM}{_TIMES}?|\b(?:{_WORD})\b)\+?{_END}",
    "rate": rf"{_START}{_LEADS}(?:{_NUM}{_DASH})?{_NUM}{_PER}+{_END}",
}

_LEAD = re.compile(
    rf"(?:(?P<max>{_BOUNDS['max']})|(?P<min>{_BOUNDS['min']})|(?P<about>{_BOUNDS['about']}))\s*", re.IGNORECASE
)
_SPAN = re.compile(
    rf"(?:(?P<low>{NUMBER}|{_WORD})\s*(?P<lowunit>[A-Za-z]+)?{_DASH})?(?P<high>{NUMBER}|{_WORD})(?P<plus>\+)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_MONEY = re.compile(rf"(?:US)?\$\s?(?P<n>{NUMBER})(?:\s*USD)?(?P<rest>.*)", re.DOTALL)
_SCALED = re.compile(rf"(?P<n>{_FRACTION}|{NUMBER})(?P<times>{_TIMES})?(?P<plus>\+)?", re.IGNORECASE)
_COMPOUND = re.compile(
    rf"{_NUM}[\s-]?{_DUR_UNIT}(?:(?:\s+and\s+|\s*){_NUM}[\s-]?{_DUR_UNIT})+(?![A-Za-z])", re.IGNORECASE
)
_COMPOUND_PART = re.compile(rf"({_NUM})[\s-]?({_DUR_UNIT})(?![A-Za-z])", re.IGNORECASE)
_PER_PART = re.compile(
    rf"(?:\s*/\s*|\s+per\s+|\s*[-·]\s*|\s+(?:a|an|each)\s+)(?P<n>{NUMBER})??\s*(?P<u>{_PER_UNIT})(?![A-Za-z0-9])",
    re.IGNORECASE,
)


_GROUPED_BY_POINT = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.])")


def number(text: str) -> Decimal:
    """A bare number, its thousands grouped or not, a fraction with an exact decimal, or a word up to twelve. Refuses
    anything else, and more than eighteen digits on either side of the point."""
    value = exact(text)
    if value is None:
        raise Unreadable(f"expected a number, found {text.strip()[:60]!r}")
    return value


def _of_one_reading(text: str) -> None:
    """Raises Unreadable for "1.024 MiB" and "20.000": thousands, as half the world groups them, or three decimals?"""
    if m := _GROUPED_BY_POINT.search(text):
        raise Unreadable(f"thousands or decimals: {m[0]!r} in {text!r}?")


def of_all(kinds: Collection[str], text: str) -> str:
    """The bound of a number by all that stand around it: about where one of them is. Raises Unreadable for an upper and a
    lower one around the same number."""
    if {"min", "max"} <= {*kinds}:
        raise Unreadable(f"two bounds of one number: {text!r}")
    return next((k for k in ("about", "min", "max") if k in kinds), "exact")


def _lead(text: str) -> tuple[tuple[str, ...], str]:
    kinds: list[str] = []
    while m := _LEAD.match(text):
        kinds.append(str(m.lastgroup))
        text = text[m.end() :]
    return tuple(kinds), text


def _bounded(kinds: tuple[str, ...], value: Decimal, unit: str, text: str, *more: Any) -> Amount:
    """One figure with the bounds before it."""
    low, high = (None if "max" in kinds else value), (None if "min" in kinds else value)
    return Amount(low, high, unit, of_all(kinds, text), text, *more)


def _parse(text: str, rest_unit: Callable[[str], tuple[str, tuple[str, ...], Decimal]], what: str) -> Amount:
    raw = text
    kinds, body = _lead(text.strip().replace("\\", ""))
    m = _SPAN.fullmatch(body)
    if not m:
        raise Unreadable(f"expected {what}, found {raw!r}")
    unit, per, each = rest_unit(m["rest"])
    high = number(m["high"])
    if m["low"]:
        if m["lowunit"] and rest_unit(" " + m["lowunit"])[0] != unit:
            raise Unreadable(f"a range in two units: {raw!r}")
        low = number(m["low"])
        if low >= high or m["plus"]:
            raise Unreadable(f"not a range: {raw!r}")
        return Amount(low, high, unit, "range", raw, per, each)
    return _bounded(("min", *kinds) if m["plus"] else kinds, high, unit, raw, per, each)


def days(amount: Amount, *, bound: str = "exact") -> Decimal:
    """How many days something is kept: a figure in days or weeks, exact or of the `bound` that the reader names. Raises Unreadable for
    another unit or bound: "at least 30 days" says something else than how long."""
    per = {"day": Decimal(1), "week": Decimal(7)}.get(amount.unit)
    if per is None or amount.bound not in ("exact", bound):
        raise Unreadable(f"expected exactly so many days or weeks, found {amount.text!r} ({amount.bound})")
    return amount.value * per


def duration(text: str) -> Amount:
    """A duration or range of durations; unit is millisecond … year, of "1 hour 30 minutes" the smaller. Refuses a bare
    number."""
    _of_one_reading(text)
    kinds, body = _lead(text.strip())
    if _COMPOUND.fullmatch(body):
        return _compound(text, kinds, body)
    return _parse(
        text, lambda r: (_name(DURATIONS, r.strip().lstrip("-").strip(), text=text), (), Decimal(1)), "a duration"
    )


def _compound(text: str, kinds: tuple[str, ...], body: str) -> Amount:
    parts = [(number(n), _name(DURATIONS, u, text=text)) for n, u in _COMPOUND_PART.findall(body)]
    units = [u for _, u in parts]
    factors = [_MS.get(u) for u in units]
    least = factors[-1]
    if least is None:
        raise Unreadable(f"expected a duration of at most days, found {text!r}")
    total = Decimal(0)
    for i, (n, _) in enumerate(parts):
        factor = factors[i]
        # "1 hour 90 minutes" and "30 minutes 1 hour" are two durations, not one.
        if factor is None or (i and not factor * n < (factors[i - 1] or 0)):
            raise Unreadable(f"not one duration: {text!r}")
        total += n * factor
    return _bounded(kinds, total / least, units[-1], text)


def size(text: str) -> Amount:
    """A size in mib, mb, gib, gb, tib or tb, as the page writes it; nothing is converted."""
    _of_one_reading(text)
    return _parse(text, lambda r: (_name(SIZES, r.strip(), text=text), (), Decimal(1)), "a size")


def count(text: str) -> Amount:
    """A bare count or range; "1,100+" is a lower bound. Refuses a count with a noun (the caller's selection strips it)."""

    _of_one_reading(text)
    kinds, body = _lead(text.strip())
    m = _SCALED.fullmatch(body)
    if m and (m["times"] or not m["n"].replace(",", "").isdecimal()):
        value = number(m["n"]) * MULTIPLES[(m["times"] or "").strip().lower()] if m["times"] else number(m["n"])
        return _bounded(("min", *kinds) if m["plus"] else kinds, value, "count", text)

    def rest(r: str) -> tuple[str, tuple[str, ...], Decimal]:
        if r.strip():
            raise Unreadable(f"expected a bare count, found {text!r}")
        return "count", (), Decimal(1)

    return _parse(text, rest, "a count")


def rate(text: str) -> Amount:
    """A count per time: per holds the time unit, each how many of it ("40/10 min": minute, 10)."""
    return _parse(text, lambda r: ("count", *_per(r, text)), "a rate")


def money(text: str) -> Amount:
    """US dollars, optionally per something: "$0.15/GB per month" has per (gb, month). Refuses other currencies."""
    kinds, body = _lead(text.strip().replace("\\", ""))
    m = _MONEY.fullmatch(body)
    if not m:
        raise Unreadable(f"expected an amount of US dollars, found {text!r}")
    rest = m["rest"].strip().rstrip(".")
    per, each = _per((" " + rest) if rest and not rest.startswith("/") else rest, text) if rest else ((), Decimal(1))
    usd = number(m["n"])
    return _bounded(kinds, usd, "usd", text, per, each)


def _per(rest: str, text: str) -> tuple[tuple[str, ...], Decimal]:
    units: list[str] = []
    each = Decimal(1)
    at = 0
    while at < len(rest) and (m := _PER_PART.match(rest, at)):
        word = (m["n"] or "") + m["u"] if (m["n"] and m["u"] in ("M", "m") and m["n"] == "1") else m["u"]
        units.append(_name(_PER_TABLE if word not in ("1M", "M") else _THINGS, word, text=text))
        if m["n"] and not word.startswith("1M"):
            each = number(m["n"])
        at = m.end()
    if not units or rest[at:].strip():
        raise Unreadable(f"expected 'per' and a unit, found {rest.strip()!r} in {text!r}")
    return tuple(units), each


PARSERS: dict[str, Callable[[str], Amount]] = {
    "duration": duration,
    "size": size,
    "money": money,
    "count": count,
    "rate": rate,
}
