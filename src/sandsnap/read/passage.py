"""Passages: pieces of a captured page, and the facts they make."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sandsnap.model import Fact, Value
from sandsnap.read import amounts
from sandsnap.read.amounts import Amount
from sandsnap.read.bounds import bounded
from sandsnap.read.errors import Unreadable
from sandsnap.read.patterns import compiled, without_holes
from sandsnap.read.phrases import LABEL, goes_on, part_of
from sandsnap.read.refusal import refusal
from sandsnap.read.rows import Rows
from sandsnap.read.scope import PLAIN, Scope, said
from sandsnap.vendors import PRODUCTS
from schemas import TABLES
from schemas.vocabulary import DENIED

if TYPE_CHECKING:
    from sandsnap.read.page import Page

_SAME = (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"))
_FIGURE = re.compile(r"(?:US)?\\?\$?\s?\d[\d.,]*")
_LETTERS = re.compile(r"[^\W\d_]+")
FIGURES = frozenset({"prices", "allowances", "limits", "plans", "cold_starts", "persistence"})


def same_text(text: str) -> str:
    """Text for comparing: white space folded, typographic quotes and dashes as plain ones."""
    return " ".join(plain_marks(text).split())  # a no-break space is white space, too


@lru_cache(maxsize=2048)
def below(headings: tuple[str, ...], asked: str | None) -> tuple[str, ...]:
    """The headings below the last one of which every word stands in the pattern `asked`."""
    named = set(_LETTERS.findall(asked.lower())) if asked else set()
    at = next((i for i in reversed(range(len(headings))) if set(_LETTERS.findall(headings[i].lower())) <= named), -1)
    return headings[at + 1 :] if named else headings


def plain_marks(text: str) -> str:
    """Text with typographic quotes and dashes as plain ones, letter for letter."""
    if not text.isascii():
        for mark, plain in _SAME:
            text = text.replace(mark, plain)
    return text


@dataclass(frozen=True)
class Passage(Rows):
    """A piece of the page: `text` is what is read, `quote` what is cited, `where` the headings above it."""

    page: "Page"
    text: str
    quote: str
    where: tuple[str, ...]
    under: str | None = field(default=None, kw_only=True)  # the heading that the reader asked for
    scope: Scope = field(default=PLAIN, kw_only=True)  # of the piece itself, without its headings
    over: tuple[str, ...] = field(default=(), kw_only=True)  # in a table: its caption, and the column's heading
    at: int | None = field(default=None, kw_only=True)  # the block with which its table begins

    def here(self) -> Scope:
        """Everything that is said of this piece: by its markup and sentence, the headings above, sentences that speak
        of what follows them, and the page."""
        led = self.page.led_text(self.text, self.quote) if self.scope is PLAIN else PLAIN
        return self.scope.inside(led).inside(self.page.scope_under(self.where, self.under))

    @property
    def frame(self) -> tuple[str, ...]:
        """What stands over the piece, below the last heading that the reader asked for in all its words."""
        return (*below(self.where, self.under), *self.over)

    @property
    def beside(self) -> tuple[str, ...]:
        """The texts beside the piece, its list or its table."""
        texts = self.page.around.beside
        if self.at is not None:
            return texts.of(range(self.at, self.at + 1))
        return texts.of(texts.place(self.text, self.quote, self.where))

    @property
    def inner(self) -> Scope:
        """The scope that a part of the piece has by itself."""
        return self.scope

    def piece(self, text: str) -> "Passage":
        """A part of the text, in its scope and cited as it is."""
        return Passage(
            self.page, text, self.quote, self.where, under=self.under, scope=self.inner, over=self.over, at=self.at
        )

    def money(self) -> Amount:
        """The whole text as US dollars, e.g. "$0.15/GB per month". Raises Unreadable."""
        return amounts.money(self.text)

    def duration(self) -> Amount:
        """The whole text as a duration, e.g. "45 minutes". Raises Unreadable."""
        return amounts.duration(self.text)

    def size(self) -> Amount:
        """The whole text as a size, e.g. "10GiB". Raises Unreadable."""
        return amounts.size(self.text)

    def count(self) -> Amount:
        """The whole text as a count, e.g. "2,000". Raises Unreadable."""
        return amounts.count(self.text)

    def rate(self) -> Amount:
        """The whole text as a count per time, e.g. "200/min". Raises Unreadable."""
        return amounts.rate(self.text)

    def scan(self, pattern: str) -> "Match":
        """The whole text against a pattern with holes (see Page.find_all). Raises Unreadable."""
        regex, holes = compiled(pattern)
        m = regex.fullmatch(self.text)
        if not m:
            raise Unreadable(f"expected {pattern!r}, found {self.text!r}")
        scope = said(self.text, "sentence", self.page.capture.day, regex.pattern, self.page.vendor).inside(self.inner)
        return Match(
            self.page,
            self.text,
            self.quote,
            self.where,
            m,
            holes,
            under=self.under,
            scope=scope,
            over=self.over,
            at=self.at,
        )

    # -- facts ---------------------------------------------------------------------------------------------------

    def fact(self, table: str, *, bound: str = "exact", **fields: Value) -> Fact:
        """One row of `table`. Key columns not given are blank ("-", offer: list; product: the page's), others None.

        What the page says in another scope is refused (`Fact.refused`): a reader gets only what is to be seen, holds
        now, is in US dollars, of the vendor's own product, of the `offer` in its key (list where it names none) and as
        exact as `bound` says: exact, or by name max ("up to"), min ("from"), about. Raises
        Unreadable for a term outside the vocabulary or a column the table does not have.
        """
        return self._fact(table, fields, bound, "read")

    def denial(self, table: str, **key: Value) -> Fact:
        """That the page says that there is none of a key: no fact, but what ends one that an older page states."""
        return self._fact(table, key, "exact", DENIED)

    def _fact(self, table: str, fields: Mapping[str, Value], bound: str, basis: str) -> Fact:
        spec = TABLES[table]
        unknown = fields.keys() - {*spec.key, *spec.values}
        if unknown:
            raise Unreadable(f"{table} has no column {', '.join(sorted(unknown))}")
        row: dict[str, Value] = {
            "vendor": self.page.vendor,
            **spec.blank,
            "product": self.page.product,
            **dict.fromkeys(spec.values),
            **fields,
        }
        for name in spec.key if basis == DENIED else (*spec.key, *spec.values):
            objection = spec.by_name[name].objection(row[name])
            if objection:
                raise Unreadable(f"{table}: {objection}; the page says {self.quote!r}")
        if row["product"] not in PRODUCTS[self.page.vendor]:
            raise Unreadable(f"{self.page.vendor} has no product {row['product']!r}")
        return Fact(
            table=table,
            vendor=self.page.vendor,
            key={k: str(row[k]) for k in spec.key[1:]},
            values={k: row[k] for k in spec.values},
            basis=basis,
            source_url=self.page.source_url,
            quote=self.quote,
            capture=self.page.capture.sha256,
            verified_on=self.page.capture.day,
            refused=refusal(self.here(), table, row, bound, self.quote),
            frame=self.frame,
            beside=self.beside if table in FIGURES else (),
        )


@dataclass(frozen=True)
class Match(Passage):
    """A statement found by a pattern: m["duration"] is the amount in that hole, m.group("name") a named group's text."""

    match: re.Match[str]
    holes: tuple[str, ...]

    def __getitem__(self, hole: str) -> Amount:
        amount = self._amounts.get(hole)
        if amount is None:
            amount = self._amounts[hole] = self._amount(hole)
        return amount

    @cached_property
    def _amounts(self) -> dict[str, Amount]:
        return {}

    def _amount(self, hole: str) -> Amount:
        text = self.match[hole]
        if text is None:
            raise Unreadable(f"no {hole} in {self.text!r}")
        start, end = self.match.span(hole)
        if whole := part_of(self.match.string, start, end, self.match.span(), self._taken(hole)):
            around = self.match.string[max(0, start - 25) : end + 25]
            raise Unreadable(f"{text!r} is part of a longer phrase ({whole}): {around!r}", self.quote)
        if end >= self.match.end() and (more := goes_on(self.match.string, start, end)):
            raise Unreadable(f"{text!r} goes on: {self.match.string[start : end + 25]!r} ({more})", self.quote)
        amount = amounts.PARSERS[hole.rstrip("0123456789")](text)
        return bounded(amount, self.match.string, start, end, without_holes(self.match.re.pattern))

    def _taken(self, hole: str) -> tuple[int, ...]:
        """Where figures stand that the pattern's other holes and named groups take."""
        spans = [self.match.span(g) for g in self.match.re.groupindex if g != hole and self.match[g] is not None]
        return tuple(i for a, b in spans for i in range(a, b) if self.match.string[i].isnumeric())

    def has(self, group: str) -> bool:
        """Whether an optional hole or group took part in the match."""
        return self.match[group] is not None

    def group(self, name: str) -> str:
        """The text of a named group. Raises Unreadable where the group did not take part."""
        text = self.match[name]
        if text is None:
            raise Unreadable(f"no {name} in {self.text!r}")
        if name not in self.holes and _FIGURE.fullmatch(text):
            whole = part_of(self.match.string, *self.match.span(name), self.match.span(), self._taken(name))
            if whole and whole != LABEL:
                raise Unreadable(f"{text!r} is part of a longer phrase ({whole}): {self.quote[:200]!r}", self.quote)
        return str(text)

    @property
    def said(self) -> tuple[object, ...]:
        """What the statement says: amounts by value (so ~25ms and 25 milliseconds approximately agree), groups by text."""
        out: list[object] = []
        for name, text in sorted(self.match.groupdict().items()):
            if name in self.holes and text is not None:
                a = self[name]
                out.append((name, a.low, a.high, a.unit, a.per))
            else:
                out.append((name, same_text(text or "").lower()))
        return tuple(out)
