"""Mutations that set something beside what a page states: figures of two rows swapped, another column, the same table of
another time, the same statement in another unit."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from sandsnap.quality.cases import EITHER, ISSUE, Case, lasting
from sandsnap.quality.edits_scope import elements_of
from sandsnap.quality.figures import Figure, Original, moved, written
from sandsnap.quality.source_places import block
from sandsnap.quality.source_tables import SourceTable, Span, replaced

_HEADINGS = (
    "Legacy pricing",
    "Prices from 1 March 2031",
    "What a competitor charges",
    "Worked example",
    "Plans until 2024",
    "Archive",
)
_COLUMNS = (
    "Old price",
    "Was",
    "Before 2024",
    "Reserved",
    "From 2031",
    "EUR",
    "Spot",
    "A competitor",
    "Example",
    "Savings",
)


def rows_swapped(page: Original) -> Iterator[Case]:
    """Two rows of a table trade all their figures: which of the two is right, the page cannot say."""
    for table in page.tables:
        if not table.regular or len(table.head) != 1:
            continue
        rows = [r for r in table.body if any(f.table == "prices" for f in page.covered(r.span))]
        for a, b in pairwise(rows):
            edits: dict[Span, str] = {}
            for x, y in zip(a.cells[1:], b.cells[1:], strict=True):
                one, two = table.inner(x), table.inner(y)
                edits[one], edits[two] = page.text[slice(*two)], page.text[slice(*one)]
            facts = [f for f in (*page.covered(a.span), *page.covered(b.span)) if f.table == "prices"]
            same = {str(f.values["unit"]) for f in facts}
            if len(same) == 1 and len({f.values["usd"] for f in facts}) > 1:
                yield lasting("rows_swapped", page, replaced(page.text, edits), ISSUE, unstated=facts, may_go=True)
                return


def _numbered(page: Original, table: SourceTable) -> bool:
    return any(f.basis == "read" and f.table in ("prices", "limits", "allowances") for f in page.covered(table.span))


def column_inserted(page: Original) -> Iterator[Case]:
    """A column of other figures stands before a column of today's: what holds is what it was."""
    for n, table in enumerate(page.tables):
        if not table.regular or len(table.head) != 1 or not _numbered(page, table) or len(table.headings) < 2:
            continue
        name = _COLUMNS[(n + len(page.text)) % len(_COLUMNS)]
        edits: dict[Span, str] = {}
        for row in (*table.head, *table.body):
            cell = row.cells[1]
            start, end = table.inner(cell)
            old = page.text[cell[0] : cell[1]]
            new = (
                name
                if row in table.head
                else re.sub(r"\d+(?=\D*$)", lambda m: str(int(m[0]) * 3 + 1), page.text[start:end])
            )
            made = old[: start - cell[0]] + new + old[end - cell[0] :]
            edits[cell[0], cell[0]] = made + ("|" if table.form != "html" else "")
        yield lasting("column_inserted", page, replaced(page.text, edits), EITHER)
        return


def legacy_twin(page: Original) -> Iterator[Case]:
    """The table stands once more, with other figures, under a heading that says of what other time or vendor: today's hold."""
    for n, table in enumerate(page.tables):
        if not _numbered(page, table):
            continue
        twin = re.sub(r"\d+(?![^<]*>)(?=\D)", lambda m: str(int(m[0]) + 1), page.text[table.span[0] : table.span[1]])
        if table.form == "html":
            twin = re.sub(r"\sid=(?:\"[^\"]*\"|'[^']*'|\S+)", "", page.text[table.span[0] : table.span[1]])
            twin = re.sub(r"(?<=[\d.])\d(?=[^<>]*<)", lambda m: str((int(m[0]) + 1) % 10), twin)
        for k, at in enumerate((table.span[0], table.span[1])):
            heading = _HEADINGS[(n + k + len(page.text)) % len(_HEADINGS)]
            # In front of today's table its own heading follows once more, as pages have it.
            head = f"<h6>{heading}</h6>\n" if page.form == "html" else f"\n\n###### {heading}\n\n"
            own = ("<h6>Today</h6>\n" if page.form == "html" else "\n\n###### Today\n\n") if k == 0 else "\n"
            yield lasting("legacy_twin", page, page.text[:at] + head + twin + own + page.text[at:], EITHER)
        return


_OTHER = {"second": "minutes", "minute": "hours", "hour": "days", "day": "minutes", "gib": "MiB", "gb": "MB"}
_UNIT = re.compile(r"\s*-?\s*(seconds?|minutes?|hours?|days?|GiB|GB)\b", re.IGNORECASE)


_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s+")


def contradicted(page: Original, figure: Figure) -> Iterator[Case]:
    """The same sentence again, with the same figure in another unit: the page says both, and neither is taken."""
    if page.form == "json" or figure.twins or len(figure.spots) != 1 or not figure.tables <= {"limits", "persistence"}:
        return
    spot = figure.spots[0]
    if any(t.span[0] <= spot.span[0] < t.span[1] for t in page.tables):
        return
    m = _UNIT.match(page.text, spot.span[1])
    held = block(page.text, page.form, elements_of(page), spot.span)
    if m is None or held is None or len(page.text[slice(*held)].split()) < 4:
        return
    unit = _OTHER[m[1].lower().rstrip("s")]
    again = page.text[held[0] : m.start(1)] + unit + page.text[m.end(1) : held[1]]
    item = _ITEM.fullmatch(page.text[page.text.rfind("\n", 0, held[0]) + 1 : held[0]])
    before = (
        "</p><p>" if page.form == "html" else f"\n{item[0]}" if item else "\n\n"
    )  # of a list, the list's lead speaks
    text = f"{page.text[: held[1]]}{before}{again}{page.text[held[1] :]}"
    yield lasting("contradicted", page, text, ISSUE, unstated=figure.facts, may_go=True)


def first_of_two(page: Original, figure: Figure) -> Iterator[Case]:
    """A price struck out stands before the one that holds: the second is the price, or nothing is."""
    new = moved(figure, Decimal("0.7"))
    if new is None or figure.twins or page.form == "json" or figure.tables != {"prices"}:
        return
    edits: dict[Span, str] = {}
    for n in figure.spots:
        sign = re.search(r"\\?\$\s?$", page.text[max(0, n.span[0] - 4) : n.span[0]])
        if sign is None:
            return
        edits[n.span[0] - len(sign[0]), n.span[1]] = f"<del>{sign[0]}{n.text}</del> {sign[0]}{written(n, new)}"
    values = {f.id: dict(f.values) | {field: new * scale} for f, field, scale in figure.rests}
    yield lasting("struck_before", page, replaced(page.text, edits), EITHER, moved=values)


BESIDE: tuple[Callable[[Original], Iterator[Case]], ...] = (rows_swapped, column_inserted, legacy_twin)
TWINS: tuple[Callable[[Original, Figure], Iterator[Case]], ...] = (contradicted, first_of_two)
