"""The application: what every command shares (exit codes, one-line errors), and the commands by group.

Exit codes: 0 done; 1 done, but something needs a person (a vendor failed, a conflict); 2 the call or its input is wrong;
3 the warehouse is missing, locked or damaged; 130 interrupted.
"""

import sys

from cyclopts import App, CycloptsError

from sandsnap import __version__

OK, ATTENTION, USAGE, WAREHOUSE, INTERRUPTED = 0, 1, 2, 3, 130

app = App(
    name="sandsnap",
    version=__version__,
    help="Dated, cited facts about code-execution sandbox vendors: prices, limits, isolation, GPUs, and every change of them.",
    help_epilogue=(
        "Exit codes: 0 done; 1 done, but something needs a person; 2 wrong call or input; "
        "3 the warehouse is missing, locked or damaged; 130 interrupted."
    ),
)


class Stop(Exception):
    """A command cannot go on: one line for the user, with the next step, and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def run(argv: list[str] | None = None) -> int:
    """Run one command line; errors are one line on standard error. Returns the exit code."""
    # Registering a command group imports its module; the modules import heavy libraries only when a command runs.
    from sandsnap.cli import reading  # noqa: F401

    try:
        result = app(argv, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as e:
        print(f"sandsnap: {' '.join(str(e).split())} (see 'sandsnap --help')", file=sys.stderr)
        return USAGE
    except Stop as e:
        print(f"sandsnap: {e}", file=sys.stderr)
        return e.code
    except KeyboardInterrupt:
        print("sandsnap: interrupted; what was recorded before stays", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nothing left to say
        return OK
    return int(result) if isinstance(result, int) else OK
