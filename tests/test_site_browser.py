"""The static site in Debian's Chromium, from file://: evidence, days, filters, scripts off, phone, print, accessibility.

Every page runs with all requests to other hosts refused; one is a failure. Screenshots are kept in the folder that
SANDSNAP_SCREENSHOTS names, else in pytest's temporary folder; its path is printed.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from site_fixtures import EVIL, built, record

from sandsnap.publish.site import cells, spans
from sandsnap.publish.site.marks import mark
from sandsnap.record import alert_queries, queries
from sandsnap.record.coverage import ROWS
from sandsnap.tell.words import day as written
from sandsnap.vendors import VENDORS

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason="no browser: apt-get install -y chromium"),
]
KINDS = (
    "index.html", "vendors.html", "vendors/fly.html", "vendors/daytona.html", "compare/e2b-vs-daytona.html", "changes.html",
    "changes/2026-02.html", "issues.html", "corrections.html", "method.html", "costs.html",
    "costs/agent_session.html", "faq.html",
)  # fmt: skip
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    record(folder / "sandsnap.duckdb")
    built(folder / "sandsnap.duckdb", folder / "site")
    return folder


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    named = os.environ.get("SANDSNAP_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    sys.stderr.write(f"\nscreenshots: {folder}\n")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Open a file in a fresh context; at the end nothing was asked of another host and no script failed."""
    contexts, wrong = [], []

    def check(route: Any) -> None:
        if route.request.url.startswith("file://"):
            route.continue_()
        else:
            wrong.append(route.request.url)
            route.abort()

    def open_(file: Path, fragment: str = "", width: int = 1280, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.route("**/*", check)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{file.name}: {error}"))
        page.on("console", lambda m: wrong.append(f"{file.name}: {m.text}") if m.type == "error" else None)
        page.goto(file.as_uri() + fragment)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not wrong


def test_a_click_and_a_key_open_the_evidence(visit: Open, demo: Path, shots: Path) -> None:
    page = visit(demo / "site" / "index.html")
    sheet = page.locator("#sheet")
    assert not sheet.is_visible()
    page.locator("td[data-cell=fly-prices] .head").click()
    sheet.wait_for()
    said = sheet.inner_text()
    assert said.startswith("Fly Machines: Pricing model")
    assert "shared-cpu-1x" in said
    assert "Verified " in said
    assert len(sheet.locator("code").first.inner_text()) == 64
    assert "https://fly.io/" in sheet.locator("a").first.get_attribute("href")
    page.screenshot(path=shots / "evidence.png")
    assert page.evaluate("document.activeElement.className") == "close"
    assert page.url.endswith("#cell=fly-prices")
    page.keyboard.press("Escape")
    assert not sheet.is_visible()
    page.locator("td[data-cell=e2b-gpus] .stamp").focus()
    page.keyboard.press("Enter")
    sheet.wait_for()
    assert "E2B: GPU support" in sheet.inner_text()
    page.keyboard.press("Enter")  # the focus is on Close
    assert not sheet.is_visible()
    page.locator("#numbers a", has_text="$").first.click()
    sheet.wait_for()


def test_what_a_buyer_needs_filters_figures_chart_and_rows(visit: Open, demo: Path, shots: Path) -> None:
    page = visit(demo / "site" / "index.html")
    page.check("input[name=need][value=gpu]")
    assert page.url.endswith("#need=gpu")
    fit = set(
        page.evaluate("[...document.querySelectorAll('#numbers tbody tr:not([hidden])')].map((r) => r.dataset.vendor)")
    )
    assert fit == {"modal", "daytona"}
    assert page.locator("#grid thead th[data-vendor]:visible").count() == 2
    assert page.locator("#fits").inner_text().startswith("2 of 8 vendors fit.")
    page.screenshot(path=shots / "filtered.png")
    again = visit(demo / "site" / "index.html", "#need=gpu,java")
    assert again.locator("#grid thead th[data-vendor]:visible").all_inner_texts() == ["Daytona"]
    again.locator("#numbers thead button", has_text="Most vCPU").click()
    assert again.locator("#numbers th[aria-sort=ascending]").count() == 1


def test_eight_vendors_fit_without_scrolling_sideways(visit: Open, demo: Path) -> None:
    page = visit(demo / "site" / "index.html", width=1440)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert page.evaluate("(f => f.scrollWidth <= f.clientWidth + 1)(document.querySelector('.grid-frame'))")
    assert page.locator("#grid thead th[data-vendor]:visible").count() == 8


def test_a_phone_shows_one_vendor_and_jumps_to_rows(visit: Open, demo: Path) -> None:
    page = visit(demo / "site" / "index.html", width=390, height=844)
    assert page.locator("#grid td:visible").count() == 10
    page.select_option("#one", "daytona")
    assert (
        "Daytona" in page.locator("#grid tr[data-row=prices] td:visible").inner_text()
        or page.locator("td[data-cell=daytona-prices]").is_visible()
    )
    page.select_option("#jump", "sdks")
    top = page.locator("#row-sdks").evaluate("(r) => r.getBoundingClientRect().top")
    assert 0 <= top < 200


def test_it_is_quick(visit: Open, demo: Path) -> None:
    """The first view in bytes; until it answers, and until another day stands. The goals are 200 KB, 200 ms and 60 ms on
    a machine of one's own; here the best of three may take three times as long, since others use this one."""
    site = demo / "site"
    first = ("index.html", *(f"assets/{name}" for name in ("site.css", "site.js", "sortable.js", "compare.js")))
    assert sum((site / name).stat().st_size for name in first) <= 200_000
    assert max(f.stat().st_size for f in site.rglob("*.html")) <= 150_000
    ready, took = [], []
    for _ in range(3):
        page = visit(site / "index.html")
        ready.append(page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive"))
        page.locator("#on").focus()
        page.locator("#on option").nth(5).wait_for(state="attached")
        days = page.evaluate(
            "[...document.querySelectorAll('#on option')].map((o) => o.value).filter(Boolean).slice(0, 9)"
        )
        page.select_option("#on", days[0])
        page.locator("#status:not(:empty)").wait_for()  # the data is there
        took.append(page.evaluate(
            """async (days) => { const on = document.getElementById('on'), times = [];
            for (const day of days) { const from = performance.now(); on.value = day;
            on.dispatchEvent(new Event('change', { bubbles: true })); await new Promise((done) => setTimeout(done, 0));
            document.body.offsetHeight; times.push(performance.now() - from); }
            return times.sort((a, b) => a - b)[times.length >> 1]; }""",
            days,
        ))  # fmt: skip
    sys.stderr.write(f"\ninteractive after {min(ready):.0f} ms, a day in {min(took):.0f} ms\n")
    assert min(ready) < 3 * 200
    assert min(took) < 3 * 60


@pytest.mark.shared
def test_a_quarter_fits_on_three_printed_pages(browser: Any, archive_home: Path, tmp_path: Path) -> None:
    from sandsnap.cli.app import run

    paper = tmp_path / "q3.html"
    assert (
        run(["report", "--home", str(archive_home), "--from", "2026-07-01", "--to", "2026-09-30", "-o", str(paper)])
        == 0
    )
    page = browser.new_page()
    page.goto(paper.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3


def test_a_day_can_be_picked_and_stands_in_the_address(visit: Open, demo: Path, shots: Path) -> None:
    page = visit(demo / "site" / "index.html")
    cell = page.locator("td[data-cell=fly-gpus]")
    assert "No longer" in cell.inner_text()
    page.locator("#on").focus()
    page.locator("#on option").nth(5).wait_for(state="attached")
    day = ending_day(demo)
    page.select_option("#on", day.isoformat())
    page.locator("#status", has_text=f"This is {written(day)}").wait_for()
    assert page.url.endswith(f"#on={day}")
    assert "Ending" in cell.inner_text()
    assert "until 1 Aug 2026" in cell.inner_text()
    assert cell.locator(".stamp").inner_text().startswith("confirmed that day")
    page.screenshot(path=shots / "past-day.png")
    cell.locator(".stamp").click()
    page.locator("#sheet").wait_for()
    assert f"As of {written(day)}" in page.locator("#sheet").inner_text()
    page.keyboard.press("Escape")
    page.goto(page.url.partition("#")[0] + f"#on={day + timedelta(1)}")  # no change on that day: still the one before
    page.locator("#status", has_text=f"This is {written(day + timedelta(1))}, as we know it now.").wait_for()
    assert "until 1 Aug 2026" in cell.inner_text()
    page.click("#reset")
    page.locator("#status:empty").wait_for(state="attached")
    assert "No longer" in cell.inner_text()
    assert "#" not in page.url


def ending_day(demo: Path) -> date:
    """The day on which the demo's pages first say that Fly's GPUs end."""
    text = (demo / "site" / "data" / "history" / "fly.js").read_text("utf-8")
    history = json.loads(text.partition('["fly"]=')[2].removesuffix(";\n"))
    return date.fromisoformat(next(v[0] for v in history["cells"]["gpus"] if v[3] == "Ending"))


def test_a_past_day_is_marked_as_the_tables_of_that_day(visit: Open, demo: Path) -> None:
    """The script works out how each fact stood; here against the warehouse, cell by cell."""
    with queries.connect_readonly(demo / "sandsnap.duckdb") as con:
        as_of = alert_queries.last_day(con)
        assert as_of is not None
        found = spans.load(con, as_of)
        versions = cells.versions(found, VENDORS, tuple(ROWS.values()))
    for day in (found.days[len(found.days) // 3], found.days[-5]):
        expected = {}
        for (vendor, table), own in versions.items():
            last = next((v for v in reversed(own) if v.start <= day), None)
            if last is not None and last.said.head is not None:
                expected[f"{vendor}-{table}"] = mark([found.fact(f.span, day) for f in last.said.head.facts], day)
        page = visit(demo / "site" / "index.html", f"#on={day}")
        page.locator("#status:not(:empty)").wait_for()
        shown = dict(page.evaluate(
            "[...document.querySelectorAll('td[data-cell]')].filter((td) => td.querySelector('.stamp'))"
            ".map((td) => [td.dataset.cell, td.querySelector('.mark').className.replace('mark ', '') + ' '"
            " + td.querySelector('.mark').textContent])"
        ))  # fmt: skip
        assert len(expected) > 20
        for id, made in expected.items():
            assert made is not None
            name, _, text = shown[id].partition(" ")
            assert name == made.name, (id, day)
            assert text == made.word or text in ("confirmed that day", "confirmed that week"), (id, day)


def test_two_days_stand_side_by_side_with_their_differences(visit: Open, demo: Path, shots: Path) -> None:
    day = ending_day(demo)
    page = visit(demo / "site" / "index.html", f"#on={day}&vs={day - timedelta(1)}&only=1")
    page.locator("td.differs").first.wait_for()
    cell = page.locator("td[data-cell=fly-gpus]")
    assert cell.locator(".date").all_inner_texts() == [written(day - timedelta(1)), written(day)]
    assert "changed by the vendor" in cell.inner_text()
    assert cell.locator("ins").count() >= 1
    assert cell.locator("del").count() >= 1
    differ = page.locator("td.differs").count()
    assert page.locator("#status").inner_text().startswith(f"{differ} of 80 cells differ")
    assert page.locator("#grid tr[data-row]:visible").count() == page.evaluate(
        "[...document.querySelectorAll('#grid tr[data-row]')].filter((tr) => tr.querySelector('td.differs')).length"
    )
    page.screenshot(path=shots / "two-days.png")


def test_the_choice_of_vendors_and_rows_stands_in_the_address(visit: Open, demo: Path) -> None:
    page = visit(demo / "site" / "index.html")
    page.locator(".choose summary").click()
    for vendor in ("modal", "daytona", "vercel", "blaxel", "freestyle", "together"):
        page.uncheck(f"input[value={vendor}]")
    page.uncheck("input[value=sdks]")
    assert "vendors=e2b,fly" in page.url
    again = visit(demo / "site" / "index.html", page.url.partition("index.html")[2])
    for shown in (page, again):
        assert shown.locator("#grid thead th[data-vendor]:visible").all_inner_texts() == ["E2B", "Fly Machines"]
        assert shown.locator("tr[data-row=prices] td:visible").count() == 2
        assert not shown.locator("tr[data-row=sdks]").is_visible()


def test_changes_can_be_filtered(visit: Open, demo: Path, shots: Path) -> None:
    page = visit(demo / "site" / "changes.html")
    everything = page.locator("article.change:visible").count()
    page.select_option("#f-vendor", "fly")
    page.select_option("#f-table", "gpus")
    page.select_option("#f-level", "medium")
    shown = page.locator("article.change:visible")
    assert 0 < shown.count() < everything
    assert all(t.startswith("Fly") for t in shown.locator("h3").all_inner_texts())
    levels = page.evaluate("[...document.querySelectorAll('article.change:not([hidden])')].map((a) => a.dataset.level)")
    assert set(levels) <= {"high", "medium"}
    assert page.url.endswith("#vendor=fly&table=gpus&level=medium")
    assert page.locator("#status").inner_text().startswith(f"{shown.count()} of {everything} ")
    page.screenshot(path=shots / "changes.png")
    again = visit(demo / "site" / "changes.html", "#vendor=fly&table=gpus&level=medium")
    assert again.locator("article.change:visible").count() == shown.count()


def test_everything_but_other_days_works_with_scripts_off(visit: Open, demo: Path) -> None:
    page = visit(demo / "site" / "index.html", java_script_enabled=False)
    assert page.locator("td[data-cell]").count() == 80
    assert not page.locator("#tools").is_visible()
    page.locator("td[data-cell=fly-prices] .stamp").click()
    assert page.url.endswith("vendors/fly.html#prices")
    page.locator("#prices ~ div summary, section summary").first.click()
    assert page.locator("blockquote").first.is_visible()
    changes = visit(demo / "site" / "changes.html", java_script_enabled=False)
    assert changes.locator("article.change:visible").count() > 5
    assert not changes.locator("#filter").is_visible()


@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_scrolls_in_one_direction(visit: Open, demo: Path, shots: Path, kind: str) -> None:
    page = visit(demo / "site" / kind, width=360, height=740)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.screenshot(path=shots / f"phone-{kind.replace('/', '-')}.png", full_page=True)


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(visit: Open, demo: Path, shots: Path, kind: str) -> None:
    page = visit(demo / "site" / kind)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.screenshot(path=shots / f"light-{kind.replace('/', '-')}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=shots / f"dark-{kind.replace('/', '-')}.png", full_page=True)
    assert axe(page, runOnly=["color-contrast"]) == []
    page.emulate_media(media="print", color_scheme="light")
    page.screenshot(path=shots / f"print-{kind.replace('/', '-')}.png", full_page=True)


def test_axe_finds_nothing_in_what_opens(visit: Open, demo: Path) -> None:
    day = ending_day(demo)
    for fragment in ("#cell=fly-prices", f"#on={day}&vs={day - timedelta(1)}"):
        page = visit(demo / "site" / "index.html", fragment)
        page.locator("dialog:popover-open, td.differs").first.wait_for()
        assert axe(page) == []
    page = visit(demo / "site" / "vendors/fly.html")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert axe(page) == []


def axe(page: Any, **options: Any) -> list[str]:
    """What axe-core objects to. preload would fetch the style sheets by script, which the policy forbids. What repeats is
    looked at a dozen times, not a hundred."""
    page.evaluate(
        "document.querySelectorAll('article.change:nth-of-type(n+13), .facts tr:nth-of-type(n+13)').forEach((n) => n.remove())"
    )
    shipped = pytest.importorskip("axe_playwright_python", reason="axe is not installed: pip install -e '.[dev]'")
    page.evaluate((Path(shipped.__file__).parent / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("(options) => axe.run(document, options)", {"preload": False, **options})
    return [f"{v['id']}: {v['help']}: {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found["violations"]]


def test_a_quote_with_markup_is_text(visit: Open, small: Path) -> None:
    alerts: list[str] = []
    for kind in ("index.html", "vendors/fly.html", "changes.html", "issues.html"):
        page = visit(small / "site" / kind)
        page.on("dialog", lambda d: (alerts.append(d.message), d.dismiss()))
        assert page.evaluate("document.images.length") == 0
        assert kind == "index.html" or EVIL in page.evaluate("document.body.textContent")
    page = visit(small / "site" / "index.html", "#on=2026-03-02&cell=fly-prices")
    page.wait_for_selector("#sheet blockquote")
    assert EVIL in page.locator("#sheet").inner_text()
    assert page.evaluate("document.images.length") == 0
    assert not alerts


def test_the_policy_stops_what_gets_in_all_the_same(browser: Any, small: Path, tmp_path: Path) -> None:
    """If escaping failed one day: neither inline scripts nor other hosts."""
    hurt = tmp_path / "site"
    shutil.copytree(small / "site", hurt)
    text = (hurt / "method.html").read_text("utf-8")
    (hurt / "method.html").write_text(text.replace(
        "<h1>", "<script>document.title='owned'</script><img src='https://elsewhere.example/x.png'><h1>", 1
    ))  # fmt: skip
    sent: list[str] = []
    page = browser.new_page()
    page.route("https://**", lambda route: (sent.append(route.request.url), route.abort()))
    page.goto((hurt / "method.html").as_uri())
    assert page.title().startswith("How this is made")
    assert page.evaluate("document.documentElement.classList.contains('js')")  # our own scripts do run
    assert not sent
    page.close()


def test_it_prints_the_whole_table(visit: Open, demo: Path, shots: Path) -> None:
    page = visit(demo / "site" / "index.html")
    page.emulate_media(media="print")
    frame = page.locator(".grid-frame")
    assert frame.evaluate("(f) => f.scrollWidth <= f.clientWidth + 1")
    assert not page.locator("#tools").is_visible()
    page.pdf(path=shots / "comparison.pdf", prefer_css_page_size=True)
    assert (shots / "comparison.pdf").stat().st_size > 20_000
