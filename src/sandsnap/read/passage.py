"""Passages: pieces of a captured page, and the facts they make."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sandsnap.model import Fact, Refusal, Value
from sandsnap.read import amounts
from sandsnap.read.amounts import Amount
from sandsnap.read.bounds import bounded
from sandsnap.read.errors import Unreadable
from sandsnap.read.literals import needed
from sandsnap.read.phrases import LABEL, goes_on, part_of
from sandsnap.read.scope import PLAIN, Scope, said
from sandsnap.vendors import PRODUCTS
from schemas import TABLES
from schemas.vocabulary import DENIED

if TYPE_CHECKING:
    from sandsnap.read.page import Page

_SAME = (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"))
_FIGURE = re.compile(r"(?:US)?\\?\$?\s?\d[\d.,]*")
_LETTERS = re.compile(r"[^\W\d_]+")
_SPACES = re.compile(r" ([?*+]?)")
HOLE = re.compile(r"\{(" + "|".join(amounts.HOLES) + r")\d?\}")
FIGURES = frozenset({"prices", "allowances", "limits", "plans", "cold_starts", "persistence"})
_LIMIT_UNITS = {"second", "minute", "hour", "day", "count", "gib", "gb"}
_THOUSANDS = {"tib": ("gib", 1024), "tb": ("gb", 1000)}
_TIMES = {"vcpu_hour", "vm_hour", "gib_hour", "gb_hour"}


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


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """A statement pattern as a regular expression, and the names of its holes."""
    holes: list[str] = []

    def hole(m: re.Match[str]) -> str:
        holes.append(m[0][1:-1])
        return f"(?P<{m[0][1:-1]}>{amounts.HOLES[m[1]]})"

    regex = HOLE.sub(hole, _SPACES.sub(lambda m: r"\s*" if m[1] in ("?", "*") else r"\s+", pattern))
    return re.compile(regex, re.IGNORECASE), tuple(holes)


@lru_cache(maxsize=2048)
def words_of(pattern: str) -> tuple[str, ...]:
    """What every match of a statement pattern holds one of (see `literals.needed`); of the holes, only the dollar."""
    return needed(plain_pattern(pattern))


def plain_pattern(pattern: str) -> str:
    """A statement pattern as a regular expression in which a hole is anything; of money, anything with a dollar in it."""
    plain = HOLE.sub(lambda m: r".*\$." if m[1] == "money" else ".", pattern)
    return _SPACES.sub(lambda m: r"\s*" if m[1] in ("?", "*") else r"\s+", plain)


@dataclass(frozen=True)
class Passage:
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
            refused=_refusal(self.here(), table, row, bound, self.quote),
            frame=self.frame,
            beside=self.beside if table in FIGURES else (),
        )

    def price(
        self, amount: Amount, meter: str, *, unit: str | None = None, plan: str = "any", sku: str = "-", region: str = "-",
        offer: str = "list", billed_on: str | None = None, product: str | None = None, bound: str = "exact",
    ) -> Fact:  # fmt: skip
        """A row of prices. The unit is what the amount is `per` (with the meter in front of a bare time, as in
        vcpu_hour), unless `unit` names it: then the page must have stated it elsewhere, in a header or a sentence,
        and an amount that carries its own unit must agree. Raises Unreadable where the unit stays open.
        """
        if amount.unit != "usd" or amount.each != 1:
            raise Unreadable(f"expected a price, found {amount.text!r}")
        if amount.bound != "exact":
            raise Unreadable(f"expected an exact price, found {amount.text!r}", self.quote)
        rest = unit.split("_") if unit else []
        part_of_unit = (
            len(amount.per) == 1 and len(rest) > 1 and amount.per[0] in rest
        )  # row or column say the other part
        own = price_unit(amount, meter) if amount.per and not part_of_unit else None
        if own and unit and own != unit:
            raise Unreadable(f"the column says {unit}, the cell says {own}: {amount.text!r}")
        if not own and not unit:
            raise Unreadable(f"no unit is stated for {amount.text!r}")
        return _exact(self, amount, bound).fact(
            "prices", bound=bound, plan=plan, meter=meter, sku=sku, region=region, offer=offer, usd=amount.value, unit=own or unit,
            billed_on=billed_on, product=product or self.page.product,
        )  # fmt: skip

    def limit(
        self,
        limit: str,
        amount: Amount | None,
        *,
        plan: str = "any",
        unit: str | None = None,
        product: str | None = None,
        bound: str = "max",
    ) -> Fact:
        """A row of limits: "up to 24 hours" states the maximum exactly, so that `bound` max is what a limit is.

        `amount` None means the page states that there is no such limit (then name the `unit`).

        A range keeps both ends, "40/10 min" becomes per minute only where it divides exactly (else Unreadable).
        """
        low: Decimal | None = None
        high: Decimal | None = None
        if amount is not None:
            if amount.per:
                if amount.per not in (("second",), ("minute",)) or amount.high is None:
                    raise Unreadable(f"expected a rate per second or minute, found {amount.text!r}")
                unit, low = f"per_{amount.per[0]}", (amount.low or amount.high) / amount.each
                high = amount.high / amount.each if amount.bound == "range" else None
                if low != low.quantize(Decimal(1).scaleb(-9)):
                    raise Unreadable(f"{amount.text!r} is no exact rate")
            elif amount.bound == "range":
                low, high, unit = amount.low, amount.high, amount.unit
            elif amount.unit in _THOUSANDS:
                unit, times = _THOUSANDS[amount.unit]
                low = amount.value * times
            else:
                low, unit = amount.value, amount.unit
            if amount.unit in ("week", "month") or (not amount.per and unit not in _LIMIT_UNITS):
                raise Unreadable(f"no unit of the contract fits {amount.text!r}")
        cited = self if amount is None else _exact(self, amount, bound)
        return cited.fact(
            "limits",
            bound=bound,
            plan=plan,
            limit=limit,
            amount=low,
            amount_max=high,
            unit=unit,
            product=product or self.page.product,
        )

    def cold_start(
        self, operation: str, amount: Amount, *, statistic: str | None = None, product: str | None = None
    ) -> Fact:
        """A row of cold_starts: "under 90 ms" is max, "~2–4 s" is typical with both ends. Raises for "over N"."""
        low, high = amount.ms
        stated = "max" if low is None else "typical"
        return self.fact(
            "cold_starts", operation=operation, statistic=statistic or stated, low_ms=low, high_ms=high, claimed_by="vendor",
            product=product or self.page.product,
        )  # fmt: skip

    def allowance(
        self, allowance: str, period: str, amount: Amount, *, unit: str | None = None, plan: str = "any",
        card_required: bool | None = None, product: str | None = None, bound: str = "exact",
    ) -> Fact:  # fmt: skip
        """A row of allowances; `unit` names what the amount counts where its own word is not the contract's (vcpu_hour). A
        `unit` of minutes (vcpu_minute) is brought to hours. Raises Unreadable where that is not exact."""
        if unit and unit.endswith("_minute"):
            hours = amount.value / 60
            if hours != hours.quantize(Decimal(1).scaleb(-9)):
                raise Unreadable(f"{amount.text!r} is no exact number of hours")
            amount, unit = replace(amount, low=hours, high=hours), unit.replace("_minute", "_hour")
        if unit in _TIMES and amount.unit not in ("hour", "count"):
            raise Unreadable(f"expected hours, found {amount.text!r}")
        if unit is None and amount.unit in _THOUSANDS and amount.bound == "exact":
            unit, times = _THOUSANDS[amount.unit]
            amount = replace(amount, low=amount.value * times, high=amount.value * times)
        return _exact(self, amount, bound).fact(
            "allowances", bound=bound, plan=plan, allowance=allowance, period=period, amount=amount.value, unit=unit or amount.unit,
            card_required=card_required, product=product or self.page.product,
        )  # fmt: skip


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
        return bounded(amount, self.match.string, start, end, self.match.re.pattern)

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


_OF_SOME = frozenset({"allowances", "limits"})
_BEYOND_NOW = {"ending", "ended", "frozen", "announced", "withdrawn", "retired"}
_SAID = {
    "past": "it held once", "deprecated": "it is deprecated", "legacy": "it is of a legacy plan", "from": "it is to come",
    "other": "it is another's", "example": "it is an example", "total": "it is a total", "some": "it is said of some cases only",
}  # fmt: skip


def _exact(passage: Passage, amount: Amount, bound: str) -> Passage:
    """The passage with the bound of an amount that is taken from it in its scope."""
    if amount.bound in ("exact", "range", bound):
        return passage
    why = (*passage.scope.why, ("bound", amount.text))
    return replace(passage, scope=replace(passage.scope, bound=amount.bound, why=why))


def _refusal(scope: Scope, table: str, row: dict[str, Value], bound: str, quote: str) -> Refusal | None:
    """Why what is said is not said of what a row of the table is about, else None."""
    if scope is PLAIN:
        return None
    part = _out_of_scope(scope, table, row, bound)
    if part is None:
        return None
    said_so = {
        "visible": "nobody sees it", "struck": "it is struck out", "currency": "not in US dollars",
        "offer": f"the offer is {scope.offer}", "bound": f"no exact figure ({scope.bound})",
    }.get(part) or _SAID.get(str(getattr(scope, part)), "")  # fmt: skip
    kind = "announced" if part == "when" and scope.when == "from" else "scope"
    when = f" on {scope.day}" if kind == "announced" and scope.day else ""
    key = " / ".join(str(row[k]) for k in TABLES[table].key[1:])
    values = ", ".join(f"{k} {row[k]}" for k in TABLES[table].values if row[k] is not None)
    why = f"{table} {key}: {said_so}{when}, by the words {scope.words(part)!r}: {values} in {quote[:200]!r}"
    decided = getattr(scope, part)
    return Refusal(kind, why, scope.day if kind == "announced" else None, decided if isinstance(decided, str) else part)


def _out_of_scope(scope: Scope, table: str, row: dict[str, Value], bound: str) -> str | None:
    """The part of a scope that keeps a fact out of a table. Notices and states of ending speak of other days by right."""
    dated = table == "notices" or row.get("status") in _BEYOND_NOW
    if not scope.visible:
        return "visible"
    if scope.struck:
        return "struck"
    if scope.when not in ("now", "until") and not dated:
        return "when"
    if scope.whose not in ("own", "some"):
        return "whose"
    price = table == "prices" or row.get("usd_per_month")
    money = price or row.get("unit") == "usd"
    if money and scope.currency != "usd":
        return "currency"
    if price and scope.offer not in ("list", row.get("offer")):
        return "offer"
    if scope.whose == "some" and (money or table in _OF_SOME):
        return "whose"
    amounts_here = price or (table in ("allowances", "limits") and scope.bound != "tier")
    if amounts_here and scope.bound not in ("exact", bound):
        return "bound"
    return None


def price_unit(amount: Amount, meter: str) -> str:
    """The contract's unit for what an amount is per: (gb, month) is gb_month, (hour) of a vcpu is vcpu_hour."""
    bases = {"vcpu": "vcpu", "core": "core", "gpu": "gpu", "instance": "instance"}
    per = tuple("vcpu" if p == "cpu" else p for p in amount.per)
    if len(per) == 1 and per[0] in ("second", "hour", "month") and meter in bases:
        return "month" if (meter, per[0]) == ("vcpu", "month") else f"{bases[meter]}_{per[0]}"
    if len(per) == 1 and per[0] in ("gb", "gib", "session", "million", "month"):
        return per[0]
    if len(per) == 2 and per[1] in ("second", "hour", "month"):
        return "_".join(per)
    if (
        len(per) == 2
        and per[0] in ("second", "hour", "month")
        and per[1] in ("gb", "gib", "vcpu", "core", "gpu", "instance")
    ):
        return f"{per[1]}_{per[0]}"
    raise Unreadable(f"no unit of the contract fits {amount.text!r}")


def on_day(text: str, seen: date | None = None) -> date:
    """A date as pages write it: 2026-08-01, 8/1/26 (the month first), August 1, 2026, 1 August 2026, Aug 1 2026. Raises
    Unreadable. Without a year ("August 1") it is the one within nine months of the day on which the page was `seen`, or that
    went by in the three before: a notice that was left standing."""
    months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    plain = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text.strip().lower().replace(",", ""))
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
        r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d\d)",
        r"(?P<m>[a-z]+)\.? (?P<d>\d{1,2})(?: (?P<y>\d{4}))?",
        r"(?P<d>\d{1,2}) (?P<m>[a-z]+)\.?(?: (?P<y>\d{4}))?",
    ):
        if not (m := re.fullmatch(pattern, plain)):
            continue
        spelt = (i for i, n in enumerate(months, 1) if m["m"].startswith(n))
        month = int(m["m"]) if m["m"].isdigit() else next(spelt, 0)
        years = [int(m["y"]) + 2000 * (len(m["y"]) == 2)] if m["y"] else []
        years = years or ([seen.year - 1, seen.year, seen.year + 1] if seen else [])
        try:
            days = [date(year, month, int(m["d"])) for year in years]
        except ValueError:
            break
        if seen and not m["y"]:
            days = [d for d in days if seen - timedelta(days=95) <= d < seen + timedelta(days=270)]
        if days:
            return days[0]
        break
    raise Unreadable(f"expected a date, found {text!r}")
