"""Every value of a fact that moved from one day to the next, and the pages that both sides rest on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sandsnap.record.fold import Reader
from sandsnap.record.resolve.ends import ENDED
from sandsnap.record.resolve.freshness import DAY, cited_on, stated_on, verified
from sandsnap.record.resolve.kind import begun_on, kind_of
from sandsnap.record.resolve.model import Resolved, Source, Step
from sandsnap.record.timeline import Claim, text
from schemas import TABLES


def steps(rows: Sequence[Resolved]) -> Iterator[Step]:
    """Every value of a fact that moved, in order of days."""
    fields = TABLES[rows[0].claim.table].values if rows else ()
    last: Resolved | None = None
    before = denial = shown = None
    for row in rows:
        if last is not None and last.valid_to is not None and last.valid_to < row.valid_from:
            if before is not None:
                yield from _moved(fields, before, None, last.valid_to)
            before = None
        now, denial = (None, row) if row.denied else (row, None)
        if before is not None or now is not None:
            yield from _moved(fields, before, now, row.valid_from, shown=shown, denial=denial)
        last, before = row, now
        shown = now or shown
    if before is not None and before.valid_to is not None:
        yield from _moved(fields, before, None, before.valid_to)


def _moved(
    fields: tuple[str, ...], old: Resolved | None, new: Resolved | None, day: date, *, shown: Resolved | None = None,
    denial: Resolved | None = None,
) -> Iterator[Step]:  # fmt: skip
    """`shown`: what the tables showed last, however long ago."""
    kind, not_before = kind_of(old, new, day, again=shown is not None)
    if old is None and shown is not None and shown.ended_on is None and new is not None and new.ended_on is not None:
        kind, not_before = ENDED, None  # what stood comes back as ended: that is its end, and no return
    if denial is not None and old is not None:
        kind, not_before = "removed", verified(old.reader, old.claim, day - DAY)
    before = old.values if old else (None,) * len(fields)
    after = new.values if new else (None,) * len(fields)
    pairs = [(n, text(a), text(b)) for n, a, b in zip(fields, before, after, strict=True)]
    moved = [p for p in pairs if p[1] != p[2]]
    if not moved and (old is None) != (new is None):
        moved = [("*", None, None)]  # the row is there, and no value of it
    if old is not None and new is not None and (old.ended_on is None) != (new.ended_on is None):
        said = ("current", ENDED) if new.ended_on else (ENDED, "current")
        if all(p[0] != "status" for p in moved):
            moved.append(("state", *said))
    elif new is not None and old is None and new.ended_on is not None and new.claim.table not in ("gpus", "notices"):
        moved.append(("state", None, ENDED))
    began = begun_on(new, day) if old is None and new is not None else []
    for name, left, right in moved:
        was = _rests_on(old, name, day - DAY) if old else None
        now = _rests_on(new, name, day, began) if new else _rests_on(denial, name, day) if denial else None
        if was and now and was.claim is now.claim and stated_on(was.claim, was.day) is stated_on(now.claim, now.day):
            # The calendar moved it, maybe on a day to come: it rests on what was first said, however often it is read again.
            was, now = (replace(side, day=side.citation.day) for side in (was, now))
        yield Step(day, not_before, kind, name, left, right, was, now, new is None)


def _rests_on(row: Resolved, column: str, day: date, began: Sequence[tuple[Reader, Claim]] = ()) -> Source:
    """The claim that a row's value comes from; where the row appears because another page `began` to say so, that page's."""
    number, fields = row.sources.get(column), TABLES[row.claim.table].values
    reader, claim = row.reader, row.claim
    if number is not None:
        reader, claim = next((r, c) for r, c in row.others if c.id == number)
    elif began and all(c.id != claim.id for _, c in began):
        at = fields.index(column) if column in fields else None
        for r, c in began:
            stated = stated_on(c, day)
            if stated is not None and (at is None or stated.values[at] == row.values[at]):
                reader, claim = r, c
                break
    return Source(reader, claim, row.citation if claim is row.claim else cited_on(claim, day), day)
