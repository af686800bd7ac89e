"""Dated copies of the warehouse, kept by the rule in `[copies]`, and the way back to one.

The warehouse's file is never changed in place (record/writer.py renames a new one over it), so a copy is a second name
of the file and costs what the next runs change.
"""

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from sandsnap.record.queries import connect_readonly
from sandsnap.record.writer import locked
from sandsnap.settings import Copies, Settings
from sandsnap.upkeep.errors import UpkeepError

FOLDER = "copies"


def folder_of(settings: Settings) -> Path:
    """Where the copies lie."""
    return settings.home / FOLDER


def dated(settings: Settings) -> dict[date, Path]:
    """The copies by day, oldest first."""
    out = {}
    for path in sorted(folder_of(settings).glob("sandsnap-*.duckdb")):
        try:
            out[date.fromisoformat(path.stem.removeprefix("sandsnap-"))] = path
        except ValueError:
            continue  # somebody's own copy, under another name
    return out


def keep(settings: Settings, today: date | None = None) -> None:
    """Keep the warehouse as it is now as the copy of today, and drop what the rule no longer keeps."""
    today = today or datetime.now(UTC).date()
    folder = folder_of(settings)
    folder.mkdir(exist_ok=True, mode=0o700)
    _same(settings.warehouse, folder / f"sandsnap-{today}.duckdb")
    held = dated(settings)
    for day in set(held) - kept(held, settings.copies):
        held[day].unlink()


def kept(days: Iterable[date], rule: Copies) -> set[date]:
    """Which days' copies stay: the last `days` of them, and the last of each of the last `months` months."""
    ordered = sorted(days, reverse=True)
    months: dict[tuple[int, int], date] = {}
    for day in ordered:
        months.setdefault((day.year, day.month), day)
    return {*ordered[: rule.days], *list(months.values())[: int(rule.months)]}


def roll_back(settings: Settings, to: date | None) -> Path:
    """Put a former warehouse in place: that of a day, or (None) the one before the last run. The one that is replaced
    becomes `.previous`. Raises UpkeepError where there is none, RecordError where it is locked or no warehouse."""
    current = settings.warehouse
    previous = current.with_name(current.name + ".previous")
    held = dated(settings)
    chosen = previous if to is None else held.get(to)
    if chosen is None or not chosen.exists():
        days = ", ".join(map(str, held)) or "none"
        raise UpkeepError(
            f"there is no copy {'of ' + str(to) if to else 'from before the last run'}; days with one: {days}"
        )
    connect_readonly(chosen).close()  # is it one?
    with locked(current):
        waiting = current.with_name(current.name + ".back")
        _same(chosen, waiting)
        if current.exists():
            current.replace(previous)
        waiting.replace(current)
    return chosen


def _same(source: Path, target: Path) -> None:
    """Give a file a second name, in one step; a copy of it where the file system has no such names."""
    beside = target.with_name(target.name + ".new")
    beside.unlink(missing_ok=True)
    try:
        os.link(source, beside)
    except OSError:
        shutil.copyfile(source, beside)
    beside.replace(target)
