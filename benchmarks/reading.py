"""How fast capture → facts is, as ratios of CPU time within one run.

    python benchmarks/reading.py [--captures ../shared/captures] [--pages 120]

Reads real captures where they lie beside the checkout, else the embedded demo archive. Prints, for the same pages:
capture → facts (decode, diagnose, all readers, quotes) beside the bare selectolax parse of the page's HTML, and the
step that makes the tree beside lxml, BeautifulSoup, trafilatura and urlwatch's html2text filter, where installed.
For Markdown pages the HTML is made once, outside the timing; "from Markdown" is what a served .md page costs in all.
"""

import argparse
import importlib.util
import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from sandsnap.capture import replay
from sandsnap.model import Capture
from sandsnap.read import source_text
from sandsnap.read.decode import CharsetError, form_of, text_of
from sandsnap.read.reading import read
from sandsnap.read.sources import source_of
from sandsnap.read.tree import outline

ROOT = Path(__file__).resolve().parents[1]


def cpu(task: Callable[[], object], least: float = 0.4) -> float:
    """CPU seconds of one call: the best of rounds that last `least` seconds together."""
    best, spent = float("inf"), 0.0
    while spent < least:
        start = time.process_time()
        task()
        took = time.process_time() - start
        best, spent = min(best, took), spent + max(took, 1e-6)
    return best


def chosen(folder: Path, pages: int) -> list[Capture]:
    """Captures that a reader is declared for, the same ones on every run."""
    known = [c for c in replay(folder) if source_of(c.url) and c.complete]
    return random.Random(7).sample(known, min(pages, len(known)))


def as_html(captures: Iterable[Capture]) -> list[tuple[Capture, str]]:
    """Each page as HTML, as a browser would get it."""
    out = []
    for c in captures:
        try:
            text = text_of(c)
        except CharsetError:
            continue
        if form_of(c, text) in ("markdown", "erb"):
            body = source_text.markdown_html(
                source_text.mdx(source_text.erb(source_text.strip_front_matter(text), c.day))
            )
            text = f"<!doctype html><html><body>{body}</body></html>"
        elif form_of(c, text) != "html":
            continue
        served = replace(c, body=text.encode(), file=None, headers=(("Content-Type", "text/html; charset=utf-8"),))
        out.append((served, text))
    return out


def others() -> dict[str, Callable[[str], object]]:
    """Parsers to compare with, those that are installed."""
    found: dict[str, Callable[[str], object]] = {}
    if importlib.util.find_spec("lxml"):
        import lxml.html

        def by_lxml(html: str) -> object:
            tree = lxml.html.document_fromstring(html)
            return [
                " ".join(n.text_content().split())
                for n in tree.iter("p", "li", "td", "th", "h1", "h2", "h3", "h4", "pre")
            ]

        found["lxml, the same blocks"] = by_lxml
    if importlib.util.find_spec("bs4"):
        from bs4 import BeautifulSoup

        def by_soup(html: str) -> object:
            soup = BeautifulSoup(html, "html.parser")
            return [
                " ".join(n.get_text().split())
                for n in soup.find_all(["p", "li", "td", "th", "h1", "h2", "h3", "h4", "pre"])
            ]

        found["BeautifulSoup, the same blocks"] = by_soup
    if importlib.util.find_spec("trafilatura"):
        import trafilatura

        found["trafilatura.extract"] = lambda html: trafilatura.extract(html, include_tables=True)
    if importlib.util.find_spec("urlwatch"):
        from urlwatch.html2text import html2text

        found["urlwatch html2text"] = lambda html: html2text(html, "bs4", {})
    return found


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = ROOT.parent / "shared" / "captures"
    ap.add_argument("--captures", type=Path, default=shared if shared.is_dir() else ROOT / "src" / "sandsnap" / "demo")
    ap.add_argument("--pages", type=int, default=120)
    args = ap.parse_args()
    originals = chosen(args.captures, args.pages)
    served = as_html(originals)
    size = sum(len(c.body) for c, _ in served)
    from selectolax.lexbor import LexborHTMLParser

    htmls = [html for _, html in served]
    bare = cpu(lambda: [LexborHTMLParser(h).body for h in htmls])
    rows = [
        ("bare selectolax parse", bare),
        ("our tree: blocks, headings, tables", cpu(lambda: [outline(h) for h in htmls])),
        ("capture → facts, served HTML", cpu(lambda: [read(c) for c, _ in served])),
        ("capture → facts, as captured (mostly Markdown)", cpu(lambda: [read(c) for c in originals])),
    ]
    rows += [(name, cpu(lambda f=f: [f(h) for h in htmls])) for name, f in others().items()]
    print(f"{len(served)} pages, {size / 1e6:.1f} MB of HTML, from {args.captures.name}; CPU time, one run\n")
    print("| step | ms a page | times the bare parse |\n| --- | ---: | ---: |")
    for name, took in rows:
        print(f"| {name} | {took / len(served) * 1000:.2f} | {took / bare:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
