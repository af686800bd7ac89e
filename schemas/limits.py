"""limits: limits of one sandbox, of a plan, or of an account."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Limits(Cited):
    plan: str = column("The vendor's plan; any where it holds for all.", key=True, str_matches=v.SNAKE)
    limit: str = column("What is limited.", key=True, isin=v.LIMITS)
    amount: Annotated[pl.Decimal, 18, 9] = column(
        "The limit; null where the page states that there is none.", nullable=True, ge=0
    )
    amount_max: Annotated[pl.Decimal, 18, 9] = column(
        "Upper end of a stated range; null for a single figure.", nullable=True, ge=0
    )
    unit: str = column("Unit of amount, as stated.", isin=v.LIMIT_UNITS)


class Limits(Citation, _Limits):
    """Limits of one sandbox, of a plan, or of an account."""
