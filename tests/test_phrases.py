"""A hole takes a whole number phrase or refuses it: no prefix or suffix of one is ever read."""

import re
from contextlib import suppress
from decimal import Decimal as D
from itertools import pairwise
from time import process_time

import pytest
from conftest import capture
from hypothesis import given, settings
from hypothesis import strategies as st

from sandsnap.read import amounts
from sandsnap.read.decode import form_of, text_of
from sandsnap.read.errors import ReadError, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.phrases import APOSTROPHES, SPACES, VULGAR, goes_on, part_of, phrases

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
    ("money", "2x $5 a month", "$5"),
    ("count", "10~20 machines", "20"),
    ("count", "10|20 machines", "10"),
    ("count", "5 x 10 machines", "10"),
    ("count", "100 00 machines", "00"),
    ("count", "another 10 machines", "10"),
    ("count", "half of 10 machines", "10"),
    ("size", "10 GB + 5 GB of disk", "10 GB"),
    ("size", "10 GB \u00d7 2", "10 GB"),
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


def _holes(kind: str, text: str) -> list[amounts.Amount]:
    """What the holes of a kind take of a text: each whole, or refused."""
    out = []
    for m in re.finditer(amounts.HOLES[kind], text, re.IGNORECASE):
        if part_of(text, *m.span(), own=m.span()) is None:
            with suppress(Unreadable):
                out.append(amounts.PARSERS[kind](m.group()))
    return out


# Each gives (kind, what is printed, its exact value); the share read is demanded below.
GROUPED = st.tuples(st.integers(1000, 10**9), st.sampled_from([*SPACES, *APOSTROPHES, ","])).map(
    lambda t: ("count", f"{t[0]:,}".replace(",", t[1]), D(t[0]))
)
FRACTIONS = (
    st.tuples(st.integers(1, 63), st.sampled_from([2, 4, 8, 16, 32, 64]))
    .filter(lambda t: t[0] < t[1])
    .map(lambda t: ("count", f"{t[0]}/{t[1]}", D(t[0]) / t[1]))
)
VULGARS = st.tuples(st.integers(0, 99), st.sampled_from(sorted(VULGAR))).map(
    lambda t: ("count", f"{t[0] or ''}{t[1]}", t[0] + D(VULGAR[t[1]]))
)
MULTIPLIED = st.tuples(
    st.integers(1, 999), st.sampled_from([(" million", 10**6), ("k", 1000), (" thousand", 1000)])
).map(lambda t: ("count", f"{t[0]}{t[1][0]}", D(t[0] * t[1][1])))
COMPOUND = st.tuples(st.integers(1, 99), st.integers(1, 59), st.sampled_from([" ", " and "])).map(
    lambda t: ("duration", f"{t[0]} hours{t[2]}{t[1]} minutes", D(t[0] * 60 + t[1]))
)
SHORT = st.tuples(st.integers(1, 99), st.integers(1, 59)).map(
    lambda t: ("duration", f"{t[0]}m{t[1]}s", D(t[0] * 60 + t[1]))
)
FORMS = [GROUPED, FRACTIONS, VULGARS, MULTIPLIED, COMPOUND, SHORT]
FRAMES = ["a plan includes {} of it", "({}).", "{}", "sleeping after {}, then stopped", "Limit: {}; ask for more"]


@pytest.mark.parametrize("form", FORMS)
def test_what_we_print_is_read_back_exactly(form: st.SearchStrategy[tuple[str, str, D]]) -> None:
    seen, read = [], []

    @settings(max_examples=60, deadline=None, database=None)
    @given(form, st.sampled_from(FRAMES))
    def law(printed: tuple[str, str, D], frame: str) -> None:
        kind, text, value = printed
        found = _holes(kind, frame.format(text))
        assert all(a.value == value for a in found), (text, found)  # the whole, or nothing: no prefix, no suffix
        seen.append(text)
        read.extend(found)

    law()
    assert len(read) >= 0.9 * len(seen)


REFUSED = st.sampled_from(
    ["{} or {}", "between {} and {}", "{} / {}", "{} to {}", "{}\u2013{}", "{}\u2011{}", "{}\u2212{}", "{}/{}"]
)


@given(
    st.integers(11, 49), st.integers(51, 99), REFUSED, st.sampled_from(["hours", "machines", "GB", "minutes", "vCPUs"])
)
def test_of_two_figures_none_is_read_alone(low: int, high: int, join: str, unit: str) -> None:
    text = f"you get {join.format(low, high)} {unit} in all"
    for kind in ("count", "duration", "size"):
        for a in _holes(kind, text):
            fraction = join == "{}/{}" and a.value == D(low) / high
            assert fraction or ((a.low, a.high) == (D(low), D(high)) and a.bound == "range"), (text, a)


@given(st.text("0123456789 ,./'$kM-\u2013\u00bd", min_size=1, max_size=24))
def test_a_figure_that_is_read_is_no_slice_of_a_longer_one(noise: str) -> None:
    for m in re.finditer(amounts.HOLES["count"], noise):
        if part_of(noise, *m.span(), own=m.span()) is None:
            assert not noise[m.end() : m.end() + 1].isdigit() and not noise[: m.start()][-1:].isdigit()
    found = phrases(noise)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("digits", [19, 30, 400])
def test_more_digits_than_the_contract_holds_are_unreadable(digits: int) -> None:
    for kind, text in (("count", "9" * digits), ("money", "$" + "9" * digits), ("size", "9" * digits + " GB")):
        with pytest.raises(Unreadable):
            amounts.PARSERS[kind](text)


@pytest.mark.parametrize(
    "unit", ["1 ", "1,000,", "2 or ", "5 minutes ", "between 1 and ", "$1 then ", "first 5 ", "a-1-", "x", "1/"]
)
def test_time_is_linear(unit: str) -> None:
    def cost(n: int) -> float:
        text = unit * n
        began = process_time()
        phrases(text)
        return process_time() - began

    phrases.cache_clear()
    times = [min(cost(n + k) for k in range(2)) for n in (500, 1000, 2000, 4000)]
    assert times[3] < 30 * times[0] + 0.02, times  # eight times the text; a square would be 64


LABELS = ["RTX 4090", "an h100 card", "shared-cpu-1x", "Tier 2 plan", "Python 3.12"]


@pytest.mark.parametrize("text", LABELS)
def test_the_figures_of_labels_are_no_phrases(text: str) -> None:
    assert phrases(text) == ()


VARIANTS = [
    # other words and pages than those above; what is read of them (None: nothing)
    ("count", "Hobby accounts get 12 000 builds a month", [D(12000)]),
    ("count", "up to 1\u00a0500 workers", [D(1500)]),
    ("count", "3\u2019200 credits", [D(3200)]),
    ("count", "1/8 core of a node", [D("0.125")]),
    ("count", "open 24/7", []),
    ("count", "either 3 or 6 volumes", []),
    ("count", "1.5 million calls", [D(1500000)]),
    ("size", "from 256 MB to 4 GB of RAM", []),
    ("size", "2 Gb of traffic", []),
    ("duration", "expires 2 days 12 hours after", [D(60)]),
    ("duration", "kept 1 hour and 30 minutes respectively", []),
    ("duration", "paused 10\u201315 minutes later", ["range"]),
    ("money", "CA$7.50 a seat", []),
    ("money", "$0.02 per Gbit moved", []),
    ("money", "first 50 GB: $0.08/GB", []),
    ("money", "$3 million raised", []),
]


@pytest.mark.parametrize(("kind", "text", "wanted"), VARIANTS)
def test_other_words(kind: str, text: str, wanted: list[object]) -> None:
    assert [a.bound if a.bound == "range" else (a.high or a.low) for a in _holes(kind, text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "15 … 45s", "15...45 s", "15+45s", "15 × 45s", "15^2 s", "15:45s", "15 and 45s", "15 plus 45s", "15, 45s", "15 & 45s",
        "15% of 45s", "±15s", "15 → 45s",
    ],
)  # fmt: skip
def test_a_bare_figure_tied_to_the_next_is_part_of_one_phrase(text: str) -> None:
    whole = f"Sandboxes stop after {text} of inactivity."
    m = re.search(r"\d+ ?s\b", whole)
    assert m
    assert part_of(whole, m.start(), m.end())


def amount_of(text: str) -> tuple[int, int]:
    """Where the first figure stands, with its unit."""
    first = phrases(text)[0]
    unit = next((p.end for p in first.parts if p.what == "unit"), first.parts[0].end)
    return first.start, unit


@pytest.mark.parametrize(
    "text",
    [
        "24 hours*", "5 minutes 30", "5 days, 7 for teams", "5 minutes, rarely 10", "5 minutes (10 minutes from a template)",
        "8 GB (16)", "8 GB each 2 vCPU", "20-odd", "2 dozen", "20 Mio. requests", "20 (30)", "$0.05 less 10%", "2 0 sandboxes",
    ],
)  # fmt: skip
def test_what_stands_right_behind_an_amount_may_make_it_another(text: str) -> None:
    assert goes_on(text, *amount_of(text))


@pytest.mark.parametrize(
    "text", ["24 hours (1 day)", "30 days, use 0 for none", "90 seconds (1.5 minutes)", "8 GB per vCPU"]
)
def test_what_says_the_same_or_something_else_does_not(text: str) -> None:
    assert goes_on(text, *amount_of(text)) is None


@pytest.mark.parametrize(("parse", "text"), [("count", "20.000"), ("size", "1.024 MiB"), ("duration", "1.250 hours")])
def test_a_point_before_three_digits_may_group_thousands(parse: str, text: str) -> None:
    with pytest.raises(Unreadable, match="thousands or decimals"):
        amounts.PARSERS[parse](text)


# -- through a page, as readers meet them --------------------------------------------------------------------------------

_N, _M = st.integers(11, 49), st.integers(51, 99)
_OTHER = st.sampled_from(
    ["\u20ac{}", "CA${}", "${} CAD", "${} (AUD)", "MX${}", "{} EUR", "\u00a3{}", "HK${}", "${} MXN"]
)
_MORE = st.sampled_from(
    [
        "${} off",
        "${} max",
        "${} at most",
        "${}+",
        "from ${}",
        "as low as ${}",
        "~${}",
        "up to ${}",
        "${} or more",
        "-${}",
        "2x ${}",
        "${} hundred",
        "${}*",
        "${}\u00b9",
        "${} (was $7)",
        "under ${}",
        "at least ${}",
        "${} and up",
    ]
)
_BITS = st.sampled_from(
    [
        "{} Gb",
        "{} Gbit",
        "{} gigabits",
        "{} GB/s",
        "{} GB-hours",
        "{} GB or more",
        "2 x {} GB",
        "{} GB \u00d7 2",
        "{} GB per day",
        "each additional {} GB",
    ]
)
_HALVES = st.sampled_from(
    ["${}\u2013{}", "${} or ${}", "between ${} and ${}", "${}/${}", "${} to ${}", "${}~{}", "${} + ${}", "${} plus ${}"]
)
_TWO_SIZES = st.sampled_from(["{} GB + {} GB", "{} GB, {} GB", "{} or {} GB", "{}/{} GB", "{} GB plus {} GB"])
PRINTED = st.one_of(
    st.builds(lambda n, f: ("money", f.format(n), None), _N, _OTHER | _MORE),
    st.builds(lambda n, f: ("size", f.format(n), None), _N, _BITS),
    st.builds(lambda n, m, f: ("money", f.format(n, m), None), _N, _M, _HALVES),
    st.builds(lambda n, m, f: ("size", f.format(n, m), None), _N, _M, _TWO_SIZES),
    st.builds(
        lambda n, f: ("money", f.format(f"{n:,}"), D(n)),
        st.integers(1, 10**7),
        st.sampled_from(["${}", "US${}", "$ {}"]),
    ),
    st.builds(
        lambda n, s: ("size", f"{n:,}".replace(",", s) + " GB", D(n)),
        st.integers(1, 10**6),
        st.sampled_from([*SPACES, ","]),
    ),
    st.builds(
        lambda n, s: ("money", f"${n}{s}", n * {"k": 1000, " million": 10**6, " billion": 10**9}[s]),
        _N,
        st.sampled_from(["k", " million", " billion"]),
    ),
    st.builds(lambda n, m: ("money", f"${n}.{m}", D(f"{n}.{m}")), _N, st.integers(0, 10**9)),
)
AROUND = [
    ("It has {} inside.", "has {hole}"),
    ("It: {}", "It: {hole}"),
    ("It has {} inside.", "{hole} inside"),
    ("We say {}, and that is it.", "say {hole}"),
    ("{}", "{hole}"),
]


@given(PRINTED, st.sampled_from(AROUND))
@settings(max_examples=150)
def test_on_a_page_it_is_the_whole_or_nothing(printed: tuple[str, str, D | None], around: tuple[str, str]) -> None:
    kind, text, value = printed
    frame, pattern = around
    source = re.sub(r"([$*~+|-])", r"\\\1", text)
    of = capture("https://e2b.dev/docs/billing", f"# Billing\n\nA page of ours.\n\n{frame.format(source)}\n")
    page = Page(of, (found := text_of(of)), form_of(of, found), "e2b", of.url)
    with suppress(ReadError):
        m = page.find(pattern.replace("hole", kind))
        amount = m[kind]
        if kind == "money":
            m.price(amount, "addon", sku="x", unit="month")
        exact = amount.bound == "exact" or value is not None
        assert amount.value == value or (value is None and not exact), (text, frame, amount)
