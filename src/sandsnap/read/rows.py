"""The rows that a passage makes of an amount: a price, a limit, a cold start, an allowance."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sandsnap.model import Fact, Value
from sandsnap.read.amounts import Amount
from sandsnap.read.errors import Unreadable
from sandsnap.read.scope import Scope

if TYPE_CHECKING:
    from sandsnap.read.page import Page

_LIMIT_UNITS = {"second", "minute", "hour", "day", "count", "gib", "gb"}
_THOUSANDS = {"tib": ("gib", 1024), "tb": ("gb", 1000)}
_TIMES = {"vcpu_hour", "vm_hour", "gib_hour", "gb_hour"}


class Rows:
    """What makes rows of amounts: a passage."""

    page: "Page"
    quote: str
    scope: Scope

    def fact(self, table: str, *, bound: str = "exact", **fields: Value) -> Fact:
        """One row of `table` (Passage.fact)."""
        raise NotImplementedError

    def price(
        self, amount: Amount, meter: str, *, unit: str | None = None, plan: str = "any", sku: str = "-", region: str = "-",
        offer: str = "list", billed_on: str | None = None, product: str | None = None, bound: str = "exact",
    ) -> Fact:  # fmt: skip
        """A row of prices. The unit is what the amount is `per` (with the meter in front of a bare time, as in
        vcpu_hour), unless `unit` names it: then the page must have stated it elsewhere, in a header or a sentence,
        and an amount that carries its own unit must agree. Raises Unreadable where the unit stays open.
        """
        if amount.unit != "usd" or amount.each != 1:
            raise Unreadable(f"expected a price, found {amount.text!r}")
        if amount.bound != "exact":
            raise Unreadable(f"expected an exact price, found {amount.text!r}", self.quote)
        rest = unit.split("_") if unit else []
        part_of_unit = (
            len(amount.per) == 1 and len(rest) > 1 and amount.per[0] in rest
        )  # row or column say the other part
        own = price_unit(amount, meter) if amount.per and not part_of_unit else None
        if own and unit and own != unit:
            raise Unreadable(f"the column says {unit}, the cell says {own}: {amount.text!r}")
        if not own and not unit:
            raise Unreadable(f"no unit is stated for {amount.text!r}")
        return _exact(self, amount, bound).fact(
            "prices", bound=bound, plan=plan, meter=meter, sku=sku, region=region, offer=offer, usd=amount.value, unit=own or unit,
            billed_on=billed_on, product=product or self.page.product,
        )  # fmt: skip

    def limit(
        self,
        limit: str,
        amount: Amount | None,
        *,
        plan: str = "any",
        unit: str | None = None,
        product: str | None = None,
        bound: str = "max",
    ) -> Fact:
        """A row of limits: "up to 24 hours" states the maximum exactly, so that `bound` max is what a limit is.

        `amount` None means the page states that there is no such limit (then name the `unit`).

        A range keeps both ends, "40/10 min" becomes per minute only where it divides exactly (else Unreadable).
        """
        low: Decimal | None = None
        high: Decimal | None = None
        if amount is not None:
            if amount.per:
                if amount.per not in (("second",), ("minute",)) or amount.high is None:
                    raise Unreadable(f"expected a rate per second or minute, found {amount.text!r}")
                unit, low = f"per_{amount.per[0]}", (amount.low or amount.high) / amount.each
                high = amount.high / amount.each if amount.bound == "range" else None
                if low != low.quantize(Decimal(1).scaleb(-9)):
                    raise Unreadable(f"{amount.text!r} is no exact rate")
            elif amount.bound == "range":
                low, high, unit = amount.low, amount.high, amount.unit
            elif amount.unit in _THOUSANDS:
                unit, times = _THOUSANDS[amount.unit]
                low = amount.value * times
            else:
                low, unit = amount.value, amount.unit
            if amount.unit in ("week", "month") or (not amount.per and unit not in _LIMIT_UNITS):
                raise Unreadable(f"no unit of the contract fits {amount.text!r}")
        cited = self if amount is None else _exact(self, amount, bound)
        return cited.fact(
            "limits",
            bound=bound,
            plan=plan,
            limit=limit,
            amount=low,
            amount_max=high,
            unit=unit,
            product=product or self.page.product,
        )

    def cold_start(
        self, operation: str, amount: Amount, *, statistic: str | None = None, product: str | None = None
    ) -> Fact:
        """A row of cold_starts: "under 90 ms" is max, "~2–4 s" is typical with both ends. Raises for "over N"."""
        low, high = amount.ms
        stated = "max" if low is None else "typical"
        return self.fact(
            "cold_starts", operation=operation, statistic=statistic or stated, low_ms=low, high_ms=high, claimed_by="vendor",
            product=product or self.page.product,
        )  # fmt: skip

    def allowance(
        self, allowance: str, period: str, amount: Amount, *, unit: str | None = None, plan: str = "any",
        card_required: bool | None = None, product: str | None = None, bound: str = "exact",
    ) -> Fact:  # fmt: skip
        """A row of allowances; `unit` names what the amount counts where its own word is not the contract's (vcpu_hour). A
        `unit` of minutes (vcpu_minute) is brought to hours. Raises Unreadable where that is not exact."""
        if unit and unit.endswith("_minute"):
            hours = amount.value / 60
            if hours != hours.quantize(Decimal(1).scaleb(-9)):
                raise Unreadable(f"{amount.text!r} is no exact number of hours")
            amount, unit = replace(amount, low=hours, high=hours), unit.replace("_minute", "_hour")
        if unit in _TIMES and amount.unit not in ("hour", "count"):
            raise Unreadable(f"expected hours, found {amount.text!r}")
        if unit is None and amount.unit in _THOUSANDS and amount.bound == "exact":
            unit, times = _THOUSANDS[amount.unit]
            amount = replace(amount, low=amount.value * times, high=amount.value * times)
        return _exact(self, amount, bound).fact(
            "allowances", bound=bound, plan=plan, allowance=allowance, period=period, amount=amount.value, unit=unit or amount.unit,
            card_required=card_required, product=product or self.page.product,
        )  # fmt: skip


def _exact(passage: "Rows", amount: Amount, bound: str) -> "Rows":
    """The passage with the bound of an amount that is taken from it in its scope."""
    if amount.bound in ("exact", "range", bound):
        return passage
    why = (*passage.scope.why, ("bound", amount.text))
    return replace(passage, scope=replace(passage.scope, bound=amount.bound, why=why))  # type: ignore[type-var]


def price_unit(amount: Amount, meter: str) -> str:
    """The contract's unit for what an amount is per: (gb, month) is gb_month, (hour) of a vcpu is vcpu_hour."""
    bases = {"vcpu": "vcpu", "core": "core", "gpu": "gpu", "instance": "instance"}
    per = tuple("vcpu" if p == "cpu" else p for p in amount.per)
    if len(per) == 1 and per[0] in ("second", "hour", "month") and meter in bases:
        return "month" if (meter, per[0]) == ("vcpu", "month") else f"{bases[meter]}_{per[0]}"
    if len(per) == 1 and per[0] in ("gb", "gib", "session", "million", "month"):
        return per[0]
    if len(per) == 2 and per[1] in ("second", "hour", "month"):
        return "_".join(per)
    if (
        len(per) == 2
        and per[0] in ("second", "hour", "month")
        and per[1] in ("gb", "gib", "vcpu", "core", "gpu", "instance")
    ):
        return f"{per[1]}_{per[0]}"
    raise Unreadable(f"no unit of the contract fits {amount.text!r}")
