"""What a person must look at, in and out of the database: opened, kept open, and closed by what was looked at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from sandsnap.model import Issue, Reading, subject
from sandsnap.record.rows import insert
from sandsnap.record.timeline import UNPUBLISHED

FLAPPING = timedelta(days=30)


@dataclass(slots=True)
class OpenIssue:
    """An issue in memory; `issue`: its number, once it has one."""

    issue: int | None
    kind: str
    vendor: str
    source_url: str
    reader: str | None
    message: str
    nearest: str | None
    first_on: date
    closed_on: date | None = None
    dropped: bool = False

    @property
    def identity(self) -> tuple[str, str, str | None, str]:
        """What makes two issues the same: everything but the figures in the message."""
        return self.kind, self.source_url, self.reader, subject(self.message)


def _new(issue: Issue, day: date) -> OpenIssue:
    return OpenIssue(None, issue.kind, issue.vendor, issue.source_url, issue.reader, issue.message, issue.nearest, day)


def rewind(issue: OpenIssue, day: date) -> None:
    """As it was before the day."""
    if issue.first_on >= day:
        issue.dropped = True
    elif issue.closed_on is not None and issue.closed_on >= day:
        issue.closed_on = None


def _joined(issues: list[OpenIssue]) -> list[OpenIssue]:
    """A dropped issue that the replay reported again from the same day is the stored one, not a new one."""
    dropped = {(i.identity, i.first_on): i for i in issues if i.dropped and i.issue is not None}
    out = [i for i in issues if not i.dropped]
    for issue in out:
        old = dropped.pop((issue.identity, issue.first_on), None) if issue.issue is None else None
        if old is not None:
            issue.issue = old.issue
    return out + list(dropped.values())


def load(con: duckdb.DuckDBPyConnection, vendors: Collection[str]) -> dict[str, list[OpenIssue]]:
    """All issues of these vendors, by vendor."""
    out: dict[str, list[OpenIssue]] = {v: [] for v in vendors}
    for row in con.execute(
        "SELECT issue, kind, vendor, source_url, reader, message, nearest, first_on, closed_on "
        "FROM store.issues WHERE list_contains(?, vendor) ORDER BY issue",
        [list(vendors)],
    ).fetchall():
        out[row[2]].append(OpenIssue(*row))
    return out


def look(held: list[OpenIssue], day: date, readings: Sequence[Reading]) -> None:
    """What a vendor's readings of a day open, keep open and close among the issues `held`."""
    # What was closed a short while ago and comes again is the same matter: it flaps.
    recent = day - FLAPPING
    open_now = {i.identity: i for i in held if i.closed_on is None and not i.dropped}
    closed = {i.identity: i for i in held if i.closed_on is not None and i.closed_on > recent and not i.dropped}
    reported = set()
    for given in (issue for reading in readings for issue in reading.issues):
        new = _new(given, day)
        reported.add(new.identity)
        if new.identity in open_now:
            open_now[new.identity].message, open_now[new.identity].nearest = new.message, new.nearest
        elif new.identity in closed:
            again = open_now[new.identity] = closed.pop(new.identity)
            again.closed_on, again.message, again.nearest = None, new.message, new.nearest
        else:
            open_now[new.identity] = new
            held.append(new)
    # Only what was looked at closes an issue: an answer closes that there was none, a page that was read closes what
    # was wrong with the page, a reader that could read what was wrong in it. An outage closes nothing.
    answered = {r.source_url for r in readings if r.capture is not None}
    seen = {r.source_url for r in readings if r.outcome in ("good", "held", UNPUBLISHED)}
    read_readers = {r.reader for r in readings if r.outcome in ("good", "held")}
    for issue in open_now.values():
        if issue.reader is not None:
            looked = issue.reader in read_readers
        else:
            looked = issue.source_url in (answered if issue.kind == "fetch_failed" else seen)
        if looked and issue.identity not in reported:
            issue.closed_on = day


def write(con: duckdb.DuckDBPyConnection, issues: Mapping[str, list[OpenIssue]]) -> tuple[int, int]:
    """Write what became different of these vendors' issues; returns how many were opened and closed."""
    opened = closed = 0
    new: list[tuple[object, ...]] = []
    number = int(con.execute("SELECT coalesce(max(issue), 0) FROM store.issues").fetchall()[0][0])
    was = {i.issue: i for of_vendor in load(con, issues).values() for i in of_vendor}
    for i in (i for of_vendor in issues.values() for i in _joined(of_vendor)):
        old = was.get(i.issue)
        if old is None:
            number += 1
            opened, closed = opened + 1, closed + (i.closed_on is not None)
            new.append(
                (number, i.kind, i.vendor, i.source_url, i.reader, i.message, i.nearest, i.first_on, i.closed_on)
            )
        elif i.dropped:
            con.execute("DELETE FROM store.issues WHERE issue = ?", [i.issue])
        elif (i.message, i.nearest, i.closed_on) != (old.message, old.nearest, old.closed_on):
            closed += i.closed_on is not None and old.closed_on is None
            con.execute(
                "UPDATE store.issues SET message = ?, nearest = ?, closed_on = ? WHERE issue = ?",
                [i.message, i.nearest, i.closed_on, i.issue],
            )
    insert(con, "issues", new)
    return opened, closed
