"""What can break on a machine, in one line each with the next step; and what is our own mistake, with the rest in a file."""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sandsnap.cli.command import DEFECT, USAGE, WAREHOUSE

_NEXT = {
    errno.ENOSPC: "the disk is full: free space and run it again; the pages already fetched are kept",
    errno.EDQUOT: "the disk quota is used up: free space and run it again; the pages already fetched are kept",
    errno.EFBIG: "a file may not grow any further here (a limit of the file system or `ulimit -f`): lift it",
    errno.EROFS: "the file system is read-only: mount it for writing, or choose another --home",
    errno.EACCES: "permission denied: give the user who runs sandsnap the right, or choose another --home",
    errno.EPERM: "not permitted: give the user who runs sandsnap the right, or choose another --home",
    errno.ENOTDIR: "a part of the path is a file, not a folder: choose another --home",
    errno.EISDIR: "it is a folder where a file should be: move it away",
    errno.EMFILE: "too many open files: raise `ulimit -n`",
    errno.EIO: "the disk cannot read or write it: check the disk, then `sandsnap doctor`",
}


def said(error: BaseException) -> tuple[str, int] | None:
    """One line and an exit code for what the machine did; None for everything else, which is our mistake."""
    for inner in _chain(error):
        if type(inner).__name__ in ("VendorError", "PublisherError"):  # its module may be what could not be imported
            return str(inner), USAGE
        if isinstance(inner, OSError) and inner.errno in _NEXT:
            where = f"{inner.filename}: " if inner.filename else ""
            return f"{where}{_NEXT[inner.errno]}", WAREHOUSE
        if type(inner).__name__ == "ArchiveError":
            return str(inner), WAREHOUSE
        name = type(inner).__module__.partition(".")[0]
        text = " ".join(str(inner).split())
        if name in ("duckdb", "_duckdb", "sqlite3"):
            if "No space left" in text or "disk is full" in text or "disk full" in text:
                return f"{_NEXT[errno.ENOSPC]} ({text[:120]})", WAREHOUSE
            if "readonly" in text or "Read-only" in text or "read-only file system" in text:
                return f"{_NEXT[errno.EROFS]} ({text[:120]})", WAREHOUSE
            if "unable to open" in text:
                return (
                    f"a file cannot be opened: `sandsnap doctor` says which, and what mends it ({text[:120]})",
                    WAREHOUSE,
                )
            if "locked" in text:
                return f"another process holds the file: wait for it, then run it again ({text[:120]})", WAREHOUSE
            if "malformed" in text or "not a database" in text or "corrupt" in text.lower() or "Serialization" in text:
                return f"a file is damaged: `sandsnap doctor` says which, and what mends it ({text[:160]})", WAREHOUSE
        if isinstance(inner, MemoryError):
            return "out of memory: free some, or narrow the call with --vendor", WAREHOUSE
    return None


def defect(error: BaseException) -> tuple[str, int]:
    """One line for a mistake of ours, and the file that holds the rest, to be reported."""
    text = "".join(traceback.format_exception(error))
    name = f"sandsnap-defect-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    path = Path(tempfile.gettempdir()) / name
    last = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    try:
        path.write_text(f"sandsnap {' '.join(sys.argv[1:2])} on Python {sys.version}\n\n{text}", "utf-8")
    except OSError as e:
        return f"a defect of ours ({last}); its trace could not be kept: {e.strerror}", DEFECT
    return f"a defect of ours ({last}): please report it with {path}", DEFECT


def _chain(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _chain(one)
        return
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
