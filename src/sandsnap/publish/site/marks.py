"""How fresh what a cell says is: one mark for the facts it rests on, the gravest of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandsnap.publish.site.spans import Fact
from schemas.vocabulary import UNCAPTURED

WEEK = 7
# Word, and what it means. The style sheet adds a sign: a mark is never a colour alone.
MARKS = {
    "today": ("today", "every fact here was verified on the day shown"),
    "week": ("this week", "every fact here was verified in the seven days before the day shown"),
    "stale": ("stale", "a fact here has not been verified for more than seven days: the page could not be read"),
    "held": ("held", "a newer value on the page looks wrong and waits for a person; this is the last good one"),
    "unconfirmed": ("unconfirmed", "the last reading lacks a fact that is shown here; the next one decides"),
    "judged": ("judged", "a person's judgement of that day: no sentence of a page to quote"),
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
    if "held" in states:
        return Mark("held", verified)
    if "missing" in states:
        return Mark("unconfirmed", verified)
    age = (day - verified).days
    return Mark("today" if age <= 0 else "week" if age <= WEEK else "stale", verified)
