"""What people decided about what was held: data in one TOML file under version control, tied to its evidence.

[[decision]]
evidence = "bcdfghjk"        # the id that `sandsnap review` shows; other evidence has another id, and is asked anew
verdict = "accept"           # accept | reject | ignore | edit | wins (source_url: the page) | gone | still
author = "Ada"
reason = "announced on the vendor's blog"
on = 2026-07-04
until = 2026-08-01           # ignore only: the first day on which it is asked again
values = { usd = "0.05" }    # edit only: what the fact says instead, with basis judged
words = "free for a month"   # still only: what the page says now
vendor = "e2b"               # this and the rest are for who reads the file
"""

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

VERDICTS: Mapping[str, str] = {
    "accept": "the page is right: let the value in, or the fact go",
    "reject": "the page or its reading is wrong: keep the last value, and do not ask again about this evidence",
    "ignore": "keep the last value and say nothing until a day",
    "edit": "record this value instead, as judged by the author",
    "wins": "of two pages that disagree the one named is right: what the other says is let go",
    "gone": "the thing is really gone: let the fact end now",
    "still": "it is still true, in the words given: keep the fact, resting on them",
}
_REQUIRED: dict[str, type] = {"evidence": str, "verdict": str, "author": str, "reason": str, "on": date}
_OPTIONAL: dict[str, type] = {
    "until": date,
    "values": dict,
    "vendor": str,
    "source_url": str,
    "what": str,
    "quote": str,
    "words": str,
}
_KEYS = {**_REQUIRED, **_OPTIONAL}


class DecisionError(Exception):
    """The decisions cannot be used; says where and what to change."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `values` maps columns to texts; what it is about stands in vendor, source_url, what and quote."""

    evidence: str
    verdict: str
    author: str
    reason: str
    on: date
    until: date | None = None
    values: Mapping[str, str | bool] = field(default_factory=dict)
    vendor: str | None = None
    source_url: str | None = None
    what: str | None = None
    quote: str | None = None
    words: str | None = None

    def mutes(self, day: date) -> bool:
        """Whether it says that nobody is to be asked on `day`."""
        return self.verdict in ("reject", "wins", "still") or (
            self.verdict == "ignore" and self.until is not None and day < self.until
        )


class Decisions(dict[str, Decision]):
    """Decisions by evidence; of several on one, the last in the file holds."""

    def muted(self, ident: str, day: date) -> bool:
        """Whether somebody decided that `ident` is not to be asked about on `day`."""
        return ident in self and self[ident].mutes(day)

    def still(self, vendor: str, source_url: str, what: str, quote: str | None) -> Decision | None:
        """The decision by which a fact rests on the quote already: it holds as long as those words stand there."""
        wanted = ("still", vendor, source_url, what, quote)
        return next((d for d in self.values() if (d.verdict, d.vendor, d.source_url, d.what, d.words) == wanted), None)


def load(path: Path) -> Decisions:
    """The decisions of a file; none where there is no file. Raises DecisionError for an entry that cannot be meant."""
    try:
        return _decisions(path.read_text("utf-8"), path)
    except FileNotFoundError:
        return Decisions()
    except (OSError, UnicodeDecodeError) as e:
        raise DecisionError(f"{path}: {e}") from None


def _decisions(text: str, path: Path) -> Decisions:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise DecisionError(f"{path}: {e}") from None
    if unknown := data.keys() - {"decision"}:
        raise DecisionError(f"{path}: unknown {', '.join(sorted(unknown))}; there are only [[decision]] entries")
    return Decisions((d.evidence, d) for d in _each(data.get("decision", []), path))


def _each(entries: Iterable[Mapping[str, Any]], path: Path) -> Iterable[Decision]:
    for n, entry in enumerate(entries, 1):
        where = f"{path}: decision {n} ({entry.get('evidence', 'no evidence')})"
        for name, kind in _REQUIRED.items():
            if not _is(entry.get(name), kind) or not str(entry[name]).strip():
                raise DecisionError(f"{where}: {name} is missing or is no {kind.__name__}")
        for name, value in entry.items():
            if name not in _KEYS:
                raise DecisionError(f"{where}: unknown key {name}; there are {', '.join(_KEYS)}")
            if not _is(value, _KEYS[name]):
                raise DecisionError(f"{where}: {name} is no {_KEYS[name].__name__}")
        yield checked(Decision(**entry), where)


def _is(value: object, kind: type) -> bool:
    return type(value) is date if kind is date else isinstance(value, kind)  # a datetime is a date to isinstance


def checked(decision: Decision, where: str = "the decision") -> Decision:
    """The decision, if its parts fit together. Raises DecisionError."""
    if decision.verdict not in VERDICTS:
        raise DecisionError(f"{where}: verdict {decision.verdict!r} is none of {', '.join(VERDICTS)}")
    if (decision.verdict == "ignore") != (decision.until is not None):
        raise DecisionError(f"{where}: ignore needs the day until which, and no other verdict has one")
    if (decision.verdict == "edit") != bool(decision.values):
        raise DecisionError(f"{where}: edit needs the values instead, and no other verdict has any")
    if (decision.verdict == "still") != bool(decision.words):
        raise DecisionError(f"{where}: still needs the words that stand on the page, and no other verdict has any")
    if not decision.author.strip() or not decision.reason.strip():
        raise DecisionError(f"{where}: who decided, and why?")
    return decision


def append(path: Path, decision: Decision) -> None:
    """Write one decision at the end of the file, which is made where there is none. Raises DecisionError."""
    checked(decision)
    try:
        before = path.read_text("utf-8") if path.exists() else ""
        text = (before.rstrip("\n") + "\n\n" if before.strip() else "") + _entry(decision)
        if _decisions(text, path).get(decision.evidence) != decision:
            raise DecisionError(f"{path}: the decision would not be read back as it was made; nothing was written")
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.new")
        fresh.write_text(text, "utf-8")
        fresh.replace(path)
    except OSError as e:
        raise DecisionError(f"{path}: {os.strerror(e.errno) if e.errno else e}; the decision was not written") from None


def _entry(decision: Decision) -> str:
    lines = ["[[decision]]"]
    for name in _KEYS:
        value = getattr(decision, name)
        if value or value is False:
            lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")
