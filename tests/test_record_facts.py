"""Facts out of claims: which of several is shown, what ends, what supports nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from test_record_law import lawful

from sandsnap.model import Fact, Reading
from sandsnap.record import queries
from sandsnap.record.recorder import Recorder, Run
from schemas import TABLES

START = date(2026, 1, 1)
A, B = "https://fly.io/a", "https://fly.io/b"


def day(n: int) -> date:
    return START + timedelta(days=n)


def fact(url: str, table: str, key: dict[str, str], values: dict[str, Any]) -> Fact:
    spec = TABLES[table]
    full = dict(spec.blank) | {"product": "machines"} | key
    return Fact(
        table, "fly", full, dict.fromkeys(spec.values) | values, "read", url, f"{key} {values}", "ab" * 32, None
    )


def price(url: str, usd: str, sku: str = "l40s", billed: str | None = None) -> Fact:
    values = {"usd": Decimal(usd), "unit": "gpu_hour", "billed_on": billed}
    return fact(url, "prices", {"plan": "any", "meter": "gpu", "sku": sku}, values)


def gpu(url: str, status: str, ends: date | None = None, model: str = "l40s") -> Fact:
    return fact(url, "gpus", {"model": model}, {"status": status, "ends_on": ends})


def reading(n: int, url: str, *facts: Fact, outcome: str = "good", partial: bool = False) -> Reading:
    at = datetime.combine(day(n), datetime.min.time(), UTC)
    return Reading(
        "fly", url, f"{url}#r", "1", outcome, facts, partial=partial, rank=0 if url == A else 1, captured_at=at,
        capture=f"{n:064x}",
    )  # fmt: skip


def record(
    con: duckdb.DuckDBPyConnection, days: Sequence[tuple[int, list[Reading]]], run: int = 1, again: int | None = None
) -> None:
    at = datetime(2027, 1, run, tzinfo=UTC)
    recorder = Recorder(con, Run(f"r{run}", "backfill", at, at), None, {} if again is None else {"fly": day(again)})
    for n, readings in days:
        recorder.day(day(n), readings)
    recorder.finish()


def test_fresh_evidence_beats_stale_evidence_that_contradicts_it(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))]), *((n, [reading(n, B, price(B, "2"))]) for n in (10, 60))])
    assert con.execute("SELECT usd, state FROM prices_on(?)", [day(20)]).fetchall() == [(Decimal("1"), "current")]
    assert con.execute("SELECT usd, state FROM prices_on(?)", [day(60)]).fetchall() == [(Decimal("2"), "current")]
    assert con.execute(
        "SELECT value::DOUBLE, shown, why IS NULL FROM evidence WHERE \"column\" = 'usd' ORDER BY 1"
    ).fetchall() == [
        (1.0, False, False),
        (2.0, True, True),
    ]


def test_a_null_is_filled_from_the_next_page_with_its_own_citation(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1")), reading(0, B, price(B, "1", billed="active"))])])
    assert con.execute("SELECT usd, billed_on, source_url FROM prices").fetchall() == [(Decimal("1"), "active", A)]
    shown = con.execute('SELECT "column", source_url FROM evidence WHERE shown ORDER BY 1').fetchall()
    assert shown == [("billed_on", B), ("unit", A), ("usd", A)]


def test_an_announced_end_takes_effect_on_its_day_with_its_prices(con: duckdb.DuckDBPyConnection) -> None:
    record(
        con, [(0, [reading(0, A, gpu(A, "ending", day(5)), price(A, "1"))]), (9, [reading(9, B, price(B, "3", "x"))])]
    )
    assert con.execute("SELECT status, state FROM gpus_on(?)", [day(4)]).fetchall() == [("ending", "current")]
    assert con.execute("SELECT status, state FROM gpus").fetchall() == [("ended", "ended")]
    assert con.execute("SELECT state FROM prices WHERE sku = 'l40s'").fetchall() == [("ended",)]
    rows = queries.changes(con, day(4), day(5)).records()
    assert [(r["table"], r["field"], r["kind"], r["not_before"]) for r in rows] == [
        ("gpus", "status", "ended", day(4)),
        ("prices", "state", "ended", day(4)),
    ]


def test_an_end_that_was_cancelled_ends_nothing(con: duckdb.DuckDBPyConnection) -> None:
    said = [(0, [gpu(A, "ending", day(5))]), (3, [gpu(A, "available")]), (9, [gpu(A, "available")])]
    record(con, [(n, [reading(n, A, *facts)]) for n, facts in said])
    assert con.execute("SELECT status, state FROM gpus").fetchall() == [("available", "current")]


def test_a_page_that_is_gone_removes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))]), *((n, [reading(n, A, outcome="gone")]) for n in (1, 2, 3))])
    assert con.execute("SELECT usd, state FROM prices").fetchall() == [(Decimal("1"), "missing")]
    record(con, [(4, [reading(4, A, price(A, "5", "other"))])], run=2)
    assert con.execute("SELECT sku FROM prices").fetchall() == [("other",)]


def test_after_a_draft_a_fact_is_cited_as_its_page_says_it_then(con: duckdb.DuckDBPyConnection) -> None:
    said = price(A, "1")
    record(con, [(0, [reading(0, A, said)]), (1, [reading(1, A, said, outcome="unpublished")]),
                 (2, [reading(2, A, replace(said, quote="in other words"))])])  # fmt: skip
    shown = con.execute("SELECT quote, capture, state FROM prices").fetchall()
    assert shown == [("in other words", f"{2:064x}", "current")]
    assert con.execute("SELECT DISTINCT quote FROM evidence WHERE shown").fetchall() == [("in other words",)]


def test_what_was_known_then_does_not_show_what_was_learned_later(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))])])
    record(con, [(1, [reading(1, A, price(A, "2"))])], run=2)
    at = "known_from <= TIMESTAMP '2027-01-01 12:00' AND (known_to IS NULL OR known_to > TIMESTAMP '2027-01-01 12:00')"
    for view in ("facts_history", "claims_history"):
        assert con.execute(f"SELECT valid_to FROM {view} WHERE {at}").fetchall() == [(None,)]
    known = con.execute("SELECT usd FROM prices_known(?, TIMESTAMPTZ '2027-01-01 12:00+00')", [day(1)]).fetchall()
    assert known == [(Decimal("1"),)]


def test_a_page_that_says_it_is_not_published_supports_nothing(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1")), reading(0, B, price(B, "2"), price(B, "9", "a10"))])])
    record(con, [(1, [reading(1, A, price(A, "1"), outcome="unpublished")])], run=2)
    assert con.execute("SELECT usd, source_url FROM prices WHERE sku = 'l40s'").fetchall() == [(Decimal("2"), B)]
    why = con.execute(f"SELECT DISTINCT why FROM evidence WHERE source_url = '{A}'").fetchall()
    assert why == [("its page says that it is not published",)]
    record(con, [(2, [reading(2, B, outcome="unpublished")])], run=3)
    assert con.execute("SELECT count(*) FROM prices").fetchall() == [(0,)]
    record(con, [(3, [reading(3, A, price(A, "1"))])], run=4)
    assert con.execute("SELECT usd, state FROM prices").fetchall() == [(Decimal("1"), "current")]
    lawful(con, day(0), day(2))
    lawful(con, day(2), day(3))
    assert {r["kind"] for r in queries.changes(con, day(1), day(3)).records()} == {"coverage"}


def test_known_times_have_their_zone(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))])])
    con.execute("SET TimeZone = 'America/Los_Angeles'")
    try:
        assert con.execute("SELECT count(*) FROM prices_known(?, now() + INTERVAL 90 DAY)", [day(1)]).fetchall() == [
            (1,)
        ]
        then = "TIMESTAMPTZ '2027-01-01 00:00Z'"
        assert con.execute(f"SELECT known_from = {then} FROM facts_history").fetchall() == [(True,)]
        for view in ("facts_history", "claims_history", "runs", "corrections(now(), now())"):
            kinds = {
                k
                for c, k, *_ in con.execute(f"DESCRIBE FROM {view}").fetchall()
                if c.endswith(("_at", "known_from", "known_to"))
            }
            assert kinds <= {"TIMESTAMP WITH TIME ZONE"}, view
    finally:
        con.execute("SET TimeZone = 'UTC'")


def kinds(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str | None, date]]:
    """What became of the price after its first day."""
    rows = queries.changes(con, day(0), day(900)).records()
    return [(r["kind"], r["after"], r["day"]) for r in rows if r["field"] == "usd"]


def test_what_another_page_says_is_a_change_only_where_the_difference_is_of_the_thing(
    con: duckdb.DuckDBPyConnection,
) -> None:
    old = [(0, [reading(0, A, price(A, "1"))])]
    # The older page was long out of sight when the newer one was first read: the vendor moved the figure.
    record(con, [*old, (60, [reading(60, B, price(B, "2"))])])
    assert kinds(con) == [("changed", "2", day(60))]
    assert queries.changes(con, day(0), day(90)).records()[0]["not_before"] == day(0)


@pytest.mark.parametrize(
    "later",
    [
        [(20, [reading(20, B, price(B, "2"))])],  # two pages; which of them holds, nobody has seen
        [
            (60, [reading(60, B, price(B, "2"))]),
            (70, [reading(70, A, price(A, "1"))]),
            (120, [reading(120, B, price(B, "2"))]),
        ],
    ],
)
def test_two_pages_that_say_different_things_are_no_change(
    con: duckdb.DuckDBPyConnection, later: list[tuple[int, list[Reading]]]
) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))]), *later])
    assert {k for k, *_ in kinds(con)} <= {"coverage"}


def test_the_older_page_decides_when_it_is_seen_again(con: duckdb.DuckDBPyConnection) -> None:
    record(
        con,
        [
            (0, [reading(0, A, price(A, "1"))]),
            (20, [reading(20, B, price(B, "2"))]),
            (60, [reading(60, B, price(B, "2"))]),
        ],
    )
    assert kinds(con) == [("coverage", "2", day(46))]
    record(con, [(70, [reading(70, A, price(A, "2"))])], run=2)
    assert kinds(con) == [("changed", "2", day(46))]


def test_a_page_that_begins_to_say_otherwise_is_believed_over_one_long_unseen(con: duckdb.DuckDBPyConnection) -> None:
    """Only what a page was seen to begin to say; one that may always have said so waits until the older is stale."""
    before = [(0, [reading(0, A, price(A, "1"))]), (20, [reading(20, B)])]
    record(con, [*before, (30, [reading(30, B, price(B, "2"))])])
    assert kinds(con) == [("changed", "2", day(30))]
    assert queries.changes(con, day(0), day(90)).records()[0]["not_before"] == day(20)
    # The older page is seen again: what it says holds, and two pages differ.
    record(con, [(35, [reading(35, A, price(A, "1"))])], run=2)
    rows = queries.changes(con, day(0), day(30)).records()
    assert [(r["kind"], r["after"]) for r in rows] == [("coverage", "2")]
    assert con.execute("SELECT usd FROM prices_on(?)", [day(35)]).fetchall() == [(Decimal("1"),)]
    for a, b in ((day(0), day(30)), (day(30), day(36)), (day(0), day(200))):
        lawful(con, a, b)


def test_of_stale_evidence_the_latest_holds(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [(0, [reading(0, A, price(A, "1"))]), (60, [reading(60, B, price(B, "2"))])])
    assert con.execute("SELECT usd FROM prices_on(?)", [day(150)]).fetchall() == [(Decimal("2"),)]


def test_what_a_page_says_that_there_is_none_of_ends_what_older_pages_state(con: duckdb.DuckDBPyConnection) -> None:
    def credit(url: str, basis: str = "read") -> Fact:
        values = {} if basis == "denied" else {"amount": Decimal(100), "unit": "usd"}
        return replace(
            fact(url, "allowances", {"plan": "pro", "allowance": "credit", "period": "once"}, values), basis=basis
        )

    said = [(0, [reading(0, A, credit(A))]), (60, [replace(reading(60, B), denials=(credit(B, "denied"),))])]
    record(con, said)
    assert con.execute("SELECT count(*) FROM allowances_on(?)", [day(59)]).fetchone() == (1,)
    assert con.execute("SELECT count(*) FROM allowances").fetchone() == (0,)
    rows = queries.changes(con, day(0), day(60)).records()
    assert {(r["kind"], r["day"], r["not_before"], r["after"]) for r in rows} == {("removed", day(60), day(0), None)}
    assert all(r["quote_after"] and r["capture_after"] for r in rows)
    assert con.execute("SELECT basis FROM claims_history WHERE source_url = ?", [B]).fetchall() == [("denied",)]
    why = con.execute("SELECT DISTINCT shown, why FROM evidence").fetchall()
    assert why == [(False, "another page says that there is none")]
    # The page that comes first says again that there is one: it holds, and the other says why it may not.
    record(con, [(61, [reading(61, A, credit(A)), replace(reading(61, B), denials=(credit(B, "denied"),))])], run=2)
    assert con.execute("SELECT amount FROM allowances").fetchall() == [(Decimal(100),)]
    lawful(con, day(0), day(60))
    lawful(con, day(60), day(61))


def test_what_a_page_gives_up_for_plans_of_its_own_is_its_change(con: duckdb.DuckDBPyConnection) -> None:
    """The newer page said of all plans what another page says of one, until it said otherwise of that one."""

    def ports(url: str, plan: str, n: int) -> Fact:
        return fact(url, "limits", {"plan": plan, "limit": "ports_max"}, {"amount": Decimal(n), "unit": "count"})

    record(con, [
        (0, [reading(0, A, ports(A, "any", 8)), reading(0, B, ports(B, "hobby", 8))]),
        (10, [reading(10, A, ports(A, "hobby", 4)), reading(10, B, ports(B, "hobby", 8))]),
    ])  # fmt: skip
    rows = [r for r in queries.changes(con, day(9), day(10)).records() if r["key"].startswith("hobby")]
    assert [(r["kind"], r["before"], r["after"]) for r in rows] == [("changed", "8", "4")]


def test_two_writers_give_one_thing_one_number(con: duckdb.DuckDBPyConnection) -> None:
    numbers = []
    for urls in ((A, B), (B, A)):
        for table in ("claims", "resolved", "steps", "readings", "days", "readers", "captures", "versions", "runs"):
            con.execute(f"DELETE FROM store.{table}")
        record(con, [(n, [reading(n, url, price(url, str(n + 1)))]) for n, url in enumerate(urls)])
        numbers.append(
            con.execute(
                "SELECT DISTINCT c.claim, c.reader, r.name FROM store.claims c JOIN store.readers r USING (reader) ORDER BY ALL"
            ).fetchall()
        )
    assert numbers[0] == numbers[1]
    assert all(abs(claim) > 2**32 for claim, *_ in numbers[0])


@pytest.mark.parametrize(("follows", "kind"), [(30, "added"), (60, "coverage")])
def test_what_a_page_says_when_first_read_is_news_if_a_page_read_before_follows(
    con: duckdb.DuckDBPyConnection, follows: int, kind: str
) -> None:
    others = [(n, [reading(n, A, *[price(A, "1")] * (n >= follows))]) for n in (0, 5, follows)]
    record(con, sorted([*others, (10, [reading(10, B, price(B, "1"))])], key=lambda d: d[0]))
    rows = queries.changes(con, day(0), day(90)).records()
    assert {(r["kind"], r["day"], r["not_before"]) for r in rows} == {
        (kind, day(10), day(5) if kind == "added" else None)
    }


def test_a_value_on_a_page_first_read_is_a_change_if_the_other_page_follows(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [
        (0, [reading(0, B, price(B, "1"))]), (10, [reading(10, A, price(A, "2"))]),
        (12, [reading(12, B, price(B, "1"))]), (30, [reading(30, B, price(B, "2"))]),
    ])  # fmt: skip
    rows = [r for r in queries.changes(con, day(0), day(90)).records() if r["field"] == "usd"]
    assert [(r["kind"], r["day"], r["before"], r["after"]) for r in rows] == [("changed", day(10), "1", "2")]


def test_another_page_that_says_it_in_other_words_is_no_change(con: duckdb.DuckDBPyConnection) -> None:
    def kept(url: str, what: str) -> Fact:
        return fact(url, "persistence", {"mechanism": "pause_resume"}, {"preserves": what})

    both = [(n, [reading(n, B, kept(B, "filesystem_and_memory"))]) for n in (0, 5)]
    record(con, [*both, (20, [reading(20, A)]), (200, [reading(200, A, kept(A, "memory"))])])
    rows = [r for r in queries.changes(con, day(5), day(200)).records() if r["field"] == "preserves"]
    assert [(r["kind"], r["before"], r["after"]) for r in rows] == [("coverage", "filesystem_and_memory", "memory")]


def test_a_change_cites_the_page_that_made_it(con: duckdb.DuckDBPyConnection) -> None:
    before = [(n, [reading(n, A, price(A, "1")), reading(n, B, price(B, "1"))]) for n in (0, 5)]
    record(con, [*before, (9, [reading(9, A, price(A, "1")), reading(9, B, price(B, "1", billed="active"))])])
    (row,) = queries.changes(con, day(5), day(9)).records()
    assert (row["field"], row["after"], row["kind"], row["source_url"]) == ("billed_on", "active", "changed", B)
    assert "active" in row["quote_after"]


def test_a_conflict_is_told_as_the_tables_of_today_decide_it(con: duckdb.DuckDBPyConnection) -> None:
    # A leads by rank until its evidence is stale, on a day to come.
    first = [reading(0, A, price(A, "2")), reading(0, B, price(B, "3"))]
    record(con, [(0, first), *((n, [reading(n, B, price(B, "3"))]) for n in range(1, 30))])
    assert con.execute("SELECT max(valid_from) > (SELECT max(day) FROM store.days) FROM store.facts").fetchall() == [
        (True,)
    ]
    assert con.execute("SELECT usd, source_url FROM prices").fetchall() == [(2, A)]
    assert con.execute("SELECT shown_source_url, other_source_url FROM conflicts").fetchall() == [(A, B)]
