"""Freestyle's usage rates, on pages of which no copy was had: in a table, on cards or in lines.

Written from descriptions, so that it takes nothing that does not state its own unit, and fails on any shape it does not know.
"""

import re
from collections.abc import Iterator

from sandsnap.model import Fact
from sandsnap.read.cards import named_prices
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared

VENDOR = declared("freestyle")

RATE = r"(?:List |On-demand |Usage |Overage )?(?:Rate|Price|Cost)"
RATES = {
    r"v?CPU(?:s|[ -]hours?)?": ("vcpu", "vcpu_hour"),
    r"(?:Memory|RAM)(?: GiB[ -]hours?)?": ("memory", "gib_hour"),
    r"(?:Disk |VM )?Storage(?: GiB[ -]hours?)?": ("storage", "gib_hour"),
    r"(?:Data |Network )?(?:Transfer|Bandwidth|Egress)": ("egress", "gb"),
}


@VENDOR.reader("limits", "pricing")
def rates(page: Page) -> Iterator[Fact]:
    """Usage rates: a table with a row for each resource, or names with their prices. Each says itself what it is per."""
    found = [t for t in page.tables_with(RATE, topic=ITSELF) if any(t.rows_named(name) for name in RATES)]
    if len(found) > 1:
        raise NotFound(f"expected one table of usage rates, found {len(found)}", page.nearest("price per vCPU-hour"))
    prices: list[tuple[str, Passage]] = [(r.first.text, r[RATE]) for t in found for r in t] or list(
        named_prices(page, "|".join(RATES))
    )
    prices = prices or [
        (m.group("name"), m) for m in page.find_all(rf"^(?P<name>{'|'.join(RATES)}):? {{money}}$", topic=ITSELF)
    ]
    stated: dict[str, Fact] = {}
    for name, cited in prices:
        for pattern, (meter, unit) in RATES.items():
            if re.fullmatch(pattern, name, re.IGNORECASE):
                fact = cited.price(cited["money"] if isinstance(cited, Match) else cited.money(), meter)
                if fact.values["unit"] != unit:
                    raise Unreadable(f"expected a price per {unit}, found {cited.quote!r}")
                if stated.setdefault(meter, fact).values != fact.values:
                    raise Ambiguous(f"two rates for {meter}: {stated[meter].quote!r} and {fact.quote!r}")
    if lost := {meter for meter, _ in RATES.values()} - stated.keys() - ({"egress"} if not found else set()):
        raise NotFound(f"no rate for {', '.join(sorted(lost))}", page.nearest("price per vCPU-hour"))
    yield from stated.values()
