"""What a warehouse answers, as text, to compare before and after a change of the SQL or the layout.

    python benchmarks/dump_answers.py OLD.duckdb > old; python benchmarks/dump_answers.py NEW.duckdb > new; diff old new

A file answers with the views that are stored in it, whichever checkout this runs in. Columns that only one of two
files has are left out with --without state,held_since.
"""

import argparse
from datetime import date
from pathlib import Path

from sandsnap.record import queries
from schemas import TABLES

DAYS = ("2023-06-01", "2024-08-15", "2025-04-28", "2026-02-11", "2026-07-04", "9999-12-31")


def questions(without: str) -> list[str]:
    """Every form of every table, changes, history, and the views that are computed from them."""
    asked = ["FROM changes(DATE '0001-01-01', DATE '9999-12-31')", "FROM history", "FROM conflicts", "FROM readings"]
    asked += ["FROM open_issues", "FROM sources", "FROM corrections(TIMESTAMP '1970-01-01', TIMESTAMP '9999-12-31')"]
    ever = "(DATE '0001-01-01', DATE '9999-12-31')"
    asked += [
        f"FROM steps{ever}",
        f"FROM page_changes{ever}",
        f"FROM events{ever}",
        "FROM claims_history",
        "FROM evidence",
    ]
    asked += ["FROM coverage", "FROM products", "FROM captures", "FROM held", "FROM unconfirmed"]
    asked += ['SELECT vendor, "table", facts, oldest, newest FROM freshness']
    for day in DAYS:
        asked += [f"FROM {t}_on(DATE '{day}')" for t in TABLES]
        asked += [
            f"FROM {v}_on(DATE '{day}')" for v in ("prices_per_hour", "limits_in_minutes", "allowances_in_dollars")
        ]
        asked += [f"FROM workload_costs_on(DATE '{day}')"]
    hidden = tuple(without.split(",")) if without else ()
    return [f"SELECT COLUMNS(lambda c: c NOT IN {(*hidden, '')!r}) FROM ({q})" for q in asked]


def main() -> None:
    """Print every row, sorted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--without", default="", help="columns to leave out")
    given = parser.parse_args()
    with queries.connect_readonly(given.warehouse) as con:
        for question in questions(given.without):
            answer = queries.sql(con, question, 600)
            print(question, answer.columns, len(answer.rows), sep="\n")
            for row in sorted(answer.rows, key=repr):
                print(*(v.isoformat() if isinstance(v, date) else v for v in row), sep="\t")


if __name__ == "__main__":
    main()
