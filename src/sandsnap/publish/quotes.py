"""One page's words on one side of what it changed, for the report and the site."""

from dataclasses import dataclass

from sandsnap.publish.alerts.events import Citation
from sandsnap.publish.alerts.text import missing, scroll_link


@dataclass(frozen=True, slots=True)
class Quote:
    """`side` is before or after; `text` is None with the reason in `missing`."""

    side: str
    text: str | None
    link: str
    url: str
    missing: str | None
    capture: str | None


def quote(side: str, kind: str, cited: Citation, capture: str | None) -> Quote:
    """A side of a citation, or why it has no words there."""
    text: str | None = getattr(cited, f"quote_{side}")
    why = None if text else missing(kind, side, cited)
    return Quote(side, text, scroll_link(cited.source_url, text), cited.source_url, why, capture)
