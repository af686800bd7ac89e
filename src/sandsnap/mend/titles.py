"""The phrase that a page must contain to be the page it was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sandsnap.mend.edits import Edit
from sandsnap.mend.likely import Likely, ranked
from sandsnap.mend.proposal import SAME, Candidate, Proposal, facts_of, proposed
from sandsnap.read.page import Page
from sandsnap.read.sources import Source, vendor
from sandsnap.vendors import folder, settings

_SHOWN = 4


def has(page: Page, must: Sequence[str]) -> bool:
    """Whether the page contains one of the phrases."""
    return any(page.says(phrase) or phrase in page.text for phrase in must)


def lost_title(source: Source, pages: Sequence[Page]) -> Proposal:
    """What could stand in the place of the phrase, its own headings among them."""
    now = pages[-1]
    old = next((p for p in reversed(pages[:-1]) if has(p, source.must)), None)
    was = next((m for m in source.must if old and has(old, (m,))), source.must[0])
    found = ranked(now, was, old)
    titles = [b.text for b in now.blocks if b.kind == "heading"][:2]
    found += [Likely(t, 0.0, ()) for t in titles if t not in {c.text for c in found}]
    declared = settings(source.vendor).get("source", [])
    nth = next((i for i, s in enumerate(vendor(source.vendor).sources) if s is source), len(declared))
    candidates = []
    for likely in found[:_SHOWN]:
        with _must_also(source, likely.text):
            tried = _compared(now, old)
        edit = Edit(folder(source.vendor) / "vendor.toml", "source", nth, "must", likely.text)
        candidates.append(Candidate(likely, (edit,), tried, tried == SAME))
    return proposed(source, "must", "a phrase the page must contain", was, candidates, "must")


@contextmanager
def _must_also(source: Source, phrase: str) -> Iterator[None]:
    before = source.must
    source.must = (*before, phrase)
    try:
        yield
    finally:
        source.must = before


def _compared(now: Page, old: Page | None) -> str:
    """What the page gives, taken for itself, compared with what it gave before."""
    facts = facts_of(now)
    if not facts:
        return "nothing is read then either"
    before = facts_of(old) if old else {}
    if changed := [i for i in facts.keys() & before.keys() if facts[i].values != before[i].values]:
        return f"{len(changed)} values would change: it may be another page"
    return SAME if before.keys() & facts.keys() else "reads facts that the page did not state before"
