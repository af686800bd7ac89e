"""The fold against the rules of architecture.md: one row a rule, then any order of days (hypothesis)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandsnap.model import Fact, Issue, Reading
from sandsnap.record.errors import RecordError
from sandsnap.record.recorder import Recorder, Run, RunResult
from sandsnap.record.stated import stored_readings

URL = "https://fly.io/docs/about/pricing/"
START = date(2026, 1, 1)
T0 = datetime(2026, 11, 1, tzinfo=UTC)


def d(n: int) -> date:
    return START + timedelta(days=n)


def price(sku: str, usd: str, *, quote: str | None = None, billed_on: str | None = None, url: str = URL) -> Fact:
    return Fact(
        table="prices",
        vendor="fly",
        key={"product": "machines", "plan": "any", "meter": "gpu", "sku": sku, "region": "-", "offer": "list"},
        values={"usd": Decimal(usd), "unit": "gpu_hour", "billed_on": billed_on},
        basis="read",
        source_url=url,
        quote=quote or f"{sku} ${usd}/hr",
        capture=None,
        verified_on=None,
    )


def good(n: int, *facts: Fact, **changed: Any) -> Reading:
    day = d(n)
    fields: dict[str, Any] = {
        "vendor": "fly",
        "source_url": URL,
        "reader": URL + "#gpus",
        "version": "v1",
        "outcome": "good",
        "facts": facts,
        "captured_at": datetime(day.year, day.month, day.day, 6, tzinfo=UTC),
        "capture": f"{n:064x}",
    }
    return Reading(**(fields | changed))


def failed(n: int, outcome: str = "failed", **changed: Any) -> Reading:
    return good(n, outcome=outcome, **changed)


class Clock:
    """known_at of the runs of one test: an hour apart."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self, kind: str = "snapshot") -> Run:
        self.runs += 1
        at = T0 + timedelta(hours=self.runs)
        return Run(f"run-{self.runs}", kind, at, at)


def record(
    con: duckdb.DuckDBPyConnection,
    clock: Clock,
    days: Sequence[tuple[int, Sequence[Reading]]],
    kind: str = "snapshot",
    replace_from: int | None = None,
) -> RunResult:
    """One run over the days."""
    recorder = Recorder(con, clock.run(kind), None, {} if replace_from is None else {"fly": d(replace_from)})
    for n, readings in days:
        recorder.day(d(n), readings)
    return recorder.finish()


def changes(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """(day number, kind, sku, field, before, after) of every change."""
    rows = con.execute(
        "SELECT day, kind, split_part(key, ' / ', 3), field, before, after "
        "FROM page_changes(DATE '2000-01-01', DATE '2100-01-01') ORDER BY ALL"
    ).fetchall()
    return [((day - START).days, *rest) for day, *rest in rows]


def shown(con: duckdb.DuckDBPyConnection, n: int | None = None) -> dict[str, tuple[str, int]]:
    """sku -> (usd, day number of verified_on) of `prices`, today or on a day."""
    relation = "prices" if n is None else f"prices_on(DATE '{d(n)}')"
    rows = con.execute(f"SELECT sku, usd, verified_on FROM {relation}").fetchall()
    return {sku: (f"{usd.normalize():f}", (day - START).days) for sku, usd, day in rows}


L, L2, A, H = price("l40s", "2.5"), price("l40s", "1.25"), price("a10", "1.5"), price("h100", "4")
REMOVED_A = "usd 1.5, unit gpu_hour"
ADDED_H = "usd 4, unit gpu_hour"

CASES = {
    "the first reading is coverage": ([good(0, L, A)], [], {"l40s": ("2.5", 0), "a10": ("1.5", 0)}),
    "a different value is a change": (
        [good(0, L), good(1, L2)],
        [(1, "changed", "l40s", "usd", "2.5", "1.25")],
        {"l40s": ("1.25", 1)},
    ),
    "another quote is not": ([good(0, L), good(1, price("l40s", "2.50", quote="now $2.50"))], [], {"l40s": ("2.5", 1)}),
    "a new fact of the same code is added": (
        [good(0, L), good(1, L, H)],
        [(1, "added", "h100", "*", None, ADDED_H)],
        {"l40s": ("2.5", 1), "h100": ("4", 1)},
    ),
    "a new fact of new code is coverage": (
        [good(0, L), good(1, L, H, version="v2")],
        [],
        {"l40s": ("2.5", 1), "h100": ("4", 1)},
    ),
    "a new fact after an excerpt is coverage": (
        [good(0, L, partial=True), good(1, L, H)],
        [],
        {"l40s": ("2.5", 1), "h100": ("4", 1)},
    ),
    "missing once is unconfirmed and stays": (
        [good(0, L, A), good(1, L)],
        [(1, "removal_unconfirmed", "a10", "*", REMOVED_A, None)],
        {"l40s": ("2.5", 1), "a10": ("1.5", 0)},
    ),
    "missing twice is removed, from the first day": (
        [good(0, L, A), good(1, L), failed(2), good(3, L)],
        [(1, "removed", "a10", "*", REMOVED_A, None)],
        {"l40s": ("2.5", 3)},
    ),
    "back before it was confirmed": (
        [good(0, L, A), good(1, L), good(2, L, A)],
        [],
        {"l40s": ("2.5", 2), "a10": ("1.5", 2)},
    ),
    "back with another value": (
        [good(0, L), good(1), good(2, L2)],
        [(2, "changed", "l40s", "usd", "2.5", "1.25")],
        {"l40s": ("1.25", 2)},
    ),
    "back after it was removed": (
        [good(0, L, A), good(1, L), good(2, L), good(3, L, A)],
        [(1, "removed", "a10", "*", REMOVED_A, None), (3, "added", "a10", "*", None, REMOVED_A)],
        {"l40s": ("2.5", 3), "a10": ("1.5", 3)},
    ),
    "a failure removes nothing and verifies nothing": (
        [good(0, L), failed(1), failed(2, "bad_page"), failed(3, "held")],
        [],
        {"l40s": ("2.5", 0)},
    ),
    "nothing is missing from an excerpt": (
        [good(0, L, A), good(1, L, partial=True), good(2, L, partial=True)],
        [],
        {"l40s": ("2.5", 2), "a10": ("1.5", 0)},
    ),
    "what scrolls off a page of dated entries is never gone, and a new entry is news": (
        [good(0, L, A, log=True), good(1, L, log=True), good(2, L, H, log=True), good(3, L, H, log=True)],
        [(2, "added", "h100", "*", None, ADDED_H)],
        {"l40s": ("2.5", 3), "a10": ("1.5", 0), "h100": ("4", 3)},
    ),
    "nor from quoted readings": (
        [good(0, L, A, sticky=True), good(1, L, sticky=True), good(2, L, sticky=True)],
        [],
        {"l40s": ("2.5", 2), "a10": ("1.5", 0)},
    ),
    "an excerpt does not confirm a removal": (
        [good(0, L, A), good(1, L), good(2, L, partial=True)],
        [(1, "removal_unconfirmed", "a10", "*", REMOVED_A, None)],
        {"l40s": ("2.5", 2), "a10": ("1.5", 0)},
    ),
    "the same page read by new code is our correction": (
        [good(0, L, A), good(1, L2, version="v2", capture=f"{0:064x}")],
        [],
        {"l40s": ("1.25", 1)},
    ),
    "a new column is not a change": (
        [good(0, L), good(1, price("l40s", "2.5", billed_on="active"), version="v2")],
        [],
        {"l40s": ("2.5", 1)},
    ),
    "null is a value of the same code": (
        [good(0, L), good(1, price("l40s", "2.5", billed_on="active"))],
        [(1, "changed", "l40s", "billed_on", None, "active")],
        {"l40s": ("2.5", 1)},
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("runs", ["one run", "a run a day"])
def test_rule(con: duckdb.DuckDBPyConnection, case: str, runs: str) -> None:
    readings, expected_changes, expected = CASES[case]
    clock = Clock()
    days = [((r.day - START).days if r.day else 0, [r]) for r in readings]
    for batch in [days] if runs == "one run" else [[day] for day in days]:
        record(con, clock, batch)
    assert changes(con) == expected_changes
    assert shown(con) == expected


def test_a_day_without_change_adds_no_fact_rows(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    record(con, clock, [(0, [good(0, L, A)])])
    result = record(con, clock, [(n, [good(n, L, A)]) for n in range(1, 30)])
    assert (result.opened, result.ended, result.readings, result.changed) == (0, 0, 29, False)
    assert shown(con, 17) == {"l40s": ("2.5", 17), "a10": ("1.5", 17)}


def test_equal_readings_are_one_row(con: duckdb.DuckDBPyConnection) -> None:
    record(con, Clock(), [(n, [good(n, L, capture="a" * 64 if n < 3 else "b" * 64)]) for n in range(5)])
    assert con.execute("SELECT day, until FROM store.readings ORDER BY day").fetchall() == [(d(0), d(2)), (d(3), None)]
    assert (
        con.execute("SELECT capture[1], version FROM readings ORDER BY day").fetchall()
        == [("a", "v1")] * 3 + [("b", "v1")] * 2
    )
    assert con.execute(f"SELECT capture[1] FROM prices_on(DATE '{d(2)}')").fetchall() == [("a",)]


def test_every_day_of_an_absence_is_told(con: duckdb.DuckDBPyConnection) -> None:
    record(con, Clock(), [(0, [good(0, L)]), (1, [good(1)]), (2, [good(2, L)]), (3, [good(3, L)])])
    assert [shown(con, n)["l40s"][1] for n in range(4)] == [0, 0, 2, 3]


def test_judged_facts_keep_their_own_day(con: duckdb.DuckDBPyConnection) -> None:
    judged = Fact(
        "self_hosting", "fly", {"product": "machines", "offering": "core"},
        {"status": "none", "licence": None, "repository": None}, "judged", URL, None, None, date(2025, 7, 4),
    )  # fmt: skip
    record(con, Clock(), [(n, [good(n, judged, reader=URL + "#quoted", sticky=True)]) for n in (0, 9)])
    assert con.execute("SELECT basis, quote, capture, verified_on FROM self_hosting").fetchall() == [
        ("judged", None, None, date(2025, 7, 4))
    ]


def test_the_citation_shown_is_the_current_one(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    record(con, clock, [(0, [good(0, L)])])
    result = record(con, clock, [(1, [good(1, price("l40s", "2.5", quote="new words"))])])
    assert not result.changed
    assert con.execute("SELECT quote FROM prices").fetchall() == [("new words",)]
    assert con.execute(f"SELECT quote FROM prices_on(DATE '{d(0)}')").fetchall() == [("l40s $2.5/hr",)]


def test_the_first_source_is_shown_and_the_other_is_a_conflict(con: duckdb.DuckDBPyConnection) -> None:
    other = "https://fly.io/pricing.md"
    second = good(0, price("l40s", "3", url=other), source_url=other, reader=other + "#gpus", rank=1)
    clock = Clock()
    record(con, clock, [(0, [second]), (1, [good(1, L), second])])
    assert shown(con) == {"l40s": ("2.5", 1)}
    assert shown(con, 0) == {"l40s": ("3", 0)}
    assert con.execute("SELECT shown_quote, other_quote FROM conflicts").fetchall() == [("l40s $2.5/hr", "l40s $3/hr")]
    assert changes(con) == []


def test_recording_a_day_again_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    days = [(0, [good(0, L, A)]), (1, [good(1, L2)]), (2, [good(2, L2)])]
    record(con, clock, days)
    before = everything(con)
    again = record(con, clock, days[-1:])
    replayed = record(con, clock, days, "reread", replace_from=0)
    assert not again.changed and again.readings == 0
    assert not replayed.changed and replayed.readings == replayed.changes == 0
    assert everything(con) == before


def test_a_later_failure_of_the_same_day_does_not_undo_a_good_reading(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    record(con, clock, [(0, [good(0, L)])])
    record(con, clock, [(0, [failed(0)])])
    assert con.execute("SELECT outcome FROM readings").fetchall() == [("good",)]


def test_an_earlier_day_is_refused_without_replace_from(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    record(con, clock, [(5, [good(5, L)])])
    with pytest.raises(RecordError, match=r"replace_from=\{'fly': 2026-01-02\}"):
        record(con, clock, [(1, [good(1, L)])])


def test_known_at_must_increase(con: duckdb.DuckDBPyConnection) -> None:
    record(con, Clock(), [(0, [good(0, L)])])
    with pytest.raises(RecordError, match="check the clock"):
        record(con, Clock(), [(1, [good(1, L)])])


def test_a_reread_is_a_correction_with_its_exposure(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    wrong = price("l40s", "30", quote="l40s $2.5/hr")
    record(con, clock, [(0, [good(0, wrong)]), (1, [good(1, wrong)])])
    record(con, clock, [(0, [good(0, L, version="v2")]), (1, [good(1, L, version="v2")])], "reread", replace_from=0)
    assert changes(con) == []
    rows = con.execute(
        "SELECT cause, field, before, after, valid_from, valid_to, shown_from, corrected_at "
        "FROM corrections(TIMESTAMP '2026-11-01 01:00', TIMESTAMP '2026-11-01 02:00')"
    ).fetchall()
    first, second = datetime(2026, 11, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, 2, tzinfo=UTC)
    assert rows == [("correction", "usd", "30", "2.5", d(0), None, first, second)]
    known = f"SELECT usd FROM prices_known(DATE '{d(1)}', TIMESTAMP '2026-11-01 01:30')"
    assert con.execute(known).fetchall() == [(Decimal(30),)]
    assert shown(con) == {"l40s": ("2.5", 1)}


def test_what_we_knew_before_a_removal_was_confirmed(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    for n, facts in enumerate([(L, A), (L,), (L,)]):
        record(con, clock, [(n, [good(n, *facts)])])
    known = f"SELECT count(*) FROM prices_known(DATE '{d(1)}', TIMESTAMP '2026-11-01 0%d:30')"
    assert con.execute(known % 2).fetchall() == [(2,)]
    assert con.execute(known % 3).fetchall() == [(1,)]


def test_stored_readings_give_a_day_back(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    days = [(0, [good(0, L, A)]), (1, [good(1, L2)]), (2, [good(2, L2, A)])]
    record(con, clock, days)
    before = everything(con)
    kept = [(n, list(stored_readings(con, "fly", d(n)).values())) for n, _ in days]
    assert [len(r[0].facts) for _, r in kept] == [2, 1, 2]
    assert not record(con, clock, kept, "reread", replace_from=0).changed
    assert everything(con) == before


def test_issues_open_and_close_once(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()

    def broken(n: int) -> Reading:
        issue = Issue("unreadable", "fly", URL, f"expected 3 columns, found {n + 4}", URL + "#gpus")
        return failed(n, issues=(issue,))

    days = [(0, [good(0, L)]), (1, [broken(1)]), (2, [broken(2)]), (3, [failed(3, "bad_page")]), (4, [good(4, L)])]
    for day in days:
        record(con, clock, [day])
    record(con, clock, days, "reread", replace_from=0)
    found = con.execute("SELECT kind, message, first_on, closed_on FROM issues").fetchall()
    assert found == [("unreadable", "expected 3 columns, found 6", d(1), d(4))]
    assert con.execute("SELECT * FROM open_issues").fetchall() == []


def test_a_missing_fact_is_an_issue_until_it_is_decided(con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    record(con, clock, [(0, [good(0, L, A)]), (1, [good(1, L)])])
    assert con.execute("SELECT kind, first_on FROM open_issues").fetchall() == [("missing", d(1))]
    record(con, clock, [(2, [good(2, L)])])
    assert con.execute("SELECT * FROM open_issues").fetchall() == []


def test_the_gate_sees_standing_facts_and_can_hold(con: duckdb.DuckDBPyConnection) -> None:
    seen = []

    def gate(
        vendor: str, day: date, standing: Any, readings: Sequence[Reading], waiting: Any
    ) -> list[Reading]:  # fmt: skip
        seen.append((vendor, day, {r: [f.values["usd"] for f in facts] for r, facts in standing.items()}))
        return (
            [failed(1, "held", issues=(Issue("held", "fly", URL, "12 times", None),))]
            if day == d(1)
            else list(readings)
        )

    recorder = Recorder(con, Clock().run(), gate, {})
    recorder.day(d(0), [good(0, L)])
    recorder.day(d(1), [good(1, price("l40s", "30"))])
    recorder.finish()
    assert seen == [("fly", d(0), {}), ("fly", d(1), {URL + "#gpus": [Decimal("2.5")]})]
    assert shown(con) == {"l40s": ("2.5", 0)}
    assert con.execute("SELECT held FROM freshness").fetchall() == [(True,)]
    assert con.execute("SELECT kind FROM open_issues").fetchall() == [("held",)]


def test_ten_decimal_places_are_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(RecordError, match="more than nine decimal places"):
        record(con, Clock(), [(0, [good(0, price("l40s", "0.0000000001"))])])


def everything(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """All stored rows but the runs."""
    tables = ("facts", "readings", "absences", "citations", "events", "corrections", "contested", "issues")
    return {t: con.execute(f"SELECT * FROM store.{t} ORDER BY ALL").fetchall() for t in tables}


def valid_time(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """What holds now, without known time, causes and numbers: what must not depend on the order of recording."""
    key = "r.name, f.product, f.plan, f.meter, f.sku, f.region"
    claim = (
        f"(SELECT any_value(({key})::VARCHAR) FROM store.claims f JOIN store.readers r USING (reader) "
        "WHERE f.claim = x.claim)"
    )
    return {
        "facts": con.execute(
            f"SELECT {key}, f.usd, f.unit, f.billed_on, f.basis, f.quote, f.valid_from, f.valid_to FROM store.claims f "
            "JOIN store.readers r USING (reader) WHERE f.known_to IS NULL ORDER BY ALL"
        ).fetchall(),
        "readings": con.execute(
            "SELECT r.name, day, outcome, partial, sticky, v.name, d.capture IS NULL FROM store.reading_days d "
            "JOIN store.readers r USING (reader) LEFT JOIN store.versions v ON v.version = d.version "
            "WHERE known_to IS NULL ORDER BY ALL"
        ).fetchall(),
        "events": con.execute(
            f"SELECT {claim} AS c, day, decided_on, kind, field, before, after, quote_before, quote_after, "
            "b.sha256, a.sha256 FROM store.events x LEFT JOIN store.captures b ON b.capture = capture_before "
            "LEFT JOIN store.captures a ON a.capture = capture_after WHERE known_to IS NULL ORDER BY ALL"
        ).fetchall(),
        "absences": con.execute(
            f"SELECT {claim} AS c, unseen_on, missing_on, ended_on, removed FROM store.absences x "
            "WHERE known_to IS NULL ORDER BY ALL"
        ).fetchall(),
        "citations": con.execute(
            f"SELECT {claim} AS c, cited_from, basis, quote FROM store.citations x WHERE known_to IS NULL ORDER BY ALL"
        ).fetchall(),
        "issues": con.execute("SELECT kind, reader, first_on, closed_on FROM store.issues ORDER BY ALL").fetchall(),
    }


FACT = st.builds(
    price,
    st.sampled_from(["l40s", "a10", "h100"]),
    st.sampled_from(["1", "2"]),
    quote=st.sampled_from(["one", "two"]),
    billed_on=st.sampled_from([None, "active"]),
)


@st.composite
def readings_of_a_day(draw: st.DrawFn, n: int) -> list[Reading]:
    out = []
    for name, rank in (("a", 0), ("b", 1)):
        outcome = draw(st.sampled_from(["good", "good", "good", "failed", "bad_page", "none"]))
        if outcome == "none":
            continue
        facts = draw(st.lists(FACT, max_size=3, unique_by=lambda f: f.key["sku"])) if outcome == "good" else []
        out.append(
            good(
                n,
                *facts,
                outcome=outcome,
                reader=f"{URL}#{name}",
                rank=rank,
                version=draw(st.sampled_from(["v1", "v1", "v2"])),
                partial=draw(st.integers(0, 4)) == 0,
                sticky=name == "b" and n % 2 == 1,
                capture=draw(st.sampled_from([f"{n:064x}", f"{n // 2:064x}"])),
                issues=() if outcome == "good" else (Issue("unreadable", "fly", URL, "no table", f"{URL}#{name}"),),
            )
        )
    return out


@st.composite
def archive_and_order(draw: st.DrawFn) -> tuple[list[tuple[int, list[Reading]]], list[list[int]]]:
    count = draw(st.integers(2, 7))
    days = [(n, draw(readings_of_a_day(n))) for n in range(count)]
    order = draw(st.permutations(range(count)))
    cuts = sorted(draw(st.sets(st.integers(1, count - 1))))
    return days, [sorted(order[a:b]) for a, b in zip([0, *cuts], [*cuts, count], strict=True)]


def check_any_order(
    database: duckdb.DuckDBPyConnection, case: tuple[list[tuple[int, list[Reading]]], list[list[int]]]
) -> None:
    days, batches = case
    database.execute("BEGIN")
    try:
        clock = Clock()
        record(database, clock, days)
        expected = valid_time(database)
        stored = everything(database)
        record(database, clock, days, "reread", replace_from=0)
        assert everything(database) == stored
        database.execute("ROLLBACK; BEGIN")
        archive: set[int] = set()
        for batch in batches:
            archive.update(batch)
            last = max(archive - set(batch), default=-1)
            # The caller's contract: days before the last one come with all days of the archive from the first of them.
            late = min(batch) <= last
            given_days = sorted(n for n in archive if n >= min(batch)) if late else batch
            record(database, clock, [days[n] for n in given_days], "backfill", min(batch) if late else None)
        assert valid_time(database) == expected
    finally:
        database.execute("ROLLBACK")


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=3, deadline=None, suppress_health_check=QUIET)
@given(archive_and_order())
def test_any_order_of_days_gives_the_same(
    database: duckdb.DuckDBPyConnection, case: tuple[list[tuple[int, list[Reading]]], list[list[int]]]
) -> None:
    check_any_order(database, case)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(archive_and_order())
def test_any_order_of_days_gives_the_same_at_length(
    database: duckdb.DuckDBPyConnection, case: tuple[list[tuple[int, list[Reading]]], list[list[int]]]
) -> None:
    check_any_order(database, case)
