"""The grammar of amounts: what it reads, what it refuses, and that nothing is lost on the way."""

import re
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.read import amounts
from sandsnap.read.errors import Unreadable

READ = [
    ("money", "$0.0504", None, "0.0504", "usd", "exact", ()),
    ("money", r"\$0.0504", None, "0.0504", "usd", "exact", ()),
    ("money", "$0.60/1M", None, "0.60", "usd", "exact", ("million",)),
    ("money", "$0.60 per million", None, "0.60", "usd", "exact", ("million",)),
    ("money", "$0.15/GB per month", None, "0.15", "usd", "exact", ("gb", "month")),
    ("money", "$0.08/GB-month", None, "0.08", "usd", "exact", ("gb", "month")),
    ("money", "$0.0000045/GiB/s", None, "0.0000045", "usd", "exact", ("gib", "second")),
    ("money", "$1,440/month", None, "1440", "usd", "exact", ("month",)),
    ("money", "$20/mo", None, "20", "usd", "exact", ("month",)),
    ("duration", "45 min", None, "45", "minute", "exact", ()),
    ("duration", "1 hours", None, "1", "hour", "exact", ()),
    ("duration", "~80ms", None, "80", "millisecond", "about", ()),
    ("duration", r"\~80ms", None, "80", "millisecond", "about", ()),
    ("duration", "<90ms", "none", "90", "millisecond", "max", ()),
    ("duration", "sub-90ms", "none", "90", "millisecond", "max", ()),
    ("duration", "under 25 milliseconds", "none", "25", "millisecond", "max", ()),
    ("duration", "~2–4 seconds", "2", "4", "second", "range", ()),
    ("duration", "one second", None, "1", "second", "exact", ()),
    ("size", "10GiB", None, "10", "gib", "exact", ()),
    ("size", "512 MB", None, "512", "mb", "exact", ()),
    ("count", "2,000", None, "2000", "count", "exact", ()),
    ("count", "100 - 1,100", "100", "1100", "count", "range", ()),
    ("rate", "40/10 min", None, "40", "count", "exact", ("minute",)),
    ("rate", "20-40/min", "20", "40", "count", "range", ("minute",)),
]


@pytest.mark.parametrize(("kind", "text", "low", "high", "unit", "bound", "per"), READ)
def test_reads(kind: str, text: str, low: str | None, high: str, unit: str, bound: str, per: tuple[str, ...]) -> None:
    a = amounts.PARSERS[kind](text)
    expected_low = None if low == "none" else D(low or high)
    assert (a.low, a.high, a.unit, a.bound, a.per) == (expected_low, D(high), unit, bound, per)


REFUSED = [
    ("money", "€5"), ("money", "5"), ("money", "$1.2.3"), ("money", "$0,15"), ("money", "$0.15 something"), ("money", "Contact us"),
    ("money", "$\N{OBJECT REPLACEMENT CHARACTER}"), ("money", "{{ price }}"), ("money", "£0.05/hour"), ("money", "$1,44/month"),
    ("duration", "5"), ("duration", "2 hours or 7 days"), ("duration", "a few hundred milliseconds"), ("duration", "4-2 seconds"),
    ("duration", "5 min - 2 hours"), ("size", "10"), ("size", "10 GiBs of RAM"), ("count", "102,0002,000"), ("count", "Custom"),
    ("count", "1.100,5 x"), ("count", ""), ("rate", "200"), ("rate", "200/fortnight"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_refuses_with_the_text(kind: str, text: str) -> None:
    with pytest.raises(Unreadable) as e:
        amounts.PARSERS[kind](text)
    assert repr(text)[1:-1] in str(e.value) or text.strip() == ""


def test_a_lower_bound_or_range_is_no_single_figure() -> None:
    for text in ("1,100+", "100 - 1,100", "at least 5"):
        with pytest.raises(Unreadable, match="one figure"):
            _ = amounts.count(text).value


def test_milliseconds_are_exact() -> None:
    assert amounts.duration("2 seconds").ms == (D(2000), D(2000))
    assert amounts.duration("under 1.5 s").ms == (None, D(1500))
    with pytest.raises(Unreadable):
        _ = amounts.duration("2 months").ms


HOLES = [
    ("duration", "resume in under 25 milliseconds from standby", "under 25 milliseconds"),
    ("duration", "sub-90ms creation", "sub-90ms"),
    ("money", "it costs $0.15.", "$0.15"),
    ("money", "$0.0000045/GiB/s", "$0.0000045/GiB/s"),
    ("count", "Up to 20 concurrently", "Up to 20"),
    ("count", "Concurrent Sandboxes102,0002,000", None),  # flattened cells run together
    ("count", "version 2.1.3", None),
    ("size", "with 16GiBx", None),
    ("money", "from A$5", None),
    ("rate", "limit of 200/min, or", "200/min"),
]


@pytest.mark.parametrize(("hole", "text", "found"), HOLES)
def test_holes_take_whole_amounts_or_nothing(hole: str, text: str, found: str | None) -> None:
    m = re.search(amounts.HOLES[hole], text, re.IGNORECASE)
    assert (m and m.group()) == found


numbers = st.decimals(min_value=0, max_value=10**7, places=9, allow_nan=False)
units = st.sampled_from(
    [("s", "second"), (" minutes", "minute"), ("ms", "millisecond"), (" hrs", "hour"), ("-day", "day")]
)


@given(numbers, st.sampled_from(["/hour", " per GB-hour", "/GiB/s", "", "/GB per month"]))
def test_money_round_trips_exactly(n: D, per: str) -> None:
    plain = format(n, "f")
    assert amounts.money(f"${plain}{per}").high == n
    assert amounts.money(f"${n:,f}{per}").high == n


@given(numbers, units)
def test_durations_round_trip_and_their_hole_finds_all_of_them(n: D, unit: tuple[str, str]) -> None:
    text = f"{format(n, 'f')}{unit[0]}"
    a = amounts.duration(text)
    assert (a.high, a.unit) == (n, unit[1])
    m = re.search(amounts.HOLES["duration"], f"takes {text}, then", re.IGNORECASE)
    assert m is not None
    assert m.group() == text


@given(st.text(max_size=30))
def test_anything_else_is_refused_not_crashed_on(text: str) -> None:
    for parse in amounts.PARSERS.values():
        try:
            a = parse(text)
        except Unreadable:
            continue
        assert any(ch.isnumeric() for ch in text) or any(w in text.lower() for w in amounts._WORDS)
        assert a.high is not None or a.low is not None
