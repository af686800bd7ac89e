"""How much a change is worth a person's time: points with stated reasons, from significance.toml. No text, no I/O else."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

LEVELS = ("urgent", "daily", "weekly", "silent")
_SECTIONS = {
    "levels", "table", "way", "direction", "size", "notice", "status", "field", "circumstance", "event", "windows",
}  # fmt: skip


class RulesError(Exception):
    """The file of weights cannot be used; says what to change."""


@dataclass(frozen=True)
class Rules:
    """The weights and windows; sections as significance.toml has them."""

    sections: dict[str, Any]

    def points(self, section: str, name: str) -> int:
        """The points of one entry; 0 for one that the file does not name."""
        return int(self.sections[section].get(name, 0))

    def days(self, window: str) -> int:
        """A window in days."""
        return int(self.sections["windows"][window])

    @property
    def remind(self) -> tuple[int, ...]:
        """How many days before an announced day it is said again, most first."""
        return tuple(sorted((int(n) for n in self.sections["windows"]["remind"]), reverse=True))

    def level(self, points: int) -> str:
        """urgent, daily, weekly, or silent (below the floor)."""
        return next((name for name in LEVELS[:3] if points >= int(self.sections["levels"][name])), "silent")


@dataclass(frozen=True, slots=True)
class Significance:
    """The sum, held between 0 and 100, and the reasons it was made of ("prices 30")."""

    points: int
    reasons: tuple[str, ...]


def load(path: Path | None = None) -> Rules:
    """The rules of a file; those that ship without one. Raises RulesError."""
    if path is None:
        return _shipped()
    try:
        return _checked(str(path), tomllib.loads(path.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as e:
        raise RulesError(f"{path}: {e}") from None


@cache
def _shipped() -> Rules:
    """What ships, read once: each vendor of a run is told by it."""
    name = "significance.toml"
    return _checked(name, tomllib.loads((files("sandsnap.tell") / name).read_text("utf-8")))


def _checked(name: str, sections: dict[str, Any]) -> Rules:
    if wrong := _SECTIONS ^ sections.keys():
        raise RulesError(
            f"{name}: needs exactly the sections {', '.join(sorted(_SECTIONS))}; see {', '.join(sorted(wrong))}"
        )
    floors = [sections["levels"].get(n) for n in LEVELS[:3]]
    if not all(isinstance(f, int) for f in floors) or floors != sorted(floors, reverse=True):
        raise RulesError(f"{name}: [levels] needs urgent >= daily >= weekly, whole numbers")
    wanted = {"outage_join", "outage_least", "shape_least", "remind", "old"}
    if missing := wanted - sections["windows"].keys():
        raise RulesError(f"{name}: [windows] lacks {', '.join(sorted(missing))}")
    return Rules(sections)


def total(parts: list[tuple[str, int]]) -> Significance:
    """The sum of the parts that count."""
    counted = [(name, n) for name, n in parts if n]
    points = max(0, min(100, sum(n for _, n in counted)))
    return Significance(points, tuple(f"{name} {n:+d}" for name, n in counted))
