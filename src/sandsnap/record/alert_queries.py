"""Questions that only alerts and the report ask: moves with their events, outages, what waits.

Imports only duckdb; every answer is `queries.Answer`. Days are days of the vendors' pages; all rows stand now.
"""

from datetime import date

import duckdb

from sandsnap.record.queries import Answer, _ask

OUTAGE_KINDS = (
    "fetch_failed", "http_status", "template", "script_shell", "soft_404", "bot_wall", "cookie_wall", "truncated",
    "charset", "wrong_page", "run_together", "unreadable",
)  # fmt: skip


def steps(con: duckdb.DuckDBPyConnection) -> Answer:
    """Every move of every value on record, with its event: the rows of `steps`, in order of days."""
    return _ask(
        con, 'FROM steps(?::DATE, ?::DATE) ORDER BY day, vendor, product, "table", key, source_url, reader, field',
        [date.min, date.max],
    )  # fmt: skip


def decisions(con: duckdb.DuckDBPyConnection) -> Answer:
    """The day of the reading that settled a removal: vendor, product, table, key, day, decided_on."""
    return _ask(
        con,
        'SELECT r.vendor, e.product, e."table", e.key, e.day, max(e.decided_on) FROM store.events e '
        "JOIN store.readers r USING (reader) WHERE e.known_to IS NULL AND e.kind = 'removed' GROUP BY ALL",
    )


def outage_issues(con: duckdb.DuckDBPyConnection) -> Answer:
    """Issues that say a page could not be read, of readers that had read it well before; oldest first.

    A page-level issue (reader null) on a page that its readers read all the same on that day is left out, and one on a page that
    could be read on a third of the days since: of two variants in turn one is read.
    """
    kinds = ", ".join(f"'{k}'" for k in OUTAGE_KINDS)
    return _ask(
        con,
        "SELECT i.vendor, i.source_url, i.reader, i.kind, i.message, i.first_on, i.last_on, i.closed_on FROM issues i "
        f"WHERE i.kind IN ({kinds}) "
        "AND EXISTS (FROM readings g WHERE g.source_url = i.source_url AND (i.reader IS NULL OR g.reader = i.reader) "
        " AND g.outcome = 'good' AND g.day < i.first_on) "
        "AND NOT EXISTS (FROM readings g WHERE g.source_url = i.source_url AND (i.reader IS NULL OR g.reader = i.reader) "
        " AND g.outcome = 'good' AND g.day = i.first_on AND NOT g.sticky) "
        "AND (SELECT 3 * count_if(g.outcome = 'good') < count(*) OR count(*) = 0 FROM readings g "
        " WHERE g.source_url = i.source_url AND (i.reader IS NULL OR g.reader = i.reader) AND NOT g.sticky "
        " AND g.day BETWEEN i.first_on AND i.last_on) "
        "ORDER BY i.first_on, i.vendor, i.source_url, i.reader NULLS FIRST, i.kind",
    )


def held_issues(con: duckdb.DuckDBPyConnection) -> Answer:
    """Changes the gate held for a person, open and closed; oldest first."""
    return _ask(con, "SELECT * FROM issues WHERE kind = 'held' ORDER BY first_on, vendor, source_url, reader, message")


def dated_ends(con: duckdb.DuckDBPyConnection) -> Answer:
    """Every interval of a notice with an effective day or a GPU with a last day: what a reminder rests on."""
    return _ask(
        con,
        "SELECT r.vendor, f.product, f.\"table\", coalesce(f.subject, f.model) AS subject, coalesce(f.kind, 'end') AS kind, "
        "coalesce(f.effective_on, f.ends_on) AS effective_on, f.status, f.valid_from, f.valid_to, f.source_url, f.quote, "
        "f.basis, lower(hex(c.sha256)) AS capture FROM store.claims f JOIN store.readers r USING (reader) "
        "LEFT JOIN (SELECT reader, day, capture FROM store.readings WHERE known_to IS NULL AND capture IS NOT NULL) g "
        " ON g.reader = f.reader AND g.day <= f.valid_from "
        "LEFT JOIN store.captures c USING (capture) "
        "WHERE f.known_to IS NULL AND f.\"table\" IN ('notices', 'gpus') AND coalesce(f.effective_on, f.ends_on) IS NOT NULL "
        "QUALIFY row_number() OVER (PARTITION BY f.claim, f.valid_from ORDER BY g.day DESC) = 1 "
        'ORDER BY r.vendor, effective_on, f.product, f."table", subject, f.valid_from, f.source_url',
    )


def waiting(con: duckdb.DuckDBPyConnection, start: date, end: date, vendor: str | None = None) -> Answer:
    """Issues that a person had to look at on a day of start … end and that were open on its last; oldest first."""
    return _ask(
        con,
        "SELECT kind, vendor, source_url, message, nearest, first_on, last_on FROM issues "
        "WHERE first_on <= ?::DATE AND last_on >= ?::DATE AND (closed_on IS NULL OR closed_on > ?::DATE) "
        "AND (?::VARCHAR IS NULL OR vendor = ?) ORDER BY first_on, vendor, source_url, message",
        [end, start, end, vendor, vendor],
    )


def last_day(con: duckdb.DuckDBPyConnection) -> date | None:
    """The last day on which a page was read; None in an empty warehouse."""
    (row,) = _ask(con, "SELECT max(day) FROM readings").rows
    return row[0]  # type: ignore[no-any-return]


def unverified(con: duckdb.DuckDBPyConnection, today: date, days: int) -> Answer:
    """Sources none of whose readers read well in the last `days` days, with the facts that rest on them.

    Columns: vendor, source_url, facts, verified_on (the last good reading; null for never), last_on, days, outcome.
    """
    return _ask(
        con,
        "SELECT s.vendor, s.source_url, coalesce(any_value(f.facts), 0) AS facts, max(s.last_good_on) AS verified_on, "
        "max(s.last_on) AS last_on, ?::DATE - max(s.last_good_on) AS days, arg_max(s.last_outcome, s.last_on) AS outcome "
        "FROM sources s LEFT JOIN (SELECT vendor, source_url, count(*) AS facts FROM store.all_claims "
        " WHERE basis NOT IN ('judged', 'second_hand') GROUP BY ALL) f USING (vendor, source_url) "
        "WHERE s.reader NOT LIKE '%#judged' AND s.reader NOT LIKE '%#undated' GROUP BY s.vendor, s.source_url "
        "HAVING max(s.last_good_on) IS NULL OR ?::DATE - max(s.last_good_on) > ? ORDER BY s.vendor, verified_on, s.source_url",
        [today, today, days],
    )
