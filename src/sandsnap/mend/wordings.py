"""What would read an entry of statements.toml again: another wording of its sentence, another label of its row, another name of
a plan. Each is tried on the last captures of the page and must give the last confirmed values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sandsnap.mend.edits import Edit
from sandsnap.mend.likely import UNLIKE, Likely, doubts, own_terms, ranked
from sandsnap.model import Fact
from sandsnap.read.entries import Entry, entries
from sandsnap.read.errors import ReadError
from sandsnap.read.page import Page
from sandsnap.read.passage import HOLE, compiled
from sandsnap.read.phrases import phrases
from sandsnap.read.plans import SILENT, is_plan
from sandsnap.read.sentences import pattern_tokens, tokens
from sandsnap.read.sources import Source, declared
from sandsnap.vendors import folder, settings

SAME = "gives the confirmed value again"
_FEW = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate, the edit that writes it, and what it gave; `was`: the words that it stands for."""

    was: str
    candidate: Likely
    edit: Edit
    result: str


Values = Mapping[object, Mapping[str, object]]


def of_reader(source: Source, reader: str) -> list[Entry]:
    """The entries that make a reader of a source; none where it is code."""
    names = {n for n, s in source_names(source)}
    return [e for e in entries(source.vendor) if e.given["reader"] == reader and names & set(_listed(e.given["on"]))]


def source_names(source: Source) -> list[tuple[str, Source]]:
    """The names that vendor.toml gives a source."""
    return [(n, s) for n, s in declared(source.vendor).named.items() if s is source]


def tried(own: Sequence[Entry], pages: Sequence[Page]) -> list[Tried]:
    """The likeliest edits of a reader's entries that are lost on the last page, those that give the confirmed values first."""
    out: list[Tried] = []
    now = pages[-1]
    for entry in own:
        if _values(entry, now):
            continue
        old, was = next(((p, v) for p in reversed(pages[:-1]) if (v := _values(entry, p))), (None, {}))
        for said, candidate, changed, edit in _changed(entry, old, now):
            result = _result(entry, changed, pages, was)
            if result == SAME and len({str(sorted(v.items(), key=str)) for v in was.values()}) > 1:
                # A row that gives several figures, each again under its own plan, is that row, whatever it is called.
                candidate = replace(candidate, doubts=tuple(d for d in candidate.doubts if d != UNLIKE))
            out.append(Tried(said, candidate, edit, result))
    out.sort(key=lambda t: (t.result != SAME, bool(t.candidate.doubts), -t.candidate.score))
    return out[:_FEW]


def _changed(entry: Entry, old: Page | None, now: Page) -> Iterator[tuple[str, Likely, Entry, Edit]]:
    if entry.section == "sentence":
        fact = next((f for f in _facts(entry, old) if f.quote), None) if old else None
        said = fact.quote or "" if fact else ""
        for candidate in ranked(now, said, old, terms=own_terms(fact), n=8) if fact else ():
            if pattern := wording(candidate.text, entry.says[-1]):
                yield said, candidate, *_with(entry, "says", pattern)
    elif "row" in entry.given:
        label = _listed(entry.given["row"])[-1]
        wanted = pattern_tokens(label)
        for name in dict.fromkeys(_labels(now)):
            shared = wanted & tokens(name)
            score = len(shared) / (len(wanted | tokens(name)) or 1)
            likely = Likely(name, round(score, 3), doubts(label, name, now) if shared else ())
            yield label, likely, *_with(entry, "row", re.escape(name).replace(r"\ ", " "))


def _with(entry: Entry, key: str, pattern: str) -> tuple[Entry, Edit]:
    known = _listed(entry.given[key])
    file = folder(entry.vendor) / "statements.toml"
    changed = replace(entry, given={**entry.given, key: [*known, pattern]})
    return changed, Edit(file, entry.section, entry.nth, key, pattern)


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
        out += re.escape(sentence[at:start]) + hole
        at = end
    return (out + re.escape(sentence[at:])).replace(r"\ ", " ")


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


def renamed_plan(vendor: str, message: str, pages: Sequence[Page]) -> list[tuple[str, str]]:
    """(plan of the vendor's file, new name) where a reader met a plan that nobody knows: of each plan whose names have all
    gone from the page."""
    m = re.search(r"unknown plan '([^']+)'", message)
    known = settings(vendor).get("general", {}).get("plans", {})
    text = pages[-1].running_text
    gone = [plan for plan, names in known.items() if not any(re.search(rf"\b{re.escape(n)}\b", text) for n in names)]
    stood = [
        plan
        for plan in gone
        if any(re.search(rf"\b{re.escape(n)}\b", p.running_text) for p in pages[:-1] for n in known[plan])
    ]
    return [(plan, m[1]) for plan in stood] if m and not SILENT.fullmatch(m[1]) else []


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]
