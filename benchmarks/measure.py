"""CPU time, as the benchmarks count it."""

import resource
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any


def cpu() -> float:
    """CPU seconds of this process, all threads, and of its finished children (git): the machine may be shared."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(work: Callable[[], Any], repeat: int = 5) -> float:
    """Median CPU seconds of a few runs, after one that warms up."""
    work()
    taken = []
    for _ in range(repeat):
        start = cpu()
        work()
        taken.append(cpu() - start)
    return statistics.median(taken)


def busy() -> tuple[float, float]:
    """Milliseconds that a loop of fixed length takes at best, and as a rule: how much the machine's other work costs now."""
    taken = []
    for _ in range(21):
        start = cpu()
        sum(i * i for i in range(100_000))
        taken.append((cpu() - start) * 1e3)
    return min(taken), statistics.median(taken)


def peak() -> float:
    """The most memory that this process held, in MB, since it was last told to count anew (Linux: /proc/self/clear_refs)."""
    found = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(found.split()[1]) / 1e3
