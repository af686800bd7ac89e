"""The command for what waits: sandsnap review lists it, shows one with its evidence, and has a decision written down."""

import argparse
from typing import TYPE_CHECKING

from sandsnap.cli.command import ATTENTION, OK, WAREHOUSE, Stop, command, day, vendor_name

if TYPE_CHECKING:
    from sandsnap.check.waiting import Question, Waiting
    from sandsnap.cli.command import Commands
    from sandsnap.settings import Settings

VERDICTS = ("accept", "reject", "wins", "gone", "still", "ignore", "edit")

# Claims that their page no longer makes, with the quote they last rested on.
_ABSENT = (
    'SELECT c.vendor, c."table", c.product, c.key, c."values", c.quote, c.source_url, r.name AS reader '
    "FROM store.all_claims c JOIN store.readers r USING (reader) WHERE c.missing_on IS NOT NULL"
)


# What stands on pages whose words changed.
_RESTING = (
    'SELECT r.name AS reader, c.vendor, c.source_url, c."table", c.product, c.key, c."values", c.quote, c.verified_on '
    "FROM store.all_claims c "
    "JOIN store.readers r USING (reader) WHERE c.verified_on IS NOT NULL AND r.name IN "
    "(SELECT reader FROM open_issues WHERE reader IS NOT NULL) ORDER BY ALL"
)


def add(commands: "Commands") -> None:
    """The command of this group."""
    p = command(
        commands, "review", review,
        "What waits for a person: held values, lost quotes, conflicts, removals. With ID and VERDICT: decide.",
        as_json=True,
    )  # fmt: skip
    p.add_argument(
        "id",
        metavar="ID",
        nargs="?",
        help="one question, by the id that the list shows, or an item of what waits together",
    )
    p.add_argument(
        "verdict", metavar="VERDICT", nargs="?", choices=VERDICTS,
        help="accept: the page is right. reject: keep the last value, do not ask again about this evidence. "
        "wins: of two pages --page is right. gone: the thing is really gone. still: it is true in --words. "
        "ignore: say nothing until a day. edit: record --value instead, as judged",
    )  # fmt: skip
    p.add_argument("--until", type=day, metavar="DATE", help="for ignore: the first day on which it is asked again")
    p.add_argument(
        "--value", action="append", default=[], metavar="[COLUMN=]VALUE",
        help="for edit: what the fact says instead (without COLUMN: its first value); may be given again",
    )  # fmt: skip
    p.add_argument("--page", metavar="URL", help="for wins: the page that is right")
    p.add_argument("--words", metavar="TEXT", help="for still: the words of the page that say it now")
    p.add_argument(
        "--fact", metavar="FACT", help="for still and gone: which of the facts that rest on it ('table product / key')"
    )
    p.add_argument("--author", metavar="NAME", help="who decides")
    p.add_argument("--reason", metavar="TEXT", help="why; it is kept with the decision")
    p.add_argument("--vendor", type=vendor_name, help="list only this vendor")
    p.add_argument("--all", action="store_true", help="list every kind of open issue, and what was decided already")


def review(args: argparse.Namespace) -> int:
    """List, show or decide."""
    from sandsnap.check.decisions import DecisionError
    from sandsnap.check.waiting import questions
    from sandsnap.cli.deciding import decide
    from sandsnap.settings import SettingsError, load

    try:
        settings = load(args.home)
        found = _waiting(settings, every=args.all or args.id is not None)
        if args.id is None:
            return _list(args, [w for w in found if args.vendor in (None, w.vendor)])
        chosen = [w for q in questions(found) if q.id == args.id for w in q.items] or [
            w for w in found if w.id == args.id
        ]
        if not chosen:
            raise Stop(f"nothing waits under {args.id!r}; 'sandsnap review' lists what does")
        if args.verdict is None:
            return _list(args, chosen)
        return decide(args, settings, chosen)
    except (SettingsError, DecisionError) as e:
        raise Stop(str(e)) from None


def _waiting(settings: "Settings", every: bool) -> "list[Waiting]":
    from datetime import UTC, datetime

    from sandsnap.check.decisions import load
    from sandsnap.check.waiting import REVIEWED, waiting
    from sandsnap.model import ISSUE_KINDS
    from sandsnap.record import queries, wait_store
    from sandsnap.record.errors import RecordError
    from sandsnap.vendors import VENDORS

    decisions = load(settings.decisions)
    try:
        with queries.connect_readonly(settings.warehouse) as con:
            issues = queries.open_issues(con).records()
            readings = queries.sql(con, "SELECT reader, day, outcome, capture FROM readings").records()
            absent = queries.sql(con, _ABSENT).records()
            resting = queries.sql(con, _RESTING).records()
            once = [(c[0], wait) for waits in wait_store.load(con, VENDORS).values() for c, wait in waits.open.items()]
    except RecordError as e:
        raise Stop(str(e), WAREHOUSE) from None
    kinds = (*REVIEWED, *ISSUE_KINDS) if every else REVIEWED
    found = waiting(issues, readings, absent, decisions, datetime.now(UTC).date(), kinds, once, resting)
    return [w for w in found if every or w.decision is None]


def _list(args: argparse.Namespace, found: "list[Waiting]") -> int:
    from dataclasses import asdict

    from sandsnap.check.waiting import MENDED, effect, questions
    from sandsnap.cli.output import nested

    asked = questions(found)
    if args.as_json:
        import json

        rows = [
            nested(asdict(w)) | {"effects": {v: effect(w, v) for v in w.verdicts}, "question": q.id}
            for q in asked for w in q.items
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    open_ones = [w for w in found if w.decision is None]
    if not args.as_json:
        kind = None
        for q in asked:
            if q.items[0].kind != kind:
                kind = q.items[0].kind
                print(f"== {kind.replace('_', ' ')} ({sum(x.items[0].kind == kind for x in asked)}): {_cause(kind)}\n")
            _show(q)
        asked = [q for q in asked if q.items[0].decision is None]
        mended = sum(q.items[0].kind in MENDED for q in asked)
        decide = len(asked) - mended
        print(
            f"{decide} wait for a decision" if decide else "nothing waits for a decision" if mended else "nothing waits"
        )
        if mended:
            print(f"{mended} wait for a reader to be mended: sandsnap mend, or vendors/<vendor>/statements.toml")
    return ATTENTION if open_ones else OK


def _cause(kind: str) -> str:
    from sandsnap.model import ISSUE_KINDS

    return ISSUE_KINDS.get(kind, "a value that was seen once; a second look decides, or you do")


def _show(q: "Question") -> None:
    from sandsnap.check.waiting import MENDED, effect

    first = q.items[0]
    many = f", {len(q.items)} together" if len(q.items) > 1 else ""
    print(f"{q.id}  {first.vendor}  since {first.first_on}, last seen {max(w.last_on for w in q.items)}{many}")
    shown: set[tuple[str, str]] = set()
    for w in q.items:
        print(f"    {w.message}" + (f"  ({w.id})" if many else ""))
        if w.resting:
            more = f" and {len(w.resting) - 5} more" if len(w.resting) > 5 else ""
            print(f"    rests on it: {', '.join(r.what for r in w.resting[:5])}{more}")
        elif w.kind in MENDED:
            print("    no fact rests on it")
        for side, quote, capture in (
            ("one" if w.kind == "conflict" else "before", w.quote_before, w.capture_before),
            ("other" if w.kind == "conflict" else "now", w.quote_after, w.capture_after),
        ):
            if quote and (side, quote) not in shown:
                shown.add((side, quote))
                print(f"    {side + ':':8}“{quote}”" + (f"  (capture {capture[:12]})" if capture else ""))
    for url in dict.fromkeys(w.source_url for w in q.items):
        print(f"    {url}")
    if first.decision is not None:
        print(
            f"    decided on {first.decision.on}: {first.decision.verdict}, by {first.decision.author}: {first.decision.reason}"
        )
    else:
        for verdict in q.verdicts:
            more = f" (and so the other {len(q.items) - 1})" if many else ""
            print(f"    {verdict + ':':8}{effect(first, verdict)}{more}")
        if first.kind in MENDED:
            print(
                f"    mend:   sandsnap mend {first.vendor} shows the likeliest sentence now, and the edit that reads it"
            )
        print(f"    decide: sandsnap review {q.id} {'|'.join(q.verdicts)} --author NAME --reason TEXT")
    print()
