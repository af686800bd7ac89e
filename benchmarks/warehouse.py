"""The warehouse against other ways to keep the same facts: one command, one run, one Markdown table per size.

    python benchmarks/warehouse.py [--facts 480,20000,200000] [--days 365] [--against copies,sqlite,git] [--git-days N]
    python benchmarks/warehouse.py --facts 2000000 --years 10

Every contender holds the same facts: prices of eight vendors, a tenth of a percent changing a day (value and quote).
- sandsnap: the product's own recorder and queries, unchanged: every page's reading of every day, as `snapshot` hands them
  over; a day's append includes loading, copying the file, checking it and renaming it into place. What comes before and after
  the record, the gate's look at the changed pages and the telling of events, is not in it.
  As of a day is `sandsnap.open(...).table("prices", on=..., sort=False)`: text, as from the others. DuckDB alone, asked
  `FROM prices_on(...)`, copies each word for each row; that is told beside it.
- copies: DuckDB, one full set of rows a day.
- sqlite: the same intervals, primary key (claim, valid_from). sqlite+: with indexes on the key and on valid_from too.
- git: one JSON file per vendor, one fact a line, one commit a day. Commits of large files take seconds, so git sees
  only the first --git-days days there; its bytes and its history time are scaled to all days (both grow with commits).
- deltalake, ducklake: one partition a day, where they are installed (`pip install deltalake`; DuckDB's extension ducklake).
Times are CPU time (all threads, and git's processes), medians of a few warm runs; other work on the machine makes them longer,
by as much as the loop of fixed length says at the end.
Answers are handed over the way each is used: DuckDB as an arrow-backed frame (one history: rows), SQLite as rows, git
as parsed JSON, and git's diffs and histories as its own text, unparsed.

With --years the history is written straight into the tables (grown.py); the appends, questions and bytes that are measured
are the product's. There the pages of the appended day that are of the same bytes come without their facts.

At 480 and 200,000 facts it then measures, in CPU seconds: the export, the workload views, the start of a cold
process, and `changes` of the last week asked of the published file by one.
"""

import argparse
import importlib.util
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks import grown
from benchmarks.contenders import Copies, Delta, Ducklake, Git, Sqlite
from benchmarks.measure import busy, cpu
from benchmarks.product import AS_TEXT, Sandsnap, alone, holds
from benchmarks.world import World, day_of, days_of, one_fact

OPERATIONS = ("append a day", "as of a day", "two-day diff", "30-day diff", "history of one fact")
GOALS: Mapping[str, str] = {  # at 200,000 facts and 365 days
    "bytes": "≥ 100 × fewer than copies", "append a day": "≤ 400 ms, ≥ 3 × SQLite", "as of a day": "≤ 60 ms, under copies",
    "two-day diff": "≤ 5 ms", "30-day diff": "≤ 12 ms", "history of one fact": "≤ 2 ms",
}  # fmt: skip
OTHERS = ("copies", "sqlite", "sqlite+", "git", "deltalake", "ducklake")


def installed(name: str) -> bool:
    """Whether a contender can run here."""
    if name == "deltalake":
        return importlib.util.find_spec("deltalake") is not None
    if name == "ducklake":
        try:
            duckdb.connect().execute("LOAD ducklake")
        except duckdb.Error:
            return False
    return True


def run(size: int, days: int, git_days: int, others: Sequence[str], folder: Path) -> None:
    """Measure one size and print its table."""
    world, ours = World(size), Sandsnap(folder)
    daily: dict[str, Copies | Delta] = {}
    for name, kind in (("copies", Copies), ("deltalake", Delta), ("ducklake", Ducklake)):
        if name in others:
            daily[name] = kind(folder)
    git = Git(folder, min(days, git_days), days) if "git" in others else None
    appends: dict[str, list[float]] = {"sandsnap": [], "git": []} | {n: [] for n in daily}
    for n, (day, now) in enumerate(days_of(world, 0, days)):
        if daily or git:
            full = now.full(day)
            for name, contender in daily.items():
                appends[name].append(contender.append(full))
            if git and n < git.days:
                appends["git"].append(git.append(full))
        appends["sandsnap"].append(ours.record(day, now.readings(day)))
    fact, last, middle = one_fact(world), days - 1, days // 2
    results = {
        "sandsnap": ours.ask(last, middle, fact) | {"append a day": statistics.median(appends["sandsnap"][-10:])}
    }
    sizes = {"sandsnap": ours.size()}
    lites = {n: Sqlite(folder, ours.path, n == "sqlite+") for n in ("sqlite", "sqlite+") if n in others}
    world.next_day(day_of(days))
    tomorrow = world.full(day_of(days)) if lites else None
    for name, lite in lites.items():
        assert tomorrow is not None
        taken = lite.append(tomorrow, day_of(days))
        results[name], sizes[name] = lite.ask(last, middle, fact) | {"append a day": taken}, lite.size()
    for name, contender in daily.items():
        results[name] = contender.ask(last, middle, fact) | {"append a day": statistics.median(appends[name][-30:])}
        sizes[name] = contender.size()
    if git:
        results["git"] = git.ask(fact) | {"append a day": statistics.median(appends["git"][-10:])}
        sizes["git"] = git.size()
    sampled = f" (git: {git.days} days, scaled)" if git and git.days < days else ""
    table(f"{size:,} facts x {days} days, {size * days:,} daily observations{sampled}", results, sizes)
    early, late = (statistics.median(appends["sandsnap"][part]) * 1e3 for part in (slice(5, 15), slice(-10, None)))
    print(f"\n{AS_TEXT}: {results['sandsnap'][AS_TEXT] * 1e3:.1f} ms.")
    print(
        f"appends of days 5 to 15: {early:.0f} ms, of the last ten: {late:.0f} ms ({late / early:.2f}x; goal 1.2x).",
        flush=True,
    )
    print(
        f"`FROM prices` with 80 open holds: {holds(ours.path, folder):.2f}x the time without (goal 1.2x).", flush=True
    )
    print(alone(size, days, ours.path, folder, grown_days=0), "(goal 350 MB at 200,000)", flush=True)
    print(f"A loop of fixed length: {busy()[0]:.1f} ms at best, {busy()[1]:.1f} ms as a rule.", flush=True)
    if size in (480, 200_000):
        published(ours.path, folder, day_of(last))


def table(title: str, results: Mapping[str, Mapping[str, float]], sizes: Mapping[str, int]) -> None:
    """Print what was measured as Markdown."""
    names = [n for n in OTHERS if n in results]
    missing = [n for n in OTHERS if not installed(n)]
    print(f"\n### {title}\n")
    print(f"| | sandsnap | goal at 200,000 | {' | '.join(names)} |\n|{'---|' * (3 + len(names))}")
    base = sizes["sandsnap"]
    cells = [f"{sizes[n] / 1e6:.2f} MB ({sizes[n] / base:.1f}x)" for n in names]
    print(f"| bytes | {base / 1e6:.2f} MB | {GOALS['bytes']} | {' | '.join(cells)} |")
    for operation in OPERATIONS:
        ours = results["sandsnap"][operation]
        cells = [f"{results[n][operation] * 1e3:.1f} ms ({results[n][operation] / ours:.1f}x)" for n in names]
        print(f"| {operation} | {ours * 1e3:.1f} ms | {GOALS[operation]} | {' | '.join(cells)} |")
    if missing:
        print(f"\nnot installed: {', '.join(missing)}")


def years(size: int, days: int, folder: Path) -> None:
    """Measure a history of years that is written straight into the tables, and print it."""
    ours = Sandsnap(folder)
    start = cpu()
    grown.grow(ours.path, size, days)
    built = cpu() - start
    last, middle = days - 1, days // 2
    key = duckdb.connect(str(ours.path), read_only=True).execute(
        "SELECT {'vendor': vendor, 'product': product, 'plan': plan, 'meter': meter, 'sku': sku, 'region': region, 'offer': offer} "
        "FROM store.claims LIMIT 1 OFFSET 1000"
    )
    asked = ours.ask(last, middle, key.fetchall()[0][0])
    print(f"\n### {size:,} facts x {days} days, {size * days:,} daily observations, generated in {built:.0f} CPU s\n")
    print("| | sandsnap | goal at 2,000,000 x 10 years |\n|---|---|---|")
    print(
        f"| bytes | {ours.size() / 1e6:.1f} MB, {ours.size() / size / days:.3f} an observation | ≤ 0.06 an observation |"
    )
    for operation, taken in asked.items():
        print(f"| {operation} | {taken * 1e3:.1f} ms | {'≤ 400 ms' if operation == 'as of a day' else ''} |")
    print(flush=True)
    print(alone(size, days, ours.path, folder, grown_days=days), "(goal 2 s, 2 GB)", flush=True)
    print(f"A loop of fixed length: {busy()[0]:.1f} ms at best, {busy()[1]:.1f} ms as a rule.", flush=True)


PATIENCE_S = 300
COLD = """
import sys, duckdb
con = duckdb.connect()
con.execute(f"ATTACH '{sys.argv[1]}' AS warehouse (READ_ONLY)")
con.execute("USE warehouse")
print(len(con.execute(sys.argv[2]).fetchall()))
"""


def published(warehouse: Path, folder: Path, last: date) -> None:
    """What analysts wait for, each in a cold process: CPU seconds, start of Python included."""
    home = folder / "home"
    home.mkdir()
    shutil.copyfile(warehouse, home / "sandsnap.duckdb")
    week = f"FROM changes(DATE '{last - timedelta(days=7)}', DATE '{last}')"
    product = [sys.executable, "-m", "sandsnap"]
    asked = {
        "`sandsnap --help`": [*product, "--help"],
        "`sandsnap sql 'SELECT 1'`": [*product, "sql", "SELECT 1", "--home", str(home)],
        "changes of the last week, duckdb alone": [sys.executable, "-c", COLD, str(warehouse), week],
        "`workload_costs`, duckdb alone": [sys.executable, "-c", COLD, str(warehouse), "FROM workload_costs"],
        "`prices_per_hour`, duckdb alone": [sys.executable, "-c", COLD, str(warehouse), "FROM prices_per_hour"],
        "`sandsnap export`": [*product, "export", str(folder / "export"), "--home", str(home)],
    }
    print("\n| cold process | CPU s |\n|---|---|")
    for name, command in asked.items():
        before = cpu()
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            print(f"| {name} | stopped after {PATIENCE_S} s |", flush=True)
            continue
        print(f"| {name} | {cpu() - before:.2f} |", flush=True)


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", default="480,20000,200000", help="how many, with commas: one table each")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--years", type=int, help="so many years instead of --days, written straight into the tables")
    parser.add_argument("--against", default=",".join(OTHERS), help="the other ways to measure; '' for none")
    parser.add_argument(
        "--git-days", type=int, help="days that git really commits (default: as many as stay in a minute)"
    )
    given = parser.parse_args()
    others = [n for n in given.against.split(",") if n and installed(n)]
    for size in (int(s) for s in given.facts.split(",")):
        folder = Path(tempfile.mkdtemp(prefix="sandsnap-bench-"))
        try:
            if given.years:
                years(size, given.years * 365, folder)
            else:
                git_days = given.git_days or max(12, min(given.days, 1_000_000 // size))
                run(size, given.days, git_days, others, folder)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
