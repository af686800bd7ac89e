"""The report in each of its forms."""

from collections.abc import Callable, Mapping

from sandsnap.escaping import printable
from sandsnap.publish.report.build import Report, as_json
from sandsnap.publish.report.markdown import markdown


def as_markdown(report: Report) -> str:
    """The report as Markdown."""
    return printable(markdown(report))


def as_html(report: Report) -> str:
    """The report as one self-contained page."""
    from sandsnap.publish.report.page import page  # jinja2, which only this form needs

    return printable(page(report))


WRITERS: Mapping[str, Callable[[Report], str]] = {"md": as_markdown, "html": as_html, "json": as_json}
