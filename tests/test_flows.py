"""The flows, run by a real (test) Prefect server; what they call is tested elsewhere."""

import contextlib
import hashlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sandsnap import pipeline
from sandsnap.capture import replay
from sandsnap.model import Capture, Reading

pytestmark = pytest.mark.slow
DEMO = Path(pipeline.__file__).parent / "demo"


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    from prefect.logging.handlers import PrefectConsoleHandler
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        # Another test of this process may have loaded Prefect while its standard error was a stream that is closed now.
        for ref in list(logging._handlerList):  # type: ignore[attr-defined]
            if isinstance(handler := ref(), PrefectConsoleHandler):
                handler.console.file = sys.__stderr__
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SANDSNAP_CONTACT", "https://example.org/contact")
    return tmp_path / "data"


def demo_readings(name: str) -> list[Reading]:
    """A vendor's last demo pages as if fetched today."""
    from sandsnap.read.reading import read

    latest = {c.url: c for c in replay(DEMO / name)}
    now = datetime.now(UTC)
    return [
        r
        for c in latest.values()
        for r in read(Capture(c.url, now, c.body, hashlib.sha256(c.body).hexdigest(), file=c.file))
    ]


def test_one_vendors_failure_stops_no_other(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import snapshot as module
    from sandsnap.capture.policy import FetchRequest, FetchResult

    sessions: list[list[str]] = []

    def fetch(sources: list, policy: object, archive: object, **more: object) -> list[FetchResult]:
        sessions.append(sorted({s.vendor for s in sources}))
        return [FetchResult(FetchRequest(s.fetch, s.vendor, ()), None) for s in sources]

    def readings(settings: object, results: list, at: object) -> list[Reading]:
        if results[0].request.vendor == "modal":
            raise RuntimeError("the network is down")
        return demo_readings(results[0].request.vendor)

    monkeypatch.setattr(pipeline, "fetch", fetch)
    monkeypatch.setattr(pipeline, "fetched_readings", readings)
    monkeypatch.setattr(module, "confirmed", lambda settings, policy, archive, readings: readings)
    state = module.snapshot(["e2b", "modal"], home, return_state=True)
    assert sessions == [["e2b", "modal"]]  # one session for all vendors
    assert state.is_failed()  # no page came: the state is the run's health
    assert "no page at all" in state.message
    from sandsnap.record import queries
    from sandsnap.settings import load

    with queries.connect_readonly(load(home).warehouse) as con:
        assert queries.show(con, "prices", vendor="e2b").rows
        issues = [i for i in queries.open_issues(con).records() if i["vendor"] == "modal"]
        runs = queries.sql(con, "SELECT flow_run_id FROM runs").rows
    assert any("the network is down" in i["message"] for i in issues)
    assert all(run for (run,) in runs)


def test_a_past_from_a_repository(home: Path, tmp_path: Path) -> None:
    from flows.backfill import backfill
    from sandsnap.record import queries
    from sandsnap.settings import Settings
    from tests.test_history_git import Docs

    docs, page = Docs(tmp_path / "docs"), "apps/docs/src/app/billing/page"
    (docs.folder / page).parent.mkdir(parents=True)
    billing = next(c for c in replay(DEMO / "e2b") if c.url.endswith("/docs/billing"))
    docs.commit("2026-01-02T00:00:00+00:00", **{page: billing.body.decode()})
    docs.git("mv", f"{page}.md", f"{page}.mdx")
    docs.commit("2026-01-03T00:00:00+00:00")
    outcome = backfill(git=str(docs.folder), rules="e2b-dev/E2B", home=home)
    assert outcome is not None and outcome.first == date(2026, 1, 2)
    assert backfill(git=str(docs.folder), rules="e2b-dev/E2B", home=home) is None
    with queries.connect_readonly(Settings(home).warehouse) as con:
        origins = queries.sql(
            con, "SELECT DISTINCT origin FROM evidence WHERE vendor = 'e2b' AND quote IS NOT NULL"
        ).rows
    assert [o.partition("@")[0] for (o,) in origins] == ["git:e2b-dev/E2B"]
    with pytest.raises(ValueError, match="one of captures"):
        backfill(home=home)


def test_backfill_and_reread(home: Path) -> None:
    from flows.backfill import backfill
    from flows.reread import reread

    demo = DEMO / "fly"
    first = backfill(demo, vendors=["fly"], home=home)
    assert first.result.opened > 0
    assert not backfill(demo, vendors=["fly"], home=home).result.changed
    assert not reread(date(2020, 1, 1), ["fly"], home).result.changed


def test_serve_runs_on_the_minute_and_survives_a_failed_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import serving

    runs: list[str] = []

    def failing(vendors: object, home: object, return_state: bool) -> object:
        from prefect.states import Completed, Failed

        runs.append("run")
        return Failed(message="disk full") if len(runs) == 1 else Completed()

    monkeypatch.setattr(serving, "snapshot", failing)
    monkeypatch.setattr(serving.time, "sleep", lambda s: None)
    now = datetime(2026, 7, 4, 5, 16, 59, 999000, tzinfo=UTC)

    class Clock(datetime):
        ticks = 0

        @classmethod
        def now(cls, tz: object = None) -> datetime:
            cls.ticks += 1
            return now.replace(minute=16) if cls.ticks % 3 == 1 else datetime(2026, 7, 4, 5, 17, tzinfo=UTC)

    monkeypatch.setattr(serving, "datetime", Clock)
    said: list[str] = []
    serving.serve("17 5 * * *", None, home, say=said.append, runs=2)
    assert runs == ["run", "run"]
    assert said[0] == "next snapshot: 2026-07-04 05:17 UTC"
    with pytest.raises(ValueError):
        serving.next_run("99 5 * * *", now)


def test_a_killed_run_does_not_hold_the_warehouse(home: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL

    from flows.warehouse_limit import alone, name_of
    from sandsnap.settings import Settings

    def slots() -> int:
        with get_client(sync_client=True) as client:
            answer = client.request(
                "GET", "/v2/concurrency_limits/{id_or_name}", path_params={"id_or_name": name_of(Settings(home))}
            )
        return int(answer.json()["active_slots"])

    program = """
import sys, time
from pathlib import Path
from flows.warehouse_limit import alone
from sandsnap.settings import Settings
with alone(Settings(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PREFECT_API_URL": PREFECT_API_URL.value()},
    ) as run:
        try:
            assert run.stdout is not None
            assert run.stdout.readline() == "held\n"
            assert slots() == 1
            with pytest.raises(TimeoutError, match="another flow run"), alone(Settings(home), wait_s=0.1):
                pass
        finally:
            run.kill()
    assert slots() == 1  # nobody gave it back
    with alone(Settings(home), wait_s=0.1):
        assert slots() == 1
    assert slots() == 0


def test_serve_leaves_no_process_behind(home: Path, tmp_path: Path) -> None:
    def left(served: subprocess.Popen[bytes]) -> list[int]:
        """The processes of its session."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
                if int(session) == served.pid and state != "Z":
                    found.append(int(stat.parent.name))
        return found

    def serve(end: signal.Signals) -> subprocess.Popen[bytes]:
        env = {k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"}
        env["PREFECT_HOME"] = str(tmp_path / f"prefect-{end}")
        words = ["serve", "--cron", "* * * * *", "--vendor", "e2b", "--home", str(home / str(end))]
        return subprocess.Popen(
            [sys.executable, "-m", "sandsnap", *words], env=env, start_new_session=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    served = {end: serve(end) for end in (signal.SIGTERM, signal.SIGHUP)}
    try:
        until = time.monotonic() + 240
        while any(len(left(s)) < 2 for s in served.values()):  # Prefect's temporary server has been started
            assert not any(s.poll() for s in served.values())
            assert time.monotonic() < until
            time.sleep(0.5)
        for end, one in served.items():
            one.send_signal(end)
        for one in served.values():
            assert one.wait(60) == 0, "it has eight seconds, and the machine may be slow"
            assert left(one) == []
    finally:
        for one in served.values():
            for pid in left(one):
                os.kill(pid, signal.SIGKILL)
            one.wait()
