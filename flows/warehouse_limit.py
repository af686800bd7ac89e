"""One run at a time for each warehouse: snapshot, reread and backfill never meet, on however many workers they start.

A lock on a file beside the warehouse decides: the kernel frees it with the process that held it, however that died. The
global concurrency limit of Prefect says the same to whoever looks there. It cannot decide: a killed run's slot is given
back when its lease runs out, and neither a temporary server nor one that was started again looks after old leases.
(The lock of record/writer.py is below it, for everything that is not a flow.)
"""

import asyncio
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
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
    with _locked(settings.warehouse.with_name(settings.warehouse.name + ".flow"), wait_s):
        asyncio.run(_free(name))
        # Not strict: a server that is started again forgets the lease, and the run goes on under its lock.
        with concurrency(name, occupy=1, timeout_seconds=LEASE_S, lease_duration=LEASE_S):
            yield


@contextmanager
def _locked(path: Path, wait_s: float) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    end = time.monotonic() + wait_s
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if (left := end - time.monotonic()) <= 0:
                    raise TimeoutError(f"another flow run has had the warehouse for {wait_s:g} s ({path})") from None
                time.sleep(min(1.0, left))
        yield
    finally:
        os.close(descriptor)  # the file stays: removing it would let two runs lock two files of one name


async def _free(name: str) -> None:
    """Make the limit; give back the slot of a run that died: whoever lives has the lock."""
    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name(name, 1)
        if (await client.read_global_concurrency_limit_by_name(name)).active_slots:
            await client.update_global_concurrency_limit(name, GlobalConcurrencyLimitUpdate(active_slots=0))
