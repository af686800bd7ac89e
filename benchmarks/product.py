"""The product's recorder and queries, as benchmarks/warehouse.py measures them."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb

import sandsnap
from benchmarks.measure import cpu, timed
from benchmarks.world import T0, day_of
from sandsnap.model import Reading
from sandsnap.record import queries
from sandsnap.record.recorder import Run, record_days

AS_TEXT = "as of a day, as DuckDB's SQL gives it"


class Sandsnap:
    """The product."""

    def __init__(self, folder: Path, runs: int = 0) -> None:
        self.path = folder / "warehouse.duckdb"
        self.runs = runs

    def record(self, day: date, readings: Sequence[Reading]) -> float:
        """Record a day; returns the CPU seconds it took."""
        self.runs += 1
        at = T0 + timedelta(hours=self.runs)
        start = cpu()
        record_days(self.path, [(day, readings)], run=Run(f"run-{self.runs}", "snapshot", at, at))
        return cpu() - start

    def ask(self, last: int, middle: int, fact: dict[str, str]) -> dict[str, float]:
        """CPU seconds of each question."""
        con, dataset = queries.connect_readonly(self.path), sandsnap.open(self.path)

        def diff(a: int, b: int) -> object:
            return con.sql(f"FROM changes(DATE '{day_of(a)}', DATE '{day_of(b)}')").pl()

        out = {
            "as of a day": timed(lambda: dataset.table("prices", on=day_of(middle), sort=False)),
            AS_TEXT: timed(lambda: con.sql(f"FROM prices_on(DATE '{day_of(middle)}')").pl()),
            "two-day diff": timed(lambda: diff(middle, middle + 1)),
            "30-day diff": timed(lambda: diff(last - 30, last)),
            "history of one fact": timed(lambda: queries.fact_history(con, "prices", **fact)),
        }
        con.close()
        dataset.close()
        return out

    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size


def holds(warehouse: Path, folder: Path) -> float:
    """How much longer all current prices take where 80 of them are held."""
    held = folder / "held.duckdb"
    shutil.copyfile(warehouse, held)
    con = duckdb.connect(str(held))
    con.execute("SET TimeZone = 'UTC'")
    without = timed(lambda: con.sql("FROM prices").pl())
    con.execute(
        "INSERT INTO store.waits SELECT reader, claim, vendor, \"table\", product, sku, 'held', 'why', '{}', DATE '2025-01-02', NULL, "
        "TIMESTAMP '2025-01-02', NULL FROM store.claims WHERE valid_to IS NULL AND known_to IS NULL LIMIT 80"
    )
    assert con.execute("SELECT count(*) FROM prices WHERE state = 'held'").fetchall() == [(80,)]
    with_them = timed(lambda: con.sql("FROM prices").pl())
    con.close()
    held.unlink()
    return with_them / without


APPEND = """
import sys
from pathlib import Path
from benchmarks import grown
from benchmarks.measure import peak
from benchmarks.product import Sandsnap
from benchmarks.world import World, day_of
size, days, grown_days = (int(n) for n in sys.argv[1:4])
ours = Sandsnap(Path(sys.argv[4]), runs=10**5)
if grown_days:
    readings = grown.next_day(ours.path, days, size // 1000)
else:
    world = World(size)
    for n in range(1, days + 1):
        world.next_day(day_of(n))
    readings = world.readings(day_of(days))
Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here on (Linux)
before = peak()
taken = ours.record(day_of(days), readings)
print(taken, before, peak())
"""


def alone(size: int, days: int, warehouse: Path, folder: Path, grown_days: int) -> str:
    """One more day in a process of its own: what it takes, and its memory beside the day's facts."""
    apart = folder / "alone"
    apart.mkdir()
    shutil.copyfile(warehouse, apart / warehouse.name)
    done = subprocess.run(
        [sys.executable, "-c", APPEND, str(size), str(days), str(grown_days), str(apart)],
        check=True, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    taken, before, peak = (float(x) for x in done.stdout.split()[-3:])  # behind a progress bar of a long query
    shutil.rmtree(apart)
    return (
        f"One more day in a process of its own: {taken * 1e3:.0f} ms, {peak:.0f} MB at most, of which {before:.0f} MB "
        "for Python and the day's facts."
    )
