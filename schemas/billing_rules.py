"""billing_rules: how usage becomes a bill."""

from schemas import vocabulary as v
from schemas.columns import amount, flag, text
from schemas.table import facts

BILLING_RULES = facts(
    "billing_rules",
    "How usage becomes a bill: increments, minimums, and what is charged while nothing runs, as pages state it.",
    text("plan", "The vendor's plan; any where it holds for all.", key=True, matches=v.SNAKE),
    text("meter", "The meter it is about; any where it holds for all.", key=True, terms=("any", *v.METERS)),
    text("rule", "What is ruled.", key=True, terms=v.BILLING_RULES),
    amount("amount", "How much, in unit; null for what only applies.", nullable=True, above=0),
    text(
        "unit", "Unit of amount; of included_with the meter that contains this one.", nullable=True, terms=v.RULE_UNITS
    ),
    flag(
        "applies",
        "Whether it is so; false where the page says that it is not.",
    ),
)
