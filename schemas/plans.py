"""plans: what a vendor sells it under, and what each costs a month before usage."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Plans(Cited):
    plan: str = column("The vendor's plan, in lower snake case.", key=True, str_matches=v.SNAKE)
    name: str = column("The plan as the vendor writes it.")
    kind: str = column("How it is had; null where the page does not say.", nullable=True, isin=v.PLAN_KINDS)
    usd_per_month: Annotated[pl.Decimal, 18, 9] = column(
        "Base fee of a month before usage: 0 only where a page says so, null where none states it.", nullable=True, ge=0
    )
    position: Annotated[pl.Decimal, 18, 9] = column(
        "Its place in the order of the page, from 1; null where the page has no order.", nullable=True, ge=1
    )


class Plans(Citation, _Plans):
    """The plans a vendor sells its product under, with the fee of each: one row per plan."""
