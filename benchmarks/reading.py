"""How fast capture → facts is, as ratios of CPU time within one run, per form of page; and what starting a command costs.

    python benchmarks/reading.py [--captures ../shared/captures] [--pages 120] [--start-up]

The yardstick is the bare selectolax parse of the page's HTML into a tree, of which nothing is read. A Markdown page has
no HTML; it is made once, outside the timing, and the bare parse is of that. So the line of a Markdown page compares
reading the source as served with merely parsing what a browser would have been sent, which nobody serves: the bare
pyromark parse of the source stands beside it. Every line is over the same pages, in rounds that take turns.

    in one pass a backfill's case: what was met on pages before (mostly other days of the same page) is remembered; the
                line above it forgets everything before each page. Both are `read` as a run calls it, remarks and the
                general layer included: nothing that a run computes is left out. How amounts are accounted for
                (read/residue/) is asked of pages beside it, and is not in these lines.
    selection   the texts of all headings and table cells, from HTML, with white space folded, by each library. Only
                pages where all of them find the same texts are timed; how many do is said.
    filter      what trafilatura and urlwatch make of the page's HTML before they compare it with yesterday's.

Reads real captures where they lie beside the checkout, else the embedded demo archive.
"""

import argparse
import gc
import importlib.util
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyromark
from selectolax.lexbor import LexborHTMLParser

from sandsnap.capture import replay
from sandsnap.model import Capture, Fact
from sandsnap.read import memo, reading, source_text
from sandsnap.read.decode import CharsetError, form_of, text_of
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.reading import page_of, read
from sandsnap.read.sources import source_of
from sandsnap.read.tree import outline

ROOT = Path(__file__).resolve().parents[1]
FORMS = {"html": "HTML", "markdown": "Markdown", "erb": "Markdown"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SELECTED = (*HEADINGS, "td", "th")
LEFT_OUT = ("script", "style", "template", "noscript", "nav", "iframe")
Select = Callable[[str], list[str]]
BARE = "bare selectolax parse"
FIRST = "capture → facts"
PASS = "capture → facts, all pages in one pass"


@dataclass(frozen=True)
class Sample:
    """One page as served, as HTML, and the facts read from it."""

    capture: Capture
    form: str
    source: str  # as Markdown, "" for an HTML page
    html: str
    page: Page
    facts: tuple[Fact, ...]


def samples(folder: Path, pages: int) -> list[Sample]:
    """All HTML pages and as many others, the same ones on every run: what a reader is declared for and can be decoded."""
    known = [c for c in replay(folder, verify=False) if source_of(c.url)]
    random.Random(7).shuffle(known)
    out: list[Sample] = []
    for c in known:
        try:
            text = text_of(c)
        except CharsetError:
            continue
        form = FORMS.get(form_of(c, text))
        if form is None or (form == "Markdown" and sum(s.form == form for s in out) >= pages):
            continue
        source = ""
        if form == "Markdown":
            source = source_text.mdx(source_text.erb(source_text.strip_front_matter(text), c.day))
            text = f"<!doctype html><html><body>{source_text.markdown_html(source)}</body></html>"
        facts = tuple(f for r in read(c) for f in r.facts)
        out.append(Sample(c, form, source, text, page_of(c), facts))
    return out


# -- what is timed --------------------------------------------------------------------------------------------------


def forget(s: Sample) -> None:
    """As a process that has met no text yet."""
    reading._page_of.cache_clear()
    memo.forget()


def forget_page(s: Sample) -> None:
    """As a run that is at the page's turn: the texts of the pages before are remembered."""
    reading._page_of.cache_clear()


BEFORE: dict[str, Callable[[Sample], None]] = {FIRST: forget, PASS: forget_page}


def make_facts(s: Sample) -> object:
    """Only the facts, once more: what is left when all of reading and finding cost nothing."""
    return [Passage(s.page, "", f.quote or "", ()).fact(f.table, **{**f.key, **f.values}) for f in s.facts]


def by_sandsnap(html: str) -> list[str]:
    """The selection from our tree."""
    return [b.text for b in outline(html).blocks if b.kind in ("heading", "cell")]


def by_selectolax(html: str) -> list[str]:
    """The selection with selectolax alone."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(list(LEFT_OUT))
    for node in tree.css("br"):
        node.replace_with(" ")
    return [" ".join(n.text().split()) for n in tree.css(",".join(SELECTED))]


def selections() -> dict[str, Select]:
    """The same selection by other parsers, those that are installed."""
    found: dict[str, Select] = {"selection with selectolax": by_selectolax, "selection from our tree": by_sandsnap}
    if importlib.util.find_spec("lxml") and importlib.util.find_spec("cssselect"):
        import lxml.etree
        import lxml.html
        from lxml.cssselect import CSSSelector

        wanted, breaks = CSSSelector(",".join(SELECTED)), CSSSelector("br")

        def by_lxml(html: str) -> list[str]:
            tree = lxml.html.document_fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
            lxml.etree.strip_elements(tree, *LEFT_OUT, with_tail=False)
            for node in breaks(tree):
                node.tail = " " + (node.tail or "")
            return [" ".join(n.text_content().split()) for n in wanted(tree)]

        found["selection with lxml"] = by_lxml
    if importlib.util.find_spec("bs4"):
        from bs4 import BeautifulSoup

        def by_soup(html: str) -> list[str]:
            soup = BeautifulSoup(html, "html.parser")
            for node in soup.find_all(list(LEFT_OUT)):
                node.decompose()
            for node in soup.find_all("br"):
                node.replace_with(" ")
            return [" ".join(n.get_text().split()) for n in soup.find_all(list(SELECTED))]

        found["selection with BeautifulSoup"] = by_soup
    return found


def filters() -> dict[str, Callable[[str], object]]:
    """The filter steps of programs that watch pages, those that are installed."""
    found: dict[str, Callable[[str], object]] = {}
    if importlib.util.find_spec("trafilatura"):
        import trafilatura

        found["filter: trafilatura.extract"] = lambda html: trafilatura.extract(html, include_tables=True)
    if importlib.util.find_spec("urlwatch"):
        html2txt = importlib.import_module(
            "urlwatch.html2txt" if importlib.util.find_spec("urlwatch.html2txt") else "urlwatch.html2text"
        )
        found["filter: urlwatch html2text (bs4)"] = lambda html: html2txt.html2text(html, "", "bs4", {})
        found["filter: urlwatch html2text (re, drops tags by pattern)"] = lambda html: html2txt.html2text(
            html, "", "re", {}
        )
    return found


# -- timing ---------------------------------------------------------------------------------------------------------


def timed(tasks: dict[str, tuple[Callable[[Any], object], Sequence[Any]]], rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each task on each of its pages: the best of the rounds, in which the tasks take turns."""
    best: dict[str, list[float]] = {name: [float("inf")] * len(pages) for name, (_, pages) in tasks.items()}
    for _ in range(rounds):
        for name, (task, pages) in tasks.items():
            prepare = BEFORE.get(name)
            if name == PASS:
                memo.forget()
            for i, page in enumerate(pages):
                if prepare:
                    prepare(page)
                start = time.process_time_ns()
                task(page)
                best[name][i] = min(best[name][i], (time.process_time_ns() - start) / 1e9)
    return best


def agreeing(pages: Sequence[Sample], by: dict[str, Select]) -> list[Sample]:
    """The pages on which every library selects the same texts."""

    def texts(select: Select, html: str) -> set[str]:
        return {t for t in select(html) if t}

    return [s for s in pages if len({frozenset(texts(select, s.html)) for select in by.values()}) == 1]


def report(name: str, pages: Sequence[Sample], rounds: int) -> None:
    """Time and print one form of page, or all together."""
    by = selections()
    same = agreeing(pages, by)
    htmls = [s.html for s in pages]
    tasks: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        BARE: (lambda h: LexborHTMLParser(h).body, htmls)
    }
    sources = [s.source for s in pages if s.source]
    if sources and len(sources) == len(pages):
        parser = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES)
        tasks["bare pyromark parse of the source"] = (parser.html, sources)
    tasks[FIRST] = (lambda s: read(s.capture), pages)
    tasks[PASS] = (lambda s: read(s.capture), pages)
    tasks["making the fact objects alone"] = (make_facts, pages)
    tasks |= {n: (f, [s.html for s in same]) for n, f in by.items()}
    tasks |= {n: (f, htmls) for n, f in filters().items()}
    found = timed(tasks, rounds)

    size = sum(len(s.capture.body) for s in pages)
    facts = sum(len(s.facts) for s in pages)
    print(f"\n{name}: {len(pages)} pages, {size / len(pages) / 1000:.1f} KB each, {facts} facts.")
    print(f"Selections are of the {len(same)} pages on which {len(by)} libraries find the same texts.\n")
    print("| step | ms a page | ms per 100 KB served | times the bare parse | median page |")
    print("| --- | ---: | ---: | ---: | ---: |")
    bare_of = dict(zip(map(id, pages), found[BARE], strict=True))
    for step, took in found.items():
        over = same if step in by else pages
        bare = [bare_of[id(s)] for s in over]
        if not over:
            print(f"| {step} | – | – | – | – |")
            continue
        served = sum(len(s.capture.body) for s in over) / 100_000
        ratios = sorted(t / b for t, b in zip(took, bare, strict=True))
        print(
            f"| {step} | {sum(took) / len(over) * 1000:.3f} | {sum(took) / served * 1000:.2f} "
            f"| {sum(took) / sum(bare):.1f} | {ratios[len(ratios) // 2]:.1f} |"
        )


# -- start-up -------------------------------------------------------------------------------------------------------


def start_up() -> None:
    """CPU seconds (user and system) of commands that only read, each in a process of its own, on the demo warehouse.

    With bytecode kept, as for what is installed, whatever the environment says.
    """
    with tempfile.TemporaryDirectory() as folder:
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        sandsnap = [sys.executable, "-m", "sandsnap"]
        subprocess.run(
            [*sandsnap, "backfill", "--captures", str(ROOT / "src" / "sandsnap" / "demo"), "--home", folder],
            check=False, capture_output=True, env=env,
        )  # fmt: skip
        print("\n| process | CPU seconds, best of 7 |\n| --- | ---: |")
        for name, command in (("python", ["-c", ""]), ("python, import duckdb", ["-c", "import duckdb"])):
            print(f"| {name} | {_cpu_of([sys.executable, *command], env):.2f} |")
        for name in ONLY_READING:
            home = [] if name == "--help" else ["--home", folder]
            print(f"| sandsnap {name} | {_cpu_of([*sandsnap, *name.split(), *home], env):.2f} |")


ONLY_READING = (
    "--help", "changes 2026-01-01 2026-12-31", "corrections 2026-01-01 2026-12-31", "history fly", "show prices",
    "status", "coverage", "schema", "review",
)  # fmt: skip


def _cpu_of(command: list[str], env: dict[str, str], runs: int = 7) -> float:
    return min(_cpu_once(command, env) for _ in range(runs))


def _cpu_once(command: list[str], env: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    """Print the tables."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = ROOT.parent / "shared" / "captures"
    ap.add_argument("--captures", type=Path, default=shared if shared.is_dir() else ROOT / "src" / "sandsnap" / "demo")
    ap.add_argument("--pages", type=int, default=120, help="so many Markdown pages, beside all HTML pages (120)")
    ap.add_argument("--rounds", type=int, default=5, help="the best of so many counts (5)")
    ap.add_argument("--start-up", action="store_true", help="time the start of the commands as well")
    args = ap.parse_args()
    pages = samples(args.captures, args.pages)
    gc.freeze()  # what the benchmark itself holds is not to be collected again and again while a page is timed
    print(f"{len(pages)} pages from {args.captures.name}; CPU time, best of {args.rounds} rounds in one run")
    for form in dict.fromkeys(FORMS.values()):
        if these := [s for s in pages if s.form == form]:
            report(form, these, args.rounds)
    report("In all", pages, args.rounds)
    if args.start_up:
        start_up()
    return 0


if __name__ == "__main__":
    sys.exit(main())
