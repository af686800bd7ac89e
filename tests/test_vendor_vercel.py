"""Vercel's readers on pages that changed: the new amount or none, never the old one or another's."""

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import capture

from sandsnap.model import Value
from sandsnap.read.reading import read

PAGES = Path(__file__).parents[1] / "src/sandsnap/vendors/vercel/pages"
URL = "https://vercel.com/docs/sandbox/pricing.md"
README = "https://github.com/vercel/sandbox"
Facts = dict[tuple[str, ...], dict[str, Value]]


def page(name: str) -> str:
    return (PAGES / name).read_text("utf-8")


def facts(text: str, url: str = URL) -> Facts:
    """{(table, key without product, "-" left out): values}"""
    found: Facts = {}
    for r in read(capture(url, text)):
        for f in r.facts:
            key = (f.table, *(v for k, v in f.key.items() if k != "product" and v not in ("-", "list")))
            found[key] = {k: v for k, v in f.values.items() if v is not None}
    return found


def issues(text: str, url: str = URL) -> list[tuple[str, str | None]]:
    return [(i.kind, i.reader and i.reader.rpartition("#")[2]) for r in read(capture(url, text)) for i in r.issues]


NEW, OLD, LOST = page("pricing@2026-06-15.md"), page("pricing@2025-12-05.md"), page("pricing@2026-02-19.md")


def changed(text: str, *edits: tuple[str, str]) -> str:
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return text


@pytest.mark.parametrize("text", [NEW, OLD])
def test_nothing_to_remark_on_a_good_page(text: str) -> None:
    assert issues(text + RULES) == []


RULES = """
Pro and Enterprise plans are charged based on usage. Enterprise plans have custom pricing.

Sandbox is free for Hobby users. Each vCPU includes 2 GB of memory. You can provision 1 or an even number of vCPUs.
Provisioned memory is billed in 1 minute minimum increments.
"""


@pytest.mark.parametrize(
    ("text", "edit", "key", "values"),
    [
        (NEW, ("$0.128/hour", "$0.256/hour"), ("prices", "pro", "vcpu"), {"usd": "0.256", "unit": "vcpu_hour"}),
        (
            NEW,
            ("$0.128/hour", "$0.0000356/second"),
            ("prices", "pro", "vcpu"),
            {"usd": "0.0000356", "unit": "vcpu_second"},
        ),
        (
            NEW,
            ("$0.0212/GB-hour", "$15.30/GB-month"),
            ("prices", "pro", "memory"),
            {"usd": "15.30", "unit": "gb_month"},
        ),
        (NEW, ("| Sandbox Storage |", "| Snapshot Storage |"), ("prices", "pro", "snapshot_storage"), {"usd": "0.08"}),
        (NEW, ("15 GB (lifetime)", "15 GB/month"), ("allowances", "hobby", "storage", "month"), {"amount": "15"}),
        (
            NEW,
            ("420 GB-hours/month", "1,420 GB-hours/month"),
            ("allowances", "hobby", "memory_time", "month"),
            {"amount": "1420"},
        ),
        (NEW, ("$20/month credit", "$25/month credit"), ("allowances", "pro", "credit", "month"), {"amount": "25"}),
        (NEW, ("5 hours |", "24 hours |"), ("limits", "pro", "session_max"), {"amount": "24", "unit": "hour"}),
        (NEW, ("2,000", "10,000"), ("limits", "enterprise", "concurrent"), {"amount": "10000"}),
        (NEW, ("64GB", "128 GB"), ("limits", "enterprise", "memory_max"), {"amount": "128", "unit": "gb"}),
        (
            NEW,
            ("timeout is 5 minutes", "timeout is 30 seconds"),
            ("limits", "any", "session_default"),
            {"amount": "30", "unit": "second"},
        ),
        (NEW, ("`iad1`", "`sfo1`"), ("regions", "sfo1"), {"status": "available"}),
        (OLD, ("$0.0106", "$0.0212"), ("prices", "enterprise", "memory"), {"usd": "0.0212", "unit": "gb_hour"}),
        (
            OLD,
            ("under Pro and Enterprise plans", "under Enterprise plans"),
            ("prices", "enterprise", "egress"),
            {"usd": "0.15"},
        ),
        (OLD, ("up to 4 open ports", "up to 8 open ports"), ("limits", "any", "ports_max"), {"amount": "8"}),
    ],
)
def test_another_figure_is_read(text: str, edit: tuple[str, str], key: tuple[str, ...], values: dict[str, str]) -> None:
    got = facts(changed(text, edit))[key]
    numbers = {"usd", "amount"}
    assert {k: got[k] for k in values} == {k: Decimal(v) if k in numbers else v for k, v in values.items()}


@pytest.mark.parametrize(
    ("text", "edits", "gone"),
    [
        (NEW, [("$0.128/hour", "€0.128/hour")], ("prices", "pro", "vcpu")),  # another currency
        (NEW, [("$0.128/hour", "0.128/hour")], ("prices", "pro", "vcpu")),
        (NEW, [("$0.128/hour", "From $0.128/hour")], ("prices", "pro", "vcpu")),  # a lower bound is no price
        (NEW, [("$0.128/hour", "$0.128")], ("prices", "pro", "vcpu")),  # "Per month" in the header is not its unit
        (NEW, [("$0.0212/GB-hour", "$0.0212/hour")], ("prices", "pro", "memory")),
        (NEW, [("$0.15/GB |", "Contact sales |")], ("prices", "pro", "egress")),
        (NEW, [("**Pro** (Per month)", "**Business** (Per month)")], ("prices", "pro", "vcpu")),
        (NEW, [("5 hours/month", "5 hours")], ("allowances", "hobby", "vcpu_time", "month")),  # no period stated
        (NEW, [("20 GB/month", "20 TB/month")], ("allowances", "hobby", "transfer", "month")),
        (NEW, [("| Hobby | 4 |", "| Starter | 4 |")], ("limits", "hobby", "vcpu_max")),
        (
            NEW,
            [("Maximum duration", "Minimum duration"), ("Max Runtime", "Min Runtime")],
            ("limits", "pro", "session_max"),
        ),
        (NEW, [("| Pro | 5 hours |", "| Pro | 6 hours |")], ("limits", "pro", "session_max")),  # two tables disagree
        (OLD, [("(per GB-hr)", "(per GB-month)")], ("prices", "pro", "memory")),
        (OLD, [("$0.128 |", "£0.128 |")], ("prices", "pro", "vcpu")),
        (OLD, [("under Pro and Enterprise plans", "under paid plans")], ("prices", "pro", "vcpu")),
    ],
)
def test_what_is_not_stated_is_not_read(text: str, edits: list[tuple[str, str]], gone: tuple[str, ...]) -> None:
    assert gone in facts(text)
    assert gone not in facts(changed(text, *edits))


def test_columns_and_rows_in_another_order() -> None:
    lines = []
    for line in NEW.splitlines():
        cells = line.strip("|").split("|")
        lines.append(
            "|" + "|".join([cells[0], cells[3], cells[1], cells[2], *cells[4:]]) + "|" if len(cells) == 4 else line
        )
    active = next(line for line in lines if "Sandbox Active CPU" in line)
    lines.remove(active)
    lines.insert(lines.index(next(line for line in lines if "vCPU Allocation Rate" in line)), active)
    shuffled = "\n".join(lines) + "\n"
    assert shuffled != NEW
    assert facts(shuffled) == facts(NEW)


def test_the_lost_price_table_leaves_no_price_and_an_issue() -> None:
    assert not [key for key in facts(LOST) if key[0] == "prices" or key[:2] == ("allowances", "hobby")]
    assert {("unreadable", "compute"), ("unreadable", "allotments")} <= set(issues(LOST))


def test_an_unknown_row_is_an_issue_and_the_others_are_read() -> None:
    more = changed(
        NEW, ("| vCPU Allocation", "| Drive Storage | 1 GB | $0.10/GB-month | $0.10/GB-month |\n| vCPU Allocation")
    )
    assert ("unread_table", None) in issues(more)
    assert facts(more) == facts(NEW)


def test_a_second_plan_table_must_agree() -> None:
    table = NEW[NEW.index("|  | **Hobby**") : NEW.index("### Pro")]
    twice = changed(
        NEW,
        (
            "## Example calculations",
            "## Prices on Teams\n\n" + table.replace("0.128", "0.100") + "\n## Example calculations",
        ),
    )
    assert not [key for key in facts(twice) if key[0] == "prices" and "vcpu" in key]
    assert facts(twice)["prices", "pro", "memory"] == facts(NEW)["prices", "pro", "memory"]


@pytest.mark.parametrize(
    ("words", "vcpus"),
    [
        ("8 vCPUs.", {"any": 8}),
        ("8 vCPUs on Hobby/Pro, 32 vCPUs on Enterprise.", {"hobby": 8, "pro": 8, "enterprise": 32}),
        ("4 vCPUs on Hobby, 8 vCPUs on Pro, 64 vCPUs on Enterprise.", {"hobby": 4, "pro": 8, "enterprise": 64}),
        ("8 vCPUs on Business.", {}),
        ("ask us.", {}),
    ],
)
def test_readme_vcpus(words: str, vcpus: dict[str, int]) -> None:
    text = f"# Vercel Sandbox\n\n- Max resources: {words} You will get 2048 MB of memory per vCPU.\n"
    got = {key[1]: values["amount"] for key, values in facts(text, README).items() if key[2:] == ("vcpu_max",)}
    assert got == vcpus


def test_only_the_own_column_and_the_own_product_count() -> None:
    concepts = facts(page("concepts@2026-06-29.md"), "https://vercel.com/docs/sandbox/concepts.md")
    assert not [key for key in concepts if key[0] in ("cold_starts", "prices", "gpus")]
    before = "# Understanding Sandboxes\n\nSandboxes are **temporary by design**. To create one, you can use the CLI.\n"
    assert not [
        key for key in facts(before, "https://vercel.com/docs/vercel-sandbox/concepts") if key[0] == "persistence"
    ]


def test_a_page_of_titles_of_other_pages_says_nothing() -> None:
    related = (
        "# Vercel Sandbox pricing and quotas\n\n## Related pages\n\n"
        "- [Vercel Sandbox can now run for up to 24 hours](https://vercel.com/changelog/a)\n"
        "- [Vercel Sandbox is now available in all regions](https://vercel.com/changelog/b)\n"
    )
    assert facts(related) == {}


# The table of 2026-09 has one region's rates, a row under another name and a cell without a figure.
LATER = changed(
    NEW,
    ("Max Runtime Duration", "Max Session Duration"),
    ("| 20 GB/month | $0.15/GB |", "| 20 GB/month | Included in Flat Rate CDN |"),
)


def test_the_row_of_the_longest_session_under_its_later_name() -> None:
    assert ("unreadable", "unknown_rows") not in issues(LATER)
    table = changed(LATER, ("### Runtime limits", "### Previous limits"))
    assert facts(table)["limits", "pro", "session_max"] == facts(NEW)["limits", "pro", "session_max"]


def test_a_cell_that_is_included_in_another_plan_has_no_price() -> None:
    read = facts(LATER)
    assert ("prices", "pro", "egress") not in read
    assert read["prices", "enterprise", "egress"] == facts(NEW)["prices", "enterprise", "egress"]
    assert read["prices", "pro", "creation"] == facts(NEW)["prices", "pro", "creation"]


VARY = "\nActive CPU and Provisioned Memory rates vary by region.\n"


@pytest.mark.parametrize(
    ("more", "region"),
    [
        ("", ""),
        (VARY, None),
        ("\n## Regional pricing\n\nSelect a region.\n", None),
        (VARY + "\nThe rates shown above are for the default region (`iad1`).\n", "iad1"),
        (VARY + "\nThe rates shown above are for `iad1`. The prices listed below are for `sfo1`.\n", None),
        ("\n- [Regional Pricing](https://vercel.com/docs/pricing/regional-pricing)\n", ""),  # the site's navigation
    ],
)
def test_rates_that_differ_by_region_need_theirs(more: str, region: str | None) -> None:
    found = {key for key in facts(NEW + more) if key[:3] in (("prices", "pro", "vcpu"), ("prices", "pro", "memory"))}
    expected = {"vcpu", "memory"} if region is not None else set()
    assert found == {("prices", "pro", meter, *([region] if region else [])) for meter in expected}
    assert ("prices", "pro", "egress") in facts(NEW + more)


def test_the_disk_of_every_sandbox_where_no_plan_has_its_own() -> None:
    lines = [line.rsplit("|", 2)[0] + "|" if "GB |" in line and "| 15 |" in line else line for line in NEW.splitlines()]
    text = changed(
        "\n".join(lines) + "\n", (" | Disk size |", " |"), ("--- | --- | --- | --- | --- |", "--- | --- | --- | --- |")
    )
    assert not [key for key in facts(text) if key[-1] == "disk_max"]
    said = changed(
        text,
        (
            "### Runtime limits",
            "Each sandbox is automatically provisioned 32 GB of ephemeral NVMe storage.\n\n### Runtime limits",
        ),
    )
    assert {key: v["amount"] for key, v in facts(said).items() if key[-1] == "disk_max"} == {
        ("limits", "any", "disk_max"): 32
    }


def test_the_guide_before_working_with_sandbox() -> None:
    text = (
        "# Managing Your Sandbox\n\nBy default, a sandbox runs for 5 minutes before automatically timing out. You can adjust"
        " it, up to a maximum of 5 hours for Pro and Enterprise plans, or 45 minutes for Hobby plans.\n"
    )
    read = facts(text, "https://vercel.com/docs/vercel-sandbox/managing")
    assert {key[1]: (v["amount"], v["unit"]) for key, v in read.items()} == {
        "any": (5, "minute"), "pro": (5, "hour"), "enterprise": (5, "hour"), "hobby": (45, "minute"),
    }  # fmt: skip
    assert not [
        k
        for k in facts(text.replace("Hobby plans", "Starter plans"), "https://vercel.com/docs/vercel-sandbox/managing")
        if k[1] != "any"
    ]


def test_a_persistent_sandbox_and_how_long_its_snapshots_are_kept() -> None:
    text = page("persistence@2026-08-25.md")
    url = "https://vercel.com/docs/sandbox/concepts/persistent-sandboxes.md"
    key = ("persistence", "auto_snapshot")
    assert facts(text, url) == {key: {"preserves": "filesystem", "retention_days": 30, "by_default": True}}
    assert facts(changed(text, ("Defaults to 30 days", "Defaults to 14 days")), url)[key]["retention_days"] == 14
    assert facts(changed(text, ("Defaults to 30 days", "Defaults to 4 weeks")), url)[key]["retention_days"] == 28
    assert facts(changed(text, ("Defaults to 30 days", "Defaults to at least 40 days")), url) == {}
    assert facts(changed(text, ("Defaults to 30 days", "Kept for a while")), url) == {}
    beta = "# Persistent sandboxes\n\nPersistent sandboxes automatically save their filesystem state when stopped.\n"
    assert facts(beta, url) == {key: {"preserves": "filesystem"}}


def test_a_drive_is_a_volume_and_its_size_is_no_sandboxs() -> None:
    text = (
        "# Drives\n\nDrives provide persistent storage that you mount into a sandbox as a working directory.\n\n"
        "- A drive defaults to 1 TiB when you do not set a size. The default maximum quota is 16 TiB\n"
    )
    assert facts(text, "https://vercel.com/docs/sandbox/concepts/drives.md") == {
        ("persistence", "volume"): {"preserves": "filesystem"}
    }


def test_regions_are_those_of_the_list() -> None:
    text = page("regions@2026-08-26.md")
    read = facts(text, "https://vercel.com/docs/sandbox/concepts/regions.md")
    assert {key[1] for key in read} == {"iad1", "sfo1", "cle1", "cdg1"}
    assert {v["status"] for v in read.values()} == {"available"}
    moved = changed(
        text,
        ("| Region | Location |", "| Location | Region |"),
        ("| `iad1` | Washington, D.C., USA |", "| Washington, D.C., USA | `iad1` |"),
    )
    assert facts(moved, "https://vercel.com/docs/sandbox/concepts/regions.md") == {}  # the other rows were not moved


def test_the_price_of_creations_from_the_sentence_where_the_table_is_lost() -> None:
    said = (
        "The following examples show estimated costs for common scenarios on Pro/Enterprise plans.\n\n"
        "Sandbox creation costs are minimal at $0.60 per million creations ($0.0000006 per creation).\n\n"
    )
    text = changed(LOST, ("## Example calculations\n", "## Example calculations\n\n" + said))
    prices = {key[1:]: v for key, v in facts(text).items() if key[0] == "prices"}
    assert prices == {(plan, "creation"): {"usd": Decimal("0.60"), "unit": "million"} for plan in ("pro", "enterprise")}
    assert not [k for k in facts(text.replace("on Pro/Enterprise plans", "on paid plans")) if k[0] == "prices"]
    # beside the table it is said again
    again = changed(
        NEW, ("## Example calculations\n", "## Example calculations\n\n" + said.replace("0.60 per", "0.70 per"))
    )
    assert facts(again)["prices", "pro", "creation"] == facts(NEW)["prices", "pro", "creation"]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (
            "Sandboxes are **persistent by default**: when a sandbox stops, the SDK automatically snapshots its filesystem.",
            True,
        ),
        ("They are also **persistent by default**: the filesystem is snapshotted on stop and restored later.", True),
        ("Sandboxes are **persistent by default**. Pass an option to opt out.", False),
        ("Sandboxes are persistent if you ask.", None),
    ],
)
def test_persistence_by_default_in_its_words(words: str, kept: bool | None) -> None:
    text = f"# Quickstart\n\nSandboxes automatically stop after 5 minutes by default, says Vercel Sandbox. {words}\n"
    found = facts(text, "https://vercel.com/docs/sandbox/quickstart.md").get(("persistence", "auto_snapshot"))
    assert found == (None if kept is None else {"by_default": True, **({"preserves": "filesystem"} if kept else {})})


# -- words and forms of other days -----------------------------------------------------------------------------------


def test_tables_without_blank_lines_around_them() -> None:
    text = """Vercel Sandbox pricing
- A list goes on
Plan | Concurrent sandboxes limit |
---|---|
Hobby | 4 |
Pro | 90 |
What stands under a table is no row of it.
"""
    found = [f for r in read(capture("https://vercel.com/docs/sandbox/pricing", text)) for f in r.facts]
    assert {(f.key["plan"], f.values["amount"]) for f in found if f.key["limit"] == "concurrent"} == {
        ("hobby", 4),
        ("pro", 90),
    }


def test_the_readme_without_the_word_runtime() -> None:
    text = """# Vercel Sandbox

- Max resources: 2 vCPUs on Hobby, 6 vCPUs on Pro.
- Sandboxes have a maximum duration of 9 hours for Pro and 30 minutes for Hobby, with a default of 7 minutes.
"""
    found = [f for r in read(capture("https://github.com/vercel/sandbox", text)) for f in r.facts]
    limits = {(f.key["limit"], f.key["plan"]): f.values["amount"] for f in found if f.table == "limits"}
    assert limits == {
        ("session_max", "pro"): 9,
        ("session_max", "hobby"): 30,
        ("session_default", "any"): 7,
        ("vcpu_max", "hobby"): 2,
        ("vcpu_max", "pro"): 6,
    }


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("// Default: 12 days", 12),
        ("// Defaults to the sandbox's snapshotExpiration, or 3 days.", 3),
        ("// your choice", None),
    ],
)
def test_the_skill_on_how_long_a_snapshot_is_kept(comment: str, kept: int | None) -> None:
    text = f"""# @vercel/sandbox

Snapshots save the entire sandbox filesystem.

```ts
await sandbox.snapshot({{
  expiration: ms("99d"), {comment}
}});
```
"""
    url = "https://github.com/vercel/sandbox/blob/main/skills/sandbox/SKILL.md"
    found = [f for r in read(capture(url, text)) for f in r.facts if f.table == "persistence"]
    assert [f.values["retention_days"] for f in found] == [kept]
