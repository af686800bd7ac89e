"""Publishers beside vendors: their files read, and what is wrong with one costs that one only."""

import copy
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.model import ISSUE_KINDS, Capture, Measurement, Reading
from sandsnap.read import publishers
from sandsnap.read.measured import median, nearest_rank, trimmed
from sandsnap.read.reading import read
from schemas import SERIES, TABLES
from schemas.models import validate

PAGES = Path(publishers.__file__).parents[1] / "publishers" / "computesdk" / "pages"
MEASURED = Path(__file__).resolve().parents[2] / "shared" / "measurements"
SEQUENTIAL = "https://raw.githubusercontent.com/computesdk/benchmarks/main/results/sequential_tti/2026-05-05.json"
PRICING = "https://raw.githubusercontent.com/computesdk/benchmarks/main/pricing.json"
File = dict[str, Any]


def capture(
    body: bytes, url: str = SEQUENTIAL, at: datetime = datetime(2026, 5, 5, tzinfo=UTC), **more: Any
) -> Capture:
    return Capture(url, at, body, hashlib.sha256(body).hexdigest(), **more)


def golden(name: str) -> File:
    return json.loads((PAGES / name).read_text("utf-8"))


def read_file(content: File | str, url: str = SEQUENTIAL) -> Reading:
    text = content if isinstance(content, str) else json.dumps(content)
    [reading] = read(capture(text.encode(), url))
    assert {i.kind for i in reading.issues} <= ISSUE_KINDS.keys()
    assert reading.vendor == "computesdk" and reading.facts == () and reading.published is not None
    return reading


def rows(reading: Reading) -> dict[tuple[str, str], Measurement]:
    assert reading.published is not None
    return {(m.vendor, m.statistic): m for m in reading.published.measurements}


# -- statistics -----------------------------------------------------------------------------------------------------

numbers = st.lists(st.decimals(1, 120_000, places=2), min_size=1, max_size=150)


@given(numbers)
def test_trimming_takes_whole_values_from_both_ends_alike(values: list[Decimal]) -> None:
    kept = trimmed(values, Decimal("0.05"))
    assert kept and len(values) - len(kept) == 2 * (len(values) * 5 // 100)
    assert kept == sorted(kept) and min(values) <= kept[0] and kept[-1] <= max(values)


@given(numbers, st.integers(1, 100))
def test_a_percentile_is_the_least_value_that_covers_its_share(values: list[Decimal], percent: int) -> None:
    found = nearest_rank(values, percent)
    covered = sum(v <= found for v in values)
    assert found in values and covered * 100 >= percent * len(values)
    assert all(sum(v <= other for v in values) * 100 < percent * len(values) for other in values if other < found)


@given(numbers)
def test_the_median_lies_in_the_middle(values: list[Decimal]) -> None:
    found = median(values)
    assert sum(v < found for v in values) * 2 <= len(values) >= sum(v > found for v in values) * 2


# -- a day's runs ---------------------------------------------------------------------------------------------------


def test_the_golden_day() -> None:
    reading = read_file(golden("sequential_tti@2026-05-05.json"))
    found = rows(reading)
    assert reading.outcome == "good" and reading.issues == ()
    assert {k: (m.value, m.unit, m.runs) for k, m in found.items() if k[0] == "e2b"} == {
        ("e2b", "p50"): (505, "ms", 20), ("e2b", "p95"): (590, "ms", 20), ("e2b", "p99"): (590, "ms", 20),
        ("e2b", "success"): (1, "share", 20),
    }  # fmt: skip
    assert found["modal", "p50"].value == Decimal("1750.375")
    assert found["daytona", "success"].value == Decimal("0.95") and found["daytona", "p50"].value == 90
    # What failed is no fast start: there is a share of 0, and no time.
    assert {s for v, s in found if v == "blaxel"} == {"success"} and found["blaxel", "success"].value == 0
    assert reading.published and reading.published.unknown == ("elsewhere",)
    one = found["e2b", "p50"]
    assert (one.product, one.benchmark, one.mode) == ("sandbox", "tti", "sequential")
    assert one.measured_at == datetime(2026, 5, 5, 1, 17, 50, 95000, tzinfo=UTC)
    assert one.source_url == "https://github.com/computesdk/benchmarks/blob/main/results/sequential_tti/2026-05-05.json"


def test_rows_keep_the_contract() -> None:
    import polars as pl

    table = SERIES["measurements"]
    found = rows(read_file(golden("sequential_tti@2026-05-05.json"))).values()
    frame = pl.DataFrame(
        [
            (m.vendor, m.product, m.benchmark, m.mode, m.statistic, m.measured_at.date(), "computesdk", m.value, m.unit,
             m.runs, m.source_url, m.capture)
            for m in found
        ],
        schema=table.schema, orient="row",
    )  # fmt: skip
    validate(table, frame)


def only(name: str) -> Callable[[File], Any]:
    return lambda f: next(r for r in f["results"] if r["provider"] == name)


def without(name: str) -> Callable[[File], None]:
    return lambda f: f.update(results=[r for r in f["results"] if r["provider"] != name])


def first_run(value: Any) -> Callable[[File], None]:
    return lambda f: only("e2b")(f)["iterations"][0].update(ttiMs=value)


def in_seconds(f: File) -> None:
    for r in f["results"]:
        for run in r["iterations"]:
            run["ttiMs"] /= 1000


def one_in_seconds(f: File) -> None:
    for run in only("e2b")(f)["iterations"]:
        run["ttiMs"] /= 1000


OF_ONE = {  # what is wrong with one provider: it has no row, the others have theirs
    "missing": ("unmeasured", without("e2b")),
    "NaN": ("unreadable", first_run(float("nan"))),
    "infinity": ("unreadable", first_run(float("inf"))),
    "null": ("unreadable", first_run(None)),
    "text": ("unreadable", first_run("410")),
    "nothing": ("unreadable", first_run(0)),
    "negative": ("unreadable", first_run(-3)),
    "no unit": ("unreadable", lambda f: only("e2b")(f)["iterations"].__setitem__(0, {"ttiSeconds": 0.4})),
    "over the timeout": ("unit", first_run(410_000)),
    "seconds": ("unit", one_in_seconds),
    "no runs": ("unmeasured", lambda f: only("e2b")(f).update(iterations=[], skipped=True)),
    "runs are no list": ("unreadable", lambda f: only("e2b")(f).update(iterations={"0": 410})),
    "another mode": ("unreadable", lambda f: only("e2b")(f).update(mode="concurrent")),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_what_is_wrong_with_one_provider_costs_that_one_only(name: str) -> None:
    kind, change = OF_ONE[name]
    good, file = golden("sequential_tti@2026-05-05.json"), golden("sequential_tti@2026-05-05.json")
    change(file)
    reading = read_file(file)
    assert reading.outcome == "good" and [i.kind for i in reading.issues] == [kind]
    assert "e2b" in reading.issues[0].message
    left = {k: (m.value, m.runs) for k, m in rows(reading).items()}
    assert left == {k: (m.value, m.runs) for k, m in rows(read_file(good)).items() if k[0] != "e2b"}


OF_ALL = {  # what is wrong with the file: nothing of it is taken
    "another version": ("version", lambda f: f.update(version="2.0")),
    "no version": ("version", lambda f: f.pop("version")),
    "the next day": ("future", lambda f: f.update(timestamp="2026-05-06T01:17:50Z")),
    "years to come": ("future", lambda f: f.update(timestamp="2036-05-05T01:17:50Z")),
    "another day than its name": ("future", lambda f: f.update(timestamp="2026-05-01T01:17:50Z")),
    "no day": ("unreadable", lambda f: f.update(timestamp="yesterday")),
    "a laptop": ("conditions", lambda f: f["environment"].update(platform="darwin")),
    "no platform": ("conditions", lambda f: f.pop("environment")),
    "seconds": ("unit", in_seconds),
    "no results": ("unreadable", lambda f: f.pop("results")),
    "twice": ("conflict", lambda f: f["results"].append(copy.deepcopy(f["results"][0]))),
}


@pytest.mark.parametrize("name", OF_ALL)
def test_a_file_that_cannot_be_trusted_gives_nothing(name: str) -> None:
    kind, change = OF_ALL[name]
    file = golden("sequential_tti@2026-05-05.json")
    change(file)
    reading = read_file(file)
    assert reading.outcome == "failed" and [i.kind for i in reading.issues] == [kind] and not rows(reading)
    assert "sequential_tti/2026-05-05.json" in reading.issues[0].message


@pytest.mark.parametrize("body", ["", "not json", "[]", "{", '{"version": "1.1", "version": "1.1"}', "null", "\udcff"])
def test_what_is_no_file_of_theirs_is_an_issue(body: str) -> None:
    [reading] = read(capture(body.encode("utf-8", "surrogateescape")))
    assert reading.outcome == "failed" and len(reading.issues) == 1 and not rows(reading)


def test_a_summary_that_its_runs_do_not_bear_out_is_an_issue_and_the_runs_count() -> None:
    file = golden("sequential_tti@2026-05-05.json")
    only("e2b")(file)["summary"]["ttiMs"]["median"] = 150
    only("daytona")(file)["successRate"] = 1
    reading = read_file(file)
    assert [(i.kind, i.message.split(":")[0]) for i in reading.issues] == [("summary", "e2b"), ("summary", "daytona")]
    assert rows(reading)["e2b", "p50"].value == 505 and rows(reading)["daytona", "success"].value == Decimal("0.95")


def test_a_day_without_a_file_is_a_gap_and_nothing_to_look_at() -> None:
    [reading] = read(capture(b"404: Not Found", status=404))
    assert reading.outcome == "bad_page" and reading.issues == () and not rows(reading)
    [latest] = read(capture(b"404: Not Found", SEQUENTIAL.replace("2026-05-05", "latest"), status=404))
    assert [i.kind for i in latest.issues] == ["http_status"]
    [link] = read(capture(b"2026-05-05.json", SEQUENTIAL.replace("2026-05-05", "latest")))
    assert link.issues == () and not rows(link)


# -- prices, plans and limits ---------------------------------------------------------------------------------------


def test_the_golden_table() -> None:
    reading = read_file(golden("pricing@2026-03-19.json"), PRICING)
    assert reading.issues == () and reading.published is not None and reading.published.unknown == ("elsewhere",)
    said = {
        (f.vendor, f.table, *list(f.key.values())[1:]): (dict(f.values), f.quote) for f in reading.published.statements
    }
    assert said["e2b", "prices", "any", "vcpu", "-", "-", "list"] == (
        {"usd": Decimal("0.000014"), "unit": "vcpu_second"}, "e2b pricing.cpu.rate: 1.4e-05 per vCPU-sec",
    )  # fmt: skip
    assert said["modal", "prices", "any", "core", "-", "-", "list"][0]["unit"] == "core_second"
    assert said["e2b", "allowances", "hobby", "credit", "once"][0] == {
        "amount": 100,
        "unit": "usd",
        "card_required": False,
    }
    assert said["vercel", "limits", "hobby", "session_max"][0] == {"amount": Decimal("0.75"), "unit": "hour"}
    assert said["daytona", "isolation", "default"][0] == {"technology": "container", "boundary": "container"}
    # Nothing is charged: that is no price. Not stated: that is no statement.
    assert ("modal", "prices", "any", "egress", "-", "-", "list") not in said
    assert ("e2b", "plans", "enterprise") not in said
    assert {f.basis for f in reading.published.statements} == {"second_hand"}
    assert all(
        f.table in TABLES and f.values.keys() <= set(TABLES[f.table].values) for f in reading.published.statements
    )


def entry(name: str, file: File) -> File:
    return next(p for p in file["providers"] if p["id"] == name)


BAD_PRICES = {
    "a unit we do not know": ("unreadable", lambda f: entry("e2b", f)["pricing"]["cpu"].update(unit="vCPU-fortnight")),
    "NaN": ("unreadable", lambda f: entry("e2b", f)["pricing"]["cpu"].update(rate=float("nan"))),
    "a text": ("unreadable", lambda f: entry("e2b", f)["pricing"]["cpu"].update(rate="0.05")),
    "an isolation we do not know": ("unreadable", lambda f: entry("e2b", f).update(isolation="magic")),
    "a plan that is no name": ("invalid", lambda f: entry("vercel", f)["plans"][0].update(name="Hobby!")),
    "a provider that is not there": ("unmeasured", lambda f: f.update(providers=f["providers"][1:])),
    "a field we do not know": ("unknown_key", lambda f: entry("e2b", f)["plans"][0].update(max_gpus=3)),
}


@pytest.mark.parametrize("name", BAD_PRICES)
def test_what_cannot_be_said_in_our_words_is_an_issue_and_not_said(name: str) -> None:
    kind, change = BAD_PRICES[name]
    file = golden("pricing@2026-03-19.json")
    change(file)
    reading = read_file(file, PRICING)
    assert reading.outcome == "good" and {i.kind for i in reading.issues} == {kind}
    whole = read_file(golden("pricing@2026-03-19.json"), PRICING).published
    assert reading.published is not None and whole is not None
    assert {(f.id, str(f.values)) for f in reading.published.statements} <= {
        (f.id, str(f.values)) for f in whole.statements
    }


def test_a_table_of_another_version_gives_nothing() -> None:
    file = golden("pricing@2026-03-19.json")
    file["meta"]["version"] = "3"
    reading = read_file(file, PRICING)
    assert reading.outcome == "failed" and [i.kind for i in reading.issues] == ["version"]


# -- declarations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "day"),
    [
        (SEQUENTIAL, date(2026, 5, 5)),
        (SEQUENTIAL.replace("2026-05-05", "2026-03-14T02-44-06-323Z"), date(2026, 3, 14)),
        ("https://github.com/computesdk/benchmarks/blob/0123456789abcdef0123456789abcdef01234567/pricing.json", None),
        ("https://github.com/computesdk/benchmarks/blob/main/results/burst_tti/latest.json", None),
    ],
)
def test_every_address_of_a_file_is_its_source(url: str, day: date | None) -> None:
    at = publishers.address_of(url)
    assert at is not None and at.day == day and at.url.startswith("https://github.com/computesdk/benchmarks/blob/main/")


@pytest.mark.parametrize(
    "url", ["https://github.com/computesdk/benchmarks", "https://github.com/e2b-dev/E2B", SEQUENTIAL + "?x=1", "x"]
)
def test_another_address_is_none(url: str) -> None:
    assert publishers.address_of(url) is None


def test_the_files_of_the_last_days_are_asked_for_once() -> None:
    every = publishers.live_urls("computesdk", date(2026, 5, 5))
    assert SEQUENTIAL in every and PRICING in every and len(every) == len(set(every))
    have = {publishers.canonical(SEQUENTIAL)}
    assert [u for u in every if u not in publishers.live_urls("computesdk", date(2026, 5, 5), have)] == [SEQUENTIAL]


def test_every_publisher_says_who_it_is() -> None:
    for name in publishers.publishers():
        own = publishers.publisher(name)
        assert own.title and own.licence and own.repository.startswith("https://") and own.sources
        assert all(own.measures(s.of["benchmark"]) for s in own.sources if "benchmark" in s.of)


# -- the real files -------------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.skipif(not MEASURED.is_dir(), reason="../shared/measurements is absent")
def test_every_real_summary_is_what_its_runs_come_to() -> None:
    seen = 0
    for file in sorted(MEASURED.glob("*.json")):
        named = publishers.copy_of(file.name)
        assert named is not None, file.name
        url, day = named
        [reading] = read(capture(file.read_bytes(), url, datetime(day.year, day.month, day.day, tzinfo=UTC)))
        assert reading.outcome == "good" and reading.issues == (), file.name
        seen += len({v for v, _ in rows(reading)})
    assert seen == 24 * 5


# -- a publisher of one's own ---------------------------------------------------------------------------------------

DECLARED = r"""
title = "Someone's bench"
repository = "https://github.com/someone/bench"
licence = "MIT"
hosts = ["raw.githubusercontent.com"]
catch_up_days = 1

[providers]
theirs = "e2b/sandbox"

[benchmark.boot]
measures = "from the call to the answer"
slip = 100

[[source]]
name = "boot"
reader = "boots"
url = "https://github.com/someone/bench/blob/main/boot/latest.json"
copy = 'boot@(?P<day>\d{4}-\d{2}-\d{2})\.json'
live = "https://raw.githubusercontent.com/someone/bench/main/boot/latest.json"
of = { benchmark = "boot", mode = "sequential" }
"""
READERS = """
from datetime import UTC, datetime
from sandsnap.model import Measurement
from sandsnap.read.publishers import Found

def boots(page):
    at = datetime.combine(page.capture.day, datetime.min.time(), UTC)
    ours = page.publisher.providers["theirs"]
    return Found([Measurement(*ours, "boot", "sequential", "p50", page.content["ms"], "ms", 3, at, page.url, page.capture.sha256)])
"""


@pytest.mark.slow
def test_a_publisher_that_lies_in_a_folder_of_its_own_is_read_and_a_mistake_in_it_is_one_line(tmp_path: Path) -> None:
    folder, copies = tmp_path / "publishers" / "someone", tmp_path / "copies"
    folder.mkdir(parents=True)
    copies.mkdir()
    (folder / "publisher.toml").write_text(DECLARED)
    (folder / "readers.py").write_text(READERS)
    (copies / "boot@2026-05-05.json").write_text('{"ms": 321}')
    root = Path(__file__).resolve().parents[1]
    env = os.environ | {
        "SANDSNAP_PUBLISHERS": str(tmp_path / "publishers"), "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
    }  # fmt: skip

    def sandsnap(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sandsnap", *words, "--home", "home"],
            env=env, cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip

    done = sandsnap("backfill", "--captures", "copies")
    assert done.returncode in (0, 1), done.stderr
    asked = sandsnap("sql", "SELECT publisher, vendor, value FROM measurements", "--json")
    assert json.loads(asked.stdout) == [{"publisher": "someone", "vendor": "e2b", "value": "321"}], asked.stderr
    (folder / "publisher.toml").write_text(DECLARED.replace("slip = 100", ""))
    wrong = sandsnap("backfill", "--captures", "copies")
    assert (wrong.returncode, wrong.stderr) == (2, "sandsnap: someone/publisher.toml: it does not say slip\n")
