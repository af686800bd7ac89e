"""`sandsnap editorial`: which sentences of the editorial text wait for an editor, and confirming them."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import ATTENTION, OK, WAREHOUSE, Stop, command, day

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.publish.site.editorial import Judged

HELP = "Editorial sentences whose facts changed, that nobody confirmed or that are no longer true; confirm them."
CODES = """\
exit codes:
  0  no sentence waits for an editor
  1  some do: their facts changed, nobody confirmed them, or the facts do not bear them out
  2  the call or the text is wrong
  3  the warehouse is missing or damaged
"""


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(commands, "editorial", editorial, HELP, as_json=True, public=True)
    p.epilog = CODES
    p.add_argument("--text", type=Path, metavar="DIR", help="folder of the Markdown files (default: those of sandsnap)")
    p.add_argument(
        "--on", type=day, metavar="DATE", help="by what the vendors' pages said on that day (default: today)"
    )
    p.add_argument("--all", action="store_true", dest="every", help="print the confirmed ones, too")
    p.add_argument("--confirm", nargs="+", metavar="ID", help="confirm these sentences; `all` for all that are true")
    p.add_argument("--author", metavar="NAME", help="who confirms; kept beside the date")


def editorial(args: argparse.Namespace) -> int:
    """List, or confirm and then list."""
    from datetime import UTC, datetime

    from sandsnap.publish.site import editorial as judging
    from sandsnap.publish.site import editorial_confirmed, editorial_text
    from sandsnap.record.errors import QueryError
    from sandsnap.record.queries import connect_readonly
    from sandsnap.settings import SettingsError, load

    if bool(args.confirm) != bool(args.author and args.author.strip()):
        raise Stop("--confirm and --author go together: sandsnap editorial --confirm ID --author 'Your Name'")
    if args.author and args.author.strip().casefold() == "sandsnap":
        raise Stop("a person confirms a sentence: --author 'Your Name'")
    on = args.on or datetime.now(UTC).date()
    try:
        pages = editorial_text.load(args.text)
        confirmed = editorial_confirmed.load(args.text)
        with connect_readonly(load(args.home).warehouse) as con:
            made = [j for own in judging.Judge(con, on, confirmed).pages(pages).values() for j in own]
            if args.confirm:
                wanted = _wanted(made, args.confirm)
                new = {j.sentence.id: judging.confirm(j, args.author.strip(), on) for j in wanted}
                # Confirmations of sentences that are no more go with them.
                kept = {id: c for id, c in confirmed.items() if id in {j.sentence.id for j in made}}
                editorial_confirmed.save(kept | new, args.text)
                made = [j for own in judging.Judge(con, on, kept | new).pages(pages).values() for j in own]
    except (editorial_text.EditorialError, SettingsError, ValueError) as e:
        raise Stop(str(e)) from None
    except QueryError as e:
        raise Stop(str(e), WAREHOUSE) from None
    waiting = [j for j in made if j.waits]
    if args.as_json:
        print(json.dumps([_record(j) for j in (made if args.every else waiting)], ensure_ascii=False, indent=1))
    else:
        _print(made, args.every, len(args.confirm or ()) and len(wanted))
    return ATTENTION if waiting else OK


def _wanted(made: list["Judged"], ids: list[str]) -> list["Judged"]:
    if ids == ["all"]:
        return [j for j in made if j.waits and j.text is not None]
    by_id = {j.sentence.id: j for j in made}
    if wrong := [id for id in ids if id not in by_id]:
        raise Stop(f"there is no sentence {', '.join(wrong)}: `sandsnap editorial --all` lists them")
    return [by_id[id] for id in ids]


def _print(made: list["Judged"], every: bool, done: int) -> None:
    from sandsnap.publish.site.editorial import STATES

    for state, meaning in STATES.items():
        own = [j for j in made if j.state == state and (every or j.waits)]
        if not own:
            continue
        print(f"{state.replace('_', ' ')}: {len(own)} ({meaning})")
        for j in own:
            print(_block(j))
        print()
    waiting = [j for j in made if j.waits]
    told = f"{done} confirmed, " if done else ""
    print(f"{told}{len(waiting)} of {len(made)} sentences wait for an editor")
    if any(j.text is not None for j in waiting):
        print('confirm with: sandsnap editorial --confirm ID … --author "Your Name"')


def _block(j: "Judged") -> str:
    s = j.sentence
    says = f"“{j.text}”" if j.text is not None else f"“{s.source}”"
    lines = [f"  {s.id}  {s.page}.md:{s.line}  {s.section}", f"    {says}"]
    if j.why:
        lines.append(f"    why: {j.why}")
    if j.confirmation is not None:
        lines.append(f"    confirmed {j.confirmation.confirmed_on} by {j.confirmation.author}: “{j.confirmation.text}”")
        lines += [f"    was: {f}" for f in j.confirmation.facts if f not in j.facts]
    if j.confirmation is None or not j.is_same:
        known = j.confirmation.facts if j.confirmation is not None else ()
        lines += [f"    now: {f}" for f in j.facts if f not in known]
    # Facts hold scraped text: no control character of theirs may reach a terminal.
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def _record(j: "Judged") -> dict[str, Any]:
    from sandsnap.cli.output import plain

    c = j.confirmation
    return {
        "id": j.sentence.id, "page": j.sentence.page, "section": j.sentence.section, "line": j.sentence.line,
        "state": j.state, "waits": j.waits, "text": j.text, "why": j.why, "facts": list(j.facts),
        "since": plain(j.since), "source": j.sentence.source,
        "confirmed_on": plain(c.confirmed_on) if c else None, "author": c.author if c else None,
        "confirmed_text": c.text if c else None, "confirmed_facts": list(c.facts) if c else None,
    }  # fmt: skip
