"""Other ways to keep the same facts: copies in DuckDB, intervals in SQLite, files in git, versions in Delta Lake, DuckLake."""

import json
import sqlite3
import subprocess
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.measure import cpu, timed
from benchmarks.world import FACT, day_of
from sandsnap.vendors import VENDORS


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


class Delta:
    """Delta Lake: one partition a day, appended; only where the package `deltalake` is installed."""

    def __init__(self, folder: Path) -> None:
        import deltalake

        self.lake, self.path = deltalake, folder / "delta"

    def append(self, full: pl.DataFrame) -> float:
        start = cpu()
        self.lake.write_deltalake(str(self.path), full.to_arrow(), mode="append", partition_by=["day"])
        return cpu() - start

    def ask(self, last: int, middle: int, fact: dict[str, str]) -> dict[str, float]:
        key = ["vendor", "product", "plan", "meter", "sku", "region"]

        def on(n: int) -> pl.LazyFrame:
            return pl.scan_delta(str(self.path)).filter(pl.col("day") == day_of(n)).drop("day")

        def diff(a: int, b: int) -> object:
            both = on(a).join(on(b), on=key, how="full", suffix="_now", coalesce=True)
            moved = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_now")) for c in ("usd", "unit", "billed_on"))
            return both.filter(moved).collect()

        def history() -> object:
            found = pl.scan_delta(str(self.path)).filter(*(pl.col(c) == v for c, v in fact.items())).sort("day")
            return found.filter(pl.col("usd").ne_missing(pl.col("usd").shift())).collect()

        return {
            "as of a day": timed(lambda: on(middle).collect(), 3),
            "two-day diff": timed(lambda: diff(middle, middle + 1), 3),
            "30-day diff": timed(lambda: diff(last - 30, last), 3),
            "history of one fact": timed(history, 1),
        }

    def size(self) -> int:
        return sum(p.stat().st_size for p in self.path.rglob("*") if p.is_file())


class Ducklake(Copies):
    """DuckLake: the copies as a lake's table; only where DuckDB's extension of that name is installed."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lake"
        self.con = duckdb.connect()
        self.con.execute("LOAD ducklake")
        self.con.execute(f"ATTACH 'ducklake:{folder}/lake.ducklake' AS lake (DATA_PATH '{self.path}')")
        self.con.execute("USE lake")
        self.new = True

    def size(self) -> int:
        self.con.close()
        return sum(p.stat().st_size for p in self.path.parent.glob("lake*/**/*") if p.is_file())
