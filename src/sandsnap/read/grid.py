"""Tables as rectangles: row and column spans expanded as browsers do (WHATWG HTML, 'forming a table')."""

from collections.abc import Sequence
from typing import NamedTuple

from sandsnap.read.scope import PLAIN, Scope


class Slot(NamedTuple):
    """One cell of the source table and the span it claims. `rowspan` 0 means down to the end of its row group."""

    text: str
    header: bool
    colspan: int = 1
    rowspan: int = 1
    scope: Scope = PLAIN


_WIDEST = 1000
_EMPTY = Slot("", header=False)


def expand(rows: Sequence[Sequence[Slot]]) -> list[list[Slot]]:
    """The rows as a rectangle: a cell stands in every place it spans. Missing cells are empty, not header.

    Overlapping spans keep the first cell that claimed the place, as browsers render it on top. A table is at most
    1,000 columns wide, and holds at most twenty places for each cell that stands in it (and a thousand more): a span
    that claims more is a mistake of the page's and counts as far as the room goes.
    """
    widest = max(map(len, rows), default=0)
    if widest * len(rows) <= _WIDEST and all(s.colspan == 1 == s.rowspan for row in rows for s in row):
        return [[*row, *[_EMPTY] * (widest - len(row))] for row in rows]
    room = 1000 + 20 * sum(map(len, rows))
    filled: dict[tuple[int, int], Slot] = {}
    for y, row in enumerate(rows):
        x = 0
        for slot in row:
            while (y, x) in filled:
                x += 1
            down = (len(rows) - y) if slot.rowspan == 0 else min(slot.rowspan, len(rows) - y)
            if x >= _WIDEST:
                break
            across = max(1, min(slot.colspan, _WIDEST - x))
            if len(filled) + max(1, down) * across > room:
                down = across = 1
            for dy in range(max(1, down)):
                for dx in range(across):
                    filled.setdefault((y + dy, x + dx), slot)
            x += across
    width = 1 + max((x for _, x in filled), default=-1)
    width = min(width, max(1, 20 * max(10_000, sum(map(len, rows))) // max(1, len(rows))))
    return [[filled.get((y, x), _EMPTY) for x in range(width)] for y in range(len(rows))]
