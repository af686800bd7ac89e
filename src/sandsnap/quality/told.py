"""The alerts that a run would make of what a recorder holds: the same rules, on rows that never reach a file.

The columns are those of record.alert_queries; a test holds these rows against a recorded warehouse.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandsnap.publish.alerts import Alert, Evidence, make
from sandsnap.publish.alerts_text import NO_QUOTE, missing
from sandsnap.record.alert_queries import OUTAGE_KINDS
from sandsnap.record.fold import Reader
from sandsnap.record.recorder import Recorder
from sandsnap.record.store import FIELDS
from sandsnap.record.timeline import Claim, Interval
from sandsnap.tell.measures import plain
from sandsnap.tell.significance import Rules

Row = dict[str, Any]


def alerts(recorder: Recorder, vendor: str, rules: Rules) -> list[Alert]:
    """Every alert of one vendor's days, oldest first. One page only: what other pages say besides is not looked at."""
    assert recorder.last is not None
    issues = [_issue(i, recorder.last) for i in recorder.issues[vendor]]
    readers = recorder.vendors[vendor].readers.values()
    return make(
        Evidence(
            changes=[row for r in readers for c in r.claims.values() for row in _changes(r, c)],
            claims=(),
            outages=[i for i in issues if _outage(i, readers)],
            held=[i for i in issues if i["kind"] == "held"],
            ends=(),
            corrections=(),
            last_day=recorder.last,
        ),
        rules,
    )


def unexplained(alert: Alert) -> list[str]:
    """The sides of an alert that show neither a quote nor a reason for its absence."""
    if not alert.citations:
        return [f"{alert.title}: cites no page"]
    return [
        f"{alert.title}: neither a quote {side} nor why there is none"
        for c in alert.citations
        for side in ("before", "after")
        if not getattr(c, f"quote_{side}") and missing(alert.kind, side, c) == NO_QUOTE
    ]


def _changes(reader: Reader, claim: Claim) -> Iterator[Row]:
    for e in claim.events:
        before = next((i for i in claim.intervals if i.valid_from < e.day and i.valid_to in (None, e.day)), None)
        after = next((i for i in claim.intervals if i.valid_from == e.day), None)
        yield {
            "vendor": reader.vendor, "product": claim.key[0], "table": claim.table, "key": " / ".join(claim.key[1:]) or "-",
            "kind": e.kind, "field": e.field, "before": e.before, "after": e.after, "day": e.day, "decided_on": e.decided_on,
            "source_url": claim.source_url, "reader": reader.name, "quote_before": e.quote_before,
            "quote_after": e.quote_after, "capture_before": e.capture_before, "capture_after": e.capture_after,
            "basis": next((i.basis for i in (after, before) if i), None), "values_before": _values(claim, before),
            "values_after": _values(claim, after),
        }  # fmt: skip


def _values(claim: Claim, interval: Interval | None) -> Row | None:
    if interval is None:
        return None
    named = zip(FIELDS[claim.table], interval.values, strict=True)
    return {k: plain(v) if isinstance(v, Decimal) else v for k, v in named}


def _issue(issue: Any, last: date) -> Row:
    return {
        "vendor": issue.vendor, "source_url": issue.source_url, "reader": issue.reader, "kind": issue.kind,
        "message": issue.message, "nearest": issue.nearest, "first_on": issue.first_on, "closed_on": issue.closed_on,
        "last_on": issue.closed_on - timedelta(days=1) if issue.closed_on else last,
    }  # fmt: skip


def _outage(issue: Row, readers: Iterable[Reader]) -> bool:
    """Whether a page, or one of its readers, that had been read well before could not be."""
    own = [
        r for r in readers if r.source_url == issue["source_url"] and issue["reader"] in (None, r.name)
    ]  # fmt: skip
    return (
        issue["kind"] in OUTAGE_KINDS
        and any(x.good and x.day < issue["first_on"] for r in own for x in r.reads)
        and not any(x.good and not x.sticky and x.day == issue["first_on"] for r in own for x in r.reads)
    )
