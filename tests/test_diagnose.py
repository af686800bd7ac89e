"""A capture that is not the page is a typed issue before any reader sees it; a page that is one never is."""

import pytest
from conftest import capture

from sandsnap.model import Capture
from sandsnap.read.decode import form_of, text_of
from sandsnap.read.diagnose import bad_page, remarks
from sandsnap.read.page import Page
from sandsnap.read.reading import read

LONG = "Sandboxes run code. " * 100


def page(c: Capture) -> Page:
    text = text_of(c)
    return Page(c, text, form_of(c, text), "e2b", c.url)


URL = "https://e2b.dev/docs/billing.md"
BAD = [
    ("http_status", capture(URL, LONG, status=503)),
    ("http_status", capture(URL, LONG, status=206)),  # a piece of the page
    ("soft_404", capture(URL, "# Page Not Found\n\nSimilar pages:\n\n- [Pricing](/pricing)\n")),
    ("soft_404", capture(URL, "<!doctype html><html><title>x</title><h1>404</h1><p>Nothing here</p></html>")),
    ("bot_wall", capture(URL, "<!doctype html><html><h1>Just a moment...</h1><p>Checking your browser</p></html>")),
    (
        "cookie_wall",
        capture(URL, "<!doctype html><html><p>We use cookies. Accept all or manage your preferences.</p></html>"),
    ),
    (
        "script_shell",
        capture(URL, "<!doctype html><html><body><div id=root></div><script>" + "x" * 5000 + "</script></body></html>"),
    ),
    (
        "script_shell",
        capture(URL, "<!doctype html><html><body><noscript>Please enable JavaScript</noscript><p>x</p></body></html>"),
    ),
    ("truncated", capture(URL, "<!doctype html><html><body><p>" + LONG)),
    ("truncated", capture(URL, f"# Plans\n\n{LONG}\n\n| Plan | Price |\n| --- | --- |\n| Pro | $1")),
    ("truncated", capture(URL, f"# Plans\n\n{LONG}\n\n```js\nfoo(")),
    ("truncated", capture(URL, "abc", headers=(("Content-Length", "900"),))),
    ("truncated", capture(URL, "")),
]


@pytest.mark.parametrize(("kind", "c"), BAD, ids=[f"{k}-{i}" for i, (k, _) in enumerate(BAD)])
def test_bad_pages_have_a_type(kind: str, c: Capture) -> None:
    found = bad_page(page(c))
    assert found is not None
    assert found[0] == kind


def test_real_pages_pass() -> None:
    assert (
        bad_page(page(capture(URL, f"# Errors\n\n{LONG}\n\nA 404 means not found. Accept cookies. Just a moment.")))
        is None
    )
    assert bad_page(page(capture(URL, f"<!doctype html><html><body><h1>Plans</h1><p>{LONG}</p></body></html>"))) is None
    assert bad_page(page(capture(URL, "# A short page\n\nOne sentence.\n"))) is None
    assert bad_page(page(capture(URL, "| Plan | Price", complete=False))) is None


def test_templates_and_run_together_cells_are_remarked_on() -> None:
    assert [k for k, _ in remarks(page(capture(URL, "Costs <%= price %> a month.\n")))] == ["template"]
    assert [k for k, _ in remarks(page(capture(URL, "Costs {{ price }} a month.\n")))] == ["template"]
    assert [k for k, _ in remarks(page(capture(URL, "Concurrent Sandboxes102,0002,000\n")))] == ["run_together"]
    assert (
        remarks(page(capture(URL, "Open http://{{PORT}}-{{id}}.example.com, 2,000 sandboxes, 1,000,000 runs.\n"))) == []
    )


@pytest.mark.parametrize("amount", ["€0.04", "0.04 EUR", "£ 5", "$0,04", "$12,50"])
def test_an_amount_in_another_currency_or_format_makes_nothing_missing(amount: str) -> None:
    c = capture(URL, f"# Billing & pricing\n\nE2B has usage-based pricing. Egress costs {amount} a GiB.\n")
    assert [k for k, _ in remarks(page(c))] == ["unreadable"]
    assert all(r.partial for r in read(c) if r.outcome == "good")
    fine = c.body.replace(amount.encode(), b"$1,000 for 1,100 sandboxes, $0.04")
    assert remarks(page(capture(URL, fine))) == []


@pytest.mark.slow
@pytest.mark.shared
def test_no_real_capture_is_mistaken_for_a_wall(shared: object) -> None:
    from pathlib import Path

    from sandsnap.capture.replay import replay

    kinds = {}
    for folder in sorted(Path(str(shared), "captures").iterdir()):
        for c in list(replay(folder))[::5]:
            if found := bad_page(page(c)):
                kinds[c.file] = found[0]
    assert set(kinds.values()) <= {"truncated"}  # one real file is empty
