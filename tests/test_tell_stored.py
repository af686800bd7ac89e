"""Events in the warehouse: stored for the vendors a run touched, asked for by day, printed by the command."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sandsnap.cli.app import OK, USAGE, run
from sandsnap.model import Fact, Reading
from sandsnap.record.queries import connect_readonly, events
from sandsnap.record.recorder import Run, record_days
from sandsnap.settings import Settings
from sandsnap.tell import Change, Event
from sandsnap.tell import events as tell

URL = "https://fly.io/docs/about/pricing/"
D1, D2, D3 = date(2026, 7, 1), date(2026, 7, 20), date(2026, 8, 1)


def price(meter: str, usd: str, day: date) -> Fact:
    key = {"product": "machines", "plan": "any", "meter": meter, "sku": "-", "region": "-", "offer": "list"}
    values = {"usd": Decimal(usd), "unit": "gib_hour", "billed_on": None}
    return Fact("prices", "fly", key, values, "read", URL, f"{meter} ${usd}", None, None)


def told(rows: Sequence[Mapping[str, object]], _: object) -> Sequence[Event]:
    return tell(Change.of(row) for row in rows)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two prices first read on D1, one doubled by D3: making the views takes a second, so it is made once."""
    folder = tmp_path_factory.mktemp("told")
    days = []
    for day, usd in ((D1, "0.01"), (D2, "0.01"), (D3, "0.02")):
        facts = (price("memory", usd, day), price("volume", "0.15", day))
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        days.append((day, [Reading("fly", URL, f"{URL}#x", "v1", "good", facts, captured_at=at, capture="0" * 64)]))
    time = datetime(2026, 10, 1, tzinfo=UTC)
    record_days(Settings(folder).warehouse, days, run=Run("r1", "backfill", time, time), tell=told)
    return folder


def test_events_have_the_steps_of_the_days_asked_for(home: Path) -> None:
    con = connect_readonly(Settings(home).warehouse)
    try:
        (doubled,) = events(con, D1, D3).records()
        assert doubled["title"] == "Fly doubled the price of memory: $0.01 → $0.02 per GiB-hour"
        assert (doubled["day"], doubled["not_before"], len(doubled["changes"])) == (D3, D2, 1)
        assert doubled["backfilled"], "recorded two months later"
        steps = con.execute("SELECT event FROM changes(DATE '2026-07-01', DATE '2026-08-01')").fetchall()
        assert steps == [(doubled["event"],)]
        (seen,) = events(con, date(2026, 1, 1), D2).records()
        assert (seen["kind"], len(seen["changes"])) == ("coverage", 4)
        assert not events(con, date(2026, 1, 1), D3, "e2b").rows
        assert con.execute(
            "SELECT count(*) FROM steps(DATE '0001-01-01', DATE '9999-12-31') WHERE event IS NULL"
        ).fetchall() == [(0,)]
    finally:
        con.close()


def test_the_command(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    span = ["events", "2026-01-01", "2026-12-31", "--home", str(home)]
    assert run(span) == OK
    assert capsys.readouterr().out == (
        "2026-08-01   80  Fly doubled the price of memory: $0.01 → $0.02 per GiB-hour (after 2026-07-20)\n"
    )
    assert run([*span, "--min-significance", "0", "--json"]) == OK
    assert [e["kind"] for e in json.loads(capsys.readouterr().out)] == ["coverage", "price"]
    assert run([*span, "--min-significance", "95", "--vendor", "fly"]) == OK
    assert capsys.readouterr().out == "no event worth 95 or more after 2026-01-01, up to 2026-12-31\n"
    assert run([*span, "--min-significance", "many"]) == USAGE
    assert "'many' is no number from 0 to 100" in capsys.readouterr().err


@pytest.mark.slow
def test_what_was_told_live_stays_so_when_an_archive_is_filled_in(tmp_path: Path) -> None:
    def day(on: date, usd: str) -> tuple[date, list[Reading]]:
        at = datetime(on.year, on.month, on.day, tzinfo=UTC)
        facts = (price("memory", usd, on),)
        return on, [Reading("fly", URL, f"{URL}#x", "v1", "good", facts, captured_at=at, capture=usd[-1] * 64)]

    def record(name: str, now: datetime, days: list[tuple[date, list[Reading]]], **more: object) -> dict[str, object]:
        record_days(Settings(tmp_path).warehouse, days, run=Run(name, name, now, now), tell=told, **more)  # type: ignore[arg-type]
        with connect_readonly(Settings(tmp_path).warehouse) as con:
            return next(r for r in events(con, D1, D3).records() if r["kind"] == "price")

    record_days(
        Settings(tmp_path).warehouse,
        [day(D1, "0.01")],
        run=Run("r0", "snapshot", *[datetime(2026, 7, 1, 9, tzinfo=UTC)] * 2),
        tell=told,
    )
    live = record("r1", datetime(2026, 8, 1, 9, tzinfo=UTC), [day(D3, "0.02")])
    filled = record(
        "r2", datetime(2026, 10, 1, tzinfo=UTC), [day(D2, "0.02"), day(D3, "0.02")], replace_from={"fly": D2}
    )
    assert (live["day"], filled["day"]) == (D3, D2)
    assert live["event"] == filled["event"] and not live["backfilled"] and not filled["backfilled"]
