"""Words that keep to some customers, days or ways of use what stands under or beside them, whatever those are.

The grammar tells that a text restricts ("During …:", "… get:", "… only", "if …"), and the words that a page of prices and limits
needs tell of what it may speak; one word that is neither makes it a restriction that nobody here knows. `[restriction]`
of scope_words.toml holds both.
"""

import re
from functools import cache
from typing import Any

from sandsnap.read.memo import by_text
from sandsnap.vendors import VENDORS, settings

_WORD = re.compile(r"[^\W\d_]+")
_ENDINGS = ("ies", "es", "s", "ing", "ed", "ly")


@by_text(32768)
def restriction(text: str, place: str, own: str, rules: "Rules") -> str:
    """The words by which a text in a place speaks of some cases only; "" where it speaks of all, or of what is known."""
    found = (m for rule in rules.of(place) for m in rule.finditer(text))
    return next((m[0].strip() for m in found if any(t and _unknown(t, own, rules) for t in m.groups())), "")


class Rules:
    """The grammar by place, and the words that restrict nothing."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._of = {
            place: tuple(re.compile(r["words"], re.IGNORECASE) for r in data["form"] if place in r["in"])
            for place in {p for r in data["form"] for p in r["in"]}
        }
        self.known = frozenset(data["known"].split())

    def of(self, place: str) -> tuple[re.Pattern[str], ...]:
        return self._of.get(place, ())


def _unknown(text: str, own: str, rules: Rules) -> bool:
    return any(not ({w, *_bare(w)} & (rules.known | named(own))) for w in _words(text))


def _words(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(text)]


def _bare(word: str) -> list[str]:
    """What a word may be without its ending."""
    return [
        b for e in _ENDINGS if word.endswith(e) for b in (word[: -len(e)], word[: -len(e)] + "e", word[: -len(e)] + "y")
    ]


@cache
def named(own: str) -> frozenset[str]:
    """The words of a vendor's names: its own, its products', its plans', its sizes'."""
    if own not in VENDORS:
        return frozenset()
    given = settings(own)
    general = given.get("general", {})
    groups = (given.get("names", {}), *(general.get(k, {}) for k in ("plans", "sizes", "gpus")))
    names = [own, *given.get("products", ()), *general.get("tools", ())]
    for name, spelt in (pair for group in groups for pair in group.items()):
        names += [name, *([spelt] if isinstance(spelt, str) else spelt.values() if isinstance(spelt, dict) else spelt)]
    return frozenset(w for name in names for w in _words(name.replace("_", " ")))
