"""The command line: every command helps, answers in text and JSON, and fails in one line with the next step."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandsnap.cli.app import parser, run
from sandsnap.vendors import VENDORS

DEMO = Path(__file__).resolve().parents[1] / "src" / "sandsnap" / "demo"


def commands() -> list[str]:
    (action,) = (a for a in parser()._actions if hasattr(a, "choices") and isinstance(a.choices, dict))
    return sorted(action.choices)


@pytest.fixture(scope="module")
def home(two_vendors: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of two vendors' demo pages."""
    return Path(shutil.copytree(two_vendors, tmp_path_factory.mktemp("cli") / "home"))


@pytest.mark.parametrize("name", commands())
def test_every_command_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as e:
        run([name, "--help"])
    assert e.value.code == 0
    out = capsys.readouterr().out
    assert "exit codes" in out
    assert len(out) > 300


WRONG = [
    (["bogus"], 2, "invalid choice"),
    (["read", "/nowhere"], 2, "does not exist"),
    (["read", __file__], 2, "--url"),
    (["changes", "yesterday", "2026-01-01"], 2, "write it as 2026-07-04"),
    (["snapshot", "--vendor", "acme"], 2, "there are e2b"),
    (["show", "prices", "--home", "/nowhere"], 3, "first"),
    (["backfill", "--captures", "/nowhere"], 2, "give a folder with index.jsonl"),
]


@pytest.mark.parametrize(("argv", "code", "hint"), WRONG, ids=[" ".join(a) for a, _, _ in WRONG])
def test_wrong_calls_are_one_line_with_the_next_step(
    argv: list[str],
    code: int,
    hint: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SANDSNAP_CONTACT", raising=False)
    assert run(argv) == code
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert hint in err


@pytest.mark.slow
def test_a_schedule_that_is_none_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--cron", "often", "--contact", "https://example.org"]) == 2
    assert "five cron fields" in capsys.readouterr().err


def test_nobody_asks_without_saying_who(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SANDSNAP_CONTACT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run(["snapshot", "--home", str(tmp_path)]) == 2
    assert "SANDSNAP_CONTACT" in capsys.readouterr().err


ASK = [
    ["changes", "2020-01-01", "2026-12-31"],
    ["history", "fly", "gpus"],
    ["show", "prices", "--on", "2026-03-01"],
    ["show", "gpus", "--vendor", "fly"],
    ["coverage"],
    ["sql", "SELECT vendor, count(*) AS n FROM prices GROUP BY ALL"],
]


@pytest.mark.parametrize("argv", ASK, ids=" ".join)
def test_answers_in_text_and_json(argv: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*argv, "--home", str(home)]) in (0, 1)
    assert len(capsys.readouterr().out.splitlines()) > 2
    assert run([*argv, "--home", str(home), "--json"]) in (0, 1)
    records = json.loads(capsys.readouterr().out)
    assert records
    assert all(isinstance(r, dict) for r in records)


def test_the_gpu_offer_ends(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["changes", "2026-01-01", "2026-12-31", "--vendor", "fly", "--home", str(home)])
    out = capsys.readouterr().out
    assert "gpus a10: ended" in out and "coverage none" not in out
    assert "seen for the first time" in out
    run(["changes", "2026-02-10", "2026-06-30", "--vendor", "fly", "--home", str(home)])
    assert "gpus a10: status available → ending" in capsys.readouterr().out


def test_coverage_names_every_cell(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["coverage", "--home", str(home), "--json"])
    cells = json.loads(capsys.readouterr().out)
    assert len(cells) == len(VENDORS) * 10
    assert {"vendor", "row", "facts", "basis", "verified_on"} <= set(cells[0])
    assert all(c["facts"] for c in cells if c["vendor"] in ("fly", "e2b"))


def test_sql_reaches_nothing_else(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for query in (
        "SELECT * FROM read_csv('/etc/passwd')",
        "CREATE TABLE x (a INT)",
        "SET enable_external_access = true",
        "SELEC",
    ):
        assert run(["sql", query, "--home", str(home)]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_read_and_pin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = json.loads((DEMO / "fly" / "index.jsonl").read_text("utf-8").splitlines()[0])
    page = DEMO / "fly" / row["file"]
    assert run(["read", str(page), "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert {"file", "url", "captured_at", "facts", "issues"} <= set(read)
    assert read["facts"]
    assert all({"table", "key", "values", "quote"} <= set(f) for f in read["facts"])
    assert run(["pin", str(page), "--to", str(tmp_path)]) == 0
    assert json.loads(next(tmp_path.glob("*.expected.json")).read_text("utf-8"))
    assert run(["read", str(tmp_path), "--json"]) == 0


@pytest.mark.slow
def test_reread_corrects_nothing_that_was_read_right(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reread", "--since", "2020-01-01", "--dry-run", "--home", str(home)]) == 0
    assert "0 values would be corrected" in capsys.readouterr().out


HEAVY = (
    "polars", "pandera", "pandas", "pyarrow", "numpy", "prefect", "httpx", "selectolax", "pyromark", "warcio",
    "rich", "jinja2", "apprise", "asyncio",
)  # fmt: skip
ONLY_READING = (
    ["--help"],
    ["changes", "2026-01-01", "2026-12-31"],
    ["corrections", "2026-01-01", "2026-12-31"],
    ["history", "fly"],
    ["show", "prices"],
    ["status"],
    ["coverage"],
    ["schema"],
    ["schema", "prices"],
    ["review"],
    ["events", "2026-01-01", "2026-12-31"],
    ["issues"],
    ["sql", "SELECT 1"],
)


@pytest.mark.slow
@pytest.mark.parametrize("argv", ONLY_READING, ids=" ".join)
def test_what_only_reads_the_warehouse_loads_nothing_heavy(home: Path, argv: list[str]) -> None:
    """How long a start takes is measured (benchmarks/reading.py --start-up); what makes it long is tested here."""
    help_only = argv == ["--help"]
    code = (
        "import sys; from sandsnap.cli.app import run\n"
        f"try:\n    code = run({argv if help_only else [*argv, '--home', str(home)]!r})\n"
        "except SystemExit as e:\n    code = e.code\n"
        f"print(code, [m for m in {(*HEAVY, *(['duckdb'] if help_only else []))!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] in ("0 []", "1 []"), done.stdout[-200:] + done.stderr


def test_status_says_what_is_accounted_for_and_which_pages_have_no_copy(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "--json", "--home", str(home)]) in (0, 1)  # 1: matters wait for a person
    said = json.loads(capsys.readouterr().out)
    by_vendor = {a["vendor"]: a for a in said["accounted"]}
    fly, modal = by_vendor["fly"], by_vendor["modal"]
    assert 0 < fly["used"] < fly["amounts"] and fly["share"] == round(1 - fly["residue"] / fly["amounts"], 4)
    assert modal["amounts"] == 0 and modal["share"] is None  # no page of it: nothing is 100 % of nothing
    unproven = {p["source_url"] for p in said["unproven_pages"]}
    assert "https://modal.com/pricing" in unproven


@pytest.mark.slow
def test_a_dry_run_notes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = home / "watched.json"
    before = notes.read_text("utf-8")
    notes.write_text("{}", "utf-8")
    assert run(["reread", "--dry-run", "--home", str(home)]) == 0
    assert notes.read_text("utf-8") == "{}"
    capsys.readouterr()
    assert run(["status", "--home", str(home)]) == 2
    assert "delete it" in capsys.readouterr().err
    notes.write_text(before, "utf-8")
