"""What a reader lets be absent names its topic: reworded is not removed."""

import ast
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from sandsnap.model import Capture, matter, or_now
from sandsnap.read.page import Page
from sandsnap.read.reading import _reading, _reworded
from sandsnap.read.sentences import ITSELF, Ranking, Sentence, split, tokens
from sandsnap.read.sources import vendor

OPTIONAL = {"maybe", "find_all", "tables_with", "within"}


def test_no_optional_statement_without_a_topic() -> None:
    bare = [
        f"{module.name}:{node.lineno}"
        for module in (files("sandsnap") / "vendors").iterdir()
        if module.name.endswith(".py")
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in OPTIONAL
        and not any(k.arg == "topic" and not (isinstance(k.value, ast.Constant) and not k.value.value) for k in node.keywords)
    ]  # fmt: skip
    assert bare == []


def page(html: str) -> Page:
    body = html.encode()
    capture = Capture("https://e2b.dev/docs/billing", datetime(2026, 1, 2, tzinfo=UTC), body, "0" * 64)
    return Page(capture, html, "html", "e2b", "https://e2b.dev/docs/billing")


def reworded(html: str, quotes: frozenset[str] = frozenset()):
    p = page(html)
    assert p.maybe("kept for {duration} by default", topic=("snapshot", "{duration}")) is None
    source = next(s for s in vendor("e2b").sources)
    return _reworded(_reading(source, p.capture, "r", "good"), p, p.absent, quotes)


def test_topic_there_and_sentence_gone_is_reworded() -> None:
    got = reworded("<p>Nothing here. A snapshot lives 30 days unless told otherwise.</p><p>Pay 5 days ahead.</p>")
    assert got.partial
    assert [i.kind for i in got.issues] == ["reworded"]
    assert got.issues[0].nearest == "A snapshot lives 30 days unless told otherwise."


@pytest.mark.parametrize("html", ["<p>Snapshots are fast.</p>", "<p>Bills come every 30 days.</p>"])
def test_topic_gone_is_gone(html: str) -> None:
    got = reworded(html)
    assert not got.partial
    assert not got.issues


def test_what_another_fact_cites_is_not_reworded() -> None:
    said = "A snapshot lives 30 days unless told otherwise."
    assert not reworded(f"<p>{said}</p>", frozenset({said})).partial


def test_the_pattern_as_its_own_topic_misses_nothing() -> None:
    p = page("<p>snapshot</p>")
    assert p.find_all("never", topic=ITSELF) == []
    assert p.absent == []


def test_rare_words_rank_the_sentence_that_took_anothers_place() -> None:
    texts = ["The sandbox is fast.", "The sandbox stays paused without end.", "The sandbox starts in the cloud."]
    ranking = Ranking([Sentence(t, (), "text") for t in texts])
    assert ranking.best(tokens("A paused sandbox is kept without end"))[0] == texts[1]


def test_other_candidates_are_no_part_of_the_matter() -> None:
    assert matter(or_now("lost: 'a'", ["b", "c" * 200])) == "lost: 'a'"
    assert or_now("lost", []) == "lost"


def test_sentences_end_at_full_stops() -> None:
    assert split("One costs $0.50. Two is free.") == ("One costs $0.50.", "Two is free.")
    assert len(split("They are kept for 30 resp. 90 days, approx. 8 GB each, Max. 2.")) == 1
