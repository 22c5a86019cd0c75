"""Where batches are lived: threads, processes, or Dask workers; what comes of them does not depend on it."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import TYPE_CHECKING

from experiments.workers import AHEAD, side_by_side, windowed
from sim.mistakes import Mistake

if TYPE_CHECKING:
    from experiments.living import Batch, Lived

    Engine = Callable[[Iterable[Batch]], Iterator[tuple[Batch, Lived | Exception]]]
ENGINES = ("threads", "processes", "dask")


def engine_of(name: str, workers: int, address: str = "") -> "Engine":
    """The engine of this name. Raises Mistake for an unknown one."""
    if name not in ENGINES:
        raise Mistake(
            "no such engine", where="--engine", found=name, expected=", ".join(ENGINES), remedy="take threads"
        )
    if address and name != "dask":
        raise Mistake(
            "only the engine dask has a scheduler", where="--dask", found=address, expected="--engine dask beside it",
            remedy="add it, or leave --dask out",
        )  # fmt: skip
    if name == "dask":
        return lambda batches: with_dask(batches, workers, address)
    engine = in_processes if name == "processes" else in_threads
    return lambda batches: engine(batches, workers)


def in_threads(batches: "Iterable[Batch]", workers: int) -> "Iterator[tuple[Batch, Lived | Exception]]":
    """Batches lived by threads of this process: the compiled core lets go of Python's lock."""
    from experiments.living import live_batch  # heavy, and not needed where nothing is missing

    return side_by_side(lambda batch, halt: live_batch(batch, halt.is_set), batches, workers)


def with_dask(batches: "Iterable[Batch]", workers: int, address: str) -> "Iterator[tuple[Batch, Lived | Exception]]":
    """Batches lived by Dask workers."""
    from experiments.on_dask import on_dask  # an extra, and slow to load

    return on_dask(batches, workers, address)


def in_processes(batches: "Iterable[Batch]", workers: int) -> "Iterator[tuple[Batch, Lived | Exception]]":
    """Batches lived by processes of their own: for runs so short that Python's part of them counts."""
    from experiments.living import live_batch

    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of threads
    pool = ProcessPoolExecutor(workers, context, initializer=_begin_work)
    try:
        yield from windowed(lambda batch: pool.submit(live_batch, batch), batches, AHEAD * workers)
    except BrokenProcessPool as error:
        raise lost("a worker process ended before its time", str(error)) from error
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


def lost(what: str, found: str) -> Mistake:
    """Workers are gone; what they have done is kept."""
    return Mistake(
        what,
        found=found,
        expected="workers that live as long as the sweep",
        remedy="look for the reason (memory?), then give the same command again: it computes only what is missing",
    )
