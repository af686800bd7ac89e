"""Figures in one unit, so that equality is always asked of the same thing: 15 s is not 15 minutes, a GB is no GiB."""

from decimal import Decimal
from fractions import Fraction

from sandsnap.model import Fact
from sandsnap.read.statements import month_hours

# The same price per second and per hour, each rounded as printed.
ROUNDING = Fraction(1, 100)
_TIMES = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_THINGS = {
    "vcpu": ("vcpu", 1), "core": ("vcpu", 2), "gb": ("byte", 10**9), "gib": ("byte", 2**30), "gpu": ("gpu", 1),
    "instance": ("instance", 1), "vm": ("instance", 1), "million": ("count", 10**6), "count": ("count", 1),
}  # fmt: skip


def in_one_unit(fact: Fact, field: str) -> tuple[tuple[str, ...], Fraction] | None:
    """What a figure is of (bytes and time, say) and how much of it, in the smallest units; None where it is no figure.

    A price is dollars for one of its unit, everything else so many of its unit. A month has the vendor's own hours.
    """
    value, unit = fact.values.get(field), fact.values.get("unit")
    if not isinstance(value, Decimal):
        return None
    what, size = [], Fraction(1)
    for word in str(unit or "").split("_"):
        if word in _TIMES or word == "month":
            what.append("time")
            size *= _TIMES.get(word) or month_hours(fact.vendor) * 3600
        elif word in _THINGS:
            what.append(_THINGS[word][0])
            size *= _THINGS[word][1]
        elif word:
            what.append(word)
    per = fact.table == "prices" or "per" in what
    return tuple(what), Fraction(value) / size if per else Fraction(value) * size


def same_figure(a: Fact, b: Fact, field: str) -> bool:
    """Whether two facts of one key state the same figure: to the digit in one unit, as printed in two."""
    if a.values.get(field) == b.values.get(field) and a.values.get("unit") == b.values.get("unit"):
        return True
    one, other = in_one_unit(a, field), in_one_unit(b, field)
    if one is None or other is None:
        return one is other
    if one[0] != other[0]:
        return False
    if a.values.get("unit") == b.values.get("unit"):
        return one[1] == other[1]
    x, y = one[1], other[1]
    return x == y or (bool(x) and abs(y / x - 1) <= ROUNDING)


def same_values(a: Fact, b: Fact) -> bool:
    """Whether two facts of one key say the same in every column: figures in one unit, everything else as written."""
    return a.values == b.values or all(
        same_figure(a, b, name) if isinstance(value, Decimal) and isinstance(b.values.get(name), Decimal)
        else name == "unit" or value == b.values.get(name)
        for name, value in a.values.items()
    )  # fmt: skip
