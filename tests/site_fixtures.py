"""What the site's tests share: a small warehouse with hostile text, and the demo's site."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandsnap.model import Fact, Issue, Reading
from sandsnap.publish.site.build import Built, build
from sandsnap.record import queries
from sandsnap.record.recorder import Run, record_days
from sandsnap.tell.events import events
from sandsnap.tell.model import Change, Event

START = date(2026, 3, 1)
PRICES, GPUS = "https://fly.io/docs/about/pricing/", "https://fly.io/docs/gpus/"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def d(n: int) -> date:
    return START + timedelta(days=n)


def price(usd: str, quote: str, meter: str = "vcpu", unit: str = "vcpu_second") -> Fact:
    key = {"product": "machines", "plan": "any", "meter": meter, "sku": "-", "region": "-", "offer": "list"}
    values = {"usd": Decimal(usd), "unit": unit, "billed_on": None}
    return Fact("prices", "fly", key, values, "read", PRICES, quote, None, None)


def gpu(model: str, status: str, ends_on: date | None = None) -> Fact:
    values = {"status": status, "ends_on": ends_on}
    return Fact(
        "gpus", "fly", {"product": "machines", "model": model}, values, "read", GPUS, f"{model} {status}", None, None
    )


def notice(effective_on: date) -> Fact:
    key = {"product": "machines", "subject": "gpu", "kind": "end_of_life"}
    values = {"announced_on": None, "effective_on": effective_on, "status": "announced"}
    return Fact(
        "notices", "fly", key, values, "read", GPUS, "GPUs end; see\nthe page, with commas; and semicolons", None, None
    )


def good(n: int, *facts: Fact, url: str = PRICES, **changed: Any) -> Reading:
    at = datetime.combine(d(n), datetime.min.time(), UTC)
    fields: dict[str, Any] = {
        "vendor": "fly", "source_url": url, "reader": url + "#cpu", "version": "v1", "outcome": "good", "facts": facts,
        "captured_at": at, "capture": f"{n + 1:064x}",
    }  # fmt: skip
    return Reading(**(fields | changed))


def tell(rows: Sequence[Mapping[str, Any]], _: object) -> list[Event]:
    """A vendor's steps as events, as the pipeline has them told."""
    return events(Change.of(r) for r in rows)


def record(path: Path) -> None:
    """Day 1 changes a price (its quote is EVIL); day 9 has it still; the volume price is missing there; the page on GPUs
    announces their end on day 5 and is not read afterwards."""
    issue = Issue("lost_quote", "fly", PRICES, f"the phrase is gone; {EVIL}", PRICES + "#cpu", nearest=EVIL)
    volume = price("0.15", "$0.15/GB", "volume", "gb_month")
    days = [
        (d(0), [good(0, price("0.000010", "$0.000010/s"), volume), good(0, gpu("a10", "available"), url=GPUS)]),
        (d(1), [good(1, price("0.000014", EVIL), volume), good(1, gpu("a10", "available"), url=GPUS)]),
        (d(5), [
            good(5, price("0.000014", EVIL), volume),
            good(5, gpu("a10", "ending", d(40)), notice(d(40)), url=GPUS),
        ]),
        (d(13), [good(13, price("0.000014", EVIL), issues=(issue,))]),
    ]  # fmt: skip
    at = datetime(2026, 11, 1, tzinfo=UTC)
    record_days(path, days, run=Run("r1", "snapshot", at, at), tell=tell)


def built(warehouse: Path, folder: Path, **options: Any) -> Built:
    with queries.connect_readonly(warehouse) as con:
        return build(con, folder, **options)
