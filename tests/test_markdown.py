"""The Markdown reader gives, in every case, the outline that markdown-it's HTML has."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandsnap.capture import replay
from sandsnap.model import Capture
from sandsnap.read import markdown, source_text
from sandsnap.read.decode import CharsetError, form_of, text_of
from sandsnap.read.markdown import markdown_outline
from sandsnap.read.tree import outline

ROOT = Path(__file__).resolve().parents[1]


def same(text: str) -> None:
    """Both ways give the same blocks, tables, headings and ids."""
    got, wanted = markdown_outline(text), outline(source_text.markdown_html(text))
    assert got.blocks == wanted.blocks
    assert got.tables == wanted.tables


def source(capture: Capture) -> str | None:
    """The Markdown that the reader is given for a capture; None where it is of another form."""
    try:
        text = text_of(capture)
    except CharsetError:
        return None
    form = form_of(capture, text)
    if form not in ("markdown", "erb"):
        return None
    body = source_text.strip_front_matter(text)
    return source_text.mdx(source_text.erb(body, capture.day) if form == "erb" else body)


@pytest.mark.parametrize("folder", ["tests/golden", "src/sandsnap/demo"])
def test_pages_that_ship(folder: str) -> None:
    sources = [s for c in replay(ROOT / folder) if (s := source(c)) is not None]
    assert len(sources) > 40
    for text in sources:
        same(text)


@pytest.mark.shared
@pytest.mark.slow
def test_every_real_capture(shared: Path) -> None:
    sources = [s for c in replay(shared / "captures") if (s := source(c)) is not None]
    assert len(sources) > 800
    for text in sources:
        same(text)


# What is read here, and what it must be read as.
READ = {
    "# A `b` #\n\ntext\nmore": [("heading", "A b"), ("text", "text more")],
    "Setext\n---\n": [("heading", "Setext")],
    "- a\n  b\n\n  c\n    1. d\n- e": [("item", "a b"), ("item", "c"), ("item", "d"), ("item", "e")],
    "- a\n        - b": [("item", "a - b")],
    "a\n- b\nc": [("text", "a"), ("item", "b c")],
    "a\n2. b": [("text", "a 2. b")],
    "> a\n> b\n\nc": [("text", "a b"), ("text", "c")],
    "> - a": [("item", "a")],
    "a\n```js\n b  c\n\n- d\n```\ne": [("text", "a"), ("code", "b c"), ("code", "- d"), ("text", "e")],
    "- a\n\n```\nb\n```\n  c": [("item", "a"), ("code", "b"), ("text", "c")],
    "| a | b |\n|--|:-:|\n| `x\\|y` | \\$1 |\n| c": [("cell", t) for t in ("a", "b", "x|y", "$1", "c")],
    "**a** *b*_c_ __d__ a_b_c 2 * 3 ***e*** **f *g***": [("text", "a bc d a_b_c 2 * 3 e f g")],
    '[a `b`](/c "d") ![e](f) ![](g) [h] [ ] [i](javascript:j)': [("text", "a b e [h] [ ] [i](javascript:j)")],
    "&lt;b&gt; &amp;amp; &nope; &#36;5 a & b\\*": [("text", "<b> &amp; &nope; $5 a & b*")],
    'a<br>b <Tip x="y">c</Tip> <b>d</b> 1 < 2 <https://e.f>': [("text", "a b c d 1 < 2 https://e.f")],
    "<div>\n\n**a**\n\n<table><tr><td>b</table>\n\n</div>\n\nc": [("text", "a"), ("cell", "b"), ("text", "c")],
    "<script>\na\n\nb\n</script>\n\nc": [("text", "c")],
    "***\n\na": [("text", "a")],
    '<Card title="a">\n  b *c*\n</Card>\n\nd': [("text", "b *c*"), ("text", "d")],
    "<p>\n*a*\n</p>\n\nb": [("text", "*a*"), ("text", "b")],
    "<pre>\na\n\n*b*\n</pre>\n\nc": [("code", "a"), ("code", "*b*"), ("text", "c")],
    "<div>a | b\n--|--\nc | d\n\n</div>": [("cell", t) for t in "abcd"],
    "<b>a</b>\n*c*": [("text", "a c")],
    "Ask [s@x.io](mailto:s@x.io) *now*.": [("text", "Ask s@x.io now.")],
    "> <div>\n> a\n> </div>\n\nb": [("text", "a"), ("text", "b")],
}


@pytest.mark.parametrize("text", READ, ids=range(len(READ)))
def test_as_markdown_it_and_as_meant(text: str) -> None:
    same(text)
    assert [(b.kind, b.text) for b in markdown_outline(text).blocks] == READ[text]


@pytest.mark.parametrize(
    "text",
    [
        "[a][b] c\n\n[b]: /d",  # a link defined elsewhere
        "<p>\n\na\n\n<select>\n\nb",  # an element that is never closed
        "a\n```b`c\nd",  # no fence, though it begins like one
        "<div>\n```\na\n```\n</div>",  # a fence inside raw HTML
        "<title>a</title>\n\nb",
        "a\0b",
    ],
)
def test_what_is_left_to_markdown_it(text: str) -> None:
    with pytest.raises(markdown._Unsure):
        markdown._pieces(text)
    same(text)


def test_chunks_are_remembered_by_their_text_alone() -> None:
    page = "# A\n\n| b |\n|---|\n| c |\n\n## D\n\n| b |\n|---|\n| c |"
    first, second = markdown_outline(page).tables
    assert (first.headings, second.headings) == (("A",), ("A", "D"))
    assert first.rows == second.rows
    assert first.rows is not second.rows


# -- generated Markdown ------------------------------------------------------------------------------------------------

_WORDS = [
    "word",
    "$0.05/GB",
    "~80ms",
    "5 * 3",
    "snake_case",
    "\\$1",
    "\\*",
    "&amp;",
    "&lt;",
    "&x;",
    "a < b",
    "x | y",
    "é–“q”",
]
_MARKS = [
    "**b**",
    "*i*",
    "_e_",
    "***x***",
    "**a *b* c**",
    "**",
    "*",
    "_",
    "`c`",
    "``a`b``",
    "` x `",
    "`",
    "~~s~~",
    "\\",
    "!",
]
_LINKS = [
    "[l](https://a.b/c)",
    "[`k`](/x)",
    '[a](b "t")',
    "![alt](i.png)",
    "![**x**](u)",
    "[![b](c)](d)",
    "[x]",
    "[x][y]",
]
_LINKS += ["[ ]", "[a](javascript:x)", "[a](<b c>)", "[a](b(c)d)", "[*l](/u)*", "[", "]", "!["]
_TAGS = [
    "<br>",
    "<b>x</b>",
    '<Tooltip tip="q">t</Tooltip>',
    '<span id="x">',
    "</span>",
    "<u>",
    "<https://a.b>",
    "<sup>1</sup>",
]
_TAGS += ["<img alt='p' src=q>", "<!-- c -->", "<select>", "</p>"]
_STARTS = [
    "",
    "",
    "# ",
    "## ",
    "#",
    "- ",
    "* ",
    "+ ",
    "  - ",
    "    - ",
    "      - ",
    "1. ",
    "2. ",
    "10) ",
    "   1. ",
    "> ",
    ">",
]
_STARTS += [
    "- - ",
    "1. - ",
    "  ",
    "    ",
    "      ",
    "\t",
    "| ",
    "***",
    "---",
    "===",
    "| --- |",
    "--- | ---",
    "-",
    "1.",
    "```",
    "~~~",
]
_BLOCKS = [
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<table>",
    "</table>",
    "<tr><td>",
    "<ul>",
    "<li>",
    "</ul>",
    "<script>",
    "</script>",
]
_BLOCKS += [
    "<pre>",
    "</pre>",
    "<details>",
    "<summary>",
    "<!-- x",
    "-->",
    "<Tip>",
    "</Tip>",
    "<h3>",
    "</h3>",
    '<a id="z">',
    "</a>",
]
_BLOCKS += ["[r]: /u", "<title>", "<svg>", "</svg>", "<style>", "</b>"]


def lines(starts: list[str], words: list[str]) -> st.SearchStrategy[str]:
    """Pages of lines that begin as blocks do and go on as text does."""
    text = st.lists(st.sampled_from(words), max_size=3).flatmap(lambda w: st.sampled_from(["".join(w), " ".join(w)]))
    line = st.one_of(st.just(""), st.builds(str.__add__, st.sampled_from(starts), text), text)
    return st.lists(line, max_size=10).map("\n".join)


@settings(max_examples=400, deadline=None)
@given(lines(_STARTS, _WORDS + _MARKS + _LINKS))
def test_generated_markdown(text: str) -> None:
    same(text)


@settings(max_examples=400, deadline=None)
@given(lines(_STARTS + _BLOCKS, _WORDS + _MARKS + _LINKS + _TAGS))
def test_generated_markdown_with_html(text: str) -> None:
    same(text)
