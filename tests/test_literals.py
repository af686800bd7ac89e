"""Short cuts of the search: what they leave out holds no match, and the nearest text is difflib's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.read.likely import Likely
from sandsnap.read.literals import folded, has_digit, may_hold, needed, needs
from sandsnap.read.passage import same_text
from sandsnap.read.patterns import compiled, words_of


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("Sandboxes? run", ("sandboxe",)),
        ("up to {duration} a (?:day|month)", ("day", "month")),
        ("{money}", ("$",)),
        ("{duration}|never", ()),
        ("(?:[a-z]+ )?{count} (?!vms)", ()),
        ("(?:max){1,2}", ("max",)),
        ("(?:max)?", ()),
        (r"idle\.", ("idle.",)),
    ],
)
def test_what_a_match_must_hold(pattern: str, words: tuple[str, ...]) -> None:
    assert words_of(pattern) == words


_ATOMS = st.sampled_from(
    [
        "ab",
        "k",
        "s",
        "i",
        r"\$",
        "[ab]",
        "a?",
        "b*",
        "c+",
        "(?:ab|k)",
        "(?:a|)",
        "(x|ys)",
        "(?:bc){2}",
        ".",
        r"\d",
        r"(?:\d k|a[bx]c)",
    ]
)


@given(st.lists(_ATOMS, max_size=5).map("".join), st.text("abcKkſsSİıiI$xyß1\n ", max_size=12))
def test_no_match_without_the_words(pattern: str, text: str) -> None:
    words, low = needed(pattern), folded(text)
    if len(low) == len(text) and words and not any(w in low for w in words):
        assert not re.search(pattern, text, re.IGNORECASE)
    if len(low) == len(text) and not may_hold(needs(pattern), low, digit=has_digit(low)):
        assert not re.search(pattern, text, re.IGNORECASE)


_PATTERNS = st.lists(st.lists(_ATOMS, min_size=1, max_size=4).map("".join), max_size=6)


@given(_PATTERNS, st.lists(st.text("abcKkſsSİıiI$xyß1\n ", max_size=12), max_size=4))
def test_of_many_patterns_none_that_matches_is_left_out(patterns: list[str], texts: list[str]) -> None:
    likely = Likely(map(needs, patterns))
    for text in (*texts, *texts):  # what a word leads to is remembered
        low = folded(text)
        found = likely.of(low, digit=has_digit(low))
        assert found == [n for n, p in enumerate(patterns) if may_hold(needs(p), low, digit=has_digit(low))]
        assert likely.any(low, digit=has_digit(low)) is bool(found)


def test_a_long_word_is_looked_through_once() -> None:
    assert Likely([needs("needle"), needs("other")]).of("hay" * 20_000 + "needle", digit=False) == [0]


def test_kelvins_and_dotless_letters_match_too() -> None:
    assert re.search("kit", "\N{KELVIN SIGN}ıT", re.IGNORECASE)
    assert folded("\N{KELVIN SIGN}ıT ſ") == "kit s"
    assert compiled("{duration} idle")[0].search("30 MINUTES İDLE")


def test_same_text_folds_quotes_dashes_and_space() -> None:
    assert same_text(" “a”  ‘b’\N{NO-BREAK SPACE}– — ’") == "\"a\" 'b' - - '"
