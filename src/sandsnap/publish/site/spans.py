"""Every claim as spans of days, and what the tables showed on any of them. In: record.site_queries; pure after that.

A day's facts are those of the warehouse's `<table>_on(day)`: tests compare the two.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sandsnap.read.statements import judged
from sandsnap.record import site_queries
from sandsnap.record.claim_queries import Connection
from sandsnap.tell.measures import values_of
from schemas import TABLES
from schemas.vocabulary import UNCAPTURED


@dataclass(frozen=True)
class Span:
    """What one claim said from `start` up to, not including, `end` (None: still), with one citation.

    `values`: the key and value columns, null ones left out. `began`: when these values began (a later citation of the
    same values starts a span, but begins nothing). `before`: the claim's span of other values just before, if any.
    `capture`: the stored page it was first read from, as a sha256. `not_before`: the last day on which it was seen
    otherwise. `by`: who read a second-hand one.
    """

    number: int
    claim: int
    reader: int
    vendor: str
    table: str
    product: str
    values: Mapping[str, Any]
    start: date
    end: date | None
    began: date
    basis: str
    source_url: str
    quote: str | None
    judged_on: date | None
    cause: str
    capture: str | None
    before: "Span | None" = None
    ended_on: date | None = None
    not_before: date | None = None
    by: str | None = None

    @property
    def key(self) -> str:
        """The key without vendor and product, as the warehouse writes it."""
        names = TABLES[self.table].key[2:]
        return " / ".join(str(self.values[n]) for n in names) or "-"

    def on(self, day: date) -> bool:
        """Whether it held on a day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Fact:
    """A span as the tables showed it on a day. `state` is the tables' own; `reason` says why it is held or unconfirmed."""

    span: Span
    verified_on: date
    capture: str | None
    state: str = "current"
    reason: str | None = None

    def text(self, name: str) -> str:
        """A value as text; empty where it is null."""
        value = self.span.values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> Decimal | None:
        """A value as a number; None where it is null."""
        value = self.span.values.get(name)
        return None if value is None else Decimal(value)


@dataclass(frozen=True, slots=True)
class Other:
    """What another source says of a key today, against what is shown."""

    values: Mapping[str, Any]
    source_url: str
    quote: str | None
    verified_on: date


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a fact that stands on another page than the fact's leading one. `value` as the warehouse writes it."""

    column: str
    value: str
    basis: str
    source_url: str
    quote: str | None
    verified_on: date


@dataclass
class Record:
    """All spans, and the days that date them."""

    spans: list[Span]
    good: Mapping[int, tuple[list[date], list[str | None]]]
    unseen: Mapping[int, list[tuple[date, date | None, date | None]]]
    as_of: date
    con: Connection
    fresh_days: Mapping[str, int]
    waiting: Mapping[int, list[tuple[str, str, date, date | None]]]
    others: Mapping[tuple[str, str, str, str], list[Other]] = field(default_factory=dict)
    shown_values: Mapping[tuple[str, str, str, str], list[Part]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    _candidates: list[date] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        """The days on which what the tables show can differ from the day before, oldest first."""
        return self._candidates

    def against(self, span: Span) -> list[Other]:
        """What other sources say of a fact that stands on the last day, where they disagree with it."""
        return self.others.get((span.vendor, span.product, span.table, span.key), []) if span.on(self.as_of) else []

    def parts(self, span: Span) -> list[Part]:
        """The values of a fact of the last day that rest on another page than its leading one."""
        if not span.on(self.as_of):
            return []
        own = self.shown_values.get((span.vendor, span.product, span.table, span.key), [])
        return [p for p in own if p.source_url != span.source_url and p.column not in ("unit", "claimed_by")]

    def seen(self, span: Span) -> tuple[date, ...]:
        """The days on which a page stated it: good readings while it stood and was not missed."""
        if span.basis in UNCAPTURED:
            return (span.judged_on or span.start,)
        days, _ = self.good.get(span.reader, ([], []))
        own = days[
            bisect_left(days, span.start) : bisect_left(days, span.end) if span.end else bisect_right(days, self.as_of)
        ]
        gaps = self.unseen.get(span.claim, ())
        return tuple(d for d in own if not any(a <= d and (b is None or d < b) for a, _, b in gaps))

    def standing(self, day: date) -> list[Span]:
        """The spans that the tables showed on a day."""
        return [s for s in self.spans if s.on(day)]

    def shown(self, day: date) -> list[Fact]:
        """What the tables showed on a day."""
        return [self.fact(s, day) for s in self.standing(day)]

    def fact(self, span: Span, day: date) -> Fact:
        """A span on a day: when it was last verified by then, and how it stood."""
        wait = next((w for w in self.waiting.get(span.claim, ()) if w[2] <= day and (w[3] is None or w[3] > day)), None)
        absent = [(a, m) for a, m, b in self.unseen.get(span.claim, ()) if a <= day and (b is None or b > day)]
        gone, missing = absent[0] if absent else (None, None)
        days, captures = self.good.get(span.reader, ([], []))
        at = (bisect_left(days, gone) if gone is not None else bisect_right(days, day)) - 1
        # An excerpt can state a fact before any whole reading: then the day it began is the day it was verified.
        verified = span.judged_on or (days[at] if at >= 0 else span.start)
        capture = None if span.basis in UNCAPTURED else captures[at] if at >= 0 else span.capture
        if span.ended_on is not None:
            state = "ended"
        elif wait is not None:
            state = wait[0]
        elif missing is not None and missing <= day:
            state = "missing"
        else:
            state = "stale" if (day - verified).days > self.fresh_days[span.table] else "current"
        return Fact(span, verified, capture, state, wait[1] if wait and state == wait[0] else None)


def load(con: Connection, as_of: date) -> Record:
    """Everything the warehouse holds now. Raises QueryError."""
    facts = site_queries.facts(con).records()
    citations: dict[int, list[dict[str, Any]]] = {}
    for c in site_queries.citations(con).records():
        citations.setdefault(c["claim"], []).append(c)
    spans = _spans(facts, citations)
    good: dict[int, tuple[list[date], list[str | None]]] = {}
    for reader, day, capture in site_queries.good_days(con).rows:
        days, captures = good.setdefault(reader, ([], []))
        days.append(day)
        captures.append(capture)
    unseen: dict[int, list[tuple[date, date | None, date | None]]] = {}
    for claim, first, missing, end in site_queries.absences(con).rows:
        unseen.setdefault(claim, []).append((first, missing, end))
    waiting: dict[int, list[tuple[str, str, date, date | None]]] = {}
    for claim, state, reason, since, until in site_queries.waits(con).rows:
        waiting.setdefault(claim, []).append((state, str(reason), since, until))
    marks = {d for s in spans for d in (s.start, s.end) if d is not None}
    fresh = {str(table): int(days) for table, days in site_queries.fresh_days(con).rows}
    others: dict[tuple[str, str, str, str], list[Other]] = {}
    for c in site_queries.disagreements(con).records():
        found = others.setdefault((c["vendor"], c["product"], c["table"], c["key"]), [])
        found.append(Other(values_of(c["other"]) or {}, c["source_url"], c["quote"], c["verified_on"]))
    values: dict[tuple[str, str, str, str], list[Part]] = {}
    for v in site_queries.values_shown(con).records():
        part = Part(*(v[n] for n in ("column", "value", "basis", "source_url", "quote", "verified_on")))
        values.setdefault((v["vendor"], v["product"], v["table"], v["key"]), []).append(part)
    origins = dict(site_queries.origins(con).rows)
    days = sorted(d for d in marks if d <= as_of)
    return Record(spans, good, unseen, as_of, con, fresh, waiting, others, values, origins, days)


@cache
def _others(vendor: str) -> Mapping[tuple[str, str, str], str | None]:
    """Who read what others read: by table, product and key."""
    return {
        (
            j.fact.table,
            j.fact.key["product"],
            " / ".join(j.fact.key[n] for n in TABLES[j.fact.table].key[2:]) or "-",
        ): j.by
        for j in judged(vendor)
        if j.fact.basis == "second_hand"
    }


def _spans(rows: Iterable[Mapping[str, Any]], citations: Mapping[int, list[dict[str, Any]]]) -> list[Span]:
    out: list[Span] = []
    last: Span | None = None
    for r in rows:
        table = TABLES[r["table"]]
        values = {n: r[n] for n in (*table.key[1:], *table.values) if r[n] is not None}
        before = last if last is not None and last.claim == r["claim"] else None
        start, end = r["valid_from"], r["valid_to"]
        cites = [{"cited_from": start, **{n: r[n] for n in ("basis", "quote", "judged_on")}}]
        cites += [
            c
            for c in citations.get(r["claim"], ())
            if c["cited_from"] > start and (end is None or c["cited_from"] < end)
        ]
        for i, c in enumerate(cites):
            until = cites[i + 1]["cited_from"] if i + 1 < len(cites) else end
            key = " / ".join(str(values[n]) for n in table.key[2:]) or "-"
            by = _others(r["vendor"]).get((table.name, r["product"], key)) if c["basis"] == "second_hand" else None
            last = Span(
                len(out), r["claim"], r["reader"], r["vendor"], table.name, r["product"], values, c["cited_from"], until,
                start, c["basis"], r["source_url"], c["quote"], c["judged_on"], r["cause"], r["capture"], before,
                r["ended_on"], r["not_before"], by,
            )  # fmt: skip
            out.append(last)
    return out
