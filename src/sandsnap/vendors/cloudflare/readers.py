"""Cloudflare's Sandbox SDK: rates, sizes and limits are those of Containers, on which each sandbox runs.

What misleads: one cell holds what is included and the rate beyond it; included amounts of egress differ by region; the
limits of custom instance types are those of one sandbox, "Concurrent …" those of the whole account.
"""

from collections.abc import Iterator
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read.amounts import days
from sandsnap.read.errors import Unreadable
from sandsnap.read.page import Page
from sandsnap.read.sources import declared

VENDOR = declared("cloudflare")

PLAN = "workers_paid"
# Column, how a cell says what is included and the rate beyond it, meter, its unit, what is billed, allowance, its unit.
RATES = (
    ("Memory", r"{size}-hours/month included \+ ?{money} per additional GiB-second", "memory", "gib_second", "provisioned",
     "memory_time", "gib_hour"),
    ("CPU", r"{count} vCPU-minutes/month \+ ?{money} per additional vCPU-second", "vcpu", "vcpu_second", "active",
     "vcpu_time", "vcpu_hour"),
    ("Disk", r"{size}-hours/month \+ ?{money} per additional GB-second", "storage", "gb_second", "provisioned",
     "storage_time", "gb_hour"),
)  # fmt: skip
REGIONS = {
    "North America & Europe": "north-america-europe",
    "Oceania, Korea, Taiwan": "oceania-korea-taiwan",
    "Everywhere Else": "everywhere-else",
}


@VENDOR.reader("pricing")
def rates(page: Page) -> Iterator[Fact]:
    """Memory, CPU and disk: a cell says what is included in a month, and the rate beyond it."""
    billed = page.find(
        r"Memory and disk usage are based on the provisioned resources .*CPU usage is based on active usage"
    )
    row = page.table("Memory", "CPU", "Disk").row("Workers Paid")
    for column, pattern, meter, unit, billed_on, allowance, unit_of in RATES:
        said = row[column].scan(pattern)
        yield said.price(said["money"], meter, unit=unit, plan=PLAN, billed_on=billed_on if billed else None)
        if meter == "vcpu":
            included = said["count"].value / 60  # stated in minutes
        elif said["size"].unit != unit_of.partition("_")[0]:
            raise Unreadable(f"expected {unit_of}s, found {said['size'].text!r}")
        else:
            included = said["size"].value
        yield said.fact("allowances", plan=PLAN, allowance=allowance, period="month", amount=included, unit=unit_of)


@VENDOR.reader("pricing")
def plan_fee(page: Page) -> Iterator[Fact]:
    """The plan without which there are no containers."""
    said = page.find(r"included monthly usage as part of the {money} (?:USD )?per month Workers Paid plan")
    fee = said["money"]
    yield said.price(fee, "plan_fee", unit="month", plan=PLAN)
    yield said.fact("plans", plan=PLAN, name="Workers Paid", kind="paid", usd_per_month=fee.value)


@VENDOR.reader("pricing")
def increment(page: Page) -> Iterator[Fact]:
    """The smallest time that is billed."""
    said = page.find(r"billed for every {duration} that they are actively running")
    low, _ = said["duration"].ms
    if low is None:
        raise Unreadable(f"expected an exact time, found {said.text!r}")
    yield said.fact(
        "billing_rules", plan="any", meter="any", rule="increment", amount=low / 1000, unit="second", applies=True
    )


@VENDOR.reader("pricing")
def egress(page: Page) -> Iterator[Fact]:
    """What a GB out costs beyond what is included, by region."""
    for row in page.table("Region", "Price per GB"):
        region = REGIONS.get(row.first.text)
        if region is None:
            raise Unreadable(
                f"unknown region {row.first.text!r}: add it to REGIONS once a person has looked at the page"
            )
        cell = row["Price per GB"]
        yield cell.price(cell.money(), "egress", unit="gb", plan=PLAN, region=region)


@VENDOR.reader("pricing", "limits")
def sizes(page: Page) -> Iterator[Fact]:
    """What each instance type holds."""
    for row in page.table("Instance Type", "vCPU", "Memory", "Disk"):
        memory, disk = row["Memory"].size(), row["Disk"].size()
        yield row["vCPU"].fact(
            "sizes", sku=row.first.text, vcpu=row["vCPU"].count().value, memory=memory.value, memory_unit=memory.unit,
            disk=disk.value, disk_unit=disk.unit, shared=row["vCPU"].count().value < 1,
        )  # fmt: skip


@VENDOR.reader("limits")
def custom(page: Page) -> Iterator[Fact]:
    """What one sandbox may have at most, and how much memory each of its vCPUs needs."""
    table = page.table("Resource", "Limit", under="Custom Instance Types")
    yield table.row("Maximum vCPU")["Limit"].limit("vcpu_max", table.row("Maximum vCPU")["Limit"].count(), bound="max")
    for name, limit in (("Maximum Memory", "memory_max"), ("Maximum Disk", "disk_max")):
        cell = table.row(name)["Limit"]
        yield cell.limit(limit, cell.size(), bound="max")
    ratio = table.row("Memory to vCPU ratio")["Limit"].scan(r"Minimum {size} memory per vCPU")
    size = ratio["size"]
    yield ratio.fact(
        "billing_rules",
        bound="min",
        plan="any",
        meter="memory",
        rule="memory_per_vcpu",
        amount=size.low,
        unit=size.unit,
        applies=True,
    )


@VENDOR.reader("limits")
def pools(page: Page) -> Iterator[Fact]:
    """What all of an account's sandboxes may have at a time."""
    table = page.table("Resource", "Limit", under="Account limits")
    vcpu = table.row("Concurrent vCPU")["Limit"]
    yield vcpu.limit("vcpu_pool", vcpu.count(), bound="max")
    for name, limit, unit, factor in (
        ("Concurrent memory", "memory_pool", "gib", Decimal(1024)), ("Concurrent disk", "disk_pool", "gb", Decimal(1000)),
    ):  # fmt: skip
        cell = table.row(name)["Limit"]
        size = cell.size()
        if size.unit not in ("tib", "tb", unit):
            raise Unreadable(f"expected a size, found {size.text!r}")
        amount = size.value * (factor if size.unit != unit else 1)
        yield cell.fact("limits", bound="max", plan="any", limit=limit, amount=amount, unit=unit)


@VENDOR.reader("lifecycle")
def cold_start(page: Page) -> Iterator[Fact]:
    """How long a container takes that was stopped."""
    said = page.find(r"cold starts can often be in the {duration} range")
    yield said.cold_start("create", said["duration"])


@VENDOR.reader("snapshots")
def snapshots(page: Page) -> Iterator[Fact]:
    """What a snapshot keeps, and for how long."""
    said = page.find(
        r"Snapshots capture the Container's complete filesystem state, but not its memory or running processes"
    )
    kept = page.maybe(r"Snapshots currently have an implicit {duration} time-to-live", topic="time-to-live", part=True)
    yield (kept or said).fact(
        "persistence",
        mechanism="filesystem_snapshot",
        preserves="filesystem",
        retention_days=days(kept["duration"]) if kept else None,
    )


@VENDOR.reader("options")
def idle(page: Page) -> Iterator[Fact]:
    """How long a sandbox waits for a request before it sleeps."""
    said = page.find(r"Default: \"\w+\" \({duration}\)", under="sleepAfter")
    yield said.limit("idle_timeout", said["duration"])
