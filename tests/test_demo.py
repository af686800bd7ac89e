"""The demo replays real days: what each of its pages states, the real page of that address stated on that day."""

from pathlib import Path
from typing import Any

import pytest

from sandsnap.capture.replay import replay
from sandsnap.model import Capture
from sandsnap.read.addresses import canonical
from sandsnap.read.reading import read

DEMO = Path(__file__).resolve().parents[1] / "src" / "sandsnap" / "demo"
pytestmark = [pytest.mark.shared, pytest.mark.slow]


def facts(capture: Capture) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    return {
        (f.table, *sorted(f.key.items())): tuple(sorted((k, str(v)) for k, v in f.values.items()))
        for r in read(capture)
        for f in r.facts
    }


@pytest.mark.parametrize("name", sorted(p.parent.name for p in DEMO.glob("*/index.jsonl")))
def test_every_page_states_what_the_real_one_stated_that_day(name: str, shared: Path) -> None:
    own = {(canonical(c.url), c.captured_at.date()): c for c in replay(DEMO / name) if c.captured_at}
    real: dict[tuple[str, Any], list[Capture]] = {}
    for c in replay(shared / "captures" / name):
        if c.captured_at is not None and (key := (canonical(c.url), c.captured_at.date())) in own:
            real.setdefault(key, []).append(c)
    assert own.keys() == real.keys()  # no day is made up
    for key, capture in own.items():
        stated = [facts(c) for c in real[key]]
        for fact, values in facts(capture).items():
            assert any(s.get(fact) == values for s in stated), (key, fact)
