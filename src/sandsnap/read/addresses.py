"""The address of a page as its identity, whatever form it was asked for in."""

import re
from functools import lru_cache

from sandsnap.capture.identity import AddressError, identity


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
