"""The stages in a row, as plain functions: what the command line and the flows both call.

fetch → archive → read → check → record. No parsing, no SQL and no rules here, only the order of things.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap import remembered
from sandsnap.capture import Archive, replay
from sandsnap.capture.loose import loose
from sandsnap.contained import read_all
from sandsnap.model import Capture, Fetched, Issue, Reading
from sandsnap.read import publishers
from sandsnap.read.addresses import canonical
from sandsnap.read.reading import judgements, unread
from sandsnap.read.residue.watch import Accounts, Watch
from sandsnap.read.sources import Source, source_of, vendor, vendor_of, version
from sandsnap.settings import Budget, Settings, SettingsError
from sandsnap.vendors import VENDORS
from sandsnap.watch_notes import note
from sandsnap.watching import watch_since, with_issues, with_residue

if TYPE_CHECKING:
    from sandsnap.capture import FetchPolicy, FetchResult, Refused
    from sandsnap.capture.index import Entry
    from sandsnap.record.recorder import RunResult

Progress = Callable[[str, int, int], None]
Days = list[tuple[date, list[Reading]]]
UNKNOWN = "unknown"  # the vendor of a capture that no declared host explains


def quiet(what: str, done: int, total: int) -> None:
    """No progress."""


# -- fetching -----------------------------------------------------------------------------------------------------


def fetch(
    sources: Sequence[Source], policy: "FetchPolicy", archive: Archive, progress: Progress = quiet,
    files: Sequence[tuple[str, str]] = (),
) -> list["FetchResult"]:  # fmt: skip
    """Fetch sources, and files of publishers (name, URL), each response archived before it is returned; a page that cannot
    be had is an issue."""
    from sandsnap.capture import FetchRequest, fetch_all
    from sandsnap.capture.policy import DEFAULT_ACCEPT

    done = 0

    def count(result: "FetchResult") -> None:
        nonlocal done
        done += 1
        progress(result.request.url, done, len(sources) + len(files))

    requests = [
        FetchRequest(s.fetch, s.vendor, vendor(s.vendor).hosts, accept=s.accept or DEFAULT_ACCEPT) for s in sources
    ] + [FetchRequest(url, name, publishers.publisher(name).hosts) for name, url in files]
    return asyncio.run(fetch_all(requests, policy, archive, on_result=count))


def fetch_policy(settings: Settings) -> "FetchPolicy":
    """How to fetch, from the settings. Raises SettingsError where nobody says who is asking."""
    from sandsnap.capture import FetchPolicy

    if not settings.fetch.get("contact_url"):
        raise SettingsError(
            "who asks? Say --contact URL, $SANDSNAP_CONTACT or [fetch] contact_url in sandsnap.toml: "
            "it stands in the User-Agent, so that who runs a server can reach you"
        )
    return FetchPolicy(
        **{k: v for k, v in settings.fetch.items() if k != "confirm_after_minutes"}
    )  # second_look.py has that one


def live_sources(names: Sequence[str]) -> list[Source]:
    """The sources that are still fetched, of these vendors."""
    return [s for name in names for s in vendor(name).sources if s.live]


def live_urls(name: str) -> list[str]:
    """The addresses that are fetched every day, of a vendor or a publisher."""
    if name in publishers.publishers():
        return [s.live for s in publishers.publisher(name).sources]
    return [s.url for s in live_sources([name])]


def live_files(archive: Archive, names: Collection[str]) -> list[tuple[str, str]]:
    """(publisher, URL) of the files of publishers to fetch today: the last ones, and those of recent days that we lack.
    Publishers are asked where all vendors are."""
    out = []
    for name in sorted(everyone(names) & set(publishers.publishers())):
        since = _today() - timedelta(days=publishers.publisher(name).catch_up_days)
        have = {canonical(e.url) for e in archive.entries(since) if e.status == 200 and _vendor(e) == name}
        out += [(name, url) for url in publishers.live_urls(name, _today(), have)]
    return out


def fetched_readings(settings: Settings, results: Sequence["FetchResult"], at: datetime) -> list[Reading]:
    """Readings of what was fetched; a page that was not had is a failed reading with its issue. What the server answered
    with an error status is read like any capture, here and when the archive is read again."""
    out: list[Reading] = []
    pages: list[Capture] = []
    with Archive(settings.archive) as archive:
        for r in results:
            if r.issue is not None and (r.capture is None or r.issue.kind != "http_status"):
                out += failed(r.request.url, r.issue, at)
            elif r.capture is not None and archive.is_quarantined(r.capture.sha256):
                out += unread(
                    r.capture, "quarantined", "the page is the one that is in quarantine; see 'sandsnap archive list'"
                )
            elif r.capture is not None:
                pages.append(r.capture)
    return out + [r for found in remembered.read_all(settings, pages) for r in found.readings]


def failed(url: str, issue: Issue, at: datetime) -> list[Reading]:
    """A failed reading for every reader of a source that could not be fetched: its facts carry forward."""
    source = source_of(url)
    if source is None:
        file = publishers.address_of(url)
        return [replace(publishers.not_had(file, issue), captured_at=at)] if file else []
    issue = replace(issue, source_url=source.url)
    names = [*source.readers] or ["page"]
    return [
        Reading(
            source.vendor, source.url, f"{source.url}#{n}", version(source.vendor), "failed", (), (issue,) if i == 0 else (),
            rank=source.rank, captured_at=at,
        )
        for i, n in enumerate(names)
    ]  # fmt: skip


# -- reading days -------------------------------------------------------------------------------------------------


def readings_by_day(
    captures: Iterable[Capture], progress: Progress = quiet, watch: Watch | None = None, budget: Budget | None = None
) -> Days:
    """Captures in the order of time as readings, day by day, with the residue that is new since the captures before
    and since those that `watch` has learned. Undated captures are left out (see `undated`)."""
    dated = [c for c in captures if c.day is not None]
    # The same bytes read the same on any day.
    distinct = {(c.url, c.sha256, c.status, c.complete): c for c in reversed(dated)}
    done = 0

    def count(c: Capture) -> None:
        nonlocal done
        done += 1
        progress(c.url, done, len(distinct))

    found = dict(zip(distinct, read_all(distinct.values(), budget, count), strict=True))
    watch = watch or Watch()
    watch.accounts.update({(url, sha, complete): r.account for (url, sha, _, complete), r in found.items()})
    by_day: dict[date, list[Reading]] = {}
    for c in dated:
        known = found[c.url, c.sha256, c.status, c.complete].readings
        own = [
            r if r.captured_at == c.captured_at else replace(r, captured_at=c.captured_at)
            for r in watch.frames.compared(known)
        ]
        readings = with_issues(own, watch.issues(c, known))
        by_day.setdefault(c.day, []).extend(readings)  # type: ignore[arg-type]
    return sorted(by_day.items())


def with_judgements(days: Days, since: Mapping[str, date | None], until: date = date.max) -> Days:
    """The days with the vendors' judgements put in on the days they were made; per vendor from a day on (None: all), and none of
    a day after `until`, which nobody has made yet."""
    by_day = {day: list(readings) for day, readings in days}
    for name, start in since.items():
        for r in judgements(name) if name in VENDORS else ():
            if r.day is not None and r.day <= until and (start is None or r.day >= start):
                by_day.setdefault(r.day, []).append(r)
    return sorted(by_day.items())


def undated(captures: Iterable[Capture], at: datetime) -> list[Reading]:
    """A failed reading with an issue for each capture whose day nobody knows: it can be read, not recorded."""
    out = []
    for c in captures:
        if c.day is None:
            url, name = (source.url, source.vendor) if (source := source_of(c.url)) else (c.url, _vendor(c))
            message = f"{c.file or c.url}: its day is not known; it can be read, not recorded"
            issue = Issue("undated", name, url, message, f"{url}#undated")
            out.append(Reading(name, url, f"{url}#undated", "", "failed", (), (issue,), captured_at=at))
    return out


def kept_out(refused: Iterable["Refused"], at: datetime) -> list[Reading]:
    """A failed reading with an issue for each record of an archive that was not let in and is said to be of a page of
    ours. The next good reading of the page closes it."""
    out = []
    for r in refused:
        if r.url is not None and (source := source_of(r.url)):
            issue = Issue("refused", source.vendor, source.url, str(r))
            reader = f"{source.url}#refused"
            out.append(Reading(source.vendor, source.url, reader, "", "failed", (), (issue,), captured_at=at))
    return out


def archive_copy(settings: Settings, path: Path, progress: Progress = quiet) -> tuple[list[Capture], list["Refused"]]:
    """Put an archive (folders with index.jsonl, or WARC) into our own: the captures it brought, and the records of it that
    were not let in. Raises ReplayError where there is nothing to replay."""
    refused: list[Refused] = []
    captures = list(loose(path, publishers.copy_of, refused.append) or replay(path, on_refused=refused.append))
    progress(f"archiving {len(captures)} captures", 0, 0)
    with Archive(settings.archive) as archive:
        archive.add_all(captures)
        captures = [c for c in captures if not archive.is_quarantined(c.sha256)]
    return captures, refused


def unrecorded(settings: Settings, names: Collection[str], since: date = date.min) -> dict[str, date]:
    """By vendor, the first day (from `since` on) on which the warehouse is behind the archive: a capture was archived and not recorded (the
    run ended before, or was about other vendors), or is recorded and in quarantine by now."""
    if not settings.archive.is_dir():
        return {}
    from sandsnap.record import queries

    found: list[tuple[str, date]] = []
    recorded: set[tuple[str, date]] = set()
    with Archive(settings.archive) as archive:
        if settings.warehouse.exists():
            with queries.connect_readonly(settings.warehouse) as con:
                query = "SELECT vendor, source_url, day, capture FROM readings WHERE day >= ?"
                rows = con.execute(query, [since]).fetchall()
            recorded = {(url, day) for _, url, day, _ in rows}
            found += [(name, day) for name, _, day, capture in rows if capture and archive.is_quarantined(capture)]
        for e in archive.entries(since if since > date.min else None):
            if e.captured_at is not None:
                source, day = source_of(e.url) or _file(e.url), e.captured_at.date()
                if ((source.url if source else e.url), day) not in recorded:
                    found.append((_vendor(e), day))
    first: dict[str, date] = {}
    for name, day in found:
        if name in names:
            first[name] = min(day, first.get(name, day))
    return first


def _all_recorded(settings: Settings, names: Collection[str], day: date) -> bool:
    """Whether nothing of the days before was archived, set aside or recorded otherwise since a run found all of it recorded:
    comparing a whole archive with a whole warehouse costs more every year."""
    try:
        noted = json.loads(settings.all_recorded.read_text("utf-8"))
        return bool(set(names) <= set(noted["names"]) and noted["standing"] == _standing(settings, day))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _note_all_recorded(settings: Settings, names: Collection[str], day: date) -> None:
    """Note it for the next run, of these vendors, where what was archived on the day is recorded as well."""
    if not settings.archive.is_dir() or unrecorded(settings, names, day):
        settings.all_recorded.unlink(missing_ok=True)
        return
    note_ = {"names": sorted(names), "standing": _standing(settings, day + timedelta(days=1))}
    settings.all_recorded.write_text(json.dumps(note_) + "\n", "utf-8")


def _standing(settings: Settings, day: date) -> list[object]:
    """What would differ if something were archived of a day before, or set aside, or recorded."""
    with Archive(settings.archive) as archive:
        held = [archive.count_before(day), sorted(archive.quarantined())]
    file = settings.warehouse.stat()  # every recording, and every way back, puts another file there
    return [*held, file.st_ino, file.st_size, file.st_mtime_ns]


# -- recording ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fetching:
    """What fetching gave, vendor by vendor, and when (UTC) it began, ended, and everything had been read."""

    started_at: datetime
    fetched_at: datetime
    read_at: datetime
    fetched: tuple[Fetched, ...]


@dataclass(frozen=True)
class Outcome:
    """What a run did: the recorder's counts, the days it covered, and what it was given and did not let in."""

    result: "RunResult"
    first: date | None
    last: date | None
    refused: tuple["Refused", ...] = ()


def record(
    settings: Settings, days: Days, kind: str, *, replace_from: Mapping[str, date] | None = None,
    flow_run_id: str | None = None, release: Collection[str] = (), progress: Progress = quiet,
    fetching: "Fetching | None" = None, accounts: Accounts | None = None,
) -> Outcome:  # fmt: skip
    """Record days through the gate, in one writing run. `release`: vendors whose held changes a person has looked at;
    `accounts`: how the amounts of the pages that were read are accounted for."""
    from sandsnap.check.decisions import DecisionError, load
    from sandsnap.check.gate import Gate
    from sandsnap.check.rows import invalid
    from sandsnap.record.recorder import Run, record_days

    # All rows of the run in one validation per table; what fails is refused, with its message, by the gate of its day.
    invalid(f for _, readings in days for r in readings for f in r.facts)

    try:
        decisions = load(settings.decisions)
    except DecisionError as e:
        raise SettingsError(str(e)) from None
    gate = Gate(decisions, release, live=kind == "snapshot")
    done = 0

    def count(day: date) -> None:
        nonlocal done
        done += 1
        progress(f"recording {day}", done, len(days))

    now = datetime.now(UTC)
    run = Run(
        f"{kind}-{now:%Y%m%dT%H%M%S%f}", kind, fetching.started_at if fetching else now, now, flow_run_id,
        fetching.fetched if fetching else (), fetching.fetched_at if fetching else None, fetching.read_at if fetching else None,
    )  # fmt: skip
    result = record_days(
        settings.warehouse, days, run=run, gate=gate, replace_from=replace_from, on_day=count, tell=_told,
        tell_measured=_measured,
    )  # fmt: skip
    if settings.warehouse_file is None:  # a dry run notes nothing
        progress("noting what is accounted for", 0, 0)
        note(settings, accounts or {})
        from sandsnap.upkeep import copies

        copies.keep(settings)
    return Outcome(result, days[0][0] if days else None, days[-1][0] if days else None)


def _told(rows: Sequence[Mapping[str, object]], reranked: Mapping[tuple[str, date], Sequence[str]]) -> Sequence[object]:
    """A vendor's steps as events."""
    from sandsnap.tell.events import events
    from sandsnap.tell.model import Change

    return events((Change.of(row) for row in rows), reranked=reranked)


def _measured(rows: Sequence[Mapping[str, object]]) -> Sequence[object]:
    """All measurements as events."""
    from sandsnap.tell.measured import measured

    return measured(rows)


def backfill(
    settings: Settings, path: Path, names: Collection[str] = VENDORS, *, flow_run_id: str | None = None,
    release: Collection[str] = (), progress: Progress = quiet,
) -> Outcome:  # fmt: skip
    """Take an archive's captures, whatever their days, and record what they add: the result is that of days in order.

    From the earliest day it brings, each vendor's days are read again from the whole archive and recorded anew; rows
    that come out as they were are left untouched.
    """
    captures, refused = archive_copy(settings, path, progress)
    return record_copies(
        settings, captures, names, refused=refused, flow_run_id=flow_run_id, release=release, progress=progress
    )


def record_copies(
    settings: Settings, captures: Sequence[Capture], names: Collection[str] = VENDORS, *, refused: Sequence["Refused"] = (),
    flow_run_id: str | None = None, release: Collection[str] = (), progress: Progress = quiet,
) -> Outcome:  # fmt: skip
    """Record what archived captures add, wherever they came from: as `backfill` does."""
    chosen = everyone(names)
    brought = [c for c in captures if _vendor(c) in chosen]
    first = unrecorded(settings, chosen)
    for c in brought:
        if c.day is not None:
            first[_vendor(c)] = min(c.day, first.get(_vendor(c), c.day))
    recorded = last_days(settings)
    # What is not let in is an issue of the last day that is recorded anyhow: it brings no day of its own.
    at = datetime.combine(max([*recorded.values(), *(c.day for c in brought if c.day)], default=_today()), time(), UTC)
    beside = [*undated(brought, at), *(r for r in kept_out(refused, at) if r.vendor in chosen)]
    for name in {r.vendor for r in beside} & recorded.keys():
        first[name] = min(recorded[name], first.get(name, recorded[name]))
    outcome = again(settings, first, "backfill", beside, flow_run_id=flow_run_id, release=release, progress=progress)
    return replace(outcome, refused=tuple(refused))


def again(
    settings: Settings, first: Mapping[str, date], kind: str, beside: Sequence[Reading] = (), *, until: date = date.max,
    flow_run_id: str | None = None, release: Collection[str] = (), progress: Progress = quiet,
) -> Outcome:  # fmt: skip
    """Record vendors anew from a day on, from what the archive holds of days before `until`; `beside` are readings of no
    capture."""
    first = dict(first)
    for name in first:
        judged = [r.day for r in judgements(name) if r.day] if name in VENDORS else []
        first[name] = min([first[name], *judged])
    read, accounts = _archived_days(settings, first, progress, until)
    days = dict(read)
    for r in beside:
        if r.day is not None:
            days.setdefault(r.day, []).append(r)
    return record(
        settings, sorted(days.items()), kind, replace_from=first, flow_run_id=flow_run_id, release=release,
        progress=progress, accounts=accounts,
    )  # fmt: skip


def _today() -> date:
    return datetime.now(UTC).date()


def record_today(
    settings: Settings, readings: Sequence[Reading], *, flow_run_id: str | None = None, release: Collection[str] = (),
    progress: Progress = quiet, fetching: "Fetching | None" = None,
) -> Outcome:  # fmt: skip
    """Record freshly fetched readings. Where a vendor's readers changed since its last run, the last captures are read
    again first, so that what differs there is our correction and what differs now is the vendor's change."""
    names = sorted({r.vendor for r in readings})
    today = min((r.day for r in readings if r.day), default=_today())
    behind: dict[str, date] = {}
    if not _all_recorded(settings, names, today):
        behind = {name: day for name, day in unrecorded(settings, names).items() if day < today}
    if behind:
        again(settings, behind, "backfill", until=today, flow_run_id=flow_run_id, progress=progress)
    known = _recorded(settings)
    outdated = {name: oldest for name, _, oldest in known if name in names and oldest is not None}
    if outdated:
        reread(settings, outdated, until=today, flow_run_id=flow_run_id, progress=progress)
    last = {name: day for name, day, _ in (_recorded(settings) if outdated else known)}
    by_day: dict[date, list[Reading]] = {}
    for r in with_residue(settings, readings):
        if r.day is not None:
            by_day.setdefault(r.day, []).append(r)
    since = {n: last[n] + timedelta(days=1) if n in last else None for n in names}
    outcome = record(
        settings, with_judgements(sorted(by_day.items()), since, max(by_day, default=today)), "snapshot", flow_run_id=flow_run_id,
        release=release, progress=progress, fetching=fetching,
    )  # fmt: skip
    _note_all_recorded(settings, names, today)
    return outcome


def quarantine(
    settings: Settings, sha256: str, *, reason: str, author: str, release: bool = False, progress: Progress = quiet
) -> tuple["tuple[Entry, ...]", Outcome | None]:
    """Make a capture as if it had never been (or `release` it): the captures of those bytes, and what recording their
    vendors anew from the first of them on did; None without a warehouse. Raises ArchiveError."""
    with Archive(settings.archive) as archive:
        entries = archive.quarantine(sha256, reason=reason, author=author, release=release)
    first: dict[str, date] = {}
    for e in entries:
        if e.captured_at is not None:
            name = _vendor(e)
            first[name] = min(e.captured_at.date(), first.get(name, date.max))
    if not first or not settings.warehouse.exists():
        return entries, None
    return entries, again(settings, first, "reread", progress=progress)


def reread(
    settings: Settings, since: Mapping[str, date], *, until: date = date.max, flow_run_id: str | None = None,
    progress: Progress = quiet,
) -> Outcome:  # fmt: skip
    """Read stored days before `until` again with today's readers, per vendor from a day on; what differs is recorded as
    corrections. A stored day that today's reader cannot read keeps its rows.
    """
    days, accounts = _archived_days(settings, since, progress, until)
    return record(
        settings, _keeping(settings, days), "reread", replace_from=since, flow_run_id=flow_run_id, progress=progress,
        accounts=accounts,
    )  # fmt: skip


def all_days(settings: Settings, progress: Progress = quiet) -> Days:
    """Every archived day of every archived vendor, read with today's readers, with the judgements of people."""
    with Archive(settings.archive) as archive:
        names = sorted({_vendor(e) for e in archive.entries()})
    return _archived_days(settings, dict.fromkeys(names, date.min), progress, date.max)[0]


def _archived_days(
    settings: Settings, since: Mapping[str, date], progress: Progress, until: date
) -> tuple[Days, Accounts]:
    days: dict[date, list[Reading]] = {}

    def wanted(c: "Capture | Entry") -> date | None:
        day = c.captured_at.date() if c.captured_at else None
        return day if day and _vendor(c) in since and since[_vendor(c)] <= day < until else None

    def damaged(entry: "Entry", error: Exception) -> None:
        if day := wanted(entry):
            lost = Capture(entry.url, entry.captured_at, b"", entry.sha256, file=entry.file)
            days.setdefault(day, []).extend(unread(lost, "refused", f"the stored page cannot be read: {error}"))

    with Archive(settings.archive) as archive:
        start = min(since.values(), default=None)
        entries = beside_live([c for c in archive.captures(start, on_damaged=damaged) if wanted(c)])
        watch = watch_since(archive, entries, settings.reading)
    for day, readings in readings_by_day(entries, progress, watch, settings.reading):
        days.setdefault(day, []).extend(readings)
    every = with_judgements(sorted(days.items()), since)
    return [(day, readings) for day, readings in every if day < until], watch.accounts


def beside_live(captures: Sequence[Capture]) -> list[Capture]:
    """The captures without copies from elsewhere of pages that were fetched on the same day: those were seen by ourselves."""
    live = {(canonical(c.url), c.day) for c in captures if c.file is None}
    return [c for c in captures if c.file is None or (canonical(c.url), c.day) not in live]


def _keeping(settings: Settings, days: Days) -> Days:
    """The days with what is stored put back where today's reader could not read, so that its rows stay."""
    if not settings.warehouse.exists():
        return days
    from sandsnap.record.queries import connect_readonly
    from sandsnap.record.stated import stored_readings

    out: Days = []
    with connect_readonly(settings.warehouse) as con:
        for day, readings in days:
            unread = {r.vendor for r in readings if r.outcome != "good"}
            stored = {
                k: r
                for name in sorted(unread)
                for k, r in stored_readings(con, name, day).items()
                if r.outcome == "good"
            }
            read_well = {r.reader for r in readings if r.outcome == "good"}
            kept = [
                replace(stored[r.reader], issues=r.issues)
                if r.outcome != "good" and r.reader in stored.keys() - read_well
                else r
                for r in readings
            ]
            out.append((day, kept))
    return out


def last_days(settings: Settings) -> dict[str, date]:
    """The last recorded day of each vendor; empty without a warehouse."""
    return {name: last for name, last, _ in _recorded(settings)}


def last_captures(settings: Settings, names: Collection[str]) -> dict[str, date]:
    """Per vendor, the day of the oldest of its sources' last good readings: from there on lie all last captures."""
    from sandsnap.record import queries

    with queries.connect_readonly(settings.warehouse) as con:
        rows = queries.last_readings(con).rows
    out: dict[str, date] = {}
    for name, _, last_on, last_good_on, _ in rows:
        if name in names:
            out[name] = min(last_good_on or last_on, out.get(name, last_on))
    return out


def _recorded(settings: Settings) -> list[tuple[str, date, date | None]]:
    """(vendor, last day, oldest last good day among readers of another version than today's)."""
    if not settings.warehouse.exists():
        return []
    from sandsnap.record import queries

    with queries.connect_readonly(settings.warehouse) as con:
        rows = queries.last_readings(con).rows
    now = {f"{s.url}#{r}" for name in VENDORS for s in vendor(name).sources for r in (*s.readers, "quoted", "page")}
    now |= {s.full_name for name in publishers.publishers() for s in publishers.publisher(name).sources}
    out: dict[str, tuple[date, date | None]] = {}
    for name, reader, last_on, last_good_on, stored in rows:
        # Readers that were renamed or dropped stay as they were recorded; there is nothing to read them again with.
        changed = _version(name) not in (None, stored) and (reader in now or reader.endswith("#judged"))
        was_last, was_oldest = out.get(name, (last_on, None))
        oldest = min(filter(None, (was_oldest, last_good_on)), default=None) if changed else was_oldest
        out[name] = (max(was_last, last_on), oldest)
    return [(name, last, oldest) for name, (last, oldest) in sorted(out.items())]


def everyone(names: Collection[str]) -> set[str]:
    """The vendors; where that is all of them, the publishers and the vendor of undeclared pages as well."""
    return {*names, UNKNOWN, *publishers.publishers()} if set(names) == set(VENDORS) else set(names)


def vendor_at(url: str) -> str:
    """Whose a page is: a vendor's, a publisher's by its name, or unknown."""
    if source := source_of(url):
        return source.vendor
    file = _file(url)
    return file.publisher if file else vendor_of(url) or UNKNOWN


def _vendor(capture: "Capture | Entry") -> str:
    return vendor_at(capture.url)


def _file(url: str) -> publishers.PublishedSource | None:
    at = publishers.address_of(url)
    return at.source if at else None


def _version(name: str) -> str | None:
    """What reads a vendor's pages or a publisher's files today; None for a name that nobody declares."""
    if name in VENDORS:
        return version(name)
    return publishers.version(name) if name in publishers.publishers() else None
