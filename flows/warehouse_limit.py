"""One run at a time for each warehouse: snapshot, reread and backfill never meet, on however many workers they start.

A global concurrency limit of Prefect, held by a lease: where a worker is killed, its lease runs out and the next run goes
on. (The file lock of record/writer.py is below it, for everything that is not a flow.)
"""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency

from sandsnap.settings import Settings

LEASE_S = 120.0
WAIT_S = 3 * 3600.0


def name_of(settings: Settings) -> str:
    """The limit's name: one for each warehouse file."""
    digest = hashlib.sha256(str(settings.warehouse.absolute()).encode()).hexdigest()[:8]
    return f"sandsnap-warehouse-{digest}"


@contextmanager
def alone(settings: Settings, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the warehouse's limit. Raises TimeoutError where another run holds it for longer than `wait_s`."""
    name = name_of(settings)
    asyncio.run(_made(name))
    with concurrency(name, occupy=1, timeout_seconds=wait_s, lease_duration=LEASE_S, strict=True):
        yield


async def _made(name: str) -> None:
    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name(name, 1)
