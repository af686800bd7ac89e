"""What a vendor's own lists say that its declarations do not, ranked by what the pages are likely to state.

[[set_aside]]                       # of vendor.toml: looked at by a person, states nothing of the contract
url = "https://example.com/docs/changelog"
reason = "what was fixed, no figure"
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandsnap.model import Issue
from sandsnap.read.addresses import canonical
from sandsnap.read.general.names import names_of
from sandsnap.read.phrases import phrases
from sandsnap.read.sources import set_aside, vendor

KIND = "discovered"
SHOWN = 12  # new pages of one vendor at a time: the likeliest
_TOPIC = re.compile(
    r"pricing|price|billing|plans?\b|limits?\b|quota|rate-limit|sandbox|machine|microvm|\bvms?\b|isolation|security|persist|snapshot|fork"
    r"|hibernat|suspend|pause|lifecycle|timeout|region|gpu|self-host|byoc|sdk|resource|sizes?\b|cold-start|storage|volume",
    re.IGNORECASE,
)
_DULL = re.compile(
    r"/(?:blog|changelog|customers?|careers?|legal|terms|privacy|cookbook|examples?|tutorials?|api-reference|press|jobs)(?:/|$)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A page that a vendor lists and nobody watches (`new`), one that is watched and no longer listed (`vanished`), or
    that is listed elsewhere (`renamed`, then `now` says where). `score`: how much it is likely to state."""

    vendor: str
    url: str
    state: str
    score: int
    why: str
    now: str | None = None

    @property
    def issue(self) -> Issue:
        """As an issue, of one kind for all."""
        said = {
            "new": f"a page that nobody watches: {self.why}; declare it, or `sandsnap discover --set-aside URL --reason WHY`",
            "vanished": "a watched page is no longer listed by its vendor",
            "renamed": f"a watched page is listed under another address: {self.now}",
        }[self.state]
        return Issue(KIND, self.vendor, self.url, said, nearest=self.now)


def compared(name: str, listed: Collection[str], texts: Mapping[str, str] | None = None) -> list[Found]:
    """What a vendor's lists say, the likeliest first. `texts`: canonical URL -> what pages that were looked at say."""
    own, looked = vendor(name), texts or {}
    hosts = {h.removeprefix("www.") for h in own.hosts} - {"github.com", "raw.githubusercontent.com"}
    there = {canonical(u): u for u in listed if (urlsplit(u).hostname or "").removeprefix("www.") in hosts}
    known = {canonical(u) for s in own.sources for u in s.urls} | set_aside(name).keys()
    near = {_folder(canonical(s.url)) for s in own.sources if s.live}
    new = [
        Found(name, url, "new", score, why)
        for at, url in there.items()
        if at not in known
        and (rated := _rated(name, at, near, looked.get(at, "")))
        and (score := rated[0]) > 0
        and (why := rated[1])
    ]
    new.sort(key=lambda f: (-f.score, f.url))
    return [*_gone(own.sources, there, new), *new]


def _gone(sources: Sequence[object], there: Mapping[str, str], new: Sequence[Found]) -> list[Found]:
    """Watched pages that a list leaves out which has their neighbours."""
    listed_in = {_folder(at) for at in there}
    out = []
    for s in sources:
        at = canonical(s.url)  # type: ignore[attr-defined]
        if not s.live or any(canonical(u) in there for u in s.urls) or _folder(at) not in listed_in:  # type: ignore[attr-defined]
            continue
        last = at.rsplit("/", 1)[-1]
        now = next((f.url for f in new if canonical(f.url).rsplit("/", 1)[-1] == last), None)
        out.append(Found(s.vendor, s.url, "renamed" if now else "vanished", 10, "not listed", now))  # type: ignore[attr-defined]
    return out


def _folder(at: str) -> str:
    return at.rsplit("/", 1)[0]


def _rated(name: str, at: str, near: Collection[str], text: str) -> tuple[int, str]:
    """How much a page is likely to state, and why. Its text counts most, then its address."""
    if _DULL.search(f"/{at}"):
        return 0, ""
    topics = {m[0].lower() for m in _TOPIC.finditer(at.partition("/")[2])}
    amounts = sum(1 for line in text.splitlines() for p in phrases(line) if p.unit or "$" in p.text) if text else 0
    plans = names_of(name).plans_in(text) if text else ()
    score = 2 * len(topics) + (1 if topics and _folder(at) in near else 0) + min(amounts, 20) + 2 * len(plans)
    said = [f"{amounts} amounts" if amounts else "", f"the plans {', '.join(plans)}" if plans else ""]
    said.append(f"its address names {', '.join(sorted(topics))}" if topics else "")
    return (score if topics or amounts > 2 else 0), "; ".join(filter(None, said))
