"""WARC files of any origin as captures, record by record: behind a damaged record the next whole one is looked for."""

import io
import mmap
import zlib
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator

from sandsnap.capture.door import MAX_BYTES, DoorError, check_status, check_url, dated, open_regular
from sandsnap.capture.refused import OnRefused, Refused, ReplayError
from sandsnap.capture.warc import Record, WarcError, first, sha256_of, to_capture
from sandsnap.model import Capture

_ENCODINGS = (None, "", "identity", "gzip", "x-gzip", "deflate", "br")  # what warcio decodes
_GZIP = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class _Held:
    """Where a record with a body lies."""

    path: Path
    offset: int


def replay_warcs(paths: list[Path], on_refused: OnRefused) -> Iterator[Capture]:
    """The captures of WARC files in the files' order; revisits of bodies that come later at the end."""
    held: dict[object, _Held] = {}
    waiting: list[tuple[Path, Record]] = []
    alone = len(paths) == 1  # a file that was named itself may be behind a link
    for path in paths:
        for offset, record in _records(path, None if alone else path.parent, on_refused):
            at = _referred(record, held)
            if record.type == "revisit" and at is None:
                waiting.append((path, record))
                continue
            capture = _let_in(path, record, at, on_refused)
            if capture is not None:
                if record.type == "response":
                    for name in _names(record, capture):
                        held.setdefault(name, _Held(path, offset))
                yield capture
    for path, record in waiting:
        capture = _let_in(path, record, _referred(record, held), on_refused)
        if capture is not None:
            yield capture


def _let_in(path: Path, record: Record, at: _Held | None, on_refused: OnRefused) -> Capture | None:
    url = record.header("WARC-Target-URI")
    try:
        capture = _capture(record, record.body) if record.type == "response" else _revisit(record, at)
        check_url(capture.url)
        check_status(capture.status)
        return replace(capture, captured_at=dated(capture.captured_at, capture.url))
    except (DoorError, WarcError) as error:
        on_refused(Refused(f"{path}, record of {url} at {record.header('WARC-Date')}", str(error), url))
        return None


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


def _revisit(record: Record, at: _Held | None) -> Capture:
    if at is None:
        raise WarcError(
            f"it refers to {record.header('WARC-Refers-To-Target-URI')} at {record.header('WARC-Refers-To-Date')},"
            " which is in none of the files; replay the folder that holds that WARC file too"
        )
    with at.path.open("rb") as handle:
        handle.seek(at.offset)
        earlier = _record(next(iter(ArchiveIterator(handle))))
    # A bare revisit record, and one for a 304, say nothing of the page: its status and headers are the earlier ones.
    if record.http is None or record.http[0] == 304:
        assert earlier.http is not None
        own = () if record.http is None else record.http[1]
        fresh = {name.lower() for name, _ in own}
        old = [(name, value) for name, value in earlier.http[1] if name.lower() not in fresh]
        record = replace(record, http=(earlier.http[0], [*old, *own]))
    return _capture(record, earlier.body)


def _capture(record: Record, body: bytes) -> Capture:
    capture = to_capture(record, body)
    stated = sha256_of(record.header("WARC-Payload-Digest"))
    own = record.http[1] if record.http is not None else ()
    wire = first(own, "Content-Encoding") or first(own, "Transfer-Encoding")
    # Others take the digest before decoding: it can only be compared where there was nothing to decode.
    if stated is not None and not wire and stated != capture.sha256:
        raise WarcError("the body is not the one its digest names; restore the file")
    return capture


def _records(path: Path, folder: Path | None, on_refused: OnRefused) -> Iterator[tuple[int, Record]]:
    """(offset, record) of the HTTP responses and revisits of a WARC file; other records are not captures."""
    try:
        handle = open_regular(path, folder)
    except DoorError as error:
        on_refused(Refused(str(path), str(error)))
        return
    with handle:
        start = handle.read(5)
        packed = start.startswith(_GZIP[:2]) or (path.suffix == ".gz" and start != b"WARC/")
        at = _behind_blanks(handle, 0)
        while at is not None:
            try:
                # Each record by itself: behind a damaged one warcio would take the rest of the file for another format.
                handle.seek(at)
                if not handle.read(5).startswith(_GZIP if packed else b"WARC/"):
                    raise WarcError("it does not begin like one")
                handle.seek(at)
                records = ArchiveIterator(handle)
                raw = _next(records)
                try:
                    record = _record(raw) if _is_capture(raw) else None
                except WarcError as error:
                    uri = raw.rec_headers.get_header("WARC-Target-URI")
                    on_refused(Refused(f"{path}, record of {uri}", str(error), uri))
                else:
                    if record is not None:
                        yield at, record
                at = _behind_blanks(handle, at + max(_length(records), 1))
            except ReplayError:  # of `on_refused`
                raise
            # Whatever it is that warcio stumbles over in a damaged file, it is of that record.
            except Exception as error:
                why = f"not a whole WARC record at byte {at} ({error}); fetch or restore the file again"
                on_refused(Refused(str(path), why))
                at = _next_start(handle, (at or 0) + 1, packed)


def _behind_blanks(handle: BinaryIO, at: int) -> int | None:
    """The first byte at or behind one that is no line end; None at the end of the file."""
    handle.seek(at)
    while piece := handle.read(65_536):
        if rest := piece.lstrip(b"\r\n"):
            return at + len(piece) - len(rest)
        at += len(piece)
    return None


def _next(records: Any) -> Any:
    with redirect_stderr(io.StringIO()):  # warcio's remarks go to standard error
        return next(iter(records))


def _length(records: Any) -> int:
    with redirect_stderr(io.StringIO()):
        return int(records.get_record_length())


def _next_start(handle: BinaryIO, at: int, packed: bool) -> int | None:
    """Where the next record begins at or behind a byte."""
    handle.seek(0, io.SEEK_END)
    if at >= handle.tell():
        return None
    with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        while (at := data.find(_GZIP if packed else b"WARC/1.", at)) >= 0:
            if _begins(data[at : at + 128]) if packed else data[at - 1 : at] == b"\n":
                return at
            at += 1
    return None


def _begins(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 7).startswith(b"WARC/1.")
    except zlib.error:
        return False


def _is_capture(raw: Any) -> bool:
    uri = (raw.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    return raw.rec_type in ("response", "revisit") and uri.startswith(("http://", "https://"))


def _record(raw: Any) -> Record:
    """A record of warcio's with its body, decoded. Raises WarcError."""
    # Some old writers put the address in angle brackets, as WARC 1.0 shows it.
    headers = tuple(
        (name, value.strip("<>") if name.lower() == "warc-target-uri" else value)
        for name, value in raw.rec_headers.headers
    )
    http = raw.http_headers
    status = http.get_statuscode() if http is not None else ""
    if not (status.isascii() and status.isdigit()) and (raw.rec_type == "response" or http is not None):
        raise WarcError("it holds no HTTP response; remove the record")
    encoding = ((http.get_header("Content-Encoding") if http is not None else None) or "").strip().lower()
    if raw.rec_type == "response" and encoding not in _ENCODINGS:
        raise WarcError(f"stored in content-encoding {encoding!r}; store it decoded")
    try:
        body = raw.content_stream().read(MAX_BYTES + 1)
    except Exception as error:  # of any of the decoders
        raise WarcError(f"its body cannot be decoded ({error}); remove the record") from None
    if len(body) > MAX_BYTES:
        raise WarcError(f"its body is longer than the {MAX_BYTES} bytes that a page may have; remove the record")
    if raw.raw_stream.limit > 0:
        raise WarcError("cut short inside the record; fetch or restore the file again")
    return Record(raw.rec_type, headers, (int(status), tuple(http.headers)) if http is not None else None, body)
