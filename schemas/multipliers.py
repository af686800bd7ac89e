"""multipliers: by what the price is multiplied on other terms."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Multipliers(Cited):
    plan: str = column("The vendor's plan; any where it holds for all.", key=True, str_matches=v.SNAKE)
    meter: str = column("The meter it is about; any where it holds for all.", key=True, isin=("any", *v.METERS))
    condition: str = column(
        "When it holds: region:<name>, or the terms as the page states them.", key=True, str_matches=v.CONDITION
    )
    factor: Annotated[pl.Decimal, 18, 9] = column("What the list price is multiplied by.", gt=0)


class Multipliers(Citation, _Multipliers):
    """What multiplies a list price: a region, or other terms."""
