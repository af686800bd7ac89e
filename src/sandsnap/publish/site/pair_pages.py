"""Two vendors side by side: compare/<a>-vs-<b>.html for every pair, and the other way round as a way there."""

from collections.abc import Iterator
from itertools import combinations

from sandsnap.publish.site import front_page
from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.figures import Figure, Row, columns, load
from sandsnap.record.coverage import ROWS


def pages(context: Context) -> Iterator[File]:
    """compare/*.html."""
    figures = load(context)
    own = {v: [r for r in figures if r.vendor == v] for v in context.vendors}
    cells = {
        (v, table): front_page.shown(context, (v, table), row) for v in context.vendors for row, table in ROWS.items()
    }
    for a, b in combinations(context.vendors, 2):
        yield context.page(
            f"compare/{a}-vs-{b}.html", "pair.html.j2", "comparison", a=a, b=b, vendors=context.vendors,
            figures=_table(own[a] + own[b]),
            rows=[(row, table, front_page.TOLD[table], (cells[a, table], cells[b, table])) for row, table in ROWS.items()],
        )  # fmt: skip
        yield context.page(f"compare/{b}-vs-{a}.html", "pair_way.html.j2", "comparison", a=a, b=b)


def _table(rows: list[Row]) -> list[tuple[str, str, list[tuple[Row, Figure]]]]:
    """The figures turned: one line per figure that any of the products states, the products beside each other."""
    lines = [(label, told, [(r, r.figure(column)) for r in rows]) for column, label, told, _ in columns(rows)]
    return [line for line in lines if any(f.text for _, f in line[2])]
