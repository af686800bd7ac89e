"""Reviewed entries of the vendors' statements.toml: which amounts need no fact, and why.

    [[ignore]]
    url = "https://e2b.dev/docs/billing"   # one or several sources; left out: every page of the vendor
    heading = "Example.*"                  # a regular expression that one of the headings above matches in full
    sentence = "for example"               # one that is found in the sentence; of a cell: "row — column: cell"
    amount = "1d|14d"                      # one that matches the amount in full
    kind = "percentage"                    # one or several of KINDS
    restates = true                        # only while a fact of this page has the same figure
    why = "an example cost, not a rate"

An entry needs a heading or a sentence, so that no page is waved through as a whole.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sandsnap.read.addresses import canonical
from sandsnap.read.residue.amounts import KINDS, Amount
from sandsnap.vendors import stated

_PLACES = ("heading", "sentence")
FREE = "free of charge: a price of zero is no row of the contract"


@dataclass(frozen=True, slots=True)
class Ignore:
    """A reviewed entry: which amounts need no fact, and why."""

    urls: tuple[str, ...]
    heading: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    amount: re.Pattern[str] | None
    kinds: tuple[str, ...]
    restates: bool
    why: str


@cache
def ignores(name: str) -> tuple[Ignore, ...]:
    """A vendor's ignore-entries. Raises ValueError for one that covers a page as a whole or gives no reason."""
    return tuple(ignore_entry(entry, name) for entry in stated(name).get("ignore", []))


def ignore_entry(entry: Mapping[str, Any], name: str) -> Ignore:
    """One entry of vendors/<name>/statements.toml, checked. Raises ValueError."""
    where = f"{name}/statements.toml: [[ignore]] {dict(entry)}"
    if extra := entry.keys() - {"url", *_PLACES, "amount", "kind", "restates", "why"}:
        raise ValueError(f"{where}: unknown keys {', '.join(sorted(extra))}")
    if len(entry.get("why", "")) < 10:
        raise ValueError(f"{where}: say why these amounts need no fact")
    if not entry.keys() & set(_PLACES):
        raise ValueError(f"{where}: name a heading or a sentence; a page cannot be ignored as a whole")
    kinds = _texts(entry.get("kind", ()))
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"{where}: unknown kind {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    patterns = {k: re.compile(entry[k], re.IGNORECASE) for k in (*_PLACES, "amount") if k in entry}
    for key, pattern in patterns.items():
        # What fits nothing and any word alike is a catch-all, however it is written.
        if pattern.search("") or all(pattern.fullmatch(word) for word in ("Quartz", "$1", "vexing jumps")):
            raise ValueError(f"{where}: the {key} fits everything")
    return Ignore(
        tuple(canonical(u) for u in _texts(entry.get("url", ()))),
        patterns.get("heading"), patterns.get("sentence"), patterns.get("amount"),
        kinds, bool(entry.get("restates", False)), entry["why"],
    )  # fmt: skip


def _texts(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def ignored(a: Amount, headings: tuple[str, ...], here: Sequence[Ignore], stated: frozenset[Decimal]) -> str | None:
    """Why an amount under these headings needs no fact, or None; `stated` are the figures of the page's facts."""
    for e in here:
        if (
            (not e.kinds or a.kind in e.kinds)
            and (e.heading is None or any(e.heading.fullmatch(h) for h in headings))
            and (e.sentence is None or e.sentence.search(a.sentence))
            and (e.amount is None or e.amount.fullmatch(a.text))
            and (not e.restates or not a.figures.isdisjoint(stated))
        ):
            return e.why
    return FREE if a.kind == "money" and a.figures == {Decimal(0)} else None
