"""The gate: rows against the contract, ranges and slipped units, twins, and a whole vendor at once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from sandsnap.check.evidence import of_issue
from sandsnap.check.gate import Gate, gate
from sandsnap.check.plausible import implausible, measure, rules, suspicious
from sandsnap.check.units import same_figure
from sandsnap.model import Fact, Reading, Wait
from schemas import TABLES
from schemas import vocabulary as v

DAY = date(2026, 7, 4)
URL = "https://e2b.dev/docs/billing"
READER = f"{URL}#rates"


def price(usd: str, unit: str = "vcpu_hour", sku: str = "-", meter: str = "vcpu", url: str = URL) -> Fact:
    key = {"product": "sandbox", "plan": "any", "meter": meter, "sku": sku, "region": "-", "offer": "list"}
    values = {"usd": D(usd), "unit": unit, "billed_on": None}
    return Fact("prices", "e2b", key, values, "read", url, f"${usd} per {unit}", "a" * 64, DAY)


def gpu(usd: str, sku: str = "-") -> Fact:
    return price(usd, "gpu_hour", sku, "gpu")


def limit(amount: str | None, unit: str, name: str = "session_max", high: str | None = None) -> Fact:
    values = {"amount": D(amount) if amount else None, "amount_max": D(high) if high else None, "unit": unit}
    key = {"product": "sandbox", "plan": "any", "limit": name}
    return Fact("limits", "e2b", key, values, "read", URL, f"{amount} {unit}", "a" * 64, DAY)


def row(table: str, key: dict[str, str], **values: Any) -> Fact:
    key = {"product": "sandbox", **key}
    full = {c: values.get(c) for c in TABLES[table].values}
    return Fact(table, "e2b", key, full, "read", URL, str(values), "a" * 64, DAY)


def reading(*facts: Fact, url: str = URL) -> Reading:
    return Reading("e2b", url, f"{url}#rates", "v1", "good", facts)


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


# -- figures that moved by the factor of a unit -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "factor", ["12", "24", "30", "60", "365/12", "730", "1000", "1024", "3600", "86400", "1000000", "1.073741824"]
)
def test_a_price_that_moves_by_a_unit_is_held_with_the_other_reading(factor: str) -> None:
    times = D(365) / 12 if "/" in factor else D(factor)
    for usd in (D("0.05") * times, D("0.05") / times):
        out = through([price("0.05")], price(format(round(usd, 9), "f")))
        assert out.facts == ()
        assert out.partial
        (issue,) = out.issues
        assert (issue.kind, issue.reader) == ("held", READER)
        assert "would be" in issue.message
        assert issue.message.endswith("it said: '$0.05 per vcpu_hour'")
        assert issue.nearest == f"${round(usd, 9):f} per vcpu_hour"


def test_the_message_says_what_the_other_reading_would_be() -> None:
    (issue,) = through([price("0.05")], price("180")).issues
    assert "usd 0.05 became 180 vcpu_hour, 3600 times as much: 0.05 per second would be 180 per hour" in issue.message


def test_a_unit_that_moves_without_its_figure_is_held() -> None:
    assert "stayed while its unit went from" in through([price("0.05")], price("0.05", "vcpu_second")).issues[0].message
    assert through([limit("24", "hour")], limit("24", "minute")).facts == ()


def test_a_unit_and_its_figure_may_move_together() -> None:
    assert through([price("0.0504")], price("0.000014", "vcpu_second")).issues == ()
    assert through([limit("24", "hour")], limit("1440", "minute")).issues == ()


@pytest.mark.parametrize(
    ("before", "after"), [("2.50", "1.25"), ("1.50", "0.75"), ("3.50", "1.50"), ("1.25", "0.70"), ("3.95", "2.27")]
)
def test_real_repricings_pass(before: str, after: str) -> None:
    assert through([gpu(before)], gpu(after)).facts == (gpu(after),)


def test_the_real_cut_of_a_session_from_a_day_to_an_hour_passes() -> None:
    """E2B, 2024-02-15: a factor of 24 on a limit is a decision, not a slipped unit."""
    assert through([limit("24", "hour")], limit("1", "hour")).facts == (limit("1", "hour"),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (limit("8", "gib", "memory_max"), limit("8192", "gib", "memory_max")),
        (limit("10", "gib", "disk_max"), limit("10.73741824", "gib", "disk_max")),
        (limit("20", "count", "concurrent"), limit("20000", "count", "concurrent")),
        (limit("1", "hour"), limit("3600", "hour")),
        (limit("100", "count", "concurrent", "1100"), limit("100", "count", "concurrent", "1.1")),
        (
            row("cold_starts", {"operation": "create", "statistic": "max"}, high_ms=D(90), claimed_by="vendor"),
            row("cold_starts", {"operation": "create", "statistic": "max"}, high_ms=D(90000), claimed_by="vendor"),
        ),
    ],
)
def test_sizes_counts_and_times_slip_by_thousands(before: Fact, after: Fact) -> None:
    out = through([before], after)
    assert (out.facts, [i.kind for i in out.issues]) == ((), ["held"])


def test_more_than_tenfold_is_no_repricing_and_tenfold_is() -> None:
    assert through([gpu("1.5")], gpu("17")).issues[0].kind == "held"
    assert through([gpu("1.5")], gpu("15")).issues == ()
    # The same leap hidden in a finer unit: 0.05 an hour is not 0.0003 a second.
    assert "tenfold" not in through([price("0.05")], price("0.0003", "vcpu_second")).issues[0].message
    assert through([price("0.05")], price("0.0003", "vcpu_second")).facts == ()


@pytest.mark.parametrize("basis", ["quoted", "judged", "second_hand"])
def test_every_kind_of_evidence_passes_the_same_gate(basis: str) -> None:
    slipped = replace(gpu("40"), basis=basis)
    assert through([gpu("1.5")], slipped).facts == ()


def test_one_swapped_column_is_one_question() -> None:
    before = [gpu("1.5", f"s{i}") for i in range(6)]
    out = through([*before, price("0.05")], *(gpu("5400", f"s{i}") for i in range(6)), price("0.05"))
    assert out.facts == (price("0.05"),)
    (issue,) = out.issues
    assert "(6 in all)" in issue.message
    assert all(f"gpu / s{i} / - / list" in issue.message for i in range(6))


# -- plausible ranges -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (price("180"), "usd 180 vcpu_hour is outside 0.001 to 1 vcpu_hour: a vCPU has cost"),
        (price("0.05", "vcpu_second"), "usd 0.05 vcpu_second is 180 vcpu_hour, which is outside"),
        (gpu("0.01"), "0.05 to 50"),
        (price("0.5", "month", meter="plan_fee"), "1 to 10000"),
        (price("0.05", "gib_hour"), "no plausible range is stated in that unit"),  # a vCPU per GiB: swapped columns
        (limit("9000", "hour"), "beyond a year"),
        (limit("2", "count", "ports_max", "70000"), "there are no more ports"),
        (limit("0", "count", "concurrent"), "zero would be no product"),
        (limit("4", "gib", "concurrent"), "no plausible range"),
        (row("gpus", {"model": "a10"}, status="ending", ends_on=date(2206, 8, 1)), "a slipped year"),
    ],
)
def test_a_value_outside_its_range_is_held_with_the_reason_even_when_it_is_the_first(fact: Fact, reason: str) -> None:
    out = through([], fact)
    assert out.facts == ()
    assert out.issues[0].kind == "held"
    assert reason in out.issues[0].message


def test_unlimited_and_not_stated_have_no_range() -> None:
    assert through([], limit(None, "hour")).issues == ()


def test_every_figure_of_the_contract_has_a_range_and_every_term_is_in_one() -> None:
    ranges = rules().ranges
    figures = {
        (t.name, c)
        for t in TABLES.values()
        for c in t.values
        if str(t.by_name[c].polars).startswith(("Decimal", "Date"))
    }
    assert figures == {(r.table, f) for r in ranges for f in r.fields}

    def terms(table: str, column: str) -> set[str]:
        return {
            t for r in ranges if r.table == table for t in (r.units if column == "unit" else r.where.get(column, ()))
        }

    assert terms("prices", "meter") == set(v.METERS)
    assert terms("prices", "unit") == set(v.PRICE_UNITS)
    assert terms("limits", "limit") == set(v.LIMITS)
    assert terms("limits", "unit") == set(v.LIMIT_UNITS)
    assert terms("allowances", "allowance") == set(v.ALLOWANCES)
    assert terms("allowances", "unit") == set(v.ALLOWANCE_UNITS)
    assert all(len(r.reason) > 10 for r in ranges)


def test_figures_in_different_units_compare() -> None:
    assert measure(price("0.00001", "vcpu_second"), "usd") == measure(price("0.036"), "usd")
    assert measure(limit("90", "minute"), "amount") == measure(limit("1.5", "hour"), "amount")
    assert implausible(price("0.05")) is None
    assert suspicious(price("0.05"), price("0.06")) is None


# -- twins ------------------------------------------------------------------------------------------------------------

OTHER = "https://e2b.dev/pricing"


def two(here: Fact, there: Fact, before: tuple[Fact, Fact] | None = None) -> list[Reading]:
    standing = {READER: [before[0]], f"{OTHER}#rates": [before[1]]} if before else {}
    return gate("e2b", DAY, standing, [reading(here), reading(there, url=OTHER)])


def test_pages_that_contradict_each_other_are_one_issue_and_both_are_recorded() -> None:
    out = two(price("0.05"), price("0.06", url=OTHER))
    assert [len(r.facts) for r in out] == [1, 1]
    (issue,) = [i for r in out for i in r.issues]
    assert (issue.kind, issue.reader) == ("conflict", f"{OTHER}#rates")
    assert "0.06 vcpu_hour" in issue.message
    assert "0.05 vcpu_hour" in issue.message
    again = two(price("0.05"), price("0.06", url=OTHER))
    assert [of_issue(i) for r in again for i in r.issues] == [of_issue(issue)]


@pytest.mark.parametrize(
    "there", [price("0.05"), price("0.000014", "vcpu_second"), replace(price("0.05"), basis="judged", capture=None)]
)
def test_the_same_price_in_another_unit_or_a_judgement_is_no_contradiction(there: Fact) -> None:
    assert not [i for r in two(price("0.05"), replace(there, source_url=OTHER)) for i in r.issues]


def test_one_page_that_moves_first_is_recorded_and_the_contradiction_reported() -> None:
    old = (price("0.05"), price("0.05", url=OTHER))
    out = two(price("0.07"), old[1], old)
    assert [f.values["usd"] for r in out for f in r.facts] == [D("0.07"), D("0.05")]
    assert [i.kind for r in out for i in r.issues] == ["conflict"]


def test_twins_that_agreed_and_moved_apart_on_one_day_are_held() -> None:
    old = (price("0.05"), price("0.05", url=OTHER))
    out = two(price("0.07"), price("0.08", url=OTHER), old)
    assert [r.facts for r in out] == [(), ()]
    assert [i.kind for r in out for i in r.issues] == ["held", "held"]
    together = two(price("0.07"), price("0.07", url=OTHER), old)
    assert not [i for r in together for i in r.issues]


def test_a_twin_that_was_not_read_today_still_contradicts_until_it_is_a_month_old() -> None:
    for age, kinds in ((5, ["conflict"]), (40, [])):
        other = replace(price("0.06", url=OTHER), verified_on=DAY - timedelta(days=age))
        out = gate("e2b", DAY, {f"{OTHER}#rates": [other]}, [reading(price("0.05"))])
        assert [i.kind for r in out for i in r.issues] == kinds


@pytest.mark.parametrize(("there", "held"), [(limit("30", "hour"), True), (limit("40", "minute"), False)])
def test_what_a_page_first_states_a_units_factor_away_from_another_page_is_held(there: Fact, held: bool) -> None:
    known = replace(limit("30", "minute"), source_url=OTHER)
    out = gate("e2b", DAY, {f"{OTHER}#rates": [known]}, [reading(there), reading(known, url=OTHER)])
    assert [w.state for r in out for w in r.waits] == ["held"] * held
    assert len([f for r in out for f in r.facts]) == (1 if held else 2)


def test_no_limit_contradicts_a_limit() -> None:
    out = two(limit("24", "hour"), replace(limit(None, "hour"), source_url=OTHER, quote="no limit"))
    assert [i.kind for r in out for i in r.issues] == ["conflict"]


def test_an_unnamed_microvm_does_not_contradict_firecracker() -> None:
    def runtime(technology: str, url: str) -> Fact:
        fact = row("isolation", {"runtime": "default"}, technology=technology, boundary="microvm")
        return replace(fact, source_url=url)

    assert not [i for r in two(runtime("firecracker", URL), runtime("microvm", OTHER)) for i in r.issues]
    assert [i.kind for r in two(runtime("firecracker", URL), runtime("kvm", OTHER)) for i in r.issues] == ["conflict"]


def test_equality_is_asked_in_one_unit() -> None:
    """15 seconds are not 15 minutes, and a GB is no GiB; 24 hours are a day."""

    def there(fact: Fact) -> Fact:
        return replace(fact, source_url=OTHER)

    for one, other, kinds in (
        (limit("15", "second", "idle_timeout"), limit("15", "minute", "idle_timeout"), ["conflict"]),
        (limit("24", "hour"), limit("1", "day"), []),
        (price("0.0162", "gib_hour", meter="memory"), price("0.0162", "gb_hour", meter="memory"), ["conflict"]),
        (price("0.0162", "gib_hour", meter="memory"), price("0.0000045", "gib_second", meter="memory"), []),
    ):
        assert [i.kind for r in two(one, there(other)) for i in r.issues] == kinds


def test_a_month_has_the_hours_that_the_vendor_says() -> None:
    month, hour = price("72", "instance_month", meter="instance"), price("0.1", "instance_hour", meter="instance")
    assert not same_figure(month, hour, "usd")
    assert same_figure(replace(month, vendor="fly"), replace(hour, vendor="fly"), "usd")


# -- the breaker ------------------------------------------------------------------------------------------------------


def many(usd: str, n: int = 20) -> list[Fact]:
    return [gpu(usd, sku=f"s{i}") for i in range(n)]


def test_a_table_that_moves_by_one_factor_is_one_question() -> None:
    out = through(many("1"), *many("1.1"))
    (issue,) = out.issues
    assert (out.facts, out.partial, issue.kind) == ((), True, "held")
    assert "20 of the 20 amounts of the table moved by one factor, 1.1" in issue.message
    assert {(w.state, w.since) for w in out.waits} == {("held", DAY)}
    assert [w.fact for w in out.waits] == many("1.1")


def test_a_table_stays_held_though_one_rate_moves_on() -> None:
    before = {READER: many("1", 5)}
    (held,) = gate("e2b", DAY, before, [reading(*many("1.1", 5))])
    waits = {(READER, w.fact.id): w for w in held.waits}
    (out,) = gate("e2b", DAY, before, [reading(*many("1.1", 4), gpu("1.3", "s4"))], waiting=waits)
    assert [w.fact for w in out.waits] == many("1.1", 4), "four alike are few, and nobody has looked"
    (out,) = gate("e2b", DAY, before, [reading(gpu("1.1", "s0"), *many("1", 5)[1:])], waiting=waits)
    assert [w.state for w in out.waits] == ["unconfirmed"], "the page took the others back: a second look decides"


def test_amounts_that_become_nothing_are_no_fault_of_the_gate() -> None:
    names = ("concurrent", "vcpu_max", "ports_max", "egress_connections")
    was, now = ([limit(n, "count", name) for name in names] for n in ("8", "0"))
    assert through(was, *now).outcome == "good"


def test_what_moves_otherwise_or_vanishes_is_not_held() -> None:
    several = [gpu(str(D(1) + D(i + 1) / 7), f"s{i}") for i in range(20)]
    assert (
        through(many("1"), *[replace(f, values={**f.values, "usd": round(f.values["usd"], 4)}) for f in several]).waits
        == ()
    )  # type: ignore[call-overload, arg-type]
    assert through(many("1"), *many("1")[:5]).outcome == "good"
    assert through(many("1", 4), *many("1.1", 4)).waits == (), "a few rates may be raised by one share"
    assert through(many("1"), *many("1.1")[:7], *many("1")[7:]).waits == (), "less than most of the table"


def test_what_was_last_verified_long_ago_had_time_to_change_and_what_waits_had_not() -> None:
    old = [replace(f, verified_on=date(2026, 5, 1)) for f in many("1")]
    assert through(old, *many("1.1")).waits == ()
    waiting = {(READER, f.id): Wait(f, "held", "", date(2026, 5, 2)) for f in many("1.1")}
    (out,) = gate("e2b", DAY, {READER: old}, [reading(*many("1.1"))], waiting=waiting)
    assert {w.since for w in out.waits} == {date(2026, 5, 2)}


def test_rows_that_trade_their_amounts_are_held() -> None:

    def rates(*usd: str) -> list[Fact]:
        return [price(u, sku=sku) for u, sku in zip(usd, "abc", strict=True)]

    before = rates("0.0504", "0.0162", "0.02")
    for now, moved in ((rates("0.0162", "0.0504", "0.02"), 2), (rates("0.0162", "0.02", "0.0504"), 3)):
        out = through(before, *now)
        assert [("swapped" in w.reason, w.state) for w in out.waits] == [(True, "held")] * moved
    up = through(before, *rates("0.06", "0.0504", "0.0162"))
    assert not [w for w in up.waits if "swapped" in w.reason], "each takes the next one's place: no circle"


def test_a_failed_source_and_an_excerpt_move_nothing() -> None:
    failed = replace(reading(), outcome="failed")
    assert gate("e2b", DAY, {READER: many("1")}, [failed]) == [failed]
    for r in (replace(reading(), partial=True), replace(reading(), sticky=True)):
        assert gate("e2b", DAY, {READER: many("1")}, [r]) == [r]


def test_other_tables_go_on_and_a_release_lets_everything_through_but_broken_rows() -> None:
    mixed = [*many("1"), limit("1", "hour")]
    assert through(mixed, *many("1.1"), limit("2", "hour")).facts == (limit("2", "hour"),)
    check = Gate(released=["e2b"], live=True)
    (out,) = check("e2b", DAY, {READER: many("1")}, [reading(*many("30"), price("180"), price("-1", sku="x"))])
    assert (out.outcome, len(out.facts), out.waits) == ("good", 21, ())
    assert [i.kind for i in out.issues] == ["invalid"]
