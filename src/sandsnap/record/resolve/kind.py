"""What a difference is: the vendor's doing, or coverage (ours)."""

from datetime import date

from sandsnap.record.fold import Reader
from sandsnap.record.resolve.ends import ENDED
from sandsnap.record.resolve.freshness import DAY, follows, stated_on, verified
from sandsnap.record.resolve.model import Resolved
from sandsnap.record.resolve.pages import disagree, in_other_words, taken_over
from sandsnap.record.timeline import VENDOR, Claim
from schemas.vocabulary import DENIED, UNCAPTURED


def kind_of(old: Resolved | None, new: Resolved | None, day: date, again: bool) -> tuple[str, date | None]:
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
        began = [r.last_good(day) for r, _ in begun_on(new, day)]  # whichever page leads
        days = [r.day for r in began if r is not None] if began else _followed(new, day)
        if not began and not days:
            return "coverage", None
        return ("returned" if again else "added"), max(days, default=None)
    if old.ended_on is None and new.ended_on is not None:
        return ENDED, day - DAY
    if old.ended_on is not None and new.ended_on is None:
        return "returned", seen.day if seen else None
    if new.cause == VENDOR and new.since == day:
        if old.claim.id == new.claim.id:
            return "changed", verified(old.reader, old.claim, day - DAY)
        if disagree(old, new) or in_other_words(old, new):
            return "coverage", None
        return "changed", max(verified(old.reader, old.claim, day - DAY), seen.day if seen else date.min)
    if old.claim.table == "notices" and new.claim.id == old.claim.id:
        return "changed", day - DAY  # announced becomes effective on its day
    if old.claim.id != new.claim.id and taken_over(old, new):
        return "changed", verified(old.reader, old.claim, new.since - DAY)
    if old.claim.id == new.claim.id and old.since == new.since:
        supplied = set(new.sources.values())
        last = [r.last_good(day) for r, c in begun_on(new, day) if c.id in supplied]
        if last:
            return "changed", max((seen.day for seen in last if seen is not None), default=None)
    if new.since == day and old.claim.id != new.claim.id and (days := _followed(new, day)):
        return "changed", max(*days, verified(old.reader, old.claim, day - DAY))
    return "coverage", None


def begun_on(row: Resolved, day: date) -> list[tuple[Reader, Claim]]:
    """The claims of a key whose pages began on that day to say so."""
    return [
        (r, c)
        for r, c in row.others
        if any(i.valid_from == day and i.cause == VENDOR and i.basis != DENIED for i in c.intervals)
    ]


def _followed(new: Resolved, day: date) -> list[date]:
    """Where a page said it on the first day that it was read: when other pages that came to say the same within the window
    were last seen without it."""
    stated = stated_on(new.claim, day)
    if stated is None or stated.basis in (DENIED, *UNCAPTURED):
        return []
    later = [
        reader.last_good(day)
        for reader, claim in new.others
        if reader.source_url != new.reader.source_url
        for i in claim.intervals
        if day < i.valid_from <= day + follows()
        and (i.cause, i.values) == (VENDOR, stated.values)
        and i.basis != DENIED
    ]
    return [seen.day for seen in later if seen is not None]
