"""Documentation sources (Markdown, MDX, Markdown with ERB) made into HTML, so that every page becomes one kind of tree.

What only decorates is dropped (front matter, imports, JSX comments and style objects); what carries text is kept
(a component's title, the text inside <Tooltip>). Template output (`<%= … %>`) becomes HOLE, which no amount can match.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import cache

import pyromark

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"

_FRONT_MATTER = re.compile(r"\A﻿?\s*---\r?\n.*?\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})")
_IMPORT = re.compile(
    r"^(?:import\s+.*?\bfrom\s+['\"].*?['\"];?|import\s+['\"].*?['\"];?|export\s+(?:const|default)\b.*)\s*$"
)
_COMMENT = re.compile(r"\{/\*.*?\*/\}|<!--.*?-->", re.DOTALL)
_JSX_ATTRIBUTE = re.compile(r"\s[\w-]+=\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}")
_TAG_LINE = re.compile(r"^\s*</?[A-Z][\w.]*(?:\s[^<>]*)?/?>\s*$")
# The fences of a Starlight aside (":::note", ":::caution[Experimental]", ":::") and the mark of a GitHub alert.
_ASIDE = re.compile(r"^\s*:::\s*\w*(?:\[([^\]]*)\])?\s*$")
_ALERT = re.compile(r"^(\s*>\s*)\[!\w+\]\s*$")
# A line that may be any of these, with the line break in front of it: searched for, as most lines are none.
_NOTABLE = re.compile(r"\n[^\S\n]*(?:```|~~~|:::|</?[A-Z]|>[^\S\n]*\[!|import\b|export\b)")
_FENCED = re.compile(r"(\n[ \t]*(?:`{3,}|~{3,}).*?\n[ \t]*(?:`{3,}|~{3,})[ \t]*(?=\n|\Z))", re.DOTALL)
_FENCE_NEXT = re.compile(r"\n[^\S\n]*(?:```|~~~)")
_DECORATION = ("{/*", "<!--", "={", '{" "}')
_TITLE = re.compile(r"""\b(?:title|header|label)=(?:"([^"]*)"|'([^']*)')""")
_ERB_DATED = re.compile(
    r"<%-?\s*if\s+Time\.now\.utc\s*(<|>=?)\s*'(\d{4}-\d\d-\d\d)[^']*'\s*-?%>(.*?)<%-?\s*end\s*-?%>", re.DOTALL
)
_ERB_BLOCK = re.compile(r"<%-?(?!=).*?%>", re.DOTALL)
_ERB_OUT = re.compile(r"<%[=#].*?%>", re.DOTALL)
_ERB_ANY = re.compile(r"<%.*?%>", re.DOTALL)

_markdown = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH)


def is_template(text: str) -> bool:
    """Whether template tags stand in the text outside code."""
    return bool(_ERB_ANY.search(text))


def erb(text: str, on: date | None) -> str:
    """ERB source as it would be served on a day: dated blocks resolved, other tags dropped, output made a hole."""

    def dated(m: re.Match[str]) -> str:
        if on is None:
            return ""
        limit = date.fromisoformat(m[2])
        shown = on < limit if m[1] == "<" else on >= limit
        return m[3] if shown else ""

    text = _ERB_DATED.sub(dated, text)
    return _ERB_BLOCK.sub("", _ERB_OUT.sub(HOLE, text))


def strip_front_matter(text: str) -> str:
    """The text without its YAML front matter: titles and navigation words there are not page text."""
    return _FRONT_MATTER.sub("", text, count=1)


def mdx(text: str) -> str:
    """MDX as Markdown with HTML: imports, comments, JSX attributes and lone component tags dropped, titles kept."""
    if any(mark in text for mark in _DECORATION):
        text = _outside_fences(text, _without_decoration)
    out: list[str] = []
    fence = ""
    indents: list[int | None] = []  # of the children of each open component; None until its first child
    text = "\n" + "\n".join(text.splitlines())
    at = 0  # of the line break in front of the next line
    while at < len(text):
        if not indents or indents[-1] is not None:  # lines up to the next one worth a look go through
            found = (_FENCE_NEXT if fence else _NOTABLE).search(text, at)
            start = found.start() if found else len(text)
            if start > at:
                part = text[at:start]
                out.append((_dedent(indents[-1]).sub("\n", part) if indents and indents[-1] else part)[1:])
            if found is None:
                break
            at = start
        end = text.find("\n", at + 1)
        end = len(text) if end < 0 else end
        line = raw = text[at + 1 : end]
        body = raw.lstrip()
        at = end
        if indents and body:
            width = len(raw) - len(body)
            if indents[-1] is None:
                indents[-1] = width
            line = raw[min(indents[-1] or 0, width) :]
        if m := _FENCE.match(line):
            if not fence:
                fence = m[2]
            elif m[2].startswith(fence):
                fence = ""
            # Components indent their children; a fence indented by four would no longer be one.
            out.append(line.lstrip())
            continue
        if fence:
            out.append(line)
        elif _IMPORT.match(line) or _ALERT.match(line):
            continue
        elif aside := _ASIDE.match(line):
            out += ["", f"**{aside[1]}**", ""] if aside[1] else [""]
        elif _TAG_LINE.match(line):
            if line.strip().startswith("</"):
                indents = indents[:-1]
            elif not line.rstrip().endswith("/>"):
                indents.append(None)
            title = _TITLE.search(line)
            out += ["", f"**{title[1] or title[2]}**", ""] if title and (title[1] or title[2]) else [""]
        else:
            out.append(line)
    return "\n".join(out)


def markdown_html(text: str) -> str:
    """Markdown (CommonMark with tables and inline HTML) as HTML."""
    return _markdown.html(text)


@cache
def _dedent(width: int) -> re.Pattern[str]:
    return re.compile(rf"\n[^\S\n]{{1,{width}}}(?=[^\S\n]*\S)")


def _without_decoration(text: str) -> str:
    if "{/*" in text or "<!--" in text:
        text = _COMMENT.sub("", text)
    if "={" in text:
        text = _JSX_ATTRIBUTE.sub("", text)
    return text.replace('{" "}', " ")


def _outside_fences(text: str, change: Callable[[str], str]) -> str:
    parts = _FENCED.split("\n" + text)
    return "".join(part if i % 2 else change(part) for i, part in enumerate(parts))[1:]
