"""From the archive's door to the warehouse: what is refused is an issue, what was missed is recorded, what is in quarantine
has never been."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from conftest import capture

from sandsnap import pipeline
from sandsnap.capture import Archive, FetchRequest, FetchResult
from sandsnap.cli.app import run
from sandsnap.read.reading import read
from sandsnap.settings import Settings

pytestmark = pytest.mark.slow

TRIAL = "https://fly.io/docs/about/free-trial"


def trial(machines: int, hours: int = 200) -> str:
    return f"""# Free Trial overview

A free trial on Fly.io lasts for 7 days.

- **{hours} total VM hours** over all machines
- **{machines} machines max**
- **900GB of volume storage**
- Up to **2 vCPUs per machine**
- **4GB memory per machine**
"""


def shown(
    home: Path, query: str = "SELECT * EXCLUDE (capture, verified_on) FROM allowances ORDER BY ALL"
) -> list[tuple[object, ...]]:
    with duckdb.connect(str(Settings(home).warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def machines(home: Path) -> list[tuple[object, ...]]:
    return shown(home, "SELECT amount::INT, verified_on::VARCHAR FROM allowances WHERE allowance = 'concurrent'")


def days(home: Path) -> list[str]:
    return [
        str(day)
        for (day,) in shown(home, f"SELECT DISTINCT day FROM readings WHERE source_url LIKE '{TRIAL}%' ORDER BY 1")
    ]


def issues(home: Path) -> list[tuple[object, ...]]:
    return shown(home, "SELECT kind, vendor, message FROM open_issues")


def folder(path: Path, *rows: tuple[str, str, str]) -> str:
    path.mkdir()
    lines = []
    for n, (url, text, day) in enumerate(rows):
        (path / f"{n}.md").write_text(text)
        lines.append(json.dumps({"file": f"{n}.md", "url": url, "captured_at": day}) + "\n")
    (path / "index.jsonl").write_text("".join(lines))
    return str(path)


def backfill(home: Path, path: str) -> int:
    return run(["backfill", "--captures", path, "--home", str(home)])


def test_what_is_not_let_in_is_an_issue_of_its_page_until_the_page_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    backfill(home, folder(tmp_path / "1", (TRIAL, trial(10), "2026-07-01")))
    future = folder(tmp_path / "2", (TRIAL, trial(99), "2036-07-02"), ("http://[", "", "2026-07-02"))
    assert backfill(home, future) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2 and "line 1" in told[0] and "future" in told[0] and "line 2" in told[1]
    assert machines(home) == [(10, "2026-07-01")]
    assert [(kind, vendor) for kind, vendor, _ in issues(home)] == [("refused", "fly")]
    backfill(home, folder(tmp_path / "3", (TRIAL, trial(12), "2026-07-03")))
    assert machines(home) == [(12, "2026-07-03")] and not issues(home)


def test_what_was_archived_and_not_recorded_is_recorded_by_the_next_run(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    backfill(settings.home, folder(tmp_path / "1", (TRIAL, trial(10), "2026-07-01")))
    missed, today = capture(TRIAL, trial(12), "2026-07-02"), capture(TRIAL, trial(12), "2026-07-05")
    with Archive(settings.archive) as archive:  # the run of the 2nd ended here
        archive.add_all([missed, today])
    assert pipeline.unrecorded(settings, ["fly"]) == {"fly": missed.day}
    pipeline.record_today(settings, read(today))
    assert days(settings.home) == ["2026-07-01", "2026-07-02", "2026-07-05"]
    assert pipeline.unrecorded(settings, ["fly"]) == {}


def test_a_capture_in_quarantine_has_never_been_and_is_there_again_when_released(tmp_path: Path) -> None:
    pages = [(TRIAL, trial(10), "2026-07-01"), (TRIAL, trial(11), "2026-07-02"), (TRIAL, trial(11, 300), "2026-07-03")]
    home, never = tmp_path / "home", tmp_path / "never"
    backfill(home, folder(tmp_path / "1", *pages))
    backfill(never, folder(tmp_path / "2", *pages[:2]))
    before, sha256 = shown(home), capture(*pages[2][:2]).sha256
    words = ["--reason", "a page of staging", "--author", "Kim", "--home", str(home)]
    assert run(["archive", "quarantine", sha256[:12], *words]) == 0
    assert shown(home) == shown(never) and machines(home) == machines(never)
    # The same bytes again: known, and still kept out.
    backfill(home, folder(tmp_path / "3", (TRIAL, pages[2][1], "2026-07-04")))
    assert shown(home) == shown(never)
    assert run(["archive", "release", sha256, *words]) == 0
    assert shown(home) == before and machines(home) == [(11, "2026-07-04")]


def test_quarantine_says_what_is_wrong_with_the_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    words = ["--reason", "why", "--author", "Kim", "--home", str(home)]
    assert run(["archive", "quarantine", "0" * 64, *words]) == 3
    backfill(home, folder(tmp_path / "1", (TRIAL, trial(10), "2026-07-01")))
    sha256 = capture(TRIAL, trial(10)).sha256
    capsys.readouterr()
    for call, code in (
        (["quarantine", "0" * 64, *words], 2),
        (["quarantine", sha256[:4], *words], 2),
        (["release", sha256, *words], 2),
        (["quarantine", sha256, "--home", str(home)], 2),
        (["quarantine", sha256, "--reason", " ", "--author", "Kim", "--home", str(home)], 2),
    ):
        assert run(["archive", *call]) == code
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert run(["archive", "quarantine", sha256, *words]) == 0 and shown(home) == []
    assert run(["archive", "list", "--json", "--home", str(home)]) == 0
    told = json.loads(capsys.readouterr().out.split("\n", 3)[-1].strip().split("corrected\n")[-1])
    assert [(row["sha256"], row["author"], row["reason"]) for row in told] == [(sha256, "Kim", "why")]


def test_a_quarantine_that_ended_before_it_recorded_is_recorded_by_the_next_run(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    backfill(settings.home, folder(tmp_path / "1", (TRIAL, trial(10), "2026-07-01"), (TRIAL, trial(11), "2026-07-02")))
    with Archive(settings.archive) as archive:
        archive.quarantine(capture(TRIAL, trial(11)).sha256, reason="why", author="Kim")
    again = capture(TRIAL, trial(10), "2026-07-05")
    with Archive(settings.archive) as archive:
        archive.add(again)
    pipeline.record_today(settings, read(again))
    assert machines(settings.home) == [(10, "2026-07-05")]
    assert days(settings.home) == ["2026-07-01", "2026-07-05"]


def test_a_page_fetched_again_that_is_in_quarantine_is_an_issue(tmp_path: Path) -> None:
    settings, page = Settings(tmp_path / "home"), capture(TRIAL, trial(10))
    with Archive(settings.archive) as archive:
        archive.add(page)
        archive.quarantine(page.sha256, reason="why", author="Kim")
        assert archive.latest(TRIAL) is None and archive.last_validators(TRIAL) == (None, None)
        assert list(archive.captures()) == [] and archive.at(TRIAL, page.captured_at) == ()
    result = FetchResult(FetchRequest(TRIAL, "fly", ()), page)
    found = pipeline.fetched_readings(settings, [result], datetime.now(UTC))
    assert [i.kind for r in found for i in r.issues] == ["quarantined"] and not any(r.facts for r in found)


def test_a_damaged_line_of_the_quarantine_lets_nothing_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    path = folder(tmp_path / "1", (TRIAL, trial(10), "2026-07-01"))
    backfill(home, path)
    (Settings(home).archive / "quarantine.jsonl").write_text("{}\n")
    assert backfill(home, path) == 3 and "line 1" in capsys.readouterr().err
