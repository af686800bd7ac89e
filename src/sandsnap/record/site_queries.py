"""What the site asks: every claim as spans of days, the days on which pages were read well, and what is held.

Imports only duckdb; every answer is `queries.Answer`, of what the dataset holds now (known_to is null).
"""

from datetime import date

from sandsnap.record.claim_queries import Connection
from sandsnap.record.queries import Answer, _ask

FAR = "TIMESTAMP '9999-12-31'"


def facts(con: Connection) -> Answer:
    """Every interval of every fact, typed: the columns of store.facts (one that a table lacks is null), and `rank`,
    `reader_name`, and `capture`, the stored page it was first read from. Oldest first within a claim."""
    return _ask(
        con,
        "SELECT f.*, r.rank, r.name AS reader_name, lower(hex(c.sha256)) AS capture FROM store.facts f "
        "JOIN store.readers r USING (reader) ASOF LEFT JOIN (SELECT reader, day, capture FROM store.readings "
        " WHERE known_to IS NULL AND capture IS NOT NULL AND outcome = 'good') g "
        " ON g.reader = f.reader AND g.day <= f.valid_from "
        "LEFT JOIN store.captures c ON c.capture = g.capture "
        "WHERE f.known_to IS NULL ORDER BY f.fact, f.valid_from",
    )


def citations(con: Connection) -> Answer:
    """Later citations of the same values: claim, cited_from, basis, quote, judged_on."""
    return _ask(
        con,
        "SELECT claim, cited_from, basis, quote, judged_on FROM store.citations WHERE known_to IS NULL "
        "ORDER BY claim, cited_from",
    )


def good_days(con: Connection) -> Answer:
    """Every good reading: reader (its number), day, and the capture (sha256) it was read from; by reader and day."""
    return _ask(
        con,
        "SELECT d.reader, d.day, lower(hex(last_value(c.sha256 IGNORE NULLS) OVER w)) AS capture "
        "FROM store.reading_days d LEFT JOIN store.captures c USING (capture) "
        "WHERE d.known_to IS NULL AND d.outcome = 'good' "
        "WINDOW w AS (PARTITION BY d.reader ORDER BY d.day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) "
        "ORDER BY d.reader, d.day",
    )


def absences(con: Connection) -> Answer:
    """Spans of days on which good readings lacked a claim: claim, unseen_on, missing_on (the first complete
    one of them, if any), ended_on (null while they still do)."""
    return _ask(
        con,
        "SELECT claim, unseen_on, missing_on, ended_on FROM store.absences WHERE known_to IS NULL ORDER BY claim, unseen_on",
    )


def origins(con: Connection) -> Answer:
    """Copies that somebody else made: sha256, origin."""
    return _ask(con, "SELECT sha256, origin FROM captures WHERE origin IS NOT NULL ORDER BY sha256", [])


def values_shown(con: Connection) -> Answer:
    """Every value that is shown today, with its own evidence: vendor, product, table, key, column, value, basis,
    source_url, quote, verified_on."""
    return _ask(
        con,
        'SELECT vendor, product, "table", key, "column", value, basis, source_url, quote, verified_on FROM evidence '
        "WHERE shown AND value IS NOT NULL ORDER BY ALL",
        [],
    )


def bases(con: Connection) -> Answer:
    """What the values that are shown rest on: basis, values, of these with a quote."""
    return _ask(
        con,
        "SELECT basis, count(*), count(quote) FILTER (basis NOT IN ('judged', 'second_hand')) FROM evidence WHERE shown "
        "GROUP BY basis ORDER BY basis",
        [],
    )


def disagreements(con: Connection) -> Answer:
    """What other sources say today against what is shown: vendor, product, table, key, other (JSON), source_url, quote,
    verified_on. Two wordings of one statement are no contradiction, nor is what nobody has confirmed for long."""
    return _ask(
        con,
        'SELECT DISTINCT vendor, product, "table", key, other, other_source_url AS source_url, other_quote AS quote, '
        "other_verified_on AS verified_on FROM conflicts WHERE attribute <> 'statement' "
        'AND shown_verified_on - other_verified_on <= store.fresh_days("table") ORDER BY ALL',
        [],
    )


def compared(con: Connection, on: date) -> Answer:
    """The buyer's table on a day: the columns of `compare` without their reasons."""
    return _ask(con, "SELECT COLUMNS(lambda c: NOT ends_with(c, '_why')) FROM compare_on(?::DATE) ORDER BY ALL", [on])


def waits(con: Connection) -> Answer:
    """What pages stated and was not let in: claim, state (held or unconfirmed), reason, since, until (null: it waits)."""
    return _ask(
        con,
        "SELECT claim, state, reason, since, until FROM store.waits WHERE known_to IS NULL ORDER BY claim, since",
        [],
    )


def fresh_days(con: Connection) -> Answer:
    """How many days evidence is fresh after it was verified: table, days."""
    from schemas.vocabulary import TABLE_NAMES

    names = ", ".join(f"('{t}')" for t in TABLE_NAMES)
    return _ask(con, f"SELECT t, store.fresh_days(t) FROM (VALUES {names}) v(t)", [])


def sources(con: Connection) -> Answer:
    """Per page: vendor, source_url, readers, first_on, last_on, last_good_on, last_outcome, facts that stand on it, open
    issues."""
    return _ask(
        con,
        "SELECT s.vendor, s.source_url, count(*) AS readers, min(s.first_on) AS first_on, max(s.last_on) AS last_on, "
        "max(s.last_good_on) AS last_good_on, arg_max(s.last_outcome, s.last_on) AS last_outcome, "
        "coalesce(any_value(f.facts), 0) AS facts, coalesce(any_value(i.issues), 0) AS issues FROM sources s "
        "LEFT JOIN (SELECT vendor, source_url, count(*) AS facts FROM store.all_claims WHERE basis NOT IN ('judged', 'second_hand') "
        " GROUP BY ALL) f USING (vendor, source_url) "
        "LEFT JOIN (SELECT vendor, source_url, count(*) AS issues FROM open_issues GROUP BY ALL) i "
        " USING (vendor, source_url) "
        "WHERE s.reader NOT LIKE '%#judged' AND s.reader NOT LIKE '%#undated' "
        "GROUP BY s.vendor, s.source_url ORDER BY s.vendor, s.source_url",
    )


def figures(con: Connection) -> dict[str, int]:
    """How much there is: good readings, failed readings, pages, facts, days."""
    answer = _ask(
        con,
        "SELECT count(*) FILTER (outcome = 'good') AS good, count(*) FILTER (outcome <> 'good') AS failed, "
        "count(DISTINCT source_url) AS pages, count(DISTINCT day) AS days, "
        "(SELECT count(*) FROM store.all_claims) AS claims FROM readings",
    )
    (row,) = answer.rows
    return dict(zip(answer.columns, row, strict=True))
