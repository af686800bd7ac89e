"""A documentation repository's history as captures: what was served, from the day on which it was."""

import os
import subprocess
from pathlib import Path

import pytest

from sandsnap import past
from sandsnap.capture.git_history import GitError, Repository, origin
from sandsnap.cli.app import run as main
from sandsnap.read.repositories import RulesError, repositories, rules_for
from sandsnap.settings import Settings

BUNDLE = Path(__file__).resolve().parents[2] / "shared" / "history" / "fly-docs.bundle"


class Docs:
    """A repository in a folder; every commit has the day that is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str, at: str = "2026-01-01T00:00:00+00:00") -> None:
        who = {f"GIT_{w}_{k}": v for w in ("AUTHOR", "COMMITTER") for k, v in (("NAME", "a"), ("EMAIL", "a@b.test"))}
        environment = {**os.environ, **who, "GIT_AUTHOR_DATE": "2020-01-01T00:00:00+00:00", "GIT_COMMITTER_DATE": at}
        subprocess.run(["git", "-C", str(self.folder), *words], check=True, capture_output=True, env=environment)

    def commit(self, at: str, **pages: str) -> None:
        for name, text in pages.items():
            (self.folder / f"{name}.md").write_text(text)
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", "x", at=at)


def wanted(path: str) -> str | None:
    return "https://v.test/price" if path == "price.md" else None


@pytest.fixture
def docs(tmp_path: Path) -> Docs:
    return Docs(tmp_path / "docs")


def served(docs: Docs, tmp_path: Path) -> list[tuple[str, str, bytes]]:
    repository = Repository(str(docs.folder), tmp_path / "clone")
    versions = repository.versions(wanted)
    found = list(repository.captures(versions, "a/b"))
    assert [c.file for c in found] == [origin(v, "a/b") for v in versions]
    return [(str(c.day), c.file.rpartition(":")[2] if c.file else "", c.body) for c in found]


def test_a_version_counts_from_its_commit_not_from_its_author(docs: Docs, tmp_path: Path) -> None:
    docs.commit("2026-01-02T23:30:00-05:00", price="1", other="x")
    docs.commit("2026-02-02T10:00:00+00:00", price="2")
    docs.commit("2026-02-03T10:00:00+00:00", other="y")
    assert served(docs, tmp_path) == [("2026-01-02", "price.md", b"1"), ("2026-02-02", "price.md", b"2")]


def test_a_side_branch_counts_from_its_merge(docs: Docs, tmp_path: Path) -> None:
    docs.commit("2026-01-01T10:00:00+00:00", price="1")
    docs.git("switch", "--quiet", "-c", "side")
    docs.commit("2026-01-05T10:00:00+00:00", price="never")
    docs.commit("2026-01-06T10:00:00+00:00", price="2")
    docs.git("switch", "--quiet", "main")
    docs.commit("2026-01-07T10:00:00+00:00", other="x")
    docs.git("merge", "--quiet", "--no-ff", "side", "-m", "m", at="2026-01-20T10:00:00+00:00")
    assert served(docs, tmp_path) == [("2026-01-01", "price.md", b"1"), ("2026-01-20", "price.md", b"2")]


def test_renames_are_followed_and_a_revert_is_a_return(docs: Docs, tmp_path: Path) -> None:
    long = "a page with enough words in it to be known again\n" * 5
    docs.commit("2026-01-01T10:00:00+00:00", old=long + "1")
    docs.git("mv", "old.md", "price.md")
    docs.commit("2026-01-10T10:00:00+00:00", price=long + "2")
    docs.git("revert", "--no-edit", "HEAD", at="2026-01-11T10:00:00+00:00")
    docs.git("mv", "old.md", "price.md")
    docs.commit("2026-01-12T10:00:00+00:00")
    found = served(docs, tmp_path)
    assert [(day, path) for day, path, _ in found][:2] == [("2026-01-01", "old.md"), ("2026-01-10", "price.md")]
    assert found[-1][0] == "2026-01-12" and found[-1][2] == found[0][2]


def test_a_second_run_takes_what_is_new(docs: Docs, tmp_path: Path) -> None:
    docs.commit("2026-01-01T10:00:00+00:00", price="1")
    assert len(served(docs, tmp_path)) == 1
    docs.commit("2026-01-02T10:00:00+00:00", price="2")
    assert len(served(docs, tmp_path)) == 2


def test_what_is_no_repository_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="is it a repository"):
        Repository(str(tmp_path / "nothing"), tmp_path / "clone")


def test_the_call_says_in_one_line_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backfill", "--git", str(tmp_path), "--home", str(tmp_path / "home")]) == 2
    assert "Traceback" not in (said := capsys.readouterr().err) and "is it a repository" in said
    assert main(["backfill", "--home", str(tmp_path / "home")]) == 2


def test_every_declared_repository_serves_declared_pages() -> None:
    assert len({r.name for r in repositories()}) >= 8
    assert all(r.page("README.md") or r.pages for r in repositories())


def test_rules_that_do_not_fit_say_so() -> None:
    with pytest.raises(RulesError, match="--map"):
        rules_for("/a/folder", ["nothing.txt"])
    with pytest.raises(RulesError, match="is declared; there are"):
        rules_for("/a/folder", [], "no/such")
    assert rules_for("https://github.com/superfly/docs.git", []).name == "superfly/docs"


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not BUNDLE.exists(), reason="no ../shared/history")
def test_the_bundle_gives_what_the_captures_of_the_same_files_and_days_give(tmp_path: Path) -> None:
    import json

    from sandsnap import pipeline
    from sandsnap.capture import Archive
    from sandsnap.record import queries

    bundle = Settings(tmp_path / "bundle")
    assert past.from_git(bundle, str(BUNDLE)).new > 100
    assert past.from_git(bundle, str(BUNDLE)).outcome is None
    with Archive(bundle.archive) as archive:
        versions = [c for c in archive.captures() if c.day]
    source = BUNDLE.parents[1] / "captures" / "fly"
    shared = {(r["captured_at"], r["sha256"]): r for r in map(json.loads, (source / "index.jsonl").open())}
    rows, kept = list[str](), set[str]()
    for c in versions:
        if row := shared.get((str(c.day), c.sha256)):
            rows.append(json.dumps({**row, "file": row["file"], "captured_at": c.captured_at.isoformat()}))  # type: ignore[union-attr]
            kept.add(c.file or "")
    assert len(rows) >= 95
    copy = tmp_path / "copy"
    copy.mkdir()
    for row in rows:
        name = json.loads(row)["file"]
        (copy / name).write_bytes((source / name).read_bytes())
    (copy / "index.jsonl").write_text("\n".join(rows))
    same, files = Settings(tmp_path / "git"), Settings(tmp_path / "files")
    pipeline.record_copies(same, _archived(same, [c for c in versions if c.file in kept]))
    pipeline.backfill(files, copy)
    answers = []
    for settings in (same, files):
        with queries.connect_readonly(settings.warehouse) as con:
            asked = "SELECT * EXCLUDE (known_from, known_to, claim) FROM history ORDER BY ALL"
            answers.append(con.execute(asked).fetchall())
    assert answers[0] and answers[0] == answers[1]


def _archived(settings: Settings, captures: list) -> list:  # type: ignore[type-arg]
    from sandsnap.capture import Archive

    with Archive(settings.archive) as archive:
        archive.add_all(captures)
    return captures
