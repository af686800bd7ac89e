"""regions: where a sandbox can run."""

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Regions(Cited):
    region: str = column("The vendor's region id.", key=True, str_matches=v.SKU)
    status: str = column("Whether it can be had.", isin=v.REGION_STATUSES)


class Regions(Citation, _Regions):
    """Where a sandbox can run."""
