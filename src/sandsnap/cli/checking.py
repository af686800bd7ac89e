"""`sandsnap check PAGE`: which claims of a published page the facts bear out."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import ATTENTION, OK, USAGE, WAREHOUSE, Stop, command, day

UNBOUND_SHOWN = 10
RARE = ("true_second_hand", "circular")  # counted where there are any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandsnap.cli.command import Commands
    from sandsnap.publish.claims.check import Judgement
    from sandsnap.publish.claims.facts import Claim
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
        print(json.dumps([*map(_record, made), *map(_place, places)], ensure_ascii=False, indent=1))
    elif bindings is None:
        _list(found)
        print(
            f"bind them: sandsnap check {args.page} --draft -o bindings.toml, put it right, and check with --bindings"
        )
    else:
        _print(made, args.every)
        _print_unbound(unbound, args.every)
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


def _list(found: list["Place"]) -> None:
    """Every place with what binds it."""
    for p in found:
        figures = f" ({', '.join(a.text.strip() for a in p.amounts)})" if p.amounts else ""
        print(f"{p.state}: {p.where}{figures}: {_safe(p.text)}")
    counts = {s: sum(p.state == s for p in found) for s in dict.fromkeys(p.state for p in found)}
    print(", ".join(f"{n} {s}" for s, n in counts.items()))


def _print_unbound(unbound: list["Place"], every: bool) -> None:
    if not unbound:
        return
    print(f"unbound: {len(unbound)} (no binding covers them, so nothing says whether they are true)")
    for p in unbound if every else unbound[:UNBOUND_SHOWN]:
        figures = f" ({', '.join(a.text.strip() for a in p.amounts)})" if p.amounts else ""
        print(f"  {p.where}{figures}: {_safe(p.text)}")
    if not every and len(unbound) > UNBOUND_SHOWN:
        print(f"  and {len(unbound) - UNBOUND_SHOWN} more: --all")


def _safe(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in _short(text))


def _place(p: "Place") -> dict[str, Any]:
    return {
        "verdict": p.state.replace(" ", "_"), "phrase": p.text, "vendor": p.vendor, "row": p.row, "plan": p.plan,
        "amounts": [a.text.strip() for a in p.amounts],
    }  # fmt: skip


def _print(made: list["Judgement"], every: bool) -> None:
    from sandsnap.publish.claims.check import VERDICTS

    groups = {v: [j for j in made if j.verdict == v] for v in VERDICTS}
    for verdict, own in groups.items():
        if not own:
            continue
        print(f"{_word(verdict)}: {len(own)} ({VERDICTS[verdict]})")
        for j in own:
            if verdict not in ("true", "true_second_hand") or every:
                print(_block(j))
        print()
    print(
        ", ".join(f"{len(own)} {_word(v)}" for v, own in groups.items() if own or v not in RARE)
        + f", of {len(made)} claims"
    )


def _word(verdict: str) -> str:
    return {"true_second_hand": "true (second-hand)"}.get(verdict, verdict.replace("_", " "))


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
    what = f"“{_short(c.quote)}”" if c.quote else _unquoted(c)
    return f"      {lead}{what} {c.source_url}, from {c.valid_from}, verified {c.verified_on}"


def _unquoted(c: "Claim") -> str:
    from sandsnap.publish.claims.check import read_by

    if c.basis == "second_hand":
        return f"second-hand, read by {read_by(c) or 'others'}:"
    return "judged by a person, nothing to quote"


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
