"""One page, one identity, whatever form its address has; and the time that a web archive's address carries.

The scheme, the default ports, `www`, doubled slashes, percent-encoding, a fragment, an empty query and a web archive's
prefix say how a page was reached, not which page it is. A query does: `?billing=annual` is another page.
"""

import re
from datetime import UTC, datetime
from posixpath import normpath
from urllib.parse import quote, unquote_to_bytes, urlsplit

# <archive>/…/<time><flags>/<address>: Internet Archive, pywb, arquivo.pt and their like. The time has 14 digits;
# the Internet Archive also answers to fewer, and to an address without its scheme.
_ARCHIVED = re.compile(
    r"(?:https?:)?/*[^/?#]+/(?:[^?#]*/)?(\d{14})(?:[a-z]{2}_)?/((?:https?:)?/*[^/].*)", re.IGNORECASE
)
_WAYBACK = re.compile(
    r"(?:https?:)?/*(?:web|wayback)\.archive\.org(?::\d+)?/+web/(\d{1,14})(?:[a-z]{2}_)?/((?:https?:)?/*[^/].*)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):/", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_ENCODED = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_DEFAULT_PORTS = (None, 80, 443)
_MOST_PREFIXES = 3  # an archive's copy of an archive's copy


class AddressError(ValueError):
    """A text that is no address of a web page; says what is wrong with it."""


def original(url: str) -> str:
    """An address without the prefixes of web archives: that of the page itself."""
    for _ in range(_MOST_PREFIXES):
        found = _WAYBACK.fullmatch(url) or _ARCHIVED.fullmatch(url)
        if found is None:
            break
        url = found[2]
    return url


def archived_at(url: str) -> datetime | None:
    """The UTC time that a web archive's address states, where it states all 14 digits of one."""
    found = _WAYBACK.fullmatch(url) or _ARCHIVED.fullmatch(url)
    if found is None or len(found[1]) != 14:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def identity(url: str) -> str:
    """`host/path` or `host/path?query`, in one form for every address of one page; the path keeps its case.

    Raises AddressError for what is no address of a page: another scheme, no host, a port or bracket that is none.
    """
    url = original(url.strip())
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise AddressError(f"{scheme[1]}: is no scheme of a web page")
    # A web archive's address may have lost one of the two slashes.
    rest = url[scheme.end() :].lstrip("/") if scheme else url.lstrip("/")
    try:
        parts = urlsplit(f"https://{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError as e:
        raise AddressError(str(e)) from None
    host = host.rstrip(".").removeprefix("www.")
    if not _HOST.fullmatch(host) or ("." not in host and ":" not in host and host != "localhost"):
        raise AddressError(f"{host!r} is no host" if host else "it names no host")
    if not scheme and "@" in parts.netloc:
        raise AddressError("it is no address of a page")
    path = _plain(parts.path)
    path = normpath(re.sub("/{2,}", "/", path)) if path.strip("/") else ""
    where = host if port in _DEFAULT_PORTS else f"{host}:{port}"
    return where + path + (f"?{_plain(parts.query)}" if parts.query else "")


def _plain(text: str) -> str:
    """Percent-encoding in one form: only what has to be encoded is. An encoded slash or question mark stays encoded."""
    return _ENCODED.sub(lambda m: quote(unquote_to_bytes(m[0]), safe=""), text)
