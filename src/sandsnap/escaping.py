"""What a page may not do to whoever reads what we print: each edge has one function, and everything goes through it.

Pages are captured as they come, and a quote is their exact text; so control characters and formulas are in the data,
and are made harmless where they leave it: a terminal (`Terminal`), published text (`printable`), a CSV cell (`cell`).
"""

import re
from typing import Any, TextIO

# C0 without tab and newline, DEL and C1, line separators, and what turns the direction of text around.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
# What spreadsheets take for a formula; a number or a lone dash is none.
_FORMULA = re.compile(r"[\t\r ]*[=+@\t\r]|[\t\r ]*-(?!\Z|\d+(?:\.\d+)?\Z)")


def visible(text: str) -> str:
    """Control characters as \\uXXXX: what JSON has for them, and for people a trace that they are there."""
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def printable(text: str) -> str:
    """Text for a page, a feed, a report or a message: a replacement character for each control character."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Printable text on one line: a title, a subject."""
    return " ".join(printable(text).split())


def cell(text: str) -> str:
    """Text for a CSV cell: an apostrophe before what a spreadsheet would run."""
    text = printable(text)
    return f"'{text}" if _FORMULA.match(text) else text


class Terminal:
    """A stream on which nothing but text arrives; everything else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text, control characters made visible."""
        return self.stream.write(visible(text))

    def writelines(self, lines: Any) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)
