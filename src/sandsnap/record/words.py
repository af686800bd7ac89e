"""Columns of few words in a large warehouse: as ENUMs they are read three times faster, and handed on without their text.

An ENUM reads, compares and joins as text everywhere; only a word that it does not have cannot be written. So whoever writes
rows has their words admitted first. A small warehouse keeps text: there it costs nothing, and each new word would.
"""

import duckdb
import polars as pl

from sandsnap.record.layout import quoted
from schemas import TABLES
from schemas.contract import STATE
from schemas.vocabulary import BASES, DENIED

INTERVALS = ("claims", "resolved")  # the tables of the store that are read by the hundred thousand rows
LARGE = 50_000  # rows of claims from which on it pays
MOST = 16_384  # words of a column; with more of them text is smaller
WORDED = tuple(dict.fromkeys((
    "table", "source_url", "cause",
    *(c.name for t in TABLES.values() for c in t.columns if c.kind == "text" and (c.key or c.terms)),
)))  # fmt: skip
# What is said of a fact, as a query makes it: of one type however large the warehouse.
BASIS = (*BASES, DENIED)
STATES = STATE.terms or ()


def settle(con: duckdb.DuckDBPyConnection) -> None:
    """Turn the columns of few words into ENUMs, once, in a warehouse that has become large."""
    rows = con.execute(f"SELECT count(*) FROM store.{INTERVALS[0]}").fetchall()[0][0]
    if rows < LARGE or _settled(con):
        return
    for column in WORDED:
        found = " UNION ".join(f'SELECT "{column}" AS word FROM store.{t}' for t in INTERVALS)
        words = [w for (w,) in con.execute(f"SELECT word FROM ({found}) WHERE word IS NOT NULL ORDER BY 1").fetchall()]
        if 0 < len(words) <= MOST:
            _retype(con, column, list(BASIS) if column == "basis" else words)


def admit(con: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Make room for the words of rows that are about to be written into one of INTERVALS."""
    for column, words in _worded(con).items():
        if column in rows.columns and (new := set(rows[column].drop_nulls().unique()) - set(words)):
            _retype(con, column, [*words, *sorted(new)])


def kind_of(words: tuple[str, ...] | list[str]) -> str:
    """The type of a column that holds these words, as SQL writes it: text where they are too many."""
    return f"ENUM({', '.join(map(quoted, words))})" if len(words) <= MOST else "VARCHAR"


def _settled(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether there are ENUMs: the column that is always among them tells, at a fifth of the cost of asking all."""
    found = con.execute(f'SELECT typeof("table") FROM store.{INTERVALS[0]} LIMIT 1').fetchall()
    return any(kind.startswith("ENUM") for (kind,) in found)


def _worded(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The words of each column that is an ENUM now, in their order."""
    if not _settled(con):
        return {}
    table = con.sql(f"SELECT * FROM store.{INTERVALS[0]} LIMIT 0")
    columns = [name for name, kind in zip(table.columns, table.types, strict=True) if kind.id == "enum"]
    ranges = ", ".join(f'enum_range("{c}")' for c in columns)
    found = con.execute(f"SELECT {ranges} FROM store.{INTERVALS[0]} LIMIT 1").fetchall()[0]
    return dict(zip(columns, found, strict=True))


def _retype(con: duckdb.DuckDBPyConnection, column: str, words: list[str]) -> None:
    """The same words for all tables, so that their rows can stand in one column."""
    for table in INTERVALS:
        con.execute(f'ALTER TABLE store.{table} ALTER COLUMN "{column}" TYPE {kind_of(words)}')
