"""The pages that a vendor lists itself: llms.txt, sitemap.xml, its documents in Markdown, and the navigation of its docs."""

import re
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from sandsnap.read.sources import Vendor
from sandsnap.read.tree import navigation

_LINK = re.compile(r"\]\(\s*<?(?P<url>[^)\s>]+)|(?P<bare>https://[^\s)>\]\"'`]+)")
MOST = 50_000  # addresses of one list: what a sitemap may hold by its standard


def lists(vendor: Vendor) -> list[str]:
    """Where a vendor's lists of pages may lie: beside each host, and beside each documentation tree, whose first page has
    the docs' navigation."""
    hosts = [h for h in vendor.hosts if not h.startswith(("github.com", "raw.githubusercontent"))]
    roots = [f"https://{h}/" for h in hosts]
    for s in vendor.sources:
        parts = urlsplit(s.url)
        if s.live and parts.hostname in hosts and (m := re.match(r"/(docs|documentation)(?=/|$)", parts.path)):
            roots.append(f"https://{parts.hostname}/{m[1]}/")
    docs = [r.rstrip("/") for r in dict.fromkeys(roots) if urlsplit(r).path != "/" or r.startswith("https://docs.")]
    return [*(urljoin(root, name) for root in dict.fromkeys(roots) for name in ("llms.txt", "sitemap.xml")), *docs]


def links(text: str, base: str) -> list[str]:
    """The addresses that a list, or the navigation of a page, names, absolute and each once. Empty where there are none."""
    if "<urlset" in text[:2000] or "<sitemapindex" in text[:2000]:
        if "<!ENTITY" in text or "<!DOCTYPE" in text:  # no sitemap has any, and what they expand to has no bound
            return []
        try:
            found = [e.text.strip() for e in ElementTree.fromstring(text).iter() if e.tag.endswith("loc") and e.text]
        except ElementTree.ParseError:
            return []
    elif "<html" in text[:2000].lower():
        found = [urljoin(base, href) for href in navigation(text)]
    else:
        found = [urljoin(base, m["url"] or m["bare"]) for m in _LINK.finditer(text)]
    plain = (u.split("#")[0].rstrip(".,;:") for u in found)
    return list(dict.fromkeys(u for u in plain if u.startswith("https://")))[:MOST]
