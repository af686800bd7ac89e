"""The costs of reference workloads in an export: as many tables as the warehouse can fill.

Their columns are the warehouse's own (views `workload_costs` and `workload_cost_history`), so they are not part
of the frozen contract: a warehouse without them exports the rest.
"""

from typing import Any

from sandsnap.publish.export.columns import DAY, FLAG, TIME, WHOLE, column
from sandsnap.publish.export.tables import HISTORY, Published
from sandsnap.record import queries
from schemas import Column
from schemas.columns import Kind

COSTS = "workload_costs"
_TYPES: dict[str, Kind] = {
    "VARCHAR": "text",
    "DATE": DAY,
    "BOOLEAN": FLAG,
    "TIMESTAMP": TIME,
    "BIGINT": WHOLE,
    "INTEGER": WHOLE,
    "DOUBLE": "float",
}


def workloads(con: Any) -> tuple[Published, ...]:
    """`workload_costs` and their history; empty for a warehouse that an older version wrote."""
    views = dict(queries.sql(con, "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'main'").rows)
    out = []
    for name, view in ((COSTS, COSTS), (HISTORY + COSTS, f"{COSTS[:-1]}_history")):
        if view in views:
            columns, text = _described(con, view)
            out.append(Published(name, views[view], columns, view, text))
    return tuple(out)


def _described(con: Any, view: str) -> tuple[tuple[Column, ...], dict[str, str]]:
    """The view's columns, and the expressions of those that are published as JSON text (lists, structs)."""
    where = f"schema_name = 'main' AND table_name = '{view}'"
    comments = dict(queries.sql(con, f"SELECT column_name, comment FROM duckdb_columns() WHERE {where}").rows)
    columns, text = [], {}
    for name, kind in queries.sql(con, f"SELECT column_name, column_type FROM (DESCRIBE {view})").rows:
        if kind.startswith("DECIMAL("):
            precision, scale = kind.removeprefix("DECIMAL(").removesuffix(")").split(",")
            columns.append(
                Column(name, comments.get(name) or "", "amount", nullable=True, digits=(int(precision), int(scale)))
            )
            continue
        if kind not in _TYPES:
            text[name] = f'to_json("{name}")::VARCHAR'
        columns.append(column(name, comments.get(name) or "", _TYPES.get(kind, "text"), null=True))
    return tuple(columns), text
