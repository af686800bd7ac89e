"""Readers that are data: `[[sentence]]` and `[[cell]]` of a vendor's statements.toml, each one statement and what it makes.

    [[sentence]]
    reader = "sprite_wakes"            # entries of one name are one reader: its facts come all or none
    on = "sprites_lifecycle"           # the name of a [[source]], or several
    says = 'The next request resumes it in {duration}'      # or several wordings: the ones that stand must agree
    topic = ['\\bresum', '{duration}'] # as of Page.find_all; "itself"; without one the page must say it
    makes = { start = "resume" }       # or several

    [[cell]]
    reader = "plan_session"
    on = "billing"
    table = "plans"                       # those that compare plans, whichever way round; or the columns of the one table
    row = 'Max session length'            # without one: every row; its groups stand beside those of `says`
    says = '{duration}'
    makes = { limit = "session_max", plan = "{plan}" }

A table that is known by its columns says in which `column` the cell stands; one with a group means each that fits.

Beside `says`: `under` and `kinds` as of Page.find, `section` (only where that heading is, and under it), `where` (only where
the page says that), `unless` (only where it does not), `all` (each statement, not the one), `part` (without it the reader's
facts are not taken), `either` (of the reader's entries that have it one must be there). Of a cell: `some` (the row may be
absent), `skip` (what a cell may say instead, beside what is usual), `none` (what it says where there is none: then what
`denies` lists is denied, which ends what an older page states of it), `drop` (words of it that are left out).

What is made is a price (of a meter), a limit, an allowance, a start (of an operation), the fee of a plan by its name, or a
row of another `table`. `of` names the hole whose amount is meant ("duration2|duration": the first that is there;
"count..count2": from one to the other), `if` a group (or hole)
without which nothing is made, `unless` one with which nothing is, `per` what the amount must be per,
`each` a group that is a list, with a fact for each member. "{group}" stands for the group's text or its amount,
"{group:terms}" for what [terms.<terms>] says that the text means; `plan`, `interface` and `gpu` are known terms. A cell that says
"unlimited" states that there is no limit; "8+" ("ask us for more") is none.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from sandsnap.model import Fact, Value
from sandsnap.read.amounts import Amount, days
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import PROSE, Page
from sandsnap.read.passage import Match, Passage, on_day
from sandsnap.read.plans import SILENT, by_plan, fee, is_plan, names_plan, plan_of
from sandsnap.read.sentences import ITSELF, Topic, pattern_tokens
from sandsnap.read.table import Cell, Row
from sandsnap.vendors import settings, stated
from schemas import TABLES

MARKS = re.compile(r"(?:\s?(?:ˆ\d|[*†‡]))+$")  # of footnotes
INTERFACES = {
    "python": "python", "typescript": "typescript", "javascript": "typescript", "javascript/typescript": "typescript",
    "js": "typescript", "go": "go", "ruby": "ruby", "java": "java", "rust": "rust", "php": "php", "cli": "cli", "mcp": "mcp",
}  # fmt: skip
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?(\?)?\}")
_GPU = re.compile(
    r"(?:[ABHL]\d{2,3}S?|G[BH]\d{3}|[LT]4|MI\d{3}X?|RTX[ -](?:PRO[ -])?\d{4})(?:[ -]\d+ ?GB)?", re.IGNORECASE
)
_LIST = re.compile(r",?\s+(?:and|or)\s+(?:the )?|,\s*(?:the )?|\s*/\s*")
_SAYS = {
    "reader",
    "on",
    "why",
    "says",
    "topic",
    "under",
    "kinds",
    "section",
    "where",
    "unless",
    "all",
    "part",
    "either",
    "makes",
}
_CELL = _SAYS - {"kinds", "all"} | {"table", "row", "column", "some", "skip", "drop", "none", "denies"}
_MADE = {"limit": "limits", "price": "prices", "allowance": "allowances", "start": "cold_starts", "fee": "plans"}
_NO_LIMIT = re.compile(r"unlimited|no limit", re.IGNORECASE)
# The unit of a limit that is stated to be none.
_UNITS = {"duration": "hour", "rate": "per_second", "size": "gb", "count": "count"}
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
        return _texts(self.given.get("says", ()))

    def read(self, page: Page) -> Iterator[Fact]:
        """The facts of the entry. Raises as Page.find and Page.table."""
        given = self.given
        if (given.get("where") and not page.speaks_of(given["where"])) or (
            given.get("unless") and page.speaks_of(given["unless"])
        ):
            return
        plan = settings(self.vendor).get("general", {}).get("of_source", {}).get(page.source_url)
        if plan and not names_plan(self.vendor, plan, page.text):
            raise NotFound(f"the page is about the plan {plan}, and does not name it")
        under = given.get("section", given.get("under"))
        if "section" in given and not page.has_heading(under):
            return
        yield from self._cells(page, under) if self.section == "cell" else self._sentences(page, under)

    @property
    def topic(self) -> Topic | None:
        """What a page speaks of that says it in other words; None where it must say it."""
        topic = self.given.get("topic")
        return ITSELF if topic == "itself" else tuple(topic) if isinstance(topic, list) else topic

    def _sentences(self, page: Page, under: str | None) -> Iterator[Fact]:
        kinds, all_of = tuple(self.given.get("kinds", PROSE)), self.given.get("all", False)
        look = _all if all_of else _one
        found = [m for says in self.says for m in look(page, says, under, kinds)]
        if found:
            yield from _agreeing(f for m in found for f in self._made(m, {}))
        elif self.topic is None:
            where = f" under {under!r}" if under else ""
            raise NotFound(f"no text fits {self.says[0]!r}{where}", *page.candidates(pattern_tokens(self.says[0])))
        else:
            page.maybe(self.says[0], topic=self.topic, under=under, kinds=kinds, part=self.given.get("part", False))

    def _cells(self, page: Page, under: str | None) -> Iterator[Fact]:
        label, some = "|".join(_texts(self.given.get("row", ()))) or None, self.given.get("some", False)
        if self.given["table"] == "plans":
            for plan, cell, groups in by_plan(
                page, label or ".*", under=under, some=some, skip=self.given.get("skip", "(?!)")
            ):
                name = _PLAIN.sub("", cell.column if is_plan(page.vendor, cell.column) else cell.first)
                yield from self._cell(cell, {**groups, "plan": plan, "name": name})
            return
        columns, topic = _texts(self.given["table"]), self.topic
        tables = page.tables_with(*columns, topic=topic, under=under) if topic else [page.table(*columns, under=under)]
        for table in tables:
            rows = list(table) if label is None else table.rows_named(label)
            if label is not None and not rows and not some:
                table.row(label)
            for row in rows:
                yield from self._row(row, label)

    def _row(self, row: Row, label: str | None) -> Iterator[Fact]:
        named = row.first.scan(label) if label else None
        groups: dict[str, str] = {k: v for k, v in (named.match.groupdict() if named else {}).items() if v}
        wanted = self.given["column"]
        if "(?P<" in wanted:
            for cell in row.cells[1:]:
                if m := re.fullmatch(wanted, cell.column, re.IGNORECASE):
                    yield from self._cell(cell, {**groups, **{k: v for k, v in m.groupdict().items() if v}})
        else:
            yield from self._cell(row[wanted], {"first": row.first.text, **groups})

    def _cell(self, cell: Cell, groups: Mapping[str, str]) -> Iterator[Fact]:
        drop = self.given.get("drop", "(?!)")
        cell = replace(cell, text=re.sub(drop, "", MARKS.sub("", cell.text), flags=re.IGNORECASE))
        if (none := self.given.get("none")) and re.fullmatch(none, cell.text, re.IGNORECASE):
            yield from (self._denial(cell, made, groups) for made in _dicts(self.given["denies"]))
            return
        skip = self.given.get("skip")
        if SILENT.fullmatch(cell.text) or not cell.text or (skip and re.fullmatch(skip, cell.text, re.IGNORECASE)):
            return
        limits = [m for m in _dicts(self.given.get("makes", [])) if "limit" in m]
        if limits and _NO_LIMIT.fullmatch(cell.text):
            unit = next(u for hole, u in _UNITS.items() if f"{{{hole}" in self.says[0])
            for made in limits:
                yield from self._facts(cell, {**made, "none": True, "unit": made.get("unit", unit)}, groups)
            return
        *others, last = self.says
        said = next((m for s in others if (m := _scanned(cell, s))), None) or cell.scan(last)
        yield from self._made(said, groups)

    def _denial(self, cell: Cell, made: Mapping[str, Any], groups: Mapping[str, str]) -> Fact:
        table = _MADE.get(next(iter(made)), made.get("table", ""))
        return cell.denial(
            table, **{k: self._value(cell, table, k, v, groups) for k, v in made.items() if k != "table"}
        )

    # -- what it makes -----------------------------------------------------------------------------------------------

    def _made(self, said: Passage, groups: Mapping[str, str]) -> Iterator[Fact]:
        for made in _dicts(self.given.get("makes", [])):
            has = said.match.groupdict() if isinstance(said, Match) else {}
            if ("if" in made and has.get(made["if"]) is None) or has.get(made.get("unless", "")) is not None:
                continue
            made = {k: v for k, v in made.items() if k not in ("if", "unless")}
            if listed := made.get("each"):
                for member in _LIST.split(_group(said, listed, groups)):
                    yield from self._facts(
                        said, {k: v for k, v in made.items() if k != "each"}, {**groups, listed: member}
                    )
            else:
                yield from self._facts(said, made, groups)

    def _facts(self, said: Passage, made: dict[str, Any], groups: Mapping[str, str]) -> Iterator[Fact]:
        kind = next(iter(made))
        amount = _amount(said, made.pop("of", None)) if kind in _MADE and not made.pop("none", False) else None
        if amount and (per := made.pop("per", None)) is not None and amount.per != tuple(per.split()):
            raise Unreadable(f"expected an amount per {per or 'nothing'}, found {said.text!r}")
        table = _MADE.get(kind, made.get("table", ""))
        fields = {k: self._value(said, table, k, v, groups) for k, v in made.items() if k != "table"}
        term = fields.pop(kind, None)
        if kind == "table":
            yield said.fact(table, **fields)
        elif kind == "fee":
            assert amount is not None
            yield from fee(said, amount, fields["plan"], term, monthly=fields.get("monthly", False))
        elif kind == "limit":
            if amount is None or amount.bound != "min" or self.section != "cell":
                yield said.limit(term, amount, **{"bound": "max", **fields})
        elif amount is None:
            raise Unreadable(f"no amount in {said.text!r}")
        elif kind == "price":
            yield said.price(amount, term, **fields)
        elif kind == "start":
            yield said.cold_start(term, amount, **fields)
        else:
            yield said.allowance(term, fields.pop("period"), amount, **fields)

    def _value(self, said: Passage, table: str, column: str, given: Any, groups: Mapping[str, str]) -> Any:
        if isinstance(given, dict):  # { if = "card", is = false, else = … }
            return given["is"] if isinstance(said, Match) and said.has(given["if"]) else given.get("else")
        spec = TABLES[table].by_name.get(column)
        exact = spec is not None and isinstance(spec.polars, pl.Decimal)
        if not isinstance(given, str):
            return Decimal(str(given)) if exact and not isinstance(given, bool) else given
        whole = _PLACE.fullmatch(given)
        if whole and isinstance(said, Match) and whole[1] in said.holes:
            amount = said[whole[1]] if said.has(whole[1]) else None
            return amount and (days(amount) if column == "retention_days" else amount.value if exact else amount.text)
        if whole and whole[3] and isinstance(said, Match) and not said.has(whole[1]):
            return None
        if whole:
            found = self._term(_group(said, whole[1], groups), whole[2])
            return on_day(str(found)) if spec is not None and spec.polars == pl.Date else found
        text = _PLACE.sub(lambda m: str(self._term(_group(said, m[1], groups), m[2])), given)
        return date.fromisoformat(text) if spec is not None and spec.polars == pl.Date else text

    def _term(self, text: str, terms: str | None) -> Value:
        plain = " ".join(text.lower().split())
        if terms == "lower":
            return plain
        if terms == "sku":
            return re.sub(r"[\s_]+", "-", plain)
        if terms == "gpu":
            if not _GPU.fullmatch(text.strip()):
                raise Unreadable(f"no name of a GPU: {text!r}")
            return re.sub(r"[\s_-]+", "-", plain)
        if terms is None:
            return text
        if terms == "plan":
            return plan_of(self.vendor, text)
        known = self._terms(terms)
        found = known.get(plain, known.get(re.sub(r"\s*\([^()]*\)$", "", plain)))
        if found is None:
            where = f"{self.vendor}/statements.toml, [terms.{terms}]"
            raise Unreadable(f"unknown {terms} {text!r}: once a person has looked at the page, add it to {where}")
        return None if found == "" else found

    def _terms(self, name: str) -> Mapping[str, Value]:
        own = {k.lower(): v for k, v in stated(self.vendor).get("terms", {}).get(name, {}).items()}
        return {**INTERFACES, **own} if name == "interface" else own


def entries(vendor: str) -> list[Entry]:
    """A vendor's entries. Raises ValueError for one that does not fit."""
    out = []
    for section, allowed in (("sentence", _SAYS), ("cell", _CELL)):
        for nth, given in enumerate(stated(vendor).get(section, [])):
            where = f"{vendor}/statements.toml: [[{section}]] no. {nth + 1} ({given.get('reader')})"
            if extra := given.keys() - allowed:
                raise ValueError(f"{where}: unknown keys {', '.join(sorted(extra))}")
            cells = {"table", "row"} if given.get("table") == "plans" else {"table", "column"}
            needed = {"reader", "on", "says"} | (cells if section == "cell" else set())
            if missing := needed - given.keys():
                raise ValueError(f"{where}: say its {', '.join(sorted(missing))}")
            if ("none" in given) != ("denies" in given):
                raise ValueError(f"{where}: say with `none` what it denies")
            for made in _dicts(given.get("makes", [])) + _dicts(given.get("denies", [])):
                if next(iter(made), None) not in {*_MADE, "table"} or made.get("table", "limits") not in TABLES:
                    raise ValueError(
                        f"{where}: {made} makes no row of a table; begin with limit, price, allowance, start or table"
                    )
            out.append(Entry(vendor, section, nth, given))
    return out


def readers(vendor: str) -> list[tuple[tuple[str, ...], Callable[[Page], Iterable[Fact]]]]:
    """(names of sources, function) of each reader that the entries make."""
    by_name: dict[tuple[tuple[str, ...], str], list[Entry]] = {}
    for entry in entries(vendor):
        by_name.setdefault((_texts(entry.given["on"]), entry.given["reader"]), []).append(entry)
    return [(on, _reader(name, own)) for (on, name), own in by_name.items()]


def _reader(name: str, own: list[Entry]) -> Callable[[Page], Iterable[Fact]]:
    def reader(page: Page) -> Iterator[Fact]:
        lost: NotFound | None = None
        either = False
        for entry in own:
            try:
                facts = list(entry.read(page))
            except NotFound as e:
                if not entry.given.get("either"):
                    raise
                lost = lost or e
                continue
            either |= bool(facts and entry.given.get("either"))
            yield from facts
        if lost and not either:
            raise lost

    reader.__name__ = reader.__qualname__ = name
    return reader


def _all(page: Page, says: str, under: str | None, kinds: tuple[str, ...]) -> list[Match]:
    return page.find_all(says, topic=ITSELF, under=under, kinds=kinds)


def _one(page: Page, says: str, under: str | None, kinds: tuple[str, ...]) -> list[Match]:
    found = page.maybe(says, topic=ITSELF, under=under, kinds=kinds)
    return [found] if found else []


def _scanned(cell: Passage, says: str) -> Match | None:
    try:
        return cell.scan(says)
    except Unreadable:
        return None


def _agreeing(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Each fact once. Raises Ambiguous where two wordings of one page differ."""
    seen: dict[object, Fact] = {}
    for fact in facts:
        first = seen.setdefault(fact.id, fact)
        if first is fact:
            continue
        if first.values != fact.values:
            raise Ambiguous(f"the page says both {first.quote!r} and {fact.quote!r}")
        if first.refused and not fact.refused:
            seen[fact.id] = fact
    yield from seen.values()


def _amount(said: Passage, of: str | None) -> Amount:
    if not isinstance(said, Match):
        raise Unreadable(f"no amount is looked for in {said.text!r}")
    if of and ".." in of:
        first, last = of.split("..")
        if last in said.holes and said.has(last):
            return replace(said[first], low=said[first].value, high=said[last].value, bound="range", text=said.text)
        of = first
    holes = [h for h in (of.split("|") if of else said.holes) if said.has(h)]
    if len(holes) != 1 and not of:
        raise Unreadable(
            f'which amount of {said.text!r} is meant? Name it: of = "{said.holes[0] if said.holes else "count"}"'
        )
    if not holes:
        raise Unreadable(f"no {of} in {said.text!r}")
    return said[holes[0]]


def _group(said: Passage, name: str, groups: Mapping[str, str]) -> str:
    if name in groups:
        return groups[name]
    if not isinstance(said, Match):
        raise Unreadable(f"no {name} in {said.text!r}")
    return said.group(name)


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [dict(value)] if isinstance(value, dict) else [dict(v) for v in value]
