"""limits: limits of one sandbox, of a plan, or of an account."""

from schemas import vocabulary as v
from schemas.columns import amount, text
from schemas.table import facts

LIMITS = facts(
    "limits",
    "Limits of one sandbox, of a plan, or of an account.",
    text("plan", "The vendor's plan; any where it holds for all.", key=True, matches=v.SNAKE),
    text("limit", "What is limited.", key=True, terms=v.LIMITS),
    amount("amount", "The limit; null where the page states that there is none.", nullable=True, least=0),
    amount("amount_max", "Upper end of a stated range; null for a single figure.", nullable=True, least=0),
    text("unit", "Unit of amount, as stated.", terms=v.LIMIT_UNITS),
)
