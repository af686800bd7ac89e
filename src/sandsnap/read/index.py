"""Where the words of a page stand: the blocks that may hold a match, so that most patterns cost one look at the page."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

from sandsnap.read.literals import Part, folded, may_hold, needs, one_of
from sandsnap.read.patterns import compiled, plain_pattern
from sandsnap.read.tree import Block

_EDGE = re.compile(r"(?<!\\)[$^]|\(\?<?[=!]|\\[AZ]")
_COUNTED = 2  # parts of a pattern: the rarest of its longest


class Index:
    """The blocks of a page by the letters that they hold, whatever their case."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._holding: dict[str, list[Block]] = {}

    @cached_property
    def text(self) -> str:
        """The text of all blocks, a line each."""
        return "\n".join([b.text for b in self._blocks])

    @cached_property
    def _low(self) -> str:
        return folded(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each block begins in `text`."""
        return list(accumulate([len(b.text) + 1 for b in self._blocks], initial=0))

    def worth_searching(self, pattern: str) -> list[Block]:
        """The blocks that may hold a match: most patterns are on no block, and finding that out is all they cost."""
        if not _needed(pattern)[1] and not _EDGE.search(pattern) and not compiled(pattern)[0].search(self.text):
            # It has no words, but one search over the whole page cannot miss a match inside a block, but for anchors and
            # look-arounds at the block's ends.
            return []
        return self.holding(pattern)

    def holding(self, pattern: str) -> list[Block]:
        """The blocks that hold the words without which nothing matches; all of them where it has none."""
        found = self._holding.get(pattern)
        if found is None:
            found = self._holding[pattern] = self._with_words_of(pattern)
        return found

    def _with_words_of(self, pattern: str) -> list[Block]:
        parts, choices = _needed(pattern)
        low, starts = self._low, self._starts
        if not choices or len(low) != len(self.text):
            return list(self._blocks)  # a letter that is two in lower case: where a block begins is not known
        if not self.may_say(pattern):
            return []
        rarest = min(choices[:_COUNTED], key=lambda texts: sum([low.count(text) for text in texts]))
        return [
            self._blocks[i]
            for i in self.places(rarest)
            if may_hold(parts, low[starts[i] : starts[i + 1] - 1], digit=True)
        ]

    def may_say(self, pattern: str) -> bool:
        """Whether the page has those words, in one block or in several that are read as one, as a table's row is."""
        low = self._low
        for texts in _needed(pattern)[1]:
            for text in texts:
                if text in low:
                    break
            else:
                return False
        return True

    def blocks_with(self, words: tuple[str, ...]) -> list[Block]:
        """The blocks that may hold one of these words (in lower case, whatever the page's case), in reading order."""
        return [self._blocks[i] for i in self.places(words)]

    def places(self, words: Iterable[str]) -> Sequence[int]:
        """Where those blocks stand."""
        low, starts = self._low, self._starts
        if len(low) != len(self.text):
            return range(len(self._blocks))
        hits: set[int] = set()
        for word in words:
            at = low.find(word)
            while at >= 0:
                i = bisect_right(starts, at) - 1
                hits.add(i)
                at = low.find(word, starts[i + 1])
        return sorted(hits)


@lru_cache(maxsize=4096)
def _needed(pattern: str) -> tuple[tuple[Part, ...], tuple[tuple[str, ...], ...]]:
    """What every match of a statement pattern holds: its parts, and for each that has texts those of which it is one,
    the longest first."""
    parts = needs(plain_pattern(pattern))
    choices = [texts for part in parts if (texts := one_of([part]))]
    return parts, tuple(sorted(choices, key=lambda texts: -min(map(len, texts))))
