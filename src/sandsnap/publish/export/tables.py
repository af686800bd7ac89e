"""What an export publishes: every table with its columns, in order, and the SELECT that fills it.

The columns are a promise: tests/published_columns.json holds those of each contract version, and a test compares.
Everything is asked through sandsnap.record.queries; DuckDB sorts, so that the same warehouse gives the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sandsnap.publish.export.columns import (
    CHANGES,
    CLAIMS,
    CONFLICTS,
    DAY,
    ENDED,
    EVENTS,
    EVIDENCE,
    HELD,
    INTERVAL,
    PRODUCTS,
    READINGS,
    VENDORS,
    column,
)  # fmt: skip
from sandsnap.record import queries
from schemas import CITATION, SERIES, TABLES, Column, Table
from schemas.contract import DERIVED

HISTORY = "history/"


@dataclass(frozen=True)
class Published:
    """One table of an export. `name` is its path without suffix; `source` is what its SELECT is FROM.

    `stored_as`: columns that are another expression there. `first`: what it is sorted by before the other columns
    (default: its key).
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    source: str
    stored_as: Mapping[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that are unique together; empty where none are."""
        return tuple(c.name for c in self.columns if c.key)

    @property
    def order(self) -> tuple[str, ...]:
        """All columns as it is sorted by them: rows that are equal in all of them are equal."""
        lead = self.first or self.key
        return (*lead, *(c.name for c in self.columns if c.name not in lead))

    @property
    def query(self) -> str:
        """The SELECT that fills it: exactly these columns, sorted."""
        picked = ", ".join(f'{self.stored_as.get(c.name, _quoted(c.name))} AS "{c.name}"' for c in self.columns)
        return f"SELECT {picked} FROM {self.source} ORDER BY {', '.join(map(_quoted, self.order))}"

    @property
    def slug(self) -> str:
        """The name where a slash cannot stand."""
        return self.name.replace("/", "-")


@dataclass(frozen=True)
class Edition:
    """Which state of the dataset an export is: `as_of` is the last run's known_at, never the time of the export."""

    contract: int
    as_of: datetime
    first_on: date
    last_on: date
    vendors: tuple[str, ...]
    url: str | None = None
    minor: int = 0

    @property
    def version(self) -> str:
        """As semantic versions go: contract.day.time, e.g. 1.20261123.231512. The same major keeps its columns; more may come."""
        return self.at(self.as_of)

    def at(self, known: datetime) -> str:
        """The version that a run of that time made."""
        return f"{self.contract}.{known:%Y%m%d}.{int(known.strftime('%H%M%S'))}"

    @property
    def contract_text(self) -> str:
        """The contract's version, e.g. 1.1: the second number grows with every column or table that is added."""
        return f"{self.contract}.{self.minor}"

    @property
    def as_of_text(self) -> str:
        """The known time as RFC 3339."""
        return f"{self.as_of:%Y-%m-%dT%H:%M:%SZ}"


def _quoted(name: str) -> str:
    return f'"{name}"'


class ExportError(Exception):
    """The warehouse cannot be published as it is; says what to do next."""


def current(table: Table) -> Published:
    """A table of the contract as it stands."""
    return Published(table.name, table.description, (*table.columns, *DERIVED), table.name)


def history(table: Table) -> Published:
    """Every interval of every fact of a table, replaced ones too: both time axes, typed; one row per key at any time.

    Its vocabulary is that of the days it was read on, so no closed list of terms is promised.
    """
    cited = [c for c in table.columns if c.name in CITATION and c.name not in ("capture", "verified_on")]
    facts = [c for c in table.columns if c.name not in CITATION]
    plain = [replace(c, key=False, terms=None, matches=None) for c in (*facts, *cited)]
    columns = (
        *plain,
        column("judged_on", "The day a person judged it; null unless judged.", DAY, null=True),
        column(
            "capture", "SHA-256 of the stored page it was first read from; null when judged or replaced.", null=True
        ),
        *INTERVAL,
        ENDED,
    )
    source = (
        "(SELECT f.* REPLACE (store.utc(f.known_from) AS known_from, store.utc(f.known_to) AS known_to), "
        "CASE WHEN f.valid_to IS NOT NULL THEN store.utc(f.known_from) END AS ended_at, "
        "r.name AS reader_name, r.rank, d.capture, a.missing_on AS missing_from, h.held_since "
        "FROM store.facts f "
        "JOIN store.readers r USING (reader) "
        "LEFT JOIN readings d ON d.reader = r.name AND d.vendor = r.vendor AND d.day = f.valid_from "
        "AND f.basis NOT IN ('judged', 'second_hand') AND f.known_to IS NULL "
        "LEFT JOIN (SELECT claim, min(missing_on) AS missing_on FROM store.absences WHERE ended_on IS NULL "
        "AND known_to IS NULL GROUP BY claim) a ON a.claim = f.claim AND f.valid_to IS NULL AND f.known_to IS NULL "
        "LEFT JOIN (SELECT claim, min(held_since) AS held_since FROM held GROUP BY claim) h "
        "ON h.claim = f.claim AND f.valid_to IS NULL AND f.known_to IS NULL "
        f"WHERE f.\"table\" = '{table.name}')"
    )
    return Published(
        HISTORY + table.name,
        f"{table.description} Every interval of every fact, on both time axes.",
        columns,
        source,
        {"reader": "reader_name"},
        (*table.key, "valid_from", "known_from"),
    )


def promised() -> tuple[Published, ...]:
    """The tables whose columns are part of the contract: every export of this version has them."""
    every = [current(t) for t in TABLES.values()] + [history(t) for t in TABLES.values()]
    every += [Published(t.name, t.description, t.columns, t.name) for t in SERIES.values()]
    every += [
        Published(
            "changes",
            "Every move of every value, all days: one row per differing field, with both quotes.",
            CHANGES,
            "steps(DATE '0001-01-01', DATE '9999-12-31')",
        ),
        Published(
            "events",
            "What happened at vendors, each once, in a sentence.",
            EVENTS,
            "events(DATE '0001-01-01', DATE '9999-12-31')",
            {"changes": "to_json(changes)::VARCHAR"},
            ("day", "vendor", "title"),
        ),
        Published(
            "claims_history",
            "What each page said: every claim of every source, on both time axes.",
            CLAIMS,
            "claims_history",
        ),
        Published(
            "evidence",
            "Every value that any page states today, whether it is shown, and why not.",
            EVIDENCE,
            "evidence",
        ),
        Published("vendors", "Every vendor, by the name it gives itself.", VENDORS, "vendors"),
        Published(
            "products", "Every product, by the vendor's own name; joins by vendor and product.", PRODUCTS, "products"
        ),
        Published("readings", "Every reading of every source: one row per reader and day.", READINGS, "readings"),
        Published(
            "conflicts", "Keys that two pages give different values for, with both citations.", CONFLICTS, "conflicts"
        ),
        Published(
            "held",
            "Facts that keep their last good value while the page's newer one waits for a person.",
            HELD,
            "held",
        ),
    ]
    return tuple(every)


def edition(con: Any, url: str | None = None) -> Edition:
    """The state the warehouse is in. Raises ExportError."""
    from schemas.contract import MINOR, VERSION

    if not queries.sql(
        con, f"SELECT 1 FROM duckdb_columns() WHERE table_name = 'prices' AND column_name = '{DERIVED[-1].name}'"
    ).rows:
        raise ExportError(
            "the warehouse's views are those of an older sandsnap; any run that writes renews them: 'sandsnap snapshot'"
        )
    last = queries.sql(con, "SELECT max(known_at) FROM runs").rows[0][0]
    first_on, last_on = queries.sql(con, "SELECT min(day), max(day) FROM readings").rows[0]
    if last is None or first_on is None:
        raise ExportError(
            "nothing is recorded yet; run 'sandsnap demo', 'sandsnap snapshot' or 'sandsnap backfill' first"
        )
    names = queries.sql(con, "SELECT DISTINCT vendor FROM freshness ORDER BY vendor")
    vendors = tuple(v for (v,) in names.rows)
    return Edition(VERSION, last, first_on, last_on, vendors, url, MINOR)
