"""The costs of reference workloads in an export: as many tables as the warehouse can fill.

Their columns are the warehouse's own (view `workload_costs`, macro `workload_costs_on(day)`), so they are not part
of the frozen contract: a warehouse without them exports the rest.
"""

from typing import Any

import polars as pl

from sandsnap.publish.export.columns import DAY, FLAG, TIME, WHOLE, column
from sandsnap.publish.export.tables import HISTORY, Published
from sandsnap.record import queries
from schemas import Column

COSTS = "workload_costs"
_TYPES: dict[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "DATE": DAY,
    "BOOLEAN": FLAG,
    "TIMESTAMP": TIME,
    "BIGINT": WHOLE,
    "INTEGER": WHOLE,
    "DOUBLE": pl.Float64(),
}

# Between two of these days no cost can differ.
_DAYS = """
WITH priced AS (
    SELECT valid_from, valid_to FROM history WHERE known_to IS NULL AND ("table" IN
    ('prices', 'allowances', 'plans', 'sizes', 'billing_rules')
    OR "table" = 'limits' AND regexp_matches(key, '(session_max|concurrent|vcpu_max|memory_max)$')))
SELECT DISTINCT day FROM (SELECT valid_from AS day FROM priced UNION ALL SELECT valid_to FROM priced)
WHERE day IS NOT NULL ORDER BY day"""


def workloads(con: Any) -> tuple[Published, ...]:
    """`workload_costs`, and its history where the warehouse has the macro for a day; empty without the view."""
    view = f"schema_name = 'main' AND view_name = '{COSTS}'"
    found = queries.sql(con, f"SELECT comment FROM duckdb_views() WHERE {view}").rows
    if not found:
        return ()
    told = found[0][0] or "What each reference workload costs, per vendor and plan."
    columns, text = _described(con)
    out = [Published(COSTS, told, columns, COSTS, text)]
    macro = f"schema_name = 'main' AND function_name = '{COSTS}_on'"
    days = [day for (day,) in queries.sql(con, _DAYS).rows]
    if days and queries.sql(con, f"SELECT 1 FROM duckdb_functions() WHERE {macro}").rows:
        dated = (
            column("on_day", "The day the costs are of: one on which a price, an allowance or a limit changed.", DAY),
            *columns,
        )
        # One query of all days takes DuckDB five times as long as one for each.
        each = tuple(f"(SELECT DATE '{day}' AS on_day, * FROM {COSTS}_on(DATE '{day}'))" for day in days)
        note = f"{told} On every day on which a price, an allowance or a limit changed."
        out.append(Published(HISTORY + COSTS, note, dated, f"{COSTS}_on", text, parts=each))
    return tuple(out)


def _described(con: Any) -> tuple[tuple[Column, ...], dict[str, str]]:
    """The view's columns, and the expressions of those that are published as JSON text (lists, structs)."""
    where = f"schema_name = 'main' AND table_name = '{COSTS}'"
    comments = dict(queries.sql(con, f"SELECT column_name, comment FROM duckdb_columns() WHERE {where}").rows)
    columns, text = [], {}
    for name, kind in queries.sql(con, f"SELECT column_name, column_type FROM (DESCRIBE {COSTS})").rows:
        if kind.startswith("DECIMAL("):
            precision, scale = kind.removeprefix("DECIMAL(").removesuffix(")").split(",")
            typed: pl.DataType = pl.Decimal(int(precision), int(scale))
        else:
            typed = _TYPES.get(kind, pl.String())
        if kind not in _TYPES and not kind.startswith("DECIMAL("):
            text[name] = f'to_json("{name}")::VARCHAR'
        columns.append(column(name, comments.get(name) or "", typed, null=True))
    return tuple(columns), text
