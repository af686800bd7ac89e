"""Mutations of a page's structure and wording: tables, headings, plans, sentences, the whole design."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from sandsnap.model import Fact
from sandsnap.quality.cases import ASK, ISSUE, NOTHING, Case, Day, capture_of, lasting, passing
from sandsnap.quality.edits_scope import elements_of
from sandsnap.quality.figures import Original, numbers
from sandsnap.quality.source_places import block
from sandsnap.quality.source_tables import SourceTable, Span, replaced

Edit = Callable[[Original], Iterator[Case]]
NEW_PLAN = "Nimbus"  # no vendor has a plan of this name

_UNIT = re.compile(r"\b(second|sec|minute|hour|hr|month|GiB|GB|MiB|MB)s?\b", re.IGNORECASE)


def _facts_in(page: Original, table: SourceTable) -> list[Fact]:
    return [f for f in page.covered(table.span) if f.basis == "read"]


def _regular(page: Original) -> list[SourceTable]:
    """Tables that facts rest on and whose rows and columns can be moved without changing what they say."""
    return [t for t in page.tables if t.regular and _facts_in(page, t) and len(t.head) == 1 and _plain_rows(t)]


def _plain_rows(table: SourceTable) -> bool:
    names = [table.words(r.cells[0]) for r in table.body]
    return (
        len(set(names)) == len(names)
        and all(names)
        and not any(all(not table.words(c) for c in r.cells[1:]) for r in table.body)
    )


def _swapped(text: str, slots: list[Span], order: list[int]) -> dict[Span, str]:
    return {slots[i]: text[slots[j][0] : slots[j][1]] for i, j in enumerate(order)}


def rows_reordered(page: Original) -> Iterator[Case]:
    """The rows of every table in the opposite order."""
    edits: dict[Span, str] = {}
    for table in _regular(page):
        slots = [r.span for r in table.body]
        edits |= _swapped(page.text, slots, list(reversed(range(len(slots)))))
    if any(page.text[s:e] != new for (s, e), new in edits.items()):
        yield lasting("rows_reordered", page, replaced(page.text, edits), NOTHING)


def columns_reordered(page: Original) -> Iterator[Case]:
    """The columns of every table in the opposite order, but for the first."""
    edits: dict[Span, str] = {}
    for table in _regular(page):
        if (
            len(table.headings) < 3
            or len(set(table.headings[1:])) < len(table.headings[1:])
            or not all(table.headings[1:])
        ):
            continue
        order = [0, *reversed(range(1, len(table.headings)))]
        for row in (*table.head, *table.body):
            edits |= _swapped(page.text, list(row.cells), order)
    if edits:
        yield lasting("columns_reordered", page, replaced(page.text, edits), NOTHING)


def unit_column_swapped(page: Original) -> Iterator[Case]:
    """Two columns keep their figures and swap their units: per second over the prices per hour."""
    for table in page.tables:
        if not table.regular:
            units = [_UNIT.search(h) for h in table.headings]
            if len({len(r.cells) for r in table.head}) != 1 or not all(units[-2:]):
                continue
        columns = [i for i, h in enumerate(table.headings) if _UNIT.search(h)]
        if len(columns) < 2:
            continue
        a, b = columns[0], columns[1]
        words = [_UNIT.search(table.headings[i]) for i in (a, b)]
        if not words[0] or not words[1] or words[0][1].lower() == words[1][1].lower():
            continue
        if re.sub(_UNIT, "", table.headings[a]) != re.sub(_UNIT, "", table.headings[b]):
            continue  # the columns differ in more than the unit: then swapping says something else
        cells = table.head[-1].cells
        edits = _swapped(page.text, [cells[a], cells[b]], [1, 0])
        facts = [f for f in _facts_in(page, table) if f.table in ("prices", "limits")]
        if facts:
            yield lasting("unit_column_swapped", page, replaced(page.text, edits), ISSUE, unstated=facts)


def _heading(page: Original, text: str) -> str:
    return f"<h2>{text}</h2>\n" if page.form == "html" else f"\n\n## {text}\n\n"


def _end(page: Original) -> int:
    if page.form != "html":
        return len(page.text)
    found = [page.text.lower().rfind(tag) for tag in ("</main>", "</body>")]
    return next((i for i in found if i >= 0), len(page.text))


def _with_panel(page: Original, span: Span) -> Span:
    """A table with the element right around it, whose id may say what the table is about."""
    before = re.search(r"<div\b[^>]*>\s*$", page.text[: span[0]])
    after = re.match(r"\s*</div>", page.text[span[1] :])
    return (before.start(), span[1] + after.end()) if before and after else span


def _moved_table(page: Original, name: str, heading: str, answer: str, stale: bool) -> Iterator[Case]:
    for table in page.tables:
        start, end = _with_panel(page, table.span)
        at = _end(page)
        figures = [f for f in page.figures if all(start <= n.span[0] and n.span[1] <= end for n in f.spots)]
        facts = [x for f in figures for x in f.dropped(page, [(start, end)])]
        if not facts or at < end:
            continue
        text = (
            page.text[:start]
            + page.text[end:at]
            + _heading(page, heading)
            + page.text[start:end]
            + "\n"
            + page.text[at:]
        )
        yield lasting(name, page, text, answer, unstated=facts if stale else (), may_go=True)


def table_moved(page: Original) -> Iterator[Case]:
    """A table stands under a heading that makes it another statement: what it says does not hold any more."""
    return _moved_table(page, "table_moved", "Previous prices and limits (until 2025)", ISSUE, True)


def table_moved_neutral(page: Original) -> Iterator[Case]:
    """A table stands under another heading that leaves its sense: the page states what it stated."""
    return _moved_table(page, "table_moved_neutral", "Reference", NOTHING, False)


def _names(page: Original) -> dict[str, list[Fact]]:
    """The plans that the page names in words, with their facts."""
    out: dict[str, list[Fact]] = {}
    for fact in page.facts:
        plan = fact.key.get("plan", "any")
        name = plan.replace("_", " ")
        if plan != "any" and fact.basis == "read" and _named(page, fact, name):
            out.setdefault(name, []).append(fact)
    return out


def _named(page: Original, fact: Fact, name: str) -> bool:
    """Whether the plan's name stands with the fact: in its quote, just above it, or among its table's headings."""
    near = []
    for start, end in page.segments.get(fact.id, ()):
        near.append(page.text[max(0, start - 400) : end])
        near += [
            page.text[t.span[0] : t.head[-1].span[1]] for t in page.tables if t.span[0] <= start and end <= t.span[1]
        ]
    return any(re.search(rf"(?<![\w/.-]){name}(?![\w/-])", text, re.IGNORECASE) for text in near)


def plan_renamed(page: Original) -> Iterator[Case]:
    """A plan has another name throughout: which plan that is, is a person's question."""
    if page.form == "json":
        return
    for name, facts in _names(page).items():
        text = re.sub(rf"(?<![\w/.-]){name}(?![\w/-])", NEW_PLAN, page.text, flags=re.IGNORECASE)
        yield lasting("plan_renamed", page, text, ISSUE, unstated=facts, may_go=True)


def plan_added(page: Original) -> Iterator[Case]:
    """A plan nobody knows gets a column, or a row, in front of the others: the vocabulary is closed, so a person looks."""
    plans = {n.lower() for n in _names(page)}
    for table in _regular(page):
        columns = [i for i, h in enumerate(table.headings) if i and any(p in h.lower() for p in plans)]
        rows = [r for r in table.body if table.words(r.cells[0]).lower() in plans]
        if columns:
            edits = {}
            for row in (*table.head, *table.body):
                cell = row.cells[columns[0]]
                edits[cell[0], cell[0]] = _other(page, table, cell, row in table.head) + (
                    "|" if table.form != "html" else ""
                )
        elif rows:
            row = rows[0]
            parts, at = [], row.span[0]
            for i, cell in enumerate(row.cells):
                parts += [page.text[at : cell[0]], _other(page, table, cell, i == 0)]
                at = cell[1]
            edits = {(row.span[0], row.span[0]): "".join([*parts, page.text[at : row.span[1]]]) + "\n"}
        else:
            continue
        yield lasting("plan_added", page, replaced(page.text, edits), ISSUE)


def _other(page: Original, table: SourceTable, cell: Span, name: bool) -> str:
    """A cell like this one with other figures, or with the new plan's name."""
    start, end = table.inner(cell)
    text = page.text[cell[0] : cell[1]]
    if name:
        return text[: start - cell[0]] + NEW_PLAN + text[end - cell[0] :]
    edits = {n.span: format(n.value * 3, "f") for n in numbers(text, (start - cell[0], end - cell[0])) if n.value}
    return replaced(text, edits)


_SYNONYMS = {
    "supports": "offers", "allows": "lets", "each": "every", "currently": "now", "available": "offered", "run": "work",
    "users": "customers", "default": "standard", "maximum": "greatest", "lets": "allows", "provides": "gives",
}  # fmt: skip


def ab_wording(page: Original) -> Iterator[Case]:
    """The B side of an A/B test: the same facts in other words, and a slogan on top. Where that takes a sentence that a
    person quoted, the machine must ask. Where it takes others, it may: a sentence that is gone while the page still speaks of its
    topic is reworded, and a reader that met only the old words cannot know that the new ones say the same. Of each reader
    that is one matter, however often the two sides take turns; and nothing moves, and nobody is told."""
    if page.form == "json":
        return
    edits: dict[Span, str] = {}
    for old, new in _SYNONYMS.items():
        for m in re.finditer(rf"(?<![\w/.\"'=<-]){old}(?![\w/.\"'=>-])", page.text):
            edits[m.span()] = new
    lost = [f for f in page.facts if f.basis == "quoted" and _all_touched(page.segments.get(f.id, ()), edits)]
    text = _slogan(page, replaced(page.text, edits))
    yield lasting("ab_wording", page, text, ISSUE if lost else ASK if edits else NOTHING, unstated=lost)


def _all_touched(places: Iterable[Span], edits: Iterable[Span]) -> bool:
    """Whether an edit lies in every one of the places; of none, no."""
    spans, held = list(places), list(edits)
    return bool(spans) and all(any(s <= a and b <= e for a, b in held) for s, e in spans)


def _slogan(page: Original, text: str) -> str:
    line = "Built for teams that ship."
    if page.form == "html":
        return re.sub(r"(<body\b[^>]*>)", rf"\1<p>{line}</p>", text, count=1, flags=re.IGNORECASE)
    return re.sub(r"^(# .*)$", rf"\1\n\n{line}", text, count=1, flags=re.MULTILINE)


def alternating_wording(page: Original) -> Iterator[Case]:
    """Two wordings in turn for twenty days."""
    for case in ab_wording(page):
        other, gone = case.days[0].capture.body, case.days[0].unstated
        days = tuple(
            Day(capture_of(page, other if n % 2 else page.capture.body, n), {}, gone if n % 2 else frozenset())
            for n in range(1, 21)
        )
        yield Case("alternating_wording", page, days, case.answer)


def _more_said(page: Original, span: Span) -> bool:
    """Whether the block of a sentence says more, in which the same may be said once it is gone."""
    held = block(page.text, page.form, elements_of(page), span)
    return held is not None and len((page.text[held[0] : span[0]] + page.text[span[1] : held[1]]).split()) > 2


def quote_lost(page: Original) -> Iterator[Case]:
    """A quoted sentence says something else: a person has to look."""
    facts = [f for f in page.facts if f.basis == "quoted" and f.id in page.segments]
    for fact in facts:
        spans = page.segments[fact.id]
        if any(a[1] > b[0] for a, b in pairwise(spans)):
            continue
        at = [(f, page.segments.get(f.id, ())) for f in page.facts]
        gone = [f for f, where in at if where and all(any(a <= s and e <= b for a, b in spans) for s, e in where)]
        gone = [f for f in gone if not any(_more_said(page, span) for span in page.segments[f.id])]
        # A longer sentence around it may still say what it said, or may be past reading.
        torn = [f for f, where in at if any(s < b and a < e for a, b in spans for s, e in where)]
        text = replaced(page.text, dict.fromkeys(spans, "is a matter for another page"))
        yield lasting("quote_lost", page, text, ISSUE, unstated=gone, may_go=torn)


def redesign(page: Original) -> Iterator[Case]:
    """Another design for good: every table a list of cards, every heading another. It says the same, in a shape that
    nobody has checked a reader against: a person looks, unless all of it is read as before."""
    if page.form == "json" or not page.tables:
        return
    edits: dict[Span, str] = {}
    for table in page.tables:
        if edits and table.span[0] < max(e for _, e in edits):
            continue
        cards = []
        for row in table.body:
            words = [table.words(c) for c in row.cells]
            items = [f"{h}: {w}" for h, w in zip(table.headings[1:], words[1:], strict=False)]
            if page.form == "html":
                cards.append(
                    f"<div class=card><b>{words[0]}</b>" + "".join(f"<span>{i}</span>" for i in items) + "</div>"
                )
            else:
                cards += [f"* **{words[0]}**", *(f"  * {i}" for i in items)]
        edits[table.span] = "\n".join(cards)
    text = replaced(page.text, edits)
    if page.form == "html":
        text = re.sub(r"(<h[2-4]\b[^>]*>)", r"\1Discover: ", text, flags=re.IGNORECASE)
    else:
        text = re.sub(r"^(#{2,4} )", r"\1Discover: ", text, flags=re.MULTILINE)
    if any(f.basis == "read" and _only_in(page.segments.get(f.id, ()), edits) for f in page.facts):
        yield replace(lasting("redesign", page, text, ISSUE, days=3), restated=True)


def _only_in(places: Iterable[Span], spans: Iterable[Span]) -> bool:
    """Whether something that is stated at all is stated within the spans only."""
    own, held = list(places), list(spans)
    return bool(own) and all(any(s <= a and b <= e for s, e in held) for a, b in own)


def half_rendered(page: Original) -> Iterator[Case]:
    """The tables are served without their rows for a day; the next day the page is whole."""
    edits: dict[Span, str] = {}
    for table in page.tables:
        for row in table.body:
            if not edits or row.span[0] >= max(e for _, e in edits):
                edits[row.span] = ""
    if gone := [x for f in page.figures for x in f.dropped(page, edits) if _only_in((n.span for n in f.spots), edits)]:
        yield passing("half_rendered", page, replaced(page.text, edits), ISSUE, unstated=gone, days=1)


def cells_blank(page: Original) -> Iterator[Case]:
    """The tables are served with their rows named and their cells empty for a day, then whole."""
    edits: dict[Span, str] = {}
    for table in page.tables:
        for row in table.body:
            for cell in row.cells[1:]:
                span = table.inner(cell)
                if span[0] < span[1] and (not edits or span[0] >= max(e for _, e in edits)):
                    edits[span] = ""
    if gone := [x for f in page.figures for x in f.dropped(page, edits) if _only_in((n.span for n in f.spots), edits)]:
        yield passing("cells_blank", page, replaced(page.text, edits), ISSUE, unstated=gone, days=1)


STRUCTURE: tuple[Edit, ...] = (
    rows_reordered, columns_reordered, unit_column_swapped, table_moved, table_moved_neutral, plan_renamed, plan_added,
    ab_wording, alternating_wording, quote_lost, redesign, half_rendered, cells_blank,
)  # fmt: skip
