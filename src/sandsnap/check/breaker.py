"""The breaker of one vendor and day: when most of its facts move at once, a redesign or a broken reader did it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from sandsnap.check.decisions import Decisions
from sandsnap.check.evidence import Claim, Claims, digest, label, marked, of_facts
from sandsnap.model import Issue, Reading

# A redesign or a broken reader moves most of a vendor's facts at once; real repricings on record moved a third.
SHARE = Fraction(1, 2)
LEAST = 10
# One long table (36 sizes in 35 regions) must not outvote the rest of the vendor.
MOST = 20
# "At once" needs a before: what was last verified longer ago (a sparse archive, a long outage) had time to change.
RECENT = timedelta(days=31)


def breaker(
    vendor: str, day: date, before: Claims, readings: Sequence[Reading], decisions: Decisions,
    held: Collection[Claim] = (), held_since: date | None = None,
) -> list[Reading]:  # fmt: skip
    """The readings; where more than half of the vendor's read facts changed or vanished at once, those that fill the
    tables it happened in are held, each as a whole. Other tables of the vendor go on, as do quoted phrases and judgements,
    which a new shape of a page cannot change.

    `before` are the standing claims by (reader, fact id); `held` those whose move today is held already: they moved
    too. `held_since` is the first day of a hold that still lasts: what was recent then has not had time to change.
    """
    since = min(day, held_since or day) - RECENT
    read = {k: f for k, f in before.items() if f.basis == "read" and f.verified_on and f.verified_on >= since}
    # Absence counts only where the whole page was read well, or is gone.
    whole = {r.reader for r in readings if r.outcome in ("good", "gone") and not r.partial and not r.sticky}
    now = {(r.reader, f.id): f for r in readings if r.outcome == "good" for f in r.facts}
    moved = [
        k for k, f in read.items() if (now[k].values != f.values if k in now else k[0] in whole or k in held)
    ]  # fmt: skip
    counts, moves = Counter(reader for reader, _ in read), Counter(reader for reader, _ in moved)
    weight = {reader: Fraction(min(n, MOST), n) for reader, n in counts.items()}
    total = sum(n * weight[reader] for reader, n in counts.items())
    gone = sum(n * weight[reader] for reader, n in moves.items())
    if gone < LEAST or gone / total <= SHARE:
        return list(readings)
    ident = digest("breaker", vendor, of_facts(now[k] for k in moved if k in now), sorted(map(str, moved)))
    decision = decisions.get(ident)
    if decision is not None and decision.verdict == "accept":
        return list(readings)
    tables = _tables(read, moved, weight)
    first, after = read[moved[0]], now.get(moved[0])
    message = (
        f"{len(moved)} of {len(read)} facts of {vendor} changed or vanished at once, more than half: "
        f"its {', '.join(sorted(tables))} are held until a person has looked. First: {label(first)}; it said: {first.quote!r}"
    )
    issue = Issue("held", vendor, first.source_url, marked(ident, message), nearest=after.quote if after else None)
    issues = () if decisions.muted(ident, day) else (issue,)
    filled = {(reader, f.table) for (reader, _), f in before.items() if f.basis == "read"}
    filled |= {(r.reader, f.table) for r in readings for f in r.facts if f.basis == "read"}
    stopped = {reader for reader, table in filled if table in tables}
    out = [_held(r) if r.reader in stopped else r for r in readings]
    return [replace(r, issues=(*r.issues, *issues)) if i == 0 else r for i, r in enumerate(out)]


def _tables(read: Claims, moved: Collection[Claim], weight: Mapping[str, Fraction]) -> set[str]:
    """The tables of which more than half moved; by the same weights, so that there is one at least."""
    every, gone = dict[str, Fraction](), dict[str, Fraction]()
    for claims, sums in ((read, every), (moved, gone)):
        for reader, fact in claims:
            sums[fact[0]] = sums.get(fact[0], Fraction(0)) + weight[reader]
    return {t for t, n in every.items() if gone.get(t, Fraction(0)) / n > SHARE}


def _held(reading: Reading) -> Reading:
    # What a reader read of one page stands or falls as a whole, and on one question: what was held fact by fact is part.
    kept = tuple(i for i in reading.issues if i.kind != "held")
    if reading.outcome not in ("good", "gone"):
        return replace(reading, issues=kept)
    return replace(reading, outcome="held", facts=(), issues=kept)
