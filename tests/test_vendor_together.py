"""Together's readers on golden pages, as they are and as they might become."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sandsnap.model import Capture
from sandsnap.read.reading import read

GOLDEN = Path(__file__).parents[1] / "src/sandsnap/vendors/together/pages"
TCI = ("code-interpreter@2025-11-08.md", "https://docs.together.ai/docs/together-code-interpreter")
PRICING = ("codesandbox-pricing@2024-12-12.mdx", "https://codesandbox.io/docs/sdk/pricing")
CONCEPTS = ("codesandbox-concepts@2025-09-26.mdx", "https://codesandbox.io/docs/sdk/core-concepts")
HIBERNATE = ("codesandbox-hibernate@2025-05-20.mdx", "https://codesandbox.io/docs/sdk/hibernate")
README = ("sandbox-readme@2026-05-29.md", "https://github.com/togethercomputer/together-sandbox")


def page(
    source: tuple[str, str], *changes: tuple[str, str]
) -> tuple[dict[tuple[str, ...], dict[str, object]], set[str]]:
    """A golden page with some texts replaced: its facts by (table, key without product), and its failed readers."""
    text = (GOLDEN / source[0]).read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text_of(source[1], text)


def text_of(url: str, text: str) -> tuple[dict[tuple[str, ...], dict[str, object]], set[str]]:
    body = text.encode()
    capture = Capture(url, datetime(2026, 1, 1, tzinfo=UTC), body, hashlib.sha256(body).hexdigest(), file="page.md")
    readings = read(capture)
    facts = {
        (f.table, *(v for k, v in f.key.items() if k != "product" and v not in ("-", "list"))): dict(f.values)
        for r in readings
        for f in r.facts
    }
    return facts, {
        r.reader.rpartition("#")[2]
        for r in readings
        if r.outcome != "good" or any(i.kind == "reworded" for i in r.issues)
    }


SESSION = ("prices", "any", "session")
LENGTH = ("limits", "any", "session_max")


@pytest.mark.parametrize(
    ("changes", "usd", "minutes"),
    [
        ((), "0.03", 60),
        ((("\\$0.03/session", "\\$0.05/session"),), "0.05", 60),
        ((("\\$0.03/session", "\\$0.04 per 60-minute session"),), "0.04", 60),
        ((("lifespan of 60 minutes", "lifespan of 90 minutes"),), "0.03", 90),
        ((("usage is billed", "is priced"),), "0.03", 60),
    ],
)
def test_a_session_costs_and_lasts_what_the_page_says_now(
    changes: tuple[tuple[str, str], ...], usd: str, minutes: int
) -> None:
    facts, failed = page(TCI, *changes)
    assert not failed
    assert (facts[SESSION]["usd"], facts[SESSION]["unit"]) == (Decimal(usd), "session")
    assert (facts[LENGTH]["amount"], facts[LENGTH]["unit"]) == (minutes, "minute")


@pytest.mark.parametrize(
    ("change", "lost", "reader"),
    [
        (("\\$0.03/session", "€0.03/session"), SESSION, "session_price"),
        (("\\$0.03/session", "CA\\$0.03/session"), SESSION, "session_price"),
        (("\\$0.03/session", "\\$0.03/minute"), SESSION, "session_price"),
        (("\\$0.03/session", "\\$0.03/month"), SESSION, "session_price"),
        (("\\$0.03/session", "\\$0.03"), SESSION, "session_price"),
        (("\\$0.03/session", "a custom rate per session, contact us"), SESSION, "session_price"),
        (
            ("As below, sessions have a lifespan of 60", "As below, sessions have a lifespan of 30"),
            LENGTH,
            "session_length",
        ),
        (("have a lifespan of 60 minutes", "have an unlimited lifespan"), LENGTH, "session_length"),
    ],
)
def test_what_the_code_interpreter_page_does_not_state_is_not_read(
    change: tuple[str, str], lost: tuple[str, ...], reader: str
) -> None:
    facts, failed = page(TCI, change)
    assert lost not in facts
    assert failed == {reader}
    assert ("persistence", "session_state") in facts


def test_the_sample_response_is_no_statement() -> None:
    samples = (GOLDEN / TCI[0]).read_text("utf-8").partition("## List Active Sessions")[2]
    facts, failed = text_of(TCI[1], f"# Together Code Interpreter\n\n## List Active Sessions\n{samples}")
    assert facts == {}
    assert not failed


def test_a_skill_states_the_price_in_a_list_or_under_a_heading() -> None:
    url = "https://github.com/togethercomputer/skills"
    overview = (
        "# Together Code Interpreter\n\n- Pricing: $0.03 per session\n- Session lifespan: 60 minutes (reusable)\n"
    )
    reference = "# Sandboxes API Reference\n\n## Pricing\n\n$0.03 per session. Sessions last 60 minutes.\n"
    silent = "# Together Code Interpreter\n\nUse `together-gpu-clusters` for larger jobs.\n"
    for text in (overview, reference):
        facts, failed = text_of(url, text)
        assert (facts[SESSION]["usd"], facts[LENGTH]["amount"], failed) == (Decimal("0.03"), 60, set())
    assert text_of(url, silent) == ({}, set())


def test_vm_sizes_are_found_by_heading_in_any_order() -> None:
    expected = {
        ("prices", "any", "instance", s): Decimal(v)
        for s, v in (("pico", "0.126"), ("nano", "0.18"), ("xlarge", "5.76"))
    }

    def prices(*changes: tuple[str, str]) -> dict[tuple[str, ...], object]:
        return {k: v["usd"] for k, v in page(PRICING, *changes)[0].items() if k[0] == "prices"}

    table = [line for line in (GOLDEN / PRICING[0]).read_text("utf-8").splitlines() if line.startswith("|")]
    turned = ["|" + "|".join(reversed(line.strip("|").split("|"))) + "|" for line in table]
    assert prices() == expected
    assert prices(*zip(table, turned, strict=True)) == expected
    assert (
        prices((table[2], table[3] + "\n" + table[2]), ("\n" + table[3] + "\n" + table[4], "\n" + table[4])) == expected
    )
    assert prices(("$0.126", "$0.1")) == {**expected, ("prices", "any", "instance", "pico"): Decimal("0.1")}
    assert ("prices", "any", "instance", "nano") not in prices(("$0.18 ", "Contact us "))


@pytest.mark.parametrize(
    "change",
    [
        ("Cost / hour", "Cost / minute"),
        ("Cost / hour", "Cost / hour (EUR)"),
        ("$0.126", "€0.126"),
        ("$0.126", "$0.126/month"),
        ("$0.126", "from $0.126"),
        ("$0.126", "{{price}}"),
        ("| Credits / hour | Cost / hour |", "| Cost / hour | Credits / hour |"),
    ],
)
def test_an_unknown_table_of_sizes_is_refused(change: tuple[str, str]) -> None:
    facts, failed = page(PRICING, change)
    assert not [k for k in facts if k[0] == "prices"]
    assert "sizes" in failed


def concurrent(*changes: tuple[str, str]) -> dict[str, object]:
    return {k[1]: v["amount"] for k, v in page(PRICING, *changes)[0].items() if k[0] == "limits"}


def test_concurrent_vms_by_plan() -> None:
    assert concurrent() == {"free": 5, "pro": 20, "builder": 100}
    assert concurrent(("Free plan: 5", "Free plan: 8")) == {"free": 8, "pro": 20, "builder": 100}
    assert concurrent(("Free plan: 5", "Build (free) plan: 10")) == {"build": 10, "pro": 20, "builder": 100}
    assert concurrent(("Pro plan: 20", "Pro plan: custom")) == {"free": 5, "builder": 100}
    # The list and the example disagree: neither figure is taken, the other plans stay.
    assert concurrent(("Builder plan: 100", "Builder plan: 250")) == {"free": 5, "pro": 20}
    # An unknown plan, or a line of an unknown form.
    assert concurrent(("Pro plan: 20", "Ultra plan: 20")) == {}
    assert concurrent(("20 concurrent VMs", "20 VMs per hour")) == {}
    # Another heading is a page in a new shape, which says the same.
    assert concurrent(("## Concurrent VMs", "## Limits")) == {"free": 5, "pro": 20, "builder": 100}


def test_the_code_sandbox_page_keeps_build_and_drops_the_contradicted_scale_plan() -> None:
    facts, failed = page(("code-sandbox@2025-11-08.md", "https://docs.together.ai/docs/together-code-sandbox"))
    assert {k[1]: v["amount"] for k, v in facts.items() if k[0] == "limits"} == {"build": 10}
    assert not failed


def test_core_concepts() -> None:
    create, resume = ("cold_starts", "create", "typical"), ("cold_starts", "resume", "typical")
    facts, _ = page(CONCEPTS)
    assert (facts[create]["low_ms"], facts[create]["high_ms"]) == (1000, 3000)
    assert (facts[resume]["low_ms"], facts[resume]["high_ms"]) == (500, 2000)
    facts, _ = page(CONCEPTS, ("ready in 1–3 seconds", "ready in under 2 seconds"))
    assert facts[("cold_starts", "create", "max")]["high_ms"] == 2000
    # One of two places changed: the page contradicts itself.
    facts, failed = page(CONCEPTS, ("typically within 0.5–2 seconds", "typically within 0.5–4 seconds"))
    assert resume not in facts
    assert failed == {"resumption"}
    facts, failed = page(CONCEPTS, ("ready in 1–3 seconds", "ready in a few seconds"))
    assert create not in facts


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), {"free": 5, "paid": 30}),
        ((("5 minutes for free", "10 minutes for free"),), {"free": 10, "paid": 30}),
        (
            (
                (
                    "5 minutes for free users, and 30 minutes for paid",
                    "30 minutes for paid users, and 5 minutes for free",
                ),
            ),
            {"free": 5, "paid": 30},
        ),
        ((("5 minutes for free users", "5 minutes for guest users"),), {}),
        (
            (
                (
                    "By default this timeout is 5 minutes for free users, and 30 minutes for paid users.",
                    "By default it is 5 minutes.",
                ),
            ),
            {},
        ),
    ],
)
def test_idle_timeouts(changes: tuple[tuple[str, str], ...], expected: dict[str, int]) -> None:
    facts, failed = page(HIBERNATE, *changes)
    assert {k[1]: v["amount"] for k, v in facts.items() if k[0] == "limits"} == expected
    assert ("idle_timeout" in failed) == (not expected)


@pytest.mark.parametrize(
    ("answer", "known"), [("No, for now we don't provide a self-host option.", True), ("Yes, on request.", False)]
)
def test_the_answer_on_self_hosting(answer: str, known: bool) -> None:
    text = f"# FAQ of the CodeSandbox SDK\n\n## Is it possible to self-host CodeSandbox SDK?\n\n{answer}\n"
    facts, failed = text_of("https://codesandbox.io/docs/sdk/faq", text)
    assert (facts.get(("self_hosting", "core"), {}).get("status") == "none") == known
    assert (failed == {"self_hosting"}) != known


def test_the_tools_of_the_readme() -> None:
    facts, _ = page(README)
    assert {k[1]: v["package"] for k, v in facts.items()} == {
        "cli": None,
        "typescript": "together-sandbox",
        "python": "together-sandbox",
    }
    facts, _ = page(README, ("npm install together-sandbox", "npm install https://github.com/x/sandbox-sdk.tgz"))
    assert facts[("sdks", "typescript")]["package"] is None
    assert page(README, ("a TypeScript SDK", "a Rust SDK")) == ({}, {"tools"})


def test_the_unproven_pricing_page_takes_nothing_without_a_unit() -> None:
    url = "https://www.together.ai/pricing"
    html = (
        "<html><body><h2>Code Interpreter</h2><p>{0}</p><h2>Code Sandbox</h2><p>vCPU {1}</p><p>Memory {2}</p>"
        "<h2>Llama</h2><p>$0.88 / 1M tokens</p></body></html>"
    )
    facts, failed = text_of(url, html.format("$0.03/session", "$0.0446/vCPU-hour", "$0.0149 per GiB-hour"))
    assert not failed
    assert {k: v["usd"] for k, v in facts.items()} == {
        SESSION: Decimal("0.03"),
        ("prices", "custom", "vcpu"): Decimal("0.0446"),
        ("prices", "custom", "memory"): Decimal("0.0149"),
    }
    facts, failed = text_of(url, html.format("$0.03", "$0.0446/hour", "$0.0149"))
    assert facts == {}
    assert failed == {"interpreter_price", "sandbox_rates"}


TABLES = (
    "<html><body><h2>Sandboxes</h2><table><tr><th>Product</th><th>Price</th></tr>"
    "<tr><td>Code Interpreter</td><td>$0.03 / session</td></tr></table>"
    "<h2>Code Sandbox</h2><table><tr><th>Resource</th><th>Rate</th></tr><tr><td>per vCPU</td><td>$0.0446/hour</td></tr>"
    "<tr><td>per GiB RAM</td><td>$0.0149 per hour</td></tr></table></body></html>"
)


def test_the_unproven_pricing_page_as_tables() -> None:
    url = "https://www.together.ai/pricing"
    facts, failed = text_of(url, TABLES)
    assert not failed
    assert {k: (v["usd"], v["unit"]) for k, v in facts.items()} == {
        SESSION: (Decimal("0.03"), "session"),
        ("prices", "custom", "vcpu"): (Decimal("0.0446"), "vcpu_hour"),
        ("prices", "custom", "memory"): (Decimal("0.0149"), "gib_hour"),
    }
    for old, new, lost in (
        ("per vCPU", "per seat", ("prices", "custom", "vcpu")),
        ("$0.0446/hour", "$0.0446/month", ("prices", "custom", "vcpu")),
        ("$0.0149 per hour", "$0.0149", ("prices", "custom", "memory")),
        ("per GiB RAM", "per GPU", ("prices", "custom", "memory")),
        ("$0.03 / session", "$0.03", SESSION),
        ("$0.03 / session", "from $0.03 / session", SESSION),
    ):
        assert lost not in text_of(url, TABLES.replace(old, new))[0], new


PERSISTENCE = ("codesandbox-persistence@2025-06-13.mdx", "https://codesandbox.io/docs/sdk/persistence")
MIGRATION = ("codesandbox-migration@2026-09-07.mdx", "https://codesandbox.io/docs/sdk/migrate-to-together-sandbox")
SANDBOX = (
    "sandbox-docs@2026-10-01.md",
    "https://github.com/togethercomputer/together-sandbox/blob/main/docs/sandboxes.md",
)
RESUME = ("cold_starts", "resume", "typical")


def test_two_times_for_one_resumption_are_both_refused() -> None:
    facts, failed = page(PERSISTENCE)
    assert RESUME not in facts
    assert failed == {"restoration"}
    agreed, failed = page(PERSISTENCE, ("This takes 1-2 seconds", "This takes 0.5-2 seconds"))
    assert (agreed[RESUME]["low_ms"], agreed[RESUME]["high_ms"]) == (500, 2000)  # not the disk's, not the archive's
    assert failed == set()


def test_how_long_snapshots_are_kept() -> None:
    facts, _ = page(PERSISTENCE, ("snapshot for 7 days", "snapshot for 3 weeks"))
    assert facts["persistence", "memory_snapshot"]["retention_days"] == 21
    assert facts["persistence", "filesystem_snapshot"]["retention_days"] == 14
    assert facts["persistence", "pause_resume"]["preserves"] == "filesystem_and_memory"
    assert facts["isolation", "default"]["technology"] == "firecracker"
    facts, failed = page(PERSISTENCE, ("snapshot for 7 days", "snapshot for 2 months"))
    assert ("persistence", "memory_snapshot") not in facts
    assert "snapshots_kept" in failed


def test_the_pages_before_core_concepts() -> None:
    how, failed = text_of(
        "https://codesandbox.io/docs/sdk/how-it-works",
        "# How It Works\n\n**Sandboxes** are isolated virtual machines (Firecracker VMs).\n\n"
        "1. **Creation**: Instantiate new Sandboxes from templates (~1-3 seconds)\n"
        "2. **Resume**: Restore exact state when needed (~0.5-2 seconds)\n"
        "3. **Persistence**: Files auto-persist via git, snapshots expire after 4 days\n",
    )
    assert failed == set()
    assert (how[RESUME]["low_ms"], how[RESUME]["high_ms"]) == (500, 2000)
    assert how["cold_starts", "create", "typical"]["high_ms"] == 3000
    assert how["persistence", "memory_snapshot"]["retention_days"] == 4
    snapshots, failed = text_of(
        "https://codesandbox.io/docs/sdk/memory-snapshots",
        "# Memory Snapshots\n\nCreating a memory snapshot can take between 3-10 seconds. Resuming from a memory snapshot"
        " takes between 0.5-2 seconds.\n\n- [How we clone a running VM in 2 seconds](https://codesandbox.io/blog/a)\n",
    )
    assert failed == set()
    assert {k[1]: (v["low_ms"], v["high_ms"]) for k, v in snapshots.items()} == {
        "snapshot": (3000, 10000), "resume": (500, 2000),
    }  # fmt: skip


def test_one_engine_under_two_products() -> None:
    text = (GOLDEN / MIGRATION[0]).read_bytes()
    at = datetime(2026, 9, 7, tzinfo=UTC)
    readings = read(Capture(MIGRATION[1], at, text, hashlib.sha256(text).hexdigest(), file=MIGRATION[0]))
    facts = {(f.table, f.key["product"]): f.values for r in readings for f in r.facts}
    for product, package in (("code-sandbox", "@codesandbox/sdk"), ("sandbox", "together-sandbox")):
        assert facts["isolation", product]["technology"] == "firecracker"
        assert facts["sdks", product]["package"] == package
    assert "same_engine" in page(MIGRATION, ("are the same engine", "are not the same engine"))[1]


def test_the_most_cpus_of_a_sandbox_are_no_default() -> None:
    facts, failed = page(SANDBOX)
    assert failed == set()
    assert {k: v["amount"] for k, v in facts.items() if k[0] == "limits"} == {("limits", "any", "vcpu_max"): 16}
    assert facts["persistence", "memory_snapshot"]["preserves"] == "filesystem_and_memory"
    assert facts["persistence", "filesystem_snapshot"]["preserves"] == "filesystem"
    assert ("limits", "any", "vcpu_max") not in page(SANDBOX, ("Cores; 0.1–16", "Cores"))[0]
    facts, failed = page(SANDBOX, ("Cores; 0.1–16", "Thousandths; 100–16000"))
    assert not [k for k in facts if k[0] == "limits"]
    assert failed == {"largest"}


def test_the_price_of_the_interpreter_by_its_full_name() -> None:
    facts, _ = page(TCI, ("TCI usage is billed", "Code Interpreter usage is billed"))
    assert facts[SESSION]["usd"] == Decimal("0.03")
