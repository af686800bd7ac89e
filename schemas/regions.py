"""regions: where a sandbox can run."""

from schemas import vocabulary as v
from schemas.columns import text
from schemas.table import facts

REGIONS = facts(
    "regions",
    "Where a sandbox can run.",
    text("region", "The vendor's region id.", key=True, matches=v.SKU),
    text("status", "Whether it can be had.", terms=v.REGION_STATUSES),
)
