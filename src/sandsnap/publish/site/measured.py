"""How long a start takes, as others measured it: beside the vendor's claim in its cell, and as a series on its page.

Never mixed with facts: each figure says who measured what, when and how often, and leads to the file. Days that nobody
measured are gaps, and no line is drawn over them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandsnap.publish.measured import how_often, name
from sandsnap.publish.site.chart import WIDTH, Frame, Line, Plane
from sandsnap.read.publishers import publisher, publishers
from sandsnap.record import series_queries
from sandsnap.record.claim_queries import Connection
from sandsnap.tell import words
from sandsnap.tell.measured import MODE_WORDS, seconds
from schemas.vocabulary import MODES

NAMES = 132
MOST_ROWS = 90
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Measured:
    """The last measurement of one product and mode, in words. `figure` is the link's text; `rest` follows it."""

    vendor: str
    product: str
    mode: str
    figure: str
    rest: str
    url: str
    capture: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(Frame):
    """A product's series: a dot a day, lines between days in a row only."""

    measures: str
    rows: tuple[Mapping[str, Any], ...]


def load(con: Connection, on: date) -> dict[str, tuple[Measured, ...]]:
    """By vendor, its last measurements by a day, one at a time first."""
    out: dict[str, list[Measured]] = {}
    for r in sorted(series_queries.last_starts(con, on).records(), key=_order):
        out.setdefault(r["vendor"], []).append(_said(r))
    return {vendor: tuple(own) for vendor, own in out.items()}


def days(con: Connection) -> dict[str, list[tuple[date, Measured]]]:
    """By vendor, from each day on the measurement that stands first in `load` of that day."""
    out: dict[str, list[tuple[date, Measured]]] = {}
    first: dict[str, tuple[Any, ...]] = {}
    for r in sorted(series_queries.starts(con).records(), key=lambda r: (r["measured_on"], _order(r))):
        if _order(r) <= first.setdefault(r["vendor"], _order(r)):
            first[r["vendor"]] = _order(r)
            own = out.setdefault(r["vendor"], [])
            if not own or own[-1][0] < r["measured_on"]:
                own.append((r["measured_on"], _said(r)))
    return out


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["vendor"], row["product"], row["publisher"], MODES.index(row["mode"])


def _said(row: Mapping[str, Any]) -> Measured:
    by = name(row["publisher"])
    what = "from create to first command" if row["value"] is not None else ""
    return Measured(
        row["vendor"], words.product(row["vendor"], row["product"]), MODE_WORDS[row["mode"]],
        seconds(row["value"]) if row["value"] is not None else "no start",
        ", ".join(filter(None, [what, how_often(row), words.day(row["measured_on"]), by])),
        row["source_url"], row["capture"], by,
    )  # fmt: skip


def series(con: Connection, vendor: str) -> list[Drawn]:
    """The measurements of a vendor's products as charts, one per product and publisher."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for r in series_queries.starts(con).records():
        if r["vendor"] == vendor:
            groups.setdefault((r["product"], r["publisher"], r["benchmark"]), []).append(r)
    out = []
    for (product, who, benchmark), rows in sorted(groups.items()):
        told = publisher(who).measures(benchmark) if who in publishers() else benchmark
        title = f"{words.product(vendor, product) or 'Sandboxes'}: median time to start, measured by {name(who)}"
        drawn = _drawn(title, told, rows)
        if drawn is not None:
            out.append(drawn)
    return out


def _drawn(title: str, told: str, rows: Sequence[Mapping[str, Any]]) -> Drawn | None:
    timed = [r for r in rows if r["value"] is not None]
    if not timed:
        return None
    start, end = (pick(r["measured_on"] for r in timed) for pick in (min, max))
    plane = Plane(start, end, max(r["value"] for r in timed), NAMES)
    lines, taken = [], list[float]()
    for number, mode in enumerate(MODES, 1):
        own = sorted((r["measured_on"], r["value"]) for r in timed if r["mode"] == mode)
        if not own:
            continue
        path, before = "", None
        for on, ms in own:
            path += f"{'L' if before is not None and on - before == _DAY else 'M'}{plane.x(on)} {plane.y(ms)}"
            before = on
        dots = tuple(
            (plane.x(on), plane.y(ms), f"{words.day(on)}, {MODE_WORDS[mode]}: {seconds(ms)}") for on, ms in own
        )
        lines.append(Line(number, MODE_WORDS[mode], path, plane.beside(own[-1][1], taken), dots=dots))
    last = ((plane.x(end), words.day(end), "end"),) if end > start else ()
    ticks = ((plane.x(start), words.day(start), "start"), *last)
    grid = tuple((plane.y(ms), seconds(ms) if ms else "0") for ms in plane.quarters)
    newest = sorted(rows, key=lambda r: (r["measured_on"], -MODES.index(r["mode"])), reverse=True)
    shown = tuple(
        {
            "day": r["measured_on"], "mode": MODE_WORDS[r["mode"]], "url": r["source_url"],
            "p50": seconds(r["value"]) if r["value"] is not None else "–",
            "p95": seconds(r["p95"]) if r["p95"] is not None else "–",
            "success": f"{(r['success'] * 100).normalize():f} % of {r['runs']}" if r["success"] is not None else "–",
        }
        for r in newest[:MOST_ROWS]
    )  # fmt: skip
    return Drawn(
        title=title, measures=told, lines=tuple(lines), ticks=ticks, grid=grid, right=WIDTH - NAMES, rows=shown,
        left_out=len(newest) - len(shown),
    )  # fmt: skip
