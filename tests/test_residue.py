"""Residue: which amounts of a page no fact uses, what an ignore-entry covers, and when an amount is new."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandsnap import contained, watch_notes
from sandsnap.capture import Archive
from sandsnap.cli.app import OK, run
from sandsnap.contained import Read, read_all
from sandsnap.model import ISSUE_KINDS, Capture, Issue
from sandsnap.pipeline import readings_by_day
from sandsnap.read.addresses import canonical
from sandsnap.read.reading import read
from sandsnap.read.residue import account as module
from sandsnap.read.residue.account import Residue, account, residue
from sandsnap.read.residue.ignored import ignore_entry, ignores
from sandsnap.read.residue.watch import NEW_DAYS
from sandsnap.read.sources import vendor
from sandsnap.settings import Settings
from sandsnap.vendors import VENDORS
from sandsnap.watch_notes import note
from sandsnap.watching import accounted, with_residue

URL = "https://e2b.dev/docs/billing"
DAY = datetime(2026, 3, 1, tzinfo=UTC)
TABLE = """\
| Feature | Hobby | Pro |
|---|---|---|
| Base price | $0/month | $150/month |
| Max session length | 1 hour | 24 hours |
| Concurrent sandboxes | 20 | 100 |
"""


def _new(issue: Issue) -> bool:
    """Whether an issue is of an amount that appeared, not of what the lexicon does not name on a page in a new shape."""
    return issue.kind == "residue" and not issue.message.startswith("amounts that the lexicon")


def page(extra: str = "", table: str = TABLE) -> str:
    return f"# Billing\n\nE2B has usage-based pricing.\n\n## Plans\n\n{table}\n{extra}\n"


def capture(text: str, days: int = 0, url: str = URL, **fields: Any) -> Capture:
    body = text.encode()
    return Capture(url, DAY + timedelta(days=days), body, hashlib.sha256(body).hexdigest(), **fields)


def left(text: str) -> list[tuple[str, str]]:
    c = capture(text)
    return [(r.amount, r.kind) for r in residue(c, read(c))]


@pytest.fixture
def no_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ignores", lambda name: ())


# -- what is an amount, and what uses it ---------------------------------------------------------------------------


def test_everything_that_is_read_is_accounted_for() -> None:
    c = capture(page())
    found = account(c, read(c))
    assert found is not None and found.residue == ()
    assert found.used == 6 and sum(found.ignored.values()) == 0  # $0/month is the fee of a plan
    assert found.amounts == 6


@pytest.mark.parametrize(
    ("text", "amount", "kind"),
    [
        ("Extra storage costs $0.10/GB per month.", "$0.10/GB per month", "money"),
        ("A seat is €12 each month.", "€12 each month", "money"),
        ("Every dashboard costs 50 cents.", "50 cents", "money"),
        ("Prepaid plans get a 15% discount.", "15%", "percentage"),
        ("Logs are kept for 7 days.", "7 days", "duration"),
        ("Idle sandboxes pause after five minutes.", "five minutes", "duration"),
        ("A restart takes 2–4 seconds.", "2–4 seconds", "duration"),
        ("Each upload is at most 512 MiB.", "512 MiB", "size"),
        ("Up to 30/min are let through.", "30/min", "rate"),
        ("Teams may run 40 parallel sandboxes.", "40 parallel sandboxes", "count"),
        ("The Team plan has 3 seats.", "3 seats", "count"),
    ],
)
@pytest.mark.usefixtures("no_entries")
def test_an_amount_that_no_fact_uses_is_residue(text: str, amount: str, kind: str) -> None:
    assert left(page(text)) == [(amount, kind)]


@pytest.mark.parametrize(
    "text",
    ["Since v1.2 of 2024-05-06.", "See RFC 2616 and HTTP/2.", "There are 3 ways to pay.", "```\nsleep 30s # $5\n```",
     "`a100-40GB` is a name.", "Call us at 555-1234."],
)  # fmt: skip
@pytest.mark.usefixtures("no_entries")
def test_other_figures_and_code_are_not_amounts(text: str) -> None:
    assert left(page(text)) == []


@pytest.mark.usefixtures("no_entries")
def test_a_new_plan_beside_those_that_are_read_is_residue() -> None:
    table = TABLE.replace(" Pro |\n", " Pro | Team |\n").replace("|---|---|---|", "|---|---|---|---|")
    table = table.replace("$150/month |", "$150/month | $400/month |").replace("24 hours |", "24 hours | 48 hours |")
    table = table.replace("| 100 |", "| 100 | 700 |")
    c = capture(page(table=table))
    # What the readers make of the plan is theirs to say; a figure they do not take must not be taken for read.
    values = {str(v) for r in read(c) for f in r.facts for v in f.values.values()}
    missed = {r.amount for r in residue(c, read(c))}
    for figure, shown in (("400", "$400/month"), ("48", "48 hours"), ("700", "700")):
        assert (figure in values) != (shown in missed), shown


@pytest.mark.usefixtures("no_entries")
def test_another_figure_in_a_cited_row_is_residue() -> None:
    table = TABLE.replace("24 hours", "24 hours, 72 hours on request")
    assert "72 hours" in {a for a, _ in left(page(table=table))} or not any(
        f.table == "limits" and f.key["limit"] == "session_max"
        for r in read(capture(page(table=table)))
        for f in r.facts
    )


@pytest.mark.usefixtures("no_entries")
def test_it_says_where() -> None:
    c = capture(page("### Support\n\nAsk us. A contract costs $99 per month. It is answered soon."))
    assert residue(c, read(c)) == [
        Residue("$99 per month", "money", "Billing > Plans > Support", "A contract costs $99 per month.")
    ]


def test_of_a_page_that_is_none_nothing_is_said() -> None:
    gone = capture(page("It costs $5."), status=404)
    assert account(gone, read(gone)) is None and residue(gone, read(gone)) == []


def test_facts_are_as_they_were() -> None:
    c = capture(page("It costs $5."))
    before = read(c)
    residue(c, before)
    assert read(c) == before


# -- ignore-entries ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        ({"sentence": "for example"}, True),
        ({"sentence": "elsewhere"}, False),
        ({"heading": "Examples?"}, True),
        ({"heading": "Exam"}, False),
        ({"sentence": "for example", "kind": "money"}, True),
        ({"sentence": "for example", "kind": ["size", "count"]}, False),
        ({"sentence": "for example", "amount": r"\$\d"}, True),
        ({"sentence": "for example", "amount": "5"}, False),
        ({"sentence": "for example", "url": URL + ".md"}, True),
        ({"sentence": "for example", "url": "https://e2b.dev/pricing"}, False),
        ({"sentence": "for example", "restates": True}, False),
    ],
)
def test_an_entry_covers_what_it_names(entry: dict[str, Any], covered: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ignore_entry({"why": "an example, not a rate", **entry}, "e2b")
    monkeypatch.setattr(module, "ignores", lambda name: (made,))
    c = capture(page("### Examples\n\nFor example, a day costs $5."))
    found = account(c, read(c))
    assert found is not None
    assert [r.amount for r in found.residue] == ([] if covered else ["$5"])


def test_what_restates_a_fact_is_covered_while_the_figures_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ignore_entry({"sentence": "can run", "restates": True, "why": "says again what the table says"}, "e2b")
    monkeypatch.setattr(module, "ignores", lambda name: (made,))
    assert left(page("A sandbox can run 24 hours.")) == []
    assert left(page("A sandbox can run 12 hours.")) == [("12 hours", "duration")]


@pytest.mark.parametrize(
    ("entry", "objection"),
    [
        ({"sentence": "x"}, "say why"),
        ({"why": "because I say so"}, "as a whole"),
        ({"url": URL, "why": "because I say so"}, "as a whole"),
        ({"sentence": ".*", "why": "because I say so"}, "fits everything"),
        ({"heading": ".+", "why": "because I say so"}, "fits everything"),
        ({"sentence": "x", "kind": "cash", "why": "because I say so"}, "unknown kind"),
        ({"sentense": "x", "why": "because I say so"}, "unknown keys"),
    ],
)
def test_an_entry_that_says_too_little_or_covers_too_much_is_refused(entry: Mapping[str, Any], objection: str) -> None:
    with pytest.raises(ValueError, match=objection):
        ignore_entry(entry, "e2b")


@pytest.mark.parametrize("name", VENDORS)
def test_the_vendors_entries_name_declared_pages(name: str) -> None:
    known = {canonical(u) for s in vendor(name).sources for u in s.urls}
    for entry in ignores(name):
        assert set(entry.urls) <= known, f"{set(entry.urls) - known} are not declared as sources"


# -- what is new ---------------------------------------------------------------------------------------------------


def new(*captures: Capture) -> list[list[Issue]]:
    """The residue issues of each capture, read in this order."""
    days = dict(readings_by_day(captures))
    return [[i for r in days[c.day] for i in r.issues if _new(i) and r.capture == c.sha256] for c in captures if c.day]


FEE = "Extra storage costs $7 per month."


def test_an_amount_that_appears_is_one_issue_until_it_is_old_or_gone() -> None:
    assert "residue" in ISSUE_KINDS
    first, after, later, old = new(
        capture(page()), capture(page(FEE), 1), capture(page(FEE + "\n\nThanks."), 20), capture(page(FEE), 2 + NEW_DAYS)
    )
    assert first == [] and old == []
    assert [i.message for i in after] == [i.message for i in later] and len(after) == 1
    assert "$7 per month" in after[0].message and "Billing > Plans" in after[0].message
    assert after[0].nearest == FEE and after[0].source_url == URL
    assert new(capture(page()), capture(page(FEE), 1), capture(page(), 2))[2] == []


def test_the_same_bytes_on_the_next_day_keep_it_open() -> None:
    _, after, again = new(capture(page()), capture(page(FEE), 1), capture(page(FEE), 2))
    assert after == again != []


def test_what_the_first_capture_states_is_where_watching_starts() -> None:
    assert new(capture(page(FEE))) == [[]]


def test_other_words_or_another_place_are_not_new() -> None:
    other = "Additional storage costs $7 per month."
    assert new(capture(page(FEE)), capture(page(other), 1))[1] == []
    assert new(capture(page(FEE)), capture(page(f"## Storage\n\n{FEE}"), 1))[1] == []
    # Both at once are two statements, and another figure is another amount.
    assert len(new(capture(page(FEE)), capture(page(f"{FEE}\n\n{other}"), 1))[1]) == 1
    assert len(new(capture(page(FEE)), capture(page(FEE.replace("7", "9")), 1))[1]) == 1


def test_a_page_that_alternates_does_not_tell_it_again_and_again() -> None:
    told = new(*(capture(page(FEE if n % 2 else ""), n) for n in range(80)))
    assert all(issues == [] for issues in told[2 + NEW_DAYS :])


def test_two_that_differ_in_a_figure_only_are_two_issues() -> None:
    _, after = new(capture(page()), capture(page("A seat costs $7 per month.\n\nA seat costs $9 per month."), 1))
    assert len({i.message for i in after}) == 2


def test_many_under_one_heading_are_one_issue() -> None:
    rows = "\n\n".join(f"Size {name} costs ${n} per month." for n, name in enumerate(("S", "M", "L", "XL", "XXL"), 3))
    _, after = new(capture(page()), capture(page(f"### Sizes\n\n{rows}"), 1))
    assert len(after) == 1 and "$3 per month, $4 per month" in after[0].message


def test_a_rewritten_page_is_one_issue() -> None:
    words = (
        "dogs",
        "cats",
        "birds",
        "fish",
        "mice",
        "ants",
        "bees",
        "cows",
        "pigs",
        "hens",
        "owls",
        "apes",
        "elks",
        "yaks",
    )
    rows = "\n\n".join(f"### {w}\n\nFeeding {w} costs ${n} per month." for n, w in enumerate(words, 2))
    _, after = new(capture(page()), capture(page(rows), 1))
    assert len(after) == 1 and after[0].message.count("most amounts on the page are new") == 1


def test_a_wall_or_an_excerpt_in_between_neither_closes_it_nor_tells_it_again() -> None:
    wall = capture("Just a moment", 2, status=403)
    part = capture(page("Another excerpt costs $8."), 3, complete=False)
    _, after, walled, excerpt, back = new(
        capture(page()), capture(page(FEE), 1), wall, part, capture(page(FEE + "\n\nThanks."), 4)
    )
    assert [i.message for i in walled] == [i.message for i in after] == [i.message for i in excerpt]
    assert [i.message for i in back] == [i.message for i in after]


def test_a_twin_page_does_not_tell_it_again() -> None:
    twin = "https://e2b.dev/docs/byoc"
    base = "# BYOC\n\nBring your own cloud (BYOC)."
    extra = f"{base}\n\n{FEE}"
    issues = new(capture(page()), capture(base, url=twin), capture(page(FEE), 1), capture(extra, 2, url=twin))
    assert len(issues[2]) == 1 and issues[3] == []
    assert len(new(capture(base, url=twin), capture(extra, 2, url=twin))[1]) == 1, "the twin by itself would"


# -- over the archive ----------------------------------------------------------------------------------------------


def archived(folder: Path, *captures: Capture) -> Settings:
    settings = Settings(folder)
    with Archive(settings.archive) as archive:
        archive.add_all(captures)
    return settings


def fresh(settings: Settings, c: Capture) -> list[Issue]:
    with Archive(settings.archive) as archive:
        archive.add(c)
    return [i for r in with_residue(settings, read(c)) for i in r.issues if _new(i)]


def test_a_fresh_capture_is_compared_with_the_archive(tmp_path: Path) -> None:
    settings = archived(tmp_path, capture(page()), capture(page(), 50))
    assert fresh(settings, capture(page(), 51)) == []
    first = fresh(settings, capture(page(FEE), 52))
    assert [i.nearest for i in first] == [FEE]
    assert fresh(settings, capture(page(FEE), 53)) == first, "still new, though the bytes are those of yesterday"
    assert fresh(settings, capture(page(FEE), 54 + NEW_DAYS)) == []
    # The archive in one go tells the same.
    with Archive(settings.archive) as archive:
        days = readings_by_day(archive.captures())
    assert [d for d, readings in days if any(_new(i) for r in readings for i in r.issues)] == [
        (DAY + timedelta(days=n)).date() for n in (52, 53)
    ]


def test_a_page_that_cannot_be_had_keeps_what_was_told(tmp_path: Path) -> None:
    settings = archived(tmp_path, capture(page()), capture(page(FEE), 1))
    lost = [
        replace(r, outcome="failed", facts=(), capture=None, captured_at=DAY + timedelta(days=2))
        for r in read(capture(page()))
    ]
    assert [i.nearest for r in with_residue(settings, lost) for i in r.issues if _new(i)] == [FEE]


def test_without_an_archive_readings_are_as_they_were(tmp_path: Path) -> None:
    readings = read(capture(page(FEE)))
    assert with_residue(Settings(tmp_path), readings) == readings
    assert accounted(Settings(tmp_path)) == []


def test_the_share_is_that_of_the_last_good_capture(tmp_path: Path) -> None:
    wall = capture("Just a moment", 3, status=403)
    settings = archived(tmp_path, capture(page()), capture(page(FEE), 2), wall)
    (row,) = accounted(settings, ("e2b",))
    assert row.capture.day == (DAY + timedelta(days=2)).date()
    assert (row.account.used, len(row.account.residue), row.account.amounts) == (6, 1, 7)
    assert accounted(settings, ("fly",)) == []


def test_a_run_counts_only_pages_that_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Capture] = []

    def counting(captures: Iterable[Capture], *rest: Any, **more: Any) -> list[Read]:
        opened.extend(own := list(captures))
        return read_all(own, *rest, **more)

    monkeypatch.setattr(contained, "read_all", counting)
    gone = capture("# Billing\n\nPage not found", 2)
    settings = archived(tmp_path, capture(page()), gone)
    note(settings, {})
    first = settings.watch_notes.read_text("utf-8")
    (e2b,) = [a for a in json.loads(first)["accounted"] if a["vendor"] == "e2b"]
    assert (e2b["used"], e2b["residue"], len(opened)) == (6, 0, 2)  # the newest is no page at all, the one before is
    note(settings, {})
    assert settings.watch_notes.read_text("utf-8") == first and len(opened) == 2
    known = capture(page(FEE), 3)
    archived(tmp_path, known)
    note(settings, {(URL, known.sha256, True): account(known, read(known))})
    (e2b,) = [a for a in json.loads(settings.watch_notes.read_text("utf-8"))["accounted"] if a["vendor"] == "e2b"]
    assert (e2b["residue"], len(opened)) == (1, 2)
    monkeypatch.setattr(watch_notes, "version", lambda name: "another")
    note(settings, {})
    assert len(opened) == 3  # other readers: counted anew


def test_the_command_lists_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archived(tmp_path, capture(page(FEE)))
    assert run(["residue", "e2b", "--home", str(tmp_path)]) == OK
    text = capsys.readouterr().out
    assert "$7 per month" in text and FEE in text and "85.7 % accounted for on 1 pages" in text
    assert run(["residue", "e2b", "--home", str(tmp_path), "--json"]) == OK
    printed = json.loads(capsys.readouterr().out)
    assert printed["residue"] == 1 and printed["sources"][0]["residue"][0]["sentence"] == FEE
    assert run(["residue", "fly", "--home", str(tmp_path)]) != OK
    assert "no capture of a page of fly" in capsys.readouterr().err


def test_the_demo_pages_are_mostly_accounted_for() -> None:
    """The entries have to hold on pages that say the same in other words, too."""
    from sandsnap.capture import replay
    from sandsnap.watching import accounted_in

    root = Path(__file__).resolve().parents[1] / "src/sandsnap/demo"
    found = [a for name in VENDORS if (root / name).is_dir() for a in accounted_in(replay(root / name))]
    amounts, missed = sum(a.account.amounts for a in found), sum(len(a.account.residue) for a in found)
    assert amounts > 150
    assert 1 - missed / amounts >= 0.8


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Every box has 1/16 vCPU.", ["1/16 vCPU"]),
        ("Rent RTX 4090 GPUs and L40S cards.", []),
        ("A run ends after 6000s.", ["6000s"]),
        ("Batch work costs 1.15x in other places.", []),
        ("Half a core is \u00bd vCPU of 2 vCPUs.", ["2 vCPUs", "\u00bd vCPU"]),
    ],
)
def test_it_counts_whole_number_phrases(text: str, amounts: list[str], no_entries: None) -> None:
    assert sorted(a for a, _ in left(page(text, table=""))) == sorted(amounts)
