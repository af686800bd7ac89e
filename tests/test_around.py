"""What stands around a price says what it is of: a note on its card, a sentence before it, a row of one text, a name."""

import pytest
from conftest import capture

from sandsnap.read.decode import form_of, text_of
from sandsnap.read.frames import gained
from sandsnap.read.page import Page
from sandsnap.read.phrases import part_of


def html(body: str) -> Page:
    c = capture("https://www.daytona.io/pricing", f"<!doctype html><html><body>{body}</body></html>", day="2026-10-10")
    text = text_of(c)
    return Page(c, text, form_of(c, text), "daytona", c.url)


def on_card(before: str, behind: str) -> tuple[str, str, str, str]:
    """When, currency, offer and bound of the price on a card, between these texts."""
    page = html(f"<div><h3>Pro</h3>{before}<p>$40/month</p>{behind}<ul><li>10 seats</li></ul></div>")
    m = page.find("{money}")
    scope = m.here()
    return scope.when, scope.currency, scope.offer, scope.bound


@pytest.mark.parametrize(
    ("before", "behind", "part"),
    [
        ("<p>from</p>", "", 3),
        ("<p>Starting at</p>", "", 3),
        ("", "<p>and up</p>", 3),
        ("<p>Yearly</p>", "", 2),
        ("", "<p>billed annually</p>", 2),
        ("", "<p>when you pay for a year</p>", 2),
        ("", "<p>for the first 3 months</p>", 2),
        ("", "<p>for students</p>", 2),
        ("", "<p>Canadian dollars</p>", 1),
        ("", "<p>starting February 2027</p>", 0),
        ("<p>Was</p>", "", 0),
    ],
)
def test_a_short_note_beside_a_price_is_said_of_it(before: str, behind: str, part: int) -> None:
    plain = ("now", "usd", "list", "exact")
    assert on_card(before, behind)[part] != plain[part]


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("<p>Recommended</p>", "<p>Cancel anytime.</p>"),
        ("", "<p>Save 20% with annual billing</p>"),
        ("", "<p>Try it for up to 14 days.</p>"),
        ("", "<p>Annual billing available</p>"),
    ],
)
def test_notes_on_other_things_leave_a_price_as_it_is(before: str, behind: str) -> None:
    assert on_card(before, behind) == ("now", "usd", "list", "exact")


def test_what_stands_before_the_next_price_is_said_of_that_one() -> None:
    page = html("<div><h3>Pro</h3><p>$50</p><p>Yearly</p><p>$40</p></div>")
    assert [m.here().offer for m in page.find_all("{money}", topic="never")] == ["list", "annual"]


@pytest.mark.parametrize(
    "lead",
    [
        "Starting January 11, 2027, the following rates apply:",
        "Next month our prices become:",
        "For comparison, E2B:",
        "The numbers are invented, to show how a bill works.",
        "Rates for startups in our credit program.",
        "With a reservation of one year:",
        "Here is what the plan will include once the new terms are in force.",
        "All prices reduced until 30 November 2026.",
    ],
)
def test_sentences_speak_of_the_prices_behind_them(lead: str) -> None:
    page = html(f"<h2>Rates</h2><p>{lead}</p><h3>CPU</h3><p>$0.05 / hour</p>")
    scope = page.find("{money}").here()
    assert scope.off or scope.offer != "list"


def test_a_sentence_with_a_price_of_its_own_speaks_of_that_one() -> None:
    page = html("<p>The price was $0.06 until March 2026.</p><h3>CPU</h3><p>$0.05 / hour</p>")
    assert not page.find("{money} / hour").here().off


@pytest.mark.parametrize(
    ("rows", "off"),
    [
        (["<td colspan=2>Prices in CAD.</td>", "PRICE"], True),  # over a group
        (["PRICE", "<td colspan=2>Prices in CAD.</td>"], True),  # a note on all
        (["PRICE", "<td colspan=2>Canada, in CAD</td>", "<td>GPU</td><td>$2</td>"], False),  # over the next group
    ],
)
def test_a_row_of_one_text_speaks_of_its_group_or_of_the_table(rows: list[str], off: bool) -> None:
    price = "<td>vCPU</td><td>$0.05</td>"
    body = "".join(f"<tr>{r.replace('PRICE', price)}</tr>" for r in rows)
    page = html(f"<table><tr><th>Resource</th><th>Price</th></tr>{body}</table>")
    cell = page.table("Resource").row("vCPU")["Price"]
    assert (cell.here().currency == "other") is off
    assert (cell.scan(r"{money}").here().currency == "other") is off


def test_a_part_of_a_cell_is_under_its_column() -> None:
    page = html("<table><tr><th>Resource</th><th>Price (CAD)</th></tr><tr><td>vCPU</td><td>$0.05 / h</td></tr></table>")
    cell = page.table("Resource").row("vCPU").cells[1]
    for part in (cell.scan("{money} / h"), cell.piece("$0.05")):
        assert part.here().currency == "other"
        assert part.frame == ("", "Price (CAD)")


@pytest.mark.parametrize(
    ("label", "off"),
    [
        ("Compute (Render)", True),
        ("Compute (rendered)", False),
        ("Render: compute", True),
        ("Compute (Daytona)", False),
    ],
)
def test_names_of_others_in_a_label_say_whose_a_price_is(label: str, off: bool) -> None:
    page = html(f"<table><tr><th>Resource</th><th>Price</th></tr><tr><td>{label}</td><td>$0.05</td></tr></table>")
    assert page.table("Resource").rows[0]["Price"].here().off is off


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (("Pricing",), ("Yesterday's pricing",), {"yesterday's"}),
        (("Pricing", "", "Pro (Per month)"), ("Pricing", "", "Pro (wholesale)"), {"wholesale"}),
        (("Rates", "", "Pro"), ("Rates", "Internal estimate", "Pro"), {"internal", "estimate"}),
        (("Rates",), ("What we drop", "Rates"), {"drop"}),
        (("Rates",), ("Rates and limits",), set()),
        (
            ("Volumes",),
            ("Unsupported products",),
            set(),
        ),  # another section: the words there count, not that they are new
    ],
)
def test_what_a_frame_gained(old: tuple[str, ...], new: tuple[str, ...], words: set[str]) -> None:
    assert gained(old, new) == words


def test_a_sum_is_no_figure_of_its_last_part() -> None:
    text = "200 + 50 total VM hours"
    assert part_of(text, text.index("50"), text.index("50") + 2)


def beside(behind: str) -> tuple[str, ...]:
    """What stands beside a figure in a list, with this behind it."""
    return html(f"<h2>Limits</h2><ul><li>A sandbox starts in 40 ms.</li></ul>{behind}").find("{duration}").beside


def test_the_titles_of_cards_are_not_beside_the_figure_before_them_but_a_note_is() -> None:
    cards = "".join(
        f"<div><p>{title}</p><p>Read how it is done.</p></div>" for title in ("Volumes", "Server of a partner")
    )
    assert beside(cards) == ()
    assert beside("<p>in the pilot region</p>" + cards) == ("in the pilot region",)
    assert beside("<p>in the pilot region</p><p>Read how it is done.</p>") == ("in the pilot region",)
