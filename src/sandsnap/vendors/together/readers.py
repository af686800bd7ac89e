"""Together: Code Interpreter (sold by the session), Code Sandbox (the CodeSandbox SDK) and Together Sandbox.

Three documentations: Mintlify (docs.together.ai), Nextra (codesandbox.io/docs, read from its MDX source) and READMEs.
What misleads: the sample response of "List Active Sessions" lasts 30 minutes where the text says 60; the bill example
of the CodeSandbox pages ("up to 100 concurrent VMs") contradicts their own list (250); plan names changed (Free, Pro,
Builder became Build, Scale); "credits" are VM credits, not dollars.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read import amounts
from sandsnap.read.amounts import Amount
from sandsnap.read.errors import NotFound, Unreadable
from sandsnap.read.page import PROSE, Page
from sandsnap.read.passage import Match
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared

VENDOR = declared("together")
TCI = VENDOR["tci"]
PRICING = VENDOR["pricing"]
SKILL_API = VENDOR["skill_api"]
SKILL = VENDOR["skill"]
SKILL_ARCHIVE = VENDOR["skill_archive"]
EXECUTE = VENDOR["execute"]
SESSIONS = VENDOR["sessions"]

CSB_PRICING = VENDOR["csb_pricing"]
CSB_CREDITS = VENDOR["csb_credits"]
CODE_SANDBOX = VENDOR["code_sandbox"]
CSB_CONCEPTS = VENDOR["csb_concepts"]
CSB_HIBERNATE = VENDOR["csb_hibernate"]
CSB_SDK = VENDOR["csb_sdk"]
CSB_FAQ = VENDOR["csb_faq"]
MIGRATION = VENDOR["migration"]
CSB_HOW = VENDOR["csb_how"]
CSB_PERSISTENCE = VENDOR["csb_persistence"]
CSB_SNAPSHOTS = VENDOR["csb_snapshots"]

README = VENDOR["readme"]
SANDBOXES = VENDOR["sandboxes"]

ANY_TEXT = (*PROSE, "code")
# What stands in place of a figure, ignored by name.
NO_FIGURE = ("Custom", "Contact us", "Contact sales", "Coming soon")


def _per_session(m: Match) -> Fact:
    """A price whose text says that it is for a session; any other unit, or none, is refused."""
    stated = m.has("duration") or m["money"].per
    return m.price(m["money"], "session", unit="session" if stated else None)


# -- Code Interpreter ------------------------------------------------------------------------------------------------


@TCI.reader
@SKILL_API.reader
@SKILL.reader
@SKILL_ARCHIVE.reader
def session_price(page: Page) -> Iterator[Fact]:
    """The price of a session: "TCI usage is billed at …", "Pricing: …", or the first words under "Pricing"."""
    billed = r"\b(?:TCI|Code Interpreter)(?: usage)? (?:is (?:billed|priced|charged) at|costs)|^Pricing:"
    stated = rf"(?:{billed}) {{money}}(?: per {{duration}} session)?"
    heading = r"^{money}(?: per {duration} session)?(?=\.|$)"
    topic = r"\bTCI\b[^.]*\b(?:billed|priced|charged|costs)\b|^Pricing:|{money}.*\bsession\b|(?:/|\bper )session\b"
    for m in [
        *page.find_all(stated, topic=topic),
        *page.find_all(heading, topic=topic, under="Pricing", kinds=("text", "item")),
    ]:
        yield _per_session(m)


@TCI.reader
@SKILL_API.reader
@SKILL.reader
@SKILL_ARCHIVE.reader
def session_length(page: Page) -> Iterator[Fact]:
    """How long a session lives. Sample timestamps of responses are code and never read."""
    m = page.maybe(
        r"\b(?:have a lifespan of|Session lifespan:|Sessions last(?: for)?|Sessions persist state for) {duration}",
        topic=r"\blifespan\b|\bsessions? (?:last|live|expire)",
    )
    if m:
        yield m.limit("session_max", m["duration"])


@TCI.reader
@SKILL_API.reader
@SKILL.reader
@SKILL_ARCHIVE.reader
def interfaces(page: Page) -> Iterator[Fact]:
    """Languages of the samples and what they import or install, the endpoint, the MCP server."""
    imported = page.maybe(r"^from (?P<package>together) import Together$", topic=ITSELF, kinds=("code",))
    installed = page.maybe(
        r"(?<!!)\bpip install (?:-\S+ )*[\"'`]?(?P<package>together)\b(?!-)", topic=ITSELF, kinds=ANY_TEXT
    )
    if m := imported or installed:
        yield m.fact("sdks", interface="python", official=True, package=m.group("package"))
    if m := page.maybe(
        r"^import Together from ['\"](?P<package>[@\w/-]+)['\"];?$",
        topic=r"\bfrom ['\"][@\w/-]*together",
        kinds=("code",),
    ):
        yield m.fact("sdks", interface="typescript", official=True, package=m.group("package"))
    yield from endpoint(page)
    for m in page.find_all(r"\bavailable as an MCP server\b|\bexposes MCP-compatible tooling\b", topic=r"\bMCP\b")[:1]:
        yield m.fact("sdks", interface="mcp", official=True)


@EXECUTE.reader
@SESSIONS.reader
def endpoint(page: Page) -> Iterator[Fact]:
    """The REST interface: an endpoint under /tci."""
    for m in page.find_all(
        r"(?:\b(?:POST|GET) |\bapi\.together\.(?:ai|xyz))/tci/(?:execute|sessions)\b", topic=r"/tci\b", kinds=ANY_TEXT
    )[:1]:
        yield m.fact("sdks", interface="rest", official=True)


@TCI.reader
def session_state(page: Page) -> Iterator[Fact]:
    """What a session keeps between calls."""
    if m := page.maybe(
        r"\bpackages, variables,? and memory (?:will be|are) retained\b",
        topic=(r"\bvariables?\b|\bpackages\b", r"\bretain|\bpersist|\bkept\b|\bpreserv"),
    ):
        yield m.fact("persistence", mechanism="session_state", preserves="filesystem_and_memory")


INTERPRETER, CODE_SANDBOXES = r"(?:Together )?Code Interpreter", r"(?:Together )?Code Sandbox(?:es)?"


@PRICING.reader
def interpreter_price(page: Page) -> Iterator[Fact]:
    """Unproven: the one amount under the heading, or in the row, "Code Interpreter", per session."""
    stated = "{money}(?: per {duration} session)?"
    rows = [row for table in page.tables for row in table.rows_named(INTERPRETER)]
    for m in [c.scan(stated) for row in rows for c in row.cells if "$" in c.text]:
        yield _per_session(m)
    if not rows:
        yield _per_session(page.find(stated, under=INTERPRETER))


@PRICING.reader
def sandbox_rates(page: Page) -> Iterator[Fact]:
    """Unproven: amounts under "Code Sandbox" that say what they are per, or whose row does. Sold on custom plans only."""
    meters = {("vcpu", "hour"): "vcpu", ("gib", "hour"): "memory", ("gb", "hour"): "memory"}
    for m in (found := page.find_all("{money}", topic=ITSELF, under=CODE_SANDBOXES)):
        amount = m["money"]
        if amount.per == ("hour",) and m.quote in (rows := _rows_per(page)):
            amount = amounts.money(
                f"{amount.text.removesuffix('/hour').removesuffix(' per hour')}/{rows[m.quote]}/hour"
            )
        if amount.per not in meters:
            raise Unreadable(f"expected a price per vCPU-hour or GiB-hour, found {m.quote!r}")
        yield m.price(amount, meters[amount.per], plan="custom", product="code-sandbox")
    if not found:
        raise NotFound("no amount under 'Code Sandbox'", page.nearest("Code Sandbox"))


def _rows_per(page: Page) -> dict[str, str]:
    """What the cells of tables of rates are per, from the name of their row: "vCPU", "per GiB RAM"."""
    tables = [t for t in page.tables if any(re.fullmatch(CODE_SANDBOXES, h, re.IGNORECASE) for h in t.headings)]
    named = [(row, re.fullmatch(r"(?:per )?(?:1 )?(vCPU|GiB|GB)(?: (?:of )?(?:RAM|memory))?", row.first.text, re.IGNORECASE))
             for table in tables for row in table]  # fmt: skip
    cells = [(c.text, name[1]) for row, name in named if name for c in row.cells[1:] if "$" in c.text]
    return {text: per for text, per in cells if {p for t, p in cells if t == text} == {per}}


# -- Code Sandbox ----------------------------------------------------------------------------------------------------


@CSB_PRICING.reader
@CSB_CREDITS.reader
@CODE_SANDBOX.reader
def sizes(page: Page) -> Iterator[Fact]:
    """Prices by VM size, per hour of running, and what each size holds."""
    table = page.table("VM size", "(?:Cost|Price) (?:/|per) hour")
    for row in table:
        size, cell = row["VM size"], row["(?:Cost|Price) (?:/|per) hour"]
        if table.has("v?CPUs?") and table.has("RAM|Memory"):
            cores, ram = row["v?CPUs?"].scan(r"{count} (?:v?CPUs?|cores?)"), row["RAM|Memory"].size()
            yield cores.fact(
                "sizes", sku="-".join(size.text.lower().split()), vcpu=cores["count"].value, memory=ram.value, memory_unit=ram.unit,
            )  # fmt: skip
        if cell.text not in NO_FIGURE:
            yield cell.price(cell.money(), "instance", unit="instance_hour", sku="-".join(size.text.lower().split()))


PLANS = {
    "free": "free",
    "pro": "pro",
    "builder": "builder",
    "build": "build",
    "build (free)": "build",  # since 2025-05-20
    "scale": "scale",
    "enterprise": "enterprise",
    "paid": "paid",  # the hibernation page: all plans that cost something
}


def _plan(name: str) -> str:
    if name.lower() not in PLANS:
        raise Unreadable(f"unknown plan {name!r}; add it to PLANS with the page that names it")
    return PLANS[name.lower()]


def _listed(page: Page) -> list[tuple[str, Match]]:
    lines = page.find_all(r"^.+ plan: .+$", topic=ITSELF, under="Concurrent VMs", kinds=("item", "text"))
    if not lines:
        raise NotFound("no plans are listed under 'Concurrent VMs'", page.nearest("plan: concurrent VMs"))
    read = [line.scan(r"(?P<plan>[A-Za-z]+(?: \(free\))?) plan: (?:custom|{count}) concurrent VMs") for line in lines]
    return [(_plan(m.group("plan")), m) for m in read if m.has("count")]


def _example(page: Page) -> dict[str, Match]:
    found = page.find_all(r"\b(?P<plan>[A-Za-z]+) plan \([^()]*up to {count} concurrent VMs\)", topic=ITSELF)
    return {_plan(m.group("plan")): m for m in found}


@CSB_PRICING.reader
@CODE_SANDBOX.reader
def concurrency(page: Page) -> Iterator[Fact]:
    """Concurrent VMs by plan, where the bill example does not say otherwise."""
    example = _example(page)
    for plan, m in _listed(page):
        if plan not in example or example[plan]["count"].value == m["count"].value:
            yield m.limit("concurrent", m["count"], plan=plan)


@CSB_PRICING.reader
@CODE_SANDBOX.reader
def contradicted_concurrency(page: Page) -> Iterator[Fact]:
    """A plan whose figure in the list is not the one in the example: both are claimed, so neither is taken."""
    example = _example(page)
    for plan, m in _listed(page):
        if plan in example and example[plan]["count"].value != m["count"].value:
            yield m.limit("concurrent", m["count"], plan=plan)
            yield example[plan].limit("concurrent", example[plan]["count"], plan=plan)


@CODE_SANDBOX.reader
@CSB_CONCEPTS.reader
@CSB_SDK.reader
@CSB_HOW.reader
@CSB_PERSISTENCE.reader
@CSB_SNAPSHOTS.reader
def isolation(page: Page) -> Iterator[Fact]:
    """Firecracker where it is named, else the unnamed microVM."""
    firecracker = (
        r"\bStart the Firecracker VM\b|\bvirtual machines \((?:powered by Firecracker|Firecracker VMs)\)"
        r"|\bmemory snapshot of the underlying Firecracker VM\b"
    )
    microvm = r"\buses (?:the|CodeSandbox['’]s) microVM infrastructure\b"
    for pattern, technology in ((firecracker, "firecracker"), (microvm, "microvm")):
        if m := page.maybe(pattern, topic=r"\bFirecracker\b|\bmicro-?VM"):
            yield m.fact("isolation", runtime="default", technology=technology, boundary="microvm")
            return


@CODE_SANDBOX.reader
@CSB_SDK.reader
def starts(page: Page) -> Iterator[Fact]:
    """Cloning a template, and resuming from a snapshot."""
    created = page.maybe(
        r"\bspin up a sandbox by cloning a template in {duration}",
        topic=(r"\btemplate\b|\bspin up\b|\bcreat", "{duration}"),
    )
    resumed = page.maybe(
        r"\bResume/clone VMs(?: from a snapshot)? in {duration}", topic=(r"\bresum|\bsnapshot\b", "{duration}")
    )
    for m, operation in ((created, "create"), (resumed, "resume")):
        if m:
            yield m.cold_start(operation, m["duration"])


@CSB_CONCEPTS.reader
def creation(page: Page) -> Iterator[Fact]:
    """A new sandbox from a template; two stages of the life cycle say it."""
    m = page.maybe(
        r"\b(?:Sandbox is ready|template is forked from (?:a )?cluster(?: X)?|environment is spun up) in {duration}",
        topic=(r"\b(?:ready|forked|spun up)\b", "{duration}"),
    )
    if m:
        yield m.cold_start("create", m["duration"])


@CSB_CONCEPTS.reader
@CSB_HIBERNATE.reader
def resumption(page: Page) -> Iterator[Fact]:
    """Resuming from the memory snapshot; slower states (disk only, archived) are other things under the same word."""
    stated = r"\bFrom memory(?:/disk snapshot)?:|\bSandbox continues from snapshot in|\baccessed.{1,3}typically within"
    if m := page.maybe(
        rf"(?:{stated}) {{duration}}", topic=(r"\bfrom (?:memory|(?:a )?snapshot)\b|\bresum", "{duration}")
    ):
        yield m.cold_start("resume", m["duration"])
    if page.speaks_of(r"\bResume Time\b"):
        cell = page.table("State", "Resume Time").row("Memory(?:/Disk)?")["Resume Time"]
        yield cell.cold_start("resume", cell.duration())


@CSB_HOW.reader
@CSB_PERSISTENCE.reader
@CSB_SNAPSHOTS.reader
def restoration(page: Page) -> Iterator[Fact]:
    """Resuming from, creating and forking memory snapshots as the pages before said it. The page on persistence gives
    two times for one thing: then neither is taken."""
    resumed = (
        r"\bResuming from a memory snapshot takes(?: between)?|\bRestore exact state when needed \("
        r"|\brestored from memory when started\. This takes|\bcontinue from where you left off \(this takes"
    )
    if m := page.maybe(rf"(?:{resumed}) ?{{duration}}", topic=(r"\bresum|\brestor", "{duration}")):
        yield m.cold_start("resume", m["duration"])
    if m := page.maybe(r"\bInstantiate new Sandboxes from templates \({duration}\)", topic=("template", "{duration}")):
        yield m.cold_start("create", m["duration"])
    if m := page.maybe(
        r"\bCreating a memory snapshot can take(?: between)? {duration}",
        topic=(r"\bcreat\w+ a (?:memory )?snapshot\b", "{duration}"),
    ):
        yield m.cold_start("snapshot", m["duration"])


def _days(amount: Amount) -> Decimal:
    if amount.unit not in ("day", "week"):
        raise Unreadable(f"expected days or weeks, found {amount.text!r}")
    return amount.value * (7 if amount.unit == "week" else 1)


@CSB_HOW.reader
@CSB_PERSISTENCE.reader
def snapshots_kept(page: Page) -> Iterator[Fact]:
    """How long the snapshots of a sandbox that nobody uses are kept."""
    kept_for = r"\bwill retain a memory snapshot for {duration}, a disk snapshot for {duration2}"
    if m := page.maybe(kept_for, topic=(r"\bsnapshot\b", r"\bretain|\bkept?\b|\bkeep", "{duration}")):
        yield m.fact(
            "persistence", mechanism="memory_snapshot", preserves="memory", retention_days=_days(m["duration"])
        )
        kept = _days(m["duration2"])
        yield m.fact("persistence", mechanism="filesystem_snapshot", preserves="filesystem", retention_days=kept)
    if m := page.maybe(r"\bsnapshots expire after {duration}", topic=(r"\bsnapshots?\b", r"\bexpir")):
        yield m.fact("persistence", mechanism="memory_snapshot", retention_days=_days(m["duration"]))


@CSB_CONCEPTS.reader
@CSB_HIBERNATE.reader
@CSB_HOW.reader
@CSB_PERSISTENCE.reader
@CSB_SNAPSHOTS.reader
def hibernation(page: Page) -> Iterator[Fact]:
    """Hibernation keeps the full state; for a time it happened by default."""
    if m := page.maybe(
        r"\bhibernat(?:ed|ion) and resumed? with full state preservation\b"
        r"|\bwill save the memory state of the sandbox, so it will resume from the same state\b"
        r"|\bwill produce a snapshot with memory and disk\b"
        r"|\brestore the memory snapshot and (?:you can )?continue from where you left off\b",
        topic=(r"\bhibernat|\bsnapshot\b", r"\bmemory\b|\bfull state\b", r"\bresum|\brestor|\bsave|\bpreserv"),
    ):
        yield m.fact("persistence", mechanism="pause_resume", preserves="filesystem_and_memory")
    if m := page.maybe(
        r"^By default all Sandboxes hibernate automatically\b", topic=(r"\bhibernat", r"\bautomatic|\bby default\b")
    ):
        yield m.fact("persistence", mechanism="auto_pause", preserves="filesystem_and_memory", by_default=True)


@CSB_HIBERNATE.reader
def idle_timeout(page: Page) -> Iterator[Fact]:
    """The default timeout by kind of user; its settable range (1 minute to 24 hours) is no limit of a session."""
    sentence = page.maybe(r"\bBy default this timeout is [^.]+\.", topic=(r"\bdefaults?\b", "{duration}"))
    if sentence:
        found = page.find_all(r"{duration} for (?P<plan>\w+) users\b", topic=ITSELF)
        if not found:
            raise Unreadable(f"expected a duration for each kind of users, found {sentence.text!r}")
        for m in found:
            yield m.limit("idle_timeout", m["duration"], plan=_plan(m.group("plan")))


@CODE_SANDBOX.reader
@CSB_SDK.reader
def checkpoints(page: Page) -> Iterator[Fact]:
    """Memory snapshots on demand."""
    if m := page.maybe(
        r"^Memory snapshot/restore \(checkpointing\) at any point in time$",
        topic=(r"\bsnapshot", r"\bmemory\b|\bcheckpoint"),
    ):
        yield m.fact("persistence", mechanism="memory_snapshot", preserves="memory")


@CODE_SANDBOX.reader
@CSB_SDK.reader
def sdk(page: Page) -> Iterator[Fact]:
    """The SDK as installed, and its command line."""
    if m := page.maybe(
        r"^npm install (?P<package>@?[a-z][\w./-]*)$",
        topic=r"^(?:npm|pnpm|yarn|bun) .*\bcodesandbox\b",
        kinds=("code",),
    ):
        yield m.fact("sdks", interface="typescript", official=True, package=m.group("package"))
    if m := page.maybe(r"\bTo create your own template you will need to use our CLI\b", topic=r"\bCLI\b"):
        yield m.fact("sdks", interface="cli", official=True)


@MIGRATION.reader
def same_engine(page: Page) -> Iterator[Fact]:
    """What the CodeSandbox SDK and Together Sandbox have in common, and the package of either."""
    m = page.find(r"\bthe Firecracker microVMs,? and the memory-snapshot mechanism are the same engine\b")
    for product in ("code-sandbox", "sandbox"):
        shared = {"technology": "firecracker", "boundary": "microvm"}
        yield m.fact("isolation", product=product, runtime="default", **shared)
    named = page.find(r"\bmoving from (?P<before>@?[\w./-]+) to (?P<after>@?[\w./-]+?)\.$")
    for product, group in (("code-sandbox", "before"), ("sandbox", "after")):
        package = named.group(group)
        yield named.fact("sdks", product=product, interface="typescript", official=True, package=package)


@CSB_FAQ.reader
def self_hosting(page: Page) -> Iterator[Fact]:
    """The answer to "Is it possible to self-host": so far always a no."""
    question = r"Is it possible to self-host .*"
    if not page.speaks_of(r"\bself-?host", kinds=("heading",)):
        return
    no = r"^No, (?:for now )?we (?:do not|don['’]t) (?:offer|provide)(?: an?)? self[- ]host(?:ing)?\b"
    answer = page.find(no, under=question)
    yield answer.fact("self_hosting", offering="core", status="none")


# -- Together Sandbox ------------------------------------------------------------------------------------------------

TOOLS = {"CLI": "cli", "TypeScript SDK": "typescript", "Python SDK": "python"}
PACKAGES = {
    "cli": (),
    "typescript": (r"^npm install (?P<package>@?[a-z][\w/-]*)$", r"\bfrom \"(?P<package>@[\w-]+/[\w-]+)\";?$"),
    "python": (r"^pip install \"?(?P<package>[a-z][\w-]*)(?:\"?$| @ )",),
}


@README.reader
def tools(page: Page) -> Iterator[Fact]:
    """The tools that the first sentence lists, each with the package (not a bare URL) installed or imported."""
    listed = page.maybe(
        r"^Tools for working with Together AI sandboxes: (?P<tools>[^.]+)\.", topic=r"\b(?:TypeScript|Python) SDK\b"
    )
    if not listed:
        return
    for tool in listed.group("tools").replace(", and ", ", ").split(", "):
        name = tool.removeprefix("an ").removeprefix("a ")
        if name not in TOOLS:
            raise Unreadable(f"unknown tool {tool!r} in {listed.text!r}")
        interface = TOOLS[name]
        found = [m for pattern in PACKAGES[interface] for m in page.find_all(pattern, topic=ITSELF, kinds=("code",))]
        if len({m.group("package") for m in found}) > 1:
            raise Unreadable(f"{interface}: the page says both {found[0].text!r} and {found[-1].text!r}")
        package = found[0].group("package") if found else None
        yield (found[0] if found else listed).fact("sdks", interface=interface, official=True, package=package)


HIBERNATES = (r"\bhibernat|\bsuspend|\bsnapshot", r"\bmemory\b")


@SANDBOXES.reader
def snapshots(page: Page) -> Iterator[Fact]:
    """Hibernation and memory snapshots. The table of defaults (1 vCPU, 2 GiB, 10 GiB) states no limit."""
    if m := page.maybe(
        r"\bHibernation suspends the VM and preserves its full memory state as a new snapshot\b", topic=HIBERNATES
    ):
        yield m.fact("persistence", mechanism="pause_resume", preserves="filesystem_and_memory")
    if m := page.maybe(
        r"\bincludes the in-memory state of a running sandbox, not just its disk\b"
        r"|\bThis suspends the VM and preserves its full memory state as a new snapshot\b",
        topic=HIBERNATES,
    ):
        yield m.fact("persistence", mechanism="memory_snapshot", preserves="filesystem_and_memory")
    if m := page.maybe(
        r"\bWhen a sandbox terminates it snapshots its filesystem\b",
        topic=(r"\bterminat|\bshut|\bstop", r"\bfile ?system\b|\bdisk\b"),
    ):
        yield m.fact("persistence", mechanism="filesystem_snapshot", preserves="filesystem")


@SANDBOXES.reader
def largest(page: Page) -> Iterator[Fact]:
    """The most CPUs of a sandbox, where the table of defaults says what may be asked for instead."""
    if not page.speaks_of(r"^Resource allocation$|\bCores; [\d.]|\bmemoryBytes\b"):
        return
    for row in page.table("Parameter", "Default", "Notes").rows_named("cpu"):
        if "–" in row["Notes"].text or "-" in row["Notes"].text:
            m = row["Notes"].scan(r"Cores; (?P<least>[\d.]+) ?[–-] ?(?P<most>\d+)")
            yield m.limit("vcpu_max", amounts.count(m.group("most")))


@SANDBOXES.reader
def boundary(page: Page) -> Iterator[Fact]:
    """A virtual machine; the page does not name the hypervisor."""
    if m := page.maybe(
        r"^A sandbox is a virtual machine that runs on Together.s infrastructure\b",
        topic=r"\bsandbox\b.*\b(?:virtual machine|micro-?VM|VM|container)\b.*\b(?:runs|isolat)",
    ):
        yield m.fact("isolation", runtime="default", boundary="vm")
