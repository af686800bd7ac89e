"""An eleventh vendor, as a newcomer adds it: from one saved page to the comparison, costs, feeds, export and site, without an
edit outside its folder."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_vendor_toy import ROOT

URL = "https://docs.larch.example/pricing"
PAGE = """# Larch Cells pricing

Each cell is a Firecracker microVM with a kernel of its own.

## Plans

| | Seed | Grove |
| --- | --- | --- |
| Price | $0/month | $40/month |
| Concurrent cells | 5 | 50 |
| Longest session | 1 hour | 24 hours |
| Free credits | $10 per month | $10 per month |

## Rates

| Resource | Price |
| --- | --- |
| vCPU | $0.05 per vCPU-hour |
| Memory | $0.016 per GiB-hour |

A cell is billed by the second, only while it runs. An idle cell is paused after 10 minutes.
"""
QUOTED = f"""
[[quoted]]
table = "isolation"
key = {{ runtime = "default" }}
values = {{ technology = "firecracker", boundary = "microvm", dedicated_kernel = true }}
url = "{URL}"
quote = "a Firecracker microVM with a kernel of its own"
"""
Sandsnap = Callable[..., str]


@pytest.fixture
def sandsnap(tmp_path: Path) -> Sandsnap:
    env = os.environ | {
        "SANDSNAP_VENDORS": "vendors", "SANDSNAP_HOME": "home", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }  # fmt: skip

    def run(*words: str, codes: tuple[int, ...] = (0,)) -> str:
        told = [sys.executable, "-m", "sandsnap", *words]
        done = subprocess.run(told, env=env, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode in codes, done.stdout + done.stderr
        return done.stdout

    return run


def confirm(file: Path) -> None:
    """Take the comment marks from every draft, as a person does who has looked at each."""
    head, _, drafts = file.read_text("utf-8").partition("\n# # ")
    confirmed = re.sub(r"^# (?=\[\[|\w+ = )", "", f"# # {drafts}", flags=re.MULTILINE)
    file.write_text(f"{head}\n{confirmed}{QUOTED}", "utf-8")


@pytest.mark.slow
def test_a_newcomer_adds_a_vendor_in_one_folder(tmp_path: Path, sandsnap: Sandsnap) -> None:
    captures, own = tmp_path / "captures", tmp_path / "vendors" / "larch"
    captures.mkdir()
    (captures / "pricing@2026-07-01.md").write_text(PAGE)
    row = {"file": "pricing@2026-07-01.md", "url": URL, "captured_at": "2026-07-01"}
    (captures / "index.jsonl").write_text(json.dumps(row) + "\n")
    page = "captures/pricing@2026-07-01.md"
    told = sandsnap("new", "vendor", "larch", "--url", URL, "--page", page, "--to", "vendors")
    assert "Concurrent cells | 5 | 50" in told and "what is missing" in told
    confirm(own / "statements.toml")
    declared = own / "vendor.toml"
    declared.write_text(re.sub(r"^# (?=seed|grove)", "", declared.read_text("utf-8"), flags=re.MULTILINE))

    # Each amount of the page is a fact of its own plan, and the page says so itself.
    assert "0 left of 10: 100.0 %" in sandsnap("residue", "larch", "--captures", "captures")
    sandsnap("pin", page)
    assert json.loads((own / "pages" / "pricing@2026-07-01.expected.json").read_text("utf-8"))
    sandsnap("backfill", "--captures", "captures", "--vendor", "larch", codes=(0, 1))

    # The comparison, the costs, the feeds, the export and the site take it.
    grid = json.loads(sandsnap("coverage", "--json", codes=(0, 1)))
    held = {c["row"] for c in grid if c["vendor"] == "larch" and c["facts"]}
    assert {"Pricing model", "Free tier", "Isolation technology", "Max session length"} <= held
    asked = "SELECT usd FROM workload_costs WHERE vendor = 'larch' AND workload = 'always_on_month' ORDER BY usd"
    assert [float(r["usd"]) for r in json.loads(sandsnap("sql", asked, "--json"))] == [49.86, 89.86]
    sandsnap("site", "site")
    site = tmp_path / "site"
    assert "Larch" in (site / "index.html").read_text("utf-8")
    assert "a Firecracker microVM with a kernel of its own" in (site / "vendors" / "larch.html").read_text("utf-8")
    assert (site / "feeds" / "vendor-larch.xml").is_file()
    sandsnap("export", "data")
    with (tmp_path / "data" / "csv" / "prices.csv").open(encoding="utf-8") as prices:
        found = {(r["plan"], r["meter"], r["usd"]) for r in csv.DictReader(prices) if r["vendor"] == "larch"}
    assert {meter for _, meter, _ in found} == {"vcpu", "memory", "plan_fee"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["captures", "data", "home", "site", "vendors"]
