"""The text of one run of Markdown (a paragraph, a heading, a cell), without making HTML of it.

What is common is read here: code spans, escapes, entities, links, images and emphasis that does not nest. Whatever is
not certain goes to markdown-it, run by run, so that the text is the same in every case. Link definitions are the
caller's concern: `inline_text` is only right for a page that has none.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.common.entities import entities
from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace

# Four spaces are no code block here: components indent their children.
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("code")

# Elements that only mark words: without them a browser shows the same text in the same block.
FORMATTING = frozenset(["a", "b", "code", "em", "i", "s", "small", "strong", "u"])  # reopened in the next block if open
_WORDS = FORMATTING | {"abbr", "cite", "del", "ins", "kbd", "mark", "span", "sub", "sup"}
# fmt: off
HTML_NAMES = frozenset([
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont", "bdi",
    "bdo", "bgsound", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center", "cite",
    "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt",
    "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame", "frameset", "h1", "h2", "h3",
    "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "image", "img", "input", "ins",
    "isindex", "kbd", "keygen", "label", "legend", "li", "link", "listing", "main", "map", "mark", "marquee", "math",
    "menu", "menuitem", "meta", "meter", "multicol", "nav", "nextid", "nobr", "noembed", "noframes", "noscript",
    "object", "ol", "optgroup", "option", "output", "p", "param", "picture", "plaintext", "pre", "progress", "q", "rb",
    "rbc", "rp", "rt", "rtc", "ruby", "s", "samp", "script", "search", "section", "select", "selectedcontent", "slot",
    "small", "source", "spacer", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody",
    "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "tt", "u", "ul", "var",
    "video", "wbr", "xmp",
])
# fmt: on

# Where something else than words may begin: one class, which the search can skip to.
_SPECIAL = re.compile(r"[`*_\[<&\\~!]")
# A destination that markdown-it takes for a link whatever follows: no bracket, escape or entity in it, no other scheme.
_DESTINATION = r"(?:(?:https?://|mailto:|/|#|\.)[^\s()<>\\&\x00-\x20\x7f]*|[\w./#?=%-]*)"
_TITLE = r"""(?: +(?:"[^"\\\n]*"|'[^'\\\n]*'))?"""
_TARGET = rf"\({_DESTINATION}{_TITLE}\)"
_TOKEN = re.compile(
    "|".join(
        (
            r"\\(?P<escaped>[!-/:-@\[-`{-~\n])",
            r"(?P<ticks>`+)(?!`)(?P<code>.*?)(?<!`)(?P=ticks)(?!`)",
            rf"!\[(?P<alt>[^\[\]`*_<>&\\~!\n]*)\]{_TARGET}",
            rf"\[(?P<label>(?:[^\[\]`<\\!]|`[^`\[\]<]+`(?!`))*)\]{_TARGET}",
            r"(?P<bracket>\[)(?=[^\[\]`<\\!]*\](?![(\[]))",
            r"(?P<run>\*+|_+)",
            r"&(?P<entity>#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)",
            r"(?P<less><)",
            r"(?P<unsure>[`\[]|!\[|~~)",
        )
    ),
    re.DOTALL,
)
_AUTOLINK = re.compile(r"<[^<>\s]*>")
_TAG_NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")


class HasMarkup(Exception):
    """The run holds HTML that says more than how words look: only an HTML parser knows its text."""


class _Unsure(Exception):
    """Not certain without markdown-it."""


def inline_text(content: str) -> str:
    """The run's text as a browser shows it, white space not folded. Raises HasMarkup."""
    if not _SPECIAL.search(content):
        return content
    try:
        return _read(content, " ")
    except _Unsure:
        return _parsed(content)


def _read(content: str, before: str) -> str:
    """`before` is the character in front of the run: it decides whether a `*` at its start opens emphasis."""
    parts: list[str] = []
    runs: list[tuple[int, str, bool, bool]] = []  # where in parts, the characters, may open, may close
    opened: list[str] = []
    at = look = 0
    while special := _SPECIAL.search(content, look):
        start = special.start()
        m = _TOKEN.match(content, start)
        if m is None:
            look = start + 1
            continue
        if start > at:
            parts.append(content[at:start])
        at = m.end()
        kind = m.lastgroup
        if kind == "run":
            opens, closes = _flanks(
                m["run"], content[start - 1] if start else before, content[at] if at < len(content) else " "
            )
            if opens or closes:
                runs.append((len(parts), m["run"], opens, closes))
            parts.append(m["run"])
        elif kind == "code":
            parts.append(_code(m["code"]))
        elif kind == "label":
            label = m["label"]
            parts.append(_read(label, "[") if _SPECIAL.search(label) else label)
        elif kind == "escaped":
            parts.append(" " if m["escaped"] == "\n" else m["escaped"])
        elif kind == "bracket":
            parts.append("[")
        elif kind == "alt":
            parts.append(f" {m['alt']} " if m["alt"] else "")
        elif kind == "entity":
            parts.append(_entity(m["entity"]))
        elif kind == "less":
            tag = HTML_TAG_RE.match(content, start)
            if tag:
                parts.append(_tag(tag[0], opened))
                at = tag.end()
            elif _AUTOLINK.match(content, start):
                raise _Unsure
            else:
                parts.append("<")
        else:
            raise _Unsure
        look = at
    parts.append(content[at:])
    if opened:
        raise HasMarkup
    if runs:
        _drop_emphasis(parts, runs)
    return "".join(parts)


def _code(content: str) -> str:
    text = content.replace("\n", " ")
    return text[1:-1] if text[0] == text[-1] == " " and text.strip(" ") else text


def _entity(name: str) -> str:
    if name[0] == "#":
        raise _Unsure
    return entities.get(name[:-1], f"&{name}")


def _tag(tag: str, opened: list[str]) -> str:
    """What stands for a tag in the text; `opened` keeps the formatting elements that are open. Raises HasMarkup."""
    found = _TAG_NAME.match(tag)
    if found is None:
        raise HasMarkup
    name = found[1].lower()
    if name == "br" and tag[1] != "/":
        return " "
    if name in HTML_NAMES and name not in _WORDS:
        raise HasMarkup
    if name in FORMATTING:
        if tag[1] != "/":
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise HasMarkup
    return ""


def _flanks(run: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether a run of `*` or `_` may open and may close emphasis (CommonMark: left- and right-flanking)."""
    if before.isalnum() and after.isalnum():
        return (True, True) if run[0] == "*" else (False, False)
    space_before, mark_before = _class_of(before)
    space_after, mark_after = _class_of(after)
    left = not (space_after or (mark_after and not (space_before or mark_before)))
    right = not (space_before or (mark_before and not (space_after or mark_after)))
    if run[0] == "*":
        return left, right
    return left and (not right or mark_before), right and (not left or mark_after)


@lru_cache(maxsize=1024)
def _class_of(char: str) -> tuple[bool, bool]:
    """Whether a character is white space, and whether it is punctuation, as markdown-it has it."""
    return isWhiteSpace(ord(char)), isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _drop_emphasis(parts: list[str], runs: Sequence[tuple[int, str, bool, bool]]) -> None:
    """Empty the runs that are emphasis: pairs one after another. Raises _Unsure where they may nest or overlap."""
    for opening, closing in zip(runs[::2], runs[1::2], strict=False):
        if opening[1] != closing[1] or not opening[2] or not closing[3] or len(opening[1]) > 3:
            raise _Unsure
        parts[opening[0]] = parts[closing[0]] = ""


def _parsed(content: str) -> str:
    (run,) = PARSER.parseInline(content)
    parts: list[str] = []
    opened: list[str] = []
    for token in run.children or ():
        if token.type == "image":
            alt = PARSER.renderer.renderInlineAsText(token.children, PARSER.options, {})  # type: ignore[attr-defined]
            parts.append(f" {alt} " if alt else "")
        elif token.type == "html_inline":
            parts.append(_tag(token.content, opened))
        else:
            parts.append(" " if token.type in ("softbreak", "hardbreak") else token.content)
    if opened:
        raise HasMarkup
    return "".join(parts)
