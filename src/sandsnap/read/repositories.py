"""Which public repository keeps the history of which declared pages: `[[repository]]` of the vendors' TOML files.

    [[repository]]
    url = "https://github.com/superfly/docs"
    pages = [{ file = '(.+)\\.html\\.md', page = 'https://fly.io/docs/\\1/' }]

`file` is a regular expression that a path must match in full, `page` the address under which it is served. Only pages that
are declared as sources are taken. A file of a repository on GitHub that is a source itself needs no rule.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandsnap.read.publishers import Publisher, address_of, publisher, publishers
from sandsnap.read.sources import source_of
from sandsnap.vendors import VENDORS, settings


class RulesError(ValueError):
    """Rules that cannot be used; says what to change."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How one repository's files are served. `name` is owner/repository."""

    url: str
    pages: tuple[tuple[re.Pattern[str], str], ...]

    @property
    def name(self) -> str:
        """owner/repository, as the address ends."""
        return urlsplit(self.url).path.strip("/").removesuffix(".git")

    def page(self, path: str) -> str | None:
        """The declared address under which a file is served, or None: the file is of no source."""
        for pattern, template in self.pages:
            if m := pattern.fullmatch(path):
                served = m.expand(template)
                return served if _declared(served) else None
        blob = f"{self.url.removesuffix('.git')}/blob/main/{path}"
        return blob if urlsplit(self.url).hostname == "github.com" and _declared(blob) else None


def _declared(url: str) -> bool:
    return source_of(url) is not None or address_of(url) is not None


@cache
def repositories() -> tuple[Rules, ...]:
    """All declared repositories, vendors' and publishers'. Raises RulesError for an entry that cannot be used."""
    own = tuple(r for name in VENDORS for r in _rules(settings(name).get("repository", []), f"{name}/vendor.toml"))
    return own + tuple(_published(publisher(name)) for name in publishers())


def _published(own: Publisher) -> Rules:
    """The repository of a publisher: its own files are what it publishes."""
    paths = [s.path for s in own.sources if s.path]
    return Rules(own.repository, tuple((re.compile(p), f"{own.repository}/blob/main/\\g<0>") for p in paths))


def rules_from(path: Path) -> tuple[Rules, ...]:
    """Rules of a file in the form of the module's docstring. Raises RulesError."""
    try:
        return _rules(tomllib.loads(path.read_text("utf-8")).get("repository", []), str(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise RulesError(f"{path}: {e}; write [[repository]] entries with url and pages") from None


def rules_for(source: str, paths: Iterable[str], named: str | None = None) -> Rules:
    """The rules that fit a repository: those that are named, those of its URL, or those that map most of its files.

    Raises RulesError where none fits, or two fit equally.
    """
    known = rules_from(Path(named)) if named and Path(named).is_file() else repositories()
    if named and not Path(named).is_file():
        chosen = [r for r in known if named in (r.name, r.url)]
        if not chosen:
            raise RulesError(f"no repository {named!r} is declared; there are {_names(known)}, or give a TOML file")
        return chosen[0]
    plain = source.removesuffix(".git").rstrip("/").lower()
    if same := [r for r in known if r.url.removesuffix(".git").lower() == plain]:
        return same[0]
    # A README is in every repository: only files that rules name tell one from another.
    every = set(paths)
    hits = sorted(((sum(bool(_ruled(r, p)) for p in every), r.name, r) for r in known), key=lambda h: (-h[0], h[1]))
    best = [h for h in hits if h[0] == hits[0][0] > 0]
    if len(best) == 1:
        return best[0][2]
    fits = f"{_names(h[2] for h in best)} fit equally" if best else f"none of {_names(known)} fits its files"
    raise RulesError(f"{source}: which pages are these? {fits}; say --map OWNER/REPOSITORY or --map RULES.toml")


def _ruled(rules: Rules, path: str) -> str | None:
    return rules.page(path) if any(pattern.fullmatch(path) for pattern, _ in rules.pages) else None


def _names(rules: Iterable[Rules]) -> str:
    return ", ".join(r.name for r in rules)


def _rules(entries: Any, where: str) -> tuple[Rules, ...]:
    out = []
    for entry in entries if isinstance(entries, list) else [entries]:
        try:
            if unknown := entry.keys() - {"url", "pages"}:
                raise RulesError(f"{where}: a repository has no {', '.join(sorted(unknown))}; there are url, pages")
            pages = tuple((re.compile(p["file"]), str(p["page"])) for p in entry.get("pages", []))
            out.append(Rules(str(entry["url"]), pages))
        except (AttributeError, KeyError, TypeError, re.error) as e:
            raise RulesError(
                f"{where}: [[repository]] {entry!r}: {e}; write url and pages = [{{ file, page }}]"
            ) from None
    return tuple(out)
