"""Modal Sandboxes (gVisor) and VM Sandboxes: guides state everything but the prices, which only the pricing page has.

What misleads: Functions and Sandboxes stand side by side with different rates and timeouts; a core is two vCPU;
code samples carry figures that look like limits; the changelog and the one-file documentation hold other pages' text.
"""

import re
from collections.abc import Iterable, Iterator

from sandsnap.model import Fact
from sandsnap.read import amounts
from sandsnap.read.amounts import Amount, days
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage, same_text
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Cell
from sandsnap.read.tree import Block

VENDOR = declared("modal")

_SANDBOX_SECTION = r"Sandbox(?:es)?(?:\s*(?:\+|&|and|/)\s*Notebooks)?(?:\s+pricing)?"
# The pricing page's names of GPUs, without "Nvidia": the names the GPU guide takes in its parameter.
GPU_NAMES = {
    "b300": "b300",
    "b200": "b200",
    "h200": "h200",
    "h100": "h100",
    "rtx pro 6000": "rtx-pro-6000",
    "a100, 80 gb": "a100-80gb",
    "a100 80 gb": "a100-80gb",
    "a100-80gb": "a100-80gb",
    "a100, 40 gb": "a100-40gb",
    "a100 40 gb": "a100-40gb",
    "a100-40gb": "a100-40gb",
    "l40s": "l40s",
    "a10": "a10",
    "a10g": "a10",
    "l4": "l4",
    "t4": "t4",
}


def one(found: Iterable[tuple[Amount, Passage]], what: str) -> tuple[Amount, Passage]:
    """The one amount that all passages state. Raises NotFound, or Ambiguous where two differ."""
    stated = list(found)
    if not stated:
        raise NotFound(f"no {what}")
    first = stated[0]
    for amount, _ in stated:
        if (amount.value, amount.per) != (first[0].value, first[0].per):
            raise Ambiguous(f"two figures for {what}: {first[0].text!r} and {amount.text!r}")
    return first


# -- pricing page --------------------------------------------------------------------------------------------------


def sandbox_amounts(page: Page) -> Iterator[tuple[Amount, Passage]]:
    """Every amount of money in a section, a column or a sentence of the Sandboxes; the Functions' stand elsewhere."""
    for m in page.find_all("{money}", topic=ITSELF, under=_SANDBOX_SECTION):
        yield m["money"], m
    for m in page.find_all(rf"^{_SANDBOX_SECTION}:? {{money}}$", topic=ITSELF):
        yield m["money"], m
    for table in page.tables_with(_SANDBOX_SECTION, topic=ITSELF):
        for row in table:
            cell = row[_SANDBOX_SECTION]
            if cell.text.startswith("$"):
                yield cell.money(), cell


@VENDOR.reader("pricing")
def sandbox_rates(page: Page) -> Iterator[Fact]:
    """Per core-second and per GiB-second. The seed's $-per-core-hour figure is the Functions' rate, a third of it."""
    found = list(sandbox_amounts(page))
    for meter, unit in (("core", "core"), ("memory", "gib")):
        rates = ((a, p) for a, p in found if a.per == (unit, "second"))
        amount, passage = one(rates, f"rate per {unit}-second of Sandboxes")
        yield passage.price(amount, meter)


@VENDOR.reader("pricing")
def gpu_rates(page: Page) -> Iterator[Fact]:
    """GPUs per second: a table of names, or a list of names each with its price behind it. Per hour is rounded."""
    rates: dict[str, list[tuple[Amount, Passage]]] = {}
    others: list[Amount] = []
    tables = page.tables_with("GPUs?(?: tasks| type| model)?", "(?:Price|Rate|Cost).*", topic=ITSELF)
    listed = [(r.first.text, r["(?:Price|Rate|Cost).*"]) for t in tables for r in t]
    for name, price in listed or labelled_prices(page, page.section(r"GPU(?:s| tasks)?")):
        sku = GPU_NAMES.get(re.sub(r"^nvidia ", "", same_text(name).lower()))
        if sku is None:
            raise Unreadable(f"unknown GPU {name!r}")
        amount = amounts.money(price.text)
        if amount.per == ("second",):
            rates.setdefault(sku, []).append((amount, price))
        else:
            others.append(amount)
    if not rates and others:
        raise Unreadable(f"expected prices of GPUs per second, found {others[0].text!r}")
    if not rates:
        raise NotFound("no GPU has a price per second")
    for sku, stated in rates.items():
        amount, passage = one(stated, f"price of {sku}")
        yield passage.price(amount, "gpu", sku=sku)


def labelled_prices(page: Page, blocks: list[Block]) -> Iterator[tuple[str, Passage]]:
    """Names and prices of a list in which they alternate strictly, name first; anything else raises."""
    name: str | None = None
    for block in blocks:
        if block.kind == "heading":
            if name is not None:
                raise Unreadable(f"no price follows {name!r}")
            continue
        together = re.fullmatch(r"(?P<name>[^$]*[^$\s])?\s*(?P<price>\$\S.*)?", block.text)
        # Exactly one name must be open when a price comes, and none when a name comes.
        if together is None or (name is None) == (together["name"] is None):
            raise Unreadable(f"names and prices do not alternate at {block.text!r}")
        name = together["name"] or name
        if together["price"] and name is not None:
            yield name, Passage(page, together["price"], f"{name} {together['price']}", block.headings)
            name = None


_PLANS = ("starter", "team")


@VENDOR.reader("pricing")
def plans(page: Page) -> Iterator[Fact]:
    """Plans: fee, monthly credit, containers at one time. Each stands under the plan's name, or in its column."""
    tables = page.tables_with(*_PLANS, topic=ITSELF)
    for row, plan in ((r, p) for t in tables for r in t for p in _PLANS):
        yield from _compared(row.first.text, row[plan], plan)
    for plan in _PLANS:
        if not page.speaks_of(".", under=plan):
            if tables:
                continue
            raise NotFound(f"no section is headed {plan!r}")
        fee = page.maybe(
            r"^{money}(?: \+ compute)?(?:\s*/\s*mo(?:nth)?| per month)?$", topic=r"\$.*\bmo(?:nth)?\b", under=plan
        )
        if fee and fee["money"].value > 0 and fee["money"].per in ((), ("month",)):
            if not (fee["money"].per or re.search(r"mo(?:nth)?$", fee.text)):
                raise Unreadable(f"no period is stated for {fee.text!r}")
            yield fee.price(fee["money"], "plan_fee", unit="month", plan=plan)
        if fee and (fee["money"].per == ("month",) or re.search(r"mo(?:nth)?$", fee.text)):
            kind = "paid" if fee["money"].value else "free"
            yield fee.fact("plans", plan=plan, name=plan.capitalize(), kind=kind, usd_per_month=fee["money"].value)
        credit = page.maybe(r"{money} (?:in |of )?(?:free )?(?:compute )?credits?", topic=r"\bcredits?\b", under=plan)
        if credit:
            if credit["money"].per != ("month",):
                raise Unreadable(f"expected a credit per month, found {credit.text!r}")
            yield credit.allowance("credit", "month", credit["money"], plan=plan)
        containers = page.maybe(r"^{count} (?:concurrent )?containers\b", topic=(r"\bcontainers?\b", r"\d"), under=plan)
        if containers:
            yield containers.limit("concurrent", containers["count"], plan=plan)


def _compared(name: str, cell: Cell, plan: str) -> Iterator[Fact]:
    """One cell of a table that compares plans; a row that the dataset has no column for gives nothing."""
    if re.fullmatch(r"(?:Concurrent )?Containers?(?: concurrency)?", name, re.IGNORECASE):
        yield cell.limit("concurrent", cell.count(), plan=plan)
    elif re.fullmatch(
        r"(?:Monthly )?(?:free |included )?(?:compute )?credits?(?: ?(?:/|per) ?mo(?:nth)?)?", name, re.IGNORECASE
    ):
        if "mo" not in name.lower() and cell.money().per != ("month",):
            raise Unreadable(f"expected a credit per month, found {name!r}: {cell.text!r}")
        yield cell.allowance("credit", "month", cell.money(), plan=plan)


def _gibibytes(cited: Passage, amount: Amount, plan: str) -> Fact:
    """An allowance of transfer: the contract has no TiB."""
    factor = {"gib": 1, "tib": 1024}
    if amount.unit not in factor or amount.bound != "exact":
        raise Unreadable(f"expected GiB or TiB, found {amount.text!r}")
    return cited.fact(
        "allowances", plan=plan, allowance="transfer", period="month", amount=amount.value * factor[amount.unit],
        unit="gib",
    )  # fmt: skip


@VENDOR.reader("pricing")
def other_rates(page: Page) -> Iterator[Fact]:
    """Data that leaves, beyond what is free in a month, and Volumes. Both may be absent; two figures for one fail."""
    for meter, name, per in (
        ("egress", _EGRESS, ("gib",)),
        ("volume", r"Volumes?(?: storage)?", ("gib", "month")),
    ):
        stated = [
            (m["money"], m) for m in page.find_all("{money}", topic=ITSELF) if _is_about(m, name) and _per(m) == per
        ]
        if stated:
            amount, passage = one(stated, f"rate of {meter}")
            yield passage.price(amount, meter)
    free = [
        (m["size"], m)
        for m in page.find_all(
            r"{size} (?:/|per|a) mo(?:nth)? (?:is |are |of \w+ )?(?:free|included)",
            topic=(_EGRESS, "{size}", "free|included"),
        )
        if _is_about(m, _EGRESS)
    ]
    if free:
        amount, passage = one(free, "free egress")
        yield _gibibytes(passage, amount, "any")


_EGRESS = r"(?:(?:Network|Data) )?(?:egress|transfer)"


def _is_about(m: Match, name: str) -> bool:
    """Whether the innermost heading is `name` or the sentence holds it."""
    return bool(
        re.fullmatch(name, m.where[-1] if m.where else "", re.IGNORECASE)
        or re.search(rf"\b{name}\b", m.quote, re.IGNORECASE)
    )


def _per(m: Match) -> tuple[str, ...]:
    """What an amount of the page is per; nothing where it cannot be read as one."""
    try:
        return m["money"].per
    except Unreadable:
        return ()


# -- guides --------------------------------------------------------------------------------------------------------


_RETENTION = "(?:Default )?Retention Period"


@VENDOR.reader("snapshots")
def snapshots(page: Page) -> Iterator[Fact]:
    """What each kind of snapshot keeps, and how long, all or none: a table since 2026-05, before that a sentence for each."""
    page.find(r"copies of a Sandbox['’]s entire state, both in memory and on the filesystem")
    # The first two say by their names what they keep.
    for mechanism, name, preserves in (
        ("filesystem_snapshot", "Filesystem Snapshots?", "filesystem"),
        ("directory_snapshot", "Directory Snapshots?", "filesystem"),
        ("memory_snapshot", "Memory Snapshots?", "filesystem_and_memory"),
    ):
        if page.has_table("Snapshot Type", _RETENTION):
            table = page.table("Snapshot Type", _RETENTION)
            yield kept(table.row(name)[_RETENTION], mechanism, preserves)
        else:
            yield kept_in_prose(page, name, mechanism, preserves)


def kept(cell: Passage, mechanism: str, preserves: str | None) -> Fact:
    """A cell: "30 days after creation (configurable)", "Persistent until you delete them", "Indefinite (until …)"."""
    if re.fullmatch(
        r"Persistent until you delete them|Indefinite(?: \(until (?:explicitly )?deleted\))?", cell.text, re.IGNORECASE
    ):
        return cell.fact("persistence", mechanism=mechanism, preserves=preserves, indefinite=True)
    m = cell.scan(r"{duration} after (?:creation|last use)(?: \([^()]*\))?")
    return m.fact("persistence", mechanism=mechanism, preserves=preserves, retention_days=days(m["duration"]))


def kept_in_prose(page: Page, name: str, mechanism: str, preserves: str | None) -> Fact:
    """The sentence on one kind of snapshot."""
    m = page.maybe(
        rf"{name} (?:are currently persisted for|will expire|expire) {{duration}}"
        r" after (?:creation|they were last created or used)",
        topic=ITSELF,
    )
    forever = page.maybe(rf"{name} will generally persist indefinitely", topic=ITSELF)
    if m and forever:
        raise Ambiguous(f"the page says both {m.text!r} and {forever.text!r}")
    if m:
        return m.fact("persistence", mechanism=mechanism, preserves=preserves, retention_days=days(m["duration"]))
    if forever:
        return forever.fact("persistence", mechanism=mechanism, preserves=preserves, indefinite=True)
    raise NotFound(f"no retention is stated for {name}", page.nearest(f"{name} expire after creation"))
