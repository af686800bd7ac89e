"""What runs come to: medians and percentiles as their publisher computes them, exactly."""

from collections.abc import Sequence
from decimal import Decimal
from math import ceil


def trimmed(values: Sequence[Decimal], share: Decimal) -> list[Decimal]:
    """The values in order, without that share of them at each end (whole values, rounded down). At least one is left."""
    ordered = sorted(values)
    cut = min(int(len(ordered) * share), (len(ordered) - 1) // 2)
    return ordered[cut : len(ordered) - cut]


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle value, or the mean of the two. Raises ValueError for none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def nearest_rank(values: Sequence[Decimal], percent: int) -> Decimal:
    """The smallest value that at least `percent` % of the values do not exceed. Raises ValueError for none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[max(ceil(percent * len(ordered) / 100), 1) - 1]
