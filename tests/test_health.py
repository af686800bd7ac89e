"""Health: how a run ends, what is one matter, what closes it; ninety days with everything that goes wrong, counted."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.cli.app import run
from sandsnap.health import ledger, matters, operator, signals
from sandsnap.health.verdict import DEGRADED, FAILED, OK, judged
from sandsnap.health.watched import standing, watched
from sandsnap.model import Fetched, Issue, Reading
from sandsnap.publish.alerts.alert import Alert
from sandsnap.publish.alerts.send import FILE, collect
from sandsnap.publish.alerts.store import Store
from sandsnap.record import queries
from sandsnap.record.recorder import Run, record_days
from sandsnap.settings import Settings, SettingsError, Thresholds
from sandsnap.tell.significance import load as rules_of


def fetched(vendor: str, pages: int, failed: int) -> Fetched:
    return Fetched(vendor, pages, pages - failed, 0, failed, 1000, 1.5)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ([], OK),
        ([("a", 10, 0), ("b", 10, 0)], OK),
        ([("a", 100, 4), ("b", 10, 0)], OK),
        ([("a", 100, 6), ("b", 10, 0)], DEGRADED),
        ([("a", 100, 0), ("b", 1, 1), ("c", 1, 0)], DEGRADED),
        ([("a", 1, 1), ("b", 1, 1), ("c", 100, 0)], FAILED),
        ([("a", 10, 9), ("b", 10, 5)], FAILED),
    ],
)
def test_the_word(given: list[tuple[str, int, int]], word: str) -> None:
    verdict = judged([fetched(*g) for g in given], Thresholds())
    assert verdict.word == word
    assert bool(verdict.reasons) == (word != OK)


HOST = "https://docs.toy.example"
PAGES = [f"{HOST}/{n}" for n in ("pricing", "limits", "gpu", "old")]
START = date(2026, 1, 1)


def reading(url: str, day: date, outcome: str = "good", issues: Sequence[tuple[str, str, bool]] = ()) -> Reading:
    """A reading of one page by its one reader; issues as (kind, message, whether the reader's)."""
    answered = outcome != "unreachable"
    return Reading(
        "toy", url, f"{url}#read", "1", outcome if answered else "failed",
        issues=tuple(Issue(k, "toy", url, m, f"{url}#read" if own else None) for k, m, own in issues),
        captured_at=datetime(day.year, day.month, day.day, 5, tzinfo=UTC), capture="ab" * 32 if answered else None,
    )  # fmt: skip


def day_of(n: int) -> list[Reading]:
    """Day n of ninety: what each page does on it."""
    day = START + timedelta(days=n)
    pricing, limits, gpu, old = PAGES
    if 20 <= n < 25:  # the host is down
        return [reading(u, day, "unreachable", [("fetch_failed", f"timeout after {n}.5 s", False)]) for u in PAGES]
    if n == 40:  # robots.txt fails
        return [reading(u, day, "unreachable", [("fetch_failed", "robots.txt answered 503", False)]) for u in PAGES]
    out = []
    held = [("held", f"prices x / vcpu: {0.05 + n / 1000} is {n}e-3 more", True)] if 10 <= n < 60 else []
    out.append(reading(pricing, day, "good", held))
    conflict = [("conflict", f"limits x / ports: says both 4 and {8 if n % 2 else '8.0'}", True)] if n >= 30 else []
    out.append(reading(limits, day, "good", conflict))
    if n % 4 == 3 and 50 <= n < 80:  # it flaps between itself and its own template
        out.append(reading(gpu, day, "bad_page", [("template", "an unrendered template", False)]))
    else:
        out.append(reading(gpu, day))
    if n >= 15:  # 404, then 410
        status = 404 if n < 45 else 410
        out.append(reading(old, day, "gone", [("http_status", f"{old} answered {status}; look", False)]))
    else:
        out.append(reading(old, day))
    return out


@pytest.mark.slow
def test_ninety_days(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    told, open_counts = 0, []
    seen: set[str] = set()
    alerts: list[Alert] = []
    taken_back: list[Alert] = []
    for n in range(9, 90, 10):  # ten days in a run: each is a day of its own to the recorder
        at = datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=n)
        days = [(START + timedelta(days=d), day_of(d)) for d in range(n - 9, n + 1)]
        record_days(settings.warehouse, days, run=Run(f"r{n}", "snapshot", at, at))
        now = standing(settings)
        told += len(matters.fresh(now, seen))
        seen = {m.id for m in now}
        open_counts.append(len(now))
        with Store(settings.home / FILE) as store:
            new, retracted = collect(settings.warehouse, store, rules_of(), ())
        alerts, taken_back = alerts + new, taken_back + retracted
    # Each thing is told once, on the day it began or ended, whatever else fails meanwhile and however its figures change.
    # The page that flaps can be read on three days of four: that is a matter, and no outage.
    told_on = Counter(a.day for a in alerts)
    assert max(told_on.values()) == 1
    assert [(a.kind, (a.day - START).days) for a in sorted(alerts, key=lambda a: a.day)] == [
        ("held", 10), ("outage", 15), ("outage", 20), ("outage_ended", 25),
    ]  # fmt: skip
    assert taken_back == []
    with queries.connect_readonly(settings.warehouse) as con:
        rows = queries.sql(con, "SELECT kind, source_url, first_on, closed_on FROM store.issues ORDER BY ALL").records()
    opened = Counter(r["first_on"] for r in rows)
    assert {(day - START).days: n for day, n in opened.items()} == {10: 1, 15: 1, 20: 4, 30: 1, 40: 4, 51: 1}
    standing_rows = [
        sum(r["first_on"] <= d and (r["closed_on"] is None or d < r["closed_on"]) for r in rows)
        for d in (START + timedelta(n) for n in range(90))
    ]
    assert max(standing_rows) == 7  # when robots.txt fails: a row for each page, one matter of their host
    assert standing_rows[-1] == 2
    by_kind: dict[str, list[dict[str, object]]] = {}
    for r in rows:
        by_kind.setdefault(r["kind"], []).append(r)
    # One row for each page of the outage (robots.txt is another cause), one for all else that went on or came back.
    assert {k: len(v) for k, v in by_kind.items()} == {
        "fetch_failed": 8, "held": 1, "conflict": 1, "template": 1, "http_status": 1,
    }  # fmt: skip
    (held,) = by_kind["held"]
    assert (held["first_on"], held["closed_on"]) == (
        START + timedelta(10),
        START + timedelta(60),
    )  # survived the outage
    (gone,) = by_kind["http_status"]
    assert (gone["first_on"], gone["closed_on"]) == (START + timedelta(15), None)
    assert told <= 5
    assert max(open_counts) <= 4
    assert open_counts[-1] == 2


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
)
def test_identity_does_not_depend_on_figures(a: object, b: object) -> None:
    def ident(x: object) -> str:
        row = {"kind": "held", "vendor": "toy", "source_url": PAGES[0], "reader": "r", "message": f"costs {x} usd"}
        (m,) = matters.matters([row | {"first_on": START}], {}, START)
        return m.id

    if not (str(a).startswith("-") or str(b).startswith("-")):
        assert ident(a) == ident(b)


def test_an_outage_of_a_host_is_one_matter() -> None:
    rows = [
        {
            "kind": "fetch_failed",
            "vendor": "toy",
            "source_url": u,
            "reader": None,
            "message": f"{u}: down",
            "first_on": START,
        }
        for u in PAGES
    ]
    (one,) = matters.matters(rows, {}, START)
    assert (one.level, one.cause, one.issues) == ("host", "docs.toy.example", 4)
    (page,) = matters.matters(rows[:1], {}, START)
    assert page.level == "page"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    settings = Settings(tmp_path / "home")
    at = datetime.now(UTC) - timedelta(hours=1)
    record_days(settings.warehouse, [(START + timedelta(16), day_of(16))], run=Run("r", "snapshot", at, at))
    return settings


def test_a_matter_is_acknowledged_until_a_day(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--home", str(home.home)]
    assert run(["issues", *where, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    until = str(datetime.now(UTC).date() + timedelta(days=9))
    for m in found:
        assert run(["issues", m["id"], *where]) == 2  # by whom, why, until when?
        assert run(["issues", m["id"], "--until", until, "--author", "Ada", "--reason", "known", *where]) == 0
    capsys.readouterr()
    assert run(["issues", *where]) == 0
    assert run(["status", *where]) == 0
    assert "acknowledged" in capsys.readouterr().out
    assert run(["issues", "zzzz", *where]) == 2
    far = matters.matters([], {}, START)
    assert far == []


def test_a_run_is_noted_however_it_ends(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with watched(home, "snapshot") as good:
        good.fetched = [fetched("toy", 4, 0)]
    assert good.code == 0
    assert run(["status", "--max-age", "1", "--home", str(home.home)]) == 0
    with watched(home, "snapshot") as bad:
        bad.fetched = [fetched("toy", 4, 4)]
    assert bad.code == 5
    assert run(["status", "--home", str(home.home)]) == 5
    assert capsys.readouterr().out.splitlines()[1].startswith("FAILED: snapshot of")
    with pytest.raises(ValueError), watched(home, "snapshot"):
        raise ValueError("no room")
    ended = ledger.read(home)
    assert ended is not None
    assert ended.verdict.word == FAILED
    assert "no room" in ended.verdict.reasons[0]
    late = datetime.now(UTC) + timedelta(hours=30)
    assert "for 30 hours" in ledger.worst(ended, home, late).reasons[0]
    home.last_run.write_text("{")
    assert ledger.read(home) is None
    assert run(["status", "--max-age", "1", "--home", str(home.home)]) == 5


def test_signals(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    wired = replace(
        home, heartbeat_variable="BEAT", heartbeat_file=home.home / "beat", metrics_file=home.home / "sandsnap.prom"
    )
    monkeypatch.delenv("BEAT", raising=False)
    with pytest.raises(SettingsError, match=r"\$BEAT"), watched(wired, "snapshot"):
        raise AssertionError("broken settings fail before the run")
    monkeypatch.setenv("BEAT", "http://127.0.0.1:1/SECRET")
    with watched(wired, "snapshot") as done:
        done.fetched = [fetched("toy", 4, 1)]
    assert done.code == 4
    assert (home.home / "beat").read_text().startswith("degraded ")
    text = (home.home / "sandsnap.prom").read_text()
    assert text.endswith("# EOF\n")
    assert "\nsandsnap_health 1\n" in f"\n{text}"
    assert 'sandsnap_run_failed{vendor="toy"} 1' in text
    assert any("$BEAT" in said for said in done.unsent)
    assert "SECRET" not in " ".join(done.unsent)
    assert signals.metrics(None, 0).startswith("# TYPE sandsnap_health")


@pytest.mark.slow
def test_the_operator_is_told_once(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    alerts = home.home / "alerts.toml"
    alerts.write_text(
        'operator = ["log"]\n[channels.log]\ntype = "file"\npath = "told.md"\n[[subscriptions]]\nchannel = "log"\n'
    )
    monkeypatch.setenv("SANDSNAP_ALERTS", str(alerts))
    for failed in (4, 4, 0, 0, 4):
        with watched(home, "snapshot") as one:
            one.fetched = [fetched("toy", 4, failed)]
    said = [line for line in (home.home / "told.md").read_text().splitlines() if line.startswith("# ")]
    assert [line.split(": ")[1] for line in said] == ["failed", "runs again", "failed"]
    alerts.write_text(
        'operator = ["mail"]\n[channels.log]\ntype = "file"\npath = "x"\n[[subscriptions]]\nchannel = "log"\n'
    )
    from sandsnap.publish.alerts.config import ConfigError

    with pytest.raises(ConfigError, match="operator"), watched(home, "snapshot"):
        raise AssertionError("broken alert settings fail before the run")
    full = Settings(home.home, health=Thresholds(least_disk_mb=1e12))
    assert operator.with_disk(judged([], Thresholds()), full).word == DEGRADED


def test_runs_hold_what_was_fetched(tmp_path: Path) -> None:
    settings, at = Settings(tmp_path), datetime(2026, 1, 1, 6, tzinfo=UTC)
    run_ = Run("r", "snapshot", at, at, fetched=(fetched("a", 5, 1), fetched("b", 2, 0)), fetched_at=at, read_at=at)
    record_days(settings.warehouse, [(START, day_of(0))], run=run_)
    with queries.connect_readonly(settings.warehouse) as con:
        (row,) = queries.sql(con, "SELECT * FROM runs").records()
    assert (row["pages"], row["answered"], row["failed"], row["bytes"], row["seconds"]) == (7, 6, 1, 2000, 3.0)
    assert [v["vendor"] for v in row["by_vendor"]] == ["a", "b"]


def test_figures_over_http(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    from sandsnap.cli.serving import _expose

    with watched(home, "snapshot") as good:
        good.fetched = [fetched("toy", 4, 0)]
    _expose(home, 0)
    address = capsys.readouterr().out.split()[-1]
    with urlopen(address, timeout=5) as answer:
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        assert answer.read().endswith(b"# EOF\n")
    with urlopen(address.replace("metrics", "health"), timeout=5) as answer:
        assert answer.read() == b"ok\n"
    with watched(home, "snapshot") as bad:
        bad.fetched = [fetched("toy", 4, 4)]
    with pytest.raises(HTTPError, match="503"):
        urlopen(address.replace("metrics", "health"), timeout=5)
