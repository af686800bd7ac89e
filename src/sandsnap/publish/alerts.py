"""Alerts: what the record holds that is worth a person's time, each with a stable id, a significance and a state.

Made only from recorded changes, corrections and issues; making them looks at no page and asks no clock. The same
record gives the same alerts, so collecting again adds nothing (alerts_store keeps what was made, and what was sent).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.publish import alerts_text as text
from sandsnap.publish import significance
from sandsnap.publish.alerts_changes import Change, Citation, FieldChange, digest, gather
from sandsnap.publish.alerts_events import Outage, Reminder, outages, reminders
from sandsnap.tell.significance import Rules, Significance

if TYPE_CHECKING:
    from sandsnap.publish.claims_bindings import Bindings

Row = Mapping[str, Any]
CLAIMS_DAYS = timedelta(days=365)
STATES = {
    "standing": "the record holds it",
    "returned": "it went back to what it was",
    "moving": "it goes back and forth",
    "unstable": "it went back and forth, and has held its new value since",
    "retracted": "the record no longer holds it: it was our mistake, or the page of that day was read again",
}


@dataclass(frozen=True)
class Alert:
    """One thing to tell, once.

    `said` is what it says without its day: an alert whose day moves (an archive filled in) is found by it and keeps
    its id. `history`: it was settled (`decided_on`, else `day`) so far before the last recorded day that nobody is to
    be sent it. `breaks`: the claims of published pages that were true before it, each with its verdict now.
    """

    id: str
    kind: str
    vendor: str
    table: str
    key: str
    day: date
    title: str
    said: str
    significance: int
    level: str
    reasons: tuple[str, ...]
    state: str = "standing"
    product: str = "-"
    fields: tuple[FieldChange, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    history: bool = False
    decided_on: date | None = None
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What alerts are made from; rows as dicts, as record.alert_queries and record.queries give them. `breaks` by
    (vendor, product, table, key, day)."""

    changes: Sequence[Row]
    claims: Sequence[Row]
    outages: Sequence[Row]
    held: Sequence[Row]
    ends: Sequence[Row]
    corrections: Sequence[Row]
    last_day: date | None
    breaks: Mapping[tuple[str, str, str, str, date], tuple[str, ...]] = field(default_factory=dict)


def evidence(warehouse: Path, pages: Sequence["Bindings"] = ()) -> Evidence:
    """Everything alerts are made from; `pages` are the published ones whose claims a change may break. Raises QueryError,
    and ExpressionError for a claim that cannot be asked."""
    from datetime import UTC, datetime

    from sandsnap.record import alert_queries, queries

    with queries.connect_readonly(warehouse) as con:
        changes = alert_queries.changes(con).records()
        last_day = alert_queries.last_day(con)
        return Evidence(
            changes,
            alert_queries.claims_beside(con).records(),
            alert_queries.outage_issues(con).records(),
            alert_queries.held_issues(con).records(),
            alert_queries.dated_ends(con).records(),
            queries.corrections(con, datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)).records(),
            last_day,
            _breaks(con, pages, changes, last_day),
        )


def _breaks(
    con: Any, pages: Sequence["Bindings"], changes: Sequence[Row], last_day: date | None
) -> dict[tuple[str, str, str, str, date], tuple[str, ...]]:
    """Which claims of the pages each change breaks. What changed before a page was published broke nothing of it; what
    is older than CLAIMS_DAYS was told with them when it was new."""
    from sandsnap.publish.claims import broken_claims

    found: dict[tuple[str, str, str, str, date], list[str]] = {}
    for page in pages if last_day else ():
        since = last_day - CLAIMS_DAYS if last_day else date.min
        since = max(since, page.published_on or since)
        later = [r for r in changes if r["day"] > since and r["kind"] != "removal_unconfirmed"]
        for b in broken_claims(con, page, later):
            c = b.change
            phrase = f"“{b.binding.phrase}”" if b.binding.phrase else f"the icon {b.binding.shows!r}"
            now = f"; now: {'; '.join(b.found)}" if b.found else ""
            text = f"{page.name}, {b.binding.where}: {phrase} is {b.verdict.replace('_', ' ')}{now}"
            found.setdefault((c["vendor"], c["product"], c["table"], c["key"], c["day"]), []).append(text)
    return {k: tuple(v) for k, v in found.items()}


def make(found: Evidence, rules: Rules) -> list[Alert]:
    """All alerts of the record, oldest first."""
    if found.last_day is None:
        return []
    gathered = gather(
        [r for r in found.changes if r["kind"] != "removal_unconfirmed"],  # waits for the next good reading
        found.claims, same_change_days=rules.days("same_change"), episode_days=rules.days("episode"),
    )  # fmt: skip
    made = [_of_change(c, rules, found.last_day, found.breaks) for c in gathered]
    for outage in outages(
        found.outages,
        join_days=rules.days("outage_join"),
        least_days=rules.days("outage_least"),
        shape_days=rules.days("shape_least"),
    ):
        made += _of_outage(outage, rules)
    made += [_of_reminder(r, rules) for r in reminders(found.ends, rules.remind, found.last_day)]
    made += _of_corrections(found.corrections, rules)
    made += [_of_held(i, rules) for i in found.held]
    unique: dict[str, Alert] = {}
    for alert in made:
        unique.setdefault(alert.id, alert)
    return sorted(unique.values(), key=lambda a: (a.day, a.vendor, a.table, a.key, a.id))


def _alert(
    kind: str, title: str, said: str, worth: Significance, rules: Rules, day: date, vendor: str, **rest: Any
) -> Alert:
    return Alert(
        digest(said, day.isoformat()), kind, vendor, rest.pop("table", "-"), rest.pop("key", "-"), day, title, said,
        worth.points, rules.level(worth.points), worth.reasons, **rest,
    )  # fmt: skip


def _of_change(
    change: Change, rules: Rules, last_day: date, breaks: Mapping[tuple[str, str, str, str, date], tuple[str, ...]]
) -> Alert:
    days = dict.fromkeys(c.day for c in change.citations)
    broken = tuple(dict.fromkeys(text for day in days for text in breaks.get((*change.fact, day), ())))
    if broken:
        change = replace(change, circumstances=(*change.circumstances, "breaks_claims"))
    state = "standing"
    if change.episode is not None:
        held = (last_day - change.episode.days[-1]).days > rules.days("episode")
        state = "returned" if change.episode.returned else "unstable" if held else "moving"
    return _alert(
        change.kind, text.title(change), change.said, significance.of_change(change, rules), rules, change.day,
        change.vendor, table=change.table, key=change.key, product=change.product, fields=change.fields,
        citations=change.citations, notes=text.notes(change), state=state,
        decided_on=change.decided_on, breaks=broken,
    )  # fmt: skip


def _of_outage(outage: Outage, rules: Rules) -> list[Alert]:
    pages = f"{len(outage.pages)} pages" if len(outage.pages) > 1 else outage.pages[0]
    since = outage.first_on.isoformat()
    said = f"outage {outage.vendor} {since}"
    citations = tuple(Citation(p, outage.first_on, None, None, None, None, None) for p in outage.pages)
    start = _alert(
        "outage", f"{outage.vendor}: {pages} cannot be read since {since}", said, significance.of_event("outage", rules),
        rules, outage.first_on, outage.vendor, citations=citations,
        notes=(*outage.messages, "their facts keep their last value and the day it was verified"),
    )  # fmt: skip
    if outage.ended_on is None:
        return [start]
    days = (outage.ended_on - outage.first_on).days
    end = _alert(
        "outage_ended", f"{outage.vendor}: {pages} read again on {outage.ended_on}, after {days} days", said + " ended",
        significance.of_event("outage_ended", rules), rules, outage.ended_on, outage.vendor, citations=citations,
    )  # fmt: skip
    return [start, end]


def _of_reminder(reminder: Reminder, rules: Rules) -> Alert:
    what = "; ".join(reminder.subjects)
    title = f"{reminder.vendor}: {what} on {reminder.effective_on}, in {reminder.days_left} days"
    said = f"reminder {reminder.vendor} {reminder.effective_on} {reminder.days_left}"
    return _alert(
        "reminder", title, said, significance.of_event("reminder", rules), rules, reminder.day, reminder.vendor,
        table="notices", key=what, citations=reminder.citations,
    )  # fmt: skip


def _of_corrections(rows: Iterable[Row], rules: Rules) -> list[Alert]:
    """Our corrections, one alert per run, vendor and table: one mended reader corrects many rows."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for r in rows:
        if r["cause"] == "correction":
            groups.setdefault((r["corrected_at"], r["vendor"], r["table"]), []).append(r)
    out = []
    for (at, vendor, table), own in groups.items():
        n = f"{len(own)} values" if len(own) > 1 else f"{own[0]['key']} {own[0]['field']}"
        fields = tuple(FieldChange(f"{r['product']} {r['key']}: {r['field']}", r["before"], r["after"]) for r in own)
        citations = tuple({
            r["source_url"]: Citation(r["source_url"], r["valid_from"], r["quote_before"], r["quote_after"], None, None, None)
            for r in own
        }.values())  # fmt: skip
        notes = tuple(
            f"{r['key']} {r['field']} was shown wrong from {r['shown_from']:%Y-%m-%d %H:%M} UTC on" for r in own[:5]
        )
        said = f"correction {vendor} {table} {at.isoformat()}"
        out.append(_alert(
            "correction", f"{vendor}: we corrected {n} in {table}", said, significance.of_event("correction", rules),
            rules, at.date(), vendor, table=table, fields=fields, citations=citations, notes=notes,
        ))  # fmt: skip
    return out


def _of_held(issue: Row, rules: Rules) -> Alert:
    said = f"held {issue['vendor']} {issue['source_url']} {issue['reader']} {issue['message']}"
    citation = Citation(issue["source_url"], issue["first_on"], None, None, None, None, None)
    return _alert(
        "held", f"{issue['vendor']}: a change is held for a person", said, significance.of_event("held", rules), rules,
        issue["first_on"], issue["vendor"], citations=(citation,), notes=(issue["message"],),
    )  # fmt: skip
