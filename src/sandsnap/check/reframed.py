"""A sentence that gained words by which it may say the opposite, or speak of another time, vendor, offer or bound."""

import re
from collections import Counter
from functools import cache

from sandsnap.model import Fact
from sandsnap.read.scope import turning

# A quote that kept less of the last one's words is another sentence, and its reader took it as such.
_KEPT = 0.6
_AMOUNTS = ("prices", "allowances", "limits", "cold_starts", "persistence")
_ABOUT = frozenset(
    {"about", "around", "approximately", "approx", "roughly", "nearly", "almost", "typical", "typically", "average"}
)
_WORD = re.compile(r"[A-Za-z]+(?:[’'][a-z]+)?")


@cache
def _words(quote: str) -> Counter[str]:
    return Counter(w.lower().replace("’", "'") for w in _WORD.findall(quote))


def gained(old: Fact, new: Fact) -> str | None:
    """The words in a fact's quote that its last quote did not have and that may turn what it says; None where there are
    none, or where the page says it in another sentence."""
    if not old.quote or not new.quote or old.quote == new.quote or new.basis != "read" or new.table not in _AMOUNTS:
        return None
    if old.quote.count(" | ") != new.quote.count(" | "):
        return None  # a row with another column: what its cells say, their scope knows
    was, now = _words(old.quote), _words(new.quote)
    if (was & now).total() < _KEPT * was.total():
        return None
    bounded = new.table == "cold_starts"  # an operation that takes about so long takes so long
    turns = sorted(w for w in now - was if turning(w) and not (bounded and w in _ABOUT))
    return ", ".join(turns) or None
