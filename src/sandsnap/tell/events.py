"""From changes to events: gathered by cause, titled, weighed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from sandsnap.cost.tariff import TABLES as COSTED
from sandsnap.tell.happenings import Happening, happenings
from sandsnap.tell.keys import figure
from sandsnap.tell.lines import lines
from sandsnap.tell.measures import improvement
from sandsnap.tell.model import QUIET, Change, Event, digest
from sandsnap.tell.moves import Fact, Move, Row, moves
from sandsnap.tell.significance import Rules, Significance, load, total
from sandsnap.tell.titles import title


def events(
    changes: Iterable[Change], standing: Mapping[Fact, Row] | None = None, rules: Rules | None = None,
    reranked: Mapping[tuple[str, date], Collection[str]] | None = None,
) -> list[Event]:  # fmt: skip
    """Every change in exactly one event, oldest first. Notices and dated judgements come as changes of their tables.

    `standing` are the facts before the first change (none where the changes begin at the first day). Changes must be
    whole vendors': what is one happening is decided within a vendor. `reranked`: by product and day the workloads for
    which the product's place among all products moved that day.
    """
    weights = rules or load()
    times: Counter[str] = Counter()
    out = []
    for happening in happenings(moves(changes, standing)):
        name = identity(happening)
        times[name] += 1
        out.append(_event(happening, weights, digest(name, str(times[name])), _passed(happening, reranked or {})))
    return out


def identity(happening: Happening) -> str:
    """What a happening is, whatever the day: it keeps its name when an archive's gap is filled and its interval shrinks.

    The same happening a second time (up, down, up) is counted by the caller.
    """
    cause, lead = happening.cause, min(happening.moves, key=lambda m: m.fact)
    reached = sorted(f"{k}={v}" for k, v in (lead.after or {}).items() if v is not None)
    return digest(*lead.fact[:3], *lead.fact[3], cause.kind, cause.about, cause.way, *reached)


def _passed(happening: Happening, reranked: Mapping[tuple[str, date], Collection[str]]) -> tuple[str, ...]:
    """The workloads that a happening re-ranked; what is no vendor's change re-ranks nothing."""
    if happening.cause.kind in QUIET:
        return ()
    days = {(m.product, c.day) for m in happening.moves if m.table in COSTED for c in m.changes}
    return tuple(sorted({w for key in days for w in reranked.get(key, ())}))


def _event(happening: Happening, rules: Rules, name: str, reranked: tuple[str, ...]) -> Event:
    first, cause = happening.first, happening.cause
    members = tuple(c for m in happening.all for c in m.changes)
    notice = next((m for m in happening.all if m.table == "notices"), None)
    worth = significance(happening, rules, reranked)
    products = {m.product for m in happening.moves}
    unbefore = [m.not_before for m in happening.moves if m.not_before is not None]
    return Event(
        event=name,
        vendor=first.vendor,
        product=products.pop() if len(products) == 1 else first.product,
        kind=cause.kind,
        title=title(happening),
        day=happening.day,
        not_before=max((d for d in unbefore if d < happening.day), default=None),
        significance=worth.points,
        members=members,
        notice=f"{notice.key['subject']} / {notice.key['kind']}" if notice else None,
        confirmed=not any(c.kind == "unconfirmed" for m in happening.all for c in m.changes),
        reasons=worth.reasons,
        moved=lines(happening),
        reranked=reranked,
    )


def significance(happening: Happening, rules: Rules, reranked: Collection[str] = ()) -> Significance:
    """The most that one of its moves is worth, and what the happening as a whole adds."""
    cause = happening.cause
    if cause.kind in QUIET:
        return total([(cause.kind, rules.points("event", cause.kind))])
    passed = [("re-ranks " + ", ".join(reranked), rules.points("circumstance", "reranks"))] if reranked else []
    return max((_worth(m, cause.way, rules, passed) for m in happening.moves), key=lambda s: s.points)


def _worth(move: Move, way: str, rules: Rules, passed: list[tuple[str, int]]) -> Significance:
    parts = [(move.table, rules.points("table", move.table)), (way, rules.points("way", way))]
    was, now = figure(move.table, move.before), figure(move.table, move.after)
    if way in ("better", "worse") and was and now and was.unit == now.unit and was.amount != now.amount:
        worse = not improvement(move.table, was.amount, now.amount)
        parts.append(
            ("worse", rules.points("direction", "worse")) if worse else ("better", rules.points("direction", "better"))
        )
        low, high = sorted((was.amount, now.amount))
        percent = (high / low - 1) * 100 if low else None
        steps = rules.sections["size"]
        step = steps[0] if percent is None else next((s for s in steps if percent >= s["percent"]), None)
        if step is not None:
            parts.append((f"at least {step['percent']} %", int(step["points"])))
    if move.table == "notices":
        parts.append((move.key["kind"].replace("_", " "), rules.points("notice", move.key["kind"])))
    before, after = move.before or {}, move.after or {}
    if (reached := after.get("status")) and reached != before.get("status"):
        parts.append((f"now {reached}", rules.points("status", f"{move.table}.{reached}")))
    if move.before is not None and move.after is not None:
        parts += [
            (column, rules.points("field", f"{move.table}.{column}"))
            for column in after
            if before.get(column) is not None and after[column] is not None and before[column] != after[column]
        ]
    if move.basis in ("judged", "second_hand"):
        parts.append(("judged", rules.points("circumstance", "judged")))
    return total(parts + passed)


def between(told: Iterable[Event], start: date, end: date) -> list[Event]:
    """Events with start < day <= end, oldest first, with those of their changes that are of these days."""
    return [
        replace(e, members=tuple(c for c in e.members if start < c.day <= end)) for e in told if start < e.day <= end
    ]
