"""Commands that measure: quality."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli.command import ATTENTION, OK, Stop, command, vendor_name

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands,
        "quality",
        quality,
        "Measure: change known pages in known ways, and count what is missed, let in wrongly or told falsely.",
        as_json=True,
        data=False,
    )
    p.add_argument(
        "--sample", action="store_true", help="a fixed part of the cases, without real captures (under 40 s)"
    )
    p.add_argument(
        "--captures", type=Path, metavar="PATH",
        help="real captures to measure on, as well (default: ../shared/captures of a checkout)",
    )  # fmt: skip
    p.add_argument("--vendor", type=vendor_name, action="append", help="only this vendor's pages; may be given again")
    p.add_argument(
        "--mutation", action="append", default=[], metavar="NAME", help="only this mutation; may be given again"
    )
    p.add_argument(
        "--figures", type=int, default=3, metavar="N", help="figures of a page that each amount edit is tried on"
    )
    p.add_argument("--verbose", action="store_true", help="list every case that was not answered rightly")


def quality(args: argparse.Namespace) -> int:
    """Measure and print."""
    from sandsnap.capture import ReplayError
    from sandsnap.cli.output import Progress
    from sandsnap.quality.report import lines, report
    from sandsnap.quality.runner import SAMPLE_SHARE, find_pages, run

    if args.sample and args.captures:
        raise Stop("--sample is without real captures, so that it is the same everywhere; leave one of the two out")
    progress = Progress()
    try:
        pages = find_pages(args.captures, sample=args.sample)
    except ReplayError as e:
        raise Stop(str(e)) from None
    if args.vendor:
        pages = [p for p in pages if p.vendor in args.vendor]
    verdicts = run(
        pages,
        figures=args.figures,
        only=frozenset(args.mutation),
        share=SAMPLE_SHARE if args.sample else 1,
        progress=progress,
    )
    progress.done()
    if not verdicts:
        raise Stop("no page gives such a case; look for the names of the mutations in `sandsnap quality --sample`")
    result = report(verdicts)
    if args.as_json:
        print(json.dumps(result, indent=1, ensure_ascii=False))
    else:
        print("\n".join(lines(result)))
        for f in result["failures"] if args.verbose else ():
            print(f"\n{f['mutation']} ({f['answer']}) {f['page']}\n  {f['url']}")
            print(
                "\n".join(
                    f"  {what}: {text}"
                    for what in ("wrong", "false_alerts", "unexplained", "needless", "missed")
                    for text in f[what]
                )
            )
    return OK if result["met"] else ATTENTION
