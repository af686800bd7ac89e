"""The main job against a real server on loopback: every page fetched over TLS, archived, read, recorded, told."""

import asyncio
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpcore
import pytest
import time_machine
from loopback import Handler, Seen, Server, answer, certificate, no_page, serving

from sandsnap import pipeline
from sandsnap.capture import FetchPolicy, addresses, replay
from sandsnap.cli.app import ATTENTION, run
from sandsnap.read.addresses import canonical
from sandsnap.read.sources import vendor

pytestmark = pytest.mark.slow
VENDORS = ("e2b", "fly")


class Vendors(Server):
    """Answers for every vendor's hosts: the last demo page of a URL; what is in `instead` otherwise; else 404."""

    def __init__(self) -> None:
        super().__init__()
        demo = Path(pipeline.__file__).parent / "demo"
        bodies = {canonical(c.url): c.body for name in VENDORS for c in replay(demo / name)}
        sources = [s for name in VENDORS for s in vendor(name).sources if s.live and canonical(s.url) in bodies]
        self.pages = {s.fetch.removeprefix("https://"): bodies[canonical(s.url)] for s in sources}
        self.instead: dict[str, bytes] = {}

    def route(self, seen: Seen) -> Handler:
        at = f"{seen.headers['host']}{seen.path}"
        if at in self.instead:
            return lambda _, out: out.write(self.instead[at])
        if at in self.pages:
            return lambda _, out: out.write(answer(200, self.pages[at], ("Content-Type", "text/markdown")))
        return no_page


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, ssl.SSLContext]]:
    hosts = sorted({h for name in VENDORS for h in vendor(name).hosts})
    at_server, at_client = certificate(tmp_path_factory.mktemp("tls"), *hosts)
    server, loop, up, stop = Vendors(), asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with serving(at_server, server):
            up.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert up.wait(10)
    yield server, at_client
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)


@contextmanager
def reaching(server: Vendors, context: ssl.SSLContext) -> Iterator[None]:
    """Every connection goes to the server, whatever the host; names are not resolved."""

    class ToServer(httpcore.AnyIOBackend):
        async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
            assert (host, port) == ("127.0.0.1", 443)
            return await super().connect_tcp("127.0.0.1", server.port, *rest, **more)

    async def to_loopback(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    declared = pipeline.fetch_policy

    def policy(settings: Any) -> FetchPolicy:
        return replace(declared(settings), ssl_context=context, resolve=to_loopback)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses.httpcore, "AnyIOBackend", ToServer)
        patch.setattr(pipeline, "fetch_policy", policy)
        yield


def test_days_of_the_main_job(
    vendors: tuple[Vendors, ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    server, context = vendors
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANDSNAP_CONTACT", "https://example.org/contact")
    Path("sandsnap.toml").write_text(
        "[fetch]\nrequests_per_s = 1000\nconfirm_after_minutes = 0.0001\nbackoff_s = 0.01\nallow_private = true\n"
    )
    billing, trial = "e2b.dev/docs/billing.md", "fly.io/docs/about/free-trial/"
    assert {billing, trial} <= server.pages.keys()

    def day(on: str) -> dict[str, Any]:
        with time_machine.travel(f"{on}T05:17:00Z", tick=True), reaching(server, context):
            code = run(["snapshot", "--json", *(w for v in VENDORS for w in ("--vendor", v))])
        assert code in (ATTENTION, 0)  # the pages of which there is no copy answer 404: matters, new on the first day
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        return result

    def changes(first: str, last: str) -> list[dict[str, Any]]:
        run(["changes", first, last, "--json"])
        rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return rows

    def shown(table: str, **where: str) -> list[dict[str, Any]]:
        run(["show", table, "--json"])
        rows = json.loads(capsys.readouterr().out)
        return [r for r in rows if all(r[k] == v for k, v in where.items())]

    first = day("2026-09-01")
    assert first["opened"] > 90 and first["changes"] == 0  # the first look is coverage, not news
    largest = {"vendor": "e2b", "plan": "hobby", "limit": "vcpu_max"}  # no other page states it
    (limit,) = shown("limits", **largest)
    assert limit["verified_on"] == "2026-09-01" and limit["quote"] and limit["source_url"].endswith("/docs/billing")

    # A page is down and another one is gone: silence is no change, and a 404 only says that nothing can be read.
    server.instead = {billing: answer(500, b"oops"), trial: answer(404, b"gone")}
    day("2026-09-02")
    assert shown("limits", **largest) == [limit]
    assert changes("2026-09-01", "2026-09-02") == []

    # The day after, the first has a new limit and the second is still gone: that is a change, told as an event once, and
    # what the second said is missing, and stands.
    assert b"| 8 |" in server.pages[billing]
    server.instead[billing] = answer(200, server.pages[billing].replace(b"| 8 |", b"| 16 |"))
    day("2026-09-03")
    told = changes("2026-09-01", "2026-09-03")
    assert {(c["vendor"], c["kind"], c["field"], c["before"], c["after"]) for c in told} == {
        ("e2b", "changed", "amount", "8", "16")
    }
    run(["events", "2026-09-01", "2026-09-03", "--json"])
    (event,) = json.loads(capsys.readouterr().out)
    assert event["title"].startswith("E2B doubled") and not event["backfilled"]
    assert {r["state"] for r in shown("allowances", vendor="fly", plan="free_trial")} == {"missing"}

    # And when it comes back, nothing has changed.
    server.instead.pop(trial)
    day("2026-09-04")
    assert changes("2026-09-03", "2026-09-04") == []
    assert {r["state"] for r in shown("allowances", vendor="fly", plan="free_trial")} == {"current"}

    # The page that holds most of what we know of a vendor is gone: it stands, and a person is asked.
    server.instead["fly.io/docs/about/pricing/"] = answer(404, b"gone")
    day("2026-09-05")
    day("2026-09-06")
    assert changes("2026-09-04", "2026-09-06") == []
    assert shown("prices", vendor="fly", meter="volume")
    run(["review", "--json"])
    waiting = json.loads(capsys.readouterr().out)
    assert any(w["vendor"] == "fly" and "pricing" in w["source_url"] for w in waiting)

    assert "sandsnap/" in server.seen[0].headers["user-agent"]
    assert any(seen.path == "/robots.txt" for seen in server.seen)
