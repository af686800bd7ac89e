"""The cost page in a real browser, as a file: the calculator, its address, sorting by keyboard, scripts off, phone width.

Skipped where Playwright or Chromium is absent.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from sandsnap.cli.app import run
from sandsnap.cost.bill import bill
from sandsnap.cost.tariff import tariffs
from sandsnap.cost.workload import Workload
from sandsnap.publish.site import build
from sandsnap.publish.site.cost_data import fee_open
from sandsnap.publish.site.cost_words import dollars, plan_name, product_name
from sandsnap.record import cost_queries, queries

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed: apt-get install chromium"),
]
D = Decimal


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = tmp_path_factory.mktemp("browser")
    assert run(["demo", "--home", str(home)]) in (0, 1)
    with queries.connect_readonly(home / "demo" / "sandsnap.duckdb") as con:
        yield con


@pytest.fixture(scope="module")
def address(warehouse: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("built") / "site"
    build.build(warehouse, folder)
    return (folder / "costs.html").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as p:
        launched = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda e: errors.append(str(e)))
    made.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    made.on("request", lambda r: errors.append(r.url) if not r.url.startswith("file:") else None)
    yield made
    context.close()
    assert errors == []


def shown(page: Any) -> dict[tuple[str, str], str]:
    """(product, plan) -> what the calculator shows, an amount or the reason."""
    rows = page.locator("#results tbody tr").evaluate_all(
        "rows => rows.map(r => [r.children[0].textContent, r.children[1].textContent, r.children[2].textContent, "
        "(r.querySelector('.reason') || {textContent: ''}).textContent])"
    )
    return {(name, plan): why or amount for name, plan, amount, why in rows}


def expected(con: Any, w: Workload) -> dict[tuple[str, str], str]:
    bills = [bill(t, w) for t in tariffs(cost_queries.priced_facts(con).records())]
    return {
        (product_name(b.tariff.vendor, b.tariff.product), plan_name(b.tariff.plan)): dollars(b.usd) + " + fee" * fee_open(b.tariff)
        for b in bills if b.usd is not None
    }  # fmt: skip


FORMS = [
    ({"vcpu": "2", "memory_gib": "4", "runs": "1000", "time": "5", "unit": "60", "active": "25", "concurrent": "10"},
     Workload("w", 1000, 300, D(75), D(2), D(4), None, 10)),
    ({"vcpu": "0.5", "memory_gib": "0.25", "runs": "123456", "time": "97", "unit": "1", "active": "12.5", "concurrent": "1"},
     Workload("w", 123456, 97, D("12.125"), D("0.5"), D("0.25"))),
    ({"vcpu": "8", "memory_gib": "64", "gpu": "a100", "runs": "31", "time": "730", "unit": "3600", "active": "100", "concurrent": "31"},
     Workload("w", 31, 2628000, D(2628000), D(8), D(64), "a100", 31)),
]  # fmt: skip


@pytest.mark.parametrize(("form", "workload"), FORMS)
def test_what_is_typed_costs_what_the_view_says(
    page: Any, address: str, warehouse: duckdb.DuckDBPyConnection, form: dict[str, str], workload: Workload
) -> None:
    page.goto(address)
    for name, value in form.items():
        if name in ("gpu", "unit"):
            page.locator(f"#{name}").select_option(value)
        else:
            page.locator(f"#{name}").fill(value)
    told = shown(page)
    amounts = expected(warehouse, workload)
    assert len(told) == len(tariffs(cost_queries.priced_facts(warehouse).records()))
    assert {k: v for k, v in told.items() if v.startswith("$")} == amounts
    assert all(told[k] for k in told)  # the others say why
    least = min(amounts.values(), key=lambda a: D(a.strip("$").replace(",", "")))
    sync_api.expect(page.locator("#summary")).to_contain_text(f", {least} a month.")
    # The address holds it all: opened anew it shows the same.
    untouched = {"disk_gib": "0", "snapshot_gib": "0", "egress_gib": "0"}
    assert {k: v[0] for k, v in parse_qs(urlsplit(page.url).query).items()} == untouched | form
    page.goto(page.url)
    assert shown(page) == told


def test_each_reference_workload_can_be_chosen(page: Any, address: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    page.goto(address)
    for w in cost_queries.workloads(warehouse).records():
        page.locator("#preset").select_option(w["workload"])
        reference = expected(warehouse, Workload.of(w))
        assert {k: v for k, v in shown(page).items() if v.startswith("$")} == reference
        assert page.locator("#preset").input_value() == w["workload"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("vcpu", "1,5"), ("memory_gib", "-1"), ("runs", "1.5"), ("runs", "0"), ("active", "101"), ("time", "")],
)
def test_what_is_no_number_shows_no_amount(page: Any, address: str, field: str, value: str) -> None:
    page.goto(address)
    page.locator(f"#{field}").fill(value)
    assert page.locator(f"#{field}").get_attribute("aria-invalid") == "true"
    assert page.locator("#errors").is_visible()
    assert page.locator("#results tbody tr").count() == 0
    assert page.locator("#summary").inner_text() == ""


def test_a_hostile_address_is_text(page: Any, address: str) -> None:
    page.goto(address + "?gpu=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&vcpu=%3Cscript%3E&runs=7")
    assert page.locator("#vcpu").input_value() == "<script>"
    assert page.locator("#gpu").input_value() == ""
    assert page.locator("#runs").input_value() == "7"
    assert page.locator("img").count() == 0


def test_tables_sort_from_the_keyboard(page: Any, address: str) -> None:
    page.goto(address)
    table = page.locator("table.overview")
    head = table.locator("thead th").nth(4)  # always_on_month
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert table.locator("[aria-sort]").count() == 1
    values = "rows => rows.map(r => r.children[4].dataset.value)"
    up = table.locator("tbody tr").evaluate_all(values)
    priced = [D(v) for v in up if v is not None]
    assert priced == sorted(priced) and len(priced) > 5
    assert up[len(priced) :] == [None] * (len(up) - len(priced))
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "descending"
    down = table.locator("tbody tr").evaluate_all(values)
    assert [D(v) for v in down if v is not None] == sorted(priced, reverse=True)
    assert down[-1] is None  # what cannot be priced stays last


def test_an_amount_leads_to_its_arithmetic(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("table.overview a", has_text="$").first.click()
    assert "/costs/" in page.url
    row = page.locator("tr:target")
    assert row.locator("details").get_attribute("open") is not None
    assert row.locator("dl").is_visible()


def test_without_scripts(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert not page.locator("#calculator").is_visible()
    assert page.get_by_text("needs scripts").is_visible()
    page.goto(address.replace("costs.html", "costs/agent_session.html"))
    first = page.locator("tr details").first
    first.locator("summary").click()
    assert first.locator("dl").is_visible()
    context.close()


@pytest.mark.parametrize("name", ["costs.html", "faq.html"])
def test_fits_a_phone(browser: Any, address: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address.replace("costs.html", name))
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["costs.html", "faq.html"])
def test_axe_finds_nothing(browser: Any, address: str, name: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(address.replace("costs.html", name))
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()
