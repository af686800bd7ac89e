"""One published table as files: Parquet, CSV and JSON Lines. The same rows give the same bytes.

Parquet: ZSTD, sorted, exact decimals, descriptions of the table and its columns in the metadata (of the fields, and as
`columns` of the file, which SQL engines show). CSV and JSON Lines: amounts as exact decimal text, times as RFC 3339
(UTC), null as nothing and as `null`. In CSV, text that a spreadsheet would run as a formula has an apostrophe before it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from sandsnap.escaping import cell
from sandsnap.publish.export.tables import Edition, ExportError, Published
from schemas import Column

SOURCE = "sandsnap: read from the vendors' own public pages; every row names its page and quotes it"
LICENCE = "CC-BY-4.0"
ROW_GROUP = 131_072
FOLDERS = {"parquet": "", "csv": "csv/", "jsonl": "jsonl/"}


@dataclass(frozen=True)
class File:
    """A written file: its path inside the export, its bytes and their hash."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Written:
    """A published table with its files by format (parquet, csv, jsonl)."""

    table: Published
    rows: int
    files: dict[str, File]


def write_table(folder: Path, table: Published, rows: Sequence[tuple[Any, ...]], edition: Edition) -> Written:
    """Write a table's rows in every format below `folder`. Raises ExportError for a row that breaks the contract."""
    frame = _frame(table, rows)
    _check(table, frame)
    text = _as_text(frame)
    paths = {kind: f"{where}{table.name}.{kind}" for kind, where in FOLDERS.items()}
    for path in paths.values():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    _write_parquet(folder / paths["parquet"], table, frame, edition)
    safe = text.with_columns(pl.col(pl.String).map_elements(cell, return_dtype=pl.String))
    safe.write_csv(folder / paths["csv"], null_value="", quote_style="necessary")
    text.write_ndjson(folder / paths["jsonl"])
    return Written(table, len(rows), {kind: digest(folder, path) for kind, path in paths.items()})


def digest(folder: Path, path: str) -> File:
    """Size and SHA-256 of a file of the export."""
    with (folder / path).open("rb") as file:
        return File(path, (folder / path).stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def arrow_schema(table: Published, edition: Edition) -> pa.Schema:
    """The Arrow schema with its metadata."""
    fields = []
    for c in table.columns:
        told = {"description": c.description, "key": "true" if c.key else "false"}
        if c.terms is not None:
            told["terms"] = ", ".join(c.terms)
        fields.append(pa.field(c.name, _arrow(c), c.nullable, told))
    about = {
        "title": f"sandsnap {table.name}",
        "description": table.description,
        "source": SOURCE,
        "license": LICENCE,
        "version": edition.version,
        "contract_version": edition.contract_text,
        "as_of": edition.as_of_text,
        "columns": json.dumps({c.name: c.description for c in table.columns}, ensure_ascii=False),
    }
    if edition.url:
        about["url"] = edition.url
    return pa.schema(fields, about)


def _frame(table: Published, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows as DuckDB gives them: its timestamps have no zone, and all are UTC."""
    naive = {c.name: pl.Datetime("us") if c.kind == "time" else c.polars for c in table.columns}
    frame = pl.DataFrame(rows, schema=naive, orient="row")
    return frame.with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))


def _check(table: Published, frame: pl.DataFrame) -> None:
    again = "read it again with 'sandsnap reread', or mend the entry it comes from"
    for c in table.columns:
        if not c.nullable and (empty := frame[c.name].null_count()):
            row = frame.filter(pl.col(c.name).is_null()).row(0, named=True)
            raise ExportError(
                f"{table.name}.{c.name} may not be empty, but is in {empty} rows, first {_name(table, row)}: {again}"
            )
    if table.key:
        double = frame.filter(frame.select(table.key).is_duplicated())
        if not double.is_empty():
            raise ExportError(f"{table.name} holds {_name(table, double.row(0, named=True))} twice: {again}")


def _name(table: Published, row: dict[str, Any]) -> str:
    return " / ".join(str(row[c]) for c in table.key or [c.name for c in table.columns[:6]])


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Amounts without trailing zeros, times as RFC 3339; other columns as they are."""
    amounts = [
        pl.col(name).cast(pl.String).str.replace(r"(\.\d*?)0+$", "${1}").str.strip_suffix(".")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Decimal)
    ]
    return frame.with_columns(*amounts, pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))


def _write_parquet(path: Path, table: Published, frame: pl.DataFrame, edition: Edition) -> None:
    schema = arrow_schema(table, edition)
    names = [c.name for c in table.columns]
    pq.write_table(
        frame.to_arrow().cast(schema),
        path,
        compression="zstd",
        compression_level=9,
        row_group_size=ROW_GROUP,
        store_decimal_as_integer=True,
        write_page_index=True,
        sorting_columns=[pq.SortingColumn(names.index(name)) for name in table.order],
    )


def _arrow(column: Column) -> pa.DataType:
    return pa.decimal128(*column.digits) if column.kind == "amount" else _ARROW[column.kind]


_ARROW = {
    "text": pa.string(),
    "flag": pa.bool_(),
    "day": pa.date32(),
    "whole": pa.int64(),
    "float": pa.float64(),
    "time": pa.timestamp("us", tz="UTC"),
}
