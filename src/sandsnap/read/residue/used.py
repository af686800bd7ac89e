"""Which amounts of a page its facts use."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sandsnap.model import Fact, Value
from sandsnap.read.memo import by_text
from sandsnap.read.passage import same_text
from sandsnap.read.residue.amounts import Amount, Unit

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CONVERSIONS = {"cold_starts": (Decimal(1000), Decimal(60_000), Decimal(3_600_000))}


def figures(fact: Fact) -> frozenset[Decimal]:
    """The figures of a fact: its values, times also as a page would write them, and those in its names (a100-40g)."""
    return _figures(fact.table, (*fact.values.values(), *fact.key.values()))


@by_text(8192)
def _figures(table: str, values: tuple[Value, ...]) -> frozenset[Decimal]:
    out = set()
    for v in values:
        if isinstance(v, Decimal):
            out |= {v.normalize(), *((v / f).normalize() for f in _CONVERSIONS.get(table, ()))}
        elif isinstance(v, str):
            out |= {Decimal(n).normalize() for n in _NUMBER.findall(v)}
    return frozenset(out)


def used(amounts: Sequence[tuple[Unit, Amount]], facts: Sequence[Fact]) -> set[int]:
    """Which amounts (by position) stand in what a fact cites and are one of its figures."""
    cited: dict[str, set[Decimal]] = {}
    verbatim = set()  # a person has quoted these words, figures and all
    for f in facts:
        if f.quote:
            quote = same_text(f.quote)
            cited.setdefault(quote, set()).update(figures(f))
            if f.basis == "quoted":
                verbatim.add(quote)
    out: set[int] = set()
    found: set[str] = set()
    by_text: dict[str, list[int]] = {}
    rows: dict[str, str] = {}
    for i, (unit, _) in enumerate(amounts):
        by_text.setdefault(unit.text, []).append(i)
    plain = {text: same_text(text) for text in by_text}

    def cite(quote: str, i: int) -> None:
        found.add(quote)
        if quote in verbatim or not amounts[i][1].figures.isdisjoint(cited[quote]):
            out.add(i)

    for i, (unit, _) in enumerate(amounts):
        if unit.row:
            row = rows[unit.row] = rows.get(unit.row) or same_text(unit.row)
            if row in cited:
                cite(row, i)
    for text, here in by_text.items():
        here.sort(key=lambda i: amounts[i][1].start)
        starts = [amounts[i][1].start for i in here]
        for quote in cited:
            for n in _covered(quote, plain[text], starts):
                cite(quote, here[n])
    # What is cited and stands in no block was joined by its reader from several: a card, a row of a list.
    joined = {q: fs for q, fs in cited.items() if q not in found}
    for i, (unit, a) in enumerate(amounts):
        if i not in out and any(plain[unit.text] in q and not a.figures.isdisjoint(fs) for q, fs in joined.items()):
            out.add(i)
    return out


def _covered(quote: str, text: str, starts: Sequence[int]) -> Iterator[int]:
    """Which of the ascending positions stand in the quote, wherever it stands in the text."""
    at, first = text.find(quote), 0
    while at >= 0:
        first = bisect_left(starts, at, first)
        last = bisect_left(starts, at + len(quote), first)
        yield from range(first, last)
        first = last
        at = text.find(quote, at + 1)
