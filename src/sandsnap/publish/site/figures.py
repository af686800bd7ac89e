"""The buyer's figures, one row per product: from the view `compare`, and the list price of one reference hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sandsnap.cost.bill import bill
from sandsnap.cost.workload import Workload
from sandsnap.publish.site.context import Context
from sandsnap.publish.site.cost_words import dollars, product_name
from sandsnap.publish.site.headlines import PERIOD, start
from sandsnap.publish.site.marks import Mark, mark
from sandsnap.publish.site.rows import of_row
from sandsnap.publish.site.sentences import hourly
from sandsnap.publish.site.spans import Fact
from sandsnap.record import site_queries
from sandsnap.tell import words
from sandsnap.tell.measures import measure

GB_PER_GIB = Decimal("1.073741824")
HOUR = "cpu_hour"  # the reference workload whose list price compares what is charged in different ways
USAGE = ("vcpu", "memory", "instance", "session", "creation")
# Column, heading, what it is, the row of the comparison that has the evidence.
COLUMNS = (
    ("hour", "An hour", "2 vCPU and 4 GiB, busy, list price", "prices"),
    ("vcpu", "vCPU-hour", "list price", "prices"),
    ("gib", "GiB-hour", "list price", "prices"),
    ("start", "Starts in", "as the vendor says", "cold_starts"),
    ("measured", "Measured", "by others, median", "cold_starts"),
    ("session", "Longest run", "paid plans", "limits"),
    ("free", "At once, free", "sandboxes", "limits"),
    ("paid", "At once, paid", "sandboxes", "limits"),
    ("cpus", "Most vCPU", "one sandbox", "limits"),
    ("memory", "Most memory", "one sandbox", "limits"),
    ("h100", "H100-hour", "list price", "gpus"),
    ("credit", "Credit", "to try it", "allowances"),
)


# What facts a figure can rest on: table, and what their key says. Of those that say the same, the figure has the mark.
BEHIND: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "hour": ("prices", {"meter": ("vcpu", "core", "memory", "instance", "session"), "offer": ("list",)}),
    "vcpu": ("prices", {"meter": ("vcpu", "core"), "offer": ("list",)}),
    "gib": ("prices", {"meter": ("memory",), "offer": ("list",)}),
    "session": ("limits", {"limit": ("session_max",)}),
    "free": ("limits", {"limit": ("concurrent",)}), "paid": ("limits", {"limit": ("concurrent",)}),
    "cpus": ("limits", {"limit": ("vcpu_max",)}), "memory": ("limits", {"limit": ("memory_max",)}),
    "h100": ("prices", {"meter": ("gpu",), "offer": ("list",)}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as written, and the number it is sorted by; `text` None where no page states one. `mark`: how the facts
    stand that it rests on; None for what others measured."""

    column: str
    label: str
    row: str
    text: str | None
    value: Decimal | None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A product's figures."""

    vendor: str
    product: str
    name: str
    figures: tuple[Figure, ...]

    def figure(self, column: str) -> Figure:
        """One of them."""
        return next(f for f in self.figures if f.column == column)


def load(context: Context) -> list[Row]:
    """One row per product that states any figure, the cheapest reference hour first, without columns that none states.
    Raises QueryError."""
    hours = _hours(context)
    out = []
    for r in site_queries.compared(context.con, context.as_of).records():
        product = r["vendor"], r["product"]
        figures = tuple(_figures(context, r, hours.get(product)))
        if any(f.text for f in figures):
            out.append(Row(*product, product_name(*product), figures))
    stated = {"hour", "start"} | {f.column for r in out for f in r.figures if f.text}
    out = [replace(r, figures=tuple(f for f in r.figures if f.column in stated)) for r in out]
    return sorted(out, key=lambda r: (r.figures[0].value is None, r.figures[0].value or 0, r.name))


def columns(rows: Sequence[Row]) -> list[tuple[str, str, str, str]]:
    """Those of COLUMNS that the rows have."""
    return [c for c in COLUMNS if rows and any(f.column == c[0] for f in rows[0].figures)]


def _figures(context: Context, r: Mapping[str, Any], hour: tuple[Decimal, bool] | None) -> list[Figure]:
    facts = [f for f in context.today if (f.span.vendor, f.span.product) == (r["vendor"], r["product"])]
    lead = start([f for f in facts if f.span.table == "cold_starts"])
    low, high = (None, None) if lead is None else (lead.span.values.get(n) for n in ("low_ms", "high_ms"))
    session = Decimal(10**6) if r["session_unlimited"] else _number(r["session_hours_paid"] or r["session_hours_free"])
    memory = _most(facts, "memory_max") if r["memory_max_gib"] else None
    credit = _credit([f for f in context.today if f.span.vendor == r["vendor"]], r["product"])
    given: dict[str, tuple[str | None, Decimal | None]] = {
        "hour": _hour(hour),
        "vcpu": _usd(r["usd_per_vcpu_hour"]), "gib": _usd(r["usd_per_gib_hour"]),
        "start": (words.ms(low, high), _number(high if high is not None else low)),
        "measured": (words.ms(*(_number(r["measured_start_ms"]),) * 2), _number(r["measured_start_ms"])),
        "session": ("no limit" if r["session_unlimited"] else words.amount(*_span(session)) if session else None, session),
        "free": _count(r["concurrent_free"]), "paid": _count(r["concurrent_paid"]), "cpus": _count(r["vcpu_max"]),
        "memory": (_sized(memory), _number(r["memory_max_gib"])),
        "h100": _usd(r["h100_usd_per_hour"]),
        "credit": (_given(credit), credit.number("amount") if credit else None),
    }  # fmt: skip
    found = {"start": lead, "memory": memory, "credit": credit}
    rests = {column: [f] if f else [] for column, f in found.items()}
    rests |= {column: _behind(facts, column, given[column][1]) for column in BEHIND if column not in rests}
    return [
        Figure(column, label, row, *given[column], mark(rests.get(column, ()), context.as_of))
        for column, label, _, row in COLUMNS
    ]


def _behind(facts: Sequence[Fact], column: str, value: Decimal | None) -> list[Fact]:
    """The facts that a figure rests on: those of its kind that say it; where none does (it was computed), all of them."""
    table, key = BEHIND[column]
    own = [f for f in facts if f.span.table == table and all(f.text(n) in found for n, found in key.items())]
    if column == "h100":
        own = [f for f in own if f.text("sku").split("-")[0] == "h100"]
    return [f for f in own if value is not None and _says(f, value)] or own


def _says(fact: Fact, value: Decimal) -> bool:
    """Whether a fact's figure is this one: dollars of an hour, of one vCPU where it is a core; hours, or a count."""
    if fact.span.table == "prices":
        usd, unit = hourly(fact.span.values)
        usd = usd / 2 if unit.startswith("core_") else usd * GB_PER_GIB if unit.startswith("gb_") else usd
        return abs(usd - value) <= value / 1000
    size = measure("limits", fact.span.values)
    if size is None:
        return value >= Decimal(10**6)  # no limit
    return size.amount in (value, value * 3600)


def _most(facts: Sequence[Fact], limit: str) -> Fact | None:
    """The largest of a product's limits, as its page states it."""
    own = [f for f in facts if f.span.table == "limits" and f.text("limit") == limit and f.number("amount") is not None]
    return max(own, key=lambda f: measure("limits", f.span.values).amount, default=None)  # type: ignore[union-attr]


def _credit(facts: Sequence[Fact], product: str) -> Fact | None:
    """The credit that a product gives without being paid: once before by the month, the largest."""
    free = [
        f
        for f in of_row(facts, "allowances")
        if f.span.product == product and f.text("allowance") == "credit" and f.number("amount")
    ]
    return min(free, key=lambda f: (f.text("period") != "once", -(f.number("amount") or 0)), default=None)


def _given(credit: Fact | None) -> str | None:
    return words.usd(credit.number("amount") or Decimal(0)) + PERIOD[credit.text("period")] if credit else None


def _sized(memory: Fact | None) -> str | None:
    return words.amount(memory.number("amount") or Decimal(0), memory.text("unit")) if memory else None


def _hour(hour: tuple[Decimal, bool] | None) -> tuple[str | None, Decimal | None]:
    if hour is None:
        return None, None
    text, value = _usd(hour[0])
    return f"{text} shared" if hour[1] else text, value


def _span(hours: Decimal) -> tuple[Decimal, str]:
    return (hours, "hour") if hours >= 1 else (hours * 60, "minute")


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _usd(value: Any) -> tuple[str | None, Decimal | None]:
    usd = _number(value)
    return (None, None) if usd is None else (dollars(usd.quantize(Decimal("0.0001"))), usd)


def _count(value: Any) -> tuple[str | None, Decimal | None]:
    count = _number(value)
    return (None, None) if count is None else (words.number(round(count, 1)), count)


def _hours(context: Context) -> dict[tuple[str, str], tuple[Decimal, bool]]:
    """The list price of the reference hour per product, in its cheapest plan, without fees, credits and what is free; and
    whether its cores are shared with others, which is less than the vCPU of the rest."""
    (hour,) = (Workload.of(w) for w in context.workloads if w["workload"] == HOUR)
    out: dict[tuple[str, str], tuple[Decimal, bool]] = {}
    for tariff in context.tariffs:
        own = [line for line in bill(tariff, hour).lines if line.item in USAGE]
        told = [line.listed for line in own if line.listed is not None]
        product = tariff.vendor, tariff.product
        # A plan that gives it all for nothing has no list price.
        if len(told) == len(own) and sum(told) > 0:
            shared = any(row.get("shared") is True for line in own for row in line.rows)
            out[product] = min((sum(told, Decimal(0)), shared), out.get(product, (Decimal(10**9), False)))
    return out
