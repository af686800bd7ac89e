"""Fetching, against a real server on loopback. Names like vendor.test resolve to it through the policy's resolver."""

import asyncio
import gzip
import hashlib
import socket
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from loopback import Seen, answer, certificate, serving
from warcio.archiveiterator import ArchiveIterator

from sandsnap.capture import Archive, FetchPolicy, FetchRequest, FetchResult, fetch_all
from sandsnap.capture.addresses import CheckedBackend, is_public
from sandsnap.capture.download import BodyRefusedError, read_body
from sandsnap.capture.limits import Gate, backoff_s, retry_after_s
from sandsnap.model import ISSUE_KINDS, Capture


async def to_loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


POLICY = FetchPolicy(
    contact_url="https://sandsnap.test/contact",
    requests_per_s=1000,
    backoff_s=0.01,
    allow_http=True,
    allow_private=True,
    resolve=to_loopback,
    ssl_context=ssl.create_default_context(),  # made once: loading the certificates takes longer than most tests
)


def get(url: str, *hosts: str) -> FetchRequest:
    return FetchRequest(url=url, vendor="v", hosts=hosts or ("vendor.test",))


async def fetch_one(request: FetchRequest, archive: Archive | None = None, **policy: object) -> FetchResult:
    (result,) = await fetch_all([request], replace(POLICY, **policy), archive)  # type: ignore[arg-type]
    assert result.issue is None or result.issue.kind in ISSUE_KINDS
    return result


def message(result: FetchResult) -> str:
    assert result.issue is not None
    assert (result.issue.vendor, result.issue.source_url) == ("v", result.request.url)
    return result.issue.message


def captured(result: FetchResult) -> Capture:
    assert result.capture is not None, result.issue
    return result.capture


def test_a_page_is_archived_before_it_is_returned_and_says_who_asks(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving() as server:
            packed = gzip.compress(b"caf\xe9 $1")
            kind = ("Content-Type", "text/html; charset=latin-1")
            odd = ("X-Odd", "a\tb")
            server.page("/p", answer(200, packed, ("Content-Encoding", "gzip"), kind, odd))
            with Archive(tmp_path) as archive:
                result = await fetch_one(replace(get(server.url("/p")), accept="text/html"), archive)
                assert archive.latest(server.url("/p")) == result.capture
            page = captured(result)
            assert result.good
            assert (page.body, page.sha256) == (b"caf\xe9 $1", hashlib.sha256(b"caf\xe9 $1").hexdigest())
            assert page.header("content-type") == kind[1]
            assert page.header("content-encoding") is None
            assert page.header("x-odd") == "a b"
            assert page.captured_at is not None
            assert abs(datetime.now(UTC) - page.captured_at) < timedelta(seconds=10)
            asked = server.seen[-1].headers
            assert asked["user-agent"].startswith("sandsnap/")
            assert asked["user-agent"].endswith("(+https://sandsnap.test/contact)")
            assert (asked["accept"], asked["accept-encoding"]) == ("text/html", "gzip")
            assert "if-none-match" not in asked

    asyncio.run(run())


def test_a_damaged_record_of_a_page_costs_no_run(tmp_path: Path) -> None:
    """Its last copy cannot be read: the page is asked for in full, and every other page goes on."""

    async def run() -> None:
        async with serving() as server:
            for path in ("/p", "/q"):
                server.page(path, answer(200, b"page" * 100 + path.encode(), ("ETag", '"1"')))
            with Archive(tmp_path) as archive:
                await fetch_all([get(server.url("/p")), get(server.url("/q"))], POLICY, archive)
                last = archive.latest_entry(server.url("/p"))
            assert last
            path = tmp_path / "warc" / last.place.warc
            data = bytearray(path.read_bytes())
            data[last.place.start + 60] ^= 255
            path.write_bytes(data)
            server.seen.clear()
            with Archive(tmp_path) as archive:
                found = await fetch_all([get(server.url("/p")), get(server.url("/q"))], POLICY, archive)
            assert [captured(r).body[-2:] for r in found] == [b"/p", b"/q"]
            asked = {seen.path: seen.headers.get("if-none-match") for seen in server.seen}
            assert (asked["/p"], asked["/q"]) == (None, '"1"')

    asyncio.run(run())


def test_a_304_gives_the_earlier_body_today_and_a_revisit_record(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving() as server:
            when = "Sat, 04 Jul 2026 12:00:00 GMT"
            first = answer(200, b"page", ("ETag", '"1"'), ("Last-Modified", when), ("Content-Type", "text/html"))
            server.page("/p", first, answer(304, b"", ("ETag", '"2"')), answer(404), answer(304))
            with Archive(tmp_path) as archive:
                one = captured(await fetch_one(get(server.url("/p")), archive))
                two = captured(await fetch_one(get(server.url("/p")), archive))
                asked = server.seen[-1].headers
                assert (asked["if-none-match"], asked["if-modified-since"]) == ('"1"', when)
                assert (two.status, two.body, two.sha256) == (200, b"page", one.sha256)
                assert one.captured_at and two.captured_at and two.captured_at > one.captured_at
                assert (two.header("ETag"), two.header("Content-Type")) == ('"2"', "text/html")
                assert list(archive.captures()) == [one, two]
                # A 404 between does not make us forget what the last good page was.
                assert not (await fetch_one(get(server.url("/p")), archive)).good
                assert captured(await fetch_one(get(server.url("/p")), archive)).body == b"page"
                assert server.seen[-1].headers["if-none-match"] == '"2"'
                unasked = await fetch_one(replace(get(server.url("/p")), conditional=False), archive)
                assert unasked.issue is not None and unasked.issue.kind == "http_status"
                assert "if-none-match" not in server.seen[-1].headers
        kinds = []
        for path in (tmp_path / "warc").iterdir():
            with path.open("rb") as handle:
                kinds += [record.rec_type for record in ArchiveIterator(handle)]
        assert [kind for kind in kinds if kind != "warcinfo"][:2] == ["response", "revisit"]

    asyncio.run(run())


def test_no_cookie_is_kept_from_one_page_to_the_next() -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/p", answer(200, b"page", ("Set-Cookie", "seen=1; Path=/")))
            await fetch_all([get(server.url("/p"))] * 2, replace(POLICY, concurrency=1))
            assert server.paths() == ["/p", "/p"]
            assert not any("cookie" in seen.headers for seen in server.seen)

    asyncio.run(run())


@pytest.mark.parametrize("status", [404, 410, 403, 204])
def test_an_answer_that_is_not_the_page_is_kept_and_is_an_issue(tmp_path: Path, status: int) -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/p", answer(status, b"" if status == 204 else b"why"))
            with Archive(tmp_path) as archive:
                result = await fetch_one(get(server.url("/p")), archive)
                assert [c.status for c in archive.captures()] == [status]
            assert captured(result).status == status
            assert result.issue is not None and result.issue.kind == "http_status"
            assert str(status) in message(result)
            assert server.paths() == ["/p"]

    asyncio.run(run())


def test_what_may_pass_is_tried_again_and_what_may_not_is_not() -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/late", answer(503), answer(500), answer(200, b"there"))
            server.page("/never", answer(502))
            server.page("/cut", answer(200, b"whole")[:-2], answer(200, b"whole"))
            server.page("/reset", b"", answer(200, b"there"))
            server.page("/gone", answer(501))
            pages = ("/late", "/never", "/cut", "/reset", "/gone")
            late, never, cut, reset, gone = await fetch_all([get(server.url(page)) for page in pages], POLICY)
            assert (captured(late).body, captured(cut).body, captured(reset).body) == (b"there", b"whole", b"there")
            assert (captured(never).status, captured(gone).status) == (502, 501)
            assert [server.paths().count(page) for page in pages] == [3, 3, 2, 2, 1]

    asyncio.run(run())


def test_retry_after_holds_back_the_whole_host() -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/busy", answer(429, b"", ("Retry-After", "1")), answer(200, b"now"))
            server.page("/other", answer(200, b"other"))
            policy = replace(POLICY, concurrency=1)
            results = await fetch_all([get(server.url("/busy")), get(server.url("/other"))], policy)
            assert [captured(result).body for result in results] == [b"now", b"other"]
            refused, *after = [seen for seen in server.seen if seen.path != "/robots.txt"]
            assert refused.path == "/busy"
            assert all(seen.at - refused.at >= 0.9 for seen in after)

    asyncio.run(run())


def test_a_retry_after_beyond_the_cap_ends_the_retries() -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/busy", answer(429, b"", ("Retry-After", "3600")))
            result = await fetch_one(get(server.url("/busy")))
            assert captured(result).status == 429
            assert server.paths() == ["/busy"]

    asyncio.run(run())


def test_a_pause_holds_also_for_those_who_already_stand_in_line() -> None:
    async def run() -> None:
        gate, start, passed = Gate(requests_per_s=10, concurrency=5), time.monotonic(), list[float]()

        async def passing() -> None:
            async with gate.passing():
                passed.append(time.monotonic() - start)

        line = [asyncio.create_task(passing()) for _ in range(4)]
        await asyncio.sleep(0.005)  # the first is through, three wait for their moment
        gate.pause(0.2)
        await asyncio.gather(*line)
        assert passed[0] < 0.1
        assert all(moment >= 0.19 for moment in passed[1:])
        assert all(later - sooner >= 0.02 for sooner, later in pairwise(passed))

    asyncio.run(run())


NOW = datetime(2026, 7, 4, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 04 Jul 2026 12:01:30 GMT", 90.0),
        ("Sat, 04 Jul 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


def test_backoff_doubles_with_jitter_up_to_the_cap() -> None:
    for attempt, whole in enumerate([1.0, 2.0, 4.0, 5.0, 5.0]):
        waits = {backoff_s(attempt, 1.0, 5.0) for _ in range(50)}
        assert len(waits) > 1
        assert all(whole / 2 <= wait <= whole for wait in waits)


def test_robots_txt_is_asked_once_and_obeyed() -> None:
    async def run() -> None:
        async with serving() as server:
            rules = b"User-agent: *\nDisallow: /\n\nUser-agent: sandsnap\nDisallow: /private\nAllow: /\n"
            server.page("/robots.txt", answer(200, rules))
            server.page("/open", answer(200, b"open"))
            pages = ("/open", "/private/p", "/open")
            one, two, three = await fetch_all([get(server.url(page)) for page in pages], POLICY)
            assert one.good and three.good
            assert two.capture is None and "robots.txt disallows" in message(two)
            assert server.paths() == ["/open", "/open"]
            assert [seen.path for seen in server.seen].count("/robots.txt") == 1

    asyncio.run(run())


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (429, False)])
def test_robots_txt_that_cannot_be_had(status: int, allowed: bool) -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/robots.txt", answer(status))
            server.page("/p", answer(200, b"page"))
            result = await fetch_one(get(server.url("/p")))
            assert result.good is allowed
            assert server.paths() == (["/p"] if allowed else [])
            assert allowed or str(status) in message(result)

    asyncio.run(run())


def test_crawl_delay_is_kept_up_to_the_cap() -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/robots.txt", answer(200, b"User-agent: *\nCrawl-delay: 3600\n"))
            server.page("/p", answer(200, b"page"))
            requests = [get(server.url("/p"))] * 3
            results = await fetch_all(requests, replace(POLICY, crawl_delay_cap_s=0.2))
            assert all(result.good for result in results)
            times = [seen.at for seen in server.seen]
            assert all(later - sooner >= 0.15 for sooner, later in pairwise(times))

    asyncio.run(run())


def test_each_host_has_its_own_pace_and_no_more_than_its_share_at_once() -> None:
    async def run() -> None:
        async with serving() as server, serving() as other:

            async def slow(_: Seen, out: asyncio.StreamWriter) -> None:
                await asyncio.sleep(0.05)
                out.write(answer(200, b"page"))

            for each in (server, other):
                each.routes["/p"] = slow
            requests = [get(server.url("/p"))] * 6 + [get(other.url("/p"))]
            start = time.monotonic()
            await fetch_all(requests, replace(POLICY, concurrency=2, requests_per_s=1000))
            assert server.most_at_once == 2
            server.seen.clear()
            start = time.monotonic()
            await fetch_all(requests, replace(POLICY, requests_per_s=20))
            times = [seen.at for seen in server.seen]
            assert all(later - sooner >= 0.03 for sooner, later in pairwise(times))
            assert time.monotonic() - start >= 0.25
            assert other.seen[-1].at - start < 0.25  # it did not wait for the first host's queue

    asyncio.run(run())


def test_redirects_within_the_vendors_hosts_are_followed_and_kept(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving() as server:
            to = server.url("/new", "docs.vendor.test")
            server.page("/old", answer(301, b"", ("Location", "/mid")))
            server.page("/mid", answer(307, b"", ("Location", to)))
            server.page("/new", answer(200, b"page", ("ETag", '"1"')), answer(304))
            request = get(server.url("/old"), "vendor.test", "docs.vendor.test")
            with Archive(tmp_path) as archive:
                page = captured(await fetch_one(request, archive))
                assert (page.url, page.body) == (server.url("/old"), b"page")
                assert page.redirects == (server.url("/old"), server.url("/mid"), to)
                # The validators belong to the last URL of the chain and go only there.
                again = captured(await fetch_one(request, archive))
                assert (again.body, again.redirects) == (b"page", page.redirects)
                assert ["if-none-match" in seen.headers for seen in server.seen[-4:]] == [False, False, False, True]
            assert [s.headers["host"].split(":")[0] for s in server.seen if s.path == "/new"] == [
                "docs.vendor.test"
            ] * 2

    asyncio.run(run())


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://elsewhere.test/x", "'elsewhere.test' is not declared"),
        ("ftp://vendor.test/x", "scheme 'ftp'"),
        ("file:///etc/passwd", "scheme 'file'"),
        ("http://me:pw@vendor.test/x", "user name"),
        ("/p", "redirects; look"),
        ("http://[broken/x", "no URL"),
    ],
)
def test_a_redirect_that_leads_astray_is_not_followed_and_its_answer_is_kept(
    tmp_path: Path, location: str, said: str
) -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/p", answer(302, b"", ("Location", location)))
            with Archive(tmp_path) as archive:
                result = await fetch_one(get(server.url("/p")), archive, max_redirects=2)
                assert [c.status for c in archive.captures()] == [302]
            assert result.issue is not None and result.issue.kind == "fetch_failed"
            assert said in message(result)
            assert len(server.paths()) <= 3

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://vendor.test/", "only https"),
        ("https://undeclared.test/", "not declared"),
        ("https://vendor.test:x/", "not a URL"),
    ],
)
def test_a_request_itself_is_checked_as_a_redirect_is(url: str, said: str) -> None:
    result = asyncio.run(fetch_one(get(url), allow_http=False))
    assert result.capture is None
    assert said in message(result)


def test_https_is_checked_against_the_name_and_never_downgraded(tmp_path: Path) -> None:
    async def run() -> None:
        at_server, at_client = certificate(tmp_path, "vendor.test")
        async with serving(at_server) as server:
            server.page("/p", answer(200, b"page"))
            server.page("/down", answer(301, b"", ("Location", f"http://vendor.test:{server.port}/p")))

            async def strictly(request: FetchRequest) -> FetchResult:
                return await fetch_one(request, allow_http=False, ssl_context=at_client)

            assert (await strictly(get(server.url("/p")))).good
            assert "only https" in message(await strictly(get(server.url("/down"))))
            # The connection goes to a checked address, and the certificate must still be the name's.
            other = await strictly(get(server.url("/p", "other.test"), "other.test"))
            assert "CERTIFICATE_VERIFY_FAILED" in message(other) and "attempts" not in message(other)

    asyncio.run(run())


def test_http_2_is_spoken_with_a_server_that_can(tmp_path: Path) -> None:
    async def speak(reader: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        server = H2Connection(H2Configuration(client_side=False))
        server.initiate_connection()
        out.write(server.data_to_send())
        while data := await reader.read(65_536):
            for event in server.receive_data(data):
                if isinstance(event, RequestReceived):
                    status = b"404" if dict(event.headers)[b":path"] == b"/robots.txt" else b"200"
                    server.send_headers(event.stream_id, [(b":status", status), (b"content-type", b"text/html")])
                    server.send_data(event.stream_id, b"two", end_stream=True)
            out.write(server.data_to_send())
        out.close()

    async def run() -> None:
        at_server, at_client = certificate(tmp_path, "vendor.test")
        at_server.set_alpn_protocols(["h2"])
        listening = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=at_server)
        async with listening:
            url = f"https://vendor.test:{listening.sockets[0].getsockname()[1]}/p"
            results = await fetch_all([get(url)] * 3, replace(POLICY, ssl_context=at_client))
        assert [captured(result).body for result in results] == [b"two"] * 3

    asyncio.run(run())


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.215.14", True),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_private_addresses_are_refused_even_beside_public_ones() -> None:
    async def both(host: str, port: int) -> Sequence[str]:
        return ["93.184.215.14", "127.0.0.1"]

    async def run() -> None:
        async with serving() as server:
            server.page("/p", answer(200, b"secret"))
            for resolve in (both, to_loopback):
                result = await fetch_one(get(server.url("/p")), allow_private=False, resolve=resolve)
                assert result.capture is None
                assert "127.0.0.1, which is not public" in message(result)
            literal = await fetch_one(get(f"http://127.0.0.1:{server.port}/p", "127.0.0.1"), allow_private=False)
            assert "not public" in message(literal)
            assert server.seen == []

    asyncio.run(run())


def test_the_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async def run() -> None:
        async with serving() as server:
            backend = CheckedBackend(rebinding, allow_private=True)
            stream = await backend.connect_tcp("vendor.test", server.port)
            assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
            await stream.aclose()
        assert asked == ["vendor.test"]

    asyncio.run(run())


def test_an_address_that_does_not_answer_is_followed_by_the_next() -> None:
    async def two(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.99", "127.0.0.1"]

    async def run() -> None:
        async with serving() as server:
            server.page("/p", answer(200, b"page"))
            assert (await fetch_one(get(server.url("/p")), resolve=two)).good

    asyncio.run(run())


def test_a_gzip_bomb_is_stopped_while_it_is_unpacked() -> None:
    async def run() -> None:
        async with serving() as server:
            bomb = gzip.compress(bytes(50_000_000))
            server.page("/bomb", answer(200, bomb, ("Content-Encoding", "gzip")))
            server.page("/long", answer(200, bytes(2_000_000)))
            server.page("/br", answer(200, b"x", ("Content-Encoding", "br")))
            pages = ("/bomb", "/long", "/br")
            results = await fetch_all([get(server.url(page)) for page in pages], replace(POLICY, max_bytes=1_000_000))
            assert [result.capture for result in results] == [None] * 3
            said = ["more than 1000000 bytes decoded"] * 2 + ["'br' was not asked for"]
            assert all(text in message(result) for text, result in zip(said, results, strict=True))
            assert server.paths() == list(pages)  # none of them is tried again

    asyncio.run(run())


def test_a_bodys_output_is_bounded_inside_one_chunk() -> None:
    async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    packed = gzip.compress(b"a" * 1000) + gzip.compress(b"b" * 1000)
    one_by_one = [packed[n : n + 1] for n in range(len(packed))]
    assert asyncio.run(read_body(chunks(*one_by_one), "gzip", 2000)) == b"a" * 1000 + b"b" * 1000
    assert asyncio.run(read_body(chunks(packed), "x-gzip", 2000)) == b"a" * 1000 + b"b" * 1000
    assert asyncio.run(read_body(chunks(), "gzip", 10)) == b""
    with pytest.raises(BodyRefusedError):
        asyncio.run(read_body(chunks(packed), "gzip", 1999))


def test_a_slow_drip_ends_at_the_total_deadline() -> None:
    async def run() -> None:
        async with serving() as server:

            async def drip(_: Seen, out: asyncio.StreamWriter) -> None:
                out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                for _byte in range(1000):
                    out.write(b"x")
                    await out.drain()
                    await asyncio.sleep(0.02)

            server.routes["/drip"] = drip
            start = time.monotonic()
            result = await fetch_one(get(server.url("/drip")), deadline_s=0.3, read_timeout_s=0.2)
            assert 0.25 < time.monotonic() - start < 2
            assert result.capture is None and "no whole answer within 0.3 s" in message(result)
            assert server.paths() == ["/drip"]

    asyncio.run(run())


def test_a_host_that_does_not_answer_stops_no_other() -> None:
    async def run() -> None:
        async with serving() as server:
            unused = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
            port = unused.sockets[0].getsockname()[1]
            unused.close()
            await unused.wait_closed()
            server.page("/p", answer(200, b"page"))
            server.page("/rubbish", b"SMTP ready\r\n\r\n")
            ended: list[str] = []
            requests = [
                get(f"http://down.test:{port}/p", "down.test"),
                get(server.url("/rubbish")),
                get(server.url("/p")),
            ]
            results = await fetch_all(requests, POLICY, None, lambda result: ended.append(result.request.url))
            assert [result.request for result in results] == requests
            assert [result.good for result in results] == [False, False, True]
            assert "robots.txt could not be had" in message(results[0])
            assert sorted(ended) == sorted(request.url for request in requests)

    asyncio.run(run())


def test_an_unknown_name_is_an_issue_and_is_not_asked_for_again() -> None:
    asked: list[str] = []

    async def nobody(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    result = asyncio.run(fetch_one(get("https://vendor.test/"), resolve=nobody))
    assert "no host has the name vendor.test" in message(result)
    assert asked == ["vendor.test"]


def test_an_archive_that_cannot_be_written_is_raised_and_not_made_an_issue(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving() as server:
            server.page("/p", answer(200, b"page"))
            with Archive(tmp_path) as archive:
                (tmp_path / "warc").rename(tmp_path / "gone")
                with pytest.raises(FileNotFoundError):
                    await fetch_one(get(server.url("/p")), archive)

    asyncio.run(run())
