"""The texts beside a figure: a lead, a caption in a paragraph of its own, a note behind a price or a table, the page's first words.

They are no part of what is read. A value that moves on the day on which one of them was exchanged may have become another's.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from sandsnap.read.tree import Block

_RUNS = frozenset({"item", "cell", "term"})  # a list or a table is passed over as a whole
_LONG = 120  # letters: a longer paragraph speaks of more than the figure beside it
_NEAR = 3
# A sentence that ends as one speaks for itself; a lead, a note and a footnote speak of the figure.
_STATEMENT = re.compile(r"^(?![*†‡§¹²³]|.*\b(?:only|exclusively)\b).*[.!?]$", re.IGNORECASE | re.DOTALL)


class Beside:
    """What stands beside each block of a page."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._met: dict[int, tuple[int, int]] = {}  # runs that were asked for, by each of their blocks

    def place(self, text: str, quote: str, where: tuple[str, ...]) -> range:
        """The block of a text, or of the first part of a quote, under these headings, or the blocks that make the quote."""
        for part in (text, *quote.split(" | ")):
            places = self._places.get(part, ())
            if len(own := [i for i in places if self._blocks[i].headings == where] or [*places]) == 1:
                return range(own[0], own[0] + 1)
        return self.joined(quote)

    def joined(self, quote: str) -> range:
        """The blocks that make a quote, one behind the other; none where it stands nowhere, or at several places."""
        first = self._line.find(quote) if quote else -1
        if first < 0 or self._line.find(quote, first + 1) >= 0:
            return range(0)
        i, last = (bisect_right(self._starts, at) - 1 for at in (first, first + len(quote) - 1))
        return range(i, last + 1)

    def near(self, stretches: Iterable[tuple[int, int]], reach: int) -> Iterator[str]:
        """The text of each stretch of blocks (first, end), with so many letters before it and behind it: a quote of that
        length that stands in none is made of none of these blocks."""
        for first, end in stretches:
            last = self._starts[end] if end < len(self._starts) else len(self._line)
            yield self._line[max(0, self._starts[first] - reach) : last + reach]

    def of(self, place: range) -> tuple[str, ...]:
        """The texts beside the blocks at a place, or beside the list or table that they are of."""
        if not place or place[-1] >= len(self._blocks):
            return self._opening
        first, end = self._run(place[0])[0], self._run(place[-1])[1]
        near = (
            *self._texts(range(first - 1, -1, -1), over=True),
            *self._texts(range(end, len(self._blocks)), over=False),
        )
        return tuple(dict.fromkeys((*self._opening, *near)))

    def _texts(self, places: range, *, over: bool) -> list[str]:
        """The nearest texts in a direction; headings are passed over on the way up, where they stand over the figure, too."""
        found: list[str] = []
        for i in places:
            block = self._blocks[i]
            if block.kind == "heading" and over and not found:
                continue
            if block.kind != "text" or len(block.text) > _LONG or len(found) == _NEAR or (not over and self._card(i)):
                break
            found.append(block.text)
        return [text for text in found if not _STATEMENT.search(text)]

    def _card(self, i: int) -> bool:
        """Whether the first of two or more cards begins here, each a title over a sentence: the titles are theirs."""
        row = self._blocks[i : i + 4]
        return (
            len(row) == 4
            and all(b.kind == "text" for b in row)
            and all(bool(_STATEMENT.search(b.text)) is bool(n % 2) for n, b in enumerate(row))
        )

    @cached_property
    def _opening(self) -> tuple[str, ...]:
        first = next((i for i, b in enumerate(self._blocks) if b.kind == "heading"), -1)
        return tuple(self._texts(range(first + 1, len(self._blocks)), over=False))

    def _run(self, i: int) -> tuple[int, int]:
        """(first, end) of the list or table that a block is of."""
        blocks, kind = self._blocks, self._blocks[i].kind
        if kind not in _RUNS:
            return i, i + 1
        if i not in self._met:
            first, end = i, i + 1
            while first and blocks[first - 1].kind == kind:
                first -= 1
            while end < len(blocks) and blocks[end].kind == kind:
                end += 1
            self._met |= dict.fromkeys(range(first, end), (first, end))
        return self._met[i]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {}
        for i, block in enumerate(self._blocks):
            out.setdefault(block.text, []).append(i)
        return out

    @cached_property
    def _line(self) -> str:
        """All blocks in one line: a quote may be several of them."""
        return " ".join([b.text for b in self._blocks])

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate([len(b.text) + 1 for b in self._blocks], initial=0))[:-1]
