"""Where things lie, how to fetch, what counts as healthy: the environment and one optional TOML file, read strictly.

SANDSNAP_HOME     folder of the data (default: warehouse/data below the current folder)
SANDSNAP_CONTACT  URL that stands in the User-Agent, so that who runs a server can ask
SANDSNAP_CONFIG   a TOML file (default: sandsnap.toml in the current folder, where there is one)
SANDSNAP_DECISIONS  what people decided in `sandsnap review` (default: the configuration's `decisions`, or
                  warehouse/decisions.toml where there is one, or decisions.toml in the home)

The file's sections and keys, each with its type and default, are KEYS below. No value of the file is ever printed.
"""

import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_VARIABLE = re.compile(r"\$[A-Z_][A-Z0-9_]*")


class SettingsError(Exception):
    """The configuration cannot be used; says what to change."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key may hold: a test, and the same in words."""

    fits: Callable[[Any], bool]
    words: str


def _number(v: Any) -> bool:
    return isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)


TEXT = Kind(lambda v: isinstance(v, str) and bool(v.strip()), "text in quotes")
SWITCH = Kind(lambda v: isinstance(v, bool), "true or false, without quotes")
POSITIVE = Kind(lambda v: _number(v) and v > 0, "a number above 0")
NOT_NEGATIVE = Kind(lambda v: _number(v) and v >= 0, "a number, 0 or more")
COUNT = Kind(lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 1, "a whole number, 1 or more")
SHARE = Kind(lambda v: _number(v) and 0 < v <= 1, "a share: a number above 0, at most 1")
VARIABLE = Kind(
    lambda v: isinstance(v, str) and bool(_VARIABLE.fullmatch(v)),
    'the name of an environment variable, as "$SANDSNAP_HEARTBEAT": the address is a secret',
)

KEYS: Mapping[str, Mapping[str, Kind]] = {
    "": {"home": TEXT, "decisions": TEXT},
    "fetch": {  # the fields of capture.FetchPolicy, and what second_look.py waits
        "contact_url": TEXT, "requests_per_s": POSITIVE, "concurrency": COUNT, "attempts": COUNT,
        "connect_timeout_s": POSITIVE, "read_timeout_s": POSITIVE, "deadline_s": POSITIVE, "backoff_s": NOT_NEGATIVE,
        "backoff_cap_s": NOT_NEGATIVE, "retry_after_cap_s": NOT_NEGATIVE, "crawl_delay_cap_s": NOT_NEGATIVE,
        "max_bytes": COUNT, "max_redirects": COUNT, "confirm_after_minutes": NOT_NEGATIVE, "allow_http": SWITCH, "allow_private": SWITCH,
    },
    "health": {
        "degraded_pages": SHARE, "failed_pages": SHARE, "failed_vendors": SHARE, "max_age_hours": POSITIVE,
        "least_disk_mb": NOT_NEGATIVE,
    },
    "heartbeat": {"url": VARIABLE, "file": TEXT},
    "metrics": {"textfile": TEXT},
    "copies": {"days": COUNT, "months": NOT_NEGATIVE},
    "reading": {"seconds": POSITIVE, "megabytes": COUNT, "at_once": COUNT},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Budget:
    """`[reading]`: what reading one page may cost, `seconds` of CPU time and `megabytes` of memory; and how many pages are
    read at once (where there are so many cores)."""

    seconds: float = 10.0
    megabytes: int = 1024
    at_once: int = 2


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`[health]`: from which share of failed pages a run is degraded or failed, from which share of vendors without any
    page it is failed; how old the last recorded run may be; how much disk must be free."""

    degraded_pages: float = 0.05
    failed_pages: float = 0.5
    failed_vendors: float = 0.5
    max_age_hours: float = 26.0
    least_disk_mb: float = 500.0


@dataclass(frozen=True, slots=True)
class Copies:
    """`[copies]`: one dated copy of the warehouse is kept for each of the last days with one, and of the last months."""

    days: int = 7
    months: int = 6


@dataclass(frozen=True)
class Settings:
    """Resolved settings. `fetch` holds FetchPolicy fields as given."""

    home: Path
    fetch: dict[str, Any] = field(default_factory=dict)
    warehouse_file: Path | None = None
    decisions_file: Path | None = None
    health: Thresholds = Thresholds()
    copies: Copies = Copies()
    reading: Budget = Budget()
    heartbeat_variable: str | None = None
    heartbeat_file: Path | None = None
    metrics_file: Path | None = None

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
    def remembered(self) -> Path:
        """What pages gave that were read before (remembered.py)."""
        return self.home / "readings.sqlite3"

    @property
    def all_recorded(self) -> Path:
        """How much of the archive the last run left recorded (pipeline.py), so that the next need not compare all of it."""
        return self.home / "all_recorded.json"

    @property
    def last_run(self) -> Path:
        """How the last run ended, whether or not it could record (health/ledger.py)."""
        return self.home / "last_run.json"

    @property
    def acknowledged(self) -> Path:
        """Which matters somebody has seen, and until when (health/matters.py)."""
        return self.home / "acknowledged.json"

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
        except OSError as e:
            raise SettingsError(f"{path}: {e.strerror}; correct $SANDSNAP_CONFIG or its permissions") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
            raise SettingsError(f"{path}: it is not TOML: {_without_values(e)}") from None
    sections = _checked(path, config)
    fetch = dict(sections["fetch"])
    if contact := os.environ.get("SANDSNAP_CONTACT"):
        fetch["contact_url"] = contact
    top, beat = sections[""], sections["heartbeat"]
    chosen = home or os.environ.get("SANDSNAP_HOME") or top.get("home") or Path("warehouse") / "data"
    try:
        # A home or file below ~ needs to know whose; where nobody knows (no HOME, no such user) one has to be named.
        expanded = Path(chosen).expanduser()
    except RuntimeError:
        raise SettingsError("no HOME says where ~ is; name the folder in full: --home DIR or $SANDSNAP_HOME") from None
    decisions = os.environ.get("SANDSNAP_DECISIONS") or top.get("decisions")
    return Settings(
        expanded,
        fetch,
        decisions_file=Path(decisions) if decisions else None,
        health=Thresholds(**sections["health"]),
        copies=Copies(**sections["copies"]),
        reading=Budget(**sections["reading"]),
        heartbeat_variable=beat["url"][1:] if "url" in beat else None,
        heartbeat_file=Path(beat["file"]) if "file" in beat else None,
        metrics_file=Path(sections["metrics"]["textfile"]) if "textfile" in sections["metrics"] else None,
    )


def _checked(path: Path, config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The sections, every key known and of its kind. Raises SettingsError with file, key and what is allowed."""
    sections = {name: config.get(name, {}) for name in KEYS if name}
    sections[""] = {k: v for k, v in config.items() if k not in sections}
    for section, given in sections.items():
        where = f"{path}: [{section}]" if section else f"{path}:"
        if not isinstance(given, dict):
            raise SettingsError(f"{where} must be a section; there are {', '.join(sorted(KEYS[section]))} in it")
        for key, value in given.items():
            kind = KEYS[section].get(key)
            if kind is None:
                known = sorted({*KEYS[section], *(KEYS if not section else ())} - {""})
                raise SettingsError(f"{where} {key} is not known; there are {', '.join(known)}")
            if not kind.fits(value):
                raise SettingsError(f"{where} {key} must be {kind.words}")
    return sections


def _without_values(error: Exception) -> str:
    """Where a TOML error is; its text may quote the file."""
    found = re.search(r"\(at .*\)$", str(error))
    return f"an error {found[0][1:-1]}" if found else type(error).__name__
