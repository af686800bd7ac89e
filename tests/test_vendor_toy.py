"""A vendor that lies in a folder of its own is a vendor everywhere: discovery, reading, warehouse, site and export."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DECLARED = """
products = ["box"]
hosts = ["docs.acme.example"]

[names]
vendor = "Acme"
title = "Acme Boxes"

[[source]]
name = "pricing"
url = "https://docs.acme.example/pricing"
must = "Acme"
"""
STATED = """
[[quoted]]
table = "isolation"
key = { runtime = "default" }
values = { boundary = "vm" }
url = "https://docs.acme.example/pricing"
quote = "a virtual machine of its own"
"""
READERS = """
from sandsnap.read.sources import declared

PRICING = declared("acme")["pricing"]


@PRICING.reader
def rates(page):
    for name, meter in (("vCPU", "vcpu"), ("Memory", "memory")):
        m = page.find(name + ": {money}")
        yield m.price(m["money"], meter)
"""
PAGE = (
    "# Acme\n\nvCPU: $0.04 per vCPU-hour\n\nMemory: $0.01 per GiB-hour\n\nEach box is a virtual machine of its own.\n"
)
ROW = '{"file": "pricing@2026-07-01.md", "url": "https://docs.acme.example/pricing", "captured_at": "2026-07-01"}\n'


def acme(folder: Path) -> Path:
    """Lay the vendor's folder and one for captures beside it; the latter."""
    own, captures = folder / "vendors" / "acme", folder / "captures"
    own.mkdir(parents=True)
    captures.mkdir()
    (own / "vendor.toml").write_text(DECLARED)
    (own / "statements.toml").write_text(STATED)
    (own / "readers.py").write_text(READERS)
    return captures


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    """A folder of vendor folders with one vendor, and its captures beside it."""
    captures = acme(tmp_path)
    (captures / "pricing@2026-07-01.md").write_text(PAGE)
    (captures / "index.jsonl").write_text(ROW)
    return tmp_path


def sandsnap(toys: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"SANDSNAP_VENDORS": str(toys / "vendors"), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    return subprocess.run([sys.executable, "-m", "sandsnap", *words], env=env, cwd=toys, capture_output=True, text=True)


@pytest.mark.slow
def test_it_is_read(toys: Path) -> None:
    done = sandsnap(toys, "read", "captures/pricing@2026-07-01.md")
    assert "usd 0.04, unit vcpu_hour" in done.stdout and "boundary vm" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('products = ["box"]', "", "say what it sells"),
        ('must = "Acme"', "", "a phrase it must contain"),
        ('must = "Acme"', 'must = "Acme"\nmuts = "x"', "unknown keys muts"),
        ('url = "https', 'tree = "docs"\nurl = "https', "there is no [tree.docs]"),
        ("[names]", "[names", "acme/vendor.toml"),
    ],
)
def test_a_mistake_in_it_is_one_line(toys: Path, old: str, new: str, said: str) -> None:
    file = toys / "vendors" / "acme" / "vendor.toml"
    file.write_text(DECLARED.replace(old, new))
    done = sandsnap(toys, "read", "captures/pricing@2026-07-01.md")
    assert done.returncode and said in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.slow
def test_without_code_it_is_read_from_its_data(toys: Path) -> None:
    (toys / "vendors" / "acme" / "readers.py").unlink()
    done = sandsnap(toys, "read", "captures/pricing@2026-07-01.md")
    assert "boundary vm" in done.stdout and "Traceback" not in done.stderr


@pytest.mark.slow
def test_everything_takes_it(toys: Path) -> None:
    home = ("--home", str(toys / "home"))
    assert sandsnap(toys, "backfill", "--captures", "captures", "--vendor", "acme", *home).returncode in (0, 1)
    shown = sandsnap(toys, "show", "prices", *home)
    assert "acme" in shown.stdout, shown.stderr
    assert sandsnap(toys, "coverage", *home).stdout.count("acme") == 1
    built = sandsnap(toys, "site", *home, "site")
    assert built.returncode == 0, built.stderr
    assert "Acme Boxes" in (toys / "site" / "index.html").read_text("utf-8")
    assert "0.04" in (toys / "site" / "vendors" / "acme.html").read_text("utf-8")
    assert (toys / "site" / "feeds" / "vendor-acme.xml").is_file()
    exported = sandsnap(toys, "export", *home, "export")
    assert exported.returncode == 0, exported.stderr
    assert any("acme" in f.read_text("utf-8") for f in (toys / "export").rglob("prices.csv"))


@pytest.mark.slow
def test_a_page_is_set_aside_in_its_vendors_file(toys: Path) -> None:
    """Noticed, looked at by a person, and no news any more: what was said stands beside the address, and nothing else changed."""
    url = "https://docs.acme.example/sandbox-limits"
    (toys / "llms.txt").write_text(f"- [Limits]({url})\n- [Prices](https://docs.acme.example/pricing)\n")
    (toys / "captures" / "limits.md").write_text("# Limits of nothing\n")
    with (toys / "captures" / "index.jsonl").open("a") as index:
        index.write(json.dumps({"file": "limits.md", "url": url, "captured_at": "2026-07-01"}) + "\n")
    look = ("discover", "acme", "--list", "llms.txt")
    assert url in sandsnap(toys, *look).stdout
    assert "no_reader" in sandsnap(toys, "read", "captures/limits.md").stdout
    file = toys / "vendors" / "acme" / "vendor.toml"
    for words, said in (((), "why?"), (("--reason", "states no figure"), "set aside in")):
        done = sandsnap(toys, "discover", "--set-aside", url, *words)
        assert said in done.stdout + done.stderr and done.returncode == (0 if words else 2)
    data = tomllib.loads(file.read_text())
    assert data.pop("set_aside") == [{"url": url, "reason": "states no figure"}]
    assert data == tomllib.loads(DECLARED)
    assert url not in sandsnap(toys, *look).stdout
    assert "no_reader" not in sandsnap(toys, "read", "captures/limits.md").stdout
    again = sandsnap(toys, "discover", "--set-aside", url, "--reason", "states no figure")
    watched = sandsnap(toys, "discover", "--set-aside", "https://docs.acme.example/pricing", "--reason", "it is dull")
    assert (again.returncode, watched.returncode) == (2, 2)
    assert "set aside already" in again.stderr and "is watched" in watched.stderr
