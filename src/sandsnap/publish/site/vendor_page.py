"""One page per vendor: every fact with its sentence, prices per hour, their history, notices, changes, sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandsnap.publish.site import announced, cells, editorial_pages, measured
from sandsnap.publish.site.cells import Item, Rival
from sandsnap.publish.site.chart import Chart, Series, chart, points
from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.marks import Mark, mark
from sandsnap.publish.site.sentences import BILLED, hourly
from sandsnap.publish.site.spans import Fact, Record
from sandsnap.record import queries, site_queries
from sandsnap.tell import words
from sandsnap.tell.measures import HOURS_PER_MONTH
from schemas import TABLES
from schemas.vocabulary import METERS, OFFERS, PRODUCTS, VENDORS


@dataclass(frozen=True, slots=True)
class Row:
    """One fact as a row: prices have `per_hour` and `per_month` where they are by time."""

    subject: str
    value: str
    item: Item
    fact: Fact
    mark: Mark | None
    per_hour: str | None = None
    note: str = ""
    rivals: tuple[Rival, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """The facts of one table and product."""

    table: str
    title: str
    product: str
    rows: tuple[Row, ...]


def pages(context: Context) -> Iterator[File]:
    """vendors.html and vendors/<vendor>.html."""
    facts = context.today
    dates = announced.load(context.con)
    sources = site_queries.sources(context.con).records()
    issues = queries.open_issues(context.con).records()
    charts = price_charts(context.record)
    editorial = editorial_pages.fragments(context)
    yield context.page("vendors.html", "vendors.html.j2", "vendors", rows=[
        {
            "vendor": vendor,
            "facts": sum(f.span.vendor == vendor for f in facts),
            "changes": sum(t.event.vendor == vendor and not t.quiet for t in context.changes),
            "pages": sum(s["vendor"] == vendor for s in sources),
            "last_good_on": max((s["last_good_on"] for s in sources if s["vendor"] == vendor and s["last_good_on"]), default=None),
            "issues": sum(i["vendor"] == vendor for i in issues),
        }
        for vendor in VENDORS
    ])  # fmt: skip
    for vendor in VENDORS:
        own = [f for f in facts if f.span.vendor == vendor]
        yield context.page(
            f"vendors/{vendor}.html", "vendor.html.j2", "vendors", vendor=vendor, vendors=VENDORS,
            editorial=editorial.get(vendor),
            blocks=list(blocks(own, context.record)), charts=charts.get(vendor, []),
            measured=context.measured.get(vendor, ()), series=measured.series(context.con, vendor),
            announced=[(a, words.days_between(context.as_of, a.day), a.day >= context.as_of) for a in dates if a.vendor == vendor],
            changes=[t for t in context.changes if t.event.vendor == vendor and not t.quiet][:20],
            sources=[s for s in sources if s["vendor"] == vendor],
            issues=[i for i in issues if i["vendor"] == vendor],
        )  # fmt: skip


def blocks(facts: Sequence[Fact], record: Record) -> Iterator[Block]:
    """A vendor's facts, table by table and product by product."""
    for table in TABLES:
        for vendor in {f.span.vendor for f in facts}:
            for product in PRODUCTS[vendor]:
                own = [f for f in facts if f.span.table == table and f.span.product == product]
                if own:
                    rows = tuple(row(f, record) for f in sorted(own, key=_order))
                    yield Block(table, words.TABLE[table], words.product(vendor, product), rows)


def _order(fact: Fact) -> tuple[object, ...]:
    key = fact.span.values
    if fact.span.table == "prices":
        return METERS.index(key["meter"]), key["plan"], key["sku"], key["region"], OFFERS.index(key["offer"])
    if fact.span.table == "limits":
        return tuple(words.LIMIT).index(key["limit"]), key.get("amount") is None, key.get("amount"), key["plan"]
    return tuple(str(key[n]) for n in TABLES[fact.span.table].key[2:])


def row(fact: Fact, record: Record) -> Row:
    """A fact as a row."""
    span = fact.span
    subject = words.subject(span.table, {n: str(span.values[n]) for n in TABLES[span.table].key[2:]})
    item, fresh, against = cells.item(span), mark([fact], record.as_of), cells.rivals(record, span)
    if span.table != "prices":
        return Row(subject, cells.in_words(span.vendor, span.table, span.values), item, fact, fresh, rivals=against)
    return Row(
        subject, as_stated(span.values), item, fact, fresh, per_hour(span.values),
        BILLED[str(span.values.get("billed_on") or "")].strip(), against,
    )  # fmt: skip


def as_stated(values: Mapping[str, object]) -> str:
    """A price in the page's own unit: $0.000014 per vCPU-second."""
    unit = str(values["unit"])
    return f"{words.usd(Decimal(str(values['usd'])))} {'a month' if unit == 'month' else 'per ' + words.per(unit)}"


def per_hour(values: Mapping[str, object]) -> str | None:
    """The same as the price of an hour, a core as two vCPU; None for what is not by time, and for fees of a month."""
    usd, unit = hourly(values)
    thing, _, time = unit.rpartition("_")
    if time == "month" and thing:
        usd, unit = usd / HOURS_PER_MONTH, f"{thing}_hour"
    if not thing or not unit.endswith("_hour"):
        return None
    if thing == "core":
        usd, unit = usd / 2, "vcpu_hour"
    return f"{words.usd(usd)} per {words.per(unit)}"


def price_charts(record: Record) -> dict[str, list[Chart]]:
    """Per vendor, the histories of its prices by time: one chart per unit that any of them moved in."""
    steps: dict[tuple[str, str, str], dict[str, dict[date, Decimal | None]]] = {}
    for day in record.days:
        seen = set()
        for span in record.standing(day):
            if span.table != "prices":
                continue
            usd, unit = hourly(span.values)
            if "_" not in unit:
                continue
            group = (span.vendor, span.product, unit)
            seen.add((group, span.key))
            steps.setdefault(group, {}).setdefault(span.key, {})[day] = usd
        for group, own in steps.items():
            for key, figures in own.items():
                if (group, key) not in seen:
                    figures[day] = None
    out: dict[str, list[Chart]] = {}
    for (vendor, product, unit), own in sorted(steps.items()):
        series = [Series(_name(key), points(figures)) for key, figures in own.items()]
        if not any(len({p for _, p in s.points if p is not None}) > 1 for s in series):
            continue
        name = words.product(vendor, product)
        title = f"{name + ': ' if name else ''}dollars per {words.per(unit)}"
        out.setdefault(vendor, []).append(chart(title, words.per(unit), series, record.as_of))
    return out


def _name(key: str) -> str:
    names = TABLES["prices"].key[2:]
    return words.subject("prices", dict(zip(names, key.split(" / "), strict=True)))
