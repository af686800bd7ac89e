"""Where sentences end, and the one in which a match stands."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from sandsnap.read.memo import by_text

# Between sentences, and behind the colon of one that leads to what follows.
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z*`$~\d])")
# A full stop that ends a sentence, not an abbreviation.
_STOP = re.compile(
    r"(?<!\bmax)(?<!\bmin)(?<!\bapprox)(?<!\bca)(?<!\best)(?<!\bc)(?<!\bincl)(?<!\bexcl)(?<!\bresp)(?<!\bavg)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)"
    r"[.!?]['\")]?\s+(?=[A-Z*`$~])"
)


def statements(text: str, regex: re.Pattern[str]) -> Iterable[tuple[str, re.Match[str]]]:
    """Every match with the sentence it stands in; linear in the text, however many there are."""
    ends: tuple[int, ...] | None = None
    for m in regex.finditer(text):
        if ends is None:
            ends = _ends(text)
        i = bisect_right(ends, m.start())
        start = ends[i - 1] if i else 0
        j = bisect_left(ends, m.end(), lo=i)
        yield text[start : ends[j] if j < len(ends) else len(text)].strip(), m


@by_text(16384)
def _ends(text: str) -> tuple[int, ...]:
    """Where the sentences of a text end, and where the first begins."""
    return (0, *[e.end() for e in _STOP.finditer(text)], len(text))


def sentence(text: str, m: re.Match[str]) -> str:
    """The sentence around a match: back to the last full stop and on to the next."""
    start = max((e.end() for e in _STOP.finditer(text[: m.start() + 1])), default=0)
    end = re.search(r"(?<=[.!?])(?=\s|$)", text[m.end() - 1 :])
    return text[start : m.end() - 1 + end.start() if end else len(text)].strip()
