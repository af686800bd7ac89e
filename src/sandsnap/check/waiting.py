"""What waits for a person, from the warehouse's own records: each with its id, both quotes, both captures, and what
may be decided. Pure: records and decisions in, a list out."""

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.check.decisions import Decision, Decisions
from sandsnap.check.evidence import named, of_absence, of_issue, unmarked
from sandsnap.model import Issue, matter

Record = Mapping[str, Any]

# Of the other kinds (a page that is down, a bot wall) there is nothing to decide: they end when the page is back.
REVIEWED = ("held", "invalid", "missing", "lost_quote", "reworded", "appeared", "conflict", "unreadable", "residue")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One question. `what` is "table product / key" where it is about one fact; `facts` how many it is about."""

    id: str
    kind: str
    vendor: str
    source_url: str
    reader: str | None
    first_on: date
    last_on: date
    table: str | None
    what: str | None
    facts: int
    message: str
    quote_before: str | None
    quote_after: str | None
    capture_before: str | None
    capture_after: str | None
    verdicts: tuple[str, ...]
    decision: Decision | None


def waiting(
    issues: Iterable[Record], readings: Iterable[Record], absent: Iterable[Record], decisions: Decisions, today: date,
    kinds: Sequence[str] = REVIEWED,
) -> list[Waiting]:  # fmt: skip
    """Everything that is open, decided or not; `decision` is the one that holds today, which the next run applies.

    `issues` are rows of `open_issues`, `readings` of `readings`, `absent` the claims that their page no longer makes:
    vendor, table, product, key, values (JSON), quote, source_url, reader.
    """
    captures: dict[str | None, list[tuple[date, str | None, str]]] = {}
    for r in readings:
        captures.setdefault(r["reader"], []).append((r["day"], r["capture"], r["outcome"]))
    claims = {(c["reader"], c["table"], f"{c['product']} / {c['key']}"): c for c in absent}
    out = []
    for i in issues:
        if i["kind"] not in kinds:
            continue
        about = named(i["message"])
        claim = claims.get((i["reader"], about[0], about[1])) if about and i["kind"] == "missing" else None
        ident = _absence(claim) if claim else of_issue(_issue(i))
        decision = decisions.get(ident)
        if decision is not None and not _settles(decision, i["last_on"], today):
            decision = None
        before, after = _captures(captures.get(i["reader"], []), i["first_on"], i["last_on"])
        out.append(
            Waiting(
                ident, i["kind"], i["vendor"], i["source_url"], i["reader"], i["first_on"], i["last_on"],
                about[0] if about else None, f"{about[0]} {about[1]}" if about else None, about[2] if about else 0,
                unmarked(i["message"]), _said(i["message"]), i["nearest"], before, after,
                _verdicts(i["kind"], about[2] if about else 0, unmarked(i["message"]) != i["message"]), decision,
            )
        )  # fmt: skip
    return sorted(out, key=lambda w: (REVIEWED.index(w.kind) if w.kind in REVIEWED else 99, w.vendor, w.first_on, w.id))


def _settles(decision: Decision, last_on: date, today: date) -> bool:
    """Whether nobody need be asked: an ignored question until its day; what was let in unless it came up again since."""
    return decision.mutes(today) or (decision.verdict in ("accept", "edit") and last_on <= decision.on)


def _verdicts(kind: str, facts: int, marked: bool) -> tuple[str, ...]:
    # A lost sentence that carries an id is a fact's absence, which may be let stand; other lost quotes are in the TOML.
    accept = ("accept",) if kind == "held" or (kind == "lost_quote" and marked) else ()
    edit = ("edit",) if kind in ("held", "invalid") and facts == 1 else ()
    return (*accept, "reject", "ignore", *edit)


def _issue(record: Record) -> Issue:
    return Issue(
        record["kind"], record["vendor"], record["source_url"], record["message"], record["reader"], record["nearest"]
    )


def _absence(claim: Record) -> str:
    values = json.loads(claim["values"], parse_float=Decimal, parse_int=Decimal)
    key = f"{claim['product']} / {claim['key']}"
    return of_absence(claim["vendor"], claim["source_url"], claim["table"], key, claim["quote"], values)


def _captures(read: list[tuple[date, str | None, str]], first: date, last: date) -> tuple[str | None, str | None]:
    """The stored page the last value was read from, and the newest one that raised the question."""
    before = [
        capture for day, capture, outcome in sorted(read, key=lambda r: r[0]) if day < first and outcome == "good"
    ]
    after = [capture for day, capture, _ in sorted(read, key=lambda r: r[0]) if first <= day <= last]
    return (before[-1] if before else None), (after[-1] if after else None)


def _said(message: str) -> str | None:
    """The old quote, as the end of a message gives it."""
    for mark in ("it said: ", "no longer found: ", "not found in these words: "):
        _, found, quote = matter(message).partition(mark)
        if found:
            try:
                return str(ast.literal_eval(quote))  # our own messages quote what they cite, the warehouse's do not
            except (SyntaxError, ValueError):
                return quote
    return None
