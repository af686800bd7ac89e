"""The mutations edit what they say and nothing else, the judge sees what it must see, and the sample keeps its rates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import capture

from sandsnap.check.decisions import Decisions
from sandsnap.check.gate import Gate
from sandsnap.check.reworded import reworded
from sandsnap.model import Fact, Reading
from sandsnap.publish.alerts import alert as alerts
from sandsnap.publish.alerts.events import Citation
from sandsnap.quality import edits_amounts, edits_delivery, edits_structure, judge, runner, told
from sandsnap.quality.cases import Case
from sandsnap.quality.figures import Original, edited, moved
from sandsnap.quality.report import met, rates, report
from sandsnap.quality.source_tables import tables
from sandsnap.read.page import Page
from sandsnap.read.reading import read
from sandsnap.read.sentences import ITSELF
from sandsnap.record import queries
from sandsnap.record.recorder import Recorder, Run, record_days
from sandsnap.record.writer import Writer
from sandsnap.tell.events import events
from sandsnap.tell.model import Change, Event
from sandsnap.tell.significance import load as rules_of

URL = "https://vercel.com/docs/vercel-sandbox/pricing"
VENDORS = Path(__file__).parents[1] / "src/sandsnap/vendors"


def original(name: str) -> Original:
    return next(p for p in runner.find_pages(sample=True) if p.name == f"golden/{name}")


@pytest.fixture(scope="module")
def vercel() -> Original:
    return original("vercel/pricing@2026-06-15.md")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    with Writer(tmp_path_factory.mktemp("quality") / "empty.duckdb") as writer:
        yield writer


def verdict(case: Case, writer: Writer) -> judge.Verdict:
    return judge.judge(case, writer, judge.read_days([case]), rules_of())


def one(cases: Iterator[Case]) -> Case:
    return next(iter(cases))


def changed_lines(page: Original, case: Case) -> list[tuple[str, str]]:
    before, after = page.text.splitlines(), case.days[0].capture.body.decode().splitlines()
    assert len(before) == len(after)
    return [(a, b) for a, b in zip(before, after, strict=True) if a != b]


def figure(page: Original, table: str, value: str, field: str = "usd") -> edits_amounts.Figure:
    wanted = Decimal(value)
    return next(g for g in page.figures if any(f.table == table and f.values[field] == wanted for f in g.facts))


def test_a_figure_is_found_through_its_quote(vercel: Original) -> None:
    found = figure(vercel, "prices", "0.128")
    assert {f.key["plan"] for f in found.facts} == {"pro", "enterprise"}
    assert [vercel.text[a:b] for a, b in (n.span for n in found.spots)] == ["0.128", "0.128"]


def test_a_price_moves_wherever_it_stands(vercel: Original) -> None:
    found = figure(vercel, "prices", "0.128")
    new = moved(found, Decimal("1.3"))
    assert new == Decimal("0.1664")
    text, values = edited(vercel, found, new)
    assert text.count("$0.1664/hour") == 2
    assert "$0.128" not in text
    assert all(v["usd"] == new for v in values.values())


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (edits_amounts.price_down, "$0.128/hour | $0.128/hour", "$0.0896/hour | $0.0896/hour"),
        (edits_amounts.currency, "$0.128/hour | $0.128/hour", "€0.128/hour | €0.128/hour"),
        (edits_amounts.number_format, "$0.128/hour | $0.128/hour", "$0.1280/hour | $0.1280/hour"),
        (edits_amounts.decimal_comma, "$0.128/hour | $0.128/hour", "$0,128/hour | $0,128/hour"),
        (edits_amounts.contact_us, "$0.128/hour | $0.128/hour", "Contact us | Contact us"),
        (edits_amounts.unit_changed, "$0.128/hour | $0.128/hour", "$0.128/second | $0.128/second"),
    ],
)
def test_amount_edits(vercel: Original, edit: edits_amounts.Edit, before: str, after: str) -> None:
    (lines,) = changed_lines(vercel, one(edit(vercel, figure(vercel, "prices", "0.128"))))
    assert lines[0].replace(before, after) == lines[1]


def test_columns_are_reordered_with_their_headings(vercel: Original) -> None:
    text = one(edits_structure.columns_reordered(vercel)).days[0].capture.body.decode()
    assert "| Plan | Disk size | Maximum open ports | Maximum memory | Maximum vCPUs |" in text
    assert "| Hobby | 32 GB | 15 | 8GB | 4 |" in text


def test_a_new_plan_stands_before_the_others(vercel: Original) -> None:
    texts = [c.days[0].capture.body.decode() for c in edits_structure.plan_added(vercel)]
    assert any("| Nimbus | 12 | 24GB | 45 | 96 GB |\n| Hobby |" in t for t in texts)
    assert any("Nimbus | **Hobby** (Included)" in t for t in texts)


def test_a_renamed_plan_is_gone_from_the_page(vercel: Original) -> None:
    for case in edits_structure.plan_renamed(vercel):
        assert case.days[0].unstated
        assert {i[2][1] for i in case.days[0].unstated} <= {"hobby", "pro", "enterprise"}
        assert "Nimbus" in case.days[0].capture.body.decode()


def test_unit_columns_swap_their_headings_only() -> None:
    fly = original("fly/docs-about-pricing@2026-06-15.html")
    case = one(edits_structure.unit_column_swapped(fly))
    assert "<th>Price/hour</th><th>Price/second</th>" in case.days[0].capture.body.decode()
    assert {i[0] for i in case.days[0].unstated} == {"prices"}


def test_bad_pages_pass(vercel: Original) -> None:
    for edit in (edits_delivery.cookie_wall, edits_delivery.truncated, edits_delivery.encoding_broken):
        case = one(edit(vercel))
        assert case.days[-1].capture.body == vercel.capture.body
        assert case.days[0].capture.body != vercel.capture.body
        assert case.days[0].unstated == {f.id for f in vercel.facts}


def test_tables_of_both_forms() -> None:
    (pipe,) = tables("a\n\n| x | y |\n| --- | :-: |\n| a\\|b | 2 |\n", "markdown")
    assert (pipe.headings, [pipe.words(c) for c in pipe.body[0].cells]) == (["x", "y"], ["a|b", "2"])
    (html,) = tables(
        "<table><tr><th>x<th>y</tr></table><table><tr><th>x</th></tr><tr><td rowspan=2>1</td></tr></table>", "html"
    )
    assert (html.headings, html.regular) == (["x"], False)


def _tell(rows: Sequence[Mapping[str, object]], _: object) -> list[Event]:
    return events(Change.of(r) for r in rows)


@pytest.mark.parametrize(
    "edit", [edits_amounts.price_up, edits_amounts.currency, edits_amounts.contact_us, edits_amounts.unit_changed]
)
def test_the_real_path_gives_the_right_answer(vercel: Original, empty: Writer, edit: edits_amounts.Edit) -> None:
    found = verdict(one(edit(vercel, figure(vercel, "prices", "0.0212"))), empty)
    assert found.right, (found.wrong, found.false_alerts, found.changed)


def test_the_judge_records_as_a_run_does(vercel: Original, empty: Writer, tmp_path: Path) -> None:
    case = one(edits_amounts.price_up(vercel, figure(vercel, "prices", "0.0212")))
    captures = [vercel.capture, *(d.capture for d in case.days)]
    days = [(c.day, read(c)) for c in captures if c.day]
    at = datetime(2026, 7, 1, tzinfo=UTC)
    record_days(tmp_path / "real.duckdb", days, run=Run("1", "snapshot", at, at), gate=Gate(), tell=_tell)
    with queries.connect_readonly(tmp_path / "real.duckdb") as con:
        rows = queries.changes(con, days[0][0], days[-1][0]).records()
    rows_told = {(r["table"], r["kind"], r["field"], r["before"], r["after"], r["day"]) for r in rows}
    assert rows_told == {("prices", "changed", "usd", "0.0212", "0.02756", days[1][0])}
    assert len(rows) == 2  # pro and enterprise
    assert verdict(case, empty).changed


def _tell(rows: Sequence[Mapping[str, object]], _: object) -> list[Event]:
    return events(Change.of(r) for r in rows)


@pytest.mark.parametrize(
    "edit", [edits_amounts.price_up, edits_amounts.contact_us, edits_amounts.unit_changed, edits_amounts.alternating]
)
def test_the_judge_is_told_what_a_warehouse_tells(vercel: Original, tmp_path: Path, edit: edits_amounts.Edit) -> None:
    """The alerts of a case are those that `sandsnap alerts` makes of the same days, quotes and captures with them."""
    case = one(edit(vercel, figure(vercel, "prices", "0.0212")))
    captures = [vercel.capture, *(d.capture for d in case.days)]
    days = [(c.day, [replace(r, captured_at=c.captured_at) for r in read(c)]) for c in captures if c.day]
    at = datetime(2026, 7, 1, tzinfo=UTC)
    rules = rules_of()
    record_days(tmp_path / "real.duckdb", days, run=Run("1", "snapshot", at, at), gate=Gate(), tell=_tell)
    real = alerts.make(alerts.evidence(tmp_path / "real.duckdb"), rules)
    with Writer(tmp_path / "empty.duckdb") as writer:
        recorder = Recorder(writer.con, Run("2", "snapshot", at, at), Gate(), {})
        for day, readings in days:
            recorder.day(day, readings)
        assert told.alerts(recorder, "vercel", rules) == real
    # What goes back and forth is no event.
    assert bool(real) == (edit not in (edits_amounts.contact_us, edits_amounts.alternating))


@pytest.mark.slow
def test_every_mutation_that_is_asked_for_has_one_of_five_answers() -> None:
    pages = runner.find_pages(sample=True)
    made = {c.mutation: c.answer for p in pages for c in runner.cases(p, 1)}
    asked = {
        "price_up", "price_down", "currency", "number_format", "unit_column_swapped", "rows_reordered",
        "columns_reordered", "table_moved", "plan_added", "plan_renamed", "contact_us", "ab_wording", "cookie_wall",
        "soft_404", "truncated", "bot_wall", "template_unrendered", "encoding_broken", "redesign", "half_rendered",
        "alternating_amount", "alternating_wording",
    }  # fmt: skip
    assert asked <= made.keys()
    assert set(made.values()) == {"change", "issue", "nothing", "either", "ask"}
    assert made["alternating_amount"] == "change"
    assert (
        len({d.capture.day for c in runner.cases(pages[0], 1) if c.mutation == "alternating_wording" for d in c.days})
        == 20
    )


def test_wording_that_takes_a_quoted_sentence_must_be_asked_about_and_other_wording_may_be(vercel: Original) -> None:
    quoted = replace(vercel.facts[0], basis="quoted", quote="Sandboxes time out after 5 minutes.")
    text = f"# Limits\n\n{quoted.quote}\n\nEach plan is available to all users.\n"
    page = replace(vercel, text=text, facts=(quoted,))
    (case,) = edits_structure.ab_wording(page)
    assert (case.answer, case.days[0].unstated) == ("ask", frozenset())
    taken = replace(quoted, quote="Each plan is available to all users.")
    (case,) = edits_structure.ab_wording(replace(page, facts=(taken,)))
    assert (case.answer, case.days[0].unstated) == ("issue", {taken.id})


def test_an_alert_without_quote_and_reason_is_counted(vercel: Original, empty: Writer) -> None:
    found = verdict(one(edits_amounts.price_up(vercel, figure(vercel, "prices", "0.15"))), empty)
    assert (found.alerts, found.unexplained) == (1, [])  # pro and enterprise in one event
    said = Citation("https://vercel.com/docs/sandbox/pricing", date(2026, 7, 1), "$1", None, None, None, "read")
    for kind, missing in (("price", 1), ("removed", 0)):
        alert = alerts.Alert("1", kind, "vercel", "prices", "k", said.day, "t", "t", 50, "daily", (), citations=(said,))
        assert len(told.unexplained(alert)) == missing
    found.unexplained = ["a change: neither a quote before nor why there is none"]
    total = rates([found])
    assert (total["alerts"], total["alerts_without_quote_or_reason"], met(total)) == (1, 1, False)


def test_two_variants_in_turn_are_no_event(vercel: Original, empty: Writer) -> None:
    found = verdict(one(edits_amounts.alternating(vercel, figure(vercel, "prices", "0.15"))), empty)
    assert found.page_days == 21
    assert found.right, found.false_alerts


def test_the_judge_sees_a_wrong_value_a_miss_and_a_false_alert(vercel: Original, empty: Writer) -> None:
    case = one(edits_amounts.price_up(vercel, figure(vercel, "prices", "0.15")))
    as_it_was = {"body": vercel.capture.body, "sha256": vercel.capture.sha256}
    days = tuple(replace(d, capture=replace(d.capture, **as_it_was)) for d in case.days)
    stale = verdict(replace(case, days=days), empty)  # a change is due, and the reader gives the old value again
    assert (stale.changed, bool(stale.wrong), stale.false_alerts) == (False, True, [])
    nothing_moved = replace(case, answer="nothing", days=tuple(replace(d, moved={}) for d in case.days))
    moved_all_the_same = verdict(nothing_moved, empty)
    assert moved_all_the_same.wrong
    assert moved_all_the_same.false_alerts
    total = rates([stale, moved_all_the_same])
    assert (total["recall"], total["wrong_values_in"] > 0, total["false_alerts"] > 0, met(total)) == (
        0.0,
        True,
        True,
        False,
    )


def test_the_report_names_what_went_wrong(vercel: Original, empty: Writer) -> None:
    good = verdict(one(edits_amounts.price_up(vercel, figure(vercel, "prices", "0.15"))), empty)
    result = report([good])
    assert {"recall", "wrong_values_in", "false_alerts_per_1000_page_days", "by_mutation", "by_vendor"} <= result.keys()
    assert result["by_mutation"]["price_up"]["recall"] == 1.0
    assert result["failures"] == []


# -- what the harness taught the core ------------------------------------------------------------------------------


def test_what_held_once_is_not_read() -> None:
    table = "| Plan | Price |\n| --- | --- |\n| Pro | $20 |\n"
    text = f"# Pricing\n\n## Previous prices (until 2025)\n\n{table}\nEgress costs $0.15/GB.\n"
    page = Page(capture(URL, text), text, "markdown", "vercel", URL)
    assert page.tables == []
    assert all(t.off for t in page.tables_with("Plan", "Price", topic=ITSELF))
    found = page.maybe("Egress costs {money}", topic=ITSELF)
    assert found is not None and found.here().off
    assert page.tables_with("Plan", "Price", topic=ITSELF, under="Previous prices.*")[0].rows[0]["Price"].text == "$20"


def test_nothing_is_missing_from_a_page_with_unfilled_placeholders() -> None:
    text = (VENDORS / "vercel/pages/pricing@2026-06-15.md").read_text("utf-8")
    assert not any(r.partial for r in read(capture(URL, text)))
    assert all(r.partial for r in read(capture(URL, text.replace(" 5 minutes", " " + "{{ limits.default }}"))))
    assert all(r.partial for r in read(capture(URL, text.replace(" 5 minutes", " " + "<%= default %>"))))


FACT = Fact(
    "limits", "vercel", {"product": "sandbox", "plan": "pro", "limit": "session_max"},
    {"amount": Decimal(5), "amount_max": None, "unit": "hour"}, "read", URL, "Pro plans can run for 5 hours at most.", "0" * 64, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("now", "held"),
    [
        ("On Pro plans a sandbox can run for 5 hours, at most.", True),  # other words, the same statement
        ("Pro plans can run for hours at most.", False),  # the figure is gone
        ("Team plans can run for 5 hours at most.", False),  # the plan is gone
        ("Nothing of the kind.", False),
    ],
)
def test_a_sentence_in_other_words_is_no_removal(now: str, held: bool) -> None:
    reading = Reading("vercel", URL, f"{URL}#limits", "1", "good", text=f"# Limits\n{now}\nMore.")
    out = reworded(reading, [FACT], set(), Decisions())
    assert (out.partial, [i.kind for i in out.issues]) == (held, ["lost_quote"] if held else [])
    assert reworded(reading, [FACT], {(URL, FACT.id)}, Decisions()) is reading


@pytest.mark.slow
def test_the_sample_keeps_its_rates() -> None:
    total = report(runner.run(runner.find_pages(sample=True), figures=3, share=runner.SAMPLE_SHARE))
    assert total["wrong_values_in"] == 0, total["failures"]
    assert total["recall"] >= 0.97, total["failures"]
    assert total["false_alerts_per_1000_page_days"] <= 1, total["failures"]
    assert total["needless_issues_per_1000_page_days"] <= 5, total["failures"]
    assert len(total["by_vendor"]) == 8
