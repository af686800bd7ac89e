"""Dated copies of declared pages in a public web archive, as captures: asked of its CDX server, fetched as they were.

Any archive with a CDX server will do; the Internet Archive's is the default. Taken is what the archive got with status 200
whenever its digest changed, at most one copy a day and page. What an archive serves instead of that copy (a redirect, an
error, another capture, a wrapped page) is an issue and no content. What the own archive holds is not asked for again, so
a run that was stopped goes on where it was.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from urllib.parse import quote, urlsplit

from sandsnap.capture.archive import Archive
from sandsnap.capture.fetch import fetch_all
from sandsnap.capture.identity import identity
from sandsnap.capture.policy import FetchPolicy, FetchRequest, FetchResult
from sandsnap.model import Capture, Issue

INTERNET_ARCHIVE = "https://web.archive.org/cdx/search/cdx"
ORIGIN = "web-archive"
# What an archive puts into a page that it replays for people; `id_` asks for the page without it.
_WRAPPED = (b"<!-- BEGIN WAYBACK TOOLBAR INSERT -->", b"wombat.js", b"/web-static.archive.org/", b"WB_wombat_Init")


class WebArchiveError(Exception):
    """The web archive's answer cannot be used; says what to do next."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy that an archive holds: when it was made, of which address, and the digest of what was served. `archive`
    is the archive's host, empty for the Internet Archive."""

    url: str
    at: datetime
    digest: str
    archive: str = ""

    @property
    def stamp(self) -> str:
        """The fourteen digits that name it."""
        return self.at.strftime("%Y%m%d%H%M%S")

    @property
    def file(self) -> str:
        """What a capture made of it says of where it comes from."""
        return f"{ORIGIN}{'+' if self.archive else ''}{self.archive}:{self.stamp}/{self.url}"


@dataclass(frozen=True, slots=True)
class Listing:
    """What an archive holds of the pages that were asked for; `left_out` counts the captures not taken, by reason."""

    copies: tuple[Copy, ...]
    left_out: Counter[str]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """An archive's two addresses. Where only the CDX server is named, copies lie beside it, as pywb serves them."""

    cdx: str = INTERNET_ARCHIVE
    replay: str | None = None

    def query(self, url: str, since: date | None) -> str:
        """The address of the list of a page's captures."""
        start = f"&from={since:%Y%m%d}" if since else ""
        return f"{self.cdx}?url={quote(url, safe='')}&output=json&collapse=digest{start}"

    def copy(self, copy: Copy) -> str:
        """The address of a copy's own bytes."""
        base = self.replay or (
            "https://web.archive.org/web" if self.cdx == INTERNET_ARCHIVE else self.cdx.rsplit("/", 1)[0]
        )
        return f"{base.rstrip('/')}/{copy.stamp}id_/{copy.url}"

    @property
    def name(self) -> str:
        """The archive's host; empty for the Internet Archive, which needs no name."""
        return "" if self.cdx == INTERNET_ARCHIVE else urlsplit(self.cdx).hostname or ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The only hosts that are asked."""
        return tuple(
            {urlsplit(u).hostname or "" for u in (self.cdx, self.copy(Copy("http://a/", datetime.now(UTC), "")))}
        )


def listing(
    server: Server, pages: Sequence[tuple[str, str]], policy: FetchPolicy, since: date | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Listing:  # fmt: skip
    """What the archive holds of the pages (vendor, URL). A page whose list cannot be had is an issue, the others go on."""
    requests = [FetchRequest(server.query(url, since), v, server.hosts, accept="application/json") for v, url in pages]
    done = 0

    def count(result: FetchResult) -> None:
        nonlocal done
        done += 1
        progress(result.request.url, done, len(requests))

    results = asyncio.run(fetch_all(requests, policy, on_result=count))
    copies, left_out, issues = list[Copy](), Counter[str](), list[Issue]()
    for (vendor, url), result in zip(pages, results, strict=True):
        if not result.good or result.capture is None:
            said = result.issue.message if result.issue else "no answer"
            issues.append(Issue("fetch_failed", vendor, url, f"the web archive's list of it cannot be had: {said}"))
            continue
        try:
            rows = list(_rows(result.capture.body))
        except WebArchiveError as error:
            issues.append(Issue("fetch_failed", vendor, url, f"the web archive's list of it: {error}"))
            continue
        copies += (replace(c, archive=server.name) for c in chosen(url, rows, left_out))
    return Listing(tuple(sorted(copies, key=lambda c: (c.at, c.url))), left_out, tuple(issues))


def chosen(url: str, rows: Sequence[dict[str, str]], left_out: Counter[str]) -> list[Copy]:
    """Of a page's captures those to take: status 200, another digest than the one before, the last of a day."""
    days: dict[date, Copy] = {}
    before, good = None, set[str]()
    for row in sorted(rows, key=lambda r: r["timestamp"]):
        status = row["status"]
        if row["mime"] == "warc/revisit" or status == "-":  # the body of an earlier capture, whose status it had
            status = "200" if row["digest"] in good else "of an unknown body"
        if status != "200":
            left_out["redirect" if status.startswith("3") else f"status {status}"] += 1
            before = None  # what comes after it is a return
            continue
        if row["digest"] == before:
            continue
        before = row["digest"]
        good.add(before)
        copy = Copy(url, datetime.strptime(row["timestamp"], "%Y%m%d%H%M%S").replace(tzinfo=UTC), row["digest"])
        if copy.at.date() in days:
            left_out["another of the same day"] += 1
        days[copy.at.date()] = copy
    return list(days.values())


def fetch_copies(
    server: Server, copies: Sequence[Copy], policy: FetchPolicy, archive: Archive,
    vendor_of: Callable[[str], str], progress: Callable[[str, int, int], None] = lambda *_: None,
) -> tuple[list[Capture], list[Issue]]:  # fmt: skip
    """The copies that the archive lacks, each archived as it comes; and an issue for each that cannot be had."""
    wanted = {server.copy(c): c for c in copies}
    requests = [FetchRequest(u, vendor_of(c.url), server.hosts, conditional=False) for u, c in wanted.items()]
    taken, issues, done = list[Capture](), list[Issue](), 0

    def take(result: FetchResult) -> None:
        nonlocal done
        done += 1
        copy = wanted[result.request.url]
        progress(copy.url, done, len(requests))
        problem = _problem(result, copy)
        if problem or result.capture is None:
            issues.append(
                Issue("fetch_failed", result.request.vendor, copy.url, f"its copy of {copy.at:%Y-%m-%d}: {problem}")
            )
            return
        capture = replace(result.capture, url=copy.url, captured_at=copy.at, file=copy.file, redirects=(), headers=tuple(
            (n, v) for n, v in result.capture.headers if n.lower() in ("content-type", "etag", "last-modified")
        ))  # fmt: skip
        taken.append(archive.add(capture))

    asyncio.run(fetch_all(requests, policy, on_result=take))
    return taken, issues


def held(archive: Archive, copies: Collection[Copy]) -> set[str]:
    """Names of the copies that the own archive holds."""
    entries = archive.entries(urls={c.url for c in copies})
    return {e.file for e in entries if e.file and e.file.startswith(ORIGIN)}


def _problem(result: FetchResult, copy: Copy) -> str | None:
    """Why an answer is not the copy that was asked for."""
    if result.capture is None or result.issue is not None:
        return result.issue.message if result.issue else "no answer"
    if result.capture.redirects and not _same_copy(result.capture.redirects[-1], copy):
        return f"the archive leads to another capture, {result.capture.redirects[-1]}; it is left out"
    memento = result.capture.header("Memento-Datetime")
    if memento and not _same_moment(memento, copy.at):
        return f"the archive served the capture of {memento}; it is left out"
    if any(mark in result.capture.body for mark in _WRAPPED):
        return "the archive's own banner is on the page; it is left out"
    return None


def _same_copy(url: str, copy: Copy) -> bool:
    """Whether an address that the archive leads to is that of the copy in another form (a slash at its end)."""
    stamp, mark, page = url.partition(f"/{copy.stamp}id_/")
    return bool(stamp and mark) and identity(page) == identity(copy.url)


def _same_moment(memento: str, at: datetime) -> bool:
    try:
        return (
            abs((datetime.strptime(memento, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC) - at).total_seconds()) < 2
        )
    except ValueError:
        return False


def _rows(body: bytes) -> Iterator[dict[str, str]]:
    """The rows of a CDX answer: the Internet Archive's table with a header, or pywb's object a line."""
    try:
        text = body.decode("utf-8")
        if not text.strip():
            return
        if text.lstrip().startswith("[["):
            header, *rows = json.loads(text)
            found = [dict(zip(header, row, strict=True)) for row in rows]
        else:
            found = [] if text.strip() == "[]" else [json.loads(line) for line in text.splitlines() if line.strip()]
        for row in found:
            timestamp = str(row["timestamp"])
            if not re.fullmatch(r"\d{14}", timestamp):
                raise ValueError(f"timestamp {timestamp!r}")
            yield {
                "timestamp": timestamp,
                "status": str(row.get("statuscode", row.get("status", "-"))),
                "mime": str(row.get("mimetype", row.get("mime", ""))),
                "digest": str(row["digest"]),
            }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WebArchiveError(f"not a CDX answer ({type(error).__name__}: {error}); name a CDX server") from None
