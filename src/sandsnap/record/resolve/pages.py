"""Whether two pages that say different things always did, or one follows the other."""

from datetime import date

from sandsnap.record.resolve.freshness import DAY, verified, window
from sandsnap.record.resolve.model import Resolved
from sandsnap.record.timeline import VENDOR, Claim, Interval
from schemas import TABLES
from schemas.vocabulary import UNCAPTURED

# Words that are the thing itself, and no description of it: where two pages differ in them in turn, it moved.
_IDENTIFIERS = ("status", "package", "licence", "repository")


def disagree(old: Resolved, new: Resolved) -> bool:
    """Whether the older page was seen to say otherwise after the newer one had begun: two pages, and no change."""
    said = any(a is not None and b is not None and a != b for a, b in zip(old.values, new.values, strict=True))
    return said and not _said_before(old, new) and _confirmed(old, new.since)


def in_other_words(old: Resolved, new: Resolved) -> bool:
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


def taken_over(old: Resolved, new: Resolved) -> bool:
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
    last = verified(old.reader, old.claim, new.since - DAY)
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
