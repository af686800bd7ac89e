"""Patterns of statements: regular expressions in which a space is any white space and {duration} an amount."""

import re
from functools import lru_cache

from sandsnap.read import amounts
from sandsnap.read.literals import needed

_SPACES = re.compile(r" ([?*+]?)")
HOLE = re.compile(r"\{(" + "|".join(amounts.HOLES) + r")\d?\}")


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """A statement pattern as a regular expression, and the names of its holes."""
    holes: list[str] = []

    def hole(m: re.Match[str]) -> str:
        holes.append(m[0][1:-1])
        return f"(?P<{m[0][1:-1]}>{amounts.HOLES[m[1]]})"

    regex = HOLE.sub(hole, _SPACES.sub(lambda m: r"\s*" if m[1] in ("?", "*") else r"\s+", pattern))
    return re.compile(regex, re.IGNORECASE), tuple(holes)


@lru_cache(maxsize=2048)
def without_holes(regex: str) -> str:
    """A compiled pattern's own words: what its holes may take is left out."""
    for taken in amounts.HOLES.values():
        regex = regex.replace(taken, "")
    return regex


@lru_cache(maxsize=2048)
def words_of(pattern: str) -> tuple[str, ...]:
    """What every match of a statement pattern holds one of (see `literals.needed`); of the holes, only the dollar."""
    return needed(plain_pattern(pattern))


def plain_pattern(pattern: str) -> str:
    """A statement pattern as a regular expression in which a hole is anything; of money, anything with a dollar in it."""
    plain = HOLE.sub(lambda m: r".*\$." if m[1] == "money" else ".", pattern)
    return _SPACES.sub(lambda m: r"\s*" if m[1] in ("?", "*") else r"\s+", plain)
