"""Pages that say of themselves that they are not published support nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sandsnap.record.fold import Reader
from sandsnap.record.resolve.freshness import cited_on
from sandsnap.record.timeline import COVERAGE, UNPUBLISHED, Claim, Interval


def draft_spans(reader: Reader) -> list[tuple[date, date]]:
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


def without(claim: Claim, spans: Sequence[tuple[date, date]]) -> Claim:
    """The claim as it supports facts: without the days of these spans. What goes on after one is no news of its vendor."""
    kept = claim.intervals
    for start, stop in spans:
        cut = []
        for i in kept:
            until = i.valid_to or date.max
            if i.valid_from < start:
                cut.append(replace(i, valid_to=i.valid_to if until <= start else start))
            if until > stop:
                cut.append(i if i.valid_from >= stop else _from(claim, i, stop))
        kept = cut
    return replace(claim, intervals=kept)


def _from(claim: Claim, interval: Interval, day: date) -> Interval:
    """What is left of an interval from that day on, in the words in which the page says it then."""
    cited = cited_on(claim, day)
    return replace(
        interval, valid_from=day, cause=COVERAGE, basis=cited.basis, quote=cited.quote, judged_on=cited.judged_on
    )
