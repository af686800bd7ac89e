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
from sandsnap.publish.alerts.text import scroll_link
from sandsnap.publish.report import build as report
from sandsnap.publish.report import writers
from sandsnap.publish.report.markdown import run_report
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
    (event,) = found.entries
    assert event.sentence.startswith("Fly raised the price of vCPU: $0.00001 → $0.000014 per vCPU-second (2 Mar 2026).")
    assert writers.as_markdown(found).split("\n")[2:5] == ["## In short", "", f"- {event.sentence}"]
    assert json.loads(report.as_json(found))["in_short"] == [event.sentence]
    assert event.sentence in Page(writers.as_html(found)).said


def test_a_change_on_two_pages_is_one_event_with_one_quote_a_side(warehouse: Path) -> None:
    (event,) = report.collect(warehouse).entries
    assert event.moves == (), "the title has both sides"
    assert [q.side for q in event.quotes] == ["before", "after"]
    assert all(q.text and "#:~:text=" in q.link and q.capture for q in event.quotes)


def test_what_waits_and_what_could_not_be_verified(warehouse: Path) -> None:
    found = report.collect(warehouse)
    (gone,) = [w for w in found.waits if w.title.startswith("Sentences")]
    assert gone.count == 1 and "Fly: The quoted words are gone from the page" in gone.examples[0]
    assert not found.unverified, "no fact rests on the page that is silent"
    early = report.collect(warehouse, d(0), d(1))
    assert not early.waits, "what came up later waits for nobody yet"


def test_corrections_stand_apart_from_events(warehouse: Path) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    days = [(d(20), [good(20, price("0.000015"), storage()), good(20, price("0.000014", url=DOCS), url=DOCS)])]
    record_days(warehouse, days, run=Run("r2", "reread", at, at), replace_from={"fly": d(20)}, tell=tell)
    found = report.collect(warehouse)
    assert any(c.example == "vCPU: $0.000014 → $0.000015" for c in found.corrections)
    for text in (writers.as_markdown(found), Page(writers.as_html(found)).said):
        assert "Corrected: our mistakes" in text


def test_html_shows_scraped_script_as_text_and_brings_nothing_from_elsewhere(warehouse: Path) -> None:
    html = writers.as_html(report.collect(warehouse))
    page = Page(html)
    assert "script" not in page.tags and "img" not in page.tags and "link" not in page.tags
    assert "<script>alert(1)</script>" in page.said
    assert page.links and all(link.startswith("https://fly.io/") for link in page.links)
    assert 'name="viewport"' in html and "prefers-color-scheme: dark" in html


def test_markdown_shows_scraped_script_as_text(warehouse: Path) -> None:
    text = writers.as_markdown(report.collect(warehouse))
    assert "<script" not in text and "](javascript:" not in text and "&lt;script>alert(1)" in text


def test_json_has_every_part(warehouse: Path) -> None:
    body = json.loads(report.as_json(report.collect(warehouse, d(1), d(20), "fly")))
    assert (body["from"], body["to"]) == (d(1).isoformat(), d(20).isoformat())
    parts = ("in_short", "events", "corrections", "unverified")
    assert {k: len(body[k]) for k in parts} == {"in_short": 1, "events": 1, "corrections": 0, "unverified": 0}
    assert body["events"][0]["quotes"][0]["text"] == "CPU $0.000010/s"


def test_days_and_vendor_choose(warehouse: Path) -> None:
    assert report.collect(warehouse, d(2), d(19)).entries == ()
    assert [e.day for e in report.collect(warehouse, d(1), d(1)).entries] == [d(1)]
    assert len(report.collect(warehouse, date.min, date.max).entries) == 1
    other = report.collect(warehouse, vendor="e2b")
    assert other.empty
    assert "Nothing to report." in writers.as_markdown(other) and "Nothing to report." in writers.as_html(other)


def test_a_held_value_waits_in_the_report_and_is_marked_in_the_grid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sandsnap.duckdb"
    at = datetime(2026, 3, 20, tzinfo=UTC)
    first, slipped = (replace(price(usd), capture="0" * 64, verified_on=d(0)) for usd in ("0.00001", "0.036"))
    days = [(d(0), [good(0, first)]), (d(1), [good(1, slipped)])]  # the price of an hour, as if it were a second's
    record_days(path, days, run=Run("1", "snapshot", at, at), gate=Gate())
    found = report.collect(path)
    (held,) = found.waits
    assert (held.title, held.count) == ("Values that wait for a decision", 1)
    assert "0.036" in held.examples[0] and not found.entries
    assert "Values that wait for a decision" in writers.as_markdown(found) and "0.036" in writers.as_html(found)
    run(["coverage", "--home", str(tmp_path)])
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Pricing model"))
    assert "r1 26-03-01!*" in row
    assert not report.collect(path, end=d(0)).waits


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
    assert scroll_link(url, quote) == link


def test_a_link_that_is_not_web_is_not_written() -> None:
    assert web("javascript:alert(1)") == "#" and web(PRICES) == PRICES


def test_a_runs_report_takes_rows_as_queries_gives_them() -> None:
    event = {"day": d(1), "title": "Fly ended its GPUs | all", "significance": 90}
    issue = {"kind": "unreadable", "vendor": "fly", "first_on": d(1), "message": "no <table>", "source_url": PRICES}
    text = run_report("A run", [event], [issue], d(2))
    assert "- 2026-03-02: Fly ended its GPUs \\| all (90)" in text
    assert "- **unreadable** Fly, since 2026-03-02: no &lt;table>" in text
    assert run_report("Nothing", [], [], d(2)).endswith("Nothing.\n")


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_command(warehouse: Path, form: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "new" / f"report.{form}"
    where = ["report", "--from", str(d(0)), "--to", str(d(20)), "--format", form, "--home", str(warehouse.parent)]
    assert run([*where, "-o", str(out)]) == 0
    assert "1 events, 0 corrections, " in capsys.readouterr().out
    assert run(where) == 0
    assert capsys.readouterr().out == out.read_text("utf-8")


def test_command_refuses_days_in_the_wrong_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--from", "2026-03-02", "--to", "2026-03-01"]) == 2
    assert "lies after" in capsys.readouterr().err
