"""The watchman: is there a run within the hours that the settings allow, and room on the disk? Tells the operator once."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from sandsnap.health import ledger, operator
from sandsnap.health.verdict import OK
from sandsnap.settings import load


@flow(name="sandsnap-watch", log_prints=True, validate_parameters=False)
def watch(home: Path | None = None) -> State[None]:
    """Look at the note of the last run; no page and no warehouse is opened."""
    settings = load(home)
    verdict = operator.with_disk(ledger.worst(ledger.read(settings), settings, datetime.now(UTC)), settings)
    told = operator.tell(settings, verdict)
    if told.failed:
        return Failed(message="; ".join(f"{channel}: {why}" for channel, why in told.failed.items()))
    return Completed(message=verdict.word if verdict.word == OK else f"{verdict.word}: {'; '.join(verdict.reasons)}")
