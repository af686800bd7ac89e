"""The tables of a page, found by their columns and their headings."""

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, cast

from sandsnap.model import Fact
from sandsnap.read.errors import Ambiguous, NotFound
from sandsnap.read.memo import by_text
from sandsnap.read.phrases import phrases
from sandsnap.read.scope import PLAIN
from sandsnap.read.sentences import Topic
from sandsnap.read.table import Row, Table, named
from sandsnap.read.tree import Outline

if TYPE_CHECKING:
    from sandsnap.read.page import Page

PROSE = ("text", "item", "term", "cell", "heading")


class Tables:
    """Of a page, what selects its tables."""

    named_tables: set[int]

    @property
    def outline(self) -> Outline:
        """The page's blocks and tables in reading order."""
        raise NotImplementedError

    def missing(self, what: str, topic: Topic, under: str | None, kinds: tuple[str, ...], part: bool = False) -> None:
        """Note that nothing fits (Page.missing)."""
        raise NotImplementedError

    def of_its_row(self, fact: Fact) -> Fact:
        """The fact, refused where it cites a row whose cells that state its figure say no such thing: a reader may cite
        the row by its name, and what a cell says of itself holds all the same."""
        if fact.refused or not fact.quote or not (rows := self._rows_quoted.get(fact.quote)):
            return fact
        judged = ([(cell, cell.here() != PLAIN) for cell in row.cells] for row in rows)
        here = [cell for row in judged if any(off for _, off in row) for cell in row]
        if not here:
            return fact
        wanted = {v for v in fact.values.values() if isinstance(v, Decimal)}
        stating = [
            (cell, off) for cell, off in here
            if any(n in wanted or n * 1000 in wanted for p in phrases(cell.text) for n in p.numbers)
        ]  # fmt: skip
        if not stating or not all(off for _, off in stating):
            return fact
        cell = stating[0][0]
        return cell.fact(fact.table, **fact.key, **fact.values)  # type: ignore[arg-type]

    @cached_property
    def _rows_quoted(self) -> dict[str, list[Row]]:
        """The rows of all tables by their quotes."""
        out: dict[str, list[Row]] = {}
        for table in self.all_tables:
            for row in table.rows:
                out.setdefault(row.first.quote, []).append(row)
        return out

    @cached_property
    def tables(self) -> list[Table]:
        """Every table of the page, spans expanded; not those of another time or vendor, or hidden."""
        return [t for t in self.all_tables if not t.off]

    @cached_property
    def all_tables(self) -> list[Table]:
        """As `tables`, and those."""
        return [Table(cast("Page", self), raw) for raw in self.outline.tables]

    def tables_with(self, *header: str, topic: Topic, under: str | None = None) -> list[Table]:
        """Tables that have all these column headings (regular expressions, in full), under that heading; those of
        another time or vendor only where there is no other.

        `topic`: as of `find_all`, for a page that may well have no such table.
        """
        found = self._tables_with(header, under)
        if not found:
            self.missing("a table with the columns " + ", ".join(map(repr, header)), topic, under, PROSE)
        return found

    def has_table(self, *header: str, under: str | None = None) -> bool:
        """Whether there is a table with all these column headings."""
        return bool(self._tables_with(header, under))

    def _tables_with(self, header: tuple[str, ...], under: str | None) -> list[Table]:
        found = [
            replace(t, under=under)
            for t in self.all_tables
            if t.has(*header) and (under is None or is_under(t.headings, under))
        ]
        self.named_tables.update(id(t.raw) for t in found)
        return [t for t in found if not t.off] or found

    def table(self, *header: str, under: str | None = None) -> Table:
        """The one table with all these column headings, under that heading. Raises NotFound or Ambiguous."""
        found = self._tables_with(header, under)
        what = f"a table with the columns {', '.join(map(repr, header))}" + (f" under {under!r}" if under else "")
        if not found:
            seen = "; ".join(" | ".join(t.header) for t in self.tables) or "no table at all"
            raise NotFound(f"expected {what}, found {seen[:300]}")
        if len(found) > 1:
            raise Ambiguous(f"expected one table, found {len(found)}: {what}")
        return found[0]

    def within(self, id_prefix: str, *, topic: Topic) -> dict[str, Table]:
        """Tables inside elements whose id starts with `id_prefix`, by the rest of the id (one table per region, say).

        Empty where no such element holds a table (`topic`: as of `find_all`). Raises Ambiguous where one holds several.
        """
        found: dict[str, Table] = {}
        for table in self.tables:
            for name in (i.removeprefix(id_prefix) for i in table.raw.ids if i.startswith(id_prefix)):
                if name in found:
                    raise Ambiguous(f"expected one table in the element with id {id_prefix + name!r}, found several")
                found[name] = table
                self.named_tables.add(id(table.raw))
        if not found:
            self.missing(f"tables in elements with the id {id_prefix!r}", topic, None, PROSE)
        return found


@by_text(8192)
def is_under(headings: tuple[str, ...], under: str) -> bool:
    """Whether one of the headings over a place is that which a reader asked for, a regular expression, in full."""
    fits = named(under).fullmatch
    return any(fits(h) for h in headings)
