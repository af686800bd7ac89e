"""Commands for SQL: `sql` (one query, a list of what there is, or a shell) and `schema`. Read-only, quick to start."""

import argparse
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.answers import print_answer, warehouse
from sandsnap.cli.command import OK, USAGE, command

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.record.queries import Answer

GRACE_S = 2.0
PROMPT, MORE = "sandsnap> ", "     ...> "
HELP = "End a query with ; — .schema [NAME] says what there is, .quit or Ctrl-D ends, Tab completes names."


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "sql", sql, "Ask the warehouse in SQL; read-only, no access to anything outside it.", as_json=True
    )
    p.add_argument(
        "query",
        metavar="QUERY",
        nargs="?",
        help="without it: a shell on a terminal, elsewhere what stands on standard input, or the views there are",
    )
    p.add_argument("--csv", action="store_true", help="print CSV")
    p.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="stop a query after this (60)")
    p = command(commands, "schema", schema, "What a table, view or macro is, and its columns.", as_json=True)
    p.add_argument("table", metavar="TABLE", nargs="?", help="without it: every table, view and macro")


def sql(args: argparse.Namespace) -> int:
    """Answer a query, list what there is, or open the shell."""
    from sandsnap.record import queries

    with warehouse(args, sealed=True) as con:
        if args.query:
            _show(args, _ask(con, args.query, args.timeout))
        elif sys.stdin.isatty() and sys.stdout.isatty():
            from sandsnap.settings import load

            _shell(args, con, load(args.home).home / "sql_history")
        else:
            asked = "" if sys.stdin.isatty() else sys.stdin.read().strip()
            _show(args, _ask(con, asked, args.timeout) if asked else queries.tables(con))
    return OK


def _ask(con: Any, query: str, timeout_s: float) -> "Answer":
    """The answer; a query that does not stop when it is told to (one long step in C++) ends the process."""
    from sandsnap.record import sealed

    def give_up() -> None:
        print(f"sandsnap: stopped after {timeout_s:g} s: narrow the query, or give it more time", file=sys.stderr)
        sys.stderr.flush()
        os._exit(USAGE)

    last = threading.Timer(timeout_s + GRACE_S, give_up)
    last.daemon = True
    last.start()
    try:
        return sealed.ask(con, query, timeout_s)
    finally:
        last.cancel()


def schema(args: argparse.Namespace) -> int:
    """Print what there is, or the columns of one thing."""
    import json

    from sandsnap.cli import output
    from sandsnap.record import queries

    with warehouse(args) as con:
        if not args.table:
            print_answer(args, queries.tables(con))
            return OK
        told, columns = queries.schema(con, args.table)
    if args.as_json:
        print(
            json.dumps(
                {"name": args.table, "comment": told, "columns": columns.records()}, ensure_ascii=False, indent=1
            )
        )
    else:
        print(f"{args.table}: {told}\n")
        output.as_table(columns.columns, columns.rows, widest=150)
    return OK


def _show(args: argparse.Namespace, answer: "Answer") -> None:
    from sandsnap.cli import output

    if args.csv:
        output.as_csv(answer.columns, answer.rows)
    else:
        print_answer(args, answer, nothing="no row")


def _shell(args: argparse.Namespace, con: Any, history: Path) -> None:
    """Read queries until the end of input. An error ends the query, not the shell."""
    import readline

    from sandsnap.record import queries
    from sandsnap.record.errors import QueryError

    words = queries.names(con)
    readline.set_completer(lambda text, n: completion(words, text, n))
    readline.set_completer_delims(" \t\n(),;=<>+-*/\"'")
    readline.parse_and_bind("tab: complete")
    if history.is_file():
        readline.read_history_file(history)
    print(HELP)
    pending = ""
    while True:
        try:
            line = input(MORE if pending else PROMPT)
        except EOFError:
            print()
            break
        except KeyboardInterrupt:
            print()
            pending = ""
            continue
        pending = f"{pending}\n{line}".strip()
        asked = pending.rstrip(";").strip()
        if asked in (".quit", ".exit"):
            break
        if asked and not pending.endswith(";") and not asked.startswith("."):
            continue
        pending = ""
        try:
            if asked.startswith(".schema"):
                name = asked.removeprefix(".schema").strip()
                _show(args, queries.schema(con, name)[1] if name else queries.tables(con))
            elif asked.startswith("."):
                print(HELP)
            elif asked:
                _show(args, _ask(con, asked, args.timeout))
        except QueryError as e:
            print(e, file=sys.stderr)
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
    if history.parent.is_dir():
        readline.set_history_length(1000)
        readline.write_history_file(history)


def completion(words: list[str], text: str, n: int) -> str | None:
    """The nth name that begins with `text`, as readline asks for it; after a dot the part behind it counts."""
    table, dot, start = text.rpartition(".")
    found = [w for w in words if w.startswith(start)]
    return f"{table}{dot}{found[n]}" if n < len(found) else None
