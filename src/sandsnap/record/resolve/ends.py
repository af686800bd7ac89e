"""What ends a thing, and what is left of a fact from that day on."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sandsnap.model import Value
from sandsnap.record.fold import Reader
from sandsnap.record.layout import key_columns
from sandsnap.record.resolve.model import Key, Resolved
from sandsnap.record.timeline import VENDOR, Claim
from schemas import TABLES

ENDED = "ended"


def turns(claim: Claim) -> Iterator[date]:
    """The day on which a notice that still stands takes effect."""
    if claim.table == "notices":
        at = TABLES["notices"].values.index("effective_on")
        for i in claim.intervals:
            day = i.values[at]
            if isinstance(day, date) and i.valid_from < day and (i.valid_to is None or day < i.valid_to):
                yield day


def effective(fields: tuple[str, ...], values: list[Value], day: date) -> list[Value]:
    effective, status = values[fields.index("effective_on")], fields.index("status")
    if values[status] == "announced" and isinstance(effective, date) and effective <= day:
        values[status] = "effective"
    return values


def end_days(by_key: Mapping[Key, Sequence[tuple[Reader, Claim]]]) -> dict[Key, tuple[date, ...]]:
    """By key, the days on which something that the vendor announced, or that a person judged, ended the thing.

    An announcement counts if it still stood on the day before: one that was withdrawn by then ended nothing.
    """
    out: dict[Key, set[date]] = {}
    for (table, key), claims in by_key.items():
        product, *rest = key
        if table not in ("gpus", "notices") or (table == "notices" and rest[1] != "end_of_life"):
            continue
        names = TABLES[table].values
        for _, claim in claims:
            for i in claim.intervals:
                said = dict(zip(names, i.values, strict=True))
                stated = said["ends_on"] if table == "gpus" else said["effective_on"]
                day = stated if isinstance(stated, date) else None
                if said["status"] == "withdrawn" or (table == "gpus" and said["status"] not in ("ending", ENDED)):
                    continue
                if table == "gpus" and said["status"] == ENDED:
                    day = day or i.valid_from
                elif day is None or i.valid_from >= day or (i.valid_to is not None and i.valid_to < day):
                    continue
                thing = "gpu" if rest[0] in ("none", "gpu") else _snake(rest[0])
                for other in by_key:
                    if other[1][0] == product and other != (table, key) and _names(thing, other):
                        out.setdefault(other, set()).add(day)
                if table == "gpus" and rest[0] != "none":
                    out.setdefault((table, key), set()).add(day)
    return {key: tuple(sorted(days)) for key, days in out.items()}


def _names(thing: str, key: Key) -> bool:
    """Whether the thing that ends is what the fact is about."""
    table, parts = key
    if table == "notices" or (table == "gpus" and parts[1] == "none"):
        return False
    named = dict(zip(key_columns(TABLES[table]), parts, strict=True))
    if thing == "gpu":
        return table == "gpus" or named.get("meter") == "gpu"
    return any(_snake(v) == thing for c, v in named.items() if c not in ("product", "meter", "offer"))


def _snake(name: str) -> str:
    return name.lower().replace("-", "_")


def ended(
    row: Resolved | None, last: Resolved | None, ends: Sequence[date], day: date, until: date | None
) -> Resolved | None:
    """The row as the ends leave it: what has ended stays, as ended, until the vendor offers it anew."""
    at = bisect_right(ends, day)
    if not at:
        return row
    end = ends[at - 1]
    if row is None:
        # The page dropped it on its day or after: that is the end, not a removal.
        if last is None or (last.ended_on is None and last.valid_to != day):
            return None
        if last.ended_on is None and end != day:
            return None
        row = replace(last, valid_from=day, valid_to=until)
    elif row.since > end and row.cause == VENDOR:
        return row
    fields = TABLES[row.claim.table].values
    values = list(row.values)
    if row.claim.table == "gpus":
        values[fields.index("status")] = ENDED
    # What has ended once ends no second time, whoever says so later.
    goes_on = last is not None and last.ended_on is not None and last.valid_to == day
    return replace(row, values=tuple(values), ended_on=last.ended_on if last is not None and goes_on else end)
