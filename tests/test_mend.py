"""Mending: the right sentence first, never another value, and an edit that leaves the rest of the file alone."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import capture
from hypothesis import given
from hypothesis import strategies as st
from test_vendor_toy import DECLARED, ROOT, STATED, acme

from sandsnap.mend.edits import Edit, EditError
from sandsnap.mend.likely import UNLIKE, ranked
from sandsnap.mend.wordings import wording
from sandsnap.read.reading import page_of

URL = "https://e2b.dev/docs/sandbox/persistence"
OLD = """# Persistence

A sandbox can be paused.

When you pause a sandbox, both its files and its memory are kept.

It is kept for 30 days.

Resume it by its name.
"""


def likely(new: str, said: str, *terms: str) -> list[tuple[str, tuple[str, ...]]]:
    old, now = page_of(capture(URL, OLD)), page_of(capture(URL, new, "2026-07-05"))
    return [(c.text, c.doubts) for c in ranked(now, said, old, terms=terms)]


@pytest.mark.parametrize(
    "now",
    [
        "Pausing a sandbox keeps both its files and its memory.",
        "Both files and memory of a sandbox are kept when you pause it.",
        "When a sandbox is put to rest, we keep its files and its memory.",
    ],
)
def test_the_sentence_in_its_place_is_first(now: str) -> None:
    was = "When you pause a sandbox, both its files and its memory are kept."
    (first, doubts), *_ = likely(OLD.replace(was, now), was)
    assert first == now and not set(doubts) - {UNLIKE}


def test_what_stood_before_is_not_the_lost_sentence() -> None:
    was = "It is kept for 30 days."
    found = likely(OLD.replace(was, "Its life ends after 30 days."), was)
    assert found[0][0] == "Its life ends after 30 days."


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ("It is kept for 30 days.", "It is kept for 60 days.", "the value would change"),
        ("A sandbox can be paused.", "A sandbox can no longer be paused.", "it may say the contrary"),
        ("Resume it by its name.", "Resume it by its name, per minute.", "it states another unit"),
        ("Resume it by its name.", "Resume it by its name twice daily.", "it states another unit"),
        ("Resume it by its name.", "Wholly other words stand here.", UNLIKE),
    ],
)
def test_what_may_say_something_else_is_doubted(was: str, now: str, why: str) -> None:
    found = dict(likely(OLD.replace(was, now), was))
    assert any(why in d for d in found.get(now, (why,)))


def test_a_term_of_the_value_must_be_named() -> None:
    old = page_of(capture(URL, OLD + "\nSandboxes run in Firecracker microVMs.\n"))
    new = page_of(capture(URL, OLD + "\nSandboxes run in small microVMs.\n", "2026-07-05"))
    first = ranked(new, "Sandboxes run in Firecracker microVMs.", old, terms=("firecracker",))[0]
    assert "it does not name firecracker" in first.doubts


FILE = """# What stays.
[[quoted]]
table = "a"  # a comment
quote = "one"

# The second.
[[quoted]]
quote = [
  "two",
  "three",  # because
]
values = { x = 1 }
"""


@pytest.mark.parametrize(("nth", "before"), [(0, ["one"]), (1, ["two", "three"])])
@given(phrase=st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_an_edit_adds_one_phrase_and_nothing_else(nth: int, before: list[str], phrase: str) -> None:
    made = Edit(Path("v/statements.toml"), "quoted", nth, "quote", phrase).on(FILE)
    entries = tomllib.loads(made)["quoted"]
    assert entries[nth]["quote"] == [*before, phrase]
    entries[nth]["quote"] = before if nth else before[0]
    assert entries == tomllib.loads(FILE)["quoted"]
    assert "# What stays." in made and "# The second." in made


def test_an_edit_makes_the_table_it_needs_and_widens_one_pattern() -> None:
    made = Edit(Path("v/vendor.toml"), "general.words", None, "limits.concurrent", "boxes going").on(
        "a = 1\n\n[b]\nc = 2\n"
    )
    made = Edit(Path("v/vendor.toml"), "general.words", None, "limits.concurrent", "at once").on(made)
    assert tomllib.loads(made)["general"]["words"] == {"limits.concurrent": ["boxes going", "at once"]}
    made = Edit(Path("v/vendor.toml"), "general.words", None, "prices.vcpu", "core").on(made)
    assert tomllib.loads(made)["general"]["words"]["prices.vcpu"] == ["core"]
    cell = "[[cell]]\ntable = ['A[a]', 'B']  # of one page\nunder = \"One\"\n"
    made = Edit(Path("v/s.toml"), "cell", 0, "table", "C", 0).on(
        Edit(Path("v/s.toml"), "cell", 0, "under", "Two", 0).on(cell)
    )
    assert tomllib.loads(made)["cell"] == [{"table": ["A[a]|C", "B"], "under": "One|Two"}] and "# of one page" in made


def test_an_edit_that_cannot_be_made_says_what_to_write() -> None:
    with pytest.raises(EditError, match=r"no\. 3"):
        Edit(Path("v/statements.toml"), "quoted", 2, "quote", "x").on(FILE)


def page(text: str, day: str, folder: Path) -> None:
    (folder / f"pricing@{day}.md").write_text(text)
    row = {"file": f"pricing@{day}.md", "url": "https://docs.acme.example/pricing", "captured_at": day}
    with (folder / "index.jsonl").open("a") as index:
        index.write(json.dumps(row) + "\n")


FIRST = (
    "# Acme\n\nvCPU: $0.04 per vCPU-hour\n\nMemory: $0.01 per GiB-hour\n\nEach box is a virtual machine of its own.\n"
)


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    page(FIRST, "2026-07-01", acme(tmp_path))
    return tmp_path


def mend(toys: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"SANDSNAP_VENDORS": str(toys / "vendors"), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    told = [sys.executable, "-m", "sandsnap", "mend", "acme", "--captures", "captures", *words]
    return subprocess.run(told, env=env, cwd=toys, capture_output=True, text=True)


@pytest.mark.slow
def test_a_lost_quote_is_mended_and_the_old_words_stay(toys: Path) -> None:
    now = "Each box is a virtual machine that it has of its own."
    page(FIRST.replace("Each box is a virtual machine of its own.", now), "2026-07-02", toys / "captures")
    (told,) = json.loads(mend(toys, "--json").stdout)
    assert (told["kind"], told["candidates"][0]["text"], told["candidates"][0]["safe"]) == ("quote", now, True)
    done = mend(toys, "--apply", told["id"])
    assert done.returncode == 0, done.stderr
    (entry,) = tomllib.loads((toys / "vendors/acme/statements.toml").read_text())["quoted"]
    assert entry["quote"] == ["a virtual machine of its own", now]
    assert "nothing to mend" in mend(toys).stdout


@pytest.mark.slow
def test_a_lost_title_is_mended(toys: Path) -> None:
    page(FIRST.replace("# Acme", "# Prices of boxes"), "2026-07-02", toys / "captures")
    (told,) = json.loads(mend(toys, "--json").stdout)
    safe = next(n for n, c in enumerate(told["candidates"], 1) if c["safe"])
    assert told["kind"] == "must" and mend(toys, "--apply", told["id"], "--candidate", str(safe)).returncode == 0
    assert tomllib.loads((toys / "vendors/acme/vendor.toml").read_text())["source"][0]["must"][0] == "Acme"
    assert "nothing to mend" in mend(toys).stdout


@pytest.mark.parametrize(
    ("sentence", "says", "pattern"),
    [
        ("Boxes sleep after 5 minutes of quiet.", "idle for {duration}", r"Boxes sleep after {duration} of quiet\."),
        ("From 2 GB to 8 GB, at $1.", "between {size} and {size2}", None),
        ("No figure at all.", "after {duration}", None),
        ("Only pip install acme.", "pip install (?P<package>\\w+)", None),
    ],
)
def test_a_wording_has_the_holes_of_the_old_one(sentence: str, says: str, pattern: str | None) -> None:
    assert wording(sentence, says) == pattern


ENTRIES = """
[[sentence]]
reader = "quiet"
on = "pricing"
says = 'A box sleeps after {duration}'
makes = { limit = "idle_timeout" }

[[cell]]
reader = "at_once"
on = "pricing"
table = "plans"
row = 'Concurrent boxes'
says = '{count}'
makes = { limit = "concurrent", plan = "{plan}" }
"""
PLANS = """
[general.plans]
free = ["Free"]
pro = ["Pro"]
"""
SECOND = (
    FIRST + "\nA box sleeps after 5 minutes.\n\n| | Free | Pro |\n| --- | --- | --- |\n| Concurrent boxes | 3 | 30 |\n"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("was", "now", "kind", "key", "after"),
    [
        (
            "A box sleeps after 5 minutes.",
            "After 5 minutes of quiet a box goes to sleep.",
            "entry",
            "says",
            "{duration}",
        ),
        ("| Concurrent boxes |", "| Boxes that run at once |", "entry", "row", "Boxes that run at once"),
        ("| Free | Pro |", "| Free | Team |", "plan", "pro", "Team"),
    ],
)
def test_an_entry_is_mended_and_gives_the_same(toys: Path, was: str, now: str, kind: str, key: str, after: str) -> None:
    acme = toys / "vendors" / "acme"
    (acme / "statements.toml").write_text(STATED + ENTRIES)
    (acme / "vendor.toml").write_text(DECLARED + PLANS)
    page(SECOND, "2026-07-02", toys / "captures")
    page(SECOND.replace(was, now), "2026-07-03", toys / "captures")
    told = json.loads(mend(toys, "--json").stdout)
    assert [(t["kind"], t["candidates"][0]["safe"]) for t in told] == [(kind, True)]
    (edit,) = told[0]["candidates"][0]["edits"]
    assert after in edit and f"{key} += " in edit
    done = mend(toys, "--apply", told[0]["id"])
    assert done.returncode == 0, done.stderr
    assert "nothing to mend" in mend(toys).stdout


SIZED = """
[[cell]]
reader = "sizes"
on = "pricing"
table = ["Size", "Memory"]
column = "Memory"
row = 'Large'
section = "Sizes"
says = '{size}'
makes = { limit = "memory_max" }
"""
SIZES = (
    SECOND
    + "\n## Sizes\n\n| Size | Memory | Kept |\n| --- | --- | --- |\n| Small | 2 GiB | 1 day |\n| Large | 16 GiB | 2 days |\n"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("was", "now", "edits"),
    [
        (
            "| Size | Memory |",
            "| Size | Room to work in |",
            ['table |= "Room to work in"', 'column |= "Room to work in"'],
        ),
        ("| Size | Memory |", "| Box | Memory |", ['table |= "Box"']),
        ("## Sizes", "## How large a box may be", ['section |= "How large a box may be"']),
        ("| Large |", "| Large box |", ['row += "Large box"']),
    ],
)
def test_a_table_that_moved_is_mended(toys: Path, was: str, now: str, edits: list[str]) -> None:
    acme = toys / "vendors" / "acme"
    (acme / "statements.toml").write_text(STATED + SIZED)
    page(SIZES, "2026-07-02", toys / "captures")
    page(SIZES.replace(was, now), "2026-07-03", toys / "captures")
    (told,) = json.loads(mend(toys, "--json").stdout)
    first = told["candidates"][0]
    assert (told["kind"], first["safe"], first["tried"]) == ("entry", True, "gives the confirmed value again")
    assert [e.partition(": ")[2] for e in first["edits"]] == edits
    done = mend(toys, "--apply", told["id"])
    assert done.returncode == 0, done.stderr
    assert "nothing to mend" in mend(toys).stdout


WORDS = """
[general]
owns = { layer = ["limits.concurrent/plan"] }
[general.plans]
free = ["Free"]
pro = ["Pro"]
"""
THIRD = "# Acme\n\n| | Free | Pro |\n| --- | --- | --- |\n| Concurrent boxes | 3 | 30 |\n| Crates | 4 | 40 |\n"


@pytest.fixture
def by_meaning(toys: Path) -> Path:
    """The vendor without a reader of its own: what is read on its page is read by what it says."""
    acme = toys / "vendors" / "acme"
    (acme / "readers.py").unlink()
    (acme / "statements.toml").write_text("")
    (acme / "vendor.toml").write_text(DECLARED + WORDS)
    page(THIRD, "2026-07-02", toys / "captures")
    return toys


@pytest.mark.slow
@pytest.mark.parametrize(
    ("was", "now", "kind", "edit"),
    [
        (
            "Concurrent boxes",
            "Boxes you may have going",
            "word",
            '[general.words]: limits.concurrent += "boxes have going"',
        ),
        ("| Free | Pro |", "| Free | Team |", "plan", '[general.plans]: pro += "Team"'),
    ],
)
def test_what_is_read_by_meaning_is_mended_by_a_word(
    by_meaning: Path, was: str, now: str, kind: str, edit: str
) -> None:
    page(THIRD.replace(was, now), "2026-07-03", by_meaning / "captures")
    (told,) = json.loads(mend(by_meaning, "--json").stdout)
    first = told["candidates"][0]
    assert (told["kind"], first["safe"]) == (kind, True)
    assert first["edits"][0].endswith(edit)
    done = mend(by_meaning, "--apply", told["id"])
    assert done.returncode == 0, done.stderr
    assert "nothing to mend" in mend(by_meaning).stdout


@pytest.mark.slow
def test_what_no_word_reads_is_quoted(by_meaning: Path) -> None:
    """A sentence without an amount that says in other words what was read: a quotation, which a person can look at."""
    file = by_meaning / "vendors/acme/vendor.toml"
    file.write_text(file.read_text().replace("owns = { ", 'owns = { apart = ["isolation.*"], '))
    was = "Each is a Firecracker microVM sandbox, which nobody shares."
    now = "What nobody shares is the Firecracker microVM that each is."
    page(f"{THIRD}\n{was}\n", "2026-07-03", by_meaning / "captures")
    page(f"{THIRD}\n{now}\n", "2026-07-04", by_meaning / "captures")
    (told,) = json.loads(mend(by_meaning, "--json").stdout)
    assert (told["kind"], told["was"], told["candidates"][0]["text"]) == ("statement", was, now)
    assert told["candidates"][0]["doubts"] == [UNLIKE] and mend(by_meaning, "--apply", told["id"]).returncode != 0
    assert mend(by_meaning, "--apply", told["id"], "--states-the-same").returncode == 0
    (entry,) = tomllib.loads((by_meaning / "vendors/acme/statements.toml").read_text())["quoted"]
    assert (entry["quote"], entry["values"]["technology"]) == (now, "firecracker")
    assert "nothing to mend" in mend(by_meaning).stdout


@pytest.mark.slow
def test_a_label_with_other_figures_is_no_word(by_meaning: Path) -> None:
    """The row is gone, and another row that nothing names stands there: its figures are not the confirmed ones."""
    page(THIRD.replace("| Concurrent boxes | 3 | 30 |\n", ""), "2026-07-03", by_meaning / "captures")
    assert not any(c["safe"] for t in json.loads(mend(by_meaning, "--json").stdout) for c in t["candidates"])


@pytest.mark.slow
def test_an_entry_whose_value_changed_is_not_written(toys: Path) -> None:
    (toys / "vendors/acme/statements.toml").write_text(STATED + ENTRIES)
    (toys / "vendors/acme/vendor.toml").write_text(DECLARED + PLANS)
    page(SECOND, "2026-07-02", toys / "captures")
    page(SECOND.replace("| Concurrent boxes | 3 | 30 |", "| Boxes at once | 3 | 40 |"), "2026-07-03", toys / "captures")
    (told,) = json.loads(mend(toys, "--json").stdout)
    assert not any(c["safe"] for c in told["candidates"])
    done = mend(toys, "--apply", told["id"])
    assert done.returncode and "the value would change" in done.stderr


@pytest.mark.slow
def test_what_only_code_can_read_names_the_place(toys: Path) -> None:
    page(
        FIRST.replace("vCPU: $0.04 per vCPU-hour", "A vCPU costs $0.04 per vCPU-hour"), "2026-07-02", toys / "captures"
    )
    (told,) = json.loads(mend(toys, "--json").stdout)
    assert told["kind"] == "reader" and told["code"].startswith("acme/readers.py, line 10, rates")
    assert told["candidates"][0]["text"] == "A vCPU costs $0.04 per vCPU-hour"
    done = mend(toys, "--apply", told["id"])
    assert done.returncode and "only code can read it" in done.stderr


@pytest.mark.slow
def test_a_sentence_that_says_the_contrary_is_not_written(toys: Path) -> None:
    now = "Each box is no longer a virtual machine of its owner."
    page(FIRST.replace("Each box is a virtual machine of its own.", now), "2026-07-02", toys / "captures")
    (told,) = json.loads(mend(toys, "--json").stdout)
    done = mend(toys, "--apply", told["id"])
    assert done.returncode and "the contrary" in done.stderr
    assert (toys / "vendors/acme/statements.toml").read_text() == STATED


@pytest.mark.slow
def test_nothing_to_mend_is_said(toys: Path) -> None:
    done = mend(toys)
    assert (done.returncode, done.stdout.strip()) == (0, "nothing to mend"), done.stderr


def sandsnap(toys: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "SANDSNAP_VENDORS": str(toys / "vendors"), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "SANDSNAP_HOME": str(toys / "home"),
    }  # fmt: skip
    return subprocess.run([sys.executable, "-m", "sandsnap", *words], env=env, cwd=toys, capture_output=True, text=True)


@pytest.mark.slow
def test_an_editor_decides_and_a_maintainer_makes_a_statement_of_it(toys: Path) -> None:
    """Without a checkout: the page is captured, its words change, `review` asks, the decision holds day after day, `mend`
    offers its words, and once they are a statement the decision is needed no more."""
    other = "What you get is yours alone, a machine that is virtual."
    was = "Each box is a virtual machine of its own."

    def day(n: int, text: str) -> None:
        page(text, f"2026-07-{n:02}", toys / "captures")
        assert sandsnap(toys, "backfill", "--captures", "captures", "--vendor", "acme").returncode in (0, 1)

    def shown() -> list[dict[str, str]]:
        rows: list[dict[str, str]] = json.loads(sandsnap(toys, "show", "isolation", "--json").stdout)
        return [r for r in rows if r["vendor"] == "acme"]

    def asked() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(sandsnap(toys, "review", "--vendor", "acme", "--json").stdout)
        return [w for w in found if w["kind"] == "lost_quote"]

    day(2, FIRST + "\nOne.\n")
    day(3, FIRST.replace(was, other))
    (w,) = asked()
    by = ("--author", "Ada", "--reason", "the page says so")
    lie = sandsnap(toys, "review", w["id"], "still", "--words", "is a machine of its own", *by)
    assert lie.returncode == 2 and "does not say" in lie.stderr
    done = sandsnap(toys, "review", w["id"], "still", "--words", "a machine that is virtual", *by)
    assert done.returncode == 0, done.stderr
    for n in (4, 5):
        day(n, FIRST.replace(was, other) + f"\n{n}\n")
        (fact,) = shown()
        assert (fact["quote"], fact["verified_on"], fact["state"]) == (
            "a machine that is virtual",
            f"2026-07-0{n}",
            "current",
        )
    assert asked() == []
    told = sandsnap(toys, "mend", "acme").stdout
    assert "decided on" in told and "“a machine that is virtual”" in told
    (proposal,) = json.loads(sandsnap(toys, "mend", "acme", "--json").stdout)
    assert proposal["candidates"][0]["text"] == "a machine that is virtual" and proposal["candidates"][0]["safe"]
    assert sandsnap(toys, "mend", "acme", "--apply", proposal["id"]).returncode == 0
    (toys / "home" / "decisions.toml").unlink(missing_ok=True)
    day(6, FIRST.replace(was, other) + "\n6\n")
    (fact,) = shown()
    assert (fact["verified_on"], fact["state"]) == ("2026-07-06", "current") and asked() == []
    assert "decided on" not in sandsnap(toys, "mend", "acme").stdout
