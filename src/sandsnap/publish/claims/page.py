"""A published page as phrases and a comparison table: Markdown, HTML or plain text, whatever it contains."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandsnap.model import Capture
from sandsnap.read.decode import CharsetError, text_of
from sandsnap.read.page import Page
from sandsnap.read.passage import same_text

LARGEST = 5_000_000  # bytes
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|main|article|table|div|p|h1)\b", re.IGNORECASE | re.DOTALL
)


_SPAN = re.compile(r"""\b(col|row)span\s*=\s*["']?(\d+)""", re.IGNORECASE)
MOST_CELLS = 5_000_000


class PageError(Exception):
    """The page cannot be used; says why."""


@dataclass(frozen=True)
class Published:
    """A page's text, a block a line, and its tables as rows of cells. Spaces, quotes and dashes are folded."""

    name: str
    lines: tuple[str, ...]
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()

    def count(self, phrase: str) -> int:
        """How often a phrase stands on the page."""
        return "\n".join(self.lines).count(same_text(phrase))

    def cells(self, vendors: Mapping[str, str], rows: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], str]:
        """(vendor, row) -> the text of its cell, where the page has the comparison table.

        `vendors` gives the name in the column's head, `rows` what each cell of a row begins with, in the order of the
        vendors: a plain-text copy runs its columns together, and only so can they be told apart.
        """
        names = {same_text(n): v for v, n in vendors.items()}
        for table in self.tables:
            columns = {i: names[text] for i, text in enumerate(table[0]) if text in names}
            if len(columns) >= min(2, len(names)):
                return {
                    (vendor, row): line[i]
                    for line in table[1:] for row in rows if line and line[0] == same_text(row)
                    for i, vendor in columns.items() if i < len(line)
                }  # fmt: skip
        return self._run_together(list(vendors), "".join(names), rows)

    def _run_together(
        self, vendors: list[str], head: str, rows: Mapping[str, Sequence[str]]
    ) -> dict[tuple[str, str], str]:
        squeezed = head.replace(" ", "")
        start = next((i for i, line in enumerate(self.lines) if line.replace(" ", "") == squeezed), None)
        if start is None:
            return {}
        found: dict[tuple[str, str], str] = {}
        for row, begins in rows.items():
            label = same_text(row)
            line = next((t for t in self.lines[start + 1 :] if t.startswith(label)), None)
            if line is None:
                continue
            rest = line[len(label) :].lstrip()
            if not rest:
                found |= {(v, row): "" for v in vendors}
                continue
            found |= _split(rest, vendors, row, [same_text(b) for b in begins])
        return found


def _split(text: str, vendors: list[str], row: str, begins: list[str]) -> dict[tuple[str, str], str]:
    """A row whose cells run together, cut where the known cells begin; nothing, unless all of them are found in order."""
    starts: list[tuple[int, str]] = []
    at = 0
    for vendor, begin in zip(vendors, begins, strict=False):
        if begin:
            found = text.find(begin, at)
            if found < 0:
                return {}
            starts.append((found, vendor))
            at = found + len(begin)
    ends = [s for s, _ in starts[1:]] + [len(text)]
    cells = {(v, row): text[s:e].strip() for (s, v), e in zip(starts, ends, strict=True)}
    return {(v, row): cells.get((v, row), "") for v, _ in zip(vendors, begins, strict=False)}


def load(path: Path) -> Published:
    """A page from a file. Raises PageError."""
    try:
        if path.stat().st_size > LARGEST:
            raise PageError(f"{path} is larger than {LARGEST // 1_000_000} MB: give the page itself")
        body = path.read_bytes()
    except OSError as e:
        raise PageError(f"{path} cannot be read: {e.strerror}") from None
    capture = Capture(path.name, None, body, hashlib.sha256(body).hexdigest())
    try:
        text = text_of(capture)
    except CharsetError as e:
        raise PageError(f"{path}: {e}; save it as UTF-8") from None
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm") or (
        suffix not in (".md", ".markdown", ".mdx", ".txt", ".text") and _HTML.match(text)
    ):
        form = "html"
    else:
        form = "text" if suffix in (".txt", ".text") else "markdown"
    return published(path.name, text, form)


def published(name: str, text: str, form: str) -> Published:
    """A page from its text; `form` is html, markdown or text. Raises PageError."""
    if form == "text":
        return Published(name, tuple(line for t in text.splitlines() if (line := same_text(t))))
    spans = [(m[1].lower(), min(int(m[2][:6]), 1000)) for m in _SPAN.finditer(text)]
    if text.lower().count("<tr") * (1 + sum(n for kind, n in spans if kind == "col" and n > 1)) > MOST_CELLS:
        raise PageError(f"{name}: its tables' cells span more columns than people read")
    try:
        outline = Page(Capture(name, None, b"", ""), text, form, "", name).outline
    except RecursionError:
        raise PageError(f"{name} is nested too deeply to be a page that people read") from None
    tables = tuple(
        tuple(tuple(same_text(slot.text) for slot in row) for row in table.rows)
        for table in outline.tables
        if table.rows
    )
    return Published(name, tuple(same_text(b.text) for b in outline.blocks), tables)
