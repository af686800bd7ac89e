"""The warehouse against full daily copies, SQLite and git: one command, one run, one Markdown table per size.

    python benchmarks/warehouse.py [--sizes 480,20000,200000] [--days 365] [--ten-years] [--git-days N]

Every contender holds the same facts: prices of eight vendors, a tenth of a percent changing a day (value and quote).
- sandsnap: the product's own recorder and queries, unchanged (bulk readings; a day's append includes copying the file,
  checking it and renaming it into place).
- copies: DuckDB, one full set of rows a day.
- sqlite: the same intervals, primary key (claim, valid_from). sqlite+: with indexes on the key and on valid_from too.
- git: one JSON file per vendor, one fact a line, one commit a day. Commits of large files take seconds, so git sees
  only the first --git-days days there; its bytes and its history time are scaled to all days (both grow with commits).
Times are CPU time (all threads, and git's processes), medians of a few warm runs.
Answers are handed over the way each is used: DuckDB as an arrow-backed frame (one history: rows), SQLite as rows, git
as parsed JSON, and git's diffs and histories as its own text, unparsed.

At 480 and 200,000 facts it then measures, in CPU seconds: the export, the workload views, the start of a cold
process, and `changes` of the last week asked of the published file by one.
"""

import argparse
import json
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sandsnap.record import queries
from sandsnap.record.bulk import BulkReading
from sandsnap.record.recorder import Run, record_days
from sandsnap.vendors import VENDORS
from schemas import TABLES

START = date(2025, 1, 1)
T0 = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ("product", "plan", "meter", "sku", "region", "offer")
COLUMNS = (*KEYS, "usd", "unit", "billed_on", "quote")
MONEY = TABLES["prices"].by_name["usd"].polars
SCHEMA = {c: TABLES["prices"].by_name[c].polars for c in COLUMNS}
FACT = ("vendor", "product", "plan", "meter", "sku", "region", "usd", "unit", "billed_on")
OTHERS = ("copies", "sqlite", "sqlite+", "git")
OPERATIONS = ("append a day", "as of a day", "two-day diff", "30-day diff", "history of one fact")


class World:
    """Prices of eight vendors; each day a tenth of a percent get a new value. Deterministic."""

    def __init__(self, size: int) -> None:
        self.random = random.Random(1)
        self.per_vendor = size // len(VENDORS)
        self.changes_a_day = size / 1000
        self.owed = 0.0
        self.frames = {v: self._first(v) for v in VENDORS}

    def _first(self, vendor: str) -> pl.DataFrame:
        plans, regions = ("any", "pro", "team", "enterprise"), ("-", "us-east", "eu-west", "ap-south")
        rows = []
        for i in range(self.per_vendor):
            usd = Decimal(self.random.randint(1, 9_999_999)) / 1_000_000
            sku = f"{vendor}-size-{i // 16}"
            key = ("sandbox", plans[i % 4], "addon", sku, regions[i // 4 % 4], "list")
            rows.append((*key, usd, "month", None, f"{sku} costs ${usd} per hour"))
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    def next_day(self) -> None:
        """Change some facts."""
        self.owed += self.changes_a_day
        picked: dict[str, list[int]] = {}
        for _ in range(int(self.owed)):
            picked.setdefault(self.random.choice(VENDORS), []).append(self.random.randrange(self.per_vendor))
        self.owed -= int(self.owed)
        for vendor, rows in picked.items():
            rows = sorted(set(rows))
            frame = self.frames[vendor]
            usd = [Decimal(self.random.randint(1, 9_999_999)) / 1_000_000 for _ in rows]
            skus = frame["sku"].gather(rows).to_list()
            quotes = [f"{s} costs ${u} per hour" for s, u in zip(skus, usd, strict=True)]
            new = pl.DataFrame(
                {"row": rows, "new_usd": usd, "new_quote": quotes},
                schema={"row": pl.UInt32, "new_usd": MONEY, "new_quote": pl.String},
            )
            self.frames[vendor] = (
                frame.with_row_index("row")
                .join(new, on="row", how="left", maintain_order="left")
                .with_columns(usd=pl.coalesce("new_usd", "usd"), quote=pl.coalesce("new_quote", "quote"))
                .select(COLUMNS)
            )

    def full(self, day: date) -> pl.DataFrame:
        """All facts of the day with their citation: what a daily copy holds."""
        n = (day - START).days
        return pl.concat(
            frame.select(
                pl.lit(day).alias("day"),
                pl.lit(v).alias("vendor"),
                *COLUMNS[:-1],
                pl.lit("read").alias("basis"),
                pl.lit(url(v)).alias("source_url"),
                "quote",
                pl.lit(sha(v, n)).alias("capture"),
                pl.lit(day).alias("verified_on"),
            )
            for v, frame in self.frames.items()
        )

    def readings(self, day: date) -> list[BulkReading]:
        """The day as readings."""
        n = (day - START).days
        return [
            BulkReading(v, url(v), f"{url(v)}#prices", "v1", sha(v, n), {"prices": frame})
            for v, frame in self.frames.items()
        ]


def url(vendor: str) -> str:
    return f"https://{vendor}.example.com/pricing"


def sha(vendor: str, n: int) -> str:
    return f"{VENDORS.index(vendor):x}{n:063x}"


def day_of(n: int) -> date:
    return START + timedelta(days=n)


def days_of(world: World, first: int, last: int) -> Iterator[tuple[date, World]]:
    for n in range(first, last):
        if n:
            world.next_day()
        yield day_of(n), world


def cpu() -> float:
    """CPU seconds of this process, all threads, and of its finished children (git): the machine may be shared."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(work: Callable[[], Any], repeat: int = 5) -> float:
    """Median CPU seconds of a few runs, after one that warms up."""
    work()
    taken = []
    for _ in range(repeat):
        start = cpu()
        work()
        taken.append(cpu() - start)
    return statistics.median(taken)


class Sandsnap:
    """The product."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "warehouse.duckdb"
        self.runs = 0

    def record(self, days: Iterator[tuple[date, World]]) -> float:
        self.runs += 1
        at = T0 + timedelta(hours=self.runs)
        start = cpu()
        given = ((day, world.readings(day)) for day, world in days)
        record_days(self.path, given, run=Run(f"run-{self.runs}", "snapshot", at, at))
        return cpu() - start

    def ask(self, last: int, middle: int, fact: dict[str, str]) -> dict[str, float]:
        con = queries.connect_readonly(self.path)

        def diff(a: int, b: int) -> object:
            return con.sql(f"FROM changes(DATE '{day_of(a)}', DATE '{day_of(b)}')").pl()

        out = {
            "as of a day": timed(lambda: con.sql(f"FROM prices_on(DATE '{day_of(middle)}')").pl()),
            "two-day diff": timed(lambda: diff(middle, middle + 1)),
            "30-day diff": timed(lambda: diff(last - 30, last)),
            "history of one fact": timed(lambda: queries.fact_history(con, "prices", **fact)),
        }
        con.close()
        return out

    def size(self) -> int:
        return self.path.stat().st_size


class Copies:
    """Full daily copies in DuckDB."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "copies.duckdb"
        self.con = duckdb.connect(str(self.path))
        self.new = True

    def append(self, full: pl.DataFrame) -> float:
        start = cpu()
        self.con.register("whole_day", full)
        self.con.execute("CREATE TABLE copies AS FROM whole_day" if self.new else "INSERT INTO copies FROM whole_day")
        self.con.unregister("whole_day")
        self.new = False
        return cpu() - start

    def ask(self, last: int, middle: int, fact: dict[str, str]) -> dict[str, float]:
        self.con.execute("CHECKPOINT")
        keys = "vendor, product, plan, meter, sku, region"

        def diff(a: int, b: int) -> object:
            return self.con.sql(
                f"SELECT {keys}, a.usd, b.usd AS now_usd, a.unit, b.unit AS now_unit, a.billed_on, "
                f"b.billed_on AS now_billed_on, a.quote, b.quote AS now_quote, a.capture, "
                f"b.capture AS now_capture FROM (FROM copies WHERE day = DATE '{day_of(a)}') a "
                f"FULL JOIN (FROM copies WHERE day = DATE '{day_of(b)}') b USING ({keys}) WHERE a.usd IS DISTINCT FROM "
                "b.usd OR a.unit IS DISTINCT FROM b.unit OR a.billed_on IS DISTINCT FROM b.billed_on"
            ).pl()

        where = " AND ".join(f"{c} = '{v}'" for c, v in fact.items())
        return {
            "as of a day": timed(
                lambda: self.con.sql(f"SELECT * EXCLUDE (day) FROM copies WHERE day = '{day_of(middle)}'").pl()
            ),
            "two-day diff": timed(lambda: diff(middle, middle + 1)),
            "30-day diff": timed(lambda: diff(last - 30, last)),
            "history of one fact": timed(
                lambda: self.con.execute(
                    "SELECT * FROM (SELECT day, usd, unit, billed_on, quote, lag(usd) OVER (ORDER BY day) AS before "
                    "FROM copies "
                    f"WHERE {where}) WHERE usd IS DISTINCT FROM before"
                ).fetchall(),
                3,
            ),
        }

    def size(self) -> int:
        self.con.close()
        return self.path.stat().st_size


class Sqlite:
    """The same intervals in SQLite; money as text, days as ISO text."""

    def __init__(self, folder: Path, warehouse: Path, indexed: bool) -> None:
        self.path = folder / f"intervals-{indexed}.sqlite"
        self.con = sqlite3.connect(self.path)
        self.con.executescript(
            "CREATE TABLE facts (claim INTEGER, vendor TEXT, product TEXT, plan TEXT, meter TEXT, sku TEXT, "
            "region TEXT, usd TEXT, unit TEXT, billed_on TEXT, basis TEXT, source_url TEXT, quote TEXT, "
            "valid_from TEXT, valid_to TEXT, PRIMARY KEY (claim, valid_from));"
        )
        ours = duckdb.connect(str(warehouse), read_only=True)
        rows = ours.execute(
            f"SELECT claim, {', '.join(FACT[:6])}, usd::DOUBLE::VARCHAR, unit, billed_on, basis, source_url, quote, "
            "valid_from::VARCHAR, valid_to::VARCHAR FROM store.claims WHERE known_to IS NULL ORDER BY valid_from, claim"
        ).fetchall()
        ours.close()
        self.con.executemany(f"INSERT INTO facts VALUES ({', '.join('?' * 15)})", rows)
        if indexed:
            self.con.executescript(
                "CREATE INDEX by_day ON facts (valid_from);"
                "CREATE INDEX by_key ON facts (vendor, sku, plan, region, product, meter, valid_from); ANALYZE;"
            )
        self.con.commit()

    def append(self, full: pl.DataFrame, day: date) -> float:
        start = cpu()
        rows = full.select(
            *FACT[:6], pl.col("usd").cast(pl.Float64).cast(pl.String), *FACT[7:], "basis", "source_url", "quote"
        ).rows()
        con = self.con
        con.execute(f"CREATE TEMP TABLE today ({', '.join((*FACT, 'basis', 'source_url', 'quote'))})")
        con.executemany(f"INSERT INTO today VALUES ({', '.join('?' * 12)})", rows)
        con.execute(
            "CREATE TEMP TABLE moved AS SELECT f.rowid AS was, f.claim, t.* FROM today t JOIN facts f "
            "USING (vendor, sku, plan, region, product, meter) "
            "WHERE f.valid_to IS NULL AND (f.usd <> t.usd OR f.unit <> t.unit OR f.billed_on IS NOT t.billed_on)"
        )
        con.execute("UPDATE facts SET valid_to = ? WHERE rowid IN (SELECT was FROM moved)", [str(day)])
        columns = f"claim, {', '.join((*FACT, 'basis', 'source_url', 'quote'))}"
        con.execute(f"INSERT INTO facts ({columns}, valid_from) SELECT {columns}, ? FROM moved", [str(day)])
        con.executescript("DROP TABLE moved; DROP TABLE today")
        con.commit()
        return cpu() - start

    def ask(self, last: int, middle: int, fact: dict[str, str]) -> dict[str, float]:
        def ask(query: str, *parameters: object) -> object:
            return self.con.execute(query, [str(p) for p in parameters]).fetchall()

        standing = "SELECT * FROM facts WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)"
        diff = (
            "SELECT n.vendor, n.product, n.plan, n.meter, n.sku, n.region, p.usd, n.usd, p.unit, n.unit, p.quote, "
            "n.quote "
            "FROM facts n LEFT JOIN facts p ON p.claim = n.claim AND p.valid_to = n.valid_from "
            "WHERE n.valid_from > ? AND n.valid_from <= ?"
        )
        where = " AND ".join(f"{c} = ?" for c in fact)
        return {
            "as of a day": timed(lambda: ask(standing, day_of(middle))),
            "two-day diff": timed(lambda: ask(diff, day_of(middle), day_of(middle + 1))),
            "30-day diff": timed(lambda: ask(diff, day_of(last - 30), day_of(last))),
            "history of one fact": timed(
                lambda: ask(f"SELECT * FROM facts WHERE {where} ORDER BY valid_from", *fact.values())
            ),
        }

    def size(self) -> int:
        self.con.close()
        return self.path.stat().st_size


class Git:
    """One JSON file per vendor, one fact a line, one commit a day; `days` of `all_days` are really committed."""

    def __init__(self, folder: Path, days: int, all_days: int) -> None:
        self.folder = folder / "git"
        self.folder.mkdir()
        self.days, self.scale = days, all_days / days
        self.commits: list[str] = []
        self.first = 0
        self.git("init", "-q")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com", "-c", "gc.auto=0")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout

    def append(self, full: pl.DataFrame) -> float:
        start = cpu()
        stated = full.drop("day", "capture", "verified_on").with_columns(pl.col("usd").cast(pl.Float64))
        for (vendor,), frame in stated.group_by("vendor", maintain_order=True):
            (self.folder / f"{vendor}.json").write_text(frame.write_ndjson(), encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "day")
        taken = cpu() - start
        if not self.commits:
            self.first = self._stored()
        self.commits.append(self.git("rev-parse", "HEAD").strip())
        return taken

    def _facts(self, commit: str) -> dict[tuple[object, ...], dict[str, object]]:
        out = {}
        for vendor in VENDORS:
            for line in self.git("show", f"{commit}:{vendor}.json").splitlines():
                fact = json.loads(line)
                out[tuple(fact[c] for c in FACT[:6])] = fact
        return out

    def ask(self, fact: dict[str, str]) -> dict[str, float]:
        self.git("gc", "-q")
        last = len(self.commits) - 1
        month = max(0, last - 30)
        sku = f'"sku":"{fact["sku"]}"'

        def history() -> None:
            self.git("log", "-p", "-U0", "--format=%cs", f"-G{sku}", "--", f"{fact['vendor']}.json")

        return {
            "as of a day": timed(lambda: self._facts(self.commits[last // 2]), 1),
            "two-day diff": timed(
                lambda: self.git("diff", "-U0", self.commits[last // 2], self.commits[last // 2 + 1]), 3
            ),
            "30-day diff": timed(lambda: self.git("diff", "-U0", self.commits[month], self.commits[last]), 3),
            "history of one fact": timed(history, 1) * self.scale,
        }

    def size(self) -> int:
        # The first commit holds everything, each later one what it changed.
        return int(self.first + (self._stored() - self.first) * (self.scale * self.days - 1) / (self.days - 1))

    def _stored(self) -> int:
        return sum(p.stat().st_size for p in (self.folder / ".git" / "objects").rglob("*") if p.is_file())


def run(size: int, days: int, git_days: int, folder: Path) -> None:
    """Measure one size and print its table."""
    tail = 3  # the days appended one by one
    world, ours, copies = World(size), Sandsnap(folder), Copies(folder)
    git = Git(folder, min(days, git_days), days)
    appends: dict[str, list[float]] = {"copies": [], "git": []}

    def fed() -> Iterator[tuple[date, World]]:
        for n, (day, now) in enumerate(days_of(world, 0, days - tail)):
            full = now.full(day)
            appends["copies"].append(copies.append(full))
            if n < git.days:
                appends["git"].append(git.append(full))
            yield day, now

    whole = ours.record(fed()) - sum(appends["copies"]) - sum(appends["git"])
    one_by_one = []
    for n in range(days - tail, days):
        world.next_day()
        appends["copies"].append(copies.append(world.full(day_of(n))))
        one_by_one.append(ours.record(iter([(day_of(n), world)])))
    lite, indexed = Sqlite(folder, ours.path, False), Sqlite(folder, ours.path, True)
    world.next_day()
    tomorrow = world.full(day_of(days))
    lite_append, indexed_append = lite.append(tomorrow, day_of(days)), indexed.append(tomorrow, day_of(days))

    some = world.frames[VENDORS[3]].row(world.per_vendor // 2, named=True)
    fact = {"vendor": VENDORS[3]} | {k: some[k] for k in KEYS}
    last, middle = days - 1, days // 2
    results = {
        "sandsnap": ours.ask(last, middle, fact) | {"append a day": statistics.median(one_by_one)},
        "copies": copies.ask(last, middle, fact) | {"append a day": statistics.median(appends["copies"][-30:])},
        "sqlite": lite.ask(last, middle, fact) | {"append a day": lite_append},
        "sqlite+": indexed.ask(last, middle, fact) | {"append a day": indexed_append},
        "git": git.ask(fact) | {"append a day": statistics.median(appends["git"][-10:])},
    }
    sizes = {
        "sandsnap": ours.size(),
        "copies": copies.size(),
        "sqlite": lite.size(),
        "sqlite+": indexed.size(),
        "git": git.size(),
    }

    sampled = "" if git.days == days else f" (git: {git.days} days, scaled)"
    print(f"\n### {size:,} facts x {days} days, {size * days:,} daily observations{sampled}\n")
    print(f"| | sandsnap | {' | '.join(OTHERS)} |\n|---|---|---|---|---|---|")
    cells = [f"{sizes[k] / 1e6:.2f} MB ({sizes[k] / sizes['sandsnap']:.1f}x)" for k in OTHERS]
    print(f"| bytes | {sizes['sandsnap'] / 1e6:.2f} MB | {' | '.join(cells)} |")
    for operation in OPERATIONS:
        base = results["sandsnap"][operation]
        cells = [f"{results[k][operation] * 1e3:.1f} ms ({results[k][operation] / base:.1f}x)" for k in OTHERS]
        print(f"| {operation} | {base * 1e3:.1f} ms | {' | '.join(cells)} |")
    print(
        f"\nsandsnap, all days in one run: {whole / (days - tail) * 1e3:.1f} ms a day (with making the data).",
        flush=True,
    )
    if size in (480, 200_000):
        published(ours.path, folder, day_of(last))


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


def ten_years(folder: Path) -> None:
    """2,000,000 facts over ten years, the product alone: 7.3 billion daily observations."""
    days, size = 3650, 2_000_000
    world, ours = World(size), Sandsnap(folder)
    start = cpu()
    for first in range(0, days, 365):
        ours.record(days_of(world, first, min(first + 365, days)))
        print(f"{first + 365} days: {ours.size() / 1e6:.1f} MB, {cpu() - start:.0f} s", flush=True)
    fact = {"vendor": VENDORS[3]} | {k: world.frames[VENDORS[3]].row(9, named=True)[k] for k in KEYS}
    print("\n| operation | ms |\n|---|---|")
    for operation, seconds in ours.ask(days - 1, days // 2, fact).items():
        print(f"| {operation} | {seconds * 1e3:.1f} |")


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="480,20000,200000")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--git-days", type=int, help="days that git really commits (default: as many as stay in a minute)"
    )
    parser.add_argument("--ten-years", action="store_true", help="2,000,000 facts x 10 years, the product alone: hours")
    given = parser.parse_args()
    sizes = [] if given.ten_years else [int(s) for s in given.sizes.split(",")]
    for size in sizes:
        folder = Path(tempfile.mkdtemp(prefix="sandsnap-bench-"))
        try:
            run(size, given.days, given.git_days or max(12, min(given.days, 1_000_000 // size)), folder)
        finally:
            shutil.rmtree(folder)
    if given.ten_years:
        folder = Path(tempfile.mkdtemp(prefix="sandsnap-bench-"))
        try:
            ten_years(folder)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
