"""Modal Sandboxes (gVisor) and VM Sandboxes: guides state everything but the prices, which only the pricing page has.

What misleads: Functions and Sandboxes stand side by side with different rates and timeouts; a core is two vCPU;
code samples carry figures that look like limits; the changelog and the one-file documentation hold other pages' text.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read import amounts
from sandsnap.read.amounts import Amount, days
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage, on_day, same_text
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Cell
from sandsnap.read.tree import Block

VENDOR = declared("modal")

_CLIENT = "https://github.com/modal-labs/modal-client"


_SANDBOX_SECTION = r"Sandbox(?:es)?(?:\s*(?:\+|&|and|/)\s*Notebooks)?(?:\s+pricing)?"
# The pricing page's names of GPUs, without "Nvidia": the names the GPU guide takes in its parameter.
GPU_NAMES = {
    "b300": "b300",
    "b200": "b200",
    "h200": "h200",
    "h100": "h100",
    "rtx pro 6000": "rtx-pro-6000",
    "a100, 80 gb": "a100-80gb",
    "a100 80 gb": "a100-80gb",
    "a100-80gb": "a100-80gb",
    "a100, 40 gb": "a100-40gb",
    "a100 40 gb": "a100-40gb",
    "a100-40gb": "a100-40gb",
    "l40s": "l40s",
    "a10": "a10",
    "a10g": "a10",
    "l4": "l4",
    "t4": "t4",
}
LANGUAGES = {
    "python": "python",
    "go": "go",
    "javascript/typescript": "typescript",
    "javascript": "typescript",
    "typescript": "typescript",
}


def one(found: Iterable[tuple[Amount, Passage]], what: str) -> tuple[Amount, Passage]:
    """The one amount that all passages state. Raises NotFound, or Ambiguous where two differ."""
    stated = list(found)
    if not stated:
        raise NotFound(f"no {what}")
    first = stated[0]
    for amount, _ in stated:
        if (amount.value, amount.per) != (first[0].value, first[0].per):
            raise Ambiguous(f"two figures for {what}: {first[0].text!r} and {amount.text!r}")
    return first


# -- pricing page --------------------------------------------------------------------------------------------------


def sandbox_amounts(page: Page) -> Iterator[tuple[Amount, Passage]]:
    """Every amount of money in a section, a column or a sentence of the Sandboxes; the Functions' stand elsewhere."""
    for m in page.find_all("{money}", topic=ITSELF, under=_SANDBOX_SECTION):
        yield m["money"], m
    for m in page.find_all(rf"^{_SANDBOX_SECTION}:? {{money}}$", topic=ITSELF):
        yield m["money"], m
    for table in page.tables_with(_SANDBOX_SECTION, topic=ITSELF):
        for row in table:
            cell = row[_SANDBOX_SECTION]
            if cell.text.startswith("$"):
                yield cell.money(), cell


@VENDOR.reader("pricing")
def sandbox_rates(page: Page) -> Iterator[Fact]:
    """Per core-second and per GiB-second. The seed's $-per-core-hour figure is the Functions' rate, a third of it."""
    found = list(sandbox_amounts(page))
    for meter, unit in (("core", "core"), ("memory", "gib")):
        rates = ((a, p) for a, p in found if a.per == (unit, "second"))
        amount, passage = one(rates, f"rate per {unit}-second of Sandboxes")
        yield passage.price(amount, meter)


@VENDOR.reader("pricing")
def gpu_rates(page: Page) -> Iterator[Fact]:
    """GPUs per second: a table of names, or a list of names each with its price behind it. Per hour is rounded."""
    rates: dict[str, list[tuple[Amount, Passage]]] = {}
    others: list[Amount] = []
    tables = page.tables_with("GPUs?(?: tasks| type| model)?", "(?:Price|Rate|Cost).*", topic=ITSELF)
    listed = [(r.first.text, r["(?:Price|Rate|Cost).*"]) for t in tables for r in t]
    for name, price in listed or labelled_prices(page, page.section(r"GPU(?:s| tasks)?")):
        sku = GPU_NAMES.get(re.sub(r"^nvidia ", "", same_text(name).lower()))
        if sku is None:
            raise Unreadable(f"unknown GPU {name!r}")
        amount = amounts.money(price.text)
        if amount.per == ("second",):
            rates.setdefault(sku, []).append((amount, price))
        else:
            others.append(amount)
    if not rates and others:
        raise Unreadable(f"expected prices of GPUs per second, found {others[0].text!r}")
    if not rates:
        raise NotFound("no GPU has a price per second")
    for sku, stated in rates.items():
        amount, passage = one(stated, f"price of {sku}")
        yield passage.price(amount, "gpu", sku=sku)


def labelled_prices(page: Page, blocks: list[Block]) -> Iterator[tuple[str, Passage]]:
    """Names and prices of a list in which they alternate strictly, name first; anything else raises."""
    name: str | None = None
    for block in blocks:
        if block.kind == "heading":
            if name is not None:
                raise Unreadable(f"no price follows {name!r}")
            continue
        together = re.fullmatch(r"(?P<name>[^$]*[^$\s])?\s*(?P<price>\$\S.*)?", block.text)
        # Exactly one name must be open when a price comes, and none when a name comes.
        if together is None or (name is None) == (together["name"] is None):
            raise Unreadable(f"names and prices do not alternate at {block.text!r}")
        name = together["name"] or name
        if together["price"] and name is not None:
            yield name, Passage(page, together["price"], f"{name} {together['price']}", block.headings)
            name = None


_PLANS = ("starter", "team")


@VENDOR.reader("pricing")
def plans(page: Page) -> Iterator[Fact]:
    """Plans: fee, monthly credit, containers at one time. Each stands under the plan's name, or in its column."""
    tables = page.tables_with(*_PLANS, topic=ITSELF)
    for row, plan in ((r, p) for t in tables for r in t for p in _PLANS):
        yield from _compared(row.first.text, row[plan], plan)
    for plan in _PLANS:
        if not page.speaks_of(".", under=plan):
            if tables:
                continue
            raise NotFound(f"no section is headed {plan!r}")
        fee = page.maybe(
            r"^{money}(?: \+ compute)?(?:\s*/\s*mo(?:nth)?| per month)?$", topic=r"\$.*\bmo(?:nth)?\b", under=plan
        )
        if fee and fee["money"].value > 0 and fee["money"].per in ((), ("month",)):
            if not (fee["money"].per or re.search(r"mo(?:nth)?$", fee.text)):
                raise Unreadable(f"no period is stated for {fee.text!r}")
            yield fee.price(fee["money"], "plan_fee", unit="month", plan=plan)
        if fee and (fee["money"].per == ("month",) or re.search(r"mo(?:nth)?$", fee.text)):
            kind = "paid" if fee["money"].value else "free"
            yield fee.fact("plans", plan=plan, name=plan.capitalize(), kind=kind, usd_per_month=fee["money"].value)
        credit = page.maybe(r"{money} (?:in |of )?(?:free )?(?:compute )?credits?", topic=r"\bcredits?\b", under=plan)
        if credit:
            if credit["money"].per != ("month",):
                raise Unreadable(f"expected a credit per month, found {credit.text!r}")
            yield credit.allowance("credit", "month", credit["money"], plan=plan)
        containers = page.maybe(r"^{count} (?:concurrent )?containers\b", topic=(r"\bcontainers?\b", r"\d"), under=plan)
        if containers:
            yield containers.limit("concurrent", containers["count"], plan=plan)


def _compared(name: str, cell: Cell, plan: str) -> Iterator[Fact]:
    """One cell of a table that compares plans; a row that the dataset has no column for gives nothing."""
    if re.fullmatch(r"(?:Concurrent )?Containers?(?: concurrency)?", name, re.IGNORECASE):
        yield cell.limit("concurrent", cell.count(), plan=plan)
    elif re.fullmatch(
        r"(?:Monthly )?(?:free |included )?(?:compute )?credits?(?: ?(?:/|per) ?mo(?:nth)?)?", name, re.IGNORECASE
    ):
        if "mo" not in name.lower() and cell.money().per != ("month",):
            raise Unreadable(f"expected a credit per month, found {name!r}: {cell.text!r}")
        yield cell.allowance("credit", "month", cell.money(), plan=plan)


@VENDOR.reader("regions")
def region_prices(page: Page) -> Iterator[Fact]:
    """What a container's region does to the price: "Broad (e.g. `us`) | 1.5x"."""
    region, price = r"(?:Container )?Regions?(?: type)?", r"(?:Price )?Multiplier"
    for table in page.tables_with(region, price, topic=(r"\bmultiplier", r"\d(?:\.\d+)?x\b")):
        for row in table:
            name = re.match(r"(?P<breadth>Broad|Narrow)\b", row[region].text, re.IGNORECASE)
            factor = re.fullmatch(r"(\d+(?:\.\d+)?) ?[x×]", row[price].text)
            if not (name and factor):
                raise Unreadable(f"expected a breadth of region and a multiplier, found {row.first.quote!r}")
            condition = f"region:{name['breadth'].lower()}"
            yield row[price].fact(
                "multipliers", plan="any", meter="any", condition=condition, factor=Decimal(factor[1])
            )


_INCLUDED = r"(?:Egress )?Included(?: egress)?(?: (?:per|a|each) (?:billing cycle|month)|/month)?"
_ADDITIONAL = r"(?:Additional|Overage|Extra)(?: egress)?(?: (?:price|rate|cost))?"


@VENDOR.reader("egress")
def egress(page: Page) -> Iterator[Fact]:
    """What each plan includes of data that leaves, and the price of more. A billing cycle is a month (guide to billing)."""
    included, additional = _INCLUDED, _ADDITIONAL
    for row in page.table("Plan", included, additional):
        plan = row["Plan"].text.lower()
        yield row[additional].price(row[additional].money(), "egress", plan=plan)
        if re.search("month|cycle", row[included].column, re.IGNORECASE):
            yield _gibibytes(row[included], row[included].size(), plan)


@VENDOR.reader("egress")
def egress_notice(page: Page) -> Iterator[Fact]:
    """From when on egress costs something."""
    for m in page.find_all(
        r"(?:Starting|Beginning|From|As of|Effective) (?:on )?(?P<day>\w+ \w+,? \d{4}),"
        r" (?:Modal (?:charges|will charge|bills|will bill) for|(?:network )?egress (?:is|will be) (?:charged|billed)\b)",
        topic=(r"\begress\b", r"\b20\d\d\b", r"\bcharg|\bbill"),
    ):
        if re.search(r"\begress\b", m.quote, re.IGNORECASE):
            yield _notice(m, "egress", "price_change")


@VENDOR.reader("budgets")
def spend_limit(page: Page) -> Iterator[Fact]:
    """A cap on what is paid after credits, from a day on. Its amounts are examples."""
    if m := page.maybe(
        r"(?:Starting|Beginning|From|As of|Effective) (?:on )?(?P<day>\w+ \w+,? \d{4}), Modal (?:also |now )?"
        r"(?:supports|has|offers|introduces|will support) a (?:Workspace )?spend limit",
        topic=(r"\bspend limits?\b", r"\b20\d\d\b"),
    ):
        yield _notice(m, "spend_limit", "policy_change")


def _notice(m: Match, subject: str, kind: str) -> Fact:
    """An announcement with its day; once the day has come it is in effect."""
    day = on_day(m.group("day"))
    seen = m.page.capture.day
    status = "effective" if seen and seen >= day else "announced"
    return m.fact("notices", subject=subject, kind=kind, effective_on=day, status=status)


def _gibibytes(cited: Passage, amount: Amount, plan: str) -> Fact:
    """An allowance of transfer: the contract has no TiB."""
    factor = {"gib": 1, "tib": 1024}
    if amount.unit not in factor or amount.bound != "exact":
        raise Unreadable(f"expected GiB or TiB, found {amount.text!r}")
    return cited.fact(
        "allowances", plan=plan, allowance="transfer", period="month", amount=amount.value * factor[amount.unit],
        unit="gib",
    )  # fmt: skip


@VENDOR.reader("pricing")
def other_rates(page: Page) -> Iterator[Fact]:
    """Data that leaves, beyond what is free in a month, and Volumes. Both may be absent; two figures for one fail."""
    for meter, name, per in (
        ("egress", _EGRESS, ("gib",)),
        ("volume", r"Volumes?(?: storage)?", ("gib", "month")),
    ):
        stated = [
            (m["money"], m) for m in page.find_all("{money}", topic=ITSELF) if _is_about(m, name) and _per(m) == per
        ]
        if stated:
            amount, passage = one(stated, f"rate of {meter}")
            yield passage.price(amount, meter)
    free = [
        (m["size"], m)
        for m in page.find_all(
            r"{size} (?:/|per|a) mo(?:nth)? (?:is |are |of \w+ )?(?:free|included)",
            topic=(_EGRESS, "{size}", "free|included"),
        )
        if _is_about(m, _EGRESS)
    ]
    if free:
        amount, passage = one(free, "free egress")
        yield _gibibytes(passage, amount, "any")


_EGRESS = r"(?:(?:Network|Data) )?(?:egress|transfer)"


def _is_about(m: Match, name: str) -> bool:
    """Whether the innermost heading is `name` or the sentence holds it."""
    return bool(
        re.fullmatch(name, m.where[-1] if m.where else "", re.IGNORECASE)
        or re.search(rf"\b{name}\b", m.quote, re.IGNORECASE)
    )


def _per(m: Match) -> tuple[str, ...]:
    """What an amount of the page is per; nothing where it cannot be read as one."""
    try:
        return m["money"].per
    except Unreadable:
        return ()


# -- guides --------------------------------------------------------------------------------------------------------


_RETENTION = "(?:Default )?Retention Period"


def snapshot_retention(page: Page, under: str | None = None) -> Iterator[Fact]:
    """How long each kind of snapshot is kept: a table since 2026-05, before that a sentence for each."""
    page.find(r"copies of a Sandbox['’]s entire state, both in memory and on the filesystem", under=under)
    # The first two say by their names what they keep.
    for mechanism, name, preserves in (
        ("filesystem_snapshot", "Filesystem Snapshots?", "filesystem"),
        ("directory_snapshot", "Directory Snapshots?", "filesystem"),
        ("memory_snapshot", "Memory Snapshots?", "filesystem_and_memory"),
    ):
        if page.has_table("Snapshot Type", _RETENTION, under=under):
            table = page.table("Snapshot Type", _RETENTION, under=under)
            yield kept(table.row(name)[_RETENTION], mechanism, preserves)
        else:
            yield kept_in_prose(page, name, under, mechanism, preserves)


def kept(cell: Passage, mechanism: str, preserves: str | None) -> Fact:
    """A cell: "30 days after creation (configurable)", "Persistent until you delete them", "Indefinite (until …)"."""
    if re.fullmatch(
        r"Persistent until you delete them|Indefinite(?: \(until (?:explicitly )?deleted\))?", cell.text, re.IGNORECASE
    ):
        return cell.fact("persistence", mechanism=mechanism, preserves=preserves, indefinite=True)
    m = cell.scan(r"{duration} after (?:creation|last use)(?: \([^()]*\))?")
    return m.fact("persistence", mechanism=mechanism, preserves=preserves, retention_days=days(m["duration"]))


def kept_as(m: Match, mechanism: str) -> Fact:
    """A snapshot of files, kept for the duration the statement names."""
    return m.fact("persistence", mechanism=mechanism, preserves="filesystem", retention_days=days(m["duration"]))


def kept_in_prose(page: Page, name: str, under: str | None, mechanism: str, preserves: str | None) -> Fact:
    """The sentence on one kind of snapshot."""
    m = page.maybe(
        rf"{name} (?:are currently persisted for|will expire|expire) {{duration}}"
        r" after (?:creation|they were last created or used)",
        topic=ITSELF,
        under=under,
    )
    forever = page.maybe(rf"{name} will generally persist indefinitely", topic=ITSELF, under=under)
    if m and forever:
        raise Ambiguous(f"the page says both {m.text!r} and {forever.text!r}")
    if m:
        return m.fact("persistence", mechanism=mechanism, preserves=preserves, retention_days=days(m["duration"]))
    if forever:
        return forever.fact("persistence", mechanism=mechanism, preserves=preserves, indefinite=True)
    raise NotFound(f"no retention is stated for {name}", page.nearest(f"{name} expire after creation"))


@VENDOR.reader("snapshots")
def snapshots(page: Page) -> Iterator[Fact]:
    """What each kind of snapshot keeps, and how long."""
    yield from snapshot_retention(page)


@VENDOR.reader("regions")
def regions(page: Page) -> Iterator[Fact]:
    """The container regions, a drawn table; the routing regions below do not apply to Sandboxes."""
    lines = [b for b in page.section("Container region options") if b.kind == "code"]
    found = 0
    for block in lines:
        if re.fullmatch(r"[=-]{3,}|Broad Narrow Notes", block.text):
            continue
        m = page.passage(block.text, block.headings).scan(r'"(?P<region>[a-z]{2}(?:-[a-z]+)?)"(?: [A-Z][\w .-]+)?')
        found += 1
        yield m.fact("regions", region=m.group("region"), status="available")
    if not found:
        raise NotFound("no regions under 'Container region options'")


# -- SDK references --------------------------------------------------------------------------------------------------


@VENDOR.reader("sdk_py", "sdk_js", "sdk_go")
def default_retention(page: Page) -> Iterator[Fact]:
    """How long the image of a snapshot is kept where no ttl is given; each method says it for itself."""
    for kind in ("filesystem", "directory"):
        method = rf"snapshot_?{kind}"
        topic = r"\bretained\b|\b[Ll]ifetime of the resulting image\b|\bttl(?:Ms| seconds)?\b.*\bdefault|\bexpires? after {duration}"
        m = page.maybe(
            r"image is retained for ttl(?:Ms| seconds)? \(default: {duration}\)", topic=topic, under=method
        ) or page.maybe(r"image is retained for {duration} as a hard cutoff", topic=topic, under=method)
        # JavaScript: a parameter of the method. Two statements in one section must agree.
        listed = page.maybe(
            r"^ttlMs\?? .*Lifetime of the resulting image in milliseconds.*Defaults to {duration}",
            topic=topic,
            under=method,
        )
        for stated in (m, listed):
            if stated:
                yield kept_as(stated, f"{kind}_snapshot")


@VENDOR.reader("sdk_py")
def retention_parameter(page: Page) -> Iterator[Fact]:
    """The default of snapshot_filesystem's ttl, which since 2026 is an attribute of a component."""
    section = re.search(r"^#+ \W?snapshot\\?_filesystem\b.*?(?=^#+ |\Z)", page.text, re.MULTILINE | re.DOTALL)
    described = r'<Parameter name="ttl" [^>]*description="The resulting Image is retained for `ttl` seconds'
    m = re.search(rf"{described} \(default: (?P<kept>[^()]+)\)", section[0]) if section else None
    if not m and section and '<Parameter name="ttl"' in section[0]:
        raise NotFound("the parameter ttl without its default", page.nearest("retained for ttl seconds"))
    if m:
        yield page.passage(m[0]).fact(
            "persistence", mechanism="filesystem_snapshot", preserves="filesystem",
            retention_days=days(amounts.duration(m["kept"])),
        )  # fmt: skip


@VENDOR.reader("sdk_py")
def default_timeout(page: Page) -> Iterator[Fact]:
    """The default of create's timeout: an attribute of a component, or a comment in the signature of older pages."""
    described = r"Maximum lifetime of the sandbox in (?P<unit>seconds|minutes|hours)\."
    stated = {
        (m["n"], m["unit"]): m[0]
        for pattern in (
            rf'<Parameter name="timeout" type="int" defaultValue="(?P<n>\d+)" description="{described}"',
            rf"\btimeout: int = (?P<n>\d+),\s*# {described}",
        )
        for m in re.finditer(pattern, page.text)
    }
    if len(stated) != 1:
        raise (Ambiguous if stated else NotFound)(f"expected one default timeout of create, found {len(stated)}")
    (n, unit), text = stated.popitem()
    passage = page.passage(text)
    yield passage.limit("session_default", amounts.duration(f"{n} {unit}"))


# -- interfaces and credit -------------------------------------------------------------------------------------------


@VENDOR.reader("llms", "llms_full")
def free_credit(page: Page) -> Iterator[Fact]:
    """The monthly credit that comes with an account."""
    m = page.find(r"sign up for free at \S+ and get {money} of credits")
    if m["money"].per != ("month",):
        raise Unreadable(f"expected a credit per month, found {m.text!r}")
    yield m.allowance("credit", "month", m["money"])


def language(name: str) -> str:
    """An interface by the page's name. Raises Unreadable for a language nobody has mapped."""
    if name.strip().lower() not in LANGUAGES:
        raise Unreadable(f"unknown language {name!r}")
    return LANGUAGES[name.strip().lower()]


def linked(page: Page, badge: str, address: str) -> str | None:
    """The package a badge links to; the address is not in the text. Raises Ambiguous where two badges differ."""
    found = set(re.findall(rf"\[!\[{badge}\]\([^)]*\)\]\(https?://[^/)]+/{address}\)", page.text))
    if len(found) > 1:
        raise Ambiguous(f"two packages for {badge}: {', '.join(sorted(found))}")
    return found.pop() if found else None


@VENDOR.reader("readme", "libmodal")
def javascript_and_go(page: Page) -> Iterator[Fact]:
    """The JavaScript and Go SDKs: by an installation command until 2025-09, by a badge since."""
    hosted = page.maybe(
        r"This repo hosts the Modal SDKs for JavaScript/TypeScript and Go|Modal client libraries for JavaScript and Go"
        r"|The (?:JS|JavaScript)(?:/TypeScript)? and Go SDKs allow you to use Modal",
        topic=(r"\b(?:JavaScript|TypeScript|JS)\b", r"\bGo\b", "Modal|SDK"),
    )
    if not hosted:
        return
    for interface, command, badge, address in (
        ("typescript", r"^npm install (?P<package>[@\w/-]+)$", "JS npm Version", r"package/([@\w/.-]+)"),
        ("go", r"^go get -u (?P<package>[\w./-]+)$", "Go Reference Documentation", r"(github\.com/[\w./-]+)"),
    ):
        installed = page.maybe(command, topic=ITSELF, kinds=("code",))
        package = installed.group("package") if installed else linked(page, badge, address)
        yield (installed or hosted).fact("sdks", interface=interface, official=True, package=package)


@VENDOR.reader("readme", "libmodal")
def community_sdks(page: Page) -> Iterator[Fact]:
    """Libraries of others, which Modal says it does not support."""
    items = page.find_all(
        r"^(?P<name>\w+): [\w.-]+/[\w.-]+$",
        topic=r"\bcommunity\b.*\bSDKs?\b|\bnot officially\b",
        under="Community SDKs",
        kinds=("item",),
    )
    if items:
        page.find(r"not officially supported by Modal", under="Community SDKs")
    for m in items:
        yield m.fact("sdks", interface=m.group("name").lower(), official=False)


@VENDOR.reader("readme")
def client_licence(page: Page) -> Iterator[Fact]:
    """The client's licence, from its badge."""
    spdx = {"apache_2.0": "Apache-2.0", "mit": "MIT"}
    m = re.search(r"!\[License\]\([^)]*/badge/license-(?P<licence>[\w.]+)-\w+(?:\.svg)?\)", page.text)
    if m:
        if m["licence"] not in spdx:
            raise Unreadable(f"unknown licence {m['licence']!r}")
        yield page.passage(m[0]).fact("self_hosting", offering="sdk", licence=spdx[m["licence"]], repository=_CLIENT)


# -- copies of many pages --------------------------------------------------------------------------------------------


@VENDOR.reader("llms_full")
def full_snapshots(page: Page) -> Iterator[Fact]:
    """The Snapshots guide in the one-file documentation."""
    yield from snapshot_retention(page, "Snapshots")


@VENDOR.reader("changelog_py", "changelog_js")
def snapshot_defaults(page: Page) -> Iterator[Fact]:
    """The new default retention of snapshots, once it is released: "Unreleased" is not in force."""
    m = page.maybe(
        r"snapshot_?filesystem(?:\(\))?(?: \(JS\))? and [\w. /()]*?snapshot_?directory(?:\(\))?(?: \(JS\))?"
        r" now accept an explicit .*?Both methods default to {duration}",
        topic=(r"\bsnapshot", r"\bdefault", "{duration}"),
        under=r"(?:js/v|\d+\.\d+\.\d+).*",
    )
    if m:
        yield kept_as(m, "filesystem_snapshot")
        yield kept_as(m, "directory_snapshot")
