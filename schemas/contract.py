"""The tables of the contract as plain data, derived from the pandera models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandera.polars as pa
import polars as pl

from schemas.allowances import Allowances
from schemas.billing_rules import BillingRules
from schemas.cold_starts import ColdStarts
from schemas.gpus import Gpus
from schemas.isolation import Isolation
from schemas.limits import Limits
from schemas.measurements import Measurements
from schemas.multipliers import Multipliers
from schemas.notices import Notices
from schemas.persistence import Persistence
from schemas.plans import Plans
from schemas.positioning import Positioning
from schemas.prices import Prices
from schemas.regions import Regions
from schemas.sdks import Sdks
from schemas.self_hosting import SelfHosting
from schemas.sizes import Sizes

CITATION = ("basis", "source_url", "quote", "capture", "verified_on")
VERSION = 2  # 2 put `offer` into the key of prices, `unconfirmed` and `second_hand` into the vocabulary
MINOR = 2  # 2.1 added measurements; 2.2 events, evidence, claims_history, vendors, products, and ended_on of history

_DUCKDB = {pl.String: "VARCHAR", pl.Boolean: "BOOLEAN", pl.Date: "DATE", pl.Int64: "BIGINT"}


@dataclass(frozen=True)
class Column:
    """One column: its name, types, description, the terms it may hold (None: not a closed list), and what a key column
    holds where nothing is said."""

    name: str
    key: bool
    nullable: bool
    description: str
    polars: pl.DataType
    terms: tuple[str, ...] | None
    pattern: str | None
    blank: str | None = None

    @property
    def duckdb(self) -> str:
        """The DuckDB type, e.g. DECIMAL(18,9)."""
        if isinstance(self.polars, pl.Decimal):
            return f"DECIMAL({self.polars.precision},{self.polars.scale})"
        return _DUCKDB[self.polars.base_type()]

    def objection(self, value: object) -> str | None:
        """Why `value` cannot stand in this column, or None. Types and ranges are checked by pandera."""
        if value is None:
            return None if self.nullable else f"{self.name} may not be empty"
        if self.terms is not None and value not in self.terms:
            return f"{self.name} {value!r} is not in the vocabulary ({', '.join(self.terms)})"
        if self.pattern is not None and not re.fullmatch(self.pattern, str(value)):
            return f"{self.name} {value!r} does not have the form {self.pattern}"
        return None


@dataclass(frozen=True)
class Table:
    """One table: its pandera model and, derived from it, its columns in their published order."""

    name: str
    model: type[pa.DataFrameModel]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All columns, key first, then values, then the citation."""
        return tuple(_column(name, c) for name, c in self.model.to_schema().columns.items())

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns, vendor and product first."""
        return tuple(c.name for c in self.columns if c.key)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Names of the value columns: what the fact is."""
        return tuple(c.name for c in self.columns if not c.key and c.name not in CITATION)

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by name."""
        return {c.name: c for c in self.columns}

    @cached_property
    def blank(self) -> Mapping[str, str]:
        """The key columns without vendor, as they are where nothing is said: - for none, list for an offer."""
        return {c.name: c.blank or "-" for c in self.columns if c.key and c.name != "vendor"}

    @property
    def description(self) -> str:
        """The table's one sentence."""
        return (self.model.__doc__ or "").strip()

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The Polars schema, for building frames explicitly (an all-null column would be Null)."""
        return {c.name: c.polars for c in self.columns}


def _column(name: str, c: Any) -> Column:
    isin = next((ch.statistics["allowed_values"] for ch in c.checks if ch.name == "isin"), None)
    pattern = next((ch.statistics["pattern"] for ch in c.checks if ch.name == "str_matches"), None)
    return Column(
        name=name,
        key=bool((c.metadata or {}).get("key")),
        nullable=c.nullable,
        description=c.description,
        polars=c.dtype.type if isinstance(c.dtype.type, pl.DataType) else c.dtype.type(),
        terms=tuple(isin) if isin is not None else None,
        pattern=getattr(pattern, "pattern", pattern),
        blank=(c.metadata or {}).get("blank"),
    )


STATE = Column(
    "state",
    False,
    False,
    "current; unconfirmed or held: the page states another value, which a second look or a person has not let in yet; "
    "missing: the next reading decides; stale: not confirmed for long; ended.",
    pl.String(),
    ("current", "unconfirmed", "held", "missing", "stale", "ended"),
    None,
)
"""How a row of a current table stands. Not part of a fact: views and exports add it behind the table's columns."""

TABLES: Mapping[str, Table] = {
    t.name: t
    for t in (
        Table("prices", Prices),
        Table("allowances", Allowances),
        Table("isolation", Isolation),
        Table("cold_starts", ColdStarts),
        Table("gpus", Gpus),
        Table("persistence", Persistence),
        Table("limits", Limits),
        Table("sdks", Sdks),
        Table("self_hosting", SelfHosting),
        Table("positioning", Positioning),
        Table("regions", Regions),
        Table("notices", Notices),
        Table("plans", Plans),
        Table("sizes", Sizes),
        Table("billing_rules", BillingRules),
        Table("multipliers", Multipliers),
    )
}

SERIES: Mapping[str, Table] = {"measurements": Table("measurements", Measurements)}
"""What others measured, day by day: not facts, because a new value every day is no change."""
