"""What an editor confirmed: one JSON file beside the text, under version control, one entry per sentence.

It keeps the sentence as it read that day and the facts it rested on, in words: so a difference can be read in a diff,
and a sentence that is no longer true can still be shown with its date.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sandsnap.publish.site.editorial_text import EditorialError, folder

FILE = "confirmed.json"
_FIELDS = {"confirmed_on", "author", "text", "facts"}


@dataclass(frozen=True)
class Confirmation:
    """`text` as readers saw it, `facts` in words, each once, in order."""

    confirmed_on: date
    author: str
    text: str
    facts: tuple[str, ...]


def load(own: Path | None = None) -> dict[str, Confirmation]:
    """id -> confirmation; empty where nothing was confirmed yet. Raises EditorialError."""
    file = folder(own) / FILE
    try:
        data = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        return {str(id): _confirmation(entry) for id, entry in data.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise EditorialError(f"{file} is damaged: {e!r}; take the last good one from version control") from None


def _confirmation(entry: dict[str, Any]) -> Confirmation:
    if entry.keys() != _FIELDS or not all(isinstance(entry[f], str) for f in ("author", "text")):
        raise ValueError(f"an entry has {', '.join(sorted(_FIELDS))}, and this one {entry}")
    return Confirmation(
        date.fromisoformat(entry["confirmed_on"]), entry["author"], entry["text"], tuple(entry["facts"])
    )


def save(confirmed: Mapping[str, Confirmation], own: Path | None = None) -> Path:
    """Write all of them, sorted; the file is replaced whole. Returns its path. Raises EditorialError."""
    file = Path(str(folder(own) / FILE))
    data = {id: asdict(c) | {"confirmed_on": c.confirmed_on.isoformat()} for id, c in sorted(confirmed.items())}
    new = file.with_name(f".{FILE}.{os.getpid()}")
    try:
        new.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
        new.replace(file)
    except OSError as e:
        new.unlink(missing_ok=True)
        raise EditorialError(
            f"{file} cannot be written: {e.strerror}; copy the text elsewhere and name it with --text"
        ) from None
    return file
