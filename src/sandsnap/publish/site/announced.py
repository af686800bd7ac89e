"""Dates that vendors announced, still ahead or past, and the same as an iCalendar."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sandsnap.publish.alerts.text import defused
from sandsnap.publish.site.context import Context, File
from sandsnap.record import alert_queries
from sandsnap.record.claim_queries import Connection
from sandsnap.tell import words
from sandsnap.tell.model import digest


@dataclass(frozen=True, slots=True)
class Announced:
    """Something that a vendor said will happen on a day, as its pages state it now."""

    vendor: str
    day: date
    text: str
    quote: str | None
    source_url: str
    status: str


def load(con: Connection) -> list[Announced]:
    """What stands now, one per vendor, day and matter, by day. The GPU models that end together are one. Raises
    QueryError."""
    rows = [r for r in alert_queries.dated_ends(con).records() if r["valid_to"] is None]
    groups: dict[tuple[str, date, str, str, str], list[dict[str, object]]] = {}
    for r in rows:
        what = "" if r["table"] == "gpus" else r["subject"]
        groups.setdefault((r["vendor"], r["effective_on"], r["product"], r["table"], what), []).append(r)
    out = []
    told = {(vendor, day, product) for vendor, day, product, table, what in groups if what == "gpu"}
    for (vendor, day, product, table, what), own in groups.items():
        first = own[0]
        name = " ".join(p for p in (words.vendor(vendor), words.product(vendor, product)) if p)
        ending = groups.get((vendor, day, product, "gpus", ""), [])
        models = words.listed(sorted({words.sku(str(r["subject"])) for r in ending}))
        if table == "gpus":
            if (vendor, day, product) in told:
                continue  # the notice tells it, with the models
            text = f"{name}: end of {models}"
        else:
            text = f"{name}: {words.term(what)}, {words.term(str(first['kind']))}"
            text += f" ({models})" if what == "gpu" and models else ""
        quote, url, status = first["quote"], first["source_url"], first["status"]
        out.append(Announced(vendor, day, text, None if quote is None else str(quote), str(url), str(status)))
    return sorted(out, key=lambda a: (a.day, a.vendor, a.text))


def dated(announced: Iterable[Announced], as_of: date) -> list[tuple[Announced, str, bool]]:
    """Each with how far its day is from `as_of` in words, and whether it is still ahead."""
    return [(a, words.days_between(as_of, a.day), a.day >= as_of) for a in announced]


def pages(context: Context) -> Iterator[File]:
    """announced.ics."""
    yield "announced.ics", calendar(load(context.con), context.as_of)


def calendar(announced: Iterable[Announced], as_of: date) -> str:
    """An iCalendar of whole days (RFC 5545)."""
    from icalendar import Calendar, Event

    out = Calendar()
    out.add("prodid", "-//sandsnap//announced dates//EN")
    out.add("version", "2.0")
    out.add("x-wr-calname", "Sandbox vendors: announced dates")
    for a in announced:
        event = Event()
        event.add("uid", f"{digest(a.vendor, a.text, a.day.isoformat())}@sandsnap")
        event.add("dtstamp", datetime.combine(as_of, time(), UTC))
        event.add("dtstart", a.day)
        event.add("dtend", a.day + timedelta(days=1))
        event.add("summary", a.text)
        event.add(
            "description", defused(f"“{a.quote}”" if a.quote else "A person's judgement; no sentence to quote.", 1000)
        )
        event.add("url", a.source_url)
        event.add("transp", "TRANSPARENT")
        out.add_component(event)
    return bytes(out.to_ical()).decode()
