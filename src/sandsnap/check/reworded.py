"""A sentence in other words is no removal: what a page nearly still says waits for a person instead of going missing."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from sandsnap.check.decisions import Decisions
from sandsnap.check.evidence import Claim, key_text, label, marked, of_absence
from sandsnap.model import Fact, Issue, Reading

# So many of the quote's words in one run of text; fewer than so many words are too common to tell.
SHARE = 0.6
LEAST = 3

# Columns whose terms are words of the page.
_NAMES = {"plan", "sku", "region", "model", "technology", "boundary", "package", "licence", "interface"}
_SCALES = (Decimal(1), Decimal("0.001"), Decimal(1) / 60_000)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[a-z][a-z0-9]+")


def reworded(reading: Reading, standing: Sequence[Fact], today: Collection[Claim], decisions: Decisions) -> Reading:
    """The reading, partial where it lacks a fact whose sentence its page nearly still has, with an issue for each.

    A page that drops a statement drops what it rests on: the figures, the named plan or model. One that keeps those
    and most of the other words has been rewritten, and the reader has to be taught; what it says now is shown. Rows of
    tables are named, so a row that is gone is gone. A person's `accept` of the absence lets the fact go.
    `today`: (page, fact id) of all that the day's readings state, by any reader.
    """
    if reading.outcome != "good" or reading.partial or reading.sticky or not reading.text:
        return reading
    explained = {f.quote for f in reading.facts if f.quote}
    issues = []
    own = {f.id for f in (*reading.facts, *reading.let_go)}  # what a person decided is settled
    for f in standing:
        if (f.source_url, f.id) in today or f.id in own or f.basis != "read" or not f.quote or " | " in f.quote:
            continue
        now = nearest(f.quote, telling(f), reading.text, frozenset(explained))
        ident = of_absence(f.vendor, f.source_url, f.table, key_text(f), f.quote, f.values)
        decision = decisions.get(ident)
        if now is None or (decision is not None and decision.verdict == "accept"):
            continue
        text = f"{label(f)}: not found in these words: {f.quote!r}"
        issues.append(Issue("lost_quote", f.vendor, f.source_url, marked(ident, text), reading.reader, now))
    return replace(reading, issues=(*reading.issues, *issues), partial=True) if issues else reading


def telling(fact: Fact) -> frozenset[str]:
    """The words of a fact's quote that the fact rests on: its figures (all of them where they were converted), the
    names in its key and its values. Terms of ours (a limit's name, a status, a unit) are not the page's words."""
    said = words(fact.quote or "")
    figures = {w for w in said if w[0].isdigit()}
    held = {v * f for v in fact.values.values() if isinstance(v, Decimal) for f in _SCALES}
    own = {w for w in figures if Decimal(w.replace(",", "")) in held}
    named = [v for k, v in (*fact.key.items(), *fact.values.items()) if k in _NAMES and v]
    return frozenset(own or figures) | (said & words(" ".join(map(str, named)).replace("_", " ")))


def nearest(quote: str, needed: frozenset[str], text: str, explained: frozenset[str] = frozenset()) -> str | None:
    """The line or sentence of `text` with most of the quote's words, if it has enough of them and all that are
    `needed`, and holds none of the `explained` quotes."""
    wanted = words(quote)
    if len(wanted) < LEAST:
        return quote if " ".join(quote.split()) in text else None
    runs = (run for line in text.splitlines() for run in (line, *_SENTENCE.split(line)))
    lines = [run for run in runs if needed <= words(run) and not any(q in run for q in explained)]
    best = max(lines, key=lambda line: len(wanted & words(line)), default="")
    return best if len(wanted & words(best)) >= SHARE * len(wanted) else None


@lru_cache(maxsize=50_000)
def words(text: str) -> frozenset[str]:
    """The words and figures of a text, without single letters."""
    return frozenset(_WORD.findall(text.lower()))
