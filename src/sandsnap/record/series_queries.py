"""What is asked of publishers' files: the last measurements, whole series, claims beside them, what publishers say."""

from datetime import date

from sandsnap.record.claim_queries import Connection
from sandsnap.record.queries import Answer, _ask


def last_starts(con: Connection, on: date) -> Answer:
    """The last measured median of each vendor, product, publisher, benchmark and mode by a day: with success (share),
    runs, measured_on, source_url and capture. A run of which nothing succeeded has value null."""
    return _ask(
        con,
        "SELECT vendor, product, publisher, benchmark, mode, measured_on, any_value(value) FILTER (statistic = 'p50') AS value, "
        "any_value(value) FILTER (statistic = 'success') AS success, any_value(runs) AS runs, any_value(source_url) AS source_url, "
        "any_value(capture) AS capture FROM measurements_on(?::DATE) GROUP BY ALL ORDER BY ALL",
        [on],
    )


def starts(con: Connection) -> Answer:
    """Every day's measured median, 95th percentile and success, as `last_starts` has them, by day."""
    return _ask(
        con,
        "SELECT vendor, product, publisher, benchmark, mode, measured_on, any_value(value) FILTER (statistic = 'p50') AS value, "
        "any_value(value) FILTER (statistic = 'p95') AS p95, any_value(value) FILTER (statistic = 'success') AS success, "
        "any_value(runs) AS runs, any_value(source_url) AS source_url, any_value(capture) AS capture FROM measurements "
        "GROUP BY ALL ORDER BY ALL",
    )


def claims_beside(con: Connection, on: date, vendor: str | None = None) -> Answer:
    """Claims beside measurements as of a day, the widest gap first: rows of claims_beside_measurements that have a
    measurement."""
    return _ask(
        con,
        "SELECT * FROM claims_beside_measurements_on(?::DATE) WHERE mode IS NOT NULL AND (?::VARCHAR IS NULL OR vendor = ?) "
        "ORDER BY ratio DESC NULLS LAST, vendor, product, mode",
        [on, vendor, vendor],
    )


def publishers_say(con: Connection, publisher: str | None = None) -> Answer:
    """What publishers state beside what we hold: differences first, then what we hold nothing of, then what agrees."""
    return _ask(
        con,
        "SELECT * FROM publishers_say WHERE ?::VARCHAR IS NULL OR publisher = ? "
        'ORDER BY agrees IS NOT FALSE, agrees IS NOT NULL, publisher, vendor, product, "table", key, "column"',
        [publisher, publisher],
    )
