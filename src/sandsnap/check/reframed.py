"""A sentence that gained words by which it may say the opposite, or speak of another time, vendor, offer or bound.

Where its figure moved on the same day, any word that is not known to be neutral is one too many: of 37 figures that moved on a page in
the archive, 35 stand in the very words of the day before, and none in a sentence that gained such words.
"""

import re
from collections import Counter
from functools import cache

from sandsnap.check.units import same_values
from sandsnap.model import Fact, Wait
from sandsnap.read.scope import neutral, turning

# A quote that kept less of the last one's words is another sentence, and its reader took it as such.
_KEPT = 0.6
_AMOUNTS = ("prices", "allowances", "limits", "cold_starts", "persistence")
_ABOUT = frozenset(
    {"about", "around", "approximately", "approx", "roughly", "nearly", "almost", "typical", "typically", "average"}
)
_WORD = re.compile(r"[A-Za-z]+(?:[’'][a-z]+)?")
# The object of a feed is no sentence: a key it gained says nothing of the keys beside it, unless by a word that turns.
_OBJECT = re.compile(r'\{"')


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
    if not turns and not same_values(old, new) and not _OBJECT.match(new.quote):
        turns = sorted(w for w in now - was if w not in neutral())
    return ", ".join(turns) or None


FRAMED = "its value moved, and what stands over it gained "


def framed(old: Fact, new: Fact, wait: Wait | None) -> str | None:
    """The words that a fact's headings, caption or column gained on the day its value moved, also while it is held for
    them; None where there are none."""
    if same_values(old, new):
        return None
    if new.reframed:
        return ", ".join(new.reframed)
    if wait is not None and wait.reason.startswith(FRAMED) and same_values(wait.fact, new):
        return wait.reason.removeprefix(FRAMED).partition("'")[2].partition("'")[0]
    return None
