"""The entries of a vendor's statements.toml, and the readers that they make."""

from collections.abc import Callable, Iterable, Iterator

from sandsnap.model import Fact
from sandsnap.read.entries.entry import Entry, texts
from sandsnap.read.entries.made import MADE
from sandsnap.read.entries.one import joined
from sandsnap.read.errors import NotFound
from sandsnap.read.page import Page
from sandsnap.vendors import stated
from schemas import TABLES

_SAYS = {
    "reader", "on", "why", "says", "topic", "under", "kinds", "section", "where", "unless", "led", "needs", "refuse",
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
            entry = Entry(vendor, section, nth, given)
            for made in (*entry.makes, *entry.denies):
                if next(iter(made), None) not in {*MADE, "table"} or made.get("table", "limits") not in TABLES:
                    raise ValueError(
                        f"{where}: {made} makes no row of a table; begin with limit, price, allowance, start or table"
                    )
            out.append(entry)
    return out


def readers(vendor: str) -> list[tuple[tuple[str, ...], Callable[[Page], Iterable[Fact]]]]:
    """(names of sources, function) of each reader that the entries make."""
    by_name: dict[tuple[tuple[str, ...], str], list[Entry]] = {}
    for entry in entries(vendor):
        by_name.setdefault((texts(entry.given["on"]), entry.given["reader"]), []).append(entry)
    return [(on, _reader(name, own)) for (on, name), own in by_name.items()]


def _reader(name: str, own: list[Entry]) -> Callable[[Page], Iterable[Fact]]:
    def reader(page: Page) -> Iterator[Fact]:
        lost: NotFound | None = None
        either = False
        found: list[Fact] = []
        parts: list[Fact] = []
        for entry in own:
            try:
                facts = list(entry.read(page))
            except NotFound as e:
                if not entry.given.get("either"):
                    raise
                lost = lost or e
                continue
            either |= bool(facts and entry.given.get("either"))
            (parts if entry.given.get("part") else found).extend(facts)
        if lost and not either:
            raise lost
        yield from joined(found, parts)

    reader.__name__ = reader.__qualname__ = name
    return reader
