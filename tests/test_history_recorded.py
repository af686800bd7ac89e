"""What recording makes of copies that somebody else made: where they come from stays with them, and the order in which
they arrive changes nothing."""

import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from loopback import Handler, Seen, Server, answer, serving_beside
from test_history_git import Docs

from sandsnap import pipeline
from sandsnap.capture import Archive, web_archive
from sandsnap.capture.origins import told
from sandsnap.capture.replay import replay
from sandsnap.cli.app import run
from sandsnap.model import Capture, Fact, Reading
from sandsnap.record import queries
from sandsnap.record.merged import merge
from sandsnap.settings import Settings

PAGES = Path(__file__).resolve().parents[1] / "src" / "sandsnap" / "demo" / "e2b"


def copies() -> list[Capture]:
    return sorted((c for c in replay(PAGES) if c.captured_at), key=lambda c: str(c.captured_at))


def archived(settings: Settings, captures: list[Capture]) -> None:
    with Archive(settings.archive) as archive:
        archive.add_all(captures)
    pipeline.record_copies(settings, captures, ["e2b"])


def asked(settings: Settings, question: str) -> list[tuple[object, ...]]:
    with queries.connect_readonly(settings.warehouse) as con:
        return con.execute(question).fetchall()


@pytest.mark.slow
def test_both_orders_give_one_warehouse_and_what_we_saw_ourselves_counts(tmp_path: Path) -> None:
    pages = copies()
    by_archive = [replace(c, file=f"web-archive:{c.captured_at:%Y%m%d%H%M%S}/{c.url}") for c in pages]
    last = max(c.day for c in pages if c.day)
    live = [replace(c, file=None) for c in pages if c.day == last]
    live += [replace(c, file=None, captured_at=datetime.combine(last, time(23), UTC)) for c in live[:1]]
    one, other = Settings(tmp_path / "one"), Settings(tmp_path / "other")
    for settings, batches in ((one, [live, by_archive]), (other, [by_archive, live])):
        for batch in batches:
            archived(settings, batch)
    for question in (
        "SELECT * EXCLUDE (known_from, known_to, claim, sources) FROM history WHERE known_to IS NULL ORDER BY ALL",
        "FROM captures ORDER BY ALL", "FROM readings ORDER BY ALL",
    ):  # fmt: skip
        assert asked(one, question) == asked(other, question) != []
    origins = dict(asked(one, "SELECT DISTINCT first_on, backfilled FROM captures"))
    assert origins[last] is False and all(made for day, made in origins.items() if day != last)
    shown = asked(one, "SELECT origin FROM evidence WHERE origin IS NOT NULL")
    assert all(str(o).startswith("web-archive:") for (o,) in shown)


def reading(usd: str, origin: str | None, hour: int) -> Reading:
    fact = Fact("prices", "v", {"plan": "any"}, {"usd": usd}, "read", "https://v.test", usd, "aa", None)
    at = datetime(2026, 1, 1, hour, tzinfo=UTC)
    return Reading("v", "https://v.test", "v#r", "1", "good", (fact,), captured_at=at, capture="aa", origin=origin)


def test_two_archived_copies_of_a_day_that_differ_are_an_issue() -> None:
    a, b = "web-archive:20260101010000/https://v.test", "web-archive:20260101020000/https://v.test/de"
    (merged,) = merge([reading("1", a, 1), reading("2", b, 2)])
    assert merged.facts[0].quote == "2"
    (issue,) = merged.issues
    assert issue.kind == "conflict" and a in issue.message and b in issue.message and "quarantine" in issue.message
    assert merge([reading("1", a, 1), reading("1", b, 2)])[0].issues == ()


def test_versions_of_a_repository_follow_each_other_within_a_day() -> None:
    (merged,) = merge([reading("1", "git:a/b@1:p.md", 1), reading("2", "git:a/b@2:p.md", 2)])
    assert merged.facts[0].quote == "2" and merged.issues == ()


def test_an_origin_is_told_in_words_with_its_link() -> None:
    assert told("web-archive:20250312010203/https://v.test/a") == (
        "copy of 12 March 2025 in the Internet Archive", "https://web.archive.org/web/20250312010203/https://v.test/a",
    )  # fmt: skip
    assert told("web-archive+own.test:20250312010203/https://v.test/a") == (
        "copy of 12 March 2025 in the web archive own.test", None,
    )  # fmt: skip
    commit = "0123456789abcdef0123456789abcdef01234567"
    assert told(f"git:a/b@{commit}:docs/p.md") == (
        "docs/p.md in a/b at commit 0123456789", f"https://github.com/a/b/blob/{commit}/docs/p.md",
    )  # fmt: skip
    assert told(f"git:/a/folder/x@{commit}:p.md")[1] is None and told("else") == ("else", None)


class Listing(Server):
    """A CDX server that holds one copy of one page."""

    def route(self, seen: Seen) -> Handler:
        row = b'[["timestamp","statuscode","mimetype","digest"],["20250312000000","200","text/html","A"]]'
        page = b"url=https%3A%2F%2Ffly.io%2Fdocs%2Fgpus%2F&"
        return lambda _, out: out.write(answer(200, row if page in seen.path.encode() else b"[]"))


def test_the_readmes_start_with_a_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its two commands to the letter: git is told where the repository lies here, and the Internet Archive is one page."""
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
    git, archive = re.findall(r"^sandsnap (backfill --(?:git|web-archive) .*?) +#", readme, re.MULTILINE)
    repository = git.split()[-1]
    docs = Docs(tmp_path / "docs")
    docs.folder.joinpath("gpus").mkdir()
    page = docs.folder / "gpus" / "index.html.markerb"
    for day, models in (("2025-03-12", "L40S"), ("2025-04-12", "A10 and L40S")):
        page.write_text(f"# Fly GPUs\n\nFly Machines can have {models} GPUs.\n")
        docs.git("add", "-A")
        docs.git("commit", "--quiet", "-m", "x", at=f"{day}T10:00:00+00:00")
    for name, value in (
        ("COUNT", "1"), ("KEY_0", f"url.{docs.folder}.insteadOf"), ("VALUE_0", repository),
    ):  # fmt: skip
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    config = tmp_path / "sandsnap.toml"
    config.write_text(
        '[fetch]\ncontact_url = "http://c.test"\nallow_http = true\nallow_private = true\nrequests_per_s = 5000.0\n'
    )
    monkeypatch.setenv("SANDSNAP_CONFIG", str(config))
    home = ["--home", str(tmp_path / "home")]
    assert run([*shlex.split(git), *home]) in (0, 1)
    assert "2 new copies" in capsys.readouterr().out
    with serving_beside(Listing()) as server:
        monkeypatch.setattr(web_archive, "INTERNET_ARCHIVE", f"http://127.0.0.1:{server.port}/cdx")
        assert run([*shlex.split(archive), *home]) == 0
    assert "1 copies of 1 pages would be taken" in capsys.readouterr().out
