"""`[[feed]]`: prices of a JSON feed, one row for each object of a list, or of an object by its keys.

[[feed]]
reader = "gpu_rates"
on = "feed"
rows = "gpus"                                 # the key of the list or object; "{key}" is a member's key there
also = ["type"]                               # what else is known; any other key is an issue
leaves.spotPricePerHour = "no list price"     # a key, or a member of an object, that is left out, and why
makes.onDemandPricePerHour = { price = "gpu", sku = "{type:gpu}", unit = "gpu_hour" }
same = [{ key = "onDemandPricePerSecond", times = 3600, of = "onDemandPricePerHour" }]  # to a thousandth, or neither is read
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandsnap.model import Fact
from sandsnap.read.entries.terms import meaning
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.feeds import about, check_currency, check_standing
from sandsnap.read.page import Page

KEYS = {"reader", "on", "why", "rows", "also", "leaves", "makes", "same"}
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")


@dataclass(frozen=True, slots=True)
class Feed:
    """One entry on a feed."""

    vendor: str
    given: Mapping[str, Any]

    def read(self, page: Page) -> Iterator[Fact]:
        """The facts of the entry. Raises ReadError."""
        data, rows = page.data, self.given["rows"]
        if not isinstance(data, dict) or rows not in data:
            raise NotFound(f"the feed has no {rows!r}")
        units = {str(what["unit"]) for what in self.given["makes"].values()}
        check_currency(about(data))
        check_standing(about(data), page.capture.day, units)
        if not isinstance(data[rows], dict | list):
            raise Unreadable(f"expected a list or an object as {rows}, found {data[rows]!r}")
        members = data[rows].items() if isinstance(data[rows], dict) else (("", row) for row in data[rows])
        for key, row in members:
            if key in self.given.get("leaves", ()):
                continue
            row_of = row if isinstance(row, dict) else {key: row}
            check_currency(row_of)
            try:
                check_standing(row_of, page.capture.day, units)
            except Unreadable as error:
                page.note_unknown(f"{key or row_of.get(next(iter(row_of), ''))}: {error}")
                continue
            if not isinstance(row, dict) and not key:
                raise Unreadable(f"expected an object in {rows}, found {row!r}")
            if isinstance(row, dict):
                yield from self._row(page, key, row)
            else:
                page.note_unknown(f"unknown key {key} beside those that are read")

    def _row(self, page: Page, key: str, row: Mapping[str, Any]) -> Iterator[Fact]:
        makes, same = self.given["makes"], self.given.get("same", ())
        known = {*makes, *self.given.get("also", ()), *self.given.get("leaves", ()), *(s["key"] for s in same)}
        if unknown := [k for k in row if k not in known]:
            page.note_unknown(f"unknown keys {', '.join(unknown)} beside those that are read")
        for s in same:
            fine, coarse = _number(row, s["key"]), _number(row, s["of"])
            if fine is not None and coarse is not None and abs(fine * s["times"] - coarse) > coarse / 1000:
                raise Ambiguous(f"{s['key']} {fine} is not {s['of']} {coarse}")
        stated = ", ".join(
            f'"{k}": {v if isinstance(v, Decimal) else json.dumps(v, default=str)}' for k, v in row.items()
        )
        cited = page.passage(f"{{{stated}}}")
        for name, what in makes.items():
            usd = _number(row, name)
            if usd is None:
                continue
            fields = {k: self._text(v, {**row, "key": key}) for k, v in what.items() if k != "price"}
            yield cited.fact("prices", meter=what["price"], usd=usd, **{"plan": "any", **fields})

    def _text(self, given: str, row: Mapping[str, Any]) -> str:
        return _PLACE.sub(lambda m: str(meaning(self.vendor, str(row.get(m[1])), m[2])), given)


def _number(row: Mapping[str, Any], key: str) -> Decimal | None:
    value = row.get(key)
    if value is not None and not isinstance(value, Decimal):
        raise Unreadable(f"expected a number in {key}, found {value!r}")
    return value
