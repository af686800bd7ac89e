"""The alerts that a run would make of what a recorder holds: the same rules, on rows that never reach a file.

The columns are those of record.alert_queries; a test holds these rows against a recorded warehouse.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sandsnap.publish.alerts.alert import Alert, Evidence, make
from sandsnap.publish.alerts.text import NO_QUOTE, missing
from sandsnap.record.alert_queries import OUTAGE_KINDS
from sandsnap.record.fold import Reader
from sandsnap.record.recorder import Recorder
from sandsnap.record.resolve import Source, Step, resolve, steps
from sandsnap.tell.events import events
from sandsnap.tell.model import Change, Event, exact
from sandsnap.tell.significance import Rules

Row = dict[str, Any]


def alerts(recorder: Recorder, vendor: str, rules: Rules) -> list[Alert]:
    """Every alert of one vendor's days, oldest first. One page only: what other pages say besides is not looked at."""
    assert recorder.last is not None
    issues = [_issue(i, recorder.last) for i in recorder.issues[vendor]]
    readers = recorder.vendors[vendor].readers.values()
    return make(
        Evidence(
            events=_events(readers),
            outages=[i for i in issues if _outage(i, readers)],
            held=[i for i in issues if i["kind"] == "held"],
            ends=(),
            corrections=(),
            last_day=recorder.last,
            decided={
                (vendor, c.key[0], c.table, " / ".join(c.key[1:]) or "-", e.day): e.decided_on
                for r in readers
                for c in r.claims.values()
                for e in c.events
                if e.kind == "removed"
            },
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
        if not getattr(c, f"quote_{side}")
        and missing(alert.moves[0].kind if alert.moves else alert.kind, side, c) == NO_QUOTE
    ]


def _events(readers: Iterable[Reader]) -> list[Event]:
    rows = resolve(readers).values()
    return events(_change(s) for own in rows for s in steps(own))


def _change(step: Step) -> Change:
    shown = step.shown
    table = shown.claim.table
    basis = (step.was if step.gone and step.was is not None else shown).citation.basis
    return Change(
        shown.reader.vendor, shown.claim.key[0], table, tuple(shown.claim.key[1:]), step.field,
        exact(table, step.field, step.before), exact(table, step.field, step.after), step.kind, step.day, step.not_before,
        shown.claim.source_url, step.was.citation.quote if step.was else None,
        step.now.citation.quote if step.now else None, _capture(step.was, step.day), _capture(step.now, step.day, at=True),
        basis,
    )  # fmt: skip


def _capture(side: Source | None, day: date, *, at: bool = False) -> str | None:
    """The page a side was read from: the one of the day itself for the new side, else the last good one before."""
    if side is None:
        return None
    read = side.reader.at(day) if at else None
    read = read if read is not None and read.good else side.reader.last_good(day)
    return read.capture if read else None


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
    since = [x for r in own for x in r.reads if issue["first_on"] <= x.day <= issue["last_on"] and not x.sticky]
    return (
        issue["kind"] in OUTAGE_KINDS
        and (not since or 3 * sum(x.good for x in since) < len(since))
        and any(x.good and x.day < issue["first_on"] for r in own for x in r.reads)
        and not any(x.good and not x.sticky and x.day == issue["first_on"] for r in own for x in r.reads)
    )
