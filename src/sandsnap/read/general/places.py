"""Regions and GPUs of a page in a new shape: columns and lists that hold nothing but names of them, most of them known."""

import re
from collections.abc import Iterator
from dataclasses import replace

from sandsnap.model import Fact
from sandsnap.read.general.names import Names
from sandsnap.read.general.words import doubt
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.scope import said
from sandsnap.read.sentences import split

_CODE = re.compile(r"[a-z]{2,4}(?:-[a-z0-9]{1,9}){0,3}\d?")
_KNOWN = 0.6  # of a list's names, from which on the others are regions as well
_NAMED = re.compile(r"\s*(?::|\||–|—|\s-\s|\().*", re.DOTALL)  # "eu-west: Ireland"
_IN_BRACKETS = re.compile(r"[A-Z][A-Za-z ]+ \(([A-Z]{2})\)")  # "Europe (EU)"
_GPU = re.compile(
    r"(?:[A-Z]+-)*[A-Z]{1,3}\d{1,3}[A-Z]*(?:[ -]\d+ ?GB)?|RTX[ -](?:PRO[ -])?\d{4}"
)  # a model that the vendor's file does not name
_PREVIEW = re.compile(r"\b(?:preview|experimental|beta|request access)\b", re.IGNORECASE)
_NOTE = re.compile(r"\s*\([^()]*\)")


def regions(page: Page, names: Names) -> Iterator[Fact]:
    """The regions that a page lists as to be had: columns, lists under a heading on regions, and sentences on them."""
    known = names.regions
    for pieces in _lists(page, "region"):
        found = [(p, _codes(p.text) or _codes(_NAMED.sub("", p.text)) or _coded(p.text)) for p in pieces]
        yield from _listed(found, known, "regions", "region")
    for b in (
        b for b in page.blocks if b.kind in ("text", "item") and re.search(r"\bregions?\b", b.text, re.IGNORECASE)
    ):
        for text in split(b.text):
            named = [c for c in known if not c.isalpha() and re.search(rf"(?<![\w-]){c}(?![\w-])", text)]
            if named and re.search(r"\bregions?\b", text, re.IGNORECASE) and not _is_doubtful(text):
                scope = said(text, "sentence", page.capture.day, "", page.vendor).inside(b.scope)
                piece = Passage(page, text, text, b.headings, scope=scope)
                yield from _listed([(piece, named)], known, "regions", "region")


def gpus(page: Page, names: Names) -> Iterator[Fact]:
    """The models of GPU that a page lists as to be had: columns, and lists under a heading on GPUs."""
    for pieces in _lists(page, "gpu"):
        found = [(p, _models(p.text, names) or _models(_NAMED.sub("", p.text), names)) for p in pieces]
        # Under such a name what is written like a model is one; elsewhere most of a list are known.
        over = " ".join(x for p in pieces[:1] for x in (*p.where[-1:], *p.over))
        known = {m for _, models in found for m in models} if "gpu" in over.lower() else names.gpus
        for fact in _listed(found, frozenset(known), "gpus", "model"):
            is_preview = _PREVIEW.search(fact.quote or "")
            yield replace(fact, values={**fact.values, "status": "preview"}) if is_preview else fact


def _models(text: str, names: Names) -> list[str]:
    """The models that a text lists, by the names of the vendor's file, or as they are written."""
    return [m for m in (_model(x.strip(" !+"), names) for x in re.split(r"\s*[,/]\s*", text)) if m]


def _model(text: str, names: Names) -> str | None:
    known = names.is_size(text)
    return known or (re.sub(r"[ -]+", "-", text.lower()) if _GPU.fullmatch(text) else None)


def _lists(page: Page, about: str) -> Iterator[list[Passage]]:
    """The entries of each column of a table, and of each list under a heading that names what it is about."""
    for table in (t for t in page.tables if not _is_doubtful(" ".join(t.headings))):
        for x in range(len(table.header)):
            yield [r.cells[x] for r in table.rows if r.cells[x].text and not _is_doubtful(r.cells[0].quote)]
    lists: dict[tuple[tuple[str, ...], str], list[Passage]] = {}
    lead = ""
    for i, b in enumerate(page.blocks):
        if b.kind != "item":
            lead = b.text
            continue
        over = " ".join((*b.headings[-1:], lead))
        if about in over.lower() and not _is_doubtful(f"{split(lead)[-1] if lead else ''} {b.text}"):
            piece = Passage(page, b.text, b.text, b.headings, scope=b.scope.inside(page.led_at(i)))
            lists.setdefault((b.headings, lead), []).append(piece)
    yield from lists.values()


def _listed(pieces: list[tuple[Passage, list[str]]], known: frozenset[str], table: str, column: str) -> Iterator[Fact]:
    """What a column or list names, where every entry is such a name and nearly all of them are known."""
    found = [code for _, codes in pieces for code in codes]
    if not found or not all(codes for _, codes in pieces) or sum(c in known for c in found) < _KNOWN * len(found):
        return
    for passage, codes in pieces:
        for code in filter(None, codes):
            fact = passage.fact(table, **{column: code, "status": "available"})
            if fact.refused is None:
                yield fact


def _codes(text: str) -> list[str]:
    """The names in a cell that holds nothing else; none where there is anything else."""
    parts = [p for p in re.split(r"\s*,\s*|\s+", _NOTE.sub("", text).strip()) if p]
    return parts if all(_CODE.fullmatch(p) and (len(p) < 4 or not p.isalpha()) for p in parts) else []


def _coded(text: str) -> list[str]:
    m = _IN_BRACKETS.fullmatch(text.strip())
    return [m[1].lower()] if m else []


def _is_doubtful(text: str) -> bool:
    return doubt(text) is not None
