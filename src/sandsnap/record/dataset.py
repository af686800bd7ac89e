"""The dataset for Python: a warehouse file, or the folder of an export, as Polars frames. Read-only, local."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import polars as pl

from sandsnap.record import queries
from sandsnap.record.errors import QueryError
from sandsnap.record.layout import quoted, sql_file
from schemas import TABLES
from schemas.contract import DERIVED, STATE

FAR = datetime(9999, 12, 31, tzinfo=UTC)
DATA = "prices.parquet"  # what every export has


def open(path: str | Path) -> "Dataset":
    """The dataset at `path`: a warehouse (`sandsnap.duckdb`), a home that holds one, or the folder of an export.

    Raises QueryError where there is neither.
    """
    path = Path(path)
    if (path / DATA).is_file():
        return Dataset(_of_export(path), exported=True)
    return Dataset(queries.connect_readonly(path / "sandsnap.duckdb" if path.is_dir() else path))


class Dataset:
    """Facts of all vendors, as they stand or stood. Amounts are exact decimals, days `Date`, times `Datetime` in UTC."""

    def __init__(self, con: duckdb.DuckDBPyConnection, *, exported: bool = False) -> None:
        self.con, self.exported = con, exported
        self._stored = not exported and _holds_stored(con)

    def __enter__(self) -> "Dataset":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self.con.close()

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the contract's tables."""
        return tuple(TABLES)

    def table(
        self, name: str, on: date | None = None, known_at: datetime | None = None, vendor: str | None = None, *,
        sort: bool = True,
    ) -> pl.DataFrame:  # fmt: skip
        """A table of the contract, one row per key: today, on a day, or on a day as the dataset knew it at a time.

        `known_at` without a zone is UTC. Of an export, a past day comes without `verified_on` and `state`. Rows are in the
        order of their keys; with `sort=False` in none, which of many takes less.
        Raises QueryError for a name that is no table.
        """
        if name not in TABLES:
            raise QueryError(f"there is no table {name!r}: use one of {', '.join(TABLES)}")
        self._known(vendor)
        source, given = self._relation(name, on, known_at)
        where = ""
        if vendor is not None:
            given = [*given, vendor]
            where = f" WHERE vendor = ?{len(given)}"
        frame = self._frame(f"SELECT * FROM {source}{where}", given)
        if self._stored:
            named = frame.select("capture").join(self._pages, on="capture", how="left", maintain_order="left")
            frame = frame.with_columns(capture=named["sha256"])
        return frame.sort(TABLES[name].key, nulls_last=True) if sort else frame

    def _relation(self, name: str, on: date | None, known_at: datetime | None) -> tuple[str, list[object]]:
        """What a table of a day is asked of, with its parameters."""
        columns = [c.name for c in (*TABLES[name].columns, *DERIVED)]
        day, at = (
            on or date.max,
            FAR if known_at is None else known_at if known_at.tzinfo else known_at.replace(tzinfo=UTC),
        )
        if self._stored:
            picked, far = ", ".join(f'"{c}"' for c in columns), f"TIMESTAMP '{FAR:%Y-%m-%d}'"
            if known_at is None:
                return f"(SELECT {picked} FROM store.as_stored('{name}', DATE {quoted(str(day))}, {far}))", []
            time = f"store.at(TIMESTAMPTZ '{at.isoformat()}')"
            return (
                f"(SELECT {picked} FROM store.as_stored('{name}', store.day(DATE {quoted(str(day))}, {time}), {time}))",
                [],
            )
        if on is None and known_at is None:
            return name, []
        if not self.exported:
            return f"{name}_known(?1::DATE, ?2::TIMESTAMPTZ)", [day, at]
        picked = ", ".join(f'"{c}"' for c in columns if c not in ("verified_on", STATE.name))
        return (
            f"(SELECT {picked} FROM {name}_history WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) "
            "AND known_from <= ?2 AND (known_to IS NULL OR known_to > ?2))"
        ), [day, at]

    def changes(self, start: date, end: date, vendor: str | None = None) -> pl.DataFrame:
        """How the tables of two days differ: one row per value that they show differently."""
        return self._between("changes", start, end, vendor, 'day, vendor, "table", product, key, field')

    def events(self, start: date, end: date, vendor: str | None = None, min_significance: int = 0) -> pl.DataFrame:
        """What happened at vendors with start < day <= end, each event once, with its significance (0 to 100)."""
        frame = self._between("events", start, end, vendor, "day, significance DESC, vendor, title, event")
        return frame.filter(pl.col("significance") >= min_significance)

    def evidence(
        self, table: str | None = None, vendor: str | None = None, column: str | None = None, key: str | None = None
    ) -> pl.DataFrame:
        """Every value that any page states today, whether it is shown, and why not. `key` as the column has it."""
        self._known(vendor)
        return self._frame(
            'SELECT * FROM evidence WHERE (?1::VARCHAR IS NULL OR "table" = ?1) AND (?2::VARCHAR IS NULL OR vendor = ?2) '
            'AND (?3::VARCHAR IS NULL OR "column" = ?3) AND (?4::VARCHAR IS NULL OR key = ?4) ORDER BY ALL',
            [table, vendor, column, key],
        )

    def sql(self, query: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """The answer to one query that only reads. Raises QueryError in one line for bad SQL."""
        return self._frame(query, list(parameters))

    def _between(self, macro: str, start: date, end: date, vendor: str | None, order: str) -> pl.DataFrame:
        if isinstance(start, date) and isinstance(end, date):
            queries.in_order(start, end)
        self._known(vendor)
        return self._frame(
            f"SELECT * FROM {macro}(?1::DATE, ?2::DATE) WHERE ?3::VARCHAR IS NULL OR vendor = ?3 ORDER BY {order}",
            [start, end, vendor],
        )

    # A file does not change while it is open: its captures and its vendors are asked for once.

    @cached_property
    def _pages(self) -> pl.DataFrame:
        return self._frame("FROM store.pages", [])

    @cached_property
    def _vendors(self) -> list[str]:
        return self._frame("SELECT vendor FROM vendors ORDER BY ALL", [])["vendor"].to_list()

    def _known(self, vendor: str | None) -> None:
        """Raises QueryError for a vendor that the dataset does not have."""
        if vendor is not None and vendor not in self._vendors:
            raise QueryError(f"there is no vendor {vendor!r}: use one of {', '.join(self._vendors)}")

    def _frame(self, query: str, given: Sequence[Any]) -> pl.DataFrame:
        try:
            asked = self.con.sql(query, params=list(given)) if given else self.con.sql(query)
            if asked is None:
                raise QueryError("that is no query: sql only reads")
            return _text(asked)
        except duckdb.Error as error:
            raise QueryError(queries.line(error)) from None


def _holds_stored(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file's views are of a layout that can hand on words as they are stored; one of before is asked for text."""
    try:
        con.execute("SELECT state FROM store.as_stored('prices', DATE '0001-01-01', TIMESTAMP '0001-01-01') LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


def _text(asked: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """What is asked as a frame, ENUMs as text: a code is looked up once here, where DuckDB would copy its word a row."""
    coded = [n for n, kind in zip(asked.columns, asked.types, strict=True) if kind.id == "enum"]
    if not coded:
        plain: pl.DataFrame = asked.pl()
        return plain
    arrow = asked.to_arrow_table()
    frame = pl.from_arrow(arrow.drop_columns(coded))
    assert isinstance(frame, pl.DataFrame)
    words = {}
    for name in coded:
        column = arrow.column(name)
        codes = [pl.Series(chunk.indices) for chunk in column.chunks]
        words[name] = (
            pl.Series(name, column.chunk(0).dictionary).gather(pl.concat(codes))
            if codes
            else pl.Series(name, [], pl.String)
        )
    return frame.with_columns(**words).select(asked.columns)


def _of_export(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection with a view of every Parquet file (`history/prices.parquet` as `prices_history`), and the macros."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for path in sorted(folder.rglob("*.parquet")):
        name = path.stem if path.parent == folder else f"{path.stem}_{path.parent.name}"
        kept = {"changes": "steps_told", "events": "events_told"}.get(name, name)
        con.execute(f'CREATE VIEW "{kept}" AS FROM read_parquet({quoted(str(path))})')
    con.execute(
        'CREATE MACRO steps("from", "to") AS TABLE SELECT * FROM steps_told WHERE day > "from" AND day <= "to"; '
        'CREATE MACRO events("from", "to") AS TABLE SELECT * FROM events_told WHERE day > "from" AND day <= "to"; '
        'CREATE SCHEMA store; CREATE MACRO store.moves("from", "to") AS TABLE SELECT * FROM steps("from", "to")'
    )
    text = sql_file("change_views.sql")
    start = text.index("CREATE OR REPLACE MACRO store.folded(")
    con.execute(text[start : text.index(";", start)])
    key = 'vendor, product, "table", key'
    con.execute(
        f'CREATE MACRO changes("from", "to") AS TABLE SELECT {key}, key_columns, f.* EXCLUDE ({key}) '
        f'FROM store.folded("from", "to") f JOIN (SELECT DISTINCT {key}, key_columns FROM steps_told) USING ({key})'
    )
    con.execute(f"SET allowed_directories = ['{str(folder.resolve()).replace(chr(39), chr(39) * 2)}/']")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con
