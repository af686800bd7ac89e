"""Bodies that are as if they had never been captured, with who said so, when and why.

`<archive>/quarantine.jsonl` is a log that is only appended to, one line per decision; the last line of a body holds.
Nothing is deleted: what is released is there again.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sandsnap.capture.errors import ArchiveError

FILE = "quarantine.jsonl"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One body in quarantine, and the decision that put it there; `at` is UTC."""

    sha256: str
    reason: str
    author: str
    at: datetime


def load(folder: Path) -> dict[str, Quarantined]:
    """By sha256, the bodies of an archive that are in quarantine. Raises ArchiveError for a line that is none of ours:
    what it kept out would come in."""
    path = folder / FILE
    if not path.exists():
        return {}
    out: dict[str, Quarantined] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            sha256 = row["sha256"]
            if row["action"] == "release":
                out.pop(sha256, None)
            else:
                out[sha256] = Quarantined(sha256, row["reason"], row["author"], datetime.fromisoformat(row["at"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{path}, line {number}: no decision on a quarantine ({error}); mend the line") from None
    return out


def note(folder: Path, sha256: str, *, release: bool, reason: str, author: str) -> None:
    """Append one decision, on disk when this returns."""
    action = "release" if release else "quarantine"
    row = {"action": action, "sha256": sha256, "reason": reason, "author": author, "at": datetime.now(UTC).isoformat()}
    with (folder / FILE).open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(row, ensure_ascii=False) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
