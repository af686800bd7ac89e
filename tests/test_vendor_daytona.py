"""Daytona's readers on pages of their structure: what they read, and what they refuse when the page changes."""

import json
from pathlib import Path

import pytest
from conftest import capture

from sandsnap.model import Fact, Issue
from sandsnap.read import statements
from sandsnap.read.reading import judgements, read

GOLDEN = Path(__file__).parents[1] / "src/sandsnap/vendors/daytona/pages"
DOCS = "https://www.daytona.io/docs/en"
FEED = "https://billing.app.daytona.io/gpu-pricing"
REPOSITORY = "https://github.com/daytonaio/daytona"
URLS = {row["file"]: row["url"] for row in map(json.loads, (GOLDEN / "index.jsonl").read_text("utf-8").splitlines())}

LIMITS, SANDBOXES, README = "limits@2026-06-15.md", "sandboxes@2026-06-15.md", "readme@2026-06-24.md"
INDEX, GPUS = "index@2026-06-15.md", "gpu-pricing@2026-07-02.json"
V2_ISOLATION, V2_LIMITS = "v2-isolation@2026-10-09.md", "v2-limits@2026-10-09.md"


def page(url: str, text: str) -> tuple[list[Fact], list[Issue]]:
    headers = (("content-type", "application/json"),) if text.startswith("{") else ()
    readings = read(capture(url, text, headers=headers))
    return [f for r in readings for f in r.facts], [i for r in readings for i in r.issues]


def golden(file: str, *changes: tuple[str, str]) -> tuple[list[Fact], list[Issue]]:
    text = (GOLDEN / file).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return page(URLS[file], text)


def short(facts: list[Fact], table: str) -> dict[str, str]:
    """{"plan/limit": "10 count"}: the key without product, dashes and list prices, the stated values."""
    return {
        "/".join(v for k, v in f.key.items() if k != "product" and v not in ("-", "list")): " ".join(
            str(v) for k, v in f.values.items() if v is not None
        )
        for f in facts
        if f.table == table
    }


TIERS = {
    "tier_1/vcpu_pool": "10 count", "tier_1/disk_pool": "30 gib",
    "tier_2/vcpu_pool": "100 count", "tier_2/memory_pool": "200 gib", "tier_2/disk_pool": "300 gib",
    "tier_3/vcpu_pool": "250 count", "tier_3/memory_pool": "500 gib", "tier_3/disk_pool": "2000 gib",
    "tier_4/vcpu_pool": "500 count", "tier_4/memory_pool": "1000 gib", "tier_4/disk_pool": "5000 gib",
    "tier_1/creation_rate": "300 per_minute", "tier_2/creation_rate": "400 per_minute",
    "tier_3/creation_rate": "500 per_minute", "tier_4/creation_rate": "600 per_minute",
}  # fmt: skip


def test_tiers_are_pools_and_the_contradiction_is_a_conflict() -> None:
    facts, issues = golden(LIMITS)
    assert short(facts, "limits") == TIERS
    assert [i.kind for i in issues] == ["conflict"] and "tier_1 / memory_pool" in issues[0].message
    assert {f.table for f in facts} == {"limits"}, "a top-up is no fee"


AGREED = ("| **1**          | 10                 | 20 ", "| **1**          | 10                 | 10 ")


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ([AGREED], {"tier_1/memory_pool": "10 gib"}),
        ([("| 10,000                         | 300 ", "| 10,000                         | 350 "),
          ("10,000                     | 300", "10,000                     | 350")],
         {"tier_1/creation_rate": "350 per_minute"}),
        ([("100 / 200GiB", "120 / 200GiB"), ("| 100   ", "| 120   ")], {"tier_2/vcpu_pool": "120 count"}),
        ([("Sandbox Creation (per min)", "Sandbox Creation (per sec)"), ("Sandbox Creation (minutes)", "Other")],
         {f"tier_{n}/creation_rate": f"{n + 2}00 per_second" for n in (1, 2, 3, 4)}),
        # The overview's columns in another order.
        ([("**Compute (vCPU)** | **Memory (GiB)** ", "**Memory (GiB)** | **Compute (vCPU)** "),
          ("| 10                 | 20   ", "| 20                 | 10   "),
          ("| 100                | 200  ", "| 200                | 100  "),
          ("| 250                | 500  ", "| 500                | 250  "),
          ("| 500                | 1,000", "| 1,000              | 500  ")], {}),
        ([("| Custom   | Custom  ", "| Tier 5   | 900 / 2TB / 9GB")], None),
        ([("| Tier 2   | 100 / 200GiB / 300GiB ", "| Tier 2   | Contact us "),
          ("| 100                | 200   ", "| Custom | Custom "),
          ("| 300               | 20,000", "| Custom            | 20,000")],
         {"tier_2/vcpu_pool": None, "tier_2/memory_pool": None, "tier_2/disk_pool": None}),
    ],
)  # fmt: skip
def test_tiers_change_with_the_page(changes: list[tuple[str, str]], differs: dict[str, str | None] | None) -> None:
    facts, issues = golden(LIMITS, *changes)
    got = short(facts, "limits")
    if differs is None:
        assert "unreadable" in {i.kind for i in issues}
        assert not [k for k in got if k.endswith("_pool")]
    else:
        assert got == {k: v for k, v in {**TIERS, **differs}.items() if v is not None}


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("Tier 1   | 10 / 10GiB", "Starter  | 10 / 10GiB", "_pool"),  # a tier nobody has mapped
        ("200GiB", "200", "_pool"),  # a size without its unit
        ("| 400 ", "| many ", "creation_rate"),
        ("Sandbox Creation (per min)", "Sandbox Creation", "creation_rate"),
    ],
)
def test_tiers_in_an_unknown_shape_fail(old: str, new: str, missing: str) -> None:
    facts, issues = golden(LIMITS, (old, new))
    assert not [k for k in short(facts, "limits") if k.endswith(missing)]
    assert issues


ONE = {
    "any/vcpu_max": "4 count", "any/memory_max": "8 gb", "any/disk_max": "10 gb", "any/idle_timeout": "15 minute",
    "any/session_max": "minute", "any/auto_archive_default": "7 day", "any/auto_archive_max": "30 day",
    "any/auto_delete_default": "minute",
}  # fmt: skip


def test_one_sandbox() -> None:
    facts, issues = golden(SANDBOXES)
    assert short(facts, "limits") == ONE
    assert short(facts, "gpus") == {"h100": "available", "rtx-pro-6000": "available"}
    assert short(facts, "isolation") == {"default": "True"}
    assert short(facts, "persistence") == {
        "pause_resume": "filesystem_and_memory",
        "fork": "filesystem_and_memory",
        "memory_snapshot": "filesystem_and_memory",
    }
    assert not issues


@pytest.mark.parametrize(
    ("changes", "key", "value"),
    [
        ([("default interval of `15 minutes`", "default interval of `20 minutes`")], "any/idle_timeout", "20 minute"),
        ([("`7 days`", "`14 days`")], "any/auto_archive_default", "14 day"),
        ([("`30 days`", "`60 days`")], "any/auto_archive_max", "60 day"),
        ([("**4 vCPUs**", "**6 vCPUs**"), ("**`4`**", "**`6`**")], "any/vcpu_max", "6 count"),
        ([("**4 vCPUs**", "**6 vCPUs**")], "any/vcpu_max", None),  # the table says otherwise
        ([("| **`8`** ", "| **`9`** ")], "any/memory_max", None),
        ([("| Memory       | GiB ", "| Memory       | TiB ")], "any/memory_max", None),
        ([("allowing the sandbox to run indefinitely", "for up to 24 hours")], "any/session_max", "24 hour"),
    ],
)
def test_one_sandbox_changes_with_the_page(changes: list[tuple[str, str]], key: str, value: str | None) -> None:
    facts, issues = golden(SANDBOXES, *changes)
    assert short(facts, "limits").get(key) == value
    assert bool(issues) == (value is None or "session_max" in key)  # read in other words: with an issue


def test_a_default_in_other_words_is_read_with_an_issue() -> None:
    facts, issues = golden(SANDBOXES, ("will never be automatically deleted", "are deleted after 90 days"))
    assert short(facts, "limits") == {**ONE, "any/auto_delete_default": "90 day"}
    assert "unreadable" in {i.kind for i in issues}


@pytest.mark.parametrize(
    ("item", "expected", "fails"),
    [
        ("NVIDIA H100 80GB", {"h100-80gb": "available", "rtx-pro-6000": "available"}, False),
        ("NVIDIA B200 (coming soon)", {"rtx-pro-6000": "available"}, False),
        ("NVIDIA drivers", {}, True),
        ("Text", {"rtx-pro-6000": "available"}, False),
    ],
)
def test_gpus(item: str, expected: dict[str, str], fails: bool) -> None:
    facts, issues = golden(SANDBOXES, ("**NVIDIA H100**", item))
    assert (short(facts, "gpus"), bool(issues)) == (expected, fails)


def test_experimental_gpus_are_a_preview() -> None:
    facts, _ = golden(SANDBOXES, ("- **NVIDIA H100**", ":::caution[Experimental]\nAsk us.\n:::\n\n- **NVIDIA H100**"))
    assert short(facts, "gpus") == {"h100": "preview", "rtx-pro-6000": "preview"}


@pytest.mark.parametrize(
    ("words", "stated"),
    [
        ("with container-level isolation, giving it a dedicated kernel", {"default": "container True"}),
        ("in isolation, giving it a shared kernel", {}),
        ("in isolation, without a kernel", {}),
        ("with hypervisor-level isolation, giving it a dedicated kernel", {}),
    ],
)
def test_isolation_of_a_sandbox(words: str, stated: dict[str, str]) -> None:
    facts, issues = golden(SANDBOXES, ("in isolation, giving it a dedicated kernel", words))
    assert short(facts, "isolation") == stated
    assert bool(issues) == (not stated)


PLANE = "- **Interface plane**\n- SDK: Go for programmatic access\n\n"


@pytest.mark.parametrize(
    ("url", "text", "stated"),
    [
        (
            "security-exhibit",
            "## Sandbox isolation\n\nContainer and/or microVM. Daytona uses Sysbox as its container runtime.",
            {"default": "sysbox container"},
        ),
        ("security-exhibit", "## Sandbox isolation\n\nDaytona no longer uses Sysbox.", {}),
        (
            "architecture",
            f"{PLANE}Each sandbox runs as an isolated container with its own Linux namespaces.",
            {"default": "container"},
        ),
        ("architecture", f"{PLANE}Each sandbox runs as an isolated instance with its own Linux namespaces.", {}),
        (
            "linux-sandboxes",
            "# Linux sandboxes\n\n| Term | Description |\n|-|-|\n"
            "| Container | Runs as a container and shares the kernel of the host. The default sandbox class. |\n"
            "| Linux VM | A sandbox that runs as a virtual machine with its own Linux kernel. |",
            {"default": "container False", "vm": "vm True"},
        ),
        (
            "isolation",
            "Daytona sandboxes are isolated by default.\n\n| Sandbox class | Runtime boundary |\n|-|-|\n"
            "| Container | Isolated container with dedicated namespaces and limits. |",
            {"default": "container"},
        ),
        (
            "sandboxes/vm-sandboxes",
            "VM sandboxes are for workloads that require a full virtual machine with a dedicated system.",
            {"vm": "vm"},
        ),
    ],
)
def test_isolation_of_other_pages(url: str, text: str, stated: dict[str, str]) -> None:
    assert short(page(f"{DOCS}/{url}", text)[0], "isolation") == stated


@pytest.mark.parametrize(
    ("words", "stated"),
    [
        ("Full virtual machine with its own Linux kernel.", "vm True"),
        ("Hardware-isolated virtual machine on a shared host.", "vm"),
        ("Something new.", None),
    ],
)
def test_the_boundary_of_the_linux_vm_class(words: str, stated: str | None) -> None:
    table = (
        "| Sandbox class | Runtime boundary |\n|-|-|\n| Container | Isolated container with dedicated namespaces. |\n"
    )
    text = f"Daytona sandboxes are isolated by default.\n\n{table}| Linux VM | {words} |\n"
    facts, issues = page(f"{DOCS}/isolation", text)
    assert short(facts, "isolation") == {"default": "container", **({"vm": stated} if stated else {})}
    assert bool(issues) == (stated is None)


def test_the_second_tree_is_a_product_of_its_own() -> None:
    facts, _ = golden(V2_ISOLATION)
    assert short(facts, "isolation") == {"default": "firecracker microvm True"}
    facts += golden(V2_LIMITS)[0]
    assert short(facts, "limits") == {"any/vcpu_max": "16 count", "any/memory_max": "32 gib", "any/disk_max": "256 gib"}
    assert {f.key["product"] for f in facts} == {"sandbox-v2"}
    assert not golden(V2_ISOLATION, ("a Firecracker microVM", "a Quark microVM"))[0]


def test_a_repository_that_freezes() -> None:
    text = (GOLDEN / README).read_text("utf-8")
    before, _ = page(REPOSITORY, text[text.index("<h3") :])
    after, _ = page(REPOSITORY, text)
    assert short(before, "self_hosting") == {"core": "supported AGPL-3.0", "byoc": "supported"}
    assert short(after, "self_hosting") == {"core": "frozen AGPL-3.0", "byoc": "supported"}
    assert (short(before, "notices"), short(after, "notices")) == ({}, {"repository/repository_frozen": "effective"})


def test_a_notice_nobody_has_read_is_no_support() -> None:
    known = "This repository is no longer maintained. Core development has moved to a private codebase"
    facts, issues = golden(README, (known, "This repository has entered maintenance"))
    assert "core" not in short(facts, "self_hosting")
    assert not short(facts, "notices")
    assert any("a person must look" in i.message for i in issues)


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("Apache License\nVersion 2.0, January 2004\n\n1. Definitions.", "Apache-2.0"),
        (
            "GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\n\nwith the GNU General Public License",
            "AGPL-3.0",
        ),
        ("Another License\nVersion 9, today", None),
    ],
)
def test_licence_file(text: str, licence: str | None) -> None:
    facts, issues = page(f"{REPOSITORY}/blob/main/LICENSE", text)
    assert [f.values["licence"] for f in facts] == ([licence] if licence else [])
    assert bool(issues) == (licence is None)


@pytest.mark.parametrize(
    ("badge", "licence"), [("AGPL--3", "AGPL-3.0"), ("AGPL--3.0", "AGPL-3.0"), ("Apache--2.0", None), ("WTFPL", None)]
)
def test_readme_badge_and_text_must_agree(badge: str, licence: str | None) -> None:
    text = (
        f"![License](https://img.shields.io/badge/License-{badge}-blue)\n\n"
        "Daytona is Open Source under the GNU AFFERO GENERAL PUBLIC LICENSE, and is the copyright of its contributors."
    )
    assert [f.values["licence"] for f in page(REPOSITORY, text)[0]] == ([licence] if licence else [])


SDKS: dict[str, str | None] = {
    "python": "True daytona", "typescript": "True @daytona/sdk", "ruby": "True daytona", "java": "True io.daytona:sdk",
    "go": "True github.com/daytonaio/daytona/libs/sdk-go", "rest": "True", "cli": "True",
}  # fmt: skip


def test_sdks_and_speed() -> None:
    facts, issues = golden(INDEX)
    assert short(facts, "sdks") == SDKS
    assert short(facts, "cold_starts") == {"create/max": "90 vendor"}
    assert not issues


@pytest.mark.parametrize(
    ("old", "new", "table", "expected"),
    [
        ("under 90ms", "under 120ms", "cold_starts", {"create/max": "120 vendor"}),
        ("under 90ms", "~90ms", "cold_starts", {"create/typical": "90 90 vendor"}),
        ("spinning up in under 90ms", "spinning up in no time", "cold_starts", {}),
        ("npm install @daytona/sdk", "npm install some-sdk", "sdks", {**SDKS, "typescript": None}),
    ],
)
def test_index_changes_with_the_page(old: str, new: str, table: str, expected: dict[str, str | None]) -> None:
    facts, issues = golden(INDEX, (old, new))
    assert short(facts, table) == {k: v for k, v in expected.items() if v is not None}
    assert table != "sdks" or issues


RATES = {
    "any/gpu/h100": "3.95 gpu_hour", "any/gpu/rtx-pro-6000": "3.03 gpu_hour",
    "any/vcpu": "0.0504 vcpu_hour", "any/memory": "0.0162 gib_hour", "any/storage": "0.000108 gib_hour",
}  # fmt: skip


def test_feed_prices_and_no_gpus() -> None:
    facts, issues = golden(GPUS)
    assert short(facts, "prices") == RATES
    assert {f.table for f in facts} == {"prices"}, "a GPU that is listed cannot always be had"
    assert {f.key["offer"] for f in facts} == {"list"}, "spot prices are left out by name"
    assert next(f.quote for f in facts if "h100" in f.key.values()) == (
        '{"type": "H100", "onDemandPricePerHour": 3.95, "spotPricePerHour": 1.5}'
    )
    assert not issues


@pytest.mark.parametrize(
    ("changes", "key", "value"),
    [
        ([("3.95", "2.27")], "any/gpu/h100", "2.27 gpu_hour"),
        ([("3.95", '"3.95"')], "any/gpu/h100", None),
        ([('"gpus"', '"currency": "EUR", "gpus"')], "any/gpu/h100", None),
        ([('"gpus"', '"cards"')], "any/gpu/h100", None),
        ([('"gpus": [', '"gpus": 7, "cards": [')], "any/gpu/h100", None),
        ([('"H100"', '"H100\\ud83d"')], "any/gpu/h100", None),
        ([('"gpus"', '"effectiveDate": "2099-01-01", "gpus"')], "any/gpu/h100", None),
        (
            [('"onDemandPricePerHour": 3.95', '"onDemandPricePerHour": 3.95, "onDemandPricePerHour": 4.95')],
            "any/gpu/h100",
            None,
        ),
        ([("3.95", "NaN")], "any/gpu/h100", None),
        ([("3.95", "1e999")], "any/gpu/h100", None),
        ([("3.95", "123456789012345678901234567890")], "any/gpu/h100", None),
        ([('"type": "H100"', '"type": "Mystery"')], "any/gpu/h100", None),
        ([('"type": "H100"', '"type": "MI355X"')], "any/gpu/mi355x", "3.95 gpu_hour"),
        ([("vcpuPerHour", "vcpuPerMinute")], "any/vcpu", None),
    ],
)
def test_feed_changes(changes: list[tuple[str, str]], key: str, value: str | None) -> None:
    facts, issues = golden(GPUS, *changes)
    assert short(facts, "prices").get(key) == value
    assert bool(issues) == (value is None)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('"gpus"', '"money": {"currency": "GBP"}, "gpus"'), "any/gpu/h100"),
        (('"gpus"', '"currencies": ["EUR"], "gpus"'), "any/gpu/h100"),
        (('"gpus"', '"unit": "cents", "gpus"'), "any/gpu/h100"),
        (('"gpus"', '"environment": "staging", "gpus"'), "any/gpu/h100"),
        (('"type": "H100"', '"type": "H100", "validUntil": "2026-01-01"'), "any/gpu/h100"),
        (('"type": "H100"', '"type": "H100", "deprecated": true'), "any/gpu/h100"),
        (('"vcpuPerHour"', '"startDate": "2027-01-01", "vcpuPerHour"'), "any/vcpu"),
    ],
)
def test_what_a_feed_says_of_its_figures_keeps_them_out(change: tuple[str, str], key: str) -> None:
    facts, issues = golden(GPUS, change)
    assert key not in short(facts, "prices") and issues


def test_what_says_that_they_hold_does_not() -> None:
    change = '"currency": "USD", "status": "active", "unit": "hour", "validFrom": "2026-01-01", "notes": [], "gpus"'
    facts, _ = golden(GPUS, ('"gpus"', change))
    assert short(facts, "prices") == RATES


def test_an_unknown_key_of_the_feed_is_an_issue_and_the_known_ones_are_read() -> None:
    facts, issues = golden(GPUS, ("spotPricePerHour", "committedPricePerHour"))
    assert short(facts, "prices").get("any/gpu/h100") == "3.95 gpu_hour"
    assert [i.kind for i in issues] == ["unknown_key"]


PRICING = """# Pricing

Get $200 in free compute, no credit card required. Startups get up to $50,000 in credits.

- vCPU: $0.0504 per vCPU per hour
- Memory: $0.0162/GiB/hour
- Storage: $0.000108/GiB/hour, the first 5 GiB free

A sandbox with 2 vCPU and 4 GiB of memory costs $0.1656 per hour.
"""


def test_pricing_reads_rates_and_no_examples() -> None:
    facts, _ = page("https://www.daytona.io/pricing", PRICING)
    assert short(facts, "prices") == {k: v for k, v in RATES.items() if k in ("any/vcpu", "any/memory", "any/storage")}
    assert short(facts, "allowances") == {"any/credit/once": "200 usd False", "any/storage/at_once": "5 gib"}


@pytest.mark.parametrize(
    ("before", "said", "usd"),
    [
        ("", "starting at $0.0404", None), ("", "not below $0.0404", None), ("", "$0.0404 and up", None),
        ("", "$0.04–0.06", None), ("", "$0.04 or $0.06", None), ("", "C$0.0704", None), ("", "~~$0.0604~~", None),
        ("", "<span hidden>$0.0604</span>", None), ("", "<!-- $0.0604 --> on request", None),
        ("## Tariff (archived)\n\n", "$0.0604", None), ("## What Replit charges\n\n", "$0.0604", None),
        ("## What we will charge from March 2027\n\n", "$0.0604", None), ("Say a customer negotiated this:\n\n", "$0.0604", None),
        ("", "**$0.0604**", "0.0604 vcpu_hour"), ("Used by teams that came from AWS.\n\n", "$0.0604", "0.0604 vcpu_hour"),
        ("In 2024 we opened an office in New York.\n\n", "$0.0604", "0.0604 vcpu_hour"),
        ("## Rates\n\nAll amounts are US dollars.\n\n", "$0.0604", "0.0604 vcpu_hour"),
    ],
)  # fmt: skip
def test_a_rate_is_read_whole_and_in_its_scope_or_not_at_all(before: str, said: str, usd: str | None) -> None:
    text = PRICING.replace("- vCPU: $0.0504", f"{before}- vCPU: {said}")
    assert short(page("https://www.daytona.io/pricing", text)[0], "prices").get("any/vcpu") == usd


@pytest.mark.parametrize(
    ("more", "stated"),
    [
        ("For conference guests, a vCPU costs $0.03 per vCPU per hour.", False),
        ("## For conference guests\n\n- vCPU: $0.03 per vCPU per hour", False),
        ("## For conference guests\n\n- vCPU: $0.0504 per vCPU per hour", True),
        ("## Until 2024\n\n- vCPU: $0.03 per vCPU per hour", True),
    ],
)
def test_of_two_prices_none_is_taken_where_unknown_words_keep_one_to_some(more: str, stated: bool) -> None:
    facts, issues = page("https://www.daytona.io/pricing", f"{PRICING}\n{more}\n")
    assert ("any/vcpu" in short(facts, "prices")) is stated
    assert any(i.kind == "conflict" for i in issues) is not stated


@pytest.mark.parametrize(
    ("old", "new", "stated"),
    [
        ("$0.0504", "€0.0504", {"any/memory", "any/storage"}),
        ("Storage: $0.000108/GiB/hour", "Storage: contact us", {"any/vcpu", "any/memory"}),
        ("$0.0162/GiB/hour", "$0.0162", {"any/vcpu", "any/storage"}),
        ("Memory:", "Each:", {"any/vcpu", "any/storage"}),
    ],
)
def test_pricing_gives_what_states_its_own_unit(old: str, new: str, stated: set[str]) -> None:
    facts, _ = page("https://www.daytona.io/pricing", PRICING.replace(old, new))
    assert short(facts, "prices") == {k: RATES[k] for k in stated}
    assert not short(facts, "limits"), "an example's size is no limit"


# Other forms that page may have: no copy was had.
CARDS = """<html><body><h1>Pricing</h1><p>$200 free credits</p><p>Startup program: $50,000 in free credits</p>
<div><div>Compute</div><div>vCPU</div><div>$0.0504</div><div>/ h</div></div>
<div><div>Memory</div><div>GiB</div><div>$0.0162</div><div>/ h</div></div>
<div><div>Storage</div><div>GiB</div><div>$0.000108</div><div>/ h</div></div><p>First 5 GiB free</p>
<h2>GPU</h2><div><div>NVIDIA H100</div><div>$2.27 / h</div></div><div><div>vCPU</div><div>$0.04 / h</div></div></body></html>"""
TWIN = r"""# Pricing

Get \$200 in free compute credits. The vCPU is shared by all.

| Resource | Price |
|---|---|
| vCPU | \$0.0504 / hour |
| Memory (GiB) | \$0.0162 / hour |
| Storage (GiB) | \$0.000108 / hour |
| 2 vCPU and 4 GiB | \$0.1656 / hour |
"""
COLUMNS = """# Pricing

| | vCPU | Memory | Storage |
|---|---|---|---|
| On demand | $0.0504/vCPU/h | $0.0162/GiB/h | $0.000108/GiB/h |
"""


@pytest.mark.parametrize("text", [CARDS, TWIN, COLUMNS])
def test_pricing_in_other_forms(text: str) -> None:
    facts, issues = page("https://www.daytona.io/pricing", text)
    stated = short(facts, "prices")
    assert stated.pop("any/gpu/h100", "2.27 gpu_hour") == "2.27 gpu_hour"
    assert stated == {k: v for k, v in RATES.items() if k in ("any/vcpu", "any/memory", "any/storage")}
    assert short(facts, "allowances").get("any/credit/once", "200 usd") == "200 usd" and not issues


@pytest.mark.parametrize(
    ("text", "old", "new", "stated"),
    [
        (CARDS, "<div>Memory</div><div>GiB</div>", "<div>Memory</div>", {"any/vcpu", "any/storage"}),  # per what?
        (CARDS, "<div>$0.000108</div><div>/ h</div>", "<div>$0.000108</div>", {"any/vcpu", "any/memory"}),
        (CARDS, "<div>Compute</div><div>vCPU</div><div>$0.0504</div><div>/ h</div>", "<div>$0.0504 / h</div><div>vCPU</div>",
         set()),
        (TWIN, "| Memory (GiB) |", "| Memory |", {"any/vcpu", "any/storage"}),
        (TWIN, "| vCPU |", "| Unit |", {"any/memory", "any/storage"}),
        (TWIN, r"| Storage (GiB) | \$0.000108 / hour |", r"| Storage (GiB) | included |", {"any/vcpu", "any/memory"}),
        (COLUMNS, "$0.000108/GiB/h |\n", "$0.000108/GiB/h |\n| Spot | $0.02/vCPU/h | $0.01/GiB/h | $0.000108/GiB/h |\n",
         {"any/vcpu", "any/memory", "any/storage"}),
    ],
)  # fmt: skip
def test_pricing_in_other_forms_gives_what_states_its_own_unit(text: str, old: str, new: str, stated: set[str]) -> None:
    assert old in text
    facts, _ = page("https://www.daytona.io/pricing", text.replace(old, new))
    rates = {k: v for k, v in short(facts, "prices").items() if not k.startswith("any/gpu/")}
    assert rates == {k: RATES[k] for k in stated}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| **`H100`** | on-demand, spot |", {"h100": "available"}),
        ("| NVIDIA RTX PRO 6000 | Experimental |", {"rtx-pro-6000": "preview"}),
        ("| MI355X | Coming soon |", {}),
        ("| some card | yes |", None),
    ],
)
def test_gpus_in_a_table(row: str, expected: dict[str, str] | None) -> None:
    facts, issues = page(
        f"{DOCS}/gpu-sandboxes", f"# GPU sandboxes\n\n| GPU type | Availability |\n|-|-|\n| L4 | yes |\n{row}\n"
    )
    assert short(facts, "gpus") == ({"l4": "available", **expected} if expected is not None else {})
    assert bool(issues) == (expected is None)


def test_the_largest_sandbox_on_the_page_of_snapshots() -> None:
    text = (
        "# Snapshots\n\nSnapshots are pre-configured templates containing all dependencies.\n\nOrganizations get a"
        " maximum Sandbox resource limit of 4 vCPUs, 8GB RAM, and 10GB disk. Sandboxes come with 1 vCPU by default.\n"
    )
    facts, issues = page(f"{DOCS}/snapshots", text)
    assert short(facts, "limits") == {
        "any/vcpu_max": "4 count", "any/memory_max": "8 gb", "any/disk_max": "10 gb",
    }  # fmt: skip
    assert not issues
    facts, issues = page(f"{DOCS}/snapshots", text.replace("4 vCPUs", "several vCPUs"))
    assert not short(facts, "limits") and issues


PROMPT = r"""# Daytona Documentation

Daytona is a secure and elastic infrastructure for running AI-generated code, used
programmatically using the SDKs, API, and CLI.

<AgentPrompt
  title="Agent Prompt"
  prompt={`
1. Install the SDK.

    Python: \`pip install daytona\`
    TypeScript: \`npm install @daytona/sdk\`
    Go: \`go get github.com/daytona/clients/sdk-go\`
    Java: add the \`io.daytona:sdk\` dependency to \`build.gradle.kts\` or \`pom.xml\`
`}
/>
"""


def test_packages_in_the_prompt_for_agents() -> None:
    facts, _ = page("https://daytona.io/docs/en.md", PROMPT)
    packages = {"python": "daytona", "typescript": "@daytona/sdk", "go": "github.com/daytona/clients/sdk-go"}
    packages |= {"java": "io.daytona:sdk"}
    assert short(facts, "sdks") == {**{k: f"True {v}" for k, v in packages.items()}, "rest": "True", "cli": "True"}
    assert all(f.quote and f.quote in PROMPT.replace("\n", " ") + PROMPT for f in facts if f.table == "sdks")
    facts, _ = page("https://daytona.io/docs/en.md", PROMPT.replace("pip install daytona", "pip install -U other"))
    assert "python" not in short(facts, "sdks")


@pytest.mark.parametrize("thing", ["Sandbox", "Snapshot"])
def test_interfaces_at_the_head_of_a_page(thing: str) -> None:
    text = (
        f"These isolated runtime environments have templates.\n\n- **{thing} SDKs**: [TypeScript](/a), [Python](/b), [Go](/c)\n"
        f"- **{thing} API**: [RESTful API](/d) ([OpenAPI spec](/e))\n- **{thing} CLI**: [Mac/Linux/Windows](/f)\n"
    )
    url = f"{DOCS}/{'sandboxes' if thing == 'Sandbox' else 'snapshots'}"
    assert short(page(url, text)[0], "sdks").keys() == {"typescript", "python", "go", "rest", "cli"}
    facts, issues = page(url, text.replace("[Go]", "[Elixir]"))
    assert short(facts, "sdks").keys() <= {"typescript", "python", "rest", "cli"} and issues


@pytest.mark.parametrize(
    ("note", "status"),
    [
        ("Custom regions are currently an experimental feature.", "beta"),
        ("Custom regions are still in beta.", "beta"),
        ("See runners.", "supported"),
        ("This feature is in early access.", None),  # of what? A stage that is not understood is no "supported"
    ],
)
def test_custom_regions(note: str, status: str | None) -> None:
    text = (
        "# Regions\n\n| Region | Target |\n|-|-|\n| Europe | eu |\n\n### Custom Regions\n\nCustom regions are created and"
        f" managed by your organization, allowing you to use your own runner machines.\n\n{note}\n"
    )
    facts, issues = page(f"{DOCS}/regions", text)
    assert short(facts, "self_hosting") == ({"byoc": status} if status else {})
    assert [i.kind for i in issues] == ([] if status else ["unreadable"])


@pytest.mark.parametrize(
    "notice",
    [
        "As of June 2026, core development of Daytona has moved to a private codebase.",
        "This repository is in maintenance mode and will receive security fixes only.",
        "Daytona's open-source repository is no longer being maintained.",
        "This project is no longer actively maintained here. We have moved development to our private repository.",
        "This repository no longer receives updates.",
    ],
)
def test_notices_that_freeze_the_repository(notice: str) -> None:
    text = f"# Daytona\n\n> {notice}\n\nDaytona is Open Source under the [GNU AFFERO GENERAL PUBLIC LICENSE](L), and more.\n"
    facts, _ = page(REPOSITORY, text)
    assert short(facts, "self_hosting") == {"core": "frozen AGPL-3.0"}
    assert short(facts, "notices") == {"repository/repository_frozen": "effective"}


@pytest.mark.parametrize(
    ("url", "text", "regions"),
    [
        ("regions", "Regions\n\n| **Target** | **Region** |\n|-|-|\n| **`us`** | United States |", {"us"}),
        ("regions", "Available in the following regions:\n\n- United States (US)\n- Europe (EU)", {"us", "eu"}),
        ("regions", "Regions\n\n| **Region** | **Target** |\n|-|-|\n| Custom | your own |", set()),
        ("v2/regions", "Shared regions\n\n| Region | Target | Level |\n|-|-|-|\n| Earth | earth | Global |", set()),
        ("v2/regions", "Shared regions\n\n| Region | Target |\n|-|-|\n| Europe | eu |\n| US | us |\n| Asia | ap-1 |",
         {"eu", "us", "ap-1"}),
    ],
)  # fmt: skip
def test_regions(url: str, text: str, regions: set[str]) -> None:
    assert {f.key["region"] for f in page(f"{DOCS}/{url}", text)[0]} == regions


def test_persistence_layers() -> None:
    table = "Sandboxes are persistent by default.\n\n| Layer | What is preserved | Mechanisms |\n|-|-|-|\n"
    mechanisms = "• Pause / resume <br/> • Hot snapshots <br/> • Fork"
    facts, issues = page(f"{DOCS}/persistence", f"{table}| Memory | Processes | {mechanisms} |")
    assert set(short(facts, "persistence")) == {"pause_resume", "memory_snapshot", "fork"}
    assert not issues
    assert not page(f"{DOCS}/persistence", f"{table}| Memory | Processes | • Magic |")[0]


@pytest.mark.parametrize(
    "old", ["https://www.daytona.io/docs/limits/", f"{DOCS}/limits.md", "https://daytona.io/docs/en/limits/#tiers"]
)
def test_former_addresses(old: str) -> None:
    assert short(page(old, (GOLDEN / LIMITS).read_text("utf-8"))[0], "limits") == TIERS


def test_spot_prices_that_were_taken_for_list_prices_are_out() -> None:
    """The figures that others gave for 2026-08-24 are the feed's spot prices: no cut took place."""
    assert {j.fact.basis for j in statements.judged("daytona")} == {"second_hand"}
    prices = {str(r.day): short(list(r.facts), "prices").get("any/gpu/h100") for r in judgements("daytona")}
    assert prices["2026-07-04"] == "3.95 gpu_hour"
    assert set(prices.values()) <= {None, "3.95 gpu_hour"}


FEED = "https://billing.app.daytona.io/gpu-pricing"


def gpus_of(feed: list[dict[str, object]]) -> tuple[dict[str, str], list[str]]:
    facts, issues = page(FEED, json.dumps({"currency": "USD", "gpus": feed, "resources": {}}))
    return short(facts, "prices"), [i.kind for i in issues]


def test_prices_by_the_second_are_those_by_the_hour() -> None:
    row = {"type": "H100", "onDemandPricePerHour": 3.6, "onDemandPricePerSecond": 0.001}
    assert gpus_of([row])[0] == {"any/gpu/h100": "3.6 gpu_hour"}
    assert "unknown_key" not in gpus_of([row])[1]
    assert "conflict" in gpus_of([row | {"onDemandPricePerSecond": 0.002}])[1]


def test_gpus_of_a_snapshot() -> None:
    text = "# Snapshots\n\n### GPU Snapshots\n\n1. Specify the **`GPU type`**: **`NVIDIA H200`** **`AMD MI300X`**\n"
    facts, _ = page("https://www.daytona.io/docs/en/snapshots", text)
    assert short(facts, "gpus") == {"h200": "available", "mi300x": "available"}


@pytest.mark.parametrize(
    ("licence", "spdx"),
    [
        ("Apache-2.0", "Apache-2.0"),
        ("- **CLI** (`cli/`): [AGPL-3.0](./x)\n- **Everything else** (SDKs): [MIT](./LICENSE)", "MIT"),
        ("See the files.", None),
    ],
)
def test_the_clients_licence_is_that_of_the_sdks(licence: str, spdx: str | None) -> None:
    facts, _ = page("https://github.com/daytona/clients", f"# Daytona\n\n## License\n\n{licence}\n")
    assert [f.values["licence"] for f in facts if f.table == "self_hosting"] == ([spdx] if spdx else [])


def test_a_module_that_the_file_does_not_name_is_asked_about() -> None:
    facts, issues = page(
        "https://github.com/daytona/clients", "# Daytona\n\n```bash\ngo get go.example.dev/kit/sdk-go\n```\n"
    )
    assert not short(facts, "sdks") and issues
