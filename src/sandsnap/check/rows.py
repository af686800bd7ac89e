"""Facts as Polars frames, and the pandera gate over them: one message per failing cell."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from sandsnap.model import Fact, Value
from sandsnap.vendors import PRODUCTS, VENDORS
from schemas import TABLES

if TYPE_CHECKING:
    import polars as pl

_SCALE = Decimal(1).scaleb(-9)
_SHA256 = re.compile("[0-9a-f]{64}")


def frame(table: str, facts: Sequence[Fact]) -> "pl.DataFrame":
    """Facts of one table as a frame in the contract's columns and types. An amount finer than the column is refused
    by `invalid`, never rounded."""
    import polars as pl

    spec = TABLES[table]
    rows = [_row(f) for f in facts]
    data = {c.name: [r[c.name] for r in rows] for c in spec.columns}
    return pl.DataFrame(data, schema=spec.schema, strict=True)


def _row(fact: Fact) -> Mapping[str, Value]:
    return {
        "vendor": fact.vendor, **fact.key, **fact.values, "basis": fact.basis, "source_url": fact.source_url,
        "quote": fact.quote, "capture": fact.capture, "verified_on": fact.verified_on,
    }  # fmt: skip


# Rows that passed, by everything the models look at. A validation costs 30 ms however few its rows, and most rows of
# a run are those of the day before: `pipeline.record` checks a whole run at once, the gate then finds its rows here.
_passed: set[tuple[object, ...]] = set()


def passed(facts: Iterable[Fact]) -> None:
    """Take facts as valid: they were, by the same models, when their page was read (remembered.py)."""
    _passed.update(map(_row_identity, facts))


def _row_identity(fact: Fact) -> tuple[object, ...]:
    values = tuple((type(v), v) for v in fact.values.values())
    capture = fact.capture is None or bool(_SHA256.fullmatch(fact.capture))
    dated, quoted, cited = fact.verified_on is None, fact.quote is None, fact.capture is None
    return fact.id, values, fact.basis, fact.source_url, quoted, capture, cited, dated


def invalid(facts: Iterable[Fact]) -> list[tuple[Fact, str]]:
    """The facts that do not satisfy the contract, each with what is wrong in which cell."""
    by_table: dict[str, list[Fact]] = {}
    found: list[tuple[Fact, str]] = []
    fresh: dict[tuple[object, ...], Fact] = {}
    again: list[Fact] = []
    for fact in facts:
        row = _row_identity(fact)
        if row in fresh:
            again.append(fact)
        elif row not in _passed:
            fresh[row] = fact
    for fact in fresh.values():
        if objection := _undeclared(fact) or _mistyped(fact) or _too_fine(fact):
            found.append((fact, objection))
        else:
            by_table.setdefault(fact.table, []).append(fact)
    if by_table:  # a quiet day has nothing new to validate
        from pandera.errors import SchemaErrors

        from schemas.models import validate
    for table, rows in by_table.items():
        try:
            validate(TABLES[table], frame(table, rows))
        except SchemaErrors as e:
            cases = e.failure_cases.to_dicts()
            for case in cases:
                if case["index"] is None:
                    found += [(f, f"{table}: {case['check']}") for f in rows]
                else:
                    message = f"{table}.{case['column']}: {case['failure_case']!r} fails {case['check']}"
                    found.append((rows[case["index"]], message))
    refused: dict[tuple[object, ...], list[str]] = {}
    for fact, wrong in found:
        refused.setdefault(_row_identity(fact), []).append(wrong)
    _passed.update(fresh.keys() - refused.keys())
    return found + [(f, wrong) for f in again if refused for wrong in refused.get(_row_identity(f), ())]


_PYTHON = {"text": str, "flag": bool, "day": date, "amount": Decimal}


def _undeclared(fact: Fact) -> str | None:
    if fact.vendor not in VENDORS:
        return f"{fact.table}.vendor: {fact.vendor!r} is no vendor"
    if fact.key["product"] not in PRODUCTS[fact.vendor]:
        return f"{fact.table}.product: {fact.vendor} has no product {fact.key['product']!r}"
    return None


def _mistyped(fact: Fact) -> str | None:
    for name, value in fact.values.items():
        wanted = _PYTHON[TABLES[fact.table].by_name[name].kind]
        if value is not None and not isinstance(value, wanted):
            return f"{fact.table}.{name}: {value!r} is no {wanted.__name__}"
    return None


def _fits(value: Decimal) -> bool:
    """Whether DECIMAL(18,9) holds it to the digit."""
    return value.is_finite() and abs(value) < 10**9 and value == value.quantize(_SCALE, rounding=ROUND_DOWN)


def _too_fine(fact: Fact) -> str | None:
    for name, value in fact.values.items():
        if isinstance(value, Decimal) and not _fits(value):
            return f"{fact.table}.{name}: {value} has more than nine decimals, or more than nine digits before them"
    return None
