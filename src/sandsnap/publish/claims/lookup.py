"""Look facts up for an expression: one figure of one fact, a set of them, or whether a page states such a fact at all.

A column that the shown source leaves out is taken from the next source that states it. What was used, and which sources
say otherwise, is kept for the answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sandsnap.publish.claims.facts import TABLES, Claim, NoFigure, Scalar, Selection, figure, said, written

Groups = Mapping[tuple[str, str, str], list[Claim]]  # (product, table, key) -> claims, the shown one first
Facts = Callable[[str], Groups]  # of a vendor


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, and why; `disagree` where sources state different things."""

    why: str
    disagree: bool = False


Value = Scalar | frozenset[Scalar] | Unknown


@dataclass
class Lookup:
    """The facts of a day, and what was read of them. `prefer` is a claim to believe before all others of its fact."""

    facts: Facts
    prefer: Claim | None = None
    found: list[str] = field(default_factory=list)
    used: list[Claim] = field(default_factory=list)
    rivals: list[Claim] = field(default_factory=list)
    days: list[date] = field(default_factory=list)


def groups_of(look: Lookup, wanted: Selection) -> list[list[Claim]]:
    """The facts that fit, each with its claims, the one to believe first."""
    out = []
    for (product, table, key), claims in look.facts(wanted.vendor).items():
        if not wanted.names(product, table, key):
            continue
        if look.prefer is not None and look.prefer in claims:
            claims = [look.prefer, *(c for c in claims if c is not look.prefer)]
        shown: dict[str, Scalar] = {}
        for claim in reversed(claims):
            shown |= claim.columns
        if all(c in shown and written(shown[c]) == value for c, value in wanted.where):
            out.append(claims)
    return out


def read(look: Lookup, wanted: Selection, name: str) -> Value:
    """A column or figure of the fact that fits; of all that fit, a set."""
    groups = groups_of(look, wanted)
    if not groups:
        return _nothing(look, wanted)
    if not wanted.many and len(groups) > 1:
        keys = ", ".join(g[0].key for g in groups[:6])
        return Unknown(f"{len(groups)} facts fit {wanted} ({keys}): name the one that is meant")
    values: set[Scalar] = set()
    why = f"no page states the {name.replace('_', ' ')} of {wanted}"
    is_key = name in next(t.keys for t in TABLES if t.name == wanted.table)
    for claims in groups:
        figures: list[tuple[Claim, Scalar]] = []
        for claim in claims:
            try:
                value = figure(claim, name)
            except NoFigure as e:
                why = f"{wanted}: {e}"
                continue
            if value is not None:
                figures.append((claim, value))
        if not figures:
            continue
        first, value = figures[0]
        values.add(value)
        look.used.append(first)
        if not is_key:
            look.found.append(f"{_label(first) if wanted.many else wanted} {said(first, name, value)}")
        # A page last seen before this value began may merely be old: only what was said at the same time contradicts.
        look.rivals += [c for c, v in figures[1:] if v != value and c.verified_on and c.verified_on >= first.valid_from]
        if name in ("announced_on", "effective_on", "ends_on"):
            look.days.append(date.fromisoformat(str(value)))
    if not values:
        return Unknown(why)
    if is_key:
        look.found.append(f"{wanted}: {written(frozenset(values))}")
    return frozenset(values) if wanted.many else next(iter(values))


def stated(look: Lookup, wanted: Selection) -> bool | Unknown:
    """Whether some page states a fact that fits."""
    groups = groups_of(look, wanted)
    if groups:
        look.used += [g[0] for g in groups]
        look.found += [f"stated: {g[0].vendor}/{g[0].product} {g[0].table} {_summary(g[0])}" for g in groups]
        return True
    # Nothing of the kind: false only where the vendor's pages were read for this table and say something else.
    for kept in range(len(wanted.where) - 1, -1, -1):
        wider = Selection(wanted.table, wanted.vendor, wanted.product, wanted.where[:kept], True)
        if near := groups_of(look, wider):
            look.used += [g[0] for g in near]
            others = "; ".join(_summary(g[0]) for g in near[:4]) + ("; …" if len(near) > 4 else "")
            look.found.append(f"no page states {wanted}; stated: {others}")
            return False
    return _nothing(look, wanted)


def _label(claim: Claim) -> str:
    return f"{claim.vendor}/{claim.product} {claim.table} {_key(claim)}".removesuffix(" -")


def _key(claim: Claim) -> str:
    """The key as people read it: a list price is what a price is."""
    return claim.key.removesuffix(" / list")


def _summary(claim: Claim) -> str:
    rest = {k: v for k, v in claim.columns.items() if k not in ("unit", "claimed_by", "statement", "official")}
    names = claim.key.split(" / ")
    values = " ".join(written(v) for k, v in rest.items() if not (isinstance(v, str) and v in names))
    return " ".join(f"{_key(claim)} {values} {claim.columns.get('unit', '')}".split())


def _nothing(look: Lookup, wanted: Selection) -> Unknown:
    unknown = Unknown(f"no fact: {wanted}")
    look.found.append(unknown.why)
    return unknown
