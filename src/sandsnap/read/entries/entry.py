"""One entry: where on a page its statement stands, and what is said there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sandsnap.model import Fact
from sandsnap.read import changelog
from sandsnap.read.entries.made import denied, made
from sandsnap.read.entries.one import agreeing
from sandsnap.read.errors import NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage
from sandsnap.read.patterns import compiled
from sandsnap.read.plans import by_plan, is_plan, is_silent, names_plan
from sandsnap.read.sentences import ITSELF, Topic, pattern_tokens
from sandsnap.read.table import Cell, Row, named
from sandsnap.read.tables import PROSE
from sandsnap.vendors import settings

MARKS = re.compile(r"(?:\s?(?:ˆ\d|[*†‡]))+$")  # of footnotes
_NO_LIMIT = re.compile(r"unlimited|no limit", re.IGNORECASE)
# The unit of a limit that is stated to be none.
_UNITS = {"duration": "hour", "rate": "per_second", "size": "gb", "count": "count"}
_COMMA = re.compile(r",\s+(?:and\s+)?|;\s+")
_PLAIN = re.compile(r"\s*\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its section (sentence, cell), where it stands among that section's, and what it says."""

    vendor: str
    section: str
    nth: int
    given: Mapping[str, Any]

    @property
    def says(self) -> tuple[str, ...]:
        """The wordings."""
        return texts(self.given.get("says", ()))

    @property
    def makes(self) -> list[dict[str, Any]]:
        """What is made of it."""
        return _dicts(self.given.get("makes", []))

    @property
    def asks(self) -> bool:
        """Whether it makes what is no matter of plans, a price or a start: "contact us" is no silence there."""
        return any("price" in what or "start" in what for what in self.makes)

    @property
    def needs(self) -> list[dict[str, Any]]:
        """What the page must say as well."""
        given = self.given.get("needs", [])
        return [n if isinstance(n, dict) else {"says": n} for n in (given if isinstance(given, list) else [given])]

    @property
    def denies(self) -> list[dict[str, Any]]:
        """What there is none of where a cell says `none`."""
        return _dicts(self.given.get("denies", []))

    def read(self, page: Page) -> Iterator[Fact]:
        """The facts of the entry. Raises as Page.find and Page.table."""
        given = self.given
        if "where" in given and not _speaks(page, given["where"]):
            return
        if "unless" in given and _speaks(page, given["unless"]):
            return
        plan = settings(self.vendor).get("general", {}).get("of_source", {}).get(page.source_url)
        if plan and not names_plan(self.vendor, plan, page.text):
            raise NotFound(f"the page is about the plan {plan}, and does not name it")
        if "section" in given and not page.has_heading(given["section"]):
            return
        if (refuse := given.get("refuse")) and (found := page.find_all(refuse, topic=ITSELF)):
            raise Unreadable(f"a person must look at what the page says: {found[0].quote!r}", found[0].quote)
        for under, groups in self._places(page):
            yield from (
                self._cells(page, under, groups) if self.section == "cell" else self._sentences(page, under, groups)
            )

    def _places(self, page: Page) -> list[tuple[str | None, dict[str, str]]]:
        """The headings under which it stands, and what each of them names."""
        given = texts(self.given.get("section", self.given.get("under", "")))
        under = next((u for u in given if u and page.has_heading(u)), given[-1] or None)
        if under is None or "(?P<" not in under:
            return [(under, {})]
        fits = named(under).fullmatch
        found = {h: _named(m) for b in page.blocks for h in b.headings if (m := fits(h))}
        return [(re.escape(h), groups) for h, groups in found.items()] or [(under, {})]

    @property
    def topic(self) -> Topic | None:
        """What a page speaks of that says it in other words; None where it must say it."""
        topic = self.given.get("topic")
        return ITSELF if topic == "itself" else tuple(topic) if isinstance(topic, list) else topic

    def _sentences(self, page: Page, under: str | None, groups: Mapping[str, str]) -> Iterator[Fact]:
        kinds = tuple(self.given.get("kinds", PROSE))
        found = [m for says in self.says for m in self._said(page, says, under, kinds)]
        if page.log and not self.given.get("all"):
            found = [page.agreeing(changelog.newest(found))] if found else []
        if found:
            yield from agreeing(f for m in found for f in self._made(m, groups))
        elif self.topic is None:
            where = f" under {under!r}" if under else ""
            raise NotFound(f"no text fits {self.says[0]!r}{where}", *page.candidates(pattern_tokens(self.says[0])))
        else:
            page.missing(self.says[0], self.topic, under, kinds, self.given.get("part", False))

    def _said(self, page: Page, says: str, under: str | None, kinds: tuple[str, ...]) -> list[Match]:
        if kinds == ("source",):
            regex, holes = compiled(says)
            found = [Match(page, m[0], m[0], (), m, holes) for m in regex.finditer(page.text)]
        else:
            found = page.find_all(says, topic=ITSELF, under=under, kinds=kinds)
        if led := self.given.get("led"):
            listed = _led(page, led)
            found = [m for m in found if (m.match.string, m.where) in listed]
        return found if self.given.get("all") or page.log or not found else [page.agreeing(found)]

    def _cells(self, page: Page, under: str | None, groups: Mapping[str, str]) -> Iterator[Fact]:
        label, some = "|".join(texts(self.given.get("row", ()))) or None, self.given.get("some", False)
        if self.given["table"] == "plans":
            for plan, cell, own in by_plan(
                page, label or ".*", under=under, some=some, skip=self.given.get("skip", "(?!)"), asked=self.asks
            ):
                name = _PLAIN.sub("", cell.column if is_plan(page.vendor, cell.column) else cell.first)
                yield from self._cell(cell, {**groups, **own, "plan": plan, "name": name})
            return
        columns, topic = texts(self.given["table"]), self.topic
        tables = page.tables_with(*columns, topic=topic, under=under) if topic else [page.table(*columns, under=under)]
        for table in tables:
            if self.given.get("whole") and len(table.header) != len(columns):
                raise Unreadable(f"a column that nobody knows: {' | '.join(table.header)}")
            rows = list(table) if label is None else table.rows_named(label)
            if label is not None and not rows and not some:
                table.row(label)
            for row in rows:
                yield from self._row(row, label, groups)

    def _row(self, row: Row, label: str | None, groups: Mapping[str, str]) -> Iterator[Fact]:
        own = _named(row.first.scan(label).match) if label else {}
        called = row[self.given["name"]] if "name" in self.given else row.first
        wanted = self.given["column"]
        if "(?P<" in wanted:
            for cell in row.cells[1:]:
                if m := re.fullmatch(wanted, cell.column, re.IGNORECASE):
                    yield from self._cell(cell, {"first": called.text, **groups, **own, **_named(m)})
        else:
            yield from self._cell(row[wanted], {"first": called.text, **groups, **own})

    def _cell(self, cell: Cell, groups: Mapping[str, str]) -> Iterator[Fact]:
        drop = self.given.get("drop", "(?!)")
        cell = replace(cell, text=re.sub(drop, "", MARKS.sub("", cell.text), flags=re.IGNORECASE))
        if (none := self.given.get("none")) and re.fullmatch(none, cell.text, re.IGNORECASE):
            yield from (denied(cell, what, groups) for what in self.denies)
            return
        skip = self.given.get("skip")
        if is_silent(cell.text, asked=self.asks) or (skip and re.fullmatch(skip, cell.text, re.IGNORECASE)):
            return
        limits = [what for what in self.makes if "limit" in what]
        if limits and _NO_LIMIT.fullmatch(cell.text):
            unit = next(u for hole, u in _UNITS.items() if f"{{{hole}" in self.says[0])
            for what in limits:
                yield from made(cell, {**what, "none": True, "unit": what.get("unit", unit)}, groups, in_cell=True)
            return
        *others, last = self.says
        said = next((m for s in others if (m := _scanned(cell, s))), None) or cell.scan(last)
        yield from self._made(said, groups)

    def _made(self, said: Passage, groups: Mapping[str, str]) -> Iterator[Fact]:
        beside: dict[str, str] = {}
        for needed in self.needs:
            also = _needed(said.page, needed["says"], needed.get("led"), needed.get("kinds", PROSE))
            beside |= _named(also.match)
            if needed.get("cite"):
                said = replace(said, quote=f"{said.quote} | {also.quote}")
        if (may := self.given.get("may")) and (found := said.page.maybe(may["says"], topic=may["topic"], part=True)):
            beside |= _named(found.match)
        if "items" in self.given and isinstance(said, Match):
            beside |= _named(said.match)
        for member in _members(said, self.given["items"]) if "items" in self.given else [said]:
            for what in self.makes:
                yield from made(member, what, {**beside, **groups}, in_cell=self.section == "cell")


def _speaks(page: Page, given: str | list[str]) -> bool:
    """Whether a page says one of these; "# Title": whether it has that heading, "| Name": a row of that name."""
    for says in texts(given):
        mark, _, name = says.partition(" ")
        if mark == "#":
            spoken = page.has_heading(name)
        elif mark == "|":
            spoken = any(table.rows_named(name) for table in page.tables)
        else:
            spoken = page.speaks_of(says)
        if spoken:
            return True
    return False


def _needed(page: Page, says: str, led: str | None = None, kinds: Iterable[str] = PROSE) -> Match:
    """The statement without which another is not understood. Raises Unreadable: nothing else is read in its place."""
    found = page.find_all(says, topic=ITSELF, kinds=tuple(kinds))
    if led:
        listed = _led(page, led)
        found = [m for m in found if (m.match.string, m.where) in listed]
    if not found:
        raise Unreadable(f"the page does not say {says!r}" + (f" in the list {led!r}" if led else ""))
    return page.agreeing(found)


def _led(page: Page, opening: str) -> set[tuple[str, tuple[str, ...]]]:
    """(text, headings) of the items of the lists that a text opens which `opening` fits."""
    found, lead = set(), ""
    for block in page.blocks:
        if block.kind != "item" or block.text.endswith(":"):
            lead = block.text
        elif re.search(opening, lead, re.IGNORECASE):
            found.add((block.text, block.headings))
    return found


def _members(said: Passage, items: str) -> Iterator[Match]:
    """The members of the group `list`, each of which must fit `items` in full."""
    if not isinstance(said, Match):
        raise Unreadable(f"no list in {said.text!r}")
    for text in _COMMA.split(said.group("list")):
        yield said.piece(text).scan(items)


def _scanned(cell: Passage, says: str) -> Match | None:
    try:
        return cell.scan(says)
    except Unreadable:
        return None


def _named(m: re.Match[str]) -> dict[str, str]:
    return {k: v for k, v in m.groupdict().items() if v}


def texts(value: Any) -> tuple[str, ...]:
    """One text or several."""
    return (value,) if isinstance(value, str) else tuple(value)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [dict(value)] if isinstance(value, dict) else [dict(v) for v in value]
