"""What would read an entry of statements.toml again: another wording of its sentence, another label of its row, other headings
of its columns, another heading over it. Each is tried on the last captures of the page and must give the last confirmed values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from sandsnap.mend.edits import Edit
from sandsnap.mend.likely import Likely, doubts, is_of_words, own_terms, ranked
from sandsnap.mend.proposal import SAME, Candidate, Proposal, proposed
from sandsnap.model import Fact, Reading
from sandsnap.read.entries import Entry, entries
from sandsnap.read.errors import ReadError
from sandsnap.read.page import Page
from sandsnap.read.patterns import HOLE, compiled
from sandsnap.read.phrases import phrases
from sandsnap.read.plans import is_plan
from sandsnap.read.sentences import pattern_tokens, tokens
from sandsnap.read.sources import Source, declared
from sandsnap.read.table import Table, named
from sandsnap.vendors import folder

_FEW = 3
_TRIED = 40  # of the ways to name one table's columns anew

Values = Mapping[object, Mapping[str, object]]


def of_reader(source: Source, reader: str) -> list[Entry]:
    """The entries that make a reader of a source; none where it is code."""
    names = {n for n, s in declared(source.vendor).named.items() if s is source}
    return [e for e in entries(source.vendor) if e.given["reader"] == reader and names & set(_listed(e.given["on"]))]


def lost_entries(source: Source, pages: Sequence[Page], names: Mapping[str, Reading]) -> Iterator[Proposal]:
    """One proposal for each of the readers (`names`, with what they gave) that are entries and read no more what they read."""
    for name, reading in names.items():
        found = _tried(of_reader(source, name), pages)
        issues = [i for i in reading.issues if i.kind in ("unreadable", "reworded")]
        # An entry whose table or heading has gone is silent: only what reads it again shows that it has not.
        if issues or reading.outcome != "good" or any(c.safe for _, c in found):
            was = found[0][0] if found else ""
            why = issues[0].message if issues else ""
            yield proposed(source, "entry", name, was, [c for _, c in found], why=why)


def _tried(own: Sequence[Entry], pages: Sequence[Page]) -> list[tuple[str, Candidate]]:
    """The likeliest edits of a reader's entries that are lost on the last page, with the words that each stands for: those
    that give the confirmed values first."""
    out: list[tuple[str, Candidate]] = []
    now = pages[-1]
    for entry in own:
        if _values(entry, now):
            continue
        old, was = next(((p, v) for p in reversed(pages[:-1]) if (v := _values(entry, p))), (None, {}))
        for said, likely, changes in _changes(entry, old, now):
            changed, edits = _with(entry, changes)
            tried = _result(entry, changed, pages, was)
            if tried == SAME and len({str(sorted(v.items(), key=str)) for v in was.values()}) > 1:
                # A row that gives several figures, each again under its own plan, is that row, whatever it is called.
                likely = replace(likely, doubts=tuple(d for d in likely.doubts if not is_of_words(d)))
            out.append((said, Candidate(likely, edits, tried, tried == SAME and not likely.doubts)))
    out.sort(key=lambda x: (not x[1].safe, x[1].tried != SAME, bool(x[1].likely.doubts), -x[1].likely.score))
    return out[:_FEW]


@dataclass(frozen=True, slots=True)
class _Change:
    """`phrase` as one more of what an entry's `key` says; `within`: as another way to fit the pattern of that number."""

    key: str
    phrase: str
    within: int | None = None


_Changes = Iterator[tuple[str, Likely, list[_Change]]]


def _changes(entry: Entry, old: Page | None, now: Page) -> _Changes:
    """(words that stood, what may be there now, the changes that would read it)."""
    yield from _headings(entry, old, now)
    if entry.section == "sentence":
        yield from _sentences(entry, old, now)
        return
    if "row" in entry.given:
        label = _listed(entry.given["row"])[-1]
        wanted = pattern_tokens(label)
        for name in dict.fromkeys(_labels(now)):
            likely = Likely(name, _shared(wanted, name), doubts(label, name, now))
            yield label, likely, [_Change("row", _escaped(name))]
    if entry.given["table"] != "plans":
        yield from _columns(entry, old, now)


def _sentences(entry: Entry, old: Page | None, now: Page) -> _Changes:
    fact = next((f for f in _facts(entry, old) if f.quote), None) if old else None
    if fact is None:
        return
    said = fact.quote or ""
    for candidate in ranked(now, said, old, terms=own_terms(fact), n=8):
        if pattern := wording(candidate.text, entry.says[-1]):
            yield said, candidate, [_Change("says", pattern)]


def _headings(entry: Entry, old: Page | None, now: Page) -> _Changes:
    """A heading that the entry names and the page has no more: each that is new on it."""
    key = "section" if "section" in entry.given else "under"
    wanted = entry.given.get(key)
    if wanted is None or old is None or now.has_heading(wanted):
        return
    before, after = (_with_neighbours(p) for p in (old, now))
    was = next((t for t in before if named(wanted).fullmatch(t)), wanted)
    for text in (t for t in after if t not in before):
        # In its place, between the same neighbours, a heading is that one, in whatever words.
        same_place = before.get(was) == after[text]
        said = tuple(d for d in doubts(was, text, now) if not (same_place and is_of_words(d)))
        yield was, Likely(text, _shared(tokens(was), text) + same_place, said), [_Change(key, _escaped(text), 0)]


def _with_neighbours(page: Page) -> dict[str, tuple[str, str]]:
    titles = ["", *dict.fromkeys(b.text for b in page.blocks if b.kind == "heading"), ""]
    return {t: (before, after) for before, t, after in zip(titles, titles[1:], titles[2:], strict=False)}


def _columns(entry: Entry, old: Page | None, now: Page) -> _Changes:
    """Headings of columns that the entry names and no table has: those of a table that has all the others."""
    places = [("table", n, p) for n, p in enumerate(_listed(entry.given["table"]))]
    places += [("column", 0, entry.given["column"])]
    own = [p for _, _, p in places if "(?P<" not in p]
    before = next((t for t in old.tables if t.has(*own)), None) if old else None
    for table in now.tables:
        missing = list(dict.fromkeys(p for p in own if not table.has(p)))
        free = [h for h in table.header if h and not any(named(p).fullmatch(h) for p in own)]
        if not missing or len(missing) > min(2, len(free)) or len(missing) == len(set(own)) > 1:
            continue
        for names in list(product(free, repeat=len(missing)))[:_TRIED]:
            if len(set(names)) == len(names):
                likely = _renamed(missing, names, table, before, now)
                fits = dict(zip(missing, names, strict=True))
                changes = [_Change(key, _escaped(fits[p]), n) for key, n, p in places if p in fits]
                yield " | ".join(missing), likely, changes


def _renamed(missing: Sequence[str], names: Sequence[str], table: Table, before: Table | None, now: Page) -> Likely:
    """How likely a table's headings are those that are missing: by their words, and by standing in the same place."""
    score, said = 0.0, []
    for pattern, name in zip(missing, names, strict=True):
        score += _shared(pattern_tokens(pattern), name)
        was = next((h for h in before.header if named(pattern).fullmatch(h)), None) if before else None
        same_place = before is not None and was is not None and before.header.index(was) == table.header.index(name)
        score += 0.5 * same_place
        # In its place, between the same neighbours, a column is that one, in whatever words.
        said += [d for d in doubts(was or pattern, name, now) if not (same_place and is_of_words(d))]
    return Likely(" | ".join(names), round(score, 3), tuple(dict.fromkeys(said)))


def _with(entry: Entry, changes: Sequence[_Change]) -> tuple[Entry, tuple[Edit, ...]]:
    """The entry as it would be, and the edits that write it."""
    file, given, edits = folder(entry.vendor) / "statements.toml", dict(entry.given), []
    for c in changes:
        edit = Edit(file, entry.section, entry.nth, c.key, c.phrase, c.within)
        given[c.key] = edit.value(given[c.key])
        edits.append(edit)
    return replace(entry, given=given), tuple(edits)


def _shared(wanted: frozenset[str], name: str) -> float:
    return round(len(wanted & tokens(name)) / (len(wanted | tokens(name)) or 1), 3)


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\ ", " ")


def wording(sentence: str, says: str) -> str | None:
    """A pattern that fits the sentence and has the holes of `says` in their order; None where it has other amounts than
    those, or `says` names groups, whose words only a person can point out."""
    if "(?P<" in says:
        return None
    holes = [m[0] for m in HOLE.finditer(says)]
    found = []
    for hole in dict.fromkeys(holes):
        regex, _ = compiled(hole)
        found += [(m.start(), m.end(), hole) for m in regex.finditer(sentence)]
    spans = [s for s in sorted(found) if any(p.start < s[1] and s[0] < p.end for p in phrases(sentence))]
    if [h for *_, h in spans] != holes:
        return None
    out, at = "", 0
    for start, end, hole in spans:
        out += _escaped(sentence[at:start]) + hole
        at = end
    return out + _escaped(sentence[at:])


def _labels(page: Page) -> Iterator[str]:
    for table in page.tables:
        amounts = any(phrases(c.text) for r in table.rows for c in r.cells[1:])
        if amounts:
            yield from (r.first.text for r in table.rows if r.first.text and not is_plan(page.vendor, r.first.text))
            yield from (h for h in table.header[1:] if h and not is_plan(page.vendor, h))


def _facts(entry: Entry, page: Page) -> list[Fact]:
    page.absent.clear()
    try:
        return [f for f in entry.read(page) if not f.refused]
    except ReadError:
        return []


def _values(entry: Entry, page: Page) -> dict[object, Mapping[str, object]]:
    return {f.id: f.values for f in _facts(entry, page)}


def _result(entry: Entry, changed: Entry, pages: Sequence[Page], was: Values) -> str:
    now = _values(changed, pages[-1])
    if not now:
        return "does not read it"
    for p in pages[:-1]:
        before = _values(entry, p)
        if before and _values(changed, p) != before:
            return f"changes what the page of {p.capture.day} says"
    if not was:
        return "reads it, and nothing confirmed is known to compare it with"
    if now.keys() != was.keys():
        return f"reads {len(now)} facts, of which {len(now.keys() & was.keys())} are those confirmed"
    if any(now[i] != was[i] for i in now):
        return "the value would change"
    return SAME


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]
