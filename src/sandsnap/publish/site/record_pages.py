"""What we say about our own work: open issues, corrections, and the method with what was measured of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.marks import MARKS
from sandsnap.record import queries, site_queries
from sandsnap.tell import words
from schemas import TABLES

ISSUE = {
    "held": "A value waits for a person",
    "invalid": "A row breaks the contract",
    "lost_quote": "A quote is no longer on its page",
    "missing": "A fact is missing from one reading",
    "conflict": "Two pages disagree",
    "residue": "Amounts that no fact uses",
    "no_reader": "No reader knows the page",
    "undated": "A capture without a usable day",
}


def issues(context: Context) -> Iterator[File]:
    """issues.html."""
    found = queries.open_issues(context.con).records()
    by_kind = sorted(found, key=lambda i: (i["kind"], i["vendor"], i["first_on"]))
    yield context.page(
        "issues.html", "issues.html.j2", "issues",
        groups=[
            (ISSUE.get(kind, words.term(kind).capitalize()), list(own))
            for kind, own in groupby(by_kind, key=lambda i: i["kind"])
        ],
        total=len(found),
    )  # fmt: skip


def corrections(context: Context) -> Iterator[File]:
    """corrections.html."""
    found = queries.corrections(
        context.con, datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    ).records()
    for c in found:
        names = TABLES[c["table"]].key[2:]
        c["subject"] = words.subject(c["table"], dict(zip(names, c["key"].split(" / "), strict=False)))
    yield context.page("corrections.html", "corrections.html.j2", "corrections", corrections=found[::-1])


def method(context: Context) -> Iterator[File]:
    """method.html."""
    yield context.page(
        "method.html", "method.html.j2", "method", figures=site_queries.figures(context.con), quality=context.quality,
        marks=MARKS,
    )  # fmt: skip
