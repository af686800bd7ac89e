"""Where one machine ends: what a day costs as facts, vendors and pages grow. docs/scale.md is written from its tables.

    python benchmarks/scale.py [--facts 1000,10000,50000] [--vendors 8] [--pages 134,1340,13400]

Made-up data. Facts: the prices of benchmarks/world.py's `World`, a hundred to a page, recorded by the product's own recorder:
the first day, a day on which a tenth of a percent changes, a day on which nothing does; then one `sandsnap sql`. Pages: an archive
whose every page is asked for again and has not changed, without a network: its last capture looked up, today's added, and the
index's bytes. CPU seconds of user and system; each line is a process of its own, with its peak memory.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BUSY, QUIET = 3, 3  # days of each kind
BODY = b"<h1>Pricing</h1><p>A machine costs $0.05 an hour.</p>" * 40


def of_facts(size: int, vendors: int, folder: Path) -> dict[str, Any]:
    """One warehouse of so many facts."""
    sys.path.insert(0, str(Path(__file__).parent))
    import world as w

    from sandsnap.record import sealed
    from sandsnap.record.recorder import Run, record_days

    w.VENDORS = tuple(f"vendor{n:03}" for n in range(vendors))  # type: ignore[assignment]
    w.sha = lambda vendor, page, n: hashlib.sha256(f"{vendor} {page} {n}".encode()).hexdigest()  # type: ignore[assignment]
    world, path, days = w.World(size), folder / "sandsnap.duckdb", list[float]()
    for n in range(1 + BUSY + QUIET):
        if 0 < n <= BUSY:
            world.next_day(w.day_of(n))
        readings, at = world.readings(w.day_of(n)), w.T0 + timedelta(days=n)
        start = time.process_time()
        record_days(path, [(w.day_of(n), readings)], run=Run(f"r{n}", "snapshot", at, at))
        days.append(time.process_time() - start)
    start = time.process_time()
    con = sealed.connect(path)
    (row,) = sealed.ask(con, "SELECT count(*) FROM prices").rows
    con.close()
    return {
        "facts": row[0], "vendors": vendors, "first": days[0], "busy": sorted(days[1 : 1 + BUSY])[BUSY // 2],
        "quiet": sorted(days[1 + BUSY :])[QUIET // 2], "sql": time.process_time() - start,
        "megabytes": path.stat().st_size / 1e6, "peak": peak(),
    }  # fmt: skip


def of_pages(count: int, folder: Path) -> dict[str, Any]:
    """One archive of so many pages, its second and third day."""
    from sandsnap.capture import Archive
    from sandsnap.model import Capture

    at = datetime(2026, 1, 1, 5, tzinfo=UTC)
    headers = (("Content-Type", "text/html"), ("ETag", '"1"'))
    bodies = [BODY + str(n).encode() for n in range(count)]
    first = [
        Capture(f"https://vendor{n % 8}.example/docs/{n}", at, b, hashlib.sha256(b).hexdigest(), 200, headers)
        for n, b in enumerate(bodies)
    ]
    taken = list[float]()
    with Archive(folder / "captures") as archive:
        archive.add_all(first)
        for n in (1, 2):
            start = time.process_time()
            for c in first:
                known = archive.latest(c.url, status=200)
                assert known
                archive.add(replace(known, captured_at=at + timedelta(days=n), first_seen=None))
            taken.append(time.process_time() - start)
    start = time.process_time()
    with Archive(folder / "captures") as archive:
        entries = sum(1 for _ in archive.entries())
    return {
        "pages": count, "day": min(taken), "a_page_ms": 1000 * min(taken) / count,
        "listed": time.process_time() - start, "entries": entries,
        "index_kb": (folder / "captures" / "index.sqlite3").stat().st_size / 3e3,
        "warc_mb": sum(p.stat().st_size for p in (folder / "captures" / "warc").iterdir()) / 3e6, "peak": peak(),
    }  # fmt: skip


def peak() -> int:
    """The peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def table(title: str, rows: list[Mapping[str, Any]]) -> None:
    """Print rows as Markdown."""
    names = list(rows[0])
    print(f"\n{title}\n\n| {' | '.join(names)} |\n|{' ---: |' * len(names)}")
    for r in rows:
        print(
            "| " + " | ".join(f"{v:,.2f}" if isinstance(v, float) else f"{v:,}" for v in r.values()) + " |", flush=True
        )


def one(*words: object) -> dict[str, Any]:
    """One line, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", *map(str, words)], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure, or be one of the lines."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--facts", default="1000,10000,50000")
    ap.add_argument("--vendors", default="8")
    ap.add_argument("--pages", default="134,1340,13400")
    ap.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    args = ap.parse_args()
    if args.one:
        kind, *numbers = args.one
        with tempfile.TemporaryDirectory() as made:
            count = [int(n) for n in numbers]
            found = of_facts(count[0], count[1], Path(made)) if kind == "facts" else of_pages(count[0], Path(made))
        print(json.dumps(found))
        return 0
    if args.facts:
        pairs = [(n, v) for v in args.vendors.split(",") for n in args.facts.split(",")]
        table("Facts", [one("facts", n, v) for n, v in pairs])
    if args.pages:
        table("Pages", [one("pages", n) for n in args.pages.split(",")])
    return 0


if __name__ == "__main__":
    sys.exit(main())
