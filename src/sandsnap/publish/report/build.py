"""The editors' report: what happened in five sentences and event by event, what we corrected, what waits, what could not
be verified. Made of events, so that one happening is told once; a quarter fits on three printed pages.

`collect` asks the warehouse; `WRITERS` turn what it found into Markdown, HTML (page.py) or JSON.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sandsnap.publish import happened, waits
from sandsnap.publish.alerts import text as alerts_text
from sandsnap.publish.alerts.alert import citations
from sandsnap.publish.quotes import Quote, quote
from sandsnap.publish.report.measured import Beside, beside
from sandsnap.publish.site import fact_words
from sandsnap.tell import words
from sandsnap.tell.lines import Line
from sandsnap.tell.model import FILES, QUIET, Event
from schemas import TABLES

Row = Mapping[str, Any]
DEFAULT_DAYS = 30
SENTENCES = 5
UNVERIFIED_DAYS = 7
QUOTED = 25  # an event that is worth less is one line
MOVES = 4  # lines of one event; the site has them all
EXAMPLES = 3  # of one cause that waits


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, ready to print; texts are as scraped, not escaped. `more`: how many lines are left out."""

    event: str
    vendor: str
    day: date
    not_before: date | None
    when: str
    title: str
    significance: int
    backfilled: bool
    moves: tuple[Line, ...]
    more: int
    quotes: tuple[Quote, ...]

    @property
    def sentence(self) -> str:
        """The event as a sentence to paste."""
        return f"{self.title.rstrip('.')} ({self.when})."

    @property
    def brief(self) -> bool:
        """Whether its title says it all."""
        return self.significance < QUOTED


@dataclass(frozen=True, slots=True)
class Corrected:
    """What one run put right in one table: one line."""

    vendor: str
    table: str
    values: int
    example: str
    days: str


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for one cause: how much, and the first few."""

    title: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Silent:
    """A vendor's sources that nobody verified in the whole period: how many, with how many facts, the oldest day."""

    vendor: str
    pages: int
    facts: int
    oldest: date | None

    @property
    def line(self) -> str:
        """Daytona: 12 pages with 80 facts, the oldest of 28 Apr 2025."""
        many, oldest = (
            "" if self.pages == 1 else "s",
            f", the oldest of {words.day(self.oldest)}" if self.oldest else "",
        )
        return f"{words.company(self.vendor)}: {self.pages} page{many} with {self.facts} fact{'' if self.facts == 1 else 's'}{oldest}"


@dataclass(frozen=True, slots=True)
class Report:
    """What `collect` found for start <= day <= end; entries the weightiest first."""

    start: date
    end: date
    entries: tuple[Entry, ...]
    corrections: tuple[Corrected, ...]
    waits: tuple[Waits, ...]
    unverified: tuple[Row, ...]
    beside: tuple[Beside, ...] = ()

    @property
    def fell_silent(self) -> tuple[Row, ...]:
        """Sources that were last verified in the period."""
        return tuple(u for u in self.unverified if u["verified_on"] and u["verified_on"] >= self.start)

    @property
    def silent(self) -> tuple["Silent", ...]:
        """Per vendor, what was not verified in the whole period; those with most facts first."""
        by: dict[str, list[Row]] = {}
        for u in self.unverified:
            if u not in self.fell_silent:
                by.setdefault(u["vendor"], []).append(u)
        made = (
            Silent(
                vendor,
                len(own),
                sum(u["facts"] for u in own),
                min((u["verified_on"] for u in own if u["verified_on"]), default=None),
            )
            for vendor, own in by.items()
        )
        return tuple(sorted(made, key=lambda s: (-s.facts, s.vendor)))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to report."""
        return not (self.entries or self.corrections or self.waits or self.unverified or self.beside)


def collect(warehouse: Path, start: date | None = None, end: date | None = None, vendor: str | None = None) -> Report:
    """Ask the warehouse. Raises QueryError. Without an end: the last recorded day; without a start: 30 days before."""
    from sandsnap.record import alert_queries, queries, series_queries

    with queries.connect_readonly(warehouse) as con:
        until = end or alert_queries.last_day(con) or datetime.now(UTC).date()
        since = start or until - timedelta(days=DEFAULT_DAYS)
        known_until = datetime.combine(until, time.max, UTC) if end else datetime(9999, 12, 31, tzinfo=UTC)
        told = happened.told(con, max(since, date.min + timedelta(days=1)) - timedelta(days=1), until)
        corrected = queries.corrections(con, datetime.combine(since, time(), UTC), known_until, vendor).records()
        waiting = alert_queries.waiting(con, since, until, vendor).records()
        unverified = [
            u for u in alert_queries.unverified(con, until, UNVERIFIED_DAYS).records()
            if vendor in (None, u["vendor"]) and u["facts"]
        ]  # fmt: skip
        measured = beside(series_queries.claims_beside(con, until, vendor).records())
    return Report(
        since, until, entries(e for e in told if vendor in (None, e.vendor)), _corrected(corrected), _waits(waiting),
        tuple(sorted(unverified, key=lambda u: (-u["facts"], u["vendor"], u["source_url"]))), measured,
    )  # fmt: skip


def entries(told: Any) -> tuple[Entry, ...]:
    """Confirmed events of vendors, the weightiest first."""
    loud: list[Event] = [e for e in told if e.confirmed and e.kind not in QUIET]
    return tuple(entry(e) for e in sorted(loud, key=lambda e: (-e.significance, e.day, e.vendor, e.event)))


def entry(event: Event) -> Entry:
    """An event with its moves and one quote a side."""
    day = words.day(event.day)
    known = event.not_before is None or (event.day - event.not_before).days <= 1
    when = day if known else f"between {words.day(event.not_before)} and {day}"
    moved = tuple(m for m in event.moved if m[0] != FILES)
    told = () if len(moved) == 1 and _said(event) else moved
    return Entry(
        event.event, event.vendor, event.day, event.not_before, when, event.title, event.significance, event.backfilled,
        told[:MOVES], max(0, len(told) - MOVES), _quotes(event),
    )  # fmt: skip


def _said(event: Event) -> bool:
    """Whether the title has both sides of the one move."""
    (_, before, after) = event.moved[0]
    figures = [text.split(" ")[0] for text in (before, after) if text]
    return all(f in event.title for f in figures)


def _quotes(event: Event) -> tuple[Quote, ...]:
    found = citations(event.members)
    if not found:
        return ()
    cited, kind = found[0], event.members[0].kind
    out = [quote(side, kind, cited, getattr(cited, f"capture_{side}")) for side in ("before", "after")]
    return tuple(out[1:] if out[0].text == out[1].text else out)


def _corrected(rows: Sequence[Row]) -> tuple[Corrected, ...]:
    out = []
    for (at, vendor, table), own in happened.corrected(rows).items():
        first = own[0]
        key = dict(zip(TABLES[table].key[2:], first["key"].split(" / "), strict=False))
        field = "" if first["field"] in fact_words.TOLD else f"{words.term(first['field'])} "
        sides = [fact_words.of_text(table, first[side], first["field"]) or "nothing" for side in ("before", "after")]
        example = f"{words.subject(table, key)}: {field}{sides[0]} → {sides[1]}"
        shown = min(r["shown_from"] for r in own)
        out.append(
            Corrected(
                vendor,
                table,
                len(own),
                example,
                f"shown wrongly from {words.day(shown.date())} to {words.day(at.date())}",
            )
        )
    return tuple(out)


def _waits(rows: Sequence[Row]) -> tuple[Waits, ...]:
    out = []
    for cause in waits.by_cause(rows):
        said = dict.fromkeys(_example(m) for m in cause.matters)
        out.append(Waits(cause.title, len(cause.matters), tuple(said)[:EXAMPLES]))
    return tuple(out)


def _example(matter: waits.Matter) -> str:
    quotes = " / ".join(f"“{alerts_text.defused(text, 60)}”" for text, _ in matter.quotes)
    told = alerts_text.defused(f"{words.company(matter.vendor)}: {matter.text}", 160)
    return f"{told} {quotes}" if quotes else f"{told} ({words.address(matter.url)})"


def as_json(report: Report) -> str:
    """The report as JSON: {from, to, in_short, events, corrections, waits, unverified, claims_beside_measurements}."""
    body = {
        "from": report.start, "to": report.end, "in_short": [e.sentence for e in report.entries[:SENTENCES]],
        "events": [asdict(e) | {"sentence": e.sentence} for e in report.entries],
        "corrections": [asdict(c) for c in report.corrections], "waits": [asdict(w) for w in report.waits],
        "unverified": list(report.unverified), "claims_beside_measurements": [asdict(b) for b in report.beside],
    }  # fmt: skip
    return json.dumps(body, default=str, ensure_ascii=False, indent=1) + "\n"
