"""prices: what a vendor charges, in the page's own unit."""

from schemas import vocabulary as v
from schemas.columns import amount, text
from schemas.table import facts

PRICES = facts(
    "prices",
    "What a vendor charges: one row per plan, meter, sku, region and offer, in the page's own unit.",
    text("plan", "The vendor's plan; any where the price holds for all.", key=True, matches=v.SNAKE),
    text("meter", "What is metered.", key=True, terms=v.METERS),
    text("sku", "GPU model, instance size or add-on as the vendor writes it; - for none.", key=True, matches=v.SKU),
    text("region", "The region the price holds in; - where it is the same everywhere.", key=True, matches=v.SKU),
    text("offer", "Which price it is: the list price, or one on other terms.", key=True, blank="list", terms=v.OFFERS),
    amount("usd", "US dollars for one unit. Zero is never used for 'not published'.", above=0),
    text("unit", "What one usd amount buys, as the page states it.", terms=v.PRICE_UNITS),
    text("billed_on", "What the meter counts; null where the page does not say.", nullable=True, terms=v.BILLED_ON),
)
