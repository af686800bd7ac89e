"""Rates of vCPU, memory and storage by the hour, in whatever form a page states them: a table, cards, sentences."""

import re
from collections.abc import Iterator
from dataclasses import replace

from sandsnap.read.amounts import Amount, money
from sandsnap.read.cards import named_prices
from sandsnap.read.errors import Ambiguous, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.sentences import ITSELF

# What has a rate, as a label of its own: the unit may stand behind it in brackets.
RATE_NAME = r"(?:v?CPU|compute|memory|RAM|(?:persistent )?storage|disk)s?(?: \((?:v?CPU|GiB|per (?:vCPU|GiB))\))?"
_METERS = {
    "vcpu": "vcpu",
    "cpu": "vcpu",
    "compute": "vcpu",
    "memory": "memory",
    "ram": "memory",
    "storage": "storage",
    "disk": "storage",
}
_HOURLY = {"vcpu": (("vcpu", "hour"), ("hour", "vcpu")), "gib": (("gib", "hour"), ("hour", "gib"))}


def hourly_rates(page: Page, *, beside: str) -> dict[str, tuple[Amount, Passage]]:
    """The rate of each meter the page states one for, per hour and vCPU or GiB, with its passage.

    `beside`: names (a regular expression, in full) whose prices stand between these on cards, GPUs say. What a page says
    of GPUs does not count. Raises Ambiguous for two rates of one meter, Unreadable for a rate whose unit is not stated.
    """
    found: dict[str, tuple[Amount, Passage]] = {}
    for meter, amount, cited in _stated(page, beside):
        if meter in found and found[meter][0].value != amount.value:
            raise Ambiguous(f"two rates for {meter}: {found[meter][1].text!r} and {cited.text!r}")
        found.setdefault(meter, (amount, cited))
    return found


def _meter(name: str) -> str | None:
    """The meter that a text names; None where it names none or two."""
    named = {_METERS[w.lower()] for w in re.findall(rf"\b({'|'.join(_METERS)})s?\b", name, re.IGNORECASE)}
    return named.pop() if len(named) == 1 else None


def _stated(page: Page, beside: str) -> Iterator[tuple[str, Amount, Passage]]:
    for cell in (c for t in page.tables for r in t for c in r.cells[1:] if c.text.startswith("$")):
        # In full: "2 vCPU, 4 GiB" names an example, whose price is no rate.
        name = next((n for n in (cell.first, cell.column) if re.fullmatch(RATE_NAME, n, re.IGNORECASE)), "")
        meter = _meter(name)
        if meter and not _of_gpus(cell):
            yield meter, _hourly(cell.text, meter, f"{cell.first} {cell.column}"), cell
    for name, price in named_prices(page, f"{RATE_NAME}|{beside}"):
        meter = _meter(name)
        if meter and not _of_gpus(price):
            yield meter, _hourly(price.text, meter, name), price
    for m in page.find_all("{money}", topic=ITSELF, kinds=("text", "item")):
        try:
            amount = m["money"]
        except Unreadable:
            continue  # an amount per something else is no rate of these
        # A sentence on memory may well name the vCPU, too; what the amount is per tells them apart.
        meter = "vcpu" if amount.per in _HOURLY["vcpu"] else _meter(re.sub("v?CPU|compute", "", m.quote, flags=re.I))
        gpus = _of_gpus(m) or re.search(r"\bGPU", m.quote)
        if meter and amount.per in _HOURLY["vcpu" if meter == "vcpu" else "gib"] and not gpus:
            yield meter, amount, m


def _of_gpus(passage: Passage) -> bool:
    return any(re.search(r"\bGPU", heading) for heading in passage.where)


def _hourly(price: str, meter: str, around: str) -> Amount:
    """A price per hour of a meter, whose unit the price, its name or its column states."""
    base = "vcpu" if meter == "vcpu" else "gib"
    amount = money(price)
    per = set(amount.per) - {base}
    if not per and re.search(r"\b(?:hour|hr)\b|/ ?h\b", around, re.IGNORECASE):
        per = {"hour"}
    if base == "gib" and "gib" not in amount.per and not re.search(r"\bGiB\b", around, re.IGNORECASE):
        raise Unreadable(f"no size is stated for {price!r} of {around!r}")
    if per != {"hour"}:
        raise Unreadable(f"expected a price per hour for {around!r}, found {price!r}")
    return replace(amount, per=(base, "hour"))
