"""What a run tells: an artifact with the day's changes and what waits for a person, and the alerts that are due."""

from datetime import UTC, date, datetime, timedelta

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact

from sandsnap.pipeline import Outcome
from sandsnap.publish.alerts.send import after_recording
from sandsnap.publish.report.markdown import run_report
from sandsnap.record import queries
from sandsnap.settings import Settings
from sandsnap.tell.model import QUIET


def publish(settings: Settings, outcome: Outcome, kind: str) -> None:
    """Keep the report of a run's days as an artifact."""
    first = outcome.first or datetime.now(UTC).date()
    last = outcome.last or date.max
    with queries.connect_readonly(settings.warehouse) as con:
        happened = [e for e in queries.events(con, first - timedelta(days=1), last).records() if e["kind"] not in QUIET]
        issues = queries.open_issues(con).records()
    text = run_report(f"{kind}: {first} to {outcome.last}", happened, issues, datetime.now(UTC).date())
    create_markdown_artifact(
        text, key=f"sandsnap-{kind}", description=f"{len(happened)} events, {len(issues)} open issues"
    )
    # A channel that fails is tried again after the next run; it never fails this one.
    new, sent = after_recording(settings.warehouse, settings.home)
    get_run_logger().info("%d new alerts; %s", len(new), sent)
