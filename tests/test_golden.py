"""Golden pages: a page written with the structure of a real one, and the facts a person found on it.

A page without its expectation fails after writing what was read beside it as `.new`: look at it, then rename it.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandsnap.model import Capture
from sandsnap.read.reading import read
from sandsnap.vendors import VENDORS, folder


def pages() -> list[tuple[Path, dict[str, Any]]]:
    found = []
    for index in (folder(v) / "pages" / "index.jsonl" for v in VENDORS):
        found += [(index.parent, json.loads(line)) for line in index.read_text("utf-8").splitlines() if line.strip()]
    return found


def plain(value: Any) -> Any:
    from decimal import Decimal

    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, bool | str) else value.isoformat()


def facts_of(place: Path, entry: dict[str, Any]) -> list[dict[str, Any]]:
    body = (place / entry["file"]).read_bytes()
    at = datetime.fromisoformat(entry["captured_at"][:10]).replace(tzinfo=UTC)
    capture = Capture(entry["url"], at, body, hashlib.sha256(body).hexdigest(), file=entry["file"])
    return [
        {"table": f.table, "key": dict(f.key), "values": {k: plain(v) for k, v in f.values.items()}, "quote": f.quote}
        for r in read(capture)
        for f in r.facts
    ]


def ordered(facts: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(f, sort_keys=True, ensure_ascii=False) for f in facts)


@pytest.mark.parametrize(("place", "entry"), pages(), ids=lambda x: x["file"] if isinstance(x, dict) else x.parent.name)
def test_golden(place: Path, entry: dict[str, Any]) -> None:
    expected = (place / entry["file"]).with_suffix(".expected.json")
    got = facts_of(place, entry)
    if not expected.exists():
        expected.with_suffix(".json.new").write_text(json.dumps(got, indent=1, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail(f"no expectation yet: look at {expected.name}.new and rename it")
    wanted = json.loads(expected.read_text("utf-8"))
    keys = {"table", "key", "values", "quote"}
    assert ordered(got) == ordered([{k: f[k] for k in keys} for f in wanted])


def test_every_vendor_has_golden_pages() -> None:
    assert {place.parent.name for place, _ in pages()} == set(VENDORS)
