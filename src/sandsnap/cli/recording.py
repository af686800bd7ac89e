"""Commands that record: snapshot, backfill, reread, demo."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli import past
from sandsnap.cli.command import OK, WAREHOUSE, Stop, command, day, vendor_name
from sandsnap.cli.running import errors, finish, settings_of

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.pipeline import Outcome
    from sandsnap.settings import Settings


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(commands, "demo", demo, "Replay the embedded archive of dated pages, offline, and show what changed.")
    p = command(
        commands, "snapshot", snapshot, "Fetch every declared page, read it, and record today's snapshot.", as_json=True
    )
    _vendors(p)
    p.add_argument(
        "--captures",
        type=Path,
        metavar="PATH",
        help="replay an archive instead of fetching (a folder with index.jsonl, WARC files)",
    )
    p.add_argument(
        "--contact", metavar="URL", help="stands in the User-Agent (default: $SANDSNAP_CONTACT or the configuration)"
    )
    p.add_argument("--log-json", action="store_true", help="progress and errors as JSON lines on standard error")
    p = command(
        commands, "backfill", backfill,
        "Record dated copies of the declared pages: an archive, a git repository's history, a web archive; in any order.",
        as_json=True,
    )  # fmt: skip
    past.options(p)
    _vendors(p)
    p = command(
        commands,
        "reread",
        reread,
        "Read stored captures again with today's readers: differences are corrections.",
        as_json=True,
    )
    p.add_argument("--vendor", type=vendor_name, action="append", help="only this vendor; may be given again")
    p.add_argument("--since", type=day, metavar="DATE", help="from that day on (default: the last captures)")
    p.add_argument("--dry-run", action="store_true", help="show what would be corrected, and record nothing")


def _vendors(p: argparse.ArgumentParser) -> None:
    p.add_argument("--vendor", type=vendor_name, action="append", help="only this vendor; may be given again")
    p.add_argument(
        "--release", type=vendor_name, action="append", default=[], metavar="VENDOR",
        help="let this vendor's held changes through: a person has looked at them",
    )  # fmt: skip


def snapshot(args: argparse.Namespace) -> int:
    """Fetch, read, record."""
    from datetime import UTC, datetime

    from sandsnap import pipeline
    from sandsnap.capture import Archive
    from sandsnap.cli.output import Progress
    from sandsnap.health.log import JsonProgress
    from sandsnap.health.watched import tally, watched
    from sandsnap.second_look import confirmed
    from sandsnap.vendors import VENDORS

    names = args.vendor or VENDORS
    progress = JsonProgress("snapshot") if args.log_json else Progress()
    if args.captures:
        return backfill(args)
    with errors():
        settings = settings_of(args)
        policy = pipeline.fetch_policy(settings)
        with watched(settings, "snapshot", _warn) as run:
            with Archive(settings.archive) as archive:
                files = pipeline.live_files(archive, names)
                results = pipeline.fetch(pipeline.live_sources(names), policy, archive, progress, files)
                readings = pipeline.fetched_readings(settings, results, datetime.now(UTC))
                readings = confirmed(settings, policy, archive, readings, progress)
            run.fetched, fetched_at = tally(results), datetime.now(UTC)
            fetching = pipeline.Fetching(run.started_at, fetched_at, datetime.now(UTC), tuple(run.fetched))
            outcome = pipeline.record_today(
                settings, readings, release=args.release, progress=progress, fetching=fetching
            )
        progress.done()
        return finish(args, settings, outcome, run)


def backfill(args: argparse.Namespace) -> int:
    """Record an archive."""
    from sandsnap import pipeline
    from sandsnap.cli.output import Progress
    from sandsnap.health.watched import watched
    from sandsnap.vendors import VENDORS

    if args.captures is None:
        return past.backfill(args)
    progress = Progress()
    with errors():
        settings = settings_of(args)
        with watched(settings, "backfill", _warn) as run:
            outcome = pipeline.backfill(
                settings, args.captures, args.vendor or VENDORS, release=args.release, progress=progress
            )
        progress.done()
        return finish(args, settings, outcome, run)


def reread(args: argparse.Namespace) -> int:
    """Read again."""
    import shutil
    import tempfile
    from dataclasses import replace

    from sandsnap import pipeline
    from sandsnap.cli.output import Progress
    from sandsnap.vendors import VENDORS

    progress = Progress()
    with errors(), tempfile.TemporaryDirectory() as scratch:
        settings = settings_of(args)
        recorded = pipeline.last_days(settings)
        names = [n for n in args.vendor or sorted(pipeline.everyone(VENDORS)) if n in recorded]
        if not names:
            raise Stop(
                f"nothing is recorded in {settings.warehouse}; run 'sandsnap snapshot' or 'sandsnap backfill' first",
                WAREHOUSE,
            )
        since = dict.fromkeys(names, args.since) if args.since else pipeline.last_captures(settings, names)
        into = settings
        if args.dry_run:
            # The same run on a copy: what it would correct is what it does correct there.
            into = replace(settings, warehouse_file=Path(scratch) / settings.warehouse.name)
            shutil.copy(settings.warehouse, into.warehouse)
        outcome = pipeline.reread(into, since, progress=progress)
        progress.done()
        return _corrected(args, into, outcome)


def _warn(line: str) -> None:
    print(f"sandsnap: {line}", file=sys.stderr)


def _corrected(args: argparse.Namespace, settings: "Settings", outcome: "Outcome") -> int:
    from datetime import UTC, datetime, timedelta

    from sandsnap.cli import output
    from sandsnap.record import queries

    with queries.connect_readonly(settings.warehouse) as con:
        known_at = queries.status(con, datetime.now(UTC).date()).last_run.records()[0]["known_at"]
        answer = queries.corrections(con, known_at - timedelta(microseconds=1), known_at)
    if args.as_json:
        output.as_json(answer.columns, answer.rows)
        return OK
    if answer.rows:
        wanted = ("vendor", "table", "key", "field", "before", "after", "valid_from", "valid_to")
        at = [answer.columns.index(c) for c in wanted]
        output.as_table(wanted, [[row[i] for i in at] for row in answer.rows])
    verb = "would be corrected" if args.dry_run else "corrected"
    print(f"{len(answer.rows)} values {verb}, {outcome.result.days} vendor days read again")
    return OK


def demo(args: argparse.Namespace) -> int:
    """Replay the embedded archive."""
    from datetime import UTC, date, datetime
    from importlib.resources import as_file, files

    from sandsnap import pipeline
    from sandsnap.cli.output import Progress
    from sandsnap.cli.telling import LEAST, event_line
    from sandsnap.publish.report.markdown import run_report
    from sandsnap.publish.site.build import build
    from sandsnap.record import queries
    from sandsnap.settings import Settings
    from sandsnap.vendors import VENDORS

    progress = Progress()
    with errors():
        settings = Settings(settings_of(args).home / "demo")
        with as_file(files("sandsnap") / "demo") as pages:
            outcome = pipeline.backfill(settings, pages, VENDORS, progress=progress)
        progress.done()
        with queries.connect_readonly(settings.warehouse) as con:
            happened = queries.events(con, date(2000, 1, 1), date(9999, 1, 1), None, LEAST).records()
            issues = queries.open_issues(con).records()
        report = settings.reports / "changes.md"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(run_report("What happened in the demo", happened, issues, datetime.now(UTC).date()), "utf-8")
    with queries.connect_readonly(settings.warehouse) as con:
        built = build(con, settings.home / "site")
    r = outcome.result
    print(f"read {r.readings} page readings of {len(VENDORS)} vendors, {outcome.first} to {outcome.last}\n")
    for e in happened:
        print(event_line(e))
    print(f"\n{len(happened)} events, {len(issues)} open issues")
    print(f"warehouse: {settings.warehouse}   (sandsnap events 2026-01-01 2026-12-31 --home {settings.home})")
    print(f"report:    {report}")
    print(f"site:      {(built.folder / 'index.html').absolute().as_uri()}")
    return OK
