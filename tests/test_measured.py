"""Measurements in the warehouse: a series beside the facts, told when it moves and stays, shown beside the claim."""

import hashlib
import json
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_history_git import Docs

from sandsnap import past, pipeline
from sandsnap.cli.app import run
from sandsnap.model import Fact, Reading
from sandsnap.publish.export.build import export
from sandsnap.publish.site import measured as site_measured
from sandsnap.publish.site.build import build
from sandsnap.record import queries
from sandsnap.settings import Settings
from sandsnap.tell.measured import measured, thresholds

RUNS = 20
START = date(2026, 3, 1)


def day_file(day: date, ms: float | None = 400, *, at: str = "T01:00:00Z", failed: int = 0, **more: Any) -> bytes:
    """A day's file in which every vendor took so long (None: all failed)."""
    ok = [] if ms is None else [{"ttiMs": ms}] * (RUNS - failed)
    runs = [*ok, *[{"ttiMs": 0, "error": "no"}] * (RUNS - len(ok))]
    summary = {"ttiMs": dict.fromkeys(("median", "p95", "p99"), ms or 0)}
    providers = ["e2b", "modal", "daytona", "vercel", "blaxel", "elsewhere"]
    results = [
        {"provider": p, "iterations": runs, "summary": summary, "successRate": len(ok) / RUNS} for p in providers
    ]
    file = {
        "version": "1.1", "timestamp": f"{day}{at}", "environment": {"platform": "linux"},
        "config": {"timeoutMs": 120000}, "results": results, **more,
    }  # fmt: skip
    return json.dumps(file).encode()


def folder(path: Path, files: dict[str, bytes]) -> Path:
    path.mkdir(exist_ok=True)
    for name, body in files.items():
        (path / name).write_bytes(body)
    return path


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with queries.connect_readonly(home / "sandsnap.duckdb") as con:
        return queries.sql(con, query).rows


def taken(home: Path, files: dict[str, bytes]) -> list[tuple[Any, ...]]:
    """Record the files; e2b's medians by day."""
    copies = folder(home / f"copies{len(list(home.glob('copies*')))}", files)
    pipeline.backfill(Settings(home), copies)
    return rows(
        home, "SELECT measured_on, value FROM measurements WHERE vendor = 'e2b' AND statistic = 'p50' ORDER BY 1"
    )


def name(day: date) -> str:
    return f"sequential_tti@{day}.json"


# -- recording ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_series_is_recorded_in_any_order_and_again_changes_nothing(tmp_path: Path) -> None:
    days = [START + timedelta(days=n) for n in (0, 1, 4)]
    files = {name(d): day_file(d, 400 + i) for i, d in enumerate(days)}
    assert taken(tmp_path, {name(days[2]): files[name(days[2])]}) == [(days[2], 402)]
    want = [(d, 400 + i) for i, d in enumerate(days)]  # two days were not measured: no row is made for them
    assert taken(tmp_path, files) == want
    stored = "SELECT count(*), count(known_to) FROM store.measurements"
    before = rows(tmp_path, stored)
    assert taken(tmp_path, files) == want and rows(tmp_path, stored) == before == [(3 * 5 * 4, 0)]
    facts = rows(
        tmp_path,
        "SELECT (SELECT count(*) FROM facts_history), count(*) FROM changes(DATE '2020-01-01', DATE '2030-01-01')",
    )
    assert facts == [(0, 0)], "a series is neither a fact nor a change"
    assert rows(tmp_path, "SELECT provider, files FROM unwatched") == [("elsewhere", 3)]


@pytest.mark.slow
def test_the_later_of_two_runs_of_a_day_stands_whole(tmp_path: Path) -> None:
    assert taken(tmp_path, {name(START): day_file(START, 400)}) == [(START, 400)]
    assert taken(tmp_path, {name(START): day_file(START, 410, at="T02:00:00Z")}) == [(START, 410)]
    both = {name(START): day_file(START, None, at="T09:00:00Z")}
    assert taken(tmp_path, both) == [], (
        "no run of the later one succeeded: what the earlier took is not shown beside its failures"
    )
    assert rows(tmp_path, "SELECT value FROM measurements WHERE vendor = 'e2b' AND statistic = 'success'") == [(0,)]


def test_a_bad_day_is_an_issue_and_the_series_goes_on(tmp_path: Path) -> None:
    days = [START + timedelta(days=n) for n in range(4)]
    files = {
        name(days[0]): day_file(days[0]), name(days[1]): day_file(days[1], version="9"),
        name(days[2]): day_file(days[2], 0.4), name(days[3]): day_file(days[3]),
    }  # fmt: skip
    assert [d for d, _ in taken(tmp_path, files)] == [days[0], days[3]]
    issues = rows(tmp_path, "SELECT kind, vendor, first_on, closed_on FROM issues ORDER BY first_on")
    assert issues == [("version", "computesdk", days[1], days[3]), ("unit", "computesdk", days[2], days[3])]


def test_a_file_in_seconds_that_no_floor_finds_is_seen_against_the_week_before(tmp_path: Path) -> None:
    """Half a minute is 30,000 ms, and 30 of whatever the next file is in."""
    days = [START + timedelta(days=n) for n in range(5)]
    took = [30_000, 28_000, 30, 31_000, 90_000]  # the last is only a bad night
    files = {name(d): day_file(d, ms) for d, ms in zip(days, took, strict=True)}
    left = [(d, ms) for d, ms in zip(days, took, strict=True) if ms != 30]
    assert taken(tmp_path, files) == left and taken(tmp_path, files) == left
    [(kind, message)] = rows(tmp_path, "SELECT kind, message FROM issues")
    assert kind == "unit" and "seconds?" in message and "e2b sandbox: 30 ms, usually 29000 ms" in message
    assert str(days[2]) in message and "modal sandbox" in message


def test_one_provider_in_another_unit_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    later = START + timedelta(days=1)
    file = json.loads(day_file(later))
    slow = file["results"][0]  # in microseconds
    slow["iterations"] = [{"ttiMs": 100_000}] * RUNS
    slow["summary"] = {"ttiMs": dict.fromkeys(("median", "p95", "p99"), 100_000)}
    files = {name(START): day_file(START), name(later): json.dumps(file).encode()}
    assert taken(tmp_path, files) == [(START, 400)]
    others = "SELECT count(DISTINCT vendor) FROM measurements WHERE measured_on = DATE '2026-03-02'"
    assert rows(tmp_path, others) == [(4,)]
    assert [k for (k,) in rows(tmp_path, "SELECT kind FROM open_issues")] == ["unit"]


def test_two_files_of_one_day_of_which_one_is_bad(tmp_path: Path) -> None:
    docs = Docs(tmp_path / "repository")
    (docs.folder / "results" / "sequential_tti").mkdir(parents=True)
    good, bad = START, START + timedelta(days=1)
    for day, body in ((good, day_file(good)), (bad, day_file(bad, version="9"))):
        (docs.folder / "results" / "sequential_tti" / f"{day}.json").write_bytes(body)
    (docs.folder / "results" / "sequential_tti" / "latest.json").symlink_to(f"{bad}.json")
    docs.git("add", "-A")
    docs.git("commit", "--quiet", "-m", "x", at=f"{bad}T03:00:00+00:00")
    taken = past.from_git(Settings(tmp_path), str(docs.folder))
    assert (taken.new, taken.known) == (2, 0)
    assert rows(tmp_path, "SELECT DISTINCT measured_on FROM measurements") == [(good,)]
    assert rows(tmp_path, "SELECT kind FROM open_issues") == [("version",)]
    assert past.from_git(Settings(tmp_path), str(docs.folder)).known == 2


def test_a_file_in_quarantine_has_never_been(tmp_path: Path) -> None:
    body = day_file(START)
    taken(tmp_path, {name(START): body, name(START + timedelta(days=1)): day_file(START + timedelta(days=1))})
    pipeline.quarantine(Settings(tmp_path), hashlib.sha256(body).hexdigest(), reason="a test", author="a")
    assert rows(tmp_path, "SELECT DISTINCT measured_on FROM measurements") == [(START + timedelta(days=1),)]
    history = (
        "SELECT DISTINCT measured_on, known_to IS NULL FROM measurements_history WHERE known_from < now() ORDER BY 1"
    )
    assert rows(tmp_path, history) == [(START, False), (START + timedelta(days=1), True)]


@pytest.mark.slow
def test_the_export_holds_the_table(tmp_path: Path) -> None:
    taken(tmp_path, {name(START): day_file(START)})
    export(tmp_path / "sandsnap.duckdb", tmp_path / "out")
    lines = (tmp_path / "out" / "csv" / "measurements.csv").read_text().splitlines()
    assert len(lines) == 1 + 5 * 4
    assert (
        lines[0] == "vendor,product,benchmark,mode,statistic,measured_on,publisher,value,unit,runs,source_url,capture"
    )


# -- what publishers say --------------------------------------------------------------------------------------------


def table(rate: float = 0.000014, **more: Any) -> bytes:
    e2b = {"id": "e2b", "pricing": {"cpu": {"rate": rate, "unit": "vCPU-sec"}}, "plans": [], **more}
    others = [{"id": n} for n in ("modal", "daytona", "vercel", "blaxel")]
    return json.dumps({"meta": {"version": "1.0"}, "providers": [e2b, *others]}).encode()


def test_what_a_publisher_says_is_no_fact_and_keeps_its_days(tmp_path: Path) -> None:
    taken(
        tmp_path,
        {
            "pricing@2026-03-16.json": table(0.00002),
            "pricing@2026-03-19.json": table(),
            "pricing@2026-03-22.json": table(),
        },
    )
    said = rows(
        tmp_path, 'SELECT vendor, "table", "column", theirs, ours, agrees, their_since, their_date FROM publishers_say'
    )
    assert said == [("e2b", "prices", "usd", "0.000014 vcpu_second", None, None, date(2026, 3, 19), date(2026, 3, 22))]
    assert rows(tmp_path, "SELECT valid_from, valid_to FROM store.statements ORDER BY 1") == [
        (date(2026, 3, 16), date(2026, 3, 19)), (date(2026, 3, 19), None),
    ]  # fmt: skip
    assert rows(tmp_path, "SELECT count(*) FROM prices") == [(0,)]
    assert rows(tmp_path, "SELECT count(*) FROM claims_history") == [(0,)]


# -- telling --------------------------------------------------------------------------------------------------------


def series(values: Iterable[float | None], statistic: str = "p50", mode: str = "sequential") -> list[dict[str, Any]]:
    """One row a day; None is a day without a measurement."""
    return [
        {"vendor": "e2b", "product": "sandbox", "publisher": "computesdk", "benchmark": "tti", "mode": mode,
         "statistic": statistic, "measured_on": START + timedelta(days=n), "value": Decimal(str(v)), "source_url": f"https://p.test/{n}"}
        for n, v in enumerate(values) if v is not None
    ]  # fmt: skip


def days_of(rows: list[dict[str, Any]]) -> list[int]:
    return [(e.day - START).days for e in measured(rows)]


def test_a_level_that_is_left_for_good_is_told_once_with_the_days_between() -> None:
    [event] = measured(series([400] * 20 + [600] * 20))
    assert event.kind == "measured" and event.vendor == "e2b"
    assert (event.day, event.not_before) == (
        START + timedelta(days=23),
        START + timedelta(days=22),
    )  # four of seven days
    assert "0.60 s where it had been 0.40 s" in event.title and "longer" in event.title
    assert event.files == ("https://p.test/22", "https://p.test/23") and event.moved[0] == (
        "time to start",
        "0.40 s",
        "0.60 s",
    )


def test_a_bad_night_a_wave_and_a_small_move_are_not_told() -> None:
    assert not measured(series([400] * 10 + [4000] * 2 + [400] * 10))
    assert not measured(series([400] * 10 + [600] * 6 + [400] * 20)), "it was beyond, and did not stay a week"
    assert not measured(series([400] * 10 + [510] * 20)), "27 % more"


def test_days_without_a_measurement_are_no_level() -> None:
    assert not measured(series([400] * 10 + [None] * 40 + [400] * 10))
    assert not measured(series([400] * 10 + [None] * 40 + [600] * 2)), "it has not stayed yet"
    [event] = measured(series([400] * 10 + [None] * 40 + [600] * 10))
    assert (event.day, event.not_before) == (START + timedelta(days=50), START + timedelta(days=9))


def test_a_file_a_week_is_enough() -> None:
    assert days_of(series(([971] + [None] * 6) + ([107] + [None] * 6) * 4)) == [7]


def test_runs_that_fail_on_three_days_are_told_once_until_they_succeed_again() -> None:
    assert days_of(series([1, 0.9, 0.9, 1, 0.9, 0.94, 1], "success")) == []
    assert days_of(series([1] + [0.9] * 9, "success")) == [3]
    assert days_of(series([1, 0.9, None, 0.9, None, 0.9], "success")) == [5]
    assert days_of(series([1] + [0.9] * 3 + [1] + [0.9] * 3, "success")) == [3], "it had not recovered"
    assert days_of(series([1] + [0.9] * 3 + [1] * 3 + [0.9] * 3, "success")) == [3, 9]
    assert days_of(series([0.95] * 9, "success")) == []


def test_one_move_in_several_modes_is_one_event() -> None:
    moved = [400] * 20 + [900] * 20
    [event] = measured(series(moved) + series([None, *moved], mode="burst"))
    assert "one at a time and all at once" in event.title


@given(st.lists(st.one_of(st.none(), st.integers(200, 900)), max_size=120))
def test_events_are_of_measured_days_and_leave_the_level_that_was_told_last(values: list[int | None]) -> None:
    rows = series(values)
    at = {r["measured_on"] for r in rows}
    told = measured(rows)
    assert [e.day for e in told] == sorted(e.day for e in told) and len({e.event for e in told}) == len(told)
    assert all(e.day in at and e.not_before in at and e.not_before < e.day for e in told if e.not_before)
    stays = timedelta(days=thresholds()["start"]["stays_days"])
    assert all(later.day - earlier.day >= stays for earlier, later in pairwise(told))


@given(st.lists(st.integers(350, 440), max_size=100))
def test_what_stays_within_the_threshold_is_never_told(values: list[int]) -> None:
    assert not measured(series(values))


def test_events_are_stored_and_told_by_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {name(d): day_file(d, 400 if n < 8 else 900) for n in range(24) if (d := START + timedelta(days=n))}
    taken(tmp_path, files)
    assert run(["events", "2026-01-01", "2026-12-31", "--home", str(tmp_path)]) == 0
    assert "0.90 s where it had been 0.40 s" in capsys.readouterr().out


# -- shown ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a vendor's claim of 150 ms and a price, a measurement of 490 ms, and another publisher's price."""
    home = tmp_path_factory.mktemp("shown")
    reads = [
        Reading(
            "e2b", url, f"{url}#claim", "1", "good",
            (Fact(of, "e2b", key, values, "read", url, quote, "a" * 64, START),), captured_at=datetime(2026, 3, 1, tzinfo=UTC),
            capture="a" * 64,
        )
        for of, url, quote, key, values in (
            ("cold_starts", "https://e2b.dev/docs", "Sandboxes start in about 150 ms.",
             {"product": "sandbox", "operation": "create", "statistic": "typical"},
             {"low_ms": Decimal(150), "high_ms": Decimal(150), "claimed_by": "vendor"}),
            ("prices", "https://e2b.dev/pricing", "$0.05 per vCPU-hour",
             {"product": "sandbox", "plan": "any", "meter": "vcpu", "sku": "-", "region": "-", "offer": "list"},
             {"usd": Decimal("0.05"), "unit": "vcpu_hour", "billed_on": None}),
            ("allowances", "https://e2b.dev/docs/billing", "$100 (one-time)",
             {"product": "sandbox", "plan": "pro", "allowance": "credit", "period": "once"},
             {"amount": Decimal(100), "unit": "usd", "card_required": None}),
        )
    ]  # fmt: skip
    pipeline.record(Settings(home), [(START, reads)], "backfill")
    later = START + timedelta(days=2)
    files = {name(later): day_file(later, 490.7, failed=4), f"burst_tti@{later}.json": day_file(later, version="9")}
    none = {"name": "pro", "credits": 0, "one_time_credit": False}
    taken(home, {**files, f"pricing@{later}.json": table(plans=[none])})
    return home


@pytest.mark.slow
def test_compare_has_the_measured_start_beside_the_claimed_one(shown: Path) -> None:
    query = "SELECT cold_start_ms, measured_start_ms, measured_start_ms_why FROM compare WHERE vendor = 'e2b'"
    [(claimed, took, why)] = rows(shown, query)
    assert (claimed, took) == (150, Decimal("490.7"))
    assert "computesdk" in why and "2026-03-03" in why and "20 runs" in why and "80.0 % succeeded" in why
    assert rows(shown, "SELECT measured_start_ms FROM compare_on(DATE '2026-03-01') WHERE vendor = 'e2b'") == [(None,)]
    ratio = "SELECT claimed_ms, measured_ms, ratio FROM claims_beside_measurements WHERE claimed_ms IS NOT NULL"
    assert rows(shown, ratio) == [(150, Decimal("490.7"), 3.27)]


@pytest.mark.slow
def test_the_cell_and_the_page_show_both_each_with_its_evidence(shown: Path) -> None:
    with queries.connect_readonly(shown / "sandsnap.duckdb") as con:
        build(con, shown / "site")
    front = (shown / "site" / "index.html").read_text("utf-8")
    cell = front.partition('data-cell="e2b-cold_starts"')[2].partition("</td>")[0]
    assert (
        "150 ms" in cell
        and "0.49 s</a> from create to first command, median of the 16 of 20 that succeeded, 3 Mar 2026" in cell
    )
    assert "results/sequential_tti/2026-03-03.json" in cell
    assert "Measured" not in front.partition('data-cell="fly-cold_starts"')[2].partition("</td>")[0]
    page = (shown / "site" / "vendors" / "e2b.html").read_text("utf-8")
    assert (
        "Measured starts" in page
        and "<circle" in page
        and "80 % of 20" in page
        and "call that creates a sandbox" in page
    )


def test_a_past_day_shows_what_had_been_measured_by_then(tmp_path: Path) -> None:
    files = {name(d): day_file(d, 400 + 100 * n) for n in (0, 2, 5) if (d := START + timedelta(days=n))}
    burst = START + timedelta(days=1)
    taken(tmp_path, {**files, f"burst_tti@{burst}.json": b"{}"})
    with queries.connect_readonly(tmp_path / "sandsnap.duckdb") as con:
        told = site_measured.days(con)["e2b"]
        for n in range(8):
            on = START + timedelta(days=n)
            assert [m for d, m in told if d <= on][-1] == site_measured.load(con, on)["e2b"][0]


@pytest.mark.slow
def test_the_measurement_of_a_past_day_in_a_browser(shown: Path, tmp_path: Path) -> None:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'"
    )
    chromium = shutil.which("chromium") or pytest.skip("no browser: apt-get install -y chromium")
    home = Path(shutil.copytree(shown, tmp_path / "home", ignore=shutil.ignore_patterns("site")))
    later = START + timedelta(days=9)
    taken(home, {name(later): day_file(later, 700)})
    with queries.connect_readonly(home / "sandsnap.duckdb") as con:
        build(con, home / "site")
    with playwright.sync_playwright() as p:
        page = p.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]).new_page()
        cell = page.locator('td[data-cell="e2b-cold_starts"] .measured')
        for day, said in (("2026-03-05", ["Measured 0.49 s"]), ("2026-03-02", []), ("", ["Measured 0.70 s"])):
            page.goto(f"file://{home}/site/index.html{f'#on={day}' if day else ''}")
            page.wait_for_function(
                "day => !day || document.getElementById('status').textContent.includes(day)", arg=day[:4]
            )
            assert [text.partition(" from ")[0] for text in cell.all_inner_texts()] == said
            page.goto("about:blank")


def test_the_report_sets_claims_beside_measurements(shown: Path) -> None:
    from sandsnap.publish.report.build import collect
    from sandsnap.publish.report.writers import WRITERS

    found = collect(shown / "sandsnap.duckdb")
    text = WRITERS["md"](found)
    section = text.partition("## Claims beside measurements")[2]
    assert "150 ms [“Sandboxes start in about 150 ms.”]" in section and "3.27 ×" in section
    assert "claims 150 ms" in WRITERS["html"](found)
    [first, *_] = json.loads(WRITERS["json"](found))["claims_beside_measurements"]
    assert first["ratio"] == "3.27 ×" and first["capture"]


def test_peers_lists_what_differs_and_who_quotes_the_vendor(shown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["peers", "--home", str(shown)]) == 0
    out = capsys.readouterr().out
    assert "0.000014 vcpu_second" in out and "0.05 vcpu_hour" in out and '"$0.05 per vCPU-hour"' in out
    assert "the vendor's own words: ours" in out and "since 2026-03-03" in out and "2 differ" in out
    assert "0 usd" in out and '"$100 (one-time)"' in out, "no credit of a month is none at all"
    assert run(["peers", "computesdk", "--json", "--home", str(shown)]) == 0
    row = next(r for r in json.loads(capsys.readouterr().out) if r["table"] == "prices")
    assert (
        row["agrees"] is False
        and row["right"] == "ours"
        and row["their_quote"] == "e2b pricing.cpu.rate: 1.4e-05 per vCPU-sec"
    )
    assert run(["peers", "nobody", "--home", str(shown)]) == 2
    assert "computesdk" in capsys.readouterr().err


def test_alerts_and_issues_of_a_publisher_are_told_like_any(shown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["issues", "--home", str(shown)]) in (0, 1)
    assert "version" in capsys.readouterr().out
    assert run(["status", "--home", str(shown)]) in (0, 1)
