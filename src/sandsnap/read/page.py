"""A captured page as one tree, and strict selection from it. Nothing here knows a vendor.

Every selection states what it expects and raises when the page does not answer it: `table` wants exactly one table
with these column headings under this heading, `find` exactly one statement. What a selection returns is a `Passage`,
the only thing that can make a fact that rests on a page.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

from sandsnap.model import Capture
from sandsnap.read import source_text
from sandsnap.read.errors import Ambiguous, NotFound, ReadError
from sandsnap.read.literals import folded
from sandsnap.read.markdown import markdown_outline
from sandsnap.read.passage import Match, Passage, compiled, plain_marks, same_text, words_of
from sandsnap.read.sentences import ITSELF, Absent, Ranking, Sentence, Topic, cut, pattern_tokens, tokens
from sandsnap.read.table import Table, named
from sandsnap.read.tree import Block, Outline, outline

_EDGE = re.compile(r"(?<!\\)[$^]|\(\?<?[=!]|\\[AZ]")
PROSE = ("text", "item", "cell", "heading")
# What stands under such a heading held once. A reader that wants it names the heading.
_PAST = re.compile(
    r"\b(?:previous|former|historical|old|past) (?:prices?|pricing|plans?|limits?|rates?|allowances?|values?)\b"
    r"|\((?:until|before|up to) (?:\w+ )?\d{4}\)",
    re.IGNORECASE,
)


@dataclass
class Page:
    """One capture, decoded and outlined. `form` is html, markdown, mdx, erb, text or json."""

    capture: Capture
    text: str
    form: str
    vendor: str
    source_url: str
    product: str = "sandbox"
    claimed: list[str] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    named_tables: set[int] = field(default_factory=set)

    @cached_property
    def outline(self) -> Outline:
        """The page's blocks and tables in reading order."""
        if self.form == "html":
            return outline(source_text.as_shown(self.text, markdown=False))
        if self.form == "json":
            return Outline()
        if self.form == "text":
            paragraphs = re.split(r"\n\s*\n", self.text)
            return Outline([Block("text", " ".join(p.split()), ()) for p in paragraphs if p.strip()])
        body = source_text.as_shown(source_text.strip_front_matter(self.text), markdown=True)
        if self.form == "erb":
            body = source_text.erb(body, self.capture.day)
        return markdown_outline(source_text.mdx(body))

    @property
    def blocks(self) -> list[Block]:
        """Runs of text without a block break, in reading order."""
        return self.outline.blocks

    @cached_property
    def data(self) -> Any:
        """A JSON feed as Python values, numbers as Decimal."""
        from decimal import Decimal

        if self.form != "json":
            raise ReadError(f"{self.source_url} is not a JSON feed")
        try:
            return json.loads(self.text, parse_float=Decimal, parse_int=Decimal)
        except json.JSONDecodeError as e:
            raise ReadError(f"not JSON: {e}") from None

    def passage(self, text: str, where: Iterable[str] = ()) -> Passage:
        """A passage of text that the caller has read on this page (a row of a feed, a joined card)."""
        return Passage(self, text, text, tuple(where))

    @cached_property
    def running_text(self) -> str:
        """The text of all blocks, a line each."""
        return "\n".join(b.text for b in self.blocks)

    @cached_property
    def _folded(self) -> str:
        return folded(self.running_text)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each block begins in `running_text`."""
        return list(accumulate((len(b.text) + 1 for b in self.blocks), initial=0))[:-1]

    @cached_property
    def _same_lines(self) -> str:
        """The blocks as `same_text`, a line each."""
        return plain_marks(self.running_text)

    # -- statements ----------------------------------------------------------------------------------------------

    def find_all(
        self, pattern: str, *, topic: Topic, under: str | None = None, kinds: tuple[str, ...] = PROSE
    ) -> list[Match]:
        """Every statement that fits `pattern`, in reading order.

        `pattern` is a regular expression, case-insensitive, in which a space is any white space and {duration},
        {size}, {money}, {count}, {rate} (with a digit behind for a second one) stand for an amount of the grammar.
        A match never crosses a block (paragraph, list item, cell, heading). `under`: a regular expression that one of
        the headings above must match in full. Code samples are left out unless `kinds` names "code".

        `topic`: the words without which the page cannot speak of it, a pattern or several that one sentence must all
        hold. Where nothing fits but a sentence speaks of the topic that no fact cites, the page was reworded: an issue
        opens and what the reader stated keeps its value. ITSELF: the pattern is the topic.
        """
        found = self._matches(pattern, under, kinds)
        if not found:
            self._miss(pattern, topic, under, kinds)
        return found

    def speaks_of(self, topic: str, *, under: str | None = None, kinds: tuple[str, ...] = PROSE) -> bool:
        """Whether any statement fits: for what a page must say once it speaks of something at all."""
        return bool(self._matches(topic, under, kinds))

    def _matches(self, pattern: str, under: str | None, kinds: tuple[str, ...]) -> list[Match]:
        regex, holes = compiled(pattern)
        found: list[Match] = []
        for block in self.worth_searching(pattern, regex):
            if block.kind in kinds and _is_here(block.headings, under):
                for m in regex.finditer(block.text):
                    found.append(Match(self, m.group(), _sentence(block.text, m), block.headings, m, holes))
        return found

    def _miss(self, what: str, topic: Topic, under: str | None, kinds: tuple[str, ...], part: bool = False) -> None:
        if topic != ITSELF:
            terms = (topic,) if isinstance(topic, str) else topic
            self.absent.append(Absent(what, terms, under, kinds == ("code",), part))

    def worth_searching(self, pattern: str, regex: re.Pattern[str]) -> Iterable[Block]:
        """The blocks that may hold a match: most patterns are on no block, and finding that out is all they cost."""
        words = words_of(pattern)
        if not words:
            # One search over the whole page. It cannot miss a match inside a block, but for anchors and look-arounds
            # at the block's ends.
            return self.blocks if _EDGE.search(pattern) or regex.search(self.running_text) else ()
        return self.blocks_with(words)

    def blocks_with(self, words: tuple[str, ...]) -> list[Block]:
        """The blocks that may hold one of these words (in lower case, whatever the page's case), in reading order."""
        text, starts, blocks = self._folded, self._starts, self.blocks
        if len(text) != len(self.running_text):
            return blocks  # a letter that is two in lower case: where a block begins is not known
        hits: set[int] = set()
        for word in words:
            at = text.find(word)
            while at >= 0:
                i = bisect_right(starts, at) - 1
                hits.add(i)
                at = text.find(word, starts[i + 1]) if i + 1 < len(starts) else -1
        return [blocks[i] for i in sorted(hits)]

    def find(self, pattern: str, *, under: str | None = None, kinds: tuple[str, ...] = PROSE) -> Match:
        """The one statement that fits. Several that say the same count as one; several that differ raise Ambiguous."""
        found = self._one(pattern, under, kinds)
        if found is None:
            raise NotFound(
                f"no text fits {pattern!r}" + (f" under {under!r}" if under else ""),
                *self.candidates(pattern_tokens(pattern)),
            )
        return found

    def maybe(
        self,
        pattern: str,
        *,
        topic: Topic,
        under: str | None = None,
        kinds: tuple[str, ...] = PROSE,
        part: bool = False,
    ) -> Match | None:
        """As `find`, but None where nothing fits: for a statement that a page may well not make (topic: `find_all`).

        `part`: it is one value of a fact. Where it was reworded the reader's facts are not taken, lest they lose it.
        """
        found = self._one(pattern, under, kinds)
        if found is None:
            self._miss(pattern, topic, under, kinds, part)
        return found

    def _one(self, pattern: str, under: str | None, kinds: tuple[str, ...]) -> Match | None:
        found = self._matches(pattern, under, kinds)
        if len({m.said for m in found}) > 1:  # also of one: its amounts must be readable
            raise Ambiguous(
                f"the page says both {found[0].text!r} and {next(m.text for m in found if m.said != found[0].said)!r}"
            )
        return found[0] if found else None

    def has_heading(self, name: str) -> bool:
        """Whether a heading reads `name` in full: a regular expression, case-insensitive."""
        return any(b.kind == "heading" and re.fullmatch(name, b.text, re.IGNORECASE) for b in self.blocks)

    def says(self, phrase: str) -> Passage | None:
        """The first block that holds `phrase` verbatim (white space, quotes and dashes normalised), or None."""
        lines = self._same_lines
        at = lines.find(same_text(phrase))
        return Passage(self, phrase, phrase, self.blocks[lines.count("\n", 0, at)].headings) if at >= 0 else None

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The page's sentences, rows of tables and lines of code."""
        return cut(self)

    @cached_property
    def _ranking(self) -> Ranking:
        return Ranking([s for s in self.sentences if s.kind != "code"])

    def nearest(self, phrase: str) -> str | None:
        """The sentence most like `phrase`: what an issue shows of a lost one."""
        return next(iter(self.candidates(tokens(phrase))), None)

    def candidates(self, words: frozenset[str]) -> list[str]:
        """What a sentence of these words may be now: up to three sentences, the likeliest first."""
        return self._ranking.best(words)

    def is_here(self, headings: tuple[str, ...], under: str | None) -> bool:
        """Whether a place is under the heading `under`, or where no heading fits it any more, at any place that is of
        today."""
        gone = under is not None and not any(_is_under(b.headings, under) for b in self.blocks)
        return _is_here(headings, None if gone else under)

    def section(self, under: str) -> list[Block]:
        """All blocks under a heading that `under` matches in full. Raises NotFound where no such heading is."""
        found = [b for b in self.blocks if _is_under(b.headings, under)]
        if not found:
            raise NotFound(f"no heading fits {under!r}", self.nearest(under))
        return found

    # -- tables --------------------------------------------------------------------------------------------------

    @cached_property
    def tables(self) -> list[Table]:
        """Every table of the page, spans expanded; not those under a heading that says they held once."""
        return [t for t in self._all_tables if _is_here(t.headings, None)]

    @cached_property
    def _all_tables(self) -> list[Table]:
        return [Table(self, raw) for raw in self.outline.tables]

    def tables_with(self, *header: str, topic: Topic, under: str | None = None) -> list[Table]:
        """Tables that have all these column headings (regular expressions, in full), under that heading.

        `topic`: as of `find_all`, for a page that may well have no such table.
        """
        found = self._tables_with(header, under)
        if not found:
            self._miss("a table with the columns " + ", ".join(map(repr, header)), topic, under, PROSE)
        return found

    def has_table(self, *header: str, under: str | None = None) -> bool:
        """Whether there is a table with all these column headings."""
        return bool(self._tables_with(header, under))

    def _tables_with(self, header: tuple[str, ...], under: str | None) -> list[Table]:
        found = [t for t in self._all_tables if t.has(*header) and _is_here(t.headings, under)]
        self.named_tables.update(id(t.raw) for t in found)
        return found

    def table(self, *header: str, under: str | None = None) -> Table:
        """The one table with all these column headings, under that heading. Raises NotFound or Ambiguous."""
        found = self._tables_with(header, under)
        what = f"a table with the columns {', '.join(map(repr, header))}" + (f" under {under!r}" if under else "")
        if not found:
            seen = "; ".join(" | ".join(t.header) for t in self.tables) or "no table at all"
            raise NotFound(f"expected {what}, found {seen[:300]}")
        if len(found) > 1:
            raise Ambiguous(f"expected one table, found {len(found)}: {what}")
        return found[0]

    def within(self, id_prefix: str, *, topic: Topic) -> dict[str, Table]:
        """Tables inside elements whose id starts with `id_prefix`, by the rest of the id (one table per region, say).

        Empty where no such element holds a table (`topic`: as of `find_all`). Raises Ambiguous where one holds several.
        """
        found: dict[str, Table] = {}
        for table in self.tables:
            for name in (i.removeprefix(id_prefix) for i in table.raw.ids if i.startswith(id_prefix)):
                if name in found:
                    raise Ambiguous(f"expected one table in the element with id {id_prefix + name!r}, found several")
                found[name] = table
                self.named_tables.add(id(table.raw))
        if not found:
            self._miss(f"tables in elements with the id {id_prefix!r}", topic, None, PROSE)
        return found


@lru_cache(maxsize=8192)
def _is_here(headings: tuple[str, ...], under: str | None) -> bool:
    """Whether a place is under the heading that is wanted, and under none that makes it a thing of the past."""
    if under is None:
        return not any(_PAST.search(h) for h in headings)
    fits = named(under).fullmatch
    wanted = [h for h in headings if fits(h)]
    return bool(wanted) and not any(_PAST.search(h) for h in headings if h not in wanted)


@lru_cache(maxsize=8192)
def _is_under(headings: tuple[str, ...], under: str) -> bool:
    fits = named(under).fullmatch
    return any(fits(h) for h in headings)


def _sentence(text: str, m: re.Match[str]) -> str:
    """The sentence around a match: back to the last full stop and on to the next."""
    start = max((e.end() for e in re.finditer(r"[.!?]['\")]?\s+(?=[A-Z*`$~])", text[: m.start() + 1])), default=0)
    end = re.search(r"(?<=[.!?])(?=\s|$)", text[m.end() - 1 :])
    return text[start : m.end() - 1 + end.start() if end else len(text)].strip()
