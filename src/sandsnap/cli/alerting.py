"""Commands that tell: alerts and the editors' change report."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import ATTENTION, OK, WAREHOUSE, Stop, command, day, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.publish.alerts.alert import Alert
    from sandsnap.publish.alerts.config import Config
    from sandsnap.publish.alerts.store import Store

CONFIGURATION = """\
configuration: --config FILE, $SANDSNAP_ALERTS, or alerts.toml in the current folder. `sandsnap alerts --example` prints one
that explains itself: channels (apprise addresses by the name of an environment variable, files, standard output) and
subscriptions by vendor, table, kind, level and significance. The weights: `sandsnap alerts --weights`.

"""


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "alerts", alerts,
        "What the record holds that is worth a person's time: made from recorded changes only, each told once.",
        as_json=True,
    )  # fmt: skip
    p.epilog = CONFIGURATION + (p.epilog or "")
    p.add_argument("--send", action="store_true", help="send the urgent alerts that were not sent yet")
    p.add_argument("--digest", choices=("daily", "weekly"), help="that digest, too; without --send it is only printed")
    p.add_argument("--list", action="store_true", dest="every", help="every alert ever made, with what was sent of it")
    p.add_argument(
        "--since", type=day, metavar="DATE", help="from that day on: listed, and sent although it is history"
    )
    p.add_argument("--vendor", type=vendor_name, help="list only this vendor")
    p.add_argument("--again", action="store_true", help="send again what a crash left uncertain")
    p.add_argument("--config", type=Path, metavar="FILE", help="channels and subscriptions")
    p.add_argument("--example", action="store_true", help="print an example configuration")
    p.add_argument("--weights", action="store_true", help="print the weights of significance and the windows")
    p = command(
        commands, "report", report,
        "The editors' change report: what changed, was corrected, waits, and could not be verified.",
        public=True,
    )  # fmt: skip
    p.add_argument(
        "--from", type=day, dest="start", metavar="DATE", help="changes from that day on (default: 30 days before --to)"
    )
    p.add_argument(
        "--to",
        type=day,
        dest="end",
        metavar="DATE",
        help="up to and including that day (default: the last recorded day)",
    )
    p.add_argument("--format", choices=("md", "html", "json"), help="md without it, or what the file's name ends in")
    p.add_argument("--vendor", type=vendor_name)
    p.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there instead of to standard output")


def alerts(args: argparse.Namespace) -> int:
    """Collect, and list, preview or send."""
    from importlib.resources import files

    from sandsnap.publish.alerts import config as alerts_config
    from sandsnap.publish.alerts import send as alerts_send
    from sandsnap.publish.alerts.store import Store, StoreError
    from sandsnap.publish.claims.language import ExpressionError
    from sandsnap.record.errors import RecordError
    from sandsnap.settings import SettingsError, load
    from sandsnap.tell import significance

    for wanted, room, name in (
        (args.example, "sandsnap.publish.alerts", "example.toml"),
        (args.weights, "sandsnap.tell", "significance.toml"),
    ):
        if wanted:
            print((files(room) / name).read_text("utf-8"), end="")
            return OK
    try:
        settings = load(args.home)
        path = alerts_config.find(args.config)
        config = alerts_config.load(path) if path else None
        if args.send and config is None:
            raise Stop(
                "where to? Write alerts.toml (`sandsnap alerts --example > alerts.toml`), or name one: --config FILE"
            )
        rules = significance.load(config.rules if config else None)
        with Store(settings.home / alerts_send.FILE) as store:
            fresh, gone = alerts_send.collect(settings.warehouse, store, rules, config.pages() if config else None)
            if args.every:
                return _list(args, store)
            if args.send and config is not None:
                return _send(args, store, config, settings.home, len(fresh))
            return _waiting(args, store, config, fresh, gone)
    except (SettingsError, alerts_config.ConfigError, significance.RulesError, ExpressionError) as e:
        raise Stop(str(e)) from None
    except (RecordError, StoreError) as e:
        raise Stop(str(e), WAREHOUSE) from None


def _list(args: argparse.Namespace, store: "Store") -> int:
    sent: dict[str, list[str]] = {}
    for (alert, phase, channel), state in store.delivered().items():
        sent.setdefault(alert, []).append(f"{channel}: {phase} {state}")
    found = [a for a in store.alerts(args.since) if args.vendor in (None, a.vendor)]
    if args.as_json:
        _json([_record(a) | {"deliveries": sent.get(a.id, [])} for a in found])
        return OK
    for a in found:
        state = "" if a.state == "standing" else f" [{a.state}]"
        told = "; ".join(sent.get(a.id, [])) or ("history" if a.history else "not sent")
        print(f"{a.day}  {a.id}  {a.level:6} {a.significance:3}  {a.title}{state}  ({told})")
    print(f"{len(found)} alerts")
    return OK


def _waiting(
    args: argparse.Namespace, store: "Store", config: "Config | None", fresh: "list[Alert]", gone: "list[Alert]"
) -> int:
    """What a sending would send now; without a configuration, what is not history."""
    from sandsnap.publish.alerts import digest
    from sandsnap.publish.alerts import send as alerts_send
    from sandsnap.tell.significance import LEVELS

    levels = [args.digest] if args.digest else list(LEVELS[:3])
    told: dict[str, Any] = {}
    for level in levels:
        if config is None:
            found = [
                a
                for a in store.alerts(args.since)
                if a.level == level and (args.since or not a.history) and a.state != "retracted"
            ]
            pairs = [(a, "new") for a in found]
        else:
            every = [
                t
                for c in config.channels
                for t in alerts_send.due(store, config, c, level, since=args.since, uncertain=args.again)
            ]
            pairs = list({(a.id, phase): (a, phase) for a, phase in every}.values())
        told[level] = [(a, phase) for a, phase in pairs if args.vendor in (None, a.vendor)]
    open_ones = alerts_send.uncertain(store)
    if args.as_json:
        waiting = {level: [_record(a) | {"phase": phase} for a, phase in pairs] for level, pairs in told.items()}
        _json(
            {"new": len(fresh), "retracted": len(gone), "waiting": waiting, "uncertain": [list(u) for u in open_ones]}
        )
        return ATTENTION if open_ones else OK
    for level, pairs in told.items():
        if pairs:
            found_message = digest.message(pairs, level)
            print(f"{found_message.subject}\n\n{found_message.text}\n")
    counts = ", ".join(f"{len(pairs)} {level}" for level, pairs in told.items())
    print(f"{len(fresh)} new alerts, {len(gone)} retracted; to be sent: {counts}")
    return _say_uncertain(open_ones)


def _send(args: argparse.Namespace, store: "Store", config: "Config", home: Path, fresh: int) -> int:
    from sandsnap.publish.alerts import send as alerts_send

    levels = ["urgent", *([args.digest] if args.digest else [])]
    done = alerts_send.send(store, config, home, levels, since=args.since, again=args.again)
    open_ones = alerts_send.uncertain(store)
    if args.as_json:
        _json({
            "new": fresh, "delivered": {c: [list(p) for p in pairs] for c, pairs in done.delivered.items()},
            "failed": done.failed, "uncertain": [list(u) for u in open_ones],
        })  # fmt: skip
        return ATTENTION if done.failed or open_ones else OK
    for channel, pairs in done.delivered.items():
        print(f"{channel}: {len({i for i, _ in pairs})} alerts sent")
    for channel, why in done.failed.items():
        print(f"{channel}: FAILED, {why}")
    if not done.delivered and not done.failed:
        print("nothing to send")
    return max(ATTENTION if done.failed else OK, _say_uncertain(open_ones))


def _say_uncertain(open_ones: list[tuple[str, str, str]]) -> int:
    if not open_ones:
        return OK
    channels = ", ".join(sorted({c for _, _, c in open_ones}))
    print(
        f"{len(open_ones)} deliveries were interrupted and may have arrived ({channels}): look, and send them with --send --again if not"
    )
    return ATTENTION


def _record(alert: "Alert") -> dict[str, Any]:
    from dataclasses import asdict

    from sandsnap.publish.alerts.text import missing, scroll_link

    record = asdict(alert)
    for citation, given in zip(alert.citations, record["citations"], strict=True):
        for side in ("before", "after"):
            text = getattr(citation, f"quote_{side}")
            given[f"link_{side}"] = scroll_link(citation.source_url, text)
            given[f"missing_{side}"] = (
                None if text else missing(alert.moves[0].kind if alert.moves else alert.kind, side, citation)
            )
    return record


def _json(value: Any) -> None:
    import json

    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def report(args: argparse.Namespace) -> int:
    """Write the report."""
    from sandsnap.publish.report import build as publish
    from sandsnap.publish.report.writers import WRITERS
    from sandsnap.record.errors import RecordError
    from sandsnap.settings import SettingsError, load

    if args.start and args.end and args.start > args.end:
        raise Stop(f"--from {args.start} lies after --to {args.end}")
    try:
        found = publish.collect(load(args.home).warehouse, args.start, args.end, args.vendor)
    except SettingsError as e:
        raise Stop(str(e)) from None
    except RecordError as e:
        raise Stop(str(e), WAREHOUSE) from None
    suffix = args.output.suffix.removeprefix(".").lower() if args.output else ""
    text = WRITERS[args.format or {"htm": "html"}.get(suffix, suffix if suffix in WRITERS else "md")](found)
    if args.output is None:
        print(text, end="")
        return OK
    try:
        args.output.parent.mkdir(parents=True, exist_ok=True)
        args.output.write_text(text, "utf-8")
    except OSError as e:
        raise Stop(f"{e.strerror or e}: {args.output}; choose another file") from None
    print(
        f"{args.output}: {len(found.entries)} events, {len(found.corrections)} corrections, {sum(w.count for w in found.waits)} issues wait"
    )
    return OK
