"""What every table, column, view and macro is, as comments in the database: from the contract and warehouse/comments.toml."""

import tomllib
from functools import cache
from typing import Any

import duckdb

from sandsnap.record.layout import VIEW_MACRO, quoted, sql_file
from schemas import SERIES, TABLES
from schemas.contract import DERIVED


@cache
def _texts() -> dict[str, Any]:
    texts = tomllib.loads(sql_file("comments.toml"))
    texts["views"]["measurements"] = SERIES["measurements"].description
    return texts


def comments(con: duckdb.DuckDBPyConnection) -> list[str]:
    """COMMENT ON statements for every table, column, view and macro."""
    out = []
    texts, store = _texts(), _texts()["store"]
    columns: dict[str, list[str]] = {}
    for schema, relation, column in con.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = current_database() "
        "ORDER BY table_oid, column_index"
    ).fetchall():
        columns.setdefault(relation if schema == "main" else f"{schema}.{relation}", []).append(column)
    macros = {
        name
        for (name,) in con.execute(
            "SELECT function_name FROM duckdb_functions() WHERE database_name = current_database()"
        ).fetchall()
    }
    for table in TABLES.values():
        told = {c.name: c.description for c in (*table.columns, *DERIVED)}
        out += [
            f"COMMENT ON VIEW {table.name} IS {quoted(table.description)}",
            f"COMMENT ON MACRO TABLE {table.name}_on IS "
            + quoted(f"{table.name} as it stood on a day: {table.name}_on(DATE '2026-07-04')."),
            f"COMMENT ON MACRO TABLE {table.name}_known IS "
            + quoted(f"{table.name} as it stood on a day, as we knew it at a time (UTC)."),
        ]
        out += [f'COMMENT ON COLUMN {table.name}."{c}" IS {quoted(told[c])}' for c in columns[table.name]]
    for name, sentence in texts["views"].items():
        out.append(f"COMMENT ON VIEW {name} IS {quoted(sentence)}")
        out += [f'COMMENT ON COLUMN {name}."{c}" IS {quoted(told_of(name, c))}' for c in columns[name]]
        if f"{name}_on" in macros:
            out.append(f"COMMENT ON MACRO TABLE {name}_on IS {quoted(f'{name} on a day.')}")
    out += [f"COMMENT ON MACRO TABLE {name} IS {quoted(sentence)}" for name, sentence in texts["macros"].items()]
    out += [f"COMMENT ON MACRO TABLE store.{name} IS {quoted(sentence)}" for name, sentence in store["macros"].items()]
    out += [f"COMMENT ON MACRO store.{name} IS {quoted(sentence)}" for name, sentence in store["functions"].items()]
    out += [
        f"COMMENT ON MACRO TABLE store.{name} IS 'Body of the view.'"
        for name in sorted(macros)
        if name.startswith(VIEW_MACRO)
    ]
    for name, sentence in store["tables"].items():
        out.append(f"COMMENT ON {'VIEW' if name.startswith('all_') else 'TABLE'} store.{name} IS {quoted(sentence)}")
        for c in columns[f"store.{name}"]:
            seen = name in texts["views"] and c in columns[name]
            out.append(f'COMMENT ON COLUMN store.{name}."{c}" IS {quoted(f"See {name}." if seen else _stored(c))}')
    return out


def told_of(view: str, column: str) -> str:
    """What a column of a view means: there in particular, wherever it stands, or in the table that it comes from."""
    if view in SERIES:
        return SERIES[view].by_name[column].description
    told: str | None = _texts()["view_columns"].get(f"{view}.{column}") or _texts()["columns"].get(column)
    if told:
        return told
    return next(t.by_name[column].description for t in (*TABLES.values(), *SERIES.values()) if column in t.by_name)


def _stored(column: str) -> str:
    """What a stored column means: here, or where it is described."""
    tables = (*TABLES.values(), *SERIES.values())
    return _texts()["columns"].get(column) or f"As in {next(t.name for t in tables if column in t.by_name)}."
