"""What a page says that could be checked: every sentence and cell with an amount, a vendor or a plan, and what binds it.

Nothing here is called true: what no binding covers is `unbound`, whatever its figure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sandsnap.publish.claims.bindings import Bindings
from sandsnap.publish.claims.page import Published
from sandsnap.read.passage import same_text
from sandsnap.read.phrases import Phrase, phrases
from sandsnap.read.statements import names
from sandsnap.vendors import VENDORS

BOUND, UNBOUND, NOTHING = "bound", "unbound", "nothing to check"
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"$\d])")
# With one of these a sentence about a vendor claims something, figure or none.
_TOPIC = re.compile(
    r"\b(?:GPUs?|SDKs?|APIs?|CLI|MCP|microVMs?|Firecracker|gVisor|Kata|containers?|kernel|snapshots?|persist\w*|pause\w*|resum\w*"
    r"|self-host\w*|open.source|licen[cs]e\w*|regions?|isolat\w*|free|bills?|billed|billing|acquire[ds]?|acquisition|deprecat\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Place:
    """A sentence, or a cell of a table (`row` is its label), that could be checked.

    `amounts` are its figures that no binding covers. `vendor` is whom it is about, None where that is not one of ours
    or not one alone; `plan` a plan it names.
    """

    text: str
    state: str
    amounts: tuple[Phrase, ...] = ()
    vendor: str | None = None
    plan: str | None = None
    row: str | None = None

    @property
    def where(self) -> str:
        """The place on the page, for people."""
        return "sentence" if self.row is None else f"cell {self.vendor or '?'} × {self.row}"


def places(page: Published, bindings: Bindings | None, plans: Mapping[str, Iterable[str]]) -> list[Place]:
    """Everything on the page with an amount, a vendor or a plan, in its order. `plans`: by vendor, as the facts have them."""
    seen: set[tuple[str | None, str | None, str]] = set()
    before: dict[int, str | None] = {}  # whom a paragraph spoke of last: a sentence that names nobody goes on about it
    out = []
    for block, vendor, row, text in _texts(page):
        if (vendor, row, text) in seen:
            continue
        seen.add((vendor, row, text))
        who = vendor or _only(text) or (None if _mentioned(text) else before.get(block))
        if block >= 0:
            before[block] = who
        plan = next(
            (p for p in plans.get(who or "", ()) if p != "any" and _word(p.replace("_", " ")).search(text)), None
        )
        figures = [p for p in phrases(text) if p.unit or p.per or p.currency]
        if not (figures or vendor or plan or _mentioned(text)):
            continue
        spans = list(_bound(text, vendor, row, bindings, flat=not page.tables))
        open_ = tuple(p for p in figures if not any(s < p.end and p.start < e for s, e in spans))
        claims = bool(_TOPIC.search(text)) and bool(who or _mentioned(text))
        state = UNBOUND if open_ or (claims and not spans) else BOUND if spans else NOTHING
        out.append(Place(text, state, open_, who, plan, row))
    return out


def columns(page: Published) -> dict[str, str]:
    """The vendors over the columns of the page's comparison table: vendor -> the words of the head."""
    for table in page.tables:
        found = {v: text for text in table[0] if (v := _only(text)) is not None}
        if len(found) > 1:
            return found
    return {}


def _texts(page: Published) -> Iterator[tuple[int, str | None, str | None, str]]:
    """(block, vendor of the column, row, text) of every cell, and (block, None, None, sentence) of every other sentence."""
    cells: set[str] = set()
    for table in page.tables:
        heads = [_only(text) for text in table[0]]
        for line in table[1:]:
            cells |= {" ".join(line), " | ".join(line), *line}
            if not line:
                continue
            about = _only(line[0])
            for i, text in enumerate(line[1:], 1):
                vendor = heads[i] if i < len(heads) else None
                label = line[0] if vendor else (table[0][i] if i < len(table[0]) else line[0])
                if text:
                    yield -1, vendor or about, label, text
        cells |= {" ".join(table[0]), " | ".join(table[0]), *table[0]}
    for n, text in enumerate(page.lines):
        if text not in cells:
            yield from ((n, None, None, s) for s in _SENTENCE.split(text) if s)


def _bound(
    text: str, vendor: str | None, row: str | None, bindings: Bindings | None, *, flat: bool
) -> Iterator[tuple[int, int]]:
    """Where bound phrases stand in a text. `flat`: a copy as plain text, whose cells are lines among others."""
    for b in bindings.claims if bindings else ():
        mine = (
            (b.row is None or flat) if row is None else (b.row is None or (b.vendor, same_text(b.row)) == (vendor, row))
        )
        if mine and b.phrase:
            start = text.find(same_text(b.phrase))
            if start >= 0:
                yield start, start + len(same_text(b.phrase))
        elif mine and b.shows is not None and row is not None:
            yield 0, len(text)


@cache
def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(text)}(?![\w-])", re.IGNORECASE)


def _mentioned(text: str) -> list[str]:
    return [v for v in VENDORS if any(_word(n).search(text) for n in {v, names(v).vendor, names(v).title})]


def _only(text: str) -> str | None:
    found = _mentioned(text)
    return found[0] if len(found) == 1 else None
