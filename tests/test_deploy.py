"""What `deploy/` gives an operator: the lines of cron as cron runs them, the unit, the compose file and its secrets."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


def lines() -> list[str]:
    """The commands of the crontab, without their times."""
    text = (DEPLOY / "crontab").read_text("utf-8")
    return [m[1] for line in text.splitlines() if (m := re.match(r"(?:[\d*/,-]+ +){5}(.*)", line))]


@pytest.mark.slow
def test_the_two_lines_of_cron_say_what_is_wrong(tmp_path: Path) -> None:
    """Without any network: every page fails, and cron has something to mail; nothing is left unsaid or said twice."""
    command = tmp_path / "bin" / "sandsnap"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sandsnap "$@"\n')
    command.chmod(0o755)
    (tmp_path / "sandsnap.toml").write_text("[fetch]\nattempts = 1\nrequests_per_s = 1000\n")
    (tmp_path / "alerts.toml").write_text(
        '[channels.x]\ntype = "file"\npath = "told.md"\n[[subscriptions]]\nchannel = "x"\n'
    )
    env = os.environ | {
        "PATH": f"{command.parent}:{os.environ['PATH']}", "SANDSNAP_HOME": str(tmp_path / "data"),
        "SANDSNAP_CONTACT": "https://example.org/contact", "http_proxy": "", "https_proxy": "",
    }  # fmt: skip
    daily, hourly = (line.replace("/var/lib/sandsnap", str(tmp_path)) for line in lines())
    done = subprocess.run(["sh", "-c", daily], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    if "0 failed" in done.stdout:
        pytest.skip("the vendors can be reached from here")
    assert done.stdout.startswith("FAILED: snapshot of") and "matters:" in done.stdout
    assert '"level"' in (tmp_path / "last.out").read_text("utf-8").splitlines()[0]
    done = subprocess.run(["sh", "-c", hourly], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.splitlines()[0].split(";")[0]) == (5, "failed")
    assert len(done.stdout.splitlines()) == 1 and not done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "sandsnap.service"
    text = (DEPLOY / "sandsnap.service").read_text("utf-8")
    unit.write_text(
        re.sub(r"/opt/sandsnap/bin/sandsnap", sys.executable, text).replace("/etc/sandsnap.env", "-/etc/sandsnap.env")
    )
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert "sandsnap.service" not in done.stderr, done.stderr


def test_secrets_of_the_compose_file_come_from_the_environment() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    services = yaml.safe_load(text)["services"]
    assert set(services) == {"postgres", "server", "deploy", "worker"}
    named = set(re.findall(r"\$\{(\w+)", text))
    given = {line.partition("=")[0] for line in (DEPLOY / "example.env").read_text("utf-8").splitlines() if "=" in line}
    assert named == {"POSTGRES_PASSWORD", "SANDSNAP_CONTACT"} and named <= given
    assert services["worker"]["healthcheck"]["test"][1:3] == ["sandsnap", "status"]
    assert services["server"]["ports"] == ["127.0.0.1:4200:4200"]  # for this machine only
    assert all(s.get("restart") or n == "deploy" for n, s in services.items())
