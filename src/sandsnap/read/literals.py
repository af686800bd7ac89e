"""What a match of a regular expression must contain: a cheap test of whether a text is worth searching at all."""

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any
from unicodedata import category

_DIGITS = [(op.CATEGORY, op.CATEGORY_DIGIT)]
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
    return _best(plain for part in needs(pattern) if (plain := _plain(part)))


Need = tuple["str | tuple[Need, ...]", ...]  # one of these: a text, or several parts of which each is needed
DIGIT = r"\d"  # stands for any digit
_A_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=4096)
def needs(pattern: str) -> tuple[Need, ...]:
    """Everything that any match of a pattern holds, as `may_hold` asks for it."""
    return tuple(_needs(parser.parse(pattern)))


def may_hold(parts: tuple[Need, ...], low: str) -> bool:
    """Whether a text in lower case (`folded`) holds what a pattern needs; where not, the pattern matches nowhere in it."""
    for choices in parts:
        for choice in choices:
            if isinstance(choice, str):
                if choice in low or (choice is DIGIT and _A_DIGIT.search(low)):
                    break
            elif may_hold(choice, low):
                break
        else:
            return False
    return True


def _plain(need: Need) -> tuple[str, ...]:
    """The texts of which one is needed, at the least; () where some way needs none."""
    found: dict[str, None] = {}
    for choice in need:
        words = (choice,) if isinstance(choice, str) else _best(p for part in choice if (p := _plain(part)))
        if not words or DIGIT in words:
            return ()
        found.update(dict.fromkeys(words))
    return tuple(found)


def _best(choices: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    # The longest, then the fewest: each is looked for.
    return max(choices, key=lambda words: (min(map(len, words)), -len(words)), default=())


def _needs(items: Any) -> list[Need]:
    """For each part that takes part in every match: what it must contain."""
    found: list[Need] = []
    run = ""
    for kind, value in items:
        if kind is op.LITERAL and value < 128:
            run += chr(value).lower()
            continue
        if run:
            found.append((run,))
            run = ""
        if kind is op.IN and value == _DIGITS:
            found.append((DIGIT,))
        elif kind is op.IN and all(k is op.LITERAL and category(chr(c)) == "Sc" for k, c in value):
            found.append(tuple(chr(c) for _, c in value))  # signs of currencies: few texts hold one
        elif kind is op.SUBPATTERN:
            found += _needs(value[3])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[0] >= 1:
            found += _needs(value[2])
        elif kind is op.ATOMIC_GROUP:
            found += _needs(value)
        elif kind is op.BRANCH:
            ways = [tuple(_needs(branch)) for branch in value[1]]
            if all(ways):
                found.append(tuple(dict.fromkeys(choice for way in ways for choice in _one_or_all(way))))
    if run:
        found.append((run,))
    return found


def _one_or_all(way: tuple[Need, ...]) -> Need:
    """A way as choices: those of its one part, or all its parts as one."""
    return way[0] if len(way) == 1 else (way,)
