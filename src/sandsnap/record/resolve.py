"""Facts out of claims, key by key and day by day, value by value. Pure: timelines in, rows out; no database, no clock.

Among the claims of a key that stand on a day, those of pages that say that they are not published support nothing; of the
others: an event that ends the thing beats all; then fresh evidence beats stale evidence that contradicts it, and so does
what a page was seen to begin to say when the other had long not been seen; then the declared order of sources; then the
kind of evidence. What the first claim leaves null is filled from the next that states it, which is cited for it. A denial
(basis `denied`: the page says that there is none) is a claim like the others; where it leads there is no fact. The windows
are data: warehouse/freshness.toml.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from schemas.vocabulary import BASES, DENIED, UNCAPTURED

# Columns that are one statement: a null among them says something, and is not filled from another page.
STATEMENTS = (
    ("amount", "amount_max", "unit"), ("usd", "unit"), ("low_ms", "high_ms"), ("retention_days", "indefinite"),
    ("status", "ends_on"),
)  # fmt: skip
# Words that are the thing itself, and no description of it: where two pages differ in them in turn, it moved.
_IDENTIFIERS = ("status", "package", "licence", "repository")
ENDED = "ended"
_DAY = timedelta(days=1)

Key = tuple[str, tuple[str, ...]]  # table, key values with product first


@dataclass(frozen=True, slots=True)
class Resolved:
    """A fact over [valid_from, valid_to). `claim` leads; `sources` are the other claims that values come from, by column.

    `ended_on`: the day from which the thing is no longer to be had. `since`: the leading interval's first day. A row that
    is `denied` is no fact: it says which page says that there is none.
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
    kin: Sequence[tuple[Reader, Claim]] = ()  # and of the keys that say the same of all plans, or of one of them

    @property
    def denied(self) -> bool:
        """Whether the leading claim says that there is none."""
        return self.citation.basis == DENIED


@dataclass(frozen=True, slots=True)
class Source:
    """What one value rests on: a page's claim, as it is cited on a day, in the reading of that day or the last one before."""

    reader: Reader
    claim: Claim
    citation: Citation
    day: date


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a fact that differs from the day before. `before`, `after`: as text, None where there is none.

    `was`, `now`: what the two sides rest on, None where there was no row. Where a page says that there is none, `now` is that.
    """

    day: date
    not_before: date | None
    kind: str
    field: str
    before: str | None
    after: str | None
    was: Source | None
    now: Source | None
    gone: bool = False  # no row is left

    @property
    def shown(self) -> Source:
        """What a reader is shown: the new side's page, else the old one's."""
        shown = self.now or self.was
        assert shown is not None
        return shown


@cache
def _freshness() -> Mapping[str, Mapping[str, int]]:
    return tomllib.loads(sql_file("freshness.toml"))


@cache
def window(table: str) -> timedelta:
    """How long evidence for this table is fresh after it was verified."""
    return timedelta(days=_freshness()["days"][table])


@cache
def _unseen() -> timedelta:
    """How long a page must not have been seen before another that begins to say otherwise is believed."""
    return timedelta(days=_freshness()["superseded"]["unseen"])


@cache
def _follows() -> timedelta:
    """How long after a page was first read another that comes to say the same makes it the vendor's news."""
    return timedelta(days=_freshness()["followed"]["within"])


def fact_id(vendor: str, table: str, key: tuple[str, ...]) -> int:
    """64 bits made from what the fact is, so that two writers give it one number."""
    return number(vendor, table, *key)


def resolve(readers: Iterable[Reader], only: Callable[[Key], bool] | None = None) -> dict[Key, list[Resolved]]:
    """The facts of one vendor: by key, its rows in order of days. Of the keys that `only` names, where it is given: then
    `readers` need to be those that state them, their kin, or what ends."""
    by_key: dict[Key, list[tuple[Reader, Claim]]] = {}
    for reader in readers:
        drafts = _drafts(reader)
        for claim in reader.claims.values():
            shown = _without(claim, drafts) if drafts else claim
            if shown.intervals:
                by_key.setdefault((claim.table, claim.key), []).append((reader, shown))
    ends, kin = _ends(by_key), _kin(by_key)
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


def _drafts(reader: Reader) -> list[tuple[date, date]]:
    """The spans of days on which the reader's page said of itself that it is not published."""
    out: list[tuple[date, date]] = []
    since: date | None = None
    for read in (span.read for span in reader.spans):
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
    before = denial = shown = None
    for row in rows:
        if last is not None and last.valid_to is not None and last.valid_to < row.valid_from:
            if before is not None:
                yield from _moved(fields, before, None, last.valid_to)
            before = None
        now, denial = (None, row) if row.denied else (row, None)
        if before is not None or now is not None:
            yield from _moved(fields, before, now, row.valid_from, shown=shown, denial=denial)
        last, before = row, now
        shown = now or shown
    if before is not None and before.valid_to is not None:
        yield from _moved(fields, before, None, before.valid_to)


def _moved(
    fields: tuple[str, ...], old: Resolved | None, new: Resolved | None, day: date, *, shown: Resolved | None = None,
    denial: Resolved | None = None,
) -> Iterator[Step]:  # fmt: skip
    """`shown`: what the tables showed last, however long ago."""
    kind, not_before = _kind(old, new, day, again=shown is not None)
    if old is None and shown is not None and shown.ended_on is None and new is not None and new.ended_on is not None:
        kind, not_before = ENDED, None  # what stood comes back as ended: that is its end, and no return
    if denial is not None and old is not None:
        kind, not_before = "removed", verified(old.reader, old.claim, day - _DAY)
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
    began = _began(new, day) if old is None and new is not None else []
    for name, left, right in moved:
        was = _rests_on(old, name, day - _DAY) if old else None
        now = _rests_on(new, name, day, began) if new else _rests_on(denial, name, day) if denial else None
        if was and now and was.claim is now.claim and _at(was.claim, was.day) is _at(now.claim, now.day):
            # The calendar moved it, maybe on a day to come: it rests on what was first said, however often it is read again.
            was, now = (replace(side, day=side.citation.day) for side in (was, now))
        yield Step(day, not_before, kind, name, left, right, was, now, new is None)


def _rests_on(row: Resolved, column: str, day: date, began: Sequence[tuple[Reader, Claim]] = ()) -> Source:
    """The claim that a row's value comes from; where the row appears because another page `began` to say so, that page's."""
    number, fields = row.sources.get(column), TABLES[row.claim.table].values
    reader, claim = row.reader, row.claim
    if number is not None:
        reader, claim = next((r, c) for r, c in row.others if c.id == number)
    elif began and all(c.id != claim.id for _, c in began):
        at = fields.index(column) if column in fields else None
        for r, c in began:
            stated = _at(c, day)
            if stated is not None and (at is None or stated.values[at] == row.values[at]):
                reader, claim = r, c
                break
    return Source(reader, claim, row.citation if claim is row.claim else _cited(claim, day), day)


def _began(row: Resolved, day: date) -> list[tuple[Reader, Claim]]:
    """The claims of a key whose pages began on that day to say so."""
    return [
        (r, c)
        for r, c in row.others
        if any(i.valid_from == day and i.cause == VENDOR and i.basis != DENIED for i in c.intervals)
    ]


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
        began = [r.last_good(day) for r, _ in _began(new, day)]  # whichever page leads
        days = [r.day for r in began if r is not None] if began else _followed(new, day)
        if not began and not days:
            return "coverage", None
        return ("returned" if again else "added"), max(days, default=None)
    if old.ended_on is None and new.ended_on is not None:
        return ENDED, day - _DAY
    if old.ended_on is not None and new.ended_on is None:
        return "returned", seen.day if seen else None
    if new.cause == VENDOR and new.since == day:
        if old.claim.id == new.claim.id:
            return "changed", verified(old.reader, old.claim, day - _DAY)
        if _disagree(old, new) or _in_other_words(old, new):
            return "coverage", None
        return "changed", max(verified(old.reader, old.claim, day - _DAY), seen.day if seen else date.min)
    if old.claim.table == "notices" and new.claim.id == old.claim.id:
        return "changed", day - _DAY  # announced becomes effective on its day
    if old.claim.id != new.claim.id and _taken_over(old, new):
        return "changed", verified(old.reader, old.claim, new.since - _DAY)
    if old.claim.id == new.claim.id and old.since == new.since:
        supplied = set(new.sources.values())
        last = [r.last_good(day) for r, c in _began(new, day) if c.id in supplied]
        if last:
            return "changed", max((seen.day for seen in last if seen is not None), default=None)
    if new.since == day and old.claim.id != new.claim.id and (days := _followed(new, day)):
        return "changed", max(*days, verified(old.reader, old.claim, day - _DAY))
    return "coverage", None


def _followed(new: Resolved, day: date) -> list[date]:
    """Where a page said it on the first day that it was read: when other pages that came to say the same within the window
    were last seen without it."""
    stated = _at(new.claim, day)
    if stated is None or stated.basis in (DENIED, *UNCAPTURED):
        return []
    later = [
        reader.last_good(day)
        for reader, claim in new.others
        if reader.source_url != new.reader.source_url
        for i in claim.intervals
        if day < i.valid_from <= day + _follows()
        and (i.cause, i.values) == (VENDOR, stated.values)
        and i.basis != DENIED
    ]
    return [seen.day for seen in later if seen is not None]


def _disagree(old: Resolved, new: Resolved) -> bool:
    """Whether the older page was seen to say otherwise after the newer one had begun: two pages, and no change."""
    said = any(a is not None and b is not None and a != b for a, b in zip(old.values, new.values, strict=True))
    return said and not _said_before(old, new) and _confirmed(old, new.since)


def _in_other_words(old: Resolved, new: Resolved) -> bool:
    """Whether two pages differ in words alone, which say of nothing that it moved: what the newer said before is not known."""
    return (
        old.claim.source_url != new.claim.source_url
        and bool(words := [n for n in _differing(old, new) if not _figure(old.claim.table, n)])
        and not set(words) & set(_IDENTIFIERS)
        and not _said_before(old, new)
    )


def _differing(old: Resolved, new: Resolved) -> list[str]:
    """The columns that both state, differently."""
    pairs = zip(TABLES[old.claim.table].values, old.values, new.values, strict=True)
    return [n for n, a, b in pairs if a != b and a is not None and b is not None]


def _figure(table: str, column: str) -> bool:
    return TABLES[table].by_name[column].duckdb.startswith(("DECIMAL", "INTEGER"))


def _said_before(old: Resolved, new: Resolved) -> bool:
    """Whether the newer page said what the older one did until it changed, of this plan or of all."""
    own = [new.claim, *(c for r, c in new.kin if r is new.reader)]
    return new.cause == VENDOR and any(
        i.values == old.values and _left(c, i, new.since) for c in own for i in c.intervals
    )


def _left(claim: Claim, stated: Interval, on: date) -> bool:
    """Whether the page ceased to say so on that day."""
    absence = claim.absence
    return stated.valid_to == on or (stated.valid_to is None and absence is not None and absence.missing_on == on)


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
    pages = (c for _, c in (*old.others, *old.kin) if c.source_url == old.claim.source_url)
    own = (i for c in pages for i in c.intervals if i.valid_from > last)
    following = min(own, key=lambda i: i.valid_from, default=None)
    if following is not None and following.values == new.values:
        return True
    table = old.claim.table
    differing = [n for n, a, b in zip(TABLES[table].values, old.values, new.values, strict=True) if a != b]
    if not all(_figure(table, n) for n in differing):
        return False
    begun = new.cause == VENDOR and not any(i.valid_to == new.since for i in new.claim.intervals)
    return begun or (following is None and new.since - last > window(table))


def _confirmed(row: Resolved, since: date) -> bool:
    """Whether the claim that led was seen to say the same on that day or later."""
    if row.citation.basis in UNCAPTURED:
        return (row.citation.judged_on or row.citation.day) >= since
    interval = next(i for i in row.claim.intervals if i.valid_from == row.since)
    until = interval.valid_to or date.max
    absent = [(a.unseen_on, a.ended_on or date.max) for a in row.claim.absences]
    seen = (r.day for r in row.reader.since(since) if r.good and r.day < until)
    return any(not any(a <= d < b for a, b in absent) for d in seen)


def _resolve(
    claims: Sequence[tuple[Reader, Claim]], ends: Sequence[date], kin: Sequence[tuple[Reader, Claim]] = ()
) -> list[Resolved]:
    contested = len(claims) > 1
    edges: set[date] = set(ends)
    for reader, claim in claims:
        edges |= {d for i in claim.intervals for d in (i.valid_from, i.valid_to) if d is not None}
        edges |= set(_turns(claim))
        if contested:
            edges |= set(_ageing(reader, claim))
            edges |= {d for a in claim.absences for d in (a.missing_on, a.ended_on) if d is not None}
            begun = {i.valid_from for _, c in claims if c is not claim for i in c.intervals if i.cause == VENDOR}
            edges |= {d for since in begun if (d := _next_look(reader, claim, since)) is not None}
    ordered = sorted(edges)
    out: list[Resolved] = []
    for start, stop in pairwise([*ordered, date.max]):
        until = None if stop == date.max else stop
        row = _on(claims, start, until, contested, kin)
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


def _on(
    claims: Sequence[tuple[Reader, Claim]], day: date, until: date | None, contested: bool,
    kin: Sequence[tuple[Reader, Claim]],
) -> Resolved | None:  # fmt: skip
    standing = [(r, c, i) for r, c in claims if (i := _at(c, day)) is not None]
    if not standing:
        return None
    if contested and len(standing) > 1:
        standing = _ordered(standing, day)
    reader, claim, interval = standing[0]
    cited = _cited(claim, day)
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
        values = _effective(fields, values, day)
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


Standing = tuple[Reader, Claim, Interval]


def _ordered(standing: Sequence[Standing], day: date) -> list[Standing]:
    """The claims that stand on a day, the leading one first, without those that it leaves behind.

    Told apart once for all: whose evidence is fresh comes first, of stale evidence the latest (what its page was seen to lack
    last); then the declared order, then the kind.
    """
    table = standing[0][1].table
    limit = window(table)
    seen = {c.id: verified(r, c, day) for r, c, _ in standing}
    aged = {c: day - seen[c] > limit for c in seen}
    begun = [(c, i) for _, c, i in standing if not aged[c.id] and i.cause == VENDOR]
    for _, other, stated in standing:
        since = [
            (c.source_url, i)
            for c, i in begun
            if i.valid_from > seen[other.id] and _against(table, i, stated) and _moved_from(table, c, i, stated)
        ]
        pages = {(url, i.values) for url, i in since}
        agreed = len({values for _, values in pages}) < len(pages)  # a second page has come to say the same
        aged[other.id] |= agreed or any(i.valid_from - seen[other.id] > _unseen() for _, i in since)

    def place(s: Standing) -> tuple[object, ...]:
        reader, claim, _ = s
        behind = (_lacking(claim, day), -seen[claim.id].toordinal()) if aged[claim.id] else ()
        return (
            aged[claim.id], *behind, reader.rank, _trust(_cited(claim, day).basis), claim.source_url, reader.name,
        )  # fmt: skip

    ordered = sorted(standing, key=place)
    lead = ordered[0]
    if aged[lead[1].id]:
        return ordered
    return [s for s in ordered if not aged[s[1].id] or not _against(table, lead[2], s[2])]


def _trust(basis: str) -> int:
    return 0 if basis == DENIED else BASES.index(basis)


def _moved_from(table: str, claim: Claim, now: Interval, other: Interval) -> bool:
    """Whether the claim's page said nothing of it before, or what the other says."""
    before = next((i for i in claim.intervals if i.valid_to == now.valid_from), None)
    return before is None or not _against(table, before, other)


def _against(table: str, a: Interval, b: Interval) -> bool:
    """Whether two claims cannot both be right: they differ, or one says that there is none."""
    return (a.basis == DENIED) != (b.basis == DENIED) or contradicts(table, a, b)


def _lacking(claim: Claim, day: date) -> bool:
    """Whether a complete reading by that day lacked the claim, and none has had it since."""
    return any(
        a.missing_on is not None and a.missing_on <= day and (a.ended_on is None or day < a.ended_on)
        for a in claim.absences
    )


def _next_look(reader: Reader, claim: Claim, since: date) -> date | None:
    """The first day from then on on which the claim was confirmed."""
    return next((r.day for r in reader.since(since) if r.good and verified(reader, claim, r.day) >= since), None)


def contradicts(table: str, a: Interval, b: Interval) -> bool:
    """Whether two claims state one thing differently. Null is not stated."""
    if any(x is not None and y is not None and x != y for x, y in zip(a.values, b.values, strict=True)):
        return True
    if table != "persistence":
        return False
    days, endless = (TABLES[table].values.index(c) for c in ("retention_days", "indefinite"))
    return any(x.values[days] is not None and y.values[endless] for x, y in ((a, b), (b, a)))


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
        days = sorted({*days, *(r.day for r in reader.since(claim.intervals[0].valid_from) if r.good)})
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
    # What has ended once ends no second time, whoever says so later.
    goes_on = last is not None and last.ended_on is not None and last.valid_to == day
    return replace(row, values=tuple(values), ended_on=last.ended_on if last is not None and goes_on else end)
