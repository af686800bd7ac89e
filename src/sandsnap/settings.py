"""Where things lie and how to fetch: the environment and one optional TOML file. Secrets never stand in it.

SANDSNAP_HOME     folder of the data (default: warehouse/data below the current folder)
SANDSNAP_CONTACT  URL that stands in the User-Agent, so that who runs a server can ask
SANDSNAP_CONFIG   a TOML file (default: sandsnap.toml in the current folder, where there is one)
SANDSNAP_DECISIONS  what people decided in `sandsnap review` (default: the configuration's `decisions`, or
                  warehouse/decisions.toml where there is one, or decisions.toml in the home)

[fetch]                     # any field of capture.FetchPolicy
contact_url = "https://…"
requests_per_s = 0.5
allow_private = false

[reading]                   # what one page may cost: any field of Budget
seconds = 10
"""

import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class SettingsError(Exception):
    """The configuration cannot be used; says what to change."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What reading one page may cost: `seconds` of CPU time, `megabytes` of memory; and how many pages are read at once
    (where there are so many cores)."""

    seconds: float = 10.0
    megabytes: int = 1024
    at_once: int = 2


@dataclass(frozen=True)
class Settings:
    """Resolved settings. `fetch` holds FetchPolicy fields as given."""

    home: Path
    fetch: dict[str, Any] = field(default_factory=dict)
    reading: Budget = Budget()
    warehouse_file: Path | None = None
    decisions_file: Path | None = None

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.warehouse_file or self.home / "sandsnap.duckdb"

    @property
    def archive(self) -> Path:
        """The folder of captures."""
        return self.home / "captures"

    @property
    def watch_notes(self) -> Path:
        """What the last run noted of the watched pages, for `status` (watch_notes.py)."""
        return self.home / "watched.json"

    @property
    def decisions(self) -> Path:
        """The file of decisions; it belongs under version control."""
        shared = Path("warehouse") / "decisions.toml"
        return self.decisions_file or (shared if shared.is_file() else self.home / "decisions.toml")

    @property
    def reports(self) -> Path:
        """The folder of reports."""
        return self.home / "reports"


def load(home: Path | None = None) -> Settings:
    """Settings from the environment and the TOML file. Raises SettingsError."""
    named = os.environ.get("SANDSNAP_CONFIG")
    path = Path(named or "sandsnap.toml")
    config: dict[str, Any] = {}
    if named or path.exists():
        try:
            config = tomllib.loads(path.read_text("utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as e:
            raise SettingsError(f"{path}: {e}") from None
    if unknown := config.keys() - {"fetch", "home", "decisions", "reading"}:
        raise SettingsError(
            f"{path}: unknown section {', '.join(sorted(unknown))}; there are: decisions, fetch, home, reading"
        )
    fetch = dict(config.get("fetch", {}))
    if contact := os.environ.get("SANDSNAP_CONTACT"):
        fetch["contact_url"] = contact
    chosen = home or os.environ.get("SANDSNAP_HOME") or config.get("home") or Path("warehouse") / "data"
    decisions = os.environ.get("SANDSNAP_DECISIONS") or config.get("decisions")
    reading = _budget(config.get("reading", {}), path)
    return Settings(Path(chosen), fetch, reading, decisions_file=Path(decisions) if decisions else None)


def _budget(given: Any, path: Path) -> Budget:
    known = {f.name: f.default for f in fields(Budget)}
    if not isinstance(given, dict) or (unknown := given.keys() - known):
        what = ", ".join(sorted(unknown)) if isinstance(given, dict) else "table"
        raise SettingsError(f"{path}: [reading] has no {what}; there are {', '.join(known)}")
    for name, value in given.items():
        wanted = (int, float) if isinstance(known[name], float) else (int,)
        if isinstance(value, bool) or not isinstance(value, wanted) or not 0 < value < 1_000_000:
            raise SettingsError(f"{path}: [reading] {name} = {value!r} is no number above 0")
    return Budget(**given)
