"""Alerts: what the record holds that is worth a person's time, each with a stable id, a significance and a state.

One event at a vendor is one alert; besides, outages, days that come near, our corrections and held values. Making them
looks at no page and asks no clock: the same record gives the same alerts, so collecting again adds nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.model import subject
from sandsnap.publish.alerts.events import Citation, Outage, Reminder, outages, reminders
from sandsnap.publish.waits import by_cause
from sandsnap.tell import words
from sandsnap.tell.lines import Line
from sandsnap.tell.model import QUIET, Change, Event, digest
from sandsnap.tell.significance import Rules, Significance, total
from schemas import TABLES

if TYPE_CHECKING:
    from sandsnap.publish.claims.bindings import Bindings

Row = Mapping[str, Any]
CLAIMS_DAYS = timedelta(days=365)
STATES = {
    "standing": "the record holds it",
    "retracted": "the record no longer holds it: it was our mistake, or the page of that day was read again",
}
CITED = 10  # pages that one alert keeps; an event of five hundred prices of one page cites it once


@dataclass(frozen=True, slots=True)
class Move:
    """One value of one fact, as text before and after; None is nothing stated. `kind` as in `changes`."""

    product: str
    table: str
    key: str
    field: str
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Alert:
    """One thing to tell, once.

    `id` is the event's. `said` is what it says without its day: an alert whose day moves (an archive filled in) is
    found by it and keeps its id. `history`: nobody is to be sent it, since an archive told it, or it was settled
    (`decided_on`, else `day`) long before the last recorded day. `breaks`: the claims of published pages that were true before it,
    with their verdict now. `table` and `key` are the first move's; `moved` are the moves in words.
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
    not_before: date | None = None
    moves: tuple[Move, ...] = ()
    moved: tuple[Line, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    history: bool = False
    decided_on: date | None = None
    breaks: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables in which something moved."""
        return tuple(dict.fromkeys(m.table for m in self.moves)) or (self.table,)


Place = tuple[str, str, str, str, date]  # vendor, product, table, key as text, day


@dataclass(frozen=True)
class Evidence:
    """What alerts are made from. Rows as record.alert_queries and record.queries give them; `breaks` and `decided` (the
    day of the reading that settled a removal) by place."""

    events: Sequence[Event]
    outages: Sequence[Row]
    held: Sequence[Row]
    ends: Sequence[Row]
    corrections: Sequence[Row]
    last_day: date | None
    breaks: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    decided: Mapping[Place, date] = field(default_factory=dict)


def evidence(warehouse: Path, pages: Sequence["Bindings"] = ()) -> Evidence:
    """Everything alerts are made from; `pages` are the published ones whose claims a change may break. Raises QueryError,
    and ExpressionError for a claim that cannot be asked."""
    from datetime import UTC, datetime

    from sandsnap.publish.happened import told
    from sandsnap.record import alert_queries, queries

    with queries.connect_readonly(warehouse) as con:
        last_day = alert_queries.last_day(con)
        happened = told(con)
        return Evidence(
            happened,
            alert_queries.outage_issues(con).records(),
            alert_queries.held_issues(con).records(),
            alert_queries.dated_ends(con).records(),
            queries.corrections(con, datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)).records(),
            last_day,
            _breaks(con, pages, happened, last_day),
            {tuple(r[:5]): r[5] for r in alert_queries.decisions(con).rows},
        )


def _place(change: Change) -> Place:
    return change.vendor, change.product, change.table, change.key_text, change.day


def _breaks(
    con: Any, pages: Sequence["Bindings"], happened: Sequence[Event], last_day: date | None
) -> dict[Place, tuple[str, ...]]:
    """Which claims of the pages each change breaks. What changed before a page was published broke nothing of it; what
    is older than CLAIMS_DAYS was told with them when it was new."""
    from sandsnap.publish.claims.check import broken_claims

    rows = [
        (dict(zip(("vendor", "product", "table", "key", "day"), _place(c), strict=True)) | {"kind": c.kind}, c.day)
        for e in happened if e.confirmed and e.kind not in QUIET for c in e.members
    ]  # fmt: skip
    found: dict[Place, list[str]] = {}
    for page in pages if last_day else ():
        since = last_day - CLAIMS_DAYS if last_day else date.min
        since = max(since, page.published_on or since)
        for b in broken_claims(con, page, [r for r, e_day in rows if e_day > since]):
            c = b.change
            phrase = f"“{b.binding.phrase}”" if b.binding.phrase else f"the icon {b.binding.shows!r}"
            now = f"; now: {'; '.join(b.found)}" if b.found else ""
            text = f"{page.name}, {b.binding.where}: {phrase} is {b.verdict.replace('_', ' ')}{now}"
            found.setdefault((c["vendor"], c["product"], c["table"], c["key"], c["day"]), []).append(text)
    return {k: tuple(v) for k, v in found.items()}


def make(found: Evidence, rules: Rules) -> list[Alert]:
    """All alerts of the record, oldest first. What is coverage or re-keying, and what one reading alone lacks, is none."""
    if found.last_day is None:
        return []
    made = [_of_event(e, found, rules) for e in found.events if e.confirmed and e.kind not in QUIET]
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
        rest.pop("id", None) or digest(said, day.isoformat()), kind, vendor, rest.pop("table", "-"),
        rest.pop("key", "-"), day, title, said, worth.points, rules.level(worth.points), worth.reasons, **rest,
    )  # fmt: skip


def _worth(kind: str, rules: Rules) -> Significance:
    """What an outage, a reminder, a correction or a held value is worth."""
    return total([(kind.replace("_", " "), rules.points("event", kind))])


def _of_event(event: Event, found: Evidence, rules: Rules) -> Alert:
    places = [_place(c) for c in event.members]
    breaks = tuple(dict.fromkeys(text for p in dict.fromkeys(places) for text in found.breaks.get(p, ())))
    worth = Significance(event.significance, event.reasons)
    if breaks:
        points = rules.points("circumstance", "breaks_claims")
        worth = Significance(min(100, worth.points + points), (*worth.reasons, f"breaks claims {points:+d}"))
    moves = tuple(
        Move(c.product, c.table, c.key_text, c.field, c.kind, _text(c.before), _text(c.after)) for c in event.members
    )
    first = event.members[0] if event.members else None
    said = json.dumps(
        [event.vendor, event.kind, *([m.product, m.table, m.key, m.field, m.before, m.after] for m in moves)]
    )
    return _alert(
        event.kind, event.title, said, worth, rules, event.day, event.vendor, id=event.event,
        table=first.table if first else "measurements", key=first.key_text if first else "-", product=event.product,
        not_before=event.not_before, moves=moves, moved=event.moved,
        citations=citations(event.members) or tuple(Citation(f, event.day, *[None] * 5) for f in event.files),
        breaks=breaks,
        notes=("a person's judgement, not a sentence of a page",) if first and first.basis == "judged" else (),
        history=event.backfilled, decided_on=max((found.decided[p] for p in places if p in found.decided), default=None),
    )  # fmt: skip


def _text(value: object) -> str | None:
    return (
        None
        if value is None
        else {True: "true", False: "false"}.get(value, str(value))
        if isinstance(value, bool)
        else f"{value}"
    )


def citations(members: Iterable[Change]) -> tuple[Citation, ...]:
    """The pages that say it, with their words, those with words on both sides first."""
    cited = dict.fromkeys(
        Citation(c.source_url, c.day, c.quote_before, c.quote_after, c.capture_before, c.capture_after, c.basis, c.kind)
        for c in members if c.source_url
    )  # fmt: skip
    ordered = sorted(cited, key=lambda c: -sum(q is not None for q in (c.quote_before, c.quote_after)))
    return tuple(ordered[:CITED])


def _of_outage(outage: Outage, rules: Rules) -> list[Alert]:
    pages, back = (f"{len(p)} pages" if len(p) > 1 else words.address("".join(p)) for p in (outage.pages, outage.back))
    name, since = words.company(outage.vendor), outage.first_on.isoformat()
    said = f"outage {outage.vendor} {since}"
    citations = tuple(Citation(p, outage.first_on, None, None, None, None, None) for p in outage.pages)
    start = _alert(
        "outage", f"{name}: {pages} cannot be read since {words.day(outage.first_on)}", said, _worth("outage", rules), rules,
        outage.first_on, outage.vendor, citations=citations,
        notes=(*outage.messages, "their facts keep their last value and the day it was verified"),
    )  # fmt: skip
    if outage.ended_on is None or not outage.back:
        return [start]
    days = (outage.ended_on - outage.first_on).days
    many = "" if days == 1 else "s"
    end = _alert(
        "outage_ended", f"{name}: {back} read again on {words.day(outage.ended_on)}, after {days} day{many}", said + " ended",
        _worth("outage_ended", rules), rules, outage.ended_on, outage.vendor,
        citations=tuple(c for c in citations if c.source_url in outage.back),
    )  # fmt: skip
    return [start, end]


def _of_reminder(reminder: Reminder, rules: Rules) -> Alert:
    what = "; ".join(reminder.subjects)
    title = (
        f"{words.company(reminder.vendor)}: {what} on {words.day(reminder.effective_on)}, in {reminder.days_left} days"
    )
    said = f"reminder {reminder.vendor} {reminder.effective_on} {reminder.days_left}"
    return _alert(
        "reminder", title, said, _worth("reminder", rules), rules, reminder.day, reminder.vendor,
        table="notices", key=what, citations=reminder.citations,
    )  # fmt: skip


def _of_corrections(rows: Iterable[Row], rules: Rules) -> list[Alert]:
    """Our corrections, one alert per run, vendor and table: one mended reader corrects many rows."""
    from sandsnap.publish.happened import corrected

    out = []
    for (at, vendor, table), own in corrected(rows).items():
        n = f"{len(own)} values" if len(own) > 1 else _named(table, own[0])
        moves = tuple(
            Move(r["product"], table, r["key"], r["field"], "corrected", r["before"], r["after"]) for r in own
        )
        citations = tuple({
            r["source_url"]: Citation(r["source_url"], r["valid_from"], r["quote_before"], r["quote_after"], None, None, None)
            for r in own
        }.values())  # fmt: skip
        notes = tuple(
            f"{_named(table, r)} was shown wrong from {r['shown_from']:%Y-%m-%d %H:%M} UTC on" for r in own[:5]
        )
        said = f"correction {vendor} {table} {at.isoformat()}"
        out.append(_alert(
            "correction", f"{words.company(vendor)}: we corrected {n} in {words.TABLE[table].lower()}", said, _worth("correction", rules),
            rules, at.date(), vendor, table=table, moves=moves, citations=citations, notes=notes,
        ))  # fmt: skip
    return out


def _named(table: str, row: Row) -> str:
    """Which value a correction is of: GPU L40S; Longest session (Pro)."""
    key = dict(zip(TABLES[table].key[2:], row["key"].split(" / "), strict=False))
    field = row["field"] if row["field"] not in ("*", "usd", "amount", "status") else ""
    return f"{words.subject(table, key)} {words.term(field)}".rstrip()


def _of_held(issue: Row, rules: Rules) -> Alert:
    # As the record has it: the same matter on another day, whatever its figures are by then.
    said = f"held {issue['vendor']} {issue['source_url']} {issue['reader']} {subject(issue['message'])}"
    citation = Citation(issue["source_url"], issue["first_on"], None, None, None, None, None)
    ((matter,), *_) = (c.matters for c in by_cause([issue]))
    what = words.listed(list(matter.subjects)) or "a change"
    return _alert(
        "held", f"{words.company(issue['vendor'])}: {what}: {matter.said}", said, _worth("held", rules), rules,
        issue["first_on"], issue["vendor"], citations=(citation,), notes=tuple(f"“{text}”" for text, _ in matter.quotes),
    )  # fmt: skip
