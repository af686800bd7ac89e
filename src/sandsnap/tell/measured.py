"""From a series of measurements to events: a start that takes longer or less long and stays so, runs that fail. Pure.

A new value every day is no event; thresholds are in measured.toml. Days without a measurement are gaps: nothing is told of
them, and nothing is made up for them.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Any

from sandsnap.read.statements import names
from sandsnap.tell import words
from sandsnap.tell.model import FILES, Event, digest
from sandsnap.tell.significance import Rules, Significance, load, total
from schemas.vocabulary import MODES

Points = list[tuple[date, Decimal]]  # in the order of days
Files = dict[tuple[tuple[str, ...], date], str]
MODE_WORDS = {"sequential": "one at a time", "staggered": "200 ms apart", "burst": "all at once"}


@dataclass(frozen=True, slots=True)
class Moved:
    """A series that left one level for another between `not_before` and `day`. `what` is start or success."""

    vendor: str
    product: str
    publisher: str
    benchmark: str
    what: str
    worse: bool
    modes: tuple[str, ...]
    before: Decimal
    after: Decimal
    day: date
    not_before: date | None
    files: tuple[str | None, str | None] = (None, None)


@cache
def thresholds() -> Mapping[str, Mapping[str, Any]]:
    """measured.toml."""
    return tomllib.loads((files("sandsnap.tell") / "measured.toml").read_text("utf-8"), parse_float=Decimal)


def measured(rows: Iterable[Mapping[str, Any]], rules: Rules | None = None) -> list[Event]:
    """Events of a whole series: rows of `measurements`, with vendor, product, benchmark, mode, statistic, measured_on,
    publisher and value. Oldest first."""
    series: dict[tuple[str, ...], Points] = {}
    files: Files = {}
    for r in rows:
        if r["statistic"] in ("p50", "success"):
            key = (r["vendor"], r["product"], r["publisher"], r["benchmark"], r["mode"], r["statistic"])
            series.setdefault(key, []).append((r["measured_on"], r["value"]))
            files[key, r["measured_on"]] = r["source_url"]
    found = [
        Moved(
            key[0], key[1], key[2], key[3], what, worse, (key[4],), before, after, day, not_before,
            (files[key, not_before] if not_before else None, files[key, day]),
        )
        for key, points in series.items()
        for what, worse, before, after, day, not_before in (_started if key[5] == "p50" else _failed)(sorted(points))
    ]  # fmt: skip
    weights = rules or load()
    return [_event(m, weights) for m in sorted(_joined(found), key=lambda m: (m.day, m.vendor, m.product))]


def _started(points: Points) -> Iterator[tuple[Any, ...]]:
    """(start, worse, before, after, day, not_before) of every level that the weekly median left and did not return to."""
    limits = thresholds()["start"]
    window, stays = timedelta(days=limits["window_days"]), timedelta(days=limits["stays_days"])
    share = Decimal(limits["moved_percent"]) / 100
    if not points:
        return
    first = [v for d, v in points if d < points[0][0] + window]
    level = median(first)
    weeks = [(d, median(v for e, v in points[: i + 1] if e > d - window)) for i, (d, _) in enumerate(points)]
    since: int | None = None  # where it was first seen beyond the level, on the side on which it is now
    at_level = points[0][0]
    for i, (day, week) in enumerate(weeks):
        side = _side(week, level, share)
        if side == 0:
            since, at_level = None, day
            continue
        if since is None or _side(weeks[since][1], level, share) != side:
            since = i
        if day >= weeks[since][0] + stays:
            yield "start", side > 0, level, week, weeks[since][0], at_level
            level, since, at_level = week, None, day


def _side(week: Decimal, level: Decimal, share: Decimal) -> int:
    return (week > level * (1 + share)) - (week < level * (1 - share))


def _failed(points: Points) -> Iterator[tuple[Any, ...]]:
    """(success, worse, before, after, day, not_before) of every time that runs failed on so many days in a row."""
    limits = thresholds()["success"]
    below, days = limits["below"], limits["days"]
    run: Points = []
    good = armed = days
    last: tuple[date, Decimal] | None = None
    for day, share in points:
        if share >= below:
            run, good, last = [], good + 1, (day, share)
            armed = armed or good >= days
            continue
        good = 0
        run.append((day, share))
        if len(run) == days and armed:
            armed = 0
            lowest = min(v for _, v in run)
            yield "success", True, last[1] if last else Decimal(1), lowest, day, last[0] if last else None


def _joined(found: Sequence[Moved]) -> list[Moved]:
    """One of what several modes show within some days: as the first mode shows it."""
    out: list[Moved] = []
    for m in sorted(found, key=lambda m: (MODES.index(m.modes[0]), m.day)):
        at = next((i for i, o in enumerate(out) if _same(o, m)), None)
        if at is None:
            out.append(m)
        else:
            out[at] = replace(out[at], modes=(*out[at].modes, *m.modes))
    return out


def _same(one: Moved, other: Moved) -> bool:
    """Whether another mode shows the same happening."""
    within = timedelta(days=thresholds()["join"]["days"])
    alike = all(
        getattr(one, f) == getattr(other, f) for f in ("vendor", "product", "publisher", "benchmark", "what", "worse")
    )
    return alike and abs(one.day - other.day) <= within and other.modes[0] not in one.modes


def _event(m: Moved, rules: Rules) -> Event:
    return Event(
        event=digest(m.vendor, "measured", m.product, m.publisher, m.benchmark, m.what, m.modes[0], m.day.isoformat()),
        vendor=m.vendor, product=m.product, kind="measured", title=title(m), day=m.day, not_before=m.not_before,
        significance=(worth := _worth(m, rules)).points, members=(), notice=None, confirmed=True, reasons=worth.reasons,
        moved=(_said(m), (FILES, *m.files)),
    )  # fmt: skip


def _said(m: Moved) -> tuple[str, str, str]:
    words_of = _percent if m.what == "success" else seconds
    return "succeeded" if m.what == "success" else "time to start", words_of(m.before), words_of(m.after)


def title(m: Moved) -> str:
    """E2B's sandboxes took longer to start: 0.76 s where it had been 0.38 s (measured by ComputeSDK benchmarks, …)."""
    who = f"{names(m.vendor).vendor}'s {words.product(m.vendor, m.product) or 'sandboxes'}"
    how = words.listed([MODE_WORDS[mode] for mode in m.modes])
    by = f"measured by {_publisher(m.publisher)}, created {how}"
    if m.what == "success":
        days = thresholds()["success"]["days"]
        return (
            f"{who} failed to start: {_percent(m.after)} of them succeeded on the worst of {days} days in a row ({by})"
        )
    longer = "took longer" if m.worse else "took less time"
    return f"{who} {longer} to start: {seconds(m.after)} where it had been {seconds(m.before)} (median of a week, {by})"


def seconds(ms: Decimal) -> str:
    """0.49 s, 12.3 s; 42 ms under a twentieth of a second."""
    if ms < 50:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.2f} s" if ms < 9_995 else f"{ms / 1000:.1f} s"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _publisher(name: str) -> str:
    from sandsnap.read.publishers import publisher, publishers

    return publisher(name).title if name in publishers() else name


def _worth(m: Moved, rules: Rules) -> Significance:
    way = "worse" if m.worse else "better"
    parts = [
        ("cold_starts", rules.points("table", "cold_starts")),
        (way, rules.points("way", way)),
        (way, rules.points("direction", way)),
    ]
    if m.what == "start":
        low, high = sorted((m.before, m.after))
        percent = (high / low - 1) * 100
        step = next((s for s in rules.sections["size"] if percent >= s["percent"]), None)
        if step is not None:
            parts.append((f"at least {step['percent']} %", int(step["points"])))
    return total(parts)
