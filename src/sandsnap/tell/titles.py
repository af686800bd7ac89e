"""Titles that a person would write, from titles.toml and the facts of a happening. Plain text, one line."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sandsnap.read.statements import names
from sandsnap.tell import phrases, words
from sandsnap.tell.happenings import Happening
from sandsnap.tell.keys import figure
from sandsnap.tell.moves import Move

_AMOUNT = {"better": "more", "worse": "less"}
_FACTORS = ("multipliers", "discount")


def title(happening: Happening) -> str:
    """The sentence of an event: Vercel doubled the price of memory: $0.0106 → $0.0212 per GB-hour (Pro, Enterprise)."""
    templates = phrases.data()["title"]
    kind, about, way = happening.cause.kind, happening.cause.about, happening.cause.way
    when = _when(happening)
    if (kind, way) == ("price", "announce"):
        about = "undated" if when is None else "charge" if _charges(happening) else about
    if about == "multipliers" and phrases.discount(happening.first):
        about = "discount"
    template = (
        templates.get(f"{kind}.{about}.{way}")
        or templates.get(f"{kind}.{way}")
        or templates.get(f"{kind}.any")
        or templates[f"any.{way}"]
    )
    subject = _subject(happening, whole=when is None)
    holes = {
        "who": _who(happening),
        "what": "" if "{what}" not in template else _what(happening, subject),
        "subject": subject,
        "for_subject": f" for {subject}" if subject else "",
        "when": phrases.written(when) if when else "a day not stated",
        "on": f" on {phrases.written(when)}" if when else "",
        "phase": happening.first.key.get("kind", ""),
        "models": _models(happening),
    }
    verb = _factor(happening) if kind in ("price", "limit", "allowance") and about not in _FACTORS else None
    if verb:
        template = f"{{who}} {verb} {{what}}"
    return " ".join(template.format(**holes).split())


def _who(happening: Happening) -> str:
    moves = happening.moves
    given = names(moves[0].vendor)
    products = {given.products.get(m.product, "") for m in moves}
    product = products.pop() if len(products) == 1 else ""
    return product if product.startswith(given.vendor) else f"{given.vendor} {product}".strip()


def _when(happening: Happening) -> date | None:
    days = [m.row.get("effective_on") or m.row.get("ends_on") for m in happening.all]
    return next((d for d in days if d is not None), None)


def _subject(happening: Happening, *, whole: bool) -> str:
    """What its notices are about, as the page spells it; without that it is of prices, unless it is wanted `whole`."""
    notices = [m for m in happening.moves if m.table == "notices"] or [
        m for m in happening.all if m.table == "notices"
    ][:1]
    if not notices:
        return _spelt(happening.cause.about, [], whole=whole)
    named = (_spelt(m.key["subject"], [c.quote_after or "" for c in m.changes], whole=whole) for m in notices)
    return phrases.some(list(dict.fromkeys(named)))


def _spelt(subject: str, quotes: Sequence[str], *, whole: bool) -> str:
    if known := phrases.data()["subject"].get(subject):
        return str(known)
    said = subject.split("_")
    spelt = re.compile(r"[\W_]+".join(map(re.escape, said)), re.IGNORECASE)
    found = next(((q, m) for q in quotes if (m := spelt.search(q))), None) if whole else None
    words = found[1][0].split() if found else said
    opens = found is None or not found[0][: found[1].start()].strip()
    if opens and not any(w[0].isupper() or w[0].isdigit() for w in words[1:]):  # no name: the first word of a sentence
        words = [words[0].lower(), *words[1:]]
    return " ".join(w for w in words if whole or w not in ("pricing", "price", "prices"))


def _charges(happening: Happening) -> bool:
    """Whether the vendor says that it will charge for the thing, and not that a price moves."""
    return any("charg" in (c.quote_after or "").lower() for m in happening.moves for c in m.changes)


def _models(happening: Happening) -> str:
    found = [m.key["model"] for m in happening.all if m.table == "gpus" and m.key["model"] != "none"]
    found = found or [m.key["sku"] for m in happening.all if m.table == "prices" and m.key["meter"] == "gpu"]
    return f" ({phrases.models(found)})" if found else ""


def _what(happening: Happening, subject: str) -> str:
    kind, way = happening.cause.kind, happening.cause.way
    if way == "end" and all(m.table == "notices" for m in happening.all):
        return subject
    if kind in ("coverage", "rekeyed"):
        return phrases.some([_quiet_name(m) for m in happening.moves])
    first = happening.moves[0]
    figured = first.table in ("prices", "limits", "allowances", "cold_starts") or figure(first.table, first.row)
    if figured and (way in ("better", "worse", "change") or (way, kind) == ("state", "persistence")):
        return _figures(happening)
    if way == "change":
        return "; ".join(_some_changes(happening.moves))
    if (way, kind) == ("state", "limit"):
        return _limits(happening.moves)
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
                label = "" if column == "licence" else phrases.noun(m)
                name = phrases.data()["column"].get(column, "") if m.table == "sizes" else ""
                said = f"{label}: {name}" if label and name else label or name
                out.append(f"{said + (' ' if name else ': ') if said else ''}{phrases.moved(m, column)}")
    return list(dict.fromkeys(out))[: phrases.MOST]


def _figures(happening: Happening) -> str:
    way = happening.cause.way
    groups: dict[tuple[str, str], list[Move]] = {}
    for m in happening.moves:
        said = phrases.amount(m.table, m.after) if way == "state" else phrases.step(m.table, m.before, m.after)
        name = phrases.data()["kept"].get(m.key["mechanism"]) if m.table == "persistence" else None
        groups.setdefault((name or phrases.noun(m), said), []).append(m)
    table, about = happening.moves[0].table, happening.cause.about
    items = [(name, step, phrases.scopes(ms), ms) for (name, step), ms in groups.items()]
    if len(items) == 1:
        name, step, scope, ms = items[0]
        return f"{_the(table, about, name, ms, way)}: {step}{scope}"
    if len({name for name, *_ in items}) == 1:
        name = items[0][0]
        return f"{_the(table, about, name, items[0][3], way)}: {phrases.some([f'{step}{scope}' for _, step, scope, _ in items])}"
    lead = phrases.data()["together"].get(about) or phrases.data()["together"].get(table, "")
    if table == "allowances":
        lead = _AMOUNT.get(way, "")
    if table == "cold_starts":
        lead = f"{phrases.data()['faster'].get(way, '')} {lead}".lstrip()
    by = _percents(happening.moves) if table == "prices" and _factor(happening) is None else ""
    shared = {scope for _, _, scope, _ in items}
    last = shared.pop() if len(shared) == 1 else None
    short = phrases.data()["short"]
    named = [
        f"{short.get(ms[0].key.get('limit', ''), name)} {step}{scope if last is None else ''}"
        for name, step, scope, ms in items
    ]
    ends = {text.partition(" per ")[2] for text in named}
    if len(ends) == 1 and (unit := ends.pop()):  # said once, after the last
        named = [text.partition(" per ")[0] for text in named]
        last = f" per {unit}{last or ''}"
    return f"{lead}{by}: {phrases.some(named)}{last or ''}".lstrip(": ")


def _limits(moves: Sequence[Move]) -> str:
    """limits the disk of a sandbox to 10 GB; states the idle time before a sandbox stops: 5 minutes."""
    told = phrases.data()["stated"]["limits"]
    ours = [m for m in moves if m.key.get("limit") not in told] or moves
    verb, between = ("states", ":") if ours is moves else ("limits", " to")
    groups: dict[str, dict[str, list[Move]]] = {}
    for m in ours:
        groups.setdefault(phrases.noun(m), {}).setdefault(phrases.amount(m.table, m.row), []).append(m)
    by_plan = len({phrases.scopes(ms) for steps in groups.values() for ms in steps.values()}) > 1
    said = [
        f"the {noun}{between} {phrases.some([f'{step}{phrases.scopes(ms) if by_plan else str()}' for step, ms in steps.items()])}"
        for noun, steps in groups.items()
    ]
    return f"{verb} {phrases.some(said)}{'' if by_plan else phrases.scopes(ours)}"


def _the(table: str, about: str, name: str, moves: Sequence[Move], way: str) -> str:
    if table == "allowances":
        return f"{_AMOUNT.get(way, '')} {name}".lstrip()
    if table == "persistence":
        return f"{name}{phrases.data()['longer'].get(way, '')}"
    if table == "multipliers":
        return f"the {'discount' if phrases.discount(moves[0]) else 'price multiplier'} {name}"
    if table == "cold_starts":
        return f"{phrases.data()['faster'].get(way, '')} {name}".lstrip()
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
        found = phrases.models(m.key.get("model") or m.key.get("sku", "") for m in moves)
        prices = {m.key["sku"]: m for m in every if m.table == "prices" and m.after is not None}
        if len(moves) == 1 and len(prices) == 1:
            only = next(iter(prices.values()))
            return f"the {found} GPU ({phrases.price(only)})"
        return f"{'GPUs: ' if len(moves) > 1 else 'the '}{found}{'' if len(moves) > 1 else ' GPU'}"
    if kind == "sdk":
        others = phrases.data()["interface"]
        languages = sorted({phrases.noun(m) for m in moves if m.key["interface"] not in others})
        community = all(m.row.get("official") is False for m in moves)
        one, many = ("a community SDK", "community SDKs") if community else ("an SDK", "SDKs")
        sdks = [f"{one if len(languages) == 1 else many} for {phrases.some(languages, 6)}"] if languages else []
        return phrases.some(
            [*sdks, *sorted({others[m.key["interface"]] for m in moves if m.key["interface"] in others})], 6
        )
    if kind == "region":
        regions = sorted({phrases.noun(m) for m in moves})
        return f"the region {regions[0]}" if len(regions) == 1 else f"regions: {phrases.some(regions, 6)}"
    if kind == "offer" and all("plan" in m.key for m in moves):
        fees = {
            m.key["plan"]: f" ({phrases.price(m)})"
            for m in moves
            if m.table == "prices" and m.key["meter"] == "plan_fee"
        }
        plans = [f"{words.plan(p)}{fees.get(p, '')}" for p in sorted({m.key["plan"] for m in moves})]
        return f"the plan{'s' if len(plans) > 1 else ''} {phrases.some(plans)}"
    groups: dict[tuple[str, str], list[Move]] = {}
    for m in moves:
        groups.setdefault(phrases.item(m), []).append(m)
    scopes = {phrases.scopes(ms) for ms in groups.values()}
    last = scopes.pop() if len(scopes) == 1 else None
    out, before = [], None
    for (name, text), ms in groups.items():
        out.append(f"{'' if name == before else name} {text}{phrases.scopes(ms) if last is None else ''}".strip())
        before = name
    return f"{phrases.some(out)}{last or ''}"
