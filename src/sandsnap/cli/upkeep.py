"""Commands that keep the home well: doctor, rollback, backup, restore, rebuild."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli.command import ATTENTION, OK, WAREHOUSE, Stop, command, day
from sandsnap.cli.running import errors, settings_of

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "doctor", doctor,
        "What is wrong with home, disk, settings, lock, warehouse, archive, index and clock, and what mends it.",
        as_json=True,
    )  # fmt: skip
    p.add_argument("--deep", action="store_true", help="read every byte of the archive, too")
    p = command(
        commands, "rollback", rollback, "Put a former warehouse in place: the one before the last run, or of a day."
    )
    p.add_argument("--to", type=day, metavar="DATE", help="the copy of that day (the settings say which are kept)")
    p = command(commands, "backup", backup, "Write the whole home into a new folder; a run may go on meanwhile.")
    p.add_argument("folder", metavar="DIR", type=Path)
    p = command(commands, "restore", restore, "Put a backup into a home that has no data; every byte is checked first.")
    p.add_argument("folder", metavar="DIR", type=Path)
    command(
        commands, "rebuild", rebuild,
        "Make the warehouse anew from the archive, with today's readers; when what was known begins anew.",
    )  # fmt: skip


@contextmanager
def upkeep_errors() -> Iterator[None]:
    """What upkeep refuses, as one line."""
    from sandsnap.upkeep.errors import UpkeepError

    with errors():
        try:
            yield
        except UpkeepError as e:
            raise Stop(str(e), WAREHOUSE) from None


def doctor(args: argparse.Namespace) -> int:
    """Look at everything; exit code 3 where something is wrong that stops a run, 1 for the rest."""
    from sandsnap.upkeep.doctor import examine

    with upkeep_errors():
        found = examine(settings_of(args), bytes_too=args.deep)
    wrong = [f for f in found if f.wrong]
    if args.as_json:
        print(json.dumps([{"part": f.part, "wrong": f.wrong, "mend": f.mend} for f in found], indent=1))
    else:
        for f in found:
            print(
                f"{'WRONG' if f.wrong else 'ok':5}  {f.part}"
                + (f": {f.wrong}\n         mend: {f.mend}" if f.wrong else "")
            )
    stops = {"home", "disk", "lock", "warehouse", "archive", "index", "clock", "captures"}
    return WAREHOUSE if any(f.part in stops for f in wrong) else ATTENTION if wrong else OK


def rollback(args: argparse.Namespace) -> int:
    """Go back."""
    from sandsnap.upkeep import copies

    with upkeep_errors():
        settings = settings_of(args)
        chosen = copies.roll_back(settings, args.to)
    print(f"{settings.warehouse} is {chosen.name} now; the one before it is {settings.warehouse.name}.previous")
    return OK


def backup(args: argparse.Namespace) -> int:
    """Copy the home."""
    from sandsnap.upkeep.backup import backup as copy

    with upkeep_errors():
        n = copy(settings_of(args), args.folder)
    print(f"{n} files are in {args.folder}: `sandsnap restore {args.folder} --home NEW` puts them back")
    return OK


def restore(args: argparse.Namespace) -> int:
    """Put a backup back."""
    from sandsnap.upkeep.backup import restore as put

    with upkeep_errors():
        settings = settings_of(args)
        n = put(settings, args.folder)
    print(f"{n} files are in {settings.home}: `sandsnap doctor` looks whether they are well")
    return OK


def rebuild(args: argparse.Namespace) -> int:
    """Make the warehouse anew."""
    from sandsnap.cli.output import Progress
    from sandsnap.upkeep.rebuild import rebuild as again

    progress = Progress()
    with upkeep_errors():
        settings = settings_of(args)
        outcome = again(settings, progress)
    progress.done()
    print(f"{settings.warehouse} holds {outcome.result.days} vendor days, {outcome.first} to {outcome.last}")
    return OK
