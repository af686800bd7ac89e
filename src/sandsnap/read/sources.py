"""Which URLs are watched, and which functions read them: `[[source]]` of a vendor.toml, and readers.py beside it.

    [tree.docs]                            # what the addresses of many pages have in common
    url = "https://example.com/docs/{path}"
    fetch = "{url}.md"                     # a served Markdown twin
    former = ["https://old.example.com/{path}"]

    [[source]]
    name = "billing"                       # only where readers.py asks for it
    tree = "docs"                          # or url = "https://…"; what is given here goes before the tree's, former adds to it
    path = "billing"
    must = ["Usage-based pricing", "Plans"]  # one of them is on the page, else it is another page

    [[set_aside]]                          # looked at by a person: states nothing of the contract
    url = "https://example.com/docs/roadmap"
    reason = "what is planned, no figure"

    [[source]]
    url = "https://example.com/docs/changelog"
    kind = "changelog"                     # dated entries: read/changelog.py
    about = "sandbox|pricing"              # the entries that are news here; besides = "…": and are not
    must = "changelog"

    [[source]]
    url = "https://example.com/llms-full.txt"
    chapters = ["Limits", "Pricing.*"]     # regular expressions: of a dump of all documentation, what alone is read
    must = "# Limits"

    VENDOR = declared("example")

    @VENDOR.reader("billing")
    def plans(page): ...

Their order is that of precedence: where two sources state one fact, the one declared first is shown. A source's identity
is its canonical URL. Former URLs are declared with it, so that an old capture finds its reader. A page of a repository on
GitHub is fetched as the raw file.
"""

import hashlib
import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.model import Fact
from sandsnap.read import changelog, entries
from sandsnap.read.addresses import canonical
from sandsnap.read.general import owned
from sandsnap.read.page import Page
from sandsnap.vendors import PRODUCTS, VENDORS, VendorError, folder, settings

Reader = Callable[[Page], Iterable[Fact]]


@dataclass
class Source:
    """One URL we watch. `must` are phrases of which one has to be on the page (else it is another page).

    `fetch` is where to get it when that is not `url` (a served Markdown twin, a raw file); `accept` the Accept header.
    `live` False: an old address that is no longer fetched, kept for its captures.
    `proven` False: no real copy of this page had been read when its reader was written.
    `log`: its entries are dated, and say what was new on their day (read/changelog.py).
    `chapters`: of a dump of a whole documentation, the ones that are read: what their headings of the first level match in full.
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
    log: bool = False
    chapters: str = ""
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


@dataclass
class Vendor:
    """One vendor's declarations: hosts a redirect may lead to, and sources in order of precedence."""

    name: str
    product: str
    hosts: tuple[str, ...]
    sources: list[Source] = field(default_factory=list)
    named: dict[str, Source] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Source:
        """The source that vendor.toml gives a name. Raises VendorError for another one."""
        if name not in self.named:
            raise VendorError(
                f"{self.name}/vendor.toml: no [[source]] is named {name!r}; there are {', '.join(self.named)}"
            )
        return self.named[name]

    def reader(self, *names: str) -> Callable[[Reader], Reader]:
        """Decorator: the function reads the sources of these names (see Source.reader)."""

        def added(function: Reader) -> Reader:
            for name in names:
                self[name].reader(function)
            return function

        return added

    def source(
        self, url: str, *, must: str | tuple[str, ...], former: tuple[str, ...] = (), fetch: str | None = None,
        accept: str | None = None, product: str | None = None, proven: bool = True, live: bool = True,
    ) -> Source:  # fmt: skip
        """Declare a source. Raises VendorError where one of its addresses is declared already."""
        made = Source(
            self.name, url, (must,) if isinstance(must, str) else tuple(must), former, fetch or _raw(url), accept,
            product or self.product, len(self.sources), proven, live,
        )  # fmt: skip
        known = {canonical(u) for s in self.sources for u in s.urls}
        if clash := known & {canonical(u) for u in made.urls}:
            raise VendorError(f"{self.name}: {', '.join(sorted(clash))} is declared twice")
        self.sources.append(made)
        return made


_GIVEN = {
    "name",
    "tree",
    "path",
    "url",
    "fetch",
    "accept",
    "former",
    "must",
    "product",
    "proven",
    "live",
    "kind",
    "about",
    "besides",
    "chapters",
}


def _add(made: Vendor, entry: dict[str, Any], trees: dict[str, dict[str, Any]]) -> None:
    where = f"{made.name}/vendor.toml: [[source]] {entry.get('name') or entry.get('url') or entry.get('path')}"
    if extra := entry.keys() - _GIVEN:
        raise VendorError(f"{where}: unknown keys {', '.join(sorted(extra))}")
    if (name := entry.get("tree")) is not None and name not in trees:
        raise VendorError(f"{where}: there is no [tree.{name}]")
    tree = trees[name] if name is not None else {}
    path = entry.get("path", "")
    url = entry.get("url") or tree.get("url", "").format(path=path)
    if not url or not entry.get("must"):
        raise VendorError(f"{where}: say its url (or tree and path) and a phrase it must contain")
    if entry.get("kind") not in (None, changelog.KIND) or ("kind" in entry) != ("about" in entry):
        raise VendorError(f'{where}: the one kind is "{changelog.KIND}", and about says which of its entries are news')
    product = entry.get("product") or tree.get("product") or made.product
    if product not in PRODUCTS[made.name]:
        raise VendorError(f"{where}: there is no product {product!r}; there are {', '.join(PRODUCTS[made.name])}")
    former = (*(f.format(path=path) for f in tree.get("former", ())), *entry.get("former", ()))
    fetch = entry.get("fetch") or tree.get("fetch", "").format(path=path, url=url)
    source = made.source(
        url, must=entry["must"], former=former, fetch=fetch, accept=entry.get("accept") or tree.get("accept"),
        product=product, proven=entry.get("proven", True), live=entry.get("live", True),
    )  # fmt: skip
    source.chapters = _chapters(entry.get("chapters", []), where)
    if "kind" in entry:
        source.log = True
        source.reader(changelog.news(entry["about"], entry.get("besides", "")))
    if "name" in entry:
        if entry["name"] in made.named:
            raise VendorError(f"{where}: two sources have this name")
        made.named[entry["name"]] = source


def _chapters(named: object, where: str) -> str:
    """The chapters that are read, as one pattern."""
    try:
        if isinstance(named, list):
            return re.compile("|".join(f"(?:{heading})" for heading in named)).pattern
    except re.error as e:
        raise VendorError(f"{where}: chapters: {e}") from None
    raise VendorError(f'{where}: chapters is a list of headings, as regular expressions: ["Limits", "Pricing.*"]')


def _raw(url: str) -> str:
    """Where a page is fetched: a repository on GitHub, or a file of it, as the raw file."""
    m = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)(?:/blob/(.+))?", url)
    return f"https://raw.githubusercontent.com/{m[1]}/{m[2] or 'main/README.md'}" if m else url


@cache
def declared(name: str) -> Vendor:
    """What a vendor's vendor.toml declares, before its readers are asked. Raises VendorError for an entry that does not
    fit, ValueError for an unknown vendor."""
    data = settings(name)
    made = Vendor(name, PRODUCTS[name][0], tuple(data.get("hosts", ())))
    if not made.hosts:
        raise VendorError(f'{name}/vendor.toml: say on which hosts its pages are, hosts = ["example.com"]')
    for entry in data.get("source", []):
        _add(made, entry, data.get("tree", {}))
    return made


@cache
def set_aside(name: str) -> Mapping[str, str]:
    """Canonical URL -> reason of the pages that a person set aside. Raises VendorError for an entry that gives none."""
    out = {}
    for entry in settings(name).get("set_aside", []):
        if entry.keys() != {"url", "reason"} or len(entry["reason"]) < 5:
            raise VendorError(f"{name}/vendor.toml: [[set_aside]] {entry.get('url')}: give its url and a reason")
        out[canonical(entry["url"])] = entry["reason"]
    return out


@cache
def vendor(name: str) -> Vendor:
    """One vendor's declarations, with its readers. Raises as `declared`."""
    made = declared(name)
    for on, function in entries.readers(name):
        for source in on:
            made[source].reader(function)
    if (folder(name) / "readers.py").is_file():
        importlib.import_module(f"sandsnap.vendors.{name}.readers")
    for reader, given in settings(name).get("general", {}).get("reads", {}).items():
        on, where = (given["on"], given.get("where")) if isinstance(given, dict) else (given, None)
        for source in on:
            made[source].reader(owned.reader(reader, made[source].readers, where))
    return made


@cache
def _by_url() -> dict[str, Source]:
    return {canonical(u): s for name in VENDORS for s in vendor(name).sources for u in s.urls}


def declarations() -> None:
    """Read what every vendor declares. Raises VendorError for what does not fit."""
    _by_url()


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
    """Identifies what reads a vendor's pages: its folder, the reading code and the contract."""
    digest = hashlib.sha256()
    for part in _code(name):
        digest.update(part)
    return digest.hexdigest()[:12]


def _code(name: str) -> Iterator[bytes]:
    root = files("sandsnap")
    for place in (folder(name), root / "read", root / "read" / "entries", root / "read" / "general", files("schemas")):
        for f in sorted(place.iterdir(), key=lambda f: f.name):
            if f.name.endswith((".py", ".toml")):
                yield f.read_bytes()
