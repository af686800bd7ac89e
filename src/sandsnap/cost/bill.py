"""The bill of a workload under a tariff, line by line, each line with the facts and the quotes it rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sandsnap.cost.amounts import GB_PER_GIB, ceil, plain, rounded
from sandsnap.cost.tariff import ITEMS, Price, Row, Tariff, item_of
from sandsnap.cost.workload import Workload

STEPS = {"plan_fee": 1, **{item: 2 + n for n, item in enumerate(ITEMS)}, "credit": 20, "fee_credit": 20, "limit": 30}
# Where a named size, a machine or a session is charged, what it holds is not charged apart.
_TIMED = ("vcpu", "memory", "gpu", "instance")
_STORED = ("storage", "snapshot_storage", "egress")
_SLEEP = ("standby_billed", "idle_billed")
_ALLOWED = {
    "session_max": " hours: several sandboxes in turn", "concurrent": " at once", "vcpu_max": " vCPU",
    "memory_max": " GB of memory", "disk_max": " GB of disk",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill. usd None: it could not be priced, and `text` says why (a fee that no page states is None, too,
    and priced without). `listed` is what it would cost without allowances."""

    step: int
    item: str
    usd: Decimal | None
    listed: Decimal | None
    text: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Bill:
    """What a workload costs in a plan: usd = usage + fee - allowance - credit; usd None: `unpriced` says why."""

    workload: str
    tariff: Tariff
    lines: tuple[Line, ...]

    @property
    def usage_lines(self) -> list[Line]:
        """The lines of what is used."""
        return [line for line in self.lines if 1 < line.step < STEPS["credit"]]

    @property
    def usd(self) -> Decimal | None:
        """What is paid in a month that holds only the workload."""
        due = [line.usd for line in self.lines if line.item != "plan_fee"]
        if not self.usage_lines or None in due:
            return None
        return sum((u for u in (*due, self.fee) if u is not None), Decimal(0))

    @property
    def usage(self) -> Decimal | None:
        """What is used, at the plan's prices."""
        return _sum(line.listed for line in self.usage_lines)

    @property
    def fee(self) -> Decimal | None:
        """The plan's fee of a month; None: no page states it."""
        return self.lines[0].usd

    @property
    def allowance(self) -> Decimal | None:
        """What of the usage is free."""
        usage, due = self.usage, _sum(line.usd for line in self.usage_lines)
        return None if usage is None or due is None else usage - due

    @property
    def credit(self) -> Decimal:
        """What a month's credit pays."""
        return -sum((line.usd or Decimal(0) for line in self.lines if line.step == STEPS["credit"]), Decimal(0))

    @property
    def once(self) -> Decimal | None:
        """Credit that is given once: not deducted."""
        given = [
            Decimal(row["amount"])
            for (what, period), row in self.tariff.frees.items()
            if (what, period) == ("credit", "once")
        ]
        return given[0] if given else None

    @property
    def unpriced(self) -> str | None:
        """Why it cannot be priced."""
        why = [line.text for line in self.lines if line.usd is None and line.item != "plan_fee"]
        return "; ".join(dict.fromkeys(why)) or (
            None if self.usage_lines else "nothing of it is charged by this product"
        )

    @property
    def arithmetic(self) -> str:
        """Every line with its amount."""
        said = (
            f"{line.item}: {line.text}" + (" = not priced" if line.usd is None else f" = ${plain(line.usd, 6)}")
            for line in self.lines
        )
        return "\n".join(said)


def bill(tariff: Tariff, w: Workload) -> Bill:
    """The bill of a workload."""
    used = [_usage(tariff, w, item) for item in _items(tariff, w)]
    spent = sum((line.usd or Decimal(0) for line in used), Decimal(0))
    lines = [
        _fee(tariff),
        *used,
        *(_credits(tariff, spent) if used else ()),
        *_limits(tariff, w),
        *_multipliers(tariff, used),
    ]
    return Bill(w.workload, tariff, tuple(sorted(lines, key=lambda line: (line.step, line.item))))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    found = list(amounts)
    return None if None in found or not found else sum((a for a in found if a is not None), Decimal(0))


def _items(tariff: Tariff, w: Workload) -> list[str]:
    asked = {
        "gpu": w.gpu is not None, "vcpu": tariff.mode == "resources" and w.vcpu > 0,
        "memory": tariff.mode == "resources" and w.memory_gib > 0,
        "instance": tariff.mode == "instance" and w.gpu is None, "session": tariff.mode == "session" and w.gpu is None,
        "creation": w.gpu is None and ("creation" in tariff.prices or ("creations", "month") in tariff.frees),
        "storage": w.disk_gib > 0, "snapshot_storage": w.snapshot_gib > 0, "egress": w.egress_gib > 0,
    }  # fmt: skip
    return [item for item in ITEMS if asked[item]]


def _fee(tariff: Tariff) -> Line:
    usd = tariff.fee_usd
    said = "fee: not stated" if usd is None else "base fee of a month" if usd > 0 else "no base fee"
    quote = f' ["{tariff.fee["quote"]}"]' if tariff.fee and tariff.fee["quote"] else ""
    rows = (tariff.fee,) if tariff.fee else ()
    return Line(STEPS["plan_fee"], "plan_fee", None if usd is None else rounded(usd, 6), None, said + quote, rows)


# -- what is used ---------------------------------------------------------------------------------------------------


def _usage(tariff: Tariff, w: Workload, item: str) -> Line:
    price = _pick(tariff, w, item)
    rate = _rate(tariff, w, price) if price else None
    increment, sleeps = _billed_time(tariff, item, price)
    free = _free(tariff, w, item, price)
    included = tariff.included(item) if item in ("vcpu", "storage") else None
    rows = _rests_on(tariff, w, item, price, free[1] if free else None)
    if included:
        text = f"not charged apart from {included.row['unit'] or 'the rest'}{_cited(None, [included.row])}"
        return Line(STEPS[item], item, Decimal(0), Decimal(0), text, rows)
    unknown = _unknown(tariff, w, item, price, increment, sleeps)
    if unknown:
        return Line(STEPS[item], item, None, None, unknown, rows)
    if rate is None and free is None:
        return Line(STEPS[item], item, None, None, _no_price(item, w) + _cited(None, rows), rows)
    quantity, text = _quantity(tariff, w, item, price, free[1] if free else None, increment, sleeps)
    given = free[0] if free else Fraction(0)
    if given > 0:
        text += f" - {plain(min(given, quantity), 6)} free{'' if item == 'storage' else ' a month'}"
    if price is not None and rate is not None:
        text += f" x ${plain(rate)} ({price.computed_from})"
    listed = rounded(quantity * rate, 6) if rate is not None else Decimal(0) if given >= quantity else None
    if given >= quantity:
        usd: Decimal | None = Decimal(0)
    elif rate is None:
        usd, text = None, text + "; beyond it no price is stated"
    else:
        usd = rounded((quantity - given) * rate, 6)
    return Line(STEPS[item], item, usd, listed, text + _cited(price, rows), rows)


def _pick(tariff: Tariff, w: Workload, item: str) -> Price | None:
    """The plan's own price before one for all, one for all regions before a region's, then the cheapest."""
    found = [p for p in tariff.prices.get(item, ()) if _fits(tariff, w, p)]
    if item == "storage" and not found:
        found = [p for p in tariff.prices.get("volume", ()) if _fits(tariff, w, p)]
    return min(found, key=lambda p: (p.rank, _rate(tariff, w, p)), default=None)


def _fits(tariff: Tariff, w: Workload, price: Price) -> bool:
    sku = price.row["sku"]
    if price.item == "gpu":
        return bool(sku == w.gpu or sku.startswith(f"{w.gpu}-"))  # an L4 is no L40S
    if price.item == "instance":
        size = price.size
        if size is None or size.vcpu < w.vcpu:
            return False
        return size.gb >= _gb(w) or _more_memory(tariff, price) is not None
    return price.item in ("session", "creation") or sku == "-"


def _rate(tariff: Tariff, w: Workload, price: Price) -> Fraction:
    if price.item != "instance" or price.size is None or price.size.gb >= _gb(w):
        return price.rate
    return price.rate + (_gb(w) - price.size.gb) * (_more_memory(tariff, price) or 0)


def _more_memory(tariff: Tariff, price: Price) -> Fraction | None:
    """What a GB beyond a size's memory costs an hour in its region; None where no page states it."""
    each = [
        p.rate / (GB_PER_GIB if p.per == "gib" else 1)
        for p in tariff.prices.get("memory", ())
        if p.row["region"] == price.row["region"] and p.per in ("gb", "gib")
    ]
    return min(each, default=None)


def _gb(w: Workload) -> Fraction:
    return Fraction(w.memory_gib) * GB_PER_GIB


def _billed_time(tariff: Tariff, item: str, price: Price | None) -> tuple[Fraction | None, bool]:
    """(the increment of which begun ones are billed whole, whether only active time is billed because it sleeps)."""
    active = price is not None and price.row["billed_on"] == "active"
    sleeps = not active and any((r := tariff.rules.get((item, name))) and not r.applies for name in _SLEEP)
    return (None if active or sleeps else tariff.amount(item, "increment")), sleeps


def _hours(w: Workload, price: Price | None, increment: Fraction | None, sleeps: bool) -> Fraction:
    seconds = Fraction(w.seconds)
    if sleeps or (price is not None and price.row["billed_on"] == "active"):
        seconds = Fraction(w.active_seconds)
    elif increment:
        seconds = ceil(seconds / increment) * increment
    return w.runs * seconds / 3600


def _buys(tariff: Tariff, w: Workload) -> Fraction:
    """The vCPU to be bought: where memory comes with them, one, or a whole number of steps that hold the need."""
    ratio = tariff.amount("memory", "memory_per_vcpu")
    if ratio is None:
        return Fraction(w.vcpu)
    need = max(Fraction(w.vcpu), _gb(w) / ratio)
    step = tariff.amount("vcpu", "vcpu_step") or Fraction(1)
    return Fraction(1) if need <= 1 else ceil(need / step) * step


def _sessions(tariff: Tariff, w: Workload) -> Fraction | None:
    most = tariff.limits.get("session_max")
    return ceil(Fraction(w.seconds, 3600) / most[0]) if most else None


def _per(price: Price | None, free: Row | None) -> str:
    return price.per if price else str(free["unit"]) if free else ""


def _quantity(
    tariff: Tariff, w: Workload, item: str, price: Price | None, free: Row | None, increment: Fraction | None, sleeps: bool
) -> tuple[Fraction, str]:  # fmt: skip
    """How much of an item, in the unit of its price, and what that is in words."""
    hours, active = _hours(w, price, increment, sleeps), price is not None and price.row["billed_on"] == "active"
    in_gb = _per(price, free).startswith("gb")
    if item == "session":
        count = w.runs * (_sessions(tariff, w) or Fraction(1))
        return count, f"{plain(count, 6)} sessions, begun ones whole"
    if item == "creation":
        count = w.runs * (_sessions(tariff, w) or Fraction(1)) / 1_000_000
        return count, f"{plain(count, 6)} million creations"
    if item == "egress":
        gb = Fraction(w.egress_gib) * (GB_PER_GIB if in_gb else 1)
        return gb, f"{plain(gb, 6)} {'GB' if in_gb else 'GiB'} sent"
    if item in _STORED:
        return _stored(tariff, w, item, in_gb, hours)
    if item == "vcpu":
        quantity, text = (Fraction(w.vcpu) if active else _buys(tariff, w)) * hours, " vCPU-hours"
    elif item == "memory":
        ratio = tariff.amount("memory", "memory_per_vcpu")
        gb = _gb(w) if ratio is None else _buys(tariff, w) * ratio
        quantity = (gb if in_gb else gb / GB_PER_GIB) * hours
        text = " GB-hours (a GiB is 1.073741824)" if in_gb else " GiB-hours"
        if ratio is not None:
            text += f" of {plain(gb, 3)} GB that come with {plain(_buys(tariff, w), 3)} vCPU, the least to be bought"
    else:
        quantity, text = hours, f" hours of {price.row['sku'] if price else item}"
        if item == "instance" and price and price.size and price.size.gb < _gb(w):
            text += f" with {plain(_gb(w) - price.size.gb, 6)} GB more memory"
    if sleeps:
        text += ", the active time alone"
    elif increment and increment > 1 and not active:
        text += f", begun {plain(increment, 3)} s whole"
    if item in ("vcpu", "memory"):
        billed_on = price.row["billed_on"] if price else None
        text += ", " + (billed_on or "provisioned (the page does not say what counts)").replace("_", " ")
    return quantity, plain(quantity, 6) + text


def _stored(tariff: Tariff, w: Workload, item: str, in_gb: bool, hours: Fraction) -> tuple[Fraction, str]:
    unit = "GB" if in_gb else "GiB"
    if item == "storage":
        each = Fraction(w.disk_gib) * (GB_PER_GIB if in_gb else 1)
        return each * hours, f"{plain(each * hours, 6)} {unit}-hours of disk"
    kept = Fraction(w.snapshot_gib) * (GB_PER_GIB if in_gb else 1) * tariff.month
    return kept, f"{plain(kept, 6)} {unit}-hours of snapshots, kept for a month of {plain(tariff.month)} hours"


def _free(tariff: Tariff, w: Workload, item: str, price: Price | None) -> tuple[Fraction, Row] | None:
    """What a month gives free of an item, in the unit of its price, once for the account; None: nothing."""
    for (allowance, period), row in tariff.frees.items():
        if item_of(allowance) != item or allowance == "credit":
            continue
        amount, unit = Fraction(row["amount"]), row["unit"]
        per = price.per if price else None
        if allowance == "creations":
            return amount / 1_000_000, row
        if item not in _STORED or allowance == "storage_time":
            if per is None or unit == f"{per}_hour":
                return amount, row
            continue
        if unit not in ("gb", "gib"):
            continue
        into = Fraction(1) if per is None or unit == per else GB_PER_GIB if unit == "gib" else 1 / GB_PER_GIB
        if item == "egress":
            return amount * into, row
        if period == "at_once":  # of every sandbox, while it runs
            return amount * into * w.runs * w.seconds / 3600, row
        return amount * into * tariff.month, row
    return None


def _unknown(
    tariff: Tariff, w: Workload, item: str, price: Price | None, increment: Fraction | None, sleeps: bool
) -> str | None:
    """What no page states, so that the item cannot be priced."""
    if item == "session":
        holds = tariff.holds
        if holds is None or holds.vcpu < w.vcpu or holds.gb < _gb(w):
            return "no page states what a session holds"
        if _sessions(tariff, w) is None:
            return "no page states how long a session lasts"
    unstated = price is not None and not (price.by_second or increment or sleeps or price.row["billed_on"] == "active")
    if item in _TIMED and unstated and w.seconds % 3600:
        return "no page states the smallest span that is billed"
    return None


def _no_price(item: str, w: Workload) -> str:
    more = {"gpu": f" for {w.gpu}", "instance": ", or no size is known to hold the need"}
    named = {"storage": " for disk", "snapshot_storage": " for snapshots", "egress": " for egress"}
    return "no price is stated" + (more | named).get(item, "")


def _rests_on(tariff: Tariff, w: Workload, item: str, price: Price | None, free: Row | None) -> tuple[Row, ...]:
    names = ("increment", *_SLEEP, "included_with", "memory_per_vcpu", "vcpu_step")
    rules = [rule.row for name in names if (rule := tariff.rules.get((item, name)))]
    if item in ("memory", "instance") and (gigabyte := tariff.rules.get(("memory", "gigabyte"))):
        rules.append(gigabyte.row)
    if item in _STORED:
        rules = [r for r in rules if r["rule"] == "included_with"]
    size = (
        [price.size.row] if price and price.size else [tariff.holds.row] if item == "session" and tariff.holds else []
    )
    rows = [*([price.row] if price else []), *([free] if free else []), *size, *rules]
    return tuple(rows)


def _cited(price: Price | None, rows: Sequence[Row]) -> str:
    rules = sorted((r for r in rows if r["table"] == "billing_rules"), key=lambda r: r["rule"])
    said = [f'price: "{price.row["quote"]}"'] if price and price.row["quote"] else []
    said += [f'{r["rule"]}: "{r["quote"]}"' for r in rules if r["quote"]]
    said += [f"{r['rule']}: {plain(r['amount'])} {r['unit']}, judged" for r in rules if not r["quote"] and r["amount"]]
    return f" [{'; '.join(said)}]" if said else ""


# -- credits and limits ---------------------------------------------------------------------------------------------


def _credits(tariff: Tariff, spent: Decimal) -> list[Line]:
    out = []
    for (allowance, period), row in sorted(tariff.frees.items()):
        if allowance == "credit":
            monthly, amount = period == "month", rounded(Fraction(row["amount"]), 6)
            said = "of usage free a month" if monthly else f"given {period}: not deducted"
            text = f"${plain(amount)} {said}" + (f' ["{row["quote"]}"]' if row["quote"] else "")
            out.append(
                Line(STEPS["credit"], "credit", -min(amount, spent) if monthly else Decimal(0), None, text, (row,))
            )
    rule = tariff.rules.get(("plan_fee", "credit_from_fee"))
    if rule and rule.applies and tariff.fee_usd and ("credit", "month") not in tariff.frees:
        text = "the fee is credit for usage" + (f' ["{rule.row["quote"]}"]' if rule.row["quote"] else "")
        usd = -min(rounded(tariff.fee_usd, 6), spent)
        out.append(Line(STEPS["fee_credit"], "fee_credit", usd, None, text, (rule.row,)))
    return out


def _limits(tariff: Tariff, w: Workload) -> list[Line]:
    asked = {
        "session_max": Fraction(w.seconds, 3600), "concurrent": Fraction(w.concurrent), "vcpu_max": _buys(tariff, w),
        "memory_max": _gb(w), "disk_max": Fraction(w.disk_gib) * GB_PER_GIB,
    }  # fmt: skip
    return [
        Line(STEPS["limit"], name, Decimal(0) if name == "session_max" else None, None,
             f"the plan allows at most {plain(most, 3)}{_ALLOWED[name]}", (row,))
        for name, (most, row) in tariff.limits.items()
        if most < asked[name]
    ]  # fmt: skip


def _multipliers(tariff: Tariff, used: Sequence[Line]) -> list[Line]:
    """What the plan's prices are multiplied by under conditions that no workload asks for: said, and not applied."""
    meters = {"any", *(line.item for line in used)}
    found: dict[str, list[Row]] = {}
    for row in tariff.multipliers:
        if row["meter"].replace("core", "vcpu") in meters:
            found.setdefault(row["condition"].partition(":")[0], []).append(row)
    said, quotes = [], list[str]()
    for kind, rows in sorted(found.items()):
        rows = sorted(rows, key=lambda r: (r["factor"], r["condition"]))
        ends = [rows[0], rows[-1]] if len(rows) > 1 else rows
        said.append(f"{kind} " + " to ".join(_factor(r) for r in ends))
        quotes += [f'"{r["quote"]}"' for r in ends if r["quote"]]
    if not said:
        return []
    cited = f" [{'; '.join(dict.fromkeys(quotes))}]" if quotes else ""
    text = f"not applied, the workload asks for none: {', '.join(said)}{cited}"
    return [Line(STEPS["limit"], "multipliers", Decimal(0), None, text)]


def _factor(row: Row) -> str:
    name = row["condition"].partition(":")[2]
    return f"x {plain(Fraction(row['factor']))}" + (f" ({name})" if name else "")
