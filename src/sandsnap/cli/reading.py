"""Commands that read pages: read."""

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import ATTENTION, OK, Stop, command, day

if TYPE_CHECKING:
    from sandsnap.capture import Refused
    from sandsnap.cli.command import Commands
    from sandsnap.model import Capture, Fact, Reading


_MOST_NEAREST = 300  # letters of a line that may say it now: one of a page may be as long as the page


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands,
        "read",
        read,
        "Read one page or a folder of captures, offline, and print its facts and issues.",
        as_json=True,
    )
    p.add_argument(
        "path_or_url", help="a saved page, a folder with index.jsonl, a WARC file; or a URL that is in the archive"
    )
    p.add_argument("--url", help="the URL a saved page was captured from (a single file without an index)")
    p.add_argument(
        "--on", type=day, metavar="DATE", help="the day it was captured; of a URL: the last capture up to that day"
    )
    p = command(
        commands,
        "explain",
        explain,
        "Show what one page states: every amount with its label, plan and scope, and what it was taken for or why not.",
        as_json=True,
    )
    p.add_argument("path_or_url", help="a saved page, or a URL that is in the archive")
    p.add_argument("--url", help="the URL a saved page was captured from (without an index.jsonl beside it)")
    p.add_argument("--on", type=day, metavar="DATE", help="the day it was captured")
    p = command(commands, "pin", pin, "Save a page and the facts read from it as a golden pair.", data=False)
    p.add_argument("path", type=Path, help="a saved page")
    p.add_argument("--url", help="the URL it was captured from (without an index.jsonl beside it)")
    p.add_argument("--on", type=day, metavar="DATE", help="the day it was captured")
    p.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="where the golden pages of the vendor lie (default: pages/ in its folder)",
    )
    p.add_argument("--yes", action="store_true", help="overwrite a reviewed expectation with what is read now")


def read(args: argparse.Namespace) -> int:
    """Read and print."""
    from sandsnap.cli.running import errors, settings_of, warn
    from sandsnap.contained import read_all

    with errors():
        budget = settings_of(args).reading
    refused: list[Refused] = []
    captures = list(_captures(args, refused))
    warn(refused)
    troubled = bool(refused)
    for capture, found in zip(captures, read_all(captures, budget, accounts=False), strict=True):
        troubled |= any(r.outcome != "good" for r in found.readings)
        troubled |= any(i.kind in ("lost_quote", "unread_table") for r in found.readings for i in r.issues)
        print(_json(capture, found.readings) if args.as_json else _text(capture, found.readings))
    return ATTENTION if troubled and not args.as_json else OK


def explain(args: argparse.Namespace) -> int:
    """Print the statements of a page."""
    from sandsnap.cli.explaining import rows, table
    from sandsnap.cli.running import warn

    refused: list[Refused] = []
    for capture in _captures(args, refused):
        found = rows(capture)
        print(json.dumps(found, ensure_ascii=False) if args.as_json else table(found))
    warn(refused)
    return ATTENTION if refused else OK


def pin(args: argparse.Namespace) -> int:
    """Save a golden pair."""
    from sandsnap import vendors
    from sandsnap.read.reading import read as read_capture
    from sandsnap.read.sources import source_of

    (capture,) = _one(args.path, args.url, args.on)
    source = source_of(capture.url)
    if source is None:
        raise Stop(f"{capture.url} is not declared as a source; declare it in src/sandsnap/vendors first")
    if capture.day is None:
        raise Stop("which day was it captured? Say --on DATE")
    facts = [_fact(f) for r in read_capture(capture) for f in r.facts]
    folder: Path = args.to or vendors.folder(source.vendor) / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    expected = (folder / args.path.name).with_suffix(".expected.json")
    if expected.exists() and (moved := _moved(json.loads(expected.read_text("utf-8")), facts)):
        print("\n".join(moved))
        if not args.yes:
            print(f"{expected} was reviewed and would change so: run it again with --yes once each line is right")
            return ATTENTION
    (folder / args.path.name).write_bytes(capture.body)
    expected.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
    index = folder / "index.jsonl"
    lines = [
        x
        for x in (index.read_text("utf-8").splitlines() if index.exists() else [])
        if json.loads(x)["file"] != args.path.name
    ]
    lines.append(
        json.dumps(
            {
                "file": args.path.name,
                "url": capture.url,
                "captured_at": capture.day.isoformat(),
                "sha256": capture.sha256,
            }
        )
    )
    index.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"pinned {len(facts)} facts: look at {expected} before you commit it")
    return OK


def _moved(reviewed: list[dict[str, Any]], facts: list[dict[str, Any]]) -> list[str]:
    """What differs between a reviewed expectation and what is read now, a line each: - gone, + new, ~ another value or quote."""

    def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {f"{r['table']} {' / '.join(v for v in r['key'].values() if v != '-')}": r for r in rows}

    was, now = by_id(reviewed), by_id(facts)
    out = [f"- {k}: {was[k]['values']} “{was[k]['quote']}”" for k in was.keys() - now.keys()]
    out += [f"+ {k}: {now[k]['values']} “{now[k]['quote']}”" for k in now.keys() - was.keys()]
    for k in was.keys() & now.keys():
        for field in now[k]["values"].keys() | was[k]["values"].keys():
            before, after = was[k]["values"].get(field), now[k]["values"].get(field)
            out += [f"~ {k}: {field} {before} → {after}"] if before != after else []
        out += [f"~ {k}: “{was[k]['quote']}” → “{now[k]['quote']}”"] if was[k]["quote"] != now[k]["quote"] else []
    return sorted(out, key=lambda line: line[2:])


def _captures(args: argparse.Namespace, refused: "list[Refused]") -> "Iterable[Capture]":
    from sandsnap.capture import Archive, ReplayError, replay
    from sandsnap.cli.running import needs_archive
    from sandsnap.settings import load

    if "://" in args.path_or_url:
        settings = load(args.home)
        needs_archive(settings)
        with Archive(settings.archive) as archive:
            found = archive.latest(args.path_or_url, args.on)
        if found is None:
            raise Stop(f"the archive has no capture of {args.path_or_url}" + (f" up to {args.on}" if args.on else ""))
        return [found]
    path = Path(args.path_or_url)
    if not path.exists():
        raise Stop(f"{path} does not exist")
    if path.is_dir() or path.name.endswith((".warc", ".warc.gz")):
        try:
            return list(replay(path, verify=False, on_refused=refused.append))
        except ReplayError as e:
            raise Stop(str(e)) from None
    return _one(path, args.url, args.on)


def _one(path: Path, url: str | None, on: date | None) -> "list[Capture]":
    import hashlib
    from datetime import UTC, datetime, time

    from sandsnap.capture import replay
    from sandsnap.model import Capture

    if not path.is_file():
        raise Stop(f"{path} is not a file")
    if url is None:
        known = (
            [c for c in replay(path.parent, verify=False, on_refused=lambda _: None) if c.file == path.name]
            if (path.parent / "index.jsonl").exists()
            else []
        )
        if not known:
            raise Stop(f"which URL is {path.name} a copy of? Say --url URL (no index.jsonl beside it names it)")
        return known
    body = path.read_bytes()
    at = datetime.combine(on, time(), UTC) if on else None
    return [Capture(url, at, body, hashlib.sha256(body).hexdigest(), file=path.name)]


def _plain(value: Any) -> Any:
    from decimal import Decimal

    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def _fact(f: "Fact") -> dict[str, Any]:
    return {
        "table": f.table,
        "key": dict(f.key),
        "values": {k: _plain(v) for k, v in f.values.items()},
        "quote": f.quote,
    }


def _json(capture: "Capture", readings: "list[Reading]") -> str:
    facts = [{**_fact(f), "basis": f.basis} for r in readings for f in r.facts]
    issues = [
        {"kind": i.kind, "message": i.message, "reader": i.reader, "nearest": i.nearest}
        for r in readings
        for i in r.issues
    ]
    return json.dumps(
        {
            "file": capture.file,
            "url": capture.url,
            "captured_at": capture.captured_at and capture.captured_at.isoformat(),
            "facts": facts,
            "issues": issues,
        },
        ensure_ascii=False,
    )


def _text(capture: "Capture", readings: "list[Reading]") -> str:
    lines = [f"{capture.url}  {capture.day or 'undated'}  {capture.file or ''}".rstrip()]
    for r in readings:
        for f in r.facts:
            key = " / ".join(v for v in f.key.values() if v != "-")
            values = ", ".join(f"{k} {_plain(v)}" for k, v in f.values.items() if v is not None)
            lines.append(f"  {f.table:12} {key}: {values}\n               “{f.quote}”")
        lines += [
            f"  ! {i.kind}: {i.message}" + (f"\n      now: {i.nearest[:_MOST_NEAREST]}" if i.nearest else "")
            for i in r.issues
        ]
    if sys.stdout.isatty():
        lines.append("")
    return "\n".join(lines)
