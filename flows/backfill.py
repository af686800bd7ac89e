"""Backfill: a whole archive of dated captures, in any order."""

from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.runtime import flow_run

from flows.report import publish
from flows.warehouse_limit import alone
from sandsnap import pipeline
from sandsnap.health.watched import watched
from sandsnap.settings import load
from sandsnap.vendors import VENDORS


@task(name="backfill", retries=1, retry_delay_seconds=60, timeout_seconds=2 * 3600, persist_result=False)
def take(captures: Path, vendors: list[str] | None, home: Path | None, run_id: str | None) -> pipeline.Outcome:
    """Archive, read and record: one task, because it is one writing run."""
    return pipeline.backfill(load(home), captures, vendors or VENDORS, flow_run_id=run_id)


@flow(name="sandsnap-backfill", log_prints=True, validate_parameters=False)
def backfill(captures: Path, vendors: list[str] | None = None, home: Path | None = None) -> pipeline.Outcome:
    """Record an archive's captures; the result is that of the days in order."""
    settings = load(home)
    with alone(settings), watched(settings, "backfill", get_run_logger().warning):
        outcome = take(Path(captures), vendors, home, flow_run.id)
        publish(settings, outcome, "backfill")
    return outcome
