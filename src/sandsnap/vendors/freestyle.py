"""Freestyle: Linux VMs for agents. Real copies were had of package READMEs only; the pages with numbers are unproven.

Their readers are written from descriptions, so they take nothing that does not state its own unit, and fail on any
shape they do not know. What misleads: the README of the package `freestyle` told readers until 0.1.49 to install
`freestyle-sandboxes`; samples configure Python and Node inside a VM, which are no SDKs of these languages.
"""

import re
from collections.abc import Iterator

from sandsnap.model import Fact
from sandsnap.read.errors import NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.sources import Vendor
from sandsnap.read.table import Row

VENDOR = Vendor(
    "freestyle", product="vm", hosts=("www.freestyle.sh", "freestyle.sh", "docs.freestyle.sh", "github.com")
)
_DOCS = "https://www.freestyle.sh/docs/vms"
_OLD_DOCS = "https://docs.freestyle.sh/v2/vms"

LIMITS = VENDOR.source(
    f"{_DOCS}/pricing-and-limits", fetch=f"{_DOCS}/pricing-and-limits.md", must=("Pricing", "pricing"), proven=False
)
PRICING = VENDOR.source("https://www.freestyle.sh/pricing", must=("Freestyle", "freestyle"), proven=False)
LIFECYCLE = VENDOR.source(
    f"{_DOCS}/lifecycle",
    fetch=f"{_DOCS}/lifecycle.md",
    former=(f"{_OLD_DOCS}/lifecycle",),
    must=("Lifecycle", "lifecycle"),
    proven=False,
)
VMS = VENDOR.source(_DOCS, fetch=f"{_DOCS}.md", former=(_OLD_DOCS,), must="VMs", proven=False)
# READMEs as the registry showed them, whatever their version; archived copies only.
PACKAGE = VENDOR.source(
    "https://www.npmjs.example/package/freestyle", must=("Freestyle SDK", "freestyle"), live=False
)  # fmt: skip
OLD_PACKAGE = VENDOR.source(
    "https://www.npmjs.example/package/freestyle-sandboxes", must=("Freestyle SDK", "Freestyle Sandboxes"), live=False
)


@PACKAGE.reader
@OLD_PACKAGE.reader
def package(page: Page) -> Iterator[Fact]:
    """The package to install; a tag (@latest) or a flag is not part of its name."""
    m = page.find(r"^npm (?:install|i) (?:-\S+ )*(?P<package>freestyle[a-z-]*)(?:@[\w.-]+)?$", kinds=("code",))
    yield m.fact("sdks", interface="typescript", official=True, package=m.group("package"))


@PACKAGE.reader
@OLD_PACKAGE.reader
def command_line(page: Page) -> Iterator[Fact]:
    """The command line that ships with the SDK."""
    stated = r"\bSDK includes a command-line interface\b|\bSDK and CLI for the Freestyle API\b|\bfreestyle CLI ship\b"
    for m in page.find_all(stated)[:1]:
        yield m.fact("sdks", interface="cli", official=True)


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
INCLUDED = {
    r"(?:Included )?vCPU[ -]hours?": ("vcpu_time", "vcpu_hour"),
    r"(?:Included )?Memory GiB[ -]hours?": ("memory_time", "gib_hour"),
    r"(?:Included )?Storage GiB[ -]hours?": ("storage_time", "gib_hour"),
}
PER = r"(?: (?:per|/|a) (?P<period>month|day))"


@LIMITS.reader
@PRICING.reader
def rates(page: Page) -> Iterator[Fact]:
    """Usage rates as a table: a row for each resource, a cell that says itself what it is per."""
    found = [t for t in page.tables_with(RATE) if any(t.rows_named(name) for name in RATES)]
    if len(found) != 1:
        raise NotFound(f"expected one table of usage rates, found {len(found)}", page.nearest("price per vCPU-hour"))
    for name, (meter, unit) in RATES.items():
        cell = found[0].row(name)[RATE]
        fact = cell.price(cell.money(), meter)
        if fact.values["unit"] != unit:
            raise Unreadable(f"expected a price per {unit}, found {cell.quote!r}")
        yield fact


@LIMITS.reader
@PRICING.reader
def plans(page: Page) -> Iterator[Fact]:
    """Plans side by side: fee, concurrent VMs, included hours. A row whose period is not stated is refused."""
    table = page.table(*PLANS)
    for row in table:
        yield from _row(row)
    if not table.rows_named("Concurrent VMs"):
        raise NotFound(f"no row 'Concurrent VMs' among {' | '.join(r.first.text for r in table)}")


def _row(row: Row) -> Iterator[Fact]:
    name = row.first.text
    included = next((v for pattern, v in INCLUDED.items() if re.fullmatch(f"{pattern}{PER}?", name, re.I)), None)
    period = re.search(PER, name, re.I)
    for heading, plan in PLANS.items():
        cell = row[heading]
        if cell.text in NO_FIGURE:
            continue
        if name.lower() == "concurrent vms":
            yield cell.limit("concurrent", cell.count(), plan=plan)
        elif re.fullmatch(r"(?:Monthly )?(?:Price|Fee)", name, re.I):
            if cell.money().value:
                monthly = "month" if name.lower().startswith("monthly") else None
                yield cell.price(cell.money(), "plan_fee", unit=monthly, plan=plan)
        elif included:
            if period is None:
                raise Unreadable(f"no period is stated for {name!r}")
            yield cell.allowance(included[0], period["period"].lower(), cell.count(), unit=included[1], plan=plan)


@LIFECYCLE.reader
def idle_timeout(page: Page) -> Iterator[Fact]:
    """The default idle timeout, or that there is none. Samples that set one are code and never read."""
    m = page.find(
        r"\b(?P<none>no default idle timeout|no idle timeout by default)\b|\bdefault idle timeout is {duration}"
    )
    yield m.limit("idle_timeout", None if m.has("none") else m["duration"], unit="second" if m.has("none") else None)


@LIFECYCLE.reader
def pausing(page: Page) -> Iterator[Fact]:
    """Pausing (earlier: suspending) keeps memory and disk."""
    m = page.find(
        r"\bfull memory and CPU state is saved to disk, then the VM is paused\b"
        r"|\bPaus(?:ing|ed)\b[^.]*\bpreserves? (?:its )?(?:full )?memory\b"
    )
    yield m.fact("persistence", mechanism="pause_resume", preserves="filesystem_and_memory")


@VMS.reader
def creation(page: Page) -> Iterator[Fact]:
    """How long creating a VM takes: a p99, or a usual upper bound."""
    p99 = page.maybe(r"\bprovision\b[^.]*\bwith p99s? {duration}")
    usual = page.maybe(r"\bThis should usually take {duration}")
    if p99:
        yield p99.cold_start("create", p99["duration"], statistic="p99")
    if usual:
        yield usual.cold_start("create", usual["duration"])
    if not (p99 or usual):
        raise NotFound("no time of creating a VM is stated", page.nearest("VMs provision in milliseconds"))
