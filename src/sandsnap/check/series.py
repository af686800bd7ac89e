"""A measurement against its own past: a median a hundred times off that of the week before is in another unit. Pure."""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from statistics import median

from sandsnap.model import Issue, Measurement, Reading
from sandsnap.read.publishers import publisher

Key = tuple[str, str, str, str]  # vendor, product, benchmark, mode
Points = Sequence[tuple[datetime, Decimal]]  # medians, in order of time
WEEK = 7  # measured days; one night of failures does not move what is usual


def in_its_unit(reading: Reading, past: Mapping[Key, Points]) -> Reading:
    """A publisher's reading without the runs of whom it shows in another unit than before; an issue per file says whom.

    `past`: the medians that are recorded. How far off is too far is the publisher's `slip`, by benchmark.
    """
    if reading.published is None:
        return reading
    own = publisher(reading.vendor)
    known = {key: list(points) for key, points in past.items()}
    refused: dict[str, dict[Key, str]] = {}
    for m in sorted(reading.published.measurements, key=lambda m: m.measured_at):
        if m.statistic != "p50":
            continue
        points = known.setdefault(key_of(m), [])
        before = [value for at, value in points if at < m.measured_at][-WEEK:]
        usual, factor = median(before) if before else m.value, own.slip(m.benchmark)
        if usual / factor <= m.value <= usual * factor:
            insort(points, (m.measured_at, m.value))
        else:
            said = f"{m.vendor} {m.product}: {m.value:f} ms, usually {usual:f} ms"
            refused.setdefault(m.source_url, {})[key_of(m)] = said
    if not refused:
        return reading
    kept = tuple(m for m in reading.published.measurements if key_of(m) not in refused.get(m.source_url, ()))
    issues = tuple(
        Issue("unit", reading.vendor, reading.source_url, f"{url}: seconds? {'; '.join(who.values())}", reading.reader)
        for url, who in refused.items()
    )
    return replace(reading, published=replace(reading.published, measurements=kept), issues=(*reading.issues, *issues))


def key_of(m: Measurement) -> Key:
    """Which series it is a point of."""
    return m.vendor, m.product, m.benchmark, m.mode
