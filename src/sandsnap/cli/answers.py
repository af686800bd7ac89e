"""The warehouse of the data folder for commands that ask it, and its answers in print."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import WAREHOUSE, Stop

if TYPE_CHECKING:
    from sandsnap.record.queries import Answer


@contextmanager
def warehouse(args: argparse.Namespace, *, sealed: bool = False) -> Iterator[Any]:
    """The warehouse of the data folder, open for reading (sealed: for SQL that somebody typed); errors as Stop."""
    from sandsnap.record.errors import QueryError, RecordError
    from sandsnap.record.queries import connect_readonly
    from sandsnap.settings import SettingsError, load

    try:
        path = load(args.home).warehouse
    except SettingsError as e:
        raise Stop(str(e)) from None
    try:
        if sealed:
            from sandsnap.record.sealed import connect

            con = connect(path)
        else:
            con = connect_readonly(path)
    except RecordError as e:
        raise Stop(str(e), WAREHOUSE) from None
    try:
        yield con
    except QueryError as e:
        raise Stop(str(e)) from None
    finally:
        con.close()


def print_answer(
    args: argparse.Namespace, answer: "Answer", drop: tuple[str, ...] = (), nothing: str = "nothing"
) -> None:
    """Print an answer as a table without some columns, or whole as JSON."""
    from sandsnap.cli import output

    if args.as_json:
        output.as_json(answer.columns, answer.rows)
        return
    keep = [i for i, c in enumerate(answer.columns) if c not in drop]
    rows = [[row[i] for i in keep] for row in answer.rows]
    if rows:
        output.as_table([answer.columns[i] for i in keep], rows)
    else:
        print(nothing)
