"""How a value stands: one mark for the facts it rests on, the gravest of them. A mark is written with its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandsnap.publish.site.spans import Fact
from sandsnap.tell import words

WEEK = 7
# What is written, with {day} and {who}; and what it means. The style sheet adds a sign: a mark is never a colour alone.
MARKS = {
    "today": ("confirmed today", "a page stated it on the day of these facts"),
    "week": ("confirmed this week", "a page stated it in the seven days before"),
    "dated": ("confirmed on {day}", "a page stated it on that day, which is within the time that its kind stays fresh"),
    "stale": ("nobody has looked since {day}", "no page has been read for it for longer than its kind stays fresh"),
    "held": (
        "of {day}; a newer one is held",
        "a newer value on the page looks wrong and waits for a person; this is the last good one",
    ),
    "unconfirmed": (
        "of {day}; a newer one is unconfirmed",
        "a newer value waits for a second look; this is the confirmed one",
    ),
    "missing": ("gone from its page; seen {day}", "the last reading lacks it; another reading or a person decides"),
    "ended": ("ended", "the vendor has ended it"),
    "judged": ("judged on {day}", "a person's judgement of what pages do not say; there is no sentence to quote"),
    "second_hand": ("second-hand ({who}, {day})", "others read it, on a page of which there is no copy here"),
}
GRAVE = ("held", "unconfirmed", "missing")


@dataclass(frozen=True, slots=True)
class Mark:
    """`name` is one of MARKS; `verified_on` the oldest day of the facts that decide it; `who` read a second-hand one."""

    name: str
    verified_on: date
    who: str | None = None

    @property
    def word(self) -> str:
        """What is written."""
        return MARKS[self.name][0].format(day=words.day(self.verified_on), who=self.who or "others")


def mark(facts: Sequence[Fact], day: date) -> Mark | None:
    """The mark of some facts on a day; None for none."""
    if not facts:
        return None
    for grave in GRAVE:
        if own := [f for f in facts if f.state == grave]:
            return Mark(grave, min(f.verified_on for f in own))
    by = {basis: [f for f in facts if f.span.basis == basis] for basis in ("second_hand", "judged")}
    read = [f for f in facts if f not in by["second_hand"] and f not in by["judged"]]
    if own := [f for f in read if f.state == "stale"]:
        return Mark("stale", min(f.verified_on for f in own))
    for basis, own in by.items():
        if own:
            oldest = min(own, key=lambda f: f.verified_on)
            return Mark(basis, oldest.verified_on, oldest.span.by)
    verified = min(f.verified_on for f in read)
    if {f.state for f in read} == {"ended"}:
        return Mark("ended", verified)
    return Mark(day_mark((day - verified).days), verified)


def day_mark(age: int) -> str:
    """The mark of what is fresh, by how many days ago it was confirmed."""
    return "today" if age <= 0 else "week" if age <= WEEK else "dated"
