"""Pages of dated entries: an entry is news of its day, in whatever form its day is written, and only what it announces."""

from datetime import date

import pytest
from test_page import page

from sandsnap.read.changelog import day_of, items, news

FORMS = {
    "a component": '<Update label="2026-03-09">\n\n### {}\n\n{}\n\n</Update>',
    "a heading": "## March 9, 2026\n\n### {}\n\n{}",
    "a heading the other way round": "## 9 Mar 2026\n\n### {}\n\n- {}",
    "a version with its day": "## v2.1.0 (2026-03-09)\n\n### {}\n\n{}",
}
ABOUT, BESIDES = "sandbox|pricing", "Notebooks"


def told(text: str) -> dict[tuple[str, str], tuple[object, object]]:
    read = news(ABOUT, BESIDES)(page("# Changelog\n\n" + text, file="log.mdx"))
    return {(f.key["subject"], f.key["kind"]): (f.values["announced_on"], f.values["effective_on"]) for f in read}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    ("title", "text", "subject", "kind", "effective"),
    [
        ("Private preview of Cold Drives", "Cold Drives for sandboxes are in private preview.", "cold_drives", "preview", None),
        ("Sandbox teleports", "In public beta, move a sandbox.", "sandbox_teleports", "beta", None),
        ("Cold Drives", "Now generally available to every sandbox.", "cold_drives", "availability", None),
        ("New pricing plans", "Our plans are new.", "pricing_plans", "price_change", None),
        ("Egress pricing", "Starting April 1, 2026 we charge for it.", "egress_pricing", "price_change", date(2026, 4, 1)),
        ("Sunsetting old sandboxes", "We will stop them.", "old_sandboxes", "end_of_life", None),
        ("Acme is now Bolt!", "Our official name change: a sandbox by another name.", "name", "policy_change", None),
    ],
)  # fmt: skip
def test_an_entry_is_a_notice_of_its_day(
    form: str, title: str, text: str, subject: str, kind: str, effective: date | None
) -> None:
    assert told(form.format(title, text)) == {(subject, kind): (date(2026, 3, 9), effective)}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Preview URLs for sandboxes", "Added support for public preview URLs."),
        ("Faster sandboxes", "They start sooner."),
        ("Pricing API for sandboxes", "Ask for rates."),
        ("Notebooks", "In private preview, notebooks beside a sandbox."),
        ("Queues", "Queues are in private preview."),
    ],
)
def test_what_announces_nothing_of_ours_is_no_notice(title: str, text: str) -> None:
    assert told(FORMS["a heading"].format(title, text)) == {}


def test_without_a_day_there_is_no_entry() -> None:
    assert told("## Unreleased\n\n### Cold Drives\n\nSandbox drives are in private preview.") == {}
    assert day_of(("Changelog", "Version 2.1", "June 2026")) is None
    assert day_of(("2026-13-45", "3 May 2026")) == date(2026, 5, 3)


def test_of_two_entries_of_one_thing_the_newest_counts() -> None:
    one = "## 2026-0{}-01\n\n### New pricing plans\n\nOur plans are new."
    assert told(f"{one.format(2)}\n\n{one.format(5)}\n\n{one.format(3)}") == {
        ("pricing_plans", "price_change"): (date(2026, 5, 1), None)
    }


def test_what_stands_under_a_day_alone_has_no_name() -> None:
    (only,) = items(page("## 2026-02-01\n\n- Sandboxes are in private preview.", file="log.md"))
    assert (only.day, only.title, len(only.texts)) == (date(2026, 2, 1), "", 1)
