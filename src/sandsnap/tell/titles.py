"""Titles that a person would write, from titles.toml and the facts of a happening. Plain text, one line."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.read.statements import names
from sandsnap.tell import words
from sandsnap.tell.happenings import Happening
from sandsnap.tell.keys import figure
from sandsnap.tell.moves import Move, Row

_MOST = 3  # items a title names


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("sandsnap.tell") / "titles.toml").read_text("utf-8"))


def title(happening: Happening) -> str:
    """The sentence of an event: Vercel doubled the price of memory: $0.0106 → $0.0212 per GB-hour (Pro, Enterprise)."""
    templates = _data()["title"]
    kind, way = happening.cause.kind, happening.cause.way
    template = templates.get(f"{kind}.{way}") or templates.get(f"{kind}.any") or templates[f"any.{way}"]
    when = _when(happening)
    subject = _subject(happening)
    holes = {
        "who": _who(happening),
        "what": "" if "{what}" not in template else _what(happening),
        "subject": subject,
        "when": written(when) if when else "a day not stated",
        "on": f" on {written(when)}" if when else "",
        "models": _models(happening),
    }
    verb = _factor(happening) if kind in ("price", "limit", "allowance") else None
    if verb:
        template = f"{{who}} {verb} {{what}}"
    return " ".join(template.format(**holes).split())


def written(on: date) -> str:
    """1 August 2026."""
    return f"{on.day} {on:%B} {on.year}"


def _who(happening: Happening) -> str:
    moves = happening.moves
    given = names(moves[0].vendor)
    products = {given.products.get(m.product, "") for m in moves}
    product = products.pop() if len(products) == 1 else ""
    return product if product.startswith(given.vendor) else f"{given.vendor} {product}".strip()


def _when(happening: Happening) -> date | None:
    days = [m.row.get("effective_on") or m.row.get("ends_on") for m in happening.all]
    return next((d for d in days if d is not None), None)


def _subject(happening: Happening) -> str:
    notice = next((m for m in happening.all if m.table == "notices"), None)
    return notice.key["subject"].replace("_", " ") if notice else happening.cause.about.replace("_", " ")


def _models(happening: Happening) -> str:
    found = [m.key["model"] for m in happening.all if m.table == "gpus" and m.key["model"] != "none"]
    found = found or [m.key["sku"] for m in happening.all if m.table == "prices" and m.key["meter"] == "gpu"]
    return f" ({models(found)})" if found else ""


def models(found: Iterable[str]) -> str:
    """A10, L40S and two A100 models."""
    kinds: dict[str, list[str]] = {}
    for sku in sorted(set(found)):
        head = sku.split("-")[0] if not sku.startswith("rtx") else sku
        kinds.setdefault(head, []).append(sku)
    single = [words.sku(skus[0]) for skus in kinds.values() if len(skus) == 1]
    several = [f"{_count(len(skus))} {words.sku(head)} models" for head, skus in kinds.items() if len(skus) > 1]
    return _some(sorted(single) + several, most=6)


def _count(n: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(n, str(n))


def _some(items: Sequence[str], most: int = _MOST) -> str:
    """a, b and c; a, b, c and 4 more."""
    kept = list(dict.fromkeys(items))
    if len(kept) > most + 1:
        kept = [*kept[:most], f"{len(kept) - most} more"]
    return words.listed(kept)


def _what(happening: Happening) -> str:
    kind, way = happening.cause.kind, happening.cause.way
    if kind in ("coverage", "rekeyed"):
        return _some([_quiet_name(m) for m in happening.moves])
    if way in ("better", "worse", "change") and happening.moves[0].table in ("prices", "limits", "allowances", "cold_starts"):
        return _figures(happening)
    if way == "change":
        return "; ".join(_some_changes(happening.moves))
    shown = [m for m in happening.moves if not (kind == "gpu" and m.table == "prices")] or list(happening.moves)
    return _listing(kind, shown, happening.all)


def _quiet_name(move: Move) -> str:
    label = words.TABLE.get(move.table, move.table.replace("_", " "))
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _some_changes(moves: Sequence[Move]) -> list[str]:
    out: list[str] = []
    for m in moves:
        for column, after in (m.after or {}).items():
            before = (m.before or {}).get(column)
            if before is not None and after is not None and before != after:
                label = noun(m)
                out.append(f"{label + ': ' if label else ''}{_value(column, before)} → {_value(column, after)}")
    return list(dict.fromkeys(out))[:_MOST]


def _value(column: str, value: Any) -> str:
    if isinstance(value, bool):
        return f"{column.replace('_', ' ')} {'yes' if value else 'no'}"
    if isinstance(value, date):
        return written(value)
    if isinstance(value, Decimal):
        return f"{words.number(value)}{' days' if column == 'retention_days' else ''}"
    return words.term(str(value)) if column in ("technology", "boundary", "preserves", "status") else str(value)


def noun(move: Move) -> str:
    """What a fact is about, in the middle of a sentence: longest session; A10; snapshot storage."""
    nouns, key = _data()["noun"], move.key
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
        return str(nouns.get(word, words.term(word)))
    if move.table == "gpus":
        return words.sku(key["model"])
    if move.table == "sdks":
        return words.term(key["interface"])
    return key.get("region", "") if move.table == "regions" else ""


def _scopes(moves: Iterable[Move]) -> str:
    found = list(dict.fromkeys(words.plan(m.key.get("plan", "any")) for m in moves))
    found = [] if "" in found else found
    regions = list(dict.fromkeys(m.key["region"] for m in moves if m.key.get("region", "-") != "-"))
    return f" ({', '.join(found)})" if found else f" (in {_some(regions)})" if regions and moves and moves else ""


def _amount(table: str, row: Row | None) -> str:
    if row is None:
        return "none stated"
    if table == "prices":
        return words.usd(Decimal(row["usd"]))
    if table == "cold_starts":
        return words.ms(row.get("low_ms"), row.get("high_ms")) or "no figure"
    if row.get("amount") is None:
        return "no limit"
    top = row.get("amount_max")
    if top is not None:
        return f"{words.number(row['amount'])}–{words.amount(top, str(row['unit']))}"
    return words.amount(row["amount"], str(row["unit"]))


def _step(table: str, before: Row | None, after: Row | None) -> str:
    """$0.0106 → $0.0212 per GB-hour; 5 → 24 hours; 45 minutes → 5 hours."""
    a, b = _amount(table, before), _amount(table, after)
    one, other = (before or {}).get("unit"), (after or {}).get("unit")
    if table == "prices":
        pers = [f" per {words.per(str(u))}" if u else "" for u in (one, other)]
        return f"{a}{'' if pers[0] == pers[1] else pers[0]} → {b}{pers[1]}"
    if one == other and one not in (None, "usd", "count"):
        head, _, unit = a.partition(" ")
        if unit and b.rstrip("s").endswith(unit.rstrip("s")):
            a = head
    return f"{a} → {b}"


def _figures(happening: Happening) -> str:
    groups: dict[tuple[str, str], list[Move]] = {}
    for m in happening.moves:
        groups.setdefault((noun(m), _step(m.table, m.before, m.after)), []).append(m)
    table, about = happening.moves[0].table, happening.cause.about
    items = [(name, step, _scopes(ms), ms) for (name, step), ms in groups.items()]
    if len(items) == 1:
        name, step, scope, ms = items[0]
        return f"{_the(table, about, name, ms)}: {step}{scope}"
    if len({name for name, *_ in items}) == 1:
        name = items[0][0]
        return f"{_the(table, about, name, items[0][3])}: {_some([f'{step}{scope}' for _, step, scope, _ in items])}"
    lead = {"gpu": "its GPU prices", "size": "the size of a sandbox", "plan_fee": "its plans' prices"}.get(about)
    lead = lead or {"prices": "its prices", "limits": "its limits"}.get(table, "")
    by = _percents(happening.moves) if table == "prices" else ""
    return f"{lead}{by}: {_some([f'{name} {step}{scope}' for name, step, scope, _ in items])}".lstrip(": ")


def _the(table: str, about: str, name: str, moves: Sequence[Move]) -> str:
    if table == "prices":
        if about == "plan_fee":
            return "the price of a plan"
        return f"the price of {name}" if moves[0].key["meter"] != "gpu" else f"the price of the {name} GPU"
    return f"the {name}" if table == "limits" else name


def _ratios(moves: Iterable[Move]) -> list[Decimal]:
    out = []
    for m in moves:
        was, now = figure(m.table, m.before), figure(m.table, m.after)
        if was is None or now is None or was.unit != now.unit or not was.amount:
            return []
        out.append(now.amount / was.amount)
    return out


def _percents(moves: Sequence[Move]) -> str:
    found = sorted({int(abs(r - 1) * 100 + Decimal("0.5")) for r in _ratios(moves)})
    if not found or found[-1] == 0:
        return ""
    return f" by {found[0]} %" if len(found) == 1 else f" by {found[0]} to {found[-1]} %"


def _factor(happening: Happening) -> str | None:
    """The verb of a doubling or halving of everything told."""
    if happening.cause.way not in ("better", "worse") or happening.moves[0].table == "allowances":
        return None
    found = set(_ratios(happening.moves))
    return {Decimal(2): "doubled", Decimal("0.5"): "halved"}.get(found.pop()) if len(found) == 1 else None


def _listing(kind: str, moves: Sequence[Move], every: Sequence[Move]) -> str:
    if kind == "gpu":
        found = models(m.key.get("model") or m.key.get("sku", "") for m in moves)
        prices = {m.key["sku"]: m for m in every if m.table == "prices" and m.after is not None}
        if len(moves) == 1 and len(prices) == 1:
            only = next(iter(prices.values()))
            return f"the {found} GPU ({_price(only)})"
        return f"{'GPUs: ' if len(moves) > 1 else 'the '}{found}{'' if len(moves) > 1 else ' GPU'}"
    if kind == "sdk":
        found = [noun(m) for m in moves]
        return f"an interface: {found[0]}" if len(found) == 1 else f"interfaces: {_some(found, 6)}"
    if kind == "region":
        found = sorted({noun(m) for m in moves})
        return f"the region {found[0]}" if len(found) == 1 else f"regions: {_some(found, 6)}"
    if kind == "offer" and moves[0].table == "prices":
        return _some([f"the plan {words.plan(m.key['plan'])} ({_price(m)})" for m in moves if m.key["meter"] == "plan_fee"])
    groups: dict[str, list[Move]] = {}
    for m in moves:
        groups.setdefault(_item(m), []).append(m)
    return _some([f"{text}{_scopes(ms)}" for text, ms in groups.items()])


def _price(move: Move) -> str:
    return f"{_amount('prices', move.row)} per {words.per(str(move.row['unit']))}"


def _item(move: Move) -> str:
    name = noun(move)
    if move.table == "prices":
        return f"a price of {name} ({_price(move)})"
    if move.table == "allowances":
        period = _data()["period"].get(move.key["period"], "")
        amount = _amount("allowances", move.row)
        unit = str(move.row.get("unit") or "")
        bare = amount if unit.endswith("_hour") else f"{amount} {name}" if unit in ("count", "usd") else f"{amount} of {name}"
        return f"{bare} {period}".strip()
    if move.table in ("limits", "cold_starts"):
        return f"{name} {_amount(move.table, move.row)}"
    return name
