"""The files of the API. An address stays: of a fact by which fact it is, of an event by what happened, of a day by the day.

A day has files only where the vendor's pages said something else than the day before; `on/index.json` says which.
"""

import json
from collections.abc import Iterator
from typing import Any

from sandsnap.publish.export.tables import edition
from sandsnap.publish.site.api.documents import Document, change, event, fact, fact_id, fact_path, spell
from sandsnap.publish.site.api.openapi import openapi
from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.spans import Fact, Span
from sandsnap.tell import words
from sandsnap.vendors import PRODUCTS
from schemas import TABLES

ROOT = "api/v1"  # of the API; the contract's version stands in every document


def pages(context: Context) -> Iterator[File]:
    """api/v1/*."""
    contract = edition(context.con).contract_text
    head = {"contract": contract, "facts_as_of": context.read_on.isoformat()}

    def file(path: str, document: Document) -> File:
        return f"{ROOT}/{path}", json.dumps(head | document, ensure_ascii=False, separators=(",", ":")) + "\n"

    told = [t for t in context.changes if t.event.confirmed]
    by = {v: [f for f in context.today if f.span.vendor == v] for v in context.vendors}
    yield f"{ROOT}/openapi.json", json.dumps(openapi(context.url, ROOT, contract), ensure_ascii=False, indent=1) + "\n"
    yield file("vendors.json", {"vendors": [_vendor(v, len(by[v])) for v in context.vendors]})
    for vendor in context.vendors:
        tables = {t: [fact(f) for f in by[vendor] if f.span.table == t] for t in TABLES}
        own = [event(t) for t in told if t.event.vendor == vendor]
        yield file(f"vendors/{vendor}.json", _vendor(vendor, len(by[vendor])) | {"tables": tables, "events": own})
    for table in TABLES:
        yield file(
            f"tables/{table}.json", {"table": table, "facts": [fact(f) for f in context.today if f.span.table == table]}
        )
    yield file("events.json", {"events": [event(t) for t in told]})
    for t in told:
        yield file(f"events/{t.event.event}.json", event(t) | {"changes": [change(c) for c in t.event.members]})
    yield from (file(path, document) for path, document in _facts(context))
    yield from (file(path, document) for path, document in _days(context))


def _vendor(name: str, facts: int) -> Document:
    return {
        "id": name, "name": words.company(name), "products": list(PRODUCTS[name]), "facts": facts, "url": f"vendors/{name}.json",
        "page": f"vendors/{name}.html",
    }  # fmt: skip


def _facts(context: Context) -> Iterator[tuple[str, Document]]:
    """Every fact that ever stood: as it stands, if it does, and all it has said."""
    spells: dict[str, list[Span]] = {}
    for span in context.record.spans:
        spells.setdefault(fact_id(span), []).append(span)
    standing = {fact_id(f.span): f for f in context.today}
    for id, own in spells.items():
        last = own[-1]
        said = sorted(own, key=lambda s: s.start)
        now = fact(standing[id]) if id in standing else fact(Fact(last, last.start, last.capture)) | {"state": "gone"}
        yield fact_path(last), now | {"history": [spell(s) for s in said]}


def _days(context: Context) -> Iterator[tuple[str, Document]]:
    """The days on which a vendor's table said something else than the day before, with what it said then."""
    index: dict[str, dict[str, list[str]]] = {}
    stood: dict[tuple[str, str], Any] = {}
    for day in context.record.days:
        groups: dict[tuple[str, str], list[Span]] = {}
        for span in context.record.standing(day):
            groups.setdefault((span.vendor, span.table), []).append(span)
        on = day.isoformat()
        for vendor, table in sorted(groups.keys() | stood.keys()):
            own = groups.get((vendor, table), [])
            said = {(fact_id(s), tuple(sorted((k, str(v)) for k, v in s.values.items()))) for s in own}
            if said == stood.get((vendor, table), set()):
                continue
            stood[vendor, table] = said
            index.setdefault(on, {}).setdefault(vendor, []).append(table)
            facts = [fact(context.record.fact(s, day)) for s in own]
            yield f"on/{on}/{vendor}/{table}.json", {"day": on, "vendor": vendor, "table": table, "facts": facts}
    for on, changed in index.items():
        own_events = [event(t) for t in context.changes if t.event.confirmed and t.event.day.isoformat() == on]
        yield f"on/{on}/index.json", {"day": on, "changed": changed, "events": own_events}
    yield "on/index.json", {"days": index}
