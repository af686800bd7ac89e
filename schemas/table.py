"""A table of the contract as plain data: its name, one sentence, its columns in their published order."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from schemas import vocabulary as v
from schemas.columns import Column, day, text

if TYPE_CHECKING:
    import polars as pl

SHA256 = r"^[0-9a-f]{64}$"

_WHOSE = (
    text("vendor", "The vendor's short name.", key=True, matches=v.SKU),
    text("product", "Which of the vendor's products, by its short name.", key=True, matches=v.SKU),
)
_CITATION = (
    text(
        "basis",
        "read: code read it from the page; quoted: a person stated it and the quote is re-checked on every run; "
        "judged: a person's judgement, nothing to quote; second_hand: another publisher read it on a page without a copy.",
        terms=v.BASES,
    ),
    text("source_url", "The page the fact rests on.", starts="https://"),
    text(
        "quote",
        "The shortest exact text of the page that states it; null only when judged or second_hand.",
        nullable=True,
    ),
    text(
        "capture",
        "SHA-256 of the stored page it was last read from; null only when judged or second_hand.",
        nullable=True,
        matches=SHA256,
    ),
    day(
        "verified_on",
        "The last day on which a good reading confirmed it (judged, second_hand: the day a person or publisher did). "
        "A failed page never moves it.",
    ),
)
CITATION = tuple(c.name for c in _CITATION)


@dataclass(frozen=True)
class Table:
    """One table: key columns first (vendor and product in front), then values, then, of facts, the citation."""

    name: str
    description: str
    columns: tuple[Column, ...]

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
        return {c.name: c.blank for c in self.columns if c.key and c.name != "vendor"}

    @cached_property
    def schema(self) -> Mapping[str, "pl.DataType"]:
        """The Polars schema, for building frames explicitly (an all-null column would be Null)."""
        return {c.name: c.polars for c in self.columns}


def facts(name: str, description: str, *columns: Column) -> Table:
    """A table of facts: whose, the given columns, and what each fact rests on."""
    return Table(name, description, (*_WHOSE, *columns, *_CITATION))


def series(name: str, description: str, *columns: Column) -> Table:
    """A table of what others say day by day: no facts, without a citation."""
    return Table(name, description, (*_WHOSE, *columns))
