"""The words that titles are made of: what a fact is about, and its figures. Data in titles.toml."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.tell import words
from sandsnap.tell.moves import Move, Row

MOST = 3  # items a title names


@cache
def data() -> Mapping[str, Any]:
    return tomllib.loads((files("sandsnap.tell") / "titles.toml").read_text("utf-8"))


def written(on: date) -> str:
    """1 August 2026."""
    return f"{on.day} {on:%B} {on.year}"


def models(found: Iterable[str]) -> str:
    """A10, L40S and two A100 models."""
    kinds: dict[str, list[str]] = {}
    for sku in sorted(set(found)):
        head = sku.split("-")[0] if not sku.startswith("rtx") else sku
        kinds.setdefault(head, []).append(sku)
    single = [words.sku(skus[0]) for skus in kinds.values() if len(skus) == 1]
    several = [f"{_count(len(skus))} {words.sku(head)} models" for head, skus in kinds.items() if len(skus) > 1]
    return some(sorted(single) + several, most=6)


def _count(n: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(n, str(n))


def some(items: Sequence[str], most: int = MOST) -> str:
    """a, b and c; a, b, c and 4 more."""
    kept = list(dict.fromkeys(items))
    if len(kept) > most + 1:
        kept = [*kept[:most], f"{len(kept) - most} more"]
    return words.listed(kept)


def moved(move: Move, column: str) -> str:
    """Both sides of one column: beta → supported; 1 → 2; off by default → on by default; 1 minute → 1 second."""
    sides = [(row or {}) for row in (move.before, move.after)]
    if column in ("amount", "unit") and all(s.get("amount") is not None and s.get("unit") for s in sides):
        return " → ".join(words.amount(s["amount"], str(s["unit"])) for s in sides)
    units = [f" {words.term(str(u))}" if (u := s.get(f"{column}_unit")) else "" for s in sides]
    return " → ".join(f"{value(column, s[column])}{u}" for s, u in zip(sides, units, strict=True))


def value(column: str, value: Any) -> str:
    if isinstance(value, bool):
        said: str = data()["yes" if value else "no"][column]
        return said
    if isinstance(value, date):
        return written(value)
    if isinstance(value, Decimal):
        return f"{words.number(value)}{' days' if column == 'retention_days' else ''}"
    return words.term(str(value)) if column in ("technology", "boundary", "preserves", "status") else str(value)


def noun(move: Move) -> str:
    """What a fact is about, in the middle of a sentence: longest session; A10; snapshot storage."""
    nouns, key = data()["noun"], move.key
    if move.table == "prices":
        if key["meter"] == "gpu":
            return words.sku(key["sku"])
        if key["meter"] in ("instance", "addon") and key["sku"] != "-":
            return words.sku(key["sku"])
        return str(nouns.get(key["meter"], key["meter"]))
    if move.table == "self_hosting":
        return str(nouns["core_offering" if key["offering"] == "core" else key["offering"]])
    column = {"limits": "limit", "allowances": "allowance", "persistence": "mechanism", "cold_starts": "operation"}
    if move.table in column:
        word = key[column[move.table]]
        if move.table == "allowances" and f"allowance_{word}" in nouns:
            return str(nouns[f"allowance_{word}"])
        return str(nouns.get(word, words.term(word)))
    if move.table == "multipliers":
        condition, _, name = key["condition"].partition(":")
        known = data()["condition"]
        return str(known.get(key["condition"]) or known.get(condition, f"for {words.term(condition)}")).format(
            name=name
        )
    if move.table == "billing_rules":
        return str(data()["rule"].get(key["rule"], words.term(key["rule"])))
    if move.table == "plans":
        return str(move.row.get("name") or words.plan(key["plan"]))
    if move.table == "sizes":
        return words.sku(key["sku"])
    if move.table == "gpus":
        return words.sku(key["model"])
    if move.table == "sdks":
        return words.term(key["interface"])
    return key.get("region", "") if move.table == "regions" else ""


def scopes(moves: Sequence[Move]) -> str:
    found = [
        words.plan(p) for p in sorted({m.key.get("plan", "any") for m in moves}, key=lambda p: (p == "enterprise", p))
    ]
    found = [] if "" in found else found
    found += sorted({m.key["offer"] for m in moves if m.key.get("offer", "list") != "list"})
    regions = list(dict.fromkeys(m.key["region"] for m in moves if m.key.get("region", "-") != "-"))
    return f" ({', '.join(found)})" if found else f" (in {some(regions)})" if regions else ""


def amount(table: str, row: Row | None) -> str:
    if row is None:
        return "none stated"
    if table == "multipliers":
        factor = Decimal(row["factor"])
        return f"{words.number((1 - factor) * 100)} %" if factor < 1 else f"{words.number(factor)}×"
    if table == "persistence":
        kept = row.get("retention_days")
        return (
            "without end"
            if row.get("indefinite")
            else words.amount(kept, "day")
            if kept is not None
            else "no time stated"
        )
    if table == "prices":
        return words.usd(row["usd"]) if row.get("usd") is not None else "no price"
    if table == "cold_starts":
        return words.ms(row.get("low_ms"), row.get("high_ms")) or "no figure"
    if row.get("amount") is None:
        return "no limit"
    top = row.get("amount_max")
    if top is not None:
        return f"{words.number(row['amount'])}–{words.amount(top, str(row['unit']))}"
    return words.amount(row["amount"], str(row["unit"]))


def discount(move: Move) -> bool:
    """Whether a price factor is a discount, before and after."""
    rows = [r for r in (move.before, move.after) if r]
    return move.table == "multipliers" and all(Decimal(r["factor"]) < 1 for r in rows)


def step(table: str, before: Row | None, after: Row | None) -> str:
    """$0.0106 → $0.0212 per GB-hour; 5 → 24 hours; 45 minutes → 5 hours."""
    a, b = amount(table, before), amount(table, after)
    one, other = (before or {}).get("unit"), (after or {}).get("unit")
    if table == "prices":
        pers = [f" per {words.per(str(u))}" if u else "" for u in (one, other)]
        return f"{a}{'' if pers[0] == pers[1] else pers[0]} → {b}{pers[1]}"
    if table == "persistence" or (one == other and one not in (None, "usd", "count")):
        head, _, unit = a.partition(" ")
        if unit and b.rstrip("s").endswith(unit.rstrip("s")):
            a = head
    return f"{a} → {b}"


def price(move: Move) -> str:
    return f"{amount('prices', move.row)} per {words.per(str(move.row['unit']))}"


def item(move: Move) -> tuple[str, str]:
    """What it is and how much, in words."""
    name = noun(move)
    if move.table == "prices":
        return f"a price for {name}:", price(move)
    if move.table == "allowances":
        period = data()["period"].get(move.key["period"], "")
        said = amount("allowances", move.row)
        unit = str(move.row.get("unit") or "")
        if (unit, move.key["period"]) == ("usd", "once"):
            return "", f"a one-time {said} {name}"
        bare = said if unit.endswith("_hour") else f"{said} {name}" if unit in ("count", "usd") else f"{said} of {name}"
        return "", f"{bare} {period}".strip()
    if move.table in ("limits", "cold_starts"):
        return name, amount(move.table, move.row)
    return name, ""
