"""The digests: what the day or the week held, to the channels of alerts.toml."""

from pathlib import Path

from prefect import flow, get_run_logger

from sandsnap.publish.alerts import config as alerts_config
from sandsnap.publish.alerts import send as alerts_send
from sandsnap.publish.alerts.store import Store
from sandsnap.settings import load


@flow(name="sandsnap-digest", log_prints=True, validate_parameters=False)
def digest(level: str = "daily", home: Path | None = None) -> None:
    """Send a digest (daily or weekly). Fails, for Prefect to show, where a channel does not take it."""
    if level not in ("daily", "weekly"):
        raise ValueError(f"level is {level!r}; there are daily and weekly")
    settings, path = load(home), alerts_config.find()
    if path is None:
        raise alerts_config.ConfigError(
            "no alerts.toml: `sandsnap alerts --example > alerts.toml`, or $SANDSNAP_ALERTS"
        )
    with Store(settings.home / alerts_send.FILE) as store:
        sent = alerts_send.send(store, alerts_config.load(path), settings.home, [level])
    get_run_logger().info(
        "%s digest: %s", level, {c: len(pairs) for c, pairs in sent.delivered.items()} or "nothing due"
    )
    if sent.failed:
        raise RuntimeError("; ".join(f"{channel}: {why}" for channel, why in sent.failed.items()))
