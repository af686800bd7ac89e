"""`backfill` from elsewhere: the history of a git repository, and the copies of a web archive."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli.command import ATTENTION, OK, Stop, day

if TYPE_CHECKING:
    from sandsnap.health.watched import Running
    from sandsnap.past import Taken
    from sandsnap.settings import Settings


def options(p: argparse.ArgumentParser) -> None:
    """Where the copies come from: exactly one of three."""
    where = p.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--captures",
        type=Path,
        metavar="PATH",
        help="a folder with index.jsonl, a folder of such folders, or WARC files",
    )
    where.add_argument(
        "--git",
        metavar="REPOSITORY",
        help="a documentation repository: its URL, a clone or a bundle; every version of its default branch",
    )
    where.add_argument(
        "--web-archive", nargs="?", const="", metavar="CDX",
        help="a web archive's CDX server (default: the Internet Archive's); copies lie beside it unless --replay says where",
    )  # fmt: skip
    p.add_argument(
        "--map", metavar="RULES", help="which pages the files are: OWNER/REPOSITORY, or a TOML file (with --git)"
    )
    p.add_argument("--branch", help="another branch than the default one (with --git)")
    p.add_argument("--replay", metavar="URL", help="where the web archive's copies lie (with --web-archive)")
    p.add_argument("--since", type=day, metavar="DATE", help="no older copies (with --web-archive)")
    p.add_argument(
        "--dry-run", action="store_true", help="show what would be taken, and take nothing (not with --captures)"
    )
    p.add_argument("--contact", metavar="URL", help="stands in the User-Agent (with --web-archive)")


def backfill(args: argparse.Namespace) -> int:
    """Record what a repository or a web archive holds of the declared pages."""
    return _git(args) if args.git is not None else _web_archive(args)


@contextmanager
def _errors() -> Iterator[None]:
    from sandsnap.capture.git_history import GitError
    from sandsnap.capture.web_archive import WebArchiveError
    from sandsnap.cli.running import errors
    from sandsnap.read.repositories import RulesError

    try:
        with errors():
            yield
    except (GitError, RulesError, WebArchiveError) as e:
        raise Stop(str(e)) from None


def _git(args: argparse.Namespace) -> int:
    from sandsnap import past
    from sandsnap.cli.output import Progress
    from sandsnap.cli.running import settings_of
    from sandsnap.health.watched import watched
    from sandsnap.vendors import VENDORS

    progress = Progress()
    with _errors():
        settings = settings_of(args)
        if args.dry_run:
            versions = past.versions_of(settings, args.git, args.map, args.branch)
            return _planned(args, [(v.url, v.at.date().isoformat()) for v in versions], "")
        with watched(settings, "backfill", _warn) as run:
            taken = past.from_git(
                settings, args.git, args.vendor or VENDORS, rules=args.map, branch=args.branch, progress=progress
            )
        progress.done()
        return _taken(args, settings, taken, run)


def _web_archive(args: argparse.Namespace) -> int:
    from sandsnap import past, pipeline
    from sandsnap.capture.web_archive import INTERNET_ARCHIVE, Server
    from sandsnap.cli.output import Progress
    from sandsnap.cli.running import settings_of
    from sandsnap.health.watched import watched
    from sandsnap.vendors import VENDORS

    progress, names = Progress(), args.vendor or VENDORS
    with _errors():
        settings = settings_of(args)
        server = Server(args.web_archive or INTERNET_ARCHIVE, args.replay)
        found, wanted = past.plan(settings, server, names, args.since, progress)
        progress.done()
        rate = pipeline.fetch_policy(settings).requests_per_s
        note = f"{len(found.copies) - len(wanted)} are here already; about {_length(len(wanted) / rate)} at {rate:g} a second"
        left = ", ".join(f"{n} × {what}" for what, n in sorted(found.left_out.items()))
        if found.issues and not found.copies:
            raise Stop(
                f"{found.issues[0].source_url}: {found.issues[0].message}; so for all {len(found.issues)} pages that were asked for"
            )
        if args.dry_run:
            for issue in found.issues:
                _warn(f"not listed: {issue.source_url}: {issue.message}")
            code = _planned(
                args, [(c.url, c.at.date().isoformat()) for c in wanted], f"{note}; left out: {left or 'none'}"
            )
            return ATTENTION if found.issues else code
        if not args.as_json:
            print(f"{len(wanted)} copies to fetch; {note}; left out: {left or 'none'}", flush=True)
        with watched(settings, "backfill", _warn) as run:
            taken = past.from_web_archive(settings, server, found, wanted, names, progress=progress)
        progress.done()
        return _taken(args, settings, taken, run)


def _length(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _planned(args: argparse.Namespace, copies: list[tuple[str, str]], note: str) -> int:
    pages: dict[str, list[str]] = {}
    for url, on in copies:
        pages.setdefault(url, []).append(on)
    rows = [(url, len(days), min(days), max(days)) for url, days in sorted(pages.items())]
    if args.as_json:
        import json

        print(json.dumps([dict(zip(("url", "copies", "first_on", "last_on"), row, strict=True)) for row in rows]))
        return OK
    for url, n, first, last in rows:
        print(f"{n:5}  {first} to {last}  {url}")
    print(f"{len(copies)} copies of {len(rows)} pages would be taken" + (f"; {note}" if note else ""))
    return OK


def _warn(line: str) -> None:
    print(f"sandsnap: {line}", file=sys.stderr)


def _taken(args: argparse.Namespace, settings: "Settings", taken: "Taken", run: "Running") -> int:
    from sandsnap.cli.running import finish

    code = OK
    if not args.as_json:
        print(f"{taken.new} new copies, {taken.known} were here already")
        for issue in taken.issues:
            print(f"not taken: {issue.source_url}: {issue.message}")
    told = {
        "new": taken.new, "known": taken.known,
        "not_taken": [{"kind": i.kind, "url": i.source_url, "message": i.message} for i in taken.issues],
    }  # fmt: skip
    if taken.outcome is not None:
        code = finish(args, settings, taken.outcome, run, **told)
    elif args.as_json:
        import json

        print(json.dumps(told))
    return ATTENTION if taken.issues else code
