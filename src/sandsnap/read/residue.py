"""Residue: the amounts on a watched page that no fact uses and no reviewed ignore-entry covers.

A new fee, plan or limit shows up here although every known fact still reads the same. An amount is money (any
currency), a percentage, a duration, a size, a rate or a count of something this project is about (sandboxes, vCPUs,
GPUs, requests, seats …; also a bare figure in a table whose row or column names one). Code samples, navigation and
JSON feeds are left out. An amount is accounted for when

  used     it stands in the row or the words that a fact cites, and its figure is one of that fact's figures; or
  ignored  an entry of the vendor's TOML covers it; or it is money and zero, which is no row of the contract.

    [[ignore]]
    url = "https://e2b.dev/docs/billing"   # one or several sources; left out: every page of the vendor
    heading = "Example.*"                  # a regular expression that one of the headings above matches in full
    outside = "Sandbox.*|Pricing"          # one that none of them matches: of a dump of all documentation, other chapters
    sentence = "for example"               # one that is found in the sentence; of a cell: "row — column: cell"
    amount = "1d|14d"                      # one that matches the amount in full
    kind = "percentage"                    # one or several of KINDS
    restates = true                        # only while a fact of this page has the same figure
    why = "an example cost, not a rate"

An entry needs a heading, an outside or a sentence, so that no page is waved through as a whole. Nothing here makes or changes a fact.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from sandsnap.model import Capture, Fact, Reading
from sandsnap.read.addresses import canonical
from sandsnap.read.memo import by_text
from sandsnap.read.page import Page
from sandsnap.read.passage import same_text
from sandsnap.read.phrases import SLASHES, VULGAR, phrases
from sandsnap.read.reading import page_of
from sandsnap.read.sources import source_of
from sandsnap.vendors import stated

KINDS = ("money", "percentage", "duration", "size", "rate", "count")
_STOP = re.compile(r"[.!?]['\")]?\s+(?=[A-Z*`$~])")
_FAR = 1000  # letters
_PLACES = ("heading", "outside", "sentence")
FREE = "free of charge: a price of zero is no row of the contract"


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


@dataclass(frozen=True, slots=True)
class Ignore:
    """A reviewed entry: which amounts need no fact, and why."""

    urls: tuple[str, ...]
    heading: re.Pattern[str] | None
    outside: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    amount: re.Pattern[str] | None
    kinds: tuple[str, ...]
    restates: bool
    why: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """A block or a cell: `text` is searched, `row` is what a fact read from the cell's row cites."""

    text: str
    headings: tuple[str, ...]
    row: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Amount:
    text: str
    kind: str
    figures: frozenset[Decimal]
    start: int
    sentence: str  # around it; of a cell, its row, column and text


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
    stated_here = list(_amounts(page))
    amounts = [a for _, a in stated_here]
    used = _used(stated_here, facts)
    stated = frozenset(n for f in facts for n in _figures(f))
    here = [e for e in ignores(page.vendor) if not e.urls or canonical(page.source_url) in e.urls]
    ignored: Counter[str] = Counter()
    left = []
    for i, (unit, a) in enumerate(stated_here):
        if i in used:
            continue
        if why := _ignored(a, unit.headings, here, stated):
            ignored[why] += 1
        else:
            left.append(Residue(a.text, a.kind, " > ".join(unit.headings), a.sentence))
    keys = frozenset(_key(a.text, a.sentence) for a in amounts)
    return Account(page.vendor, page.source_url, len(used), dict(ignored), tuple(left), keys)


# -- ignore-entries -------------------------------------------------------------------------------------------------


@cache
def ignores(name: str) -> tuple[Ignore, ...]:
    """A vendor's ignore-entries. Raises ValueError for one that covers a page as a whole or gives no reason."""
    return tuple(ignore_entry(entry, name) for entry in stated(name).get("ignore", []))


def ignore_entry(entry: Mapping[str, Any], name: str) -> Ignore:
    """One entry of vendors/<name>/statements.toml, checked. Raises ValueError."""
    where = f"{name}/statements.toml: [[ignore]] {dict(entry)}"
    if extra := entry.keys() - {"url", *_PLACES, "amount", "kind", "restates", "why"}:
        raise ValueError(f"{where}: unknown keys {', '.join(sorted(extra))}")
    if len(entry.get("why", "")) < 10:
        raise ValueError(f"{where}: say why these amounts need no fact")
    if not entry.keys() & set(_PLACES):
        raise ValueError(f"{where}: name a heading or a sentence; a page cannot be ignored as a whole")
    if "outside" in entry and "url" not in entry:
        raise ValueError(f"{where}: say which page's other chapters")
    kinds = _texts(entry.get("kind", ()))
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"{where}: unknown kind {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    patterns = {k: re.compile(entry[k], re.IGNORECASE) for k in (*_PLACES, "amount") if k in entry}
    for key, pattern in patterns.items():
        # What fits nothing and any word alike is a catch-all, however it is written.
        if pattern.search("") or all(pattern.fullmatch(word) for word in ("Quartz", "$1", "vexing jumps")):
            raise ValueError(f"{where}: the {key} fits everything")
    return Ignore(
        tuple(canonical(u) for u in _texts(entry.get("url", ()))),
        patterns.get("heading"), patterns.get("outside"), patterns.get("sentence"), patterns.get("amount"),
        kinds, bool(entry.get("restates", False)), entry["why"],
    )  # fmt: skip


def _texts(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _ignored(a: _Amount, headings: tuple[str, ...], here: Sequence[Ignore], stated: frozenset[Decimal]) -> str | None:
    for e in here:
        if (
            (not e.kinds or a.kind in e.kinds)
            and (e.heading is None or any(e.heading.fullmatch(h) for h in headings))
            and (e.outside is None or not any(e.outside.fullmatch(h) for h in headings))
            and (e.sentence is None or e.sentence.search(a.sentence))
            and (e.amount is None or e.amount.fullmatch(a.text))
            and (not e.restates or not a.figures.isdisjoint(stated))
        ):
            return e.why
    return FREE if a.kind == "money" and a.figures == {Decimal(0)} else None


# -- amounts --------------------------------------------------------------------------------------------------------

_NUM = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_WORDS = {
    w: Decimal(i)
    for i, w in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
_TO = r"[ ]?(?:-|–|—|\bto\b)[ ]?"
_TIME = r"(?i:milliseconds?|msecs?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?)\b"
_TIME_ABBREVIATED = r"(?:ms|s|mo|min|m|h|d)\b"
_SIZE = r"(?:[KMGT]i?B|(?i:(?:kilo|mega|giga|tera|gibi|mebi|tebi)bytes?))(?![a-zA-Z])"
_NOUN = (
    r"(?i:sandboxes|sandbox|micro-?vms?|vms?|virtual machines?|machines?|containers?|instances?|vcpus?|virtual cpus?|cpus?"
    r"|cores?|gpus?|requests?|sessions?|snapshots?|volumes?|seats?|users?|members?|developers?|credits?|invocations?"
    r"|connections?|deployments?|projects?|workspaces?|organi[sz]ations?|regions?|templates?|builds?|executions?"
    r"|environments?|domains?|concurrent|concurrency)\b"
)
_QUALITY = r"(?!(?i:for|of|in|per|to|and|or|the|with|your|if|is|are|on|at|by|too|as|an|a)\b)(?:[a-z][a-z-]*|[A-Z][a-z]+|API|GPU|CPU)"
_BY = (
    r"[ ]?(?:/|\bper\b)[ ]?(?:\d[\d,.]*[ ]?)?[kKMB]?(?:[a-zA-Z][a-zA-Z-]*)?"
    r"|[ ](?:a|an|each)[ ](?i:second|minute|hour|day|week|month|year)\b"
)
# One search over the whole page: a figure, a currency before it or a unit behind it. Units and figures stand in one
# line; a line is a block or a cell.
_AMOUNT = re.compile(
    rf"""(?<![\w.,$€£/=-])(?:
      (?P<money>(?:US|USD[ ])?\\?[$€£¥][ ]?{_NUM}(?:[ ]?[kKMB]\b)?(?:{_TO}\\?[$€£¥]?{_NUM})?\+?(?:[ ]USD\b)?(?:{_BY}){{0,3}}
        |{_NUM}[ ]?(?:¢|(?i:cents?|USD|EUR|dollars?)\b)(?:{_BY}){{0,3}})
      |(?P<percentage>{_NUM}(?:{_TO}{_NUM})?[ ]?(?:%|percent\b))
      |(?:(?P<spelt>(?i:{"|".join(_WORDS)}))[ -]{_TIME})
      |(?:{_NUM}[ ]?(?:[a-zA-Z]+[ ]?)?{_TO})?{_NUM}(?:[ ]?[kKM]\b)?\+?(?:
        (?P<size>[ -]?{_SIZE}(?:{_BY}){{0,2}})
        |(?P<duration>[ -]?{_TIME}|[ ]?{_TIME_ABBREVIATED})
        |(?P<rate>[ ]?(?:/|\bper\b)[ ]?(?:\d+[ ]?)?(?:{_TIME}|{_TIME_ABBREVIATED}))
        |(?P<count>[ -](?:{_QUALITY}[ ]){{0,2}}?{_NOUN}(?:{_BY}){{0,1}})
      )
    )""",
    re.VERBOSE,
)
# What a unit needs for the search to find anything in it; most have neither.
_WORTH_IT = re.compile(r"\d|[ -](?i:milli|sec|min|h(?:ou)?r|day|week|month|y(?:ea)?r)")
_FIGURE = re.compile(rf"({_NUM})(?:[ ]?([kKMB])\b)?")
_BARE = re.compile(rf"(?:~|<|>|≤|≥)?[ ]?(?P<count>{_NUM}(?:{_TO}{_NUM})?\+?)")
_BARE_OF = re.compile(
    rf"{_NOUN}|\b(?i:concurren\w+|limit|max(?:imum)?|quota|memory|ram|disk|storage|price|cost|rate)\b|\$|\b[GM]i?B\b"
)
_FRACTION = re.compile(rf"\d+[{SLASHES}]\d+(?=[ -]?[A-Za-z])|\d*[{''.join(VULGAR)}]")
_OF_FRACTION = re.compile(rf"[{SLASHES}{''.join(VULGAR)}]")
_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")
_SCALE = {"k": Decimal(1000), "m": Decimal(1_000_000), "b": Decimal(1_000_000_000)}


def _amounts(page: Page) -> Iterator[tuple[_Unit, _Amount]]:
    units = list(_units(page))
    for u in units:
        for a in _of_text(u.text):
            yield u, _in_its_cell(a, u)
    for u in units:
        for a in _fractions(u.text):
            yield u, _in_its_cell(a, u)
        if u.row is not None and (bare := _bare(u.text)) and _BARE_OF.search(u.label):
            yield u, replace(bare, sentence=u.label + u.text)


def _in_its_cell(a: _Amount, unit: _Unit) -> _Amount:
    """An amount whose sentence is its cell, with its labels; of a long cell each amount would look at all of it."""
    if unit.row is None:
        return a
    return replace(a, sentence=unit.label + (unit.text if len(unit.text) <= 2 * _FAR else a.sentence))


@by_text(32768)
def _of_text(text: str) -> tuple[_Amount, ...]:
    if not _WORTH_IT.search(text):
        return ()
    return tuple(_amount(m, text) for m in _AMOUNT.finditer(text) if not _in_label(text, m.start(), m.end()))


@by_text(8192)
def _bare(text: str) -> _Amount | None:
    m = _BARE.fullmatch(text) if len(text) < 24 else None
    return _amount(m, text) if m else None


def _in_label(text: str, start: int, end: int) -> bool:
    """Whether the first figure of text[start:end] is no number phrase but a name: the 4090 of "RTX 4090 GPUs"."""
    at = next((i for i in range(start, end) if text[i].isdigit()), None)
    here = phrases(text)
    i = bisect_right(here, at, key=lambda p: p.start) - 1 if at is not None else -1
    return at is not None and (i < 0 or at >= here[i].end)


@by_text(32768)
def _fractions(text: str) -> tuple[_Amount, ...]:
    """The fractions of a text ("1/16 vCPU"), which the search for amounts passes over."""
    if not _OF_FRACTION.search(text) or not _FRACTION.search(text):
        return ()
    found = (p for p in phrases(text) if p.form == "one" and p.unit and p.numbers and _FRACTION.match(p.text))
    return tuple(
        _Amount(
            p.text.strip(), "count", frozenset(n.normalize() for n in p.numbers), p.start, _around(text, p.start, p.end)
        )
        for p in found
    )


def _around(text: str, start: int, end: int) -> str:
    """The sentence around text[start:end], as far as one goes: of a long text each amount would look at all of it."""
    first, last = max(0, start - _FAR), min(len(text), end + _FAR)
    before = max((e.end() for e in _STOP.finditer(text, first, start + 1)), default=first)
    after = _STOP.search(text, end - 1, last)
    return text[before : after.start() + 1 if after else last].strip()


def _units(page: Page) -> Iterator[_Unit]:
    for b in page.blocks:
        if b.kind not in ("cell", "code"):
            yield _Unit(b.text, b.headings)
    for t in page.tables:
        for h in dict.fromkeys(t.header):
            if h:
                yield _Unit(h, t.headings, "", "column: ")
        for row in t.rows:
            seen = set()
            for c in row.cells:
                if c.text and c.text not in seen:  # a cell over several columns is one cell
                    seen.add(c.text)
                    label = f"{c.first} — " if c is not row.first else ""
                    yield _Unit(c.text, t.headings, c.quote, f"{label}{c.column}: ")


def _amount(m: re.Match[str], text: str) -> _Amount:
    kind = "duration" if (groups := m.groupdict()).get("spelt") else next(k for k in KINDS if groups.get(k))
    figures = set()
    # What it is per ("$0.60/1M", "40/10 min") is a unit and no figure of its own.
    own = re.split(r"/|\bper\b", m[0])[0]
    for n in _FIGURE.finditer(own):
        value = Decimal(n[1].replace(",", ""))
        figures.add((value * _SCALE.get((n[2] or "").lower(), Decimal(1))).normalize())
    if each := re.search(r"(?:/|\bper\b) ?(\d+) ?[a-zA-Z]", m[0]):
        figures |= {(f / Decimal(each[1])).normalize() for f in figures if int(each[1])}  # 40/10 min is 4 a minute
    if word := groups.get("spelt"):
        figures.add(_WORDS[word.lower()])
    return _Amount(m[0].strip(), kind, frozenset(figures), m.start(), _around(text, m.start(), m.end()))


@by_text(32768)
def _key(amount: str, sentence: str) -> str:
    # 0.0150 is 0.015, and 1,000 is 1000: another way to write it is no other amount.
    amount, sentence = (
        _ZEROS.sub(lambda m: m[1].rstrip("."), t.lower().replace(",", "")) for t in (amount, same_text(sentence))
    )
    words = re.sub(r"[^0-9a-z$€£%.]+", " ", sentence)
    return f"{re.sub(r'[^0-9a-z$€£%.]+', '', amount)} {words.strip(' .')}"


# -- what facts use -------------------------------------------------------------------------------------------------

_CONVERSIONS = {"cold_starts": (Decimal(1000), Decimal(60_000), Decimal(3_600_000))}


def _figures(fact: Fact) -> set[Decimal]:
    """The figures of a fact: its values, times also as a page would write them, and those in its names (a100-40g)."""
    out = set()
    for v in (*fact.values.values(), *fact.key.values()):
        if isinstance(v, Decimal):
            out |= {v.normalize(), *((v / f).normalize() for f in _CONVERSIONS.get(fact.table, ()))}
        elif isinstance(v, str):
            out |= {Decimal(n).normalize() for n in re.findall(r"\d+(?:\.\d+)?", v)}
    return out


def _used(amounts: Sequence[tuple[_Unit, _Amount]], facts: Sequence[Fact]) -> set[int]:
    """Which amounts (by position) stand in what a fact cites and are one of its figures."""
    cited: dict[str, set[Decimal]] = {}
    verbatim = set()  # a person has quoted these words, figures and all
    for f in facts:
        if f.quote:
            quote = same_text(f.quote)
            cited.setdefault(quote, set()).update(_figures(f))
            if f.basis == "quoted":
                verbatim.add(quote)
    used: set[int] = set()
    found: set[str] = set()
    by_text: dict[str, list[int]] = {}
    rows: dict[str, str] = {}
    for i, (unit, _) in enumerate(amounts):
        by_text.setdefault(unit.text, []).append(i)
    plain = {text: same_text(text) for text in by_text}

    def cite(quote: str, i: int) -> None:
        found.add(quote)
        if quote in verbatim or not amounts[i][1].figures.isdisjoint(cited[quote]):
            used.add(i)

    for i, (unit, _) in enumerate(amounts):
        if unit.row:
            row = rows[unit.row] = rows.get(unit.row) or same_text(unit.row)
            if row in cited:
                cite(row, i)
    for text, here in by_text.items():
        here.sort(key=lambda i: amounts[i][1].start)
        starts = [amounts[i][1].start for i in here]
        for quote in cited:
            for n in _covered(quote, plain[text], starts):
                cite(quote, here[n])
    # What is cited and stands in no block was joined by its reader from several: a card, a row of a list.
    joined = {q: figures for q, figures in cited.items() if q not in found}
    for i, (unit, a) in enumerate(amounts):
        if i not in used and any(plain[unit.text] in q and not a.figures.isdisjoint(fs) for q, fs in joined.items()):
            used.add(i)
    return used


def _covered(quote: str, text: str, starts: Sequence[int]) -> Iterator[int]:
    """Which of the ascending positions stand in the quote, wherever it stands in the text."""
    at, first = text.find(quote), 0
    while at >= 0:
        first = bisect_left(starts, at, first)
        last = bisect_left(starts, at + len(quote), first)
        yield from range(first, last)
        first = last
        at = text.find(quote, at + 1)
