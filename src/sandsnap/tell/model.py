"""What tell takes and gives: changes of resolved facts in, events out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from schemas import TABLES

KINDS = (
    "price", "allowance", "limit", "offer", "gpu", "isolation", "persistence", "sdk", "hosting", "licence", "region",
    "company", "coverage", "rekeyed", "measured",
)  # fmt: skip
FILES = "measured in"  # the row of `moved` that holds the files of the days before and after
QUIET = ("coverage", "rekeyed")  # what we did or began to see; never in an alert
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that a table shows differently: a row of `changes(from, to)`.

    `key` has the key columns after vendor and product, in the contract's order. `not_before` is the last day on which
    it was seen otherwise, None where nobody had looked. Values are exact: Decimal, bool, date or text.
    """

    vendor: str
    product: str
    table: str
    key: Key
    field: str
    before: Any
    after: Any
    kind: str
    day: date
    not_before: date | None = None
    source_url: str | None = None
    quote_before: str | None = None
    quote_after: str | None = None
    capture_before: str | None = None
    capture_after: str | None = None
    basis: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Change":
        """A row of `changes(from, to)`, its key as text ("hobby / session_max") or in columns of its own."""
        table = row["table"]
        names = TABLES[table].key[2:]
        text = row.get("key")
        key = tuple(text.split(" / ")) if text and names else tuple(str(row[n]) for n in names if n in row)
        given: dict[str, Any] = {n: row.get(n) for n in cls.__dataclass_fields__ if n not in ("key", "before", "after")}
        before, after = (exact(table, row["field"], row[side]) for side in ("before", "after"))
        return cls(key=key, before=before, after=after, **given)

    @property
    def fact(self) -> tuple[str, str, str, Key]:
        """Which fact it is."""
        return self.vendor, self.product, self.table, self.key

    @property
    def key_text(self) -> str:
        """The key as `changes` writes it: pro / memory; a dash where the table has none."""
        return " / ".join(self.key) or "-"

    @property
    def id(self) -> str:
        """Stable: a hash of which value it is and of its day."""
        return digest(self.vendor, self.product, self.table, *self.key, self.field, self.day.isoformat())


@dataclass(frozen=True, slots=True)
class Event:
    """One happening at a vendor, with the changes it is made of; `notice` is "subject / kind" of the one it rests on."""

    event: str
    vendor: str
    product: str
    kind: str
    title: str
    day: date
    not_before: date | None
    significance: int
    members: tuple[Change, ...]
    notice: str | None
    confirmed: bool
    reasons: tuple[str, ...] = ()
    moved: tuple[tuple[str, str | None, str | None], ...] = ()  # what, before, after in words
    reranked: tuple[str, ...] = ()  # workloads for which the product passed another, or was passed
    backfilled: bool = False  # as the record keeps it: learned from an archive, not when it happened

    @property
    def files(self) -> tuple[str, ...]:
        """What an event without changes rests on: files of measurements, of the days before and after."""
        return tuple(url for what, *urls in self.moved if what == FILES for url in urls if url)

    @property
    def changes(self) -> tuple[str, ...]:
        """Ids of its members."""
        return tuple(c.id for c in self.members)


def exact(table: str, field: str, value: Any) -> Any:
    """A value as the contract has it, from text or from itself; "" is null. Raises ValueError for no number or day."""
    if value is None or value == "":
        return None
    column = TABLES[table].by_name.get(field)
    kind = column.kind if column is not None else None
    if kind in ("amount", "whole"):
        try:
            number = Decimal(str(value)).normalize()
        except InvalidOperation:
            raise ValueError(f"{table}.{field}: {value!r} is no number") from None
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number
    if isinstance(value, str) and kind == "flag":
        return value == "true"
    if isinstance(value, str) and kind == "day":
        return date.fromisoformat(value)
    return value


def digest(*parts: str) -> str:
    """A short stable id."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
