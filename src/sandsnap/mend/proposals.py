"""What no longer reads on the last captures of a vendor's pages, and for each what would read it again."""

from collections.abc import Iterator, Mapping, Sequence

from sandsnap.mend.names import renamed
from sandsnap.mend.proposal import Proposal
from sandsnap.mend.quotes import lost_quotes
from sandsnap.mend.readers import lost_code, readings_of, troubles
from sandsnap.mend.titles import has, lost_title
from sandsnap.mend.wordings import lost_entries, of_reader
from sandsnap.mend.words import lost_words
from sandsnap.model import Capture
from sandsnap.read import diagnose
from sandsnap.read.addresses import canonical
from sandsnap.read.decode import CharsetError
from sandsnap.read.page import Page
from sandsnap.read.reading import page_of
from sandsnap.read.sources import Source, vendor
from sandsnap.vendors import settings

LAST = 5  # captures of a page on which an edit is tried


def proposals(
    name: str, captures: Mapping[str, Sequence[Capture]], decided: Mapping[str, Sequence[str]] | None = None
) -> list[Proposal]:
    """Everything to mend on a vendor's pages. `captures`: canonical URL -> its whole good captures, in time order. `decided`:
    source -> words by which somebody decided that what was lost there is still true."""
    out: list[Proposal] = []
    for source in vendor(name).sources:
        found = [c for u in dict.fromkeys(map(canonical, source.urls)) for c in captures.get(u, ())]
        found.sort(key=lambda c: str(c.captured_at))
        pages = [p for c in found[-LAST:] if (p := _page(c)) is not None]
        if not pages or not source.live:
            continue
        if not has(pages[-1], source.must):
            out.append(lost_title(source, pages))
        else:
            out += _of_page(source, pages, (decided or {}).get(source.url, ()))
    return out


def _of_page(source: Source, pages: Sequence[Page], decided: Sequence[str]) -> Iterator[Proposal]:
    yield from lost_quotes(source, pages, decided)
    names = list(renamed(source, pages))
    yield from names
    if any(c.safe for p in names for c in p.candidates):
        return  # what is of that plan or size reads again with its name; the rest is seen then
    now = readings_of(pages[-1])
    by_layer = settings(source.vendor).get("general", {}).get("reads", {})
    data, code = {}, {}
    for name in (n for n in source.readers if n in now and n not in by_layer):
        if of_reader(source, name):
            data[name] = now[name]
        elif now[name].outcome != "good" or troubles(now[name]):
            code[name] = now[name]
    yield from lost_entries(source, pages, data)
    yield from lost_code(source, pages, code)
    yield from lost_words(source, pages)


def _page(capture: Capture) -> Page | None:
    try:
        page = page_of(capture)
        return page if diagnose.bad_page(page) is None else None
    except (CharsetError, RecursionError, ValueError):
        return None
