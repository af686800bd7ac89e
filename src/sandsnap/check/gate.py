"""The gate of one vendor and day: what may be recorded, what is held for a person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sandsnap.check.rows import invalid
from sandsnap.model import Fact, Issue, Reading, Value

# A redesign or a broken reader moves most of a vendor's facts at once; real repricings on record moved a third.
BREAKER_SHARE = Fraction(1, 2)
BREAKER_LEAST = 10
BREAKER_MOST = 20
# "At once" needs a before: what was last verified longer ago (a sparse archive, a long outage) had time to change.
BREAKER_RECENT = timedelta(days=31)

# What a slipped unit looks like: hours for seconds, GB for GiB, months for hours (720, 730, 744), a dozen, a year.
UNIT_FACTORS = tuple(
    Fraction(f) for f in ("12", "24", "30", "60", "365/12", "720", "730", "744", "1000", "1024", "3600", "86400", "1000000")
)
_GIB = Fraction(1024**3, 1000**3)
_CLOSE = Fraction(1, 1000)


Claims = Mapping[tuple[str, object], Fact]


def gate(
    vendor: str, day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading]
) -> list[Reading]:
    """The day's readings of one vendor, made safe to record. `standing` are the vendor's current facts by reader.

    Rows against the contract and prices that moved by the factor of a unit are taken out (the fact keeps its last
    value); when more than half of the vendor's facts move at once, the whole day is held.
    """
    before = {(reader, f.id): f for reader, facts in standing.items() for f in facts}
    checked = [_unit_slips(_valid(r), before) for r in readings]
    return _breaker(vendor, day, before, checked)


def _without(reading: Reading, objections: dict[int, tuple[str, str]]) -> Reading:
    """The reading without some of its facts (by position), as partial: what is taken out must not go missing."""
    if not objections:
        return reading
    facts = tuple(f for i, f in enumerate(reading.facts) if i not in objections)
    issues = tuple(Issue(kind, reading.vendor, reading.source_url, text, reading.reader) for kind, text in objections.values())
    return replace(reading, facts=facts, issues=(*reading.issues, *issues), partial=True)


def _valid(reading: Reading) -> Reading:
    wrong: dict[int, tuple[str, str]] = {}
    position = {id(f): i for i, f in enumerate(reading.facts)}
    for fact, message in invalid(reading.facts):
        wrong.setdefault(position[id(fact)], ("invalid", f"{_name(fact)}: {message}; the page says {fact.quote!r}"))
    return _without(reading, wrong)


def _unit_slips(reading: Reading, before: Claims) -> Reading:
    wrong: dict[int, tuple[str, str]] = {}
    for i, fact in enumerate(reading.facts):
        old = before.get((reading.reader, fact.id))
        if old is None or fact.table != "prices" or old.basis == "judged":
            continue
        if reason := slipped(old.values, fact.values):
            wrong[i] = ("held", f"{_name(fact)}: {reason}; before: {old.quote!r}, now: {fact.quote!r}")
    return _without(reading, wrong)


def slipped(old: Mapping[str, Value], new: Mapping[str, Value]) -> str | None:
    """Why a price's move looks like a slipped unit, or None: the figure moved by the factor of a unit while the unit
    stayed, or the unit changed its scale while the figure stayed."""
    was, now = Decimal(str(old["usd"])), Decimal(str(new["usd"]))
    if old["unit"] == new["unit"] and was != now:
        ratio = Fraction(now) / Fraction(was)
        for factor in (*UNIT_FACTORS, _GIB):
            if any(abs(r / factor - 1) < _CLOSE for r in (ratio, 1 / ratio)):
                return f"{was} became {now} {new['unit']}: a factor of {float(factor):g} looks like another unit"
    scales = {"second", "hour", "month"}
    if old["unit"] != new["unit"] and was == now:
        ends = [str(v["unit"]).rpartition("_")[2] for v in (old, new)]
        if ends[0] != ends[1] and set(ends) <= scales:
            return f"{was} stayed while its unit went from {old['unit']} to {new['unit']}"
    return None


def _breaker(vendor: str, day: date, before: Claims, readings: Sequence[Reading]) -> list[Reading]:
    recent = day - BREAKER_RECENT
    read = {k: f for k, f in before.items() if f.basis == "read" and f.verified_on and f.verified_on >= recent}
    # Absence counts only where the whole page was read well.
    whole = {r.reader for r in readings if r.outcome == "good" and not r.partial and not r.sticky}
    now = {(r.reader, f.id): f for r in readings for f in r.facts}
    moved = [k for k, f in read.items() if (now[k].values != f.values if k in now else k[0] in whole)]
    # One long table (36 sizes in 35 regions) must not outvote the rest of the vendor.
    counts, moves = Counter(reader for reader, _ in read), Counter(reader for reader, _ in moved)
    weight = {reader: Fraction(min(n, BREAKER_MOST), n) for reader, n in counts.items()}
    total = sum(n * weight[reader] for reader, n in counts.items())
    gone = sum(n * weight[reader] for reader, n in moves.items())
    if gone < BREAKER_LEAST or gone / total <= BREAKER_SHARE:
        return list(readings)
    first = read[moved[0]]
    message = (
        f"{len(moved)} of {len(read)} facts of {vendor} changed or vanished at once on {day}, more than half: "
        f"held until a person has looked. First: {_name(first)}"
    )
    issue = Issue("held", vendor, first.source_url, message)
    return [
        replace(r, outcome="held", facts=(), issues=(*r.issues, issue) if i == 0 else r.issues) if r.outcome == "good" else r
        for i, r in enumerate(readings)
    ]


def _name(fact: Fact) -> str:
    return f"{fact.table} {' / '.join(v for v in fact.key.values() if v != '-')}"
