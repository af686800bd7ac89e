"""The events, all vendors: the weighty ones on one page, every one on its month's."""

from collections.abc import Iterator

from sandsnap.publish.site import announced
from sandsnap.publish.site.changes import LEVEL
from sandsnap.publish.site.context import Context, File
from sandsnap.tell import words
from sandsnap.vendors import VENDORS
from schemas import TABLES

WEIGHTY = ("high", "medium")
NEWEST = 40  # on the first page, so that it stays under 150 KB; the months have the rest


def pages(context: Context) -> Iterator[File]:
    """changes.html and changes/YYYY-MM.html."""
    told = context.changes
    loud = [t for t in told if not t.quiet]
    first = [t for t in loud if t.level in WEIGHTY][:NEWEST]
    months = [(m, sum(t.month == m for t in loud)) for m in dict.fromkeys(t.month for t in told)]
    dates = [(a, words.days_between(context.as_of, a.day), a.day >= context.as_of) for a in announced.load(context.con)]
    tables = [t for t in TABLES if any(t in c.tables for c in first)]
    yield context.page(
        "changes.html", "changes.html.j2", "changes", changes=first, total=len(loud), months=months, vendors=VENDORS,
        tables=tables, table_names=words.TABLE, levels=list(LEVEL.values())[:2], announced=dates, all_tables=list(TABLES),
    )  # fmt: skip
    for month, _ in months:
        own = [t for t in told if t.month == month]
        yield context.page(
            f"changes/{month}.html", "month.html.j2", "changes", changes=[t for t in own if not t.quiet],
            quiet=[t for t in own if t.quiet], months=months, day=own[0].event.day, table_names=words.TABLE,
        )  # fmt: skip
