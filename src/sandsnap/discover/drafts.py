"""What a page of a new vendor states, as entries of statements.toml that a person confirms: each sentence and table with an
amount, its wording with holes, and the item of the contract that its words name best."""

import json
import re
from collections.abc import Iterator

from sandsnap.read.amounts import HOLES
from sandsnap.read.general.words import lexicon, stems
from sandsnap.read.page import Page
from sandsnap.read.phrases import Phrase, phrases
from sandsnap.read.table import Table

MOST = 40  # drafts of one page
_FAMILY = {"money": "money", "duration": "duration", "size": "size", "rate": "rate", "count": "count"}
_MAKES = {"limits": "limit", "prices": "price", "allowances": "allowance", "cold_starts": "start"}


def drafts(page: Page, source: str) -> list[str]:
    """The entries, each a text in TOML behind comment marks; `source` is the name of the page's [[source]]."""
    found = [*_sentences(page, source), *_tables(page, source)]
    return ["\n".join(f"# {line}" for line in text.splitlines()) for text in found[:MOST]]


def _sentences(page: Page, source: str) -> Iterator[str]:
    for n, s in enumerate((s for s in page.sentences if s.kind not in ("code", "cell")), 1):
        spans = [(p, hole) for p in phrases(s.text) if (hole := _hole(p, s.text))]
        if not any(hole != "count" for _, hole in spans):
            continue
        says, at, seen = "", 0, dict.fromkeys(HOLES, 0)
        for p, hole in spans:
            seen[hole] += 1
            number = "" if seen[hole] == 1 else str(seen[hole])
            says += re.escape(s.text[at : p.start]) + f"{{{hole}{number}}}"
            at = p.end
        says = (says + re.escape(s.text[at:])).replace(r"\ ", " ")
        made = _made(s.text, spans[0][1])
        yield _entry(s.text, "sentence", f"stated_{n}", source, f"says = {_literal(says)}\nmakes = {made}")


def plans(page: Page) -> list[str]:
    """What the columns of a page's tables of plans are called, each once."""
    return list(dict.fromkeys(h for t in page.tables if _compares_plans(t) for h in t.header[1:]))


def _compares_plans(table: Table) -> bool:
    """Whether the columns may be plans: several, that name no item of the contract, and figures for two of them in a row."""
    heads = table.header[1:]
    named = any(not h or phrases(h) or any(i.fit(stems(h), stems(h)) for i in lexicon().values()) for h in heads)
    rows = (sum(_first_hole(c.text) is not None for c in r.cells[1:]) for r in table.rows)
    return len(heads) > 1 and not named and any(n > 1 for n in rows)


def _first_hole(text: str) -> str | None:
    return next((h for p in phrases(text) if (h := _hole(p, text))), None)


def _by_plan(table: Table, source: str, n: int) -> Iterator[str]:
    """Each row of a table of plans: one entry for all of them."""
    for m, row in enumerate(table.rows, 1):
        holes = [h for c in row.cells[1:] if (h := _first_hole(c.text))]
        if not holes:
            continue
        made = _made(row.first.text, holes[0]).replace(" }", ', plan = "{plan}" }', 1)
        if "plan_fee" in made:
            made = '{ fee = "{name}", plan = "{plan}" }'
        label = re.escape(row.first.text).replace(r"\ ", " ")
        said = f"table = \"plans\"\nrow = {_literal(label)}\nsays = '{{{holes[0]}}}'\nmakes = {made}"
        yield _entry(row.first.quote, "cell", f"plans_{n}_{m}", source, said)


def _tables(page: Page, source: str) -> Iterator[str]:
    for n, table in enumerate(page.tables, 1):
        if _compares_plans(table):
            yield from _by_plan(table, source, n)
            continue
        heads = [re.escape(h).replace(r"\ ", " ") for h in table.header if h]
        for row in table.rows:
            cell = next((c for c in row.cells[1:] if _first_hole(c.text)), None)
            hole = _first_hole(cell.text) if cell is not None else None
            if cell is None or hole is None or not cell.column:
                continue
            label = re.escape(row.first.text).replace(r"\ ", " ")
            said = (
                f"table = [{', '.join(map(_literal, heads))}]\nrow = {_literal(label)}\ncolumn = {_literal(re.escape(cell.column))}\n"
                f"says = '{{{hole}}}'\nmakes = {_made(f'{row.first.text} {cell.column}', hole)}"
            )
            yield _entry(row.first.quote, "cell", f"table_{n}", source, said)


def _entry(quote: str, section: str, reader: str, source: str, rest: str) -> str:
    return f'# {quote}\n[[{section}]]\nreader = "{reader}"\non = "{source}"\n{rest}'


def _hole(phrase: Phrase, text: str) -> str | None:
    said = text[phrase.start : phrase.end]
    return next(
        (h for h in ("money", "duration", "size", "rate", "count") if re.fullmatch(HOLES[h], said, re.IGNORECASE)), None
    )


def _made(label: str, hole: str) -> str:
    words = stems(label)
    fitting = [(i.fit(words, words), i) for i in lexicon().values() if _FAMILY[hole] in i.units and i.table in _MAKES]
    best = max((n for n, _ in fitting), default=0)
    if not best:
        return "{}  # say what it is: limit, price, allowance, start, or a table"
    likely = [i for n, i in fitting if n == best]
    others = f"  # or {', '.join(i.name for i in likely[1:3])}" if len(likely) > 1 else ""
    period = ', period = "month"' if likely[0].table == "allowances" else ""
    return f'{{ {_MAKES[likely[0].table]} = "{likely[0].term}"{period} }}{others}'


def _literal(text: str) -> str:
    return f"'{text}'" if "'" not in text else json.dumps(text)
