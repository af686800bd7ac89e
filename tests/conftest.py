"""What all tests share: where the real captures are, a capture made of text, an empty warehouse in memory."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings

from sandsnap.model import Capture
from sandsnap.record import blank

# A law is tried on so many cases each time; HYPOTHESIS_PROFILE=thorough tries more of them.
settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of real captures and labels; tests that want it are skipped where it is absent."""
    if not (SHARED / "captures").is_dir():
        pytest.skip("../shared/captures is absent")
    return SHARED


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory, made once for a file of tests."""
    con = blank.in_memory()
    yield con
    con.close()


@pytest.fixture
def con(database: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse in memory, empty again after each test."""
    database.execute("BEGIN")
    yield database
    database.execute("ROLLBACK")


def capture(url: str, text: str | bytes, day: str = "2026-07-04", **fields: object) -> Capture:
    """A capture of `text` as fetched from `url` at noon of `day`."""
    body = text if isinstance(text, bytes) else text.encode()
    at = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
    return Capture(url, at, body, hashlib.sha256(body).hexdigest(), **fields)  # type: ignore[arg-type]


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` fills, once for all the processes that run the tests: to be read; who writes takes a copy."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, done = root / name, root / f"{name}.done"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's home, with its warehouse and its site: for slow tests only."""
    return once(tmp_path_factory, "demo", lambda home: _run("demo", "--home", home)) / "demo"


DEMO = Path(__file__).resolve().parents[1] / "src" / "sandsnap" / "demo"


@pytest.fixture(scope="session")
def two_vendors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a warehouse of two vendors' demo pages."""
    return once(tmp_path_factory, "two", lambda home: _recorded(home, "fly", "e2b"))


@pytest.fixture(scope="session")
def two_site(two_vendors: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of `two_vendors`."""
    from site_fixtures import built

    return (
        once(tmp_path_factory, "two_site", lambda folder: built(two_vendors / "sandsnap.duckdb", folder / "site"))
        / "site"
    )


@pytest.fixture(scope="session")
def one_vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `two_vendors`, of the vendor with the fewest pages."""
    return once(tmp_path_factory, "one", lambda home: _recorded(home, "freestyle"))


def _recorded(home: Path, *vendors: str) -> None:
    for vendor in vendors:
        _run("backfill", "--captures", DEMO / vendor, "--home", home)


def _run(*words: object) -> None:
    from sandsnap.cli.app import run

    assert run([str(w) for w in words]) in (0, 1)


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small warehouse and its site."""
    from site_fixtures import built, record

    def make(home: Path) -> None:
        record(home / "sandsnap.duckdb")
        built(home / "sandsnap.duckdb", home / "site", url="https://example.org/sandboxes")

    return once(tmp_path_factory, "small", make)


@pytest.fixture(scope="session")
def archive_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a warehouse of all real captures, for slow tests only."""
    if not (SHARED / "captures").is_dir():
        pytest.skip("../shared/captures is absent")
    return once(
        tmp_path_factory, "archive", lambda home: _run("backfill", "--captures", SHARED / "captures", "--home", home)
    )
