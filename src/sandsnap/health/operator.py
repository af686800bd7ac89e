"""The operator's alerts: a run that is degraded or failed, none for too long, little disk, and when that is over.

Sent to the channels that `operator = ["NAME", …]` in alerts.toml names, once when the word changes, not every day again.
"""

import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandsnap.health.ledger import replace
from sandsnap.health.verdict import DEGRADED, OK, Verdict
from sandsnap.publish.alerts import config as alerts_config
from sandsnap.publish.alerts.channels import ChannelError, Message
from sandsnap.settings import Settings

TOLD = "operator_told.json"


@dataclass
class Told:
    """What was told: the subject (None: nothing new), and why a channel failed, by its name."""

    subject: str | None = None
    failed: dict[str, str] = field(default_factory=dict)


def check(settings: Settings) -> None:
    """Raise alerts_config.ConfigError, before a run, where alerts could not be sent."""
    path = alerts_config.find()
    if path is None:
        return
    config = alerts_config.load(path)
    for name in config.channels:
        try:
            config.open(name, settings.home)
        except ChannelError as e:
            raise alerts_config.ConfigError(f"{path}: [channels.{name}]: {e}") from None


def with_disk(verdict: Verdict, settings: Settings) -> Verdict:
    """The verdict, degraded where the disk of the home is nearly full."""
    folder = next(p for p in (settings.home, *settings.home.absolute().parents) if p.exists())
    free = shutil.disk_usage(folder).free / 1e6
    if free >= settings.health.least_disk_mb:
        return verdict
    word = DEGRADED if verdict.word == OK else verdict.word
    return Verdict(word, (*verdict.reasons, f"{free:.0f} MB of disk are free at {folder}"), verdict.fetched)


def tell(settings: Settings, verdict: Verdict) -> Told:
    """Tell the operator where the word differs from what was told last. A channel that fails is tried again next time."""
    path = alerts_config.find()
    channels = alerts_config.load(path).operator if path else ()
    if not channels:
        return Told()
    memory = settings.home / TOLD
    try:
        before = str(json.loads(memory.read_text("utf-8"))["word"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        before = OK
    if verdict.word == before:
        return Told()
    said = "runs again" if verdict.word == OK else verdict.word
    subject = f"sandsnap operator: {said}" + (f": {verdict.reasons[0]}" if verdict.reasons else "")
    text = "\n".join([*verdict.reasons, "`sandsnap status` says what is wrong, `sandsnap doctor` what mends it."])
    now = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    out, config = Told(subject), alerts_config.load(path) if path else None
    for name in channels if config else ():
        try:
            config.open(name, settings.home).send(Message(f"operator-{verdict.word}-{now}", subject, text))  # type: ignore[union-attr]
        except ChannelError as e:
            out.failed[name] = str(e)
    if len(out.failed) < len(channels):
        replace(memory, json.dumps({"word": verdict.word, "reasons": verdict.reasons}) + "\n")
    return out
