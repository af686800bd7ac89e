"""The amounts of a page that a fact may be missing for: money, shares, times, sizes, rates, and counts of what matters here."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from sandsnap.read.memo import by_text
from sandsnap.read.page import Page
from sandsnap.read.phrases import SLASHES, VULGAR, phrases

KINDS = ("money", "percentage", "duration", "size", "rate", "count")
_STOP = re.compile(r"[.!?]['\")]?\s+(?=[A-Z*`$~])")
_FAR = 1000  # letters


class Unit(NamedTuple):
    """A block or a cell: `text` is searched, `row` is what a fact read from the cell's row cites."""

    text: str
    headings: tuple[str, ...]
    row: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount as the page writes it: its `kind`, its figures, and where it starts in its unit's text."""

    text: str
    kind: str
    figures: frozenset[Decimal]
    start: int
    sentence: str  # around it; of a cell, its row, column and text


_NUM = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_WORDS = {
    w: Decimal(i)
    for i, w in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
_TO = r"[ ]?(?:-|–|—|\bto\b)[ ]?"
_TIME = r"(?i:milliseconds?|msecs?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?)\b"
_TIME_ABBREVIATED = r"(?:ms|s|mo|min|m|h|d)\b"
_SIZE = r"(?:[KMGT]i?B|(?i:(?:kilo|mega|giga|tera|gibi|mebi|tebi)bytes?))(?![a-zA-Z])"
_NOUN = (
    r"(?i:sandboxes|sandbox|micro-?vms?|vms?|virtual machines?|machines?|containers?|instances?|vcpus?|virtual cpus?|cpus?"
    r"|cores?|gpus?|requests?|sessions?|snapshots?|volumes?|seats?|users?|members?|developers?|credits?|invocations?"
    r"|connections?|deployments?|projects?|workspaces?|organi[sz]ations?|regions?|templates?|builds?|executions?"
    r"|environments?|domains?|concurrent|concurrency)\b"
)
_QUALITY = r"(?!(?i:for|of|in|per|to|and|or|the|with|your|if|is|are|on|at|by|too|as|an|a)\b)(?:[a-z][a-z-]*|[A-Z][a-z]+|API|GPU|CPU)"
_BY = (
    r"[ ]?(?:/|\bper\b)[ ]?(?:\d[\d,.]*[ ]?)?[kKMB]?(?:[a-zA-Z][a-zA-Z-]*)?"
    r"|[ ](?:a|an|each)[ ](?i:second|minute|hour|day|week|month|year)\b"
)
# One search over the whole page: a figure, a currency before it or a unit behind it. Units and figures stand in one
# line; a line is a block or a cell.
_AMOUNT = re.compile(
    rf"""(?<![\w.,$€£/=-])(?:
      (?P<money>(?:US|USD[ ])?\\?[$€£¥][ ]?{_NUM}(?:[ ]?[kKMB]\b)?(?:{_TO}\\?[$€£¥]?{_NUM})?\+?(?:[ ]USD\b)?(?:{_BY}){{0,3}}
        |{_NUM}[ ]?(?:¢|(?i:cents?|USD|EUR|dollars?)\b)(?:{_BY}){{0,3}})
      |(?P<percentage>{_NUM}(?:{_TO}{_NUM})?[ ]?(?:%|percent\b))
      |(?:(?P<spelt>(?i:{"|".join(_WORDS)}))[ -]{_TIME})
      |(?:{_NUM}[ ]?(?:[a-zA-Z]+[ ]?)?{_TO})?{_NUM}(?:[ ]?[kKM]\b)?\+?(?:
        (?P<size>[ -]?{_SIZE}(?:{_BY}){{0,2}})
        |(?P<duration>[ -]?{_TIME}|[ ]?{_TIME_ABBREVIATED})
        |(?P<rate>[ ]?(?:/|\bper\b)[ ]?(?:\d+[ ]?)?(?:{_TIME}|{_TIME_ABBREVIATED}))
        |(?P<count>[ -](?:{_QUALITY}[ ]){{0,2}}?{_NOUN}(?:{_BY}){{0,1}})
      )
    )""",
    re.VERBOSE,
)
# What a unit needs for the search to find anything in it; most have neither.
_WORTH_IT = re.compile(r"\d|[ -](?i:milli|sec|min|h(?:ou)?r|day|week|month|y(?:ea)?r)")
_FIGURE = re.compile(rf"({_NUM})(?:[ ]?([kKMB])\b)?")
_BARE = re.compile(rf"(?:~|<|>|≤|≥)?[ ]?(?P<count>{_NUM}(?:{_TO}{_NUM})?\+?)")
_BARE_OF = re.compile(
    rf"{_NOUN}|\b(?i:concurren\w+|limit|max(?:imum)?|quota|memory|ram|disk|storage|price|cost|rate)\b|\$|\b[GM]i?B\b"
)
_FRACTION = re.compile(rf"\d+[{SLASHES}]\d+(?=[ -]?[A-Za-z])|\d*[{''.join(VULGAR)}]")
_OF_FRACTION = re.compile(rf"[{SLASHES}{''.join(VULGAR)}]")
_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")
_SCALE = {"k": Decimal(1000), "m": Decimal(1_000_000), "b": Decimal(1_000_000_000)}


def amounts(page: Page) -> list[tuple[Unit, Amount]]:
    """All amounts of a page: fractions, and bare figures of tables, behind the others."""
    found: list[tuple[Unit, Amount]] = []
    behind: list[tuple[Unit, Amount]] = []
    for b in page.blocks:
        if b.kind not in ("cell", "code"):
            own, fractions = _of_text(b.text)
            if own or fractions:
                unit = Unit(b.text, b.headings)
                found += [(unit, a) for a in own]
                behind += [(unit, a) for a in fractions]
    for unit in _cells(page):
        own, fractions = _of_text(unit.text)
        found += [(unit, _in_its_cell(a, unit)) for a in own]
        behind += [(unit, _in_its_cell(a, unit)) for a in fractions]
        if (bare := _bare(unit.text)) and _BARE_OF.search(unit.label):
            behind.append((unit, replace(bare, sentence=unit.label + unit.text)))
    return found + behind


def _in_its_cell(a: Amount, unit: Unit) -> Amount:
    """An amount whose sentence is its cell, with its labels; of a long cell each amount would look at all of it."""
    return replace(a, sentence=unit.label + (unit.text if len(unit.text) <= 2 * _FAR else a.sentence))


@by_text(32768)
def _of_text(text: str) -> tuple[tuple[Amount, ...], tuple[Amount, ...]]:
    """The amounts of a text that the search finds, and the fractions, which it passes over."""
    if not _WORTH_IT.search(text):
        return (), _fractions(text)
    own = (_amount(m, text) for m in _AMOUNT.finditer(text) if not _in_label(text, m.start(), m.end()))
    return tuple(own), _fractions(text)


@by_text(8192)
def _bare(text: str) -> Amount | None:
    m = _BARE.fullmatch(text) if len(text) < 24 else None
    return _amount(m, text) if m else None


def _in_label(text: str, start: int, end: int) -> bool:
    """Whether the first figure of text[start:end] is no number phrase but a name: the 4090 of "RTX 4090 GPUs"."""
    at = next((i for i in range(start, end) if text[i].isdigit()), None)
    here = phrases(text)
    i = bisect_right(here, at, key=lambda p: p.start) - 1 if at is not None else -1
    return at is not None and (i < 0 or at >= here[i].end)


def _fractions(text: str) -> tuple[Amount, ...]:
    """The fractions of a text: "1/16 vCPU"."""
    if not _OF_FRACTION.search(text) or not _FRACTION.search(text):
        return ()
    found = (p for p in phrases(text) if p.form == "one" and p.unit and p.numbers and _FRACTION.match(p.text))
    return tuple(
        Amount(
            p.text.strip(), "count", frozenset(n.normalize() for n in p.numbers), p.start, _around(text, p.start, p.end)
        )
        for p in found
    )


def _around(text: str, start: int, end: int) -> str:
    """The sentence around text[start:end], as far as one goes: of a long text each amount would look at all of it."""
    first, last = max(0, start - _FAR), min(len(text), end + _FAR)
    before = max((e.end() for e in _STOP.finditer(text, first, start + 1)), default=first)
    after = _STOP.search(text, end - 1, last)
    return text[before : after.start() + 1 if after else last].strip()


def _cells(page: Page) -> Iterator[Unit]:
    for t in page.tables:
        for h in dict.fromkeys(t.header):
            if h:
                yield Unit(h, t.headings, "", "column: ")
        for row in t.rows:
            seen = set()
            for c in row.cells:
                if c.text and c.text not in seen:  # a cell over several columns is one cell
                    seen.add(c.text)
                    label = f"{c.first} — " if c is not row.first else ""
                    yield Unit(c.text, t.headings, c.quote, f"{label}{c.column}: ")


def _amount(m: re.Match[str], text: str) -> Amount:
    kind = "duration" if (groups := m.groupdict()).get("spelt") else next(k for k in KINDS if groups.get(k))
    figures = set()
    # What it is per ("$0.60/1M", "40/10 min") is a unit and no figure of its own.
    own = re.split(r"/|\bper\b", m[0])[0]
    for n in _FIGURE.finditer(own):
        value = Decimal(n[1].replace(",", ""))
        figures.add((value * _SCALE.get((n[2] or "").lower(), Decimal(1))).normalize())
    if each := re.search(r"(?:/|\bper\b) ?(\d+) ?[a-zA-Z]", m[0]):
        figures |= {(f / Decimal(each[1])).normalize() for f in figures if int(each[1])}  # 40/10 min is 4 a minute
    if word := groups.get("spelt"):
        figures.add(_WORDS[word.lower()])
    return Amount(m[0].strip(), kind, frozenset(figures), m.start(), _around(text, m.start(), m.end()))
