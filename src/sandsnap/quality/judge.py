"""Runs a case through the real path and compares what was recorded with the right answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sandsnap.check.gate import Gate
from sandsnap.check.rows import invalid
from sandsnap.model import Capture, Fact, Issue, Reading
from sandsnap.publish.alerts_episodes import episodes
from sandsnap.quality.cases import CHANGE, ISSUE, NOTHING, Case, Day
from sandsnap.quality.figures import FactId, Values
from sandsnap.read.reading import read
from sandsnap.record.recorder import Recorder, Run
from sandsnap.record.timeline import text as written
from sandsnap.record.writer import Writer

_WORD = re.compile(r"[\w.$]+")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Verdict:
    """What came of a case. `changed` counts as recall does: None where the answer is no change.

    `wrong`, `false_alerts` and `needless` say in words what went wrong, one entry each. `right`: nothing did, and what
    should have been noticed was.
    """

    case: Case
    page_days: int
    changed: bool | None = None
    noticed: bool = False
    wrong: list[str] = field(default_factory=list)
    false_alerts: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether the answer was the right one in every respect."""
        answered = self.changed is not False and (self.noticed or self.case.answer != ISSUE)
        return answered and not (self.wrong or self.false_alerts or self.needless)


@dataclass
class _Recorded:
    """One recorded day: the facts that good readings brought through the gate, and the issues open after it."""

    facts: dict[FactId, Fact]
    issues: list[Issue]
    missing: int


def read_days(cases: Iterable[Case]) -> dict[str, list[Reading]]:
    """The readings of every capture of the cases, each distinct one read once; validated at once, as a run does."""
    known: dict[str, list[Reading]] = {}
    for case in cases:
        for capture in (case.page.capture, *(d.capture for d in case.days)):
            key = _key(capture)
            if key not in known:
                known[key] = read(capture)
    invalid(f for readings in known.values() for r in readings for f in r.facts)
    return known


def _key(capture: Capture) -> str:
    day = str(capture.day) if b"<%" in capture.body else ""  # a template may show and hide by date
    return f"{capture.url}\n{capture.sha256}\n{capture.status}\n{capture.file}\n{capture.headers}\n{day}"


def judge(case: Case, writer: Writer, known: Mapping[str, list[Reading]], window: int) -> Verdict:
    """The verdict on one case. `writer`: of an empty warehouse, left as it is. `window`: days within which a return to an
    earlier value is one episode."""
    spied: list[Sequence[Reading]] = []
    gate = Gate()  # no decisions: nobody has looked yet

    def spy(
        name: str, day: date, standing: Mapping[str, Sequence[Fact]], readings: Sequence[Reading]
    ) -> Sequence[Reading]:
        spied.append(gate(name, day, standing, readings))
        return spied[-1]

    recorder = Recorder(writer.con, Run("quality", "snapshot", _EPOCH, _EPOCH), spy, {})
    days = []
    for capture in (case.page.capture, *(d.capture for d in case.days)):
        day = capture.day
        assert day is not None
        recorder.day(day, known[_key(capture)])
        days.append(_recorded(recorder, case.page.vendor, spied[-1]))
    return _compare(case, days, _rows(recorder, case.page.vendor), window)


def _recorded(recorder: Recorder, vendor: str, readings: Sequence[Reading]) -> _Recorded:
    facts = {f.id: f for r in readings if r.outcome == "good" for f in r.facts}
    readers = recorder.vendors[vendor].readers.values()
    missing = sum(
        c.open and c.absence is not None for r in readers for c in r.claims.values() if not r.reads[-1].sticky
    )
    issues = [
        Issue(i.kind, i.vendor, i.source_url, i.message, i.reader)
        for i in recorder.issues[vendor]
        if i.closed_on is None
    ]
    return _Recorded(facts, issues, missing)


def _rows(recorder: Recorder, vendor: str) -> list[dict[str, Any]]:
    """The recorded changes, in the columns that alerts are made of."""
    return [
        {
            "vendor": vendor, "product": c.key[0], "table": c.table, "key": c.key, "source_url": c.source_url, "reader": r.name,
            "kind": e.kind, "field": e.field, "before": e.before, "after": e.after, "day": e.day,
        }
        for r in recorder.vendors[vendor].readers.values()
        for c in r.claims.values()
        for e in c.events
    ]  # fmt: skip


def _same(fact: Fact, values: Mapping[str, object]) -> bool:
    return all(fact.values[k] == v for k, v in values.items())


def _compare(case: Case, days: list[_Recorded], rows: list[dict[str, Any]], window: int) -> Verdict:
    verdict = Verdict(case, len(days))
    before = days[0].facts
    # The same words in another order (columns swapped in a quote) are the same issue.
    identities = [
        {(i.kind, i.source_url, i.reader, " ".join(sorted(_WORD.findall(i.message)))) for i in d.issues} for d in days
    ]
    verdict.noticed = any(seen - identities[0] for seen in identities[1:]) or any(d.missing for d in days[1:])
    verdict.wrong = list(
        dict.fromkeys(w for d, day in zip(days[1:], case.days, strict=True) for w in _wrong(case, day, d, before))
    )
    verdict.false_alerts = _false_alerts(case, rows, window)
    if case.answer == CHANGE:
        verdict.changed = _changed(case, days)
    elif case.answer == NOTHING and verdict.noticed:
        verdict.needless = sorted({i[3] for seen in identities[1:] for i in seen - identities[0]}) or [
            "a fact is missing"
        ]
    elif case.days[-1].capture.sha256 == case.page.capture.sha256 and (stuck := identities[-1] - identities[0]):
        verdict.needless = [f"still open after the page is back: {i[3]}" for i in stuck]
    return verdict


def _wrong(case: Case, day: Day, recorded: _Recorded, before: Mapping[FactId, Fact]) -> Iterable[str]:
    for i, fact in recorded.facts.items():
        if i not in before:
            figures = {v for v in fact.values.values() if isinstance(v, Decimal)}
            if not case.may_add or not figures <= case.may_add:
                yield f"{_name(i)}: {_values(fact.values)} is stated nowhere; quote {fact.quote!r}"
        elif i in day.unstated:
            yield f"{_name(i)}: {_values(fact.values)} is not stated any more; quote {fact.quote!r}"
        elif i in day.moved:
            if not _same(fact, day.moved[i]):
                yield f"{_name(i)}: {_values(fact.values)}, the page says {_values(day.moved[i])}; quote {fact.quote!r}"
        elif fact.values != before[i].values:
            yield f"{_name(i)}: {_values(fact.values)}, the page says {_values(before[i].values)}; quote {fact.quote!r}"


def _changed(case: Case, days: list[_Recorded]) -> bool:
    """Whether every fact took its value on every day; or a conflict shows that the page says both."""
    for recorded, day in zip(days[1:], case.days, strict=True):
        for i, values in day.moved.items():
            if i in recorded.facts and _same(recorded.facts[i], values):
                continue
            if not (case.both and i not in recorded.facts and any(x.kind == "conflict" for x in recorded.issues)):
                return False
    return True


def _false_alerts(case: Case, rows: list[dict[str, Any]], window: int) -> list[str]:
    later = {row for e in episodes(rows, window) for row in e.rows[1:]}
    out = []
    told: set[tuple[object, ...]] = set()
    values: dict[FactId, Values] = {i: v for d in case.days for i, v in d.moved.items()}
    for n, row in enumerate(rows):
        i: FactId = (row["table"], row["vendor"], row["key"])
        if n in later or row["kind"] == "removal_unconfirmed":
            continue
        if row["kind"] == "changed" and i in values and (i, row["field"]) not in told:
            told.add((i, row["field"]))  # exactly once
            if written(values[i].get(row["field"])) == row["after"]:
                continue
        if row["kind"] == "removed" and i in case.may_go:
            continue
        if row["kind"] == "added" and case.may_add:
            continue
        out.append(f"{row['kind']} {_name(i)}: {row['field']} {row['before']} -> {row['after']} on {row['day']}")
    return out


def _name(i: FactId) -> str:
    return f"{i[0]} {' / '.join(v for v in i[2] if v != '-')}"


def _values(values: Mapping[str, object]) -> str:
    return ", ".join(f"{k} {v}" for k, v in values.items() if v is not None)
