"""From bytes to text, and which form of page it is. Charset: BOM, header, meta, UTF-8, in that order; never a guess."""

import codecs
import re

from sandsnap.model import Capture
from sandsnap.read.source_text import is_template

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META = re.compile(rb"""<meta[^>]+charset=["']?([\w-]+)""", re.IGNORECASE)
_HEADER = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
# UTF-8 read as Latin-1 or Windows-1252 and saved again: "â€™", "Ã©", "Â·".
# What a browser takes for the charset of a page. Python's other codecs (utf-7, idna, unicode_escape …) are none.
_CHARSETS = re.compile(
    r"utf-(?:8(?:-sig)?|16(?:-[lb]e)?)|ascii|iso8859-\d+|cp\d+|koi8-[ru]|mac-\w+"
    r"|gb2312|gbk|gb18030|big5|euc[_-]\w+|shift_jis|iso2022_jp"
)
_MOJIBAKE = re.compile("â€[™œ“”¦]|â€\x9d|Ã[©¨¼¶¤Ÿ]|Â[·»«°]|\N{REPLACEMENT CHARACTER}")
_MOJIBAKE_STARTS = ("â€", "Ã", "Â", "\N{REPLACEMENT CHARACTER}")
_MOJIBAKE_BYTES = tuple(start.encode() for start in _MOJIBAKE_STARTS)


class CharsetError(Exception):
    """The bytes are not in the charset they claim, or were garbled before they were served."""


def text_of(capture: Capture) -> str:
    """The body as text. Raises CharsetError."""
    body = capture.body
    charset = next((name for bom, name in _BOMS if body.startswith(bom)), None)
    if charset is None:
        header = _HEADER.search(capture.header("content-type") or "")
        meta = _META.search(body[:2048])
        charset = header[1] if header else meta[1].decode("ascii") if meta else "utf-8"
    try:
        name = codecs.lookup(charset).name
        if not _CHARSETS.fullmatch(name):
            raise CharsetError(f"{charset!r} is no charset of a page")
        text = body.decode(charset)
    except (UnicodeError, LookupError) as e:
        raise CharsetError(f"the bytes are not {charset}: {e}") from None
    # Of most pages the bytes can be asked, which are faster to search.
    as_bytes = name in ("utf-8", "ascii")
    if b"\0" in body if as_bytes else "\0" in text:
        raise CharsetError("NUL characters stand in it: no text, or in a charset that it does not name")
    suspect = not text.isascii() and (
        any(start in body for start in _MOJIBAKE_BYTES)
        if as_bytes
        else any(start in text for start in _MOJIBAKE_STARTS)
    )
    if suspect and (garbled := _MOJIBAKE.search(text)):
        at = garbled.start()
        raise CharsetError(f"garbled text: {text[max(0, at - 30) : at + 30]!r}")
    return text


def form_of(capture: Capture, text: str) -> str:
    """html, json, text, erb or markdown (which covers MDX): from what the body is, then its type and name."""
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    kind = (capture.header("content-type") or "").split(";")[0].strip().lower()
    name = (capture.file or capture.url).split("?")[0].lower()
    if start.startswith(("<!doctype html", "<html")) or name.endswith(".html"):
        return "html"
    if kind == "application/json" or (name.endswith(".json") and start[:1] in "{["):
        return "json"
    if (name.endswith(".txt") or re.search(r"/licen[sc]e\b", name)) and not re.search(r"^#{1,3} ", text, re.MULTILINE):
        return "text"
    return "erb" if is_template(text) else "markdown"
