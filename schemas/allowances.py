"""allowances: what a plan gives without charge."""

from schemas import vocabulary as v
from schemas.columns import amount, flag, text
from schemas.table import facts

ALLOWANCES = facts(
    "allowances",
    "What a plan gives without charge.",
    text("plan", "The vendor's plan; any where it holds for all.", key=True, matches=v.SNAKE),
    text("allowance", "What is given.", key=True, terms=v.ALLOWANCES),
    text("period", "How often it is given.", key=True, terms=v.PERIODS),
    amount("amount", "How much is given.", least=0),
    text("unit", "Unit of amount.", terms=v.ALLOWANCE_UNITS),
    flag("card_required", "Whether a payment card is needed; null where the page does not say.", nullable=True),
)
