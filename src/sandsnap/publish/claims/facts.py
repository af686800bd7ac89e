"""The dataset as expressions see it: tables with their keys, the claims that stood on a day, and figures in units.

A month has 730 hours, a core is two vCPU, a GiB is 1.073741824 GB; nothing else is converted. Pure: rows come in as
`sandsnap.record.claim_queries.standing` gives them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Scalar = Decimal | str | bool
HOURS_PER_MONTH = 730
GB_PER_GIB = Decimal("1.073741824")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the contract under the names that expressions use: `one(...)` is one fact, `many(...)` all that fit.

    A test holds the columns against schemas.TABLES: importing that takes longer than a whole check.
    """

    name: str
    one: str
    many: str
    keys: tuple[str, ...]
    values: tuple[str, ...]
    figures: tuple[str, ...] = ()


_TIME = ("seconds", "minutes", "hours", "days")
TABLES = (
    Table("prices", "price", "prices", ("plan", "meter", "sku", "region", "offer"), ("usd", "unit", "billed_on")),
    Table("allowances", "allowance", "allowances", ("plan", "allowance", "period"), ("amount", "unit", "card_required"),
          ("dollars", "count", "gib", "gb", "days", "vcpu_hours", "vm_hours", "gib_hours", "gb_hours", "unlimited")),
    Table("isolation", "isolation", "isolations", ("runtime",), ("technology", "boundary", "dedicated_kernel")),
    Table("cold_starts", "cold_start", "cold_starts", ("operation", "statistic"), ("low_ms", "high_ms", "claimed_by")),
    Table("gpus", "gpu", "gpus", ("model",), ("status", "ends_on")),
    Table("persistence", "persistence", "mechanisms", ("mechanism",),
          ("preserves", "retention_days", "indefinite", "by_default")),
    Table("limits", "limit", "limits", ("plan", "limit"), ("amount", "amount_max", "unit"),
          (*_TIME, "count", "gib", "gb", "per_second", "per_minute", "unlimited")),
    Table("sdks", "sdk", "sdks", ("interface",), ("official", "package")),
    Table("self_hosting", "self_hosting", "offerings", ("offering",), ("status", "licence", "repository")),
    Table("positioning", "positioning", "positionings", (), ("fit", "statement")),
    Table("regions", "region", "regions", ("region",), ("status",)),
    Table("notices", "notice", "notices", ("subject", "kind"), ("announced_on", "effective_on", "status")),
    Table("plans", "plan", "plans", ("plan",), ("name", "kind", "usd_per_month", "position")),
    Table("sizes", "size", "sizes", ("sku",), ("vcpu", "memory", "memory_unit", "disk", "disk_unit", "shared")),
    Table("billing_rules", "billing_rule", "billing_rules", ("plan", "meter", "rule"), ("amount", "unit", "applies")),
    Table("multipliers", "multiplier", "multipliers", ("plan", "meter", "condition"), ("factor",)),
)  # fmt: skip
FUNCTIONS = {name: t for t in TABLES for name in (t.one, t.many)}

_HOURS = {"second": Decimal(1) / 3600, "minute": Decimal(1) / 60, "hour": Decimal(1), "day": Decimal(24),
          "month": Decimal(HOURS_PER_MONTH)}  # fmt: skip
# One of these is so many of the base: (base, factor).
_THINGS = {
    "vcpu": ("vcpu", Decimal(1)), "core": ("vcpu", Decimal(2)), "gb": ("gb", Decimal(1)), "gib": ("gb", GB_PER_GIB),
    "gpu": ("gpu", Decimal(1)), "instance": ("instance", Decimal(1)),
}  # fmt: skip
_PER = re.compile(r"per_(?:(vcpu|core|gib|gb|gpu|instance)(?:_(second|minute|hour|month))?|(second|minute|hour|month)"
                  r"|(session|million))")  # fmt: skip
_RAW = ("plan", "limit", "allowance", "period", "amount_max", "unit", "card_required")
_UNNAMED = ("microvm", "hypervisor")  # technologies that a page leaves unnamed: as good as not stated
_COUNTED = {"dollars": "usd", "vcpu_hours": "vcpu_hour", "vm_hours": "vm_hour", "gib_hours": "gib_hour",
            "gb_hours": "gb_hour", "count": "count"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source stated of one fact. `columns` are its key and its stated values; what it left out is not there."""

    table: str
    vendor: str
    product: str
    key: str
    columns: Mapping[str, Scalar]
    basis: str
    source_url: str
    quote: str | None
    verified_on: date | None
    valid_from: date


class NoFigure(Exception):
    """A fact that is there cannot be expressed as asked; says why."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which facts an expression names: a table, a product, and columns with their values. `many`: all that fit."""

    table: str
    vendor: str
    product: str
    where: tuple[tuple[str, str], ...]
    many: bool

    def __str__(self) -> str:
        wanted = " ".join(value for _, value in self.where)
        return f"{self.vendor}/{self.product} {self.table} {wanted}".rstrip()

    def names(self, product: str, table: str, key: str) -> bool:
        """Whether the fact of this key may be among those named: only key columns tell, whatever the values are."""
        if (product, table) != (self.product, self.table):
            return False
        columns = key_columns(table, key)
        where = {"offer": "list", **dict(self.where)}  # a price is the list price unless an offer is named
        return all(columns.get(c, value) == value for c, value in where.items())


def key_columns(table: str, key: str) -> dict[str, str]:
    """A key as the warehouse writes it ('any / gpu / l40s / -') by column."""
    names = next(t.keys for t in TABLES if t.name == table)
    return dict(zip(names, key.split(" / "), strict=False))


def claims(vendor: str, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str], list[Claim]]:
    """(product, table, key) -> the claims on that fact, the one that is shown first."""
    found: dict[tuple[str, str, str], list[Claim]] = {}
    for r in rows:
        values = json.loads(r["values"] or "{}", parse_float=Decimal, parse_int=Decimal)
        columns: dict[str, Scalar] = {k: v for k, v in values.items() if v is not None}
        columns |= key_columns(r["table"], r["key"])
        claim = Claim(
            r["table"], vendor, r["product"], r["key"], columns, r["basis"], r["source_url"], r["quote"],
            r["verified_on"], r["valid_from"],
        )  # fmt: skip
        found.setdefault((r["product"], r["table"], r["key"]), []).append(claim)
    return found


def is_attribute(table: Table, name: str) -> bool:
    """Whether facts of this table have that column or figure."""
    priced = table.name == "prices" and _PER.fullmatch(name) is not None
    return priced or name in (*table.keys, *table.values, *table.figures)


def figure(claim: Claim, name: str) -> Scalar | None:
    """A column, or a figure in the unit that its name says; None where the claim does not state it.

    A limit or an allowance without an amount is stated to have none: it is infinite. Raises NoFigure where the
    claim's unit cannot be expressed in the one asked for.
    """
    columns = claim.columns
    if claim.table == "prices" and (m := _PER.fullmatch(name)):
        return _price(columns, m)
    if claim.table in ("limits", "allowances") and name not in _RAW:
        amount = columns.get("amount")
        unit = str(columns["unit"])
        if name == "unlimited":
            return amount is None
        if not isinstance(amount, Decimal):
            return Decimal("Infinity")
        return amount if name == "amount" else _amount(amount, unit, name)
    value = columns.get(name)
    return None if name == "technology" and value in _UNNAMED else value


def _price(columns: Mapping[str, Scalar], asked: re.Match[str]) -> Decimal:
    usd, unit = columns["usd"], str(columns["unit"])
    assert isinstance(usd, Decimal)
    thing, time, bare, counted = asked.groups()
    name = asked[0].removeprefix("per_")
    if unit == name:
        return usd
    own, _, own_time = unit.rpartition("_")
    if counted is None and own_time in _HOURS:
        if bare is not None and own in ("vcpu", "gpu", "instance"):  # which core, GB or GiB must be said
            return _rate(usd, own_time, bare)
        if thing is not None and time is not None and own and _THINGS[thing][0] == _THINGS[own][0]:
            return _rate(usd, own_time, time) * _THINGS[thing][1] / _THINGS[own][1]
    elif thing is not None and time is None and unit in _THINGS and _THINGS[thing][0] == _THINGS[unit][0]:
        return usd * _THINGS[thing][1] / _THINGS[unit][1]
    raise NoFigure(f"the price is per {unit}, which says nothing per {name}")


def _rate(usd: Decimal, stated: str, asked: str) -> Decimal:
    """Exact: dividing by a third of an hour would not be."""
    up, down = (int(h * 3600) if h >= 1 else round(h * 3600) for h in (_HOURS[asked], _HOURS[stated]))
    return usd * up / down


def _amount(amount: Decimal, unit: str, asked: str) -> Decimal:
    if _COUNTED.get(asked) == unit or asked == unit:
        return amount
    own, wanted = _HOURS.get(unit), _HOURS.get(asked.removesuffix("s"))
    if own is not None and wanted is not None and asked in _TIME:
        return amount * round(own * 3600) / round(wanted * 3600)
    if {unit, asked} == {"gb", "gib"}:
        return amount * GB_PER_GIB if unit == "gib" else amount / GB_PER_GIB
    if {unit, asked} == {"per_second", "per_minute"}:
        return amount * 60 if unit == "per_second" else amount / 60
    raise NoFigure(f"it is stated in {unit}, not in {asked}")


def written(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(written, value)))
    if isinstance(value, Decimal):
        if not value.is_finite():
            return "no limit"
        text = f"{value.quantize(Decimal(1).scaleb(-12)) if value.as_tuple().exponent < -12 else value:f}"  # type: ignore[operator]
        return text.rstrip("0").rstrip(".") if "." in text else text
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def said(claim: Claim, name: str, value: object) -> str:
    """A figure or column of a claim as a phrase: '$0.141912 per core hour', '5 hours', 'technology: sysbox'."""
    if name.startswith("per_") and claim.table == "prices":
        return f"${written(value)} {name.replace('_', ' ')}"
    if name in ("usd", "dollars"):
        return f"${written(value)}"
    if name.endswith("_ms"):
        low, high = claim.columns.get("low_ms"), claim.columns.get("high_ms")
        return (
            f"{written(low)} to " if low not in (None, high) else "under " if low is None else ""
        ) + f"{written(high)} ms"
    if name == "unlimited":
        amount = claim.columns.get("amount")
        return "no limit" if amount is None else f"{written(amount)} {claim.columns['unit']}"
    if isinstance(value, Decimal) and claim.table in ("limits", "allowances"):
        figure = written(value)
        return (
            figure
            if name in ("amount", "amount_max", "count") or not value.is_finite()
            else f"{figure} {name.replace('_', ' ')}"
        )
    return f"{name.replace('_', ' ')}: {written(value)}"
