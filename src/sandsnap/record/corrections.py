"""What a replay changed about days that were recorded before."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sandsnap.record.fold import Reader
from sandsnap.record.load import Loaded
from sandsnap.record.rows import Rows
from sandsnap.record.timeline import BACKFILL, FIELDS, Claim, differing, summary, text


def corrections(
    loaded: Loaded, now: Rows, of_claim: Mapping[int, tuple[Reader, Claim]], at: datetime, cause: str
) -> Iterable[tuple[Any, ...]]:
    """What a replay changed about days that were recorded before: one row per field and span of days."""
    if loaded.last_day is None:
        return
    idents = {claim: (reader, ident) for (reader, ident), claim in loaded.former.items()}
    idents |= {i: (r.id, (c.source_url, c.table, c.key)) for i, (r, c) in of_claim.items()}
    old_spans, new_spans = _spans(loaded.stored["claims"]), _spans(now)
    for claim_id in sorted(old_spans.keys() | new_spans.keys()):
        old, new = old_spans.get(claim_id, []), new_spans.get(claim_id, [])
        if old == new:
            continue
        reader, (_, table, key) = idents[claim_id]
        for start, stop, before, after in _overlap(old, new, loaded.last_day):
            if before is None and cause == BACKFILL:
                continue  # days that nobody had read before: nothing wrong was ever shown
            shown_from = loaded.known_from.get((claim_id, before[0])) if before else None
            for name, left, right in _differences(table, before, after):
                yield (
                    at, cause, reader, claim_id, table, key[0], " / ".join(key[1:]) or "-", name, left, right,
                    start, stop, shown_from, before[3] if before else None, after[3] if after else None,
                )  # fmt: skip


Span = tuple[date, date | None, tuple[Any, ...], str | None]


def _spans(facts: Rows) -> dict[int, list[Span]]:
    out: dict[int, list[Span]] = {}
    for (claim, start), (stop, values, _, quote, _) in sorted(facts.items()):
        out.setdefault(claim, []).append((start, stop, values, quote))
    return out


def _overlap(
    old: list[Span], new: list[Span], last_day: date
) -> Iterable[tuple[date, date | None, Span | None, Span | None]]:
    """Spans of days, up to last_day, on which two timelines disagree; neighbours with the same values are one."""
    far = date.max
    edges = sorted({d for s in (*old, *new) for d in (s[0], s[1] or far) if d <= last_day} | {far})
    pending: tuple[date, date, Span | None, Span | None] | None = None
    for start, stop in pairwise(edges):
        before = next((s for s in old if s[0] <= start < (s[1] or far)), None)
        after = next((s for s in new if s[0] <= start < (s[1] or far)), None)
        if (before and before[2]) == (after and after[2]):
            continue
        if pending and pending[1] == start and pending[2:] == (before, after):
            pending = (pending[0], stop, before, after)
            continue
        if pending:
            yield pending[0], None if pending[1] == far else pending[1], *pending[2:]
        pending = (start, stop, before, after)
    if pending:
        yield pending[0], None if pending[1] == far else pending[1], *pending[2:]


def _differences(table: str, before: Span | None, after: Span | None) -> Iterable[tuple[str, str | None, str | None]]:
    fields = FIELDS[table]
    if before and after:
        yield from ((f, text(a), text(b)) for f, a, b in differing(fields, before[2], after[2]))
        return
    yield (
        "*",
        summary(fields, before[2]) if before else None,
        summary(fields, after[2]) if after else None,
    )
