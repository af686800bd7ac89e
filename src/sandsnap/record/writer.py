"""One writer at a time, on a copy: copy, change, check, rename. A reader is never blocked and a crash loses nothing.

Files beside `warehouse.duckdb`: `.lock` (pid of the writer), `.next` (the copy being written), `.previous` (the file
before the last run: `sandsnap rollback` puts it in place).
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import duckdb
import polars as pl

from sandsnap.record import blank, words
from sandsnap.record.errors import DamagedError, LockedError

STEPS = ("locked", "copied", "opened", "folded", "written", "checked", "closed", "kept", "renamed", "unlocked")
CATALOG = "warehouse"


class Writer:
    """`with Writer(path) as w: w.con.execute(...)`: publishes on a clean exit, leaves everything as it was on an error.

    Raises LockedError while another live process writes, DamagedError when the result breaks an invariant.
    """

    con: duckdb.DuckDBPyConnection
    touched: Collection[int] | None = (
        None  # the claims of which rows were written, where that is known: only they are checked
    )

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = path.with_name(path.name + ".lock")
        self.next = path.with_name(path.name + ".next")
        self.previous = path.with_name(path.name + ".previous")

    def step(self, name: str) -> None:
        """Called after every step that a crash may follow; the crash test kills the process here."""
        if name not in STEPS:
            raise ValueError(name)

    def __enter__(self) -> "Writer":
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = _take(self.lock)
        try:
            self.step("locked")
            _remove(self.next)
            if self.path.exists():
                shutil.copyfile(self.path, self.next)
            else:
                blank.copy_to(self.next)
            self.step("copied")
            self.con = duckdb.connect()
            self.con.execute("SET TimeZone = 'UTC'")
            blank.attach(self.con, self.next, CATALOG)
            self.con.execute("BEGIN")
            blank.complete(self.con)
            self.step("opened")
        except BaseException:
            self._abandon()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is not None:
            self._abandon()
            return
        try:
            self.con.execute("COMMIT")
            self.step("written")
            check(self.con, self.touched)
            self.step("checked")
            words.settle(self.con)
            _compact(self.con, self.next)
            self.con.close()
            _sync(self.next)
            self.step("closed")
            _keep(self.path, self.previous)
            self.step("kept")
            self.next.replace(self.path)
            _sync(self.path.parent)
            self.step("renamed")
        except BaseException:
            self._abandon()
            raise
        _free(self._descriptor)
        self.step("unlocked")

    def _abandon(self) -> None:
        if hasattr(self, "con"):
            self.con.close()
        _remove(self.next)
        _free(self._descriptor)


def check(con: duckdb.DuckDBPyConnection, touched: Collection[int] | None = None) -> None:
    """Raise DamagedError unless the interval tables are sound: what the database itself is not asked to enforce.

    Of the `touched` claims, or of all. An append is to cost what it changed, not what is stored.
    """
    claims = "store.claims"
    if touched is not None:
        con.register("touched", pl.DataFrame({"claim": list(touched)}, schema={"claim": pl.Int64}))
        claims = "(SELECT c.* FROM store.claims c SEMI JOIN touched t ON t.claim = c.claim)"
    empty, backward, incomplete, double, overlap = con.execute(
        f"WITH c AS MATERIALIZED (SELECT claim, reader, valid_from, valid_to, known_from, known_to FROM {claims}), "
        "held AS (SELECT claim, valid_from, valid_to FROM c WHERE known_to IS NULL), "
        "ended AS (SELECT DISTINCT claim FROM held WHERE valid_to IS NOT NULL), "  # only they can overlap, and are few
        "next AS (SELECT valid_to, lead(valid_from) OVER (PARTITION BY claim ORDER BY valid_from) AS starts "
        "FROM held SEMI JOIN ended USING (claim)) "
        "SELECT count(*) FILTER (valid_to <= valid_from), count(*) FILTER (known_to <= known_from), "
        "count(*) FILTER (claim IS NULL OR reader IS NULL OR valid_from IS NULL OR known_from IS NULL), "
        "(SELECT count(*) - count(DISTINCT claim) FROM held WHERE valid_to IS NULL), "
        "(SELECT count(*) FROM next WHERE starts IS NOT NULL AND (valid_to IS NULL OR valid_to > starts)) FROM c"
    ).fetchall()[0]
    if touched is not None:
        con.unregister("touched")
    if empty or backward or incomplete or double or overlap:
        raise DamagedError(
            f"{empty} empty and {backward} backward intervals, {incomplete} incomplete rows, {double} claims open "
            f"twice, {overlap} overlaps: nothing was published; please report this with the captures"
        )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep every other writer of a warehouse out. Raises LockedError while one is at work."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _take(path.with_name(path.name + ".lock"))
    try:
        yield
    finally:
        _free(descriptor)


def _compact(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Close the file; where more than a third of it is unused (old catalog, old column segments), write it anew first.

    A commit leaves some twenty free blocks (the catalog), which the next one uses: that is a third of the smallest files only.
    """
    con.execute(f"CHECKPOINT {CATALOG}")
    total, free = con.execute(
        "SELECT total_blocks, free_blocks FROM pragma_database_size() WHERE database_name = ?", [CATALOG]
    ).fetchall()[0]
    con.execute("USE memory")
    if free * 3 <= total:
        con.execute(f"DETACH {CATALOG}")
        return
    compact = path.with_name(path.name + ".compact")
    _remove(compact)
    blank.attach(con, compact, "compact")
    con.execute(f"COPY FROM DATABASE {CATALOG} TO compact")
    con.execute("USE memory")
    con.execute(f"DETACH {CATALOG}")
    con.execute("DETACH compact")
    compact.replace(path)


def _take(lock: Path) -> int:
    """Lock the file and write our pid into it. The kernel frees the lock of a process that died, however it died."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise LockedError(
            f"process {holder} is writing the warehouse: wait for it, or stop it, and run again ({lock})"
        ) from None
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
    return descriptor


def _free(descriptor: int) -> None:
    """Release the lock. The file stays: removing it would let two writers lock two files of one name."""
    os.truncate(descriptor, 0)
    os.close(descriptor)


def _keep(path: Path, previous: Path) -> None:
    """Keep the file that is about to be replaced, without a moment in which neither exists."""
    # After a crash between keeping and renaming the two are one file already, and rename would leave both names.
    if not path.exists() or (previous.exists() and previous.samefile(path)):
        return
    waiting = previous.with_name(previous.name + ".new")
    _remove(waiting)
    try:
        os.link(path, waiting)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, waiting)
    waiting.replace(previous)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
