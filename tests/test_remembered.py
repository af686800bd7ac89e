"""A page that was read before is not read again, and nothing behind it can tell."""

import hashlib
import pickle
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import DEMO

from sandsnap import contained, pipeline, remembered
from sandsnap.capture import Archive, FetchRequest, FetchResult, replay
from sandsnap.contained import Read
from sandsnap.model import Capture, Issue
from sandsnap.read.reading import read
from sandsnap.read.residue.account import account
from sandsnap.read.sources import source_of
from sandsnap.settings import Settings

START = datetime(2026, 11, 1, 5, tzinfo=UTC)  # later than anything that a person stated of these vendors
CHECKPOINTS = "https://docs.sprites.dev/concepts/checkpoints"


class Reader:
    """Reads in this process, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[Capture] = []

    def __call__(self, captures: Iterable[Capture], budget: object = None) -> list[Read]:
        pages = list(captures)
        self.given += pages
        found = [(c, read(c)) for c in pages]
        return [Read(readings, account(c, readings)) for c, readings in found]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader()
    monkeypatch.setattr(contained, "read_all", made)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


@pytest.fixture(scope="module")
def pages() -> list[Capture]:
    """The last demo page of each source, of all kinds of vendors."""
    last = {s.url: c for v in ("e2b", "fly", "together") for c in replay(DEMO / v) if (s := source_of(c.url)) and c.day}
    return list(last.values())


def later(c: Capture, days: int = 40) -> Capture:
    """The same bytes on another day, as the archive gives them back."""
    assert c.captured_at
    return replace(c, captured_at=c.captured_at + timedelta(days=days), first_seen=c.captured_at)


def test_what_is_remembered_is_what_reading_gives(settings: Settings, reader: Reader, pages: list[Capture]) -> None:
    assert len(pages) > 20
    remembered.read_all(settings, pages)
    assert len(reader.given) == len(pages)
    again = [later(c) for c in pages]
    found = remembered.read_all(settings, again)
    assert len(reader.given) == len(pages), "read again"
    fresh = Reader()(again)
    assert found == fresh
    texts = [[r.text for r in f.readings] for f in found]
    assert texts == [[r.text for r in f.readings] for f in fresh]
    assert any(i.kind for f in found for r in f.readings for i in r.issues), "open questions are remembered, too"


def other_version(c: Capture, patch: pytest.MonkeyPatch) -> Capture:
    patch.setattr(remembered, "version", lambda vendor: "of tomorrow")
    return c


def other_file(c: Capture, patch: pytest.MonkeyPatch) -> Capture:
    patch.setattr(remembered, "_code", lambda: "of tomorrow")
    return c


AGAIN = {
    "a new version, or other declared sources": other_version,
    "another file of the reading code": other_file,
    "other bytes": lambda c, _: replace(c, body=c.body + b"\n", sha256="0" * 64),
    "another type": lambda c, _: replace(c, headers=(("Content-Type", "application/json"),)),
    "an excerpt": lambda c, _: replace(c, complete=False),
    "a copy from elsewhere": lambda c, _: replace(c, file="git:repository@0:page.md"),
    "other days for its years": lambda c, _: replace(c, first_seen=c.captured_at - timedelta(days=400)),
    "an error": lambda c, _: replace(c, status=404),
}


@pytest.mark.parametrize("why", AGAIN)
def test_what_may_read_otherwise_is_read(
    settings: Settings, reader: Reader, pages: list[Capture], monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    c = later(pages[0])
    remembered.read_all(settings, [c])
    remembered.read_all(settings, [AGAIN[why](c, monkeypatch)])
    assert len(reader.given) == 2


@pytest.mark.parametrize("kind", ["overrun", "defect"])
def test_what_may_have_been_the_machine_is_tried_again(
    settings: Settings, reader: Reader, pages: list[Capture], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def broken(captures: Sequence[Capture], *rest: object, **more: object) -> list[Read]:
        return [Read([replace(r, issues=(Issue(kind, "e2b", c.url, "x"),)) for r in read(c)], None) for c in captures]

    monkeypatch.setattr(contained, "read_all", broken)
    remembered.read_all(settings, pages[:1])
    monkeypatch.setattr(contained, "read_all", reader)
    remembered.read_all(settings, pages[:1])
    assert len(reader.given) == 1


def damaged(path: Path) -> None:
    path.write_bytes(b"no database" * 100)


def what_it_may_not_make(path: Path) -> None:
    with sqlite3.connect(path) as con:
        con.execute("UPDATE readings SET data = ?", (zlib.compress(pickle.dumps(Path)),))


@pytest.mark.parametrize("spoil", [damaged, what_it_may_not_make, Path.unlink])
def test_without_the_file_everything_is_read_and_it_is_made_anew(
    settings: Settings, reader: Reader, pages: list[Capture], spoil: Any
) -> None:
    for asked in (1, 1, 2, 2):
        if len(reader.given) < asked and reader.given:
            spoil(settings.remembered)
        (found,) = remembered.read_all(settings, pages[:1])
        assert found == Reader()(pages[:1])[0]
        assert len(reader.given) == asked


def test_where_the_file_cannot_be_written_everything_is_read(
    reader: Reader, pages: list[Capture], tmp_path: Path
) -> None:
    nowhere = Settings(tmp_path / "absent")
    for asked in (1, 2):
        assert remembered.read_all(nowhere, pages[:1]) == Reader()(pages[:1])
        assert len(reader.given) == asked


def test_what_nobody_asks_for_is_forgotten(
    settings: Settings, reader: Reader, pages: list[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered.read_all(settings, pages[:2])
    monkeypatch.setattr(remembered, "KEPT", timedelta(days=-1))
    remembered.read_all(settings, pages[2:3])
    monkeypatch.setattr(remembered, "KEPT", timedelta(days=45))
    remembered.read_all(settings, pages[:2])
    assert len(reader.given) == 5


def live(settings: Settings, vendor: str, pages: Iterable[Capture], n: int) -> None:
    """One live run over pages, `n` days after START."""
    at = START + timedelta(days=n)
    with Archive(settings.archive) as archive:
        kept = [archive.add(replace(c, captured_at=at, complete=True, file=None)) for c in pages]
    results = [FetchResult(FetchRequest(c.url, vendor, ()), c) for c in kept]
    pipeline.record_today(settings, pipeline.fetched_readings(settings, results, at))


def test_what_waits_is_confirmed_by_a_page_that_was_not_read_again(
    settings: Settings, reader: Reader, pages: list[Capture]
) -> None:
    """The second look is at the page: a fetch that finds it as it was is one."""
    page = next(c for c in pages if c.url == CHECKPOINTS)
    body = page.body.replace(b"$0.50/GB", b"$0.60/GB")
    raised = replace(page, body=body, sha256=hashlib.sha256(body).hexdigest())
    shown = []
    for n, c in enumerate([page, page, raised, raised, raised]):
        live(settings, "fly", [c], n)
        with duckdb.connect(str(settings.warehouse), read_only=True) as con:
            shown += con.execute(
                "SELECT state, usd::DOUBLE, verified_on, (SELECT max(valid_from) FROM history WHERE valid_to IS NULL AND "
                "known_to IS NULL AND \"table\" = 'prices' AND product = 'sprites') FROM prices WHERE product = 'sprites'"
            ).fetchall()
    days = [START.date() + timedelta(days=n) for n in range(5)]
    assert shown == [
        ("current", 0.5, days[1], days[0]),  # a first price is seen twice
        ("unconfirmed", 0.5, days[1], days[0]),
        ("current", 0.6, days[3], days[2]),
        ("current", 0.6, days[4], days[2]),
    ]
    assert [c.sha256 for c in reader.given].count(raised.sha256) == 1


def test_a_quiet_day_reads_nothing_and_records_a_look(settings: Settings, reader: Reader, pages: list[Capture]) -> None:
    own = [c for c in pages if (s := source_of(c.url)) and s.vendor == "e2b"]

    live(settings, "e2b", own, 1)
    live(settings, "e2b", own, 2)  # prices seen once are seen twice
    before = len(reader.given)
    live(settings, "e2b", own, 3)
    assert len(reader.given) == before
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        ((facts, verified),) = con.execute(
            "SELECT count(*), max(verified_on) FROM prices WHERE vendor = 'e2b'"
        ).fetchall()
    assert facts and verified == START.date() + timedelta(days=3)


def test_a_run_compares_the_whole_archive_only_where_something_may_be_missing(
    settings: Settings, reader: Reader, pages: list[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [c for c in pages if (s := source_of(c.url)) and s.vendor == "e2b"]
    asked: list[date] = []
    compared = pipeline.unrecorded

    def counting(settings: Settings, names: Any, since: date = date.min) -> dict[str, date]:
        asked.append(since)
        return compared(settings, names, since)

    monkeypatch.setattr(pipeline, "unrecorded", counting)

    def run_of(n: int) -> int:
        asked.clear()
        live(settings, "e2b", own, n)
        return asked.count(date.min)

    assert [run_of(n) for n in (1, 2, 3)] == [1, 0, 0]
    missed = replace(own[0], captured_at=START + timedelta(days=4), complete=True, file=None)
    with Archive(settings.archive) as archive:
        archive.add(missed)  # a run that ended before it recorded
    assert run_of(5) == 1 and compared(settings, ["e2b"]) == {}
    assert run_of(6) == 0
    with Archive(settings.archive) as archive:
        (first, *_) = [e for e in archive.entries() if e.url == own[0].url]
    pipeline.quarantine(settings, first.sha256, reason="another page", author="Ada")
    own.remove(own[0])
    assert [run_of(n) for n in (7, 8)] == [1, 0]
