"""What alerts besides changes are made from: outages out of issues, reminders out of dated notices. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandsnap.tell import words

Row = Mapping[str, Any]
ENDED = ("withdrawn", "ended", "effective", "not_offered")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where one page says it: both quotes, both captures (sha256); None with a reason in alerts_text.missing. `kind`:
    that of the change it is cited for."""

    source_url: str
    day: date
    quote_before: str | None
    quote_after: str | None
    capture_before: str | None
    capture_after: str | None
    basis: str | None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """Pages of one vendor that could not be read, from one time on. `ended_on` is None while one still cannot; of
    `back` are those that could be read on that day: not the ones that are down for another cause by then."""

    vendor: str
    first_on: date
    ended_on: date | None
    pages: tuple[str, ...]
    back: tuple[str, ...]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A day that a vendor announced comes near."""

    vendor: str
    day: date
    effective_on: date
    days_left: int
    subjects: tuple[str, ...]
    citations: tuple[Citation, ...]


# The page is there and a reader does not know its shape: that waits in the review, and is told when it stays so.
SHAPE = ("unreadable", "run_together")


def outages(rows: Iterable[Row], *, join_days: int, least_days: int, shape_days: int) -> list[Outage]:
    """Outages from issue rows: those of a vendor that began within `join_days` and before the first was over are one; an
    issue that was not seen for at least `least_days` is none (`shape_days`: where the page is served and only its shape is
    new). A page that is gone already is no part of an outage of its host. One has no end while an issue that may still
    come to belong to it is open: what was told of an end would have to be taken back."""
    least = dict.fromkeys(SHAPE, shape_days)
    whole: dict[str, list[Row]] = {}
    for r in (rows := list(rows)):
        if r["reader"] is None:
            whole.setdefault(r["source_url"], []).append(r)

    def down(page: str, day: date, since: date) -> bool:
        """Whether a page as a whole was down on a day, and had been on another."""
        of_page = whole.get(page, ())
        return any(r["first_on"] <= since and (r["closed_on"] is None or r["closed_on"] > day) for r in of_page)

    def joins(own: Sequence[Row], r: Row) -> bool:
        near = own[0]["vendor"] == r["vendor"] and 0 <= (r["first_on"] - own[0]["first_on"]).days <= join_days
        # What comes after it, on the same page or when all was over, is another matter: the first has an end.
        over = all(o["closed_on"] is not None and o["closed_on"] <= r["first_on"] for o in own)
        return near and not over and not any(_followed(o, r) for o in own)

    found = [r for r in rows if not down(r["source_url"], r["first_on"], r["first_on"] - timedelta(days=1))]
    lasting = [r for r in found if (r["last_on"] - r["first_on"]).days >= least.get(r["kind"], least_days)]
    young = [r for r in found if r["closed_on"] is None and r not in lasting]
    groups: list[list[Row]] = []
    for r in sorted(lasting, key=lambda r: (r["vendor"], r["first_on"], r["source_url"])):
        last = groups[-1] if groups else None
        if last and joins(last, r):
            last.append(r)
        else:
            groups.append([r])
    out = []
    for own in groups:
        ends = [r["closed_on"] for r in own]
        ended = None if None in ends or any(joins(own, r) for r in young) else max(ends)
        pages = tuple(dict.fromkeys(r["source_url"] for r in own))
        out.append(Outage(
            own[0]["vendor"], own[0]["first_on"], ended, pages,
            tuple(p for p in pages if ended is not None and not down(p, ended, ended)),
            tuple(dict.fromkeys(f"{r['kind']}: {r['message']}" for r in own))[:5],
        ))  # fmt: skip
    return out


def _followed(before: Row, after: Row) -> bool:
    ended = before["closed_on"]
    return bool(before["source_url"] == after["source_url"] and ended is not None and ended <= after["first_on"])


def _matter(notice: Row) -> str:
    """What is announced: GPU, end of life; of a product besides the first with its name."""
    product = words.product(notice["vendor"], notice["product"])
    what = words.sku(notice["subject"]) if notice["table"] == "gpus" else words.term(notice["subject"])
    return f"{product + ': ' if product else ''}{what}, {words.term(notice['kind'])}"


def reminders(rows: Sequence[Row], before: Sequence[int], last_day: date) -> list[Reminder]:
    """Reminders due by `last_day`: so many days before an announced day, one for all of the vendor's facts with it.

    None is due where the announcement itself came later than that, or where it no longer stood.
    """
    groups: dict[tuple[str, date, int], list[Row]] = {}
    for r in rows:
        for days in before:
            due = r["effective_on"] - timedelta(days=days)
            stands = r["valid_from"] < due and (r["valid_to"] is None or r["valid_to"] > due)
            if stands and due <= last_day and r["status"] not in ENDED:
                groups.setdefault((r["vendor"], r["effective_on"], days), []).append(r)
    out = []
    for (vendor, effective_on, days), own in sorted(groups.items(), key=lambda g: (g[0][1], g[0][0], -g[0][2])):
        # A notice names the matter; the single GPU models that end with it are told only where there is none.
        told = [r for r in own if r["table"] == "notices"] or own
        subjects = dict.fromkeys(_matter(r) for r in told)
        citations = {
            r["source_url"]: Citation(
                r["source_url"], r["valid_from"], None, r["quote"], None, r["capture"], r["basis"]
            )
            for r in told
        }
        due = effective_on - timedelta(days=days)
        out.append(Reminder(vendor, due, effective_on, days, tuple(subjects), tuple(citations.values())))
    return out
