"""What we say about our own work: open issues, corrections, and the method with what was measured of it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sandsnap.publish import waits
from sandsnap.publish.site import fact_words
from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.marks import MARKS
from sandsnap.record import queries, site_queries
from sandsnap.tell import words
from schemas import TABLES


def issues(context: Context) -> Iterator[File]:
    """issues.html."""
    yield context.page(
        "issues.html", "issues.html.j2", "issues", causes=waits.by_cause(queries.open_issues(context.con).records())
    )


def corrections(context: Context) -> Iterator[File]:
    """corrections.html."""
    found = queries.corrections(
        context.con, datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    ).records()
    for c in found:
        names = TABLES[c["table"]].key[2:]
        c["subject"] = words.subject(c["table"], dict(zip(names, c["key"].split(" / "), strict=False)))
        sides = [fact_words.of_text(c["table"], c[side], c["field"]) for side in ("before", "after")]
        c["before"], c["after"] = sides
        c["field"] = "" if c["field"] in fact_words.TOLD else words.term(c["field"])
    yield context.page("corrections.html", "corrections.html.j2", "corrections", corrections=found[::-1])


def method(context: Context) -> Iterator[File]:
    """method.html."""
    yield context.page(
        "method.html", "method.html.j2", "method", figures=site_queries.figures(context.con), quality=context.quality,
        marks=MARKS,
    )  # fmt: skip
