"""`sandsnap archive`: what may be done with the stored pages as a whole."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli import evidence
from sandsnap.cli.app import EXIT_CODES, OK, WAREHOUSE, command
from sandsnap.cli.recording import settings_of
from sandsnap.cli.upkeep import upkeep_errors

if TYPE_CHECKING:
    from sandsnap.cli.app import Commands


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
