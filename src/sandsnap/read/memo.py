"""Pure functions of a text, remembered: the texts of a page are mostly those of its other days and of the pages beside it."""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
_forget: list[Callable[[], None]] = []


def by_text(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorator: a pure function whose last `most` answers are remembered."""

    def remembering(function: Callable[P, T]) -> Callable[P, T]:
        remembered = lru_cache(maxsize=most)(function)
        _forget.append(remembered.cache_clear)
        return cast("Callable[P, T]", remembered)

    return remembering


def forget() -> None:
    """Be as a process that has met no text yet: for measuring."""
    for clear in _forget:
        clear()
