"""What publishers gave, in and out of the database: measurements as a series, statements as intervals.

Rows are never updated but for known_to; a publisher that is recorded anew from a day on keeps the rows that come out as
they were.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from sandsnap.check.series import Key, key_of
from sandsnap.model import Measurement, Reading
from sandsnap.record.fact_store import keep_told
from sandsnap.record.layout import key_columns
from sandsnap.record.names import Names
from sandsnap.record.timeline import text
from schemas import TABLES

Row = tuple[Any, ...]
LATE = timedelta(days=14)  # a level must have stayed a week before it is told, and a file may be some days late

# Without known_from and known_to.
_COLUMNS: dict[str, dict[str, Any]] = {
    "measurements": {
        "publisher": pl.String, "reader": pl.Int64, "read_on": pl.Date, "vendor": pl.String, "product": pl.String,
        "benchmark": pl.String, "mode": pl.String, "statistic": pl.String, "measured_on": pl.Date,
        "measured_at": pl.Datetime("us"), "value": pl.Decimal(18, 9), "unit": pl.String, "runs": pl.Int64,
        "source_url": pl.String, "capture": pl.Int64,
    },
    "statements": {
        "publisher": pl.String, "reader": pl.Int64, "vendor": pl.String, "product": pl.String, "table": pl.String,
        "key": pl.String, "values": pl.String, "quote": pl.String, "source_url": pl.String, "capture": pl.Int64,
        "valid_from": pl.Date, "valid_to": pl.Date,
    },
    "unwatched": {"publisher": pl.String, "reader": pl.Int64, "read_on": pl.Date, "provider": pl.String},
}  # fmt: skip
_READ_ON = 2  # of measurements and unwatched
_KEY = slice(3, 9)  # of measurements: vendor … measured_on
_RUN = slice(9, 13)  # measured_at, value, unit, runs
_STATED = slice(2, 6)  # of statements: vendor, product, table, key
_SAYS = slice(2, 7)  # and values; another quote of the same is no news
_FROM, _TO = 10, 11


@dataclass
class Series:
    """One publisher's rows in a run: what is taken back, and what the readings give, until `write`."""

    publisher: str
    rewound: dict[int, date] = field(default_factory=dict)  # by reader's number
    given: list[tuple[int, date, Reading]] = field(default_factory=list)
    stored: list[Row] | None = None  # reader, read_on, key, measured_at and value of the medians that are held

    def rewind(self, reader: int, day: date) -> None:
        """Forget what the reader gave from a day on."""
        self.rewound[reader] = min(day, self.rewound.get(reader, day))
        self.given = [g for g in self.given if g[0] != reader or g[1] < day]

    def medians(self, con: duckdb.DuckDBPyConnection) -> dict[Key, list[tuple[datetime, Decimal]]]:
        """The medians of every series, in order of time: those held and not taken back, and those given in this run."""
        if self.stored is None:
            self.stored = con.execute(
                "SELECT reader, read_on, vendor, product, benchmark, mode, measured_at, value FROM store.measurements "
                "WHERE publisher = ? AND statistic = 'p50' AND known_to IS NULL",
                [self.publisher],
            ).fetchall()
        out: dict[Key, list[tuple[datetime, Decimal]]] = {}
        for reader, read_on, *key, at, value in self.stored:
            if not self._taken_back(reader, read_on):
                out.setdefault(tuple(key), []).append((at.replace(tzinfo=UTC), value))
        for m in (m for _, _, r in self.given for m in _of(r) if m.statistic == "p50"):
            out.setdefault(key_of(m), []).append((m.measured_at, m.value))
        return {key: sorted(points) for key, points in out.items()}

    def add(self, reader: int, day: date, reading: Reading) -> None:
        """Take one reading of a publisher's file, days in order."""
        if reading.outcome == "good":
            self.given.append((reader, day, reading))

    def tell(
        self, con: duckdb.DuckDBPyConnection, tell: Callable[[Sequence[Mapping[str, Any]]], Sequence[Any]], known_at: datetime
    ) -> None:  # fmt: skip
        """Have all measurements told as events, and keep what was told. What is one level is seen in a whole series only."""
        done = con.execute("FROM measurements")
        columns = [d[0] for d in done.description or ()]
        told = tell([dict(zip(columns, row, strict=True)) for row in done.fetchall()])
        known = dict(con.execute("SELECT event, backfilled FROM store.told WHERE kind = 'measured'").fetchall())
        con.execute("DELETE FROM store.told WHERE kind = 'measured'")
        for e in told:
            keep_told(con, e, known.get(e.event, known_at.date() - e.day > LATE))

    def write(self, con: duckdb.DuckDBPyConnection, names: Names, known_at: datetime) -> int:
        """Write what differs from what is held; returns how many rows are new."""
        return (
            self._sync(con, "measurements", self._measurements(con, names), known_at)
            + self._sync(con, "statements", self._statements(con, names), known_at)
            + self._sync(con, "unwatched", self._unwatched(con), known_at)
        )

    def _measurements(self, con: duckdb.DuckDBPyConnection, names: Names) -> tuple[set[Row], set[Row]]:
        """(held, now) of the days that are concerned: an append does not look at the others."""
        days = {_naive(m.measured_at).date() for _, _, r in self.given for m in _of(r)}
        span = [min(days), max(days)] if days else [date.max, date.min]
        where = "measured_on BETWEEN ? AND ? OR read_on >= ?"
        held = set(self._held(con, "measurements", where, [*span, self._first()]))
        now = {row for row in held if not self._taken_back(row[1], row[_READ_ON])}
        last: dict[Row, Row] = {}
        for row in sorted(now, key=lambda r: (r[9], r[_READ_ON])):
            last[row[_KEY]] = row
        for reader, day, reading in self.given:
            for m in _of(reading):
                row = self._row(reader, day, m, names)
                before = last.get(row[_KEY])
                if before is None or before[_RUN] != row[_RUN]:
                    now.add(row)
                    if before is None or row[9] >= before[9]:
                        last[row[_KEY]] = row
        return held, now

    def _row(self, reader: int, day: date, m: Measurement, names: Names) -> Row:
        at = _naive(m.measured_at)
        return (
            self.publisher, reader, day, m.vendor, m.product, m.benchmark, m.mode, m.statistic, at.date(), at,
            round(m.value, 9), m.unit, m.runs, m.source_url, names.capture(m.capture, m.source_url, day),
        )  # fmt: skip

    def _statements(self, con: duckdb.DuckDBPyConnection, names: Names) -> tuple[set[Row], set[Row]]:
        held = set(self._held(con, "statements"))
        now: set[Row] = set()
        for row in held:
            back = self.rewound.get(row[1])
            if back is None or (row[_TO] is not None and row[_TO] < back):
                now.add(row)
            elif row[_FROM] < back:
                now.add((*row[:_TO], None))
        standing = {(row[1], row[_STATED]): row for row in now if row[_TO] is None}
        for reader, day, reading in self.given:
            if reading.partial or reading.published is None:
                continue
            stated: dict[tuple[int, Row], Row] = {}
            for f in reading.published.statements:
                key = [f.key[c] for c in key_columns(TABLES[f.table])]
                values = json.dumps({c: text(v) for c, v in f.values.items()})
                capture = names.capture(str(f.capture), f.source_url, day)
                said: Row = (
                    self.publisher, reader, f.vendor, key[0], f.table, " / ".join(key[1:]) or "-", values, f.quote,
                    f.source_url, capture, day, None,
                )  # fmt: skip
                stated[reader, said[_STATED]] = said
            for ident, row in [(i, r) for i, r in standing.items() if i[0] == reader]:
                if ident not in stated or stated[ident][_SAYS] != row[_SAYS]:
                    now.discard(row)
                    if row[_FROM] < day:
                        now.add((*row[:_TO], day))
                    del standing[ident]
            for ident, row in stated.items():
                if ident not in standing:
                    now.add(row)
                    standing[ident] = row
        return held, now

    def _unwatched(self, con: duckdb.DuckDBPyConnection) -> tuple[set[Row], set[Row]]:
        held = set(self._held(con, "unwatched", "read_on >= ?", [self._first()]))
        now = {row for row in held if not self._taken_back(row[1], row[_READ_ON])}
        for reader, day, reading in self.given:
            now |= {(self.publisher, reader, day, n) for n in (reading.published.unknown if reading.published else ())}
        return held, now

    def _first(self) -> date:
        return min((*self.rewound.values(), *(day for _, day, _ in self.given)), default=date.max)

    def _taken_back(self, reader: int, day: date) -> bool:
        return reader in self.rewound and day >= self.rewound[reader]

    def _held(
        self, con: duckdb.DuckDBPyConnection, table: str, where: str = "true", given: Sequence[Any] = ()
    ) -> list[Row]:
        columns = ", ".join(f'"{c}"' for c in _COLUMNS[table])
        return con.execute(
            f"SELECT {columns} FROM store.{table} WHERE publisher = ? AND known_to IS NULL AND ({where})",
            [self.publisher, *given],
        ).fetchall()

    def _sync(
        self, con: duckdb.DuckDBPyConnection, table: str, rows: tuple[set[Row], set[Row]], known_at: datetime
    ) -> int:
        held, now = rows
        columns = _COLUMNS[table]
        same = " AND ".join(f't."{c}" IS NOT DISTINCT FROM gone."{c}"' for c in columns)
        for name, wanted in (("gone", held - now), ("incoming", now - held)):
            if not wanted:
                continue
            frame = pl.DataFrame(sorted(wanted, key=str), schema=columns, orient="row")
            con.register(name, frame)
            if name == "gone":
                con.execute(
                    f"UPDATE store.{table} t SET known_to = ? FROM gone WHERE {same} AND t.known_to IS NULL", [known_at]
                )
            else:
                con.execute(
                    f"INSERT INTO store.{table} BY NAME SELECT *, ?::TIMESTAMP AS known_from FROM incoming", [known_at]
                )
            con.unregister(name)
        return len(now - held)


def _of(reading: Reading) -> Iterable[Measurement]:
    return reading.published.measurements if reading.published else ()


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
