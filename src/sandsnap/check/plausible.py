"""What is plausible for one value and for one move, from ranges.toml: pure, one fact or two in, an objection out."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.model import Fact
from schemas import TABLES

# Printed prices are rounded: two figures this near are the same factor apart.
_CLOSE = Fraction(1, 1000)
_TIMES = ("second", "minute", "hour", "day", "month")
_KINDS = {"range": {"table", "field", "where", "units", "low", "high", "reason"},
          "slip": {"factor", "tables", "reading"}, "leap": {"factor", "tables", "reason"}}  # fmt: skip

Bound = Fraction | date


@dataclass(frozen=True, slots=True)
class Range:
    """A plausible range of some columns of one table. `units` maps each unit to a multiple of the first one."""

    table: str
    fields: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    units: Mapping[str, Fraction]
    low: Bound
    high: Bound
    reason: str

    def fits(self, fact: Fact) -> bool:
        """Whether it is about this fact, in this unit."""
        cells = {**fact.key, **fact.values}
        return all(cells[c] in terms for c, terms in self.where.items()) and (
            not self.units or cells["unit"] in self.units
        )


@dataclass(frozen=True, slots=True)
class Slip:
    """A factor that looks like another unit; `kind` groups the facts of a page that moved by it."""

    factor: Fraction
    tables: tuple[str, ...]
    reading: str


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a value is held. Several facts of one reader that share a `kind` are one question."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole of ranges.toml."""

    ranges: tuple[Range, ...]
    slips: tuple[Slip, ...]
    leaps: Mapping[str, Fraction]


@cache
def rules() -> Rules:
    """ranges.toml. Raises ValueError for an entry that does not fit the contract."""
    data = tomllib.loads((files("sandsnap.check") / "ranges.toml").read_text("utf-8"))
    for name, entries in data.items():
        for entry in entries:
            if extra := entry.keys() - _KINDS[name]:
                raise ValueError(f"ranges.toml: unknown keys {', '.join(sorted(extra))} in {entry}")
    slips = (Slip(Fraction(s["factor"]), tuple(s["tables"]), s["reading"]) for s in data["slip"])
    leaps = {t: Fraction(leap["factor"]) for leap in data["leap"] for t in leap["tables"]}
    return Rules(tuple(_range(r) for r in data["range"]), tuple(slips), leaps)


def _range(entry: Mapping[str, Any]) -> Range:
    fields = (entry["field"],) if isinstance(entry["field"], str) else tuple(entry["field"])
    columns = TABLES[entry["table"]].by_name
    where = {c: tuple(terms) for c, terms in entry.get("where", {}).items()}
    for column, terms in {**where, **({"unit": tuple(entry["units"])} if "units" in entry else {})}.items():
        for term in terms:
            if objection := columns[column].objection(term):
                raise ValueError(f"ranges.toml: {entry['table']}: {objection}")
    low, high = (b if isinstance(b, date) else Fraction(b) for b in (entry["low"], entry["high"]))
    if not set(fields) <= columns.keys() or type(low) is not type(high) or low > high:  # type: ignore[operator]
        raise ValueError(f"ranges.toml: {entry} has a field that is not in the table, or its bounds are no range")
    return Range(
        entry["table"], fields, where, {u: Fraction(f) for u, f in entry.get("units", {}).items()}, low, high,
        entry["reason"],
    )  # fmt: skip


@cache
def _of(table: str, field: str) -> tuple[Range, ...]:
    return tuple(r for r in rules().ranges if r.table == table and field in r.fields)


def measure(fact: Fact, field: str) -> Fraction | None:
    """A figure in the first unit of its range, so that figures in different units compare; None where there is none."""
    value = fact.values.get(field)
    if not isinstance(value, Decimal):
        return None
    fitting = next((r for r in _of(fact.table, field) if r.fits(fact)), None)
    if fitting is None or not fitting.units:
        return Fraction(value)
    return Fraction(value) * fitting.units[str(fact.values["unit"])]


def implausible(fact: Fact) -> Objection | None:
    """Why a value cannot be meant: outside its range, or in a unit that its meter never comes in."""
    for field, value in fact.values.items():
        ranges = _of(fact.table, field)
        if value is None or not ranges:
            continue
        unit = fact.values.get("unit")
        said = f"{field} {_text(value)}" + (f" {unit}" if unit else "")
        fitting = next((r for r in ranges if r.fits(fact)), None)
        if fitting is None:
            text = (
                f"{said}: no plausible range is stated in that unit; if the page is right, add one to check/ranges.toml"
            )
            return Objection("unit", text)
        now: Bound = value if isinstance(value, date) else measure(fact, field) or Fraction(0)
        if fitting.low <= now <= fitting.high:  # type: ignore[operator]
            continue
        per = next(iter(fitting.units), "")
        if fitting.units and unit != per:
            said += f" is {_text(now)} {per}, which"
        return Objection(
            "range",
            f"{said} is outside {_text(fitting.low)} to {_text(fitting.high)} {per}".rstrip() + f": {fitting.reason}",
        )
    return None


def suspicious(old: Fact, new: Fact) -> Objection | None:
    """Why a move looks like a misreading, or None: by the factor of a unit while the unit stayed, into another unit
    while the figure stayed, or by more than any price ever moved."""
    if old.values == new.values:
        return None
    for field in old.values:
        was, now = old.values[field], new.values.get(field)
        if not isinstance(was, Decimal) or not isinstance(now, Decimal) or not was or not now:
            continue
        if objection := _moved(old, new, field, was, now):
            return objection
    return None


def _moved(old: Fact, new: Fact, field: str, was: Decimal, now: Decimal) -> Objection | None:
    units = [f.values.get("unit") for f in (old, new)]
    unit = f" {units[1]}" if units[1] else ""
    if units[0] != units[1] and was == now:
        ends = [str(u).rpartition("_")[2] for u in units]
        if ends[0] != ends[1] and set(ends) <= set(_TIMES):
            return Objection("unit", f"{field} {_text(was)} stayed while its unit went from {units[0]} to {units[1]}")
    if units[0] == units[1] and was != now:
        ratio = Fraction(now) / Fraction(was)
        for slip in rules().slips:
            if new.table in slip.tables and any(abs(r / slip.factor - 1) < _CLOSE for r in (ratio, 1 / ratio)):
                other = slip.reading.format(less=_text(min(was, now)), more=_text(max(was, now)))
                share = f"{_text(slip.factor)} times as much" if now > was else f"1/{_text(slip.factor)} of it"
                text = f"{field} {_text(was)} became {_text(now)}{unit}, {share}: {other}"
                return Objection(f"slip {_text(slip.factor)}", text)
    before, after = measure(old, field), measure(new, field)
    most = rules().leaps.get(new.table)
    if most is not None and before and after and not 1 / most <= after / before <= most:
        text = (
            f"{field} {_text(was)} {units[0] or ''} became {_text(now)}{unit}, "
            f"more than {_text(most)} times as much or as little: a total or another quantity?"
        )
        return Objection("leap", " ".join(text.split()))
    return None


def _text(value: object) -> str:
    if isinstance(value, Decimal | Fraction):
        exact = value if isinstance(value, Decimal) else Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction):
            exact = Decimal(f"{exact:.9g}")
        text = format(exact, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
