"""One writer, on a copy: killed at every step it loses nothing, and readers never wait."""

import gc
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from sandsnap.model import Fact, Reading
from sandsnap.record import layout, queries, writer
from sandsnap.record.errors import DamagedError, LockedError, QueryError
from sandsnap.record.recorder import Run, record_days
from sandsnap.record.writer import STEPS, Writer
from schemas import TABLES
from schemas.contract import DERIVED

URL = "https://fly.io/docs/about/pricing/"
T0 = datetime(2026, 11, 1, tzinfo=UTC)

KILLED = """
import os, sys
from datetime import date
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_record_writer import record
from sandsnap.record.writer import Writer
def die(self, name):
    if name == {step!r}:
        os.kill(os.getpid(), 9)
Writer.step = die
record(Path({path!r}), 2, "2.00")
"""


def record(path: Path, n: int, usd: str, url: str = URL) -> None:
    """One run of one day: the price of the L40S on day n."""
    day = date(2026, 1, 1) + timedelta(days=n)
    key = {"product": "machines", "plan": "any", "meter": "gpu", "sku": "l40s", "region": "-", "offer": "list"}
    values = {"usd": Decimal(usd), "unit": "gpu_hour", "billed_on": None}
    fact = Fact("prices", "fly", key, values, "read", url, f"${usd}", None, None)
    at = T0 + timedelta(hours=n)
    reading = Reading("fly", url, url + "#gpus", "v1", "good", (fact,), captured_at=at, capture=f"{n:064x}")
    record_days(path, [(day, [reading])], run=Run(f"run-{n}", "snapshot", at, at))


def price(path: Path) -> Decimal:
    con = queries.connect_readonly(path)
    try:
        return queries.show(con, "prices").records()[0]["usd"]
    finally:
        con.close()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A warehouse after one run: making its views takes a second, so it is made once."""
    path = tmp_path_factory.mktemp("first") / "warehouse.duckdb"
    record(path, 1, "1.00")
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, first: bytes) -> Path:
    (tmp_path / "warehouse.duckdb").write_bytes(first)
    return tmp_path / "warehouse.duckdb"


def kill_at(path: Path, step: str) -> subprocess.CompletedProcess[bytes]:
    code = KILLED.format(tests=str(Path(__file__).parent), step=step, path=str(path))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_every_step(path: Path, step: str) -> None:
    assert kill_at(path, step).returncode == -9
    published = STEPS.index(step) >= STEPS.index("renamed")
    assert price(path) == (2 if published else 1)
    record(path, 3, "3.00")
    assert price(path) == 3
    left = {p.name for p in path.parent.iterdir()}
    assert left == {path.name, path.name + ".lock", path.name + ".previous"}


def test_an_error_leaves_everything_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError), Writer(path) as w:
        w.con.execute("DELETE FROM store.claims")
        raise ZeroDivisionError
    assert path.read_bytes() == before
    assert not path.with_name(path.name + ".next").exists()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE store.claims SET valid_to = valid_from",
        "INSERT INTO store.claims SELECT * FROM store.claims",
        "UPDATE store.claims SET claim = NULL",
        "INSERT INTO store.claims SELECT * REPLACE (DATE '2025-01-01' AS valid_from, DATE '2026-06-01' AS valid_to) "
        "FROM store.claims",
    ],
)
def test_a_damaged_result_is_not_published(path: Path, damage: str) -> None:
    before = path.read_bytes()
    with pytest.raises(DamagedError, match="nothing was published"), Writer(path) as w:
        w.con.execute(damage)
    assert path.read_bytes() == before


def test_an_append_checks_the_claims_that_it_wrote_and_no_others(path: Path) -> None:
    with pytest.raises(DamagedError, match="1 claims open twice"), Writer(path) as w:
        w.con.execute("INSERT INTO store.claims SELECT * FROM store.claims")
        w.touched = [c for (c,) in w.con.execute("SELECT claim FROM store.claims").fetchall()]
    with Writer(path) as w:
        w.con.execute("INSERT INTO store.claims SELECT * FROM store.claims")
        w.touched = ()


def test_a_file_is_written_anew_where_more_than_a_third_of_it_is_free(path: Path) -> None:
    small = path.stat().st_size
    with Writer(path) as w:
        w.con.execute("CREATE TABLE store.filling AS SELECT hash(i) AS h FROM range(200000) r(i)")
    large = path.stat().st_size
    with Writer(path) as w:
        w.con.execute("DROP TABLE store.filling")
    assert large > 2 * small and path.stat().st_size < 1.5 * small


def test_rows_are_written_without_a_search_for_cycles_which_goes_on_after(path: Path) -> None:
    record(path, 2, "2.00")
    assert gc.isenabled()


def test_a_second_writer_is_told_who_writes(path: Path) -> None:
    with Writer(path), pytest.raises(LockedError, match=r"process \d+ is writing the warehouse"):
        record(path, 2, "2.00")


def test_a_reader_is_never_blocked_and_keeps_its_file(path: Path) -> None:
    con = queries.connect_readonly(path)
    with Writer(path):
        assert price(path) == 1
    record(path, 2, "2.00")
    assert queries.show(con, "prices").records()[0]["usd"] == 1
    assert price(path) == 2


def test_the_file_does_not_grow_with_days_that_change_nothing(path: Path) -> None:
    for n in range(2, 6):
        record(path, n, "1.00")
    assert (
        path.stat().st_size < 620_000
    )  # two tables of one block or two each keep an append from reading all that is held


def test_small_blocks_and_a_storage_version_that_old_readers_open(path: Path) -> None:
    con = duckdb.connect(str(path), read_only=True)
    assert con.execute("SELECT block_size FROM pragma_database_size()").fetchall() == [(layout.BLOCK_SIZE,)]
    assert "v1.5.0" in con.execute("SELECT tags::VARCHAR FROM duckdb_databases() WHERE NOT internal").fetchall()[0][0]


def test_everything_has_a_comment(path: Path) -> None:
    con = duckdb.connect(str(path), read_only=True)
    for catalog, name in (
        ("duckdb_tables", "table_name"),
        ("duckdb_views", "view_name"),
        ("duckdb_columns", "table_name || '.' || column_name"),
        ("duckdb_functions", "function_name"),
    ):
        silent = con.execute(
            f"SELECT {name} FROM {catalog}() WHERE NOT internal AND coalesce(comment, '') = ''"
        ).fetchall()
        assert silent == []


def test_a_table_is_the_contract_column_by_column(path: Path) -> None:
    con = queries.connect_readonly(path)
    for table in TABLES.values():
        columns = tuple(c.name for c in (*table.columns, *DERIVED))
        assert queries.show(con, table.name).columns == columns
        told = con.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [table.name]
        ).fetchall()
        assert dict(told) == {c.name: c.description for c in (*table.columns, *DERIVED)}
    views = {
        v
        for (v,) in con.execute(
            "SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal"
        ).fetchall()
    }
    assert views == {*TABLES, *queries.PLAIN_VIEWS}


@pytest.mark.slow
def test_a_new_column_of_the_contract_is_null_and_no_change(path: Path) -> None:
    with Writer(path) as w:
        w.con.execute("ALTER TABLE store.claims DROP COLUMN repository")
        w.con.execute("UPDATE store.layout SET views = NULL")
    record(path, 2, "1.00")
    con = queries.connect_readonly(path)
    assert queries.show(con, "self_hosting").rows == []
    assert {r["kind"] for r in queries.changes(con, date(2020, 1, 1), date(2030, 1, 1)).records()} == {"coverage"}


def test_questions(path: Path) -> None:
    record(path, 2, "2.00")
    con = queries.connect_readonly(path)
    (change,) = queries.changes(con, date(2026, 1, 2), date(2026, 1, 3)).records()
    assert (change["kind"], change["field"], change["before"], change["after"]) == ("changed", "usd", "1", "2")
    assert (change["quote_before"], change["capture_after"]) == ("$1.00", f"{2:064x}")
    assert change["key"] == "any / gpu / l40s / - / list"
    assert '"sku":"l40s"' in change["key_columns"]
    assert queries.changes(con, date(2026, 1, 3), date(2026, 1, 9)).rows == []
    assert queries.changes(con, date(2026, 1, 2), date(2026, 1, 3), "modal").rows == []
    assert [r["valid_from"].day for r in queries.history(con, "fly", "prices").records()] == [2, 3]
    assert [r["usd"] for r in queries.fact_history(con, "prices", vendor="fly", sku="l40s").records()] == [1, 2]
    assert queries.show(con, "prices", on=date(2026, 1, 2)).records()[0]["usd"] == 1
    assert queries.show(con, "prices", on=date(2026, 1, 3), known_at=T0 + timedelta(hours=1.5)).records()[0]["usd"] == 1
    status = queries.status(con, date(2026, 1, 20))
    assert [r["run"] for r in status.last_run.records()] == ["run-2"]
    assert [(r["vendor"], r["facts"], r["newest_days"]) for r in status.freshness.records()] == [("fly", 1, 17)]
    assert [r["days"] for r in status.silent_sources.records()] == [17]
    assert status.open_issues.rows == status.unproven_readers.rows == []
    assert queries.corrections(con, T0, T0 + timedelta(days=9)).rows == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM prizes", "prizes does not exist"),
        ("SELEC", "syntax error"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled by configuration"),
        ("SET threads = 1", "configuration has been locked"),
        ("DELETE FROM store.runs", "read-only"),
        ("ATTACH '/tmp/x.duckdb'", "disabled"),
    ],
)
def test_bad_sql_is_one_line(path: Path, query: str, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        queries.sql(queries.connect_readonly(path), query)
    assert "\n" not in str(caught.value)


def test_a_slow_query_is_stopped(path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"stopped after 0\.2 s"):
        queries.sql(
            queries.connect_readonly(path), "SELECT count(*) FROM range(1000000000000) WHERE range % 7 = 3", 0.2
        )
    assert time.monotonic() - started < 5


def test_no_such_file_or_table(path: Path, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="does not exist: run `sandsnap demo`"):
        queries.connect_readonly(tmp_path / "nothing.duckdb")
    (tmp_path / "text").write_text("not a database" * 999)
    with pytest.raises(QueryError, match="is not a sandsnap warehouse"):
        queries.connect_readonly(tmp_path / "text")
    con = queries.connect_readonly(path)
    with pytest.raises(QueryError, match="there is no table 'price': use one of allowances"):
        queries.show(con, "price")
    with pytest.raises(QueryError, match="has no column colour"):
        queries.fact_history(con, "prices", colour="red")


def test_reading_imports_duckdb_only() -> None:
    code = (
        "import sys; import sandsnap.record.queries; "
        "print([m for m in ('polars', 'pandera', 'pandas', 'schemas', 'pyarrow', 'prefect') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_warehouse_sql_is_found() -> None:
    assert "CREATE SCHEMA" in layout.sql_file("tables.sql")
    with pytest.raises(FileNotFoundError, match="reinstall sandsnap"):
        layout.sql_file("nothing.sql")
    assert writer.CATALOG == "warehouse"
