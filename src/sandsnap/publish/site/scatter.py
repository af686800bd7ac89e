"""The price of an hour against the time to start, as SVG drawn here: both axes logarithmic, one dot per product."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10

from sandsnap.publish.site.figures import Row

WIDTH, HEIGHT = 760, 340
LEFT, RIGHT, TOP, BOTTOM = 62, 120, 14, 44
STARTS = (10, 30, 100, 300, 1000, 3000, 10000)
PRICES = ("0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5")


@dataclass(frozen=True, slots=True)
class Dot:
    """A product in the chart's coordinates."""

    vendor: str
    product: str
    name: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str
    told: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """Ready for the template. `left_out` are the products that state only one of the two figures, or neither."""

    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    grid: tuple[tuple[float, str], ...]
    left_out: tuple[str, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def scatter(rows: Sequence[Row]) -> Scatter | None:
    """The chart of what states both; None for fewer than two."""
    both = [(r, r.figure("hour"), r.figure("start")) for r in rows]
    told = [(r, h, s) for r, h, s in both if h.value and s.value]
    if len(told) < 2:
        return None
    xs, ys = [float(s.value or 1) for _, _, s in told], [float(h.value or 1) for _, h, _ in told]
    x_ends, y_ends = _ends(xs, [float(t) for t in STARTS]), _ends(ys, [float(p) for p in PRICES])

    def x(ms: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * _part(ms, x_ends), 1)

    def y(usd: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * _part(usd, y_ends), 1)

    at = {r: (x(float(s.value or 1)), y(float(h.value or 1))) for r, h, s in told}
    taken = [(px - 8, py - 8, px + 8, py + 8) for px, py in at.values()]
    dots: list[Dot] = []
    for r, h, s in sorted(told, key=lambda t: (t[1].value or 0, t[0].name)):
        label = _place(*at[r], r.name, taken)
        dots.append(
            Dot(
                r.vendor,
                r.product,
                r.name,
                at[r][0],
                at[r][1],
                label[0],
                label[1],
                label[2],
                f"{r.name}: {(h.text or '').replace(' shared', ' on shared cores')} an hour, starts in {s.text}",
            )
        )
    ticks = tuple((x(t), f"{t} ms" if t < 1000 else f"{t // 1000} s") for t in STARTS if x_ends[0] <= t <= x_ends[1])
    grid = tuple((y(float(p)), f"${Decimal(p):.2f}") for p in PRICES if y_ends[0] <= float(p) <= y_ends[1])
    return Scatter(tuple(dots), ticks, grid, tuple(r.name for r, h, s in both if not (h.value and s.value)))


def _place(x: float, y: float, name: str, taken: list[tuple[float, float, float, float]]) -> tuple[float, float, str]:
    """Where a dot's name meets no other dot or name: to the right, the left, above or below, then further down."""
    wide = 7.2 * len(name)
    for drop in range(0, 80, 14):
        for dx, dy, anchor in ((11, 4, "start"), (-11, 4, "end"), (0, -13, "middle"), (0, 22, "middle")):
            left = x + dx - {"start": 0.0, "end": wide, "middle": wide / 2}[anchor]
            box = (left, y + dy + drop - 11, left + wide, y + dy + drop + 3)
            if left > LEFT and not any(
                box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken
            ):
                taken.append(box)
                return round(x + dx, 1), round(y + dy + drop, 1), anchor
    return x + 11, y + 4, "start"


def _ends(values: Sequence[float], steps: Sequence[float]) -> tuple[float, float]:
    low = max((s for s in steps if s < min(values)), default=steps[0])
    return low, min((s for s in steps if s > max(values)), default=steps[-1])


def _part(value: float, ends: tuple[float, float]) -> float:
    return (log10(value) - log10(ends[0])) / (log10(ends[1]) - log10(ends[0]))
