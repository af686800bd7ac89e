"""One phrase more in a vendor's TOML file, everything else as it was, comments included."""

import copy
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

_TEXT = r"(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
_VALUE = rf"{_TEXT}|\[(?:[\s,]|#[^\n]*|{_TEXT})*\]"


class EditError(ValueError):
    """An edit that cannot be made by machine; says what to write by hand."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Add `phrase` to `key` (quote, must, says, row …) of the `nth` [[section]] entry of a file, counted from 0; of the one
    table [section] where `nth` is None, which is made where it is not there. `within`: not a phrase more, but another way to
    fit the pattern of that number ('Old|New')."""

    file: Path
    section: str
    nth: int | None
    key: str
    phrase: str
    within: int | None = None

    @property
    def told(self) -> str:
        """The edit in words."""
        how = f"{self.key} +=" if self.within is None else f"{self.key} |="
        return f"{self.file.parent.name}/{self.file.name}, {self._place}: {how} {_text(self.phrase)}"

    @property
    def _place(self) -> str:
        return f"[{self.section}]" if self.nth is None else f"[[{self.section}]] no. {self.nth + 1}"

    def on(self, text: str) -> str:
        """The file's text with the phrase added behind the old ones. Raises EditError where it cannot be done safely."""
        before = tomllib.loads(text)
        wanted = copy.deepcopy(before)
        entry = self._entry(wanted)
        entry[self.key] = self.value(entry.get(self.key))
        line = f"{_key(self.key)} = "
        found = self._span(text)
        if found is None:
            made = f"{text.rstrip()}\n\n[{self.section}]\n{line}{_told(entry[self.key])}\n"
        else:
            start, stop = found
            own = text[start:stop]
            m = re.search(rf"^(?:{re.escape(line)})(?P<value>{_VALUE})[ \t]*(?:#[^\n]*)?$", own, re.MULTILINE)
            if m is None and self.nth is None:
                head, _, rest = own.partition("\n")
                own = f"{head}\n{line}{_told(entry[self.key])}\n{rest}"
            elif m is None:
                raise EditError(f"write it by hand: {self.told}")
            else:
                own = own[: m.start("value")] + _told(entry[self.key]) + own[m.end("value") :]
            made = text[:start] + own + text[stop:]
        if _parsed(made) != wanted:
            raise EditError(f"write it by hand: {self.told}")
        return made

    def value(self, known: str | Sequence[str] | None) -> str | list[str]:
        """What the key says afterwards; `known`: what it says before, if anything."""
        listed = [] if known is None else [known] if isinstance(known, str) else list(known)
        if self.within is None:
            return [*listed, self.phrase]
        listed[self.within] = f"{listed[self.within]}|{self.phrase}"
        return listed[0] if isinstance(known, str) else listed

    def write(self) -> str:
        """Make the edit; returns the text as it was."""
        before = self.file.read_text("utf-8")
        self.file.write_text(self.on(before), "utf-8")
        return before

    def _span(self, text: str) -> tuple[int, int] | None:
        """Where the entry stands, with its head; None where the one table is not there."""
        head = re.escape(f"[{self.section}]" if self.nth is None else f"[[{self.section}]]")
        starts = [m.start() for m in re.finditer(rf"^{head}", text, re.MULTILINE)]
        if self.nth is None and not starts:
            return None
        if (nth := self.nth or 0) >= len(starts):
            raise EditError(f"{self.file.name} has no {self._place}")
        start = starts[nth]
        end = next((m.start() for m in re.finditer(r"^\[", text[start + 2 :], re.MULTILINE)), None)
        return start, start + 2 + end if end is not None else len(text)

    def _entry(self, data: dict[str, Any]) -> dict[str, Any]:
        found: Any = data
        for name in self.section.split("."):
            found = found.setdefault(name, {}) if self.nth is None else found.get(name, [])
        if self.nth is not None and self.nth >= len(found):
            raise EditError(f"{self.file.name} has no {self._place}")
        entry: dict[str, Any] = found if self.nth is None else found[self.nth]
        return entry


@dataclass(frozen=True, slots=True)
class Quotation:
    """A [[quoted]] entry more, at the end of a vendor's statements.toml."""

    file: Path
    table: str
    key: Mapping[str, str]
    values: Mapping[str, object]
    url: str
    quote: str

    @property
    def told(self) -> str:
        """The edit in words."""
        return f"{self.file.parent.name}/{self.file.name}, a [[quoted]] of {self.table}: quote = {_text(self.quote)}"

    def on(self, text: str) -> str:
        """The file's text with the entry at its end."""
        lines = [f"table = {_text(self.table)}", f"key = {_inline(self.key)}", f"values = {_inline(self.values)}"]
        lines += [f"url = {_text(self.url)}", f"quote = {_text(self.quote)}"]
        return f"{text.rstrip()}\n\n[[quoted]]\n{chr(10).join(lines)}\n".lstrip()

    def write(self) -> str:
        """Make the edit; returns the text as it was."""
        before = self.file.read_text("utf-8") if self.file.exists() else ""
        self.file.write_text(self.on(before), "utf-8")
        return before


def _inline(fields: Mapping[str, object]) -> str:
    return "{ " + ", ".join(f"{_key(k)} = {_scalar(v)}" for k, v in fields.items()) + " }" if fields else "{}"


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return _text(f"{value:f}" if isinstance(value, Decimal) else str(value))


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else _text(name)


def _told(value: str | list[str]) -> str:
    return _text(value) if isinstance(value, str) else f"[{', '.join(map(_text, value))}]"


def _text(phrase: str) -> str:
    return json.dumps(phrase, ensure_ascii=False).replace("\x7f", "\\u007F")
