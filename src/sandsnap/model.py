"""The words every stage shares (../shared/design/architecture.md defines them). Plain frozen data, no behaviour.

A `Capture` is one stored response. A `Fact` is one row of one table with its citation. Reading one source
gives `Reading`s, one per reader: facts, or issues that say why not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

Value = str | bool | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Capture:
    """One stored HTTP response, as it came. Never changed.

    `captured_at` is UTC; None only for an archived copy whose day nobody knows (it can be read, not recorded).
    `sha256` is of `body` (the decoded bytes of the response). `redirects` are the URLs passed through,
    the requested one first; empty without a redirect. `complete` is False for an excerpt of a page:
    what is missing from an excerpt is not missing from the page. `file` names an archived copy.
    `first_seen` is when these bytes were first captured, where that is known: what a page leaves to the day on which it
    is read (a year, a block of a template) is resolved by that day, so that the same bytes always say the same.
    """

    url: str
    captured_at: datetime | None
    body: bytes
    sha256: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[str, ...] = ()
    complete: bool = True
    file: str | None = None
    first_seen: datetime | None = field(default=None, compare=False)

    @property
    def day(self) -> date | None:
        """The UTC day of the capture: the unit of valid time."""
        return self.captured_at.date() if self.captured_at else None

    @property
    def origin(self) -> str | None:
        """Where a copy was made, if not by us: `git:<repository>@<commit>:<path>` or
        `web-archive:<moment>/<url>`, with `+<host>` behind the word for another archive than the Internet Archive."""
        return self.file if self.file and self.file.startswith(("git:", "web-archive:", "web-archive+")) else None

    @property
    def first_day(self) -> date | None:
        """The UTC day on which these bytes were first captured; the capture's own where no earlier one is known."""
        days = [at.date() for at in (self.first_seen, self.captured_at) if at]
        return min(days, default=None)

    def header(self, name: str) -> str | None:
        """The first header of that name, case-insensitive."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one vendor's fetching gave. Pages: all asked for, those with a new answer (200, or that there is no such
    page: 404, 410), unchanged (304), failed.
    `bytes` were received, `seconds` spent on the network, all requests added up."""

    vendor: str
    pages: int
    answered: int
    unchanged: int
    failed: int
    bytes: int
    seconds: float


class Refusal(NamedTuple):
    """Why what a page states is not taken: the issue's kind and message, the day from which it is announced to hold, and `by`
    which scope: "some" where unknown words restrict it, "past", "other", "struck", …; "" for another reason."""

    kind: str
    why: str
    begins: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of one table of the contract, with its citation.

    `key` and `values` hold every key and value column of the table (schemas.TABLES), without `vendor`;
    key columns that do not apply are "-", values that the page does not state are None.
    `quote` is the exact rendered text of the page; None, like `capture`, only when `basis` is judged or second_hand.
    `since` is the day on which the value was first seen, where a later look confirmed it: it is valid from then on. None:
    valid from the day of its reading.
    `frame` is what stands over it on the page: headings, the table's caption, its column; `beside`: the texts beside it, its list
    or its table. `reframed` are the words that these gained on the day its value moved (`read.frames`).
    `refused` is why where the page states it in another scope than the one that is recorded: such a fact becomes an issue
    of its reading and is never taken.
    """

    table: str
    vendor: str
    key: Mapping[str, str]
    values: Mapping[str, Value]
    basis: str
    source_url: str
    quote: str | None
    capture: str | None
    verified_on: date | None
    since: date | None = None
    refused: Refusal | None = None
    frame: tuple[str, ...] = field(default=(), compare=False)
    beside: tuple[str, ...] = field(default=(), compare=False)
    reframed: tuple[str, ...] = field(default=(), compare=False)

    @property
    def id(self) -> tuple[str, str, tuple[str, ...]]:
        """(table, vendor, key values in the contract's order): which fact this is, whatever its value."""
        return self.table, self.vendor, tuple(self.key.values())


@dataclass(frozen=True, slots=True)
class Wait:
    """What a page states and the gate does not let in yet: `fact`, since the day it was first stated.

    `state` is `unconfirmed` (a second, independent look decides) or `held` (a person does); `reason` says why, in words.
    The standing claim of the same key, if there is one, keeps its value and is not verified that day.
    """

    fact: Fact
    state: str
    reason: str
    since: date


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a publisher measured on a day: one row of the series `measurements`.

    `value` is in `unit` (ms; share, 0 to 1), `runs` counts failed ones too. `measured_at` is UTC: of two runs of one day
    the later one stands. `source_url` is the file, `capture` its stored copy.
    """

    vendor: str
    product: str
    benchmark: str
    mode: str
    statistic: str
    value: Decimal
    unit: str
    runs: int
    measured_at: datetime
    source_url: str
    capture: str


@dataclass(frozen=True, slots=True)
class Published:
    """What a publisher's file gave beside issues. `statements` are what it says of vendors' keys: basis second_hand, only
    the columns it states, never facts by themselves. `unknown` are the providers it names that we do not watch."""

    measurements: tuple[Measurement, ...] = ()
    statements: tuple[Fact, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """What a person must look at. `nearest` is the page's nearest text now, where one was looked for.

    `kind` is one of ISSUE_KINDS. `reader` is the reading's full name, None when the
    whole page is concerned.
    """

    kind: str
    vendor: str
    source_url: str
    message: str
    reader: str | None = None
    nearest: str | None = None


_FIGURE = re.compile(r"[0-9]+(?:[.,'][0-9]+)*(?:[eE][-+]?[0-9]+)?")  # however it prints, it is one figure
_OR_NOW = "; or now: "


def or_now(message: str, others: Sequence[str]) -> str:
    """An issue's message with further candidates, cut short, behind it; they are no part of what it is about."""
    shown = " / ".join(f"“{t[:117]}…”" if len(t) > 120 else f"“{t}”" for t in others)
    return message + _OR_NOW + shown if shown else message


def matter(message: str) -> str:
    """An issue's message without further candidates: what it is about, whatever else the page says."""
    return message.partition(_OR_NOW)[0]


def subject(message: str) -> str:
    """What an issue is about whatever its figures are, so that it is the same one on the next day."""
    return _FIGURE.sub("#", matter(message))


ISSUE_KINDS: Mapping[str, str] = {
    "fetch_failed": "no response: network, robots.txt, too large, too slow, a redirect out of the vendor's hosts",
    "http_status": "the server answered with an error status",
    "template": "an unrendered template was served; what it would fill in is not on the page",
    "script_shell": "a JavaScript shell: the content is made in the browser",
    "soft_404": "a 'page not found' page with status 200",
    "bot_wall": "a bot check instead of the page",
    "cookie_wall": "a consent page instead of the page",
    "run_together": "cells of a flattened table run together; nothing is read from them",
    "truncated": "the body ends in the middle",
    "charset": "the bytes are not in the charset they claim",
    "wrong_page": "none of the phrases the source must contain is on the page",
    "no_reader": "no reader is declared for this URL",
    "refused": "a record of an archive was not let in: its day, status, address or file cannot be",
    "undated": "the capture's day is not known: it can be read, not recorded",
    "unreadable": "a reader found a shape it does not know; its facts keep their last value",
    "defect": "a reader broke: our mistake, to be reported; its facts keep their last value",
    "conflict": "the page states two different values for one fact",
    "ambiguous": "what the page says of an amount fits two items equally; neither is taken",
    "lost_quote": "a quoted phrase no longer stands on the page",
    "unknown_key": "a feed has a key that no reader knows beside those that are read",
    "appeared": "a phrase that a judgement rests on being absent has appeared",
    "residue": "an amount has appeared that no fact uses and no reviewed ignore-entry covers",
    "missing": "a fact is gone from a page that was read well; the next good reading decides",
    "held": "the change was too large or too suspicious to publish unseen",
    "invalid": "a row does not satisfy the contract",
    "announced": "the page states a value from a day to come on; the old one holds until then",
    "scope": "the page says it of another time, currency, product or offer, not exactly, hidden or struck out",
    "reworded": "a sentence is gone while its topic still stands; its fact keeps the last value",
    "unread_table": "a table with amounts that no reader of the page looks at",
    "overrun": "reading the page took more time or memory than a page may take, or crashed",
    "unpublished": "the page says that it is a draft or not published: nothing rests on it",
    "version": "a publisher's file of a version that no reader knows; nothing is taken from it",
    "unmeasured": "a vendor that is measured otherwise is not in a publisher's file, or no run of it was made: a gap",
    "summary": "what a publisher's file gives as its summary is not what its own runs come to",
    "unit": "figures of a publisher's file cannot be in the unit that they are said to be in",
    "future": "a publisher's file is of a day that had not come when it was captured, or of another day than it is named",
    "conditions": "a publisher's file was not made under the conditions of its benchmark",
    "discovered": "the vendor lists a page that nobody watches, or no longer one that is watched",
    "quarantined": "the capture is in quarantine: it is as if it had never been fetched",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader gave on one capture.

    `reader` is the reader's stable name: the canonical source URL, '#', the function's name (or `quoted`).
    `outcome` is `good`, `failed` (this reader could not read: its facts carry forward), `bad_page` (the
    capture is not the page: every fact of the source carries forward), `gone` (the server says that there is
    no such page any more: its facts are missing, and removed when a later day agrees), `unpublished` (a draft, or a page
    that is kept out of indexes: `facts` are what it says, and nothing rests on it) or, after the gate, `held`.
    `partial` readings come from excerpts: they confirm and add, and nothing is ever missing from them. `sticky`
    readings (the quoted ones) never
    make a fact missing either: a lost phrase is an issue, not an absence.
    `rank` orders the claims of several sources on one fact: the lowest is the one that is shown.
    `version` identifies the reader's code, quotes and vocabulary: when it differs, differences over the
    same capture are our corrections. `text` is the running text of the page that was read, a line for each block:
    for the gate, which tells a sentence in other words from one that is gone; it is not recorded.
    `waits` are what the page states and the gate did not let in; `let_go` what a person said the page no longer
    makes true. `origin` is the capture's.
    `published`: what a publisher's file gave (its `vendor` is the publisher's name, its `facts` are empty); None for a
    vendor's page.
    `denials` are what the page says that there is not: facts without values, of the basis `denied`. They end the fact of their
    key where no other page has it fresh, and are never facts.
    `restricted` are facts that it found said of some cases only, by words that nobody knows: never taken, but another value of
    their key is a conflict.
    `log`: a page of dated entries: what it no longer says has scrolled off, and is never removed.
    `redesigned`: the page is in a shape that its reader does not know, and facts were read by what it says (read/general/).
    """

    vendor: str
    source_url: str
    reader: str
    version: str
    outcome: str
    facts: tuple[Fact, ...] = ()
    issues: tuple[Issue, ...] = ()
    partial: bool = False
    sticky: bool = False
    rank: int = 0
    captured_at: datetime | None = None
    capture: str | None = None
    text: str = field(default="", repr=False, compare=False)
    waits: tuple[Wait, ...] = ()
    let_go: tuple[Fact, ...] = ()
    origin: str | None = None
    published: Published | None = None
    redesigned: bool = False
    denials: tuple[Fact, ...] = ()
    log: bool = False
    restricted: tuple[Fact, ...] = ()

    @property
    def day(self) -> date | None:
        """The UTC day of the capture."""
        return self.captured_at.date() if self.captured_at else None
