"""Regions of a page in a new shape: columns and lists that hold nothing but names of regions, most of them known."""

import re
from collections.abc import Iterator

from sandsnap.model import Fact
from sandsnap.read.general.names import Names
from sandsnap.read.general.words import doubt
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage

ITEM = "regions.*"
_CODE = re.compile(r"[a-z]{2,4}(?:-[a-z0-9]{1,9}){0,3}\d?")
_NOTE = re.compile(r"\s*\([^()]*\)")


def regions(page: Page, names: Names) -> Iterator[Fact]:
    """The regions that a page lists as to be had: each column of a table, and each list under a heading on regions."""
    for table in (t for t in page.tables if not _is_doubtful(" ".join(t.headings))):
        for x in range(len(table.header)):
            cells = [r.cells[x] for r in table.rows if r.cells[x].text and not _is_doubtful(r.cells[0].quote)]
            yield from _listed([(c, _codes(c.text)) for c in cells], names)
    lists: dict[tuple[str, ...], list[tuple[Passage, list[str]]]] = {}
    for i, b in enumerate(page.blocks):
        if b.kind == "item" and b.headings and "region" in b.headings[-1].lower() and not _is_doubtful(b.text):
            piece = Passage(page, b.text, b.text, b.headings, scope=b.scope.inside(page.led_at(i)))
            lists.setdefault(b.headings, []).append((piece, _codes(b.text)))
    for pieces in lists.values():
        yield from _listed(pieces, names)


def _listed(pieces: list[tuple[Passage, list[str]]], names: Names) -> Iterator[Fact]:
    """The regions of a column or list, where every entry is one and at least half of them are known."""
    found = [code for _, codes in pieces for code in codes]
    if not found or not all(codes for _, codes in pieces) or 2 * sum(c in names.regions for c in found) < len(found):
        return
    for passage, codes in pieces:
        for code in codes:
            fact = passage.fact("regions", region=code, status="available")
            if fact.refused is None:
                yield fact


def _codes(text: str) -> list[str]:
    """The names in a cell that holds nothing else; none where there is anything else."""
    parts = [p for p in re.split(r"\s*,\s*|\s+", _NOTE.sub("", text).strip()) if p]
    return parts if all(_CODE.fullmatch(p) and (len(p) < 4 or not p.isalpha()) for p in parts) else []


def _is_doubtful(text: str) -> bool:
    return bool(doubt().search(text))
