"""plans: what a vendor sells it under, and what each costs a month before usage."""

from schemas import vocabulary as v
from schemas.columns import amount, text
from schemas.table import facts

PLANS = facts(
    "plans",
    "The plans a vendor sells its product under, with the fee of each: one row per plan.",
    text("plan", "The vendor's plan, in lower snake case.", key=True, matches=v.SNAKE),
    text(
        "name",
        "The plan as the vendor writes it.",
    ),
    text("kind", "How it is had; null where the page does not say.", nullable=True, terms=v.PLAN_KINDS),
    amount(
        "usd_per_month",
        "Base fee of a month before usage: 0 only where a page says so, null where none states it.",
        nullable=True,
        least=0,
    ),
    amount(
        "position",
        "Its place in the order of the page, from 1; null where the page has no order.",
        nullable=True,
        least=1,
    ),
)
