"""Commands that read pages: read."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sandsnap.cli.app import ATTENTION, OK, Stop, app

if TYPE_CHECKING:
    from sandsnap.model import Capture, Reading


@app.command
def read(
    path_or_url: str,
    *,
    url: str | None = None,
    on: date | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Read one page or a folder of captures, offline, and print its facts and issues.

    Parameters
    ----------
    path_or_url
        A saved page, a folder with an index.jsonl, a WARC file; or the URL of a page in the archive.
    url
        The URL a saved page was captured from (needed for a single file without an index).
    on
        The day it was captured.
    as_json
        One JSON object per capture instead of text.
    """
    from sandsnap.read.reading import read as read_capture

    troubled = False
    for capture in _captures(path_or_url, url, on):
        readings = read_capture(capture)
        troubled |= any(r.outcome != "good" for r in readings)
        print(_json(capture, readings) if as_json else _text(capture, readings))
    return OK if as_json or not troubled else ATTENTION


def _captures(path_or_url: str, url: str | None, on: date | None) -> "list[Capture]":
    import hashlib
    from datetime import UTC, datetime, time

    from sandsnap.capture.replay import ReplayError, replay
    from sandsnap.model import Capture

    path = Path(path_or_url)
    if "://" in path_or_url:
        raise Stop("reading a URL from the archive needs --archive")
    if not path.exists():
        raise Stop(f"{path} does not exist")
    if path.is_dir() or path.name.endswith((".warc", ".warc.gz")):
        try:
            return list(replay(path))
        except ReplayError as e:
            raise Stop(str(e)) from None
    body = path.read_bytes()
    if url is None:
        index = path.parent / "index.jsonl"
        known = [c for c in replay(path.parent) if c.file == path.name] if index.exists() else []
        if not known:
            raise Stop(f"which URL is {path.name} a copy of? Say --url URL (no index.jsonl beside it names it)")
        return known
    at = datetime.combine(on, time(), UTC) if on else None
    return [Capture(url, at, body, hashlib.sha256(body).hexdigest(), file=path.name)]


def _plain(value: Any) -> Any:
    from decimal import Decimal

    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def _json(capture: "Capture", readings: "list[Reading]") -> str:
    facts = [
        {
            "table": f.table,
            "key": dict(f.key),
            "values": {k: _plain(v) for k, v in f.values.items()},
            "basis": f.basis,
            "quote": f.quote,
        }
        for r in readings
        for f in r.facts
    ]
    issues = [
        {"kind": i.kind, "message": i.message, "reader": i.reader, "nearest": i.nearest} for r in readings for i in r.issues
    ]
    return json.dumps(
        {
            "file": capture.file,
            "url": capture.url,
            "captured_at": capture.captured_at and capture.captured_at.isoformat(),
            "facts": facts,
            "issues": issues,
        },
        ensure_ascii=False,
    )


def _text(capture: "Capture", readings: "list[Reading]") -> str:
    lines = [f"{capture.url}  {capture.day or 'undated'}  {capture.file or ''}".rstrip()]
    for r in readings:
        for f in r.facts:
            key = " / ".join(v for v in f.key.values() if v != "-")
            values = ", ".join(f"{k} {_plain(v)}" for k, v in f.values.items() if v is not None)
            lines.append(f"  {f.table:12} {key}: {values}\n               “{f.quote}”")
        lines += [f"  ! {i.kind}: {i.message}" + (f"\n      now: {i.nearest}" if i.nearest else "") for i in r.issues]
    if sys.stdout.isatty():
        lines.append("")
    return "\n".join(lines)
