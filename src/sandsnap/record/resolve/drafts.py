"""Pages that say of themselves that they are not published support nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sandsnap.record.fold import Reader
from sandsnap.record.timeline import COVERAGE, UNPUBLISHED, Claim


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
                later = max(i.valid_from, stop)
                cut.append(i if later == i.valid_from else replace(i, valid_from=later, cause=COVERAGE))
        kept = cut
    return replace(claim, intervals=kept)
