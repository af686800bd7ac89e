"""A large warehouse keeps columns of few words as ENUMs: nobody sees it, and new words find room."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from test_record_facts import A, B, gpu, price, reading, record

import sandsnap
from sandsnap.record import blank, words
from schemas import TABLES

VIEWS = (*TABLES, "history", "claims_history", "coverage", "freshness", "products", "evidence", "open_issues")
ON = "DATE '2026-03-01'"


@pytest.fixture
def con(monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    monkeypatch.setattr(words, "LARGE", 1)
    con = blank.in_memory()
    yield con
    con.close()


def kind(con: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    return str(con.execute(f'SELECT "{column}" FROM store.{table} LIMIT 0').description[0][1])


def test_a_large_one_answers_with_the_same_text(
    two_vendors: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "LARGE", 1)
    large = tmp_path / "large.duckdb"
    shutil.copyfile(two_vendors / "sandsnap.duckdb", large)
    with duckdb.connect(str(large)) as con:
        words.settle(con)
        assert kind(con, "claims", "plan").startswith("ENUM") and kind(con, "claims", "plan") == kind(
            con, "facts", "plan"
        )
    with sandsnap.open(two_vendors) as small, sandsnap.open(large) as settled:
        asked = [f"FROM {v}" for v in VIEWS] + [f"FROM {t}_on({ON})" for t in ("prices", "limits")]
        for query in (*asked, f"FROM prices_known({ON}, TIMESTAMPTZ '9999-01-01')", f"FROM workload_costs_on({ON})"):
            query = f"SELECT * FROM ({query}) ORDER BY ALL"
            assert not any(k.id == "enum" for k in settled.con.sql(query).types), query
            assert_frame_equal(small.sql(query), settled.sql(query))
        for table in TABLES:
            for on in (None, date(2026, 3, 1)):
                frame = settled.table(table, on)
                assert_frame_equal(small.table(table, on), frame)
                assert_frame_equal(settled.table(table, on, sort=False), frame, check_row_order=False)
        assert settled.sql("SELECT plan FROM store.facts LIMIT 1").schema == {"plan": pl.String}


def test_a_new_word_is_admitted_before_its_rows_are_written(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "2"))])])
    words.settle(con)
    assert kind(con, "claims", "sku").startswith("ENUM")
    record(con, [(1, [reading(1, A, price(A, "2"), price(A, "3", "h100")), reading(1, B, gpu(B, "available"))])], run=2)
    assert con.execute("SELECT sku, usd FROM prices ORDER BY sku").fetchall() == [("h100", 3), ("l40s", 2)]
    assert con.execute("SELECT model, status FROM gpus").fetchall() == [("l40s", "available")]
    assert "h100" in kind(con, "claims", "sku") and kind(con, "claims", "sku") == kind(con, "resolved", "sku")
    # a column that held nothing when the warehouse settled stays text
    assert kind(con, "claims", "model") == "VARCHAR"


def test_a_column_of_too_many_words_is_text_again(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "MOST", 6)
    record(con, [(0, [reading(0, A, price(A, "2"))])])
    words.settle(con)
    assert kind(con, "claims", "sku").startswith("ENUM")
    many = [price(A, "2"), *(price(A, "3", f"size-{n}") for n in range(8))]
    record(con, [(1, [reading(1, A, *many)])], run=2)
    assert kind(con, "claims", "sku") == kind(con, "resolved", "sku") == "VARCHAR"
    assert con.execute("SELECT count(*), count(DISTINCT sku) FROM prices").fetchall() == [(9, 9)]


def test_a_small_warehouse_keeps_text(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "LARGE", 1_000)
    record(con, [(0, [reading(0, A, price(A, "2"))])])
    words.settle(con)
    assert kind(con, "claims", "sku") == kind(con, "resolved", "vendor") == "VARCHAR"
