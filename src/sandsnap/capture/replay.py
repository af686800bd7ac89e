"""Archived copies as captures: folders with an `index.jsonl`, and WARC files of any origin, in date order.

An index row names a file beside it: `file`, `url`, where known `sha256` and `captured_at` (a day or a UTC time),
`complete` (false for an excerpt), `status`. Other keys are for people. Nothing here writes.

Records are let in one by one (capture/door.py): what is wrong with one is said of that one, and the others come in.
"""

import codecs
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sandsnap.capture.door import DoorError, check_status, check_url, dated, file_in, is_text, read_regular
from sandsnap.capture.refused import OnRefused, Refused, ReplayError, strict
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
_MOST_INDEX_BYTES = 1 << 30
_LINE_END = re.compile(r"\r\n|\n|\r")  # not str.splitlines: U+2028 and its like may stand in a JSON string
_SHA256 = re.compile("[0-9a-f]{64}")


def replay(path: Path, *, verify: bool = True, on_refused: OnRefused = strict) -> Iterator[Capture]:
    """The captures of a folder with `index.jsonl`, of a folder of such folders, of a WARC file, or of a folder of
    WARC files; ordered by (captured_at, url, file), undated ones last (WARC records: in the files' order, revisits
    of bodies that come later at the end). Without `verify` a file that differs from its row's sha256 is taken as it
    lies there: for looking at a page, never for recording it. `on_refused` is told of each record that is not let in.

    Raises ReplayError when there is nothing to replay.
    """
    path = Path(path)
    if not path.exists():
        raise ReplayError(f"{path}: no such file or folder; give a folder with index.jsonl or a WARC file")
    if not path.is_dir():
        if not path.is_file() or not _is_warc(path):
            raise ReplayError(f"{path}: neither .warc nor .warc.gz; give a WARC file or a folder with index.jsonl")
        return _replay_warcs([path], on_refused)
    indexes = [path / "index.jsonl"]
    if not indexes[0].is_symlink() and not indexes[0].exists():
        indexes = sorted(path.glob("*/index.jsonl"))
    if indexes:
        return _replay_rows(indexes, verify, on_refused)
    warcs = sorted(file for file in path.rglob("*") if _is_warc(file))
    if warcs:
        return _replay_warcs(warcs, on_refused)
    raise ReplayError(f"{path}: no index.jsonl, no folder with one, and no .warc or .warc.gz in it")


def _is_warc(path: Path) -> bool:
    return path.name.endswith((".warc", ".warc.gz"))


def _replay_warcs(paths: list[Path], on_refused: OnRefused) -> Iterator[Capture]:
    # Here, because a folder with an index needs no warcio, and loading it costs more than reading the folder.
    from sandsnap.capture.warc_replay import replay_warcs

    return replay_warcs(paths, on_refused)


@dataclass(frozen=True, slots=True)
class _Row:
    folder: Path
    file: str
    url: str
    sha256: str | None
    captured_at: datetime | None
    complete: bool
    status: int


def _replay_rows(indexes: Iterable[Path], verify: bool, on_refused: OnRefused) -> Iterator[Capture]:
    rows = [row for index in indexes for row in _rows(index, on_refused)]
    rows.sort(key=lambda row: (row.captured_at is None, str(row.captured_at), row.url, row.file))
    for row in rows:
        try:
            capture = _read_copy(row, verify)
        except DoorError as error:
            day = row.captured_at.date() if row.captured_at else None
            on_refused(Refused(str(row.folder / "index.jsonl"), str(error), row.url, day))
        else:
            yield capture


def _rows(index: Path, on_refused: OnRefused) -> Iterator[_Row]:
    try:
        lines = _lines(read_regular(index, index.parent, _MOST_INDEX_BYTES))
    except DoorError as error:
        on_refused(Refused(str(index), f"the index cannot be used: {error}"))
        return
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        url: str | None = None
        try:
            row = _object(line)
            url = row["url"] if isinstance(row.get("url"), str) and is_text(row["url"]) else None
            yield _row(row, index.parent)
        except DoorError as error:
            on_refused(Refused(f"{index}, line {number}", str(error), url))


def _lines(data: bytes) -> list[str]:
    """The lines of an index, in UTF-8 or what its byte order mark says; a byte that is no text spoils its line only."""
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if utf16 else "utf-8-sig", "replace" if utf16 else "surrogateescape")
    return _LINE_END.split(text)


def _object(line: str) -> dict[str, Any]:
    try:
        line.encode()
        row = json.loads(line)
    except UnicodeEncodeError:
        raise DoorError("not UTF-8; correct the line") from None
    except RecursionError:
        raise DoorError("nested too deeply; correct the line") from None
    except ValueError as error:  # a number of 5,000 digits is none that json itself names
        raise DoorError(f"not JSON ({error}); correct the line") from None
    if not isinstance(row, dict):
        raise DoorError("not a JSON object; correct the line")
    return row


def _row(row: dict[str, Any], folder: Path) -> _Row:
    for key in ("file", "url", *(["sha256"] if row.get("sha256") is not None else [])):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise DoorError(f"{key!r} is missing or not a text; add it")
        if not is_text(row[key]):
            raise DoorError(f"{key!r} holds half a character: {ascii(row[key])[:80]}; correct it")
    url, sha256 = row["url"].strip(), (row.get("sha256") or "").lower()
    if sha256 and not _SHA256.fullmatch(sha256):
        raise DoorError(f"sha256 {sha256[:70]!r} is not 64 hexadecimal digits; correct it, or leave it out")
    complete, status = row.get("complete", True), row.get("status", 200)
    if not isinstance(complete, bool) or not isinstance(status, int) or isinstance(status, bool):
        raise DoorError("'complete' must be true or false and 'status' a number; correct them")
    check_url(url)
    check_status(status)
    file_in(folder, row["file"])
    return _Row(
        folder=folder,
        file=row["file"],
        url=url,
        sha256=sha256 or None,
        captured_at=dated(_captured_at(row.get("captured_at")), url),
        complete=complete,
        status=status,
    )


def _captured_at(value: object) -> datetime | None:
    """A day (midnight UTC) or an ISO 8601 time (UTC where it names no zone); None and "" are undated."""
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str):
            raise ValueError("not a text")
        return datetime.fromisoformat(value)
    except ValueError:
        raise DoorError(f"captured_at {value!r} is not a date; write YYYY-MM-DD, or null") from None


def _read_copy(row: _Row, verify: bool) -> Capture:
    path = file_in(row.folder, row.file)
    body = read_regular(path, row.folder)
    sha256 = hashlib.sha256(body).hexdigest()
    if verify and row.sha256 is not None and sha256 != row.sha256:
        raise DoorError(
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
