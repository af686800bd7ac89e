"""One phrase more in a vendor's TOML file, everything else as it was, comments included."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path


class EditError(ValueError):
    """An edit that cannot be made by machine; says what to write by hand."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Add `phrase` to `key` (quote, must) of the `nth` [[section]] entry of a file, counted from 0."""

    file: Path
    section: str
    nth: int
    key: str
    phrase: str

    @property
    def told(self) -> str:
        """The edit in words."""
        return f"{self.file.parent.name}/{self.file.name}, [[{self.section}]] no. {self.nth + 1}: {self.key} += {_text(self.phrase)}"

    def on(self, text: str) -> str:
        """The file's text with the phrase added behind the old ones. Raises EditError where it cannot be done safely."""
        starts = [m.start() for m in re.finditer(rf"^\[\[{self.section}\]\]", text, re.MULTILINE)]
        if self.nth >= len(starts):
            raise EditError(f"{self.file.name} has no [[{self.section}]] no. {self.nth + 1}")
        end = next((m.start() for m in re.finditer(r"^\[", text[starts[self.nth] + 2 :], re.MULTILINE)), None)
        stop = starts[self.nth] + 2 + end if end is not None else len(text)
        entry = text[starts[self.nth] : stop]
        m = re.search(
            rf"^{self.key} = (?P<value>\[[^\]]*\]|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')[ \t]*(?:#[^\n]*)?$",
            entry,
            re.MULTILINE,
        )
        if m is None:
            raise EditError(f"write it by hand: {self.told}")
        known = tomllib.loads(f"value = {m['value']}")["value"]
        value = f"[{', '.join(_text(p) for p in [*([known] if isinstance(known, str) else known), self.phrase])}]"
        made = text[: starts[self.nth]] + entry[: m.start("value")] + value + entry[m.end("value") :] + text[stop:]
        self._same_but_for_it(tomllib.loads(text), tomllib.loads(made))
        return made

    def write(self) -> str:
        """Make the edit; returns the text as it was."""
        before = self.file.read_text("utf-8")
        self.file.write_text(self.on(before), "utf-8")
        return before

    def _same_but_for_it(self, before: dict[str, object], after: dict[str, object]) -> None:
        entries: list[dict[str, object]] = after[self.section]  # type: ignore[assignment]
        own = entries[self.nth][self.key]
        if not isinstance(own, list) or own[-1] != self.phrase:
            raise EditError(f"write it by hand: {self.told}")
        was = before[self.section][self.nth][self.key]  # type: ignore[index]
        entries[self.nth][self.key] = was
        if before != after:
            raise EditError(f"write it by hand: {self.told}")


def _text(phrase: str) -> str:
    return json.dumps(phrase, ensure_ascii=False)
