"""Facts and their steps in and out of the database: a vendor's claims are resolved anew, and what differs is written."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from sandsnap.record import words
from sandsnap.record.cost_store import reranked
from sandsnap.record.layout import fact_columns, key_columns
from sandsnap.record.resolve import Key, Resolved, Source, Step, fact_id, resolve, steps
from schemas import TABLES

if TYPE_CHECKING:
    from sandsnap.record.load import Loaded
    from sandsnap.record.names import Names

Row = tuple[Any, ...]
Rows = dict[tuple[Any, ...], Row]

# Behind "table" and the typed columns; the first ones are told apart as what the row says.
SAID = (
    "basis", "source_url", "quote", "judged_on", "claim", "reader", "cause", "sources", "ended_on", "not_before",
)  # fmt: skip
_TYPES: Mapping[str, Any] = {
    "judged_on": pl.Date, "claim": pl.Int64, "reader": pl.Int64, "ended_on": pl.Date, "not_before": pl.Date,
    "fact": pl.Int64, "valid_from": pl.Date, "valid_to": pl.Date, "known_from": pl.Datetime("us"),
    "known_to": pl.Datetime("us"), "day": pl.Date, "capture_before": pl.Int64, "capture_after": pl.Int64,
}  # fmt: skip
TOLD = (
    "event", "vendor", "product", "kind", "title", "day", "not_before", "significance", "changes", "notice", "confirmed",
    "reasons", "moved", "reranked", "backfilled",
)  # fmt: skip
STEP = (
    "not_before", "kind", "vendor", "product", "table", "key", "before", "after", "basis", "source_url",
    "quote_before", "quote_after", "capture_before", "capture_after", "reader",
)  # fmt: skip


Wanted = tuple[
    "Loaded", Collection[Key] | None, Collection[int]
]  # of a vendor all facts; or these, and the numbers of their rows


def write(
    con: duckdb.DuckDBPyConnection, wanted: Sequence[Wanted], names: "Names", known_at: datetime
) -> dict[str, set[Key]]:
    """Resolve the claims of what is wanted and write what differs from what is held; returns by vendor the keys of which a row
    does."""
    columns = list(fact_columns())
    facts: Rows = {}
    moved: Rows = {}
    for loaded, only, _ in wanted:
        resolved = resolve(loaded.awake, None if only is None else only.__contains__)
        for (table, key), held in resolved.items():
            number = fact_id(loaded.vendor, table, key)
            typed = dict.fromkeys(columns)
            typed["vendor"] = loaded.vendor
            typed |= dict(zip(key_columns(TABLES[table]), key, strict=True))
            for row in (r for r in held if not r.denied):
                told = typed | dict(zip(TABLES[table].values, row.values, strict=True))
                facts[number, row.valid_from] = (row.valid_to, table, *told.values(), *_said(row))
            for step in steps(held):
                moved[number, step.day, step.field] = _step(loaded.vendor, table, key, step, names)
    which = (
        [loaded.vendor for loaded, only, _ in wanted if only is None],
        sorted({n for *_, numbers in wanted for n in numbers}),
    )
    known, content = ("fact", "valid_from"), ("valid_to", "table", *columns, *SAID)
    was = _stored(con, "facts", known, content, *which)
    _sync(con, "facts", known, was, facts, known_at, content)
    named = ("fact", "day", "field")
    _sync(con, "steps", named, _stored(con, "steps", named, STEP, *which), moved, known_at, STEP)
    out: dict[str, set[Key]] = {loaded.vendor: set() for loaded, *_ in wanted}
    for k in was.keys() | facts.keys():
        if was.get(k) != facts.get(k):
            _, table, *cells = facts.get(k) or was[k]
            said = dict(zip(columns, cells, strict=False))
            out[said["vendor"]].add(_key(table, said))
    return out


def _key(table: str, row: Mapping[str, Any]) -> Key:
    return table, tuple(row[c] for c in key_columns(TABLES[table]))


def moved(con: duckdb.DuckDBPyConnection, known_at: datetime) -> list[str]:
    """The vendors of which the run of `known_at` wrote or retired a step."""
    asked = "SELECT DISTINCT vendor FROM store.steps WHERE known_from = ? OR known_to = ? ORDER BY vendor"
    return [v for (v,) in con.execute(asked, [known_at, known_at]).fetchall()]


def write_told(
    con: duckdb.DuckDBPyConnection, vendor: str,
    tell: Callable[[Sequence[Mapping[str, Any]], Mapping[tuple[str, date], Sequence[str]]], Sequence[Any]], known_at: datetime,
    live: bool,
) -> None:  # fmt: skip
    """Have the vendor's steps told as events, and keep what was told.

    An event is `backfilled` if no `live` run told it first, and it was known later than the day after its pages' last day:
    what a day's run settles is news, however long ago it was first seen. It is settled when it is first told, whatever is
    filled in later.
    """
    done = con.execute(
        "SELECT * EXCLUDE (event) FROM steps(DATE '0001-01-01', DATE '9999-12-31') WHERE vendor = ? "
        'ORDER BY day, product, "table", key, field',
        [vendor],
    )
    names = [d[0] for d in done.description or ()]
    told = tell([dict(zip(names, row, strict=True)) for row in done.fetchall()], reranked(con, vendor))
    held = con.execute("SELECT event, backfilled FROM store.told WHERE vendor = ? AND backfilled IS NOT NULL", [vendor])
    known: dict[str, bool] = dict(held.fetchall())
    con.execute("DELETE FROM store.told WHERE vendor = ? AND kind <> 'measured'", [vendor])
    for e in told:
        late = not live and known_at.date() - max(c.day for c in e.members) > timedelta(days=1)
        keep_told(con, e, known.get(e.event, late))
    bind_steps(con, [vendor])


def bind_steps(con: duckdb.DuckDBPyConnection, vendors: Sequence[str] | None = None) -> None:
    """Note with each step of these vendors (None: of all) the event that it belongs to."""
    con.execute(
        "UPDATE store.steps s SET event = n.event FROM (SELECT s.rowid AS place, t.event FROM store.steps s "
        "LEFT JOIN (SELECT unnest(changes) AS id, event FROM store.told) t "
        'ON t.id = store.step_id(s.vendor, s.product, s."table", s.key, s.field, s.day) '
        "WHERE (?1 IS NULL OR list_contains(?1, s.vendor)) AND s.known_to IS NULL AND s.event IS DISTINCT FROM t.event) n "
        "WHERE s.rowid = n.place",
        [vendors],
    )


def keep_told(con: duckdb.DuckDBPyConnection, event: Any, backfilled: bool) -> None:
    """Keep one event beside those that are told already."""
    row = [_listed(getattr(event, name)) for name in TOLD[:-1]]
    con.execute(
        f"INSERT INTO store.told BY NAME SELECT {', '.join(f'? AS {name}' for name in TOLD)}", [*row, backfilled]
    )


def _listed(value: Any) -> Any:
    return [_listed(v) for v in value] if isinstance(value, tuple) else value


def _said(row: Resolved) -> Row:
    sources = json.dumps(dict(sorted(row.sources.items()))) if row.sources else None
    cited = row.citation
    return (
        cited.basis, row.claim.source_url, cited.quote, cited.judged_on, row.claim.id, row.reader.id, row.cause, sources,
        row.ended_on, row.not_before,
    )  # fmt: skip


def _step(vendor: str, table: str, key: tuple[str, ...], step: Step, names: "Names") -> Row:
    was, now = step.was, step.now
    basis = (was if step.gone and was is not None else step.shown).citation.basis
    return (
        step.not_before, step.kind, vendor, key[0], table, " / ".join(key[1:]) or "-", step.before, step.after,
        basis, step.shown.claim.source_url, was.citation.quote if was else None, now.citation.quote if now else None,
        _capture(was, names), _capture(now, names), step.shown.reader.id,
    )  # fmt: skip


def _capture(side: Source | None, names: "Names") -> int | None:
    """The stored page a side of a step was read from."""
    read = side.reader.last_good(side.day + timedelta(days=1)) if side else None
    if side is None or read is None or read.capture is None:
        return None
    return names.capture(read.capture, side.reader.source_url, read.day)


def _stored(
    con: duckdb.DuckDBPyConnection, table: str, identity: Sequence[str], content: Sequence[str], vendors: Sequence[str],
    facts: Sequence[int],
) -> Rows:  # fmt: skip
    """The rows that hold now, of these vendors and of these facts, by what they are."""
    picked = ", ".join(f't."{c}"' for c in (*identity, *content))
    found: list[Row] = []
    for column, kind, values in (("vendor", pl.String, vendors), ("fact", pl.Int64, facts)):
        if values:
            con.register("held_wanted", pl.DataFrame({column: values}, schema={column: kind}))
            found += con.execute(
                f"SELECT {picked} FROM store.{table} t SEMI JOIN held_wanted w ON w.{column} = t.{column} WHERE t.known_to IS NULL"
            ).fetchall()
            con.unregister("held_wanted")
    n = len(identity)
    return {tuple(r[:n]): tuple(r[n:]) for r in found}


def _sync(
    con: duckdb.DuckDBPyConnection, table: str, identity: tuple[str, ...], was: Rows, now: Rows, at: datetime,
    content: Sequence[str],
) -> None:  # fmt: skip
    """Retire the rows that no longer hold and append those that hold now; nothing is updated in place."""
    gone = [k for k, row in was.items() if now.get(k) != row]
    fresh = sorted(
        (k for k, row in now.items() if was.get(k) != row), key=lambda k: k[1]
    )  # of a day: as pages have them
    typed = {c: t.by_name[c].polars for t in TABLES.values() for c in (*t.key, *t.values)}

    def frame(names: Sequence[str], rows: Sequence[Row]) -> pl.DataFrame:
        schema = {c: _TYPES.get(c, typed.get(c, pl.String)) for c in names}
        return pl.DataFrame(list(rows), schema=schema, orient="row")

    if gone:
        con.register("gone", frame(identity, gone))
        same = " AND ".join(f't."{c}" = gone."{c}"' for c in identity)
        con.execute(f"UPDATE store.{table} t SET known_to = ? FROM gone WHERE {same} AND t.known_to IS NULL", [at])
        con.unregister("gone")
    if fresh:
        rows = [(*k, *now[k], at) for k in fresh]
        incoming = frame((*identity, *content, "known_from"), rows)
        if table in words.INTERVALS:
            words.admit(con, incoming)
        con.register("incoming", incoming)
        con.execute(f"INSERT INTO store.{table} BY NAME SELECT * FROM incoming")
        con.unregister("incoming")
