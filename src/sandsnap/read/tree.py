"""One walk over a parsed page: text blocks in reading order, tables as rectangles, each under its headings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sandsnap.read.grid import Slot, expand

_BLOCKS = frozenset(
    (
        "address article aside blockquote body button center dd details dialog dir div dl dt fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol option p pre section select "
        "summary ul label table thead tbody tfoot tr td th caption"
    ).split()
)
_SKIPPED = frozenset("script style template head noscript nav iframe object canvas video audio".split())
_HEADINGS = {f"h{n}": n for n in range(1, 7)}


class Block(NamedTuple):
    """A run of text without a block break, its white space folded. `kind` is heading, text, item, cell or code."""

    kind: str
    text: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as a rectangle of slots, `head` of its first rows being header rows, under its headings."""

    rows: list[list[Slot]]
    head: int
    headings: tuple[str, ...]
    ids: tuple[str, ...] = ()  # of the elements around it, innermost first


@dataclass(slots=True)
class Outline:
    """Everything the walk found, in reading order."""

    blocks: list[Block] = field(default_factory=list)
    tables: list[RawTable] = field(default_factory=list)
    headings: tuple[str, ...] = ()  # the chain of headings the walk stands under, outermost first
    _headings: list[tuple[int, str]] = field(default_factory=list)
    _buffer: list[str] = field(default_factory=list)

    def flush(self, kind: str) -> None:
        """Close the current run of text."""
        if self._buffer:
            text = " ".join("".join(self._buffer).split())
            self._buffer.clear()
            if text:
                self.blocks.append(Block(kind, text, self.headings))

    def heading(self, level: int, text: str) -> None:
        """Enter the section of a heading, leaving those of its level and deeper."""
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self.headings = tuple(text for _, text in self._headings)
        self.blocks.append(Block("heading", text, self.headings))
        self._headings.append((level, text))
        self.headings = tuple(text for _, text in self._headings)


def outline(html: str) -> Outline:
    """Walk the page once. Scripts, styles and navigation are left out; icon-only content keeps its alt text."""
    out = Outline()
    walk(html, out)
    out.flush("text")
    return out


def walk(html: str, out: Outline) -> None:
    """Walk a page, or a part of one, into an outline; text at its end that no block closes stays open."""
    body = LexborHTMLParser(html).body
    if body is not None:
        _walk(body, out, "text")


def _walk(node: LexborNode, out: Outline, kind: str) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "-text":
            out._buffer.append(child.text_content or "")
        elif tag in _SKIPPED or tag is None or tag.startswith("-"):
            continue
        elif tag in ("br", "hr"):
            out._buffer.append(" ")
        elif tag in ("img", "svg"):
            out._buffer.append(_icon(child))
        elif tag in _HEADINGS:
            out.flush(kind)
            if text := inner_text(child):
                out.heading(_HEADINGS[tag], text)
        elif tag == "table":
            out.flush(kind)
            _table(child, out)
        elif tag == "pre":
            out.flush(kind)
            for line in child.text(deep=True).splitlines():
                if line.strip():
                    out.blocks.append(Block("code", " ".join(line.split()), out.headings))
        elif tag in _BLOCKS:
            out.flush(kind)
            inner = "item" if tag == "li" else kind
            _walk(child, out, inner)
            out.flush(inner)
        else:
            _walk(child, out, kind)


def _table(node: LexborNode, out: Outline) -> None:
    rows: list[list[Slot]] = []
    head = 0
    for tr in _rows(node):
        cells = [c for c in tr.iter() if c.tag in ("td", "th")]
        if not cells:
            continue
        in_head = tr.parent is not None and tr.parent.tag == "thead"
        rows.append([Slot(inner_text(c), c.tag == "th", _span(c, "colspan"), _span(c, "rowspan")) for c in cells])
        if len(rows) == head + 1 and (in_head or all(c.tag == "th" for c in cells)):
            head += 1
    if not rows:
        return
    # A table without th: its first row is what a reader would take for the header.
    grid = expand(rows)
    out.tables.append(RawTable(grid, head or 1, out.headings, tuple(_ids(node))))
    for row in grid:
        seen: set[int] = set()
        for slot in row:
            if slot.text and id(slot) not in seen:
                seen.add(id(slot))
                out.blocks.append(Block("cell", slot.text, out.headings))


def _ids(node: LexborNode) -> Iterator[str]:
    at: LexborNode | None = node
    while at is not None:
        if at.id:
            yield at.id
        at = at.parent


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (tr for tr in child.iter() if tr.tag == "tr")


def _span(node: LexborNode, name: str) -> int:
    value = (node.attributes.get(name) or "1").strip()
    return int(value) if value.isdigit() else 1


def _icon(node: LexborNode) -> str:
    text = node.attributes.get("alt") or node.attributes.get("aria-label") or ""
    if not text and node.tag == "svg":
        title = next((n for n in node.traverse() if n.tag == "title"), None)
        text = title.text() if title else ""
    return f" {text} " if text else ""


def inner_text(node: LexborNode) -> str:
    """The text of a node as read: block breaks and <br> become spaces, scripts are left out, icons give their alt text."""
    parts: list[str] = []

    def collect(n: LexborNode) -> None:
        for child in n.iter(include_text=True):
            tag = child.tag
            if tag == "-text":
                parts.append(child.text_content or "")
            elif tag in _SKIPPED or tag is None or tag.startswith("-"):
                continue
            elif tag in ("img", "svg"):
                parts.append(_icon(child))
            elif tag == "br" or tag in _BLOCKS:
                parts.append(" ")
                collect(child)
                parts.append(" ")
            else:
                collect(child)

    label = node.attributes.get("aria-label")
    collect(node)
    text = " ".join("".join(parts).split())
    return text or " ".join((label or "").split())
