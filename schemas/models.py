"""The pandera models of the tables, made of their columns. Whatever is recorded or exported passes one. Import it late: pandera
takes longer to load than most questions to the warehouse take.

Strict on purpose: an unknown column or a silent cast is how a wrong number gets in.
"""

from functools import cache

import pandera.polars as pa
import polars as pl

from schemas import vocabulary as v
from schemas.columns import Column
from schemas.table import Table


def validate(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, if its rows are a table's. Raises pandera.errors.SchemaErrors with every failing cell."""
    return _model(table).validate(frame, lazy=True)


@cache
def _model(table: Table) -> pa.DataFrameSchema:
    named = {c.name for c in table.columns}
    rules = [pa.Check(_evidence, name="evidence")] if "basis" in named else [pa.Check(_share, name="share")]
    return pa.DataFrameSchema(
        {c.name: _column(c) for c in table.columns}, rules, name=table.name, description=table.description,
        strict=True, ordered=True, coerce=False,
    )  # fmt: skip


def _column(column: Column) -> pa.Column:
    checks = []
    if column.terms is not None:
        checks.append(pa.Check.isin(column.terms))
    if column.matches is not None:
        checks.append(pa.Check.str_matches(column.matches))
    if column.starts is not None:
        checks.append(pa.Check.str_startswith(column.starts))
    if column.least is not None:
        checks.append(pa.Check.ge(column.least))
    if column.above is not None:
        checks.append(pa.Check.gt(column.above))
    return pa.Column(column.polars, checks, nullable=column.nullable, description=column.description)


def _evidence(data: pa.PolarsData) -> pl.LazyFrame:
    """What was read on a page of ours carries its quote and its capture."""
    return data.lazyframe.select(
        pl.col("basis").is_in(v.UNCAPTURED) | (pl.col("quote").is_not_null() & pl.col("capture").is_not_null())
    )


def _share(data: pa.PolarsData) -> pl.LazyFrame:
    """A share is at most 1, and only success is one."""
    return data.lazyframe.select(
        ((pl.col("unit") == "share") == (pl.col("statistic") == "success"))
        & ((pl.col("unit") != "share") | (pl.col("value") <= 1))
    )
