"""Bounds: the words and signs directly before and behind a number that make "at most", "at least" or "about" of it, or deny it.

The words are data: `[bounds]` and `[denied]` of scope_words.toml, beside those that are part of an amount (amounts.py).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from sandsnap.read.amounts import Amount, of_all
from sandsnap.read.errors import Unreadable
from sandsnap.read.scope import asked, data

_BEFORE, _BEHIND = 40, 30  # letters in which a bound stands


def bounded(amount: Amount, text: str, start: int, end: int, accepted: str = "") -> Amount:
    """The amount text[start:end] with the bounds that all words directly around it give it. What a reader's pattern
    (`accepted`) names itself is none. Raises Unreadable where two contradict each other ("up to >13"), and for a number that
    is named as what does not hold ("not 10")."""
    named = asked(accepted)
    if (m := _denied().search(text[max(0, start - _BEFORE) : start])) and not named(m[0].strip()):
        raise Unreadable(f"{m[0].strip()!r} stands before it: {amount.text!r}")
    around = [kind for kind, words in _around(text, start, end) if not named(words)]
    if amount.bound == "range" or not around:
        return amount
    bound = of_all((amount.bound, *around), text[max(0, start - _BEFORE) : end + _BEHIND])
    low, high = (None if "max" in around else amount.low), (None if "min" in around else amount.high)
    return replace(amount, bound=bound, low=low, high=high)


def _around(text: str, start: int, end: int) -> Iterator[tuple[str, str]]:
    """(kind, words) of each bound before an amount, from the nearest one outwards, and behind it."""
    before, behind = text[max(0, start - _BEFORE) : start], text[end : end + _BEHIND]
    while found := next(((k, m) for k, first, _ in _bounds() if (m := first.search(before))), None):
        yield found[0], found[1][0].strip()
        before = before[: found[1].start()]
    for kind, _, then in _bounds():
        if m := then.match(behind):
            yield kind, m[0].strip()


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(rf"(?:{data()['denied']['before']})\s*$", re.IGNORECASE)


@cache
def _bounds() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    given: dict[str, Any] = data()["bounds"]
    return tuple(
        (
            kind,
            re.compile(rf"(?:{given[kind]['before']})\s*$", re.IGNORECASE),
            re.compile(rf"{given['noun']}\s*(?:{given[kind]['after']})", re.IGNORECASE),
        )
        for kind in ("about", "min", "max")
    )
