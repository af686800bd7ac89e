"""A page in another design says what it said in other words: nothing is gone from it because it is not found."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sandsnap.check.evidence import Claim, label
from sandsnap.check.units import same_values
from sandsnap.model import Fact, Issue, Reading
from sandsnap.read.passage import same_text
from schemas.vocabulary import UNFINISHED

# The share of a page's cited sentences and rows that must still stand, in whatever figures, for it to have kept its shape.
KEPT = 0.5
_SHOWN = 4
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def completed(reading: Reading, standing: Sequence[Fact]) -> Reading:
    """A reading of a page in a new shape, each fact with the standing terms that its new words leave out. One that leaves
    out a figure is not stated: what stands is kept, unverified."""
    if not reading.redesigned:
        return reading
    before = {f.id: f for f in standing}
    facts = tuple(whole for f in reading.facts if (whole := _completed(f, before.get(f.id))) is not None)
    return replace(reading, facts=facts, partial=reading.partial or len(facts) < len(reading.facts))


def _completed(fact: Fact, old: Fact | None) -> Fact | None:
    if old is None:
        return fact
    left_out = {k: old.values.get(k) for k, v in fact.values.items() if v is None and old.values.get(k) is not None}
    whole = replace(fact, values={**fact.values, **left_out})
    if not left_out or not same_values(whole, old):
        return fact
    return None if any(isinstance(v, Decimal) for v in left_out.values()) else whole


def absences_kept(
    readings: Sequence[Reading], standing: Mapping[str, Sequence[Fact]], today: Collection[Claim]
) -> Iterator[Reading]:
    """The readings; on a page of whose cited sentences most are gone, those that lack facts are partial, with an issue."""
    lacking = {r.reader: _lacking(r, standing.get(r.reader, ()), today) for r in readings}
    pages = {r.source_url for r in readings if lacking[r.reader]}
    redesigned = {url for url in pages if _is_redesigned(url, readings, standing)}
    for r in readings:
        lost = lacking[r.reader]
        if not lost or r.source_url not in redesigned:
            yield r
            continue
        shown = "; ".join(f"{label(f)}: {f.quote!r}" for f in lost[:_SHOWN])
        more = f"; and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        message = f"the page was redesigned, and {len(lost)} facts were not found on it again: {shown}{more}"
        issue = Issue("reworded", r.vendor, r.source_url, message, r.reader)
        yield replace(r, issues=(*r.issues, issue), partial=True)


def _lacking(reading: Reading, standing: Sequence[Fact], today: Collection[Claim]) -> list[Fact]:
    if reading.outcome != "good" or reading.partial or reading.sticky or not reading.text:
        return []
    gone = [f for f in standing if f.basis == "read" and f.quote and (f.source_url, f.id) not in today]
    said = reading.text.lower() if gone else ""  # that a thing is in beta is not said in other words than that
    return [f for f in gone if f.key.get("kind") not in UNFINISHED or f.key["kind"] in said]


def _is_redesigned(url: str, readings: Sequence[Reading], standing: Mapping[str, Sequence[Fact]]) -> bool:
    text = next((_masked(r.text) for r in readings if r.source_url == url and r.text), "")
    quotes = {f.quote for facts in standing.values() for f in facts if f.source_url == url and f.quote}
    stand = sum(all(_masked(part) in text for part in quote.split(" | ")) for quote in quotes)
    return bool(text) and stand < KEPT * len(quotes)


def _masked(text: str) -> str:
    """Text as it is compared: in whatever figures, case and white space."""
    return _FIGURE.sub("#", same_text(text)).lower()
