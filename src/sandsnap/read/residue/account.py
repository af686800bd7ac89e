"""How the amounts of one page are accounted for: used by a fact, ignored for a reason, or left."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandsnap.model import Capture, Fact, Reading
from sandsnap.read.addresses import canonical
from sandsnap.read.memo import by_text
from sandsnap.read.page import Page
from sandsnap.read.passage import same_text
from sandsnap.read.reading import page_of
from sandsnap.read.residue.amounts import amounts
from sandsnap.read.residue.ignored import ignored, ignores
from sandsnap.read.residue.used import figures, used
from sandsnap.read.sources import source_of

_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")
_BESIDE = re.compile(r"[^0-9a-z$€£%.]+")


@dataclass(frozen=True, slots=True)
class Residue:
    """One amount that is not accounted for. `heading`: the headings above, outermost first, joined by " > ".

    `sentence` is the sentence around it; of a table cell "row — column: cell".
    """

    amount: str
    kind: str
    heading: str
    sentence: str

    @property
    def key(self) -> str:
        """What makes two the same, on any page and day: the amount and its sentence, whatever their markup."""
        return _key(self.amount, self.sentence)


@dataclass(frozen=True, slots=True)
class Account:
    """How the amounts of one capture are accounted for; `ignored` counts them by the reason that was given."""

    vendor: str
    source_url: str
    used: int
    ignored: Mapping[str, int]
    residue: tuple[Residue, ...]
    keys: frozenset[str]  # of every amount, accounted for or not

    @property
    def amounts(self) -> int:
        """How many amounts the page states."""
        return self.used + sum(self.ignored.values()) + len(self.residue)


def residue(capture: Capture, readings: Sequence[Reading]) -> list[Residue]:
    """The amounts on a capture that its readings' facts do not use and no ignore-entry covers; [] for a page that
    could not be read at all."""
    found = account(capture, readings)
    return list(found.residue) if found else []


def account(capture: Capture, readings: Sequence[Reading]) -> Account | None:
    """How a capture's amounts are accounted for. None where the capture is not a page of ours, or not in prose."""
    if source_of(capture.url) is None or any(r.outcome in ("bad_page", "gone") for r in readings):
        return None
    page = page_of(capture)
    if page.form == "json":
        return None
    return account_of(page, [f for r in readings for f in r.facts])


def account_of(page: Page, facts: Sequence[Fact]) -> Account:
    """As `account`, for a page that is outlined already and the facts read from it."""
    stated_here = amounts(page)
    cited = used(stated_here, facts)
    stated = frozenset(n for f in facts for n in figures(f))
    here = [e for e in ignores(page.vendor) if not e.urls or canonical(page.source_url) in e.urls]
    reasons: Counter[str] = Counter()
    left = []
    for i, (unit, a) in enumerate(stated_here):
        if i in cited:
            continue
        if why := ignored(a, unit.headings, here, stated):
            reasons[why] += 1
        else:
            left.append(Residue(a.text, a.kind, " > ".join(unit.headings), a.sentence))
    keys = frozenset(_key(a.text, a.sentence) for _, a in stated_here)
    return Account(page.vendor, page.source_url, len(cited), dict(reasons), tuple(left), keys)


@by_text(32768)
def _key(amount: str, sentence: str) -> str:
    # 0.0150 is 0.015, and 1,000 is 1000: another way to write it is no other amount.
    amount, sentence = (
        _ZEROS.sub(lambda m: m[1].rstrip("."), t.lower().replace(",", "")) for t in (amount, same_text(sentence))
    )
    words = _BESIDE.sub(" ", sentence)
    return f"{_BESIDE.sub('', amount)} {words.strip(' .')}"
