"""Pages, feeds, indexes and WARC files that nobody would write, read for some minutes: no untyped exception, no page over its budget.

    python benchmarks/fuzz.py [--minutes 10] [--seconds 10] [--seed N] [--door pages|indexes|warcs] [--keep FOLDER]

Golden and demo pages are cut, doubled, nested, mixed and filled with what has broken readers before, feeds get other values and
keys, an index other rows, a WARC file other bytes (fuzz_edits.py); hypothesis chooses how. A page fails where reading or the gate
raises, where a reading has an issue of the kind `defect`, or where reading takes more CPU than --seconds; a door where it
raises anything, or lets in what cannot be recorded. What fails is written to --keep, and the command ends with 1.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from fuzz_edits import Door, indexes, pages, warcs
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from sandsnap.capture import Refused, replay
from sandsnap.check.gate import gate
from sandsnap.model import Capture
from sandsnap.quality.pages import demo, golden
from sandsnap.read.reading import read
from sandsnap.read.residue.account import account

DAY = date(2026, 10, 12)


def page_trouble(capture: Capture, seconds: float) -> str | None:
    """What is wrong with how a page is read, or None."""
    began = time.process_time()
    readings = read(capture)
    account(capture, readings)
    took = time.process_time() - began
    readings = gate(readings[0].vendor, DAY, {}, readings, live=True) if readings else []
    defects = [i.message for r in readings for i in r.issues if i.kind == "defect"]
    for r in readings:
        told = [i.message for i in r.issues] + [f"{f.quote}{f.key}{f.values}" for f in r.facts]
        "".join(told).encode()
    return defects[0] if defects else f"{took:.1f} s" if took > seconds else None


def door_trouble(door: Door, seconds: float) -> str | None:
    """What is wrong with how a folder is let in, or None."""
    refused: list[Refused] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, body in door.files.items():
            (folder / file).write_bytes(body)
        began = time.process_time()
        for c in replay(folder, on_refused=refused.append):
            c.url.encode()
            if c.captured_at is not None and not 1990 <= c.captured_at.year <= 2100:
                return f"captured at {c.captured_at}"
        took = time.process_time() - began
    "".join(map(str, refused)).encode()
    return f"{took:.1f} s" if took > seconds else None


def fuzz(
    strategy: st.SearchStrategy[Any], trouble: Callable[[Any, float], str | None], until: float, number: int, seconds: float
) -> tuple[int, tuple[Any, str] | None]:  # fmt: skip
    """How many were tried until the time is over, and the first that fails."""
    tried, failed = 0, list[tuple[Any, str]]()
    while time.monotonic() < until and not failed:
        number += 1

        @seed(number)
        @settings(
            max_examples=200,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(strategy)
        def holds(made: Any) -> None:
            nonlocal tried
            if time.monotonic() > until or failed:
                return
            tried += 1
            try:
                why = trouble(made, seconds)
            except Exception as e:
                why = f"{type(e).__name__}: {e}"
            if why:
                failed.append((made, why))

        holds()
    return tried, failed[0] if failed else None


def main() -> int:
    """Fuzz one door after the other, each for its share of the time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=10, help="CPU that a page may take")
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--door", choices=("pages", "indexes", "warcs"), help="only this one")
    parser.add_argument("--keep", type=Path, default=Path("fuzz"), help="where what fails is written")
    options = parser.parse_args()
    found = [*golden(), *demo()]
    doors: dict[str, tuple[float, st.SearchStrategy[Any], Callable[[Any, float], str | None]]] = {
        "pages": (0.8, pages(found), page_trouble),
        "indexes": (0.1, indexes(), door_trouble),
        "warcs": (0.1, warcs(found), door_trouble),
    }
    number = options.seed if options.seed is not None else time.time_ns() % 2**32
    code = 0
    for name, (share, strategy, trouble) in doors.items():
        if options.door not in (None, name):
            continue
        minutes = options.minutes * (1 if options.door else share)
        tried, failure = fuzz(strategy, trouble, time.monotonic() + 60 * minutes, number, options.seconds)
        print(f"{name}: {tried} tried in {minutes:g} minutes, {'one fails' if failure else 'none fails'}", flush=True)
        if failure is not None:
            code = 1
            print(f"seed {number}: {failure[1]}\n{_kept(options.keep, failure[0])}")
    return code


def _kept(folder: Path, made: Capture | Door) -> str:
    """Write what fails; how to look at it."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(made, Door):
        place = Path(tempfile.mkdtemp(prefix="door-", dir=folder))
        for file, body in made.files.items():
            (place / file).write_bytes(body)
        return f"sandsnap backfill --captures {place}"
    path = folder / f"{made.sha256[:12]}-{Path(made.file or 'page').name}"
    path.write_bytes(made.body)
    return f"sandsnap read {path} --url {made.url}"


if __name__ == "__main__":
    sys.exit(main())
