"""Tables as rectangles: row and column spans expanded as browsers do (WHATWG HTML, 'forming a table')."""

from collections.abc import Sequence
from typing import NamedTuple


class Slot(NamedTuple):
    """One cell of the source table and the span it claims. `rowspan` 0 means down to the end of its row group."""

    text: str
    header: bool
    colspan: int = 1
    rowspan: int = 1


def expand(rows: Sequence[Sequence[Slot]]) -> list[list[Slot]]:
    """The rows as a rectangle: a cell stands in every place it spans. Missing cells are empty, not header.

    Overlapping spans keep the first cell that claimed the place, as browsers render it on top.
    """
    filled: dict[tuple[int, int], Slot] = {}
    for y, row in enumerate(rows):
        x = 0
        for slot in row:
            while (y, x) in filled:
                x += 1
            down = (len(rows) - y) if slot.rowspan == 0 else min(slot.rowspan, len(rows) - y)
            for dy in range(max(1, down)):
                for dx in range(max(1, min(slot.colspan, 1000))):
                    filled.setdefault((y + dy, x + dx), slot)
            x += max(1, slot.colspan)
    width = 1 + max((x for _, x in filled), default=-1)
    empty = Slot("", header=False)
    return [[filled.get((y, x), empty) for x in range(width)] for y in range(len(rows))]
