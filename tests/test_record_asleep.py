"""Only what may say something new is loaded and resolved: the warehouse is the one that looking at everything gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandsnap.model import Fact, Reading
from sandsnap.record import blank, load, recorder
from sandsnap.record.names import Names
from sandsnap.record.recorder import Recorder, Run
from schemas import TABLES

PAGES = tuple(f"https://fly.io/{n}" for n in "abcd")
START = date(2026, 1, 1)
# A table's rows without what the order of loading leaves open.
ASKED = {
    t: f"SELECT {c} FROM store.{t} ORDER BY ALL"
    for t, c in {
        "claims": "*", "facts": "*", "steps": "*", "readings": "*", "absences": "*", "citations": "*", "events": "*",
        "contested": "claim", "captures": "*", "days": "*", "issues": "* EXCLUDE (issue)",
    }.items()
}  # fmt: skip
# What a page says: prices of two sizes, for all plans or for one; a GPU that ends; its price; nothing; an outage; a draft.
WORDS = st.sampled_from(["s1", "s2", "p1", "p2", "s1 g", "s1 t2", "l", "", "out", "draft", "part s1"])
DAY = st.dictionaries(st.sampled_from(PAGES), st.tuples(WORDS, st.booleans()), min_size=1)
HISTORY = st.lists(st.tuples(st.integers(1, 50), DAY), min_size=3, max_size=7)


def fact(url: str, table: str, key: Mapping[str, str], values: Mapping[str, Any]) -> Fact:
    spec = TABLES[table]
    full = dict(spec.blank) | {"product": "machines"} | dict(key)
    return Fact(table, "fly", full, dict.fromkeys(spec.values) | dict(values), "read", url, f"{values}", None, None)


def facts(url: str, words: str) -> Iterator[Fact]:
    for word in words.split():
        if (word[0] in "sp" and word[1:].isdigit()) or word[0] == "t":
            key = {"meter": "addon", "sku": "t" if word[0] == "t" else "s", "plan": "pro" if word[0] == "p" else "any"}
            yield fact(url, "prices", key, {"usd": Decimal(word[1:]), "unit": "month"})
        if word == "l":
            yield fact(url, "prices", {"meter": "gpu", "sku": "l40s"}, {"usd": Decimal(3), "unit": "hour"})
        if word == "g":
            yield fact(url, "gpus", {"model": "l40s"}, {"status": "ending", "ends_on": START + timedelta(days=40)})


def reading(n: int, url: str, words: str, told: str) -> Reading:
    outcome = {"out": "failed", "draft": "unpublished"}.get(words, "good")
    return Reading(
        "fly", url, f"{url}#r", "v1", outcome, tuple(facts(url, words)), partial="part" in words, rank=PAGES.index(url),
        captured_at=datetime.combine(START + timedelta(days=n), datetime.min.time(), UTC),
        capture=None if outcome == "failed" else told,
    )  # fmt: skip


def recorded(
    days: Sequence[tuple[int, list[Reading]]], *, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    read = load.load
    with monkeypatch.context() as m:
        if whole:
            m.setattr(recorder.load, "load", lambda con, vendors, names, asleep=False: read(con, vendors, names))
        con = blank.in_memory()
        for i, (n, readings) in enumerate(days):
            at = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=i)
            run = Recorder(con, Run(f"r{i}", "snapshot", at, at), None, {})
            run.day(START + timedelta(days=n), readings)
            run.finish()
        out = {name: con.execute(query).fetchall() for name, query in ASKED.items()}
        con.close()
    return out


History = list[tuple[int, dict[str, tuple[str, bool]]]]


A, _, C, _ = PAGES
# Before the day on which the GPU ends, its page is read again in new bytes that say the same.
CALENDAR: History = [
    (1, {C: ("s1 g", False), A: ("p1", False)}), (1, {A: ("s1", False)}), (1, {C: ("s1 g", True)}),
]  # fmt: skip
# The same of the page with its price, which ends with it.
PRICED: History = [(1, {C: ("g", False), A: ("l", False)}), (1, {C: ("g", False)}), (1, {A: ("l", True)})]


@example(history=CALENDAR)
@example(history=PRICED)
@settings(max_examples=2, deadline=None)
@given(history=HISTORY)
def test_what_is_not_loaded_would_have_changed_nothing(history: History) -> None:
    check_asleep(history)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(history=HISTORY)
def test_what_is_not_loaded_would_have_changed_nothing_at_length(history: History) -> None:
    check_asleep(history)


def check_asleep(history: History) -> None:
    days: list[tuple[int, list[Reading]]] = []
    last: dict[str, tuple[str, str]] = {}
    n = 0
    for gap, said in history:
        n += gap
        today = []
        for url, (words, anew) in sorted(said.items()):
            # The same bytes say the same; a page may be new bytes and say the same, too.
            words, bytes_ = (
                last[url] if url in last and not anew else (words, f"{n:03}{PAGES.index(url)}".rjust(64, "0"))
            )
            last[url] = words, bytes_
            today.append(reading(n, url, words, bytes_))
        days.append((n, today))
    with pytest.MonkeyPatch.context() as m:
        assert recorded(days, whole=False, monkeypatch=m) == recorded(days, whole=True, monkeypatch=m)


@pytest.mark.parametrize("whole", [False, True])
def test_what_ends_on_a_day_to_come_rests_on_the_page_that_first_said_so(
    whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [(n, [reading(n, C, "g", f"{n:064}")]) for n in (1, 2, 3)]
    held = recorded(days, whole=whole, monkeypatch=monkeypatch)["steps"]
    once = recorded(days[:1], whole=whole, monkeypatch=monkeypatch)["steps"]
    assert held == once
    assert [(row[1], row[4]) for row in held if row[4] == "ended"] == [(START + timedelta(days=40), "ended")]


def test_a_page_of_the_same_bytes_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    wake = load.wake

    def counted(con: duckdb.DuckDBPyConnection, which: Any, names: Names, **how: bool) -> None:
        given = [(loaded, list(ns)) for loaded, ns in which]
        looked.extend(n for loaded, ns in given for n in ns if n in loaded.asleep)
        wake(con, given, names, **how)

    monkeypatch.setattr(load, "wake", counted)
    monkeypatch.setattr(recorder, "wake", counted)
    con = blank.in_memory()
    for n in range(3):
        at = datetime(2027, 1, n + 1, tzinfo=UTC)
        run = Recorder(con, Run(f"r{n}", "snapshot", at, at), None, {})
        pages = [reading(n, url, "s1" if url == PAGES[0] else "", "ab" * 32) for url in PAGES]
        if n == 2:
            pages[1] = replace(pages[1], capture="cd" * 32)
        run.day(START + timedelta(days=n), pages)
        run.finish()
    assert looked == [f"{PAGES[1]}#r"]
    days = con.execute("SELECT day, count(*) FROM readings GROUP BY day ORDER BY day").fetchall()
    assert days == [(START + timedelta(days=n), len(PAGES)) for n in range(3)]
