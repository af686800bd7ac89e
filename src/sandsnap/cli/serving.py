"""Commands that keep running: serve."""

import argparse
import os
from typing import TYPE_CHECKING

from sandsnap.cli.app import OK, Stop, command, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.app import Commands


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(commands, "serve", serve, "Run the daily snapshot on a schedule, in this one process, until it is stopped.")
    p.add_argument("--cron", default="17 5 * * *", metavar="CRON", help="when, in UTC, as five cron fields (default: '17 5 * * *')")
    p.add_argument("--vendor", type=vendor_name, action="append", help="only this vendor; may be given again")
    p.add_argument("--name", default="daily", help="the deployment's name (default: daily)")


def serve(args: argparse.Namespace) -> int:
    """Serve the snapshot flow."""
    if len(args.cron.split()) != 5:
        raise Stop(f"--cron wants five fields, got {args.cron!r}; every day at 05:17 is '17 5 * * *'")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    # Its own server starts with the process; on a small machine that takes longer than Prefect waits for.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "90")
    from sandsnap.cli.recording import errors, settings_of

    with errors():
        from sandsnap.pipeline import fetch_policy

        settings = settings_of(args)
        fetch_policy(settings)  # nobody wants to learn at 05:17 that nobody said who asks
    from flows.snapshot import snapshot
    from prefect.schedules import Cron

    parameters = {"vendors": args.vendor, "home": settings.home.resolve()}
    snapshot.serve(name=args.name, schedule=Cron(args.cron, timezone="UTC"), parameters=parameters, limit=1)
    return OK
