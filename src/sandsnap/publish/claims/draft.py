"""A first bindings file for a page: for each unbound figure the fact that it is most likely about, to be put right by hand.

A guess rests on what is around the figure (the vendor, the plan, the words for a meter or a limit, the unit); that the
figure is the fact's is one sign among others, so that a wrong figure is bound to the fact which shows that it is wrong.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandsnap.publish.claims.facts import TABLES, Claim, NoFigure, figure, said
from sandsnap.publish.claims.lookup import Groups
from sandsnap.publish.claims.page import Published
from sandsnap.publish.claims.places import UNBOUND, Place, columns
from sandsnap.read.phrases import Phrase
from sandsnap.tell.phrases import data as wording
from sandsnap.vendors import PRODUCTS

LEAST = 2.0  # what a guess must be worth
_TIMES = {"second": r"s|sec|secs|seconds?", "minute": r"m|min|mins|minutes?", "hour": r"h|hr|hrs|hours?",
          "day": r"d|days?", "month": r"mo|months?"}  # fmt: skip
_APART = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """A phrase of the page, the expression it is taken to rest on (None: no idea), and what the fact says."""

    place: Place
    phrase: str
    expression: str | None
    fact: str
    score: float


def guesses(page: Published, found: Sequence[Place], facts: Mapping[str, Groups]) -> list[Guess]:
    """A guess for every unbound figure, in the page's order."""
    out = []
    for place in found:
        for amount in place.amounts if place.state == UNBOUND else ():
            phrase = _phrase(page, place, amount)
            best = max(_candidates(place, amount, facts), key=lambda c: c[0], default=(0.0, "", ""))
            known = best[0] >= LEAST
            out.append(Guess(place, phrase, best[1] if known else None, best[2] if known else "", best[0]))
    return out


def toml(name: str, page: Published, found: Sequence[Guess]) -> str:
    """The guesses as a bindings file."""
    heads = columns(page)
    cells = [g for g in found if g.place.row is not None and g.place.vendor in heads]
    rest = [g for g in found if g not in cells]
    out = [f"# Drafted for {name}: a guess per figure. Put it right, then: sandsnap check PAGE --bindings THIS"]
    if cells:
        out += ["", "[vendors]", *(f"{v} = {_string(text)}" for v, text in heads.items()), "", "[rows]"]
        out += [f"{_string(row)} = []" for row in dict.fromkeys(g.place.row or "" for g in cells)]
        for vendor, row in dict.fromkeys((g.place.vendor, g.place.row) for g in cells):
            out += ["", f"[cells.{vendor}.{_string(row or '')}]"]
            out += _entries(g for g in cells if (g.place.vendor, g.place.row) == (vendor, row))
    if rest:
        out += ["", "[sentences]", *_entries(iter(rest))]
    return "\n".join(out) + "\n"


def _entries(own: Iterator[Guess]) -> Iterator[str]:
    done: set[str] = set()
    for g in own:
        if g.phrase in done:
            continue
        done.add(g.phrase)
        if g.expression is None:
            yield f"# {_string(g.phrase)} = ''   # no fact fits: {g.place.where}"
            continue
        yield f"# the fact: {g.fact}"
        yield f"{_string(g.phrase)} = '{g.expression}'"


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _phrase(page: Published, place: Place, amount: Phrase) -> str:
    """The figure with as many words around it as it takes to stand once."""
    start, end = amount.start, amount.end
    text = place.text

    def often(phrase: str) -> int:
        return text.count(phrase) if place.row is not None else page.count(phrase)

    while often(text[start:end]) > 1 and end - start < 100 and (start > 0 or end < len(text)):
        left, right = text.rfind(" ", 0, max(start - 1, 0)), text.find(" ", end + 1)
        start, end = (left + 1 if left >= 0 else 0), (right if right >= 0 else len(text))
    return text[start:end].strip()


def _candidates(place: Place, amount: Phrase, facts: Mapping[str, Groups]) -> Iterator[tuple[float, str, str]]:
    if place.vendor is None or not amount.numbers:
        return
    context = f"{place.row or ''} {place.text}".lower()
    value = amount.numbers[-1]
    around = context[len(place.row or "") + 1 :][max(0, amount.start - 40) : amount.end + 40]
    for (product, table, _), claims in facts[place.vendor].items():
        claim = claims[0]
        for name in _figures(claim, amount, place.text[amount.end : amount.end + 12]):
            try:
                stated = figure(claim, name)
            except NoFigure:
                continue
            if not isinstance(stated, Decimal) or not stated.is_finite():
                continue
            score = _score(claim, context, around) + (4.0 if stated == value else 2.0 if _near(stated, value) else 0.0)
            score -= 2.0 if claim.columns.get("offer", "list") != "list" else 0.0
            score -= 0.5 if product != PRODUCTS[place.vendor][0] else 0.0
            sign = "≈" if re.search(r"[~≈]|about|around|approx", around) else "=="
            yield score, f"{_named(claim, table, product)}.{name} {sign} {value:f}", said(claim, name, stated)


def _near(stated: Decimal, value: Decimal) -> bool:
    return bool(stated) and abs(stated - value) <= abs(stated) / 20


def _score(claim: Claim, context: str, around: str) -> float:
    plan = str(claim.columns.get("plan", "any"))
    score = 0.5 if plan == "any" else 2.0 if plan.replace("_", " ") in context else 0.0
    unit = str(claim.columns.get("unit", ""))
    score += 1.5 if "_" in unit and all(w in around for w in unit.split("_")) else 0.0
    if re.search(r"\b(?:at most|up to|maximum|max|longest)\b", context):
        score += 1.0 if str(claim.columns.get("limit", "")).endswith("_max") else 0.0
    score += 1.0 if plan != "any" and plan.replace("_", " ") in around else 0.0
    nouns: Mapping[str, str] = wording()["noun"]
    for column in ("meter", "sku", "limit", "allowance", "operation", "model", "period"):
        word = claim.columns.get(column)
        if not isinstance(word, str) or word == "-":
            continue
        words = {
            w
            for w in _APART.split(f"{word} {nouns.get(word, '')}".lower())
            if len(w) > 2 and w not in ("max", "the", "sandbox")
        }
        hits = sum(w.rstrip("s") in around for w in words)
        score += min(2.0, 1.0 * hits) + min(1.0, 0.5 * sum(w.rstrip("s") in context for w in words))
    return score


def _figures(claim: Claim, amount: Phrase, after: str) -> Iterator[str]:
    """The figures of a fact that are of the kind of a figure on the page."""
    written = f"{amount.unit} {amount.per} {amount.text}{after}".lower()
    unit = str(claim.columns.get("unit", ""))
    time = next(
        (t for t, names in _TIMES.items() if re.search(rf"(?:/|per |a |-|\d ?)\s?(?:{names})\b", written)), None
    )
    money = amount.currency == "usd"
    if claim.table == "prices" and money:
        thing, _, own = unit.rpartition("_")
        if time and unit != time and not thing:  # a fee for a month is no price of a second
            return
        named = (
            f"{thing}_{time}"
            if thing and time and own in _TIMES and thing != "instance"
            else time
            if thing == "instance" and time
            else unit
        )
        yield f"per_{named}"
    elif claim.table == "allowances":
        figures = {"usd": "dollars", "count": "count", "day": "days", "vcpu_hour": "vcpu_hours", "vm_hour": "vm_hours",
                   "gib_hour": "gib_hours", "gb_hour": "gb_hours", "gib": "gib", "gb": "gb"}  # fmt: skip
        if unit in figures and (unit == "usd") == money and _kind(unit) == _written(written, money):
            yield figures[unit]
    elif claim.table == "limits" and not money and _kind(unit) == _written(written, money):
        yield (f"{time}s" if _kind(unit) == "time" and time else unit)
    elif claim.table == "cold_starts" and not money and _written(written, money) == "time" and time in (None, "second"):
        yield "high_ms"


def _kind(unit: str) -> str:
    if unit in _TIMES:
        return "time"
    if unit in ("gib", "gb"):
        return "size"
    return unit if unit in ("usd", "count") or unit.startswith("per_") else "use"


def _written(text: str, money: bool) -> str:
    if money:
        return "usd"
    if re.search(r"(?:cpu|gb|gib|vm|memory)[- ](?:h|hr|hrs|hours?)\b", text):
        return "use"
    if re.search(r"\b\d*\s?(?:g|gb|gib|mb|mib|tb|tib)\b", text):
        return "size"
    if re.search(r"(?:per |/ ?)(?:min|minute)", text):
        return "per_minute"
    if re.search(r"(?:per |/ ?)(?:s|sec|second)\b", text):
        return "per_second"
    if re.search(r"\b(?:ms|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?)\b", text) or re.search(
        r"\d(?:ms|s|h|d)\b", text
    ):
        return "time"
    return "count"


def _named(claim: Claim, table: str, product: str) -> str:
    """The expression that names the fact."""
    t = next(t for t in TABLES if t.name == table)
    who = claim.vendor if product == PRODUCTS[claim.vendor][0] else f"{claim.vendor}/{product}"
    keys = [
        f'{k}="{claim.columns[k]}"' for k in t.keys
        if not (claim.columns[k] == "-" or (k, claim.columns[k]) == ("offer", "list"))
    ]  # fmt: skip
    return f"{t.one}({', '.join([chr(34) + who + chr(34), *keys])})"
