"""The page "What does it cost": the reference workloads from the warehouse's own arithmetic, and a calculator.

The tables are what the view `workload_costs` gives, cheapest first; a missing amount is never a zero, and says why.
The calculator gets the tariffs as a script, so that it runs from a folder without a server.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from sandsnap.publish.site.context import Context, File, Link, Part
from sandsnap.publish.site.cost_data import tariffs
from sandsnap.publish.site.cost_words import ITEMS, dollars, plan_name, product_name, tidy
from sandsnap.record import cost_queries

PATH, DATA = "costs.html", "data/costs.js"


@dataclass(frozen=True)
class Line:
    """A line of arithmetic; `usd` None where it cannot be priced."""

    item: str
    text: str
    usd: Decimal | None


@dataclass(frozen=True)
class Cost:
    """A workload in a plan. `usd` is None where it cannot be priced, and `unpriced` says why."""

    workload: str
    vendor: str
    name: str
    plan: str
    usd: Decimal | None
    unpriced: str | None
    lines: tuple[Line, ...]

    @property
    def id(self) -> str:
        """The row's anchor."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.workload} {self.name} {self.plan}".lower()).strip("-")


def pages(context: Context) -> Iterable[File]:
    """costs.html and its data."""
    costs = list(_costs(context))
    workloads = cost_queries.workloads(context.con).records()
    offers = list(dict.fromkeys((c.vendor, c.name, c.plan) for c in sorted(costs, key=lambda c: (c.name, c.plan))))
    data = tariffs(context.con, context.as_of) | {"items": ITEMS}
    for offer in data["plans"]:
        offer |= {"name": product_name(offer["vendor"], offer["product"]), "plan_name": plan_name(offer["plan"])}
    yield context.page(
        PATH,
        "costs.html.j2",
        "costs",
        workloads=workloads,
        by_workload={w["workload"]: [c for c in costs if c.workload == w["workload"]] for w in workloads},
        grid=[(offer, [_cell(costs, w["workload"], offer) for w in workloads]) for offer in offers],
        rules=_stated(context),
        product_name=product_name,
        plan_name=plan_name,
        item_name=lambda item: ITEMS.get(item, item.replace("_", " ")),
        dollars=dollars,
        gpus=data["gpus"],
    )
    # A script and not JSON that the page would fetch: that is refused from file://.
    yield DATA, f"window.sandsnapTariffs={json.dumps(data, separators=(',', ':'))};\n"


PART = Part(pages, Link("costs", "Costs", PATH))


def _costs(context: Context) -> Iterator[Cost]:
    """Every workload in every plan, the cheapest first within a workload."""
    plan = ("workload", "vendor", "product", "plan")
    lines = {
        key: tuple(Line(r["item"], tidy(r["text"]), r["usd"]) for r in own)
        for key, own in groupby(context.cost_lines, key=lambda r: tuple(r[c] for c in plan))
    }
    for r in cost_queries.costs(context.con, context.as_of).records():
        own = lines[tuple(r[c] for c in plan)]
        why = (
            tidy(r["unpriced"])
            if r["unpriced"]
            else "nothing of it is charged by this product"
            if r["usd"] is None
            else None
        )
        yield Cost(r["workload"], r["vendor"], product_name(r["vendor"], r["product"]), r["plan"], r["usd"], why, own)


def _stated(context: Context) -> list[dict[str, str]]:
    """The rules that the costs go by, each once, with the vendor's words."""
    told = [
        {
            "name": product_name(r["vendor"], r["product"]),
            "rule": r["rule"].replace("_", " "),
            "quote": r["quote"] or "",
        }
        for r in cost_queries.rules(context.con, context.as_of).records()
    ]
    return [dict(t) for t in dict.fromkeys(tuple(t.items()) for t in told)]


def _cell(costs: list[Cost], workload: str, offer: tuple[str, str, str]) -> Cost:
    return next(c for c in costs if c.workload == workload and (c.vendor, c.name, c.plan) == offer)
