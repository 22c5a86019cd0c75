"""What a task costs, as a ratio within one run: a slow or busy machine changes both sides of it."""

import time
from collections.abc import Callable

COUNTED = 1_000_000


def effort(task: Callable[[], object]) -> float:
    """CPU time of a task, in units of what it takes Python to count to a million before and after it."""
    before, taken, after = cpu_time(count), cpu_time(task), cpu_time(count)
    return 2 * taken / (before + after)


def count() -> int:
    return sum(1 for _ in range(COUNTED))


def cpu_time(task: Callable[[], object]) -> float:
    began = time.process_time()
    task()
    return time.process_time() - began
