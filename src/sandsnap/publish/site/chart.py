"""Price histories as step lines in SVG, drawn here: no library, no script, the same bytes each time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandsnap.tell.words import day

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 176, 14, 30
MOST = 8


@dataclass(frozen=True, slots=True)
class Series:
    """One line: the figure from each day on; None where nothing was stated."""

    name: str
    points: tuple[tuple[date, Decimal | None], ...]

    @property
    def last(self) -> Decimal | None:
        """The figure on the last day."""
        return self.points[-1][1]


@dataclass(frozen=True, slots=True)
class Line:
    """A series in the chart's coordinates: an SVG path, and where its name stands."""

    number: int
    name: str
    path: str
    label_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready for the template."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str, str], ...]
    grid: tuple[tuple[float, str], ...]
    series: tuple[Series, ...]
    left_out: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def chart(title: str, unit: str, series: Sequence[Series], end: date) -> Chart:
    """A chart of at most eight series, those that moved first."""
    ordered = sorted(series, key=lambda s: (-len({p for _, p in s.points if p is not None}), s.name))
    drawn = sorted(ordered[:MOST], key=lambda s: (-(s.last or 0), s.name))
    start = min(s.points[0][0] for s in drawn)
    span = max(1, (end - start).days)
    top = _nice(max(p for s in drawn for _, p in s.points if p is not None))

    def x(on: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (on - start).days / span, 1)

    def y(usd: Decimal) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * float(usd / top), 1)

    lines, taken = [], list[float]()
    for number, s in enumerate(drawn, 1):
        parts, pen = [], False
        for i, (since, usd) in enumerate(s.points):
            if usd is None:
                pen = False
                continue
            until = s.points[i + 1][0] if i + 1 < len(s.points) else end
            parts.append(f"{f'V{y(usd)}' if pen else f'M{x(since)} {y(usd)}'}H{x(until)}")
            pen = True
        at = y(next(usd for _, usd in reversed(s.points) if usd is not None))
        while any(abs(at - other) < 13 for other in taken):
            at += 1
        taken.append(at)
        lines.append(Line(number, s.name, "".join(parts), at + 4))
    years = [(x(date(year, 1, 1)), str(year)) for year in range(start.year + 1, end.year + 1)]
    first, last = x(start), x(end)
    ticks = (
        (first, day(start), "start"),
        *((at, text, "middle") for at, text in years if first + 90 < at < last - 110),
        (last, day(end), "end"),
    )
    steps = [top * i / 4 for i in range(5)]
    grid = tuple((y(s), f"${s.normalize():f}") for s in steps)
    return Chart(title, unit, tuple(lines), ticks, grid, tuple(drawn), len(series) - len(drawn))


def _nice(most: Decimal) -> Decimal:
    """The next round figure above the largest."""
    size = Decimal(1).scaleb(most.adjusted())
    return next(
        size * n for n in (Decimal(1), Decimal(2), Decimal(4), Decimal(6), Decimal(8), Decimal(10)) if size * n >= most
    )


def points(steps: Mapping[date, Decimal | None]) -> tuple[tuple[date, Decimal | None], ...]:
    """Only the days on which the figure differs from the day before, from the first stated one on."""
    out: list[tuple[date, Decimal | None]] = []
    for since, usd in sorted(steps.items()):
        if (not out and usd is not None) or (out and out[-1][1] != usd):
            out.append((since, usd))
    return tuple(out)
