"""Atom feeds of the events: all, per vendor, per table. Same warehouse, same feed: its times are days of the pages."""

from collections.abc import Iterator, Sequence

from sandsnap.publish.site.changes import Told
from sandsnap.publish.site.context import Context, File
from sandsnap.tell import words
from sandsnap.vendors import VENDORS
from schemas import TABLES

NEWEST = 100


def pages(context: Context) -> Iterator[File]:
    """feeds/*.xml."""
    told = [t for t in context.changes if not t.quiet]
    yield _feed(context, "all", "every event", told)
    for vendor in VENDORS:
        yield _feed(context, f"vendor-{vendor}", words.vendor(vendor), [t for t in told if t.event.vendor == vendor])
    for table in TABLES:
        yield _feed(context, f"table-{table}", words.TABLE[table], [t for t in told if table in t.tables])


def _feed(context: Context, name: str, title: str, told: Sequence[Told]) -> File:
    path = f"feeds/{name}.xml"
    newest = max((t.event.day for t in told), default=context.as_of)
    text = context.env.get_template("feed.xml.j2").render(
        id=f"urn:sandsnap:feed:{name}", title=f"Sandbox vendors: {title}", url=context.url, path=path, updated=newest,
        entries=told[:NEWEST],
    )  # fmt: skip
    return path, text.strip() + "\n"
