"""A vendor of which only vendor.toml exists: the general layer reads most of what its readers give, and nothing else."""

from collections import Counter
from pathlib import Path

import pytest

from sandsnap.capture import replay
from sandsnap.model import Capture, Fact
from sandsnap.read import sources, statements
from sandsnap.read.reading import read
from sandsnap.vendors import VENDORS

pytestmark = [pytest.mark.shared, pytest.mark.slow]

AMOUNTS = ("prices", "limits", "allowances", "cold_starts")
# What a reader adds to an amount from what stands around it.
BESIDE = ("billed_on", "card_required")
SHARE = 0.6
EVERY = 3


def stated(capture: Capture) -> dict[object, Fact]:
    """What is read of a page with an amount, by key."""
    read_here = (f for r in read(capture) if r.outcome == "good" for f in r.facts)
    return {f.id: f for f in read_here if f.table in AMOUNTS and f.basis == "read"}


def plain(fact: Fact) -> dict[str, object]:
    return {k: v for k, v in fact.values.items() if k not in BESIDE}


def test_most_amounts_are_read_without_readers(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over every third capture of each vendor, each vendor with its readers and without them."""
    counted: Counter[str] = Counter()
    wrong = []
    for vendor in VENDORS:
        folder = shared / "captures" / vendor
        if not folder.is_dir():
            continue
        captures = list(replay(folder, verify=False, on_refused=lambda _: None))[::EVERY]
        exact = [stated(c) for c in captures]
        readers = {s.url: dict(s.readers) for s in sources.vendor(vendor).sources}
        try:
            for s in sources.vendor(vendor).sources:
                s.readers.clear()
            monkeypatch.setattr(statements, "stated", lambda _: {})
            statements.quoted.cache_clear()
            for capture, facts in zip(captures, exact, strict=True):
                found = stated(capture)
                for key, fact in facts.items():
                    counted["stated"] += 1
                    counted["read"] += key in found and plain(found[key]) == plain(fact)
                    if key in found and plain(found[key]) != plain(fact):
                        wrong.append((fact.key, plain(fact), plain(found[key]), found[key].quote))
        finally:
            for s in sources.vendor(vendor).sources:
                s.readers.update(readers[s.url])
            monkeypatch.undo()
            statements.quoted.cache_clear()
    assert not wrong
    assert counted["read"] >= SHARE * counted["stated"]
