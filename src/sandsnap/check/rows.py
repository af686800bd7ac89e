"""Facts as Polars frames, and the pandera gate over them: one message per failing cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal

import polars as pl
from pandera.errors import SchemaErrors
from schemas import TABLES

from sandsnap.model import Fact, Value

_SCALE = Decimal(1).scaleb(-9)


def frame(table: str, facts: Sequence[Fact]) -> pl.DataFrame:
    """Facts of one table as a frame in the contract's columns and types. An amount finer than the column is refused
    by `invalid`, never rounded."""
    spec = TABLES[table]
    rows = [_row(f) for f in facts]
    data = {c.name: [r[c.name] for r in rows] for c in spec.columns}
    return pl.DataFrame(data, schema=spec.schema, strict=True)


def _row(fact: Fact) -> Mapping[str, Value]:
    return {
        "vendor": fact.vendor, **fact.key, **fact.values, "basis": fact.basis, "source_url": fact.source_url,
        "quote": fact.quote, "capture": fact.capture, "verified_on": fact.verified_on,
    }  # fmt: skip


def invalid(facts: Iterable[Fact]) -> list[tuple[Fact, str]]:
    """The facts that do not satisfy the contract, each with what is wrong in which cell."""
    by_table: dict[str, list[Fact]] = {}
    found: list[tuple[Fact, str]] = []
    for fact in facts:
        if wrong := _mistyped(fact) or _too_fine(fact):
            found.append((fact, wrong))
        else:
            by_table.setdefault(fact.table, []).append(fact)
    for table, rows in by_table.items():
        try:
            TABLES[table].model.validate(frame(table, rows), lazy=True)
        except SchemaErrors as e:
            cases = e.failure_cases.to_dicts()
            for case in cases:
                if case["index"] is None:
                    found += [(f, f"{table}: {case['check']}") for f in rows]
                else:
                    message = f"{table}.{case['column']}: {case['failure_case']!r} fails {case['check']}"
                    found.append((rows[case["index"]], message))
    return found


_PYTHON = {pl.String: str, pl.Boolean: bool, pl.Date: date}


def _mistyped(fact: Fact) -> str | None:
    for name, value in fact.values.items():
        dtype = TABLES[fact.table].by_name[name].polars
        wanted = Decimal if isinstance(dtype, pl.Decimal) else _PYTHON[dtype.base_type()]
        if value is not None and not isinstance(value, wanted):
            return f"{fact.table}.{name}: {value!r} is no {wanted.__name__}"
    return None


def _too_fine(fact: Fact) -> str | None:
    for name, value in fact.values.items():
        if isinstance(value, Decimal) and value != value.quantize(_SCALE, rounding=ROUND_DOWN):
            return f"{fact.table}.{name}: {value} has more than nine decimals"
    return None
