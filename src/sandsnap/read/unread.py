"""Tables with amounts that no reader of their page looks at: what a page begins to sell shows itself on the first day.

A table is read if a reader asked for it by its columns, or a fact cites one of its rows. What a person looked at and found
to be no matter of the contract is data in the vendor's statements.toml:

    [[set_aside]]
    url = "https://fly.io/pricing"
    header = "Plan \\| CPU and RAM \\| Per month"   # a regular expression for the column heads, in full
    why = "managed Postgres, no machine"
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from sandsnap.model import Reading
from sandsnap.read.addresses import canonical
from sandsnap.read.page import Page
from sandsnap.read.phrases import phrases
from sandsnap.read.plans import across
from sandsnap.read.sources import source_of
from sandsnap.read.table import Table
from sandsnap.vendors import stated


@dataclass(frozen=True)
class SetAside:
    """A table that holds nothing of the contract: the page's URL, its header (a regular expression), and why."""

    url: str
    header: re.Pattern[str]
    why: str


@cache
def set_aside(vendor: str) -> tuple[SetAside, ...]:
    """A vendor's entries. Raises ValueError for one that does not say url, header and why."""
    out = []
    for entry in stated(vendor).get("set_aside", ()):
        if entry.keys() != {"url", "header", "why"}:
            raise ValueError(
                f"{vendor}/statements.toml: [[set_aside]] says url, header and why, not {', '.join(sorted(entry))}"
            )
        source = source_of(entry["url"])
        if source is None:
            raise ValueError(f"{vendor}/statements.toml: [[set_aside]] names {entry['url']}, which is no source")
        out.append(SetAside(canonical(source.url), re.compile(entry["header"], re.IGNORECASE), entry["why"]))
    return tuple(out)


def unread_tables(page: Page, readings: Iterable[Reading]) -> Iterator[str]:
    """A message for each table of the page with amounts that nothing was read from and nobody set aside."""
    if page.form in ("json", "text"):
        return
    yield from _unread_rows(page, readings)
    tables = [t for t in page.tables if id(t.raw) not in page.named_tables]
    if not tables:
        return
    quotes = {f.quote for r in readings for f in r.facts}
    here = [e.header for e in set_aside(page.vendor) if e.url == canonical(page.source_url)]
    for table in tables:
        head = " | ".join(table.header)
        aside = any(h.fullmatch(head) for h in here)
        if not aside and _has_amounts(table) and not any(r.first.quote in quotes for r in table.rows):
            under = f" under {table.headings[-1]!r}" if table.headings else ""
            yield f"no reader looks at the table {head!r}{under}"


def _unread_rows(page: Page, readings: Iterable[Reading]) -> Iterator[str]:
    """A message for each row with a price of a table of plans whose other rows are read as prices."""
    facts = [f for r in readings for f in r.facts]
    prices, quotes = {f.quote for f in facts if f.table == "prices"}, {f.quote for f in facts}
    if not prices:
        return
    here = [e.header for e in set_aside(page.vendor) if e.url == canonical(page.source_url)]
    for table in page.tables:
        head = " | ".join(table.header)
        if any(h.fullmatch(head) for h in here) or not any(r.first.quote in prices for r in table.rows):
            continue
        if not across(table):
            continue
        for row in table.rows:
            if row.first.quote not in quotes and any(p.currency for c in row.cells[1:] for p in phrases(c.text)):
                yield f"no reader looks at the row {row.first.text!r} of the table {head!r}"


def _has_amounts(table: Table) -> bool:
    """Whether its cells state amounts of money, time, size or the like: a price or limit may be among them."""
    return any(p.currency or p.unit for r in table.rows for c in r.cells[1:] for p in phrases(c.text))
