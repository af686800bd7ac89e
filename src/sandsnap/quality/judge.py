"""Runs a case through the real path and compares what was recorded, and told, with the right answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sandsnap.check.gate import Gate
from sandsnap.check.rows import invalid
from sandsnap.check.units import same_values
from sandsnap.model import Capture, Fact, Issue, Reading
from sandsnap.publish.alerts.alert import Alert, Move
from sandsnap.quality.cases import ASK, CHANGE, EITHER, ISSUE, NOTHING, Case, Day
from sandsnap.quality.figures import FactId
from sandsnap.quality.told import alerts, unexplained
from sandsnap.read.reading import read
from sandsnap.read.residue.watch import Accounts, Watch
from sandsnap.record.recorder import Recorder, Run, Waiting
from sandsnap.record.timeline import text as written
from sandsnap.record.writer import Writer
from sandsnap.tell.model import exact
from sandsnap.tell.significance import Rules
from sandsnap.watching import with_issues

_WORD = re.compile(r"[\w.$]+")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Verdict:
    """What came of a case. `changed` counts as recall does: None where the answer is no change.

    `wrong`, `false_alerts`, `needless` and `unexplained` say in words what went wrong, one entry each. `alerts`: how
    many there were. `right`: nothing went wrong, and what should have been noticed was.
    """

    case: Case
    page_days: int
    changed: bool | None = None
    noticed: bool = False
    alerts: int = 0
    wrong: list[str] = field(default_factory=list)
    false_alerts: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether the answer was the right one in every respect."""
        answered = self.changed is not False and (self.noticed or self.case.answer not in (ISSUE, EITHER))
        return answered and not (self.wrong or self.false_alerts or self.needless or self.unexplained)


@dataclass
class _Recorded:
    """One recorded day: the facts that good readings brought through the gate, and the issues open after it."""

    facts: dict[FactId, Fact]
    issues: list[Issue]
    missing: int


@dataclass
class Known:
    """What each distinct capture reads as, and how its amounts are accounted for: worked out once for all cases."""

    readings: dict[str, list[Reading]] = field(default_factory=dict)
    accounts: Accounts = field(default_factory=dict)


def read_days(cases: Iterable[Case]) -> Known:
    """The readings of every capture of the cases; validated at once, as a run does."""
    known = Known()
    for case in cases:
        for capture in (case.page.capture, *(d.capture for d in case.days)):
            key = _key(capture)
            if key not in known.readings:
                known.readings[key] = read(capture)
    invalid(f for readings in known.readings.values() for r in readings for f in r.facts)
    return known


def _key(capture: Capture) -> str:
    day = str(capture.day) if b"<%" in capture.body else ""  # a template may show and hide by date
    return f"{capture.url}\n{capture.sha256}\n{capture.status}\n{capture.file}\n{capture.headers}\n{day}"


def judge(case: Case, writer: Writer, known: Known, rules: Rules) -> Verdict:
    """The verdict on one case. `writer`: of an empty warehouse, left as it is."""
    spied: list[Sequence[Reading]] = []
    gate = Gate()  # no decisions: nobody has looked yet
    watch = Watch(known.accounts)

    def spy(
        name: str, day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading], waiting: Waiting
    ) -> Sequence[Reading]:
        spied.append(gate(name, day, standing, readings, waiting))
        return spied[-1]

    recorder = Recorder(writer.con, Run("quality", "snapshot", _EPOCH, _EPOCH), spy, {})
    days = []
    for capture in (case.page.capture, *(d.capture for d in case.days)):
        day = capture.day
        assert day is not None
        own = [
            replace(r, captured_at=capture.captured_at) for r in watch.frames.compared(known.readings[_key(capture)])
        ]
        recorder.day(day, with_issues(own, watch.issues(capture, own)))
        days.append(_recorded(recorder, case.page.vendor, spied[-1]))
    first, last = case.page.capture.day, case.days[-1].capture.day
    assert first and last
    # What the page itself says of other days (an end that is announced) is told on those.
    told = [a for a in alerts(recorder, case.page.vendor, rules) if first < a.day <= last]
    return _compare(case, days, told)


def _recorded(recorder: Recorder, vendor: str, readings: Sequence[Reading]) -> _Recorded:
    facts = {f.id: f for r in readings if r.outcome == "good" for f in r.facts}
    readers = recorder.vendors[vendor].readers.values()
    missing = sum(
        c.open and c.absence is not None for r in readers for c in r.claims.values() if not r.spans[-1].read.sticky
    )
    issues = [
        Issue(i.kind, i.vendor, i.source_url, i.message, i.reader)
        for i in recorder.issues[vendor]
        if i.closed_on is None
    ]
    return _Recorded(facts, issues, missing)


def _same(fact: Fact, values: Mapping[str, object]) -> bool:
    return all(fact.values[k] == v for k, v in values.items())


def _compare(case: Case, days: list[_Recorded], told: list[Alert]) -> Verdict:
    verdict = Verdict(case, len(days), alerts=len(told))
    before = days[0].facts
    # The same words in another order (columns swapped in a quote) are the same issue.
    identities = [
        {(i.kind, i.source_url, i.reader, " ".join(sorted(_WORD.findall(i.message)))) for i in d.issues} for d in days
    ]
    verdict.noticed = any(seen - identities[0] for seen in identities[1:]) or any(d.missing for d in days[1:])
    verdict.noticed |= case.restated and all(before.keys() <= d.facts.keys() for d in days[1:])
    verdict.wrong = list(
        dict.fromkeys(w for d, day in zip(days[1:], case.days, strict=True) for w in _wrong(day, d, before))
    )
    justified: set[tuple[FactId, str]] = set()
    verdict.false_alerts = _false_alerts(case, told, before, justified)
    verdict.unexplained = [text for alert in told for text in unexplained(alert)]
    if case.answer == CHANGE:
        verdict.changed = _changed(case, days, justified)
    elif case.answer == EITHER:
        verdict.noticed |= _changed(case, days, justified)
    elif case.answer == NOTHING and verdict.noticed:
        verdict.needless = sorted({i[3] for seen in identities[1:] for i in seen - identities[0]}) or [
            "a fact is missing"
        ]
    elif case.answer == ASK:
        verdict.needless = _again(set().union(*identities[1:]) - identities[0])
    elif case.days[-1].capture.sha256 == case.page.capture.sha256 and (stuck := identities[-1] - identities[0]):
        verdict.needless = [f"still open after the page is back: {i[3]}" for i in stuck]
    return verdict


def _again(opened: Iterable[tuple[str, str, str | None, str]]) -> list[str]:
    """The second and later issues of one kind of each reader."""
    by_reader: dict[tuple[str, str, str | None], list[str]] = {}
    for kind, url, reader, words in sorted(opened, key=str):
        by_reader.setdefault((kind, url, reader), []).append(words)
    return [words for of_one in by_reader.values() for words in of_one[1:]]


def _wrong(day: Day, recorded: _Recorded, before: Mapping[FactId, Fact]) -> Iterable[str]:
    for i, fact in recorded.facts.items():
        if _is_announced(fact, day):
            continue
        if i not in before:
            yield f"{_name(i)}: {_values(fact.values)} is stated nowhere; quote {fact.quote!r}"
        elif i in day.unstated:
            yield f"{_name(i)}: {_values(fact.values)} is not stated any more; quote {fact.quote!r}"
        elif i in day.moved:
            if not _same(fact, day.moved[i]):
                yield f"{_name(i)}: {_values(fact.values)}, the page says {_values(day.moved[i])}; quote {fact.quote!r}"
        elif not same_values(fact, before[i]):
            yield f"{_name(i)}: {_values(fact.values)}, the page says {_values(before[i].values)}; quote {fact.quote!r}"


def _is_announced(fact: Fact, day: Day) -> bool:
    """Whether it is the notice of new prices from a day to come: what a page says of that day is not said of today."""
    on = fact.values.get("effective_on")
    return fact.table == "notices" and isinstance(on, date) and day.capture.day is not None and on > day.capture.day


def _changed(case: Case, days: list[_Recorded], told: set[tuple[FactId, str]]) -> bool:
    """Whether every fact took its value on every day and an alert said so; or a conflict shows that the page says both."""
    for recorded, day in zip(days[1:], case.days, strict=True):
        for i, values in day.moved.items():
            if case.both and i not in recorded.facts and any(x.kind == "conflict" for x in recorded.issues):
                continue
            before = days[0].facts[i].values
            fields = {(i, k) for k, v in values.items() if before[k] != v}
            # What went back and forth ends where it began: the tables show it day by day, and no event is told.
            stays = case.days[-1].moved.get(i) == values
            if i not in recorded.facts or not _same(recorded.facts[i], values) or (stays and not fields <= told):
                return False
    return True


def _false_alerts(
    case: Case, told: list[Alert], before: Mapping[FactId, Fact], justified: set[tuple[FactId, str]]
) -> list[str]:
    """What the edit does not justify, and what is told a second time. `justified` takes the moves that were told."""
    out = []
    said: set[str] = set()
    by_name = {(i[0], i[2][0], " / ".join(i[2][1:]) or "-"): i for i in before}
    for alert in told:
        again = alert.said in said
        said.add(alert.said)
        if not again and _justified(case, alert, by_name, justified):
            continue
        out.append(f"{alert.kind} on {alert.day}: {alert.title}" + (" (again)" if again else ""))
    return out


def _justified(
    case: Case, alert: Alert, by_name: Mapping[tuple[str, str, str], FactId], justified: set[tuple[FactId, str]]
) -> bool:
    if alert.kind in ("outage", "outage_ended", "held"):
        return case.answer not in (NOTHING, ASK)  # right where somebody has to look
    return bool(alert.moves) and all(
        _moved(case, m, by_name.get((m.table, m.product, m.key)), justified) for m in alert.moves
    )


def _moved(case: Case, move: Move, i: FactId | None, justified: set[tuple[FactId, str]]) -> bool:
    """Whether the edit made this move, and nothing told it before."""
    if move.kind in ("removed", "ended"):
        return i in case.may_go
    if move.table == "notices":
        return case.mutation == "time"
    if i is None or (i, move.field) in justified:
        return False
    justified.add((i, move.field))
    made = case.changed.get(i, {})
    return move.field in made and exact(move.table, move.field, written(made[move.field])) == exact(
        move.table, move.field, move.after
    )


def _name(i: FactId) -> str:
    return f"{i[0]} {' / '.join(v for v in i[2] if v != '-')}"


def _values(values: Mapping[str, object]) -> str:
    return ", ".join(f"{k} {v}" for k, v in values.items() if v is not None)
