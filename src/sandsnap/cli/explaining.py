"""What `sandsnap explain` shows: the statements of a page, and what the general layer takes them for."""

import textwrap
from typing import TYPE_CHECKING

from sandsnap.cli.command import Stop

if TYPE_CHECKING:
    from sandsnap.model import Capture

_COLUMNS = {"label": 44, "plan": 12, "phrase": 22, "scope": 14, "taken": 66}


def rows(capture: "Capture") -> list[dict[str, str]]:
    """One row for each amount of a page: where, label, plan, phrase, scope, and what it was taken for or why not, as if
    no exact reader had read the page. Raises Stop for a URL that nobody declared."""
    from sandsnap.read.general.names import names_of
    from sandsnap.read.general.redesigned import of_product
    from sandsnap.read.general.stated import verdicts
    from sandsnap.read.reading import page_of
    from sandsnap.read.sources import source_of

    source = source_of(capture.url)
    if source is None:
        raise Stop(f"{capture.url} is not declared as a source; declare it in src/sandsnap/vendors first")
    names = names_of(source.vendor)
    owned = frozenset[str]().union(*(names.owns.get(reader, frozenset()) for reader in source.readers))
    out = []
    page = page_of(capture)
    for v in verdicts(page, names, owned, of_product(page, names)):
        s, scope = v.statement, v.statement.passage.here()
        taken = "; ".join(f"{f.table} " + " / ".join(x for x in f.key.values() if x != "-") for f in v.facts)
        nearest = f"; nearest: {', '.join(near)}" if (near := v.near) else ""
        out.append(
            {
                "where": " > ".join(s.passage.where),
                "label": " ".join(s.labels[0].split()),
                "plan": ", ".join((*s.plans, *s.sizes)),
                "phrase": s.phrase,
                "scope": ", ".join(f"{part}: {words}" for part, words in scope.why) or "plain",
                "taken": taken or f"not taken: {v.why}{nearest}",
            }
        )
    return out


def table(found: list[dict[str, str]]) -> str:
    """The rows as a table for a terminal, each text cut to its column."""
    lines = ["  ".join(c.ljust(w) for c, w in _COLUMNS.items()).rstrip()]
    where = None
    for row in found:
        if row["where"] != where:
            where = row["where"]
            lines.append(f"under {where}" if where else "(no heading)")
        lines.append(
            "  ".join(textwrap.shorten(row[c], w, placeholder="…").ljust(w) for c, w in _COLUMNS.items()).rstrip()
        )
    return "\n".join(lines) if found else "the page states no amount"
