"""Facts out of claims, key by key and day by day, value by value; what the first claim leaves null is filled from the next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from sandsnap.record.fold import Reader
from sandsnap.record.layout import key_columns
from sandsnap.record.resolve.drafts import draft_spans, without
from sandsnap.record.resolve.ends import effective, end_days, ended, turns
from sandsnap.record.resolve.freshness import ageing, cited_on, next_look, stated_on
from sandsnap.record.resolve.model import Key, Resolved
from sandsnap.record.resolve.order import ordered
from sandsnap.record.timeline import VENDOR, Claim
from schemas import TABLES
from schemas.vocabulary import DENIED

# Columns that are one statement: a null among them says something, and is not filled from another page.
STATEMENTS = (
    ("amount", "amount_max", "unit"), ("usd", "unit"), ("low_ms", "high_ms"), ("retention_days", "indefinite"),
    ("status", "ends_on"),
)  # fmt: skip


def resolve(readers: Iterable[Reader], only: Callable[[Key], bool] | None = None) -> dict[Key, list[Resolved]]:
    """The facts of one vendor: by key, its rows in order of days. Of the keys that `only` names, where it is given: then
    `readers` need to be those that state them, their kin, or what ends."""
    by_key: dict[Key, list[tuple[Reader, Claim]]] = {}
    for reader in readers:
        drafts = draft_spans(reader)
        for claim in reader.claims.values():
            shown = without(claim, drafts) if drafts else claim
            if shown.intervals:
                by_key.setdefault((claim.table, claim.key), []).append((reader, shown))
    ends, kin = end_days(by_key), _kin(by_key)
    return {
        key: _resolve(claims, ends.get(key, ()), kin.get(key, ()))
        for key, claims in by_key.items()
        if only is None or only(key)
    }


def _kin(by_key: Mapping[Key, Sequence[tuple[Reader, Claim]]]) -> dict[Key, list[tuple[Reader, Claim]]]:
    """By key, the claims under the keys that differ from it in the plan alone, one side speaking of all plans."""
    plans: dict[Key, dict[str, Key]] = {}
    for table, key in by_key:
        names = key_columns(TABLES[table])
        if "plan" in names:
            at = names.index("plan")
            plans.setdefault((table, (*key[:at], *key[at + 1 :])), {})[key[at]] = (table, key)
    out: dict[Key, list[tuple[Reader, Claim]]] = {}
    for group in plans.values():
        general = group.get("any")
        if general is None or len(group) == 1:
            continue
        own = [k for k in group.values() if k != general]
        out[general] = [c for k in own for c in by_key[k]]
        for k in own:
            out[k] = list(by_key[general])
    return out


def _resolve(
    claims: Sequence[tuple[Reader, Claim]], ends: Sequence[date], kin: Sequence[tuple[Reader, Claim]] = ()
) -> list[Resolved]:
    contested = len(claims) > 1
    edges: set[date] = set(ends)
    for reader, claim in claims:
        edges |= {d for i in claim.intervals for d in (i.valid_from, i.valid_to) if d is not None}
        edges |= set(turns(claim))
        if contested:
            edges |= set(ageing(reader, claim))
            edges |= {d for a in claim.absences for d in (a.missing_on, a.ended_on) if d is not None}
            begun = {i.valid_from for _, c in claims if c is not claim for i in c.intervals if i.cause == VENDOR}
            edges |= {d for since in begun if (d := next_look(reader, claim, since)) is not None}
    out: list[Resolved] = []
    for start, stop in pairwise([*sorted(edges), date.max]):
        until = None if stop == date.max else stop
        row = _on(claims, start, until, contested, kin)
        row = ended(row, out[-1] if out else None, ends, start, until)
        if row is None:
            continue
        last = out[-1] if out else None
        if last is not None and last.valid_to == start and _same(last, row):
            out[-1] = replace(last, valid_to=until)
        else:
            out.append(row)
    return out


def _same(a: Resolved, b: Resolved) -> bool:
    return (a.claim.id, a.since, a.values, a.ended_on) == (b.claim.id, b.since, b.values, b.ended_on) and dict(
        a.sources
    ) == dict(b.sources)


def _on(
    claims: Sequence[tuple[Reader, Claim]], day: date, until: date | None, contested: bool,
    kin: Sequence[tuple[Reader, Claim]],
) -> Resolved | None:  # fmt: skip
    standing = [(r, c, i) for r, c in claims if (i := stated_on(c, day)) is not None]
    if not standing:
        return None
    if contested and len(standing) > 1:
        standing = ordered(standing, day)
    reader, claim, interval = standing[0]
    cited = cited_on(claim, day)
    if cited.basis == DENIED:
        standing = standing[:1]
    values, sources = list(interval.values), dict[str, int]()
    fields = TABLES[claim.table].values
    for group in _groups(fields):
        if any(values[n] is not None for n in group):
            continue
        for _, other, stated in standing[1:]:
            if any(stated.values[n] is not None for n in group):
                for n in group:
                    values[n] = stated.values[n]
                    sources[fields[n]] = other.id
                break
    if claim.table == "notices":
        values = effective(fields, values, day)
    return Resolved(
        day,
        until,
        tuple(values),
        claim,
        reader,
        interval.valid_from,
        cited,
        interval.cause,
        sources,
        others=claims,
        kin=kin,
    )


def _groups(fields: tuple[str, ...]) -> list[list[int]]:
    """Positions of the columns, those of one statement together."""
    out: list[list[int]] = []
    taken: set[str] = set()
    for statement in STATEMENTS:
        if statement[0] in fields and not taken & set(statement):
            names = [n for n in statement if n in fields]
            out.append([fields.index(n) for n in names])
            taken |= set(names)
    return out + [[i] for i, n in enumerate(fields) if n not in taken]
