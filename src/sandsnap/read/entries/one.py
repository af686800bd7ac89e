"""What several statements of one reader say of one key, as one fact."""

from bisect import insort
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read.errors import Ambiguous

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_RATE = {"usd": None, "unit": None}


def agreeing(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once, of the wordings of one entry. Raises Ambiguous where two differ."""
    seen: dict[object, Fact] = {}
    for fact in facts:
        first = seen.setdefault(fact.id, fact)
        if first.values != fact.values:
            raise Ambiguous(f"the page says both {first.quote!r} and {fact.quote!r}")
        if first.refused and not fact.refused:
            seen[fact.id] = fact
    return list(seen.values())


def joined(facts: Iterable[Fact], parts: Iterable[Fact], alone: Iterable[Fact] = ()) -> list[Fact]:
    """The facts of a reader's entries, with what the `parts` of the same key add to them; so do those that may stand `alone`,
    which are facts where there is none to add to. A price that is given in two units of time is that in the finer one, and
    Ambiguous where the other is not its multiple; any other two that differ stay two, a conflict of the page's."""
    # A page may say one thing a thousand times: each is compared with its own key only, by unit of time.
    slots: list[list[Fact]] = []
    keys: dict[object, dict[int | None, list[int]]] = {}
    for fact in facts:
        places, seconds = keys.setdefault(fact.id, {}), _seconds(fact)
        at = min((known[0] for s, known in places.items() if s != seconds and known), default=None)
        if at is None:
            places.setdefault(seconds, []).append(len(slots))
            slots.append([fact])
        else:
            places[_seconds(slots[at][0])].pop(0)
            slots[at] = [_finer(slots[at][0], fact)]
            insort(places.setdefault(_seconds(slots[at][0]), []), at)
    alone = list(alone)
    for part in (*parts, *alone):
        wholes = sorted(i for places in keys.get(part.id, {}).values() for i in places)
        other = ((i, j) for i in wholes for j, f in enumerate(slots[i]) if f.values != part.values)
        if (found := next(other, None)) is not None:
            i, j = found
            slots[i][j : j + 1] = _with(slots[i][j], part)
    out = [f for slot in slots for f in slot]
    return [*out, *agreeing(f for f in alone if f.id not in keys)]


def _finer(one: Fact, other: Fact) -> Fact:
    fine, coarse = sorted((one, other), key=lambda f: _seconds(f) or 0)
    a, b = _seconds(fine), _seconds(coarse)
    if a and b and {**fine.values, **_RATE} == {**coarse.values, **_RATE}:
        usd = Decimal(str(coarse.values["usd"]))
        if (Decimal(str(fine.values["usd"])) * b / a).quantize(usd) == usd:
            return fine
    raise Ambiguous(f"the page says both {fine.quote!r} and {coarse.quote!r}")


def _seconds(fact: Fact) -> int | None:
    """The seconds of the time that a price is per; None for what is no price per second, minute or hour."""
    return _SECONDS.get(str(fact.values.get("unit")).rpartition("_")[2]) if fact.table == "prices" else None


def _with(whole: Fact, part: Fact) -> list[Fact]:
    """A fact with the values that a part of it adds; both where they differ."""
    values = {k: part.values[k] if v is None else v for k, v in whole.values.items()}
    if any(v is not None and v != values[k] for k, v in part.values.items()):
        return [whole, part]
    if values == whole.values:
        return [whole]
    quote = whole.quote if part.quote in (whole.quote, None) else f"{whole.quote} | {part.quote}"
    return [replace(whole, values=values, quote=quote, refused=whole.refused or part.refused)]
