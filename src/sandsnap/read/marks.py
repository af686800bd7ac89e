"""What the markup of one element says of what stands in it: hidden, struck out, or the mark of a note.

Most elements say nothing, and most of what they do say they say in the same words: classes and styles are looked at once.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from sandsnap.read.scope import Scope, classes

NOTE, SMALL = "note", "small"  # the mark of a note; a raised figure
LABEL_ONLY = "label"  # hidden from the eye only
Mark = Scope | str | None

# Elements that say something without any attribute.
SPEAKING = frozenset(("del", "s", "strike", "sup", "sub", "option", "dialog"))
_STRUCK = frozenset(("del", "s", "strike"))
# Of these words one stands in a class, a style or a reference that says something.
_CLASS = re.compile(
    r"sr-only|hidden|screen-reader|through|strike|struck|crossed|price|sup|align-su|subscript|foot|note|fn"
    r"|compare-at|(?<!\S)(?:d-none|(?:is-)?invisible|hide|opacity-0)(?!\S)",
    re.IGNORECASE,
)
_STYLE = re.compile(
    r"display|visibility|opacity|font-size|clip|: ?-|line-through|vertical-align|overflow|scale|transparent",
    re.IGNORECASE,
)
_TO_NOTE = re.compile(r"#(?:fn|note)", re.IGNORECASE)
_UNSEEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|(?:content-)?visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0(?:\.0+)?(?:px|em|rem|%)?(?=\s*(?:;|!|$))"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?|clip-path\s*:\s*inset\((?:50|100)%"
    r"|transform\s*:[^;]*\bscale[XY]?\(\s*0(?:\.0+)?\s*[,)]|color\s*:\s*transparent(?!.*background-clip)"
    r"|(?:max-)?(?:height|width)\s*:\s*0(?:px|em|rem|%)?\s*;.*\boverflow\s*:\s*(?:hidden|clip)"
    r"|overflow\s*:\s*(?:hidden|clip)\s*;.*\b(?<!-)(?:max-)?(?:height|width)\s*:\s*0(?:px|em|rem|%)?(?=\s*(?:;|!|$)))",
    re.IGNORECASE,
)
# A class that hides a block may be a tab that the visitor opens; a few words within a line open for nobody, unless another
# class shows them on a wider screen.
_HIDDEN_CLASS = re.compile(r"^(?:hidden|is-hidden|hide)$", re.IGNORECASE)
_GONE_CLASS = re.compile(
    r"^(?:d-none|(?:is-)?invisible|u-hidden|opacity-0)$", re.IGNORECASE
)  # of tabs nobody uses these
_SHOWN_CLASS = re.compile(
    r":(?:inline|block|flex|grid|table|visible|contents)|^d-\w+-(?!none)|^group-|:not-", re.IGNORECASE
)
_INLINE = frozenset("span b i em strong small s del ins mark code a abbr sup sub font u big time data".split())
_STRUCK_STYLE = re.compile(r"\btext-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.IGNORECASE)
_RAISED_STYLE = re.compile(
    r"\bvertical-align\s*:\s*(?:super|sub|text-top|top)\b|\bfont-variant-position\s*:\s*su", re.IGNORECASE
)
_RAISED_CLASS = re.compile(r"^(?:super(?:script)?|sub(?:script)?|align-super|align-sub|sup)$", re.IGNORECASE)
_SMALL_NODES, _SMALL_TEXT = 12, 12
_NOTE = re.compile(r"[\[(]?(?:\d{1,2}|[*†‡§¶a-z]{1,2})[\])]?")


class _Said(NamedTuple):
    """What a class or a style says: struck out; hidden, and by what; hidden on every element; for screen readers only; raised; of a
    note."""

    struck: bool = False
    hidden: str = ""
    gone: bool = False
    label: str = ""
    raised: bool = False
    noted: bool = False


@lru_cache(maxsize=8192)
def _class_speaks(value: str) -> bool:
    return _CLASS.search(value) is not None


@lru_cache(maxsize=2048)
def _of_class(value: str) -> _Said:
    names = value.split()
    shown = any(map(_SHOWN_CLASS.search, names))
    gone = any(map(_GONE_CLASS.match, names)) and not shown
    return _Said(
        any(map(classes("struck").search, names)),
        "its class" if gone or (any(map(_HIDDEN_CLASS.match, names)) and not shown) else "",
        gone,
        next((m[0] for m in map(classes("hidden").search, names) if m), ""),
        any(map(_RAISED_CLASS.match, names)),
        any(map(classes("footnote").search, names)),
    )


@lru_cache(maxsize=2048)
def _of_style(value: str) -> _Said:
    unseen = _UNSEEN_STYLE.search(value)
    struck, raised = _STRUCK_STYLE.search(value), _RAISED_STYLE.search(value)
    return _Said(struck is not None, unseen[0].strip("; ") if unseen else "", raised=raised is not None)


def mark(node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> Mark:
    """What an element says: a scope, NOTE for the mark of a note, SMALL for a raised figure; None: nothing."""
    if not _speaks(tag, attributes):
        return None
    names, style = _of_class(attributes.get("class") or ""), _of_style(attributes.get("style") or "")
    if tag in _STRUCK or style.struck or names.struck:
        return Scope(struck=True, why=(("struck", "struck out"),))
    if tag in ("option", "dialog"):
        return _hidden(f"<{tag}>")
    if "hidden" in attributes:
        return _hidden("the attribute hidden")
    if (attributes.get("aria-hidden") or "").lower() == "true":
        return _hidden("aria-hidden")
    if style.hidden:
        return _hidden(style.hidden)
    if names.gone or (names.hidden and tag in _INLINE):
        return _hidden("its class")
    if names.label:
        return Scope(visible=False, why=(("visible", f"the class {names.label}"), (LABEL_ONLY, names.label)))
    noted = attributes.get("role") == "doc-noteref" or names.noted or (tag == "a" and bool(attributes.get("href")))
    return _small(node, noted, tag in ("sup", "sub") or style.raised or names.raised)


def _speaks(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element may say anything: the few are looked at more closely."""
    if tag in SPEAKING and not (tag == "dialog" and "open" in attributes):
        return True
    if (names := attributes.get("class")) and _class_speaks(names):
        return True
    if (style := attributes.get("style")) and _STYLE.search(style):
        return True
    if tag == "a" and (href := attributes.get("href")) and (_TO_NOTE.match(href) or "footnote" in href):
        return True
    return "hidden" in attributes or "aria-hidden" in attributes or attributes.get("role") == "doc-noteref"


def _small(node: LexborNode, noted: bool, raised: bool) -> Mark:
    """Whether what a raised or linked element holds is the mark of a note, or a figure."""
    if not (noted or raised):
        return None
    text = ""
    for seen, inner in enumerate(node.traverse(include_text=True)):
        if seen > _SMALL_NODES or len(text) > _SMALL_TEXT:  # no mark of a note; and each may hold the next
            break
        noted = noted or (inner.tag == "a" and (inner.attributes.get("href") or "").startswith("#"))
        text += "".join((inner.text_content or "").split()) if inner.tag == "-text" else ""
    if noted and _NOTE.fullmatch(text):
        return NOTE
    return SMALL if raised and text[:1].isdigit() else None


def _hidden(why: str) -> Scope:
    return Scope(visible=False, why=(("visible", why),))
