"""The artifact of a run: the day's changes and what waits for a person, as Markdown."""

from datetime import UTC, date, datetime, timedelta

from prefect.artifacts import create_markdown_artifact

from sandsnap.pipeline import Outcome
from sandsnap.publish.report import markdown
from sandsnap.record import queries
from sandsnap.settings import Settings


def publish(settings: Settings, outcome: Outcome, kind: str) -> None:
    """Keep the report of a run's days as an artifact."""
    first = outcome.first or datetime.now(UTC).date()
    last = outcome.last or date.max
    with queries.connect_readonly(settings.warehouse) as con:
        changes = queries.changes(con, first - timedelta(days=1), last).records()
        issues = queries.open_issues(con).records()
    text = markdown(f"{kind}: {first} to {outcome.last}", changes, issues, datetime.now(UTC).date())
    create_markdown_artifact(
        text, key=f"sandsnap-{kind}", description=f"{len(changes)} changes, {len(issues)} open issues"
    )
