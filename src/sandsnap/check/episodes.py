"""Changes that go back and forth, folded: a value that returns to an earlier one within a window is one episode.

A page that alternates between two variants for twenty days is one unstable value, not twenty changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WINDOW = timedelta(days=30)

Record = Mapping[str, Any]
_CLAIM = ("vendor", "product", "table", "key", "field", "source_url", "reader")


@dataclass(frozen=True, slots=True)
class Episode:
    """One change, or several that are one: what the value was before the first and is after the last.

    `changes` are the rows as given, in order of days, never empty.
    """

    changes: tuple[Record, ...]

    @property
    def first_on(self) -> date:
        """The day it began."""
        return self.changes[0]["day"]  # type: ignore[no-any-return]

    @property
    def last_on(self) -> date:
        """The day of its last move."""
        return self.changes[-1]["day"]  # type: ignore[no-any-return]

    @property
    def before(self) -> Any:
        """The value before it began."""
        return self.changes[0]["before"]

    @property
    def after(self) -> Any:
        """The value it ended on."""
        return self.changes[-1]["after"]

    @property
    def unstable(self) -> bool:
        """Whether the value returned to an earlier one on the way."""
        return len(self.changes) > 1

    @property
    def withdrawn(self) -> bool:
        """Whether it ended where it began: in the end nothing changed."""
        return self.unstable and self.before == self.after


def episodes(changes: Iterable[Record], window: timedelta = WINDOW) -> list[Episode]:
    """Rows of `changes(from, to)` folded into episodes, in order of their first days; every row is in exactly one.

    Per field of one claim (vendor, page, reader, key): a change whose new value had been left at most `window` before
    joins everything since it was left. Such runs that overlap are one. A removal and the fact's return are a return.
    """
    chains: dict[tuple[Any, ...], list[Record]] = {}
    for row in sorted(changes, key=lambda r: r["day"]):
        chains.setdefault(tuple(row.get(c) for c in _CLAIM), []).append(row)
    found = [Episode(tuple(chain[a:b])) for chain in chains.values() for a, b in _runs(chain, window)]
    return sorted(found, key=lambda e: e.first_on)


def _runs(chain: list[Record], window: timedelta) -> list[tuple[int, int]]:
    """Half-open spans of the chain that are one episode each."""
    runs: list[tuple[int, int]] = []
    for j, row in enumerate(chain):
        left = [
            i for i in range(j) if chain[i]["before"] == row["after"] and row["day"] - chain[i]["day"] <= window
        ]  # fmt: skip
        start = left[0] if left else j
        while runs and runs[-1][1] > start:
            start = min(start, runs.pop()[0])
        runs.append((start, j + 1))
    return runs
