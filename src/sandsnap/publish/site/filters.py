"""What a buyer may insist on, asked of each product's facts: filters.toml says what counts."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.publish.site.spans import Fact
from sandsnap.tell.measures import measure

Product = tuple[str, str]  # vendor, product
HOUR = 3600


@dataclass(frozen=True)
class Filter:
    """A filter and how the products stand to it: True, False, or None where no page says."""

    id: str
    label: str
    table: str
    passes: Mapping[Product, bool | None]

    def vendor(self, name: str) -> bool | None:
        """A vendor passes with any of its products."""
        own = [p for (vendor, _), p in self.passes.items() if vendor == name]
        return True if True in own else False if False in own else None


@cache
def _declared() -> tuple[Mapping[str, Any], ...]:
    text = (files("sandsnap.publish.site") / "filters.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["filter"])


def load(facts: Sequence[Fact], products: Iterable[Product]) -> list[Filter]:
    """Every filter over the facts of a day."""
    own: dict[tuple[Product, str], list[Fact]] = {}
    for f in facts:
        own.setdefault(((f.span.vendor, f.span.product), f.span.table), []).append(f)
    products = list(products)
    return [
        Filter(d["id"], d["label"], d["table"], {p: _passes(d, own.get((p, d["table"]), [])) for p in products})
        for d in _declared()
    ]


def _passes(declared: Mapping[str, Any], facts: Sequence[Fact]) -> bool | None:
    rows = [
        f
        for f in facts
        if f.state != "ended" and all(_value(f, c) in words for c, words in declared.get("rows", {}).items())
    ]
    if not rows:
        return None
    return any(_row(declared, f) for f in rows)


def _row(declared: Mapping[str, Any], fact: Fact) -> bool:
    if hours := declared.get("longer_than_hours"):
        if fact.span.values.get("amount") is None:
            return True  # stated to have no limit
        span = measure(fact.span.table, fact.span.values)
        return span is not None and span.amount > hours * HOUR
    if patterns := declared.get("matches"):
        unlike = declared.get("not", {})
        return all(
            any(fnmatchcase(_value(fact, c), p) for p in wanted)
            and not any(fnmatchcase(_value(fact, c), p) for p in unlike.get(c, ()))
            for c, wanted in patterns.items()
        )
    return all(_value(fact, c) in words for c, words in declared["where"].items())


def _value(fact: Fact, column: str) -> str:
    value = fact.span.values.get(column)
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
