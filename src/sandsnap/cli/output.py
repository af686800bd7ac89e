"""How answers are printed: aligned text for people, JSON for programs; progress on standard error."""

import csv
import json
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandsnap.escaping import cell, visible


def plain(value: Any) -> Any:
    """A value as JSON has it: exact amounts and dates as text."""
    if isinstance(value, Decimal):
        return amount(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def nested(value: Any) -> Any:
    """A value as `plain`, and whatever it holds."""
    if isinstance(value, dict):
        return {k: nested(v) for k, v in value.items()}
    return [nested(v) for v in value] if isinstance(value, list | tuple) else plain(value)


def amount(value: Decimal) -> str:
    """A decimal without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as a JSON array of objects."""
    records = [{c: plain(v) for c, v in zip(columns, row, strict=True)} for row in rows]
    print(json.dumps(records, ensure_ascii=False, indent=1))


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as CSV."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if v is None else _csv(plain(v)) for v in row] for row in rows])


def _csv(value: Any) -> Any:
    return cell(value) if isinstance(value, str) else value


def as_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], widest: int = 60) -> None:
    """Print rows as aligned text, long cells cut with an ellipsis."""
    cells = [[cut("" if v is None else str(plain(v)), widest) for v in row] for row in rows]
    widths = [max([len(c), *(len(row[i]) for row in cells)]) for i, c in enumerate(columns)]
    print("  ".join(c.ljust(w) for c, w in zip(columns, widths, strict=True)).rstrip())
    print("  ".join("-" * w for w in widths))
    for row in cells:
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


def cut(text: str, widest: int) -> str:
    """One line of printable text, cut with an ellipsis."""
    text = visible(" ".join(text.split()))
    return text if len(text) <= widest else text[: widest - 1] + "…"


class Progress:
    """Progress on standard error: nothing in the first second, then a line that overwrites itself (one line every
    ten seconds where the output is no terminal)."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()
        self._shown = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how far it is."""
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        if now - self._started < 1 or now - self._last < (0.1 if terminal else 10):
            return
        self._last, self._shown = now, True
        text = visible(f"{done}/{total} {what}" if total else what)
        self._write(f"\r\033[K{text[:100]}" if terminal else f"{text[:100]}\n")

    def done(self) -> None:
        """Clear the line."""
        if self._shown and sys.stderr.isatty():
            self._write("\r\033[K")

    @staticmethod
    def _write(text: str) -> None:
        stream = getattr(sys.stderr, "stream", sys.stderr)  # the one below escaping.Terminal: these codes are ours
        stream.write(text)
        stream.flush()
