"""Open issues as matters: one row for one cause, whatever number of pages it shows on; and those a person has seen.

The cause of an issue is the narrowest of host, page, reader and fact that explains it: pages of one host that cannot be
fetched are one matter of the host; what one reader reports is one of the reader.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from sandsnap.health.ledger import replace
from sandsnap.settings import Settings, SettingsError

NUMBER = re.compile(r"[0-9]+(?:[.,'][0-9]+)*(?:[eE][-+]?[0-9]+)?")
_FETCHING = ("fetch_failed", "http_status", "bot_wall", "cookie_wall")
_MARK = re.compile(r"^\[[a-z]+\] ")
_ADDRESS = re.compile(r"https?://\S+")
_LEVELS = ("host", "page", "reader", "fact")


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter. `id` is stable while the matter stands; `messages` are those of its issues, each once."""

    id: str
    level: str  # host, page, reader or fact
    cause: str  # the host, the page's URL, the reader's name
    kind: str
    vendor: str
    issues: int
    first_on: date
    messages: tuple[str, ...]
    acknowledged_until: date | None = None


def matters(issues: Iterable[Mapping[str, Any]], seen: Mapping[str, date], today: date) -> list[Matter]:
    """Rows of open_issues gathered by cause, unacknowledged ones first, then the widest, then the newest."""
    rows = list(issues)
    by_host: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for r in rows:
        if r["kind"] in _FETCHING:
            by_host.setdefault((r["kind"], host_of(r["source_url"])), []).append(r)
    wide = {k for k, own in by_host.items() if len({r["source_url"] for r in own}) > 1}
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for r in rows:
        at = (r["kind"], host_of(r["source_url"]))
        if at in wide:
            groups.setdefault(("host", at[1], r["kind"]), []).append(r)
        else:
            groups.setdefault((*_cause(r), r["kind"]), []).append(r)
    found = []
    for (level, cause, kind), own in groups.items():
        ident = ident_of(level, cause, kind)
        until = seen.get(ident)
        texts = dict.fromkeys(_MARK.sub("", r["message"]) for r in own)
        found.append(
            Matter(
                ident, level, cause, kind, own[0]["vendor"], len(own), min(r["first_on"] for r in own), tuple(texts),
                until if until is not None and today < until else None,
            )
        )  # fmt: skip
    return sorted(
        found,
        key=lambda m: (m.acknowledged_until is not None, _LEVELS.index(m.level), -m.first_on.toordinal(), m.cause),
    )


def ident_of(level: str, cause: str, kind: str) -> str:
    """Eight letters that name a matter, the same on every day that it stands."""
    digest = hashlib.sha256("\n".join((level, cause, kind)).encode()).digest()
    return "".join("bcdfghjklmnpqrst"[b & 15] for b in digest[:8])


def host_of(url: str) -> str:
    """The host of a page."""
    return urlsplit(url).hostname or url


def _cause(r: Mapping[str, Any]) -> tuple[str, str]:
    if r["kind"] in _FETCHING or not r["reader"]:
        # A page has one matter of a kind for each thing that is said of it, whatever the figures in it.
        said = "" if r["kind"] in _FETCHING else NUMBER.sub("#", _ADDRESS.sub("", _MARK.sub("", r["message"])))
        return ("fact" if said else "page"), f"{r['source_url']} {said[:120]}".strip()
    if r["kind"] in ("held", "conflict", "missing", "lost_quote", "invalid"):
        return "fact", f"{r['reader']} {NUMBER.sub('#', _MARK.sub('', r['message']))[:120]}"
    return "reader", r["reader"]


def acknowledged(settings: Settings) -> dict[str, date]:
    """Which matters somebody has seen, and until which day. Raises SettingsError for a file that is not ours."""
    try:
        found = json.loads(settings.acknowledged.read_text("utf-8"))
        return {k: date.fromisoformat(v["until"]) for k, v in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError(f"{settings.acknowledged} is not what `sandsnap issues` writes; delete it") from None


def acknowledge(settings: Settings, matter: Matter, until: date, author: str, reason: str) -> None:
    """Say that a matter has been seen: until that day it makes no day a bad one."""
    acknowledged(settings)
    path = settings.acknowledged
    found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    found[matter.id] = {
        "until": until.isoformat(), "author": author, "reason": reason, "cause": matter.cause, "kind": matter.kind,
    }  # fmt: skip
    replace(path, json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def fresh(now: Sequence[Matter], before: Iterable[str]) -> list[Matter]:
    """Matters that nobody has seen and that did not stand before a run: what exit code 1 means."""
    known = set(before)
    return [m for m in now if m.acknowledged_until is None and m.id not in known]
