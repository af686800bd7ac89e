"""The change report as one HTML page: no script, no outside file, readable on a phone, light and dark. Everything
scraped goes through jinja2's autoescape, and a link is written only for http(s)."""

from collections.abc import Sequence
from importlib.resources import files
from urllib.parse import urlsplit

from sandsnap.publish.alerts.text import NOTHING
from sandsnap.publish.measured import measures
from sandsnap.publish.report.build import SENTENCES, Report, VendorPart, scroll_link, sentence


def page(report: Report, parts: Sequence[VendorPart]) -> str:
    """The page's HTML."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["web"] = web
    environment.globals["scroll_link"] = scroll_link
    environment.globals["nothing"] = NOTHING
    template = environment.from_string((files("sandsnap.publish.report") / "report.html.j2").read_text("utf-8"))
    return (
        template.render(
            report=report, parts=parts, measures=measures(), sentences=[sentence(e) for e in report.events[:SENTENCES]]
        )
        + "\n"
    )


def web(url: str) -> str:
    """The URL, or '#' where it is none a reader may be sent to (javascript: …)."""
    return url if urlsplit(url).scheme in ("http", "https") else "#"
