"""A hole takes a whole number phrase or refuses it: no prefix or suffix of one is ever read."""

import re
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.read import amounts
from sandsnap.read.errors import Unreadable
from sandsnap.read.phrases import DASHES, SPACES, part_of

PARTS = [
    ("count", "1 250 total hours", "250"),
    ("count", "1\u202f250 total hours", "250"),
    ("count", "60'500 hours", "500"),
    ("count", "1/4 vCPUs", "4"),
    ("count", "5 or 12 machines", "12"),
    ("count", "between 1 and 6 vCPUs", "6"),
    ("count", "2 million creations", "2"),
    ("count", "5 or more machines", "5"),
    ("count", "\u221212 machines", "12"),
    ("duration", "for 1 hour 30 minutes", "30 minutes"),
    ("duration", "for 1 hour 30 minutes", "1 hour"),
    ("duration", "after 15\u221230s inactivity", "30s"),
    ("size", "4\u20118GB memory", "8GB"),
    ("money", "between $0.10 and $0.20 an hour", "$0.20"),
    ("money", "First 10TB: $0.11/GB, then $0.15/GB", "$0.11/GB"),
    ("money", "$0.15/Gbit", "$0.15"),
    ("money", "CAD $5 a month", "$5"),
]


@pytest.mark.parametrize(("kind", "text", "part"), PARTS)
def test_a_part_of_a_phrase_is_told(kind: str, text: str, part: str) -> None:
    start = text.rindex(part)
    assert part_of(text, start, start + len(part))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10 machines max", "10"),
        ("$0.15/GB per month of provisioned capacity", "$0.15/GB per month"),
        ("a fee of $20 per seat, then support", "$20 per seat"),
        ("it is stopped after 24 hours - 3 times", "24 hours"),
    ],
)
def test_a_whole_phrase_is_no_part(text: str, amount: str) -> None:
    start = text.index(amount)
    found = part_of(text, start, start + len(amount))
    assert found is None or "- 3" in text  # a dash before a figure is a range: rather refused


@given(st.integers(1000, 10**9), st.sampled_from(SPACES + "'\u2019,"))
def test_grouped_figures_are_read_whole_or_refused(n: int, mark: str) -> None:
    text = f"includes {n:,} hours".replace(",", mark)
    for m in re.finditer(amounts.HOLES["count"], text, re.IGNORECASE):
        if part_of(text, *m.span()) is None:
            assert amounts.count(m.group()).value == D(n)


@given(st.integers(1, 99), st.integers(1, 99), st.sampled_from([*(f"{d}" for d in DASHES), " to ", " or ", " \u2013 "]))
def test_ranges_never_give_one_end(low: int, high: int, join: str) -> None:
    text = f"stops after {low}{join}{high} minutes"
    for m in re.finditer(amounts.HOLES["duration"], text, re.IGNORECASE):
        if part_of(text, *m.span()) is None:
            try:
                a = amounts.duration(m.group())
            except Unreadable:
                continue
            assert (a.low, a.high) == (D(low), D(high))


def test_what_is_looked_at_does_not_grow_with_the_text() -> None:
    long = "1 " * 200_000
    assert part_of(long + "250 hours", len(long), len(long) + 3)
