"""A sentence that stayed but for words which may turn it is held; one that is plainly another is not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sandsnap.check.gate import gate
from sandsnap.check.reframed import gained
from sandsnap.model import Fact, Reading

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
