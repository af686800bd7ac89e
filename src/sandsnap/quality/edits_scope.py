"""Mutations of what a statement speaks of: hidden, struck out, of another time, currency, vendor or offer, a bound.

Each moves a figure and sets it, by words or markup of traps.toml, where it says nothing of today's list price. The page
states no fact that rests on it any more: nothing may be taken, and nothing verified.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from sandsnap.model import Fact
from sandsnap.quality.cases import ISSUE, Case, lasting
from sandsnap.quality.figures import Figure, Number, Original, moved, numeral_edits
from sandsnap.quality.source_places import Elements, block, group, section, sentence
from sandsnap.quality.source_tables import SourceTable, Span, replaced
from sandsnap.read.amounts import count
from sandsnap.read.bounds import bounded
from sandsnap.read.errors import Unreadable

Text = str | list[str]
Edit = Callable[[Original, Figure], Iterator[Case]]
_SIGN = re.compile(r"(?:[~≈<]|&lt;)?\s?(?:US)?\\?(?:\$|&#36;)?\s?$")
# The unit that belongs to an amount: what stands behind it stands behind its unit.
_UNIT = re.compile(
    r"(?:\s?/\s?|\s+per\s+|\s*-?\s*)(?:ms|milliseconds?|s|secs?|seconds?|min|minutes?|hours?|hrs?|h|days?|months?|mo|GB|GiB|MB|MiB"
    r"|TB|vCPUs?|1M)\b(?:(?:\s?/\s?|-|\s+per\s+|\s)(?:hour|hr|h|s|sec|second|month|mo)\b)?"
)


@cache
def traps() -> tuple[dict[str, Any], ...]:
    """The entries of traps.toml."""
    text = (files("sandsnap") / "quality" / "traps.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["trap"])


def of_kind(mutation: str) -> Edit:
    """The edit that makes every case of a kind: one for each of its words, at each figure it can stand at."""

    def edit(page: Original, figure: Figure) -> Iterator[Case]:
        for trap in traps():
            if trap["mutation"] == mutation and trap.get("form", page.form) == page.form:
                for text in trap["texts"]:
                    yield from trapped(page, figure, trap, text)

    edit.__name__ = mutation
    return edit


def trapped(page: Original, figure: Figure, trap: dict[str, Any], text: Text) -> Iterator[Case]:
    """The case in which every place of a figure says something else by these words; none where they cannot stand."""
    new = moved(figure, Decimal("1.3"))
    if page.form == "json" or new is None or _fair(page, trap, figure, text):
        return
    numerals, _ = numeral_edits(figure, new)
    edits: dict[Span, str] = {}
    spans: list[Span] = []
    for n in (*figure.spots, *(t for t, _ in figure.twins)):
        put = _PLACES[trap["in"]](page, n, text)
        if put is None:
            return
        made, span = put
        edits |= made
        spans.append(span)
    if any(a[1] > b[0] for a, b in pairwise(sorted({**numerals, **edits}))):
        return
    gone = [f for f in _stated_within(page, spans) if not trap.get("money") or _is_money(f, trap)]
    if gone:
        name = trap["mutation"]
        yield lasting(name, page, replaced(page.text, {**numerals, **edits}), ISSUE, unstated=gone, may_go=True)


def _is_money(fact: Fact, trap: dict[str, Any]) -> bool:
    """Whether a fact is in dollars, or where the words speak of an offer, a price."""
    usd = fact.values.get("unit") == "usd" and trap["mutation"] == "currency"
    return fact.table in ("prices", "plans") or usd


def _fair(page: Original, trap: dict[str, Any], figure: Figure, text: Text) -> bool:
    """Whether the figure says the same thing with these words: a currency changes no gigabytes, "up to" no limit, and a start
    takes about so long as it takes."""
    if trap.get("money"):
        return not all(_is_money(f, trap) for f in figure.facts)
    if trap["mutation"] != "bound" or not isinstance(text, str):
        return False
    before = trap["in"] == "amount"
    bound = _bound(f"{text}5", len(text), len(text) + 1) if before else _bound(f"5{text}", 0, 1)
    tables = {f.table for f in figure.facts}
    if all(_bound(page.text, *n.span) == bound for n in figure.spots):
        return True  # "about" before "about" says nothing new
    is_max = any(f.key.get("statistic") == "max" for f in figure.facts)  # "under 90 ms (minimum)" is nothing
    return (
        is_max
        or (bound == "max" and tables <= {"limits", "cold_starts"})
        or (bound == "about" and "cold_starts" in tables)
    )


def _bound(text: str, start: int, end: int) -> str:
    """The bound of the figure text[start:end]; "none" where what stands around it lets nobody read it."""
    try:
        return bounded(count("5"), text, start, end).bound
    except Unreadable:
        return "none"


def _stated_within(page: Original, spans: list[Span]) -> list[Fact]:
    """The facts all of whose figures lie in these spans."""
    out: dict[object, Fact] = {}
    for f in page.figures:
        if all(any(s <= n.span[0] and n.span[1] <= e for s, e in spans) for n in f.spots):
            out |= {x.id: x for x in f.dropped(page, spans)}
    return list(out.values())


# -- places: the edit, and the part of the page of which it says something -------------------------------------------

Put = tuple[dict[Span, str], Span] | None


def _cell(page: Original, n: Number) -> tuple[SourceTable, int, Span, Span] | None:
    for table in page.tables:
        if table.span[0] <= n.span[0] and n.span[1] <= table.span[1]:
            for row in table.body:
                for i, cell in enumerate(row.cells):
                    if cell[0] <= n.span[0] and n.span[1] <= cell[1]:
                        return table, i, cell, row.cells[0]
    return None


def elements_of(page: Original) -> Elements:
    """The elements of a page's source, found once."""
    known = page.__dict__.setdefault("_elements", None)
    if known is None:
        known = page.__dict__["_elements"] = Elements(page.text)
    return known


def _around(page: Original, n: Number, text: Text) -> Put:
    assert isinstance(text, list)
    before, behind = text
    at = _cell(page, n)
    held = at[0].inner(at[2]) if at else block(page.text, page.form, elements_of(page), n.span)
    if held is None or (not at and page.form != "html" and "\n" in page.text[slice(*held)]):
        return None
    return {(held[0], held[0]): before, (held[1], held[1]): behind}, held


def _attribute(page: Original, n: Number, text: Text) -> Put:
    found = elements_of(page).around(n.span)
    if found is None or "class=" in page.text[found[0] : found[1]] or "style=" in page.text[found[0] : found[1]]:
        return None
    end = found[0] + 1 + len(found[4])
    return {(end, end): f" {text}"}, (found[1], found[2])


def _caption(page: Original, n: Number, text: Text) -> Put:
    at = _cell(page, n)
    if at is None or at[0].form != "html":
        return None
    table = at[0]
    start = page.text.index(">", table.span[0]) + 1
    return {(start, start): f"<caption>{text}</caption>"}, table.span


def _heading(page: Original, n: Number, text: Text) -> Put:
    at = group(page.text, page.form, elements_of(page), page.tables, n.span)
    new = f"<h6>{text}</h6>\n" if page.form == "html" else f"\n###### {text}\n\n"
    return {(at, at): new}, section(page.text, page.form, at)


def _lead(page: Original, n: Number, text: Text) -> Put:
    at = group(page.text, page.form, elements_of(page), page.tables, n.span)
    new = f"<p>{text}</p>\n" if page.form == "html" else f"\n{text}\n\n"
    cell = _cell(page, n)
    end = cell[0].span[1] if cell else n.span[1]
    return {(at, at): new}, (at, end)


def _column(page: Original, n: Number, text: Text) -> Put:
    at = _cell(page, n)
    if at is None or not at[0].regular or len(at[0].head) != 1 or at[1] == 0:
        return None
    table, i = at[0], at[1]
    end = table.inner(table.head[0].cells[i])[1]
    if not table.words(table.head[0].cells[i]):
        return None
    return {(end, end): str(text)}, n.span


def _row(page: Original, n: Number, text: Text) -> Put:
    at = _cell(page, n)
    if at is None or at[1] == 0 or not at[0].words(at[3]):
        return None
    end = at[0].inner(at[3])[1]
    return {(end, end): str(text)}, n.span


def _amount(page: Original, n: Number, text: Text) -> Put:
    before = _SIGN.search(page.text[max(0, n.span[0] - 12) : n.span[0]])
    start = n.span[0] - (len(before[0].lstrip()) if before else 0)
    return {(start, start): str(text)}, n.span


def _behind(page: Original, n: Number, text: Text) -> Put:
    m = _UNIT.match(page.text, n.span[1])
    end = m.end() if m else n.span[1]
    return {(end, end): str(text)}, n.span


def _sentence(page: Original, n: Number, text: Text) -> Put:
    held = None if _cell(page, n) else block(page.text, page.form, elements_of(page), n.span)
    if held is None or re.match(r"#{1,6} ", page.text[held[0] :]):
        return None
    start, end = sentence(page.text, held, n.span)
    if len(page.text[start:end].split()) < 3:
        return None
    first = page.text[start]
    low = first.lower() if page.text[start + 1 : start + 2].islower() else first
    return {(start, start + 1): f"{text}{low}"}, (start, end)


def _tail(page: Original, n: Number, text: Text) -> Put:
    held = None if _cell(page, n) else block(page.text, page.form, elements_of(page), n.span)
    if held is None:
        return None
    start, end = sentence(page.text, held, n.span)
    if len(page.text[start:end].split()) < 3:
        return None
    return {(end, end): str(text)}, (start, end)


_PLACES: dict[str, Callable[[Original, Number, Text], Put]] = {
    "around": _around, "attribute": _attribute, "caption": _caption, "heading": _heading, "lead": _lead, "column": _column,
    "row": _row, "amount": _amount, "behind": _behind, "sentence": _sentence, "tail": _tail,
}  # fmt: skip

SCOPE: tuple[Edit, ...] = tuple(of_kind(m) for m in dict.fromkeys(t["mutation"] for t in traps()))
