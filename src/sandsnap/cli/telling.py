"""Commands that tell what happened between two days or times: changes, events, corrections. Read-only, quick to start."""

import argparse
from typing import TYPE_CHECKING, Any

from sandsnap.cli.answers import print_answer, warehouse
from sandsnap.cli.command import OK, command, day, moment, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands


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
