"""`sandsnap check PAGE`: which claims of a published page the facts bear out."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli.command import ATTENTION, OK, USAGE, WAREHOUSE, Stop, command, day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandsnap.cli.command import Commands
    from sandsnap.publish.claims.lookup import Groups
    from sandsnap.publish.claims.page import Published
    from sandsnap.publish.claims.places import Place

HELP = "Which sentences and cells of a published page are true, false, not verifiable, or rest on conflicting sources."
CODES = """\
exit codes:
  0  no claim is false: all are true or not verifiable
  1  some claim is false, its sources disagree, its phrase does not stand on the page, or nothing is bound
  2  the call, the page or the bindings are wrong
  3  the warehouse is missing or damaged
"""


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(commands, "check", check, HELP, as_json=True)
    p.epilog = CODES
    p.add_argument("page", metavar="PAGE", type=Path, help="a Markdown, HTML or text file")
    p.add_argument(
        "--bindings",
        type=Path,
        metavar="FILE",
        help="which phrases rest on which facts (default: the shipped ones that fit)",
    )
    p.add_argument(
        "--on", type=day, metavar="DATE", help="by what the vendors' pages said on that day (default: today)"
    )
    p.add_argument("--all", action="store_true", dest="every", help="print the true ones with their facts, too")
    p.add_argument(
        "--draft",
        action="store_true",
        help="write bindings for what is unbound: a guess per figure, to be put right by hand",
    )
    p.add_argument("-o", "--output", type=Path, metavar="FILE", help="for --draft: where (default: the terminal)")


def check(args: argparse.Namespace) -> int:
    """Check a page."""
    from datetime import UTC, datetime

    from sandsnap.cli.judgements import place_of, print_judgements, print_places, print_unbound, record_of
    from sandsnap.cli.output import Progress
    from sandsnap.publish.claims import bindings as claims_bindings
    from sandsnap.publish.claims import check as claims
    from sandsnap.publish.claims import page as claims_page
    from sandsnap.publish.claims import places as claims_places
    from sandsnap.publish.claims.language import ExpressionError
    from sandsnap.record.errors import QueryError
    from sandsnap.record.queries import connect_readonly
    from sandsnap.settings import SettingsError, load

    on = args.on or datetime.now(UTC).date()
    try:
        page = claims_page.load(args.page)
        bindings = (
            claims_bindings.load(args.bindings) if args.bindings else claims.fitting(page, claims_bindings.shipped())
        )
        warehouse = load(args.home).warehouse
    except (claims_page.PageError, claims_bindings.BindingsError, SettingsError) as e:
        raise Stop(str(e)) from None
    progress = Progress()
    try:
        with connect_readonly(warehouse) as con:
            facts = claims.standing(con, on)
            plans = {v: {str(c[0].columns.get("plan", "any")) for c in own.values()} for v, own in facts.items()}
            found = claims_places.places(page, bindings, plans)
            if args.draft:
                return _draft(args, page, found, facts)
            made = claims.check(con, page, bindings, on, progress) if bindings else []
    except ExpressionError as e:
        raise Stop(f"{bindings.name if bindings else args.page}: {e}") from None
    except QueryError as e:
        raise Stop(str(e), WAREHOUSE) from None
    finally:
        progress.done()
    if bindings is None and not found:
        raise Stop(f"{args.page} speaks of no vendor, plan or amount: there is nothing to check")
    if made and all(j.verdict == "lost" for j in made):
        raise Stop(
            f"none of the {len(made)} phrases of {bindings.name if bindings else ''} stands on {args.page}: is it the right page?",
            USAGE,
        )
    unbound = [p for p in found if p.state == claims_places.UNBOUND]
    if args.as_json:
        places = found if bindings is None or args.every else unbound
        print(json.dumps([*map(record_of, made), *map(place_of, places)], ensure_ascii=False, indent=1))
    elif bindings is None:
        print_places(found)
        print(
            f"bind them: sandsnap check {args.page} --draft -o bindings.toml, put it right, and check with --bindings"
        )
    else:
        print_judgements(made, args.every)
        print_unbound(unbound, args.every)
    if bindings is None:
        return ATTENTION if unbound else OK
    return ATTENTION if any(j.verdict in ("false", "conflicting", "lost") for j in made) else OK


def _draft(args: argparse.Namespace, page: "Published", found: list["Place"], facts: "Mapping[str, Groups]") -> int:
    from sandsnap.publish.claims import draft

    guessed = draft.guesses(page, found, facts)
    if not guessed:
        raise Stop(f"{args.page} has no figure that is unbound: there is nothing to draft")
    text = draft.toml(args.page.name, page, guessed)
    if args.output is None:
        print(text, end="")
        return OK
    try:
        args.output.write_text(text, "utf-8")
    except OSError as e:
        raise Stop(f"{e.strerror or e}: {args.output}; choose another file") from None
    known = sum(g.expression is not None for g in guessed)
    print(f"{args.output}: {len(guessed)} figures, a guess for {known}; look at each, then check with --bindings")
    return OK
