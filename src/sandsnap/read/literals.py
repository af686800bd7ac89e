"""What a match of a regular expression must contain: a cheap test of whether a text is worth searching at all."""

from collections.abc import Iterable
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any
from unicodedata import category

# Characters that match an ASCII letter when case is ignored, beside its own two forms.
_ALIKE = (("ſ", "s"), ("İ", "i"), ("ı", "i"), ("\N{KELVIN SIGN}", "k"))


def folded(text: str) -> str:
    """The text in lower case, so that it holds every literal of `needed` in the place where a match holds it."""
    if not text.isascii():
        for mark, letter in _ALIKE:
            text = text.replace(mark, letter)
    return text.lower()


@lru_cache(maxsize=4096)
def needed(pattern: str) -> tuple[str, ...]:
    """Texts in lower case of which any match holds at least one, whatever its case; () where there are none."""
    return _best(_needs(parser.parse(pattern)))


def _best(choices: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    # The longest, then the fewest: each is looked for.
    return max(choices, key=lambda words: (min(map(len, words)), -len(words)), default=())


def _needs(items: Any) -> list[tuple[str, ...]]:
    """For each part that takes part in every match: what it must contain (one of several texts)."""
    found: list[tuple[str, ...]] = []
    run = ""
    for kind, value in items:
        if kind is op.LITERAL and value < 128:
            run += chr(value).lower()
            continue
        if run:
            found.append((run,))
            run = ""
        if kind is op.IN and all(k is op.LITERAL and category(chr(c)) == "Sc" for k, c in value):
            found.append(tuple(chr(c) for _, c in value))  # signs of currencies: few texts hold one
        elif kind is op.SUBPATTERN:
            found += _needs(value[3])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[0] >= 1:
            found += _needs(value[2])
        elif kind is op.ATOMIC_GROUP:
            found += _needs(value)
        elif kind is op.BRANCH:
            branches = [_best(_needs(branch)) for branch in value[1]]
            if all(branches):
                found.append(tuple(dict.fromkeys(word for words in branches for word in words)))
    if run:
        found.append((run,))
    return found
