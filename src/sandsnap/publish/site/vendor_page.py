"""One page per vendor: every fact with its sentence, prices per hour, their history, notices, changes, sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sandsnap.publish import waits
from sandsnap.publish.site import announced, cells, editorial_pages, measured
from sandsnap.publish.site.api.documents import fact_id
from sandsnap.publish.site.cells import Beside, Item, Rival
from sandsnap.publish.site.chart import Chart, Series, Step, chart
from sandsnap.publish.site.context import Context, File
from sandsnap.publish.site.marks import Mark, mark
from sandsnap.publish.site.sentences import BILLED, hourly
from sandsnap.publish.site.spans import Fact, Record
from sandsnap.record import queries, site_queries
from sandsnap.tell import words
from sandsnap.tell.measures import HOURS_PER_MONTH
from sandsnap.vendors import PRODUCTS
from schemas import TABLES
from schemas.vocabulary import METERS, OFFERS

# Rows of a table that has a page of its own, and how many of them, and of events, the vendor's page keeps.
LONG, FIRST, NEWEST = 30, 10, 10
RECENT = 31  # days that an announced day stays at the head of the page after it has come


@dataclass(frozen=True, slots=True)
class Row:
    """One fact as a row: prices have `per_hour` where they are by time. `id` is its address, here and in the API."""

    id: str
    subject: str
    value: str
    item: Item
    fact: Fact
    mark: Mark | None
    per_hour: str | None = None
    note: str = ""
    rivals: tuple[Rival, ...] = ()
    beside: tuple[Beside, ...] = ()
    origin: tuple[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """The facts of one table and product."""

    table: str
    title: str
    product: str
    rows: tuple[Row, ...]
    alone: bool = True  # whether the table has facts of one product only


def pages(context: Context) -> Iterator[File]:
    """vendors.html, vendors/<vendor>.html, and vendors/<vendor>/<table>.html for a table that is too long for it."""
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
        for vendor in context.vendors
    ])  # fmt: skip
    for vendor in context.vendors:
        own = list(blocks([f for f in facts if f.span.vendor == vendor], context.record))
        rows = {t: sum(len(b.rows) for b in own if b.table == t) for t in TABLES}
        long = {t for t, n in rows.items() if n > LONG}
        yield context.page(
            f"vendors/{vendor}.html", "vendor.html.j2", "vendors", vendor=vendor, vendors=context.vendors,
            editorial=editorial.get(vendor), rows=rows, long=long, charts=[] if "prices" in long else charts.get(vendor, []),
            measured=context.measured.get(vendor, ()), series=measured.series(context.con, vendor),
            blocks=[replace(b, rows=b.rows[:FIRST]) if b.table in long else b for b in own],
            announced=announced.dated((a for a in dates if a.vendor == vendor and (context.as_of - a.day).days <= RECENT), context.as_of),
            changes=[t for t in context.changes if t.event.vendor == vendor and not t.quiet], newest=NEWEST,
            sources=[s for s in sources if s["vendor"] == vendor],
            issues=waits.by_cause(i for i in issues if i["vendor"] == vendor),
        )  # fmt: skip
        for table in sorted(long):
            yield context.page(
                f"vendors/{vendor}/{table}.html", "vendor_table.html.j2", "vendors", vendor=vendor, title=words.TABLE[table],
                blocks=[b for b in own if b.table == table], charts=charts.get(vendor, []) if table == "prices" else [],
            )  # fmt: skip


def blocks(facts: Sequence[Fact], record: Record) -> Iterator[Block]:
    """A vendor's facts, table by table and product by product."""
    for table in TABLES:
        for vendor in {f.span.vendor for f in facts}:
            for product in PRODUCTS[vendor]:
                own = [f for f in facts if f.span.table == table and f.span.product == product]
                if own:
                    rows = tuple(row(f, record) for f in sorted(own, key=_order))
                    alone = all(f.span.product == product for f in facts if f.span.table == table)
                    yield Block(table, words.TABLE[table], words.full_product(vendor, product), rows, alone)


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
    value, hour, note = cells.in_words(span.vendor, span.table, span.values), None, ""
    if span.table == "prices":
        value, hour = as_stated(span.values), per_hour(span.values)
        note = BILLED[str(span.values.get("billed_on") or "")].strip()
    return Row(
        fact_id(span), subject, value, item, fact, fresh, hour, note, against, cells.beside(record, span),
        cells.origin(record, fact.capture),
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
    """Per vendor, the histories of its list prices by time: one chart per unit that any of them moved in."""
    groups: dict[tuple[str, str, str], dict[str, list[Step]]] = {}
    for span in sorted(record.spans, key=lambda s: s.start):
        if span.table != "prices" or span.values["offer"] != "list" or span.start > record.as_of:
            continue
        usd, unit = hourly(span.values)
        if "_" in unit:
            own = groups.setdefault((span.vendor, span.product, unit), {}).setdefault(span.key, [])
            _add(own, Step(span.start, span.ended_on or span.end, usd, record.seen(span), span.not_before))
    out: dict[str, list[Chart]] = {}
    for (vendor, product, unit), found in sorted(groups.items()):
        series = [Series(_name(key), tuple(steps), record.fresh_days["prices"]) for key, steps in found.items()]
        if not any(len({p.usd for p in s.steps}) > 1 for s in series):
            continue
        name = words.product(vendor, product)
        title = f"{name + ': ' if name else ''}dollars per {words.per(unit)}"
        out.setdefault(vendor, []).append(chart(title, words.per(unit), series, record.as_of))
    return out


def _add(steps: list[Step], step: Step) -> None:
    """The same figure on another citation, without a day between, is no step."""
    last = steps[-1] if steps else None
    if last is not None and last.usd == step.usd and last.end == step.start:
        steps[-1] = replace(last, end=step.end, seen=(*last.seen, *step.seen))
    else:
        steps.append(step)


def _name(key: str) -> str:
    names = TABLES["prices"].key[2:]
    return words.subject("prices", dict(zip(names, key.split(" / "), strict=True)))
