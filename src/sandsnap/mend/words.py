"""What the layer that reads by meaning found on earlier captures and does not find now: a word for the vendor's lexicon, where an
amount stands under another label; a quotation, where a sentence says in other words what has no amount."""

import re
from collections.abc import Iterator, Sequence

from sandsnap.mend.edits import Edit, Quotation
from sandsnap.mend.likely import Likely, doubts, is_of_words, own_terms, ranked
from sandsnap.mend.names import also
from sandsnap.mend.proposal import CHANGED, SAME, Candidate, Facts, Proposal, compared, facts_of, proposed
from sandsnap.model import Fact
from sandsnap.read.general.claims import judge
from sandsnap.read.general.names import Names, names_of
from sandsnap.read.general.stated import item_of
from sandsnap.read.general.statements import statements
from sandsnap.read.general.words import lexicon
from sandsnap.read.page import Page
from sandsnap.read.reading import read
from sandsnap.read.sentences import tokens
from sandsnap.read.sources import Source
from sandsnap.read.statements import Quoted
from sandsnap.vendors import folder, settings
from schemas import TABLES

_TRIED = 6
_SHOWN = 3
_LONGEST = 6  # words of a phrase
# Words that name nothing, and those of units.
_PLAIN = frozenset(
    "a an the of to in on for and or is are be can may you your it its with at by as per each that this these those we our"
    " second seconds minute minutes hour hours day days month months year years gb gib mb mib tb kb ms s h plan plans".split()
)


def lost_words(source: Source, pages: Sequence[Page]) -> Iterator[Proposal]:
    """One proposal for each item with amounts, and for each fact without, that the last page does not state."""
    now, names = pages[-1], names_of(source.vendor)
    found = facts_of(now)
    for item, (old, lost) in _lost(source, pages, found).items():
        was = next(iter(lost.values())).quote or ""
        if item in lexicon():
            labels = _open(now, old, item, lost, names)
            likely = [_word(source, item, label, score, old, pages, found, lost) for label, score in labels]
            likely.sort(key=lambda c: (not c.safe, c.tried != SAME, -c.likely.score))
            if any(c.tried in (SAME, CHANGED) for c in likely):
                yield proposed(source, "word", item, was, likely[:_SHOWN], "word", item)
            continue
        for fact in lost.values():
            quotations = [
                _quotation(source, fact, c, now) for c in ranked(now, fact.quote or "", old, terms=own_terms(fact))
            ]
            if any(c.tried == SAME and all(map(is_of_words, c.likely.doubts)) for c in quotations):
                what = f"{fact.table} {' / '.join(fact.key.values())}"
                yield proposed(source, "statement", what, fact.quote or "", quotations)


def _quotation(source: Source, fact: Fact, likely: Likely, now: Page) -> Candidate:
    key = {
        k: v for k, v in fact.key.items() if v != TABLES[fact.table].blank.get(k) and (k, v) != ("product", now.product)
    }
    values = {k: v for k, v in fact.values.items() if v is not None}
    edit = Quotation(folder(source.vendor) / "statements.toml", fact.table, key, values, source.url, likely.text)
    said = Quoted(fact.table, {**key, **values}, (source.url,), (likely.text,)).on(now)
    if said is None or said.refused:
        return Candidate(likely, (edit,), said.refused.why if said and said.refused else "does not read it", False)
    tried = SAME if (said.id, said.values) == (fact.id, fact.values) else CHANGED
    return Candidate(likely, (edit,), tried, tried == SAME and not likely.doubts)


def _lost(source: Source, pages: Sequence[Page], found: Facts) -> dict[str, tuple[Page, dict[object, Fact]]]:
    """By item: the last capture on which the layer read facts of it that the last page does not state, and those."""
    out: dict[str, tuple[Page, dict[object, Fact]]] = {}
    others = source.readers.keys() - settings(source.vendor).get("general", {}).get("reads", {}).keys()
    for p in reversed(pages[:-1]):
        by_item: dict[str, dict[object, Fact]] = {}
        for r in read(p.capture):
            if r.outcome == "good" and (r.redesigned or r.reader.rpartition("#")[2] not in others):
                for f in r.facts:
                    if f.basis == "read" and f.id not in found and (item := item_of(f)):
                        by_item.setdefault(item, {})[f.id] = f
        for item, facts in by_item.items():
            out.setdefault(item, (p, facts))
    return out


def _open(now: Page, old: Page, item: str, lost: Facts, names: Names) -> list[tuple[str, float]]:
    """The labels of the page that no item is named by and that an amount of the item may stand under, the likeliest first:
    by their words, by the figures under them, and by being new."""
    words = tokens(" ".join(f.quote or "" for f in lost.values()))
    figures = {p for f in lost.values() for p in re.findall(r"\d[\d,.]*", f.quote or "")}
    stood = {s.labels[0] for s in statements(old, names)}
    scored: dict[str, float] = {}
    for s in statements(now, names):
        verdict = judge(s, frozenset({item}), names)
        if not verdict.is_open or s.figure.kind not in lexicon()[item].units or s.labels[0] in stood:
            continue
        label, own = s.labels[0], tokens(s.labels[0])
        score = len(words & own) / (len(own) or 1) + (1.0 if figures & set(re.findall(r"\d[\d,.]*", s.phrase)) else 0.0)
        scored[label] = max(scored.get(label, 0.0), round(score, 3))
    return sorted(scored.items(), key=lambda x: -x[1])[:_TRIED]


def _word(
    source: Source, item: str, label: str, score: float, old: Page, pages: Sequence[Page], found: Facts, lost: Facts
) -> Candidate:
    now, names = pages[-1], names_of(source.vendor)
    phrase = phrase_of(names.masked(label))
    edit = Edit(folder(source.vendor) / "vendor.toml", "general.words", None, item, phrase)
    said = " ".join(label.split())
    before = [facts_of(p) for p in pages[:-1]]
    with also(source.vendor, "words", item, phrase):
        tried = compared(found, lost, facts_of(now), lost)
        if tried == SAME and any(facts_of(p) != b for p, b in zip(pages, before, strict=False)):
            tried = "changes what an earlier capture says"
    against = doubts(_label(old, lost, names), said, now)
    if tried == SAME and len({str(sorted(f.values.items(), key=str)) for f in lost.values()}) > 1:
        against = tuple(d for d in against if not is_of_words(d))  # several figures, each again under its own plan
    if len(phrase.split()) < 2:
        against = (*against, "one word alone may name other things too")
    return Candidate(Likely(said, score, against), (edit,), tried, tried == SAME and not against)


def _label(old: Page, lost: Facts, names: Names) -> str:
    """The label under which the facts stood."""
    quotes = {f.quote for f in lost.values()}
    return next((s.labels[0] for s in statements(old, names) if s.passage.quote in quotes), next(iter(quotes)) or "")


def phrase_of(label: str) -> str:
    """The words of a label that name what it is of, in their order; the lexicon compares them without their endings."""
    own = (w for w in re.findall(r"[A-Za-z]+", label.lower()) if w not in _PLAIN and len(w) > 1)
    return " ".join([*dict.fromkeys(own)][:_LONGEST])
