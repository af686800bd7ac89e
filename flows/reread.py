"""Reread: stored captures read again with today's readers; what differs is recorded as our corrections."""

from datetime import date
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.runtime import flow_run

from flows.report import publish
from flows.warehouse_limit import alone
from sandsnap import pipeline
from sandsnap.health.watched import watched
from sandsnap.settings import load
from sandsnap.vendors import VENDORS


@task(name="reread", retries=1, retry_delay_seconds=60, timeout_seconds=2 * 3600, persist_result=False)
def again(since: date | None, vendors: list[str] | None, home: Path | None, run_id: str | None) -> pipeline.Outcome:
    """Read and record again: one task, because it is one writing run."""
    settings = load(home)
    names = [n for n in vendors or VENDORS if n in pipeline.last_days(settings)]
    start = dict.fromkeys(names, since) if since else pipeline.last_captures(settings, names)
    return pipeline.reread(settings, {n: d for n, d in start.items() if d}, flow_run_id=run_id)


@flow(name="sandsnap-reread", log_prints=True, validate_parameters=False)
def reread(since: date | None = None, vendors: list[str] | None = None, home: Path | None = None) -> pipeline.Outcome:
    """Correct stored days with today's readers, from a day on (default: the last captures)."""
    settings = load(home)
    with alone(settings), watched(settings, "reread", get_run_logger().warning):
        outcome = again(since, vendors, home, flow_run.id)
        publish(settings, outcome, "reread")
    return outcome
