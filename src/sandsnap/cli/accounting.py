"""The command that lists what the watched pages state and no fact uses: residue."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli.command import OK, Stop, command, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.watching import Accounted


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands,
        "residue",
        residue,
        "Amounts on a vendor's pages that no fact uses and no reviewed ignore-entry covers, and the share accounted for.",
        as_json=True,
    )
    p.add_argument("vendor", type=vendor_name, metavar="VENDOR", help="whose pages")
    p.add_argument(
        "--captures", type=Path, metavar="PATH",
        help="a folder with index.jsonl or a WARC file, instead of the archive: the last capture of each source in it",
    )  # fmt: skip


def residue(args: argparse.Namespace) -> int:
    """List the residue of the last good capture of each of a vendor's sources."""
    from sandsnap.capture import Refused, ReplayError, replay
    from sandsnap.cli.running import needs_archive, warn
    from sandsnap.settings import load
    from sandsnap.watching import accounted, accounted_in

    if args.captures:
        refused: list[Refused] = []
        try:
            found = accounted_in(replay(args.captures, on_refused=refused.append), (args.vendor,))
            warn(refused)
        except ReplayError as e:
            raise Stop(str(e)) from None
    else:
        settings = load(args.home)
        needs_archive(settings, ", or say --captures PATH")
        found = accounted(settings, (args.vendor,))
    if not found:
        raise Stop(f"no capture of a page of {args.vendor} there; run 'sandsnap snapshot --vendor {args.vendor}' first")
    print(_json(args.vendor, found) if args.as_json else _text(args.vendor, found))
    return OK


def share(used: int, ignored: int, amounts: int) -> str:
    """What part of the amounts is accounted for, in percent; of none, all are."""
    return f"{100 * (used + ignored) / amounts:.1f} %" if amounts else "100.0 %"


def _json(vendor: str, found: "list[Accounted]") -> str:
    sources = [
        {
            "source_url": f.account.source_url,
            "captured_at": f.capture.captured_at and f.capture.captured_at.isoformat(),
            "complete": f.capture.complete,
            "amounts": f.account.amounts,
            "used": f.account.used,
            "ignored": dict(sorted(f.account.ignored.items())),
            "residue": [
                {"amount": r.amount, "kind": r.kind, "heading": r.heading, "sentence": r.sentence}
                for r in f.account.residue
            ],
        }
        for f in found
    ]
    amounts, left = sum(f.account.amounts for f in found), sum(len(f.account.residue) for f in found)
    total = {"vendor": vendor, "amounts": amounts, "residue": left, "share": 1 - left / amounts if amounts else 1.0}
    return json.dumps({**total, "sources": sources}, ensure_ascii=False, indent=1)


def _text(vendor: str, found: "list[Accounted]") -> str:
    lines = []
    for f in found:
        if not f.account.amounts:
            continue
        a, ignored = f.account, sum(f.account.ignored.values())
        counts = f"{a.used} used, {ignored} ignored, {len(a.residue)} left of {a.amounts}"
        lines.append(f"{a.source_url}  {f.capture.day}  {counts}: {share(a.used, ignored, a.amounts)}")
        for r in a.residue:
            lines.append(
                f"  {r.amount}  ({r.kind}{', under ' + repr(r.heading) if r.heading else ''})\n      {r.sentence[:200]}"
            )
    used = sum(f.account.used for f in found)
    ignored, amounts = sum(sum(f.account.ignored.values()) for f in found), sum(f.account.amounts for f in found)
    lines.append(
        f"\n{vendor}: {used} used by facts, {ignored} ignored with a reason, {amounts - used - ignored} left of {amounts}:"
        f" {share(used, ignored, amounts)} accounted for on {len(found)} pages"
    )
    return "\n".join(lines)
