"""An empty warehouse, made once for each version of its layout and kept in the user's cache: its views take seconds.

The cache is `$XDG_CACHE_HOME/sandsnap` (`~/.cache/sandsnap`); where it cannot be written every new warehouse is made anew.
"""

import os
import shutil
import time
from pathlib import Path

import duckdb

from sandsnap.record import fact_store, layout, views
from schemas.contract import VERSION as CONTRACT

KEPT_S = 30 * 86_400  # an empty warehouse of another version goes when nobody has made it for so long


def attach(con: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach a warehouse file for writing, made with small blocks if it is new."""
    quoted = str(path).replace("'", "''")
    fresh = f"BLOCK_SIZE {layout.BLOCK_SIZE}, STORAGE_VERSION '{layout.STORAGE_VERSION}'"
    con.execute(f"ATTACH '{quoted}' AS {name}" + ("" if path.exists() else f" ({fresh})"))
    con.execute(f"USE {name}")


def complete(con: duckdb.DuckDBPyConnection) -> None:
    """Create or migrate what the database in use lacks; define its views anew where they were defined from other text."""
    wanted = layout.fingerprint()
    if layout.made_of(con) == str(wanted):
        return
    layout.create(con)
    views.define(con)
    fact_store.bind_steps(con)  # those of a warehouse of before
    con.execute("UPDATE store.layout SET views = ?, contract = ?", [wanted, CONTRACT])


def copy_to(path: Path) -> None:
    """Put an empty warehouse at `path`; nothing where no cache can be kept: `complete` then makes it whole."""
    kept = _cached()
    try:
        if not kept.exists():
            _make(kept)
        shutil.copyfile(kept, path)
    except OSError:  # no home, read-only, full: the cache only saves time
        path.unlink(missing_ok=True)


def in_memory() -> duckdb.DuckDBPyConnection:
    """A connection to an empty warehouse in memory, in UTC."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    kept = _cached()
    try:
        if not kept.exists():
            _make(kept)
        quoted = str(kept).replace("'", "''")
        con.execute(f"ATTACH '{quoted}' AS blank (READ_ONLY)")
        con.execute("COPY FROM DATABASE blank TO memory")
        con.execute("DETACH blank")
    except OSError:
        complete(con)
    return con


def _cached() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return home / "sandsnap" / f"empty-{layout.fingerprint():x}-{duckdb.__version__}.duckdb"


def _make(kept: Path) -> None:
    """Build it beside its place and move it there, whole: another process may be doing the same."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    for other in kept.parent.glob("empty-*"):
        if time.time() - other.stat().st_mtime > KEPT_S:
            other.unlink(missing_ok=True)
    building = kept.with_name(f"{kept.name}.{os.getpid()}")
    building.unlink(missing_ok=True)
    con = duckdb.connect()
    try:
        con.execute("SET TimeZone = 'UTC'")
        attach(con, building, "blank")
        con.execute("BEGIN")
        complete(con)
        con.execute("COMMIT")
        con.execute("CHECKPOINT blank")
    finally:
        con.close()
    building.replace(kept)
