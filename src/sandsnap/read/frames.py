"""What stood over each fact when its value was first read: a value that moves under other headings may be another's.

Pure: no clock, no database. A `Frames` is shown a vendor's captures in the order of time.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache
from operator import is_

from sandsnap.model import Fact, Reading
from sandsnap.read.passage import FIGURES
from sandsnap.read.scope import known, neutral, own_names

_WORD = re.compile(r"[^\W\d_]+(?:[\u2019'][a-z]+)?|(?<!\d)(?:19|20)\d\d(?!\d)|[A-Z]{1,3}\$|[\u20ac\u00a3\u00a5\u20b9]")


class Frames:
    """For each fact of a reader, its value and what stood over it when that was first seen."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, object], Fact] = {}

    def compared(self, readings: Iterable[Reading]) -> list[Reading]:
        """The readings of one capture; a fact whose value moved while its frame gained words names them."""
        out = []
        for r in readings:
            facts = [self._compared(r.reader, f) for f in r.facts] if r.outcome == "good" else list(r.facts)
            same = all(map(is_, facts, r.facts))
            out.append(r if same else replace(r, facts=tuple(facts)))
        return out

    def _compared(self, reader: str, fact: Fact) -> Fact:
        if fact.table not in FIGURES or fact.basis != "read":
            return fact
        last = self._last.get((reader, fact.id), fact)
        if last.values != fact.values and (words := _told_anew(last, fact)):
            return replace(fact, reframed=tuple(sorted(words)))
        self._last[reader, fact.id] = fact
        return fact


def _told_anew(last: Fact, fact: Fact) -> frozenset[str]:
    """The words that stand over a fact or beside it and did not, and that may say of whom, when or what it is."""
    over = gained(last.frame, fact.frame)
    said = frozenset().union(*map(_words, (*last.frame, *last.beside)))
    beside = frozenset().union(*(_words(text) for text in fact.beside if text not in last.beside)) - said
    return (over | beside) - _plain(fact) - known(fact.vendor)


def gained(old: tuple[str, ...], new: tuple[str, ...]) -> frozenset[str]:
    """The words by which a frame says more than it did, in lower case; none where it is another one."""
    if len(old) == len(new):
        pairs = [(_words(a), _words(b)) for a, b in zip(old, new, strict=True)]
        if any(a - b for a, b in pairs):
            return frozenset()
        return frozenset().union(*(b - a for a, b in pairs))
    left = iter(new)
    if len(new) < len(old) or not all(part in left for part in old):
        return frozenset()
    return frozenset().union(*map(_words, set(new) - set(old)))


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(w.lower() for w in _WORD.findall(text)) - neutral()


def _plain(fact: Fact) -> frozenset[str]:
    """What says nothing else of a fact: its vendor's names, and the year of its page."""
    year = str(fact.verified_on.year) if fact.verified_on else ""
    return _own(fact.vendor) | {year}


@cache
def _own(vendor: str) -> frozenset[str]:
    return frozenset(w for name in own_names(vendor) for w in _words(name))
