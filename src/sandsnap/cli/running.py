"""What commands share that read or record: settings, the stages' errors, and how a run ended."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandsnap.cli.command import ATTENTION, OK, WAREHOUSE, Stop

if TYPE_CHECKING:
    from sandsnap.capture import Refused
    from sandsnap.health.watched import Running
    from sandsnap.pipeline import Outcome
    from sandsnap.settings import Settings


def warn(refused: "Sequence[Refused]", most: int = 20) -> None:
    """A line on standard error for each record of an archive that was not let in."""
    for r in refused[:most]:
        print(f"sandsnap: not let in: {' '.join(str(r).split())}", file=sys.stderr)
    if len(refused) > most:
        print(f"sandsnap: and {len(refused) - most} more records", file=sys.stderr)


@contextmanager
def errors() -> Iterator[None]:
    """Errors of the stages as one line each."""
    from sandsnap.capture import ArchiveError, NotMeantError, ReplayError
    from sandsnap.publish.alerts.config import ConfigError
    from sandsnap.record.errors import RecordError
    from sandsnap.settings import SettingsError

    try:
        yield
    except (ReplayError, NotMeantError, SettingsError, ConfigError) as e:
        raise Stop(str(e)) from None
    except (RecordError, ArchiveError) as e:
        raise Stop(str(e), WAREHOUSE) from None


def settings_of(args: argparse.Namespace) -> "Settings":
    """The settings, with --home and --contact on top."""
    from dataclasses import replace

    from sandsnap.settings import load

    settings = load(args.home)
    if getattr(args, "contact", None):
        settings = replace(settings, fetch={**settings.fetch, "contact_url": args.contact})
    return settings


def finish(args: argparse.Namespace, settings: "Settings", outcome: "Outcome", run: "Running", **beside: object) -> int:
    """Say what a run recorded and what waits; the exit code that its health gives. `beside`: what the JSON says as well."""
    from dataclasses import asdict

    r, verdict = outcome.result, run.ended.verdict if run.ended else None
    warn(outcome.refused)
    waiting = run.standing
    if args.as_json:
        import json

        health = verdict.record() if verdict else None
        print(
            json.dumps({
                **beside, **asdict(r), "health": health, "matters": len(waiting), "new_matters": len(run.fresh),
                "open_issues": sum(m.issues for m in waiting), "refused": [str(x) for x in outcome.refused],
                "warehouse": str(settings.warehouse),
            })
        )  # fmt: skip
    else:
        span = f"{outcome.first} to {outcome.last}" if outcome.first else "no day"
        print(
            f"recorded {r.readings} readings of {r.days} vendor days, {span}: {r.opened} facts began, {r.ended} ended, {r.changes} changes"
        )
        told = f"{len(waiting)} matters stand, {len(run.fresh)} of them new: sandsnap status"
        print(told if waiting else "no open issue")
        if verdict and verdict.word != "ok":
            print(f"the run is {verdict.word}: {'; '.join(verdict.reasons)}")
        print(f"warehouse: {settings.warehouse}")
    return run.code or (ATTENTION if outcome.refused else OK)


def needs_archive(settings: "Settings", otherwise: str = "") -> None:
    """Stop where nothing was ever archived. `otherwise`: what the call could have said instead."""
    if not settings.archive.is_dir():
        first = "run 'sandsnap snapshot' or 'sandsnap backfill' first"
        raise Stop(f"no archive in {settings.archive}; {first}{otherwise}", WAREHOUSE)
