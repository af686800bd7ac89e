"""Timelines in and out of the database: load a vendor, and write only the rows that became different.

Replaying days that are already stored therefore writes nothing, and a correction replaces just the rows it corrects.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import duckdb
import polars as pl

from sandsnap.record import ids
from sandsnap.record.fold import Ident, Reader
from sandsnap.record.layout import fact_columns, key_columns
from sandsnap.record.resolve import fact_id
from sandsnap.record.timeline import (
    BACKFILL,
    Absence,
    Citation,
    Claim,
    Event,
    Interval,
    Read,
    differing,
    summary,
    text,
)
from schemas import TABLES

FIELDS: Mapping[str, tuple[str, ...]] = {t.name: t.values for t in TABLES.values()}

Key = tuple[Any, ...]
Rows = dict[Key, tuple[Any, ...]]
KINDS = ("claims", "readings", "absences", "citations", "events")


@dataclass(slots=True)
class Loaded:
    """One vendor in memory. `stored`: its rows by kind, as the database holds them now.

    Of the readers that are `asleep` nothing is in memory but their last reading: what they read in this run is `quiet`, the
    same bytes by the same code, and says nothing new.
    """

    vendor: str
    readers: dict[str, Reader]
    stored: dict[str, Rows]
    known_from: dict[Key, datetime]
    former: dict[tuple[int, Ident], int]  # ids of claims that only replaced rows still hold
    last_day: date | None
    replayed: bool = False
    asleep: set[str] = field(default_factory=set)
    quiet: list[tuple[Reader, Read]] = field(default_factory=list)

    @property
    def awake(self) -> list[Reader]:
        """The readers that are in memory."""
        return [r for name, r in self.readers.items() if name not in self.asleep]


@dataclass(slots=True)
class Names:
    """Numbers of captures and versions; new ones are remembered until they are written.

    A capture's number is made of its sha256 (ids.py); only those that a warehouse of before counted are looked up.
    """

    captures: dict[str, int]
    versions: dict[str, int]
    new_captures: list[tuple[int, str, str, date]] = field(default_factory=list)
    new_versions: list[tuple[int, str]] = field(default_factory=list)

    def capture(self, sha256: str, url: str, day: date) -> int:
        """The number of a capture."""
        if sha256 not in self.captures:
            self.captures[sha256] = ids.number("capture", sha256)
            self.new_captures.append((self.captures[sha256], sha256, url, day))
        return self.captures[sha256]

    def version(self, name: str) -> int:
        """The number of a version."""
        if name not in self.versions:
            self.versions[name] = ids.number("version", name)
            self.new_versions.append((self.versions[name], name))
        return self.versions[name]


@dataclass(slots=True)
class Written:
    """How many rows a run wrote."""

    opened: int = 0
    ended: int = 0
    corrected: int = 0
    changes: int = 0
    readings: int = 0


COUNTED = 2**32  # numbers below were counted


def load_names(con: duckdb.DuckDBPyConnection) -> Names:
    """The numbers in use."""
    captures = con.execute(
        "SELECT lower(hex(sha256)), capture FROM store.captures WHERE capture BETWEEN 0 AND ?", [COUNTED]
    ).fetchall()
    versions = con.execute("SELECT name, version FROM store.versions").fetchall()
    return Names(dict(captures), dict(versions))


def load(con: duckdb.DuckDBPyConnection, vendor: str, names: Names, *, asleep: bool = False) -> Loaded:
    """What is held now about one vendor: everything; or, `asleep`, the last reading of each reader that may have nothing new."""
    found = con.execute(
        "SELECT reader, source_url, name, rank FROM store.readers WHERE vendor = ?", [vendor]
    ).fetchall()
    readers = {name: Reader(i, vendor, url, name, rank) for i, url, name, rank in found}
    loaded = Loaded(vendor, readers, {k: {} for k in KINDS}, {}, {}, None, asleep=set(readers))
    lasts = _last_reads(con, vendor) if asleep else {}
    for reader in readers.values():
        reader.reads = lasts.get(reader.id, [])
    unsettled = _unsettled(con, vendor) if lasts else set()
    wake(con, [(loaded, [r.name for r in readers.values() if r.id not in lasts or r.id in unsettled])], names)
    loaded.last_day = max((r.reads[-1].day for r in readers.values() if r.reads), default=None)
    return loaded


def wake(con: duckdb.DuckDBPyConnection, which: Iterable[tuple[Loaded, Iterable[str]]], names: Names) -> None:
    """Load all that is held of these readers of vendors, where it is not yet; those of all vendors at once."""
    wanted = {
        loaded.readers[n].id: (loaded, loaded.readers[n]) for loaded, ns in which for n in ns if n in loaded.asleep
    }
    if not wanted:
        return
    pending: dict[int, list[Read]] = {}
    for loaded in {loaded.vendor: loaded for loaded, _ in wanted.values()}.values():
        for reader, read in loaded.quiet:
            if reader.id in wanted:
                pending.setdefault(reader.id, []).append(read)
        loaded.quiet = [q for q in loaded.quiet if q[0].id not in wanted]
    con.register("readers_wanted", pl.DataFrame({"reader": list(wanted)}, schema={"reader": pl.Int64}))
    try:
        _load_reads(con, wanted)
        _load_rest(con, _load_facts(con, wanted))
    finally:
        con.unregister("readers_wanted")
    for i, (loaded, reader) in wanted.items():
        loaded.asleep.discard(reader.name)
        for kind, held in rows([reader], names).items():
            loaded.stored[kind] |= held
        reader.reads += pending.get(i, [])


def _last_reads(con: duckdb.DuckDBPyConnection, vendor: str) -> dict[int, list[Read]]:
    found = con.execute(
        "SELECT l.reader, l.day, l.outcome, l.partial, l.sticky, v.name, lower(hex(c.sha256)) FROM store.last_reads l "
        "JOIN store.readers r USING (reader) JOIN store.versions v USING (version) "
        "LEFT JOIN store.captures c ON c.capture = l.capture WHERE r.vendor = ?",
        [vendor],
    ).fetchall()
    return {reader: [Read(*rest)] for reader, *rest in found}


def _unsettled(con: duckdb.DuckDBPyConnection, vendor: str) -> set[int]:
    """The readers whose next reading means something whatever it says: a claim is missing, waits, or is not theirs alone."""
    found = con.execute(
        "SELECT a.reader FROM store.absences a WHERE a.ended_on IS NULL AND a.known_to IS NULL "
        "UNION SELECT w.reader FROM store.waits w WHERE w.vendor = ?1 AND w.known_to IS NULL "
        "UNION SELECT c.reader FROM store.claims c SEMI JOIN store.contested t ON t.claim = c.claim WHERE c.vendor = ?1",
        [vendor],
    ).fetchall()
    return {i for (i,) in found}


def keep_last_reads(con: duckdb.DuckDBPyConnection, loadeds: Collection[Loaded], names: Names) -> None:
    """Keep the last reading of each reader."""
    lasts = [(r, r.reads[-1]) for loaded in loadeds for r in loaded.readers.values() if r.reads]
    con.register("read_now", pl.DataFrame({"reader": [r.id for r, _ in lasts]}, schema={"reader": pl.Int64}))
    con.execute("DELETE FROM store.last_reads WHERE reader IN (SELECT reader FROM read_now)")
    con.unregister("read_now")
    insert(con, "last_reads", [
        (r.id, x.day, x.outcome, x.partial, x.sticky, names.version(x.version),
         names.capture(x.capture, r.source_url, x.day) if x.capture else None)
        for r, x in lasts
    ])  # fmt: skip


def rows(readers: Iterable[Reader], names: Names) -> dict[str, Rows]:
    """Every row that the readers' timelines stand for, by kind and identity."""
    out: dict[str, Rows] = {kind: {} for kind in KINDS}
    for reader in readers:
        last: Read | None = None
        known: str | None = None
        for r in reader.reads:
            version = None if r.version == known else names.version(r.version)
            same = last is not None and r.good and r.capture == last.capture
            capture = None if same or r.capture is None else names.capture(r.capture, reader.source_url, r.day)
            out["readings"][reader.id, r.day] = (r.outcome, r.partial, r.sticky, version, capture)
            last, known = r if r.good else last, r.version
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


def write(
    con: duckdb.DuckDBPyConnection,
    loadeds: Collection[Loaded],
    names: Names,
    known_at: datetime,
    cause: str,
    written: Written,
) -> set[int]:
    """Bring the database to what the vendors' timelines say; returns the claims of which a row is another than before.

    `cause` is given to rows that a replay replaced. All vendors' rows go at once: a statement costs more than its rows.
    """
    awake = [r for loaded in loadeds for r in loaded.awake]
    now = rows(awake, names)
    was: dict[str, Rows] = {
        kind: {k: v for loaded in loadeds for k, v in loaded.stored[kind].items()} for kind in KINDS
    }
    of_claim = {c.id: (r, c) for r in awake for c in r.claims.values()}
    by_vendor = {loaded.vendor: loaded for loaded in loadeds}
    fresh: dict[str, list[tuple[Any, ...]]] = {}
    ends: list[tuple[Any, ...]] = []
    retired: list[Key] = []

    for key, old in was["claims"].items():
        new = now["claims"].get(key)
        if new == old:
            continue
        if new is not None and old[0] is None and new[1:] == old[1:]:
            ends.append((*key, new[0]))
            written.ended += 1
            continue
        retired.append(key)
        written.corrected += 1
    intervals = {(c.id, i.valid_from): i for _, c in of_claim.values() for i in c.intervals}
    for key, new in now["claims"].items():
        old_row = was["claims"].get(key)
        if new == old_row or (old_row is not None and old_row[0] is None and new[1:] == old_row[1:]):
            continue
        reader, claim = of_claim[key[0]]
        i = intervals[key]
        loaded = by_vendor[reader.vendor]
        replaced = loaded.replayed and loaded.last_day is not None and i.valid_from <= loaded.last_day
        fresh.setdefault(claim.table, []).append(
            (loaded.vendor, *claim.key, *i.values, i.basis, claim.source_url, i.quote, i.judged_on, claim.id, reader.id,
             cause if replaced else i.cause, i.valid_from, i.valid_to, known_at, known_at if i.valid_to else None,
             None)
        )  # fmt: skip
        written.opened += 1
    _retire(con, "claims", ("claim", "valid_from"), retired, known_at)
    for table, new_rows in fresh.items():
        insert_claims(con, table, new_rows)
    end(con, ends, known_at)

    for loaded in loadeds:
        if loaded.replayed:
            own = {k: v for k, v in now["claims"].items() if of_claim[k[0]][0].vendor == loaded.vendor}
            mine = {i: rc for i, rc in of_claim.items() if rc[0].vendor == loaded.vendor}
            insert(con, "corrections", list(_corrections(loaded, own, mine, known_at, cause)))
    _write_readings(con, was["readings"], now["readings"], known_at, written)
    _write_absences(con, was["absences"], now["absences"], of_claim, known_at)
    _write_citations(con, was["citations"], now["citations"], known_at)
    _write_events(con, was["events"], now["events"], of_claim, known_at, written)
    quiet = [
        (r.id, x.day, x.outcome, x.partial, x.sticky, None, None, known_at, None)
        for loaded in loadeds
        for r, x in loaded.quiet
    ]
    insert(con, "readings", quiet)
    written.readings += len(quiet)
    for loaded in loadeds:
        loaded.quiet = []
    kinds = ("claims", "absences", "citations")
    return {k[0] for kind in kinds for k in was[kind].keys() | now[kind].keys() if was[kind].get(k) != now[kind].get(k)}


def insert_claims(con: duckdb.DuckDBPyConnection, table: str, new_rows: Sequence[tuple[Any, ...]]) -> None:
    """Append interval rows, oldest first: the order that keeps a scan by day short."""
    frame = pl.DataFrame(list(new_rows), schema=claim_schema(table), orient="row")
    con.register("incoming", frame)
    con.execute(
        f"INSERT INTO store.claims BY NAME SELECT '{table}' AS \"table\", * FROM incoming ORDER BY valid_from, claim"
    )
    con.unregister("incoming")


def claim_schema(table: str) -> dict[str, Any]:
    """Polars schema of the rows of store.claims for one table."""
    contract = TABLES[table]
    columns = {c: contract.by_name[c].polars for c in (*contract.key, *contract.values)}
    return (
        columns
        | {"basis": pl.String, "source_url": pl.String, "quote": pl.String, "judged_on": pl.Date}
        | {"claim": pl.Int64, "reader": pl.Int64, "cause": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}
        | {c: pl.Datetime("us") for c in ("known_from", "ended_at", "known_to")}
    )


def end(con: duckdb.DuckDBPyConnection, ended: Sequence[tuple[Any, ...]], known_at: datetime) -> None:
    """Close open intervals in place: (claim, valid_from, valid_to); ended_at keeps when that became known."""
    if not ended:
        return
    schema = {"claim": pl.Int64, "valid_from": pl.Date, "valid_to": pl.Date}
    con.register("ended", pl.DataFrame(list(ended), schema=schema, orient="row"))
    con.execute(
        "UPDATE store.claims f SET valid_to = ended.valid_to, ended_at = ? FROM ended "
        "WHERE f.claim = ended.claim AND f.valid_from = ended.valid_from AND f.known_to IS NULL",
        [known_at],
    )
    con.unregister("ended")


def _load_reads(con: duckdb.DuckDBPyConnection, by_id: Mapping[int, tuple[Loaded, Reader]]) -> None:
    found = con.execute(
        "SELECT d.reader, d.day, d.outcome, d.partial, d.sticky, v.name, lower(hex(c.sha256)) FROM store.readings d "
        "SEMI JOIN readers_wanted w ON w.reader = d.reader LEFT JOIN store.versions v ON v.version = d.version "
        "LEFT JOIN store.captures c ON c.capture = d.capture WHERE d.known_to IS NULL ORDER BY d.reader, d.day"
    ).fetchall()
    reads: dict[int, list[Read]] = {i: [] for i in by_id}
    last: dict[int, Read] = {}
    for reader, day, outcome, partial, sticky, version, sha in found:
        before, held = last.get(reader), reads[reader]
        if sha is None and outcome == "good" and before is not None:
            sha = before.capture
        read = Read(day, outcome, partial, sticky, held[-1].version if version is None else version, sha)
        held.append(read)
        if read.good:
            last[reader] = read
    for i, (_, held_by) in by_id.items():
        held_by.reads = reads[i]


def _load_facts(con: duckdb.DuckDBPyConnection, by_id: Mapping[int, tuple[Loaded, Reader]]) -> dict[int, Claim]:
    by_claim: dict[int, Claim] = {}
    columns = list(fact_columns())
    places = {t.name: [columns.index(c) for c in (*key_columns(t), *t.values)] for t in TABLES.values()}
    names = ", ".join(f'f."{c}"' for c in columns)
    found = con.execute(
        f'SELECT f."table", f.claim, f.reader, f.source_url, f.basis, f.quote, f.judged_on, f.valid_from, f.valid_to, f.cause, '
        f"f.known_from, f.known_to, {names} FROM store.claims f SEMI JOIN readers_wanted w ON w.reader = f.reader "
        "ORDER BY f.claim, f.valid_from"
    ).fetchall()
    for table, claim_id, reader_id, url, basis, quote, judged_on, start, stop, cause, since, until, *rest in found:
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
    return by_claim


def _load_rest(con: duckdb.DuckDBPyConnection, by_claim: dict[int, Claim]) -> None:
    """Absences, citations and events of these claims."""
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
    for claim, *rest in con.execute(
        'SELECT e.claim, e.day, e.decided_on, e.kind, e.field, e."before", e."after", e.quote_before, e.quote_after, '
        "lower(hex(b.sha256)), lower(hex(a.sha256)) FROM store.events e SEMI JOIN wanted ON wanted.claim = e.claim "
        "LEFT JOIN store.captures b ON b.capture = e.capture_before LEFT JOIN store.captures a ON a.capture = e.capture_after "
        "WHERE e.known_to IS NULL ORDER BY e.claim, e.decided_on, e.day"
    ).fetchall():
        by_claim[claim].events.append(Event(*rest))
    con.unregister("wanted")


def _write_readings(con: duckdb.DuckDBPyConnection, was: Rows, now: Rows, known_at: datetime, written: Written) -> None:
    fresh = sorted((k for k in now if was.get(k) != now[k]), key=lambda k: (k[1], k[0]))
    _retire(con, "readings", ("reader", "day"), [k for k in was if now.get(k) != was[k]], known_at)
    insert(con, "readings", [(*k, *now[k], known_at, None) for k in fresh])
    written.readings += len(fresh)


def _write_absences(
    con: duckdb.DuckDBPyConnection, was: Rows, now: Rows, of_claim: Mapping[int, tuple[Reader, Claim]], at: datetime
) -> None:
    # An absence that went on is updated in place: a day asked for is never later than what was known of it.
    moved = [(*k, *now[k]) for k in was if k in now and now[k] != was[k]]
    if moved:
        schema = {"claim": pl.Int64, "unseen_on": pl.Date, "missing_on": pl.Date, "ended_on": pl.Date}
        con.register("moved", pl.DataFrame(moved, schema=schema | {"removed": pl.Boolean}, orient="row"))
        con.execute(
            "UPDATE store.absences a SET missing_on = m.missing_on, ended_on = m.ended_on, removed = m.removed "
            "FROM moved m WHERE a.claim = m.claim AND a.unseen_on = m.unseen_on AND a.known_to IS NULL"
        )
        con.unregister("moved")
    _retire(con, "absences", ("claim", "unseen_on"), [k for k in was if k not in now], at)
    fresh = [(k[0], of_claim[k[0]][0].id, k[1], *now[k], at, None) for k in now if k not in was]
    insert(con, "absences", sorted(fresh, key=lambda r: (r[2], r[0])))


def _write_citations(con: duckdb.DuckDBPyConnection, was: Rows, now: Rows, at: datetime) -> None:
    _retire(con, "citations", ("claim", "cited_from"), [k for k in was if now.get(k) != was[k]], at)
    fresh = [(*k, *now[k], at, None) for k in now if was.get(k) != now[k]]
    insert(con, "citations", sorted(fresh, key=lambda r: (r[1], r[0])))


def _write_events(
    con: duckdb.DuckDBPyConnection,
    was: Rows,
    now: Rows,
    of_claim: Mapping[int, tuple[Reader, Claim]],
    at: datetime,
    written: Written,
) -> None:
    gone = [k for k in was if now.get(k) != was[k]]
    _retire(con, "events", ("claim", "day", "kind", "field"), gone, at)
    fresh = []
    for k in now:
        if was.get(k) == now[k]:
            continue
        claim_id, day, kind, name = k
        decided_on, *rest = now[k]
        reader, claim = of_claim[claim_id]
        fresh.append(
            (
                day,
                decided_on,
                kind,
                reader.id,
                claim_id,
                claim.table,
                claim.key[0],
                key_text(claim),
                name,
                *rest,
                at,
                None,
            )
        )
    insert(con, "events", sorted(fresh, key=lambda r: (r[0], r[4], r[8])))
    written.changes += len(fresh)


def key_text(claim: Claim) -> str:
    """The key without product, as people read it: 'any / gpu / l40s / -'."""
    return " / ".join(claim.key[1:]) or "-"


Known = tuple[str, tuple[str, ...]]  # table, key with product first


def keys_of(loaded: Loaded, claims: Collection[int]) -> set[Known]:
    """The keys of these claims, of those that are in memory."""
    known = {c.id: (c.table, c.key) for r in loaded.awake for c in r.claims.values()}
    idents = {claim: (ident[1], ident[2]) for (_, ident), claim in loaded.former.items()}
    found = {known.get(c) or idents.get(c) for c in claims}
    return {k for k in found if k is not None}


def _kin(vendor: str, table: str, key: tuple[str, ...]) -> int:
    """What the facts have in common that differ in the plan alone."""
    names = key_columns(TABLES[table])
    return fact_id(vendor, table, tuple("" if n == "plan" else k for n, k in zip(names, key, strict=True)))


def write_keys(con: duckdb.DuckDBPyConnection, loadeds: Collection[Loaded]) -> None:
    """Note which facts the vendors' claims speak of, those of which nothing is noted."""
    claims = [
        (c.id, r.id, loaded.vendor, c.table, c.key)
        for loaded in loadeds
        for r in loaded.awake
        for c in r.claims.values()
        if not loaded.asleep or (c.id, c.intervals[0].valid_from) not in loaded.stored["claims"]
    ]
    if not claims:
        return
    con.register("claims_held", pl.DataFrame({"claim": [c[0] for c in claims]}, schema={"claim": pl.Int64}))
    found = con.execute(
        "SELECT k.claim FROM store.claim_keys k SEMI JOIN claims_held h ON h.claim = k.claim"
    ).fetchall()
    con.unregister("claims_held")
    noted = {c for (c,) in found}
    insert(con, "claim_keys", [
        (claim, reader, fact_id(vendor, table, key), _kin(vendor, table, key))
        for claim, reader, vendor, table, key in claims
        if claim not in noted
    ])  # fmt: skip


def companions(con: duckdb.DuckDBPyConnection, keys: Collection[tuple[str, Known]]) -> list[tuple[int, int, int]]:
    """All claims of these keys (with their vendors), and of those that differ from one in the plan alone: (fact, claim, reader)."""
    kin = {_kin(vendor, *key) for vendor, key in keys}
    con.register("kin_wanted", pl.DataFrame({"kin": list(kin)}, schema={"kin": pl.Int64}))
    found = con.execute(
        "SELECT k.fact, k.claim, k.reader FROM store.claim_keys k SEMI JOIN kin_wanted w ON w.kin = k.kin"
    ).fetchall()
    con.unregister("kin_wanted")
    return found


def write_contested(con: duckdb.DuckDBPyConnection, claims: Iterable[tuple[int, int, int]]) -> None:
    """Remember which of these claims, given with all others of their facts (fact, claim, reader), others state, too."""
    groups: dict[int, set[int]] = {}
    for fact, claim, _ in claims:
        groups.setdefault(fact, set()).add(claim)
    wanted = {c: min(ids) for ids in groups.values() if len(ids) > 1 for c in ids}
    held = dict(con.execute("SELECT claim, contest FROM store.contested").fetchall())
    stale = [(c,) for c, contest in wanted.items() if c in held and held[c] != contest]
    if stale:
        con.executemany("DELETE FROM store.contested WHERE claim = ?", stale)
    insert(con, "contested", sorted((c, contest) for c, contest in wanted.items() if held.get(c) != contest))


def _corrections(
    loaded: Loaded, now: Rows, of_claim: Mapping[int, tuple[Reader, Claim]], at: datetime, cause: str
) -> Iterable[tuple[Any, ...]]:
    """What a replay changed about days that were recorded before: one row per field and span of days."""
    if loaded.last_day is None:
        return
    idents = {claim: (reader, ident) for (reader, ident), claim in loaded.former.items()}
    idents |= {i: (r.id, (c.source_url, c.table, c.key)) for i, (r, c) in of_claim.items()}
    old_spans, new_spans = _spans(loaded.stored["claims"]), _spans(now)
    for claim_id in sorted(old_spans.keys() | new_spans.keys()):
        old, new = old_spans.get(claim_id, []), new_spans.get(claim_id, [])
        if old == new:
            continue
        reader, (_, table, key) = idents[claim_id]
        for start, stop, before, after in _overlap(old, new, loaded.last_day):
            if before is None and cause == BACKFILL:
                continue  # days that nobody had read before: nothing wrong was ever shown
            shown_from = loaded.known_from.get((claim_id, before[0])) if before else None
            for name, left, right in _differences(table, before, after):
                yield (
                    at, cause, reader, claim_id, table, key[0], " / ".join(key[1:]) or "-", name, left, right,
                    start, stop, shown_from, before[3] if before else None, after[3] if after else None,
                )  # fmt: skip


Span = tuple[date, date | None, tuple[Any, ...], str | None]


def _spans(facts: Rows) -> dict[int, list[Span]]:
    out: dict[int, list[Span]] = {}
    for (claim, start), (stop, values, _, quote, _) in sorted(facts.items()):
        out.setdefault(claim, []).append((start, stop, values, quote))
    return out


def _overlap(
    old: list[Span], new: list[Span], last_day: date
) -> Iterable[tuple[date, date | None, Span | None, Span | None]]:
    """Spans of days, up to last_day, on which two timelines disagree; neighbours with the same values are one."""
    far = date.max
    edges = sorted({d for s in (*old, *new) for d in (s[0], s[1] or far) if d <= last_day} | {far})
    pending: tuple[date, date, Span | None, Span | None] | None = None
    for start, stop in pairwise(edges):
        before = next((s for s in old if s[0] <= start < (s[1] or far)), None)
        after = next((s for s in new if s[0] <= start < (s[1] or far)), None)
        if (before and before[2]) == (after and after[2]):
            continue
        if pending and pending[1] == start and pending[2:] == (before, after):
            pending = (pending[0], stop, before, after)
            continue
        if pending:
            yield pending[0], None if pending[1] == far else pending[1], *pending[2:]
        pending = (start, stop, before, after)
    if pending:
        yield pending[0], None if pending[1] == far else pending[1], *pending[2:]


def _differences(table: str, before: Span | None, after: Span | None) -> Iterable[tuple[str, str | None, str | None]]:
    fields = FIELDS[table]
    if before and after:
        yield from ((f, text(a), text(b)) for f, a, b in differing(fields, before[2], after[2]))
        return
    yield (
        "*",
        summary(fields, before[2]) if before else None,
        summary(fields, after[2]) if after else None,
    )


_DUCKDB_TO_POLARS: dict[str, Any] = {
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "DOUBLE": pl.Float64,
    "USMALLINT": pl.UInt16,
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "BOOLEAN": pl.Boolean,
    "TIMESTAMP": pl.Datetime("us"),
    "BLOB": pl.Binary,
}


def write_names(con: duckdb.DuckDBPyConnection, names: Names) -> None:
    """Store the captures and versions that were numbered since the last time."""
    if names.new_captures:
        schema = {"capture": pl.Int64, "sha256": pl.Binary, "url": pl.String, "first_on": pl.Date}
        fresh = [(i, bytes.fromhex(sha), url, day) for i, sha, url, day in names.new_captures]
        con.register("incoming", pl.DataFrame(fresh, schema=schema, orient="row"))
        con.execute(
            "INSERT INTO store.captures SELECT * FROM incoming ANTI JOIN store.captures c ON c.capture = incoming.capture"
        )
        con.unregister("incoming")
    insert(con, "versions", names.new_versions)
    names.new_captures, names.new_versions = [], []


def insert(con: duckdb.DuckDBPyConnection, table: str, new_rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows to a table of the store, in the order of its columns."""
    if not new_rows:
        return
    described = con.execute(f"SELECT * FROM store.{table} LIMIT 0").description
    schema = {d[0]: _DUCKDB_TO_POLARS[str(d[1])] for d in described}
    con.register("incoming", pl.DataFrame(list(new_rows), schema=schema, orient="row"))
    con.execute(f"INSERT INTO store.{table} SELECT * FROM incoming")
    con.unregister("incoming")


def _retire(
    con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...], keys: Sequence[Key], at: datetime
) -> None:
    """Set known_to on the rows that hold now under these keys."""
    if not keys:
        return
    described = con.execute(f"SELECT {', '.join(columns)} FROM store.{table} LIMIT 0").description
    schema = {d[0]: _DUCKDB_TO_POLARS[str(d[1])] for d in described}
    con.register("gone", pl.DataFrame(list(keys), schema=schema, orient="row"))
    same = " AND ".join(f't."{c}" = gone."{c}"' for c in columns)
    con.execute(f"UPDATE store.{table} t SET known_to = ? FROM gone WHERE {same} AND t.known_to IS NULL", [at])
    con.unregister("gone")
