"""Loose copies of files in a folder without an index, whose names say what they are and of which day."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

from sandsnap.capture.door import DoorError, dated, read_regular
from sandsnap.capture.refused import OnRefused, Refused
from sandsnap.capture.replay import CONTENT_TYPES
from sandsnap.model import Capture

Named = Callable[[str], tuple[str, date] | None]
"""A file's name -> its address and day, or None."""


def loose(folder: Path, named: Named, on_refused: OnRefused) -> list[Capture]:
    """The captures of a folder's files whose names are known, by day; none where the folder or one in it has an index.
    `on_refused` is told of each file that is not let in."""
    if not folder.is_dir() or (folder / "index.jsonl").exists() or any(folder.glob("*/index.jsonl")):
        return []
    out = []
    for file in sorted(folder.iterdir()):
        if not (what := named(file.name)):
            continue
        url, day = what
        try:
            body = read_regular(file, folder)
            at = dated(datetime.combine(day, time(), UTC), url)
        except DoorError as error:
            on_refused(Refused(str(file), str(error), url, day))
            continue
        kind = CONTENT_TYPES.get(file.suffix.lower())
        headers = (("Content-Type", kind),) if kind else ()
        out.append(Capture(url, at, body, hashlib.sha256(body).hexdigest(), headers=headers, file=file.name))
    return sorted(out, key=lambda c: (str(c.captured_at), c.url))
