"""What all tests share: where the real captures are, a capture made of text, an empty warehouse in memory."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandsnap.model import Capture
from sandsnap.record import blank

# A database of a test holds a handful of rows: threads of its own cost it more than they bring.
_connect = duckdb.connect


def _on_one_thread(*args: Any, **options: Any) -> duckdb.DuckDBPyConnection:
    return _connect(*args, **{**options, "config": {"threads": 1, **options.get("config", {})}})


duckdb.connect = _on_one_thread

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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's home, with its warehouse and its site."""
    from sandsnap.cli.app import run

    home = tmp_path_factory.mktemp("demo")
    assert run(["demo", "--home", str(home)]) == 0
    return home / "demo"


DEMO = Path(__file__).resolve().parents[1] / "src" / "sandsnap" / "demo"


@pytest.fixture(scope="session")
def two_vendors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a warehouse of two vendors' demo pages, to be read; who writes takes a copy."""
    return _recorded(tmp_path_factory.mktemp("two"), "fly", "e2b")


@pytest.fixture(scope="session")
def one_vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `two_vendors`, of the vendor with the fewest pages."""
    return _recorded(tmp_path_factory.mktemp("one") / "home", "freestyle")


def _recorded(home: Path, *vendors: str) -> Path:
    from sandsnap.cli.app import run

    for vendor in vendors:
        assert run(["backfill", "--captures", str(DEMO / vendor), "--home", str(home)]) in (0, 1)
    return home


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small warehouse and its site, to be read."""
    from site_fixtures import built, record

    home = tmp_path_factory.mktemp("small")
    record(home / "sandsnap.duckdb")
    built(home / "sandsnap.duckdb", home / "site", url="https://example.org/sandboxes")
    return home


@pytest.fixture(scope="session")
def archive_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a warehouse of all real captures: made once, for slow tests only."""
    from sandsnap.cli.app import run

    if not (SHARED / "captures").is_dir():
        pytest.skip("../shared/captures is absent")
    home = tmp_path_factory.mktemp("archive")
    assert run(["backfill", "--captures", str(SHARED / "captures"), "--home", str(home)]) in (0, 1)
    return home
