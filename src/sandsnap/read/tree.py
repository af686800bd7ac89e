"""One walk over a parsed page: text blocks in reading order, tables as rectangles, each under its headings.

What no reader of the page sees, and what is struck out, is kept apart (`Outline.unseen`, or a cell's scope): it is no
text of the page, but a reader that finds its statement there only can say so. The walk keeps its own stack and visits
each node once, so that its time is in proportion to the page whatever its nesting.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sandsnap.read.grid import Slot, expand
from sandsnap.read.scope import PLAIN, Scope, classes

_BLOCKS = frozenset(
    (
        "address article aside blockquote body button center dd details dialog dir div dl dt fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol option p pre section select "
        "summary ul label table thead tbody tfoot tr td th caption"
    ).split()
)
_SKIPPED = frozenset("script style template head noscript nav iframe object canvas video audio".split())
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_AROUND = 32  # how many elements around a table are asked for their id

# Elements of which one question says more than their tag: hidden, struck out, or the mark of a note.
_MARKED = (
    'del,s,strike,sup,sub,option,dialog:not([open]),[hidden],[aria-hidden],[role="doc-noteref"],[style*="display" i],'
    '[style*="visibility" i],[style*="opacity" i],[style*="font-size" i],'
    '[style*="clip" i],[style*=":-"],[style*=": -"],[class~="d-none" i],[class~="invisible" i],[class~="hide" i],'
    '[style*="line-through" i],[class*="sr-only" i],[class*="hidden" i],[class*="screen-reader" i],'
    '[class*="through" i],[class*="strike" i],[class*="struck" i],[class*="crossed" i],[class*="price" i],'
    '[style*="vertical-align" i],[class*="sup" i],[class*="align-su" i],[class*="subscript" i],'
    '[class*="foot" i],[class*="note" i],[class*="fn" i],a[href^="#fn" i],a[href^="#note" i],a[href*="footnote" i]'
)
_UNSEEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0(?:\.0+)?(?:px|em|rem|%)?(?=\s*(?:;|!|$))"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?|clip-path\s*:\s*inset\((?:50|100)%)",
    re.IGNORECASE,
)
# A class that hides a block may be a tab that the visitor opens; a few words within a line open for nobody, unless another
# class shows them on a wider screen.
_HIDDEN_CLASS = re.compile(r"^(?:hidden|d-none|invisible|is-hidden|hide|u-hidden)$", re.IGNORECASE)
_SHOWN_CLASS = re.compile(
    r":(?:inline|block|flex|grid|table|visible|contents)|^d-\w+-(?!none)|^group-|:not-", re.IGNORECASE
)
_INLINE = frozenset("span b i em strong small s del ins mark code a abbr sup sub font u big time data".split())
_STRUCK_STYLE = re.compile(r"\btext-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.IGNORECASE)
_RAISED_STYLE = re.compile(
    r"\bvertical-align\s*:\s*(?:super|sub|text-top|top)\b|\bfont-variant-position\s*:\s*su", re.IGNORECASE
)
_RAISED_CLASS = re.compile(r"^(?:super(?:script)?|sub(?:script)?|align-super|align-sub|sup)$", re.IGNORECASE)
_SMALL_NODES, _SMALL_TEXT = 12, 12
_NOTE = re.compile(r"[\[(]?(?:\d{1,2}|[*†‡§¶a-z]{1,2})[\])]?")
_NOTE_REFERENCE = re.compile(r"\[\^[\w-]{1,20}\]")
_SET_OFF = "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}"  # counts as a letter: no amount may touch it, on either side
# Labels of icons say yes or no; an amount in one is nothing that the page shows.
_AMOUNT = re.compile(r"\d|[$€£¥]")
_KIND_OF = {"li": "item", "dt": "term", "dd": "item"}
_LABEL_ONLY = "label"  # hidden from the eye only


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


Marks = dict[int, Scope | str]


def outline(html: str) -> Outline:
    """Walk the page once. Scripts, styles and navigation are left out; icon-only content keeps its alt text."""
    out = Outline()
    tree = LexborHTMLParser(html)
    body = tree.body
    if body is not None:
        _walk(body, out, _marks(tree), "text")
    out.flush("text")
    return out


def navigation(html: str) -> list[str]:
    """Where the links of a page's own navigation lead, as they stand: those in nav, aside and header."""
    found = LexborHTMLParser(html).css("nav a[href], aside a[href], header a[href], [role=navigation] a[href]")
    return list(dict.fromkeys(href for a in found if (href := a.attributes.get("href"))))


def _marks(tree: LexborHTMLParser) -> Marks:
    """What the markup says of single elements: a scope, "note" for the mark of a note, "small" for a raised figure."""
    out: Marks = {}
    for node in tree.css(_MARKED):
        if mark := _mark(node):
            out[node.mem_id] = mark
    return out


def _mark(node: LexborNode) -> Scope | str | None:
    attributes = node.attributes
    tag = node.tag
    names = (attributes.get("class") or "").split()
    style = attributes.get("style") or ""
    if tag in ("del", "s", "strike") or _STRUCK_STYLE.search(style) or any(map(classes("struck").search, names)):
        return Scope(struck=True, why=(("struck", "struck out"),))
    if tag in ("option", "dialog"):
        return _hidden(f"<{tag}>")
    if "hidden" in attributes:
        return _hidden("the attribute hidden")
    if (attributes.get("aria-hidden") or "").lower() == "true":
        return _hidden("aria-hidden")
    if m := _UNSEEN_STYLE.search(style):
        return _hidden(m[0].strip("; "))
    if tag in _INLINE and any(map(_HIDDEN_CLASS.match, names)) and not any(map(_SHOWN_CLASS.search, names)):
        return _hidden("its class")
    if m := next((m for m in map(classes("hidden").search, names) if m), None):
        return replace(_hidden(f"the class {m[0]}"), why=(("visible", f"the class {m[0]}"), (_LABEL_ONLY, m[0])))
    raised = tag in ("sup", "sub") or _RAISED_STYLE.search(style) is not None or any(map(_RAISED_CLASS.match, names))
    noted = attributes.get("role") == "doc-noteref" or any(map(classes("footnote").search, names))
    noted = noted or (tag == "a" and bool(attributes.get("href")))
    if not (noted or raised):
        return None
    text = ""
    for seen, inner in enumerate(node.traverse(include_text=True)):
        if seen > _SMALL_NODES or len(text) > _SMALL_TEXT:  # no mark of a note; and each may hold the next
            break
        noted = noted or (inner.tag == "a" and (inner.attributes.get("href") or "").startswith("#"))
        text += "".join((inner.text_content or "").split()) if inner.tag == "-text" else ""
    if noted and _NOTE.fullmatch(text):
        return "note"
    if raised and text[:1].isdigit():
        return "small"
    return None


def _hidden(why: str) -> Scope:
    return Scope(visible=False, why=(("visible", why),))


_Frame = tuple[Iterator[LexborNode], str, bool]


def _walk(root: LexborNode, out: Outline, marks: Marks, kind: str) -> None:
    frames: list[_Frame] = [(root.iter(include_text=True), kind, False)]
    while frames:
        nodes, kind, closes = frames[-1]
        child = next(nodes, None)
        if child is None:
            frames.pop()
            if closes:
                out.flush(kind)
            continue
        tag = child.tag
        if tag == "-text":
            text = child.text_content or ""
            out._buffer.append(_NOTE_REFERENCE.sub("", text) if "[^" in text else text)
            continue
        if tag in _SKIPPED or tag is None or tag.startswith("-"):
            continue
        mark = marks.get(child.mem_id) if marks else None
        if mark is not None:
            if mark == "note":
                continue
            if mark == "small":
                out._buffer.append(_SET_OFF)
            elif isinstance(mark, Scope):
                _apart(child, out, marks, kind, mark)
                continue
        if tag in ("br", "hr"):
            out._buffer.append(" ")
        elif tag in ("img", "svg"):
            out._buffer.append(_icon(child))
        elif tag in _HEADINGS:
            out.flush(kind)
            text, _ = inner_text(child, marks)
            if text:
                out.heading(_HEADINGS[tag], text)
        elif tag == "table":
            out.flush(kind)
            _table(child, out, marks)
        elif tag == "pre":
            out.flush(kind)
            for line in child.text(deep=True).splitlines():
                if line.strip():
                    out.blocks.append(Block("code", " ".join(line.split()), out.headings))
        elif tag in _BLOCKS:
            out.flush(kind)
            frames.append((child.iter(include_text=True), _KIND_OF.get(tag, kind), True))
        else:
            if tag == "a" and not (child.attributes.get("href") or "#").startswith("#"):
                out.links.add(" ".join(child.text(deep=True).split()))
            frames.append((child.iter(include_text=True), kind, False))


def _apart(node: LexborNode, out: Outline, marks: Marks, kind: str, scope: Scope) -> None:
    """Read an element that is hidden or struck out, beside the page's text."""
    if node.tag in _BLOCKS:
        out.flush(kind)
    else:
        out._buffer.append(" ")
    if node.tag in ("tr", "td", "th", "tbody", "thead", "tfoot"):
        return
    beside = Outline(headings=out.headings)
    inner: Marks = {k: v for k, v in marks.items() if not isinstance(v, Scope)} if marks else marks
    if node.tag == "table":
        _table(node, beside, inner)
    else:
        _walk(node, beside, inner, kind)
    beside.flush(kind)
    out.unseen += [Block(b.kind, b.text, out.headings, scope) for b in beside.blocks]
    out.tables += [replace(t, before=len(out.blocks), scope=scope) for t in beside.tables]


def _table(node: LexborNode, out: Outline, marks: Marks) -> None:
    rows: list[list[Slot]] = []
    head = 0
    caption = ""
    for tr, around in _rows(node, marks):
        if tr.tag == "caption":
            caption, _ = inner_text(tr, marks)
            if caption:
                out.blocks.append(Block("text", caption, out.headings))
            continue
        cells = [c for c in tr.iter() if c.tag in ("td", "th")]
        if not cells:
            continue
        in_head = tr.parent is not None and tr.parent.tag == "thead"
        rows.append([_slot(c, marks, around) for c in cells])
        if len(rows) == head + 1 and (in_head or all(c.tag == "th" for c in cells)):
            head += 1
    if not rows:
        return
    # A table without th: its first row is what a reader would take for the header.
    grid = expand(rows)
    out.tables.append(RawTable(grid, head or 1, out.headings, tuple(_ids(node)), caption, len(out.blocks)))
    for row in grid:
        seen: set[int] = set()
        for slot in row:
            if slot.text and id(slot) not in seen:
                seen.add(id(slot))
                hidden = not slot.scope.visible or slot.scope.struck
                (out.unseen if hidden else out.blocks).append(Block("cell", slot.text, out.headings, slot.scope))


def _slot(cell: LexborNode, marks: Marks, around: Scope) -> Slot:
    own = marks.get(cell.mem_id) if marks else None
    scope = own if isinstance(own, Scope) else around
    text, apart = inner_text(cell, marks)
    if not text and apart:
        text = " ".join(a for a, _ in apart)
        first = apart[0][1]
        # A label beside an icon says yes or no, for those who do not see the icon.
        if not (any(p == _LABEL_ONLY for p, _ in first.why) and not _AMOUNT.search(text)):
            scope = first.inside(scope)
    return Slot(text, cell.tag == "th", _span(cell, "colspan"), _span(cell, "rowspan"), scope)


def _ids(node: LexborNode) -> Iterator[str]:
    at: LexborNode | None = node
    for _ in range(_AROUND):
        if at is None:
            return
        if at.id:
            yield at.id
        at = at.parent


def _rows(table: LexborNode, marks: Marks) -> Iterator[tuple[LexborNode, Scope]]:
    """The rows (and the caption) with what their own markup and their group's says."""

    def own(node: LexborNode, outer: Scope) -> Scope:
        mark = marks.get(node.mem_id) if marks else None
        return mark if isinstance(mark, Scope) else outer

    for child in table.iter():
        if child.tag in ("tr", "caption"):
            yield child, own(child, PLAIN)
        elif child.tag in ("thead", "tbody", "tfoot"):
            group = own(child, PLAIN)
            yield from ((tr, own(tr, group)) for tr in child.iter() if tr.tag == "tr")


def _span(node: LexborNode, name: str) -> int:
    """A span as browsers take it: what is no number is 1, and nothing spans more than 1,000."""
    value = (node.attributes.get(name) or "1").strip()
    return min(int(value[:5]), 1000) if value.isascii() and value.isdigit() else 1


def _icon(node: LexborNode) -> str:
    text = node.attributes.get("alt") or node.attributes.get("aria-label") or ""
    if not text and node.tag == "svg":
        title = node.css_first("title")
        text = title.text() if title else ""
    return " " if _AMOUNT.search(text) else f" {text} " if text else ""


def inner_text(node: LexborNode, marks: Marks) -> tuple[str, list[tuple[str, Scope]]]:
    """The text of a node as read, and what stands in it that is hidden or struck out, each with its scope.

    Block breaks and <br> become spaces, scripts are left out, icons give their alt text unless it is an amount.
    """
    parts: list[str] = []
    apart: list[tuple[list[str], Scope]] = []
    frames: list[tuple[Iterator[LexborNode], bool, list[str]]] = [(node.iter(include_text=True), False, parts)]
    while frames:
        nodes, spaced, into = frames[-1]
        child = next(nodes, None)
        if child is None:
            frames.pop()
            if spaced:
                into.append(" ")
            continue
        tag = child.tag
        if tag == "-text":
            text = child.text_content or ""
            into.append(_NOTE_REFERENCE.sub("", text) if "[^" in text else text)
            continue
        if tag in _SKIPPED or tag is None or tag.startswith("-"):
            continue
        mark = marks.get(child.mem_id) if marks else None
        if mark == "note":
            continue
        if mark == "small":
            into.append(_SET_OFF)
        elif isinstance(mark, Scope) and into is parts:
            into.append(" ")
            apart.append(([], mark))
            frames.append((child.iter(include_text=True), False, apart[-1][0]))
            continue
        if tag in ("img", "svg"):
            into.append(_icon(child))
        elif tag == "br" or tag in _BLOCKS:
            into.append(" ")
            frames.append((child.iter(include_text=True), True, into))
        else:
            frames.append((child.iter(include_text=True), False, into))
    text = " ".join("".join(parts).split())
    if not text:
        label = " ".join((node.attributes.get("aria-label") or "").split())
        text = "" if _AMOUNT.search(label) else label
    texts = ((" ".join("".join(a).split()), scope) for a, scope in apart)
    return text, [(t, scope) for t, scope in texts if t]
