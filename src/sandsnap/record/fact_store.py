"""Facts and their steps in and out of the database: a vendor's claims are resolved anew, and what differs is written."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
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
    from sandsnap.record.store import Timelines

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


@dataclass(frozen=True, slots=True)
class Written:
    """`moved`: by vendor, the keys of which a row is another than before; `alone`: the new rows of claims that are shown as they are."""

    moved: Mapping[str, set[Key]]
    alone: Collection[tuple[int, date]]


def write(
    con: duckdb.DuckDBPyConnection, wanted: Sequence[Wanted], told: "Timelines", names: "Names", known_at: datetime
) -> Written:
    """Resolve the claims of what is wanted and write what differs from what is held, beside the claims (`told`)."""
    facts: Rows = {}
    moved: Rows = {}
    out: dict[str, set[Key]] = {loaded.vendor: set() for loaded, *_ in wanted}
    alone: set[tuple[int, date]] = set()
    hidden: list[tuple[int, date]] = []
    for loaded, only, _ in wanted:
        resolved = resolve(loaded.awake, None if only is None else only.__contains__)
        own: set[tuple[int, date]] = set()
        for (table, key), held in resolved.items():
            number = fact_id(loaded.vendor, table, key)
            for row in (r for r in held if not r.denied):
                if place := _alone(row, loaded, told):
                    own.add(place)
                else:
                    facts[number, row.valid_from] = (row.valid_to, table, loaded.vendor, key, row.values, _said(row))
            for step in steps(held):
                moved[number, step.day, step.field] = _step(loaded.vendor, table, key, step, names)
        alone |= own
        for place, key_ in _shown(loaded, only):
            if place not in own and told.stays(place):
                hidden.append(place)
            if place not in own or loaded.stored["claims"][place] != told.now["claims"].get(
                place, loaded.stored["claims"][place]
            ):
                out[loaded.vendor].add(key_)
        idents = {c.id: (c.table, c.key) for r in loaded.awake for c in r.claims.values()}
        out[loaded.vendor] |= {idents[place[0]] for place in own & told.fresh}
    which = (
        [loaded.vendor for loaded, only, _ in wanted if only is None],
        sorted({n for *_, numbers in wanted for n in numbers}),
    )
    known, content = ("fact", "valid_from"), ("valid_to", "table", *fact_columns(), *SAID)
    was = {k: _narrow(row) for k, row in _stored(con, "resolved", known, content, *which).items()}
    _sync(con, "resolved", known, was, facts, known_at, content, _wide)
    _hide(con, hidden, known_at)
    named = ("fact", "day", "field")
    _sync(con, "steps", named, _stored(con, "steps", named, STEP, *which), moved, known_at, STEP)
    for k in was.keys() | facts.keys():
        if was.get(k) != facts.get(k):
            _, table, vendor, key, *_ = facts.get(k) or was[k]
            out[vendor].add((table, key))
    return Written(out, alone)


def _alone(row: Resolved, loaded: "Loaded", told: "Timelines") -> tuple[int, date] | None:
    """The row of the claim that says all that the fact's row does; None where there is none that may be shown for it."""
    place, cited = (row.claim.id, row.valid_from), row.citation
    new = place in told.fresh
    if (
        row.sources
        or row.ended_on
        or row.not_before
        or place in told.recaused
        or not (new or (place in loaded.shown and told.stays(place)))
    ):
        return None
    held = told.now["claims"].get(place) or loaded.stored["claims"].get(place)
    return place if held == (row.valid_to, row.values, cited.basis, cited.quote, cited.judged_on) else None


def _shown(loaded: "Loaded", only: Collection[Key] | None) -> Iterator[tuple[tuple[int, date], Key]]:
    """The rows of claims that were shown as they are, of these keys, with their keys."""
    idents = {claim: (ident[1], ident[2]) for (_, ident), claim in loaded.former.items()}
    return ((p, idents[p[0]]) for p in loaded.shown if only is None or idents[p[0]] in only)


def _hide(con: duckdb.DuckDBPyConnection, places: Sequence[tuple[int, date]], known_at: datetime) -> None:
    """From now on these rows of claims are not shown as they are."""
    if places:
        con.register("hidden", pl.DataFrame(places, schema={"claim": pl.Int64, "valid_from": pl.Date}, orient="row"))
        con.execute(
            "UPDATE store.claims c SET alone_to = ? FROM hidden h "
            "WHERE c.claim = h.claim AND c.valid_from = h.valid_from AND c.known_to IS NULL AND c.alone_to IS NULL",
            [known_at],
        )
        con.unregister("hidden")


def _narrow(row: Row) -> Row:
    """A stored row with the values of its table alone: valid_to, table, vendor, key, values, what it says."""
    valid_to, table, *rest = row
    keys, values = _places(table)
    return (
        valid_to, table, rest[0], tuple(rest[i] for i in keys), tuple(rest[i] for i in values), tuple(rest[-len(SAID) :]),
    )  # fmt: skip


def _wide(row: Row) -> Row:
    valid_to, table, vendor, key, values, said = row
    cells: list[Any] = [None] * len(fact_columns())
    cells[0] = vendor
    for places, given in zip(_places(table), (key, values), strict=True):
        for i, value in zip(places, given, strict=True):
            cells[i] = value
    return (valid_to, table, *cells, *said)


@cache
def _places(table: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the columns of a table's key and of its values stand among those of all."""
    columns = list(fact_columns())
    own = TABLES[table]
    return tuple(columns.index(c) for c in key_columns(own)), tuple(columns.index(c) for c in own.values)


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
            # Which rows they are is asked of two columns, and only then all columns of these.
            found += con.execute(
                f"SELECT {picked} FROM store.{table} t WHERE t.rowid IN (SELECT s.rowid FROM store.{table} s "
                f"SEMI JOIN held_wanted w ON w.{column} = s.{column} WHERE s.known_to IS NULL)"
            ).fetchall()
            con.unregister("held_wanted")
    n = len(identity)
    return {tuple(r[:n]): tuple(r[n:]) for r in found}


def _sync(
    con: duckdb.DuckDBPyConnection, table: str, identity: tuple[str, ...], was: Rows, now: Rows, at: datetime,
    content: Sequence[str], whole: Callable[[Row], Row] = tuple,
) -> None:  # fmt: skip
    """Retire the rows that no longer hold and append those that hold now, made `whole`; nothing is updated in place."""
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
        rows = [(*k, *whole(now[k]), at) for k in fresh]
        incoming = frame((*identity, *content, "known_from"), rows)
        if table in words.INTERVALS:
            words.admit(con, incoming)
        con.register("incoming", incoming)
        con.execute(f"INSERT INTO store.{table} BY NAME SELECT * FROM incoming")
        con.unregister("incoming")
