"""The same thing under another key: "any" that became one row per plan, a meter or size that is called otherwise."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandsnap.tell.measures import Measure, measure
from sandsnap.tell.moves import Fact, Move, Past, Row

_GENERAL = ("any", "-")
_MONTH = Decimal("0.035")  # a month has 720, 730 or 744 hours, as the page likes
_ROUNDED = Decimal("0.01")
RECALLED = 120  # days after which a figure that is stated again is a new statement


def figure(table: str, row: Row | None) -> Measure | None:
    """A row's figure in a unit that compares, None where it has none."""
    if row is None or (table in ("prices", "allowances", "limits") and not row.get("unit")):
        return None
    return measure(table, row)


def same_figure(table: str, one: Row | None, other: Row | None) -> bool:
    """Whether two rows state one figure, in whatever unit."""
    a, b = figure(table, one), figure(table, other)
    if a is None or b is None:
        return a is None and b is None and one == other
    if a == b or a.unit != b.unit:
        return a == b
    units = {str((r or {}).get("unit")) for r in (one, other)}
    slack = (
        _MONTH if len(units) > 1 and any("month" in u for u in units) else _ROUNDED if len(units) > 1 else Decimal(0)
    )
    return bool(slack) and abs(a.amount - b.amount) <= slack * max(a.amount, b.amount)


def paired(moves: Iterable[Move]) -> tuple[list[Move], dict[int, int]]:
    """Moves with what was known of a thing under its older key as `before`; and removal -> its successor, by place."""
    out = list(moves)
    successor: dict[int, int] = {}
    days: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for i, m in enumerate(out):
        days[m.vendor, m.product, m.day].append(i)
    for places in days.values():
        removed = [i for i in places if out[i].after is None and not out[i].unstable]
        for i in places:
            new = out[i]
            if new.before is not None or new.after is None or new.unstable:
                continue
            at = _predecessor(new, [(r, out[r]) for r in removed])
            if at is not None:
                successor.setdefault(at, i)
                before = out[at].before
                since = new.not_before or out[at].not_before
                out[i] = replace(new, before=before, not_before=since, rekeyed=True, replaces=not out[at].ours)
            elif new.not_before is not None and (old := _general(new)) is not None:
                out[i] = replace(new, before=old, rekeyed=True)
    return [_recalled(m) for m in out], successor


def _recalled(move: Move) -> Move:
    """A figure (or a package) that is stated again is measured against the one that was stated before, if that is not long ago."""
    if not _said(move, move.after) or _said(move, move.before) or move.ours or move.unstable:
        return move
    for until, row, seen in move.standing.earlier(move.fact) if isinstance(move.standing, Past) else ():
        if (move.day - until).days > RECALLED:
            break
        if _said(move, row):
            return replace(move, before=row, recalled=True, not_before=seen or move.not_before)
    return move


def _said(move: Move, row: Row | None) -> bool:
    """Whether a row states what the fact is measured by."""
    return (row or {}).get("package") is not None if move.table == "sdks" else figure(move.table, row) is not None


def _near(one: Fact, other: Fact) -> bool:
    """One table, and where the keys differ, one side speaks of all (of a start time: another statistic of it)."""
    if one[:3] == other[:3] and one[2] == "cold_starts":
        return one[3][0] == other[3][0]
    return one[:3] == other[:3] and all(
        a == b or a in _GENERAL or b in _GENERAL for a, b in zip(one[3], other[3], strict=True)
    )


def _predecessor(new: Move, removed: list[tuple[int, Move]]) -> int | None:
    near = [(i, r) for i, r in removed if _near(new.fact, r.fact)]
    near.sort(key=lambda ir: not same_figure(new.table, ir[1].before, new.after))
    if near:
        return near[0][0]
    for i, r in removed:
        one_off = r.table == new.table and sum(a != b for a, b in zip(r.fact[3], new.fact[3], strict=True)) == 1
        moved = {r.table, new.table} == {"allowances", "limits"} and r.fact[3][0] == new.fact[3][0]
        if (one_off and r.before == new.after) or (
            moved and (now := figure(new.table, new.after)) is not None and figure(r.table, r.before) == now
        ):
            return i
    return None


def _general(new: Move) -> Row | None:
    """What stood for all when a plan got a row of its own."""
    for fact, row in new.standing.items():
        if fact[:3] == new.fact[:3] and fact != new.fact and all(
            a == b or b in _GENERAL for a, b in zip(new.fact[3], fact[3], strict=True)
        ):  # fmt: skip
            return row
    return None


def still_stated(move: Move) -> bool:
    """Whether what is gone under one key still stands, the same, for all."""
    return any(
        _near(move.fact, fact) and fact != move.fact and same_figure(move.table, row, move.before)
        for fact, row in move.standing.items()
        if fact[2] == move.table
    )
