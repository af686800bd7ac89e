"""Commands that keep running: serve."""

import argparse
import os
from typing import TYPE_CHECKING

from sandsnap.cli.app import OK, Stop, command, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.app import Commands


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "serve", serve, "Run the daily snapshot on a schedule, in this one process, until it is stopped."
    )
    p.add_argument(
        "--cron", default="17 5 * * *", metavar="CRON", help="when, in UTC, as five cron fields (default: '17 5 * * *')"
    )
    p.add_argument("--vendor", type=vendor_name, action="append", help="only this vendor; may be given again")
    p.add_argument(
        "--contact", metavar="URL", help="stands in the User-Agent (default: $SANDSNAP_CONTACT or the configuration)"
    )


def serve(args: argparse.Namespace) -> int:
    """Serve the snapshot flow."""
    from sandsnap.cli.recording import errors, settings_of

    with errors():
        from sandsnap.pipeline import fetch_policy

        settings = settings_of(args)
        contact = fetch_policy(settings).contact_url  # nobody wants to learn at 05:17 that nobody said who asks
    os.environ["SANDSNAP_CONTACT"] = contact
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    # Prefect's temporary server starts with the first run; on a small machine that takes longer than it waits for.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "90")
    from datetime import UTC, datetime

    from flows.serving import next_run
    from flows.serving import serve as serve_flow

    try:
        next_run(args.cron, datetime.now(UTC))
    except ValueError:
        raise Stop(f"--cron wants five cron fields, got {args.cron!r}; every day at 05:17 is '17 5 * * *'") from None
    serve_flow(args.cron, args.vendor, settings.home.resolve())
    return OK
