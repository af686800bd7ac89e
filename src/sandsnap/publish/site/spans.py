"""Every claim as spans of days, and what the tables showed on any of them. In: record.site_queries; pure after that.

A day's facts are those of the warehouse's `<table>_on(day)`: tests compare the two.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sandsnap.record import site_queries
from sandsnap.record.claim_queries import Connection
from schemas import TABLES
from schemas.vocabulary import UNCAPTURED


@dataclass(frozen=True)
class Span:
    """What one claim said from `start` up to, not including, `end` (None: still), with one citation.

    `values`: the key and value columns, null ones left out. `began`: when these values began (a later citation of the
    same values starts a span, but begins nothing). `before`: the claim's span of other values just before, if any.
    `capture`: the stored page it was first read from, as a sha256.
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
    """A span as the tables showed it on a day. `state` is the tables' own: current, held or missing; held only on
    the last day, where `reason` says why."""

    span: Span
    verified_on: date
    capture: str | None
    state: str = "current"
    reason: str | None = None


@dataclass
class Record:
    """All spans, and the days that date them."""

    spans: list[Span]
    good: Mapping[int, tuple[list[date], list[str | None]]]
    unseen: Mapping[int, list[tuple[date, date | None, date | None]]]
    held: Mapping[int, str]
    as_of: date
    con: Connection
    _contested: frozenset[int] = frozenset()
    _candidates: list[date] = field(default_factory=list)
    _hidden: dict[date, frozenset[int]] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        """The days on which what the tables show can differ from the day before, oldest first."""
        return self._candidates

    def hidden(self, day: date) -> frozenset[int]:
        """The claims that stand behind another of their key on a day."""
        at = self._candidates[max(0, bisect_right(self._candidates, day) - 1)] if self._candidates else day
        if at not in self._hidden:
            self._hidden[at] = site_queries.hidden(self.con, at) if self._contested else frozenset()
        return self._hidden[at]

    def standing(self, day: date) -> list[Span]:
        """The spans that the tables showed on a day."""
        hidden = self.hidden(day)
        return [s for s in self.spans if s.on(day) and s.claim not in hidden]

    def shown(self, day: date) -> list[Fact]:
        """What the tables showed on a day."""
        return [self.fact(s, day) for s in self.standing(day)]

    def fact(self, span: Span, day: date) -> Fact:
        """A span on a day: when it was last verified by then, and how it stood."""
        today = day >= self.as_of
        if span.basis in UNCAPTURED:
            return Fact(span, span.judged_on or span.start, None)
        absent = [(a, m) for a, m, b in self.unseen.get(span.claim, ()) if a <= day and (b is None or b > day)]
        gone, missing = absent[0] if absent else (None, None)
        days, captures = self.good[span.reader]
        at = (bisect_left(days, gone) if gone is not None else bisect_right(days, day)) - 1
        state = "missing" if missing is not None and missing <= day else "current"
        state = "held" if today and span.claim in self.held else state
        reason = self.held.get(span.claim) if state == "held" else None
        # An excerpt can state a fact before any whole reading: then the day it began is the day it was verified.
        return Fact(span, days[at] if at >= 0 else span.start, captures[at] if at >= 0 else span.capture, state, reason)


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
    contested = site_queries.contested(con).rows
    held = {claim: str(reason) for claim, _, reason in site_queries.held(con, as_of).rows}
    marks = {d for s in spans for d in (s.start, s.end) if d is not None}
    # A judgement comes to the front on its day, and goes back with the next good reading of another page.
    judged = {j for _, _, j in contested if j is not None}
    readers = {reader for _, reader, j in contested if j is None}
    for j in judged:
        marks.add(j)
        for reader in readers:
            read = good.get(reader, ([], []))[0]
            at = bisect_left(read, j)
            marks |= set(read[at : at + 1])
    candidates = sorted(d for d in marks if d <= as_of)
    return Record(spans, good, unseen, held, as_of, con, frozenset(c for c, _, _ in contested), candidates)


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
            last = Span(
                len(out), r["claim"], r["reader"], r["vendor"], table.name, r["product"], values, c["cited_from"], until,
                start, c["basis"], r["source_url"], c["quote"], c["judged_on"], r["cause"], r["capture"], before,
            )  # fmt: skip
            out.append(last)
    return out
