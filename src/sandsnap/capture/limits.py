"""Restraint: how fast and how many at once per host, how long in all per request, how long before trying again."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class Gate:
    """The one way to a host: evenly spaced requests, few at a time, and none while the host asked for a pause.

    Each request reserves the next free moment. A token-bucket library was tried: its interval cannot change while
    requests wait in line, as Crawl-delay and Retry-After demand.
    """

    def __init__(self, requests_per_s: float, concurrency: int) -> None:
        self._interval_s = 1 / requests_per_s
        self._free_at = self._paused_until = 0.0
        self._slots = asyncio.Semaphore(concurrency)

    def slow_to(self, interval_s: float) -> None:
        """Leave at least so many seconds between two requests from now on (robots.txt's Crawl-delay)."""
        if interval_s > self._interval_s:
            self._interval_s = interval_s
            self.pause(interval_s)  # the request for robots.txt was itself one

    def pause(self, seconds: float) -> None:
        """Let nobody through for so long (Retry-After)."""
        self._paused_until = max(self._paused_until, asyncio.get_running_loop().time() + seconds)

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Wait in line, then hold one of the host's slots."""
        loop = asyncio.get_running_loop()
        async with self._slots:
            while True:
                mine = max(loop.time(), self._free_at, self._paused_until)
                self._free_at = mine + self._interval_s
                await asyncio.sleep(mine - loop.time())
                if mine >= self._paused_until:  # otherwise a pause was asked for meanwhile: back in line
                    break
            yield


class Budget:
    """The network time that one request has left, in seconds."""

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds

    @asynccontextmanager
    async def spending(self) -> AsyncIterator[None]:
        """Run the block on the budget. Raises TimeoutError when it is used up."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.timeout(self.left_s):
                yield
        finally:
            self.left_s = max(0.0, self.left_s - (loop.time() - start))


def backoff_s(attempt: int, first_s: float, cap_s: float) -> float:
    """Seconds before the attempt after `attempt` (from 0): doubling, capped, a random half of it taken off."""
    return min(cap_s, first_s * 2.0**attempt) * random.uniform(0.5, 1.0)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """`Retry-After` in seconds from `now`, whether it gives seconds or an HTTP date; None without a readable one."""
    if value is None:
        return None
    text = value.strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None  # not a form of the header: as if it were not there
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(0.0, (aware - now).total_seconds())
