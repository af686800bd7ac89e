"""Readers that are code: which of them find no more what they look for, and where they give up."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sandsnap.mend.likely import own_terms, ranked
from sandsnap.mend.proposal import Candidate, Proposal, proposed
from sandsnap.model import Fact, Issue, Reading
from sandsnap.read.errors import ReadError
from sandsnap.read.page import Page
from sandsnap.read.reading import read
from sandsnap.read.sources import Source
from sandsnap.vendors import folder


def readings_of(page: Page) -> dict[str, Reading]:
    """The readings of a page by the name of what reads it."""
    return {r.reader.rpartition("#")[2]: r for r in read(page.capture)}


def troubles(reading: Reading) -> list[Issue]:
    """What it says of words that it does not know."""
    return [i for i in reading.issues if i.kind in ("unreadable", "reworded")]


def lost_code(source: Source, pages: Sequence[Page], names: Mapping[str, Reading]) -> Iterator[Proposal]:
    """One proposal for each of the readers (`names`, with what they gave): no edit, but its place and the likeliest words."""
    now = pages[-1]
    for name, reading in names.items():
        code, why = _failed_at(source, name, now)
        old, lost = _last_read(name, pages)
        gone = next((f for f in lost if f.quote and not now.says(f.quote)), None)
        was = gone.quote if gone else None
        if was is None and not troubles(reading):
            continue
        found = ranked(now, was, old, terms=own_terms(gone)) if gone and was else []
        candidates = [Candidate(c, (), "only code can read it", False) for c in found]
        first = next(iter(troubles(reading)), None)
        yield proposed(
            source, "reader", name, was or "", candidates, code=code, why=why or (first.message if first else "")
        )


def _last_read(name: str, pages: Sequence[Page]) -> tuple[Page | None, Sequence[Fact]]:
    """The last capture on which a reader read, and what it read there."""
    for p in reversed(pages[:-1]):
        own = readings_of(p).get(name)
        if own and own.outcome == "good" and own.facts:
            return p, own.facts
    return None, ()


def _failed_at(source: Source, name: str, page: Page) -> tuple[str, str]:
    """Where a reader gives up: file, line and function of the vendor's own code, and its message."""
    own = folder(source.vendor)
    code = source.readers[name].__code__
    at, why = f"{Path(code.co_filename).name}, line {code.co_firstlineno}, {name}()", ""
    try:
        list(source.readers[name](page))
    except ReadError as e:
        frames = [f for f in traceback.extract_tb(e.__traceback__) if Path(f.filename).is_relative_to(own)]
        if frames:
            at = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}, {frames[-1].name}()"
        why = str(e)
    return f"{source.vendor}/{at}", why
