"""Reading in worker processes, each page within a budget: whatever a page does to its reader, it does to that page only.

A worker is sent pages by the handful and answers for each. The kernel ends one whose page takes more CPU time than it
may, and refuses it more memory; what it had not answered for goes to a new worker, but for the page that ended it.
"""

import gc
import os
import resource
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from sandsnap.model import Capture, Reading
from sandsnap.read.reading import defect, read, unread
from sandsnap.read.residue.account import Account, account
from sandsnap.read.sources import declarations
from sandsnap.settings import Budget

_BATCH = 8
# A worker that hangs without using the processor gets so many times its page's CPU seconds by the clock.
_PATIENCE = 12
# Pages that went over their budget in this process, and what was said of them: asked again, they are not read again.
_overran: dict[tuple[str, str, Budget], str] = {}


@dataclass(frozen=True, slots=True)
class Read:
    """What one page gave: its readings, and how its amounts are accounted for (None where it is no page in prose)."""

    readings: list[Reading]
    account: Account | None


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pages: Connection
    given: deque[int] = field(default_factory=deque)
    since: float = 0.0  # when it began its page, by the monotonic clock
    ended: bool = False


def read_all(
    captures: Iterable[Capture], budget: Budget | None = None, on_read: Callable[[Capture], None] | None = None, *,
    accounts: bool = True,
) -> list[Read]:  # fmt: skip
    """Every capture as `read` and (with `accounts`) `account` give it, in the order given. A page over its budget, or one
    that ends its worker, has failed readings and an issue that says so."""
    pages, budget = list(captures), budget or Budget()
    declarations()  # a mistake in them is the operator's, not a page's
    told = [_overran.get((c.url, c.sha256, budget)) for c in pages]
    out = [_overrun(c, why) if why else None for c, why in zip(pages, told, strict=True)]
    # A page beside its other days and its vendor's other pages: what one worker has met of them is there for the next.
    todo = deque(sorted((i for i, why in enumerate(told) if not why), key=lambda i: pages[i].url))
    at_once = min(budget.at_once, os.cpu_count() or 1, -(-len(todo) // _BATCH))
    workers = [_start(budget, accounts) for _ in range(at_once)]
    try:
        for n, worker in enumerate(workers):
            _give(worker, todo, pages, from_end=n % 2 == 1)
        while any(worker.given for worker in workers):
            left_s = min(w.since + budget.seconds * _PATIENCE - time.monotonic() for w in workers if w.given)
            ready = wait([w.pages for w in workers if w.given], max(left_s, 0))
            for n, worker in enumerate(workers):
                if worker.pages in ready:
                    found = _answer(worker, pages, budget)
                elif worker.given and time.monotonic() > worker.since + budget.seconds * _PATIENCE:
                    worker.process.kill()
                    found = _ended(worker, pages, budget)
                else:
                    continue
                at = worker.given.popleft()
                out[at], worker.since = found, time.monotonic()
                if on_read:
                    on_read(pages[at])
                if worker.ended:
                    todo.extendleft(reversed(worker.given))
                    _stop(worker)
                    workers[n] = worker = _start(budget, accounts)
                if not worker.given:
                    _give(worker, todo, pages, from_end=n % 2 == 1)
    finally:
        for worker in workers:
            _stop(worker)
    return [found for found in out if found is not None]


def _start(budget: Budget, accounts: bool) -> _Worker:
    # A fork has everything loaded; but forked beside other threads, what they hold would stay locked in the child.
    alone = threading.active_count() == 1
    context = get_context("fork" if alone else "forkserver")
    if not alone:
        context.set_forkserver_preload([__name__])
    pages, far = context.Pipe()
    process = context.Process(target=_serve, args=(far, budget, accounts), daemon=True)  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    far.close()
    return _Worker(process, pages)


def _stop(worker: _Worker) -> None:
    worker.pages.close()
    worker.process.kill()  # it holds nothing; asked to end, it would wait for those forked behind it, which hold its pipe, too
    worker.process.join()
    worker.process.close()


def _give(worker: _Worker, todo: deque[int], pages: Sequence[Capture], *, from_end: bool) -> None:
    take = todo.pop if from_end else todo.popleft
    worker.given = deque(take() for _ in range(min(_BATCH, len(todo))))
    worker.since = time.monotonic()
    if worker.given:
        try:
            worker.pages.send([pages[i] for i in worker.given])
        except OSError:
            worker.process.join()  # it has gone; the pipe's end is read next, and says how


def _answer(worker: _Worker, pages: Sequence[Capture], budget: Budget) -> Read:
    try:
        found = worker.pages.recv()
    except (EOFError, OSError):
        return _ended(worker, pages, budget)
    if isinstance(found, Read):
        return found
    worker.ended = True  # it says why, and goes
    return _over(pages[worker.given[0]], budget, found)


def _ended(worker: _Worker, pages: Sequence[Capture], budget: Budget) -> Read:
    worker.ended = True
    worker.process.join()
    code = worker.process.exitcode
    if code == -signal.SIGPROF:
        why = f"reading the page took more than {budget.seconds:g} s; it was stopped"
    elif code == -signal.SIGKILL:
        why = "reading the page hung, or the machine had no memory left for it; it was stopped"
    else:
        name = signal.Signals(-code).name if code and code < 0 else f"exit code {code}"
        why = f"reading the page ended its process ({name}); please report it with the capture"
    return _over(pages[worker.given[0]], budget, why)


def _over(capture: Capture, budget: Budget, why: str) -> Read:
    _overran[capture.url, capture.sha256, budget] = why
    return _overrun(capture, why)


def _overrun(capture: Capture, why: str) -> Read:
    return Read(unread(capture, "overrun", why), None)


def _serve(pages: Connection, budget: Budget, accounts: bool) -> None:
    """A worker: answers for page after page until nobody asks any more."""
    gc.freeze()  # what was loaded before the fork stays shared
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us is interrupted, and ends us
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(budget.megabytes << 20)
    while True:
        try:
            batch = pages.recv()
        except EOFError:
            return
        for capture in batch:
            signal.setitimer(signal.ITIMER_PROF, budget.seconds)
            try:
                pages.send(_read(capture, accounts))
            except MemoryError:
                pages.send(f"reading the page took more than {budget.megabytes} MB of memory; it was stopped")
                return
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)


def _limit_memory(most: int) -> None:
    """Let the process have so many bytes of memory more than it has now."""
    sizes = Path("/proc/self/statm")
    if not sizes.exists():  # no Linux: there the limit is not kept either
        return
    now = int(sizes.read_text("ascii").split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = now + most if hard == resource.RLIM_INFINITY else min(now + most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _read(capture: Capture, accounts: bool) -> Read:
    try:
        readings = read(capture)
        return Read(readings, account(capture, readings) if accounts else None)
    except MemoryError:
        raise
    except Exception as error:
        # What breaks outside a reader is a defect of ours, too; it must not cost the other pages their day.
        return Read(unread(capture, "defect", defect(error)), None)
