"""What `sandsnap sql` and `schema` answer, and what they refuse."""

import io
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandsnap.cli.app import run
from sandsnap.cli.querying import completion
from sandsnap.record import queries
from sandsnap.record.errors import QueryError


@pytest.fixture(scope="module")
def home(two_vendors: Path) -> Path:
    """A warehouse of two vendors' demo pages."""
    return two_vendors


FORBIDDEN = (
    "ATTACH '/tmp/other.duckdb'",
    "COPY (SELECT 1) TO '/tmp/sandsnap-out.csv'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT content FROM read_text('/etc/hostname')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '1GB'",
    "RESET lock_configuration",
    "EXPORT DATABASE '/tmp/sandsnap-out'",
    "CREATE TABLE x (a INT)",
    "INSERT INTO store.runs SELECT * FROM store.runs",
    "DROP VIEW prices",
)


@pytest.mark.parametrize("query", FORBIDDEN)
def test_sql_reaches_nothing_else(query: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (home / "sandsnap.duckdb").read_bytes()
    assert run(["sql", query, "--home", str(home)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert (home / "sandsnap.duckdb").read_bytes() == before


def test_a_query_without_end_is_stopped(home: Path) -> None:
    started = time.monotonic()
    with queries.connect_readonly(home / "sandsnap.duckdb") as con:
        with pytest.raises(QueryError, match=r"stopped after 0\.3 s"):
            queries.sql(con, "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = 7", 0.3)
        assert queries.sql(con, "SELECT 1").rows == [(1,)]
    assert time.monotonic() - started < 10


def test_csv_and_json_are_exact(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = "SELECT 0.1::DECIMAL(18,9) AS usd, DATE '2026-07-04' AS day, NULL AS nothing"
    assert run(["sql", query, "--csv", "--home", str(home)]) == 0
    assert capsys.readouterr().out == "usd,day,nothing\n0.1,2026-07-04,\n"
    assert run(["sql", query, "--json", "--home", str(home)]) == 0
    assert json.loads(capsys.readouterr().out) == [{"usd": "0.1", "day": "2026-07-04", "nothing": None}]


def test_without_a_query_and_a_terminal_it_lists(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert run(["sql", "--home", str(home)]) == 0
    out = capsys.readouterr().out
    assert "workload_costs_on" in out
    assert "view_" not in out


def test_a_query_comes_from_a_pipe(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("select 42\n"))
    assert run(["sql", "--home", str(home)]) == 0
    assert capsys.readouterr().out.split() == ["42", "--", "42"]


def test_schema_prints_what_the_contract_says(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from schemas import TABLES
    from schemas.contract import DERIVED

    assert run(["schema", "prices", "--json", "--home", str(home)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["comment"] == TABLES["prices"].description
    assert {c["column"]: c["description"] for c in told["columns"]} == {
        c.name: c.description for c in (*TABLES["prices"].columns, *DERIVED)
    }
    assert run(["schema", "--home", str(home)]) == 0
    assert "limits_in_minutes" in capsys.readouterr().out
    assert run(["schema", "nowhere", "--home", str(home)]) == 2
    assert "use one of" in capsys.readouterr().err


@pytest.mark.slow
def test_every_name_describes_its_columns(home: Path) -> None:
    with queries.connect_readonly(home / "sandsnap.duckdb") as con:
        for name, told in queries.tables(con).rows:
            comment, columns = queries.schema(con, name)
            assert (comment, bool(columns.rows)) == (told, True)
            assert all(c["description"] for c in columns.records()), name


def test_completion_follows_the_dot() -> None:
    words = ["prices", "prices_on(", "usd", "usd_per_hour"]
    found: Callable[[str], list[str | None]] = lambda text: [completion(words, text, n) for n in range(3)]  # noqa: E731
    assert found("pri") == ["prices", "prices_on(", None]
    assert found("p.usd") == ["p.usd", "p.usd_per_hour", None]
    assert found("zz") == [None, None, None]


@pytest.mark.slow
def test_the_shell_answers_and_survives_errors(home: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sandsnap", "sql", "--home", str(home)]
    shell = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    os.write(ours, b"SELECT\n 6 * 7 AS answer;\nSELEC;\nSET threads = 1;\n.schema gpus\n.quit\n")
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the terminal's other end is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert shell.wait(20) == 0
    text = seen.decode()
    assert "42" in text
    assert "Parser Error" in text
    assert "SET is refused" in text
    assert "ends_on" in text
    assert (home / "sql_history").read_text("utf-8").count("gpus") == 1
