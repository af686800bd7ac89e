"""A person's quotes that no longer stand on their page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sandsnap.mend.edits import Edit
from sandsnap.mend.likely import Likely, doubts, is_of_words, ranked
from sandsnap.mend.proposal import SAME, Candidate, Proposal, proposed
from sandsnap.read import statements
from sandsnap.read.addresses import canonical
from sandsnap.read.errors import ReadError
from sandsnap.read.page import Page
from sandsnap.read.sources import Source
from sandsnap.vendors import folder
from schemas import TABLES


def lost_quotes(source: Source, pages: Sequence[Page], decided: Sequence[str] = ()) -> Iterator[Proposal]:
    """One proposal for each fact of which no quote stands on the last page; words by which somebody decided that it is still
    true come first."""
    here = canonical(source.url)
    by_key: dict[tuple[object, ...], list[tuple[int, statements.Quoted]]] = {}
    for n, q in enumerate(statements.quoted(source.vendor)):
        if here in q.urls:
            own = (str(v) for k, v in sorted(q.fields.items()) if k in TABLES[q.table].key)
            by_key.setdefault((q.table, *own), []).append((n, q))
    now = pages[-1]
    for about, found in by_key.items():
        if any(_stands(q, now) for _, q in found):
            continue
        stood = next(((n, q, p) for p in reversed(pages[:-1]) for n, q in found if _stands(q, p)), None)
        n, q, old = stood or (*found[0], None)
        was = next((s for s in q.quotes if old and old.says(s)), q.quotes[0])
        terms = [str(v).replace("_", " ") for v in q.fields.values() if isinstance(v, str)]
        others = [o for _, o in found if o is not q]
        candidates = []
        for likely in (*_by_a_person(was, decided, now, terms), *ranked(now, was, old, terms=terms)):
            tried = _tried(replace(q, quotes=(*q.quotes, likely.text)), q, pages, others)
            edit = Edit(folder(source.vendor) / "statements.toml", "quoted", n, "quote", likely.text)
            candidates.append(Candidate(likely, (edit,), tried, tried == SAME and not likely.doubts))
        why = "" if old else "no capture here holds the old words"
        name = " ".join(map(str, about))
        yield proposed(source, "quote", name, was, candidates, *map(str, about), why=why)


def _by_a_person(was: str, decided: Sequence[str], now: Page, terms: Sequence[str]) -> Iterator[Likely]:
    """Words of a decision that stand on the page: that few of them are the same is no doubt any more."""
    for words in decided:
        if now.says(words):
            yield Likely(words, 2.0, tuple(d for d in doubts(was, words, now, terms) if not is_of_words(d)))


def _stands(quoted: statements.Quoted, page: Page) -> bool:
    try:
        fact = quoted.on(page)
        return fact is not None and fact.refused is None
    except ReadError:
        return False


def _tried(
    new: statements.Quoted, old: statements.Quoted, pages: Sequence[Page], others: Sequence[statements.Quoted]
) -> str:
    """What the entry with its new words gives on the last captures."""
    try:
        fact = new.on(pages[-1])
        if fact is None:
            return "does not read it"
        if fact.refused:
            return f"the page says it in another scope: {fact.refused.why}"
        for p in pages:
            was, now = old.on(p), new.on(p)
            if was is not None and (now is None or now.values != was.values):
                return f"changes what the page of {p.capture.day} says"
            if now is not None and any(o.on(p) is not None for o in others if o.fields != new.fields):
                return f"two entries would stand on the page of {p.capture.day}"
    except ReadError as e:
        return str(e)
    return SAME
