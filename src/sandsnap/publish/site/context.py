"""What every page of the site is made with: the warehouse, the day, and the templates.

Everything is escaped by jinja2; a link is written only for http(s). A page never names another host in anything that
a browser would load.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cost.tariff import Tariff, tariffs
from sandsnap.publish.alerts.text import defused, scroll_link
from sandsnap.publish.report.page import web
from sandsnap.publish.site.spans import Fact, Record
from sandsnap.record import cost_queries, site_queries
from sandsnap.record.claim_queries import Connection
from sandsnap.record.coverage import ROWS
from sandsnap.tell import words
from sandsnap.vendors import VENDORS

if TYPE_CHECKING:
    from jinja2 import Environment

    from sandsnap.publish.site import cells
    from sandsnap.publish.site.changes import Told
    from sandsnap.publish.site.editorial import Judged
    from sandsnap.publish.site.measured import Measured

File = tuple[str, str | bytes]  # path below the site's root, text (bytes are written as they are)


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
        """Which state of the facts this is: the last day on which a page was read."""
        return f"facts as of {words.day(self.read_on)}"

    @cached_property
    def read_on(self) -> date:
        """The last day on which a page was read well."""
        return max((days[-1] for days, _ in self.record.good.values() if days), default=self.as_of)

    @cached_property
    def resting(self) -> str:
        """What the facts rest on, counted."""
        counted = {basis: (every, quoted) for basis, every, quoted in site_queries.bases(self.con).rows}
        every, quoted = (sum(n[i] for n in counted.values()) for i in (0, 1))
        return (
            f"{quoted} of {every} values ({100 * quoted // every if every else 0} %) stand with the words of a captured page; "
            f"{counted.get('judged', (0, 0))[0]} are a person's judgement, {counted.get('second_hand', (0, 0))[0]} second-hand"
        )

    @cached_property
    def versions(self) -> "dict[cells.Cell, list[cells.Version]]":
        """Every version of every cell, the last one of each today's."""
        from sandsnap.publish.site import cells

        return cells.versions(self.record, self.vendors, tuple(ROWS.values()))

    @cached_property
    def vendors(self) -> tuple[str, ...]:
        """The vendors of which anything is on record, in their order."""
        told = {s.vendor for s in self.record.spans}
        return tuple(v for v in VENDORS if v in told)

    @cached_property
    def today(self) -> list[Fact]:
        """Every fact as it stands on the last day."""
        return self.record.shown(self.as_of)

    @cached_property
    def tariffs(self) -> list[Tariff]:
        """What each plan charges on the last day."""
        return list(tariffs(cost_queries.priced_facts(self.con, self.as_of).records()))

    @cached_property
    def workloads(self) -> list[dict[str, Any]]:
        """The reference workloads, in the order of their file."""
        return cost_queries.workloads(self.con).records()

    @cached_property
    def judged(self) -> "dict[str, list[Judged]]":
        """The editorial sentences by page, as the facts of the day have them. Raises EditorialError."""
        from sandsnap.publish.site import editorial_confirmed, editorial_text
        from sandsnap.publish.site.editorial import Judge

        judge = Judge(self.con, self.as_of, editorial_confirmed.load(self.text))
        return judge.pages(editorial_text.load(self.text))

    @cached_property
    def changes(self) -> "list[Told]":
        """Every event on record, newest first."""
        from sandsnap.publish.site.changes import load

        return load(self.con)

    @cached_property
    def measured(self) -> "Mapping[str, tuple[Measured, ...]]":
        """By vendor, how long a start took as others measured it last."""
        from sandsnap.publish.site.measured import load

        return load(self.con, self.as_of)

    @cached_property
    def measured_days(self) -> "Mapping[str, Sequence[tuple[date, Measured]]]":
        """By vendor, from each day on what others had measured last."""
        from sandsnap.publish.site.measured import days

        return days(self.con)

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
        env.globals["company"] = words.company
        return env

    def page(self, path: str, template: str, page: str, **variables: Any) -> tuple[str, str]:
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
