"""What the cost page and its calculator ask: the reference workloads, and the facts of which a bill is made.

The arithmetic is sandsnap.cost. Imports only duckdb; every answer is `queries.Answer`.
"""

from datetime import date

import duckdb

from sandsnap.cost.tariff import TABLES as PRICED
from sandsnap.record.queries import Answer, _ask

Connection = duckdb.DuckDBPyConnection
TODAY = date(9999, 12, 31)  # what stands now, as the views without a day take it


def workloads(con: Connection) -> Answer:
    """The reference workloads in the order of their file: workload, title, runs, concurrent, seconds, active_seconds,
    vcpu, memory_gib, gpu, disk_gib, snapshot_gib, egress_gib."""
    return _ask(con, "SELECT * FROM workloads")


def priced_facts(con: Connection, on: date = TODAY) -> Answer:
    """The facts of a day of which bills are made, without what has ended: the columns of all tables, and verified_on."""
    wanted = ", ".join(f"'{t}'" for t in PRICED)
    return _ask(
        con,
        "FROM store.as_known(NULL, ?::DATE, TIMESTAMP '9999-12-31') "
        f"WHERE \"table\" IN ({wanted}) AND state <> 'ended' ORDER BY ALL",
        [on],
    )
