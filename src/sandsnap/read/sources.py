"""Which URLs are watched, and which functions read them. Vendor modules declare both with the decorator `source`.

    PRICING = source("https://e2b.dev/docs/billing", must="session length", fetch="https://e2b.dev/docs/billing.md")

    @PRICING.reader
    def plans(page): ...

A source's identity is its canonical URL. Former URLs are declared with it, so that an old capture finds its reader.
"""

import hashlib
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from sandsnap.capture.identity import AddressError, identity
from sandsnap.model import Fact
from sandsnap.read.page import Page
from schemas.vocabulary import VENDORS

Reader = Callable[[Page], Iterable[Fact]]


@dataclass
class Source:
    """One URL we watch. `must` are phrases of which one has to be on the page (else it is another page).

    `fetch` is where to get it when that is not `url` (a served Markdown twin, a raw file); `accept` the Accept header.
    `live` False: an old address that is no longer fetched, kept for its captures.
    `proven` False: no real copy of this page had been read when its reader was written.
    """

    vendor: str
    url: str
    must: tuple[str, ...]
    former: tuple[str, ...]
    fetch: str
    accept: str | None
    product: str
    rank: int
    proven: bool
    live: bool
    readers: dict[str, Reader] = field(default_factory=dict)

    def reader(self, function: Reader) -> Reader:
        """Decorator: this function reads the source. All its facts come or none: keep one topic in one function."""
        name = function.__name__
        if name in self.readers:
            raise ValueError(f"{self.url} has two readers named {name}")
        self.readers[name] = function
        return function

    @property
    def urls(self) -> tuple[str, ...]:
        """Every address a capture of this source may carry."""
        return (self.url, self.fetch, *self.former)


@lru_cache(maxsize=4096)
def canonical(url: str) -> str:
    """A URL as an identity (capture/identity.py), and no Markdown suffix or trailing slash; a raw file of GitHub's, of any
    commit, as a blob. A query is kept: another query is another page. A text that is no address stands for itself."""
    try:
        where, mark, query = identity(url).partition("?")
    except AddressError:
        return url.strip().lower()
    host, slash, path = where.partition("/")
    path = slash + path
    if host == "raw.githubusercontent.com":
        host, path = "github.com", re.sub(r"^/([^/]+)/([^/]+)/(?:refs/heads/)?([^/]+)/", r"/\1/\2/blob/\3/", path)
    if host == "github.com":  # a commit is the main branch on some day; a side branch was never served
        path = re.sub(r"^(/[^/]+/[^/]+)/raw/(?:refs/heads/)?", r"\1/blob/", path)
        path = re.sub(r"^(/[^/]+/[^/]+)/(?:blob|tree)/(?:main|master|HEAD|[0-9a-f]{40})(?=/|$)", r"\1/blob/main", path)
        path = re.sub(r"/blob/main(?:/README\.md)?/?$", "", path, flags=re.IGNORECASE)
    path = re.sub(r"(?:\.html)?\.(?:mdx?|markerb|erb|html)$", "", path)
    path = re.sub(r"^(/package/.+)/v/[\w.+-]+$", r"\1", path)  # a registry's page of one version of a package
    return ((host + re.sub(r"/index$", "", path)).rstrip("/") + mark + query).lower()


@dataclass
class Vendor:
    """One vendor's declarations: hosts a redirect may lead to, and sources in order of precedence."""

    name: str
    product: str = "sandbox"
    hosts: tuple[str, ...] = ()
    sources: list[Source] = field(default_factory=list)

    def source(
        self, url: str, *, must: str | tuple[str, ...], former: tuple[str, ...] = (), fetch: str | None = None,
        accept: str | None = None, product: str | None = None, proven: bool = True, live: bool = True,
    ) -> Source:  # fmt: skip
        """Declare a source. Order matters: where two sources state one fact, the one declared first is shown."""
        made = Source(
            self.name, url, (must,) if isinstance(must, str) else must, former, fetch or url, accept,
            product or self.product, len(self.sources), proven, live,
        )  # fmt: skip
        known = {canonical(u) for s in self.sources for u in s.urls}
        if clash := known & {canonical(u) for u in made.urls}:
            raise ValueError(f"{self.name}: {', '.join(clash)} is declared twice")
        self.sources.append(made)
        return made


@cache
def vendor(name: str) -> Vendor:
    """One vendor's declarations. Raises ValueError for an unknown vendor."""
    if name not in VENDORS:
        raise ValueError(f"unknown vendor {name!r}; the vendors are {', '.join(VENDORS)}")
    module = importlib.import_module(f"sandsnap.vendors.{name}.readers")
    declared: Vendor = module.VENDOR
    return declared


@cache
def _by_url() -> dict[str, Source]:
    return {canonical(u): s for name in VENDORS for s in vendor(name).sources for u in s.urls}


def source_of(url: str) -> Source | None:
    """The source a URL belongs to, through its former addresses too; None where nobody declared it."""
    return _by_url().get(canonical(url))


def vendor_of(url: str) -> str | None:
    """The vendor whose declared hosts include the URL's host."""
    host = re.split("[/?:]", canonical(url))[0]
    hosts = {n: {h.removeprefix("www.") for h in vendor(n).hosts} for n in VENDORS}
    found = [n for n in VENDORS if host in hosts[n]]
    return found[0] if len(found) == 1 else None


@cache
def version(name: str) -> str:
    """Identifies what reads a vendor's pages: its module, its TOML, the reading code and the contract."""
    digest = hashlib.sha256()
    for part in _code(name):
        digest.update(part)
    return digest.hexdigest()[:12]


def _code(name: str) -> Iterator[bytes]:
    root = files("sandsnap")
    yield (root / "vendors" / name / "readers.py").read_bytes()
    yield (root / "vendors" / name / "vendor.toml").read_bytes()
    for folder in (root / "read", root / "read" / "general", files("schemas")):
        for f in sorted(folder.iterdir(), key=lambda f: f.name):
            if f.name.endswith((".py", ".toml")):
                yield f.read_bytes()
