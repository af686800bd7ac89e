"""What happened at the vendors as the site tells it: one event, its moves in words, its quotes, what it is worth."""

from dataclasses import dataclass, replace

from sandsnap.publish import happened
from sandsnap.publish.alerts import text as alerts_text
from sandsnap.publish.alerts.events import Citation
from sandsnap.publish.quotes import Quote, quote
from sandsnap.record.claim_queries import Connection
from sandsnap.tell.model import FILES, QUIET, Change, Event
from sandsnap.tell.significance import load as rules_of

LEVEL = {"urgent": "high", "daily": "medium", "weekly": "low", "silent": "slight"}
MOVES, PAGES = 12, 4  # shown of one event


@dataclass(frozen=True, slots=True)
class Told:
    """An event, ready to show; texts are as scraped, not escaped. `moves`: (what, before, after); None is nothing.
    `more`: how many moves are not shown."""

    event: Event
    moves: tuple[tuple[str, str | None, str | None], ...]
    more: int
    level: str
    quotes: tuple[Quote, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables in which something moved."""
        return tuple(dict.fromkeys(c.table for c in self.event.members)) or ("measurements",)

    @property
    def path(self) -> str:
        """Where the site shows it."""
        return alerts_text.event_link("", self.event.day, self.event.event)

    @property
    def quiet(self) -> bool:
        """Whether it is ours, or not confirmed yet: folded away, and in no feed."""
        return self.event.kind in QUIET or not self.event.confirmed

    @property
    def month(self) -> str:
        """2026-07."""
        return f"{self.event.day:%Y-%m}"


def load(con: Connection) -> list[Told]:
    """Every event on record, newest first, of one day the weightiest first. Raises QueryError."""
    rules = rules_of()
    out = [_told(e, LEVEL[rules.level(e.significance)]) for e in happened.told(con)]
    return sorted(out, key=lambda t: (-t.event.day.toordinal(), -t.event.significance, t.event.vendor, t.event.event))


def _told(event: Event, level: str) -> Told:
    moved = tuple(m for m in event.moved if m[0] != FILES)  # those are its evidence
    return Told(event, moved[:MOVES], max(0, len(moved) - MOVES), level, _quotes(event))


def _quotes(event: Event) -> tuple[Quote, ...]:
    pages: dict[str, Change] = {}
    for c in event.members:
        if c.source_url and (c.source_url not in pages or (c.quote_before and c.quote_after)):
            pages.setdefault(c.source_url, c)
    if not pages:  # figures, no sentence
        return tuple(Quote("after", None, f, f, "the runs themselves", None) for f in event.files)
    out = []
    for url, c in list(pages.items())[:PAGES]:
        for side in ("before", "after"):
            cited = Citation(url, c.day, c.quote_before, c.quote_after, None, None, c.basis)
            made = quote(side, c.kind, cited, getattr(c, f"capture_{side}"))
            out.append(replace(made, missing=None if made.missing is None else made.missing.removeprefix("none: ")))
    return tuple(out)
