"""multipliers: by what the price is multiplied on other terms."""

from schemas import vocabulary as v
from schemas.columns import amount, text
from schemas.table import facts

MULTIPLIERS = facts(
    "multipliers",
    "What multiplies a list price: a region, or other terms.",
    text("plan", "The vendor's plan; any where it holds for all.", key=True, matches=v.SNAKE),
    text("meter", "The meter it is about; any where it holds for all.", key=True, terms=("any", *v.METERS)),
    text(
        "condition",
        "When it holds: region:<name>, or the terms as the page states them.",
        key=True,
        matches=v.CONDITION,
    ),
    amount("factor", "What the list price is multiplied by.", above=0),
)
