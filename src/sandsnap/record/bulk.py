"""Readings of very many facts as frames: what did not change is never looked at row by row.

The rules are those of `fold`; only the rows that differ from the last reading reach them. Two equally ordered frames
are compared by position, which costs a tenth of a join; any other order falls back to the join.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl

from sandsnap.record import ids
from sandsnap.record.fold import Ident, Reader, Stated, Step, miss
from sandsnap.record.layout import key_columns
from sandsnap.record.store import FIELDS, Loaded
from sandsnap.record.timeline import COVERAGE, Claim, Interval
from schemas import TABLES


@dataclass(frozen=True)
class BulkReading:
    """A complete good reading as one frame per table: key columns (without vendor), value columns, quote; basis read.

    Every frame has the contract's types. Not for quoted or judged facts, excerpts, the gate or a replay: use `Reading`.
    """

    vendor: str
    source_url: str
    reader: str
    version: str
    capture: str
    frames: Mapping[str, pl.DataFrame]
    rank: int = 0


@dataclass
class BulkState:
    """Per reader and table, the rows of the last reading with their claim and valid_from; and rows to be appended."""

    seen: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)
    opened: list[tuple[str, pl.DataFrame]] = field(default_factory=list)


def load(con: duckdb.DuckDBPyConnection, reader: Reader) -> dict[tuple[str, str], pl.DataFrame]:
    """What the reader's last reading stated, by table, in the order of the claims."""
    out = {}
    tables = con.execute('SELECT DISTINCT "table" FROM store.claims WHERE reader = ?', [reader.id]).fetchall()
    for (name,) in tables:
        columns = ", ".join(f'f."{c}"' for c in (*key_columns(TABLES[name]), *FIELDS[name]))
        out[reader.name, name] = con.sql(
            f"SELECT {columns}, CASE WHEN c.claim IS NULL THEN f.quote ELSE c.quote END AS quote, "
            f"f.claim, f.valid_from "
            f"FROM store.claims f LEFT JOIN store.cited(DATE '9999-12-31', TIMESTAMP '9999-12-31') c "
            f"ON c.claim = f.claim AND c.cited_from > f.valid_from "
            f'WHERE f."table" = ? AND f.reader = ? AND f.valid_to IS NULL AND f.known_to IS NULL AND f.claim NOT IN '
            f"(SELECT claim FROM store.absences WHERE ended_on IS NULL AND known_to IS NULL) ORDER BY f.claim",
            params=[name, reader.id],
        ).pl()
    return out


def apply(
    state: BulkState, loaded: Loaded, reader: Reader, reading: BulkReading, at: Step
) -> Iterator[tuple[Claim | None, Stated]]:
    """Apply a reading: misses at once; yields (claim or None for a new one, what is stated) for `see`."""
    own = (loaded.vendor, reader.name, reading.source_url)
    for name, frame in reading.frames.items():
        keys, values = key_columns(TABLES[name]), FIELDS[name]
        frame = frame.select(*keys, *values, "quote")
        seen = state.seen.get((reader.name, name))
        if seen is None:
            new = frame.with_columns(
                pl.Series(
                    "claim", [ids.claim(*own, name, key) for key in frame.select(keys).iter_rows()], dtype=pl.Int64
                ),
                pl.lit(at.day).alias("valid_from"),
            )
            state.opened.append((name, _rows(new, name, reader, reading)))
            state.seen[reader.name, name] = new
            continue
        if frame.height == seen.height and all((frame[k] == seen[k]).all() for k in keys):
            both, fresh, gone = frame.with_columns(seen["claim"], seen["valid_from"]), None, None
            before = seen
        else:
            both = frame.join(seen.select(*keys, "claim", "valid_from"), on=keys, how="left", maintain_order="left")
            fresh = both.filter(pl.col("claim").is_null())
            gone = seen.join(frame, on=keys, how="anti")
            both = both.filter(pl.col("claim").is_not_null())
            before = both.select(*keys).join(seen, on=keys, how="left", maintain_order="left")
        changed = (
            pl.Series([False]).extend_constant(False, both.height - 1)
            if both.height
            else pl.Series([], dtype=pl.Boolean)
        )
        for column in (*values, "quote"):
            changed |= both[column].ne_missing(before[column])
        picked = changed.arg_true()
        for old, new_row in zip(before[picked].iter_rows(), both[picked].iter_rows(), strict=True):
            ident = (reading.source_url, name, tuple(new_row[: len(keys)]))
            yield _claim(loaded, reader, ident, old, len(keys)), _stated(ident, new_row, len(keys))
        known = set() if gone is None else {row[: len(keys)] for row in gone.iter_rows()}
        returned: set[Ident] = set()
        new_rows = [] if fresh is None else list(fresh.iter_rows())
        for new_row in new_rows:
            ident = (reading.source_url, name, tuple(new_row[: len(keys)]))
            returned.add(ident)
            yield reader.claims.get(ident), _stated(ident, new_row, len(keys))
        if gone is not None:
            for old in gone.iter_rows():
                ident = (reading.source_url, name, tuple(old[: len(keys)]))
                miss(reader, _claim(loaded, reader, ident, old, len(keys)), at, values)
        for ident, claim in reader.claims.items():
            if ident[1] == name and claim.open and claim.absence and ident not in returned and ident[2] not in known:
                miss(reader, claim, at, values)
        if new_rows:
            numbers = [reader.claims[reading.source_url, name, tuple(r[: len(keys)])].id for r in new_rows]
            assert fresh is not None
            numbered = fresh.with_columns(
                pl.Series("claim", numbers, dtype=pl.Int64), pl.lit(at.day).alias("valid_from")
            )
            both = pl.concat([both, numbered])
        state.seen[reader.name, name] = both


def write(con: duckdb.DuckDBPyConnection, state: BulkState, known_at: datetime) -> int:
    """Append what was opened in bulk; returns the number of rows."""
    for name, frame in state.opened:
        con.register("incoming", frame)
        con.execute(
            f"INSERT INTO store.claims BY NAME "
            f"SELECT '{name}' AS \"table\", *, ?::TIMESTAMP AS known_from FROM incoming",
            [known_at],
        )
        con.unregister("incoming")
    count = sum(frame.height for _, frame in state.opened)
    state.opened.clear()
    return count


def write_contested(con: duckdb.DuckDBPyConnection, vendor: str) -> None:
    """Find the keys that several readers of the vendor state."""
    columns = list(dict.fromkeys(c for t in TABLES.values() for c in t.key))
    keys = ", ".join(f'"{c}"' for c in columns)
    con.execute(
        f"INSERT INTO store.contested SELECT DISTINCT claim, contest FROM (SELECT claim, "
        f"min(claim) OVER w AS contest, max(claim) OVER w AS last FROM store.claims WHERE vendor = ? "
        f'WINDOW w AS (PARTITION BY "table", {keys})) WHERE contest <> last '
        f"AND claim NOT IN (SELECT claim FROM store.contested)",
        [vendor],
    )


def _rows(frame: pl.DataFrame, name: str, reader: Reader, reading: BulkReading) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(reading.vendor).alias("vendor"),
        pl.lit("read").alias("basis"),
        pl.lit(reading.source_url).alias("source_url"),
        pl.lit(reader.id, dtype=pl.Int64).alias("reader"),
        pl.lit(COVERAGE).alias("cause"),
    )


def _claim(loaded: Loaded, reader: Reader, ident: Ident, row: tuple[Any, ...], keys: int) -> Claim:
    """The claim of a row of the last reading; its stored form is remembered, so that only differences are written."""
    claim = reader.claims.get(ident)
    if claim is None:
        *values, quote, number, valid_from = row[keys:]
        claim = Claim(number, *ident, [_interval(valid_from, tuple(values), quote)])
        loaded.stored["claims"][number, valid_from] = (None, tuple(values), "read", quote, None)
        reader.claims[ident] = claim
    return claim


def _interval(valid_from: date, values: tuple[Any, ...], quote: str | None) -> Interval:
    return Interval(valid_from, None, values, "read", quote, None, COVERAGE)


def _stated(ident: Ident, row: tuple[Any, ...], keys: int) -> Stated:
    *values, quote = row[keys:-2]
    return Stated(ident, tuple(values), "read", quote, None)
