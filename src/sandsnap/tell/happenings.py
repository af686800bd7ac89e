"""Moves with one cause, gathered: the same notice, or one product, matter and direction within one interval."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandsnap.tell import keys
from sandsnap.tell.causes import Cause, cause, days, of_subject, quiet
from sandsnap.tell.moves import Move

_TOWARDS = ("better", "worse", "end")
_ALL_ALONG = ("isolation", "prices", "sizes", "billing_rules", "multipliers")  # first stated, never first so
_ONCE = ("announce", "alter", "effective", "freeze", "withdraw", "open", "offer")
_BEGUN = ("open", "offer")  # of notices: what tables state as begun is the same happening


@dataclass(frozen=True)
class Happening:
    """What will be one event: its cause, its moves (the ones it is about first), and those that follow from it."""

    cause: Cause
    moves: tuple[Move, ...]
    besides: tuple[Move, ...] = ()

    @property
    def all(self) -> tuple[Move, ...]:
        """Every move of it."""
        return self.moves + self.besides

    @property
    def first(self) -> Move:
        """The earliest move that it is about."""
        return min(self.moves, key=lambda m: m.day)

    @property
    def day(self) -> date:
        """The day to tell it on: that of a notice that names its own, if we could not have seen it before."""
        first = self.first
        said = first.row.get("effective_on" if self.cause.way in ("end", "effective") else "announced_on")
        if first.table == "notices" and said and said <= first.day and (first.not_before or date.min) < said:
            return said  # type: ignore[no-any-return]
        return first.day


def happenings(moves: Iterable[Move]) -> list[Happening]:
    """Every move in exactly one happening, oldest first."""
    found, successor = keys.paired(moves)
    causes = [cause(m) for m in found]
    for i in successor:
        causes[i] = quiet("rekeyed")
    _rewritten(found, causes)
    _said_as_kept(found, causes)
    _told_before(found, causes)
    groups = _groups(found, causes)
    _absorb(found, causes, groups)
    follows = {i: _group_of(groups, s) for i, s in successor.items()}
    out = []
    for name, places in groups.items():
        mine = [i for i in places if i not in follows or follows[i] == name]
        added = [i for i, g in follows.items() if g == name and i not in places]
        if not mine:
            continue
        lead = [i for i in mine if causes[i] == causes[mine[0]]]
        rest = [i for i in mine if i not in lead] + added
        out.append(Happening(causes[mine[0]], tuple(found[i] for i in lead), tuple(found[i] for i in rest)))
    return sorted(out, key=lambda h: (h.day, h.first.fact, h.cause.kind, h.cause.way))


def _rewritten(found: Sequence[Move], causes: list[Cause]) -> None:
    """A page that begins to state many kinds of fact on one day was rewritten: what was there all along is no news. Nor is what
    went with the plans that gave way to new ones."""
    replanned = {
        (m.vendor, m.product, m.day)
        for m, c in zip(found, causes, strict=True)
        if (c.about, c.way) == ("plan", "begin")
    }
    kinds: dict[tuple[Any, ...], set[tuple[str, ...]]] = defaultdict(set)
    for m, c in zip(found, causes, strict=True):
        if c.way in ("state", "begin", "unstate"):
            for page in m.pages:
                kinds[m.vendor, m.day, page, c.way == "unstate"].add((m.table, *m.fact[3][1:2]))
    for i, (m, c) in enumerate(zip(found, causes, strict=True)):
        many = any(len(kinds[m.vendor, m.day, p, c.way == "unstate"]) >= days("rewritten") for p in m.pages)
        listed = c.kind in ("gpu", "region") or c.about == "plan"  # a list's new entry is new, however much is
        if c.way == "unstate" and m.key.get("plan", "any") != "any" and (m.vendor, m.product, m.day) in replanned:
            causes[i] = quiet("silent")
        elif (many and c.way in ("state", "begin", "unstate") and not listed) or (
            c.way == "state" and m.table in _ALL_ALONG
        ):
            causes[i] = quiet("stated")


def _said_as_kept(found: Sequence[Move], causes: list[Cause]) -> None:
    """A limit that a page ceases to state with the time for which it said that a thing is kept was that statement."""
    for i, (m, c) in enumerate(zip(found, causes, strict=True)):
        stated = keys.figure(m.table, m.before)
        if c.way != "unstate" or m.table != "limits" or stated is None or stated.unit != "second":
            continue
        kept = (
            keys.figure(o.table, o.before)
            for o in found
            if o.table == "persistence"
            and (o.vendor, o.product, o.day) == (m.vendor, m.product, m.day)
            and o.pages & m.pages
        )
        if any(k is not None and k.amount * 86400 == stated.amount for k in kept):
            causes[i] = quiet("silent")


def _told_before(found: Sequence[Move], causes: list[Cause]) -> None:
    """A notice that pages cease and begin to state again is told once, and so is one start time under two statistics."""
    seen: set[tuple[Any, ...]] = set()
    for i, (m, c) in enumerate(zip(found, causes, strict=True)):
        which: tuple[Any, ...]
        if m.table == "notices" and c.way in (*_ONCE, "end"):
            which = (m.vendor, m.key["subject"], m.key["kind"], c.way, m.row.get("effective_on"))
        elif m.table == "cold_starts" and c.way in ("better", "worse"):
            which = (*m.fact[:3], m.key["operation"], *(keys.figure(m.table, r) for r in (m.before, m.after)))
        else:
            continue
        if which in seen:
            causes[i] = quiet("silent")
        seen.add(which)


def _groups(found: Sequence[Move], causes: Sequence[Cause]) -> dict[int, list[int]]:
    """Places of moves by the place of the first of their group."""
    groups: dict[int, list[int]] = {}
    open_: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    ends = _announced_ends(found, causes)
    for i, (m, c) in enumerate(zip(found, causes, strict=True)):
        once = c.way in _ONCE or (c.way == "end" and c.kind == "gpu")
        quiet_kind = c.kind in ("coverage", "rekeyed")
        one_day = quiet_kind or c.way not in (*_TOWARDS, *_ONCE)
        key = (m.vendor, None if once else m.product, c.kind, c.about, c.way, m.day if one_day else None)
        at = next((g for g in reversed(open_[key]) if _one(found, groups[g], i, c, ends, alone=quiet_kind)), None)
        if at is None:
            groups[i] = [i]
            open_[key].append(i)
        else:
            groups[at].append(i)
    return groups


def _announced_ends(found: Sequence[Move], causes: Sequence[Cause]) -> dict[tuple[str, str], set[date]]:
    out: dict[tuple[str, str], set[date]] = defaultdict(set)
    for m, c in zip(found, causes, strict=True):
        when = m.row.get("effective_on") or m.row.get("ends_on")
        if c.way in ("announce", "postpone") and when is not None:
            out[m.vendor, c.about].add(when)
    return out


def _one(
    found: Sequence[Move], group: list[int], i: int, c: Cause, ends: dict[tuple[str, str], set[date]], *, alone: bool
) -> bool:
    """Whether a move belongs to a group of its cause."""
    new = found[i]
    first = found[group[0]]
    apart = (new.day - first.day).days
    if apart == 0:
        return True
    if alone or any(found[g].fact == new.fact for g in group):
        return False
    if c.way in _ONCE and apart <= days("announced"):
        return True
    if c.way == "end":
        return any(_follows(first.day, e) and _follows(new.day, e) for e in ends[new.vendor, c.about])
    if c.way not in _TOWARDS or apart > days("overlap"):
        return False
    began = new.not_before
    return began is not None and began < first.day


def _follows(day: date, effective: date) -> bool:
    return effective - timedelta(days=10) <= day <= effective + timedelta(days=days("effective"))


def _group_of(groups: dict[int, list[int]], place: int) -> int:
    return next(g for g, places in groups.items() if place in places)


def _absorb(found: Sequence[Move], causes: Sequence[Cause], groups: dict[int, list[int]]) -> None:
    """What follows from another happening joins it: a notice's prices, what an ended plan contained."""
    for g in list(groups):
        if g not in groups:
            continue
        m, c = found[g], causes[g]
        if m.table == "notices" and c.way == "announce":
            subject = m.key["subject"]
            _take(found, causes, groups, g, lambda o, oc, m=m, s=subject: (
                o.table in ("prices", "allowances") and oc.way in ("begin", "better", "worse")
                and o.day == m.day and bool(o.pages & m.pages) and of_subject(s, o) and s != "gpu"
            ))  # fmt: skip
        if m.table == "notices" and c.way in _BEGUN:
            subject = m.key["subject"]
            _join(found, causes, groups, g, lambda o, oc, m=m, s=subject: (
                o.table != "notices" and oc.way == "begin" and o.product == m.product and of_subject(s, o)
                and abs((o.day - m.day).days) <= days("taken_up")
            ))  # fmt: skip
            if g not in groups:
                continue
        if m.table == "gpus" and c.way == "release":
            models = {(found[i].product, found[i].key["model"]) for i in groups[g]}
            _take(found, causes, groups, g, lambda o, oc, m=m, ms=models: (
                o.table == "prices" and oc.way == "begin" and o.day == m.day and (o.product, o.key["sku"]) in ms
            ))  # fmt: skip
        if c.about == "plan_fee" and c.way == "end":
            plans = {(found[i].product, found[i].key["plan"]) for i in groups[g]}
            _take(found, causes, groups, g, lambda o, oc, m=m, p=plans: (
                o.day == m.day and (o.product, o.key.get("plan")) in p and o.after is None
            ))  # fmt: skip


def _join(found: Sequence[Move], causes: Sequence[Cause], groups: dict[int, list[int]], g: int, same: Any) -> None:
    """Two groups that are one happening: the later joins the earlier, which has been told."""
    vendor, day = found[g].vendor, found[g].day
    others = [
        o for o in groups if o != g and found[o].vendor == vendor and any(same(found[i], causes[i]) for i in groups[o])
    ]
    for other in sorted(others, key=lambda o: found[o].day):
        if found[other].day > day:
            groups[g] += groups.pop(other)
        elif g in groups:
            groups[other] += groups.pop(g)


def _take(found: Sequence[Move], causes: Sequence[Cause], groups: dict[int, list[int]], g: int, mine: Any) -> None:
    vendor = found[g].vendor
    for other in [o for o in groups if o != g and found[o].vendor == vendor]:
        taken = [i for i in groups[other] if mine(found[i], causes[i])]
        if taken:
            groups[g] += taken
            left = [i for i in groups.pop(other) if i not in taken]
            if left:
                groups[left[0]] = left
