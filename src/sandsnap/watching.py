"""What is new on the watched pages and used by no fact, and how much of their amounts is accounted for: over the archive.

The rules are in read/residue/; here only, which captures are compared.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, islice

from sandsnap import remembered
from sandsnap.capture import Archive, ArchiveError
from sandsnap.capture.index import Entry
from sandsnap.check.evidence import marked, of_issue
from sandsnap.contained import Read, read_all
from sandsnap.model import Capture, Issue, Reading
from sandsnap.read.residue.account import Account
from sandsnap.read.residue.watch import NEW_DAYS, Accounts, Watch
from sandsnap.read.sources import source_of
from sandsnap.settings import Budget, Settings

# Bodies of a source that are opened to see what is new: one from before the window, and the last few within it.
_WITHIN = 3
_LATELY = timedelta(days=8)
# Where a source's last capture before the window is looked for first; an older one takes a query of its own.
_LOOK_BACK = timedelta(days=3 * NEW_DAYS)


@dataclass(frozen=True, slots=True)
class Accounted:
    """One source's last good capture, and how its amounts are accounted for."""

    capture: Capture
    account: Account


Counts = tuple[int, int, int]
"""Amounts of a capture that facts use, that entries ignore, and the rest."""

_ReadAll = Callable[[Sequence[Capture]], Sequence[Read]]


@dataclass(frozen=True, slots=True)
class _Stored:
    """A capture that is opened only when it is needed; None then where its record is damaged."""

    url: str
    sha256: str
    captured_at: datetime | None
    complete: bool
    open: Callable[[], Capture | None]


def with_issues(readings: Sequence[Reading], issues: Iterable[Issue]) -> list[Reading]:
    """The readings of one capture, with issues about the page as a whole put on the first of them.

    Each issue carries the id of its evidence: two that differ in a figure only are two.
    """
    told = tuple(replace(i, message=marked(of_issue(i), i.message)) for i in issues)
    return [replace(r, issues=(*r.issues, *told)) if told and i == 0 else r for i, r in enumerate(readings)]


def with_residue(settings: Settings, readings: Sequence[Reading]) -> list[Reading]:
    """Fresh readings, whose captures are archived, with the residue that is new since the source's earlier captures.

    Where a source has stated the same bytes all the time, no page is opened. A page that could not be had keeps what
    was told of it last.
    """
    groups: dict[tuple[str, str | None, object], list[Reading]] = {}
    for r in readings:
        groups.setdefault((r.source_url, r.capture, r.captured_at), []).append(r)
    if not settings.archive.is_dir():
        return list(readings)
    watch, out = Watch(), []
    read = partial(remembered.read_all, settings)
    with Archive(settings.archive) as archive:
        days = {own[0].source_url: own[0].day for own in groups.values()}
        earlier = _earlier(archive, {url: day for url, day in days.items() if day is not None})
        now = {url: sha256 for url, sha256, _ in groups}
        changed = {url: own for url, own in earlier.items() if {c.sha256 for c in own} - {now[url]}}
        last = _learn(watch, _opened(c for own in changed.values() for c in own), read)
        fresh = {
            key: c
            for key, own in groups.items()
            if (sha256 := key[1]) is not None and key[0] in changed
            for c in _opened(
                [_Stored(key[0], sha256, own[0].captured_at, True, partial(_body, archive, sha256, own[0]))]
            )
        }
        _account_for(watch, fresh.values(), read)
        for key, own in groups.items():
            issues: tuple[Issue, ...] = ()
            if key in fresh:
                own = watch.frames.compared(own)
                source = source_of(fresh[key].url)
                issues = watch.issues(fresh[key], own) if source and source.url == key[0] else ()
            elif key[0] in changed:
                issues = last.get(key[0], ())
            out += with_issues(own, issues)
    return out


def watch_since(archive: Archive, captures: Sequence[Capture], budget: Budget | None = None) -> Watch:
    """A watch that has learned what the archive holds of these captures' sources from before the first of each."""
    before: dict[str, date] = {}
    for c in captures:
        if c.day is not None and (source := source_of(c.url)):
            before[source.url] = min(c.day, before.get(source.url, c.day))
    watch = Watch()
    own = _opened(c for captures in _earlier(archive, before).values() for c in captures)
    _learn(watch, own, partial(read_all, budget=budget))
    return watch


def accounted(settings: Settings, vendors: Collection[str] | None = None) -> list[Accounted]:
    """For each source, how the amounts of its last good capture in the archive are accounted for.

    Goes over the archive's index, then reads one capture of each source: about 2 s for a hundred of them on two cores,
    half of it for the one page that holds a vendor's whole documentation.
    """
    if not settings.archive.is_dir():
        return []
    with Archive(settings.archive) as archive:
        return _accounted(_stored(archive), vendors, settings.reading)


def accounted_in(captures: Iterable[Capture], vendors: Collection[str] | None = None) -> list[Accounted]:
    """As `accounted`, over captures that are at hand."""
    stored = (_Stored(c.url, c.sha256, c.captured_at, c.complete, partial(replace, c)) for c in captures)
    return _accounted(stored, vendors)


def counted(
    settings: Settings, known: Accounts, noted: Mapping[str, Mapping[str, Counts | None]]
) -> dict[str, dict[str, Counts | None]]:
    """As `accounted`, only counted: by source, by capture (`-` behind it for an excerpt), the ones that are no page first
    (None). Read is only what neither the run at hand (`known`) nor the run before (`noted`, of today's readers) has."""
    out: dict[str, dict[str, Counts | None]] = {}
    if not settings.archive.is_dir():
        return out
    with Archive(settings.archive) as archive:
        waiting = _newest(archive)
        while waiting:
            tried = {url: c for url, own in waiting.items() for c in islice(own, 1)}
            named = {url: c.sha256 + ("" if c.complete else "-") for url, c in tried.items()}
            found = {url: noted[url][n] for url, n in named.items() if n in noted.get(url, ())}
            found |= {
                url: _counts(known[key])
                for url, c in tried.items()
                if url not in found and (key := (c.url, c.sha256, c.complete)) in known
            }
            new = {url: page for url, c in tried.items() if url not in found and (page := c.open())}
            found |= {
                url: _counts(r.account) for url, r in zip(new, remembered.read_all(settings, new.values()), strict=True)
            }
            for url, counts in found.items():
                out.setdefault(url, {})[named[url]] = counts
            waiting = {url: waiting[url] for url in tried if found.get(url) is None}
    return out


def _counts(account: Account | None) -> Counts | None:
    return (account.used, sum(account.ignored.values()), len(account.residue)) if account else None


def _stored(archive: Archive, since: date | None = None, urls: Collection[str] | None = None) -> Iterator[_Stored]:
    return (_as_stored(archive, e) for e in archive.entries(since, urls) if _usable(e))


def _newest(archive: Archive) -> dict[str, Iterator[_Stored]]:
    """Of each source, the captures to try, the newest first. Those of the archive's last days come from one look at it, all
    others are looked up where none of these is a page: what it holds of years is not gone through every day."""
    urls: dict[str, list[str]] = {}
    last = date.min
    for u in archive.urls():
        if (source := source_of(u)) and (entry := archive.latest_entry(u)) and entry.captured_at:
            urls.setdefault(source.url, []).append(u)
            last = max(last, entry.captured_at.date())
    recent = _by_source(_stored(archive, last - _LATELY), None) if urls else {}

    def older(own: Collection[str], tried: Sequence[_Stored]) -> Iterator[_Stored]:
        had = {(c.url, c.sha256, c.captured_at) for c in tried}
        for found in _by_source(_stored(archive, None, own), None).values():
            yield from (c for c in found if (c.url, c.sha256, c.captured_at) not in had)

    whole = {
        url: [c for c in recent.get(url, ()) if c.complete] for url in urls
    }  # an excerpt comes after every whole page
    return {url: chain(whole[url], older(own, whole[url])) for url, own in urls.items()}


def _by_source(stored: Iterable[_Stored], vendors: Collection[str] | None) -> dict[str, list[_Stored]]:
    by_source: dict[str, list[_Stored]] = {}
    for c in stored:
        source = source_of(c.url)
        if source and c.captured_at and (vendors is None or source.vendor in vendors):
            by_source.setdefault(source.url, []).append(c)
    for own in by_source.values():
        # A whole page before an excerpt, the newest first, until one is the page at all.
        own.sort(key=lambda c: (c.complete, str(c.captured_at), c.url), reverse=True)
    return by_source


def _accounted(
    stored: Iterable[_Stored], vendors: Collection[str] | None, budget: Budget | None = None
) -> list[Accounted]:
    waiting, out = [iter(own) for own in _by_source(stored, vendors).values()], list[Accounted]()
    while waiting:
        tried = [(own, stored.open()) for own in waiting for stored in islice(own, 1)]
        pages = [c for _, c in tried if c]
        found = {id(c): r.account for c, r in zip(pages, read_all(pages, budget), strict=True)}
        out += [Accounted(c, account) for c in pages if (account := found[id(c)])]
        waiting = [own for own, c in tried if c is None or found[id(c)] is None]
    return sorted(out, key=lambda a: (a.account.vendor, a.account.source_url))


def _earlier(archive: Archive, before: Mapping[str, date]) -> dict[str, list[_Stored]]:
    """Of each source, the captures to compare with those from a day on, in the order of time."""
    if not before:
        return {}
    urls = [u for u in archive.urls() if (source := source_of(u)) and source.url in before]
    entries: dict[str, list[Entry]] = {}
    for e in archive.entries(min(before.values()) - _LOOK_BACK, urls):
        source = source_of(e.url)
        if source and e.captured_at and e.complete and _usable(e) and e.captured_at.date() < before[source.url]:
            entries.setdefault(source.url, []).append(e)
    out: dict[str, list[_Stored]] = {}
    for url, day in before.items():
        start = day - timedelta(days=NEW_DAYS)
        own = [(e.captured_at.date() < start, e) for e in entries.get(url, []) if e.captured_at]
        ahead = [e for is_ahead, e in own if is_ahead][-1:]
        within = {e.sha256: e for is_ahead, e in own if not is_ahead}  # the last of each body
        out[url] = [_as_stored(archive, e) for e in (*ahead, *[*within.values()][-_WITHIN:])]
        if not ahead and (source := source_of(url)):
            before_that = start - timedelta(days=1)
            older = [x for u in dict.fromkeys(source.urls) if (x := archive.latest_entry(u, before_that, status=200))]
            out[url] = [_as_stored(archive, e) for e in sorted(older, key=lambda x: str(x.captured_at))[-1:]] + out[url]
    return out


def _usable(entry: Entry) -> bool:
    return entry.captured_at is not None and 200 <= entry.status < 300


def _as_stored(archive: Archive, entry: Entry) -> _Stored:
    def opened() -> Capture | None:
        found = _body(archive, entry.sha256, entry)
        return replace(found, url=entry.url, complete=entry.complete) if found else None

    return _Stored(entry.url, entry.sha256, entry.captured_at, entry.complete, opened)


def _body(archive: Archive, sha256: str, of: "Entry | Reading") -> Capture | None:
    """The bytes, at the time of a capture of them; None where their record is damaged: what is told of their page waits."""
    try:
        return replace(archive.get(sha256), captured_at=of.captured_at)
    except ArchiveError:
        return None


def _opened(stored: Iterable[_Stored]) -> list[Capture]:
    return [c for s in stored if (c := s.open())]


def _learn(watch: Watch, captures: Iterable[Capture], read: _ReadAll) -> dict[str, tuple[Issue, ...]]:
    """What was told last of each source, once the watch has seen these captures."""
    told: dict[str, tuple[Issue, ...]] = {}
    own = sorted(captures, key=lambda c: (str(c.captured_at), c.url, c.sha256))
    for c, readings in zip(own, _account_for(watch, own, read), strict=True):
        watch.frames.compared(readings)
        if source := source_of(c.url):
            told[source.url] = watch.issues(c, readings)
    return told


def _account_for(watch: Watch, captures: Iterable[Capture], read: _ReadAll) -> list[list[Reading]]:
    """The readings of captures, once the watch knows how the amounts of each are accounted for."""
    own = list(captures)
    found = read(own)
    watch.accounts.update({(c.url, c.sha256, c.complete): r.account for c, r in zip(own, found, strict=True)})
    return [r.readings for r in found]
