"""The gate of one vendor and day: what may be recorded, what is held for a person, and what a person decided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sandsnap.check.breaker import by_one_factor, traded
from sandsnap.check.confirm import unconfirmed
from sandsnap.check.decisions import Decision, Decisions
from sandsnap.check.evidence import Claim, Claims, key_text, label, marked, of_absence, of_facts, of_issue
from sandsnap.check.plausible import implausible, suspicious
from sandsnap.check.redesigned import absences_kept, completed
from sandsnap.check.reframed import FRAMED, framed, gained
from sandsnap.check.reworded import reworded
from sandsnap.check.rows import invalid
from sandsnap.check.twins import conflicts, losers, parted, slipped
from sandsnap.check.units import same_values
from sandsnap.model import Fact, Issue, Reading, Value, Wait
from sandsnap.read.passage import same_text
from schemas import TABLES

# From so many facts of one reader on, one objection to all of them (a swapped unit column, say) is one question.
TOGETHER = 4


@dataclass
class Gate:
    """The gate over days in order, as the recorder calls it.

    `released`: vendors whose held changes a person has looked at, all of them; rows against the contract stay out.
    `live`: pages are looked at today, and a price needs a second look; else dated captures stand for their days.
    """

    decisions: Decisions = field(default_factory=Decisions)
    released: Collection[str] = ()
    live: bool = False

    def __call__(
        self, vendor: str, day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading],
        waiting: Mapping[Claim, Wait] | None = None,
    ) -> list[Reading]:  # fmt: skip
        """The day's readings of one vendor, made safe to record. `waiting`: the vendor's open waits, of this run too."""
        return gate(
            vendor, day, standing, readings, self.decisions,
            waiting=waiting, live=self.live, released=vendor in self.released,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Why one fact of a reading (by position) is not let in; doubts of one reader and `group` are one question."""

    at: int
    kind: str
    group: str
    text: str
    old: Fact | None
    wait: Wait | None = None


def gate(
    vendor: str, day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading],
    decisions: Decisions | None = None, *, waiting: Mapping[Claim, Wait] | None = None, live: bool = False,
    released: bool = False,
) -> list[Reading]:  # fmt: skip
    """The day's readings of one vendor, made safe to record. `standing` are the vendor's current facts by reader.

    Taken out, so that the fact keeps its last value: rows against the contract; values outside their plausible range;
    figures that moved by the factor of a unit, traded places, or moved with most of their table by one factor; what a
    page first states a unit's factor away from another page; twins that moved apart; what stands in a sentence that
    gained words which may turn it; and, live, prices that were seen once. All but the first are in `Reading.waits`.
    Pages that contradict each other are an issue. Decisions apply as long as their evidence is what is seen: accepted
    values pass, edited ones stand as judged, rejected ones stay out unasked.
    """
    decisions = decisions if decisions is not None else Decisions()
    waiting = waiting or {}
    before = {(reader, f.id): f for reader, facts in standing.items() for f in facts}
    today = {(f.source_url, f.id) for r in readings for f in r.facts}
    readings = [completed(r, standing.get(r.reader, ())) for r in readings]
    apart = {} if released else parted(before, readings)
    quotes: dict[str, set[str]] = {r.source_url: set() for r in readings}
    for r in readings:
        quotes[r.source_url].update(f.quote for f in r.facts if f.quote)
    out, waits = [], dict[Claim, Wait]()
    for r in readings:
        doubts = _doubts(r, day, before, apart, waiting, released)
        passed, kept = _decided(r, doubts, decisions, day)
        whole = _absent(passed, standing.get(r.reader, ()), decisions)
        out.append(reworded(whole, standing.get(r.reader, ()), today, decisions, quotes[r.source_url]))
        waits |= {(r.reader, w.fact.id): w for w in kept}
    out = list(absences_kept(out, standing, today))
    lost = losers(day, standing, out, decisions)
    out = [_without(r, lost.get(r.reader, ())) for r in out]
    contradictions = tuple(conflicts(day, standing, out))  # of what pages state, whether it waits or not
    if not released:
        out = [_looked(r, waiting, decisions) for r in out]
        out, once = unconfirmed(day, before, out, waiting, live)
        waits |= once
    if waits:
        out = [replace(r, waits=tuple(w for (reader, _), w in waits.items() if reader == r.reader)) for r in out]
    if contradictions:
        out[0] = replace(out[0], issues=(*out[0].issues, *contradictions))
    return [replace(r, issues=_asked(r.issues, decisions, day)) for r in out] if decisions else out


def _asked(issues: Iterable[Issue], decisions: Decisions, day: date) -> tuple[Issue, ...]:
    return tuple(i for i in issues if not decisions.muted(of_issue(i), day))


def _doubts(
    reading: Reading, day: date, before: Claims, apart: Mapping[Claim, Fact], waiting: Mapping[Claim, Wait], released: bool
) -> list[_Doubt]:  # fmt: skip
    """At most one doubt for each fact."""
    if reading.outcome != "good":
        return []
    position = {id(f): i for i, f in enumerate(reading.facts)}
    anew = reading.redesigned and any(f.source_url == reading.source_url and f.basis == "read" for f in before.values())
    found: dict[int, _Doubt] = {}
    for fact, message in invalid(reading.facts):
        i = position[id(fact)]
        found.setdefault(i, _Doubt(i, "invalid", f"row {i}", message, before.get((reading.reader, fact.id))))
    swapped = traded(before, reading)
    elsewhere = slipped(day, before, reading)
    together = by_one_factor(day, before, reading, waiting)
    for i, fact in enumerate(reading.facts if not released else ()):
        if i in found:
            continue
        claim = (reading.reader, fact.id)
        old = before.get(claim)
        was = waiting.get(claim)
        objection = (suspicious(old, fact) if old is not None else None) or implausible(fact)
        if objection is not None:
            group, text = objection.kind, objection.text
        elif i in together:
            group, text = together[i]
        elif i in elsewhere:
            group, text = f"slipped {i}", elsewhere[i]
        elif i in swapped:
            group, text = f"traded {i}", swapped[i]
        elif claim in apart:
            twin = apart[claim]
            group = f"twin {i}"
            text = f"it moved today to {_values(fact)}, and on {twin.source_url} to {_values(twin)}; both had agreed"
        elif old is not None and (words := gained(old, fact)):
            group = f"reframed {fact.quote}"
            text = f"its sentence gained {words!r}: does it still say so?"
        elif old is not None and (words := framed(old, fact, was)):
            group = f"framed {fact.frame}"
            text = f"{FRAMED}{words!r}: does it still say so?"
        elif anew and old is None:
            group, text = "anew", "the page was redesigned, and nobody read this on it before"
        else:
            continue
        since = was.since if was is not None and same_values(was.fact, fact) else day
        found[i] = _Doubt(i, "held", group, text, old, Wait(fact, "held", text, since))
    return [found[i] for i in sorted(found)]


def _decided(reading: Reading, doubts: list[_Doubt], decisions: Decisions, day: date) -> tuple[Reading, list[Wait]]:
    """The reading as it may be recorded, and what waits for a person. It is partial then: what is taken out must not go
    missing."""
    facts: dict[int, Fact] = dict(enumerate(reading.facts))
    issues = list(reading.issues)
    kept: set[int] = set()
    waits: list[Wait] = []
    for group in _questions(doubts):
        about = [reading.facts[d.at] for d in group]
        ident = of_facts(about)
        decision = decisions.get(ident)
        if decision is not None and decision.verdict == "edit" and len(group) == 1:
            instead = edited(about[0], decision)
            wrong = invalid([instead])
            if not wrong:
                facts[group[0].at] = instead
                continue
            group = [replace(group[0], text=f"{group[0].text}; {decision.author}'s edit does not fit: {wrong[0][1]}")]
        if decision is not None and decision.verdict == "accept" and group[0].kind == "held":
            # A person has looked: nobody else need look again.
            facts |= {d.at: replace(d.wait.fact, since=d.wait.since) for d in group if d.wait is not None}
            continue
        kept |= {d.at for d in group}
        if decision is None or decision.verdict != "reject":
            waits += [d.wait for d in group if d.wait is not None]
        if not decisions.muted(ident, day):
            issues.append(_issue(reading, ident, group, about))
    for at, fact in enumerate(reading.facts) if any(d.verdict == "edit" for d in decisions.values()) else ():
        decision = decisions.get(of_facts([fact])) if at not in kept and facts[at] is fact else None
        if decision is not None and decision.verdict == "edit" and not invalid([instead := edited(fact, decision)]):
            facts[at] = instead  # nothing doubts it but a person: one side of what two pages tell apart
    if not doubts and all(facts[at] is f for at, f in enumerate(reading.facts)):
        return reading, waits
    facts = {i: f for i, f in facts.items() if i not in kept}
    partial = reading.partial or bool(kept)
    return replace(reading, facts=tuple(facts.values()), issues=tuple(issues), partial=partial), waits


def _questions(doubts: list[_Doubt]) -> list[list[_Doubt]]:
    by_group: dict[tuple[str, str], list[_Doubt]] = {}
    for d in doubts:
        by_group.setdefault((d.kind, d.group), []).append(d)
    out = []
    for group in by_group.values():
        out += [group] if len(group) >= TOGETHER and group[0].kind == "held" else [[d] for d in group]
    return out


def _issue(reading: Reading, ident: str, group: list[_Doubt], about: list[Fact]) -> Issue:
    first, fact = group[0], about[0]
    number = f" ({len(group)} in all)" if len(group) > 1 else ""
    said = f"; it said: {first.old.quote!r}" if first.old is not None else ""
    also = "".join(f"; {label(f)}" for f in about[1:])
    message = f"{label(fact)}{number}: {first.text}{also}; the page says {fact.quote!r}{said}"
    return Issue(first.kind, reading.vendor, reading.source_url, marked(ident, message), reading.reader, fact.quote)


def edited(fact: Fact, decision: Decision) -> Fact:
    """The fact with the values a person gave instead. It keeps its quote: that is what the person judged."""
    values = {**fact.values, **typed(fact.table, decision.values)}
    return replace(fact, values=values, basis="judged", capture=None, verified_on=decision.on)


def typed(table: str, values: Mapping[str, str | bool]) -> dict[str, Value]:
    """A decision's texts in the types of their columns; "" is null. Raises ValueError for a column or a value that
    the contract does not know."""
    out: dict[str, Value] = {}
    for name, text in values.items():
        if name not in TABLES[table].values:
            raise ValueError(f"{table} has no value {name!r}; it has {', '.join(TABLES[table].values)}")
        column = TABLES[table].by_name[name]
        value: Value = text if text != "" else None
        if isinstance(text, str) and text:
            if column.kind == "amount":
                value = _decimal(name, text)
            elif column.kind == "day":
                value = date.fromisoformat(text)
            elif column.kind == "flag":
                if text not in ("true", "false"):
                    raise ValueError(f"{name} {text!r} is neither true nor false")
                value = text == "true"
        if objection := column.objection(value):
            raise ValueError(objection)
        out[name] = value
    return out


def _decimal(name: str, text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError(f"{name} {text!r} is no number") from None


def _absent(reading: Reading, standing: Sequence[Fact], decisions: Decisions) -> Reading:
    """Facts that their page no longer states, as a person decided: one that holds all the same stands as judged, or on the
    words that say it now; one that is really gone is let go. Where nothing would go missing, because the page cannot be read
    or a quote is lost, only the latter two are of any effect."""
    if reading.outcome not in ("good", "gone") and not (reading.outcome == "failed" and reading.text):
        return reading
    waits = reading.partial or reading.sticky or reading.outcome == "failed"
    stated = {f.id for f in reading.facts}
    kept, gone = [], []
    for f in standing:
        decision = None
        if f.id not in stated:
            decision = decisions.get(absence(f)) or decisions.still(f.vendor, f.source_url, label(f), f.quote)
        if decision is None or (waits and decision.verdict not in ("still", "gone")):
            continue
        if decision.verdict == "reject":
            kept.append(replace(f, basis="judged", capture=None, verified_on=decision.on))
        elif decision.verdict == "still" and decision.words and same_text(decision.words) in same_text(reading.text):
            kept.append(replace(f, basis="quoted", quote=decision.words, capture=reading.capture))
        elif decision.verdict in ("gone", "accept"):
            gone.append(f)
    if not kept and not gone:
        return reading
    if reading.outcome == "failed":
        reading = replace(reading, outcome="good", partial=True)
    return replace(reading, facts=(*reading.facts, *kept), let_go=tuple(gone))


def _looked(reading: Reading, waiting: Mapping[Claim, Wait], decisions: Decisions) -> Reading:
    """A value seen once that a person looked at: accepted, it counts as seen twice; rejected, it stays out."""
    if not waiting or not decisions:
        return reading
    facts = []
    for f in reading.facts:
        wait = waiting.get((reading.reader, f.id))
        seen = wait is not None and wait.state == "unconfirmed"
        decision = decisions.get(of_facts([f])) if seen else None
        if decision is None or wait is None or decision.verdict not in ("accept", "reject"):
            facts.append(f)
        elif decision.verdict == "accept":
            facts.append(replace(f, since=wait.since))
    if tuple(facts) == reading.facts:
        return reading
    return replace(reading, facts=tuple(facts), partial=reading.partial or len(facts) < len(reading.facts))


def _without(reading: Reading, lost: Sequence[Fact]) -> Reading:
    """The reading without what a person said another page is right about."""
    if not lost:
        return reading
    ids = {f.id for f in lost}
    facts = tuple(f for f in reading.facts if f.id not in ids)
    return replace(reading, facts=facts, let_go=(*reading.let_go, *lost))


def absence(fact: Fact) -> str:
    """The id of a fact's absence from its page."""
    return of_absence(fact.vendor, fact.source_url, fact.table, key_text(fact), fact.quote, fact.values)


def _values(fact: Fact) -> str:
    return " ".join(str(v) for v in fact.values.values() if v is not None)
