"""Freestyle's readers: READMEs as they were, and the unproven pages, which must rather fail than guess."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sandsnap.model import Capture
from sandsnap.read.reading import read
from sandsnap.read.sources import source_of, vendor
from sandsnap.read.statements import judged

README = (Path(__file__).parents[1] / "src/sandsnap/vendors/freestyle/pages" / "readme-0.1.63@2026-08-23.md").read_text(
    "utf-8"
)
PACKAGE = "https://www.npmjs.example/package/freestyle"
LIMITS = "https://www.freestyle.sh/docs/vms/pricing-and-limits.md"
LIFECYCLE = "https://www.freestyle.sh/docs/vms/lifecycle"
VMS = "https://www.freestyle.sh/docs/vms"

# Not the page (no copy was had): one of the shapes its readers take.
PLANS = """# Pricing and limits

| Resource      | Price                |
| ------------- | -------------------- |
| vCPU          | $0.04032 / vCPU-hour |
| Memory        | $0.0129 / GiB-hour   |
| Storage       | $0.000086 / GiB-hour |
| Data transfer | $0.02 / GB           |

|                              | Free   | Hobby     | Pro        | Enterprise |
| ---------------------------- | ------ | --------- | ---------- | ---------- |
| Price                        | $0     | $50/month | $500/month | Custom     |
| Concurrent VMs               | 10     | 40        | 400        | Custom     |
| vCPU-hours per month         | 200    | 200       | 200        | Custom     |
| Saved VMs                    | 10     | 200       | 4,000      | Custom     |
"""
Facts = dict[tuple[str, ...], dict[str, object]]


def facts_of(url: str, text: str, *changes: tuple[str, str]) -> tuple[Facts, set[str]]:
    """Facts by (table, key without product and dashes), and the names of the readers that failed,
    also where the general layer filled in."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    body = text.encode()
    capture = Capture(url, datetime(2026, 10, 1, tzinfo=UTC), body, hashlib.sha256(body).hexdigest(), file="page.md")
    readings = read(capture)
    facts = {
        (f.table, *(v for k, v in f.key.items() if k != "product" and v not in ("-", "list"))): dict(f.values)
        for r in readings
        for f in r.facts
    }
    return facts, {
        r.reader.rpartition("#")[2]
        for r in readings
        if r.outcome != "good" or r.redesigned or any(i.kind == "reworded" for i in r.issues)
    }


@pytest.mark.parametrize(
    ("install", "package"),
    [
        ("npm install freestyle", "freestyle"),
        ("npm install freestyle-sandboxes", "freestyle-sandboxes"),
        ("npm i freestyle-sandboxes@beta", "freestyle-sandboxes"),
        ("npm install --global freestyle@latest", "freestyle"),
        ("npm install freestyle\nnpm install freestyle-sandboxes", None),
        ("yarn add some-other", None),
    ],
)
def test_the_package_is_the_one_to_install(install: str, package: str | None) -> None:
    facts, failed = facts_of(f"{PACKAGE}/v/9.9.9", README, ("npm install freestyle", install))
    assert facts.get(("sdks", "typescript"), {}).get("package") == package
    assert failed == (set() if package else {"package"})
    assert ("sdks", "cli") in facts
    assert ("sdks", "python") not in facts


def test_a_package_that_another_command_installs_is_read_with_an_issue() -> None:
    facts, failed = facts_of(f"{PACKAGE}/v/9.9.9", README, ("npm install freestyle", "yarn add freestyle"))
    assert facts["sdks", "typescript"] == {"official": True, "package": "freestyle"}
    assert failed == {"package"}


def test_every_version_of_a_package_is_one_source() -> None:
    assert source_of(f"{PACKAGE}/v/0.1.49") is source_of(f"{PACKAGE}/v/0.2.9") is source_of(PACKAGE)
    assert source_of(f"{PACKAGE}-sandboxes/v/0.0.66") is not source_of(PACKAGE)


def test_pages_without_a_copy_are_unproven() -> None:
    assert {s.url for s in vendor("freestyle").sources if s.live and s.proven} == set()


def test_rates_and_plans() -> None:
    facts, failed = facts_of(LIMITS, PLANS)
    assert not failed
    assert {k[1:]: (v["usd"], v["unit"]) for k, v in facts.items() if k[0] == "prices"} == {
        ("any", "vcpu"): (Decimal("0.04032"), "vcpu_hour"),
        ("any", "memory"): (Decimal("0.0129"), "gib_hour"),
        ("any", "storage"): (Decimal("0.000086"), "gib_hour"),
        ("any", "egress"): (Decimal("0.02"), "gb"),
        ("hobby", "plan_fee"): (Decimal(50), "month"),
        ("pro", "plan_fee"): (Decimal(500), "month"),
    }
    assert {k[1]: v["amount"] for k, v in facts.items() if k[0] == "limits"} == {"free": 10, "hobby": 40, "pro": 400}
    assert facts["allowances", "free", "vcpu_time", "month"]["amount"] == 200
    changed, _ = facts_of(LIMITS, PLANS, ("$0.04032", "$0.05"), ("| 10     | 40 ", "| 12     | 40 "))
    assert changed["prices", "any", "vcpu"]["usd"] == Decimal("0.05")
    assert changed["limits", "free", "concurrent"]["amount"] == 12


@pytest.mark.parametrize(
    ("change", "reader"),
    [
        (("$0.0129 / GiB-hour", "$0.0129"), "rates"),
        (("$0.0129 / GiB-hour", "$0.0129 / hour"), "rates"),
        (("$0.0129 / GiB-hour", "€0.0129 / GiB-hour"), "rates"),
        (("$0.0129 / GiB-hour", "$0.0129 / GiB-month"), "rates"),
        (("| Memory        |", "| Bandwidth     |"), "rates"),
        (("| Resource      | Price ", "| Resource      | Amount "), "rates"),
        (("$50/month", "$50"), "plans"),
        (("| Hobby     |", "| Starter   |"), "plans"),
        (("vCPU-hours per month", "vCPU-hours"), "plans"),
        (("| Concurrent VMs               |", "| VMs at once                  |"), "plans"),
    ],
)
def test_a_shape_nobody_has_seen_is_refused(change: tuple[str, str], reader: str) -> None:
    stated = facts_of(LIMITS, PLANS)[0]
    facts, failed = facts_of(LIMITS, PLANS, change)
    assert failed == {reader}
    assert facts.items() <= stated.items(), "what is read all the same is what the page said before"


@pytest.mark.parametrize(
    ("change", "reader", "lost"),
    [
        (("| Resource      | Price ", "| Resource      | Amount "), "rates", ()),
        (("| Hobby     |", "| Starter   |"), "plans", ("hobby", "vcpu_time", "plans", "concurrent", "plan_fee")),
        (("| Concurrent VMs               |", "| VMs at once                  |"), "plans", ("vcpu_time", "plans")),
    ],
)
def test_what_a_new_shape_states_in_full_is_read_with_an_issue(
    change: tuple[str, str], reader: str, lost: tuple[str, ...]
) -> None:
    stated = facts_of(LIMITS, PLANS)[0]
    facts, failed = facts_of(LIMITS, PLANS, change)
    assert facts == {k: v for k, v in stated.items() if not set(k) & set(lost)}
    assert failed == {reader}


# Not the page either: plans on cards, rates with each price behind its name.
CARDS = """<html><body><h1>Freestyle pricing</h1>
<div><h3>Free</h3><p>$0</p><p>forever</p><ul><li>Up to 10 Concurrent VMs</li><li>500 Repositories</li>
<li>200 vCPU-hours / month included</li><li>400 GiB-memory-hours / month included</li></ul></div>
<div><h3>Hobby</h3><p>$50/month</p><ul><li>Up to 40 Concurrent VMs</li><li>200 vCPU-hours / month included</li>
<li>Up to 8 vCPUs per VM</li><li>Up to 16 GiB RAM per VM</li></ul></div>
<div><h3>Pro</h3><p>$500/month</p><ul><li>Up to 400 Concurrent VMs</li><li>60,000 GiB-storage-hours / month</li></ul></div>
<div><h3>Enterprise</h3><p>Custom</p></div>
<h2>Usage</h2><div><div>vCPU</div><div>$0.04032 / vCPU-hour</div></div><div><div>Memory</div><div>$0.0129</div>
<div>/ GiB-hour</div></div><div><div>Storage</div><div>$0.000086 / GiB-hour</div></div></body></html>"""
PRICING = "https://www.freestyle.sh/pricing"


def test_plans_and_rates_on_cards() -> None:
    facts, failed = facts_of(PRICING, CARDS)
    assert not failed
    assert {k[1:]: v["usd"] for k, v in facts.items() if k[0] == "prices"} == {
        ("any", "vcpu"): Decimal("0.04032"),
        ("any", "memory"): Decimal("0.0129"),
        ("any", "storage"): Decimal("0.000086"),
        ("hobby", "plan_fee"): Decimal(50),
        ("pro", "plan_fee"): Decimal(500),
    }
    assert {k[1:]: v["amount"] for k, v in facts.items() if k[0] == "limits"} == {
        ("free", "concurrent"): 10,
        ("hobby", "concurrent"): 40,
        ("pro", "concurrent"): 400,
        ("hobby", "vcpu_max"): 8,
        ("hobby", "memory_max"): 16,
    }
    assert {k[1:]: v["amount"] for k, v in facts.items() if k[0] == "allowances"} == {
        ("free", "vcpu_time", "month"): 200,
        ("free", "memory_time", "month"): 400,
        ("hobby", "vcpu_time", "month"): 200,
        ("pro", "storage_time", "month"): 60000,
    }


@pytest.mark.parametrize(
    ("change", "reader"),
    [
        (("200 vCPU-hours / month included</li><li>400", "200 vCPU-hours included</li><li>400"), "plans"),
        (("Up to 40 Concurrent VMs", "40 VMs"), "plans"),
        (("$50/month", "$50 once"), "plans"),  # no fee then, and no other: a person is asked
        (("<div>/ GiB-hour</div>", ""), "rates"),
        (("$0.000086 / GiB-hour", "$0.000086 / GiB-month"), "rates"),
        (("<div>vCPU</div><div>$0.04032 / vCPU-hour</div>", "<div>$0.04032 / vCPU-hour</div><div>vCPU</div>"), "rates"),
    ],
)
def test_cards_nobody_can_read_are_refused(change: tuple[str, str], reader: str | None) -> None:
    facts, failed = facts_of(PRICING, CARDS, change)
    assert failed == ({reader} if reader else set())
    stated = facts_of(PRICING, CARDS)[0]
    assert facts.items() <= stated.items()
    in_other_words = change[1] == "40 VMs"  # the rest of the cards is as clear as before
    assert (("prices", "hobby", "plan_fee") in facts) == (reader != "plans" or in_other_words)
    if in_other_words:
        lost = ("limits", "hobby", "concurrent")
        assert facts == {k: v for k, v in stated.items() if k != lost and k[0] != "plans"}


def test_no_default_idle_timeout_is_a_limit_without_an_amount() -> None:
    pausing = "Pausing preserves full memory and running processes."
    idle = ("limits", "any", "idle_timeout")
    facts, failed = facts_of(LIFECYCLE, f"# VM Lifecycle\n\nThere is no default idle timeout.\n\n{pausing}\n")
    assert (facts[idle]["amount"], failed) == (None, set())
    facts, _ = facts_of(LIFECYCLE, f"# VM Lifecycle\n\nThe default idle timeout is 10 minutes.\n\n{pausing}\n")
    assert (facts[idle]["amount"], facts[idle]["unit"]) == (10, "minute")
    assert facts["persistence", "pause_resume"]["preserves"] == "filesystem_and_memory"
    sample = "# VM Lifecycle\n\n```ts\n// Auto-suspend after 5 minutes\nidleTimeoutSeconds: 300\n```\n"
    assert facts_of(LIFECYCLE, sample) == ({}, {"idle_timeout", "pausing"})


# The lifecycle page's structure on three days: suspending with its own section, without, and in the older documentation.
LATER = """# VM Lifecycle

## Running

It runs.

{suspended}## Stopped

Memory is lost.

## Forked

{fork}

## Idle Timeout

{idle}
"""
SUSPENDED = "## Suspended\n\nSuspending a VM pauses it while preserving memory state.\n\n"
FORK = "Forking creates a new VM from the current running state."


@pytest.mark.parametrize(
    ("suspended", "fork", "idle", "kept", "failed"),
    [
        (SUSPENDED, FORK, "Configure an idle timeout.", {"pause_resume", "fork"}, set()),
        ("", FORK, "Configure an idle timeout.", {"fork"}, set()),
        ("One may suspend it.\n\n", FORK, "Configure one.", {"fork"}, {"pausing"}),
        ("## Suspended\n\nIt rests.\n\n", FORK, "Configure one.", {"fork"}, {"pausing"}),
        (SUSPENDED, "Forking copies the disk.", "Configure one.", {"pause_resume", "fork"}, {"forking"}),
        (SUSPENDED, FORK, "The default is five.", {"pause_resume", "fork"}, {"idle_timeout"}),
    ],
)
def test_the_states_a_lifecycle_page_describes(
    suspended: str, fork: str, idle: str, kept: set[str], failed: set[str]
) -> None:
    facts, wrong = facts_of(LIFECYCLE, LATER.format(suspended=suspended, fork=fork, idle=idle))
    assert {k[1] for k in facts if k[0] == "persistence"} == kept
    assert wrong == failed and ("limits", "any", "idle_timeout") not in facts


def test_the_older_documentation() -> None:
    old = "https://docs.freestyle.sh/v2/vms"
    facts, failed = facts_of(
        f"{old}/about",
        "# About\n\nFreestyle VMs are full Linux virtual machines.\n\nVMs provision in under 800ms from API request to"
        " running machine.\n\nVMs can be paused in their running state and resumed later in under 100ms.\n",
    )
    assert not failed and facts["isolation", "default"]["boundary"] == "vm"
    assert facts["cold_starts", "create", "max"]["high_ms"] == 800
    assert facts["cold_starts", "resume", "max"]["high_ms"] == 100
    idle = "Automatically suspend VMs after a period of network inactivity (default: 300 seconds):"
    facts, failed = facts_of(f"{old}/configuration", f"# VM Configuration\n\n## Idle Timeout\n\n{idle}\n")
    assert not failed and facts["limits", "any", "idle_timeout"]["amount"] == 300


def test_creation_times() -> None:
    p99 = facts_of(VMS, "# VMs\n\nVMs provision in milliseconds, with p99s under 400ms.\n")[0]
    assert p99["cold_starts", "create", "p99"]["high_ms"] == 400
    usual = facts_of(VMS, "# VMs\n\nThis should usually take less than 2 seconds, but not always.\n")[0]
    assert usual["cold_starts", "create", "max"]["high_ms"] == 2000
    assert facts_of(VMS, "# VMs\n\nVMs start instantly.\n") == ({}, {"creation"})


def test_figures_read_elsewhere_keep_their_own_day() -> None:
    days = {(j.fact.table, j.fact.key.get("meter")): j.fact.verified_on for j in judged("freestyle")}
    assert days["prices", "vcpu"] == date(2026, 9, 28)
    assert days["isolation", None] == date(2026, 7, 4)


def test_the_fee_that_is_credit() -> None:
    said = "\nThe Hobby fee is usable as credit.\n"
    key = ("billing_rules", "hobby", "plan_fee", "credit_from_fee")
    assert facts_of(LIMITS, PLANS + said)[0][key]["applies"] is True
    assert key not in facts_of(LIMITS, PLANS + said.replace("is usable", "is not usable"))[0]


ONE_PACKAGE = """# freestyle

Both the SDK and the freestyle CLI ship from this one package and talk to the same public API.

```sh
npm install freestyle@latest
freestyle vm pause <vmId>   Freeze a running VM, keeping its memory
```
"""


def readme(text: str) -> dict[str, object]:
    facts, _ = facts_of(f"{PACKAGE}/v/9.9.9", text)
    return {key[-1]: values.get("package", values.get("preserves")) for key, values in facts.items()}


def test_the_readme_of_one_package() -> None:
    assert readme(ONE_PACKAGE) == {
        "typescript": "freestyle",
        "cli": "freestyle",
        "rest": None,
        "pause_resume": "memory",
    }


def test_the_readme_without_the_api_and_the_pause() -> None:
    text = ONE_PACKAGE.replace(" and talk to the same public API", "").replace(", keeping its memory", "")
    assert set(readme(text)) == {"typescript", "cli"}
