"""The warehouse made anew from the archive: every dated capture read again with today's readers, in order."""

from dataclasses import replace
from pathlib import Path

from sandsnap import pipeline
from sandsnap.record.writer import locked
from sandsnap.settings import Settings
from sandsnap.upkeep.errors import UpkeepError


def rebuild(settings: Settings, progress: pipeline.Progress = pipeline.quiet) -> pipeline.Outcome:
    """Make the warehouse anew beside the old one, and put it in place when it is whole; the old one is `.previous`.

    What was known when is not in the archive: corrections of before begin anew, with today as their known time.
    Raises UpkeepError where nothing is archived, RecordError where another process writes.
    """
    new = settings.warehouse.with_name(settings.warehouse.name + ".rebuilt")
    _drop(new)
    into = replace(settings, warehouse_file=new)
    with locked(settings.warehouse):
        try:
            days = pipeline.all_days(into, progress)
            if not days:
                raise UpkeepError(f"{settings.archive} holds no dated capture: there is nothing to rebuild from")
            outcome = pipeline.record(into, days, "backfill", progress=progress)
            if settings.warehouse.exists():
                settings.warehouse.replace(settings.warehouse.with_name(settings.warehouse.name + ".previous"))
            new.replace(settings.warehouse)
        finally:
            _drop(new)
    return outcome


def _drop(path: Path) -> None:
    for suffix in ("", ".wal", ".lock", ".next", ".previous"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
