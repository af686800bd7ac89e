"""One column of a table, as plain data: `schemas/models.py` makes the pandera check of it, `polars` and `duckdb` its types.

    text("unit", "What one usd amount buys, as the page states it.", terms=v.PRICE_UNITS)

`terms` is a closed vocabulary, `matches` the form of a text, `starts` how it begins, `least` and `above` the bounds of a number.
"""

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["text", "flag", "day", "time", "whole", "amount", "float"]
"""What a column holds: text; true or false; a day; a time (UTC); a whole number; a decimal number, exact to
the digit; a binary one, of what is only measured."""

_DUCKDB = {
    "text": "VARCHAR",
    "flag": "BOOLEAN",
    "day": "DATE",
    "time": "TIMESTAMP WITH TIME ZONE",
    "whole": "BIGINT",
    "float": "DOUBLE",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, description, the terms it may hold (None: not a closed list), and what a key
    column holds where nothing is said. `digits` of an amount: in all, and behind the point."""

    name: str
    description: str
    kind: Kind = "text"
    key: bool = False
    nullable: bool = False
    terms: tuple[str, ...] | None = None
    matches: str | None = None
    starts: str | None = None
    least: int | None = None
    above: int | None = None
    blank: str = "-"
    digits: tuple[int, int] = (18, 9)

    @property
    def duckdb(self) -> str:
        """The DuckDB type, e.g. DECIMAL(18,9)."""
        return f"DECIMAL({self.digits[0]},{self.digits[1]})" if self.kind == "amount" else _DUCKDB[self.kind]

    @property
    def polars(self) -> "pl.DataType":
        """The Polars type."""
        import polars as pl

        if self.kind == "amount":
            return pl.Decimal(*self.digits)
        if self.kind == "time":
            return pl.Datetime("us", "UTC")
        plain = {"text": pl.String, "flag": pl.Boolean, "day": pl.Date, "whole": pl.Int64, "float": pl.Float64}
        return plain[self.kind]()

    def objection(self, value: object) -> str | None:
        """Why `value` cannot stand in this column, or None. Types and ranges are checked by pandera."""
        if value is None:
            return None if self.nullable else f"{self.name} may not be empty"
        if self.terms is not None and value not in self.terms:
            return f"{self.name} {value!r} is not in the vocabulary ({', '.join(self.terms)})"
        if self.matches is not None and not re.fullmatch(self.matches, str(value)):
            return f"{self.name} {value!r} does not have the form {self.matches}"
        return None


text = partial(Column, kind="text")
flag = partial(Column, kind="flag")
day = partial(Column, kind="day")
whole = partial(Column, kind="whole")
amount = partial(Column, kind="amount")
