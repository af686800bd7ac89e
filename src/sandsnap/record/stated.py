"""Facts as readings state them, as timelines hold them, and back."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb

from sandsnap.model import Fact, Reading, Value
from sandsnap.record import load, names
from sandsnap.record.errors import RecordError
from sandsnap.record.fold import Ident, Reader, Stated
from sandsnap.record.layout import key_columns
from sandsnap.record.timeline import FIELDS, Claim
from schemas import TABLES
from schemas.table import Table
from schemas.vocabulary import DENIED, UNCAPTURED

_NINE_PLACES = Decimal("1e-9")


def stated_ident(fact: Fact) -> Ident:
    """Which claim a fact of a reading is. Raises RecordError for an unknown table."""
    return fact.source_url, fact.table, tuple(fact.key.get(c, "") for c in key_columns(_table(fact)))


def stated_fact(fact: Fact, day: date) -> Stated:
    """A fact in the table's column order. Raises RecordError for an unknown table, a missing column or a rounding."""
    table = _table(fact)
    try:
        key = tuple(fact.key[c] for c in key_columns(table))
        values = tuple(_exact(fact, c, fact.values[c]) for c in table.values)
    except KeyError as missing:
        raise RecordError(f"{fact.vendor} {fact.table}: the reader gave no column {missing}") from None
    judged = fact.basis in UNCAPTURED
    return Stated(
        (fact.source_url, fact.table, key),
        values,
        fact.basis,
        fact.quote,
        (fact.verified_on or day) if judged else None,
        fact.since,
    )


def _table(fact: Fact) -> Table:
    table = TABLES.get(fact.table)
    if table is None:
        raise RecordError(f"{fact.vendor}: unknown table {fact.table!r}; the contract has {', '.join(TABLES)}")
    return table


def _exact(fact: Fact, column: str, value: Value) -> Value:
    if isinstance(value, Decimal) and value != value.quantize(_NINE_PLACES):
        raise RecordError(f"{fact.vendor} {fact.table}.{column}: {value} has more than nine decimal places")
    return value


def facts_of(claim: Claim, reader: Reader, day: date | None = None) -> Fact | None:
    """The claim as a fact (on `day`: only if it was stated by that day's reading); None where it does not stand."""
    read = reader.last
    if day is None:
        interval = claim.intervals[-1] if claim.open else None
        absence = claim.absence
        citation = claim.cited() if interval else None
    else:
        interval = next(
            (i for i in claim.intervals if i.valid_from <= day and (not i.valid_to or day < i.valid_to)), None
        )
        absence = next((a for a in claim.absences if a.unseen_on <= day and (not a.ended_on or day < a.ended_on)), None)
        if interval is None or absence is not None:
            return None
        past = Claim(claim.id, claim.source_url, claim.table, claim.key, [interval])
        past.citations = [c for c in claim.citations if c.day <= day]
        citation = past.cited()
    if interval is None or citation is None:
        return None
    end = absence.unseen_on if absence else (day or (read.day if read else interval.valid_from)) + timedelta(days=1)
    seen = reader.last_good(end)
    judged = citation.basis in UNCAPTURED
    return Fact(
        table=claim.table,
        vendor=reader.vendor,
        key=dict(zip(key_columns(TABLES[claim.table]), claim.key, strict=True)),
        values=dict(zip(FIELDS[claim.table], interval.values, strict=True)),
        basis=citation.basis,
        source_url=claim.source_url,
        quote=citation.quote,
        capture=None if judged or seen is None else seen.capture,
        verified_on=citation.judged_on if judged else seen.day if seen else interval.valid_from,
    )


def standing_facts(reader: Reader) -> tuple[Fact, ...]:
    """What the reader's claims say now, missing ones included, each with the day it was last verified."""
    facts = (facts_of(c, reader) for c in reader.claims.values() if c.open)
    return tuple(f for f in facts if f is not None and f.basis != DENIED)


def stored_readings(con: duckdb.DuckDBPyConnection, vendor: str, day: date) -> dict[str, Reading]:
    """By reader, the readings of a vendor and day as they are held now, with their facts.

    For a reread: where today's reader cannot read an old capture, give back what is stored and its rows stay.
    `con` is open on the warehouse (queries.connect_readonly).
    """
    loaded = load.load(con, [vendor], names.load(con))[vendor]
    out = {}
    for reader in loaded.readers.values():
        read = reader.at(day)
        if read is None:
            continue
        found = [facts_of(c, reader, day) for c in reader.claims.values()] if read.good else []
        facts = [f for f in found if f is not None]
        out[reader.name] = Reading(
            vendor=vendor,
            source_url=reader.source_url,
            reader=reader.name,
            version=read.version,
            outcome=read.outcome,
            facts=tuple(f for f in facts if f.basis != DENIED),
            denials=tuple(f for f in facts if f.basis == DENIED),
            partial=read.partial,
            sticky=read.sticky,
            rank=reader.rank,
            captured_at=datetime(day.year, day.month, day.day),  # noqa: DTZ001 -- only its day is used
            capture=read.capture,
        )
    return out
