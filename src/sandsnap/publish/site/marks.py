"""How fresh what a cell says is: one mark for the facts it rests on, the gravest of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandsnap.publish.site.spans import Fact
from schemas.vocabulary import UNCAPTURED

WEEK = 7
# Word, and what it means. The style sheet adds a sign: a mark is never a colour alone.
MARKS = {
    "today": ("confirmed today", "every fact here was verified on the day shown"),
    "week": ("confirmed this week", "every fact here was verified in the seven days before the day shown"),
    "dated": (
        "confirmed",
        "every fact here was verified within the time that its kind stays fresh; the day is the oldest",
    ),
    "stale": ("nobody has looked", "a fact here has not been verified for longer than its kind stays fresh"),
    "held": ("held", "a newer value on the page looks wrong and waits for a person; this is the last good one"),
    "unconfirmed": ("unconfirmed", "a newer value waits for a second look; this is the confirmed one"),
    "missing": ("missing", "the last reading lacks a fact that is shown here; the next one decides"),
    "ended": ("ended", "the vendor has ended it"),
    "judged": ("judged", "what a person judged, or another publisher said: no sentence of a page to quote"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """`name` is one of MARKS; `verified_on` the oldest day among the facts that a page states, else the judgement's."""

    name: str
    verified_on: date

    @property
    def word(self) -> str:
        """What is written."""
        return MARKS[self.name][0]


def mark(facts: Sequence[Fact], day: date) -> Mark | None:
    """The mark of some facts on a day; None for none."""
    if not facts:
        return None
    read = [f for f in facts if f.span.basis not in UNCAPTURED]
    if not read:
        return Mark("judged", max(f.verified_on for f in facts))
    verified = min(f.verified_on for f in read)
    states = {f.state for f in read}
    for grave in ("held", "unconfirmed", "missing", "stale"):
        if grave in states:
            return Mark(grave, verified)
    if states == {"ended"}:
        return Mark("ended", verified)
    age = (day - verified).days
    return Mark("today" if age <= 0 else "week" if age <= WEEK else "dated", verified)
