"""Prices of eight vendors over the years, made up: the same for every contender of benchmarks/warehouse.py."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from sandsnap.model import Fact, Reading
from sandsnap.vendors import VENDORS
from schemas import TABLES

START = date(2025, 1, 1)
T0 = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ("product", "plan", "meter", "sku", "region", "offer")
FACT = ("vendor", "product", "plan", "meter", "sku", "region", "usd", "unit", "billed_on")
PAGE, ON_ONE_PAGE = 100, 10  # facts of a page; how many of them change when it does
MONEY = TABLES["prices"].by_name["usd"].polars
WHOLE: dict[str, Any] = {
    c: TABLES["prices"].by_name[c].polars for c in ("vendor", *KEYS, "usd", "unit", "billed_on")
} | dict.fromkeys(("basis", "source_url", "quote", "capture"), pl.String)


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


def one_fact(world: World) -> dict[str, str]:
    """The key of some fact."""
    plan, sku, region, *_ = world.rows[VENDORS[3]][world.per_vendor // 2]
    return {"vendor": VENDORS[3]} | dict(zip(KEYS, ("sandbox", plan, "addon", sku, region, "list"), strict=True))
