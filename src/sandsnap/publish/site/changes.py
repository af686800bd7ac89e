"""The vendors' changes as the site tells them: one per fact and day, in words, with what each is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.publish import alerts_text, significance
from sandsnap.publish.alerts_changes import Change, gather
from sandsnap.publish.site import cells
from sandsnap.record import alert_queries
from sandsnap.record.claim_queries import Connection
from sandsnap.tell import words
from sandsnap.tell.significance import Rules
from sandsnap.tell.significance import load as rules_of
from schemas import TABLES

LEVEL = {"urgent": "high", "daily": "medium", "weekly": "low", "silent": "slight"}
KIND = {
    "changed": "changed",
    "added": "new",
    "removed": "no longer stated",
    "ended": "ended",
    "returned": "stated again",
    "unconfirmed": "missing from one reading; the next one decides",
    "removal_unconfirmed": "missing from one reading; the next one decides",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """One side of a citation: `side` is before or after; `missing` says why there is no text."""

    side: str
    text: str | None
    link: str
    url: str
    missing: str | None
    capture: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A change, ready to show; texts are as scraped, not escaped. `moves`: (what, before, after); None is nothing."""

    change: Change
    title: str
    moves: tuple[tuple[str, str | None, str | None], ...]
    percent: str | None
    level: str
    points: int
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    quotes: tuple[Quote, ...]

    @property
    def kind(self) -> str:
        """What happened, in words."""
        return KIND[self.change.kind]

    @property
    def table(self) -> str:
        """The table's name in words."""
        return words.TABLE[self.change.table]

    @property
    def month(self) -> str:
        """2026-07."""
        return f"{self.change.day:%Y-%m}"

    @property
    def line(self) -> str:
        """The change in one line of plain text."""
        said = "; ".join(
            f"{what + ' ' if what else ''}{before or 'nothing stated'} → {after or 'nothing stated'}"
            for what, before, after in self.moves
        )
        return f"{self.title}: {said}" + (f" ({self.percent})" if self.percent else "")


def load(con: Connection) -> list[Told]:
    """Every change on record, newest first. Raises QueryError."""
    rules = rules_of()
    found = gather(
        alert_queries.changes(con).records(), alert_queries.claims_beside(con).records(),
        same_change_days=rules.days("same_change"), episode_days=rules.days("episode"),
    )  # fmt: skip
    out = [_told(c, rules) for c in found]
    return sorted(out, key=lambda t: (-t.change.day.toordinal(), -t.points, t.change.fact))


def _told(change: Change, rules: Rules) -> Told:
    worth = significance.of_change(change, rules)
    key = dict(zip(TABLES[change.table].key[2:], change.key.split(" / "), strict=False))
    product = words.product(change.vendor, change.product)
    subject = words.subject(change.table, key)
    title = " · ".join(p for p in (words.vendor(change.vendor), product, subject) if p)
    return Told(
        change, title, _moves(change, key), alerts_text.change_percent(change), LEVEL[rules.level(worth.points)],
        worth.points, worth.reasons, alerts_text.notes(change), tuple(q for c in change.citations for q in _quotes(change, c)),
    )  # fmt: skip


def _moves(change: Change, key: Mapping[str, str]) -> tuple[tuple[str, str | None, str | None], ...]:
    before, after = (_whole(change, v, key) for v in (change.values_before, change.values_after))
    if change.kind == "added":
        return (("", None, after or change.fields[0].after),)
    if change.kind != "changed":
        return (("", before or change.fields[0].before, None),)
    if before and after and before != after:
        return (("", before, after),)
    return tuple((f.field.replace("_", " "), _side(f.before), _side(f.after)) for f in alerts_text.told(change))


def _whole(change: Change, values: Mapping[str, Any] | None, key: Mapping[str, str]) -> str | None:
    if not values:
        return None
    typed: dict[str, Any] = {}
    for name, value in values.items():
        if value is not None:
            kind = TABLES[change.table].by_name[name].duckdb
            typed[name] = Decimal(value) if kind.startswith("DECIMAL") else value
            typed[name] = date.fromisoformat(value) if kind == "DATE" else typed[name]
    return cells.in_words(change.vendor, change.table, {**typed, **key})


def _side(text: str | None) -> str | None:
    return {"true": "yes", "false": "no"}.get(text, words.term(text)) if text is not None else None


def _quotes(change: Change, citation: Any) -> list[Quote]:
    out = []
    for side in ("before", "after"):
        text = getattr(citation, f"quote_{side}")
        missing = None if text else alerts_text.missing(change.kind, side, citation).removeprefix("none: ")
        out.append(Quote(
            side, text, alerts_text.scroll_link(citation.source_url, text), citation.source_url, missing,
            getattr(citation, f"capture_{side}"),
        ))  # fmt: skip
    return out
