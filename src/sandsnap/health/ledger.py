"""How the last run ended, in a file beside the warehouse: written whether or not the warehouse could be.

`status`, the container's health check and the metrics read it; the operator's alert is made where its word changes.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandsnap.health.verdict import FAILED, Verdict
from sandsnap.model import Fetched
from sandsnap.settings import Settings


@dataclass(frozen=True, slots=True)
class Ended:
    """The last run. Times are UTC; `recorded_at` is that of the last run that recorded, this one or one before."""

    kind: str
    started_at: datetime
    finished_at: datetime
    recorded_at: datetime | None
    verdict: Verdict

    def age_hours(self, now: datetime) -> float | None:
        """Hours since a run recorded; None where none ever did."""
        return None if self.recorded_at is None else (now - self.recorded_at).total_seconds() / 3600


def read(settings: Settings) -> Ended | None:
    """The last run as it was noted; None where there is no note, or one that cannot be read."""
    try:
        d = json.loads(settings.last_run.read_text("utf-8"))
        fetched = tuple(Fetched(**f) for f in d["verdict"]["fetched"])
        return Ended(
            d["kind"],
            datetime.fromisoformat(d["started_at"]),
            datetime.fromisoformat(d["finished_at"]),
            datetime.fromisoformat(d["recorded_at"]) if d["recorded_at"] else None,
            Verdict(d["verdict"]["word"], tuple(d["verdict"]["reasons"]), fetched),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write(settings: Settings, kind: str, started_at: datetime, verdict: Verdict, *, recorded: bool) -> Ended:
    """Note how a run ended, in one step."""
    before, now = read(settings), datetime.now(UTC)
    recorded_at = now if recorded else before.recorded_at if before else None
    ended = Ended(kind, started_at, now, recorded_at, verdict)
    said: dict[str, Any] = {
        "kind": kind,
        "started_at": started_at.isoformat(),
        "finished_at": now.isoformat(),
        "recorded_at": recorded_at.isoformat() if recorded_at else None,
        "verdict": verdict.record(),
    }
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace(settings.last_run, json.dumps(said, indent=1) + "\n")
    return ended


def worst(ended: Ended | None, settings: Settings, now: datetime, max_age_hours: float | None = None) -> Verdict:
    """The last run's verdict, or failed where no run has recorded for too long."""
    limit = settings.health.max_age_hours if max_age_hours is None else max_age_hours
    if ended is None:
        return Verdict(FAILED, ("no run has ended here yet",))
    age = ended.age_hours(now)
    if age is None or age > limit:
        since = "ever" if age is None else f"for {age:.0f} hours"
        return Verdict(FAILED, (f"no run has recorded {since} (limit {limit:g})", *ended.verdict.reasons))
    if age < -1:
        return Verdict(FAILED, ("the last run lies in the future: the clock is wrong; see `sandsnap doctor`",))
    return ended.verdict


def replace(path: Path, text: str) -> None:
    """Write a small file in one step."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, "utf-8")
    beside.replace(path)
