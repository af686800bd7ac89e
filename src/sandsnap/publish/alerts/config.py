"""Who is told of what: alerts.toml, read strictly. Secrets never stand in it; it names environment variables."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.publish.alerts.alert import Alert
from sandsnap.publish.alerts.channels import Apprise, Channel, ChannelError, File, Stdout
from sandsnap.tell.model import KINDS as EVENTS
from sandsnap.tell.model import QUIET
from sandsnap.tell.significance import LEVELS
from schemas import TABLES

if TYPE_CHECKING:
    from sandsnap.publish.claims.bindings import Bindings

TYPES = ("apprise", "file", "stdout")
_NAME = re.compile(r"\$([A-Z_][A-Z0-9_]*)")
_KEYS = {"apprise": {"type", "url"}, "file": {"type", "path"}, "stdout": {"type"}}


class ConfigError(Exception):
    """alerts.toml cannot be used; says where and what to change."""


@dataclass(frozen=True)
class Subscription:
    """What one channel is sent; empty tuples stand for all. `least` is a significance."""

    channel: str
    vendors: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = LEVELS[:3]
    least: int = 0

    def wants(self, alert: Alert) -> bool:
        """Whether the alert is for this channel."""
        return (
            (not self.vendors or alert.vendor in self.vendors)
            and (not self.tables or not set(self.tables).isdisjoint(alert.tables))
            and (not self.kinds or alert.kind in self.kinds)
            and alert.level in self.levels
            and alert.significance >= self.least
        )


@dataclass(frozen=True)
class Config:
    """Channels as declared, subscriptions, the file of weights where another than ours is named, and the bindings of the
    published pages whose claims a change may break (None: those that ship). `site` is the address of the published site, to which
    a message links."""

    channels: Mapping[str, Mapping[str, str]]
    subscriptions: tuple[Subscription, ...]
    rules: Path | None = None
    bindings: tuple[Path, ...] | None = None
    operator: tuple[str, ...] = ()
    site: str | None = None

    def pages(self) -> "list[Bindings] | None":
        """The bindings, read; None for those that ship. Raises ConfigError."""
        from sandsnap.publish.claims.bindings import BindingsError
        from sandsnap.publish.claims.bindings import load as read

        try:
            return None if self.bindings is None else [read(path) for path in self.bindings]
        except BindingsError as e:
            raise ConfigError(str(e)) from None

    def wants(self, channel: str, alert: Alert) -> bool:
        """Whether any subscription sends the alert to the channel."""
        return any(s.channel == channel and s.wants(alert) for s in self.subscriptions)

    def open(self, name: str, home: Path) -> Channel:
        """The channel, its address taken from the environment now. Raises ChannelError."""
        declared = self.channels[name]
        if declared["type"] == "stdout":
            return Stdout()
        if declared["type"] == "file":
            return File(home / declared["path"])
        variable = declared["url"][1:]
        if not os.environ.get(variable):
            raise ChannelError(f"the environment has no {variable}: set it to the channel's apprise address")
        return Apprise(os.environ[variable])


def find(path: Path | None = None) -> Path | None:
    """The file to use: the one named, $SANDSNAP_ALERTS, or alerts.toml in the current folder; None without one."""
    if path is not None:
        return path
    if named := os.environ.get("SANDSNAP_ALERTS"):
        return Path(named)
    return Path("alerts.toml") if Path("alerts.toml").exists() else None


def load(path: Path) -> Config:
    """Read and check a file. Raises ConfigError."""
    try:
        text = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as e:
        raise ConfigError(f"{path}: {e}; `sandsnap alerts --example` prints one to begin with") from None
    _only(text, {"channels", "subscriptions", "rules", "bindings", "operator", "site"}, f"{path}")
    channels = text.get("channels", {})
    if not isinstance(channels, dict) or not channels:
        raise ConfigError(f"{path}: declares no channel; `sandsnap alerts --example` shows how")
    for name, declared in channels.items():
        _channel(declared, f"{path}: [channels.{name}]")
    subscriptions = tuple(
        _subscription(s, channels, f"{path}: subscription {n}") for n, s in enumerate(text.get("subscriptions", []), 1)
    )
    if not subscriptions:
        raise ConfigError(f"{path}: has no [[subscriptions]], so nothing would ever be sent")
    rules = text.get("rules")
    bindings = text.get("bindings")
    if not (bindings is None or (isinstance(bindings, list) and all(isinstance(b, str) for b in bindings))):
        raise ConfigError(f'{path}: bindings must be a list of files, as in bindings = ["page.toml"]')
    return Config(
        channels, subscriptions, path.parent / rules if rules else None,
        None if bindings is None else tuple(path.parent / b for b in bindings), _operator(text, channels, path), _site(text, path),
    )  # fmt: skip


def _operator(text: Mapping[str, Any], channels: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """The channels on which the operator hears of runs that fail."""
    given = text.get("operator", [])
    if not (isinstance(given, list) and all(isinstance(n, str) and n in channels for n in given)):
        raise ConfigError(f"{path}: operator must be a list of declared channels; there are {', '.join(channels)}")
    return tuple(given)


def _site(text: Mapping[str, Any], path: Path) -> str | None:
    site = text.get("site")
    if not (site is None or (isinstance(site, str) and site.startswith(("https://", "http://")))):
        raise ConfigError(
            f'{path}: site must be the address of the published site, as in site = "https://example.org/"'
        )
    return site and site.rstrip("/") + "/"


def _channel(declared: Any, where: str) -> None:
    kind = declared.get("type") if isinstance(declared, dict) else None
    if kind not in TYPES:
        raise ConfigError(f"{where}: type must be one of {', '.join(TYPES)}")  # what stands there may be a secret
    _only(declared, _KEYS[kind], where)
    if missing := _KEYS[kind] - declared.keys():
        raise ConfigError(f"{where}: lacks {', '.join(missing)}")
    if kind == "apprise" and not _NAME.fullmatch(str(declared["url"])):
        # The value is not repeated: it may be the secret.
        raise ConfigError(
            f'{where}: url must name an environment variable, as in url = "$SANDSNAP_SLACK"; the address is a secret'
        )


def _subscription(given: Any, channels: Mapping[str, Any], where: str) -> Subscription:
    from sandsnap.vendors import VENDORS

    _only(given, {"channel", "vendors", "tables", "kinds", "levels", "least"}, where)
    if given.get("channel") not in channels:
        raise ConfigError(f"{where}: channel {given.get('channel')!r} is not declared; there are {', '.join(channels)}")
    found = {k: tuple(given.get(k, ())) for k in ("vendors", "tables", "kinds")}
    for vendor in found["vendors"]:
        if vendor not in VENDORS:
            raise ConfigError(f"{where}: {vendor!r} is no vendor; there are {', '.join(VENDORS)}")
    for kind in found["kinds"]:
        if kind not in KINDS:
            raise ConfigError(f"{where}: {kind!r} is no kind; there are {', '.join(KINDS)}")
    for table in found["tables"]:
        if table not in TABLE_NAMES:
            raise ConfigError(f"{where}: {table!r} is no table; there are {', '.join(TABLE_NAMES)}")
    levels = tuple(given.get("levels", LEVELS[:3]))
    if wrong := [x for x in levels if x not in LEVELS[:3]]:
        raise ConfigError(f"{where}: {wrong[0]!r} is no level; there are {', '.join(LEVELS[:3])}")
    return Subscription(
        given["channel"], found["vendors"], found["tables"], found["kinds"], levels, int(given.get("least", 0))
    )


KINDS = (*(k for k in EVENTS if k not in QUIET), "reminder", "outage", "outage_ended", "correction", "held")
TABLE_NAMES = tuple(TABLES)


def _only(given: Any, known: set[str], where: str) -> None:
    if not isinstance(given, dict):
        raise ConfigError(f"{where}: must be a table")
    if unknown := given.keys() - known:
        raise ConfigError(f"{where}: unknown {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
