"""The static site: that it says what the warehouse says, that scraped text stays text, that every link leads somewhere."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from site_fixtures import EVIL, GPUS, PRICES, built, d, good, price

from sandsnap.cli.app import run
from sandsnap.model import Issue, Wait
from sandsnap.publish.replace_folder import ReplaceError
from sandsnap.publish.site import cells, sentences, spans
from sandsnap.publish.site.marks import mark
from sandsnap.publish.site.spans import Fact, Span
from sandsnap.record import queries
from sandsnap.record.coverage import ROWS
from sandsnap.record.recorder import Run, record_days
from sandsnap.tell import words
from sandsnap.vendors import VENDORS
from schemas import TABLES

feedparser = pytest.importorskip("feedparser")
icalendar = pytest.importorskip("icalendar")

FIRST_VIEW = 200_000
LARGEST = 150_000  # bytes of a page
LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "link": "href",
    "source": "src",
    "object": "data",
    "use": "href",
}


@pytest.fixture(scope="module")
def small(small_site: Path) -> Path:
    """The small warehouse."""
    return small_site / "sandsnap.duckdb"


@pytest.fixture(scope="module")
def site(small_site: Path) -> Path:
    """Its site."""
    return small_site / "site"


class Page(HTMLParser):
    """What a browser would load and show: the tags, what they load, links, ids, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.text = ""
        self.csp = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if tag in LOADS and LOADS[tag] in given:
            self.loads.append(given[LOADS[tag]])
        if tag == "a":
            self.links.append(given["href"])
        self.ids += [given["id"]] if "id" in given else []
        self.inline += [k for k in given if k.startswith("on") or k == "style"]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        if given.get("http-equiv") == "Content-Security-Policy":
            self.csp = given["content"]

    def handle_data(self, data: str) -> None:
        self.text += data


def pages(folder: Path) -> Iterator[tuple[Path, Page]]:
    for path in sorted(folder.resolve().rglob("*.html")):
        yield path, Page(path.read_text("utf-8"))


def test_a_day_shows_what_the_tables_show(two_vendors: Path) -> None:
    with queries.connect_readonly(two_vendors / "sandsnap.duckdb") as con:
        record_ = spans.load(con, date(2026, 10, 12))
        assert len(record_.days) > 10
        for day in (record_.days[3], date(2026, 6, 15), record_.as_of):
            mine = {
                (
                    f.span.table,
                    f.span.vendor,
                    f.span.product,
                    f.span.key,
                    f.span.source_url,
                    f.span.quote,
                    f.verified_on,
                    f.capture,
                    f.state,
                )
                for f in record_.shown(day)
            }
            theirs = set()
            for table in TABLES.values():
                for r in queries.show(con, table.name, day).records():
                    key = " / ".join(str(r[k]) for k in table.key[2:]) or "-"
                    cited = (r["source_url"], r["quote"], r["verified_on"], r["capture"], r["state"])
                    theirs.add((table.name, r["vendor"], r["product"], key, *cited))
            assert mine == theirs, day


@pytest.mark.slow
def test_every_cell_of_the_demo_says_something(demo: Path) -> None:
    html = (demo / "site" / "index.html").read_text("utf-8")
    assert len(re.findall(r'<td role="cell" data-cell="[a-z0-9]+-[a-z_]+"', html)) == 8 * len(ROWS)
    assert html.count("Nothing is recorded") == 0
    assert html.count('class="stamp"') == 8 * len(ROWS)
    assert "$0.0504/vCPU-hour + $0.0162/GiB-hour" in html
    assert "per vcpu_hour" not in html


def days_of(folder: Path) -> dict[str, Any]:
    text = (folder / "data" / "days.js").read_text("utf-8")
    return json.loads(text.removeprefix("window.sandsnapDays=").removesuffix(";\n"))


def history_of(folder: Path, vendor: str) -> dict[str, Any]:
    text = (folder / "data" / "history" / f"{vendor}.js").read_text("utf-8")
    return json.loads(text.partition(f'["{vendor}"]=')[2].removesuffix(";\n"))


def test_history_holds_every_version_and_ends_with_today(two_site: Path) -> None:
    told = days_of(two_site)
    assert told["asOf"] == "2026-10-12"
    fly = history_of(two_site, "fly")
    assert set(fly["cells"]) == set(ROWS.values())
    gpus = [(v[0], v[1], v[3]) for v in fly["cells"]["gpus"]]
    assert any(kind == "changed" and word == "Ending" for _, kind, word in gpus)
    assert gpus[-1][2] == "No longer"
    assert all(v[7] for v in history_of(two_site, "e2b")["cells"]["prices"])
    days = [day for day, _, _ in told["days"]]
    assert days == sorted(set(days))
    assert sum(changed for _, _, changed in told["days"]) >= 10


def test_days_in_a_row_cost_one_entry() -> None:
    from sandsnap.publish.site.history import _runs

    days = [date(2026, 1, 1) + timedelta(n) for n in (*range(300), 310)]
    assert _runs(days) == [["2026-01-01", "2026-10-27"], ["2026-11-07"]]


@pytest.mark.slow
def test_first_view_is_light(demo: Path) -> None:
    site = demo / "site"
    size = sum(
        (site / p).stat().st_size
        for p in ("index.html", "assets/site.css", "assets/site.js", "assets/compare.js", "assets/sortable.js")
    )
    assert size < FIRST_VIEW
    assert all(p.stat().st_size <= LARGEST for p in site.rglob("*.html"))


@pytest.mark.parametrize("which", [pytest.param("demo", marks=pytest.mark.slow), "small"])
def test_nothing_is_loaded_from_elsewhere_and_every_link_leads_somewhere(
    which: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue("site") if which == "small" else request.getfixturevalue("demo") / "site"
    found = dict(pages(folder))
    assert len(found) >= 14
    for path, page in found.items():
        assert page.csp.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert not page.inline, path
        assert len(page.ids) == len(set(page.ids)), path
        for address in page.loads:
            assert not urlsplit(address).scheme
            assert not urlsplit(address).netloc
            assert (path.parent / address).is_file(), f"{path}: {address}"
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https"), link
                continue
            target = (path.parent / parts.path).resolve() if parts.path else path
            assert target.is_file(), f"{path}: {link}"
            if parts.fragment and "=" not in parts.fragment and target.suffix == ".html":
                assert unquote(parts.fragment) in found[target].ids, f"{path}: {link}"


def test_scraped_markup_is_text_everywhere(site: Path) -> None:
    shown = 0
    for path in [*site.rglob("*.html"), *site.rglob("*.xml")]:
        text = path.read_text("utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        shown += "&lt;script&gt;alert(1)" in text
    assert shown >= 4  # the comparison, the vendor's page, the changes, the feeds
    evil = next(p for path, p in pages(site) if path.name == "fly.html")
    assert EVIL in evil.text


def test_feeds_are_valid_and_say_what_changed(site: Path) -> None:
    names = {p.stem for p in (site / "feeds").iterdir()}
    assert names == {"all", *(f"vendor-{v}" for v in VENDORS), *(f"table-{t}" for t in TABLES)}
    for path in (site / "feeds").iterdir():
        feed = feedparser.parse(path.read_bytes())
        assert not feed.bozo, (path, feed.get("bozo_exception"))
        assert feed.version == "atom10"
        assert feed.feed.id == f"urn:sandsnap:feed:{path.stem}"
        assert feed.feed.updated.endswith("T00:00:00Z")
        assert [li.href for li in feed.feed.links if li.rel == "self"] == [
            f"https://example.org/sandboxes/feeds/{path.name}"
        ]
        assert len({e.id for e in feed.entries}) == len(feed.entries)
    entries = feedparser.parse((site / "feeds" / "table-prices.xml").read_bytes()).entries
    (entry,) = [e for e in entries if "vCPU" in e.title]
    assert entry.title == "Fly raised the price of vCPU: $0.00001 → $0.000014 per vCPU-second"
    assert EVIL in entry.content[0].value
    assert entry.link.startswith("https://example.org/sandboxes/changes/2026-03.html#")
    assert [t.term for t in entry.tags] == ["fly", "prices", "high"]
    assert not feedparser.parse((site / "feeds" / "vendor-e2b.xml").read_bytes()).entries


def test_calendar_is_valid_and_has_the_announced_day_once(site: Path) -> None:
    raw = (site / "announced.ics").read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    (event,) = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert event["dtstart"].dt == d(40)
    assert event["dtend"].dt == d(41)
    assert str(event["summary"]) == "Fly Machines: GPU, end of life (A10)"
    assert "commas; and semicolons" in str(event["description"])
    assert str(event["url"]) == GPUS


def test_marks_say_how_facts_stand(small: Path, site: Path) -> None:
    with queries.connect_readonly(small) as con:
        found = spans.load(con, d(13))
    facts = {f.span.values.get("meter") or f.span.values.get("model") or f.span.table: f for f in found.shown(d(13))}
    assert (facts["vcpu"].state, facts["vcpu"].verified_on) == ("current", d(13))
    assert (facts["volume"].state, facts["volume"].verified_on) == ("missing", d(5))
    assert facts["a10"].verified_on == d(5)

    def name(*own: Fact) -> str | None:
        made = mark(own, d(13))
        return made and made.name

    assert name(facts["vcpu"]) == "today"
    assert name(facts["a10"]) == "dated"
    assert name(facts["vcpu"], facts["volume"]) == "missing"
    assert name(Fact(facts["vcpu"].span, d(8), None)) == "week"
    assert name(Fact(facts["vcpu"].span, d(13), None, "held", "looks wrong"), facts["volume"]) == "held"
    assert name() is None
    html = (site / "vendors" / "fly.html").read_text("utf-8")
    assert "The last reading of the page lacks it" in html
    assert 'class="mark missing">gone from its page; seen 6 Mar 2026' in html
    unseen = history_of(site, "fly")["spans"]
    assert [s["unseen"] for s in unseen if s["what"].startswith("Volumes")] == [[["2026-03-14", "2026-03-14", None]]]


def test_a_mark_is_written_with_its_day_and_who() -> None:
    def made(state: str = "current", basis: str = "read", by: str | None = None, on: int = 0) -> Fact:
        own = Span(
            0, 0, 0, "e2b", "prices", "sandbox", {}, d(0), None, d(0), basis, PRICES, None, None, "vendor", None, by=by
        )
        return Fact(own, d(on), None, state)

    def word(*facts: Fact) -> str:
        found = mark(facts, d(30))
        assert found is not None
        return found.word

    assert word(made()) == "confirmed on 1 Mar 2026"
    assert word(made(on=30)) == "confirmed today"
    assert word(made(on=25)) == "confirmed this week"
    assert word(made("stale"), made(on=30)) == "nobody has looked since 1 Mar 2026"
    assert word(made(basis="second_hand", by="the editors", on=2)) == "second-hand (the editors, 3 Mar 2026)"
    assert word(made(basis="judged"), made(on=30)) == "judged on 1 Mar 2026"
    assert word(made("held"), made("stale")) == "of 1 Mar 2026; a newer one is held"
    assert word(made("unconfirmed", on=29)) == "of 30 Mar 2026; a newer one is unconfirmed"
    assert word(made("ended")) == "ended"


@pytest.mark.slow
def test_a_held_value_is_marked_with_the_reason(tmp_path: Path) -> None:
    """The page's newer price is held: the cell keeps the last good one, says so, and says why."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    why = f"the price would fall by 99 %; {EVIL}"
    wait = Wait(price("0.0000001", "$0.0000001/s"), "held", why, d(1))
    question = Issue("held", "fly", PRICES, why, PRICES + "#cpu")  # as the gate asks it
    days = [(d(0), [good(0, price("0.000010", "$0.000010/s"))]), (d(1), [good(1, waits=(wait,), issues=(question,))])]
    run = Run("r1", "snapshot", at, at)
    record_days(
        tmp_path / "sandsnap.duckdb", days, run=run, gate=lambda *given: given[3]
    )  # it lets in what it is given
    built(tmp_path / "sandsnap.duckdb", tmp_path / "site")
    for name in ("index.html", "vendors/fly.html"):
        html = (tmp_path / "site" / name).read_text("utf-8")
        assert 'class="mark held">of 1 Mar 2026; a newer one is held</span>' in html
    assert "Held: the price would fall by 99 %; &lt;script&gt;" in html
    assert [w for s in history_of(tmp_path / "site", "fly")["spans"] for w in s["waits"]] == [
        ["held", why, "2026-03-02", None]
    ]
    assert "A newer value waits for a person: the price would fall by 99 %" in (
        tmp_path / "site" / "issues.html"
    ).read_text("utf-8")


def test_no_number_of_a_script_is_larger_than_a_script_can_hold(small: Path) -> None:
    """Readers are numbered with 64 bits; a script has 53, and would take two of them for one."""
    for script in (small / "site" / "data").rglob("*.js"):
        assert all(int(n) < 2**53 for n in re.findall(r"(?<=[:,\[])\d{15,}(?=[,\]}])", script.read_text("utf-8"))), (
            script
        )


def test_evidence_says_since_when_and_what_it_was_before(small: Path) -> None:
    with queries.connect_readonly(small) as con:
        found = spans.load(con, d(13))
    items = {cells.item(f.span).what: cells.item(f.span) for f in found.shown(d(13))}
    cpu = items["$0.0504 per vCPU-hour"]
    assert (cpu.since, cpu.before) == ("said since 2 Mar 2026", "$0.036 per vCPU-hour, until 2 Mar 2026")
    assert cpu.quote == EVIL
    assert items["Volumes $0.15 per GB-month"].since == "said at least since 1 Mar 2026, the first reading"


@pytest.mark.slow
def test_the_same_warehouse_gives_the_same_site(small: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        built(small, tmp_path / name)
    files = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    assert files == {p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*") if p.is_file()}


@pytest.mark.slow
def test_a_site_replaces_a_site_and_nothing_else(small: Path, tmp_path: Path) -> None:
    built(small, tmp_path / "site")
    built(small, tmp_path / "site")
    (tmp_path / "site" / "mine.txt").write_text("kept")
    with pytest.raises(ReplaceError, match="holds files"):
        built(small, tmp_path / "site")
    assert (tmp_path / "site" / "mine.txt").read_text() == "kept"


@pytest.mark.slow
def test_method_says_what_was_measured_or_that_nothing_was(small: Path, site: Path, tmp_path: Path) -> None:
    assert "Not measured in this build" in (site / "method.html").read_text("utf-8")
    quality = {
        "cases": 579, "pages": 40, "recall": 0.985, "wrong_values_in": 0, "false_alerts_per_1000_page_days": 0.2, "met": True,
    }  # fmt: skip
    given = tmp_path / "quality.json"
    given.write_text(json.dumps(quality))
    home = small.parent
    assert run(["site", str(tmp_path / "site"), "--home", str(home), "--quality", str(given)]) == 0
    text = (tmp_path / "site" / "method.html").read_text("utf-8")
    assert "579 cases on 40 pages" in text
    assert "98.5 %" in text


@pytest.mark.slow
def test_the_command_says_what_to_do(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = str(small.parent)
    assert run(["site", "--home", home]) == 2
    assert "say where to" in capsys.readouterr().err
    assert run(["site", str(tmp_path / "x"), "--home", str(tmp_path)]) == 3
    assert "sandsnap demo" in capsys.readouterr().err
    (tmp_path / "q.json").write_text("[]")
    assert run(["site", str(tmp_path / "x"), "--home", home, "--quality", str(tmp_path / "q.json")]) == 2
    assert "sandsnap quality --json" in capsys.readouterr().err
    assert run(["site", str(tmp_path / "x"), "--home", home, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert Path(said["index"]).is_file()
    assert said["files"]["index.html"] > 0


@pytest.mark.slow
def test_serve_shows_it_on_loopback_only(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import http.server
    import urllib.request

    seen: list[str] = []

    def once(server: http.server.ThreadingHTTPServer) -> None:
        from threading import Thread

        assert server.server_address[0] == "127.0.0.1"
        thread = Thread(target=server.handle_request)
        thread.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/index.html", timeout=10) as answer:
            seen.append(answer.read().decode())
        thread.join()

    monkeypatch.setattr(http.server.ThreadingHTTPServer, "serve_forever", once)
    assert run(["site", "--serve", "--port", "0", "--home", str(small.parent)]) == 0
    assert "http://127.0.0.1:" in capsys.readouterr().out
    assert "Which sandbox for your agent?" in seen[0]


def span(table: str, **values: object) -> Span:
    day = d(0)
    return Span(0, 0, 0, "e2b", table, "sandbox", values, day, None, day, "read", PRICES, "q", None, "vendor", None)


def say(table: str, *rows: dict[str, object]) -> sentences.Said:
    return sentences.say(table, "e2b", [Fact(span(table, product="sandbox", **r), d(0), None) for r in rows])


def texts(said: sentences.Said) -> list[str]:
    return [s.text for s in said.statements]


D = Decimal
SAYS = [
    ("limits", [
        {"plan": "hobby", "limit": "session_max", "amount": D(1), "unit": "hour"},
        {"plan": "pro", "limit": "session_max", "amount": D(24), "unit": "hour"},
    ], None, ["A session lasts up to 1 hour (Hobby) and 24 hours (Pro)"]),
    ("limits", [{"plan": "any", "limit": "session_max", "unit": "minute"}], None, ["No maximum session length"]),
    ("limits", [
        {"plan": "any", "limit": "session_max", "unit": "hour"},
        {"plan": "free", "limit": "session_max", "amount": D(5), "unit": "minute"},
    ], None, ["A session lasts up to 5 minutes (Free) and no limit (other plans)"]),
    ("cold_starts", [
        {"operation": "create", "statistic": "max", "high_ms": D(90), "claimed_by": "vendor"},
        {"operation": "resume", "statistic": "p95", "low_ms": D(500), "high_ms": D(500), "claimed_by": "third_party"},
        {"operation": "boot", "statistic": "typical", "low_ms": D(2000), "high_ms": D(4000), "claimed_by": "vendor"},
    ], None, ["Creates in under 90 ms", "Boots in 2–4 s",
              "Resumes in about 500 ms (95th percentile), as measured by others"]),
    ("gpus", [{"model": "none", "status": "not_offered"}], "No", ["No GPU is offered for sandboxes"]),
    ("gpus", [
        {"model": "a10", "status": "ending", "ends_on": date(2026, 8, 1)},
        {"model": "l40s", "status": "ending", "ends_on": date(2026, 8, 1)},
    ], "Ending", ["Until 1 Aug 2026: A10 and L40S"]),
    ("gpus", [{"model": "a100-80gb", "status": "available"}], "Yes", ["A100 80GB"]),
    ("self_hosting", [{"offering": "core", "status": "frozen", "licence": "AGPL-3.0"}], "Frozen",
     ["Core: frozen, no longer developed in public, AGPL-3.0 licence"]),
    ("self_hosting", [{"offering": "core", "status": "none"}], "No", ["Managed cloud only"]),
    ("isolation", [{"runtime": "default", "technology": "gvisor", "boundary": "user_space_kernel"}], None,
     ["gVisor user-space kernel"]),
    ("sdks", [
        {"interface": "rest", "official": True}, {"interface": "python", "official": True},
        {"interface": "ruby", "official": False},
    ], None, ["Python SDK and REST API", "Not official: Ruby SDK"]),
    ("persistence", [
        {"mechanism": "pause_resume", "preserves": "filesystem_and_memory", "retention_days": D(30), "by_default": True},
    ], None, ["Pause and resume keeps files and memory, for 30 days (by default)"]),
    ("allowances", [
        {"plan": "any", "allowance": "credit", "period": "once", "amount": D(100), "unit": "usd", "card_required": False},
    ], None, ["$100 credit, once, no card needed"]),
    ("positioning", [{"fit": "primitive", "statement": "a <b> primitive"}], "Partly",
     ["One primitive of a general platform: “a <b> primitive”"]),
    ("prices", [
        {"plan": "any", "meter": "core", "sku": "-", "region": "-", "offer": "list", "usd": D("0.00003942"), "unit": "core_second",
         "billed_on": "max_of_request_and_use"},
        {"plan": "any", "meter": "memory", "sku": "-", "region": "-", "offer": "list", "usd": D("0.00000667"), "unit": "gib_second",
         "billed_on": "max_of_request_and_use"},
    ], None, ["$0.141912 per core-hour ($0.070956 per vCPU-hour) and $0.024012 per GiB-hour of memory, "
              "on the larger of request and use"]),
    ("prices", [
        {"plan": p, "meter": "vcpu", "sku": "-", "region": "-", "offer": "list", "usd": D("0.128"), "unit": "vcpu_hour",
         "billed_on": "active"}
        for p in ("pro", "enterprise")
    ], None, ["$0.128 per vCPU-hour, of CPU time in use (Enterprise and Pro)"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "rows", "word", "expected"), SAYS, ids=[f"{t}-{i}" for i, (t, *_) in enumerate(SAYS)]
)
def test_sentences(table: str, rows: list[dict[str, object]], word: str | None, expected: list[str]) -> None:
    said = say(table, *rows)
    assert said.word == word
    assert texts(said) == expected
    told = {f.span.values.get("plan") for s in said.statements for f in s.facts}
    assert told <= {r.get("plan") for r in rows}


def test_figures_read_well() -> None:
    assert words.usd(Decimal("2.5")) == "$2.50"
    assert words.usd(Decimal("1324.8")) == "$1,324.80"
    assert words.usd(Decimal("150")) == "$150"
    assert words.amount(Decimal("1"), "hour") == "1 hour"
    assert words.amount(Decimal("200"), "vcpu_hour") == "200 vCPU-hours"
    assert words.days_between(d(0), d(1)) == "in 1 day"
    assert words.days_between(d(3), d(0)) == "3 days ago"


def test_a_cell_has_one_headline_and_everything_behind_it() -> None:
    kept = (
        "pause_resume",
        "auto_pause",
        "filesystem_snapshot",
        "memory_snapshot",
        "volume",
        "fork",
        "standby",
        "checkpoint",
    )
    said = say("persistence", *({"mechanism": m, "preserves": "filesystem"} for m in kept))
    assert len(said.statements) == 8
    assert said.head is not None
    assert said.head.text == "Pause: files"
