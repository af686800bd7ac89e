"""A page's next design, made by code: the same statements in another shape and in other words.

Each function gives the text of the redesigned page, or None where the page has nothing for it. Only the shape moves: what
is stated stays, so that the right answer is every fact as it was, or an issue; never another value, never a removal.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from sandsnap.quality.cases import EITHER, Case, lasting
from sandsnap.quality.figures import Original
from sandsnap.quality.source_tables import SourceTable, Span, replaced
from sandsnap.read.general.words import lexicon, spelt, stems

Draw = Callable[[list[str], list[list[str]]], str]

# What names no item: headings and columns in the words that a next page would use.
_RENAMED = {
    "Feature": "What you get", "Resource": "What is metered", "Resources": "What runs it", "Metric": "What we count",
    "Plan": "Subscription", "Plans": "Subscriptions", "Pricing": "What it costs", "Price": "Cost", "Cost": "Price",
    "Limits": "How far it goes", "Limit": "Ceiling", "Maximum": "Highest", "Max": "Most", "Overview": "At a glance",
    "Details": "The small print", "Regions": "Where it runs", "Lifecycle": "From start to stop", "Description": "What it is",
}  # fmt: skip
_BRACKETS = re.compile(r"\s*\([^()]*\)$")


def renamed(page: Original) -> str | None:
    """Every heading, column and row name that has a usual synonym gets it; every other heading is led by a word."""
    edits: dict[Span, str] = {}
    for table in page.tables:
        for row in (*table.head, *table.body):
            for i, cell in enumerate(row.cells):
                span = table.inner(cell)
                if (row in table.head or i == 0) and span not in edits and span[0] < span[1]:
                    new = _renamed(page.text[span[0] : span[1]])
                    if new:
                        edits[span] = new
    if page.form != "html":
        for m in re.finditer(r"^#{2,4} (.+)$", page.text, re.MULTILINE):
            if not any(a <= m.start() < b for a, b in edits):
                edits[m.span(1)] = _renamed(m[1]) or f"On {m[1]}"
    return _applied(page, edits)


def _renamed(name: str) -> str | None:
    bare = name.strip("*_` ")
    new = _RENAMED.get(bare) or _otherwise(bare)
    return name.replace(bare, new) if new else None


def _otherwise(label: str) -> str | None:
    """The label of an item as the lexicon, which holds the words of all vendors' pages, names it with the fewest of its words;
    what stands in brackets stays."""
    aside = _BRACKETS.search(label)
    words = stems(_BRACKETS.sub("", label))
    if not words or len(words) > 4:
        return None
    fits = {i.name: n for i in lexicon().values() if (n := i.fit(words, words))}
    best = [name for name, n in fits.items() if n == max(fits.values())]
    named = sorted(spelt(best[0]), key=lambda n: len(stems(n) & words)) if len(best) == 1 else []
    return named[0].capitalize() + (aside[0] if aside else "") if named else None


def _drawn(draw: Draw) -> Callable[[Original], str | None]:
    """Every regular table of a page drawn another way, from its column headings and its rows."""

    def drawn(page: Original) -> str | None:
        edits: dict[Span, str] = {}
        for t in page.tables:
            if _is_plain(page, t) and not any(a < t.span[1] and t.span[0] < b for a, b in edits):
                rows = [[_cell(page, t, c) for c in r.cells] for r in t.body]
                edits[t.span] = draw([_cell(page, t, c) for c in t.head[-1].cells], rows)
        return _applied(page, edits)

    return drawn


def _is_plain(page: Original, table: SourceTable) -> bool:
    return page.form in ("markdown", "mdx") and table.form == "markdown" and table.regular and len(table.headings) > 1


def _cell(page: Original, table: SourceTable, cell: Span) -> str:
    start, end = table.inner(cell)
    return page.text[start:end]


def _bare(text: str) -> str:
    return text.strip("*_ ")


def _applied(page: Original, edits: dict[Span, str]) -> str | None:
    return replaced(page.text, edits) if edits else None


def _pipe(rows: list[list[str]]) -> str:
    head, *body = rows
    return "\n".join("| " + " | ".join(r) + " |" for r in (head, ["---"] * len(head), *body))


def _transposed(head: list[str], rows: list[list[str]]) -> str:
    return _pipe([list(column) for column in zip(head, *rows, strict=True)])


def _by_column(head: list[str], rows: list[list[str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for i, name in enumerate(head[1:], 1):
        yield _bare(name), [(_bare(r[0]), r[i]) for r in rows if r[i].strip()]


def _split(head: list[str], rows: list[list[str]]) -> str:
    parts = [
        [f"#### {name}", "", *(f"- **{label}**: {value}" for label, value in own), ""]
        for name, own in _by_column(head, rows)
    ]
    return "\n".join(line for part in parts for line in part)


def _row_lists(head: list[str], rows: list[list[str]]) -> str:
    out = []
    for r in rows:
        out += [
            f"#### {_bare(r[0])}",
            "",
            *(f"- {_bare(h)}: {c}" for h, c in zip(head[1:], r[1:], strict=True) if c.strip()),
            "",
        ]
    return "\n".join(out)


def _definitions(head: list[str], rows: list[list[str]]) -> str:
    out = []
    for name, own in _by_column(head, rows):
        out += [f"<h4>{name}</h4>", "<dl>", *(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in own), "</dl>"]
    return "\n".join(out)


def _cards(head: list[str], rows: list[list[str]]) -> str:
    out = []
    for name, own in _by_column(head, rows):
        out += [f"#### {name}", ""]
        for label, value in own:
            out += [f"**{value}**", "", label, ""]
    return "\n".join(out)


def _headerless(head: list[str], rows: list[list[str]]) -> str:
    out = []
    for name, own in _by_column(head, rows):
        cells = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in own)
        out += [f"<h4>{name}</h4>", f"<table><tbody>{cells}</tbody></table>"]
    return "\n".join(out)


def _prose(head: list[str], rows: list[list[str]]) -> str:
    out = []
    for r in rows:
        pairs = [(h, c) for h, c in zip(head[1:], r[1:], strict=True) if c.strip()]
        if len(pairs) == 1:
            out.append(f"{_bare(r[0])}: {pairs[0][1]}.")
        elif pairs:
            said = [f"{c} for {_bare(h)}" for h, c in pairs]
            out.append(f"{_bare(r[0])} is {', '.join(said[:-1])} and {said[-1]}.")
    return "\n\n".join(out)


def _respectively(head: list[str], rows: list[list[str]]) -> str:
    names = [_bare(h) for h in head[1:]]
    if len(names) < 2:
        return _prose(head, rows)
    out = []
    for r in rows:
        if all(c.strip() for c in r[1:]):
            listed = ", ".join(r[1:-1]) + f" and {r[-1]}"
            out.append(f"On {', '.join(names[:-1])} and {names[-1]}, {_bare(r[0]).lower()} is {listed}, respectively.")
    return "\n\n".join(out)


def bullets_as_table(page: Original) -> str | None:
    """Runs of bullets with a name in front become tables of names and values."""
    edits: dict[Span, str] = {}
    item = r"^[-*] +\*\*(?P<n>[^*\n]{2,40}?):?\*\*:? +(?P<v>[^\n|]+)\n"
    for m in re.finditer(rf"(?:{re.sub('[?]P<.>', '?:', item)}){{2,}}", page.text, re.MULTILINE):
        rows = [[i["n"].rstrip(":"), i["v"]] for i in re.finditer(item, m[0], re.MULTILINE)]
        edits[m.span()] = _pipe([["What", "How it is"], *rows]) + "\n\n"
    return _applied(page, edits) if page.form in ("markdown", "mdx") else None


def bullets_as_prose(page: Original) -> str | None:
    """Runs of bullets become a paragraph of sentences."""
    edits: dict[Span, str] = {}
    for m in re.finditer(r"(?:^[-*] +[^\n]+\n){2,}", page.text, re.MULTILINE):
        items = [re.sub(r"\*\*", "", i).strip() for i in re.findall(r"^[-*] +([^\n]+)\n", m[0], re.MULTILINE)]
        edits[m.span()] = " ".join(i if i.endswith((".", "!", ":")) else f"{i}." for i in items) + "\n"
    return _applied(page, edits) if page.form in ("markdown", "mdx") else None


_PRICE = re.compile(
    r"\$(?P<n>\d+(?:\.\d+)?)(?P<between>[^$|\n.,;:()]{0,24}?(?:/ ?|\bper ))(?P<unit>seconds?|sec|s|hours?|hr|h)\b(?![-\w])"
)
_HOUR = 3600
_PLACES = 9  # what a price may have in the contract


def restated(page: Original) -> str | None:
    """Every price beside its unit of time, per second for per hour and the other way round, where that is exact."""
    edits: dict[Span, str] = {}
    for m in _PRICE.finditer(page.text):
        usd, per_second = Decimal(m["n"]), m["unit"].startswith("s")
        other = usd * _HOUR if per_second else usd / _HOUR
        if other != round(other, _PLACES):
            continue
        edits[m.span()] = f"${other.normalize():f}{m['between']}{'hour' if per_second else 'second'}"
    return _applied(page, edits)


DESIGNS: dict[str, Callable[[Original], str | None]] = {
    "renamed": renamed, "transposed": _drawn(_transposed), "split_by_column": _drawn(_split), "row_lists": _drawn(_row_lists),
    "definitions": _drawn(_definitions), "cards": _drawn(_cards), "headerless": _drawn(_headerless), "prose": _drawn(_prose),
    "respectively": _drawn(_respectively), "bullets_as_table": bullets_as_table, "bullets_as_prose": bullets_as_prose,
    "restated": restated,
}  # fmt: skip


def _mutation(name: str, design: Callable[[Original], str | None]) -> Callable[[Original], Iterator[Case]]:
    def mutation(page: Original) -> Iterator[Case]:
        text = design(page)
        if text is not None and text != page.text:
            yield lasting(f"next_{name}", page, text, EITHER)

    return mutation


REDESIGNS = tuple(_mutation(name, design) for name, design in DESIGNS.items())
