"""Facts and events as JSON documents: what a program gets. Amounts are exact decimal text, days are ISO 8601.

Shapes: openapi.py, which the tests hold these to.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.publish.site.changes import Told
from sandsnap.publish.site.spans import Fact, Span
from sandsnap.tell.measures import plain
from sandsnap.tell.model import Change, digest
from schemas import TABLES

Document = dict[str, Any]


def fact_id(span: Span) -> str:
    """Stable: of which fact it is, whatever it says."""
    return digest(span.vendor, span.product, span.table, *(str(span.values[n]) for n in TABLES[span.table].key[2:]))


def fact_path(span: Span) -> str:
    """Where a fact has its address, below the root of the API."""
    return f"facts/{fact_id(span)}.json"


def fact(found: Fact) -> Document:
    """A fact on a day."""
    span = found.span
    return {
        "id": fact_id(span), "url": fact_path(span), "vendor": span.vendor, "product": span.product, "table": span.table,
        "key": {n: _value(span.values[n]) for n in TABLES[span.table].key[2:]},
        "values": {n: _value(span.values.get(n)) for n in TABLES[span.table].values},
        "state": found.state, "basis": span.basis, "read_by": span.by, "source_url": span.source_url, "quote": span.quote,
        "capture": found.capture, "verified_on": found.verified_on.isoformat(), "valid_from": span.began.isoformat(),
        "not_before": _value(span.not_before),
    }  # fmt: skip


def spell(span: Span) -> Document:
    """What a fact said from a day on, up to another."""
    return {
        "valid_from": span.start.isoformat(), "valid_to": _value(span.end), "not_before": _value(span.not_before),
        "values": {n: _value(span.values.get(n)) for n in TABLES[span.table].values},
        "basis": span.basis, "source_url": span.source_url, "quote": span.quote, "capture": span.capture,
    }  # fmt: skip


def event(told: Told) -> Document:
    """An event without its changes."""
    e = told.event
    return {
        "id": e.event, "url": f"events/{e.event}.json", "vendor": e.vendor, "product": e.product, "kind": e.kind,
        "title": e.title, "day": e.day.isoformat(), "not_before": _value(e.not_before), "significance": e.significance,
        "confirmed": e.confirmed, "backfilled": e.backfilled, "notice": e.notice, "page": told.path,
    }  # fmt: skip


def change(found: Change) -> Document:
    """One value that moved, with the words on both sides."""
    key = dict(zip(TABLES[found.table].key[2:], found.key, strict=False))
    return {
        "id": found.id, "fact": digest(found.vendor, found.product, found.table, *found.key), "vendor": found.vendor,
        "product": found.product, "table": found.table, "key": key, "field": found.field, "kind": found.kind,
        "before": _value(found.before), "after": _value(found.after), "day": found.day.isoformat(),
        "not_before": _value(found.not_before), "source_url": found.source_url, "quote_before": found.quote_before,
        "quote_after": found.quote_after, "capture_before": found.capture_before, "capture_after": found.capture_after,
    }  # fmt: skip


def values(given: Mapping[str, Any]) -> Document:
    """A row as JSON has it."""
    return {name: _value(value) for name, value in given.items()}


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{plain(value):f}"
    return value
