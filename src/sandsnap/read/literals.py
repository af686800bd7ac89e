"""What a match of a regular expression must contain: a cheap test of whether a text is worth searching at all."""

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple
from unicodedata import category

_DIGITS = [(op.CATEGORY, op.CATEGORY_DIGIT)]
_A_DIGIT = re.compile(r"\d")
# Characters that match an ASCII letter when case is ignored, beside its own two forms.
_ALIKE = (("ſ", "s"), ("İ", "i"), ("ı", "i"), ("\N{KELVIN SIGN}", "k"))


def folded(text: str) -> str:
    """The text in lower case, so that it holds every literal of `needed` in the place where a match holds it."""
    if not text.isascii():
        for mark, letter in _ALIKE:
            text = text.replace(mark, letter)
    return text.lower()


class Part(NamedTuple):
    """What one part of a pattern needs: one of the texts (lower case), or a digit where `digit`, or all of one of the ways."""

    texts: tuple[str, ...]
    digit: bool = False
    ways: tuple[tuple["Part", ...], ...] = ()


@lru_cache(maxsize=4096)
def needed(pattern: str) -> tuple[str, ...]:
    """Texts in lower case of which any match holds at least one, whatever its case; () where there are none."""
    return one_of(needs(pattern))


def one_of(parts: Iterable[Part]) -> tuple[str, ...]:
    """Texts of which one is held wherever all these parts are, those that say most; () where there are none."""
    return _best(filter(None, map(_texts, parts)))


@lru_cache(maxsize=4096)
def needs(pattern: str) -> tuple[Part, ...]:
    """Everything that any match of a pattern holds, as `may_hold` asks for it."""
    return tuple(_needs(parser.parse(pattern)))


def has_digit(text: str) -> bool:
    """Whether a digit stands in a text."""
    return _A_DIGIT.search(text) is not None


def may_hold(parts: tuple[Part, ...], low: str, *, digit: bool) -> bool:
    """Whether a text in lower case (`folded`), with a digit or without, holds what a pattern needs; where not, the pattern
    matches nowhere in it."""
    for texts, by_digit, ways in parts:
        if by_digit and digit:
            continue
        for text in texts:
            if text in low:
                break
        else:
            for way in ways:
                if may_hold(way, low, digit=digit):
                    break
            else:
                return False
    return True


def _texts(part: Part) -> tuple[str, ...]:
    """The texts of which one is needed, at the least; () where some way needs none."""
    if part.digit:
        return ()
    found = [part.texts, *map(one_of, part.ways)]
    return tuple(dict.fromkeys(t for texts in found for t in texts)) if all(found[1:]) else ()


def _best(choices: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    # The longest, then the fewest: each is looked for.
    return max(choices, key=lambda words: (min(map(len, words)), -len(words)), default=())


def _needs(items: Any) -> list[Part]:
    """For each part that takes part in every match: what it must contain."""
    found: list[Part] = []
    run = ""
    for kind, value in items:
        if kind is op.LITERAL and value < 128:
            run += chr(value).lower()
            continue
        if run:
            found.append(Part((run,)))
            run = ""
        if kind is op.IN and value == _DIGITS:
            found.append(Part((), digit=True))
        elif kind is op.IN and all(k is op.LITERAL and category(chr(c)) == "Sc" for k, c in value):
            found.append(Part(tuple(chr(c) for _, c in value)))  # signs of currencies: few texts hold one
        elif kind is op.SUBPATTERN:
            found += _needs(value[3])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[0] >= 1:
            found += _needs(value[2])
        elif kind is op.ATOMIC_GROUP:
            found += _needs(value)
        elif kind is op.BRANCH:
            branches = [_needs(branch) for branch in value[1]]
            if all(branches):
                found.append(_one_of(branches))
    if run:
        found.append(Part((run,)))
    return found


def _one_of(branches: list[list[Part]]) -> Part:
    """Branches as one part; one that has a single part gives its choices."""
    single = [parts[0] for parts in branches if len(parts) == 1]
    texts = dict.fromkeys(t for part in single for t in part.texts)
    ways = [way for part in single for way in part.ways] + [tuple(parts) for parts in branches if len(parts) > 1]
    return Part(tuple(texts), any(part.digit for part in single), tuple(ways))
