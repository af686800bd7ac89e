"""When the general layer speaks: on a page whose own readers could not read it, and for what they would have read."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sandsnap.model import Fact, Issue, Reading
from sandsnap.read.general import places
from sandsnap.read.general.claims import Verdict, judge
from sandsnap.read.general.names import Names, names_of
from sandsnap.read.general.statements import Statement, statements
from sandsnap.read.general.terms import terms
from sandsnap.read.page import Page
from sandsnap.read.plans import names_plan
from sandsnap.read.sources import canonical, vendor
from sandsnap.read.statements import Quoted, quoted

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_SHOWN = 5
# The heading of an entry of a changelog: a version or a day.
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_ENTRY = re.compile(
    rf"\[?(?:(?:[a-z]+/)?v(?:ersion )?)?\d+\.\d+|\[?\d{{4}}-\d\d-\d\d|(?:\w+day,? )?(?:\d{{1,2}} )?{_MONTH}\.? \d{{1,4}}\b",
    re.IGNORECASE,
)
_ENTRIES = 2
_LOG = re.compile(r"/(?:changelog|releases|release-notes)\b", re.IGNORECASE)
_TERM = {
    "prices": "meter",
    "limits": "limit",
    "allowances": "allowance",
    "cold_starts": "operation",
    "persistence": "mechanism",
}


def filled(page: Page, readings: list[Reading]) -> list[Reading]:
    """The readings; those that failed on a page in a new shape with what the page states of their items all the same.

    A filled reading is partial, and has an issue: what it does not hold keeps its last value. What two statements give two
    values, what two items fit, and what another reader of the page reads otherwise, is an issue and no fact. A page on
    which its readers find nothing at all is in a new shape only if something of theirs is found on it.
    """
    names = names_of(page.vendor)
    if not any(s.readers for s in vendor(page.vendor).sources):
        return _without_readers(page, names, readings)
    lost = {n: names.owns[n] for r in readings if (n := _name(r)) in names.owns and _is_lost(r, page)}
    unquoted = _unquoted(page, readings)
    silent = not any(r.facts for r in readings if not r.sticky) or any(_is_unquoted(r) for r in readings)
    changed = 2 * (len(lost) + len(unquoted)) >= sum(not r.sticky for r in readings) + len(_quoted(page))
    if not (page.lost & lost.keys() or silent or changed):
        return _reworded(page, names, readings, lost)
    if gone := frozenset(filter(None, map(item_of, unquoted))):
        lost["quoted"] = gone
    # On a page in a new shape a reader that finds nothing has overlooked it as well.
    lost |= {
        n: names.owns[n] for r in readings if not r.facts and r.outcome == "good" and (n := _name(r)) in names.owns
    }
    if 2 * len(lost) >= sum(not r.sticky for r in readings):
        # Where most of a page has another shape, what does not fit a reader's cell has another shape, too.
        lost |= {n: names.owns[n] for r in readings if _is_unfitting(r) and (n := _name(r)) in names.owns}
    owned = frozenset[str]().union(*lost.values())
    if not owned:
        return readings
    judged, said = _said(page, names, owned)
    refused = _refused(readings, lost, names)
    facts, issues = _agreed([f for f in said if item_of(f) not in refused], readings, page)
    issues += unclear(page, judged)
    if not (page.lost or facts or issues):
        return readings  # nothing of theirs is on the page: it may never have been
    found = len(facts)
    # Where most readers are lost, what the others do not find has not gone from the page either.
    anew = silent or 2 * len(lost) >= sum(not r.sticky for r in readings)
    out: list[Reading] = []
    for r in readings:
        items = {o.partition("/")[0] for o in lost.get(_name(r), ())}
        own = tuple(f for f in facts if item_of(f) in items)
        facts = [f for f in facts if f not in own]
        if own:
            r = replace(r, outcome="good", facts=(*r.facts, *own), partial=True, redesigned=True)
        if items and issues:
            r = replace(r, issues=(*r.issues, *(replace(i, reader=r.reader) for i in issues)), partial=True)
            issues = []
        if items and not r.issues and page.capture.complete and (own or page.lost):
            r = replace(r, issues=(_overlooked(r, page, items, len(own)),), partial=True)
        out.append(replace(r, partial=r.partial or (anew and not r.sticky)))
    # What other pages of the vendor own and this one states now: claims of its own, which no reader of the page gives up.
    # A page of whose own items nothing was found is not understood well enough for that.
    return [*out, _beside(readings[0], tuple(facts))] if facts and len(facts) < found else out


def _reworded(page: Page, names: Names, readings: list[Reading], lost: Mapping[str, frozenset[str]]) -> list[Reading]:
    """The readings of a page on which some sentence stands in other words, which is no redesign: what those readers that
    found nothing would have read, where the page states it once. Their own issue says that it was reworded."""
    empty = {n: lost[n] for r in readings if not r.facts and (n := _name(r)) in lost and lost[n]}
    if not empty:
        return readings
    _, said = _said(page, names, frozenset[str]().union(*empty.values()))
    refused = _refused(readings, lost, names)
    facts, _ = _agreed([f for f in said if item_of(f) not in refused], readings, page)
    out = []
    for r in readings:
        items = {o.partition("/")[0] for o in empty.get(_name(r), ())}
        own = tuple(f for f in facts if item_of(f) in items)
        facts = [f for f in facts if f not in own]
        out.append(replace(r, outcome="good", facts=own, partial=True, redesigned=True) if own else r)
    return out


def _is_log(page: Page) -> bool:
    """Whether a page is a list of what happened when: what an entry states held on its day."""
    titles = [b.text for b in page.blocks if b.kind == "heading"]
    if _LOG.search(page.source_url):
        return True
    return sum(bool(_ENTRY.match(t)) for t in titles) > max(_ENTRIES, len(titles) // 3)


def _said(page: Page, names: Names, owned: frozenset[str]) -> tuple[list[Verdict], list[Fact]]:
    if _is_log(page):
        return [], []
    judged = verdicts(page, names, owned)
    said = [f for v in judged for f in v.facts] + terms(page, names, owned)
    if "regions.*" in owned:
        said += places.regions(page, names)
    if "gpus.*" in owned:
        said += places.gpus(page, names)
    return judged, said


def _without_readers(page: Page, names: Names, readings: list[Reading]) -> list[Reading]:
    """The readings of a vendor that has no readers of its own yet: what its pages say of all items that its file names."""
    owned = frozenset[str]().union(*names.owns.values())
    if not owned:
        return readings
    judged, said = _said(page, names, owned)
    facts, issues = _agreed(said, readings, page)
    issues += [i for i in unclear(page, judged) if i.kind == "ambiguous"]
    own = replace(_beside(readings[0], tuple(facts)), partial=not page.capture.complete, sticky=False, redesigned=False)
    return [*(r for r in readings if r.sticky), replace(own, issues=tuple(issues))]


def unclear(page: Page, judged: list[Verdict]) -> list[Issue]:
    """What a person must decide: labels that two items fit, and amounts that nothing known names, with what is nearest."""
    out = [
        Issue("ambiguous", page.vendor, page.source_url, f"{v.statement.passage.quote!r}: {v.statement.phrase!r} may be "
              f"{' or '.join(v.items)}; neither is taken")
        for v in judged if len(v.items) > 1
    ]  # fmt: skip
    if (named := [v for v in judged if v.is_open and v.near]) and page.lost:
        shown = "; ".join(
            f"{v.statement.phrase!r} of {_short(v.statement)!r} ({', '.join(v.near)}?)" for v in named[:_SHOWN]
        )
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        message = f"amounts that the lexicon does not name: {shown}{more}"
        out.append(Issue("residue", page.vendor, page.source_url, message, nearest=named[0].statement.passage.quote))
    return out


def _short(statement: Statement) -> str:
    label = " ".join(statement.labels[0].split())
    return label if len(label) <= 60 else label[:59] + "…"


def _quoted(page: Page) -> list[Quoted]:
    """What people quoted from the page."""
    return [q for q in quoted(page.vendor) if canonical(page.source_url) in q.urls]


def _unquoted(page: Page, readings: list[Reading]) -> list[Fact]:
    """The facts of quotes that do not stand on the page any more."""
    stand = {f.id for r in readings if r.sticky for f in r.facts}
    facts = (page.passage("").fact(q.table, bound="exact", **q.fields) for q in _quoted(page))
    return [f for f in facts if f.id not in stand]


def _is_unquoted(reading: Reading) -> bool:
    """Whether the sentences that a person quoted from the page have all gone from it."""
    return reading.sticky and not reading.facts and any(i.kind == "lost_quote" for i in reading.issues)


def _beside(first: Reading, facts: tuple[Fact, ...]) -> Reading:
    reader = f"{first.source_url}#general"
    return replace(
        first, reader=reader, outcome="good", facts=facts, issues=(), partial=True, sticky=True, redesigned=True
    )


def verdicts(page: Page, names: Names, owned: frozenset[str]) -> list[Verdict]:
    """What every statement of a page is taken for, among the items that may be read on it."""
    whole = names.of_source.get(canonical(page.source_url))
    if whole and not names_plan(page.vendor, whole, page.text):
        return []
    found = statements(page, names)
    placed = (replace(s, plans=(whole,)) if whole and not s.plans else s for s in found)
    elsewhere = _of_product(page, names)
    return [_judged(s, owned, elsewhere, names) for s in placed]


def _of_product(page: Page, names: Names) -> frozenset[str]:
    """What the readers of all pages of the page's product own."""
    readers = {r for s in vendor(page.vendor).sources if s.product == page.product for r in s.readers}
    return frozenset[str]().union(*(items for reader, items in names.owns.items() if reader in readers))


def _judged(statement: Statement, owned: frozenset[str], elsewhere: frozenset[str], names: Names) -> Verdict:
    """A statement taken for an item of the page's own, else for one that other pages of the vendor own."""
    verdict = judge(statement, owned, names)
    if verdict.items or not verdict.is_open:
        return verdict
    other = judge(statement, elsewhere, names)
    return other if other.facts else verdict


def _is_lost(reading: Reading, page: Page) -> bool:
    """Whether a reader found nothing of the shape that it knows, or a sentence in other words. What it found and refused
    (a plan, a unit, two values) stays refused."""
    return _name(reading) in page.lost or any(i.kind == "reworded" for i in reading.issues)


def _is_unfitting(reading: Reading) -> bool:
    return reading.outcome == "failed" and all(i.kind == "unreadable" for i in reading.issues)


def _refused(readings: list[Reading], lost: Mapping[str, frozenset[str]], names: Names) -> set[str]:
    """The items of readers that found what they look for and refused it: nothing else is read in its place."""
    failed = (_name(r) for r in readings if r.outcome == "failed" and _name(r) not in lost)
    return {o.partition("/")[0] for n in failed for o in names.owns.get(n, ())}


def _name(reading: Reading) -> str:
    return reading.reader.rpartition("#")[2]


def item_of(fact: Fact) -> str | None:
    """The item of the lexicon that a fact is of; None where its table has none."""
    if fact.table in ("regions", "gpus", "sdks", "isolation"):
        return f"{fact.table}.*"
    return f"{fact.table}.{fact.key[_TERM[fact.table]]}" if fact.table in _TERM else None


def _agreed(facts: list[Fact], readings: list[Reading], page: Page) -> tuple[list[Fact], list[Issue]]:
    """Each key once. Where the page states it twice with two values, or an exact reader has it, none is taken."""
    exact = {f.id: f for r in readings for f in r.facts}
    by_id: dict[object, list[Fact]] = {}
    for f in facts:
        by_id.setdefault(f.id, []).append(f)
    taken, issues = [], []
    for key, said in by_id.items():
        first = exact.get(key, said[0])  # type: ignore[call-overload]
        other = next((f for f in said if _plain(f) != _plain(first)), None)
        if other is not None:
            what = f"{first.table} {' / '.join(first.key.values())}"
            message = f"{what}: the page may say both {first.quote!r} and {other.quote!r}"
            issues.append(Issue("conflict", page.vendor, page.source_url, message))
        elif key not in exact:
            taken.append(said[0])
    return taken, issues


def _plain(fact: Fact) -> dict[str, object]:
    """A fact's values in one unit of time, for comparing."""
    values: dict[str, object] = dict(fact.values)
    amount, factor = values.get("amount"), _SECONDS.get(str(values.get("unit")))
    if factor and isinstance(amount, Decimal):
        values |= {"amount": amount * factor, "unit": "second"}
    return values


def _overlooked(reading: Reading, page: Page, items: set[str], found: int) -> Issue:
    what = ", ".join(sorted(items))
    shown = f"of {what}, {found} facts were read by what they say; look whether that is all"
    message = (
        f"{_name(reading)}: the page is in a new shape, and {shown if found else f'nothing of {what} was found on it'}"
    )
    return Issue("unreadable", page.vendor, page.source_url, message, reading.reader)
