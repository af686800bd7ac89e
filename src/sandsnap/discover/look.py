"""Fetching a vendor's lists, and the likeliest of the pages that they name. Nothing of it enters the archive."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sandsnap.discover.found import KIND, SHOWN, Found, compared
from sandsnap.discover.listed import links, lists
from sandsnap.model import Capture, Reading
from sandsnap.read.addresses import canonical
from sandsnap.read.sources import vendor, version

if TYPE_CHECKING:
    from sandsnap.capture import FetchPolicy


class LookError(ValueError):
    """A page that could not be fetched; says why."""


NESTED = 20  # sitemaps that a sitemap names


@dataclass(frozen=True, slots=True)
class Look:
    """What a vendor lists and nobody watches, in how many lists, and the lists that may be there and could not be had: without
    them it is not known what is listed."""

    found: tuple[Found, ...]
    lists: int
    unanswered: tuple[str, ...]


def discovered(name: str, policy: "FetchPolicy", *, look: int = 5) -> Look:
    """Look at a vendor's lists. The `look` likeliest pages are fetched, to rank them by what they state."""
    texts, unanswered = _texts(name, lists(vendor(name)), policy)
    listed = [u for at, text in texts.items() for u in links(text, at)]
    nested = [u for u in listed if u.endswith(".xml")][:NESTED]
    more, missing = _texts(name, nested, policy)
    listed += [u for at, text in more.items() for u in links(text, at)]
    found = compared(name, listed)
    likely = [f.url for f in found if f.state == "new"][:look]
    if likely:
        found = compared(name, listed, {canonical(u): t for u, t in _texts(name, likely, policy)[0].items()})
    new = [f for f in found if f.state == "new"][:SHOWN]
    return Look((*(f for f in found if f.state != "new"), *new), len(texts), (*unanswered, *missing))


def page_at(url: str, name: str, host: str, policy: "FetchPolicy") -> Capture:
    """The page of a vendor that is about to be one. Raises LookError where it cannot be had."""
    from sandsnap.capture import FetchRequest, fetch_all

    (result,) = asyncio.run(fetch_all([FetchRequest(url, name, (host,))], policy))
    if result.issue is not None or result.capture is None:
        raise LookError(f"{url}: {result.issue.message if result.issue else 'nothing came back'}")
    if result.capture.status != 200:
        raise LookError(f"{url}: the server answered {result.capture.status}")
    return result.capture


def _texts(name: str, urls: Sequence[str], policy: "FetchPolicy") -> tuple[dict[str, str], list[str]]:
    """What the pages say that are there, and those of which it is not known whether they are."""
    from sandsnap.capture import FetchRequest, fetch_all

    if not urls:
        return {}, []
    requests = [FetchRequest(u, name, vendor(name).hosts) for u in urls]
    results = asyncio.run(fetch_all(requests, policy))
    got = [
        (r.request.url, r.capture)
        for r in results
        if r.issue is None and r.capture is not None and r.capture.status == 200
    ]
    unanswered = [r.request.url for r in results if r.capture is not None and _is_passing(r.capture.status)]
    return {url: c.body.decode("utf-8", "replace") for url, c in got}, unanswered


def _is_passing(status: int) -> bool:
    """Whether a server says that it cannot answer now. One that is forbidden, by robots.txt too, is not there for us."""
    return status >= 500 or status == 429


def reading(name: str, found: Sequence[Found], at: datetime) -> Reading:
    """What was found as a reading of its own, whose issues close once a look finds them no more."""
    url = f"https://{vendor(name).hosts[0]}"
    reader = f"{url}#{KIND}"
    # Each is of this reader: that the page itself was read says nothing of whether it is listed.
    issues = tuple(replace(f.issue, reader=reader) for f in found)
    return Reading(name, url, reader, version(name), "good", issues=issues, sticky=True, captured_at=at)
