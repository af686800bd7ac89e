"""What waits for a person, in words and grouped by cause, for the report and the site: no ids, no keys, no patterns."""

import ast
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.check.evidence import named, unmarked
from sandsnap.model import matter
from sandsnap.tell import words
from schemas import TABLES

SUBJECTS = 4  # that one line names
QUOTES = 2
_LITERAL = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?: on (https?://[^\s,;]+))?""")
# One page that no longer says several things, or one thing that two pages tell apart, is one matter.
_BY_KEY = ("conflict", "ambiguous")


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits: `subjects` in words, `said` of them, quotes with the page each stands on."""

    kind: str
    vendor: str
    since: date
    url: str
    subjects: tuple[str, ...]
    said: str
    quotes: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """GPU A10, GPU L40S and 2 more: the page no longer says so."""
        kept = list(self.subjects[:SUBJECTS])
        if len(self.subjects) > SUBJECTS:
            kept = [*kept[:-1], f"{len(self.subjects) - SUBJECTS + 1} more"]
        return f"{words.listed(kept)}: {self.said}" if kept else self.said[:1].upper() + self.said[1:]


@dataclass(frozen=True, slots=True)
class Cause:
    """What a person would do about some of it: `told` says what it means for a reader."""

    title: str
    told: str
    matters: tuple[Matter, ...]


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("sandsnap.publish") / "waits.toml").read_text("utf-8"))


def by_cause(issues: Iterable[Mapping[str, Any]]) -> tuple[Cause, ...]:
    """Rows of `open_issues` (kind, vendor, source_url, message, nearest, first_on), grouped, without empty causes."""
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for i in issues:
        about = named(i["message"])
        which = about[:2] if about and i["kind"] in _BY_KEY else (i["source_url"], i["first_on"])
        groups.setdefault((i["kind"], i["vendor"], *which), []).append(i)
    found = [_matter(own) for own in groups.values()]
    out = []
    for cause in _data()["cause"]:
        own = [m for m in found if m.kind in cause["kinds"]]
        if own:
            order = {kind: n for n, kind in enumerate(cause["kinds"])}
            own.sort(key=lambda m: (order[m.kind], m.vendor, m.since, m.url, m.text))
            out.append(Cause(cause["title"], cause["told"], tuple(own)))
    return tuple(out)


def _matter(rows: list[Mapping[str, Any]]) -> Matter:
    first = min(rows, key=lambda r: (r["first_on"], r["source_url"]))
    kind = first["kind"]
    subjects = dict.fromkeys(s for r in rows if (s := _subject(r["message"])))
    quotes = dict.fromkeys(q for r in rows for q in _quotes(r))
    said = _data()["said"].get(kind, words.term(kind))
    if len(rows) > 1 and not subjects:
        said = f"{said} ({len(rows)} times)"
    if kind == "held" and len(rows) == 1:
        said = f"{said}: {_reason(first['message'])}"
    return Matter(
        kind, first["vendor"], first["first_on"], first["source_url"], tuple(subjects), said, tuple(quotes)[:QUOTES]
    )


def _reason(message: str) -> str:
    """Why a value is held, without what it is about and without quotes."""
    text = unmarked(message)
    if named(text):
        text = text.partition(": ")[2]
    return text.partition("; the page says")[0].partition("; it said")[0].replace("_", " ")


def _subject(message: str) -> str | None:
    """What a message is about, where it begins with a fact or names one after a colon, or begins with a table."""
    for text in (unmarked(message), message.rpartition("found on it again: ")[2]):
        if about := named(text):
            table, key, _ = about
            rest = key.split(" / ")[1:]
            return words.subject(table, dict(zip(TABLES[table].key[2:], rest, strict=False)))
    table = unmarked(message).split(" ")[0]
    return words.TABLE.get(table)


def _quotes(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The words of pages that a row gives: those its message cites, and the nearest ones of the page now."""
    if row["kind"] in ("reworded", "unreadable", "template", "no_reader"):
        found = []  # these cite what a reader looks for
    else:
        found = [(_literal(m[1]), m[2] or row["source_url"]) for m in _LITERAL.finditer(matter(row["message"]))]
    if not found and "it said: " in row["message"]:
        found = [(row["message"].partition("it said: ")[2], row["source_url"])]
    if row["nearest"] and len(found) < QUOTES:
        found.append((row["nearest"], row["source_url"]))
    yield from dict.fromkeys(f for f in found if len(f[0]) > 3)


def _literal(text: str) -> str:
    try:
        return str(ast.literal_eval(text))
    except (SyntaxError, ValueError):
        return text[1:-1]
