"""What a page says of another time, vendor, currency or offer, hides or strikes out, is no fact of today."""

from datetime import date
from decimal import Decimal as D

import pytest
from conftest import capture

from sandsnap.model import Fact, Reading
from sandsnap.read import amounts
from sandsnap.read.bounds import bounded
from sandsnap.read.decode import form_of, text_of
from sandsnap.read.errors import Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Match
from sandsnap.read.reading import _in_scope, _unless_swapped
from sandsnap.read.scope import said
from sandsnap.read.sentences import ITSELF

URL = "https://www.daytona.io/pricing"


def page(text: str, url: str = URL, vendor: str = "daytona") -> Page:
    c = capture(url, text, day="2026-10-10")
    decoded = text_of(c)
    return Page(c, decoded, form_of(c, decoded), vendor, url)


def html(body: str) -> Page:
    return page(f"<!doctype html><html><body>{body}</body></html>")


def table(row: str, before: str = "", caption: str = "", column: str = "Price") -> Page:
    head = f"<caption>{caption}</caption>" if caption else ""
    return html(
        f"<h1>Pricing</h1>{before}<table>{head}<tr><th>Resource</th><th>{column}</th></tr><tr><td>vCPU</td>{row}</tr></table>"
    )


def priced(p: Page) -> Fact:
    cell = p.table("Resource").row("vCPU").cells[1]
    return cell.price(cell.money(), "vcpu", unit="vcpu_hour")


def sentence(text: str, pattern: str = "sandbox(?:es)? (?:run|stay up|live)s? (?:for )?{duration}") -> Fact:
    m = page(f"# Limits\n\n{text}\n").find(pattern)
    return m.limit("session_max", m["duration"])


def refusal(fact: Fact) -> str:
    return fact.refused[0] if fact.refused else ""


PLAIN = "<td>$0.0504</td>"


@pytest.mark.parametrize(
    "row",
    [
        "<td hidden>$0.09</td>",
        '<td><b style="visibility: hidden">$0.09</b></td>',
        '<td><span aria-hidden="true">$0.09</span></td>',
        '<td><span class="visually-hidden">$0.09</span></td>',
        "<td><dialog><p>$0.09</p></dialog></td>",
        "<td><DEL>$0.09</DEL></td>",
        '<td class="line-through">$0.09</td>',
        '<td><em style="color:red;text-decoration-line:line-through">$0.09</em></td>',
        "<td><strike><b><i>$0.09</i></b></td>",
    ],
)
def test_what_is_hidden_or_struck_out_is_no_price(row: str) -> None:
    fact = priced(table(row))
    assert refusal(fact) == "scope"


@pytest.mark.parametrize(
    "row", ['<td><img alt="$0.09"></td>', "<td><noscript>$0.09</noscript></td>", '<td aria-label="$0.09"></td>']
)
def test_what_no_text_says_cannot_be_read(row: str) -> None:
    assert table(row).table("Resource", "Price").row("vCPU")["Price"].text == ""


def test_icons_and_labels_say_yes() -> None:
    p = table("<td><svg><title>Included</title></svg></td>")
    assert p.table("Resource", "Price").row("vCPU")["Price"].text == "Included"
    p = table('<td><svg aria-hidden="true"></svg><span class="sr-only">Yes</span></td>')
    cell = p.table("Resource", "Price").row("vCPU")["Price"]
    assert (cell.text, cell.here().visible) == ("Yes", True)


def test_struck_beside_today_and_closed_details_are_read() -> None:
    fact = priced(table("<td><s>$0.09</s> $0.0504</td>"))
    assert (fact.refused, fact.values["usd"]) == (None, D("0.0504"))
    p = html("<details><summary>Storage</summary><p>Sandboxes run for 2 hours.</p></details>")
    assert p.find("run for {duration}").limit("session_max", p.find("run for {duration}")["duration"]).refused is None


@pytest.mark.parametrize(
    ("before", "caption", "column", "kind"),
    [
        ("<h2>Retired plans</h2>", "", "Price", "scope"),
        ("<h2>Legacy rates</h2>", "", "Price", "scope"),
        ("<h2>Prices (until 31 March 2026)</h2>", "", "Price", "scope"),
        ("<h2>Planned pricing</h2>", "", "Price", "announced"),
        ("<h2>Rates effective February 1, 2027</h2>", "", "Price", "announced"),
        ("", "Valid from 2027-02-01", "Price", "announced"),
        ("<p>These rates take effect on 1 March 2027.</p>", "", "Price", "announced"),
        ("<p>From 15 January 2027:</p>", "", "Price", "announced"),
        ("", "", "Price from March 2027", "announced"),
        ("", "", "Price (EUR)", "scope"),
        ("", "Amounts in Australian dollars", "Price", "scope"),
        ("<p>All prices are quoted in Canadian dollars.</p>", "", "Price", "scope"),
        ("<p>Our rates are listed in CAD, without tax.</p>", "", "Price", "scope"),
        ("<h2>What rival platforms charge</h2>", "", "Price", "scope"),
        ("<p>Other clouds charge:</p>", "", "Price", "scope"),
        ("<h2>Cost example</h2>", "", "Price", "scope"),
        ("<h2>A hypothetical plan</h2>", "", "Price", "scope"),
        ("<h2>Spot pricing</h2>", "", "Price", "scope"),
        ("", "", "Reserved price", "scope"),
        ("", "", "Price (billed annually)", "scope"),
        ("<h2>Introductory pricing</h2>", "", "Price", "scope"),
        ("", "", "Starting at", "scope"),
    ],
)
def test_scope_of_tables(before: str, caption: str, column: str, kind: str) -> None:
    assert refusal(priced(table(PLAIN, before, caption, column))) == kind


@pytest.mark.parametrize(
    ("before", "caption", "column"),
    [
        ("", "", "Price"),
        ("<h2>Prices since 1 October 2026</h2>", "", "Price"),
        ("<h2>Rates (effective 1 October 2026)</h2>", "", "Price"),
        ("<h2>Prices until 31 March 2027</h2>", "", "Price"),
        ("<p>All prices in US dollars (USD).</p>", "", "Price (USD)"),
        ("<p>Unlike other platforms, we charge by the second:</p>", "", "Price"),
        ("<h2>Compare our plans</h2>", "", "On demand"),
        ("<h2>Legacy plans</h2><p>They are closed.</p><h2>Prices</h2>", "", "Price"),
        ("<p>The price was $0.06 until March 2026.</p>", "", "Price"),
        ("", "Prices by the hour, in USD", "Price"),
    ],
)
def test_plain_tables_are_read(before: str, caption: str, column: str) -> None:
    assert priced(table(PLAIN, before, caption, column)).refused is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It is no longer the case that sandboxes run for 24 hours.", "scope"),
        ("It is a myth that a sandbox runs for 24 hours.", "scope"),
        ("Contrary to what you may read, sandboxes run for 24 hours.", "scope"),
        ("Until June 2026, sandboxes run for 24 hours.", "scope"),
        ("Previously, sandboxes run for 24 hours.", "scope"),
        ("Starting 1 January 2027, sandboxes run for 24 hours.", "announced"),
        ("As of February 2027 sandboxes run for 24 hours.", "announced"),
        ("Next year sandboxes run for 24 hours.", "announced"),
        ("On other platforms, sandboxes run for 24 hours.", "scope"),
        ("With another provider, a sandbox runs for 24 hours.", "scope"),
        ("E2B limits this: a sandbox runs for 24 hours.", "scope"),
        ("Suppose sandboxes run for 24 hours: what would it cost?", "scope"),
        ("For example, a sandbox runs for 24 hours and is then deleted.", "scope"),
        ("Imagine that a sandbox runs for 24 hours.", "scope"),
        ("Sandboxes run for about 24 hours.", "scope"),
    ],
)
def test_scope_of_sentences(text: str, kind: str) -> None:
    assert refusal(sentence(text)) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Sandboxes run for up to 24 hours.",
        "A sandbox runs for 24 hours, no longer than that.",
        "Since August 2026 sandboxes run for 24 hours.",
        "As of 1 September 2026, sandboxes run for 24 hours.",
        "If you do not set a limit, sandboxes run for 24 hours.",
        "Unlike other platforms, sandboxes run for 24 hours.",
        "Other plans exist. Sandboxes run for 24 hours. It will be more one day.",
        "Daytona limits this: a sandbox runs for 24 hours.",
    ],
)
def test_plain_sentences_are_read(text: str) -> None:
    fact = sentence(text)
    assert (fact.refused, fact.values["amount"]) == (None, D(24))


@pytest.mark.parametrize(
    "words", ["as low as", "from", "starting at", "at least", "a minimum of", "up to", "roughly", "~"]
)
def test_a_price_is_exact(words: str) -> None:
    m = page(f"# Pricing\n\nA vCPU costs {words} \\$0.05 per hour.\n").find("{money}")
    try:
        fact = m.price(m["money"], "vcpu")
    except Unreadable:  # a refusal of the grammar's is as good
        return
    assert refusal(fact) == "scope"


def test_a_reader_names_what_it_wants() -> None:
    m = page("# Pricing\n\nUp to \\$200 of credit.\n").find("{money}")
    assert refusal(m.allowance("credit", "once", m["money"])) == "scope"
    assert m.allowance("credit", "once", m["money"], bound="max").refused is None
    p = table(PLAIN, "<h2>Legacy rates</h2>")
    cell = p.table("Resource", "Price", under="Legacy rates").row("vCPU")["Price"]
    assert cell.price(cell.money(), "vcpu", unit="vcpu_hour").refused is None


def test_today_goes_before_what_was_and_what_will_be() -> None:
    old = "<h2>{}</h2><table><tr><th>Resource</th><th>Price</th></tr><tr><td>vCPU</td><td>{}</td></tr></table>"
    for first, second in (
        ("Deprecated rates", "Rates"),
        ("Rates from 1 May 2027", "Rates"),
        ("Rates", "Former prices"),
    ):
        p = html("<h1>Pricing</h1>" + old.format(first, "$0.05" if first == "Rates" else "$0.09")
                 + old.format(second, "$0.05" if second == "Rates" else "$0.09"))  # fmt: skip
        fact = priced(p)
        assert (fact.refused, fact.values["usd"]) == (None, D("0.05"))


def test_what_is_refused_becomes_an_issue_and_the_reading_partial() -> None:
    good, bad = priced(table(PLAIN)), priced(table(PLAIN, "<h2>Legacy rates</h2>"))
    other = sentence("Sandboxes run for 24 hours.")
    read = Reading("daytona", URL, f"{URL}#rates", "1", "good", (bad, other))
    assert _in_scope(read).facts == (other,)
    assert _in_scope(read).partial
    assert [(i.kind, "'Legacy'" in i.message) for i in _in_scope(read).issues] == [("scope", True)]
    both = Reading("daytona", URL, f"{URL}#rates", "1", "good", (good, bad))
    assert (_in_scope(both).facts, _in_scope(both).issues, _in_scope(both).partial) == ((good,), (), False)
    soon = priced(table(PLAIN, "<h2>Rates from 1 May 2027</h2>"))
    told = _in_scope(Reading("daytona", URL, f"{URL}#rates", "1", "good", (good, soon)))
    assert [i.kind for i in told.issues] == ["announced"]
    notice = told.facts[1]
    assert (notice.table, notice.key["kind"], str(notice.values["effective_on"])) == (
        "notices",
        "price_change",
        "2027-05-01",
    )


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ('<p>Up to 120<span class="footnote-ref">1</span> sandboxes at once.</p>', "120"),
        ('<p>Up to 120<a href="#fn2" role="doc-noteref">2</a> sandboxes at once.</p>', "120"),
        ('<p>Up to 120<sup><a href="#fn3">3</a></sup> sandboxes at once.</p>', "120"),
        ("<p>Up to 120[^4] sandboxes at once.</p>", "120"),
    ],
)
def test_the_mark_of_a_note_is_no_digit(text: str, amount: str) -> None:
    m: Match = html(text).find("{count} sandboxes")
    assert m["count"].high == D(amount)


def test_a_raised_figure_is_no_digit_either() -> None:
    assert html("<p>10<sup>3</sup> sandboxes at once.</p>").find_all("{count} sandboxes", topic=ITSELF) == []


@pytest.mark.parametrize(
    ("vcpu", "memory", "per", "taken"),
    [("$0.01", "$0.05", "gib_hour", 0), ("$0.05", "$0.01", "gib_hour", 2), ("$0.01", "$0.05", "gib_month", 2)],
)
def test_rows_that_trade_their_figures_are_doubted_whichever_readers_find_them(
    vcpu: str, memory: str, per: str, taken: int
) -> None:
    cells = [table(f"<td>{usd}</td>").table("Resource").row("vCPU").cells[1] for usd in (vcpu, memory)]
    facts = (
        cells[0].price(cells[0].money(), "vcpu", unit="vcpu_hour"), cells[1].price(cells[1].money(), "memory", unit=per),
    )  # fmt: skip
    out = _unless_swapped([Reading("daytona", URL, f"{URL}#{f.key['meter']}", "1", "good", (f,)) for f in facts])
    assert len([f for r in out for f in r.facts]) == taken
    assert [i.kind for r in out for i in r.issues] == ["unreadable"] * (2 - taken)
    assert all(r.partial for r in out if not r.facts)


@pytest.mark.parametrize(
    "inner",
    [
        '<b style="opacity: 0">$0.09</b>',
        '<b style="font-size:0">$0.09</b>',
        '<b style="position:absolute;left:-9999px">$0.09</b>',
        '<b style="clip: rect(0,0,0,0)">$0.09</b>',
        '<b class="d-none">$0.09</b>',
        '<div class="u-hidden">$0.09</div>',
        '<div style="height:0;overflow:hidden">$0.09</div>',
        '<div style="overflow: hidden; max-height: 0px">$0.09</div>',
        '<div style="content-visibility:hidden">$0.09</div>',
        '<div style="transform: scale(0)">$0.09</div>',
        '<div style="color: transparent">$0.09</div>',
        '<div class="compare-at">$0.09</div>',
        '<b class="card__old-price">$0.09</b>',
    ],
)
def test_what_styles_and_classes_take_from_the_eye_is_no_price(inner: str) -> None:
    assert refusal(priced(table(f"<td>{inner}</td>"))) == "scope"


def test_a_class_that_another_shows_on_a_wide_screen_hides_nothing() -> None:
    assert refusal(priced(table('<td><b class="hidden md:inline">$0.09</b></td>'))) == ""


@pytest.mark.parametrize("style", ['style="vertical-align:super"', 'class="superscript"'])
def test_a_figure_raised_by_style_is_no_digit_of_the_one_before(style: str) -> None:
    with pytest.raises(Unreadable):
        priced(table(f"<td>$0.09<span {style}>1</span></td>"))


@pytest.mark.parametrize(
    ("caption", "kind"),
    [
        ("Rates that applied in 2023", "scope"),
        ("Archive: 2023", "scope"),
        ("Planned figures", "announced"),
        ("Sample calculation", "scope"),
        ("Prices elsewhere", "scope"),
        ("Student discount applied", "scope"),
        ("In Mexican pesos", "scope"),
        ("Prices of 2026", ""),
    ],
)
def test_captions_in_other_words(caption: str, kind: str) -> None:
    assert refusal(priced(table(PLAIN, caption=caption))) == kind


@pytest.mark.parametrize(
    "lead",
    [
        "These rates are outdated.",
        "Everything below takes effect in March 2031.",
        "The following figures are made up.",
        "These are not our prices.",
        "All prices below assume annual billing.",
        "These prices apply to spot capacity.",
        "Please note: $ means Canadian dollars here.",
        "The currency of this page is the Canadian dollar.",
    ],
)
def test_sentences_before_a_table_in_other_words(lead: str) -> None:
    assert refusal(priced(table(PLAIN, before=f"<p>{lead}</p>"))) in ("scope", "announced")


@pytest.mark.parametrize(
    "text",
    [
        "Back in 2023, sandboxes run for 5 hours.",
        "Myth: sandboxes run for 5 hours.",
        "Don't believe that sandboxes run for 5 hours.",
        "Prior to version 2, sandboxes run for 5 hours.",
        "On legacy plans, sandboxes run for 5 hours.",
        "What if sandboxes run for 5 hours?",
        "Some clouds say sandboxes run for 5 hours.",
        "In this made-up example, sandboxes run for 5 hours.",
        "In the next release, sandboxes run for 5 hours.",
    ],
)
def test_sentences_in_other_words(text: str) -> None:
    assert refusal(sentence(text)) in ("scope", "announced")


def test_a_fact_that_cites_its_row_does_not_outlive_the_cell_it_is_from() -> None:
    p = html(
        "<table><tr><th>Resource</th><th>Per second</th></tr><tr><td>vCPU</td><td><del>$0.000014</del></td></tr>"
        "<tr><td>RAM</td><td>$0.0000045</td></tr></table>"
    )
    table_ = p.table("Resource", "Per second")
    struck, plain = (
        p.of_its_row(row.first.fact("prices", plan="any", meter=meter, usd=D(usd), unit=unit))
        for row, meter, usd, unit in zip(
            table_.rows, ("vcpu", "memory"), ("0.000014", "0.0000045"), ("vcpu_second", "gib_second"), strict=True
        )
    )
    assert (refusal(struck), refusal(plain)) == ("scope", "")


@pytest.mark.parametrize(
    ("text", "pattern", "bound"),
    [
        ("up to 13 machines", r"up to (?P<count>\d+) machines", "exact"),
        ("at least 13 machines", r"up to (?P<count>\d+) machines", "min"),
        ("at least up to 13 machines", r"\bup to\b (?P<count>\d+) machines", "min"),
        (">13 machines", r"(?P<count>\d+) machines", "min"),
        ("around 13 machines at most", r"(?P<count>\d+) machines", "about"),
        ("some 13 machines", r"(?P<count>\d+) (?:machines|somethings)", "about"),
    ],
)
def test_the_bounds_around_a_number_are_those_that_a_readers_pattern_does_not_name(
    text: str, pattern: str, bound: str
) -> None:
    at = text.index("13")
    assert bounded(amounts.count("13"), text, at, at + 2, pattern).bound == bound


@pytest.mark.parametrize("text", ["not 13 machines", "you save 13 machines", "rather than 13 machines"])
def test_a_number_that_is_named_as_what_does_not_hold_is_refused(text: str) -> None:
    at = text.index("13")
    with pytest.raises(Unreadable, match="stands before it"):
        bounded(amounts.count("13"), text, at, at + 2, r"(?P<count>\d+) machines")
    assert bounded(amounts.count("13"), text, at, at + 2, rf"{text[:at]}(?P<count>\d+) machines").bound == "exact"


@pytest.mark.parametrize(
    "text", ["up to >13 machines", "at most 13 machines or more", "a minimum of up to 13 machines", "≥ <13 machines"]
)
def test_two_bounds_around_one_number_are_refused(text: str) -> None:
    at = text.index("13")
    with pytest.raises(Unreadable):
        bounded(amounts.count("13"), text, at, at + 2)
    with pytest.raises(Unreadable):
        sentence(f"Sandboxes run for {text.replace('machines', 'hours')}")


def test_what_is_called_previous_holds_no_more_whatever_its_last_day() -> None:
    assert said("Previous prices and limits (until 2027)", "heading", date(2026, 11, 28)).when == "past"
    assert said("Prices until 2027", "heading", date(2026, 11, 28)).when == "until"
