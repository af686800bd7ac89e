"""What a decision rests on, as a short id: the same evidence has the same id on every day, other evidence another.

An id is eight consonants: it survives the recorder, which takes two issues as one when only their figures differ.
It stands in brackets before an issue's message, where `sandsnap review` finds it.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.model import Fact, Issue, matter
from schemas.vocabulary import TABLE_NAMES

Claim = tuple[str, tuple[str, str, tuple[str, ...]]]  # (reader, fact id)
Claims = Mapping[Claim, Fact]

_LETTERS = "bcdfghjkmnpqrstvwxz"
_LENGTH = 8
_MARK = re.compile(rf"\[([{_LETTERS}]{{{_LENGTH}}})\] ")
_NAMED = re.compile(r"(\w+) (.+?)(?: \((\d+) in all\))?(?:: | is not on the page; )")


def digest(*parts: object) -> str:
    """The id of a piece of evidence, from whatever text it is made of."""
    number = int.from_bytes(hashlib.sha256(json.dumps([str(p) for p in parts]).encode()).digest())
    out = ""
    for _ in range(_LENGTH):
        number, i = divmod(number, len(_LETTERS))
        out += _LETTERS[i]
    return out


def canonical(values: Mapping[str, Any]) -> str:
    """Values as one text, the same whether they come from a fact or from the warehouse's JSON."""
    return json.dumps({k: _plain(v) for k, v in sorted(values.items())})


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal | int | float):
        return format(Decimal(str(value)).normalize(), "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def key_text(fact: Fact) -> str:
    """The key without the vendor, as the warehouse's views write it: product / first key column / …"""
    product, *rest = fact.key.values()
    return " / ".join([product, *(rest or ["-"])])


def label(fact: Fact) -> str:
    """Which fact: table, product and key, as in the warehouse's own issues."""
    return f"{fact.table} {key_text(fact)}"


def of_facts(facts: Iterable[Fact]) -> str:
    """The id of what pages say: vendor, page, table, key, quote and values of each fact, in any order."""
    rows = (of_claim(f.vendor, f.source_url, f.table, key_text(f), f.quote, f.values) for f in facts)
    return digest(*sorted(set(rows)))


def of_claim(vendor: str, source_url: str, table: str, key: str, quote: str | None, values: Mapping[str, Any]) -> str:
    """The id of one claim, from its parts; `key` as `key_text` writes it."""
    return digest("claim", vendor, source_url, table, key, quote, canonical(values))


def of_absence(vendor: str, source_url: str, table: str, key: str, quote: str | None, values: Mapping[str, Any]) -> str:
    """The id of a claim that its page no longer makes."""
    return digest("absence", vendor, source_url, table, key, quote, canonical(values))


def of_issue(issue: Issue) -> str:
    """The id an issue carries, or one made from all it says."""
    if mark := _MARK.match(issue.message):
        return mark[1]
    return digest(
        "issue", issue.kind, issue.vendor, issue.source_url, issue.reader, matter(issue.message), issue.nearest
    )


def marked(ident: str, message: str) -> str:
    """The message with its id before it."""
    return f"[{ident}] {message}"


def unmarked(message: str) -> str:
    """The message without its id."""
    return _MARK.sub("", message, count=1)


def named(message: str) -> tuple[str, str, int] | None:
    """(table, product / key, how many facts) that a message is about, or None where it does not begin with a fact."""
    found = _NAMED.match(unmarked(message))
    return (found[1], found[2], int(found[3] or 1)) if found and found[1] in TABLE_NAMES else None
