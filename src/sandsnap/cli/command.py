"""What every command shares: options, exit codes, one-line errors.

argparse rather than a larger library: `--help` and every command that only reads the warehouse must start at once.
"""

import argparse
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

OK, ATTENTION, USAGE, WAREHOUSE, DEGRADED, FAILED, DEFECT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 70, 130

EXIT_CODES = """\
exit codes:
  0    done; nothing new for a person
  1    done, and something new needs a person: a page that cannot be read, a held value
  2    the call, the settings or the input is wrong
  3    the warehouse or its disk: missing, locked, damaged, full
  4    the run is degraded: too many pages failed (settings, [health])
  5    the run failed, or there was none for too long
  70   a defect of ours: one line, and a file to report
  130  interrupted; what was recorded before stays
"""

Command = Callable[[argparse.Namespace], int]
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class Stop(Exception):
    """A command cannot go on: one line for the user, with the next step, and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, like all others."""

    def error(self, message: str) -> NoReturn:
        raise Stop(f"{message} (see '{self.prog} --help')")


def day(text: str) -> date:
    """An argument that is a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-07-04") from None


def moment(text: str) -> datetime:
    """An argument that is a day or a time; UTC where it names no zone."""
    from datetime import UTC

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; write it as 2026-07-04T12:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def vendor_name(text: str) -> str:
    """An argument that is a vendor."""
    from sandsnap.vendors import VENDORS

    if text not in VENDORS:
        raise argparse.ArgumentTypeError(f"{text!r} is no vendor; there are {', '.join(VENDORS)}")
    return text


def command(
    commands: "Commands", name: str, run: Command, help: str, *,
    as_json: bool = False, data: bool = True, public: bool = False,
) -> argparse.ArgumentParser:  # fmt: skip
    """Add a command: its parser with the options all share. `data`: it uses the data folder; `public`: it writes
    what others are to read, outside of it."""
    parser = commands.add_parser(
        name, help=help, description=help, epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(run=run, public=public)
    if data:
        parser.add_argument(
            "--home", type=Path, metavar="DIR",
            help="folder of the data (default: $SANDSNAP_HOME, the configuration's home, or warehouse/data)",
        )  # fmt: skip
    if as_json:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON, for programs")
    return parser
