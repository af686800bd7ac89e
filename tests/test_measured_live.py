"""Publishers' files fetched as they are every day: from a real server on loopback, archived, read, recorded."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import Handler, Seen, Server, answer, certificate, no_page, serving
from test_measured import day_file, rows, table
from test_snapshot import reaching

from sandsnap import pipeline
from sandsnap.capture import Archive
from sandsnap.settings import load
from sandsnap.vendors import VENDORS

pytestmark = pytest.mark.slow
ROOT = "/computesdk/benchmarks/main/"


class Files(Server):
    """What the publisher serves, by path."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}

    def route(self, seen: Seen) -> Handler:
        body = self.files.get(seen.path.removeprefix(ROOT))
        if body is None:
            return no_page
        return lambda _, out: out.write(answer(200, body, ("Content-Type", "text/plain; charset=utf-8")))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Files, ssl.SSLContext]]:
    at_server, at_client = certificate(tmp_path, "raw.githubusercontent.com")
    server, loop, up, stop = Files(), asyncio.new_event_loop(), threading.Event(), asyncio.Event()

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


def snapshot(home: Path) -> None:
    settings = load(home)
    with Archive(settings.archive) as archive:
        files = pipeline.live_files(archive, VENDORS)
        results = pipeline.fetch([], pipeline.fetch_policy(settings), archive, files=files)
    pipeline.record_today(settings, pipeline.fetched_readings(settings, results, datetime.now(UTC)))


def test_the_last_files_and_those_of_days_we_lack_are_fetched_politely_and_recorded(
    server: tuple[Files, ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, context = server
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANDSNAP_CONTACT", "https://example.org/contact")
    Path("sandsnap.toml").write_text("[fetch]\nrequests_per_s = 1000\nbackoff_s = 0.01\nallow_private = true\n")
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=n) for n in (0, 2, 3)]
    for day in days:
        files.files[f"results/sequential_tti/{day}.json"] = day_file(day, 400, at="T00:00:01Z")
    files.files |= {
        "results/sequential_tti/latest.json": f"{today}.json".encode(),  # a link, as a raw server gives it
        "results/burst_tti/latest.json": day_file(days[1], version="9"), "pricing.json": table(),
    }  # fmt: skip
    with reaching(files, context):  # type: ignore[arg-type]
        snapshot(tmp_path)
        assert files.seen[0].path == "/robots.txt" and "example.org/contact" in files.seen[1].headers["user-agent"]
        found = rows(tmp_path, "SELECT DISTINCT measured_on FROM measurements WHERE vendor = 'e2b' ORDER BY 1")
        assert [d for (d,) in found] == sorted(days), "yesterday was not measured: a gap"
        issues = rows(tmp_path, "SELECT kind FROM open_issues ORDER BY 1")
        assert issues == [("http_status",), ("version",)], "staggered has no latest file; the other days are only gaps"
        assert rows(tmp_path, "SELECT count(*) FROM publishers_say") == [(1,)]
        files.seen.clear()
        snapshot(tmp_path)
    again = [p for p in files.paths() if "/sequential_tti/2" in p]
    assert {p.rpartition("/")[2] for p in again}.isdisjoint({f"{d}.json" for d in days}), (
        "what we have is not asked for"
    )
    assert rows(tmp_path, "SELECT count(*), count(known_to) FROM store.measurements") == [(3 * 5 * 4, 0)]
