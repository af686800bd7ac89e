"""What the cost page and its calculator ask: the reference workloads, any other workload, and tariffs as data.

The arithmetic is SQL (warehouse/workload_views.sql). A tariff is what that SQL picks for one plan before a workload is
known: prices in the order in which it takes them, monthly allowances, limits. The page multiplies; tests hold the two
together. Imports only duckdb; every answer is `queries.Answer`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from sandsnap.record.queries import Answer, _ask

Connection = duckdb.DuckDBPyConnection
TODAY = date(9999, 12, 31)  # what stands now, as the views without a day take it
ITEMS = ("plan_fee", "vcpu", "memory", "gpu", "instance", "session", "creation")


@dataclass(frozen=True)
class Workload:
    """What one account runs in one month, as in warehouse/workloads.toml; parts of a vCPU, GiB or second may be given."""

    workload: str
    runs: int
    seconds: int
    active_seconds: Decimal
    vcpu: Decimal
    memory_gib: Decimal
    gpu: str | None = None
    concurrent: int = 1


def workloads(con: Connection) -> Answer:
    """The reference workloads in the order of their file: workload, title, runs, concurrent, seconds, active_seconds,
    vcpu, memory_gib, gpu."""
    return _ask(con, "SELECT * FROM workloads")


def rules(con: Connection, on: date = TODAY) -> Answer:
    """The rules of each plan's bill: vendor, product, plan, item, rule, applies, amount (seconds, GB or vCPU), quote."""
    return _ask(con, "SELECT vendor, product, plan, item, rule, applies, amount::DECIMAL(18,9) AS amount, quote "
                "FROM store.bill_rules(?::DATE) ORDER BY ALL", [on])  # fmt: skip


def fees(con: Connection, on: date = TODAY) -> Answer:
    """The fee of each plan: vendor, product, plan, usd (null: no page states it), quote."""
    return _ask(con, "SELECT vendor, product, plan, usd, quote FROM store.fees(?::DATE) ORDER BY ALL", [on])


def sizes(con: Connection, on: date = TODAY) -> Answer:
    """What named sizes hold: vendor, product, sku (- for a product of one size), vcpu, gb."""
    return _ask(
        con,
        "SELECT vendor, product, sku, vcpu, gb::DECIMAL(18,9) AS gb FROM store.sizes_gb(?::DATE) ORDER BY ALL",
        [on],
    )


def costs(con: Connection, on: date = TODAY, of: Sequence[Workload] = ()) -> Answer:
    """What each workload costs in each plan, the cheapest first and what cannot be priced last.

    `of` are other workloads instead of the reference ones. Columns: see `workload_costs` in warehouse/workload_views.sql.
    """
    with _instead(con, of):
        return _ask(
            con,
            "SELECT * FROM workload_costs_on(?::DATE) ORDER BY workload, usd NULLS LAST, vendor, product, plan",
            [on],
        )


def lines(con: Connection, on: date = TODAY, of: Sequence[Workload] = ()) -> Answer:
    """The arithmetic of `costs`, one row per line: workload, vendor, product, plan, step, item, usd, list_usd, text."""
    with _instead(con, of):
        return _ask(
            con, "SELECT * FROM workload_lines_on(?::DATE) ORDER BY workload, vendor, product, plan, step, item", [on]
        )


@contextmanager
def _instead(con: Connection, of: Sequence[Workload]) -> Iterator[None]:
    """Let the macros find these workloads: a temporary view goes before the one of the warehouse, which is not touched."""
    if not of:
        yield
        return
    con.execute(
        "CREATE TEMP TABLE workloads (workload VARCHAR, title VARCHAR, runs BIGINT, concurrent BIGINT, seconds BIGINT, "
        "active_seconds DECIMAL(18,4), vcpu DECIMAL(18,4), memory_gib DECIMAL(18,4), gpu VARCHAR)"
    )
    try:
        con.executemany(
            "INSERT INTO temp.workloads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                [w.workload, w.workload, w.runs, w.concurrent, w.seconds, w.active_seconds, w.vcpu, w.memory_gib, w.gpu]
                for w in of
            ],
        )
        yield
    finally:
        con.execute("DROP TABLE temp.workloads")


def offers(con: Connection, on: date = TODAY) -> Answer:
    """Every plan that is priced: vendor, product, plan, mode.

    `mode` is how it charges: per session, per named instance, or for resources (vCPU and memory apart).
    """
    return _ask(
        con,
        "WITH o AS MATERIALIZED (FROM store.offers(?::DATE)), i AS ("
        "SELECT vendor, product, plan, replace(meter, 'core', 'vcpu') AS item FROM prices_on(?::DATE) UNION ALL "
        "SELECT vendor, product, plan, replace(allowance, '_time', '') FROM allowances_on(?::DATE) "
        "WHERE period = 'month' OR allowance = 'credit' UNION ALL SELECT vendor, product, plan, item "
        "FROM store.bill_rules(?::DATE) WHERE rule = 'included_with' AND applies AND item = 'vcpu') "
        "SELECT o.*, CASE WHEN bool_or(item = 'session') THEN 'session' WHEN bool_or(item = 'vcpu') THEN 'resources' "
        "WHEN bool_or(item = 'instance') THEN 'instance' WHEN bool_or(item = 'memory') THEN 'resources' "
        "ELSE 'instance' END AS mode "
        "FROM o LEFT JOIN i ON (i.vendor, i.product) = (o.vendor, o.product) AND i.plan IN (o.plan, 'any') "
        "GROUP BY ALL ORDER BY ALL",
        [on, on, on, on],
    )


def prices(con: Connection, on: date = TODAY) -> Answer:
    """The prices that hold in each plan, per item in the order in which the costs take them.

    Columns: vendor, product, plan, stated_plan, item (see ITEMS), sku, per, rate (USD per hour, session, million or
    month), billed_on, computed_from, vcpu and memory_gb (of a size, where known), source_url, quote, verified_on.
    """
    return _ask(
        con,
        "SELECT o.vendor, o.product, o.plan, p.plan AS stated_plan, replace(meter, 'core', 'vcpu') AS item, p.sku, per, "
        "CASE WHEN unit = 'month' THEN usd ELSE coalesce(usd_per_hour, usd) END AS rate, billed_on, computed_from, "
        "z.vcpu, z.gb::DECIMAL(18,9) AS memory_gb, p.region, p.unit LIKE '%second' AS by_second, p.source_url, p.quote, p.verified_on "
        "FROM store.offers(?::DATE) o JOIN prices_per_hour_on(?::DATE) p USING (vendor, product) "
        "LEFT JOIN store.sizes_gb(?::DATE) z ON (z.vendor, z.product, z.sku) = (p.vendor, p.product, p.sku) AND p.sku <> '-' "
        "WHERE p.plan IN (o.plan, 'any') AND p.offer = 'list' AND item IN ({}) "
        "ORDER BY o.vendor, o.product, o.plan, item, p.plan = 'any', p.region <> '-', rate, p.sku".format(
            ", ".join(f"'{i}'" for i in ITEMS)
        ),
        [on, on, on],
    )


def allowances(con: Connection, on: date = TODAY) -> Answer:
    """What is free in each plan: vendor, product, plan, item, period, amount, unit; a plan's own before one for all."""
    return _ask(
        con,
        "SELECT o.vendor, o.product, o.plan, "
        "CASE allowance WHEN 'creations' THEN 'creation' ELSE replace(allowance, '_time', '') END AS item, "
        "f.period, f.amount, f.unit "
        "FROM store.offers(?::DATE) o JOIN allowances_on(?::DATE) f USING (vendor, product) "
        "WHERE f.plan IN (o.plan, 'any') AND (f.period = 'month' OR f.allowance = 'credit') "
        "QUALIFY row_number() OVER (PARTITION BY o.vendor, o.product, o.plan, f.allowance, f.period "
        "ORDER BY f.plan = 'any') = 1 ORDER BY ALL",
        [on, on],
    )


def limits(con: Connection, on: date = TODAY) -> Answer:
    """What a plan allows at most, without add-ons: vendor, product, plan, limit (session_max, concurrent, vcpu_max,
    memory_max), amount, unit."""
    return _ask(
        con,
        'SELECT o.vendor, o.product, o.plan, l."limit", '
        "CASE l.\"limit\" WHEN 'concurrent' THEN amount ELSE coalesce(amount_max, amount) END AS amount, l.unit "
        "FROM store.offers(?::DATE) o JOIN limits_on(?::DATE) l USING (vendor, product) "
        "WHERE l.plan IN (o.plan, 'any') AND l.\"limit\" IN ('session_max', 'concurrent', 'vcpu_max', 'memory_max') "
        "QUALIFY row_number() OVER (PARTITION BY o.vendor, o.product, o.plan, l.\"limit\" ORDER BY l.plan = 'any') = 1 "
        "ORDER BY ALL",
        [on, on],
    )
