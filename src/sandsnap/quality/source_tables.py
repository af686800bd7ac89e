"""Tables in the source text of a page, as slots that can be swapped: Markdown pipe tables and HTML tables.

Deliberately not the readers' parser: an edit must not rest on the code that it measures. What is not plain (spans,
rows of different lengths) has `regular` False and is left alone by mutations that move cells.
"""

import html
import re
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]

_PIPE_ROW = re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE)
_SEPARATOR = re.compile(r"[ \t]*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*\|?[ \t]*")
_TABLE = re.compile(r"<table\b[^>]*>.*?</table\s*>", re.IGNORECASE | re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>.*?</tr\s*>", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(r"<t([dh])\b([^>]*)>.*?</t\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class SourceRow:
    """One row: where it stands and where its cells stand (Markdown: between the pipes; HTML: the whole element)."""

    span: Span
    cells: tuple[Span, ...]


@dataclass(frozen=True)
class SourceTable:
    """A table in `text`: `span` of all of it, `head` rows of headings, `body` rows of data."""

    text: str
    form: str
    span: Span
    head: tuple[SourceRow, ...]
    body: tuple[SourceRow, ...]
    regular: bool

    def words(self, cell: Span) -> str:
        """A cell's text as a person reads it."""
        return plain(self.text[cell[0] : cell[1]])

    @property
    def headings(self) -> list[str]:
        """The texts of the last row of headings."""
        return [self.words(c) for c in self.head[-1].cells]

    def inner(self, cell: Span) -> Span:
        """Where a cell's content stands: without the tags of an HTML cell, without the blanks of a Markdown one."""
        start, end = cell
        if self.form == "html":
            start, end = self.text.index(">", start) + 1, self.text.rindex("</", start, end)
        found = self.text[start:end]
        return start + len(found) - len(found.lstrip()), end - (len(found) - len(found.rstrip()))


def plain(source: str) -> str:
    """Source text without tags, emphasis and escapes."""
    text = html.unescape(_TAG.sub(" ", source)).replace("\\", "")
    return " ".join(re.sub(r"[*`_]|\]\([^)]*\)|\[", "", text).split())


def tables(text: str, form: str) -> list[SourceTable]:
    """Every table, in order. A Markdown page may hold HTML tables too."""
    found = [_html(text, m) for m in _TABLE.finditer(text)]
    if form != "html":
        found += _pipes(text)
    return sorted((t for t in found if t), key=lambda t: t.span)


def _pipes(text: str) -> list[SourceTable | None]:
    blocks: list[list[Span]] = []
    for m in _PIPE_ROW.finditer(text):
        if blocks and text[blocks[-1][-1][1] : m.start()] == "\n":
            blocks[-1].append(m.span())
        else:
            blocks.append([m.span()])
    return [_pipe(text, lines) for lines in blocks]


def _pipe(text: str, lines: list[Span]) -> SourceTable | None:
    if len(lines) < 3 or not _SEPARATOR.fullmatch(text[lines[1][0] : lines[1][1]]):
        return None
    rows = [SourceRow(line, _pipe_cells(text, line)) for line in (lines[0], *lines[2:])]
    regular = len({len(r.cells) for r in rows}) == 1
    return SourceTable(text, "markdown", (lines[0][0], lines[-1][1]), (rows[0],), tuple(rows[1:]), regular)


def _pipe_cells(text: str, line: Span) -> tuple[Span, ...]:
    bars = [m.start() for m in re.compile(r"(?<!\\)\|").finditer(text, *line)]
    return tuple((a + 1, b) for a, b in pairwise(bars))


def _html(text: str, table: re.Match[str]) -> SourceTable | None:
    rows = []
    spanned = False
    heading = []
    for m in _ROW.finditer(text, *table.span()):
        cells = list(_CELL.finditer(text, *m.span()))
        if cells:
            spanned |= any(re.search(r"(?:row|col)span\s*=\s*[\"']?(?!1\b)\d", c[2], re.IGNORECASE) for c in cells)
            heading.append(all(c[1].lower() == "h" for c in cells))
            rows.append(SourceRow(m.span(), tuple(c.span() for c in cells)))
    if len(rows) < 2:
        return None
    head = max(1, next((i for i, h in enumerate(heading) if not h), len(rows)))
    if head == len(rows):
        return None
    regular = not spanned and len({len(r.cells) for r in rows}) == 1 and table[0].lower().count("<table") == 1
    return SourceTable(text, "html", table.span(), tuple(rows[:head]), tuple(rows[head:]), regular)


def replaced(text: str, edits: dict[Span, str]) -> str:
    """The text with each span replaced. Raises ValueError where spans overlap."""
    out, at = [], 0
    for (start, end), new in sorted(edits.items()):
        if start < at:
            raise ValueError(f"two edits of the same text: {text[start:end]!r}")
        out += [text[at:start], new]
        at = end
    return "".join([*out, text[at:]])
