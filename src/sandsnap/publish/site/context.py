"""What every page of the site is made with: the warehouse, the day, and the templates.

Everything is escaped by jinja2; a link is written only for http(s). A page never names another host in anything that
a browser would load.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.publish.alerts.text import defused, scroll_link
from sandsnap.publish.report.page import web
from sandsnap.publish.site.spans import Record
from sandsnap.record import site_queries
from sandsnap.record.claim_queries import Connection
from sandsnap.tell import words

if TYPE_CHECKING:
    from jinja2 import Environment

    from sandsnap.publish.site.changes import Told

File = tuple[str, str]  # path below the site's root, text


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation."""

    id: str
    title: str
    path: str


@dataclass(frozen=True)
class Context:
    """`as_of` is the last day on which a page was read, never the day of the build: same warehouse, same site.

    `url`: where the site will be published, with a final slash; None for a site that is read from a folder.
    `quality`: what `sandsnap quality --json` printed, if given. `text`: the folder of the editorial text; None for the
    text of sandsnap.
    """

    con: Connection
    as_of: date
    record: Record
    nav: tuple[Link, ...]
    url: str | None = None
    quality: Mapping[str, Any] | None = None
    text: Path | None = None

    @property
    def built(self) -> str:
        """Which state of the facts this is."""
        return f"facts as of {words.day(self.as_of)}"

    @cached_property
    def resting(self) -> str:
        """What the facts rest on, counted."""
        counted = dict(site_queries.bases(self.con).rows)
        every = sum(counted.values())
        seen = counted.get("read", 0) + counted.get("quoted", 0)
        return (
            f"{seen} of {every} facts ({100 * seen // every if every else 0} %) were read from a captured page, with its "
            f"words; {counted.get('judged', 0)} are a person's judgement, {counted.get('second_hand', 0)} second-hand"
        )

    @cached_property
    def changes(self) -> "list[Told]":
        """Every event on record, newest first."""
        from sandsnap.publish.site.changes import load

        return load(self.con)

    @cached_property
    def env(self) -> "Environment":
        """jinja2 over templates/, escaping always."""
        from jinja2 import Environment, FunctionLoader, StrictUndefined

        folder = files("sandsnap.publish.site") / "templates"
        env = Environment(
            loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.filters["web"] = web
        env.filters["day"] = words.day
        env.filters["month"] = words.month
        env.filters["clean"] = defused
        env.filters["usd"] = words.usd
        env.filters["address"] = words.address
        env.globals["scroll_link"] = scroll_link
        env.globals["vendor_name"] = words.vendor
        return env

    def page(self, path: str, template: str, page: str, **variables: Any) -> File:
        """One page. `page` is its id in the navigation; templates see `root`, `page`, `built` and `nav` besides."""
        root = "../" * path.count("/")
        text = self.env.get_template(template).render(
            root=root, page=page, built=self.built, resting=self.resting, as_of=self.as_of, nav=self.nav, **variables
        )
        return path, text.strip() + "\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the site: a function that gives its files, and its entry in the navigation (None: it has none)."""

    pages: Callable[[Context], Iterable[File]]
    link: Link | None = None
