"""Commands that ask what is held: history, show, coverage. Read-only, quick to start."""

import argparse
from typing import TYPE_CHECKING, Any

from sandsnap.cli.answers import print_answer, warehouse
from sandsnap.cli.command import ATTENTION, OK, command, day, moment, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands


def add(commands: "Commands") -> None:
    """The commands of this group."""
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
