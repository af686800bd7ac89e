"""The comparison page: vendors × rows as of the last day in plain HTML, and every other day as data for its script."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandsnap.publish.site import cells
from sandsnap.publish.site.cells import Cell, Item, Version
from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.marks import MARKS, Mark
from sandsnap.publish.site.sentences import Said
from sandsnap.publish.site.spans import Fact, Record, Span
from sandsnap.record.coverage import ROWS
from sandsnap.vendors import VENDORS
from schemas.vocabulary import UNCAPTURED

# What a row means, in a line under its name.
TOLD = {
    "prices": "List prices, per hour where they are by time",
    "allowances": "What is free, and in which plan",
    "isolation": "What stands between one sandbox and the next",
    "cold_starts": "As each vendor says; they do not measure the same thing",
    "gpus": "In sandboxes, not elsewhere on the platform",
    "persistence": "What survives when a sandbox stops",
    "limits": "How long one may run, and what ends it",
    "sdks": "What the vendor itself maintains",
    "self_hosting": "On servers of your own",
    "positioning": "In the vendor's own words",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell of the page: `evidence` is one list of (item, fact) per sentence, `captures` the stored pages that they
    were last read from: address, sha256, day."""

    id: str
    vendor: str
    table: str
    row: str
    said: Said | None
    mark: Mark | None
    evidence: tuple[tuple[str, tuple[tuple[Item, Fact], ...]], ...]
    captures: tuple[tuple[str, str, date], ...]


def pages(context: Context) -> Iterator[File]:
    """index.html and the script with the other days."""
    record = context.record
    versions = cells.versions(record, VENDORS, tuple(ROWS.values()))
    rows = [
        (row, table, TOLD[table], [shown(record, (v, table), row, versions[v, table]) for v in VENDORS])
        for row, table in ROWS.items()
    ]
    held = [c for _, _, _, own in rows for c in own if c.mark is not None]
    counts = {name: sum(c.mark is not None and c.mark.name == name for c in held) for name in MARKS}
    yield context.page(
        "index.html", "comparison.html.j2", "comparison", rows=rows, vendors=VENDORS, marks=MARKS, counts=counts,
        cells=[c for _, _, _, own in rows for c in own],
    )  # fmt: skip
    data = json.dumps(history(record, versions), ensure_ascii=True, separators=(",", ":"))
    yield "data/history.js", f"window.sandsnapHistory={data};\n"


def shown(record: Record, cell: Cell, row: str, versions: list[Version]) -> Shown:
    """A cell as of the last day."""
    vendor, table = cell
    last = versions[-1] if versions else None
    said, mark = cells.today(record, cell, last)
    evidence = tuple((s.text, _proofs(s.facts)) for s in (said.statements if said else ()))
    facts = [f for s in (said.statements if said else ()) for f in s.facts]
    captures = tuple(
        dict.fromkeys((f.span.source_url, f.capture, f.verified_on) for f in facts if f.capture is not None)
    )
    return Shown(f"{vendor}-{table}", vendor, table, row, said, mark, evidence, captures)


def _proofs(facts: Iterable[Fact]) -> tuple[tuple[Item, Fact], ...]:
    """One proof per sentence of a page: facts that rest on the same words in the same way are shown once."""
    out: dict[tuple[Any, ...], tuple[Item, Fact]] = {}
    for f in facts:
        item = cells.item(f.span)
        out.setdefault((item.link, item.quote, item.basis, item.since, item.before, f.verified_on, f.state), (item, f))
    return tuple(out.values())


def history(record: Record, versions: Mapping[Cell, list[Version]]) -> dict[str, Any]:
    """Every version of every cell, as the page's script takes it.

    days: [day, cells that say something else than before, of these by the vendor's change]. pages: addresses.
    verified: per reader the spans of days in a row with a good reading, [first, last] or [day]. spans: facts, each
    [what, quote, page, fragment, basis, since, before, capture, reader, judged on,
    spans of days on which it was not seen: [from, the first complete reading without it, until]].
    cells: per cell its versions, [start, kind, verdict, word, [[text, [span, …]], …], sentences left out].
    """
    used: dict[int, int] = {}
    spans: list[Span] = []
    addresses: dict[str, int] = {}
    days: dict[date, list[int]] = {}

    def place(span: Span) -> int:
        if span.number not in used:
            used[span.number] = len(spans)
            spans.append(span)
            addresses.setdefault(span.source_url, len(addresses))
        return used[span.number]

    out: dict[str, list[Any]] = {}
    for (vendor, table), found in versions.items():
        rows = out.setdefault(f"{vendor}-{table}", [])
        for v in found:
            said = [[s.text, [place(f.span) for f in s.facts]] for s in v.said.statements]
            rows.append([v.start.isoformat(), v.kind, v.said.verdict, v.said.word, said, v.said.more])
            if v.kind != "cited":
                count = days.setdefault(v.start, [0, 0])
                count[0] += 1
                count[1] += v.kind == "changed"
    readers = {s.reader for s in spans}
    return {
        "asOf": record.as_of.isoformat(),
        "days": [[d.isoformat(), *n] for d, n in sorted(days.items())],
        "pages": list(addresses),
        "verified": {str(r): _runs(record.good[r][0]) for r in sorted(readers & record.good.keys())},
        "spans": [_span(record, s, addresses) for s in spans],
        "cells": out,
    }


def _span(record: Record, span: Span, addresses: Mapping[str, int]) -> list[Any]:
    item = cells.item(span)
    unseen = [[day and day.isoformat() for day in days] for days in record.unseen.get(span.claim, ())]
    judged = (span.judged_on or span.start).isoformat() if span.basis in UNCAPTURED else None
    return [
        item.what, item.quote, addresses[span.source_url], item.link.removeprefix(span.source_url.partition("#")[0]),
        item.basis, item.since, item.before, span.capture if judged is None else None, span.reader, judged, unseen,
    ]  # fmt: skip


def _runs(days: Iterable[date]) -> list[list[str]]:
    """Days in a row as [first, last]: a page that is read well every day costs one entry, not one a day."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] <= timedelta(days=1):
            runs[-1] = [runs[-1][0], day]
        else:
            runs.append([day])
    return [[d.isoformat() for d in run] for run in runs]
