"""Collecting and sending: the record's alerts into the store, what is due to the channels, nothing twice.

`after_recording` is the door for flows: it never raises, whatever a channel, the configuration or the store does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from sandsnap.publish.alerts import digest
from sandsnap.publish.alerts.alert import Alert, evidence, make
from sandsnap.publish.alerts.channels import ChannelError
from sandsnap.publish.alerts.config import Config, find, load
from sandsnap.publish.alerts.store import PHASES, Store
from sandsnap.publish.claims.bindings import Bindings, shipped
from sandsnap.tell.significance import Rules
from sandsnap.tell.significance import load as rules_of

FILE = "alerts.sqlite3"
Told = tuple[Alert, str]  # an alert and the phase that is told


@dataclass
class Sent:
    """What a sending did: per channel the (alert id, phase) pairs delivered, and why a channel failed."""

    delivered: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def collect(
    warehouse: Path, store: Store, rules: Rules, pages: Sequence[Bindings] | None = None
) -> tuple[list[Alert], list[Alert]]:
    """Take the record's alerts into the store: (new ones, retracted ones). Again: none. `pages`: whose claims a change
    may break; the shipped ones without. Raises QueryError, ExpressionError, StoreError."""
    found = evidence(warehouse, shipped() if pages is None else pages)
    return store.collect(make(found, rules), datetime.now(UTC), rules.days("old"), found.last_day)


def due(
    store: Store, config: Config, channel: str, level: str, *, since: date | None = None, uncertain: bool = False
) -> list[Told]:
    """What a channel is still to be told of at a level. `since`: history from that day on, too; `uncertain`: also
    what a crash left open."""
    done = store.delivered()
    settled = ("sent",) if uncertain else ("sent", "sending")
    out: list[Told] = []
    for alert in store.alerts():
        if alert.level != level or not config.wants(channel, alert):
            continue
        told = done.get((alert.id, "new", channel))
        if told not in settled:
            # What was taken back before anyone heard of it, or lies far back, is not told at all.
            past = alert.history and (since is None or alert.day < since)
            if alert.state != "retracted" and not past:
                out.append((alert, "new"))
        elif alert.state in PHASES and done.get((alert.id, alert.state, channel)) not in settled:
            out.append((alert, alert.state))
    return out


def uncertain(store: Store) -> list[tuple[str, str, str]]:
    """(alert, phase, channel) that a crash left open: nobody knows whether they arrived."""
    return sorted(k for k, state in store.delivered().items() if state == "sending")


def send(
    store: Store, config: Config, home: Path, levels: Iterable[str], *, since: date | None = None, again: bool = False
) -> Sent:
    """Send what is due, one message per channel and level. A channel that fails is named, and the others go on."""
    out = Sent()
    with store.sending():
        for name in config.channels:
            for level in levels:
                told = due(store, config, name, level, since=since, uncertain=again)
                if told and name not in out.failed:
                    _deliver(store, config, home, name, level, told, out)
    return out


def _deliver(store: Store, config: Config, home: Path, name: str, level: str, told: list[Told], out: Sent) -> None:
    pairs = [(a.id, phase) for a, phase in told]
    store.log(pairs, name, "sending")
    try:
        config.open(name, home).send(digest.message(told, level, config.site))
    except ChannelError as e:
        store.log(pairs, name, "failed", str(e))
        out.failed[name] = str(e)
    except Exception as e:  # a library below apprise may raise anything; its text may hold the address
        store.log(pairs, name, "failed", type(e).__name__)
        out.failed[name] = f"{type(e).__name__} while sending; it is tried again at the next sending"
    else:
        store.log(pairs, name, "sent")
        out.delivered.setdefault(name, []).extend(pairs)


def after_recording(warehouse: Path, home: Path, config_path: Path | None = None) -> tuple[list[Alert], Sent]:
    """After a run was recorded: collect its alerts and send the urgent ones. Never raises: a failure is in Sent.failed,
    under the channel's name or "alerts"."""
    fresh: list[Alert] = []
    try:
        path = find(config_path)
        config = load(path) if path else None
        rules = rules_of(config.rules if config else None)
        with Store(home / FILE) as store:
            fresh, _ = collect(warehouse, store, rules, config.pages() if config else None)
            return fresh, send(store, config, home, ["urgent"]) if config else Sent()
    except Exception as e:  # whatever it is: the run is recorded, and alerts are made from the record next time
        return fresh, Sent(failed={"alerts": f"{type(e).__name__}: {e}"})
