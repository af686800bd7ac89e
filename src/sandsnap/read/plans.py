"""Plans as pages name them, tables that compare them, whichever way round, and what a plan costs."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from sandsnap.model import Fact
from sandsnap.read.amounts import Amount
from sandsnap.read.errors import NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.table import Cell, Table, named
from sandsnap.vendors import settings

# What a cell says where it states no figure.
_SILENT = re.compile(
    r"-|–|—|n/a|none|custom(?: limits)?|coming soon.*|not (?:included|available)|included in [a-z -]+|\d[\d.,]*\+(?: ?\w+)?",
    re.IGNORECASE,
)
# What it says where a figure is to be asked for. Where a price stood, only a person can say whether it still does.
_ASKED = re.compile(r"contact .*|talk to .*", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_KIND = re.compile(r"\s+(?:plan|tier)s?$", re.IGNORECASE)
_BESIDE = re.compile(r"notes?|details?|descriptions?|units?|support|", re.IGNORECASE)  # columns that are no plan's
_RIVALS = re.compile(r"\bcompar|\bvs\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:plans?|tiers?|pricing)\b", re.IGNORECASE)


def is_silent(text: str, *, asked: bool = False) -> bool:
    """Whether a cell states no figure; `asked`: one that says whom to ask is none of those."""
    return not text or bool(_SILENT.fullmatch(text)) or (not asked and bool(_ASKED.fullmatch(text)))


@cache
def plans(vendor: str) -> Mapping[str, str]:
    """What a vendor's plans are called, in lower case -> the contract's plan ([general.plans] of vendor.toml)."""
    given = settings(vendor).get("general", {}).get("plans", {})
    return {spelt.lower(): plan for plan, names in given.items() for spelt in (plan, *names)}


def names_plan(vendor: str, plan: str, text: str) -> bool:
    """Whether a text names a plan by any of its names."""
    low = text.lower()
    return any(spelt in low for spelt, of in plans(vendor).items() if of == plan)


def is_plan(vendor: str, name: str) -> str | None:
    """The plan of a name ("Pro", "Pro plan", "Hobby (free)"), or None."""
    known, plain = plans(vendor), " ".join(name.lower().split())
    short = _BRACKETS.sub("", plain)
    numbered = f"tier {plain}" if plain.isdecimal() else plain  # a column "Tier" counts them
    return known.get(numbered) or known.get(short) or known.get(_KIND.sub("", short))


def plan_of(vendor: str, name: str) -> str:
    """The plan of a name. Raises Unreadable for one that the vendor's file does not know."""
    if plan := is_plan(vendor, name):
        return plan
    where = f"{vendor}/vendor.toml, [general.plans]"
    raise Unreadable(f"unknown plan {name!r}: once a person has looked at the page, add it to {where}")


def by_plan(
    page: Page, label: str, *, under: str | None = None, some: bool = False, skip: str = "(?!)", asked: bool = False
) -> Iterator[tuple[str, Cell, Mapping[str, str]]]:
    """(plan, cell, the label's groups) of what the tables of plans say under a label (a regular expression, in full), whether the plans are
    their columns or their rows. `some`: the tables may well not say it;
    cells that state no figure, or say what `skip` fits, are left out; `asked`: not those that say whom to ask.

    Raises NotFound where there is no table of plans or none says it, Unreadable where a table names a plan that the
    vendor's file does not know, or where only one of another time or another's says it.
    """
    tables = [t for t in page.all_tables if under is None or any(named(under).fullmatch(h) for h in t.headings)]
    comparing = [t for t in tables if across(t) or _down(t)]
    if not comparing:
        seen = "; ".join(" | ".join(t.header) for t in tables) or "no table at all"
        raise NotFound(f"expected a table of plans with {label!r}, found {seen[:300]}")
    saying = [(t, pairs) for t in comparing if (pairs := _pairs(t, label))]
    own = [(t, pairs) for t, pairs in saying if not _is_off(t)]
    if not own and (saying or all(map(_is_off, comparing))):
        raise Unreadable(f"a table under {(saying[0][0] if saying else comparing[0]).headings[-1:]} is not read")
    if not own and not some:
        names = " | ".join(label for t in comparing for label in (r.first.text for r in t.rows))
        raise NotFound(f"no table of plans says {label!r}; they say {names[:300]}")
    for table, pairs in sorted(own, key=lambda x: across(x[0])):  # a row that names the plan says it shortest
        page.named_tables.add(id(table.raw))
        for name, cell in pairs:
            if is_silent(cell.text, asked=asked) or named(skip).fullmatch(cell.text):
                continue
            said = named(label).fullmatch(cell.first if name == cell.column else cell.column)
            yield plan_of(page.vendor, name), cell, {k: v for k, v in (said.groupdict() if said else {}).items() if v}


def _pairs(table: Table, label: str) -> list[tuple[str, Cell]]:
    if across(table):
        cells = [c for row in table.rows_named(label) for c in row.cells[1:]]
        return [(c.column, c) for c in cells if not _BESIDE.fullmatch(c.column)]
    if any(named(label).fullmatch(h) for h in table.header[1:]):
        return [(row.first.text, row[label]) for row in table]
    return []


def _is_off(table: Table) -> bool:
    """Whether a table is of another time or vendor; one under "E2B vs others" is, one under "Compare plans" is not."""
    rivals = [h for h in table.headings if _RIVALS.search(h)]
    return table.off or any(not _OWN.search(h) for h in rivals)


def across(table: Table) -> bool:
    """Whether a table's columns are plans: half of them at least, so that one under a new name is asked about."""
    heads = [h for h in table.header[1:] if not _BESIDE.fullmatch(h)]
    known = sum(is_plan(table.page.vendor, h) is not None for h in heads)
    return known > 1 or 0 < known * 2 >= len(heads)


def _down(table: Table) -> bool:
    named_ones = sum(is_plan(table.page.vendor, r.first.text) is not None for r in table.rows)
    return named_ones > 1 or 0 < named_ones == len(table.rows)


def fee(said: Passage, cost: Amount, plan: str, name: str, *, monthly: bool = False) -> Iterator[Fact]:
    """A plan with its fee, where that is stated to be of a month; a fee of zero is no price, but what the plan costs."""
    if monthly or cost.per == ("month",):
        kind = "paid" if cost.value else "free"
        yield said.fact("plans", plan=plan, name=name, kind=kind, usd_per_month=cost.value)
    if cost.value:
        yield said.price(cost, "plan_fee", unit="month" if monthly else None, plan=plan)
