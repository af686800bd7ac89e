"""Reading takes time in proportion to the page, whatever it repeats: ratios of CPU time or of work, not seconds."""

import cProfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from conftest import capture

from sandsnap.model import Fact
from sandsnap.read import diagnose, memo
from sandsnap.read.around import Around
from sandsnap.read.decode import form_of, text_of
from sandsnap.read.entries.one import joined
from sandsnap.read.general.figures import figures
from sandsnap.read.page import Page
from sandsnap.read.passage import same_text
from sandsnap.read.reading import read
from sandsnap.read.residue import account, used
from sandsnap.read.tree import Block

URL = "https://e2b.dev/docs/billing"
MARKDOWN = [
    "<!--",
    "{/*",
    "a={",
    "{{ a |",
    "{% ",
    "<% ",
    "~~a ",
    "[^1]",
    "> ",
    "\n```",
    "**a ",
    "| a ",
    "Costs $5 from 2027. ",
]
HTML = [
    "<s>a",
    "<sup>1",
    "<del>",
    "<td>a",
    "<span hidden>x",
    "<p>These prices: $1.",
    "<table><tr><td colspan=9999>a</table>",
    "<%",
]


def seconds(form: str, unit: str, count: int) -> float:
    start = "<!doctype html><html><body><h1>Prices</h1>" if form == "html" else "# Prices\n\n"
    c = capture(URL, start + unit * count + "\n")
    text = text_of(c)
    best = 9.0
    for _ in range(2):
        began = time.process_time()
        p = Page(c, text, form_of(c, text), "e2b", URL)
        diagnose.remarks(p)
        p.find_all("{money} of credit", topic="credit")
        p.find_all("[Cc]osts {money}", topic="costs")
        _ = [r for t in p.tables for r in t.rows]
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.slow
@pytest.mark.parametrize(("form", "unit"), [("markdown", u) for u in MARKDOWN] + [("html", u) for u in HTML])
def test_time_is_linear(form: str, unit: str) -> None:
    times = [seconds(form, unit, n) for n in (500, 1000, 2000, 4000)]
    # Eight times the input in at most sixteen times the time; a quadratic reading takes 64.
    assert times[3] < 0.05 or times[3] <= 16 * max(times[0], 0.002), [round(t, 4) for t in times]


def calls(function: Callable[[], object]) -> int:
    """How many calls of Python functions a piece of work takes."""
    profile = cProfile.Profile(builtins=False)
    profile.runcall(function)
    return sum(entry.callcount for entry in profile.getstats())


class Counted(list[Block]):
    """Blocks that count how often one of them is looked at by its place."""

    looked_at = 0

    def __getitem__(self, place: int) -> Block:  # type: ignore[override]
        self.looked_at += 1
        return super().__getitem__(place)


def letters(function: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> int:
    """How many letters are compared as texts in a piece of work."""
    seen = [0]

    def counted(text: str) -> str:
        seen[0] += len(text)
        return same_text(text)

    for module in (account, used):
        monkeypatch.setattr(module, "same_text", counted)
    function()
    monkeypatch.undo()
    return seen[0]


TABLE = "\n\n| Size | Memory | Price |\n| --- | --- | --- |\n"
REPEATED = {
    "rows": (TABLE, lambda i: f"| size-{i} | {i + 2} GB | ${i}.5/hour |\n"),
    "prices beside notes": ("\n\n", lambda i: f"$0.{i + 100}/GB-hour\n\nup to {i + 2} GB\n\n"),
    "sentences that lead": ("\n\n", lambda i: f"These prices hold from 2027.\n\nMachine {i} costs ${i}.\n\n"),
    "differing leads": ("\n\n", lambda i: f"These prices hold from {2027 + i}.\n\nMachine {i} costs ${i}.\n\n"),
    "leads to lists": ("\n\n", lambda i: f"From {2027 + i} these are our prices:\n\nMachine {i} costs ${i}.\n\n"),
}


@pytest.mark.parametrize("kind", REPEATED)
def test_calls_are_linear(kind: str) -> None:
    head, unit = REPEATED[kind]

    def work(count: int) -> int:
        page = capture(URL, "# Billing\n\nE2B has prices." + head + "".join(map(unit, range(count))))
        memo.forget()
        return calls(lambda: read(page))

    work(1)  # loads the vendor
    base, once, twice = work(1), work(100), work(200)
    assert twice - base <= 2.5 * (once - base)


def test_rows_of_one_key_are_compared_with_their_own_key_only() -> None:
    def fact(usd: str, unit: str) -> Fact:
        return Fact("prices", "e2b", {"meter": "vcpu"}, {"usd": D(usd), "unit": unit}, "read", URL, usd, None, None)

    def work(count: int) -> int:
        facts = [fact("3.6", "vcpu_hour")] * count
        return calls(lambda: joined(facts, ()))

    once, twice = work(200), work(400)
    assert twice <= 2.5 * once
    fine, coarse, other = fact("0.001", "vcpu_second"), fact("3.6", "vcpu_hour"), fact("3.7", "vcpu_hour")
    assert joined([coarse, coarse, fine], ()) == [fine, coarse], "the first of its key is the one in two units"
    assert joined([coarse, other], ()) == [coarse, other], "a conflict of the page's"


def test_a_run_of_bounds_is_looked_at_once() -> None:
    def work(count: int) -> float:
        memo.forget()
        began = time.process_time()
        assert all(f.kind == "size" for f in figures("1 GB " + "> up to " * count + "x 2 GB"))
        return time.process_time() - began

    once, more = work(500), work(4000)
    assert more < 0.05 or more <= 16 * max(once, 0.002)


@pytest.mark.parametrize("lead", ["These prices hold from {}.", "From {} these are our prices:"])
def test_what_stands_around_is_asked_once_for_each_place(lead: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(count: int) -> int:
        texts = (t for i in range(count) for t in (lead.format(2027 + i), f"Machine {i} costs ${i}."))
        blocks = Counted(Block("text", t, ("Prices",)) for t in texts)
        memo.forget()
        found = Around(blocks, date(2026, 1, 1), "e2b", lambda words: range(len(blocks)))
        assert found.at(1).when == "from"
        return blocks.looked_at

    once, twice = work(200), work(400)
    assert twice <= 2.5 * once


@pytest.mark.parametrize("start", ["", "\n\n| What | Much |\n| --- | --- |\n| Extra | "])
def test_texts_compared_are_linear(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(count: int) -> int:
        text = start + "".join(f"Extra ${i}/hour and 10 GB. " for i in range(count))
        page = capture(URL, f"# Billing\n\n{text}{' |' if start else ''}\n")
        memo.forget()
        return letters(lambda: account.account(page, []), monkeypatch)

    assert work(800) <= 2.5 * work(400)
