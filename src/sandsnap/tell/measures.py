"""A fact's figure in a unit that compares: prices per hour, durations in seconds, sizes in GB, starts in ms.

The values are a fact's columns as the warehouse gives them (JSON text or a mapping).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

HOURS_PER_MONTH = 730  # 365 × 24 / 12: what the vendors' own calculators use
_HOURS = {"second": Decimal(1) / 3600, "hour": Decimal(1), "month": Decimal(HOURS_PER_MONTH)}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_PER_SECOND = {"per_second": Decimal(1), "per_minute": Decimal(1) / 60}
_GB = {"gb": Decimal(1), "gib": Decimal(1024**3) / 1000**3}
_JSON = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
_BETTER_UP = {"limits", "allowances", "persistence"}
_BETTER_DOWN = {"prices", "cold_starts", "multipliers"}
WITHOUT_END = Decimal("Infinity")  # days that something is kept where a page says that it is kept without end


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure and the unit it is in."""

    amount: Decimal
    unit: str


def values_of(value: object) -> dict[str, Any] | None:
    """A fact's columns from the warehouse's JSON text; decimals exact. None stays None."""
    if value is None or isinstance(value, dict):
        return value
    found = _JSON.decode(str(value))
    return {k: plain(v) if isinstance(v, Decimal) else v for k, v in found.items()}


def plain(value: Decimal) -> Decimal:
    """A decimal without trailing zeros, never in exponent form."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def per_hour(usd: Decimal, unit: str) -> Measure | None:
    """A price for a time as the price of an hour (a month has 730 h); None where the unit is no time of use."""
    thing, _, time = unit.rpartition("_")
    if not thing or time not in _HOURS:
        return None
    return Measure(usd / _HOURS[time], f"{thing}_hour")


def measure(table: str, values: Mapping[str, Any] | None) -> Measure | None:
    """The figure of a fact, comparable over units; None where the table has none or the page states none."""
    if values is None:
        return None
    if table == "prices" and values.get("usd") is not None:
        usd, unit = Decimal(values["usd"]), str(values["unit"])
        return per_hour(usd, unit) or Measure(usd, unit)
    if table in ("limits", "allowances") and values.get("amount") is not None:
        amount, unit = Decimal(values.get("amount_max") or values["amount"]), str(values["unit"])
        for units, name in ((_SECONDS, "second"), (_PER_SECOND, "per_second"), (_GB, "gb")):
            if unit in units:
                return Measure(amount * units[unit], name)
        return Measure(amount, unit)
    if table == "cold_starts":
        ms = values.get("high_ms") if values.get("high_ms") is not None else values.get("low_ms")
        return Measure(Decimal(ms), "ms") if ms is not None else None
    if table == "multipliers" and values.get("factor") is not None:
        return Measure(Decimal(values["factor"]), "factor")
    if table == "persistence" and (values.get("indefinite") or values.get("retention_days") is not None):
        return Measure(WITHOUT_END if values.get("indefinite") else Decimal(values["retention_days"]), "day")
    return None


def improvement(table: str, was: Decimal, now: Decimal) -> bool:
    """Whether a move is good for who pays."""
    if table in _BETTER_UP:
        return now > was
    if table in _BETTER_DOWN:
        return now < was
    raise ValueError(f"{table} has no figure")


def figures(amount: Decimal) -> str:
    """A figure as people write it: six significant digits at most, no exponent."""
    rounded = plain(Decimal(f"{amount:.6g}"))
    return f"{rounded:f}"
