"""What is not found on a page: reworded while the page still speaks of it, gone when it does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sandsnap.check.decisions import Decisions
from sandsnap.check.gate import gate
from sandsnap.check.reworded import reworded
from sandsnap.model import Fact, Reading

URL = "https://vercel.com/docs/sandbox/pricing"
LIMIT = Fact(
    "limits", "vercel", {"product": "sandbox", "plan": "any", "limit": "session_max"},
    {"amount": Decimal(5), "amount_max": None, "unit": "hour"}, "read", URL, "Work for 5 hours at a stretch.", "0" * 64, None,
)  # fmt: skip
PAUSE = Fact(
    "persistence", "vercel", {"product": "sandbox", "mechanism": "pause_resume"},
    {"preserves": "memory", "retention_days": None, "indefinite": None, "by_default": None}, "read", URL,
    "vm pause <vmId> Freeze a running VM, keeping its memory", "0" * 64, date(2026, 11, 2),
)  # fmt: skip


def reading(text: str, *facts: Fact) -> Reading:
    return Reading("vercel", URL, f"{URL}#limits", "1", "good", text=text, facts=facts)


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        ("Maximum session length\n5 hours\nMore.", True),  # the figure beside the item's words, in two cells
        ("The longest session is 5 hours.", True),
        ("Builds take 5 hours.", False),  # the figure of something else
        ("Maximum session length\nContact us", False),  # the item without its figure
        ("Nothing of the kind.", False),
    ],
)
def test_a_figure_that_stands_beside_its_item_is_not_gone(now: str, kept: bool) -> None:
    out = reworded(reading(now), [LIMIT], set(), Decisions())
    assert (out.partial, [i.kind for i in out.issues]) == (kept, ["lost_quote"] if kept else [])


def test_what_another_reader_rests_on_speaks_of_something_else() -> None:
    line = "The longest session is 5 hours."
    assert not reworded(reading(line), [LIMIT], set(), Decisions(), [line]).partial


def test_words_in_other_forms_and_cells_are_the_same_words() -> None:
    said = "Command\nWhat happens\nvm pause <id>\nfreezes a VM and keeps its memory\nvm delete <id>\nremoves it"
    assert reworded(reading(said), [PAUSE], set(), Decisions()).partial
    assert not reworded(
        reading(said.replace("pause", "resize").replace("freezes", "grows")), [PAUSE], set(), Decisions()
    ).partial


def test_a_redesigned_page_that_leaves_out_a_figure_does_not_verify_it() -> None:
    standing = replace(PAUSE, values={**PAUSE.values, "retention_days": Decimal(30)})
    today = replace(reading("Paused VMs keep their memory.", PAUSE), redesigned=True)
    [out] = gate("vercel", date(2026, 11, 2), {today.reader: [standing]}, [today])
    assert (out.facts, out.partial) == ((), True)
    without_default = replace(PAUSE, values={**PAUSE.values, "by_default": True})
    [out] = gate("vercel", date(2026, 11, 2), {today.reader: [without_default]}, [today])
    assert out.facts == (without_default,), out.issues


@pytest.mark.parametrize(
    ("now", "kept"), [("A wholly other page: this is beta.", True), ("A wholly other page.", False)]
)
def test_what_is_in_beta_is_so_while_the_page_has_the_word(now: str, kept: bool) -> None:
    key = {"product": "sandbox", "subject": "sdk", "kind": "beta"}
    values = {"announced_on": None, "effective_on": None, "status": "effective"}
    beta = Fact("notices", "vercel", key, values, "read", URL, "The SDK (beta) runs sandboxes.", "0" * 64, None)
    today = reading(now)
    [out] = gate("vercel", date(2026, 11, 2), {today.reader: [beta]}, [today])
    assert out.partial == kept


def test_what_is_said_of_plans_is_no_longer_said_of_all() -> None:
    plans = [replace(LIMIT, key={**LIMIT.key, "plan": p}, quote=f"{p} | 5 hours") for p in ("hobby", "pro")]
    line = "Work for 5 hours at a stretch on Hobby, and for longer on Pro."
    assert reworded(reading(line), [LIMIT], set(), Decisions()).partial
    assert not reworded(reading(line, *plans), [LIMIT], {(URL, f.id) for f in plans}, Decisions()).partial
