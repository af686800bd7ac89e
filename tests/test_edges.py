"""Edges: nothing a page says acts on a terminal, a spreadsheet, a page or a message; SQL only reads; settings are typed."""

import csv
import hashlib
import io
import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.cli import output
from sandsnap.cli.app import run
from sandsnap.escaping import Terminal, cell, one_line, printable, visible
from sandsnap.publish.alerts.channels import Message
from sandsnap.settings import SettingsError, load

EVIL = "a\x1b]0;owned\x07\x9b31m\u202eb\x00\x7f\u2028"


@given(st.text())
def test_nothing_but_text_reaches_a_terminal(text: str) -> None:
    stream = io.StringIO()
    Terminal(stream).write(text)
    assert not set(stream.getvalue()) & {"\x1b", "\x07", "\x9b", "\u202e", "\x00", "\x7f", "\r", "\u2028", "\u2066"}


@given(st.text())
def test_what_is_shown_in_json_is_the_value(text: str) -> None:
    assert json.loads(visible(json.dumps({"v": text}, ensure_ascii=False))) == {"v": text}


@given(st.text(alphabet="=+-@\t\r\n 1a(", max_size=6))
def test_no_cell_is_a_formula(text: str) -> None:
    shown = cell(text)
    assert shown[:1] not in ("=", "+", "@", "\t", "\r")
    assert not shown.startswith("-") or shown == "-" or float(shown) <= 0


@pytest.mark.parametrize("text", ["-", "-5", "-0.25", "12", "a = b", "e2b", ""])
def test_what_is_no_formula_stays(text: str) -> None:
    assert cell(text) == text


def test_messages_carry_no_control_characters() -> None:
    message = Message("1", f"new\r\nBcc: all {EVIL}", EVIL)
    assert "\n" not in message.subject
    assert printable(message.subject + message.text) == message.subject + message.text
    assert one_line("a\n b") == "a b"


def test_csv_of_a_query_holds_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    output.as_csv(("a", "b"), [("=1+1", -5), ("-2+3", None)])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out)))[1:] == [["'=1+1", "-5"], ["'-2+3", ""]]


DEMO = Path(__file__).resolve().parents[1] / "src" / "sandsnap" / "demo"


@pytest.fixture(scope="module")
def home(one_vendor: Path) -> Path:
    return one_vendor


ESCAPES = [
    "USE memory; DETACH warehouse; ATTACH '{w}' AS o; CREATE TABLE o.main.intruder AS SELECT 1",
    "DETACH warehouse",
    "ATTACH '{w}' AS o (READ_WRITE)",
    "COPY (SELECT 1) TO '{d}/out.csv'",
    "COPY store.facts FROM '{d}/out.csv'",
    "EXPORT DATABASE '{d}/out'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{d}/out.csv'",
    "EXPLAIN ANALYZE ATTACH '{w}' AS o",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA database_list",
    "CALL enable_logging()",
    "SELECT * FROM enable_logging(storage='file', storage_path='{d}/log')",
    "DELETE FROM store.facts",
    "WITH x AS (DELETE FROM store.facts RETURNING 1) SELECT * FROM x",
    "WITH x AS (INSERT INTO store.runs DEFAULT VALUES RETURNING 1) SELECT * FROM x",
    "SELECT * FROM query('DELETE FROM store.facts')",
    "PREPARE v AS DELETE FROM store.facts",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "CREATE TEMP TABLE x AS SELECT 1",
    "SELECT * FROM read_text('{w}')",
    "SELECT * FROM glob('{d}/*')",
    "SELECT * FROM '{d}/sandsnap.duckdb'",
    "SELECT 1; SELECT 2",
    "",
    ";",
]


@pytest.mark.parametrize("query", ESCAPES)
def test_sql_only_reads(query: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warehouse = home / "sandsnap.duckdb"
    before = (hashlib.sha256(warehouse.read_bytes()).hexdigest(), sorted(p.name for p in home.iterdir()))
    asked = query.format(w=warehouse, d=home) or " "
    assert run(["sql", asked, "--home", str(home)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert before == (hashlib.sha256(warehouse.read_bytes()).hexdigest(), sorted(p.name for p in home.iterdir()))


@pytest.mark.parametrize(
    "query",
    [
        "FROM range(2)",
        "WITH a AS (SELECT 1) FROM a",
        "VALUES (1)",
        "DESCRIBE prices",
        "SHOW TABLES",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
        "SELECT 'a;b' -- ;",
        "PIVOT (SELECT 1 AS a, 2 AS b) ON a USING sum(b)",
    ],
)
def test_what_reads_is_answered(query: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sql", query, "--home", str(home)]) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT count(*) FROM range(1000000000000)", "stopped after"),
        ("FROM range(3000000)", "add a LIMIT"),
    ],
)
def test_sql_has_limits(query: str, said: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limit = "1" if "stopped" in said else "20"
    assert run(["sql", query, "--home", str(home), "--timeout", limit]) == 2
    assert said in capsys.readouterr().err


def test_the_data_is_for_its_owner_only(home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for path in [p for p in home.rglob("*") if p.is_file()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


WRONG = [
    ('[fetch]\nallow_private = "false"', "[fetch] allow_private must be true or false"),
    ("[fetch]\nrequests_per_s = 0", "[fetch] requests_per_s must be a number above 0"),
    ("[fetch]\nrequests_per_s = nan", "[fetch] requests_per_s must be a number above 0"),
    ("[fetch]\nattempts = true", "[fetch] attempts must be a whole number"),
    ("[fetch]\nattemps = 3", "[fetch] attemps is not known; there are"),
    ("fetch = 3", "[fetch] must be a section"),
    ("home = 3", "home must be text"),
    ("[helath]", "helath is not known; there are"),
    ("[health]\nfailed_pages = 50", "[health] failed_pages must be a share"),
    ('[heartbeat]\nurl = "https://hc.example/SECRET1"', "[heartbeat] url must be the name of an environment variable"),
    ('token = "SECRET1"', "token is not known"),
    ('[heartbeat]\nurl = "SECRET1', "it is not TOML"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_wrong_settings_are_one_line_without_values(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sandsnap.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as e:
        load()
    assert said in str(e.value)
    assert "sandsnap.toml" in str(e.value)
    assert "SECRET" not in str(e.value)
    assert "\n" not in str(e.value)


def test_settings_know_every_field_of_the_policy() -> None:
    from dataclasses import fields

    from sandsnap.capture import FetchPolicy
    from sandsnap.settings import KEYS

    assert set(KEYS["fetch"]) - {"confirm_after_minutes"} == {f.name for f in fields(FetchPolicy)} - {
        "ssl_context",
        "resolve",
    }


def test_a_home_below_nobody_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANDSNAP_HOME", "~nobody-of-that-name/data")
    with pytest.raises(SettingsError, match="name the folder in full"):
        load()


@pytest.mark.parametrize("address", ["fec0::1", "192.88.99.1", "::ffff:192.88.99.7"])
def test_withdrawn_addresses_are_not_public(address: str) -> None:
    from sandsnap.capture.addresses import is_public

    assert not is_public(address)


def test_an_unknown_channel_type_keeps_its_secret(tmp_path: Path) -> None:
    from sandsnap.publish.alerts.config import ConfigError
    from sandsnap.publish.alerts.config import load as read

    for text in ('[channels.x]\ntype = "slack://SECRET1"', '[channels.x]\ntype = "apprise"\nurl = "slack://SECRET1"'):
        (tmp_path / "alerts.toml").write_text(text)
        with pytest.raises(ConfigError) as e:
            read(tmp_path / "alerts.toml")
        assert "SECRET" not in str(e.value)


def test_umask_is_put_back() -> None:
    before = os.umask(0o022)
    try:
        run(["schema", "--home", "/nowhere"])
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
