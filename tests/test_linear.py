"""Reading takes time in proportion to the page, whatever it repeats: ratios of CPU time, not seconds."""

import time

import pytest
from conftest import capture

from sandsnap.read import diagnose
from sandsnap.read.decode import form_of, text_of
from sandsnap.read.page import Page

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
