"""The command for what waits: sandsnap review lists it, shows one with its evidence, and writes down a decision."""

import argparse
import re
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import ATTENTION, OK, WAREHOUSE, Stop, command, day, vendor_name

if TYPE_CHECKING:
    from sandsnap.check.decisions import Decision
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
    'SELECT r.name AS reader, c."table", c.product, c.key, c.quote, c.verified_on FROM store.all_claims c '
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
    p.add_argument("--author", metavar="NAME", help="who decides")
    p.add_argument("--reason", metavar="TEXT", help="why; it is kept with the decision")
    p.add_argument("--vendor", type=vendor_name, help="list only this vendor")
    p.add_argument("--all", action="store_true", help="list every kind of open issue, and what was decided already")


def review(args: argparse.Namespace) -> int:
    """List, show or decide."""
    from sandsnap.check.decisions import DecisionError
    from sandsnap.check.waiting import questions
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
        return _decide(args, settings, chosen)
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

    asked = questions(found)
    if args.as_json:
        import json

        rows = [
            _plain(asdict(w)) | {"effects": {v: effect(w, v) for v in w.verdicts}, "question": q.id}
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
            print(
                f"    rests on it: {', '.join(w.resting[:5])}{f' and {len(w.resting) - 5} more' if len(w.resting) > 5 else ''}"
            )
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


def _plain(value: Any) -> Any:
    from sandsnap.cli.output import plain

    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else plain(value)


def _decide(args: argparse.Namespace, settings: "Settings", chosen: "list[Waiting]") -> int:
    from dataclasses import replace

    from sandsnap.check.decisions import VERDICTS as MEANING
    from sandsnap.check.decisions import append

    for w in chosen:
        if args.verdict not in w.verdicts:
            raise Stop(f"{w.id} cannot be decided with {args.verdict}: {_instead(w, args.verdict)}")
    if len(chosen) > 1 and args.value:
        raise Stop(f"{args.id} is {len(chosen)} questions, and a value is of one: decide them by their own ids")
    decisions = [_decision(args, w) for w in chosen]
    if args.verdict == "edit" and chosen[0].kind == "conflict":
        decisions += [
            replace(decisions[0], evidence=ident, source_url=url) for ident, url in _both(settings, chosen[0])
        ]
    for decision in decisions:
        append(settings.decisions, decision)
    if args.as_json:
        import json
        from dataclasses import asdict

        made = [{**_plain(asdict(d)), "file": str(settings.decisions)} for d in decisions]
        print(json.dumps(made[0] if len(made) == 1 else made, ensure_ascii=False, indent=1))
        return OK
    from sandsnap.check.waiting import effect

    for w in chosen:
        print(f"{w.id}: {args.verdict} ({MEANING[args.verdict]})")
        print(effect(w, args.verdict))
    first = chosen[0]
    print(f"written to {settings.decisions}; the next run of {first.vendor} applies it")
    if args.verdict in ("accept", "edit"):
        print(
            f"to record it from the day it was first seen: sandsnap reread --vendor {first.vendor} --since {first.first_on}"
        )
    return OK


def _both(settings: "Settings", w: "Waiting") -> list[tuple[str, str]]:
    """What each page of a conflict says, by its own id, with the page."""
    from sandsnap.check.waiting import stated
    from sandsnap.record import queries

    with queries.connect_readonly(settings.warehouse) as con:
        claims = queries.sql(
            con, 'SELECT vendor, "table", product, key, "values", quote, source_url FROM store.all_claims'
        ).records()
    pages = {url for url, _ in w.pages}
    own = [c for c in claims if c["vendor"] == w.vendor and c["source_url"] in pages]
    return [(stated(c), c["source_url"]) for c in own if f"{c['table']} {c['product']} / {c['key']}" == w.what]


def _decision(args: argparse.Namespace, w: "Waiting") -> "Decision":
    from datetime import UTC, datetime

    from sandsnap.check.decisions import Decision, checked
    from sandsnap.check.gate import typed

    if not args.author or not args.reason:
        raise Stop("who decides, and why? Say --author NAME and --reason TEXT: both are kept with the decision")
    today = datetime.now(UTC).date()
    if args.until is not None and args.until <= today:
        raise Stop(f"--until {args.until} is not in the future")
    if args.verdict == "wins" and (args.page is None or args.page not in w.message):
        raise Stop("which page is right? Say --page with one of the two addresses that the question names")
    if args.verdict == "still" and not args.words:
        raise Stop("in which words is it still true? Say --words with the words that stand on the page now")
    values: dict[str, str | bool] = {}
    for given in args.value:
        from schemas import TABLES

        name = re.fullmatch(r"([a-z_]+)=(.*)", given, re.DOTALL)
        first = TABLES[w.table].values[0] if w.table else ""
        values[name[1] if name else first] = name[2] if name else given
    if values and w.table is not None:
        try:
            typed(w.table, values)
        except ValueError as e:
            raise Stop(f"--value: {e}") from None
    return checked(
        Decision(
            w.id, args.verdict, args.author, args.reason, today, args.until, values, w.vendor,
            args.page if args.verdict == "wins" else w.source_url, w.what or w.message, w.quote_after or w.quote_before,
            args.words if args.verdict == "still" else None,
        ),
        "review",
    )  # fmt: skip


def _instead(w: "Waiting", verdict: str) -> str:
    """What to do where a verdict does not fit."""
    if w.kind == "missing":
        return "the next good reading of the page decides; gone ends it now, reject keeps the fact, as judged by you"
    if w.kind == "invalid":
        return (
            "a row against the contract cannot stand; edit it, reject it, or mend the reader and run 'sandsnap reread'"
        )
    if w.kind == "held":
        return f"it is about {w.facts or 'many'} facts at once; accept or reject them, then edit what is left"
    if w.kind in ("lost_quote", "appeared"):
        return f"write what the page says now into vendors/{w.vendor}/statements.toml, or reject it to keep what stands"
    return (
        f"there is no value to {verdict}; mend the reader and run 'sandsnap reread', or reject it to keep what stands"
    )
