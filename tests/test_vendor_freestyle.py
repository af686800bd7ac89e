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

README = (Path(__file__).parent / "golden" / "freestyle" / "readme-0.1.63@2026-08-23.md").read_text("utf-8")
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
    """Facts by (table, key without product and dashes), and the names of the readers that failed."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    body = text.encode()
    capture = Capture(url, datetime(2026, 10, 1, tzinfo=UTC), body, hashlib.sha256(body).hexdigest(), file="page.md")
    readings = read(capture)
    facts = {
        (f.table, *(v for k, v in f.key.items() if k != "product" and v != "-")): dict(f.values)
        for r in readings
        for f in r.facts
    }
    return facts, {r.reader.rpartition("#")[2] for r in readings if r.outcome != "good"}


@pytest.mark.parametrize(
    ("install", "package"),
    [
        ("npm install freestyle", "freestyle"),
        ("npm install freestyle-sandboxes", "freestyle-sandboxes"),
        ("npm i freestyle-sandboxes@beta", "freestyle-sandboxes"),
        ("npm install --global freestyle@latest", "freestyle"),
        ("npm install freestyle\nnpm install freestyle-sandboxes", None),
        ("yarn add freestyle", None),
    ],
)
def test_the_package_is_the_one_to_install(install: str, package: str | None) -> None:
    facts, failed = facts_of(f"{PACKAGE}/v/9.9.9", README, ("npm install freestyle", install))
    assert facts.get(("sdks", "typescript"), {}).get("package") == package
    assert failed == (set() if package else {"package"})
    assert ("sdks", "cli") in facts
    assert ("sdks", "python") not in facts


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
        (("| 10     | 40 ", "| 10+    | 40 "), "plans"),
    ],
)
def test_a_shape_nobody_has_seen_is_refused(change: tuple[str, str], reader: str) -> None:
    assert facts_of(LIMITS, PLANS, change)[1] == {reader}


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
