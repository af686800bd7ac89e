"""`sandsnap explain`: the statements of a page, what each was taken for, and why not."""

import json
from pathlib import Path

import pytest

from sandsnap.cli.app import run

URL = "https://e2b.dev/docs/billing"
PAGE = """# Usage-based pricing

## Plans

| What you get | Hobby | Pro |
|---|---|---|
| Longest session | 1 hour | 24 hours |

## More

Last year sandboxes on Pro ran for 5 hours.

Invoices are sent within 3 days.
"""
GOLDEN = """\
label                                         plan          phrase                  scope           taken
under Usage-based pricing > Plans
Longest session                               hobby         1 hour                  plain           limits sandbox / hobby / session_max
Longest session                               pro           24 hours                plain           limits sandbox / pro / session_max
under Usage-based pricing > More
Last year sandboxes on ___ ran for .          pro           5 hours                 when: Last…     not taken: doubtful: 'Last year'
Invoices are sent .                                         within 3 days           plain           not taken: no item of this page is named
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "billing.md"
    path.write_text(PAGE)
    return path


def test_the_table_shows_label_plan_phrase_scope_and_verdict(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(page), "--url", URL, "--on", "2026-11-03"]) == 0
    assert capsys.readouterr().out == GOLDEN


def test_json_gives_the_whole_texts(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--json", str(page), "--url", URL, "--on", "2026-11-03"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [set(r) for r in rows] == [{"where", "label", "plan", "phrase", "scope", "taken"}] * 4


def test_a_page_of_no_source_is_one_line_with_the_next_step(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(page), "--url", "https://example.com/x", "--on", "2026-11-03"]) != 0
    assert "not declared as a source" in capsys.readouterr().err
