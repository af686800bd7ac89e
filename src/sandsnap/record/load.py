"""Vendors' timelines out of the database: all of one, or of it only what may have something new to say."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import polars as pl

from sandsnap.record.fold import Ident, Reader
from sandsnap.record.layout import key_columns
from sandsnap.record.names import Names
from sandsnap.record.rows import Key, Rows
from sandsnap.record.timeline import Absence, Citation, Claim, Event, Interval, Read, Readings
from schemas import TABLES

KINDS = ("claims", "readings", "absences", "citations", "events")


@dataclass(slots=True)
class Loaded:
    """One vendor in memory. `stored`: its rows by kind, as the database holds them now.

    Of the readers that are `asleep` nothing is in memory but their last readings: what they read in this run is the same bytes
    by the same code, and says nothing new. `days`: those recorded of the vendor; `held_days`: as the database holds them now.
    """

    vendor: str
    readers: dict[str, Reader]
    stored: dict[str, Rows]
    known_from: dict[Key, datetime]
    shown: set[Key]  # the rows of claims that the tables show as they are
    former: dict[tuple[int, Ident], int]  # ids of claims that only replaced rows still hold
    days: list[date]
    held_days: tuple[date, ...]
    replayed: bool = False
    asleep: set[str] = field(default_factory=set)
    new_days: set[date] = field(default_factory=set)  # recorded in this run for the first time, or again
    again: dict[tuple[int, date], tuple[object, ...]] = field(
        default_factory=dict
    )  # readings given again: what they were
    readings: int = 0  # how many are new

    @property
    def last_day(self) -> date | None:
        """The last day that the database holds."""
        return self.held_days[-1] if self.held_days else None

    @property
    def awake(self) -> list[Reader]:
        """The readers that are in memory."""
        return [r for name, r in self.readers.items() if name not in self.asleep]


def load(
    con: duckdb.DuckDBPyConnection, vendors: Collection[str], names: Names, *, asleep: bool = False
) -> dict[str, Loaded]:
    """What is held now about these vendors: everything; or, `asleep`, the last reading of each reader that may have nothing new."""
    given = [list(vendors)]
    out = {v: Loaded(v, {}, {k: {} for k in KINDS}, {}, set(), {}, [], ()) for v in vendors}
    for vendor, day in con.execute(
        "SELECT vendor, day FROM store.days WHERE list_contains(?, vendor) AND known_to IS NULL ORDER BY day", given
    ).fetchall():
        out[vendor].days.append(day)
    for loaded in out.values():
        loaded.held_days = tuple(loaded.days)
    for vendor, i, url, name, rank in con.execute(
        "SELECT vendor, reader, source_url, name, rank FROM store.readers WHERE list_contains(?, vendor)", given
    ).fetchall():
        out[vendor].readers[name] = Reader(i, vendor, url, name, rank, out[vendor].days)
        out[vendor].asleep.add(name)
    lasts = _readings(con, out.values(), names, last_only=True) if asleep else {}
    unsettled = _unsettled(con, given) if lasts else set()
    for loaded in out.values():
        for reader in loaded.readers.values():
            reader.spans = lasts.get(reader.id, [])
            loaded.stored["readings"] |= rows_of_readings(reader, names, loaded.last_day)
    wake(
        con,
        [(w, [r.name for r in w.readers.values() if r.id not in lasts or r.id in unsettled]) for w in out.values()],
        names,
        whole=not asleep,
    )
    return out


def wake(
    con: duckdb.DuckDBPyConnection, which: Iterable[tuple[Loaded, Iterable[str]]], names: Names, *, whole: bool = False
) -> None:
    """Load what is held of these readers of vendors, where it is not yet; those of all vendors at once. All of it, to take back
    days; or, without `whole`, no events but those that another reading of the last day may take back."""
    wanted = {
        loaded.readers[n].id: (loaded, loaded.readers[n]) for loaded, ns in which for n in ns if n in loaded.asleep
    }
    if not wanted:
        return
    con.register("readers_wanted", pl.DataFrame({"reader": list(wanted)}, schema={"reader": pl.Int64}))
    try:
        spans = _readings(con, {w.vendor: w for w, _ in wanted.values()}.values(), names)
        lasts = [w.last_day for w, _ in wanted.values() if w.last_day]
        _load_rest(con, _load_facts(con, wanted), date.min if whole else min(lasts, default=date.min))
    finally:
        con.unregister("readers_wanted")
    for i, (loaded, reader) in wanted.items():
        loaded.asleep.discard(reader.name)
        since, reader.spans = reader.spans, spans.get(i, [])
        for kind, held in rows([reader], names).items():
            loaded.stored[kind] |= held
        loaded.stored["readings"] |= rows_of_readings(reader, names, loaded.last_day)
        if since:  # the last readings, and what was read in this run
            reader.spans[-1:] = since


def _readings(
    con: duckdb.DuckDBPyConnection, loadeds: Iterable[Loaded], names: Names, *, last_only: bool = False
) -> dict[int, list[Readings]]:
    """By reader, all its readings that hold now (of the readers wanted), or its last ones (of the vendors)."""
    last = {loaded.vendor: loaded.held_days[-1] for loaded in loadeds if loaded.held_days}
    known = {number: name for name, number in names.versions.items()}
    query, given = "SEMI JOIN readers_wanted w ON w.reader = d.reader", list[list[str]]()
    if last_only:
        query, given = (
            "SEMI JOIN (SELECT reader, max(day) AS day FROM store.readings WHERE known_to IS NULL GROUP BY reader) m "
            "ON m.reader = d.reader AND m.day = d.day WHERE list_contains(?, r.vendor)",
            [list(last)],
        )
    found = con.execute(
        "SELECT r.vendor, d.reader, d.day, d.until, d.outcome, d.partial, d.sticky, d.version, d.capture, lower(hex(c.sha256)) "
        "FROM (FROM store.readings WHERE known_to IS NULL) d JOIN store.readers r ON r.reader = d.reader "
        f"LEFT JOIN store.captures c ON c.capture = d.capture {query} ORDER BY d.reader, d.day",
        given,
    ).fetchall()
    out: dict[int, list[Readings]] = {}
    for vendor, reader, day, until, outcome, partial, sticky, version, capture, sha in found:
        if sha is not None:
            names.captures[sha] = capture
        read = Read(day, outcome, partial, sticky, known[version], sha)
        out.setdefault(reader, []).append(Readings(read, until or last[vendor]))
    return out


def _unsettled(con: duckdb.DuckDBPyConnection, vendors: list[list[str]]) -> set[int]:
    """The readers whose next reading means something whatever it says: a claim is missing, waits, or is not theirs alone."""
    found = con.execute(
        "SELECT a.reader FROM store.absences a WHERE a.ended_on IS NULL AND a.known_to IS NULL "
        "UNION SELECT w.reader FROM store.waits w WHERE list_contains(?, w.vendor) AND w.known_to IS NULL "
        "UNION SELECT k.reader FROM store.claim_keys k SEMI JOIN store.contested t ON t.claim = k.claim",
        vendors,
    ).fetchall()
    return {i for (i,) in found}


def rows_of_readings(reader: Reader, names: Names, last_day: date | None) -> Rows:
    """The rows that the reader's readings stand for, where the last day of its vendor is this: until then they go on."""
    return {
        (reader.id, s.read.day): (
            None if s.last == last_day else s.last, s.read.outcome, s.read.partial, s.read.sticky,
            names.version(s.read.version),
            names.capture(s.read.capture, reader.source_url, s.read.day) if s.read.capture else None,
        )
        for s in reader.spans
    }  # fmt: skip


def rows(readers: Iterable[Reader], names: Names) -> dict[str, Rows]:
    """Every row that the timelines of the readers' claims stand for, by kind and identity."""
    out: dict[str, Rows] = {kind: {} for kind in KINDS}
    for reader in readers:
        for claim in reader.claims.values():
            for i in claim.intervals:
                out["claims"][claim.id, i.valid_from] = (i.valid_to, i.values, i.basis, i.quote, i.judged_on)
            for a in claim.absences:
                out["absences"][claim.id, a.unseen_on] = (a.missing_on, a.ended_on, a.removed)
            for c in claim.citations:
                out["citations"][claim.id, c.day] = (c.basis, c.quote, c.judged_on)
            for e in claim.events:
                before, after = (
                    names.capture(s, reader.source_url, e.day) if s else None
                    for s in (e.capture_before, e.capture_after)
                )
                content = (e.decided_on, e.before, e.after, e.quote_before, e.quote_after, before, after)
                out["events"][claim.id, e.day, e.kind, e.field] = content
    return out


def _load_facts(con: duckdb.DuckDBPyConnection, by_id: Mapping[int, tuple[Loaded, Reader]]) -> dict[int, Claim]:
    by_claim: dict[int, Claim] = {}
    held = con.execute(
        'SELECT DISTINCT c."table" FROM store.claims c SEMI JOIN readers_wanted w ON w.reader = c.reader'
    ).fetchall()
    tables = [TABLES[t] for (t,) in held]
    # Only these: each column that is read costs, however empty it is.
    columns = list(dict.fromkeys(c for t in tables for c in (*key_columns(t), *t.values)))
    places = {t.name: [columns.index(c) for c in (*key_columns(t), *t.values)] for t in tables}
    names = "".join(f', f."{c}"' for c in columns)
    found = con.execute(
        'SELECT f."table", f.claim, f.reader, f.source_url, f.basis, f.quote, f.judged_on, f.valid_from, f.valid_to, f.cause, '
        f"f.known_from, f.known_to, f.alone AND f.alone_to IS NULL{names} FROM store.claims f "
        "SEMI JOIN readers_wanted w ON w.reader = f.reader ORDER BY f.claim, f.valid_from"
    ).fetchall()
    for (
        table,
        claim_id,
        reader_id,
        url,
        basis,
        quote,
        judged_on,
        start,
        stop,
        cause,
        since,
        until,
        shown,
        *rest,
    ) in found:
        fact = [rest[i] for i in places[table]]
        keys = len(key_columns(TABLES[table]))
        key = tuple(fact[:keys])
        ident = (url, table, key)
        loaded, holder = by_id[reader_id]
        loaded.former[reader_id, ident] = claim_id
        if until is not None:
            continue
        claim = by_claim.get(claim_id)
        if claim is None:
            claim = by_claim[claim_id] = Claim(claim_id, url, table, key)
            holder.claims[ident] = claim
        claim.intervals.append(Interval(start, stop, tuple(fact[keys:]), basis, quote, judged_on, cause))
        loaded.known_from[claim_id, start] = since
        if shown:
            loaded.shown.add((claim_id, start))
    return by_claim


def _load_rest(con: duckdb.DuckDBPyConnection, by_claim: dict[int, Claim], since: date) -> None:
    """Absences, citations and events of these claims; of the events those decided since, and those of claims that are missing."""
    con.register("wanted", pl.DataFrame({"claim": list(by_claim)}, schema={"claim": pl.Int64}))
    for claim, *rest in con.execute(
        "SELECT claim, unseen_on, missing_on, ended_on, removed FROM store.absences SEMI JOIN wanted USING (claim) "
        "WHERE known_to IS NULL ORDER BY claim, unseen_on"
    ).fetchall():
        by_claim[claim].absences.append(Absence(*rest))
    for claim, *rest in con.execute(
        "SELECT claim, cited_from, basis, quote, judged_on FROM store.citations SEMI JOIN wanted USING (claim) "
        "WHERE known_to IS NULL ORDER BY claim, cited_from"
    ).fetchall():
        by_claim[claim].citations.append(Citation(*rest))
    con.unregister("wanted")
    missing = {i: c for i, c in by_claim.items() if c.absence is not None}
    if missing and since > date.min:
        _load_events(con, missing, "decided_on < ?", since)
    _load_events(con, by_claim, "decided_on >= ?", since)


def _load_events(con: duckdb.DuckDBPyConnection, by_claim: Mapping[int, Claim], where: str, since: date) -> None:
    con.register("wanted", pl.DataFrame({"claim": list(by_claim)}, schema={"claim": pl.Int64}))
    for claim, *rest in con.execute(
        'SELECT e.claim, e.day, e.decided_on, e.kind, e.field, e."before", e."after", e.quote_before, e.quote_after, '
        "lower(hex(b.sha256)), lower(hex(a.sha256)) FROM store.events e SEMI JOIN wanted ON wanted.claim = e.claim "
        "LEFT JOIN store.captures b ON b.capture = e.capture_before LEFT JOIN store.captures a ON a.capture = e.capture_after "
        f"WHERE e.known_to IS NULL AND e.{where} ORDER BY e.claim, e.decided_on, e.day",
        [since],
    ).fetchall():
        by_claim[claim].events.append(Event(*rest))
    con.unregister("wanted")
