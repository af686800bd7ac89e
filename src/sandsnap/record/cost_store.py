"""The costs of the reference workloads, kept as spells: a product is priced anew only where one of its inputs moved, and
only from the day on which it did."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import polars as pl

from sandsnap.cost.history import spells
from sandsnap.cost.tariff import ITEMS
from sandsnap.cost.tariff import TABLES as PRICED
from sandsnap.cost.workload import Workload
from sandsnap.record.layout import fact_columns, key_columns, workload_rows
from sandsnap.record.resolve import Key
from schemas import TABLES

Rows = Sequence[Mapping[str, Any]]
_METERS = (*ITEMS, "core", "plan_fee")  # add-ons and volumes are in no bill
_WANTED = (
    f""""table" IN ({", ".join(f"'{t}'" for t in PRICED)}) AND ended_on IS NULL """
    f"""AND ("table" <> 'prices' OR meter IN ({", ".join(f"'{m}'" for m in _METERS)}))"""
)
LOOKED = ""  # stands for the vendor in store.costed: one of which nothing is priced was looked at, too
_MONEY = pl.Decimal(18, 6)
_LINE = pl.Struct({"step": pl.UInt8, "item": pl.String, "usd": _MONEY, "list_usd": _MONEY, "text": pl.String})
_SCHEMA: Mapping[str, Any] = {
    "vendor": pl.String, "product": pl.String, "plan": pl.String, "workload": pl.String, "valid_from": pl.Date,
    "valid_to": pl.Date, "usd": _MONEY, "usage_usd": _MONEY, "fee_usd": _MONEY, "fee_open": pl.Boolean, "allowance_usd": _MONEY,
    "credit_usd": _MONEY, "once_credit_usd": _MONEY, "unpriced": pl.String, "rests_on": pl.List(pl.Int64),
    "lines": pl.List(_LINE),
}  # fmt: skip


def write(
    con: duckdb.DuckDBPyConnection, vendors: Collection[str], known_at: datetime, changed: Mapping[str, Collection[Key]]
) -> None:
    """Price those of the vendors' products anew whose facts moved in the run of `known_at` (which `changed` these, by vendor), or
    all where the workloads, or the tables of which bills are made, are others than then."""
    workloads = workload_rows()
    number = int.from_bytes(hashlib.sha256(repr((PRICED, workloads)).encode()).digest()[:7], "big")
    costed: dict[str, dict[str, int]] = {}
    for vendor, product, made in con.execute("SELECT vendor, product, workloads FROM store.costed").fetchall():
        costed.setdefault(vendor, {})[product] = made
    for vendor in vendors:
        was = costed.get(vendor, {})
        if set(was.values()) == {number} and not any(_priced(*key) for key in changed.get(vendor, ())):
            continue
        moved = _moved(con, vendor, known_at) if was else {}
        found = con.execute(f"SELECT DISTINCT product FROM store.facts WHERE vendor = ? AND {_WANTED}", [vendor])
        products = {product for (product,) in found.fetchall()}
        for product in sorted(products):
            if was.get(product) != number:
                _write(con, vendor, product, workloads, None)
            elif product in moved:
                _write(con, vendor, product, workloads, moved[product] - timedelta(days=1))
        for product in (p for p in (LOOKED, *sorted(products)) if was.get(p) != number):
            con.execute("DELETE FROM store.costed WHERE vendor = ? AND product = ?", [vendor, product])
            con.execute("INSERT INTO store.costed VALUES (?, ?, ?)", [vendor, product, number])


def _priced(table: str, key: tuple[str, ...]) -> bool:
    return table in PRICED and (table != "prices" or key[key_columns(TABLES[table]).index("meter")] in _METERS)


def _moved(con: duckdb.DuckDBPyConnection, vendor: str, known_at: datetime) -> dict[str, date]:
    """By product, the first day on which its facts are others than before this run."""
    content = ", ".join(f'"{c}"' for c in (*fact_columns(), "basis", "source_url", "quote"))
    return dict(con.execute(
        "SELECT product, min(day) FROM ("
        f"SELECT product, CASE WHEN count(*) = 2 AND count(DISTINCT hash(({content}))) = 1 "
        "THEN min(coalesce(valid_to, DATE '9999-12-31')) ELSE min(valid_from) END AS day FROM store.facts "
        f"WHERE vendor = ? AND {_WANTED} AND (known_from = ? OR known_to = ?) GROUP BY product, fact, valid_from) GROUP BY product",
        [vendor, known_at, known_at],
    ).fetchall())  # fmt: skip


def _write(con: duckdb.DuckDBPyConnection, vendor: str, product: str, workloads: Rows, since: date | None) -> None:
    columns = ", ".join(f'"{c}"' for c in fact_columns())
    done = con.execute(
        f'SELECT "table", {columns}, basis, source_url, quote, fact, valid_from, valid_to FROM store.facts '
        f"WHERE vendor = ? AND product = ? AND {_WANTED} AND known_to IS NULL AND (? IS NULL OR valid_to IS NULL OR valid_to > ?) "
        "ORDER BY fact, valid_from",
        [vendor, product, since, since],
    )
    names = [d[0] for d in done.description or ()]
    facts = [dict(zip(names, r, strict=True)) for r in done.fetchall()]
    rows = [s.row() for s in spells(facts, [Workload.of(w) for w in workloads], since)]
    if since is not None:  # what holds on the day before the first difference began when it did
        began = {
            (plan, workload): day
            for plan, workload, day in con.execute(
                "SELECT plan, workload, valid_from FROM store.costs WHERE vendor = ? AND product = ? AND valid_from <= ? "
                "AND (valid_to IS NULL OR valid_to > ?)",
                [vendor, product, since, since],
            ).fetchall()
        }
        for row in rows:
            if row["valid_from"] == since:
                row["valid_from"] = began.get((row["plan"], row["workload"]), since)
    con.execute(
        "DELETE FROM store.costs WHERE vendor = ? AND product = ? AND (? IS NULL OR valid_to IS NULL OR valid_to > ?)",
        [vendor, product, since, since],
    )
    if rows:
        con.register("incoming", pl.DataFrame(rows, schema=dict(_SCHEMA)))
        con.execute("INSERT INTO store.costs BY NAME SELECT * FROM incoming ORDER BY workload, plan, valid_from")
        con.unregister("incoming")


def reranked(con: duckdb.DuckDBPyConnection, vendor: str) -> dict[tuple[str, date], list[str]]:
    """By product of the vendor and day, the workloads for which its cheapest plan passed another product's, or was passed."""
    wanted = ", ".join(f"'{t}'" for t in PRICED)
    found = con.execute(
        f"""WITH d AS (SELECT DISTINCT product AS moved, day FROM store.steps
                       WHERE vendor = ? AND known_to IS NULL AND "table" IN ({wanted})),
            c AS MATERIALIZED (
                SELECT moved, day, side, workload, k.vendor = ? AND k.product = moved AS own, k.vendor, k.product, min(usd) AS usd
                FROM d CROSS JOIN (VALUES (0), (1)) s(side)
                JOIN store.costs k ON usd IS NOT NULL AND NOT k.fee_open AND k.valid_from <= day - 1 + side
                     AND (k.valid_to IS NULL OR k.valid_to > day - 1 + side)
                GROUP BY ALL),
            p AS (
                SELECT o.moved, o.day, o.side, o.workload, x.vendor, x.product, sign(o.usd - x.usd) AS place
                FROM c o JOIN c x USING (moved, day, side, workload) WHERE o.own AND NOT x.own)
        SELECT DISTINCT a.moved, a.day, a.workload
        FROM p a JOIN p b USING (moved, day, workload, vendor, product) WHERE a.side = 0 AND b.side = 1 AND a.place * b.place < 0
        ORDER BY ALL""",
        [vendor, vendor],
    ).fetchall()
    out: dict[tuple[str, date], list[str]] = {}
    for product, day, workload in found:
        out.setdefault((product, day), []).append(workload)
    return out
