"""What alerts were made and what was sent of them: one SQLite file beside the warehouse, which survives a crash.

A delivery is written down before it is tried and again after. A row that still says `sending` is one that a crash
left behind: nobody knows whether it arrived, so it is not sent again unless a person says so.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sandsnap.publish.alerts.alert import Alert, Move
from sandsnap.publish.alerts.events import Citation

# What is told of one alert, each at most once per channel.
PHASES = ("new", "retracted")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS alerts (
    id TEXT PRIMARY KEY, made_at TEXT NOT NULL, state TEXT NOT NULL, history INTEGER NOT NULL, said TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS alerts_said ON alerts (said);
-- Append-only: every attempt, with what came of it. state: sending, sent, failed.
CREATE TABLE IF NOT EXISTS deliveries (
    delivery INTEGER PRIMARY KEY, alert TEXT NOT NULL, phase TEXT NOT NULL, channel TEXT NOT NULL,
    state TEXT NOT NULL, at TEXT NOT NULL, error TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_alert ON deliveries (alert, phase, channel);
"""


class StoreError(Exception):
    """The file of alerts cannot be used; says what to do."""


class Store:
    """The file; use as a context manager. Raises StoreError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._con = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._con.execute("PRAGMA synchronous = FULL")
            self._con.executescript(_SCHEMA)
        except sqlite3.Error as e:
            raise StoreError(
                f"{path}: {e}; move it away to begin anew (alerts already sent may then be sent again)"
            ) from None

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Hold the right to send: one process at a time. Raises StoreError while another has it."""
        lock = self._path.with_suffix(".lock").open("w")
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError("another process is sending alerts; run it again when that is done") from None
            yield
        finally:
            lock.close()

    def collect(
        self, made: Iterable[Alert], now: datetime, old: int, last_day: date | None
    ) -> tuple[list[Alert], list[Alert]]:
        """Take in the alerts of the record: (those that are new, those that are retracted), each once.

        An alert whose day moved keeps its id; one that the record no longer holds becomes `retracted`. What an archive
        told, or lies more than `old` days before the last recorded day, is history.
        """
        wanted = {a.id: a for a in made}
        with self._transaction():
            held = {a.id: a for a, _ in self._all()}
            lost = {i: a for i, a in held.items() if i not in wanted}
            by_said: dict[str, list[str]] = {}
            for i, a in sorted(lost.items(), key=lambda x: x[1].day):
                by_said.setdefault(a.said, []).append(i)
            fresh: list[Alert] = []
            for i, alert in wanted.items():
                if i in held:
                    self._save(_kept(alert, held[i]), None)
                elif by_said.get(alert.said):
                    moved = by_said[alert.said].pop(0)
                    del lost[moved]
                    self._save(replace(_kept(alert, held[moved]), id=moved), None)
                else:
                    past = last_day is not None and (alert.decided_on or alert.day) < last_day - timedelta(days=old)
                    fresh.append(replace(alert, history=alert.history or past))
                    self._save(fresh[-1], now)
            gone = [replace(a, state="retracted") for a in lost.values() if a.state != "retracted"]
            for alert in gone:
                self._save(alert, None)
        return fresh, gone

    def alerts(self, since: date | None = None) -> list[Alert]:
        """All alerts ever made, oldest first."""
        found = [a for a, _ in self._all() if since is None or a.day >= since]
        return sorted(found, key=lambda a: (a.day, a.vendor, a.table, a.key, a.id))

    def made_at(self) -> dict[str, datetime]:
        """When each alert was made (UTC)."""
        return {a.id: at for a, at in self._all()}

    def delivered(self) -> dict[tuple[str, str, str], str]:
        """(alert, phase, channel) -> the state of the last attempt: sent, failed, or sending (a crash: uncertain)."""
        rows = self._con.execute("SELECT alert, phase, channel, state FROM deliveries ORDER BY delivery")
        return {(a, p, c): s for a, p, c, s in rows}

    def log(self, tries: Iterable[tuple[str, str]], channel: str, state: str, error: str | None = None) -> None:
        """Write down an attempt's state for (alert, phase) pairs, all or none."""
        at = datetime.now(UTC).isoformat()
        with self._transaction():
            self._con.executemany(
                "INSERT INTO deliveries (alert, phase, channel, state, at, error) VALUES (?, ?, ?, ?, ?, ?)",
                [(alert, phase, channel, state, at, error) for alert, phase in tries],
            )

    def deliveries(self) -> list[dict[str, Any]]:
        """Every attempt, oldest first."""
        rows = self._con.execute("SELECT alert, phase, channel, state, at, error FROM deliveries ORDER BY delivery")
        return [dict(zip(("alert", "phase", "channel", "state", "at", "error"), r, strict=True)) for r in rows]

    def _all(self) -> list[tuple[Alert, datetime]]:
        rows = self._con.execute("SELECT body, state, history, made_at FROM alerts").fetchall()
        return [(_load(b, s, bool(h)), datetime.fromisoformat(at)) for b, s, h, at in rows]

    def _save(self, alert: Alert, made_at: datetime | None) -> None:
        body = json.dumps(asdict(alert), default=str, ensure_ascii=False)
        if made_at is None:
            self._con.execute(
                "UPDATE alerts SET state = ?, said = ?, body = ? WHERE id = ?",
                (alert.state, alert.said, body, alert.id),
            )
        else:
            self._con.execute(
                "INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?)",
                (alert.id, made_at.isoformat(), alert.state, int(alert.history), alert.said, body),
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._con.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._con.execute("ROLLBACK")
            raise
        self._con.execute("COMMIT")


def _kept(alert: Alert, held: Alert) -> Alert:
    """The alert as it is made now, with what was settled when it was new."""
    return replace(alert, history=held.history, breaks=alert.breaks or held.breaks)


def _load(body: str, state: str, history: bool) -> Alert:
    found = json.loads(body)
    for name in ("decided_on", "not_before"):
        found[name] = date.fromisoformat(found[name]) if found.get(name) else None
    found |= {"state": state, "history": history, "day": date.fromisoformat(found["day"])}
    found["moves"] = tuple(Move(**m) for m in found.get("moves", ()))  # none in files of before
    found["moved"] = tuple((what, before, after) for what, before, after in found.get("moved", ()))
    found["citations"] = tuple(Citation(**(c | {"day": date.fromisoformat(c["day"])})) for c in found["citations"])
    found["reasons"], found["notes"] = tuple(found["reasons"]), tuple(found["notes"])
    found["breaks"] = tuple(found.get("breaks", ()))  # none in files of before
    return Alert(**{f.name: found[f.name] for f in fields(Alert)})
