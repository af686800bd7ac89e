"""What waits for a second look or for a person, in and out of the database; bound to the claims that keep their value."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from sandsnap.model import Fact, Reading, Value, Wait
from sandsnap.record.layout import key_columns
from sandsnap.record.timeline import text
from schemas import TABLES

if TYPE_CHECKING:
    from sandsnap.record.load import Loaded

Claim = tuple[str, tuple[str, str, tuple[str, ...]]]  # reader, fact id


@dataclass
class Waits:
    """One vendor's waits: the open ones, and those that ended, with the day they ended on. `seen`: each one's first day."""

    open: dict[Claim, Wait] = field(default_factory=dict)
    closed: list[tuple[Claim, Wait, date]] = field(default_factory=list)

    def apply(self, reading: Reading, day: date) -> None:
        """What a good reading does not leave waiting has been let in, is gone, or is as before again."""
        if reading.outcome != "good":
            return
        now = {(reading.reader, w.fact.id): w for w in reading.waits}
        stated = {(reading.reader, f.id) for f in reading.facts}
        for claim in [c for c in self.open if c[0] == reading.reader and c not in now]:
            if not reading.partial or claim in stated:
                self.closed.append((claim, self.open.pop(claim), day))
        self.open |= now

    def rewind(self, day: date) -> None:
        """As it was before the day."""
        back = {c: w for c, w, until in self.closed if until >= day}
        self.closed = [c for c in self.closed if c[2] < day]
        self.open = {c: w for c, w in (back | self.open).items() if w.since < day}


def load(con: duckdb.DuckDBPyConnection, vendors: Collection[str]) -> dict[str, Waits]:
    """The waits of these vendors that hold now."""
    out = {v: Waits() for v in vendors}
    for vendor, reader, stated, state, reason, since, until in con.execute(
        "SELECT w.vendor, r.name, w.stated, w.state, w.reason, w.since, w.until FROM store.waits w "
        "JOIN store.readers r USING (reader) WHERE list_contains(?, w.vendor) AND w.known_to IS NULL ORDER BY w.since",
        [list(vendors)],
    ).fetchall():
        wait = Wait(_fact(vendor, json.loads(stated)), state, reason, since)
        if until is None:
            out[vendor].open[reader, wait.fact.id] = wait
        else:
            out[vendor].closed.append(((reader, wait.fact.id), wait, until))
    return out


def write(
    con: duckdb.DuckDBPyConnection, loadeds: Collection["Loaded"], waits: Mapping[str, Waits], known_at: datetime
) -> None:
    """Retire the rows that no longer hold and append those that do."""
    now = {
        _row(loaded, c, w, until)
        for loaded in loadeds
        for of_vendor in (waits[loaded.vendor],)
        for c, w, until in ((*((c, w, None) for c, w in of_vendor.open.items()), *of_vendor.closed))
    }
    columns = 'reader, claim, vendor, "table", product, key, state, reason, stated, since, until'
    was = set(
        con.execute(
            f"SELECT {columns} FROM store.waits WHERE list_contains(?, vendor) AND known_to IS NULL",
            [[loaded.vendor for loaded in loadeds]],
        ).fetchall()
    )
    for reader, _, _, table, product, key, _, _, _, since, until in sorted(was - now, key=str):
        con.execute(
            'UPDATE store.waits SET known_to = ? WHERE known_to IS NULL AND reader = ? AND "table" = ? AND product = ? '
            "AND key = ? AND since = ? AND until IS NOT DISTINCT FROM ?",
            [known_at, reader, table, product, key, since, until],
        )
    fresh = [(*r, known_at) for r in sorted(now - was, key=str)]
    if fresh:
        import polars as pl  # late: a question about what waits needs none

        schema: dict[str, Any] = {
            "reader": pl.Int64, "claim": pl.Int64, "vendor": pl.String, "table": pl.String, "product": pl.String,
            "key": pl.String, "state": pl.String, "reason": pl.String, "stated": pl.String, "since": pl.Date,
            "until": pl.Date, "known_from": pl.Datetime("us"),
        }  # fmt: skip
        con.register("incoming", pl.DataFrame(fresh, schema=schema, orient="row"))
        con.execute("INSERT INTO store.waits BY NAME SELECT * FROM incoming")
        con.unregister("incoming")


def _row(loaded: "Loaded", claim: Claim, wait: Wait, until: date | None) -> tuple[Any, ...]:
    reader, fact = loaded.readers[claim[0]], wait.fact
    key = tuple(fact.key[c] for c in key_columns(TABLES[fact.table]))
    held = reader.claims.get((fact.source_url, fact.table, key))
    stated = {
        "table": fact.table, "key": dict(fact.key), "values": {c: text(v) for c, v in fact.values.items()},
        "basis": fact.basis, "source_url": fact.source_url, "quote": fact.quote, "capture": fact.capture,
        "verified_on": text(fact.verified_on),
    }  # fmt: skip
    return (
        reader.id, held.id if held else None, loaded.vendor, fact.table, key[0], " / ".join(key[1:]) or "-", wait.state,
        wait.reason, json.dumps(stated), wait.since, until,
    )  # fmt: skip


def _fact(vendor: str, stated: Mapping[str, Any]) -> Fact:
    table = TABLES[stated["table"]]
    values = {c: _typed(table.by_name[c].kind, v) for c, v in stated["values"].items()}
    seen = stated["verified_on"]
    return Fact(
        table.name, vendor, stated["key"], values, stated["basis"], stated["source_url"], stated["quote"],
        stated["capture"], date.fromisoformat(seen) if seen else None,
    )  # fmt: skip


def _typed(kind: str, value: str | None) -> Value:
    if value is None or kind == "text":
        return value
    if kind == "flag":
        return value == "true"
    if kind == "day":
        return date.fromisoformat(value)
    return Decimal(value)
