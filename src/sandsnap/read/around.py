"""What the texts around a block say of it: sentences that speak of what follows them, and the notes beside a price."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from sandsnap.read.beside import Beside
from sandsnap.read.enclosing import SENTENCE_END
from sandsnap.read.laid_over import laid_over, says_any
from sandsnap.read.literals import folded, may_hold, needs
from sandsnap.read.memo import by_text
from sandsnap.read.scope import PLAIN, Scope, said
from sandsnap.read.tree import Block

# What a page may say something about as a whole.
_TOLD = (
    r"(?:prices?|pricing|plans?|rates?|limits?|fees?|figures?|amounts?|tables?|sections?|tiers?|numbers?|values?|quotas?"
    r"|costs?|charges?|lists?|terms|allowances?|credits?)"
)
_LEAD = re.compile(
    rf"\b(?:these|those|(?:the )?following|all|our|this) (?:\w+ ){{0,2}}{_TOLD}\b"
    rf"|\b{_TOLD} (?:below|here|on this page|shown|listed|that follow)\b|\b(?:see|in) the {_TOLD}\b"
    r"|\beverything (?:below|here|on this page)\b|^these are\b"
    rf"|(?:^|[.!?:] )\W*(?:here(?:[’']s| is| are)|this (?:is|was)|below (?:is|are|you)) (?:\w+ ){{0,2}}(?:what|how|{_TOLD})\b"
    rf"|(?:^|[.!?:] )\W*(?:[\w’'-]+ ){{0,2}}{_TOLD}\b(?!.*\$)",  # with a figure of its own it speaks of that
    re.IGNORECASE,
)
_LEAD_NEEDS = needs(_LEAD.pattern)
_AHEAD = re.compile(r"\b(?:below|following|that follow)\b", re.IGNORECASE)
_LONG = 240  # letters: a sentence that speaks of what follows stands in no longer text
_SHORT = 120  # letters: "Winner of a contest? This is yours:" is read whole
_WORDS_OF_A_CARD = 12
_STRETCH = 16  # blocks
_QUOTE = 400  # letters: most have no more

_PRICE = re.compile(r"(?:\w{1,10} ){0,2}\W{0,3}\$\s?\d")
_UNIT = re.compile(r"(?:/|per\b|an?\b|USD\b)\s?[\w /-]{0,30}", re.IGNORECASE)
_NOTE = 60  # letters
_ALL = frozenset({"when", "currency", "whose", "offer", "bound"})
_NAMED = frozenset({"whose"})
_REACH = 3  # blocks before a price and behind it
# "Save 20 % with annual billing" beside a price says that there is another one.
_ALSO = re.compile(
    r"\b(?:sav(?:e|es|ing)|available|optional(?:ly)?|or|switch|also|instead|discounts?|off|choose|if)\b|%",
    re.IGNORECASE,
)


class Around:
    """The scope that each block of a page has from the texts around it. `places(words)`: where blocks hold a word of these."""

    def __init__(
        self,
        blocks: Sequence[Block],
        on: date | None,
        vendor: str,
        places: Callable[[tuple[str, ...]], Iterable[int]],
    ) -> None:
        self._blocks, self._on, self._vendor, self._places = blocks, on, vendor, places
        self._asked: dict[tuple[str, str], Scope] = {}  # what was said of texts and quotes that were asked for
        self._sections: dict[tuple[str, ...], tuple[int, int]] = {}  # (a block of it, end) of those met

    def at(self, i: int) -> Scope:
        """What is said of the block or table at a place."""
        return self._scopes[0].get(i, PLAIN)

    def of(self, block: Block) -> Scope:
        """What is said of a block."""
        return self._of_blocks.get(id(block), PLAIN)

    def of_text(self, text: str, quote: str) -> Scope:
        """What is said of the block with a text, or with one of the parts of a quote, or of one of several that they join."""
        if not self._of_texts:
            return PLAIN
        scope = self._asked.get((text, quote))
        if scope is None:
            found = (self._of_texts.get(part, PLAIN) for part in (text, *quote.split(" | ")))
            scope = next((s for s in found if s is not PLAIN), None) or self._of_joined(quote)
            self._asked[text, quote] = scope
        return scope

    def _of_joined(self, quote: str) -> Scope:
        """What is said of one of the blocks that make a quote."""
        if not self._may_join(quote):
            return PLAIN
        found = (self.at(i) for i in self.beside.joined(quote))
        return next((scope for scope in found if scope is not PLAIN), PLAIN)

    def _may_join(self, quote: str) -> bool:
        """Whether such a block may be among those that make a quote: asked of the few, where a search of all the page for
        each quote would take its square. Most quotes are short, and stand nowhere near one."""
        if len(quote) <= _QUOTE and quote not in self._near:
            return False
        return any(quote in text for text in self.beside.near(self._said_of, len(quote)))

    @cached_property
    def _near(self) -> str:
        return "\n".join(self.beside.near(self._said_of, _QUOTE))

    @cached_property
    def _said_of(self) -> list[tuple[int, int]]:
        """(first, end) of stretches that hold all blocks of which something is said."""
        out: list[tuple[int, int]] = []
        for i in sorted(i for i in self._scopes[0] if i < len(self._blocks)):
            if out and i <= out[-1][1] + _STRETCH:
                out[-1] = out[-1][0], i + 1
            else:
                out.append((i, i + 1))
        return out

    @cached_property
    def beside(self) -> Beside:
        """The texts beside each block."""
        return Beside(self._blocks)

    @cached_property
    def _ranges(self) -> list[tuple[int, int, Scope]]:
        """(first block, end, scope)."""
        return [*self._leads(), *self._notes()]

    @cached_property
    def _scopes(self) -> tuple[dict[int, Scope], list[int]]:
        """The scope of each place of which something is said, and those of them that are blocks, not tables alone."""
        return laid_over(self._ranges, len(self._blocks))

    @cached_property
    def _of_blocks(self) -> dict[int, Scope]:
        scopes, places = self._scopes
        return {id(self._blocks[i]): scopes[i] for i in places}

    @cached_property
    def _of_texts(self) -> dict[str, Scope]:
        scopes, places = self._scopes
        return {self._blocks[i].text: scopes[i] for i in places}

    # -- sentences that speak of what follows ----------------------------------------------------------------------

    def _leads(self) -> Iterable[tuple[int, int, Scope]]:
        for i, block in enumerate(self._blocks):
            if block.kind not in ("text", "item") or len(block.text) > _LONG:
                continue
            for sentence, whole in _leading(block.text, i + 1 < len(self._blocks)):
                scope = said(sentence, "lead", self._on, "", self._vendor)
                if scope is PLAIN and not whole and len(block.text) <= _SHORT:
                    scope = said(block.text, "lead", self._on, "", self._vendor)
                if scope.currency != "usd":
                    scope = replace(scope, currency="usd")
                if says_any(scope):
                    end = self._section_end(i) if whole else self._list_end(i)
                    if end == i + 1 < len(self._blocks) and _AHEAD.search(sentence):
                        end = self._section_end(i + 1)  # the last words of a section lead to the next one
                    yield i + 1, end, scope

    def _section_end(self, i: int) -> int:
        here = self._blocks[i].headings
        began, end = self._sections.get(here, (0, 0))
        if not began <= i < end:
            end = next(
                (j for j in range(i + 1, len(self._blocks)) if self._blocks[j].headings[: len(here)] != here),
                len(self._blocks),
            )
            self._sections[here] = i, end
        return end

    def _list_end(self, i: int) -> int:
        """Where that ends of which a text with a colon speaks: a list, a table, sections, or the short texts of cards."""
        kind = self._blocks[i + 1].kind
        if kind == "heading":
            return self._section_end(i)
        if kind == "text":
            section = self._section_end(i)
            return min(self._next_long[i + 2], section) if i + 2 < section else section
        return self._runs[i + 1]

    @cached_property
    def _next_long(self) -> list[int]:
        """For each place, the next text that is too long for a card."""
        out = [len(self._blocks)] * (len(self._blocks) + 2)
        for i in range(len(self._blocks) - 1, -1, -1):
            out[i] = i if self._blocks[i].text.count(" ") >= _WORDS_OF_A_CARD else out[i + 1]
        return out

    @cached_property
    def _runs(self) -> list[int]:
        """For each place, where the run of blocks of its kind ends."""
        out = [len(self._blocks)] * len(self._blocks)
        for i in range(len(self._blocks) - 2, -1, -1):
            out[i] = out[i + 1] if self._blocks[i].kind == self._blocks[i + 1].kind else i + 1
        return out

    # -- notes beside a price --------------------------------------------------------------------------------------

    def _notes(self) -> Iterable[tuple[int, int, Scope]]:
        """Of each price that is a block of its own: what the short texts right before and behind it say."""
        for i in self._places(("$",)):
            if not self._is_price(i):
                continue
            end = i + 1
            while end < len(self._blocks) and _UNIT.fullmatch(self._blocks[end].text):
                end += 1
            scope = PLAIN
            for text, parts in (*self._before(i), *self._behind(end)):
                scope = scope.inside(self._note(text, parts))
            if says_any(scope):
                yield i, end, scope

    def _is_price(self, i: int) -> bool:
        block = self._blocks[i]
        return block.kind in ("text", "heading") and len(block.text) <= _NOTE and _PRICE.match(block.text) is not None

    def _short(self, i: int) -> bool:
        if not 0 <= i < len(self._blocks):
            return False
        block = self._blocks[i]
        return block.kind in ("text", "term") and len(block.text) <= _NOTE and "$" not in block.text

    def _before(self, price: int) -> Iterable[tuple[str, frozenset[str]]]:
        """Texts, and the parts of scope in which they count."""
        parts = _ALL
        for i in range(price - 1, price - 1 - _REACH, -1):
            if not self._short(i):
                return
            last = i - 1
            while last > 0 and _UNIT.fullmatch(self._blocks[last].text):
                last -= 1
            if i < price - 1 and last >= 0 and self._is_price(last):
                parts = _NAMED  # a note of the price before, or the name of what has this one
            yield self._blocks[i].text, parts

    def _behind(self, end: int) -> Iterable[tuple[str, frozenset[str]]]:
        for i in range(end, end + _REACH):
            if not self._short(i) or (i + 1 < len(self._blocks) and self._is_price(i + 1)):
                return  # what stands right before another price is said of that one
            yield self._blocks[i].text, _ALL - _NAMED

    def _note(self, text: str, parts: frozenset[str]) -> Scope:
        scope = said(text, "note", self._on, "", self._vendor)
        also = scope.offer != "list" and _ALSO.search(text)
        parts = parts | ({"whose"} if scope.whose == "some" else set())
        left = {p: getattr(PLAIN, p) for p in _ALL - parts | ({"offer"} if also else set())}
        return Scope(**{**_parts(scope), **left}) if scope != PLAIN else PLAIN


@by_text(32768)
def _leading(text: str, followed: bool) -> tuple[tuple[str, bool], ...]:
    """The sentences of a block that speak of what follows it: of all of its section (True), or of what a colon leads to."""
    leads = may_hold(_LEAD_NEEDS, folded(text), digit=True) and _LEAD.search(text) is not None
    if not (leads or text.endswith(":")):
        return ()
    found: list[tuple[str, bool]] = []
    for sentence in SENTENCE_END.split(text):
        if followed and sentence.endswith(":") and text.endswith(sentence):
            found.append((sentence, False))
        elif leads and _LEAD.search(sentence):
            found.append((sentence, True))
    return tuple(found)


def _parts(scope: Scope) -> dict[str, Any]:
    return {name: getattr(scope, name) for name in Scope.__dataclass_fields__}
