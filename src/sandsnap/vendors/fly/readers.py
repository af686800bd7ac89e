"""Fly.io: Machines (microVMs by the second, priced per preset and region) and Sprites (sandboxes that sleep).

fly.io/pricing.md has clean tables for Ashburn only; the docs' pricing page has one price table per region, but only
where it was rendered: the Markdown/ERB source that unknown agents are served lacks it. GPUs have a list of their own.
What misleads: "nav: firecracker" in front matter, example totals, reservations, support packages, discontinued plans,
and the Machines of a free trial, whose limits hold for the trial only.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read import amounts
from sandsnap.read.amounts import Amount
from sandsnap.read.errors import NotFound, ReadError, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage, on_day
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


@VENDOR.reader("pricing", "docs_pricing")
def reserved(page: Page) -> Iterator[Fact]:
    """What a year paid ahead takes off the price of compute."""
    if m := page.maybe(RESERVED, topic=(r"\breserv", r"\d%")):
        yield m.fact("multipliers", plan="any", meter="instance", condition="reserved_1y", factor=less(m.group("off")))


RESERVED = (
    r"(?:Reserve compute and save|You'll get an?) (?P<off>\d+%)"
    r"(?=\. One-year blocks| discount when you reserve a block of compute time)"
)


def less(off: str) -> Decimal:
    """What is left of a price of which a percentage is taken off. Raises Unreadable for nothing or all of it."""
    left = 1 - Decimal(off.removesuffix("%")) / 100
    if not 0 < left < 1:
        raise Unreadable(f"expected a discount, found {off!r}")
    return left


def gigabytes(ram: Amount) -> Amount:
    """Sizes in MB as the GB that later versions of the page write."""
    return Amount(ram.low, megabytes(ram) / 1024, "gb", ram.bound, ram.text) if ram.unit == "mb" else ram


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
def more_memory(page: Page) -> Iterator[Fact]:
    """RAM beyond a preset's, in the region the page names (stated since 2026-09)."""
    if more := page.maybe(
        r"Every preset takes more RAM at {money}",
        topic=(r"\bRAM\b|\bmemory\b", r"\$.*\bGB\b"),
        under=COMPUTE,
    ):
        yield more.price(more["money"], "memory", region=priced_region(page), unit="gb_month")


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
def trial_in_short(page: Page) -> Iterator[Fact]:
    """The free trial, in the answer whether there is a free tier (since 2026-09)."""
    if m := page.maybe(
        r"\bfree trial, which lasts for up to (?:{duration} of Machine runtime or )?{duration2}",
        topic=("free trial", "{duration}"),
    ):
        card = page.maybe(
            r"You don.t need a (?:credit card|payment method) to start the trial"
            r"|no (?:credit card|payment method) (?:is )?(?:required|needed) (?:for|to start) the trial",
            part=True,
            topic=(r"\btrial\b", r"\b(?:credit card|payment method)\b.*\b(?:start|before|without|need)"),
        )
        yield m.allowance("trial", "once", m["duration2"], plan="free_trial", card_required=False if card else None)
        if m.has("duration") and m["duration"].unit == "hour":
            yield m.allowance("vm_time", "once", m["duration"], unit="vm_hour", plan="free_trial")


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


@VENDOR.reader("docs_pricing")
def stopped_rootfs(page: Page) -> Iterator[Fact]:
    """The root file system of a stopped Machine (stated since 2024-01-24): the price of a GB for a month of 30 days."""
    if m := page.maybe(
        r"Each {size} of (?:rootfs|root file system) for a Machine stopped for {duration} is {money}",
        topic=(r"\b(?:rootfs|root file ?system)\b", "stopped", "{money}"),
    ):
        size, time = m["size"], m["duration"]
        if (size.unit, time.unit) != ("gb", "day") or size.value != 1 or time.value != HOURS / 24:
            raise Unreadable(f"expected the price of 1GB for 30 days, found {m.text!r}")
        yield m.price(m["money"], "storage", unit="gb_month")


@VENDOR.reader("docs_pricing")
def egress(page: Page) -> Iterator[Fact]:
    """Data transfer by region group (a table since 2024-07-17; before, an include)."""
    public, private = r"Egress to public internet.*", r"Private network cross-region.*"
    # In whatever shape: where its words are on the page without the table, that is for a person.
    if not page.speaks_of(EGRESS_SECTION):
        return
    for row in page.table(r"Region groups?", public, private):
        for region in region_groups(row[r"Region groups?"].text):
            yield row[public].price(row[public].money(), "egress", region=region)
            yield row[private].price(row[private].money(), "egress", sku="private-network", region=region)


# -- GPUs -------------------------------------------------------------------------------------------------------------

GPU = re.compile(r"(?:[A-Z]{1,3}\d{1,3}[A-Z]{0,2}|RTX [A-Z0-9 ]+?)(?: \d+G)?(?: (?:PCIe|SXM\d?))?", re.IGNORECASE)
# The quickstart names the same cards by NVIDIA's kinds.
GPU_KINDS = {"a100-pcie-40gb": "a100-40g-pcie", "a100-sxm4-80gb": "a100-80g-sxm"}
GPU_END = (
    r"GPUs?(?: machines)? \(?(?:are deprecated and will be unavailable after|(?:to|will) be deprecated as of) "
    r"(?P<day>\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)|[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?)"
)
GPU_ENDS_SOMEHOW = r"\bGPUs?\b.{0,60}\b(?:deprecated|discontinued|unavailable|sunset|no longer|retired)\b"


def gpu_model(text: str) -> str:
    """The sku of a GPU as the pricing page writes it. Raises Unreadable for what does not look like a GPU's name."""
    name = re.sub(r"^nvidia\s+", "", text.strip(), flags=re.IGNORECASE)
    if name.lower() in GPU_KINDS:
        return GPU_KINDS[name.lower()]
    if not GPU.fullmatch(name):
        raise Unreadable(f"expected a GPU's name, found {text!r}; map it in GPU_KINDS")
    return name.lower().replace(" ", "-")


def gpu_end(page: Page) -> Match | None:
    """The statement that GPUs end, if the page makes one. Raises NotFound where it says so in words not known."""
    m = page.maybe(GPU_END, topic=ITSELF)
    if m is None and page.speaks_of(GPU_ENDS_SOMEHOW):
        raise NotFound("the page speaks of an end of GPUs, but not in known words", page.nearest("GPUs are deprecated"))
    return m


def ends_on(m: Match) -> date | None:
    """The day GPUs end. Figures are month first, as in the US. "August 1" names no year: it is the one that comes
    within nine months of the page's day, or went by in the three before (a notice that was left standing)."""
    text = m.group("day")
    if figures := re.fullmatch(r"(\d+)/(\d+)/(\d+)", text):
        month, day, year = (int(x) for x in figures.groups())
        try:
            return date(year + 2000 if year < 100 else year, month, day)
        except ValueError:
            raise Unreadable(f"expected a date with the month first, found {text!r}") from None
    if re.search(r"\d{4}", text):
        return on_day(text)
    seen = m.page.capture.day
    years = (seen.year - 1, seen.year, seen.year + 1) if seen else ()
    days = [on_day(f"{text}, {year}") for year in years]
    near = [d for d in days if seen and seen - timedelta(days=95) <= d < seen + timedelta(days=270)]
    return near[0] if near else None


@VENDOR.reader("docs_pricing", "gpus", "gpu_quickstart", "free_trial", "suspend")
def gpu_notice(page: Page) -> Iterator[Fact]:
    """The notice that GPUs end."""
    if end := gpu_end(page):
        said = page.passage(end.text, end.where)
        yield said.fact("notices", subject="gpu", kind="end_of_life", effective_on=ends_on(end), status="announced")


def gpu_status(page: Page, model: str, stated: Match, status: str = "available") -> Fact:
    """A GPU that a page lists: ending where the page says so."""
    end = gpu_end(page)
    if end:
        return page.passage(end.text, end.where).fact("gpus", model=model, status="ending", ends_on=ends_on(end))
    return stated.fact("gpus", model=model, status=status)


@VENDOR.reader("docs_pricing")
def gpu_prices(page: Page) -> Iterator[Fact]:
    """On-demand GPUs: every "name: price" item of the section in which prices are per GPU."""
    # Deprecated since 2026-02-11, and priced until the end: the heading says so, and these prices hold all the same.
    ending = r"GPU-enabled Fly Machines \(Deprecated\)"
    item = r"^(?P<model>[^:]{2,30}): ?(?P<price>.+)$"
    items = page.find_all(item, topic=ITSELF, under=ending, kinds=("item",)) or page.find_all(
        item, topic=ITSELF, kinds=("item",)
    )
    sections = {m.where for m in items if re.search(r"\bper GPU\b", m.group("price"))}
    if not sections and page.speaks_of(r"\bper GPU\b|GPU pricing:"):
        raise NotFound("GPUs are priced, but not in a list of 'model: price per GPU'", page.nearest("GPU pricing"))
    if asked := [
        m for m in page.find_all(r"^Contact (?:us|sales)\b.*$", topic=ITSELF, kinds=("item",)) if m.where in sections
    ]:
        raise Unreadable(f"expected 'model: price per GPU', found {asked[0].text!r}")
    for m in items:
        if m.where in sections:
            model = gpu_model(m.group("model"))
            yield gpu_status(page, model, m)
            if not re.fullmatch(r"Contact (?:us|sales)\.?", m.group("price"), re.IGNORECASE):
                yield m.price(amounts.money(m.group("price")), "gpu", sku=model)


def gpu_list(page: Page, pattern: str) -> Iterator[Fact]:
    """The models that a sentence lists. A number in front of the list must be theirs."""
    m = page.find(pattern)
    names = [n for n in re.split(r",? and |,? or |, ", re.sub(r" ?\([^()]*\)", "", m.group("models"))) if n]
    if m.has("count") and m["count"].value != len(names):
        raise Unreadable(f"expected {m.group('count')} models, found {names}")
    # "Only available to vetted orgs", on a waiting list: until 2024-02.
    waiting = page.maybe(
        r"GPUs are only available (?:to vetted orgs|on GPU-enabled accounts)",
        part=True,
        topic=r"\bGPUs?\b.*\b(?:vetted|waiting list|waitlist|request access|enabled accounts)\b",
    )
    for name in names:
        yield gpu_status(page, gpu_model(name), m, "preview" if waiting else "available")


LISTED = r"(?P<models>(?:[^.(]|\([^)]*\))+)(?:\.|$)"  # up to the sentence's end; what stands in brackets is not listed


@VENDOR.reader("gpus")
def gpu_models(page: Page) -> Iterator[Fact]:
    """Which GPUs can be had: "Four models of GPU are available: …"."""
    yield from gpu_list(page, r"(?:{count} models of GPU are available:|Fly GPUs are currently either the) " + LISTED)


@VENDOR.reader("gpu_quickstart")
def gpu_kinds(page: Page) -> Iterator[Fact]:
    """Which GPUs can be had: "There are three GPU types available: …" (since 2023-11-16)."""
    if page.speaks_of(r"\bGPU (?:types?|kinds?|models?)\b[^.]*\bavailable\b|\bavailable GPU"):
        yield from gpu_list(page, r"There are (?:{count}|these) GPU types available: " + LISTED)


# -- billing, free trial ----------------------------------------------------------------------------------------------


@VENDOR.reader("free_trial")
def trial_length(page: Page) -> Iterator[Fact]:
    """How long a free trial lasts, and whether it takes a card."""
    no_card = bool(
        page.maybe(
            r"before you need to add a payment method|without (?:adding )?a (?:credit card|payment method)"
            r"|no (?:credit card|payment method) (?:is )?(?:required|needed)",
            part=True,
            topic=r"\bpayment method\b|\bcredit card\b",
        )
    )
    days = page.find(r"A free trial on Fly\.io (?:lasts for|includes [^.]{0,40} or) {duration}")
    yield days.allowance("trial", "once", days["duration"], plan="free_trial", card_required=False if no_card else None)


# -- Machines ---------------------------------------------------------------------------------------------------------


@VENDOR.reader("overview", "machines", "functions")
def boot(page: Page) -> Iterator[Fact]:
    """How fast an existing Machine boots: a figure until 2023, since then "well under a second", "subsecond"."""
    figure = page.maybe(r"boot instances in {duration}", topic=ITSELF)
    if figure:
        yield figure.cold_start("boot", figure["duration"])
    usual = page.maybe(
        r"Usually this takes (?:well )?(?P<limit>(?:under|less than) [\w.]+ (?:milli)?seconds?)", topic=ITSELF
    )
    if usual:
        limit = amounts.duration(re.sub(r"\ban?\b", "one", usual.group("limit")))
        yield usual.cold_start("boot", limit)
        # "The same" is what the sentence before says.
        before = re.escape(usual.text).replace(r"\ ", " ")
        same = page.maybe(before + r"\. The same goes for starting a stopped Machine", topic="The same goes for")
        if same:
            yield same.cold_start("restart", limit)
    elif m := page.maybe(r"started and stopped at (?P<limit>sub-?second) speeds", topic=ITSELF):
        yield m.cold_start("boot", amounts.duration(re.sub(r"sub-?", "under one ", m.group("limit"))))
    elif not figure:
        raise NotFound("the page no longer says how fast a Machine boots", page.nearest("this takes under a second"))


# -- Sprites ----------------------------------------------------------------------------------------------------------


@VENDOR.reader("sprites_billing")
def sprite_plans(page: Page) -> Iterator[Fact]:
    """Plans with what they include. Rates come from a component that the source does not hold."""
    free = page.find(r"^{count} sprites running concurrently$", under=r"Pay As You Go")
    yield free.limit("concurrent", free["count"], plan="pay_as_you_go")
    for row in page.table("Plan", "Price", "Concurrent Sprites", "CPU Hours", "RAM Hours", "Storage"):
        plan = "level_" + row.first.scan(r"Level (?P<level>\d+)").group("level")
        cost = row["Price"].money()
        yield row["Price"].price(cost, "plan_fee", plan=plan, unit="month")
        yield row.first.fact("plans", plan=plan, name=row.first.text, kind="paid", usd_per_month=cost.value)
        yield row["Concurrent Sprites"].limit("concurrent", row["Concurrent Sprites"].count(), plan=plan)
        cpu = row["CPU Hours"].scan(r"{count} (?:hrs|hours)")
        yield cpu.allowance("vcpu_time", "month", cpu["count"], unit="vcpu_hour", plan=plan)
        ram = row["RAM Hours"].scan(r"{count} GB-(?:hrs|hours)")
        yield ram.allowance("memory_time", "month", ram["count"], unit="gb_hour", plan=plan)
        yield row["Storage"].allowance("storage", "month", row["Storage"].size(), plan=plan)


@VENDOR.reader("sprites_billing")
def sprite_size(page: Page) -> Iterator[Fact]:
    """The one size that is billed."""
    m = page.find(r"fixed resource configuration \({count} vCPUs, {size} RAM\)")
    yield m.limit("vcpu_max", m["count"])
    yield m.limit("memory_max", gigabytes(m["size"]))
    disk = page.find(r"Every Sprite includes {size} of storage capacity")
    yield disk.limit("disk_max", disk["size"])


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


@VENDOR.reader("sprites_lifecycle")
def sprite_resources(page: Page) -> Iterator[Fact]:
    """The fixed size: a sentence until 2025-12, since then a list, without a figure for the RAM since 2026-09."""
    if sentence := page.maybe(r"fixed configuration \({count} vCPUs, {size} RAM, {size2} storage\)", topic=ITSELF):
        yield sentence.limit("vcpu_max", sentence["count"])
        yield sentence.limit("memory_max", gigabytes(sentence["size"]))
        yield sentence.limit("disk_max", sentence["size2"])
        return
    under = r"Resource Profile|Resources"
    cpus = page.find(r"^{count} vCPUs$", under=under)
    yield cpus.limit("vcpu_max", cpus["count"])
    if not page.speaks_of(r"^Memory the platform manages for you\b", under=under):
        ram = page.find(r"^{size} RAM$", under=under)
        yield ram.limit("memory_max", gigabytes(ram["size"]))
    disk = page.find(r"^{size} (?:of |persistent )?storage(?: \(grows automatically\))?$", under=under)
    if "grows" not in disk.text:  # then it is where the disk starts, not where it ends
        yield disk.limit("disk_max", disk["size"])


@VENDOR.reader("sprites_lifecycle")
def sprite_timeout(page: Page) -> Iterator[Fact]:
    """After what idle time a Sprite hibernates."""
    m = page.find(
        r"(?:By default, Sprites hibernate after|The default timeout is) {duration}"
        r"|After {duration2} of inactivity, it hibernates|a short idle window passes \({duration3} today\)"
    )
    yield m.limit("idle_timeout", next(m[d] for d in ("duration", "duration2", "duration3") if m.has(d)), bound="about")
