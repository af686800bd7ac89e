"""The gate: rows against the contract, slipped units, and a whole vendor at once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from sandsnap.check import gate
from sandsnap.model import Fact, Reading

DAY = date(2026, 7, 4)
URL = "https://e2b.dev/docs/billing"
READER = f"{URL}#rates"


def price(usd: str, unit: str = "vcpu_hour", sku: str = "-") -> Fact:
    key = {"product": "sandbox", "plan": "any", "meter": "vcpu", "sku": sku, "region": "-"}
    values = {"usd": D(usd), "unit": unit, "billed_on": None}
    return Fact("prices", "e2b", key, values, "read", URL, f"${usd} per {unit}", "a" * 64, DAY)


def reading(*facts: Fact) -> Reading:
    return Reading("e2b", URL, READER, "v1", "good", facts)


def through(before: list[Fact], *now: Fact) -> Reading:
    (out,) = gate("e2b", DAY, {READER: before}, [reading(*now)])
    return out


def test_a_good_row_passes_untouched() -> None:
    r = reading(price("0.05"))
    assert gate("e2b", DAY, {}, [r]) == [r]


@pytest.mark.parametrize(
    ("fact", "cell"),
    [
        (price("-1"), "prices.usd: '-1.000000000' fails greater_than"),
        (price("0"), "prices.usd"),
        (replace(price("1"), values={"usd": D(1), "unit": "furlong", "billed_on": None}), "prices.unit: 'furlong'"),
        (price("0.0000000001"), "more than nine decimals"),
        (
            replace(price("1"), values={"usd": "1", "unit": "vcpu_hour", "billed_on": None}),
            "prices.usd: '1' is no Decimal",
        ),
        (replace(price("1"), quote=None), "evidence"),
        (replace(price("1"), capture="xyz"), "prices.capture"),
    ],
)
def test_each_failing_cell_has_a_message_and_the_rest_goes_on(fact: Fact, cell: str) -> None:
    good = price("0.5", sku="a")
    out = through([], good, fact)
    assert out.facts == (good,)
    assert out.partial  # the refused fact keeps its last value, it does not go missing
    assert out.issues[0].kind == "invalid"
    assert cell in out.issues[0].message


@pytest.mark.parametrize(
    "factor", ["12", "24", "30", "60", "730", "1000", "1024", "3600", "86400", "1000000", "1.073741824"]
)
def test_a_price_that_moves_by_a_unit_is_held(factor: str) -> None:
    for usd in (D("0.05") * D(factor), D("0.05") / D(factor)):
        out = through([price("0.05")], price(format(round(usd, 9), "f")))
        assert out.facts == ()
        assert out.issues[0].kind == "held"
        assert "before" in out.issues[0].message


def test_a_unit_that_moves_without_its_figure_is_held() -> None:
    assert through([price("0.05")], price("0.05", "vcpu_second")).issues[0].kind == "held"


@pytest.mark.parametrize(
    ("before", "after"), [("2.50", "1.25"), ("1.50", "0.75"), ("3.50", "1.50"), ("1.25", "0.70"), ("0.05", "0.055")]
)
def test_real_repricings_pass(before: str, after: str) -> None:
    assert through([price(before)], price(after)).facts == (price(after),)


def many(usd: str, n: int = 20) -> list[Fact]:
    return [price(usd, sku=f"s{i}") for i in range(n)]


def test_a_vendor_that_moves_all_at_once_is_held() -> None:
    out = through(many("1"), *many("1.1"))
    assert (out.outcome, out.facts) == ("held", ())
    assert "20 of 20" in out.issues[-1].message
    vanished = through(many("1"), *many("1")[:5])
    assert vanished.outcome == "held"


def test_what_was_last_verified_long_ago_had_time_to_change() -> None:
    old = [replace(f, verified_on=date(2026, 5, 1)) for f in many("1")]
    assert through(old, *many("1.1")).outcome == "good"


def test_a_third_may_move_and_a_failed_source_has_not_vanished() -> None:
    assert through(many("1"), *many("1.1")[:7], *many("1")[7:]).outcome == "good"
    failed = replace(reading(), outcome="failed")
    assert gate("e2b", DAY, {READER: many("1")}, [failed]) == [failed]
