"""The deployed form on a real Prefect: server, pool, deploy, worker; on SQLite, and on Postgres where there is one.

SANDSNAP_POSTGRES names a database (postgresql+asyncpg://user@host:port/name) that may be filled; `.ci/run` starts one.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
PREFECT = [sys.executable, "-m", "prefect"]
WAIT_S = 240.0


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


class Machine:
    """A server, a worker, and what runs on them."""

    def __init__(self, folder: Path, database: str | None) -> None:
        self.api = f"http://127.0.0.1:{(port := free_port())}/api"
        self.env = os.environ | {
            "PREFECT_HOME": str(folder / "prefect"), "PREFECT_API_URL": self.api, "SANDSNAP_HOME": str(folder / "home"),
            "SANDSNAP_CONTACT": "https://example.org/contact", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DO_NOT_TRACK": "1", "PREFECT_WORKER_QUERY_SECONDS": "2",
        }  # fmt: skip
        if database:
            self.env["PREFECT_API_DATABASE_CONNECTION_URL"] = database
        self.log = (folder / "log").open("w")
        self.jobs = [self.start("server", "start", "--host", "127.0.0.1", "--port", str(port))]
        self.until(lambda: self.up())

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*PREFECT, *words], cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def call(self, *words: str) -> str:
        done = subprocess.run(
            [*PREFECT, *words], cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=WAIT_S
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def up(self) -> bool:
        try:
            with urlopen(f"{self.api}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def runs(self, deployment: str) -> list[dict[str, Any]]:
        asked = json.dumps({"deployments": {"name": {"any_": [deployment]}}}).encode()
        request = Request(f"{self.api}/flow_runs/filter", asked, {"Content-Type": "application/json"}, method="POST")
        with urlopen(request, timeout=20) as answer:
            found: list[dict[str, Any]] = json.loads(answer.read())
        return found

    def until(self, true: Any) -> None:
        end = time.monotonic() + WAIT_S
        while not true():
            assert time.monotonic() < end, Path(self.log.name).read_text()[-3000:]
            time.sleep(1)

    def ended(self, deployment: str, state: str) -> None:
        self.until(lambda: any(r["state_type"] == state for r in self.runs(deployment)))

    def stop(self) -> None:
        for job in reversed(self.jobs):
            os.killpg(job.pid, signal.SIGTERM)
            try:
                job.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(job.pid, signal.SIGKILL)
        self.log.close()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    database = os.environ.get("SANDSNAP_POSTGRES") if request.param == "postgres" else None
    if request.param == "postgres" and not database:
        pytest.skip(
            "no Postgres: SANDSNAP_POSTGRES names none (.ci/run starts one where Debian's postgresql is installed)"
        )
    made = Machine(tmp_path_factory.mktemp(request.param), database)
    try:
        yield made
    finally:
        made.stop()


def test_deployed_flows_run_fail_and_fire(machine: Machine) -> None:
    machine.call("work-pool", "create", "sandsnap", "--type", "process")
    machine.call("--no-prompt", "deploy", "--all")
    machine.jobs.append(machine.start("worker", "start", "--pool", "sandsnap", "--type", "process", "--limit", "1"))
    machine.call("deployment", "schedule", "create", "sandsnap-watch/watch", "--interval", "15")
    machine.call("deployment", "run", "sandsnap-digest/daily-digest")  # there is no alerts.toml: it fails, and says so
    machine.ended("watch", "COMPLETED")
    machine.ended("daily-digest", "FAILED")
    # A run whose worker was killed holds up no other: the worker that comes next goes on.
    worker = machine.jobs.pop()
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    machine.jobs.append(machine.start("worker", "start", "--pool", "sandsnap", "--type", "process", "--limit", "1"))
    before = sum(r["state_type"] == "COMPLETED" for r in machine.runs("watch"))
    machine.until(lambda: sum(r["state_type"] == "COMPLETED" for r in machine.runs("watch")) > before)
