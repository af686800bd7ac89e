"""Facts out of claims, key by key and day by day, value by value. Pure: timelines in, rows out; no database, no clock.

Among the claims of a key that stand on a day, those of pages that say that they are not published support nothing; of the
others: an event that ends the thing beats all; then fresh evidence beats stale
evidence that contradicts it; then the declared order of sources; then the kind of evidence. What the first claim leaves
null is filled from the next that states it, which is cited for it. The windows are data: warehouse/freshness.toml.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from sandsnap.model import Value
from sandsnap.record.fold import Reader
from sandsnap.record.ids import number
from sandsnap.record.layout import key_columns, sql_file
from sandsnap.record.timeline import COVERAGE, UNPUBLISHED, VENDOR, Citation, Claim, Interval, text
from schemas import TABLES
from schemas.vocabulary import BASES, UNCAPTURED

# Columns that are one statement: a null among them says something, and is not filled from another page.
STATEMENTS = (
    ("amount", "amount_max", "unit"), ("usd", "unit"), ("low_ms", "high_ms"), ("retention_days", "indefinite"),
    ("status", "ends_on"),
)  # fmt: skip
ENDED = "ended"
_DAY = timedelta(days=1)

Key = tuple[str, tuple[str, ...]]  # table, key values with product first


@dataclass(frozen=True, slots=True)
class Resolved:
    """A fact over [valid_from, valid_to). `claim` leads; `sources` are the other claims that values come from, by column.

    `ended_on`: the day from which the thing is no longer to be had. `since`: the leading interval's first day.
    """

    valid_from: date
    valid_to: date | None
    values: tuple[Value, ...]
    claim: Claim
    reader: Reader
    since: date
    citation: Citation
    cause: str
    sources: Mapping[str, int] = field(default_factory=dict)
    ended_on: date | None = None
    not_before: date | None = None
    others: Sequence[tuple[Reader, Claim]] = ()  # all claims of the key, whatever their days


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a fact that differs from the day before. `before`, `after`: as text, None where there is none."""

    day: date
    not_before: date | None
    kind: str
    field: str
    before: str | None
    after: str | None
    old: Resolved | None
    new: Resolved | None


@cache
def window(table: str) -> timedelta:
    """How long evidence for this table is fresh after it was verified."""
    days = tomllib.loads(sql_file("freshness.toml"))["days"]
    return timedelta(days=days[table])


def fact_id(vendor: str, table: str, key: tuple[str, ...]) -> int:
    """64 bits made from what the fact is, so that two writers give it one number."""
    return number(vendor, table, *key)


def resolve(readers: Iterable[Reader]) -> dict[Key, list[Resolved]]:
    """The facts of one vendor: by key, its rows in order of days."""
    by_key: dict[Key, list[tuple[Reader, Claim]]] = {}
    for reader in readers:
        drafts = _drafts(reader)
        for claim in reader.claims.values():
            shown = _without(claim, drafts) if drafts else claim
            if shown.intervals:
                by_key.setdefault((claim.table, claim.key), []).append((reader, shown))
    ends = _ends(by_key)
    return {key: _resolve(claims, ends.get(key, ())) for key, claims in by_key.items()}


def _drafts(reader: Reader) -> list[tuple[date, date]]:
    """The spans of days on which the reader's page said of itself that it is not published."""
    out: list[tuple[date, date]] = []
    since: date | None = None
    for read in reader.reads:
        if read.outcome == UNPUBLISHED:
            since = since or read.day
        elif read.tells and since is not None:
            out.append((since, read.day))
            since = None
    return out if since is None else [*out, (since, date.max)]


def _without(claim: Claim, spans: Sequence[tuple[date, date]]) -> Claim:
    """The claim as it supports facts: without the days of these spans. What goes on after one is no news of its vendor."""
    kept = claim.intervals
    for start, stop in spans:
        cut = []
        for i in kept:
            until = i.valid_to or date.max
            if i.valid_from < start:
                cut.append(replace(i, valid_to=i.valid_to if until <= start else start))
            if until > stop:
                later = max(i.valid_from, stop)
                cut.append(i if later == i.valid_from else replace(i, valid_from=later, cause=COVERAGE))
        kept = cut
    return replace(claim, intervals=kept)


def verified(reader: Reader, claim: Claim, on: date) -> date:
    """The last day by `on` on which the claim was confirmed: the last good reading that had it, or the judgement's day."""
    cited = _cited(claim, on)
    if cited.basis in UNCAPTURED:
        return cited.judged_on or cited.day
    absent = next((a for a in claim.absences if a.unseen_on <= on and (a.ended_on is None or a.ended_on > on)), None)
    seen = reader.last_good(absent.unseen_on if absent else on + _DAY)
    return seen.day if seen else cited.day


def steps(rows: Sequence[Resolved]) -> Iterator[Step]:
    """Every value of a fact that moved, in order of days."""
    fields = TABLES[rows[0].claim.table].values if rows else ()
    last: Resolved | None = None
    for row in rows:
        if last is not None and last.valid_to is not None and last.valid_to < row.valid_from:
            yield from _moved(fields, last, None, last.valid_to, again=False)
            # What nobody showed for a while may come back as ended: that is the end of what stood, not a return.
            gone = last.ended_on is None and row.ended_on is not None
            yield from _moved(fields, None, row, row.valid_from, again=True, ended=gone)
        elif last is not None:
            yield from _moved(fields, last, row, row.valid_from, again=True)
        else:
            yield from _moved(fields, None, row, row.valid_from, again=False)
        last = row
    if last is not None and last.valid_to is not None:
        yield from _moved(fields, last, None, last.valid_to, again=False)


def _moved(
    fields: tuple[str, ...], old: Resolved | None, new: Resolved | None, day: date, *, again: bool, ended: bool = False
) -> Iterator[Step]:
    kind, not_before = (ENDED, None) if ended else _kind(old, new, day, again)
    before = old.values if old else (None,) * len(fields)
    after = new.values if new else (None,) * len(fields)
    pairs = [(n, text(a), text(b)) for n, a, b in zip(fields, before, after, strict=True)]
    moved = [p for p in pairs if p[1] != p[2]]
    if not moved and (old is None) != (new is None):
        moved = [("*", None, None)]  # the row is there, and no value of it
    if old is not None and new is not None and (old.ended_on is None) != (new.ended_on is None):
        said = ("current", ENDED) if new.ended_on else (ENDED, "current")
        if all(p[0] != "status" for p in moved):
            moved.append(("state", *said))
    elif new is not None and old is None and new.ended_on is not None and new.claim.table not in ("gpus", "notices"):
        moved.append(("state", None, ENDED))
    for name, left, right in moved:
        yield Step(day, not_before, kind, name, left, right, old, new)


def _kind(old: Resolved | None, new: Resolved | None, day: date, again: bool) -> tuple[str, date | None]:
    """What a difference is, and the last day on which it was seen otherwise: the vendor's doing, or coverage (ours)."""
    if new is None:
        assert old is not None
        removal = next((a for a in old.claim.absences if a.removed and a.missing_on == day), None)
        if removal is None:
            return "coverage", None
        seen = old.reader.last_good(removal.unseen_on)
        return "removed", seen.day if seen else None
    seen = new.reader.last_good(day)
    if old is None:
        if new.cause != VENDOR or new.since != day:
            return "coverage", None
        return ("returned" if again else "added"), seen.day if seen else None
    if old.ended_on is None and new.ended_on is not None:
        return ENDED, day - _DAY
    if old.ended_on is not None and new.ended_on is None:
        return "returned", seen.day if seen else None
    if new.cause == VENDOR and new.since == day:
        if old.claim.id == new.claim.id:
            return "changed", verified(old.reader, old.claim, day - _DAY)
        if _disagree(old, new):
            return "coverage", None
        return "changed", seen.day if seen else None
    if old.claim.table == "notices" and new.claim.id == old.claim.id:
        return "changed", day - _DAY  # announced becomes effective on its day
    if old.claim.id != new.claim.id and _taken_over(old, new):
        return "changed", verified(old.reader, old.claim, new.since - _DAY)
    filled = {c for c in new.sources if old.sources.get(c) == new.sources[c]}
    if filled and old.claim.id == new.claim.id and old.since == new.since:
        return "changed", None
    return "coverage", None


def _disagree(old: Resolved, new: Resolved) -> bool:
    """Whether the older page was seen to say otherwise after the newer one had begun: two pages, and no change."""
    said = any(a is not None and b is not None and a != b for a, b in zip(old.values, new.values, strict=True))
    return said and not _said_before(old, new) and _confirmed(old, new.since)


def _said_before(old: Resolved, new: Resolved) -> bool:
    """Whether the newer page said what the older one did until it changed."""
    return new.cause == VENDOR and any(i.valid_to == new.since and i.values == old.values for i in new.claim.intervals)


def _taken_over(old: Resolved, new: Resolved) -> bool:
    """Whether another page now says what the older one used to say, and what differs is therefore the vendor's doing.

    Two pages may always have said different things. So the newer one must have begun after the older was last confirmed,
    and nobody may have seen the older say so since; and the difference must show itself as one of the thing: the newer
    page said what the older did before it changed; or the older page came to say the same; or the two state one figure in
    one unit (words differ between pages without anything having moved) and the newer page was seen to begin, or the older
    evidence had grown stale by then.
    """
    if old.sources or new.sources or _confirmed(old, new.since):
        return False
    if _said_before(old, new):
        return True
    last = verified(old.reader, old.claim, new.since - _DAY)
    own = (i for _, c in old.others if c.source_url == old.claim.source_url for i in c.intervals if i.valid_from > last)
    following = min(own, key=lambda i: i.valid_from, default=None)
    if following is not None and following.values == new.values:
        return True
    table = TABLES[old.claim.table]
    differing = [n for n, a, b in zip(table.values, old.values, new.values, strict=True) if a != b]
    if any(not table.by_name[n].duckdb.startswith(("DECIMAL", "INTEGER")) for n in differing):
        return False
    begun = new.cause == VENDOR and not any(i.valid_to == new.since for i in new.claim.intervals)
    return begun or (following is None and new.since - last > window(table.name))


def _confirmed(row: Resolved, since: date) -> bool:
    """Whether the claim that led was seen to say the same on that day or later."""
    if row.citation.basis in UNCAPTURED:
        return (row.citation.judged_on or row.citation.day) >= since
    interval = next(i for i in row.claim.intervals if i.valid_from == row.since)
    until = interval.valid_to or date.max
    absent = [(a.unseen_on, a.ended_on or date.max) for a in row.claim.absences]
    seen = (r.day for r in row.reader.reads if r.good and since <= r.day < until)
    return any(not any(a <= d < b for a, b in absent) for d in seen)


def _resolve(claims: Sequence[tuple[Reader, Claim]], ends: Sequence[date]) -> list[Resolved]:
    contested = len(claims) > 1
    edges: set[date] = set(ends)
    for reader, claim in claims:
        edges |= {d for i in claim.intervals for d in (i.valid_from, i.valid_to) if d is not None}
        edges |= set(_turns(claim))
        if contested:
            edges |= set(_ageing(reader, claim))
    ordered = sorted(edges)
    out: list[Resolved] = []
    for start, stop in pairwise([*ordered, date.max]):
        until = None if stop == date.max else stop
        row = _on(claims, start, until, contested)
        row = _ended(row, out[-1] if out else None, ends, start, until)
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


def _on(claims: Sequence[tuple[Reader, Claim]], day: date, until: date | None, contested: bool) -> Resolved | None:
    standing = [(r, c, i) for r, c in claims if (i := _at(c, day)) is not None]
    if not standing:
        return None
    if contested and len(standing) > 1:
        limit = window(standing[0][1].table)
        # Told apart once for all: whose evidence is fresh comes first, then the declared order, then the kind.
        aged = {c.id: day - verified(r, c, day) > limit for r, c, _ in standing}
        standing.sort(
            key=lambda s: (aged[s[1].id], s[0].rank, BASES.index(_cited(s[1], day).basis), s[1].source_url, s[0].name)
        )
        lead = standing[0]
        if not aged[lead[1].id]:
            standing = [s for s in standing if not aged[s[1].id] or not contradicts(lead[1].table, lead[2], s[2])]
    reader, claim, interval = standing[0]
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
        values = _effective(fields, values, day)
    return Resolved(
        day,
        until,
        tuple(values),
        claim,
        reader,
        interval.valid_from,
        _cited(claim, day),
        interval.cause,
        sources,
        others=claims,
    )


def contradicts(table: str, a: Interval, b: Interval) -> bool:
    """Whether two claims state one column differently. Null is not stated."""
    return any(x is not None and y is not None and x != y for x, y in zip(a.values, b.values, strict=True))


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


def _at(claim: Claim, day: date) -> Interval | None:
    return next((i for i in claim.intervals if i.valid_from <= day and (i.valid_to is None or day < i.valid_to)), None)


def _cited(claim: Claim, day: date) -> Citation:
    """The citation that the claim rested on that day (or on its last day, where it stands no more)."""
    before = [i for i in claim.intervals if i.valid_from <= day]
    interval = before[-1] if before else claim.intervals[0]
    later = [c for c in claim.citations if interval.valid_from < c.day <= day]
    return later[-1] if later else Citation(interval.valid_from, interval.basis, interval.quote, interval.judged_on)


def _ageing(reader: Reader, claim: Claim) -> Iterator[date]:
    """The days on which the claim's evidence becomes stale, or fresh again."""
    limit = window(claim.table)
    days = sorted({i.valid_from for i in claim.intervals} | {c.day for c in claim.citations})
    if any(i.basis not in UNCAPTURED for i in claim.intervals):
        days = sorted({*days, *(r.day for r in reader.reads if r.good and r.day >= claim.intervals[0].valid_from)})
        absent = [(a.unseen_on, a.ended_on or date.max) for a in claim.absences]
        days = [d for d in days if not any(a <= d < b for a, b in absent)]
    days = sorted({verified(reader, claim, d) for d in days} | set(days))
    for day, after in pairwise([*days, date.max]):
        if after - day > limit:
            yield day + limit + _DAY
            if after != date.max:
                yield after


# -- what ends ----------------------------------------------------------------------------------------------------


def _turns(claim: Claim) -> Iterator[date]:
    """The day on which a notice that still stands takes effect."""
    if claim.table == "notices":
        at = TABLES["notices"].values.index("effective_on")
        for i in claim.intervals:
            day = i.values[at]
            if isinstance(day, date) and i.valid_from < day and (i.valid_to is None or day < i.valid_to):
                yield day


def _effective(fields: tuple[str, ...], values: list[Value], day: date) -> list[Value]:
    effective, status = values[fields.index("effective_on")], fields.index("status")
    if values[status] == "announced" and isinstance(effective, date) and effective <= day:
        values[status] = "effective"
    return values


def _ends(by_key: Mapping[Key, Sequence[tuple[Reader, Claim]]]) -> dict[Key, tuple[date, ...]]:
    """By key, the days on which something that the vendor announced, or that a person judged, ended the thing.

    An announcement counts if it still stood on the day before: one that was withdrawn by then ended nothing.
    """
    out: dict[Key, set[date]] = {}
    for (table, key), claims in by_key.items():
        product, *rest = key
        if table not in ("gpus", "notices") or (table == "notices" and rest[1] != "end_of_life"):
            continue
        names = TABLES[table].values
        for _, claim in claims:
            for i in claim.intervals:
                said = dict(zip(names, i.values, strict=True))
                stated = said["ends_on"] if table == "gpus" else said["effective_on"]
                day = stated if isinstance(stated, date) else None
                if said["status"] == "withdrawn" or (table == "gpus" and said["status"] not in ("ending", ENDED)):
                    continue
                if table == "gpus" and said["status"] == ENDED:
                    day = day or i.valid_from
                elif day is None or i.valid_from >= day or (i.valid_to is not None and i.valid_to < day):
                    continue
                thing = "gpu" if rest[0] in ("none", "gpu") else _snake(rest[0])
                for other in by_key:
                    if other[1][0] == product and other != (table, key) and _names(thing, other):
                        out.setdefault(other, set()).add(day)
                if table == "gpus" and rest[0] != "none":
                    out.setdefault((table, key), set()).add(day)
    return {key: tuple(sorted(days)) for key, days in out.items()}


def _names(thing: str, key: Key) -> bool:
    """Whether the thing that ends is what the fact is about."""
    table, parts = key
    if table == "notices" or (table == "gpus" and parts[1] == "none"):
        return False
    named = dict(zip(key_columns(TABLES[table]), parts, strict=True))
    if thing == "gpu":
        return table == "gpus" or named.get("meter") == "gpu"
    return any(_snake(v) == thing for c, v in named.items() if c not in ("product", "meter", "offer"))


def _snake(name: str) -> str:
    return name.lower().replace("-", "_")


def _ended(
    row: Resolved | None, last: Resolved | None, ends: Sequence[date], day: date, until: date | None
) -> Resolved | None:
    """The row as the ends leave it: what has ended stays, as ended, until the vendor offers it anew."""
    at = bisect_right(ends, day)
    if not at:
        return row
    end = ends[at - 1]
    if row is None:
        # The page dropped it on its day or after: that is the end, not a removal.
        if last is None or (last.ended_on is None and last.valid_to != day):
            return None
        if last.ended_on is None and end != day:
            return None
        row = replace(last, valid_from=day, valid_to=until)
    elif row.since > end and row.cause == VENDOR:
        return row
    fields = TABLES[row.claim.table].values
    values = list(row.values)
    if row.claim.table == "gpus":
        values[fields.index("status")] = ENDED
    return replace(row, values=tuple(values), ended_on=end)
