"""The application: what every command shares (options, exit codes, one-line errors), and the commands by group.

argparse rather than a larger library: `--help` and every command that only reads the warehouse must start at once.
"""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO, cast

from sandsnap import __version__
from sandsnap.escaping import Terminal

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


class _Parser(argparse.ArgumentParser):
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


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    from sandsnap.cli import (
        accounting,
        alerting,
        archiving,
        asking,
        checking,
        discovering,
        editing,
        evidence,
        exporting,
        health,
        measuring,
        mending,
        peers,
        querying,
        reading,
        recording,
        reviewing,
        serving,
        sites,
        upkeep,
    )  # fmt: skip

    top = _Parser(
        prog="sandsnap",
        description="Dated, cited facts about code-execution sandbox vendors: prices, limits, isolation, GPUs, "
        "and every change of them.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"sandsnap {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for group in (
        recording,
        health,
        asking,
        querying,
        checking,
        discovering,
        editing,
        reviewing,
        alerting,
        accounting,
        exporting,
        archiving,
        evidence,
        sites,
        reading,
        measuring,
        peers,
        mending,
        serving,
        upkeep,
    ):
        group.add(commands)
    return top


def run(argv: list[str] | None = None) -> int:
    """Run one command line; errors are one line on standard error. Returns the exit code."""
    was = os.umask(0o077)  # a home of 0700 and files of 0600: what was captured is nobody else's
    try:
        with (
            redirect_stdout(cast("TextIO", Terminal(sys.stdout))),
            redirect_stderr(cast("TextIO", Terminal(sys.stderr))),
        ):
            return _run(argv, was)
    finally:
        os.umask(was)


def _run(argv: list[str] | None, umask: int) -> int:
    try:
        args = parser().parse_args(argv)
        if not hasattr(args, "run"):
            parser().print_help()
            return USAGE
        if args.public:
            os.umask(umask)
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except Stop as e:
        message, code = str(e), e.code
    except KeyboardInterrupt:
        message, code = "interrupted; what was recorded before stays", INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone: nothing left to say
        return OK
    except Exception as e:  # the last fence: whatever it is, it is one line
        from sandsnap.cli import faults

        message, code = faults.said(e) or faults.defect(e)
    print(f"sandsnap: {' '.join(message.split())}", file=sys.stderr)
    return code
