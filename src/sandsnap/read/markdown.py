"""Markdown straight into an outline, piece by piece, without making HTML of the page and parsing that.

A page falls apart at blank lines and code fences into chunks that do not depend on each other, so each is read alone,
and a chunk that was met before (on yesterday's capture, say) is not read again. Paragraphs, headings, lists, tables,
quotes and code are read here; a chunk that is not certain goes to markdown-it, a page with raw HTML is put together as
HTML and walked as such, and a page whose chunks may hang together in other ways goes to markdown-it as a whole. So the
outline is the same as of `outline(markdown_html(text))` in every case; a test holds that to be so.
"""

import html
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from markdown_it.common.html_blocks import block_names
from markdown_it.common.html_re import HTML_OPEN_CLOSE_TAG_STR

from sandsnap.read.grid import Slot
from sandsnap.read.markdown_inline import FORMATTING, HTML_NAMES, PARSER, HasMarkup, inline_text
from sandsnap.read.tree import Block, Outline, RawTable, outline, walk


class Piece(NamedTuple):
    """What a chunk holds: kind text, item, code or heading (with its level), table (with its cells), or markup."""

    kind: str
    text: str
    level: int = 0
    cells: tuple[tuple[str, ...], ...] = ()


class _Unsure(Exception):
    """Not certain without markdown-it."""


_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
# Line breaks stand in front, so that the search can skip to the next one.
_FENCE_LINE = re.compile(r"\n([ \t]*)(`{3,}|~{3,})([^\n]*)")
# A line that may start something else than a paragraph, or underline a heading or the head of a table.
_BLOCK = r" *(?:#|>|<|```|~~~|[-+*](?: |$)|[-=|:_*][-=|:_* ]*$|\d{1,9}[.)](?: |$))"
_BLOCK_LINE = re.compile(_BLOCK, re.MULTILINE)
_BLOCK_NEXT = re.compile(r"\n" + _BLOCK, re.MULTILINE)
_ODD_SPACE = re.compile("[\t\x1c-\x1f\x85]")
_HEADING = re.compile(r" *(#{1,6})(?: (.*))?$")
_MARKER = re.compile(r"( *)([-+*]|(\d{1,9})[.)])( +)(?=\S)")
_ITEM = re.compile(r"^[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)", re.MULTILINE)
_DELIMITERS = re.compile(r" *(?=[|:]|-[-|:])\|?(?: *:?-+:? *\|)* *:?-+:? *\|? *$")
_RULE = re.compile(r" *([-_*])(?: *\1){2,} *$")
_QUOTE = re.compile(r" *> ?")
_CELL_EDGE = re.compile(r"(?<!\\)\|")

# Raw HTML that an HTML parser nests as it is written, whatever paragraphs stand in it.
_PLAIN_ELEMENTS = frozenset(
    ["article", "br", "center", "details", "div", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr"]
) | {"abbr", "cite", "del", "img", "ins", "kbd", "mark", "p", "section", "span", "sub", "summary", "sup"}
_VOID = frozenset(["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
_WHOLE_PAGE = frozenset(["base", "body", "frame", "frameset", "head", "html", "noframes", "plaintext", "title"])
# What begins a block of raw HTML that ends at a blank line (CommonMark's kinds 6 and 7).
_HTML_BLOCK = re.compile(
    r" *(?!<(?:script|pre|style|textarea)(?:\s|>|$))"
    rf"(?:</?(?a:{'|'.join(block_names)})(?=\s|/?>|$)|{HTML_OPEN_CLOSE_TAG_STR.removeprefix('^')}\s*$)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_RAW_TEXT = re.compile(r"</?(?:script|pre|style|textarea)\b", re.IGNORECASE)
_RAW_TEXT_BLOCK = re.compile(r"\s*<(?:script|pre|style|textarea)(?:\s|>|\Z)", re.IGNORECASE)
_RAW_TEXT_END = re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?!-?>)(?:(?!--!?>|<!--).)*-->", re.DOTALL)
_SCRIPT = re.compile(r"<(script|style)(?=[\s>]).*?</\1>", re.IGNORECASE | re.DOTALL)
_ENDS_IN_MARKUP = 1  # a markup piece whose last block is raw HTML
_DEFINITION = re.compile(r"\]:")
_ENDS_BLANK = re.compile(r"\n[ \t]*\n\Z")


def markdown_outline(text: str) -> Outline:
    """The outline of Markdown (CommonMark with tables and inline HTML, no indented code)."""
    try:
        pieces = _pieces(text)
    except _Unsure:
        return outline(str(PARSER.render(text)))
    if any(p.kind == "open markup" for p in pieces):
        return outline("".join(map(_html, pieces)))
    return _outline(pieces)


def _pieces(text: str) -> list[Piece]:
    """The pieces of a page; with "open markup" among them, only their HTML as a whole says what is where."""
    if "\0" in text or "\r" in text:
        raise _Unsure
    out: list[Piece] = []
    region = _Region()
    after_markup = False
    for part, is_code in _fenced(text):
        if is_code:
            if after_markup:  # a block of raw HTML ends at a blank line only, not at a fence
                raise _Unsure
            out += region.take((Piece("code", part),), None)
            continue
        if _DEFINITION.search(part):  # links defined here may be used anywhere
            raise _Unsure
        found: tuple[Piece, ...] = ()
        for chunk in _chunks(part):
            found = _chunk(chunk)
            out += region.take(found, chunk)
        ends = bool(found) and found[-1].kind.endswith("markup") and found[-1].level == _ENDS_IN_MARKUP
        after_markup = ends and not _ENDS_BLANK.search(part)
    return out + region.rest()


class _Region:
    """Chunks from one that leaves elements open to the one that closes the last of them: made into one piece."""

    def __init__(self) -> None:
        self._held: list[tuple[tuple[Piece, ...], str | None]] = []
        self._opened: list[str] = []

    def take(self, found: tuple[Piece, ...], chunk: str | None) -> tuple[Piece, ...]:
        """The pieces to go on with, none while elements are open. `chunk` is their Markdown, None for code."""
        if found and found[-1].kind in ("open markup", "unbalanced markup"):
            if not _balance(found[-1].text, self._opened):
                self._opened.append("")  # what is closed out of order never counts as closed
        elif not self._held:
            return found
        self._held.append((found, chunk))
        if self._opened:
            return ()
        # Beside plain elements our own HTML will do; inside others it must be markdown-it's to the letter.
        exact = any(p.kind == "unbalanced markup" for pieces, _ in self._held for p in pieces)
        made = "".join(_render(c) if exact and c is not None else "".join(map(_html, p)) for p, c in self._held)
        self._held.clear()
        return (Piece("markup", made),)

    def rest(self) -> list[Piece]:
        """What is still open at the end of the page. Raises _Unsure where it is more than plain elements."""
        pieces = [p for found, _ in self._held for p in found]
        if any(p.kind == "unbalanced markup" for p in pieces):
            raise _Unsure
        return pieces


def _fenced(text: str) -> Iterator[tuple[str, bool]]:
    """Parts of the text and whether they are code. Raises _Unsure for a fence that is none, or is indented."""
    text = f"\n{text}"
    at = 0
    while opening := _FENCE_LINE.search(text, at):
        marks, info = opening[2], opening[3]
        if opening[1] or "|" in info or (marks[0] == "`" and "`" in info):
            raise _Unsure
        yield text[at : opening.start() + 1], False
        closing = _fence_end(marks).search(text, opening.end())
        yield text[opening.end() : closing.start() if closing else len(text)], True
        at = closing.end() if closing else len(text)
    yield text[at:], False


@cache
def _fence_end(marks: str) -> re.Pattern[str]:
    return re.compile(rf"\n[ \t]*{marks[0]}{{{len(marks)},}}[ \t]*(?=\n|\Z)")


def _chunks(part: str) -> list[str]:
    """The part cut at blank lines; what is indented below a list stays with the list."""
    out: list[str] = []
    for chunk in _BLANK.split(f"\n{part}\n"):
        if not chunk.strip(" \t\n"):
            continue
        if out and ((chunk[0] in " \t" and _ITEM.search(out[-1])) or _goes_on(out[-1])):
            out[-1] += "\n\n" + chunk
        else:
            out.append(chunk.strip("\n"))
    return out


def _goes_on(chunk: str) -> bool:
    """Whether the chunk is a comment, a script or the like that is not closed yet: these reach over blank lines."""
    if chunk.lstrip().startswith("<!--"):
        return "-->" not in chunk
    return chunk.lstrip()[:1] == "<" and bool(_RAW_TEXT_BLOCK.match(chunk)) and not _RAW_TEXT_END.search(chunk)


@lru_cache(maxsize=16384)
def _chunk(chunk: str) -> tuple[Piece, ...]:
    try:
        if _ODD_SPACE.search(chunk):
            raise _Unsure
        if not _BLOCK_LINE.match(chunk) and not _BLOCK_NEXT.search(chunk):
            return (Piece("text", _text(chunk)),)
        if chunk.lstrip(" ").startswith("<") and _is_raw_html(chunk):
            return _markup(chunk, chunk + "\n", _ENDS_IN_MARKUP)
        if _MARKER.match(chunk):
            return tuple(_list(chunk.split("\n")))
        return tuple(_blocks(chunk.split("\n")))
    except (_Unsure, HasMarkup):
        return _parsed(chunk)


def _text(content: str) -> str:
    return " ".join(inline_text(content.strip()).split())


def _parsed(chunk: str) -> tuple[Piece, ...]:
    """The chunk as markdown-it reads it. Raises _Unsure for raw HTML that may reach beyond its chunk."""
    tokens = PARSER.parse(chunk + "\n")
    made = str(PARSER.renderer.render(tokens, PARSER.options, {}))
    return _markup(chunk, made, _ENDS_IN_MARKUP if tokens and tokens[-1].type == "html_block" else 0)


def _is_raw_html(chunk: str) -> bool:
    """Whether the chunk is one block of raw HTML for certain, which markdown-it hands on as it is."""
    first, _, rest = chunk.partition("\n")
    second = rest.partition("\n")[0]
    # A blank line ends it; a second line of dashes may make it the head of a table.
    return "\n\n" not in chunk and bool(not rest or second.strip(" -:|")) and bool(_HTML_BLOCK.match(first))


def _markup(chunk: str, made: str, ends: int) -> tuple[Piece, ...]:
    """The piece of a chunk that is HTML at last. Raises _Unsure where it may reach beyond the chunk."""
    names = {name.lower() for _, name in _TAG.findall(_COMMENT.sub("", made))}
    if names & _WHOLE_PAGE or "<?" in made or "<!" in _COMMENT.sub("", made):
        raise _Unsure
    if _is_balanced(made):
        return (Piece("markup", made, ends),)
    if _RAW_TEXT.search(chunk):
        raise _Unsure
    return (Piece("open markup" if _reaches_on(chunk) else "unbalanced markup", made, ends),)


def _render(chunk: str) -> str:
    return str(PARSER.render(chunk + "\n"))


def _is_balanced(made: str) -> bool:
    """Whether every element of HTML that is opened is closed, in order."""
    opened: list[str] = []
    return _balance(made, opened) and not opened


def _balance(made: str, opened: list[str]) -> bool:
    """Go on with the elements that are open. False where one is closed that is not the last opened."""
    for closing, name in _TAG.findall(_SCRIPT.sub("", _COMMENT.sub("", made))):
        name = name.lower()
        if name in HTML_NAMES and name not in _VOID:
            if not closing:
                opened.append(name)
            elif not opened or opened.pop() != name:
                return False
    return True


def _reaches_on(chunk: str) -> bool:
    """Whether the elements that the chunk leaves open or closes are such that only hold what follows."""
    opened: list[str] = []
    for closing, name in _TAG.findall(chunk):
        name = name.lower()
        if name in FORMATTING:
            if not closing:
                opened.append(name)
            elif not opened or opened.pop() != name:
                return False
        elif name in HTML_NAMES and name not in _PLAIN_ELEMENTS:
            return False
    return not opened


def _blocks(lines: list[str]) -> Iterator[Piece]:
    """Headings, paragraphs, tables and block quotes on lines without a blank one among them."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip(" "):
            raise _Unsure  # below a list that is none
        if found := _HEADING.match(line):
            yield Piece("heading", _text(_heading(found[2] or "")), len(found[1]))
            at += 1
        elif at + 1 < len(lines) and "|" in line and _DELIMITERS.match(lines[at + 1]):
            rows = [_cells(line), *map(_cells, lines[at + 2 :])]
            yield _table(rows, lines[at:])
            return
        elif line.lstrip(" ").startswith(">"):
            yield from _quote(lines[at:])
            return
        elif _RULE.match(line):
            at += 1
        elif _MARKER.match(line):
            yield from _list(lines[at:])
            return
        elif _BLOCK_LINE.match(line):
            raise _Unsure
        else:
            end = at + 1
            while end < len(lines) and lines[end].strip(" ") and not _BLOCK_LINE.match(lines[end]):
                end += 1
            if end < len(lines):
                _interrupts(lines[end])
            yield Piece("text", _text("\n".join(lines[at:end])))
            at = end


def _interrupts(line: str) -> None:
    """Raises _Unsure unless the line ends a paragraph for certain: a heading or an item of a bullet list."""
    item = _MARKER.match(line)
    if line[:1] in ("", " ") or not (_HEADING.match(line) or (item and not item[3] and not _RULE.match(line))):
        raise _Unsure


def _heading(content: str) -> str:
    content = content.rstrip(" ")
    cut = content.rstrip("#")
    return cut if cut == "" or cut[-1] == " " else content


def _table(rows: list[list[str]], lines: list[str]) -> Piece:
    columns = len(rows[0])
    delimiters = lines[1].strip(" ").removeprefix("|").removesuffix("|")
    if columns != delimiters.count("|") + 1 or any(_BLOCK_LINE.match(line) for line in [lines[0], *lines[2:]]):
        raise _Unsure
    cells = tuple(tuple(_text(c) for c in (row + [""] * columns)[:columns]) for row in rows)
    return Piece("table", "", 0, cells)


def _cells(line: str) -> list[str]:
    line = line.strip()
    cells = _CELL_EDGE.split(line)
    if "\\\\|" in line or cells == [""]:
        raise _Unsure
    if cells[0] == "":
        cells = cells[1:]
    if cells and cells[-1] == "":
        cells = cells[:-1]
    return [c.replace("\\|", "|").strip() for c in cells]


def _quote(lines: list[str]) -> Iterator[Piece]:
    inner = []
    for line in lines:
        mark = _QUOTE.match(line)
        if mark is None:
            raise _Unsure
        inner.append(line[mark.end() :])
    text = "\n".join(inner)
    if "```" in text or "~~~" in text:
        raise _Unsure
    for chunk in _chunks(text):
        found = _chunk(chunk)
        if any(p.kind.endswith("markup") for p in found):
            raise _Unsure
        yield from found


def _list(lines: list[str]) -> Iterator[Piece]:
    """A list with its nested lists: only where an item's text begins matters, not which list it belongs to."""
    open_items = [0]  # the columns at which the text of each open item begins
    run: list[str] = []  # lines of the paragraph that is open
    blank = True
    for line in lines:
        text = line.lstrip(" ")
        if not text:
            blank = True
            continue
        column = len(line) - len(text)
        item = _MARKER.match(line)
        if item and not blank:
            # Far to the right of the text it is still that text; a number but 1 is, too, where it would nest.
            far = column - open_items[-1] > 3
            if column < open_items[-1] and len(open_items) > 1 and column - open_items[-2] >= 4:
                far = True
            if far or (column >= open_items[-1] and item[3] and int(item[3]) != 1):
                item = None
        if item is None and not blank:
            if _BLOCK_LINE.match(text) and not _MARKER.match(line):
                raise _Unsure
            run.append(text)
            continue
        if run:
            yield Piece("item" if len(open_items) > 1 else "text", _text("\n".join(run)))
        while len(open_items) > 1 and column < open_items[-1]:
            open_items.pop()
        blank = False
        if item:
            if _RULE.match(line):
                raise _Unsure
            gap = len(item[4])
            open_items.append(column + len(item[2]) + (gap if gap <= 4 else 1))
            if len(open_items) > 6:
                raise _Unsure
            text = line[item.end() :]
        if _BLOCK_LINE.match(text):
            raise _Unsure
        run = [text]
    if run:
        yield Piece("item" if len(open_items) > 1 else "text", _text("\n".join(run)))


def _outline(pieces: list[Piece]) -> Outline:
    out = Outline()
    blocks = out.blocks
    for kind, text, level, cells in pieces:
        if kind == "markup":  # its last text may go on in the next one
            walk(f"<body>{text}", out)
            continue
        out.flush("text")
        if kind == "heading":
            if text:
                out.heading(level, text)
        elif kind == "code":
            blocks += [
                Block("code", " ".join(line.split()), out.headings) for line in text.splitlines() if line.strip()
            ]
        elif kind == "table":
            rows = [[Slot(cell, y == 0) for cell in row] for y, row in enumerate(cells)]
            out.tables.append(RawTable(rows, 1, out.headings))
            blocks += [Block("cell", cell, out.headings) for row in cells for cell in row if cell]
        elif text:
            blocks.append(Block(kind, text, out.headings))
    out.flush("text")
    return out


def _html(piece: Piece) -> str:
    kind, text, level, cells = piece
    if kind.endswith("markup"):
        return text
    if kind == "table":
        rows = [[f"<td>{html.escape(c, quote=False)}</td>" for c in row] for row in cells]
        head = "".join(rows[0]).replace("<td>", "<th>").replace("</td>", "</th>")
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows[1:])
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    shown = html.escape(text, quote=False)
    if kind == "code":
        return f"<pre><code>{shown}</code></pre>"
    if kind == "heading":
        return f"<h{level}>{shown}</h{level}>"
    return f"<ul><li>{shown}</li></ul>" if kind == "item" else f"<p>{shown}</p>"
