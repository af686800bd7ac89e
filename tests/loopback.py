"""A real HTTP(S) server on loopback, for the tests of fetching."""

import asyncio
import ssl
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar


@dataclass
class Seen:
    """One request that reached the server."""

    path: str
    headers: dict[str, str]
    at: float = field(default_factory=time.monotonic)


Handler = Callable[[Seen, asyncio.StreamWriter], Awaitable[None] | None]


def no_page(_: Seen, out: asyncio.StreamWriter) -> None:
    out.write(answer(404, b"no such page"))


class Server:
    """Answers GET by path; keeps what it saw; without a route 404."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {}
        self.seen: list[Seen] = []
        self.scheme, self.port, self.at_once, self.most_at_once = "http", 0, 0, 0

    def url(self, path: str, host: str = "vendor.test") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def route(self, seen: Seen) -> Handler:
        return self.routes.get(seen.path, no_page)

    def paths(self) -> list[str]:
        return [seen.path for seen in self.seen if seen.path != "/robots.txt"]

    def page(self, path: str, *answers: bytes) -> None:
        """Give the answers one after the other, the last one again and again."""
        left = list(answers)
        self.routes[path] = lambda _, out: out.write(left.pop(0) if len(left) > 1 else left[0])

    async def serve(self, reader: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.partition(": ") for line in head[1:] if line)
            seen = Seen(head[0].split()[1], {name.lower(): value for name, _, value in pairs})
            self.seen.append(seen)
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
            waiting = self.route(seen)(seen, out)
            if waiting is not None:
                await waiting
            self.at_once -= 1
            await out.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client hung up, which is what some tests want
        finally:
            out.close()


def answer(status: int, body: bytes = b"", *headers: tuple[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} x",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{k}: {v}" for k, v in headers),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def serving(context: ssl.SSLContext | None = None, server: Server | None = None) -> AsyncIterator[Server]:
    server = server or Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    server.scheme = "https" if context else "http"
    async with listening:
        yield server


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(server, client) contexts of a fresh self-signed certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(pem + key.private_bytes(*private))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


S = TypeVar("S", bound=Server)


@contextmanager
def serving_beside(server: S) -> Iterator[S]:
    """Serve in a thread of its own, for what runs a loop of its own (a command) and asks the server."""
    loop, up, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with serving(server=server):
            up.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert up.wait(10)
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
