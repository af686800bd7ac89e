"""A captured page as one tree, and strict selection from it. Nothing here knows a vendor.

Every selection states what it expects and raises when the page does not answer it: `table` wants exactly one table
with these column headings under this heading, `find` exactly one statement. What a selection returns is a `Passage`,
the only thing that can make a fact that rests on a page.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sandsnap.model import Capture
from sandsnap.read import feeds, source_text
from sandsnap.read.around import Around
from sandsnap.read.currency import of_all_prices
from sandsnap.read.enclosing import sentence, statements
from sandsnap.read.errors import Ambiguous, NotFound, ReadError
from sandsnap.read.index import Index
from sandsnap.read.memo import by_text
from sandsnap.read.passage import Match, Passage, plain_marks, same_text
from sandsnap.read.patterns import compiled
from sandsnap.read.scope import Scope, headed, said
from sandsnap.read.sentences import ITSELF, Absent, Ranking, Sentence, Topic, cut, pattern_tokens, tokens
from sandsnap.read.table import named
from sandsnap.read.tables import PROSE, Tables, is_under
from sandsnap.read.tree import Block, Outline, outline

_WORD_START, _WORD_END = r"(?<![^\W_])", r"(?=(?:s|es)?(?![^\W_]))"


@dataclass
class Page(Tables):
    """One capture, decoded and outlined. `form` is html, markdown, mdx, erb, text or json."""

    capture: Capture
    text: str
    form: str
    vendor: str
    source_url: str
    product: str = "sandbox"
    log: bool = False  # of dated entries: the newest that states a thing counts
    chapters: str = ""  # of a dump: the headings, as a pattern, of what alone is read
    claimed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # what readers met beside what they know, once each

    def note_unknown(self, message: str) -> None:
        """An issue on what stands beside known things (a key of a feed); what is known is read all the same."""
        if message not in self.unknown:
            self.unknown.append(message)

    absent: list[Absent] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)  # readers that found no table and no statement of the shape they know
    by_layer: set[str] = field(default_factory=set)  # readers that the general layer stands for
    stated: dict[object, Any] = field(default_factory=dict)  # what it read, by what was asked for
    named_tables: set[int] = field(default_factory=set)

    @cached_property
    def outline(self) -> Outline:
        """The page's blocks and tables in reading order."""
        if self.form == "html":
            return outline(self.text)
        if self.form == "json":
            return Outline()
        if self.form == "text":
            paragraphs = re.split(r"\n\s*\n", self.text)
            return Outline([Block("text", " ".join(p.split()), ()) for p in paragraphs if p.strip()])
        body = source_text.strip_front_matter(self.text)
        if self.chapters:
            body = source_text.chapters(body, self.chapters)
        if self.form == "erb":
            body = source_text.erb(body, self.capture.day)
        return outline(source_text.markdown_html(source_text.mdx(body)))

    @property
    def blocks(self) -> list[Block]:
        """Runs of text without a block break, in reading order."""
        return self.outline.blocks

    @cached_property
    def data(self) -> Any:
        """A JSON feed as Python values, numbers as Decimal."""
        if self.form != "json":
            raise ReadError(f"{self.source_url} is not a JSON feed")
        return feeds.parsed(self.text)

    def passage(self, text: str, where: Iterable[str] = ()) -> Passage:
        """A passage of text that the caller has read on this page (a row of a feed, a joined card)."""
        return Passage(self, text, text, tuple(where))

    @cached_property
    def _index(self) -> Index:
        return Index(self.blocks)

    @property
    def running_text(self) -> str:
        """The text of all blocks, a line each."""
        return self._index.text

    @cached_property
    def _same_lines(self) -> str:
        """The blocks as `same_text`, a line each."""
        return plain_marks(self.running_text)

    # -- scope ---------------------------------------------------------------------------------------------------

    def scope_under(self, headings: tuple[str, ...], under: str | None = None) -> Scope:
        """What headings say of what stands under them, and the page of all its prices. A heading that the reader asked
        for by name says nothing against it."""
        return _headed(headings, under, self.capture.day, self.vendor).inside(self._currency)

    @cached_property
    def around(self) -> Around:
        """What the texts around each block say of it."""
        return Around(self.blocks, self.capture.day, self.vendor, self._index.places)

    def led_at(self, i: int) -> Scope:
        """What the texts around it say of the block or table at a place."""
        return self.around.at(i)

    def led_text(self, text: str, quote: str) -> Scope:
        """What the texts around it say of a text of these blocks, or of one of its quote's parts."""
        return self.around.of_text(text, quote)

    def scope_of(self, block: Block) -> Scope:
        """What markup and the texts around it say of a block."""
        return block.scope.inside(self.around.of(block))

    @cached_property
    def _currency(self) -> Scope:
        """The currency of all the page's prices, where a sentence names one that is not the US dollar."""
        return of_all_prices(b.text for b in self.blocks if b.kind in ("text", "item"))

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
        found = self._found(pattern, under, kinds)
        if not found:
            self.missing(pattern, topic, under, kinds)
        return found

    def speaks_of(self, topic: str, *, under: str | None = None, kinds: tuple[str, ...] = PROSE) -> bool:
        """Whether any statement fits: for what a page must say once it speaks of something at all."""
        return bool(self._found(topic, under, kinds))

    def _found(self, pattern: str, under: str | None, kinds: tuple[str, ...]) -> list[Match]:
        found = self._matches(pattern, self.worth_searching(pattern), under, kinds)
        # What a section or a sentence before it says of another time or vendor counts only where nothing else is said.
        inside = [m for m in found if not self._led_off(m)]
        return inside or found or self._matches(pattern, self.outline.unseen, under, kinds)

    def _matches(self, pattern: str, blocks: Iterable[Block], under: str | None, kinds: tuple[str, ...]) -> list[Match]:
        here = [b for b in blocks if b.kind in kinds and (under is None or is_under(b.headings, under))]
        if not here:
            return []  # many a pattern is compiled for no page at all
        regex, holes = compiled(pattern)
        on = self.capture.day
        found: list[Match] = []
        for block in here:
            for around, m in statements(block.text, regex):
                scope = said(around, "sentence", on, regex.pattern, self.vendor).inside(self.scope_of(block))
                found.append(Match(self, m.group(), around, block.headings, m, holes, under=under, scope=scope))
        return found

    def _led_off(self, m: Match) -> bool:
        return self.scope_under(m.where, m.under).off or self.around.of_text(m.match.string, m.match.string).off

    def missing(self, what: str, topic: Topic, under: str | None, kinds: tuple[str, ...], part: bool = False) -> None:
        """Note that nothing fits: whether the page speaks of it in other words is asked once it has been read."""
        if topic != ITSELF:
            terms = (topic,) if isinstance(topic, str) else topic
            self.absent.append(Absent(what, terms, under, kinds == ("code",), part))

    def worth_searching(self, pattern: str) -> list[Block]:
        """The blocks that may hold a match of a statement pattern, in reading order."""
        return self._index.worth_searching(pattern)

    def holding(self, pattern: str) -> list[Block]:
        """The blocks that hold the words of a statement pattern, in reading order."""
        return self._index.holding(pattern)

    def may_say(self, pattern: str) -> bool:
        """Whether the page may hold a match, in one block or in the cells of a row."""
        return self._index.may_say(pattern)

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
            self.missing(pattern, topic, under, kinds, part)
        return found

    def _one(self, pattern: str, under: str | None, kinds: tuple[str, ...]) -> Match | None:
        found = self._found(pattern, under, kinds)
        return self.agreeing(found) if found else None

    def agreeing(self, found: list[Match]) -> Match:
        """The first of statements that say the same, those of today and the vendor's own before others. Raises Ambiguous."""
        found = [m for m in found if not m.here().off] or found
        if len({m.said for m in found}) > 1:  # also of one: its amounts must be readable
            raise Ambiguous(
                f"the page says both {found[0].text!r} and {next(m.text for m in found if m.said != found[0].said)!r}"
            )
        return found[0]

    def has_heading(self, name: str) -> bool:
        """Whether a heading reads `name` in full: a regular expression, case-insensitive."""
        return any(map(named(name).fullmatch, self._titles))

    @cached_property
    def _titles(self) -> list[str]:
        return [b.text for b in self.blocks if b.kind == "heading"]

    def says(self, phrase: str, *, whole_words: bool = True) -> Passage | None:
        """The first block that holds `phrase` verbatim (white space, quotes and dashes normalised), or None; with
        `whole_words` not where it ends inside a word, but for a plural: "of its own" is not said of an owner."""
        lines, wanted = self._same_lines, same_text(phrase)
        start = _WORD_START if whole_words and wanted[:1].isalnum() else ""
        stop = _WORD_END if whole_words and wanted[-1:].isalnum() else ""
        whole = re.compile(f"{start}{re.escape(wanted)}{stop}")
        first: Passage | None = None
        at = lines.find(wanted)
        while at >= 0:
            if not whole.match(lines, at):
                at = lines.find(wanted, at + 1)
                continue
            block = self.blocks[lines.count("\n", 0, at)]
            first_of_line = lines.rfind("\n", 0, at) + 1
            end = lines.find("\n", at)
            m = whole.search(lines[first_of_line : end if end >= 0 else len(lines)])
            whole_sentence = sentence(m.string, m) if m else phrase
            scope = said(whole_sentence, "sentence", self.capture.day, wanted, self.vendor).inside(
                self.around.of(block)
            )
            found = Passage(self, phrase, phrase, block.headings, scope=scope)
            if not found.here().off:
                return found
            first = first or found
            at = lines.find(wanted, end) if end >= 0 else -1
        return first

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
        gone = under is not None and not any(is_under(b.headings, under) for b in self.blocks)
        wanted = None if gone else under
        return (wanted is None or is_under(headings, wanted)) and not self.scope_under(headings, wanted).off

    def section(self, under: str) -> list[Block]:
        """All blocks under a heading that `under` matches in full. Raises NotFound where no such heading is."""
        found = [b for b in self.blocks if is_under(b.headings, under)]
        if not found:
            raise NotFound(f"no heading fits {under!r}", self.nearest(under))
        return found


@by_text(8192)
def _headed(headings: tuple[str, ...], under: str | None, on: date | None, own: str) -> Scope:
    return headed((h for h in headings if under is None or not named(under).fullmatch(h)), "heading", on, own)
