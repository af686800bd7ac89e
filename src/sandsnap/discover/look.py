"""Fetching a vendor's lists, and the likeliest of the pages that they name. Nothing of it enters the archive."""

import asyncio
from collections.abc import Sequence
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


def discovered(name: str, policy: "FetchPolicy", *, look: int = 5) -> tuple[list[Found], int]:
    """What a vendor lists and nobody watches, and how many lists there were. The `look` likeliest pages are fetched, to rank
    them by what they state."""
    texts = _texts(name, lists(vendor(name)), policy)
    listed = [u for at, text in texts.items() for u in links(text, at)]
    nested = [u for u in listed if u.endswith(".xml")][:NESTED]
    listed += [u for at, text in _texts(name, nested, policy).items() for u in links(text, at)]
    found = compared(name, listed)
    likely = [f.url for f in found if f.state == "new"][:look]
    if likely:
        found = compared(name, listed, {canonical(u): t for u, t in _texts(name, likely, policy).items()})
    new = [f for f in found if f.state == "new"][:SHOWN]
    return [*(f for f in found if f.state != "new"), *new], len(texts)


def page_at(url: str, name: str, host: str, policy: "FetchPolicy") -> Capture:
    """The page of a vendor that is about to be one. Raises LookError where it cannot be had."""
    from sandsnap.capture import FetchRequest, fetch_all

    (result,) = asyncio.run(fetch_all([FetchRequest(url, name, (host,))], policy))
    if result.issue is not None or result.capture is None:
        raise LookError(f"{url}: {result.issue.message if result.issue else 'nothing came back'}")
    if result.capture.status != 200:
        raise LookError(f"{url}: the server answered {result.capture.status}")
    return result.capture


def _texts(name: str, urls: Sequence[str], policy: "FetchPolicy") -> dict[str, str]:
    from sandsnap.capture import FetchRequest, fetch_all

    if not urls:
        return {}
    requests = [FetchRequest(u, name, vendor(name).hosts) for u in urls]
    results = asyncio.run(fetch_all(requests, policy))
    got = [
        (r.request.url, r.capture)
        for r in results
        if r.issue is None and r.capture is not None and r.capture.status == 200
    ]
    return {url: c.body.decode("utf-8", "replace") for url, c in got}


def reading(name: str, found: Sequence[Found], at: datetime) -> Reading:
    """What was found as a reading of its own, whose issues close once a look finds them no more."""
    url = f"https://{vendor(name).hosts[0]}"
    return Reading(
        name,
        url,
        f"{url}#{KIND}",
        version(name),
        "good",
        issues=tuple(f.issue for f in found),
        sticky=True,
        captured_at=at,
    )
