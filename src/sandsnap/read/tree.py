"""One walk over a parsed page: text blocks in reading order, tables as rectangles, each under its headings.

What no reader of the page sees, and what is struck out, is kept apart (`Outline.unseen`, or a cell's scope): it is no
text of the page, but a reader that finds its statement there only can say so. The walk keeps its own stack and visits
each node once, so that its time is in proportion to the page whatever its nesting.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sandsnap.read.grid import Slot, expand
from sandsnap.read.inline import AMOUNT, BLOCKS, SET_OFF, SKIPPED, icon, inner_text, plain
from sandsnap.read.marks import LABEL_ONLY, NOTE, SMALL, SPEAKING, mark
from sandsnap.read.scope import PLAIN, Scope

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_AROUND = 32  # how many elements around a table are asked for their id
_KIND_OF = {"li": "item", "dt": "term", "dd": "item"}
_PARTS_OF_TABLE = frozenset(("tr", "td", "th", "tbody", "thead", "tfoot"))

# What the walk does at an element: the first three it enters.
_INSIDE, _BLOCK, _LINK, _SKIP, _SPACE, _ICON, _HEADING, _TABLE, _CODE = range(9)
_AT: dict[str, int] = {
    **dict.fromkeys(BLOCKS, _BLOCK), **dict.fromkeys(SKIPPED, _SKIP), **dict.fromkeys(("br", "hr"), _SPACE),
    **dict.fromkeys(("img", "svg"), _ICON), **dict.fromkeys(_HEADINGS, _HEADING), "table": _TABLE, "pre": _CODE, "a": _LINK,
}  # fmt: skip


class Block(NamedTuple):
    """A run of text without a block break, its white space folded. `kind` is heading, text, item, term (of a list of
    definitions), cell or code.

    `scope` is what markup says of it; what headings and sentences say is the page's to find out (`Page.scope_of`).
    """

    kind: str
    text: str
    headings: tuple[str, ...]
    scope: Scope = PLAIN


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as a rectangle of slots, `head` of its first rows being header rows, under its headings."""

    rows: list[list[Slot]]
    head: int
    headings: tuple[str, ...]
    ids: tuple[str, ...] = ()  # of the elements around it, innermost first
    caption: str = ""
    before: int = 0  # how many blocks stand before it
    scope: Scope = PLAIN


@dataclass(slots=True)
class Outline:
    """Everything the walk found, in reading order; `unseen` is what is hidden or struck out."""

    blocks: list[Block] = field(default_factory=list)
    tables: list[RawTable] = field(default_factory=list)
    unseen: list[Block] = field(default_factory=list)
    links: set[str] = field(default_factory=set)  # texts of links to other pages
    headings: tuple[str, ...] = ()  # the chain of headings the walk stands under, outermost first
    _headings: list[tuple[int, str]] = field(default_factory=list)
    _buffer: list[str] = field(default_factory=list)

    def flush(self, kind: str) -> None:
        """Close the current run of text."""
        buffer = self._buffer
        if buffer:
            words = (buffer[0] if len(buffer) == 1 else "".join(buffer)).split()
            buffer.clear()
            if words:
                self.blocks.append(Block(kind, " ".join(words), self.headings))

    def heading(self, level: int, text: str) -> None:
        """Enter the section of a heading, leaving those of its level and deeper."""
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        above = tuple([text for _, text in self._headings])
        self.blocks.append(Block("heading", text, above))
        self._headings.append((level, text))
        self.headings = (*above, text)


def outline(html: str) -> Outline:
    """Walk the page once. Scripts, styles and navigation are left out; icon-only content keeps its alt text."""
    out = Outline()
    body = LexborHTMLParser(html).body
    if body is not None:
        _walk(body, out, "text")
    out.flush("text")
    return out


def navigation(html: str) -> list[str]:
    """Where the links of a page's own navigation lead, as they stand: those in nav, aside and header."""
    found = LexborHTMLParser(html).css("nav a[href], aside a[href], header a[href], [role=navigation] a[href]")
    return list(dict.fromkeys(href for a in found if (href := a.attributes.get("href"))))


def _walk(root: LexborNode, out: Outline, kind: str, *, seen: bool = True) -> None:
    """Everything inside an element. `seen`: not inside one that is hidden or struck out already."""
    buffer, at = out._buffer, _AT
    around: list[
        tuple[LexborNode, str, bool]
    ] = []  # what is open: the element, the kind around it, whether it is a block
    node = root.first_child
    while True:
        if node is None:
            if not around:
                return
            node, outer, closes = around.pop()
            if closes and buffer:
                out.flush(kind)
            kind, node = outer, node.next
            continue
        tag = node.tag or "-"
        if tag == "-text":
            text = node.text_content
            if text and (buffer or not text.isspace()):
                buffer.append(plain(text) if "[^" in text else text)
            node = node.next
            continue
        what = at.get(tag, _INSIDE)
        if what == _SKIP or tag[0] == "-":
            node = node.next
            continue
        attributes = node.attributes
        if (attributes or tag in SPEAKING) and (said := mark(node, tag, attributes)) is not None:
            if said == NOTE:
                node = node.next
                continue
            if said == SMALL:
                buffer.append(SET_OFF)
            elif seen and isinstance(said, Scope):
                _apart(node, tag, out, kind, said)
                node = node.next
                continue
        if what <= _LINK:
            closes = what == _BLOCK
            around.append((node, kind, closes))
            if closes:
                if buffer:
                    out.flush(kind)
                kind = _KIND_OF.get(tag, kind)
            elif what == _LINK and not (attributes.get("href") or "#").startswith("#"):
                out.links.add(" ".join(node.text(deep=True).split()))
            node = node.first_child
            continue
        if what == _SPACE:
            buffer.append(" ")
        elif what == _ICON:
            buffer.append(icon(node, tag))
        else:
            out.flush(kind)
            if what == _TABLE:
                _table(node, out, seen=seen)
            elif what == _CODE:
                lines = (" ".join(line.split()) for line in node.text(deep=True).splitlines())
                out.blocks += [Block("code", line, out.headings) for line in lines if line]
            elif text := inner_text(node, seen=seen)[0]:
                out.heading(_HEADINGS[tag], text)
        node = node.next


def _apart(node: LexborNode, tag: str, out: Outline, kind: str, scope: Scope) -> None:
    """Read an element that is hidden or struck out, beside the page's text."""
    if tag in BLOCKS:
        out.flush(kind)
    else:
        out._buffer.append(" ")
    if tag in _PARTS_OF_TABLE:
        return
    beside = Outline(headings=out.headings)
    if tag == "table":
        _table(node, beside, seen=False)
    else:
        _walk(node, beside, kind, seen=False)
    beside.flush(kind)
    out.unseen += [Block(b.kind, b.text, out.headings, scope) for b in beside.blocks]
    out.tables += [replace(t, before=len(out.blocks), scope=scope) for t in beside.tables]


# -- tables ---------------------------------------------------------------------------------------------------------


def _table(node: LexborNode, out: Outline, *, seen: bool) -> None:
    rows: list[list[Slot]] = []
    head = 0
    caption = ""
    for tr, tag, around, in_head in _rows(node, seen):
        if tag == "caption":
            caption, _ = inner_text(tr, seen=seen)
            if caption:
                out.blocks.append(Block("text", caption, out.headings))
            continue
        row, is_head = _row(tr, around, seen)
        if not row:
            continue
        rows.append(row)
        if len(rows) == head + 1 and (in_head or is_head):
            head += 1
    if not rows:
        return
    # A table without th: its first row is what a reader would take for the header.
    grid = expand(rows)
    out.tables.append(RawTable(grid, head or 1, out.headings, tuple(_ids(node)), caption, len(out.blocks)))
    for places in grid:
        last: set[int] = set()
        for slot in places:
            if slot.text and id(slot) not in last:
                last.add(id(slot))
                hidden = not slot.scope.visible or slot.scope.struck
                (out.unseen if hidden else out.blocks).append(Block("cell", slot.text, out.headings, slot.scope))


def _rows(table: LexborNode, seen: bool) -> Iterator[tuple[LexborNode, str, Scope, bool]]:
    """The rows (and the caption): element, tag, what their own markup and their group's says, whether in the head."""
    for child in table.iter():
        tag = child.tag or ""
        if tag in ("tr", "caption"):
            yield child, tag, _scope(child, tag, PLAIN, seen), False
        elif tag in ("thead", "tbody", "tfoot"):
            group = _scope(child, tag, PLAIN, seen)
            yield from (
                (tr, "tr", _scope(tr, "tr", group, seen), tag == "thead") for tr in child.iter() if tr.tag == "tr"
            )


def _scope(node: LexborNode, tag: str, outer: Scope, seen: bool) -> Scope:
    said = mark(node, tag, node.attributes) if seen else None
    return said if isinstance(said, Scope) else outer


def _row(tr: LexborNode, around: Scope, seen: bool) -> tuple[list[Slot], bool]:
    """The cells of a row, and whether all of them are header cells."""
    slots = [_slot(cell, tag, around, seen) for cell in tr.iter() if (tag := cell.tag) in ("td", "th")]
    return slots, all(slot.header for slot in slots)


def _slot(cell: LexborNode, tag: str, around: Scope, seen: bool) -> Slot:
    attributes = cell.attributes
    said = mark(cell, tag, attributes) if attributes and seen else None
    scope = said if isinstance(said, Scope) else around
    text, apart = inner_text(cell, seen=seen)
    if not text and apart:
        text = " ".join(a for a, _ in apart)
        first = apart[0][1]
        # A label beside an icon says yes or no, for those who do not see the icon.
        if not (any(p == LABEL_ONLY for p, _ in first.why) and not AMOUNT.search(text)):
            scope = first.inside(scope)
    if not attributes:
        return Slot(text, tag == "th", scope=scope)
    return Slot(text, tag == "th", _span(attributes.get("colspan")), _span(attributes.get("rowspan")), scope)


def _span(given: str | None) -> int:
    """A span as browsers take it: what is no number is 1, and nothing spans more than 1,000."""
    value = (given or "1").strip()
    return min(int(value[:5]), 1000) if value.isascii() and value.isdigit() else 1


def _ids(node: LexborNode) -> Iterator[str]:
    at: LexborNode | None = node
    for _ in range(_AROUND):
        if at is None:
            return
        if at.id:
            yield at.id
        at = at.parent
