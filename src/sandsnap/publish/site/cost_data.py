"""Tariffs as data for the calculator: what a bill is made of in each plan, without any arithmetic.

Amounts are decimal text, never floats. assets/cost_rules.js says what is done with them.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandsnap.cost.amounts import GB_PER_GIB, plain
from sandsnap.cost.tariff import ITEMS, Price, Tariff, item_of
from sandsnap.cost.workload import Workload
from sandsnap.publish.site.cost_words import tidy

_SLEEP = ("standby_billed", "idle_billed")
_HOUR = 3600


def tariff_data(made: Iterable[Tariff], workloads: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """{gb_per_gib, presets, gpus, sources, plans} as JSON has it."""
    sources: dict[tuple[str, str | None, str], int] = {}
    plans = [_plan(t, sources) for t in made]
    gpus = {p["sku"] for plan in plans for p in plan["prices"].get("gpu", ())}
    return {
        "gb_per_gib": text(GB_PER_GIB),
        "presets": [{c: text(v) if isinstance(v, Decimal) else v for c, v in w.items()} for w in workloads],
        "gpus": sorted(gpus | {s.split("-")[0] for s in gpus if any(c.isdigit() for c in s.split("-")[0])}),
        "sources": [{"url": url, "quote": quote, "verified_on": day} for url, quote, day in sources],
        "plans": plans,
    }


def _plan(t: Tariff, sources: dict[tuple[str, str | None, str], int]) -> dict[str, Any]:
    # Sessions in seconds, memory and disk in GB.
    limits = {name: text(most * _HOUR if name == "session_max" else most) for name, (most, _) in t.limits.items()}
    return {
        "vendor": t.vendor, "product": t.product, "plan": t.plan, "mode": t.mode, "month": text(t.month),
        "fee": {"usd": text(t.fee_usd), "because": t.fee["quote"]} if t.fee and t.fee_usd is not None else None,
        "fee_open": t.fee_open,
        "fee_is_credit": bool((r := t.rules.get(("plan_fee", "credit_from_fee"))) and r.applies),
        "included": {i: rule.row["unit"] or "the rest" for i in ("vcpu", "storage") if (rule := t.included(i))},
        "prices": {item: [_price(p, sources) for p in t.prices[item]] for item in (*ITEMS, "volume") if item in t.prices},
        "free": [
            {"item": item_of(allowance), "allowance": allowance, "period": period, "amount": text(row["amount"]), "unit": row["unit"]}
            for (allowance, period), row in t.frees.items() if allowance != "credit"
        ],
        "credits": [
            {"usd": text(row["amount"]), "period": period} for (a, period), row in sorted(t.frees.items()) if a == "credit"
        ],
        "limits": limits,
        "increments": {item: text(amount) for item in ITEMS if (amount := t.amount(item, "increment"))},
        "sleeps": [i for i in ITEMS if any((r := t.rules.get((i, name))) and not r.applies for name in _SLEEP)],
        "ratio": _or_none(t.amount("memory", "memory_per_vcpu")), "step": _or_none(t.amount("vcpu", "vcpu_step")),
        "session_holds": {"vcpu": text(t.holds.vcpu), "memory_gb": text(t.holds.gb)} if t.holds else None,
    }  # fmt: skip


def _price(p: Price, sources: dict[tuple[str, str | None, str], int]) -> dict[str, Any]:
    source = (p.row["source_url"], p.row["quote"], p.row["verified_on"].isoformat())
    out = {
        "rate": text(p.rate), "per": p.per, "sku": p.row["sku"], "billed_on": p.row["billed_on"], "by_second": p.by_second,
        "rank": p.rank, "region": p.row["region"], "from": tidy(p.computed_from),
        "source": sources.setdefault(source, len(sources)),
    }  # fmt: skip
    if p.size:
        out |= {"vcpu": text(p.size.vcpu), "memory_gb": text(p.size.gb)}
    return out


def need(w: Workload) -> dict[str, Any]:
    """A workload as assets/cost_rules.js takes it."""
    amounts = ("active_seconds", "vcpu", "memory_gib", "disk_gib", "snapshot_gib", "egress_gib")
    return {
        "runs": w.runs, "concurrent": w.concurrent, "seconds": w.seconds, "gpu": w.gpu,
        **{name: text(getattr(w, name)) for name in amounts},
    }  # fmt: skip


def _or_none(amount: Fraction | None) -> str | None:
    return None if amount is None else text(amount)


def text(value: Decimal | Fraction | int) -> str:
    """A decimal without trailing zeros or exponent. Raises TypeError for a float, which is not exact."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float: amounts are exact")
    return plain(value, 12)
