"""E2B's pricing page on the site, drawn in divs: cards of plans, and a calculator; and the link of its README.

What misleads: the calculator lists multiples of the rate per vCPU, and heads the pane of memory with "Storage".
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read.amounts import Amount
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage
from sandsnap.read.plans import fee, plan_of
from sandsnap.read.sentences import ITSELF
from sandsnap.read.sources import declared
from sandsnap.read.tree import Block

VENDOR = declared("e2b")

NO_AMOUNT = {"custom", "contact us", "contact sales", "free"}
END = r"\b(?:no longer|not (?:supported|maintained)|archived|deprecated|frozen|private)\b"


def item(page: Page, blocks: Iterable[Block], pattern: str, topic: str) -> Match | None:
    """The one line of a plan's list on a topic. Every line on the topic must fit; None where there is none."""
    on_it = [b for b in blocks if re.search(topic, b.text, re.IGNORECASE)]
    found = [page.passage(b.text, b.headings).scan(pattern) for b in on_it]
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


@VENDOR.reader("readme")
def readme_self_hosting(page: Page) -> Iterator[Fact]:
    """The README's way to the infrastructure's repository; since March 2025."""
    if found := page.find_all(rf"\b(?:repository|project|self-?hosting)\b[^.]{{0,60}}{END}", topic=ITSELF):
        raise Unreadable(f"the page announces an end: {found[0].quote!r}", found[0].quote)
    if m := page.maybe(r"to learn how to set up the E2B infrastructure on your own", topic=r"\bself-?host"):
        repository = r"(https://github\.com/[\w.-]+/[\w.-]+?)/?"
        links = set(re.findall(rf"\[E2B infrastructure\]\({repository}\)", page.text))
        links |= set(re.findall(rf'href="{repository}"[^>]*>E2B infrastructure<', page.text))
        if len(links) != 1:
            seen = ", ".join(sorted(links)) or "none"
            raise NotFound(f"expected one link 'E2B infrastructure' to a repository, found {seen}")
        yield m.fact("self_hosting", offering="core", status="supported", repository=links.pop())


# -- the site's pricing page ------------------------------------------------------------


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
