"""Mutations of what is served instead of the page: walls, error pages, cut, garbled and unfilled bodies."""

import re
from collections.abc import Callable, Iterator

from sandsnap.quality.cases import ISSUE, NOTHING, Case, lasting, passing
from sandsnap.quality.figures import Original
from sandsnap.quality.source_tables import replaced

Edit = Callable[[Original], Iterator[Case]]
HTML = (("content-type", "text/html; charset=utf-8"),)


def _instead(name: str, page: Original, title: str, body: str, status: int = 200) -> Iterator[Case]:
    text = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
    # file None: what was fetched has no name beside it that could say what it is.
    yield passing(name, page, text, ISSUE, unstated=page.facts, headers=HTML, file=None, status=status)


def cookie_wall(page: Original) -> Iterator[Case]:
    """A consent page."""
    body = "<h1>Your privacy</h1><p>We and 34 partners use cookies. Accept all cookies or manage your preferences.</p>"
    return _instead("cookie_wall", page, "Before you continue", body)


def bot_wall(page: Original) -> Iterator[Case]:
    """A bot check with status 200."""
    body = "<h1>Just a moment...</h1><p>Verify you are human by completing the action below. It takes 5 seconds.</p>"
    return _instead("bot_wall", page, "Just a moment...", body)


def soft_404(page: Original) -> Iterator[Case]:
    """A 'page not found' page with status 200."""
    body = "<h1>Page not found</h1><p>The page you are looking for doesn't exist or has been moved. Error 404.</p>"
    return _instead("soft_404", page, "Not found", body)


def server_error(page: Original) -> Iterator[Case]:
    """An error status with the whole page in the body."""
    yield passing("server_error", page, page.text, ISSUE, unstated=page.facts, status=503)


def other_page(page: Original) -> Iterator[Case]:
    """The address now leads to a page about something else."""
    filler = "<p>A long article about engineering culture, with nothing on what anything costs.</p>" * 30
    return _instead("other_page", page, "Blog", f"<main><h1>How we hire</h1>{filler}</main>")


def truncated(page: Original) -> Iterator[Case]:
    """Fewer bytes than were announced; of an excerpt nothing was."""
    if not page.capture.complete:
        return
    body = page.capture.body
    cut = body[: max(1, len(body) * 3 // 5)]
    headers = (*page.capture.headers, ("content-length", str(len(body))))
    yield passing("truncated", page, cut, ISSUE, unstated=page.facts, headers=headers)


def truncated_silently(page: Original) -> Iterator[Case]:
    """The body ends within the last figure that stands in one place only, and nothing says so."""
    figures = [f for f in page.figures if len(f.spots) == 1 and len(f.spots[0].text) > 1]
    if figures:
        start, end = max(f.spots[0].span for f in figures)
        cut = (start + end + 1) // 2
        lost = [
            x
            for f in page.figures
            if min(n.span[1] for n in f.spots) > cut
            for x in f.dropped(page, [(cut, len(page.text))])
        ]
        if lost:
            yield passing("truncated_silently", page, page.text[:cut], ISSUE, unstated=lost, days=1)


def unrendered(page: Original) -> Iterator[Case]:
    """The template's placeholders where the figures belong."""
    for mark in ("{{ plan.price }}", "${price.value}", "<%= price %>"):
        edits = {n.span: mark for n in page.numbers}
        gone = [f for figure in page.figures for f in figure.dropped(page, edits)]
        if gone and page.form != "json":
            yield passing("template_unrendered", page, replaced(page.text, edits), ISSUE, unstated=gone)


def encoding_broken(page: Original) -> Iterator[Case]:
    """Bytes that are not the charset they claim; and text that was garbled before it was served."""
    raw = page.text.encode()
    middle = len(raw) // 2
    while middle < len(raw) and raw[middle] & 0xC0 == 0x80:
        middle += 1
    yield passing("encoding_broken", page, raw[:middle] + b"\xff\xfe\xa0" + raw[middle:], ISSUE, unstated=page.facts)
    if any(c in page.text for c in "’–—“”…·™é"):
        yield passing("encoding_broken", page, raw.decode("cp1252", "replace"), ISSUE, unstated=page.facts)


def untouched(page: Original) -> Iterator[Case]:
    """Nothing happens, for five days."""
    yield lasting("untouched", page, page.capture.body, NOTHING, days=5)


def unrelated(page: Original) -> Iterator[Case]:
    """Something that is none of ours changes: a date, a link, a sentence."""
    line = "Read the story of our latest meetup."
    if page.form == "html":
        text = re.sub(
            r"</body>", f"<p>{line}</p><footer>Last updated on 3 May</footer></body>", page.text, flags=re.IGNORECASE
        )
    elif page.form == "json":
        return
    else:
        text = page.text.rstrip("\n") + f"\n\n{line}\n"
    yield lasting("unrelated_edit", page, text, NOTHING)


DELIVERY: tuple[Edit, ...] = (
    untouched, unrelated, cookie_wall, bot_wall, soft_404, server_error, other_page, truncated, truncated_silently, unrendered,
    encoding_broken,
)  # fmt: skip
