"""Noticing: what a vendor lists and nobody watches, what it lists no more, and what a person set aside."""

import asyncio
from pathlib import Path

import pytest
from conftest import capture
from loopback import answer, serving

from sandsnap.capture import FetchPolicy
from sandsnap.discover import look
from sandsnap.discover.found import KIND, compared
from sandsnap.discover.listed import links
from sandsnap.read import reading, sources
from sandsnap.read.sources import canonical, vendor

GUIDE = "https://modal.com/docs/guide/"
LLMS = "# Modal\n\n- [Sandboxes](/docs/guide/sandboxes.md): how\n- [GPU](https://modal.com/docs/guide/gpu.md)\n"


def test_lists_in_both_forms() -> None:
    assert links(LLMS, "https://modal.com/llms.txt") == [f"{GUIDE}sandboxes.md", f"{GUIDE}gpu.md"]
    sitemap = f'<?xml version="1.0"?><urlset xmlns="http://s"><url><loc> {GUIDE}gpu </loc></url></urlset>'
    assert links(sitemap, "https://modal.com/sitemap.xml") == [f"{GUIDE}gpu"]
    assert not links("<!DOCTYPE html><html><a href='https://modal.com/x'>x</a></html>", "https://modal.com/llms.txt")
    assert not links('<!DOCTYPE x [<!ENTITY a "b">]><urlset><loc>&a;</loc></urlset>', "https://modal.com/sitemap.xml")
    assert not links("<urlset><loc>", "https://modal.com/sitemap.xml")


def test_what_is_new_is_ranked_by_what_it_states() -> None:
    listed = [
        f"{GUIDE}sandbox-limits",
        f"{GUIDE}cron",
        f"{GUIDE}sandbox-pricing",
        "https://modal.com/blog/pricing",
        "https://other.com/limits",
    ]
    texts = {
        canonical(f"{GUIDE}sandbox-limits"): "A sandbox may have 16 GiB.\nIt lives for 24 hours.\nTeam: $250 per month."
    }
    new = [f for f in compared("modal", listed, texts) if f.state == "new"]
    assert [f.url for f in new] == [f"{GUIDE}sandbox-limits", f"{GUIDE}sandbox-pricing"]
    assert "amounts" in new[0].why and new[0].issue.kind == KIND


def test_what_is_watched_and_listed_no_more() -> None:
    watched = [s.url for s in vendor("modal").sources if s.live and s.url.startswith(GUIDE)]
    assert not [f for f in compared("modal", watched) if f.url in watched]
    gone, *rest = watched
    (told,) = [f for f in compared("modal", rest) if f.url == gone]
    assert told.state == "vanished"
    moved = f"https://modal.com/docs/sandbox/{gone.rsplit('/', 1)[1]}"
    (told,) = [f for f in compared("modal", [*rest, moved]) if f.url == gone]
    assert (told.state, told.now) == ("renamed", moved)


def test_a_page_that_was_set_aside_is_neither_news_nor_without_a_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{GUIDE}sandbox-limits"
    (before,) = reading.read(capture(url, "# Limits"))
    assert (before.outcome, [i.kind for i in before.issues]) == ("failed", ["no_reader"])
    aside = {canonical(url): "said elsewhere"}
    for module in (sources, reading):
        monkeypatch.setattr(module, "set_aside", lambda name: aside if name == "modal" else {})
    monkeypatch.setattr("sandsnap.discover.found.set_aside", lambda name: aside)
    (after,) = reading.read(capture(url, "# Limits"))
    assert (after.outcome, after.issues) == ("good", ())
    assert not [f for f in compared("modal", [url]) if f.state == "new"]


def test_lists_and_likely_pages_are_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From a server on loopback: a list, a list of lists, and the page that looks likely."""

    async def there() -> tuple[list[str], int]:
        async with serving() as server:

            async def local(host: str, port: int) -> list[str]:
                return ["127.0.0.1"]

            at = server.url
            server.page(
                "/llms.txt", answer(200, f"- [L]({at('/docs/sandbox-limits')})\n".replace("http:", "https:").encode())
            )
            server.page("/docs/sandbox-limits", answer(200, b"At most 16 GiB and 24 hours."))
            policy = FetchPolicy(
                "https://example.org/contact", requests_per_s=1000, allow_private=True, allow_http=True, resolve=local
            )
            texts = await asyncio.to_thread(look._texts, "modal", [at("/llms.txt")], policy)
            return [u for base, text in texts.items() for u in links(text, base)], len(server.paths())

    monkeypatch.setattr(vendor("modal"), "hosts", ("vendor.test",))
    found, asked = asyncio.run(there())
    assert asked == 1 and found and found[0].endswith("/docs/sandbox-limits")
