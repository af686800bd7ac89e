"""Events as they were told: stored whole per vendor at the end of a run, asked for by day. What makes them is a callback."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Protocol

import duckdb

from sandsnap.record.queries import Answer, _ask


class Member(Protocol):
    """A change, as `sandsnap.tell` identifies it."""

    id: Any
    product: Any
    table: Any
    key_text: Any
    field: Any
    day: Any


class Told(Protocol):
    """An event, as `sandsnap.tell` makes them: the columns of store.told, and its changes."""

    event: Any
    members: Any


Tell = Callable[[Iterable[dict[str, Any]]], Sequence[Told]]  # all changes of one vendor -> its events
COLUMNS = (
    "event", "vendor", "product", "kind", "title", "day", "not_before", "significance", "notice", "confirmed", "reasons",
)  # fmt: skip


def write(con: duckdb.DuckDBPyConnection, vendor: str, told: Sequence[Told]) -> None:
    """Replace a vendor's events and their members."""
    rows = [[_plain(getattr(e, c)) for c in COLUMNS] for e in told]
    members = [
        [e.event, c.id, vendor, c.product, c.table, c.key_text, c.field, c.day] for e in told for c in e.members
    ]  # fmt: skip
    for name, given in (("told", rows), ("told_changes", members)):
        con.execute(f"DELETE FROM store.{name} WHERE vendor = ?", [vendor])
        if given:
            con.executemany(f"INSERT INTO store.{name} VALUES ({', '.join('?' * len(given[0]))})", given)


def tell_vendors(con: duckdb.DuckDBPyConnection, vendors: Iterable[str], tell: Tell) -> None:
    """Make the events of vendors anew from all their changes."""
    for vendor in vendors:
        found = con.execute("FROM changes(DATE '0001-01-01', DATE '9999-12-31') WHERE vendor = ?", [vendor])
        names = [c[0] for c in found.description or ()]
        write(con, vendor, tell(dict(zip(names, row, strict=True)) for row in found.fetchall()))


def events(
    con: duckdb.DuckDBPyConnection, start: date, end: date, vendor: str | None = None, min_significance: int = 0
) -> Answer:
    """Events with start < day <= end, oldest first, of one day the weightiest first."""
    return _ask(
        con,
        "SELECT * FROM events(?::DATE, ?::DATE) WHERE (?::VARCHAR IS NULL OR vendor = ?) AND significance >= ? "
        "ORDER BY day, significance DESC, vendor, title, event",
        [start, end, vendor, vendor, min_significance],
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
