"""Stated twins: one fact that several pages (or readers) of a vendor state. Where they disagree, somebody must look."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sandsnap.check.breaker import RECENT
from sandsnap.check.decisions import Decision
from sandsnap.check.evidence import Claim, Claims, label, marked, of_facts
from sandsnap.check.plausible import suspicious
from sandsnap.check.units import same_figure
from sandsnap.model import Fact, Issue, Reading
from schemas import TABLES
from schemas.vocabulary import UNCAPTURED

# "A microVM" and "Firecracker" are two ways to say one thing: the first names no product.
_UNNAMED = {"microvm", "hypervisor", "container"}


def disagree(a: Fact, b: Fact) -> str | None:
    """The first column in which two statements of one fact contradict each other, or None. What one of them leaves
    open, and wordings outside the vocabulary (statements, package names), contradict nothing."""
    columns = TABLES[a.table].by_name
    for name, one in a.values.items():
        other = b.values[name]
        if a.table == "limits" and name == "amount" and (one is None) != (other is None):
            return name  # a limit without an amount is a statement: there is none
        if one is None or other is None or name == "unit":
            continue
        if isinstance(one, Decimal) and isinstance(other, Decimal):
            if not same_figure(a, b, name):
                return name
        elif one == other or (name == "technology" and {one, other} & _UNNAMED):
            continue
        elif isinstance(one, bool | date) or columns[name].terms is not None:
            return name
    return None


def _claims(
    day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading]
) -> dict[object, dict[str, Fact]]:
    """By fact id, what each reader says: today, or not long ago on a page that was not read well today."""
    out: dict[object, dict[str, Fact]] = {}
    good = {r.reader: r for r in readings if r.outcome == "good"}
    for reader, facts in standing.items():
        for f in facts:
            recent = f.verified_on is not None and f.verified_on >= day - RECENT
            if f.basis not in UNCAPTURED and recent and (reader not in good or good[reader].partial):
                out.setdefault(f.id, {})[reader] = f
    for r in good.values():
        for f in r.facts:
            if f.basis not in UNCAPTURED:
                out.setdefault(f.id, {})[r.reader] = f
    return out


def parted(before: Claims, readings: Sequence[Reading]) -> dict[Claim, Fact]:
    """Claims of today whose twin moved today too, elsewhere, after both had agreed: one of them is misread. Each with
    the twin it contradicts."""
    moved: dict[object, list[tuple[Claim, Fact, Fact]]] = {}
    for r in readings:
        for f in r.facts if r.outcome == "good" else ():
            old = before.get((r.reader, f.id))
            if old is not None and old.values != f.values and f.basis == "read" == old.basis:
                moved.setdefault(f.id, []).append(((r.reader, f.id), old, f))
    out: dict[Claim, Fact] = {}
    for several in moved.values():
        for claim, old, new in several:
            for other, other_old, other_new in several:
                if claim != other and disagree(old, other_old) is None and disagree(new, other_new) is not None:
                    out[claim] = other_new
    return out


def slipped(day: date, before: Claims, reading: Reading) -> dict[int, str]:
    """Position of a fact -> why: what a page is first seen to state, and is a unit's factor away from what another page of
    the vendor has stated not long ago."""
    new = {
        f.id: i
        for i, f in enumerate(reading.facts)
        if f.basis not in UNCAPTURED and (reading.reader, f.id) not in before
    }
    out: dict[int, str] = {}
    for (_, claimed), stated in before.items() if new else ():
        at = new.get(claimed)
        recent = stated.verified_on is not None and stated.verified_on >= day - RECENT
        if at is None or at in out or not recent or stated.basis in UNCAPTURED:
            continue
        if doubt := suspicious(stated, reading.facts[at]):
            out[at] = f"{stated.source_url} says {stated.quote!r}: {doubt.text}"
    return out


def conflicts(day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading]) -> list[Issue]:
    """One issue per fact that the vendor's pages state differently, on each day on which one of them was read well.

    It goes by the last of the readers by name, whichever was read: so it is one issue, however often each page is read.
    """
    out = []
    for here, fact, _, other in _disagreeing(day, standing, readings):
        column = disagree(fact, other)
        said = [f"{f.values[str(column)]}{_unit(f)} in {f.quote!r} on {f.source_url}" for f in (fact, other)]
        message = f"{label(fact)}: the vendor states {column} as {said[0]}, and as {said[1]}"
        out.append(
            Issue("conflict", fact.vendor, fact.source_url, marked(of_facts([fact, other]), message), here, other.quote)
        )
    return out


def losers(
    day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading], decisions: Mapping[str, Decision]
) -> dict[str, list[Fact]]:
    """By reader, what its page says though a person decided that the other page of a conflict is right."""
    if not any(d.verdict == "wins" for d in decisions.values()):
        return {}
    out: dict[str, list[Fact]] = {}
    for here, fact, there, other in _disagreeing(day, standing, readings):
        decision = decisions.get(of_facts([fact, other]))
        if decision is not None and decision.verdict == "wins":
            reader, lost = (there, other) if fact.source_url == decision.source_url else (here, fact)
            out.setdefault(reader, []).append(lost)
    return out


def _disagreeing(
    day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading]
) -> Iterator[tuple[str, Fact, str, Fact]]:
    """(reader, fact, other reader, other fact) of each fact that pages read on the day state differently."""
    today = {r.reader for r in readings if r.outcome == "good"}
    for claims in _claims(day, standing, readings).values():
        if len(claims) == 1 or not today & claims.keys():
            continue
        here = max(claims)
        fact = claims[here]
        others = [(reader, f) for reader, f in sorted(claims.items()) if reader != here and disagree(fact, f)]
        if others:
            yield here, fact, *others[0]


def _unit(fact: Fact) -> str:
    return f" {fact.values['unit']}" if fact.values.get("unit") else ""
