"""The views and macros that people query, rendered from warehouse/*.sql and the contract."""

import json
import re
import tomllib
from collections.abc import Callable
from string import Template

import duckdb

from sandsnap.record import words
from sandsnap.record.described import comments
from sandsnap.record.errors import RecordError
from sandsnap.record.layout import (
    FRESHNESS,
    VIEW_FILES,
    VIEW_MACRO,
    fact_columns,
    key_columns,
    quoted,
    sql_file,
    workload_rows,
)
from schemas import TABLES, Table
from schemas.contract import DERIVED, STATE


def define(con: duckdb.DuckDBPyConnection) -> None:
    """(Re)define every view and macro from warehouse/*.sql and comment it from the contract."""
    stored = (*words.WORDED, STATE.name)
    con.execute(
        Template(sql_file("citation_views.sql")).substitute(
            fresh_days=_fresh_days(), bases=words.kind_of(words.BASIS), states=words.kind_of(words.STATES),
            words=", ".join(map(_as_text, stored)), typed=", ".join(f'"{c}"' for c in fact_columns()),
        )
    )  # fmt: skip
    for table in TABLES.values():
        names = [c.name for c in (*table.columns, *DERIVED)]
        columns = ", ".join(
            "p.sha256 AS capture" if n == "capture" else _as_text(n) if n in stored else f'"{n}"' for n in names
        )
        con.execute(Template(sql_file("fact_views.sql")).substitute(table=table.name, columns=columns))
    texts = {
        "key": _key_text(),
        "key_of_h": _key_text("h."),
        "values_of_h": _by_table(lambda t: _values_json(t, "h."), 'h."table"'),
        "key_heads": _by_table(_key_heads, "of_table"),
        "pairs": ", ".join(
            f"heads[{n}], parts[{n}]" for n in range(1, 1 + max(len(t.key) - 1 for t in TABLES.values()))
        ),
        "unkeyed": ", ".join(quoted(t.name) for t in TABLES.values() if len(key_columns(t)) == 1),
        "values": _by_table(_values_json, '"table"'),
        "workloads": quoted(json.dumps(workload_rows())),
    }
    for name in VIEW_FILES:
        con.execute(_thin(Template(sql_file(name)).substitute(texts)))
    con.execute(";\n".join(comments(con)))


def _as_text(column: str) -> str:
    return f'"{column}"::VARCHAR AS "{column}"'


def _thin(script: str) -> str:
    """Each view as a macro and a view of it: DuckDB stores a view twice, as text and as a tree, a macro only once."""
    return re.sub(
        r"CREATE OR REPLACE VIEW (?:store\.)?(\w+) AS\n(?!FROM \w+_on)(.*?;)\n",
        lambda m: (
            f"CREATE OR REPLACE MACRO store.{VIEW_MACRO}{m[1]}() AS TABLE\n{m[2]}\n"
            f"{m[0].partition(' AS')[0]} AS FROM store.{VIEW_MACRO}{m[1]}();\n"
        ),
        script,
        flags=re.DOTALL,
    )


def _by_table(expression: Callable[[Table], str], table: str) -> str:
    """CASE over the tables of the contract."""
    return (
        f"CASE {table} "
        + "\n            ".join(f"WHEN '{t.name}' THEN {expression(t)}" for t in TABLES.values())
        + " END"
    )


def _fresh_days() -> str:
    days = tomllib.loads(sql_file(FRESHNESS))["days"]
    spans = {int(days[name]): [t for t in TABLES if days[t] == days[name]] for name in TABLES}
    # One branch a span: each branch is planned with every query.
    whens = (f"WHEN of_table IN ({', '.join(map(quoted, names))}) THEN {span}" for span, names in spans.items())
    return f"CASE {' '.join(whens)} END"


def _key_heads(table: Table) -> str:
    """A list of what stands in JSON before the value of each key column."""
    columns = key_columns(table)
    heads = [f'{{"{columns[0]}":"', *(f'","{c}":"' for c in columns[1:])]
    return f"[{', '.join(map(quoted, heads))}]"


def _values_json(table: Table, of: str = "") -> str:
    pairs = ", ".join(f"'{c}', {of}\"{c}\"" for c in table.values)
    return f"json_object({pairs})::VARCHAR"


def _key_text(of: str = "") -> str:
    """A key as text: one expression for all tables, because the columns that a table does not have are null."""
    order: list[str] = []
    for table in TABLES.values():
        for column in key_columns(table)[1:]:
            if column not in order:
                order.append(column)
    for table in TABLES.values():
        keys = key_columns(table)[1:]
        if [c for c in order if c in keys] != list(keys):
            raise RecordError(f"the key of {table.name} is in another order than elsewhere: {', '.join(keys)}")

    def part(column: str) -> str:
        """A column that is a value of other tables (the kind of a plan, not that of a notice) counts in its own only."""
        values = ", ".join(quoted(t.name) for t in TABLES.values() if column in t.values)
        named = of + f'"{column}"'
        return f'CASE WHEN {of}"table" NOT IN ({values}) THEN {named} END' if values else named

    return f"coalesce(nullif(concat_ws(' / ', {', '.join(map(part, order))}), ''), '-')"
