"""The grid of the comparison table: how each vendor answers each row, from the facts that are shown today."""

from dataclasses import dataclass
from datetime import date

import duckdb

from sandsnap.record.errors import QueryError

# The rows of the comparison page, with the table that answers each (dataset.md); limits only as far as they say
# how long a sandbox may run.
ROWS = {
    "Pricing model": "prices",
    "Free tier": "allowances",
    "Isolation technology": "isolation",
    "Cold start": "cold_starts",
    "GPU support": "gpus",
    "Persistence / snapshots": "persistence",
    "Max session length": "limits",
    "SDKs / API": "sdks",
    "Self-hostable": "self_hosting",
    "Built for AI agents": "positioning",
}
OF_TIME = (
    "session_max", "session_default", "idle_timeout", "lifetime_max", "auto_archive_default", "auto_archive_max",
    "auto_delete_default",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One vendor's answer to one row. `basis` is the best there is; `verified_on` the newest day one was confirmed; `held`
    how many of its facts keep an older value while the page's newer one waits for a person."""

    vendor: str
    row: str
    table: str
    facts: int
    basis: str | None
    verified_on: date | None
    issues: int
    held: int


def coverage(con: duckdb.DuckDBPyConnection, vendors: tuple[str, ...]) -> list[Cell]:
    """One cell per vendor and row, in the page's order. Raises QueryError."""
    found: dict[tuple[str, str], tuple[int, str | None, date | None, int]] = {}
    try:
        # One query, not one for each row: DuckDB plans it in half the time.
        query = " UNION ALL ".join(
            f"SELECT '{row}', vendor, count(*), arg_min(basis, list_position(['read', 'quoted', 'judged', 'second_hand'], basis)), "
            "max(verified_on) FILTER (basis NOT IN ('judged', 'second_hand')), max(verified_on), count(*) FILTER (state = 'held') "
            f"FROM {table} " + (f'WHERE "limit" IN {OF_TIME} ' if table == "limits" else "") + "GROUP BY vendor"
            for row, table in ROWS.items()
        )
        for row, vendor, facts, basis, confirmed, any_day, held in con.execute(query).fetchall():
            found[vendor, row] = (facts, basis, confirmed or any_day, held)
        # An issue of a source concerns every table that the source's readers fill.
        issues = con.execute(
            'SELECT h.vendor, h."table", count(DISTINCT (i.kind, i.source_url, i.message)) FROM history h '
            "JOIN open_issues i ON i.vendor = h.vendor AND i.source_url = h.source_url "
            "AND (i.reader IS NULL OR h.reader = i.source_url || '#' || i.reader OR h.reader = i.reader) "
            "WHERE h.known_to IS NULL AND h.valid_to IS NULL GROUP BY ALL"
        ).fetchall()
    except duckdb.Error as e:
        raise QueryError(str(e).splitlines()[0]) from None
    troubles = {(v, t): n for v, t, n in issues}
    cells = []
    for v in vendors:
        for row, table in ROWS.items():
            facts, basis, day, held = found.get((v, row), (0, None, None, 0))
            cells.append(Cell(v, row, table, facts, basis, day, troubles.get((v, table), 0), held))
    return cells
