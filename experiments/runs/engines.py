"""Engines that run batches: threads, processes or Dask workers; results do not depend on the engine."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from supportnet.experiments.execution.workers import map_in_processes, map_in_threads
from supportnet.sim.errors import UserInputError, not_one_of
from supportnet.sim.extras import needed

if TYPE_CHECKING:
    from supportnet.experiments.runs.batch import Batch, BatchResult
ENGINES = ("threads", "processes", "dask")
PROTOCOLS = ("tcp", "tls", "ws", "wss")  # that Dask speaks


@dataclass(frozen=True)
class Engine:
    """An engine that runs batches, in any order."""

    name: str
    workers: int
    address: str = ""  # of a Dask scheduler

    def __call__(self, batches: "Iterable[Batch]") -> "Iterator[tuple[Batch, BatchResult | Exception]]":
        if self.name == "dask":
            return with_dask(batches, self.workers, self.address)
        return (in_worker_processes if self.name == "processes" else in_worker_threads)(batches, self.workers)

    @property
    def processes_here(self) -> int:
        """Processes that it starts on this machine."""
        return 0 if self.name == "threads" or self.address else self.workers


def engine_of(name: str, workers: int, address: str = "") -> Engine:
    """The engine of this name. Raises UserInputError for an unknown one."""
    if name not in ENGINES:
        raise not_one_of("engine", name, ENGINES)
    if address and name != "dask":
        raise UserInputError(
            "is only for the engine dask", argument="dask", found=address, expected='engine="dask"',
            remedy='add engine="dask", or leave `dask` out',
        )  # fmt: skip
    scheduler_at(address)
    return Engine(name, workers, address)


def scheduler_at(address: str) -> tuple[str, int]:
    """Host and port in the address of a Dask scheduler; none where it is a local one. Raises UserInputError for
    another."""
    if not address:
        return "", 0
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        if parts.scheme in PROTOCOLS and parts.hostname and parts.port:
            return parts.hostname, parts.port
    except ValueError:  # the port is none, or a bracket is missing
        pass
    raise UserInputError(
        "must be the address of a Dask scheduler", argument="dask", found=address,
        expected=f"protocol, host and port, such as tcp://127.0.0.1:8786 (protocols: {', '.join(PROTOCOLS)})",
        remedy="use the address that `dask scheduler` prints when it starts, or leave `dask` out",
    )  # fmt: skip


def in_worker_threads(batches: "Iterable[Batch]", workers: int) -> "Iterator[tuple[Batch, BatchResult | Exception]]":
    """Batches run by threads of this process: the compiled core releases Python's lock."""
    from supportnet.experiments.runs.batch import run_batch  # heavy, and not needed where nothing is missing

    return map_in_threads(lambda batch, halt: run_batch(batch, halt.is_set), batches, workers)


def with_dask(
    batches: "Iterable[Batch]", workers: int, address: str
) -> "Iterator[tuple[Batch, BatchResult | Exception]]":
    """Batches run by Dask workers."""
    needed("experiments", "distributed")
    from supportnet.experiments.runs.dask_engine import on_dask  # slow to load

    return on_dask(batches, workers, address)


def in_worker_processes(batches: "Iterable[Batch]", workers: int) -> "Iterator[tuple[Batch, BatchResult | Exception]]":
    """Batches run by separate processes: for runs so short that Python's share of them matters."""
    from supportnet.experiments.runs.batch import run_batch

    return map_in_processes(run_batch, batches, workers)
