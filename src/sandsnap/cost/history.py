"""What the reference workloads cost over the years: spells in which nothing differs, worked out only where an input moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandsnap.cost.bill import Bill, bill
from sandsnap.cost.tariff import Row, Tariff, tariffs
from sandsnap.cost.workload import Workload


@dataclass(frozen=True, slots=True)
class Spell:
    """A bill that holds on the days [valid_from, valid_to); valid_to None: still."""

    valid_from: date
    bill: Bill
    valid_to: date | None = None

    def row(self) -> dict[str, Any]:
        """As store.costs keeps it."""
        made, of = self.bill, self.bill.tariff
        return {
            "vendor": of.vendor, "product": of.product, "plan": of.plan, "workload": made.workload,
            "valid_from": self.valid_from, "valid_to": self.valid_to, "usd": made.usd, "usage_usd": made.usage,
            "fee_usd": made.fee, "fee_open": of.fee_open,
            "allowance_usd": made.allowance, "credit_usd": made.credit, "once_credit_usd": made.once,
            "unpriced": made.unpriced, "rests_on": sorted({row["fact"] for line in made.lines for row in line.rows}),
            "lines": [
                {"step": n.step, "item": n.item, "usd": n.usd, "list_usd": n.listed, "text": n.text} for n in made.lines
            ],
        }  # fmt: skip


def spells(rows: Iterable[Row], workloads: Sequence[Workload], since: date | None = None) -> list[Spell]:
    """The bills of one product's facts, each row with valid_from and valid_to, from a day on (None: from the first)."""
    rows = list(rows)
    days = {d for r in rows for d in (r["valid_from"], r["valid_to"]) if d is not None}
    if since is not None:
        days = {since, *(d for d in days if d > since)}
    out: list[Spell] = []
    standing: dict[tuple[str, str], Spell] = {}
    charged: dict[str, Tariff] = {}
    made: dict[tuple[str, str], Bill] = {}
    for day in sorted(days):
        held = [r for r in rows if r["valid_from"] <= day and (r["valid_to"] is None or day < r["valid_to"])]
        now = {t.plan: t for t in tariffs(held)}
        # A plan that charges as before has the bills of before.
        made = {
            (plan, w.workload): made[plan, w.workload] if charged.get(plan) == t else bill(t, w)
            for plan, t in now.items()
            for w in workloads
        }
        charged = now
        for key in [k for k, was in standing.items() if k not in made or _other(was.bill, made[k])]:
            was = standing.pop(key)
            out.append(Spell(was.valid_from, was.bill, day))
        for key, of in made.items():
            standing.setdefault(key, Spell(day, of))
    return sorted([*out, *standing.values()], key=lambda s: (s.valid_from, s.bill.tariff.plan, s.bill.workload))


def _other(was: Bill, now: Bill) -> bool:
    return was is not now and _says(was) != _says(now)


def _says(made: Bill) -> list[Any]:
    return [(n.text, n.usd, n.listed, [r["fact"] for r in n.rows]) for n in made.lines]
