"""What benchmarks/fuzz.py makes of golden pages, of an index and of a WARC file: hypothesis strategies of what nobody would write."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, AnyStr

from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sandsnap.model import Capture

# ruff: noqa: E501  (what has broken readers before)
PIECES = (
    "<table>", "</table>", "<tr>", "<td>", "</td>", '<td colspan="999999">', '<td rowspan="0">', "<th>", "<div>", "</div>", "<p>", "<li>", "<ul>",
    "<del>", "</del>", "<span hidden>", "<template>", "<dialog>", "<select><option>", "<!--", "-->", "<script>", "<sup>1</sup>", "<br>", "<h2>",
    "<details>", "<img alt='$5'>", "<svg><title>x", "<![CDATA[", "&nbsp;", "&#0;", "&#x110000;", "|", "| --- | --- |", "\n\n", "\n# ", "\n- ", "```",
    "~~", "**", "\\$", "$", "$1", "$1,2,3", "1/0", "½", "1 250", "1\u202f250", "9" * 40, "1e999", "-0", "NaN", "0.000000000001", "–", "−", "…",
    " or ", " between 1 and ", " up to ", " from ", " per ", "/", "/hour", " GiB", " Gb", " vCPU", " minutes", " 30 February 2026", " 1 January 0000",
    " until 31 December 9999", "\u202e", "\ufeff", "\x00", "\x1b[31m", "ß", "İ", "ſ", "\U0001f600", "<% if true %>", "<%= x %>", "{{x}}", "{/* ", " */}",
    "{#if x}", "import x from 'y'", "---\n", "[^1]", "[a](b)", "]]>", "{", "}", '"', "'", ",", ":", "[", "]", "null", "true",
    "_", "`", "*", "> ", "![", "&amp", "&lt;b", "\t", "\\", "\n    ", "1. ", "\r", "\u2028", "\u00ad", "\u200b", "<Tabs items={[", "export const a = {", "$0.01–$0.02", "1e5",
    " effective 1 May", " no longer ", " not ", " was ", " EUR", "€", "CA$5", "10 GB or more", "first 5 GiB", "1 hour 30 minutes", "<caption>", "<tbody>", "<a href='javascript:x'>",
)  # fmt: skip
MOST = 200_000  # letters of a page
MOVES = ("put", "cut", "twice")  # what is done alike to letters and bytes
ODD: tuple[Any, ...] = (None, True, False, 0, -1, 1e-300, 1e300, "", "x", "€3", "4,10", [], {}, [[]], {"a": None}, 10**30, "NaN", "\ud800", "\x00", "2026-02-30", 503)  # fmt: skip
KEYS = ("currency", "unit", "effectiveFrom", "deprecated", "type", "period", "\ud800", "", "price")


def pages(found: Sequence[Capture]) -> st.SearchStrategy[Capture]:
    """Captures of pages as they never were."""
    feeds = [p for p in found if p.body[:1] in b"{["]
    places = st.floats(0, 1, allow_nan=False)
    step = st.tuples(
        st.sampled_from(("put", "cut", "twice", "many", "swap", "nest", "other")), places, places,
        st.sampled_from(PIECES) | st.text(max_size=12),
    )  # fmt: skip
    edited = st.builds(
        _edited, st.sampled_from(found), st.lists(step, min_size=1, max_size=12), st.sampled_from(found),
        st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-16", "latin-1", "shift-jis")),
    )  # fmt: skip
    values = st.lists(st.tuples(places, st.sampled_from((*ODD, *KEYS))), min_size=1, max_size=4)
    return edited | st.builds(_fed, st.sampled_from(feeds), values) if feeds else edited


def _moved(data: AnyStr, what: str, start: int, end: int, piece: AnyStr) -> AnyStr:
    """The letters or bytes with a piece put in, or from start to end cut out or there twice."""
    if what == "put":
        return data[:start] + piece + data[start:]
    return data[:start] + data[end:] if what == "cut" else data[:end] + data[start:]


def _edited(page: Capture, steps: list[tuple[str, float, float, str]], other: Capture, charset: str) -> Capture:
    text = page.body.decode("utf-8", "replace")
    for what, a, b, piece in steps:
        start, end = sorted((int(a * len(text)), int(b * len(text))))
        if what in MOVES:
            text = _moved(text, what, start, end, piece)
        elif what == "many":
            text = text[:start] + piece * 2000 + text[start:]
        elif what == "swap":
            text = text[end:] + text[start:end] + text[:start]
        elif what == "nest":
            text = text[:start] + piece * 200 + text[start:end] + piece[::-1] * 200 + text[end:]
        else:
            more = other.body.decode("utf-8", "replace")
            text = text[:start] + more[int(a * len(more)) : int(b * len(more)) or None] + text[start:]
        text = text[:MOST]
    return _of(page, text.encode(charset, "replace"))


def _fed(page: Capture, changes: list[tuple[float, Any]]) -> Capture:
    """A feed with other values and keys, some twice."""
    text = page.body.decode()
    for place, value in changes:
        feed = json.loads(text)
        spots = list(_spots(feed))
        holder, key = spots[int(place * (len(spots) - 1))]
        if isinstance(value, str) and value in KEYS and isinstance(holder, dict):
            holder[value] = holder[key]
        else:
            holder[key] = value
        text = json.dumps(feed)
    if len(changes) == 3:
        text = text.replace(", ", ", " + text[1:40].partition(",")[0] + ", ", 1)
    return _of(page, text.encode())


def _spots(value: Any) -> Any:
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list) and inner:
            yield from _spots(inner)


def _of(page: Capture, body: bytes) -> Capture:
    return replace(page, body=body, sha256=sha256(body).hexdigest())


@dataclass(frozen=True)
class Door:
    """Files to lay into an empty folder that is then replayed."""

    files: dict[str, bytes]

    def __repr__(self) -> str:
        return f"Door of {', '.join(f'{n} ({len(b)} bytes)' for n, b in self.files.items())}"


GOOD: dict[str, Any] = {"file": "page.md", "url": "https://e2b.dev/docs/billing", "captured_at": "2026-10-12"}
ADDRESSES = ("http://[", "//", "https://%zz/%", "https://x:99999/", "https://xn--a/", " ", "a" * 9000, "https://web.archive.org/web/2026/https:/e2b.dev/", "data:,x", "https://e2b.dev/\ud800", "../x", "/etc/passwd", "a\x00b", "CON", "page.md/", ".")  # fmt: skip
DAYS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-45", "2026-W42-2", "20261012T00Z", "2026-10-12T24:00", "2026-10-12 05:17:00.123456789+00:00", "١")  # fmt: skip


def indexes() -> st.SearchStrategy[Door]:
    """Folders whose index has rows that are none."""
    value = st.sampled_from((*ODD, *ADDRESSES, *DAYS)) | st.text(max_size=20) | st.integers()
    keys = st.sampled_from(("file", "url", "captured_at", "sha256", "status", "complete", "x", "\ud800"))
    row = st.dictionaries(keys, value, max_size=3).map(lambda change: json.dumps(GOOD | change).encode())
    line = row | st.binary(max_size=30) | st.just(json.dumps(GOOD).encode()) | st.sampled_from((b"[" * 9000, b"{", b"9" * 9000, b"\xff\xfe", b"null"))  # fmt: skip
    ends = st.sampled_from((b"\n", b"\r\n", b"\r", b"\n\n", b"\0\n", "\u2028".encode()))
    lines = st.lists(st.tuples(line, ends).map(b"".join), min_size=1, max_size=6).map(b"".join)
    starts = st.sampled_from((b"", b"", b"", b"\xef\xbb\xbf", b"\xff\xfe"))
    return st.builds(lambda start, body: Door({"index.jsonl": start + body, "page.md": b"# Billing\n"}), starts, lines)


def warcs(found: Sequence[Capture]) -> st.SearchStrategy[Door]:
    """WARC files whose bytes are cut, doubled and turned, packed and plain."""
    bodies = [p.body[:3000] for p in found[:8]]
    packed = st.booleans()
    places = st.floats(0, 1, allow_nan=False)
    piece = st.binary(max_size=16) | st.sampled_from((
        b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"Content-Length: -1\r\n", b"WARC-Type: revisit\r\n",
        b"WARC-Date: 0000-00-00T00:00:00Z\r\n", b"\r\n\r\n", b"\x1f\x8b\x08", b"HTTP/1.1 200 OK\r\n", b"HTTP/9 x\r\n",
        b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: br\r\n", b"WARC-Target-URI: http://[\r\n", b"\x00" * 40,
    ))  # fmt: skip
    step = st.tuples(st.sampled_from(("put", "cut", "twice", "over")), places, places, piece)
    return st.builds(_warc, st.lists(st.sampled_from(bodies), min_size=1, max_size=4), packed, st.lists(step, min_size=1, max_size=5))  # fmt: skip


def _warc(bodies: list[bytes], packed: bool, steps: list[tuple[str, float, float, bytes]]) -> Door:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for n, body in enumerate(bodies):
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))], protocol="HTTP/1.1")  # fmt: skip
        day = {"WARC-Date": f"2026-10-{12 + n}T05:17:00Z"}
        writer.write_record(
            writer.create_warc_record(f"https://e2b.dev/{n}", "response", io.BytesIO(body), warc_headers_dict=day, http_headers=head)
        )  # fmt: skip
    data = out.getvalue()
    for what, a, b, piece in steps:
        start, end = sorted((int(a * len(data)), int(b * len(data))))
        over = data[:start] + piece + data[start + len(piece) :]
        data = _moved(data, what, start, end, piece) if what in MOVES else over
    return Door({"a.warc.gz" if packed else "a.warc": data})
