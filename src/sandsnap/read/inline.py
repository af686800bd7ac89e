"""The text of one element as read: a heading, a caption, a cell."""

import re

from selectolax.lexbor import LexborNode

from sandsnap.read.marks import NOTE, SMALL, SPEAKING, mark
from sandsnap.read.scope import Scope

BLOCKS = frozenset(
    (
        "address article aside blockquote body button center dd details dialog dir div dl dt fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol option p pre section select "
        "summary ul label table thead tbody tfoot tr td th caption"
    ).split()
)
SKIPPED = frozenset("script style template head noscript nav iframe object canvas video audio".split())
SET_OFF = "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}"  # counts as a letter: no amount may touch it, on either side
# Labels of icons say yes or no; an amount in one is nothing that the page shows.
AMOUNT = re.compile(r"\d|[$€£¥]")
_NOTE_REFERENCE = re.compile(r"\[\^[\w-]{1,20}\]")


def plain(text: str) -> str:
    """A text node's text without the marks of notes that Markdown left in it."""
    return _NOTE_REFERENCE.sub("", text) if "[^" in text else text


def icon(node: LexborNode, tag: str) -> str:
    """What an icon says by its label, spaces around it."""
    attributes = node.attributes
    text = attributes.get("alt") or attributes.get("aria-label") or ""
    if not text and tag == "svg":
        title = node.css_first("title")
        text = title.text() if title else ""
    return " " if AMOUNT.search(text) else f" {text} " if text else ""


def inner_text(node: LexborNode, *, seen: bool = True) -> tuple[str, list[tuple[str, Scope]]]:
    """The text of a node as read, and what stands in it that is hidden or struck out, each with its scope.

    Block breaks and <br> become spaces, scripts are left out, icons give their alt text unless it is an amount.
    `seen`: the node does not stand in one that is hidden or struck out itself.
    """
    child = node.first_child
    if child is not None and child.tag == "-text" and child.next is None:  # most have nothing else
        text = " ".join(plain(child.text_content or "").split())
        apart: list[tuple[str, Scope]] = []
    else:
        text, apart = _gathered(child, seen)
    if not text:
        label = " ".join((node.attributes.get("aria-label") or "").split())
        text = "" if AMOUNT.search(label) else label
    return text, apart


def _gathered(child: LexborNode | None, seen: bool) -> tuple[str, list[tuple[str, Scope]]]:
    parts: list[str] = []
    apart: list[tuple[list[str], Scope]] = []
    into = parts
    # What is open: the element, whether a space ends it, and where the text around it goes.
    frames: list[tuple[LexborNode, bool, list[str]]] = []
    while True:
        if child is None:
            if not frames:
                break
            child, spaced, outer = frames.pop()
            if spaced:
                into.append(" ")
            into, child = outer, child.next
            continue
        tag = child.tag or "-"
        if tag == "-text":
            into.append(plain(child.text_content or ""))
            child = child.next
            continue
        if tag in SKIPPED or tag[0] == "-":
            child = child.next
            continue
        attributes = child.attributes
        said = mark(child, tag, attributes) if attributes or tag in SPEAKING else None
        if said == NOTE:
            child = child.next
            continue
        if said == SMALL:
            into.append(SET_OFF)
        elif seen and isinstance(said, Scope) and into is parts:
            into.append(" ")
            apart.append(([], said))
            frames.append((child, False, into))
            into, child = apart[-1][0], child.first_child
            continue
        if tag in ("img", "svg"):
            into.append(icon(child, tag))
            child = child.next
            continue
        spaced = tag == "br" or tag in BLOCKS
        if spaced:
            into.append(" ")
        frames.append((child, spaced, into))
        child = child.first_child
    texts = ((" ".join("".join(a).split()), scope) for a, scope in apart)
    return " ".join("".join(parts).split()), [(t, scope) for t, scope in texts if t]
