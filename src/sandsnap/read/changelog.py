"""Pages of dated entries (`kind = "changelog"` of a [[source]]): each says what was new on its day, and nothing of today.

An entry stands under a heading that is a day, or a version with its day. Of several entries that state one thing the newest
counts; an entry that is no longer on the page has scrolled off, and nothing has gone. What an entry announces in so many
words is a notice of its day; the words are data: changelog.toml.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.model import Fact
from sandsnap.read.days import on_day
from sandsnap.read.errors import Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match, Passage
from sandsnap.read.tables import PROSE

KIND = "changelog"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = rf"\b(?:\d{{4}}-\d\d-\d\d|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}} {_MONTH}\.?,? \d{{4}})\b"
_DAY = re.compile(_DATE)
_FROM = re.compile(rf"\b(?:from|starting|beginning|as of|effective|on)(?: on)? ({_DATE})", re.IGNORECASE)
_LONGEST = 8  # words of a heading that names a thing


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an entry tells: its heading ("" where the entry has none of its own) and the texts under it."""

    day: date
    title: str
    texts: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    says: re.Pattern[str]
    in_title: bool
    subject: str | None  # where it is not what the heading names


def day_of(headings: Sequence[str]) -> date | None:
    """The day of the entry that these headings stand over, outermost first; None where none of them names one."""
    for text in headings:
        if found := _DAY.search(text):
            try:
                return on_day(found[0])
            except Unreadable:
                continue
    return None


def newest(found: Iterable[Match]) -> list[Match]:
    """Of statements of several entries those of the newest; what stands under no day is older than all."""
    dated = [(day_of(m.where) or date.min, m) for m in found]
    last = max((d for d, _ in dated), default=None)
    return [m for d, m in dated if d == last]


def items(page: Page) -> Iterator[Item]:
    """What each entry of a page tells, in reading order."""
    at: tuple[str, ...] | None = None
    texts: list[Passage] = []
    for block in page.blocks:
        if block.kind not in PROSE or block.kind == "heading":
            continue
        if block.headings != at:
            yield from _item(at, texts)
            at, texts = block.headings, []
        texts.append(Passage(page, block.text, block.text, block.headings, scope=block.scope))
    yield from _item(at, texts)


def _item(headings: tuple[str, ...] | None, texts: Sequence[Passage]) -> Iterator[Item]:
    day = day_of(headings or ())
    if day is not None and headings and texts:
        yield Item(day, "" if _DAY.search(headings[-1]) else headings[-1], tuple(texts))


def news(about: str, besides: str) -> Callable[[Page], Iterator[Fact]]:
    """A reader of what entries announce. `about`: what the heading or a text of one must speak of; `besides`: of what not."""
    wanted, other = re.compile(about, re.IGNORECASE), re.compile(besides or "(?!)", re.IGNORECASE)

    def news(page: Page) -> Iterator[Fact]:
        told: dict[tuple[str, str], Fact] = {}
        for item in items(page):
            whole = " ".join((item.title, *(t.text for t in item.texts)))
            if wanted.search(whole) and not other.search(item.title or whole):
                for fact in _announced(item):
                    before = told.get((fact.key["subject"], fact.key["kind"]))
                    if before is None or _on(before) < _on(fact):
                        told[fact.key["subject"], fact.key["kind"]] = fact
        yield from told.values()

    return news


def _on(fact: Fact) -> date:
    day = fact.values["announced_on"]
    assert isinstance(day, date)
    return day


def _announced(item: Item) -> Iterator[Fact]:
    for rule in _rules():
        named, subject = rule.says.search(item.title), rule.subject or _subject(item.title)
        if subject is None or (rule.in_title and not named):
            continue
        dated = [(t, day) for t in item.texts if (day := _effective(t.text, item.day))]
        said = next((t for t in item.texts if rule.says.search(t.text)), item.texts[0] if named else None)
        if said is not None:
            said, day = min(dated, key=lambda d: d[1]) if dated and rule.in_title else (said, None)
            cited = Passage(said.page, said.text, f"{item.title} | {said.text}", said.where, scope=said.scope)
            yield cited.fact(
                "notices", subject=subject, kind=rule.kind, announced_on=item.day, effective_on=day, status="announced"
            )
            return


def _effective(text: str, announced: date) -> date | None:
    """The day from which something holds, where a text names one that had not come when it was written."""
    for found in _FROM.finditer(text):
        try:
            day = on_day(found[1])
        except Unreadable:
            continue
        if day >= announced:
            return day
    return None


def _subject(title: str) -> str | None:
    """The thing that a heading names, as a term: "Private preview of Agent Drive" is agent_drive."""
    bare = _loaded()["names"]["stock"]
    name = title
    while (shorter := re.sub(bare, "", name, flags=re.IGNORECASE).strip(" :!.–-")) != name:
        name = shorter
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "_".join(words) if words and len(words) <= _LONGEST and words[0][0].isalpha() else None


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(r["kind"], re.compile(r["says"], re.IGNORECASE), r.get("in") == "heading", r.get("subject"))
        for r in _loaded()["announces"]
    )


@cache
def _loaded() -> Mapping[str, Any]:
    return tomllib.loads((files("sandsnap.read") / "changelog.toml").read_text("utf-8"))
