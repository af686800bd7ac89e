"""The entries of a vendor's statements.toml, and the readers that they make."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sandsnap.model import Fact
from sandsnap.read.entries.entry import Entry, texts
from sandsnap.read.entries.feed import KEYS, Feed
from sandsnap.read.entries.made import MADE
from sandsnap.read.entries.one import joined
from sandsnap.read.errors import NotFound
from sandsnap.read.page import Page
from sandsnap.vendors import stated
from schemas import TABLES

_SAYS = {
    "reader", "on", "why", "says", "topic", "under", "kinds", "section", "where", "unless", "led", "needs", "may", "refuse",
    "all", "items", "part", "either", "makes",
}  # fmt: skip
_CELL = _SAYS - {"kinds", "all", "led"} | {
    "table",
    "row",
    "column",
    "some",
    "skip",
    "drop",
    "none",
    "denies",
    "whole",
    "name",
}


def entries(vendor: str) -> list[Entry]:
    """A vendor's entries. Raises ValueError for one that does not fit."""
    out = []
    for section, allowed in (("cell", _CELL), ("sentence", _SAYS)):
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
            entry = Entry(vendor, section, nth, _spelt(given, stated(vendor).get("patterns", {})))
            for made in (*entry.makes, *entry.denies):
                if next(iter(made), None) not in {*MADE, "table"} or made.get("table", "limits") not in TABLES:
                    raise ValueError(
                        f"{where}: {made} makes no row of a table; begin with limit, price, allowance, start or table"
                    )
            out.append(entry)
    return out


def _spelt(given: Any, patterns: Mapping[str, str]) -> Any:
    """What is given, with the patterns that it names."""
    if isinstance(given, str):
        return re.sub(r"\{\{(\w+)\}\}", lambda m: f"(?:{_spelt(patterns[m[1]], patterns)})", given)
    if isinstance(given, dict):
        return {k: _spelt(v, patterns) for k, v in given.items()}
    return [_spelt(v, patterns) for v in given] if isinstance(given, list) else given


def feeds(vendor: str) -> list[Feed]:
    """A vendor's entries on JSON feeds. Raises ValueError for one that does not fit."""
    out = []
    for nth, given in enumerate(stated(vendor).get("feed", [])):
        if given.keys() - KEYS or (missing := {"reader", "on", "rows", "makes"} - given.keys()):
            what = (
                f"unknown keys {sorted(given.keys() - KEYS)}" if given.keys() - KEYS else f"say its {sorted(missing)}"
            )
            raise ValueError(f"{vendor}/statements.toml: [[feed]] no. {nth + 1}: {what}")
        out.append(Feed(vendor, given))
    return out


def readers(vendor: str) -> list[tuple[tuple[str, ...], Callable[[Page], Iterable[Fact]]]]:
    """(names of sources, function) of each reader that the entries make."""
    by_name: dict[tuple[tuple[str, ...], str], list[Entry | Feed]] = {}
    declared: list[Entry | Feed] = [*entries(vendor), *feeds(vendor)]
    for entry in declared:
        by_name.setdefault((texts(entry.given["on"]), entry.given["reader"]), []).append(entry)
    return [(on, _reader(name, own)) for (on, name), own in by_name.items()]


def _reader(name: str, own: list[Entry | Feed]) -> Callable[[Page], Iterable[Fact]]:
    def reader(page: Page) -> Iterator[Fact]:
        lost: NotFound | None = None
        either = False
        found: list[Fact] = []
        parts: list[Fact] = []
        alone: list[Fact] = []
        for entry in own:
            try:
                facts = list(entry.read(page))
            except NotFound as e:
                if not entry.given.get("either"):
                    raise
                lost = lost or e
                continue
            either |= bool(facts and entry.given.get("either"))
            part = entry.given.get("part")
            (alone if part == "alone" else parts if part else found).extend(facts)
        if lost and not either:
            raise lost
        yield from joined(found, parts, alone)

    reader.__name__ = reader.__qualname__ = name
    return reader
