"""Commands that ask the warehouse (changes, events, corrections, history, show, coverage): read-only, quick to start."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import ATTENTION, OK, WAREHOUSE, Stop, command, day, moment, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.record.queries import Answer


LEAST = 15  # what the list of events leaves out below: coverage and re-keyed facts


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "changes", changes, "What the vendors changed after FROM, up to and including TO.", as_json=True
    )
    p.add_argument("start", metavar="FROM", type=day)
    p.add_argument("end", metavar="TO", type=day)
    p.add_argument("--vendor", type=vendor_name)
    p.add_argument("--table", help="only this table")
    p.add_argument("--quotes", action="store_true", help="both quotes below each change")
    p.add_argument("--coverage", action="store_true", help="also what was seen for the first time by looking further")
    p = command(
        commands, "events", events, "What happened at the vendors after FROM, up to TO: each event once.", as_json=True
    )
    p.add_argument("start", metavar="FROM", type=day)
    p.add_argument("end", metavar="TO", type=day)
    p.add_argument("--vendor", type=vendor_name)
    p.add_argument(
        "--min-significance", type=significance, default=None, metavar="N",
        help="only events worth at least N of 100; 0 shows coverage and re-keyed facts, too (without it: 15)",
    )  # fmt: skip
    p = command(
        commands,
        "corrections",
        corrections,
        "What we corrected between two times: our mistakes, not the vendors' changes.",
        as_json=True,
    )
    p.add_argument("start", metavar="FROM", type=moment)
    p.add_argument("end", metavar="TO", type=moment)
    p.add_argument("--vendor", type=vendor_name)
    p = command(
        commands, "history", history, "Every value a vendor's facts have had, with its days and quote.", as_json=True
    )
    p.add_argument("vendor", metavar="VENDOR", type=vendor_name)
    p.add_argument("table", metavar="TABLE", nargs="?")
    p = command(commands, "show", show, "A table: today, on a day, or on a day as we knew it at a time.", as_json=True)
    p.add_argument("table", metavar="TABLE")
    p.add_argument("--on", type=day, metavar="DATE", help="as the vendors' pages said on that day")
    p.add_argument("--known-at", type=moment, metavar="TIME", help="as this dataset held it at that time")
    p.add_argument("--vendor", type=vendor_name)
    command(
        commands,
        "coverage",
        coverage,
        "The comparison grid, vendors × 10 rows: how each cell is held, since when.",
        as_json=True,
    )


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


def changes(args: argparse.Namespace) -> int:
    """Print the vendors' changes."""
    from sandsnap.cli import output
    from sandsnap.record import queries

    with warehouse(args) as con:
        answer = queries.changes(con, args.start, args.end, args.vendor)
    records = [r for r in answer.records() if args.table in (None, r["table"])]
    if args.as_json:
        output.as_json(answer.columns, [list(r.values()) for r in records])
        return OK
    first = [r for r in records if r["kind"] == "coverage"]
    if not args.coverage:  # what we began to look at is no vendor's doing
        records = [r for r in records if r["kind"] != "coverage"]
    for r in records:
        print(change_line(r))
        if args.quotes:
            for side in ("before", "after"):
                if text := r[f"quote_{side}"]:
                    print(f"             {side}: “{text}”")
            print(f"             {r['source_url']}")
    if not records:
        print(f"no change after {args.start}, up to {args.end}")
    if first and not args.coverage:
        print(f"{len(first)} values were seen for the first time, by looking further: --coverage lists them")
    return OK


def change_line(r: dict[str, Any]) -> str:
    """One change as one line of text."""
    what = f"{r['vendor']}/{r['product']} {r['table']} {r['key']}".rstrip()
    if r["kind"] == "changed":
        return f"{r['day']}  {what}: {r['field']} {_or_none(r['before'])} → {_or_none(r['after'])}"
    if r["field"] == "state":  # the values stand as they were
        return f"{r['day']}  {what}: {r['kind'].replace('_', ' ')}"
    said = r["before"] if r["after"] is None else r["after"]
    field = "" if r["field"] == "*" else f"{r['field']} "
    return f"{r['day']}  {what}: {r['kind'].replace('_', ' ')} {field}{_or_none(said)}"


def _or_none(text: object) -> str:
    return "none" if text is None else str(text)


def events(args: argparse.Namespace) -> int:
    """Print what happened at the vendors, each event once."""
    from sandsnap.cli import output
    from sandsnap.record import queries

    least = LEAST if args.min_significance is None else args.min_significance
    with warehouse(args) as con:
        answer = queries.events(con, args.start, args.end, args.vendor, least)
    if args.as_json:
        output.as_json(answer.columns, answer.rows)
        return OK
    for e in answer.records():
        print(event_line(e))
    if not answer.rows:
        worth = f" worth {least} or more" if least else ""
        print(f"no event{worth} after {args.start}, up to {args.end}")
    return OK


def event_line(e: dict[str, Any]) -> str:
    """One event as one line of text."""
    # What nobody looked at between two days happened on one of them, or between.
    since = f" (after {e['not_before']})" if e["not_before"] and (e["day"] - e["not_before"]).days > 1 else ""
    unsure = "" if e["confirmed"] else "  (unconfirmed)"
    return f"{e['day']}  {e['significance']:>3}  {e['title']}{since}{unsure}"


def significance(text: str) -> int:
    """0 to 100. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 100")
    return int(text)


def corrections(args: argparse.Namespace) -> int:
    """Print our corrections."""
    from sandsnap.record import queries

    with warehouse(args) as con:
        answer = queries.corrections(con, args.start, args.end, args.vendor)
    print_answer(args, answer, drop=("quote_before", "quote_after"), nothing="no correction in that time")
    return OK


def history(args: argparse.Namespace) -> int:
    """Print the history of a vendor's facts."""
    from sandsnap.record import queries

    with warehouse(args) as con:
        answer = queries.history(con, args.vendor, args.table)
    print_answer(
        args,
        answer,
        drop=("vendor", "known_from", "known_to", "claim", "reader", "basis", "cause"),
        nothing="no fact was ever recorded",
    )
    return OK


def show(args: argparse.Namespace) -> int:
    """Print a table."""
    from sandsnap.record import queries

    with warehouse(args) as con:
        answer = queries.show(con, args.table, args.on, args.known_at, args.vendor)
    print_answer(args, answer, drop=("source_url", "capture"), nothing="no row")
    return OK


def coverage(args: argparse.Namespace) -> int:
    """Print the grid."""
    from sandsnap.cli import output
    from sandsnap.record.coverage import ROWS, Cell
    from sandsnap.record.coverage import coverage as cells_of
    from sandsnap.vendors import VENDORS

    with warehouse(args) as con:
        cells = cells_of(con, VENDORS)
    if args.as_json:
        names = Cell.__slots__
        output.as_json(names, [[getattr(c, n) for n in names] for c in cells])
    else:
        grid = {(c.vendor, c.row): c for c in cells}
        rows = [[row, *(_cell(grid[v, row]) for v in VENDORS)] for row in ROWS]
        output.as_table(["", *VENDORS], rows)
        print(
            "\nr read, q quoted, j judged, with the number of facts and the day last verified; ! open issues on their pages; "
            "* some are held: they keep their last good value until a person has looked (sandsnap review)"
        )
    return OK if all(c.facts for c in cells) else ATTENTION


def _cell(c: Any) -> str:
    if not c.facts:
        return "—"
    return f"{c.basis[0]}{c.facts} {c.verified_on:%y-%m-%d}{'!' if c.issues else ''}{'*' if c.held else ''}"
