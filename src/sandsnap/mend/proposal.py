"""One thing to mend, and the last captures on which it was tried."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandsnap.mend.edits import Edit, Quotation
from sandsnap.mend.likely import Likely
from sandsnap.model import Fact
from sandsnap.read.page import Page
from sandsnap.read.reading import read
from sandsnap.read.sources import Source

SAME = "gives the confirmed value again"
CHANGED = "the value would change"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a page may say now instead, the edits that would read it, which belong together (none: only code can read it),
    and what they gave when tried on the last captures. `safe`: the confirmed values again, and nothing speaks against it."""

    likely: Likely
    edits: tuple[Edit | Quotation, ...]
    tried: str
    safe: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that a page no longer says as it did. `kind`: quote (a person's), must (a source's phrase), entry (a
    sentence or cell of statements.toml), plan, size (its name), word (of the lexicon), statement (that nothing but a quote
    reads), reader (code).

    `was` are the words that stood; `code` names file, line and function where only code can be mended.
    """

    id: str
    vendor: str
    source_url: str
    kind: str
    what: str
    was: str
    candidates: tuple[Candidate, ...]
    code: str | None = None
    why: str = ""


def proposed(
    source: Source,
    kind: str,
    what: str,
    was: str,
    candidates: Sequence[Candidate],
    *about: str,
    code: str | None = None,
    why: str = "",
) -> Proposal:
    """A proposal whose id names what it is `about`, so that it is the same in the next run."""
    ident = hashlib.sha256("\n".join((source.vendor, source.url, *(about or (what,)))).encode()).hexdigest()[:8]
    return Proposal(ident, source.vendor, source.url, kind, what, was, tuple(candidates), code, why)


Facts = Mapping[object, Fact]


def facts_of(page: Page) -> Facts:
    """What a page states, by key, whoever reads it."""
    return {f.id: f for r in read(page.capture) if r.outcome == "good" for f in r.facts if not f.refused}


def compared(before: Facts, lost: Facts, now: Facts, confirmed: Facts) -> str:
    """What a page gives with an edit (`now`), compared with what it gave without it (`before`), with the facts that are looked
    for (`lost`), and with all that was last `confirmed` and the page does not give."""
    found = lost.keys() & now.keys()
    if not found:
        return "does not read it"
    if changed := [i for i in before if i not in now or now[i].values != before[i].values]:
        return f"{len(changed)} other facts of the page would change"
    if any(now[i].values != confirmed[i].values for i in confirmed.keys() & now.keys()):
        return CHANGED
    if more := now.keys() - before.keys() - confirmed.keys():
        return f"reads {len(more)} facts that were not confirmed"
    return SAME if len(found) == len(lost) else f"reads {len(found)} of the {len(lost)} facts that are lost"
