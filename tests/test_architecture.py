"""The rules that keep the rooms apart: data moves forward only, and each library has one door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "sandsnap"
STAGES = ("capture", "read", "check", "cost", "record", "tell", "publish")
DOORS = {
    "httpx": ("src/sandsnap/capture/",),
    "protego": ("src/sandsnap/capture/",),
    "warcio": ("src/sandsnap/capture/",),
    "selectolax": ("src/sandsnap/read/",),
    "pyromark": ("src/sandsnap/read/",),
    "duckdb": ("src/sandsnap/record/",),
    "prefect": ("flows/",),
}
# Tables are read in vendor modules through these only: a vendor fetches nothing and records nothing.
VENDOR_MAY = ("sandsnap.model", "sandsnap.read", "schemas")


def modules() -> list[Path]:
    return sorted([*SOURCE.rglob("*.py"), *(ROOT / "schemas").glob("*.py"), *(ROOT / "flows").glob("*.py")])


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    parts = path.relative_to(SOURCE).parts if path.is_relative_to(SOURCE) else ()
    stage = parts[0] if parts and parts[0] in STAGES else None
    for module in imports(path):
        top = module.split(".")[0]
        if top in DOORS:
            assert name.startswith(DOORS[top]), f"{name} imports {top}, whose door is {DOORS[top]}"
        target = module.split(".")[1] if module.startswith("sandsnap.") and module.count(".") else None
        if stage and target in STAGES:
            assert STAGES.index(target) <= STAGES.index(stage), f"{name} imports {module}: data only moves forward"
        if stage:
            assert target not in ("cli", "pipeline"), f"{name} imports {module}, which stands above the stages"
        if parts and parts[0] in ("vendors", "publishers") and top in ("sandsnap", "schemas"):
            assert module.startswith(VENDOR_MAY), f"{name} may not import {module}"
        if name.startswith("schemas/"):
            assert top != "sandsnap", f"{name} imports {module}: the contract depends on nothing"


def test_no_room_is_called_after_nothing() -> None:
    vague = {"utils", "helpers", "manager", "common", "misc", "base"}
    assert not [p for p in modules() if p.stem.strip("_") in vague - {"base"}]
