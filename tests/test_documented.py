"""What README, the queries, the dataset card, the dictionary and --help show is run: no error, no empty answer, one row per key.

On the demo in the fast suite; on all real captures in the slow one.
"""

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sandsnap.cli import app
from sandsnap.publish.export.build import export
from sandsnap.record import queries
from schemas import TABLES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
QUERIES = sorted((ROOT / "warehouse" / "queries").glob("*.sql"))

# Questions whose answer may be that there is none.
MAY_BE_EMPTY = {
    "what_we_believed_on_4_july",
    "changes_of_one_vendor_this_quarter",
    "our_mistakes",
    "claims_beside_measurements",  # no publisher's file is among the captures
    "where_publishers_differ",
}
NONE_YET = ("_known(", "corrections(", "held", "conflicts", "unconfirmed", "open_issues")
# Of the demo, a sample of the archive, more may be empty.
NOT_IN_THE_DEMO = {
    "history_of_gpu_prices", "gpu_ends", "who_offers_an_h100", "cheapest_h100", "what_pages_said_on_4_july", "silent_sources",
    "not_verified_for_30_days", "which_order_flipped", "why_unpriced", "pages_that_disagree",
}  # fmt: skip

# Commands that ask the network, an archive beside the repository, a page of the reader's, or that go on for ever.
ELSEWHERE = ("snapshot", "backfill", "serve", "site --serve", "read page.md", "pin page.md", "check page.md", "quality", "reread",
             "residue",
             "demo", "new ", "mend", "discover")  # fmt: skip


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a Markdown text in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def statements(script: str) -> list[str]:
    """The statements of a script, comments gone."""
    bare = "\n".join(re.sub(r"(^|\s)--\s.*", "", line) for line in script.splitlines())
    return [s.strip() for s in bare.split(";") if s.strip()]


def readme_sql() -> list[str]:
    return [s for block in blocks(README, "sql") for s in statements(block)]


def commands(text: str) -> list[str]:
    """Every command line that a text shows, its comment gone."""
    shown = [
        line for language in ("bash", "sh", "console", "") for b in blocks(text, language) for line in b.splitlines()
    ]
    own = [
        line.removeprefix("$ ").partition("  #")[0].strip()
        for line in shown
        if line.removeprefix("$ ").startswith("sandsnap ")
    ]
    return [c.removeprefix("sandsnap ") for c in own]


def ask(con: duckdb.DuckDBPyConnection, query: str, may_be_empty: bool) -> None:
    """Assert that a query answers, with no row twice, and of a contract's table with no key twice."""
    answer = queries.sql(con, query)
    assert answer.rows or may_be_empty, f"empty: {query}"
    plain = [tuple(map(str, row)) for row in answer.rows]
    assert len(set(plain)) == len(plain), f"a row twice: {query}"
    shown = re.match(r"FROM (\w+?)(?:_on|_known)?(?:\(|$)", query)
    if shown and shown[1] in TABLES:
        keys = [tuple(r[c] for c in TABLES[shown[1]].key) for r in answer.records()]
        assert len(set(keys)) == len(keys), f"a key twice: {query}"


def asks(warehouse: Path, may_be_empty: set[str], *, real: bool) -> None:
    with queries.connect_readonly(warehouse) as con:
        for query in readme_sql():
            ask(con, query, any(n in query for n in NONE_YET))
        for path in QUERIES:
            for query in statements(path.read_text("utf-8")):
                ask(con, query, path.stem in may_be_empty)
        for (macro,) in con.execute(
            "SELECT DISTINCT regexp_extract(comment, '(\\w+\\([^.]*\\))[.]', 1) FROM duckdb_functions() WHERE schema_name = 'main' "
            "AND NOT internal AND comment LIKE '%(%'"
        ).fetchall():
            if macro:
                ask(con, f"FROM {macro}", not real or "corrections" in macro or "measure" in macro)


def answers(folder: Path) -> None:
    """Everything that an export shows of itself, asked in its folder."""
    card, dictionary = ((folder / name).read_text("utf-8") for name in ("README.md", "DICTIONARY.md"))
    with contextlib.chdir(folder):
        con = duckdb.connect()
        for query in (s for text in (card, dictionary) for b in blocks(text, "sql") for s in statements(b)):
            found = con.execute(query)
            names, rows = [d[0] for d in found.description or ()], found.fetchall()
            assert rows, f"empty: {query}"
            if "history/prices" in query:
                at = [names.index(c) for c in TABLES["prices"].key]
                assert len({tuple(r[i] for i in at) for r in rows}) == len(rows), "a key twice"
        shown: dict[str, object] = {}
        for block in blocks(card, "python"):
            exec(block, shown)
        assert len(shown["then"]) and len(shown["why"])  # type: ignore[arg-type]


def runs(home: Path, tmp_path: Path) -> int:
    """Run what README shows; returns how many commands it was."""
    count = 0
    for line in commands(README):
        if line.startswith(ELSEWHERE) or re.search(r"\bconfirm ID\b|\bVERDICT\b", line):
            continue
        given = [str(tmp_path / "out" / str(count)) if a == "DIR" else a for a in shlex.split(line)]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = app.run([*given, "--home", str(home)])
        assert code in (0, 1), line
        assert said.getvalue().strip(), f"silent: {line}"
        count += 1
    return count


def parsers() -> Iterator[tuple[str, str]]:
    """Every command with its help."""
    for name in re.findall(r"^    ([a-z][\w-]+) ", _help([]), re.MULTILINE):
        yield name, _help([name])


def _help(given: list[str]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
        app.run([*given, "--help"])
    return said.getvalue()


@pytest.fixture(scope="module")
def exported(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card") / "data"
    export(demo / "sandsnap.duckdb", folder)
    return folder


@pytest.mark.slow
def test_queries_answer_on_the_demo(demo: Path) -> None:
    asks(demo / "sandsnap.duckdb", MAY_BE_EMPTY | NOT_IN_THE_DEMO, real=False)


def test_each_question_begins_with_itself() -> None:
    for path in QUERIES:
        text = path.read_text("utf-8")
        assert text.startswith("-- "), path.name
        assert "?" in text.partition("SELECT")[0].partition("FROM")[0], path.name


@pytest.mark.slow
def test_what_an_export_shows_answers(exported: Path) -> None:
    answers(exported)


@pytest.mark.slow
def test_commands_run_on_the_demo(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    home = shutil.copytree(demo, tmp_path / "home")
    assert runs(home, tmp_path) >= 8


def test_the_examples_of_help_run(two_vendors: Path, tmp_path: Path) -> None:
    """Every command has a help, and every line in one that begins with `sandsnap` is a command that parses."""
    found = dict(parsers())
    assert len(found) > 25
    for name, text in found.items():
        assert text.startswith("usage: sandsnap"), name
        for line in re.findall(r"^ +(?:\$ )?sandsnap ([a-z][^\n]*)$", text.partition("options:")[2], re.MULTILINE):
            if not line.startswith(ELSEWHERE) and "DIR" not in line:
                with contextlib.redirect_stdout(io.StringIO()):
                    assert app.run([*shlex.split(line.partition("  ")[0]), "--home", str(two_vendors)]) in (0, 1), line


@pytest.mark.shared
@pytest.mark.slow
def test_all_of_it_on_the_real_captures(archive_home: Path, tmp_path: Path) -> None:
    asks(archive_home / "sandsnap.duckdb", MAY_BE_EMPTY, real=True)
    with queries.connect_readonly(archive_home / "sandsnap.duckdb") as con:
        # All that is unpriced says why, and nothing priced is silent about its arithmetic.
        silent = "SELECT * FROM workload_costs WHERE (usd IS NULL) = (unpriced IS NULL) OR arithmetic IS NULL"
        assert queries.sql(con, silent).rows == []
    export(archive_home / "sandsnap.duckdb", tmp_path / "data")
    answers(tmp_path / "data")
    assert runs(shutil.copytree(archive_home, tmp_path / "home"), tmp_path) >= 8
