"""The versions of pages that a documentation repository keeps, as captures: what was served, from which day on.

A version counts from the commit that brought it to the default branch (the chain of first parents): what stood on a side
branch was never served, and a merge is dated by its own day, not by its author's. Renames are followed, a revert is a
return. Only trees and the wanted files are read: the clone is bare and partial, and lies in a folder that is kept.
"""

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandsnap.model import Capture

Wanted = Callable[[str], str | None]
"""A file's path in the repository -> the address under which it is served, or None."""

_ROW = "\x1e%H\x1f%cI"
_TIMEOUT_S = 1800


class GitError(Exception):
    """A repository that cannot be read: what git said, and what to do next."""


@dataclass(frozen=True, slots=True)
class Version:
    """One file from one commit on: where it is served, the commit's own day and time, and the blob."""

    url: str
    path: str
    commit: str
    at: datetime
    blob: str


@dataclass(frozen=True, slots=True)
class _Change:
    status: str
    blob: str
    path: str


@dataclass(frozen=True, slots=True)
class _Commit:
    id: str
    at: datetime
    changes: tuple[_Change, ...]


class Repository:
    """A bare clone of `source` (a URL, a folder or a bundle) in `folder`, brought up to date when it is opened.

    Raises GitError where git is missing, refuses, or the source holds no branch.
    """

    def __init__(self, source: str, folder: Path, branch: str | None = None) -> None:
        self.source, self.folder = source, Path(folder)
        self.branch = branch or _default_branch(source)
        if self.folder.exists():
            self._git("fetch", "--quiet", "--force", source, f"+refs/heads/{self.branch}:refs/heads/{self.branch}")
        else:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            _run(
                ["clone", "--quiet", "--bare", "--filter=blob:none", "--single-branch", "--branch", self.branch,
                 "--", source, str(self.folder)], source,
            )  # fmt: skip

    def paths(self) -> set[str]:
        """Every path that any commit of the branch changed."""
        return {c.path for commit in self._commits() for c in commit.changes}

    def versions(self, wanted: Wanted) -> list[Version]:
        """The versions of the wanted files, oldest first; several on one day too: each was served."""
        found, served = list[Version](), dict[str, str]()
        commits = list(self._commits())
        for commit in reversed(commits):
            for change in commit.changes:
                url = wanted(change.path) or served.get(change.path)
                if url is None or change.status == "D":
                    continue
                if change.status == "A" and (old := self._renamed_from(commit, change)):
                    served[old] = url  # before this commit the page lay there
                found.append(Version(url, change.path, commit.id, commit.at, change.blob))
        return sorted(found, key=lambda v: (v.at, v.url))

    def captures(self, versions: Sequence[Version], name: str) -> Iterator[Capture]:
        """The versions as captures; `file` says where each comes from: `git:<name>@<commit>:<path>`."""
        bodies = self._blobs([v.blob for v in versions])
        for version, body in zip(versions, bodies, strict=True):
            yield Capture(
                url=version.url, captured_at=version.at, body=body, sha256=hashlib.sha256(body).hexdigest(),
                file=origin(version, name),
            )  # fmt: skip

    def _commits(self) -> Iterator[_Commit]:
        """The branch's first parents, oldest first. A commit is never dated before the one that it stands on."""
        out = self._git(
            "log", "--reverse", "--first-parent", "-m", "--raw", "-z", "--no-abbrev", "--no-renames", f"--format={_ROW}",
            f"refs/heads/{self.branch}",
        )  # fmt: skip
        last = datetime.min.replace(tzinfo=UTC)
        for text in out.split("\x1e")[1:]:
            head, _, raw = text.partition("\0")
            commit, _, stamp = head.strip("\n").partition("\x1f")
            # The day is the one that the commit itself states, in its own zone: the docs' changelogs count so, too.
            at = max(datetime.fromisoformat(stamp).replace(tzinfo=UTC), last + timedelta(microseconds=1))
            last = at
            yield _Commit(commit, at, tuple(_changes(raw)))

    def _renamed_from(self, commit: _Commit, change: _Change) -> str | None:
        """The path that a file which appears in a commit had before, or None where it is new."""
        gone = [c for c in commit.changes if c.status == "D"]
        if not gone:
            return None
        out = self._git("diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", f"{commit.id}^1", commit.id)
        words = out.split("\0")
        return {new: old for old, new in zip(words[1::3], words[2::3], strict=False)}.get(change.path)

    def _blobs(self, ids: Sequence[str]) -> list[bytes]:
        out = _run(["-C", str(self.folder), "cat-file", "--batch"], self.source, "\n".join(ids).encode())
        bodies, at = list[bytes](), 0
        for _ in ids:
            head_end = out.index(b"\n", at)
            head = out[at:head_end].split()
            if len(head) != 3:
                raise GitError(
                    f"{self.source}: {out[at:head_end].decode('utf-8', 'replace')}; fetch the repository anew"
                )
            size = int(head[2])
            bodies.append(out[head_end + 1 : head_end + 1 + size])
            at = head_end + 2 + size
        return bodies

    def _git(self, *words: str) -> str:
        return _run(["-C", str(self.folder), *words], self.source).decode("utf-8", "surrogateescape")


def origin(version: Version, name: str) -> str:
    """Where a capture of this version says that it comes from."""
    return f"git:{name}@{version.commit}:{version.path}"


def _changes(raw: str) -> Iterator[_Change]:
    words = raw.lstrip("\n\0").split("\0")
    for meta, path in zip(words[::2], words[1::2], strict=False):
        _, mode, _, blob, status = meta.lstrip(":").split(" ")
        if mode in ("100644", "100755", "000000"):  # no links, no submodules
            yield _Change(status[0], blob, path)


def _default_branch(source: str) -> str:
    """The branch that HEAD names, or the only one there is (a bundle may have no HEAD)."""
    lines = _run(["ls-remote", "--symref", "--", source], source).decode("utf-8", "replace").splitlines()
    for line in lines:
        if line.startswith("ref: refs/heads/") and line.endswith("\tHEAD"):
            return line.removeprefix("ref: refs/heads/").removesuffix("\tHEAD")
    heads = [line.partition("\trefs/heads/")[2] for line in lines if "\trefs/heads/" in line]
    for name in ("main", "master"):
        if name in heads:
            return name
    if len(heads) == 1:
        return heads[0]
    raise GitError(f"{source}: no default branch ({', '.join(heads) or 'no branch at all'}); name one with --branch")


def _run(words: Sequence[str], source: str, given: bytes | None = None) -> bytes:
    # No prompts, no hooks, no configuration of whoever runs it: a repository is data.
    environment = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    try:
        done = subprocess.run(
            ["git", "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", *words], input=given,
            capture_output=True, timeout=_TIMEOUT_S, check=False, env={**os.environ, **environment},
        )  # fmt: skip
    except FileNotFoundError:
        raise GitError("git is not installed; install it, or take captures from another source") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"{source}: git took more than {_TIMEOUT_S} s; try again later, what is there stays") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(f"{source}: {said[-1] if said else 'git failed'}; is it a repository, a bundle or its URL?")
    return done.stdout
