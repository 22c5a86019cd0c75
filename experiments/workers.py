"""Jobs done side by side by threads: the compiled core lets go of Python's lock."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

from sim.mistakes import Mistake

About = TypeVar("About")
Done = TypeVar("Done")
AHEAD = 2  # jobs in hand for each worker: results wait in order, and memory stays bounded


class Interrupted(Exception):
    """Raised within a job when nobody waits for it any more."""


def processors() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def side_by_side(
    job: Callable[[About, Event], Done], about: Iterable[About], workers: int
) -> Iterator[tuple[About, Done | Exception]]:
    """Each thing with what the job gives for it, in the order given, however many workers there are.

    job: takes the thing, and an event that is set when nobody waits any more. An exception it raises is given in the
    place of a result, except a user's Mistake and Interrupted, which end everything.
    """
    nobody_waits = Event()
    pool = ThreadPoolExecutor(workers)
    try:
        yield from windowed(lambda one: pool.submit(job, one, nobody_waits), about, AHEAD * workers)
    finally:
        nobody_waits.set()
        pool.shutdown(cancel_futures=True)


def windowed(
    submit: Callable[[About], "Future[Done]"], about: Iterable[About], most: int
) -> Iterator[tuple[About, Done | Exception]]:
    """Each thing with its result, in the order given, with at most so many in hand at a time."""
    waiting = deque[tuple[About, Future[Done]]]()
    for one in about:
        waiting.append((one, submit(one)))
        if len(waiting) >= most:
            yield waiting[0][0], _result(waiting.popleft()[1])
    while waiting:
        yield waiting[0][0], _result(waiting.popleft()[1])


def _result(job: Future[Any]) -> Any:
    error = job.exception()
    try:
        return error if isinstance(error, Exception) and not isinstance(error, Mistake | Interrupted) else job.result()
    finally:
        del job, error  # an error that is raised knows this frame: both would outlive everything that the job held
