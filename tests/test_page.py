"""Every form of page becomes one tree, and selection from it is strict."""

import re
from decimal import Decimal as D

import pytest
from conftest import capture
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.read import source_text
from sandsnap.read.decode import CharsetError, form_of, text_of
from sandsnap.read.errors import Ambiguous, NotFound, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.sentences import ITSELF

URL = "https://e2b.dev/docs/billing"

MDX = """---
title: "Plans from $9"
nav: firecracker
---
import { Tooltip } from 'components'

{/* costs $1 */}
# Plans

<Note>
    Sessions last <Tooltip tip="up to 8 hours">45 minutes</Tooltip>{" "}on Hobby.

    - one
    - two
</Note>

<div style={{ width: "20 GB" }}>

| **Plan** | Price |
| --- | --- |
| `Hobby` | \\$0.0504/hour |
| Pro | ~~$2~~ $3/month |

</div>

```js
timeout: 15 minutes
```

<Accordion title="How long may it run?">
  Up to 24 hours.
</Accordion>
"""


def page(text: str | bytes, url: str = URL, **fields: object) -> Page:
    c = capture(url, text, **fields)
    decoded = text_of(c)
    return Page(c, decoded, form_of(c, decoded), "e2b", URL)


def test_mdx_keeps_text_and_drops_decoration() -> None:
    p = page(MDX)
    texts = [(b.kind, b.text) for b in p.blocks]
    assert ("text", "Sessions last 45 minutes on Hobby.") in texts
    assert ("item", "one") in texts
    assert ("item", "two") in texts
    assert ("text", "How long may it run?") in texts
    assert ("text", "Up to 24 hours.") in texts
    everything = " ".join(b.text for b in p.blocks)
    for dropped in ("firecracker", "$9", "$1", "import", "20 GB", "up to 8 hours"):
        assert dropped not in everything
    assert [b.text for b in p.blocks if b.kind == "code"] == ["timeout: 15 minutes"]


def test_tables_are_read_by_name() -> None:
    t = page(MDX).table("Plan", "Price", under="Plans")
    cell = t.row("hobby")["price"]
    fact = cell.price(cell.money(), "vcpu", plan="hobby")
    assert (fact.values["usd"], fact.values["unit"]) == (D("0.0504"), "vcpu_hour")
    assert fact.quote == "Hobby | $0.0504/hour"
    assert t.row("Pro")["Price"].money().value == D(3)
    with pytest.raises(NotFound, match="expected one row 'Team'"):
        t.row("Team")
    with pytest.raises(NotFound, match="no column fits 'Fee'"):
        _ = t.row("Pro")["Fee"]
    with pytest.raises(NotFound, match=r"found Plan \| Price"):
        page(MDX).table("Plan", "Limit")
    with pytest.raises(NotFound):
        page(MDX).table("Plan", "Price", under="Limits")


def test_statements_have_one_answer() -> None:
    p = page("# Limits\n\nA session lasts at most 24 hours. Ask us.\n\n## Hobby\n\nA session lasts at most 1 hour.\n")
    with pytest.raises(Ambiguous, match="both"):
        p.find("session lasts {duration}")
    m = p.find("session lasts {duration}", under="Hobby")
    assert m["duration"].value == D(1)
    assert p.find_all("session lasts {duration}", topic=ITSELF)[0].quote == "A session lasts at most 24 hours."
    assert p.maybe("pauses after {duration}", topic=ITSELF) is None
    with pytest.raises(NotFound) as e:
        p.find("a session will last {duration} at most")
    assert e.value.nearest is not None
    twice = page("It takes about 25 ms.\n\nIt takes 25 milliseconds.\n")
    assert twice.find("takes {duration}")["duration"].high == D(25)


STRUCK = ["~~{}~~", "<del>{}</del>", "<s>{}</s>", '<span class="price line-through">{}</span>']


@pytest.mark.parametrize("form", STRUCK)
def test_what_is_struck_out_is_not_stated(form: str) -> None:
    p = page(f"It starts in {form.format('under 90 ms')} 150 ms, for {form.format('$2/hour')} $3/hour.\n")
    assert [m["duration"].high for m in p.find_all("in {duration}", topic=ITSELF)] == [D(150)]
    assert [m["money"].value for m in p.find_all("{money}", topic=ITSELF)] == [D(3)]
    if form.startswith("<"):
        shown = page(f"<!DOCTYPE html><html><body><p>for {form.format('$2/hour')} $3/hour</p></body></html>")
        assert [m["money"].value for m in shown.find_all("{money}", topic=ITSELF)] == [D(3)]


@pytest.mark.parametrize("html", ["<table><tr><td>A</td><td>B</td></tr>{}</table>", "<div>{}</div>"])
@pytest.mark.parametrize("note", ["<sup>1</sup>", "<b><sup>2</sup></b>", '<sup class="x"><i>3</i></sup>'])
def test_a_footnote_is_no_digit_of_the_number_before_it(html: str, note: str) -> None:
    for head in ("", "<!DOCTYPE html>"):
        p = page(head + html.format(f"<tr><td>Sandboxes</td><td>20{note} at once</td></tr>") + "\n")
        assert p.find_all("{count} at once", topic=ITSELF) == []
        (text,) = (b.text for b in p.blocks if "at once" in b.text)
        assert re.search(r"20ˆ[123] at once", text)


def test_code_samples_do_not_count_as_statements() -> None:
    p = page("Text.\n\n```sh\npip install e2b\ntimeout 5 minutes\n```\n")
    assert p.maybe("timeout {duration}", topic=ITSELF) is None
    assert p.find("pip install (?P<package>[\\w-]+)", kinds=("code",)).group("package") == "e2b"


def test_dated_template_blocks_follow_the_day() -> None:
    erb = "<% if Time.now.utc < '2026-03-01T00:00:00Z' %>\nCharges start soon.\n<% end %>\n\nPrice: <%= price %>\n"
    assert page(erb, day="2026-02-28").says("Charges start soon")
    assert not page(erb, day="2026-03-01").says("Charges start soon")
    assert page(erb).form == "erb"
    assert page(erb).maybe("Price: {money}", topic=ITSELF) is None


def test_html_text_and_json() -> None:
    html = page("<!doctype html><html><nav>Pricing $5</nav><h1>A<br>B</h1><p>x<b>y</b> z</p><script>$9</script></html>")
    assert [b.text for b in html.blocks] == ["A B", "xy z"]
    assert page("Apache License\n\nVersion 2.0", url="https://github.com/e2b-dev/E2B/blob/main/LICENSE").form == "text"
    feed = page('{"gpus": [{"price": 2.27}]}', url="https://x.dev/feed.json")
    assert feed.data["gpus"][0]["price"] == D("2.27")


def test_charset_is_declared_never_guessed() -> None:
    latin = "<!doctype html><meta charset=iso-8859-1><p>caf\xe9</p>".encode("latin-1")
    assert "café" in page(latin).text
    assert "café" in page("café".encode("utf-16")).text
    with pytest.raises(CharsetError, match="not utf-8"):
        page(b"caf\xe9 $5")
    with pytest.raises(CharsetError, match="garbled"):
        page("it’s $5".encode().decode("cp1252"))
    with pytest.raises(CharsetError):
        page("x", headers=(("Content-Type", "text/html; charset=klingon"),))


def test_facts_keep_to_the_vocabulary() -> None:
    p = page("Sessions last 45 minutes.\n").find("last {duration}")
    with pytest.raises(Unreadable, match="not in the vocabulary"):
        p.fact("limits", plan="any", limit="bogus", amount=D(1), unit="hour")
    with pytest.raises(Unreadable, match="no column colour"):
        p.fact("limits", colour="red")
    with pytest.raises(Unreadable, match="no product"):
        p.fact("limits", product="machines", plan="any", limit="session_max", amount=D(1), unit="hour")


PRICES = [
    ("$0.128/hour", "vcpu", None, "vcpu_hour"),
    ("$0.0212/GB-hour", "memory", None, "gb_hour"),
    ("$0.15/GB", "egress", None, "gb"),
    ("$0.15 per GB per month", "storage", None, "gb_month"),
    ("$0.15 per month per GB", "storage", None, "gb_month"),
    ("$0.60/1M", "creation", None, "million"),
    ("$150/month", "plan_fee", None, "month"),
    ("$1.25/hour", "gpu", "gpu_hour", "gpu_hour"),
    ("$1.25", "gpu", "gpu_hour", "gpu_hour"),
    ("$1.25", "gpu", None, None),  # no unit anywhere
    ("$1.25/second", "gpu", "gpu_hour", None),  # the header and the cell disagree
    ("$5 per 30 days", "instance", None, None),
    ("$0.05/hour", "memory", None, None),  # per hour of what?
]


@pytest.mark.parametrize(("text", "meter", "header", "unit"), PRICES)
def test_a_price_has_a_stated_unit_or_is_refused(text: str, meter: str, header: str | None, unit: str | None) -> None:
    cell = page(text).passage(text)
    if unit is None:
        with pytest.raises(Unreadable):
            cell.price(cell.money(), meter, unit=header)
    else:
        assert cell.price(cell.money(), meter, unit=header).values["unit"] == unit


def test_rates_are_exact_or_refused() -> None:
    cell = page("x").passage("40/10 min")
    assert cell.limit("creation_rate", cell.rate()).values["amount"] == D(4)
    odd = page("x").passage("40/60 s")
    with pytest.raises(Unreadable, match="no exact rate"):
        odd.limit("creation_rate", odd.rate())


def test_a_label_in_several_lines_is_one_line_of_the_page() -> None:
    html = '<!doctype html><html><body><p>one</p><table><tr><th aria-label="Free\n  plan"></th></tr></table><p>two – “x”</p>'
    p = page(html)
    assert [b.text for b in p.blocks] == ["one", "Free plan", "two – “x”"]
    assert p.says("Free plan")
    assert p.says('two - "x"')
    assert p.says("plan two") is None


DUMP = """\
# All docs

Everything in one file.

## Guides

# Limits

A sandbox runs 5 minutes.

```python
# Functions
```

## Beyond

Ask us.

# Functions

A function runs 9 minutes.
"""


def test_of_a_dump_the_chapters_asked_for_are_read() -> None:
    kept = source_text.chapters(DUMP, "limits|(?:Other )?Chapter")
    assert kept == DUMP[DUMP.index("# Limits") : DUMP.index("# Functions\n\nA function")]
    assert source_text.chapters(DUMP, "") == ""
    assert source_text.chapters(f"Before.\n\n{DUMP}", "Lim") == "Before.\n\n"


@given(st.lists(st.sampled_from(["# A", "# B", "#A", "## A", "```", "~~~~", "```sh", "words", ""])))
def test_chapters_are_whole_and_each_is_kept_or_not(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert source_text.chapters(text, ".*") == text
    one, other = (source_text.chapters(text, name) for name in ("A", "B"))
    front = source_text.chapters(text, "neither")
    assert len(one) + len(other) - len(front) == len(text)
