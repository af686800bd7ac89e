"""How much a change is worth a person's time: points with stated reasons, from significance.toml. No text, no I/O else."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from sandsnap.publish.alerts_changes import Change
from sandsnap.publish.alerts_measures import improvement, measure

LEVELS = ("urgent", "daily", "weekly", "silent")
_SECTIONS = {
    "levels", "table", "kind", "direction", "size", "notice", "status", "field", "circumstance", "event", "windows",
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
    name = str(path or "significance.toml")
    try:
        text = path.read_text("utf-8") if path else (files("sandsnap.publish") / "significance.toml").read_text("utf-8")
        sections = tomllib.loads(text)
    except (OSError, tomllib.TOMLDecodeError) as e:
        raise RulesError(f"{name}: {e}") from None
    if wrong := _SECTIONS ^ sections.keys():
        raise RulesError(
            f"{name}: needs exactly the sections {', '.join(sorted(_SECTIONS))}; see {', '.join(sorted(wrong))}"
        )
    floors = [sections["levels"].get(n) for n in LEVELS[:3]]
    if not all(isinstance(f, int) for f in floors) or floors != sorted(floors, reverse=True):
        raise RulesError(f"{name}: [levels] needs urgent >= daily >= weekly, whole numbers")
    wanted = {"same_change", "episode", "outage_join", "outage_least", "shape_least", "remind", "old"}
    if missing := wanted - sections["windows"].keys():
        raise RulesError(f"{name}: [windows] lacks {', '.join(sorted(missing))}")
    return Rules(sections)


def of_change(change: Change, rules: Rules) -> Significance:
    """What a vendor's change is worth."""
    parts: list[tuple[str, int]] = [
        (change.table, rules.points("table", change.table)),
        (change.kind, rules.points("kind", change.kind)),
    ]
    if change.kind == "changed":
        parts += _size(change, rules)
    if change.table == "notices":
        kind = change.key.rpartition(" / ")[2]
        parts.append((kind.replace("_", " "), rules.points("notice", kind)))
    after = change.values_after or {}
    reached = (
        after.get("status")
        if change.kind == "added"
        else next((f.after for f in change.fields if f.field == "status"), None)
    )
    if reached:
        parts.append((f"now {reached}", rules.points("status", f"{change.table}.{reached}")))
    if change.kind == "changed":
        parts += [(f.field, rules.points("field", f"{change.table}.{f.field}")) for f in change.fields]
    parts += [(c.replace("_", " "), rules.points("circumstance", c)) for c in change.circumstances]
    return total(parts)


def of_event(kind: str, rules: Rules) -> Significance:
    """What an outage, a reminder, a correction or a held change is worth."""
    return total([(kind.replace("_", " "), rules.points("event", kind))])


def total(parts: list[tuple[str, int]]) -> Significance:
    """The sum of the parts that count."""
    counted = [(name, n) for name, n in parts if n]
    points = max(0, min(100, sum(n for _, n in counted)))
    return Significance(points, tuple(f"{name} {n:+d}" for name, n in counted))


def _size(change: Change, rules: Rules) -> list[tuple[str, int]]:
    was, now = measure(change.table, change.values_before), measure(change.table, change.values_after)
    if was is None or now is None or was.unit != now.unit or was.amount == now.amount:
        return []
    better = improvement(change.table, was.amount, now.amount)
    low, high = sorted((was.amount, now.amount))
    percent = (high / low - 1) * 100 if low else None
    sizes = rules.sections["size"]
    step = sizes[0] if percent is None else next((s for s in sizes if percent >= s["percent"]), None)
    word = "better" if better else "worse"
    out = [(word, rules.points("direction", word))]
    if step is not None:
        out.append((f"at least {step['percent']} %", int(step["points"])))
    return out
