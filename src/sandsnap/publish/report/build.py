"""The editors' change report: what changed, what was corrected, what waits, what could not be verified, with evidence.

`collect` asks the warehouse; `WRITERS` turn what it found into Markdown, HTML (report_page) or JSON. One fact that
several pages show on one day is one line with several quotes. Scraped text is escaped in every form.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sandsnap.escaping import printable
from sandsnap.publish import happened
from sandsnap.publish.alerts import text as alerts_text
from sandsnap.publish.alerts.changes import Change, gather
from sandsnap.publish.alerts.events import Citation
from sandsnap.publish.alerts.text import scroll_link
from sandsnap.publish.measured import measures
from sandsnap.publish.report.measured import Beside, beside
from sandsnap.tell import words
from sandsnap.tell.measures import values_of
from sandsnap.tell.model import QUIET, Event

__all__ = ["WRITERS", "Evidence", "Line", "Report", "VendorPart", "collect", "line", "markdown", "parts", "scroll_link"]

Row = Mapping[str, Any]
DEFAULT_DAYS = 30
SENTENCES = 5
UNVERIFIED_DAYS = 7
SAME_CHANGE_DAYS, EPISODE_DAYS = 7, 30  # as the alerts' windows ship


@dataclass(frozen=True, slots=True)
class Evidence:
    """One page's words for a line: the quote (None with the reason) and a link that scrolls to it."""

    side: str
    url: str
    link: str
    quote: str | None
    reason: str | None
    capture: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One change, ready to print; texts are as scraped, not escaped."""

    day: date
    product: str
    table: str
    key: str
    kind: str
    moves: tuple[tuple[str, str, str], ...]
    percent: str | None
    hourly_before: str | None
    hourly_after: str | None
    notes: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What `collect` found for start <= day <= end. Rows as record.queries gives them, as dicts."""

    start: date
    end: date
    changes: list[Change]
    corrections: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    unverified: list[dict[str, Any]]
    held: list[dict[str, Any]]
    events: list[Event]
    beside: list[Beside] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VendorPart:
    """One vendor's part of the report."""

    vendor: str
    changed: tuple[Line, ...]
    unconfirmed: tuple[Line, ...]
    corrections: tuple[dict[str, Any], ...]
    waiting: tuple[dict[str, Any], ...]
    unverified: tuple[dict[str, Any], ...]
    held: tuple[dict[str, Any], ...]


def collect(warehouse: Path, start: date | None = None, end: date | None = None, vendor: str | None = None) -> Report:
    """Ask the warehouse. Raises QueryError. Without an end: the last recorded day; without a start: 30 days before."""
    from sandsnap.record import alert_queries, queries, series_queries

    with queries.connect_readonly(warehouse) as con:
        until = end or alert_queries.last_day(con) or datetime.now(UTC).date()
        since = start or until - timedelta(days=DEFAULT_DAYS)
        # A little more on both sides: a change's other pages and its return may lie outside the days asked for.
        around = SAME_CHANGE_DAYS + EPISODE_DAYS
        earliest = date.fromordinal(max(1, since.toordinal() - around))
        latest = date.fromordinal(min(date.max.toordinal(), until.toordinal() + around))
        rows = alert_queries.changes(con, earliest, latest).records()
        claims = alert_queries.claims_beside(con).records()
        known_until = datetime.combine(until, time.max, UTC) if end else datetime(9999, 12, 31, tzinfo=UTC)
        corrections = queries.corrections(con, datetime.combine(since, time(), UTC), known_until, vendor).records()
        waiting = queries.open_issues(con).records()
        unverified = alert_queries.unverified(con, until, UNVERIFIED_DAYS).records()
        held = [_held(r) for r in alert_queries.held_facts(con, until).records()]
        events = [
            e for e in happened.told(con, max(since, date.min + timedelta(days=1)) - timedelta(days=1), until)
            if e.confirmed and e.kind not in QUIET and vendor in (None, e.vendor)
        ]  # fmt: skip
        measured = beside(series_queries.claims_beside(con, until, vendor).records())
    events.sort(key=lambda e: (-e.significance, e.day.toordinal(), e.vendor, e.event))
    told = gather(rows, claims, same_change_days=SAME_CHANGE_DAYS, episode_days=EPISODE_DAYS)
    return Report(
        since, until,
        [c for c in told if since <= c.day <= until and vendor in (None, c.vendor)],
        [c for c in corrections if c["cause"] == "correction"],
        [i for i in waiting if vendor in (None, i["vendor"])],
        [u for u in unverified if vendor in (None, u["vendor"])],
        [h for h in held if vendor in (None, h["vendor"])],
        events, measured,
    )  # fmt: skip


def _held(row: Row) -> dict[str, Any]:
    """A held fact with its value in words and a link that scrolls to its quote."""
    said = alerts_text.stated(row["table"], values_of(row["values"]))
    link = scroll_link(row["source_url"], row["quote"])
    return {**{k: v for k, v in row.items() if k != "values"}, "stands": said, "link": link}


def parts(report: Report) -> list[VendorPart]:
    """The report vendor by vendor, by name; vendors without anything are left out."""
    everything = (report.corrections, report.waiting, report.unverified, report.held)
    names = sorted({c.vendor for c in report.changes} | {r["vendor"] for rows in everything for r in rows})
    out = []
    for name in names:
        own = [c for c in report.changes if c.vendor == name]
        corrections, waiting, unverified, held = (tuple(r for r in rows if r["vendor"] == name) for rows in everything)
        out.append(VendorPart(
            name,
            tuple(line(c) for c in own if c.kind != "unconfirmed"),
            tuple(line(c) for c in own if c.kind == "unconfirmed"),
            corrections,
            tuple(i for i in waiting if i["kind"] != "missing"),  # told as unconfirmed
            unverified,
            held,
        ))  # fmt: skip
    return out


def sentence(event: Event) -> str:
    """An event as a sentence to paste, with its day or the interval in which it came to be."""
    day = words.day(event.day)
    when = day if event.not_before is None else f"between {words.day(event.not_before)} and {day}"
    return f"{event.title.rstrip('.')} ({when})."


def line(change: Change) -> Line:
    """A change as a line."""
    text = alerts_text
    if change.kind == "changed":
        moves = tuple(
            (f.field, text.side(change, f, "before"), text.side(change, f, "after")) for f in text.told(change)
        )
    else:
        sides = [
            text.stated(change.table, values) or getattr(change.fields[0], side) or text.NOTHING
            for side, values in (("before", change.values_before), ("after", change.values_after))
        ]
        if change.kind != "added":
            sides[1] = text.NOTHING
        moves = (("", sides[0] if change.kind != "added" else text.NOTHING, sides[1]),)
    hourly = [text.hourly(change.table, v) for v in (change.values_before, change.values_after)]
    return Line(
        change.day, change.product, change.table, change.key, change.kind, moves, text.change_percent(change),
        hourly[0] if change.kind != "added" else None, hourly[1] if change.kind in ("changed", "added") else None,
        text.notes(change), tuple(e for c in change.citations for e in _evidence(change.kind, c)),
    )  # fmt: skip


def _evidence(kind: str, citation: Citation) -> list[Evidence]:
    out = []
    for side in ("before", "after"):
        quote = getattr(citation, f"quote_{side}")
        capture = getattr(citation, f"capture_{side}")
        reason = None if quote else alerts_text.missing(kind, side, citation)
        out.append(Evidence(side, citation.source_url, scroll_link(citation.source_url, quote), quote, reason, capture))
    return out


def as_markdown(report: Report) -> str:
    """The report as Markdown."""
    out = [f"# Changes from {report.start} to {report.end}", ""]
    found = parts(report)
    if report.events:
        out += ["## In short", "", *(f"- {_cell(sentence(e))}" for e in report.events[:SENTENCES]), ""]
    out += ["Nothing to report.", ""] if not found else []
    for part in found:
        out += [f"## {part.vendor}", ""]
        out += _table("Changed", part.changed) + _table(
            "Missing from one reading; the next one decides", part.unconfirmed
        )
        if part.corrections:
            out += ["### Corrected (our mistakes)", ""]
            out += [
                f"- {_cell(c['table'])} {_cell(c['key'])}: {_cell(c['field'])} {_cell(c['before'])} → {_cell(c['after'])}, for days from "
                f"{c['valid_from']}; shown wrong from {c['shown_from']:%Y-%m-%d} to {c['corrected_at']:%Y-%m-%d} "
                f"{_link(c['source_url'], c['quote_after'] or c['quote_before'])}"
                for c in part.corrections
            ]
            out.append("")
        if part.held:
            out += ["### Held: the last good value stands", "", *(_held_line(h) for h in part.held), ""]
        if part.waiting:
            out += ["### Waits for review", "", *(_issue(i) for i in part.waiting), ""]
        if part.unverified:
            out += ["### Could not be verified", "", *(_unverified(u) for u in part.unverified), ""]
    if report.beside:
        out += ["## Claims beside measurements", "", f"Measured is {measures()}. The widest gap first.", ""]
        out += ["| vendor | claims | measured | measured / claimed |", "| --- | --- | --- | --- |"]
        out += [_beside(b) for b in report.beside]
    return printable("\n".join(out).rstrip() + "\n")


def _event(event: Event) -> dict[str, Any]:
    fields = ("event", "vendor", "product", "kind", "title", "day", "not_before", "significance", "changes", "notice")
    return {name: getattr(event, name) for name in fields} | {"sentence": sentence(event)}


def as_json(report: Report) -> str:
    """The report as JSON: {from, to, events, vendors: [{vendor, changed, unconfirmed, corrections, waiting, unverified, held}],
    claims_beside_measurements}."""
    from dataclasses import asdict

    body = {
        "from": report.start,
        "to": report.end,
        "events": [_event(e) for e in report.events],
        "vendors": [asdict(p) for p in parts(report)],
        "claims_beside_measurements": [asdict(b) for b in report.beside],
    }
    return json.dumps(body, default=str, ensure_ascii=False, indent=1) + "\n"


def as_html(report: Report) -> str:
    """The report as one self-contained page."""
    from sandsnap.publish.report.page import page

    return printable(page(report, parts(report)))


WRITERS: Mapping[str, Callable[[Report], str]] = {"md": as_markdown, "html": as_html, "json": as_json}


def markdown(title: str, changes: Sequence[Row], issues: Sequence[Row], on: date) -> str:
    """A run's report as Markdown. `changes` and `issues` are rows as record.queries gives them, as dicts."""
    told = gather(changes)
    lines = [f"# {title}", "", f"Made on {on.isoformat()} from recorded snapshots.", "", "## Changes", ""]
    lines += [] if told else ["None.", ""]
    for vendor in sorted({c.vendor for c in told}):
        lines += _table(vendor, [line(c) for c in told if c.vendor == vendor])
    lines += ["## Waiting for a person", ""]
    lines += [_issue(i, vendor=True) for i in issues] or ["Nothing."]
    return printable("\n".join(lines).rstrip() + "\n")


def _table(heading: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    out = [f"### {heading}", "", "| day | fact | before | after | evidence |", "| --- | --- | --- | --- | --- |"]
    for x in lines:
        before, after = ("<br>".join(_cell(f"{m[0]}: {m[i]}" if m[0] else m[i]) for m in x.moves) for i in (1, 2))
        if x.hourly_before:
            before += f"<br>= {x.hourly_before}"
        after += "".join(f"<br>{_cell(t)}" for t in (f"= {x.hourly_after}" if x.hourly_after else None, x.percent) if t)
        fact = f"{x.product} {x.table}: {x.key}" + (f" ({x.kind.replace('_', ' ')})" if x.kind != "changed" else "")
        links = [f"{e.side}: {_link(e.url, e.quote)}" for e in x.evidence if e.quote]
        links = links or [_link(url, None) for url in dict.fromkeys(e.url for e in x.evidence)]
        notes = [f"({_cell(n)})" for n in x.notes]
        out.append(f"| {x.day} | {_cell(fact)} | {before} | {after} | {'<br>'.join([*links, *notes])} |")
    return [*out, ""]


def _beside(row: Beside) -> str:
    claim = f"{_cell(row.claimed)} {_link(row.claim_url, row.quote)}" if row.claimed and row.claim_url else "no figure"
    return f"| {_cell(row.vendor)} | {claim} | {_cell(row.measured)} {_link(row.measured_url, None)} | {row.ratio} |"


def _issue(issue: Row, vendor: bool = False) -> str:
    who = f" {issue['vendor']}" if vendor else ""
    nearest = f" Nearest text now: {_link(issue['source_url'], issue['nearest'])}" if issue.get("nearest") else ""
    return f"- **{issue['kind']}**{who}, since {issue['first_on']}: {_cell(issue['message'])} <{issue['source_url']}>{nearest}"


def _held_line(row: Row) -> str:
    what = _cell(f"{row['product']} {row['table']}: {row['key']}")
    link = _link(row["source_url"], row["quote"])
    return f"- **held** {what}: {_cell(row['stands'])} stands since {row['held_since']}; {_cell(row['reason'])} {link}"


def _unverified(row: Row) -> str:
    since = f"since {row['verified_on']} ({row['days']} days)" if row["verified_on"] else "never yet"
    return f"- <{row['source_url']}>: {since}, {row['facts']} facts; last tried {row['last_on']}, {row['outcome']}"


def _link(url: str, quote: str | None) -> str:
    """A Markdown link that scrolls to the quote; scraped text cannot end it."""
    if not quote:
        return f"<{url}>"
    text = _cell(_short(quote)).replace("[", "\\[").replace("]", "\\]")
    target = scroll_link(url, quote).replace("(", "%28").replace(")", "%29")
    return f"[“{text}”]({target})"


def _short(text: str, most: int = 90) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _cell(value: object) -> str:
    """Scraped text as one Markdown table cell: it must not end the cell, start a tag or a link of its own."""
    if value is None:
        return "—"
    text = " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|").replace("&", "&amp;")
    return text.replace("<", "&lt;").replace("](", "]\\(").replace("`", "\\`")
