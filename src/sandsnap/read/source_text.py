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
_COMMENTS = (("{/*", "*/}"), ("<!--", "-->"))
_JSX_ATTRIBUTE = re.compile(r"\s[\w-]{1,60}=\{")
_BRACES = re.compile(r"[{}]")
_TAG_LINE = re.compile(r"^\s*</?[A-Z][\w.]*(?:\s[^<>]*)?/?>\s*$")
# A component on one line of its own: <Card title="Pro">$20 a month</Card>. Its title is a line above what it holds.
_ONE_LINE = re.compile(r"^\s*<([A-Z][\w.]*)((?:\s[^<>]*)?)>([^\n]*)</\1>\s*$")
# The fences of a Starlight aside (":::note", ":::caution[Experimental]", ":::") and the mark of a GitHub alert.
_ASIDE = re.compile(r"^\s*:::\s*\w*(?:\[([^\]]*)\])?\s*$")
_ALERT = re.compile(r"^(\s*>\s*)\[!\w+\]\s*$")
# A line that may be any of these, with the line break in front of it: searched for, as most lines are none.
_NOTABLE = re.compile(r"\n[^\S\n]*(?:```|~~~|:::|</?[A-Z]|>[^\S\n]*\[!|import\b|export\b)")
# The line under a table's head, not indented: what stands in a list stays there.
_DELIMITERS = re.compile(r"\|?[ \t]*:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)+\|?[ \t]*")
_DELIMITER_LINE = re.compile(rf"\n{_DELIMITERS.pattern}(?=\n|\Z)")
_FENCES = re.compile(r"\n[ \t]*(?:`{3,}|~{3,})[^\n]*")
_FENCE_ALONE = re.compile(r"\n[ \t]*(?:`{3,}|~{3,})[ \t]*")
_CHAPTER_OR_FENCE = re.compile(r"^(?:[ \t]*(`{3,}|~{3,})([^\n]*)|#[ \t]+(\S[^\n]*?)[ \t\r]*)$", re.MULTILINE)
_FENCE_NEXT = re.compile(r"\n[^\S\n]*(?:```|~~~)")
_DECORATION = ("{/*", "<!--", "={", '{" "}', "{{")
_ANNOTATION = re.compile(r"\{\{ ?\w{1,30}: ?'[^'\n]*' ?\}\}")  # of a line, {{ className: 'lead' }}: how it looks
_TITLE = re.compile(r"""\b(?:title|header|label)=(?:"([^"]*)"|'([^']*)')""")
# A callout that is there to say how finished a thing is shows its variant: <Callout variant="beta" />.
# An entry of a changelog (Mintlify): its label heads what stands in it.
_DATED = re.compile(r"""^\s*<Update\s[^<>]*?\blabel=(?:"([^"]*)"|'([^']*)')""")
_PHASE = re.compile(r"""\bvariant=["'](alpha|beta|preview)["']""")
_ERB_IF = re.compile(r"\s*if\s+Time\.now\.utc\s*(<|>=?)\s*'(\d{4}-\d\d-\d\d)[^']*'\s*-?\s*")
_ERB_END = re.compile(r"\s*end\s*-?\s*")

# Quotes in quotes beyond any that a person writes: a parser walks up all of them for each, in quadratic time.
_DEEPEST = 40
_QUOTES = re.compile(rf"\n[ >]{{{_DEEPEST},}}")


_markdown = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH)


def is_template(text: str) -> bool:
    """Whether a template tag stands in a line of the text."""
    return "<%" in text and any(0 <= line.find("<%") < line.rfind("%>") for line in text.splitlines())


def erb(text: str, on: date | None) -> str:
    """ERB source as it would be served on a day: dated blocks resolved, other tags dropped, output made a hole."""
    parts: list[str] = []
    at = 0
    shown: list[bool] = []  # of each dated block that is open
    while (start := text.find("<%", at)) >= 0:
        end = text.find("%>", start)
        if end < 0:
            break
        if all(shown):
            parts.append(text[at:start])
        tag = text[start + 2 : end]
        at = end + 2
        if tag[:1] in ("=", "#"):
            if all(shown):
                parts.append(HOLE)
        elif m := _ERB_IF.fullmatch(tag.removeprefix("-")):
            limit = date.fromisoformat(m[2])
            shown.append(on is not None and (on < limit if m[1] == "<" else on >= limit))
        elif shown and _ERB_END.fullmatch(tag.removeprefix("-")):
            shown.pop()
    if all(shown):
        parts.append(text[at:])
    return "".join(parts)


def strip_front_matter(text: str) -> str:
    """The text without its YAML front matter: titles and navigation words there are not page text."""
    return _FRONT_MATTER.sub("", text, count=1)


def chapters(text: str, wanted: str) -> str:
    """The text without the chapters (from one heading of the first level to the next) whose headings do not match in full."""
    parts: list[str] = []
    start, kept, fence = 0, True, ""
    fits = re.compile(wanted, re.IGNORECASE).fullmatch
    for m in _CHAPTER_OR_FENCE.finditer(text):
        if m[1]:
            if not fence:
                fence = m[1]
            elif m[1].startswith(fence) and not m[2].strip():
                fence = ""
        elif not fence:
            if kept:
                parts.append(text[start : m.start()])
            start, kept = m.start(), fits(m[3]) is not None
    return "".join((*parts, text[start:] if kept else ""))


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
        # What a line may be, its first letter says.
        first = body[:1]
        if first in "`~" and (m := _FENCE.match(line)):
            if not fence:
                fence = m[2]
            elif m[2].startswith(fence):
                fence = ""
            # Components indent their children; a fence indented by four would no longer be one.
            out.append(line.lstrip())
        elif fence or not first:
            out.append(line)
        elif first == "<":
            out += _component(line, indents)
        elif (first in "ie" and _IMPORT.match(line)) or (first == ">" and _ALERT.match(line)):
            continue
        elif first == ":" and (aside := _ASIDE.match(line)):
            out += ["", f"**{aside[1]}**", ""] if aside[1] else [""]
        else:
            out.append(line)
    return "\n".join(out)


def _component(line: str, indents: list[int | None]) -> list[str]:
    """A line that begins with a tag, as Markdown: a component's alone gives way to its title, and opens or closes it."""
    if _TAG_LINE.match(line):
        if line.strip().startswith("</"):
            del indents[-1:]
        elif not line.rstrip().endswith("/>"):
            indents.append(None)
        title, phase = _TITLE.search(line), _PHASE.search(line)
        said = (title and (title[1] or title[2])) or (phase and phase[1].capitalize())
        return ["", f"# {said}" if _DATED.match(line) else f"**{said}**", ""] if said else [""]
    if (one := _ONE_LINE.match(line)) and (title := _TITLE.search(one[2])):
        return ["", f"**{title[1] or title[2]}**", "", one[3], ""]
    return [line]


def markdown_html(text: str) -> str:
    """Markdown (CommonMark with tables and inline HTML) as HTML."""
    # With a line break before the first line as before each: it is what the searches look for first, and fast.
    text = _QUOTES.sub(lambda m: m[0][: _DEEPEST + 1] if ">" in m[0] else m[0], f"\n{text}")
    apart = _DELIMITER_LINE.search(text) is not None
    return _markdown.html(_outside_fences(text[1:], _tables_apart) if apart else text[1:])


def _tables_apart(text: str) -> str:
    """The text with a blank line around each table. A text made from a rendered page may have none: then a table under a
    list would be one more line of its last item, and the sentence under a table one more row."""
    if "--" not in text or "|" not in text:
        return text
    lines = text.split("\n")
    out: list[str] = []
    columns = 0  # of the table that the line may belong to
    for i, line in enumerate(lines):
        under = lines[i + 1] if i + 1 < len(lines) else ""
        if "|" in line and _DELIMITERS.fullmatch(under) and not _DELIMITERS.fullmatch(line):
            columns = under.strip().strip("|").count("|") + 1
            if out and out[-1].strip() and "|" not in out[-1]:
                out.append("")
        elif columns and "|" not in line:
            if columns > 1 and line.strip():
                out.append("")
            columns = 0
        out.append(line)
    return "\n".join(out)


@cache
def _dedent(width: int) -> re.Pattern[str]:
    return re.compile(rf"\n[^\S\n]{{1,{width}}}(?=[^\S\n]*\S)")


def _without_decoration(text: str) -> str:
    if not any(mark in text for mark in _DECORATION):
        return text
    for opening, closing in _COMMENTS:
        text = without(text, opening, closing)
    return _without_attributes(_ANNOTATION.sub("", text)).replace('{" "}', " ")


def without(text: str, opening: str, closing: str) -> str:
    """The text without what stands between two marks, and the marks; an opening one that none closes stays."""
    parts: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        parts.append(text[at:start])
        at = end + len(closing)
    return "".join((*parts, text[at:])) if at else text


def _without_attributes(text: str) -> str:
    """The text without attributes such as style={{ width: 3 }}, braces matched up to three deep; one pass."""
    parts: list[str] = []
    at = search = 0
    while m := _JSX_ATTRIBUTE.search(text, search):
        depth, end = 1, m.end()
        while depth and (brace := _BRACES.search(text, end)):
            depth += 1 if brace[0] == "{" else -1
            end = brace.end()
            if depth > 3:
                break
        search = end if depth else max(end, m.end())
        if depth == 0:
            parts.append(text[at : m.start()])
            at = end
        elif depth <= 3:
            break  # never closed: nor will be what stands behind it
    return "".join((*parts, text[at:])) if at else text


def _outside_fences(text: str, change: Callable[[str], str]) -> str:
    """The text with what stands outside code fences changed."""
    text = "\n" + text
    parts: list[str] = []
    at = 0
    while opening := _FENCES.search(text, at):
        closing = next(
            (m for m in _FENCE_ALONE.finditer(text, opening.end()) if text[m.end() : m.end() + 1] in ("\n", "")), None
        )
        if closing is None:
            break
        parts += change(text[at : opening.start()]), text[opening.start() : closing.end()]
        at = closing.end()
    parts.append(change(text[at:]))
    return "".join(parts)[1:]
