"""A run's progress and errors as JSON lines on standard error, for a collector of logs."""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any


def line(level: str, message: str, **more: Any) -> None:
    """Write one line: time (UTC), level, message, and what else is known."""
    record = {"time": datetime.now(UTC).isoformat(), "level": level, "message": message, **more}
    sys.stderr.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
    sys.stderr.flush()


class JsonProgress:
    """Progress, at most one line a second."""

    def __init__(self, kind: str) -> None:
        self._kind, self._last = kind, 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if now - self._last >= 1 or done == total:
            self._last = now
            line("info", what, run=self._kind, done=done, total=total)

    def done(self) -> None:
        """Say that it has ended."""
        line("info", "ended", run=self._kind)
