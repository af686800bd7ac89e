"""Where every archived capture lies: a small SQLite file that the WARC files can always rebuild.

A capture is one short row in time order: when, which answer (a URL with a status, cut off or whole), which body, and the
WARC file, offset and length of its own record. There is no second index: an answer knows its first and last time and a
body its first, which bound every other search to the rows in between, and the last capture of a page that is still
watched lies a day back. A quiet day of 134 pages costs under 5 KB.

`files` says up to which byte a WARC file is indexed: what lies behind is the tail of a writer that died. The write
transaction of this file is also the archive's one-writer lock.
"""

import errno
import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

VERSION = 3
UNDATED = 2**62  # microseconds; sorts after every date
PAGE = 2_000
LOCK_TIMEOUT_S = 120.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Times are microseconds since 1970, UTC. A body without a WARC file is one that only revisit records speak of so far.
_DDL = """
CREATE TABLE answers (
  id INTEGER PRIMARY KEY, url TEXT, status INTEGER, complete INTEGER, first INTEGER, last INTEGER,
  UNIQUE (url, status, complete)
);
CREATE TABLE bodies (
  id INTEGER PRIMARY KEY, sha256 TEXT UNIQUE, first INTEGER,
  answer INTEGER, at INTEGER, warc INTEGER, start INTEGER, length INTEGER
);
CREATE TABLE files (id INTEGER PRIMARY KEY, warc TEXT UNIQUE, size INTEGER);
CREATE TABLE captures (
  at INTEGER, answer INTEGER, file TEXT, body INTEGER, warc INTEGER, start INTEGER, length INTEGER,
  PRIMARY KEY (at, answer, file, body)
) WITHOUT ROWID;
"""
# The cross joins keep the captures outermost: their order is the order asked for.
_ROW = """SELECT c.at, a.url, c.file, b.sha256, a.status, a.complete, w.warc, c.start, c.length,
                 v.warc, b.start, b.length, b.first
          FROM captures c CROSS JOIN answers a ON a.id = c.answer CROSS JOIN bodies b ON b.id = c.body
          CROSS JOIN files w ON w.id = c.warc CROSS JOIN files v ON v.id = b.warc """
_FREE = "b.sha256 NOT IN (SELECT sha256 FROM quarantined)"
_ORDER = "c.at, a.url, c.file, b.sha256"


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


@dataclass(frozen=True, slots=True)
class Body:
    """Where a body lies, the URL and time of the capture that brought it, and the first dated time it was seen."""

    place: Place
    url: str
    captured_at: datetime | None
    first_seen: datetime | None


def stamp(moment: datetime | None) -> int:
    """A time as microseconds since 1970, UTC; undated ones come last."""
    return (moment - _EPOCH) // timedelta(microseconds=1) if moment else UNDATED


class Index:
    """The index file. Opening a missing, older or broken one starts an empty one: the archive then refills it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            if os.statvfs(path.parent).f_flag & os.ST_RDONLY:  # which SQLite calls "unable to open database file"
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path)) from error
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
                for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    connection.execute(f"DROP TABLE {table}")
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
        for table in ("captures", "answers", "bodies", "files"):
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
        self._id(
            "INSERT INTO files (warc, size) VALUES (?, ?) ON CONFLICT DO UPDATE SET size = excluded.size", warc, size
        )

    def insert(self, entry: Entry, *, holds_body: bool) -> None:
        """Add one capture; a row that is there already stays as it is."""
        place, moment = entry.place, stamp(entry.captured_at)
        answer = self._id(
            "INSERT INTO answers (url, status, complete, first, last) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET first = min(first, excluded.first), last = max(last, excluded.last)",
            *(entry.url, entry.status, entry.complete, moment, moment),
        )
        body = self._id(
            "INSERT INTO bodies (sha256, first) VALUES (?, ?) ON CONFLICT DO UPDATE"
            " SET first = min(first, excluded.first)",
            *(entry.sha256, moment),
        )
        warc = self._id(
            "INSERT INTO files (warc, size) VALUES (?, 0) ON CONFLICT DO UPDATE SET size = size", place.warc
        )
        self._connection.execute(
            "INSERT INTO captures SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM captures WHERE at = ?1"
            " AND answer IN (SELECT id FROM answers WHERE url = ?8) AND file = ?3 AND body = ?4)",
            (moment, answer, entry.file or "", body, warc, place.start, place.length, entry.url),
        )
        if holds_body:
            self._connection.execute(
                "UPDATE bodies SET answer = ?, at = ?, warc = ?, start = ?, length = ? WHERE id = ? AND warc IS NULL",
                (answer, moment, warc, place.start, place.length, body),
            )

    def _id(self, upsert: str, *values: object) -> int:
        return int(self._connection.execute(f"{upsert} RETURNING id", values).fetchone()[0])

    def drop_bodiless(self) -> None:
        """Forget revisit rows whose body was lost with a torn tail, so that they can be added again."""
        lost = "SELECT id FROM bodies WHERE warc IS NULL"
        if self._connection.execute(lost).fetchone():
            self._connection.execute(f"DELETE FROM captures WHERE body IN ({lost})")
            self._connection.execute("DELETE FROM bodies WHERE warc IS NULL")

    def quarantine(self, bodies: Collection[str]) -> None:
        """From now on, leave captures of these bodies out of every list and choice; `find` and `body` still know them."""
        self._connection.execute("DELETE FROM quarantined")
        self._connection.executemany("INSERT INTO quarantined VALUES (?)", [(sha256,) for sha256 in bodies])

    def of_body(self, sha256: str) -> list[Entry]:
        """All captures of a body, in quarantine or not."""
        body = self._connection.execute("SELECT id, first FROM bodies WHERE sha256 = ?", (sha256,)).fetchone()
        query = f"{_ROW} WHERE c.body = ? AND c.at >= ? ORDER BY {_ORDER}"
        return [_entry(row) for row in self._connection.execute(query, body)] if body else []

    def bodies(self, start: str) -> list[str]:
        """The sha256 of bodies that begin with a text of hexadecimal digits; at most two of them."""
        query = "SELECT sha256 FROM bodies WHERE substr(sha256, 1, ?) = ? AND warc IS NOT NULL LIMIT 2"
        return [row[0] for row in self._connection.execute(query, (len(start), start))]

    def body(self, sha256: str) -> Body | None:
        """Where a body lies; None for one that no WARC file holds."""
        row = self._connection.execute(
            "SELECT w.warc, b.start, b.length, a.url, b.at, b.first FROM bodies b JOIN answers a ON a.id = b.answer"
            " JOIN files w ON w.id = b.warc WHERE b.sha256 = ?",
            (sha256,),
        ).fetchone()
        return Body(Place(*row[:3]), row[3], _moment(row[4]), _moment(row[5])) if row else None

    def find(self, url: str, captured_at: datetime | None, file: str | None, sha256: str) -> Entry | None:
        """The one capture of that identity."""
        where = (
            "WHERE c.at = ? AND c.answer IN (SELECT id FROM answers WHERE url = ?) AND c.file = ?"
            " AND c.body = (SELECT id FROM bodies WHERE sha256 = ?)"
        )
        return self._one(where, (stamp(captured_at), url, file or "", sha256))

    def last(self, url: str, before: int, status: int | None) -> Entry | None:
        """The last dated capture of a URL whose time is before `before`, in microseconds."""
        answers, first, last = self._answers("url = ? AND (? IS NULL OR status = ?)", (url, status, status))
        where = f"WHERE c.at >= ? AND c.at <= ? AND c.answer IN (SELECT value FROM json_each(?)) AND {_FREE}"
        order = " ORDER BY c.at DESC, c.file DESC, b.sha256 DESC LIMIT 1"
        return self._one(where + order, (first, min(last, before - 1), json.dumps(answers)))

    def _answers(self, where: str, values: tuple[object, ...]) -> tuple[list[int], int, int]:
        """The ids of some answers, and the times between which all their captures lie."""
        found = self._connection.execute(f"SELECT id, first, last FROM answers WHERE {where}", values).fetchall()
        return [a[0] for a in found], min((a[1] for a in found), default=0), max((a[2] for a in found), default=-1)

    def urls(self) -> list[str]:
        """Every address there is a capture of."""
        return [row[0] for row in self._connection.execute("SELECT DISTINCT url FROM answers ORDER BY url")]

    def count(self, before: int | None = None) -> int:
        """How many captures there are; before a time in microseconds, where one is given."""
        query = "SELECT count(*) FROM captures WHERE ?1 IS NULL OR at < ?1"
        return int(self._connection.execute(query, (before,)).fetchone()[0])

    def page(self, after: Entry | None, since: date | None, urls: Collection[str] | None) -> list[Entry]:
        """The next captures after one, in (captured_at, url, file, sha256) order; at most PAGE of them."""
        where, values = [_FREE], list[object]()
        if after:
            where.append("c.at >= ? AND (c.at > ? OR (a.url, c.file, b.sha256) > (?, ?, ?))")
            moment = stamp(after.captured_at)
            values += [moment, moment, after.url, after.file or "", after.sha256]
        if since:  # an undated capture is of no day
            where.append("c.at >= ? AND c.at < ?")
            values += [_midnight(since), UNDATED]
        if urls is not None:
            chosen = json.dumps(sorted(urls))
            answers, first, last = self._answers("url IN (SELECT value FROM json_each(?))", (chosen,))
            where.append("c.at >= ? AND c.at <= ? AND c.answer IN (SELECT value FROM json_each(?))")
            values += [first, last, json.dumps(answers)]
        query = f"{_ROW} WHERE {' AND '.join(where)} ORDER BY {_ORDER} LIMIT {PAGE}"
        return [_entry(row) for row in self._connection.execute(query, values)]

    def _one(self, where: str, values: tuple[object, ...]) -> Entry | None:
        row = self._connection.execute(_ROW + where, values).fetchone()
        return _entry(row) if row else None


def day_after(day: date | None) -> int:
    """The time before which every capture up to and including a day lies, in microseconds; no undated one."""
    return _midnight(day + timedelta(days=1)) if day else UNDATED


def _midnight(day: date) -> int:
    return stamp(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _moment(at: int) -> datetime | None:
    return None if at == UNDATED else _EPOCH + timedelta(microseconds=at)


def _entry(row: tuple[int, str, str, str, int, int, str, int, int, str, int, int, int]) -> Entry:
    at, url, file, sha256, status, complete = row[:6]
    return Entry(
        url=url,
        captured_at=_moment(at),
        sha256=sha256,
        status=status,
        complete=bool(complete),
        file=file or None,
        place=Place(*row[6:9]),
        body=Place(*row[9:12]),
        first_seen=_moment(row[12]),
    )
