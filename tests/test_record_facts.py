"""Facts out of claims, and the law of changes: for any two days, `changes` is the difference of their tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from sandsnap.model import Fact, Reading
from sandsnap.record import queries
from sandsnap.record.recorder import Recorder, Run
from sandsnap.record.timeline import text
from schemas import TABLES

START = date(2026, 1, 1)
A, B = "https://fly.io/a", "https://fly.io/b"


def day(n: int) -> date:
    return START + timedelta(days=n)


def fact(url: str, table: str, key: dict[str, str], values: dict[str, Any]) -> Fact:
    spec = TABLES[table]
    full = dict(spec.blank) | {"product": "machines"} | key
    return Fact(
        table, "fly", full, dict.fromkeys(spec.values) | values, "read", url, f"{key} {values}", "ab" * 32, None
    )


def price(url: str, usd: str, sku: str = "l40s", billed: str | None = None) -> Fact:
    values = {"usd": Decimal(usd), "unit": "gpu_hour", "billed_on": billed}
    return fact(url, "prices", {"plan": "any", "meter": "gpu", "sku": sku}, values)


def gpu(url: str, status: str, ends: date | None = None, model: str = "l40s") -> Fact:
    return fact(url, "gpus", {"model": model}, {"status": status, "ends_on": ends})


def reading(n: int, url: str, *facts: Fact, outcome: str = "good", partial: bool = False) -> Reading:
    at = datetime.combine(day(n), datetime.min.time(), UTC)
    return Reading(
        "fly", url, f"{url}#r", "1", outcome, facts, partial=partial, rank=0 if url == A else 1, captured_at=at,
        capture=f"{n:064x}",
    )  # fmt: skip


def record(
    con: duckdb.DuckDBPyConnection, days: Sequence[tuple[int, list[Reading]]], run: int = 1, again: int | None = None
) -> None:
    at = datetime(2027, 1, run, tzinfo=UTC)
    recorder = Recorder(con, Run(f"r{run}", "backfill", at, at), None, {} if again is None else {"fly": day(again)})
    for n, readings in days:
        recorder.day(day(n), readings)
    recorder.finish()


def table(con: duckdb.DuckDBPyConnection, on: date) -> dict[tuple[str, ...], str | None]:
    """Every value that the tables show on a day, and what has ended."""
    out: dict[tuple[str, ...], str | None] = {}
    for spec in (TABLES["prices"], TABLES["gpus"]):
        names = [*spec.key, *spec.values, "state"]
        columns = ", ".join(f'"{c}"' for c in names)
        for row in con.execute(f"SELECT {columns} FROM {spec.name}_on(?::DATE)", [on]).fetchall():
            key = row[: len(spec.key)]
            ident = (key[0], key[1], spec.name, " / ".join(key[2:]) or "-")
            assert (*ident, "state") not in out, "one row per key"
            out[*ident, "state"] = row[-1]
            out |= {
                (*ident, f): text(v) for f, v in zip(spec.values, row[len(spec.key) : -1], strict=True) if v is not None
            }
    return out


def lawful(con: duckdb.DuckDBPyConnection, a: date, b: date) -> None:
    before, after = table(con, a), table(con, b)
    wanted = {
        k: (before.get(k), after.get(k))
        for k in before.keys() | after.keys()
        if k[-1] != "state" and before.get(k) != after.get(k)
    }
    rows = queries.changes(con, a, b).records()
    told = [(r["vendor"], r["product"], r["table"], r["key"], r["field"]) for r in rows]
    assert len(set(told)) == len(told), "told once"
    got = {k: (r["before"], r["after"]) for k, r in zip(told, rows, strict=True) if k[-1] not in ("state", "*")}
    assert got == wanted
    ended = {k[:-1] for k in after if after[k] == "ended" and k[-1] == "state" and before.get(k, "ended") != "ended"}
    assert ended <= {k[:-1] for k, r in zip(told, rows, strict=True) if r["kind"] == "ended"}


PAGE = st.lists(
    st.sampled_from(["1", "2", "gone", "ending", "null", "available"]), min_size=0, max_size=3, unique=True
)  # fmt: skip


def page(n: int, url: str, said: list[str]) -> Reading:
    if "gone" in said:
        return reading(n, url, outcome="failed")
    facts = [price(url, s) for s in said if s in "12"][:1]
    facts += [price(url, "3", "a10", None if "null" in said else "active")]
    facts += (
        [gpu(url, "ending", day(60))] if "ending" in said else [gpu(url, "available")] if "available" in said else []
    )
    return reading(n, url, *facts)


HISTORY = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from([A, B]), PAGE), min_size=2, max_size=5
)  # fmt: skip


@settings(max_examples=5, deadline=None)
@given(history=HISTORY, late=st.integers(0, 5))
def test_the_law_of_changes(
    database: duckdb.DuckDBPyConnection, history: list[tuple[int, str, list[str]]], late: int
) -> None:
    """Conflicts, outages, ends, ageing, and an old day that is backfilled last."""
    database.execute("BEGIN")
    try:
        _check(database, history, late)
    finally:
        database.execute("ROLLBACK")


def _check(con: duckdb.DuckDBPyConnection, history: list[tuple[int, str, list[str]]], late: int) -> None:
    n, days = 0, []
    for gap, url, said in history:
        n += gap
        days.append((n, [page(n, url, said)]))
    left = days[: late % len(days)] + days[late % len(days) + 1 :]
    record(con, left)
    marks = sorted({day(n) for n, _ in days} | {day(60)})
    for a, b in pairwise(marks):
        lawful(con, a, b)
    first = days[late % len(days)][0]
    record(con, [d for d in days if d[0] >= first], run=2, again=first)
    for a, b in [*pairwise(marks), (marks[0], marks[-1])]:
        lawful(con, a, b)


def test_fresh_evidence_beats_stale_evidence_that_contradicts_it(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))]), *((n, [reading(n, B, price(B, "2"))]) for n in (10, 60))])
    assert con.execute("SELECT usd, state FROM prices_on(?)", [day(20)]).fetchall() == [(Decimal("1"), "current")]
    assert con.execute("SELECT usd, state FROM prices_on(?)", [day(60)]).fetchall() == [(Decimal("2"), "current")]
    assert con.execute(
        "SELECT value::DOUBLE, shown, why IS NULL FROM evidence WHERE \"column\" = 'usd' ORDER BY 1"
    ).fetchall() == [
        (1.0, False, False),
        (2.0, True, True),
    ]


def test_a_null_is_filled_from_the_next_page_with_its_own_citation(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1")), reading(0, B, price(B, "1", billed="active"))])])
    assert con.execute("SELECT usd, billed_on, source_url FROM prices").fetchall() == [(Decimal("1"), "active", A)]
    shown = con.execute('SELECT "column", source_url FROM evidence WHERE shown ORDER BY 1').fetchall()
    assert shown == [("billed_on", B), ("unit", A), ("usd", A)]


def test_an_announced_end_takes_effect_on_its_day_with_its_prices(con: duckdb.DuckDBPyConnection) -> None:
    record(
        con, [(0, [reading(0, A, gpu(A, "ending", day(5)), price(A, "1"))]), (9, [reading(9, B, price(B, "3", "x"))])]
    )
    assert con.execute("SELECT status, state FROM gpus_on(?)", [day(4)]).fetchall() == [("ending", "current")]
    assert con.execute("SELECT status, state FROM gpus").fetchall() == [("ended", "ended")]
    assert con.execute("SELECT state FROM prices WHERE sku = 'l40s'").fetchall() == [("ended",)]
    rows = queries.changes(con, day(4), day(5)).records()
    assert [(r["table"], r["field"], r["kind"], r["not_before"]) for r in rows] == [
        ("gpus", "status", "ended", day(4)),
        ("prices", "state", "ended", day(4)),
    ]


def test_an_end_that_was_cancelled_ends_nothing(con: duckdb.DuckDBPyConnection) -> None:
    said = [(0, [gpu(A, "ending", day(5))]), (3, [gpu(A, "available")]), (9, [gpu(A, "available")])]
    record(con, [(n, [reading(n, A, *facts)]) for n, facts in said])
    assert con.execute("SELECT status, state FROM gpus").fetchall() == [("available", "current")]


def test_a_page_that_is_gone_removes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))]), *((n, [reading(n, A, outcome="gone")]) for n in (1, 2, 3))])
    assert con.execute("SELECT usd, state FROM prices").fetchall() == [(Decimal("1"), "missing")]
    record(con, [(4, [reading(4, A, price(A, "5", "other"))])], run=2)
    assert con.execute("SELECT sku FROM prices").fetchall() == [("other",)]


def test_what_was_known_then_does_not_show_what_was_learned_later(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))])])
    record(con, [(1, [reading(1, A, price(A, "2"))])], run=2)
    at = "known_from <= TIMESTAMP '2027-01-01 12:00' AND (known_to IS NULL OR known_to > TIMESTAMP '2027-01-01 12:00')"
    for view in ("facts_history", "claims_history"):
        assert con.execute(f"SELECT valid_to FROM {view} WHERE {at}").fetchall() == [(None,)]
    known = con.execute("SELECT usd FROM prices_known(?, TIMESTAMPTZ '2027-01-01 12:00+00')", [day(1)]).fetchall()
    assert known == [(Decimal("1"),)]
