"""The report as one HTML page: no script, no outside file, readable on a phone and on paper, light and dark. Everything
scraped goes through jinja2's autoescape, and a link is written only for http(s)."""

from importlib.resources import files
from urllib.parse import urlsplit

from sandsnap.publish.alerts.text import scroll_link
from sandsnap.publish.measured import measures
from sandsnap.publish.report.build import SENTENCES, Report
from sandsnap.tell import words


def page(report: Report) -> str:
    """The page's HTML."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals |= {"measures": measures, "scroll_link": scroll_link}
    environment.filters |= {"web": web, "day": words.day, "address": words.address, "vendor": words.company}
    template = environment.from_string((files("sandsnap.publish.report") / "report.html.j2").read_text("utf-8"))
    return template.render(report=report, tables=words.TABLE, sentences=report.entries[:SENTENCES]) + "\n"


def web(url: str) -> str:
    """The URL, or '#' where it is none a reader may be sent to (javascript: …)."""
    return url if urlsplit(url).scheme in ("http", "https") else "#"
