"""Timelines in and out of the database: load a vendor, and write only the rows that became different.

Replaying days that are already stored therefore writes nothing, and a correction replaces just the rows it corrects.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import duckdb
import polars as pl

from sandsnap.record import fact_store, ids
from sandsnap.record.fold import Ident, Reader
from sandsnap.record.layout import fact_columns, key_columns
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
    """One vendor in memory. `stored`: its rows by kind, as the database holds them now."""

    vendor: str
    readers: dict[str, Reader]
    stored: dict[str, Rows]
    known_from: dict[Key, datetime]
    former: dict[tuple[int, Ident], int]  # ids of claims that only replaced rows still hold
    last_day: date | None
    replayed: bool = False


@dataclass(slots=True)
class Names:
    """Numbers of captures and versions; new ones are remembered until they are written."""

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


def load_names(con: duckdb.DuckDBPyConnection) -> Names:
    """The numbers in use."""
    captures = con.execute("SELECT lower(hex(sha256)), capture FROM store.captures").fetchall()
    versions = con.execute("SELECT name, version FROM store.versions").fetchall()
    return Names(dict(captures), dict(versions))


def load(con: duckdb.DuckDBPyConnection, vendor: str, names: Names, *, bulk: bool = False) -> Loaded:
    """Everything that is held now about one vendor; in `bulk` only the claims that its last readings did not state."""
    by_id: dict[int, Reader] = {
        i: Reader(i, vendor, url, name, rank)
        for i, url, name, rank in con.execute(
            "SELECT reader, source_url, name, rank FROM store.readers WHERE vendor = ?", [vendor]
        ).fetchall()
    }
    shas = {i: sha for sha, i in names.captures.items()}
    _load_reads(con, vendor, by_id, shas, {i: name for name, i in names.versions.items()})
    loaded = Loaded(vendor, {r.name: r for r in by_id.values()}, {}, {}, {}, None)
    by_claim = _load_facts(con, loaded, by_id, UNSEEN if bulk else "")
    _load_rest(con, by_claim, shas)
    loaded.stored = rows(loaded, names)
    days = [r.reads[-1].day for r in by_id.values() if r.reads]
    loaded.last_day = max(days, default=None)
    return loaded


def rows(loaded: Loaded, names: Names) -> dict[str, Rows]:
    """Every row that the vendor's timelines stand for, by kind and identity."""
    out: dict[str, Rows] = {kind: {} for kind in KINDS}
    for reader in loaded.readers.values():
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
    loaded: Loaded,
    names: Names,
    known_at: datetime,
    cause: str,
    written: Written,
    *,
    bulk: bool = False,
) -> None:
    """Bring the database to what the timelines say. `cause` is given to rows that a replay replaced."""
    now, was = rows(loaded, names), loaded.stored
    of_claim = {c.id: (r, c) for r in loaded.readers.values() for c in r.claims.values()}
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

    if loaded.replayed:
        corrections = list(_corrections(loaded, now["claims"], of_claim, known_at, cause))
        insert(con, "corrections", corrections)
    _write_readings(con, was["readings"], now["readings"], known_at, written)
    _write_absences(con, was["absences"], now["absences"], of_claim, known_at)
    _write_citations(con, was["citations"], now["citations"], known_at)
    _write_events(con, was["events"], now["events"], of_claim, known_at, written)
    if not bulk:
        _write_contested(con, loaded)
        fact_store.write(con, loaded, names, known_at)


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


def _load_reads(
    con: duckdb.DuckDBPyConnection,
    vendor: str,
    by_id: dict[int, Reader],
    shas: dict[int, str],
    versions: dict[int, str],
) -> None:
    found = con.execute(
        "SELECT d.reader, d.day, d.outcome, d.partial, d.sticky, d.version, d.capture FROM store.readings d "
        "JOIN store.readers r USING (reader) WHERE r.vendor = ? AND d.known_to IS NULL ORDER BY d.reader, d.day",
        [vendor],
    ).fetchall()
    last: dict[int, Read] = {}
    for reader, day, outcome, partial, sticky, version, capture in found:
        before, reads = last.get(reader), by_id[reader].reads
        sha = shas[capture] if capture is not None else None
        if sha is None and outcome == "good" and before is not None:
            sha = before.capture
        read = Read(day, outcome, partial, sticky, reads[-1].version if version is None else versions[version], sha)
        reads.append(read)
        if read.good:
            last[reader] = read


UNSEEN = (
    " AND claim NOT IN (SELECT claim FROM store.claims WHERE valid_to IS NULL AND known_to IS NULL AND claim NOT IN "
    "(SELECT claim FROM store.absences WHERE ended_on IS NULL AND known_to IS NULL))"
)


def _load_facts(
    con: duckdb.DuckDBPyConnection, loaded: Loaded, by_id: dict[int, Reader], condition: str
) -> dict[int, Claim]:
    by_claim: dict[int, Claim] = {}
    columns = list(fact_columns())
    places = {t.name: [columns.index(c) for c in (*key_columns(t), *t.values)] for t in TABLES.values()}
    names = ", ".join(f'"{c}"' for c in columns)
    found = con.execute(
        f'SELECT "table", claim, reader, source_url, basis, quote, judged_on, valid_from, valid_to, cause, known_from, '
        f"known_to, {names} FROM store.claims WHERE vendor = ?{condition} "
        "ORDER BY claim, valid_from",
        [loaded.vendor],
    ).fetchall()
    for table, claim_id, reader_id, url, basis, quote, judged_on, start, stop, cause, since, until, *rest in found:
        fact = [rest[i] for i in places[table]]
        keys = len(key_columns(TABLES[table]))
        key = tuple(fact[:keys])
        ident = (url, table, key)
        loaded.former[reader_id, ident] = claim_id
        if until is not None:
            continue
        claim = by_claim.get(claim_id)
        if claim is None:
            claim = by_claim[claim_id] = Claim(claim_id, url, table, key)
            by_id[reader_id].claims[ident] = claim
        claim.intervals.append(Interval(start, stop, tuple(fact[keys:]), basis, quote, judged_on, cause))
        loaded.known_from[claim_id, start] = since
    return by_claim


def _load_rest(con: duckdb.DuckDBPyConnection, by_claim: dict[int, Claim], shas: dict[int, str]) -> None:
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
    for claim, day, decided_on, kind, name, *texts, before, after in con.execute(
        "SELECT claim, day, decided_on, kind, field, before, after, quote_before, quote_after, capture_before, "
        "capture_after FROM store.events SEMI JOIN wanted USING (claim) WHERE known_to IS NULL "
        "ORDER BY claim, decided_on, day"
    ).fetchall():
        left, right, quote_left, quote_right = texts
        event = Event(
            day, decided_on, kind, name, left, right, quote_left, quote_right, shas.get(before), shas.get(after)
        )
        by_claim[claim].events.append(event)
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


def _write_contested(con: duckdb.DuckDBPyConnection, loaded: Loaded) -> None:
    groups: dict[Key, list[int]] = {}
    for reader in loaded.readers.values():
        for claim in reader.claims.values():
            groups.setdefault((claim.table, claim.key), []).append(claim.id)
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
    insert(con, "captures", [(i, bytes.fromhex(sha), url, day) for i, sha, url, day in names.new_captures])
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
