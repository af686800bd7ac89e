"""A table with amounts that no reader of its page looks at is an issue on the first day."""

from conftest import capture

from sandsnap.model import Fact, Reading
from sandsnap.read.decode import form_of, text_of
from sandsnap.read.page import Page
from sandsnap.read.unread import set_aside, unread_tables
from sandsnap.vendors import VENDORS

URL = "https://www.daytona.io/pricing"
TABLES = """# Prices

| Thing | Price |
|---|---|
| vCPU | $1 |

## Extras

| Extra | Fee |
|---|---|
| Seat | $5 |

| Mark | Means |
|---|---|
| x | yes |
"""


def page() -> Page:
    c = capture(URL, TABLES, day="2026-10-10")
    text = text_of(c)
    return Page(c, text, form_of(c, text), "daytona", URL)


def reading(*facts: Fact) -> Reading:
    return Reading("daytona", URL, f"{URL}#x", "v", "good", facts)


def test_a_table_that_nobody_asked_for_shows_itself_with_its_header() -> None:
    p = page()
    p.table("Thing", "Price")
    assert list(unread_tables(p, [reading()])) == ["no reader looks at the table 'Extra | Fee' under 'Extras'"]


def test_a_table_whose_row_is_cited_is_read_and_one_without_amounts_is_no_matter() -> None:
    p = page()
    p.table("Thing", "Price")
    row = p.tables[1].rows[0]
    cited = row.first.fact("plans", plan="pro", name="Pro", kind="paid")
    assert list(unread_tables(p, [reading(cited)])) == []


def test_what_is_set_aside_names_sources_and_says_why() -> None:
    entries = [e for v in VENDORS for e in set_aside(v)]
    assert entries
    assert all(e.why for e in entries)
