"""The static site: every part writes its files into one folder, which replaces the former site in one step."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from sandsnap.escaping import printable
from sandsnap.publish.replace_folder import replacing
from sandsnap.publish.site import (
    announced,
    changes_page,
    costs,
    downloads,
    editorial_pages,
    feeds,
    front_page,
    history,
    pair_pages,
    record_pages,
    spans,
    vendor_page,
)
from sandsnap.publish.site.api import pages as api
from sandsnap.publish.site.context import Context, Link, Part
from sandsnap.record import alert_queries
from sandsnap.record.claim_queries import Connection

MANIFEST = "sandsnap-site.txt"

# In the order of the navigation.
PARTS: tuple[Part, ...] = (
    Part(front_page.pages, Link("comparison", "Compare", "index.html")),
    Part(vendor_page.pages, Link("vendors", "Vendors", "vendors.html")),
    costs.PART,
    Part(changes_page.pages, Link("changes", "Changes", "changes.html")),
    editorial_pages.PART,
    Part(record_pages.issues, Link("issues", "Open issues", "issues.html")),
    Part(record_pages.corrections, Link("corrections", "Corrections", "corrections.html")),
    Part(record_pages.method, Link("method", "Method", "method.html")),
    Part(history.pages),
    Part(api.pages),
    Part(downloads.pages),
    Part(pair_pages.pages),
    Part(feeds.pages),
    Part(announced.pages),
)


class SiteError(Exception):
    """The site cannot be built; says what to do next."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: the folder, and the size in bytes of each file by its path."""

    folder: Path
    files: Mapping[str, int]


def build(
    con: Connection,
    folder: Path,
    *,
    url: str | None = None,
    quality: Mapping[str, Any] | None = None,
    text: Path | None = None,
) -> Built:
    """Build the site of a warehouse into `folder`, replacing an earlier one; `text` holds the editorial text.

    Raises SiteError for an empty warehouse, QueryError, ReplaceError where the folder holds something else; then the
    folder is what it was.
    """
    as_of = alert_queries.last_day(con)
    if as_of is None:
        raise SiteError("the warehouse holds no reading yet: run `sandsnap snapshot` or `sandsnap demo` first")
    nav: tuple[Link, ...] = tuple(p.link for p in PARTS if p.link is not None)
    context = Context(con, as_of, spans.load(con, as_of), nav, url and url.rstrip("/") + "/", quality, text)
    written: dict[str, int] = {}
    with replacing(folder, is_site) as scratch:
        for part in PARTS:
            for path, page in part.pages(context):
                if path in written:
                    raise ValueError(f"two parts of the site write {path}")
                written[path] = _write(scratch / path, page if isinstance(page, bytes) else _safe(page).encode())
        for asset in sorted((files("sandsnap.publish.site") / "assets").iterdir(), key=lambda a: a.name):
            written[f"assets/{asset.name}"] = _write(scratch / "assets" / asset.name, asset.read_bytes())
        _write(scratch / MANIFEST, "".join(f"{path}\n" for path in sorted(written)).encode())
    return Built(folder, written)


def is_site(folder: Path) -> bool:
    """Whether every file of a folder is one that a build wrote there."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return False
    listed = {*manifest.read_text("utf-8").splitlines(), MANIFEST}
    return all(p.relative_to(folder).as_posix() in listed for p in folder.rglob("*") if not p.is_dir())


def _safe(page: str) -> str:
    """The text without control characters; a calendar's own line ends stay (RFC 5545)."""
    return "\r\n".join(printable(line) for line in page.split("\r\n"))


def _write(path: Path, data: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return len(data)
