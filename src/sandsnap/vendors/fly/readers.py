"""Fly.io: Machines (microVMs by the second, priced per preset and region) and Sprites (sandboxes that sleep).

fly.io/pricing.md has clean tables for Ashburn only; the docs' pricing page has one price table per region, but only
where it was rendered: the Markdown/ERB source that unknown agents are served lacks it. GPUs have a list of their own.
What misleads: "nav: firecracker" in front matter, example totals, reservations, support packages, discontinued plans,
and the Machines of a free trial, whose limits hold for the trial only.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read import amounts
from sandsnap.read.amounts import Amount
from sandsnap.read.errors import NotFound, ReadError, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Row

VENDOR = declared("fly")


# -- amounts that a page states twice ---------------------------------------------------------------------------------


def agree(fine: Amount, coarse: Amount, factor: Decimal) -> bool:
    """Whether `fine` times `factor` is `coarse`, each read as anything that rounds to the digits shown."""
    a, b = fine.value, coarse.value
    da, db = (Decimal(1).scaleb(int(x.as_tuple().exponent)) / 2 for x in (a, b))
    return (a - da) * factor <= b + db and (a + da) * factor >= b - db


def checked(fine: Amount, coarse: Amount, factor: Decimal) -> Amount:
    """The finer amount. Raises Unreadable where the page's own two figures disagree."""
    if not agree(fine, coarse, factor):
        raise Unreadable(f"the page's own figures disagree: {fine.text!r} times {factor} is not {coarse.text!r}")
    return fine


HOURS = Decimal(24 * 30)  # the docs price a month as 30 days
SECONDS = Decimal(60 * 60)
COMPUTE = r"Machines\W+compute"
PRESET = r"(?P<preset>(?:shared-cpu|performance)-\d+x)"


def named(rows: list[tuple[Row, str, Amount]]) -> Iterator[tuple[Row, str]]:
    """(row, sku) for (row, preset, RAM): the preset's name for the RAM it comes with, its least; else with the RAM."""
    least: dict[str, Decimal] = {}
    for _, preset, ram in rows:
        least[preset] = min(least.get(preset, megabytes(ram)), megabytes(ram))
    for row, preset, ram in rows:
        size = f"{ram.value.normalize():f}{ram.unit}"
        yield row, preset if megabytes(ram) == least[preset] else f"{preset}-{size}"


def megabytes(ram: Amount) -> Decimal:
    """Fly counts 1024 MB to the GB (a preset of "1024MB" is listed as 1GB)."""
    factors = {"mb": 1, "gb": 1024}
    if ram.unit not in factors:
        raise Unreadable(f"expected MB or GB, found {ram.text!r}")
    return ram.value * factors[ram.unit]


def holds(said: Passage, sku: str, preset: str, ram: Amount) -> Fact:
    """What a preset holds: its name says how many CPUs, and whether they are a share of a core."""
    kind, cpus = re.fullmatch(r"(\w+)(?:-cpu)?-(\d+)x", preset.lower()).groups()  # type: ignore[union-attr]
    return said.fact(
        "sizes", sku=sku, vcpu=Decimal(cpus), memory=ram.value, memory_unit=ram.unit, shared=kind == "shared"
    )


@VENDOR.reader("pricing")
def regional_prices(page: Page) -> Iterator[Fact]:
    """The regions, by what each multiplies the price of a Machine, and what a few Machines cost there."""
    if not (tables := page.tables_with("Region", "Code", "Multiplier", topic=(r"\bmultiplier\b", "{count}"))):
        return
    home = priced_region(page)
    at_home = [row for row in tables[0] if row["Code"].text == home]
    sold = [m for heading in tables[0].header if (m := re.fullmatch(PRESET + r" · (?P<ram>.+)", heading))]
    unit = regional_unit(page, at_home[0]) if sold and len(at_home) == 1 else None
    for row in tables[0]:
        code, factor = row["Code"].text, row["Multiplier"]
        if not (re.fullmatch("[a-z]{3}", code) and re.fullmatch(r"\d+\.\d+", factor.text)):
            raise Unreadable(f"expected a region's code and its multiplier, found {row.first.quote!r}")
        times = Decimal(factor.text)
        yield row["Code"].fact("regions", region=code, status="available")
        yield factor.fact("multipliers", plan="any", meter="instance", condition=f"region:{code}", factor=times)
        for m in sold if unit and code != home else ():  # the home region's are read by the hour
            cell, base = row[re.escape(m[0])], at_home[0][re.escape(m[0])]
            price = cell.money()
            if not near(price.value, base.money().value * times):
                raise Unreadable(f"{cell.quote!r}: {cell.text} is not {times} times {base.text}")
            sku = with_ram(m["preset"], amounts.size(m["ram"]))
            yield cell.price(price, "instance", sku=sku, region=code, unit=unit)


PRESETS = ("Preset", "Per hour", "Per month")
STOPPED = "Stopped Machine, per GB rootfs"


def preset_prices(page: Page) -> Iterator[tuple[Row, Amount, Amount]]:
    """(row, price by the hour, price by the month) of each preset. Raises Unreadable where the two disagree."""
    for row in page.table(*PRESETS, under=COMPUTE):
        if not re.fullmatch(STOPPED, row.first.text):
            month = row["Per month"].money()
            yield row, checked(row["Per hour"].money(), month, HOURS), month


def regional_unit(page: Page, at_home: Row) -> str:
    """For which time the table of regions has its prices, which it does not say: those of the home region are the presets'
    by the month or by the hour. Raises NotFound where no preset of the one table is in the other."""
    units = set()
    for row, hour, month in preset_prices(page):
        for cell in at_home.cells:
            if cell.column == row.first.text:
                stated = (("instance_month", month), ("instance_hour", hour))
                units |= {unit for unit, price in stated if near(cell.money().value, price.value)}
    if len(units) != 1:
        raise NotFound("the prices by region are not those of the presets by the month, nor by the hour")
    return units.pop()


def near(a: Decimal, b: Decimal) -> bool:
    """Whether two figures differ by no more than rounding: the multiplier is rounded, and so are both prices."""
    return abs(a - b) <= b / 100


REGION_GROUPS = {
    "north america": "north-america",
    "europe": "europe",
    "asia pacific": "asia-pacific",
    "oceania": "oceania",
    "south america": "south-america",
    "africa": "africa",
    "india": "india",
}


def region_groups(text: str) -> list[str]:
    """The region groups that a cell lists. Raises Unreadable for one that is not known."""
    names = [n for n in re.split(r"(?:^|\s)-\s|,| and ", text) if n.strip()]
    unknown = [n for n in names if n.strip().lower() not in REGION_GROUPS]
    if unknown or not names:
        raise Unreadable(f"expected region groups, found {text!r}; add a new one to REGION_GROUPS")
    return [REGION_GROUPS[n.strip().lower()] for n in names]


# -- fly.io/pricing ---------------------------------------------------------------------------------------------------


def priced_region(page: Page) -> str:
    """The one region whose compute prices the page lists."""
    return page.find(r"Compute prices are for [^.()]+ \((?P<region>[a-z]{3})\)").group("region").lower()


@VENDOR.reader("pricing")
def presets(page: Page) -> Iterator[Fact]:
    """Machine presets per hour, in the region the page names; checked against the month."""
    region = priced_region(page)
    for row in page.table(*PRESETS, under=COMPUTE).rows_named(STOPPED):
        yield row["Per month"].price(row["Per month"].money(), "storage", unit="gb_month")
    found, hours = [], []
    for row, hour, _ in preset_prices(page):
        m = row.first.scan(PRESET + r" · {size}")
        found.append((row, m.group("preset"), m["size"]))
        hours.append(hour)
    for (row, sku), (_, preset, ram), hour in zip(named(found), found, hours, strict=True):
        yield holds(row.first, sku, preset, ram)
        yield row["Per hour"].price(hour, "instance", sku=sku, region=region, unit="instance_hour")


@VENDOR.reader("pricing")
def storage_and_network(page: Page) -> Iterator[Fact]:
    """Volumes, snapshots and egress: one item a row, its unit in the item's name or the cell."""
    provisioned = (
        "provisioned" if page.maybe(r"Volumes bill on provisioned capacity", topic=r"\bprovisioned\b") else None
    )
    for row in page.table("Item", "Price", under=r"Machines\W+storage and network"):
        item, price = row.first.text, row["Price"]
        if re.fullmatch(r"Volumes, per GB / month", item):
            yield price.price(price.money(), "volume", unit="gb_month", billed_on=provisioned)
        elif re.fullmatch(r"Snapshots, per GB / month", item):
            yield price.price(price.money(), "snapshot_storage", unit="gb_month")
        elif m := re.fullmatch(r"Egress, (.+)", item):
            for region in region_groups(m[1]):
                yield price.price(price.money(), "egress", region=region)
        elif item != "Dedicated IPv4":  # no price of a sandbox
            raise Unreadable(f"unknown item {item!r}: read it, or ignore it by name")
    free = page.find(r"First {size} of snapshots free each month")
    yield free.allowance("snapshot_storage", "month", free["size"])


@VENDOR.reader("pricing")
def sprites(page: Page) -> Iterator[Fact]:
    """What Sprites cost: CPU and memory used, storage in two tiers."""
    meters = {"CPU time": "vcpu", "Memory time": "memory"}
    for row in page.table("Resource", "Detail", "Rate", under=r"Sprites\W+compute"):
        if row.first.text not in meters:
            raise Unreadable(f"unknown resource {row.first.text!r}")
        used = re.search(r"\b(?:actual|cumulative)\b.* usage", row["Detail"].text, re.IGNORECASE)
        yield row["Rate"].price(
            row["Rate"].money(), meters[row.first.text], billed_on="active" if used else None, product="sprites"
        )
    hours = page.find(r"hourly rate over a {count}-hour month")["count"].value
    for row in page.table("Tier", "When it bills", "Rate", "Per GB-month", under=r"Sprites\W+storage"):
        if row.first.text not in ("Hot", "Cold"):
            raise Unreadable(f"unknown storage tier {row.first.text!r}")
        rate = checked(row["Rate"].money(), row["Per GB-month"].money(), hours)
        yield row["Rate"].price(rate, "storage", sku=row.first.text.lower(), product="sprites")


# -- fly.io/docs/about/pricing ----------------------------------------------------------------------------------------


MATRIX = "started-machines-pricing-matrix-"  # and the region: the id of what holds its table
PER_SECOND = r"(?:Price)? ?(?:/|per) ?second"


@VENDOR.reader("docs_pricing")
def started_machines(page: Page) -> Iterator[Fact]:
    """The rendered page's price table of each region: preset and RAM, per second, checked against hour and month."""
    matrices = page.within(MATRIX, topic=ITSELF)
    if not matrices and [t for t in page.tables if t.has(PER_SECOND)]:
        raise NotFound("there are prices per second, but not in tables that say for which region they are")
    if not matrices:
        raise UnrenderedError(
            "the price tables of the regions are not on this page: the template makes them, and they stand only on "
            "what a browser is served (Accept: text/html)"
        )
    for region, table in matrices.items():
        found = []
        for row in table:
            m = row.first.scan(PRESET)
            found.append((row, m.group("preset"), row[r"RAM|Memory"].size()))
        for (row, sku), (_, preset, ram) in zip(named(found), found, strict=True):
            if region == next(iter(matrices)):  # a size is the same in every region
                yield holds(row.first, sku, preset, ram)
            hour, month = (row[rf"(?:Price)? ?(?:/|per) ?{u}"].money() for u in ("hour", "month"))
            second = checked(row[PER_SECOND].money(), hour, SECONDS)
            checked(second, month, SECONDS * HOURS)
            yield row[PER_SECOND].price(second, "instance", sku=sku, region=region, unit="instance_second")


def with_ram(preset: str, ram: Amount) -> str:
    """The sku of a preset with that RAM, where a page lists a few sizes only: a preset comes with 256 MB for each shared
    CPU or 2 GB for each performance CPU."""
    kind, cpus = re.fullmatch(r"(\w+)(?:-cpu)?-(\d+)x", preset.lower()).groups()  # type: ignore[union-attr]
    least = int(cpus) * {"shared": 256, "performance": 2048}[kind]
    return preset if megabytes(ram) == least else f"{preset}-{ram.value.normalize():f}{ram.unit}"


EGRESS_SECTION = "Egress to public internet|Private network cross-region"
BILLED_FOR = ("What you pay for", "Price", "Notes")


@VENDOR.reader("docs_pricing")
def started_in_lowest_regions(page: Page) -> Iterator[Fact]:
    """The summary of what is billed for (since 2026-09): a few Machines per month, and more RAM, in the regions that
    the page names. What else it lists is read from its own section."""
    if not page.tables_with(
        *BILLED_FOR, topic=("Started Machine|^Everything we bill for$|Machine prices in this table")
    ):
        return
    stated = page.find(r"Machine prices in this table are for (?P<list>[^;:]+?), our lowest-priced regions")
    regions = re.findall(r"\(([a-z]{3})\)", stated.group("list"))
    if not regions or len(regions) != len(re.split(r"\),? and |\), ", stated.group("list"))):
        raise Unreadable(f"expected a code for each region, found {stated.text!r}")
    days = page.find(r"Monthly Machine prices assume {duration} of continuous runtime")["duration"]
    if days.unit != "day" or days.value != HOURS / 24:
        raise Unreadable(f"expected months of 30 days, found {days.text!r}")
    # Where the tables of the regions are on the page, they say the same by the second.
    by_region = bool(page.within(MATRIX, topic=ITSELF))
    for row in page.table(*BILLED_FOR):
        for region in regions:
            if row.first.text.startswith("Started Machine") and not by_region:
                m = row.first.scan(r"Started Machine, " + PRESET + r" with {size} RAM")
                price, sku = row["Price"].money(), with_ram(m.group("preset"), m["size"])
                yield row["Price"].price(price, "instance", sku=sku, region=region, unit="instance_month")
            elif row.first.text == "Additional Machine RAM":
                yield row["Price"].price(row["Price"].money(), "memory", region=region, unit="gb_month")


@VENDOR.reader("docs_pricing")
def egress_in_short(page: Page) -> Iterator[Fact]:
    """Data that leaves, by region group, in the summary of what is billed for (since 2026-09): a price and its groups, one
    after the other in a cell."""
    if page.speaks_of(EGRESS_SECTION):
        return  # the section's own table says the same
    tables = page.tables_with(*BILLED_FOR, topic=(r"^(?:Outbound|Private network) data\b", "{money}"))
    for name, sku in (
        ("Outbound data to the internet", "-"),
        ("Private network data between regions", "private-network"),
    ):
        for row in (r for t in tables for r in t.rows_named(name)):
            price = row["Price"]
            for part in re.split(r"\s+(?=\$)", price.text):
                m = Passage(page, part, price.quote, price.where, scope=price.scope).scan(
                    r"{money} in (?P<groups>[A-Z][\w, ]+)"
                )
                for region in region_groups(m.group("groups")):
                    yield m.price(m["money"], "egress", sku=sku, region=region)


class UnrenderedError(ReadError):
    """A part of the page that its template makes, and that was not made."""

    kind = "template"


# -- Sprites ----------------------------------------------------------------------------------------------------------


@VENDOR.reader("sprites_billing")
def sprite_rates(page: Page) -> Iterator[Fact]:
    """The rates, where the component that holds them was filled in. "Storage" is the tier that was called cold storage
    until 2026-01, and still is on the pricing page."""
    names = {"CPU Time": ("vcpu", "-"), "Memory Time": ("memory", "-"), "Hot Storage": ("storage", "hot"),
             "Storage": ("storage", "cold"), "Cold Storage": ("storage", "cold")}  # fmt: skip
    header = ("Resource", r"Rate \(per second\)", "Notes")
    tables = page.tables_with(*header, topic=("CPU|Memory|RAM", "{money}"))
    if not tables and "<PricingRates" in page.text:
        raise UnrenderedError("the rates are not on this page: a component makes them")
    for row in page.table(*header) if tables else ():
        if row.first.text not in names:
            raise Unreadable(f"unknown resource {row.first.text!r}")
        meter, sku = names[row.first.text]
        yield row[header[1]].price(row[header[1]].money(), meter, sku=sku)
