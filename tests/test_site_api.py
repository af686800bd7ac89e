"""The static JSON API: that its description is valid, that every document is as described, that addresses lead somewhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # comes with openapi-spec-validator
from site_fixtures import d

from sandsnap.record import queries
from schemas import TABLES

validator = pytest.importorskip("openapi_spec_validator", reason="pip install -e '.[dev]'")


@pytest.fixture(scope="module")
def folder(small_site: Path) -> Path:
    return small_site


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def kinds(openapi: dict[str, Any], api: Path) -> dict[Path, str]:
    """Every document, with the name of the schema that describes its address."""
    out = {}
    for pattern, item in openapi["paths"].items():
        schema = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        parts = [p if "{" not in p else "*" + p.partition("}")[2] for p in pattern.strip("/").split("/")]
        for path in api.glob("/".join(parts)):
            if path.name != "index.json" or "index.json" in pattern:
                out[path] = schema
    return out


def problems(site: Path) -> list[str]:
    api = site / "api" / "v1"
    openapi = read(api / "openapi.json")
    validator.validate(openapi)
    described = kinds(openapi, api)
    assert set(described) == {p for p in api.rglob("*.json") if p.name != "openapi.json"}
    found = []
    for path, name in described.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": openapi["components"]}
        found += [f"{path}: {e.message}" for e in Draft202012Validator(schema).iter_errors(read(path))]
    return found


@pytest.mark.slow
def test_every_document_is_as_described(folder: Path, demo: Path) -> None:
    assert problems(folder / "site") == []
    assert problems(demo / "site") == []


def test_addresses_lead_somewhere(folder: Path) -> None:
    api = folder / "site" / "api" / "v1"
    for v in read(api / "vendors.json")["vendors"]:
        own = read(api / v["url"])
        assert (folder / "site" / v["page"]).is_file()
        for fact in (f for facts in own["tables"].values() for f in facts):
            assert read(api / fact["url"])["values"] == fact["values"]
    for e in read(api / "events.json")["events"]:
        assert read(api / e["url"])["title"] == e["title"]
        page, _, anchor = e["page"].partition("#")
        assert f'id="{anchor}"' in (folder / "site" / page).read_text("utf-8")
        for c in read(api / e["url"])["changes"]:
            assert (api / "facts" / f"{c['fact']}.json").is_file()


def test_a_table_is_what_the_warehouse_shows(folder: Path) -> None:
    with queries.connect_readonly(folder / "sandsnap.duckdb") as con:
        for table in TABLES.values():
            shown = queries.show(con, table.name, d(13)).records()
            facts = read(folder / "site" / "api" / "v1" / "tables" / f"{table.name}.json")["facts"]
            assert sorted(f["source_url"] for f in facts) == sorted(r["source_url"] for r in shown)
            assert sorted(f["state"] for f in facts) == sorted(r["state"] for r in shown)
            csv = (folder / "site" / "data" / "tables" / f"{table.name}.csv").read_text("utf-8")
            assert len(csv.splitlines()) >= len(shown) + 1


def test_a_day_has_files_only_where_something_changed(folder: Path) -> None:
    api = folder / "site" / "api" / "v1"
    days = read(api / "on" / "index.json")["days"]
    assert days["2026-03-01"] == {"fly": ["gpus", "prices"]}
    assert days["2026-03-02"] == {"fly": ["prices"]}
    (vcpu, volume) = sorted(
        read(api / "on" / "2026-03-02" / "fly" / "prices.json")["facts"], key=lambda f: f["key"]["meter"]
    )
    assert (vcpu["values"]["usd"], volume["values"]["usd"]) == ("0.000014", "0.15")
    fact = read(api / vcpu["url"])
    assert [(s["valid_from"], s["values"]["usd"]) for s in fact["history"]] == [
        ("2026-03-01", "0.00001"),
        ("2026-03-02", "0.000014"),
    ]
    assert {p.name for p in (api / "on").iterdir()} == {*days, "index.json"}


@pytest.mark.slow
def test_no_file_is_large(demo: Path) -> None:
    assert max(p.stat().st_size for p in (demo / "site" / "api").rglob("*.json")) < 150_000
