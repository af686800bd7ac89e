"""The cost page: the calculator's arithmetic against the warehouse's, and what the page shows of both."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandsnap.cli.app import run
from sandsnap.cost.bill import Bill, bill
from sandsnap.cost.tariff import tariffs
from sandsnap.cost.workload import Workload
from sandsnap.model import Fact, Reading
from sandsnap.publish.site import cost_data, costs, spans
from sandsnap.publish.site.context import Context
from sandsnap.publish.site.cost_words import dollars, tidy
from sandsnap.record import blank, cost_queries, queries
from sandsnap.record.recorder import Recorder, Run
from schemas import TABLES

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "src/sandsnap/publish/site/assets/cost_rules.js"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed: the page's arithmetic cannot be run")
D = Decimal
DAY, T0 = date(2026, 7, 4), datetime(2026, 11, 1, tzinfo=UTC)


def fact(vendor: str, product: str, table: str, key: dict[str, str], **values: Any) -> Fact:
    """A fact of its own page; amounts as text."""
    contract = TABLES[table]
    filled = {c: values.get(c) for c in contract.values}
    filled |= {c: D(v) for c, v in values.items() if isinstance(v, str) and contract.by_name[c].kind == "amount"}
    return Fact(
        table,
        vendor,
        {"product": product, **key},
        filled,
        "read",
        f"https://{vendor}.test/",
        f"</script> {values}",
        None,
        None,
    )


def price(
    vendor: str, product: str, meter: str, usd: str, unit: str, plan: str = "any", sku: str = "-", **more: Any
) -> Fact:
    key = {"plan": plan, "meter": meter, "sku": sku, "region": more.pop("region", "-"), "offer": "list"}
    return fact(vendor, product, "prices", key, usd=usd, unit=unit, **more)


def free(
    vendor: str, product: str, what: str, amount: str | None, unit: str, plan: str = "any", period: str = "month"
) -> Fact:
    key = {"plan": plan, "allowance": what, "period": period}
    return fact(vendor, product, "allowances", key, amount=amount, unit=unit)


def limit(vendor: str, product: str, name: str, amount: str | None, unit: str, plan: str = "any", **more: Any) -> Fact:
    return fact(vendor, product, "limits", {"plan": plan, "limit": name}, amount=amount, unit=unit, **more)


def rule(
    vendor: str, product: str, name: str, meter: str, amount: str | None = None, unit: str | None = None, **more: Any
) -> Fact:
    key = {"plan": "any", "meter": meter, "rule": name}
    return fact(vendor, product, "billing_rules", key, amount=amount, unit=unit, applies=more.get("applies", True))


# Every rule of the views at least once; figures of no vendor.
FACTS = [
    price("e2b", "sandbox", "vcpu", "0.000014", "vcpu_second"),
    price("e2b", "sandbox", "memory", "0.0000045", "gib_second"),
    price("e2b", "sandbox", "plan_fee", "150", "month", plan="pro"),
    free("e2b", "sandbox", "credit", "100", "usd", plan="hobby", period="once"),
    limit("e2b", "sandbox", "concurrent", "20", "count", plan="hobby"),
    limit("e2b", "sandbox", "concurrent", "100", "count", plan="pro", amount_max="1100"),
    limit("e2b", "sandbox", "session_max", "1", "hour", plan="hobby"),
    limit("e2b", "sandbox", "session_max", "24", "hour"),
    price("modal", "sandbox", "core", "0.00003942", "core_second", billed_on="max_of_request_and_use"),
    price("modal", "sandbox", "memory", "0.00000667", "gib_second"),
    price("modal", "sandbox", "gpu", "0.001097", "gpu_second", sku="h100"),
    price("modal", "sandbox", "gpu", "0.000694", "gpu_second", sku="a100-80gb"),
    price("modal", "sandbox", "gpu", "0.000583", "gpu_second", sku="a100-40gb"),
    free("modal", "sandbox", "credit", "30", "usd"),
    free("modal", "sandbox", "credit", "100", "usd", plan="team"),
    price("modal", "sandbox", "plan_fee", "250", "month", plan="team"),
    limit("modal", "sandbox", "vcpu_max", "8", "count"),
    limit("e2b", "sandbox", "memory_max", "8", "gib", plan="hobby"),
    limit("modal", "sandbox", "memory_max", "8", "gb"),
    price("modal", "sandbox", "gpu", "0.000542", "gpu_second", sku="l40s"),
    price("vercel", "sandbox", "vcpu", "0.128", "vcpu_hour", plan="pro", billed_on="active"),
    price("vercel", "sandbox", "memory", "0.0212", "gb_hour", plan="pro", billed_on="provisioned"),
    price("vercel", "sandbox", "creation", "0.6", "million", plan="pro"),
    price("vercel", "sandbox", "plan_fee", "20", "month", plan="pro"),
    free("vercel", "sandbox", "credit", "20", "usd", plan="pro"),
    free("vercel", "sandbox", "vcpu_time", "5", "vcpu_hour", plan="hobby"),
    free("vercel", "sandbox", "memory_time", "420", "gb_hour", plan="hobby"),
    free("vercel", "sandbox", "creations", "5000", "count", plan="pro"),
    free("vercel", "sandbox", "creations", "5000", "count", plan="hobby"),
    limit("vercel", "sandbox", "session_max", "45", "minute", plan="hobby"),
    limit("vercel", "sandbox", "session_max", "5", "hour", plan="pro"),
    price("blaxel", "sandbox", "memory", "0.0000115", "gb_second"),
    price("freestyle", "vm", "vcpu", "0.04032", "vcpu_hour", billed_on="provisioned"),
    price("freestyle", "vm", "memory", "0.0129", "gib_hour"),
    free("freestyle", "vm", "vcpu_time", "200", "vcpu_hour"),
    free("freestyle", "vm", "memory_time", "400", "gib_hour"),
    free("freestyle", "vm", "memory_time", "400", "gb_hour", plan="pro"),  # another unit than the price: not deducted
    price("freestyle", "vm", "plan_fee", "50", "month", plan="hobby"),
    free("freestyle", "vm", "credit", "50", "usd", plan="hobby"),
    price("together", "code-interpreter", "session", "0.03", "session"),
    limit("together", "code-interpreter", "session_max", "45", "minute"),
    price("together", "code-sandbox", "instance", "0.0743", "instance_hour", sku="pico"),
    price("together", "code-sandbox", "instance", "0.2972", "instance_hour", sku="micro"),
    price("together", "code-sandbox", "vcpu", "0.0446", "vcpu_hour", plan="custom"),
    price("together", "sandbox", "session", "0.05", "session"),  # how long one lasts is not stated
    price("fly", "machines", "instance", "0.0000008", "instance_second", sku="shared-cpu-1x", region="iad"),
    fact("daytona", "sandbox", "isolation", {"runtime": "default"}, technology="sysbox"),
    price("daytona", "sandbox", "gpu", "2.27", "gpu_hour", sku="h100"),
    rule("vercel", "sandbox", "memory_per_vcpu", "memory", "2", "gb"),
    rule("vercel", "sandbox", "vcpu_step", "vcpu", "2", "vcpu"),
    rule("vercel", "sandbox", "increment", "memory", "1", "minute"),
    rule("blaxel", "sandbox", "included_with", "vcpu", unit="memory"),
    rule("blaxel", "sandbox", "standby_billed", "memory", applies=False),
    price("blaxel", "sandbox", "instance", "0.0828", "instance_hour", sku="xs"),  # of memory, which is priced itself
    rule("freestyle", "vm", "increment", "any", "1", "second"),
    rule("freestyle", "vm", "credit_from_fee", "plan_fee"),
    rule("together", "code-sandbox", "increment", "instance", "1", "minute"),
    fact("together", "code-interpreter", "sizes", {"sku": "-"}, vcpu="2", memory="4", memory_unit="gib"),
    fact("together", "code-sandbox", "sizes", {"sku": "pico"}, vcpu="2", memory="1", memory_unit="gb"),
    fact("together", "code-sandbox", "sizes", {"sku": "micro"}, vcpu="4", memory="8", memory_unit="gb"),
    fact("fly", "machines", "sizes", {"sku": "shared-cpu-1x"}, vcpu="1", memory="256", memory_unit="mb"),
    price("fly", "machines", "memory", "6", "gb_month", region="iad"),
    rule("fly", "machines", "month", "any", "720", "hour"),
    fact("fly", "machines", "plans", {"plan": "pay_as_you_go"}, name="Pay As You Go", usd_per_month="0"),
    price("e2b", "sandbox", "storage", "0.00000003", "gib_second"),
    free("e2b", "sandbox", "storage", "10", "gib", plan="hobby", period="at_once"),
    limit("e2b", "sandbox", "disk_max", "10", "gb", plan="hobby"),
    rule("modal", "sandbox", "included_with", "storage", unit="memory"),
    price("modal", "sandbox", "egress", "0.04", "gib"),
    price("vercel", "sandbox", "egress", "0.15", "gb", plan="pro"),
    free("vercel", "sandbox", "transfer", "20", "gib", plan="pro"),
    free("vercel", "sandbox", "storage", "15", "gb", plan="hobby"),
    price("vercel", "sandbox", "snapshot_storage", "0.08", "gb_month", plan="pro"),
    price("fly", "machines", "volume", "0.15", "gb_month"),
    price("fly", "machines", "egress", "0.12", "gb", region="africa"),
    price("fly", "machines", "egress", "0.02", "gb", region="europe"),
    price("fly", "machines", "snapshot_storage", "0.08", "gb_month"),
    free("fly", "machines", "snapshot_storage", "10", "gb"),
    price("freestyle", "vm", "storage", "0.000086", "gib_hour"),
    free("freestyle", "vm", "storage_time", "60000", "gib_hour"),
    fact("freestyle", "vm", "plans", {"plan": "pro"}, name="Pro", kind="paid", usd_per_month="500"),
]  # fmt: skip


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = blank.in_memory()
    recorder = Recorder(con, Run("run", "snapshot", T0, T0), None, {})
    readings = []
    for i, vendor in enumerate(dict.fromkeys(f.vendor for f in FACTS)):
        own = tuple(f for f in FACTS if f.vendor == vendor)
        url = own[0].source_url
        readings.append(Reading(vendor, url, f"{url}#page", "v1", "good", own, captured_at=T0, capture=f"{i:064x}"))
    recorder.day(DAY, readings)
    recorder.finish()
    yield con
    con.close()


def of(
    runs: int, seconds: int, busy: str, vcpu: str, memory: str, gpu: str | None, concurrent: int, *kept: str
) -> Workload:
    active = (D(seconds) * D(busy) / 100).quantize(D("0.0001"))
    return Workload("w", runs, seconds, active, D(vcpu), D(memory), gpu, concurrent, *map(D, kept))


GRID = [
    of(runs, seconds, busy, vcpu, memory, gpu, concurrent, *kept)
    for vcpu, memory in (("0.25", "0.5"), ("1", "2"), ("2", "4"), ("4", "7.5"), ("3", "1"), ("0", "0"), ("0", "2"), ("16", "64"))
    for seconds, busy in ((1, "100"), (7, "50"), (2700, "3"), (3601, "33"), (86401, "100"), (2628000, "10"))
    for runs, concurrent, *kept in ((1, 1), (37, 20, "12", "3", "40"), (250000, 21, "0", "100", "0"), (999999, 1101, "4.5", "0", "200"))
    for gpu in (None, "h100", "a100", "l4")
]  # fmt: skip
GRID = [replace(w, workload=f"w{i:05}") for i, w in enumerate(GRID)]


def bills(con: Any, of: Sequence[Workload]) -> dict[tuple[str, ...], Bill]:
    made = tariffs(cost_queries.priced_facts(con).records())
    return {(w.workload, t.vendor, t.product, t.plan): bill(t, w) for w in of for t in made}


def data(con: Any) -> dict[str, Any]:
    made = tariffs(cost_queries.priced_facts(con).records())
    return cost_data.tariff_data(made, cost_queries.workloads(con).records())


def in_the_page(tariffs: dict[str, Any], of: Sequence[Workload]) -> dict[tuple[str, ...], dict[str, Any]]:
    """(workload, vendor, product, plan) -> what cost_rules.js makes of it, run by node."""
    assert NODE is not None
    given = json.dumps({"tariffs": tariffs, "needs": [cost_data.need(w) for w in of]})
    script = str(ROOT / "tests/js/costs_of.js")
    done = subprocess.run([NODE, script, str(RULES)], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {
        (w.workload, c["vendor"], c["product"], c["plan"]): c
        for w, made in zip(of, json.loads(done.stdout), strict=True) for c in made
    }  # fmt: skip


def compare(con: Any, of: Sequence[Workload]) -> tuple[int, int]:
    """How many costs and how many amounts were compared, exactly; fails at the first that differs."""
    page, made, amounts = in_the_page(data(con), of), bills(con, of), 0
    assert page.keys() == made.keys()
    for key, c in page.items():
        own = sorted((line["step"], line["item"], line["usd"], line["list"], line["why"]) for line in c["lines"])
        theirs = sorted((n.step, n.item, n.usd, n.listed, n.text) for n in made[key].lines)
        assert [x[:2] for x in own] == [x[:2] for x in theirs], key
        for mine, its in zip(own, theirs, strict=True):
            assert [None if x is None else D(x) for x in mine[2:4]] == list(its[2:4]), (key, mine, its)
            amounts += sum(x is not None for x in its[2:4])
            if its[2] is None:
                assert mine[4] in its[4], (key, mine, its)
        usd = made[key].usd
        assert (None if c["usd"] is None else D(c["usd"])) == usd, (key, c, made[key])
        assert (c["usd"] is None) == bool(c["unpriced"]) == bool(made[key].unpriced), key
    return len(page), amounts


@pytest.mark.slow
@needs_node
def test_the_page_and_the_bills_agree_exactly(con: duckdb.DuckDBPyConnection) -> None:
    plans = len(data(con)["plans"])
    some = GRID[::5]  # all of them on the demo
    combinations, amounts = compare(con, some)
    assert combinations == plans * len(some) and plans == 14
    assert amounts > 4_000


@needs_node
def test_they_agree_on_the_reference_workloads(con: duckdb.DuckDBPyConnection) -> None:
    reference = [Workload.of(w) for w in cost_queries.workloads(con).records()]
    assert len(reference) >= 6
    compare(con, reference)
    # … and the warehouse keeps the same.
    kept = {
        (r["workload"], r["vendor"], r["product"], r["plan"]): (r["usd"], r["unpriced"], r["arithmetic"])
        for r in queries.sql(con, "FROM workload_costs").records()
    }
    assert kept == {k: (b.usd, b.unpriced, b.arithmetic) for k, b in bills(con, reference).items()}


WORKLOADS = st.lists(
    st.builds(
        of,
        st.integers(1, 2_000_000),
        st.integers(1, 2_628_000),
        st.integers(0, 100).map(str),
        st.decimals(0, 64, places=2).map(str),
        st.decimals(0, 256, places=2).map(str),
        st.sampled_from([None, "h100", "a100", "a100-40gb", "b200"]),
        st.integers(1, 2000),
        *(st.sampled_from(["0", "0.5", "20"]) for _ in range(3)),
    ),
    min_size=10,
    max_size=30,
)


@needs_node
@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(WORKLOADS)
def test_they_agree_on_any_workload(con: duckdb.DuckDBPyConnection, drawn: list[Workload]) -> None:
    compare(con, [replace(w, workload=f"w{i}") for i, w in enumerate(drawn)])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = tmp_path_factory.mktemp("costs")
    assert run(["demo", "--home", str(home)]) in (0, 1)
    with queries.connect_readonly(home / "demo" / "sandsnap.duckdb") as con:
        yield con


@needs_node
@pytest.mark.slow
def test_they_agree_on_the_demo(demo: duckdb.DuckDBPyConnection) -> None:
    combinations, _ = compare(demo, GRID)
    assert combinations == len(GRID) * len(data(demo)["plans"])


@needs_node
@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("text(number('0.0000005'), 6)", "0.000001"),  # halves go away from zero
        ("text(number('-0.0000005'), 6)", "-0.000001"),
        ("text(number('1.10'), 6)", "1.1"),
        ("text(number('1.1'), 2, true)", "1.10"),
        ("text(div(number('1'), number('3')), 6)", "0.333333"),
        ("text(mul(number('0.1'), number('0.2')), 18)", "0.02"),  # where floats have 0.020000000000000004
        ("text(number('123456789012345678901234567890'), 0)", "123456789012345678901234567890"),
    ],
)
def test_exact_numbers(expression: str, value: str) -> None:
    assert NODE is not None
    script = f"const {{number, mul, div, text}} = require({json.dumps(str(RULES))}); console.log({expression})"
    assert subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True).stdout.strip() == value


@needs_node
@pytest.mark.parametrize("wrong", ["1e3", "1,5", "", " ", "NaN", "0x10", "1.", "-"])
def test_what_is_no_decimal_number_is_refused(wrong: str) -> None:
    assert NODE is not None
    script = f"require({json.dumps(str(RULES))}).number({json.dumps(wrong)})"
    done = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "not a decimal number" in done.stderr


def test_the_rules_use_no_floating_point() -> None:
    code = RULES.read_text("utf-8")
    assert not [word for word in ("parseFloat", "Number(", "Math.", "toFixed") if word in code]


def costing(con: Any, w: Workload, vendor: str, plan: str) -> Bill:
    (found,) = (b for (_, v, _, p), b in bills(con, [w]).items() if (v, p) == (vendor, plan))
    return found


def test_what_a_plan_does_not_allow_or_needs_an_add_on_is_not_priced(con: duckdb.DuckDBPyConnection) -> None:
    assert costing(con, of(1, 60, "1", "1", "8", None, 100), "e2b", "pro").usd is not None
    assert "at most 100 at once" in str(costing(con, of(1, 60, "1", "1", "8", None, 101), "e2b", "pro").unpriced)
    assert costing(con, of(1, 60, "1", "1", "8", None, 1), "e2b", "hobby").usd is not None
    assert "GB of memory" in str(costing(con, of(1, 60, "1", "1", "8.01", None, 1), "e2b", "hobby").unpriced)
    assert "GB of memory" in str(
        costing(con, of(1, 60, "1", "1", "8", None, 1), "modal", "team").unpriced
    )  # GB, not GiB
    assert costing(con, of(1, 60, "1", "0", "0", "l4", 1), "modal", "team").usd is None  # there is only an L40S


def test_a_vendors_gigabyte_counts_as_many_bytes_as_its_page_means(con: duckdb.DuckDBPyConnection) -> None:
    """By hand: 2 GiB in a month of 730 hours are 256 MB and seven quarters of $6 where a GB has 1024 MB."""
    rows = [r for r in cost_queries.priced_facts(con).records() if r["vendor"] == "fly"]
    fixed = {"table": "billing_rules", "vendor": "fly", "product": "machines", "plan": "any", "meter": "memory"}
    gigabyte = {**fixed, "rule": "gigabyte", "amount": D(1024), "unit": "mb", "applies": True, "quote": None}
    w = of(1, 730 * 3600, "100", "1", "2", None, 1)
    decimal, binary = (bill(tariffs(r)[0], w) for r in (rows, [*rows, gigabyte]))
    base, more = Fraction("0.0000008") * 730 * 3600, Fraction(6, 720) * 730
    assert binary.usd is not None and decimal.usd is not None
    assert abs(Fraction(binary.usd) - base - more * Fraction(7, 4)) < Fraction(1, 10000)
    assert abs(Fraction(decimal.usd) - base - more * (2 * Fraction(2**30, 10**9) - Fraction("0.256"))) < Fraction(
        1, 10000
    )
    assert "gigabyte: 1024 mb, judged" in binary.arithmetic


def test_one_price_for_all_plans_allows_what_the_largest_does(con: duckdb.DuckDBPyConnection) -> None:
    rows = [r for r in cost_queries.priced_facts(con).records() if r["vendor"] == "blaxel"]
    tier = {"table": "limits", "vendor": "blaxel", "product": "sandbox", "limit": "concurrent", "unit": "count"}
    tiers = [{**tier, "plan": f"tier_{n}", "amount": D(most), "amount_max": None} for n, most in enumerate((10, 200))]
    unlimited = {**tier, "plan": "custom", "amount": None, "amount_max": None}
    needs = [of(100, 3600, "100", "1", "2", None, at_once) for at_once in (11, 200, 201)]

    def priced(*more: Any) -> list[bool]:
        return [bill(next(t for t in tariffs([*rows, *more]) if t.plan == "any"), w).usd is not None for w in needs]

    assert priced() == priced(*tiers, unlimited) == [True, True, True]
    assert priced(*tiers) == [True, True, False]


def test_amounts_are_exact() -> None:
    assert cost_data.text(D("0.050400000")) == "0.0504"
    assert cost_data.text(D("150.000000000")) == "150"
    assert cost_data.text(D("1E-7")) == "0.0000001"
    with pytest.raises(TypeError, match="exact"):
        cost_data.text(0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("usd", "shown"),
    [("0", "$0"), ("0.0828", "$0.0828"), ("0.3", "$0.30"), ("64.901251", "$64.90"), ("1234.565", "$1,234.57"),
     ("0.999999", "$0.999999"), ("-0.11898", "−$0.11898"), ("0.000001", "$0.000001"), ("50", "$50.00")],
)  # fmt: skip
def test_dollars(usd: str, shown: str) -> None:
    assert dollars(D(usd)) == shown


def test_words_of_the_view_without_what_floats_look_like() -> None:
    given = "1.0 vCPU-hours - 1.0 free a month x $0.0504 ($1.4e-05 per vcpu_second x 3600); a GiB is 1.073741824"
    assert (
        tidy(given)
        == "1 vCPU-hours − 1 free a month × $0.0504 ($0.000014 per vCPU-second × 3600); a GiB is 1.073741824"
    )
    assert tidy("20.05 and 10.0 at once, $100.0") == "20.05 and 10 at once, $100"


@pytest.fixture(scope="module")
def made(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(costs.pages(Context(con, DAY, spans.load(con, DAY), (costs.PART.link,))))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def page(made: dict[str, str]) -> str:
    return made["costs.html"]


def test_what_cannot_be_priced_says_why_and_is_no_zero(con: duckdb.DuckDBPyConnection, made: dict[str, str]) -> None:
    page = "".join(text for path, text in made.items() if path.startswith("costs/"))
    none = queries.sql(con, "FROM workload_costs WHERE usd IS NULL").rows
    assert len(none) > 20
    assert page.count('class="none"') == len(none)
    reasons = page.split('class="none"')[1:]
    assert all('<p class="reason">' in r.split("</tr>")[0] for r in reasons)
    assert not any("$0<" in r.split("<details>")[0] for r in reasons)
    assert "no page states what a session holds" in page


def test_rows_stand_in_the_order_of_cost_without_scripts(made: dict[str, str]) -> None:
    table = made["costs/always_on_month.html"].partition("<tbody")[2].partition("</table>")[0]
    amounts = [D(part.partition('"')[0]) for part in table.split('data-value="')[1:]]
    assert len(amounts) >= 8
    assert amounts == sorted(amounts)
    assert table.rindex('data-value="') < table.index('class="none"')


def test_the_data_is_one_assignment_of_json(made: dict[str, str]) -> None:
    assert {path for path in made if not path.startswith("costs/")} == {"costs.html", "data/costs.js"}
    name, _, rest = made["data/costs.js"].partition("=")
    assert name == "window.sandsnapTariffs"
    data = json.loads(rest.removesuffix(";\n"))
    assert any("</script>" in s["quote"] for s in data["sources"])
    assert {p["vendor"] for p in data["plans"]} == {f.vendor for f in FACTS}
    assert made["data/costs.js"].isascii()


def test_nothing_is_loaded_from_another_host(page: str) -> None:
    loaded = [
        p.partition('"')[0] for tag in ("<script src=", 'rel="stylesheet" href=') for p in page.split(tag + '"')[1:]
    ]
    assert loaded
    assert not [u for u in loaded if "//" in u]
