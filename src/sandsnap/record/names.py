"""Numbers of captures and versions, in and out of the database."""

from dataclasses import dataclass, field
from datetime import date

import duckdb
import polars as pl

from sandsnap.record import ids
from sandsnap.record.rows import insert


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


COUNTED = 2**32  # numbers below were counted


def load(con: duckdb.DuckDBPyConnection) -> Names:
    """The numbers in use."""
    captures = con.execute(
        "SELECT lower(hex(sha256)), capture FROM store.captures WHERE capture BETWEEN 0 AND ?", [COUNTED]
    ).fetchall()
    versions = con.execute("SELECT name, version FROM store.versions").fetchall()
    return Names(dict(captures), dict(versions))


def write(con: duckdb.DuckDBPyConnection, names: Names) -> None:
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
