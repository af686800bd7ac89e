"""What an entry makes of what is said: prices, limits, allowances, starts, fees, rows of other tables."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.model import Fact
from sandsnap.read import changelog
from sandsnap.read.addresses import canonical
from sandsnap.read.amounts import Amount, days
from sandsnap.read.days import on_day
from sandsnap.read.entries.terms import meaning
from sandsnap.read.errors import Unreadable
from sandsnap.read.passage import Match, Passage
from sandsnap.read.plans import fee
from schemas import TABLES

MADE = {"limit": "limits", "price": "prices", "allowance": "allowances", "start": "cold_starts", "fee": "plans"}
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?(\?)?\}")
_LIST = re.compile(r",?\s+(?:and|or)\s+(?:the )?|,\s*(?:the )?|\s*/\s*")
_MEASURES = ("unit", "seconds")

Groups = Mapping[str, str]
Made = Mapping[str, Any]


def made(said: Passage, what: Made, groups: Groups, *, in_cell: bool) -> Iterator[Fact]:
    """The facts of one of an entry's `makes`. `groups` stand beside those of the statement. Raises Unreadable."""
    unless = what.get("unless", [])
    if ("if" in what and not _has(said, what["if"], groups)) or any(
        _has(said, name, groups) for name in ([unless] if isinstance(unless, str) else unless)
    ):
        return
    what = {k: v for k, v in what.items() if k not in ("if", "unless")}
    if not (listed := what.get("each")):
        yield from _facts(said, what, groups, in_cell)
        return
    text = _group(said, listed, groups)
    parts = re.split(what["by"], text) if "by" in what else _LIST.split(text)
    members = [part.strip() for part in parts if part.strip()]
    counted = (
        said["count"]
        if "table" in what and isinstance(said, Match) and "count" in said.holes and said.has("count")
        else None
    )
    if counted and counted.value != len(members):  # "in three languages: …"
        raise Unreadable(f"expected {counted.text}, found {len(members)} in {said.text!r}")
    left = {k: v for k, v in what.items() if k not in ("each", "by")}
    for member in members:
        yield from _facts(said, left, {**groups, listed: member}, in_cell)


def denied(said: Passage, what: Made, groups: Groups) -> Fact:
    """That there is none of what is made."""
    kind = next(iter(what))
    table = MADE[kind] if kind in MADE else str(what["table"])
    return said.denial(table, **{k: value(said, table, k, v, groups) for k, v in what.items() if k != "table"})


def _facts(said: Passage, what: Made, groups: Groups, in_cell: bool) -> Iterator[Fact]:
    left = dict(what)
    kind = next(iter(left))
    amount = _amount(said, left.pop("of", None)) if kind in MADE and not left.pop("none", False) else None
    if amount and (per := left.pop("per", None)) is not None and amount.per != tuple(per.split()):
        raise Unreadable(f"expected an amount per {per or 'nothing'}, found {said.text!r}")
    table = MADE.get(kind, left.get("table", ""))
    fields = {k: value(said, table, k, v, groups, left.get("bound", "exact")) for k, v in left.items() if k != "table"}
    term = fields.pop(kind, None)
    if any(v is None for k, v in fields.items() if k in TABLES[table].key):
        return  # a term that means nothing of ours
    if kind == "table":
        yield said.fact(table, **fields)
    elif kind == "fee":
        assert amount is not None
        yield from fee(said, amount, fields["plan"], term, monthly=fields.get("monthly", False))
    elif kind == "limit":
        if amount is None or amount.bound != "min" or not in_cell:
            yield said.limit(term, amount, **{"bound": "max", **fields})
    elif amount is None:
        raise Unreadable(f"no amount in {said.text!r}")
    elif kind == "price":
        yield said.price(amount, term, **fields)
    elif kind == "start":
        yield said.cold_start(term, amount, **fields)
    else:
        yield said.allowance(term, fields.pop("period"), amount, **fields)


def value(said: Passage, table: str, column: str, given: Any, groups: Groups, bound: str = "exact") -> Any:
    """What an entry gives for a column, of the column's type."""
    if isinstance(given, dict):  # { if = "card", is = false, else = … }
        given = given.get("is") if _has(said, given["if"], groups) else given.get("else")
    spec = TABLES[table].by_name.get(column)
    exact = spec is not None and spec.kind == "amount"
    if not isinstance(given, str):
        return Decimal(str(given)) if exact and given is not None and not isinstance(given, bool) else given
    whole = _PLACE.fullmatch(given)
    if whole and isinstance(said, Match) and whole[1] in said.holes:
        amount = said[whole[1]] if said.has(whole[1]) else None
        return amount and _measured(amount, column, exact, whole[2], bound)
    if whole and whole[3] and isinstance(said, Match) and not said.has(whole[1]):
        return None
    if whole and whole[2] == "reached":
        seen = said.page.capture.day
        return "effective" if seen and seen >= on_day(_group(said, whole[1], groups), seen) else "announced"
    if whole:
        found = meaning(said.page.vendor, _group(said, whole[1], groups), whole[2])
        return on_day(str(found), said.page.capture.day) if spec is not None and spec.kind == "day" else found
    text = _PLACE.sub(lambda m: str(meaning(said.page.vendor, _group(said, m[1], groups), m[2])), given)
    return date.fromisoformat(text) if spec is not None and spec.kind == "day" else text


def _measured(amount: Amount, column: str, exact: bool, measure: str | None, bound: str) -> Decimal | str:
    if measure == "unit":
        return amount.unit
    if measure == "seconds":
        low, high = amount.ms
        if low != high:
            raise Unreadable(f"expected an exact time, found {amount.text!r}")
        return high / 1000
    if column == "retention_days":
        return days(amount, bound=bound)
    if not exact:
        return amount.text
    return amount.low if bound == "min" and amount.bound == "min" and amount.low is not None else amount.value


def _amount(said: Passage, of: str | None) -> Amount:
    if not isinstance(said, Match):
        raise Unreadable(f"no amount is looked for in {said.text!r}")
    if of and ".." in of:
        first, last = of.split("..")
        if last in said.holes and said.has(last):
            return replace(said[first], low=said[first].value, high=said[last].value, bound="range", text=said.text)
        of = first
    holes = [h for h in (of.split("|") if of else said.holes) if said.has(h)]
    if len(holes) != 1 and not of:
        raise Unreadable(
            f'which amount of {said.text!r} is meant? Name it: of = "{said.holes[0] if said.holes else "count"}"'
        )
    if not holes:
        raise Unreadable(f"no {of} in {said.text!r}")
    return said[holes[0]]


def _has(said: Passage, name: str, groups: Groups) -> bool:
    known = said.match.groupdict() if isinstance(said, Match) else {}
    return known.get(name, groups.get(name)) is not None


def _group(said: Passage, name: str, groups: Groups) -> str:
    if name in groups:
        return groups[name]
    if name == "entry" and (day := changelog.day_of(said.where)):
        return day.isoformat()
    if name == "repository":
        return "https://" + "/".join(canonical(said.page.capture.url).split("/")[:3])
    if not isinstance(said, Match) or name not in said.match.re.groupindex:
        raise Unreadable(f"no {name} is stated for {said.text!r}")
    return said.group(name)
