"""A page as sentences: prose cut at its full stops, a table's row as one sentence, code by its lines."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from sandsnap.read.literals import folded
from sandsnap.read.memo import by_text
from sandsnap.read.passage import same_text
from sandsnap.read.patterns import HOLE, compiled, words_of

if TYPE_CHECKING:
    from sandsnap.read.page import Page
    from sandsnap.read.tree import Block

Topic = str | tuple[str, ...]
# The statement's own pattern is its topic: where nothing fits it, the page does not speak of it at all.
ITSELF = "(itself)"

# "30 resp. 90 days" is one sentence: a figure never stands apart from what bounds it.
_ABBREVIATED = (
    "resp",
    "approx",
    "appr",
    "ca",
    "circa",
    "vs",
    "max",
    "min",
    "incl",
    "excl",
    "avg",
    "typ",
    "e.g",
    "i.e",
    "cf",
)
_STOP = re.compile(
    "[.!?]" + "".join(rf"(?<!\b(?i:{re.escape(word)})\.)" for word in _ABBREVIATED) + r"['\")]?\s+(?=[A-Z0-9*`$~])"
)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[a-z][a-z0-9+#]*")
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|e)$")
# Of a pattern: look-arounds, character classes and escapes are no words of a page.
_LOOK = re.compile(r"\(\?(?:<?[=!])[^()]*(?:\([^()]*\)[^()]*)*\)")
_GROUP = re.compile(r"\?P<\w+>|\?:|\[[^\]]*\]|\\[a-zA-Z]|\{\d+(?:,\d*)?\}")


class Sentence(NamedTuple):
    """One sentence, row or line of code of a page. `kind` is that of its block (a row's is cell)."""

    text: str
    headings: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A statement that a reader allowed to be absent, and that was: what it looked for, and the topic it belongs to."""

    what: str
    topic: tuple[str, ...]
    under: str | None
    code: bool
    part: bool = False  # of a fact: without it the fact would say less than the page
    sentences: tuple[str, ...] = ()  # that speak of it, where who looked for it knows


def cut(page: "Page") -> list[Sentence]:
    """All sentences of a page, in reading order; rows of tables behind the prose."""
    return [*(s for block in page.blocks for s in _of_block(block)), *_rows(page)]


def _of_block(block: "Block") -> Iterator[Sentence]:
    """A block's sentences, or lines of code; of a cell none, for it is read with its row."""
    if block.kind == "code":
        return (Sentence(line, block.headings, "code") for line in block.text.splitlines())
    if block.kind == "cell":
        return iter(())
    return (Sentence(s, block.headings, block.kind) for s in split(block.text))


def _rows(page: "Page") -> Iterator[Sentence]:
    for raw in page.outline.tables:
        for row in raw.rows:
            if text := " | ".join(dict.fromkeys([s.text for s in row if s.text])):
                yield Sentence(text, raw.headings, "cell")


@by_text(16384)
def split(text: str) -> tuple[str, ...]:
    """A run of text at its full stops."""
    out, start = [], 0
    for m in _STOP.finditer(text):
        out.append(text[start : m.end()].strip())
        start = m.end()
    return (*out, text[start:].strip()) if text[start:].strip() else tuple(out)


def speaking(page: "Page", absent: Absent) -> list[str]:
    """The sentences of the page that speak of the topic: under the same heading where that still is, else anywhere."""
    if absent.sentences:
        return list(absent.sentences)
    if not absent.topic or not all(map(page.may_say, absent.topic)):
        return []
    first, *others = absent.topic
    blocks = [b for b in page.holding(first) if (b.kind == "code") == absent.code]
    for topic in others:
        here = {id(b) for b in page.holding(topic)}
        blocks = [b for b in blocks if id(b) in here]
    found = [s for b in blocks for s in _of_block(b)] + ([] if absent.code else list(_rows(page)))
    for topic in absent.topic:
        words, term = words_of(topic), compiled(topic)[0]
        found = [s for s in found if not words or any(word in low for low in (folded(s.text),) for word in words)]
        found = [s for s in found if term.search(s.text)]
    return [s.text for s in found if page.is_here(s.headings, absent.under)]


def cited(sentence: str, quotes: Iterable[str]) -> bool:
    """Whether what some fact cites lies in the sentence, or the sentence in it."""
    plain = same_text(sentence)
    return any(q in plain or plain in q for q in quotes)


# -- the sentence it may be now -------------------------------------------------------------------------------------


class Ranking:
    """Sentences of one page, to be ranked by the rare words that they share with a lost one (tf-idf, cosine)."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._texts = list(dict.fromkeys(s.text for s in sentences))
        self._words = [tokens(t) for t in self._texts]
        seen = Counter(chain.from_iterable(self._words))
        self._weight = {w: math.log(1 + len(self._texts) / n) ** 2 for w, n in seen.items()}
        self._unseen = math.log(1 + len(self._texts)) ** 2
        self._lengths: dict[int, float] = {}

    def best(self, lost: frozenset[str], n: int = 3) -> list[str]:
        """At most `n` sentences that share words with `lost`, the likeliest first; of equals the earlier."""
        weight = {w: self._weight.get(w, self._unseen) for w in lost}
        scored = []
        for i, words in enumerate(self._words):
            if shared := lost & words:
                scored.append((-math.fsum([weight[w] for w in shared]) / (self._length(i) + 1), i))
        return [self._texts[i] for _, i in sorted(scored)[:n]]

    def _length(self, i: int) -> float:
        if i not in self._lengths:
            self._lengths[i] = math.sqrt(math.fsum([self._weight[w] for w in self._words[i]]))
        return self._lengths[i]


@by_text(20_000)
def tokens(text: str) -> frozenset[str]:
    """The words of a text without their endings, its figures, and for each figure that there is one."""
    found = _WORD.findall(same_text(text).lower())
    return frozenset(w for word in found for w in ((word, "#") if word[0].isdigit() else (_ENDING.sub("", word),)))


@lru_cache(maxsize=2048)
def pattern_tokens(pattern: str) -> frozenset[str]:
    """The words of a statement's pattern (all its alternatives); a hole is a figure."""
    plain = HOLE.sub(" 0 ", _LOOK.sub(" ", pattern))
    found = tokens(_GROUP.sub(" ", plain).replace("?", "").replace("\\", " "))
    return frozenset("#" if w == "0" else w for w in found)
