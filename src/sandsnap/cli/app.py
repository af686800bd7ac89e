"""The application: the commands by group, and the last fence around them."""

import argparse
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from typing import TextIO, cast

from sandsnap import __version__
from sandsnap.cli.command import ATTENTION, EXIT_CODES, INTERRUPTED, OK, USAGE, Parser, Stop
from sandsnap.escaping import Terminal

__all__ = ["ATTENTION", "OK", "USAGE", "parser", "run"]


@cache
def parser() -> argparse.ArgumentParser:
    """The whole command line, made once for a process that runs several."""
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
        telling,
        upkeep,
    )  # fmt: skip

    top = Parser(
        prog="sandsnap",
        description="Dated, cited facts about code-execution sandbox vendors: prices, limits, isolation, GPUs, "
        "and every change of them.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"sandsnap {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for group in (
        recording,
        health,
        telling,
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
        mending,
        peers,
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
