"""From statements to facts: an amount whose item, plan and unit are each clear is a claim; all else says why not."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from sandsnap.model import Fact
from sandsnap.read.errors import Unreadable
from sandsnap.read.general import units
from sandsnap.read.general.figures import figures
from sandsnap.read.general.names import Names
from sandsnap.read.general.statements import Statement
from sandsnap.read.general.words import Item, doubt, lexicon, places, regional, stems
from sandsnap.read.memo import by_text

_SIZES = ("vcpu_max", "memory_max", "disk_max")
_PAREN = re.compile(r"\([^()]*\)")
_LABEL = 6  # words: what is longer is a sentence, which says what an amount is
_LARGEST = re.compile(
    r"\b(?:max\w*|up to|most|larg\w*|big\w*|limit\w*"
    r"|per(?! (?:second|minute|hour|day|month)\b)|each|single|no more|no single|ceiling|fixed|cap\w*|highest|exceed)\b",
    re.IGNORECASE,
)
# What stands under a heading of GPUs alone is the price beside a GPU.
_OF_GPUS = re.compile(r"\bgpus?\b", re.IGNORECASE)
_OF_MORE = re.compile(r"\b(?:v?cpus?|cores?|compute|memory|ram|resources?|machines?|sandbox(?:es)?)\b", re.IGNORECASE)
_ASKING = re.compile(r"\b(?:will|would|could|might)\b", re.IGNORECASE)
_PORT = re.compile(r"\bport\s*$", re.IGNORECASE)
_CENTILE = re.compile(r"\bp(50|95|99)\b|\b(50|95|99)th\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a statement was taken for: `items` that fit it, `facts` made of it, or `why` there are none."""

    statement: Statement
    items: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    why: str = ""
    is_open: bool = False  # nothing speaks against it, but no item of those asked for is named
    refused: tuple[Fact, ...] = ()  # what would be a fact in another scope

    @property
    def near(self) -> tuple[str, ...]:
        """Of one that is open, items that share a word with its label."""
        return _near(self.statement) if self.is_open else ()


def judge(statement: Statement, owned: Collection[str], names: Names) -> Verdict:
    """What a statement says of the items that may be read here (`limits.concurrent/plan`, `/any`, or without plan)."""
    if statement.figure.amount is None:
        return Verdict(statement, why="part of a longer phrase, or no amount of the grammar")
    # An aside with an amount, "(formerly $5)", speaks of that one; one without, "(coming soon)", of what it stands in.
    asides = [a for a in _PAREN.findall(statement.passage.text) if not figures(a)]
    if why := doubt(" ".join((_clause(statement), *asides, *map(_asked, statement.passage.where[-1:])))):
        return Verdict(statement, why=f"doubtful: {why!r}")
    if statement.passage.here().off:
        return Verdict(statement, why="of another time, of others, or hidden")
    around = _around(statement)
    own = any(re.search(word, around, re.IGNORECASE) for word in names.only.values())
    if not own and (other := names.other_in(around, statement.passage.page.product)):
        return Verdict(statement, why=f"of another product: {other!r}")
    if own and (other := _shared(statement, names)):
        return Verdict(statement, why=f"its heading names {other!r} as well, which has a section of its own")
    if "?" in statement.plans:
        return Verdict(statement, why="several plans are named, and which is meant is open")
    items, label = _named(statement, owned, names)
    if not items:
        return Verdict(statement, why="no item of this page is named", is_open=True)
    if len(items) > 1:
        return Verdict(statement, tuple(i.name for i in items), why="ambiguous: " + " or ".join(i.name for i in items))
    (item,) = items
    plans = ("-",) if item.table == "cold_starts" else statement.plans or ("any",)
    if (only := names.only.get(item.name)) and not re.search(only, _around(statement), re.IGNORECASE):
        return Verdict(statement, (item.name,), why=f"nothing says that it is of a {only}")
    said = f"{label} {statement.phrase}"
    try:
        facts = [_FACTS[item.table](statement, item, plan, said, names) for plan in plans]
        if item.table == "prices" and item.term in names.by_region:
            regions = _regions(statement, item, names)
            facts = [f and replace(f, key={**f.key, "region": r}) for f in facts for r in regions]
    except Unreadable as e:
        return Verdict(statement, (item.name,), why=str(e))
    taken = tuple(f for f in facts if f)
    if any(f.refused for f in taken):
        why = next(f.refused.why for f in taken if f.refused)
        return Verdict(statement, (item.name,), why=why, refused=tuple(f for f in taken if f.refused))
    return Verdict(statement, (item.name,), taken, "" if taken else "its unit is not stated")


def _clause(statement: Statement) -> str:
    """What is said with an amount between two semicolons."""
    before, phrase, after = statement.whole.partition(statement.phrase)
    return before.rpartition(";")[2] + phrase + after.partition(";")[0]


def _asked(heading: str) -> str:
    """A heading; a question that it asks ("What will it cost?") puts nothing in doubt by how it asks."""
    return _ASKING.sub("", heading) if heading.endswith("?") else heading


def _shared(statement: Statement, names: Names) -> str | None:
    """Another product that the heading over a statement names beside the own one, where another heading is of it alone."""
    page, over = statement.passage.page, " ".join(statement.passage.where[-2:])
    others = {
        o
        for b in page.blocks
        if b.kind == "heading" and (o := names.other_in(b.text, page.product)) and o.lower() == b.text.lower()
    }
    return next((o for o in sorted(others) if re.search(rf"\b{re.escape(o)}\b", over, re.IGNORECASE)), None)


def _named(statement: Statement, owned: Collection[str], names: Names) -> tuple[list[Item], str]:
    """The items that the narrowest telling label names best, and that label."""
    kind, here = statement.figure.kind, names.among(frozenset(owned))
    about = stems(" ".join((statement.about, *_PAREN.findall(statement.whole))))
    above = stems(statement.above)
    fitting = [i for i in here if kind in i.units and i.knows(statement.noun)]
    fitting = [
        i
        for i in fitting
        if _is_open(statement, i, owned, names)
        and not i.ruled_out(about | (above if i.table in ("limits", "cold_starts") else set()))
    ]
    if not fitting:
        return [], ""
    own = stems(f"{statement.whole} {statement.about}")
    for label in statement.labels:
        words = stems(f"{label} {statement.phrase}")
        scored = [(i.fit(words, own), i) for i in fitting]
        best = max((n for n, _ in scored), default=0)
        if best:
            return [i for n, i in scored if n == best], label
    return [], ""


def _near(statement: Statement) -> tuple[str, ...]:
    """Up to two items that an amount of this kind may be of and whose names share most words with its label."""
    words = stems(statement.labels[0])
    shared = [(i.shared(words), i.name) for i in lexicon().values() if statement.figure.kind in i.units]
    return tuple(name for n, name in sorted(shared, reverse=True)[:2] if n)


def _is_open(statement: Statement, item: Item, owned: Collection[str], names: Names) -> bool:
    """Whether the page owns the item in the way it is stated: by plan or for all; a price of a size only with one."""
    if item.sku != bool(statement.sizes) or (item.term == "gpu") != any(s in names.gpus for s in statement.sizes):
        return False
    if item.table == "allowances" and not (_is_given(statement) and units.allowance_unit(item.term, statement.figure)):
        return False
    if item.per and statement.figure.kind == "money":
        per = units.price_unit(statement.figure, item.term, " ".join(statement.labels[:1]))
        if per is None and item.term not in ("plan_fee",):
            per = units.price_unit(statement.figure, item.term, statement.labels[-1])
        if per is None:
            return False
    ways = {o.partition("/")[2] for o in owned if o.partition("/")[0] == item.name}
    return "" in ways or ("plan" if statement.plans else "any") in ways or "page" in ways


def _is_given(statement: Statement) -> bool:
    """Whether something says that the amount is given: its words, a period, or that the plan is a trial."""
    said = " ".join((*statement.labels, statement.about))
    return units.is_allowance(said) or bool(statement.figure.period) or any("trial" in p for p in statement.plans)


def _around(statement: Statement) -> str:
    """All that is said with a statement and over it."""
    return " ".join((statement.passage.quote, statement.whole, *statement.passage.where))


def _price(statement: Statement, item: Item, plan: str, label: str, names: Names) -> Fact | None:
    unit = units.price_unit(statement.figure, item.term, label)
    if unit is None or len(statement.sizes) > 1:
        return None
    amount = statement.figure.amount
    assert amount
    if _is_regional(statement.passage.page.running_text):
        raise Unreadable("prices of this page differ by region")
    if item.term not in names.by_region and (
        m := places().search(" ".join((statement.whole, *statement.labels, *statement.passage.where[-1:])))
    ):
        raise Unreadable(f"a price of one region: {m[0]!r}")
    if item.sku and (why := _other_memory(statement, names)):
        raise Unreadable(why)
    over = " ".join(statement.passage.where[-1:])
    if item.term not in ("gpu", "plan_fee") and _OF_GPUS.search(over) and not _OF_MORE.search(over):
        raise Unreadable(f"a price beside GPUs: {over!r}")
    if not item.sku and item.term != "plan_fee" and _has_quantity(statement):
        raise Unreadable("the price of several at once")
    if amount.bound != "exact" or not amount.value:
        raise Unreadable(f"no exact price: {statement.phrase!r}")
    billed = None
    if names.billed_on and item.term in ("vcpu", "memory", "volume"):
        billed = next((w for w in ("active", "provisioned") if re.search(rf"\b{w}\b", label, re.IGNORECASE)), None)
    return statement.passage.fact(
        "prices", plan=plan, meter=item.term, sku=statement.sizes[0] if item.sku else "-", offer="list", usd=amount.value, unit=unit,
        billed_on=billed,
    )  # fmt: skip


@by_text(64)
def _is_regional(text: str) -> bool:
    return regional().search(text) is not None


def _regions(statement: Statement, item: Item, names: Names) -> list[str]:
    """Where a price that is not the same everywhere holds: what stands beside it says so, or what stands over it."""
    for text in (statement.labels[0], statement.whole, *reversed(statement.passage.where)):
        if found := names.regions_in(item.term, text):
            return found
    where = statement.passage.where
    over = " ".join(b.text for b in statement.passage.page.blocks if b.headings == where and b.kind == "text")
    if len(found := names.regions_in(item.term, over)) == 1:
        return found  # "Prices are for Ashburn", over a table
    raise Unreadable(f"{item.name} differs by region, and none is named")


def _other_memory(statement: Statement, names: Names) -> str | None:
    """Why a price of a named size is of that size with more memory than it comes with."""
    own = names.memory.get(statement.sizes[0])
    said = [f.amount for f in names.figures(statement.whole) if f.kind == "size" and f.amount]
    if own is None or not said or any(a.text.replace(" ", "") == own for a in said):
        return None
    return f"{statement.sizes[0]} comes with {own}: {said[0].text!r} is another size"


def _has_quantity(statement: Statement) -> bool:
    """Whether the price stands beside an amount of what is sold: $0.05 for 2 vCPUs is no rate."""
    before = statement.whole.partition(statement.phrase)[0]
    rest = re.sub(r"\([^()]*\)", " ", f"{before} {statement.labels[0]}")
    return any(f.kind in ("count", "size") and (f.amount is None or f.amount.high != 1) for f in figures(rest))


def _limit(statement: Statement, item: Item, plan: str, label: str, names: Names) -> Fact | None:
    amount = statement.figure.amount
    assert amount
    if amount.bound == "min" or (amount.bound == "about" and not item.about) or statement.figure.period:
        raise Unreadable(f"no exact limit: {statement.phrase!r}")
    if amount.unit in ("millisecond", "second") and (amount.high or amount.value or 0) < item.least:
        raise Unreadable(f"too short for {item.name}: {statement.phrase!r}")
    if item.term == "ports_max" and re.search(
        r"\bport\s*$", statement.whole.partition(statement.phrase)[0], re.IGNORECASE
    ):
        raise Unreadable(f"the number of a port: {statement.phrase!r}")
    if item.term in _SIZES and not _LARGEST.search(f"{statement.whole} {statement.about}"):
        if statement.phrase_first:
            raise Unreadable("what one has, and nothing says that there is no larger one")
        if len(statement.whole.split()) > _LABEL:
            raise Unreadable("nothing says that there is no larger one")
        if any(f.kind == "money" for f in figures(statement.whole)):
            raise Unreadable(f"a size with its price is one of several: {statement.whole!r}")
    if amount.bound == "range" and item.term in _SIZES:
        raise Unreadable(f"a choice of sizes, and no largest one: {statement.phrase!r}")
    return statement.passage.limit(item.term, amount, plan=plan, bound="about" if amount.bound == "about" else "max")


def _allowance(statement: Statement, item: Item, plan: str, label: str, names: Names) -> Fact | None:
    amount, wide = (
        statement.figure.amount,
        names.masked(" ".join((*statement.labels, statement.about, statement.passage.text))),
    )
    assert amount
    if amount.unit == "usd" and not {*amount.per} <= {"month"}:
        raise Unreadable(f"a price, and no credit: {statement.phrase!r}")
    wide += " trial" if "trial" in plan else ""
    period, unit = units.period(item.term, statement.figure, wide), units.allowance_unit(item.term, statement.figure)
    if period is None or unit is None:
        raise Unreadable("its period or its unit is not stated")
    if amount.bound not in ("exact", "max") or (amount.bound == "max" and item.term != "concurrent"):
        raise Unreadable(f"no exact amount: {statement.phrase!r}")
    return statement.passage.allowance(item.term, period, amount, unit=unit, plan=plan, bound=amount.bound)


def _start(statement: Statement, item: Item, plan: str, label: str, names: Names) -> Fact | None:
    amount = statement.figure.amount
    assert amount
    if amount.bound == "min" or amount.unit not in ("millisecond", "second"):
        raise Unreadable(f"no time of a start: {statement.phrase!r}")
    m = _CENTILE.search(label)
    return statement.passage.cold_start(item.term, amount, statistic=f"p{m[1] or m[2]}" if m else None)


_FACTS: dict[str, Callable[[Statement, Item, str, str, Names], Fact | None]] = {
    "prices": _price, "limits": _limit, "allowances": _allowance, "cold_starts": _start,
}  # fmt: skip
