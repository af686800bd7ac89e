"""Readers that are no code: `[general.reads]` of a vendor.toml says on which sources the layer reads what they own.

    [general.owns]
    idle = ["limits.idle_timeout/any"]

    [general.reads]
    idle = ["lifecycle"]                   # names of [[source]]s
    sdks = { on = ["readme"], where = "AI-Generated Code" }  # only where the page says that

Of what the readers of a page own, an amount is of the one item that names it best, and of none where two do.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from sandsnap.model import Fact
from sandsnap.read.errors import Ambiguous
from sandsnap.read.general.names import names_of
from sandsnap.read.general.stated import item_of, items, plain, stated
from sandsnap.read.general.terms import topic
from sandsnap.read.general.words import lexicon, stems
from sandsnap.read.page import Page
from sandsnap.read.sentences import Absent

_CARD = 30  # letters
_AMOUNT = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|unlimited)\b", re.IGNORECASE
)


def reader(name: str, beside: Mapping[str, object], where: str | None = None) -> Callable[[Page], Iterable[Fact]]:
    """The reader of what `name` owns, on the pages that the readers `beside` (itself among them) read; where a pattern is
    given only on a page that says it."""

    def read(page: Page) -> list[Fact]:
        if where and not page.speaks_of(where):
            return []
        names = names_of(page.vendor)
        page.by_layer.add(name)
        owned = frozenset[str]().union(*(names.owns.get(r, ()) for r in beside))
        _, found = stated(page, names, owned)
        own = items(names.owns[name])
        facts = _agreeing([f for f in found if item_of(f) in own])
        for item in sorted(own - {item_of(f) for f in facts}):
            if spoken := speaking(page, item):
                page.absent.append(Absent(item, (), None, False, sentences=spoken))
        return facts

    read.__name__ = read.__qualname__ = name
    return read


def _agreeing(found: list[Fact]) -> list[Fact]:
    """Each fact once, and besides what is refused and not stated, or said of some cases only. Raises Ambiguous where the page says two
    values."""
    first: dict[object, Fact] = {}
    for fact in (f for f in found if not f.refused):
        if plain(before := first.setdefault(fact.id, fact)) != plain(fact):
            raise Ambiguous(f"the page says both {before.quote!r} and {fact.quote!r}")
    return [*first.values(), *(f for f in found if f.refused and (f.id not in first or f.refused.by == "some"))]


def speaking(page: Page, item: str) -> tuple[str, ...]:
    """The sentences and rows that speak of an item: with its words and an amount, or with the terms of its table."""
    texts = [s.text for s in page.sentences if s.kind != "code"]
    # On cards a name stands over its value, and may have its unit between them.
    texts += [
        " ".join(texts[i : i + 3])
        for i in range(len(texts) - 1)
        if len(texts[i]) <= _CARD and not _AMOUNT.search(texts[i])
    ]
    if named := lexicon().get(item):
        return tuple(t for t in texts if _AMOUNT.search(t) and named.fit(stems(t), stems(t)))
    topics = topic(item)
    return tuple(t for t in texts if all(re.search(words, t, re.IGNORECASE) for words in topics))
