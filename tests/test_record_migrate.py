"""Warehouses of earlier versions: they open, the first run that writes brings them up, and they hold what they held."""

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sandsnap.record import queries
from sandsnap.record.layout import LAYOUT
from sandsnap.record.recorder import Run, record_days
from schemas import TABLES
from schemas.contract import VERSION

# The demo's warehouse, as `sandsnap demo` of the version with that contract (and layout) wrote it.
HELD = sorted((Path(__file__).parent / "warehouses").glob("*.duckdb.gz"))


@pytest.fixture(params=HELD, ids=lambda p: p.name.partition(".")[0])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "sandsnap.duckdb"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def values(
    con: duckdb.DuckDBPyConnection, keys: Mapping[str, tuple[str, ...]]
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """What the tables show, by table and key."""
    out: dict[tuple[object, ...], tuple[object, ...]] = {}
    for name, key in keys.items():
        spec = TABLES[name]
        columns = ", ".join(f'"{c}"' for c in (*key, *spec.values))
        for row in con.execute(f"SELECT {columns} FROM {name} WHERE state <> 'ended'").fetchall():
            out[name, *row[: len(key)]] = row[len(key) :]
    return out


@pytest.mark.slow
def test_it_is_brought_up_with_everything_it_holds(old: Path) -> None:
    with duckdb.connect(str(old), read_only=True) as before:
        held = {
            t for (t,) in before.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'main'").fetchall()
        }
        columns = {t: {c for c, *_ in before.execute(f"DESCRIBE {t}").fetchall()} for t in held & TABLES.keys()}
        keys = {t: tuple(c for c in TABLES[t].key if c in own) for t, own in columns.items()}
        shown = values(before, keys)
        first = before.execute("SELECT version FROM store.layout").fetchall()[0][0] == 1
        source = "store.facts" if first else "store.claims"
        claims = before.execute(
            f"SELECT count(*), count(*) FILTER (known_to IS NULL), count(DISTINCT claim) FROM {source}"
        ).fetchall()
        runs, readings = before.execute(
            "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM readings)"
        ).fetchall()[0]
    at = datetime(2100, 1, 1, tzinfo=UTC)
    record_days(old, [], run=Run("brought-up", "snapshot", at, at))
    with queries.connect_readonly(old) as con:
        assert con.execute("SELECT version, contract FROM store.layout").fetchall() == [(LAYOUT, VERSION)]
        counted = "SELECT count(*), count(*) FILTER (known_to IS NULL), count(DISTINCT claim) FROM store.claims"
        assert con.execute(counted).fetchall() == claims
        assert con.execute("SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM readings)").fetchall() == [
            (runs + 1, readings)
        ]
        now = values(con, keys)
        assert len(now) >= 0.95 * len(shown)
        # Nothing is shown that no claim of the file states, and a key that only one page states shows what it showed.
        contested = {
            (r[0], *r[1:])
            for r in con.execute('SELECT DISTINCT vendor, product, "table", key FROM conflicts').fetchall()
        }
        for key, row in now.items():
            if key in shown and (key[1], key[2], key[0], " / ".join(map(str, key[3:])) or "-") not in contested:
                told = [(a, b) for a, b in zip(shown[key], row, strict=True) if a is not None]
                assert all(a == b for a, b in told) or key[0] in ("gpus", "notices"), (key, shown[key], row)
        for name in queries.PLAIN_VIEWS:
            con.execute(f"SELECT * FROM {name} LIMIT 1").fetchall()
        last = con.execute("SELECT max(day) FROM readings").fetchall()[0][0]
        assert queries.changes(con, last.replace(year=2020), last).rows
