"""The page "What does it cost": the reference workloads from the warehouse's own arithmetic, and a calculator.

The tables are what the view `workload_costs` gives, cheapest first; a missing amount is never a zero, and says why.
The calculator gets the tariffs as a script, so that it runs from a folder without a server.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandsnap.cost.bill import bill
from sandsnap.cost.tariff import Tariff
from sandsnap.cost.workload import Workload
from sandsnap.publish.site.context import Context, File, Link, Part
from sandsnap.publish.site.cost_data import tariff_data
from sandsnap.publish.site.cost_words import ITEMS, dollars, plan_name, product_name, tidy

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
    fee_open: bool = False  # sold for a fee that no page states: `usd` is without it

    @property
    def id(self) -> str:
        """The row's anchor."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.workload} {self.name} {self.plan}".lower()).strip("-")


def pages(context: Context) -> Iterable[File]:
    """costs.html and its data, and costs/<workload>.html."""
    workloads, made = context.workloads, context.tariffs
    costs = list(_costs(made, [Workload.of(w) for w in workloads]))
    offers = list(dict.fromkeys((c.vendor, c.name, c.plan) for c in sorted(costs, key=lambda c: (c.name, c.plan))))
    data = tariff_data(made, workloads) | {"items": ITEMS}
    for offer in data["plans"]:
        offer |= {"name": product_name(offer["vendor"], offer["product"]), "plan_name": plan_name(offer["plan"])}
    yield context.page(
        PATH,
        "costs.html.j2",
        "costs",
        workloads=workloads,
        grid=[(offer, [_cell(costs, w["workload"], offer) for w in workloads]) for offer in offers],
        rules=_stated(made),
        product_name=product_name,
        plan_name=plan_name,
        dollars=dollars,
        gpus=data["gpus"],
    )
    for w in workloads:
        own = [c for c in costs if c.workload == w["workload"]]
        yield context.page(
            f"costs/{w['workload']}.html", "workload.html.j2", "costs", w=w, costs=own, plan_name=plan_name, dollars=dollars,
            item_name=lambda item: ITEMS.get(item, item.replace("_", " ")),
        )  # fmt: skip
    # A script and not JSON that the page would fetch: that is refused from file://.
    yield DATA, f"window.sandsnapTariffs={json.dumps(data, separators=(',', ':'))};\n"


PART = Part(pages, Link("costs", "Costs", PATH))


def _costs(made: Sequence[Tariff], workloads: Sequence[Workload]) -> Iterator[Cost]:
    """Every workload in every plan, the cheapest first within a workload."""
    for w in workloads:
        bills = [bill(t, w) for t in made]
        for b in sorted(
            bills,
            key=lambda b: (b.usd is None, b.tariff.fee_open, b.usd, b.tariff.vendor, b.tariff.product, b.tariff.plan),
        ):
            t, lines = b.tariff, tuple(Line(n.item, tidy(n.text), n.usd) for n in b.lines)
            why = tidy(b.unpriced) if b.unpriced else None
            yield Cost(w.workload, t.vendor, product_name(t.vendor, t.product), t.plan, b.usd, why, lines, t.fee_open)


def _stated(made: Sequence[Tariff]) -> list[dict[str, str]]:
    """The rules that the costs go by, each once, with the vendor's words."""
    told = [
        (product_name(t.vendor, t.product), rule.name.replace("_", " "), rule.row["quote"] or "")
        for t in made
        for rule in t.rules.values()
    ]
    return [dict(zip(("name", "rule", "quote"), one, strict=True)) for one in dict.fromkeys(told)]


def _cell(costs: list[Cost], workload: str, offer: tuple[str, str, str]) -> Cost:
    return next(c for c in costs if c.workload == workload and (c.vendor, c.name, c.plan) == offer)
