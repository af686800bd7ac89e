"""`sandsnap check PAGE`: which claims of a published page the facts bear out."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import ATTENTION, OK, USAGE, WAREHOUSE, Stop, command, day

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.publish.claims.check import Judgement
    from sandsnap.publish.claims.facts import Claim

HELP = "Which sentences and cells of a published page are true, false, not verifiable, or rest on conflicting sources."
CODES = """\
exit codes:
  0  no claim is false: all are true or not verifiable
  1  some claim is false, its sources disagree, or its phrase does not stand on the page
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


def check(args: argparse.Namespace) -> int:
    """Check a page."""
    from datetime import UTC, datetime

    from sandsnap.cli.output import Progress
    from sandsnap.publish.claims import bindings as claims_bindings
    from sandsnap.publish.claims import check as claims
    from sandsnap.publish.claims import page as claims_page
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
    if bindings is None:
        raise Stop(
            f"no shipped bindings fit {args.page}: write them (see sandsnap/publish/claims/pages/), and name them with --bindings"
        )
    progress = Progress()
    try:
        with connect_readonly(warehouse) as con:
            made = claims.check(con, page, bindings, on, progress)
    except ExpressionError as e:
        raise Stop(f"{bindings.name}: {e}") from None
    except QueryError as e:
        raise Stop(str(e), WAREHOUSE) from None
    finally:
        progress.done()
    if all(j.verdict == "lost" for j in made):
        raise Stop(
            f"none of the {len(made)} phrases of {bindings.name} stands on {args.page}: is it the right page?", USAGE
        )
    if args.as_json:
        print(json.dumps([_record(j) for j in made], ensure_ascii=False, indent=1))
    else:
        _print(made, args.every)
    return ATTENTION if any(j.verdict in ("false", "conflicting", "lost") for j in made) else OK


def _print(made: list["Judgement"], every: bool) -> None:
    from sandsnap.publish.claims.check import VERDICTS

    groups = {v: [j for j in made if j.verdict == v] for v in VERDICTS}
    for verdict, own in groups.items():
        if not own:
            continue
        print(f"{verdict.replace('_', ' ')}: {len(own)} ({VERDICTS[verdict]})")
        for j in own:
            if verdict != "true" or every:
                print(_block(j))
        print()
    print(", ".join(f"{len(own)} {v.replace('_', ' ')}" for v, own in groups.items()) + f", of {len(made)} claims")


def _block(j: "Judgement") -> str:
    place = "" if j.binding.vendor is None else f"[{j.binding.vendor} × {j.binding.row}] "
    says = f"“{j.binding.phrase}”" if j.binding.phrase else f"(an icon: {j.binding.shows})"
    lines = [f"  {place}{says}"]
    if j.since is not None:
        older = " or earlier (no fact is older)" if j.before == "not_verifiable" else f" ({j.before} before)"
        then = f"; when the page was published: {j.at_publication.replace('_', ' ')}" if j.at_publication else ""
        lines.append(f"    {j.verdict} since {j.since}{older}{then}")
    lines += [f"    {'is' if j.verdict == 'false' else 'fact' if j.verdict != 'lost' else 'why'}: {f}" for f in j.found]
    lines += list(dict.fromkeys(_citation(c, "") for c in j.used))[:4]
    lines += list(dict.fromkeys(_citation(c, "but ") for c in j.rivals))[:4]
    if j.binding.note:
        lines.append(f"    note: {j.binding.note}")
    # Quotes are scraped text: no control character of theirs may reach a terminal.
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def _citation(c: "Claim", lead: str) -> str:
    what = f"“{_short(c.quote)}”" if c.quote else "judged by a person, nothing to quote"
    return f"      {lead}{what} {c.source_url}, from {c.valid_from}, verified {c.verified_on}"


def _short(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= 160 else folded[:159] + "…"


def _record(j: "Judgement") -> dict[str, Any]:
    from sandsnap.cli.output import plain

    return {
        "verdict": j.verdict,
        "phrase": j.binding.phrase,
        "vendor": j.binding.vendor,
        "row": j.binding.row,
        "shows": j.binding.shows,
        "rests_on": j.binding.expression.text,
        "found": list(j.found),
        "since": plain(j.since),
        "before": j.before,
        "at_publication": j.at_publication,
        "note": j.binding.note,
        "facts": [_fact(c) for c in j.used],
        "against": [_fact(c) for c in j.rivals],
    }


def _fact(c: "Claim") -> dict[str, Any]:
    from sandsnap.cli.output import plain

    return {
        "vendor": c.vendor, "product": c.product, "table": c.table, "key": c.key,
        "values": {k: plain(v) for k, v in c.columns.items()}, "basis": c.basis, "source_url": c.source_url,
        "quote": c.quote, "verified_on": plain(c.verified_on), "valid_from": plain(c.valid_from),
    }  # fmt: skip
