"""What a person stated in vendors/<vendor>/statements.toml: quoted facts, re-checked on every run, and judgements.

    [[quoted]]
    table = "isolation"
    key = { runtime = "default" }
    values = { technology = "firecracker", boundary = "microvm" }
    url = ["https://e2b.dev/docs", "https://github.com/e2b-dev/E2B"]   # each is a claim of its own
    quote = ["powered by Firecracker", "Firecracker microVMs"]         # any one of them, verbatim, in one block

Several entries for one key are the alternatives a vendor has stated over time: the one whose quote stands now holds;
two that stand at once on one page with different values are a conflict.

    [[judged]]
    table = "gpus"
    key = { model = "none" }
    values = { status = "not_offered" }
    url = "https://e2b.dev/docs"
    on = 2026-07-04
    reason = "no page names a GPU"
    absent = ["GPU sandboxes"]     # must stay absent from that page; when it appears, an issue opens

    [[second_hand]]                # as above, and `by`: who read it on a page of which we have no copy
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sandsnap.model import Fact, Value, or_now
from sandsnap.read.addresses import canonical
from sandsnap.read.errors import ReadError
from sandsnap.read.page import Page
from sandsnap.read.sentences import tokens
from sandsnap.vendors import PRODUCTS, VENDORS, settings, stated
from schemas import TABLES
from schemas.vocabulary import UNCAPTURED


@dataclass(frozen=True)
class Quoted:
    """A fact somebody quoted: it holds on a page as long as one of the quotes stands there."""

    table: str
    fields: dict[str, Value]
    urls: tuple[str, ...]
    quotes: tuple[str, ...]

    def on(self, page: Page) -> Fact | None:
        """The fact, if a quote stands on the page."""
        found = next((p for q in self.quotes if (p := page.says(q))), None)
        if found is None:
            return None
        fact = found.fact(self.table, bound="exact", **self.fields)
        return Fact(**{**{f: getattr(fact, f) for f in fact.__dataclass_fields__}, "basis": "quoted"})


@dataclass(frozen=True)
class Judged:
    """A person's judgement, dated, or what another publisher (`by`) read; `absent` are phrases that must stay absent."""

    fact: Fact
    reason: str
    absent: tuple[str, ...]
    by: str | None = None


_OF: dict[str, set[str]] = {"judged": set(), "second_hand": {"by"}}  # what each says beside what both say


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _values(table: str, raw: dict[str, Any]) -> dict[str, Value]:
    """TOML values as the contract has them: amounts are exact, given as a number or as text; "" is null."""
    columns = TABLES[table].by_name

    def exact(name: str, value: Any) -> Value:
        if name in columns and columns[name].kind == "amount":
            return Decimal(str(value))
        if not isinstance(value, str | bool | date):
            raise ValueError(f"{table}.{name}: {value!r} is of the wrong type")
        return value

    return {k: exact(k, v) for k, v in raw.items() if v != ""}


def _check(entry: dict[str, Any], name: str, allowed: set[str]) -> None:
    if extra := entry.keys() - allowed:
        raise ValueError(f"{name}/statements.toml: unknown keys {', '.join(sorted(extra))} in {entry}")


@dataclass(frozen=True, slots=True)
class Names:
    """What people call a vendor in a sentence and over a column, its products besides the first beside the vendor's name,
    and those whose name alone (`full`) is not the two together."""

    vendor: str
    title: str
    products: Mapping[str, str]
    full: Mapping[str, str]


@cache
def names(name: str) -> Names:
    """The names of a vendor's file; a vendor that gives none, and an unknown one, keeps its short name."""
    given = settings(name).get("names", {}) if name in VENDORS else {}
    short = str(given.get("vendor", name))
    return Names(short, str(given.get("title", short)), given.get("products", {}), given.get("full", {}))


@cache
def month_hours(name: str) -> int:
    """How many hours a vendor's month has: what its pages state (`month_hours`), or a twelfth of a year."""
    return int(settings(name).get("month_hours", 730))


@cache
def quoted(name: str) -> tuple[Quoted, ...]:
    """A vendor's quoted facts. Raises ValueError for an entry that does not fit the contract."""
    out = []
    for entry in stated(name).get("quoted", []):
        _check(entry, name, {"table", "key", "values", "url", "quote", "why"})
        out.append(
            Quoted(
                entry["table"],
                _values(entry["table"], {**entry.get("key", {}), **entry.get("values", {})}),
                tuple(canonical(u) for u in _texts(entry["url"])),
                _texts(entry["quote"]),
            )
        )
    return tuple(out)


@cache
def judged(name: str) -> tuple[Judged, ...]:
    """A vendor's judgements, and what others read. Raises ValueError for an entry that does not fit the contract."""
    out = []
    for basis, entry in ((b, e) for b in UNCAPTURED for e in stated(name).get(b, [])):
        _check(entry, name, {"table", "key", "values", "url", "on", "reason", "absent"} | _OF[basis])
        if missing := _OF[basis] - entry.keys():
            raise ValueError(f"{name}/statements.toml: {basis} {entry['table']} does not say {', '.join(missing)}")
        spec = TABLES[entry["table"]]
        given = _values(entry["table"], {**entry.get("key", {}), **entry.get("values", {})})
        row: dict[str, Value] = {
            "vendor": name,
            **spec.blank,
            "product": PRODUCTS[name][0],
            **dict.fromkeys(spec.values),
            **given,
        }
        for column in (*spec.key, *spec.values):
            if objection := spec.by_name[column].objection(row[column]):
                raise ValueError(f"{name}/statements.toml: {basis} {entry['table']}: {objection}")
        if row["product"] not in PRODUCTS[name]:
            raise ValueError(
                f"{name}/statements.toml: {basis} {entry['table']}: there is no product {row['product']!r}"
            )
        fact = Fact(
            entry["table"], name, {k: str(row[k]) for k in spec.key[1:]}, {k: row[k] for k in spec.values},
            basis, entry["url"], None, None, entry["on"],
        )  # fmt: skip
        out.append(Judged(fact, entry["reason"], _texts(entry.get("absent", ())), entry.get("by")))
    return tuple(out)


def read_quoted(page: Page) -> tuple[list[Fact], list[tuple[str, str, str | None]]]:
    """Quoted facts that stand on the page, and (kind, message, nearest) for those that do not or contradict each other."""
    here = canonical(page.source_url)
    facts: dict[tuple[object, ...], Fact] = {}
    lost: dict[tuple[object, ...], Quoted] = {}
    troubles: list[tuple[str, str, str | None]] = []
    for entry in quoted(page.vendor):
        if here not in entry.urls:
            continue
        key: tuple[object, ...] = (
            entry.table,
            *(str(v) for k, v in sorted(entry.fields.items()) if k in TABLES[entry.table].key),
        )
        try:
            fact = entry.on(page)
        except ReadError as e:
            troubles.append(("invalid", f"quoted {entry.table}: {e}", None))
            continue
        if fact is None:
            lost.setdefault(key, entry)
        elif key in facts and facts[key].values != fact.values:
            troubles.append(
                ("conflict", f"{fact.table}: the page says both {facts[key].quote!r} and {fact.quote!r}", None)
            )
        else:
            facts[key] = fact
    conflicting = {k for k in facts if any(t[0] == "conflict" and repr(facts[k].quote) in t[1] for t in troubles)}
    for lost_key, entry in lost.items():
        if lost_key not in facts and page.capture.complete:  # what is missing from an excerpt is not lost
            message = f"{entry.table} {' '.join(map(str, lost_key[1:]))}: no longer found: {entry.quotes[0]!r}"
            found = page.candidates(tokens(entry.quotes[0]))
            troubles.append(("lost_quote", or_now(message, found[1:]), found[0] if found else None))
    return [f for k, f in facts.items() if k not in conflicting], troubles


def appeared(page: Page) -> list[str]:
    """Messages for phrases that a judgement rests on being absent from this page, and that stand on it."""
    here = canonical(page.source_url)
    return [
        f"{j.fact.table} was judged on {j.fact.verified_on} ({j.reason}), but the page now says {phrase!r}"
        for j in judged(page.vendor)
        if canonical(j.fact.source_url) == here
        for phrase in j.absent
        if page.says(phrase, whole_words=False)
    ]
