"""Scopes that are said of ranges of places, laid one over the other: what holds at each place, in linear time.

What is said first of a part of the scope (when, whose, offer …) holds, so that each part of each place is looked at once,
however many ranges lie over it.
"""

from collections.abc import Iterable, Iterator, Sequence

from sandsnap.read.scope import PARTS, PLAIN, Scope

Range = tuple[
    int, int, Scope
]  # first block, end, what is said of them; of one that ends where it begins, of a table there


def says_any(scope: Scope) -> bool:
    """Whether some part of a scope is not the plain one."""
    return scope is not PLAIN and any(_says(scope, part) for part in PARTS)


def laid_over(ranges: Sequence[Range], blocks: int) -> tuple[dict[int, Scope], list[int]]:
    """The scope of each place that a range lies over, and those of the places that are blocks, not tables alone."""
    if not ranges:
        return {}, []
    said_by: dict[int, list[int]] = {}
    for part in (*PARTS, "day"):
        saying = [(first, max(end, first + 1), n) for n, (first, end, scope) in enumerate(ranges) if _says(scope, part)]
        for i, n in _first_to_cover(saying, blocks + 1) if saying else ():
            said_by.setdefault(i, []).append(n)
    known: dict[tuple[int, ...], Scope] = {}
    scopes: dict[int, Scope] = {}
    for i, numbers in said_by.items():
        by = tuple(sorted(set(numbers)))
        if by not in known:
            known[by] = _within(ranges[n][2] for n in by)
        scopes[i] = known[by]
    return scopes, [i for i, _ in _first_to_cover([(first, end, 0) for first, end, _ in ranges], blocks)]


def _says(scope: Scope, part: str) -> bool:
    return bool(getattr(scope, part) != getattr(PLAIN, part))


def _first_to_cover(ranges: Iterable[tuple[int, int, int]], places: int) -> Iterator[tuple[int, int]]:
    """(place, number) of the first of the ranges (first, end, number) that covers each place, in the ranges' order."""
    free = list(range(places + 1))  # for each place, where to look for the next one that nothing covers yet
    for first, end, number in ranges:
        i = first
        while i < end:
            step, i = i, free[i]
            while free[i] != i:  # the way is shorter for whoever comes next
                free[step], step, i = free[i], i, free[i]
            if i < end:
                yield i, number
                free[i] = i + 1


def _within(scopes: Iterable[Scope]) -> Scope:
    """Scopes one within the other, the innermost first."""
    found = PLAIN
    for scope in scopes:
        found = found.inside(scope)
    return found
