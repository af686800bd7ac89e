"""Serving: the snapshot flow on a schedule, in one process, without a work pool or a server of its own.

Prefect's `flow.serve` wants a running Prefect server to schedule anything (its temporary one never does), so the
waiting is done here; every run is a flow run like any other, kept wherever PREFECT_API_URL or the profile says.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from prefect.logging import get_logger
from prefect.server.api.server import SubprocessASGIServer
from prefect.server.schemas.schedules import CronSchedule

from flows.snapshot import snapshot

LONGEST_NAP_S = 60.0  # a clock that is set, or a laptop that slept, is noticed within a minute


def next_run(cron: str, after: datetime) -> datetime:
    """The next time a cron expression names after a time, both UTC. Raises ValueError for a bad expression."""
    (found,) = asyncio.run(CronSchedule(cron=cron, timezone="UTC").get_dates(n=1, start=after))
    return datetime.fromtimestamp(found.timestamp(), UTC)


def serve(
    cron: str, vendors: list[str] | None, home: Path, *, say: Callable[[str], None] = print, runs: int | None = None
) -> None:
    """Run the daily snapshot at the times of `cron` (UTC) until the process is stopped, or `runs` times.

    A run that fails is logged and the next one comes as planned; a time that passes during a run is skipped.
    """
    done = 0
    while runs is None or done < runs:
        at = next_run(cron, datetime.now(UTC))
        say(f"next snapshot: {at:%Y-%m-%d %H:%M} UTC")
        while (left := (at - datetime.now(UTC)).total_seconds()) > 0:
            time.sleep(min(left, LONGEST_NAP_S))
        state = snapshot(vendors, home, return_state=True)
        if not state.is_completed():
            get_logger("sandsnap").error("the snapshot ended as %s: %s", state.name, state.message)
        done += 1


def stop_servers() -> None:
    """Stop the temporary servers that Prefect started for this process, as it does itself at exit."""
    for server in list(SubprocessASGIServer._instances.values()):
        server.stop()
