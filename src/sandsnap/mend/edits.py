"""One phrase more in a vendor's TOML file, everything else as it was, comments included."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class EditError(ValueError):
    """An edit that cannot be made by machine; says what to write by hand."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Add `phrase` to `key` (quote, must, says, row) of the `nth` [[section]] entry of a file, counted from 0; of the one table
    [section] where `nth` is None."""

    file: Path
    section: str
    nth: int | None
    key: str
    phrase: str

    @property
    def told(self) -> str:
        """The edit in words."""
        return f"{self.file.parent.name}/{self.file.name}, {self._place}: {self.key} += {_text(self.phrase)}"

    @property
    def _place(self) -> str:
        return f"[{self.section}]" if self.nth is None else f"[[{self.section}]] no. {self.nth + 1}"

    def on(self, text: str) -> str:
        """The file's text with the phrase added behind the old ones. Raises EditError where it cannot be done safely."""
        head = re.escape(f"[{self.section}]" if self.nth is None else f"[[{self.section}]]")
        starts = [m.start() for m in re.finditer(rf"^{head}", text, re.MULTILINE)]
        nth = self.nth or 0
        if nth >= len(starts):
            raise EditError(f"{self.file.name} has no {self._place}")
        start = starts[nth]
        end = next((m.start() for m in re.finditer(r"^\[", text[start + 2 :], re.MULTILINE)), None)
        stop = start + 2 + end if end is not None else len(text)
        entry = text[start:stop]
        m = re.search(
            rf"^{self.key} = (?P<value>\[[^\]]*\]|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')[ \t]*(?:#[^\n]*)?$",
            entry,
            re.MULTILINE,
        )
        if m is None:
            raise EditError(f"write it by hand: {self.told}")
        known = tomllib.loads(f"value = {m['value']}")["value"]
        value = f"[{', '.join(_text(p) for p in [*([known] if isinstance(known, str) else known), self.phrase])}]"
        made = text[:start] + entry[: m.start("value")] + value + entry[m.end("value") :] + text[stop:]
        self._same_but_for_it(tomllib.loads(text), tomllib.loads(made))
        return made

    def write(self) -> str:
        """Make the edit; returns the text as it was."""
        before = self.file.read_text("utf-8")
        self.file.write_text(self.on(before), "utf-8")
        return before

    def _same_but_for_it(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        was, now = self._entry(before), self._entry(after)
        own = now[self.key]
        if not isinstance(own, list) or own[-1] != self.phrase:
            raise EditError(f"write it by hand: {self.told}")
        now[self.key] = was[self.key]
        if before != after:
            raise EditError(f"write it by hand: {self.told}")

    def _entry(self, data: dict[str, Any]) -> dict[str, Any]:
        found: Any = data
        for name in self.section.split("."):
            found = found[name]
        entry: dict[str, Any] = found if self.nth is None else found[self.nth]
        return entry


def _text(phrase: str) -> str:
    return json.dumps(phrase, ensure_ascii=False)
