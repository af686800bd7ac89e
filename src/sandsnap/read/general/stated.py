"""What a page states of the items that are asked for: the verdict on each amount, and the facts."""

import re
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read.addresses import canonical
from sandsnap.read.general import places
from sandsnap.read.general.claims import Verdict, judge
from sandsnap.read.general.names import Names
from sandsnap.read.general.statements import Statement, statements
from sandsnap.read.general.terms import terms
from sandsnap.read.general.words import Asked
from sandsnap.read.page import Page
from sandsnap.read.plans import names_plan

# The heading of an entry of a changelog: a version or a day.
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_ENTRY = re.compile(
    rf"\[?(?:(?:[a-z]+/)?v(?:ersion )?)?\d+\.\d+|\[?\d{{4}}-\d\d-\d\d|(?:\w+day,? )?(?:\d{{1,2}} )?{_MONTH}\.? \d{{1,4}}\b",
    re.IGNORECASE,
)
_ENTRIES = 2
_LOG = re.compile(r"/(?:changelog|releases|release-notes)\b", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_TERM = {
    "prices": "meter",
    "limits": "limit",
    "allowances": "allowance",
    "cold_starts": "operation",
    "persistence": "mechanism",
}


def stated(
    page: Page, names: Names, owned: frozenset[str], elsewhere: frozenset[str] = frozenset()
) -> tuple[list[Verdict], list[Fact]]:
    """What a page says of the items that it owns, and of those that others own where it can be none of its own. A list of
    what happened when states nothing of today. Some facts may be refused (`Fact.refused`)."""
    known: dict[object, tuple[list[Verdict], list[Fact]]] = page.stated
    if (owned, elsewhere) not in known:
        known[owned, elsewhere] = ([], []) if _is_log(page) else _stated(page, names, owned, elsewhere)
    return known[owned, elsewhere]


def _stated(
    page: Page, names: Names, owned: frozenset[str], elsewhere: frozenset[str]
) -> tuple[list[Verdict], list[Fact]]:
    # What names none of the page's own items is looked at only where others' are asked for as well.
    asked = None if elsewhere else names.asked(items(owned))
    judged = verdicts(page, names, owned, elsewhere, asked)
    said = [f for v in judged for f in (*v.facts, *v.refused)] + terms(page, names, owned)
    if "regions.*" in owned:
        said += places.regions(page, names)
    if "gpus.*" in owned:
        said += places.gpus(page, names)
    return judged, said


def verdicts(
    page: Page, names: Names, owned: frozenset[str], elsewhere: frozenset[str] = frozenset(),
    asked: Asked | None = None,
) -> list[Verdict]:  # fmt: skip
    """What every statement of a page is taken for, among the items that may be read on it; of items that
    are asked for, what may be of one."""
    whole = names.of_source.get(canonical(page.source_url))
    if whole and not names_plan(page.vendor, whole, page.text):
        return []
    found = statements(page, names, asked)
    placed = (replace(s, plans=(whole,)) if whole and not s.plans else s for s in found)
    return [_judged(s, owned, elsewhere, names) for s in placed]


def item_of(fact: Fact) -> str | None:
    """The item of the lexicon that a fact is of; None where its table has none."""
    if fact.table in ("regions", "gpus", "sdks", "isolation"):
        return f"{fact.table}.*"
    return f"{fact.table}.{fact.key[_TERM[fact.table]]}" if fact.table in _TERM else None


def plain(fact: Fact) -> dict[str, object]:
    """A fact's values in one unit of time, for comparing."""
    values: dict[str, object] = dict(fact.values)
    amount, factor = values.get("amount"), _SECONDS.get(str(values.get("unit")))
    if factor and isinstance(amount, Decimal):
        values |= {"amount": amount * factor, "unit": "second"}
    return values


def items(owned: Collection[str]) -> frozenset[str]:
    """The items without whether a plan is named: `limits.concurrent` of `limits.concurrent/plan`."""
    return frozenset(o.partition("/")[0] for o in owned)


def _is_log(page: Page) -> bool:
    titles = [b.text for b in page.blocks if b.kind == "heading"]
    if _LOG.search(page.source_url):
        return True
    return sum(bool(_ENTRY.match(t)) for t in titles) > max(_ENTRIES, len(titles) // 3)


def _judged(statement: Statement, owned: frozenset[str], elsewhere: frozenset[str], names: Names) -> Verdict:
    """A statement taken for an item of the page's own, else for one that other pages of the vendor own."""
    verdict = judge(statement, owned, names)
    if verdict.items or not verdict.is_open or not elsewhere:
        return verdict
    other = judge(statement, elsewhere, names)
    return other if other.facts else verdict
