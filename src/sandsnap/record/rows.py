"""Rows on their way into the tables of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

Key = tuple[Any, ...]
Rows = dict[Key, tuple[Any, ...]]
_POLARS: dict[str, Any] = {
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "DOUBLE": pl.Float64,
    "USMALLINT": pl.UInt16,
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "BOOLEAN": pl.Boolean,
    "TIMESTAMP": pl.Datetime("us"),
    "BLOB": pl.Binary,
}


def insert(con: duckdb.DuckDBPyConnection, table: str, new_rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows to a table of the store, in the order of its columns."""
    if not new_rows:
        return
    described = con.execute(f"SELECT * FROM store.{table} LIMIT 0").description
    schema = {d[0]: _POLARS[str(d[1])] for d in described}
    con.register("incoming", pl.DataFrame(list(new_rows), schema=schema, orient="row"))
    con.execute(f"INSERT INTO store.{table} SELECT * FROM incoming")
    con.unregister("incoming")


def retire(
    con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...], keys: Sequence[Key], at: datetime
) -> None:
    """Set known_to on the rows that hold now under these keys."""
    if not keys:
        return
    described = con.execute(f"SELECT {', '.join(columns)} FROM store.{table} LIMIT 0").description
    schema = {d[0]: _POLARS[str(d[1])] for d in described}
    con.register("gone", pl.DataFrame(list(keys), schema=schema, orient="row"))
    same = " AND ".join(f't."{c}" = gone."{c}"' for c in columns)
    con.execute(f"UPDATE store.{table} t SET known_to = ? FROM gone WHERE {same} AND t.known_to IS NULL", [at])
    con.unregister("gone")
