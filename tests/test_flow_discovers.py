"""The flow's daily look at what a vendor lists itself: fetched from a real server over TLS, told as issues of one kind."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from loopback import answer
from test_flows import server as prefect  # noqa: F401 -- a fixture: the flow's own server
from test_snapshot import Vendors, reaching, vendors  # noqa: F401 -- a fixture: the vendors' server

from sandsnap.discover.found import KIND
from sandsnap.read.sources import vendor
from sandsnap.record import queries
from sandsnap.settings import load

pytestmark = pytest.mark.slow
LISTED = "e2b.dev/llms.txt"
NEW = "https://e2b.dev/docs/sandbox-limits"
FAST = "[fetch]\nrequests_per_s = 1000\nconfirm_after_minutes = 0.0001\nbackoff_s = 0.01\nallow_private = true\n"


def test_what_a_vendor_lists_is_looked_at_by_the_flow(
    vendors: tuple[Vendors, ssl.SSLContext],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from flows.snapshot import snapshot

    server, context = vendors
    monkeypatch.setenv("SANDSNAP_CONTACT", "https://example.org/contact")
    monkeypatch.chdir(tmp_path)
    Path("sandsnap.toml").write_text(FAST)
    home = tmp_path / "data"
    watched = [s.url for s in vendor("e2b").sources if s.live and s.url.startswith("https://e2b.dev/docs/")]
    gone, *rest = watched

    def look(*listed: str) -> dict[str, str]:
        """The issues about pages once the flow has run, by their page."""
        server.instead[LISTED] = (
            answer(200, "\n".join(f"- [x]({u})" for u in listed).encode()) if listed else answer(500)
        )
        with reaching(server, context):
            assert not snapshot(["e2b"], home, return_state=True).is_crashed()
        with queries.connect_readonly(load(home).warehouse) as con:
            rows: list[dict[str, Any]] = queries.open_issues(con).records()
        return {r["source_url"]: r["message"] for r in rows if r["kind"] == KIND}

    server.pages[NEW.removeprefix("https://")] = b"# Limits\n\nA sandbox may have 16 GiB and lives for 24 hours.\n"
    told = look(*rest, NEW)
    assert "2 amounts" in told[NEW] and "no longer listed" in told[gone]
    assert any(seen.path == "/docs/sandbox-limits" for seen in server.seen)  # what looks likely is looked at
    assert look() == told  # the list cannot be had: that says nothing of the pages
    assert look(*watched) == {}
