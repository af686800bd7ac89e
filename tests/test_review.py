"""sandsnap review, from a held price in the warehouse to the decision that the next run applies."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_check import DAY, OTHER, READER, URL, gpu, limit, many, price, reading

from sandsnap import pipeline
from sandsnap.check import decisions
from sandsnap.check.evidence import marked
from sandsnap.cli.app import run
from sandsnap.model import Fact, Issue, Reading
from sandsnap.record import queries
from sandsnap.settings import Settings, SettingsError, load
from schemas import TABLES


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Warehouses to copy: making one costs a second, for its views and comments."""
    out = {}
    for name, prices in (("empty", ()), ("held", (OLD, NEW))):
        home = Settings(tmp_path_factory.mktemp(name))
        record(home, 0, replace(reading(), vendor="fly", source_url="https://fly.io/", reader="https://fly.io/#page"))
        for n, fact in enumerate(prices):
            record(home, n, reading(fact))
        out[name] = home.warehouse
    return out


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: dict[str, Path]) -> Settings:
    monkeypatch.setenv("SANDSNAP_HOME", str(tmp_path))
    monkeypatch.setenv("SANDSNAP_DECISIONS", str(tmp_path / "decisions.toml"))
    shutil.copy(made["empty"], load().warehouse)
    return load()


def record(settings: Settings, n: int, *readings: Reading, replace_from: bool = False) -> None:
    day = DAY + timedelta(days=n)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    days = [(day, [replace(r, captured_at=at, capture=f"{n:064x}") for r in readings])]
    pipeline.record(settings, days, "backfill", replace_from={"e2b": day} if replace_from else None)


def review(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    code = run(["review", *args])
    out = capsys.readouterr()
    return code, out.out + out.err


def listed(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(review(capsys, "--json", *args)[1])
    return found


def prices(settings: Settings) -> list[str]:
    with queries.connect_readonly(settings.warehouse) as con:
        return [
            f"{r['usd'].normalize():f} {r['basis']} {r['verified_on']}" for r in queries.show(con, "prices").records()
        ]


BY = ("--author", "Ada", "--reason", "looked at the page")
OLD, NEW = price("0.05"), price("180")


@pytest.fixture
def held(settings: Settings, made: dict[str, Path]) -> Settings:
    shutil.copy(made["held"], settings.warehouse)
    return settings


def test_a_held_price_waits_with_both_quotes_and_captures(held: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    (w,) = listed(capsys)
    assert (w["kind"], w["vendor"], w["reader"]) == ("held", "e2b", READER)
    assert (w["first_on"], w["last_on"]) == ("2026-07-05", "2026-07-05")
    assert (w["quote_before"], w["quote_after"]) == ("$0.05 per vcpu_hour", "$180 per vcpu_hour")
    assert (w["capture_before"], w["capture_after"]) == (f"{0:064x}", f"{1:064x}")
    assert (w["table"], w["what"]) == ("prices", "prices sandbox / any / vcpu / - / - / list")
    assert w["verdicts"] == ["accept", "reject", "ignore", "edit"]
    assert prices(held) == ["0.05 read 2026-07-04"]
    code, text = review(capsys)
    assert code == 1
    for part in (w["id"], "180 vcpu_hour", "“$0.05 per vcpu_hour”", "1 wait for a decision"):
        assert part in text
    assert listed(capsys, "--vendor", "fly") == []


def test_accept_lets_it_in_with_the_next_run(held: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    ident = listed(capsys)[0]["id"]
    code, text = review(capsys, ident, "accept", *BY)
    assert code == 0
    assert "sandsnap reread --vendor e2b --since 2026-07-05" in text
    assert listed(capsys) == []  # decided: nobody is asked before the next run either
    assert [w["decision"]["verdict"] for w in listed(capsys, "--all")] == ["accept"]
    record(held, 2, reading(NEW))
    assert prices(held) == ["180 read 2026-07-06"]
    assert review(capsys)[0] == 0
    with queries.connect_readonly(held.warehouse) as con:
        (change,) = queries.changes(con, DAY, date(2026, 8, 1)).records()
    assert (change["before"], change["after"], str(change["day"])) == (
        "0.05",
        "180",
        "2026-07-05",
    )  # the day it was first seen


def test_accept_and_a_replay_date_it_from_the_day_it_was_first_seen(
    held: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    review(capsys, listed(capsys)[0]["id"], "accept", *BY)
    record(held, 1, reading(NEW), replace_from=True)
    with queries.connect_readonly(held.warehouse) as con:
        (change,) = queries.changes(con, DAY, date(2026, 8, 1)).records()
    assert str(change["day"]) == "2026-07-05"
    assert review(capsys)[0] == 0


@pytest.mark.slow
def test_reject_keeps_the_old_value_and_is_not_asked_again(held: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    ident = listed(capsys)[0]["id"]
    assert review(capsys, ident, "reject", *BY)[0] == 0
    for n in range(2, 5):
        record(held, n, reading(NEW))
        assert listed(capsys, "--all") == []
    assert prices(held) == ["0.05 read 2026-07-04"]
    record(held, 5, reading(price("1800")))  # other evidence
    assert [w["quote_after"] for w in listed(capsys)] == ["$1800 per vcpu_hour"]


def test_ignore_is_silent_until_its_day(held: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    ident = listed(capsys)[0]["id"]
    assert review(capsys, ident, "ignore", *BY)[0] == 2
    assert review(capsys, ident, "ignore", "--until", "2020-01-01", *BY)[0] == 2
    assert review(capsys, ident, "ignore", "--until", "2099-01-01", *BY)[0] == 0
    record(held, 2, reading(NEW))
    assert listed(capsys) == []
    assert prices(held) == ["0.05 read 2026-07-04"]


@pytest.mark.slow
def test_edit_records_what_the_person_says_as_judged(held: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    ident = listed(capsys)[0]["id"]
    for wrong in ((), ("--value", "cheap"), ("--value", "euro=1")):
        assert review(capsys, ident, "edit", *wrong, *BY)[0] == 2
    assert review(capsys, ident, "edit", "--value", "0.06", *BY)[0] == 0
    record(held, 2, reading(NEW))
    (shown,) = prices(held)
    assert shown.startswith("0.06 judged")
    record(held, 3, reading(NEW))
    assert prices(held) == [shown]
    record(held, 4, reading(price("0.07")))
    assert prices(held) == ["0.07 read 2026-07-08"]


def test_who_and_why_are_asked_and_unknown_ids_refused(held: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    ident = listed(capsys)[0]["id"]
    assert "who decides, and why" in review(capsys, ident, "accept")[1]
    assert "nothing waits under 'xyz'" in review(capsys, "xyz", "accept", *BY)[1]
    assert not held.decisions.exists()


@pytest.mark.slow
def test_a_held_table_is_one_question(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    record(settings, 0, reading(*many("1")))
    record(settings, 1, reading(*many("1.1")))
    (w,) = listed(capsys)
    assert (w["facts"], w["verdicts"]) == (20, ["accept", "reject", "ignore"])
    assert review(capsys, w["id"], "edit", "--value", "1", *BY)[0] == 2
    # Waiting lets nothing in, over several runs.
    for n in (10, 25):
        record(settings, n, reading(*many("1.1")))
    assert [x["id"] for x in listed(capsys)] == [w["id"]]
    assert prices(settings)[0].startswith("1 read 2026-07-04")
    assert review(capsys, w["id"], "accept", *BY)[0] == 0
    record(settings, 30, reading(*many("1.1")))
    assert prices(settings)[0].startswith("1.1 read")


@pytest.mark.slow
def test_an_unconfirmed_removal_can_be_refused(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    kept: Fact = replace(limit("24", "hour"), source_url=URL)
    record(settings, 0, reading(OLD, kept))
    record(settings, 1, reading(OLD))
    (w,) = listed(capsys)
    assert (w["kind"], w["what"], w["quote_before"]) == ("missing", "limits sandbox / any / session_max", "24 hour")
    assert "the next good reading" in review(capsys, w["id"], "accept", *BY)[1]
    assert review(capsys, w["id"], "reject", *BY)[0] == 0
    for n in (2, 3):
        record(settings, n, reading(OLD))
    with queries.connect_readonly(settings.warehouse) as con:
        (shown,) = queries.show(con, "limits").records()
        changes = queries.changes(con, DAY, date(2026, 8, 1)).records()
    assert (shown["basis"], shown["quote"]) == ("judged", "24 hour")
    assert changes == []
    assert listed(capsys) == []


@pytest.mark.slow
def test_a_removal_can_be_made_final_at_once(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    record(settings, 0, reading(OLD, replace(limit("24", "hour"), source_url=URL)))
    record(settings, 1, reading(OLD))
    (w,) = listed(capsys)
    assert "ends with the next reading" in w["effects"]["gone"]
    code, text = review(capsys, w["id"], "gone", *BY)
    assert code == 0 and "limits sandbox / any / session_max ends" in text
    record(settings, 2, replace(reading(), outcome="gone"))
    with queries.connect_readonly(settings.warehouse) as con:
        assert queries.show(con, "limits").records() == []
    assert w["id"] not in {x["id"] for x in listed(capsys)}


@pytest.mark.slow
def test_a_fact_can_rest_on_other_words(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    record(settings, 0, reading(OLD, replace(limit("24", "hour"), source_url=URL)))
    record(settings, 1, reading(OLD))
    (w,) = listed(capsys)
    assert "--words" in review(capsys, w["id"], "still", *BY)[1]
    assert review(capsys, w["id"], "still", "--words", "a day at most", *BY)[0] == 0
    record(settings, 2, replace(reading(OLD), text="A sandbox lives a day at most."))
    with queries.connect_readonly(settings.warehouse) as con:
        (shown,) = queries.show(con, "limits").records()
    assert (shown["basis"], shown["quote"], shown["state"]) == ("quoted", "a day at most", "current")
    assert w["id"] not in {x["id"] for x in listed(capsys)}


QUOTED = f"{URL}#quoted"
NEARLY = "isolation default: no longer found: 'a virtual machine of its own'"


def apart(n: int, *facts: Fact, text: str = "", lost: bool = False) -> Reading:
    """What re-checking a person's quotes gives: the fact, or an issue."""
    issues = (Issue("lost_quote", "e2b", URL, NEARLY, QUOTED, "Each has a machine."),) if lost else ()
    return replace(reading(*facts), reader=QUOTED, sticky=True, issues=issues, text=text)


BOX = dict.fromkeys(TABLES["isolation"].values) | {"boundary": "vm"}
KEY = {"product": "sandbox", "runtime": "default"}
BOXED = Fact("isolation", "e2b", KEY, BOX, "quoted", URL, "a virtual machine of its own", f"{0:064x}", DAY)


def test_a_lost_quote_rests_on_other_words_until_they_go(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """An editor decides without a checkout: the decision holds on every later day, as long as the words stand there."""
    record(settings, 0, apart(0, BOXED))
    record(settings, 1, apart(1, lost=True))
    (w,) = listed(capsys)
    assert [r["what"] for r in w["resting"]] == ["isolation sandbox / default"] and "still" in w["verdicts"]
    assert review(capsys, w["id"], "still", "--words", "Each has a machine", *BY)[0] == 0
    for n in (2, 3):
        record(settings, n, apart(n, lost=True, text="Each has a machine."))
    with queries.connect_readonly(settings.warehouse) as con:
        (shown,) = queries.show(con, "isolation").records()
        assert queries.changes(con, DAY, date(2026, 8, 1)).records() == []
    assert (shown["quote"], shown["state"], shown["verified_on"]) == (
        "Each has a machine",
        "current",
        DAY + timedelta(3),
    )
    assert listed(capsys) == []
    record(settings, 4, apart(4, lost=True, text="Nobody says so."))
    assert [r["quote"] for w in listed(capsys) for r in w["resting"]] == ["Each has a machine"]


@pytest.mark.slow
def test_a_lost_quote_is_really_gone(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    record(settings, 0, apart(0, BOXED))
    record(settings, 1, apart(1, lost=True))
    (w,) = listed(capsys)
    assert review(capsys, w["id"], "gone", *BY)[0] == 0
    record(settings, 2, apart(2, lost=True, text="Nothing."))
    with queries.connect_readonly(settings.warehouse) as con:
        assert queries.show(con, "isolation").records() == []
    assert listed(capsys) == []


@pytest.mark.slow
def test_of_several_facts_that_rest_on_lost_words_one_is_meant(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    unread = (Issue("unreadable", "e2b", URL, "no text fits 'x'", READER),)
    record(settings, 0, reading(OLD, replace(limit("24", "hour"), source_url=URL)))
    record(settings, 1, replace(reading(), outcome="failed", issues=unread, text="A day at most."))
    (w,) = listed(capsys)
    code, said = review(capsys, w["id"], "still", "--words", "A day at most", *BY)
    assert code == 2 and "--fact" in said and "limits sandbox / any / session_max" in said
    which = ("--fact", "limits sandbox / any / session_max")
    assert review(capsys, w["id"], "still", "--words", "A day at most", *which, *BY)[0] == 0
    record(settings, 2, replace(reading(), outcome="failed", issues=unread, text="A day at most."))
    with queries.connect_readonly(settings.warehouse) as con:
        (shown,) = queries.show(con, "limits").records()
    assert (shown["quote"], shown["verified_on"]) == ("A day at most", DAY + timedelta(2))
    (w,) = listed(capsys)
    assert [r["what"].split()[0] for r in w["resting"]] == ["prices"]


@pytest.mark.slow
def test_one_of_two_pages_wins(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    def day(n: int) -> None:
        record(settings, n, reading(gpu("1")), reading(replace(gpu("1.5"), source_url=OTHER), url=OTHER))

    day(0)
    (w,) = listed(capsys)
    assert "which page is right" in review(capsys, w["id"], "wins", *BY)[1]
    code, text = review(capsys, w["id"], "wins", "--page", OTHER, *BY)
    assert code == 0, text
    day(1)
    with queries.connect_readonly(settings.warehouse) as con:
        (shown,) = queries.show(con, "prices").records()
    assert (f"{shown['usd'].normalize():f}", shown["source_url"]) == ("1.5", OTHER)
    assert listed(capsys) == []


def test_what_one_page_no_longer_says_is_one_question(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    record(settings, 0, reading(*many("1")))
    record(settings, 1, reading(*many("1")[:-2]))
    items = listed(capsys)
    assert [w["kind"] for w in items] == ["missing", "missing"] and len({w["question"] for w in items}) == 1
    text = review(capsys)[1]
    assert "2 together" in text and "1 wait for a decision" in text and "(and so the other 1)" in text
    assert review(capsys, items[0]["question"], "gone", *BY)[0] == 0
    assert {d.verdict for d in decisions.load(settings.decisions).values()} == {"gone"}


def test_a_conflict_shows_what_each_page_says(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    record(settings, 0, reading(gpu("1")), reading(replace(gpu("1.5"), source_url=OTHER), url=OTHER))
    (w,) = listed(capsys)
    assert {url for url, _ in w["pages"]} == {URL, OTHER}
    assert "1.5" in w["effects"]["wins"] and f"--page {OTHER}" in w["effects"]["wins"]
    assert w["quote_before"] and w["quote_after"] and w["quote_before"] != w["quote_after"]


def test_a_conflict_can_be_edited(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    def day(n: int) -> None:
        record(settings, n, reading(gpu("1")), reading(replace(gpu("1.5"), source_url=OTHER), url=OTHER))

    day(0)
    (w,) = listed(capsys)
    code, text = review(capsys, w["id"], "edit", "--value", "1.25", *BY)
    assert code == 0, text
    assert listed(capsys) == []
    for n in (1, 2):  # as long as both pages say what they say
        day(n)
        with queries.connect_readonly(settings.warehouse) as con:
            (shown,) = queries.show(con, "prices").records()
        assert (f"{shown['usd'].normalize():f}", shown["basis"]) == ("1.25", "judged")
        assert listed(capsys) == []


def test_a_price_seen_once_can_be_decided(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    def live(n: int, fact: Fact) -> None:
        day = DAY + timedelta(days=n)
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        pipeline.record(settings, [(day, [replace(reading(fact), captured_at=at, capture=f"{n:064x}")])], "snapshot")

    record(settings, 0, reading(OLD))
    live(1, price("0.06"))
    (w,) = listed(capsys)
    assert (w["kind"], w["verdicts"]) == ("unconfirmed", ["accept", "reject"])
    assert review(capsys, w["id"], "accept", *BY)[0] == 0
    live(1, price("0.06"))
    with queries.connect_readonly(settings.warehouse) as con:
        (shown,) = queries.show(con, "prices").records()
    assert (f"{shown['usd'].normalize():f}", shown["state"]) == ("0.06", "current")


@pytest.mark.slow
def test_conflicts_and_lost_quotes_wait_too(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    lost = Issue("lost_quote", "e2b", URL, "isolation default: no longer found: 'in \"Firecracker\"'", READER, "gVisor")
    down = Issue("bot_wall", "e2b", URL, "a bot check", READER)
    here = replace(reading(gpu("1")), issues=(lost, down))
    record(settings, 0, here, reading(gpu("1.5"), url=OTHER))
    found = {w["kind"]: w for w in listed(capsys)}
    assert found.keys() == {"conflict", "lost_quote"}
    assert found["lost_quote"]["quote_before"] == 'in "Firecracker"'
    assert found["lost_quote"]["quote_after"] == "gVisor"
    assert "vendors/e2b/statements.toml" in review(capsys, found["lost_quote"]["id"], "accept", *BY)[1]
    for w in found.values():
        assert review(capsys, w["id"], "reject", *BY)[0] == 0
    record(settings, 1, here, reading(gpu("1.5"), url=OTHER))
    assert listed(capsys) == []
    with queries.connect_readonly(settings.warehouse) as con:
        assert [i["kind"] for i in queries.open_issues(con).records()] == ["bot_wall"]


def test_a_broken_decisions_file_stops_the_run_with_one_line(
    held: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    held.decisions.write_text("[[decision]]\nverdict = 'accept'\n")
    code, text = review(capsys)
    assert (code, text.count("\n")) == (2, 1)
    with pytest.raises(SettingsError, match="evidence is missing"):
        record(held, 2, reading(NEW))


def test_where_decisions_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    assert load(home).decisions == home / "decisions.toml"
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "decisions.toml").touch()
    assert load(home).decisions == Path("warehouse/decisions.toml")
    (tmp_path / "sandsnap.toml").write_text("decisions = 'ours.toml'\n")
    assert load(home).decisions == Path("ours.toml")
    monkeypatch.setenv("SANDSNAP_DECISIONS", "theirs.toml")
    assert load(home).decisions == Path("theirs.toml")


def test_no_warehouse_is_said_in_one_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.warehouse.unlink()
    code, text = review(capsys)
    assert code == 3
    assert "does not exist" in text


def test_a_sentence_in_other_words_may_be_let_go(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    text = marked("bcdfghjk", "limits sandbox / any / session_max: not found in these words: 'runs for 24 hours'")
    record(settings, 0, replace(reading(), issues=(Issue("lost_quote", "e2b", URL, text, READER, "runs a day"),)))
    (w,) = listed(capsys)
    assert (w["id"], w["verdicts"]) == ("bcdfghjk", ["accept", "still", "reject", "ignore"])
    assert (w["quote_before"], w["quote_after"]) == ("runs for 24 hours", "runs a day")
