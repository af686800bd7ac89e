"""From changed values to moves: what one fact's whole row was and is, replayed in order of days.

A value that goes back and forth within check.episodes.WINDOW is one move, `unstable`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sandsnap.check.episodes import episodes
from sandsnap.tell.model import Change, Key
from schemas import TABLES

Row = Mapping[str, Any]
Fact = tuple[str, str, str, Key]
History = dict[Fact, list[tuple[date, Row | None, date | None]]]
"""By fact, each day on which it moved, its row from then on, and the last day on which it was seen otherwise."""


class Past(Mapping[Fact, Row]):
    """The rows that stood on the morning of a day: a view of the whole replay, so that days share it."""

    def __init__(self, history: "History", day: date) -> None:
        self._history, self._day = history, day

    def __getitem__(self, fact: Fact) -> Row:
        """The row of a fact. Raises KeyError."""
        known = self._history[fact]
        at = bisect_left(known, self._day, key=lambda k: k[0])
        row = known[at - 1][1] if at else None
        if row is None:
            raise KeyError(fact)
        return row

    def __iter__(self) -> Iterator[Fact]:
        """The facts that stood."""
        return (f for f in self._history if f in self)

    def earlier(self, fact: Fact) -> Iterator[tuple[date, Row, date | None]]:
        """The rows that the fact had before, the latest first: each with the day on which it ended and when it was last seen."""
        known = [k for k in self._history.get(fact, ()) if k[0] < self._day]
        ends = [*((day, seen) for day, _, seen in known[1:]), (self._day, None)][: len(known)]
        pairs = zip(reversed(known), reversed(ends), strict=True)
        return ((end, row, seen) for (_, row, _), (end, seen) in pairs if row is not None)

    def __len__(self) -> int:
        """How many stood."""
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Move:
    """One fact on one day: its row before and after (None: there was none), and the changes it is made of."""

    fact: Fact
    day: date
    not_before: date | None
    before: Row | None
    after: Row | None
    changes: tuple[Change, ...]
    ended: bool = False
    unstable: bool = False
    rekeyed: bool = False  # `before` stood under another key
    replaces: bool = False  # and the vendor's page gave that key up
    recalled: bool = False  # `before` was stated earlier, and for a time nothing was
    standing: Mapping[Fact, Row] = field(default_factory=dict, compare=False, repr=False)  # the product's, that morning

    @property
    def vendor(self) -> str:
        """The vendor's short name."""
        return self.fact[0]

    @property
    def product(self) -> str:
        """The vendor's product."""
        return self.fact[1]

    @property
    def table(self) -> str:
        """The table."""
        return self.fact[2]

    @property
    def key(self) -> dict[str, str]:
        """Key columns after vendor and product."""
        return dict(zip(TABLES[self.table].key[2:], self.fact[3], strict=True))

    @property
    def row(self) -> Row:
        """What it is, or was where it is gone."""
        return self.after if self.after is not None else self.before or {}

    @property
    def basis(self) -> str | None:
        """The weakest word a change of it gives."""
        given = {c.basis for c in self.changes}
        return next((b for b in ("second_hand", "judged", "quoted", "read") if b in given), None)

    @property
    def ours(self) -> bool:
        """Whether only what we look at changed: a page first read, evidence that aged."""
        return not self.replaces and all(c.kind == "coverage" for c in self.changes)

    @property
    def pages(self) -> frozenset[str]:
        """The pages it rests on."""
        return frozenset(c.source_url for c in self.changes if c.source_url)


def moves(changes: Iterable[Change], standing: Mapping[Fact, Row] | None = None) -> list[Move]:
    """Every change in exactly one move, oldest first. `standing` are the rows before the first change."""
    rows: dict[Fact, Row] = dict(standing or {})
    history: History = {f: [(date.min, r, None)] for f, r in rows.items()}
    out: list[Move] = []
    by_day: dict[date, dict[Fact, list[Change]]] = {}
    for change in changes:
        by_day.setdefault(change.day, {}).setdefault(change.fact, []).append(change)
    for day in sorted(by_day):
        morning = Past(history, day)
        for fact in sorted(by_day[day]):
            told = sorted(by_day[day][fact], key=lambda c: c.field)
            out.append(_move(fact, day, told, rows.get(fact), morning))
            after = out[-1].after
            history.setdefault(fact, []).append((day, after, out[-1].not_before))
            if after is None:
                rows.pop(fact, None)
            else:
                rows[fact] = after
    return _settled(out)


def _move(fact: Fact, day: date, changes: list[Change], was: Row | None, morning: Mapping[Fact, Row]) -> Move:
    # The field "state" says that a row is kept as ended, or is to be had again; "*" that a row has no values.
    ended = any(c.field == "state" and c.after == "ended" for c in changes)
    gone = ended or all(c.kind in ("removed", "ended") and c.after is None for c in changes)
    new = was is None and all(c.before is None for c in changes)
    fields = [c for c in changes if c.field in TABLES[fact[2]].values]
    before = None if new else {**(was or {}), **{c.field: c.before for c in fields}}
    after = None if gone else {**(before or {}), **{c.field: c.after for c in fields}}
    if after is not None and fields and all(c.kind == "coverage" and c.after is None for c in changes):
        after = after if any(v is not None for v in after.values()) else None
    seen = [c.not_before for c in changes if c.not_before]
    return Move(fact, day, max(seen, default=None), before, after, tuple(changes), ended, standing=morning)


def _settled(found: list[Move]) -> list[Move]:
    """Moves of one fact that go back and forth as one: from before the first to after the last, on the last one's day.

    What another page says of it undoes no move of the vendor's: the two are told apart.
    """

    def frozen(row: Row | None) -> tuple[tuple[str, Any], ...] | None:
        return None if row is None else tuple(sorted(row.items()))

    # A notice that a page ceases to state was still announced.
    out = [m for m in found if m.table == "notices"]
    records = [
        {"vendor": (m.fact, m.ours), "day": m.day, "before": frozen(m.before), "after": frozen(m.after), "move": m}
        for m in found
        if m.table != "notices"
    ]
    for episode in episodes(records):
        parts: list[Move] = [r["move"] for r in episode.changes]
        last = parts[-1]
        if len(parts) == 1:
            out.append(last)
            continue
        members = tuple(c for m in parts for c in m.changes)
        out.append(replace(last, before=parts[0].before, changes=members, unstable=True, standing=parts[0].standing))
    return sorted(out, key=lambda m: (m.day, m.fact))
