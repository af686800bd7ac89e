"""Daytona: sandboxes, in two documentation trees that disagree: /docs/en/ is sandbox, /docs/en/v2/ is sandbox-v2.

Prices stand on daytona.io/pricing and in the feed billing.app.daytona.io/gpu-pricing only; the documentation has none.
What misleads: wallet top-ups ($25, $2000) are no plan fees; the tier tables are pools of the whole account, not limits
of one sandbox, and the first table with a "Tier 2" row holds rate limits; since 2026-03-31 two tables of one page give
different Tier 1 memory; "dedicated kernel" stands beside Sysbox, a container runtime; the feed lists GPUs before they
can be had.
"""

from collections.abc import Iterator
from decimal import Decimal

from sandsnap.model import Fact
from sandsnap.read.errors import Ambiguous, Unreadable
from sandsnap.read.page import Page
from sandsnap.read.sources import declared
from sandsnap.read.table import Cell, Table

VENDOR = declared("daytona")

_SIZES = (("vcpu_max", "CPU", "count"), ("memory_max", "Memory", "size"), ("disk_max", "Disk", "size2"))
_UNITS = {"vcpu": "count", "gib": "gib", "gb": "gb", "mib": "mib"}


def _maxima(table: Table) -> Iterator[tuple[str, Cell, Decimal, str]]:
    """(limit, cell, amount, unit) of a table of resources with their unit, default, minimum and maximum."""
    for limit, name, _ in _SIZES:
        row = table.row(name)
        unit = _UNITS.get(row["Unit"].text.lower())
        if unit is None or (limit == "vcpu_max") != (unit == "count"):
            raise Unreadable(f"{name} in {row['Unit'].text!r}")
        amount = row["Maximum"].count().value
        # The contract has no MiB: a whole number of GiB is the same size, exactly.
        yield limit, row["Maximum"], *((amount / 1024, "gib") if unit == "mib" else (amount, unit))


@VENDOR.reader("sandboxes", "snapshots")
def largest(page: Page) -> Iterator[Fact]:
    """The largest sandbox. The sentence says GB, the table GiB; the sentence is older, and the figures must agree."""
    sentence = "maximum sandbox resource limit of {count} vCPUs?, {size} (?:RAM|memory),? and {size2} (?:disk|storage)"
    largest_is = (r"\b(?:max\w*|limits?|up to|at most)\b", r"\bvCPUs?\b", r"{size}|\bRAM\b|\bmemory\b")
    said = page.maybe(sentence, topic=largest_is)
    tables = page.tables_with("Resource", "Unit", "Maximum", topic=largest_is)
    for limit, cell, amount, unit in (x for t in tables for x in _maxima(t)):
        if said is None:
            yield cell.fact("limits", plan="any", limit=limit, amount=amount, unit=unit)
        elif amount != said[next(hole for name, _, hole in _SIZES if name == limit)].value:
            raise Ambiguous(f"the page says both {cell.quote!r} and {said.text!r}")
    if said is not None:
        for limit, _, hole in _SIZES:
            yield said.limit(limit, said[hole])


@VENDOR.reader("v2_limits")
def v2_largest(page: Page) -> Iterator[Fact]:
    """The largest sandbox of the second tree; a smaller one may be asked for."""
    columns = ("Resource", "Unit", "Maximum")
    headed = page.has_table(*columns, under="Sandbox limits")
    for limit, cell, amount, unit in _maxima(page.table(*columns, under="Sandbox limits" if headed else None)):
        yield cell.fact("limits", plan="any", limit=limit, amount=amount, unit=unit)
