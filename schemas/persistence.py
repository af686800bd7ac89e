"""persistence: what outlives a running sandbox."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Persistence(Cited):
    mechanism: str = column("How state is kept.", key=True, isin=v.MECHANISMS)
    preserves: str = column("What is kept; null where not stated.", nullable=True, isin=v.PRESERVES)
    retention_days: Annotated[pl.Decimal, 18, 9] = column(
        "Days it is kept; null where not stated or without end.", nullable=True, gt=0
    )
    indefinite: bool = column("True where the page says it is kept without end; null where not stated.", nullable=True)
    by_default: bool = column("Whether it happens without being asked for; null where not stated.", nullable=True)


class Persistence(Citation, _Persistence):
    """What outlives a running sandbox."""
