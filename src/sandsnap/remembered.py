"""Readings of pages that were read before: the same page, read by the same code, is not read again.

A reading is a function of a capture and of the code (read/reading.py), whatever the day. So what it gave is kept, whole, with its
issues and with what nobody has let in yet, and everything behind it (second look, gate, waits, recorder) sees a quiet day as if
the page had been read. It is found by the page (address, bytes, type, status, the day its year is taken from), by the version
of its vendor's readers, and by the files of the reading code as they lie on the disk. A page that was over its budget, or
broke its reader, is tried anew each time: that may have been the machine.

The file saves time and holds nothing else: without it everything is read.
"""

import hashlib
import io
import pickle
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sandsnap
import schemas
from sandsnap import contained
from sandsnap.check import rows
from sandsnap.contained import Read
from sandsnap.model import Capture
from sandsnap.read.reading import stamped
from sandsnap.read.sources import source_of, version
from sandsnap.settings import Settings

KEPT = timedelta(days=45)  # longer than the days for which a page's earlier bytes are compared with today's
_TOUCHED = timedelta(days=7)
_UNSURE = ("overrun", "defect")
_CODE = ("read", "vendors", "check", "model.py", "contained.py")
_HEADERS = ("content-type", "content-encoding", "content-length")
# All that a kept reading is made of. The file lies in the home, whose owner is trusted; even so it can make nothing else.
_MADE_OF = {
    "sandsnap.contained": ("Read",), "sandsnap.model": ("Reading", "Fact", "Issue"),
    "sandsnap.read.residue.account": ("Account", "Residue"), "decimal": ("Decimal",),
    "datetime": ("date", "datetime", "timedelta", "timezone"),
}  # fmt: skip


def read_all(settings: Settings, captures: Iterable[Capture]) -> list[Read]:
    """As `contained.read_all`: what is remembered is not read, and what is read is remembered."""
    pages = list(captures)
    names = [_name(c) for c in pages]
    known = _recalled(settings.remembered, names)
    new = [i for i, name in enumerate(names) if name not in known]
    found = dict(zip(new, contained.read_all([pages[i] for i in new], settings.reading), strict=True))
    _keep(settings.remembered, {name: read for i, read in found.items() if (name := names[i])})
    return [found[i] if i in found else _as_of(c, known[names[i]]) for i, c in enumerate(pages)]


def _as_of(capture: Capture, kept: Read) -> Read:
    return replace(kept, readings=stamped(kept.readings, capture))


def _name(capture: Capture) -> str | None:
    """What a page is remembered by; None for what is not: no page of a vendor's, or of no day."""
    source = source_of(capture.url)
    if source is None or capture.first_day is None:
        return None
    headers = [(k.lower(), v) for k, v in capture.headers if k.lower() in _HEADERS]
    page = (capture.url, capture.sha256, capture.status, capture.complete, capture.file, capture.redirects, headers)
    return hashlib.sha256(repr((page, capture.first_day, version(source.vendor), _code())).encode()).hexdigest()


@cache
def _code() -> str:
    """The files that read and that check rows, as they lie on the disk."""
    root, digest = Path(sandsnap.__file__).parent, hashlib.sha256()
    found = [f for part in _CODE for f in ([root / part] if part.endswith(".py") else (root / part).rglob("*.*"))]
    for f in sorted([*found, *Path(schemas.__file__).parent.glob("*.py")]):
        if f.suffix in (".py", ".toml"):
            state = f.stat()
            digest.update(f"{f} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@contextmanager
def _memory(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, made where it is missing, in one transaction. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path, timeout=5)) as connection, connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS readings (name TEXT PRIMARY KEY, used TEXT, valid INTEGER, data BLOB)"
        )
        yield connection


def _recalled(path: Path, names: Sequence[str | None]) -> Mapping[str | None, Read]:
    """What is remembered under these names; nothing where the file cannot be used."""
    today = datetime.now(UTC).date()
    try:
        with _memory(path) as memory:
            marks = ",".join("?" * len(names))
            query = f"SELECT name, used, valid, data FROM readings WHERE name IN ({marks})"
            found = memory.execute(query, names).fetchall()
            late = [(f"{today}", name) for name, used, *_ in found if used < f"{today - _TOUCHED}"]
            memory.executemany("UPDATE readings SET used = ? WHERE name = ?", late)
        read = {name: _Unpickler(io.BytesIO(zlib.decompress(data))).load() for name, _, _, data in found}
    except sqlite3.OperationalError:
        return {}  # locked, or nobody may write here
    except (sqlite3.DatabaseError, zlib.error, pickle.UnpicklingError):
        path.unlink(missing_ok=True)
        return {}
    rows.passed(f for name, _, valid, _ in found if valid for r in read[name].readings for f in r.facts)
    return read


def _keep(path: Path, found: Mapping[str, Read]) -> None:
    """Remember what was read, with whether its rows keep the contract; forget what nobody asked for in a long time."""
    sure = {n: r for n, r in found.items() if not any(i.kind in _UNSURE for x in r.readings for i in x.issues)}
    if not sure:
        return
    facts = {n: [f for x in r.readings for f in x.facts] for n, r in sure.items()}
    wrong = {id(f) for f, _ in rows.invalid(f for own in facts.values() for f in own)}
    today = datetime.now(UTC).date()
    kept = [
        (n, f"{today}", not any(id(f) in wrong for f in facts[n]), zlib.compress(pickle.dumps(r, 5), 1))
        for n, r in sure.items()
    ]
    try:
        with _memory(path) as memory:
            memory.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?)", kept)
            memory.execute("DELETE FROM readings WHERE used < ?", (f"{today - KEPT}",))
    except sqlite3.OperationalError:
        return  # locked, or no room: it is read again next time
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        if global_name not in _MADE_OF.get(module_name, ()):
            raise pickle.UnpicklingError(f"{module_name}.{global_name}")
        return super().find_class(module_name, global_name)
