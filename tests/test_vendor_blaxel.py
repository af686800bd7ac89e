"""Blaxel's readers on changed pages: the new figure or none, never the old one and never another product's."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import capture

from sandsnap.model import Capture, Fact, Reading
from sandsnap.read.reading import read
from sandsnap.read.sources import vendor
from sandsnap.read.statements import judged

GOLDEN = Path(__file__).parents[1] / "src/sandsnap/vendors/blaxel/pages"
PAGES = {
    "old": ("https://docs.blaxel.ai/Sandboxes/Overview", "sandboxes-overview@2025-07-04.md"),
    "sandboxes": ("https://docs.blaxel.ai/Sandboxes/Overview", "sandboxes-overview@2026-05-14.md"),
    "practices": ("https://docs.blaxel.ai/Sandboxes/best-practices", "best-practices@2026-06-10.md"),
    "gens": ("https://docs.blaxel.ai/Infrastructure/Gens", "gens@2025-05-05.md"),
    "overview": ("https://docs.blaxel.ai/Overview", "overview@2026-06-08.md"),
    "regions": ("https://docs.blaxel.ai/Infrastructure/Regions", "regions@2026-05-21.md"),
    "blog": ("https://blaxel.ai/blog/blaxel-vs-modal", "blog-blaxel-vs-modal@2026-07-28.md"),
}
RESUME_MAX = ("cold_starts", "sandbox", "resume", "max")
RESUME_TYPICAL = ("cold_starts", "sandbox", "resume", "typical")
CREATE = ("cold_starts", "sandbox", "create", "typical")
BOOT_MAX = ("cold_starts", "sandbox", "boot", "max")
IDLE = ("limits", "sandbox", "any", "idle_timeout")
ISOLATION = ("isolation", "sandbox", "default")
STANDBY = ("persistence", "sandbox", "standby")
MEMORY = ("prices", "sandbox", "any", "memory", "-", "-", "list")
HIPAA = ("prices", "sandbox", "any", "addon", "hipaa", "-", "list")
CREDIT = ("allowances", "sandbox", "any", "credit", "once")

Key = tuple[str, ...]


def readings(url: str, text: str, day: str = "2026-06-01") -> list[Reading]:
    body = text.encode()
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return read(Capture(url, at, body, hashlib.sha256(body).hexdigest()))


def facts(url: str, text: str) -> dict[Key, Fact]:
    return {(f.table, *f.key.values()): f for r in readings(url, text) for f in r.facts}


def stated(fact: Fact) -> dict[str, object]:
    return {k: v for k, v in fact.values.items() if v is not None and k != "claimed_by"}


def golden(page: str) -> tuple[str, str]:
    url, file = PAGES[page]
    return url, (GOLDEN / file).read_text("utf-8")


@pytest.mark.parametrize(
    ("page", "old", "new", "key", "expected"),
    [
        # another amount, or another unit: the new one
        ("sandboxes", "25 milliseconds", "40 milliseconds", RESUME_MAX, {"high_ms": Decimal(40)}),
        ("sandboxes", "15 seconds", "2 minutes", IDLE, {"amount": Decimal(2), "unit": "minute"}),
        ("old", "approximately 20 ms", "approximately 35 ms", RESUME_TYPICAL, {"low_ms": 35, "high_ms": 35}),
        ("gens", "20", "30", BOOT_MAX, {"high_ms": Decimal(30)}),
        ("overview", "~2–4 seconds", "~400–600ms", CREATE, {"low_ms": Decimal(400), "high_ms": Decimal(600)}),
        ("overview", "after 5s", "after 30s", IDLE, {"amount": Decimal(30), "unit": "second"}),
        ("blog", "0.0000115", "0.0000230", MEMORY, {"usd": Decimal("0.000023"), "unit": "gb_second"}),
        ("blog", "Agreement, $250", "Agreement, $300", HIPAA, {"usd": Decimal(300), "unit": "month"}),
        ("blog", "up to $200", "up to $100", CREDIT, {"amount": Decimal(100), "unit": "usd"}),
        # reworded as on other days: the same
        ("sandboxes", "resume from standby in", "go from standby to active in", RESUME_MAX, {"high_ms": Decimal(25)}),
        ("gens", "Mk 3", "Mark 3", ISOLATION, {"technology": "firecracker", "boundary": "microvm"}),
        (
            "gens",
            "Firecracker-based micro VMs",
            "microVMs",
            ISOLATION,
            {"technology": "microvm", "boundary": "microvm"},
        ),
        # a statement that stands twice and is changed once: neither
        ("old", "standby to active in under 25", "standby to active in under 30", RESUME_MAX, None),
        ("sandboxes", "within approximately 15 seconds", "within approximately 5 seconds", IDLE, None),
        ("overview", "(~25ms)", "(~40ms)", RESUME_TYPICAL, None),
        ("blog", "billed at $0.0000115", "billed at $0.0000120", MEMORY, None),
        # a shape nobody knows: nothing
        ("sandboxes", "in **under 25 milliseconds**", "at once", RESUME_MAX, None),
        ("sandboxes", "Sandboxes resume", "Sandboxes no longer resume", RESUME_MAX, None),
        ("sandboxes", "15 seconds", "a while", IDLE, None),
        ("sandboxes", "within approximately 15 seconds", "within <%= idle %> seconds", IDLE, None),
        ("gens", "leverages Firecracker-based micro VMs", "leverages containers", ISOLATION, None),
        ("gens", "- sandboxes\n", "", ISOLATION, None),
        ("gens", "- sandboxes\n", "- coming soon: sandboxes\n", BOOT_MAX, None),
        ("overview", "after 5s inactivity", "after Contact us", IDLE, None),
        ("blog", "$0.0000115", "€0.0000115", MEMORY, None),
        ("blog", "RAM-second", "RAM-hour", MEMORY, None),
        ("blog", "Feature Blaxel Modal", "Feature Modal Blaxel", ISOLATION, None),
        ("blog", "Agreement, $250/month", "Contact us", HIPAA, None),
        ("blog", "$200 in free", "€200 in free", CREDIT, None),
    ],
)
def test_changed_pages(page: str, old: str, new: str, key: Key, expected: dict[str, object] | None) -> None:
    url, text = golden(page)
    assert old in text
    assert key in facts(url, text), "the unchanged page states it"
    found = facts(url, text.replace(old, new)).get(key)
    assert (found and stated(found)) == expected


# What the page of sandboxes says of bills, beside what the other tests are about.
BILLS = """
CPU comes based on your selected memory allocation and are not charged separately. You are not charged for memory while
a sandbox is in standby mode. However, you are charged for the storage of the snapshot.
"""


@pytest.mark.parametrize("page", PAGES)
def test_only_conflicts_of_the_page_are_issues(page: str) -> None:
    url, text = golden(page)
    assert [i.message for r in readings(url, text + BILLS) for i in r.issues] == []


def test_the_boot_times_of_other_products_are_left_alone() -> None:
    url, text = golden("overview")
    rows = text.splitlines()
    header = next(i for i, row in enumerate(rows) if row.startswith("| Product"))
    flipped = [
        "|" + "|".join(reversed(row.strip("|").split("|"))) + "|" if row.startswith("|") else row for row in rows
    ]
    swapped = [
        *rows[:header],
        *rows[header : header + 2],
        *reversed(rows[header + 2 : header + 5]),
        *rows[header + 5 :],
    ]
    expected = {k: stated(f) for k, f in facts(url, text).items()}
    assert expected[RESUME_TYPICAL] == {"low_ms": Decimal(25), "high_ms": Decimal(25)}
    assert {k: stated(f) for k, f in facts(url, "\n".join(swapped)).items()} == expected
    # the first column names the rows: flipped, the table cannot be read; what the sentences state is all that is
    text = "\n".join(flipped)
    assert {k: stated(f) for k, f in facts(url, text).items()} == expected
    assert "the cost of storage" in facts(url, text)[RESUME_TYPICAL].quote
    issues = {
        str(i.reader).rpartition("#")[2]: i.kind for r in readings(url, text) for i in r.issues if i.kind != "residue"
    }
    assert issues == dict.fromkeys(("component_choice", "standby_limit", "sdk_link"), "unreadable")


def test_a_bare_boot_time_is_not_a_resume() -> None:
    url, text = golden("overview")
    found = facts(url, text.replace(" (from standby)", "").replace(" (~25ms)", ""))
    assert RESUME_TYPICAL not in found
    assert RESUME_MAX in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| London |", "| London (coming soon) |"),
        ("`eu-lon-1`", "`london`"),
        ("| Region code |", "| Zone |"),
        ("## Available regions", "## Planned regions\n\n## Available regions of agents"),
        ("| Country |\n| --- |", "| Country | Status |\n| --- | --- |"),
    ],
)
def test_regions_in_another_shape_fail(old: str, new: str) -> None:
    url, text = golden("regions")
    assert old in text
    assert {k for k in facts(url, text.replace(old, new)) if k[0] == "regions"} == set()


def test_auto_is_no_region() -> None:
    assert {k[2] for k in facts(*golden("regions"))} == {"us-pdx-1", "us-was-1", "eu-lon-1", "eu-fra-1"}


def test_the_table_of_the_blog_as_html() -> None:
    url, _ = golden("blog")
    cells = {"Isolation model": ("gVisor", "Firecracker microVMs, separate kernel per sandbox")}
    cells["Auto-shutdown"] = ("after 5 seconds of inactivity", "Transitions to standby after ~15 seconds of inactivity")
    cells["Language SDKs"] = ("Python", "Python, TypeScript, Go")
    cells["Compliance"] = ("$900/month", "HIPAA (Business Associate Agreement, $250/month)")
    cells["Pricing model"] = ("$9", "Usage-based, with active compute billed at $0.0000115 per GB RAM-second. More")
    rows = "".join(f"<tr><td>{k}</td><td>{modal}</td><td>{ours}</td></tr>" for k, (modal, ours) in cells.items())
    head = "<tr><th>Feature</th><th>Modal</th><th>Blaxel</th></tr>"
    found = facts(
        url,
        f"<html><body><h1>Blaxel</h1><h2>Head-to-head feature comparison</h2><table>{head}{rows}</table></body></html>",
    )
    assert stated(found[MEMORY]) == {"usd": Decimal("0.0000115"), "unit": "gb_second"}
    assert stated(found[HIPAA])["usd"] == 250
    assert stated(found[IDLE]) == {"amount": Decimal(15), "unit": "second"}
    assert stated(found[ISOLATION])["dedicated_kernel"] is True
    assert {k[2] for k in found if k[0] == "sdks"} == {"python", "typescript", "go"}


def lifetimes(sentence: str) -> dict[str, tuple[object, object]]:
    url = "https://docs.blaxel.ai/Sandboxes/Expiration"
    found = facts(url, f"Expiration policies, for example 24h.\n\n{sentence}\n")
    return {k[2]: (f.values["amount"], f.values["unit"]) for k, f in found.items()}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("(Tier 0 and 1, with respectively up to 7 and 30 days)", {"tier_0": (7, "day"), "tier_1": (30, "day")}),
        ("(Tier 0 and 1, with respectively up to 12 hours and 3 days)", {"tier_0": (12, "hour"), "tier_1": (3, "day")}),
        ("(Tier 1 and 2, with respectively up to 10 and 60 days)", {"tier_1": (10, "day"), "tier_2": (60, "day")}),
        ("(Tier 0, 1 and 2, with respectively up to 7, 30 and 60 days)", {}),
        ("(Starter and Pro, with respectively up to 7 and 30 days)", {}),
    ],
)
def test_expiry_by_tier(sentence: str, expected: dict[str, tuple[int, str]]) -> None:
    assert lifetimes(f"Some quota tiers enforce expiration dates {sentence}.") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blaxel features a SDK in two languages: **Python and TypeScript**.", {"python", "typescript"}),
        ("Blaxel features SDKs in three languages: Python, TypeScript, and Go.", {"python", "typescript", "go"}),
        ("## Install\n\n### Python SDK\n\nx\n\n### TypeScript SDK\n\nThe Blaxel SDK", {"python", "typescript"}),
        ("Blaxel features SDKs in three languages: Python, TypeScript, and Zig.", set()),
        ("Blaxel features SDKs in two languages: Python, TypeScript, and Go.", set()),
        ("Blaxel features SDKs in three languages: Python, TypeScript, and Go (coming soon).", set()),
        ("The Blaxel SDK is there.", set()),
    ],
)
def test_languages(text: str, expected: set[str]) -> None:
    assert {k[2] for k in facts("https://docs.blaxel.ai/sdk-reference/introduction", text + "\n")} == expected


def test_best_practices_leave_retries_and_advice_alone() -> None:
    found = facts(
        "https://docs.blaxel.ai/Sandboxes/best-practices",
        "## Use the sandbox lifecycle strategically\n\nAuto-suspend happens automatically after 20s inactivity."
        " A tradeoff between instant resume times from standby mode (~30ms) and cost; keep them 7-60 days.\n\n"
        "Retry (500ms to 30s). Writes cost ~100ms.\n\n"
        "On quota tier 2 and above, no expiration policy is set by default.\n",
    )
    unlimited = found.pop(("limits", "sandbox", "tier_2", "lifetime_max"))
    assert (unlimited.values["amount"], unlimited.values["unit"]) == (None, "day")
    assert {k: stated(f) for k, f in found.items()} == {
        IDLE: {"amount": Decimal(20), "unit": "second"},
        RESUME_TYPICAL: {"low_ms": Decimal(30), "high_ms": Decimal(30)},
    }


LOG = """# Changelog

<Update label="2027-02-20">
### Storage pricing

We will begin charging for storage costs:

- starting {} for Sandbox Snapshots and Sandbox Volumes.
</Update>

<Update label="2027-01-11">
### Faster

Released platform changes that enable faster initial sandbox creation, down to 200ms.
</Update>

<Update label="2026-12-01">
### Private preview of Sandbox Teleports

Sandbox Teleports are available in private preview.

### Faster

Optimized creation flow of new sandboxes to bring it down to 2-3 seconds.
</Update>
"""


def test_an_entry_of_the_changelog_is_dated_and_the_newest_counts() -> None:
    url, key = "https://docs.blaxel.ai/changelog", ("notices", "sandbox", "storage_pricing", "price_change")
    read = facts(url, LOG.format("March 3, 2027"))
    assert read[key].values == {
        "announced_on": date(2027, 2, 20),
        "effective_on": date(2027, 3, 3),
        "status": "announced",
    }
    assert read["notices", "sandbox", "sandbox_teleports", "preview"].values["announced_on"] == date(2026, 12, 1)
    assert read["cold_starts", "sandbox", "create", "typical"].values["high_ms"] == 200
    assert facts(url, LOG.format("soon"))[key].values["effective_on"] is None


def test_standby_says_how_long_only_where_the_page_does() -> None:
    url, text = golden("sandboxes")
    assert facts(url, text)[STANDBY].values["indefinite"] is True
    shorter = text.replace("wait on standby indefinitely", "wait on standby for 30 days")
    assert STANDBY not in facts(url, shorter)  # reworded: it keeps its value until a person has looked
    assert STANDBY not in facts(url, text.replace("Memory state is maintained", "Nothing is maintained"))


PRICING = """# Pricing

## Sandboxes

Memory: $0.0000115 / GB RAM / second, CPU included.

Snapshot storage: $0.20/GB-month. Image storage: $0.045/GB-month. Volume storage: $0.12/GB-month.

Up to $200 in free credits, no credit card required.

| | Tier 0 | Tier 1 ($20) | Tier 2 ($50) |
| --- | --- | --- | --- |
| Concurrent sandboxes | 10 | 50 | 200 |
"""


def test_the_pricing_page_nobody_has_seen() -> None:
    """Written from descriptions: these forms are read, any other fails."""
    url = "https://blaxel.ai/pricing"
    assert next(s for s in vendor("blaxel").sources if s.url == url).proven is False
    prices = {k[3:5]: f.values["usd"] for k, f in facts(url, PRICING).items() if k[0] == "prices"}
    assert {k: str(v) for k, v in prices.items()} == {
        ("memory", "-"): "0.0000115",
        ("snapshot_storage", "-"): "0.20",
        ("storage", "images"): "0.045",
        ("volume", "-"): "0.12",
    }
    found = facts(url, PRICING)
    assert [found["limits", "sandbox", f"tier_{n}", "concurrent"].values["amount"] for n in range(3)] == [10, 50, 200]
    assert stated(found[CREDIT])["card_required"] is False
    for old, new, lost in (
        ("Sandboxes", "Batch jobs", MEMORY),
        ("$0.0000115", "€0.0000115", MEMORY),
        (
            "Snapshot storage: $0.20/GB-month",
            "Snapshot storage: $0.20",
            ("prices", "sandbox", "any", "volume", "-", "-", "list"),
        ),
    ):
        assert lost in found
        assert lost not in facts(url, PRICING.replace(old, new))


RATES = """# Pricing

## Sandboxes

| Resource | Price |
| --- | --- |
| Memory | \\$0.0000115 / GB / second |
| Snapshot storage | \\$0.20/GB/month |
| Image storage | \\$0.045/GB-month |
| Volumes | \\$0.12 per GB per month |

| Size | Memory | Price per hour |
| --- | --- | --- |
| XS | 2 GB | $0.0828 |
| XL | 32 GB | $1.3248/hr |
"""
SNAPSHOT = ("prices", "sandbox", "any", "snapshot_storage", "-", "-", "list")
SIZE_XS, SIZE_XL = (("prices", "sandbox", "any", "instance", size, "-", "list") for size in ("xs", "xl"))


def test_the_pricing_page_as_tables() -> None:
    url = "https://blaxel.ai/pricing.md"
    found = {k: (str(f.values["usd"]), f.values["unit"]) for k, f in facts(url, RATES).items()}
    assert found == {
        MEMORY: ("0.0000115", "gb_second"),
        SNAPSHOT: ("0.20", "gb_month"),
        ("prices", "sandbox", "any", "storage", "images", "-", "list"): ("0.045", "gb_month"),
        ("prices", "sandbox", "any", "volume", "-", "-", "list"): ("0.12", "gb_month"),
        SIZE_XS: ("0.0828", "instance_hour"),
        SIZE_XL: ("1.3248", "instance_hour"),
    }
    by_column = "| Resource | Price per GB-month |\n|---|---|\n| Snapshots | $0.20 |\n| Images | $0.045 |\n| Volumes | $0.12 |\n"
    assert str(facts(url, f"# Pricing\n\n{by_column}")[SNAPSHOT].values["usd"]) == "0.20"


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("## Sandboxes", "## Agents Hosting", SNAPSHOT),
        ("## Sandboxes", "## Blaxel vs others", MEMORY),
        ("GB / second", "GB / minute", MEMORY),
        (" / GB / second", "", MEMORY),
        ("/GB/month", "", SNAPSHOT),
        ("| Volumes |", "| Snapshots | $0.30/GB/month |\n| Volumes |", SNAPSHOT),
        ("Price per hour", "Price", SIZE_XS),
        ("| XS |", "| Ours |", SIZE_XL),
    ],
)
def test_tables_of_the_pricing_page_in_another_shape_fail(old: str, new: str, lost: Key) -> None:
    assert old in RATES
    assert lost in facts("https://blaxel.ai/pricing", RATES)
    assert lost not in facts("https://blaxel.ai/pricing", RATES.replace(old, new))


def test_how_long_standby_lasts_in_the_words_of_every_page() -> None:
    early = (GOLDEN / "sandboxes-overview@2025-10-30.md").read_text("utf-8")
    url = "https://docs.blaxel.ai/UVM/Overview"
    assert facts(url, early)[STANDBY].values["indefinite"] is True
    assert STANDBY not in facts(url, early.replace("doesn't limit how long", "says how long"))
    assert STANDBY not in facts(url, early.replace("doesn't limit", "limits"))
    url, text = golden("overview")
    said = facts(url, f"{text}\n- Blaxel doesn't limit how long a sandbox can stay in standby mode.\n")[STANDBY]
    assert stated(said) == {"indefinite": True}
    assert stated(facts(*golden("practices"))[STANDBY]) == {"indefinite": True, "by_default": True}


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        ("TypeScript, Python, or Go SDKs", {"typescript", "python", "go", "cli", "mcp"}),
        ("TypeScript and Python SDKs", {"typescript", "python", "cli", "mcp"}),
        ("TypeScript, Python, or Zig SDKs", {"cli", "mcp"}),
        ("any language", {"cli", "mcp"}),
    ],
)
def test_the_languages_on_the_front_page(languages: str, expected: set[str]) -> None:
    url, text = golden("overview")
    linked = f"{text}\n- [**SDK reference**](sdk): Manage Blaxel resources programmatically using {languages}.\n"
    assert {k[2] for k in facts(url, linked) if k[0] == "sdks"} == expected


def test_the_sandboxes_page_of_april_2025() -> None:
    url, text = golden("old")
    then = (
        "Blaxel's core backbone infrastructure (Mk 3 and later) relies on the same micro VMs as sandboxes run on.\n\n"
        "The SDK for managing a sandbox's lifecycle and to operate it is currently only available in TypeScript.\n\n"
    )
    found = facts(url, text + "\n" + then)
    assert stated(found[ISOLATION]) == {"technology": "microvm", "boundary": "microvm"}
    assert {k[2] for k in found if k[0] == "sdks"} - {"rest", "mcp"} == {"typescript"}


def test_a_boot_time_outside_its_table_fails() -> None:
    url, text = golden("overview")
    cards = "\n".join(f"- {row.strip('| ')}" if row.startswith("|") else row for row in text.splitlines())
    assert [i.message for r in readings(url, cards) for i in r.issues if i.kind == "reworded"]


def test_quota_tiers_are_read_only_from_a_table() -> None:
    url = "https://docs.blaxel.ai/Security/Quotas"
    advice = "## Quotas\n\nTier 1 lasts 30 days. Set a TTL of 7 to 60 days; an alert comes at 90%.\n"
    table = "\n| Limit | Tier 0 | Tier 1 | Tier 2 |\n| --- | --- | --- | --- |\n"
    assert facts(url, advice) == {}
    found = facts(url, advice + table + "| Concurrent sandboxes | 11 | 51 | 201 |\n")
    assert {k[2]: f.values["amount"] for k, f in found.items()} == {"tier_0": 11, "tier_1": 51, "tier_2": 201}
    kinds = [i.kind for r in readings(url, advice + table + "| Jobs | 1 | 2 | 3 |\n") for i in r.issues]
    assert "unreadable" in kinds


def test_every_figure_without_a_page_is_dated_and_reasoned() -> None:
    assert judged("blaxel")
    for j in judged("blaxel"):
        assert str(j.fact.verified_on) in ("2026-07-04", "2026-09-28")
        assert j.reason


def test_a_gpu_on_the_sandboxes_page_calls_for_a_person() -> None:
    url, text = golden("sandboxes")
    issues = [i.kind for r in readings(url, text + BILLS + "\nAdd a GPU to a sandbox.\n") for i in r.issues]
    assert issues == ["appeared"]


# -- archive, the help centre, generations, own servers --------------------------------------------------------------

ARCHIVE = "https://docs.blaxel.ai/Sandboxes/Archive"
STATES = "https://support.blaxel.ai/articles/6175051655-understanding-sandbox-active-vs-standby-states-and-billing"


def kept(url: str, text: str) -> dict[str, tuple[object, object]]:
    rows = [f for r in read(capture(url, text)) for f in r.facts if f.table == "persistence"]
    return {f.key["mechanism"]: (f.values["preserves"], f.values["by_default"]) for f in rows}


def test_an_archive_keeps_the_files() -> None:
    text = "# Archive\n\nArchiving a sandbox keeps its filesystem; the memory is gone: no memory is kept.\n"
    assert kept(ARCHIVE, text) == {"archive": ("filesystem", False)}
    assert kept(ARCHIVE, text + "\nIdle sandboxes are archived automatically.\n") == {"archive": ("filesystem", None)}
    assert not kept(ARCHIVE, text.replace("no memory is kept", "ask us"))


def test_the_help_centre_on_standby() -> None:
    text = """# States

If a sandbox has no active connections, it automatically transitions to standby mode in approximately 20 seconds.

- Blaxel creates a snapshot of the entire state (including the file system and running processes)
- Reconnecting resumes the sandbox in under 30ms
"""
    found = [f for r in read(capture(STATES, text)) for f in r.facts]
    assert [(f.key["limit"], f.values["amount"]) for f in found if f.table == "limits"] == [("idle_timeout", 20)]
    assert [f.values["high_ms"] for f in found if f.table == "cold_starts"] == [30]
    assert kept(STATES, text) == {"standby": ("filesystem_and_memory", True)}


def test_what_a_new_generation_brings() -> None:
    text = """# Generations

With it you can manually snapshot a sandbox's entire memory state (filesystem and running processes).
Fork a sandbox, creating a new sandbox that inherits another one's full memory state.

Mark 3.2 infrastructure leverages microVMs.

Mark 3.2 infrastructure is currently available to run the following workloads:

- sandboxes
"""
    url = "https://docs.blaxel.ai/Infrastructure/Gens"
    assert set(kept(url, text)) == {"memory_snapshot", "fork"}
    isolated = [f for r in read(capture(url, text)) for f in r.facts if f.table == "isolation"]
    assert [f.values["technology"] for f in isolated] == ["microvm"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("For some customers, bring-your-own-cloud deployments are available.", ["supported"]),
        ("There is no bring-your-own-cloud.", []),
    ],
)
def test_own_servers(words: str, status: list[str]) -> None:
    text = f"# Overview\n\nThe building blocks.\n\n{words}\n"
    found = [f for r in read(capture("https://docs.blaxel.ai/Overview", text)) for f in r.facts]
    assert [f.values["status"] for f in found if f.table == "self_hosting"] == status
