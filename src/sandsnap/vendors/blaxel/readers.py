"""Blaxel sandboxes: the docs state cold start, standby, expiry, regions and SDKs in sentences; the site the prices.

Misleading: the same pages describe other products (agents, MCP servers, batch jobs, model deployments), Mark 2
(containers, not for sandboxes) and Mark 3 (microVMs), sample TTLs, and the blog states Modal's figures beside its own.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from sandsnap.model import Fact
from sandsnap.read import amounts
from sandsnap.read.amounts import Amount
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Cell, Row

VENDOR = declared("blaxel")


# Python, TypeScript and Go are the ones so far; others would be a fact, too, and a name not listed here is an issue.
LANGUAGES = {name: name for name in ("python", "typescript", "go", "java", "ruby", "rust", "php")}
RAM_SECOND = {"gb": "gb_second", "gib": "gib_second"}


def _languages(said: Match) -> Iterator[Fact]:
    """One row per language of an enumeration: "Python, TypeScript, and Go"."""
    for word in re.split(r",\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+", said.group("languages")):
        interface = LANGUAGES.get(word.strip().lower())
        if interface is None:
            raise Unreadable(f"unknown SDK language {word!r} in {said.text!r}: add it to LANGUAGES")
        yield said.fact("sdks", interface=interface, official=True)


# -- blaxel.ai/pricing: never seen; anything but these forms is an issue ----------------------------------------------


_NOT_OURS = re.compile(
    r"\bexample|\bcompar|\bvs\b|\bModal\b|\bE2B\b|\bDaytona\b|agents? hosting|batch|jobs", re.IGNORECASE
)
_A_SECOND = r"(?:RAM|memory)?\s*(?:-|/|\bper\b)\s*s(?:ec(?:ond)?)?\b"


def _row(page: Page, name: str) -> Row | None:
    """The one row of that name in the page's tables; None where no table has one."""
    rows = [r for t in page.tables if not any(map(_NOT_OURS.search, t.headings)) for r in t.rows_named(name)]
    if len(rows) > 1:
        raise Ambiguous(f"{len(rows)} rows are called {name!r}: {rows[0].first.quote!r}, {rows[1].first.quote!r}")
    return rows[0] if rows else None


def _price_in(row: Row, per_header: str) -> tuple[Cell, Amount, bool]:
    """The one amount of dollars in a row, and whether its column's heading fits `per_header`."""
    cells = [c for c in row.cells[1:] if "$" in c.text]
    if len(cells) != 1:
        raise Unreadable(f"expected one price, found {row.first.quote!r}")
    return cells[0], cells[0].money(), bool(re.fullmatch(per_header, cells[0].column, re.IGNORECASE))


@VENDOR.reader("pricing")
def memory_rate(page: Page) -> Iterator[Fact]:
    """Memory while active, CPU included: in a table, or in a sentence under a heading on sandboxes."""
    if row := _row(page, r"(?:active )?(?:memory|RAM|compute)(?: \((?:RAM|GB|GiB)\))?"):
        cell, amount, by_column = _price_in(row, r".*\bper (?:GB|GiB)[ -](?:RAM[ -])?(?:per )?second\b.*")
        per = {p for p in amount.per if p in RAM_SECOND} if amount.per else set()
        if (amount.per and (len(per) != 1 or {*amount.per} != {*per, "second"})) or not (amount.per or by_column):
            raise Unreadable(f"expected a rate per GB and second, found {cell.quote!r} under {cell.column!r}")
        size = per.pop() if per else ("gib" if "gib" in cell.column.lower() else "gb")
        yield cell.price(replace(amount, per=()), "memory", unit=RAM_SECOND[size])
        return
    said = page.find(
        rf"{{money}}\s*(?:/|\bper\b)\s*(?P<size>GB|GiB)(?: of)?\s*{_A_SECOND}",
        under=r".*sandbox.*",
    )
    if not re.search(r"RAM|memory", said.quote, re.IGNORECASE):
        raise Unreadable(f"expected a rate of memory, found {said.quote!r}")
    yield said.price(said["money"], "memory", unit=RAM_SECOND[said.group("size").lower()])


@VENDOR.reader("pricing")
def storage_rates(page: Page) -> Iterator[Fact]:
    """Snapshots of sandboxes on standby, images and volumes, per GB and month: rows of a table, or sentences."""
    for name, meter, sku in (
        ("snapshot", "snapshot_storage", "-"),
        ("image", "storage", "images"),
        ("volume", "volume", "-"),
    ):
        if row := _row(page, rf"(?:sandbox |deployment |standby )?{name}s?(?: storage)?"):
            cell, amount, by_column = _price_in(row, r".*(?:per|/) ?GB[ -/](?:per )?mo(?:nth)?\b.*")
            yield cell.price(amount, meter, sku=sku, unit="gb_month" if by_column else None)
        else:
            said = page.find(rf"\b{name}s?(?: storage)?(?: is|:)? {{money}}(?= |$|\.)")
            yield said.price(said["money"], meter, sku=sku)


@VENDOR.reader("pricing")
def sizes(page: Page) -> Iterator[Fact]:
    """Named sizes of a sandbox by the hour; should the page have them in a table."""
    size, hourly = (
        r"(?:(?:instance|sandbox) )?(?:size|type)s?",
        r"(?:price|cost)(?: (?:per|/) ?h(?:ou)?r)?|(?:per|/) ?h(?:ou)?r",
    )
    for table in page.tables_with(
        size, hourly, topic=(r"\b(?:XS|S|M|L|XL|micro|small|medium|large)\b", r"\$.*h(?:ou)?r")
    ):
        if any(map(_NOT_OURS.search, table.headings)):
            continue
        for row in table:
            if not re.fullmatch(r"\d?X*[SML]|X+[SL]|Micro|Small|Medium|Large|X-?Large", row.first.text, re.IGNORECASE):
                raise Unreadable(f"unknown size {row.first.text!r}")
            cell = row[hourly]
            unit = "instance_hour" if re.search(r"h(?:ou)?r", cell.column, re.IGNORECASE) else None
            yield cell.price(cell.money(), "instance", sku=row.first.text.lower(), unit=unit)


# -- docs: sandboxes --------------------------------------------------------------------------------------------------

# A bare "start" is the step from standby to active only in the sentence of 2025 that goes on to "scale back down".
# Not the 15 minutes of an idle connection: that needs an open connection, this is a sandbox without one.
IDLE_WORDS = (
    r"(?:scale back down (?:top? (?:zero|standby) )?after|return to standby mode after"
    r"|transitions(?: the sandbox)? to standby mode (?:within|in)"
    r"|does not have an active connection, it automatically transitions to [^.]*\. This transition happens in)"
)
IDLE = IDLE_WORDS + r" {duration}"


# What the pages said of how long a sandbox may stay on standby, before and after "wait on standby indefinitely".
STAYS = (
    "standby|hibernat|suspended",
    r"\b(?:indefinite\w*|forever|unlimited|as long as|limits? how long|at most|up to)\b",
)
UNLIMITED = r"Blaxel doesn.t limit how long a sandbox can stay in standby mode"


@VENDOR.reader("sandboxes")
def idle(page: Page) -> Iterator[Fact]:
    """Inactivity before standby. From September 2025 to February 2026 the page says 1 and 5 seconds: a conflict."""
    said = page.find(IDLE)
    if other := page.find_all(rf"{IDLE_WORDS}(?! {{duration}}| a few seconds)", topic=ITSELF):
        raise Unreadable(f"expected a time of inactivity, found {other[0].quote!r}", other[0].quote)
    yield said.limit("idle_timeout", said["duration"], bound="about")


@VENDOR.reader("sandboxes")
def standby(page: Page) -> Iterator[Fact]:
    """What standby keeps, and how long."""
    kept = page.maybe(
        r"Memory state is maintained even after scaling down, including the running processes and entire filesystem"
        r"|maintaining the memory state even after scaling down\."
        r" This includes all filesystem as well as running processes",
        topic=("memory|file ?system|processes", "maintain|preserv|ke[ep]p|kept|retain|saved", "scal|standby|suspend"),
    )
    if kept is None:  # until May 2025 the page did not say what
        page.find(r"maintaining their previous state after scaling down")
        return
    page.find(r"automatically scale to zero|scale back down to zero")
    lasting = page.find_all(rf"sandboxes wait on standby indefinitely|{UNLIMITED}", topic=STAYS)
    if not lasting and page.speaks_of(r"automatically scale to zero"):  # since October 2025 the page says how long
        page.find(r"sandboxes wait on standby")
    yield kept.fact(
        "persistence",
        mechanism="standby",
        preserves="filesystem_and_memory",
        by_default=True,
        indefinite=True if lasting else None,
    )


@VENDOR.reader("archive", "sandboxes")
def archive(page: Page) -> Iterator[Fact]:
    """What an archived sandbox keeps: its files, without the memory. Nobody archives but the user (since August 2026)."""
    # The page's own title is no mark of a past price.
    title = next((b.text for b in page.blocks if b.kind == "heading"), "")
    said = page.maybe(
        r"\b(?:Archiving a sandbox|archiving it) (?:stores|saves|keeps|exports) (?:its|the) file ?system",
        topic=(r"\barchiv(?:e|es|ing)\b", "file ?system|files"),
        under="Archive" if title == "Archive" else None,
        part=True,
    )
    if said is None:
        return
    page.find(
        r"\bno memory is kept|\bmemory is not (?:preserved|kept)|\bmemory and running processes are (?:lost|not kept)"
        r"|\bwithout (?:its|the) memory"
    )
    automatic = page.speaks_of(r"\b(?:auto(?:matically)?[- ]archive[sd]?|archived automatically)\b")
    yield said.fact("persistence", mechanism="archive", preserves="filesystem", by_default=None if automatic else False)


@VENDOR.reader("expiration")
def expiry(page: Page) -> Iterator[Fact]:
    """The age at which the lower quota tiers delete a sandbox; "7 and 30 days": the unit stands once."""
    said = page.find(
        r"quota tiers enforce expiration dates \(Tiers? (?P<low>\d+) and (?P<high>\d+), with respectively {count}"
        r"(?P<unit> hours?| days?)? and {duration}\)"
    )
    unit = said.group("unit") if said.has("unit") else said["duration"].unit
    shorter = amounts.duration(f"{said['count'].value} {unit}")
    yield said.limit("lifetime_max", shorter, plan=f"tier_{said.group('low')}")
    yield said.limit("lifetime_max", said["duration"], plan=f"tier_{said.group('high')}")


@VENDOR.reader("sdk")
def languages(page: Page) -> Iterator[Fact]:
    """The languages of the SDKs; until May 2025 only the headings say so."""
    if not page.speaks_of(r"\bBlaxel features\b"):
        found = page.find_all(r"^(?P<languages>\w+) SDK$", topic=ITSELF, under="Install", kinds=("heading",))
        if not found:
            raise NotFound("no 'Blaxel features SDKs in …' and no heading '… SDK' under 'Install'", page.nearest("SDK"))
        for heading in found:
            yield from _languages(heading)
        return
    said = page.find(r"Blaxel features (?:a SDK|SDKs) in {count} languages: (?P<languages>\w+(?:, \w+)*,? and \w+)\.")
    rows = list(_languages(said))
    if len(rows) != said["count"].value:
        raise Unreadable(f"expected {said['count'].value} languages, found {len(rows)} in {said.text!r}")
    yield from rows


@VENDOR.reader("regions")
def regions(page: Page) -> Iterator[Fact]:
    """Regions of Mark 3, the generation that runs sandboxes."""
    table = page.table("Region code", "Location", "Country", under="Available regions")
    if len(table.header) != 3:
        raise Unreadable(f"a column nobody knows may say that a region is not open: {' | '.join(table.header)}")
    for row in table:
        if row.first.text == "auto":  # lets Blaxel choose; no region
            continue
        closed = re.search(r"soon|preview|beta|deprecat|ending|request", row.first.quote, re.IGNORECASE)
        if closed or not re.fullmatch(r"[a-z]{2}-[a-z]{3}-\d+", row.first.text):
            raise Unreadable(f"expected a region that is open, found {row.first.quote!r}")
        yield row.first.fact("regions", region=row.first.text, status="available")


# -- docs: infrastructure and front pages -----------------------------------------------------------------------------


def _runs_sandboxes(page: Page) -> None:
    """Raises Unreadable unless the page lists sandboxes among what Mark 3 runs."""
    announced = re.compile(
        r"(?:Mk|Mark) 3(?:\.\d)? infrastructure is currently available to run the following workloads:"
    )
    for start, opening in enumerate(page.blocks):
        if announced.fullmatch(opening.text):
            for block in page.blocks[start + 1 :]:
                if block.kind != "item":
                    break
                if block.text == "sandboxes":
                    return
    # Not NotFound: what the page says of either generation is then not said of sandboxes, in whatever words.
    raise Unreadable(
        "the page does not list sandboxes under what Mark 3 infrastructure runs", page.nearest("sandboxes")
    )


@VENDOR.reader("generations")
def isolation(page: Page) -> Iterator[Fact]:
    """What Mark 3 runs sandboxes on. Mark 2 (containers) never ran them."""
    said = page.find(
        r"(?:Mk|Mark) 3(?:\.\d)? infrastructure leverages (?P<firecracker>Firecracker-based )?micro[ -]?VMs"
    )
    _runs_sandboxes(page)
    yield said.fact(
        "isolation",
        runtime="default",
        technology="firecracker" if said.has("firecracker") else "microvm",
        boundary="microvm",
    )


@VENDOR.reader("generations")
def boot(page: Page) -> Iterator[Fact]:
    """Boot time of Mark 3; no figure since 2026."""
    if said := page.maybe(
        r"(?:(?:Mk|Mark) 3(?:\.\d)? infrastructure (?:\(coming soon!\) )?delivers dramatically lower cold starts, with "
        r"|low latency is important to your use case \(){duration} boot times",
        topic=(r"boot|cold[- ]start|start", r"(?:Mk|Mark) 3\b|low latency", "{duration}"),
    ):
        _runs_sandboxes(page)
        yield said.cold_start("boot", said["duration"])


@VENDOR.reader("overview")
def positioning(page: Page) -> Iterator[Fact]:
    """The first sentence; until May 2025 it was about hosting agents and models."""
    said = page.maybe(r"^Blaxel is an? (?P<statement>[^.]*? built for AI agents)(?=\.)", topic="built for AI agents")
    said = said or page.maybe(
        r"^Blaxel is (?:the|an?) (?P<statement>[^.]*?\bfor (?:autonomous|AI|production-grade) agents)(?=\.)",
        topic=ITSELF,
    )
    if said is None:
        page.find(
            r"^(?:Blaxel|Beamlit) is a (?:(?:serverless platform|global infrastructure) that gives|powerful platform)"
        )
        return
    yield said.fact("positioning", fit="purpose_built", statement=said.group("statement"))


# -- blog: our vendor's own column and sentences only -----------------------------------------------------------------


def _blaxels(page: Page, row: str, pattern: str) -> Match | None:
    """What opens Blaxel's cell of the comparison with Modal; None where this part of the post has no comparison."""
    if not page.speaks_of(r"^Head-to-head feature comparison$", kinds=("heading",)):
        return None
    if page.tables:
        return page.table("Feature", "Blaxel", "Modal").row(row)["Blaxel"].scan(pattern + r".*")
    page.find(r"^Feature Blaxel Modal$")  # an archive flattened the table: then Blaxel's cell is the first of a row
    return page.find(rf"^{row} {pattern}")


@VENDOR.reader("vs_modal")
def compared_isolation(page: Page) -> Iterator[Fact]:
    """Firecracker, with a kernel for each sandbox."""
    if said := _blaxels(page, "Isolation model", r"Firecracker microVMs, separate kernel per sandbox"):
        yield said.fact(
            "isolation", runtime="default", technology="firecracker", boundary="microvm", dedicated_kernel=True
        )


@VENDOR.reader("vs_modal")
def compared_idle(page: Page) -> Iterator[Fact]:
    """Inactivity after which a sandbox goes to standby."""
    if said := _blaxels(page, "Auto-shutdown", r"Transitions to standby after {duration} of inactivity"):
        yield said.limit("idle_timeout", said["duration"], bound="about")


@VENDOR.reader("vs_modal")
def compared_languages(page: Page) -> Iterator[Fact]:
    """The languages of the SDKs; in the flattened row Modal's begin with "Python (primary)"."""
    if said := _blaxels(page, "Language SDKs", r"(?P<languages>(?:\w+, )*\w+)(?= \w+ \(|$)"):
        yield from _languages(said)


@VENDOR.reader("vs_modal")
def compared_hipaa(page: Page) -> Iterator[Fact]:
    """The HIPAA agreement, an add-on by the month."""
    if said := _blaxels(page, "Compliance", r"(?:[^()]*, )?HIPAA \(Business Associate Agreement, {money}\)"):
        yield said.price(said["money"], "addon", sku="hipaa")


@VENDOR.reader("vs_modal")
def compared_rate(page: Page) -> Iterator[Fact]:
    """Memory while active; the sums per hour beside it are examples, the other rates are Modal's."""
    rate = r"{money} per (?P<size>GB|GiB) RAM(?:-| per )second"
    if said := _blaxels(page, "Pricing model", rf"Usage-based, with active compute billed at {rate}"):
        yield said.price(said["money"], "memory", unit=RAM_SECOND[said.group("size").lower()])
    if said := page.maybe(
        rf"\bBlaxel bills at {rate} during active compute", topic=("Blaxel", "{money}", r"\bper second\b|-second\b")
    ):
        yield said.price(said["money"], "memory", unit=RAM_SECOND[said.group("size").lower()])
