"""The warehouse against full daily copies, SQLite and git: one command, one run, one Markdown table per size.

    python benchmarks/warehouse.py [--sizes 480,20000,200000] [--days 365] [--git-days N]

Every contender holds the same facts: prices of eight vendors, a tenth of a percent changing a day (value and quote).
- sandsnap: the product's own recorder and queries, unchanged: every page's reading of every day, as `snapshot` hands them
  over; a day's append includes loading, copying the file, checking it and renaming it into place. What comes before and after
  the record, the gate's look at the changed pages and the telling of events, is not in it.
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
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sandsnap.model import Fact, Reading
from sandsnap.record import queries
from sandsnap.record.recorder import Run, record_days
from sandsnap.vendors import VENDORS
from schemas import TABLES

START = date(2025, 1, 1)
T0 = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ("product", "plan", "meter", "sku", "region", "offer")
PAGE, ON_ONE_PAGE = 100, 10  # facts of a page; how many of them change when it does
MONEY = TABLES["prices"].by_name["usd"].polars
WHOLE: dict[str, Any] = {
    c: TABLES["prices"].by_name[c].polars for c in ("vendor", *KEYS, "usd", "unit", "billed_on")
} | dict.fromkeys(("basis", "source_url", "quote", "capture"), pl.String)
FACT = ("vendor", "product", "plan", "meter", "sku", "region", "usd", "unit", "billed_on")
OTHERS = ("copies", "sqlite", "sqlite+", "git")
OPERATIONS = ("append a day", "as of a day", "two-day diff", "30-day diff", "history of one fact")


class World:
    """Prices of eight vendors on pages of a hundred; each day a tenth of a percent of all get a new value, ten of a page."""

    def __init__(self, size: int) -> None:
        self.random = random.Random(1)
        self.per_vendor = size // len(VENDORS)
        self.changes_a_day = size / 1000
        self.owed = 0.0
        self.rows = {v: self._first(v) for v in VENDORS}
        self.pages = {v: [0] * -(-self.per_vendor // PAGE) for v in VENDORS}  # the day of each page's bytes
        self.made: dict[tuple[str, int], tuple[int, tuple[Fact, ...]]] = {}
        self.framed: dict[tuple[str, int], tuple[int, pl.DataFrame]] = {}

    def _first(self, vendor: str) -> list[list[Any]]:
        plans, regions = ("any", "pro", "team", "enterprise"), ("-", "us-east", "eu-west", "ap-south")
        rows = []
        for i in range(self.per_vendor):
            usd = Decimal(self.random.randint(1, 9_999_999)) / 1_000_000
            sku = f"{vendor}-size-{i // 16}"
            rows.append([plans[i % 4], sku, regions[i // 4 % 4], usd, f"{sku} costs ${usd} per hour"])
        return rows

    def next_day(self, day: date) -> None:
        """Change some facts."""
        self.owed += self.changes_a_day
        while self.owed >= 1:
            vendor = self.random.choice(VENDORS)
            page = self.random.randrange(len(self.pages[vendor]))
            own = range(page * PAGE, min((page + 1) * PAGE, self.per_vendor))
            for i in self.random.sample(own, min(ON_ONE_PAGE, len(own), int(self.owed))):
                row = self.rows[vendor][i]
                row[3] = Decimal(self.random.randint(1, 9_999_999)) / 1_000_000
                row[4] = f"{row[1]} costs ${row[3]} per hour"
                self.owed -= 1
            self.pages[vendor][page] = (day - START).days

    def full(self, day: date) -> pl.DataFrame:
        """All facts of the day with their citation: what a daily copy holds."""
        frames = [self._frame(v, page, n) for v, pages in self.pages.items() for page, n in enumerate(pages)]
        return pl.concat(frames).select(pl.lit(day).alias("day"), *WHOLE, pl.lit(day).alias("verified_on"))

    def _frame(self, vendor: str, page: int, n: int) -> pl.DataFrame:
        held = self.framed.get((vendor, page))
        if held is None or held[0] != n:
            rows = [
                (vendor, "sandbox", r[0], "addon", r[1], r[2], "list", r[3], "month", None, "read", url(vendor, page), r[4],
                 sha(vendor, page, n))
                for r in self.rows[vendor][page * PAGE : (page + 1) * PAGE]
            ]  # fmt: skip
            held = self.framed[vendor, page] = n, pl.DataFrame(rows, schema=WHOLE, orient="row")
        return held[1]

    def readings(self, day: date) -> list[Reading]:
        """The day as the pages' readings, as the readers give them."""
        at = datetime.combine(day, datetime.min.time(), UTC)
        return [
            Reading(
                v, url(v, page), f"{url(v, page)}#prices", "v1", "good", self._facts(v, page), captured_at=at,
                capture=sha(v, page, n),
            )
            for v, pages in self.pages.items()
            for page, n in enumerate(pages)
        ]  # fmt: skip

    def _facts(self, vendor: str, page: int) -> tuple[Fact, ...]:
        held = self.made.get((vendor, page))
        if held is None or held[0] != self.pages[vendor][page]:
            facts = tuple(
                Fact("prices", vendor, dict(zip(KEYS, ("sandbox", r[0], "addon", r[1], r[2], "list"), strict=True)),
                     {"usd": r[3], "unit": "month", "billed_on": None}, "read", url(vendor, page), r[4], None, None)
                for r in self.rows[vendor][page * PAGE : (page + 1) * PAGE]
            )  # fmt: skip
            held = self.made[vendor, page] = self.pages[vendor][page], facts
        return held[1]


def url(vendor: str, page: int) -> str:
    return f"https://{vendor}.example.com/pricing/{page}"


def sha(vendor: str, page: int, n: int) -> str:
    return f"{VENDORS.index(vendor):x}{page:031x}{n:032x}"


def day_of(n: int) -> date:
    return START + timedelta(days=n)


def days_of(world: World, first: int, last: int) -> Iterator[tuple[date, World]]:
    for n in range(first, last):
        if n:
            world.next_day(day_of(n))
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

    def record(self, day: date, readings: Sequence[Reading]) -> float:
        self.runs += 1
        at = T0 + timedelta(hours=self.runs)
        start = cpu()
        record_days(self.path, [(day, readings)], run=Run(f"run-{self.runs}", "snapshot", at, at))
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
        fact = {c: v for c, v in fact.items() if c in FACT}
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
    world, ours, copies = World(size), Sandsnap(folder), Copies(folder)
    git = Git(folder, min(days, git_days), days)
    appends: dict[str, list[float]] = {"sandsnap": [], "copies": [], "git": []}
    for n, (day, now) in enumerate(days_of(world, 0, days)):
        full = now.full(day)
        appends["copies"].append(copies.append(full))
        if n < git.days:
            appends["git"].append(git.append(full))
        appends["sandsnap"].append(ours.record(day, now.readings(day)))
    lite, indexed = Sqlite(folder, ours.path, False), Sqlite(folder, ours.path, True)
    world.next_day(day_of(days))
    tomorrow = world.full(day_of(days))
    lite_append, indexed_append = lite.append(tomorrow, day_of(days)), indexed.append(tomorrow, day_of(days))

    fact = one_fact(world)
    last, middle = days - 1, days // 2
    results = {
        "sandsnap": ours.ask(last, middle, fact) | {"append a day": statistics.median(appends["sandsnap"][-10:])},
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
    early, late = (statistics.median(appends["sandsnap"][part]) * 1e3 for part in (slice(5, 15), slice(-10, None)))
    print(
        f"\nappends of days 5 to 15: {early:.0f} ms, of the last ten: {late:.0f} ms ({late / early:.2f}x).", flush=True
    )
    print(f"`FROM prices` with 80 open holds: {holds(ours.path, folder):.2f}x the time without.", flush=True)
    append_alone(size, days, ours.path, folder)
    if size in (480, 200_000):
        published(ours.path, folder, day_of(last))


def one_fact(world: World) -> dict[str, str]:
    """The key of some fact."""
    plan, sku, region, *_ = world.rows[VENDORS[3]][world.per_vendor // 2]
    return {"vendor": VENDORS[3]} | dict(zip(KEYS, ("sandbox", plan, "addon", sku, region, "list"), strict=True))


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
import resource, sys
from pathlib import Path
from benchmarks.warehouse import Sandsnap, World, day_of
size, days = int(sys.argv[1]), int(sys.argv[2])
world = World(size)
for n in range(1, days + 1):
    world.next_day(day_of(n))
readings = world.readings(day_of(days))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
ours = Sandsnap(Path(sys.argv[3]))
ours.runs = 10 ** 5
taken = ours.record(day_of(days), readings)
print(taken, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def append_alone(size: int, days: int, warehouse: Path, folder: Path) -> None:
    """One more day in a process of its own: what it takes, and its memory beside the day's facts."""
    alone = folder / "alone"
    alone.mkdir()
    shutil.copyfile(warehouse, alone / warehouse.name)
    done = subprocess.run(
        [sys.executable, "-c", APPEND, str(size), str(days), str(alone)],
        check=True, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    taken, before, peak = (float(x) for x in done.stdout.split())
    print(
        f"One more day in a process of its own: {taken * 1e3:.0f} ms, {peak / 1e3:.0f} MB at most, of which {before / 1e3:.0f} MB "
        "for Python and the day's facts.",
        flush=True,
    )
    shutil.rmtree(alone)


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
    parser.add_argument("--sizes", default="480,20000,200000")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--git-days", type=int, help="days that git really commits (default: as many as stay in a minute)"
    )
    given = parser.parse_args()
    sizes = [int(s) for s in given.sizes.split(",")]
    for size in sizes:
        folder = Path(tempfile.mkdtemp(prefix="sandsnap-bench-"))
        try:
            run(size, given.days, given.git_days or max(12, min(given.days, 1_000_000 // size)), folder)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
