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
from sandsnap.read.passage import Match, on_day
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Cell, Row

VENDOR = declared("blaxel")


PRICING = VENDOR["pricing"]
SANDBOXES = VENDOR["sandboxes"]
BEST_PRACTICES = VENDOR["best_practices"]
EXPIRATION = VENDOR["expiration"]
ARCHIVE = VENDOR["archive"]
STATES = VENDOR["states"]
SDK = VENDOR["sdk"]
REGIONS = VENDOR["regions"]
VS_MODAL = VENDOR["vs_modal"]
BLOG = VENDOR["blog"]
GENERATIONS = VENDOR["generations"]
OVERVIEW = VENDOR["overview"]
GET_STARTED = VENDOR["get_started"]
CHANGELOG = VENDOR["changelog"]
QUOTAS = VENDOR["quotas"]

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


@PRICING.reader
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


@PRICING.reader
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


@PRICING.reader
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


@PRICING.reader
def credit(page: Page) -> Iterator[Fact]:
    """The credit of a new account."""
    said = page.find(r"{money} (?:in|of) free credits?(?P<card>,? (?:and )?no (?:credit )?card required)?")
    # "Up to $200" is how Blaxel states its credit on all its pages, as what a new account may get.
    free = False if said.has("card") else None
    yield said.allowance("credit", "once", said["money"], card_required=free, bound="max")


@PRICING.reader
def tiers(page: Page) -> Iterator[Fact]:
    """Concurrent sandboxes by quota tier."""
    table = page.table(*(rf"Tier {n}\b.*" for n in range(3)))
    row = table.row(r"(?:max(?:imum)? )?concurrent(?:ly running)? sandboxes")
    for n in range(3):
        cell = row[rf"Tier {n}\b.*"]
        yield cell.limit("concurrent", cell.count(), plan=f"tier_{n}")


# -- docs: sandboxes --------------------------------------------------------------------------------------------------

# A bare "start" is the step from standby to active only in the sentence of 2025 that goes on to "scale back down".
RESUME_IN = (
    r"(?:^|(?<=\.\s)|\bBlaxel )sandboxes"
    r" (?:(?:start|resume|go) from (?:standby|hibernation)(?: state| mode)?(?: to active)?"
    r"|start(?= in [^.]*, and scale back down))(?: in)? {duration}"
)
RESUME_AGAIN = r"\bReconnecting (?:to it )?(?:restores|resumes|wakes) (?:the|a) sandbox(?: in)? {duration}"
RESUME_TYPICAL = r"(?:Sandboxes transition from standby to active mode in |resume times from standby mode \(){duration}"
RECREATE = r"(?:(?:need to|resume,) re-?create the sandbox \(|incur an? ){duration}(?:\)| cold-boot penalty to create the new sandbox)"
RESUMES = (r"\b(?:from|resum\w*) (?:standby|hibernation)\b|\bresume times?\b", "{duration}")
RECREATES = (r"re-?creat|cold[- ]boot|new sandbox", "{duration}")
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


@SANDBOXES.reader
def resume_bound(page: Page) -> Iterator[Fact]:
    """From standby to active: "under 25 milliseconds"."""
    said = page.find(RESUME_IN)
    yield said.cold_start("resume", said["duration"])


@SANDBOXES.reader
def resume_figure(page: Page) -> Iterator[Fact]:
    """From standby to active: "approximately 25 ms" (until February 2026, then on the best-practices page)."""
    if said := page.maybe(RESUME_TYPICAL, topic=RESUMES):
        yield said.cold_start("resume", said["duration"])


@SANDBOXES.reader
def recreation(page: Page) -> Iterator[Fact]:
    """Creating a sandbox anew (October 2025 to February 2026)."""
    if said := page.maybe(RECREATE, topic=RECREATES):
        yield said.cold_start("create", said["duration"])


@SANDBOXES.reader
def idle(page: Page) -> Iterator[Fact]:
    """Inactivity before standby. From September 2025 to February 2026 the page says 1 and 5 seconds: a conflict."""
    said = page.find(IDLE)
    if other := page.find_all(rf"{IDLE_WORDS}(?! {{duration}}| a few seconds)", topic=ITSELF):
        raise Unreadable(f"expected a time of inactivity, found {other[0].quote!r}", other[0].quote)
    yield said.limit("idle_timeout", said["duration"], bound="about")


@SANDBOXES.reader
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


@STATES.reader
def support_figures(page: Page) -> Iterator[Fact]:
    """Inactivity before standby, and from standby back to active, as the help centre states them."""
    said = page.find(IDLE)
    yield said.limit("idle_timeout", said["duration"], bound="about")
    if again := page.maybe(RESUME_AGAIN, topic=(r"\b(?:resum|reconnect|restor)\w+", "{duration}")):
        yield again.cold_start("resume", again["duration"])


@STATES.reader
def support_standby(page: Page) -> Iterator[Fact]:
    """What standby keeps."""
    said = page.find(
        r"creates a snapshot of the entire state \((?:including )?(?:the )?(?:complete )?file ?system and running processes\)"
    )
    yield said.fact("persistence", mechanism="standby", preserves="filesystem_and_memory", by_default=True)


@ARCHIVE.reader
@SANDBOXES.reader
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


@SANDBOXES.reader
def same_micro_vms(page: Page) -> Iterator[Fact]:
    """What sandboxes run on, as the page's first version said it (April 2025)."""
    if said := page.maybe(
        r"core backbone infrastructure [^.]* relies on the same micro[ -]?VMs as sandboxes run on",
        topic=r"micro[ -]?VMs?\b|Firecracker",
    ):
        yield said.fact("isolation", runtime="default", technology="microvm", boundary="microvm")


@SANDBOXES.reader
def only_language(page: Page) -> Iterator[Fact]:
    """The one language of the SDK in April 2025."""
    if said := page.maybe(
        r"SDK for managing a sandbox.s lifecycle [^.]*only available in (?P<languages>\w+)(?=\.)",
        topic=("SDK", "only|solely", "TypeScript|Python|Go"),
    ):
        yield from _languages(said)


@BEST_PRACTICES.reader
def standby_by_default(page: Page) -> Iterator[Fact]:
    """Standby comes by itself and lasts; what it keeps is for the page on sandboxes to say."""
    if said := page.maybe(
        r"Blaxel Sandboxes automatically scale up and down[^.]*, and persist forever in standby", topic=STAYS
    ):
        yield said.fact("persistence", mechanism="standby", by_default=True, indefinite=True)


@BEST_PRACTICES.reader
def usual_resume(page: Page) -> Iterator[Fact]:
    """From standby to active, as a usual figure."""
    said = page.find(RESUME_TYPICAL)
    yield said.cold_start("resume", said["duration"])


@BEST_PRACTICES.reader
def cold_boot(page: Page) -> Iterator[Fact]:
    """Creating a sandbox for an existing volume; no figure since April 2026."""
    if said := page.maybe(RECREATE, topic=RECREATES):
        yield said.cold_start("create", said["duration"])


@BEST_PRACTICES.reader
def auto_suspend(page: Page) -> Iterator[Fact]:
    """Inactivity after which a sandbox goes to standby."""
    said = page.find(r"Auto-suspend happens automatically after {duration} (?:of )?inactivity")
    yield said.limit("idle_timeout", said["duration"], bound="about")


@EXPIRATION.reader
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


@SDK.reader
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


@REGIONS.reader
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


@QUOTAS.reader
def published_tiers(page: Page) -> Iterator[Fact]:
    """Figures of the quota tiers, should they appear: so far (2026-04-21) the page sends its readers to the console."""
    if any(re.search(r"\btier \d", heading, re.IGNORECASE) for table in page.tables for heading in table.header):
        yield from tiers(page)


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


@GENERATIONS.reader
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


@GENERATIONS.reader
def boot(page: Page) -> Iterator[Fact]:
    """Boot time of Mark 3; no figure since 2026."""
    if said := page.maybe(
        r"(?:(?:Mk|Mark) 3(?:\.\d)? infrastructure (?:\(coming soon!\) )?delivers dramatically lower cold starts, with "
        r"|low latency is important to your use case \(){duration} boot times",
        topic=(r"boot|cold[- ]start|start", r"(?:Mk|Mark) 3\b|low latency", "{duration}"),
    ):
        _runs_sandboxes(page)
        yield said.cold_start("boot", said["duration"])


@GENERATIONS.reader
def snapshots_of_generation(page: Page) -> Iterator[Fact]:
    """Snapshots and forks by hand, with the newest generation (since August 2026)."""
    if said := page.maybe(
        r"\bsnapshot a sandbox.s (?:full|entire|whole) memory state \(file ?system and running processes\)",
        topic=(r"\b[Mm]anually snapshot", "memory"),
    ):
        yield said.fact("persistence", mechanism="memory_snapshot", preserves="filesystem_and_memory")
    if said := page.maybe(
        r"\bFork a sandbox, creating a new sandbox that inherits another one.s (?:exact|full|entire) memory state"
        r"(?: \W ?either its current live state or a previously (?:saved|taken) snapshot)?",
        topic=(r"\b[Ff]ork a sandbox\b", "memory"),
    ):
        yield said.fact("persistence", mechanism="fork", preserves="filesystem_and_memory")


@OVERVIEW.reader
@GET_STARTED.reader
def at_a_glance(page: Page) -> Iterator[Fact]:
    """Scale to zero and resume, as the list "With Blaxel sandboxes, you get" has it (since October 2025)."""
    if said := page.maybe(
        r"Automatic scale-to-zero after {duration} (?:of )?inactivity, resume from standby (?:in )?{duration2}",
        topic=("scale-to-zero|inactiv|idle", "{duration}"),
    ):
        yield said.limit("idle_timeout", said["duration"], bound="about")
        yield said.cold_start("resume", said["duration2"])


@OVERVIEW.reader
@GET_STARTED.reader
def micro_vms(page: Page) -> Iterator[Fact]:
    """Sandboxes are microVMs (since May 2025)."""
    said = page.maybe(
        r"^micro-?VMs with full access to file system, processes and logs"
        r"|^Sandboxes(?: -|:) [^.]*(?:\. These )?micro ?VMs (?:that|with near-instant|provide full access)",
        topic=(r"sandbox", r"micro[ -]?VMs?\b|Firecracker"),
    )
    if said:
        yield said.fact("isolation", runtime="default", technology="microvm", boundary="microvm")


@OVERVIEW.reader
def component_choice(page: Page) -> Iterator[Fact]:
    """Sandboxes beside agents, jobs and MCP servers: only the sandboxes' figures, and only those from standby."""
    if said := page.maybe(
        r"^Sandboxes: [^.]*\. These micro ?VMs provide [^.]*, booting from (?:standby|hibernation) in {duration}",
        topic=RESUMES,
    ):
        yield said.cold_start("resume", said["duration"])
    if tables := page.tables_with("Product", "Boot time", topic=("sandbox", "standby", "{duration}")):
        if len(tables) > 1:
            raise Unreadable(f"expected one table of boot times, found {len(tables)}")
        cell = tables[0].row("Sandboxes")["Boot time"]
        if "standby" in cell.text:  # until September 2025 the cell did not say from where
            yield cell.cold_start("resume", cell.scan(r"{duration} \(from standby\)")["duration"])


@OVERVIEW.reader
def advice(page: Page) -> Iterator[Fact]:
    """The best practices of late 2025, still on the front page: resume and re-creation."""
    if said := page.maybe(RESUME_TYPICAL, topic=RESUMES):
        yield said.cold_start("resume", said["duration"])
    if said := page.maybe(RECREATE, topic=RECREATES):
        yield said.cold_start("create", said["duration"])


@OVERVIEW.reader
def standby_limit(page: Page) -> Iterator[Fact]:
    """How long a sandbox may stay on standby (since December 2025)."""
    if said := page.maybe(UNLIMITED, topic=STAYS):
        yield said.fact("persistence", mechanism="standby", indefinite=True)


@OVERVIEW.reader
def own_servers(page: Page) -> Iterator[Fact]:
    """Sandboxes on the customer's machines, by arrangement (since July 2026)."""
    if said := page.maybe(
        r"\bbring[- ]your[- ]own[- ](?:server|cloud|infrastructure|compute|machines?)(?: \w+)? (?:is|are) (?:available|offered|supported)",
        topic=r"\bbring[- ]your[- ]own[- ](?:server|cloud|infrastructure|compute|machine)",
    ):
        yield said.fact("self_hosting", offering="byoc", status="supported")


@OVERVIEW.reader
def ways_in(page: Page) -> Iterator[Fact]:
    """CLI and MCP among the ways in; before sandboxes (April 2025) the sentence was about agents."""
    if said := page.maybe(
        r"interacted with through various methods, including APIs, CLI, web console(?P<mcp>,? and MCP servers)?",
        topic=(r"\bCLI\b", r"\bAPIs?\b", r"console|MCP"),
    ):
        yield said.fact("sdks", interface="cli", official=True)
        if said.has("mcp"):
            yield said.fact("sdks", interface="mcp", official=True)


@OVERVIEW.reader
def sdk_link(page: Page) -> Iterator[Fact]:
    """The languages in what the front page says of its SDK reference (since March 2026)."""
    languages = r"(?P<languages>\w+(?:, \w+)*,? (?:or|and) \w+) SDKs\b"
    topic = (r"\bSDKs?\b", "Python|TypeScript|Go", "Python", "TypeScript")
    if said := page.maybe(rf"Manage Blaxel resources programmatically using {languages}", topic=topic):
        yield from _languages(said)


@OVERVIEW.reader
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


@CHANGELOG.reader
def storage_charges(page: Page) -> Iterator[Fact]:
    """The day from which snapshots and volumes cost something. Other entries are history, not today's figures."""
    if said := page.maybe(
        r"^starting (?P<day>[a-z]+ \d{1,2}, \d{4}) for Sandbox Snapshots and Sandbox Volumes",
        topic=(r"\bcharg|\bbill|\bpric", "snapshot|volume|storage", r"\b20\d\d\b"),
    ):
        yield said.fact(
            "notices",
            subject="storage_pricing",
            kind="price_change",
            effective_on=on_day(said.group("day")),
            status="announced",
        )


# -- blog: our vendor's own column and sentences only -----------------------------------------------------------------


def _blaxels(page: Page, row: str, pattern: str) -> Match | None:
    """What opens Blaxel's cell of the comparison with Modal; None where this part of the post has no comparison."""
    if not page.speaks_of(r"^Head-to-head feature comparison$", kinds=("heading",)):
        return None
    if page.tables:
        return page.table("Feature", "Blaxel", "Modal").row(row)["Blaxel"].scan(pattern + r".*")
    page.find(r"^Feature Blaxel Modal$")  # an archive flattened the table: then Blaxel's cell is the first of a row
    return page.find(rf"^{row} {pattern}")


@VS_MODAL.reader
def compared_isolation(page: Page) -> Iterator[Fact]:
    """Firecracker, with a kernel for each sandbox."""
    if said := _blaxels(page, "Isolation model", r"Firecracker microVMs, separate kernel per sandbox"):
        yield said.fact(
            "isolation", runtime="default", technology="firecracker", boundary="microvm", dedicated_kernel=True
        )


@VS_MODAL.reader
def compared_idle(page: Page) -> Iterator[Fact]:
    """Inactivity after which a sandbox goes to standby."""
    if said := _blaxels(page, "Auto-shutdown", r"Transitions to standby after {duration} of inactivity"):
        yield said.limit("idle_timeout", said["duration"], bound="about")


@VS_MODAL.reader
def compared_languages(page: Page) -> Iterator[Fact]:
    """The languages of the SDKs; in the flattened row Modal's begin with "Python (primary)"."""
    if said := _blaxels(page, "Language SDKs", r"(?P<languages>(?:\w+, )*\w+)(?= \w+ \(|$)"):
        yield from _languages(said)


@VS_MODAL.reader
def compared_hipaa(page: Page) -> Iterator[Fact]:
    """The HIPAA agreement, an add-on by the month."""
    if said := _blaxels(page, "Compliance", r"(?:[^()]*, )?HIPAA \(Business Associate Agreement, {money}\)"):
        yield said.price(said["money"], "addon", sku="hipaa")


@VS_MODAL.reader
def compared_rate(page: Page) -> Iterator[Fact]:
    """Memory while active; the sums per hour beside it are examples, the other rates are Modal's."""
    rate = r"{money} per (?P<size>GB|GiB) RAM(?:-| per )second"
    if said := _blaxels(page, "Pricing model", rf"Usage-based, with active compute billed at {rate}"):
        yield said.price(said["money"], "memory", unit=RAM_SECOND[said.group("size").lower()])
    if said := page.maybe(
        rf"\bBlaxel bills at {rate} during active compute", topic=("Blaxel", "{money}", r"\bper second\b|-second\b")
    ):
        yield said.price(said["money"], "memory", unit=RAM_SECOND[said.group("size").lower()])


@VS_MODAL.reader
def compared_credit(page: Page) -> Iterator[Fact]:
    """Free credit of a new account ("up to"), against Modal's that is renewed every month."""
    if said := page.maybe(
        r"Blaxel has no base subscription\. All features are available on usage-based pricing with {money} in free credits",
        topic=("{money}", r"\bcredits?\b", "Blaxel|all features|sign"),
    ):
        yield said.allowance("credit", "once", said["money"], bound="max")


@BLOG.reader
def excerpt_languages(page: Page) -> Iterator[Fact]:
    """The languages of the SDKs, in the list of what Blaxel lacks."""
    yield from _languages(page.find(r"^Supports only (?P<languages>\w+(?:, \w+)*,? and \w+)(?= \(no )"))


@BLOG.reader
def excerpt_credit(page: Page) -> Iterator[Fact]:
    """Free credit of a new account, without a card."""
    said = page.find(r"^Free: {money} in free credits, (?P<card>no credit card required)")
    yield said.allowance("credit", "once", said["money"], card_required=False, bound="max")
