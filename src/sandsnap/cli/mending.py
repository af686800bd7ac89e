"""The command that mends what a page no longer says as it did: mend."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import ATTENTION, OK, Stop, command, vendor_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandsnap.check.decisions import Decision
    from sandsnap.cli.command import Commands
    from sandsnap.mend.proposal import Proposal
    from sandsnap.model import Capture


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "mend", mend,
        "What pages no longer say as they did: the likeliest sentences now, the exact edit, and what it gave when tried.",
        as_json=True,
    )  # fmt: skip
    p.add_argument("vendor", type=vendor_name, nargs="?", metavar="VENDOR", help="whose pages (default: all)")
    p.add_argument(
        "--apply", metavar="ID", help="write the edit of this proposal; the old words stay for the old captures"
    )
    p.add_argument(
        "--candidate", type=int, default=1, metavar="N", help="with --apply: the N-th candidate (default: 1)"
    )
    p.add_argument(
        "--states-the-same", action="store_true",
        help="with --apply: a person has read the candidate, whose words are quite other ones, and it states the same",
    )  # fmt: skip
    p.add_argument(
        "--captures", type=Path, metavar="PATH", help="a folder with index.jsonl or a WARC file, instead of the archive"
    )


def mend(args: argparse.Namespace) -> int:
    """List proposals, or apply one."""
    from sandsnap.mend.proposals import proposals
    from sandsnap.vendors import VENDORS

    found: list[Proposal] = []
    decisions = _decisions(args)
    for name in [args.vendor] if args.vendor else VENDORS:
        decided: dict[str, list[str]] = {}
        for d in decisions:
            decided.setdefault(d.source_url or "", []).append(d.words or "")
        found += proposals(name, _captures(args, name), decided)
    if args.apply:
        return _apply(next((p for p in found if p.id == args.apply), None), args)
    if args.as_json:
        print(json.dumps([_record(p) for p in found], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join(map(_text, found)) or "nothing to mend")
        for d in decisions:
            if args.vendor in (None, d.vendor) and not _is_stated(d):
                print(
                    f"\ndecided on {d.on} by {d.author}, and no statement yet: {d.what} is still true, in “{d.words}”\n    {d.source_url}"
                )
    return ATTENTION if found else OK


def _captures(args: argparse.Namespace, name: str) -> "Mapping[str, Sequence[Capture]]":
    from sandsnap.capture import Archive, ReplayError, replay
    from sandsnap.cli.running import needs_archive
    from sandsnap.read.addresses import canonical
    from sandsnap.read.sources import vendor
    from sandsnap.settings import load

    made: dict[str, list[Capture]] = {}
    urls = {canonical(u) for s in vendor(name).sources for u in s.urls}
    if args.captures:
        try:
            everything = list(replay(args.captures, on_refused=lambda _: None))
        except ReplayError as e:
            raise Stop(str(e)) from None
    else:
        settings = load(args.home)
        needs_archive(settings, ", or say --captures PATH")
        with Archive(settings.archive) as archive:
            everything = [c for s in vendor(name).sources for u in dict.fromkeys(s.urls) for c in archive.versions(u)]
    for c in everything:
        if c.complete and c.captured_at and c.status == 200 and (url := canonical(c.url)) in urls:
            made.setdefault(url, []).append(c)
    return made


def _decisions(args: argparse.Namespace) -> "list[Decision]":
    """The decisions that a fact is still true in other words."""
    from sandsnap.check.decisions import DecisionError, load
    from sandsnap.settings import SettingsError
    from sandsnap.settings import load as settings

    try:
        return [d for d in load(settings(args.home).decisions).values() if d.verdict == "still"]
    except (SettingsError, DecisionError) as e:
        raise Stop(str(e)) from None


def _is_stated(decision: "Decision") -> bool:
    """Whether the words of a decision have become a quote of the vendor's own file."""
    from sandsnap.read.statements import quoted

    return any(decision.words in q.quotes for q in quoted(decision.vendor or ""))


def _apply(proposal: "Proposal | None", args: argparse.Namespace) -> int:
    import subprocess
    import sys

    from sandsnap.mend.edits import EditError
    from sandsnap.mend.likely import is_of_words
    from sandsnap.mend.proposal import SAME

    if proposal is None:
        raise Stop(f"there is no proposal {args.apply}: `sandsnap mend` lists them")
    if proposal.code:
        raise Stop(f"only code can read it: mend {proposal.code} ({proposal.why})")
    n = args.candidate - 1
    if not 0 <= n < len(proposal.candidates):
        raise Stop(f"proposal {proposal.id} has {len(proposal.candidates)} candidates")
    chosen = proposal.candidates[n]
    unlike_only = chosen.tried == SAME and all(map(is_of_words, chosen.likely.doubts))
    if not chosen.safe and not (unlike_only and args.states_the_same):
        why = "; ".join((*chosen.likely.doubts, *([chosen.tried] if chosen.tried != SAME else [])))
        then = (
            "say --states-the-same once you have read it"
            if unlike_only
            else "state the new value by hand, as an entry of its own"
        )
        raise Stop(f"not written: {why}; {then} ({chosen.edits[0].file})")
    # Processes of their own: this one has read the files as they were.
    verify = [sys.executable, "-m", "sandsnap.mend.verify", proposal.vendor]
    wrong = subprocess.run(verify, capture_output=True, text=True).stdout
    (file,) = {e.file for e in chosen.edits}
    before = file.read_text("utf-8")
    try:
        for edit in chosen.edits:
            edit.write()
    except EditError as e:
        file.write_text(before, "utf-8")
        raise Stop(str(e)) from None
    done = subprocess.run(verify, capture_output=True, text=True)
    if done.returncode and done.stdout != wrong:  # what was wrong before is no matter of this edit
        file.write_text(before, "utf-8")
        raise Stop(f"not written: with it {(done.stdout or done.stderr).strip()[-300:]}")
    print("\n".join(f"written: {e.told}" for e in chosen.edits) + f"\n{done.stdout.strip()}")
    return OK


def _text(p: "Proposal") -> str:
    lines = [f"{p.id}  {p.vendor}  {p.kind}: {p.what}", f"    {p.source_url}"]
    if p.was:
        lines.append(f"    was: “{p.was}”")
    if p.why:
        lines.append(f"    why: {p.why}")
    if p.code:
        lines.append(f"    code: {p.code}")
    for n, c in enumerate(p.candidates, 1):
        lines.append(f"    {n}. “{c.likely.text[:300]}”")
        lines += [f"       but {d}" for d in c.likely.doubts]
        lines.append(f"       tried: {c.tried}" + (f"; sandsnap mend --apply {p.id} --candidate {n}" if c.safe else ""))
        lines += [f"       edit: {e.told[:300]}" for e in c.edits]
    return "\n".join(lines)


def _record(p: "Proposal") -> dict[str, Any]:
    return {
        "id": p.id, "vendor": p.vendor, "source_url": p.source_url, "kind": p.kind, "what": p.what, "was": p.was, "why": p.why,
        "code": p.code,
        "candidates": [
            {"text": c.likely.text, "score": c.likely.score, "doubts": list(c.likely.doubts), "tried": c.tried, "safe": c.safe,
             "edits": [e.told for e in c.edits]}
            for c in p.candidates
        ],
    }  # fmt: skip
