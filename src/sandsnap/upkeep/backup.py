"""A whole home in another folder, and back: consistent while a run is on, checked byte by byte on the way back.

The warehouse first (its file is replaced whole, never changed), then the archive: it only grows, so it holds everything
that the warehouse rests on. The archive's index is left out: the archive makes it from its files.
"""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sandsnap.settings import Settings
from sandsnap.upkeep.errors import UpkeepError

MANIFEST = "sandsnap-backup.json"
_ALERTS = "alerts.sqlite3"
_SMALL = ("acknowledged.json", "watched.json", "last_run.json", "operator_told.json", "decisions.toml")
_CHUNK = 1 << 20


def backup(settings: Settings, folder: Path) -> int:
    """Write the home into a folder that is new or empty; how many files. Raises UpkeepError, OSError."""
    if folder.exists() and any(folder.iterdir()):
        raise UpkeepError(f"{folder} is not empty: name a new folder for each backup")
    if not settings.warehouse.exists():
        raise UpkeepError(f"{settings.warehouse} does not exist: there is nothing to back up")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sums = {"sandsnap.duckdb": _copy(settings.warehouse, folder / "sandsnap.duckdb")}
    for name in _SMALL:
        source = settings.decisions if name == "decisions.toml" else settings.home / name
        if source.is_file():
            sums[name] = _copy(source, folder / name)
    if (settings.home / _ALERTS).is_file():
        with closing(sqlite3.connect(settings.home / _ALERTS)) as a, closing(sqlite3.connect(folder / _ALERTS)) as b:
            a.backup(b)
        sums[_ALERTS] = _sum(folder / _ALERTS)
    for source in sorted(settings.archive.rglob("*")):
        inside = source.relative_to(settings.home)
        if source.is_file() and not source.name.startswith("index.sqlite3"):
            sums[inside.as_posix()] = _copy(source, folder / inside)
    made = {"made_at": datetime.now(UTC).isoformat(), "sha256": sums}
    (folder / MANIFEST).write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    return len(sums)


def restore(settings: Settings, folder: Path) -> int:
    """Put a backup into a home that has no warehouse; how many files. Every file is checked first; nothing is written
    where one is not what was backed up. Raises UpkeepError, OSError."""
    try:
        sums: dict[str, str] = json.loads((folder / MANIFEST).read_text("utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        raise UpkeepError(f"{folder} holds no whole backup: `sandsnap backup DIR` writes {MANIFEST} last") from None
    if settings.warehouse.exists() or settings.archive.exists():
        raise UpkeepError(f"{settings.home} holds data: name a new --home, or move it away first")
    root = folder.resolve()
    for name, wanted in sums.items():
        path = folder / name
        if not path.resolve().is_relative_to(root) or not path.is_file() or _sum(path) != wanted:
            raise UpkeepError(f"{path} is not what was backed up; take another backup")
    for name in sums:
        _copy(folder / name, settings.home / name)
    return len(sums)


def _copy(source: Path, target: Path) -> str:
    """Copy as many bytes as there are now, and give their SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, beside = hashlib.sha256(), target.with_name(target.name + ".new")
    with source.open("rb") as a, beside.open("wb") as b:
        while chunk := a.read(_CHUNK):
            digest.update(chunk)
            b.write(chunk)
    shutil.copystat(source, beside)
    beside.replace(target)
    return digest.hexdigest()


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
