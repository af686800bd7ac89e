"""The report's section "Claims beside measurements": what vendors claim of a start, what others measured, the widest gap first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandsnap.publish.measured import how_often, name
from sandsnap.tell import words
from sandsnap.tell.measured import MODE_WORDS, seconds


@dataclass(frozen=True, slots=True)
class Beside:
    """One claim and one measurement, in words; texts are as scraped, not escaped. `ratio` is measured against claimed."""

    vendor: str
    claimed: str | None
    measured: str
    ratio: str
    quote: str | None
    claim_url: str | None
    measured_on: date
    measured_url: str
    capture: str


def beside(rows: Sequence[Mapping[str, Any]]) -> tuple[Beside, ...]:
    """Rows of claims_beside_measurements that have a measurement, in their order."""
    out = []
    for r in rows:
        who = words.product(r["vendor"], r["product"])
        claims = None
        if r["claimed_ms"] is not None:
            claims = f"{'under ' if r['claimed'] == 'max' else ''}{r['claimed_ms'].normalize():f} ms"
        figure = f"{seconds(r['measured_ms'])}, {MODE_WORDS[r['mode']]}, " if r["measured_ms"] is not None else ""
        out.append(Beside(
            words.vendor(r["vendor"]) + (f", {who}" if who else ""), claims,
            f"{figure}{how_often(r)}, {words.day(r['measured_on'])}, {name(r['publisher'])}",
            f"{r['ratio']:g} ×" if r["ratio"] is not None else "–", r["claim_quote"], r["claim_url"], r["measured_on"],
            r["measured_url"], r["capture"],
        ))  # fmt: skip
    return tuple(out)
