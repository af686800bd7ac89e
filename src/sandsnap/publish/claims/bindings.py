"""The bindings of a page: which of its phrases rest on which facts. TOML, checked whole before anything is compared.

published_on = 2026-07-04
written_by = "the editors"      # who wrote the page, as second-hand facts name them: what rests on them is circular
[vendors]                       # the table's columns: vendor = "name in the head"
e2b = "E2B"
[rows]                          # the table's rows: what each vendor's cell begins with (for copies as plain text); "" is empty
"Free tier" = ["$100 one-time"]
[cells.e2b."Free tier"]         # phrase of that cell = expression (claims_language.py)
"$100 one-time" = 'allowance("e2b", plan="hobby", allowance="credit", period="once").dollars == 100'
[blank.e2b]                     # cells whose icon a copy of the page loses: what they show, and what that rests on
"GPU support" = { shows = "no", rests_on = 'gpus("e2b").model == {"none"}' }
[sentences]                     # phrase that stands once on the page = expression, or with a note:
"No GPU support at all" = { rests_on = '…', note = "…" }
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sandsnap.publish.claims.language import Expression, ExpressionError, one_of, parse
from sandsnap.vendors import VENDORS

LONGEST = 120  # characters of a phrase: a binding points at a sentence, it does not copy it
SHOWN = {
    "yes": ("yes", "✓", "✔", "✅", "supported", "true"),
    "no": ("no", "✗", "✘", "×", "❌", "-", "none", "not supported", "false"),
    "nothing": ("", "-", "n/a"),
    "partly": ("partly", "partial", "limited", "~", "partially"),
}
_SECTIONS = {"published_on", "written_by", "vendors", "rows", "cells", "blank", "sentences"}


class BindingsError(Exception):
    """A bindings file cannot be used; names the binding and says what to change."""


@dataclass(frozen=True)
class Binding:
    """One claim of the page. `vendor` and `row` name its cell, both None for a sentence.

    `shows` is set for a cell that shows an icon instead of words; `phrase` is empty then.
    """

    phrase: str
    expression: Expression
    vendor: str | None = None
    row: str | None = None
    shows: str | None = None
    note: str | None = None

    @property
    def where(self) -> str:
        """The place on the page, for people."""
        return "sentence" if self.vendor is None else f"cell {self.vendor} × {self.row}"


@dataclass(frozen=True)
class Bindings:
    """The bindings of one page."""

    name: str
    published_on: date | None
    vendors: Mapping[str, str]
    rows: Mapping[str, tuple[str, ...]]
    claims: tuple[Binding, ...]
    written_by: str | None = None


@cache
def shipped() -> tuple[Bindings, ...]:
    """The bindings that come with sandsnap."""
    folder = files("sandsnap.publish.claims") / "pages"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(read(f.name.removesuffix(".toml"), f.read_text("utf-8")) for f in found)


def load(path: Path) -> Bindings:
    """The bindings of a file. Raises BindingsError."""
    try:
        return read(path.stem, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as e:
        raise BindingsError(f"{path} cannot be read: {e}") from None


def read(name: str, text: str) -> Bindings:
    """The bindings of a text. Raises BindingsError, which names the line."""
    try:
        return _read(name, text)
    except _At as e:
        raise BindingsError(f"{name}{_line(text, e.phrase)}: {e}") from None


class _At(BindingsError):
    """Wrong at an entry: `phrase` is its key."""

    def __init__(self, phrase: str, message: str) -> None:
        super().__init__(message)
        self.phrase = phrase


def _line(text: str, key: str) -> str:
    """ ", line 12" of the line on which a key stands; empty where that is not one line."""
    quoted = (f'"{key}"', f"'{key}'", '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"')
    found = [
        n for n, line in enumerate(text.splitlines(), 1)
        if line.lstrip().startswith(quoted) or re.match(rf"\s*\[?{re.escape(key)}\b\s*[\]=.]", line)
    ]  # fmt: skip
    return f", line {found[0]}" if found else ""


def _read(name: str, text: str) -> Bindings:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as e:
        raise BindingsError(f"{name}: {e}") from None
    if wrong := data.keys() - _SECTIONS:
        raise BindingsError(
            f"{name}{_line(text, min(wrong))}: unknown section {min(wrong)!r}; {one_of(min(wrong), sorted(_SECTIONS))}"
        )
    published_on = data.get("published_on")
    if not (published_on is None or type(published_on) is date):
        raise BindingsError(f"{name}: published_on must be a day, as 2026-07-04")
    vendors = {v: _text(name, f"vendors.{v}", n) for v, n in _table(name, data, "vendors").items()}
    if wrong := vendors.keys() - set(VENDORS):
        raise BindingsError(
            f"{name}{_line(text, min(wrong))}: [vendors] {min(wrong)!r} is no vendor; {one_of(min(wrong), VENDORS)}"
        )
    rows: dict[str, tuple[str, ...]] = {}
    for row, begins in _table(name, data, "rows").items():
        if not isinstance(begins, list) or (begins and len(begins) != len(vendors)):
            raise BindingsError(f"{name}: [rows] {row!r} needs one beginning per vendor, {len(vendors)}, or none")
        rows[row] = tuple(b and _text(name, f"rows.{row}", b) for b in begins)
    found = [*_cells(name, data, vendors, rows), *_sentences(name, data)]
    if not found:
        raise BindingsError(f"{name}: binds nothing: add [sentences] or [cells.VENDOR.ROW]")
    by = data.get("written_by")
    return Bindings(
        name, published_on, vendors, rows, tuple(found), None if by is None else _text(name, "written_by", by)
    )


def _cells(
    name: str, data: dict[str, Any], vendors: Mapping[str, str], rows: Mapping[str, tuple[str, ...]]
) -> Iterator[Binding]:
    for section in ("cells", "blank"):
        for vendor, own in _table(name, data, section).items():
            for row, bound in _table(name, {section: own}, section).items():
                if vendor not in vendors or row not in rows:
                    raise _At(row, f"[{section}.{vendor}] {row!r}: name it in [vendors] and [rows] first")
                if section == "cells":
                    for phrase, what in _table(name, {row: bound}, row).items():
                        yield _binding(name, phrase, what, vendor=vendor, row=row)
                    continue
                shows = bound.get("shows") if isinstance(bound, dict) else None
                if shows not in SHOWN:
                    raise _At(row, f"[blank.{vendor}] {row!r} needs shows = one of {', '.join(SHOWN)}")
                rest = {k: v for k, v in bound.items() if k != "shows"}
                yield _binding(name, "", rest, vendor=vendor, row=row, shows=shows)


def _sentences(name: str, data: dict[str, Any]) -> Iterator[Binding]:
    for phrase, what in _table(name, data, "sentences").items():
        yield _binding(name, phrase, what)


def _binding(name: str, phrase: str, what: object, **place: str) -> Binding:
    at = f"{' × '.join(v for k, v in place.items() if k != 'shows') or 'sentence'} {phrase!r}"
    entry = {"rests_on": what} if isinstance(what, str) else what
    if not isinstance(entry, dict) or not {"rests_on"} <= entry.keys() <= {"rests_on", "note"}:
        raise _At(phrase or place["row"], f"{at}: give an expression, or {{ rests_on = '…', note = '…' }}")
    if not all(isinstance(v, str) for v in entry.values()):
        raise _At(phrase or place["row"], f"{at}: rests_on and note are strings")
    if len(phrase) > LONGEST:
        raise _At(
            phrase, f"{at[:200]}: longer than {LONGEST} characters; the shortest phrase that stands once is enough"
        )
    if not phrase.strip() and "shows" not in place:
        raise _At(phrase, f"{at}: an empty phrase; a cell that shows an icon goes to [blank.VENDOR]")
    try:
        expression = parse(entry["rests_on"])
    except ExpressionError as e:
        raise _At(phrase or place["row"], f"{at}: {e}") from None
    return Binding(phrase, expression, note=entry.get("note"), **place)


def _table(name: str, data: dict[str, Any], section: str) -> dict[str, Any]:
    found = data.get(section, {})
    if not isinstance(found, dict):
        raise BindingsError(f"{name}: {section} must be a table")
    return found


def _text(name: str, at: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BindingsError(f"{name}: {at} must be a text")
    return value
