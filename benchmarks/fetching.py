"""What a daily run costs when nothing has changed, in CPU seconds; and what bare httpx and scrapy cost for the same pages.

    python benchmarks/fetching.py [--captures ../shared/captures] [--pages 134] [--days 3]

A server on loopback (TLS, kept connections, ETags, a robots.txt for each host) serves the last good copy of every declared page
under its own address. Each client is a process of its own, and what is told is its CPU time (user and system, with
its workers), the server's left out:

    first day   `sandsnap snapshot` into an empty home: everything is answered in full, read, recorded
    304         a quiet day: every page is asked for with its validators, and has not changed
    200         a quiet day on which servers without validators send the same bytes again
    httpx       bare httpx asks for the same pages with the same validators, robots.txt first, and keeps nothing
    scrapy      where installed: a spider with robots.txt and scrapy's HTTP cache (RFC 2616), which asks with the same
                validators; nothing is read and nothing is recorded
    imports     loading what each of them has loaded at its end, and nothing else

All clients ask without a pause between requests (the pace is the operator's), two at once for each host. "Beyond imports" is the
line less its imports; "beyond the network", for sandsnap, less what bare httpx takes for the same requests as well.
"""

import argparse
import asyncio
import hashlib
import importlib.util
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FIRST = date(2026, 11, 1)
ROBOTS = b"User-agent: *\nAllow: /\n"


@dataclass(frozen=True)
class Page:
    """One page as it is served."""

    url: str
    body: bytes
    kind: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


def pages_of(captures: Path, most: int) -> list[Page]:
    """The last good whole copy of each declared page, at most so many, the vendors in turn."""
    from sandsnap.capture import replay
    from sandsnap.read.sources import source_of, vendor

    last: dict[str, Any] = {}
    for c in sorted(
        (c for c in replay(captures) if c.day and c.status == 200 and c.complete), key=lambda c: str(c.captured_at)
    ):
        source = source_of(c.url)
        if (
            source and source.fetch.split("/")[2] in vendor(source.vendor).hosts
        ):  # some old addresses are no longer asked
            last[source.url] = (source, c)
    turns: dict[str, int] = {}
    order = []
    for url, (source, _) in last.items():
        turns[source.vendor] = turns.get(source.vendor, 0) + 1
        order.append((turns[source.vendor], source.vendor, url))
    chosen = [last[url] for _, _, url in sorted(order)[:most]]
    return [Page(s.fetch, c.body, c.header("Content-Type") or "text/plain") for s, c in chosen]


# -- the server ---------------------------------------------------------------------------------------------------


class Server:
    """Serves pages by host and path; `validators` off: as if no client had ever said what it has."""

    def __init__(self, pages: Sequence[Page], context: ssl.SSLContext) -> None:
        self.pages = {p.url.removeprefix("https://"): p for p in pages}
        self.context, self.validators, self.port, self.asked, self.unchanged = context, True, 0, 0, 0

    def _answer(self, head: str) -> bytes:
        lines = head.split("\r\n")
        at = lines[0].split()[1]
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
        if at == "/robots.txt":
            return _response("200 OK", ROBOTS, "text/plain")
        page = self.pages.get(headers.get("host", "").removesuffix(":443") + at)
        self.asked += 1
        if page is None:
            return _response("404 Not Found", b"none", "text/plain")
        etag = f"ETag: {page.etag}\r\n" if self.validators else ""
        if self.validators and headers.get("if-none-match") == page.etag:
            self.unchanged += 1
            return f"HTTP/1.1 304 Not Modified\r\n{etag}\r\n".encode()
        return _response("200 OK", page.body, page.kind, etag)

    async def _serve(self, reader: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        try:
            while True:
                out.write(self._answer((await reader.readuntil(b"\r\n\r\n")).decode()))
                await out.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client has gone
        finally:
            out.close()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve in a thread."""
        loop, up, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

        async def serve() -> None:
            listening = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
            self.port = listening.sockets[0].getsockname()[1]
            up.set()
            await stop.wait()
            listening.close()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
        thread.start()
        up.wait(10)
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)


def _response(status: str, body: bytes, kind: str, more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


# -- the clients, each in a process of its own ---------------------------------------------------------------------


def client(name: str, told: Mapping[str, Any]) -> None:
    """Be one client, and write what it loaded."""
    clients = {"sandsnap": as_sandsnap, "httpx": as_httpx, "scrapy": as_scrapy, "imports": as_imports}
    said = clients[name](told)
    Path(told["out"]).write_text(json.dumps({**said, "modules": sorted(sys.modules)}), "utf-8")


def as_sandsnap(told: Mapping[str, Any]) -> dict[str, Any]:
    """`sandsnap snapshot`, with every connection led to the server, on the day that is asked for."""
    import httpcore
    import time_machine

    from sandsnap import pipeline
    from sandsnap.capture import FetchPolicy, addresses
    from sandsnap.cli.app import run
    from sandsnap.read.sources import source_of
    from sandsnap.vendors import VENDORS

    class ToServer(httpcore.AnyIOBackend):
        async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
            return await super().connect_tcp("127.0.0.1", told["port"], *rest, **more)

    async def to_loopback(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    declared, context = pipeline.fetch_policy, ssl.create_default_context(cafile=told["ca"])

    def policy(settings: Any) -> FetchPolicy:
        return replace(declared(settings), ssl_context=context, resolve=to_loopback)

    addresses.httpcore.AnyIOBackend = ToServer  # type: ignore[misc]
    pipeline.fetch_policy = policy
    served = {source_of(url).url for url in told["urls"]}  # type: ignore[union-attr]
    pipeline.live_sources = lambda names: [s for n in names for s in pipeline.vendor(n).sources if s.url in served]
    pipeline.live_files = lambda archive, names: []
    names = [w for v in VENDORS for w in ("--vendor", v)]
    with time_machine.travel(f"{told['day']}T05:17:00Z", tick=True):
        code = run(["snapshot", "--json", "--home", told["home"], *names])
    if code not in (0, 1):
        raise SystemExit(f"sandsnap snapshot ended with {code}")
    return {}


def as_httpx(told: Mapping[str, Any]) -> dict[str, Any]:
    """Bare httpx: the robots.txt of each host, then its pages, two at once."""
    import httpcore
    import httpx

    class ToServer(httpcore.AnyIOBackend):
        async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
            return await super().connect_tcp("127.0.0.1", told["port"], *rest, **more)

    async def all_pages() -> None:
        transport = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=told["ca"]), http2=True)
        transport._pool._network_backend = ToServer()  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=transport) as http:
            by_host: dict[str, list[str]] = {}
            for url in told["urls"]:
                by_host.setdefault(url.split("/")[2], []).append(url)

            async def host(name: str, urls: list[str]) -> None:
                await http.get(f"https://{name}/robots.txt")
                gate = asyncio.Semaphore(2)

                async def one(url: str) -> None:
                    async with gate:
                        await http.get(url, headers={"If-None-Match": told["etags"][url]})

                await asyncio.gather(*map(one, urls))

            await asyncio.gather(*(host(n, urls) for n, urls in by_host.items()))

    asyncio.run(all_pages())
    return {}


def as_scrapy(told: Mapping[str, Any]) -> dict[str, Any]:
    """A scrapy spider that keeps what it gets in scrapy's cache and asks with its validators."""
    import scrapy
    from scrapy.crawler import CrawlerProcess

    class Pages(scrapy.Spider):
        name = "pages"
        start_urls = told["urls"]
        custom_settings = {  # noqa: RUF012 -- scrapy's own form
            "ROBOTSTXT_OBEY": True, "HTTPCACHE_ENABLED": True, "HTTPCACHE_DIR": told["home"], "LOG_LEVEL": "ERROR",
            "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.RFC2616Policy", "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
            "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False, "RETRY_ENABLED": False, "REFERER_ENABLED": False,
        }  # fmt: skip

        def parse(self, response: Any) -> None:
            return None

    _lead_twisted(told["port"], {url.split("/")[2] for url in told["urls"]})
    process = CrawlerProcess()
    crawler = process.create_crawler(Pages)
    process.crawl(crawler)
    process.start()
    stats = crawler.stats.get_stats()
    return {"304": stats.get("httpcache/revalidate", 0), "errors": stats.get("downloader/exception_count", 0)}


def _lead_twisted(port: int, hosts: Collection[str]) -> None:
    """Every connection of scrapy goes to the server; no name is resolved."""
    from scrapy.resolver import dnscache
    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    dnscache.limit = len(hosts)
    for host in hosts:
        dnscache[host] = "127.0.0.1"
    connect = reactor.connectTCP  # type: ignore[attr-defined]
    reactor.connectTCP = lambda host, _, *rest, **more: connect("127.0.0.1", port, *rest, **more)  # type: ignore[attr-defined]


def as_imports(told: Mapping[str, Any]) -> dict[str, Any]:
    """Only load what another client had loaded."""
    for module in told["modules"]:
        if module not in sys.modules and not module.startswith(("__main__", "fetching")):
            try:
                importlib.import_module(module)
            except ImportError:
                continue  # a name that some library put into sys.modules by hand
    return {}


# -- measuring ----------------------------------------------------------------------------------------------------


class Bench:
    """One server, and clients that are timed against it."""

    def __init__(self, server: Server, folder: Path, ca: Path, pages: Sequence[Page]) -> None:
        self.server, self.folder, self.number = server, folder, 0
        self.told = {
            "port": server.port,
            "ca": str(ca),
            "urls": [p.url for p in pages],
            "etags": {p.url: p.etag for p in pages},
        }

    def cpu(self, name: str, **more: Any) -> tuple[float, dict[str, Any]]:
        """CPU seconds of one client, with what it waited for, and what it said."""
        self.number += 1
        told = self.folder / f"{self.number}.json"
        out = self.folder / f"{self.number}.out.json"
        told.write_text(json.dumps({**self.told, **more, "out": str(out)}), "utf-8")
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env |= {
            "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"), "SANDSNAP_CONTACT": "https://example.org/contact",
            "SANDSNAP_CONFIG": str(self.folder / "sandsnap.toml"),
        }  # fmt: skip
        log = self.folder / f"{self.number}.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, __file__, "--as", name, str(told)], env=env, stdout=said, stderr=said
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{name} ended with {process.returncode}:\n{log.read_text('utf-8')[-2000:]}")
        return usage.ru_utime + usage.ru_stime, json.loads(out.read_text("utf-8"))

    def row(self, what: str, name: str, rounds: int, days: Iterator[date], **more: Any) -> float:
        """Time a client; print its line; its CPU seconds beyond imports (the best round)."""
        best, imports = float("inf"), float("inf")
        for _ in range(rounds):
            self.server.asked = self.server.unchanged = 0
            seconds, said = self.cpu(name, day=f"{next(days)}", **more)
            best = min(best, seconds)
            imports = min(imports, self.cpu("imports", modules=said["modules"])[0])
        asked, unchanged = self.server.asked, self.server.unchanged
        print(f"| {what} | {asked} | {unchanged} | {best:.2f} | {imports:.2f} | {best - imports:.2f} |", flush=True)
        return best - imports


def measure(captures: Path, most: int, rounds: int) -> None:
    """Print the table."""
    sys.path.insert(0, str(ROOT / "tests"))
    from loopback import certificate

    pages = pages_of(captures, most)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "sandsnap.toml").write_text(
            "[fetch]\nrequests_per_s = 100000\nconfirm_after_minutes = 0\nallow_private = true\n", "utf-8"
        )
        context, _ = certificate(folder, *sorted({p.url.split("/")[2] for p in pages}))
        ca = folder / "ca.pem"
        found = re.search(
            r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", (folder / "cert.pem").read_text(), re.S
        )
        ca.write_text(found[0] if found else "", "ascii")
        server = Server(pages, context)
        with server.running():
            bench = Bench(server, folder, ca, pages)
            home = {"home": str(folder / "home")}
            days = (FIRST + timedelta(days=n) for n in range(1000))
            bench.cpu("imports", modules=["sandsnap.cli.app"])  # bytecode
            kib = sum(len(p.body) for p in pages) / 1024
            print(f"{len(pages)} pages, {kib:.0f} KiB, {len({p.url.split('/')[2] for p in pages})} hosts\n")
            print(
                "| client | pages asked | answered 304 | CPU s | imports | beyond imports |\n| --- | ---: | ---: | ---: | ---: | ---: |"
            )
            bench.row("sandsnap, first day", "sandsnap", 1, days, **home)
            bench.cpu("sandsnap", day=f"{next(days)}", **home)  # what waited for a second look is let in
            quiet = bench.row("sandsnap, 304", "sandsnap", rounds, days, **home)
            server.validators = False
            bench.row("sandsnap, 200, the same bytes", "sandsnap", rounds, days, **home)
            server.validators = True
            network = bench.row("httpx, 304", "httpx", rounds, days)
            if importlib.util.find_spec("scrapy"):
                cache = {"home": str(folder / "cache")}
                bench.row("scrapy, first day", "scrapy", 1, days, **cache)
                bench.row("scrapy, 304", "scrapy", rounds, days, **cache)
            else:
                print("scrapy is not installed: pip install scrapy")
            print(f"\nsandsnap's quiet day beyond imports and bare httpx: {quiet - network:.2f} s")


def main() -> int:
    """Measure, or be one of the clients."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = ROOT.parent / "shared" / "captures"
    ap.add_argument("--captures", type=Path, default=shared if shared.is_dir() else ROOT / "src" / "sandsnap" / "demo")
    ap.add_argument("--pages", type=int, default=134)
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--as", nargs=2, dest="client", help=argparse.SUPPRESS)
    args = ap.parse_args()
    if args.client:
        client(args.client[0], json.loads(Path(args.client[1]).read_text("utf-8")))
    else:
        measure(args.captures, args.pages, args.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
