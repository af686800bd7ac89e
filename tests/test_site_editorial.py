"""Editorial text: what a file may hold, what becomes of a sentence whose facts change, and the command that confirms."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandsnap.cli.app import run
from sandsnap.model import Fact, Reading
from sandsnap.publish.claims.language import parse_part
from sandsnap.publish.site import editorial_confirmed, editorial_pages, editorial_text, editorial_words, spans
from sandsnap.publish.site.context import Context
from sandsnap.publish.site.editorial import Judge, Judged, confirm
from sandsnap.publish.site.editorial_text import EditorialError, read
from sandsnap.record.queries import connect_readonly
from sandsnap.record.recorder import Run, record_days
from sandsnap.settings import Settings
from sandsnap.vendors import VENDORS
from schemas import TABLES

D = Decimal
FIRST, SECOND = date(2026, 7, 4), date(2026, 8, 1)
PRICING, DOCS = "https://e2b.dev/pricing", "https://e2b.dev/docs/billing"
RATE = '{{ price("e2b", meter="vcpu").per_vcpu_hour }}'
TEXT = f"""\
# E2B
<!-- for editors -->

## Verdict
{{{{ isolation("e2b").technology == "firecracker" }}}}Each sandbox is a microVM.
It bills {RATE} per vCPU-hour.

## Pros
- Sessions of {{{{ limit("e2b", plan="pro", limit="session_max").hours | hours }}}} on Pro.
- {{{{ limit("e2b", plan="pro", limit="session_max").hours >= 24 }}}}A session can last a whole day.
- {{{{ limit("e2b", plan="pro", limit="concurrent").count }}}} at once.

## Cons
- {{{{ gpus("e2b").model == {{"none"}} }}}}No GPUs.
"""


def fact(table: str, key: dict[str, str], url: str = PRICING, **values: Any) -> Fact:
    contract = TABLES[table]
    filled = {c: values.get(c) for c in contract.values}
    filled |= {c: D(v) for c, v in values.items() if isinstance(v, str) and contract.by_name[c].kind == "amount"}
    return Fact(table, "e2b", {"product": "sandbox", **key}, filled, "read", url, f"<b>{url}</b> {values}", None, None)


def price(usd: str, url: str = PRICING) -> Fact:
    key = {"plan": "any", "meter": "vcpu", "sku": "-", "region": "-", "offer": "list"}
    return fact("prices", key, url, usd=usd, unit="vcpu_hour")


def limit(name: str, amount: str, unit: str, url: str = PRICING) -> Fact:
    return fact("limits", {"plan": "pro", "limit": name}, url, amount=amount, unit=unit)


def reading(n: int, *facts: Fact, rank: int = 0) -> Reading:
    url = facts[0].source_url
    at = datetime(2026, 7, 4, tzinfo=UTC)
    return Reading("e2b", url, f"{url}#page", "v1", "good", facts, captured_at=at, capture=f"{n:064x}", rank=rank)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From 1 August the rate is higher, a session shorter, and two pages disagree on how many run at once; from the
    3rd no page states the isolation."""
    folder = tmp_path_factory.mktemp("editorial")
    firecracker = fact("isolation", {"runtime": "default"}, technology="firecracker", boundary="microvm")
    before = (price("0.0504"), limit("session_max", "24", "hour"), limit("concurrent", "100", "count"))
    after = (price("0.0540"), limit("session_max", "12", "hour"), limit("concurrent", "100", "count"))
    docs = limit("concurrent", "50", "count", DOCS)
    days = [
        (FIRST, [reading(1, *before, firecracker)]),
        (SECOND, [reading(2, *after, firecracker), reading(3, docs, rank=1)]),
        (SECOND + timedelta(days=2), [reading(4, *after), reading(5, docs, rank=1)]),
        (SECOND + timedelta(days=3), [reading(6, *after), reading(7, docs, rank=1)]),
    ]
    known = datetime(2026, 9, 1, tzinfo=UTC)
    record_days(Settings(folder).warehouse, days, run=Run("r1", "backfill", known, known))
    return folder


LAST = SECOND + timedelta(days=3)


@pytest.fixture
def con(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect_readonly(Settings(home).warehouse) as connection:
        yield connection


def judged(con: duckdb.DuckDBPyConnection, on: date, confirmed: dict[str, Any] | None = None) -> dict[str, Judged]:
    """The sentences of TEXT by how they begin in the source, after their bindings."""
    made = Judge(con, on, confirmed or {}).pages([read("e2b", TEXT)])["e2b"]
    names = ("isolation", "rate", "session", "day", "at once", "gpus")
    return dict(zip(names, made, strict=True))


# -- the files ----------------------------------------------------------------------------------------------------------


def test_a_page_as_sections_paragraphs_and_points() -> None:
    page = read("e2b", TEXT)
    assert (page.title, page.sections) == ("E2B", ("Verdict", "Pros", "Cons"))
    assert [(s.section, s.paragraph, s.is_point) for s in page.sentences] == [
        ("Verdict", 1, False), ("Verdict", 1, False), ("Pros", 1, True), ("Pros", 2, True), ("Pros", 3, True), ("Cons", 1, True),
    ]  # fmt: skip
    assert len({s.id for s in page.sentences}) == 6
    assert all(s.id.startswith("e2b-") for s in page.sentences)


def test_an_edited_sentence_is_a_new_one_and_the_others_keep_their_id() -> None:
    before = [s.id for s in read("e2b", TEXT).sentences]
    after = [s.id for s in read("e2b", TEXT.replace("It bills", "It  charges")).sentences]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True, True, True, True]


HEAD = "# E2B\n\n## Pros\n"
REFUSED = [
    ("# E2B\n", "no sentence"),
    ("text\n", "before the first"),
    ("# E2B\n\n## Price\n- x\n", "no section"),
    ("# E2B\n# E2B\n", "one `# Title` first"),
    (HEAD + "- No facts.\n", "rests on no fact"),
    (HEAD + f"- {RATE}\n", "has no words"),
    (HEAD + f"- {RATE} or 0.06 per hour.\n", "0.06 stands in no expression"),
    (HEAD + "- Costs {{ price('e2b' }} now.\n", "cannot be read"),
    (HEAD + "- Costs {{ price('acme').usd }} now.\n", "no vendor"),
    (HEAD + "- Costs {{ __import__('os').system('x') }} now.\n", "has no meaning here|names no fact"),
    (HEAD + "- Costs {{ price('e2b', meter='vcpu').usd | euro }} now.\n", "no format 'euro'"),
    (HEAD + "- {{ stated(price('e2b', meter='vcpu')) | usd }}Costs something.\n", "prints nothing"),
    (HEAD + "- Costs {{ more.\n", "without }}"),
    (HEAD + f"- Costs {RATE}.\n- Costs {RATE}.\n", "twice"),
    (HEAD + "<!-- open\n", "end the comment"),
    (HEAD + f"- {RATE} {'long ' * 500}\n", "longer than"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_a_file_may_not_hold(text: str, why: str) -> None:
    with pytest.raises(EditorialError, match=why):
        read("e2b", text)


def test_a_file_of_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "acme.md").write_text(TEXT)
    with pytest.raises(EditorialError, match="no vendor is called 'acme'"):
        editorial_text.load(tmp_path)
    with pytest.raises(EditorialError, match=r"no editorial text|cannot be read"):
        editorial_text.load(tmp_path / "nowhere")


WORDS = [
    ('price("e2b", meter="vcpu").per_vcpu_hour', D("0.0504"), "plain", "$0.0504"),
    ('price("e2b", meter="vcpu").per_vcpu_hour', D("0.0504"), "cents", "$0.05"),
    ('price("e2b", meter="vcpu").per_vcpu_hour * 2', D("0.1008"), "usd", "$0.1008"),
    ('allowance("e2b", allowance="credit").dollars', D("1000"), "plain", "$1,000"),
    ('limit("e2b", limit="concurrent").count', D("1100"), "plain", "1,100"),
    ('limit("e2b", limit="session_max").hours', D("1"), "hours", "1 hour"),
    ('limit("e2b", limit="session_max").hours', D("Infinity"), "plain", "no limit"),
    ('isolation("e2b").technology', "gvisor", "plain", "gVisor"),
    ('sdks("e2b").interface', frozenset({"python", "go", "rest"}), "plain", "Go, Python and a REST API"),
    ('gpus("modal").model', frozenset({"a100-80gb", "rtx-4090"}), "model", "A100 80GB and RTX 4090"),
]


@pytest.mark.parametrize(("expression", "value", "form", "shown"), WORDS)
def test_values_in_words(expression: str, value: Any, form: str, shown: str) -> None:
    assert editorial_words.write(parse_part(expression), value, form) == shown


def test_no_limit_is_no_amount_of_money() -> None:
    with pytest.raises(ValueError, match="no amount"):
        editorial_words.write(parse_part('price("e2b", meter="vcpu").usd'), D("Infinity"), "usd")


# -- what becomes of a sentence -----------------------------------------------------------------------------------------


def test_true_sentences_wait_until_they_are_confirmed(con: duckdb.DuckDBPyConnection) -> None:
    made = judged(con, FIRST)
    assert {n: (j.state, j.text) for n, j in made.items()} == {
        "isolation": ("not_confirmed", "Each sandbox is a microVM."),
        "rate": ("not_confirmed", "It bills $0.0504 per vCPU-hour."),
        "session": ("not_confirmed", "Sessions of 24 hours on Pro."),
        "day": ("not_confirmed", "A session can last a whole day."),
        "at once": ("not_confirmed", "100 at once."),
        "gpus": ("not_verifiable", None),
    }
    assert all(j.waits for j in made.values())
    confirmed = {j.sentence.id: confirm(j, "Ada", FIRST) for n, j in made.items() if n != "gpus"}
    again = judged(con, FIRST, confirmed)
    assert [n for n, j in again.items() if j.waits] == ["gpus"]
    assert again["rate"].facts == ("e2b/sandbox prices vcpu $0.0504 per vcpu hour",)
    with pytest.raises(ValueError, match="not verifiable"):
        confirm(made["gpus"], "Ada", FIRST)


@pytest.fixture
def confirmed(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """All that was true on the first day, confirmed then."""
    return {j.sentence.id: confirm(j, "Ada", FIRST) for j in judged(con, FIRST).values() if j.text is not None}


def test_what_changed_is_marked_and_never_shown_with_its_old_value_as_if_it_were_so(
    con: duckdb.DuckDBPyConnection, confirmed: dict[str, Any]
) -> None:
    made = judged(con, SECOND, confirmed)
    assert {n: (j.state, j.text, j.waits) for n, j in made.items()} == {
        "isolation": ("confirmed", "Each sandbox is a microVM.", False),
        "rate": ("changed", "It bills $0.054 per vCPU-hour.", True),
        "session": ("changed", "Sessions of 12 hours on Pro.", True),
        "day": ("false", None, True),
        "at once": ("conflicting", "100 at once.", True),
        "gpus": ("not_verifiable", None, True),
    }
    assert made["rate"].since == SECOND
    assert made["at once"].why == f"{DOCS} says otherwise"
    assert judged(con, LAST, confirmed)["isolation"].state == "not_verifiable"


def test_the_editor_can_confirm_a_known_disagreement(con: duckdb.DuckDBPyConnection) -> None:
    found = judged(con, SECOND)["at once"]
    again = judged(con, SECOND, {found.sentence.id: confirm(found, "Ada", SECOND)})["at once"]
    assert (again.state, again.waits) == ("conflicting", False)


def test_an_expression_that_cannot_be_evaluated_prints_nothing(con: duckdb.DuckDBPyConnection) -> None:
    lines = [
        'Costs {{ price("e2b", meter="memory").per_gib_hour }}.',  # no such fact
        'Lasts {{ limit("e2b", plan="pro", limit="session_max").gib }} long.',  # no such figure
        'Costs {{ price("e2b", meter="vcpu").per_gib_hour }}.',  # another unit
        'Costs {{ isolation("e2b").technology | usd }}.',  # no amount
        'Costs {{ min(isolations("e2b").technology) }}.',  # no number
        'Lasts {{ limit("e2b", plan="pro", limit="session_max").hours + isolation("e2b").technology }}.',
    ]
    page = read("e2b", HEAD + "".join(f"- {line}\n" for line in lines))
    for made in Judge(con, FIRST, {}).pages([page])["e2b"]:
        assert (made.state, made.text) == ("not_verifiable", None), made
        assert made.why


# -- the pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "e2b.md").write_text(TEXT)
    (tmp_path / "faq.md").write_text(f"# Questions\n\n## What does E2B cost?\nIt is {RATE} <b>an hour</b>.\n")
    return tmp_path


def context(con: duckdb.DuckDBPyConnection, on: date, text: Path) -> Context:
    return Context(con, on, spans.load(con, on), (), text=text)  # type: ignore[arg-type]


def test_the_page_shows_what_holds_and_dates_what_does_not(
    con: duckdb.DuckDBPyConnection, confirmed: dict[str, Any], own: Path
) -> None:
    editorial_confirmed.save(confirmed, own)
    html = editorial_pages.fragments(context(con, LAST, own))["e2b"]
    text = " ".join(str(html).split())
    assert "It bills $0.054 per vCPU-hour." in text
    assert "confirmed 4 Jul 2026, its facts changed since" in text
    assert "$0.0504" not in text
    assert "no longer so</span> On 4 Jul 2026: <q>A session can last a whole day.</q>" in text
    assert "not verifiable any more</span> On 4 Jul 2026: <q>Each sandbox is a microVM.</q>" in text
    assert "the sources disagree" in text
    assert "Confirmed by Ada on 4 Jul 2026." in text
    assert "No GPUs" not in text  # never true and never confirmed
    assert "1 sentence is left out, because the facts do not bear it out" in text
    assert "&lt;b&gt;https://e2b.dev/pricing" in text  # a quote is text
    assert "<b>" not in text


def test_questions_are_escaped_text(con: duckdb.DuckDBPyConnection, own: Path) -> None:
    ((path, html),) = editorial_pages.pages(context(con, FIRST, own))
    assert path == "faq.html"
    assert "It is $0.0504 &lt;b&gt;an hour&lt;/b&gt;." in html
    assert "confirmed by" not in html.lower()  # what waits is for editors


# -- the command --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_list_confirm_and_list_again(home: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["editorial", "--home", str(home), "--text", str(own), "--on"]
    assert run([*base, str(FIRST), "--json"]) == 1
    waiting = json.loads(capsys.readouterr().out)
    assert [w["state"] for w in waiting] == ["not_confirmed"] * 5 + ["not_verifiable", "not_confirmed"]
    rate = next(w for w in waiting if w["text"] == "It bills $0.0504 per vCPU-hour.")
    assert run([*base, str(FIRST), "--confirm", rate["id"], "--author", "Ada"]) == 1
    assert "1 confirmed, 6 of 7 sentences wait" in capsys.readouterr().out
    assert run([*base, str(FIRST), "--confirm", "all", "--author", "Ada"]) == 1
    assert "5 confirmed, 1 of 7 sentences wait" in capsys.readouterr().out
    (own / "e2b.md").write_text(TEXT.partition("## Cons")[0])
    assert run([*base, str(FIRST)]) == 0
    capsys.readouterr()
    assert run([*base, str(SECOND)]) == 1
    out = capsys.readouterr().out
    assert "was: e2b/sandbox prices vcpu $0.0504 per vcpu hour" in out
    assert "now: e2b/sandbox prices vcpu $0.054 per vcpu hour" in out
    assert "confirmed 2026-07-04 by Ada" in out
    assert json.loads((own / "confirmed.json").read_text())[rate["id"]] == {
        "confirmed_on": "2026-07-04", "author": "Ada", "text": "It bills $0.0504 per vCPU-hour.",
        "facts": ["e2b/sandbox prices vcpu $0.0504 per vcpu hour"],
    }  # fmt: skip


def test_confirmations_of_sentences_that_are_gone_go_with_them(home: Path, own: Path) -> None:
    base = ["editorial", "--home", str(home), "--text", str(own), "--on", str(FIRST), "--author", "Ada", "--confirm"]
    run([*base, "all"])
    assert len(editorial_confirmed.load(own)) == 6
    (own / "faq.md").unlink()
    run([*base, "all"])
    assert len(editorial_confirmed.load(own)) == 5


WRONG = [
    (["--confirm", "all"], 2, "go together"),
    (["--author", "Ada"], 2, "go together"),
    (["--confirm", "e2b-00000000", "--author", "Ada"], 2, "there is no sentence e2b-00000000"),
    (["--text", "/nowhere"], 2, "/nowhere"),
]


@pytest.mark.parametrize(("more", "code", "why"), WRONG)
def test_wrong_calls(
    home: Path, own: Path, more: list[str], code: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["editorial", "--home", str(home), "--text", str(own), *more]) == code
    err = capsys.readouterr().err
    assert why in err and err.count("\n") == 1


def test_what_is_not_true_cannot_be_confirmed(home: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gpus = read("e2b", TEXT).sentences[-1].id
    base = ["editorial", "--home", str(home), "--text", str(own), "--on", str(FIRST)]
    assert run([*base, "--confirm", gpus, "--author", "Ada"]) == 2
    assert "edit the text instead" in capsys.readouterr().err
    assert not (own / "confirmed.json").exists()


def test_a_missing_warehouse_and_a_damaged_file(tmp_path: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["editorial", "--home", str(tmp_path / "none"), "--text", str(own)]) == 3
    (own / "confirmed.json").write_text('{"e2b-1": {"author": "x"}}')
    assert run(["editorial", "--home", str(tmp_path / "none"), "--text", str(own)]) == 2
    assert "damaged" in capsys.readouterr().err


@pytest.mark.slow
def test_a_site_of_text_of_ones_own(home: Path, own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["site", str(tmp_path / "site"), "--home", str(home), "--text", str(own)]
    assert run(base) == 0
    assert "It is $0.054 &lt;b&gt;" in (tmp_path / "site/faq.html").read_text()
    assert "Sessions of 12 hours on Pro." in (tmp_path / "site/vendors/e2b.html").read_text()
    assert not (tmp_path / "site/vendors/modal.html").exists()  # nothing is on record of it
    (own / "e2b.md").write_text("# E2B\n\n## Pros\n- Costs 5 dollars.\n")
    capsys.readouterr()
    assert run(base) == 2
    assert "e2b.md, line 4: rests on no fact" in capsys.readouterr().err
    assert "Sessions of 12 hours on Pro." in (tmp_path / "site/vendors/e2b.html").read_text()


# -- the text that comes with sandsnap ----------------------------------------------------------------------------------


def test_the_text_that_comes_with_sandsnap_can_be_used() -> None:
    pages = {p.name: p for p in editorial_text.load()}
    assert {"faq", "picks"} <= set(pages) <= {*VENDORS, "faq", "picks"}
    assert all(p.sections == editorial_text.SECTIONS for name, p in pages.items() if name in VENDORS)
    assert all(s.is_bound for p in pages.values() for s in p.sentences)  # facts can bear each of them out
    assert len(pages["faq"].sections) >= 8
    ids = [s.id for p in pages.values() for s in p.sentences]
    assert len(ids) == len(set(ids)) > 100
    # A confirmation has a person's name: the machine that wrote a sentence is none.
    assert not {c.author for c in editorial_confirmed.load().values()} & {"", "sandsnap"}


@pytest.mark.slow
def test_the_facts_of_the_demo_bear_it_out(tmp_path: Path) -> None:
    assert run(["demo", "--home", str(tmp_path)]) in (0, 1)
    with connect_readonly(tmp_path / "demo" / "sandsnap.duckdb") as con:
        made = Judge(con, date(2026, 11, 25), editorial_confirmed.load()).pages(editorial_text.load())
    wrong = [(j.sentence.id, j.state, j.why) for own in made.values() for j in own if j.text is None]
    assert wrong == []
