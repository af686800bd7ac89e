"""Commands of the operator's day: status (one screen, what is wrong first) and issues (matters, and what was seen)."""

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandsnap.cli.answers import warehouse
from sandsnap.cli.command import ATTENTION, DEGRADED, FAILED, OK, Stop, command, day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sandsnap.cli.command import Commands
    from sandsnap.health.matters import Matter
    from sandsnap.settings import Settings

SCREEN = 12  # matters on one screen; `sandsnap issues` shows the rest


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "status", status,
        "One screen: how the last run ended, what is wrong by cause, how old the facts are.", as_json=True,
    )  # fmt: skip
    p.add_argument(
        "--max-age", type=float, metavar="HOURS",
        help="for cron or a container's health check: only whether a run recorded within HOURS and did not fail",
    )  # fmt: skip
    p = command(
        commands, "issues", issues,
        "Every open matter with its cause and full messages. With ID: acknowledge it until a day.", as_json=True,
    )  # fmt: skip
    p.add_argument("id", metavar="ID", nargs="?", help="a matter, by the id that the list shows")
    p.add_argument("--until", type=day, metavar="DATE", help="the first day on which it counts again")
    p.add_argument("--author", metavar="NAME", help="who has seen it")
    p.add_argument("--reason", metavar="TEXT", help="why it may wait; kept with it")


def _settings(args: argparse.Namespace) -> "Settings":
    from sandsnap.settings import SettingsError, load

    try:
        return load(args.home)
    except SettingsError as e:
        raise Stop(str(e)) from None


def _seen(settings: "Settings") -> "dict[str, date]":
    from sandsnap.health.matters import acknowledged
    from sandsnap.settings import SettingsError

    try:
        return acknowledged(settings)
    except SettingsError as e:
        raise Stop(str(e)) from None


def status(args: argparse.Namespace) -> int:
    """Print how things stand; the exit code is the worst of it."""
    from sandsnap.health import ledger
    from sandsnap.health.verdict import FAILED as BAD
    from sandsnap.health.verdict import Verdict

    settings, now = _settings(args), datetime.now(UTC)
    ended = ledger.read(settings)
    if args.max_age is not None:
        verdict = ledger.worst(ended, settings, now, args.max_age)
        if args.as_json:
            print(json.dumps({"health": verdict.record()}))
        else:
            print("; ".join((verdict.word, *verdict.reasons)))
        return _code(verdict.word, 0)
    from sandsnap.health import matters
    from sandsnap.record import queries

    with warehouse(args) as con:
        rows_open = queries.open_issues(con).records()
        found = matters.matters(rows_open, _seen(settings), now.date())
        s = queries.status(con, now.date())
        fresh = queries.sql(
            con,
            "SELECT vendor, sum(facts)::BIGINT AS facts, max(newest) AS verified_on, min(oldest) AS oldest, "
            "sum(held_facts)::BIGINT AS held FROM freshness GROUP BY vendor ORDER BY vendor",
        )
    verdict = ended.verdict if ended else Verdict("ok", ("no note of a run here",))
    open_ones = [m for m in found if m.acknowledged_until is None]
    notes = _notes(settings)
    if args.as_json:
        from sandsnap.cli.output import plain

        rows = {
            "last_run": s.last_run, "freshness": s.freshness, "open_issues": s.open_issues,
            "silent_sources": s.silent_sources, "unproven_readers": s.unproven_readers,
        }  # fmt: skip
        said: dict[str, Any] = {k: [{c: plain(v) for c, v in r.items()} for r in a.records()] for k, a in rows.items()}
        said |= {"health": verdict.record(), "matters": [_record(m) for m in found], **notes}
        said["vendors"] = _vendors(rows_open, notes)
        print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
        return _code(verdict.word, len(open_ones))
    mark = verdict.word.upper() if verdict.word == BAD or verdict.word == "degraded" else verdict.word
    when = f"{ended.kind} of {ended.finished_at:%Y-%m-%d %H:%M} UTC" if ended else "no run noted"
    print(f"{mark}: {when}" + "".join(f"; {r}" for r in verdict.reasons))
    if ended and ended.verdict.fetched:
        f = ended.verdict.fetched
        total = [sum(getattr(x, n) for x in f) for n in ("pages", "answered", "unchanged", "failed")]
        print("pages: {} asked for, {} new, {} unchanged, {} failed".format(*total))
    print(f"\nmatters: {len(open_ones)} open, {len(found) - len(open_ones)} acknowledged")
    for m in open_ones[:SCREEN]:
        print(_told(m))
    if open_ones[SCREEN:]:
        print(f"  and {len(open_ones) - SCREEN} more: sandsnap issues")
    if s.silent_sources.rows:
        names = sorted({r["vendor"] for r in s.silent_sources.records()})
        print(f"\nsilent: {len(s.silent_sources.rows)} pages not read well for over a week ({', '.join(names)})")
    print()
    from sandsnap.cli import output

    watched = {v["vendor"]: v for v in _vendors(rows_open, notes)}
    held = {row[0]: row[1:] for row in fresh.rows}
    nothing: list[object] = [None] * (len(fresh.columns) - 1)
    output.as_table(
        [*fresh.columns, *_WATCHED],
        [[n, *held.get(n, nothing), *(watched.get(n, {}).get(c) for c in _WATCHED)] for n in sorted({*held, *watched})],
    )
    if pages := sum(len(v["replaced_by"]) for v in watched.values()):
        print(f"a capture of {pages} pages would replace what is second hand: sandsnap status --json lists them")
    return _code(verdict.word, len(open_ones))


_WATCHED = ("sources", "unread_tables", "accounted", "second_hand")


def _vendors(issues: "Sequence[Mapping[str, Any]]", notes: "Mapping[str, Any]") -> list[dict[str, Any]]:
    """Of each vendor: pages that are fetched, tables that nobody reads, the share of amounts accounted for at the last run,
    facts that others read, and of which pages a capture would replace those."""
    shares = {a["vendor"]: a["share"] for a in notes["accounted"]}
    out = []
    for noted in notes["vendors"]:
        name, share = noted["vendor"], shares.get(noted["vendor"])
        out.append({
            "vendor": name, "sources": noted["sources"],
            "unread_tables": sum(i["vendor"] == name and i["kind"] == "unread_table" for i in issues),
            "accounted": f"{100 * share:.1f} %" if share is not None else "-", "second_hand": noted["second_hand"],
            "replaced_by": noted["replaced_by"],
        })  # fmt: skip
    return out


def _code(word: str, waiting: int) -> int:
    return {"failed": FAILED, "degraded": DEGRADED}.get(word, ATTENTION if waiting else OK)


def _told(m: "Matter") -> str:
    more = f" (and {len(m.messages) - 1} more such)" if len(m.messages) > 1 else ""
    pages = f", {m.issues} issues" if m.issues > 1 else ""
    return f"  {m.id}  {m.vendor} {m.level}: {m.kind.replace('_', ' ')} since {m.first_on}{pages}\n      {m.messages[0]}{more}"


def _record(m: "Matter") -> dict[str, Any]:
    from dataclasses import asdict

    return {k: str(v) if hasattr(v, "isoformat") else v for k, v in asdict(m).items()}


def _notes(settings: "Settings") -> dict[str, Any]:
    """What the last run noted of the watched pages; nothing where a warehouse came without its home."""
    try:
        found = json.loads(settings.watch_notes.read_text("utf-8"))
        return {
            "unproven_pages": found["unproven"],
            "accounted": found["accounted"],
            "vendors": found.get("vendors", []),
        }
    except FileNotFoundError:
        return {"unproven_pages": [], "accounted": [], "vendors": []}
    except (ValueError, KeyError, TypeError):
        raise Stop(f"{settings.watch_notes} is not what a run writes; delete it, the next run writes it anew") from None


def issues(args: argparse.Namespace) -> int:
    """List the matters, or acknowledge one."""
    from sandsnap.health import matters
    from sandsnap.record import queries
    from sandsnap.settings import SettingsError

    settings, today = _settings(args), datetime.now(UTC).date()
    with warehouse(args) as con:
        rows = queries.open_issues(con).records()
    found = matters.matters(rows, _seen(settings), today)
    if args.id:
        chosen = [m for m in found if m.id == args.id]
        if not chosen:
            raise Stop(f"no open matter is called {args.id!r}; 'sandsnap issues' lists them")
        if not (args.until and args.author and args.reason):
            raise Stop("say --until DATE, --author NAME and --reason TEXT: they are kept with the matter")
        if args.until <= today:
            raise Stop(f"--until {args.until} has passed; give a day that comes")
        try:
            matters.acknowledge(settings, chosen[0], args.until, args.author, args.reason)
        except SettingsError as e:
            raise Stop(str(e)) from None
        print(f"{args.id} is acknowledged until {args.until}: it counts again from that day on")
        return OK
    if args.as_json:
        print(json.dumps([_record(m) for m in found], ensure_ascii=False, indent=1))
    else:
        for m in found:
            seen = f"  [acknowledged until {m.acknowledged_until}]" if m.acknowledged_until else ""
            pages = f", {m.issues} issues" if m.issues > 1 else ""
            print(f"{m.id}  {m.vendor} {m.level} {m.cause}: {m.kind.replace('_', ' ')} since {m.first_on}{pages}{seen}")
            for message in m.messages:
                print(f"    {message}")
        print(f"{len(found)} matters")
    return ATTENTION if any(m.acknowledged_until is None for m in found) else OK
