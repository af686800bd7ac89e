"""The pages that are mutated: golden ones, the demo archive, and real captures where they are."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import as_file, files

from sandsnap.capture import replay
from sandsnap.model import Capture
from sandsnap.quality.figures import Original
from sandsnap.read.addresses import canonical
from sandsnap.read.decode import CharsetError, form_of, text_of
from sandsnap.read.reading import read
from sandsnap.read.sources import source_of
from sandsnap.vendors import VENDORS, folder


def golden(names: Iterable[str] = VENDORS) -> Iterator[Capture]:
    """The golden pages of vendors; their index names no hash, for a person edits them."""
    for name in names:
        index = folder(name) / "pages" / "index.jsonl"
        for line in filter(str.strip, index.read_text("utf-8").splitlines()) if index.is_file() else ():
            row = json.loads(line)
            body = (index.parent / row["file"]).read_bytes()
            at = datetime.fromisoformat(row["captured_at"][:10]).replace(tzinfo=UTC)
            yield Capture(row["url"], at, body, sha256(body).hexdigest(), file=row["file"])


def demo() -> list[Capture]:
    """The archive that ships with the package."""
    with as_file(files("sandsnap") / "demo") as folder:
        return list(replay(folder))


def latest(captures: Iterable[Capture]) -> list[Capture]:
    """The last complete, dated copy of each page, in the form it was last served in."""
    found = {canonical(c.url): c for c in captures if c.complete and c.day and c.status == 200}
    return list(found.values())


def originals(sources: Iterable[tuple[str, Iterable[Capture]]]) -> list[Original]:
    """Pages that state facts, each body once. `sources`: (origin, captures), the more trusted first."""
    out: dict[str, Original] = {}
    for origin, captures in sources:
        for c in captures:
            source = source_of(c.url)
            if source is None or c.sha256 in out or c.day is None:
                continue
            readings = read(c)
            facts = {f.id: f for r in readings if r.outcome == "good" for f in r.facts}
            if not facts:
                continue
            try:
                text = text_of(c)
            except CharsetError:
                continue
            out[c.sha256] = Original(c, text, form_of(c, text), source.vendor, origin, tuple(facts.values()))
    return list(out.values())
