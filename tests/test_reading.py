"""From a capture to readings: who reads what, and what happens when a page changes its shape."""

from collections.abc import Iterator

import pytest
from conftest import capture

from sandsnap.model import Fact
from sandsnap.read import diagnose, reading, statements
from sandsnap.read.addresses import canonical
from sandsnap.read.page import Page
from sandsnap.read.sources import Vendor

PAGE = """# Limits

| Plan | Longest session |
| --- | --- |
| Hobby | 1 hour |
| Pro | 24 hours |

Sandboxes run on Firecracker microVMs. Sessions pause after 15 minutes.
"""
URL = "https://e2b.dev/docs/limits"


def plans(page: Page) -> Iterator[Fact]:
    for row in page.table("Plan", "Longest session"):
        cell = row["Longest session"]
        yield cell.limit("session_max", cell.duration(), plan=row.first.text.lower())


def idle(page: Page) -> Iterator[Fact]:
    m = page.find("pause after {duration}")
    yield m.limit("idle_timeout", m["duration"])


@pytest.fixture
def one_source(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Vendor("e2b", "sandbox", ("e2b.dev",))
    source = vendor.source(URL, must="Limits", former=("https://e2b.dev/docs/old/limits",))
    source.reader(plans)
    source.reader(idle)
    quoted = (
        statements.Quoted(
            "isolation", {"runtime": "default", "technology": "firecracker"}, (canonical(URL),), ("run on Firecracker",)
        ),
        statements.Quoted(
            "isolation", {"runtime": "default", "technology": "gvisor"}, (canonical(URL),), ("run on gVisor",)
        ),
    )
    for module in (reading, statements):
        monkeypatch.setattr(module, "quoted", lambda _: quoted)
    monkeypatch.setattr(statements, "judged", lambda _: ())
    monkeypatch.setattr(
        reading, "source_of", lambda url: source if canonical(url) in map(canonical, source.urls) else None
    )


def read(text: str, url: str = URL, **fields: object) -> dict[str, tuple[str, list[str], list[str]]]:
    """{reader: (outcome, values, issue kinds)}"""
    out = {}
    for r in reading.read(capture(url, text, **fields)):
        values = [
            f"{f.key.get('plan', '')} {f.values.get('amount') or f.values.get('technology')}".strip() for f in r.facts
        ]
        out[r.reader.rpartition("#")[2]] = (r.outcome, values, [i.kind for i in r.issues])
    return out


@pytest.mark.usefixtures("one_source")
class TestOneSource:
    def test_all_readers_and_quotes(self) -> None:
        got = read(PAGE)
        assert got == {
            "plans": ("good", ["hobby 1", "pro 24"], []),
            "idle": ("good", ["any 15"], []),
            "quoted": ("good", ["firecracker"], []),
        }
        assert read(PAGE, url="https://www.e2b.dev/docs/old/limits.md") == got

    def test_citations(self) -> None:
        facts = [f for r in reading.read(capture(URL, PAGE)) for f in r.facts]
        assert {f.basis for f in facts} == {"read", "quoted"}
        assert all(f.quote and f.capture and f.verified_on and f.source_url == URL for f in facts)

    def test_a_new_shape_stops_one_reader_only(self) -> None:
        got = read(PAGE.replace("Longest session", "Duration"))
        assert got["plans"] == ("failed", [], ["unreadable", "unread_table"])
        assert got["idle"][0] == "good"

    def test_no_row_of_a_half_read_table_gets_in(self) -> None:
        assert read(PAGE.replace("24 hours", "Contact us"))["plans"] == ("failed", [], ["unreadable"])

    def test_two_values_on_one_page_are_a_conflict_and_keep_the_old_value(self) -> None:
        got = reading.read(capture(URL, PAGE + "\nOn mobile they pause after 20 minutes.\n"))
        assert next(r for r in got if r.reader.endswith("#idle")).outcome == "failed"
        both = read(PAGE + "\nThey run on gVisor.\n")["quoted"]
        assert both == ("good", [], ["conflict"])

    def test_a_lost_quote_shows_the_nearest_text(self) -> None:
        (issue,) = next(
            r.issues
            for r in reading.read(capture(URL, PAGE.replace("Firecracker microVMs", "microVMs")))
            if r.reader.endswith("#quoted")
        )
        assert issue.kind == "lost_quote"
        assert issue.nearest is not None
        assert "microVMs" in issue.nearest

    def test_a_bad_page_is_one_issue_and_no_facts(self) -> None:
        got = read("# Page Not Found\n")
        assert {outcome for outcome, _, _ in got.values()} == {"bad_page"}
        assert [k for _, _, kinds in got.values() for k in kinds] == ["soft_404"]
        assert read("# Something else entirely\n\nHello there, world.\n")["plans"][2] == ["wrong_page"]

    def test_an_excerpt_is_partial(self) -> None:
        assert all(r.partial for r in reading.read(capture(URL, PAGE, complete=False)))

    def test_an_unknown_url_is_an_issue(self) -> None:
        (r,) = reading.read(capture("https://e2b.dev/careers", "hello"))
        assert (r.outcome, r.issues[0].kind) == ("failed", "no_reader")


def test_a_broken_reader_is_an_issue_and_costs_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Vendor("e2b", "sandbox", ("e2b.dev",))
    source = vendor.source(URL, must="Limits")

    @source.reader
    def broken(page: Page) -> Iterator[Fact]:
        raise KeyError("a defect")
        yield

    source.reader(idle)
    monkeypatch.setattr(reading, "quoted", lambda _: ())
    monkeypatch.setattr(statements, "judged", lambda _: ())
    monkeypatch.setattr(reading, "source_of", lambda _: source)
    got = reading.read(capture(URL, PAGE))
    assert [(r.outcome, [i.kind for i in r.issues]) for r in got] == [
        ("failed", ["defect", "unread_table"]),
        ("good", []),
    ]
    assert "test_reading.py" in got[0].issues[0].message or "KeyError" in got[0].issues[0].message
    deep = reading.read(
        capture(URL, "<!doctype html><html><body>" + "<div>" * 5000 + "Limits" + "</div>" * 5000 + "</body></html>")
    )
    assert {r.outcome for r in deep} == {"bad_page"}


def test_one_page_two_readers_two_values(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Vendor("e2b", "sandbox", ("e2b.dev",))
    source = vendor.source(URL, must="Limits")

    @source.reader
    def first(page: Page) -> Iterator[Fact]:
        m = page.find("Hobby lasts {duration}")
        yield m.limit("session_max", m["duration"], plan="hobby")
        yield m.limit("session_max", m["duration"], plan="pro")

    @source.reader
    def second(page: Page) -> Iterator[Fact]:
        m = page.find("Hobby may run {duration}")
        yield m.limit("session_max", m["duration"], plan="hobby")

    monkeypatch.setattr(reading, "quoted", lambda _: ())
    monkeypatch.setattr(statements, "judged", lambda _: ())
    monkeypatch.setattr(reading, "source_of", lambda _: source)
    agree = reading.read(capture(URL, "# Limits\n\nHobby lasts 1 hour.\n\nHobby may run 1 hour.\n"))
    assert [len(r.facts) for r in agree] == [2, 0]
    differ = reading.read(capture(URL, "# Limits\n\nHobby lasts 1 hour.\n\nHobby may run 2 hours.\n"))
    assert [[f.key["plan"] for f in r.facts] for r in differ] == [["pro"], []]
    assert all(r.partial and [i.kind for i in r.issues] == ["conflict"] for r in differ)


COMMIT = "0123456789abcdef0123456789abcdef01234567"
CANONICAL = [
    ("https://e2b.dev/docs/billing.md", "e2b.dev/docs/billing"),
    ("http://www.E2B.dev/docs/billing/?x=1#plans", "e2b.dev/docs/billing?x=1"),
    ("https://raw.githubusercontent.com/e2b-dev/E2B/main/LICENSE", "github.com/e2b-dev/e2b/blob/main/license"),
    (
        "https://raw.githubusercontent.com/superfly/docs/refs/heads/main/about/pricing.html.markerb",
        "github.com/superfly/docs/blob/main/about/pricing",
    ),
    ("https://github.com/e2b-dev/E2B/blob/master/README.md", "github.com/e2b-dev/e2b"),
    (f"https://raw.githubusercontent.com/e2b-dev/E2B/{COMMIT}/README.md", "github.com/e2b-dev/e2b"),
    (f"https://github.com/e2b-dev/infra/blob/{COMMIT}/self-host.md", "github.com/e2b-dev/infra/blob/main/self-host"),
    ("https://github.com/e2b-dev/E2B/tree/main/", "github.com/e2b-dev/e2b"),
    ("https://github.com/e2b-dev/E2B/raw/main/LICENSE", "github.com/e2b-dev/e2b/blob/main/license"),
    ("https://github.com/e2b-dev/E2B/blob/beta/LICENSE", "github.com/e2b-dev/e2b/blob/beta/license"),
    (f"https://raw.githubusercontent.com/e2b-dev/E2B/{'0a' * 20}/README.md", "github.com/e2b-dev/e2b"),
    (f"https://github.com/e2b-dev/E2B/blob/{'0a' * 20}/LICENSE", "github.com/e2b-dev/e2b/blob/main/license"),
    ("https://github.com/e2b-dev/E2B/raw/refs/heads/main/LICENSE", "github.com/e2b-dev/e2b/blob/main/license"),
    ("https://github.com/e2b-dev/E2B/tree/main", "github.com/e2b-dev/e2b"),
    ("https://github.com/e2b-dev/E2B/blob/next/README.md", "github.com/e2b-dev/e2b/blob/next/readme"),
    ("https://docs.sprites.dev/", "docs.sprites.dev"),
    (f"https://raw.githubusercontent.com/vercel/sandbox/{'0a27d7ff' * 5}/README.md", "github.com/vercel/sandbox"),
    (
        f"https://github.com/togethercomputer/together-sandbox/blob/{'4ff7b455' * 5}/docs/sandboxes.md",
        "github.com/togethercomputer/together-sandbox/blob/main/docs/sandboxes",
    ),
    ("https://github.com/vercel/sandbox/raw/main/README.md", "github.com/vercel/sandbox"),
    ("https://github.com/vercel/sandbox/tree/main", "github.com/vercel/sandbox"),
    ("https://github.com/vercel/sandbox#readme", "github.com/vercel/sandbox"),
    # what is on a side branch never happened
    ("https://raw.githubusercontent.com/vercel/sandbox/next/README.md", "github.com/vercel/sandbox/blob/next/readme"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "identity"), CANONICAL)
def test_one_page_has_one_identity(url: str, identity: str) -> None:
    assert canonical(url) == identity


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://docs.sprites.dev/billing.mdx", "---\ntitle: Billing\ndraft: true\n---\n\n# Billing\n\nWords.\n"),
        ("https://docs.sprites.dev/billing.mdx", "# Billing\n\nThis page is not yet published.\n"),
        (
            "https://e2b.dev/pricing",
            '<html><head><meta content="noindex, nofollow" name="robots"></head><body><p>Words</p></body></html>',
        ),
    ],
)
def test_a_page_that_says_it_is_not_published_is_found(url: str, text: str) -> None:
    page = Page(capture(url, text), text, "html" if text.startswith("<") else "markdown", "fly", url, "sprites")
    assert diagnose.unpublished(page)
    open_text = text.replace("draft: true", "draft: false").replace("not yet", "newly").replace("noindex", "index")
    assert diagnose.unpublished(Page(capture(url, open_text), open_text, page.form, "fly", url, "sprites")) is None
