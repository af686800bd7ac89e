"""The general layer: pages in a new shape, written here, are read by what they say; what is not clear is left out."""

import hashlib
import re
import tomllib
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.model import Capture
from sandsnap.quality.figures import Original
from sandsnap.quality.redesigns import DESIGNS
from sandsnap.read.general.claims import Verdict
from sandsnap.read.general.figures import figures
from sandsnap.read.general.names import names_of
from sandsnap.read.general.redesigned import unclear
from sandsnap.read.general.statements import statements
from sandsnap.read.general.terms import terms
from sandsnap.read.general.words import Asked, lexicon, stems
from sandsnap.read.reading import page_of, read
from sandsnap.read.sources import vendor

Facts = dict[tuple[str, ...], tuple[str, str]]


def facts(url: str, body: str) -> Facts:
    """(table, key…) to (amount, unit) of every fact with an amount that a page's own readers no longer find."""
    raw = body.encode()
    capture = Capture(url, datetime(2026, 11, 3, tzinfo=UTC), raw, hashlib.sha256(raw).hexdigest(), file="page.md")
    out = {}
    for fact in (f for r in read(capture) for f in r.facts):
        values = fact.values
        amount = values.get("usd") or values.get("amount") or values.get("high_ms")
        if amount is not None:
            key = (
                fact.table,
                *(v for k, v in fact.key.items() if k not in ("product", "offer", "region") and v != "-"),
            )
            out[key] = (f"{amount:f}", str(values.get("unit", "ms")))
    return out


E2B = "https://e2b.dev/docs/billing"
VERCEL = "https://vercel.com/docs/sandbox/pricing"
SIZES = "https://codesandbox.io/docs/sdk/pricing"
TRIAL = "https://fly.io/docs/about/free-trial/"
LIMITS = "https://www.daytona.io/docs/en/limits"


def test_a_definition_list_under_a_heading_for_each_plan() -> None:
    page = """# Usage-based pricing
## Hobby
- **Credits when you sign up**: $100, once
- **Longest session**: 1 hour
- **Sandboxes at the same time**: 20
## Pro
- **Subscription**: $150 per month
- **Longest session**: 24 hours
- **Sandboxes at the same time**: 100
- **vCPUs for each sandbox**: up to 8
"""
    assert facts(E2B, page) == {
        ("allowances", "hobby", "credit", "once"): ("100", "usd"),
        ("limits", "hobby", "session_max"): ("1", "hour"),
        ("limits", "hobby", "concurrent"): ("20", "count"),
        ("prices", "pro", "plan_fee"): ("150", "month"),
        ("limits", "pro", "session_max"): ("24", "hour"),
        ("limits", "pro", "concurrent"): ("100", "count"),
        ("limits", "pro", "vcpu_max"): ("8", "count"),
    }


def test_sentences_with_two_plans_and_respectively() -> None:
    page = """# Pricing

Usage-based pricing. Pro costs $150 a month. A sandbox may run for 1 hour on Hobby and for 24 hours on Pro.

On Hobby and Pro, 20 and 100 sandboxes can run at once, respectively.
"""
    assert facts(E2B, page) == {
        ("prices", "pro", "plan_fee"): ("150", "month"),
        ("limits", "hobby", "session_max"): ("1", "hour"),
        ("limits", "pro", "session_max"): ("24", "hour"),
        ("limits", "hobby", "concurrent"): ("20", "count"),
        ("limits", "pro", "concurrent"): ("100", "count"),
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Until March 2026 a sandbox on Pro ran for 5 hours.",
        "A competitor lets Pro customers run a sandbox for 5 hours.",
        "Suppose that a sandbox on Pro may run for 5 hours.",
        "On Pro an idle sandbox is stopped after 5 hours.",
        "On Pro the build of a template may take 5 hours.",
        "On Hobby, Pro and Enterprise a sandbox may run for 5 or 12 hours.",
        "A sandbox on Pro runs for 5 hours by default.",
        "On Pro a request may last 5 hours.",
        "On the Team plan a sandbox may run for 5 hours.",
        "Sandboxes on Pro run for at least 5 hours.",
    ],
)
def test_what_is_of_something_else_is_no_fact(sentence: str) -> None:
    assert not [k for k in facts(E2B, f"# Pricing\n\nUsage-based pricing.\n\n{sentence}\n") if "session_max" in k]


@pytest.mark.parametrize(
    ("body", "stated"),
    [
        ("## Sandboxes\n\nA sandbox can run for up to 24 hours (formerly 1 hour).", True),
        ("## Sandboxes\n\nA sandbox can run for up to 24 hours (coming soon!).", False),
        ("## Us versus others\n\nA sandbox can run for up to 24 hours.", False),
        ("## Sandboxes\n\n- A sandbox can run for up to 24 hours", True),
        ("## More\n\n- [A sandbox can run for up to 24 hours](https://vercel.com/changelog/a)", False),
        ("## Sandboxes\n\n- A sandbox can run for [up to 24 hours](https://vercel.com/docs/limits)", True),
    ],
)
def test_what_stands_around_a_sentence_may_put_it_in_doubt(body: str, stated: bool) -> None:
    assert facts(VERCEL, f"# Vercel Sandbox pricing\n\n{body}\n") == (
        {("limits", "any", "session_max"): ("24", "hour")} if stated else {}
    )


def test_two_values_for_one_thing_are_an_issue_and_no_fact() -> None:
    page = "# Usage-based pricing\n\nA sandbox may run for 24 hours on Pro.\n\nPro: sandboxes run for up to 12 hours.\n"
    raw = page.encode()
    capture = Capture(E2B, datetime(2026, 11, 3, tzinfo=UTC), raw, "0", file="page.md")
    readings = read(capture)
    assert not [f for r in readings for f in r.facts if f.key.get("limit") == "session_max"]
    assert "conflict" in {i.kind for r in readings for i in r.issues}


def test_a_filled_reading_is_partial_and_keeps_its_issue() -> None:
    page = "# Usage-based pricing\n\nA sandbox may run for 24 hours on Pro.\n"
    capture = Capture(E2B, datetime(2026, 11, 3, tzinfo=UTC), page.encode(), "0", file="page.md")
    (reading,) = (r for r in read(capture) if any(f.key.get("limit") == "session_max" for f in r.facts))
    assert reading.partial and reading.outcome == "good" and [i.kind for i in reading.issues] == ["unreadable"]


@pytest.mark.parametrize(
    ("url", "body", "expected"),
    [
        (
            "https://modal.com/docs/guide/sandboxes",
            "# Sandboxes\n\nSecure containers for executing untrusted code.\n\n## How long they live\n\n"
            "| Which | How long |\n| --- | --- |\n| Default lifetime | 5 minutes |\n| Longest lifetime | 24 hours |\n",
            {("limits", "any", "session_default"): ("5", "minute"), ("limits", "any", "session_max"): ("24", "hour")},
        ),
        (
            "https://e2b.dev/pricing",
            "# Usage Cost Calculator\n\n| Plan | Base price | Free credits | Session | At the same time |\n|---|---|---|---|---|\n"
            "| Hobby | Free | $100 (one-off) | up to 1 hour | 20 |\n| Pro | $150 /mo | $100 (one-off) | up to 24 hours | 100 |\n"
            "| Club | $70 /mo | $10 (one-off) | up to 2 hours | 30 |\n\n- Memory: $0.0162/GiB per hour\n",
            {
                ("allowances", "hobby", "credit", "once"): ("100", "usd"),
                ("allowances", "pro", "credit", "once"): ("100", "usd"),
                ("limits", "hobby", "session_max"): ("1", "hour"),
                ("limits", "pro", "session_max"): ("24", "hour"),
                ("limits", "hobby", "concurrent"): ("20", "count"),
                ("limits", "pro", "concurrent"): ("100", "count"),
                ("prices", "pro", "plan_fee"): ("150", "month"),
                ("prices", "any", "memory"): ("0.0162", "gib_hour"),
            },
        ),
        (
            TRIAL,
            "# How our free trial works\n\n- Seven machines? No: 5 machines max\n- **4 VM hours** in total\n"
            "- each machine: up to 2 vCPUs\n- 10GB of volume storage\n",
            {
                ("allowances", "free_trial", "concurrent", "at_once"): ("5", "count"),
                ("allowances", "free_trial", "vm_time", "once"): ("4", "vm_hour"),
                ("allowances", "free_trial", "storage", "at_once"): ("10", "gb"),
                ("limits", "free_trial", "vcpu_max"): ("2", "count"),
            },
        ),
        (
            VERCEL,
            "# Vercel Sandbox pricing\n\n## What you pay on Pro\n\n| What | Price |\n| --- | --- |\n"
            "| Active CPU | $0.128 per hour |\n| Provisioned memory | $0.0212 per GB-hour |\n| Data transfer | $0.15 per GB |\n",
            {
                ("prices", "pro", "vcpu"): ("0.128", "vcpu_hour"),
                ("prices", "pro", "memory"): ("0.0212", "gb_hour"),
                ("prices", "pro", "egress"): ("0.15", "gb"),
            },
        ),
    ],
    ids=["key and value", "plans down", "bullets", "split by plan"],
)
def test_shapes(url: str, body: str, expected: Facts) -> None:
    assert facts(url, body) == expected


def test_the_price_of_several_is_no_rate() -> None:
    page = "# Usage Cost Calculator\n\n- 2 vCPUs: $0.10 per hour\n- Memory: $0.0162/GiB per hour\n"
    assert facts("https://e2b.dev/pricing", page) == {("prices", "any", "memory"): ("0.0162", "gib_hour")}


FREESTYLE = "https://www.freestyle.sh/pricing"


@pytest.mark.parametrize(
    "sentence",
    [
        "A VM with 2 vCPUs and 4 GiB of memory costs $0.17 per hour.",
        "2 vCPUs and 4 GiB of memory: $0.17 per hour",
        "400 GiB-memory-hours / month included",
        "60,000 GiB-storage-hours / month",
    ],
)
def test_the_size_of_an_example_and_resource_hours_are_no_largest_size(sentence: str) -> None:
    page = f"# Freestyle pricing\n\n## Pro\n\n- $500/month\n- {sentence}\n- Up to 8 vCPUs per VM\n"
    assert {k: v for k, v in facts(FREESTYLE, page).items() if k[0] == "limits"} == {
        ("limits", "pro", "vcpu_max"): ("8", "count")
    }


def test_prices_that_differ_by_region_are_none_without_it() -> None:
    page = "# Vercel Sandbox pricing\n\nRates vary by region.\n\n## Pro\n\n- Active CPU: $0.128 per hour\n"
    assert not [k for k in facts(VERCEL, page) if k[0] == "prices"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["24 hours", "Longest session", "100", "Sandboxes at the same time"],
            {"session_max": "24", "concurrent": "100"},
        ),
        (
            ["Longest session", "24 hours", "Sandboxes at the same time", "100"],
            {"session_max": "24", "concurrent": "100"},
        ),
        (["Longest session", "24 hours", "Sandboxes at the same time"], {}),
    ],
    ids=["value first", "name first", "which is open"],
)
def test_values_on_cards_are_named_one_way(lines: list[str], expected: dict[str, str]) -> None:
    page = "# Usage-based pricing\n\n## Pro\n\n" + "\n\n".join(lines) + "\n"
    assert {k[2]: v[0] for k, v in facts(E2B, page).items()} == expected


def test_an_amount_that_two_items_fit_is_an_issue_with_both() -> None:
    raw = b"# Usage-based pricing\n\n| Plan | Sandbox timeout max, idle |\n|---|---|\n| Pro | 3 |\n| Hobby | 2 |\n"
    page = page_of(Capture(E2B, datetime(2026, 11, 3, tzinfo=UTC), raw, "1", file="page.md"))
    (statement, *_) = statements(page, names_of("e2b"))
    both = Verdict(statement, ("limits.session_max", "limits.concurrent"), why="ambiguous")
    (issue,) = unclear(page, [both])
    assert issue.kind == "ambiguous" and "limits.session_max or limits.concurrent" in issue.message


def test_interfaces_isolation_and_what_is_kept() -> None:
    page = """# Sandboxes

Agents work in small machines (sandbox lifecycle). Each sandbox is a microVM.

SDKs exist for Python, TypeScript and Go. An SDK for Ruby is planned. The Docker CLI is not needed.

## Standby mode

A sandbox goes to standby automatically and can stay there indefinitely. Its memory and its file system are kept.
"""
    raw = page.encode()
    capture = Capture(
        "https://docs.blaxel.ai/Sandboxes/Overview", datetime(2026, 11, 3, tzinfo=UTC), raw, "2", file="page.md"
    )
    of_page = page_of(capture)
    said = {(f.table, *f.key.values()): dict(f.values) for f in terms(of_page, names_of("blaxel"), OWNED)}
    assert {k[2] for k in said if k[0] == "sdks"} == {"python", "typescript", "go"}
    assert said["isolation", "sandbox", "default"]["technology"] == "microvm"
    assert said["persistence", "sandbox", "standby"] == {
        "preserves": "filesystem_and_memory", "retention_days": None, "indefinite": True, "by_default": True,
    }  # fmt: skip


def said(body: str, vendor: str = "blaxel") -> set[tuple[str, ...]]:
    url = "https://docs.blaxel.ai/Sandboxes/Overview"
    page = page_of(Capture(url, datetime(2026, 11, 3, tzinfo=UTC), body.encode(), body, file="page.md"))
    return {(f.table, list(f.key.values())[-1]) for f in terms(page, names_of(vendor), OWNED) if not f.refused}


def test_a_package_of_an_unknown_name_leaves_its_sdk_open() -> None:
    both = {("sdks", "python"), ("sdks", "typescript")}
    page = "# SDKs\n\nSDKs exist for Python and TypeScript.\n\n```\n{}\n```\n"
    assert said(page.format("npm install renamed"), "daytona") == {("sdks", "python")}
    assert said(page.format("npm install @daytona/sdk"), "daytona") == both
    assert said(page.format("npm install zod\nnpm install @daytona/sdk"), "daytona") == both


@pytest.mark.parametrize(
    ("sentence", "is_read"),
    [
        ("In standby its memory and its file system are kept.", True),
        ("In standby only the file system, no memory is kept.", False),
        ("In standby its memory and its file system might be kept.", False),
    ],
)
def test_what_a_mechanism_keeps_is_left_out_where_a_sentence_doubts_it(sentence: str, is_read: bool) -> None:
    page = f"# Standby\n\nA sandbox can stay in standby indefinitely. {sentence}\n"
    assert (("persistence", "standby") in said(page)) == is_read


OWNED = frozenset({"sdks.*", "isolation.*", "persistence.standby"})


def test_a_design_made_by_code_says_the_same_or_an_issue() -> None:
    page = """# Usage-based pricing

| Feature | Hobby | Pro |
| --- | --- | --- |
| Session length | 1 hour | 24 hours |
| Concurrent sandboxes | 20 | 100 |
"""
    first = {k: v for k, v in facts(E2B, page).items() if k[0] == "limits"}
    assert len(first) == 4
    raw = page.encode()
    original = Original(
        Capture(E2B, datetime(2026, 11, 3, tzinfo=UTC), raw, "3", file="page.md"), page, "markdown", "e2b", "here", ()
    )
    for name, design in DESIGNS.items():
        if text := design(original):
            now = {k: v for k, v in facts(E2B, text).items() if k[0] == "limits"}
            assert now.items() <= first.items(), name


def test_a_vendor_without_readers_is_read_by_what_its_file_names(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "# Usage-based pricing\n\nA sandbox may run for 1 hour on Hobby and for 24 hours on Pro.\n"
    for source in vendor("e2b").sources:
        monkeypatch.setattr(source, "readers", {})
    assert facts(E2B, page) == {
        ("limits", "hobby", "session_max"): ("1", "hour"),
        ("limits", "pro", "session_max"): ("24", "hour"),
    }


SESSION = {("limits", "hobby", "session_max"): ("1", "hour"), ("limits", "pro", "session_max"): ("24", "hour")}


@pytest.mark.parametrize(
    ("url", "body", "expected"),
    [
        (E2B, "# Usage-based pricing\n\nA sandbox may run without a break for\n\n- 1 hour on Hobby\n- 24 hours on Pro\n", SESSION),
        (E2B, "# Usage-based pricing\n\n"
         "<dl><dt>Longest session on Hobby</dt><dd>1 hour</dd><dt>Longest session on Pro</dt><dd>24 hours</dd></dl>\n", SESSION),
        (E2B, "# Usage-based pricing\n\n"
         "Hobby is free. A sandbox can run for 1 hour.\n\nPro is for teams. A sandbox can run for 24 hours.\n", SESSION),
        (E2B, "# How long may it run?\n\nSandboxes run for 1 hour on Hobby and 24 hours on Pro.\n", SESSION),
        (E2B, "# Usage-based pricing\n\nOn Free and Plus, a sandbox runs for 1 and 24 hours, respectively.\n", {}),
        (LIMITS, "# Limits\n\n## Tier 1\n\n| What | How much |\n|---|---|\n| New sandboxes per minute | 300 |\n",
         {("limits", "tier_1", "creation_rate"): ("300", "per_minute")}),
        (VERCEL, "# Vercel Sandbox pricing\n\n## Free on Hobby\n\n| Resource | Each month |\n|---|---|\n| CPU hours | 5 |\n",
         {("allowances", "hobby", "vcpu_time", "month"): ("5", "vcpu_hour")}),
        (VERCEL, "# Vercel Sandbox pricing\n\nA server may listen on port 3000.\n", {}),
    ],
    ids=["a list goes on with its lead", "definitions", "a paragraph of one plan", "under another heading",
         "plans of others", "a rate by its label", "hours by their label", "the number of a port"],
)  # fmt: skip
def test_what_stands_around_an_amount_says_what_it_is(url: str, body: str, expected: Facts) -> None:
    assert facts(url, body) == expected


def test_every_item_of_the_lexicon_says_where_it_was_seen_or_why_it_is_usual() -> None:
    entries = tomllib.loads((files("sandsnap") / "read/general/lexicon.toml").read_text("utf-8"))["item"]
    assert not [e["item"] for e in entries if not re.match(r"(?:seen|usual).{20,}", e.get("why", ""))]


def test_a_price_is_restated_in_another_unit_of_time_where_that_is_exact() -> None:
    page = "# Prices\n\nCPU is $0.000014 per vCPU per second, disk $0.10 per GiB per hour, GPUs $3.60/hour.\n"
    raw = page.encode()
    original = Original(
        Capture(E2B, datetime(2026, 11, 3, tzinfo=UTC), raw, "3", file="page.md"), page, "markdown", "e2b", "here", ()
    )
    said = "CPU is $0.0504 per vCPU per hour, disk $0.10 per GiB per hour, GPUs $0.001/second."
    assert said in str(DESIGNS["restated"](original))


LABEL_WORDS = (
    "Maximum", "concurrent", "sandboxes", "running", "hrs", "Monthly", "vCPUs", "gigabytes", "memory", "mo", "sessions", "last",
    "idle", "stopped", "timeouts", "hourly", "storage", "secs", "free", "credits", "boots", "started", "per", "Egress",
)  # fmt: skip


@given(st.lists(st.sampled_from(LABEL_WORDS), min_size=1, max_size=6).map(" ".join))
def test_what_an_item_is_named_by_is_never_overlooked(label: str) -> None:
    words = stems(label)
    for item in lexicon().values():
        if item.fit(words, words):
            assert Asked([item]).may_name(label), item.name


@pytest.mark.parametrize(
    ("text", "read_"),
    [
        ("- EuropeEgress: $0.02 per GBPrivate network: $0.006 per GB", 0),
        ("Egress: $0.02 per GB. Private network: $0.006 per GB", 2),
        ("2 vCPUMemory 8 GiB", 0),
        ("a GiB of RAM for 24 hours", 1),
    ],
)
def test_of_cells_that_were_run_together_no_amount_is_read(text: str, read_: int) -> None:
    assert len([f for f in figures(text) if f.amount is not None]) == read_
