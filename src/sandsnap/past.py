"""A past on the first day: dated copies of the declared pages out of git repositories and web archives, recorded.

No rules here, only the order of things: list, fetch into the archive, record as any backfill.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from sandsnap import pipeline
from sandsnap.capture import Archive
from sandsnap.capture.git_history import Repository, Version, origin
from sandsnap.capture.web_archive import Copy, Listing, Server, fetch_copies, held, listing
from sandsnap.model import Capture, Issue
from sandsnap.read.repositories import rules_for
from sandsnap.read.sources import vendor
from sandsnap.settings import Settings
from sandsnap.vendors import VENDORS


@dataclass(frozen=True)
class Taken:
    """What a run brought: captures new to the archive, what could not be had, and what was recorded (None: nothing new)."""

    new: int
    known: int
    issues: tuple[Issue, ...] = field(default=())
    outcome: pipeline.Outcome | None = None


def from_git(
    settings: Settings, source: str, names: Collection[str] = VENDORS, *, rules: str | None = None, branch: str | None = None,
    flow_run_id: str | None = None, progress: pipeline.Progress = pipeline.quiet,
) -> Taken:  # fmt: skip
    """Record the versions of declared pages in a git repository. Raises GitError and RulesError."""
    progress(f"reading the history of {source}", 0, 0)
    folder = settings.home / "git" / hashlib.sha256(source.encode()).hexdigest()[:16]
    repository = Repository(source, folder, branch)
    found = rules_for(source, repository.paths(), rules)
    chosen = pipeline.everyone(names)
    versions = [v for v in repository.versions(found.page) if pipeline.vendor_at(v.url) in chosen]
    with Archive(settings.archive) as archive:
        have = {e.file for e in archive.entries(urls={v.url for v in versions})}
        new = [v for v in versions if origin(v, found.name) not in have]
        captures = list(repository.captures(new, found.name))
        archive.add_all(captures)
    return _recorded(settings, captures, len(versions) - len(new), (), names, flow_run_id, progress)


def versions_of(settings: Settings, source: str, rules: str | None = None, branch: str | None = None) -> list[Version]:
    """The versions that `from_git` would take."""
    folder = settings.home / "git" / hashlib.sha256(source.encode()).hexdigest()[:16]
    repository = Repository(source, folder, branch)
    return repository.versions(rules_for(source, repository.paths(), rules).page)


def addresses(names: Collection[str]) -> list[tuple[str, str]]:
    """(vendor, URL) of every declared page and former address that a web archive may hold."""
    pairs = [(name, url) for name in names for s in vendor(name).sources for url in dict.fromkeys(s.urls)]
    return [
        (name, url) for name, url in dict.fromkeys(pairs) if not (urlsplit(url).hostname or "").endswith(".example")
    ]


def plan(
    settings: Settings, server: Server, names: Collection[str], since: date | None = None,
    progress: pipeline.Progress = pipeline.quiet,
) -> tuple[Listing, list[Copy]]:  # fmt: skip
    """What the web archive holds of the declared pages, and which copies our own archive lacks."""
    found = listing(server, addresses(names), pipeline.fetch_policy(settings), since, progress)
    if not settings.archive.exists():
        return found, list(found.copies)
    with Archive(settings.archive) as archive:
        have = held(archive, found.copies)
    return found, [c for c in found.copies if c.file not in have]


def from_web_archive(
    settings: Settings, server: Server, found: Listing, wanted: Sequence[Copy], names: Collection[str] = VENDORS, *,
    flow_run_id: str | None = None, progress: pipeline.Progress = pipeline.quiet,
) -> Taken:  # fmt: skip
    """Fetch the copies of a `plan` into the archive and record all that it holds of them."""
    with Archive(settings.archive) as archive:
        captures, issues = fetch_copies(
            server, wanted, pipeline.fetch_policy(settings), archive, pipeline.vendor_at, progress
        )
        # What an interrupted run archived is recorded now, too.
        fetched = {c.file for c in captures}
        files = {c.file for c in found.copies} - fetched
        had = [c for c in archive.captures(urls={c.url for c in found.copies}) if c.file in files]
    taken = _recorded(settings, [*captures, *had], 0, (*found.issues, *issues), names, flow_run_id, progress)
    return Taken(len(captures), len(had), taken.issues, taken.outcome)


def _recorded(
    settings: Settings, captures: list[Capture], known: int, issues: Sequence[Issue], names: Collection[str],
    flow_run_id: str | None, progress: pipeline.Progress,
) -> Taken:  # fmt: skip
    outcome = (
        pipeline.record_copies(settings, captures, names, flow_run_id=flow_run_id, progress=progress)
        if captures
        else None
    )
    return Taken(len(captures), known, tuple(issues), outcome)
