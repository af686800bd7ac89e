"""The dataset for Python: a warehouse and its export give the same frames."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import sandsnap
from sandsnap.publish.export.build import export
from sandsnap.record.dataset import Dataset
from sandsnap.record.errors import QueryError
from schemas import TABLES

A, B = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture(scope="module")
def exported(two_vendors: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "data"
    export(two_vendors / "sandsnap.duckdb", folder)
    return folder


@pytest.fixture
def both(two_vendors: Path, exported: Path) -> Iterator[tuple[Dataset, Dataset]]:
    with sandsnap.open(two_vendors) as one, sandsnap.open(exported) as other:
        yield one, other


def test_a_table_is_one_row_per_key_on_any_day(both: tuple[Dataset, Dataset]) -> None:
    for name in ("prices", "limits", "gpus"):
        now, then = both[0].table(name), both[0].table(name, on=date(2026, 3, 1))
        assert now.height
        assert not then.select(TABLES[name].key).is_duplicated().any()
        assert_frame_equal(now, both[1].table(name))
        same = [c.name for c in TABLES[name].columns if c.name not in ("verified_on", "capture", "quote", "basis")]
        same.append("valid_from")
        assert_frame_equal(then.select(same), both[1].table(name, on=date(2026, 3, 1)).select(same))
    assert isinstance(both[0].table("prices").schema["usd"], pl.Decimal)


def test_known_times_are_utc(both: tuple[Dataset, Dataset]) -> None:
    for data in both:
        assert data.table("prices", known_at=datetime(2020, 1, 1)).is_empty()  # noqa: DTZ001 -- means UTC
        assert data.table("prices", on=date(2026, 3, 1), known_at=datetime(2100, 1, 1, tzinfo=UTC)).height


def test_changes_events_and_evidence_are_those_of_the_warehouse(both: tuple[Dataset, Dataset]) -> None:
    columns = ["vendor", "table", "key", "field", "before", "after", "day", "event"]
    changed = both[0].changes(A, B).select(columns)
    assert changed.height
    assert_frame_equal(changed, both[1].changes(A, B).select(columns))
    assert both[0].changes(A, B, vendor="fly")["vendor"].unique().to_list() == ["fly"]
    told = ["event", "day", "title", "significance"]
    assert_frame_equal(
        both[0].events(A, B, min_significance=50).select(told),
        both[1].events(A, B, min_significance=50).select(told),
        check_dtypes=False,
    )
    assert both[0].events(A, B, min_significance=50)["significance"].min() >= 50  # type: ignore[operator]
    rests_on = both[0].evidence(table="prices", column="usd")
    assert set(rests_on["column"]) == {"usd"}
    assert rests_on["shown"].any()
    assert both[1].evidence(table="prices", column="usd").height == rests_on.height
    assert both[0].evidence(vendor="fly", key=rests_on["key"][0]).height <= both[0].evidence(vendor="fly").height


def test_sql_only_reads(both: tuple[Dataset, Dataset]) -> None:
    for data in both:
        assert data.sql("SELECT count(*) AS n FROM prices WHERE vendor = ?", ["fly"])["n"][0] >= 0
        for refused in ("SELECT * FROM read_csv('/etc/passwd')", "SELEC", "COPY (SELECT 1) TO '/tmp/sandsnap-out.csv'"):
            with pytest.raises(QueryError) as e:
                data.sql(refused)
            assert "\n" not in str(e.value)


def test_what_cannot_be_answered_is_no_empty_answer(both: tuple[Dataset, Dataset]) -> None:
    for data in both:
        for ask in (data.table, data.evidence):
            with pytest.raises(QueryError, match="there is no vendor 'nobody'"):
                ask("prices", vendor="nobody")
        for between in (data.changes, data.events):
            with pytest.raises(QueryError, match="comes after the last"):
                between(date(2026, 2, 1), date(2026, 1, 1))


def test_what_is_neither_is_refused(tmp_path: Path, two_vendors: Path) -> None:
    with pytest.raises(QueryError, match="does not exist"):
        sandsnap.open(tmp_path)
    with sandsnap.open(two_vendors / "sandsnap.duckdb") as data, pytest.raises(QueryError, match="there is no table"):
        data.table("history")


def test_a_day_may_be_given_as_text_too(both: tuple[Dataset, Dataset]) -> None:
    day: Any = "2026-03-01"
    bad: Any = "1' OR '1"
    assert_frame_equal(both[0].table("prices", on=day), both[0].table("prices", on=date(2026, 3, 1)))
    with pytest.raises(QueryError, match="date field"):
        both[0].table("prices", on=bad)
