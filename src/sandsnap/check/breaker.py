"""The breaker of one table: when most of its amounts move by one factor, a unit, a currency or a period moved, not prices."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sandsnap.check.evidence import Claim, Claims
from sandsnap.check.units import same_values
from sandsnap.model import Fact, Reading, Wait

# Most of a table, and more than two or three rates that a vendor may well raise by the same share on one day.
SHARE = Fraction(1, 2)
LEAST = 5
# Printed prices are rounded: two factors this near are the same one.
_CLOSE = Fraction(1, 200)
_SAME = Fraction(1)
# "At once" needs a before: what was last verified longer ago (a sparse archive, a long outage) had time to change.
RECENT = timedelta(days=31)


def by_one_factor(
    day: date, before: Claims, reading: Reading, waiting: Mapping[Claim, Wait]
) -> dict[int, tuple[str, str]]:
    """Position of a fact -> (which factor, why): the amounts of one table of a reading of which most moved by one factor.

    `before` are the standing claims by (reader, fact id). A claim that waits has not had time to change since it began to.
    """
    out: dict[int, tuple[str, str]] = {}
    for table in {f.table for f in reading.facts}:
        moves: dict[int, Fraction] = {}
        amounts = 0
        for i, fact in enumerate(reading.facts):
            claim = (reading.reader, fact.id)
            old = before.get(claim)
            since = waiting[claim].since if claim in waiting else day
            if fact.table != table or old is None or old.verified_on is None or old.verified_on < since - RECENT:
                continue
            factor = _factor(old, fact)
            if factor is not None:
                amounts += 1
                if factor != 1:
                    moves[i] = factor
        for factor in Counter(moves.values()):
            alike = [
                i for i, f in moves.items() if abs(f - factor) <= _CLOSE * factor
            ]  # a factor may be 0: all became nothing
            held = sum(_held(waiting.get((reading.reader, reading.facts[i].id)), reading.facts[i]) for i in alike)
            # What was held as one table stays so while most of it has moved alike, though another rate moved since.
            if (len(alike) >= LEAST or held > 1) and len(alike) > SHARE * amounts:
                times = f"{float(factor):.4g}"
                why = f"{len(alike)} of the {amounts} amounts of the table moved by one factor, {times}: another unit, currency or period?"
                out |= dict.fromkeys(alike, (f"factor of {table} {times}", why))
                break
    return out


def _held(wait: Wait | None, fact: Fact) -> bool:
    return wait is not None and wait.state == "held" and same_values(wait.fact, fact)


def traded(before: Claims, reading: Reading) -> dict[int, str]:
    """Position of a fact -> why: amounts of one table that trade their places, as when its rows or columns are swapped."""
    edges: dict[tuple[str, str], dict[Decimal, set[Decimal]]] = {}
    moved: list[tuple[int, tuple[str, str], Decimal, Decimal]] = []
    for i, fact in enumerate(reading.facts):
        old = before.get((reading.reader, fact.id))
        for field, now in fact.values.items() if old is not None else ():
            was = old.values.get(field) if old is not None else None
            if isinstance(was, Decimal) and isinstance(now, Decimal) and was != now:
                where = (fact.table, field)
                moved.append((i, where, was, now))
                edges.setdefault(where, {}).setdefault(was, set()).add(now)
    return {
        i: f"{where[1]} {was:f} became {now:f}, and {now:f} went elsewhere in the same table: rows or columns that were swapped?"
        for i, where, was, now in moved
        if _leads(edges[where], now, was)
    }


def _leads(edges: Mapping[Decimal, set[Decimal]], start: Decimal, end: Decimal) -> bool:
    """Whether following the moves from `start` comes to `end`."""
    seen, ahead = set[Decimal](), [start]
    while ahead:
        at = ahead.pop()
        if at == end:
            return True
        if at not in seen:
            seen.add(at)
            ahead += edges.get(at, ())
    return False


def _factor(old: Fact, new: Fact) -> Fraction | None:
    """By what a fact's leading amount moved while its unit stayed; None without one."""
    for field, was in old.values.items():
        now = new.values.get(field)
        if (
            isinstance(was, Decimal)
            and isinstance(now, Decimal)
            and was
            and old.values.get("unit") == new.values.get("unit")
        ):
            return _SAME if now == was else Fraction(now) / Fraction(was)
    return None
