"""Events from changes made by hand: each cause told once, quiet things quiet, titles without the inside."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.tell import Change, Event, events
from sandsnap.tell.events import between
from sandsnap.tell.model import KINDS, QUIET, exact
from schemas import TABLES

D0, D1, D2, D3 = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
PAGE = "https://acme.example/pricing"


def rows(
    table: str, key: str, day: date, before: dict[str, Any] | None, after: dict[str, Any] | None, **more: Any
) -> list[Change]:
    """A fact's change as `changes` gives it: one row per value."""
    kind = more.pop("kind", "added" if before is None else "removed" if after is None else "changed")
    old, new = before or {}, after or {}
    base = {
        "vendor": "fly",
        "product": "machines",
        "not_before": day - timedelta(days=9),
        "source_url": PAGE,
        "basis": "read",
    }
    return [
        Change.of({**base, **more, "table": table, "key": key, "field": c, "before": old.get(c), "after": new.get(c),
                   "kind": kind, "day": day})
        for c in TABLES[table].values
        if old.get(c) != new.get(c)
    ]  # fmt: skip


def price(usd: str, unit: str) -> dict[str, Any]:
    return {"usd": usd, "unit": unit}


def moved(table: str, key: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    return [*first(table, key, before), *rows(table, key, D1, before, after)]


def amount(number: str | None, unit: str) -> dict[str, Any]:
    return {"amount": number, "unit": unit}


def first(table: str, key: str, values: dict[str, Any], **more: Any) -> list[Change]:
    """What stood before: a first reading."""
    return rows(table, key, D0, None, values, not_before=None, **more)


def loud(changes: list[Change]) -> list[Event]:
    return [e for e in events(changes) if e.kind not in QUIET]


def one(changes: list[Change]) -> Event:
    (event,) = loud(changes)
    return event


def test_plans_with_one_change_are_one_event() -> None:
    known = [
        c
        for p in ("pro", "enterprise")
        for c in first("prices", f"{p} / memory / - / - / list", price("0.0106", "gb_hour"))
    ]
    moved = [
        c for p in ("pro", "enterprise")
        for c in rows("prices", f"{p} / memory / - / - / list", D1, price("0.0106", "gb_hour"), price("0.0212", "gb_hour"))
    ]  # fmt: skip
    told = one([*known, *moved])
    assert told.title == "Fly doubled the price of memory: $0.0106 → $0.0212 per GB-hour (Pro, Enterprise)"
    assert (told.kind, told.day, told.not_before) == ("price", D1, D1 - timedelta(days=9))
    assert set(told.changes) == {c.id for c in moved}


GPUS = {"a10": "1.50", "l40s": "1.25", "a100-40g": "2.50", "a100-80g": "3.50"}


def gpus() -> list[Change]:
    out = []
    for model, usd in GPUS.items():
        out += first("gpus", model, {"status": "available"}) + first(
            "prices", f"any / gpu / {model} / - / list", price(usd, "gpu_hour")
        )
    return out


def announced() -> list[Change]:
    ends = {"status": "ending", "ends_on": "2026-03-20"}
    out = rows("notices", "gpu / end_of_life", D1, None, {"effective_on": "2026-03-20", "status": "announced"})
    for model in GPUS:
        out += rows("gpus", model, D1, {"status": "available"}, ends)
    return out


def ended(day: date, kind: str = "ended") -> list[Change]:
    out = rows("notices", "gpu / end_of_life", day, {"effective_on": "2026-03-20", "status": "announced"},
               {"effective_on": "2026-03-20", "status": "effective"})  # fmt: skip
    for model, usd in GPUS.items():
        out += rows(
            "gpus",
            model,
            day,
            {"status": "ending", "ends_on": "2026-03-20"},
            {"status": "ended", "ends_on": "2026-03-20"},
        )
        out += rows("prices", f"any / gpu / {model} / - / list", day, price(usd, "gpu_hour"), None, kind=kind)
    return out


def test_an_end_is_announced_once_and_happens_once() -> None:
    cut = [
        c for m, usd in GPUS.items()
        for c in rows("prices", f"any / gpu / {m} / - / list", D1, price(usd, "gpu_hour"), price("0.70", "gpu_hour"))
    ]  # fmt: skip
    late = rows("notices", "gpu / end_of_life", D2, None, {"effective_on": "2026-03-20", "status": "announced"})
    told = loud([*gpus(), *announced(), *cut, *late, *ended(date(2026, 3, 20))])
    assert [(e.kind, e.day) for e in told] == [("gpu", D1), ("price", D1), ("gpu", date(2026, 3, 20))]
    assert told[0].title == "Fly announced that its GPUs end on 20 March 2026"
    assert told[0].notice == "gpu / end_of_life"
    assert told[1].title.startswith("Fly cut its GPU prices by 44 to 80 %: ")
    assert told[2].title == "Fly ended its GPUs (A10, L40S and two A100 models)"
    assert {e.significance for e in told} <= set(range(70, 101))


def test_pages_that_follow_an_end_are_not_told_again() -> None:
    late = rows("gpus", "none", date(2026, 4, 9), None, {"status": "ended"})
    told = loud([*gpus(), *announced(), *ended(date(2026, 3, 20)), *late])
    assert [e.title for e in told][1:] == ["Fly ended its GPUs (A10, L40S and two A100 models)"]


def test_one_plan_for_all_that_becomes_one_per_plan_is_told_for_those_that_changed() -> None:
    known = first("limits", "any / session_max", amount("45", "minute"))
    split = rows("limits", "any / session_max", D1, amount("45", "minute"), None)
    for plan, to in (
        ("hobby", amount("45", "minute")),
        ("pro", amount("5", "hour")),
        ("enterprise", amount("5", "hour")),
    ):
        split += rows("limits", f"{plan} / session_max", D1, None, to)
    told = events([*known, *split])
    assert [e.title for e in told if e.kind not in QUIET] == [
        "Fly raised the longest session: 45 minutes → 5 hours (Pro, Enterprise)"
    ]
    assert [e.kind for e in told if e.kind in QUIET] == ["coverage", "rekeyed"]


@pytest.mark.parametrize(
    ("known", "then", "kind"),
    [
        pytest.param(  # the same rate for another time
            first("prices", "any / vcpu / - / - / list", price("0.000014", "vcpu_second")),
            rows("prices", "any / vcpu / - / - / list", D1, price("0.000014", "vcpu_second"), price("0.0504", "vcpu_hour")),
            "rekeyed", id="restated unit",
        ),
        pytest.param(  # a month of 730 hours, and one of 720
            first("prices", "any / instance / xs / - / list", price("0.01", "instance_hour")),
            rows("prices", "any / instance / xs / - / list", D1, price("0.01", "instance_hour"), price("7.2", "instance_month")),
            "rekeyed", id="restated month",
        ),
        pytest.param(
            first("limits", "any / session_max", amount("1440", "minute")),
            rows("limits", "any / session_max", D1, amount("1440", "minute"), amount("24", "hour")),
            "rekeyed", id="restated limit",
        ),
        pytest.param(  # a meter that the page calls otherwise
            first("prices", "pro / storage / - / - / list", price("0.08", "gb_month")),
            rows("prices", "pro / storage / - / - / list", D1, price("0.08", "gb_month"), None)
            + rows("prices", "pro / snapshot_storage / - / - / list", D1, None, price("0.08", "gb_month")),
            "rekeyed", id="renamed meter",
        ),
        pytest.param(
            first("allowances", "pro / storage / at_once", amount("10", "gib")),
            rows("allowances", "pro / storage / at_once", D1, amount("10", "gib"), None)
            + rows("limits", "pro / disk_max", D1, None, amount("10", "gib")),
            "rekeyed", id="allowance that is a limit",
        ),
        pytest.param([], rows("sdks", "go", D1, None, {"official": True}, not_before=None), "coverage", id="first look"),
        pytest.param(  # two pages that disagree all along: which one is shown changed, because one was read again
            first("limits", "any / session_max", amount("1", "hour")),
            rows("limits", "any / session_max", D1, amount("1", "hour"), amount("2", "hour"), kind="coverage"),
            "coverage", id="another page shown",
        ),
        pytest.param(
            [], rows("gpus", "h100", D1, None, {"status": "available"}, basis="second_hand"), "coverage", id="second hand"
        ),
        pytest.param(
            [], rows("self_hosting", "core", D1, None, {"status": "none"}, basis="judged"), "coverage", id="what we looked up"
        ),
        pytest.param(  # more of what was so
            first("isolation", "default", {"technology": "microvm", "boundary": "microvm"}),
            rows("isolation", "default", D1, {"technology": "microvm", "boundary": "microvm"},
                 {"technology": "firecracker", "boundary": "microvm"}),
            "coverage", id="a technology named",
        ),
        pytest.param(
            first("positioning", "", {"fit": "general", "statement": "Run code."}),
            rows("positioning", "", D1, {"fit": "general", "statement": "Run code."}, {"fit": "general", "statement": "Run it."}),
            "coverage", id="reworded",
        ),
        pytest.param(  # a price of the CPU was there before any page said so
            first("limits", "any / session_max", amount("1", "hour")),
            rows("prices", "any / vcpu / - / - / list", D1, None, price("0.05", "vcpu_hour")),
            "coverage", id="there all along",
        ),
    ],
)  # fmt: skip
def test_what_is_no_event(known: list[Change], then: list[Change], kind: str) -> None:
    told = events([*known, *then])
    assert {e.kind for e in told if set(e.changes) & {c.id for c in then}} == {kind}
    assert all(e.significance < 25 for e in told), "below what any alert asks for"


def test_a_key_that_the_page_gave_up_for_another_is_told_though_the_new_one_was_never_read() -> None:
    known = first("limits", "any / session_max", amount("45", "minute"))
    gone = rows("limits", "any / session_max", D1, amount("45", "minute"), None)
    new = rows("limits", "pro / session_max", D1, None, amount("5", "hour"), kind="coverage", not_before=None)
    assert one([*known, *gone, *new]).title == "Fly raised the longest session: 45 minutes → 5 hours (Pro)"


def test_a_row_that_is_kept_as_ended_has_ended() -> None:
    known = first("prices", "any / gpu / a10 / - / list", price("1.50", "gpu_hour"))
    (end,) = rows("prices", "any / gpu / a10 / - / list", D1, {"usd": "1"}, None, kind="ended")
    told = one([*known, replace(end, field="state", before="current", after="ended")])
    assert (told.title, told.kind) == ("Fly ended its GPUs (A10)", "gpu")


def test_a_value_that_goes_and_returns_is_one_unstable_episode() -> None:
    a, b = amount("30", "day"), amount("7", "day")
    key = "any / lifetime_max"
    changes = [
        *first("limits", key, a),
        *rows("limits", key, D1, a, b),
        *rows("limits", key, D1 + timedelta(days=5), b, a),
    ]
    assert not loud(changes)
    assert "went back and forth on limits" in events(changes)[-1].title
    stays = [*changes, *rows("limits", key, D1 + timedelta(days=9), a, b)]
    assert one(stays).title == "Fly lowered the age at which it deletes sandboxes: 30 → 7 days"


def test_a_gpu_that_leaves_beta_is_told_with_its_price() -> None:
    beta = first("gpus", "l40s", {"status": "preview"})
    out = rows("gpus", "l40s", D1, {"status": "preview"}, {"status": "available"})
    priced = rows("prices", "any / gpu / l40s / - / list", D1, None, price("2.50", "gpu_hour"))
    assert one([*beta, *out, *priced]).title == "Fly took the L40S GPU ($2.50 per GPU-hour) out of beta"
    listed = one([*first("gpus", "l40s", {"status": "available"}), *priced])
    assert (listed.kind, listed.title) == ("price", "Fly lists a price for L40S: $2.50 per GPU-hour")


def test_another_page_undoes_no_change_of_the_vendors() -> None:
    key, a, b = "any / any / reserved_1y", {"factor": "0.6"}, {"factor": "0.7"}
    lags = rows("multipliers", key, D1 + timedelta(days=6), b, a, kind="coverage", not_before=None)
    told = one([*moved("multipliers", key, a, b), *lags])
    assert told.title == "Fly cut the discount for a reservation of a year: 40 % → 30 %"


def test_what_goes_with_a_plan_that_gave_way_to_another_is_no_event() -> None:
    known = first("limits", "builder / concurrent", amount("100", "count"))
    gone = rows("limits", "builder / concurrent", D1, amount("100", "count"), None)
    fee = rows("prices", "scale / plan_fee / - / - / list", D1, None, price("170", "month"))
    assert [e.kind for e in loud([*known, *gone, *fee])] == ["offer"]
    assert one([*known, *gone]).title == "Fly no longer states a limit: number of sandboxes at once 100 (Builder)"


def test_one_sentence_under_two_keys_is_told_once() -> None:
    kept, days = {"preserves": "filesystem", "retention_days": "30"}, amount("30", "day")
    later = D1 + timedelta(days=27)
    changes = [
        *first("persistence", "pause_resume", kept),
        *first("limits", "any / lifetime_max", days),
        *rows("limits", "any / lifetime_max", D1, days, None),
        *rows("persistence", "pause_resume", D1, kept, {"preserves": "filesystem"}),
        *rows("persistence", "pause_resume", later, {"preserves": "filesystem"}, {"preserves": "filesystem", "indefinite": "true"}),
    ]  # fmt: skip
    told = one(changes)
    assert told.title == "Fly keeps paused sandboxes longer: 30 days → without end"
    assert (told.day, told.not_before) == (later, D1 - timedelta(days=9))  # when the time was last seen


def test_a_rewritten_page_is_no_row_of_new_limits() -> None:
    known = first("prices", "pro / memory / - / - / list", price("0.01", "gb_hour"))
    new = [
        c for limit, unit in (("vcpu_max", "count"), ("ports_max", "count"), ("session_max", "hour"), ("concurrent", "count"))
        for c in rows("limits", f"any / {limit}", D1, None, amount("4", unit))
    ]  # fmt: skip
    assert not loud([*known, *new])
    assert one([*known, *new[:2]]).title == "Fly limits the vCPUs of a sandbox to 4"


def test_a_notice_takes_the_prices_it_speaks_of() -> None:
    new = [
        *first("limits", "any / session_max", amount("1", "hour")),
        *rows(
            "notices",
            "volume_snapshots / price_change",
            D1,
            None,
            {"effective_on": "2026-05-01", "status": "announced"},
        ),
        *rows("prices", "any / snapshot_storage / - / - / list", D1, None, price("0.08", "gb_month")),
        *rows("allowances", "any / snapshot_storage / month", D1, None, amount("10", "gb")),
        *rows(
            "notices",
            "volume_snapshots / price_change",
            D2,
            {"effective_on": "2026-05-01", "status": "announced"},
            None,
        ),
        *rows(
            "notices",
            "volume_snapshots / price_change",
            D3,
            None,
            {"effective_on": "2026-05-01", "status": "announced"},
        ),
    ]
    told = one(new)
    assert told.title == "Fly announced new prices for volume snapshots from 1 May 2026"
    assert len(told.changes) == 6


def test_dated_judgements_of_happenings_are_told_on_their_day() -> None:
    frozen = [
        *first("self_hosting", "core", {"status": "supported", "licence": "AGPL-3.0"}),
        *rows("notices", "repository / repository_frozen", D1 + timedelta(days=3), None,
              {"announced_on": "2026-02-01", "status": "announced"}, basis="judged", not_before=None),
        *rows("self_hosting", "core", D1 + timedelta(days=12), {"status": "supported", "licence": "AGPL-3.0"},
              {"status": "frozen", "licence": "AGPL-3.0"}, basis="judged"),
    ]  # fmt: skip
    told = one(frozen)
    assert (told.title, told.day, told.kind) == ("Fly froze its open-source repository", D1, "hosting")
    bought = rows("notices", "company / acquisition", D2, None, {"announced_on": "2026-02-20", "status": "announced"},
                  basis="judged", not_before=None)  # fmt: skip
    assert (one(bought).kind, one(bought).day) == ("company", date(2026, 2, 20))


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        (rows("sdks", "go", D1, None, {"official": True}) + rows("sdks", "cli", D1, None, {"official": True})
         + rows("sdks", "mcp", D1, None, {"official": True}),  # which are mentioned late, and were there
         "Fly added an SDK for Go and a CLI"),
        (rows("regions", "eu-1", D1, None, {"status": "available"}), "Fly added the region eu-1"),
        (rows("gpus", "h200", D1, None, {"status": "available"})
         + rows("prices", "any / gpu / h200 / - / list", D1, None, price("4.54", "gpu_hour")),
         "Fly offers the H200 GPU ($4.54 per GPU-hour)"),
        (rows("allowances", "pro / credit / month", D1, amount("20", "usd"), None), "Fly no longer includes $20 credit a month (Pro)"),
        (moved("limits", "pro / concurrent", amount("10", "count"), amount(None, "count")),
         "Fly raised the number of sandboxes at once: 10 → no limit (Pro)"),
        (moved("cold_starts", "create / max", {"high_ms": "90"}, {"high_ms": "60"}),
         "Fly claims faster creation of a sandbox: under 90 ms → under 60 ms"),
        (moved("prices", "pro / plan_fee / - / - / list", price("20", "month"), price("25", "month")),
         "Fly raised the price of a plan: $20 → $25 per month (Pro)"),
        (moved("self_hosting", "core", {"licence": "Apache-2.0"}, {"licence": "AGPL-3.0"}),
         "Fly changed its licence: Apache-2.0 → AGPL-3.0"),
        (rows("persistence", "memory_snapshot", D1, None, {"preserves": "filesystem_and_memory"}), "Fly added snapshots of memory"),
        (moved("multipliers", "any / any / region:wide", {"factor": "1.5"}, {"factor": "1.25"}),
         "Fly cut the price multiplier for the region wide: 1.5× → 1.25×"),
        (moved("persistence", "pause_resume", {"preserves": "filesystem", "retention_days": "30"},
               {"preserves": "filesystem", "indefinite": "true"}),
         "Fly keeps paused sandboxes longer: 30 days → without end"),
        (moved("persistence", "volume", {"preserves": "filesystem"}, {"preserves": "filesystem", "indefinite": "true"}),
         "Fly states how long it keeps volumes: without end"),
        (moved("billing_rules", "any / any / increment", amount("1", "minute"), amount("1", "second")),
         "Fly changed how it bills: smallest unit of time: 1 minute → 1 second"),
        (moved("sizes", "small", {"vcpu": "1", "memory": "2", "memory_unit": "gib"}, {"vcpu": "2", "memory": "2", "memory_unit": "gib"}),
         "Fly changed small: vCPUs 1 → 2"),
        (rows("sdks", "ruby", D1, None, {"official": "false"}), "Fly names a community SDK for Ruby"),
        (moved("sdks", "python", {"official": "true", "package": "fly-sdk"}, {"official": "true", "package": "fly"}),
         "Fly changed its package for Python: fly-sdk → fly"),
        (moved("self_hosting", "byoc", {"status": "beta"}, {"status": "supported"}), "Fly took bring-your-own-cloud out of beta"),
        (rows("notices", "volumes / preview", D1, {"status": "effective"}, None, kind="removed"), "Fly took volumes out of preview"),
        ([*rows("notices", "disks / price_change", D1, None, {"status": "announced", "effective_on": "2026-09-01"},
                quote_after="From September on we charge for disks")],
         "Fly will charge for disks from 1 September 2026"),
        (rows("notices", "spend_limit / policy_change", D1, None, {"status": "announced", "effective_on": "2026-09-01"}),
         "Fly changes its spend limit on 1 September 2026"),
    ],
)  # fmt: skip
def test_titles(changes: list[Change], title: str) -> None:
    assert one(changes).title == title


EXAMPLES: dict[str, tuple[Any, Any]] = {
    "flag": ("false", "true"), "day": ("2026-05-01", "2026-06-01"), "amount": ("1", "2"), "whole": ("1", "2"),
}  # fmt: skip


@pytest.mark.parametrize(("table", "column"), [(t.name, c) for t in TABLES.values() for c in t.values])
def test_every_column_that_moves_has_a_title_with_both_sides(table: str, column: str) -> None:
    """Whatever moves, its sentence ends in what it was and is, in no word of the inside."""
    kinds = TABLES[table].by_name

    def example(name: str, side: int) -> Any:
        kind = kinds[name]
        if kind.terms:
            return kind.terms[min(side, len(kind.terms) - 1)]
        return EXAMPLES.get(kind.kind, ("one", "two"))[side]

    def key_of(name: str) -> str:
        return {"plan": "pro", "product": "machines", "condition": "spot"}.get(name) or (kinds[name].terms or ("one",))[
            0
        ]

    before = {c: example(c, 0) for c in TABLES[table].values if c not in ("amount_max", "indefinite", "judged_on")}
    key = " / ".join(key_of(k) for k in TABLES[table].key[2:])
    for told in loud(moved(table, key, before, before | {column: example(column, 1)})):
        if told.day == D1:
            assert not told.title.endswith((":", "changed", "cut", "raised")), told.title
            assert " / " not in told.title and "_" not in told.title, told.title


def test_a_figure_that_is_stated_again_is_told_against_the_one_before() -> None:
    key, known = "create / typical", first("cold_starts", "create / typical", {"low_ms": "150", "high_ms": "150"})
    gone = rows("cold_starts", key, D1, {"low_ms": "150", "high_ms": "150"}, None)
    soon = rows("cold_starts", key, D1 + timedelta(days=40), None, {"low_ms": "80", "high_ms": "80"})
    late = rows("cold_starts", key, D1 + timedelta(days=400), None, {"low_ms": "80", "high_ms": "80"})
    assert one([*known, *gone, *soon]).title == "Fly claims faster creation of a sandbox: about 150 ms → about 80 ms"
    assert one([*known, *gone, *late]).title == "Fly says how fast it starts: creation of a sandbox about 80 ms"


def test_what_was_announced_is_not_told_again_when_it_takes_effect() -> None:
    said = {"effective_on": "2026-03-20", "status": "announced"}
    then = [
        *rows("notices", "pricing / price_change", D1, None, said),
        *rows("notices", "pricing / price_change", date(2026, 3, 20), said, said | {"status": "effective"}),
    ]
    assert one(then).day == D1


@pytest.mark.parametrize("basis", ["second_hand", "judged", "read"])
def test_an_announcement_that_is_learned_late_is_told_on_its_day(basis: str) -> None:
    late = rows("notices", "company / acquisition", D3, None, {"announced_on": "2026-01-20", "status": "announced"},
                basis=basis, not_before=None, kind="coverage")  # fmt: skip
    told = one(late)
    assert (told.title, told.day) == ("Fly is being acquired", date(2026, 1, 20))
    undated = rows(
        "notices", "company / acquisition", D3, None, {"status": "effective"}, not_before=None, kind="coverage"
    )
    assert not loud(undated), "of what nobody can date it is not known when it was news"


def test_what_a_log_of_news_opens_is_told_once_with_what_begins() -> None:
    begun = rows("persistence", "memory_snapshot", D1, None, {"preserves": "filesystem_and_memory"})
    opened = rows(
        "notices", "memory_snapshots / preview", D2, None, {"announced_on": "2026-02-20", "status": "announced"}
    )
    assert [e.title for e in loud([*begun, *opened])] == ["Fly added snapshots of memory"]
    assert one(opened).title == "Fly opened snapshots of memory as a preview"
    other = rows("notices", "edge_drive / preview", D2, None, {"announced_on": "2026-02-20", "status": "announced"})
    assert len(loud([*begun, *other])) == 2
    now = rows("notices", "teleports / availability", D2, None, {"status": "effective"})
    assert one(now).title == "Fly now offers teleports"
    undated = rows(
        "notices", "pricing_plans / price_change", D2, None, {"announced_on": "2026-02-20", "status": "announced"}
    )
    assert one(undated).title == "Fly announced new prices: pricing plans"


@given(st.integers(1, 25))
def test_a_gap_that_is_filled_moves_the_day_and_keeps_the_name(earlier: int) -> None:
    key = "pro / session_max"
    old, new = amount("1", "hour"), amount("5", "hour")
    known = first("limits", key, old)
    (late,) = loud([*known, *rows("limits", key, D2, old, new)])
    (soon,) = loud([*known, *rows("limits", key, D2 - timedelta(days=earlier), old, new)])
    assert late.event == soon.event and late.day > soon.day
    twice = [*known, *rows("limits", key, D1, old, new), *rows("limits", key, D1 + timedelta(days=60), new, old),
             *rows("limits", key, D1 + timedelta(days=120), old, new)]  # fmt: skip
    assert len({e.event for e in events(twice)}) == len(events(twice)) == 4


def test_a_new_plan_is_one_event_with_what_it_contains() -> None:
    new = [
        *first("limits", "pro / concurrent", amount("10", "count")),
        *rows("prices", "team / plan_fee / - / - / list", D1, None, price("99", "month")),
        *rows("limits", "team / concurrent", D1, None, amount("50", "count")),
        *rows("allowances", "team / credit / month", D1, None, amount("20", "usd")),
    ]
    told = one(new)
    assert "Team" in told.title and "$99" in told.title and len(told.changes) == 6


def test_an_unconfirmed_change_makes_an_unconfirmed_event() -> None:
    known = first("prices", "any / vcpu / - / - / list", price("0.05", "vcpu_hour"))
    new = rows("prices", "any / vcpu / - / - / list", D1, price("0.05", "vcpu_hour"), price("0.04", "vcpu_hour"))
    assert one([*known, *new]).confirmed
    assert not one([*known, *(replace(c, kind="unconfirmed") for c in new)]).confirmed


def test_values_are_read_as_the_contract_has_them() -> None:
    assert exact("prices", "usd", "0.5000") == exact("prices", "usd", "0.5") == Decimal("0.5")
    assert str(exact("limits", "amount", "10.000000000")) == "10"
    assert exact("sdks", "official", "false") is False
    assert exact("gpus", "ends_on", "2026-08-01") == date(2026, 8, 1)
    assert exact("prices", "state", "ended") == "ended"
    with pytest.raises(ValueError, match=r"prices\.usd: 'ten' is no number"):
        exact("prices", "usd", "ten")


PLANS, LIMITS = ("any", "hobby", "pro"), ("session_max", "vcpu_max", "memory_max")
STEPS = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(PLANS), st.sampled_from(LIMITS), st.none() | st.integers(1, 3)),
    max_size=25,
)


@given(STEPS)
def test_every_change_is_in_exactly_one_event(steps: list[tuple[int, str, str, int | None]]) -> None:
    now: dict[str, dict[str, Any]] = {}
    changes: list[Change] = []
    for day, plan, limit, to in sorted(steps, key=lambda s: s[0]):
        key, before = f"{plan} / {limit}", now.get(f"{plan} / {limit}")
        after = None if to is None else amount(str(to), "count")
        on = D0 + timedelta(days=day)
        if before == after or any(c.day == on and c.key == tuple(key.split(" / ")) for c in changes):
            continue
        changes += rows("limits", key, on, before, after)
        if after is None:
            now.pop(key)
        else:
            now[key] = after
    told = events(changes)
    assert Counter(m for e in told for m in e.members) == Counter(changes)
    assert len({e.event for e in told}) == len(told)
    assert all(e.kind in KINDS and 0 <= e.significance <= 100 and " / " not in e.title for e in told)
    assert events(reversed(changes)) == told, "the order of rows says nothing"
    start, end = D0, D0 + timedelta(days=100)
    within = {c for c in changes if start < c.day <= end}
    assert {m for e in between(told, start, end) for m in e.members} <= within


def test_a_thing_of_which_nothing_more_is_said_is_told() -> None:
    """A row without values comes and goes as the field "*"."""
    (new,) = rows("sdks", "go", D1, None, {"official": True})
    bare = replace(new, field="*", after=None)
    assert one([bare]).title == "Fly added an SDK for Go"
    gone = replace(bare, day=D3, kind="removed")
    assert [e.title for e in loud([bare, gone])] == ["Fly added an SDK for Go", "Fly no longer lists an SDK for Go"]


def test_a_package_that_was_not_named_for_a_while_is_told_against_the_one_before() -> None:
    shown = {"official": "true"}
    told = loud([
        *rows("sdks", "python", D0, None, shown | {"package": "fly-sdk"}),
        *rows("sdks", "python", D1, shown | {"package": "fly-sdk"}, shown, not_before=D0),
        *rows("sdks", "python", D2, shown, shown | {"package": "fly"}, not_before=D1),
    ])  # fmt: skip
    assert [(e.title, e.day) for e in told if e.day != D0] == [
        ("Fly changed its package for Python: fly-sdk → fly", D2)
    ]
