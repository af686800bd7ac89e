"""Fly's readers on pages that were changed: the new amount, or none; never the old one and never another's."""

import hashlib
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sandsnap.model import Capture, Fact, Issue
from sandsnap.read.reading import read

GOLDEN = Path(__file__).parents[1] / "src/sandsnap/vendors/fly/pages"
INDEX = {e["file"]: e for e in map(json.loads, (GOLDEN / "index.jsonl").read_text("utf-8").splitlines())}
PRICING = "pricing@2026-10-09.md"
RENDERED = "docs-about-pricing@2026-06-15.html"
SOURCE = "docs-about-pricing@2025-12-12.markerb"
GPUS = "docs-gpus@2026-02-11.md"
TRIAL = "docs-free-trial@2026-03-18.md"
SPRITES = "sprites-billing@2026-01-27.mdx"

Key = tuple[str, ...]


def read_page(file: str, text: str, on: str | None = None) -> tuple[dict[Key, Fact], list[Issue]]:
    body = text.encode()
    at = datetime.fromisoformat(on or INDEX[file]["captured_at"]).replace(tzinfo=UTC)
    readings = read(Capture(INDEX[file]["url"], at, body, hashlib.sha256(body).hexdigest(), file=file))
    return {key_of(f): f for r in readings for f in r.facts}, [i for r in readings for i in r.issues]


def key_of(fact: Fact) -> Key:
    return fact.table, *(v for v in fact.key.values() if v not in ("-", "any", "machines", "list"))


def changed(file: str, *replacements: tuple[str, str]) -> str:
    text = (GOLDEN / file).read_text("utf-8")
    for old, new in replacements:
        assert old in text, f"{old!r} is not in {file}"
        text = text.replace(old, new)
    return text


def values(facts: dict[Key, Fact]) -> dict[Key, dict[str, object]]:
    return {k: dict(f.values) for k, f in facts.items()}


AMOUNTS = [
    (RENDERED, "A10: $0.75/hr", "A10: $0.95/hr", ("prices", "gpu", "a10"), "usd", "0.95"),
    (RENDERED, "$0.00000128</td><td>$0.0046</td><td>$3.32", "$0.00000130</td><td>$0.0047</td><td>$3.37",
     ("prices", "instance", "shared-cpu-1x-512mb", "iad"), "usd", "0.0000013"),
    (RENDERED, "$0.15/GB per month of prov", "$0.20/GB per month of prov", ("prices", "volume"), "usd", "0.20"),
    (RENDERED, "$0.08/GB", "$0.09/GB", ("prices", "snapshot_storage"), "usd", "0.09"),
    (RENDERED, "First 10GB free", "First 25GB free", ("allowances", "snapshot_storage", "month"), "amount", "25"),
    (RENDERED, "with 5 days", "with 7 days", ("persistence", "auto_snapshot"), "retention_days", "7"),
    (RENDERED, "$0.12 per GB", "$0.10 per GB", ("prices", "egress", "india"), "usd", "0.10"),
    (SOURCE, "L40S: $1.25/hr", "L40S: $2.50/hr", ("prices", "gpu", "l40s"), "usd", "2.50"),
    (PRICING, "$0.0030 | $2.19", "$0.0040 | $2.88", ("prices", "instance", "shared-cpu-1x", "iad"), "usd", "0.0040"),
    (PRICING, "$0.03825 /", "$0.04 /", ("prices", "sprites", "vcpu"), "usd", "0.04"),
    (TRIAL, "2 total VM hours", "5 total VM hours", ("allowances", "free_trial", "vm_time", "once"), "amount", "5"),
    (TRIAL, "or 7 days", "or 14 days", ("allowances", "free_trial", "trial", "once"), "amount", "14"),
    (TRIAL, "for 5 minutes", "for 10 minutes", ("limits", "free_trial", "session_max"), "amount", "10"),
    (SPRITES, "$20/mo |", "$25/mo |", ("prices", "sprites", "level_10", "plan_fee"), "usd", "25"),
    (SPRITES, "(8 vCPUs, 4 GB RAM)", "(16 vCPUs, 4 GB RAM)", ("limits", "sprites", "vcpu_max"), "amount", "16"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "key", "column", "amount"), AMOUNTS, ids=lambda x: str(x)[:30])
def test_another_amount_is_read(file: str, old: str, new: str, key: Key, column: str, amount: str) -> None:
    before, _ = read_page(file, changed(file))
    after, _ = read_page(file, changed(file, (old, new)))
    assert before[key].values[column] != Decimal(amount)
    assert after[key].values[column] == Decimal(amount)


REFUSED = [
    # another currency
    (RENDERED, [("A10: $0.75", "A10: €0.75")], "prices gpu"),
    (RENDERED, [("<td>$0.0028", "<td>€0.0028")], "prices instance"),
    (RENDERED, [("$0.02 per GB", "£0.02 per GB")], "prices egress"),
    (PRICING, [("| $0.15 |\n| Snap", "| €0.15 |\n| Snap")], "prices volume"),
    (PRICING, [("$0.0183", "€0.0183")], "prices instance"),
    (SPRITES, [("$20/mo |", "€20/mo |")], "prices sprites"),
    # the unit's column swapped, a column renamed, a figure slipped: the page's own two figures no longer agree
    (RENDERED, [("Price/second", "Price/day")], "prices instance"),
    (RENDERED, [("Price/second", "X"), ("Price/hour", "Price/second"), ("<th>X", "<th>Price/hour")], "prices instance"),
    (RENDERED, [("$0.00000078", "$0.0000078")], "prices instance"),
    (PRICING, [("Per hour | Per month", "Per month | Per hour")], "prices instance"),
    (PRICING, [("| $0.50 |", "| $5.00 |")], "prices sprites"),
    # another unit
    (RENDERED, [("A10: $0.75/hr", "A10: $0.75/day")], "prices gpu"),
    (PRICING, [("Volumes, per GB / month", "Volumes, per GB / day")], "prices volume"),
    # a name nobody knows
    (RENDERED, [("A10:", "Frankie:")], "prices gpu"),
    (RENDERED, [("shared-cpu-1x</th>", "tiny</th>")], "prices instance"),
    (RENDERED, [("- Africa<br>- India", "- Africa<br>- Moon")], "prices egress"),
    (SPRITES, [("**Level 10** |", "**Hero** |")], "prices sprites"),
    # a heading renamed
    (RENDERED, [("<h3>Volume Snapshots", "<h3>Copies")], "prices snapshot_storage"),
    (GPUS, [("models of GPU are available", "GPUs can be had")], "gpus"),
    # no amount
    (PRICING, [("| $0.0030 |", "| Contact us |")], "prices instance"),
]


@pytest.mark.parametrize(("file", "replacements", "lost"), REFUSED, ids=lambda x: str(x)[:40])
def test_what_is_not_understood_is_refused(file: str, replacements: list[tuple[str, str]], lost: str) -> None:
    before, _ = read_page(file, changed(file))
    after, issues = read_page(file, changed(file, *replacements))
    assert any(" ".join(k).startswith(lost) for k in before)
    assert not any(" ".join(k).startswith(lost) for k in after), "a value from a page that was not understood"
    assert values(after).items() <= values(before).items(), "the rest stays as it was"
    assert any(i.kind in ("unreadable", "conflict") for i in issues)


def test_order_of_columns_and_rows_does_not_matter() -> None:
    text = changed(SPRITES)
    turned = re.sub(r"^\|(.+?)\|(.+?)\|(.+?)\|(.+?)\|(.+?)\|(.+?)\|$", r"|\1|\6|\5|\4|\3|\2|", text, flags=re.MULTILINE)
    assert turned != text
    assert values(read_page(SPRITES, turned)[0]) == values(read_page(SPRITES, text)[0])
    lines = changed(PRICING).splitlines()
    rows = [i for i, line in enumerate(lines) if line.startswith(("| shared", "| performance"))]
    lines[rows[0]], lines[rows[-1]] = lines[rows[-1]], lines[rows[0]]
    assert values(read_page(PRICING, "\n".join(lines))[0]) == values(read_page(PRICING, changed(PRICING))[0])


def test_a_preset_is_named_by_its_least_ram_wherever_it_stands() -> None:
    small = "<td>256MB</td><td>$0.00000078</td><td>$0.0028</td><td>$2.02</td>"
    large = "<td>512MB</td><td>$0.00000128</td><td>$0.0046</td><td>$3.32</td>"
    turned = changed(RENDERED, (small, "#"), (large, small), ("#", large))
    facts, _ = read_page(RENDERED, turned)
    assert facts["prices", "instance", "shared-cpu-1x", "iad"].values["usd"] == Decimal("0.00000078")
    assert facts["prices", "instance", "shared-cpu-1x-512mb", "iad"].values["usd"] == Decimal("0.00000128")


def test_a_gpu_without_a_price_is_for_a_person() -> None:
    facts, issues = read_page(SOURCE, changed(SOURCE, ("A10: $1.50/hr per GPU", "A10: Contact us")))
    assert not any(key[:2] == ("prices", "gpu") for key in facts) and issues


def test_gpus_under_another_heading_are_the_same() -> None:
    moved = changed(SOURCE, ("### GPUs and Fly Machines", "### Accelerators"))
    assert values(read_page(SOURCE, moved)[0]) == values(read_page(SOURCE, changed(SOURCE))[0])


def test_a_page_without_gpus_states_none_but_a_changed_list_is_refused() -> None:
    text = changed(SOURCE)
    gone = re.sub(r"### GPUs and Fly Machines.*?(?=### Machine res)", "", text, flags=re.DOTALL)
    facts, issues = read_page(SOURCE, gone)
    assert not any(k[0] == "gpus" for k in facts)
    assert not any(str(i.reader).endswith("#gpu_prices") for i in issues)
    prose = re.sub(r"(?m)^\* (\w+[^:\n]*): (\S+) per GPU$", r"A \1 costs \2 per GPU.", text)
    facts, issues = read_page(SOURCE, prose)
    assert not any(k[0] == "gpus" for k in facts)
    assert any(str(i.reader).endswith("#gpu_prices") for i in issues)


def test_an_end_in_unknown_words_is_never_available() -> None:
    facts, issues = read_page(GPUS, changed(GPUS, ("will be unavailable after August 1", "leave us soon")))
    assert not any(k[0] in ("gpus", "notices") for k in facts)
    assert {str(i.reader).rpartition("#")[2] for i in issues} == {"gpu_notice", "gpu_models"}


@pytest.mark.parametrize(
    ("words", "on", "ends"),
    [
        ("August 1", "2026-02-11", date(2026, 8, 1)),
        ("August 1", "2026-07-31", date(2026, 8, 1)),
        ("August 1", "2026-09-10", date(2026, 8, 1)),  # the notice was left standing
        ("January 15", "2026-11-02", date(2027, 1, 15)),
        ("August 1, 2027", "2026-02-11", date(2027, 8, 1)),
    ],
)
def test_the_day_gpus_end(words: str, on: str, ends: date) -> None:
    facts, _ = read_page(GPUS, changed(GPUS, ("August 1", words)), on)
    assert facts["gpus", "a10"].values == {"status": "ending", "ends_on": ends}
    assert facts["notices", "gpu", "end_of_life"].values["effective_on"] == ends


def test_figures_are_month_first() -> None:
    facts, _ = read_page(TRIAL, changed(TRIAL))
    assert facts["notices", "gpu", "end_of_life"].values["effective_on"] == date(2026, 8, 1)
    facts, issues = read_page(TRIAL, changed(TRIAL, ("08/01/26", "31/08/26")))
    assert ("notices", "gpu", "end_of_life") not in facts
    assert any(str(i.reader).endswith("#gpu_notice") for i in issues)


def test_the_unrendered_source_has_no_price_by_region_and_says_so() -> None:
    facts, issues = read_page(SOURCE, changed(SOURCE))
    assert not any(k[:2] == ("prices", "instance") for k in facts)
    assert any(i.kind == "template" and str(i.reader).endswith("#started_machines") for i in issues)


def test_a_count_that_is_not_the_lists_is_refused() -> None:
    facts, issues = read_page(GPUS, changed(GPUS, ("Four models", "Three models")))
    assert not any(k[0] == "gpus" for k in facts)
    assert any(str(i.reader).endswith("#gpu_models") for i in issues)


ALLOWED = "docs-about-pricing@2024-05-31.markerb"


def test_what_a_stopped_machine_costs() -> None:
    facts, _ = read_page(ALLOWED, changed(ALLOWED, ("days is $0.15", "days is $0.20")))
    assert facts["prices", "storage"].values == {"usd": Decimal("0.20"), "unit": "gb_month", "billed_on": None}
    # neither what plans included and new accounts got, nor a plan's fee, support, more RAM ("about")
    assert {k[:2] for k in facts} == {
        ("prices", "storage"), ("prices", "volume"), ("prices", "gpu"), ("gpus", "a10"), ("gpus", "l40s"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "edit",
    [
        ("stopped for 30 days", "stopped for 60 days"),
        ("Each 1GB of rootfs", "Each 10GB of rootfs"),
        ("30 days is $0.15", "30 days is €0.15"),
        ("30 days is $0.15", "30 days is from $0.15"),
    ],
)
def test_another_measure_of_a_stopped_machine_is_refused(edit: tuple[str, str]) -> None:
    facts, _ = read_page(ALLOWED, changed(ALLOWED, edit))
    assert ("prices", "storage") not in facts


def test_a_suspended_machine_keeps_memory_and_disk() -> None:
    text = "# Machine states and lifecycle\n\n- Machines in `suspended` preserve memory and disk state.\n"
    body = text.encode()
    for url in ("https://fly.io/docs/machines/machine-states/", "https://docs.fly.io/machines/machine-states"):
        readings = read(Capture(url, datetime(2025, 5, 1, tzinfo=UTC), body, hashlib.sha256(body).hexdigest()))
        facts = {key_of(f): f for r in readings for f in r.facts}
        assert facts["persistence", "pause_resume"].values["preserves"] == "filesystem_and_memory"


def test_more_ram_is_priced_where_the_page_says_what_it_costs() -> None:
    said = (
        "More RAM is $6.00 per GB per month on every preset.",
        "Every preset takes more RAM at $6.00 per GB per month.",
    )
    facts, _ = read_page(PRICING, changed(PRICING, said))
    assert facts["prices", "memory", "iad"].values == {"usd": Decimal(6), "unit": "gb_month", "billed_on": None}
    facts, _ = read_page(PRICING, changed(PRICING, said, ("per GB per month.", "a month.")))
    assert ("prices", "memory", "iad") not in facts
    assert ("prices", "instance", "shared-cpu-1x", "iad") in facts


def test_tables_that_do_not_say_their_region_are_refused() -> None:
    facts, issues = read_page(RENDERED, changed(RENDERED, ('id="started-machines-pricing-matrix-', 'data-region="')))
    assert not any(k[:2] == ("prices", "instance") for k in facts)
    assert ("prices", "volume") in facts
    assert any(i.kind != "template" and str(i.reader).endswith("#started_machines") for i in issues)


SUMMARY = "docs-about-pricing@2026-09-25.mdx"


def started(facts: dict[Key, Fact]) -> dict[Key, object]:
    return {k[2:]: f.values["usd"] for k, f in facts.items() if k[:2] == ("prices", "instance")}


def test_the_summary_prices_machines_per_month_in_the_regions_it_names() -> None:
    facts, _ = read_page(SUMMARY, changed(SUMMARY, (" 1GB RAM | \\$6.70", " 1GB RAM | \\$6.90")))
    expected = {
        "shared-cpu-1x": "2.19", "shared-cpu-1x-1gb": "6.90", "shared-cpu-2x-2gb": "13.39", "performance-2x": "66.00",
    }  # fmt: skip
    regions = ("iad", "ewr")
    assert started(facts) == {(sku, r): Decimal(usd) for sku, usd in expected.items() for r in regions}
    assert facts["prices", "memory", "ewr"].values == {"usd": Decimal(6), "unit": "gb_month", "billed_on": None}
    # neither the example in Frankfurt nor an address, a database, a support contract
    assert {k[1] for k in facts if k[0] == "prices"} == {
        "instance", "memory", "storage", "volume", "snapshot_storage", "egress",
    }  # fmt: skip


@pytest.mark.parametrize(
    "edit",
    [
        ("are for Ashburn, Virginia (`iad`) and Secaucus, NJ (`ewr`), our", "are for Ashburn and Secaucus, our"),
        ("Secaucus, NJ (`ewr`), our", "Secaucus, NJ, our"),  # a region without its code
        ("assume 30 days", "assume 31 days"),
        ("\\$2.19/month |", "\\$2.19/hour |"),
        ("\\$2.19/month |", "from \\$2.19/month |"),
        ("`shared-cpu-1x` with 256MB RAM | ", "the smallest there is | "),
    ],
)
def test_a_summary_that_is_not_understood_prices_no_machine(edit: tuple[str, str]) -> None:
    facts, issues = read_page(SUMMARY, changed(SUMMARY, edit))
    assert started(facts) == {}
    assert any(str(i.reader).endswith("#started_in_lowest_regions") for i in issues)
    assert ("prices", "volume") in facts


def test_a_page_with_the_summary_and_the_tables_of_the_regions_prices_by_the_second() -> None:
    rows = re.sub(r"\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|", r"<tr><td>\1</td><td>\2</td><td>\3</td></tr>",
                  "\n".join(x for x in changed(SUMMARY).splitlines() if x.startswith(("| Started", "| Additional"))))  # fmt: skip
    both = (
        "<h2>Everything we bill for</h2><p>Machine prices in this table are for Ashburn, Virginia (iad) and Secaucus, NJ"
        " (ewr), our lowest-priced regions.</p><p>Monthly Machine prices assume 30 days of continuous runtime.</p>"
        "<table><thead><tr><th>What you pay for</th><th>Price</th><th>Notes</th></tr></thead><tbody>"
        + rows.replace("`", "").replace("\\", "")
        + "</tbody></table><h2>Compute</h2>"
    )
    facts, issues = read_page(RENDERED, changed(RENDERED, ("<h2>Compute</h2>", both)))
    assert started(facts) == started(read_page(RENDERED, changed(RENDERED))[0])
    assert ("prices", "memory", "iad") in facts
    assert not any(i.kind == "conflict" for i in issues)


GROWS = "sprites-lifecycle@2026-02-10.mdx"
WAKES = "sprites-lifecycle@2026-09-28.mdx"
CHECKPOINTS = "sprites-checkpoints@2026-01-20.mdx"


def test_a_disk_that_grows_has_no_largest_size() -> None:
    facts, issues = read_page(GROWS, changed(GROWS))
    assert issues == []
    limits = {k[-1]: f.values["amount"] for k, f in facts.items() if k[0] == "limits"}
    assert limits == {"vcpu_max": 8, "memory_max": 4, "idle_timeout": 30}
    fixed, _ = read_page(GROWS, changed(GROWS, ("**100 GB storage** (grows automatically)", "**100 GB storage**")))
    assert fixed["limits", "sprites", "disk_max"].values["amount"] == 100
    assert not any(k[0] == "cold_starts" for k in facts)  # "a few seconds" is no figure


def test_warm_and_cold_wakes() -> None:
    facts, issues = read_page(WAKES, changed(WAKES))
    assert issues == []
    wakes = {k[2]: (f.values["low_ms"], f.values["high_ms"]) for k, f in facts.items() if k[0] == "cold_starts"}
    assert wakes == {"resume": (100, 500), "restart": (1000, 2000)}
    assert ("limits", "sprites", "memory_max") not in facts
    assert facts["persistence", "sprites", "auto_pause"].values["preserves"] == "filesystem"
    # a RAM that is neither a figure nor the platform's is for a person
    facts, issues = read_page(WAKES, changed(WAKES, ("**Memory the platform manages for you**", "**Plenty of RAM**")))
    assert ("limits", "sprites", "memory_max") not in facts
    assert any(str(i.reader).endswith("#sprite_resources") for i in issues)


def test_a_checkpoints_time_in_its_words() -> None:
    key = ("cold_starts", "sprites", "snapshot", "typical")
    facts, _ = read_page(CHECKPOINTS, changed(CHECKPOINTS, ("(~300ms)", "(~150ms)")))
    assert facts[key].values["high_ms"] == 150
    for words in ("Creating one takes about 400ms", "Creating a checkpoint takes about 400ms"):
        text = changed(CHECKPOINTS, ("Checkpoints are fast to create (~300ms)", words))
        assert read_page(CHECKPOINTS, text)[0][key].values["high_ms"] == 400
    facts, issues = read_page(
        CHECKPOINTS, changed(CHECKPOINTS, ("Checkpoints are fast to create (~300ms)", "A checkpoint takes ~300ms"))
    )
    assert key not in facts
    assert [str(i.reader).rpartition("#")[2] for i in issues if i.kind != "unpublished"] == ["checkpoint_time"]
    silent = changed(
        CHECKPOINTS, (" (~300ms)", ""), ("Checkpoints are billed as regular storage at $0.50/GB/month. ", "")
    )
    facts, issues = read_page(CHECKPOINTS, silent)
    assert set(facts) == {("persistence", "sprites", "checkpoint")}
    assert [i for i in issues if i.kind != "unpublished"] == []


RATES = """
| Resource | Rate (per second) | Notes |
|---|---|---|
| **CPU Time** | `$0.00001944` / vCPU-second | |
| **Memory Time** | `$0.00001215` / GB-second | |
| **Hot Storage** | `$0.50` / GB-month | A cache. |
| **Storage** | `$0.02` / GB-month | Durable. |
"""


def test_the_rates_of_sprites_where_their_component_was_filled_in() -> None:
    facts, _ = read_page(SPRITES, changed(SPRITES) + RATES)
    rates = {
        k[2:]: (f.values["usd"], f.values["unit"]) for k, f in facts.items() if k[0] == "prices" and "level_10" not in k
    }
    assert rates == {
        ("vcpu",): (Decimal("0.00001944"), "vcpu_second"), ("memory",): (Decimal("0.00001215"), "gb_second"),
        ("storage", "hot"): (Decimal("0.50"), "gb_month"), ("storage", "cold"): (Decimal("0.02"), "gb_month"),
    }  # fmt: skip
    for edit in (
        ("vCPU-second", "minute"),
        ("**CPU Time**", "**GPU Time**"),
        ("`$0.00001944` / vCPU-second", "Ask us"),
    ):
        facts, _ = read_page(SPRITES, changed(SPRITES) + RATES.replace(*edit))
        assert not any(k[:3] == ("prices", "sprites", "vcpu") for k in facts)


def test_the_configuration_of_sprites() -> None:
    text = (
        "---\ntitle: Configuration Reference\n---\n\n| Property | Value |\n|---|---|\n| Type | ext4 |\n"
        "| Provisioned size | 100 GB (current default) |\n\nSprites currently hibernate after **30 seconds** of inactivity."
        "\n\n```go\nctx, cancel := context.WithTimeout(ctx, 5*time.Minute)\n```\n"
    )
    body = text.encode()
    at = datetime(2026, 9, 28, tzinfo=UTC)
    url = "https://docs.sprites.dev/reference/configuration"
    readings = read(Capture(url, at, body, hashlib.sha256(body).hexdigest(), file="configuration.mdx"))
    facts = {key_of(f): (f.values["amount"], f.values["unit"]) for r in readings for f in r.facts}
    assert facts == {
        ("limits", "sprites", "disk_max"): (100, "gb"), ("limits", "sprites", "idle_timeout"): (30, "second"),
    }  # fmt: skip


@pytest.mark.parametrize("said", ["A10:Contact us per GPU", "Contact us per GPU", "A10: ask us"])
def test_a_gpu_that_lost_its_price_in_unknown_words_is_not_gone(said: str) -> None:
    facts, issues = read_page(SOURCE, changed(SOURCE, ("A10: $1.50/hr per GPU", said)))
    assert not any(k[0] == "gpus" for k in facts)
    assert any(str(i.reader).endswith("#gpu_prices") for i in issues)


REGIONAL = """# Fly.io pricing

Compute prices are for Ashburn (iad); others vary.

### Machines — compute

| Preset | Per hour | Per month |
| --- | --- | --- |
| shared-cpu-1x · 256MB | $0.0050 | $3.60 |
| performance-1x · 2GB | $0.0500 | $36.00 |

### Machines — by region

| Region | Code | Multiplier | shared-cpu-1x · 256MB |
| --- | --- | --- | --- |
| Home | iad | 1.000 | $3.60 |
| Away | xyz | 1.250 | $4.50 |

### Machines — reserved compute

Reserve compute and save 25%. One-year blocks from $9/yr.
"""


def regional(text: str) -> dict[tuple[str, ...], str]:
    body, at = text.encode(), datetime(2026, 10, 9, tzinfo=UTC)
    made = Capture("https://fly.io/pricing.md", at, body, hashlib.sha256(body).hexdigest(), file="pricing.md")
    found = {}
    for f in (f for r in read(made) for f in r.facts if f.table in ("prices", "multipliers")):
        amount = f.values.get("usd", f.values.get("factor"))
        key = tuple(f.key[k] for k in ("sku", "region", "condition") if k in f.key)
        found[key] = f"{amount:f} {f.values.get('unit', '')}".strip()
    return found


def test_prices_by_region_are_of_the_presets_time() -> None:
    found = regional(REGIONAL)
    assert found["shared-cpu-1x", "xyz"] == "4.50 instance_month" and found["region:xyz",] == "1.250"
    assert found["shared-cpu-1x", "iad"] == "0.0050 instance_hour"
    hours = REGIONAL.replace("| $3.60 |\n| Away", "| $0.0050 |\n| Away").replace("$4.50", "$0.00625")
    assert regional(hours)["shared-cpu-1x", "xyz"] == "0.00625 instance_hour"


@pytest.mark.parametrize(
    ("old", "new"), [("$4.50", "$5.40"), ("| $3.60 |\n| Away", "| $7.20 |\n| Away"), ("| 1.250 |", "| high |")]
)
def test_prices_by_region_that_do_not_fit_are_refused(old: str, new: str) -> None:
    assert ("shared-cpu-1x", "xyz") not in regional(REGIONAL.replace(old, new))


@pytest.mark.parametrize(("off", "left"), [("25%", "0.75"), ("0%", None), ("100%", None)])
def test_what_is_left_of_a_reserved_price(off: str, left: str | None) -> None:
    assert regional(REGIONAL.replace("25%", off)).get(("reserved_1y",)) == left
