"""A run under watch: what it gave and how it ended is noted, sent and told, whether it recorded or broke."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandsnap.health import ledger, matters, operator, signals
from sandsnap.health.ledger import Ended
from sandsnap.health.matters import Matter
from sandsnap.health.verdict import DEGRADED, FAILED, broken, judged
from sandsnap.model import Fetched
from sandsnap.settings import Settings

if TYPE_CHECKING:
    from sandsnap.capture import FetchResult


@dataclass
class Running:
    """A run that is under way; `fetched` is filled as soon as pages were fetched."""

    kind: str
    started_at: datetime
    fetched: Sequence[Fetched] = ()
    ended: Ended | None = None
    fresh: list[Matter] = field(default_factory=list)
    standing: list[Matter] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code: 0 ok, 1 new matters for a person, 4 degraded, 5 failed."""
        word = self.ended.verdict.word if self.ended else FAILED
        return {FAILED: 5, DEGRADED: 4}.get(word, 1 if self.fresh else 0)


@contextmanager
def watched(settings: Settings, kind: str, say: Callable[[str], None] = lambda _: None) -> Iterator[Running]:
    """Note how the block ends. Raises SettingsError and ConfigError before it, for signals that could not be sent."""
    signals.check(settings)
    operator.check(settings)
    before = {m.id for m in standing(settings)}
    run = Running(kind, datetime.now(UTC))
    try:
        yield run
    except Exception as e:
        _end(settings, run, before, failure=" ".join(f"{type(e).__name__}: {e}".split())[:300])
        raise
    else:
        _end(settings, run, before)
    for what in run.unsent:
        say(f"not sent: {what}")


def _end(settings: Settings, run: Running, before: Collection[str], failure: str | None = None) -> None:
    verdict = broken(failure, run.fetched) if failure else judged(run.fetched, settings.health)
    try:
        verdict = operator.with_disk(verdict, settings)
        run.ended = ledger.write(settings, run.kind, run.started_at, verdict, recorded=failure is None)
        now = standing(settings)
    except Exception as e:
        if failure is None:
            raise
        run.unsent.append(f"the note of this run ({type(e).__name__})")  # the first failure is the one to be told
        return
    run.standing, run.fresh = now, matters.fresh(now, before)
    run.unsent += signals.send(settings, run.ended, sum(m.acknowledged_until is None for m in now))
    run.unsent += [f"{channel}: {why}" for channel, why in operator.tell(settings, verdict).failed.items()]


def standing(settings: Settings) -> list[Matter]:
    """The matters that stand now; none without a warehouse that can be read (that is `doctor`'s)."""
    from sandsnap.record import queries
    from sandsnap.record.errors import RecordError

    if not settings.warehouse.exists():
        return []
    try:
        with queries.connect_readonly(settings.warehouse) as con:
            rows = queries.open_issues(con).records()
    except RecordError:
        return []
    return matters.matters(rows, matters.acknowledged(settings), datetime.now(UTC).date())


def tally(results: "Sequence[FetchResult]") -> list[Fetched]:
    """What fetching gave, by vendor in order of their names."""
    by_vendor: dict[str, list[FetchResult]] = {}
    for r in results:
        by_vendor.setdefault(r.request.vendor, []).append(r)
    return [
        Fetched(
            name,
            len(own),
            sum((r.good and not r.unchanged) or _gone(r) for r in own),
            sum(r.good and r.unchanged for r in own),
            sum(not r.good and not _gone(r) for r in own),
            sum(r.received for r in own),
            round(sum(r.seconds for r in own), 3),
        )
        for name, own in sorted(by_vendor.items())
    ]


def _gone(result: "FetchResult") -> bool:
    """Whether the server says that there is no such page: an answer, and a matter, but no failure of ours or theirs."""
    return result.capture is not None and result.capture.status in (404, 410)
