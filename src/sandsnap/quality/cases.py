"""A case: a page, what happens to it on the days after, and the right answer."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from sandsnap.model import Capture, Fact
from sandsnap.quality.figures import FactId, Original, Values

# either: the new value, or an issue and no value; nothing else. ask: nothing moves; of each reader one issue may open and stay.
CHANGE, ISSUE, NOTHING, EITHER, ASK = "change", "issue", "nothing", "either", "ask"


@dataclass(frozen=True)
class Day:
    """One mutated day: the capture, and where its page states something else than the original.

    `moved`: facts with the values the page gives now. `unstated`: facts it does not state any more.
    """

    capture: Capture
    moved: Mapping[FactId, Values] = field(default_factory=dict)
    unstated: frozenset[FactId] = frozenset()


@dataclass(frozen=True)
class Case:
    """`days` follow the original's day, one each. `may_go`: facts whose removal is true. `both`: the old figure still
    stands elsewhere on the mutated page, so that a conflict is as right as the change. `restated`: the page says everything all
    the same, and where all of it is found again nobody need look.
    """

    mutation: str
    page: Original
    days: tuple[Day, ...]
    answer: str
    may_go: frozenset[FactId] = frozenset()
    both: bool = False
    restated: bool = False

    @property
    def changed(self) -> Mapping[FactId, Values]:
        """Every fact that moves on some day, with the values it takes first."""
        return {i: values for day in reversed(self.days) for i, values in day.moved.items()}


def capture_of(page: Original, text: str | bytes, after: int, **fields: object) -> Capture:
    """The page's capture with another body, so many days later."""
    body = text if isinstance(text, bytes) else text.encode()
    day = page.capture.day
    assert day is not None
    at = datetime.combine(day + timedelta(days=after), time(12), UTC)
    changes = {"body": body, "captured_at": at, "sha256": hashlib.sha256(body).hexdigest(), **fields}
    return replace(page.capture, **changes)  # type: ignore[arg-type]


def lasting(
    mutation: str, page: Original, text: str | bytes, answer: str, *, moved: Mapping[FactId, Values] | None = None,
    unstated: Iterable[Fact] = (), may_go: bool | Iterable[Fact] = False, both: bool = False, days: int = 2,
) -> Case:  # fmt: skip
    """The page is so from the next day on; seen twice, because a removal needs a second reading."""
    gone = frozenset(f.id for f in unstated)
    made = tuple(Day(capture_of(page, text, n), moved or {}, gone) for n in range(1, days + 1))
    going = frozenset(f.id for f in may_go) if not isinstance(may_go, bool) else gone if may_go else frozenset()
    return Case(mutation, page, made, answer, going, both)


def passing(
    mutation: str, page: Original, text: str | bytes, answer: str, *, unstated: Iterable[Fact] = (), days: int = 2, **fields: object
) -> Case:  # fmt: skip
    """The page is so for some days, then it is as it was: nothing may be left of it."""
    gone = frozenset(f.id for f in unstated)
    made = [Day(capture_of(page, text, n, **fields), {}, gone) for n in range(1, days + 1)]
    return Case(mutation, page, (*made, Day(capture_of(page, page.capture.body, days + 1))), answer)
