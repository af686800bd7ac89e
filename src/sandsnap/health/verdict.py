"""How a run ended, in one word: ok, degraded or failed. The word drives the exit code, Prefect's state, the heartbeat,
the metrics and the operator's alert; its thresholds are `[health]` of the settings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sandsnap.model import Fetched
from sandsnap.settings import Thresholds

OK, DEGRADED, FAILED = "ok", "degraded", "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The word, why it is not ok, and the vendors' figures."""

    word: str
    reasons: tuple[str, ...] = ()
    fetched: tuple[Fetched, ...] = ()

    def record(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def judged(fetched: Sequence[Fetched], limits: Thresholds) -> Verdict:
    """The verdict on a run that could record: by the share of pages and of whole vendors that failed."""
    pages, failed = sum(f.pages for f in fetched), sum(f.failed for f in fetched)
    if not pages:
        return Verdict(OK, (), tuple(fetched))
    out = [f.vendor for f in fetched if f.pages and f.failed == f.pages]
    share, lost = failed / pages, len(out) / len(fetched)
    said = f"{failed} of {pages} pages failed"
    vendors = f"{len(out)} of {len(fetched)} vendors had no page at all ({', '.join(out)})"
    if lost >= limits.failed_vendors or share >= limits.failed_pages:
        reasons = [vendors] * (lost >= limits.failed_vendors) + [said] * (share >= limits.failed_pages)
        return Verdict(FAILED, tuple(reasons), tuple(fetched))
    if out or share >= limits.degraded_pages:
        return Verdict(DEGRADED, tuple([vendors] * bool(out) + [said]), tuple(fetched))
    return Verdict(OK, (), tuple(fetched))


def broken(reason: str, fetched: Sequence[Fetched] = ()) -> Verdict:
    """The verdict on a run that could not record."""
    return Verdict(FAILED, (reason,), tuple(fetched))


def totals(fetched: Sequence[Fetched]) -> Mapping[str, float]:
    """The vendors' figures added up."""
    names = ("pages", "answered", "unchanged", "failed", "bytes", "seconds")
    return {n: sum(getattr(f, n) for f in fetched) for n in names}
