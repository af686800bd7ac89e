"""What no longer reads on the last captures of a vendor's pages, and for each what would read it again."""

import hashlib
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sandsnap.mend import wordings
from sandsnap.mend.edits import Edit
from sandsnap.mend.likely import Likely, own_terms, ranked
from sandsnap.mend.wordings import SAME
from sandsnap.model import Capture, Fact, Issue
from sandsnap.read import diagnose, statements
from sandsnap.read.addresses import canonical
from sandsnap.read.decode import CharsetError
from sandsnap.read.entries import Entry
from sandsnap.read.errors import ReadError
from sandsnap.read.general.names import names_of
from sandsnap.read.page import Page
from sandsnap.read.plans import plans
from sandsnap.read.reading import page_of, read
from sandsnap.read.sources import Source, vendor
from sandsnap.vendors import folder, settings
from schemas import TABLES

LAST = 5  # captures of a page on which an edit is tried


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that a page no longer says as it did. `kind`: quote (a person's), must (a source's phrase), entry (a
    sentence or cell of statements.toml), plan (its name), reader (code).

    `was` are the words that stood; `edits` belong to `candidates`, one each, None where only code can be mended, and then
    `code` names file, line and function. `tried` says what each candidate gave on the last captures, `safe` whether it is the
    last confirmed value again and nothing speaks against it.
    """

    id: str
    vendor: str
    source_url: str
    kind: str
    what: str
    was: str
    candidates: tuple[Likely, ...]
    edits: tuple[Edit | None, ...]
    tried: tuple[str, ...]
    safe: tuple[bool, ...]
    code: str | None = None
    why: str = ""


def proposals(name: str, captures: Mapping[str, Sequence[Capture]]) -> list[Proposal]:
    """Everything to mend on a vendor's pages. `captures`: canonical URL -> its whole good captures, in time order."""
    out: list[Proposal] = []
    for source in vendor(name).sources:
        found = [c for u in dict.fromkeys(map(canonical, source.urls)) for c in captures.get(u, ())]
        found.sort(key=lambda c: str(c.captured_at))
        pages = [p for c in found[-LAST:] if (p := _page(c)) is not None]
        if not pages or not source.live:
            continue
        if not _has(pages[-1], source.must):
            out += _must(source, pages)
        else:
            out += [*_quotes(source, pages), *_readers(source, pages)]
    return out


def _page(capture: Capture) -> Page | None:
    try:
        page = page_of(capture)
        return page if diagnose.bad_page(page) is None else None
    except (CharsetError, RecursionError, ValueError):
        return None


def _has(page: Page, must: Sequence[str]) -> bool:
    return any(page.says(phrase) or phrase in page.text for phrase in must)


# -- a person's quotes ------------------------------------------------------------------------------------------------


def _quotes(source: Source, pages: list[Page]) -> Iterator[Proposal]:
    here = canonical(source.url)
    entries = [(n, q) for n, q in enumerate(statements.quoted(source.vendor)) if here in q.urls]
    by_key: dict[tuple[object, ...], list[tuple[int, statements.Quoted]]] = {}
    for n, q in entries:
        key: tuple[object, ...] = (q.table, *(str(v) for k, v in sorted(q.fields.items()) if k in TABLES[q.table].key))
        by_key.setdefault(key, []).append((n, q))
    now = pages[-1]
    for about, own in by_key.items():
        if any(_stands(q, now) for _, q in own):
            continue
        stood = next(((n, q, p) for p in reversed(pages[:-1]) for n, q in own if _stands(q, p)), None)
        n, q, old = stood or (*own[0], None)
        was = next((s for s in q.quotes if old and old.says(s)), q.quotes[0])
        terms = [str(v).replace("_", " ") for v in q.fields.values() if isinstance(v, str)]
        found = ranked(now, was, old, terms=terms)
        file = folder(source.vendor) / "statements.toml"
        edits = tuple(Edit(file, "quoted", n, "quote", c.text) for c in found)
        tried = tuple(
            _tried(replace(q, quotes=(*q.quotes, c.text)), q, pages, [o for _, o in own if o is not q]) for c in found
        )
        yield Proposal(
            _id(source, *map(str, about)), source.vendor, source.url, "quote", " ".join(map(str, about)), was, tuple(found), edits, tried,
            tuple(t == SAME and not c.doubts for t, c in zip(tried, found, strict=True)),
            why="" if old else "no capture here holds the old words",
        )  # fmt: skip


def _stands(quoted: statements.Quoted, page: Page) -> bool:
    try:
        fact = quoted.on(page)
        return fact is not None and fact.refused is None
    except ReadError:
        return False


def _tried(
    new: statements.Quoted, old: statements.Quoted, pages: list[Page], others: Sequence[statements.Quoted]
) -> str:
    """What the entry with its new words gives on the last captures."""
    try:
        fact = new.on(pages[-1])
        if fact is None:
            return "does not read it"
        if fact.refused:
            return f"the page says it in another scope: {fact.refused[1]}"
        for p in pages:
            was, now = old.on(p), new.on(p)
            if was is not None and (now is None or now.values != was.values):
                return f"changes what the page of {p.capture.day} says"
            if now is not None and any(o.on(p) is not None for o in others if o.fields != new.fields):
                return f"two entries would stand on the page of {p.capture.day}"
    except ReadError as e:
        return str(e)
    return SAME


# -- what a page must contain -------------------------------------------------------------------------------------------


def _must(source: Source, pages: list[Page]) -> Iterator[Proposal]:
    now = pages[-1]
    old = next((p for p in reversed(pages[:-1]) if _has(p, source.must)), None)
    was = next((m for m in source.must if old and _has(old, (m,))), source.must[0])
    found = ranked(now, was, old)
    titles = [b.text for b in now.blocks if b.kind == "heading"][:2]
    found += [Likely(t, 0.0, ()) for t in titles if t not in {c.text for c in found}]
    entries = settings(source.vendor).get("source", [])
    nth = next((i for i, s in enumerate(vendor(source.vendor).sources) if s is source), len(entries))
    results = []
    for c in found[:4]:
        with _must_also(source, c.text):
            results.append(_compared(now, old))
    file = folder(source.vendor) / "vendor.toml"
    yield Proposal(
        _id(source, "must"), source.vendor, source.url, "must", "a phrase the page must contain", was, tuple(found[:4]),
        tuple(Edit(file, "source", nth, "must", c.text) for c in found[:4]), tuple(results), tuple(r == SAME for r in results),
    )  # fmt: skip


@contextmanager
def _must_also(source: Source, phrase: str) -> Iterator[None]:
    before = source.must
    source.must = (*before, phrase)
    try:
        yield
    finally:
        source.must = before


def _compared(now: Page, old: Page | None) -> str:
    """What the page gives compared with what it gave before."""
    facts = _facts(now)
    if not facts:
        return "nothing is read then either"
    before = _facts(old) if old else {}
    if changed := [i for i in facts.keys() & before.keys() if facts[i].values != before[i].values]:
        return f"{len(changed)} values would change: it may be another page"
    return SAME if before.keys() & facts.keys() else "reads facts that the page did not state before"


def _facts(page: Page) -> dict[object, Fact]:
    return {f.id: f for r in read(page.capture) if r.outcome == "good" for f in r.facts}


# -- readers ------------------------------------------------------------------------------------------------------------


def _readers(source: Source, pages: list[Page]) -> Iterator[Proposal]:
    now = pages[-1]
    readings = {r.reader.rpartition("#")[2]: r for r in read(now.capture)}
    for name, function in source.readers.items():
        reading = readings.get(name)
        issues = [i for i in reading.issues if i.kind in ("unreadable", "reworded")] if reading else []
        if reading is None or (reading.outcome == "good" and not issues):
            continue
        if own := wordings.of_reader(source, name):
            yield from _entries(source, name, own, pages, issues)
            continue
        code, why = _failed_at(source, name, function, now)
        old, lost = _lost(source, name, pages)
        gone = next((f for f in lost if f.quote and not now.says(f.quote)), None)
        was = gone.quote if gone else None
        if was is None and not issues:
            continue
        found = ranked(now, was, old, terms=own_terms(gone)) if gone and was else []
        yield Proposal(
            _id(source, name), source.vendor, source.url, "reader", name, was or "", tuple(found), (None,) * len(found),
            ("only code can read it",) * len(found), (False,) * len(found), code, why or issues[0].message,
        )  # fmt: skip


def _entries(
    source: Source, name: str, own: list[Entry], pages: list[Page], issues: Sequence[Issue]
) -> Iterator[Proposal]:
    why = issues[0].message if issues else ""
    renamed = [x for i in issues for x in wordings.renamed_plan(source.vendor, i.message, pages)]
    for plan, called in renamed:
        edit = Edit(folder(source.vendor) / "vendor.toml", "general.plans", None, plan, called)
        with _also_called(source.vendor, plan, called):
            result = _compared(pages[-1], next((p for p in reversed(pages[:-1]) if _facts(p)), None))
        yield Proposal(
            _id(source, "plan", plan, called), source.vendor, source.url, "plan", f"the plan {plan} is called {called!r} now", plan,
            (Likely(called, 1.0, ()),), (edit,), (result,), (result == SAME,), why=why,
        )  # fmt: skip
    found = wordings.tried(own, pages) if not renamed else []
    if found or (issues and not renamed):
        yield Proposal(
            _id(source, name), source.vendor, source.url, "entry", name, found[0].was if found else "",
            tuple(t.candidate for t in found), tuple(t.edit for t in found), tuple(t.result for t in found),
            tuple(t.result == SAME and not t.candidate.doubts for t in found), why=why,
        )  # fmt: skip


@contextmanager
def _also_called(name: str, plan: str, called: str) -> Iterator[None]:
    spelt: list[str] = settings(name)["general"]["plans"][plan]
    spelt.append(called)
    _forget()
    try:
        yield
    finally:
        spelt.remove(called)
        _forget()


def _forget() -> None:
    plans.cache_clear()
    names_of.cache_clear()


def _lost(source: Source, name: str, pages: list[Page]) -> tuple[Page | None, list[Fact]]:
    """The last capture on which a reader read, and what it read there."""
    for p in reversed(pages[:-1]):
        own = next(
            (r for r in read(p.capture) if r.reader.rpartition("#")[2] == name and r.outcome == "good" and r.facts),
            None,
        )
        if own:
            return p, list(own.facts)
    return None, []


def _failed_at(source: Source, name: str, function: object, page: Page) -> tuple[str, str]:
    """Where a reader gives up: file, line and function of the vendor's own code, and its message."""
    own = folder(source.vendor)
    code = function.__code__  # type: ignore[attr-defined]
    at, why = f"{Path(code.co_filename).name}, line {code.co_firstlineno}, {name}()", ""
    try:
        list(source.readers[name](page))
    except ReadError as e:
        frames = [f for f in traceback.extract_tb(e.__traceback__) if Path(f.filename).is_relative_to(own)]
        if frames:
            at = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}, {frames[-1].name}()"
        why = str(e)
    return f"{source.vendor}/{at}", why


def _id(source: Source, *parts: str) -> str:
    return hashlib.sha256("\n".join((source.vendor, source.url, *parts)).encode()).hexdigest()[:8]
