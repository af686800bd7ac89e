"""Questions to the warehouse, for the command line and the site. Read-only; imports only duckdb, so it starts fast.

Every answer is `Answer(columns, rows)`: column names and plain tuples. The SQL that people read is in warehouse/*.sql.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import duckdb

from sandsnap.record.errors import QueryError

SILENT_DAYS = 7
PLAIN_VIEWS = (
    "allowances_in_dollars", "captures", "claims_history", "conflicts", "coverage", "evidence", "facts_history",
    "freshness", "held", "unconfirmed", "history", "issues", "limits_in_minutes",
    "compare", "open_issues", "products", "prices_per_hour", "readings", "runs", "sources", "vendors",
    "workload_cost_history", "workload_costs", "workload_lines", "workloads",
    "measurements", "measurements_history", "measured_weeks", "claims_beside_measurements", "publishers_say", "unwatched",
)  # fmt: skip

# Columns of macros that no view has: DuckDB keeps no comments for the columns of a macro.
MACRO_COLUMNS = {
    "key_columns": "The key as JSON, product included.",
    "not_before": "The last day on which it was seen otherwise; null where nobody had looked.",
    "event": "Id of the event that it belongs to.",
    "significance": "0 to 100, by the stated weights.",
    "notice": "Subject and kind of the notice it rests on.",
    "confirmed": "False while a value of it waits for a second look.",
    "reasons": "What the points are for.",
    "moved": "What moved, in words: lists of what, before and after.",
    "reranked": "Workloads for which the product passed another in cost, or was passed.",
    "backfilled": "Whether it was learned later than the day after its day, from an archive.",
    "events.title": "What happened, in a sentence.",
    "events.day": "The day on which it happened, as far as is known.",
    "events.kind": "What it is about: price, allowance, limit, offer, gpu, isolation, persistence, sdk, hosting, company …",
    "events.changes": "Ids of its changes.",
    "field": "The column that differs; * for all values of an added or removed fact.",
    "before": "The value before, as text; null where there was none.",
    "after": "The value after, as text; null where there is none.",
    "quote_before": "The quote the old value rested on.",
    "quote_after": "The quote the new value rests on.",
    "capture_before": "SHA-256 of the stored page the old value was last read from.",
    "capture_after": "SHA-256 of the stored page the new value was read from.",
    "shown_from": "When the wrong value was first shown (UTC).",
    "corrected_at": "When it was corrected (UTC).",
    "because": "What was changed in between.",
    "was_cheaper": "vendor/product that cost less on the first day.",
    "is_cheaper": "vendor/product that costs less on the second.",
    "was_cheaper_before": "Dollars of was_cheaper on the first day, in its cheapest plan.",
    "is_cheaper_before": "Dollars of is_cheaper on the first day.",
    "was_cheaper_after": "Dollars of was_cheaper on the second day.",
    "is_cheaper_after": "Dollars of is_cheaper on the second day.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Column names and rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """One mapping per row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Status:
    """What `sandsnap status` shows; each part is an Answer."""

    last_run: Answer
    freshness: Answer
    open_issues: Answer
    silent_sources: Answer
    unproven_readers: Answer


def connect_readonly(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a warehouse for reading. SQL on it can reach no file, no network and no setting.

    Raises QueryError if there is no such file or it is not a warehouse.
    """
    must_exist(path)
    con = attached(path)
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def must_exist(path: Path) -> None:
    """Raise QueryError unless there is a file."""
    if not path.is_file():
        raise QueryError(
            f"{path} does not exist: run `sandsnap demo`, `sandsnap snapshot` or `sandsnap backfill` first"
        )


def attached(path: Path, called: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A warehouse file attached for reading, without any fence yet. Raises QueryError (of `called`) if it is none."""
    try:
        # In memory with the file attached: connections to one path would share their settings, and the old file.
        con = duckdb.connect()
        con.execute("SET TimeZone = 'UTC'")
        con.execute("ATTACH '{}' AS warehouse (READ_ONLY)".format(str(path).replace("'", "''")))
        con.execute("USE warehouse")
        con.execute("SELECT version FROM store.layout")
    except duckdb.Error as error:
        raise QueryError(
            f"{called or path} is not a sandsnap warehouse: {line(error)}; `sandsnap doctor` says what mends it"
        ) from None
    return con


def in_order(start: date, end: date) -> None:
    """Raises QueryError for days between which nothing can lie."""
    if start > end:
        raise QueryError(f"the first day comes after the last: {start}, {end}")


def changes(con: duckdb.DuckDBPyConnection, start: date, end: date, vendor: str | None = None) -> Answer:
    """Vendors' changes with start < day <= end, oldest first. Columns: see `changes` in warehouse/views.sql."""
    in_order(start, end)
    return _ask(
        con,
        "SELECT * FROM changes(?::DATE, ?::DATE) WHERE ?::VARCHAR IS NULL OR vendor = ? "
        'ORDER BY day, vendor, "table", product, key, field, source_url',
        [start, end, vendor, vendor],
    )


def events(
    con: duckdb.DuckDBPyConnection, start: date, end: date, vendor: str | None = None, min_significance: int = 0
) -> Answer:
    """Events with start < day <= end, oldest first, of one day the weightiest first."""
    in_order(start, end)
    return _ask(
        con,
        "SELECT * FROM events(?::DATE, ?::DATE) WHERE (?::VARCHAR IS NULL OR vendor = ?) AND significance >= ? "
        "ORDER BY day, significance DESC, vendor, title, event",
        [start, end, vendor, vendor, min_significance],
    )


def corrections(con: duckdb.DuckDBPyConnection, start: datetime, end: datetime, vendor: str | None = None) -> Answer:
    """Our corrections with start < corrected_at <= end (UTC), oldest first."""
    in_order(start, end)
    return _ask(
        con,
        "SELECT * FROM corrections(?::TIMESTAMPTZ, ?::TIMESTAMPTZ) WHERE ?::VARCHAR IS NULL OR vendor = ? "
        'ORDER BY corrected_at, vendor, "table", product, key, field, valid_from',
        [_utc(start), _utc(end), vendor, vendor],
    )


def history(con: duckdb.DuckDBPyConnection, vendor: str, table: str | None = None) -> Answer:
    """Every interval of every claim of a vendor that holds now, by key and day."""
    if table is not None:
        _contract_table(con, table)
    return _ask(
        con,
        'SELECT * FROM history WHERE vendor = ? AND (?::VARCHAR IS NULL OR "table" = ?) AND known_to IS NULL '
        'ORDER BY "table", product, key, reader, valid_from',
        [vendor, table, table],
    )


def fact_history(con: duckdb.DuckDBPyConnection, table: str, **key: str) -> Answer:
    """Every interval of the claims on one key, typed: fact_history(con, "prices", vendor="fly", sku="l40s")."""
    columns = [c for c in _contract_table(con, table) if c not in ("quote", "capture", "verified_on", "state")]
    unknown = key.keys() - set(columns)
    if unknown:
        raise QueryError(f"{table} has no column {', '.join(sorted(unknown))}; it has {', '.join(columns)}")
    where = " AND ".join(f'"{c}" = ?' for c in key)
    picked = ", ".join(f'"{c}"' for c in columns)
    # Planning is most of the cost: no join for the one name, no order for the few rows.
    found = _ask(
        con,
        f"SELECT reader, claim, {picked}, quote, cause, valid_from, valid_to, store.utc(known_from) AS known_from "
        f"FROM store.claims WHERE \"table\" = '{table}' AND {where} AND known_to IS NULL",
        list(key.values()),
    )
    from_day = found.columns.index("valid_from")
    rows = sorted(found.rows, key=lambda r: (r[0], r[1], r[from_day]))
    names = _names.setdefault(con, {})
    if unknown_readers := {r[0] for r in rows} - names.keys():
        asked = f"SELECT reader, name FROM store.readers WHERE reader IN ({', '.join(map(str, unknown_readers))})"
        names |= dict(_ask(con, asked).rows)
    return Answer((*found.columns[2:], "reader"), [(*r[2:], names[r[0]]) for r in rows])


def show(
    con: duckdb.DuckDBPyConnection,
    table: str,
    on: date | None = None,
    known_at: datetime | None = None,
    vendor: str | None = None,
) -> Answer:
    """A table of the contract: today, on a day, or on a day as we knew it at a time (UTC). Sorted by its columns."""
    columns = _contract_table(con, table)
    order = ", ".join(f'"{c}"' for c in columns)
    relation = f"{table}_on(?::DATE)"
    given: list[object] = [on or date.max]
    if known_at is not None:
        relation, given = f"{table}_known(?::DATE, ?::TIMESTAMPTZ)", [on or date.max, _utc(known_at)]
    return _ask(
        con,
        f"SELECT * FROM {relation} WHERE ?::VARCHAR IS NULL OR vendor = ? ORDER BY {order}",
        [*given, vendor, vendor],
    )


def status(con: duckdb.DuckDBPyConnection, today: date, silent_days: int = SILENT_DAYS) -> Status:
    """Last run, age of verified_on, open issues, sources without a good reading for long, readers never proven."""
    return Status(
        last_run=_ask(con, "SELECT * FROM runs ORDER BY known_at DESC LIMIT 1"),
        freshness=_ask(
            con,
            "SELECT *, ?::DATE - oldest AS oldest_days, ?::DATE - newest AS newest_days FROM freshness",
            [today, today],
        ),
        open_issues=_ask(con, "SELECT * FROM open_issues ORDER BY vendor, source_url, reader, kind, message"),
        silent_sources=_ask(
            con,
            "SELECT vendor, source_url, max(last_good_on) AS last_good_on, max(last_on) AS last_on, "
            "?::DATE - max(last_good_on) AS days FROM sources GROUP BY vendor, source_url "
            "HAVING max(last_good_on) IS NULL OR ?::DATE - max(last_good_on) > ? ORDER BY vendor, source_url",
            [today, today, silent_days],
        ),
        unproven_readers=_ask(
            con,
            "SELECT vendor, reader, source_url, last_on, last_outcome FROM sources WHERE last_good_on IS NULL "
            "AND NOT regexp_matches(reader, '#(none|undated)$') ORDER BY vendor, reader",
        ),
    )


def open_issues(con: duckdb.DuckDBPyConnection) -> Answer:
    """What waits for a person."""
    return _ask(con, "SELECT * FROM open_issues ORDER BY vendor, source_url, reader, kind, message")


def last_readings(con: duckdb.DuckDBPyConnection) -> Answer:
    """Per reader: vendor, reader, last_on, last_good_on, and the version that last read well."""
    return _ask(
        con,
        "SELECT vendor, reader, max(day) AS last_on, max(day) FILTER (outcome = 'good') AS last_good_on, "
        "arg_max(version, day) FILTER (outcome = 'good') AS version FROM readings GROUP BY vendor, reader ORDER BY ALL",
    )


def sql(con: duckdb.DuckDBPyConnection, query: str, timeout_s: float = 60.0) -> Answer:
    """Someone else's SQL, on a read-only connection, for at most `timeout_s` seconds.

    Raises QueryError in one line for bad SQL, a forbidden action, or the time limit.
    """
    late = threading.Event()

    def stop() -> None:
        late.set()
        con.interrupt()

    timer = threading.Timer(timeout_s, stop)
    timer.start()
    try:
        return _ask(con, query)
    except QueryError:
        if late.is_set():
            raise QueryError(f"stopped after {timeout_s:g} s: narrow the query, or give it more time") from None
        raise
    finally:
        timer.cancel()


def tables(con: duckdb.DuckDBPyConnection) -> Answer:
    """Every view and macro that people may use, with its description."""
    return _ask(
        con,
        "SELECT view_name AS name, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal UNION ALL "
        "SELECT function_name, comment FROM duckdb_functions() WHERE schema_name = 'main' AND NOT internal "
        "ORDER BY name",
    )


def schema(con: duckdb.DuckDBPyConnection, name: str) -> tuple[str, Answer]:
    """What a table, view or macro is, and its columns: name, type, description. Raises QueryError for another name.

    The columns of a macro have no comments of their own: they are described as those of the same name are in views.
    """
    found = _ask(
        con,
        "SELECT comment, NULL AS parameters FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal "
        "AND view_name = ?1 UNION ALL "
        "SELECT comment, parameters FROM duckdb_functions() WHERE schema_name = 'main' AND NOT internal "
        "AND function_name = ?1",
        [name],
    ).rows
    if not found:
        near = [n for (n, _) in tables(con).rows]
        raise QueryError(f"there is no {name!r}: use one of {', '.join(near)}")
    told, parameters = found[0]
    call = name if parameters is None else f"{name}({', '.join(['DATE ' + repr('1970-01-01')] * len(parameters))})"
    columns = _ask(
        con,
        'SELECT d.column_name AS "column", d.column_type AS "type", coalesce('
        "any_value(c.comment) FILTER (c.table_name = ?), any_value(c.comment)) AS description "
        f"FROM (SELECT *, row_number() OVER () AS place FROM (DESCRIBE SELECT * FROM {call})) d "
        "LEFT JOIN (SELECT * FROM duckdb_columns() WHERE schema_name = 'main') c USING (column_name) "
        "GROUP BY d.column_name, d.column_type, d.place ORDER BY d.place",
        [name.removesuffix("_on").removesuffix("_known")],
    )
    told_here = {c: MACRO_COLUMNS.get(f"{name}.{c}") for c, _, _ in columns.rows}
    rows = [(c, kind, told_here[c] or text or MACRO_COLUMNS.get(c)) for c, kind, text in columns.rows]
    return told, Answer(columns.columns, rows)


def names(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Every name a query may use: views, macros and columns, for completion."""
    return [
        n
        for (n,) in _ask(
            con,
            "SELECT DISTINCT n FROM (SELECT name AS n FROM (SELECT view_name AS name FROM duckdb_views() WHERE "
            "schema_name = 'main' AND NOT internal UNION ALL SELECT function_name || '(' FROM duckdb_functions() "
            "WHERE schema_name = 'main' AND NOT internal) UNION ALL SELECT column_name FROM duckdb_columns() "
            "WHERE schema_name = 'main' AND NOT internal) ORDER BY n",
        ).rows
    ]


# DuckDB reads its whole catalog to say what columns there are, ten times the cost of one fact's history; a reader's name costs a
# third of it. Neither changes while a connection is open.
_columns: WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[str, list[str]]] = WeakKeyDictionary()
_names: WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[int, str]] = WeakKeyDictionary()


def _contract_table(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a contract table. Raises QueryError for any other name."""
    known = _columns.setdefault(con, {})
    if table not in known:
        known[table] = _read_columns(con, table)
    return known[table]


def _read_columns(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    views = con.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal ORDER BY 1")
    known = [name for (name,) in views.fetchall() if name not in PLAIN_VIEWS]
    if table not in known:
        raise QueryError(f"there is no table {table!r}: use one of {', '.join(known)}")
    columns = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = ? ORDER BY column_index",
        [table],
    )
    return [name for (name,) in columns.fetchall()]


def _ask(con: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()) -> Answer:
    try:
        done = con.execute(query, list(parameters))
        return Answer(tuple(d[0] for d in done.description or ()), done.fetchall())
    except duckdb.Error as error:
        raise QueryError(line(error)) from None


def line(error: duckdb.Error) -> str:
    """The first lines of DuckDB's message that say something, as one line."""
    lines = [line.strip() for line in str(error).splitlines()]
    return " ".join(line for line in lines if line and not line.startswith(("LINE ", "^")))


def _utc(at: datetime) -> datetime:
    """With its zone; without one it is UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
