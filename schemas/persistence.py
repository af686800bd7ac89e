"""persistence: what outlives a running sandbox."""

from schemas import vocabulary as v
from schemas.columns import amount, flag, text
from schemas.table import facts

PERSISTENCE = facts(
    "persistence",
    "What outlives a running sandbox.",
    text("mechanism", "How state is kept.", key=True, terms=v.MECHANISMS),
    text("preserves", "What is kept; null where not stated.", nullable=True, terms=v.PRESERVES),
    amount("retention_days", "Days it is kept; null where not stated or without end.", nullable=True, above=0),
    flag("indefinite", "True where the page says it is kept without end; null where not stated.", nullable=True),
    flag("by_default", "Whether it happens without being asked for; null where not stated.", nullable=True),
)
