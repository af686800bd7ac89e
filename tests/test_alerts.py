"""Alerts: made from the record only, each once, told once per channel, whatever crashes or fails in between."""

import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sandsnap.cli.app import run
from sandsnap.model import Fact, Issue, Reading
from sandsnap.publish.alerts import config as alerts_config
from sandsnap.publish.alerts import digest
from sandsnap.publish.alerts import send as alerts_send
from sandsnap.publish.alerts import text as alerts_text
from sandsnap.publish.alerts.alert import Alert
from sandsnap.publish.alerts.channels import ChannelError, File, Message, Stdout, struck
from sandsnap.publish.alerts.store import Store, StoreError
from sandsnap.publish.claims import bindings as claims_bindings
from sandsnap.record.recorder import Run, record_days
from sandsnap.tell.events import events
from sandsnap.tell.measures import measure
from sandsnap.tell.model import Change, Event
from sandsnap.tell.significance import RulesError
from sandsnap.tell.significance import load as rules_of
from sandsnap.tell.words import address, day
from schemas import TABLES

START = date(2026, 3, 1)
PRICES, DOCS = "https://fly.io/docs/about/pricing/", "https://fly.io/docs/gpus/"
T0 = datetime(2026, 11, 1, tzinfo=UTC)
EVERYTHING = alerts_config.Config({"log": {"type": "file", "path": "alerts.md"}}, (alerts_config.Subscription("log"),))


def d(n: int) -> date:
    return START + timedelta(days=n)


def fact(
    table: str, key: dict[str, str], values: dict[str, Any], quote: str, url: str = PRICES, basis: str = "read"
) -> Fact:
    columns = dict.fromkeys(TABLES[table].values)
    judged = basis == "judged"
    return Fact(
        table, "fly", {"product": "machines", **key}, columns | values, basis, url, None if judged else quote, None,
        d(0) if judged else None,
    )  # fmt: skip


def price(usd: str, sku: str = "l40s", unit: str = "gpu_hour", url: str = PRICES, basis: str = "read") -> Fact:
    key = {"plan": "any", "meter": "gpu", "sku": sku, "region": "-", "offer": "list"}
    return fact("prices", key, {"usd": Decimal(usd), "unit": unit}, f"{sku}: ${usd}/hr per GPU", url, basis)


def notice(status: str, effective_on: date | None, url: str = PRICES) -> Fact:
    key = {"subject": "gpu", "kind": "end_of_life"}
    return fact(
        "notices", key, {"effective_on": effective_on, "status": status}, f"GPUs end: {status} {effective_on}", url
    )


def good(n: int, *facts: Fact, url: str = PRICES, **changed: Any) -> Reading:
    at = datetime.combine(d(n), datetime.min.time(), UTC)
    fields: dict[str, Any] = {
        "vendor": "fly", "source_url": url, "reader": url + "#gpus", "version": "v1", "outcome": "good", "facts": facts,
        "captured_at": at, "capture": f"{n + 1:064x}",
    }  # fmt: skip
    return Reading(**(fields | changed))


def failed(n: int, url: str = PRICES) -> Reading:
    issue = Issue("http_status", "fly", url, "the server answered 503")
    return good(n, url=url, outcome="bad_page", issues=(issue,), capture=None)


def tell(rows: Sequence[Mapping[str, Any]], _: object) -> list[Event]:
    return events(Change.of(r) for r in rows)


class Home:
    """A data folder: records days, collects alerts, and sends them to a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warehouse = path / "sandsnap.duckdb"
        self.log = path / "alerts.md"
        self.runs = 0

    def record(
        self, days: Sequence[tuple[int, Sequence[Reading]]], kind: str = "snapshot", since: int | None = None
    ) -> None:
        self.runs += 1
        at = T0 + timedelta(hours=self.runs)
        run = Run(f"run-{self.runs}", kind, at, at)
        again = None if since is None else {"fly": d(since)}
        given = [(d(n), readings) for n, readings in days]
        record_days(self.warehouse, given, run=run, replace_from=again, tell=tell)

    def store(self) -> Store:
        return Store(self.path / alerts_send.FILE)

    def collect(self) -> list[Alert]:
        with self.store() as store:
            return alerts_send.collect(self.warehouse, store, rules_of())[0]

    def alerts(self) -> list[Alert]:
        self.collect()
        with self.store() as store:
            return store.alerts()

    def send(self, *levels: str, config: alerts_config.Config = EVERYTHING, **options: Any) -> alerts_send.Sent:
        self.collect()
        with self.store() as store:
            return alerts_send.send(store, config, self.path, levels or ("urgent", "daily", "weekly"), **options)

    def told(self) -> str:
        return self.log.read_text("utf-8") if self.log.exists() else ""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse: defining its views costs more than a whole test."""
    path = tmp_path_factory.mktemp("empty") / "sandsnap.duckdb"
    record_days(path, [], run=Run("run-0", "snapshot", T0, T0))
    return path


@pytest.fixture
def home(tmp_path: Path, empty: Path) -> Home:
    shutil.copy(empty, tmp_path / "sandsnap.duckdb")
    return Home(tmp_path)


# -- what becomes an alert -----------------------------------------------------------------------------------------


def test_coverage_is_no_alert_and_a_change_is_one_with_both_quotes_and_captures(home: Home) -> None:
    home.record([(0, [good(0, price("2.50"))])])
    assert home.alerts() == []
    home.record([(1, [good(1, price("1.25"))])])
    (alert,) = home.collect()
    assert (alert.kind, alert.table, alert.day, alert.level) == ("price", "prices", d(1), "urgent")
    assert (alert.moves[0].before, alert.moves[0].after, alert.not_before) == ("2.5", "1.25", d(0))
    (c,) = alert.citations
    assert (c.quote_before, c.quote_after) == ("l40s: $2.50/hr per GPU", "l40s: $1.25/hr per GPU")
    assert (c.capture_before, c.capture_after) == (f"{1:064x}", f"{2:064x}")
    home.send()
    for piece in ("before: “l40s: $2.50/hr per GPU”", f"{PRICES}#:~:text=l40s%3A%20%241.25%2Fhr", f"id {alert.id}"):
        assert piece in home.told()
    assert len(alerts_text.body(alert)) < alerts_text.BODY


@pytest.mark.slow
def test_collecting_and_sending_again_adds_nothing(home: Home) -> None:
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))]), (2, [good(2, price("1.25"))])])
    assert len(home.collect()) == 1
    assert len(home.send().delivered["log"]) == 1
    before = home.told()
    assert home.collect() == []
    assert home.send() == alerts_send.Sent()
    home.record([(2, [good(2, price("1.25"))])])
    assert home.collect() == [] and home.send() == alerts_send.Sent() and home.told() == before


def test_another_page_that_still_says_the_old_is_no_second_alert(home: Home) -> None:
    def both(n: int, one: str, other: str) -> tuple[int, list[Reading]]:
        return n, [good(n, price(one)), good(n, price(other, url=DOCS), url=DOCS)]

    home.record([both(0, "2.50", "2.50"), both(1, "1.25", "2.50"), both(30, "1.25", "1.25")])
    assert len([a for a in home.alerts() if a.kind == "price"]) == 1


def test_one_event_is_one_short_message_with_a_link(home: Home) -> None:
    gpus = [f"gpu-{n}" for n in range(40)]
    home.record([(0, [good(0, *(price("2.50", g) for g in gpus))]), (1, [good(1, *(price("1.25", g) for g in gpus))])])
    (alert,) = home.collect()
    text = alerts_text.body(alert, "https://example.org/site/")
    assert len(alert.moves) == 40 and len(text) < alerts_text.BODY
    assert text.startswith(alert.title) and text.count("before: ") == text.count("after: ") == 1
    assert f"https://example.org/site/changes/2026-03.html#{alert.id}" in text
    assert "… and 36 more" in text


@pytest.mark.slow
def test_a_removal_is_told_once_confirmed_although_its_day_is_long_past(home: Home) -> None:
    both = price("2.5"), price("1.5", "a10")
    home.record([(0, [good(0, *both)]), (70, [good(70, *both)]), (71, [good(71, both[0])])])
    assert home.alerts() == []
    home.record([(120, [good(120, both[0])])])
    (alert,) = home.collect()
    assert (alert.day, alert.history) == (d(71), False)
    home.send()
    assert f"after: none: the page no longer states it since {day(d(71))}" in home.told()


def test_a_removal_that_another_page_contradicts_is_none(home: Home) -> None:
    def day(n: int, *facts: Fact) -> tuple[int, list[Reading]]:
        return n, [good(n, *facts), good(n, price("1.5", "a10", url=DOCS), url=DOCS)]

    home.record([day(0, price("2.5"), price("1.5", "a10")), day(1, price("2.5")), day(2, price("2.5"))])
    assert home.alerts() == []


def test_what_we_look_up_ourselves_is_no_alert(home: Home) -> None:
    judged = PRICES + "#judged"
    home.record([(0, [good(0, price("2.5", basis="judged"), reader=judged, capture=None)])])
    home.record(
        [(1, [good(1, price("2.5", basis="judged"), price("9", "h100", basis="judged"), reader=judged, capture=None)])]
    )
    assert home.alerts() == []


def test_there_and_back_later_are_two_alerts(home: Home) -> None:
    home.record([(0, [good(0, price("2.5"))]), (1, [good(1, price("1.25"))]), (40, [good(40, price("2.5"))])])
    assert [a.day for a in home.alerts()] == [d(1), d(40)]


@pytest.mark.slow
def test_an_archive_filled_in_moves_the_day_and_keeps_the_id(home: Home) -> None:
    home.record([(0, [good(0, price("2.5"))]), (10, [good(10, price("1.25"))])])
    (alert,) = home.collect()
    days = [(0, [good(0, price("2.5"))]), (4, [good(4, price("1.25"))]), (10, [good(10, price("1.25"))])]
    home.record(days, kind="backfill", since=0)
    assert home.collect() == []
    (moved,) = home.alerts()
    assert (moved.id, moved.day) == (alert.id, d(4))


@pytest.mark.slow
def test_what_the_record_no_longer_holds_is_taken_back_once(home: Home) -> None:
    home.record([(0, [good(0, price("2.5"))]), (1, [good(1, price("1.25"))])])
    home.send()
    home.record([(0, [good(0, price("2.5"))]), (1, [good(1, price("2.5"))])], kind="reread", since=0)
    home.send()
    home.send()
    retracted = next(a for a in home.alerts() if a.kind == "price")
    assert retracted.state == "retracted"
    assert home.told().count("TAKEN BACK") >= 1 and "the record no longer holds it" in home.told()
    correction = next(a for a in home.alerts() if a.kind == "correction")
    assert (correction.moves[0].before, correction.moves[0].after) == ("1.25", "2.5")


@pytest.mark.slow
def test_what_was_taken_back_before_anyone_heard_is_not_told(home: Home) -> None:
    home.record([(0, [good(0, price("2.5"))]), (1, [good(1, price("1.25"))])])
    home.collect()
    home.record([(0, [good(0, price("2.5"))]), (1, [good(1, price("2.5"))])], kind="reread", since=0)
    home.send()
    assert "TAKEN BACK" not in home.told() and "$2.50" not in home.told()


BINDINGS = """
published_on = 2026-02-01
[vendors]
fly = "Fly Machines"
[rows]
[sentences]
"an L40S for $2.50 an hour" = 'price("fly", meter="gpu", sku="l40s").usd == 2.5'
"an A10 for $1.50 an hour" = 'price("fly", meter="gpu", sku="a10").usd == 1.5'
"""


def test_an_alert_names_the_published_claims_that_its_change_breaks(home: Home) -> None:
    page = claims_bindings.read("compared", BINDINGS)
    home.record(
        [(0, [good(0, price("2.50"), price("1.5", "a10"))]), (1, [good(1, price("1.25"), price("1.5", "a10"))])]
    )
    with home.store() as store:
        ((alert,), _) = alerts_send.collect(home.warehouse, store, rules_of(), [page])
    (broken,) = alert.breaks
    assert broken.startswith("compared, sentence: “an L40S for $2.50 an hour” is false; now: ")
    assert "$1.25" in broken
    assert "breaks claims +20" in alert.reasons
    assert f"breaks {broken}"[:60] in alerts_text.body(alert)
    # What was found when it was new is kept, also when the page is not looked at any more.
    with home.store() as store:
        assert alerts_send.collect(home.warehouse, store, rules_of(), []) == ([], [])
        assert [a.breaks for a in store.alerts()] == [(broken,)]


def test_what_changed_before_a_page_was_published_broke_nothing_of_it(home: Home) -> None:
    page = claims_bindings.read("compared", BINDINGS.replace("2026-02-01", "2026-03-02"))
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))])])
    with home.store() as store:
        ((alert,), _) = alerts_send.collect(home.warehouse, store, rules_of(), [page])
    assert alert.breaks == ()


def test_the_configuration_names_the_pages(tmp_path: Path) -> None:
    (tmp_path / "page.toml").write_text(BINDINGS)
    text = '[channels.log]\ntype = "stdout"\n[[subscriptions]]\nchannel = "log"\n'
    (tmp_path / "alerts.toml").write_text(text)
    assert alerts_config.load(tmp_path / "alerts.toml").pages() is None
    (tmp_path / "alerts.toml").write_text('bindings = ["page.toml"]\n' + text)
    (page,) = alerts_config.load(tmp_path / "alerts.toml").pages() or []
    assert (page.name, len(page.claims)) == ("page", 2)
    (tmp_path / "alerts.toml").write_text('bindings = ["none.toml"]\n' + text)
    with pytest.raises(alerts_config.ConfigError, match=r"none\.toml cannot be read"):
        alerts_config.load(tmp_path / "alerts.toml").pages()


def test_a_page_that_no_reader_knows_is_told_when_nobody_has_looked_for_a_week(home: Home) -> None:
    def odd(n: int) -> tuple[int, list[Reading]]:
        issue = Issue("unreadable", "fly", PRICES, "no table with these columns", f"{PRICES}#gpus")
        return n, [good(n, outcome="failed", issues=(issue,))]

    home.record([(0, [good(0, price("2.5"))]), *(odd(n) for n in range(1, 8))])
    assert home.alerts() == []
    home.record([odd(8)])
    (alert,) = home.collect()
    assert (alert.kind, alert.day) == ("outage", d(1))


# -- outages and notices -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_outage_of_two_pages_is_one_alert_and_its_end_one_more(home: Home) -> None:
    def up(n: int) -> tuple[int, list[Reading]]:
        return n, [good(n, price("2.5")), good(n, price("2.5", url=DOCS), url=DOCS)]

    def down(n: int) -> tuple[int, list[Reading]]:
        return n, [failed(n), failed(n, DOCS)]

    home.record([up(0), down(1)])
    assert home.alerts() == []  # one bad night
    home.record([down(2)])
    (outage,) = home.collect()
    assert outage.kind == "outage" and "2 pages cannot be read" in outage.title
    home.record([down(3)])
    assert home.collect() == []
    home.record([up(4)])
    (end,) = home.collect()
    assert (end.kind, end.day) == ("outage_ended", d(4))
    assert len(home.alerts()) == 2


def test_the_end_of_an_outage_is_not_taken_back_by_the_next_one(home: Home) -> None:
    """Another page that fails from the day on which the first is back is an outage of its own."""

    def day(n: int, *down: str) -> tuple[int, list[Reading]]:
        return n, [failed(n, u) if u in down else good(n, price("2.5", url=u), url=u) for u in (PRICES, DOCS)]

    home.record([day(0), day(1, PRICES), day(2, PRICES)])
    home.record([day(3, DOCS)])
    assert [a.kind for a in home.alerts()] == ["outage", "outage_ended"]
    home.record([day(4, DOCS), day(5, DOCS)])
    assert [(a.kind, a.day, a.state == "retracted") for a in home.alerts()] == [
        ("outage", d(1), False), ("outage_ended", d(3), False), ("outage", d(3), False),
    ]  # fmt: skip
    home.record([day(6)])
    assert [(a.kind, a.day) for a in home.alerts()][-1] == ("outage_ended", d(6))


@pytest.mark.slow
def test_an_outage_of_the_host_makes_no_gone_page_read_again(home: Home) -> None:
    def gone(n: int) -> Reading:
        issue = Issue("http_status", "fly", DOCS, f"{DOCS} answered 410")
        return good(n, url=DOCS, outcome="gone", issues=(issue,))

    def down(n: int) -> tuple[int, list[Reading]]:
        issues = {u: Issue("fetch_failed", "fly", u, "timeout") for u in (PRICES, DOCS)}
        return n, [good(n, url=u, outcome="unreachable", issues=(i,), capture=None) for u, i in issues.items()]

    def half(n: int) -> tuple[int, list[Reading]]:
        return n, [good(n, price("2.5")), gone(n)]

    home.record([(0, [good(0, price("2.5")), good(0, price("2.5", url=DOCS), url=DOCS)]), *map(half, range(1, 10))])
    (alone,) = home.collect()
    assert (alone.kind, alone.title) == ("outage", f"Fly: {address(DOCS)} cannot be read since {day(d(1))}")
    home.record([down(10), down(11)])
    (outage,) = home.collect()
    assert (
        outage.title == f"Fly: {address(PRICES)} cannot be read since {day(d(10))}"
    )  # the other one could not be read before
    home.record([half(12), half(13)])
    (end,) = home.collect()
    assert end.title == f"Fly: {address(PRICES)} read again on {day(d(12))}, after 2 days"
    # Gone while the host was down: it is not among the pages that were read again, and has its own alert.
    home.record([(30, [good(30, price("2.5")), good(30, price("2.5", url=DOCS), url=DOCS)]), down(71), down(72)])
    home.record([half(73), half(74)])
    assert sorted(a.title for a in home.alerts() if a.day > d(70)) == [
        f"Fly: 2 pages cannot be read since {day(d(71))}",
        f"Fly: {address(PRICES)} read again on {day(d(73))}, after 2 days",
        f"Fly: {address(DOCS)} cannot be read since {day(d(73))}",
    ]


def test_a_page_that_was_never_read_is_no_outage(home: Home) -> None:
    home.record([(0, [failed(0)]), (1, [failed(1)]), (2, [failed(2)])])
    assert home.alerts() == []


@pytest.mark.slow
def test_a_notice_is_told_at_once_again_before_its_day_and_when_withdrawn(home: Home) -> None:
    end, other = d(100), price("2.5")
    home.record([(0, [good(0, other)]), (1, [good(1, other, notice("announced", end))])])
    (announced,) = home.collect()
    assert (announced.kind, announced.table, announced.level) == ("gpu", "notices", "urgent")
    home.record([(71, [good(71, other, notice("announced", end))])])
    (reminder,) = home.collect()
    assert (reminder.kind, reminder.day, reminder.level) == ("reminder", d(70), "urgent")
    assert f"GPU, end of life on {day(end)}, in 30 days" in reminder.title
    home.record([(80, [good(80, other, notice("withdrawn", end))])])
    (withdrawn,) = home.collect()
    assert (withdrawn.kind, withdrawn.level) == ("gpu", "urgent")
    assert ("announced", "withdrawn") in [(m.before, m.after) for m in withdrawn.moves]
    home.record([(99, [good(99, other, notice("withdrawn", end))])])
    assert home.collect() == []  # no second reminder


@pytest.mark.slow
def test_no_reminder_for_a_day_that_was_announced_later_than_it_would_have_come(home: Home) -> None:
    home.record([(0, [good(0, price("2.5"))]), (1, [good(1, price("2.5"), notice("announced", d(10)))])])
    home.record([(9, [good(9, price("2.5"), notice("announced", d(10)))])])
    assert [a.key for a in home.alerts() if a.kind == "reminder"] == ["GPU, end of life"]  # 7 days; not 30


# -- significance --------------------------------------------------------------------------------------------------


def test_a_price_in_other_units_has_one_measure() -> None:
    assert measure("prices", {"usd": Decimal("0.000014"), "unit": "vcpu_second"}) == measure(
        "prices", {"usd": Decimal("0.0504"), "unit": "vcpu_hour"}
    )


def test_weights_that_miss_a_section_are_refused(tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text("[levels]\nurgent = 1\n")
    with pytest.raises(RulesError, match="needs exactly the sections"):
        rules_of(tmp_path / "w.toml")


# -- channels ------------------------------------------------------------------------------------------------------


class Hook(BaseHTTPRequestHandler):
    """A webhook that answers with a status and keeps what it was sent."""

    status: ClassVar[int] = 200
    got: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Hook.status == 200:
            Hook.got.append(json.loads(body))
        self.send_response(Hook.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hook]]:
    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Hook.status, Hook.got = 200, []
    monkeypatch.setenv("SANDSNAP_HOOK", f"json://user:s3cretword@127.0.0.1:{server.server_port}/tokentoken")
    yield Hook
    server.shutdown()
    server.server_close()


CONFIG = """
[channels.log]
type = "file"
path = "alerts.md"
[channels.desk]
type = "apprise"
url = "$SANDSNAP_HOOK"
[[subscriptions]]
channel = "log"
[[subscriptions]]
channel = "desk"
vendors = ["fly"]
tables = ["prices"]
least = 60
"""


@pytest.mark.slow
def test_a_failed_channel_is_retried_and_neither_stops_nor_doubles_the_others(
    home: Home, hook: type[Hook], tmp_path: Path
) -> None:
    (tmp_path / "alerts.toml").write_text(CONFIG)
    config = alerts_config.load(tmp_path / "alerts.toml")
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))])])
    hook.status = 500
    first = home.send("urgent", config=config)
    assert list(first.delivered) == ["log"] and list(first.failed) == ["desk"]
    assert "s3cretword" not in str(first) and "tokentoken" not in str(first)
    hook.status = 200
    second = home.send("urgent", config=config)
    assert list(second.delivered) == ["desk"] and not second.failed
    assert home.send("urgent", config=config) == alerts_send.Sent()
    (message,) = hook.got
    assert (
        "$2.50" in message["title"] and "$1.25" in message["title"] and "l40s: $2.50/hr per GPU" in message["message"]
    )
    assert home.told().count("id ") == 1


@pytest.mark.slow
def test_what_a_crash_left_open_is_named_and_sent_again_only_on_demand(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))])])

    def dies(self: File, message: Message) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(File, "send", dies)
        with pytest.raises(KeyboardInterrupt):
            home.send()
    assert home.send() == alerts_send.Sent()
    with home.store() as store:
        assert [u[1:] for u in alerts_send.uncertain(store)] == [("new", "log")]
    assert len(home.send(again=True).delivered["log"]) == 1
    assert home.send(again=True) == alerts_send.Sent()


def test_any_error_of_a_channel_is_its_own_and_after_recording_never_raises(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))])])

    def breaks(self: File, message: Message) -> None:
        raise RuntimeError("json://user:s3cretword@host")

    (home.path / "alerts.toml").write_text(CONFIG.replace('"$SANDSNAP_HOOK"', '"$NOT_SET"'))
    with monkeypatch.context() as patch:
        patch.setattr(File, "send", breaks)
        fresh, sent = alerts_send.after_recording(home.warehouse, home.path, home.path / "alerts.toml")
    assert len(fresh) == 1 and set(sent.failed) == {"log", "desk"}
    assert "RuntimeError" in sent.failed["log"] and "s3cretword" not in sent.failed["log"]
    assert "NOT_SET" in sent.failed["desk"]
    (home.path / "alerts.toml").write_text("[channels")
    assert "alerts" in alerts_send.after_recording(home.warehouse, home.path, home.path / "alerts.toml")[1].failed


def test_only_one_process_sends(home: Home) -> None:
    home.record([(0, [good(0, price("2.50"))])])
    with (
        home.store() as one,
        home.store() as other,
        one.sending(),
        pytest.raises(StoreError, match="another process"),
        other.sending(),
    ):
        pass


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('"$SANDSNAP_HOOK"', '"slack://a/b/c"'), "must name an environment variable"),
        (('channel = "desk"', 'channel = "dask"'), "'dask' is not declared"),
        (('vendors = ["fly"]', 'vendors = ["flyio"]'), "'flyio' is no vendor"),
        (('tables = ["prices"]', 'tables = ["price"]'), "'price' is no table"),
        (("least = 60", "lest = 60"), "unknown lest"),
        (('type = "file"', 'type = "fax"'), "type must be one of"),
    ],
)
def test_a_wrong_configuration_says_where(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "alerts.toml"
    path.write_text(CONFIG.replace(*change))
    with pytest.raises(alerts_config.ConfigError, match=message) as raised:
        alerts_config.load(path)
    assert "slack://" not in str(raised.value)


def test_subscriptions_choose_by_vendor_table_and_significance(home: Home) -> None:
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))])])
    (alert,) = home.alerts()
    s = alerts_config.Subscription
    assert s("x", vendors=("fly",), tables=("prices",), least=alert.significance).wants(alert)
    for no in (
        s("x", vendors=("e2b",)),
        s("x", tables=("gpus",)),
        s("x", least=alert.significance + 1),
        s("x", levels=("daily",)),
        s("x", kinds=("outage",)),
    ):
        assert not no.wants(alert)
    assert not s("x").wants(replace(alert, level="silent"))


def test_a_secret_is_struck_out_part_by_part() -> None:
    said = struck(
        "POST https://hooks.example/T0KENA/T0KENB failed for hunter22", "slack://hunter22@hooks.example/T0KENA/T0KENB/"
    )
    assert not any(x in said for x in ("T0KENA", "T0KENB", "hunter22"))


def test_scraped_text_cannot_ping_a_channel(home: Home) -> None:
    evil = replace(price("1.25"), quote="now $1.25 <!channel> @everyone\x1b[31m @daytona/sdk")
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, evil)])])
    home.send()
    assert "<!channel>" not in home.told() and "@everyone" not in home.told() and "\x1b" not in home.told()
    assert "@daytona/sdk" in home.told()


def test_a_file_in_jsonl_gets_one_object_per_alert_and_a_file_that_cannot_be_written_is_a_channel_error(
    tmp_path: Path,
) -> None:
    message = Message("m1", "s", "t", ({"id": "a", "day": d(1)}, {"id": "b"}))
    file = File(tmp_path / "x.jsonl")
    file.send(message)
    file.send(message)
    assert [json.loads(line)["id"] for line in file.path.read_text().splitlines()] == ["a", "b"]
    with pytest.raises(ChannelError, match="choose another path"):
        File(tmp_path / "x.jsonl" / "y").send(message)


def test_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    Stdout().send(Message("m", "subject", "text"))
    assert capsys.readouterr().out == "subject\n\ntext\n\n"


# -- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_command(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SANDSNAP_ALERTS", raising=False)
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))]), (2, [good(2, price("1.20"))])])
    where = ["--home", str(home.path)]
    assert run(["alerts", "--send", *where]) == 2
    assert "alerts.toml" in capsys.readouterr().err
    assert run(["alerts", "--json", *where]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["new"] == 2 and [len(shown["waiting"][x]) for x in ("urgent", "daily", "weekly")] == [1, 1, 0]
    (urgent,) = shown["waiting"]["urgent"]
    assert urgent["citations"][0]["link_after"].startswith(PRICES + "#:~:text=")
    assert run(["alerts", "--example"]) == 0
    example = capsys.readouterr().out
    (tmp_path / "alerts.toml").write_text(
        CONFIG[: CONFIG.index("[channels.desk]")] + '[[subscriptions]]\nchannel = "log"\n'
    )
    assert run(["alerts", "--send", *where]) == 0
    assert "log: 1 alerts sent" in capsys.readouterr().out
    assert run(["alerts", "--digest", "daily", *where]) == 0
    assert "$1.20" in capsys.readouterr().out
    assert run(["alerts", "--send", "--digest", "daily", *where]) == 0
    assert run(["alerts", "--send", "--digest", "daily", *where]) == 0
    assert "nothing to send" in capsys.readouterr().out
    assert run(["alerts", "--list", "--json", *where]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [a["deliveries"] for a in listed] == [["log: new sent"], ["log: new sent"]]
    (tmp_path / "example.toml").write_text(example)
    assert set(alerts_config.load(tmp_path / "example.toml").channels) == {"screen", "log", "desk"}


def test_an_old_archive_is_listed_and_not_sent_unless_asked(home: Home) -> None:
    home.record(
        [(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))]), (90, [good(90, price("1.25"))])], kind="backfill"
    )
    assert [a.history for a in home.alerts()] == [True]
    assert home.send() == alerts_send.Sent()
    assert len(home.send(since=d(0)).delivered["log"]) == 1


@pytest.mark.slow
def test_what_an_archive_tells_of_yesterday_is_no_news_and_what_a_run_settles_late_is(home: Home) -> None:
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))])], kind="backfill")
    (past,) = home.collect()
    assert past.history, "its day is the last one on record, but nobody looked on it"
    home.record([(2, [good(2, price("1.00"))])])
    (news,) = home.collect()
    assert not news.history
    assert [i for i, _ in home.send().delivered["log"]] == [news.id]


def test_each_channel_is_told_how_grave_it_is(home: Home) -> None:
    home.record([(0, [good(0, price("2.50"))]), (1, [good(1, price("1.25"))])])
    (urgent,) = home.collect()
    outage, back = (replace(urgent, kind=k, level="daily") for k in ("outage", "outage_ended"))

    def severity(*alerts: Alert) -> str:
        return digest.message([(a, "new") for a in alerts], "daily").severity

    assert severity(urgent) == "warning" and severity(urgent, outage) == "failure" and severity(back) == "success"
    assert severity(replace(urgent, level="daily"), back) == "info"


@pytest.mark.slow
@pytest.mark.shared
def test_replaying_a_vendor_of_the_shared_archive_twice_makes_its_alerts_once(shared: Path, tmp_path: Path) -> None:
    from sandsnap import pipeline
    from sandsnap.settings import Settings

    settings = Settings(tmp_path)
    counts = []
    for _ in range(2):
        pipeline.backfill(settings, shared / "captures" / "e2b", ["e2b"])
        with Store(tmp_path / alerts_send.FILE) as store:
            fresh, gone = alerts_send.collect(settings.warehouse, store, rules_of())
            counts.append((len(fresh), len(gone)))
            titles = [a.title for a in store.alerts()]
    assert counts[0][0] == len(titles) > 0 and counts[1] == (0, 0)
    assert len(titles) == len(set(titles))
