"""The archive's WARC files looked at byte by byte: what is damaged, and files made whole again without it."""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sandsnap.capture.warc import WarcError, decode, sha256_of
from sandsnap.upkeep.errors import UpkeepError

_MAGIC = b"\x1f\x8b\x08"
_PIECE = 1 << 16
DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes [start, end) of a file: one whole record, or (why not None) damage."""

    start: int
    end: int
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """One file: its whole records, and its damaged spans."""

    path: Path
    records: int
    damage: tuple[Span, ...]


def verify(folder: Path) -> list[Looked]:
    """Every WARC file below an archive's folder. Raises OSError."""
    out = []
    for path in sorted((folder / "warc").glob("*.warc.gz")):
        spans = list(scan(path.read_bytes()))
        out.append(Looked(path, sum(s.why is None for s in spans), tuple(s for s in spans if s.why)))
    return out


def repair(folder: Path) -> list[Looked]:
    """Make every damaged file anew from its whole records; the file as it was is set aside in `damaged/`, and the index
    is removed, so that the next opening makes it from the files. Returns what was damaged.

    Nothing may be writing. Raises OSError, UpkeepError for a file that was set aside before.
    """
    found = [looked for looked in verify(folder) if looked.damage]
    for looked in found:
        aside = folder / DAMAGED / looked.path.name
        aside.parent.mkdir(exist_ok=True)
        if aside.exists():
            raise UpkeepError(f"{aside} exists: {looked.path.name} was damaged before; keep that file elsewhere first")
        data = looked.path.read_bytes()
        whole = looked.path.with_name(looked.path.name + ".new")
        with whole.open("wb") as out:
            for span in scan(data):
                if span.why is None:
                    out.write(data[span.start : span.end])
            out.flush()
            os.fsync(out.fileno())
        os.link(looked.path, aside)
        whole.replace(looked.path)
    for suffix in ("", "-wal", "-shm"):
        (folder / f"index.sqlite3{suffix}").unlink(missing_ok=True)
    return found


def scan(data: bytes) -> Iterator[Span]:
    """The file's bytes in order, each in exactly one span: a record that decodes and whose body is the one that its
    digest names, or damage up to the next such record."""
    start = bad = 0
    why = ""
    while start < len(data):
        end, problem = _record(data, start)
        if problem is None:
            if bad < start:
                yield Span(bad, start, why)
            yield Span(start, end)
            start = bad = end
            continue
        if bad == start:
            why = problem
        following = data.find(_MAGIC, start + 1)
        start = len(data) if following < 0 else following
    if bad < len(data):
        yield Span(bad, len(data), why)


def _record(data: bytes, start: int) -> tuple[int, str | None]:
    """(end, None) of the record at `start`, or (start, what is wrong)."""
    unpacker, parts, end = zlib.decompressobj(31), list[bytes](), start
    view = memoryview(data)
    try:
        while not unpacker.eof and end < len(data):
            piece = view[end : end + _PIECE]
            parts.append(unpacker.decompress(piece))
            end += len(piece)
    except zlib.error as error:
        return start, str(error)
    if not unpacker.eof:
        return start, "it ends in the middle of a record"
    try:
        record = decode(b"".join(parts))
    except WarcError as error:
        return start, str(error)
    promised = sha256_of(record.header("WARC-Payload-Digest"))
    if record.type == "response" and promised is not None and sha256(record.body).hexdigest() != promised:
        return start, "the body is not the one that was archived"
    return end - len(unpacker.unused_data), None
