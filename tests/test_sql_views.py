"""The views that analysts use: which claim is shown, what conflicts, figures in one unit, workloads and their order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from sandsnap.model import Fact, Reading
from sandsnap.record import blank, layout
from sandsnap.record.cost_store import reranked
from sandsnap.record.recorder import Recorder, Run
from schemas import TABLES

PAGE, DOCS = "https://e2b.dev/pricing", "https://e2b.dev/docs/billing"
START, T0 = date(2026, 1, 1), datetime(2026, 11, 1, tzinfo=UTC)


def d(n: int) -> date:
    return START + timedelta(days=n)


def fact(table: str, key: dict[str, str], url: str = PAGE, judged_on: date | None = None, **values: Any) -> Fact:
    """A fact of e2b/sandbox; values that are not given are null. Judged where a day of judgement is given."""
    contract = TABLES[table]
    filled = {c: values.get(c) for c in contract.values}
    filled |= {c: Decimal(v) for c, v in values.items() if isinstance(v, str) and contract.by_name[c].kind == "amount"}
    basis, quote = ("judged", None) if judged_on else ("read", f"{sorted(values.items())} {url}")
    return Fact(table, "e2b", {"product": "sandbox", **key}, filled, basis, url, quote, None, judged_on)


def price(usd: str, unit: str, meter: str = "vcpu", plan: str = "any", sku: str = "-", **more: Any) -> Fact:
    return fact(
        "prices", {"plan": plan, "meter": meter, "sku": sku, "region": "-", "offer": "list"}, usd=usd, unit=unit, **more
    )


def limit(amount: str | None, unit: str, name: str = "session_max", plan: str = "any", **more: Any) -> Fact:
    return fact("limits", {"plan": plan, "limit": name}, amount=amount, unit=unit, **more)


def reading(n: int, *facts: Fact, reader: str = "page", rank: int = 0, vendor: str = "e2b") -> Reading:
    url = facts[0].source_url if facts else PAGE
    return Reading(
        vendor, url, f"{url}#{reader}", "v1", "good", facts, captured_at=T0, capture=f"{n:064x}", rank=rank,
        sticky=reader == "judged",
    )  # fmt: skip


def record(con: duckdb.DuckDBPyConnection, days: Sequence[tuple[int, Sequence[Reading]]], run: int = 1) -> None:
    at = T0 + timedelta(hours=run)
    recorder = Recorder(con, Run(f"run-{run}", "snapshot", at, at), None, {})
    for n, readings in days:
        recorder.day(d(n), readings)
    recorder.finish()


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def test_a_judgement_of_the_day_of_a_reading_stands_last(con: duckdb.DuckDBPyConnection) -> None:
    judged = limit("1", "hour", judged_on=d(3), url=DOCS)
    record(
        con,
        [
            (0, [reading(0, limit("24", "hour"))]),
            (3, [reading(3, limit("24", "hour")), reading(3, judged, reader="judged")]),
        ],
    )
    assert rows(con, "SELECT amount FROM limits") == [(24,)]
    assert rows(con, "SELECT shown_verified_on, other_verified_on FROM conflicts") == [(d(3), d(3))]


SAME = [
    (price("0.0504", "vcpu_hour"), price("0.000014", "vcpu_second", url=DOCS)),
    (price("0.00004", "core_second"), price("0.072", "vcpu_hour", url=DOCS)),
    (price("0.08", "gb_month"), price("0.08", "gb_month", url=DOCS)),
    (price("0.08", "gb_month"), price("0.0002", "gb_hour", url=DOCS)),  # a month is compared with months only
    (limit("1", "hour"), limit("60", "minute", url=DOCS)),
    (limit("100", "count", amount_max="1100"), limit("100", "count", url=DOCS)),
    (limit("1", "per_second", "creation_rate"), limit("60", "per_minute", "creation_rate", url=DOCS)),
    (price("1", "vcpu_hour", billed_on="active"), price("1", "vcpu_hour", url=DOCS)),
]
DIFFERENT = [
    (price("0.0504", "vcpu_hour"), price("0.000015", "vcpu_second", url=DOCS)),
    (price("1", "core_second"), price("1", "vcpu_second", url=DOCS)),
    (price("0.08", "gib_hour"), price("0.08", "gb_hour", url=DOCS)),
    (price("1", "vcpu_hour", billed_on="active"), price("1", "vcpu_hour", billed_on="provisioned", url=DOCS)),
    (limit("1", "hour"), limit("24", "hour", url=DOCS)),
    (limit(None, "hour"), limit("24", "hour", url=DOCS)),  # "no limit" is a statement
    (
        fact("persistence", {"mechanism": "volume"}, indefinite=True),
        fact("persistence", {"mechanism": "volume"}, retention_days="30", url=DOCS),
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_no_conflict_where_nothing_stated_differs(con: duckdb.DuckDBPyConnection, one: Fact, other: Fact) -> None:
    record(con, [(0, [reading(0, one), reading(0, other)])])
    assert rows(con, "SELECT shown, other FROM conflicts") == []
    assert len(rows(con, "FROM store.contested")) == 2


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_conflict_where_both_state_a_value_and_differ(con: duckdb.DuckDBPyConnection, one: Fact, other: Fact) -> None:
    record(con, [(0, [reading(0, one), reading(0, other, rank=1)])])
    assert rows(con, "SELECT shown_source_url, other_source_url FROM conflicts") == [(PAGE, DOCS)]
    ((since, resolved, attribute),) = rows(con, "SELECT since, resolved, attribute FROM conflicts")
    assert (since, resolved) == (d(0), "the order of sources: 0 before 1")
    assert set(attribute.split(", ")) <= {*one.values}


def test_a_conflict_lasts_since_both_have_said_so_and_says_why_one_is_shown(con: duckdb.DuckDBPyConnection) -> None:
    here, there = limit("24", "hour"), limit("24", "hour", url=DOCS)
    days = [(0, [reading(0, here), reading(0, there)]), (4, [reading(4, limit("1", "hour")), reading(4, there)])]
    record(con, days)
    asked = "SELECT attribute, since, resolved, shown_source_url FROM conflicts"
    assert rows(con, asked) == [("amount", d(4), "no order is declared: the first address", min(PAGE, DOCS))]


def test_prices_in_one_unit(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(
        0, price("0.00003942", "core_second", "core"), price("0.0212", "gb_hour", "memory"),
        price("0.08", "gb_month", "storage"), price("0.6", "million", "creation"), price("150", "month", "plan_fee", "pro"),
    )])])  # fmt: skip
    found = rows(
        con,
        "SELECT meter, per, usd_per_hour, usd_per_month, usd_per_gib_hour, computed_from FROM prices_per_hour ORDER BY 1",
    )
    D = Decimal  # noqa: N806
    assert found == [
        ("core", "vcpu", D("0.070956"), D("51.79788"), None, "$0.00003942 per core_second x 3600 / 2 vCPU of a core"),
        ("creation", "million", None, None, None, "$0.6 per million, which is not by time"),
        ("memory", "gb", D("0.0212"), D("15.476"), D("0.022763327"), "$0.0212 per gb_hour; GiB: x 1.073741824"),
        ("plan_fee", "plan_fee", D("0.205479452"), D("150"), None, "$150 per month / 730 hours"),
        ("storage", "gb", D("0.000109589"), D("0.08"), D("0.00011767"), "$0.08 per gb_month / 730 hours; GiB: x 1.073741824"),
    ]  # fmt: skip


def test_a_gigabyte_of_memory_is_the_vendors_own(con: duckdb.DuckDBPyConnection) -> None:
    key = {"plan": "any", "meter": "memory", "rule": "gigabyte"}
    gigabyte = fact("billing_rules", key, amount="1024", unit="mb", applies=True)
    record(con, [(0, [reading(0, gigabyte, price("6", "gb_hour", "memory"), price("6", "gb_hour", "storage"))])])
    found = rows(con, "SELECT meter, usd_per_gib_hour, computed_from FROM prices_per_hour ORDER BY 1")
    assert found == [
        ("memory", Decimal(6), "$6 per gb_hour; their GB is a GiB"),
        ("storage", Decimal("6.442450944"), "$6 per gb_hour; GiB: x 1.073741824"),
    ]


def test_limits_in_minutes_keep_none_and_unknown_apart(con: duckdb.DuckDBPyConnection) -> None:
    record(
        con,
        [
            (
                0,
                [
                    reading(
                        0,
                        limit("24", "hour"),
                        limit(None, "minute", "idle_timeout"),
                        limit("20", "count", "concurrent"),
                    )
                ],
            )
        ],
    )
    assert rows(con, 'SELECT "limit", has_limit, minutes, computed_from FROM limits_in_minutes ORDER BY 1') == [
        ("idle_timeout", False, None, "stated to have no limit"),
        ("session_max", True, 1440, "24 hour x 60"),
    ]


def allowance(amount: str, unit: str, name: str, plan: str = "hobby", period: str = "month") -> Fact:
    return fact("allowances", {"plan": plan, "allowance": name, "period": period}, amount=amount, unit=unit)


def test_allowances_in_dollars_where_a_rate_exists(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(
        0, price("0.000014", "vcpu_second"), price("0.0212", "gb_hour", "memory", "pro"), price("0.6", "million", "creation"),
        allowance("100", "usd", "credit", period="once"), allowance("5", "vcpu_hour", "vcpu_time"),
        allowance("420", "gb_hour", "memory_time"), allowance("5000", "count", "creations"),
    )])])  # fmt: skip
    found = dict(rows(con, "SELECT allowance, usd FROM allowances_in_dollars"))
    assert found == {"credit": 100, "vcpu_time": Decimal("0.252"), "memory_time": None, "creations": Decimal("0.003")}
    said = dict(rows(con, "SELECT allowance, computed_from FROM allowances_in_dollars"))
    assert said["memory_time"] == "no rate is stated for memory_time per gb_hour in this plan"
    assert said["vcpu_time"] == "5 vcpu_hour x $0.000014 per vcpu_second x 3600"


def costs(con: duckdb.DuckDBPyConnection, workload: str, day: int | None = None) -> dict[str, tuple[Any, ...]]:
    source = "workload_costs" if day is None else f"workload_costs_on(DATE '{d(day)}')"
    found = rows(
        con, f"SELECT plan, usd, usage_usd, fee_usd, credit_usd, unpriced FROM {source} WHERE workload = '{workload}'"
    )
    return {plan: rest for plan, *rest in found}


RATES = (price("0.05", "vcpu_hour"), price("0.02", "gib_hour", "memory"))


def plan(name: str, usd: str | None, kind: str = "paid") -> Fact:
    return fact("plans", {"plan": name}, name=name.capitalize(), kind=kind, usd_per_month=usd)


def rule(
    name: str, meter: str = "any", amount: str | None = None, unit: str | None = None, applies: bool = True
) -> Fact:
    key = {"plan": "any", "meter": meter, "rule": name}
    return fact("billing_rules", key, amount=amount, unit=unit, applies=applies)


def test_the_arithmetic_of_an_hour(con: duckdb.DuckDBPyConnection) -> None:
    fee, credit = price("150", "month", "plan_fee", "pro"), allowance("0.1", "usd", "credit", "hobby")
    record(con, [(0, [reading(0, *RATES, fee, credit, plan("hobby", "0", "free"))])])
    found = costs(con, "cpu_hour")
    D = Decimal  # noqa: N806
    assert found["pro"] == [D("150.18"), D("0.18"), 150, 0, None]
    assert found["hobby"] == [D("0.08"), D("0.18"), 0, D("0.1"), None]
    assert rows(con, "SELECT plan FROM workload_costs WHERE workload = 'cpu_hour' AND cheapest") == [("hobby",)]
    (text,) = rows(con, "SELECT arithmetic FROM workload_costs WHERE workload = 'cpu_hour' AND plan = 'hobby'")[0]
    fee_line, vcpu, memory, credited = text.splitlines()
    assert fee_line.startswith('plan_fee: no base fee ["') and fee_line.endswith('"] = $0')
    said = "2 vCPU-hours, provisioned (the page does not say what counts) x $0.05 ($0.05 per vcpu_hour)"
    assert vcpu.startswith(f"vcpu: {said} [price: ") and vcpu.endswith(" = $0.1")
    assert memory.startswith("memory: 4 GiB-hours") and memory.endswith(" = $0.08")
    assert credited.startswith("credit: $0.1 of usage free a month") and credited.endswith(" = $-0.1")
    assert rows(con, "SELECT DISTINCT basis, verified_on, states FROM workload_costs WHERE usd > 0") == [
        ("read", d(0), "current")
    ]


def test_what_prices_are_multiplied_by_elsewhere_is_said_and_not_applied(con: duckdb.DuckDBPyConnection) -> None:
    def times(factor: str, condition: str, meter: str = "any") -> Fact:
        return fact("multipliers", {"plan": "any", "meter": meter, "condition": condition}, factor=factor)

    own = times("1.15", "region:broad"), times("1.75", "region:narrow"), times("0.6", "reserved_1y", "vcpu")
    record(con, [(0, [reading(0, *RATES, *own, times("9", "spot", "gpu"))])])
    assert costs(con, "cpu_hour")["any"][0] == Decimal("0.18")
    (text,) = rows(con, "SELECT arithmetic FROM workload_costs WHERE workload = 'cpu_hour'")[0]
    said = "multipliers: not applied, the workload asks for none: region x 1.15 (broad) to x 1.75 (narrow), reserved_1y x 0.6 ["
    assert text.splitlines()[-1].startswith(said)


def test_the_columns_add_up(con: duckdb.DuckDBPyConnection) -> None:
    free = allowance("1", "vcpu_hour", "vcpu_time"), allowance("0.05", "usd", "credit")
    record(
        con,
        [
            (
                0,
                [
                    reading(
                        0,
                        *RATES,
                        *free,
                        plan("hobby", "7"),
                        plan("pro", None),
                        rule("increment", amount="1", unit="minute"),
                    )
                ],
            )
        ],
    )
    told = "SELECT count(*), bool_and(usd = usage_usd + coalesce(fee_usd, 0) - allowance_usd - credit_usd) FROM workload_costs"
    assert rows(con, f"{told} WHERE usd IS NOT NULL") == [(10, True)]
    assert rows(con, "SELECT DISTINCT plan, fee, fee_usd FROM workload_costs ORDER BY 1") == [
        ("hobby", "stated", 7), ("pro", "not stated", None),
    ]  # fmt: skip
    # Pro is sold for a fee that no page states: the cheapest is the one whose cost is known in full.
    assert rows(con, "SELECT DISTINCT plan FROM workload_costs WHERE cheapest") == [("hobby",)]


def test_active_time_and_what_is_free(con: duckdb.DuckDBPyConnection) -> None:
    active = price("0.1", "vcpu_hour", plan="hobby", billed_on="active")
    free = allowance("1", "gib_hour", "memory_time")
    record(con, [(0, [reading(0, active, RATES[1], free, rule("increment", amount="1", unit="second"))])])
    # 2 vCPU for 3 minutes of CPU; 4 GiB for 30 minutes, of which one GiB-hour is free
    assert costs(con, "agent_session")["hobby"][0] == Decimal("0.03")
    assert costs(con, "agent_session")["hobby"][1] == Decimal("0.05")


def test_missing_is_never_zero(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, *RATES, allowance("9", "usd", "credit", "team"))]), (3, [reading(3, RATES[0])])])
    # The fee is not stated: usage is priced and the fee stands apart. By the hour, nobody knows what half of one costs.
    assert costs(con, "cpu_hour")["team"] == [0, Decimal("0.18"), None, Decimal("0.18"), None]
    assert "the smallest span that is billed" in costs(con, "agent_session")["team"][-1]
    usd, usage, *_, why = costs(con, "h100_hour")["team"]
    assert (usd, usage, why) == (None, None, "no price is stated for h100")


def test_memory_that_comes_with_vcpu_is_bought_in_steps(con: duckdb.DuckDBPyConnection) -> None:
    rules = rule("memory_per_vcpu", "memory", "2", "gb"), rule("vcpu_step", "vcpu", "2", "vcpu")
    record(
        con,
        [(0, [reading(0, price("0.02", "gb_hour", "memory"), price("0.1", "vcpu_hour", billed_on="active"), *rules)])],
    )
    # 4 GiB are 4.295 GB: 4 vCPU with 8 GB are the least that hold them; the CPU is of the 2 that work.
    assert costs(con, "cpu_hour")["any"][0] == Decimal("0.36")
    (text,) = rows(con, "SELECT arithmetic FROM workload_costs WHERE workload = 'cpu_hour'")[0]
    assert "8 GB that come with 4 vCPU, the least to be bought" in text


def test_what_sleeps_is_not_charged_and_a_fee_may_be_credit(con: duckdb.DuckDBPyConnection) -> None:
    included = rule("included_with", "vcpu", unit="memory")
    sleeps = rule("standby_billed", "memory", applies=False)
    credit = rule("credit_from_fee", "plan_fee")
    record(
        con, [(0, [reading(0, price("0.00001", "gib_second", "memory"), included, sleeps, credit, plan("pro", "50"))])]
    )
    usd, usage, fee, credited, _ = costs(con, "always_on_month")["pro"]
    assert (usd, usage, fee, credited) == (50, Decimal("5.256"), 50, Decimal("5.256"))  # 73 of 730 hours


def test_a_named_size_with_more_memory(con: duckdb.DuckDBPyConnection) -> None:
    size = fact("sizes", {"sku": "s"}, vcpu="2", memory="3", memory_unit="gib", shared=True)
    month = rule("month", amount="720", unit="hour")
    record(
        con,
        [
            (
                0,
                [
                    reading(
                        0,
                        price("0.1", "instance_hour", "instance", sku="s"),
                        price("7.2", "gib_month", "memory"),
                        size,
                        month,
                    )
                ],
            )
        ],
    )
    assert costs(con, "cpu_hour")["any"][0] == Decimal(
        "0.11"
    )  # 4 GiB: one more than it comes with, a hundredth an hour


def test_a_plan_that_is_too_small_is_not_priced(con: duckdb.DuckDBPyConnection) -> None:
    record(
        con, [(0, [reading(0, *RATES, limit("20", "count", "concurrent", "hobby"), allowance("1", "usd", "credit"))])]
    )
    usd, usage, *_, why = costs(con, "hundred_for_a_day")["hobby"]
    assert (usd, usage, why) == (None, Decimal("144"), "the plan allows at most 20 at once")


def test_begun_sessions_are_whole_and_must_hold_the_need(con: duckdb.DuckDBPyConnection) -> None:
    session = price("0.03", "session", "session"), limit("60", "minute")
    holds = fact("sizes", {"sku": "-"}, vcpu="2", memory="4", memory_unit="gib")
    record(con, [(0, [reading(0, *session)]), (1, [reading(1, *session, holds)])])
    assert costs(con, "thousand_short_runs", 0)["any"][-1] == "no page states what a session holds"
    assert costs(con, "hundred_for_a_day")["any"][0] == 24  # 100 x 8 sessions of an hour
    assert costs(con, "thousand_short_runs")["any"][0] == 30  # one each


def vercel(table: str, key: dict[str, str], **values: Any) -> Fact:
    return replace(fact(table, key, "https://vercel.com/docs/sandbox/pricing", **values), vendor="vercel")


def test_begun_minutes_are_whole_and_sandboxes_follow_each_other(con: duckdb.DuckDBPyConnection) -> None:
    any_sku = {"sku": "-", "region": "-", "offer": "list", "plan": "hobby"}
    facts = (
        vercel("prices", {**any_sku, "meter": "vcpu"}, usd="0.128", unit="vcpu_hour", billed_on="active"),
        vercel("prices", {**any_sku, "meter": "memory"}, usd="0.0212", unit="gb_hour", billed_on="provisioned"),
        vercel("prices", {**any_sku, "meter": "creation"}, usd="0.6", unit="million"),
        vercel("limits", {"plan": "hobby", "limit": "session_max"}, amount="5", unit="hour"),
        replace(rule("increment", "memory", "1", "minute"), vendor="vercel"),
    )
    record(con, [(0, [reading(0, *facts, vendor="vercel")])])
    # 1,000 runs of 20 s: memory for a minute each, 1 GiB in GB; the CPU for the 20 s that it is active.
    memory, cpu = round(1000 / 60 * 1.073741824 * 0.0212, 6), round(1000 * 20 / 3600 * 0.128, 6)
    assert float(costs(con, "thousand_short_runs")["hobby"][1]) == pytest.approx(memory + cpu + 0.0006, abs=2e-6)
    lines = "SELECT text, usd FROM workload_lines WHERE workload = '{}' AND item = '{}'"
    assert "begun 60 s whole" in rows(con, lines.format("thousand_short_runs", "memory"))[0][0]
    # 730 hours in sessions of 5: 146 sandboxes are made.
    ((text, usd),) = rows(con, lines.format("always_on_month", "creation"))
    assert (text.split()[0], usd) == ("0.000146", Decimal("0.000088"))


def test_an_order_that_flips_names_the_change(con: duckdb.DuckDBPyConnection) -> None:
    def modal(n: int, usd: str) -> Reading:
        key = {"product": "sandbox", "plan": "any", "meter": "gpu", "sku": "h100", "region": "-", "offer": "list"}
        values = {"usd": Decimal(usd), "unit": "gpu_hour", "billed_on": None}
        url = "https://modal.com/pricing"
        stated = Fact("prices", "modal", key, values, "read", url, usd, None, None)
        return Reading("modal", url, f"{url}#gpu", "v1", "good", (stated,), captured_at=T0, capture=f"{n:063x}1")

    ours = price("3", "gpu_hour", "gpu", sku="h100-sxm")
    record(con, [(0, [reading(0, ours), modal(0, "4")]), (5, [reading(5, ours), modal(5, "2.5")])])
    query = f"SELECT vendor, usd FROM workload_costs_on(DATE '{d(0)}') WHERE workload = 'h100_hour' ORDER BY vendor"
    assert rows(con, query) == [("e2b", Decimal(3)), ("modal", Decimal(4))]
    flipped = rows(con, f"SELECT * FROM rank_changes(DATE '{d(0)}', DATE '{d(5)}')")
    assert flipped == [
        (
            "h100_hour",
            "e2b/sandbox",
            "modal/sandbox",
            3,
            4,
            3,
            Decimal("2.5"),
            "2026-01-06 prices any / gpu / h100 / - / list usd: 4 -> 2.5",
        )
    ]
    assert rows(con, f"SELECT * FROM rank_changes(DATE '{d(0)}', DATE '{d(4)}')") == []
    moved = next(iter(reranked(con, "modal")))
    assert moved[0] == "sandbox" and moved[1] == d(5) and reranked(con, "modal")[moved] == ["h100_hour"]
    assert reranked(con, "e2b") == {}


def test_the_workloads_of_the_file_are_complete() -> None:
    assert all(v is not None for w in layout.workload_rows() for k, v in w.items() if k != "gpu")


@pytest.mark.slow
def test_the_buyers_table(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(
        0, *RATES, plan("hobby", "0", kind="free"), plan("team", "20"), plan("free_trial", None, kind="trial"),
        price("2.5", "gpu_hour", "gpu", sku="h100-sxm"), limit("1", "hour", plan="hobby"), limit("1", "day", plan="team"),
        limit("8", "gb", "memory_max"), limit("64", "count", "vcpu_max", plan="free_trial"),
        allowance("100", "usd", "credit", "hobby", "once"), allowance("0", "usd", "credit", "team", "once"),
        allowance("50", "usd", "credit", "team"), fact("regions", {"region": "iad"}, status="available"),
    )])])  # fmt: skip
    told = con.execute("FROM compare").fetchall()
    (row,) = [dict(zip([d[0] for d in con.execute("FROM compare").description or ()], r, strict=True)) for r in told]
    assert (row["session_hours_free"], row["session_hours_paid"], row["session_unlimited"]) == (1, 24, False)
    assert (row["memory_max_gib"], row["vcpu_max"]) == (7.451, None)  # GB are no GiB, and a trial is no plan
    assert (row["h100_usd_per_hour"], row["credit_once_usd"], row["credit_month_usd"]) == (2.5, 100, None)
    assert row["usd_per_vcpu_hour"] is not None and PAGE in row["usd_per_vcpu_hour_why"]
    assert row["cold_start_ms"] is None and row["cold_start_ms_why"] == "no typical figure for a new sandbox is stated"
    assert row["regions"] == 1 and row["regions_why"].startswith('iad: "') and PAGE in row["regions_why"]
    for unknown in ("gpus", "sdks", "kept_indefinitely", "self_hostable", "own_kernel"):  # null, with the reason beside
        assert (
            row[unknown] is None
            and row[f"{unknown.replace('indefinitely', 'why').removesuffix('_why')}_why"] == "not stated"
        )


def test_a_value_without_a_sentence_says_so(con: duckdb.DuckDBPyConnection) -> None:
    said = rows(
        con,
        "SELECT store.said('a b', 'read', 'u'), store.said(NULL, 'second_hand', 'u'), store.said(NULL, 'judged', 'u')",
    )
    assert said == [('"a b" u', "second-hand, no sentence of the page u", "judged, no sentence u")]


@pytest.mark.slow
def test_costs_added_day_by_day_are_those_made_at_once() -> None:
    """The law of spells: pricing only from the first day that differs gives what pricing everything anew gives."""
    days = [
        (0, [reading(0, *RATES, plan("hobby", "0", kind="free"))]),
        (3, [reading(3, price("0.06", "vcpu_hour"), RATES[1], plan("hobby", "0", kind="free"))]),
        (4, [reading(4, price("0.06", "vcpu_hour"), RATES[1], plan("hobby", "0", kind="free"), limit("1", "hour"))]),
        (9, [reading(9, *RATES, plan("hobby", "5"), allowance("1", "usd", "credit"))]),
        (10, [reading(10, *RATES, plan("hobby", "5"), allowance("1", "usd", "credit"))]),
    ]
    made = []
    for runs in ([days], [[day] for day in days]):
        con = blank.in_memory()
        for n, given in enumerate(runs):
            at = T0 + timedelta(hours=n)
            recorder = Recorder(con, Run(f"r{n}", "snapshot", at, at), None, {})
            for day, readings in given:
                recorder.day(d(day), readings)
            recorder.finish()
        made.append(rows(con, "FROM workload_cost_history ORDER BY ALL"))
    assert made[0] == made[1] and len({r[4] for r in made[0]}) >= 4
