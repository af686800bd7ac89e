"""From the contract to the database: the tables that are stored, what is missing in one of before, and what views depend on."""

from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from sandsnap.record.errors import RecordError
from schemas import SERIES, TABLES, Table
from schemas.contract import DERIVED
from schemas.contract import VERSION as CONTRACT

LAYOUT = 4  # 2: facts beside claims; 3: numbers of 64 bits; 4: equal readings in one row
ADDED_TABLES = (
    "catalogue.sql",
    "fetches.sql",
    "origins.sql",
    "days.sql",
    "claim_keys.sql",
    "cost_tables.sql",
    "series_tables.sql",
)  # to warehouses of before, too
VIEW_FILES = (
    "views.sql", "change_views.sql", "unit_views.sql", "workload_views.sql", "series_views.sql", "compare_views.sql",
)  # fmt: skip
WORKLOADS = "workloads.toml"
FRESHNESS = "freshness.toml"
VIEW_MACRO = "view_"  # in the schema store: what the view of that name is made of
BLOCK_SIZE = 16384  # bytes; the default of 256 KB makes today's file eight times larger
STORAGE_VERSION = "v1.5.0"  # DuckDB 2 would write files that 1.5 cannot open


def sql_file(name: str) -> str:
    """The text of one file of warehouse/: inside the installed package, or at the root of a checkout."""
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "warehouse", here.parents[3] / "warehouse"):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    raise FileNotFoundError(f"warehouse/{name} is in neither the package nor the checkout: reinstall sandsnap")


def key_columns(table: Table) -> tuple[str, ...]:
    """Key columns without vendor, product first: what a claim's key holds."""
    return table.key[1:]


def fact_columns() -> dict[str, str]:
    """DuckDB types of the key and value columns of all tables together, vendor first."""
    out: dict[str, str] = {}
    for table in TABLES.values():
        for name in (*table.key, *table.values):
            kind = table.by_name[name].duckdb
            if out.setdefault(name, kind) != kind:
                raise RecordError(
                    f"{table.name}.{name} is {kind}, elsewhere {out[name]}: give one of them another name"
                )
    return out


def made_of(con: duckdb.DuckDBPyConnection) -> str | None:
    """The fingerprint that a database of this layout was last completed with; None for another, or an empty one."""
    found: list[tuple[str | None]] = []
    if _columns_of(con, "layout"):
        found = con.execute("SELECT views::VARCHAR FROM store.layout WHERE version = ?", [LAYOUT]).fetchall()
    return found[0][0] if found else None


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make an empty database whole, or bring an older one to this layout with everything it holds."""
    columns = {name: f'"{name}" {kind}' for name, kind in fact_columns().items()}
    tables = Template(sql_file("fact_tables.sql")).substitute(typed_columns=", ".join(columns.values()))
    if not _columns_of(con, "layout"):
        con.execute(sql_file("tables.sql"))
        for name in ADDED_TABLES:
            con.execute(sql_file(name))
        con.execute("INSERT INTO store.layout VALUES (?, ?, NULL)", [LAYOUT, CONTRACT])
        con.execute(tables)
        return
    (layout, contract) = con.execute("SELECT version, contract FROM store.layout").fetchall()[0]
    if layout > LAYOUT or contract > CONTRACT:
        raise RecordError(f"the warehouse was written by a newer sandsnap (layout {layout}): upgrade sandsnap")
    if layout < LAYOUT:
        _drop_views(con)
        con.execute("UPDATE store.layout SET version = ?, views = NULL", [LAYOUT])
    if layout == 1:
        con.execute("ALTER TABLE store.facts RENAME TO claims")
    elif "fact" not in _columns_of(con, "claims"):
        con.execute("ALTER TABLE store.facts RENAME TO resolved")
    if "fact" not in _columns_of(con, "claims"):  # what was resolved of them stays beside them
        for column in ("fact BIGINT", "alone BOOLEAN", "alone_to TIMESTAMP"):
            con.execute(f"ALTER TABLE store.claims ADD COLUMN {column}")
    _widen(con)
    con.execute(tables)
    for name in ADDED_TABLES:
        con.execute(sql_file(name))
    if "until" not in _columns_of(con, "readings"):
        con.execute(sql_file("days_told_apart.sql"))
    if "fee_open" not in _columns_of(con, "costs"):  # the costs are made anew
        con.execute("ALTER TABLE store.costs ADD COLUMN fee_open BOOLEAN DEFAULT false")
        con.execute("DELETE FROM store.costed")
    for table in ("claims", "resolved"):
        held = _columns_of(con, table)
        for name, column in columns.items():
            if name not in held:  # null for what was read before, which is no change
                con.execute(f"ALTER TABLE store.{table} ADD COLUMN {column}")
                _fill_key(con, table, name)


def _widen(con: duckdb.DuckDBPyConnection) -> None:
    """Give numbers that were counted room for those that are made of what they name."""
    narrow = con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'store' "
        "AND column_name IN ('reader', 'claim', 'contest', 'capture', 'capture_before', 'capture_after', 'version') "
        "AND table_name <> 'layout' AND data_type IN ('USMALLINT', 'INTEGER')"
    ).fetchall()
    for table, column in narrow:
        con.execute(f'ALTER TABLE store.{table} ALTER COLUMN "{column}" TYPE BIGINT')


def outdated(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether claims are held of which no facts were made yet: a warehouse of layout 1."""
    return bool(con.execute("SELECT EXISTS (FROM store.claims) AND NOT EXISTS (FROM store.facts)").fetchall()[0][0])


def _fill_key(con: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    """A column that came into a key later holds what it means where nothing is said: `list` for an offer."""
    for t in TABLES.values():
        if column in t.key:
            con.execute(f'UPDATE store.{table} SET "{column}" = ? WHERE "table" = ?', [t.blank[column], t.name])


def _drop_views(con: duckdb.DuckDBPyConnection) -> None:
    """Take the views and macros of another layout away: they are defined anew, and a table under them may be renamed."""
    where = "database_name = current_database() AND NOT internal"
    for schema, name in con.execute(f"SELECT schema_name, view_name FROM duckdb_views() WHERE {where}").fetchall():
        con.execute(f'DROP VIEW IF EXISTS {schema}."{name}"')
    for schema, name, kind in con.execute(
        f"SELECT DISTINCT schema_name, function_name, function_type FROM duckdb_functions() WHERE {where}"
    ).fetchall():
        con.execute(f'DROP MACRO {"TABLE " if kind == "table_macro" else ""}IF EXISTS {schema}."{name}"')


def _columns_of(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {
        c
        for (c,) in con.execute(
            "SELECT column_name FROM duckdb_columns() "
            "WHERE schema_name = 'store' AND table_name = ? AND database_name = current_database()",
            [table],
        ).fetchall()
    }


@cache
def fingerprint() -> int:
    """What the views depend on: when it differs from the stored one they are defined anew.

    A number, because DuckDB keeps a column of one number without a block of its own, and of one text with one.
    """
    import hashlib

    files = ("tables.sql", "fact_tables.sql", *ADDED_TABLES, "citation_views.sql", "fact_views.sql", *VIEW_FILES)
    parts = [sql_file(f) for f in (*files, WORKLOADS, FRESHNESS, "comments.toml")]
    tables = (*TABLES.values(), *SERIES.values())
    parts += [f"{t.name} {c.name} {c.duckdb} {c.description}" for t in tables for c in t.columns]
    parts += [f"{c.name} {c.description}" for c in DERIVED]
    parts += [f"{t.description} {t.key}" for t in TABLES.values()]
    here = Path(__file__)
    parts += [
        here.with_name(f"{n}.py").read_text(encoding="utf-8") for n in ("layout", "views", "described", "words")
    ]  # what renders them
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:7])


def workload_rows() -> list[dict[str, Any]]:
    """The reference workloads of warehouse/workloads.toml. Raises RecordError for a field that is missing or unknown."""
    import tomllib

    columns: dict[str, Any] = {
        "workload": ..., "title": ..., "runs": ..., "concurrent": 1, "seconds": ..., "active_seconds": ..., "vcpu": ...,
        "memory_gib": ..., "gpu": None, "disk_gib": 0, "snapshot_gib": 0, "egress_gib": 0,
    }  # fmt: skip
    out = []
    for entry in tomllib.loads(sql_file(WORKLOADS))["workload"]:
        if unknown := entry.keys() - columns.keys():
            raise RecordError(f"{WORKLOADS}: there is no field {', '.join(sorted(unknown))}: {entry}")
        if missing := [c for c, default in columns.items() if default is ... and c not in entry]:
            raise RecordError(f"{WORKLOADS}: {', '.join(missing)} is missing: {entry}")
        out.append({c: entry.get(c, default) for c, default in columns.items()})
    return out


def quoted(text: str) -> str:
    """Text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
