"""Publish a folder as one step: it is written beside its place and exchanged with what stood there."""

import ctypes
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class ReplaceError(Exception):
    """The folder cannot be replaced; says what to do next."""


@contextmanager
def replacing(folder: Path, ours: Callable[[Path], bool]) -> Iterator[Path]:
    """Give an empty folder beside `folder` to write into; it takes the place of `folder` when the block ends well.

    Until then, and after an error or a kill at any instant, `folder` is what it was. What stood there is deleted
    afterwards, so it must be `ours` (or empty): ReplaceError otherwise. What killed runs left beside is removed.
    """
    folder = folder.absolute()
    _check(folder, ours)
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}-*.partial"):
        pid = left.stem.rpartition("-")[2]
        if pid == str(os.getpid()) or not _alive(pid):
            shutil.rmtree(left, ignore_errors=True)
    scratch = folder.parent / f".{folder.name}-{os.getpid()}.partial"
    scratch.mkdir()
    try:
        yield scratch
        _check(folder, ours)
        if folder.is_dir():
            _exchange(scratch, folder)
        else:
            scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _check(folder: Path, ours: Callable[[Path], bool]) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ReplaceError(f"{folder} is not a folder: choose another one")
    if folder.is_dir() and any(folder.iterdir()) and not ours(folder):
        raise ReplaceError(f"{folder} holds files that no export wrote: choose another folder, or move them away first")


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass  # somebody else's process, but a process
    return True


def _exchange(new: Path, old: Path) -> None:
    """Swap two folders of one file system: in one step where the system can (Linux), else in two renames."""
    libc = ctypes.CDLL(None) if os.name == "posix" else None
    rename = getattr(libc, "renameat2", None)
    at_cwd, exchange = -100, 2
    if rename is not None and rename(at_cwd, os.fsencode(new), at_cwd, os.fsencode(old), exchange) == 0:
        return
    # A kill between the two renames leaves the old folder, complete, under the name `aside`.
    aside = old.with_name(f".{old.name}.previous")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)
