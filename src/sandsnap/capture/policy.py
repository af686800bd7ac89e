"""What is fetched and how politely: the requests, the policy of a run, the results. Plain frozen data."""

import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sandsnap import __version__
from sandsnap.capture.addresses import resolve
from sandsnap.model import Capture, Issue

PRODUCT = "sandsnap"  # the name that robots.txt files may use
DEFAULT_ACCEPT = "text/markdown, text/html;q=0.9, application/json;q=0.8, text/plain;q=0.7, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One page to fetch. `hosts` are the vendor's declared hosts: the only ones that a redirect may lead to.

    `conditional` sends the validators of the last capture; turn it off when `accept` has just changed and a
    server without ETags would confirm the old form of the page.
    """

    url: str
    vendor: str
    hosts: Sequence[str]
    accept: str = DEFAULT_ACCEPT
    conditional: bool = True


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How a run behaves. Durations are in seconds, sizes in bytes.

    `contact_url` stands in the User-Agent, so that who runs a server can ask. `requests_per_s` and `concurrency`
    hold per host. `deadline_s` is the network time one request may take in all: every attempt, every redirect;
    waiting in line for a host is not counted. A `Retry-After` above `retry_after_cap_s` ends the retries: coming
    back sooner than asked is not polite. `allow_private` lets loopback and private addresses in (tests, mirrors).
    """

    contact_url: str
    requests_per_s: float = 1.0
    concurrency: int = 2
    attempts: int = 3
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 20.0
    deadline_s: float = 60.0
    backoff_s: float = 1.0
    backoff_cap_s: float = 20.0
    retry_after_cap_s: float = 60.0
    crawl_delay_cap_s: float = 10.0
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5
    allow_http: bool = False
    allow_private: bool = False
    ssl_context: ssl.SSLContext | None = None
    resolve: Callable[[str, int], Awaitable[Sequence[str]]] = resolve

    @property
    def user_agent(self) -> str:
        """Who we are, in full."""
        return f"{PRODUCT}/{__version__} (+{self.contact_url})"


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What one request gave: a capture, an issue, or both.

    `capture` is the response, archived already; `issue` says why it is not the page that was asked for. A 404 has
    both: the answer is kept and may be a fact. Without any answer there is only the issue. `unchanged`: the server said
    so (304). `received` bytes of body came, over `seconds` of network time, retries and redirects included.
    """

    request: FetchRequest
    capture: Capture | None
    issue: Issue | None = None
    unchanged: bool = False
    received: int = 0
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether the capture is the page that was asked for."""
        return self.capture is not None and self.issue is None
