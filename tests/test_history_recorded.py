"""What recording makes of copies that somebody else made: where they come from stays with them, and the order in which
they arrive changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from sandsnap import pipeline
from sandsnap.capture import Archive
from sandsnap.capture.origins import told
from sandsnap.capture.replay import replay
from sandsnap.model import Capture, Fact, Reading
from sandsnap.record import queries
from sandsnap.record.recorder import merge
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
