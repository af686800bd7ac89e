"""Editorial text on the site: a fragment for each vendor's page, and the page of questions and answers.

Readers see what the facts bear out or a person confirmed, with a mark where it is not as it was confirmed; the rest is
left out and counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from markupsafe import Markup

from sandsnap.publish.claims.facts import Claim
from sandsnap.publish.site.context import Context, File, Link, Part
from sandsnap.publish.site.editorial import Judged
from sandsnap.publish.site.editorial_text import FAQ, SECTIONS
from sandsnap.tell import words
from sandsnap.vendors import VENDORS

PATH = "faq.html"


@dataclass(frozen=True)
class Section:
    """A heading with its paragraphs, or points of a list: each a tuple of sentences that are shown."""

    title: str
    paragraphs: tuple[tuple[Judged, ...], ...]
    are_points: bool


@dataclass(frozen=True)
class Text:
    """A page's text. `left_out` are sentences that are not shown; `confirmed_on` the oldest and newest day."""

    sections: tuple[Section, ...]
    left_out: tuple[Judged, ...]
    confirmed_on: tuple[date, date] | None
    authors: tuple[str, ...]
    used: tuple[Claim, ...]


def texts(context: Context) -> dict[str, Text]:
    """Vendor, or `faq` -> its text on the context's day. Raises EditorialError, QueryError."""
    return {name: _text(made) for name, made in context.judged.items()}


def fragments(context: Context, root: str = "../") -> dict[str, Markup]:
    """Vendor -> HTML for its page: verdict, best for, pros and cons, and what they rest on.

    `root` is the way from the page to the site's root, for the style sheet.
    """
    template = context.env.get_template("editorial.html.j2")
    return {
        vendor: Markup(template.render(text=text, root=root, level=2, table_names=words.TABLE))  # the template escapes
        for vendor, text in texts(context).items()
        if vendor in VENDORS
    }


def pages(context: Context) -> Iterable[File]:
    """faq.html, where there is a file of questions."""
    if text := texts(context).get(FAQ):
        yield context.page(PATH, "faq.html.j2", FAQ, text=text, level=2, table_names=words.TABLE)


PART = Part(pages, Link(FAQ, "Questions", PATH))


def _text(made: Sequence[Judged]) -> Text:
    shown = [j for j in made if j.is_shown]
    order = {s: i for i, s in enumerate(SECTIONS)}
    sections = []
    for title, own in groupby(
        sorted(shown, key=lambda j: order.get(j.sentence.section, 0)), key=lambda j: j.sentence.section
    ):
        paragraphs = tuple(tuple(p) for _, p in groupby(own, key=lambda j: j.sentence.paragraph))
        sections.append(Section(title, paragraphs, all(p[0].sentence.is_point for p in paragraphs)))
    days = [j.confirmation.confirmed_on for j in shown if j.confirmation is not None]
    used: list[Claim] = []
    for claim in (c for j in shown for c in j.used):
        if claim not in used:
            used.append(claim)
    return Text(
        tuple(sections),
        tuple(j for j in made if j not in shown),
        (min(days), max(days)) if days else None,
        tuple(sorted({j.confirmation.author for j in shown if j.confirmation is not None})),
        tuple(used),
    )
