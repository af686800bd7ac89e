"""Exact figures of a bill, and how they are printed: fractions inside, decimals outside, never a float."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

GB_PER_GIB = Fraction(1073741824, 10**9)
HOURS = {"second": Fraction(1, 3600), "minute": Fraction(1, 60), "hour": Fraction(1), "day": Fraction(24)}
_TIME = re.compile(r"(?:^|_)([a-z]+)$")


def rounded(value: Fraction, places: int) -> Decimal:
    """The nearest decimal of so many places, halves away from zero."""
    scaled = Decimal((abs(value) * 10**places * 2 + 1) // 2)
    return (scaled if value >= 0 else -scaled).scaleb(-places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Fraction | Decimal | int, places: int = 9) -> str:
    """A figure as people write it: 0.0000115, 20; never 1.15e-05 or 20.0."""
    text = f"{rounded(Fraction(value), places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def hours_of(unit: str, month: Fraction) -> Fraction | None:
    """How many hours the span in a unit lasts (gib_month: the vendor's month); None where it is not by time."""
    m = _TIME.search(unit)
    word = m[1] if m else ""
    return month if word == "month" else HOURS.get(word)


def ceil(value: Fraction) -> Fraction:
    """The next whole number."""
    return Fraction(-(-value.numerator // value.denominator))
