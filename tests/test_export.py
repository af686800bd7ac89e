"""The export: same bytes, exact types, old or new and nothing between, and columns that are a promise."""

import csv
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
import yaml

from sandsnap.cli.app import run as cli
from sandsnap.model import Fact, Reading
from sandsnap.publish.export import build as module
from sandsnap.publish.export.build import export
from sandsnap.publish.export.files import write_table
from sandsnap.publish.export.tables import ExportError, promised
from sandsnap.publish.replace_folder import ReplaceError
from sandsnap.record import queries
from sandsnap.record.recorder import Run, record_days
from schemas import TABLES
from schemas.contract import DERIVED, MINOR, VERSION

ROOT = Path(__file__).resolve().parents[1]
RELEASE = f"{VERSION}.{MINOR}"
FROZEN = Path(__file__).with_name("published_columns.json")
PRICES, BLOG = "https://fly.io/docs/about/pricing/", "https://fly.io/blog/gpus/"
T0 = datetime(2026, 11, 1, 10, tzinfo=UTC)
NASTY = 'a "quoted", 日本\nline; €0.0000115'


def fact(table: str, url: str, key: dict[str, str], basis: str = "read", **values: Any) -> Fact:
    spec = TABLES[table]
    whole = {**dict.fromkeys(spec.values), **values}
    judged = basis == "judged"
    return Fact(
        table,
        "fly",
        {"product": "machines", **key},
        whole,
        basis,
        url,
        None if judged else NASTY,
        None,
        date(2026, 1, 1) if judged else None,
    )


def gpu(sku: str, usd: str, url: str = PRICES) -> Fact:
    return fact(
        "prices",
        url,
        {"plan": "any", "meter": "gpu", "sku": sku, "region": "-", "offer": "list"},
        usd=Decimal(usd),
        unit="gpu_hour",
    )


def reading(n: int, url: str, *facts: Fact, version: str = "v1", rank: int = 0) -> Reading:
    at = datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=n)
    return Reading("fly", url, url + "#facts", version, "good", facts, rank=rank, captured_at=at, capture=f"{n:064x}")


def days(*per_day: tuple[int, list[Reading]]) -> list[tuple[date, list[Reading]]]:
    return [(date(2026, 1, 1) + timedelta(days=n), readings) for n, readings in per_day]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prices that change, vanish and were once read wrongly; a limit that is none; a page that disagrees."""
    path = tmp_path_factory.mktemp("warehouse") / "sandsnap.duckdb"
    no_limit = fact("limits", PRICES, {"plan": "any", "limit": "session_max"}, unit="hour")
    no_gpu = fact("gpus", BLOG, {"model": "none"}, "judged", status="not_offered")
    record_days(
        path,
        days(
            (0, [reading(0, PRICES, gpu("l40s", "2.5"), gpu("a10", "0.000000001"), no_limit)]),
            (
                1,
                [
                    reading(1, PRICES, gpu("l40s", "9"), no_limit),
                    reading(1, BLOG, gpu("l40s", "1.30", BLOG), no_gpu, rank=1),
                ],
            ),
            (2, [reading(2, PRICES, gpu("l40s", "1.25"), no_limit)]),
        ),
        run=Run("one", "backfill", T0, T0),
    )
    later = T0 + timedelta(days=1)
    record_days(
        path,
        days(
            (
                1,
                [
                    reading(1, PRICES, gpu("l40s", "1.25"), no_limit, version="v2"),
                    reading(1, BLOG, gpu("l40s", "1.30", BLOG), no_gpu, rank=1),
                ],
            ),
            (2, [reading(2, PRICES, gpu("l40s", "1.25"), no_limit, version="v2")]),
        ),
        run=Run("two", "reread", later, later),
        replace_from={"fly": date(2026, 1, 2)},
    )
    return path


@pytest.fixture(scope="module")
def exported(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "data"
    export(warehouse, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def con(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with queries.connect_readonly(warehouse) as opened:
        yield opened


@pytest.mark.slow
def test_same_warehouse_same_bytes(warehouse: Path, exported: Path, tmp_path: Path) -> None:
    export(warehouse, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(exported)


def test_every_file_is_summed(exported: Path) -> None:
    files = contents(exported)
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    assert {
        "prices.parquet",
        "history/prices.parquet",
        "csv/prices.csv",
        "jsonl/history/prices.jsonl",
        "LICENSE",
    } <= files.keys()
    assert not [name for name, body in files.items() if datetime.now(UTC).date().isoformat().encode() in body]


@pytest.mark.parametrize("table", list(TABLES))
def test_a_table_survives_every_format(con: duckdb.DuckDBPyConnection, exported: Path, table: str) -> None:
    frame = pl.read_parquet(exported / f"{table}.parquet")
    assert frame.schema == {**TABLES[table].schema, **{c.name: c.polars for c in DERIVED}}
    rows = queries.show(con, table).rows
    assert sorted(frame.rows(), key=repr) == sorted(rows, key=repr)
    columns = (*TABLES[table].columns, *DERIVED)
    with (exported / "csv" / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        from_csv = [
            [_parsed(v or None, c.polars) for v, c in zip(row, columns, strict=True)]
            for row in list(csv.reader(file))[1:]
        ]
    assert from_csv == [list(row) for row in frame.rows()]
    lines = (exported / "jsonl" / f"{table}.jsonl").read_text("utf-8").splitlines()
    from_jsonl = [[_parsed(json.loads(line)[c.name], c.polars) for c in columns] for line in lines]
    assert from_jsonl == from_csv


def _parsed(value: Any, kind: pl.DataType) -> Any:
    if value is None:
        return None
    if isinstance(kind, pl.Decimal):
        return Decimal(value)
    if kind == pl.Date:
        return date.fromisoformat(value)
    return value in (True, "true") if kind == pl.Boolean else value


def test_amounts_are_exact_text(exported: Path) -> None:
    text = (exported / "csv" / "history" / "prices.csv").read_text("utf-8")
    assert ",0.000000001," in text and ",2.5," in text and ",9," in text
    known = [
        json.loads(line)["known_from"]
        for line in (exported / "jsonl" / "history" / "prices.jsonl").read_text("utf-8").splitlines()
    ]
    assert set(known) == {"2026-11-01T10:00:00.000000Z", "2026-11-02T10:00:00.000000Z"}


def test_parquet_explains_itself(exported: Path) -> None:
    for table in promised():
        file = pq.ParquetFile(exported / f"{table.name}.parquet")
        schema = file.schema_arrow
        assert {n: schema.field(n).metadata[b"description"].decode() for n in schema.names} == {
            c.name: c.description for c in table.columns
        }
        about = {k.decode(): v.decode() for k, v in schema.metadata.items()}
        assert about["description"] == table.description and about["as_of"] == "2026-11-02T10:00:00Z"
        assert about["source"].startswith("sandsnap") and json.loads(about["columns"]).keys() == set(schema.names)
        if file.metadata.num_row_groups:
            assert file.metadata.row_group(0).column(0).compression == "ZSTD"
        rows = [[(v is None, v) for v in (row[n] for n in table.order)] for row in file.read().to_pylist()]
        assert rows == sorted(rows), f"{table.name} is not sorted"
    assert str(pq.read_schema(exported / "prices.parquet").field("usd").type) == "decimal128(18, 9)"


def test_history_has_both_axes(exported: Path) -> None:
    history = pl.read_parquet(exported / "history" / "prices.parquet").filter(
        pl.col("sku") == "l40s", pl.col("source_url") == PRICES
    )
    now = history.filter(pl.col("known_to").is_null()).select("usd", "valid_from", "valid_to").rows()
    assert now == [(Decimal("2.5"), date(2026, 1, 1), date(2026, 1, 2)), (Decimal("1.25"), date(2026, 1, 2), None)]
    replaced = history.filter(pl.col("known_to") == T0 + timedelta(days=1))
    assert Decimal(9) in replaced["usd"].to_list()
    assert history.filter(pl.col("known_to").is_null())["capture"].to_list() == [f"{n:064x}" for n in (0, 1)]


def test_a_row_names_its_interval_of_history(exported: Path) -> None:
    for table in TABLES.values():
        now = pl.read_parquet(exported / f"{table.name}.parquet")
        history = pl.read_parquet(exported / "history" / f"{table.name}.parquet").filter(
            pl.col("known_to").is_null(), pl.col("valid_to").is_null()
        )
        found = now.join(history, on=[*table.key, "valid_from", *table.values], how="inner", nulls_equal=True)
        assert found.height == now.height, table.name


def test_what_is_not_a_table_is_there(con: duckdb.DuckDBPyConnection, exported: Path) -> None:
    changes = pl.read_parquet(exported / "changes.parquet").to_dicts()
    asked = queries.sql(con, "SELECT * FROM steps(DATE '0001-01-01', DATE '9999-12-31')").records()
    assert sorted(changes, key=lambda c: str(sorted(c.items()))) == sorted(asked, key=lambda c: str(sorted(c.items())))
    assert {(c["kind"], c["before"], c["after"]) for c in changes} >= {("changed", "2.5", "1.25")}
    readings = pl.read_parquet(exported / "readings.parquet")
    assert readings.height == 4 and readings["outcome"].unique().to_list() == ["good"]
    (conflict,) = pl.read_parquet(exported / "conflicts.parquet").to_dicts()
    assert (conflict["shown_source_url"], conflict["other_source_url"]) == (PRICES, BLOG)


@pytest.mark.slow
def test_an_error_leaves_the_old_export(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(warehouse, tmp_path / "data")
    before = contents(tmp_path / "data")

    def full(folder: Path, table: Any, rows: Any, edition: Any) -> Any:
        if table.name == "changes":
            raise OSError(28, "No space left on device")
        return write_table(folder, table, rows, edition)

    monkeypatch.setattr(module, "write_table", full)
    with pytest.raises(OSError, match="No space"):
        export(warehouse, tmp_path / "data")
    assert contents(tmp_path / "data") == before
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


KILLED = """
import os, sys
from pathlib import Path
from sandsnap.publish.export import build as module
from sandsnap.publish import replace_folder
def die(*a):
    os.kill(os.getpid(), 9)
if sys.argv[3] == "writing":
    module.write_table = die
else:
    whole = replace_folder._exchange
    replace_folder._exchange = lambda new, old: die() if sys.argv[3] == "before" else (whole(new, old), die())
module.export(Path(sys.argv[1]), Path(sys.argv[2]), "https://example.org/new")
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["writing", "before", "after"])
def test_killed_it_is_old_or_new(warehouse: Path, tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "data"
    export(warehouse, folder)
    old = contents(folder)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(warehouse), str(folder), moment], check=False, capture_output=True
    )
    assert done.returncode == -9, done.stderr
    assert (contents(folder) == old) == (moment != "after")
    assert b"https://example.org/new" not in old["CITATION.cff"]
    assert (b"https://example.org/new" in contents(folder)["CITATION.cff"]) == (moment == "after")
    assert len(list(tmp_path.iterdir())) == 2, "the killed run left its scratch folder"
    export(warehouse, folder)
    assert contents(folder) == old
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


@pytest.mark.slow
def test_two_renames_where_folders_cannot_be_exchanged(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(warehouse, tmp_path / "data", "https://example.org/old")
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    export(warehouse, tmp_path / "data", "https://example.org/new")
    assert "https://example.org/new" in (tmp_path / "data" / "CITATION.cff").read_text("utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


@pytest.mark.slow
def test_other_peoples_files_are_not_replaced(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ReplaceError, match="choose another folder"):
        export(warehouse, tmp_path)
    export(warehouse, tmp_path / "data")
    (tmp_path / "data" / "notes.txt").write_text("mine")
    with pytest.raises(ReplaceError, match="move them away"):
        export(warehouse, tmp_path / "data")
    assert (tmp_path / "data" / "notes.txt").read_text() == "mine"


def test_a_row_that_breaks_the_contract_is_not_published(exported: Path, tmp_path: Path) -> None:
    table = next(t for t in promised() if t.name == "prices")
    row = pl.read_parquet(exported / "prices.parquet").row(0)
    state = module.Edition(1, T0, date(2026, 1, 1), date(2026, 1, 2), ("fly",))
    at = [c.name for c in table.columns].index("usd")
    with pytest.raises(ExportError, match=r"prices\.usd may not be empty.*fly / machines / any / gpu / l40s"):
        write_table(tmp_path, table, [(*row[:at], None, *row[at + 1 :])], state)
    with pytest.raises(ExportError, match=r"prices holds fly / machines .* twice"):
        write_table(tmp_path, table, [row, row], state)
    assert not list(tmp_path.rglob("*.parquet"))


@pytest.mark.slow
def test_workload_costs_are_exported_with_their_history(tmp_path: Path) -> None:
    path, hours = tmp_path / "w.duckdb", ("1", "1", "24", "24")
    sessions = [
        fact("limits", PRICES, {"plan": "any", "limit": "session_max"}, amount=Decimal(h), unit="hour") for h in hours
    ]
    ports = [
        fact("limits", PRICES, {"plan": "any", "limit": "ports_max"}, amount=Decimal(n), unit="count")
        for n in range(1, 5)
    ]
    read = [(i, [reading(i, PRICES, gpu("h100", "2.5"), sessions[i], ports[i])]) for i in range(4)]
    record_days(path, days(*read), run=Run("one", "backfill", T0, T0))
    export(path, tmp_path / "data")
    now = pl.read_parquet(tmp_path / "data" / "workload_costs.parquet").filter(pl.col("workload") == "h100_hour")
    assert now["usd"].to_list() == [Decimal("2.5")] and now["arithmetic"][0].endswith("= $2.5")
    schema = pq.read_schema(tmp_path / "data" / "workload_costs.parquet")
    assert schema.field("usd").metadata[b"description"].startswith(b"Dollars in that month")
    history = pl.read_parquet(tmp_path / "data" / "history" / "workload_costs.parquet")
    # The limit on sessions bounds a cost, that on ports none.
    always = history.filter(pl.col("workload") == "always_on_month")
    assert always["valid_from"].to_list() == [date(2026, 1, 1), date(2026, 1, 3)]
    assert history.filter(pl.col("workload") == "h100_hour")["valid_from"].to_list() == [date(2026, 1, 1)]


def test_the_card_names_files_that_are_there(exported: Path) -> None:
    _, front, body = (exported / "README.md").read_text("utf-8").split("---\n", 2)
    card = yaml.safe_load(front)
    assert card["license"] == "cc-by-4.0" and card["size_categories"] == ["n<1K"]
    files = [c["data_files"] for c in card["configs"]]
    assert sorted(files) == sorted(p.relative_to(exported).as_posix() for p in exported.rglob("*.parquet"))
    assert "2026-01-01 to 2026-01-03" in body
    citation = yaml.safe_load((exported / "CITATION.cff").read_text("utf-8"))
    assert citation["date-released"] == date(2026, 11, 2) and citation["version"] == f"{VERSION}.20261102.100000"


def test_the_dictionary_has_every_column(exported: Path) -> None:
    text = (exported / "DICTIONARY.md").read_text("utf-8")
    for table in promised():
        section = text.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        assert all(f"| {c.name} |" in section or f"| **{c.name}** |" in section for c in table.columns)


def published() -> dict[str, list[list[str]]]:
    """Name, type, key and null of every promised column."""
    flags = {(True, False): "key", (False, True): "null", (False, False): ""}
    return {t.name: [[c.name, str(c.polars), flags[c.key, c.nullable]] for c in t.columns] for t in promised()}


def test_published_columns_are_frozen() -> None:
    frozen = json.loads(FROZEN.read_text("utf-8"))
    now = published()
    assert RELEASE in frozen, f"contract version {RELEASE} is not frozen: run `python {Path(__file__).name}`"
    promise = frozen[RELEASE]
    changed = {t for t in promise.keys() | now.keys() if promise.get(t) != now.get(t)}
    assert not changed, (
        f"published columns of {sorted(changed)} changed: raise schemas.contract.MINOR where you only added, else "
        f"VERSION, then run `python {Path(__file__).name}`"
    )


def test_a_minor_version_only_adds() -> None:
    """Each table of a version begins with the columns it had in the versions before of the same major."""
    frozen = json.loads(FROZEN.read_text("utf-8"))
    assert {v.partition(".")[0] for v in frozen} == {"1", str(VERSION)}, "what was published once stays frozen"
    # The first version was written without a minor one.
    numbered = sorted(frozen, key=lambda v: [int(n) for n in v.split(".")])
    for earlier, later in itertools.pairwise(numbered):
        if earlier.partition(".")[0] != later.partition(".")[0]:
            continue
        for table, columns in frozen[earlier].items():
            assert frozen[later][table][: len(columns)] == columns, (earlier, later, table)


VALIDATE = {
    "frictionless": """
import sys, frictionless
report = frictionless.validate(sys.argv[1] + "/datapackage.json")
print(report.flatten(["name", "rowNumber", "fieldName", "type", "message"]))
sys.exit(0 if report.valid else 1)
""",
    "mlcroissant": """
import sys, pathlib, pandas, pyarrow.parquet, mlcroissant
files = len(list(pathlib.Path(sys.argv[1]).rglob("*.parquet")))
dataset = mlcroissant.Dataset(jsonld=sys.argv[1] + "/croissant.json")
issues = dataset.metadata.issues
rows = {r.uuid: sum(1 for _ in dataset.records(r.uuid)) for r in dataset.metadata.record_sets}
print(issues.report(), rows)
sys.exit(0 if not issues.errors and not issues.warnings and rows["prices"] == 1 and len(rows) == files else 1)
""",
}


def validated(package: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a validator says; in the interpreter $SANDSNAP_VALIDATORS where it is set. Skips without the package."""
    python = os.environ.get("SANDSNAP_VALIDATORS", sys.executable)
    if subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False).returncode:
        pytest.skip(
            f"{package} is not installed: install the dependency group `validate`, "
            "or name a Python that has it in SANDSNAP_VALIDATORS"
        )
    return subprocess.run([python, "-c", VALIDATE[package], str(folder)], capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("package", VALIDATE)
def test_validators_agree(exported: Path, package: str) -> None:
    done = validated(package, exported)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_frictionless_sees_a_changed_number(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported, tmp_path / "data")
    path = tmp_path / "data" / "csv" / "prices.csv"
    path.write_text(path.read_text("utf-8").replace("1.25", "1.26"), "utf-8")
    assert validated("frictionless", tmp_path / "data").returncode == 1


@pytest.mark.slow
def test_a_version_keeps_its_address(warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy, place = tmp_path / "home" / warehouse.name, tmp_path / "data"
    copy.parent.mkdir()
    shutil.copy(warehouse, copy)
    asked = ["export", str(place), "--versions", "--url", "https://data.example", "--home", str(copy.parent), "--json"]
    assert cli(asked) == 0
    first = json.loads(capsys.readouterr().out)["versions"]
    (version,) = (v["version"] for v in first)
    kept = contents(place / version)
    assert kept == contents(place / "latest")
    assert first[0]["url"] == f"https://data.example/{version}/" and first[0]["path"] == f"{version}/"
    later = T0 + timedelta(days=5)
    record_days(copy, days((3, [reading(3, PRICES, gpu("l40s", "1.50"))])), run=Run("three", "snapshot", later, later))
    assert cli(asked) == 0
    listed = json.loads(capsys.readouterr().out)["versions"]
    assert [v["version"] for v in listed] == [f"{VERSION}.20261106.100000", version]
    assert listed == json.loads((place / "versions.json").read_text())
    assert (
        contents(place / version) == kept
        and contents(place / "latest") == contents(place / listed[0]["version"]) != kept
    )
    (place / "notes.txt").write_text("mine")
    assert cli(asked) == 2
    assert "notes.txt is no version" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command(warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(["export", str(tmp_path / "data"), "--home", str(warehouse.parent), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["tables"]["prices"] == 1 and said["as_of"] == "2026-11-02T10:00:00Z"
    assert cli(["export", str(tmp_path / "data"), "--home", str(tmp_path / "nowhere")]) == 3
    assert "sandsnap demo" in capsys.readouterr().err
    assert cli(["export", str(tmp_path), "--home", str(warehouse.parent)]) == 2
    assert "choose another folder" in capsys.readouterr().err


@pytest.mark.slow
def test_the_example_draws(warehouse: Path, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="the extra `charts` is not installed")
    path = tmp_path / "w.duckdb"
    read = [
        (i, [reading(i, PRICES, gpu("l40s", usd), gpu("a10", "1"), gpu("h100", usd))])
        for i, usd in ((0, "2"), (1, "1"))
    ]
    record_days(path, days(*read), run=Run("one", "backfill", T0, T0))
    export(path, tmp_path / "data")
    script = [sys.executable, str(ROOT / "examples" / "price_history.py")]
    done = subprocess.run(
        [*script, str(tmp_path / "data"), str(tmp_path / "pictures")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (tmp_path / "pictures").iterdir()) == [
        "gpu_hours.png",
        "gpu_hours.svg",
        "workload_ranks.png",
        "workload_ranks.svg",
    ]
    assert (tmp_path / "pictures" / "gpu_hours.png").read_bytes().startswith(b"\x89PNG")
    drawn = (tmp_path / "pictures" / "gpu_hours.svg").read_text("utf-8")
    assert "L40S" in drawn and "A10" in drawn and "fly" in drawn
    refused = subprocess.run([*script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "sandsnap export" in refused.stderr


if __name__ == "__main__":
    entries = json.loads(FROZEN.read_text("utf-8")) if FROZEN.exists() else {}
    if RELEASE in entries:
        sys.exit(f"contract version {RELEASE} is frozen already: raise schemas.contract.MINOR (or VERSION) first")
    entries[RELEASE] = published()
    body = ",\n".join(
        f' "{version}": {{\n'
        + ",\n".join(
            f'  "{t}": [\n' + ",\n".join(f"   {json.dumps(c)}" for c in cs) + "\n  ]" for t, cs in tables.items()
        )
        + "\n }"
        for version, tables in entries.items()
    )
    FROZEN.write_text(f"{{\n{body}\n}}\n", "utf-8")
