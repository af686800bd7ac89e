"""Which of many patterns a text may hold: asked of the text's words, not of each pattern."""

import re
from collections.abc import Iterable

from sandsnap.read.literals import Part, may_hold, one_of

_WORD = re.compile(r"[a-z]+")
_MOST = 65_536  # words remembered
_LONG = 40  # letters


class Likely:
    """Patterns by what any match of them holds (`literals.needs`), numbered in the order in which they are given.

    Of each, the part that says most is taken, and of each of its texts the longest run of letters: a text that holds it
    has a word in which that run stands. What a word leads to is remembered, so that a text costs its words once, however
    many patterns there are.
    """

    def __init__(self, needs: Iterable[tuple[Part, ...]]) -> None:
        self._needs = tuple(needs)
        self._always: list[tuple[int, str]] = []  # what has no letters is looked for in every text
        self._by_run: dict[str, list[tuple[int, str]]] = {}
        for number, parts in enumerate(self._needs):
            for text in one_of(parts) or ("",):
                run = max(_WORD.findall(text), key=len, default="")
                (self._by_run.setdefault(run, []) if run else self._always).append((number, text))
        self._lengths = sorted({len(run) for run in self._by_run})
        self._of_word: dict[str, tuple[tuple[int, str], ...]] = {}

    def of(self, low: str, *, digit: bool) -> list[int]:
        """The numbers of the patterns that a text in lower case (`literals.folded`) may hold, in order."""
        needs = self._needs
        return [n for n in sorted(self._near(low)) if may_hold(needs[n], low, digit=digit)]

    def any(self, low: str, *, digit: bool) -> bool:
        """Whether it may hold one of them."""
        needs = self._needs
        return any(may_hold(needs[n], low, digit=digit) for n in self._near(low))

    def _near(self, low: str) -> set[int]:
        found, known = {number for number, text in self._always if text in low}, self._of_word
        for word in set(_WORD.findall(low)):
            texts = known.get(word)
            if texts is None:
                texts = self._met(word)
            for number, text in texts:
                if number not in found and text in low:
                    found.add(number)
        return found

    def _met(self, word: str) -> tuple[tuple[int, str], ...]:
        runs = self._by_run
        if len(word) > _LONG:
            held = {run for run in runs if run in word}
        else:
            held = {word[i : i + n] for n in self._lengths for i in range(len(word) - n + 1)} & runs.keys()
        texts = tuple(dict.fromkeys(text for run in held for text in runs[run]))
        if len(self._of_word) >= _MOST:
            self._of_word.clear()
        self._of_word[word] = texts
        return texts
