"""When the general layer speaks: on a page whose own readers could not read it, and for what they would have read."""

from collections.abc import Mapping
from dataclasses import replace

from sandsnap.model import Fact, Issue, Reading
from sandsnap.read.addresses import canonical
from sandsnap.read.general.claims import Verdict
from sandsnap.read.general.names import Names, names_of
from sandsnap.read.general.stated import item_of, items, plain, stated
from sandsnap.read.general.statements import Statement
from sandsnap.read.page import Page
from sandsnap.read.sources import vendor
from sandsnap.read.statements import Quoted, quoted

_SHOWN = 5


def filled(page: Page, readings: list[Reading]) -> list[Reading]:
    """The readings; those that failed on a page in a new shape with what the page states of their items all the same.

    A filled reading is partial, and has an issue: what it does not hold keeps its last value. What two statements give two
    values, what two items fit, and what another reader of the page reads otherwise, is an issue and no fact. A page on
    which its readers find nothing at all is in a new shape only if something of theirs is found on it.
    """
    names = names_of(page.vendor)
    if not any(s.readers for s in vendor(page.vendor).sources):
        return _without_readers(page, names, readings)
    # What the layer reads by itself it has read already.
    own = {n: names.owns[n] for n in map(_name, readings) if n in names.owns and n not in page.by_layer}
    lost = {n: own[n] for r in readings if (n := _name(r)) in own and _is_lost(r, page)}
    unquoted = _unquoted(page, readings)
    silent = not any(r.facts for r in readings if not r.sticky) or any(_is_unquoted(r) for r in readings)
    changed = 2 * (len(lost) + len(unquoted)) >= sum(not r.sticky for r in readings) + len(_quoted(page))
    if not (page.lost & lost.keys() or silent or changed):
        return _reworded(page, names, readings, lost)
    if gone := frozenset(filter(None, map(item_of, unquoted))):
        lost["quoted"] = gone
    # On a page in a new shape a reader that finds nothing has overlooked it as well.
    lost |= {n: own[n] for r in readings if not r.facts and r.outcome == "good" and (n := _name(r)) in own}
    if 2 * len(lost) >= sum(not r.sticky for r in readings):
        # Where most of a page has another shape, what does not fit a reader's cell has another shape, too.
        lost |= {n: own[n] for r in readings if _is_unfitting(r) and (n := _name(r)) in own}
    owned = frozenset[str]().union(*lost.values())
    if not owned:
        return readings
    judged, said = stated(page, names, owned, of_product(page, names))
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
        asked = items(lost.get(_name(r), ()))
        again = tuple(f for f in facts if item_of(f) in asked)
        facts = [f for f in facts if f not in again]
        if again:
            r = replace(r, outcome="good", facts=(*r.facts, *again), partial=True, redesigned=True)
        if asked and issues:
            r = replace(r, issues=(*r.issues, *(replace(i, reader=r.reader) for i in issues)), partial=True)
            issues = []
        if asked and not r.issues and page.capture.complete and (again or page.lost):
            r = replace(r, issues=(_overlooked(r, page, asked, len(again)),), partial=True)
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
    _, said = stated(page, names, frozenset[str]().union(*empty.values()), of_product(page, names))
    refused = _refused(readings, lost, names)
    facts, _ = _agreed([f for f in said if item_of(f) not in refused], readings, page)
    out = []
    for r in readings:
        asked = items(empty.get(_name(r), ()))
        own = tuple(f for f in facts if item_of(f) in asked)
        facts = [f for f in facts if f not in own]
        out.append(replace(r, outcome="good", facts=own, partial=True, redesigned=True) if own else r)
    return out


def _without_readers(page: Page, names: Names, readings: list[Reading]) -> list[Reading]:
    """The readings of a vendor that has no readers of its own yet: what its pages say of all items that its file names."""
    owned = frozenset[str]().union(*names.owns.values())
    if not owned:
        return readings
    judged, said = stated(page, names, owned, of_product(page, names))
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
    if page.lost and (named := [v for v in judged if v.near]):
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


def of_product(page: Page, names: Names) -> frozenset[str]:
    """What the readers of all pages of the page's product own."""
    readers = {r for s in vendor(page.vendor).sources if s.product == page.product for r in s.readers}
    return frozenset[str]().union(*(items for reader, items in names.owns.items() if reader in readers))


def _is_lost(reading: Reading, page: Page) -> bool:
    """Whether a reader found nothing of the shape that it knows, or a sentence in other words. What it found and refused
    (a plan, a unit, two values) stays refused."""
    return _name(reading) in page.lost or any(i.kind == "reworded" for i in reading.issues)


def _is_unfitting(reading: Reading) -> bool:
    return reading.outcome == "failed" and all(i.kind == "unreadable" for i in reading.issues)


def _refused(readings: list[Reading], lost: Mapping[str, frozenset[str]], names: Names) -> set[str]:
    """The items of readers that found what they look for and refused it: nothing else is read in its place."""
    failed = (_name(r) for r in readings if r.outcome == "failed" and _name(r) not in lost)
    return {o for n in failed for o in items(names.owns.get(n, ()))}


def _name(reading: Reading) -> str:
    return reading.reader.rpartition("#")[2]


def _agreed(facts: list[Fact], readings: list[Reading], page: Page) -> tuple[list[Fact], list[Issue]]:
    """Each key once. Where the page states it twice with two values, or an exact reader has it, none is taken."""
    exact = {f.id: f for r in readings for f in r.facts}
    by_id: dict[object, list[Fact]] = {}
    for f in (f for f in facts if not f.refused):
        by_id.setdefault(f.id, []).append(f)
    taken, issues = [], []
    for key, said in by_id.items():
        first = exact.get(key, said[0])  # type: ignore[call-overload]
        other = next((f for f in said if _differ(plain(f), plain(first))), None)
        if other is not None:
            what = f"{first.table} {' / '.join(first.key.values())}"
            message = f"{what}: the page may say both {first.quote!r} and {other.quote!r}"
            issues.append(Issue("conflict", page.vendor, page.source_url, message))
        elif key not in exact:
            taken.append(said[0])
    return taken, issues


def _differ(a: Mapping[str, object], b: Mapping[str, object]) -> bool:
    """Whether two statements of a key give one column two values; what only one of them says is no difference."""
    return any(a[k] != b[k] for k in a if a[k] is not None and b[k] is not None)


def _overlooked(reading: Reading, page: Page, asked: frozenset[str], found: int) -> Issue:
    what = ", ".join(sorted(asked))
    shown = f"of {what}, {found} facts were read by what they say; look whether that is all"
    message = (
        f"{_name(reading)}: the page is in a new shape, and {shown if found else f'nothing of {what} was found on it'}"
    )
    return Issue("unreadable", page.vendor, page.source_url, message, reading.reader)
