"""What keeps a figure to some cases is refused whatever its words; and a figure that moves beside new words waits."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sandsnap.model import Capture, Fact, Reading
from sandsnap.read.frames import Frames
from sandsnap.read.page import Page
from sandsnap.read.scope import said

DAY = date(2026, 10, 10)


def whose(text: str, place: str) -> str:
    return said(text, place, DAY, "", "daytona").whose


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("lead", "During the hackathon:"),
        ("lead", "Partners pay:"),
        ("lead", "Off-peak (nights and weekends):"),
        ("lead", "Winner of a quiz? This is yours:"),
        ("heading", "Usage, as it will look after the merger"),
        ("heading", "Volumes under an umbrella agreement"),
        ("caption", "For alumni"),
        ("column", "Price (loyalty card)"),
        ("row", "Memory (own hardware)"),
        ("note", "YC companies only"),
        ("note", "if you refer a friend"),
        ("note", "depending on the data centre"),
    ],
)
def test_a_restriction_that_nobody_knows_is_one(place: str, text: str) -> None:
    assert whose(text, place) == "some"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("lead", "Here’s what’s included during the trial:"),
        ("lead", "With Daytona sandboxes, you get:"),
        ("lead", "Tier 2 accounts get:"),  # a plan of the vendor's
        ("lead", "You pay for what you use:"),
        ("lead", "To unlock higher limits, ask the committee as follows:"),  # what to do, not what it costs
        ("heading", "When a sandbox is paused"),
        ("heading", "Rates (effective 1 October 2026)"),  # a day is told by the words on days
        ("column", "Memory (GiB)"),
        ("row", "Snapshot storage (per GB)"),
        ("note", "Most popular"),
        ("note", "For professional bakers"),  # whom a plan is meant for, as cards say
    ],
)
def test_what_pages_of_prices_speak_of_restricts_nothing(place: str, text: str) -> None:
    assert whose(text, place) == "own"


BODY = "<h1>Pricing</h1>{over}<div>{before}<div>vCPU</div><div>{price}</div><div>/ h</div>{behind}</div>"


def fact(price: str, over: str = "", before: str = "", behind: str = "") -> Fact:
    html = BODY.format(price=price, over=over, before=before, behind=behind)
    capture = Capture("https://www.daytona.io/pricing", datetime(2026, 10, 10, tzinfo=UTC), html.encode(), "0" * 64)
    page = Page(capture, html, "html", "daytona", capture.url)
    passage = page.passage(f"vCPU {price} / h", ("Pricing",))
    return passage.fact("prices", plan="any", meter="vcpu", usd=Decimal(price[1:]), unit="vcpu_hour")


def compared(new: Fact) -> tuple[str, ...]:
    frames = Frames()
    out = ()
    for f in (fact("$0.05"), new):
        ((out,),) = [r.facts for r in frames.compared([Reading("daytona", "u", "r", "v", "good", (f,))])]
    return out.reframed


@pytest.mark.parametrize(
    "texts",
    [
        {"behind": "<div>Alumni rate</div>"},
        {"over": "<p>What our elders hand out:</p>"},
        {"behind": "<p>* Ops only.</p>"},
    ],
)
def test_a_price_that_moves_beside_new_words_names_them(texts: dict[str, str]) -> None:
    assert compared(fact("$0.04", **texts))
    assert not compared(fact("$0.05", **texts))  # it did not move


@pytest.mark.parametrize(
    "texts",
    [{}, {"behind": "<div>Most popular</div>"}, {"over": "<p>We rebuilt this page, and like it.</p>"}],
)
def test_a_price_that_moves_beside_what_speaks_for_itself_is_plain(texts: dict[str, str]) -> None:
    assert compared(fact("$0.04", **texts)) == ()
