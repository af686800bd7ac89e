"""A value that is held for a person is visible as such: in the tables, in `held`, in freshness and in the export."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from sandsnap.check.gate import Gate
from sandsnap.model import Fact, Reading
from sandsnap.publish.export.build import export
from sandsnap.record import blank
from sandsnap.record.recorder import Recorder, Run, record_days

PAGE = "https://fly.io/docs/about/pricing/"
T0 = datetime(2026, 11, 1, tzinfo=UTC)


def d(n: int) -> date:
    return date(2026, 1, 1) + timedelta(days=n)


def price(sku: str, usd: str) -> Fact:
    key = {"product": "machines", "plan": "any", "meter": "gpu", "sku": sku, "region": "-", "offer": "list"}
    values: dict[str, Any] = {"usd": Decimal(usd), "unit": "gpu_hour", "billed_on": None}
    return Fact("prices", "fly", key, values, "read", PAGE, f"{sku} ${usd}", "0" * 64, d(0))


def judged(model: str) -> Fact:
    key, values = {"product": "machines", "model": model}, {"status": "not_offered", "ends_on": None}
    return Fact("gpus", "fly", key, values, "judged", PAGE, None, None, d(0))


def reading(n: int, *facts: Fact) -> Reading:
    at = T0 + timedelta(days=n)
    return Reading("fly", PAGE, f"{PAGE}#gpus", "v1", "good", facts, captured_at=at, capture=f"{n:064x}")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = blank.in_memory()
    yield con
    con.close()


def record(con: duckdb.DuckDBPyConnection, days: Sequence[Sequence[Fact]], gate: Gate) -> None:
    at = T0 + timedelta(hours=1)
    recorder = Recorder(con, Run("r", "snapshot", at, at), gate, {})
    for n, facts in enumerate(days):
        recorder.day(d(n), [reading(n, *facts)])
    recorder.finish()


def states(con: duckdb.DuckDBPyConnection, day: date) -> dict[str, tuple[str, str]]:
    rows = con.execute(f"SELECT sku, usd::DOUBLE::VARCHAR, state FROM prices_on(DATE '{day}')").fetchall()
    return {sku: (usd, state) for sku, usd, state in rows}


def test_one_held_price_keeps_its_value_and_says_so(con: duckdb.DuckDBPyConnection) -> None:
    right, slipped = [price("a10", "1.5"), price("l40s", "1.25")], [price("a10", "1.5"), price("l40s", "4500")]
    record(con, [right, right, slipped, slipped, right], Gate())
    assert states(con, d(1)) == {"a10": ("1.5", "current"), "l40s": ("1.25", "current")}
    assert states(con, d(3)) == {"a10": ("1.5", "current"), "l40s": ("1.25", "held")}
    assert states(con, d(4)) == {"a10": ("1.5", "current"), "l40s": ("1.25", "current")}  # the page is as it was
    ((vendor, table, product, key, since, reason, url),) = con.execute(
        f"SELECT vendor, \"table\", product, key, held_since, reason, source_url FROM held_on(DATE '{d(3)}')"
    ).fetchall()
    assert (vendor, table, product, key, since, url) == (
        "fly", "prices", "machines", "any / gpu / l40s / - / list", d(2), PAGE,
    )  # fmt: skip
    assert "3600 times as much" in reason
    said = "SELECT computed_from, state FROM prices_per_hour_on(DATE '{}') WHERE sku = 'l40s'"
    assert con.execute(said.format(d(3))).fetchall() == [
        ("$1.25 per gpu_hour; held: a newer figure waits for a person", "held")
    ]
    assert con.execute("SELECT * FROM held").fetchall() == []
    assert con.execute("SELECT held, held_facts FROM freshness").fetchall() == [(False, 0)]


def test_several_under_one_question_are_all_marked(con: duckdb.DuckDBPyConnection) -> None:
    # Four of ten slip by the same factor: one issue names them all; a size whose name begins like another's does not.
    skus = [f"size-{i}" for i in range(10)] + ["size-1x"]
    first = [price(s, f"{n + 1}.1") for n, s in enumerate(skus)]
    then = [price(s, f"{(n + 1.1) * 3600:.2f}" if n in (1, 2, 3, 4) else f"{n + 1}.1") for n, s in enumerate(skus)]
    record(con, [first, first, then], Gate())
    assert len(con.execute("SELECT * FROM open_issues WHERE kind = 'held'").fetchall()) == 1
    held = {sku for sku, (_, state) in states(con, d(2)).items() if state == "held"}
    assert held == {"size-1", "size-2", "size-3", "size-4"}
    assert con.execute("SELECT held, held_facts, facts FROM freshness").fetchall() == [(True, 4, 11)]


def test_a_held_table_marks_all_that_moved_and_no_judgement(con: duckdb.DuckDBPyConnection) -> None:
    first = [price(f"size-{i}", f"{i + 1}.1") for i in range(12)]
    then = [price(f"size-{i}", f"{1.1 * (i + 1.1):.3f}") for i in range(12)]
    record(con, [[*first, judged("h100")], then], Gate())
    assert {state for _, state in states(con, d(1)).values()} == {"held"}
    assert con.execute("SELECT state FROM gpus").fetchall() == [("current",)]
    assert set(con.execute("SELECT held_since, reason LIKE '%12 of the 12 amounts%' FROM held").fetchall()) == {
        (d(1), True)
    }


def test_what_is_missing_or_not_in_an_excerpt_is_not_held(con: duckdb.DuckDBPyConnection) -> None:
    facts = [price(f"size-{i}", f"{i + 1}.1") for i in range(3)]
    recorder = Recorder(con, Run("r", "snapshot", T0, T0 + timedelta(hours=1)), Gate(), {})
    recorder.day(d(0), [reading(0, *facts)])
    recorder.day(
        d(1), [Reading("fly", PAGE, f"{PAGE}#gpus", "v1", "good", tuple(facts[:2]), partial=True, captured_at=T0)]
    )
    recorder.day(d(2), [reading(2, *facts[:2])])
    recorder.finish()
    assert [states(con, d(n))["size-2"][1] for n in range(3)] == ["current", "current", "missing"]


@pytest.mark.slow
def test_the_export_says_what_is_held(tmp_path: Path) -> None:
    right, slipped = [price("a10", "1.5"), price("l40s", "1.25")], [price("a10", "1.5"), price("l40s", "4500")]
    days = [(d(n), [reading(n, *facts)]) for n, facts in enumerate((right, right, slipped))]
    warehouse = tmp_path / "w.duckdb"
    record_days(warehouse, days, run=Run("r", "snapshot", T0, T0), gate=Gate())
    export(warehouse, tmp_path / "data")
    prices = pl.read_parquet(tmp_path / "data" / "prices.parquet")
    assert dict(prices.select("sku", "state").iter_rows()) == {"a10": "current", "l40s": "held"}
    held = pl.read_parquet(tmp_path / "data" / "held.parquet")
    assert held.select("key", "held_since").rows() == [("any / gpu / l40s / - / list", d(2))]
    history = pl.read_parquet(tmp_path / "data" / "history" / "prices.parquet")
    assert history.select("sku", "held_since").rows() == [("a10", None), ("l40s", d(2))]
