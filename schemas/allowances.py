"""allowances: what a plan gives without charge."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Allowances(Cited):
    plan: str = column("The vendor's plan; any where it holds for all.", key=True, str_matches=v.SNAKE)
    allowance: str = column("What is given.", key=True, isin=v.ALLOWANCES)
    period: str = column("How often it is given.", key=True, isin=v.PERIODS)
    amount: Annotated[pl.Decimal, 18, 9] = column("How much is given.", ge=0)
    unit: str = column("Unit of amount.", isin=v.ALLOWANCE_UNITS)
    card_required: bool = column("Whether a payment card is needed; null where the page does not say.", nullable=True)


class Allowances(Citation, _Allowances):
    """What a plan gives without charge."""
