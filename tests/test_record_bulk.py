"""Frames and single facts give the same warehouse."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from sandsnap.model import Fact, Reading
from sandsnap.record import blank
from sandsnap.record.bulk import BulkReading
from sandsnap.record.errors import RecordError
from sandsnap.record.recorder import Recorder, Run
from schemas import TABLES

URL = "https://fly.io/docs/about/pricing/"
KEYS = ("product", "plan", "meter", "sku", "region", "offer")
TYPES = {c: TABLES["prices"].by_name[c].polars for c in (*KEYS, "usd", "unit", "billed_on", "quote")}
Row = tuple[str, str, str, str, str, str, Decimal, str, str | None, str]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = blank.in_memory()
    yield con
    con.close()


def histories(days: int) -> list[list[Row]]:
    """Days of 40 facts with changes, new quotes, disappearances, returns and, on some days, another order."""
    rng = random.Random(7)
    state: dict[str, tuple[str, str]] = {f"size-{i}": (str(i + 1), "q") for i in range(40)}
    out = []
    for _ in range(days):
        for sku in rng.sample(sorted(state), 3):
            usd, quote = state[sku]
            state[sku] = rng.choice([(str(rng.randint(1, 99)), quote), (usd, f"q{rng.randint(0, 9)}")])
        skus = [s for s in state if rng.random() > 0.02]
        if rng.random() < 0.3:
            rng.shuffle(skus)
        out.append(
            [
                ("machines", "any", "gpu", s, "-", "list", Decimal(state[s][0]), "gpu_hour", None, state[s][1])
                for s in skus
            ]
        )
    return out


@pytest.mark.parametrize("days_per_run", [4, 12])
def test_bulk_is_the_same_as_one_by_one(days_per_run: int) -> None:
    days = histories(12)
    stored = []
    for bulk in (False, True):
        con = blank.in_memory()
        for run in range(0, len(days), days_per_run):
            at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=run)
            recorder = Recorder(con, Run(f"r{run}", "snapshot", at, at), None, {})
            for n in range(run, min(run + days_per_run, len(days))):
                day = date(2026, 1, 1) + timedelta(days=n)
                if bulk:
                    frame = pl.DataFrame(days[n], schema=TYPES, orient="row")
                    recorder.day(day, [BulkReading("fly", URL, URL + "#gpus", "v1", f"{n:064x}", {"prices": frame})])
                else:
                    facts = tuple(
                        Fact("prices", "fly", dict(zip(KEYS, r[:6], strict=True)),
                             {"usd": r[6], "unit": r[7], "billed_on": r[8]}, "read", URL, r[9], None, None)
                        for r in days[n]
                    )  # fmt: skip
                    reading = Reading(
                        "fly", URL, URL + "#gpus", "v1", "good", facts, captured_at=at, capture=f"{n:064x}"
                    )
                    recorder.day(day, [reading])
            recorder.finish()
        stored.append(
            [
                con.execute(query).fetchall()
                for query in (
                    "SELECT sku, usd, quote, valid_from, valid_to, cause, known_from, ended_at, known_to "
                    "FROM store.claims ORDER BY ALL",
                    "SELECT * FROM changes(DATE '2000-01-01', DATE '2100-01-01') ORDER BY ALL",
                    "SELECT * FROM prices ORDER BY ALL",
                    "SELECT * FROM prices_on(DATE '2026-01-07') ORDER BY ALL",
                    "SELECT unseen_on, missing_on, ended_on, removed FROM store.absences "
                    "WHERE known_to IS NULL ORDER BY ALL",
                )
            ]
        )
    for one_by_one, in_bulk in zip(*stored, strict=True):
        assert in_bulk == one_by_one


def test_bulk_goes_with_nothing_else(con: duckdb.DuckDBPyConnection) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    recorder = Recorder(con, Run("r", "snapshot", at, at), lambda _v, _d, _s, readings: readings, {})
    with pytest.raises(RecordError, match="no gate"):
        recorder.day(date(2026, 1, 1), [BulkReading("fly", URL, URL + "#gpus", "v1", "0" * 64, {})])
