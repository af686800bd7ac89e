"""The life of one claim, as the rows that will be stored: intervals, absences, citations, changes.

Pure data and pure functions; no database, no clock. A claim is what one reader says about one key on one page.
Its values hold over intervals of days. A day on which nothing changed leaves no trace here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sandsnap.model import Value
from schemas import TABLES

COVERAGE, VENDOR, CORRECTION, BACKFILL = "coverage", "vendor", "correction", "backfill"
FIELDS: Mapping[str, tuple[str, ...]] = {t.name: t.values for t in TABLES.values()}
UNPUBLISHED = "unpublished"  # the outcome of a reading of a page that says so of itself


@dataclass(slots=True)
class Interval:
    """The values of a claim over [valid_from, valid_to); valid_to None is open. Citation as of valid_from."""

    valid_from: date
    valid_to: date | None
    values: tuple[Value, ...]
    basis: str
    quote: str | None
    judged_on: date | None
    cause: str


@dataclass(slots=True)
class Absence:
    """Good readings without the claim, from `unseen_on` until `ended_on` (seen again, or `removed` confirmed).

    `missing_on` is the first *complete* reading without it: what a removal dates from. None while only excerpts
    or quoted readings lack it, which prove nothing.
    """

    unseen_on: date
    missing_on: date | None = None
    ended_on: date | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """From this day on the same values rest on another quote (or a newer judgement)."""

    day: date
    basis: str
    quote: str | None
    judged_on: date | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of `changes`. `decided_on` is the day of the reading that made it (for a removal the second one)."""

    day: date
    decided_on: date
    kind: str
    field: str
    before: str | None
    after: str | None
    quote_before: str | None
    quote_after: str | None
    capture_before: str | None
    capture_after: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """One reader's result on one day."""

    day: date
    outcome: str
    partial: bool
    sticky: bool
    version: str
    capture: str | None

    @property
    def said(self) -> tuple[object, ...]:
        """What it is, whatever its day."""
        return self.outcome, self.partial, self.sticky, self.version, self.capture

    @property
    def good(self) -> bool:
        """Whether its facts count."""
        return self.outcome == "good"

    @property
    def tells(self) -> bool:
        """Whether it says anything of the facts: they are stated, or the whole page is gone."""
        return self.outcome in ("good", "gone")

    @property
    def complete(self) -> bool:
        """Whether a fact that it lacks is missing."""
        return self.tells and not self.partial and not self.sticky


@dataclass(frozen=True, slots=True)
class Readings:
    """Equal readings of one reader, as `readings` stores them: the first, and the last day of its vendor on which it read so."""

    read: Read
    last: date

    def on(self, day: date) -> Read:
        """The reading of one of its days."""
        r = self.read
        return r if r.day == day else Read(day, r.outcome, r.partial, r.sticky, r.version, r.capture)


@dataclass(slots=True)
class Claim:
    """What one reader says about one key. `key` holds product first; names and order are the table's."""

    id: int
    source_url: str
    table: str
    key: tuple[str, ...]
    intervals: list[Interval] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it stands: stated, or missing without confirmation."""
        return bool(self.intervals) and self.intervals[-1].valid_to is None

    @property
    def absence(self) -> Absence | None:
        """The running absence, if any."""
        return self.absences[-1] if self.absences and self.absences[-1].ended_on is None else None

    def cited(self) -> Citation:
        """The citation the last interval rests on now."""
        last = self.intervals[-1]
        if self.citations and self.citations[-1].day > last.valid_from:
            return self.citations[-1]
        return Citation(last.valid_from, last.basis, last.quote, last.judged_on)


def text(value: Value) -> str | None:
    """A value as `changes` prints it: 0.0504, true, 2026-12-31; None stays None.

    >>> text(Decimal("0.050400000")), text(True)
    ('0.0504', 'true')
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)


def summary(fields: tuple[str, ...], values: tuple[Value, ...]) -> str:
    """All stated values of a fact in one line: what an added or removed row shows."""
    return ", ".join(f"{f} {text(v)}" for f, v in zip(fields, values, strict=True) if v is not None)


def differing(
    fields: tuple[str, ...], before: tuple[Value, ...], after: tuple[Value, ...]
) -> Iterator[tuple[str, Value, Value]]:
    """(field, before, after) where they differ. None equals only None."""
    for name, old, new in zip(fields, before, after, strict=True):
        if old != new or (old is None) != (new is None):
            yield name, old, new


def rewind(claim: Claim, day: date, removal: Mapping[tuple[int, date], Event]) -> None:
    """Take back everything that readings of `day` and later did to the claim.

    `removal` gives, for (claim id, missing_on), the unconfirmed removal as it stood before `day`.
    """
    claim.absences = [a for a in claim.absences if a.unseen_on < day]
    claim.intervals = [i for i in claim.intervals if i.valid_from < day]
    claim.citations = [c for c in claim.citations if c.day < day]
    claim.events = [e for e in claim.events if e.decided_on < day]
    if claim.intervals:
        last = claim.intervals[-1]
        if last.valid_to is not None and last.valid_to >= day:
            last.valid_to = None
    for absence in claim.absences:
        if absence.ended_on is not None and absence.ended_on >= day:
            if absence.removed:
                # The removal dates from before `day` but was confirmed by a reading that is taken back.
                claim.intervals[-1].valid_to = None
            absence.ended_on, absence.removed = None, False
        if absence.missing_on is not None and absence.missing_on >= day:
            absence.missing_on = None
        if absence.ended_on is None and absence.missing_on is not None:
            pending = removal[claim.id, absence.missing_on]
            if pending not in claim.events:
                claim.events.append(pending)
