"""Which claim leads, of those that stand on a day, and which are left behind."""

from collections.abc import Sequence
from datetime import date

from sandsnap.record.resolve.freshness import cited_on, lacking, unseen, verified, window
from sandsnap.record.resolve.model import Standing
from sandsnap.record.timeline import VENDOR, Claim, Interval
from schemas import TABLES
from schemas.vocabulary import BASES, DENIED


def ordered(standing: Sequence[Standing], day: date) -> list[Standing]:
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
            if i.valid_from > seen[other.id] and against(table, i, stated) and _moved_from(table, c, i, stated)
        ]
        pages = {(url, i.values) for url, i in since}
        agreed = len({values for _, values in pages}) < len(pages)  # a second page has come to say the same
        aged[other.id] |= agreed or any(i.valid_from - seen[other.id] > unseen() for _, i in since)

    def place(s: Standing) -> tuple[object, ...]:
        reader, claim, _ = s
        behind = (lacking(claim, day), -seen[claim.id].toordinal()) if aged[claim.id] else ()
        return (
            aged[claim.id], *behind, reader.rank, _trust(cited_on(claim, day).basis), claim.source_url, reader.name,
        )  # fmt: skip

    ordered = sorted(standing, key=place)
    lead = ordered[0]
    if aged[lead[1].id]:
        return ordered
    return [s for s in ordered if not aged[s[1].id] or not against(table, lead[2], s[2])]


def _trust(basis: str) -> int:
    return 0 if basis == DENIED else BASES.index(basis)


def _moved_from(table: str, claim: Claim, now: Interval, other: Interval) -> bool:
    """Whether the claim's page said nothing of it before, or what the other says."""
    before = next((i for i in claim.intervals if i.valid_to == now.valid_from), None)
    return before is None or not against(table, before, other)


def against(table: str, a: Interval, b: Interval) -> bool:
    """Whether two claims cannot both be right: they differ, or one says that there is none."""
    return (a.basis == DENIED) != (b.basis == DENIED) or contradicts(table, a, b)


def contradicts(table: str, a: Interval, b: Interval) -> bool:
    """Whether two claims state one thing differently. Null is not stated."""
    if any(x is not None and y is not None and x != y for x, y in zip(a.values, b.values, strict=True)):
        return True
    if table != "persistence":
        return False
    days, endless = (TABLES[table].values.index(c) for c in ("retention_days", "indefinite"))
    return any(x.values[days] is not None and y.values[endless] for x, y in ((a, b), (b, a)))
