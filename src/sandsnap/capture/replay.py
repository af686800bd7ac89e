"""Archived copies as captures: folders with an `index.jsonl`, and WARC files of any origin, in date order.

An index row names a file beside it: `file`, `url`, where known `sha256` and `captured_at` (a day or a UTC time),
`complete` (false for an excerpt), `status`. Other keys are for people. Nothing here writes.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sandsnap.capture.warc import Record, WarcError, first, sha256_of, to_capture
from sandsnap.model import Capture

# The suffix of a copy says what it is. No charset: the reader finds that in the bytes.
CONTENT_TYPES = {
    ".md": "text/markdown",
    ".mdx": "text/markdown",
    ".markerb": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".json": "application/json",
}
_ENCODINGS = (None, "", "identity", "gzip", "x-gzip", "deflate", "br")  # what warcio decodes
_FAR = datetime.max.replace(tzinfo=UTC)


class ReplayError(Exception):
    """An archived copy that cannot be replayed: names the file and says what to do next."""


def replay(path: Path, *, verify: bool = True) -> Iterator[Capture]:
    """The captures of a folder with `index.jsonl`, of a folder of such folders, of a WARC file, or of a folder of
    WARC files; ordered by (captured_at, url, file), undated ones last (WARC records: in the files' order, revisits
    of bodies that come later at the end). Without `verify` a file that differs from its row's sha256 is taken as it
    lies there: for looking at a page, never for recording it.

    Raises ReplayError: nothing there to replay, a broken index row, a missing or altered file, a damaged WARC,
    a revisit record whose body is in none of the files.
    """
    path = Path(path)
    if not path.exists():
        raise ReplayError(f"{path}: no such file or folder; give a folder with index.jsonl or a WARC file")
    if path.is_file():
        if not _is_warc(path):
            raise ReplayError(f"{path}: neither .warc nor .warc.gz; give a WARC file or a folder with index.jsonl")
        return _replay_warcs([path])
    indexes = [path / "index.jsonl"] if (path / "index.jsonl").is_file() else sorted(path.glob("*/index.jsonl"))
    if indexes:
        return _replay_rows(indexes, verify)
    warcs = sorted(file for file in path.rglob("*") if file.is_file() and _is_warc(file))
    if warcs:
        return _replay_warcs(warcs)
    raise ReplayError(f"{path}: no index.jsonl, no folder with one, and no .warc or .warc.gz in it")


def _is_warc(path: Path) -> bool:
    return path.name.endswith((".warc", ".warc.gz"))


@dataclass(frozen=True, slots=True)
class _Row:
    folder: Path
    file: str
    url: str
    sha256: str | None
    captured_at: datetime | None
    complete: bool
    status: int


def _replay_rows(indexes: Iterable[Path], verify: bool) -> Iterator[Capture]:
    rows = [row for index in indexes for row in _rows(index)]
    rows.sort(key=lambda row: (row.captured_at or _FAR, row.url, row.file))
    return (_read_copy(row, verify) for row in rows)


def _rows(index: Path) -> Iterator[_Row]:
    for number, line in enumerate(index.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{index}, line {number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ReplayError(f"{where}: not JSON ({error}); correct the line") from error
        if not isinstance(row, dict):
            raise ReplayError(f"{where}: not a JSON object; correct the line")
        yield _row(row, index.parent, where)


def _row(row: dict[str, Any], folder: Path, where: str) -> _Row:
    for key in ("file", "url", *(["sha256"] if "sha256" in row else [])):
        if not isinstance(row.get(key), str) or not row[key]:
            raise ReplayError(f"{where}: {key!r} is missing or not a text; add it")
    parts = PurePosixPath(row["file"])
    if parts.is_absolute() or ".." in parts.parts:
        raise ReplayError(f"{where}: file {row['file']!r} lies outside the folder; name a file in it")
    complete, status = row.get("complete", True), row.get("status", 200)
    if not isinstance(complete, bool) or not isinstance(status, int):
        raise ReplayError(f"{where}: 'complete' must be true or false and 'status' a number; correct them")
    return _Row(
        folder=folder,
        file=row["file"],
        url=row["url"],
        sha256=row["sha256"].lower() if "sha256" in row else None,
        captured_at=_captured_at(row.get("captured_at"), where),
        complete=complete,
        status=status,
    )


def _captured_at(value: object, where: str) -> datetime | None:
    """A day (midnight UTC) or an ISO 8601 time (UTC where it names no zone); None and "" are undated."""
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise ReplayError(f"{where}: captured_at {value!r} is not a date; write YYYY-MM-DD, or null") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _read_copy(row: _Row, verify: bool) -> Capture:
    path = row.folder / row.file
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        raise ReplayError(f"{path}: named in index.jsonl and not there; restore it or remove its row") from None
    sha256 = hashlib.sha256(body).hexdigest()
    if verify and row.sha256 is not None and sha256 != row.sha256:
        raise ReplayError(
            f"{path}: sha256 is {sha256}, index.jsonl says {row.sha256}; restore the file, or correct the row if"
            " the new content is meant"
        )
    kind = CONTENT_TYPES.get(path.suffix.lower())
    return Capture(
        url=row.url,
        captured_at=row.captured_at,
        body=body,
        sha256=sha256,
        status=row.status,
        headers=(("Content-Type", kind),) if kind else (),
        complete=row.complete,
        file=row.file,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """Where a WARC record with a body lies."""

    path: Path
    offset: int


def _replay_warcs(paths: list[Path]) -> Iterator[Capture]:
    held: dict[object, _Held] = {}
    waiting: list[tuple[Path, Record]] = []
    for path in paths:
        for offset, record in _records(path):
            if record.type == "revisit":
                at = _referred(record, held)
                if at is None:
                    waiting.append((path, record))
                else:
                    yield _revisit(path, record, at)
                continue
            capture = _capture(path, record, record.body)
            for name in _names(record, capture):
                held.setdefault(name, _Held(path, offset))
            yield capture
    for path, record in waiting:
        at = _referred(record, held)
        if at is None:
            raise ReplayError(
                f"{path}: the revisit record of {record.header('WARC-Target-URI')} at {record.header('WARC-Date')}"
                f" refers to {record.header('WARC-Refers-To-Target-URI')} at {record.header('WARC-Refers-To-Date')},"
                " which is in none of the files; replay the folder that holds that WARC file too"
            )
        yield _revisit(path, record, at)


def _names(record: Record, capture: Capture) -> Iterator[object]:
    """What a revisit record may call a response by: its payload digest, its URL and time, its record id."""
    for name in ("WARC-Payload-Digest", "WARC-Record-ID"):
        value = record.header(name)
        if value is not None:
            yield value
    yield capture.url, record.header("WARC-Date")


def _referred(record: Record, held: dict[object, _Held]) -> _Held | None:
    by_time = record.header("WARC-Refers-To-Target-URI"), record.header("WARC-Refers-To-Date")
    names = (record.header("WARC-Payload-Digest"), record.header("WARC-Refers-To"), by_time)
    return next((held[name] for name in names if name in held), None)


def _revisit(path: Path, record: Record, at: _Held) -> Capture:
    with at.path.open("rb") as handle:
        handle.seek(at.offset)
        _, earlier = next(_parsed(at.path, handle))
    # A bare revisit record, and one for a 304, say nothing of the page: its status and headers are the earlier ones.
    if record.http is None or record.http[0] == 304:
        assert earlier.http is not None
        own = () if record.http is None else record.http[1]
        fresh = {name.lower() for name, _ in own}
        old = [(name, value) for name, value in earlier.http[1] if name.lower() not in fresh]
        record = replace(record, http=(earlier.http[0], [*old, *own]))
    return _capture(path, record, earlier.body)


def _capture(path: Path, record: Record, body: bytes) -> Capture:
    try:
        capture = to_capture(record, body)
    except WarcError as error:
        raise ReplayError(f"{path}: {error}; correct or remove the record") from error
    stated = sha256_of(record.header("WARC-Payload-Digest"))
    own = record.http[1] if record.http is not None else ()
    wire = first(own, "Content-Encoding") or first(own, "Transfer-Encoding")
    # Others take the digest before decoding: it can only be compared where there was nothing to decode.
    if stated is not None and not wire and stated != capture.sha256:
        raise ReplayError(f"{path}: the body of {capture.url} is not the one its digest names; restore the file")
    return capture


def _records(path: Path) -> Iterator[tuple[int, Record]]:
    with path.open("rb") as handle:
        yield from _parsed(path, handle)


def _parsed(path: Path, handle: Any) -> Iterator[tuple[int, Record]]:
    """(offset, record) of the HTTP responses and revisits of an open WARC file; other records are not captures."""
    # Here, because a folder with an index needs no warcio, and loading it costs more than reading the folder.
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        records = ArchiveIterator(handle)
        for raw in records:
            uri = raw.rec_headers.get_header("WARC-Target-URI") or ""
            if raw.rec_type not in ("response", "revisit") or not uri.startswith(("http://", "https://")):
                continue
            record = _record(path, raw)
            yield records.get_record_offset(), record
    except (ArchiveLoadFailed, EOFError) as error:
        raise ReplayError(f"{path}: not a whole WARC file ({error}); fetch or restore it again") from error


def _record(path: Path, raw: Any) -> Record:
    headers = tuple(raw.rec_headers.headers)
    http = raw.http_headers
    uri = first(headers, "WARC-Target-URI")
    if raw.rec_type == "response":
        if http is None or not http.get_statuscode().isdigit():
            raise ReplayError(f"{path}: the record of {uri} holds no HTTP response; remove the record")
        encoding = (http.get_header("Content-Encoding") or "").strip().lower()
        if encoding not in _ENCODINGS:
            raise ReplayError(f"{path}: {uri} is stored in content-encoding {encoding!r}; store it decoded")
    body = raw.content_stream().read()
    if raw.raw_stream.limit > 0:
        raise ReplayError(f"{path}: cut short inside the record of {uri}; fetch or restore the file again")
    return Record(
        raw.rec_type, headers, (int(http.get_statuscode()), tuple(http.headers)) if http is not None else None, body
    )
