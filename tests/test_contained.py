"""Whatever a page does to its reader, it does to that page only; and the same bytes say the same on any day."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import capture

from sandsnap import contained
from sandsnap.capture import Archive, replay
from sandsnap.contained import read_all
from sandsnap.model import Capture, Reading
from sandsnap.quality.pages import golden
from sandsnap.read import reading
from sandsnap.settings import Budget, SettingsError, load

PAGE = "https://fly.io/docs/about/pricing"


def _loop() -> None:
    while True:
        pass


def _grow() -> None:
    held = []
    while True:
        held.append(bytearray(1 << 20))


def _break() -> None:
    raise ValueError("never thought of that")


BAD: dict[str, tuple[Callable[[], None], str, str]] = {
    "time": (_loop, "overrun", "more than 0.3 s"),
    "memory": (_grow, "overrun", "64 MB"),
    "crash": (os.abort, "overrun", "SIGABRT"),
    "exit": (lambda: os._exit(7), "overrun", "exit code 7"),
    "killed": (lambda: os.kill(os.getpid(), 9), "overrun", "it was stopped"),
    "defect": (_break, "defect", "never thought of that"),
}


@pytest.mark.slow
@pytest.mark.parametrize("bad", BAD)
def test_a_page_over_its_budget_or_that_ends_its_worker_costs_itself_only(
    monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    act, kind, words = BAD[bad]

    def read(c: Capture) -> list[Reading]:
        if c.body == b"bad":
            act()
        return [replace(reading.unread(c, "wrong_page", "fine")[0], issues=())]

    monkeypatch.setattr(contained, "read", read)
    monkeypatch.setattr(contained, "_overran", {})
    pages = [capture(PAGE, "bad" if n in (0, 9, 10) else f"good {n}", f"2026-07-{n + 1:02}") for n in range(20)]
    seen: list[str] = []
    budget = Budget(seconds=0.3 if bad == "time" else 5, megabytes=64)
    found = read_all(pages, budget, lambda c: seen.append(c.sha256))
    assert len(found) == len(seen) == 20
    for page, got in zip(pages, found, strict=True):
        issues = [i for r in got.readings for i in r.issues]
        if page.body == b"bad":
            assert [i.kind for i in issues] == [kind] and words in issues[0].message
            assert {r.outcome for r in got.readings} == {"bad_page"} and got.account is None
        else:
            assert not issues and got.readings[0].captured_at == page.captured_at


@pytest.mark.slow
def test_pages_are_read_beside_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contained.threading, "active_count", lambda: 2)
    pages = [capture(PAGE, "# Fly pricing\n", f"2026-07-{n + 1:02}") for n in range(3)]
    assert [r.readings for r in read_all(pages)] == [reading.read(p) for p in pages]


def test_nothing_to_read_starts_no_worker() -> None:
    assert read_all([]) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[reading]\nseconds = 3\n", ""),
        ("[reading]\nseconds = 0\n", "a number above 0"),
        ("[reading]\nmegabytes = 0.5\n", "a whole number"),
        ("[reading]\nseconds = true\n", "a number above 0"),
        ("[reading]\nminutes = 1\n", "minutes is not known"),
        ("reading = 3\n", "must be a section"),
    ],
)
def test_the_budget_stands_in_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    (tmp_path / "s.toml").write_text(text)
    monkeypatch.setenv("SANDSNAP_CONFIG", str(tmp_path / "s.toml"))
    if not said:
        assert load().reading == Budget(seconds=3)
        return
    with pytest.raises(SettingsError, match=said):
        load()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'<html><meta charset="idna">x', "no charset of a page"),
        (b'<html><meta charset="utf-7">x', "no charset of a page"),
        (b'<html><meta charset="unicode_escape">x', "no charset of a page"),
        (b'<html><meta charset="rot13">x', "no charset of a page"),
        (b'<html><meta charset="none-such">x', "unknown encoding"),
        (b"\x1f\x8b\x08\x00garbage", "the bytes are not utf-8"),
        ("page".encode("utf-16-le"), "NUL"),
        (b"\xef\xbb\xbf\xff", "the bytes are not utf-8-sig"),
    ],
)
def test_bytes_that_are_no_text_are_an_issue(body: bytes, said: str) -> None:
    issues = [i for r in reading.read(capture(PAGE, body)) for i in r.issues]
    assert [i.kind for i in issues] == ["charset"] and said in issues[0].message


TEMPLATE = """# Fly.io Resource Pricing
<% if Time.now.utc < '2026-03-01T00:00:00Z' %>
Old words
<% end %>
<% if Time.now.utc >= '2026-03-01' %>
New words
<% end %>
"""


def test_what_a_template_shows_by_date_is_what_it_showed_when_its_bytes_were_first_captured() -> None:
    old, new = (capture(f"{PAGE}.html.markerb", TEMPLATE, day) for day in ("2026-02-01", "2026-03-02"))
    later = replace(new, first_seen=old.captured_at)
    said = ["New" in reading.page_of(c).running_text for c in (old, new, later)]
    assert said == [False, True, False] and later.first_day == old.day


def test_the_archive_knows_when_bytes_were_first_captured(tmp_path: Path) -> None:
    days = [capture(PAGE, "same", day) for day in ("2026-02-03", "2026-02-01", "2026-02-02")]
    undated = replace(days[0], captured_at=None, file="copy.md")
    with Archive(tmp_path) as archive:
        archive.add_all([undated, *days])
        assert {c.first_day for c in archive.captures()} == {days[1].day}
        assert [c.first_seen for c in archive.captures()] == [days[1].captured_at] * 4


@pytest.mark.slow
def test_the_same_bytes_say_the_same_on_any_later_day(shared: Path) -> None:
    captures = [c for c in replay(shared / "captures") if c.captured_at is not None]
    distinct = list({(c.url, c.sha256): c for c in reversed(captures)}.values())

    def said(readings: list[Reading]) -> list[object]:
        return [(r.outcome, r.partial, r.issues, [replace(f, verified_on=None) for f in r.facts]) for r in readings]

    # Every page another number of days later, from 1 to 400.
    later = [
        replace(c, captured_at=c.captured_at + timedelta(days=1 + 7 * n % 400), first_seen=c.captured_at)
        for n, c in enumerate(distinct)
        if c.captured_at
    ]
    for page, then, now in zip(later, read_all(distinct), read_all(later), strict=True):
        assert said(now.readings) == said(then.readings) and now.account == then.account
        assert {f.verified_on for r in now.readings for f in r.facts} <= {page.day}


@pytest.mark.slow
def test_readers_are_given_the_same_on_each_of_the_next_400_days(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a reader may know of the day is the page's capture: what it is given on any later day is what it was given first."""
    monkeypatch.setattr(reading, "_page_of", lambda c: c)
    captures = {(c.url, c.sha256): c for c in replay(shared / "captures") if c.captured_at is not None}
    assert len(captures) > 500
    for c in captures.values():
        assert c.captured_at
        given = reading.page_of(c)
        for days in range(1, 401):
            later = replace(c, captured_at=c.captured_at + timedelta(days=days), first_seen=c.captured_at)
            assert (now := reading.page_of(later)) == given and now.captured_at == c.captured_at  # type: ignore[comparison-overlap,attr-defined]


def test_a_sample_of_pages_says_the_same_on_later_days() -> None:
    for c in list(golden())[::9]:
        assert c.captured_at
        then = reading.read(c)
        for days in (1, 37, 400):
            later = replace(c, captured_at=c.captured_at + timedelta(days=days), first_seen=c.captured_at)
            now = reading.read(later)
            assert [(r.outcome, r.partial, r.issues) for r in now] == [(r.outcome, r.partial, r.issues) for r in then]
            assert {f.verified_on for r in now for f in r.facts} <= {later.day}
            of_then = [replace(f, verified_on=None) for r in then for f in r.facts]
            assert [replace(f, verified_on=None) for r in now for f in r.facts] == of_then
