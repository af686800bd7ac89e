"""cold_starts: how fast a sandbox starts, as claimed."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _ColdStarts(Cited):
    operation: str = column("What is timed.", key=True, isin=v.OPERATIONS)
    statistic: str = column(
        "Which statistic: typical, max ('under 90 ms') or a percentile.", key=True, isin=v.STATISTICS
    )
    low_ms: Annotated[pl.Decimal, 18, 9] = column("Lower end in milliseconds; null for 'under N'.", nullable=True, ge=0)
    high_ms: Annotated[pl.Decimal, 18, 9] = column(
        "Upper end in milliseconds; null where the vendor claims speed without a figure.", nullable=True, gt=0
    )
    claimed_by: str = column("Who claims it.", isin=v.CLAIMED_BY)


class ColdStarts(Citation, _ColdStarts):
    """How fast a sandbox starts, as claimed."""
