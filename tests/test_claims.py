"""The check of a published page: the expressions, what they refuse, a small page in its three forms, the real one."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandsnap import pipeline
from sandsnap.cli.app import run
from sandsnap.model import Fact, Reading
from sandsnap.publish.claims import bindings as claims_bindings
from sandsnap.publish.claims import check as claims
from sandsnap.publish.claims import facts as claims_facts
from sandsnap.publish.claims import page as claims_page
from sandsnap.publish.claims.evaluate import about, evaluate
from sandsnap.publish.claims.facts import Claim
from sandsnap.publish.claims.language import ExpressionError, parse
from sandsnap.publish.claims.lookup import Unknown
from sandsnap.record.queries import changes, connect_readonly
from sandsnap.record.recorder import Run, record_days
from sandsnap.settings import Settings
from schemas import TABLES
from schemas.vocabulary import UNCAPTURED

START = date(2026, 3, 1)
PAGE, OTHER = "https://modal.com/pricing", "https://modal.com/docs/guide/gpu"


def d(n: int) -> date:
    return START + timedelta(days=n)


# -- the language -------------------------------------------------------------------------------------------------------


def row(table: str, key: str, product: str = "sandbox", place: int | None = None, **values: Any) -> dict[str, Any]:
    """One row as claim_queries.standing gives it."""
    return {
        "table": table, "product": product, "key": key, "values": json.dumps(values), "basis": "read", "quote": "…",
        "source_url": PAGE, "verified_on": d(9), "valid_from": d(0), "place": place,
    }  # fmt: skip


FACTS = {
    "modal": claims_facts.claims("modal", [
        row("prices", "any / core / - / - / list", usd=0.00003942, unit="core_second", billed_on="max_of_request_and_use"),
        row("prices", "any / memory / - / - / list", usd=0.00000667, unit="gib_second"),
        row("prices", "team / plan_fee / - / - / list", usd=250, unit="month"),
        row("prices", "any / gpu / t4 / - / list", usd=0.59, unit="gpu_hour"),
        row("prices", "any / gpu / b200 / - / list", usd=6.25, unit="gpu_hour"),
        row("prices", "any / egress / - / - / list", usd=0.04, unit="gib"),
        row("limits", "any / session_max", amount=24, unit="hour"),
        row("limits", "any / session_default", amount=300, unit="second"),
        row("limits", "any / lifetime_max", amount=None, unit="day"),
        row("allowances", "starter / credit / month", amount=30, unit="usd", card_required=None),
        row("gpus", "t4", status="available", ends_on=None), row("gpus", "b200", status="available", ends_on=None),
        row("gpus", "none", product="vm-sandbox", status="not_offered", ends_on=None),
        row("cold_starts", "boot / typical", low_ms=1000, high_ms=1000, claimed_by="vendor"),
        row("cold_starts", "create / max", low_ms=None, high_ms=200, claimed_by="vendor"),
        row("isolation", "default", technology="microvm", boundary="microvm", dedicated_kernel=None),
        row("sdks", "python", official=True, package="modal"), row("sdks", "ruby", official=False, package=None),
        row("notices", "gpu / end_of_life", announced_on=None, effective_on="2026-08-01", status="announced"),
    ]),
    "blaxel": claims_facts.claims("blaxel", [
        row("prices", "any / memory / - / - / list", usd=0.0000115, unit="gb_second"),
        row("limits", "any / idle_timeout", place=1, amount=15, unit="second"),
        row("limits", "any / idle_timeout", place=2, amount=5, unit="second"),
    ]),
}  # fmt: skip


def answer(text: str) -> Any:
    return evaluate(parse(text), lambda vendor: FACTS.get(vendor, {}), d(10))


TRUE, FALSE, UNKNOWN = True, False, "unknown"
ANSWERS = [
    # a core is two vCPU, an hour 3600 s, a month 730 hours; exact to the last digit
    ('price("modal", meter="core").per_core_hour == 0.141912', TRUE),
    ('price("modal", meter="core").per_vcpu_hour == 0.070956', TRUE),
    ('price("modal", meter="core").per_core_hour ≈ 0.047', FALSE),
    ('price("modal", meter="core").per_core_month == 103.59576', TRUE),
    ('price("modal", meter="core").per_hour == 0.141912', UNKNOWN),  # of a core or of a vCPU?
    ('price("modal", meter="core").per_gib_hour == 0.141912', UNKNOWN),
    ('price("modal", meter="memory").per_gib_hour == 0.024012', TRUE),
    ('price("modal", meter="memory").per_gb_hour == 0.024012', FALSE),  # GiB is not GB
    ('price("blaxel", meter="memory").per_gb_hour * 2 == 0.0828', TRUE),
    ('price("blaxel", meter="memory").per_gib_hour * 2 == 0.0828', FALSE),
    ('price("modal", meter="egress").per_gib == 0.04', TRUE),
    ('price("modal", plan="team", meter="plan_fee").per_month == 250', TRUE),
    ('price("modal", meter="gpu", sku="t4").per_hour == 0.59', TRUE),
    ('price("modal", meter="gpu", sku="t4").per_gpu_month == 430.7', TRUE),
    ('prices("modal", meter="gpu").unit == "gpu_hour"', TRUE),
    ('min(prices("modal", meter="gpu").per_hour) == 0.59 and max(prices("modal", meter="gpu").per_hour) == 6.25', TRUE),
    ('count(prices("modal", meter="gpu").sku) == 2', TRUE),
    ('price("modal", meter="gpu").per_hour == 0.59', UNKNOWN),  # two fit
    ('prices("modal", meter="gpu").per_hour < 7', TRUE),
    ('prices("modal", meter="gpu").per_hour > 7', FALSE),
    ('prices("modal", meter="gpu").per_hour > 1', UNKNOWN),  # one of the two
    ('limit("modal", limit="session_max").minutes == 1440', TRUE),
    ('limit("modal", limit="session_default").minutes == 5', TRUE),
    ('limit("modal", limit="session_default").gib == 5', UNKNOWN),
    ('limit("modal", limit="lifetime_max").unlimited == True', TRUE),
    ('limit("modal", limit="lifetime_max").days == 30', FALSE),
    ('limit("modal", limit="lifetime_max").days > 10000', TRUE),
    ('allowance("modal", allowance="credit").dollars == 30', TRUE),
    ('allowance("modal", allowance="credit").card_required == False', UNKNOWN),  # not stated
    ('stated(allowance("modal", allowance="credit", period="once"))', FALSE),  # monthly, that is
    ('not stated(allowance("modal", allowance="credit", period="once"))', TRUE),
    ('stated(region("modal", region="us"))', UNKNOWN),  # nobody looked
    ('stated(price("freestyle", meter="vcpu"))', UNKNOWN),
    ('gpus("modal").model >= {"t4", "b200"} and "b300" not in gpus("modal").model', TRUE),
    ('gpus("modal").model == {"none"}', FALSE),
    ('gpu("modal/vm-sandbox", model="none").status == "not_offered"', TRUE),
    ('"python" in sdks("modal", official="yes").interface and "ruby" not in sdks("modal", official="yes").interface', TRUE),
    ('isolation("modal", runtime="default").technology == "firecracker"', UNKNOWN),  # the page names none
    ('isolation("modal", runtime="default").boundary in {"microvm", "vm"}', TRUE),
    ('notice("modal", subject="gpu", kind="end_of_life").effective_on > today', TRUE),
    # three values: what is not known decides nothing, unless the rest decides
    ('sdk("modal", interface="go").official == True and limit("modal", limit="session_max").hours == 24', UNKNOWN),
    ('sdk("modal", interface="go").official == True and limit("modal", limit="session_max").hours == 5', FALSE),
    ('sdk("modal", interface="go").official == True or limit("modal", limit="session_max").hours == 24', TRUE),
    ('not sdk("modal", interface="go").official == True', UNKNOWN),
    ('agree(limit("modal", limit="session_max").hours == 24, limit("modal", limit="session_default").minutes == 5)', TRUE),
    ('agree(limit("modal", limit="session_max").hours == 5, limit("modal", limit="session_default").hours == 5)', FALSE),
    ('agree(limit("modal", limit="session_max").hours == 24, limit("modal", limit="session_default").hours == 5)', UNKNOWN),
    ('agree(limit("modal", limit="session_max").hours == 24, sdk("modal", interface="go").official == True)', TRUE),
    ('limit("modal", limit="session_max").hours / (24 - limit("modal", limit="session_max").hours) > 1', UNKNOWN),
    ('limit("modal", limit="lifetime_max").days - 1 > 0', UNKNOWN),
    ('23 < limit("modal", limit="session_max").hours < 25', TRUE),
    ('24 < limit("modal", limit="session_max").hours < 25', FALSE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_answers(text: str, expected: object) -> None:
    got = answer(text).truth
    assert (UNKNOWN if isinstance(got, Unknown) else got) == expected


REFUSED = [
    ("__import__('os').system('true')", "has no meaning"),
    ('price("modal", meter="core").__class__ == 1', "prices have no '__class__'"),
    ('open("/etc/passwd") == 1', "is no kind of fact"),
    ("1 == 1", "names no fact"),
    ('price("modal", meter="core")', "no statement"),
    ('price("modal", meter="core").per_core_hour', "no statement"),
    ('price("modal", meter="cpu").usd == 1', "'cpu' is no meter; did you mean 'vcpu'?"),
    ('price("modall", meter="core").usd == 1', "'modall' is no vendor"),
    ('price("modal/vm", meter="core").usd == 1', "no product 'vm'"),
    ('price("modal", usd="1").usd == 1', "has no 'usd'; there are plan, meter"),
    ("price(meter='core').usd == 1", "needs the vendor"),
    ('price("modal", **{"meter": "core"}).usd == 1', "write each of"),
    ('limit("modal", limit="session_max").weeks == 1', "limits have no 'weeks'"),
    ('limit("modal", limit="session_max").hours is 24', "write == or ≈"),
    ('limit("modal", limit="session_max").hours ** 9 == 1', "has no meaning"),
    ('limit("modal", limit="session_max").hours == 1e9', "has no meaning"),
    ('limit("modal", limit="session_max").hours == 0x10', "has no meaning"),
    ('limit("modal", limit="session_max").hours == -1', "has no meaning"),
    ('limit("modal", limit="session_max").hours == None', "has no meaning"),
    ('(lambda: limit("modal", limit="session_max").hours == 1)()', "has no meaning"),
    ('[x for x in gpus("modal").model] == 1', "has no meaning"),
    ('limit("modal", limit="session_max").hours == 24 if True else False', "has no meaning"),
    ('f"{gpus}" == gpus("modal").model', "has no meaning"),
    ('stated(price("modal", meter="core").usd)', "has no meaning"),
    ('limit("modal", limit="session_max").hours == ', "cannot be read"),
    ("not " * 60 + 'gpus("modal").model == {"t4"}', "too deeply"),
    ("(" * 400 + 'gpus("modal").model == {"t4"}' + ")" * 400, "cannot be read"),
    ('gpus("modal").model == {"' + "x" * 2000 + '"}', "longer than"),
    ('price("modal",\0 meter="core").usd == 1', "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[r[0][:50] for r in REFUSED])
def test_refused_when_loaded(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match="(?s)" + message.replace("(", r"\(").replace("*", r"\*")):
        parse(text)


MEANINGLESS = [
    ('gpu("modal", model="t4").status == 1', "cannot be compared"),
    ('gpu("modal", model="t4").status ≈ 1', "cannot be compared"),
    ('limit("modal", limit="session_max").hours ≈ limit("modal", limit="session_default").hours', "≈ needs a number"),
    ('gpu("modal", model="t4").status in gpu("modal", model="t4").status', "`in` needs"),
    ('gpus("modal").model ≈ {"t4"}', "two sets"),
    ('limit("modal", limit="lifetime_max").unlimited > False', "no order"),
    ('gpu("modal", model="t4").status + 1 == 1', "only numbers"),
    ('max(gpus("modal").model) == 1', "of numbers"),
]


@pytest.mark.parametrize(("text", "message"), MEANINGLESS, ids=[m[0] for m in MEANINGLESS])
def test_meaningless_when_evaluated(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        answer(text)


ABOUT = [
    ("0.0504", "0.05", True), ("0.04032", "0.04", True), ("0.0162", "0.016", True), ("0.141912", "0.047", False),
    ("0.0472", "0.047", True), ("150", "150", True), ("157", "150", True), ("158", "150", False), ("80", "150", False),
    ("0.000000768", "0.0000008", True), ("1000", "1", False), ("Infinity", "24", False),
]  # fmt: skip


@pytest.mark.parametrize(("value", "figure", "expected"), ABOUT)
def test_about(value: str, figure: str, expected: bool) -> None:
    assert about(Decimal(value), Decimal(figure)) is expected


def test_what_is_found_names_the_right_value() -> None:
    wrong = answer(
        'price("modal", meter="core").per_core_hour ≈ 0.047 and limit("modal", limit="session_max").hours == 24'
    )
    assert wrong.found == ("modal/sandbox prices core $0.141912 per core hour",)  # only what is wrong
    assert [c.key for c in wrong.used] == ["any / core / - / - / list"]
    assert (
        answer('cold_start("modal", operation="create", statistic="max").high_ms ≈ 150')
        .found[0]
        .endswith("under 200 ms")
    )
    instead = answer('stated(allowance("modal", allowance="credit", period="once"))').found[0]
    assert instead == "no page states modal/sandbox allowances credit once; stated: starter / credit / month 30 usd"
    two = answer('price("modal", meter="gpu").per_hour == 0.59').truth
    assert isinstance(two, Unknown) and two.why.startswith("2 facts fit") and not two.disagree


def test_another_source_is_a_rival_and_can_be_preferred() -> None:
    asked = parse('limit("blaxel", limit="idle_timeout").seconds == 15')
    outcome = evaluate(asked, FACTS.__getitem__, d(10))
    assert outcome.truth is True and [c.columns["amount"] for c in outcome.rivals] == [5]
    assert evaluate(asked, FACTS.__getitem__, d(10), prefer=outcome.rivals[0]).truth is False


def test_the_tables_are_those_of_the_contract() -> None:
    ours = {t.name: (("vendor", "product", *t.keys), set(t.values)) for t in claims_facts.TABLES}
    assert ours == {name: (t.key, set(t.values)) for name, t in TABLES.items()}


# -- a small page on a small warehouse ----------------------------------------------------------------------------------

BINDINGS = """
published_on = 2026-03-02
[vendors]
modal = "Modal"
fly = "Fly"
[rows]
"Pricing" = ["~$0.14", "none"]
"GPU" = []
[cells.modal."Pricing"]
"~$0.14 per core-hour" = 'price("modal", meter="core").per_core_hour ≈ 0.14'
[cells.fly."Pricing"]
"none" = 'not stated(price("fly", meter="vcpu"))'
[blank.modal]
"GPU" = { shows = "yes", rests_on = '"available" in gpus("modal").status' }
[blank.fly]
"GPU" = { shows = "no", rests_on = 'gpus("fly").model == {"none"}' }
[sentences]
"runs for 24 hours" = { rests_on = 'limit("modal", limit="session_max").hours == 24', note = "once it did" }
"5 minutes by default" = 'limit("modal", limit="session_default").minutes == 5'
"the team pays" = 'price("modal", plan="team", meter="plan_fee").per_month == 250'
"""
TEXT = """Sandboxes compared

ModalFly
Pricing~$0.14 per core-hournone
GPU

It runs for 24 hours, and “5 minutes by default”.
And the team pays $250 `rm -rf /` $(reboot) \x1b[31m.
"""
MARKDOWN = """# Sandboxes compared

| | Modal | Fly |
|---|---|---|
| Pricing | ~$0.14 per core-hour | none |
| GPU | Yes | ✗ |

It runs for 24 hours, and "5 minutes by
default". And the team **pays** $250.
"""
HTML = """<!doctype html><title>x</title><h1>Sandboxes compared</h1><table><tr><th></th><th>Modal</th><th>Fly</th></tr>
<tr><td>Pricing</td><td>~$0.14 per core-hour</td><td>none</td></tr>
<tr><td>GPU</td><td><img src="y.svg" alt="Yes"></td><td></td></tr></table>
<p>It runs for <b>24</b> hours, and &ldquo;5 minutes by default&rdquo;.</p><script>runs for 24 hours</script>
<p>And the team pays $250.</p>"""


def core(usd: str) -> Fact:
    key = {"product": "sandbox", "plan": "any", "meter": "core", "sku": "-", "region": "-", "offer": "list"}
    values = {"usd": Decimal(usd), "unit": "core_second", "billed_on": None}
    return Fact("prices", "modal", key, values, "read", PAGE, f"CPU ${usd} / core / sec", None, None)


def limit(name: str, amount: str, unit: str, url: str = PAGE) -> Fact:
    key = {"product": "sandbox", "plan": "any", "limit": name}
    values = {"amount": Decimal(amount), "amount_max": None, "unit": unit}
    return Fact("limits", "modal", key, values, "read", url, f"{name}: {amount} {unit}\x1b[31m", None, None)


def gpu(model: str) -> Fact:
    key = {"product": "sandbox", "model": model}
    return Fact("gpus", "modal", key, {"status": "available", "ends_on": None}, "read", PAGE, model, None, None)


def good(n: int, *facts: Fact, url: str = PAGE, rank: int = 0) -> Reading:
    at = datetime.combine(d(n), datetime.min.time(), UTC)
    return Reading("modal", url, url + "#x", "v1", "good", facts, captured_at=at, capture=f"{n + 1:064x}", rank=rank)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Modal: its limit falls on day 3; another page of it says so before; the default differs between two pages."""
    folder = tmp_path_factory.mktemp("claims")
    first = (core("0.00003942"), gpu("t4"), limit("session_default", "5", "minute"))
    second = good(0, limit("session_default", "300", "second", OTHER), url=OTHER, rank=5)
    days = [
        (d(0), [good(0, *first, limit("session_max", "24", "hour")), second]),
        (d(3), [good(3, *first, limit("session_max", "5", "hour"))]),
        (d(5), [good(5, *first, limit("session_max", "5", "hour")),
                good(5, limit("session_default", "10", "minute", OTHER), url=OTHER, rank=5)]),
    ]  # fmt: skip
    known = datetime(2026, 4, 1, tzinfo=UTC)
    record_days(Settings(folder).warehouse, days, run=Run("r1", "backfill", known, known))
    return folder


@pytest.fixture
def con(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect_readonly(Settings(home).warehouse) as connection:
        yield connection


def small() -> claims_bindings.Bindings:
    return claims_bindings.read("small", BINDINGS)


@pytest.mark.parametrize(
    ("text", "form"), [(TEXT, "text"), (MARKDOWN, "markdown"), (HTML, "html")], ids=["text", "md", "html"]
)
def test_a_page_in_each_form(con: duckdb.DuckDBPyConnection, text: str, form: str) -> None:
    made = claims.check(con, claims_page.published("page", text, form), small(), d(3))
    assert {(j.binding.phrase or j.binding.row, j.binding.vendor): j.verdict for j in made} == {
        ("~$0.14 per core-hour", "modal"): "true",
        ("none", "fly"): "not_verifiable",
        ("GPU", "modal"): "true",
        ("GPU", "fly"): "not_verifiable",
        ("runs for 24 hours", None): "false",
        ("5 minutes by default", None): "true",
        ("the team pays", None): "not_verifiable",
    }
    wrong = next(j for j in made if j.verdict == "false")
    assert (wrong.since, wrong.before, wrong.at_publication) == (d(3), "true", "true")
    assert wrong.found == ("modal/sandbox limits session_max 5 hours",)
    assert [(c.quote, c.source_url, c.valid_from) for c in wrong.used] == [("session_max: 5 hour\x1b[31m", PAGE, d(3))]


@pytest.mark.parametrize(("on", "verdict"), [(0, "true"), (2, "true"), (3, "false")])
def test_by_the_day(con: duckdb.DuckDBPyConnection, on: int, verdict: str) -> None:
    made = claims.check(con, claims_page.published("page", TEXT, "text"), small(), d(on))
    assert next(j.verdict for j in made if j.binding.phrase == "runs for 24 hours") == verdict


def test_sources_that_disagree(con: duckdb.DuckDBPyConnection) -> None:
    page = claims_page.published("page", TEXT, "text")
    made = next(j for j in claims.check(con, page, small(), d(5)) if j.binding.phrase == "5 minutes by default")
    assert (made.verdict, made.since, made.at_publication) == ("conflicting", d(5), "true")
    assert [(c.columns["amount"], c.source_url) for c in made.rivals] == [(10, OTHER)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TEXT.replace("24 hours", "a day"), "stands 0 times on the page"),
        (TEXT + "It runs for 24 hours.", "stands 2 times on the page"),
    ],
)
def test_a_phrase_that_does_not_stand_once(con: duckdb.DuckDBPyConnection, text: str, why: str) -> None:
    made = claims.check(con, claims_page.published("page", text, "text"), small(), d(3))
    assert [(j.verdict, why in j.found[0]) for j in made if j.binding.phrase == "runs for 24 hours"] == [("lost", True)]


def test_cells_that_are_not_as_bound(con: duckdb.DuckDBPyConnection) -> None:
    page = claims_page.published(
        "page", MARKDOWN.replace("| Yes |", "| No |").replace("| none |", "| n/a |"), "markdown"
    )
    made = claims.check(con, page, small(), d(3))
    assert {(j.binding.vendor, j.binding.row) for j in made if j.verdict == "lost"} == {
        ("modal", "GPU"),
        ("fly", "Pricing"),
    }


def test_a_change_names_the_claims_it_breaks(con: duckdb.DuckDBPyConnection) -> None:
    found = changes(con, d(0), d(9)).records()
    broken = claims.broken_claims(con, small(), found)
    assert [(b.binding.phrase, b.verdict, b.change["key"], b.change["day"]) for b in broken] == [
        ("runs for 24 hours", "false", "any / session_max", d(3)),
    ]  # that another page disagrees from then on moves nothing that is shown: a conflict, not a change
    assert broken[0].found == ("modal/sandbox limits session_max 5 hours",)
    rests = claims.claims_resting_on(small(), found[0])
    assert [b.phrase for b in rests] == ["runs for 24 hours"]


def page_file(tmp_path: Path, text: str | bytes, name: str = "page.txt") -> str:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_command(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bound = page_file(tmp_path, BINDINGS, "b.toml")
    call = ["check", page_file(tmp_path, TEXT), "--bindings", bound, "--home", str(home), "--on"]
    assert run([*call, str(d(2))]) == 0
    assert "0 false, 0 conflicting, 3 not verifiable, 4 true, 0 lost, of 7 claims" in capsys.readouterr().out
    assert run([*call, str(d(5))]) == 1
    out = capsys.readouterr().out
    assert "“runs for 24 hours”\n    false since 2026-03-04 (true before); when the page was published: true\n" in out
    assert "is: modal/sandbox limits session_max 5 hours" in out and "note: once it did" in out
    assert "but “session_default: 10 minute" in out and "\x1b" not in out
    assert run([*call, str(d(5)), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    wrong = next(r for r in told if r["verdict"] == "false")
    assert (wrong["since"], wrong["facts"][0]["values"]["amount"]) == ("2026-03-04", "5")


USAGE = [
    (TEXT, "nonsense = [", "b.toml", "b"),
    (TEXT, BINDINGS + '"x" = "1 == 1"\n', "b.toml", "names no fact"),
    (TEXT, BINDINGS.replace("modal", "nobody"), "b.toml", "nobody"),
    (TEXT, BINDINGS.replace('"~$0.14", "none"', '"~$0.14"'), "b.toml", "one beginning per vendor"),
    (TEXT, BINDINGS + '"" = \'gpus("modal").model == {"t4"}\'\n', "b.toml", "an empty phrase"),
    (TEXT, BINDINGS.replace('shows = "yes"', 'shows = "maybe"'), "b.toml", "shows = one of"),
    (TEXT, BINDINGS + "[more]\n", "b.toml", "unknown section 'more'"),
    (TEXT, BINDINGS.replace("the team pays", "the team pays " * 10), "b.toml", "longer than 120"),
    ("nothing of it", BINDINGS, "b.toml", "stands on"),
    ("", BINDINGS, "b.toml", "stands on"),
    (bytes(range(256)), BINDINGS, "b.toml", "UTF-8"),
    ("<html>" + "<div>" * 5000, BINDINGS, "b.toml", "stands on"),
    (
        TEXT,
        BINDINGS + '"Sandboxes compared" = \'gpu("modal", model="t4").status == 1\'\n',
        "b.toml",
        "cannot be compared",
    ),
]


@pytest.mark.parametrize(("text", "bound", "name", "message"), USAGE, ids=[str(i) for i in range(len(USAGE))])
def test_wrong_input_is_one_line(
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str | bytes,
    bound: str,
    name: str,
    message: str,
) -> None:
    call = ["check", page_file(tmp_path, text), "--bindings", page_file(tmp_path, bound, name), "--home", str(home)]
    assert run(call) == 2
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1 and "Traceback" not in told


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wide.html", "<table>" + "<tr><td colspan=1000 rowspan=60000>a</td></tr>" * 400),
    ],
)
def test_a_page_that_is_a_trap(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(claims_page.PageError):
        claims_page.load(Path(page_file(tmp_path, text, name)))


@pytest.mark.parametrize(
    ("name", "text"), [("deep.html", "<html>" + "<div>" * 5000 + "x"), ("deep.md", "> " * 5000 + "x")]
)
def test_depth_is_no_trap(tmp_path: Path, name: str, text: str) -> None:
    assert claims_page.load(Path(page_file(tmp_path, text, name))).lines


PAGE_OF_OURS = """# Which one?

Modal has GPUs. It bills $0.00009 per core-second, a session runs 24 hours at most, and the weather is nice.
No figure stands here.

| | Modal | Fly |
|---|---|---|
| Session | 5 hours | none |
"""


def test_a_page_without_bindings_is_listed_and_nothing_of_it_is_called_true(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = page_file(tmp_path, PAGE_OF_OURS, "page.md")
    assert run(["check", page, "--home", str(home), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {f["verdict"] for f in found} <= {"unbound", "nothing_to_check"}
    assert [(f["vendor"], f["row"], f["amounts"]) for f in found if f["amounts"]] == [
        ("modal", "Session", ["5 hours"]),
        ("modal", None, ["$0.00009 per core-second", "24 hours"]),
    ]
    assert run(["check", page, "--home", str(home)]) == 1
    out = capsys.readouterr().out
    assert "unbound: sentence: Modal has GPUs." in out and "true" not in out and "No figure" not in out


def test_a_draft_binds_a_wrong_price_to_the_fact_that_shows_it(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, bound = page_file(tmp_path, PAGE_OF_OURS, "page.md"), str(tmp_path / "b.toml")
    assert run(["check", page, "--home", str(home), "--draft", "-o", bound]) == 0
    drafted = {b.phrase: b.expression.text for b in claims_bindings.load(Path(bound)).claims}
    assert drafted["$0.00009 per core-second"].endswith('meter="core").per_core_second == 0.00009')
    assert drafted["24 hours"] == 'limit("modal", plan="any", limit="session_max").hours == 24'
    assert drafted["5 hours"] == 'limit("modal", plan="any", limit="session_max").hours == 5'
    capsys.readouterr()
    assert run(["check", page, "--home", str(home), "--bindings", bound, "--json", "--on", str(d(3))]) == 1
    told = {r["phrase"]: r["verdict"] for r in json.loads(capsys.readouterr().out)}
    assert told["$0.00009 per core-second"] == "false" and told["24 hours"] == "false" and told["5 hours"] == "true"


def test_a_wrong_binding_is_named_by_line_with_the_nearest_word() -> None:
    wrong = BINDINGS.replace('meter="plan_fee"', 'meter="plan_fees"')
    line = next(n for n, text in enumerate(wrong.splitlines(), 1) if "plan_fees" in text)
    with pytest.raises(claims_bindings.BindingsError, match=rf"small, line {line}: .*did you mean 'plan_fee'\?"):
        claims_bindings.read("small", wrong)


def test_what_others_read_and_what_the_page_itself_said_is_not_simply_true() -> None:
    from sandsnap.read.statements import judged

    def verdict(basis: str, key: str, written_by: str | None) -> str:
        used = claims_facts.Claim("limits", "modal", "sandbox", key, {}, basis, PAGE, None, None, d(0))
        return claims._rests_on([used], written_by)

    (by, key) = next(
        (j.by, " / ".join(v for k, v in j.fact.key.items() if k != "product"))
        for j in judged("modal") if j.fact.basis == "second_hand" and (j.fact.table, j.fact.key["product"]) == ("limits", "sandbox")
    )  # fmt: skip
    assert verdict("read", key, by) == "true"
    assert verdict("second_hand", key, "somebody else") == "true_second_hand"
    assert verdict("second_hand", key, by) == "circular"


def test_no_bindings_fit(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", page_file(tmp_path, "Hello."), "--home", str(home)]) == 2
    assert "nothing to check" in capsys.readouterr().err
    assert run(["check", str(tmp_path / "absent.txt"), "--home", str(home)]) == 2
    bound = page_file(tmp_path, BINDINGS, "b.toml")
    assert run(["check", page_file(tmp_path, TEXT), "--bindings", bound, "--home", str(tmp_path / "no")]) == 3


# -- the real page ------------------------------------------------------------------------------------------------------


def seed_bindings() -> claims_bindings.Bindings:
    return next(b for b in claims_bindings.shipped() if b.name == "comparison-2026-07-04")


def test_the_shipped_bindings_cover_the_page() -> None:
    bound = seed_bindings()
    cells = {(b.vendor, b.row) for b in bound.claims if b.vendor}
    assert cells == {(v, r) for v in bound.vendors for r in bound.rows} and len(cells) == 80
    assert len([b for b in bound.claims if b.vendor is None]) >= 60
    assert all(len(b.phrase.split()) <= 15 for b in bound.claims)


@pytest.mark.shared
def test_every_phrase_stands_on_the_real_page(shared: Path) -> None:
    page = claims_page.load(shared / "seed" / "comparison-2026-07-04.txt")
    bound = seed_bindings()
    cells = page.cells(bound.vendors, bound.rows)
    assert [(b.where, b.phrase, why) for b in bound.claims if (why := claims.lost(page, cells, b))] == []
    fitting = claims.fitting(page, claims_bindings.shipped())
    assert fitting is not None and fitting.name == bound.name


KNOWN = {
    # Mistakes of the page: what it says, how it comes out, since when, and what the facts say instead.
    "Modal is ~$0.047/core-hr": ("false", "2026-10-09", "$0.141912 per core hour"),
    "10-20s (Fly Machines fresh creation)": ("false", None, "no page states fly/machines cold_starts create"),
    "15GB storage per month": ("false", None, "hobby / storage / lifetime 15 gb"),
    "to ~150ms (E2B)": ("conflicting", "2026-02-20", "80 ms"),
    "Sysbox container-based with a shared host kernel": ("conflicting", None, "dedicated kernel: yes"),
    "Exact GPU hourly rates and disk storage rate not surfaced": ("false", "2026-07-02", "h100 / - 3.95 gpu_hour"),
    "Fly.io is discontinuing GPUs entirely on August 1, 2026": ("false", "2026-08-02", "2026-08-01"),
    "20 vCPU-hr/day": ("false", "2026-09-28", "vcpu_time / month 200 vcpu_hour"),
    "16,800 GiB storage-hr/day": ("false", "2026-09-28", "60000"),
    "with sandboxes from T4 up to B200": ("false", "2026-08-08", "b300"),
    "Blaxel fresh creates are 200-600ms": ("false", None, "2000 to 4000 ms"),
    "15 minutes for Daytona and Blaxel": ("false", None, "0.25 minutes"),
    # Right on the page; 24 hours since Vercel raised them in August 2026.
    "45 minutes (Hobby) or 24 hours (Pro/Enterprise)": ("true", None, "pro session_max 24 hours"),
    "$150/mo Pro plan": ("true", None, ""),
    "$0.0504/vCPU-hr": ("true", None, ""),
    "XL(32GB) $1.3248/hr": ("circular", None, ""),
    "sub-90ms creation, identical compute rates": ("true", None, ""),
    "E2B and Daytona both work out to about $0.05/vCPU-hr": ("true", None, ""),
    "cap at 1 hour on Hobby and 24 hours on Pro": ("true", None, ""),
    "Flat $0.03 per 60-min session": ("true", None, ""),
    "no official Python/JS SDK": ("true", None, ""),
    "~milliseconds": ("not_verifiable", None, ""),
}


@pytest.mark.shared
@pytest.mark.slow
def test_the_mistakes_of_the_real_page(shared: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    pipeline.backfill(settings, shared / "captures")
    page = claims_page.load(shared / "seed" / "comparison-2026-07-04.txt")
    with connect_readonly(settings.warehouse) as con:
        made = claims.check(con, page, seed_bindings(), date(2026, 11, 1))
    told = {j.binding.phrase: j for j in made}
    for phrase, (verdict, since, found) in KNOWN.items():
        j = told[phrase]
        assert (phrase, j.verdict) == (phrase, verdict)
        assert since is None or str(j.since) == since, phrase
        assert found in "; ".join(j.found), (phrase, j.found)
        assert all(isinstance(c, Claim) and (c.quote or c.basis in UNCAPTURED) for c in j.used)
    assert not [j.binding.phrase for j in made if j.verdict == "lost"]
    # What rests on the page's own editors is circular, not true.
    found = Counter(j.verdict for j in made)
    assert (
        found["true"] > 140
        and found["circular"] > 20
        and sum(found[v] for v in ("true", "true_second_hand", "circular")) > 200
    )
