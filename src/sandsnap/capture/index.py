"""Where every archived capture lies: a small SQLite file that the WARC files can always rebuild.

Rows are (url, captured_at, file, sha256) -> (WARC file, offset, length) of the capture's own record, and
sha256 -> the record that holds the body. `files` says up to which byte a WARC file is indexed: what lies behind is
the tail of a writer that died. The write transaction of this file is also the archive's one-writer lock.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

VERSION = 2
UNDATED = "~"  # sorts after every date
PAGE = 2_000
LOCK_TIMEOUT_S = 120.0

_DDL = """
CREATE TABLE captures (
  captured_at TEXT, url TEXT, file TEXT, sha256 TEXT, status INTEGER, complete INTEGER,
  warc TEXT, start INTEGER, length INTEGER,
  PRIMARY KEY (captured_at, url, file, sha256)
) WITHOUT ROWID;
CREATE INDEX by_url ON captures (url, captured_at, file, sha256);
CREATE INDEX by_sha256 ON captures (sha256, captured_at);
CREATE TABLE bodies (
  sha256 TEXT PRIMARY KEY, url TEXT, captured_at TEXT, warc TEXT, start INTEGER, length INTEGER
) WITHOUT ROWID;
CREATE TABLE files (warc TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID;
"""
_ROW = """SELECT c.captured_at, c.url, c.file, c.sha256, c.status, c.complete, c.warc, c.start, c.length,
                 b.warc, b.start, b.length,
                 (SELECT min(f.captured_at) FROM captures f WHERE f.sha256 = c.sha256)
          FROM captures c JOIN bodies b USING (sha256) """
_FREE = "c.sha256 NOT IN (SELECT sha256 FROM quarantined)"
_ORDER = "c.captured_at, c.url, c.file, c.sha256"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: a WARC file's name, the first byte of its gzip member, the member's length in bytes."""

    warc: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One archived capture without its headers and body: enough to list and to choose.

    `first_seen` is the time of the first dated capture of the same bytes.
    """

    url: str
    captured_at: datetime | None
    sha256: str
    status: int
    complete: bool
    file: str | None
    place: Place
    body: Place
    first_seen: datetime | None = None


def stamp(moment: datetime | None) -> str:
    """A UTC time as text of one width, so that text order is time order; undated ones come last."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else UNDATED


class Index:
    """The index file. Opening a missing, older or broken one starts an empty one: the archive then refills it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # locked or unreadable, not broken: deleting it would not help
            self.delete()
            self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        # The archive holds a lock around every use, so that the threads of one process may share the connection.
        connection = sqlite3.connect(self.path, timeout=LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        try:
            # Write-ahead log, synced lazily: a crash may lose the last rows, and the WARC files give them back.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version != VERSION:
                for table in ("captures", "bodies", "files"):
                    connection.execute(f"DROP TABLE IF EXISTS {table}")
                for statement in _DDL.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
            connection.execute("CREATE TEMP TABLE quarantined (sha256 TEXT PRIMARY KEY) WITHOUT ROWID")
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def delete(self) -> None:
        """Remove the index file and its log: the next opening starts an empty one."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A write transaction: one writer at a time over all processes; undone when the block raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def clear(self) -> None:
        """Forget everything."""
        for table in ("captures", "bodies", "files"):
            self._connection.execute(f"DELETE FROM {table}")

    def sizes(self) -> dict[str, int]:
        """WARC file name -> up to which byte it is indexed."""
        return dict(self._connection.execute("SELECT warc, size FROM files"))

    def size(self, warc: str) -> int:
        """Up to which byte one WARC file is indexed."""
        row = self._connection.execute("SELECT size FROM files WHERE warc = ?", (warc,)).fetchone()
        return int(row[0]) if row else 0

    def set_size(self, warc: str, size: int) -> None:
        """Note up to which byte a WARC file is indexed."""
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (warc, size))

    def insert(self, entry: Entry, *, holds_body: bool) -> None:
        """Add one capture; a row that is there already stays as it is."""
        place, moment = entry.place, stamp(entry.captured_at)
        self._connection.execute(
            "INSERT OR IGNORE INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(moment, entry.url, entry.file or "", entry.sha256, entry.status, entry.complete),
                *(place.warc, place.start, place.length),
            ),
        )
        if holds_body:
            self._connection.execute(
                "INSERT OR IGNORE INTO bodies VALUES (?, ?, ?, ?, ?, ?)",
                (entry.sha256, entry.url, moment, place.warc, place.start, place.length),
            )

    def drop_bodiless(self) -> None:
        """Forget revisit rows whose body was lost with a torn tail, so that they can be added again."""
        self._connection.execute("DELETE FROM captures WHERE sha256 NOT IN (SELECT sha256 FROM bodies)")

    def quarantine(self, bodies: Collection[str]) -> None:
        """From now on, leave captures of these bodies out of every list and choice; `find` and `body` still know them."""
        self._connection.execute("DELETE FROM quarantined")
        self._connection.executemany("INSERT INTO quarantined VALUES (?)", [(sha256,) for sha256 in bodies])

    def of_body(self, sha256: str) -> list[Entry]:
        """All captures of a body, in quarantine or not."""
        return [
            _entry(row) for row in self._connection.execute(f"{_ROW} WHERE c.sha256 = ? ORDER BY {_ORDER}", (sha256,))
        ]

    def bodies(self, start: str) -> list[str]:
        """The sha256 of bodies that begin with a text of hexadecimal digits; at most two of them."""
        query = "SELECT sha256 FROM bodies WHERE substr(sha256, 1, ?) = ? LIMIT 2"
        return [row[0] for row in self._connection.execute(query, (len(start), start))]

    def body(self, sha256: str) -> tuple[Place, str, datetime | None] | None:
        """Where a body lies, and the URL and time of the capture that brought it."""
        row = self._connection.execute(
            "SELECT warc, start, length, url, captured_at FROM bodies WHERE sha256 = ?", (sha256,)
        ).fetchone()
        return (Place(*row[:3]), row[3], _moment(row[4])) if row else None

    def find(self, url: str, captured_at: datetime | None, file: str | None, sha256: str) -> Entry | None:
        """The one capture of that identity."""
        where = "WHERE c.captured_at = ? AND c.url = ? AND c.file = ? AND c.sha256 = ?"
        return self._one(where, (stamp(captured_at), url, file or "", sha256))

    def last(self, url: str, before: str, status: int | None) -> Entry | None:
        """The last dated capture of a URL whose time sorts before the text `before`."""
        where = f"WHERE c.url = ? AND c.captured_at < ? AND (? IS NULL OR c.status = ?) AND {_FREE}"
        order = " ORDER BY c.captured_at DESC, c.file DESC, c.sha256 DESC LIMIT 1"
        return self._one(where + order, (url, before, status, status))

    def count(self) -> int:
        """How many captures there are."""
        return int(self._connection.execute("SELECT count(*) FROM captures").fetchone()[0])

    def page(self, after: Entry | None, since: date | None, urls: Collection[str] | None) -> list[Entry]:
        """The next captures after one, in (captured_at, url, file, sha256) order; at most PAGE of them."""
        where, values = [_FREE], list[object]()
        if after:
            where.append(f"({_ORDER}) > (?, ?, ?, ?)")
            values += [stamp(after.captured_at), after.url, after.file or "", after.sha256]
        if since:  # an undated capture is of no day
            where.append("c.captured_at >= ? AND c.captured_at < ?")
            values += [since.isoformat(), UNDATED]
        if urls is not None:
            where.append("c.url IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(sorted(urls)))
        query = f"{_ROW} WHERE {' AND '.join(where)} ORDER BY {_ORDER} LIMIT {PAGE}"
        return [_entry(row) for row in self._connection.execute(query, values)]

    def _one(self, where: str, values: tuple[object, ...]) -> Entry | None:
        row = self._connection.execute(_ROW + where, values).fetchone()
        return _entry(row) if row else None


def day_after(day: date | None) -> str:
    """The text before which every capture up to and including a day sorts; no undated one."""
    return (day + timedelta(days=1)).isoformat() if day else UNDATED


def _moment(text: str) -> datetime | None:
    return None if text == UNDATED else datetime.fromisoformat(text)


def _entry(row: tuple[str, str, str, str, int, int, str, int, int, str, int, int, str]) -> Entry:
    captured_at, url, file, sha256, status, complete = row[:6]
    return Entry(
        url=url,
        captured_at=_moment(captured_at),
        sha256=sha256,
        status=status,
        complete=bool(complete),
        file=file or None,
        place=Place(*row[6:9]),
        body=Place(*row[9:12]),
        first_seen=_moment(row[12]),
    )
