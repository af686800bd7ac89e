"""CONTRIBUTING's walks: each command of it is run, in its order, on a vendor made for it, and prints what stands there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from test_mend import FIRST, page
from test_vendor_toy import ROOT, acme

NOW = "Each box is a virtual machine that it has of its own."
SAVED = "# Boxes and their prices\n\nA sandbox may run for up to 24 hours.\n\nvCPU: $0.04 per vCPU-hour\n"


def walks() -> list[tuple[str, list[str]]]:
    """(command, the lines that it prints) of each block of the file that begins with a command."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    blocks = re.findall(r"^ *```\n( *\$ sandsnap .*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    lines = [dedent(b).strip("\n").splitlines() for b in blocks]
    return [(first.removeprefix("$ sandsnap "), printed) for first, *printed in lines]


def before(command: str, folder: Path, nth: int) -> None:
    """What happens between two commands of the walks: a page is captured, reworded or changes a price."""
    captures = folder / "captures"
    if nth == 0:
        page(FIRST.replace("Each box is a virtual machine of its own.", NOW), "2026-07-02", captures)
    elif command.startswith("pin") and (folder / "vendors/acme/pages/pricing@2026-07-01.expected.json").exists():
        (captures / "pricing@2026-07-01.md").write_text(FIRST.replace("$0.04", "$0.05"))
    elif command.startswith("residue"):
        (captures / "pricing@2026-07-01.md").write_text(FIRST)


@pytest.mark.slow
def test_the_walks_print_what_stands_there(tmp_path: Path) -> None:
    captures = acme(tmp_path)
    (tmp_path / "saved.md").write_text(SAVED)
    page(FIRST, "2026-07-01", captures)
    env = os.environ | {"SANDSNAP_VENDORS": "vendors", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    wrong = []
    for nth, (command, printed) in enumerate(walks()):
        before(command, tmp_path, nth)
        told = [sys.executable, "-m", "sandsnap", *shlex.split(command)]
        done = subprocess.run(told, env=env, cwd=tmp_path, capture_output=True, text=True)
        got = [line.rstrip() for line in done.stdout.strip("\n").splitlines()]
        if got != [line.rstrip() for line in printed]:
            wrong.append("\n".join((f"$ sandsnap {command}", *got, done.stderr)))
    assert walks() and not wrong, "put this into CONTRIBUTING.md:\n" + "\n\n".join(wrong)
