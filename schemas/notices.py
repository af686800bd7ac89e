"""notices: what a vendor announces with a date: an end, a price change, an acquisition."""

from schemas import vocabulary as v
from schemas.columns import day, text
from schemas.table import facts

NOTICES = facts(
    "notices",
    "What a vendor announces with a date: an end, a price change, an acquisition.",
    text("subject", "What it is about: gpu, repository, pricing, a product's name.", key=True, matches=v.SNAKE),
    text("kind", "What kind of notice.", key=True, terms=v.NOTICE_KINDS),
    day("announced_on", "The day the vendor announced it; null where the page does not say.", nullable=True),
    day("effective_on", "The day it takes effect; null where the page does not say.", nullable=True),
    text("status", "Where it stands.", terms=v.NOTICE_STATUSES),
)
