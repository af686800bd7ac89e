"""Conventions that every vendor's module and TOML keep."""

import ast
import re
from pathlib import Path

import pytest

from sandsnap.publish.claims.bindings import shipped
from sandsnap.read import statements
from sandsnap.read.addresses import canonical
from sandsnap.read.sources import vendor
from sandsnap.vendors import PRODUCTS, VENDORS, folder
from schemas import TABLES
from schemas.vocabulary import TABLE_NAMES

ROOT = Path(__file__).resolve().parents[1]
# dataset.md, "seed row it answers": the ten rows of the comparison table.
ROWS = (
    "prices", "allowances", "isolation", "cold_starts", "gpus", "persistence", "limits", "sdks", "self_hosting", "positioning",
)  # fmt: skip


def test_the_vocabulary_names_the_tables_of_the_contract() -> None:
    assert tuple(TABLES) == TABLE_NAMES


@pytest.mark.parametrize("name", VENDORS)
def test_declarations(name: str) -> None:
    v = vendor(name)
    assert v.sources, "a vendor without sources"
    for source in v.sources:
        assert source.must, f"{source.url}: no phrase it must contain"
        host = canonical(source.fetch).split("/")[0]
        hosts = {h.removeprefix("www.") for h in v.hosts} | {"github.com"}
        assert not source.live or host in hosts, f"{source.fetch} is not on a declared host"
        quoted_here = any(canonical(source.url) in q.urls for q in statements.quoted(name))
        judged_here = any(canonical(j.fact.source_url) == canonical(source.url) for j in statements.judged(name))
        assert source.readers or quoted_here or judged_here, f"{source.url}: watched for nothing"


@pytest.mark.parametrize("name", VENDORS)
def test_statements_fit_the_contract_and_name_declared_pages(name: str) -> None:
    known = {canonical(u) for s in vendor(name).sources for u in s.urls}
    for q in statements.quoted(name):
        assert set(q.fields) <= {*TABLES[q.table].key, *TABLES[q.table].values}
        for quote in q.quotes:
            assert len(quote) >= 4, f"{quote!r} would stand on any page"
        assert set(q.urls) <= known, f"{set(q.urls) - known} are not declared as sources"
    for j in statements.judged(name):
        assert j.by != "others", f"{j.fact.source_url}: say who read it"
        assert len(j.reason) > 10
        assert j.fact.key["product"] in PRODUCTS[name]


@pytest.mark.parametrize("name", VENDORS)
def test_no_reader_contains_a_price(name: str) -> None:
    """A number that a reader knows is a number the page did not have to say."""
    code = folder(name) / "readers.py"
    tree = ast.parse(code.read_text("utf-8") if code.is_file() else "")
    docs = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, ast.Module | ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docs:
            assert not re.search(r"\$\s?\d", node.value), f"line {node.lineno}: {node.value!r}"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            pytest.fail(f"line {node.lineno}: a float, {node.value}")


@pytest.mark.parametrize("name", shipped()[0].vendors)
def test_every_row_of_the_comparison_table_is_answered(name: str) -> None:
    """By a judgement, a quote or a reader's page of the embedded archive: no cell is empty."""
    from sandsnap.capture.replay import replay
    from sandsnap.read.reading import read

    answered = {j.fact.table for j in statements.judged(name)}
    for c in replay(ROOT / "src/sandsnap/demo" / name):
        answered |= {f.table for r in read(c) for f in r.facts}
    assert set(ROWS) <= answered, f"no fact for {', '.join(sorted(set(ROWS) - answered))}"
