"""JSON feeds as strictly as pages: what contradicts itself or is no number of the contract is refused."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.read.errors import Ambiguous, ReadError, Unreadable

# A price has at most nine digits before the point. Feeds write quotients with as many decimals as a float has.
_DIGITS, _DECIMALS = 18, 40
_FROM = (
    "effective",
    "effectivedate",
    "effectivefrom",
    "effectiveon",
    "effectiveat",
    "validfrom",
    "startsat",
    "startson",
)


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
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(feed, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            raise ReadError("half a character stands in it") from None


def check_terms(terms: Mapping[str, Any], day: date | None) -> None:
    """Raises Unreadable where an object of a feed names another currency, or a day after `day` from which it holds."""
    for key, value in terms.items():
        name = key.lower().replace("_", "").replace("-", "")
        if name in ("currency", "currencycode") and str(value).upper() != "USD":
            raise Unreadable(f"the feed is in {value!r}, not in US dollars")
        if name in _FROM and value is not None:
            try:
                begins = date.fromisoformat(str(value)[:10])
            except ValueError:
                raise Unreadable(f"the feed holds from {value!r}: no date") from None
            if day is None or begins > day:
                raise Unreadable(f"the feed holds from {begins} on, after it was captured")


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
