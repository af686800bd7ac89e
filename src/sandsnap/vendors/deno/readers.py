"""Deno Sandbox: one list of limits on the overview, the regions below it. Prices stand on a page that nobody could capture.

What misleads: memory is a range of megabytes, of which no page says how many bytes they are, so none is read; the number
at once is that of the pre-release phase.
"""

from collections.abc import Iterator

from sandsnap.model import Fact
from sandsnap.read.errors import NotFound
from sandsnap.read.page import Page
from sandsnap.read.sources import declared

VENDOR = declared("deno")


@VENDOR.reader("overview")
def limits(page: Page) -> Iterator[Fact]:
    """What one sandbox may have, how long it lives, and how many there may be at a time."""
    cpu = page.find(r"^CPU: {count} vCPU", under="Limits")
    yield cpu.limit("vcpu_max", cpu["count"], bound="max")
    life = page.find(r"^Lifetime: .*\bup to {duration}", under="Limits")
    yield life.limit("session_max", life["duration"], bound="max")
    disk = page.find(r"^Disk: {size} of ephemeral storage", under="Limits")
    yield disk.limit("disk_max", disk["size"], bound="max")
    at_once = page.find(r"^Concurrency: {count} concurrent sandboxes per organization", under="Limits")
    yield at_once.limit("concurrent", at_once["count"], bound="max")


@VENDOR.reader("overview")
def regions(page: Page) -> Iterator[Fact]:
    """Where sandboxes run: one item of a list each."""
    found = page.find_all(r"^(?P<region>[a-z]{3}) - [A-Z][\w ,]+$", topic=r"\bregions?\b", under="Regions")
    if not found:
        raise NotFound("no region is listed", page.nearest("Regions currently supported"))
    for m in found:
        yield m.fact("regions", region=m.group("region"), status="available")
