"""Freestyle: Linux VMs for agents. Real copies were had of package READMEs only; the pages with numbers are unproven.

Their readers are written from descriptions, so they take nothing that does not state its own unit, and fail on any
shape they do not know. What misleads: the README of the package `freestyle` told readers until 0.1.49 to install
`freestyle-sandboxes`; samples configure Python and Node inside a VM, which are no SDKs of these languages.
"""

import re
from collections.abc import Iterator

from sandsnap.model import Fact
from sandsnap.read.amounts import Amount
from sandsnap.read.cards import named_prices
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Row

VENDOR = declared("freestyle")


_INSTALL = r"^npm (?:install|i) (?:-\S+ )*(?P<package>freestyle[a-z-]*)(?:@[\w.-]+)?$"


@VENDOR.reader("package", "old_package")
def command_line(page: Page) -> Iterator[Fact]:
    """The command line that ships with the SDK; since 0.2 the page says that one package holds both."""
    stated = r"\bSDK includes a command-line interface\b|\bSDK and CLI for the Freestyle API\b|\bfreestyle CLI ship\b"
    found = page.find_all(stated, topic=r"\bCLI\b|\bcommand[- ]line\b")
    one = [m for m in found if re.search(r"\bfrom (?:this|the same|the) (?:one |single )?package\b", m.quote)]
    for m in (one or found)[:1]:
        name = page.find(_INSTALL, kinds=("code",)).group("package") if one else None
        yield m.fact("sdks", interface="cli", official=True, package=name)


@VENDOR.reader("package", "old_package")
def pause_command(page: Page) -> Iterator[Fact]:
    """What the command that pauses a VM keeps: its help in a sample (since 0.2). Of the disk it says nothing."""
    if m := page.maybe(
        r"\bvm (?:pause|suspend) <\w+> .{0,40}?(?:[Ff]reeze|[Pp]ause|[Ss]uspend) a running VM,"
        r" (?:keeping|preserving) its (?P<what>memory and disk|memory)",
        topic=(r"\bvm (?:pause|suspend)\b", "memory|state"),
        kinds=("code",),
    ):
        kept = "memory" if m.group("what") == "memory" else "filesystem_and_memory"
        yield m.fact("persistence", mechanism="pause_resume", preserves=kept)


# -- unproven --------------------------------------------------------------------------------------------------------

PLANS = {"Free": "free", "Hobby": "hobby", "Pro": "pro"}  # Enterprise has no figures: "Custom", "Contact us"
NO_FIGURE = ("", "-", "—", "Custom", "Contact us", "Unlimited", "Free", "Included")
RATE = r"(?:List |On-demand |Usage |Overage )?(?:Rate|Price|Cost)"
RATES = {
    r"v?CPU(?:s|[ -]hours?)?": ("vcpu", "vcpu_hour"),
    r"(?:Memory|RAM)(?: GiB[ -]hours?)?": ("memory", "gib_hour"),
    r"(?:Disk |VM )?Storage(?: GiB[ -]hours?)?": ("storage", "gib_hour"),
    r"(?:Data |Network )?(?:Transfer|Bandwidth|Egress)": ("egress", "gb"),
}
_HOURS = r"[ -]hours?"
# What a plan includes, as a row is named and as an item of a card says it.
INCLUDED = {
    ("vcpu_time", "vcpu_hour"): (rf"(?:Included )?vCPU{_HOURS}", rf"{{count}} vCPU{_HOURS}"),
    ("memory_time", "gib_hour"): (
        rf"(?:Included )?(?:Memory GiB|GiB[ -]memory){_HOURS}",
        rf"{{count}} (?:memory GiB|GiB[ -]memory){_HOURS}|{{count2}} GiB{_HOURS} of memory",
    ),
    ("storage_time", "gib_hour"): (
        rf"(?:Included )?(?:Storage GiB|GiB[ -]storage){_HOURS}",
        rf"{{count}} (?:storage GiB|GiB[ -]storage){_HOURS}|{{count2}} GiB{_HOURS} of storage",
    ),
}
PER = r"(?: (?:per|/|a) (?P<period>month|day))"
_TOPICS = {
    "vcpu_time": rf"\bv?CPU\b.*{_HOURS}",
    "memory_time": rf"\b(?:memory|RAM)\b.*{_HOURS}|{_HOURS}.*\b(?:memory|RAM)\b",
    "storage_time": rf"\bstorage\b.*{_HOURS}|{_HOURS}.*\bstorage\b",
    "vcpu_max": r"\bv?CPUs?\b",
    "memory_max": r"\b(?:memory|RAM)\b",
    "disk_max": r"\b(?:disk|storage)\b",
}
# The largest VM of a plan, likewise.
_MAXIMA = {
    "vcpu_max": (r"(?:Max(?:imum)? )?vCPUs? per VM", r"{count} vCPUs? per VM"),
    "memory_max": (r"(?:Max(?:imum)? )?(?:Memory|RAM) per VM", r"{size} (?:of )?(?:memory|RAM) per VM"),
    "disk_max": (r"(?:Max(?:imum)? )?(?:Disk|Storage) per VM", r"{size} (?:of )?(?:disk|storage) per VM"),
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


@VENDOR.reader("limits", "pricing")
def plans(page: Page) -> Iterator[Fact]:
    """Plans: fee, concurrent VMs, included hours; side by side in a table, or each on a card under its name.

    An amount whose period is not stated is refused.
    """
    if not page.has_table(*PLANS) and all(page.speaks_of(".", under=heading) for heading in PLANS):
        for heading, plan in PLANS.items():
            yield from _card(page, heading, plan)
        return
    table = page.table(*PLANS)
    for row in table:
        yield from _row(row)
    if not table.rows_named("Concurrent VMs"):
        raise NotFound(f"no row 'Concurrent VMs' among {' | '.join(r.first.text for r in table)}")


def _card(page: Page, heading: str, plan: str) -> Iterator[Fact]:
    concurrent = page.find(r"{count} concurrent VMs", under=heading)
    yield concurrent.limit("concurrent", concurrent["count"], plan=plan)
    fee = page.maybe(r"^{money}$", topic=r"\$", under=heading)
    if fee and fee["money"].value:
        yield fee.price(fee["money"], "plan_fee", plan=plan)
    if fee:
        yield from _plan(fee, fee["money"], plan, heading, monthly=False)
    for (allowance, unit), (_, said) in INCLUDED.items():
        for m in page.find_all(rf"(?:{said})(?: included)?{PER}?", topic=_TOPICS[allowance], under=heading):
            amount = m["count" if m.has("count") else "count2"]
            if not m.has("period"):
                raise Unreadable(f"no period is stated for {m.text!r}")
            yield m.allowance(allowance, m.group("period").lower(), amount, unit=unit, plan=plan)
    for limit, (_, said) in _MAXIMA.items():
        largest = page.maybe(said, topic=(r"\bper VM\b|\bmax|\blargest\b|\bup to\b", _TOPICS[limit]), under=heading)
        if largest:
            yield largest.limit(limit, largest["count" if limit == "vcpu_max" else "size"], plan=plan)


def _plan(said: Passage, cost: Amount, plan: str, name: str, *, monthly: bool) -> Iterator[Fact]:
    """The plan with its fee, where that is stated to be of a month."""
    if monthly or cost.per == ("month",):
        kind = "paid" if cost.value else "free"
        yield said.fact("plans", plan=plan, name=name, kind=kind, usd_per_month=cost.value)


@VENDOR.reader("limits", "pricing")
def fee_as_credit(page: Page) -> Iterator[Fact]:
    """That the fee of the paid plans is credit for usage; a plan that the sentence names, else all that cost something."""
    said = (
        r"\b(?:fees?|prices?|subscriptions?|both)\b(?:(?!\bnot\b|n't)[^.])*?"
        r"\b(?:usable as|counts? (?:as|towards?)|applied as) (?:usage |compute )?credits?\b"
    )
    for m in page.find_all(said, topic=(r"\bcredits?\b(?! card)", r"\b(?:fee|price|subscription|both)s?\b")):
        named = [p for h, p in PLANS.items() if p != "free" and re.search(rf"\b{h}\b", m.quote)]
        for plan in named or [p for p in PLANS.values() if p != "free"]:
            yield m.fact("billing_rules", plan=plan, meter="plan_fee", rule="credit_from_fee", applies=True)


def _row(row: Row) -> Iterator[Fact]:
    name = row.first.text
    included = next((v for v, (named, _) in INCLUDED.items() if re.fullmatch(f"{named}{PER}?", name, re.I)), None)
    largest = next((limit for limit, (named, _) in _MAXIMA.items() if re.fullmatch(named, name, re.I)), None)
    period = re.search(PER, name, re.I)
    for heading, plan in PLANS.items():
        cell = row[heading]
        if cell.text in NO_FIGURE:
            continue
        if name.lower() == "concurrent vms":
            yield cell.limit("concurrent", cell.count(), plan=plan)
        elif re.fullmatch(r"(?:Monthly )?(?:Price|Fee)", name, re.I):
            monthly = "month" if name.lower().startswith("monthly") else None
            if cell.money().value:
                yield cell.price(cell.money(), "plan_fee", unit=monthly, plan=plan)
            yield from _plan(cell, cell.money(), plan, heading, monthly=bool(monthly))
        elif largest:
            yield cell.limit(largest, cell.count() if largest == "vcpu_max" else cell.size(), plan=plan)
        elif included:
            if period is None:
                raise Unreadable(f"no period is stated for {name!r}")
            yield cell.allowance(included[0], period["period"].lower(), cell.count(), unit=included[1], plan=plan)


@VENDOR.reader("lifecycle", "configuration")
def idle_timeout(page: Page) -> Iterator[Fact]:
    """The default idle timeout, or that there is none. Samples that set one are code and never read.

    A section on the idle timeout that speaks of no default states nothing.
    """
    m = page.maybe(
        r"\b(?P<none>no default idle timeout|no idle timeout by default)\b|\bdefault idle timeout is {duration}"
        r"|\bsuspend VMs after a period of network inactivity \(default: {duration2}\)",
        topic=("idle|inactiv", r"\bdefault"),
    )
    if m is None:
        if page.speaks_of("default", under="Idle timeout") or not page.has_heading("Idle timeout"):
            raise NotFound("no default of the idle timeout", page.nearest("The default idle timeout is 5 minutes"))
        return
    amount = None if m.has("none") else m["duration" if m.has("duration") else "duration2"]
    yield m.limit("idle_timeout", amount, unit="second" if m.has("none") else None)


@VENDOR.reader("lifecycle")
def pausing(page: Page) -> Iterator[Fact]:
    """Pausing (suspending) keeps memory and disk. A page of the other states only no longer offers it."""
    if page.has_heading("Stopped") and not page.speaks_of(r"\b(?:suspend|paus|hibernat)"):
        return
    m = page.find(
        r"\bfull memory and CPU state is saved to disk, then the VM is paused\b"
        r"|\bPaus(?:ing|ed)\b[^.]*\bpreserves? (?:its )?(?:full )?memory\b"
        r"|\b(?:Suspending|Pausing) a VM (?:suspends|pauses) it while preserving (?:its )?(?:full )?memory\b"
    )
    yield m.fact("persistence", mechanism="pause_resume", preserves="filesystem_and_memory")


@VENDOR.reader("vms", "about")
def creation(page: Page) -> Iterator[Fact]:
    """How long creating a VM takes: a p99, or a usual upper bound."""
    p99 = page.maybe(r"\bprovision\b[^.]*\bwith p99s? {duration}", topic=r"\bp99")
    usual = page.maybe(
        r"\bThis should usually take {duration}|\bVMs provision in {duration2}",
        topic=("provision|creat|start", "{duration}"),
    )
    if p99:
        yield p99.cold_start("create", p99["duration"], statistic="p99")
    if usual:
        yield usual.cold_start("create", usual["duration" if usual.has("duration") else "duration2"])
    if not (p99 or usual):
        raise NotFound("no time of creating a VM is stated", page.nearest("VMs provision in milliseconds"))
