"""What a lost sentence is now: the sentences of the new page ranked by words, by place, and by being new.

A sentence that stood on the old page already was not the lost one; what stands where the lost one stood, between the same
neighbours and under the same heading, may well be.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sandsnap.model import Fact
from sandsnap.read.page import Page
from sandsnap.read.passage import same_text
from sandsnap.read.sentences import Sentence, tokens

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_DENIAL = re.compile(
    r"\b(?:no|not|never|none|without|except|unless|cannot|neither|nor|only|instead|former(?:ly)?|legacy|deprecated|previously"
    r"|until|planned|soon|optional(?:ly)?|disabled|retired|removed|discontinued|experimental|beta|preview)\b|n['’]t\b|\bno longer\b",
    re.IGNORECASE,
)
# Units and periods, however they are written, and numbers in words: a price "per minute" is none "per second".
_UNIT = re.compile(
    r"\b(?:per |each |every |by the )?(?:(milli|micro)?(second|minute|hour|dai|day|week|month|year|annual)(?:s|ly)?"
    r"|([kmgt]i?b)(?:yte)?s?|v?cpus?|cores?)\b",
    re.IGNORECASE,
)
_SPELT = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|sixty|ninety|hundreds?|thousands?|millions?|half"
    r"|twice|double)\b",
    re.IGNORECASE,
)
# What a sentence may be about that its value does not name: one that names it no more may state less ("memory is kept").
_THINGS = {
    "memory": re.compile(r"\b(?:in-)?(?:memory|ram)\b", re.IGNORECASE),
    "disk": re.compile(r"\b(?:disks?|file ?systems?|files?|storage|volumes?)\b", re.IGNORECASE),
    "CPU": re.compile(r"\b(?:v?cpus?|cores?|processors?)\b", re.IGNORECASE),
    "running": re.compile(r"\b(?:run(?:s|ning)?|execut\w+|active(?:ly)?|live)\b", re.IGNORECASE),
}
# Weights, set on the half of the cases that benchmarks/mending.py does not hold back.
_WORDS, _LETTERS, _NEW, _PLACE, _HEADING = 1.0, 0.5, 0.35, 0.25, 0.1
_TERMS, _FIGURES, _KIND = 0.4, 0.3, 0.3  # the fact's own words, its figures, and code for prose
_ALIKE = 0.7  # of the lost words, that a sentence must have for a machine to take it for theirs
NO_MORE = "it speaks no more of "
UNLIKE = "few of the words are the same: only a person can say that it states the same"
_LOOKED_AT = 40  # of the likeliest by words, in letters


@dataclass(frozen=True, slots=True)
class Likely:
    """A sentence of the page now, how likely it is the lost one (higher is likelier), and `doubts`: why it may say
    something else."""

    text: str
    score: float
    doubts: tuple[str, ...]


def own_terms(fact: Fact) -> tuple[str, ...]:
    """The words of a fact that a sentence on it may well name: of its key and values, without those that say no more than
    which row it is."""
    words = (
        v
        for k, v in (*fact.key.items(), *fact.values.items())
        if k not in ("product", "statistic", "unit", "claimed_by", "offer")
    )
    return tuple(
        w.replace("_", " ").replace("resume", "resum")
        for w in words
        if isinstance(w, str) and w not in ("-", "any", "default")
    )


def ranked(new: Page, said: str, old: Page | None = None, *, terms: Sequence[str] = (), n: int = 3) -> list[Likely]:
    """The at most `n` likeliest sentences of `new` for words that `old` said. `terms` are the words of the
    fact itself (its technology, interface, mechanism …)."""
    code = old is not None and old.says(said) is not None and _is_code(old, said)
    now = _sentences(new)
    if not now:
        return []
    before = _sentences(old) if old else []
    own_terms = [t.lower() for t in terms if len(t) > 1]
    figures = set(_FIGURE.findall(said))
    at = next((i for i, s in enumerate(before) if same_text(said) in same_text(s.text)), None)
    lost = before[at].text if at is not None else said
    rarity = _rarity([*now, *before])
    stood = {_key(s.text) for s in before}
    low, high = _gap(before, now, at)
    scored: dict[str, tuple[float, int]] = {}
    for i, s in enumerate(now):
        words = tokens(s.text)
        score = _WORDS * (
            0.6 * _alike(tokens(said), words, rarity, part=True) + 0.4 * _alike(tokens(lost), words, rarity)
        )
        plain = s.text.lower()
        if own_terms:
            score += _TERMS * sum(t in plain for t in own_terms) / len(own_terms)
        if figures:
            score += _FIGURES * len(figures & set(_FIGURE.findall(s.text))) / len(figures)
        if not score and not low < i < high:
            continue
        if (s.kind == "code") != code:
            score -= _KIND
        if before:
            score += _NEW if _key(s.text) not in stood else -_NEW
        if low < i < high and at is not None:
            score += _PLACE
        if at is not None and s.headings[-1:] == before[at].headings[-1:]:
            score += _HEADING
        if s.text not in scored or scored[s.text][0] < score:
            scored[s.text] = (score, i)
    best = sorted(scored.items(), key=lambda x: (-x[1][0], x[1][1]))[:_LOOKED_AT]
    again = [
        (score + _LETTERS * SequenceMatcher(None, lost.lower(), text.lower()).ratio(), i, text)
        for text, (score, i) in best
    ]
    again.sort(key=lambda x: (-x[0], x[1]))
    return [Likely(text, round(score, 3), doubts(said, text, new, terms)) for score, _, text in again[:n]]


def doubts(said: str, now: str, page: Page, terms: Sequence[str] = ()) -> tuple[str, ...]:
    """Why words may state something else than those they stand for: other figures, a denial, a term that is gone, or that
    they are said of something else."""
    out = []
    own_words, shared = tokens(said), tokens(said) & tokens(now)
    if len(shared) < _ALIKE * len(own_words):
        out.append(UNLIKE)
    figures = Counter(f.replace(",", "") for f in _FIGURE.findall(said))
    if lost := figures - Counter(f.replace(",", "") for f in _FIGURE.findall(now)):
        out.append(f"the value would change: {', '.join(lost)} is gone")
    if more := Counter(f.replace(",", "") for f in _FIGURE.findall(now)) - figures:
        out.append(f"it states another figure: {', '.join(more)}")
    if lost_words := _units(said) - _units(now):
        out.append(f"it states another unit: {', '.join(sorted(lost_words))} is gone")
    elif more_words := _units(now) - _units(said):
        out.append(f"it states another unit: {', '.join(sorted(more_words))}")
    if less := _things(said) - _things(now):
        out.append(f"{NO_MORE}{', '.join(sorted(less))}")
    own, other = ({m[0].lower() for m in _DENIAL.finditer(t)} for t in (said, now))
    if turned := own ^ other:
        out.append(f"it may say the contrary: {', '.join(sorted(turned))}")
    plain = same_text(now).lower()
    if missing := [t for t in terms if t.lower() in same_text(said).lower() and t.lower() not in plain]:
        out.append(f"it does not name {', '.join(missing)}")
    found = page.says(now)
    if found is not None and found.here().off:
        out.append("it is said of another time, of others, or nobody sees it")
    return tuple(out)


def _things(text: str) -> set[str]:
    return {name for name, said in _THINGS.items() if said.search(text)}


def _units(text: str) -> set[str]:
    """The units, the periods and the numbers in words that a text names, each in one way of writing it."""
    units = {
        "".join(filter(None, m.groups())).lower().replace("dai", "day").replace("annual", "year")
        for m in _UNIT.finditer(text)
    }
    return (units | {m[0].lower().rstrip("s") for m in _SPELT.finditer(text)}) - {""}


def is_of_words(doubt: str) -> bool:
    """Whether a doubt is of words alone, so that a person who has read both can set it aside; one of figures or of a denial is
    another value."""
    return doubt.startswith((UNLIKE, NO_MORE))


def _sentences(page: Page) -> list[Sentence]:
    return [s for s in page.sentences if len(s.text) > 2]


def _is_code(page: Page, said: str) -> bool:
    """Whether words stand in code and nowhere else."""
    kinds = {s.kind == "code" for s in page.sentences if same_text(said) in same_text(s.text)}
    return kinds == {True}


def _key(text: str) -> str:
    return same_text(text).lower()


def _rarity(sentences: Sequence[Sentence]) -> dict[str, float]:
    texts = {s.text for s in sentences}
    seen = Counter(w for t in texts for w in tokens(t))
    return {w: math.log(1 + len(texts) / n) for w, n in seen.items()}


def _alike(lost: frozenset[str], words: frozenset[str], rarity: dict[str, float], *, part: bool = False) -> float:
    """How much of two sentences' words is the same, the rare ones counting more; `part`: only what is lost counts whole."""
    weight = {w: rarity.get(w, 1.0) for w in lost | words}
    shared, own, other = (sum(weight[w] for w in some) for some in (lost & words, lost, words))
    if not shared:
        return 0.0
    return shared / own if part else 2 * shared / (own + other)


def _gap(before: Sequence[Sentence], now: Sequence[Sentence], at: int | None) -> tuple[int, int]:
    """The places on the new page between which the lost sentence stood: those of its nearest neighbours that still stand."""
    if at is None:
        return -1, -1
    place = {_key(s.text): i for i, s in reversed(list(enumerate(now)))}
    low = next((place[k] for s in reversed(before[:at]) if (k := _key(s.text)) in place), -1)
    high = next((place[k] for s in before[at + 1 :] if (k := _key(s.text)) in place and place[k] > low), len(now))
    return low, high
