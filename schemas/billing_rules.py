"""billing_rules: how usage becomes a bill."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _BillingRules(Cited):
    plan: str = column("The vendor's plan; any where it holds for all.", key=True, str_matches=v.SNAKE)
    meter: str = column("The meter it is about; any where it holds for all.", key=True, isin=("any", *v.METERS))
    rule: str = column("What is ruled.", key=True, isin=v.BILLING_RULES)
    amount: Annotated[pl.Decimal, 18, 9] = column("How much, in unit; null for what only applies.", nullable=True, gt=0)
    unit: str = column(
        "Unit of amount; of included_with the meter that contains this one.", nullable=True, isin=v.RULE_UNITS
    )
    applies: bool = column("Whether it is so; false where the page says that it is not.")


class BillingRules(Citation, _BillingRules):
    """How usage becomes a bill: increments, minimums, and what is charged while nothing runs, as pages state it."""
