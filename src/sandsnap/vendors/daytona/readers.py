"""Daytona: sandboxes, in two documentation trees that disagree: /docs/en/ is sandbox, /docs/en/v2/ is sandbox-v2.

Prices stand on daytona.io/pricing and in the feed billing.app.daytona.io/gpu-pricing only; the documentation has none.
What misleads: wallet top-ups ($25, $2000) are no plan fees; the tier tables are pools of the whole account, not limits
of one sandbox, and the first table with a "Tier 2" row holds rate limits; since 2026-03-31 two tables of one page give
different Tier 1 memory; "dedicated kernel" stands beside Sysbox, a container runtime; the feed lists GPUs before they
can be had.
"""

import json
import re
from collections.abc import Container, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandsnap.model import Fact
from sandsnap.read.amounts import money
from sandsnap.read.cards import named_prices
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.feeds import check_terms
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage
from sandsnap.read.rates import RATE_NAME, hourly_rates
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Cell, Table

VENDOR = declared("daytona")

# What a cell says instead of a figure. Anything else that is no figure is an error.


def _named(terms: dict[str, Any], word: str, what: str) -> Any:
    """The term a word of the page stands for. Raises Unreadable for a word nobody has mapped."""
    plain = " ".join(word.lower().split())
    if plain not in terms:
        raise Unreadable(f"unknown {what} {word!r}; map it in vendors/daytona/readers.py")
    return terms[plain]


# -- prices ------------------------------------------------------------------------------------------------------------

_GPU_NAME = r"(?:[ABHL]\d{2,3}S?|G[BH]\d{3}|[LT]4|MI\d{3}X?|RTX[ -](?:PRO[ -])?\d{4})(?:[ -]\d+ ?GB)?"
_GPU = rf"(?:NVIDIA |AMD )?{_GPU_NAME}"


@VENDOR.reader("pricing")
def rates(page: Page) -> Iterator[Fact]:
    """vCPU, memory and storage by the hour. All three or none: the page has not been seen."""
    found = hourly_rates(page, beside=_GPU)
    if missing := {"vcpu", "memory", "storage"} - found.keys():
        raise NotFound(f"no rate per hour for {', '.join(sorted(missing))}", page.nearest("$ per vCPU per hour"))
    for meter, (amount, cited) in found.items():
        yield cited.price(amount, meter)


@VENDOR.reader("pricing")
def credit(page: Page) -> Iterator[Fact]:
    """The credit at sign-up, and the storage that is free. What start-ups may apply for is another credit."""
    no_card = page.maybe(r"no credit card (?:is )?(?:required|needed)", part=True, topic=r"\bcredit card\b")
    offered = [
        m
        for m in page.find_all(
            r"{money} (?:of |in )?(?:free (?:compute|usage|credits?)|(?:compute |usage )?credits? (?:for free|on sign-?up))",
            topic=("{money}", r"\bcredits?\b|\bfree\b"),
        )
        if m["money"].bound == "exact" and not re.search("start-?up|enterprise", " ".join((*m.where, m.quote)), re.I)
    ]
    if len({m["money"].value for m in offered}) > 1:
        raise Ambiguous(f"the page says both {offered[0].text!r} and {offered[-1].text!r}")
    for m in offered[:1]:
        if re.search(r"monthly|(?:per|/|each|every|a) ?month", m.quote, re.IGNORECASE):
            raise Unreadable(f"expected a credit at sign-up, found {m.quote!r}")
        yield m.allowance("credit", "once", m["money"], card_required=False if no_card else None)
    free = page.maybe(
        r"(?:first )?{size} (?:of (?:persistent )?storage )?(?:is |are )?free\b(?! trial)",
        topic=("{size}", r"\bfree\b|\bincluded\b"),
    )
    if free and re.search("first|storage|disk", " ".join((*free.where, free.quote)), re.IGNORECASE):
        yield free.allowance("storage", "at_once", free["size"])


@VENDOR.reader("pricing")
def gpu_prices(page: Page) -> Iterator[Fact]:
    """GPUs by the hour, each name with its price behind it. The page may well leave them to its script."""
    stated: dict[str, Fact] = {}
    for name, price in named_prices(page, f"{RATE_NAME}|{_GPU}"):
        if not re.fullmatch(_GPU, name, re.IGNORECASE):
            continue
        model = re.sub("^(?:NVIDIA|AMD) ", "", name, flags=re.IGNORECASE)
        fact = price.price(money(price.text), "gpu", sku=_gpu(model))
        if stated.setdefault(fact.key["sku"], fact).values != fact.values:
            raise Ambiguous(f"two prices of {name}: {stated[fact.key['sku']].quote!r} and {fact.quote!r}")
    yield from stated.values()


_RESOURCES = {
    "vcpuPerHour": ("vcpu", "vcpu_hour"),
    "memoryGiBPerHour": ("memory", "gib_hour"),
    "diskGiBPerHour": ("storage", "gib_hour"),
}
_GPU_RATES = {"onDemandPricePerHour": "list", "spotPricePerHour": "spot"}
# The same prices by the second, rounded; where the two differ by more, neither is read.
_GPU_SECONDS = {"onDemandPricePerSecond": "onDemandPricePerHour", "spotPricePerSecond": "spotPricePerHour"}
_CAPACITIES = {"onDemand": "list", "spot": "spot"}


def _feed(page: Page, key: str) -> Any:
    data = page.data
    if not isinstance(data, dict) or key not in data:
        raise NotFound(f"the feed has no {key!r}")
    check_terms(data, page.capture.day)
    return data[key]


def _feed_price(page: Page, row: dict[str, Any], field: str, **key: str) -> Iterator[Fact]:
    check_terms(row, page.capture.day)
    usd = row[field]
    if usd is None:
        return
    if not isinstance(usd, Decimal):
        raise Unreadable(f"expected a number in {field}, found {usd!r}")
    stated = ", ".join(f'"{k}": {v if isinstance(v, Decimal) else json.dumps(v, default=str)}' for k, v in row.items())
    cited = page.passage(f"{{{stated}}}")
    yield cited.fact("prices", usd=usd, **{"plan": "any", **key})


def _note_unknown(page: Page, row: dict[str, Any], known: Container[str]) -> None:
    if unknown := [k for k in row if k not in known]:
        page.note_unknown(f"unknown keys {', '.join(unknown)} beside those that are read")


@VENDOR.reader("feed")
def gpu_rates(page: Page) -> Iterator[Fact]:
    """GPUs by the hour, on demand and spot. That a GPU is listed does not mean it can be had: no row of gpus."""
    for row in _feed(page, "gpus"):
        _note_unknown(page, row, {*_GPU_RATES, *_GPU_SECONDS, "type"})
        for second, hour in _GPU_SECONDS.items():
            fine, coarse = row.get(second), row.get(hour)
            if fine is not None and coarse is not None and abs(fine * 3600 - coarse) > coarse / 1000:
                raise Ambiguous(f"{row['type']}: {second} {fine} is not {hour} {coarse}")
        for field, offer in _GPU_RATES.items():
            if field in row:
                yield from _feed_price(
                    page, row, field, offer=offer, meter="gpu", sku=_gpu(row["type"]), unit="gpu_hour"
                )


@VENDOR.reader("feed")
def resource_rates(page: Page) -> Iterator[Fact]:
    """What a GPU sandbox pays for vCPU, memory and disk, on demand and spot."""
    for capacity, row in _feed(page, "resources").items():
        offer = _CAPACITIES.get(capacity)
        if offer is None or not isinstance(row, dict):
            raise Unreadable(f"unknown resource rates {capacity!r}: {row}")
        _note_unknown(page, row, _RESOURCES)
        for field in (f for f in row if f in _RESOURCES):
            meter, unit = _RESOURCES[field]
            yield from _feed_price(page, row, field, offer=offer, meter=meter, unit=unit)


_BILLED = {
    "cpu": ("vcpu", "vcpu_hour"),
    "vcpu": ("vcpu", "vcpu_hour"),
    "memory": ("memory", "gib_hour"),
    "ram": ("memory", "gib_hour"),
    "disk": ("storage", "gib_hour"),
    "storage": ("storage", "gib_hour"),
}


@VENDOR.reader("billing", "v2_billing")
def billed_resources(page: Page) -> Iterator[Fact]:
    """Rates, should the billing page ever state them in a table; so far it names resources without a price."""
    for table in page.tables_with("Resource", "(?:Price|Rate).*", topic=("{money}", r"\bhour\b")):
        for row in table:
            meter, unit = _named(_BILLED, row["Resource"].text, "resource")
            cell = row["(?:Price|Rate).*"]
            hourly = re.search(r"(?:per|/) ?(?:GiB|vCPU)?[ -]?hour", cell.column, re.IGNORECASE)
            yield cell.price(money(cell.text), meter, unit=unit if hourly else None)


# -- limits ------------------------------------------------------------------------------------------------------------


# -- one sandbox -------------------------------------------------------------------------------------------------------

_SIZES = (("vcpu_max", "CPU", "count"), ("memory_max", "Memory", "size"), ("disk_max", "Disk", "size2"))


def _maxima(table: Table) -> Iterator[tuple[str, Cell, Decimal, str]]:
    """(limit, cell, amount, unit) of a table of resources with their unit, default, minimum and maximum."""
    for limit, name, _ in _SIZES:
        row = table.row(name)
        unit = _named({"vcpu": "count", "gib": "gib", "gb": "gb", "mib": "mib"}, row["Unit"].text, "unit")
        if (limit == "vcpu_max") != (unit == "count"):
            raise Unreadable(f"{name} in {row['Unit'].text!r}")
        amount = row["Maximum"].count().value
        # The contract has no MiB: a whole number of GiB is the same size, exactly.
        yield limit, row["Maximum"], *((amount / 1024, "gib") if unit == "mib" else (amount, unit))


@VENDOR.reader("sandboxes", "snapshots")
def largest(page: Page) -> Iterator[Fact]:
    """The largest sandbox. The sentence says GB, the table GiB; the sentence is older, and the figures must agree."""
    sentence = "maximum sandbox resource limit of {count} vCPUs?, {size} (?:RAM|memory),? and {size2} (?:disk|storage)"
    largest_is = (r"\b(?:max\w*|limits?|up to|at most)\b", r"\bvCPUs?\b", r"{size}|\bRAM\b|\bmemory\b")
    said = page.maybe(sentence, topic=largest_is)
    tables = page.tables_with("Resource", "Unit", "Maximum", topic=largest_is)
    for limit, cell, amount, unit in (x for t in tables for x in _maxima(t)):
        if said is None:
            yield cell.fact("limits", plan="any", limit=limit, amount=amount, unit=unit)
        elif amount != said[next(hole for name, _, hole in _SIZES if name == limit)].value:
            raise Ambiguous(f"the page says both {cell.quote!r} and {said.text!r}")
    if said is not None:
        for limit, _, hole in _SIZES:
            yield said.limit(limit, said[hole])


_KERNEL = {"dedicated": True, "own": True, "shared": False}


def _gpu(name: str) -> str:
    """A GPU's name as a sku: RTX Pro 6000 and RTX-PRO-6000 are one. Raises Unreadable for what is no GPU's name."""
    if not re.fullmatch(_GPU_NAME, name.strip(), re.IGNORECASE):
        raise Unreadable(f"unknown GPU {name!r}; map it in vendors/daytona/readers.py")
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def _gpus(page: Page, models: list[Match], under: str) -> Iterator[Fact]:
    experimental = page.find_all(
        "^Experimental$|This feature is experimental", topic=ITSELF, under=under, kinds=("text", "heading")
    )
    for m in models:
        # A cell's quote is its whole row, which may say it in another column.
        if not re.search("coming soon", m.quote, re.IGNORECASE):
            preview = experimental or re.search(
                r"\b(?:preview|experimental|beta|request access)\b", m.quote, re.IGNORECASE
            )
            yield m.fact("gpus", model=_gpu(m.group("model")), status="preview" if preview else "available")


@VENDOR.reader("sandboxes")
def gpus(page: Page) -> Iterator[Fact]:
    """The GPU models listed since 2026-06-05; a GPU section without models names none."""
    models = page.find_all(
        "^(?:NVIDIA|AMD) (?P<model>.+)$", topic=rf"\b{_GPU_NAME}\b", under="GPU Sandboxes", kinds=("item",)
    )
    yield from _gpus(page, models, "GPU Sandboxes")


@VENDOR.reader("snapshots")
def snapshot_gpus(page: Page) -> Iterator[Fact]:
    """The GPUs a snapshot can be made for, as the guide through the dashboard lists them (since 2026-06-17)."""
    if m := page.maybe(
        rf"\bSpecify the GPU types?(?:\(s\))?: (?P<models>{_GPU}(?:,? {_GPU})*)(?:\.|$)",
        topic=(r"\bGPU types?\b", _GPU_NAME),
        under="GPU Snapshots",
        kinds=("item", "text"),
    ):
        for model in re.finditer(_GPU, m.group("models"), re.IGNORECASE):
            name = re.sub("^(?:NVIDIA|AMD) ", "", model[0], flags=re.IGNORECASE)
            yield m.fact("gpus", model=_gpu(name), status="available")


@VENDOR.reader("gpu")
def gpu_types(page: Page) -> Iterator[Fact]:
    """GPU models as list items or in a column of their own. "such as H100" in a definition is no list."""
    models = page.find_all(r"^(?:NVIDIA|AMD) (?P<model>.+)$", topic=ITSELF, kinds=("item",))
    tables = page.tables_with("GPU (?:type|model)s?", topic=ITSELF)
    rows = [r for t in tables for r in t if r["GPU (?:type|model)s?"].text]
    models += [r["GPU (?:type|model)s?"].scan(r"(?:NVIDIA |AMD )?(?P<model>.+)") for r in rows]
    if not models:
        raise NotFound("no list and no column of GPU models", page.nearest("NVIDIA H100"))
    yield from _gpus(page, models, "GPU Sandboxes")


# -- isolation ---------------------------------------------------------------------------------------------------------

_BOUNDARIES = {"container": "container", "microvm": "microvm", "virtual machine": "vm", "vm": "vm", "instance": None}


@VENDOR.reader("architecture")
def runner_isolation(page: Page) -> Iterator[Fact]:
    """What a runner runs. "Isolated instance with its own Linux namespaces" names neither technology nor boundary."""
    m = page.find(
        "Each sandbox runs as an? isolated (?P<kind>[a-z ]+?) with its own (?:Linux )?(?:namespaces|kernel|processes)"
    )
    boundary = _named(_BOUNDARIES, m.group("kind"), "boundary")
    if boundary:
        yield m.fact("isolation", runtime="default", boundary=boundary)


# -- persistence, regions ----------------------------------------------------------------------------------------------


# The mechanisms of the persistence table; those the contract has no term for are ignored by name.
_MECHANISMS = {
    "pause / resume": ("pause_resume", "filesystem_and_memory"),
    "fork": ("fork", "filesystem_and_memory"),
    "hot snapshots": ("memory_snapshot", "filesystem_and_memory"),
    "cold snapshots": ("filesystem_snapshot", "filesystem"),
    "volumes": ("volume", "filesystem"),
    "stop / start": None,
    "archive": None,
    "mount external storage": None,
}


@VENDOR.reader("persistence")
def layers(page: Page) -> Iterator[Fact]:
    """The mechanisms of each layer of persistence."""
    for row in page.table("Layer", "What is preserved", "Mechanisms"):
        for name in (w.strip() for w in row["Mechanisms"].text.split("•") if w.strip()):
            if term := _named(_MECHANISMS, name, "mechanism"):
                yield row["Mechanisms"].fact("persistence", mechanism=term[0], preserves=term[1])


# -- interfaces and speed ----------------------------------------------------------------------------------------------

_INSTALLS = {
    "python": r"^(?:\$ )?(?:(?:uv )?pip3? install|uv add|poetry add) (?P<package>daytona[\w-]*)$",
    "typescript": r"^(?:\$ )?(?:npm (?:install|i)|(?:pnpm|yarn|bun) add) (?P<package>@daytona(?:io)?/[\w-]+)$",
    "ruby": r"^(?:\$ )?gem install (?P<package>daytona[\w-]*)$",
    "go": r"^(?:\$ )?go get (?:-u )?(?P<package>[\w-]+(?:\.[\w-]+)+/[\w./-]+)(?:@\S+)?$",
    "java": r"^implementation\s?\(?[\"'](?P<package>io\.daytona:[\w.-]+):[^\"']+[\"']\)?$",
}
_LANGUAGES = {w: w for w in ("python", "typescript", "ruby", "go", "java", "rust", "php")}
# What installs something of the vendor's, in whatever way and under whatever name.
_PACKAGES = {
    "python": r"^(?:\$ )?(?:uv|pip3?|poetry|pdm|pipx|conda)\b.*\bdaytona",
    "typescript": r"^(?:\$ )?(?:npm|pnpm|yarn|bun|deno)\b.*\bdaytona",
    "ruby": r"^(?:\$ )?(?:gem|bundle)\b.*\bdaytona",
    "go": r"^(?:\$ )?go (?:get|install)\b.*\bdaytona",
    "java": r"\bio\.daytona\b",
}
_SDKS = (r"\bSDKs?\b|\binterfaces\b", "Python", "TypeScript")
_LIST = r"(?P<languages>\w[\w#+]*(?:(?:, and |, or |, | and | or )\w[\w#+]*)*)"


def _sdks(page: Page, *lists: str, packages: bool = True) -> Iterator[Fact]:
    """SDKs named in lists, with their packages where the page is one that installs them.

    Raises for a language nobody has mapped, one that is named and not installed, and a page without any.
    """
    named: dict[str, Passage] = {}
    for m in (m for pattern in lists for m in page.find_all(pattern, topic=ITSELF if packages else _SDKS)):
        for word in re.split(r",\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", m.group("languages")):
            named.setdefault(_named(_LANGUAGES, word, "language"), m)
    if packages:
        found = {
            x: page.maybe(command, topic=_PACKAGES[x], kinds=("code",)) or _prompted(page, x)
            for x, command in _INSTALLS.items()
        }
        installs = {x: m for x, m in found.items() if m}
        if lost := named.keys() - installs.keys():
            raise NotFound(f"no command that installs the SDK for {', '.join(sorted(lost))}")
        for language, m in installs.items():
            yield m.fact("sdks", interface=language, official=True, package=m.group("package"))
        named.update(installs)
    else:
        for language, cited in named.items():
            yield cited.fact("sdks", interface=language, official=True)
    if not named:
        raise NotFound("no SDK is named", page.nearest("Python, TypeScript SDK"))


def _prompted(page: Page, language: str) -> Match | None:
    """The command in the prompt for agents that the index has since 2026-07, an attribute of a component."""
    named = next((name for name in ("Python", "TypeScript", "Ruby", "Go", "Java") if name.lower() == language), "")
    m = re.search(rf"^ *{named}: (?:add the )?\\?`([^`\\]+)\\?`(?: dependency .*)?$", page.text, re.MULTILINE)
    if not named or not m:
        return None
    command = f'implementation("{m[1]}:-")' if language == "java" else m[1]
    return replace(page.passage(command).scan(_INSTALLS[language]), quote=m[0].strip())


_WAYS = {
    "rest": (r"^(?:\w+ )?(?:API|SDKs?)\b|\bprovides\b", r"\b(?:REST|RESTful|HTTP) API\b|\bRESTful\b"),
    "cli": (r"^(?:\w+ )?CLI\b|\bprovides\b|\binstall", r"\bCLI\b|\bcommand[- ]line interface\b"),
    "mcp": (r"\bMCP\b|\bModel Context Protocol\b", r"\bserver\b"),
}


def _interfaces(page: Page, **phrases: str) -> Iterator[Fact]:
    for interface, phrase in phrases.items():
        if m := page.maybe(phrase, topic=_WAYS[interface]):
            yield m.fact("sdks", interface=interface, official=True)


@VENDOR.reader("index")
def sdks(page: Page) -> Iterator[Fact]:
    """SDKs by name and package. "Python, TypeScript, and JavaScript" are languages that run inside a sandbox."""
    available = f"Daytona SDK is available for {_LIST} interfaces"
    yield from _sdks(page, available, f"Daytona SDKs: {_LIST}", f"official {_LIST} interfaces")
    yield from _interfaces(
        page,
        rest="Daytona API: RESTful API|Use the API to manage sandboxes|programmatically using the SDKs, API, and CLI",
        cli="Daytona CLI: |Install the CLI to manage sandboxes|programmatically using the SDKs, API, and CLI",
    )


@VENDOR.reader("v2_index")
def v2_sdks(page: Page) -> Iterator[Fact]:
    """SDKs that the second tree installs."""
    yield from _sdks(page)


@VENDOR.reader("readme")
def readme_sdks(page: Page) -> Iterator[Fact]:
    """Packages the README installs, since the repository holds sandboxes."""
    if page.speaks_of("AI-Generated Code"):
        yield from _sdks(page)
    yield from _interfaces(page, rest="^api: NestJS-based RESTful service", cli="^cli: Go command-line interface")


@VENDOR.reader("clients")
def clients(page: Page) -> Iterator[Fact]:
    """The repository of SDKs that stayed public."""
    yield from _sdks(page)
    yield from _interfaces(page, cli="CLI/MCP tools", mcp="CLI/MCP tools")


@VENDOR.reader("clients")
def clients_licence(page: Page) -> Iterator[Fact]:
    """The clients' licence, an SPDX name under its heading."""
    # Since 2026-06-26 the CLI has a licence of its own; the SDKs are what is left.
    m = page.maybe(
        r"^(?:Everything else|(?:The )?SDKs)\b[^:]*: (?P<licence>[\w.-]+)$",
        topic=ITSELF,
        under="License",
        kinds=("item",),
    ) or page.find(r"^(?P<licence>[\w.-]+)$", under="License", kinds=("text",))
    spdx = {"apache-2.0": "Apache-2.0", "mit": "MIT", "agpl-3.0": "AGPL-3.0"}
    yield m.fact("self_hosting", offering="sdk", licence=_named(spdx, m.group("licence"), "licence"))


# -- self-hosting ------------------------------------------------------------------------------------------------------

_LICENCES = {
    "apache license 2.0": "Apache-2.0",
    "apache--2.0": "Apache-2.0",
    # Named without a version on the README: GNU has published one version of it only.
    "gnu affero general public license": "AGPL-3.0",
    "agpl--3": "AGPL-3.0",
    "agpl--3.0": "AGPL-3.0",
    "agpl 3.0": "AGPL-3.0",
    "gnu general public license": "GPL-3.0",  # README of 2025-04-28, beside an AGPL badge: a conflict of the page's own
}
# The README's notice of 2026-06-23 has not been seen: the usual ways to say it, of this repository or its development.
_THIS = r"(?:this|our|daytona['’]s) (?:(?:public|open[- ]source|github) )*(?:repository|repo|project|codebase)"
_PRIVATE = "(?:an?|our|its) (?:(?:private|closed|proprietary|internal)(?:[- ]source)?) (?:codebase|repository|repo)"
_FROZEN = (
    f"{_THIS} (?:is|has been|was) (?:now )?(?:archived|frozen|deprecated|read-only|unmaintained"
    "|(?:in|under) maintenance(?:[- ]only)?(?: mode)?)"
    f"|{_THIS} (?:is|will) no longer (?:be |being )?(?:actively |publicly )?(?:maintained|developed|updated)"
    f"|{_THIS} is not (?:being )?(?:actively )?(?:maintained|developed|updated)"
    f"|{_THIS} (?:will )?no longer receives? (?:any |new |further |feature )*(?:updates|features)"
    "|development (?:of Daytona )?(?:has |is )?(?:now |been )*(?:moved|migrated|transitioned|continues|happens) (?:to|in)"
    f" {_PRIVATE}"
    "|(?:moved|migrated|transitioned) (?:core |all |our |active |Daytona['’]s )*development (?:of Daytona )?to"
    f" {_PRIVATE}"
)
# Words of a notice in some other form: then what else the README says must not be taken at its word.
_NOTICE = (
    f"{_THIS}.{{0,80}}(?:no longer|maintenance|archived|frozen|read-only|deprecated|unmaintained)"
    "|(?:private|closed)[- ](?:source|codebase|repo)"
)


def _freeze(page: Page) -> Match | None:
    frozen = page.find_all(_FROZEN, topic=ITSELF)
    if not frozen and (notice := page.find_all(_NOTICE, topic=ITSELF)):
        raise Unreadable(f"a notice in a form nobody has read: {notice[0].quote!r}")
    return frozen[0] if frozen else None


def _readme_licence(page: Page) -> tuple[Passage | None, str | None]:
    """The licence a README names, in sentences or in its badge (whose name stands in an image's address)."""
    said: list[tuple[Passage, str]] = [
        (m, _named(_LICENCES, m.group("licence"), "licence"))
        for m in page.find_all(
            "(?:Daytona is Open Source under|Daytona, covered under) the (?P<licence>[a-z0-9. ]+?)(?:,| and )",
            topic=("Daytona", r"\blicen[sc]ed?\b|\bopen[- ]source\b", r"\b(?:AGPL|GPL|GNU|Apache|MIT)\b"),
        )
    ]
    if badge := re.search(r"img\.shields\.io/badge/License-((?:[^-\s)\"]|--)+)-", page.text):
        said.append((page.passage(badge[0]), _named(_LICENCES, badge[1], "licence")))
    if len({licence for _, licence in said}) > 1:
        raise Ambiguous("the page says " + " and ".join(f"{licence} in {m.text!r}" for m, licence in said))
    return said[0] if said else (None, None)


@VENDOR.reader("readme")
def core(page: Page) -> Iterator[Fact]:
    """Licence and state of the platform's own repository."""
    licensed, licence = _readme_licence(page)
    operated = page.maybe(
        "as an open-source stack you operate", part=True, topic=r"\bself-?host|\bopen[- ]source (?:stack|deployment)\b"
    )
    frozen = _freeze(page)
    if cited := frozen or operated or licensed:
        status = "frozen" if frozen else "supported" if operated else None
        yield cited.fact("self_hosting", offering="core", status=status, licence=licence)


@VENDOR.reader("readme")
def frozen_notice(page: Page) -> Iterator[Fact]:
    """The notice that the public repository is no longer developed."""
    if m := _freeze(page):
        yield m.fact("notices", subject="repository", kind="repository_frozen", status="effective")


_STAGE = r"\b(?:experimental|beta|early access|may change)\b"


def _byoc(page: Page) -> str:
    """How far running on one's own machines is. Raises Unreadable for a stage that is said of something unnamed."""
    if page.speaks_of(rf"(?:\bBYOC\b|\bCustom (?:regions|runners)\b)[^.]*{_STAGE}"):
        return "beta"
    if said := page.find_all(_STAGE, topic=ITSELF):
        raise Unreadable(f"a stage of something else than BYOC, custom regions or custom runners: {said[0].text!r}")
    return "supported"


@VENDOR.reader("byoc")
def own_runners(page: Page) -> Iterator[Fact]:
    """Only the runners are the customer's; the control plane stays with Daytona."""
    m = page.find(r"Bring Your Own Compute \(BYOC\) enables you to use your own runner machines")
    yield m.fact("self_hosting", offering="byoc", status=_byoc(page))


@VENDOR.reader("regions")
def custom_regions(page: Page) -> Iterator[Fact]:
    """Regions of the customer's own runners: in January 2026 an experimental feature."""
    if m := page.maybe(
        "created and managed by your organization, allowing you to use your own (?:runner )?machines",
        topic=r"\byour own (?:\w+ )?(?:machines?|runners?|compute|infrastructure)\b",
    ):
        yield m.fact("self_hosting", offering="byoc", status=_byoc(page))


@VENDOR.reader("open")
def open_source(page: Page) -> Iterator[Fact]:
    """Running the open-source stack: until 2026-04 not for production, then free to run anywhere."""
    unsafe = page.maybe("not safe to use in production", topic=r"\bin production\b|\bproduction[- ]ready\b")
    free = page.maybe(
        r"Daytona is open source under the (?P<licence>[a-z0-9. ]+?) license\."
        " You are free to deploy and run it in any environment",
        topic=r"\bopen[- ]source under\b|\bfree to (?:deploy|run)\b",
    )
    if unsafe and free:
        raise Ambiguous(f"the page says both {unsafe.text!r} and {free.text!r}")
    if free:
        licence = _named(_LICENCES, free.group("licence"), "licence")
        yield free.fact("self_hosting", offering="core", status="supported", licence=licence)
    elif unsafe:
        yield unsafe.fact("self_hosting", offering="core", status="beta")
    else:
        raise NotFound("neither free to run nor unsafe in production", page.nearest("You are free to deploy it"))


_TITLES = {
    ("apache license", "2.0"): "Apache-2.0",
    ("gnu affero general public license", "3"): "AGPL-3.0",
    ("gnu general public license", "3"): "GPL-3.0",
    ("business source license", "1.1"): "BUSL-1.1",
    ("elastic license", "2.0"): "Elastic-2.0",
}


@VENDOR.reader("licence")
def licence_file(page: Page) -> Iterator[Fact]:
    """The licence by its title and version."""
    m = page.find(r"^(?P<title>[a-z ]+ license) (?:version )?(?P<version>\d[\d.]*)(?:,|\s|$)")
    title = " ".join(m.group("title").lower().split()), m.group("version")
    if title not in _TITLES:
        raise Unreadable(f"unknown licence {m.text!r}; map it in vendors/daytona/readers.py")
    yield m.fact("self_hosting", offering="core", licence=_TITLES[title])


# -- the second tree's limits ------------------------------------------------------------------------------------------


@VENDOR.reader("v2_limits")
def v2_largest(page: Page) -> Iterator[Fact]:
    """The largest sandbox of the second tree; a smaller one may be asked for."""
    columns = ("Resource", "Unit", "Maximum")
    headed = page.has_table(*columns, under="Sandbox limits")
    for limit, cell, amount, unit in _maxima(page.table(*columns, under="Sandbox limits" if headed else None)):
        yield cell.fact("limits", plan="any", limit=limit, amount=amount, unit=unit)
