"""Mutations of how a figure is written: a longer phrase, of which no part is the figure; a note's mark; another unit.

What a phrase is worth is known from how it is made. It may be read as that, or refused; never as a part of itself.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from sandsnap.quality.cases import EITHER, ISSUE, Case, lasting
from sandsnap.quality.figures import Figure, Number, Original, Values, numeral_edits
from sandsnap.quality.source_tables import Span, replaced

Edit = Callable[[Original, Figure], Iterator[Case]]
NARROW, THIN, FIGURE, HARD = "\u202f", "\u2009", "\u2007", "\u00a0"

# A figure of thousands as pages write it, all worth 1,250.
_THOUSANDS = (
    f"1{NARROW}250",
    f"1{THIN}250",
    f"1{FIGURE}250",
    f"1{HARD}250",
    "1&nbsp;250",
    "1'250",
    "1\u2019250",
    "1,250",
    "1 250",
)
# Phrases that have no single figure; {n} is the page's own figure, {m} another.
_NO_FIGURE = (
    "{n} or {m}", "{n}/{m}", "{n} \u2026 {m}", "{n}...{m}", "either {n} or {m}", "{n}x{m}", "{n} \u00d7 {m}", "{n}+{m}", "{n}^2", "-{n}",
    "\u2212{n}", "{n}e3", "{n}:{m}", "{n} and {m}", "{n} resp. {m}", "{n} plus {m}", "{n}, {m} or 99", "{n} times {m}", "{n}\u00b2",
    "{n} \u00b1 {m}", "\u00b1{n}", "{n}% of {m}", "{n} vs. {m}", "{n}, or {m}", "{n}, {m}", "{n} & {m}", "{n}->{m}", "{n} \u2192 {m}",
)  # fmt: skip
# Of a table with one figure for it; where the contract keeps both ends, they may be read.
_RANGES = (
    "{n}\u2011{m}", "{n}\u2212{m}", "{n}\u2013{m}", "{n}\u2014{m}", "{n}\ufe63{m}", "between {n} and {m}", "{n} to {m}", "{n} through {m}",
    "anything from {n} to {m}", "{n}\u2012{m}", "{n} \u2010 {m}", "{n} up to {m}",
)  # fmt: skip
_MULTIPLES = (
    ("{n} million", 10**6),
    ("{n}k", 10**3),
    ("{n}M", 10**6),
    ("{n} thousand", 10**3),
    ("{n} bn", 10**9),
    ("{n} dozen", 12),
)
_FRACTIONS = (
    ("1/4", "0.25"), ("½", "0.5"), ("3/8", "0.375"), ("1⁄2", "0.5"), ("1 1/2", "1.5"),
    ("1½", "1.5"), ("¾", "0.75"), ("1/3", "0.3333"),
)  # fmt: skip
_NOTES = {
    "html": (
        "<sup>1</sup>", "<sup><a href=\"#fn1\">2</a></sup>", "<a href=\"#note-1\" role=\"doc-noteref\">1</a>",
        "<span class=\"footnote-ref\">3</span>", "<sup class=\"fn\">[4]</sup>", "<a class=\"footnote\" href=\"#f\">2</a>", "<sup>*</sup>",
        "<sup>†</sup>", "<small><sup>2)</sup></small>", "<sub>1</sub>", "<a href=\"#footnote-2\">2</a>", "<sup><b>1</b></sup>", "¹", "²",
        "<span style=\"vertical-align:super\">1</span>", "<sup>1,2</sup>", "<span class=\"superscript\">2</span>", "*",
    ),
    "markdown": ("[^1]", "[^note]", "<sup>1</sup>", "¹", "²", "\\*", "[<sup>2</sup>](#n2)", "[1](#fn1)", "[\\[1\\]](#fn-1)", "^1^", "†"),
}  # fmt: skip
_ALIKE = (
    (r"GiB\b", ("Gib", "Gibit", "KiB", "gibibits")), (r"GB\b", ("Gb", "Gbit", "Gbps", "gigabits", "Mb", "PB", "gb/s")),
    (r"(?:milliseconds?|ms)\b", ("\u00b5s", "ns", "microseconds")), (r"(?:hours?|hrs?)\b", ("shifts", "working hours", "GPU hours")),
    (r"(?:minutes?|mins?)\b", ("moments", "business minutes")), (r"days?\b", ("business days", "working days", "workdays", "nights")),
    (r"(?:seconds?|secs?)\b", ("sessions", "CPU seconds")), (r"vCPUs?\b", ("GPUs", "mCPU", "vGPUs")),
)  # fmt: skip


def _each(page: Original, figure: Figure, new: Callable[[Number], str]) -> dict[Span, str]:
    return {n.span: new(n) for n in figure.spots}


def _values(figure: Figure, value: Decimal) -> dict[tuple[str, str, tuple[str, ...]], Values]:
    return numeral_edits(figure, value)[1]


def _plain(page: Original, figure: Figure) -> bool:
    return page.form != "json" and not figure.twins and bool(figure.dropped(page))


def phrase(page: Original, figure: Figure) -> Iterator[Case]:
    """The figure becomes a part of a longer number phrase."""
    if not _plain(page, figure):
        return
    other = format((figure.value * 3).normalize(), "f")
    one = figure.tables <= {"prices", "allowances"}
    for pattern in (*_NO_FIGURE, *(_RANGES if one else ())):
        edits = _each(page, figure, lambda n, p=pattern: p.format(n=n.text, m=other))  # type: ignore[misc]
        yield lasting("phrase", page, replaced(page.text, edits), ISSUE, unstated=figure.facts, may_go=True)
    if all(
        f.table in ("limits", "allowances") and f.values.get("unit") in ("count", "vcpu_hour", "vm_hour")
        for f in figure.facts
    ):
        for text in _THOUSANDS:
            edits = _each(page, figure, lambda n, t=text: t)  # type: ignore[misc]
            yield lasting("phrase", page, replaced(page.text, edits), EITHER, moved=_values(figure, Decimal(1250)))
        for pattern, times in _MULTIPLES:
            edits = _each(page, figure, lambda n, p=pattern: p.format(n=n.text))  # type: ignore[misc]
            yield lasting(
                "phrase", page, replaced(page.text, edits), EITHER, moved=_values(figure, figure.value * times)
            )
        for text, value in _FRACTIONS:
            edits = _each(page, figure, lambda n, t=text: t)  # type: ignore[misc]
            yield lasting("phrase", page, replaced(page.text, edits), EITHER, moved=_values(figure, Decimal(value)))


def footnote(page: Original, figure: Figure) -> Iterator[Case]:
    """A note's mark stands right behind the figure: its digit is none of the figure's."""
    if page.form == "json" or figure.twins:
        return
    new = figure.value * 2
    edits, values = numeral_edits(figure, new)
    for mark in _NOTES["html" if page.form == "html" else "markdown"]:
        marked = {span: text + mark for span, text in edits.items()}
        yield lasting("footnote", page, replaced(page.text, marked), EITHER, moved=values)


def unit_alike(page: Original, figure: Figure) -> Iterator[Case]:
    """The unit becomes one that looks like it: bits for bytes, another size, another time."""
    if not _plain(page, figure):
        return
    for pattern, others in _ALIKE:
        found = [re.compile(rf"[^\n|<]{{0,14}}?({pattern})").match(page.text, n.span[1]) for n in figure.spots]
        if not all(found):
            continue
        for other in others:
            edits = {m.span(1): other for m in found if m}
            yield lasting("unit_alike", page, replaced(page.text, edits), ISSUE, unstated=figure.facts, may_go=True)


PHRASES: tuple[Edit, ...] = (phrase, footnote, unit_alike)
