"""Days of readings into the warehouse: in order, or again from a day on. The only way facts are stored."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from sandsnap.check.series import in_its_unit
from sandsnap.model import Fact, Fetched, Issue, Published, Reading, Value, Wait, subject
from sandsnap.read.publishers import publishers
from sandsnap.record import catalogue, cost_store, fact_store, ids, layout, store, wait_store
from sandsnap.record.errors import RecordError
from sandsnap.record.fold import Ident, Reader, Stated, miss, pending_removals, see, step
from sandsnap.record.layout import key_columns
from sandsnap.record.resolve import fact_id
from sandsnap.record.series import Series
from sandsnap.record.store import FIELDS, Known, Loaded, Names, Written
from sandsnap.record.timeline import BACKFILL, CORRECTION, UNPUBLISHED, Claim, Read, rewind
from sandsnap.record.writer import Writer
from schemas import TABLES
from schemas.vocabulary import DENIED, UNCAPTURED

Waiting = Mapping[tuple[str, tuple[str, str, tuple[str, ...]]], Wait]  # by (reader, fact id)
Gate = Callable[[str, date, Mapping[str, tuple[Fact, ...]], Sequence[Reading], Waiting], Sequence[Reading]]
"""(vendor, day, the vendor's standing facts by reader, the day's readings, its open waits) -> the readings to record."""

Tell = Callable[[Sequence[Mapping[str, object]], Mapping[tuple[str, date], Sequence[str]]], Sequence[object]]
"""All steps of whole vendors (rows of `steps`) -> the events they are, with the fields of store.told."""

TellMeasured = Callable[[Sequence[Mapping[str, object]]], Sequence[object]]
"""All measurements -> the events they are, with the fields of store.told."""

FLAPPING = timedelta(days=30)
ENDING = ("gpus", "notices")  # the tables that say that something ends: their facts bear on others
_NINE_PLACES = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Run:
    """One writing run. `known_at` (UTC) must be later than every run before; `kind` reread makes corrections."""

    id: str
    kind: str
    started_at: datetime
    known_at: datetime
    flow_run_id: str | None = None
    fetched: tuple[Fetched, ...] = ()
    fetched_at: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run wrote. `opened` and `ended` count intervals, `corrected` the stored rows it replaced."""

    run: str
    days: int
    readings: int
    opened: int
    ended: int
    corrected: int
    changes: int
    issues_opened: int
    issues_closed: int

    @property
    def changed(self) -> bool:
        """Whether any fact differs from before."""
        return bool(self.opened or self.ended or self.corrected)


@dataclass(slots=True)
class _OpenIssue:
    issue: int | None
    kind: str
    vendor: str
    source_url: str
    reader: str | None
    message: str
    nearest: str | None
    first_on: date
    closed_on: date | None = None
    dropped: bool = False

    @property
    def identity(self) -> tuple[str, str, str | None, str]:
        """What makes two issues the same: everything but the figures in the message."""
        return self.kind, self.source_url, self.reader, subject(self.message)


def record_days(
    path: Path,
    days: Iterable[tuple[date, Sequence[Reading]]],
    *,
    run: Run,
    gate: Gate | None = None,
    replace_from: Mapping[str, date] | None = None,
    on_day: Callable[[date], None] | None = None,
    tell: Tell | None = None,
    tell_measured: TellMeasured | None = None,
) -> RunResult:
    """Record readings, day by day in date order, and publish the new file.

    A vendor in `replace_from` is rewound to just before that day; `days` must then hold *all* its readings from
    that day on. Rows that come out as they were are left untouched, others are replaced in known time. For any
    other vendor a day earlier than its last is refused; its last day may be given again and changes nothing.
    Raises RecordError (nothing is written) for days out of order, a known_at that is not later, or a damaged result.
    """
    with Writer(path) as writer:
        recorder = Recorder(writer.con, run, gate, replace_from or {}, tell, tell_measured)
        for day, readings in days:
            recorder.day(day, readings)
            if on_day is not None:
                on_day(day)
        writer.step("folded")
        return recorder.finish()


def facts_of(claim: Claim, reader: Reader, day: date | None = None) -> Fact | None:
    """The claim as a fact (on `day`: only if it was stated by that day's reading); None where it does not stand."""
    read = reader.reads[-1] if reader.reads else None
    if day is None:
        interval = claim.intervals[-1] if claim.open else None
        absence = claim.absence
        citation = claim.cited() if interval else None
    else:
        interval = next(
            (i for i in claim.intervals if i.valid_from <= day and (not i.valid_to or day < i.valid_to)), None
        )
        absence = next((a for a in claim.absences if a.unseen_on <= day and (not a.ended_on or day < a.ended_on)), None)
        if interval is None or absence is not None:
            return None
        past = Claim(claim.id, claim.source_url, claim.table, claim.key, [interval])
        past.citations = [c for c in claim.citations if c.day <= day]
        citation = past.cited()
    if interval is None or citation is None:
        return None
    end = absence.unseen_on if absence else (day or (read.day if read else interval.valid_from)) + timedelta(days=1)
    seen = reader.last_good(end)
    judged = citation.basis in UNCAPTURED
    return Fact(
        table=claim.table,
        vendor=reader.vendor,
        key=dict(zip(key_columns(TABLES[claim.table]), claim.key, strict=True)),
        values=dict(zip(FIELDS[claim.table], interval.values, strict=True)),
        basis=citation.basis,
        source_url=claim.source_url,
        quote=citation.quote,
        capture=None if judged or seen is None else seen.capture,
        verified_on=citation.judged_on if judged else seen.day if seen else interval.valid_from,
    )


def stored_readings(con: duckdb.DuckDBPyConnection, vendor: str, day: date) -> dict[str, Reading]:
    """By reader, the readings of a vendor and day as they are held now, with their facts.

    For a reread: where today's reader cannot read an old capture, give back what is stored and its rows stay.
    `con` is open on the warehouse (queries.connect_readonly).
    """
    loaded = store.load(con, vendor, store.load_names(con))
    out = {}
    for reader in loaded.readers.values():
        read = reader.at(day)
        if read is None:
            continue
        found = [facts_of(c, reader, day) for c in reader.claims.values()] if read.good else []
        facts = [f for f in found if f is not None]
        out[reader.name] = Reading(
            vendor=vendor,
            source_url=reader.source_url,
            reader=reader.name,
            version=read.version,
            outcome=read.outcome,
            facts=tuple(f for f in facts if f.basis != DENIED),
            denials=tuple(f for f in facts if f.basis == DENIED),
            partial=read.partial,
            sticky=read.sticky,
            rank=reader.rank,
            captured_at=datetime(day.year, day.month, day.day),  # noqa: DTZ001 -- only its day is used
            capture=read.capture,
        )
    return out


class Recorder:
    """One run's state: the vendors it touched, in memory, until `finish` writes what became different."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, run: Run, gate: Gate | None, replace_from: Mapping[str, date],
        tell: Tell | None = None, tell_measured: TellMeasured | None = None,
    ) -> None:  # fmt: skip
        self.con, self.run, self.gate, self.tell, self.tell_measured = con, run, gate, tell, tell_measured
        self.known_at = _naive(run.known_at)
        last = con.execute("SELECT max(known_at) FROM store.runs").fetchall()[0][0]
        if last is not None and self.known_at <= last:
            raise RecordError(f"known_at {self.known_at} is not later than the last run's {last}: check the clock")
        self.names: Names = store.load_names(con)
        self.vendors: dict[str, Loaded] = {}
        self.issues: dict[str, list[_OpenIssue]] = {}
        self.waits: dict[str, wait_store.Waits] = {}
        self.origins: list[tuple[str, bytes, date, str]] = []
        self.rewound: dict[str, date] = {}
        self.series: dict[str, Series] = {}
        self.last: date | None = None
        self.vendor_days = 0
        if layout.outdated(con):  # a warehouse of layout 1: facts are made of every claim it holds
            for (vendor,) in con.execute("SELECT DISTINCT vendor FROM store.readers ORDER BY 1").fetchall():
                self._vendor(vendor, whole=True)
        for vendor, day in replace_from.items():
            self._rewind(vendor, day)

    def day(self, day: date, readings: Sequence[Reading]) -> None:
        """Record one day. Days come in order."""
        if self.last is not None and day < self.last:
            raise RecordError(f"days must come in order: {day} after {self.last}")
        self.last = day
        by_vendor: dict[str, list[Reading]] = {}
        for reading in readings:
            by_vendor.setdefault(reading.vendor, []).append(reading)
        merged = {vendor: merge(given) for vendor, given in by_vendor.items()}
        loadeds = {vendor: self._vendor(vendor) for vendor in merged}
        store.wake(
            self.con, [(loadeds[v], _looked_at(loadeds[v], given, day)) for v, given in merged.items()], self.names
        )
        for vendor, given in merged.items():
            self._vendor_day(vendor, day, given)

    def finish(self) -> RunResult:
        """Write what became different, and the run itself."""
        written = Written()
        cause = CORRECTION if self.run.kind == "reread" else BACKFILL
        loadeds = list(self.vendors.values())
        for loaded in loadeds:
            self._write_readers(loaded)
        moved = store.write(self.con, loadeds, self.names, self.known_at, cause, written)
        moved_facts = self._write_facts(loadeds, moved)
        for loaded in loadeds:
            wait_store.write(self.con, loaded, self.waits[loaded.vendor], self.known_at)
        for series in self.series.values():
            series.write(self.con, self.names, self.known_at)
        store.keep_last_reads(self.con, loadeds, self.names)
        store.write_names(self.con, self.names)
        for vendor, day in self.rewound.items():
            self.con.execute("DELETE FROM store.origins WHERE vendor = ? AND day >= ?", [vendor, day])
        store.insert(self.con, "origins", self.origins)
        for vendor in self.vendors:
            cost_store.write(self.con, vendor, self.known_at, moved_facts.get(vendor, set()))
            catalogue.write(self.con, vendor)
        if self.tell is not None:
            for vendor in self.vendors:
                if self.run.kind == "snapshot" and not fact_store.moved(self.con, vendor, self.known_at):
                    continue  # a quiet day; what is told in other words by a newer version is told anew by a reread
                fact_store.write_told(self.con, vendor, self.tell, self.known_at, self.run.kind == "snapshot")
        for series in self.series.values():
            if self.tell_measured is not None:
                series.tell(self.con, self.tell_measured, self.known_at)
        opened, closed = self._write_issues()
        result = RunResult(
            self.run.id, self.vendor_days, written.readings, written.opened, written.ended, written.corrected,
            written.changes, opened, closed,
        )  # fmt: skip
        finished_at = self.con.execute("SELECT get_current_timestamp() AT TIME ZONE 'UTC'").fetchall()[0][0]
        self.con.execute(
            "INSERT INTO store.runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [self.run.id, self.run.kind, _naive(self.run.started_at), finished_at, self.known_at, self.run.flow_run_id,
             self.vendor_days, written.readings, written.opened, written.ended, written.corrected, written.changes,
             opened, closed],
        )  # fmt: skip
        at = [_naive(t) if t else None for t in (self.run.fetched_at, self.run.read_at)]
        store.insert(self.con, "fetches", [(self.run.id, f.vendor, *at, *astuple(f)[1:]) for f in self.run.fetched])
        return result

    def _write_facts(self, loadeds: Sequence[Loaded], moved: set[int]) -> dict[str, set[Known]]:
        """Resolve the facts of which a claim moved, and those that age with every reading (all of a vendor that is loaded whole);
        returns by vendor what moved."""
        store.write_keys(self.con, loadeds)
        contested = {c for (c,) in self.con.execute("SELECT claim FROM store.contested").fetchall()}
        whole: list[Loaded] = []
        part: list[tuple[Loaded, set[Known]]] = []
        for loaded in loadeds:
            keys = store.keys_of(loaded, moved) | _ageing_keys(loaded, contested)
            # What ends may end anything.
            if loaded.replayed or not loaded.asleep or any(table in ENDING for table, _ in keys):
                whole.append(loaded)
            elif keys:
                part.append((loaded, keys))
        store.wake(self.con, [(loaded, list(loaded.asleep)) for loaded in whole], self.names)
        every = [(w, {(c.table, c.key) for r in w.awake for c in r.claims.values()}) for w in whole]
        found = store.companions(self.con, [(w.vendor, key) for w, keys in (*every, *part) for key in keys])
        store.write_contested(self.con, found)
        stating = {reader for *_, reader in found}
        if part:
            tables = ", ".join(f"'{t}'" for t in ENDING)
            asked = f'SELECT DISTINCT reader FROM store.claims WHERE "table" IN ({tables}) AND known_to IS NULL'
            stating |= {reader for (reader,) in self.con.execute(asked).fetchall()}
        store.wake(self.con, [(p, [n for n, r in p.readers.items() if r.id in stating]) for p, _ in part], self.names)
        wanted: list[tuple[Loaded, set[int] | None]] = [(w, None) for w in whole]
        for loaded, _ in part:
            own = {r.id for r in loaded.readers.values()}
            wanted.append((loaded, {fact for fact, _, reader in found if reader in own}))
        return fact_store.write(self.con, wanted, self.names, self.known_at)

    def _vendor(self, vendor: str, whole: bool = False) -> Loaded:
        if vendor not in self.vendors:
            self.vendors[vendor] = store.load(self.con, vendor, self.names, asleep=not whole)
            self.waits[vendor] = wait_store.load(self.con, vendor)
            self.issues[vendor] = [
                _OpenIssue(*row)
                for row in self.con.execute(
                    "SELECT issue, kind, vendor, source_url, reader, message, nearest, first_on, closed_on "
                    "FROM store.issues WHERE vendor = ? ORDER BY issue",
                    [vendor],
                ).fetchall()
            ]
        return self.vendors[vendor]

    def _rewind(self, vendor: str, day: date) -> None:
        loaded = self._vendor(vendor)
        store.wake(self.con, [(loaded, list(loaded.asleep))], self.names)
        loaded.replayed = True
        self.rewound[vendor] = day
        self.waits[vendor].rewind(day)
        for reader in loaded.readers.values():
            self._rewind_reader(reader, day)
        for issue in self.issues[vendor]:
            _rewind_issue(issue, day)

    def _rewind_reader(self, reader: Reader, day: date) -> None:
        if reader.vendor in publishers():
            self._series(reader.vendor).rewind(reader.id, day)
        pending = pending_removals(reader, day, FIELDS)
        for claim in reader.claims.values():
            rewind(claim, day, pending)
        reader.claims = {ident: c for ident, c in reader.claims.items() if c.intervals}
        reader.reads = [r for r in reader.reads if r.day < day]

    def _series(self, publisher: str) -> Series:
        return self.series.setdefault(publisher, Series(publisher))

    def _vendor_day(self, vendor: str, day: date, readings: list[Reading]) -> None:
        loaded = self._vendor(vendor)
        self.vendor_days += 1
        quiet, given = self._told_apart(loaded, readings, day)
        given = [r for r in given if self._again(loaded, r, day)]
        if vendor in publishers():
            past = self._series(vendor).medians(self.con)
            given = [in_its_unit(r, past) for r in given]
        if self.gate is not None:
            standing = {reader.name: standing_facts(reader) for reader in loaded.awake}
            waits = self.waits[vendor]
            given = list(self.gate(vendor, day, standing, given, waits.open)) if given else []
            for r in given:
                waits.apply(r, day)
        facts = (stated_fact(f, day) for r in given if r.outcome == "good" for f in r.facts)
        today = {(s.ident, s.values) for s in facts}
        for reading in given:
            self._reading(loaded, reading, day, today)
        for reading in quiet:
            reader = loaded.readers[reading.reader]
            reader.reads = [replace(reader.reads[-1], day=day)]
            loaded.quiet.append((reader, reader.reads[-1]))
        readings = [*given, *quiet]
        made_elsewhere = ((vendor, bytes.fromhex(r.capture), day, r.origin) for r in readings if r.origin and r.capture)
        self.origins += dict.fromkeys(made_elsewhere)
        self._day_issues(vendor, day, readings)

    def _told_apart(self, loaded: Loaded, readings: list[Reading], day: date) -> tuple[list[Reading], list[Reading]]:
        """The readings that say again what their readers said last, being of the same bytes; and the others, whose readers are
        loaded, with all of their pages and all that state what they state anew."""
        store.wake(self.con, [(loaded, _looked_at(loaded, readings, day))], self.names)
        given = [r for r in readings if r.reader not in loaded.asleep]
        if loaded.asleep and (new := _new_keys(loaded, given)):
            facts = {fact_id(loaded.vendor, *key) for key in new}
            found = store.companions(self.con, [(loaded.vendor, key) for key in new])
            stating = {reader for fact, _, reader in found if fact in facts}
            store.wake(self.con, [(loaded, [n for n, r in loaded.readers.items() if r.id in stating])], self.names)
        quiet = [r for r in readings if r.reader in loaded.asleep]
        return quiet, [r for r in readings if r.reader not in loaded.asleep]

    def _again(self, loaded: Loaded, reading: Reading, day: date) -> bool:
        """Whether to record the reading: a day given again replaces itself, unless it only failed this time."""
        reader = loaded.readers.get(reading.reader)
        if reader is None or not reader.reads or reader.reads[-1].day < day:
            return True
        last = reader.reads[-1]
        if last.day > day:
            raise RecordError(
                f"{reading.vendor}: {day} comes after {last.day} was recorded; "
                f"record it with replace_from={{{reading.vendor!r}: {day}}} and all later days"
            )
        if last.good and reading.outcome not in ("good", UNPUBLISHED):
            return False
        self._rewind_reader(reader, day)
        for issue in self.issues[loaded.vendor]:
            if issue.reader == reading.reader or (issue.reader is None and issue.source_url == reading.source_url):
                _rewind_issue(issue, day)
        return True

    def _reading(
        self, loaded: Loaded, reading: Reading, day: date, today: set[tuple[Ident, tuple[Value, ...]]]
    ) -> None:
        """Apply one reading. `today`: everything that the vendor's readings state on the day, by any reader."""
        reader = self._reader(loaded, reading)
        if reading.published is not None:
            self._series(reading.vendor).add(reader.id, day, reading)
        read = Read(day, reading.outcome, reading.partial, reading.sticky, reading.version, reading.capture)
        if read.tells:
            at = step(reader, read)
            stated = {s.ident: s for s in (stated_fact(f, day) for f in (*reading.denials, *reading.facts))}
            for ident, now in stated.items():
                claim = reader.claims.get(ident)
                if claim is None:
                    claim = self._claim(loaded, reader, now)
                before = not claim.open and self._stated_before(loaded, reader, now)
                see(reader, claim, now, at, FIELDS[claim.table], stated_before=before)
            settled = {stated_fact(f, day).ident for f in reading.let_go}
            for ident, claim in reader.claims.items():
                # What another reader finds on the same page has not gone from the page.
                elsewhere = claim.open and (ident, claim.intervals[-1].values) in today
                if ident not in stated and claim.open and (ident in settled or not elsewhere):
                    miss(reader, claim, at, FIELDS[claim.table], settled=ident in settled)
        reader.reads.append(read)

    def _reader(self, loaded: Loaded, reading: Reading) -> Reader:
        reader = loaded.readers.get(reading.reader)
        if reader is None:
            reader = Reader(
                ids.reader(loaded.vendor, reading.reader),
                loaded.vendor,
                reading.source_url,
                reading.reader,
                reading.rank,
            )
            loaded.readers[reading.reader] = reader
        reader.rank, reader.source_url = reading.rank, reading.source_url
        return reader

    def _stated_before(self, loaded: Loaded, reader: Reader, now: Stated) -> bool:
        """Whether another reader of the same page holds the same values for the same key."""
        others = (r.claims.get(now.ident) for r in loaded.readers.values() if r is not reader)
        return any(c is not None and c.open and c.intervals[-1].values == now.values for c in others)

    def _claim(self, loaded: Loaded, reader: Reader, now: Stated) -> Claim:
        number = loaded.former.get((reader.id, now.ident))
        if number is None:
            number = ids.claim(loaded.vendor, reader.name, *now.ident)
            loaded.former[reader.id, now.ident] = number
        claim = Claim(number, *now.ident)
        reader.claims[now.ident] = claim
        return claim

    def _day_issues(self, vendor: str, day: date, readings: Sequence[Reading]) -> None:
        held = self.issues[vendor]
        # What was closed a short while ago and comes again is the same matter: it flaps.
        recent = day - FLAPPING
        open_now = {i.identity: i for i in held if i.closed_on is None and not i.dropped}
        closed = {i.identity: i for i in held if i.closed_on is not None and i.closed_on > recent and not i.dropped}
        reported = set()
        for given in (issue for reading in readings for issue in reading.issues):
            new = _issue(given, day)
            reported.add(new.identity)
            if new.identity in open_now:
                open_now[new.identity].message, open_now[new.identity].nearest = new.message, new.nearest
            elif new.identity in closed:
                again = open_now[new.identity] = closed.pop(new.identity)
                again.closed_on, again.message, again.nearest = None, new.message, new.nearest
            else:
                open_now[new.identity] = new
                held.append(new)
        # Only what was looked at closes an issue: an answer closes that there was none, a page that was read closes what
        # was wrong with the page, a reader that could read what was wrong in it. An outage closes nothing.
        answered = {r.source_url for r in readings if r.capture is not None}
        seen = {r.source_url for r in readings if r.outcome in ("good", "held", UNPUBLISHED)}
        read_readers = {r.reader for r in readings if r.outcome in ("good", "held")}
        for issue in open_now.values():
            if issue.reader is not None:
                looked = issue.reader in read_readers
            else:
                looked = issue.source_url in (answered if issue.kind == "fetch_failed" else seen)
            if looked and issue.identity not in reported:
                issue.closed_on = day

    def _write_issues(self) -> tuple[int, int]:
        opened = closed = 0
        new: list[tuple[object, ...]] = []
        number = int(self.con.execute("SELECT coalesce(max(issue), 0) FROM store.issues").fetchall()[0][0])
        for loaded in self.vendors.values():
            was = {
                i: rest
                for i, *rest in self.con.execute(
                    "SELECT issue, message, nearest, closed_on FROM store.issues WHERE vendor = ?", [loaded.vendor]
                ).fetchall()
            }
            for i in _joined(self.issues[loaded.vendor]):
                if i.issue is None:
                    number += 1
                    opened, closed = opened + 1, closed + (i.closed_on is not None)
                    new.append(
                        (
                            number,
                            i.kind,
                            i.vendor,
                            i.source_url,
                            i.reader,
                            i.message,
                            i.nearest,
                            i.first_on,
                            i.closed_on,
                        )
                    )
                elif i.dropped:
                    self.con.execute("DELETE FROM store.issues WHERE issue = ?", [i.issue])
                elif was[i.issue] != [i.message, i.nearest, i.closed_on]:
                    closed += i.closed_on is not None and was[i.issue][2] is None
                    self.con.execute(
                        "UPDATE store.issues SET message = ?, nearest = ?, closed_on = ? WHERE issue = ?",
                        [i.message, i.nearest, i.closed_on, i.issue],
                    )
        store.insert(self.con, "issues", new)
        return opened, closed

    def _write_readers(self, loaded: Loaded) -> None:
        was = {
            i: (url, rank)
            for i, url, rank in self.con.execute(
                "SELECT reader, source_url, rank FROM store.readers WHERE vendor = ?", [loaded.vendor]
            ).fetchall()
        }
        new = [r for r in loaded.readers.values() if r.id not in was]
        store.insert(self.con, "readers", [(r.id, r.vendor, r.source_url, r.name, r.rank) for r in new])
        for r in loaded.readers.values():
            if r.id in was and was[r.id] != (r.source_url, r.rank):
                self.con.execute(
                    "UPDATE store.readers SET source_url = ?, rank = ? WHERE reader = ?", [r.source_url, r.rank, r.id]
                )


def _looked_at(loaded: Loaded, readings: Sequence[Reading], day: date) -> list[str]:
    """The readers whose readings may say something new, with all others of their pages."""
    new = [r for r in readings if r.reader not in loaded.asleep or not _same_again(loaded.readers[r.reader], r, day)]
    names, pages = {r.reader for r in new}, {r.source_url for r in new}
    return [n for n in loaded.asleep if n in names or loaded.readers[n].source_url in pages]


def _ageing_keys(loaded: Loaded, contested: set[int]) -> set[Known]:
    """The keys that several claims state, or that a page withholds: which of them holds changes with the readings."""
    drafts = {r.id for r in loaded.awake if any(x.outcome == UNPUBLISHED for x in r.reads[-2:])}
    return {(c.table, c.key) for r in loaded.awake for c in r.claims.values() if c.id in contested or r.id in drafts}


def _same_again(reader: Reader, reading: Reading, day: date) -> bool:
    """Whether a reading is of the bytes that the reader read last, by the same code: it says the same, whatever the day."""
    last = reader.reads[-1]
    return (
        last.good and last.day < day and reading.capture is not None and not reading.issues and not reading.redesigned
        and (last.outcome, last.version, last.capture, last.partial, last.sticky)
        == (reading.outcome, reading.version, reading.capture, reading.partial, reading.sticky)
        and (reader.rank, reader.source_url) == (reading.rank, reading.source_url) and reading.published is None
    )  # fmt: skip


def _new_keys(loaded: Loaded, readings: Sequence[Reading]) -> set[Known]:
    """The keys that the readings state and their readers did not."""
    stated = (
        (loaded.readers.get(r.reader), stated_ident(f))
        for r in readings
        if r.outcome == "good"
        for f in (*r.facts, *r.denials)
    )
    return {ident[1:] for reader, ident in stated if reader is None or ident not in reader.claims}


def merge(readings: Sequence[Reading]) -> list[Reading]:
    """One reading per reader of a day: the last complete good one, else all good excerpts together, else the last."""
    by_reader: dict[str, list[Reading]] = {}
    for reading in readings:
        by_reader.setdefault(reading.reader, []).append(reading)
    out = []
    for given in by_reader.values():
        given = sorted(given, key=lambda r: (r.captured_at is not None, str(r.captured_at)))
        if given[-1].outcome == UNPUBLISHED:
            out.append(given[-1])
            continue
        good = [r for r in given if r.outcome == "good"]
        complete = [r for r in good if not r.partial]
        if complete or not (good or given[-1].published):
            out.append(_beside_copies(complete) if complete else given[-1])
            continue
        facts = {f.id: f for r in good for f in r.facts}
        denials = {f.id: f for r in good for f in r.denials if f.id not in facts}
        # Each file of a publisher is one of its own: what is wrong with one stays to be said.
        issues = {i: None for r in given if r.outcome == "good" or r.published for i in r.issues}
        out.append(
            replace(
                (good or given)[-1],
                facts=tuple(facts.values()),
                issues=tuple(issues),
                published=_together(good),
                denials=tuple(denials.values()),
            )
        )
    return out


def _beside_copies(complete: Sequence[Reading]) -> Reading:
    """The last of a day's complete readings; where copies that others made disagree with it, an issue of it says so.

    Versions of one repository follow each other within a day; copies of an archive that differ are of two pages.
    """
    last = complete[-1]
    if len(complete) == 1:
        return last
    stated = {f.id: f for f in last.facts}
    issues = []
    for other in complete[:-1]:
        if not (last.origin or other.origin) or (_git(last) and _git(other)):
            continue
        for fact in other.facts:
            shown = stated.get(fact.id)
            if shown is not None and shown.values != fact.values:
                issues.append(Issue(
                    "conflict", last.vendor, last.source_url,
                    f"two copies of {last.day} disagree on {fact.table} {' / '.join(fact.key.values())}: {shown.quote!r} "
                    f"({last.origin or last.capture}) and {fact.quote!r} ({other.origin or other.capture}); "
                    "put the one that is another page in quarantine", last.reader,
                ))  # fmt: skip
    return replace(last, issues=(*last.issues, *issues)) if issues else last


def _git(reading: Reading) -> bool:
    return reading.origin is not None and reading.origin.startswith("git:")


def _together(readings: Sequence[Reading]) -> Published | None:
    """What the files of a publisher gave, in their order."""
    found = [r.published for r in readings if r.published is not None]
    if not found:
        return None
    return Published(
        tuple(m for p in found for m in p.measurements), tuple(f for p in found for f in p.statements),
        tuple(dict.fromkeys(n for p in found for n in p.unknown)),
    )  # fmt: skip


def standing_facts(reader: Reader) -> tuple[Fact, ...]:
    """What the reader's claims say now, missing ones included, each with the day it was last verified."""
    facts = (facts_of(c, reader) for c in reader.claims.values() if c.open)
    return tuple(f for f in facts if f is not None and f.basis != DENIED)


def stated_ident(fact: Fact) -> Ident:
    """Which claim a fact of a reading is. Raises RecordError for an unknown table."""
    table = TABLES.get(fact.table)
    if table is None:
        raise RecordError(f"{fact.vendor}: unknown table {fact.table!r}; the contract has {', '.join(TABLES)}")
    return fact.source_url, fact.table, tuple(fact.key.get(c, "") for c in key_columns(table))


def stated_fact(fact: Fact, day: date) -> Stated:
    """A fact in the table's column order. Raises RecordError for an unknown table, a missing column or a rounding."""
    table = TABLES.get(fact.table)
    if table is None:
        raise RecordError(f"{fact.vendor}: unknown table {fact.table!r}; the contract has {', '.join(TABLES)}")
    try:
        key = tuple(fact.key[c] for c in key_columns(table))
        values = tuple(_exact(fact, c, fact.values[c]) for c in table.values)
    except KeyError as missing:
        raise RecordError(f"{fact.vendor} {fact.table}: the reader gave no column {missing}") from None
    judged = fact.basis in UNCAPTURED
    return Stated(
        (fact.source_url, fact.table, key),
        values,
        fact.basis,
        fact.quote,
        (fact.verified_on or day) if judged else None,
        fact.since,
    )


def _exact(fact: Fact, column: str, value: Value) -> Value:
    if isinstance(value, Decimal) and value != value.quantize(_NINE_PLACES):
        raise RecordError(f"{fact.vendor} {fact.table}.{column}: {value} has more than nine decimal places")
    return value


def _issue(issue: Issue, day: date) -> _OpenIssue:
    return _OpenIssue(None, issue.kind, issue.vendor, issue.source_url, issue.reader, issue.message, issue.nearest, day)


def _rewind_issue(issue: _OpenIssue, day: date) -> None:
    if issue.first_on >= day:
        issue.dropped = True
    elif issue.closed_on is not None and issue.closed_on >= day:
        issue.closed_on = None


def _joined(issues: list[_OpenIssue]) -> list[_OpenIssue]:
    """A dropped issue that the replay reported again from the same day is the stored one, not a new one."""
    dropped = {(i.identity, i.first_on): i for i in issues if i.dropped and i.issue is not None}
    out = [i for i in issues if not i.dropped]
    for issue in out:
        old = dropped.pop((issue.identity, issue.first_on), None) if issue.issue is None else None
        if old is not None:
            issue.issue = old.issue
    return out + list(dropped.values())


def _naive(at: datetime) -> datetime:
    """UTC without its zone, as DuckDB's TIMESTAMP holds it."""
    if at.tzinfo is None:
        raise RecordError(f"{at} has no time zone: give UTC")
    return (at - (at.utcoffset() or timedelta())).replace(tzinfo=None)
