"""Price histories as step lines in SVG, drawn here: no library, no script, the same bytes each time.

A line is whole while somebody looked, dashed where nobody did for longer than a price stays fresh, and slants over the
days between the last on which it was seen otherwise and the first on which it was seen so: the change is somewhere there.
It ends where the offer does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from sandsnap.tell.words import day

WIDTH, HEIGHT = 720, 260
LEFT, TOP, BOTTOM = 64, 14, 30
LETTER = 7.3  # the width of a letter of a line's name
MOST = 8


@dataclass(frozen=True, slots=True)
class Step:
    """A figure from `start` on, up to `end` (None: still). `seen`: the days in it on which a page stated it. `not_before`: the
    last day on which it was seen otherwise."""

    start: date
    end: date | None
    usd: Decimal
    seen: tuple[date, ...]
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its steps in order. `fresh` is how many days a look holds."""

    name: str
    steps: tuple[Step, ...]
    fresh: int


@dataclass(frozen=True, slots=True)
class Line:
    """A series in a chart's coordinates: an SVG path, another to be dashed, dots (x, y, what they say), and where its name
    stands."""

    number: int
    name: str
    path: str
    label_y: float
    dashed: str = ""
    dots: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plane:
    """Days from left to right, figures from 0 up; `names` is the room for the lines' names."""

    start: date
    end: date
    most: Decimal
    names: int

    def x(self, on: date) -> float:
        """Where a day is."""
        days = max(1, (self.end - self.start).days)
        return round(LEFT + (WIDTH - LEFT - self.names) * (on - self.start).days / days, 1)

    def y(self, figure: Decimal) -> float:
        """Where a figure is."""
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * float(figure / self.top), 1)

    @property
    def top(self) -> Decimal:
        """The next round figure above the largest."""
        size = Decimal(1).scaleb(self.most.adjusted())
        return next(size * n for n in map(Decimal, (1, 2, 4, 6, 8, 10)) if size * n >= self.most)

    @property
    def quarters(self) -> tuple[Decimal, ...]:
        """The figures that have a line across."""
        return tuple(self.top * i / 4 for i in range(5))

    def beside(self, figure: Decimal, taken: list[float]) -> float:
        """Where the name of a line that ends at a figure stands, below those that stand there already."""
        at = self.y(figure)
        while any(abs(at - other) < 13 for other in taken):
            at += 1
        taken.append(at)
        return at + 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every chart has, ready for its template."""

    title: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str, str], ...]
    grid: tuple[tuple[float, str], ...]
    left_out: int
    right: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(Frame):
    """A chart of prices."""

    unit: str
    series: tuple[Series, ...]


def chart(title: str, unit: str, series: Sequence[Series], end: date) -> Chart:
    """A chart of at most eight series, of those that moved; all of them where none did."""
    moved = [s for s in series if len({p.usd for p in s.steps}) > 1] or list(series)
    ordered = sorted(moved, key=lambda s: (-len({p.usd for p in s.steps}), s.name))
    drawn = sorted(ordered[:MOST], key=lambda s: (-s.steps[-1].usd, s.name))
    start = min(s.steps[0].start for s in drawn)
    names = 16 + round(LETTER * max(len(s.name) for s in drawn))
    plane = Plane(start, end, max(p.usd for s in drawn for p in s.steps), names)
    x, y = plane.x, plane.y
    lines, taken = [], list[float]()
    for number, s in enumerate(drawn, 1):
        solid, broken = ("".join(f"M{x(a)} {y(p)}L{x(b)} {y(q)}" for a, p, b, q in own) for own in _strokes(s, end))
        lines.append(Line(number, s.name, solid, plane.beside(s.steps[-1].usd, taken), broken))
    years = [(x(date(year, 1, 1)), str(year)) for year in range(start.year + 1, end.year + 1)]
    first, last = x(start), x(end)
    ticks = (
        (first, day(start), "start"),
        *((at, text, "middle") for at, text in years if first + 90 < at < last - 110),
        (last, day(end), "end"),
    )
    return Chart(
        title=title, unit=unit, lines=tuple(lines), ticks=ticks, right=WIDTH - names, series=tuple(drawn),
        grid=tuple((y(s), f"${s.normalize():f}") for s in plane.quarters), left_out=len(series) - len(drawn),
    )  # fmt: skip


Stroke = tuple[date, Decimal, date, Decimal]


def _strokes(series: Series, end: date) -> tuple[list[Stroke], list[Stroke]]:
    """The strokes that somebody saw, and those between."""
    whole: list[Stroke] = []
    dashed: list[Stroke] = []
    for i, step in enumerate(series.steps):
        after = series.steps[i + 1] if i + 1 < len(series.steps) else None
        follows = after is not None and step.end is not None and after.start == step.end
        until = min(end, step.end or end)
        if follows and after is not None:
            # A figure that moved stood as long as it was seen; where it was not seen otherwise before, up to the new one.
            until = (
                max(step.start, after.not_before)
                if after.not_before and after.not_before < after.start
                else after.start
            )
        days = [step.start, *(d for d in step.seen if step.start < d <= until)]
        last = days[-1]
        if step.end is None or follows:
            days.append(until)
        for a, b in pairwise(days):
            (whole if (b - a).days <= series.fresh else dashed).append((a, step.usd, b, step.usd))
        if len(days) == 1:
            whole.append((last, step.usd, last, step.usd))
        if follows and after is not None:
            slanted = until < after.start
            (dashed if slanted else whole).append((until, step.usd, after.start, after.usd))
    return _joined(whole), _joined(dashed)


def _joined(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Level strokes that follow each other as one."""
    out: list[Stroke] = []
    for s in strokes:
        if out and out[-1][2:] == s[:2] and out[-1][1] == out[-1][3] == s[3]:
            out[-1] = (*out[-1][:2], *s[2:])
        else:
            out.append(s)
    return out
