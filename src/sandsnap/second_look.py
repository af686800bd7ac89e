"""The second look of a live run: at prices that wait since an earlier run of the day; pages that state a price nobody
recorded are fetched once more, some minutes later."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from sandsnap import pipeline
from sandsnap.capture import Archive, FetchPolicy
from sandsnap.check.evidence import Claim
from sandsnap.model import Fact, Reading
from sandsnap.read.sources import Source, source_of
from sandsnap.settings import Settings, SettingsError
from sandsnap.vendors import VENDORS

MINUTES = 10.0


def confirmed(
    settings: Settings, policy: FetchPolicy, archive: Archive, readings: Sequence[Reading], progress: pipeline.Progress = pipeline.quiet, *,
    sleep: Callable[[float], None] = time.sleep, now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Reading]:  # fmt: skip
    """The run's readings, with those of a second fetch of the pages that state another or a first price. What waits since an
    earlier run of this day is seen twice where this run's fetch states it, too.

    `[fetch] confirm_after_minutes` says how long to wait (0: the next run is the second look). A second fetch that fails
    leaves the first look as it was: its prices wait for the next run. Raises SettingsError for a wait that is no number.
    """
    from sandsnap.check.confirm import agreed, stated

    minutes = _minutes(settings)
    readings = agreed(_waiting(settings, now().date()), readings)
    sources = unrecorded(settings, readings) if minutes else []
    if not sources:
        return list(readings)
    progress(f"{len(sources)} pages state prices that are new: a second look in {minutes:g} minutes", 0, len(sources))
    sleep(minutes * 60)
    results = pipeline.fetch(sources, policy, archive, progress)
    second = [r for r in pipeline.fetched_readings(settings, results, now()) if r.outcome == "good"]
    return [*readings, *agreed(stated(readings), second)]


def unrecorded(settings: Settings, readings: Sequence[Reading]) -> list[Source]:
    """The sources of which a reading states a price that the warehouse does not hold for that page."""
    from sandsnap.check.evidence import canonical, key_text

    held = _held(settings)
    new = {
        r.source_url
        for r in readings
        for f in r.facts
        if r.outcome == "good" and f.table == "prices" and f.since is None
        and (f.source_url, f.vendor, key_text(f), canonical(f.values)) not in held
    }  # fmt: skip
    found = (source_of(url) for url in sorted(new))
    return [s for s in found if s is not None and s.live]


def _waiting(settings: Settings, day: date) -> dict[Claim, Fact]:
    """What an earlier run of the day saw once."""
    if not settings.warehouse.exists():
        return {}
    from sandsnap.record import queries, wait_store

    with queries.connect_readonly(settings.warehouse) as con:
        open_waits = [of.open for of in wait_store.load(con, list(VENDORS)).values()]
    return {c: w.fact for some in open_waits for c, w in some.items() if w.state == "unconfirmed" and w.since == day}


def _held(settings: Settings) -> set[tuple[str, str, str, str]]:
    """(page, vendor, key, values) of every price that stands."""
    if not settings.warehouse.exists():
        return set()
    from sandsnap.check.evidence import canonical
    from sandsnap.record import queries

    query = 'SELECT source_url, vendor, product, key, "values" FROM store.all_claims WHERE "table" = \'prices\''
    with queries.connect_readonly(settings.warehouse) as con:
        rows = queries.sql(con, query).rows
    return {
        (url, name, f"{product} / {key}", canonical(json.loads(values, parse_float=Decimal, parse_int=Decimal)))
        for url, name, product, key, values in rows
    }


def _minutes(settings: Settings) -> float:
    value = settings.fetch.get("confirm_after_minutes", MINUTES)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 24 * 60:
        raise SettingsError(
            f"[fetch] confirm_after_minutes is {value!r}; write a number of minutes, 0 for no second fetch"
        )
    return float(value)
