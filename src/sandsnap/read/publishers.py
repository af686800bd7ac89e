"""Publishers beside vendors: who measures our vendors or states their prices, declared in publishers/<name>/publisher.toml.

A publisher's file is captured, archived and read as a vendor's page is, and gives a `Reading` whose vendor is the publisher's
name: never facts, but measurements and what the publisher says of vendors' keys. All files of one source (a file a day) are
read under one name, the source's own address.
"""

import hashlib
import importlib
import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.model import Capture, Fact, Issue, Measurement, Published, Reading
from sandsnap.publishers import FOLDERS, PublisherError
from sandsnap.read.addresses import canonical
from sandsnap.read.errors import Ambiguous, ReadError
from sandsnap.read.feeds import check_characters
from sandsnap.vendors import PRODUCTS

_MISSING = (404, 410)
_LINK = re.compile(rb"[\w./-]+\.json\s*")  # a symbolic link, served as the path it leads to


@dataclass(frozen=True)
class PublishedSource:
    """One file, or one file a day, of a publisher. `url` is its identity; `path` matches further files of its repository
    and `copy` names of loose copies, both with the group `day`. `live` is fetched every time, `daily` for each day that is
    lacking. `of` is the reader's."""

    publisher: str
    name: str
    reader: str
    url: str
    path: str | None
    copy: str
    live: str
    daily: str | None
    of: Mapping[str, str] = field(hash=False)
    rank: int

    @property
    def full_name(self) -> str:
        """The reader's name as recorded."""
        return f"{self.url}#{self.reader}"


@dataclass(frozen=True)
class Publisher:
    """One publisher. `providers`: its name of a product -> vendor and product. `settings`: its whole TOML, for its readers."""

    name: str
    title: str
    repository: str
    licence: str
    hosts: tuple[str, ...]
    catch_up_days: int
    providers: Mapping[str, tuple[str, str]]
    sources: tuple[PublishedSource, ...]
    settings: Mapping[str, Any]

    def measures(self, benchmark: str) -> str:
        """What a benchmark measures, as part of a sentence."""
        return str(self.settings["benchmark"][benchmark]["measures"])

    def slip(self, benchmark: str) -> int:
        """How many times off its own week before a median is in another unit."""
        return int(self.settings["benchmark"][benchmark]["slip"])


@dataclass(frozen=True)
class Page:
    """What a publisher's reader is given: a file's content (numbers are `Figure`s), its own address, and the day in it."""

    publisher: Publisher
    source: PublishedSource
    capture: Capture
    url: str
    day: date | None
    content: Any


@dataclass
class Found:
    """What a publisher's reader gives; troubles are (kind, message)."""

    measurements: list[Measurement] = field(default_factory=list)
    statements: list[Fact] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)


class RefusedError(ReadError):
    """Nothing of the file is taken; `kind` is the issue's."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Figure(Decimal):
    """A number of a file, with the text it stands there as. NaN and infinities are let through: what holds them is refused
    by name, and the rest of the file is read."""

    text: str

    def __new__(cls, text: str) -> "Figure":
        made = super().__new__(cls, text)
        made.text = text
        return made


@cache
def publishers() -> tuple[str, ...]:
    """The names of all publishers."""
    return tuple(sorted(FOLDERS))


@cache
def publisher(name: str) -> Publisher:
    """One publisher's declarations. Raises ValueError for an unknown one, PublisherError for declarations that cannot be used."""
    if name not in publishers():
        raise ValueError(f"unknown publisher {name!r}; the publishers are {', '.join(publishers())}")
    try:
        given = tomllib.loads((FOLDERS[name] / "publisher.toml").read_text("utf-8"), parse_float=Decimal)
        return _declared(name, given)
    except KeyError as e:
        raise PublisherError(f"{name}/publisher.toml: it does not say {e.args[0]}") from None
    except (OSError, ValueError, TypeError, AttributeError, re.error) as e:
        raise PublisherError(f"{name}/publisher.toml: {e}") from e


def _declared(name: str, given: Mapping[str, Any]) -> Publisher:
    providers = {theirs: tuple(ours.split("/")) for theirs, ours in given["providers"].items()}
    for theirs, (vendor, product) in providers.items():
        if product not in PRODUCTS.get(vendor, ()):
            raise ValueError(f"{theirs} is {vendor}/{product}, which is no product of ours")
    sources = tuple(
        PublishedSource(
            name, s["name"], s["reader"], s["url"], s.get("path"), s["copy"], s["live"], s.get("daily"), s.get("of", {}), i,
        )
        for i, s in enumerate(given["source"])
    )  # fmt: skip
    made = Publisher(
        name, given["title"], given["repository"], given["licence"], tuple(given["hosts"]), given["catch_up_days"],
        providers, sources, given,
    )  # fmt: skip
    for source in sources:
        if benchmark := source.of.get("benchmark"):
            made.measures(benchmark), made.slip(benchmark)
    return made


@dataclass(frozen=True)
class Address:
    """A file of a publisher: its source, the address people are shown, and the day in its name."""

    source: PublishedSource
    url: str
    day: date | None


def address_of(url: str) -> Address | None:
    """The publisher's source that a URL belongs to; None where it is no publisher's."""
    wanted = canonical(url)
    for name in publishers():
        own = publisher(name)
        blob = canonical(own.repository) + "/blob/main/"
        for source in own.sources:
            if wanted == canonical(source.url):
                return Address(source, source.url, None)
            path = wanted.removeprefix(blob) if wanted.startswith(blob) else None
            if path and source.path and (m := re.fullmatch(source.path, path, re.IGNORECASE)):
                shown = re.sub(r"^.*?/(?:blob|raw)?/?(?:refs/heads/)?(?:main|master|[0-9a-f]{40})/", "", url)
                return Address(source, f"{own.repository}/blob/main/{shown}", _day(m["day"]))
    return None


def copy_of(file: str) -> tuple[str, date] | None:
    """The address and day of a loose copy, by its file's name; None where no publisher declares such a name."""
    for name in publishers():
        for source in publisher(name).sources:
            if (m := re.fullmatch(source.copy, file)) and (day := _day(m["day"])):
                return (source.daily.format(day=day) if source.daily else source.live), day
    return None


def live_urls(name: str, today: date, have: Collection[str] = ()) -> list[str]:
    """What to fetch today: each source's live file, and the daily files of the last days but those that we `have`
    (canonical addresses)."""
    own = publisher(name)
    days = [today - timedelta(days=n) for n in range(own.catch_up_days, -1, -1)]
    daily = [s.daily.format(day=d) for s in own.sources if s.daily for d in days]
    return [s.live for s in own.sources] + [url for url in daily if canonical(url) not in have]


def version(name: str) -> str:
    """Identifies what reads a publisher's files: its folder and the code that it rests on."""
    root = files("sandsnap")
    own = [(FOLDERS[name] / f).read_bytes() for f in ("readers.py", "publisher.toml")]
    shared = [(root / "read" / f).read_bytes() for f in ("publishers.py", "measured.py")]
    return hashlib.sha256(b"\n".join([*own, *shared])).hexdigest()[:12]


def read(capture: Capture, at: Address) -> list[Reading]:
    """The reading of a publisher's file. Files that are read under one name add up: each is a part (`partial`)."""
    source = at.source
    own = publisher(source.publisher)
    if capture.status in _MISSING and at.day:  # not there yet, or never: a gap
        return [_reading(capture, source, "bad_page")]
    if not 200 <= capture.status < 300:
        return [_reading(capture, source, "failed", troubles=[("http_status", f"{at.url}: status {capture.status}")])]
    if _LINK.fullmatch(capture.body):  # the day's own file is fetched besides
        return [_reading(capture, source, "bad_page")]
    try:
        content = parsed(capture.body)
        found: Found = getattr(importlib.import_module(f"sandsnap.publishers.{own.name}.readers"), source.reader)(
            Page(own, source, capture, at.url, at.day, content)
        )
    except ReadError as e:
        return [_reading(capture, source, "failed", troubles=[(e.kind, f"{at.url}: {e}")])]
    return [_reading(capture, source, "good", found, found.troubles)]


def unread(capture: Capture, at: Address, kind: str, message: str) -> list[Reading]:
    """What a file gave that could not be read at all, for a reason outside it."""
    return [_reading(capture, at.source, "failed", troubles=[(kind, f"{at.url}: {message}")])]


def not_had(at: Address, issue: Issue) -> Reading:
    """A failed reading of a file that could not be fetched."""
    source = at.source
    told = Issue(issue.kind, source.publisher, source.url, f"{at.url}: {issue.message}")
    return Reading(
        source.publisher, source.url, source.full_name, version(source.publisher), "failed", issues=(told,),
        partial=source.path is not None, rank=source.rank, published=Published(),
    )  # fmt: skip


def parsed(body: bytes) -> Any:
    """JSON with numbers as `Figure`s. Raises ReadError, and Ambiguous for a key that stands twice in one object."""
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_float=Figure, parse_int=Figure, parse_constant=Figure, object_pairs_hook=_object)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ArithmeticError) as e:
        raise ReadError(f"not JSON: {e}") from None
    check_characters(text, value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Ambiguous(f"a key stands twice in one object: {', '.join(ascii(k) for k, _ in pairs)[:120]}")
    return out


def _reading(
    capture: Capture, source: PublishedSource, outcome: str, found: Found | None = None,
    troubles: list[tuple[str, str]] | None = None,
) -> Reading:  # fmt: skip
    found = found or Found()
    issues = tuple(
        Issue(kind, source.publisher, source.url, message, source.full_name) for kind, message in troubles or []
    )
    return Reading(
        source.publisher, source.url, source.full_name, version(source.publisher), outcome, (), issues,
        partial=source.path is not None, rank=source.rank, captured_at=capture.captured_at, capture=capture.sha256,
        published=Published(tuple(found.measurements), tuple(found.statements), tuple(found.unknown)),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
