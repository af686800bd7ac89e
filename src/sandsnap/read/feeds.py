"""JSON feeds as strictly as pages: what contradicts itself or is no number of the contract is refused."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.capture.door import is_text
from sandsnap.read.errors import Ambiguous, ReadError, Unreadable

# A price has at most nine digits before the point. Feeds write quotients with as many decimals as a float has.
_DIGITS, _DECIMALS = 18, 40
# What a member's name says of the figures beside it, its letters only. A name that is in none of these says nothing of them.
_FROM = re.compile(r"effective(?:date|from|on|at)?|validfrom|(?:start|begin|from)s?(?:date|at|on)|availablefrom")
_UNTIL = re.compile(r"valid(?:until|to|through)|expir(?:y|es|esat|eson|ydate|ationdate|ed)|ends?(?:date|at|on)|until")
_STANDING = re.compile(
    r"(?:is)?(?:deprecated|legacy|archived|retired|draft|preview|beta|test|staging|sandbox|promo(?:tional|tion)?|discounted|estimated"
    r"|example|mock)"
)
_STATE = re.compile(r"status|state|environment|env|stage|phase|lifecycle")
_STANDS = {
    "active",
    "available",
    "current",
    "live",
    "production",
    "prod",
    "ga",
    "published",
    "ok",
    "success",
    "enabled",
    "",
}
_UNIT = re.compile(r"(?:price|billing|rate)?(?:unit|units|period|interval|per)")
_UNIT_WORDS = re.compile("[a-z]+")
_UNITS = {"usd", "us", "dollar", "dollars", "per", "gpu", "vcpu", "gib", "price", "rate"}


def parsed(text: str) -> Any:
    """A feed as Python values, numbers as Decimal. Raises ReadError for no JSON, Ambiguous for a key twice in one
    object, Unreadable for NaN, infinity and numbers of more than 18 digits before the point."""
    try:
        feed = json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=_constant, object_pairs_hook=_object
        )
    except (json.JSONDecodeError, RecursionError) as e:
        raise ReadError(f"not JSON: {e}") from None
    check_characters(text, feed)
    return feed


def check_characters(text: str, feed: object) -> None:
    """Raises ReadError where a text of a feed holds half a character (an escape of one half of a pair)."""
    if ("\\ud" in text or "\\uD" in text) and not is_text(json.dumps(feed, ensure_ascii=False, default=str)):
        raise ReadError("half a character stands in it")


def check_currency(terms: Mapping[str, Any]) -> None:
    """Raises Unreadable where an object of a feed, or one within it, names another currency."""
    for name, value in _members(terms):
        said = value if isinstance(value, list) else [value]
        dollars = all(isinstance(v, Mapping) or str(v).upper() in ("USD", "US DOLLAR", "US DOLLARS") for v in said)
        if ("currency" in name or name == "currencies") and not dollars:
            raise Unreadable(f"the feed is in {value!r}, not in US dollars")


def check_standing(terms: Mapping[str, Any], day: date | None, units: Collection[str]) -> None:
    """Raises Unreadable where an object of a feed, or one within it, says that its figures do not hold on `day` (they begin
    later, ended, are deprecated or a test's) or are in another unit than `units`."""
    for name, value in _members(terms):
        if _FROM.fullmatch(name) and value is not None and (day is None or _day(name, value) > day):
            raise Unreadable(f"the feed holds from {value} on, after it was captured")
        if _UNTIL.fullmatch(name) and value not in (None, False) and (day is None or _day(name, value) < day):
            raise Unreadable(f"the feed held until {value}, before it was captured")
        if _STANDING.fullmatch(name) and value not in (None, False, "false", "no"):
            raise Unreadable(f"the feed says {name}: {value!r}")
        if _STATE.fullmatch(name) and isinstance(value, str) and value.lower() not in _STANDS:
            raise Unreadable(f"the feed says {name}: {value!r}")
        if _UNIT.fullmatch(name) and isinstance(value, str):
            words = {w.rstrip("s") for w in _UNIT_WORDS.findall(value.lower())}
            if not words <= _UNITS | {
                w for u in units for w in (*u.split("_"), {"hour": "h"}.get(u.rpartition("_")[2], u))
            }:
                raise Unreadable(f"the feed says {name}: {value!r}")


def about(feed: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a feed's root that say something of all the others: texts, and objects without a figure."""
    return {k: v for k, v in feed.items() if not (isinstance(v, Mapping | list) and _has_figure(v))}


def _members(terms: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(name, value) of an object's members and those of the objects within it, names in their letters only."""
    for key, value in terms.items():
        yield re.sub("[^a-z]", "", key.lower()), value
        for inner in value if isinstance(value, list) else (value,):
            if isinstance(inner, Mapping):
                yield from _members(inner)


def _has_figure(value: object) -> bool:
    if isinstance(value, Mapping | list):
        return any(map(_has_figure, value.values() if isinstance(value, Mapping) else value))
    return isinstance(value, Decimal)


def _day(name: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Unreadable(f"the feed says {name}: {value!r}, which is no date") from None


def _number(text: str) -> Decimal:
    value = Decimal(text)
    sign = value.as_tuple()
    exponent = sign.exponent if isinstance(sign.exponent, int) else 0
    if value.adjusted() >= _DIGITS or exponent < -_DECIMALS:
        raise Unreadable(f"no figure of a feed: {text[:40]}")
    return value


def _constant(text: str) -> Decimal:
    raise Unreadable(f"no figure of a feed: {text}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise Ambiguous(f"the key {key!r} stands twice in one object of the feed: {out[key]} and {value}")
        out[key] = value
    return out
