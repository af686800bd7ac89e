"""Values that go back and forth: a return to an earlier value within a window makes one episode of all its rows.

The rule is check.episodes; here its episodes are tied to the positions of the rows they were folded from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Episode:
    """`rows` are positions in the rows given, in order of days; `days` are theirs.

    `returned`: it ended on the value it began with, so nothing changed. `last` is the value it ended on.
    """

    rows: tuple[int, ...]
    days: tuple[date, ...]
    returned: bool
    last: str | None

    @property
    def first(self) -> int:
        """The row that began it."""
        return self.rows[0]


def episodes(rows: Sequence[Mapping[str, Any]], window_days: int) -> list[Episode]:
    """The unstable episodes in change rows; rows that stand alone are in none. An unconfirmed removal is no move yet."""
    told = [dict(r) | {"at": i} for i, r in enumerate(rows) if r["kind"] != "removal_unconfirmed"]
    if not _any_returns(told):
        return []
    # Only now: the check stage brings polars and pandera, a second and more, and most reports need it for nothing.
    from sandsnap.check.episodes import episodes as fold

    return [
        Episode(tuple(r["at"] for r in e.changes), tuple(r["day"] for r in e.changes), e.withdrawn, e.after)
        for e in fold(told, timedelta(days=window_days))
        if e.unstable
    ]


def _any_returns(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any field of any fact takes a value that it once left: without that there is no episode."""
    left: set[tuple[Any, ...]] = set()
    for r in sorted(rows, key=lambda r: r["day"]):
        field = (r["vendor"], r["product"], r["table"], r["key"], r["field"], r["source_url"])
        if (*field, r["after"]) in left:
            return True
        left.add((*field, r["before"]))
    return False
