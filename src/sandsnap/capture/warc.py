"""Captures as WARC 1.1 records and back: one gzip member per record, so that any record is read on its own.

The records are written here and not by warcio: warcio percent-encodes header values that are not ASCII, and a
capture must come back equal to what was archived. warcio reads these files like any others (`replay`, and a test).

What WARC has no word for goes into headers of our own: `X-Sandsnap-Complete: no` (an excerpt), `X-Sandsnap-File`
(the archived copy's name, percent-encoded), `X-Sandsnap-Redirect` (one per URL passed through), `X-Sandsnap-Url`
(a URL with white space, as some archived copies have), and `X-Sandsnap-Undated: yes` (nobody knows the day;
WARC-Date, which is mandatory, is then the epoch).
"""

import base64
import hashlib
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote, unquote

from sandsnap.model import Capture

Headers = Sequence[tuple[str, str]]

REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What described the bytes on the wire and is no longer true of the decoded body that is kept.
WIRE_HEADERS = frozenset({"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"})
# Every member begins with these bytes: zlib writes no time and no name into a gzip header.
GZIP_MAGIC = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DIGEST = re.compile(r"sha-?256:([0-9a-z]+=*)", re.IGNORECASE)


class WarcError(ValueError):
    """Bytes that are not the WARC record they should be."""


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record taken apart. `http` is the status line's code and the headers; None without an HTTP block."""

    type: str
    headers: Headers
    http: tuple[int, Headers] | None
    body: bytes

    def header(self, name: str) -> str | None:
        """The first WARC header of that name, case-insensitive."""
        return first(self.headers, name)


def first(headers: Headers, name: str) -> str | None:
    """The first value of a header, case-insensitive."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)


def kept_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The response headers that are still true of a decoded body."""
    return tuple((name, value) for name, value in headers if name.lower() not in WIRE_HEADERS)


def digest(sha256: str) -> str:
    """A hex sha256 as a WARC digest: `sha256:` and Base32, the form that warcio checks."""
    return "sha256:" + base64.b32encode(bytes.fromhex(sha256)).decode()


def sha256_of(value: str | None) -> str | None:
    """The hex sha256 of a WARC digest in Base32 or hex; None for another algorithm or none."""
    match = _DIGEST.fullmatch(value or "")
    if match is None:
        return None
    text = match[1]
    return text.lower() if len(text) == 64 else base64.b32decode(text.upper()).hex()


def warc_date(moment: datetime | None) -> str:
    """A UTC time as WARC-Date, to the microsecond where there are any."""
    return (moment or EPOCH).astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_warc_date(value: str) -> datetime | None:
    """WARC-Date to UTC. None for a bare year or month, which WARC 1.1 allows: the day is not known.

    Raises WarcError for anything that is not a date.
    """
    if re.fullmatch(r"\d{4}(-\d{2})?", value):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise WarcError(f"WARC-Date {value!r} is not a date") from None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise WarcError(f"WARC-Date {value!r} is no day of this world") from None


def target_uri(url: str) -> str:
    """A URL as WARC-Target-URI: the white space that some archived copies' URLs contain is percent-encoded."""
    return re.sub(r"\s", lambda match: quote(match[0]), url)


def check_writable(capture: Capture) -> None:
    """Raises ValueError where a capture cannot be written as one record that reads back the same."""
    if hashlib.sha256(capture.body).hexdigest() != capture.sha256:
        raise ValueError(f"{capture.url}: sha256 is not the body's; make the capture from the body it holds")
    if capture.captured_at is not None and capture.captured_at.tzinfo is None:
        raise ValueError(f"{capture.url}: captured_at has no time zone; give it in UTC")
    if capture.file == "":
        raise ValueError(f"{capture.url}: file is empty; leave it None for a capture that is no archived copy")
    for name, value in (("url", capture.url), *capture.headers, *(("redirect", hop) for hop in capture.redirects)):
        if _CONTROL.search(name + value) or value != value.strip() or name != name.strip() or ":" in name:
            raise ValueError(f"{capture.url}: {name!r}: {value!r} cannot stand on one header line")


def encode(capture: Capture, refers_to: tuple[str, str] | None = None) -> bytes:
    """One gzip member: a response record, or with `refers_to` (target URI, WARC-Date) a revisit record without body.

    The same capture always gives the same bytes, its record id included.
    """
    reason = next((status.phrase for status in HTTPStatus if status == capture.status), "Unknown")
    lines = [f"HTTP/1.1 {capture.status} {reason}", *(f"{name}: {value}" for name, value in capture.headers)]
    http = ("\r\n".join(lines) + "\r\n\r\n").encode()
    date = warc_date(capture.captured_at)
    identity = "\n".join((capture.url, date, capture.sha256, capture.file or "", str(capture.captured_at is None)))
    headers = [
        ("WARC-Type", "revisit" if refers_to else "response"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity)}>"),
        ("WARC-Target-URI", target_uri(capture.url)),
        ("WARC-Date", date),
        ("WARC-Payload-Digest", digest(capture.sha256)),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    if target_uri(capture.url) != capture.url:
        headers.append(("X-Sandsnap-Url", capture.url))
    if refers_to:
        headers += [
            ("WARC-Profile", REVISIT_PROFILE),
            ("WARC-Refers-To-Target-URI", target_uri(refers_to[0])),
            ("WARC-Refers-To-Date", refers_to[1]),
        ]
    if not capture.complete:
        headers.append(("X-Sandsnap-Complete", "no"))
    if capture.file is not None:
        headers.append(("X-Sandsnap-File", quote(capture.file, safe="/@:+,=~()")))
    if capture.captured_at is None:
        headers.append(("X-Sandsnap-Undated", "yes"))
    headers += [("X-Sandsnap-Redirect", hop) for hop in capture.redirects]
    return encode_record(headers, http if refers_to else http + capture.body)


def encode_record(headers: Headers, block: bytes) -> bytes:
    """A record of any type as one gzip member."""
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(block)}"]
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(("\r\n".join(lines) + "\r\n\r\n").encode() + block + b"\r\n\r\n") + packer.flush()


def decode(data: bytes) -> Record:
    """An uncompressed record as `encode` writes it, taken apart. Raises WarcError."""
    try:
        return _decode(data)
    except (ValueError, IndexError) as error:
        raise WarcError(f"not a record of this archive ({error}); other tools' WARC files are replayed") from error


def _decode(data: bytes) -> Record:
    head, gap, rest = data.partition(b"\r\n\r\n")
    version, *headers = _lines(head)
    length = first(headers, "Content-Length")
    if not gap or version[0] != "WARC/1.1" or length is None or len(rest) != int(length) + 4:
        raise ValueError("not a whole WARC 1.1 record")
    kind = first(headers, "WARC-Type") or ""
    if kind not in ("response", "revisit"):
        return Record(kind, headers, None, rest[:-4])
    http_head, _, body = rest[:-4].partition(b"\r\n\r\n")
    status, *http = _lines(http_head)
    return Record(kind, headers, (int(status[0].split(" ")[1]), http), body)


def _lines(head: bytes) -> list[tuple[str, str]]:
    """Header lines as (name, value); the first line, which has no colon that matters, as (line, "")."""
    start, *rest = head.decode().split("\r\n")
    pairs = (line.partition(": ") for line in rest)
    return [(start, ""), *((name, value) for name, _, value in pairs)]


def to_capture(record: Record, body: bytes, sha256: str | None = None) -> Capture:
    """The capture that a response or revisit record (with the body it refers to) holds. Raises WarcError."""
    url = record.header("X-Sandsnap-Url") or record.header("WARC-Target-URI")
    date = record.header("WARC-Date")
    if url is None or date is None or record.http is None:
        raise WarcError(f"a {record.type} record without target URI, date or HTTP headers")
    file = record.header("X-Sandsnap-File")
    return Capture(
        url=url,
        captured_at=None if record.header("X-Sandsnap-Undated") == "yes" else parse_warc_date(date),
        body=body,
        sha256=sha256 or hashlib.sha256(body).hexdigest(),
        status=record.http[0],
        headers=kept_headers(record.http[1]),
        redirects=tuple(value for name, value in record.headers if name.lower() == "x-sandsnap-redirect"),
        complete=record.header("X-Sandsnap-Complete") != "no" and record.header("WARC-Truncated") is None,
        file=unquote(file) if file is not None else None,
    )


def members(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, uncompressed bytes) of every whole gzip member; ends silently at a torn last one.

    A writer that died leaves a torn tail and nothing after it. Damage with whole members behind it is another
    matter: that raises WarcError, because cutting there would lose records.
    """
    view, start = memoryview(data), 0
    while start < len(view):
        found = _member(view, start)
        if found is None:
            if _whole_member_after(data, start + 1):
                raise WarcError(f"damaged at byte {start}, with whole records behind it")
            return
        length, record = found
        yield start, length, record
        start += length


def _member(view: memoryview, start: int) -> tuple[int, bytes] | None:
    """(length, uncompressed bytes) of the gzip member at `start`; None for a torn one or for none."""
    unpacker, parts, end = zlib.decompressobj(31), list[bytes](), start
    try:
        # In pieces: what lies behind the member is copied each time, and a day's file can be long.
        while not unpacker.eof and end < len(view):
            piece = view[end : end + 65_536]
            parts.append(unpacker.decompress(piece))
            end += len(piece)
    except zlib.error:
        return None
    return (end - len(unpacker.unused_data) - start, b"".join(parts)) if unpacker.eof else None


def _whole_member_after(data: bytes, start: int) -> bool:
    while (start := data.find(GZIP_MAGIC, start)) >= 0:
        found = _member(memoryview(data), start)
        if found is not None and found[1].startswith(b"WARC/1.1"):
            return True
        start += 1
    return False
