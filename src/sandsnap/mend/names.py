"""Names of plans and sizes that a page has changed: vendor.toml says how they are written."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sandsnap.mend.edits import Edit
from sandsnap.mend.likely import Likely
from sandsnap.mend.proposal import SAME, Candidate, Facts, Proposal, compared, facts_of, proposed
from sandsnap.read.general.names import Names, names_of
from sandsnap.read.page import Page
from sandsnap.read.phrases import phrases
from sandsnap.read.plans import is_silent, plans
from sandsnap.read.reading import forget
from sandsnap.read.sources import Source
from sandsnap.vendors import folder, settings

_COLUMN = {"plans": "plan", "sizes": "sku"}
_LONGEST = 4  # words of a name
_TRIED = 6


def renamed(source: Source, pages: Sequence[Page]) -> Iterator[Proposal]:
    """One proposal for each plan and size that facts were of and whose names have all gone from the last page."""
    now = pages[-1]
    found = facts_of(now)
    old = next((p for p in reversed(pages[:-1]) if facts_of(p).keys() - found.keys()), None)
    if old is None:
        return
    gone = {i: f for i, f in facts_of(old).items() if i not in found}
    for section, column in _COLUMN.items():
        known = settings(source.vendor).get("general", {}).get(section, {})
        for term, spelt in known.items():
            lost = {i: f for i, f in gone.items() if f.key.get(column) == term}
            was = next((n for n in spelt if _stands(n, old)), None)
            if lost and was and not any(_stands(n, now) for n in spelt):
                candidates = [
                    _candidate(source, section, term, name, score, now, found, lost, gone)
                    for name, score in _new(old, now, was)
                ]
                candidates.sort(key=lambda c: (not c.safe, c.tried != SAME, -c.likely.score))
                what = f"the {section.removesuffix('s')} {term} is not named {was!r} any more"
                yield proposed(source, section.removesuffix("s"), what, was, candidates[:3], section, term)


def _candidate(
    source: Source, section: str, term: str, name: str, score: float, now: Page, found: Facts, lost: Facts, gone: Facts
) -> Candidate:
    with also(source.vendor, section, term, name):
        tried = compared(found, lost, facts_of(now), gone)
    # One figure may be that of any plan: a name stands for another where several facts say so, or it stands in its place.
    doubts = () if score >= 1 or _several(lost) else ("only one figure says that it is the same",)
    edit = Edit(folder(source.vendor) / "vendor.toml", f"general.{section}", None, term, name)
    return Candidate(Likely(name, score, doubts), (edit,), tried, tried == SAME and not doubts)


def _several(lost: Facts) -> bool:
    return len({str(sorted(f.values.items(), key=str)) for f in lost.values()}) > 1


def _new(old: Page, now: Page, was: str) -> list[tuple[str, float]]:
    """The short texts at the head of columns, rows and sections that the page did not have before and that are no known name; those
    that stand where the old name stood first."""
    names = names_of(now.vendor)
    before = [text for text, _ in _heads(old)]
    scored: dict[str, float] = {}
    stood = {place for text, place in _heads(old) if was in text}
    for text, place in _heads(now):
        if text not in before and _is_name(text, names):
            scored[text] = max(scored.get(text, 0.0), 1.0 if place in stood else 0.5)
    return sorted(scored.items(), key=lambda x: -x[1])[:_TRIED]


def _heads(page: Page) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Each head of a column, a row and a section, with its place."""
    for n, table in enumerate(page.tables):
        yield from ((h.strip(" *"), ("column", n, x)) for x, h in enumerate(table.header) if x)
        yield from ((r.first.text.strip(" *"), ("row", n, y)) for y, r in enumerate(table.rows))
    headings = (b for b in page.blocks if b.kind == "heading")
    yield from ((b.text.strip(" *"), ("heading", 0, n)) for n, b in enumerate(headings))


def _is_name(text: str, names: Names) -> bool:
    return bool(
        text
        and len(text.split()) <= _LONGEST
        and not names.is_plan(text)
        and not names.is_size(text)
        and not is_silent(text)
        and not any(p.unit or p.currency for p in phrases(text))
    )


def _stands(name: str, page: Page) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", page.running_text) is not None


@contextmanager
def also(vendor: str, section: str, term: str, phrase: str) -> Iterator[None]:
    """As though [general.<section>] of vendor.toml said the phrase of the term as well."""
    general = settings(vendor).setdefault("general", {})  # type: ignore[attr-defined]
    known: list[str] = general.setdefault(section, {}).setdefault(term, [])
    known.append(phrase)
    _forget()
    try:
        yield
    finally:
        known.remove(phrase)
        if not known:
            del general[section][term]
        _forget()


def _forget() -> None:
    plans.cache_clear()
    names_of.cache_clear()
    forget()
