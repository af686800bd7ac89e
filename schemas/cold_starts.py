"""cold_starts: how fast a sandbox starts, as claimed."""

from schemas import vocabulary as v
from schemas.columns import amount, text
from schemas.table import facts

COLD_STARTS = facts(
    "cold_starts",
    "How fast a sandbox starts, as claimed.",
    text("operation", "What is timed.", key=True, terms=v.OPERATIONS),
    text("statistic", "Which statistic: typical, max ('under 90 ms') or a percentile.", key=True, terms=v.STATISTICS),
    amount("low_ms", "Lower end in milliseconds; null for 'under N'.", nullable=True, least=0),
    amount(
        "high_ms",
        "Upper end in milliseconds; null where the vendor claims speed without a figure.",
        nullable=True,
        above=0,
    ),
    text("claimed_by", "Who claims it.", terms=v.CLAIMED_BY),
)
