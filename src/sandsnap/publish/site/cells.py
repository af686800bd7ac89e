"""The cells of the comparison page through time: a new version where a day says something else than the day before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sandsnap.capture import origins
from sandsnap.publish.alerts.text import scroll_link
from sandsnap.publish.site import sentences
from sandsnap.publish.site.fact_words import stated
from sandsnap.publish.site.marks import Mark, day_mark, mark
from sandsnap.publish.site.rows import of_row
from sandsnap.publish.site.sentences import ROWS, Said
from sandsnap.publish.site.spans import Fact, Record, Span
from sandsnap.record.coverage import OF_TIME
from sandsnap.tell import words
from schemas import TABLES
from schemas.vocabulary import UNCAPTURED

Cell = tuple[str, str]  # vendor, table
BASES = {
    "read": "read by code",
    "quoted": "quoted, and checked on every run",
    "judged": "a person's judgement",
    "second_hand": "second-hand",
}


@dataclass(frozen=True)
class Version:
    """What a cell said from `start` up to, not including, `end`. `kind`: why it differs from the version before:
    changed (the vendor), judged (a person judged anew), read (first read), cited (the same text on other quotes)."""

    start: date
    end: date | None
    said: Said
    kind: str
    facts: int


@dataclass(frozen=True, slots=True)
class Item:
    """The evidence of one fact, ready to show; texts are as scraped, not escaped."""

    span: Span
    what: str
    quote: str | None
    link: str
    basis: str
    since: str
    before: str | None


def versions(record: Record, vendors: Sequence[str], tables: Sequence[str]) -> dict[Cell, list[Version]]:
    """Every cell's versions, oldest first; the last one is today's."""
    out: dict[Cell, list[Version]] = {(v, t): [] for v in vendors for t in tables}
    before: dict[Cell, frozenset[int]] = {}
    stood: dict[str, frozenset[int]] = {}
    for day in record.days:
        groups: dict[str, list[Span]] = {v: [] for v in vendors}
        for span in record.standing(day):
            groups.setdefault(span.vendor, []).append(span)
        moved = {v: n for v in vendors if (n := frozenset(s.number for s in groups[v])) != stood.get(v)}
        stood |= moved
        facts = {v: [record.fact(s, day) for s in groups[v]] for v in moved}
        for cell, found in out.items():
            if cell[0] not in moved:
                continue
            own = of_row(facts[cell[0]], cell[1])
            numbers = frozenset(f.span.number for f in own)
            if numbers == before.get(cell, frozenset()):
                continue
            said = sentences.say(cell[1], cell[0], own)
            kind = _kind(record, before.get(cell, frozenset()), numbers, found[-1].said if found else None, said)
            before[cell] = numbers
            if found:
                last = found[-1]
                found[-1] = Version(last.start, day, last.said, last.kind, last.facts)
            found.append(Version(day, None, said, kind, len(own)))
    return out


def _kind(record: Record, was: frozenset[int], now: frozenset[int], old: Said | None, new: Said) -> str:
    if old is not None and texts(old) == texts(new):
        return "cited"
    gone, came = [record.spans[n] for n in was - now], [record.spans[n] for n in now - was]
    claims = {s.claim for s in gone} & {s.claim for s in came}
    moved = [s for s in came if s.cause == "vendor" and s.start == s.began and s.basis not in UNCAPTURED]
    ended = [s for s in gone if s.end is not None and s.claim not in claims and s.basis not in UNCAPTURED]
    if moved or ended:
        return "changed"
    return "judged" if any(s.basis in UNCAPTURED for s in came) else "read"


def texts(said: Said) -> tuple[str, ...]:
    """What a reader sees of a cell."""
    head = (said.head.text, said.head.note) if said.head else ()
    return (said.word or "", *head, *(s.text for s in said.statements))


def today(record: Record, cell: Cell, version: Version | None) -> tuple[Said | None, Mark | None]:
    """What a cell says on the last day, with its facts as they stand on it, and its mark."""
    if version is None or not version.said.statements:
        return None, None
    statements = tuple(
        sentences.Statement(s.text, tuple(record.fact(f.span, record.as_of) for f in s.facts))
        for s in version.said.statements
    )
    head = version.said.head
    if head is not None:
        facts, beside = (tuple(record.fact(f.span, record.as_of) for f in own) for own in (head.facts, head.beside))
        head = replace(head, facts=facts, beside=beside)
    shown = list(head.facts) if head else [f for s in statements for f in s.facts]
    return replace(version.said, head=head, statements=statements), mark(shown, record.as_of)


@dataclass(frozen=True, slots=True)
class Rival:
    """What another source says of the same, against what is shown."""

    text: str
    link: str
    url: str


def rivals(record: Record, span: Span) -> tuple[Rival, ...]:
    """What other sources say against a fact that stands today, each once."""
    found = []
    for o in record.against(span):
        key = {n: span.values[n] for n in TABLES[span.table].key[2:]}
        told = in_words(span.vendor, span.table, {**o.values, **key})
        found.append(Rival(f"{told}, on {words.day(o.verified_on)}", scroll_link(o.source_url, o.quote), o.source_url))
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Beside:
    """A value of a fact that stands on another page than the rest: what it says, where, and how it stands."""

    text: str
    quote: str | None
    link: str
    url: str
    mark: Mark


def beside(record: Record, span: Span) -> tuple[Beside, ...]:
    """What of a fact of the last day rests on another page than its leading value."""
    out = []
    for p in record.parts(span):
        told = {"true": "yes", "false": "no"}.get(p.value, words.term(p.value) if p.value.islower() else p.value)
        age = (record.as_of - p.verified_on).days
        name = p.basis if p.basis in UNCAPTURED else "stale" if age > record.fresh_days[span.table] else day_mark(age)
        link = scroll_link(p.source_url, p.quote)
        out.append(
            Beside(f"{words.term(p.column)}: {told}", p.quote, link, p.source_url, Mark(name, p.verified_on, span.by))
        )
    return tuple(out)


def origin(record: Record, capture: str | None) -> tuple[str, str | None] | None:
    """Who made a stored copy, if not we, in words, and the way there."""
    made = record.origins.get(capture or "")
    return origins.told(made) if made else None


def item(span: Span) -> Item:
    """A span as evidence."""
    since = f"said since {words.day(span.began)}"
    if span.basis == "second_hand":
        since = f"read by {span.by or 'others'} on {words.day(span.judged_on or span.start)}, on a page of which there is no copy here"
    elif span.basis == "judged":
        since = f"made on {words.day(span.judged_on or span.start)}; no sentence to quote"
    elif span.cause != "vendor":
        since = f"said at least since {words.day(span.began)}, the first reading"
    before = None
    if span.before is not None and span.before.values != span.values:
        was = value(span.before)
        if was == value(span):  # the sentence leaves out what changed
            was = stated(span.table, span.before.values)
        before = f"{was}, until {words.day(span.before.end)}"
    return Item(
        span, value(span), span.quote, scroll_link(span.source_url, span.quote), BASES[span.basis], since, before
    )


def value(span: Span) -> str:
    """What a fact says, in a sentence."""
    if span.table == "billing_rules":
        return sentences.rule(span.values)
    if span.table in ROWS and (span.table != "limits" or span.values["limit"] in OF_TIME):
        said = ROWS[span.table]([Fact(span, span.start, None)])
        if said:
            return said[0].text
    return stated(span.table, span.values)


def in_words(vendor: str, table: str, values: Mapping[str, Any]) -> str:
    """What the key and value columns of a fact say beside its name: as in a cell, figures alone where the name says
    what they are of."""
    if table in ("prices", "limits", "notices"):
        return stated(table, values)
    day = date.min
    said = value(Span(-1, -1, -1, vendor, table, "", values, day, None, day, "read", "", None, None, "", None))
    package = values.get("package")
    return f"{said}, package {package}" if package else said
