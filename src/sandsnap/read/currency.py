"""The currency of all prices of a page, where a sentence of it names one that is not the US dollar."""

import re
from collections.abc import Iterable

from sandsnap.read.enclosing import SENTENCE_END
from sandsnap.read.literals import folded
from sandsnap.read.memo import by_text
from sandsnap.read.scope import PLAIN, Scope, said

_ALL_PRICES = re.compile(
    r"\b(?:prices?|priced|pricing|amounts?|rates?|fees?|figures?|charges?|costs?|everything|bills?|invoices?|currency|pay|page|website|site|viewing|shown|displayed)\b|\$",
    re.IGNORECASE,
)
# What the name of a currency that is not the US dollar holds, in lower case.
_MONEYS = tuple(
    "dollar eur gbp pound cad aud chf yen inr rupee franc onies peso kron reais lira yuan renminbi quid sgd hkd nzd rand"
    " koruna shekel baht dirham uble € £".split()
)
_DOLLARS = re.compile(
    r"\bU\.?S\.?D?\b|\bUS dollars?\b|\bas well\b|\balso\b|\bsupport|\baccept|\bor\b|\bif\b|\bmay\b|\bcustomers?\b|\bdepending\b",
    re.IGNORECASE,
)


def of_all_prices(texts: Iterable[str]) -> Scope:
    """What the first of the texts that names a currency says of all prices."""
    return next((scope for scope in map(_of_text, texts) if scope is not PLAIN), PLAIN)


@by_text(32768)
def _of_text(text: str) -> Scope:
    low = folded(text)
    if not (any(money in low for money in _MONEYS) and _ALL_PRICES.search(text)):
        return PLAIN
    for sentence in SENTENCE_END.split(text):
        if _ALL_PRICES.search(sentence) and not re.search(r"\d", sentence) and not _DOLLARS.search(sentence):
            scope = said(sentence, "page", None)
            if scope.currency != "usd":
                return Scope(currency=scope.currency, why=(("currency", sentence),))
    return PLAIN
