"""The stream of changes, all vendors, newest first."""

from collections.abc import Iterator

from sandsnap.publish.site import announced
from sandsnap.publish.site.changes import LEVEL
from sandsnap.publish.site.context import Context, File
from sandsnap.tell import words
from schemas import TABLES
from schemas.vocabulary import VENDORS


def pages(context: Context) -> Iterator[File]:
    """changes.html."""
    told = context.changes
    tables = [t for t in TABLES if any(c.change.table == t for c in told)]
    dates = [(a, words.days_between(context.as_of, a.day), a.day >= context.as_of) for a in announced.load(context.con)]
    yield context.page(
        "changes.html", "changes.html.j2", "changes", changes=told, vendors=VENDORS, tables=tables,
        table_names=words.TABLE, levels=list(LEVEL.values()), announced=dates, all_tables=list(TABLES),
    )  # fmt: skip
