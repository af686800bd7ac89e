"""E2B's readers on pages that change: the new amount or none at all, never the old one, never a neighbour's."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import capture

from sandsnap.capture.replay import replay
from sandsnap.read.reading import read

PAGES = {
    "billing": ("billing@2026-03-02.md", "https://e2b.dev/docs/billing"),
    "limits": ("billing@2026-06-15.md", "https://e2b.dev/docs/billing"),
    "rates": ("price-faq@2026-08-06.md", "https://e2b.dev/docs/faq/calculate-sandbox-price"),
    "tiers": ("docs-pricing@2024-02-15.md", "https://e2b.dev/docs/pricing"),
    "persistence": ("persistence@2026-03-12.md", "https://e2b.dev/docs/sandbox/persistence"),
    "site": ("pricing@2025-03-22.html", "https://e2b.dev/pricing"),
    "home": ("home@2025-03-22.html", "https://e2b.dev"),
    "beta": ("persistence@2026-01-08.md", "https://e2b.dev/docs/sandbox/persistence"),
}
DEMO = Path(__file__).resolve().parents[1] / "src/sandsnap/demo/e2b"


def readings(url: str, text: str) -> dict[str, dict[str, str] | None]:
    """{reader: {"limits hobby session_max": "1 hour", …}, or None where it failed or found other words}."""
    out: dict[str, dict[str, str] | None] = {}
    for r in read(capture(url, text, file="page.html" if text.lstrip().startswith("<!DOCTYPE") else None)):
        facts = {}
        for f in r.facts:
            key = " ".join([f.table, *(v for v in f.key.values() if v not in ("-", "sandbox", "list"))])
            stated = [v for v in f.values.values() if v is not None]
            facts[key] = " ".join(format(v.normalize(), "f") if isinstance(v, Decimal) else str(v) for v in stated)
        out[r.reader.rpartition("#")[2]] = (
            facts if r.outcome == "good" and not any(i.kind == "reworded" for i in r.issues) else None
        )
    return out


def told(url: str, text: str) -> tuple[dict[str, str], set[str]]:
    """(all facts, names of the readers that failed)."""
    by_reader = readings(url, text)
    facts = {k: v for facts in by_reader.values() if facts for k, v in facts.items()}
    return facts, {name for name, facts in by_reader.items() if facts is None}


def page(name: str) -> str:
    return (Path(__file__).parents[1] / "src/sandsnap/vendors/e2b/pages" / PAGES[name][0]).read_text("utf-8")


def changed(text: str, *edits: tuple[str, str]) -> str:
    for pattern, new in edits:
        text, n = re.subn(pattern, new, text, flags=re.MULTILINE)
        assert n, f"{pattern!r} is not on the page"
    return text


Edit = tuple[str, str]
TABLE = {"plan_fees", "plan_credits", "plan_session", "plan_concurrency", "plan_sizes", "plan_rates"}  # all who read it
NOTE: dict[str, str | None] = {"limits pro concurrent": "100 1100 count"}  # the note below the table says it too
# page, edits, facts that differ then (None: gone), readers that fail then
MUTATIONS: list[tuple[str, list[Edit], dict[str, str | None], set[str]]] = [
    # another amount
    ("billing", [(r"\$150/month", "$200/month")], {"prices pro plan_fee": "200 month", "plans pro": "Pro paid 200"}, set()),
    ("billing", [("24 hours", "48 hours")], {"limits pro session_max": "48 hour"}, set()),
    ("billing", [("1,100", "2,000")], {"limits pro concurrent": "100 2000 count"}, set()),
    ("billing", [(r"\| \$100 \(one-time\) \| \$100", "| $50 (one-time) | $100")],
     {"allowances hobby credit once": "50 usd"}, set()),
    ("rates", [("0.000014", "0.00002"), ("0.0504", "0.072")], {"prices any vcpu": "0.00002 vcpu_second"}, set()),
    ("tiers", [("1 hours", "2 hours")], {"limits hobby session_max": "2 hour"}, set()),
    ("tiers", [("GB RAM: ", "GiB RAM: ")], {"prices any memory": "0.0000045 gib_second"}, set()),
    ("tiers", [(r"GB RAM: \$0.0000045", "GB RAM: $0.000005")], {"prices any memory": "0.000005 gb_second"}, set()),
    ("persistence", [("approximately \\*\\*1 second", "**under 500 ms")],
     {"cold_starts resume typical": None, "cold_starts resume max": "500 vendor"}, set()),
    ("persistence", [("The default is 5", "The default is 7")], {"limits any session_default": "7 minute"}, set()),
    ("persistence", [("\\*\\*indefinitely\\*\\* — there is no automatic deletion", "for up to 14 days")],
     {"persistence pause_resume": "filesystem_and_memory 14"}, set()),
    ("persistence", [("Base tier", "Hobby tier")], {}, set()),
    ("site", [(r"\$150", "$175")], {"prices pro plan_fee": "175 month", "plans pro": "Pro paid 175"}, set()),
    ("site", [(r"\$0.0000045/GiB/s", "$0.000006/GiB/s")], {"prices any memory": "0.000006 gib_second"}, set()),
    ("site", [(r"0\.000014", "0.00002"), (r"0\.000028", "0.00004"), (r"0\.000112", "0.00016")],
     {"prices any vcpu": "0.00002 vcpu_second"}, set()),
    # moved about
    ("billing", [(r"^\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", r"|\1|\4|\3|\2|")], {}, set()),
    ("billing", [(r"^(\| \*\*Base.*)\n(\| \*\*Free.*)$", r"\2\n\1")], {}, set()),
    ("rates", [(r"^\|([^|]*)\|([^|]*)\|([^|]*)\|$", r"|\1|\3|\2|")], {}, set()),
    ("billing", [("## Plans", "## Limits of today")], {}, set()),
    ("billing", [("## Plans", "## Legacy plans")], {"limits pro concurrent": None}, TABLE),
    # another currency, another unit
    ("billing", [(r"\$150/month", "€150/month")], {}, {"plan_fees"}),
    ("billing", [(r"\$150/month", "$150/year")], {}, {"plan_fees"}),
    ("billing", [(r"\| \$100", "| £100")], {}, {"plan_credits"}),
    ("rates", [(r"\$0.000014", "€0.000014")], {}, {"rates"}),
    ("rates", [("Per second ", "Per second*"), ("Per hour ", "Per second "), (r"Per second\*", "Per hour ")],
     {}, {"rates", "included_disk"}),
    ("rates", [("0.0504", "0.05044")], {}, {"rates"}),
    ("tiers", [(r"vCPU: \$", "vCPU: €")], {}, {"resource_rates"}),
    ("tiers", [(r"Pro tier \(\$150", "Pro tier (150 CHF")], {}, {"tier_fees"}),
    ("site", [(r"\$150", "€150")], {}, {"card_fees"}),
    ("site", [(r"\$0.000014/s", "$0.00002/s")], {}, {"calculator_cpu"}),
    ("site", [("/GiB/s</div>", "</div>")], {}, {"calculator_memory"}),
    # renamed, added
    ("billing", [("Max session length", "Longest run")], {}, {"plan_session"}),
    ("billing", [("Enterprise", "Team")], {}, set()),  # of a plan that nobody knows no cell states a figure
    ("tiers", [("### Pro tier", "### Growth tier")], {}, {"tier_fees", "tier_features"}),
    ("persistence", [("Pro tier", "Growth tier")], {}, {"runtime_limits"}),
    ("site", [("<div>Pro</div><div>\\$150", "<div>Growth</div><div>$150")], {}, {"card_fees", "card_features"}),
    # no amount, no limit
    ("billing", [(r"\$150/month", "Contact us")], {"prices pro plan_fee": None, "plans pro": None}, set()),
    ("billing", [("24 hours", "Custom")], {"limits pro session_max": None}, set()),
    ("billing", [("24 hours", "Unlimited")], {"limits pro session_max": "hour"}, set()),
    ("billing", [("24 hours", "A day or so")], {}, {"plan_session"}),
    ("site", [("<div>/mo</div>", "<div>billed yearly</div>")], {}, {"card_fees"}),
    ("site", [("Up to 24 hours sandbox session length", "Longer sandbox session length")], {}, {"card_features"}),
    # a page that contradicts itself, or says it in words nobody has seen
    ("billing", [("includes 100 concurrent", "includes 150 concurrent")], {"limits pro concurrent": None}, set()),
    ("persistence", [("^Auto-pause is", "The default timeout is 10 minutes. It is")],
     {"persistence auto_pause": None}, {"connect_timeout"}),
    ("persistence", [("are kept \\*\\*indefinitely\\*\\*", "are deleted after 30 days")], {}, {"pause_resume"}),
    ("persistence", [("indefinitely\\*\\* —", "indefinitely** on Pro;")], {}, {"pause_resume"}),
    ("persistence", [("both the sandbox's filesystem and", "only the sandbox's filesystem, no")], {}, {"pause_resume"}),
    ("persistence", [("Resuming a sandbox takes approximately", "A sandbox is resumed after")], {}, {"resume_time"}),
    ("persistence", [(r"(- Resuming.*1 second\*\*)", r"\1 per 1 GiB of RAM")], {}, {"resume_time"}),
    ("persistence", [("^- Resuming.*$", "")], {"cold_starts resume typical": None}, set()),
    ("persistence", [(r"\*\*24 hours\*\* on", "As long as you like on")], {}, {"runtime_limits"}),
    ("persistence", [("A sandbox can remain running", "Logs of a sandbox are kept")], {}, {"runtime_limits"}),
    ("beta", [("up to 30 days\\*\\* from", "some time** from")], {}, {"pause_resume", "lifetime"}),
    ("beta", [("up to 30 days\\*\\* from", "up to 14 days** from")],
     {"persistence pause_resume": "filesystem_and_memory 14", "limits any lifetime_max": "14 day"}, set()),
    # the plan of the home page's longest session is in the line below it, and its heading says the length again
    ("home", [("AVAILABLE IN PRO", "AVAILABLE IN HOBBY")],
     {"limits pro session_max": None, "limits hobby session_max": "24 hour"}, set()),
    ("home", [("AVAILABLE IN PRO", "AVAILABLE IN GROWTH")], {}, {"site_session"}),
    ("home", [("<div>AVAILABLE IN PRO</div>", "")], {}, {"site_session"}),
    ("home", [("up to 24 hours", "up to 12 hours")], {"limits pro session_max": None}, set()),  # a conflict
    ("home", [("up to 24 hours", "up to 12 hours"), ("Up to 24h", "Up to 12h")],
     {"limits pro session_max": "12 hour"}, set()),
    ("home", [("up to 24 hours", "24 hours")], {}, set()),
    ("home", [("up to 24 hours", "up to 1 hour, on Pro up to 24 hours")], {}, {"site_session"}),
    ("home", [("less than 200 ms", "no time")], {}, {"site_start"}),
    # footnotes, other words for the same row, a comparison of E2B's own plans
    ("billing", [(r"\| 20 \|", "| 20<sup>1</sup> |")], {}, set()),
    ("billing", [(r"\| 20 \|", "| ~~20~~ 25 |")], {"limits hobby concurrent": "25 count"}, set()),
    ("billing", [("## Plans", "## Compare plans")], {}, set()),
    ("billing", [("## Plans", "## E2B vs others")], NOTE, TABLE),
    ("billing", [("100 - 1,100", "100 (up to 1,100 with add-ons)")], {}, set()),
    ("billing", [("100 - 1,100", "100 (600 for friends)")], NOTE, {"plan_concurrency"}),
    ("billing", [("Max session length", "Maximum session duration")], {}, set()),
    ("billing", [(r"\| \$100 \(one-time\) \| \$100", "| One-time $100 | $100")], {}, set()),
    ("billing", [(r"\| \$100 \(one-time\) \| \$100", "| $100 | $100")], {}, {"plan_credits"}),
    ("billing", [(r"\| \$100 \(one-time\) \| \$100", "| $30/month | $100")],
     {"allowances hobby credit once": None, "allowances hobby credit month": "30 usd"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "edits", "differ", "failing"), MUTATIONS, ids=[f"{m[0]}-{m[1][0][0]}-{m[1][0][1]}"[:50] for m in MUTATIONS]
)
def test_mutations(name: str, edits: list[Edit], differ: dict[str, str | None], failing: set[str]) -> None:
    url = PAGES[name][1]
    before = readings(url, page(name))
    assert None not in before.values()
    sound = {k: v for reader, facts in before.items() if reader not in failing for k, v in (facts or {}).items()}
    expected = {k: v for k, v in {**sound, **differ}.items() if v is not None}
    assert told(url, changed(page(name), *edits)) == (expected, failing)


def test_old_and_vague_pages_tell_nothing() -> None:
    free = "# Pricing\n\nE2B is currently in beta and free to use. {{ className: 'lead' }}\n"
    assert told("https://e2b.dev/docs/pricing", free) == ({}, set())
    vague = "# How it works\n\nA sandbox template allows us to load the sandbox in a few hundred milliseconds.\n"
    assert told("https://e2b.dev/docs/template/how-it-works", vague) == ({}, set())
    reworded = vague.replace("load the sandbox in a few hundred milliseconds", "load the sandbox in no time")
    assert told("https://e2b.dev/docs/template/how-it-works", reworded) == ({}, {"load_time"})
    assert told("https://e2b.dev/docs/billing", "# Just a moment\n\nChecking your browser.\n")[0] == {}


TEMPLATE = """# How it works

A sandbox template. Wait for readiness (by default 20 seconds). This allows us to load the sandbox in {} any time later.
"""
STARTS = [
    ("~80ms", {"cold_starts create typical": "80 80 vendor"}),
    ("\\~80ms", {"cold_starts create typical": "80 80 vendor"}),
    ("under 100 ms", {"cold_starts create max": "100 vendor"}),
    ("150–200 ms", {"cold_starts create typical": "150 200 vendor"}),
]


@pytest.mark.parametrize(("words", "facts"), STARTS)
def test_start(words: str, facts: dict[str, str]) -> None:
    assert told("https://e2b.dev/docs/template/how-it-works.md", TEMPLATE.format(words)) == (facts, set())


def test_lifecycle_page_in_both_its_forms() -> None:
    url, head = "https://e2b.dev/docs/sandbox", "# Sandbox lifecycle\n\n"
    listed = head + (
        "When you start the sandbox, it stays alive for 5 minutes by default. Start with a 1 minute timeout.\n\n"
        "The maximum time sandbox can be kept running without being paused is\n"
        "- 24 hours on the Pro Tier\n"
        "- 1 hour on the Base Tier\n"
    )
    limits = {"limits pro session_max": "24 hour", "limits hobby session_max": "1 hour"}
    assert told(url, listed) == ({**limits, "limits any session_default": "5 minute"}, set())
    sentence = head + "Sandboxes can run continuously for up to 24 hours (Pro) or 1 hour (Base). For more, pause.\n"
    assert told(url, sentence) == (limits, set())
    assert told(url, head + "Pro sandboxes end after 24 hours.\n") == ({}, {"runtime_limits"})
    assert told(url, head + "By default a sandbox lives: the default is 5 minutes.\n") == ({}, {"default_timeout"})


RUNTIME = """# E2B Runtime

Written in Go, licensed under Apache-2.0. The package you can run on your own hardware is called Embed.

- **Isolated.** One Firecracker microVM per sandbox.
"""


def test_runtime_repository_under_its_new_name() -> None:
    assert told("https://github.com/e2b-dev/runtime", RUNTIME) == (
        {
            "self_hosting core": "supported Apache-2.0 https://github.com/e2b-dev/runtime",
            "isolation default": "firecracker microvm",
        },
        set(),
    )
    ended = RUNTIME + "\nThis repository is no longer maintained.\n"
    assert told("https://github.com/e2b-dev/runtime", ended)[1] == {"runtime_self_hosting"}
    assert told("https://github.com/e2b-dev/runtime", RUNTIME.replace("One Firecracker microVM", "One container"))[
        1
    ] == {"runtime_isolation"}


def test_readme_names_the_repository_it_links_to() -> None:
    text = (DEMO / "readme@2026-06-19.md").read_text("utf-8")
    url = "https://github.com/e2b-dev/E2B"
    moved = text.replace("(https://github.com/e2b-dev/infra)", "(https://github.com/e2b-dev/runtime)")
    assert told(url, moved)[0]["self_hosting core"] == "supported https://github.com/e2b-dev/runtime"
    assert told(url, text.replace("[E2B infrastructure]", "E2B infrastructure "))[1] == {"readme_self_hosting"}
    later = (
        text + "\n### 4. Code Interpreter\n\n```\nnpm i @e2b/code-interpreter\npip install e2b-code-interpreter\n```\n"
    )
    assert told(url, later)[0]["sdks python"] == "True e2b"


LICENCES = [
    (
        "Business Source License 1.1\n\nChange License:       Apache License, Version 2.0\n",
        {"self_hosting core": "BUSL-1.1"},
    ),
    ("          Apache License\n     Version 2.0, January 2004\n", {"self_hosting core": "Apache-2.0"}),
    ("Elastic License 2.0\n\nOnce Apache License Version 2.0\n", {}),
]


@pytest.mark.parametrize(("text", "facts"), LICENCES)
def test_licence(text: str, facts: dict[str, str]) -> None:
    got, failed = told("https://raw.githubusercontent.com/e2b-dev/E2B/main/LICENSE", text)
    assert (got, bool(failed)) == (facts, not facts)


def test_addon_price() -> None:
    text = "# How do I increase my concurrency limit?\n\n\\$500/month per add-on (500 slots), on top of usage.\n"
    facts = {"prices pro addon concurrency": "500 month"}
    assert told("https://e2b.dev/docs/faq/increase-concurrency.md", text) == (facts, set())


RATES = {"prices any vcpu": "0.000014 vcpu_second", "prices any memory": "0.0000045 gib_second"}
RATE_TABLES: list[tuple[list[str], dict[str, str]]] = [
    (["Price per second | Price per hour", "vCPU | \\$0.000014 / vCPU / s | \\$0.0504 / vCPU / h",
      "Memory (RAM) | \\$0.0000045/GiB/s | \\$0.0162/GiB/h"], RATES),
    (["Per second", "vCPU | $0.000014", "RAM (GiB) | $0.0000045"], RATES),
    (["Per second", "vCPU | $0.000014", "RAM | $0.0000045"], {"prices any vcpu": RATES["prices any vcpu"]}),
    (["Per second | Per hour", "vCPU | $0.000014 per vCPU | $0.05 per vCPU", "RAM | $0.0000045 per GiB | $0.018 per GiB"], {}),
    (["Per minute", "vCPU | $0.000014 per vCPU", "RAM | $0.0000045 per GiB"], {}),
]  # fmt: skip


@pytest.mark.parametrize("as_html", [False, True])
@pytest.mark.parametrize(("rows", "facts"), RATE_TABLES, ids=[r[0][0][:60] for r in RATE_TABLES])
def test_rates_in_the_forms_a_page_nobody_has_seen_may_take(
    rows: list[str], facts: dict[str, str], as_html: bool
) -> None:
    title = "How do I calculate the price of a sandbox?"
    cells = [f"Resource | {rows[0]}", *rows[1:]]
    if as_html:
        body = "".join(f"<tr><td>{r.replace(' | ', '</td><td>')}</td></tr>".replace("\\$", "$") for r in cells)
        text = f"<!DOCTYPE html><html><body><h1>{title}</h1><table>{body}</table></body></html>"
    else:
        table = [cells[0], "|".join(["---"] * (cells[0].count("|") + 1)), *cells[1:]]
        text = f"# {title}\n\n" + "\n".join(f"| {row} |" for row in table) + "\n"
    got, failed = told("https://e2b.dev/docs/faq/calculate-sandbox-price.md", text)
    assert (got, "rates" in failed) == (facts, not facts)


def test_rates_in_rows_of_divs_are_refused() -> None:
    text = (
        "<!DOCTYPE html><html><body><h1>How do I calculate the price of a sandbox?</h1><div>vCPU</div><div>$1/s</div>"
    )
    assert told("https://e2b.dev/docs/faq/calculate-sandbox-price", text)[0] == {}


ADDONS = [
    (
        "| Add-on | Price per month |\n|--|--|\n| Pro+ | +\\$500 |\n| Pro++ | +\\$1,000 |",
        {"pro+": "500", "pro++": "1000"},
    ),
    ("| Add-on | Price |\n|--|--|\n| Pro+ | $500/month |\n| Pro++ | $1,000/mo |", {"pro+": "500", "pro++": "1000"}),
    ("| Add-on | Price |\n|--|--|\n| Pro+ | $500 |", {}),
    ("| Add-on | Price |\n|--|--|\n| More builds | $500/month |", {}),
]


@pytest.mark.parametrize(("table", "prices"), ADDONS)
def test_addons_in_a_table(table: str, prices: dict[str, str]) -> None:
    text = f"# How do I increase my concurrency limit?\n\n{table}\n"
    got, failed = told("https://e2b.dev/docs/faq/increase-concurrency", text)
    assert got == {f"prices pro addon {name}": f"{usd} month" for name, usd in prices.items()}
    assert bool(failed) is not bool(prices)


def test_a_sandbox_whose_time_is_up() -> None:
    url, head = "https://e2b.dev/docs/sandbox", "# Sandbox lifecycle\n\nSandboxes stay running. "
    always = "When their timeout expires, they automatically pause to save resources.\n"
    assert told(url, head + always) == ({"persistence auto_pause": "True"}, set())
    maybe = always.replace("they automatically", "they can automatically")
    assert told(url, head + maybe) == ({"persistence auto_pause": ""}, set())
    assert told(url, head + always.replace("they automatically pause", "they end")) == ({}, set())
    longer = "For longer, use [pause and resume](/p) — pausing resets the window, and your sandbox's full state is preserved {}"
    assert told(url, head + longer.format("indefinitely.")) == ({"persistence pause_resume": "True"}, set())
    assert told(url, head + longer.format("indefinitely on Pro.")) == ({}, {"paused_state"})
    assert told(url, head + longer.format("for a week.")) == ({}, {"paused_state"})


def test_the_guide_to_hosting_it_oneself() -> None:
    url = "https://raw.githubusercontent.com/e2b-dev/infra/0123456789abcdef0123456789abcdef01234567/self-host.md"
    text = "# Self-hosting E2B on Google Cloud\n\n## Prerequisites\n\nE2B is using Firecracker for Sandboxes.\n"
    facts = {"self_hosting core": "supported", "isolation default": "firecracker microvm"}
    assert told(url, text) == (facts, set())
    assert "self_hosting core" in told(url, text.replace(" on Google Cloud", ""))[0]
    ended = text + "\nSelf-hosting is no longer supported.\n"
    assert told(url, ended)[1] == {"guide"}


@pytest.mark.parametrize(
    "url",
    ["https://docs.e2b.dev/billing", "https://raw.githubusercontent.com/e2b-dev/docs/main/docs/billing.mdx", "https://www.e2b.dev/docs/billing/"],
)  # fmt: skip
def test_the_billing_page_at_its_other_addresses(url: str) -> None:
    assert told(url, page("billing")) == told(PAGES["billing"][1], page("billing"))


def test_the_site_as_html_with_anchors_in_its_headings() -> None:
    """The docs as served to a browser: the same table, headings with an invisible anchor before them."""
    rows = re.findall(r"^\|(.*)\|$", page("billing"), re.MULTILINE)
    cells = [[c.strip().strip("*") for c in row.split("|")] for i, row in enumerate(rows) if i != 1]
    table = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in cells)
    body = f"<h1>Billing</h1><p>usage-based pricing</p><h2>\u200bPlans</h2><table>{table}</table>"
    html = f"<!DOCTYPE html><html><body>{body}</body></html>"
    facts, failed = told(PAGES["billing"][1], html)
    assert not failed
    assert facts == {k: v for k, v in told(PAGES["billing"][1], page("billing"))[0].items() if not k.startswith("sdks")}


@pytest.mark.shared
def test_real_captures_leave_no_unknown_issue(shared: Path) -> None:
    """All but one reader read every stored page; that one meets a page that states two default timeouts."""
    for c in (c for c in replay(shared / "captures/e2b") if c.complete and ".part" not in (c.file or "")):
        for r in read(c):
            assert not r.issues or r.reader.endswith("persistence#connect_timeout"), (c.file, r.issues)


def test_a_plan_without_credits_is_a_denial_and_no_fact() -> None:
    read_on = read(capture(PAGES["limits"][1], page("limits")))
    assert not [f for r in read_on for f in r.facts if f.table == "allowances" and f.key["plan"] == "pro"]
    denied = {(d.key["plan"], d.key["allowance"], d.key["period"]) for r in read_on for d in r.denials}
    assert denied == {("pro", "credit", "once"), ("pro", "credit", "month")}
    assert all(d.basis == "denied" and "No additional credits" in str(d.quote) for r in read_on for d in r.denials)
    assert not any(r.denials for r in read(capture(PAGES["billing"][1], page("billing"))))
