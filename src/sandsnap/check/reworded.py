"""A sentence in other words is no removal: what a page nearly still says waits for a person instead of going missing."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, zip_longest

from sandsnap.check.decisions import Decisions
from sandsnap.check.evidence import Claim, key_text, label, marked, of_absence
from sandsnap.model import Fact, Issue, Reading
from sandsnap.read.general.stated import item_of
from sandsnap.read.general.words import lexicon, stem, stems
from schemas.vocabulary import UNFINISHED

# So many of the quote's words in one run of text; fewer than so many words are too common to tell.
SHARE = 0.6
LEAST = 3
_NAMED = 2  # of so many words beside its figures a sentence is known again by these alone

# Columns whose terms are words of the page.
_NAMES = {"plan", "sku", "region", "model", "technology", "boundary", "package", "licence", "interface"}
_SCALES = (Decimal(1), Decimal("0.001"), Decimal(1) / 60_000)
_CELL = 60  # letters
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[a-z][a-z0-9]+")


def reworded(
    reading: Reading,
    standing: Sequence[Fact],
    today: Collection[Claim],
    decisions: Decisions,
    quotes: Collection[str] = (),
) -> Reading:
    """The reading, partial where it lacks a fact whose sentence its page nearly still has, with an issue for each.

    A page that drops a statement drops what it rests on: the figures, the named plan or model. One that keeps those
    and most of the other words has been rewritten, and the reader has to be taught; what it says now is shown. Rows of
    tables are named, so a row that is gone is gone. A person's `accept` of the absence lets the fact go.
    `today`: (page, fact id) of all that the day's readings state, by any reader; `quotes`: what other readers of the page rest on.
    """
    if reading.outcome != "good" or reading.partial or reading.sticky or not reading.text:
        return reading
    own = {f.id for f in (*reading.facts, *reading.let_go)}  # what a person decided is settled
    lost = [
        (f, f.quote) for f in standing
        if f.basis == "read" and f.quote and (f.source_url, f.id) not in today and f.id not in own and not _of_plans(f, today)
    ]  # fmt: skip
    if not lost:
        return reading
    explained = {f.quote for f in reading.facts if f.quote}
    cited = {part for quote in explained.union(quotes) for part in quote.split(" | ") if len(words(part)) > 1}
    issues = []
    for f, quote in lost:
        now = None if " | " in quote else nearest(quote, telling(f), reading.text, frozenset(explained))
        now = now or still_speaks(f, reading.text, cited) or _other_figure(f, reading.text, cited)
        ident = of_absence(f.vendor, f.source_url, f.table, key_text(f), f.quote, f.values)
        decision = decisions.get(ident)
        if now is None or (decision is not None and decision.verdict == "accept"):
            continue
        text = f"{label(f)}: not found in these words: {f.quote!r}"
        issues.append(Issue("lost_quote", f.vendor, f.source_url, marked(ident, text), reading.reader, now))
    return replace(reading, issues=(*reading.issues, *issues), partial=True) if issues else reading


def _of_plans(fact: Fact, today: Collection[Claim]) -> bool:
    """Whether the page now says of plans what it said of all: then it no longer says so of all, in whatever words."""
    if fact.key.get("plan") != "any":
        return False
    at = list(fact.key).index("plan")
    same = fact.id[2][:at], fact.id[2][at + 1 :]
    return any(
        url == fact.source_url and table == fact.table and (key[:at], key[at + 1 :]) == same and key != fact.id[2]
        for url, (table, _, key) in today
    )


def still_speaks(fact: Fact, text: str, cited: Collection[str]) -> str | None:
    """The line that has a fact's figures beside the words of its item, in whatever other words; None without one, or where
    what was read today rests on the line. A fact of a plan's needs the plan's name there too."""
    item, figures = lexicon().get(item_of(fact) or ""), {w for w in telling(fact) if w[0].isdigit()}
    amounts = {pair for pair in _pairs(fact.quote or "") if pair[0] in figures}
    if item is None or not figures or {figure for figure, _ in amounts} != figures:
        return None
    plan = fact.key.get("plan", "any")
    named = words(plan.replace("_", " ")) if plan not in ("any", "-") else frozenset[str]()
    for line, _ in _runs(text):
        if not any(figure in line for figure in figures) or any(q in line for q in cited):
            continue
        if amounts <= _pairs(line) and named <= words(line) and item.fit(stems(line), stems(line)):
            return line
    return None


def _other_figure(fact: Fact, text: str, cited: Collection[str]) -> str | None:
    """The line that says a fact's quote with another figure, which nobody could read (one with a note's mark, say)."""
    quote = fact.quote or ""
    said = _named(quote)
    if " | " in quote or len(said) < _NAMED or said == words(quote):
        return None
    for line, _ in _runs(text):
        if _named(line) == said and any(c.isdigit() for c in line) and not any(q in line for q in cited):
            return line
    return None


def _pairs(text: str) -> set[tuple[str, str]]:
    """Each figure with the word behind it, which is its unit."""
    said = [w if w[0].isdigit() else stem(w) for w in _WORD.findall(text.lower())]
    return {(w, unit) for w, unit in pairwise(said) if w[0].isdigit() and unit.isalpha()}


def telling(fact: Fact) -> frozenset[str]:
    """The words of a fact's quote that the fact rests on: its figures (all of them where they were converted), the
    names in its key and its values. Terms of ours (a limit's name, a status, a unit) are not the page's words."""
    said = words(fact.quote or "")
    figures = {w for w in said if w[0].isdigit()}
    held = {v * f for v in fact.values.values() if isinstance(v, Decimal) for f in _SCALES}
    own = {w for w in figures if Decimal(w.replace(",", "")) in held}
    named = [v for k, v in (*fact.key.items(), *fact.values.items()) if v and (k in _NAMES or v in UNFINISHED)]
    return frozenset(own or figures) | (said & words(" ".join(map(str, named)).replace("_", " ")))


def nearest(quote: str, needed: frozenset[str], text: str, explained: frozenset[str] = frozenset()) -> str | None:
    """The line or sentence of `text` with most of the quote's words, if it has enough of them and all that are
    `needed`, and holds none of the `explained` quotes."""
    wanted = words(quote)
    if len(wanted) < LEAST:
        return quote if " ".join(quote.split()) in text else None
    amounts = {pair for pair in _pairs(quote) if pair[0] in needed}
    runs = (run for run, joined in _runs(text) if not joined or amounts <= _pairs(run))
    lines = [run for run in runs if needed <= words(run) and not any(q in run for q in explained)]
    best = max(lines, key=lambda line: len(wanted & words(line)), default="")
    return best if len(wanted & words(best)) >= SHARE * len(wanted) else None


@lru_cache(maxsize=4)  # each lost fact of a page looks through all of them
def _runs(text: str) -> tuple[tuple[str, bool], ...]:
    """Lines, their sentences, and short lines joined with the next one (True): each cell of a table stands on a line of its own."""
    lines = text.splitlines()
    out: list[tuple[str, bool]] = []
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        out += ((run, False) for run in dict.fromkeys((line, *_SENTENCE.split(line))))
        if len(line) <= _CELL and 0 < len(below) <= _CELL:
            out.append((f"{line} {below}", True))
    return tuple(out)


@lru_cache(maxsize=50_000)
def _named(text: str) -> frozenset[str]:
    return frozenset(w for w in words(text) if not w[0].isdigit())


@lru_cache(maxsize=50_000)
def words(text: str) -> frozenset[str]:
    """The words of a text without their endings ("freezes" is "freeze"), and its figures; no single letters."""
    return frozenset(w if w[0].isdigit() else stem(w) for w in _WORD.findall(text.lower()))
