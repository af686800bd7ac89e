"""Tariffs: what holds for one plan on one day, as the facts of that day state it.

A plan's own price, allowance, limit or rule goes before one for all plans (`any`), a meter's rule before one for all
meters. `any` is an offer of its own where no plan is named, or where it alone has named sizes or sessions. Trials are no
plans. What has ended charges nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sandsnap.cost.amounts import GB_PER_GIB, hours_of, plain, rounded

Row = Mapping[str, Any]
"""A fact of a day: table, vendor and the table's columns, basis, quote, source_url, fact (its number)."""

TABLES = ("prices", "allowances", "limits", "plans", "sizes", "billing_rules", "multipliers", "isolation")
ITEMS = (
    "vcpu", "memory", "gpu", "instance", "session", "creation", "storage", "snapshot_storage", "egress",
)  # fmt: skip
LIMITS = ("session_max", "concurrent", "vcpu_max", "memory_max", "disk_max")
_MEMORY = {"gib": GB_PER_GIB, "gb": Fraction(1), "mib": GB_PER_GIB / 1024, "mb": Fraction(1, 1000)}
_IN_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_MONTH = Fraction(730)


@dataclass(frozen=True, slots=True)
class Size:
    """What a named size, or a session, holds; memory in GB."""

    vcpu: Fraction
    gb: Fraction
    row: Row


@dataclass(frozen=True, slots=True)
class Price:
    """A list price of an item. `rate` is USD per `per` and hour (per `per` where it is not by time); rank: which goes
    before which."""

    item: str
    per: str
    rate: Fraction
    rank: int
    by_second: bool
    computed_from: str
    size: Size | None
    row: Row


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the bill; `amount` in seconds, GB or vCPU where it has one."""

    name: str
    applies: bool
    amount: Fraction | None
    row: Row


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one plan charges. Frees by (allowance, period), rules by item and name, limits in hours, GB or counts;
    multipliers of conditions that a workload does not ask for (a region, a reservation)."""

    vendor: str
    product: str
    plan: str
    fee: Row | None
    fee_usd: Fraction | None
    kind: str | None
    month: Fraction
    prices: Mapping[str, Sequence[Price]]
    frees: Mapping[tuple[str, str], Row]
    limits: Mapping[str, tuple[Fraction, Row]]
    rules: Mapping[tuple[str, str], Rule]
    holds: Size | None
    multipliers: Sequence[Row] = ()

    @property
    def mode(self) -> str:
        """How it charges: per session, per named instance, or for resources (vCPU and memory apart)."""
        items = set(self.prices) | {item_of(allowance) for allowance, _ in self.frees}
        if "session" in items:
            return "session"
        if "vcpu" in items or self.included("vcpu"):
            return "resources"
        return "resources" if "memory" in items and "instance" not in items else "instance"

    @property
    def fee_open(self) -> bool:
        """Whether the plan is sold for a fee that no page states: what it costs is not known in full."""
        return self.fee_usd is None and (self.kind in ("paid", "custom") or self.plan in ("enterprise", "custom"))

    def included(self, item: str) -> Rule | None:
        """The rule that says that an item is not charged apart from another."""
        rule = self.rules.get((item, "included_with"))
        return rule if rule and rule.applies else None

    def amount(self, item: str, rule: str) -> Fraction | None:
        """The amount of a rule that applies to an item."""
        found = self.rules.get((item, rule))
        return found.amount if found and found.applies else None


def item_of(allowance: str) -> str:
    """The item of which an allowance gives some."""
    return {"creations": "creation", "transfer": "egress"}.get(allowance, allowance.removesuffix("_time"))


def tariffs(rows: Iterable[Row]) -> list[Tariff]:
    """The tariffs of a day's facts, in the order of vendor, product and plan."""
    products: dict[tuple[str, str], dict[str, list[Row]]] = {}
    for row in rows:
        if row["table"] in TABLES:
            of = products.setdefault((row["vendor"], row["product"]), {t: [] for t in TABLES})
            of[row["table"]].append(row)
    return [
        _tariff(vendor, product, plan, facts)
        for (vendor, product), facts in sorted(products.items())
        for plan in sorted(_offers(facts))
    ]


def _offers(facts: Mapping[str, Sequence[Row]]) -> set[str]:
    prices = [r for r in facts["prices"] if r["offer"] == "list"]
    named = {r["plan"] for r in facts["plans"] if r["kind"] != "trial"}
    plans = {r["plan"] for r in (*prices, *facts["allowances"])} | named | {"any" for _ in facts["isolation"]}
    own = plans - {"any", "free_trial"}
    whole = any(r["plan"] == "any" and r["meter"] in ("instance", "session") for r in prices)
    if own and not (whole and not facts["plans"]):
        return own
    return own | ({"any"} & plans)


def _tariff(vendor: str, product: str, plan: str, facts: Mapping[str, Sequence[Row]]) -> Tariff:
    facts = _in_bytes(facts)
    months = [Fraction(r["amount"]) for r in facts["billing_rules"] if r["rule"] == "month" and r["amount"]]
    month = max(months, default=_MONTH)
    sizes = {r["sku"]: s for r in facts["sizes"] if (s := _size(r))}
    fee, usd, kind = _fee(plan, facts)
    return Tariff(
        vendor, product, plan, fee, usd, kind, month, _prices(plan, facts["prices"], month, sizes),
        _frees(plan, facts["allowances"]), _limits(plan, facts["limits"]), _rules(plan, facts["billing_rules"]),
        sizes.get("-"), _own_first(plan, facts["multipliers"]),
    )  # fmt: skip


def _in_bytes(facts: Mapping[str, Sequence[Row]]) -> Mapping[str, Sequence[Row]]:
    """The facts, the memory of which is in GiB and MiB where the vendor's gigabyte is 1024 MB."""
    if not any(
        r["rule"] == "gigabyte" and r["meter"] == "memory" and (r["amount"], r["unit"]) == (1024, "mb")
        for r in facts["billing_rules"]
    ):
        return facts
    binary = {"gb": "gib", "mb": "mib"}
    sizes = [{**r, "memory_unit": binary.get(r["memory_unit"], r["memory_unit"])} for r in facts["sizes"]]
    prices = [{**r, "unit": r["unit"].replace("gb_", "gib_")} if r["meter"] == "memory" else r for r in facts["prices"]]
    frees = [
        {**r, "unit": r["unit"].replace("gb_", "gib_")} if r["allowance"] == "memory_time" else r
        for r in facts["allowances"]
    ]
    limits = [
        {**r, "unit": binary.get(r["unit"], r["unit"])} if r["limit"] == "memory_max" else r for r in facts["limits"]
    ]
    return {**facts, "sizes": sizes, "prices": prices, "allowances": frees, "limits": limits}


def _size(row: Row) -> Size | None:
    if row["vcpu"] is None or row["memory"] is None:
        return None
    return Size(Fraction(row["vcpu"]), Fraction(row["memory"]) * _MEMORY[row["memory_unit"]], row)


def _fee(plan: str, facts: Mapping[str, Sequence[Row]]) -> tuple[Row | None, Fraction | None, str | None]:
    """(the fact that states the fee, the fee, the kind of plan): what `plans` says, else a price of it."""
    named = next((r for r in facts["plans"] if r["plan"] == plan), None)
    kind = named["kind"] if named else None
    if named and named["usd_per_month"] is not None:
        return named, Fraction(named["usd_per_month"]), kind
    priced = [
        r for r in facts["prices"]
        if r["plan"] == plan and r["meter"] == "plan_fee" and r["offer"] == "list" and r["sku"] == "-" and r["unit"] == "month"
    ]  # fmt: skip
    if not priced:
        return None, None, kind
    row = min(priced, key=lambda r: r["usd"])
    return row, Fraction(row["usd"]), kind


def _prices(plan: str, rows: Sequence[Row], month: Fraction, sizes: Mapping[str, Size]) -> dict[str, list[Price]]:
    out: dict[str, list[Price]] = {}
    for r in rows:
        item = r["meter"].replace("core", "vcpu")
        if r["offer"] != "list" or r["plan"] not in (plan, "any") or item not in ITEMS:
            continue
        price = _price(r, item, month, sizes.get(r["sku"]) if r["sku"] != "-" else None)
        out.setdefault(item, []).append(price)
    for found in out.values():
        found.sort(key=lambda p: (p.rank, p.rate, p.row["sku"], p.row["region"]))
    return out


def _price(r: Row, item: str, month: Fraction, size: Size | None) -> Price:
    unit, usd = r["unit"], Fraction(r["usd"])
    cores = 2 if unit.startswith("core") else 1
    hours = hours_of(unit, month)
    rate = usd if hours is None else Fraction(rounded(usd / cores / hours, 9))
    per = r["meter"] if unit == "month" else unit.replace("core", "vcpu").partition("_")[0]
    how = f"${plain(usd)} per {unit}" + (
        ", which is not by time" if hours is None
        else " x 3600" if unit.endswith("second")
        else f" / {plain(month)} hours" if unit.endswith("month") else ""
    ) + (" / 2 vCPU of a core" if cores == 2 else "")  # fmt: skip
    rank = 2 * (r["plan"] == "any") + (r["region"] != "-")
    return Price(item, per, rate, rank, unit.endswith("second"), how, size, r)


def _own_first(plan: str, rows: Sequence[Row]) -> list[Row]:
    return sorted((r for r in rows if r["plan"] in (plan, "any")), key=lambda r: r["plan"] == "any")


def _frees(plan: str, rows: Sequence[Row]) -> dict[tuple[str, str], Row]:
    out: dict[tuple[str, str], Row] = {}
    for r in _own_first(plan, rows):
        if r["amount"] and (
            r["period"] == "month" or r["allowance"] == "credit" or (r["allowance"], r["period"]) == ("storage", "at_once")
        ):  # fmt: skip
            out.setdefault((r["allowance"], r["period"]), r)
    return out


def _limits(plan: str, rows: Sequence[Row]) -> dict[str, tuple[Fraction, Row]]:
    out: dict[str, tuple[Fraction, Row] | None] = {}
    for r in _own_first(plan, rows):
        if r["limit"] in LIMITS and r["limit"] not in out:
            out[r["limit"]] = _most(r)
    if plan == "any":  # one price for all plans: what the largest of them allows, or no limit
        for name in {r["limit"] for r in rows if r["limit"] in LIMITS} - out.keys():
            each = [_most(r) for r in rows if r["limit"] == name]
            out[name] = None if None in each else max((m for m in each if m), key=lambda m: m[0])
    return {name: most for name, most in out.items() if most}


def _most(r: Row) -> tuple[Fraction, Row] | None:
    # More at once than the amount needs an add-on, whose fee is not counted here: so not up to amount_max.
    amount = r["amount"] if r["limit"] == "concurrent" or r["amount_max"] is None else r["amount_max"]
    factor = GB_PER_GIB if r["unit"] == "gib" else Fraction(_IN_SECONDS.get(r["unit"], 3600), 3600)
    return None if amount is None else (Fraction(amount) * factor, r)


def _rules(plan: str, rows: Sequence[Row]) -> dict[tuple[str, str], Rule]:
    out: dict[tuple[str, str], Rule] = {}
    for item in (*ITEMS, "plan_fee"):
        mine = [r for r in _own_first(plan, rows) if r["meter"].replace("core", "vcpu") in (item, "any")]
        for r in sorted(mine, key=lambda r: (r["plan"] == "any", r["meter"] == "any")):
            factor = GB_PER_GIB if r["unit"] == "gib" else _IN_SECONDS.get(r["unit"], 1)
            amount = None if r["amount"] is None else Fraction(r["amount"]) * factor
            out.setdefault((item, r["rule"]), Rule(r["rule"], bool(r["applies"]), amount, r))
    return out
