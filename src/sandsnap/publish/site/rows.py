"""Which facts answer which row of the comparison: mostly one table's, but what is paid for is no free tier."""

from collections.abc import Sequence

from sandsnap.publish.site.spans import Fact
from sandsnap.record.coverage import OF_TIME

# Rules that say how a price is billed; the others are for the cost page.
BILLED_BY = ("increment", "minimum", "included_with", "idle_billed", "standby_billed", "stopped_billed")


def of_row(facts: Sequence[Fact], table: str) -> list[Fact]:
    """The facts of a vendor that the row named after `table` is made of.

    A paid plan's credit stands with the prices; of the limits only those of time are a row."""
    own = [f for f in facts if f.span.table == table]
    if table == "limits":
        return [f for f in own if f.span.values["limit"] in OF_TIME]
    if table not in ("prices", "allowances"):
        return own
    paid = _paid(facts)
    allowed = [f for f in facts if f.span.table == "allowances"]
    if table == "allowances":
        return [f for f in allowed if _plan(f) not in paid]
    rules = [f for f in facts if f.span.table == "billing_rules" and f.span.values["rule"] in BILLED_BY]
    return own + rules + [f for f in allowed if _plan(f) in paid]


def _plan(fact: Fact) -> tuple[str, str]:
    return fact.span.product, str(fact.span.values["plan"])


def _paid(facts: Sequence[Fact]) -> set[tuple[str, str]]:
    """The plans that cost something, or that are sold on request."""
    fees = {_plan(f) for f in facts if f.span.table == "prices" and f.span.values["meter"] == "plan_fee"}
    kinds = {_plan(f) for f in facts if f.span.table == "plans" and f.span.values.get("kind") in ("paid", "custom")}
    return fees | kinds
