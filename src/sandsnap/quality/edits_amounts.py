"""Mutations of a figure: its amount, currency, way of writing, unit, or whether it stands there at all."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from sandsnap.quality.cases import CHANGE, ISSUE, NOTHING, Case, Day, capture_of, lasting
from sandsnap.quality.figures import Figure, Original, edited, moved, written
from sandsnap.quality.source_tables import Span, replaced

Edit = Callable[[Original, Figure], Iterator[Case]]
UP, DOWN = Decimal("1.3"), Decimal("0.7")


def _moved(name: str, page: Original, figure: Figure, factor: Decimal, priced: bool) -> Iterator[Case]:
    new = moved(figure, factor)
    if priced != ("prices" in figure.tables) or new is None:
        return
    text, values = edited(page, figure, new)
    yield lasting(name, page, text, CHANGE, moved=values, both=not figure.dropped(page))


def price_up(page: Original, figure: Figure) -> Iterator[Case]:
    """A price rises by three tenths, wherever the page states it."""
    return _moved("price_up", page, figure, UP, True)


def price_down(page: Original, figure: Figure) -> Iterator[Case]:
    """A price falls by three tenths."""
    return _moved("price_down", page, figure, DOWN, True)


def amount_up(page: Original, figure: Figure) -> Iterator[Case]:
    """A limit, an allowance, a start time or a retention grows."""
    return _moved("amount_up", page, figure, UP, False)


def amount_down(page: Original, figure: Figure) -> Iterator[Case]:
    """A limit, an allowance, a start time or a retention shrinks."""
    return _moved("amount_down", page, figure, DOWN, False)


def currency(page: Original, figure: Figure) -> Iterator[Case]:
    """The same figures in euros: the price in dollars is not on the page any more."""
    edits = _signs(page, figure, "€")
    if edits and (gone := figure.dropped(page)):
        yield lasting("currency", page, replaced(page.text, edits), ISSUE, unstated=gone)


def _signs(page: Original, figure: Figure, sign: str) -> dict[Span, str]:
    edits: dict[Span, str] = {}
    for n in (*figure.spots, *(t for t, _ in figure.twins)):
        m = re.search(r"(?:US)?\\?(?:\$|&#36;)(?:\s|<[^<>]*>)*$", page.text[max(0, n.span[0] - 60) : n.span[0]])
        if m is None:
            return {}
        at = n.span[0] - len(m[0])
        edits[at, n.span[0]] = re.sub(r"(?:US)?\\?(?:\$|&#36;)", sign, m[0], count=1)
    return edits


def number_format(page: Original, figure: Figure) -> Iterator[Case]:
    """The same figure written otherwise: a zero behind the decimals, or a thousands comma put in or left out."""
    edits = {}
    for n in figure.spots:
        new = n.text + "0" if "." in n.text else n.text.replace(",", "") if "," in n.text else f"{int(n.value):,}"
        if new != n.text:
            edits[n.span] = new
    if edits and not figure.twins:  # another decimal beside a rounded twin is another statement of exactness
        yield lasting("number_format", page, replaced(page.text, edits), NOTHING)


def decimal_comma(page: Original, figure: Figure) -> Iterator[Case]:
    """A decimal comma for the point: no dollar amount a reader may guess at."""
    edits = {n.span: n.text.replace(".", ",") for n in (*figure.spots, *(t for t, _ in figure.twins)) if "." in n.text}
    if edits and page.form != "json" and (gone := figure.dropped(page)):
        yield lasting("decimal_comma", page, replaced(page.text, edits), ISSUE, unstated=gone)


def contact_us(page: Original, figure: Figure) -> Iterator[Case]:
    """The cell, or the amount in a sentence, says "Contact us": the page does not state it any more."""
    if page.form == "json":
        return
    edits = {_holder(page, n.span): "Contact us" for n in (*figure.spots, *(twin for twin, _ in figure.twins))}
    spans = sorted(edits)
    if any(a[1] > b[0] for a, b in pairwise(spans)):
        return
    touched = [f for f in page.figures if any(_inside(n.span, s) for n in f.spots for s in spans)]
    whole = all(any(_inside(n.span, s) for s in spans) for f in touched for n in f.spots)
    if not whole or not all(f.dropped(page, spans) for f in touched):
        return  # something of the cell is stated elsewhere too
    gone = [x for f in touched for x in f.facts]
    yield lasting("contact_us", page, replaced(page.text, edits), ISSUE, unstated=gone, may_go=True)


def _inside(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _holder(page: Original, spot: Span) -> Span:
    """The cell around a figure; in a sentence the figure with its sign and units."""
    for table in page.tables:
        if table.span[0] <= spot[0] and spot[1] <= table.span[1]:
            for row in table.body:
                for cell in row.cells[1:]:
                    if cell[0] <= spot[0] and spot[1] <= cell[1]:
                        return table.inner(cell)
    before = re.search(r"(?:[~≈<]|&lt;)?\s?(?:US)?\\?(?:\$|&#36;)?\s?$", page.text[max(0, spot[0] - 12) : spot[0]])
    after = re.match(
        r"(?:\s?/\s?|\s+per\s+|\s*-?\s*)(?:ms|milliseconds?|s|secs?|seconds?|min|minutes?|hours?|hrs?|h|days?|months?|mo|GB|GiB|MB|MiB"
        r"|TB|vCPUs?)\b(?:\s?/\s?(?:hour|hr|h|s|sec|second|month|mo)\b)?", page.text[spot[1] :],
    )  # fmt: skip
    return spot[0] - (len(before[0]) if before else 0), spot[1] + (len(after[0]) if after else 0)


# Another unit of the same kind, away by a factor that a reading in the wrong unit has: 3600, 60, 24, 730.
_OTHER = {"second": "hour", "minute": "hour", "hour": "second", "day": "hour", "month": "hour"}
_WORD = re.compile(r"(?P<lead>\s*-?\s*)(?P<unit>second|minute|hour|day)(?P<plural>s?)\b", re.IGNORECASE)
_PER = re.compile(
    r"(?P<lead>[^|\n<$]{0,24}?(?:/|\bper\s|-)\s*)(?P<unit>second|sec|s|hour|hr|h|month|mo)\b(?![-/])", re.IGNORECASE
)
_LONG = {
    "second": "second",
    "sec": "second",
    "s": "second",
    "hour": "hour",
    "hr": "hour",
    "h": "hour",
    "month": "month",
    "mo": "month",
}


def unit_changed(page: Original, figure: Figure) -> Iterator[Case]:
    """The figure stays and its unit becomes another: by just the factor of a misread unit, so it waits for a person."""
    if figure.twins or not figure.tables <= {"prices", "limits"}:
        return
    pattern, names = (_PER, _LONG) if "prices" in figure.tables else (_WORD, {})
    edits: dict[Span, str] = {}
    for n in figure.spots:
        m = pattern.match(page.text, n.span[1])
        if m is None:
            return
        unit = m["unit"].lower()
        edits[m.span("unit")] = _OTHER[names.get(unit, unit)]
    if gone := figure.dropped(page):
        yield lasting("unit_changed", page, replaced(page.text, edits), ISSUE, unstated=gone)


def alternating(page: Original, figure: Figure) -> Iterator[Case]:
    """Two variants of the page in turn for twenty days, with two prices: shown day by day, and no event."""
    new = moved(figure, UP)
    if new is None:
        return
    text, values = edited(page, figure, new)
    days = tuple(
        Day(capture_of(page, text if n % 2 else page.capture.body, n), values if n % 2 else {}) for n in range(1, 21)
    )
    yield Case("alternating_amount", page, days, CHANGE, both=not figure.dropped(page))


def row_doubled(page: Original, figure: Figure) -> Iterator[Case]:
    """Two rows of one name with two amounts: neither is taken."""
    new = moved(figure, UP)
    if new is None or len(figure.spots) != 1 or figure.twins or not figure.dropped(page):
        return
    spot = figure.spots[0]
    row = next(
        (r for t in page.tables for r in t.body if r.span[0] <= spot.span[0] and spot.span[1] <= r.span[1]), None
    )
    if row is None:
        return
    start, end = row.span
    line = page.text[start : spot.span[0]] + written(spot, new) + page.text[spot.span[1] : end]
    text = replaced(page.text, {(end, end): "\n" + line})
    yield lasting("row_doubled", page, text, ISSUE, unstated=figure.facts)


AMOUNTS: tuple[Edit, ...] = (
    price_up, price_down, amount_up, amount_down, currency, number_format, decimal_comma, contact_us, unit_changed, row_doubled,
    alternating,
)  # fmt: skip
