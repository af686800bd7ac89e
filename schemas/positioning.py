"""positioning: what the vendor says the product is for."""

from schemas import vocabulary as v
from schemas.columns import text
from schemas.table import facts

POSITIONING = facts(
    "positioning",
    "What the vendor says the product is for.",
    text("fit", "purpose_built for agents, one primitive of a general platform, or general.", terms=v.FITS),
    text(
        "statement",
        "The vendor's own statement, short.",
    ),
)
