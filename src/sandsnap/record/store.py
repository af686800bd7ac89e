"""Timelines into the database: only the rows that became different are written.

Replaying days that are already stored therefore writes nothing, and a correction replaces just the rows it corrects.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl

from sandsnap.record import words
from sandsnap.record.corrections import corrections
from sandsnap.record.fold import Reader
from sandsnap.record.load import KINDS, Loaded, rows, rows_of_readings
from sandsnap.record.names import Names
from sandsnap.record.resolve import fact_id
from sandsnap.record.rows import Key, Rows, insert, retire
from sandsnap.record.timeline import Claim
from schemas import TABLES


@dataclass(slots=True)
class Written:
    """How many rows a run wrote."""

    opened: int = 0
    ended: int = 0
    corrected: int = 0
    changes: int = 0
    readings: int = 0


@dataclass(frozen=True, slots=True)
class Timelines:
    """What is to be written of these readers' claims: `was` and `now`, their rows by kind. `fresh`: rows of claims that are new, or
    replace others; `recaused`: those of them that a replay replaced, and that therefore have its cause."""

    readers: Sequence[Reader]
    was: Mapping[str, Rows]
    now: Mapping[str, Rows]
    fresh: Set[Key]
    recaused: Set[Key]

    def stays(self, place: Key) -> bool:
        """Whether a row of a claim that was held stays, or only ends."""
        return place not in self.was["claims"] or (place in self.now["claims"] and place not in self.fresh)

    @property
    def moved(self) -> set[int]:
        """The claims of which a row is another than before."""
        was, now = self.was, self.now
        kinds = ("claims", "absences", "citations")
        keys = ((kind, k) for kind in kinds for k in was[kind].keys() | now[kind].keys())
        return {k[0] for kind, k in keys if was[kind].get(k) != now[kind].get(k)}


def timelines(loadeds: Collection[Loaded], names: Names) -> Timelines:
    """What the vendors' timelines say, beside what is held of them."""
    awake = [r for loaded in loadeds for r in loaded.awake]
    now = rows(awake, names)
    was: dict[str, Rows] = {
        kind: {k: v for loaded in loadeds for k, v in loaded.stored[kind].items()} for kind in KINDS
    }
    fresh = {k for k, new in now["claims"].items() if not _kept(was["claims"].get(k), new)}
    replayed = {w.vendor: w.last_day for w in loadeds if w.replayed}
    recaused = {
        (c.id, i.valid_from)
        for r in awake
        if (last := replayed.get(r.vendor)) is not None
        for c in r.claims.values()
        for i in c.intervals
        if i.valid_from <= last
    }
    return Timelines(awake, was, now, fresh, recaused & fresh)


def _kept(old: tuple[Any, ...] | None, new: tuple[Any, ...] | None) -> bool:
    """Whether a row stays, or only ends: in place."""
    return old is not None and new is not None and (old == new or (old[0] is None and new[1:] == old[1:]))


def write(
    con: duckdb.DuckDBPyConnection, loadeds: Collection[Loaded], names: Names, told: Timelines, alone: Collection[Key],
    known_at: datetime, cause: str, written: Written,
) -> None:  # fmt: skip
    """Bring the database to what the timelines say. `alone`: the fresh rows that the tables show as they are.

    `cause` is given to rows that a replay replaced. All vendors' rows go at once: a statement costs more than its rows.
    """
    was, now = told.was, told.now
    of_claim = {c.id: (r, c) for r in told.readers for c in r.claims.values()}
    new_rows: dict[str, list[tuple[Any, ...]]] = {}
    ends: list[tuple[Any, ...]] = []
    retired: list[Key] = []

    for key, old in was["claims"].items():
        new = now["claims"].get(key)
        if new == old:
            continue
        if new is not None and _kept(old, new):
            ends.append((*key, new[0]))
            written.ended += 1
            continue
        retired.append(key)
        written.corrected += 1
    for claim_id, (reader, claim) in of_claim.items():
        for i in claim.intervals:
            key = claim_id, i.valid_from
            if key not in told.fresh:
                continue
            new_rows.setdefault(claim.table, []).append(
                (reader.vendor, *claim.key, *i.values, i.basis, claim.source_url, i.quote, i.judged_on, claim.id, reader.id,
                 cause if key in told.recaused else i.cause, i.valid_from, i.valid_to, known_at, known_at if i.valid_to else None,
                 None, fact_id(reader.vendor, claim.table, claim.key), key in alone, None)
            )  # fmt: skip
            written.opened += 1
    retire(con, "claims", ("claim", "valid_from"), retired, known_at)
    for table, given in new_rows.items():
        insert_claims(con, table, given)
    end(con, ends, known_at)

    for loaded in loadeds:
        if loaded.replayed:
            own = {k: v for k, v in now["claims"].items() if of_claim[k[0]][0].vendor == loaded.vendor}
            mine = {i: rc for i, rc in of_claim.items() if rc[0].vendor == loaded.vendor}
            insert(con, "corrections", list(corrections(loaded, own, mine, known_at, cause)))
    _write_days(con, loadeds, known_at)
    _write_readings(con, loadeds, names, known_at, written)
    _write_absences(con, was["absences"], now["absences"], of_claim, known_at)
    _write_citations(con, was["citations"], now["citations"], known_at)
    _write_events(con, was["events"], now["events"], of_claim, known_at, written)


def insert_claims(con: duckdb.DuckDBPyConnection, table: str, new_rows: Sequence[tuple[Any, ...]]) -> None:
    """Append interval rows, oldest first, and of one day as their pages have them: the order that keeps a scan by day short,
    the rows of a page together, and the file small."""
    frame = pl.DataFrame(list(new_rows), schema=claim_schema(table), orient="row").sort(
        "valid_from", maintain_order=True
    )
    frame = frame.with_columns(pl.lit(table).alias("table"))
    words.admit(con, frame)
    con.register("incoming", frame)
    con.execute("INSERT INTO store.claims BY NAME SELECT * FROM incoming")
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
        | {"fact": pl.Int64, "alone": pl.Boolean, "alone_to": pl.Datetime("us")}
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


def _write_days(con: duckdb.DuckDBPyConnection, loadeds: Collection[Loaded], known_at: datetime) -> None:
    gone = [(w.vendor, d) for w in loadeds if w.replayed for d in sorted({*w.held_days} - {*w.days})]
    retire(con, "days", ("vendor", "day"), gone, known_at)
    new = [(w.vendor, d, known_at, None) for w in loadeds for d in sorted({*w.days} - {*w.held_days})]
    insert(con, "days", new)


def _write_readings(
    con: duckdb.DuckDBPyConnection, loadeds: Collection[Loaded], names: Names, known_at: datetime, written: Written
) -> None:
    """Readings that end are closed in place: until then the days told of them. Others are replaced."""
    closed, retired, fresh = [], [], []
    for loaded in loadeds:
        last, was = loaded.last_day, loaded.stored["readings"]
        now: Rows = {}
        for reader in loaded.readers.values():
            now |= rows_of_readings(reader, names, loaded.days[-1] if loaded.days else None)
        for key, old in was.items():
            new = now.get(key)
            if new is None or (new != old and not _closed(old, new, last)):
                retired.append(key)
            elif new != old:
                closed.append((*key, new[0]))
        fresh += [
            (*k, *v, known_at, None) for k, v in now.items() if was.get(k) != v and not _closed(was.get(k), v, last)
        ]
        written.readings += _differing(loaded, was, now) if loaded.replayed else loaded.readings
    if closed:
        schema = {"reader": pl.Int64, "day": pl.Date, "until": pl.Date}
        con.register("closed", pl.DataFrame(closed, schema=schema, orient="row"))
        con.execute(
            "UPDATE store.readings r SET until = c.until FROM closed c "
            "WHERE r.reader = c.reader AND r.day = c.day AND r.known_to IS NULL"
        )
        con.unregister("closed")
    retire(con, "readings", ("reader", "day"), retired, known_at)
    insert(con, "readings", sorted(fresh, key=lambda r: (r[1], r[0])))


def _closed(old: tuple[Any, ...] | None, new: tuple[Any, ...], last: date | None) -> bool:
    """Whether readings that went on ended on the last day that was held, or later: which takes no day back."""
    if old is None or old[0] is not None or new[0] is None or last is None:
        return False
    return bool(old[1:] == new[1:] and new[0] >= last)


def _differing(loaded: Loaded, was: Rows, now: Rows) -> int:
    """How many readings of a vendor that was recorded anew are new, or others than before."""

    def each(rows: Rows, days: Sequence[date]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        return {
            (reader, d): tuple(said)
            for (reader, day), (until, *said) in rows.items()
            for d in days[bisect_left(days, day) : bisect_right(days, until or days[-1])]
        }

    before = each(was, loaded.held_days)
    return sum(before.get(k) != said for k, said in each(now, loaded.days).items())


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
    retire(con, "absences", ("claim", "unseen_on"), [k for k in was if k not in now], at)
    fresh = [(k[0], of_claim[k[0]][0].id, k[1], *now[k], at, None) for k in now if k not in was]
    insert(con, "absences", sorted(fresh, key=lambda r: (r[2], r[0])))


def _write_citations(con: duckdb.DuckDBPyConnection, was: Rows, now: Rows, at: datetime) -> None:
    retire(con, "citations", ("claim", "cited_from"), [k for k in was if now.get(k) != was[k]], at)
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
    retire(con, "events", ("claim", "day", "kind", "field"), gone, at)
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
