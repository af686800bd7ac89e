"""notices: what a vendor announces with a date: an end, a price change, an acquisition."""

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Notices(Cited):
    subject: str = column(
        "What it is about: gpu, repository, pricing, a product's name.", key=True, str_matches=v.SNAKE
    )
    kind: str = column("What kind of notice.", key=True, isin=v.NOTICE_KINDS)
    announced_on: pl.Date = column("The day the vendor announced it; null where the page does not say.", nullable=True)
    effective_on: pl.Date = column("The day it takes effect; null where the page does not say.", nullable=True)
    status: str = column("Where it stands.", isin=v.NOTICE_STATUSES)


class Notices(Citation, _Notices):
    """What a vendor announces with a date: an end, a price change, an acquisition."""
