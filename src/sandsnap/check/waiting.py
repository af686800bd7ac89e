"""What waits for a person, from the warehouse's own records: each with its id, both quotes, both captures, and what
may be decided. Pure: records and decisions in, a list out."""

import ast
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.check.decisions import Decision, Decisions
from sandsnap.check.evidence import digest, key_text, label, named, of_absence, of_claim, of_facts, of_issue, unmarked
from sandsnap.model import Issue, Wait, matter

Record = Mapping[str, Any]

# Of the other kinds (a page that is down, a bot wall) there is nothing to decide: they end when the page is back.
DECIDED = ("held", "unconfirmed", "invalid", "conflict", "missing", "lost_quote", "appeared")
MENDED = ("reworded", "unreadable", "residue")  # the reader has to be taught: a person mends, and decides nothing
REVIEWED = (*DECIDED, *MENDED)


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
    pages: tuple[tuple[str, str], ...] = ()  # of a conflict: each page, and what it says
    resting: tuple["Resting", ...] = ()  # the facts that rest on words which are gone, and are not decided yet


@dataclass(frozen=True, slots=True)
class Resting:
    """A fact ("table product / key") that rests on words which are gone. `id`: of its absence, by which it is decided."""

    id: str
    what: str
    quote: str | None


def waiting(
    issues: Iterable[Record], readings: Iterable[Record], absent: Iterable[Record], decisions: Decisions, today: date,
    kinds: Sequence[str] = REVIEWED, once: Iterable[tuple[str, Wait]] = (), resting: Iterable[Record] = (),
) -> list[Waiting]:  # fmt: skip
    """Everything that is open, decided or not; `decision` is the one that holds today, which the next run applies.

    `issues` are rows of `open_issues`, `readings` of `readings`, `absent` the claims that their page no longer makes:
    vendor, table, product, key, values (JSON), quote, source_url, reader. `once`: by reader, what was seen once. `resting`:
    what stands on a page whose words changed, as `absent`, with verified_on.
    """
    captures: dict[str | None, list[tuple[date, str | None, str]]] = {}
    for r in readings:
        captures.setdefault(r["reader"], []).append((r["day"], r["capture"], r["outcome"]))
    claims = {(c["reader"], c["table"], f"{c['product']} / {c['key']}"): c for c in absent}
    standing: dict[str | None, list[Record]] = {}
    for c in resting:
        standing.setdefault(c["reader"], []).append(c)
    out = []
    for i in issues:
        if i["kind"] not in kinds:
            continue
        own = [c for c in standing.get(i["reader"], ()) if _is_of(c, i)]
        old = [c for c in own if c["verified_on"] < i["last_on"]]
        sides = _sides(i["message"]) if i["kind"] == "conflict" else ()
        about = named(i["message"])
        claim = claims.get((i["reader"], about[0], about[1])) if about and i["kind"] == "missing" else None
        ident = _absence(claim) if claim else of_issue(_issue(i))
        decision = decisions.get(ident)
        if decision is not None and not _settles(decision, i["last_on"], today):
            decision = None
        open_ones = tuple(r for r in map(_resting, old) if r.id not in decisions)
        if decision is None and own and not open_ones:
            decision = next((d for c in own if (d := _holding(c, c in old, decisions))), None)
        before, after = _captures(captures.get(i["reader"], []), i["first_on"], i["last_on"])
        out.append(
            Waiting(
                ident, i["kind"], i["vendor"], i["source_url"], i["reader"], i["first_on"], i["last_on"],
                about[0] if about else None, f"{about[0]} {about[1]}" if about else None, about[2] if about else 0,
                unmarked(i["message"]), sides[0][2] if sides else next((c["quote"] for c in old), None) or _said(i["message"]),
                sides[-1][2] if sides else i["nearest"], before, after,
                _verdicts(i["kind"], about[2] if about else 0, unmarked(i["message"]) != i["message"], bool(open_ones)), decision,
                tuple((url, value) for url, value, _ in sides if url),
                open_ones,
            )
        )  # fmt: skip
    if "unconfirmed" in kinds:
        out += [_seen_once(reader, wait, decisions, today) for reader, wait in once if wait.state == "unconfirmed"]
    order = {kind: n for n, kind in enumerate(REVIEWED)}
    return sorted(out, key=lambda w: (order.get(w.kind, 99), -worth(w), w.vendor, w.first_on, w.id))


# What a fact of a table is worth to who reads the comparison, as alerts weigh them.
_WORTH = {"prices": 3, "gpus": 3, "isolation": 3, "self_hosting": 3, "limits": 2, "allowances": 2, "notices": 3}


def worth(w: Waiting) -> int:
    """How much hangs on a question: the facts it is about, by what their table is worth."""
    return max(1, w.facts) * _WORTH.get(w.table or "", 1)


def _seen_once(reader: str, wait: Wait, decisions: Decisions, today: date) -> Waiting:
    f, ident = wait.fact, of_facts([wait.fact])
    decision = decisions.get(ident)
    return Waiting(
        ident, "unconfirmed", f.vendor, f.source_url, reader, wait.since, wait.since, f.table, f"{f.table} {key_text(f)}", 1,
        f"{label(f)}: {wait.reason}; the page says {f.quote!r}", None, f.quote, None, f.capture,
        _verdicts("unconfirmed", 1, True, False), decision if decision and decision.verdict in ("accept", "reject") else None,
    )  # fmt: skip


def _settles(decision: Decision, last_on: date, today: date) -> bool:
    """Whether nobody need be asked: an ignored question until its day; what was let in unless it came up again since."""
    return (
        decision.mutes(today)
        or decision.verdict == "gone"
        or (decision.verdict in ("accept", "edit") and last_on <= decision.on)
    )


def _is_of(claim: Record, issue: Record) -> bool:
    """Whether a claim rested on what an issue says is gone: words of a page, or the quote of one entry."""
    if issue["kind"] != "lost_quote":
        return issue["kind"] in MENDED
    entry = _LOST.match(issue["message"])  # one that carries an id is about one fact, and asks about its absence
    key = {claim["product"], *claim["key"].split(" / ")}
    return (
        entry is not None
        and entry[1] == claim["table"]
        and set(entry[2].split()) <= {w for k in key for w in k.split()}
    )


_LOST = re.compile(r"(\w+) (.*?): no longer found: ")


def _resting(claim: Record) -> Resting:
    return Resting(_absence(claim), f"{claim['table']} {claim['product']} / {claim['key']}", claim["quote"])


def _holding(claim: Record, resting: bool, decisions: Decisions) -> Decision | None:
    """The decision on a claim that rests on words which are gone, or by which it stands on others since."""
    r = _resting(claim)
    return decisions.get(r.id) if resting else decisions.still(claim["vendor"], claim["source_url"], r.what, r.quote)


def _verdicts(kind: str, facts: int, marked: bool, rests: bool) -> tuple[str, ...]:
    # A lost sentence that carries an id is a fact's absence, which may be let stand.
    if kind == "unconfirmed":
        return "accept", "reject"
    if kind == "missing":
        return "gone", "still", "reject", "ignore"
    if kind == "lost_quote" and marked:
        return "accept", "still", "reject", "ignore"
    if kind == "conflict" and marked:  # two pages; what one page says twice has no winner
        return ("wins", "reject", "ignore", *(("edit",) if facts == 1 else ()))
    if rests:
        return "still", "gone", "reject", "ignore"
    accept = ("accept",) if kind == "held" else ()
    edit = ("edit",) if kind in ("held", "invalid") and facts == 1 else ()
    return (*accept, "reject", "ignore", *edit)


@dataclass(frozen=True, slots=True)
class Question:
    """What waits for one cause, and can be decided at once: its items, the most valuable first. `id` is the item's own
    where it is one."""

    id: str
    items: tuple[Waiting, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What each of its items may be decided with."""
        return tuple(v for v in self.items[0].verdicts if all(v in w.verdicts for w in self.items))


def questions(found: Iterable[Waiting]) -> list[Question]:
    """The items by cause: what one page no longer says since one day, or one thing that several pages tell apart."""
    groups: dict[tuple[object, ...], list[Waiting]] = {}
    for w in found:
        cause: tuple[object, ...] = (w.kind, w.vendor, w.source_url, w.first_on)
        if w.kind == "conflict" and w.what:
            cause = (w.kind, w.vendor, w.what)
        elif w.kind in _ALONE:
            cause = (w.id,)
        groups.setdefault((w.decision is None, *cause), []).append(w)
    return [
        Question(own[0].id if len(own) == 1 else digest("together", *sorted(w.id for w in own)), tuple(own))
        for own in groups.values()
    ]


_ALONE = ("held", "unconfirmed", "invalid")  # each has figures of its own, to be weighed by itself


def effect(w: Waiting, verdict: str) -> str:
    """What a decision will change, in one line."""
    what = w.what or " and ".join(r.what for r in w.resting[:2]) or "it"
    new, old = (f"“{q}”" if q else "what the page says now" for q in (w.quote_after, w.quote_before))
    return {
        "accept": f"{what} goes, and is told as removed"
        if w.kind == "lost_quote"
        else f"{what} becomes what {new} says, from {w.first_on} on",
        "reject": f"{what} stays as it is{f', resting on {old}' if w.quote_before else ''}; this evidence is not asked about again",
        "ignore": f"{what} stays as it is, and is asked about again on --until",
        "edit": f"{what} becomes --value, as judged by you"
        + (", while both pages say what they say now" if w.kind == "conflict" else ""),
        "wins": f"{what} is "
        + ", or ".join(f"{value} (--page {url})" for url, value in w.pages)
        + ", from the next reading on; what the other page says is let go",
        "gone": f"{what} ends with the next reading of the page, and is told as removed",
        "still": f"{what} stays, resting on --words, which must stand on the page",
    }[verdict]


_STATES = re.compile(r" as (.+?) in ('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\") on (https?://\S+?)(?=, and as |$)")
_BOTH = re.compile(r"says both ('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\") and ('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")


def _sides(message: str) -> tuple[tuple[str, str, str], ...]:
    """Both sides of a conflict: (page, what it says, its words); of one page that says both, without page and value."""
    found = [(m[3], m[1], _literal(m[2])) for m in _STATES.finditer(message)]
    if len(found) < 2 and (both := _BOTH.search(message)):
        found = [("", "", _literal(both[n])) for n in (1, 2)]
    return tuple(found)


def stated(record: Record) -> str:
    """The id of what one page says, from the warehouse's row of its claim: of a conflict each side is edited by its own."""
    values = json.loads(record["values"], parse_float=Decimal, parse_int=Decimal)
    key = f"{record['product']} / {record['key']}"
    return digest(of_claim(record["vendor"], record["source_url"], record["table"], key, record["quote"], values))


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
            return _literal(quote)  # our own messages quote what they cite, the warehouse's do not
    return None


def _literal(quote: str) -> str:
    try:
        return str(ast.literal_eval(quote))
    except (SyntaxError, ValueError):
        return quote
