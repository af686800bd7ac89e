"""`sandsnap archive`: what may be done with the stored pages as a whole, and with those that should never have been."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli import evidence
from sandsnap.cli.command import EXIT_CODES, OK, WAREHOUSE, Stop, command
from sandsnap.cli.running import settings_of
from sandsnap.cli.upkeep import upkeep_errors

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands


def add(commands: "Commands") -> None:
    """The commands of this group."""
    told = "The stored pages: look whether every byte is what was stored, mend, and write them as a WACZ file."
    p = commands.add_parser(
        "archive", help=told, description=told, epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    actions = p.add_subparsers(title="actions", metavar="ACTION", required=True)
    p = command(
        actions, "export", evidence.export, "Write the stored pages as one WACZ file, for replayweb.page and pywb."
    )
    p.add_argument("folder", type=Path, metavar="DIR", help="where to write sandsnap.wacz")
    command(actions, "verify", verify, "Read every record: does it decode, is its body the one that was stored?")
    command(
        actions, "repair", repair,
        "Set damaged records aside, and make the index anew from the files; every other page goes on.",
    )  # fmt: skip
    p = command(
        actions,
        "quarantine",
        quarantine,
        "Make a capture as if it had never been: its vendor is recorded anew from its day on, as corrections.",
        as_json=True,
    )
    _decision(p)
    p = command(
        actions, "release", release, "Take a capture out of quarantine: its vendor is recorded anew.", as_json=True
    )
    _decision(p)
    command(actions, "list", listed, "What is in quarantine, and who put it there, when and why.", as_json=True)


def verify(args: argparse.Namespace) -> int:
    """Read every byte; exit code 3 where some are damaged."""
    from sandsnap.upkeep.scan import verify as look

    with upkeep_errors():
        found = look(settings_of(args).archive)
    for looked in found:
        for span in looked.damage:
            print(f"DAMAGED  {looked.path}: bytes {span.start} to {span.end}: {span.why}")
    damaged = sum(bool(looked.damage) for looked in found)
    print(f"{len(found)} files, {sum(looked.records for looked in found)} whole records, {damaged} files damaged")
    if damaged:
        print("mend: restore the files from a backup, or sandsnap archive repair")
    return WAREHOUSE if damaged else OK


def repair(args: argparse.Namespace) -> int:
    """Mend; nothing else may write meanwhile."""
    from sandsnap.capture import Archive
    from sandsnap.record.writer import locked
    from sandsnap.upkeep.scan import DAMAGED
    from sandsnap.upkeep.scan import repair as mend

    with upkeep_errors():
        settings = settings_of(args)
        with locked(settings.warehouse):
            found = mend(settings.archive)
            with Archive(settings.archive) as archive:
                pages = len(archive)
    for looked in found:
        print(
            f"{looked.path.name}: {looked.records} records kept; the file as it was is in {settings.archive / DAMAGED}"
        )
    print(
        f"the index holds {pages} captures" + ("; pages that were lost are read again by the next run" if found else "")
    )
    return OK


def _decision(p: argparse.ArgumentParser) -> None:
    p.add_argument("sha256", metavar="SHA", help="the sha256 of the captured bytes, or its first eight digits or more")
    p.add_argument("--reason", required=True, help="why, for whoever asks later")
    p.add_argument("--author", required=True, help="who decides it")


def quarantine(args: argparse.Namespace) -> int:
    """Put a body into quarantine."""
    return _decide(args, release=False)


def release(args: argparse.Namespace) -> int:
    """Take a body out of quarantine."""
    return _decide(args, release=True)


def _decide(args: argparse.Namespace, *, release: bool) -> int:
    from sandsnap import pipeline
    from sandsnap.cli.output import Progress
    from sandsnap.cli.running import errors, needs_archive, settings_of

    progress = Progress()
    with errors():
        settings = settings_of(args)
        needs_archive(settings)
        if not (args.reason.strip() and args.author.strip()):
            raise Stop("say why and who: --reason and --author may not be empty")
        entries, outcome = pipeline.quarantine(
            settings, args.sha256, reason=args.reason, author=args.author, release=release, progress=progress
        )
        progress.done()
    corrected = outcome.result.corrected if outcome else 0
    days = outcome.result.days if outcome else 0
    if args.as_json:
        told = [{"url": e.url, "captured_at": e.captured_at and e.captured_at.isoformat()} for e in entries]
        print(json.dumps({"sha256": entries[0].sha256, "captures": told, "days": days, "corrected": corrected}))
        return OK
    print(f"{'released' if release else 'in quarantine'}: {entries[0].sha256}")
    for e in entries:
        print(f"  {e.url}  {e.captured_at.date() if e.captured_at else 'undated'}")
    print(
        f"{days} vendor days recorded anew, {corrected} rows corrected"
        if outcome
        else "no warehouse: nothing to record"
    )
    return OK


def listed(args: argparse.Namespace) -> int:
    """List the bodies in quarantine."""
    from sandsnap.capture import Archive
    from sandsnap.capture import quarantine as decisions
    from sandsnap.cli import output
    from sandsnap.cli.running import errors, settings_of

    columns = ("sha256", "url", "captured_at", "reason", "author", "quarantined_at")
    rows = []
    with errors():
        settings = settings_of(args)
        if settings.archive.is_dir():
            with Archive(settings.archive) as archive:
                for q in decisions.load(settings.archive).values():
                    for e in archive.captures_of(q.sha256):
                        rows.append((q.sha256, e.url, e.captured_at, q.reason, q.author, q.at))
    if args.as_json:
        output.as_json(columns, rows)
    elif rows:
        output.as_table(columns, rows, widest=64)
    else:
        print("nothing is in quarantine")
    return OK
