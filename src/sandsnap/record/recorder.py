"""Days of readings into the warehouse: in order, or again from a day on. The only way facts are stored."""

import gc
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from sandsnap.check.series import in_its_unit
from sandsnap.model import Fact, Fetched, Reading, Value, Wait
from sandsnap.read.publishers import publishers
from sandsnap.record import (
    catalogue,
    claim_keys,
    cost_store,
    fact_store,
    ids,
    issue_store,
    layout,
    load,
    names,
    store,
    wait_store,
)  # fmt: skip
from sandsnap.record.claim_keys import Known
from sandsnap.record.errors import RecordError
from sandsnap.record.fold import Ident, Reader, Stated, miss, pending_removals, see, step
from sandsnap.record.load import Loaded, wake
from sandsnap.record.merged import merge
from sandsnap.record.names import Names
from sandsnap.record.resolve import fact_id
from sandsnap.record.rows import insert
from sandsnap.record.series import Series
from sandsnap.record.stated import standing_facts, stated_fact, stated_ident
from sandsnap.record.store import Written
from sandsnap.record.timeline import BACKFILL, CORRECTION, FIELDS, UNPUBLISHED, Claim, Read, rewind
from sandsnap.record.writer import Writer
from schemas.vocabulary import DENIED

Waiting = Mapping[tuple[str, tuple[str, str, tuple[str, ...]]], Wait]  # by (reader, fact id)
Gate = Callable[[str, date, Mapping[str, tuple[Fact, ...]], Sequence[Reading], Waiting], Sequence[Reading]]
"""(vendor, day, the vendor's standing facts by reader, the day's readings, its open waits) -> the readings to record."""

Tell = Callable[[Sequence[Mapping[str, object]], Mapping[tuple[str, date], Sequence[str]]], Sequence[object]]
"""All steps of whole vendors (rows of `steps`) -> the events they are, with the fields of store.told."""

TellMeasured = Callable[[Sequence[Mapping[str, object]]], Sequence[object]]
"""All measurements -> the events they are, with the fields of store.told."""

ENDING = ("gpus", "notices")  # the tables that say that something ends: their facts bear on others
TELLING = ("good", "gone")  # the outcomes of readings that say something of the facts


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
            with _uncollected():
                recorder.day(day, readings)
            if on_day is not None:
                on_day(day)
        writer.step("folded")
        with _uncollected():
            result = recorder.finish()
        writer.touched = recorder.touched
        return result


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: rows have none, and looking through all that a process holds costs more than writing them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


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
        self.names: Names = names.load(con)
        self.vendors: dict[str, Loaded] = {}
        self.issues: dict[str, list[issue_store.OpenIssue]] = {}
        self.waits: dict[str, wait_store.Waits] = {}
        self.origins: list[tuple[str, bytes, date, str]] = []
        self.rewound: dict[str, date] = {}
        self.series: dict[str, Series] = {}
        self.last: date | None = None
        self.vendor_days = 0
        self.touched: Collection[int] = ()
        if layout.outdated(con):  # a warehouse of layout 1: facts are made of every claim it holds
            found = con.execute("SELECT DISTINCT vendor FROM store.readers ORDER BY 1").fetchall()
            self._load((vendor for (vendor,) in found), whole=True)
        self._load(replace_from, whole=True)
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
        self._load(merged)
        looked = [(self.vendors[v], _looked_at(self.vendors[v], given, day)) for v, given in merged.items()]
        wake(self.con, looked, self.names)
        for vendor, given in merged.items():
            self._vendor_day(vendor, day, given)

    def finish(self) -> RunResult:
        """Write what became different, and the run itself."""
        written = Written()
        cause = CORRECTION if self.run.kind == "reread" else BACKFILL
        loadeds = list(self.vendors.values())
        self._write_readers()
        told = store.timelines(loadeds, self.names)
        moved = self.touched = told.moved
        resolved = self._write_facts(loadeds, moved, told)
        store.write(self.con, loadeds, self.names, told, resolved.alone, self.known_at, cause, written)
        wait_store.write(self.con, loadeds, self.waits, self.known_at)
        for series in self.series.values():
            series.write(self.con, self.names, self.known_at)
        names.write(self.con, self.names)
        for vendor, day in self.rewound.items():
            self.con.execute("DELETE FROM store.origins WHERE vendor = ? AND day >= ?", [vendor, day])
        insert(self.con, "origins", self.origins)
        cost_store.write(self.con, self.vendors, self.known_at, resolved.moved)
        catalogue.write(self.con, self.vendors)
        if self.tell is not None:
            # On a quiet day nothing; what is told in other words by a newer version is told anew by a reread.
            live = self.run.kind == "snapshot"
            for vendor in fact_store.moved(self.con, self.known_at) if live else self.vendors:
                fact_store.write_told(self.con, vendor, self.tell, self.known_at, live)
        for series in self.series.values():
            if self.tell_measured is not None:
                series.tell(self.con, self.tell_measured, self.known_at)
        opened, closed = issue_store.write(self.con, self.issues)
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
        insert(self.con, "fetches", [(self.run.id, f.vendor, *at, *astuple(f)[1:]) for f in self.run.fetched])
        return result

    def _write_facts(self, loadeds: Sequence[Loaded], moved: set[int], told: store.Timelines) -> fact_store.Written:
        """Resolve the facts of which a claim moved, and those that age with every reading (all of a vendor that is loaded whole)."""
        claim_keys.write(self.con, loadeds)
        contested = {c for (c,) in self.con.execute("SELECT claim FROM store.contested").fetchall()}
        whole: list[Loaded] = []
        part: list[tuple[Loaded, set[Known]]] = []
        for loaded in loadeds:
            keys = claim_keys.keys_of(loaded, moved) | _ageing_keys(loaded, contested)
            # What ends may end anything.
            if loaded.replayed or not loaded.asleep or any(table in ENDING for table, _ in keys):
                whole.append(loaded)
            elif keys:
                part.append((loaded, keys))
        wake(self.con, [(loaded, list(loaded.asleep)) for loaded in whole], self.names)
        every = [(w, {(c.table, c.key) for r in w.awake for c in r.claims.values()}) for w in whole]
        found = claim_keys.companions(self.con, [(w.vendor, key) for w, keys in (*every, *part) for key in keys])
        claim_keys.write_contested(self.con, found)
        # Whether the kin of a key bears on it is asked only where several claims state it.
        several = Counter(fact for fact, *_ in found)
        asked = {fact_id(p.vendor, *key) for p, keys in part for key in keys} | {f for f, n in several.items() if n > 1}
        kins = {kin for fact, _, _, kin in found if several[fact] > 1}
        stating = {reader for fact, _, reader, kin in found if fact in asked or kin in kins}
        if part:
            tables = ", ".join(f"'{t}'" for t in ENDING)
            ending = f'SELECT DISTINCT reader FROM store.claims WHERE "table" IN ({tables}) AND known_to IS NULL'
            stating |= {reader for (reader,) in self.con.execute(ending).fetchall()}
        wake(self.con, [(p, [n for n, r in p.readers.items() if r.id in stating]) for p, _ in part], self.names)
        wanted: list[fact_store.Wanted] = [(w, None, ()) for w in whole]
        spoken = {claim for fact, claim, *_ in found if fact in asked}
        for loaded, _ in part:
            own = {r.id for r in loaded.readers.values()}
            again = {(c.table, c.key) for r in loaded.awake for c in r.claims.values() if c.id in spoken}
            wanted.append((loaded, again, {fact for fact, _, reader, _ in found if reader in own and fact in asked}))
        return fact_store.write(self.con, wanted, told, self.names, self.known_at)

    def _load(self, vendors: Iterable[str], whole: bool = False) -> None:
        """Load those vendors that are not: all at once, as a statement costs more than its rows."""
        new = [v for v in vendors if v not in self.vendors]
        if new:
            self.vendors |= load.load(self.con, new, self.names, asleep=not whole)
            self.waits |= wait_store.load(self.con, new)
            self.issues |= issue_store.load(self.con, new)

    def _rewind(self, vendor: str, day: date) -> None:
        loaded = self.vendors[vendor]
        wake(self.con, [(loaded, list(loaded.asleep))], self.names, whole=True)
        loaded.replayed = True
        self.rewound[vendor] = day
        self.waits[vendor].rewind(day)
        for reader in loaded.readers.values():
            self._rewind_reader(reader, day)
        del loaded.days[bisect_left(loaded.days, day) :]
        for issue in self.issues[vendor]:
            issue_store.rewind(issue, day)

    def _rewind_reader(self, reader: Reader, day: date) -> None:
        if reader.vendor in publishers():
            self._series(reader.vendor).rewind(reader.id, day)
        pending = pending_removals(reader, day, FIELDS)
        for claim in reader.claims.values():
            rewind(claim, day, pending)
        reader.claims = {ident: c for ident, c in reader.claims.items() if c.intervals}
        reader.rewind(day)

    def _series(self, publisher: str) -> Series:
        return self.series.setdefault(publisher, Series(publisher))

    def _vendor_day(self, vendor: str, day: date, readings: list[Reading]) -> None:
        loaded = self.vendors[vendor]
        self.vendor_days += 1
        self._new_day(loaded, day)
        quiet, given = self._told_apart(loaded, readings)
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
        said = [[stated_fact(f, day) for f in (*r.denials, *r.facts)] if r.outcome in TELLING else [] for r in given]
        today = {(s.ident, s.values) for stated in said for s in stated if s.basis != DENIED}
        for reading, stated in zip(given, said, strict=True):
            self._reading(loaded, reading, day, {s.ident: s for s in stated}, today)
        for reading in quiet:
            reader = loaded.readers[reading.reader]
            reader.add(reader.spans[-1].on(day), goes_on=day in loaded.new_days)
        loaded.readings += len(quiet)
        readings = [*given, *quiet]
        made_elsewhere = ((vendor, bytes.fromhex(r.capture), day, r.origin) for r in readings if r.origin and r.capture)
        self.origins += dict.fromkeys(made_elsewhere)
        issue_store.look(self.issues[vendor], day, readings)

    def _new_day(self, loaded: Loaded, day: date) -> None:
        """Note that the vendor was looked at on that day. Raises RecordError for one before its last."""
        if loaded.days and day < loaded.days[-1]:
            raise RecordError(
                f"{loaded.vendor}: {day} comes after {loaded.days[-1]} was recorded; "
                f"record it with replace_from={{{loaded.vendor!r}: {day}}} and all later days"
            )
        if day not in loaded.days[-1:]:
            loaded.days.append(day)
            loaded.new_days.add(day)

    def _told_apart(self, loaded: Loaded, readings: list[Reading]) -> tuple[list[Reading], list[Reading]]:
        """The readings that say again what their readers said last, being of the same bytes; and the others, whose readers are
        loaded (see day), now with all that state what they state anew."""
        given = [r for r in readings if r.reader not in loaded.asleep]
        if loaded.asleep and (new := _new_keys(loaded, given)):
            facts = {fact_id(loaded.vendor, *key) for key in new}
            found = claim_keys.companions(self.con, [(loaded.vendor, key) for key in new])
            stating = {reader for fact, _, reader, _ in found if fact in facts}
            wake(self.con, [(loaded, [n for n, r in loaded.readers.items() if r.id in stating])], self.names)
        quiet = [r for r in readings if r.reader in loaded.asleep]
        return quiet, [r for r in readings if r.reader not in loaded.asleep]

    def _again(self, loaded: Loaded, reading: Reading, day: date) -> bool:
        """Whether to record the reading: a day given again replaces itself, unless it only failed this time."""
        reader = loaded.readers.get(reading.reader)
        last = reader.last if reader is not None else None
        if reader is None or last is None or last.day < day:
            return True
        if last.good and reading.outcome not in ("good", UNPUBLISHED):
            return False
        loaded.again[reader.id, day] = last.said
        self._rewind_reader(reader, day)
        for issue in self.issues[loaded.vendor]:
            if issue.reader == reading.reader or (issue.reader is None and issue.source_url == reading.source_url):
                issue_store.rewind(issue, day)
        return True

    def _reading(
        self, loaded: Loaded, reading: Reading, day: date, stated: Mapping[Ident, Stated],
        today: set[tuple[Ident, tuple[Value, ...]]],
    ) -> None:  # fmt: skip
        """Apply one reading, which states this. `today`: all that the vendor's readings state on the day, by any reader."""
        reader = self._reader(loaded, reading)
        if reading.published is not None:
            self._series(reading.vendor).add(reader.id, day, reading)
        read = Read(day, reading.outcome, reading.partial, reading.sticky, reading.version, reading.capture)
        if read.tells:
            at = step(reader, read)
            for ident, now in stated.items():
                claim = reader.claims.get(ident)
                if claim is None:
                    claim = self._claim(loaded, reader, now)
                before = not claim.open and self._stated_before(loaded, reader, now)
                see(reader, claim, now, at, FIELDS[claim.table], stated_before=before)
            # What a page of dated entries no longer says has scrolled off: it is unseen, and never gone.
            lacking = replace(at, read=replace(read, partial=True)) if reading.log else at
            settled = {stated_fact(f, day).ident for f in reading.let_go}
            for ident, claim in reader.claims.items():
                # What another reader finds on the same page has not gone from the page.
                elsewhere = claim.open and (ident, claim.intervals[-1].values) in today
                if ident not in stated and claim.open and (ident in settled or not elsewhere):
                    miss(reader, claim, lacking, FIELDS[claim.table], settled=ident in settled)
        was = loaded.again.get((reader.id, day))
        reader.add(read, goes_on=was is not None or day in loaded.new_days)
        loaded.readings += was != read.said

    def _reader(self, loaded: Loaded, reading: Reading) -> Reader:
        reader = loaded.readers.get(reading.reader)
        if reader is None:
            reader = Reader(
                ids.reader(loaded.vendor, reading.reader),
                loaded.vendor,
                reading.source_url,
                reading.reader,
                reading.rank,
                loaded.days,
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

    def _write_readers(self) -> None:
        found = self.con.execute(
            "SELECT reader, source_url, rank FROM store.readers WHERE list_contains(?, vendor)", [list(self.vendors)]
        ).fetchall()
        was = {i: (url, rank) for i, url, rank in found}
        readers = [r for loaded in self.vendors.values() for r in loaded.readers.values()]
        new = [(r.id, r.vendor, r.source_url, r.name, r.rank) for r in readers if r.id not in was]
        insert(self.con, "readers", new)
        for r in readers:
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
    drafts = {r.id for r in loaded.awake if any(s.read.outcome == UNPUBLISHED for s in r.spans[-2:])}
    return {(c.table, c.key) for r in loaded.awake for c in r.claims.values() if c.id in contested or r.id in drafts}


def _same_again(reader: Reader, reading: Reading, day: date) -> bool:
    """Whether a reading is of the bytes that the reader read last, by the same code: it says the same, whatever the day."""
    last = reader.last
    return (
        last is not None and last.good and last.day < day and reading.capture is not None and not reading.issues and not reading.redesigned
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


def _naive(at: datetime) -> datetime:
    """UTC without its zone, as DuckDB's TIMESTAMP holds it."""
    if at.tzinfo is None:
        raise RecordError(f"{at} has no time zone: give UTC")
    return (at - (at.utcoffset() or timedelta())).replace(tzinfo=None)
