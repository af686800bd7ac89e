"""What a run tells machines: a heartbeat to an address or a file, and its figures as an OpenMetrics text file."""

import os
from datetime import UTC, datetime

from sandsnap.health.ledger import Ended, replace
from sandsnap.health.verdict import DEGRADED, FAILED, OK, totals
from sandsnap.settings import Settings, SettingsError

HEARTBEAT_TIMEOUT_S = 10.0
_CODE = {OK: 0, DEGRADED: 1, FAILED: 2}


def check(settings: Settings) -> None:
    """Raise SettingsError, before a run, where its signals could not be sent."""
    name = settings.heartbeat_variable
    if name and not os.environ.get(name):
        raise SettingsError(f"[heartbeat] url names ${name}, which the environment does not have: set it")
    if name and not os.environ[name].startswith(("https://", "http://")):
        raise SettingsError(f"${name} must hold an http(s) address; what it holds is not shown")


def send(settings: Settings, ended: Ended, matters: int) -> list[str]:
    """Send every signal that is set; what could not be sent, in words. Never raises for a signal: the run has ended."""
    failed: list[str] = []
    try:
        if settings.heartbeat_file is not None:
            replace(settings.heartbeat_file, f"{ended.verdict.word} {ended.finished_at.isoformat()}\n")
        if settings.metrics_file is not None:
            replace(settings.metrics_file, metrics(ended, matters))
    except OSError as e:
        failed.append(f"{e.filename}: {e.strerror}")
    if settings.heartbeat_variable and (why := _beat(os.environ.get(settings.heartbeat_variable, ""), ended)):
        failed.append(f"the heartbeat to ${settings.heartbeat_variable}: {why}")
    return failed


def _beat(address: str, ended: Ended) -> str | None:
    """POST the word; a run that failed goes to `/fail` below the address, as most such services want it."""
    from urllib.error import URLError
    from urllib.request import Request, urlopen

    target = address.rstrip("/") + "/fail" if ended.verdict.word == FAILED else address
    said = "\n".join((ended.verdict.word, *ended.verdict.reasons))
    try:
        with urlopen(Request(target, said.encode(), method="POST"), timeout=HEARTBEAT_TIMEOUT_S):
            return None
    except (URLError, OSError, ValueError) as e:
        # Its text may hold the address.
        return f"{type(getattr(e, 'reason', e)).__name__}; look whether the service is there"


def metrics(ended: Ended | None, matters: int) -> str:
    """OpenMetrics text: what a collector of text files, or a scraper, wants."""
    out = [
        "# TYPE sandsnap_health gauge",
        "# HELP sandsnap_health 0 ok, 1 degraded, 2 failed; of the last run.",
        f"sandsnap_health {_CODE[ended.verdict.word] if ended else 2}",
        "# TYPE sandsnap_open_matters gauge",
        "# HELP sandsnap_open_matters Matters that wait for a person and that nobody has acknowledged.",
        f"sandsnap_open_matters {matters}",
    ]
    if ended is not None:
        out += [
            "# TYPE sandsnap_run_finished_timestamp_seconds gauge",
            "# UNIT sandsnap_run_finished_timestamp_seconds seconds",
            f"sandsnap_run_finished_timestamp_seconds {_seconds(ended.finished_at)}",
        ]
        if ended.recorded_at is not None:
            out += [
                "# TYPE sandsnap_recorded_timestamp_seconds gauge",
                "# UNIT sandsnap_recorded_timestamp_seconds seconds",
                f"sandsnap_recorded_timestamp_seconds {_seconds(ended.recorded_at)}",
            ]
        for name in totals(()):
            out.append(f"# TYPE sandsnap_run_{name} gauge")
            out += [f'sandsnap_run_{name}{{vendor="{f.vendor}"}} {getattr(f, name):g}' for f in ended.verdict.fetched]
    return "\n".join([*out, "# EOF"]) + "\n"


def _seconds(at: datetime) -> str:
    return f"{at.astimezone(UTC).timestamp():.3f}"
