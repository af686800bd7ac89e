"""When evidence was last confirmed, and until when it is fresh. The windows are data: warehouse/freshness.toml."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from sandsnap.record.fold import Reader
from sandsnap.record.layout import FRESHNESS, sql_file
from sandsnap.record.timeline import Citation, Claim, Interval
from schemas.vocabulary import UNCAPTURED

DAY = timedelta(days=1)


@cache
def _freshness() -> Mapping[str, Mapping[str, int]]:
    return tomllib.loads(sql_file(FRESHNESS))


@cache
def window(table: str) -> timedelta:
    """How long evidence for this table is fresh after it was verified."""
    return timedelta(days=_freshness()["days"][table])


@cache
def unseen() -> timedelta:
    """How long a page must not have been seen before another that begins to say otherwise is believed."""
    return timedelta(days=_freshness()["superseded"]["unseen"])


@cache
def follows() -> timedelta:
    """How long after a page was first read another that comes to say the same makes it the vendor's news."""
    return timedelta(days=_freshness()["followed"]["within"])


def stated_on(claim: Claim, day: date) -> Interval | None:
    """What the claim states on that day; None where it does not stand."""
    return next((i for i in claim.intervals if i.valid_from <= day and (i.valid_to is None or day < i.valid_to)), None)


def cited_on(claim: Claim, day: date) -> Citation:
    """The citation that the claim rested on that day (or on its last day, where it stands no more)."""
    before = [i for i in claim.intervals if i.valid_from <= day]
    interval = before[-1] if before else claim.intervals[0]
    later = [c for c in claim.citations if interval.valid_from < c.day <= day]
    return later[-1] if later else Citation(interval.valid_from, interval.basis, interval.quote, interval.judged_on)


def verified(reader: Reader, claim: Claim, on: date) -> date:
    """The last day by `on` on which the claim was confirmed: the last good reading that had it, or the judgement's day."""
    cited = cited_on(claim, on)
    if cited.basis in UNCAPTURED:
        return cited.judged_on or cited.day
    absent = next((a for a in claim.absences if a.unseen_on <= on and (a.ended_on is None or a.ended_on > on)), None)
    seen = reader.last_good(absent.unseen_on if absent else on + DAY)
    return seen.day if seen else cited.day


def lacking(claim: Claim, day: date) -> bool:
    """Whether a complete reading by that day lacked the claim, and none has had it since."""
    return any(
        a.missing_on is not None and a.missing_on <= day and (a.ended_on is None or day < a.ended_on)
        for a in claim.absences
    )


def next_look(reader: Reader, claim: Claim, since: date) -> date | None:
    """The first day from then on on which the claim was confirmed."""
    return next((r.day for r in reader.since(since) if r.good and verified(reader, claim, r.day) >= since), None)


def ageing(reader: Reader, claim: Claim) -> Iterator[date]:
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
            yield day + limit + DAY
            if after != date.max:
                yield after
