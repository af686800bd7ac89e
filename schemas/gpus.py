"""gpus: which GPUs can be had."""

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Gpus(Cited):
    model: str = column(
        "GPU model as the vendor writes it, lower case with dashes; none for no GPU at all.",
        key=True,
        str_matches=v.SKU,
    )
    status: str = column("Whether it can be had.", isin=v.GPU_STATUSES)
    ends_on: pl.Date = column("The announced last day, for status ending.", nullable=True)


class Gpus(Citation, _Gpus):
    """Which GPUs can be had."""
