"""Places in the source text of a page: the element, the sentence and the section around a figure.

Deliberately not the readers' parser (see source_tables).
"""

import re

from sandsnap.quality.source_tables import SourceTable, Span

_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
BLOCKS = frozenset("li p div td th h1 h2 h3 h4 h5 h6 dd dt section article summary label blockquote".split())
_GROUPS = frozenset("table ul ol dl".split())
_BULLET = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+\.)[ \t]+)?(?:#{1,6} )?")
_HEADING = {"html": re.compile(r"<h([1-6])\b", re.IGNORECASE), "markdown": re.compile(r"^(#{1,6}) ", re.MULTILINE)}
_STOP = re.compile(r"[.!?:](?:\*\*|</\w+>)?\s+")


class Elements:
    """The elements of an HTML source, to ask which ones stand around a place. Unclosed ones end where their parent does."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[tuple[int, int, int, int, str]] = []  # start, content start, content end, end, name
        stack: list[tuple[int, int, str]] = []
        for m in _TAG.finditer(text):
            name = m["name"].lower()
            if name in _VOID or m["rest"].endswith("/"):
                continue
            if not m["close"]:
                stack.append((m.start(), m.end(), name))
                continue
            at = next((i for i in reversed(range(len(stack))) if stack[i][2] == name), None)
            if at is None:
                continue
            for start, inner, other in stack[at + 1 :]:
                self.found.append((start, inner, m.start(), m.start(), other))
            start, inner, _ = stack[at]
            self.found.append((start, inner, m.start(), m.end(), name))
            del stack[at:]

    def around(self, spot: Span, names: frozenset[str] = BLOCKS) -> tuple[int, int, int, int, str] | None:
        """The innermost element of these names around a place: (start, content start, content end, end, name)."""
        held = [e for e in self.found if e[4] in names and e[1] <= spot[0] and spot[1] <= e[2]]
        return max(held, key=lambda e: e[0]) if held else None


def block(text: str, form: str, elements: Elements, spot: Span) -> Span | None:
    """The content of the paragraph, list item or line around a figure that stands in no table."""
    if form == "html":
        found = elements.around(spot)
        return (found[1], found[2]) if found else None
    start = text.rfind("\n", 0, spot[0]) + 1
    end = text.find("\n", spot[1])
    m = _BULLET.match(text, start)
    return (m.end() if m else start), (end if end >= 0 else len(text))


def sentence(text: str, held: Span, spot: Span) -> Span:
    """The sentence around a figure within its block."""
    stops = [m.end() for m in _STOP.finditer(text, held[0], spot[0]) if m[0][0] != ":"]
    end = re.compile(r"[.!?](?=\s|<|$)").search(text, spot[1], held[1])
    start = stops[-1] if stops else held[0]
    lead = re.compile(r"(?:\s|<[^<>]*>)*").match(text, start, spot[0])
    return (lead.end() if lead else start), (end.start() if end else held[1])


def group(text: str, form: str, elements: Elements, tables: list[SourceTable], spot: Span) -> int:
    """Where the table, list or paragraph around a figure begins."""
    table = next((t for t in tables if t.span[0] <= spot[0] and spot[1] <= t.span[1]), None)
    if table:
        return table.span[0]
    if form == "html":
        held = [e for e in elements.found if e[4] in _GROUPS and e[1] <= spot[0] and spot[1] <= e[2]]
        if held:
            return min(e[0] for e in held)
        found = elements.around(spot, frozenset(("p",)))
        if found:
            return found[0]
        found = elements.around(spot)
        return found[0] if found else spot[0]
    at = text.rfind("\n\n", 0, spot[0])
    return at + 2 if at >= 0 else 0


def section(text: str, form: str, start: int) -> Span:
    """From a place to the next heading: what a heading of the lowest level put there is above of."""
    m = _HEADING["html" if form == "html" else "markdown"].search(text, start)
    return start, m.start() if m else len(text)
