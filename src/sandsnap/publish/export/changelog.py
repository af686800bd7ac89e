"""data-changelog: what each version of the data changed, newest first, made of the record itself.

A version is a run that changed what the tables show. The same warehouse gives the same text, wherever it is exported to.
"""

from collections.abc import Iterator
from typing import Any

from sandsnap.publish.export.tables import Edition
from sandsnap.record import queries

MOST_VERSIONS, MOST_EVENTS = 50, 20

_RUNS = """
SELECT r.known_at, r.kind, count(s.day) FILTER (s.kind <> 'coverage') AS moved, count(s.day) FILTER (s.kind = 'coverage') AS covered,
       min(s.day) AS first_on, max(s.day) AS last_on,
       (SELECT count(*) FROM store.corrections c WHERE c.corrected_at = r.known_at AND c.cause = 'correction') AS corrected
FROM store.runs r LEFT JOIN store.steps s ON s.known_from = r.known_at AND s.known_to IS NULL
     AND s.day <= (SELECT max(day) FROM readings)
GROUP BY ALL HAVING moved + covered + corrected > 0 ORDER BY r.known_at DESC
"""
_EVENTS = """
SELECT DISTINCT t.day, t.title, t.significance FROM store.told t
JOIN (SELECT DISTINCT event FROM store.steps
      WHERE known_from = ? AND known_to IS NULL AND day <= (SELECT max(day) FROM store.days)) e USING (event)
WHERE t.kind NOT IN ('coverage', 'rekeyed') ORDER BY t.significance DESC, t.day DESC, t.title LIMIT ?
"""


def changelog(con: Any, edition: Edition) -> str:
    """DATA-CHANGELOG.md."""
    return "\n".join(_lines(con, edition)) + "\n"


def _lines(con: Any, edition: Edition) -> Iterator[str]:
    yield "# What each version of the data changed"
    yield ""
    yield f"Versions are contract.day.time of the run (UTC). Contract {edition.contract_text}: the same first number keeps every column."
    runs = queries.sql(con, _RUNS).rows
    for known_at, kind, moved, covered, first_on, last_on, corrected in runs[:MOST_VERSIONS]:
        yield ""
        yield f"## {edition.at(known_at)}"
        yield ""
        days = f", of {first_on} to {last_on}" if first_on else ""
        yield f"{kind}: {moved} changes by vendors, {covered} values that looking further showed{days}; {corrected} corrections."
        events = con.execute(_EVENTS, [known_at.replace(tzinfo=None), MOST_EVENTS]).fetchall()
        if events:
            yield ""
            yield from (f"- {day} {title}" for day, title, _ in events)
    if len(runs) > MOST_VERSIONS:
        yield ""
        yield f"… and {len(runs) - MOST_VERSIONS} versions before."
