"""E2B sandboxes: plans and limits on the docs' billing page, rates on a FAQ page and the site's calculator.

What misleads: code samples on the billing page (cpuCount: 8), worked examples and multiples of the rate per vCPU on
the pricing pages, an hourly figure beside a rate per second that is the vendor's own wrong rounding ($0.018), limits
of API requests beside the rate of creating sandboxes, and three cold starts on three pages (how-it-works goes first).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from sandsnap.model import Fact
from sandsnap.read.addresses import canonical
from sandsnap.read.amounts import Amount, days
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage
from sandsnap.read.plans import fee, plan_of
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.table import Cell, Table
from sandsnap.read.tree import Block

VENDOR = declared("e2b")

# The lifecycle pages said Base for Hobby until mid-2026.
NO_AMOUNT = {"custom", "contact us", "contact sales", "no additional credits", "free"}
AS_NEEDED = "Number of concurrently running sandboxes to suit your needs"  # Pro in 2023
LICENCES = {  # how a licence file begins
    r"Business Source License 1\.1": "BUSL-1.1",
    r"Apache License,? Version 2\.0": "Apache-2.0",
    r"GNU AFFERO GENERAL PUBLIC LICENSE Version 3": "AGPL-3.0",
    r"MIT License": "MIT",
}


# -- what the pages have in common -------------------------------------------------------------------------------


def item(page: Page, blocks: Iterable[Block], pattern: str, topic: str) -> Match | None:
    """The one line of a plan's list on a topic. Every line on the topic must fit; None where there is none."""
    found = []
    for block in blocks:
        text = re.sub(r"\s*\{\{.*\}\}$", "", block.text)  # {{ className: 'lead' }} of the old docs
        if re.search(topic, text, re.IGNORECASE) and text != AS_NEEDED:
            found.append(page.passage(text, block.headings).scan(pattern))
    if len({m.said for m in found}) > 1:
        raise Ambiguous(f"the plan says both {found[0].text!r} and {found[-1].text!r}")
    return found[0] if found else None


def plan_facts(page: Page, plan: str, blocks: list[Block], *, card_required: bool | None = None) -> Iterator[Fact]:
    """What a plan's list of features states, in the words of all pricing pages since 2023."""
    if m := item(page, blocks, r"One-time {money} of usage in credits", r"\bcredits\b"):
        yield m.allowance("credit", "once", m["money"], plan=plan, card_required=card_required)
    if m := item(page, blocks, r"{duration} (?:max )?(?:sandbox )?session length", r"session length|runtime"):
        yield m.limit("session_max", m["duration"], plan=plan)
    if m := item(page, blocks, r"{count} concurrent(?:ly running)? sandboxes", r"\bconcurrent"):
        yield m.limit("concurrent", m["count"], plan=plan)
    if m := item(page, blocks, r"{size} free (?:disk )?storage", r"\bfree\b.*\bstorage\b"):
        yield m.allowance("storage", "at_once", m["size"], plan=plan)


def current(table: Table) -> Table:
    """The table, unless a heading above says that it is not today's or not E2B's. "Compare plans" is E2B's own."""
    other = re.compile(r"\b(legacy|previous|former|old|deprecated|example)", re.IGNORECASE)
    rivals, own = (re.compile(r, re.IGNORECASE) for r in (r"\bcompar|\bvs\b", r"\b(?:plans?|tiers?|Hobby)\b"))
    if found := [h for h in table.headings if other.search(h) or (rivals.search(h) and not own.search(h))]:
        raise Unreadable(f"a table under {found[0]!r} is not read")
    return table


@VENDOR.reader("billing", "rate_limits", "concurrency")
def concurrency_note(page: Page) -> Iterator[Fact]:
    """The note under the table says the same again: a page that disagrees with itself is an issue."""
    included = r"Pro plan (?:includes|default is) {count} concurrent sandboxes"
    if m := page.maybe(
        included + r"\. Higher concurrency (?:of )?{count2} is available", topic=("Pro plan", "{count} concurrent")
    ):
        amount = replace(m["count"], low=m["count"].value, high=m["count2"].value, bound="range")
        yield m.limit("concurrent", amount, plan="pro")


@VENDOR.reader("rate_limits")
def tier_sections(page: Page) -> Iterator[Fact]:
    """The same limits once more, as a section per limit with a heading per tier."""
    for block in page.blocks:
        section, tier = block.headings[-2:] if len(block.headings) > 1 else ("", "")
        name = re.fullmatch(r"\W*(\w+) tier", tier, re.IGNORECASE)
        if not name or plan_of(VENDOR.name, name[1]) == "enterprise" or block.kind == "heading":
            continue
        here = page.passage(block.text, block.headings)
        if re.fullmatch(r"\W*Concurrent sandboxes", section, re.IGNORECASE) and block.text.startswith("Up to"):
            m = here.scan(r"{count} concurrent sandboxes")
            yield m.limit("concurrent", m["count"], plan=plan_of(VENDOR.name, name[1]))
        elif re.fullmatch(r"\W*Sandbox creation rate", section, re.IGNORECASE):
            m = here.scan(r"{count} sandbox(?:es)? per second")
            rate = m["count"].value
            yield m.fact(
                "limits", plan=plan_of(VENDOR.name, name[1]), limit="creation_rate", amount=rate, unit="per_second"
            )


PER_SECOND, PER_HOUR = (
    rf"(?:(?:price|cost|rate)s? )?(?:per|/) ?(?:{t})(?: \((?:in )?USD\))?" for t in ("second|sec|s", "hour|hr|h")
)
# meter, how its row is called, what the price may be per
RATED = (
    ("vcpu", r"v?CPUs?(?: \((?:per )?vCPUs?\))?", ("vcpu",)),
    ("memory", r"(?:RAM|Memory)(?: \((?:RAM|memory|(?:per )?Gi?B)\))?", ("gib", "gb")),
)


def table_rate(cell: Cell, meter: str, things: tuple[str, ...]) -> tuple[Decimal, str, str]:
    """(usd, thing, time) of a cell such as "$0.000014 per vCPU" under "Per second"; what the cell itself says goes
    first, then the thing in the row's name ("RAM (GiB)") and the time in the column's."""
    amount = cell.money()
    times = [p for p in amount.per if p in ("second", "hour")]
    column = [
        t for t, heading in (("second", PER_SECOND), ("hour", PER_HOUR)) if re.fullmatch(heading, cell.column, re.I)
    ]
    own = [p for p in amount.per if p not in times]
    own = own or [t for t in things if re.search(rf"\b{t}s?\b", cell.first, re.IGNORECASE)]
    if len(own) != 1 or own[0] not in things or len(times) > 1 or not (times or column) or amount.bound != "exact":
        wanted = f"a price of {meter} per {' or '.join(things)}"
        raise Unreadable(f"expected {wanted}, found {cell.text!r} under {cell.column!r}")
    return amount.value, own[0], (times or column)[0]


def rates_table(page: Page) -> Table:
    """The table of rates: a row per resource, a column per second and, so far, one per hour."""
    return current(page.table("Resource|", PER_SECOND))


@VENDOR.reader("rates")
def rates(page: Page) -> Iterator[Fact]:
    """Rates per second; a column per hour must say the same to its last digit."""
    table = rates_table(page)
    for meter, label, things in RATED:
        row = table.row(label)
        fine = table_rate(row[PER_SECOND], meter, things)
        if fine[2] != "second":
            raise Unreadable(f"expected a price per second, found {row.first.quote!r}")
        if table.has(PER_HOUR):
            coarse = table_rate(row[PER_HOUR], meter, things)
            if (coarse[1], coarse[2]) != (fine[1], "hour"):
                raise Unreadable(f"expected a price per second and one per hour, found {row.first.quote!r}")
            if (fine[0] * 3600).quantize(coarse[0]) != coarse[0]:
                raise Ambiguous(f"{fine[0]} per second is not {coarse[0]} per hour: {row.first.quote!r}")
        yield row.first.fact("prices", plan="any", meter=meter, usd=fine[0], unit=f"{fine[1]}_second")


@VENDOR.reader("rates")
def included_disk(page: Page) -> Iterator[Fact]:
    """Disk that comes with a plan: "Included (10 GiB Hobby / 20 GiB Pro)"."""
    for row in rates_table(page).rows_named("(?:Included )?(?:Disk|Storage)(?: space)?"):
        first, second = (rf"{{size{n}}} (?:on |for )?\(?(?P<plan{n}>\w+)\)?" for n in ("", "2"))
        m = row[PER_SECOND].scan(rf"(?:Included|Free):? \(?{first}(?: /|,| and|;) {second}\)?")
        yield m.allowance("storage", "at_once", m["size"], plan=plan_of(VENDOR.name, m.group("plan")))
        yield m.allowance("storage", "at_once", m["size2"], plan=plan_of(VENDOR.name, m.group("plan2")))


@VENDOR.reader("concurrency")
def concurrency_addon(page: Page) -> Iterator[Fact]:
    """What more sandboxes at once cost on Pro: as a sentence, or a table with a row per add-on."""
    price = "(?:(?:Monthly )?(?:price|cost))(?: (?:per|/) ?month)?|Per month"
    if tables := page.tables_with("Add-?ons?", price, topic=("Pro ?\\+", r"\$")):
        if len(tables) > 1:
            raise Ambiguous(f"expected one table of add-ons, found {len(tables)}")
        for row in current(tables[0]):
            if not re.fullmatch(r"Pro ?\+{1,2}", row.first.text, re.IGNORECASE):
                raise Unreadable(f"unknown add-on {row.first.text!r}")
            cell = row[price]
            amount = replace(cell, text=cell.text.removeprefix("+")).money()
            unit = "month" if "month" in cell.column.lower() else None
            yield cell.price(amount, "addon", plan="pro", sku=row.first.text.lower().replace(" ", ""), unit=unit)
        return
    m = page.find(r"{money} per add-on \({count} slots\)")
    yield m.price(m["money"], "addon", plan="pro", sku="concurrency")


# -- docs: lifecycle, start, packages ------------------------------------------------------------------------------

ANY_PLAN = r"\b(?:Pro|Hobby|Base)\b"
OF_PLAN, OF_PLAN2 = (rf"\(?(?:(?:on|for|with) )?(?:the )?(?P<plan{n}>\w+)(?: (?:tier|plan))?\)?" for n in ("", "2"))
TWO_LIMITS = rf"run(?: continuously)? for {{duration}} {OF_PLAN}(?:,|,? (?:or|and)) (?:for )?{{duration2}} {OF_PLAN2}"
LINES = (rf"^{{duration}} {OF_PLAN}\.?$", r"^(?P<plan>\w+)(?: (?:tier|plan))?: {duration}\.?$")
ON_A_TIER = r"\bon (?:the )?(?:Pro|Hobby|Base)\b"
LEAD_IN = re.compile(r"\b(?:remain|kept|keep|stay) running\b|\brun continuously\b|continuous runtime", re.IGNORECASE)


def listed(page: Page) -> list[Match]:
    """The lines that give a time and a plan, of the list that says it is about running without a pause."""
    lines = [m for pattern in LINES for m in page.find_all(pattern, topic=ITSELF, kinds=("item", "text"))]
    texts, lead, found = {m.text for m in lines}, "", []
    for block in page.blocks:
        if block.text in texts:
            if LEAD_IN.search(lead):
                found += [m for m in lines if (m.text, m.where) == (block.text, block.headings)]
        elif block.kind == "item" and LEAD_IN.search(lead) and re.search(ON_A_TIER, block.text):
            raise Unreadable(f"expected a time and a plan, found {block.text!r}", block.text)
        else:
            lead = block.text
    return found


@VENDOR.reader("sandbox", "persistence")
def runtime_limits(page: Page) -> Iterator[Fact]:
    """How long a sandbox may run without a pause, as a list under its lead-in or in one sentence."""
    sentence = page.maybe(TWO_LIMITS, topic=(ANY_PLAN, "{duration}"))
    if sentence:
        yield sentence.limit("session_max", sentence["duration"], plan=plan_of(VENDOR.name, sentence.group("plan")))
        yield sentence.limit("session_max", sentence["duration2"], plan=plan_of(VENDOR.name, sentence.group("plan2")))
    else:
        for m in listed(page):
            yield m.limit("session_max", m["duration"], plan=plan_of(VENDOR.name, m.group("plan")))


@VENDOR.reader("sandbox")
def auto_pause(page: Page) -> Iterator[Fact]:
    """What becomes of a sandbox whose time is up: for nine days in March 2026 it was paused unless told otherwise, then
    it "can" be paused (how it is by default, the page on persistence says)."""
    if m := page.maybe(
        r"when their timeout expires, they (?P<can>can )?automatically pause\b",
        topic=("timeout|time is up|expire", r"\b(?:auto\w*|default)\b", r"\bpaus"),
    ):
        yield m.fact("persistence", mechanism="auto_pause", by_default=None if m.has("can") else True)


OF_AGE = r"\bsandbox can (?:exist for|be used(?= up to| for))"


@VENDOR.reader("persistence")
def pause_resume(page: Page) -> Iterator[Fact]:
    """What a pause keeps, and for how long. Nothing was said on how long in February 2026."""
    saved = page.find(r"both the sandbox.s filesystem and memory state will be saved")
    kept = page.maybe(
        r"paused sandboxes are kept (?P<without_end>indefinitely)(?=\s*[—–;.,-]|\s*$)"
        rf"|{OF_AGE} {{duration}}|paused sandboxes are kept for {{duration2}}",
        part=True,
        topic=r"\b(?:deleted|kept|retained|expires?|lifetime)\b[^.]{0,40}(?:{duration}|indefinitely)"
        rf"|{{duration2}}[^.]{{0,40}}\b(?:deleted|kept|retained)\b|paused sandboxes are kept|{OF_AGE}",
    )
    bounded = kept if kept and not kept.has("without_end") else None
    yield (kept or saved).fact(
        "persistence",
        mechanism="pause_resume",
        preserves="filesystem_and_memory",
        retention_days=days(bounded["duration" if bounded.has("duration") else "duration2"], bound="max")
        if bounded
        else None,
        indefinite=True if kept and kept.has("without_end") else None,
    )


# -- hosting it oneself --------------------------------------------------------------------------------------------


def still_developed(page: Page) -> None:
    """Raises Unreadable where the page announces an end: then a person has to say what became of it."""
    end = r"\b(?:no longer|not (?:supported|maintained)|archived|deprecated|frozen|private)\b"
    if found := page.find_all(rf"\b(?:repository|project|self-?hosting)\b[^.]{{0,60}}{end}", topic=ITSELF):
        raise Unreadable(f"the page announces an end: {found[0].quote!r}", found[0].quote)


@VENDOR.reader("readme")
def readme_self_hosting(page: Page) -> Iterator[Fact]:
    """The README's way to the infrastructure's repository; since March 2025."""
    still_developed(page)
    if m := page.maybe(r"to learn how to set up the E2B infrastructure on your own", topic=r"\bself-?host"):
        repository = r"(https://github\.com/[\w.-]+/[\w.-]+?)/?"
        links = set(re.findall(rf"\[E2B infrastructure\]\({repository}\)", page.text))
        links |= set(re.findall(rf'href="{repository}"[^>]*>E2B infrastructure<', page.text))
        if len(links) != 1:
            found = ", ".join(sorted(links)) or "none"
            raise NotFound(f"expected one link 'E2B infrastructure' to a repository, found {found}")
        yield m.fact("self_hosting", offering="core", status="supported", repository=links.pop())


@VENDOR.reader("runtime")
def runtime_self_hosting(page: Page) -> Iterator[Fact]:
    """The repository of the runtime itself. "Beta" stands beside AWS only; the contract has no column for the cloud."""
    still_developed(page)
    m = page.find(r"to learn how to set up the infrastructure on your own|you can run on your own hardware")
    licence = page.maybe(
        r"licensed under (?P<licence>Apache-2\.0|AGPL-3\.0|BUSL-1\.1|MIT)\b", part=True, topic=r"\blicen[sc]ed?\b"
    )
    yield m.fact(
        "self_hosting",
        offering="core",
        status="supported",
        licence=licence.group("licence") if licence else None,
        repository="https://" + "/".join(canonical(page.capture.url).split("/")[:3]),
    )


@VENDOR.reader("self_host")
def guide(page: Page) -> Iterator[Fact]:
    """The guide to hosting the runtime oneself; its title names the clouds."""
    still_developed(page)
    m = page.find(r"^Self-hosting E2B(?: on [\w ,&()]+)?$", kinds=("heading",))
    yield m.fact("self_hosting", offering="core", status="supported")


@VENDOR.reader("licence", "runtime_licence")
def licence(page: Page) -> Iterator[Fact]:
    """The licence by the file's first words. A Change License further down holds years later only."""
    for title, spdx in LICENCES.items():
        if m := re.match(title, page.blocks[0].text, re.IGNORECASE):
            yield page.passage(m[0]).fact("self_hosting", offering="core", licence=spdx)
            return
    raise Unreadable(f"unknown licence {page.blocks[0].text[:80]!r}: add how it begins to LICENCES")


# -- the site ------------------------------------------------------------------------------------------------------


@VENDOR.reader("site")
def site_session(page: Page) -> Iterator[Fact]:
    """The longest session, of the plan in the line below it ("AVAILABLE IN PRO"); the heading says it again."""
    topic = r"\bsandbox\w*[^.]{0,40}\brun\b[^.]{0,20}{duration}|each E2B sandbox can run\b"
    if not (m := page.maybe(r"each E2B sandbox can run {duration}(?=\.?\s*$|\.\s)", topic=topic)):
        return
    below = {b.text for a, b in pairwise(page.blocks) if a.headings == b.headings == m.where and m.quote in a.text}
    plans = [p[1] for text in below if (p := re.fullmatch(r"available in (\w+)", text, re.IGNORECASE))]
    if len(plans) != 1 or m["duration"].bound != "max":
        raise Unreadable(f"expected the longest session and its plan in the line below, found {m.quote!r}", m.quote)
    for heading in page.find_all(r"^{duration} long sessions$", topic=ITSELF, kinds=("heading",)):
        if heading["duration"].ms != m["duration"].ms:
            raise Ambiguous(f"the page says both {heading.text!r} and {m.text!r}")
    yield m.limit("session_max", m["duration"], plan=plan_of(VENDOR.name, plans[0]))


def cards(page: Page) -> dict[str, list[Block]]:
    """The pricing page's plans above the calculator, each from the line that is its name to the next such line."""
    found: dict[str, list[Block]] = {}
    card: list[Block] | None = None
    for block in page.blocks:
        if block.kind == "heading" and block.text == "Usage Cost Calculator":
            break
        if block.text in ("Ultimate", "Enterprise"):  # custom prices: left out by name
            card = None
        elif block.text in ("Hobby", "Pro"):
            if plan_of(VENDOR.name, block.text) in found:
                raise Ambiguous(f"two cards are called {block.text!r}")
            card = found[plan_of(VENDOR.name, block.text)] = []
        elif card is not None:
            card.append(block)
    if set(found) != {"hobby", "pro"}:
        raise NotFound(f"expected the cards Hobby and Pro, found {', '.join(found) or 'none'}")
    return found


@VENDOR.reader("pricing")
def card_fees(page: Page) -> Iterator[Fact]:
    """The price on each card; its "/mo" is a line of its own."""
    for plan, blocks in cards(page).items():
        lines = [b.text for b in blocks]
        prices = [i for i, line in enumerate(lines) if re.match(r"(?:US)?[$€£]\s?\d|Free$", line)]
        if len(prices) != 1:
            raise NotFound(f"expected one price on the {plan} card, found {[lines[i] for i in prices]}")
        text = lines[prices[0]]
        if text.lower() in NO_AMOUNT:
            continue
        unit = next(iter(lines[prices[0] + 1 :]), "")
        per_month = unit.startswith("/")
        where = blocks[prices[0]].headings
        price = Passage(page, text + unit, f"{text} | {unit}", where) if per_month else page.passage(text, where)
        yield from fee(price, price.money(), plan, plan.capitalize())


@VENDOR.reader("pricing")
def card_features(page: Page) -> Iterator[Fact]:
    """Credits, session length and concurrency of each card."""
    for plan, blocks in cards(page).items():
        no_card = any("NO CC REQUIRED" in b.text for b in blocks)
        facts = list(plan_facts(page, plan, blocks, card_required=False if no_card else None))
        if {f.key.get("limit") for f in facts} < {"session_max", "concurrent"}:
            raise NotFound(f"expected a session length and a concurrency on the {plan} card")
        yield from facts


@VENDOR.reader("pricing")
def calculator_cpu(page: Page) -> Iterator[Fact]:
    """The price of one vCPU: the row "1" of the calculator, of which every other row must be the multiple."""
    blocks = page.section("Usage Cost Calculator")
    lines = [b.text for b in blocks]
    starts = [i + 3 for i in range(len(lines)) if lines[i : i + 3] == ["vCPUs", "Plan", "Costs"]]
    if len(starts) != 1:
        raise NotFound(f"expected one list 'vCPUs, Plan, Costs' in the calculator, found {len(starts)}")
    rows: dict[Decimal, tuple[Amount, Passage]] = {}
    for i in range(starts[0], len(lines) - 2, 3):
        if not (n := re.fullmatch(r"(\d+)(?: \[Default\])?", lines[i])):
            break
        cost = Passage(page, lines[i + 2], " | ".join(lines[i : i + 3]), blocks[i].headings)
        rows[Decimal(n[1])] = cost.money(), cost
    if Decimal(1) not in rows:
        raise NotFound("the calculator has no row for 1 vCPU")
    one, cited = rows[Decimal(1)]
    if wrong := [c.quote for n, (a, c) in rows.items() if a.value != n * one.value or a.per != one.per]:
        raise Ambiguous(f"{cited.quote!r} and {wrong[0]!r} are not one rate")
    yield cited.price(one, "vcpu")


@VENDOR.reader("pricing")
def calculator_memory(page: Page) -> Iterator[Fact]:
    """The price of memory, under "Costs (both plans)" in the pane with sizes in MiB (headed "Storage")."""
    blocks = page.section("Usage Cost Calculator")
    at = [i for i, b in enumerate(blocks[:-1]) if b.text == "Costs (both plans)"]
    if len(at) != 1 or not any(re.search(r"\d MiB", b.text) for b in blocks[max(0, at[0] - 6) : at[0]]):
        raise NotFound("expected sizes in MiB and, once, 'Costs (both plans)' in the calculator")
    cost = page.passage(blocks[at[0] + 1].text, blocks[at[0]].headings)
    yield cost.price(cost.money(), "memory")


@VENDOR.reader("pricing")
def calculator_storage(page: Page) -> Iterator[Fact]:
    """Storage that is free with a plan."""
    blocks = page.section("Usage Cost Calculator")
    for size, plan, cost in zip(blocks, blocks[1:], blocks[2:], strict=False):
        if re.fullmatch(r"[\d.,]+ Gi?B", size.text) and cost.text == "Free":
            m = Passage(page, size.text, f"{size.text} | {plan.text} | Free", size.headings)
            for name in plan.text.split(" / "):
                yield m.allowance("storage", "at_once", m.size(), plan=plan_of(VENDOR.name, name))


# -- the docs' pricing page of 2023 to 2025, at two addresses ----------------------------------------------------------


def tiers(page: Page) -> Iterator[tuple[str, str | None, list[Block]]]:
    """(plan, terms in brackets, blocks) of each heading such as "Pro tier ($150/month + usage costs)"."""
    for heading in page.blocks:
        m = re.fullmatch(r"(\w+) tier(?: \((.+)\))?", heading.text) if heading.kind == "heading" else None
        if m and plan_of(VENDOR.name, m[1]) != "enterprise":
            yield plan_of(VENDOR.name, m[1]), m[2], [b for b in page.blocks if heading.text in b.headings]


@VENDOR.reader("legacy", "old_pricing")
def tier_fees(page: Page) -> Iterator[Fact]:
    """Fee of each tier: in its heading at first, in the line below later."""
    for plan, terms, blocks in tiers(page):
        if terms in ("free", "paid", "usage costs") or (terms or "").lower() in NO_AMOUNT:
            continue
        if terms is not None:
            m: Match | None = page.passage(terms).scan(r"{money} \+ usage costs")
        else:
            m = item(page, blocks, r"{money} \+ usage costs", r"\+ usage costs")
        if m is None:
            raise NotFound(f"expected the price of the {plan} tier in or below its heading")
        yield from fee(m, m["money"], plan, plan.capitalize())


@VENDOR.reader("legacy", "old_pricing")
def tier_features(page: Page) -> Iterator[Fact]:
    """Credits, session length, concurrency and storage of each tier."""
    for plan, _, blocks in tiers(page):
        yield from plan_facts(page, plan, blocks)


@VENDOR.reader("legacy", "old_pricing")
def resource_rates(page: Page) -> Iterator[Fact]:
    """Rates per second, since 2024-02-14; the rounded figure per hour behind them is ignored (its $0.018 is wrong)."""
    meters = {"vcpu": ("vcpu", "vcpu"), "gib ram": ("memory", "gib"), "gb ram": ("memory", "gb")}
    for block in page.blocks:
        if re.search(r"\d\s?(?:per|/)\s?(?:s|sec|second|h|hour)\b", block.text) and block.kind != "code":
            pattern = r"(?P<thing>vCPU|GiB RAM|GB RAM): {money}(?: \({money2}\))?"
            m = page.passage(block.text, block.headings).scan(pattern)
            if m["money"].per not in (("second",), ("hour",)):
                raise Unreadable(f"expected a price per second or hour, found {block.text!r}")
            meter, thing = meters[m.group("thing").lower()]
            yield m.fact("prices", plan="any", meter=meter, usd=m["money"].value, unit=f"{thing}_{m['money'].per[0]}")
