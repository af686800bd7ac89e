"""Readers that are no code: what the layer reads on a page in their place, and what it says where it finds nothing."""

import hashlib
from datetime import UTC, datetime

import pytest

from sandsnap.model import Capture, Reading
from sandsnap.read.general import owned
from sandsnap.read.reading import read
from sandsnap.read.sources import Reader, source_of

URL = "https://e2b.dev/docs/billing"
TABLE = """
| | Hobby | Pro |
|---|---|---|
| Session duration (max) | 1 hour | 24 hours |
| Sandboxes at once | 20 | 100 |
"""


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Reader]:
    """A page of which the layer alone reads how long a session is and how many sandboxes run at once."""
    source = source_of(URL)
    assert source is not None
    made: dict[str, Reader] = {}
    made |= {name: owned.reader(name, made) for name in ("plan_session", "plan_concurrency")}
    monkeypatch.setattr(source, "readers", made)
    return made


def readings(body: str) -> dict[str, Reading]:
    raw = f"# Usage-based pricing\n\n{body}".encode()
    capture = Capture(URL, datetime(2026, 11, 3, tzinfo=UTC), raw, hashlib.sha256(raw).hexdigest(), file="page.md")
    return {r.reader.rpartition("#")[2]: r for r in read(capture) if not r.sticky}


def said(reading: Reading) -> set[str]:
    return {f"{f.key['plan']} {f.values['amount']} {f.values['unit']}" for f in reading.facts}


@pytest.mark.usefixtures("readers")
@pytest.mark.parametrize(
    "body",
    [TABLE, "Sandboxes run for up to 1 hour on Hobby and 24 hours on Pro. Hobby runs 20 sandboxes at once, Pro 100.\n"],
    ids=["table", "prose"],
)
def test_it_reads_as_a_reader_does(body: str) -> None:
    found = readings(body)
    assert said(found["plan_session"]) == {"hobby 1 hour", "pro 24 hour"}
    assert said(found["plan_concurrency"]) == {"hobby 20 count", "pro 100 count"}
    assert all(r.outcome == "good" and not r.partial and not r.redesigned and not r.issues for r in found.values())


@pytest.mark.usefixtures("readers")
def test_what_is_spoken_of_and_not_found_is_reworded_and_keeps_what_stood() -> None:
    found = readings(
        TABLE.replace("Session duration (max) | 1 hour | 24 hours", "Session duration (max) | ask us | 24h-ish")
    )
    assert said(found["plan_concurrency"]) and not found["plan_concurrency"].partial
    lost = found["plan_session"]
    assert not lost.facts and lost.partial
    (issue,) = lost.issues
    assert issue.kind == "reworded" and "limits.session_max" in issue.message and "24h-ish" in str(issue.nearest)


@pytest.mark.usefixtures("readers")
def test_what_is_not_spoken_of_has_gone() -> None:
    lost = readings(TABLE.replace("| Session duration (max) | 1 hour | 24 hours |\n", ""))["plan_session"]
    assert lost.outcome == "good" and not (lost.facts or lost.partial or lost.issues)


@pytest.mark.usefixtures("readers")
def test_two_values_on_one_page_are_a_conflict() -> None:
    torn = readings(f"{TABLE}\nOn Pro, sandboxes run for up to 12 hours.\n")["plan_session"]
    assert torn.outcome == "failed" and not torn.facts
    assert [i.kind for i in torn.issues] == ["conflict"]


def test_what_a_reader_beside_it_owns_is_not_taken(readers: dict[str, Reader]) -> None:
    """An amount is of the item that names it best among all that the page's readers own."""
    body = "| Plan | Idle timeout of a session |\n|---|---|\n| Hobby | 5 minutes |\n| Pro | 10 minutes |\n"
    readers["idle"] = lambda _: ()
    assert not readings(body)["plan_session"].facts
