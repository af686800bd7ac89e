"""What an entry of statements.toml can say, on a page of a vendor that is only that."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from conftest import capture

from sandsnap.model import Fact
from sandsnap.read.entries import declared
from sandsnap.read.errors import ReadError, Unreadable
from sandsnap.read.page import Page

URL = "https://e2b.dev/docs/billing"
VENDOR = "e2b"  # any vendor will do: its plans are Hobby, Pro and Enterprise


def page(text: str) -> Page:
    return Page(capture(URL, text), text, "markdown", VENDOR, URL)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Read a page with these entries of one reader: the facts as {key without what is blank: values}."""

    def facts(text: str, *given: dict[str, Any], terms: dict[str, Any] | None = None) -> dict[tuple[str, ...], Any]:
        stated: dict[str, Any] = {"sentence": [], "cell": [], "terms": terms or {}}
        for entry in given:
            section = "cell" if "table" in entry else "sentence"
            stated[section].append({"reader": "toy", "on": "billing", **entry})
        for module in ("declared", "terms"):
            monkeypatch.setattr(f"sandsnap.read.entries.{module}.stated", lambda _: stated)
        (reader,) = (function for _, function in declared.readers(VENDOR))
        return {
            _key(f): {k: v for k, v in f.values.items() if v is not None} | {"quote": f.quote}
            for f in reader(page(text))
        }

    yield facts


def _key(fact: Fact) -> tuple[str, ...]:
    return (fact.table, *(v for k, v in fact.key.items() if k != "product" and v not in ("-", "list")))


KEPT = {"table": "persistence", "mechanism": "filesystem_snapshot"}
SAVES = {"says": "Snapshots save the disk", "makes": {**KEPT, "preserves": "filesystem"}}
DAYS = {
    "says": "kept for {duration}",
    "part": True,
    "topic": r"\bkept\b",
    "makes": {**KEPT, "retention_days": "{duration}"},
}


def test_a_part_adds_its_values_and_its_quote(read: Any) -> None:
    both = read("Snapshots save the disk.\n\nThey are kept for 30 days.\n", SAVES, DAYS)
    assert both == {
        ("persistence", "filesystem_snapshot"): {
            "preserves": "filesystem",
            "retention_days": 30,
            "quote": "Snapshots save the disk. | They are kept for 30 days.",
        }
    }
    assert read("They are kept for 30 days.\n\nSnapshots save the disk.\n", SAVES) == {
        ("persistence", "filesystem_snapshot"): {"preserves": "filesystem", "quote": "Snapshots save the disk."}
    }


def test_a_heading_names_the_plan(read: Any) -> None:
    entry = {
        "under": r"(?P<plan>\w+) tier",
        "says": "^{count} sandboxes at once",
        "makes": {"limit": "concurrent", "plan": "{plan:plan}"},
    }
    text = "## Hobby tier\n\n- 20 sandboxes at once\n\n## Pro tier\n\n- 100 sandboxes at once\n"
    found = read(text, entry)
    assert {k[1]: v["amount"] for k, v in found.items()} == {"hobby": 20, "pro": 100}
    with pytest.raises(ReadError):
        read(text.replace("100 sandboxes", "many sandboxes"), entry)


def test_a_list_counts_only_under_what_opens_it(read: Any) -> None:
    entry = {"led": "may run for", "all": True, "says": r"^{duration} on (?P<plan>\w+)$", "topic": "itself"}
    entry |= {"makes": {"limit": "session_max", "plan": "{plan:plan}"}}
    text = "A sandbox may run for:\n\n- 24 hours on Pro\n- 1 hour on Hobby\n\nLogs are kept for:\n\n- 7 days on Pro\n"
    assert {k[1]: (v["amount"], v["unit"]) for k, v in read(text, entry).items()} == {
        "pro": (24, "hour"),
        "hobby": (1, "hour"),
    }


def test_the_members_of_a_list_must_all_fit(read: Any) -> None:
    entry = {"says": "^At most (?P<list>[^.]+)", "items": r"{count} vCPUs on (?P<plans>[\w/]+)"}
    entry |= {"makes": {"limit": "vcpu_max", "plan": "{plans:plan}", "each": "plans"}}
    found = read("At most 4 vCPUs on Hobby, 8 vCPUs on Pro/Enterprise.\n", entry)
    assert {k[1]: v["amount"] for k, v in found.items()} == {"hobby": 4, "pro": 8, "enterprise": 8}
    with pytest.raises(Unreadable):
        read("At most 4 vCPUs on Hobby, plenty on Pro.\n", entry)


def test_what_a_page_must_say_as_well(read: Any) -> None:
    entry = {"says": "vCPU: {money}", "needs": r"rates are for (?P<region>\w+)"}
    entry |= {"makes": {"price": "vcpu", "region": "{region}"}}
    text = "vCPU: $0.05 per vCPU-hour\n\n"
    assert set(read(text + "These rates are for iad1.\n", entry)) == {("prices", "any", "vcpu", "iad1")}
    with pytest.raises(Unreadable, match="does not say"):
        read(text, entry)
    with pytest.raises(Unreadable, match="a person must look"):
        read("vCPU: $0.05 per vCPU-hour\n\nIt ends soon.\n", {**entry, "refuse": "ends soon"})


RATES = "| Resource | Per second | Per hour |\n| --- | --- | --- |\n| vCPU | $0.000014 per vCPU | {} per vCPU |\n"


@pytest.mark.parametrize(("hourly", "read_as"), [("$0.0504", "0.000014"), ("$0.05", "0.000014"), ("$0.06", None)])
def test_a_rate_in_two_units_of_time_is_the_finer_one(read: Any, hourly: str, read_as: str | None) -> None:
    entries = [
        {"table": ["Resource", column], "row": "vCPU", "column": column, "says": "{money}", "makes": {"price": "vcpu", "unit": unit}}
        for column, unit in (("Per second", "vcpu_second"), ("Per hour", "vcpu_hour"))
    ]  # fmt: skip
    if read_as is None:
        with pytest.raises(ReadError, match="both"):
            read(RATES.format(hourly), *entries)
        return
    (price,) = read(RATES.format(hourly), *entries).values()
    assert (price["usd"], price["unit"]) == (Decimal(read_as), "vcpu_second")


def test_a_table_may_be_meant_as_it_is_and_named_by_another_column(read: Any) -> None:
    table = "| Place | Code |\n| --- | --- |\n| London | lhr |\n"
    entry = {"table": ["Place", "Code"], "whole": True, "name": "Code", "column": "Place", "says": ".+"}
    entry |= {"makes": {"table": "regions", "region": "{first}", "status": "available"}}
    assert set(read(table, entry)) == {("regions", "lhr")}
    more = (
        table.replace("Code |", "Code | Status |").replace("--- |\n", "--- | --- |\n").replace("lhr |", "lhr | soon |")
    )
    with pytest.raises(Unreadable, match="nobody knows"):
        read(more, entry)


def test_units_of_the_contract(read: Any) -> None:
    pool = {"says": "Memory: {size}", "makes": {"limit": "memory_pool"}}
    assert read("Memory: 6 TiB\n", pool)["limits", "any", "memory_pool"]["amount"] == 6144
    time = {
        "says": "{count} vCPU-minutes a month",
        "makes": {"allowance": "vcpu_time", "period": "month", "unit": "vcpu_minute"},
    }
    assert read("375 vCPU-minutes a month\n", time)["allowances", "any", "vcpu_time", "month"]["amount"] == Decimal(
        "6.25"
    )
    with pytest.raises(Unreadable, match="no exact number"):
        read("100 vCPU-minutes a month\n", time)
