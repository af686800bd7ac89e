"""A value that comes back within a window is one episode."""

from datetime import date, timedelta
from typing import Any

from sandsnap.check.episodes import episodes

DAY = date(2026, 7, 1)


def change(before: str | None, after: str | None, day: int, field: str = "usd", **other: Any) -> dict[str, Any]:
    return {
        "vendor": "e2b", "product": "sandbox", "table": "prices", "key": "any / vcpu / - / - / list", "field": field,
        "source_url": "https://e2b.dev/pricing", "reader": "https://e2b.dev/pricing#rates", "before": before,
        "after": after, "day": DAY + timedelta(days=day), **other,
    }  # fmt: skip


def test_two_variants_for_twenty_days_are_one_episode() -> None:
    rows = [change(*("1", "2") if n % 2 == 0 else ("2", "1"), n) for n in range(20)]
    (one,) = episodes(rows)
    assert len(one.changes) == 20
    assert (one.unstable, one.withdrawn, one.before, one.after) == (True, True, "1", "1")
    assert (one.first_on, one.last_on) == (DAY, DAY + timedelta(days=19))


def test_an_odd_number_of_moves_settles_on_a_new_value() -> None:
    (one,) = episodes([change("1", "2", 0), change("2", "1", 1), change("1", "2", 2)])
    assert (one.unstable, one.withdrawn, one.before, one.after) == (True, False, "1", "2")


def test_steps_in_one_direction_are_changes_of_their_own() -> None:
    out = episodes([change("1", "2", 0), change("2", "3", 1), change("3", "4", 2)])
    assert [(e.before, e.after, e.unstable) for e in out] == [("1", "2", False), ("2", "3", False), ("3", "4", False)]


def test_a_return_by_a_detour_takes_in_the_detour() -> None:
    (one,) = episodes([change("1", "2", 0), change("2", "3", 5), change("3", "1", 10)])
    assert one.withdrawn
    assert len(one.changes) == 3


def test_a_return_after_the_window_is_a_change_of_its_own() -> None:
    assert [e.unstable for e in episodes([change("1", "2", 0), change("2", "1", 30)])] == [True]
    assert [e.unstable for e in episodes([change("1", "2", 0), change("2", "1", 31)])] == [False, False]


def test_what_came_before_and_after_an_episode_stays_outside() -> None:
    rows = [change("0", "1", 0), change("1", "2", 1), change("2", "1", 2), change("1", "5", 40)]
    assert [(e.before, e.after, len(e.changes)) for e in episodes(rows)] == [
        ("0", "1", 1),
        ("1", "1", 2),
        ("1", "5", 1),
    ]


def test_a_fact_that_goes_and_comes_back_is_one_episode() -> None:
    gone = change("usd 1, unit month", None, 0, "*", kind="removed")
    (one,) = episodes([gone, change(None, "usd 1, unit month", 3, "*", kind="added")])
    assert one.withdrawn


def test_other_claims_and_fields_are_kept_apart_and_order_does_not_matter() -> None:
    rows = [change("2", "1", 1, key="other"), change("1", "2", 0), change("2", "1", 1, "unit"), change("2", "1", 1)]
    out = episodes(rows)
    assert sorted(len(e.changes) for e in out) == [1, 1, 2]
    assert sum(len(e.changes) for e in out) == len(rows)
