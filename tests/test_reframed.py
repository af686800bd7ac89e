"""A sentence that stayed but for words which may turn it is held; one that is plainly another is not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sandsnap.check.gate import gate
from sandsnap.check.reframed import gained
from sandsnap.model import Fact, Reading, Wait
from sandsnap.read.frames import Frames

OLD = "By default, sandboxes stop after 15 minutes of inactivity."
READER = "https://example.com/docs#idle"


def fact(quote: str, minutes: int = 15) -> Fact:
    return Fact(
        "limits", "daytona", {"product": "sandbox", "plan": "any", "limit": "idle_timeout"},
        {"amount": Decimal(minutes), "amount_max": None, "unit": "minute"}, "read", "https://example.com/docs", quote, "0" * 64,
        date(2026, 10, 13),
    )  # fmt: skip


def reading(f: Fact) -> Reading:
    return Reading("daytona", "https://example.com/docs", READER, "v", "good", (f,))


@pytest.mark.parametrize(
    "new",
    [
        "If sandboxes by default stop after 15 minutes of inactivity.",
        "By default, sandboxes on AWS stop after 15 minutes of inactivity.",
        "By default, sandboxes hardly stop after 15 minutes of inactivity.",
        "By default, our rivals' sandboxes stop after 15 minutes of inactivity.",
    ],
)
def test_gained_words_that_turn_a_sentence_hold_its_fact_whether_it_moved_or_not(new: str) -> None:
    for minutes in (15, 30):
        (out,) = gate("daytona", date(2026, 10, 14), {READER: [fact(OLD)]}, [reading(fact(new, minutes))])
        assert out.facts == ()
        assert out.partial
        assert [w.state for w in out.waits] == ["held"]
        assert any("gained" in i.message for i in out.issues)


@pytest.mark.parametrize(
    "new",
    [
        "By default, sandboxes stop after 30 minutes of inactivity.",
        "By default, all sandboxes stop automatically after 15 minutes of inactivity.",
        "Idle machines of others would pause at 15 minutes.",  # another sentence: its reader took it as such
    ],
)
def test_other_figures_harmless_words_and_other_sentences_pass(new: str) -> None:
    assert gained(fact(OLD), fact(new)) is None


def test_a_row_with_another_column_is_left_to_its_cells() -> None:
    assert gained(fact("Timeout | 15 minutes"), fact("Timeout | 15 minutes | no extra charge")) is None


def test_a_quoted_fact_answers_for_its_words_itself() -> None:
    quoted = replace(fact("Were it so: " + OLD), basis="quoted")
    assert gained(fact(OLD), quoted) is None


@pytest.mark.parametrize(
    ("new", "held"),
    [
        ("Render: by default, sandboxes stop after 30 minutes of inactivity.", True),
        ("By default, sandboxes of referred users stop after 30 minutes of inactivity.", True),
        ("By default, sandboxes stop after at most 30 minutes of inactivity.", True),
        ("By default, your sandboxes now stop after 30 minutes of inactivity.", False),
        ("By default, sandboxes stop after 1800 s of inactivity.", False),
        ("By default, sandboxes stop after 1800000 ms of inactivity.", False),
        ("By default, sandboxes stop after 0.5 hrs of inactivity.", False),
    ],
)
def test_a_figure_that_moves_with_any_other_word_is_held(new: str, held: bool) -> None:
    assert bool(gained(fact(OLD), fact(new, 30))) is held


@pytest.mark.parametrize(
    ("new", "held"),
    [
        ('{"type": "L4", "memoryGb": 24, "minutesIdle": 30}', None),
        ('{"type": "L4", "deprecated": true, "minutesIdle": 30}', "deprecated"),
    ],
)
def test_a_key_that_a_feeds_object_gained_is_no_word_of_a_sentence_unless_it_turns(new: str, held: str | None) -> None:
    assert gained(fact('{"type": "L4", "minutesIdle": 15}'), fact(new, 30)) == held


def test_a_value_that_moves_under_headings_that_gained_words_is_held_until_somebody_looks() -> None:
    frames = Frames()
    standing = replace(fact(OLD), frame=("Limits",))
    frames.compared([reading(standing)])
    new = replace(fact(OLD.replace("15", "30"), 30), frame=("Limits of the pilot",))
    waiting: dict[object, Wait] = {}
    for day in (14, 15, 16):
        # On the third day nobody remembers the old headings, but that it was held for them.
        compared = frames.compared([reading(new)]) if day < 16 else [reading(new)]
        (out,) = gate("daytona", date(2026, 10, day), {READER: [standing]}, compared, waiting=waiting)  # type: ignore[arg-type]
        assert out.facts == ()
        assert [w.state for w in out.waits] == ["held"]
        assert any("'pilot'" in i.message for i in out.issues)
        waiting = {(READER, w.fact.id): w for w in out.waits}
    (out,) = gate("daytona", date(2026, 10, 17), {READER: [standing]}, Frames().compared([reading(new)]))
    assert out.facts == (new,)


def test_a_first_value_of_a_redesigned_page_waits_for_a_person() -> None:
    other = replace(
        fact("Sandboxes run for 15 minutes."), key={"product": "sandbox", "plan": "any", "limit": "session_max"}
    )
    for standing, held in (({READER: [fact(OLD)]}, True), ({}, False)):
        new = replace(reading(fact(OLD)), facts=(fact(OLD), other), redesigned=True)
        (out,) = gate("daytona", date(2026, 10, 14), standing, [new])
        assert (other in out.facts) is not held
        assert [w.fact for w in out.waits] == ([other] if held else [])
