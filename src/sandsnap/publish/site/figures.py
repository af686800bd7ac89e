"""The buyer's figures, one row per product: from the view `compare`, and the list price of one reference hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sandsnap.cost.bill import bill
from sandsnap.cost.workload import Workload
from sandsnap.publish.site.context import Context
from sandsnap.publish.site.cost_words import dollars, product_name
from sandsnap.publish.site.headlines import start
from sandsnap.record import site_queries
from sandsnap.tell import words

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
    ("memory", "Most GiB", "one sandbox", "limits"),
    ("h100", "H100-hour", "list price", "gpus"),
    ("credit", "Credit", "to try it", "allowances"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as written, and the number it is sorted by; `text` None where no page states one."""

    column: str
    label: str
    row: str
    text: str | None
    value: Decimal | None


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


def _figures(context: Context, r: Mapping[str, Any], hour: Decimal | None) -> list[Figure]:
    lead = start(
        [
            f
            for f in context.today
            if f.span.table == "cold_starts" and (f.span.vendor, f.span.product) == (r["vendor"], r["product"])
        ]
    )
    low, high = (None, None) if lead is None else (lead.span.values.get(n) for n in ("low_ms", "high_ms"))
    session = Decimal(10**6) if r["session_unlimited"] else _number(r["session_hours_paid"] or r["session_hours_free"])
    credit, when = (r["credit_once_usd"], "once") if r["credit_once_usd"] else (r["credit_month_usd"], "a month")
    given: dict[str, tuple[str | None, Decimal | None]] = {
        "hour": _usd(hour),
        "vcpu": _usd(r["usd_per_vcpu_hour"]), "gib": _usd(r["usd_per_gib_hour"]),
        "start": (words.ms(low, high), _number(high if high is not None else low)),
        "measured": (words.ms(*(_number(r["measured_start_ms"]),) * 2), _number(r["measured_start_ms"])),
        "session": ("no limit" if r["session_unlimited"] else words.amount(*_span(session)) if session else None, session),
        "free": _count(r["concurrent_free"]), "paid": _count(r["concurrent_paid"]), "cpus": _count(r["vcpu_max"]),
        "memory": _count(r["memory_max_gib"]), "h100": _usd(r["h100_usd_per_hour"]),
        "credit": (credit and f"{words.usd(Decimal(credit))} {when}", _number(credit)),
    }  # fmt: skip
    return [Figure(column, label, row, *given[column]) for column, label, _, row in COLUMNS]


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


def _hours(context: Context) -> dict[tuple[str, str], Decimal]:
    """The list price of the reference hour per product, in its cheapest plan, without fees, credits and what is free."""
    (hour,) = (Workload.of(w) for w in context.workloads if w["workload"] == HOUR)
    out: dict[tuple[str, str], Decimal] = {}
    for tariff in context.tariffs:
        own = [line.listed for line in bill(tariff, hour).lines if line.item in USAGE]
        told = [usd for usd in own if usd is not None]
        product = tariff.vendor, tariff.product
        # A plan that gives it all for nothing has no list price.
        if len(told) == len(own) and sum(told) > 0:
            out[product] = min(sum(told, Decimal(0)), out.get(product, Decimal(10**9)))
    return out
