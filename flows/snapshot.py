"""The daily snapshot: all vendors fetched in one session, read vendor by vendor, recorded once."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.report import publish
from flows.warehouse_limit import alone
from sandsnap import pipeline
from sandsnap.capture import Archive
from sandsnap.capture.policy import FetchResult
from sandsnap.discover.look import discovered, reading
from sandsnap.health.verdict import FAILED, OK, Verdict
from sandsnap.health.watched import tally, watched
from sandsnap.model import Issue, Reading
from sandsnap.second_look import confirmed
from sandsnap.settings import load
from sandsnap.vendors import VENDORS

# All tasks run in the flow's own thread: there a timeout ends them, in a worker thread it could only be noted.
FETCH_TIMEOUT_S = 2 * 3600
READ_TIMEOUT_S = 15 * 60
RECORD_TIMEOUT_S = 30 * 60
CONFIRM_TIMEOUT_S = 24 * 60 * 60  # the wait is the operator's setting


@task(name="fetch", task_run_name="fetch all vendors", timeout_seconds=FETCH_TIMEOUT_S, persist_result=False)
def fetch(names: list[str], home: Path | None) -> list[FetchResult]:
    """Fetch the vendors' pages into the archive, in one session: one pace for each host, one look at its robots.txt."""
    settings = load(home)
    with Archive(settings.archive) as archive:
        files = pipeline.live_files(archive, names)
        return pipeline.fetch(pipeline.live_sources(names), pipeline.fetch_policy(settings), archive, files=files)


@task(name="read", task_run_name="read {name}", timeout_seconds=READ_TIMEOUT_S, persist_result=False)
def read(name: str, results: list[FetchResult], home: Path | None) -> list[Reading]:
    """Read what was fetched of one vendor. A page that fails is a reading with an issue."""
    log = get_run_logger()
    for f in tally(results):
        log.info("%d pages: %d new, %d unchanged, %d failed", f.pages, f.answered, f.unchanged, f.failed)
    for r in results:
        if r.issue is not None:
            log.info("%s: %s", r.issue.kind, r.issue.message)
    return pipeline.fetched_readings(load(home), results, datetime.now(UTC))


@task(name="discover", timeout_seconds=READ_TIMEOUT_S, persist_result=False)
def notice(names: list[str], home: Path | None) -> list[Reading]:
    """What vendors list and nobody watches, as readings of their own; none of a vendor of whose lists one could not be had, for
    what it may name is not known."""
    policy, now, out = pipeline.fetch_policy(load(home)), datetime.now(UTC), []
    for name in names:
        look = discovered(name, policy)
        if look.unanswered:
            get_run_logger().info("%s: %d lists could not be had", name, len(look.unanswered))
        elif look.lists:
            out.append(reading(name, look.found, now))
    return out


@task(name="second look", timeout_seconds=CONFIRM_TIMEOUT_S, persist_result=False)
def look_again(readings: list[Reading], home: Path | None) -> list[Reading]:
    """Fetch pages with new prices once more, some minutes later. Where that fails, those prices wait for the next run."""
    settings = load(home)
    with Archive(settings.archive) as archive:
        return confirmed(settings, pipeline.fetch_policy(settings), archive, readings)


@task(name="record", retries=2, retry_delay_seconds=60, timeout_seconds=RECORD_TIMEOUT_S, persist_result=False)
def record(
    readings: list[Reading], home: Path | None, run_id: str | None, fetching: pipeline.Fetching
) -> pipeline.Outcome:
    """Record all vendors' readings of the day in one writing run."""
    return pipeline.record_today(load(home), readings, flow_run_id=run_id, fetching=fetching)


@flow(name="sandsnap-snapshot", log_prints=True, validate_parameters=False)
def snapshot(vendors: list[str] | None = None, home: Path | None = None) -> State[pipeline.Outcome]:
    """Fetch, read and record today's snapshot. One vendor's failure never stops another's: its facts carry forward.

    The state is the run's health: Completed, Completed by the name of Degraded, or Failed.
    """
    log, settings = get_run_logger(), load(home)
    names = vendors or list(VENDORS)
    with alone(settings), watched(settings, "snapshot", log.warning) as run:
        results = fetch(names, home)
        run.fetched, fetched_at = tally(results), datetime.now(UTC)
        readings: list[Reading] = []
        for name in dict.fromkeys([*names, *(r.request.vendor for r in results)]):
            own = [r for r in results if r.request.vendor == name]
            state = read(name, own, home, return_state=True)
            if state.is_completed():
                readings += state.result()
            else:
                log.error("%s was not read: %s", name, state.message)
                readings += _unread(name, f"reading {name} ended as {state.name}: {state.message}")
        seen_twice = look_again(readings, home, return_state=True)
        if seen_twice.is_completed():
            readings = seen_twice.result()
        else:
            log.error("no second look: %s", seen_twice.message)
        noticed = notice(names, home, return_state=True)
        if noticed.is_completed():
            readings += noticed.result()
        else:
            log.error("no list of pages was looked at: %s", noticed.message)
        fetching = pipeline.Fetching(run.started_at, fetched_at, datetime.now(UTC), tuple(run.fetched))
        outcome = record(readings, home, flow_run.id, fetching)
        publish(settings, outcome, "snapshot")
    return ended(run.ended.verdict if run.ended else Verdict(FAILED, ("the run left no note",)), outcome)


def ended(verdict: Verdict, outcome: pipeline.Outcome) -> State[pipeline.Outcome]:
    """The flow's state, from the run's health."""
    said = "; ".join(verdict.reasons)
    if verdict.word == FAILED:
        return Failed(message=said)
    if verdict.word == OK:
        return Completed(data=outcome)
    return Completed(name="Degraded", message=said, data=outcome)


def _unread(name: str, message: str) -> list[Reading]:
    """Failed readings for all of a vendor's sources: what was known stays, and an issue says why."""
    now = datetime.now(UTC)
    return [
        r
        for url in pipeline.live_urls(name)
        for r in pipeline.failed(url, Issue("fetch_failed", name, url, message), now)
    ]
