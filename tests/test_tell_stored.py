"""Events in the warehouse: stored for the vendors a run touched, asked for by day, printed by the command."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sandsnap.cli.app import OK, USAGE, run
from sandsnap.model import Reading
from sandsnap.record.queries import connect_readonly
from sandsnap.record.recorder import Run, record_days
from sandsnap.record.told import events
from sandsnap.settings import Settings
from sandsnap.tell import Change, Event

DAY, LATER = date(2026, 8, 1), date(2026, 9, 1)


def change(model: str, day: date) -> Change:
    return Change("fly", "machines", "gpus", (model,), "status", "ending", "ended", "changed", day)


END = Event(
    "e1", "fly", "machines", "gpu", "Fly ended its GPUs (A10)", DAY, date(2026, 7, 20), 90, (change("a10", DAY), change("l40s", LATER)),
    "gpu / end_of_life", True, ("gpus +30",),
)  # fmt: skip
SEEN = Event(
    "e2",
    "fly",
    "machines",
    "coverage",
    "Fly: first reading of limits",
    LATER,
    None,
    5,
    (change("a100", LATER),),
    None,
    True,
)


def record(home: Path, at: int, day: date, told: list[Event]) -> list[int]:
    """One run of one vendor's day; how many changes the callback was given."""
    given: list[int] = []

    def tell(changes: Iterable[dict[str, Any]]) -> list[Event]:
        given.append(len(list(changes)))
        return told

    time = datetime(2026, 10, at, tzinfo=UTC)
    url = "https://fly.io/docs/about/pricing/"
    reading = Reading("fly", url, f"{url}#x", "v1", "good", (), captured_at=time, capture="0" * 64)
    record_days(Settings(home).warehouse, [(day, [reading])], run=Run(f"r{at}", "snapshot", time, time), tell=tell)
    return given


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A warehouse after one run: making its views takes a second, so it is made once."""
    home = tmp_path_factory.mktemp("first")
    assert len(record(home, 1, DAY, [END, SEEN])) == 1
    return Settings(home).warehouse.read_bytes()


@pytest.fixture
def home(tmp_path: Path, first: bytes) -> Path:
    Settings(tmp_path).warehouse.write_bytes(first)
    return tmp_path


def test_events_are_asked_for_by_day_vendor_and_weight(home: Path) -> None:
    con = connect_readonly(Settings(home).warehouse)
    try:
        (row,) = events(con, date(2026, 7, 31), DAY).records()
        assert (row["title"], row["changes"], row["notice"]) == (
            END.title,
            [change("a10", DAY).id],
            "gpu / end_of_life",
        )
        assert events(con, DAY, LATER).records()[0]["event"] == "e2"
        assert not events(con, DAY, LATER, min_significance=6).rows
        assert not events(con, date(2026, 1, 1), LATER, "e2b").rows
    finally:
        con.close()


def test_a_vendors_events_are_replaced_whole(home: Path) -> None:
    record(home, 2, LATER, [replace(END, title="Fly ended its GPUs (A10 and L40S)")])
    con = connect_readonly(Settings(home).warehouse)
    try:
        assert [r["title"] for r in events(con, date(2026, 1, 1), LATER).records()] == [
            "Fly ended its GPUs (A10 and L40S)"
        ]
    finally:
        con.close()


def test_the_command(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    span = ["events", "2026-01-01", "2026-12-31", "--home", str(home)]
    assert run(span) == OK
    assert capsys.readouterr().out == "2026-08-01   90  Fly ended its GPUs (A10) (after 2026-07-20)\n"
    assert run([*span, "--min-significance", "0", "--json"]) == OK
    assert [e["event"] for e in json.loads(capsys.readouterr().out)] == ["e1", "e2"]
    assert run([*span, "--min-significance", "95"]) == OK
    assert capsys.readouterr().out == "no event worth 95 or more after 2026-01-01, up to 2026-12-31\n"
    assert run([*span, "--min-significance", "many"]) == USAGE
    assert "'many' is no number from 0 to 100" in capsys.readouterr().err
