"""Noticing: what a vendor lists and nobody watches, what it lists no more, and what a person set aside."""

import asyncio
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import capture
from loopback import answer, serving

from sandsnap.capture import FetchPolicy
from sandsnap.cli.app import run
from sandsnap.discover import look
from sandsnap.discover.found import KIND, compared
from sandsnap.discover.listed import links, lists
from sandsnap.model import Capture
from sandsnap.read import reading, sources
from sandsnap.read.addresses import canonical
from sandsnap.read.sources import vendor

GUIDE = "https://modal.com/docs/guide/"
LLMS = "# Modal\n\n- [Sandboxes](/docs/guide/sandboxes.md): how\n- [GPU](https://modal.com/docs/guide/gpu.md)\n"


def test_lists_in_both_forms() -> None:
    assert links(LLMS, "https://modal.com/llms.txt") == [f"{GUIDE}sandboxes.md", f"{GUIDE}gpu.md"]
    sitemap = f'<?xml version="1.0"?><urlset xmlns="http://s"><url><loc> {GUIDE}gpu </loc></url></urlset>'
    assert links(sitemap, "https://modal.com/sitemap.xml") == [f"{GUIDE}gpu"]
    assert not links("<!DOCTYPE html><html><a href='https://modal.com/x'>x</a></html>", "https://modal.com/llms.txt")
    assert not links('<!DOCTYPE x [<!ENTITY a "b">]><urlset><loc>&a;</loc></urlset>', "https://modal.com/sitemap.xml")
    assert not links("<urlset><loc>", "https://modal.com/sitemap.xml")


def test_the_navigation_of_the_docs_is_a_list() -> None:
    html = (
        "<!DOCTYPE html><html><body><nav><a href='/docs/guide/sandbox-quotas'>Quotas</a><a href='#top'>Top</a></nav>"
        "<main><a href='/docs/guide/elsewhere'>a link of the text</a></main></body></html>"
    )
    found = links(html, "https://modal.com/docs")
    assert found == [f"{GUIDE}sandbox-quotas", "https://modal.com/docs"]
    assert "https://modal.com/docs" in lists(vendor("modal"))
    assert [f.url for f in compared("modal", found) if f.state == "new"] == [f"{GUIDE}sandbox-quotas"]


def test_the_whole_look_names_what_is_new_renamed_and_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list and its likeliest page, without a network: the issues are of one kind, and close once nothing is found."""
    watched = [s.url for s in vendor("modal").sources if s.live and s.url.startswith(GUIDE)]
    gone, moved, *rest = watched
    elsewhere = f"https://modal.com/docs/sandbox/{moved.rsplit('/', 1)[1]}"
    served = {
        "https://modal.com/llms.txt": "\n".join(f"- [x]({u})" for u in (*rest, elsewhere, f"{GUIDE}sandbox-quotas")),
        f"{GUIDE}sandbox-quotas": "A sandbox may have 16 GiB.\n\nIt lives for 24 hours.",
    }
    monkeypatch.setattr(look, "_texts", lambda name, urls, policy: ({u: served[u] for u in urls if u in served}, []))
    seen = look.discovered("modal", FetchPolicy("https://example.org/contact"))
    found = seen.found
    states = {f.url: f.state for f in found}
    assert (seen.lists, seen.unanswered) == (1, ()) and (states[gone], states[moved]) == ("vanished", "renamed")
    assert "amounts" in next(f.why for f in found if f.url == f"{GUIDE}sandbox-quotas")
    reading_of = look.reading("modal", found, datetime.now(UTC))
    assert {i.kind for i in reading_of.issues} == {KIND} and reading_of.sticky and not reading_of.facts


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
            texts, _ = await asyncio.to_thread(look._texts, "modal", [at("/llms.txt")], policy)
            return [u for base, text in texts.items() for u in links(text, base)], len(server.paths())

    monkeypatch.setattr(vendor("modal"), "hosts", ("vendor.test",))
    found, asked = asyncio.run(there())
    assert asked == 1 and found and found[0].endswith("/docs/sandbox-limits")


PRICED = b"""# Boxes and their prices

A sandbox may run for up to 24 hours. Each costs $0.04 per vCPU-hour.

| Feature | Free | Pro |
| --- | --- | --- |
| Concurrent sandboxes | 3 | 30 |
| Memory per sandbox | 2 GiB | 16 GiB |
"""


def test_a_new_vendor_begins_with_drafts_of_what_its_page_states(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page comes from a server on loopback; what it states stands in statements.toml behind comment marks."""

    def served(url: str, name: str, host: str, policy: FetchPolicy) -> Capture:
        async def there() -> Capture:
            async with serving() as server:

                async def local(host: str, port: int) -> list[str]:
                    return ["127.0.0.1"]

                server.page("/pricing.md", answer(200, PRICED))
                own = replace(policy, allow_private=True, allow_http=True, resolve=local)
                return await asyncio.to_thread(look_at, server.url("/pricing.md"), name, "vendor.test", own)

        return asyncio.run(there())

    look_at = look.page_at
    monkeypatch.setattr(look, "page_at", served)
    words = ["new", "vendor", "acme", "--url", "https://docs.acme.example/pricing.md", "--to", str(tmp_path)]
    assert run([*words, "--contact", "https://example.org/contact"]) == 0
    stated = (tmp_path / "acme" / "statements.toml").read_text()
    assert "# says = 'A sandbox may run for up to {duration}" in stated and 'limit = "session_max"' in stated
    drafted = "\n".join(line.removeprefix("# ") for line in stated.splitlines() if re.match(r"# (?:\[\[|\w+ = )", line))
    entries = tomllib.loads(drafted[drafted.index("[[sentence]]") :])
    assert {e["row"] for e in entries["cell"]} == {"Concurrent sandboxes", "Memory per sandbox"}
    assert "to be confirmed by a person" in capsys.readouterr().out
    assert (
        tomllib.loads((tmp_path / "acme" / "vendor.toml").read_text())["source"][0]["must"] == "Boxes and their prices"
    )


def test_a_page_that_cannot_be_had_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> Capture:
        raise look.LookError("https://docs.acme.example/pricing: the server answered 404")

    monkeypatch.setattr(look, "page_at", lost)
    words = ["new", "vendor", "acme", "--url", "https://docs.acme.example/pricing", "--to", str(tmp_path)]
    assert run([*words, "--contact", "https://example.org/contact"]) == 2
    assert not (tmp_path / "acme").exists()
