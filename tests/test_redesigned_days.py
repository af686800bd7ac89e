"""A page that is redesigned and stays so: what it said before is confirmed or missing for days, and never removed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sandsnap.capture import replay
from sandsnap.check.gate import Gate
from sandsnap.model import Capture, Reading
from sandsnap.read.reading import read
from sandsnap.read.sources import source_of
from sandsnap.record.recorder import Recorder, Run
from sandsnap.record.writer import Writer

pytestmark = [pytest.mark.shared, pytest.mark.slow]

KNOWN_AT = datetime(2026, 12, 1, tzinfo=UTC)
BEFORE = date(2026, 10, 30)
AFTER = [date(2026, 11, n) for n in range(1, 5)]


def pages(folder: Path) -> Iterator[tuple[str, Capture]]:
    """Whole captures of declared pages, each with its page's address."""
    for capture in replay(folder, verify=False, on_refused=lambda _: None):
        source = source_of(capture.url)
        if source is not None and capture.complete and capture.captured_at is not None:
            yield source.url, capture


def on(day: date, readings: list[Reading]) -> list[Reading]:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return [replace(r, captured_at=at, facts=tuple(replace(f, verified_on=day) for f in r.facts)) for r in readings]


def removed(old: Capture, new: Capture, home: Path) -> list[str]:
    """What the record holds as removed after the page has stood redesigned for four days."""
    with Writer(home / "warehouse.duckdb") as writer:
        recorder = Recorder(writer.con, Run("days", "backfill", KNOWN_AT, KNOWN_AT), Gate(), {})
        recorder.day(BEFORE, on(BEFORE, read(old)))
        redesigned = read(new)
        for day in AFTER:
            recorder.day(day, on(day, redesigned))
        loaded = recorder.vendors[redesigned[0].vendor]
        claims = [c for reader in loaded.readers.values() for c in reader.claims.values()]
        return [f"{new.file}: {c.table} {c.key}" for c in claims if not c.open]


def test_nothing_is_removed_from_a_page_that_was_redesigned(shared: Path, tmp_path: Path) -> None:
    gone = []
    tried = 0
    for folder in sorted((shared / "redesign" / "captures").iterdir()):
        originals = dict(pages(shared / "captures" / folder.name))
        for url, new in pages(folder):
            home = tmp_path / str(tried)
            home.mkdir()
            gone += removed(originals[url], new, home)
            tried += 1
    assert tried and not gone
