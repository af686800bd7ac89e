"""Every response that was ever fetched, as it came: WARC files, one per UTC day, appended to and never rewritten.

    <folder>/warc/2026-07-04.warc.gz   the captures of a day; one gzip member per record
    <folder>/warc/undated.warc.gz      archived copies whose day nobody knows
    <folder>/index.sqlite3             where each one lies; rebuilt from the WARC files when it is gone
    <folder>/quarantine.jsonl          which bodies are as if they had never been captured (quarantine.py)

A body that the archive holds already is not stored again: a `revisit` record refers to it. Days may be added in any
order. The WARC file is written and synced first and the index after it, so a crash leaves at most a tail that the
index does not know: whole records of it are taken in at the next opening, a torn one is cut off at the next append.
"""

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from uuid import uuid4
from zlib import decompress
from zlib import error as zlib_error

from sandsnap import __version__
from sandsnap.capture import quarantine
from sandsnap.capture.errors import ArchiveError, NotMeantError
from sandsnap.capture.index import Entry, Index, Place, day_after
from sandsnap.capture.warc import (
    WarcError,
    check_writable,
    decode,
    encode,
    encode_record,
    members,
    sha256_of,
    to_capture,
    warc_date,
)
from sandsnap.model import Capture

_SHORTEST = 8  # digits by which a body may be named
_CACHED_BODIES = 256
_CACHED_BODY_BYTES = 256 * 1024
OnDamaged = Callable[[Entry, ArchiveError], None]


class Archive:
    """An archive folder; made when it is not there. Safe to share between threads and between processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.warcs = self.folder / "warc"
        self.warcs.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._index = Index(self.folder / "index.sqlite3")
        self._small_body = lru_cache(maxsize=_CACHED_BODIES)(self._read_body)
        try:
            self._catch_up()
            self._in_quarantine = frozenset(quarantine.load(self.folder))
            self._index.quarantine(self._in_quarantine)
        except BaseException:
            self._index.close()
            raise

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        with self._lock:
            return self._index.count()

    def close(self) -> None:
        """Close the index. The archive cannot be used afterwards."""
        self._index.close()

    def add(self, capture: Capture) -> Capture:
        """Archive one capture, on disk when this returns; the one that is stored already when it is.

        Two captures are the same when url, time, sha256 and file are. Raises ValueError for a capture that cannot
        be archived (a sha256 that is not the body's, a time without zone, a line break in a header).
        """
        new = self.add_all([capture])
        entry = self._entry_of(capture)
        # What is at hand is not read back: an earlier record of the same bytes may be damaged.
        return replace(capture, first_seen=entry.first_seen) if new else self._load(entry)

    def add_all(self, captures: Iterable[Capture]) -> int:
        """Archive many captures with one sync at the end; how many of them were new. Raises as `add` does."""
        added, touched = 0, set[Path]()
        with self._lock, self._index.writing():
            handle: BinaryIO | None = None
            try:
                for capture in captures:
                    check_writable(capture)
                    if self._index.find(capture.url, capture.captured_at, capture.file, capture.sha256):
                        continue
                    path = self.warcs / f"{capture.day or 'undated'}.warc.gz"
                    if handle is None or handle.name != str(path):
                        if handle is not None:
                            handle.close()
                        handle = self._appendable(path)
                        touched.add(path)
                        if self._index.find(capture.url, capture.captured_at, capture.file, capture.sha256):
                            continue  # it lay in the tail of a dead writer
                    self._append(handle, path, capture)
                    added += 1
            finally:
                if handle is not None:
                    handle.close()
            for path in touched:
                _sync(path)
            if touched:
                _sync(self.warcs)
        return added

    def get(self, sha256: str) -> Capture:
        """A capture that brought the body of that sha256. Raises KeyError when the archive does not hold it, or only in
        quarantine."""
        with self._lock:
            held = self._index.body(sha256)
        if held is None or sha256 in self._in_quarantine:
            raise KeyError(f"no body {sha256} in {self.folder}")
        return replace(self._read(held.place), first_seen=held.first_seen)

    def is_quarantined(self, sha256: str) -> bool:
        """Whether a body is as if it had never been captured."""
        return sha256 in self._in_quarantine

    def quarantine(self, start: str, *, reason: str, author: str, release: bool = False) -> tuple[Entry, ...]:
        """Put a body, named by its sha256 or the first eight digits or more of it, into quarantine or `release` it; the
        captures it brought. Raises NotMeantError where no single body is meant, or it is there (or not there) already.
        """
        start = start.lower()
        with self._lock:
            found = self._index.bodies(start) if len(start) >= _SHORTEST else []
        if len(found) != 1:
            what = "more than one body begins" if found else "the archive holds no body that begins"
            raise NotMeantError(
                f"{what} with {start!r}; give all 64 digits of its sha256, as `--quotes` or `sql` shows it"
            )
        if (found[0] in self._in_quarantine) is not release:
            raise NotMeantError(
                f"{found[0]} is {'not' if release else 'already'} in quarantine; see 'sandsnap archive list'"
            )
        quarantine.note(self.folder, found[0], release=release, reason=reason, author=author)
        self._in_quarantine = frozenset(quarantine.load(self.folder))
        with self._lock:
            self._index.quarantine(self._in_quarantine)
            return tuple(self._index.of_body(found[0]))

    def captures_of(self, sha256: str) -> tuple[Entry, ...]:
        """All captures of a body, in quarantine or not."""
        with self._lock:
            return tuple(self._index.of_body(sha256))

    def at(self, url: str, captured_at: datetime | None) -> tuple[Capture, ...]:
        """The captures of a URL at one instant: one, or none; several for archived copies that share a day."""
        same = (entry for entry in self.entries(urls=[url]) if entry.captured_at == captured_at)
        return tuple(self._load(entry) for entry in same)

    def latest(self, url: str, on_or_before: date | None = None, *, status: int | None = None) -> Capture | None:
        """The last dated capture of a URL, up to and including a UTC day; of one HTTP status where asked."""
        entry = self.latest_entry(url, on_or_before, status=status)
        return self._load(entry) if entry else None

    def latest_entry(self, url: str, on_or_before: date | None = None, *, status: int | None = None) -> Entry | None:
        """As `latest`, from the index alone."""
        with self._lock:
            return self._index.last(url, day_after(on_or_before), status)

    def last_validators(self, url: str) -> tuple[str | None, str | None]:
        """(ETag, Last-Modified) of the last good whole response of a URL: what a conditional GET may send."""
        last = self.latest(url, status=200)
        return (last.header("ETag"), last.header("Last-Modified")) if last and last.complete else (None, None)

    def versions(self, url: str) -> tuple[Capture, ...]:
        """The dated captures of a URL at which its body or status differs from the capture before; in time order."""
        kept, before = list[Entry](), None
        for entry in self.entries(urls=[url]):
            if entry.captured_at is not None and (entry.sha256, entry.status) != before:
                kept.append(entry)
                before = (entry.sha256, entry.status)
        return tuple(self._load(entry) for entry in kept)

    def captures(
        self, since: date | None = None, urls: Collection[str] | None = None, on_damaged: OnDamaged | None = None
    ) -> Iterator[Capture]:
        """All captures in (captured_at, url, file, sha256) order, undated ones last; each is read as it is reached.

        `since` is a UTC day, included, and leaves undated captures out. A damaged record is given to `on_damaged` and left
        out; without it, ArchiveError is raised.
        """
        for entry in self.entries(since, urls):
            try:
                yield self._load(entry)
            except ArchiveError as error:
                if on_damaged is None:
                    raise
                on_damaged(entry, error)

    def entries(self, since: date | None = None, urls: Collection[str] | None = None) -> Iterator[Entry]:
        """As `captures`, from the index alone: no headers, no bodies."""
        last: Entry | None = None
        while True:
            with self._lock:
                page = self._index.page(last, since, urls)
            if not page:
                return
            yield from page
            last = page[-1]

    def count_before(self, day: date) -> int:
        """How many captures there are of the days before one."""
        with self._lock:
            return self._index.count(day_after(day - timedelta(days=1)))

    def quarantined(self) -> frozenset[str]:
        """The bodies that are as if they had never been captured."""
        return self._in_quarantine

    def urls(self) -> list[str]:
        """Every address of a capture, as it was captured."""
        with self._lock:
            return self._index.urls()

    def rebuild(self) -> None:
        """Make the index again from the WARC files."""
        with self._lock:
            with self._index.writing():
                self._index.clear()
            self._catch_up()

    def _entry_of(self, capture: Capture) -> Entry:
        with self._lock:
            entry = self._index.find(capture.url, capture.captured_at, capture.file, capture.sha256)
        if entry is None:
            raise ArchiveError(f"{capture.url}: archived, and not in {self._index.path}; run Archive.rebuild()")
        return entry

    def _append(self, handle: BinaryIO, path: Path, capture: Capture) -> None:
        held = self._index.body(capture.sha256)
        record = encode(capture, (held.url, warc_date(held.captured_at)) if held else None)
        place = Place(path.name, handle.tell(), len(record))
        handle.write(record)
        entry = Entry(
            url=capture.url,
            captured_at=capture.captured_at,
            sha256=capture.sha256,
            status=capture.status,
            complete=capture.complete,
            file=capture.file,
            place=place,
            body=held.place if held else place,
        )
        self._index.insert(entry, holds_body=held is None)
        self._index.set_size(path.name, handle.tell())

    def _appendable(self, path: Path) -> BinaryIO:
        """The day's file, open at its end: made with a warcinfo record, or rid of a dead writer's torn tail."""
        if path.exists() and path.stat().st_size != self._index.size(path.name):
            self._take_in(path)
            os.truncate(path, self._index.size(path.name))
        handle = path.open("ab")
        if handle.tell() == 0:
            headers = [
                ("WARC-Type", "warcinfo"),
                ("WARC-Record-ID", f"<urn:uuid:{uuid4()}>"),
                ("WARC-Date", warc_date(datetime.now(UTC))),
                ("WARC-Filename", path.name),
                ("Content-Type", "application/warc-fields"),
            ]
            fields = f"software: sandsnap/{__version__}\r\nformat: WARC File Format 1.1\r\n"
            handle.write(encode_record(headers, fields.encode()))
        return handle

    def _catch_up(self) -> None:
        """Take in what the index does not know yet: everything when it is new, a dead writer's tail otherwise."""
        if not self._behind():
            return
        with self._lock, self._index.writing():
            # Asked again under the lock: the writer that was seen at work may have finished meanwhile.
            for path in self._behind():
                self._take_in(path)
            self._index.drop_bodiless()

    def _behind(self) -> list[Path]:
        """The WARC files that are longer than the index knows. Raises ArchiveError for shorter and missing ones."""
        with self._lock:
            known = self._index.sizes()
        paths = {path.name: path for path in sorted(self.warcs.glob("*.warc.gz"))}
        sizes = {name: path.stat().st_size for name, path in paths.items()}
        for name, size in known.items():
            if sizes.get(name, 0) < size:
                raise ArchiveError(
                    f"{self.warcs / name}: {sizes.get(name, 0)} bytes where the index knows {size}; restore the file,"
                    f" or delete {self._index.path} to go on with what is left"
                )
        return [path for name, path in paths.items() if sizes[name] > known.get(name, 0)]

    def _take_in(self, path: Path) -> None:
        start = end = self._index.size(path.name)
        with path.open("rb") as handle:
            handle.seek(start)
            tail = handle.read()
        try:
            for offset, length, data in members(tail):
                record = decode(data)
                place = Place(path.name, start + offset, length)
                end = place.start + length
                if record.type in ("response", "revisit"):
                    sha256 = sha256_of(record.header("WARC-Payload-Digest"))
                    if sha256 is None:
                        raise WarcError("a record without a sha256 is not of this archive; replay its file instead")
                    capture = to_capture(record, b"", sha256)
                    entry = Entry(
                        url=capture.url,
                        captured_at=capture.captured_at,
                        sha256=capture.sha256,
                        status=capture.status,
                        complete=capture.complete,
                        file=capture.file,
                        place=place,
                        body=place,
                    )
                    self._index.insert(entry, holds_body=record.type == "response")
        except WarcError as error:
            raise ArchiveError(
                f"{path}: {error} (counted from byte {start}); restore the file from a copy, or move it away and"
                f" delete {self._index.path} to go on without that day"
            ) from error
        if end > start:
            self._index.set_size(path.name, end)

    def _load(self, entry: Entry) -> Capture:
        capture = replace(self._read(entry.place), first_seen=entry.first_seen)
        if entry.place == entry.body:
            return capture
        small = entry.body.length <= _CACHED_BODY_BYTES
        body = self._small_body(entry.body) if small else self._read_body(entry.body)
        return replace(capture, body=body, sha256=entry.sha256)

    def _read(self, place: Place) -> Capture:
        path = self.warcs / place.warc
        try:
            with path.open("rb") as handle:
                handle.seek(place.start)
                record = decode(decompress(handle.read(place.length), 31))
            capture = to_capture(record, record.body)
            if record.type == "response" and capture.sha256 != sha256_of(record.header("WARC-Payload-Digest")):
                raise WarcError("the body is not the one that was archived")
            return capture
        except (OSError, zlib_error, WarcError) as error:
            raise ArchiveError(f"{path}: no record at byte {place.start} ({error}); restore the file") from error

    def _read_body(self, place: Place) -> bytes:
        return self._read(place).body


def _sync(path: Path) -> None:
    """Have the system write a file, or a folder's list of files, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
