"""Together: Code Interpreter (sold by the session), Code Sandbox (the CodeSandbox SDK) and Together Sandbox.

Three documentations: Mintlify (docs.together.ai), Nextra (codesandbox.io/docs, read from its MDX source) and READMEs.
What misleads: the sample response of "List Active Sessions" lasts 30 minutes where the text says 60; the bill example
of the CodeSandbox pages ("up to 100 concurrent VMs") contradicts their own list (250); plan names changed (Free, Pro,
Builder became Build, Scale); "credits" are VM credits, not dollars.
"""

import re
from collections.abc import Iterator

from sandsnap.model import Fact
from sandsnap.read import amounts
from sandsnap.read.errors import NotFound, Unreadable
from sandsnap.read.page import PROSE, Page
from sandsnap.read.passage import Match
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared

VENDOR = declared("together")


ANY_TEXT = (*PROSE, "code")
# What stands in place of a figure, ignored by name.
NO_FIGURE = ("Custom", "Contact us", "Contact sales", "Coming soon")


def _per_session(m: Match) -> Fact:
    """A price whose text says that it is for a session; any other unit, or none, is refused."""
    stated = m.has("duration") or m["money"].per
    return m.price(m["money"], "session", unit="session" if stated else None)


# -- Code Interpreter ------------------------------------------------------------------------------------------------


@VENDOR.reader("tci", "skill_api", "skill", "skill_archive")
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


@VENDOR.reader("tci", "skill_api", "skill", "skill_archive")
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
    for m in page.find_all(r"\bavailable as an MCP server\b|\bexposes MCP-compatible tooling\b", topic=r"\bMCP\b")[:1]:
        yield m.fact("sdks", interface="mcp", official=True)


INTERPRETER, CODE_SANDBOXES = r"(?:Together )?Code Interpreter", r"(?:Together )?Code Sandbox(?:es)?"


@VENDOR.reader("pricing")
def interpreter_price(page: Page) -> Iterator[Fact]:
    """Unproven: the one amount under the heading, or in the row, "Code Interpreter", per session."""
    stated = "{money}(?: per {duration} session)?"
    rows = [row for table in page.tables for row in table.rows_named(INTERPRETER)]
    for m in [c.scan(stated) for row in rows for c in row.cells if "$" in c.text]:
        yield _per_session(m)
    if not rows:
        yield _per_session(page.find(stated, under=INTERPRETER))


@VENDOR.reader("pricing")
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


@VENDOR.reader("csb_pricing", "csb_credits", "code_sandbox")
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


@VENDOR.reader("csb_pricing", "code_sandbox")
def concurrency(page: Page) -> Iterator[Fact]:
    """Concurrent VMs by plan, where the bill example does not say otherwise."""
    example = _example(page)
    for plan, m in _listed(page):
        if plan not in example or example[plan]["count"].value == m["count"].value:
            yield m.limit("concurrent", m["count"], plan=plan)


@VENDOR.reader("csb_pricing", "code_sandbox")
def contradicted_concurrency(page: Page) -> Iterator[Fact]:
    """A plan whose figure in the list is not the one in the example: both are claimed, so neither is taken."""
    example = _example(page)
    for plan, m in _listed(page):
        if plan in example and example[plan]["count"].value != m["count"].value:
            yield m.limit("concurrent", m["count"], plan=plan)
            yield example[plan].limit("concurrent", example[plan]["count"], plan=plan)


@VENDOR.reader("code_sandbox", "csb_concepts", "csb_sdk", "csb_how", "csb_persistence", "csb_snapshots")
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


@VENDOR.reader("csb_hibernate")
def idle_timeout(page: Page) -> Iterator[Fact]:
    """The default timeout by kind of user; its settable range (1 minute to 24 hours) is no limit of a session."""
    sentence = page.maybe(r"\bBy default this timeout is [^.]+\.", topic=(r"\bdefaults?\b", "{duration}"))
    if sentence:
        found = page.find_all(r"{duration} for (?P<plan>\w+) users\b", topic=ITSELF)
        if not found:
            raise Unreadable(f"expected a duration for each kind of users, found {sentence.text!r}")
        for m in found:
            yield m.limit("idle_timeout", m["duration"], plan=_plan(m.group("plan")))


@VENDOR.reader("csb_faq")
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


@VENDOR.reader("readme")
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


@VENDOR.reader("sandboxes")
def largest(page: Page) -> Iterator[Fact]:
    """The most CPUs of a sandbox, where the table of defaults says what may be asked for instead."""
    if not page.speaks_of(r"^Resource allocation$|\bCores; [\d.]|\bmemoryBytes\b"):
        return
    for row in page.table("Parameter", "Default", "Notes").rows_named("cpu"):
        if "–" in row["Notes"].text or "-" in row["Notes"].text:
            m = row["Notes"].scan(r"Cores; (?P<least>[\d.]+) ?[–-] ?(?P<most>\d+)")
            yield m.limit("vcpu_max", amounts.count(m.group("most")))
