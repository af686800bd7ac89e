"""Commands that keep running: serve."""

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING

from sandsnap.cli.command import OK, Stop, command, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.settings import Settings

GRACE_S = 8  # a container engine kills after ten seconds, systemd after ninety


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
    p.add_argument(
        "--metrics-port", type=int, metavar="PORT",
        help="show /metrics (OpenMetrics) and /health (200 or 503) on 127.0.0.1 meanwhile; 0 takes a free port",
    )  # fmt: skip


def serve(args: argparse.Namespace) -> int:
    """Serve the snapshot flow."""
    from sandsnap.cli.running import errors, settings_of

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
    for end in (signal.SIGTERM, signal.SIGHUP):  # as it should end: what Prefect started is stopped at exit
        if signal.getsignal(end) != signal.SIG_IGN:  # nohup stays
            signal.signal(end, _end)
    if args.metrics_port is not None:
        _expose(settings, args.metrics_port)
    serve_flow(args.cron, args.vendor, settings.home.resolve())
    return OK


def _end(*_: object) -> None:
    """End as a command does, within GRACE_S: what a run waits for (a host that does not answer) holds it no longer."""
    import threading

    threading.Thread(target=_leave, daemon=True).start()
    sys.exit(OK)


def _leave() -> None:
    import multiprocessing
    import time

    from flows.serving import stop_servers

    time.sleep(GRACE_S)
    for child in multiprocessing.active_children():
        child.kill()
    stop_servers()
    os._exit(OK)


def _expose(settings: "Settings", port: int) -> None:
    """Serve the figures of the last run from a thread that ends with the process."""
    import threading
    from datetime import UTC, datetime
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from sandsnap.health import ledger, signals
    from sandsnap.health.verdict import FAILED
    from sandsnap.health.watched import standing

    class Figures(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ended = ledger.read(settings)
            if self.path == "/metrics":
                waiting = sum(m.acknowledged_until is None for m in standing(settings))
                kind = "application/openmetrics-text; version=1.0.0; charset=utf-8"
                self._answer(200, kind, signals.metrics(ended, waiting))
            elif self.path == "/health":
                verdict = ledger.worst(ended, settings, datetime.now(UTC))
                text = "; ".join((verdict.word, *verdict.reasons)) + "\n"
                self._answer(503 if verdict.word == FAILED else 200, "text/plain; charset=utf-8", text)
            else:
                self.send_error(404)

        def _answer(self, code: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody wants a line per look."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Figures)
    except OSError as e:
        raise Stop(f"port {port} cannot be used: {e.strerror}; choose another with --metrics-port") from None
    print(f"figures on http://127.0.0.1:{server.server_port}/metrics", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
