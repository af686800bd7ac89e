"""Where a known fact's figure stands in the source text of its page: found through the fact's quote, not by a reader."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sandsnap.model import Capture, Fact, Value
from sandsnap.quality.source_tables import SourceTable, Span, plain, replaced, tables

FactId = tuple[str, str, tuple[str, ...]]
Values = dict[str, Value]

NUMERIC = {
    "prices": ("usd",),
    "allowances": ("amount",),
    "limits": ("amount", "amount_max"),
    "cold_starts": ("low_ms", "high_ms"),
    "persistence": ("retention_days",),
    "plans": ("usd_per_month",),
}
# What one unit of the page is in the column's own unit, where the contract converts.
_SCALES = {
    "cold_starts": ((r"ms\b|milli", Decimal(1)), (r"s\b|secs?\b|second", Decimal(1000)), (r"min", Decimal(60_000))),
    "persistence": ((r"d\b|day", Decimal(1)), (r"week", Decimal(7))),
}
# A second figure for the same price: per hour beside per second, per month beside per hour.
_TWINS = [Decimal(f) for f in ("3600", "60", "24", "720", "730", "744", "1000", "2592000", "2628000", "1000000")]

_NAMES = "one two three four five six seven eight nine ten eleven twelve".split()
_WORDS = {Decimal(n): word for n, word in enumerate(_NAMES, 1)}
_GAP = r"(?:\s|<[^<>]*>|[*_`\\|~]|\]\([^)]*\)|\[|&nbsp;|&#8203;|\{\" \"\})*"
_SAME = {
    "'": "(?:['‘’]|&#39;|&#x27;|&apos;|&rsquo;)", '"': '(?:["“”]|&quot;|&#34;)', "&": "&(?:amp;)?",
    "<": "(?:<|&lt;)", ">": "(?:>|&gt;)", "-": "(?:[-–—]|&ndash;|&mdash;)", "–": "(?:[-–—]|&ndash;)",
    "—": "(?:[-–—]|&mdash;)", "’": "(?:['‘’]|&#39;|&#x27;|&rsquo;)", "$": r"(?:\$|&#36;|&dollar;)",
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.,#+/-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|(?<![\w.,#+/-])\.\d+")
_AFTER = re.compile(
    r"\s*[-+]?\s*(ms|s|secs?|m|mins?|h|hrs?|d|mo|KB|MB|MiB|GB|GiB|G|TB|TiB|M|million|milli\w+|seconds?|minutes?|hours?|days?|weeks?"
    r"|months?|years?|vCPUs?|CPUs?|cores?)\b",
)
_HIDDEN = re.compile(r"<[^<>]*>|\]\([^)]*\)|&#?\w+;|https?://\S+")
_NAMED = re.compile(r"(?:\btier|\bversion|\bstep|\bv)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Number:
    """A number in the source text."""

    span: Span
    text: str
    value: Decimal
    after: str


@dataclass(frozen=True)
class Figure:
    """One figure of a page: every place where it stands, and the fields that rest on it with their scale."""

    value: Decimal
    spots: tuple[Number, ...]
    rests: tuple[tuple[Fact, str, Decimal], ...]
    twins: tuple[tuple[Number, Decimal], ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that rest on it."""
        return tuple({f.id: f for f, _, _ in self.rests}.values())

    def dropped(self, page: "Original", spans: Iterable[Span] = ()) -> tuple[Fact, ...]:
        """The facts that the page does not state any more once the figure is gone from its places; none where the
        number still stands elsewhere, for it may be stated there in other words."""
        places = [*spans, *(n.span for n in self.spots), *(n.span for n, _ in self.twins)]
        return () if page.restated(self.value, places) else self.facts

    @property
    def tables(self) -> frozenset[str]:
        """The contract's tables that they belong to."""
        return frozenset(f.table for f in self.facts)


@dataclass(frozen=True)
class Original:
    """A page as it was captured, and what it is known to state. `origin` is golden, demo or captures."""

    capture: Capture
    text: str
    form: str
    vendor: str
    origin: str
    facts: tuple[Fact, ...]

    @property
    def name(self) -> str:
        """A short name for reports."""
        return f"{self.origin}/{self.vendor}/{self.capture.file or self.capture.url}"

    @cached_property
    def tables(self) -> list[SourceTable]:
        """The tables of the source text."""
        return tables(self.text, self.form)

    @cached_property
    def segments(self) -> dict[FactId, tuple[Span, ...]]:
        """Where each fact's quote stands; facts whose quote is not found are left out."""
        known: dict[str, tuple[Span, ...]] = {}
        out = {}
        for f in self.facts:
            if f.quote:
                if f.quote not in known:
                    known[f.quote] = tuple(_segments(self, f.quote))
                if known[f.quote]:
                    out[f.id] = known[f.quote]
        return out

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure that a fact read by code rests on."""
        return tuple(_figures(self))

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Every amount of the page but those in the first cells of rows: there they name the row."""
        names = [r.cells[0] for t in self.tables for r in t.body if len(r.cells) > 1]
        found = numbers(self.text, (0, len(self.text)))
        return tuple(n for n in found if not any(s <= n.span[0] and n.span[1] <= e for s, e in names))

    @cached_property
    def by_value(self) -> dict[Decimal, list[Number]]:
        """The same by their values."""
        out: dict[Decimal, list[Number]] = {}
        for n in self.numbers:
            out.setdefault(n.value, []).append(n)
        return out

    def restated(self, value: Decimal, without: Iterable[Span]) -> bool:
        """Whether the number stands anywhere else on the page, as whatever, in figures or as a word."""
        left_out = list(without)
        if value in _WORDS and re.search(rf"\b{_WORDS[value]}\b", self.text, re.IGNORECASE):
            return True
        inside = (n.span for n in self.by_value.get(value, ()))
        return any(not any(s <= a and b <= e for s, e in left_out) for a, b in inside)

    def covered(self, span: Span) -> list[Fact]:
        """The facts whose quote stands in that part of the text."""
        at = self.segments
        return [f for f in self.facts if any(s >= span[0] and e <= span[1] for s, e in at.get(f.id, ()))]


def _segments(page: Original, quote: str) -> list[Span]:
    if " | " in quote:
        wanted = _key(quote)
        rows = [(r, "".join(dict.fromkeys(_key(t.words(c)) for c in r.cells))) for t in page.tables for r in t.body]
        exact = [r.span for r, key in rows if key == wanted]
        # A row under a row span lacks its first cells: what it has itself is then the end of its quote.
        ends = [r.span for r, key in rows if len(key) > 5 and wanted.endswith(key) and len(r.cells) > 1]
        if exact or ends:
            return exact or ends  # else a sentence with a bar in it: "(number | null)"
    tokens = [t for t in re.findall(r"[A-Za-z0-9]+|[^\sA-Za-z0-9]", quote) if t not in "|*_`\\~["]
    if not tokens:
        return []
    pattern = _GAP.join(_SAME.get(t, re.escape(t)) for t in tokens)
    edge = r"(?<![A-Za-z0-9])" if tokens[0][0].isalnum() else ""
    return [m.span() for m in re.finditer(edge + pattern + r"(?![A-Za-z0-9])", page.text, re.IGNORECASE)]


def _key(text: str) -> str:
    return re.sub(r"[^\w.$]+|_", "", plain(text)).lower()


def numbers(text: str, span: Span) -> list[Number]:
    """The numbers that stand as amounts in a part of the text: not in tags, links, names or longer words."""
    start, end = span
    shown = _HIDDEN.sub(lambda m: " " * len(m[0]), text[max(0, start - 20) : end + 20])
    shift = max(0, start - 20)
    out = []
    for m in _NUMBER.finditer(shown):
        at, to = m.start() + shift, m.end() + shift
        rest = shown[m.end() : m.end() + 20]
        unit = _AFTER.match(rest)
        if (
            at < start
            or to > end
            or _NAMED.search(shown[max(0, m.start() - 12) : m.start()])
            or (rest[:1].isalpha() and not unit)
        ):
            continue
        out.append(Number((at, to), m[0], Decimal(m[0].replace(",", "")), unit[1] if unit else ""))
    return out


def _scale(fact: Fact, number: Number) -> Decimal | None:
    if fact.table not in _SCALES:
        return Decimal(1)
    return next((s for pattern, s in _SCALES[fact.table] if re.match(pattern, number.after)), None)


def _within(page: Original, segment: Span) -> list[Number]:
    return [n for n in page.numbers if segment[0] <= n.span[0] and n.span[1] <= segment[1]]


def _figures(page: Original) -> Iterable[Figure]:
    cache: dict[Span, list[Number]] = {}
    spots: dict[tuple[FactId, str], dict[Span, tuple[Number, Decimal]]] = {}
    by_id = {f.id: f for f in page.facts}
    for fact in page.facts:
        if fact.basis != "read":
            continue
        for field in NUMERIC.get(fact.table, ()):
            value = fact.values[field]
            if not isinstance(value, Decimal) or (fact.table == "plans" and not value):
                continue  # a plan that costs nothing is one of another kind, not a cheaper one
            for segment in page.segments.get(fact.id, ()):
                for n in cache.setdefault(segment, _within(page, segment)):
                    scale = _scale(fact, n)
                    if scale is not None and n.value * scale == value:
                        spots.setdefault((fact.id, field), {})[n.span] = (n, scale)
    done: set[tuple[FactId, str]] = set()
    for first, found in spots.items():
        if first in done:
            continue
        value = next(iter(found.values()))[0].value
        group = {span: n for span, (n, _) in found.items()}
        while True:
            # The same amount with its sign and unit, wherever it stands, is the same statement.
            signs = {_amount(page.text, n) for n in group.values()} - {None}
            grown = group | {n.span: n for n in page.by_value.get(value, ()) if _amount(page.text, n) in signs}
            for rest in spots.values():
                if rest.keys() & grown.keys():
                    grown |= {span: n for span, (n, _) in rest.items()}
            if grown.keys() == group.keys():
                break
            group = grown
        members = [k for k, rest in spots.items() if rest.keys() & group.keys()]
        done.update(members)
        rests = tuple((by_id[i], field, next(iter(spots[i, field].values()))[1]) for i, field in members)
        taken = {s for rest in spots.values() for s in rest}
        twins = (
            _twins(page, value, [by_id[i] for i, _ in members], taken) if "prices" in {i[0] for i, _ in members} else ()
        )
        yield Figure(value, tuple(sorted(group.values(), key=lambda n: n.span)), rests, tuple(twins))


def _amount(text: str, n: Number) -> str | None:
    """A number with its currency sign or unit; None for a bare one."""
    sign = "$" if text[max(0, n.span[0] - 8) : n.span[0]].rstrip(" ").endswith("$") else ""
    unit = n.after.lower().rstrip("s") if len(n.after) > 1 else n.after
    return f"{sign}{n.value} {unit}" if sign or unit else None


def _twins(page: Original, value: Decimal, facts: list[Fact], taken: set[Span]) -> Iterable[tuple[Number, Decimal]]:
    seen: set[Span] = set()
    for fact in facts:
        for segment in page.segments.get(fact.id, ()):
            for n in _within(page, segment):
                if (
                    n.span in taken
                    or n.span in seen
                    or n.value == 0
                    or not (_amount(page.text, n) or "").startswith("$")
                ):
                    continue
                ratio = n.value / value
                for f in _TWINS:
                    for factor in (f, 1 / f):
                        if abs(ratio / factor - 1) < Decimal("0.03") and n.span not in seen:
                            seen.add(n.span)
                            yield n, factor


def moved(figure: Figure, factor: Decimal) -> Decimal | None:
    """The figure times about `factor`, in as many decimals as it has (one more where it has several); None where it
    cannot move so."""
    digits = max((len(n.text.partition(".")[2]) for n in figure.spots), default=0)
    step = Decimal(1).scaleb(-min(9, digits + 1 if digits > 2 else digits))
    new = (figure.value * factor).quantize(step)
    if new == figure.value:
        new += step if factor > 1 else -step
    return new if new > 0 else None


def written(number: Number, value: Decimal) -> str:
    """A value in the manner of the number it replaces: thousands commas where it has them."""
    text = format(value.normalize(), "f")
    whole, dot, part = text.partition(".")
    if "," in number.text or (len(whole) > 3 and not dot):
        whole = f"{int(whole):,}"
    decimals = len(number.text.partition(".")[2])
    if decimals and len(part) < decimals and number.text.endswith("0"):
        part = part.ljust(decimals, "0")
    return whole + ("." + part if part else "")


def numeral_edits(figure: Figure, new: Decimal) -> tuple[dict[Span, str], dict[FactId, Values]]:
    """The edits that set a figure, and its twins, to `new`; and the values of the facts that rest on it."""
    edits = {n.span: written(n, new) for n in figure.spots}
    for n, factor in figure.twins:
        decimals = len(n.text.partition(".")[2])
        edits[n.span] = format((new * factor).quantize(Decimal(1).scaleb(-decimals)), "f")
    values: dict[FactId, Values] = {}
    for fact, field, scale in figure.rests:
        values.setdefault(fact.id, dict(fact.values))[field] = new * scale
    return edits, values


def edited(page: Original, figure: Figure, new: Decimal) -> tuple[str, dict[FactId, Values]]:
    """The page with the figure, and its twins, set to `new`; and the values of the facts that rest on it."""
    edits, values = numeral_edits(figure, new)
    return replaced(page.text, edits), values
