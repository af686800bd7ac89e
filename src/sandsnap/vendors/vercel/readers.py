"""Vercel Sandbox: the pricing page states rates, allotments and most limits; columns are plans, cells carry units.

What misleads: the header says "Per month" over cells that say "/hour"; one column mixes monthly and lifetime; a
Markdown twin came without its price table, leaving example costs that are no rates; full-page captures begin with the
whole site's navigation. All paths moved from /docs/vercel-sandbox to /docs/sandbox.
"""

import re
from collections.abc import Iterator

from sandsnap.model import Fact
from sandsnap.read.amounts import days
from sandsnap.read.errors import NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage
from sandsnap.read.plans import plan_of
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Cell, Table

VENDOR = declared("vercel")


PLANS = {"hobby": "hobby", "pro": "pro", "enterprise": "enterprise"}
PLAN_COLUMNS = tuple(rf"{plan}(?: \(.*\))?" for plan in PLANS)
# What stands in a cell where no figure is stated.
SILENT = re.compile(
    r"-|–|—|n/a|custom|none|not (?:included|available)|contact (?:us|sales)|included in [a-z -]+", re.IGNORECASE
)

# Row of the plan table, meter, what is billed (the row's own name says it).
METERS = (
    ("Sandbox Active CPU", "vcpu", "active"),
    ("Sandbox Provisioned Memory", "memory", "provisioned"),
    ("Sandbox Creations", "creation", None),
    ("Sandbox Data Transfer", "egress", None),
    ("(?:Sandbox|Snapshot) Storage", "snapshot_storage", None),  # renamed in 2026-07; it is the snapshots' storage
)
# The table of 2025: one row, the unit in the heading.
OLD_METERS = (
    (r"Active CPU time \(per hour\)", "vcpu", "vcpu_hour", "active"),
    (r"Provisioned Memory \(per GB-hr\)", "memory", "gb_hour", "provisioned"),
    (r"Network \(per GB\)", "egress", "gb", None),
    (r"Sandbox creations \(per 1M\)", "creation", "million", None),
)
# Row of the plan table, allowance, its unit, how the cell says it.
# Rows of the plan table that other readers take.
LONGEST = "Max (?:Runtime|Session) Duration"  # of a session, since 2026-09
VCPU_RATE = "vCPU Allocation Rate"
KNOWN_ROWS = "|".join([*(name for name, *_ in METERS), "Concurrent Sandboxes", LONGEST, VCPU_RATE])

# The guide of 2026-01 and the SDK reference, each in its own words.
# Where each region has rates of its own, the table under "Pricing" is one region's.
REGIONAL = r"(?:rates|prices|pricing) (?:vary|varies|differ|depends?) (?:by|on) (?:the )?region"
PRICED_REGION = (
    r"(?:rates|prices) (?:shown|listed|below|above|in the table)(?: \w+)* (?:are|apply) (?:for|to|in)(?: the)?(?: default)?"
    r"(?: region)?,? \(?(?P<region>[a-z]{3}\d)\b"
)
PERSISTS = (r"\bpersisten(?:t|ce)\b|\bpersists?\b", r"\b(?:by )?default\b")
ISOLATION = (
    r"(?:each sandbox runs in|internally, it is) (?:its own|an?)(?: secure)? Firecracker microVM"
    r"(?: with a (?P<kernel>dedicated kernel))?"
)


def plans_of(text: str) -> list[str]:
    """Plans of a list such as "Pro/Enterprise" or "Pro and Enterprise"."""
    return [plan_of(VENDOR.name, name) for name in re.split(r"\s*/\s*|\s*,\s*(?:and )?|\s+and\s+", text)]


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.IGNORECASE) is not None


def silent(cell: Cell) -> bool:
    """Whether the cell says that nothing is stated."""
    return SILENT.fullmatch(cell.text) is not None


def plan_table(page: Page) -> Table | None:
    """The table with one column per plan, None where the page has not got one."""
    return page.table(*PLAN_COLUMNS) if page.has_table(*PLAN_COLUMNS) else None


def parts(m: Match, pattern: str) -> Iterator[Match]:
    """The members of the comma-separated group `list`, each of which must fit `pattern` in full."""
    for text in m.group("list").split(", "):
        yield m.piece(text).scan(pattern)


# -- prices and allotments -----------------------------------------------------------------------------------------


def rates(page: Page, *meters: str) -> Iterator[Fact]:
    """Prices of these meters, from the plan table or from the one-row table of 2025."""
    if table := plan_table(page):
        for name, meter, billed_on in METERS:
            for row in table.rows_named(name) if meter in meters else ():
                region = priced_region(page) if meter in ("vcpu", "memory") else "-"
                for plan in ("pro", "enterprise"):
                    cell = row[rf"{plan}(?: \(.*\))?"]
                    if not silent(cell):
                        yield cell.price(cell.money(), meter, plan=plan, region=region, billed_on=billed_on)
        return
    old = page.table(*(heading for heading, *_ in OLD_METERS))
    if len(old.rows) != 1:
        raise Unreadable(f"expected one row of prices, found {len(old.rows)}")
    plans = page.find(r"sandboxes under (?P<plans>[\w, ]+) plans based on the following regional pricing")
    for heading, meter, unit, billed_on in OLD_METERS:
        cell = old.rows[0][heading]
        for plan in plans_of(plans.group("plans")) if meter in meters else ():
            yield cell.price(cell.money(), meter, unit=unit, plan=plan, billed_on=billed_on)


def priced_region(page: Page) -> str:
    """The region whose rates for CPU and memory the table shows, "-" where all are the same. Raises NotFound where
    rates differ by region and the page does not say whose these are."""
    # The heading alone: in the site's navigation "Regional Pricing" is a link to another page.
    if not page.speaks_of(REGIONAL) and not page.speaks_of(r"^Regional pricing$", kinds=("heading",)):
        return "-"
    if not page.speaks_of(PRICED_REGION):
        raise NotFound(
            "rates differ by region, and the page does not say for which its table is", page.nearest("region")
        )
    return page.find(PRICED_REGION).group("region")


@VENDOR.reader("pricing")
def compute(page: Page) -> Iterator[Fact]:
    """CPU and memory. A page whose price table is lost raises: its example costs are no rates."""
    facts = list(rates(page, "vcpu", "memory"))
    if missing := {"vcpu", "memory"} - {f.key["meter"] for f in facts}:
        raise NotFound(f"the price table has no row for {', '.join(sorted(missing))}")
    yield from facts


@VENDOR.reader("pricing")
def creation_transfer_storage(page: Page) -> Iterator[Fact]:
    """What is billed by the piece or the gigabyte."""
    yield from rates(page, "creation", "egress", "snapshot_storage")


@VENDOR.reader("pricing")
def creation_sentence(page: Page) -> Iterator[Fact]:
    """What a million creations cost, where the price table is lost and the examples still say it."""
    if any(table.rows_named("Sandbox creations?") for table in page.tables):
        return
    if m := page.maybe(
        r"creation costs are minimal at {money} creations", topic=(r"\bcreations?\b", r"{money}|\bmillion\b|\b1M\b"),
        under="Example calculations",
    ):  # fmt: skip
        plans = page.find(r"common scenarios on (?P<plans>[\w/]+) plans", under="Example calculations")
        for plan in plans_of(plans.group("plans")):
            yield m.price(m["money"], "creation", plan=plan)


@VENDOR.reader("pricing")
def unknown_rows(page: Page) -> Iterator[Fact]:
    """No facts: a row or a plan of the price table that no reader knows must be looked at."""
    if table := plan_table(page):
        if other := [h for h in table.header[1:] if not _is("|".join(PLAN_COLUMNS), h)]:
            raise Unreadable(f"unknown columns of the price table: {', '.join(other)}")
        if rows := [r.first.text for r in table if not _is(KNOWN_ROWS, r.first.text)]:
            raise Unreadable(f"unknown rows of the price table: {', '.join(rows)}")
    yield from ()


# -- limits --------------------------------------------------------------------------------------------------------


@VENDOR.reader("readme", "old_readme", "package")
def readme_limits(page: Page) -> Iterator[Fact]:
    """The README's limitations. Its vCPU limit and the pricing page's have differed: each is kept with its source."""
    m = page.find(r"Max resources: (?P<list>[^.]+)\.")
    yield from vcpus(m)


@VENDOR.reader("skill")
def skill_limits(page: Page) -> Iterator[Fact]:
    """The skill's table of limitations."""
    table = page.table("Limitation", "Details")
    details = table.row("Max vCPUs")["Details"].scan(r"(?P<list>[^()]+?)(?: \([^()]* per vCPU\))?")
    yield from vcpus(details)
    for part in parts(table.row("Max timeout")["Details"].scan(r"(?P<list>.+)"), r"{duration} \((?P<plans>[\w/]+)\)"):
        for plan in plans_of(part.group("plans")):
            yield part.limit("session_max", part["duration"], plan=plan)
    default = table.row("Default timeout")["Details"]
    yield default.limit("session_default", default.duration())
    ports = table.row("Max ports")["Details"].scan(r"{count} exposed ports")
    yield ports.limit("ports_max", ports["count"])


def vcpus(m: Match) -> Iterator[Fact]:
    """The list "4 vCPUs on Hobby, 8 vCPUs on Pro/Enterprise", or "8 vCPUs" for all."""
    for part in parts(m, r"{count} vCPUs(?: on (?P<plans>[\w/]+))?"):
        for plan in plans_of(part.group("plans")) if part.has("plans") else ["any"]:
            yield part.limit("vcpu_max", part["count"], plan=plan)


# -- isolation, persistence, regions, interfaces ---------------------------------------------------------------------


@VENDOR.reader("concepts", "overview", "readme", "old_readme", "package")
def isolation(page: Page) -> Iterator[Fact]:
    """What a sandbox runs in. Docker's column of the comparison is the thing compared with."""
    found = page.find_all(ISOLATION, topic=r"\bFirecracker\b|\bmicro-?VMs?\b")
    if found:
        m = next((m for m in found if m.has("kernel")), found[0])
        yield m.fact(
            "isolation", runtime="default", technology="firecracker", boundary="microvm",
            dedicated_kernel=True if m.has("kernel") else None,
        )  # fmt: skip


@VENDOR.reader("concepts", "skill")
def snapshot_contents(page: Page) -> Iterator[Fact]:
    """What a snapshot holds; and how long it is kept, where a comment in the sample of snapshot() says so (its own value
    is an example)."""
    m = page.maybe(
        r"Snapshots save (?:the current state of a sandbox, including all installed packages and files"
        r"|the entire sandbox filesystem)",
        topic=(r"\bsnapshots?\b", r"\bfile ?system\b|\bfiles\b|\bmemory\b|\bstate\b"),
    )
    if not m:
        return
    kept = page.maybe(
        r"(?<!\w)expiration: .{1,60}// Default(?:s to|:) (?:the sandbox.s snapshotExpiration, or )?{duration}",
        topic=(r"\bexpiration:", r"\b[Dd]efaults?\b", "{duration}"),
        kinds=("code",),
        part=True,
    )
    said = Passage(page, m.text, f"{m.quote} | {kept.quote}", m.where, scope=m.scope.inside(kept.scope)) if kept else m
    yield said.fact(
        "persistence", mechanism="filesystem_snapshot", preserves="filesystem",
        retention_days=days(kept["duration"]) if kept else None,
    )  # fmt: skip


@VENDOR.reader("concepts", "overview", "working", "quickstart", "sdk", "skill", "package")
def automatic_snapshots(page: Page) -> Iterator[Fact]:
    """Since 2026-05 a sandbox keeps its filesystem unless told not to; before, it was temporary by design."""
    m = page.maybe(
        r"(?:Sandboxes are|They are also) persistent by default(?:[.:]| [—-])"
        r"(?: when a sandbox stops, the SDK automatically snapshots"
        r" (?P<kept>its filesystem|it and restores the filesystem)| the (?P<stopped>filesystem is snapshotted on stop))?",
        topic=PERSISTS,
    )
    if m:
        kept = "filesystem" if m.has("kept") or m.has("stopped") else None
        yield m.fact("persistence", mechanism="auto_snapshot", by_default=True, preserves=kept)
    elif m := page.maybe(r"Persistence is the default\.", topic=PERSISTS):
        yield m.fact("persistence", mechanism="auto_snapshot", by_default=True)


@VENDOR.reader("persistence")
def persistence(page: Page) -> Iterator[Fact]:
    """The page on persistent sandboxes, in the beta (opt in) and after."""
    m = page.find(r"Persistent sandboxes automatically save their filesystem state when stopped")
    by_default = True if page.maybe(r"Persistence is the default\.", part=True, topic=PERSISTS) else None
    default = r"snapshotExpiration: Default TTL for any snapshot of this sandbox"
    kept = page.maybe(
        default + r"[^()]* Defaults to {duration}",
        part=True,
        topic=("snapshot", r"expiration|\bTTL\b", r"\bdefaults?\b"),
    )
    said = Passage(page, m.text, f"{m.quote} | {kept.quote}", m.where, scope=m.scope.inside(kept.scope)) if kept else m
    yield said.fact(
        "persistence", mechanism="auto_snapshot", preserves="filesystem", by_default=by_default,
        retention_days=days(kept["duration"]) if kept else None,
    )  # fmt: skip


@VENDOR.reader("overview")
def sdks(page: Page) -> Iterator[Fact]:
    """The SDKs and the CLI, with their packages where the page names them."""
    both = page.maybe(
        r"through the CLI or TypeScript/Python SDK|through the CLI, JS SDK, or Python SDK"
        r"|using our TypeScript SDK or Python SDK",
        topic=(r"\bSDKs?\b", r"\b(?:TypeScript|JS|JavaScript)\b", r"\bPython\b"),
    )
    for interface, named in (
        ("typescript", r"Use (?P<package>@[\w/.-]+) for (?:JavaScript and )?TypeScript"),
        ("python", r"Use vercel\.sandbox from the (?P<package>[\w-]+) Python package"),
    ):
        if m := page.maybe(named, topic=ITSELF):
            yield m.fact("sdks", interface=interface, official=True, package=m.group("package"))
        elif both:
            yield both.fact("sdks", interface=interface, official=True)
    if m := page.maybe(
        r"Use the (?:sandbox CLI for manual testing|CLI reference to manage sandboxes)", topic=r"\bCLI\b"
    ):
        yield m.fact("sdks", interface="cli", official=True)


# "the SDK" of the first version does not say for which language.
_INTERFACES = {"CLI": "cli", "JS SDK": "typescript", "Python SDK": "python", "SDK": None}


@VENDOR.reader("concepts")
def ways_to_create(page: Page) -> Iterator[Fact]:
    """The interfaces a sandbox can be created with."""
    if m := page.maybe(
        r"To create a sandbox, you can use the (?P<list>[^.:]+)", topic=(r"\bcreate\b", r"\bSDK\b|\bCLI\b")
    ):
        for name in re.split(r",? or the |, the ", m.group("list")):
            if name not in _INTERFACES:
                raise Unreadable(f"unknown interface {name!r} in {m.text!r}")
            if _INTERFACES[name]:
                yield m.fact("sdks", interface=_INTERFACES[name], official=True)
