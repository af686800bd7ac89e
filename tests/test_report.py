"""The change report: what it says, that scraped text stays text, and that one fact is one line."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from site_fixtures import tell

from sandsnap.check.gate import Gate
from sandsnap.cli.app import run
from sandsnap.model import Fact, Issue, Reading
from sandsnap.publish.report import build as report
from sandsnap.publish.report.page import web
from sandsnap.record.recorder import Run, record_days

START = date(2026, 3, 1)
PRICES, DOCS = "https://fly.io/docs/about/pricing/", "https://fly.io/docs/gpus/"
EVIL = "<script>alert(1)</script> | ](javascript:alert(2)) **x**"


def d(n: int) -> date:
    return START + timedelta(days=n)


def price(usd: str, quote: str | None = None, url: str = PRICES, unit: str = "vcpu_second") -> Fact:
    key = {"product": "machines", "plan": "any", "meter": "vcpu", "sku": "-", "region": "-", "offer": "list"}
    values = {"usd": Decimal(usd), "unit": unit, "billed_on": None}
    return Fact("prices", "fly", key, values, "read", url, quote or f"CPU ${usd}/s", None, None)


def storage() -> Fact:
    key = {"product": "machines", "plan": "any", "meter": "volume", "sku": "-", "region": "-", "offer": "list"}
    values = {"usd": Decimal("0.15"), "unit": "gb_month", "billed_on": None}
    return Fact("prices", "fly", key, values, "read", PRICES, "$0.15/GB", None, None)


def good(n: int, *facts: Fact, url: str = PRICES, **changed: Any) -> Reading:
    at = datetime.combine(d(n), datetime.min.time(), UTC)
    fields: dict[str, Any] = {
        "vendor": "fly", "source_url": url, "reader": url + "#cpu", "version": "v1", "outcome": "good", "facts": facts,
        "captured_at": at, "capture": f"{n + 1:064x}",
    }  # fmt: skip
    return Reading(**(fields | changed))


@pytest.fixture
def warehouse(tmp_path: Path, recorded: Path) -> Path:
    """A copy of the recorded warehouse, to be read or recorded on."""
    return Path(shutil.copy(recorded, tmp_path / "sandsnap.duckdb"))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages that change on day 1, a removal not confirmed, an issue with scraped text, a page silent since day 0."""
    path = tmp_path_factory.mktemp("recorded") / "sandsnap.duckdb"
    issue = Issue("lost_quote", "fly", PRICES, f"the phrase is gone; {EVIL}", PRICES + "#cpu", nearest=EVIL)
    silent = "https://fly.io/docs/volumes/overview/"
    days = [
        (d(0), [
            good(0, price("0.000010"), storage()), good(0, price("0.000010", url=DOCS), url=DOCS),
            good(0, url=silent),
        ]),
        (d(1), [
            good(1, price("0.000014", quote=EVIL), storage()), good(1, price("0.000014", url=DOCS), url=DOCS),
        ]),
        (d(20), [
            good(20, price("0.000014", quote=EVIL), issues=(issue,)), good(20, price("0.000014", url=DOCS), url=DOCS),
        ]),
    ]  # fmt: skip
    at = datetime(2026, 11, 1, tzinfo=UTC)
    record_days(path, days, run=Run("r1", "snapshot", at, at), tell=tell)
    return path


class Page(HTMLParser):
    """What a browser would make of the page: its tags, links and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.said += data


def test_it_opens_with_sentences_to_paste(warehouse: Path) -> None:
    found = report.collect(warehouse)
    (event,) = found.events
    said = report.sentence(event)
    assert said.startswith(
        "Fly raised the price of vCPU: $0.00001 → $0.000014 per vCPU-second (between 1 Mar 2026 and 2 Mar"
    )
    assert report.as_markdown(found).split("\n")[2:5] == ["## In short", "", f"- {said}"]
    assert json.loads(report.as_json(found))["events"][0]["event"] == event.event
    assert said in Page(report.as_html(found)).said


def test_a_change_on_two_pages_is_one_line_with_percent_and_hourly_price(warehouse: Path) -> None:
    (part,) = report.parts(report.collect(warehouse))
    (line,) = part.changed
    assert line.moves == (("usd", "$0.00001 per vcpu_second", "$0.000014 per vcpu_second"),)
    assert (line.percent, line.hourly_before, line.hourly_after) == (
        "+40 %",
        "$0.036 per vcpu_hour",
        "$0.0504 per vcpu_hour",
    )
    assert [e.side for e in line.evidence] == ["before", "after"]
    assert all(e.quote and "#:~:text=" in e.link and e.capture for e in line.evidence)


def test_what_waits_and_what_could_not_be_verified(warehouse: Path) -> None:
    (part,) = report.parts(report.collect(warehouse))
    assert part.unconfirmed == ()  # a fact that one reading lacks stands, as missing
    assert [i["kind"] for i in part.waiting] == ["lost_quote"]
    (silent,) = part.unverified
    assert (silent["source_url"], silent["verified_on"], silent["days"]) == (
        "https://fly.io/docs/volumes/overview/",
        d(0),
        20,
    )


def test_corrections_stand_apart_from_changes(warehouse: Path) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    days = [(d(20), [good(20, price("0.000015"), storage()), good(20, price("0.000014", url=DOCS), url=DOCS)])]
    record_days(warehouse, days, run=Run("r2", "reread", at, at), replace_from={"fly": d(20)})
    found = report.collect(warehouse)
    (part,) = report.parts(found)
    assert [(c["before"], c["after"]) for c in part.corrections if c["field"] == "usd"] == [("0.000014", "0.000015")]
    for text in (report.as_markdown(found), Page(report.as_html(found)).said):
        assert "Corrected (our mistakes)" in text


def test_html_shows_scraped_script_as_text_and_brings_nothing_from_elsewhere(warehouse: Path) -> None:
    html = report.as_html(report.collect(warehouse))
    page = Page(html)
    assert "script" not in page.tags and "img" not in page.tags and "link" not in page.tags
    assert "<script>alert(1)</script>" in page.said
    assert page.links and all(link.startswith(("https://fly.io/", "#fly")) for link in page.links)
    assert 'name="viewport"' in html and "prefers-color-scheme: dark" in html


def test_markdown_shows_scraped_script_as_text_in_one_cell(warehouse: Path) -> None:
    text = report.as_markdown(report.collect(warehouse))
    assert "<script" not in text and "](javascript:" not in text
    (row,) = (x for x in text.splitlines() if x.startswith("|") and "$0.000014" in x)
    assert len([c for c in row.replace("\\|", "").split("|") if c.strip()]) == 5
    assert "= $0.0504 per vcpu_hour" in row and "+40 %" in row


def test_json_has_every_part(warehouse: Path) -> None:
    body = json.loads(report.as_json(report.collect(warehouse, d(1), d(20), "fly")))
    assert (body["from"], body["to"]) == (d(1).isoformat(), d(20).isoformat())
    (vendor,) = body["vendors"]
    assert {k: len(v) for k, v in vendor.items() if k != "vendor"} == {
        "changed": 1, "unconfirmed": 0, "corrections": 0, "waiting": 1, "unverified": 1, "held": 0,
    }  # fmt: skip
    assert vendor["changed"][0]["evidence"][0]["quote"] == "CPU $0.000010/s"


def test_days_and_vendor_choose(warehouse: Path) -> None:
    assert report.collect(warehouse, d(2), d(19)).changes == []
    assert [c.day for c in report.collect(warehouse, d(1), d(1)).changes] == [d(1)]
    assert len(report.collect(warehouse, date.min, date.max).changes) == 1
    other = report.collect(warehouse, vendor="e2b")
    assert report.parts(other) == []
    assert "Nothing to report." in report.as_markdown(other) and "Nothing to report." in report.as_html(other)


def test_a_held_value_is_marked_in_every_form_and_in_the_grid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sandsnap.duckdb"
    at = datetime(2026, 3, 20, tzinfo=UTC)
    first, slipped = (replace(price(usd), capture="0" * 64, verified_on=d(0)) for usd in ("0.00001", "0.036"))
    days = [(d(0), [good(0, first)]), (d(1), [good(1, slipped)])]  # the price of an hour, as if it were a second's
    record_days(path, days, run=Run("1", "snapshot", at, at), gate=Gate())
    found = report.collect(path)
    (held,) = found.held
    assert (held["table"], held["key"], held["held_since"]) == ("prices", "any / vcpu / - / - / list", d(1))
    assert held["stands"].startswith("$0.00001 per vcpu_second")
    assert "0.00001 per second would be 0.036 per hour" in held["reason"]
    assert "**held** machines prices: any / vcpu / - / - / list: $0.00001 per vcpu_second" in report.as_markdown(found)
    assert "Held: the last good value stands" in report.as_html(found)
    (part,) = json.loads(report.as_json(found))["vendors"]
    assert part["held"][0]["link"] == f"{PRICES}#:~:text=CPU%20%240.00001%2Fs"
    assert part["changed"] == []
    run(["coverage", "--home", str(tmp_path)])
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Pricing model"))
    assert "r1 26-03-01!*" in row
    assert report.collect(path, end=d(0)).held == []


@pytest.mark.parametrize(
    ("url", "quote", "link"),
    [
        ("https://a.example/p", "24-hour, max", "https://a.example/p#:~:text=24%2Dhour%2C%20max"),
        ("https://a.example/p#part", "one two", "https://a.example/p#:~:text=one%20two"),
        ("https://a.example/p", "eu-fra-1 | Frankfurt | Germany", "https://a.example/p#:~:text=eu%2Dfra%2D1,Germany"),
        (
            "https://a.example/p",
            "a b c d e f g h i j k l m",
            "https://a.example/p#:~:text=a%20b%20c%20d%20e,i%20j%20k%20l%20m",
        ),
        ("https://a.example/p.json", "3.95", "https://a.example/p.json"),
        ("https://a.example/p", None, "https://a.example/p"),
    ],
)
def test_scroll_link(url: str, quote: str | None, link: str) -> None:
    assert report.scroll_link(url, quote) == link


def test_a_link_that_is_not_web_is_not_written() -> None:
    assert web("javascript:alert(1)") == "#" and web(PRICES) == PRICES


def test_a_runs_report_takes_rows_as_queries_gives_them() -> None:
    row = {
        "vendor": "fly", "product": "machines", "table": "gpus", "key": "a10", "kind": "changed", "field": "status",
        "before": "available", "after": "ending", "day": d(1), "source_url": PRICES, "quote_before": "A10: $1.50",
        "quote_after": "GPUs are deprecated", "capture_before": "aa", "capture_after": "bb", "reader": PRICES + "#gpus",
    }  # fmt: skip
    issue = {"kind": "unreadable", "vendor": "fly", "first_on": d(1), "message": "no <table>", "source_url": PRICES}
    text = report.markdown("A run", [row, row | {"source_url": DOCS, "reader": DOCS + "#gpus"}], [issue], d(2))
    assert text.count("| available") == 0 and text.count("status: available") == 1
    assert text.count("GPUs are deprecated") == 2  # one line, two citations
    assert "- **unreadable** fly, since 2026-03-02: no &lt;table>" in text
    assert report.markdown("Nothing", [], [], d(2)).endswith("Nothing.\n")


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_command(warehouse: Path, form: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "new" / f"report.{form}"
    where = ["report", "--from", str(d(0)), "--to", str(d(20)), "--format", form, "--home", str(warehouse.parent)]
    assert run([*where, "-o", str(out)]) == 0
    assert "1 changes, 0 corrections, 2 issues wait" in capsys.readouterr().out
    assert run(where) == 0
    assert capsys.readouterr().out == out.read_text("utf-8")


def test_command_refuses_days_in_the_wrong_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--from", "2026-03-02", "--to", "2026-03-01"]) == 2
    assert "lies after" in capsys.readouterr().err
