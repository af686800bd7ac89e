"""The daily snapshot: every vendor fetched and read on its own, then recorded once."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.futures import PrefectFuture, wait
from prefect.runtime import flow_run

from flows.report import publish
from sandsnap import pipeline
from sandsnap.capture import Archive
from sandsnap.model import Issue, Reading
from sandsnap.settings import load
from schemas.vocabulary import VENDORS

# A vendor's pages are fetched within minutes; what hangs longer than this would hold up the day's record.
VENDOR_TIMEOUT_S = 15 * 60
RECORD_TIMEOUT_S = 30 * 60


@task(
    name="fetch and read",
    retries=2,
    retry_delay_seconds=[30, 120],
    timeout_seconds=VENDOR_TIMEOUT_S,
    persist_result=False,
)
def fetch_vendor(name: str, home: Path | None) -> list[Reading]:
    """Fetch a vendor's pages, concurrently, into the archive, and read them. A page that fails is a reading with an issue."""
    settings = load(home)
    policy = pipeline.fetch_policy(settings)
    with Archive(settings.archive) as archive:
        results = pipeline.fetch(pipeline.live_sources([name]), policy, archive)
    return pipeline.fetched_readings(settings, results, datetime.now(UTC))


@task(name="record", retries=2, retry_delay_seconds=60, timeout_seconds=RECORD_TIMEOUT_S, persist_result=False)
def record(readings: list[Reading], home: Path | None, run_id: str | None) -> pipeline.Outcome:
    """Record all vendors' readings of the day in one writing run."""
    return pipeline.record_today(load(home), readings, flow_run_id=run_id)


@flow(name="sandsnap-snapshot", log_prints=True, validate_parameters=False)
def snapshot(vendors: list[str] | None = None, home: Path | None = None) -> pipeline.Outcome:
    """Fetch, read and record today's snapshot. One vendor's failure never stops another's: its facts carry forward."""
    log = get_run_logger()
    names = vendors or list(VENDORS)
    futures: dict[str, PrefectFuture[list[Reading]]] = {n: fetch_vendor.submit(n, home) for n in names}
    wait(list(futures.values()))
    readings: list[Reading] = []
    for name, future in futures.items():
        state = future.state
        if state.is_completed():
            readings += future.result()
        else:
            log.error("%s was not read: %s", name, state.message)
            readings += _unread(name, f"the run of {name} ended as {state.name}: {state.message}")
    outcome = record(readings, home, flow_run.id)
    publish(load(home), outcome, "snapshot")
    return outcome


def _unread(name: str, message: str) -> list[Reading]:
    """Failed readings for all of a vendor's sources: what was known stays, and an issue says why."""
    now = datetime.now(UTC)
    return [
        r
        for s in pipeline.live_sources([name])
        for r in pipeline.failed(s.url, Issue("fetch_failed", name, s.url, message), now)
    ]
