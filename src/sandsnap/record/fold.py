"""What one good reading does to the claims of its reader. Pure: timelines in, timelines changed in place.

The rules, in the order of architecture.md, "Recording" and "Checking":
the first reading of a reader, or of its new code, is coverage and not news; a different value is a change, unless
the page is byte for byte the one read before by other code (then it is our correction); a claim that a complete
reading lacks is missing, and removed once a complete reading of a later day lacks it too; excerpts and quoted
readings confirm, add and change, and never remove.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sandsnap.model import Value
from sandsnap.record.timeline import (
    CORRECTION,
    COVERAGE,
    VENDOR,
    Absence,
    Citation,
    Claim,
    Event,
    Interval,
    Read,
    Readings,
    differing,
    summary,
    text,
)
from schemas.vocabulary import UNCAPTURED

Ident = tuple[str, str, tuple[str, ...]]  # source_url, table, key values with product first


@dataclass(slots=True)
class Stated:
    """One fact of a reading, in the form that timelines hold: values in the table's order."""

    ident: Ident
    values: tuple[Value, ...]
    basis: str
    quote: str | None
    judged_on: date | None
    since: date | None = None  # first seen on that day, and confirmed by this reading


@dataclass(slots=True)
class Reader:
    """One reader: its readings (one a day, in order) and its claims. `days`: those recorded of its vendor, shared by its readers."""

    id: int
    vendor: str
    source_url: str
    name: str
    rank: int = 0
    days: list[date] = field(default_factory=list)
    spans: list[Readings] = field(default_factory=list)
    claims: dict[Ident, Claim] = field(default_factory=dict)

    @property
    def reads(self) -> Iterator[Read]:
        """Every reading, in order."""
        return (span.on(day) for span in self.spans for day in self._of(span))

    @property
    def last(self) -> Read | None:
        """The last reading, or None."""
        return self.spans[-1].on(self.spans[-1].last) if self.spans else None

    def last_good(self, before: date) -> Read | None:
        """The last good reading before the day, or None."""
        for i in range(bisect_left(self.spans, before, key=_first) - 1, -1, -1):
            span = self.spans[i]
            if span.read.good:
                return span.on(span.last if span.last < before else self.days[bisect_left(self.days, before) - 1])
        return None

    def at(self, day: date) -> Read | None:
        """The reading of that day, or None."""
        i = bisect_right(self.spans, day, key=_first) - 1
        there = i >= 0 and day <= self.spans[i].last and day in self._of(self.spans[i])
        return self.spans[i].on(day) if there else None

    def since(self, day: date) -> Iterator[Read]:
        """The readings of that day and later."""
        return (r for s in self.spans if s.last >= day for d in self._of(s) if d >= day for r in (s.on(d),))

    def add(self, read: Read, *, goes_on: bool) -> None:
        """A reading of the last day. `goes_on`: one that says what the one before said, of the vendor's day before, is part of it."""
        if goes_on and self.spans and self.spans[-1].read.said == read.said:
            at = bisect_left(self.days, read.day)
            if at and self.days[at - 1] == self.spans[-1].last:
                self.spans[-1] = Readings(self.spans[-1].read, read.day)
                return
        self.spans.append(Readings(read, read.day))

    def rewind(self, day: date) -> None:
        """Take back the readings of that day and later."""
        before = self.days[: bisect_left(self.days, day)]
        kept = [s for s in self.spans if s.read.day < day]
        self.spans = [s if s.last < day else Readings(s.read, before[-1]) for s in kept]

    def _of(self, span: Readings) -> Sequence[date]:
        return self.days[bisect_left(self.days, span.read.day) : bisect_right(self.days, span.last)]


def _first(span: Readings) -> date:
    return span.read.day


@dataclass(frozen=True, slots=True)
class Step:
    """A good reading in its context: what came before it decides what its differences mean."""

    read: Read
    before: Read | None
    looked: bool  # an earlier complete reading by the same code: only then is a new claim "added"

    @property
    def day(self) -> date:
        """The day of the reading."""
        return self.read.day

    @property
    def ours(self) -> bool:
        """The same bytes read by other code: a difference is our correction, never the vendor's change."""
        return (
            self.before is not None
            and self.before.version != self.read.version
            and self.before.capture == self.read.capture
            and self.read.capture is not None
        )

    @property
    def new_code(self) -> bool:
        """Read by other code than the last good reading."""
        return self.before is not None and self.before.version != self.read.version


def step(reader: Reader, read: Read) -> Step:
    """The context of a reading that is about to be applied."""
    looked = any(
        s.read.good and s.read.complete and s.read.version == read.version and s.read.day < read.day
        for s in reader.spans
    )
    return Step(read, reader.last_good(read.day), looked and not read.sticky)


def see(
    reader: Reader, claim: Claim, now: Stated, at: Step, fields: tuple[str, ...], *, stated_before: bool = False
) -> None:
    """The reading states the claim: confirm, add, change or re-cite it.

    `stated_before`: another reader of the page has had it so already; then only its finder is new. A judgement that
    is new is our coverage too: nobody looked before.
    """
    if not claim.open:
        added = at.looked and not at.ours and not stated_before and now.basis not in UNCAPTURED
        _open(claim, now, _start(claim, now, at), VENDOR if added else COVERAGE)
        if added:
            event = Event(
                claim.intervals[-1].valid_from,
                at.day,
                "added",
                "*",
                None,
                summary(fields, now.values),
                None,
                now.quote,
                None,
                at.read.capture,
            )
            claim.events.append(event)
        return
    seen = _seen(reader, claim, at)
    absence = claim.absence
    if absence is not None:
        if absence.missing_on is not None:
            claim.events.pop()  # the unconfirmed removal: always the claim's last event
        absence.ended_on = at.day
    cited, last = claim.cited(), claim.intervals[-1]
    changed = list(differing(fields, last.values, now.values))
    if not changed:
        if (cited.basis, cited.quote, cited.judged_on) != (now.basis, now.quote, now.judged_on):
            claim.citations.append(Citation(at.day, now.basis, now.quote, now.judged_on))
        return
    # A field that other code leaves empty was not covered then: a new column is never a change.
    news = [] if at.ours else [c for c in changed if not (at.new_code and c[1] is None)]
    last.valid_to = _start(claim, now, at)
    _open(claim, now, last.valid_to, CORRECTION if at.ours else VENDOR if news else COVERAGE)
    capture = seen.capture if seen else None
    claim.events.extend(
        Event(
            claim.intervals[-1].valid_from,
            at.day,
            "changed",
            name,
            text(old),
            text(new),
            cited.quote,
            now.quote,
            capture,
            at.read.capture,
        )
        for name, old, new in news
    )


def miss(reader: Reader, claim: Claim, at: Step, fields: tuple[str, ...], *, settled: bool = False) -> None:
    """The reading is good and does not state an open claim: missing, then removed. `settled`: a person said it is gone."""
    absence = claim.absence
    if absence is None and at.ours and at.read.complete:
        claim.intervals[-1].valid_to = at.day  # the page did not change, our reading of it did
        return
    if absence is None:
        absence = Absence(at.day)
        claim.absences.append(absence)
    if not at.read.complete and not settled:
        return
    if absence.missing_on is None:
        absence.missing_on = at.day
        claim.events.append(removal(reader, claim, absence, fields, at.day, at.read.capture))
        if not settled:
            return
    if settled or (
        absence.missing_on < at.day and at.read.good
    ):  # that the page is gone does not say that the thing is
        claim.events.pop()
        missing = reader.at(absence.missing_on)
        claim.events.append(
            removal(reader, claim, absence, fields, at.day, missing.capture if missing else at.read.capture, "removed")
        )
        claim.intervals[-1].valid_to = absence.missing_on
        absence.ended_on, absence.removed = at.day, True


def removal(
    reader: Reader,
    claim: Claim,
    absence: Absence,
    fields: tuple[str, ...],
    decided_on: date,
    capture: str | None,
    kind: str = "removal_unconfirmed",
) -> Event:
    """The change row of a removal; it dates from the first complete reading without the claim."""
    assert absence.missing_on is not None
    seen = reader.last_good(absence.unseen_on)
    quote = claim.cited().quote
    before = summary(fields, claim.intervals[-1].values)
    return Event(
        absence.missing_on, decided_on, kind, "*", before, None, quote, None, seen.capture if seen else None, capture
    )


def pending_removals(reader: Reader, day: date, fields: Mapping[str, tuple[str, ...]]) -> dict[tuple[int, date], Event]:
    """The unconfirmed removals as they stood before `day`, by (claim id, missing_on): what a rewind puts back."""
    found = {}
    for claim in reader.claims.values():
        for absence in claim.absences:
            missing_on = absence.missing_on
            if missing_on is None or missing_on >= day or (absence.ended_on is not None and absence.ended_on < day):
                continue
            past = Claim(claim.id, claim.source_url, claim.table, claim.key)
            past.intervals = [i for i in claim.intervals if i.valid_from < day]
            past.citations = [c for c in claim.citations if c.day < day]
            read = reader.at(missing_on)
            capture = read.capture if read else None
            found[claim.id, missing_on] = removal(reader, past, absence, fields[claim.table], missing_on, capture)
    return found


def _seen(reader: Reader, claim: Claim, at: Step) -> Read | None:
    """The last good reading that stated the claim."""
    absence = claim.absence
    return reader.last_good(absence.unseen_on) if absence else at.before


def _start(claim: Claim, now: Stated, at: Step) -> date:
    """The day from which new values hold: that of the reading, or the earlier one on which they were first seen."""
    if now.since is None or now.since >= at.day:
        return at.day
    last = claim.intervals[-1] if claim.intervals else None
    if last is None:
        return now.since
    if last.valid_to is not None:
        return max(now.since, last.valid_to)
    return now.since if now.since > last.valid_from else at.day


def _open(claim: Claim, now: Stated, start: date, cause: str) -> None:
    claim.intervals.append(Interval(start, None, now.values, now.basis, now.quote, now.judged_on, cause))
