"""What is wrong with the home, and the command that mends it. Looks only: nothing is written, nothing is fetched."""

import fcntl
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandsnap.health import ledger, operator, signals
from sandsnap.publish.alerts.config import ConfigError
from sandsnap.record import queries
from sandsnap.record.errors import RecordError
from sandsnap.settings import Settings, SettingsError
from sandsnap.upkeep import copies, scan

_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `wrong` is None where it is well; `mend` is what a person does about it."""

    part: str
    wrong: str | None = None
    mend: str | None = None


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings, *, bytes_too: bool = False) -> list[Finding]:
    """Every check in turn; `bytes_too` reads the whole archive (`archive verify` does that alone)."""
    checks: list[tuple[str, Check]] = [
        ("home", _home), ("disk", _disk), ("settings", _settings), ("lock", _lock), ("warehouse", _warehouse),
        ("archive", _archive), ("index", _index), ("clock", _clock), ("runs", _runs), ("leftovers", _leftovers),
    ]  # fmt: skip
    if bytes_too:
        checks.append(("captures", _captures))
    out: list[Finding] = []
    for part, check in checks:
        try:
            found = list(check(settings))
        except OSError as e:
            found = [
                Finding(part, f"{e.filename or settings.home}: {e.strerror}", "give the user the right to read it")
            ]
        out += found or [Finding(part)]
    return out


def _home(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    if not home.exists():
        yield Finding("home", f"{home} does not exist", "sandsnap snapshot (it makes it), or name another --home")
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding("home", f"{home} cannot be written", f"chown -R $USER {home}, or mount it for writing")
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o077:
        yield Finding("home", f"{home} is open to others ({mode:o})", f"chmod -R go-rwx {home}")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = next(p for p in (settings.home, *settings.home.absolute().parents) if p.exists())
    free = shutil.disk_usage(folder).free / 1e6
    size = settings.warehouse.stat().st_size / 1e6 if settings.warehouse.exists() else 0.0
    least = max(settings.health.least_disk_mb, 3 * size)
    if free < least:
        yield Finding("disk", f"{free:.0f} MB are free, a run wants {least:.0f}", f"free space on the disk of {folder}")


def _settings(settings: Settings) -> Iterator[Finding]:
    if not settings.fetch.get("contact_url"):
        yield Finding("settings", "nobody says who asks", "set $SANDSNAP_CONTACT to a URL where you can be reached")
    try:
        signals.check(settings)
        operator.check(settings)
    except (SettingsError, ConfigError) as e:
        yield Finding("settings", str(e), "correct it, and run doctor again")


def _lock(settings: Settings) -> Iterator[Finding]:
    lock = settings.warehouse.with_name(settings.warehouse.name + ".lock")
    if not lock.exists():
        return
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read(32).decode("ascii", "replace").strip() or "unknown"
            yield Finding(
                "lock", f"process {holder} is writing the warehouse", f"wait for it, or stop it: kill {holder}"
            )


def _warehouse(settings: Settings) -> Iterator[Finding]:
    path = settings.warehouse
    if not path.exists():
        archived = any((settings.archive / "warc").glob("*.warc.gz"))
        yield Finding("warehouse", f"{path} does not exist", "sandsnap rebuild" if archived else "sandsnap snapshot")
        return
    back = "sandsnap rollback" if _has_copy(settings) else "sandsnap rebuild"
    try:
        with queries.connect_readonly(path) as con:
            # Every row of the interval tables is read: a damaged block shows.
            for (name,) in queries.sql(
                con,
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'store' AND database_name = 'warehouse'",
            ).rows:
                queries.sql(con, f'SELECT count(*), sum(hash(t)) FROM store."{name}" t', 600)
    except RecordError as e:
        yield Finding("warehouse", str(e), f"{back} (a former copy), or sandsnap rebuild (from the archive)")


def _has_copy(settings: Settings) -> bool:
    previous = settings.warehouse.with_name(settings.warehouse.name + ".previous")
    return previous.exists() or bool(copies.dated(settings))


def _archive(settings: Settings) -> Iterator[Finding]:
    if not settings.archive.is_dir() and settings.warehouse.exists():
        yield Finding("archive", f"{settings.archive} is missing", "sandsnap restore DIR, or put the folder back")


def _index(settings: Settings) -> Iterator[Finding]:
    path, warcs = settings.archive / "index.sqlite3", sorted((settings.archive / "warc").glob("*.warc.gz"))
    if not warcs:
        return
    if not path.exists():
        yield Finding("index", f"{path} is missing", "sandsnap archive repair (it makes the index from the files)")
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as con:
            ((said,),) = con.execute("PRAGMA quick_check").fetchall()
            known = dict(con.execute("SELECT warc, size FROM files").fetchall())
    except (sqlite3.Error, ValueError) as e:
        yield Finding("index", f"{path}: {e}", "sandsnap archive repair")
        return
    if said != "ok":
        yield Finding("index", f"{path}: {said}", "sandsnap archive repair")
    sizes = {p.name: p.stat().st_size for p in warcs}
    for name, size in known.items():
        if sizes.get(name, 0) < size:
            yield Finding(
                "index", f"{name} has {sizes.get(name, 0)} bytes where the index knows {size}",
                "restore the file from a backup, or: sandsnap archive repair",
            )  # fmt: skip


def _clock(settings: Settings) -> Iterator[Finding]:
    if not settings.warehouse.exists():
        return
    try:
        with queries.connect_readonly(settings.warehouse) as con:
            ((known, day),) = queries.sql(
                con, "SELECT (SELECT max(known_at)::VARCHAR FROM runs), (SELECT max(day) FROM readings)"
            ).rows
    except RecordError:
        return
    now = datetime.now(UTC)
    last = datetime.fromisoformat(known) if known else None
    if last is not None and (last if last.tzinfo else last.replace(tzinfo=UTC)) > now + _AHEAD:
        yield Finding(
            "clock", f"a run was recorded at {known} UTC, and it is {now:%Y-%m-%d %H:%M}: a clock was ahead",
            "set the clock; then sandsnap rollback --to a day before, or sandsnap rebuild (see docs/operate.md)",
        )  # fmt: skip
    elif day is not None and day > now.date():
        yield Finding(
            "clock", f"readings are recorded for {day}, a day to come", "sandsnap rollback --to DAY, or rebuild"
        )


def _runs(settings: Settings) -> Iterator[Finding]:
    ended = ledger.read(settings)
    if ended is None:
        return
    verdict = ledger.worst(ended, settings, datetime.now(UTC))
    if verdict.word != "ok":
        yield Finding("runs", f"{verdict.word}: {'; '.join(verdict.reasons)}", "sandsnap status says what is wrong")


def _leftovers(settings: Settings) -> Iterator[Finding]:
    for path in (*_glob(settings.home, "*.new"), *_glob(settings.home, "*.next"), *_glob(settings.home, "*.rebuilt*")):
        if datetime.now(UTC).timestamp() - path.stat().st_mtime > 24 * 3600:
            yield Finding("leftovers", f"{path} was left by a run that died", f"rm {path}")


def _glob(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


def _captures(settings: Settings) -> Iterator[Finding]:
    for looked in scan.verify(settings.archive):
        for span in looked.damage:
            yield Finding(
                "captures", f"{looked.path}: bytes {span.start} to {span.end}: {span.why}",
                "sandsnap archive repair, or restore the file from a backup",
            )  # fmt: skip
