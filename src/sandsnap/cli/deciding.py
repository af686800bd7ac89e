"""Writing down what a person decided of what waits: checked, with who and why, for the next run."""

import argparse
import re
from typing import TYPE_CHECKING

from sandsnap.cli.command import OK, Stop

if TYPE_CHECKING:
    from sandsnap.check.decisions import Decision
    from sandsnap.check.waiting import Waiting
    from sandsnap.settings import Settings


def decide(args: argparse.Namespace, settings: "Settings", chosen: "list[Waiting]") -> int:
    from dataclasses import replace

    from sandsnap.check.decisions import VERDICTS as MEANING
    from sandsnap.check.decisions import append

    """Write a decision down for each of the items, or for the fact of one that rests on words which are gone."""
    for w in chosen:
        if args.verdict not in w.verdicts:
            raise Stop(f"{w.id} cannot be decided with {args.verdict}: {_instead(w, args.verdict)}")
    if len(chosen) > 1 and args.value:
        raise Stop(f"{args.id} is {len(chosen)} questions, and a value is of one: decide them by their own ids")
    decisions = [d for w in chosen for d in _decisions(args, w)]
    for d in decisions:
        if d.words:
            _must_stand(settings, d.source_url or "", d.words)
    if args.verdict == "edit" and chosen[0].kind == "conflict":
        decisions += [
            replace(decisions[0], evidence=ident, source_url=url) for ident, url in _both(settings, chosen[0])
        ]
    for decision in decisions:
        append(settings.decisions, decision)
    if args.as_json:
        import json
        from dataclasses import asdict

        from sandsnap.cli.output import nested

        made = [{**nested(asdict(d)), "file": str(settings.decisions)} for d in decisions]
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


def _decisions(args: argparse.Namespace, w: "Waiting") -> "list[Decision]":
    """The decision on a question; where facts rest on words which are gone, that on the one that is meant. Once the last has
    gone, too, there is nothing left to ask."""
    from dataclasses import replace

    first = _decision(args, w)
    if not w.resting or args.verdict not in ("still", "gone"):
        return [first]
    meant = [r for r in w.resting if args.fact in (None, r.what)]
    if len(meant) != 1:
        rests = "; ".join(repr(r.what) for r in w.resting)
        raise Stop(f"which fact is it? Say --fact with one of those that rest on it: {rests}")
    (fact,) = meant
    own = replace(first, evidence=fact.id, what=fact.what, quote=fact.quote)
    return [own, first] if args.verdict == "gone" and len(w.resting) == 1 else [own]


def _must_stand(settings: "Settings", source_url: str, words: str) -> None:
    """Raises Stop where the last capture of the page, if the archive has one, does not say the words."""
    from sandsnap.capture import Archive
    from sandsnap.read.decode import CharsetError
    from sandsnap.read.reading import page_of
    from sandsnap.read.sources import source_of

    source = source_of(source_url)
    if source is None or not settings.archive.is_dir():
        return
    with Archive(settings.archive) as archive:
        found = [c for u in dict.fromkeys(source.urls) if (c := archive.latest(u, status=200))]
    if not found:
        return
    capture = max(found, key=lambda c: str(c.captured_at))
    try:
        stands = page_of(capture).says(words) is not None
    except (CharsetError, RecursionError):
        return  # no words of it can be looked for; the run that reads the page will
    if not stands:
        raise Stop(f"the page of {capture.day} does not say {words!r}: give words that stand on it, in one sentence")


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
