"""Jobs done side by side: by threads, for the compiled core lets go of Python's lock, or by processes."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Thread
from typing import Any, TypeVar

from supportnet.experiments.execution.interruption import interruption, unheard
from supportnet.sim.errors import UserInputError

About = TypeVar("About")
Done = TypeVar("Done")
MOST_WORKERS = 1000
AHEAD = 2  # jobs in hand for each worker: results wait in order, and memory stays bounded


class Interrupted(Exception):
    """Raised within a job when nobody waits for it any more."""


def processors() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def threads(workers: int | None) -> int:
    """Threads to use: as asked, or one for each processor."""
    if workers is not None and not (isinstance(workers, int) and 1 <= workers <= MOST_WORKERS):
        raise UserInputError(
            f"must be a whole number from 1 to {MOST_WORKERS:,}", argument="workers", found=workers,
            remedy="leave `workers` out to use all processors",
        )  # fmt: skip
    return workers or processors()


def map_in_threads(
    job: Callable[[About, Event], Done], about: Iterable[About], workers: int
) -> Iterator[tuple[About, Done | Exception]]:
    """Each thing with what the job gives for it, in the order given, however many workers there are.

    job: takes the thing, and an event that is set when nobody waits any more. An exception it raises is given in the
    place of a result, except a user's UserInputError and Interrupted, which end everything.
    """
    nobody_waits = Event()
    pool = ThreadPoolExecutor(workers)

    def submit(one: About) -> "Future[Done]":
        with interruption.delayed():  # a thread interrupted at its start is one that the pool would not wait for
            return pool.submit(job, one, nobody_waits)

    try:
        yield from windowed(submit, about, AHEAD * workers)
    finally:
        nobody_waits.set()
        pool.shutdown(cancel_futures=True)


def map_in_processes(
    job: Callable[[About], Done], about: Iterable[About], workers: int
) -> Iterator[tuple[About, Done | Exception]]:
    """The same with processes, for jobs with much work in Python itself. Raises UserInputError where one
    dies."""
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of threads
    with unheard():  # it starts the process that looks after semaphores
        pool = ProcessPoolExecutor(workers, context, initializer=_begin_work)

    def submit(one: About) -> "Future[Done]":
        with unheard():  # it may start another process
            return pool.submit(job, one)

    try:
        for one, found in windowed(submit, about, AHEAD * workers):
            if isinstance(found, BrokenProcessPool):
                raise found
            yield one, found
    except BrokenProcessPool as error:
        raise lost("a worker process ended early", str(error)) from error
    except BaseException:  # nobody waits any more for what workers have in hand
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_work() -> None:
    """A worker leaves Ctrl-C to its parent, and ends when the parent does, however that comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    Thread(target=end_with_parent, daemon=True).start()


def lost(what: str, found: str) -> UserInputError:
    """Workers are gone; what they have done is kept."""
    return UserInputError(
        what,
        found=found,
        expected="workers that run until the sweep ends",
        remedy="find out why (out of memory?), then repeat the same command: only what is missing is computed",
    )


def windowed(
    submit: Callable[[About], "Future[Done]"], about: Iterable[About], most: int
) -> Iterator[tuple[About, Done | Exception]]:
    """Each thing with its result, in the order given, with at most so many in hand at a time."""
    waiting = deque[tuple[About, Future[Done]]]()
    for one in about:
        interruption.check()
        waiting.append((one, submit(one)))
        if len(waiting) >= most:
            yield waiting[0][0], _result(waiting.popleft()[1])
    while waiting:
        yield waiting[0][0], _result(waiting.popleft()[1])


def _result(job: Future[Any]) -> Any:
    error = job.exception()
    try:
        return (
            error
            if isinstance(error, Exception) and not isinstance(error, UserInputError | Interrupted)
            else job.result()
        )
    finally:
        del job, error  # an error that is raised knows this frame: both would outlive everything that the job held
