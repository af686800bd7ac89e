"""The front page: what to pick for which use, what a buyer filters and sorts by, and vendors × rows as of the last day."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from sandsnap.publish.site import cells, filters, picks
from sandsnap.publish.site.cells import Cell, Rival
from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.figures import columns, load
from sandsnap.publish.site.marks import MARKS, Mark
from sandsnap.publish.site.measured import Measured
from sandsnap.publish.site.scatter import scatter
from sandsnap.publish.site.sentences import Said
from sandsnap.record.coverage import ROWS
from sandsnap.tell import words
from schemas import TABLES

CHOSEN = 8  # of the vendors, in their order, are shown before a reader chooses others
EVENTS = 5
YEAR = 365
# What a row means, in a line under its name.
TOLD = {
    "prices": "List price, per hour where it is by time",
    "allowances": "Without paying",
    "isolation": "Between one sandbox and the next",
    "cold_starts": "As each vendor says; not one measure. Measured: by others, from the call that creates to the answer of a "
    "first command",
    "gpus": "In sandboxes",
    "persistence": "What survives a stop",
    "limits": "And what ends it",
    "sdks": "The vendor's own",
    "self_hosting": "On servers of your own",
    "positioning": "In the vendor's own words",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell of the page. `rivals` are what other sources say against its headline, `details` against the rest of it,
    `measured` what others measured of what the vendor claims."""

    id: str
    vendor: str
    table: str
    row: str
    said: Said | None
    mark: Mark | None
    rivals: tuple[Rival, ...]
    details: tuple[Rival, ...]
    measured: tuple[Measured, ...] = ()


def pages(context: Context) -> Iterator[File]:
    """index.html."""
    rows = [
        (row, table, TOLD[table], [shown(context, (v, table), row) for v in context.vendors])
        for row, table in ROWS.items()
    ]
    figures = load(context)
    found = filters.load(context.today, [(r.vendor, r.product) for r in figures])
    year = [t for t in context.changes if not t.quiet and (context.as_of - t.event.day).days < YEAR]
    yield context.page(
        "index.html", "front.html.j2", "comparison", rows=rows, vendors=context.vendors, chosen=context.vendors[:CHOSEN], marks=MARKS,
        cards=picks.cards(context), figures=figures, columns=columns(figures), filters=found, scatter=scatter(figures),
        events=sorted(year, key=lambda t: (-t.event.significance, -t.event.day.toordinal(), t.event.event))[:EVENTS],
        pairs=list(combinations(context.vendors, 2)), tables=list(TABLES), table_names=words.TABLE,
    )  # fmt: skip


def shown(context: Context, cell: Cell, row: str) -> Shown:
    """A cell as of the last day."""
    vendor, table = cell
    found = context.versions[cell]
    said, mark = cells.today(context.record, cell, found[-1] if found else None)
    head = {f.span.number for f in (*said.head.facts, *said.head.beside)} if said and said.head else set()
    spans = {f.span.number: f.span for s in (said.statements if said else ()) for f in s.facts}
    against = [(n in head, r) for n, span in spans.items() for r in cells.rivals(context.record, span)]
    rivals, details = (tuple(dict.fromkeys(r for leads, r in against if leads is which)) for which in (True, False))
    beside = context.measured.get(vendor, ())[:1] if table == "cold_starts" else ()
    return Shown(f"{vendor}-{table}", vendor, table, row, said, mark, rivals, details, beside)
