"""A second look: live, a first or another price waits until it is stated twice; a dated capture stands for its day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandsnap import pipeline, second_look
from sandsnap.capture import FetchPolicy
from sandsnap.check.confirm import agreed, stated
from sandsnap.check.gate import Gate, gate
from sandsnap.model import Fact, Reading, Wait
from sandsnap.read.sources import Source
from sandsnap.record import blank
from sandsnap.record.recorder import Recorder, Run
from sandsnap.settings import SettingsError, load

DAY = date(2026, 7, 4)
URL, OTHER = "https://e2b.dev/docs/billing", "https://e2b.dev/pricing"
READER = f"{URL}#rates"


def price(usd: str, unit: str = "vcpu_hour", url: str = URL, basis: str = "read", sku: str = "-") -> Fact:
    key = {"product": "sandbox", "plan": "any", "meter": "vcpu", "sku": sku, "region": "-", "offer": "list"}
    values = {"usd": D(usd), "unit": unit, "billed_on": None}
    return Fact("prices", "e2b", key, values, basis, url, f"${usd} per {unit}", "a" * 64, DAY)


def reading(*facts: Fact, url: str = URL, day: date = DAY) -> Reading:
    at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    return Reading("e2b", url, f"{url}#rates", "v1", "good", facts, captured_at=at, capture="a" * 64)


def live(
    before: list[Fact], *now: Reading, waiting: list[Wait] | None = None, is_live: bool = True
) -> tuple[tuple[Fact, ...], tuple[Wait, ...]]:
    waits = {(READER, w.fact.id): w for w in waiting or ()}
    out = gate("e2b", DAY, {READER: before} if before else {}, now, waiting=waits, live=is_live)
    return out[0].facts, out[0].waits


def test_a_first_and_another_price_wait_and_the_rest_goes_on() -> None:
    for before in ([], [price("0.05")]):
        facts, waits = live(before, reading(price("0.06")))
        assert facts == ()
        assert [(w.fact, w.state, w.since) for w in waits] == [(price("0.06"), "unconfirmed", DAY)]
    (out,) = gate("e2b", DAY, {READER: [price("0.05")]}, [reading(price("0.06"))], live=True)
    assert out.partial, "what waits has not gone missing"
    assert not out.issues, "nothing to decide for a person"
    assert live([price("0.05")], reading(price("0.05")))[1] == ()
    assert live([price("0.0504")], reading(price("0.000014", "vcpu_second")))[1] == (), "the same price in another unit"
    judged = price("0.06", basis="judged")
    assert live([price("0.05")], reading(judged)) == ((judged,), ())


def test_the_next_run_confirms_from_the_day_it_was_first_seen() -> None:
    seen = Wait(price("0.06"), "unconfirmed", "", DAY - timedelta(days=3))
    assert live([price("0.05")], reading(price("0.06")), waiting=[seen]) == (
        (replace(price("0.06"), since=seen.since),),
        (),
    )
    facts, (wait,) = live([price("0.05")], reading(price("0.07")), waiting=[seen])
    assert (facts, wait.fact, wait.since) == ((), price("0.07"), DAY)  # another one again: its own first look
    assert live([price("0.05")], reading(price("0.05")), waiting=[seen]) == ((price("0.05"),), ())  # withdrawn


def test_in_a_new_shape_a_value_is_seen_twice_unless_its_words_were_there_before() -> None:
    anew = replace(reading(price("0.06")), redesigned=True)
    other_words = replace(price("0.05"), quote="a vCPU costs $0.05 an hour")
    for before, waits in ((price("0.05"), 0), (other_words, 1)):
        assert len(live([before], anew, is_live=False)[1]) == waits


def test_one_look_does_not_confirm_itself_though_it_is_read_again() -> None:
    seen = Wait(price("0.06"), "unconfirmed", "", DAY)
    for is_live in (True, False):
        facts, waits = live([price("0.05")], reading(price("0.06")), waiting=[seen], is_live=is_live)
        assert (facts, [w.since for w in waits]) == ((), [DAY])


def test_a_hold_is_no_first_look() -> None:
    held = Wait(price("0.06"), "held", "", DAY - timedelta(days=3))
    facts, waits = live([price("0.05")], reading(price("0.06")), waiting=[held])
    assert (facts, [w.state for w in waits]) == ((), ["unconfirmed"])


def test_a_second_fetch_of_the_run_confirms_what_it_states_too() -> None:
    first = [reading(price("0.06"), price("2", sku="a"))]
    (second,) = agreed(stated(first), [reading(price("0.06"), price("3", sku="a"))])
    facts, waits = live([price("0.05")], second)
    assert facts == (replace(price("0.06"), since=DAY),)
    assert [w.fact for w in waits] == [price("3", sku="a")]


def test_another_page_of_the_vendor_confirms_and_the_same_page_does_not() -> None:
    there = reading(price("0.000016667", "vcpu_second", url=OTHER), url=OTHER)
    assert live([price("0.05")], reading(price("0.06")), there)[1] == ()
    again = replace(reading(price("0.06")), reader=f"{URL}#quoted")
    assert len(live([price("0.05")], reading(price("0.06")), again)[1]) == 1


def test_a_dated_capture_stands_for_its_day() -> None:
    assert live([price("0.05")], reading(price("0.06")), is_live=False) == ((price("0.06"),), ())


def test_what_a_person_accepted_needs_no_second_look() -> None:
    from sandsnap.check.decisions import Decision, Decisions
    from sandsnap.check.evidence import of_facts

    ident = of_facts([price("180")])
    check = Gate(Decisions({ident: Decision(ident, "accept", "Ada", "they say so", DAY)}), live=True)
    (out,) = check("e2b", DAY, {READER: [price("0.05")]}, [reading(price("180"))])
    assert (out.facts, out.waits) == ((replace(price("180"), since=DAY),), ())


# -- days ---------------------------------------------------------------------------------------------------------------


def recorded(prices: list[str], is_live: bool) -> list[tuple[object, ...]]:
    """The intervals after days with these prices on the page, one look a day."""
    con = blank.in_memory()
    at = datetime(2027, 1, 1, tzinfo=UTC)
    recorder = Recorder(con, Run("r", "snapshot", at, at), Gate(live=is_live), {})
    for n, usd in enumerate(prices):
        day = DAY + timedelta(days=n)
        recorder.day(day, [reading(price(usd), day=day)])
    recorder.finish()
    rows = con.execute(
        'SELECT key, "values", valid_from, valid_to FROM history WHERE known_to IS NULL ORDER BY ALL'
    ).fetchall()
    con.close()
    return rows


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["0.05", "0.06", "0.07"]), st.integers(2, 4)), min_size=1, max_size=5))
def test_followed_live_is_as_replayed_where_every_price_was_seen_twice(runs: list[tuple[str, int]]) -> None:
    prices = [usd for usd, times in runs for _ in range(times)]
    assert recorded(prices, is_live=True) == recorded(prices, is_live=False)


def test_two_variants_in_turn_never_get_in_live() -> None:
    (row,) = recorded(["0.05", "0.05", "0.06", "0.05", "0.06", "0.05"], is_live=True)
    assert row[2:] == (DAY, None)


@pytest.mark.parametrize(
    ("minutes", "second", "slept", "seen_twice"),
    [
        (10, "0.06", [600.0], True),
        (10, "0.07", [600.0], False),  # the second look says something else: both wait
        (10, None, [600.0], False),  # it failed: the first look waits for the next run
        (0, "0.06", [], False),  # the next run is the second look
    ],
)
def test_a_run_looks_a_second_time_at_pages_with_new_prices_only(
    minutes: float,
    second: str | None,
    slept: list[float],
    seen_twice: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[str]] = []

    def fetch(sources: list[Source], *_: object) -> list[str]:
        asked.append([s.url for s in sources])
        return asked[-1]

    def read(_: object, urls: list[str], at: datetime) -> list[Reading]:
        if second is None:
            return [replace(reading(url=u), outcome="failed") for u in urls]
        return [reading(price(second), url=u) for u in urls]

    monkeypatch.setattr(second_look.pipeline, "fetch", fetch)
    monkeypatch.setattr(second_look.pipeline, "fetched_readings", read)
    limits = Reading("e2b", OTHER, f"{OTHER}#limits", "v1", "good", ())
    first = [reading(price("0.06")), limits]
    home = replace(load(tmp_path), fetch={"confirm_after_minutes": minutes})
    waited: list[float] = []
    out = second_look.confirmed(home, FetchPolicy("https://example.com"), None, first, sleep=waited.append)  # type: ignore[arg-type]
    assert waited == slept and asked == ([[URL]] if slept else [])
    assert out[:2] == first
    assert any(f.since == DAY for r in out[2:] for f in r.facts) is seen_twice


def test_a_second_run_of_the_day_is_a_second_look(tmp_path: Path) -> None:
    home, now = replace(load(tmp_path), fetch={"confirm_after_minutes": 0}), datetime.now(UTC)
    look = [reading(price("0.06"), price("3", sku="a"), day=now.date())]
    policy = FetchPolicy("https://example.com")
    assert second_look.confirmed(home, policy, None, look) == look  # type: ignore[arg-type]
    pipeline.record_today(home, look)
    later = [reading(price("0.06"), price("4", sku="a"), day=now.date())]
    (out,) = second_look.confirmed(home, policy, None, later)  # type: ignore[arg-type]
    assert [f.since for f in out.facts] == [now.date(), None]


@pytest.mark.parametrize("minutes", [-1, "soon", True, 100_000])
def test_a_wait_that_is_no_number_of_minutes_is_refused(minutes: object, tmp_path: Path) -> None:
    home = replace(load(tmp_path), fetch={"confirm_after_minutes": minutes})
    with pytest.raises(SettingsError, match="confirm_after_minutes"):
        second_look.confirmed(home, FetchPolicy("https://example.com"), None, [reading(price("0.06"))])  # type: ignore[arg-type]
