"""Tariffs as data for the calculator: what the warehouse's arithmetic picks for a plan, without any arithmetic.

Amounts are decimal text, never floats. assets/cost_rules.js says what is done with them.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.publish.site.cost_words import tidy
from sandsnap.record import cost_queries
from sandsnap.record.cost_queries import TODAY, Connection, Workload

GB_PER_GIB = "1.073741824"
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_PLAN = ("vendor", "product", "plan")


def tariffs(con: Connection, on: date = TODAY) -> dict[str, Any]:
    """{gb_per_gib, presets, gpus, sources, plans} as JSON has it. Raises KeyError for a unit of time that is unknown."""
    plans = {tuple(r[c] for c in _PLAN): _empty(r) for r in cost_queries.offers(con, on).records()}
    _rules(con, on, plans)
    sources: dict[tuple[str, str | None, str], int] = {}
    gpus: set[str] = set()
    for r in cost_queries.prices(con, on).records():
        plan = plans[tuple(r[c] for c in _PLAN)]
        if r["item"] == "plan_fee":
            continue
        if r["item"] in ("vcpu", "memory") and r["sku"] != "-":
            continue
        if r["item"] == "gpu":
            gpus.add(r["sku"])
        source = (r["source_url"], r["quote"], r["verified_on"].isoformat())
        price = {
            "rate": text(r["rate"]), "per": r["per"], "sku": r["sku"], "billed_on": r["billed_on"],
            "by_second": r["by_second"], "rank": 2 * (r["stated_plan"] == "any") + (r["region"] != "-"), "region": r["region"],
            "from": tidy(r["computed_from"]), "source": sources.setdefault(source, len(sources)),
        }  # fmt: skip
        if r["vcpu"] is not None and r["memory_gb"] is not None:
            price |= {"vcpu": text(r["vcpu"]), "memory_gb": text(r["memory_gb"])}
        plan["prices"].setdefault(r["item"], []).append(price)
    for r in cost_queries.allowances(con, on).records():
        plan = plans[tuple(r[c] for c in _PLAN)]
        if r["item"] == "credit":
            plan["credits"].append({"usd": text(r["amount"]), "period": r["period"]})
        elif r["amount"] is not None:
            plan["free"][r["item"]] = {"amount": text(r["amount"]), "unit": r["unit"]}
    for r in cost_queries.limits(con, on).records():
        if r["amount"] is not None:
            # Sessions in seconds, memory in GB.
            of = SECONDS if r["limit"] == "session_max" else {"gib": Decimal(GB_PER_GIB), "gb": 1, "count": 1}
            plans[tuple(r[c] for c in _PLAN)]["limits"][r["limit"]] = text(r["amount"] * of[r["unit"]])
    return {
        "gb_per_gib": GB_PER_GIB,
        "presets": [_preset(r) for r in cost_queries.workloads(con).records()],
        "gpus": sorted(gpus | {s.split("-")[0] for s in gpus if any(c.isdigit() for c in s.split("-")[0])}),
        "sources": [{"url": url, "quote": quote, "verified_on": day} for url, quote, day in sources],
        "plans": list(plans.values()),
    }


def _empty(offer: dict[str, Any]) -> dict[str, Any]:
    none: dict[str, Any] = {
        "fee": None, "fee_is_credit": False, "included": None, "prices": {}, "free": {}, "credits": [], "limits": {},
        "increments": {}, "sleeps": [], "ratio": None, "step": None, "session_holds": None,
    }  # fmt: skip
    return {**{c: offer[c] for c in (*_PLAN, "mode")}, **none}


def _rules(con: Connection, on: date, plans: dict[tuple[Any, ...], dict[str, Any]]) -> None:
    """Fees, what a session holds, and the rules of each plan's bill, as store.bill_rules picks them."""
    for r in cost_queries.fees(con, on).records():
        if r["usd"] is not None:
            plans[tuple(r[c] for c in _PLAN)]["fee"] = {"usd": text(r["usd"]), "because": r["quote"]}
    holds = {(r["vendor"], r["product"]): r for r in cost_queries.sizes(con, on).records() if r["sku"] == "-"}
    for plan in plans.values():
        if size := holds.get((plan["vendor"], plan["product"])):
            plan["session_holds"] = {"vcpu": text(size["vcpu"]), "memory_gb": text(size["gb"])}
    for r in cost_queries.rules(con, on).records():
        plan, item, rule = plans[tuple(r[c] for c in _PLAN)], r["item"], r["rule"]
        if rule in ("standby_billed", "idle_billed"):
            plan["sleeps"] += [item] * (not r["applies"])
        elif not r["applies"]:
            continue
        elif rule == "increment":
            plan["increments"][item] = text(r["amount"])
        elif rule == "included_with" and item == "vcpu":
            plan["included"] = r["quote"]
        elif rule == "memory_per_vcpu":
            plan["ratio"] = text(r["amount"])
        elif rule == "vcpu_step":
            plan["step"] = text(r["amount"])
        elif rule == "credit_from_fee" and item == "plan_fee":
            plan["fee_is_credit"] = True


def _preset(r: dict[str, Any]) -> dict[str, Any]:
    return {c: text(v) if isinstance(v, Decimal) else v for c, v in r.items()}


def need(w: Workload) -> dict[str, Any]:
    """A workload as assets/cost_rules.js takes it."""
    return {
        "runs": w.runs, "concurrent": w.concurrent, "seconds": w.seconds, "active_seconds": text(w.active_seconds),
        "vcpu": text(w.vcpu), "memory_gib": text(w.memory_gib), "gpu": w.gpu,
    }  # fmt: skip


def text(value: Decimal | int) -> str:
    """A decimal without trailing zeros or exponent. Raises TypeError for a float, which is not exact."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float: amounts are exact")
    written = f"{Decimal(value):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
