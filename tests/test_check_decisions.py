"""Decisions: kept in a file, applied by the gate as long as their evidence is what is seen."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from test_check import DAY, READER, gpu, limit, many, price, reading

from sandsnap.check.decisions import Decision, DecisionError, Decisions, append, load
from sandsnap.check.evidence import canonical, digest, marked, named, of_facts, of_issue, unmarked
from sandsnap.check.gate import Gate, absence, typed
from sandsnap.model import Fact, Issue, Reading

ON = date(2026, 7, 5)


def decision(ident: str, verdict: str, **other: object) -> Decision:
    return Decision(ident, verdict, "Ada", "looked at the page", ON, **other)  # type: ignore[arg-type]


def through(before: list[Fact], now: list[Fact], *decided: Decision, day: date = DAY) -> Reading:
    check = Gate(Decisions((d.evidence, d) for d in decided))
    (out,) = check("e2b", day, {READER: before}, [reading(*now)])
    return out


OLD, NEW = price("0.05"), price("180")
ID = of_facts([NEW])


# -- the gate ---------------------------------------------------------------------------------------------------------


def test_the_issue_names_its_evidence_and_the_day_does_not_matter() -> None:
    for n in range(3):
        (issue,) = through([OLD], [NEW], day=DAY + timedelta(days=n)).issues
        assert of_issue(issue) == ID
        assert issue.message.startswith(f"[{ID}] prices sandbox / any / vcpu / - / - / list: ")


def test_accepted_evidence_passes_and_other_evidence_is_asked_anew() -> None:
    accepted = decision(ID, "accept")
    assert through([OLD], [NEW], accepted) == reading(replace(NEW, since=DAY))
    for other in (price("36"), replace(NEW, quote="$180 now"), replace(NEW, key={**NEW.key, "plan": "pro"})):
        before = replace(OLD, key=other.key)
        assert [i.kind for i in through([before], [other], accepted).issues] == ["held"]


def test_rejected_evidence_keeps_the_old_value_unasked_until_it_changes() -> None:
    out = through([OLD], [NEW], decision(ID, "reject"))
    assert (out.facts, out.issues, out.partial) == ((), (), True)
    assert through([OLD], [replace(NEW, quote="other words")], decision(ID, "reject")).issues


def test_ignored_evidence_is_asked_again_on_its_day() -> None:
    ignored = decision(ID, "ignore", until=DAY + timedelta(days=10))
    assert through([OLD], [NEW], ignored, day=DAY + timedelta(days=9)).issues == ()
    assert through([OLD], [NEW], ignored, day=DAY + timedelta(days=10)).issues
    assert through([OLD], [NEW], ignored, day=DAY + timedelta(days=9)).facts == ()


def test_an_edit_stands_as_judged_on_the_page_s_quote() -> None:
    out = through([OLD], [NEW], decision(ID, "edit", values={"usd": "0.06"}))
    (fact,) = out.facts
    assert fact.values == {"usd": D("0.06"), "unit": "vcpu_hour", "billed_on": None}
    assert (fact.basis, fact.quote, fact.capture, fact.verified_on) == ("judged", NEW.quote, None, ON)
    assert (out.issues, out.partial) == ((), False)
    # Held against the edited value, the same page goes on as edited; a new price on the page is read again.
    assert through([fact], [NEW], decision(ID, "edit", values={"usd": "0.06"})).facts == (fact,)
    assert through([fact], [price("0.07")], decision(ID, "edit", values={"usd": "0.06"})).facts == (price("0.07"),)


def test_an_edit_against_the_contract_stays_out_and_says_so() -> None:
    out = through([OLD], [NEW], decision(ID, "edit", values={"usd": "-1"}))
    assert out.facts == ()
    assert "Ada's edit does not fit: prices.usd" in out.issues[0].message


def test_a_row_against_the_contract_can_be_edited_but_not_accepted() -> None:
    wrong = price("-1")
    ident = of_facts([wrong])
    assert [i.kind for i in through([], [wrong], decision(ident, "accept")).issues] == ["invalid"]
    assert through([], [wrong], decision(ident, "edit", values={"usd": "1"})).facts[0].values["usd"] == D(1)


def test_a_held_table_is_accepted_or_rejected_as_a_whole() -> None:
    (issue,) = through(many("1"), many("1.1")).issues
    ident = of_issue(issue)
    assert through(many("1"), many("1.1"), decision(ident, "accept")).outcome == "good"
    rejected = through(many("1"), many("1.1"), decision(ident, "reject"))
    assert (rejected.facts, rejected.issues, rejected.waits, rejected.partial) == ((), (), (), True)
    assert through(many("1"), many("1.2"), decision(ident, "reject")).issues


def test_one_question_about_many_facts_is_decided_at_once() -> None:
    before, now = [gpu("1", f"s{i}") for i in range(6)], [gpu("30", f"s{i}") for i in range(6)]
    (issue,) = through(before, now).issues
    assert len(through(before, now, decision(of_issue(issue), "accept")).facts) == 6


def test_other_issues_are_muted_while_they_say_the_same() -> None:
    lost = Issue("lost_quote", "e2b", READER, "isolation default: no longer found: 'Firecracker'", READER, "near")
    check = Gate(Decisions({of_issue(lost): decision(of_issue(lost), "reject")}))
    for issue, left in ((lost, 0), (replace(lost, nearest="something else"), 1)):
        (out,) = check("e2b", DAY, {}, [replace(reading(), issues=(issue,))])
        assert len(out.issues) == left


def test_a_rejected_removal_keeps_the_fact_as_judged() -> None:
    kept = limit("24", "hour")
    out = through([OLD, kept], [OLD], decision(absence(kept), "reject"))
    assert out.facts == (OLD, replace(kept, basis="judged", capture=None, verified_on=ON))
    # Read again tomorrow, the judged fact is still the same evidence; a page that states it again is read.
    assert len(through([OLD, out.facts[1]], [OLD], decision(absence(kept), "reject")).facts) == 2
    assert through([OLD, kept], [OLD, kept], decision(absence(kept), "reject")).facts == (OLD, kept)


# -- evidence ---------------------------------------------------------------------------------------------------------


def test_ids_hold_no_figures_because_issues_that_differ_only_in_figures_are_one_to_the_recorder() -> None:
    ids = {digest(n) for n in range(2000)}
    assert len(ids) == 2000
    assert not any(c.isdigit() for ident in ids for c in ident)


def test_values_from_a_fact_and_from_json_are_the_same_evidence() -> None:
    fact = {"usd": D("0.050"), "on": date(2026, 7, 4), "free": True, "unit": None, "n": D(200)}
    stored = {"n": D("200.000000000"), "usd": D("0.050000000"), "on": "2026-07-04", "free": True, "unit": None}
    assert canonical(fact) == canonical(stored)


def test_messages_say_what_they_are_about() -> None:
    assert named(marked(ID, "prices sandbox / any / vcpu / - / - / list: usd")) == (
        "prices",
        "sandbox / any / vcpu / - / - / list",
        1,
    )
    assert named("prices sandbox / any / gpu / a10 / - / list (6 in all): usd 1: x") == (
        "prices",
        "sandbox / any / gpu / a10 / - / list",
        6,
    )
    assert named("limits vm / any / idle_timeout is not on the page; it said: 5: x") == (
        "limits",
        "vm / any / idle_timeout",
        1,
    )
    assert named("20 of 20 facts of e2b changed: held") is None
    assert unmarked(marked(ID, "[x] text")) == "[x] text"


@pytest.mark.parametrize(
    ("table", "values", "wrong"),
    [
        ("prices", {"euro": "1"}, "prices has no value 'euro'; it has usd, unit, billed_on"),
        ("prices", {"usd": "a lot"}, "usd 'a lot' is no number"),
        ("prices", {"unit": "furlong"}, "is not in the vocabulary"),
        ("prices", {"usd": ""}, "usd may not be empty"),
        ("gpus", {"ends_on": "soon"}, "soon"),
        ("sdks", {"official": "maybe"}, "neither true nor false"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(table: str, values: dict[str, str | bool], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        typed(table, values)


def test_an_edit_is_typed_by_its_columns() -> None:
    assert typed("gpus", {"ends_on": "2026-08-01", "status": "ending"}) == {
        "ends_on": date(2026, 8, 1),
        "status": "ending",
    }
    assert typed("sdks", {"official": "true", "package": ""}) == {"official": True, "package": None}


# -- the file ---------------------------------------------------------------------------------------------------------


def test_decisions_come_back_as_they_were_written_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text("# why this file is here\n")
    nasty = 'a "quote" \\ with\nlines, ünïcode, \x7f and \x01'
    given = [
        decision("bcdfghjk", "accept", vendor="e2b", source_url="https://e2b.dev", what=nasty, quote=nasty),
        decision("bcdfghjm", "ignore", until=date(2026, 8, 1)),
        decision("bcdfghjn", "edit", values={"usd": "0.05", "unit": "vcpu_hour"}),
        decision("bcdfghjk", "reject"),
    ]
    for d in given:
        append(path, d)
    read = load(path)
    assert list(read) == ["bcdfghjk", "bcdfghjm", "bcdfghjn"]
    assert read["bcdfghjk"] == given[3]  # the last on one evidence holds
    assert (read["bcdfghjm"], read["bcdfghjn"]) == (given[1], given[2])
    assert path.read_text().startswith("# why this file is here\n")
    assert path.read_text().count("[[decision]]") == 4
    assert [p.name for p in tmp_path.iterdir()] == ["decisions.toml"]


def test_no_file_is_no_decision_and_the_shipped_one_is_empty(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == {}
    assert load(Path(__file__).parents[1] / "warehouse" / "decisions.toml") == {}


GOOD = 'evidence = "bcdfghjk"\nverdict = "accept"\nauthor = "Ada"\nreason = "looked"\non = 2026-07-05\n'


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[[decision]\n", "decisions.toml: "),
        ("[decisions]\n", "unknown decisions"),
        ("[[decision]]\n" + GOOD.replace('"accept"', '"maybe"'), "'maybe' is none of accept, reject"),
        ("[[decision]]\n" + GOOD.replace('"Ada"', '" "'), "author is missing"),
        ("[[decision]]\n" + GOOD.replace("2026-07-05", '"2026-07-05"'), "on is missing or is no date"),
        ("[[decision]]\n" + GOOD.replace("2026-07-05", "2026-07-05T00:00:00"), "on is missing or is no date"),
        ("[[decision]]\n" + GOOD + "until = 2026-08-01\n", "ignore needs the day"),
        ("[[decision]]\n" + GOOD.replace('"accept"', '"ignore"'), "ignore needs the day"),
        ("[[decision]]\n" + GOOD.replace('"accept"', '"edit"'), "edit needs the values"),
        ("[[decision]]\n" + GOOD + "wy = 1\n", "unknown key wy"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused_with_its_place(text: str, wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text(text)
    with pytest.raises(DecisionError, match=wrong):
        load(path)


def test_a_bad_decision_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DecisionError, match="who decided"):
        append(tmp_path / "d.toml", replace(decision("bcdfghjk", "accept"), author=" "))
    assert not list(tmp_path.iterdir())
