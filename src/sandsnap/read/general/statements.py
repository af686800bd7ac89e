"""What a page states: every amount with the words that name it and the plan it is of, whatever the shape."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from sandsnap.read.general.cards import is_short
from sandsnap.read.general.figures import Figure, figures, noun, timed
from sandsnap.read.general.names import Names
from sandsnap.read.general.sentences import told, without_asides
from sandsnap.read.general.words import Asked
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.phrases import phrases
from sandsnap.read.table import Cell, Row, Table

_TIMES = (
    ("second|sec", 1), ("minute|min", 60), ("hour|hr", 3600), ("day", 86400), ("month|mo", 2_628_000), ("year", 31_536_000),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """One amount of a page. `labels` are the words that may name it, the narrowest first; `plans` and `sizes` whose it is
    (none: nobody named one; "?": which is open); `passage` is cited; `about` is what is said
    with it, whose words may rule an item out, as may those of `above`, a short heading or title over it;
    `whole` its sentence, or its row, column and cell; `noun` what it counts."""

    labels: tuple[str, ...]
    plans: tuple[str, ...]
    sizes: tuple[str, ...]
    figure: Figure
    phrase: str
    passage: Passage
    about: str
    whole: str
    noun: str
    above: str

    @property
    def phrase_first(self) -> bool:
        """Whether a line of text begins with the amount: "2 vCPU" tells what there is, "vCPU: 2" answers what the most is."""
        return self.whole == self.passage.text and self.whole.strip("*` ").startswith(self.phrase)


def statements(page: Page, names: Names, asked: Asked | None = None) -> list[Statement]:
    """Every statement of the page: of its tables, then of its text; of items that are asked for,
    the text's that may be of one."""
    found = [s for t in page.tables for s in _of_table(t, names)]
    for piece, scope in told(page, names, asked):
        passage = Passage(page, piece.sentence, piece.sentence, piece.where, scope=scope)
        found.append(
            Statement(
                piece.labels,
                piece.plans,
                piece.sizes,
                piece.figure,
                piece.phrase,
                passage,
                piece.about,
                piece.plain,
                noun(piece.plain, piece.figure),
                piece.above,
            )
        )
    return found


def _of_table(table: Table, names: Names) -> Iterator[Statement]:
    by_plan = cache(lambda: _is_by_plan(table, names))
    for row in _rows(table, names):
        if _disagrees(row):
            continue
        for cell in row.cells[1:] if len(row.cells) > 1 else ():
            yield from _of_cell(table, row, cell, names, by_plan)


def _rows(table: Table, names: Names) -> Iterator[Row]:
    """The rows; a table of names and values whose first row is one, too, has no header."""
    if len(table.header) == 2 and table.raw.head == 1 and names.figures(table.header[1]):
        table = Table(table.page, replace(table.raw, head=0), table.under)
    yield from table.rows


def _disagrees(row: Row) -> bool:
    """Whether a row states one price per two times, and not the same: then no one knows which column's head is wrong."""
    by_column: dict[str, set[Decimal]] = {}
    for cell in row.cells[1:]:
        times = [(m, s) for name, s in _TIMES if (m := re.search(rf"\b(?:{name})s?\b", cell.column, re.IGNORECASE))]
        amounts = [p.numbers[0] for p in phrases(cell.text) if p.currency == "usd" and len(p.numbers) == 1]
        if len(times) == 1 and len(amounts) == 1:
            ((m, seconds),) = times
            by_column.setdefault(cell.column.replace(m[0], ""), set()).add(amounts[0] / seconds)
    # Printed figures are rounded, the smaller the more.
    return any(len(rates) > 1 and max(rates) > 2 * min(rates) for rates in by_column.values())


def _of_cell(table: Table, row: Row, cell: Cell, names: Names, by_plan: Callable[[], bool]) -> Iterator[Statement]:
    text = cell.text
    plain = without_asides(text, names)
    found = names.figures(plain)
    if not found:
        return
    plan, size, label = _subject(row, cell, names)
    heading = table.headings[-1] if table.headings else ""
    for figure, part in _slashed(names.masked(plain), label) or _parted(found, text, label):
        figure, rest = timed(figure, label), _without(text, found)
        labels = (f"{part} {rest}", f"{part} {rest} {table.raw.caption} {heading}")
        plans = (
            plan
            or (names.plans_in(part) if part in text else ())
            or names.plans_in(table.raw.caption)
            or _plan_above(table.headings, names)
        )
        if not plans and by_plan():
            plans = ("?",)  # a plan that the vendor's file does not name
        phrase = text[figure.start : figure.end]
        yield Statement(
            labels,
            plans,
            size,
            figure,
            phrase,
            cell,
            f"{part} {text}",
            " ".join(dict.fromkeys((table.header[0], row.first.text, cell.column, text))),
            noun(plain, figure),
            heading if is_short(heading) else "",
        )


def _subject(row: Row, cell: Cell, names: Names) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """(plans, sizes, label) of a cell: its row or its column names whose it is, the other what it is."""
    others = [c.text for c in row.cells if c is not cell]
    beside = [text for text in others if not names.figures(text) or names.is_size(text)]
    for name, other in ((row.first.text, cell.column), (cell.column, row.first.text)):
        if plans := _whose(name, names):
            return plans, _sizes(beside, names), other
    plans = next((p for p in (_whose(t, names) for t in beside) if p), ())
    sizes = _sizes([cell.column, *beside], names)
    if row.first.text == cell.text or names.is_size(row.first.text):
        return plans, sizes, cell.column
    return plans, sizes, f"{row.first.text} {cell.column}"


def _is_by_plan(table: Table, names: Names) -> bool:
    return any(_whose(t, names) for t in (*table.header, *(r.first.text for r in table.rows)))


def _whose(name: str, names: Names) -> tuple[str, ...]:
    """The plan that a row or a column is about; several that share it ("Pro and Enterprise") as well."""
    if plan := names.is_plan(name):
        return (plan,)
    parts = [names.is_plan(p) for p in re.split(r"\s*(?:,|/|&|\band\b)\s*", re.sub(r"\s+plans?$", "", name.strip()))]
    return tuple(p for p in parts if p) if all(parts) else ()


def _sizes(texts: list[str], names: Names) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s for s in map(names.is_size, texts) if s))


def _plan_above(headings: tuple[str, ...], names: Names) -> tuple[str, ...]:
    for heading in reversed(headings):
        if plans := names.plans_in(heading):
            return plans if len(plans) == 1 else ()
    return ()


def _slashed(text: str, label: str) -> list[tuple[Figure, str]]:
    """The amounts of "10 / 20GiB / 30GiB" under "vCPU / RAM / Storage", one for one; none where the two do not fit."""
    cells = list(re.finditer(r"[^/]+?(?=\s+/\s|$)", text))
    parts = [p for p in re.split(r"\s*/\s*", re.sub(r"[()]", " / ", label)) if p.strip()][-len(cells) :]
    found = [figures(c[0]) for c in cells]
    if len(cells) < 2 or len(parts) != len(cells) or any(len(f) != 1 for f in found):
        return []
    moved = (replace(f, start=f.start + c.start(), end=f.end + c.start()) for c, (f,) in zip(cells, found, strict=True))
    return list(zip(moved, parts, strict=True))


def _parted(found: list[Figure], text: str, label: str) -> Iterator[tuple[Figure, str]]:
    """Each figure of a cell with its label: "4 / 8 GB" under "vCPU / RAM" is two; else a cell states one amount."""
    if len(found) == 1:
        yield found[0], label
        return
    cells, parts = (
        re.split(r"\s+/\s+|\s*,\s+", text),
        re.split(r"\s*/\s*|\s*,\s+|\s+and\s+", re.sub(r"[()]", " / ", label).strip(" /")),
    )
    parts = [p for p in parts if p.strip()]
    parts = parts[-len(cells) :]
    if len(cells) == len(parts) == len(found):
        yield from zip(found, parts, strict=True)
        return
    own = [
        re.sub(r"^[\s,+/&]+", "", text[f.end : g])
        for f, g in zip(found, [*(f.start for f in found[1:]), len(text)], strict=True)
    ]
    if all(re.search(r"[A-Za-z]{2}", o) for o in own):
        # "2 vCPUs, 4 GB of memory": each amount has its own noun.
        yield from ((replace(f), o) for f, o in zip(found, own, strict=True))


def _without(text: str, found: list[Figure]) -> str:
    out, at = [], 0
    for f in found:
        out.append(text[at : f.start])
        at = f.end
    return " ".join([*out, text[at:]])
