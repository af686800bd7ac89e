"""What the check of a published page asks: the claims that stood on a day, and the days on which they changed.

Imports only duckdb; every answer is `queries.Answer`. Only what the dataset holds now (known_to is null).
"""

from datetime import date

import duckdb

from sandsnap.record.queries import Answer, _ask

Connection = duckdb.DuckDBPyConnection


def standing(con: Connection, vendor: str, on: date) -> Answer:
    """Every claim of a vendor that stood on a day, all sources side by side, in the order in which they are shown.

    Columns: table, product, key ('any / gpu / l40s / -'), values (JSON), basis, source_url, quote, verified_on (the
    last day by then on which a reading had it), valid_from, place (1 is shown; null where nobody else states the key).
    """
    return _ask(
        con,
        'SELECT h."table", h.product, h.key, h."values", coalesce(c.basis, h.basis) AS basis, h.source_url, '
        "CASE WHEN c.claim IS NULL THEN h.quote ELSE c.quote END AS quote, "
        "coalesce(c.judged_on, h.judged_on, u.verified_on, l.verified_on) AS verified_on, h.valid_from, p.place "
        "FROM store.all_history h JOIN store.readers r USING (reader) "
        "LEFT JOIN store.last_read(?::DATE, TIMESTAMP '9999-12-31') l ON l.reader = h.reader "
        "LEFT JOIN store.unseen(?::DATE, TIMESTAMP '9999-12-31') u ON u.claim = h.claim "
        "LEFT JOIN store.cited(?::DATE, TIMESTAMP '9999-12-31') c ON c.claim = h.claim AND c.cited_from > h.valid_from "
        "LEFT JOIN store.places(?::DATE, TIMESTAMP '9999-12-31') p ON p.claim = h.claim "
        "WHERE r.vendor = ? AND h.known_to IS NULL AND h.valid_from <= ?::DATE "
        "AND (h.valid_to IS NULL OR h.valid_to > ?::DATE) "
        'ORDER BY h."table", h.product, h.key, p.place, h.source_url, r.name',
        [on, on, on, on, vendor, on, on],
    )


def spans(con: Connection, vendor: str) -> Answer:
    """When each claim of a vendor began and ended: table, product, key, valid_from, valid_to."""
    return _ask(
        con,
        'SELECT DISTINCT h."table", h.product, h.key, h.valid_from, h.valid_to '
        "FROM store.all_history h JOIN store.readers r USING (reader) "
        "WHERE r.vendor = ? AND h.known_to IS NULL ORDER BY ALL",
        [vendor],
    )
