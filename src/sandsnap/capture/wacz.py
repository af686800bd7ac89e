"""The archive as one WACZ file (Web Archive Collection Zipped 1.1.1): evidence that replayweb.page and pywb open.

The WARC files go in as they lie there; beside them an index in CDXJ, the list of pages, and a datapackage with the digest
of every file.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sandsnap import __version__
from sandsnap.capture.archive import Archive
from sandsnap.capture.index import Entry

_VERSION = "1.1.1"


def export(archive: Archive, path: Path, progress: Callable[[str, int, int], None] = lambda *_: None) -> int:
    """Write the archive to `path`, whole or not at all; how many captures it holds. Undated copies are left out: a WACZ
    has a time for each page. Raises OSError."""
    entries = [e for e in archive.entries() if e.captured_at is not None]
    names = sorted({p.warc for e in entries for p in (e.place, e.body)})
    waiting = path.with_name(path.name + ".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    resources: list[dict[str, object]] = []
    try:
        with zipfile.ZipFile(waiting, "w") as out:

            def put(name: str, data: bytes, compress: int = zipfile.ZIP_DEFLATED) -> None:
                out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, compress_type=compress)
                digest = hashlib.sha256(data).hexdigest()
                resources.append(
                    {"name": name.rpartition("/")[2], "path": name, "hash": f"sha256:{digest}", "bytes": len(data)}
                )

            for n, name in enumerate(names, 1):
                progress(name, n, len(names))
                put(f"archive/{name}", (archive.warcs / name).read_bytes(), zipfile.ZIP_STORED)
            put("indexes/index.cdx", "".join(sorted(map(_cdx, entries))).encode())
            put("pages/pages.jsonl", "".join(_pages(entries)).encode())
            package = json.dumps(
                {
                    "profile": "data-package",
                    "wacz_version": _VERSION,
                    "title": "Pages that sandsnap read",
                    "software": f"sandsnap/{__version__}",
                    "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "resources": resources,
                },
                indent=1,
            ).encode()
            out.writestr("datapackage.json", package)
            digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
            out.writestr("datapackage-digest.json", json.dumps(digest))
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
    return len(entries)


def _cdx(entry: Entry) -> str:
    fields = {
        "url": entry.url,
        "mime": "warc/revisit" if entry.place != entry.body else "unk",
        "status": str(entry.status),
        "digest": f"sha256:{entry.sha256}",
        "length": str(entry.place.length),
        "offset": str(entry.place.start),
        "filename": entry.place.warc,
    }
    return f"{surt(entry.url)} {_stamp(entry)} {json.dumps(fields)}\n"


def surt(url: str) -> str:
    """The sort-friendly form of a URL that indexes of web archives use: com,example)/path?query.

    >>> surt("https://www.Example.com/A?b=1")
    'com,example)/a?b=1'
    """
    parts = urlsplit(url)
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").lower())
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){parts.path.rstrip('/') or '/'}{query}".lower().replace(
        " ", "%20"
    )


def _pages(entries: list[Entry]) -> Iterator[str]:
    yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "Pages"}) + "\n"
    for n, e in enumerate(entries):
        assert e.captured_at is not None
        at = e.captured_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield json.dumps({"id": str(n), "url": e.url, "ts": at, "title": f"{e.url} on {at[:10]}"}) + "\n"


def _stamp(entry: Entry) -> str:
    assert entry.captured_at is not None
    return entry.captured_at.astimezone(UTC).strftime("%Y%m%d%H%M%S")
