"""The amounts of running text: which words of a sentence name which of its amounts, and whose it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from sandsnap.read.general.cards import is_short, titles, whole
from sandsnap.read.general.figures import Figure, may_hold_one
from sandsnap.read.general.names import Names, joined
from sandsnap.read.general.words import Asked
from sandsnap.read.page import Page
from sandsnap.read.phrases import phrases
from sandsnap.read.scope import Scope, said

_STOP = re.compile(
    r"(?<=[.!?;])(?<!\bvs\.)(?<!\bmin\.)(?<!\bmax\.)(?<!\bapprox\.)\s+(?=[A-Z*`$~\d])|\s+(?=Note:)|\s*[•▪●]\s*"
)
_PAREN = re.compile(r"\([^()]*\)")
_CUT = re.compile(
    r"[;:]\s+|,\s+(?:and|but|while|or|plus)\s+|,\s+|\s+(?:and|but|while|whereas|plus|or)\s+|\s+[-–—|·]\s+"
)
_BACK = re.compile(r"^(?:this|it|they|that|these|those|there|the (?:first|next|rest)|beyond|above)\b", re.IGNORECASE)
_ALL = re.compile(
    r"\b(?:whatever|regardless of|any|all|every|each) (?:the |your )?(?:plans?|tiers?)\b|\ball plans\b", re.IGNORECASE
)
# Of a plan that the vendor's file does not name, or of several at once.
_A_PLAN = re.compile(r"(?<!_ )\b(?i:plans?|tiers?|paid|paying)\b|\b(?:on|for|with) (?:the |our )?[A-Z][a-z]+\b")
# Beside a fee: what is used is paid as well, and the fee is no price of it.
_AND_USAGE = re.compile(
    r"(?:\+|\b(?:plus|on top of|before|and))\s*(?:the |metered |your )?(?:usage|compute)(?: costs?| fees?| charges?)?\b",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:(?:the|our|your|on|with|for|in|under)\s+)*", re.IGNORECASE)
_MODE = re.compile(r"\b(?:default|least|minimum|unless)\b", re.IGNORECASE)
_LAST = re.compile(r"\b(?:unless|by default)\b[^,;]*$", re.IGNORECASE)
_SAME = re.compile(r"\bit is(?: up to)?\s*$", re.IGNORECASE)
_LONGEST = 70  # words: what is longer is a flattened table, no sentence
_MOST = 40  # amounts: what has more is no sentence, and each is looked at among all the others


@dataclass(frozen=True, slots=True)
class Piece:
    """One amount of a sentence: its words, narrowest first, its plans and sizes.

    `sentence` is cited, `plain` is it without what is in brackets, `about` the part whose words may rule an item out.
    """

    labels: tuple[str, ...]
    plans: tuple[str, ...]
    sizes: tuple[str, ...]
    figure: Figure
    phrase: str
    sentence: str
    plain: str
    where: tuple[str, ...]
    spoken: str  # what says its scope beside what its block's is
    about: str
    above: str


def without_asides(text: str, names: Names) -> str:
    """The text with what is in brackets blanked letter for letter, but for a plan's name: "24 hours (Pro)"."""
    return _PAREN.sub(lambda m: m[0] if names.is_plan(m[0][1:-1]) else f"({' ' * (len(m[0]) - 2)})", text)


def told(page: Page, names: Names, asked: Asked | None = None) -> Iterator[tuple[Piece, Scope]]:
    """The amounts of a page's paragraphs, items, cards and headings, each in its scope; of items that are asked for,
    those that may be of one."""
    title, lead = "", ""  # a title (of a card, say) stands over the items that follow, or over one paragraph
    lines = ((i, b) for i, b in enumerate(page.blocks) if b.kind in ("text", "item", "heading", "term"))
    blocks = whole(list(lines), names)
    beside = titles([b for _, b in blocks], names)
    of_text = names.remembering(_of_text)
    for n, (i, block) in enumerate(blocks):
        if block.kind != "heading" and block.text in page.outline.links:
            continue  # the title of another page
        short, counts, figured, goes_on = of_text(block.text, block.kind in ("heading", "term"))
        if block.kind != "item":
            lead = "" if block.kind == "heading" else goes_on
        if block.kind in ("heading", "term") or (short and not figured):
            title = block.text
            if block.kind != "heading" or not figured:
                continue
        over = beside.get(n, title)
        # Without `over` two lines might name it; without an amount there is nothing to name.
        if over is not None and counts and _is_asked(asked, " ".join((block.text, *block.headings[-1:], over, lead))):
            scope = block.scope.inside(page.led_at(i))
            card = _cited(block.text, over, blocks[n - 1][1].text if n else "") if n in beside else ""
            around = _Around(over, lead if block.kind == "item" else "", card)
            for piece in names.remembering(_pieces)(block.text, block.headings, around):
                if asked and not asked.may_be(piece.figure.kind, piece.labels, piece.phrase):
                    continue
                said_so = said(piece.spoken, "sentence", page.capture.day, "", page.vendor)
                yield piece, said_so.inside(scope)
        if not (block.kind == "item" or short):
            title = ""


def _is_asked(asked: Asked | None, words: str) -> bool:
    return asked is None or asked.may_name(words)


def _of_text(names: Names, text: str, titles: bool) -> tuple[bool, bool, bool, str]:
    """Of a text: whether it is short, may hold an amount, and, where it may be a title or a list may follow, holds one that
    is no name; and the words that a list goes on with behind it: "A machine may have", "Sandboxes run for up to:"."""
    short, counts, ends = is_short(text), may_hold_one(text), text.endswith((".", "!", "?", ";"))
    figured = counts and (titles or short or not ends) and bool(names.figures(text))
    return short, counts, figured, "" if ends or figured else _STOP.split(text)[-1]


def _cited(value: str, name: str, before: str) -> str:
    """A card as it is read: its name and its value in the page's order."""
    return f"{name} {value}" if name == before else f"{value} {name}"


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a sentence: the title over it, the words that its list goes on with, the whole card where it is
    the value of one, the sentence before it, and the plans that its paragraph is about by then."""

    title: str
    lead: str
    card: str = ""
    before: str = ""
    whose: tuple[str, ...] = ()


def _pieces(names: Names, text: str, headings: tuple[str, ...], around: _Around) -> tuple[Piece, ...]:
    """The amounts of a block's text under headings."""
    out: list[Piece] = []
    for sentence in _STOP.split(text):
        plain = without_asides(sentence, names)
        around = replace(around, whose=_subject(plain, around.whose, names))
        found = names.figures(plain)
        if not found and len(listed := names.figures(sentence)) > 1:
            plain, found = sentence, listed  # "one fixed size (8 vCPUs, 4 GB)": what is in brackets is all that is said
        if 0 < len(found) <= _MOST and len(plain.split()) <= _LONGEST:
            spoken = _PAREN.sub(_unless_amount, sentence)
            out += _of_sentence(headings, sentence, plain, found, spoken, around, names)
        around = replace(around, before=sentence)
    return tuple(out)


def _unless_amount(aside: re.Match[str]) -> str:
    """What is in brackets, but for an amount: "(was 1 hour)" is said of the hour."""
    return "" if any(p.unit or p.currency for p in phrases(aside[0])) else aside[0]


def _subject(plain: str, before: tuple[str, ...], names: Names) -> tuple[str, ...]:
    """The plans that a sentence begins with: what the next ones say is of them, until another plan is named."""
    groups = joined(plain, names.plan_spans(plain))
    if not groups:
        return before
    return groups[0][2] if len(groups) == 1 and _OPENS.fullmatch(plain[: groups[0][0]]) else ()


def _of_sentence(
    headings: tuple[str, ...],
    sentence: str,
    plain: str,
    found: list[Figure],
    spoken: str,
    around: _Around,
    names: Names,
) -> Iterator[Piece]:
    title, lead = around.title, around.lead
    groups = joined(plain, names.plan_spans(plain))
    spans = _segments(plain, found, groups)
    named, before = names.masked(plain), names.masked(around.before)
    back = around.before if _BACK.match(plain) or _BACK.match(plain.partition(", ")[2]) else ""
    above = _PAREN.sub("", headings[-1]) if headings else ""
    in_order = _respectively(plain, groups, len(found))
    for n, (figure, (start, end)) in enumerate(zip(found, spans, strict=True)):
        segment = named[start : figure.start] + " " + _AND_USAGE.sub("", named[figure.end : end])
        labels = [segment]
        alike = [span for f, span in zip(found, spans, strict=True) if f.kind == figure.kind]
        shared = _one_plan_each(alike, groups)
        if len(alike) == 1 or in_order or len(shared) == len(alike):
            labels.append(_blank(named, found))
        elif (start, end) in shared:
            blank = _blank(named, found)
            labels.append(" ".join(blank[s:e] for s, e in shared))
        if back or _SAME.search(plain[: figure.start]):
            labels.append(f"{segment} {before}")
            labels.append(f"{segment} {before} {above}")
        if lead:
            labels.append(f"{names.masked(lead)} {segment}")
        if title or len(plain.split()) <= 8:
            labels.append(f"{segment} {title}")
            labels.append(f"{segment} {title} {above}")
        over = (lead, title, back, *reversed(headings))
        if in_order or "respectively" in plain.lower():
            plans = in_order[n] if in_order else ("?",)
        else:
            plans = _plans(plain, groups, start, end, around.whose, over, names)
        sizes = (
            names.sizes_in(plain[start:end])
            or names.sizes_in(plain)
            or tuple(filter(None, (names.is_size(title), names.is_size(above))))[:1]
        )
        # "By default, …" and "… unless you say otherwise" are said of all.
        modes = (*_MODE.findall(named[: found[0].start]), *_LAST.findall(named))
        about = _AND_USAGE.sub("", named) if len(found) == 1 else " ".join((segment, *modes))
        yield Piece(
            tuple(labels), plans, sizes, figure, plain[figure.start : figure.end], around.card or sentence, plain, headings, spoken,
            f"{lead} {about}".strip(), " ".join(_PAREN.sub("", t) for t in dict.fromkeys((title, above)) if is_short(t)),
        )  # fmt: skip


def _segments(plain: str, found: list[Figure], groups: list[tuple[int, int, tuple[str, ...]]]) -> list[tuple[int, int]]:
    """The part of the sentence that belongs to each amount: cut at the last comma or conjunction between two."""
    cuts = [0]
    for a, b in pairwise(found):
        gaps = [
            m for m in _CUT.finditer(plain, a.end, b.start) if not any(s < m.start() < e for s, e, names in groups if len(names) > 1)
        ]  # fmt: skip
        cuts.append(gaps[-1].end() if gaps else b.start)
    return list(zip(cuts, [*cuts[1:], len(plain)], strict=True))


def _respectively(plain: str, groups: list[tuple[int, int, tuple[str, ...]]], amounts: int) -> list[tuple[str, ...]]:
    """One plan for each amount, in order, where the sentence says "respectively"."""
    if "respectively" not in plain.lower() or len(groups) != 1 or len(groups[0][2]) != amounts:
        return []
    return [(p,) for p in groups[0][2]]


def _one_plan_each(
    alike: list[tuple[int, int]], groups: list[tuple[int, int, tuple[str, ...]]]
) -> list[tuple[int, int]]:
    """The parts of several amounts of a kind that have one plan each: what they are is said once, for all of them."""
    own = [span for span in alike if sum(span[0] <= s and e <= span[1] for s, e, _ in groups) == 1]
    return own if len(own) > 1 else []


def _plans(
    plain: str, groups: list[tuple[int, int, tuple[str, ...]]], start: int, end: int, whose: tuple[str, ...],
    over: tuple[str, ...], names: Names,
) -> tuple[str, ...]:  # fmt: skip
    """Whose an amount is: plans in its part of the sentence, else in the sentence, else those that its paragraph is about,
    else those in what stands over it."""
    if _ALL.search(plain):
        return ()
    if "respectively" in plain.lower():
        return ("?",)  # of what stands in another order
    inside = [g for s, e, g in groups if start <= s and e <= end]
    if len(inside) == 1:
        return inside[0]
    if inside:
        return ("?",)
    if re.search(r"\bdefault\b", plain[start:end]) and start and len(groups) > 1:
        return ()  # "1 hour on Hobby and 24 hours on Pro, 5 minutes by default": of all of them
    if _A_PLAN.search(names.masked(plain)[start:end]):
        return ("?",)
    everywhere = [g for _, _, g in groups]
    if len(everywhere) == 1:
        return everywhere[0]
    if everywhere:
        return ("?",)
    if whose:
        return whose
    for text in over:
        if found := names.plans_in(text):
            return found if len(found) == 1 else ("?",)
        if plan := names.is_plan(text):
            return (plan,)
    return ()


def _blank(plain: str, found: list[Figure]) -> str:
    for f in found:
        plain = plain[: f.start] + " " * (f.end - f.start) + plain[f.end :]
    return plain
