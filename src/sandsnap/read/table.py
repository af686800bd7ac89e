"""Tables read by name: a column by its heading, a row by its first cell; never by position."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sandsnap.read.errors import Ambiguous, NotFound
from sandsnap.read.grid import Slot
from sandsnap.read.passage import Passage
from sandsnap.read.scope import PLAIN, Scope, said
from sandsnap.read.tree import RawTable

if TYPE_CHECKING:
    from sandsnap.read.page import Page


@lru_cache(maxsize=4096)
def named(pattern: str) -> re.Pattern[str]:
    """The regular expression of a name: of a column, a row or a heading, whatever its case."""
    return re.compile(pattern, re.IGNORECASE)


def _alone(row: list[Slot]) -> str:
    """The text of a row that has no other: over a group of rows, or a note on them."""
    if len(row) < 2 or any(s.text and s.text != row[0].text for s in row):
        return ""
    return row[0].text


@dataclass(frozen=True)
class Cell(Passage):
    """One cell: its `text`, cited by its row; `column` is its heading, `first` the row's first cell."""

    column: str
    first: str

    @property
    def inner(self) -> Scope:
        """What the cell, its row's name and its column's heading say."""
        on, vendor = self.page.capture.day, self.page.vendor
        row = said(self.first, "row", on, "", vendor) if self.first != self.text else PLAIN
        own = said(self.text, "cell", on, "", vendor).inside(row)
        return self.scope.inside(own).inside(said(self.column, "column", on, "", vendor))

    def here(self) -> Scope:
        """What the cell, its row's name and its column's heading say, within the table's scope."""
        return self.inner.inside(super().here())


@dataclass(frozen=True)
class Row:
    """One row. row["Memory"] is the cell under the one heading that the regular expression matches in full."""

    table: "Table"
    cells: tuple[Cell, ...]

    @property
    def first(self) -> Cell:
        """The row's name."""
        return self.cells[0]

    def __getitem__(self, heading: str) -> Cell:
        return self.cells[self.table.column(heading)]


@dataclass(frozen=True)
class Table:
    """A table with its spans expanded. Every lookup wants exactly one answer."""

    page: "Page"
    raw: RawTable
    under: str | None = None  # the heading that the reader asked for

    @cached_property
    def scope(self) -> Scope:
        """What the table's markup, its caption and the sentence before it say of it; not its headings."""
        own = said(self.raw.caption, "caption", self.page.capture.day, "", self.page.vendor)
        return self.raw.scope.inside(own).inside(self.page.led_at(self.raw.before))

    @property
    def off(self) -> bool:
        """Whether what is said around the table keeps all of it from being read as today's and the vendor's own."""
        return self.scope.inside(self.page.scope_under(self.headings, self.under)).off

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings above the table, outermost first."""
        return self.raw.headings

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The column headings; several header rows are joined by ' / ', a span's text said once."""
        rows = self.raw.rows[: self.raw.head]
        return tuple(
            " / ".join(dict.fromkeys(r[x].text for r in rows if r[x].text)) for x in range(len(self.raw.rows[0]))
        )

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows below the header."""
        out = []
        for row, group in zip(self.raw.rows[self.raw.head :], self._groups, strict=True):
            quote = " | ".join(dict.fromkeys(s.text for s in row if s.text))
            cells = (
                Cell(
                    self.page,
                    s.text,
                    quote,
                    self.headings,
                    h,
                    row[0].text,
                    under=self.under,
                    over=(self.raw.caption, h),
                    at=self.raw.before,
                    scope=s.scope.inside(group),
                )
                for s, h in zip(row, self.header, strict=True)
            )
            out.append(Row(self, tuple(cells)))
        return tuple(out)

    @cached_property
    def _groups(self) -> list[Scope]:
        """For each row below the header, what the rows of one text say of it within the table's scope: one that heads a
        group, of those that follow; one at the table's end, of all."""
        rows = self.raw.rows[self.raw.head :]
        alone = [_alone(row) for row in rows]
        own = [said(text, "caption", self.page.capture.day, "", self.page.vendor) if text else PLAIN for text in alone]
        if all(scope == PLAIN for scope in own):
            return [self.scope] * len(rows)
        last = len(rows)
        whole = self.scope
        while last and alone[last - 1]:
            last -= 1
            whole = whole.inside(own[last])
        out, group = [], PLAIN
        for text, scope in zip(alone[:last], own, strict=False):
            group = scope if text else group
            out.append(group.inside(whole))
        return out + [whole] * (len(rows) - last)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def has(self, *headings: str) -> bool:
        """Whether each of the headings (regular expressions, in full) is that of exactly one column."""
        return all(len(self._columns(h)) == 1 for h in headings)

    def column(self, heading: str) -> int:
        """The position of the one column with this heading. Raises NotFound or Ambiguous."""
        found = self._columns(heading)
        if not found:
            raise NotFound(f"no column fits {heading!r}; the table has {' | '.join(self.header)}")
        if len(found) > 1:
            raise Ambiguous(f"{len(found)} columns fit {heading!r}: {' | '.join(self.header)}")
        return found[0]

    def rows_named(self, name: str) -> list[Row]:
        """Rows whose first cell the regular expression matches in full."""
        fits = named(name).fullmatch
        return [r for r in self.rows if fits(r.first.text)]

    def row(self, name: str) -> Row:
        """The one row whose first cell the regular expression matches in full. Raises NotFound or Ambiguous."""
        found = self.rows_named(name)
        if len(found) != 1:
            names = " | ".join(r.first.text for r in self.rows)
            error = Ambiguous if found else NotFound
            raise error(f"expected one row {name!r}, found {len(found)} among {names[:300]}")
        return found[0]

    def _columns(self, heading: str) -> list[int]:
        fits = named(heading).fullmatch
        return [i for i, h in enumerate(self.header) if fits(h)]
