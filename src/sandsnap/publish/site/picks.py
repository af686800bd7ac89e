"""Which to pick for which use: the editorial text picks.md, as cards. A pick is given only while the facts bear it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from sandsnap.publish.site.context import Context
from sandsnap.publish.site.editorial import Judged
from sandsnap.publish.site.editorial_text import PICKS
from sandsnap.tell import words


@dataclass(frozen=True, slots=True)
class Card:
    """A use, and what to take for it. `since` is set where a fact behind it was not confirmed for longer than its kind stays fresh:
    the oldest such day. `second_hand` counts the facts that others read."""

    use: str
    pick: Judged
    why: Judged | None
    caveat: Judged | None
    runner_up: Judged | None
    since: str | None
    second_hand: int


def cards(context: Context) -> list[Card]:
    """The cards whose pick holds today, in the order of the text."""
    made = context.judged.get(PICKS, [])
    out = []
    for use, own in groupby(made, key=lambda j: j.sentence.section):
        by: Mapping[str, Judged] = {j.sentence.label: j for j in own if j.is_shown and j.text}
        if "Pick" not in by or "Why" not in by:
            continue
        used = [c for j in by.values() for c in j.used]
        old = [
            c.verified_on
            for c in used
            if c.verified_on is not None
            and (context.as_of - c.verified_on).days > context.record.fresh_days[c.table]
            and c.basis != "second_hand"
        ]
        out.append(
            Card(
                use, by["Pick"], by["Why"], by.get("Caveat"), by.get("Runner-up"),
                words.day(min(d for d in old if d is not None)) if old else None, sum(c.basis == "second_hand" for c in used),
            )
        )  # fmt: skip
    return out
