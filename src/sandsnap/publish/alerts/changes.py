"""From recorded change rows to changes that a person is told of: one per fact, however many pages say it.

In: rows of record.alert_queries (or queries.changes) as dicts. Out: `Change`s, oldest first. Pure.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sandsnap.publish.alerts.episodes import Episode, episodes
from sandsnap.publish.alerts.events import Citation
from sandsnap.tell.measures import measure, values_of
from sandsnap.tell.model import digest
from schemas.vocabulary import UNCAPTURED

Row = Mapping[str, Any]
Fact = tuple[str, str, str, str]  # vendor, product, table, key


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column, as text before and after; '*' is all of an added or removed fact."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One fact's change, on the first day that a page showed it.

    `circumstances` are names of significance.toml's [circumstance]; `elsewhere` is the page they come from.
    `episode` is set where the value went back and forth. `decided_on` is the day of the reading that settled it: for
    a removal the second one without the fact.
    """

    vendor: str
    product: str
    table: str
    key: str
    kind: str
    day: date
    fields: tuple[FieldChange, ...]
    citations: tuple[Citation, ...]
    values_before: dict[str, Any] | None = None
    values_after: dict[str, Any] | None = None
    circumstances: tuple[str, ...] = ()
    elsewhere: str | None = None
    episode: Episode | None = None
    decided_on: date | None = None

    @property
    def fact(self) -> Fact:
        """Which fact it is."""
        return self.vendor, self.product, self.table, self.key

    @property
    def said(self) -> str:
        """What changed, without the day: the same for the same change on another day."""
        return json.dumps([*self.fact, self.kind, *((f.field, f.before, f.after) for f in self.fields)])

    @property
    def id(self) -> str:
        """Stable: a hash of what changed and the first day it was seen."""
        return digest(self.said, self.day.isoformat())


def gather(
    rows: Iterable[Row], claims: Iterable[Row] = (), *, same_change_days: int = 0, episode_days: int = 0
) -> list[Change]:
    """The changes in rows, one per fact and day; the same change on several pages within days is one.

    `claims` (record.alert_queries.claims_beside) tell what other pages of the vendor said at the time.
    A judged addition is left out: it is what we looked up, not what the vendor did (a judged notice stays).
    """
    told = [
        r
        for r in rows
        if r["kind"] != "coverage" and not (r["kind"] == "added" and _judged(r) and r["table"] != "notices")
    ]
    bundles = _bundles(told, episodes(told, episode_days))
    merged: list[Change] = []
    by_fact: dict[Fact, list[int]] = {}
    for bundle in sorted(bundles, key=lambda c: (c.day, c.fact, c.citations[0].source_url)):
        rest: Change | None = bundle
        for at in by_fact.get(bundle.fact, ()):
            group = merged[at]
            if rest is None or group.kind != rest.kind or (rest.day - group.day).days > same_change_days:
                continue
            rest, joined = _join(group, rest)
            merged[at] = joined
        if rest is not None:
            by_fact.setdefault(rest.fact, []).append(len(merged))
            merged.append(rest)
    beside: dict[Fact, list[Row]] = {}
    for claim in claims:
        beside.setdefault((claim["vendor"], claim["product"], claim["table"], claim["key"]), []).append(claim)
    return [_circumstances(c, beside.get(c.fact, ())) for c in merged]


def _judged(row: Row) -> bool:
    return row.get("basis") in UNCAPTURED or str(row.get("reader", "")).endswith("#judged")


def _bundles(rows: Sequence[Row], found: Sequence[Episode]) -> list[Change]:
    """One change per page, fact, day and kind, with all its fields; of an episode only the first row."""
    first = {e.first: e for e in found}
    inside = {i for e in found for i in e.rows[1:]}
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i, r in enumerate(rows):
        if i not in inside:
            key = (
                r["vendor"],
                r["product"],
                r["table"],
                r["key"],
                r["source_url"],
                r.get("reader"),
                r["day"],
                r["kind"],
            )
            groups.setdefault(key, []).append(i)
    out = []
    for at in groups.values():
        r = rows[at[0]]
        swings = [first[i] for i in at if i in first]
        quotes = [_longest(rows[i].get(side) for i in at) for side in ("quote_before", "quote_after")]
        citation = Citation(
            r["source_url"], r["day"], quotes[0], quotes[1], r.get("capture_before"), r.get("capture_after"),
            "judged" if _judged(r) else r.get("basis"),
        )  # fmt: skip
        columns = sorted((rows[i]["field"], rows[i]["before"], rows[i]["after"]) for i in at)
        out.append(Change(
            r["vendor"], r["product"], r["table"], r["key"], r["kind"], r["day"],
            tuple(FieldChange(*c) for c in columns), (citation,),
            values_of(r.get("values_before")), values_of(r.get("values_after")),
            episode=swings[0] if len(swings) == len(at) else None, decided_on=r.get("decided_on") or r["day"],
        ))  # fmt: skip
    return out


def _longest(texts: Iterable[str | None]) -> str | None:
    return max((t for t in texts if t), key=len, default=None)


def _content(change: Change) -> dict[str, tuple[object, object]]:
    """field -> (before, after), comparable over units: what two pages must agree on to say the same."""
    was, now = measure(change.table, change.values_before), measure(change.table, change.values_after)
    figures = {"usd", "amount", "amount_max", "unit"}
    out: dict[str, tuple[object, object]] = {}
    for f in change.fields:
        if f.field in figures and was is not None and now is not None:
            out["figure"] = (was, now)
        else:
            out[f.field] = (f.before, f.after)
    return out


def _agreed(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    """What two pages say of a new fact together, where nothing that both state differs; None where something does."""
    if one is None or other is None or any(None not in (one[k], v) and one[k] != v for k, v in other.items()):
        return None
    return {k: one[k] if one[k] is not None else v for k, v in other.items()}


def _join(group: Change, new: Change) -> tuple[Change | None, Change]:
    """What of `new` the group does not say yet (None: nothing), and the group with the citation, if they share anything."""
    if group.kind == "added" and (both := _agreed(group.values_after, new.values_after)) is not None:
        return None, replace(group, citations=(*group.citations, *new.citations), values_after=both)
    have, content = _content(group), _content(new)
    shared = {k for k, v in content.items() if have.get(k) == v}
    if not shared:
        return new, group
    figures = {"usd", "amount", "amount_max", "unit"} if "figure" in shared else set()
    left = tuple(f for f in new.fields if f.field not in shared | figures)
    # An episode on one page while another page keeps the new value: the change is real.
    episode = group.episode if group.episode and new.episode else None
    joined = replace(group, citations=(*group.citations, *new.citations), episode=episode)
    return (replace(new, fields=left) if left else None), joined


def _circumstances(change: Change, claims: Iterable[Row]) -> Change:
    """The change with what speaks for or against telling it."""
    names: list[str] = []
    elsewhere = None
    pages = {c.source_url for c in change.citations}
    standing = [
        c for c in claims
        if c["source_url"] not in pages and c["valid_from"] < change.day
        and (c["valid_to"] is None or c["valid_to"] > change.day) and c["basis"] not in UNCAPTURED
    ]  # fmt: skip
    wanted = change.values_before if change.kind in ("removed", "removal_unconfirmed") else change.values_after
    agreeing = [c for c in standing if wanted is not None and values_of(c["values"]) == wanted]
    if agreeing:
        names.append("restated" if change.kind in ("added", "changed") else "still_stated")
        elsewhere = str(agreeing[0]["source_url"])
    elif standing and change.kind == "added":
        names.append("second_claim")
        elsewhere = str(standing[0]["source_url"])
    if all(c.basis in UNCAPTURED for c in change.citations):
        names.append("judged")
    if change.episode is not None and change.episode.returned:
        names.append("returned")
    return replace(change, circumstances=tuple(names), elsewhere=elsewhere)
