"""prices: what a vendor charges, in the page's own unit."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Prices(Cited):
    plan: str = column("The vendor's plan; any where the price holds for all.", key=True, str_matches=v.SNAKE)
    meter: str = column("What is metered.", key=True, isin=v.METERS)
    sku: str = column(
        "GPU model, instance size or add-on as the vendor writes it; - for none.", key=True, str_matches=v.SKU
    )
    region: str = column(
        "The region the price holds in; - where it is the same everywhere.", key=True, str_matches=v.SKU
    )
    offer: str = column(
        "Which price it is: the list price, or one on other terms.", key=True, blank="list", isin=v.OFFERS
    )
    usd: Annotated[pl.Decimal, 18, 9] = column("US dollars for one unit. Zero is never used for 'not published'.", gt=0)
    unit: str = column("What one usd amount buys, as the page states it.", isin=v.PRICE_UNITS)
    billed_on: str = column("What the meter counts; null where the page does not say.", nullable=True, isin=v.BILLED_ON)


class Prices(Citation, _Prices):
    """What a vendor charges: one row per plan, meter, sku, region and offer, in the page's own unit."""
