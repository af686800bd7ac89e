"""`sandsnap peers`: where other publishers say something else than we hold, and which side has the vendor's own words."""

import argparse
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import OK, Stop, command

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands


def add(commands: "Commands") -> None:
    """The command."""
    p = command(
        commands, "peers", peers,
        "Where other publishers' prices, plans and limits differ from ours, which side quotes the vendor, and since when.",
        as_json=True,
    )  # fmt: skip
    p.add_argument("publisher", nargs="?", metavar="PUBLISHER", help="only this one (default: all)")
    p.add_argument("--all", action="store_true", dest="every", help="what agrees, and what we hold nothing of, as well")


def peers(args: argparse.Namespace) -> int:
    """List."""
    from sandsnap.cli import output
    from sandsnap.read.publishers import publishers
    from sandsnap.record import queries, series_queries
    from sandsnap.settings import load

    if args.publisher and args.publisher not in publishers():
        raise Stop(f"{args.publisher!r} is no publisher; there are {', '.join(publishers())}")
    with queries.connect_readonly(load(args.home).warehouse) as con:
        rows = series_queries.publishers_say(con, args.publisher).records()
        left = queries.sql(con, "SELECT publisher, provider, files FROM unwatched ORDER BY ALL").rows
    shown = rows if args.every else [r for r in rows if r["agrees"] is False]
    if args.as_json:
        told = [{**r, "right": side(r)} for r in shown]
        output.as_json(list(told[0]) if told else [], [list(r.values()) for r in told])
        return OK
    for r in shown:
        print("\n".join(_lines(r)))
    same, apart = (sum(r["agrees"] is which for r in rows) for which in (True, False))
    held = len(rows) - same - apart
    print(f"{len(rows)} values of others: {same} agree, {apart} differ, {held} are of what we hold nothing of")
    names = [n for who, n, _ in left if args.publisher in (None, who)]
    if names:
        print(f"left alone, because we do not watch them: {', '.join(dict.fromkeys(names))}")
    if not rows:
        print("no file of a publisher is recorded yet: sandsnap backfill --captures FOLDER, or sandsnap snapshot")
    return OK


def side(row: dict[str, Any]) -> str:
    """Which side has a sentence of the vendor's page: ours, or neither. A publisher's table never quotes one."""
    if row["our_quote"] is not None:
        return "ours"
    return "neither" if row["ours"] is not None else "theirs alone, without a sentence of the vendor"


def _lines(row: dict[str, Any]) -> list[str]:
    from sandsnap.cli.output import cut

    what = f"{row['vendor']} {row['table']} {row['key']} {row['column']}"
    since = f"since {row['their_since']}, last on {row['their_date']}"
    out = [f"{what}:", f"  {row['publisher']}: {row['theirs']} ({since}) {row['their_url']}"]
    if row["ours"] is None:
        return [*out, "  ours: nothing is held"]
    quote = (
        f'"{cut(row["our_quote"], 100)}"' if row["our_quote"] else f"no sentence, {row['our_basis'].replace('_', ' ')}"
    )
    as_of = f"as of {row['ours_on']}, since {row['our_since']}"
    return [
        *out,
        f"  ours: {row['ours']} ({as_of}): {quote} {row['our_url']}",
        f"  the vendor's own words: {side(row)}",
    ]
