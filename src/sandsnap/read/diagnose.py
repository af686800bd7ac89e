"""Is this the page at all? Typed reasons why a capture must not be read, found before any reader sees it."""

import re
from collections.abc import Callable

from sandsnap.read.memo import by_text
from sandsnap.read.page import Page

# Not a fault that passes: the server says that there is no such page.
GONE = frozenset({404, 410})
_WHOLE = frozenset({200, 203})  # 206 is a piece of a page, 202 and 204 are none

# A wall or an error page is short: a long documentation page may well mention cookies or "just a moment".
_SHORT = 1500

_SOFT_404 = re.compile(
    r"\b(page not found|404|not found|page (?:could not|couldn't) be found|page doesn.t exist|this page does not exist)\b",
    re.IGNORECASE,
)
_BOT = re.compile(
    r"just a moment|checking (?:if the site|your browser)|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|enable javascript and cookies to continue"
    r"|attention required|access denied|are you a robot|captcha|security checkpoint",
    re.IGNORECASE,
)
_COOKIE = re.compile(
    r"\b(accept|consent|manage|reject)\b.{0,80}\bcookies?\b|\bcookies?\b.{0,120}\b(accept|consent|preferences|reject)\b",
    re.IGNORECASE | re.DOTALL,
)
_SHELL = re.compile(r"enable javascript|javascript is (?:required|disabled)|loading\.{3}|loading…", re.IGNORECASE)
# Not inside a longer word: "{{PORT}}-{{id}}.example.com" explains a URL, it is no unfilled price.
_UNFILLED = re.compile(
    r"(?<![\w/.-])\{\{\s{0,9}[\w.$]{1,80}(?:\s{0,9}\|[^{}]{0,200})?\s{0,9}\}\}(?![\w@-]|\.\w)|\{%[^{}]{0,400}%\}|\$\{[\w.]{1,80}\}|%%[A-Z_]{1,80}%%"
    r"|\bundefined\b.{0,20}\bundefined\b|\[object Object\]"
)
# The parser takes a server's tag for a comment and drops it; in scripts and samples it belongs.
_SERVER_TAG = re.compile(r"<%[=-]?[^<>]{0,400}%>")
# "€0.04", "0.04 EUR", "$0,04": a price that no reader takes, and that has not gone from the page either.
_FOREIGN = re.compile(
    r"(?:[€£¥₹]|\b(?:EUR|GBP|JPY|CHF|CAD|AUD)\b) ?\d|\d ?(?:[€£]|(?:EUR|GBP|JPY|CHF|CAD|AUD)\b)"
    r"|\$ ?(?:0,\d|\d+,\d{1,2}(?!\d))"
)
_NOT_TEXT = re.compile(r"<(/?)(script|style|pre|code|template|textarea)\b|<!--|-->|<%", re.IGNORECASE)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_MALFORMED = re.compile(r"(?<![\d.])\d{1,3},\d{3}\d+,\d{3}\b|(?<=[A-Za-z])\d+,\d{3}\d,\d{3}")
# What a match of the three holds: most texts hold none of it.
_ODD = re.compile(r"\{[{%]|\$\{|%%|undefined|\[object Object\]|[€£¥₹]|EUR|GBP|JPY|CHF|CAD|AUD|\$ ?\d+,\d|,\d{4,},\d{3}")
_KINDS = ("template", "unreadable", "run_together")

# What the source of a page, its head or its first words say of a page that is there and that nobody is meant to find.
_FRONT = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\r?\n(.{0,20000}?)\r?\n\1[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_UNPUBLISHED_KEY = re.compile(
    r"^(?:(?:draft|noindex)\s{0,9}[:=]\s{0,9}true|published\s{0,9}[:=]\s{0,9}false)\s{0,9}(?:#.*)?$",
    re.IGNORECASE | re.MULTILINE,
)
_META = re.compile(r"<meta\s[^<>]{0,400}>", re.IGNORECASE)
_HEAD_END = re.compile(r"</head", re.IGNORECASE)
_ROBOTS = re.compile(r"\bname\s*=\s*[\"']?(?:robots|googlebot)\b", re.IGNORECASE)
_NOINDEX = re.compile(r"\bcontent\s*=\s*[\"']?[^\"'>]*\b(?:noindex|none)\b", re.IGNORECASE)
_SAYS_SO = re.compile(
    r"(?:this|the) (?:page|document|article|post|guide) (?:is (?:still |only )?(?:a draft|(?:not (?:yet )?|un)published)|"
    r"has not (?:yet )?been published)\b",
    re.IGNORECASE,
)
_FIRST_BLOCKS = 10


def unpublished(page: Page) -> str | None:
    """The words by which a page says that it is not published: a draft, kept out of indexes, or so in its first blocks."""
    if (front := _FRONT.match(page.text)) and (said := _UNPUBLISHED_KEY.search(front[2])):
        return said[0].strip()
    if page.form == "html":
        end = _HEAD_END.search(page.text)
        head = page.text[: end.start()] if end else ""
        tags = (m[0] for m in _META.finditer(head) if _ROBOTS.search(m[0]) and _NOINDEX.search(m[0]))
        if tag := next(tags, None):
            return tag
    first = (m for b in page.blocks[:_FIRST_BLOCKS] if b.kind != "code" and (m := _SAYS_SO.match(b.text)))
    return next((m[0] for m in first), None)


def bad_page(page: Page) -> tuple[str, str] | None:
    """(issue kind, message) where the capture is not the page, else None."""
    capture = page.capture
    if capture.status not in _WHOLE:
        next_step = "; look whether the page has moved, and correct the source" if capture.status in GONE else ""
        return "http_status", f"the server answered {capture.status}{next_step}"
    if page.form == "json":
        return None
    checks: tuple[Callable[[Page, str], tuple[str, str] | None], ...] = (_not_found, _wall, _shell, _cut)
    words = " ".join(b.text for b in page.blocks)
    return next((found for check in checks if (found := check(page, words))), None)


def remarks(page: Page) -> list[tuple[str, str]]:
    """What a person should know of a page that can be read all the same: an unfilled template, run-together cells,
    amounts in another currency or number format."""
    found = []
    if page.form == "erb":
        found.append(
            (
                "template",
                "the unrendered source was served: what its template fills in (prices by region, say) is not there",
            )
        )
    if page.form == "html" and "<%" in page.text and (m := _server_tag(page.text)):
        found.append(("template", f"an unfilled placeholder: {m[0][:120]!r}"))
        return found
    met: set[str] = set()
    for block in page.blocks:
        for kind, message in _remarks(block.text) if block.kind != "code" else ():
            if kind not in met:
                met.add(kind)
                found.append((kind, message))
    return sorted(found, key=lambda remark: _KINDS.index(remark[0]))


@by_text(32768)
def _remarks(text: str) -> tuple[tuple[str, str], ...]:
    """What is to be said of a text by itself: (kind, message), one of a kind."""
    if _ODD.search(text) is None:
        return ()
    out = []
    if m := _UNFILLED.search(text):
        out.append(("template", f"an unfilled placeholder: {m[0]!r} in {text[:120]!r}"))
    if m := _FOREIGN.search(text):
        out.append(("unreadable", f"an amount that is not in dollars and cents: {m[0]!r} in {text[:120]!r}"))
    if m := _MALFORMED.search(text):
        out.append(("run_together", f"cells run together: {text[max(0, m.start() - 40) : m.end() + 20]!r}"))
    return tuple(out)


def _server_tag(text: str) -> re.Match[str] | None:
    """The first tag of a server's template outside scripts, samples and comments, in one pass."""
    inside = ""
    for m in _NOT_TEXT.finditer(text):
        if inside:
            if m[0] == "-->" if inside == "<!--" else m[1] and m[2].lower() == inside:
                inside = ""
        elif m[0] == "<%":
            if tag := _SERVER_TAG.match(text, m.start()):
                return tag
        elif m[0] == "<!--":
            inside = "<!--"
        elif m[2] and not m[1]:
            inside = m[2].lower()
    return None


def _not_found(page: Page, words: str) -> tuple[str, str] | None:
    first = next((b.text for b in page.blocks if b.kind == "heading"), words[:80])
    if _SOFT_404.search(first[:80]) and len(first) < 80:
        return "soft_404", f"the page says {first[:80]!r} with status {page.capture.status}"
    if len(words) < _SHORT and re.search(r"page not found|doesn.t exist", words, re.IGNORECASE):
        return "soft_404", f"the page says {words[:120]!r} with status {page.capture.status}"
    return None


def _wall(page: Page, words: str) -> tuple[str, str] | None:
    if len(words) < _SHORT and (m := _BOT.search(words)):
        return "bot_wall", f"a bot check: {words[max(0, m.start() - 20) : m.end() + 60]!r}"
    if len(words) < _SHORT and (m := _COOKIE.search(words)):
        return "cookie_wall", f"a consent page: {words[max(0, m.start() - 20) : m.end() + 60]!r}"
    return None


def _shell(page: Page, words: str) -> tuple[str, str] | None:
    if (
        page.form == "html"
        and len(words) < _SHORT
        and (_SHELL.search(page.text) or len(words) < 0.005 * len(page.text))
    ):
        return (
            "script_shell",
            f"{len(page.text)} characters of HTML with {len(words)} of text: the content is made in the browser",
        )
    if not words:
        return "truncated", "the page is empty"
    return None


def _cut(page: Page, words: str) -> tuple[str, str] | None:
    """Whether the body ends in the middle: a declared length not reached, an open fence, half a table row, no </html>."""
    if not page.capture.complete:
        return None
    length = page.capture.header("content-length")
    if (
        length
        and length.isdigit()
        and not page.capture.header("content-encoding")
        and int(length) > len(page.capture.body)
    ):
        return "truncated", f"{len(page.capture.body)} of {length} bytes"
    if page.form == "html":
        end = re.search(r"</(?:html|body)\s*>\s*(?:<!--.*?-->\s*)*$", page.text[-4000:], re.IGNORECASE | re.DOTALL)
        if not end and "<html" in page.text[:2000].lower():
            return "truncated", f"no </html>; the body ends {page.text[-60:]!r}"
        return None
    if page.text.endswith("\n"):
        return None
    lines = [line for line in page.text.splitlines() if line.strip()]
    if page.form != "text" and sum(bool(_FENCE.match(line)) for line in lines) % 2:
        return "truncated", f"a code block is never closed; the body ends {page.text[-60:]!r}"
    last = lines[-1].strip() if lines else ""
    if last.startswith("|") and not last.endswith("|"):
        return "truncated", f"the body ends in the middle of a table row: {last[-80:]!r}"
    return None
