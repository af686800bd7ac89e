"""A second, independent look: live, a first or another price is believed when it is stated twice.

The second look is the next run, a second fetch of the same run (both of one day: `agreed`), or another page of the vendor.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial

from sandsnap.check.breaker import RECENT
from sandsnap.check.evidence import Claim, Claims
from sandsnap.check.units import same_figure, same_values
from sandsnap.model import Fact, Reading, Wait

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def unconfirmed(
    day: date, before: Claims, readings: Sequence[Reading], waiting: Mapping[Claim, Wait], live: bool
) -> tuple[list[Reading], dict[Claim, Wait]]:
    """The readings without the prices that nobody has seen twice, and those as waits; confirmed ones have `since`.

    In a backfill a capture stands for its day: there only what a live run left waiting goes on waiting for its second
    look, and what a page in a new shape states otherwise than before.
    Only what was read or quoted waits: a judgement is a person's second look itself.
    """
    stated = cache(partial(_stated, day, before, readings))  # asked of the few that nobody has seen before
    waits: dict[Claim, Wait] = {}
    out = []
    for r in readings:
        facts = []
        for f in r.facts if r.outcome == "good" else ():
            claim = (r.reader, f.id)
            old, open_wait = before.get(claim), waiting.get(claim)
            seen = open_wait if open_wait is not None and _same(open_wait.fact, f) else None
            # In a new shape every value that changed is seen twice; who says it in the words of before has kept its shape.
            anew = r.redesigned and old is not None and _worded(f) != _worded(old)
            due = f.table == "prices" or anew
            if not due or f.basis not in ("read", "quoted") or (old is not None and _same(old, f)):
                facts.append(f)
            elif f.since is not None or (seen is not None and seen.state == "unconfirmed" and seen.since < day):
                facts.append(replace(f, since=min(seen.since if seen else day, f.since or day)))
            elif any(_same(f, other) for url, other in stated().get(f.id, ()) if url != f.source_url):
                facts.append(replace(f, since=seen.since) if seen else f)
            elif live or anew or (seen is not None and seen.since == day):
                what = "price" if f.table == "prices" else "value"
                why = f"another {what} than before" if old is not None else f"a first {what}"
                why = f"the page was redesigned: {why}" if anew else why
                waits[claim] = Wait(
                    f, "unconfirmed", f"{why}, seen once: a second look decides", seen.since if seen else day
                )
            else:
                facts.append(f)
        if r.outcome != "good" or tuple(facts) == r.facts:
            out.append(r)
        else:
            out.append(replace(r, facts=tuple(facts), partial=r.partial or len(facts) < len(r.facts)))
    return out, waits


def agreed(first: Mapping[Claim, Fact], second: Sequence[Reading]) -> list[Reading]:
    """The second look of a day, its prices that the first look (`stated`, or what an earlier run left waiting) stated too
    marked as seen twice."""
    out = []
    for r in second:
        facts = tuple(
            replace(f, since=r.day)
            if f.table == "prices" and (was := first.get((r.reader, f.id))) is not None and _same(was, f)
            else f
            for f in r.facts
        )
        out.append(replace(r, facts=facts))
    return out


def stated(readings: Sequence[Reading]) -> dict[Claim, Fact]:
    """What good readings state, by claim."""
    return {(r.reader, f.id): f for r in readings if r.outcome == "good" for f in r.facts}


def _stated(day: date, before: Claims, readings: Sequence[Reading]) -> dict[object, list[tuple[str, Fact]]]:
    """By fact id, what each page states: today, or not long ago where it was not read well today."""
    good = {r.reader for r in readings if r.outcome == "good"}
    out: dict[object, list[tuple[str, Fact]]] = {}
    for (reader, _), f in before.items():
        if reader not in good and f.basis in ("read", "quoted") and f.verified_on and f.verified_on >= day - RECENT:
            out.setdefault(f.id, []).append((f.source_url, f))
    for r in readings:
        for f in r.facts if r.outcome == "good" else ():
            if f.basis in ("read", "quoted"):
                out.setdefault(f.id, []).append((f.source_url, f))
    return out


def _worded(fact: Fact) -> str:
    """A fact's words on the page, whatever their figures."""
    return _FIGURE.sub("#", fact.quote or "")


def _same(a: Fact, b: Fact) -> bool:
    return same_figure(a, b, "usd") if a.table == "prices" else same_values(a, b)
