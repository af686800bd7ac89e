"""Modal's readers on pages that changed, and the pricing page's reader, which has seen no real page."""

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import capture

from sandsnap.model import Fact
from sandsnap.read.reading import read
from sandsnap.read.sources import source_of

PAGES = Path(__file__).parents[1] / "src/sandsnap/vendors/modal/pages"
GUIDE = "https://modal.com/docs/guide/"
PRICING = "https://modal.com/pricing"


def page(name: str) -> str:
    return (PAGES / name).read_text("utf-8")


def facts(url: str, text: str) -> list[Fact]:
    return [f for r in read(capture(url, text)) for f in r.facts]


def values(url: str, text: str, table: str, key: str, column: str) -> dict[str, object]:
    return {f.key[key]: f.values[column] for f in facts(url, text) if f.table == table}


def issues(url: str, text: str) -> list[tuple[str, str | None]]:
    return [(i.kind, i.reader and i.reader.rpartition("#")[2]) for r in read(capture(url, text)) for i in r.issues]


# -- pricing: the structure as described (a list of names and prices; Functions and Sandboxes side by side) ----------

GPUS = (("Nvidia B200", "$0.001736 / sec"), ("Nvidia A100, 80 GB", "$0.000694 / sec"), ("Nvidia T4", "$0.000164 / sec"))


def rows(*pairs: tuple[str, str]) -> str:
    return "".join(f"<div><div>{name}</div><div>{price}</div></div>" for name, price in pairs)


def pricing(
    cpu: str = "$0.00003942 / core / sec",
    memory: str = "$0.00000667 / GiB / sec",
    gpus: str = rows(*GPUS),
    fee: str = "$250 / month",
) -> str:
    return f"""<html><body><h1>Pricing</h1>
<h2>Starter</h2><p>$0</p><ul><li>$30 / month free credits</li><li>100 containers</li></ul>
<h2>Team</h2><p>{fee}</p><ul><li>$100 / month free credits</li><li>5,000 containers</li></ul>
<h2>GPU tasks</h2>{gpus}
<h2>Functions</h2><h3>CPU</h3><div>$0.0000131 / core / sec</div><h3>Memory</h3><div>$0.00000222 / GiB / sec</div>
<h2>Sandboxes + Notebooks</h2><h3>CPU</h3><div>Physical core (2 vCPU equivalent)</div><div>{cpu}</div><div>{cpu}</div>
<h3>Memory</h3><div>{memory}</div><div>{memory}</div>
<h2>Questions</h2></body></html>"""


def prices(text: str) -> dict[tuple[str, str, str], tuple[object, object]]:
    return {
        (f.key["plan"], f.key["meter"], f.key["sku"]): (f.values["usd"], f.values["unit"])
        for f in facts(PRICING, text)
        if f.table == "prices"
    }


def test_the_pricing_reader_is_unproven() -> None:
    source = source_of(PRICING)
    assert source is not None and not source.proven


def test_sandbox_rates_never_the_functions() -> None:
    got = prices(pricing())
    assert got == {
        ("any", "core", "-"): (Decimal("0.00003942"), "core_second"),
        ("any", "memory", "-"): (Decimal("0.00000667"), "gib_second"),
        ("any", "gpu", "b200"): (Decimal("0.001736"), "gpu_second"),
        ("any", "gpu", "a100-80gb"): (Decimal("0.000694"), "gpu_second"),
        ("any", "gpu", "t4"): (Decimal("0.000164"), "gpu_second"),
        ("team", "plan_fee", "-"): (Decimal("250"), "month"),
    }


def test_plans() -> None:
    got = facts(PRICING, pricing())
    assert {f.key["plan"]: f.values["amount"] for f in got if f.table == "allowances"} == {"starter": 30, "team": 100}
    assert {f.key["plan"]: f.values["amount"] for f in got if f.table == "limits"} == {"starter": 100, "team": 5000}


def test_another_rate_is_read() -> None:
    assert prices(pricing(cpu="$0.00005000 / core / sec"))["any", "core", "-"][0] == Decimal("0.00005000")


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (pricing(cpu="$0.14 / core / hr"), "core"),  # per hour only: rounded, and not what is asked for
        (pricing(cpu="€0.00003942 / core / sec"), "core"),
        (pricing(cpu="Contact us"), "core"),
        (pricing().replace("Sandboxes + Notebooks", "Functions and Sandboxes"), "core"),
        (pricing().replace("<h2>Sandboxes + Notebooks</h2>", ""), "core"),
        (pricing().replace("<h2>Questions</h2>", "<p>$0.0000131 / core / sec</p>"), "core"),  # two rates in the section
        (pricing(gpus=rows(*((price, name) for name, price in GPUS))), "gpu"),  # price first: whose is it?
        (pricing(gpus=rows(("Nvidia B999", "$0.002 / sec"))), "gpu"),
        (pricing(gpus=rows(*GPUS, ("Nvidia T4", "$0.000100 / sec"))), "gpu"),
        (pricing(gpus=rows(("Nvidia T4", "$0.59 / hr"))), "gpu"),
        (pricing(fee="$250"), "plan_fee"),  # no period
    ],
)
def test_what_the_pricing_page_does_not_state_clearly_is_not_read(text: str, gone: str) -> None:
    assert gone not in {meter for _, meter, _ in prices(text)}
    assert [i for i in issues(PRICING, text) if i[0] in ("unreadable", "conflict", "wrong_page")]


def test_rates_in_a_table_with_a_column_for_each() -> None:
    text = """<html><body><h1>Pricing</h1><table><tr><th></th><th>Functions</th><th>Sandboxes</th></tr>
<tr><td>CPU</td><td>$0.0000131 / core / sec</td><td>$0.00003942 / core / sec</td></tr>
<tr><td>Memory</td><td>$0.00000222 / GiB / sec</td><td>$0.00000667 / GiB / sec</td></tr></table></body></html>"""
    got = {meter: usd for (_, meter, _), (usd, _) in prices(text).items()}
    assert got == {"core": Decimal("0.00003942"), "memory": Decimal("0.00000667")}


# The Markdown twin such a page would have: escaped dollars, lists, the section's singular name.
TWIN = r"""# Pricing

### Starter

\$0 + compute / month

- \$30 / month free credits
- 100 containers + 10 GPU concurrency

### Team

\$250 + compute / month

- \$100 / month free credits
- 5,000 containers + 50 GPU concurrency

### GPU Tasks

- Nvidia B200 \$0.001736 / sec
- Nvidia A100, 80 GB \$0.000694 / sec

### CPU

Physical core (2 vCPU equivalent)

\$0.0000131 / core / sec

### Memory

\$0.00000222 / GiB / sec

### Volumes

\$0.09 / GiB / mo, 1 TiB / month free

### Network egress

1 TiB / month free, then \$0.04 / GiB

## Sandbox + Notebooks pricing

### CPU

\$0.00003942 / core / sec

### Memory

\$0.00000667 / GiB / sec
"""


def test_the_twin_of_the_pricing_page() -> None:
    assert prices(TWIN) == {
        ("any", "core", "-"): (Decimal("0.00003942"), "core_second"),
        ("any", "memory", "-"): (Decimal("0.00000667"), "gib_second"),
        ("any", "gpu", "b200"): (Decimal("0.001736"), "gpu_second"),
        ("any", "gpu", "a100-80gb"): (Decimal("0.000694"), "gpu_second"),
        ("team", "plan_fee", "-"): (Decimal(250), "month"),
        ("any", "egress", "-"): (Decimal("0.04"), "gib"),
        ("any", "volume", "-"): (Decimal("0.09"), "gib_month"),
    }
    assert (
        values(PRICING, TWIN, "allowances", "allowance", "amount")["transfer"] == 1024
    )  # egress, not the Volumes' TiB
    assert values(PRICING, TWIN, "limits", "plan", "amount") == {"starter": 100, "team": 5000}


@pytest.mark.parametrize(
    ("old", "new", "gone"),
    [
        ("## Sandbox + Notebooks pricing", "**Sandbox + Notebooks**", "core"),  # no heading: the Functions' section
        ("then \\$0.04 / GiB", "then \\$0.04 / GiB in the US, \\$0.06 / GiB elsewhere", "egress"),
        ("- Nvidia B200", "- B2B", "gpu"),
    ],
)
def test_the_twin_gives_no_rate_that_is_not_clear(old: str, new: str, gone: str) -> None:
    text = TWIN.replace(old, new)
    assert text != TWIN and gone not in {meter for _, meter, _ in prices(text)}
    assert [i for i in issues(PRICING, text) if i[0] in ("unreadable", "conflict")]


def test_plans_and_gpus_in_tables() -> None:
    text = """# Pricing of Sandboxes

| GPU | Price |
|---|---|
| Nvidia H100 | $0.001097 / sec |

| | Starter | Team | Enterprise |
|---|---|---|---|
| Containers | 100 | 5,000 | Custom |
| Seats | 3 | 10 | Custom |
| Free credits | $30 / month | $100 / month | Custom |
"""
    assert prices(text) == {("any", "gpu", "h100"): (Decimal("0.001097"), "gpu_second")}
    assert values(PRICING, text, "allowances", "plan", "amount") == {"starter": 30, "team": 100}
    assert values(PRICING, text, "limits", "plan", "amount") == {"starter": 100, "team": 5000}
    assert not values(PRICING, text.replace(" / month", ""), "allowances", "plan", "amount")


# -- guides ------------------------------------------------------------------------------------------------------------


RETAINED = {"filesystem_snapshot": 30, "directory_snapshot": 30, "memory_snapshot": 7}


@pytest.mark.parametrize(
    ("edit", "kept"),
    [
        (
            ("| Filesystem Snapshot | 30 days", "| Filesystem Snapshot | 90 days"),
            {"filesystem_snapshot": 90, "directory_snapshot": 30, "memory_snapshot": 7},
        ),
        (
            ("Memory Snapshot | 7 days", "Memory Snapshot | 2 weeks"),
            {"filesystem_snapshot": 30, "directory_snapshot": 30, "memory_snapshot": 14},
        ),
        (("Memory Snapshot | 7 days", "Memory Snapshot | at least 9 days"), {}),
        # in other words, without a doubt: read by what they say, and an issue
        (("Default Retention Period", "Retention"), RETAINED),
        (("| Directory Snapshot |", "| Folder Snapshot |"), RETAINED),
    ],
)
def test_snapshot_retention(edit: tuple[str, str], kept: dict[str, int]) -> None:
    text = page("snapshots@2026-08-08.md")
    assert edit[0] in text
    url, edited = GUIDE + "sandbox-snapshots.md", text.replace(*edit)
    assert values(url, edited, "persistence", "mechanism", "retention_days") == kept
    assert (("unreadable", "snapshots") in issues(url, edited)) == (kept in ({}, RETAINED))


def test_the_table_of_snapshots_of_an_earlier_day() -> None:
    """Between the sentences and the table of today: another heading, and "Indefinite"."""
    url, state = f"{GUIDE}sandbox-snapshots", "copies of a Sandbox's entire state, both in memory and on the filesystem"
    text = f"""# Snapshots

Sandboxes support snapshotting.

Memory Snapshots are {state}.

| Snapshot Type       | Retention Period                      |
| ------------------- | ------------------------------------- |
| Filesystem Snapshot | Indefinite (until explicitly deleted) |
| Directory Snapshot  | 30 days after last use                |
| Memory Snapshot     | 7 days after creation                 |
"""
    assert values(url, text, "persistence", "mechanism", "retention_days") == {
        "filesystem_snapshot": None,
        "directory_snapshot": 30,
        "memory_snapshot": 7,
    }
    assert values(url, text, "persistence", "mechanism", "indefinite")["filesystem_snapshot"] is True
    assert not facts(url, text.replace("30 days after last use", "for a while"))


def test_the_security_page_before_it_was_on_privacy() -> None:
    text = (
        "# Security at Modal\n\nThe document outlines Modal's security commitments.\n\n"
        "Compute jobs at Modal are containerized and virtualized using gVisor.\n"
    )
    assert values(f"{GUIDE}security", text, "isolation", "runtime", "technology") == {"default": "gvisor"}
    assert not issues(f"{GUIDE}security", text)
    assert issues(f"{GUIDE}security", f"{text}\n## Data retention\n\nWe keep some data.\n")


def test_snapshots_of_vm_sandboxes_in_the_alpha() -> None:
    text = """# VM Sandboxes

<Callout variant="alpha">

Compatibility is partial: [Filesystem Snapshots](/a) are supported, but [Memory Snapshots](/b) are not yet supported.

</Callout>
"""
    got = [f for f in facts(f"{GUIDE}vm-sandboxes", text) if f.table == "persistence"]
    assert [(f.key["product"], f.key["mechanism"]) for f in got] == [("vm-sandbox", "filesystem_snapshot")]


def test_snapshots_kept_without_end_and_then_for_days() -> None:
    url = GUIDE + "sandbox-snapshots.md"
    before = values(url, page("snapshots@2026-04-09.md"), "persistence", "mechanism", "indefinite")
    assert before == {"filesystem_snapshot": True, "directory_snapshot": None, "memory_snapshot": None}
    after = values(url, page("snapshots@2026-08-08.md"), "persistence", "mechanism", "indefinite")
    assert set(after.values()) == {None}


@pytest.mark.parametrize(
    ("item", "model"),
    [
        ("`B400`", "b400"),
        ("`H100`/`H100!`", "h100"),
        ("`RTX-PRO-6000`", "rtx-pro-6000"),
        ("`any`", None),
        ("ask us", None),
        ("`H100`/`A100`", "a100"),
    ],
)
def test_gpu_list(item: str, model: str | None) -> None:
    text = page("gpu@2026-08-08.md").replace("* `B300`", f"* {item}")
    models = set(values(GUIDE + "gpu.md", text, "gpus", "model", "status"))
    assert models == set() if model is None else model in models and "b300" not in models


@pytest.mark.parametrize(
    ("words", "limits"),
    [
        (
            "Sandboxes have a default maximum lifetime of 10 minutes. Ask by passing\na `timeout` of up to 48 hours.",
            {"session_default": 10, "session_max": 48},
        ),
        ("Sandboxes have a default maximum lifetime of 5 minutes.", {"session_default": 5}),  # with an issue
        ("Probes run for at most 5 minutes, `timeout=60*60` is a sample of up to 24 hours.", {}),
    ],
)
def test_lifetimes(words: str, limits: dict[str, int]) -> None:
    url, text = GUIDE + "sandboxes.md", f"# Sandboxes\n\n{words}\n"
    assert values(url, text, "limits", "limit", "amount") == limits
    assert (("unreadable", "lifetime") in issues(url, text)) == ("session_max" not in limits)


def test_functions_have_no_limits_here() -> None:
    text = "# Timeouts\n\nFunctions have a default timeout of 300 seconds, and a timeout of up to 24 hours.\n"
    assert facts(GUIDE + "timeouts.md", text) == []


def test_the_retention_of_a_filesystem_snapshot_in_the_references() -> None:
    """JavaScript lists the parameter, Python has it in a component; the directory's stands in another section."""
    js = """# Sandbox\n\n## snapshotFilesystem\n
* `timeoutMs?` (`number`): Overall budget for the call, in milliseconds. Defaults to 55000.
* `ttlMs?` (`number | null`): Lifetime of the resulting image in milliseconds, as a hard cutoff. Defaults to 30 days.\n
## terminate\n"""
    py = (
        "# Sandbox\n\n## snapshot\\_filesystem\n\n"
        '<Parameter name="timeout" type="int" defaultValue="55" description="Maximum time in seconds to wait." />\n'
        '<Parameter name="ttl" type="int | None" defaultValue="30 * 24 * 3600"'
        ' description="The resulting Image is retained for `ttl` seconds (default: 30 days)." />\n\n## terminate\n'
    )
    for language, text in (("js", js), ("py", py)):
        url = f"https://modal.com/docs/sdk/{language}/latest/Sandbox"
        assert values(url, text, "persistence", "mechanism", "retention_days") == {"filesystem_snapshot": 30}
        moved = text.replace("snapshotFilesystem", "other").replace("_filesystem", "_other")
        assert not values(url, moved, "persistence", "mechanism", "retention_days")
        unknown = text.replace("Defaults to 30 days", "Ask us").replace("(default: 30 days)", "(ask us)")
        assert not values(url, unknown, "persistence", "mechanism", "retention_days")
        expected = {"js": ("reworded", "default_retention"), "py": ("unreadable", "retention_parameter")}
        assert expected[language] in issues(url, unknown)


def test_the_billing_rule_must_still_stand() -> None:
    rule = "Modal Sandboxes are billed by the second based on whichever is higher: your resource request or your actual usage."
    text = f"# Sandbox resources and pricing\n\n{rule}\n"
    url = f"{GUIDE}sandbox-resources"
    assert not issues(url, text) and {f.table for f in facts(url, text)} == {"billing_rules"}
    assert issues(url, text.replace("whichever is higher", "what you ask for"))


@pytest.mark.parametrize(("default", "amount"), [("300", 300), ("600", 600), ("None", None)])
def test_the_default_of_create_alone(default: str, amount: int | None) -> None:
    text = page("sdk-py@2026-08-08.md").replace(
        'defaultValue="300" description="Maximum lifetime', f'defaultValue="{default}" description="Maximum lifetime'
    )
    got = values("https://modal.com/docs/sdk/py/latest/Sandbox.md", text, "limits", "limit", "amount")
    assert got == ({} if amount is None else {"session_default": amount})


@pytest.mark.parametrize(
    ("words", "credit"),
    [
        ("get $30/month of credits.", 30),
        ("get $50/month of credits.", 50),
        ("get $30 of credits.", None),
        ("get €30/month of credits.", None),
    ],
)
def test_credit(words: str, credit: int | None) -> None:
    text = f"# Modal llms.txt\n\nYou can sign up for free at [https://modal.com] and {words}\n"
    got = values("https://modal.com/llms.txt", text, "allowances", "allowance", "amount")
    assert got == ({} if credit is None else {"credit": credit})


def test_sdks_of_others_are_not_official() -> None:
    got = values(
        "https://github.com/modal-labs/modal-client", page("readme@2026-03-02.md"), "sdks", "interface", "official"
    )
    assert got == {"python": True, "typescript": True, "go": True, "ruby": False}
    unsaid = page("readme@2026-03-02.md").replace("These projects are not officially supported by Modal.", "Enjoy.")
    assert "ruby" not in values("https://github.com/modal-labs/modal-client", unsaid, "sdks", "interface", "official")


def test_regions_of_containers_only() -> None:
    got = values(GUIDE + "region-selection.md", page("regions@2026-08-08.md"), "regions", "region", "status")
    assert got == {"us": "available", "us-east": "available", "uk": "available"}


def test_an_unreleased_default_is_not_in_force() -> None:
    entry = (
        "- `Sandbox.SnapshotFilesystem` (Go) / `Sandbox.snapshotFilesystem` (JS) and "
        "`Sandbox.SnapshotDirectory` (Go) / `Sandbox.snapshotDirectory` (JS) now accept an explicit `TTL`. "
        "Both methods default to 30 days.\n"
    )
    url = "https://modal.com/docs/sdk/js/releases"
    assert facts(url, f"# Changelog\n\n## Unreleased\n\n{entry}") == []
    released = values(
        url, f"# Changelog\n\n## js/v0.8.0, go/v0.8.0\n\n{entry}", "persistence", "mechanism", "retention_days"
    )
    assert released == {"filesystem_snapshot": 30, "directory_snapshot": 30}


def test_gvisor_is_what_the_vm_runtime_replaces() -> None:
    text = (
        "# VM Sandboxes\n\n"
        "Sandboxes can be run on top of a full virtual machine rather than on top of gVisor. "
        "This gives each Sandbox a real Linux kernel. By default, VM sandboxes get 1GiB of RAM.\n\n"
        "The VM root filesystem is currently limited to 1 TiB.\n"
    )
    url = GUIDE + "vm-sandboxes.md"
    isolation = [f for f in facts(url, text) if f.table == "isolation"]
    assert [(f.key["product"], f.values["technology"], f.values["boundary"]) for f in isolation] == [
        ("vm-sandbox", None, "vm")
    ]
    limits = [f.values for f in facts(url, text) if f.table == "limits"]
    assert [(v["amount"], v["unit"]) for v in limits] == [(1024, "gib")]


# -- egress, and a cap on spending: announced with a day -------------------------------------------------------------

EGRESS = """# Egress

From December 1, 2026, Modal charges for network egress.

| Plan | Included per month | Extra egress |
| --- | --- | --- |
| Starter | 2 TiB | $0.05 per GiB |
| Team | 500 GiB | $0.03 per GiB |
"""


def test_egress_by_plan() -> None:
    found = {
        (f.table, f.key["plan"]): (f.values.get("usd", f.values.get("amount")), f.values["unit"])
        for f in facts(GUIDE + "network-egress-billing", EGRESS)
        if f.table != "notices"
    }
    assert found == {
        ("prices", "starter"): (Decimal("0.05"), "gib"),
        ("prices", "team"): (Decimal("0.03"), "gib"),
        ("allowances", "starter"): (2048, "gib"),
        ("allowances", "team"): (500, "gib"),
    }


def test_what_egress_includes_in_no_stated_time_is_no_allowance() -> None:
    text = EGRESS.replace("Included per month", "Included")
    assert {f.table for f in facts(GUIDE + "network-egress-billing", text)} == {"prices", "notices"}


@pytest.mark.parametrize(
    ("url", "text", "subject", "day"),
    [
        ("network-egress-billing", EGRESS, "egress", "2026-12-01"),
        ("budgets", "# Caps\n\nAs of 3 March 2027, Modal supports a spend limit.", "spend_limit", "2027-03-03"),
    ],
)
def test_what_is_announced(url: str, text: str, subject: str, day: str) -> None:
    [notice] = [f for f in facts(GUIDE + url, text) if f.table == "notices"]
    assert (notice.key["subject"], str(notice.values["effective_on"])) == (subject, day)


def test_examples_of_budgets_are_no_amounts() -> None:
    assert not facts(GUIDE + "budgets", "# Budgets\n\nA budget of $80 stops a workspace with $20 of credits at $60.")


def test_a_page_under_another_title() -> None:
    assert not issues(
        GUIDE + "cold-start", "# Faster starts\n\nA COLD START is short. Containers boot in about one second."
    )
