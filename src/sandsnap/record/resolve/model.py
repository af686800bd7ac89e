"""What a resolved fact is, what a value of it rests on, and what a step from one day to the next is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sandsnap.model import Value
from sandsnap.record.fold import Reader
from sandsnap.record.ids import number
from sandsnap.record.timeline import Citation, Claim, Interval
from schemas.vocabulary import DENIED

Key = tuple[str, tuple[str, ...]]  # table, key values with product first
Standing = tuple[Reader, Claim, Interval]  # a claim and what it states on a day


@dataclass(frozen=True, slots=True)
class Resolved:
    """A fact over [valid_from, valid_to). `claim` leads; `sources` are the other claims that values come from, by column.

    `ended_on`: the day from which the thing is no longer to be had. `since`: the leading interval's first day. A row that
    is `denied` is no fact: it says which page says that there is none.
    """

    valid_from: date
    valid_to: date | None
    values: tuple[Value, ...]
    claim: Claim
    reader: Reader
    since: date
    citation: Citation
    cause: str
    sources: Mapping[str, int] = field(default_factory=dict)
    ended_on: date | None = None
    not_before: date | None = None
    others: Sequence[tuple[Reader, Claim]] = ()  # all claims of the key, whatever their days
    kin: Sequence[tuple[Reader, Claim]] = ()  # and of the keys that say the same of all plans, or of one of them

    @property
    def denied(self) -> bool:
        """Whether the leading claim says that there is none."""
        return self.citation.basis == DENIED


@dataclass(frozen=True, slots=True)
class Source:
    """What one value rests on: a page's claim, as it is cited on a day, in the reading of that day or the last one before."""

    reader: Reader
    claim: Claim
    citation: Citation
    day: date


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a fact that differs from the day before. `before`, `after`: as text, None where there is none.

    `was`, `now`: what the two sides rest on, None where there was no row. Where a page says that there is none, `now` is that.
    """

    day: date
    not_before: date | None
    kind: str
    field: str
    before: str | None
    after: str | None
    was: Source | None
    now: Source | None
    gone: bool = False  # no row is left

    @property
    def shown(self) -> Source:
        """What a reader is shown: the new side's page, else the old one's."""
        shown = self.now or self.was
        assert shown is not None
        return shown


def fact_id(vendor: str, table: str, key: tuple[str, ...]) -> int:
    """64 bits made from what the fact is, so that two writers give it one number."""
    return number(vendor, table, *key)
