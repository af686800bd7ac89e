"""The events of the record as tell makes them, each with the changes that it is made of."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sandsnap.record import alert_queries, queries
from sandsnap.record.claim_queries import Connection
from sandsnap.tell.model import Change, Event


def told(con: Connection, start: date = date.min, end: date = date.max) -> list[Event]:
    """Every event with start < day <= end, whole, oldest first, of one day the weightiest first. Raises QueryError."""
    members: dict[str, list[Change]] = {}
    # Of all days: an announcement that was learned late stands on its own day, its changes on the day they were seen.
    for row in alert_queries.steps(con).records():
        members.setdefault(row["event"], []).append(Change.of(row))
    return [
        Event(
            r["event"], r["vendor"], r["product"], r["kind"], r["title"], r["day"], r["not_before"], r["significance"],
            tuple(members.get(r["event"], ())), r["notice"], r["confirmed"], tuple(r["reasons"] or ()),
            tuple((what, before, after) for what, before, after in r["moved"] or ()),
            reranked=tuple(r["reranked"] or ()), backfilled=r["backfilled"],
        )
        for r in queries.events(con, start, end).records()
    ]  # fmt: skip


def corrected(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], list[Mapping[str, Any]]]:
    """The rows of corrections that mend what we said, by (corrected_at, vendor, table): one mended reader corrects many."""
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for r in rows:
        if r["cause"] == "correction":
            groups.setdefault((r["corrected_at"], r["vendor"], r["table"]), []).append(r)
    return groups
