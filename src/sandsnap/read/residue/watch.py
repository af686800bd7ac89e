"""New residue: amounts that no fact uses, that no ignore-entry covers, and that the page did not state before.

A `Watch` is shown a vendor's captures in the order of time. An amount is new for NEW_DAYS from the day on which it is
first seen, so that its issue stays open while a person gets to it, and closes by itself when a fact or an entry
accounts for it, when it leaves the page, or when it has stood there so long that it is what the page always says.
What the first capture of a source states is where the watching starts. Pure: no clock, no database.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import SequenceMatcher

from sandsnap.model import Capture, Issue, Reading
from sandsnap.read.frames import Frames
from sandsnap.read.residue.account import Account, Residue, account
from sandsnap.read.sources import source_of

NEW_DAYS = 30
# From so many new sentences under one heading on, they are one issue; a page of which most is new was rewritten.
_TOGETHER = 4
_REWRITTEN = 12
_ALIKE = 0.7  # of two sentences with the same amount, from which on one is the other in other words

_Page = tuple[str, str, bool]  # url, sha256, complete: the same bytes state the same amounts
Accounts = dict[_Page, Account | None]


class Watch:
    """What each source has stated so far, since when, and under which headings. One for all vendors, or one for each.

    `accounts`: of pages that another watch has been shown, so that each is gone through once.
    """

    def __init__(self, accounts: Accounts | None = None) -> None:
        self._since: dict[str, dict[str, date | None]] = {}
        self._first_on: dict[tuple[str, str], str] = {}
        self._told: dict[str, tuple[Issue, ...]] = {}
        self.frames = Frames()
        self.accounts: Accounts = accounts if accounts is not None else {}

    def issues(self, capture: Capture, readings: Sequence[Reading]) -> tuple[Issue, ...]:
        """Issues of kind residue on a capture; those told last where the capture is not the whole page."""
        found, day = self._account(capture, readings), capture.day
        if found is None or day is None or not capture.complete:
            if found is not None and day is not None:
                self._note(found, day, capture.complete)
            source = source_of(capture.url)
            return self._told.get(source.url, ()) if source else ()
        self._note(found, day, True)
        since = self._since[found.source_url]
        new = [
            r
            for r in dict.fromkeys(found.residue)
            if (first := since[r.key]) is not None
            and 0 <= (day - first).days <= NEW_DAYS
            # A twin page that says the same, or the page from which the sentence moved here, has told it.
            and self._first_on[found.vendor, r.key] == found.source_url
        ]
        self._told[found.source_url] = tuple(_issues(found, new))
        return self._told[found.source_url]

    def _account(self, capture: Capture, readings: Sequence[Reading]) -> Account | None:
        key = (capture.url, capture.sha256, capture.complete)
        if key not in self.accounts:
            self.accounts[key] = account(capture, readings)
        return self.accounts[key]

    def _note(self, found: Account, day: date, complete: bool) -> None:
        # What an excerpt shows, and what a source's first capture states, may have stood there for long.
        known = self._since.get(found.source_url)
        since = self._since.setdefault(found.source_url, {}) if complete else (known or {})
        watched = known is not None and complete
        gone = [key for key in since if key not in found.keys]
        for key in sorted(found.keys - since.keys()):
            old = _reworded(key, gone) if watched else None
            since[key] = since[old] if old else day if watched else None
            owner = self._first_on[found.vendor, old] if old else found.source_url
            self._first_on.setdefault((found.vendor, key), owner)


def _reworded(key: str, gone: Iterable[str]) -> str | None:
    """The sentence with the same amount that has left the page where this one came, in other words only."""
    amount, _, sentence = key.partition(" ")
    for old in gone:
        same, _, was = old.partition(" ")
        if same == amount:
            alike = SequenceMatcher(None, was, sentence, autojunk=False)
            # The first two are bounds of the third, and cheap.
            if min(alike.real_quick_ratio(), alike.quick_ratio()) >= _ALIKE and alike.ratio() >= _ALIKE:
                return old
    return None


def _issues(found: Account, new: Sequence[Residue]) -> Iterable[Issue]:
    if len(new) >= _REWRITTEN and 2 * len(new) > found.amounts:
        yield _issue(found, new, f"most amounts on the page are new, {len(new)} of them are used by no fact, such as")
        return
    headings: dict[str, dict[str, list[Residue]]] = {}
    for r in new:
        headings.setdefault(r.heading, {}).setdefault(r.sentence, []).append(r)
    for sentences in headings.values():
        groups = [*sentences.values()]
        if len(groups) >= _TOGETHER:
            groups = [[r for group in groups for r in group]]
        for group in groups:
            yield _issue(found, group, "new, and used by no fact:")


def _issue(found: Account, group: Sequence[Residue], what: str) -> Issue:
    shown = ", ".join(dict.fromkeys(r.amount for r in group[:6])) + (" …" if len(group) > 6 else "")
    under = f" under {group[0].heading!r}" if group[0].heading else ""
    message = f"{what} {shown}{under}: {_cut(group[0].sentence)!r}; read it, or cover it with an [[ignore]] entry"
    return Issue("residue", found.vendor, found.source_url, message, nearest=_cut(group[0].sentence, 500))


def _cut(text: str, most: int = 200) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
