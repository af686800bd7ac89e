"""What every cell said on every day, as scripts: one per vendor, loaded when somebody opens a cell or picks a day.

A script and not JSON that the page would fetch: that is refused from file://.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sandsnap.publish.site import cells
from sandsnap.publish.site.cells import Version
from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.marks import MARKS
from sandsnap.publish.site.spans import Record, Span
from schemas.vocabulary import UNCAPTURED


def pages(context: Context) -> Iterator[File]:
    """data/days.js, and data/history/<vendor>.js."""
    versions = context.versions
    days: dict[date, list[int]] = {}
    for found in versions.values():
        for v in found:
            if v.kind != "cited":
                count = days.setdefault(v.start, [0, 0])
                count[0] += 1
                count[1] += v.kind == "changed"
    told = {
        "asOf": context.as_of.isoformat(),
        "days": [[d.isoformat(), *n] for d, n in sorted(days.items())],
        "fresh": dict(context.record.fresh_days),
        "marks": {name: word for name, (word, _) in MARKS.items()},
    }
    yield "data/days.js", f"window.sandsnapDays={_json(told)};\n"
    for vendor in context.vendors:
        own = {table: found for (v, table), found in versions.items() if v == vendor}
        data = _json(vendor_history(context, vendor, own))
        yield f"data/history/{vendor}.js", f'(window.sandsnapHistory??={{}})["{vendor}"]={data};\n'


def vendor_history(context: Context, vendor: str, versions: Mapping[str, list[Version]]) -> dict[str, Any]:
    """A vendor's cells as compare.js takes them.

    pages: addresses. verified: per reader the spans of days in a row with a good reading, [first, last] or [day].
    spans: facts, each {what, quote, page, at (fragment), basis, says (basis in words), since, before, capture, reader,
    judged, by, table, unseen: [[from, first complete reading without it, until]], waits: [[state, reason, since,
    until]], ended, rivals: [[text, link, address]], beside: [[text, quote, link, address, mark, its words]], origin: [who made
    the copy, link]}; what is null or empty is left out. cells: per table the versions,
    [start, kind, verdict, word, headline, note, [span of the headline], [[text, [span]]]]. measured: what others measured
    of its starts, by the day from which it was the last, [day, product, figure, the rest of the line, address].
    """
    record = context.record
    used: dict[int, int] = {}
    spans: list[Span] = []
    addresses: dict[str, int] = {}

    def place(span: Span) -> int:
        if span.number not in used:
            used[span.number] = len(spans)
            spans.append(span)
            addresses.setdefault(span.source_url, len(addresses))
        return used[span.number]

    out: dict[str, list[Any]] = {}
    for table, found in versions.items():
        rows = out.setdefault(table, [])
        for v in found:
            head = v.said.head
            said = [[s.text, [place(f.span) for f in s.facts]] for s in v.said.statements]
            lead = [place(f.span) for f in head.facts] if head else []
            rows.append(
                [
                    v.start.isoformat(),
                    v.kind,
                    v.said.verdict,
                    v.said.word,
                    head and head.text,
                    head and head.note,
                    lead,
                    said,
                ]
            )
    # A reader's number has 64 bits, a script's only 53: it is told by its place.
    readers = {r: n for n, r in enumerate(sorted({s.reader for s in spans}))}
    return {
        "pages": list(addresses),
        "verified": {str(n): _runs(record.good[r][0]) for r, n in readers.items() if r in record.good},
        "spans": [_span(record, s, addresses) | {"reader": readers[s.reader]} for s in spans],
        "cells": out,
        "measured": [
            [day.isoformat(), m.product, m.figure, m.rest, m.url] for day, m in context.measured_days.get(vendor, ())
        ],
    }


def _span(record: Record, span: Span, addresses: Mapping[str, int]) -> dict[str, Any]:
    item = cells.item(span)
    judged = (span.judged_on or span.start).isoformat() if span.basis in UNCAPTURED else None
    unseen = [[d and d.isoformat() for d in days] for days in record.unseen.get(span.claim, ())]
    waits = [
        [state, reason, since.isoformat(), until and until.isoformat()]
        for state, reason, since, until in record.waiting.get(span.claim, ())
    ]
    made: dict[str, Any] = {
        "what": item.what, "quote": item.quote, "page": addresses[span.source_url],
        "at": item.link.removeprefix(span.source_url.partition("#")[0]), "basis": span.basis, "says": item.basis,
        "since": item.since, "before": item.before, "capture": span.capture if judged is None else None,
        "judged": judged, "by": span.by, "table": span.table, "unseen": unseen, "waits": waits,
        "ended": span.ended_on and span.ended_on.isoformat(),
        "beside": [[b.text, b.quote, b.link, b.url, b.mark.name, b.mark.word] for b in cells.beside(record, span)],
        "origin": cells.origin(record, span.capture) if judged is None else None,
        "rivals": [[r.text, r.link, r.url] for r in cells.rivals(record, span)],
    }  # fmt: skip
    return {k: v for k, v in made.items() if v not in (None, [])}


def _runs(days: Iterable[date]) -> list[list[str]]:
    """Days in a row as [first, last]: a page that is read well every day costs one entry, not one a day."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] <= timedelta(days=1):
            runs[-1] = [runs[-1][0], day]
        else:
            runs.append([day])
    return [[d.isoformat() for d in run] for run in runs]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))
