"""Years of history written straight into the tables, as the recorder would have written them day by day: for sizes at which
recording each of thousands of days would take a night. What is measured afterwards goes through the recorder that ships."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.world import KEYS, ON_ONE_PAGE, PAGE, START, T0, url
from sandsnap.model import Fact, Reading
from sandsnap.record import blank, words
from sandsnap.record.claim_keys import kin
from sandsnap.record.layout import key_columns
from sandsnap.record.resolve import fact_id
from sandsnap.vendors import VENDORS
from schemas import TABLES

GONE = "e"  # first digit of the sha256 of the pages of the day that is appended


def _base(size: int) -> Iterator[tuple[object, ...]]:
    plans, regions = ("any", "pro", "team", "enterprise"), ("-", "us-east", "eu-west", "ap-south")
    assert key_columns(TABLES["prices"]) == KEYS
    per_vendor = size // len(VENDORS)
    pages = -(-per_vendor // PAGE)
    for v, vendor in enumerate(VENDORS):
        for i in range(per_vendor):
            sku = f"{vendor}-size-{i // 16}"
            key = ("sandbox", plans[i % 4], "addon", sku, regions[i // 4 % 4], "list")
            yield (v * per_vendor + i, v * pages + i // PAGE, i % PAGE, vendor, url(vendor, i // PAGE), *key,
                   fact_id(vendor, "prices", key), kin(vendor, "prices", key))  # fmt: skip


def grow(path: Path, size: int, days: int) -> None:
    """A warehouse of `size` prices over `days` days at `path`; a tenth of a percent changes a day, ten of a page."""
    blank.copy_to(path)
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET memory_limit = '6GB'")
    con.execute(f"SET temp_directory = '{path}.tmp'")
    blank.attach(con, path, "warehouse")
    blank.complete(con)
    columns = ("i", "page", "place", "vendor", "url", *KEYS, "fact", "kin")
    numbers = ("i", "page", "place", "fact", "kin")
    con.register("given", pl.DataFrame(
        list(_base(size)), schema={c: pl.Int64 if c in numbers else pl.String for c in columns}, orient="row"
    ))  # fmt: skip
    step = f"to_days(day::INTEGER) + TIMESTAMP '{T0:%Y-%m-%d}'"
    con.execute(f"""
        SELECT setseed(0.5);
        CREATE TEMP TABLE base AS SELECT *, (hash('claim', i) >> 1)::BIGINT AS claim FROM given;
        CREATE TEMP TABLE pages AS
            SELECT page, vendor, url, count(*) AS facts FROM base GROUP BY ALL ORDER BY page;
        CREATE TEMP TABLE looked AS  -- which pages are other bytes, from which day on
            SELECT page, 0 AS day FROM pages
            UNION SELECT (random() * (SELECT count(*) FROM pages) - 0.5)::BIGINT AS page, day
                  FROM range(1, {days}) d(day), range({max(1, size // 1000 // ON_ONE_PAGE)}) k(k);
        CREATE TEMP TABLE spans AS  -- the intervals of each price
            WITH moved AS (
                SELECT i, 0 AS day FROM base
                UNION SELECT b.i, l.day FROM looked l JOIN pages p USING (page), range({ON_ONE_PAGE}) n(n)
                      JOIN base b ON b.page = l.page AND b.place = (l.day * 13 + n.n * 7) % p.facts WHERE l.day > 0
            ), priced AS (SELECT i, day, ((1 + floor(random() * 9999998)) / 1e6)::DECIMAL(18, 9) AS usd FROM moved)
            SELECT i, day, usd, lead(day) OVER w AS until, lag(usd) OVER w AS was, lag(day) OVER w AS since
            FROM priced WINDOW w AS (PARTITION BY i ORDER BY day);
        CREATE TEMP MACRO reader(page) AS (hash('reader', page) >> 1)::BIGINT;
        CREATE TEMP MACRO capture(page, day) AS (hash('capture', page, day) >> 1)::BIGINT;
        CREATE TEMP MACRO said(sku, usd) AS sku || ' costs $' || rtrim(rtrim(usd::VARCHAR, '0'), '.') || ' per hour';
        CREATE TEMP MACRO dated(day) AS DATE '{START}' + day::INTEGER;
        CREATE TEMP MACRO known(day) AS TIMESTAMP '{T0:%Y-%m-%d}' + to_days(day::INTEGER);
        CREATE TEMP TABLE rows AS
            SELECT s.*, b.* EXCLUDE (i), reader(b.page) AS reader, said(b.sku, s.usd) AS quote, said(b.sku, s.was) AS quoted
            FROM spans s JOIN base b USING (i) ORDER BY s.day, s.i;
        INSERT INTO store.versions VALUES (7, 'v1');
        INSERT INTO store.readers SELECT reader(page), vendor, url, url || '#prices', 0 FROM pages;
        INSERT INTO store.captures
            SELECT capture(page, l.day), unhex(md5(page || ' ' || l.day) || md5(l.day || ' ' || page)), url, dated(l.day)
            FROM looked l JOIN pages USING (page) ORDER BY l.day, page;
        INSERT INTO store.days SELECT vendor, dated(day), known(day), NULL
            FROM range({days}) d(day) CROSS JOIN (SELECT DISTINCT vendor FROM pages) ORDER BY day, vendor;
        INSERT INTO store.readings
            SELECT reader(page), dated(day), dated(lead(day) OVER (PARTITION BY page ORDER BY day) - 1), 'good', false, false, 7,
                   capture(page, day), known(day), NULL
            FROM looked ORDER BY day, page;
        INSERT INTO store.claim_keys SELECT claim, reader(page), fact, kin FROM base ORDER BY i;
        INSERT INTO store.claims BY NAME
            SELECT 'prices' AS "table", vendor, {", ".join(KEYS)}, usd, 'month' AS unit, 'read' AS basis, url AS source_url, quote,
                   claim, reader, CASE WHEN day = 0 THEN 'coverage' ELSE 'vendor' END AS cause, dated(day) AS valid_from,
                   dated(until) AS valid_to, known(day) AS known_from, known(until) AS ended_at, fact, true AS alone
            FROM rows ORDER BY day, i;
        INSERT INTO store.steps BY NAME
            SELECT fact, dated(day) AS day, f.field, CASE WHEN day > 0 THEN dated(day - 1) END AS not_before,
                   CASE WHEN day = 0 THEN 'coverage' ELSE 'changed' END AS kind, vendor, product, 'prices' AS "table",
                   concat_ws(' / ', {", ".join(KEYS[1:])}) AS key,
                   CASE WHEN day > 0 THEN rtrim(rtrim(was::VARCHAR, '0'), '.') END AS "before",
                   CASE f.field WHEN 'usd' THEN rtrim(rtrim(usd::VARCHAR, '0'), '.') ELSE 'month' END AS "after", 'read' AS basis,
                   url AS source_url, CASE WHEN day > 0 THEN quoted END AS quote_before, quote AS quote_after,
                   CASE WHEN day > 0 THEN capture(page, since) END AS capture_before, capture(page, day) AS capture_after, reader,
                   known(day) AS known_from
            FROM rows, (VALUES ('usd'), ('unit')) f(field) WHERE f.field = 'usd' OR day = 0 ORDER BY day, i;
        INSERT INTO store.events BY NAME
            SELECT dated(day) AS day, dated(day) AS decided_on, 'changed' AS kind, reader, claim, 'prices' AS "table", product,
                   concat_ws(' / ', {", ".join(KEYS[1:])}) AS key, 'usd' AS field, rtrim(rtrim(was::VARCHAR, '0'), '.') AS "before",
                   rtrim(rtrim(usd::VARCHAR, '0'), '.') AS "after", quoted AS quote_before, quote AS quote_after,
                   capture(page, since) AS capture_before, capture(page, day) AS capture_after, known(day) AS known_from
            FROM rows WHERE day > 0 ORDER BY day, i;
        INSERT INTO store.runs BY NAME
            SELECT 'run-' || day AS run, 'snapshot' AS kind, {step} AS started_at, {step} AS finished_at, {step} AS known_at
            FROM range({days}) d(day);
    """)
    words.settle(con)
    con.execute("CHECKPOINT warehouse")
    con.execute("USE memory")
    con.execute("DETACH warehouse")
    con.close()


def next_day(path: Path, days: int, changed: int) -> list[Reading]:
    """The readings of the day after the last: `changed` prices, ten of a page, are others. Those of pages whose bytes are the
    same come without their facts, which are not looked at."""
    con = duckdb.connect(str(path), read_only=True)
    pages = con.execute(
        "SELECT r.vendor, r.source_url, r.name, r.reader, lower(hex(c.sha256)) FROM store.readers r "
        "JOIN store.readings l ON l.reader = r.reader AND l.until IS NULL JOIN store.captures c ON c.capture = l.capture ORDER BY r.name"
    ).fetchall()
    every = max(1, len(pages) * ON_ONE_PAGE // max(changed, ON_ONE_PAGE))
    moved = {p[3]: n for n, p in enumerate(pages) if n % every == 0}
    con.register("moved_pages", pl.DataFrame({"reader": list(moved)}, schema={"reader": pl.Int64}))
    found: dict[int, list[Fact]] = {}
    for reader, source_url, usd, quote, vendor, *key in con.execute(
        f"SELECT c.reader, c.source_url, c.usd, c.quote, c.vendor, {', '.join(f'c.{k}' for k in KEYS)} FROM store.claims c "
        "SEMI JOIN moved_pages m ON m.reader = c.reader WHERE c.valid_to IS NULL AND c.known_to IS NULL ORDER BY c.claim"
    ).fetchall():
        facts = found.setdefault(reader, [])
        if len(facts) < ON_ONE_PAGE:
            usd += Decimal(1)
            quote = f"{key[3]} costs ${usd.normalize():f} per hour"
        values = {"usd": usd, "unit": "month", "billed_on": None}
        facts.append(
            Fact("prices", vendor, dict(zip(KEYS, key, strict=True)), values, "read", source_url, quote, None, None)
        )
    con.close()
    at = datetime.combine(START + timedelta(days=days), datetime.min.time(), UTC)
    return [
        Reading(
            vendor, source_url, name, "v1", "good", tuple(found.get(reader, ())), captured_at=at,
            capture=f"{GONE}{days:031x}{moved[reader]:032x}" if reader in moved else sha,
        )
        for vendor, source_url, name, reader, sha in pages
    ]  # fmt: skip
